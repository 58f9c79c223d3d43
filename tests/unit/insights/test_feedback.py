"""What an owner says of insights: snoozed, done, of no use; and rules of the owner's own."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from lucid_orchestration.insights.feedback import read_feedback
from lucid_orchestration.insights.rules import RULES_DIR, load_rules
from tests.unit.insights.test_evaluation import AS_OF, dead
from tests.unit.insights.test_history import FIRST, SECOND, THIRD, on, overstocked


def say(folder: Path, text: str, shop: str = "shop") -> Path:
    place = folder / "inbox" / shop
    place.mkdir(parents=True, exist_ok=True)
    (place / "lucid.yml").write_text(text, encoding="utf-8")
    return folder / "inbox"


def test_a_snoozed_insight_sleeps_until_its_day(shop: Any, tmp_path: Path) -> None:
    dead(shop, "p1", 1000)
    (found,) = shop.evaluate().active
    for until, shown in ((AS_OF + timedelta(days=1), 0), (AS_OF, 1)):
        inbox = say(tmp_path, f"insights: {{{found.insight_id}: {{snoozed_until: {until}}}}}")
        assert len(shop.evaluate(inbox=inbox).active) == shown
    assert len(shop.evaluate(inbox=inbox).insights) == 1


def test_what_is_of_no_use_is_never_shown_again(shop: Any, tmp_path: Path) -> None:
    dead(shop, "p1", 1000)
    dead(shop, "p2", 2000)
    first, second = shop.evaluate().active
    inbox = say(tmp_path, f"insights: {{{first.insight_id}: {{not_useful: true}}}}")
    assert [one.insight_id for one in shop.evaluate(inbox=inbox).active] == [second.insight_id]


def test_what_is_done_is_shown_again_when_it_comes_back(shop: Any, tmp_path: Path) -> None:
    on(shop, FIRST)
    overstocked(shop, "p1", 200)
    (found,) = shop.evaluate().active
    inbox = say(tmp_path, f"insights: {{{found.insight_id}: {{done_on: {FIRST}}}}}")
    assert shop.evaluate(inbox=inbox).active == ()
    on(shop, SECOND)
    assert shop.evaluate(inbox=inbox).active == ()  # it still goes on
    overstocked(shop, "p1", 1)
    shop.evaluate(inbox=inbox)
    on(shop, THIRD)
    overstocked(shop, "p1", 200)
    (again,) = shop.evaluate(inbox=inbox).active
    assert (again.insight_id, again.since_date) == (found.insight_id, THIRD)


@pytest.mark.parametrize(
    "text",
    ["insights: 5", "insights: {a: {until: 2026-01-01}}", "insights: {a: {done_on: soon}}"],
)
def test_what_means_nothing_is_named_and_left_out(shop: Any, tmp_path: Path, text: str) -> None:
    dead(shop, "p1", 1000)
    run = shop.evaluate(inbox=say(tmp_path, text))
    assert len(run.active) == 1
    assert [problem.file for problem in run.problems] == ["shop/lucid.yml"]


def test_each_shop_speaks_for_itself_and_a_broken_file_for_none(tmp_path: Path) -> None:
    say(tmp_path, "insights: {a: {snoozed_until: 2026-12-01}}", "one")
    say(tmp_path, "a: [", "two")
    inbox = say(tmp_path, "insights: {b: {done_on: 2026-10-31}}", "three")
    said = read_feedback(inbox)
    assert said.snoozed == {"a": date(2026, 12, 1)}
    assert said.done == {"b": date(2026, 10, 31)}
    assert said.problems == ()


def test_rules_of_ones_own_stand_beside_those_of_lucid(tmp_path: Path) -> None:
    text = (RULES_DIR / "stock.yml").read_text(encoding="utf-8")
    first = load_rules(RULES_DIR).rules
    (tmp_path / "mine.yml").write_text(text, encoding="utf-8")
    book = load_rules(RULES_DIR, tmp_path)
    # the same id again takes nobody's place
    assert book.rules == first
    assert {problem.file for problem in book.problems} == {"mine.yml"}
    (tmp_path / "mine.yml").write_text(
        text.replace("id: dead_stock", "id: my_stock"), encoding="utf-8"
    )
    assert "my_stock" in {rule.id for rule in load_rules(RULES_DIR, tmp_path).rules}
    assert load_rules(RULES_DIR, tmp_path / "none").rules == first
