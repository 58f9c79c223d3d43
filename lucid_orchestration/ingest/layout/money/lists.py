"""Money in lists of anything but sales: no arithmetic there says what a column is."""

from collections.abc import Mapping, Sequence

from lucid_orchestration.ingest.layout.conventions import DecimalMark
from lucid_orchestration.ingest.layout.money import words
from lucid_orchestration.ingest.layout.money.case import SettledMoney
from lucid_orchestration.ingest.layout.money.columns import SAMPLE_ROWS
from lucid_orchestration.ingest.layout.money.marks import marks_of
from lucid_orchestration.ingest.outcomes import Row
from lucid_orchestration.ingest.raw_tables import NUMBER_FIELDS


def with_marks(
    header: Row,
    columns: Mapping[str, int],
    below: Sequence[Row],
    told_mark: DecimalMark | None = None,
) -> SettledMoney:
    """The columns as they are, each with the decimal mark that its texts show.

    Where nothing shows whether points group or divide, a warning says which was taken.
    """
    if told_mark is not None:
        return SettledMoney(columns)
    places = [place for name, place in columns.items() if name in NUMBER_FIELDS]
    marks = marks_of(places, columns.get("quantity"), below[:SAMPLE_ROWS])
    shown = None if marks.is_shown else marks.usual
    issues = (words.doubtful_mark(header, marks),) if marks.in_doubt else ()
    return SettledMoney(columns, shown, marks.columns, issues=issues)
