"""Pieces that came back, in a column beside those sold: "Qty Sold, Qty Returned, Net Qty"."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from lucid_orchestration.formatting import percent
from lucid_orchestration.ingest.kinds import AMOUNT_FIELDS, DISCOUNT_FIELDS, TAX_FIELDS
from lucid_orchestration.ingest.layout.documents import TAKEN_BACK, said
from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.money.columns import SAMPLE_ROWS, figure, is_line
from lucid_orchestration.ingest.layout.money.heading_words import heading_words, words_of
from lucid_orchestration.ingest.layout.money.settle import SettledMoney
from lucid_orchestration.ingest.layout.profile import Arrangement
from lucid_orchestration.ingest.outcomes import Issue, Row, Severity

_SOLD_NOTHING = TAKEN_BACK | {"cancelled"}
# Amounts this near to quantity × price are that, rounded another way.
_NEAR = 0.01


@dataclass(frozen=True)
class Returned:
    """The columns of the pieces sold and of those that came back; `left` of what is left.

    `rows` are the pieces and those that came back, by line; of a few hundred lines.
    """

    sold: int
    back: int
    left: int | None
    rows: tuple[tuple[Row, float, float], ...]


@dataclass(frozen=True)
class TakenOff:
    """The columns of a table once pieces that came back are off, as Layout has them."""

    columns: Mapping[str, int]
    arrangement: Arrangement | None = None
    helpers: Mapping[int, str] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()


def returned_pieces(
    header: Row, choices: Mapping[str, int], told: Collection[int], below: Sequence[Row]
) -> Returned | None:
    """Where a sales table says how many of the pieces of a line came back; None if none did."""
    sold = choices.get("quantity")
    if sold is None or "net" in words_of(header.cells[sold]):
        return None
    lines = [row for row in below[:SAMPLE_ROWS] if is_line(row, choices, header)]
    for back, heading in enumerate(header.cells):
        meant = said(heading)
        if back in told or back == sold or meant.meaning not in _SOLD_NOTHING:
            continue
        rows = tuple(
            (row, pieces, abs(_figure(row, back) or 0.0))
            for row in lines
            if (pieces := _figure(row, sold)) is not None
        )
        most = max((others for _, _, others in rows), default=0.0)
        # "Returned" alone may say yes by a 1
        fewest = 1 if words_of(heading) & heading_words().count else 2
        is_count = most >= fewest and (fewest == 1 or meant.is_whole)
        if is_count and all(others <= abs(pieces) for _, pieces, others in rows):
            return Returned(sold, back, _left(header, rows, {sold, back}), rows)
    return None


def _left(
    header: Row, rows: Sequence[tuple[Row, float, float]], used: Collection[int]
) -> int | None:
    """The column that holds what is left in every line."""
    for place in range(len(header.cells)):
        if place not in used and all(
            _figure(row, place) == pieces - others for row, pieces, others in rows
        ):
            return place
    return None


def _figure(row: Row, place: int) -> float | None:
    return figure(row.cells[place], ".") if place < len(row.cells) else None


def taking_off(header: Row, found: Returned, money: SettledMoney) -> TakenOff:
    """What follows from pieces that came back where no column holds what is left.

    They come off where the lines are quantity × price and nothing else.
    """
    columns = money.columns
    price = columns.get("unit_price", columns.get("gross_unit_price"))
    amounts = [columns[name] for name in AMOUNT_FIELDS if name in columns]
    is_plain = not {*DISCOUNT_FIELDS, *TAX_FIELDS} & columns.keys() and money.bill_discount is None
    if price is not None and is_plain and all(_are_products(found, price, at) for at in amounts):
        kept = {name: at for name, at in columns.items() if at not in amounts}
        less = {"quantity": heading_key(header.cells[found.back])}
        return TakenOff(kept, Arrangement(less=less), {found.back: "quantity"})
    return TakenOff(columns, issues=(_not_taken_off(header, found),))


def _not_taken_off(header: Row, found: Returned) -> Issue:
    sold = sum(abs(pieces) for _, pieces, _ in found.rows)
    back = sum(others for _, _, others in found.rows)
    name = header.cells[found.back].strip()
    return Issue(
        Severity.WARNING,
        "returns_not_taken_off",
        f'"{name}" holds pieces that came back, {back:g} of {sold:g} in the rows looked at '
        f"({percent(back / sold)}), and no column says what is left of the amounts: nothing was "
        "taken off. Export the returns as lines of their own, or the quantity that is left. If the "
        f'amounts are without them already, put this into mapping.yml: columns: {{"{name}": '
        "ignore}.",
        revenue_share=back / sold,
    )


def _are_products(found: Returned, price: int, amount: int) -> bool:
    return all(
        abs(stated - pieces * each) <= _NEAR * abs(stated)
        for row, pieces, _ in found.rows
        if (each := _figure(row, price)) is not None
        and (stated := _figure(row, amount)) is not None
    )
