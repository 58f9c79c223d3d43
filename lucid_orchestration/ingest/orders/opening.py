"""A file that is half of a sales table, opened together with the files that are the other half."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lucid_orchestration.ingest.layout.halves import HalfTableError
from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.orders.halves import HalfTable, half_tables, workbook
from lucid_orchestration.ingest.orders.join import Joined, joined
from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.tables import OpenedFile, OrdersTaken


@dataclass(frozen=True)
class Part:
    """A file of the dataset that holds a half, with what its owner says of it."""

    path: Path
    name: str
    mapping: FileMapping

    def halves(self) -> list[HalfTable]:
        """The halves in it.

        Raises:
            RefusedError: when it cannot be read to its end.
        """
        return half_tables(self.path, self.name, self.mapping)


def open_half(own: Part, others: Sequence[Part], refusal: HalfTableError) -> OpenedFile:
    """Lines with the days of their orders, or orders whose lines another file holds.

    Raises:
        RefusedError: when no other file completes it; where none holds the other half, the
            refusal it had by itself.
    """
    book = workbook(own.path)
    container = "csv" if book is None else book.container
    if refusal.half.role == "orders":
        return _as_orders(own, others, refusal, container)
    done = _completed(own, others)
    if done is None:
        raise refusal
    return OpenedFile(container, (done.table,), done.issues)


def with_orders(own: Part, others: Sequence[Part], opened: OpenedFile) -> OpenedFile:
    """Lines with days of their own, and what lists of orders say of them where money shows it."""
    try:
        done = _completed(own, others)
    except RefusedError:
        return opened  # what was read stays, and the list of orders says what it lacks
    if done is None:
        return opened
    return OpenedFile(opened.container, (done.table,), (*opened.issues, *done.issues))


def _completed(own: Part, others: Sequence[Part]) -> Joined | None:
    """The lines of a file with what lists of orders in others say; None without one of them.

    Raises:
        RefusedError: when they do not belong together.
    """
    lists = [half for part in others for half in part.halves() if half.half.role == "orders"]
    mine = [half for half in own.halves() if half.half.role == "lines"] if lists else []
    return joined(mine[0], lists, own.mapping, "") if mine else None


def _as_orders(
    own: Part, others: Sequence[Part], refusal: HalfTableError, container: str
) -> OpenedFile:
    """A list of orders as what it gave to the lines of other files."""
    parts = sorted((own, *others), key=lambda part: part.name)
    halves: list[tuple[Part, HalfTable]] = []
    for part in parts:
        with suppress(RefusedError):  # one that cannot be read says so itself
            halves += [(part, half) for half in part.halves()]
    lists = [half for _, half in halves if half.half.role == "orders"]
    mine = [half for half in lists if half.name == own.name]
    last: RefusedError = refusal
    done: list[Joined] = []
    for part, half in halves:
        if half.half.role == "lines":
            try:
                done.append(joined(half, lists, part.mapping, ""))
            except RefusedError as error:
                last = last if half.half.has_days else error
    gave = [one for one in done if one.taken.get(own.name)]
    if not gave or not mine:
        raise last
    taken = OrdersTaken(mine[0].half.header.number, len(mine[0].rows))
    issues = tuple(one.of_orders[own.name] for one in gave)
    return OpenedFile(container, (), issues, orders=taken)
