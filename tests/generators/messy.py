"""A shop's sales and stock, and corruptions of the files, each with the one right outcome.

The base is invented. A corruption is of a kind that real exports showed: what is not said of it
here is as in the base, and a row that must be refused is named by its line with the reason.
"""

import csv
import datetime as dt
import io
import random
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

COLUMNS = (
    *("date", "product_name", "product_id", "quantity", "unit_price", "total_amount"),
    *("category", "customer_id", "transaction_id"),
)
STOCK_COLUMNS = (
    *("product_name", "product_id", "current_stock", "unit_cost", "category", "last_updated"),
)
# Names with accents, apostrophes, slashes and digits, as menus and price lists have them.
_GOODS = {
    "Beverages": ("Café Sumatra", "Guaraná Azul", "Tea Dust 250 g", "Lemon Soda", "Rosé d'Été"),
    "Condiments": ("Grüne Soße", "Jalapeño Relish", "Mango Chutney", "Soy Sauce 1/2 l"),
    "Confections": ("Crème Brûlée", "Tarte au Citron", "Cocoa Wafers", "Biscuit Assortment"),
    "Dairy": ("Queijo Minas", "Gouda Jeune", "Salted Butter", "Yoghurt 4-Pack"),
    "Grains": ("Basmati Rice", "Rolled Oats", "Gnocchi Verdi", "Rye Bread"),
    "Household": ("Detergent", "Steel Tiffin", "Bath Soap", "Night Lamp No. 7"),
    "Produce": ("Dried Apricots", "Açaí Pulp", "Pickled Onions", "Long Beans"),
    "Seafood": ("Smørrebrød Herring", "Blue Crab Tin", "Pâté de Saumon", "Clam Broth"),
}
_CUSTOMERS = ("ANAND", "BHARA", "CHAND", "DEEPA", "EKTAS", "FRESH", "GANES", "HARIO", "INDUG")
ROWS = 300
FIRST, DAYS_BETWEEN = dt.date(2024, 1, 3), 2

Row = dict[str, str]


@dataclass(frozen=True)
class Outcome:
    """What must come of a variant: refused for a reason, or rows and their sums.

    `rejected` are lines with the project's reason; without `stock` the file is one of sales.
    """

    refused: str = ""
    accepted: int = 0
    rejected: Mapping[int, str] = field(default_factory=dict)
    revenue: Decimal | None = None
    quantity: Decimal | None = None
    first_date: dt.date | None = None
    last_date: dt.date | None = None
    stock: Decimal | None = None
    product_count: int | None = None
    issues: Set[str] = frozenset()


@dataclass(frozen=True)
class Variant:
    """Files of one shop by name, and what must come of them."""

    name: str
    files: Mapping[str, bytes]
    outcome: Outcome


@dataclass(frozen=True)
class Base:
    """The rows all variants are made from."""

    sales: Sequence[Row]
    stock: Sequence[Row]

    def changed(self, places: Sequence[int], change: Callable[[Row, int], Row]) -> list[Row]:
        """The sales with some rows replaced; `change` gets a row and its place among `places`."""
        numbers = {place: number for number, place in enumerate(places)}
        return [
            {**row, **change(row, numbers[place])} if place in numbers else dict(row)
            for place, row in enumerate(self.sales)
        ]


def base(seed: int) -> Base:
    """Rows of sales in the order of their dates, and one row of stock for each product."""
    chance = random.Random(seed)
    goods = [(name, category) for category, names in _GOODS.items() for name in names]
    prices = [Decimal(chance.randint(150, 9_950)) / 100 for _ in goods]
    sales = []
    for number in range(ROWS):
        place = number % len(goods) if number < len(goods) else chance.randrange(len(goods))
        quantity = chance.randint(1, 70)
        # a few days have several bills
        day = FIRST + dt.timedelta(days=DAYS_BETWEEN * (number - number % 5 // 4))
        sales.append(
            {
                "date": day.isoformat(),
                "product_name": goods[place][0],
                "product_id": str(place + 1),
                "quantity": str(quantity),
                "unit_price": plain(prices[place]),
                "total_amount": plain(prices[place] * quantity),
                "category": goods[place][1],
                "customer_id": chance.choice(_CUSTOMERS),
                "transaction_id": f"INV-{number + 1:05}",
            }
        )
    stock = [
        {
            "product_name": name,
            "product_id": str(place + 1),
            "current_stock": str(chance.randint(20, 2_500)),
            "unit_cost": plain(prices[place] * Decimal("0.6")),
            "category": category,
            "last_updated": "",
        }
        for place, (name, category) in enumerate(goods)
    ]
    return Base(sales, stock)


def plain(value: Decimal) -> str:
    """A number without zeros at its end."""
    return format(value.normalize(), "f")


def line_of(place: int) -> int:
    """The line of a row in a file with headings on its first line."""
    return place + 2


def table(
    rows: Sequence[Mapping[str, str]],
    columns: Sequence[str] = COLUMNS,
    *,
    delimiter: str = ",",
    headings: Sequence[str] | None = None,
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL,
) -> str:
    """Rows as delimited text."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n", quoting=quoting)
    writer.writerow(columns if headings is None else headings)
    writer.writerows([row[column] for column in columns] for row in rows)
    return text.getvalue()


def counted(rows: Sequence[Row], rejected: Mapping[int, str] | None = None) -> Outcome:
    """The outcome of a file of sales where only the lines of `rejected` are not used.

    The rows are those that are right: a rejected one counts nowhere.
    """
    lost = rejected or {}
    used = [row for place, row in enumerate(rows) if line_of(place) not in lost]
    days = [dt.date.fromisoformat(row["date"]) for row in used]
    return Outcome(
        accepted=len(used),
        rejected=lost,
        revenue=sum((Decimal(row["total_amount"]) for row in used), Decimal(0)),
        quantity=sum((Decimal(row["quantity"]) for row in used), Decimal(0)),
        first_date=min(days),
        last_date=max(days),
    )


def stocked(rows: Sequence[Row], rejected: Mapping[int, str] | None = None) -> Outcome:
    """The outcome of a file of stock where only the lines of `rejected` are not used."""
    lost = rejected or {}
    used = [row for place, row in enumerate(rows) if line_of(place) not in lost]
    stock = sum((Decimal(row["current_stock"]) for row in used), Decimal(0))
    return Outcome(accepted=len(used), rejected=lost, stock=stock)


def refused(reason: str) -> Outcome:
    """The outcome of a file that is of no use."""
    return Outcome(refused=reason)


def one(name: str, content: str | bytes, outcome: Outcome, file: str = "") -> Variant:
    """A variant of one file."""
    data = content.encode() if isinstance(content, str) else content
    return Variant(name, {file or f"{name}.csv": data}, outcome)


def but(outcome: Outcome, **changes: object) -> Outcome:
    """An outcome with something else in it."""
    return replace(outcome, **changes)  # type: ignore[arg-type]
