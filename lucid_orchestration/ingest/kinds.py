"""The kinds of list Lucid reads: what each may say, and what it has to say."""

from dataclasses import dataclass
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


def kind_named(name: str) -> Kind:
    """The kind of that name."""
    return next(kind for kind in KINDS if kind.name == name)
