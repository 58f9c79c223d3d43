"""A workbook as tables: which of its sheets count, and which repeat others."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress

from lucid_orchestration.ingest.kinds import BY_WORTH
from lucid_orchestration.ingest.layout.halves import HalfTableError
from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.orders.halves import half_of_sheet
from lucid_orchestration.ingest.orders.join import Joined, joined
from lucid_orchestration.ingest.outcomes import Issue, RefusedError, Severity, Sheet
from lucid_orchestration.ingest.rows import data_rows, recognised_table
from lucid_orchestration.ingest.tables import OpenedFile, Table
from lucid_orchestration.ingest.workbook.read import Workbook
from lucid_orchestration.ingest.workbook.single_column import in_columns

# What one sheet's refusal says about the workbook; the most telling is passed on.
_TELLING = {"other_documents": 3, "no_items": 2, "missing_column": 1}
# That fewer rows stand in a longer sheet too may be chance.
_MIN_REPEATED_ROWS = 3


def open_workbook(book: Workbook, mapping: FileMapping) -> OpenedFile:
    """Find the tables in the sheets of a workbook; each row of the shop counts once.

    Raises:
        RefusedError: when no sheet holds a table Lucid can use.
    """
    tables: list[Table] = []
    contents: list[Counter[tuple[str, ...]]] = []
    issues: list[Issue] = []
    refusals: list[tuple[Sheet, RefusedError]] = []
    for sheet in map(in_columns, book.sheets):
        if mapping.sheet not in (None, sheet.name):
            continue
        try:
            table = recognised_table(sheet, mapping)
        except RefusedError as error:
            refusals.append((sheet, error))
            continue
        tables.append(table)
        contents.append(_content(sheet, table.layout))
    for done in _joined_sheets(refusals, mapping):
        tables.append(done.table)
        contents.append(Counter({(done.table.sheet,): 1}))
        issues += done.issues
        named = {done.table.sheet, *(name for name, count in done.taken.items() if count)}
        refusals = [(sheet, error) for sheet, error in refusals if sheet.name not in named]
    if not tables:
        if not refusals:
            raise RefusedError("no_rows", "The workbook holds no rows.")
        sheet, told = max(refusals, key=lambda item: _TELLING.get(item[1].reason, 0))
        refused = RefusedError(told.reason, f'Sheet "{sheet.name}": {told.message}')
        raise HalfTableError(refused, told.half) if isinstance(told, HalfTableError) else refused
    kept = []
    kind = min((table.layout.kind for table in tables), key=BY_WORTH.index)
    for position, table in enumerate(tables):
        if table.layout.kind != kind and not table.layout.is_certain:
            issues.append(_other_kind(table, kind))
        elif _repeats_another(position, contents):
            issues.append(_repeated(table))
        else:
            kept.append(table)
    kept.sort(key=lambda table: BY_WORTH.index(table.layout.kind))
    issues += [
        Issue(
            Severity.NOTE, "sheet_not_used", f'Sheet "{sheet.name}" was left out. {error.message}'
        )
        for sheet, error in refusals
    ]
    return OpenedFile(book.container, tuple(kept), tuple(issues))


def _joined_sheets(
    refusals: Sequence[tuple[Sheet, RefusedError]], mapping: FileMapping
) -> Iterator[Joined]:
    """The sheets of lines that sheets of orders of the same workbook complete."""
    sheets = [sheet for sheet, error in refusals if isinstance(error, HalfTableError)]
    halves = [half for sheet in sheets if (half := half_of_sheet(sheet, mapping, sheet.name))]
    lists = [half for half in halves if half.half.role == "orders"]
    for half in halves if lists else ():
        if half.half.role == "lines":
            with suppress(RefusedError):
                yield joined(half, lists, mapping, half.name)


def _content(sheet: Sheet, layout: Layout) -> Counter[tuple[str, ...]]:
    """The data rows of a sheet with their branch and headings, and how often each occurs."""
    below = (row for row in sheet.rows if row.number > layout.header_row)
    scratch = Table(sheet.name, layout, ())
    branch = layout.branch or ""
    return Counter((branch, *layout.header, *row.cells) for row in data_rows(scratch, below))


def _repeats_another(position: int, contents: list[Counter[tuple[str, ...]]]) -> bool:
    """Whether all rows of a sheet stand in another one too, such as months beside a whole year."""
    own = contents[position]
    return any(
        (own == other and number < position) or (own < other and own.total() >= _MIN_REPEATED_ROWS)
        for number, other in enumerate(contents)
    )


def _repeated(table: Table) -> Issue:
    return Issue(
        Severity.WARNING,
        "repeated_sheet",
        f'All rows of sheet "{table.sheet}" stand in another sheet too; it was left out.',
    )


def _other_kind(table: Table, kind: str) -> Issue:
    return Issue(
        Severity.WARNING,
        "sheet_not_used",
        f'Sheet "{table.sheet}" may be a {table.layout.kind} list, but in a workbook of {kind} it '
        "may as well be a summary, so it was left out. If it is one, save it as a file of its own.",
    )
