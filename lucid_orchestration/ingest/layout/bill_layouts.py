"""What an owner says of bills of one layout: kept in mapping.yml, applied to all bills like it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lucid_orchestration.ingest.layout.conventions import DateOrder

_MOST_LETTERS = 120
_MOST_ENTRIES = 40
# Fewer headings than these are those of bills of anybody.
FEWEST_HEADINGS = 3

ColumnMeaning = Literal[
    "quantity",
    "price",
    "amount",
    "discount",
    "tax",
    "tax_rate",
    "charge",
    "taxable",
    "name",
    "code",
    "hsn",
    "unit",
    "serial",
    "free",
    "other",
]
LabelMeaning = Literal[
    "subtotal",
    "discount",
    "charge",
    "tax",
    "round_off",
    "total",
    "payment",
    "nothing",
]
Prices = Literal["before_tax", "amount_with_tax", "with_tax", "untaxed"]
Text = Annotated[str, Field(min_length=1, max_length=_MOST_LETTERS, pattern=r"\S")]


class BillLayout(BaseModel):
    """How bills of one seller in one layout are read; what is left out is found.

    `seller` is a name or tax number, `headings` stand side by side above the lines: where both are
    given, both have to fit. `columns` and `labels` say what the words above the columns and beside
    the figures below the lines mean, `number` and `date` which labels the bill's own stand beside.
    `prices`: they are before tax, so are they and amounts contain it, both contain it, or there is
    none. The figures of a bill still have to agree: nothing said here makes one count that does
    not add up.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    seller: Text | None = None
    headings: Annotated[tuple[Text, ...], Field(max_length=_MOST_ENTRIES)] = ()
    columns: Annotated[dict[Text, ColumnMeaning], Field(max_length=_MOST_ENTRIES)] = {}
    labels: Annotated[dict[Text, LabelMeaning], Field(max_length=_MOST_ENTRIES)] = {}
    prices: Prices | None = None
    number: Text | None = None
    date: Text | None = None
    date_order: DateOrder | None = None
    document: Literal["sale", "sale_return"] | None = None

    @model_validator(mode="after")
    def _names_a_layout(self) -> "BillLayout":
        if self.seller is None and len(self.headings) < FEWEST_HEADINGS:
            raise ValueError(
                f"it names no layout; write its seller, or at least {FEWEST_HEADINGS} headings"
            )
        return self

    @property
    def is_silent(self) -> bool:
        """Whether it says nothing about how to read a bill."""
        return not self.model_dump(exclude_defaults=True, exclude={"seller", "headings"})
