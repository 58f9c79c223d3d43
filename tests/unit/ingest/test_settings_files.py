"""What one owner writes into mapping.yml or lucid.yml never keeps another's files out."""

import os
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lucid_orchestration.ingest.landing import ingest
from lucid_orchestration.ingest.layout.mapping import DatasetMapping, read_mapping
from lucid_orchestration.insights.parameters import read_parameters, shop_files
from lucid_orchestration.insights.rules import load_rules

SALES = "Bill Date,Item Name,Qty,Amount\n31/01/2026,Tea,2,180\n01/02/2026,Salt,1,28\n"
KEYS = sorted(DatasetMapping.model_fields)

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text(max_size=12)
    | st.dates()
    | st.datetimes()
    | st.binary(max_size=8)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=6) | st.integers() | st.none(), inner, max_size=3)
    ),
    max_leaves=6,
)
stated = st.dictionaries(st.sampled_from([*KEYS, "other"]), values, max_size=4) | values


def write_shops(inbox: Path, content: bytes) -> None:
    for shop in ("good", "odd"):
        (inbox / shop).mkdir(parents=True, exist_ok=True)
        (inbox / shop / "sales.csv").write_text(SALES, encoding="utf-8")
    (inbox / "odd" / "mapping.yml").write_bytes(content)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(value=stated)
def test_every_value_of_a_mapping_is_used_or_named(tmp_path: Path, value: Any) -> None:
    file = tmp_path / "mapping.yml"
    file.write_bytes(yaml.safe_dump(value, allow_unicode=True).encode("utf-8", "surrogatepass"))
    told = read_mapping(file)
    assert told.problem is None or told.mapping == DatasetMapping()


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(value=st.dictionaries(st.just("rules"), values) | values)
def test_every_value_of_a_shops_limits_is_used_or_named(tmp_path: Path, value: Any) -> None:
    file = tmp_path / "shop" / "lucid.yml"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(yaml.safe_dump(value, allow_unicode=True).encode("utf-8", "surrogatepass"))
    read_parameters(tmp_path, {}, load_rules().rules)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("columns: {Qty: [quantity]}", "columns.Qty"),
        ("columns: {Qty: {a: b}}", "columns.Qty"),
        ("timezone: [Asia/Kolkata]", "timezone"),
        ("currency: 2026-13-45", "currency"),
        ("charges: [[freight]]", "charges.0"),
        (f"charges: ['{'%a' * 11}']", "charges.0"),
        (f"charges: ['{'a' * 201}']", "charges.0"),
        (f"products: [{'a,' * 1001}]", "products"),
        (f"files: [{{match: '{'*a' * 11}'}}]", "files.0.match"),
        ("header_row: 9999999999", "header_row"),
        ("header_row: .inf", "header_row"),
        ("business: 5", "business"),
        ("documents: {word: 7}", "documents.word"),
        ("- a\n- b", "the file"),
        ("5", "the file"),
        ('sheet: "\\udc80"', "Line 1"),
    ],
)
def test_a_faulty_mapping_is_named_and_every_shop_is_read(
    tmp_path: Path, content: str, named: str
) -> None:
    write_shops(tmp_path / "inbox", content.encode())
    result = ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state")
    assert [file.status for file in result.files] == ["accepted"] * 2
    issues = pq.read_table(tmp_path / "raw" / "raw_file_issues").to_pylist()
    (issue,) = [issue for issue in issues if issue["code"] == "mapping_unusable"]
    assert (issue["dataset_id"], named in issue["message"]) == ("odd", True)
    assert len(issue["message"]) < 1500


def test_what_is_no_file_at_all_is_named_and_every_shop_is_read(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    write_shops(inbox, b"")
    (inbox / "odd" / "mapping.yml").unlink()
    os.mkfifo(inbox / "odd" / "mapping.yml")
    (inbox / "good" / "lucid.yml").symlink_to("/dev/zero")
    result = ingest(inbox, tmp_path / "raw", tmp_path / "state")
    assert [file.status for file in result.files] == ["accepted"] * 2
    (problem,) = read_parameters(inbox, {}, ()).problems
    assert "good/lucid.yml" in problem.sentence
    assert shop_files(inbox) == [inbox / "good" / "lucid.yml"]


@pytest.mark.parametrize(
    "content",
    [
        "rules: {a_rule: {limit: [1]}}",
        "rules: [1]",
        "rules: &a [*a]",
        "rules: {a_rule: {limit: 2026-13-45}}",
        "- 1",
        "[" * 5000,
    ],
    ids=lambda content: content[:30],
)
def test_faulty_limits_are_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "lucid.yml").write_text(content, encoding="utf-8")
    (problem,) = read_parameters(tmp_path, {}, ()).problems
    assert "shop/lucid.yml" in problem.sentence
