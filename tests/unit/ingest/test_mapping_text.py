"""Writing into a mapping.yml: what is said of one file, and nothing else changed."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from lucid_orchestration.errors import UnprocessableError
from lucid_orchestration.ingest.layout.mapping import FileMapping, parse_mapping
from lucid_orchestration.ingest.layout.mapping_text import (
    keep_mapping,
    snippet,
    stated_text,
    with_file,
    with_settings,
)
from lucid_orchestration.yml import parse_stated

SAID = FileMapping(kind="sales", columns={"Nos: out": "quantity", "#1": "ignore"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# mine\n",
        "currency: INR",
        "currency: INR  # why\nfiles:\n  - match: b.csv  # old\n    kind: sales\n",
        "files:\n- match: '*.csv'\n  kind: sales\ncurrency: INR\n",
        "files: []\n",
        "files: [{match: b.csv, kind: sales}]\n",
        "files:\n  - match: a.csv\n    kind: products\n  - match: b.csv\n    kind: sales\n",
        "charges: [a]\nfiles:\n\n  - match: b.csv\n",
    ],
)
def test_a_file_is_read_as_was_said_and_all_else_stays(text: str) -> None:
    written = with_file(text, "a.csv", SAID)
    mapping = parse_mapping(written.encode()).mapping
    of_file = mapping.of_file("a.csv")
    assert (of_file.kind, of_file.columns) == (SAID.kind, SAID.columns)
    before = yaml.safe_load(text) or {}
    after = yaml.safe_load(written)
    others = [one for one in before.get("files") or [] if one["match"] != "a.csv"]
    assert after["files"][1:] == others
    assert {k: v for k, v in after.items() if k != "files"} == {
        k: v for k, v in before.items() if k != "files"
    }
    if "a.csv" not in text and "[" not in text:
        assert set(text.splitlines()) <= set(written.splitlines())
    # said once more it is the same, taken back it is gone
    assert yaml.safe_load(with_file(written, "a.csv", SAID)) == after
    gone = yaml.safe_load(with_file(written, "a.csv", FileMapping())) or {}
    assert gone.get("files", []) == others


def test_a_mapping_that_cannot_be_used_is_neither_changed_nor_kept(tmp_path: Path) -> None:
    for text in ("colour: red\n", "a: [", "files: 5\n"):
        with pytest.raises(UnprocessableError):
            with_file(text, "a.csv", SAID)
        with pytest.raises(UnprocessableError):
            keep_mapping(tmp_path, text)
    assert list(tmp_path.iterdir()) == []


def test_what_to_paste_says_the_same() -> None:
    mapping = parse_mapping(snippet("a.csv", SAID).encode()).mapping
    assert mapping.of_file("a.csv").columns == SAID.columns


def test_settings_keep_what_is_not_changed() -> None:
    text = "rules: {a: {b: 1}}\nmine: [1, 2]\n"
    changed = yaml.safe_load(with_settings(text, {"insights": {"x": {"not_useful": True}}}))
    assert changed == {
        "rules": {"a": {"b": 1}},
        "mine": [1, 2],
        "insights": {"x": {"not_useful": True}},
    }
    assert with_settings("rules: {}\n", {"rules": {}}) == ""
    for wrong in ("[1]", "a: ["):
        with pytest.raises(UnprocessableError):
            with_settings(wrong, {})


def test_a_settings_file_that_is_none_is_said_so(tmp_path: Path) -> None:
    assert stated_text(tmp_path / "lucid.yml") == ""
    (tmp_path / "lucid.yml").mkdir()
    with pytest.raises(UnprocessableError):
        stated_text(tmp_path / "lucid.yml")


OWN = """# My shop, as my nephew set it up
rules:
  # do not tell me before there is a month left
  dead_stock: {min_days: 120}  # was 90
  overstock:
    max_days: 200  # the godown is small

mine: [1, 2]   # for the accountant
# what I said of the advice
insights:
  a-1:
    not_useful: true  # my cousin buys these
  # Diwali
  b-2: {snoozed_until: 2026-11-30}
# the end
"""


def test_what_an_owner_wrote_around_a_setting_stays() -> None:
    content = parse_stated(OWN.encode())
    said = {**content["insights"], "c-3": {"done_on": "2026-10-31"}}
    written = with_settings(OWN, {"insights": said})
    added = "  c-3:\n    done_on: '2026-10-31'\n"
    assert written == OWN.replace("# the end", f"{added}# the end")
    # taken back it is as it was
    assert with_settings(written, {"insights": content["insights"]}) == OWN

    limits = {**content["rules"], "overstock": {"max_days": 300, "min_value": 5}}
    written = with_settings(OWN, {"rules": limits})
    assert "    max_days: 300\n    min_value: 5\n\nmine" in written
    assert parse_stated(written.encode()) == {**content, "rules": limits}
    assert OWN.split("  overstock")[0] in written
    assert OWN.split("mine:")[1] in written

    written = with_settings(OWN, {"rules": None})
    assert written == OWN.split("rules:")[0] + "\nmine:" + OWN.split("mine:")[1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing yet\n",
        "{rules: {a: {b: 1}}}",
        "rules: {a: {b: 1}}",
        "note: |\n  two\n  lines\nrules:\n    a:\n        b: 1",
        "# all\nrules:\n- x\n- y\nlast: 1 # the end\n",
        'mine: "a\\n: b" # c\r\nrules:\r\n  a: # d\r\n    b: 2\r\n',
        "? rules\n: a: {b: 1}\n",
    ],
)
@pytest.mark.parametrize("rules", [{"a": {"b": 2}}, {"a": {"b": 1}, "c": {"d": 0.5}}, {}])
def test_the_text_says_the_change_however_it_was_written(text: str, rules: dict[str, Any]) -> None:
    written = with_settings(text, {"rules": rules})
    expected = {**(yaml.safe_load(text) or {}), "rules": rules}
    expected = {key: value for key, value in expected.items() if value not in (None, {})}
    assert (yaml.safe_load(written) or {}) == expected
    assert not rules or text.count("#") == written.count("#")
