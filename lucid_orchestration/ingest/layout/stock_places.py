"""Stock in a column for each warehouse: "Stock Pune, Stock Delhi", with their sum or without."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from lucid_orchestration.ingest.layout.aliases import is_known, stock_words, total_words
from lucid_orchestration.ingest.layout.branches import branch_words
from lucid_orchestration.ingest.layout.composed import no_stock_words
from lucid_orchestration.ingest.layout.conventions import DecimalMark
from lucid_orchestration.ingest.layout.documents import folded
from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.money.columns import SAMPLE_ROWS, figure_of
from lucid_orchestration.ingest.layout.money.heading_words import heading_words, parts_of
from lucid_orchestration.ingest.layout.money.marks import Marks, marks_of
from lucid_orchestration.ingest.layout.profile import Added, Arrangement
from lucid_orchestration.ingest.outcomes import Row

_NUMBER_SHARE = 0.9
_SAME = 1e-6
# No shop has more warehouses; a list with more such columns is something else.
_MOST_PLACES = 60


@dataclass(frozen=True)
class StockPlaces:
    """The columns of the places; `total` is that of their sum, where the table has it."""

    places: tuple[int, ...]
    total: int | None
    decimal_mark: DecimalMark = "."

    def arrangement(self, header: Row) -> Arrangement | None:
        """What adds the places up; None where their sum is there."""
        if self.total is not None:
            return None
        headings = tuple(header.cells[place] for place in self.places)
        return Arrangement(added={"quantity": Added.of(headings, self.decimal_mark)})


def stock_places(
    header: Row, taken: Collection[int], told: Mapping[str, str], below: Sequence[Row]
) -> StockPlaces | None:
    """Where a list without a known column of stock holds it by place.

    The headings differ by the name of the place alone; what is promised, moved or worth is none.
    """
    lines = below[:SAMPLE_ROWS]
    found = {
        place: words
        for place, heading in enumerate(header.cells)
        if place not in taken
        and heading_key(heading) not in told
        and (words := _of_place(heading))
        and not is_known(heading)
    }
    if len(found) > _MOST_PLACES:
        return None
    marks = marks_of([*found], None, lines)
    found = {at: words for at, words in found.items() if _holds_numbers(at, marks, lines)}
    names = {at: words - _shared(found.values()) for at, words in found.items()}
    totals = [at for at, name in names.items() if name and name <= _total_words()]
    places = tuple(at for at in names if at not in totals)
    if not places or len({frozenset(names[at]) for at in places}) < len(places) or marks.columns:
        return None
    if len(totals) == 1 and _add_up(places, totals[0], marks, lines):
        return StockPlaces(places, totals[0])
    if totals or (len(places) == 1 and not found[places[0]] & stock_words()):
        return None
    return StockPlaces(places, None, marks.usual)


def _of_place(heading: str) -> frozenset[str]:
    """The words of a heading that speaks of stock or of a place of it; none of any other."""
    words = frozenset(parts_of(heading))
    known = heading_words()
    if words & (no_stock_words() | known.price | known.amount | known.tax | known.discount):
        return frozenset()
    bare = {folded(word) for word in words}
    is_named = words & stock_words() or bare & branch_words("label") or {"on", "hand"} <= words
    return words if is_named else frozenset()


def _shared(headings: Collection[frozenset[str]]) -> frozenset[str]:
    """The words that all headings have, but for a single one, which is its own name."""
    return frozenset.intersection(*headings) if len(headings) > 1 else frozenset()


def _total_words() -> frozenset[str]:
    known = {word for text in total_words() for word in text.casefold().split()}
    return frozenset(known | branch_words("every") | {"total", "sum"} | stock_words())


def _holds_numbers(place: int, marks: Marks, lines: Sequence[Row]) -> bool:
    cells = [row for row in lines if place < len(row.cells) and row.cells[place].strip()]
    numbers = sum(figure_of(row, place, marks) is not None for row in cells)
    return bool(cells) and numbers >= _NUMBER_SHARE * len(cells)


def _add_up(places: Sequence[int], total: int, marks: Marks, lines: Sequence[Row]) -> bool:
    """Whether the places come to the total in nearly all rows that state it."""
    known = [
        (stated, sum(figure_of(row, place, marks) or 0.0 for place in places))
        for row in lines
        if (stated := figure_of(row, total, marks)) is not None
    ]
    fitting = sum(abs(stated - worked) < _SAME for stated, worked in known)
    return bool(known) and fitting >= _NUMBER_SHARE * len(known)
