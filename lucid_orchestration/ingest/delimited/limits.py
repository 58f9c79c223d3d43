"""How long a text file may take, how many rows it may have, and how many of no table's shape."""

import re
import time
from collections.abc import Sequence

from lucid_orchestration.ingest.outcomes import RefusedError, Row

ROWS_BETWEEN_LOOKS = 1_000
# Of computing with all that is done with a row; what is slow takes a third of it.
MIN_CPU_SECONDS = 20
SLOWEST_BYTES_PER_SECOND = 1_000_000
# As many rows as a workbook may have; in more of them a day, a product and a figure take room.
MAX_SHORT_ROWS = 1_048_576
MIN_BYTES_OF_A_ROW = 16
# Putting a row right takes ten times as long as reading it. So many are seconds; where they are
# more than this part of the rows too, the file is written wrongly, and not damaged.
MAX_ODD_ROWS = 50_000
MAX_ODD_SHARE = 0.1
# One row of so many is looked at (a prime: rows may come by turns), and after so many looks most
# had no figures.
ROWS_A_LOOK = 17
MIN_LOOKS = 6_000
MIN_FIGURES_SHARE = 0.25
_BEGINS_WITH_FIGURE = re.compile(r"\W{0,5}\d")


class ReadingLimit:
    """Stops the reading of a file that was made to take long."""

    def __init__(self, size: int) -> None:
        self._allowed = MIN_CPU_SECONDS + size / SLOWEST_BYTES_PER_SECOND
        self._started = time.thread_time()

    def check(self, row_count: int, bytes_read: int) -> None:
        """Look at the clock and at the rows there were.

        Raises:
            RefusedError: when it took too long, or the rows are too many for what they hold.
        """
        if time.thread_time() - self._started > self._allowed:
            raise RefusedError(
                "took_too_long",
                f"Reading the file took more than {self._allowed:.0f} seconds of computing, far "
                "more than a list of its size does, and was stopped. Export it again.",
            )
        if row_count >= MAX_SHORT_ROWS and bytes_read < MIN_BYTES_OF_A_ROW * row_count:
            raise RefusedError(
                "too_many_short_rows",
                f"The file has more than {MAX_SHORT_ROWS:,} rows, and most of them are too short "
                "for a day, a product and a figure. Delete the empty rows, or export the list "
                "again.",
            )


class ShapeLimit:
    """Stops the judging of a long text file whose rows are those of no table.

    What takes long about such a file is each of its rows: of a short one all are judged.
    """

    def __init__(self, figures: Sequence[int], needed: int) -> None:
        """`figures` are the columns of days and numbers; a row has them in the `needed` or more."""
        self._figures, self._needed = figures, needed
        self._odd = 0
        self._looked_at = 0
        self._with_figures = 0

    def take_odd(self, row_count: int) -> None:
        """A row with too many or too few cells, the last of so many.

        Raises:
            RefusedError: when that is no damage any more.
        """
        self._odd += 1
        if self._odd >= MAX_ODD_ROWS and self._odd > MAX_ODD_SHARE * row_count:
            raise RefusedError(
                "uneven_rows",
                f"Of the first {row_count:,} rows {self._odd:,} have more or fewer cells than "
                "there are headings, so the values of their columns cannot be told apart. Export "
                "the list with quotation marks around its texts, or as XLSX.",
            )

    def take(self, row: Row) -> None:
        """A row that is not blank; one of some is looked at.

        Raises:
            RefusedError: when hardly any of the many rows before holds the figures of a row.
        """
        if row.number % ROWS_A_LOOK or not self._figures:
            return
        cells = row.cells
        held = sum(
            place < len(cells) and _BEGINS_WITH_FIGURE.match(cells[place]) is not None
            for place in self._figures
        )
        self._looked_at += 1
        self._with_figures += held >= self._needed
        if self._looked_at % MIN_LOOKS == 0 and (
            self._with_figures < MIN_FIGURES_SHARE * self._looked_at
        ):
            raise RefusedError(
                "no_figures",
                f"Most of the first {row.number:,} rows hold no figures where the headings say "
                "that days and numbers stand, so they are not the rows of this table. Export the "
                "list again.",
            )
