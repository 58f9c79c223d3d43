"""The kinds of list Lucid reads: what each may say, and what it has to say."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

# By worth: of several kinds in a workbook, the first of these is what the workbook is about.
KindName = Literal["sales", "purchases", "inventory", "products"]
BY_WORTH: tuple[KindName, ...] = get_args(KindName)


@dataclass(frozen=True)
class Kind:
    """A kind of list: the fields of its raw table, and groups of which one field must be there."""

    name: KindName
    fields: tuple[str, ...]
    required: tuple[frozenset[str], ...]


# What says which kind of document a row is, and what became of it.
STATUS_FIELDS = ("document_status", "document_status_2", "document_status_3")
DOCUMENT_FIELDS = ("document_type", *STATUS_FIELDS)

# What a money column of a sales table may be; of most only the rows can tell which it is.
PRICE_FIELDS = ("unit_price", "gross_unit_price")
AMOUNT_FIELDS = ("net_amount", "gross_amount", "list_amount", "bill_amount")
# What an amount or a price without tax is called where tax is in it.
WITH_TAX = MappingProxyType({"net_amount": "gross_amount", "unit_price": "gross_unit_price"})
TAX_AMOUNT_FIELDS = ("tax_amount", "tax_amount_2", "tax_amount_3", "tax_amount_4")
TAX_FIELDS = (*TAX_AMOUNT_FIELDS, "tax_percent")
DISCOUNT_FIELDS = ("discount_amount", "unit_discount", "discount_percent", "discount_share")
MONEY_FIELDS = frozenset({*PRICE_FIELDS, *AMOUNT_FIELDS, *TAX_FIELDS, *DISCOUNT_FIELDS})

_PRODUCT = frozenset({"product_id", "product_name"})
# In the order they are tried: the first whose fields are all there wins.
KINDS = (
    Kind(
        "purchases",
        fields=(
            "purchase_date",
            "transaction_id",
            "line_id",
            "document_type",
            "product_id",
            "product_name",
            "category",
            "supplier",
            "unit",
            "quantity",
            "unit_cost",
            "net_amount",
            "gross_amount",
            "tax_amount",
            "currency",
        ),
        required=(
            frozenset({"purchase_date"}),
            _PRODUCT,
            frozenset({"quantity"}),
            frozenset({"unit_cost", "net_amount", "gross_amount"}),
        ),
    ),
    Kind(
        "sales",
        fields=(
            "sale_date",
            "transaction_id",
            "line_id",
            *DOCUMENT_FIELDS,
            "product_id",
            "product_name",
            "category",
            "customer_id",
            "store",
            "unit",
            "quantity",
            *PRICE_FIELDS,
            *AMOUNT_FIELDS,
            *TAX_FIELDS,
            *DISCOUNT_FIELDS,
            "unit_cost",
            "line_cost",
            "line_profit",
            "currency",
        ),
        required=(
            frozenset({"sale_date"}),
            _PRODUCT,
            frozenset({"quantity", "unit_price"}),
            frozenset({"quantity", "net_amount", "gross_amount"}),
        ),
    ),
    Kind(
        "inventory",
        fields=(
            "stock_date",
            "product_id",
            "product_name",
            "category",
            "store",
            "batch",
            "unit",
            "quantity",
            "unit_cost",
            "stock_value",
            "sale_price",
            "reorder_level",
            "currency",
        ),
        required=(_PRODUCT, frozenset({"quantity"})),
    ),
    Kind(
        "products",
        fields=(
            "product_id",
            "product_name",
            "category",
            "unit",
            "unit_cost",
            "sale_price",
            "currency",
        ),
        required=(_PRODUCT, frozenset({"unit_cost", "sale_price"})),
    ),
)


# What a field holds, for the owner who says in mapping.yml which heading means it.
MEANINGS = {
    "sale_date": "the day of the sale",
    "stock_date": "the day the stock was counted",
    "purchase_date": "the day the goods were bought",
    "transaction_id": "the number of the bill or order",
    "line_id": "the number of the line in the file or the system",
    "document_type": "sale, return, quotation …",
    "document_status": "paid, cancelled …; a second and third such column: `_2`, `_3`",
    "product_id": "the code of the product",
    "product_name": "the name of the product",
    "category": "its group",
    "customer_id": "who bought",
    "supplier": "who sold it to the shop",
    "store": "the branch",
    "batch": "the batch, size or serial number: rows of one product that add up",
    "unit": "piece, kg, dozen, box of 12 …",
    "quantity": "how many, in stock lists how many are left",
    "unit_price": "the price of one, before tax",
    "gross_unit_price": "the price of one with tax in it",
    "net_amount": "the amount of the line after discount, before tax",
    "gross_amount": "the amount of the line after discount, with tax in it",
    "list_amount": "the amount of the line before discount and tax",
    "bill_amount": "the amount of the whole bill, on each of its lines: not counted",
    "tax_amount": "tax of the line; further tax columns: `_2`, `_3`, `_4`",
    "tax_percent": "tax in percent",
    "discount_amount": "money off the line",
    "unit_discount": "money off each piece",
    "discount_percent": "discount in percent",
    "discount_share": "discount as a part of one, 0.1 for 10 %",
    "unit_cost": "what one cost the shop",
    "line_cost": "what the whole line cost the shop",
    "line_profit": "what the line earned: its cost follows from it",
    "stock_value": "what the stock is worth at cost",
    "sale_price": "the price one is sold for",
    "reorder_level": "order again at so many",
    "currency": "the currency of the row",
}


def fields_table() -> str:
    """The fields a heading can mean, as the table of the README."""
    names = list(dict.fromkeys(field for name in BY_WORTH for field in kind_named(name).fields))
    shown = [name for name in names if name in MEANINGS]
    lines = [
        "| field | what it is | in lists of |",
        "|---|---|---|",
        *(
            f"| `{field}` | {MEANINGS[field]} | "
            f"{', '.join(name for name in BY_WORTH if field in kind_named(name).fields)} |"
            for field in shown
        ),
    ]
    return "\n".join(lines)


def kind_named(name: str) -> Kind:
    """The kind of that name."""
    return next(kind for kind in KINDS if kind.name == name)
