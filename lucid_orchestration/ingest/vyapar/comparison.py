"""The documents of a Vyapar sale report set against its lines, which do not know all of them."""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from lucid_orchestration.formatting import percent
from lucid_orchestration.ingest.outcomes import Issue, Row, Severity
from lucid_orchestration.ingest.vyapar.amounts import ZERO, money, spread
from lucid_orchestration.ingest.vyapar.checks import LOW_SHARE, TOTAL_TOLERANCE
from lucid_orchestration.ingest.vyapar.sheets import FoundSheet, amount_of, rows_below

BOUGHT = re.compile(r"purchase|debit note")
_RETURN = re.compile(r"credit note|debit note|return")
_CANCELLED = re.compile(r"cancel")
_READ = re.compile(r"(?:sale|credit note|purchase|debit note|sale return|purchase return)")
_Key = tuple[str, str]
# A bill discount or a charge beyond this part of the lines is hardly one.
_FAR_OFF = Decimal("0.5")


@dataclass(frozen=True)
class Comparison:
    """What the documents add to the lines: parts of bill discounts by row, sales without items.

    `issues` say how the two sheets agree.
    """

    shares: Mapping[int, Decimal]
    bare: Sequence[Row]
    issues: Sequence[Issue]


@dataclass
class _Documents:
    """The documents of a report, sorted while they are read."""

    totals: dict[_Key, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    bare: list[Row] = field(default_factory=list)
    cancelled_count: int = 0
    whole: Decimal = ZERO


@dataclass
class _Differences:
    """By how much documents differ from the sums of their lines."""

    shares: dict[int, Decimal] = field(default_factory=dict)
    discounts: list[Decimal] = field(default_factory=list)
    charges: Decimal = ZERO
    fitting_count: int = 0
    far_off_count: int = 0


def compare(lines: FoundSheet, rows: Iterable[Row], documents: FoundSheet) -> Comparison:
    """Set the sheet of documents against the rows of the sheet of lines."""
    heads, counts = rows_below(documents, {"gross_amount": documents.columns["total"]})
    by_document: dict[_Key, list[Row]] = defaultdict(list)
    for row in rows:
        by_document[_key(lines, row)].append(row)
    read = _sorted(documents, heads, by_document.keys())
    differences = _differences(lines, by_document, read.totals)
    issues: list[Issue] = []
    if read.totals:
        issues += _agreement(len(read.totals), differences)
    issues += _printed_total(amount_of(counts.printed_total or ""), read.whole)
    issues += _left_out(documents, read)
    return Comparison(differences.shares, read.bare, issues)


def _sorted(documents: FoundSheet, heads: Iterable[Row], with_lines: Container[_Key]) -> _Documents:
    read = _Documents()
    for head in heads:
        kind, total = type_of(documents, head), amount_of(documents.cell(head, "total"))
        if _CANCELLED.search(kind):
            read.cancelled_count += 1
            continue
        if total is None or not _READ.fullmatch(kind):
            continue
        read.whole += -total if _RETURN.search(kind) else total
        if _key(documents, head) in with_lines:
            read.totals[_key(documents, head)] += total
        elif total and not BOUGHT.search(kind):
            read.bare.append(head)
    return read


def _differences(
    lines: FoundSheet, by_document: Mapping[_Key, Sequence[Row]], totals: Mapping[_Key, Decimal]
) -> _Differences:
    """A document below the sum of its lines has a discount on the whole, above it charges."""
    differences = _Differences()
    for key, total in totals.items():
        rows = by_document[key]
        weights = [amount_of(lines.cell(row, "gross_amount")) or ZERO for row in rows]
        whole = sum(weights, ZERO)
        difference = total - whole
        differences.fitting_count += abs(difference) <= TOTAL_TOLERANCE
        differences.far_off_count += abs(difference) > max(abs(whole) * _FAR_OFF, TOTAL_TOLERANCE)
        if difference < -TOTAL_TOLERANCE:
            differences.discounts.append(-difference)
            for row, share in zip(rows, spread(-difference, weights), strict=True):
                differences.shares[row.number] = share
        elif difference > TOTAL_TOLERANCE:
            differences.charges += difference
    return differences


def _printed_total(printed: Decimal | None, whole: Decimal) -> Iterator[Issue]:
    if printed is not None and abs(printed - whole) > TOTAL_TOLERANCE:
        yield Issue(
            Severity.WARNING,
            "printed_total_differs",
            f"The report prints a total of {money(printed)}, its rows come to {money(whole)}: "
            "rows are missing or were changed. Export it again.",
        )


def _left_out(documents: FoundSheet, read: _Documents) -> Iterator[Issue]:
    if read.cancelled_count:
        yield Issue(
            Severity.NOTE,
            "documents_ignored",
            f"{read.cancelled_count} cancelled document(s) left out.",
        )
    if read.bare:
        value = sum((amount_of(documents.cell(head, "total")) or ZERO for head in read.bare), ZERO)
        yield Issue(
            Severity.NOTE,
            "documents_without_items",
            f"{len(read.bare)} sale(s) worth {money(value)} have a total and no items. They count "
            "as revenue, in no product.",
        )


def _agreement(count: int, differences: _Differences) -> Iterator[Issue]:
    fitting, discounts = differences.fitting_count, differences.discounts
    yield Issue(
        Severity.NOTE,
        "totals_checked",
        f"{fitting} of {count} documents ({percent(Decimal(fitting) / count)}) are the sum of "
        f"their lines. {len(discounts)} are lower, by {money(sum(discounts, ZERO))} in all, which "
        f"counts as discount on the whole bill; charges of {money(differences.charges)} on others "
        "are no product revenue.",
    )
    if differences.far_off_count > count * (1 - LOW_SHARE):
        yield Issue(
            Severity.WARNING,
            "totals_do_not_fit",
            f"In {differences.far_off_count} of {count} documents the total is far from the sum of "
            "the lines. Compare the revenue of a month with Vyapar before you rely on it.",
        )


def type_of(sheet: FoundSheet, row: Row) -> str:
    """What a row says its document is."""
    return sheet.cell(row, "type").casefold()


def _key(sheet: FoundSheet, row: Row) -> _Key:
    """Sales and credit notes share number ranges."""
    return type_of(sheet, row), sheet.cell(row, "number")
