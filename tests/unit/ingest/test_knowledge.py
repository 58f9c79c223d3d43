"""What an owner says of the shop itself: every value is used, or named and left out."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lucid_orchestration.ingest.inbox import shop_file
from lucid_orchestration.ingest.knowledge import (
    NOTHING_KNOWN,
    Knowledge,
    knowledge_in,
    knowledge_rows,
    read_knowledge,
)
from lucid_orchestration.ingest.landing import ingest
from lucid_orchestration.insights.parameters import read_parameters
from lucid_orchestration.yml import parse_stated
from tests.unit.ingest.test_settings_files import SALES, values

SAID = """
lead_time_days: 10
order_cycle_days: 14
lead_times:
  suppliers: {Sharma  Traders: 21}
  categories:
  products: {7: 3, Kaju Katli: 2}
closed_weekdays: [Sun, monday]
closed_days: [2026-05-01, 2026-04-10 to 2026-04-20]
festivals: [diwali]
own_festivals: {Pongal: [2026-01-14, 2025-01-14]}
target_margin: 0.3
rules: {dead_stock: {min_value: 100}}
"""


def said(text: str) -> Any:
    return knowledge_in(parse_stated(text.encode()))


def test_what_an_owner_says_becomes_rows() -> None:
    told = said(SAID)
    assert told.problems == ()
    assert told.knowledge.target_margin == Decimal("0.3")
    assert told.knowledge.closed_days[1] == (date(2026, 4, 10), date(2026, 4, 20))
    rows = knowledge_rows("d", told.knowledge)
    assert {row["dataset_id"] for row in rows} == {"d"}
    assert [(row["topic"], row["name"], row["value"]) for row in rows] == [
        ("lead_time_days", None, "10"),
        ("order_cycle_days", None, "14"),
        ("target_margin", None, "0.3"),
        ("lead_time_products", "7", "3"),
        ("lead_time_products", "Kaju Katli", "2"),
        ("lead_time_suppliers", "Sharma Traders", "21"),
        ("closed_weekdays", None, None),
        ("closed_weekday", "monday", "0"),
        ("closed_weekday", "sunday", "6"),
        ("closed_days", "2026-04-10", "2026-04-20"),
        ("closed_days", "2026-05-01", "2026-05-01"),
        ("festivals", None, None),
        ("festival", "Diwali", None),
        ("own_festival", "Pongal", "2025-01-14"),
        ("own_festival", "Pongal", "2026-01-14"),
    ]


def test_none_is_another_answer_than_silence() -> None:
    told = said("closed_weekdays: []\nfestivals: []\n")
    topics = [row["topic"] for row in knowledge_rows("d", told.knowledge)]
    assert (told.problems, topics) == ((), ["closed_weekdays", "festivals"])
    assert knowledge_rows("d", said("closed_weekdays:\nlead_time_days:\n").knowledge) == []
    # nor is a list of nothing but mistakes
    assert said("closed_weekdays: [Funday]\nfestivals: [Mela]").knowledge == NOTHING_KNOWN


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lead_time_days: -1", "lead_time_days: input should be greater"),
        ("lead_time_days: 2.5", "lead_time_days: input should be a valid integer"),
        ("lead_time_days: true", "lead_time_days: input should be a valid integer"),
        ("lead_time_days: 151", "151 days and 30 days of order_cycle_days are more than the 180"),
        ("lead_times: {products: {Tea: 151}}", "lead_times.products.Tea: 151 days"),
        ("lead_times: {products: {Tea: soon}}", "lead_times.products.Tea: input should be"),
        ("lead_times: {shops: {Tea: 1}}", "lead_times.shops: extra inputs"),
        ("lead_times: [1]", "lead_times: input should be a valid dictionary"),
        ("order_cycle_days: 0", "order_cycle_days: input should be greater"),
        ("closed_weekdays: [Funday]", "'Funday' is no weekday"),
        ("closed_weekdays: [s]", "'s' is no weekday"),
        ("closed_weekdays: sunday", "closed_weekdays: input should be a valid list"),
        ("closed_days: [2026-13-01]", "'2026-13-01' is no day"),
        ("closed_days: [31.12.2026]", "'31.12.2026' is no day"),
        ("closed_days: [2026-05-02 to 2026-05-01]", "the last day comes before the first"),
        ("closed_days: [2024-05-02 to 2026-05-01]", "more than a year after it"),
        ("closed_days: [7]", "closed_days.0: it is no day"),
        ("festivals: [Mela]", "Mela is none Lucid knows; it knows Christmas, Diwali"),
        ("own_festivals: {Mela: soon}", "own_festivals.Mela: input should be a valid list"),
        ("own_festivals: {Mela: [1826-01-01]}", "1826-01-01 is no day of a shop's life"),
        ("target_margin: 30", "target_margin: it has to lie between 0 and 1; write 0.3"),
        ("target_margin: .nan", "target_margin: it has to lie between 0 and 1"),
        ("target_margin: 30 %", "target_margin: it is no number"),
        ("lead_tme_days: 3", "lead_tme_days is no setting of a shop; lead_time_days is"),
        ("colour: red", "colour is no setting of a shop; there are closed_days,"),
    ],
)
def test_a_value_that_means_nothing_is_named_and_the_others_hold(text: str, words: str) -> None:
    told = said(f"{text}\n")
    (problem,) = told.problems
    assert words in problem
    assert told.knowledge == NOTHING_KNOWN
    if not text.startswith("own_festivals"):
        kept = said(f"{text}\nown_festivals: {{Pongal: [2026-01-14]}}\n")
        assert kept.knowledge == Knowledge.model_validate(
            {"own_festivals": {"Pongal": ["2026-01-14"]}}
        )
        assert kept.problems == told.problems


def test_good_values_beside_bad_ones_of_one_list_hold() -> None:
    told = said("closed_days: [x, 2026-05-01, y, 2026-05-03]\nlead_times: {products: {a: 1, b: x}}")
    assert [first.day for first, _ in told.knowledge.closed_days] == [1, 3]
    assert told.knowledge.lead_times.products == {"a": 1}
    assert len(told.problems) == 3


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    value=st.dictionaries(
        st.sampled_from([*Knowledge.model_fields, "other", "[key]"]) | st.integers(),
        values | st.dictionaries(st.just("products"), values),
        max_size=4,
    )
)
def test_every_value_is_used_or_named(tmp_path: Path, value: Any) -> None:
    file = tmp_path / "lucid.yml"
    file.write_bytes(yaml.safe_dump(value, allow_unicode=True).encode("utf-8", "surrogatepass"))
    told = read_knowledge(file)
    for row in knowledge_rows("d", told.knowledge):
        assert all(part is None or isinstance(part, str) for part in row.values())


def test_what_is_said_lands_for_its_shop_and_goes_again(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    for shop in ("My Shop", "other"):
        (inbox / shop).mkdir(parents=True)
        (inbox / shop / "sales.csv").write_text(SALES, encoding="utf-8")
    (inbox / "loose.csv").write_text(SALES + "02/02/2026,Rice,1,60\n", encoding="utf-8")

    def landed() -> list[tuple[str, str]]:
        ingest(inbox, tmp_path / "raw", tmp_path / "state")
        rows = pq.read_table(tmp_path / "raw" / "raw_shop_knowledge").to_pylist()
        return [(row["dataset_id"], row["topic"]) for row in rows]

    assert landed() == []
    (inbox / "My Shop" / "lucid.yml").write_text("lead_time_days: 3\ntarget_margin: 9", "utf-8")
    (inbox / "lucid.yml").write_text("order_cycle_days: 3", encoding="utf-8")
    assert landed() == [("default", "order_cycle_days"), ("my-shop", "lead_time_days")]
    assert shop_file(inbox, "my-shop") == inbox / "My Shop" / "lucid.yml"
    (problem,) = read_parameters(inbox, {}, ()).problems
    assert problem.sentence == (
        "My Shop/lucid.yml: this was left out: "
        "target_margin: it has to lie between 0 and 1; write 0.3 for 30 %"
    )
    (inbox / "My Shop" / "lucid.yml").unlink()
    assert landed() == [("default", "order_cycle_days")]
