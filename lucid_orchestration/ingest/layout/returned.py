"""Pieces that came back, in a column beside those sold: "Qty Sold, Qty Returned, Net Qty"."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lucid_orchestration.formatting import percent
from lucid_orchestration.ingest.kinds import (
    AMOUNT_FIELDS,
    DISCOUNT_FIELDS,
    DOCUMENT_FIELDS,
    TAX_FIELDS,
)
from lucid_orchestration.ingest.layout.conventions import DecimalMark
from lucid_orchestration.ingest.layout.documents import TAKEN_BACK, said
from lucid_orchestration.ingest.layout.money.case import SettledMoney
from lucid_orchestration.ingest.layout.money.columns import SAMPLE_ROWS, figure_of, is_line
from lucid_orchestration.ingest.layout.money.heading_words import heading_words, words_of
from lucid_orchestration.ingest.layout.money.marks import Marks, marks_of
from lucid_orchestration.ingest.layout.profile import Arrangement, Less
from lucid_orchestration.ingest.outcomes import Issue, Row, Severity
from lucid_orchestration.ingest.raw_tables import NUMBER_FIELDS

_SOLD_NOTHING = TAKEN_BACK | {"cancelled"}
# Amounts this near to quantity × price are that, rounded another way.
_NEAR = 0.01
# Counts with decimals are compared to more places than any scale prints.
_SAME = 1e-6


@dataclass(frozen=True)
class Returned:
    """The columns of the pieces sold and of those that came back; `left` of what is left.

    `lines` are a few hundred of the table, written with the `marks`.
    """

    sold: int
    back: int
    lines: tuple[Row, ...]
    marks: Marks
    left: int | None = None

    @property
    def rows(self) -> Iterator[tuple[Row, float, float]]:
        """The lines with their pieces and those that came back."""
        for row in self.lines:
            pieces = figure_of(row, self.sold, self.marks)
            if pieces is not None:
                yield row, pieces, abs(figure_of(row, self.back, self.marks) or 0.0)


@dataclass(frozen=True)
class TakenOff:
    """The columns of a table once pieces that came back are off, as Layout has them."""

    columns: Mapping[str, int]
    arrangement: Arrangement | None = None
    helpers: Mapping[int, str] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()


def returned_pieces(
    header: Row,
    choices: Mapping[str, int],
    told: Collection[int],
    below: Sequence[Row],
    told_mark: DecimalMark | None = None,
) -> Returned | None:
    """Where a sales table says how many of the pieces of a line came back; None if none did.

    `told_mark` is the decimal mark its owner names.
    """
    sold = choices.get("quantity")
    if sold is None or "net" in words_of(header.cells[sold]):
        return None
    lines = tuple(row for row in below[:SAMPLE_ROWS] if is_line(row, choices, header))
    marks = _marks(header, choices, lines) if told_mark is None else Marks(told_mark, {})
    known = {place for name, place in choices.items() if name not in DOCUMENT_FIELDS}
    for back, heading in enumerate(header.cells):
        meant = said(heading)
        if back in told or back in known or meant.meaning not in _SOLD_NOTHING:
            continue
        found = Returned(sold, back, lines, marks)
        most = max((others for _, _, others in found.rows), default=0.0)
        # "Returned" alone may say yes by a 1; less than one piece is weighed, not counted
        is_named = not words_of(heading).isdisjoint(heading_words().count)
        is_count = most > 0 if is_named else meant.is_whole and most > 1
        if is_count and all(others <= abs(pieces) for _, pieces, others in found.rows):
            return replace(found, left=_left(header, found))
    return None


def _marks(header: Row, choices: Mapping[str, int], lines: Sequence[Row]) -> Marks:
    """The decimal marks of the numbers of a table, those of pieces that nobody knows among them."""
    known = [place for name, place in choices.items() if name in NUMBER_FIELDS]
    taken = {*choices.values()}
    counts = [
        place
        for place, heading in enumerate(header.cells)
        if place not in taken
        and (said(heading).meaning in _SOLD_NOTHING or words_of(heading) & heading_words().count)
    ]
    return marks_of([*known, *counts], choices["quantity"], lines)


def _left(header: Row, found: Returned) -> int | None:
    """The column that holds what is left in every line."""
    for place in range(len(header.cells)):
        if place not in {found.sold, found.back} and all(
            (stated := figure_of(row, place, found.marks)) is not None
            and abs(stated - (pieces - others)) < _SAME
            for row, pieces, others in found.rows
        ):
            return place
    return None


def taking_off(header: Row, found: Returned, money: SettledMoney) -> TakenOff:
    """What follows from pieces that came back where no column holds what is left.

    They come off where the lines are quantity × price and nothing else.
    """
    columns = money.columns
    # the arithmetic of the money may have shown another mark than the texts
    usual = money.decimal_mark or found.marks.usual
    found = replace(found, marks=Marks(usual, {**found.marks.columns, **money.column_marks}))
    price = columns.get("unit_price", columns.get("gross_unit_price"))
    amounts = [columns[name] for name in AMOUNT_FIELDS if name in columns]
    is_plain = not {*DISCOUNT_FIELDS, *TAX_FIELDS} & columns.keys() and not money.shared
    if price is not None and is_plain and all(_are_products(found, price, at) for at in amounts):
        kept = {name: at for name, at in columns.items() if at not in amounts}
        marks = {"decimal_mark": found.marks.of(found.back), "own_mark": found.marks.of(found.sold)}
        less = {"quantity": Less(heading=header.cells[found.back], **marks)}
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
        if (each := figure_of(row, price, found.marks)) is not None
        and (stated := figure_of(row, amount, found.marks)) is not None
    )
