"""What a shop says of itself beside what is assumed, and names that it does not have."""

from pathlib import Path
from typing import Any

import pytest

from lucid_orchestration.errors import UnprocessableError
from lucid_orchestration.ingest.knowledge import NOTHING_KNOWN, knowledge_in
from lucid_orchestration.insights.keeping import knowledge_text, set_knowledge
from lucid_orchestration.insights.knowing import shops_terms, terms_of


def told(content: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    return {
        term.key: (term.value, term.is_told) for term in terms_of(knowledge_in(content).knowledge)
    }


def test_what_is_not_said_is_assumed_and_says_so() -> None:
    terms = {term.key: term for term in terms_of(NOTHING_KNOWN)}
    assert not any(term.is_told for term in terms.values())
    assert terms["lead_time_days"].value == terms["lead_time_days"].usual == "7 days"
    assert terms["order_cycle_days"].value == "30 days"
    assert terms["festivals"].value.startswith("all of the calendar: Christmas, Diwali")


def test_what_is_said_is_shown_as_it_holds() -> None:
    shown = told(
        {
            "lead_time_days": 1,
            "lead_times": {"products": {f"p{n}": n for n in range(8)}},
            "closed_weekdays": ["sun", "mon"],
            "closed_days": ["2026-05-01", "2026-12-24 to 2026-12-31"],
            "festivals": [],
            "target_margin": 0.3,
        }
    )
    assert shown["lead_time_days"] == ("1 day", True)
    assert shown["lead_times"][0].endswith("p5 5 days, and 2 more")
    assert shown["closed_weekdays"] == ("Monday, Sunday", True)
    assert shown["closed_days"] == ("1 May 2026, 24 Dec 2026 to 31 Dec 2026", True)
    assert shown["festivals"] == ("none", True)
    assert shown["target_margin"] == ("30 %", True)
    assert shown["order_cycle_days"] == ("30 days", False)


def test_every_shop_of_the_inbox_is_listed(tmp_path: Path) -> None:
    assert shops_terms(tmp_path / "none") == {}
    for name in ("My Shop", "silent", ".hidden"):
        (tmp_path / name).mkdir()
    (tmp_path / "My Shop" / "lucid.yml").write_text("lead_time_days: 12", encoding="utf-8")
    listed = shops_terms(tmp_path)
    assert {name: terms[0].value for name, terms in listed.items()} == {
        "my-shop": "12 days",
        "silent": "7 days",
    }
    (tmp_path / "lucid.yml").write_text("lead_time_days: 5", encoding="utf-8")
    assert shops_terms(tmp_path)["default"][0].value == "5 days"


def test_names_the_shop_does_not_have_are_named(shop: Any, tmp_path: Path) -> None:
    shop.add(
        "product_master",
        product_id="t1",
        product_name="Green Tea",
        category="Drinks",
        supplier="Sharma Traders",
    )
    folder = tmp_path / "inbox" / "Shop"
    folder.mkdir(parents=True)
    (folder / "lucid.yml").write_text(
        "lead_times:\n"
        "  products: {T1: 1, green  tea: 2, Green Teas: 3}\n"
        "  suppliers: {SHARMA traders: 4, Nobody: 5}\n"
        "  categories: {drinks: 6, Green Tea: 7}\n",
        encoding="utf-8",
    )
    problems = [one.reason for one in shop.evaluate(inbox=tmp_path / "inbox").problems]
    assert problems == [
        "lead_times.products: this shop knows no product called Green Teas; "
        "did you mean Green Tea?",
        "lead_times.suppliers: this shop knows no supplier called Nobody",
        "lead_times.categories: this shop knows no category called Green Tea",
    ]


def test_what_is_kept_stands_beside_the_rest_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "lucid.yml"
    file.write_text("rules: {dead_stock: {min_value: 5}}\nlead_time_days: 3\n", encoding="utf-8")
    set_knowledge(tmp_path, "order_cycle_days: 14\n")
    assert knowledge_text(tmp_path) == "order_cycle_days: 14\n"
    assert "min_value: 5" in file.read_text(encoding="utf-8")
    for wrong, words in (
        ("lead_time_days: -1", "lead_time_days: input"),
        ("rules: {}", "rules is kept elsewhere"),
        ("- 1", "no list of settings"),
        ("a: [", "not YAML"),
    ):
        with pytest.raises(UnprocessableError, match=words):
            set_knowledge(tmp_path, wrong)
    assert knowledge_text(tmp_path) == "order_cycle_days: 14\n"
    set_knowledge(tmp_path, "")
    assert knowledge_text(tmp_path) == ""
    assert "min_value: 5" in file.read_text(encoding="utf-8")
