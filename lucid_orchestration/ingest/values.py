"""What all values of a file show together: conventions, currencies, faults of its rows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lucid_orchestration.ingest import currency
from lucid_orchestration.ingest.currency_marks import side_of
from lucid_orchestration.ingest.judged_documents import MOST_TEXTS, Texts, too_many_texts
from lucid_orchestration.ingest.layout.conventions import (
    UNCLEAR_DAYS,
    UNCLEAR_YEARS,
    Convention,
    DateOrder,
    DecimalMark,
    date_order,
    day_part,
    decimal_mark,
    number_shape,
    sole_mark,
    zone,
)
from lucid_orchestration.ingest.layout.drift import DayRuns, Exchanged, exchanged_days
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import (
    TRUNCATED_LINE,
    WRONG_CELL_COUNT,
    Issue,
    Severity,
    WorkbookNumber,
)
from lucid_orchestration.ingest.raw_tables import (
    AS_WRITTEN,
    COUNT_FIELDS,
    DATE_FIELDS,
    NUMBER_FIELDS,
    Constants,
)
from lucid_orchestration.ingest.siblings import (
    NOTHING_TAUGHT,
    Taught,
    Vote,
    Votes,
    table_key,
    told_days,
    vote_on_order,
)
from lucid_orchestration.ingest.tables import RowCounts, Table

# Distinct date texts of a file that are held as they are before their times are cut off.
_MAX_DATE_TEXTS = 50_000
_OWN = "The numbers of this column alone show it."
_KNOWN = "The layout of the file or mapping.yml says so."
_FAULT_MESSAGES = {
    TRUNCATED_LINE: "The file breaks off in row {1}. Export it again.",
    WRONG_CELL_COUNT: (
        "{0} row(s) have more or fewer cells than the table, and not just one way to read them; "
        "the first is row {1}. Put quotation marks around cells that hold the delimiter."
    ),
}


@dataclass(frozen=True)
class Conventions:
    """What all values of a file say; `date_order` is null where it has no dates.

    Where the zone of the times changes from row to row, no one clock wrote them: the written day
    is taken, as the shop saw it.
    """

    date_order: Convention[DateOrder] | None
    decimal_mark: Convention[DecimalMark]
    has_many_zones: bool

    def constants(
        self, record: Mapping[str, Any], timezone: str | None, layout: Layout
    ) -> Constants:
        """What all rows of a part have in common."""
        mark = self.decimal_mark.value
        return Constants(
            dataset_id=record["dataset_id"],
            source_file_id=record["source_file_id"],
            date_order=self.date_order.value if self.date_order else None,
            decimal_mark=mark,
            timezone=AS_WRITTEN if self.has_many_zones else timezone,
            turned=frozenset(
                field
                for field, place in layout.columns.items()
                if layout.column_marks.get(place, mark) != mark
            ),
        )

    def mark_of(self, layout: Layout, place: int) -> Convention[DecimalMark]:
        """The decimal mark of a column."""
        own = layout.column_marks.get(place, self.decimal_mark.value)
        return self.decimal_mark if own == self.decimal_mark.value else Convention(own, _OWN)


class Values:
    """What shows a file's conventions and faults, collected while its rows pass."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._runs = DayRuns()
        self.exchanged: Exchanged | None = None
        self._fresh_dates: Counter[str] = Counter()
        self._days: Counter[str] = Counter()
        self._zones: Counter[str | None] = Counter()
        self._shapes: Counter[str] = Counter()
        self._faults: dict[str, tuple[int, int]] = {}
        self._currencies: set[str] = set()
        self._sides: dict[str, Counter[str]] = {}
        self.documents: dict[str, Counter[Texts]] = {}

    def add(self, field: str, values: Sequence[str | None], *, has_own_mark: bool = False) -> None:
        """Take note of values of a column, in the order of their rows.

        One with a decimal mark of its own says nothing of the others.
        """
        if field == "currency":
            self.add_currencies(
                code for value in set(values) if value and (code := currency.code_of(value))
            )
        elif field in DATE_FIELDS:
            self._fresh_dates.update(value for value in values if value)
            if len(self._fresh_dates) > _MAX_DATE_TEXTS:
                self._cut_times()
        elif field in NUMBER_FIELDS:
            if not has_own_mark:
                self._shapes.update(
                    number_shape(value)
                    for value in values
                    if value
                    and ("," in value or "." in value)
                    and not isinstance(value, WorkbookNumber)
                )
            if field not in COUNT_FIELDS:
                self.add_marks(field, values)

    def add_marks(self, field: str, amounts: Sequence[str | None]) -> None:
        """Take note of the currencies beside amounts, and of the sides of a ledger they are on."""
        self.add_currencies(currency.in_amounts(amounts))
        found = Counter(filter(None, map(side_of, amounts)))
        if found:
            self._sides.setdefault(field, Counter()).update(found)

    @property
    def reversed_sides(self) -> Mapping[str, str]:
        """The rarer side of each column that has both: it takes back what the other says."""
        first = "cr" if self._layout.kind == "sales" else "dr"
        return {
            field: min(sides, key=lambda side: (sides[side], side == first))
            for field, sides in self._sides.items()
            if len(sides) > 1
        }

    def side_issues(self) -> Iterator[Issue]:
        """What to say about amounts on both sides of a ledger."""
        for field, side in self.reversed_sides.items():
            heading = self._layout.header[self._layout.columns[field]].strip()
            count = self._sides[field][side]
            yield Issue(
                Severity.NOTE,
                "both_sides",
                f'"{heading}" has amounts with Dr and with Cr. The {count} with {side.title()} are '
                "fewer and were taken off.",
            )

    def add_days(self, texts: Sequence[str | None], rows: Sequence[int]) -> None:
        """Take note of the dates of rows that follow one another."""
        self._runs.add(texts, rows)

    def find_exchanged(self, conventions: Conventions) -> Exchanged | None:
        """The rows whose dates have day and month exchanged, once all have passed."""
        order = self._proven_order(conventions)
        self.exchanged = self._runs.exchanged(order) if order else None
        return self.exchanged

    def may_hold_exchanged(self, conventions: Conventions) -> bool:
        """Whether days in the order of their first appearance show that some are exchanged."""
        order = self._proven_order(conventions)
        return order is not None and exchanged_days(list(self._days), order) != []

    def _proven_order(self, conventions: Conventions) -> DateOrder | None:
        found = conventions.date_order
        is_open = self._layout.date_order is not None or found is None or found.is_guess
        # where the year comes first nobody exchanges day and month
        return None if is_open or found is None or found.value == "ymd" else found.value

    def exchanged_issues(self) -> Iterator[Issue]:
        """What to say about dates that were put right."""
        if self.exchanged is not None:
            rows, days = self.exchanged.rows, self.exchanged.days
            count = sum(end - start for start, end in self.exchanged.places)
            yield Issue(
                Severity.WARNING,
                "exchanged_dates",
                f"{count} row(s) from row {rows[0]} ({days[0]}) to row {rows[-1]} ({days[-1]}) "
                "stand in the order of the file only with day and month exchanged, and were read "
                "so. If their dates are right as they stand, say in mapping.yml how the file "
                "writes dates: date_order: dmy or mdy.",
                rows[0],
                count / self._days.total(),
            )

    def add_documents(
        self, table: Table, texts: Iterable[tuple[Sequence[str | None], int]]
    ) -> None:
        """Take note of what columns of a table say of documents, and how often.

        Raises:
            RefusedError: for columns that say something else in nearly every row.
        """
        found = self.documents.setdefault(table.sheet, Counter())
        for combination, count in texts:
            found[tuple(text or "" for text in combination)] += count
        if len(found) > MOST_TEXTS:
            raise too_many_texts(table.layout, found)

    def add_dates(self, texts: Iterable[tuple[str, int]]) -> None:
        """Take note of distinct date texts, in the order of first appearance."""
        for text, count in texts:
            self._days[day_part(text)] += count
            self._zones[zone(text)] += count

    def add_shapes(self, shapes: Iterable[tuple[str, int]]) -> None:
        """Take note of shapes of numbers."""
        for shape, count in shapes:
            self._shapes[shape] += count

    def add_currencies(self, codes: Iterable[str]) -> None:
        """Take note of currencies that amounts or a currency column name."""
        self._currencies.update(codes)

    def currency_issue(self, tables: Iterable[Table], stated: str | None) -> Issue | None:
        """What to say about the currencies of values and headings; see `currency.check`."""
        headings = [
            table.layout.header[position]
            for table in tables
            for name, position in table.layout.columns.items()
            if name in NUMBER_FIELDS and position < len(table.layout.header)
        ]
        named = self._currencies.union(*map(currency.in_heading, headings))
        return currency.check(named, stated)

    def add_fault(self, fault: str, count: int, first_row: int) -> None:
        """Take note of rows out of shape."""
        before, first = self._faults.get(fault, (0, first_row))
        self._faults[fault] = (before + count, first)

    def conventions(self, taught: Taught = NOTHING_TAUGHT) -> Conventions:
        """What all values so far say, unless the layout knows; of what stays open, the siblings."""
        layout = self._layout
        self._cut_times()
        order: Convention[DateOrder] | None = None
        if layout.date_order is not None:
            order = Convention(layout.date_order, _KNOWN)
        elif self._days:
            order = date_order(self._days, layout.usual_date_order or "dmy")
        mark = decimal_mark(self._shapes)
        if layout.decimal_mark is not None:
            mark = Convention(layout.decimal_mark, _KNOWN)
        if taught.order is not None and taught.date_order and order and order.is_guess:
            first = {"dmy": "Day", "mdy": "Month"}.get(taught.order, "Year")
            order = Convention(
                taught.order,
                f"{_unclear(order)}. {first} first, as {taught.date_order.teachers} with the same "
                f"headings {'proves' if taught.date_order.is_proven else 'has its rows in order'}.",
                is_guess=not taught.date_order.is_proven,
            )
        if taught.mark is not None and taught.decimal_mark:
            name = "point" if taught.mark == "." else "comma"
            mark = Convention(
                taught.mark,
                f"Decimal {name}, as {taught.decimal_mark.teachers} with the same headings proves.",
            )
        return Conventions(order, mark, len(self._zones) > 1 or taught.zones is not None)

    def votes(self, *, is_mark_told: bool) -> Votes:
        """What the file's own values say, for its siblings."""
        layout, own = self._layout, self.conventions()
        order, mark = None, None
        if layout.date_order is None and own.date_order:
            order = vote_on_order(own.date_order, self._days)
        shown = {sole_mark([shape]) for shape in self._shapes} - {None}
        if layout.decimal_mark is not None:
            # rows that come out with it alone prove it; what a system or an owner says is known
            mark = None if is_mark_told else Vote(layout.decimal_mark, "proven")
        elif len(shown) < 2 and self._shapes:
            mark = Vote(own.decimal_mark.value, "proven" if shown else "open")
        zones = sorted(zone for zone in self._zones if zone is not None)
        return Votes(table_key(layout), order, mark, tuple(zones), told_days(order, self._days))

    def fault_issues(self) -> Iterator[Issue]:
        """One issue per kind of fault, with the first row that has it."""
        for fault, (count, first_row) in sorted(self._faults.items()):
            yield Issue(
                Severity.WARNING, fault, _FAULT_MESSAGES[fault].format(count, first_row), first_row
            )

    def _cut_times(self) -> None:
        fresh, self._fresh_dates = self._fresh_dates, Counter()
        self.add_dates(fresh.items())


