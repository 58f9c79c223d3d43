"""One figure in two currencies: the one in the shop's own is counted, whatever the headings say."""

from pathlib import Path

import pytest

from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.reading import open_file
from tests.unit.ingest.test_money_columns import fields_of

AMOUNTS = ("12.50", "9.95", "120", "39.90", "7.25")


def layout_of(tmp_path: Path, headings: str, line: str) -> Layout:
    """The layout of sales with an amount, its rate and the amount in rupees, placed by `line`."""
    rows = [
        f"2026-01-{n:02},{n},Item {n % 3},{n % 2 + 1},"
        + line.format(amount=amount, rate=84.5 + n, base=round(float(amount) * (84.5 + n), 2))
        for n, amount in enumerate(AMOUNTS, start=1)
    ]
    path = tmp_path / "sales.csv"
    path.write_text("\n".join([f"Date,Bill,Item,Qty,{headings}", *rows]) + "\n", encoding="utf-8")
    return open_file(path).tables[0].layout


@pytest.mark.parametrize(
    ("headings", "line", "base"),
    [
        ("Amount (USD),Exchange Rate,Amount (INR)", "{amount},{rate},{base}", "Amount (INR)"),
        ("Total,Currency,FX rate,Base total", "{amount},USD,{rate},{base}", "Base total"),
        ("Amount,Amount (BCY)", "{amount},{base}", "Amount (BCY)"),
        ("Local Amount,Foreign Amount", "{base},{amount}", "Local Amount"),
    ],
)
def test_the_amount_in_the_currency_of_the_shop_is_taken(
    tmp_path: Path, headings: str, line: str, base: str
) -> None:
    layout = layout_of(tmp_path, headings, line)
    assert fields_of(layout) == {"net_amount": base}
    assert [issue.code for issue in layout.issues] == ["base_amounts_taken"]


def test_a_price_in_the_other_currency_leads_to_nothing(tmp_path: Path) -> None:
    layout = layout_of(
        tmp_path,
        "Price,Exchange rate,Amount,Amount in company currency",
        "{amount},{rate},{amount},{base}",
    )
    assert fields_of(layout) == {"net_amount": "Amount in company currency"}


def test_two_amounts_in_one_ratio_that_nothing_explains_are_asked_for(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match='"Amount" and "Value" hold different amounts'):
        layout_of(tmp_path, "Amount,Value", "{amount},{base}")


def test_a_rate_of_one_tells_nothing(tmp_path: Path) -> None:
    layout = layout_of(tmp_path, "Exchange Rate,Amount", "1,{amount}")
    assert fields_of(layout) == {"net_amount": "Amount"}
    assert layout.issues == ()
