"""What kind of list the headings of a table speak of, where its columns may be those of several."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from lucid_orchestration.ingest.kinds import AMOUNT_FIELDS, PRICE_FIELDS, KindName
from lucid_orchestration.ingest.layout.aliases import MERE_QUANTITIES, choices, is_mere_quantity
from lucid_orchestration.ingest.layout.composed import (
    choices_below,
    counts_goods,
    has_days_of_rows,
)
from lucid_orchestration.ingest.layout.documents import said
from lucid_orchestration.ingest.layout.headings import heading_keys
from lucid_orchestration.ingest.layout.money.columns import SAMPLE_ROWS, are_products
from lucid_orchestration.ingest.layout.money.heading_words import is_price
from lucid_orchestration.ingest.layout.money.marks import marks_of
from lucid_orchestration.ingest.layout.names import lists_documents
from lucid_orchestration.ingest.outcomes import Row

_SIGNS_OF_SALES = frozenset(
    {"sale_date", "transaction_id", "customer_id"}
    | {"net_amount", "gross_amount", "discount_amount", "line_profit"}
)


@dataclass(frozen=True)
class _Headings:
    """A row of headings with the rows below it, and its columns as one kind of list."""

    header: Row
    below: Sequence[Row]
    columns: Mapping[str, int]

    @cached_property
    def keys(self) -> list[str]:
        return heading_keys(self.header.cells)

    @cached_property
    def sold(self) -> frozenset[str]:
        """The fields it would have as a list of sales."""
        return frozenset(choices_below("sales", self.header, self.below))

    def of(self, field: str) -> str:
        """Its key; none of a column that is added right of the headings."""
        place = self.columns[field]
        return self.keys[place] if place < len(self.keys) else ""


def speaks_of(
    kind: KindName, header: Row, below: Sequence[Row], columns: Mapping[str, int]
) -> bool:
    """Whether headings with these columns may be those of a list of the kind."""
    return _SPEAKS_OF[kind](_Headings(header, below, columns))


def _of_buying(table: _Headings) -> bool:
    if "supplier" not in table.columns and "customer_id" in choices("sales", table.keys):
        return False  # shops call the day on which others bought from them so, too
    if _are_sold_at_a_price(table):
        return False  # whoever supplied the goods may stand beside their sale
    return (
        "supplier" in table.columns
        or _names_bills_of_suppliers(table)
        or table.of("purchase_date").startswith(("purchase", "received", "grn", "po "))
        or "purchase" in table.of("quantity")
    )


def _are_sold_at_a_price(table: _Headings) -> bool:
    """Whether the amounts are quantity × a price, and not × the cost that stands beside it."""
    sold = choices_below("sales", table.header, table.below)
    quantity, cost = table.columns["quantity"], next(iter(sold.get("unit_cost", [])), None)
    prices = [at for name in PRICE_FIELDS for at in sold.get(name, []) if at != cost]
    amount = next((sold[name][0] for name in AMOUNT_FIELDS if name in sold), None)
    if cost is None or amount is None or not prices:
        return False
    lines = table.below[:SAMPLE_ROWS]
    marks = marks_of([quantity, cost, amount, *prices], quantity, lines)
    return any(are_products(lines, quantity, price, amount, marks) for price in prices) and not (
        are_products(lines, quantity, cost, amount, marks)
    )


def _names_bills_of_suppliers(table: _Headings) -> bool:
    """Whether a heading beside that of a cost speaks of purchases, and none of a price."""
    cost = table.columns.get("unit_cost")
    if cost is None or "unit_price" in table.sold:
        return False
    return any(
        said(heading).meaning == "purchase"
        for place, heading in enumerate(table.header.cells)
        if place not in (cost, table.columns["purchase_date"])
    )


def _of_selling(table: _Headings) -> bool:
    """Date, rate and value beside a closing stock are no sale, nor is what nobody has bought."""
    if table.of("sale_date") == "purchase date" and "customer_id" not in table.columns:
        return False
    stock = choices("inventory", table.keys).get("quantity", [])
    return "quantity" in table.columns or all(is_mere_quantity(table.keys[at]) for at in stock)


def _of_stock(table: _Headings) -> bool:
    """A quantity alone is stock only where nothing else speaks of sales.

    What bills count is sold, whatever a heading says of stock ("Qty in Stock UOM").
    """
    quantity = table.of("quantity")
    if "transaction_id" in table.sold and {"customer_id", "sale_date"} & table.sold:
        return False
    if not is_mere_quantity(quantity):
        return True
    if quantity not in MERE_QUANTITIES and any(map(is_price, table.keys)):
        return False
    if has_days_of_rows(table.header, table.below):
        return False
    return not table.sold & (_SIGNS_OF_SALES | {"unit_price"})


def _of_prices(table: _Headings) -> bool:
    """A list of products and prices has neither quantities nor anything of a sale.

    What a piece earns may stand beside its price.
    """
    if lists_documents(table.keys) or counts_goods(table.header, table.below):
        return False
    return not table.sold & ((_SIGNS_OF_SALES - {"line_profit"}) | {"quantity"})


_SPEAKS_OF: Mapping[KindName, Callable[[_Headings], bool]] = {
    "purchases": _of_buying,
    "sales": _of_selling,
    "inventory": _of_stock,
    "products": _of_prices,
}
