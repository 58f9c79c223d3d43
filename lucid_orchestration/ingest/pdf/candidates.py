"""The ways to read a bill that was not counted, for its owner to choose from.

What hinders it says what could be told: which paper it is, which date is its own, in which order
day and month stand, what a heading or a label means, what the prices contain. Each answer is tried
as if the owner had given it; those with which the bill proves itself are offered.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, get_args

from lucid_orchestration.ingest.layout.bill_layouts import FEWEST_HEADINGS, BillLayout, Prices
from lucid_orchestration.ingest.layout.printed_days import parse_day
from lucid_orchestration.ingest.outcomes import Status
from lucid_orchestration.ingest.pdf.added import TAXES
from lucid_orchestration.ingest.pdf.bill_table import read_bill_table
from lucid_orchestration.ingest.pdf.bills import Candidate, Document, Puzzle
from lucid_orchestration.ingest.pdf.dates import is_possible
from lucid_orchestration.ingest.pdf.documents import Sheets, parted, read_document
from lucid_orchestration.ingest.pdf.facts import read_facts
from lucid_orchestration.ingest.pdf.interpretation import InconsistentError
from lucid_orchestration.ingest.pdf.pages import Page, Segment
from lucid_orchestration.ingest.pdf.places import rows_of_segments
from lucid_orchestration.ingest.pdf.roles import Roles, roles_of
from lucid_orchestration.ingest.pdf.rows import Row, decimal_marks, rows_of
from lucid_orchestration.ingest.pdf.templates import Template, find_templates
from lucid_orchestration.ingest.pdf.told import told_of
from lucid_orchestration.ingest.pdf.vocabulary import patterns, plain

_MOST_TRIES = 48
# Each try of a long bill takes a second.
_FEW_TRIES, _MANY_ROWS = 10, 250
_MOST_CANDIDATES = 8
_MOST_TEMPLATES = 6
_MOST_DATES = 4
_MOST_TOLD = 4
_LABELS = ("charge", "discount", "tax", "payment", "subtotal", "total", "round_off", "nothing")
_LONGEST = 120
_IN_WORDS = {
    "before_tax": "prices and amounts are before tax",
    "amount_with_tax": "prices are before tax, amounts contain it",
    "with_tax": "prices and amounts contain tax",
    "untaxed": "there is no tax on it",
    "dmy": "the day stands before the month",
    "mdy": "the month stands before the day",
    "ymd": "year, month, day",
    "sale": "it is a bill of a sale",
    "sale_return": "it is a credit note",
}

Said = dict[str, Any]


def find_puzzles(pages: Sequence[Page], layouts: Sequence[BillLayout] = ()) -> list[Puzzle]:
    """The documents of a file that were not counted though they may be bills, with their ways."""
    puzzles = []
    for sheets in parted(pages, layouts)[0]:
        document = read_document(sheets)
        if document.status is Status.ACCEPTED:
            continue
        if document.status is Status.REFUSED and document.facts.title is not None:
            continue
        puzzles.append(Puzzle(document, _candidates(sheets, document)))
    return puzzles


def _candidates(sheets: Sheets, document: Document) -> tuple[Candidate, ...]:
    rows = rows_of(sheets.pages, decimal_marks(sheets.pages)[0])
    templates = find_templates(rows)[:_MOST_TEMPLATES]
    header = _header(templates, rows)
    base: Said = {}
    seller = sheets.facts.seller.gstin or sheets.facts.seller.name
    if seller and len(seller) <= _LONGEST:
        base["seller"] = seller
    cells = [cell.text for cell in header.cells if plain(cell.text)] if header else []
    if len(cells) >= FEWEST_HEADINGS and max(map(len, cells)) <= _LONGEST:
        base["headings"] = cells
    found: dict[tuple[object, ...], Candidate] = {}
    left = _MOST_TRIES if len(rows) < _MANY_ROWS else _FEW_TRIES
    waiting: list[tuple[Said, Document]] = [({}, document)]
    if not base:
        waiting = []
    while waiting and left > 0:
        said, before = waiting.pop(0)
        for more in _answers(before, said, sheets, rows, templates, header):
            if left <= 0:
                break
            left -= 1
            layout = BillLayout.model_validate({**base, **more})
            told = told_of(layout)
            facts = read_facts(sheets.pages[0], told)
            tried = read_document(Sheets(facts, sheets.pages, told))
            if tried.bill is not None:
                candidate = _candidate(tried, layout)
                key = (candidate.lines, candidate.total, candidate.date, facts.title)
                found.setdefault(key, candidate)
            elif (tried.reason, tried.strange_label) != (before.reason, before.strange_label):
                waiting.append((more, tried))
    best = tuple(found.values())[:_MOST_CANDIDATES]
    return best or tuple(_failing(document, templates, rows))


def _answers(
    document: Document,
    said: Said,
    sheets: Sheets,
    rows: Sequence[Row],
    templates: Sequence[Template],
    header: Row | None,
) -> Iterator[Said]:
    """What could be told beside what is, to do away with what hinders a document."""
    reason = document.reason
    if reason in {"no_title", "not_a_sales_document"}:
        yield from ({**said, "document": kind} for kind in ("sale", "sale_return"))
    elif reason in {"no_date", "date_out_of_range"}:
        for label in _date_labels(sheets.pages[0]):
            yield {**said, "date": label}
    elif reason == "ambiguous_date":
        yield from ({**said, "date_order": order} for order in ("dmy", "mdy"))
    elif reason == "unexplained_figure" and document.strange_label:
        labels = said.get("labels", {})
        if len(labels) < _MOST_TOLD and len(document.strange_label) <= _LONGEST:
            for meaning in _LABELS:
                yield {**said, "labels": {**labels, document.strange_label: meaning}}
    elif reason == "tax_unknown" and "prices" not in said:
        yield {**said, "prices": "untaxed"}
    elif reason in {"ambiguous_bill", "line_arithmetic"}:
        if "columns" not in said:
            for columns in _columns(templates, rows, header):
                yield {**said, "columns": columns}
        if reason == "ambiguous_bill" and "prices" not in said:
            yield from ({**said, "prices": prices} for prices in get_args(Prices))


def _header(templates: Sequence[Template], rows: Sequence[Row]) -> Row | None:
    """The row of headings: one with known words, or else the nearest of words alone."""
    for template in templates:
        header = roles_of(template, rows, template.rows).header
        if header is not None:
            # of a heading of several lines the one with most cells
            stack = rows[max(header - 2, 0) : header + 1]
            own = [row for row in stack if row.page == rows[header].page and not row.figures]
            return max(own, key=lambda row: len(row.cells), default=rows[header])
    if not templates:
        return None
    first = templates[0].rows[0]
    for place in range(first - 1, max(first - 4, -1), -1):
        row = rows[place]
        if row.page == rows[first].page and not row.figures and len(row.cells) >= FEWEST_HEADINGS:
            return row
    return None


def _roles(template: Template, rows: Sequence[Row], header: Row | None) -> Roles:
    own = roles_of(template, rows, template.rows)
    if own.header is not None or header is None:
        return own
    # any meanings: they make the row that of the headings
    unknown = {plain(cell.text): str(place) for place, cell in enumerate(header.cells)}
    return roles_of(template, rows, template.rows, unknown)


def _columns(
    templates: Sequence[Template], rows: Sequence[Row], header: Row | None
) -> Iterator[dict[str, str]]:
    """What the headings could mean, by the places at which figures multiply."""
    seen: list[dict[str, str]] = []
    for template in templates:
        roles = _roles(template, rows, header)
        for way in (template, template.turned):
            columns = {}
            for part, span in way.parts:
                column = roles.at(span)
                if column is None or not plain(column.heading) or len(column.heading) > _LONGEST:
                    break
                is_rate = part == "tax" and way.tax_is == "percent"
                columns[column.heading] = "tax_rate" if is_rate else part
            if len(columns) == len(way.parts) and columns not in seen:
                seen.append(columns)
                yield columns
                if way.charged is not None:
                    # what is added to a price is a tax or a charge
                    yield {h: "charge" if m in TAXES else m for h, m in columns.items()}


def _date_labels(page: Page) -> list[str]:
    """What stands before, left of or above the dates of a page."""
    rows = rows_of_segments(page.lines)
    found: list[str] = []
    for place, row in enumerate(rows):
        for at, segment in enumerate(row):
            day = parse_day(segment.text)
            if day is None or not is_possible(day.date):
                continue
            above = [s for s in rows[place - 1] if _overlap(s, segment)] if place else []
            beside = row[at - 1 : at] if at else []
            for source in (segment, *beside, *above):
                label = _before_digits(source.text)
                if not label or len(label) > _LONGEST:
                    continue
                # the day on which it is to be paid is not that of the bill
                if label not in found and not patterns("date")["not"].search(plain(label)):
                    found.append(label)
                break
    return found[:_MOST_DATES]


def _overlap(one: Segment, other: Segment) -> bool:
    return min(one.x1, other.x1) - max(one.x0, other.x0) > 0


def _before_digits(text: str) -> str:
    """The words of a text before its first figure: no more than a label has."""
    words: list[str] = []
    for word in text.split():
        if any(letter.isdigit() for letter in word):
            break
        words.append(word)
    label = " ".join(words[-4:]).strip(" :.-|")
    return label if plain(label) else ""


def _candidate(document: Document, layout: BillLayout) -> Candidate:
    bill = document.bill
    assert bill is not None  # noqa: S101  for the type alone
    taxes = [line.tax_amount for line in bill.lines if line.tax_amount is not None]
    return Candidate(
        meaning=_in_words(layout),
        says=layout,
        problem="",
        number=document.facts.number,
        date=document.facts.date,
        lines=bill.lines,
        net=sum((line.net_amount for line in bill.lines), Decimal(0)),
        tax=sum(taxes, Decimal(0)) if len(taxes) == len(bill.lines) else None,
        total=bill.total,
    )


def _in_words(layout: BillLayout) -> str:
    """What is assumed, as one sentence without its point."""
    parts = [_IN_WORDS[value] for value in (layout.document, layout.date_order) if value]
    if layout.date:
        parts.append(f"its date stands beside “{layout.date}”")
    parts += [f"“{heading}” is the {part}" for heading, part in layout.columns.items()]
    for label, meaning in layout.labels.items():
        text = "says nothing of the total" if meaning == "nothing" else f"is a {meaning}"
        parts.append(f"“{label}” {text.replace('_', ' ')}")
    if layout.prices:
        parts.append(_IN_WORDS[layout.prices])
    return ", ".join(parts)


def _failing(
    document: Document, templates: Sequence[Template], rows: Sequence[Row]
) -> Iterator[Candidate]:
    """What the lines of a bill add up to that nothing told makes prove itself."""
    for template in templates[:2]:
        try:
            table = read_bill_table(template, rows)
        except InconsistentError as problem:
            yield _unproven(document, "", problem.message, Decimal(0))
            continue
        amounts = sum((item.line.amount for item in table.items), Decimal(0))
        meaning = f"{len(table.items)} line(s) whose amounts add up to {amounts}"
        yield _unproven(document, meaning, document.message, amounts)


def _unproven(document: Document, meaning: str, problem: str, amounts: Decimal) -> Candidate:
    return Candidate(
        meaning=meaning or "lines that do not agree",
        says=None,
        problem=problem,
        number=document.facts.number,
        date=document.facts.date,
        lines=(),
        net=amounts,
        tax=None,
        total=None,
    )
