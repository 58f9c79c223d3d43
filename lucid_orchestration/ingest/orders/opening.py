"""A file that is half of a sales table, opened together with the files that are the other half."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lucid_orchestration.ingest.layout.halves import HalfTableError
from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.orders.halves import HalfTable, half_tables, workbook
from lucid_orchestration.ingest.orders.join import Joined, joined
from lucid_orchestration.ingest.outcomes import Issue, RefusedError
from lucid_orchestration.ingest.tables import OpenedFile, OrdersTaken


@dataclass(frozen=True)
class Part:
    """A file of the dataset that holds a half, with what its owner says of it."""

    path: Path
    name: str
    mapping: FileMapping


@dataclass(frozen=True)
class _Given:
    """What lists of orders gave to the lines of a file, by the names of the lists."""

    taken: Mapping[str, int]
    of_orders: Mapping[str, Issue]


class Halves:
    """The halves in the files of one shop, each file read once, and what joining them gave.

    Another shop's take their place: a run reads the files of a shop one after the other.
    """

    def __init__(self) -> None:
        self._shop: str | None = None
        self._tables: dict[str, list[HalfTable] | RefusedError] = {}
        self._given: dict[str, list[_Given | tuple[HalfTable, RefusedError]]] = {}

    def of(self, shop: str) -> "Halves":
        """Those of a shop."""
        if self._shop != shop:
            self._shop, self._tables, self._given = shop, {}, {}
        return self

    def tables(self, part: Part) -> list[HalfTable]:
        """The halves in a file.

        Raises:
            RefusedError: when it cannot be read to its end.
        """
        if part.name not in self._tables:
            try:
                self._tables[part.name] = half_tables(part.path, part.name, part.mapping)
            except RefusedError as error:
                self._tables[part.name] = error
        found = self._tables[part.name]
        if isinstance(found, RefusedError):
            raise found
        return found

    def given(
        self, part: Part, lists: Sequence[HalfTable]
    ) -> list[_Given | tuple[HalfTable, RefusedError]]:
        """What the shop's lists of orders gave to each table of lines in a file, or why not."""
        if part.name not in self._given:
            self._given[part.name] = []
            for half in self.tables(part):
                if half.half.role == "lines":
                    self._given[part.name].append(_given(half, lists, part.mapping))
        return self._given[part.name]


def _given(
    lines: HalfTable, lists: Sequence[HalfTable], mapping: FileMapping
) -> _Given | tuple[HalfTable, RefusedError]:
    try:
        done = joined(lines, lists, mapping, "")
    except RefusedError as error:
        return lines, error
    return _Given(done.taken, done.of_orders)


def open_half(
    own: Part, others: Sequence[Part], refusal: HalfTableError, halves: Halves
) -> OpenedFile:
    """Lines with the days of their orders, or orders whose lines another file holds.

    Raises:
        RefusedError: when no other file completes it; where none holds the other half, the
            refusal it had by itself.
    """
    book = workbook(own.path)
    container = "csv" if book is None else book.container
    if refusal.half.role == "orders":
        return _as_orders(own, others, refusal, container, halves)
    done = _completed(own, others, halves)
    if done is None:
        raise refusal
    return OpenedFile(container, (done.table,), done.issues, date_order=done.date_order)


def with_orders(
    own: Part, others: Sequence[Part], opened: OpenedFile, halves: Halves
) -> OpenedFile:
    """Lines with days of their own, and what lists of orders say of them where money shows it."""
    try:
        done = _completed(own, others, halves)
    except RefusedError:
        return opened  # what was read stays, and the list of orders says what it lacks
    if done is None:
        return opened
    return OpenedFile(opened.container, (done.table,), (*opened.issues, *done.issues))


def _completed(own: Part, others: Sequence[Part], halves: Halves) -> Joined | None:
    """The lines of a file with what lists of orders in others say; None without one of them.

    Raises:
        RefusedError: when they do not belong together.
    """
    lists = [one for part in others for one in halves.tables(part) if one.half.role == "orders"]
    mine = [half for half in halves.tables(own) if half.half.role == "lines"] if lists else []
    return joined(mine[0], lists, own.mapping, "") if mine else None


def _as_orders(
    own: Part,
    others: Sequence[Part],
    refusal: HalfTableError,
    container: str,
    halves: Halves,
) -> OpenedFile:
    """A list of orders as what it gave to the lines of other files."""
    readable: list[Part] = []
    lists: list[HalfTable] = []
    for part in sorted((own, *others), key=lambda part: part.name):
        with suppress(RefusedError):  # one that cannot be read says so itself
            lists += [one for one in halves.tables(part) if one.half.role == "orders"]
            readable.append(part)
    mine = [half for half in lists if half.name == own.name]
    last: RefusedError = refusal
    gave: list[_Given] = []
    for part in readable:
        for given in halves.given(part, lists):
            if not isinstance(given, _Given):
                lines, error = given
                last = last if lines.half.has_days else error
            elif given.taken.get(own.name):
                gave.append(given)
    if not gave or not mine:
        raise last
    taken = OrdersTaken(mine[0].half.header.number, len(mine[0].rows))
    issues = tuple(one.of_orders[own.name] for one in gave)
    return OpenedFile(container, (), issues, orders=taken)