def _unclear(order: Convention[DateOrder]) -> str:
    """What the dates of a file leave open."""
    return UNCLEAR_YEARS if order.evidence.startswith(UNCLEAR_YEARS) else UNCLEAR_DAYS


def mended_issues(counts: Iterable[RowCounts]) -> Iterator[Issue]:
    """What to say about rows out of shape that were put right."""
    for count in counts:
        if count.mended:
            yield Issue(
                Severity.WARNING,
                "mended_rows",
                f"{count.mended} row(s) had a separator too many or too few, a stray quotation "
                f"mark or another delimiter and were put right; the first is row "
                f"{count.first_mended}. Compare it with the original, or export the file again.",
                count.first_mended,
                count.mended / count.landed,
            )


def convention_issues(conventions: Conventions, taught: Taught = NOTHING_TAUGHT) -> Iterator[Issue]:
    """What the owner should know about how a file writes dates and numbers."""
    order, mark = conventions.date_order, conventions.decimal_mark
    if order and order.against:
        yield Issue(
            Severity.WARNING,
            "mixed_date_orders",
            f"{order.evidence} {order.against} date(s) fit only the other order and are refused.",
        )
    elif order and order.value == "ydm" and order.evidence != _KNOWN:
        yield Issue(
            Severity.WARNING,
            "swapped_dates",
            f"{order.evidence} They are read with day and month swapped back. If they are right as "
            "they stand, say in mapping.yml: date_order: dmy.",
            revenue_share=1.0,
        )
    elif order and order.is_guess:
        yield Issue(Severity.WARNING, "ambiguous_dates", order.evidence, revenue_share=1.0)
    if taught.business is not None:
        yield Issue(
            Severity.NOTE,
            "decided_by_siblings",
            f"Most bills of the shop name {taught.business.value} ({taught.business.teachers}), so "
            "bills that it wrote are sales and bills to it are purchases. If the shop is another, "
            "write business: with its name and gstin in mapping.yml.",
        )
    if taught.zones is not None:
        yield Issue(
            Severity.NOTE,
            "decided_by_siblings",
            f"The times of the files with these headings name several zones "
            f"({taught.zones.value}), so the day is taken as written.",
        )
    elif conventions.has_many_zones:
        yield Issue(
            Severity.WARNING,
            "mixed_time_zones",
            "The times of this file name several zones, so the day is taken as written.",
            revenue_share=1.0,
        )
    lessons = ((order, taught.date_order), (mark, taught.decimal_mark))
    for convention, lesson in lessons:
        if convention and lesson and not convention.is_guess:
            yield Issue(Severity.NOTE, "decided_by_siblings", convention.evidence)
    if mark.against:
        yield Issue(
            Severity.WARNING,
            "mixed_decimal_marks",
            f"{mark.evidence} {mark.against} number(s) are written the other way.",
        )
