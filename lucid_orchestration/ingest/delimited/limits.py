"""How long a text file may take, and how many rows it may have for its size."""

import time

from lucid_orchestration.ingest.outcomes import RefusedError

ROWS_BETWEEN_LOOKS = 1_000
# Of computing with all that is done with a row; what is slow takes a third of it.
MIN_CPU_SECONDS = 20
SLOWEST_BYTES_PER_SECOND = 1_000_000
# As many rows as a workbook may have; in more of them a day, a product and a figure take room.
MAX_SHORT_ROWS = 1_500_000
MIN_BYTES_OF_A_ROW = 16


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
