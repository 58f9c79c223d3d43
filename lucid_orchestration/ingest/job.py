"""What is to be read of one file, and how: its place, what its owner says, what others teach it.

What reads is imported by the file that is read: a run that finds nothing new never loads it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lucid_orchestration.ingest.currency import project_currency
from lucid_orchestration.ingest.currency_marks import WITHOUT_DECIMALS
from lucid_orchestration.ingest.inbox import InboxFile
from lucid_orchestration.ingest.landed import Origin
from lucid_orchestration.ingest.layout.halves import HalfTableError
from lucid_orchestration.ingest.layout.mapping import Business, OwnerMapping
from lucid_orchestration.ingest.layout.money.words import DOUBTFUL_MARK
from lucid_orchestration.ingest.siblings import NOTHING_TAUGHT, Taught, Votes
from lucid_orchestration.ingest.tables import OpenedFile, Table

if TYPE_CHECKING:
    from lucid_orchestration.ingest.orders.opening import Halves, Part


@dataclass(frozen=True)
class Job:
    """A file to land; `original` is the name of the file it is a copy of.

    One that learns from its siblings has been read before, and keeps the `votes` of then. A file
    that changes while it is read is tried again, and on the last try told to be still written.
    `other_halves` are the files that may complete one that holds half of a sales table; `halves`
    holds what was read of them for others.
    """

    file: InboxFile
    source_file_id: str
    original: str | None
    told: OwnerMapping
    taught: Taught = NOTHING_TAUGHT
    votes: Votes | None = None
    is_last_try: bool = True
    other_halves: "tuple[Job, ...]" = ()
    halves: "Halves | None" = None

    @property
    def copy_message(self) -> str | None:
        """What is said of a copy of another file."""
        if self.original is None:
            return None
        return f"The file has the same content as {self.original} and was counted once."

    @property
    def origin(self) -> Origin:
        """What the file is landed from; what landed from something else lands again."""
        return Origin(self.file.name, self.told.digest, self.copy_message)

    def open(self) -> OpenedFile:
        """Recognise the file.

        Raises:
            RefusedError: when it holds no table Lucid can use, or may not be opened.
        """
        from lucid_orchestration.ingest.orders.opening import Halves, open_half, with_orders

        if self.file.refusal is not None:
            raise self.file.refusal
        others = [other._part for other in self.other_halves if other.file.refusal is None]
        halves = (self.halves or Halves()).of(self.file.dataset_id)
        try:
            opened = self._open()
        except HalfTableError as error:
            if not others:
                raise
            return open_half(self._part, others, error, halves)
        return with_orders(self._part, others, opened, halves) if others else opened

    @property
    def _part(self) -> "Part":
        from lucid_orchestration.ingest.orders.opening import Part

        mapping = self.told.mapping.of_file(self.file.name)
        return Part(self.file.path, self.file.name, mapping)

    def _open(self) -> OpenedFile:
        from lucid_orchestration.ingest.reading import open_file

        mapping = self.told.mapping.of_file(self.file.name)
        if self.taught.mark is not None:
            mapping = mapping.model_copy(update={"decimal_mark": self.taught.mark})
        opened = open_file(self.file.path, mapping, self.business, self.told.mapping.bills)
        if mapping.decimal_mark is None and any(map(_may_group, opened.tables)):
            stated = self.told.mapping.currency or project_currency()
            if stated in WITHOUT_DECIMALS:
                mapping = mapping.model_copy(update={"decimal_mark": ","})
                return open_file(self.file.path, mapping, self.business)
        return opened

    @property
    def business(self) -> Business:
        """Whose books the file is from: as the owner says, else as the bills beside it show."""
        told, taught = self.told.mapping.business, self.taught.business
        if told.name or told.gstin or taught is None:
            return told
        return Business(name=taught.value, gstin=taught.value)


def _may_group(table: Table) -> bool:
    """Whether points before three digits were taken for decimals and may as well group."""
    has_points = table.layout.decimal_mark != ","
    return has_points and any(issue.code == DOUBTFUL_MARK for issue in table.issues)
