"""A table on a narrow screen: what a row is about stays, figures go from the last to the first."""

from decimal import Decimal
from io import StringIO

import pytest
from rich.console import Console

from lucid_orchestration.terminal.grid import print_grid

COLUMNS = ("rank", "product_name", "total_revenue", "gross_profit", "order_quantity")
ROWS = [
    {
        "rank": 1,
        "product_name": "Fortune Sunflower Oil 5 L",
        "total_revenue": Decimal("1234567.80"),
        "gross_profit": Decimal("123456.00"),
        "order_quantity": Decimal("1250.000"),
    },
    {
        "rank": 2,
        "product_name": "नमक [red]",
        "total_revenue": Decimal("99.50"),
        "gross_profit": None,
        "order_quantity": Decimal("7.000"),
    },
]
FIGURES = ("₹12,34,568", "₹1,23,456", "1,250")


def printed(width: int) -> str:
    console = Console(file=StringIO(), width=width)
    print_grid(console, COLUMNS, ROWS, "INR")
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(("width", "shown"), [(80, 3), (57, 3), (46, 2), (35, 1), (20, 0)])
def test_figures_are_given_up_from_the_last_to_the_first(width: int, shown: int) -> None:
    text = printed(width)
    assert [figure in text for figure in FIGURES] == [place < shown for place in range(3)]
    for word in ("Fortune", "Sunflower", "नमक", "[red]"):
        assert word in text
    table = text.split("No room for")[0]
    assert max(len(line) for line in table.splitlines()) <= width
    assert ("order quantity" in text.split("No room for")[-1]) == (shown < 3)


def test_a_wide_screen_says_nothing_of_room() -> None:
    assert "No room" not in printed(80)
    assert "Fortune Sunflower Oil 5 L" in printed(80)
