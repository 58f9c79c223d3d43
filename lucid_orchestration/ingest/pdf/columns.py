"""The headings of a bill's table: where each column lies and what it means."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

from lucid_orchestration.ingest.pdf.pages import Line, Page, Segment, joined
from lucid_orchestration.ingest.pdf.printed import TOTAL_LABEL

SERIAL = "serial"
NAME = "name"
CODE = "code"
HSN = "hsn"
QUANTITY = "quantity"
FREE = "free"
UNIT = "unit"
PRICE = "price"
DISCOUNT = "discount"
TAXABLE = "taxable"
TAX_RATE = "tax_rate"
TAX = "tax"
AMOUNT = "amount"
OTHER = "other"

_MAX_STACKED = 3
_MIN_COLUMNS = 4
# Rules closer than this are the two sides of one border.
_SAME_RULE = 2.5
_NAME_CORE = frozenset(
    {"item", "items", "product", "products", "goods", "service", "services", "material"}
    | {"description", "desc", "particular", "particulars"}
)
_NAME_WORDS = _NAME_CORE | {"good", "detail", "details", "name", "names", "of", "and", "&", "the"}
# A key is the heading in small letters with blanks for all but letters, digits, # % and &.
_FIELDS = (
    (SERIAL, r"#|no|(?:s|sl|sr|ser|serial)(?: ?n| ?no| ?n o| ?number)?"),
    (CODE, r"(?:item|product|material|part|article|style) (?:code|no|number|id)|sku|code|article"),
    (HSN, r"(?:hsn|sac)\b.*"),
    (FREE, r"(?:free|fr|sch|scheme|bonus)(?: ?(?:qty|quantity))?|(?:qty|quantity) free"),
    (
        QUANTITY,
        r"(?:billed |sale |total |sold )?(?:qty|quantity|qnty)"
        r"(?: (?:nos?|pcs|kgs?|units?|billed))?|nos|pcs",
    ),
    (OTHER, r"mrp.*|.*(?:rate|price).*\binc.*|pack.*|batch.*|exp.*|tax type|tcs.*"),
    (TAX_RATE, r"(?:(?:c|s|i|ut)?gst|tax|cess|vat) ?(?:%|rate)(?: ?%)?|% ?(?:gst|tax)"),
    (
        DISCOUNT,
        r"(?:trade |cash |item |total )?(?:disc|discount|dis)(?: ?(?:%|amt|amount|per|value))*"
        r"|% disc(?:ount)?",
    ),
    (
        PRICE,
        r"(?:unit |basic |base |sale |selling |list )?(?:rate|price)"
        r"(?: ?(?:unit|per unit|per|each|item|per item|qty|pc|pcs|excl.*))?|unit cost",
    ),
    (UNIT, r"unit|units|uom|per|u o m"),
    (
        TAXABLE,
        r"taxable(?: (?:value|amount|amt|val))?|net (?:amount|amt|value)|assessable value"
        r"|(?:amount|value|total) (?:before|excl)\w*(?: of)? ?(?:tax|gst)",
    ),
    (TAX, r"(?:total )?(?:(?:c|s|i|ut)?gst|tax|cess|vat)(?: ?(?:amt|amount|value))?"),
    (
        AMOUNT,
        r"(?:line |net |item |total |final )?(?:amount|amt|total|value)"
        r"(?: (?:value|price|payable))?"
        r"|(?:total |amount )+(?:incl|including|inclusive|after|with)\b.*",
    ),
)
_PATTERNS = tuple((field, re.compile(pattern)) for field, pattern in _FIELDS)
_MONEY_MARK = re.compile(r"\(?\s*(?:₹|\brs\b\.?|\binr\b)\s*\)?", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """A column of the table, from `x0` to `x1` in points; its words end before `limit`."""

    field: str
    heading: str
    x0: float
    x1: float
    limit: float

    @property
    def is_percent(self) -> bool:
        return "%" in self.heading or self.field == TAX_RATE

    @property
    def is_rupees(self) -> bool:
        text = self.heading.casefold()
        return bool(_MONEY_MARK.search(text) or re.search(r"\b(?:amt|amount|value)\b", text))


@dataclass(frozen=True)
class Header:
    """The headings: lines `first` to `last` of a page."""

    columns: tuple[Column, ...]
    first: int
    last: int

    def has(self, field: str) -> bool:
        return any(column.field == field for column in self.columns)

    def first_of(self, field: str) -> Column | None:
        return next((column for column in self.columns if column.field == field), None)


def find_header(page: Page, is_ruled: bool) -> Header | None:
    """The headings of a table of items on a page; None when there are none.

    With `is_ruled` columns lie between the vertical rules through the headings, else they are
    where the words below leave gaps.
    """
    best: Header | None = None
    best_score = 0
    for first in range(len(page.lines)):
        for count in range(1, _MAX_STACKED + 1):
            window = page.lines[first : first + count]
            if len(window) < count or _is_apart(window):
                break
            header = _header(page, first, window, is_ruled)
            score = _score(header)
            if header is not None and score > best_score:
                best, best_score = header, score
        if best is not None and first > best.last:
            break
    if best is None:
        return None
    columns = _without_doubles(best.columns)
    if not is_ruled:
        columns = _widened(columns, page.lines[best.last + 1 :])
    return replace(best, columns=tuple(columns))


def field_of(heading: str) -> str:
    """The field a heading means."""
    key = _key(heading)
    words = key.split()
    if words and set(words) <= _NAME_WORDS and _NAME_CORE & set(words):
        return NAME
    return next((field for field, pattern in _PATTERNS if pattern.fullmatch(key)), OTHER)


def _key(heading: str) -> str:
    text = _MONEY_MARK.sub(" ", heading.casefold())
    return " ".join(re.sub(r"[^a-z0-9#%&]+", " ", text).replace("%", " % ").split())


def _is_apart(window: Sequence[Line]) -> bool:
    """Whether lines are too far from each other to be one stacked heading."""
    return any(
        lower.baseline - upper.baseline > 2.2 * max(upper.size, lower.size)
        for upper, lower in pairwise(window)
    )


def _score(header: Header | None) -> int:
    if header is None:
        return 0
    fields = {column.field for column in header.columns}
    is_table = (
        NAME in fields
        and bool({AMOUNT, TAXABLE} & fields)
        and bool({QUANTITY, PRICE} & fields)
        and len(header.columns) >= _MIN_COLUMNS
    )
    if not is_table:
        return 0
    known = [column for column in header.columns if column.field != OTHER]
    words = sum(len(column.heading.split()) for column in known)
    # a window that takes in a line of items makes headings unknown
    return 100 + 10 * len(known) - 5 * (len(header.columns) - len(known)) + words


def _header(page: Page, first: int, window: Sequence[Line], is_ruled: bool) -> Header | None:
    last = first + len(window) - 1
    if not is_ruled:
        columns = tuple(_stacked([line.segments for line in window]))
        return Header(columns, first, last)
    middle = (window[0].baseline - window[0].size + window[-1].baseline) / 2
    edges = _rules(page, middle)
    if len(edges) <= _MIN_COLUMNS:
        return None
    words = [word for line in window for word in line.words]
    columns = ()
    for left, right in pairwise(edges):
        heading = " ".join(word.text for word in words if left <= (word.x0 + word.x1) / 2 < right)
        columns = (*columns, Column(field_of(heading), heading, left, right, right))
    return Header(columns, first, last)


def _rules(page: Page, height: float) -> list[float]:
    """Where vertical rules cross a height of the page."""
    found: list[float] = []
    for x in sorted(rule.x for rule in page.uprights if rule.top <= height <= rule.bottom):
        if not found or x - found[-1] > _SAME_RULE:
            found.append(x)
    return found


def _stacked(lines: Iterable[Sequence[Segment]]) -> Iterator[Column]:
    """Headings of which parts stand above each other, from left to right."""
    groups: list[list[Segment]] = []
    for segments in lines:
        # a row of hyphens is a rule, not a heading
        for segment in (s for s in segments if re.search(r"[A-Za-z0-9#%]", s.text)):
            over = [g for g in groups if any(_overlap(segment, part) > 0 for part in g)]
            if over:
                over[0].append(segment)
            else:
                groups.append([segment])
    for group in sorted(groups, key=lambda group: min(part.x0 for part in group)):
        heading = " ".join(part.text for part in group)
        yield Column(
            field_of(heading),
            heading,
            min(part.x0 for part in group),
            max(part.x1 for part in group),
            max(part.x1 for part in group),
        )


def _overlap(one: Segment, other: Segment) -> float:
    return min(one.x1, other.x1) - max(one.x0, other.x0)


def _without_doubles(columns: Sequence[Column]) -> list[Column]:
    """One amount, the last; one name, quantity, price, the first. Tax may have many columns."""
    kept = list(columns)
    if not any(column.field == AMOUNT for column in kept):
        last = max(position for position, column in enumerate(kept) if column.field == TAXABLE)
        kept[last] = replace(kept[last], field=AMOUNT)
    for field in (NAME, QUANTITY, PRICE, UNIT, HSN, CODE, SERIAL, DISCOUNT, FREE, TAXABLE, AMOUNT):
        places = [position for position, column in enumerate(kept) if column.field == field]
        spare = places[:-1] if field == AMOUNT else places[1:]
        for position in spare:
            kept[position] = replace(kept[position], field=OTHER)
    return kept


def _widened(columns: Sequence[Column], below: Iterable[Line]) -> list[Column]:
    """Columns without rules reach to the gaps that the lines below leave between them."""
    items = takewhile(lambda segments: not _is_total(segments), (line.segments for line in below))
    wide = [segments for segments in items if len(segments) >= 3]
    edges = [0.0]
    limits = []
    for left, right in pairwise(columns):
        start, stop = _gap(left, right, wide)
        edges.append((max(start, left.x1) + max(stop, start)) / 2 if stop > start else start)
        limits.append(stop)
    edges.append(float("inf"))
    limits.append(float("inf"))
    return [
        replace(column, x0=edges[place], x1=edges[place + 1], limit=limits[place])
        for place, column in enumerate(columns)
    ]


def _is_total(segments: Iterable[Segment]) -> bool:
    return any(TOTAL_LABEL.fullmatch(segment.text) for segment in segments)


def _gap(left: Column, right: Column, rows: Iterable[Sequence[Segment]]) -> tuple[float, float]:
    """The widest stretch between two headings that the fewest words lie in."""
    low, high = (left.x0 + left.x1) / 2, (right.x0 + right.x1) / 2
    steps = max(int(high - low), 1)
    cover = [0] * steps
    headings = (Segment("", left.x0, left.x1, 0, 0), Segment("", right.x0, right.x1, 0, 0))
    for segment in (*headings, *(segment for row in rows for segment in row)):
        begin = max(int(segment.x0 - low), 0)
        for step in range(begin, min(int(segment.x1 - low) + 1, steps)):
            cover[step] += 1
    fewest = min(cover)
    best = (0, 0)
    start: int | None = None
    for step, count in enumerate([*cover, fewest + 1]):
        if count == fewest:
            start = step if start is None else start
        elif start is not None:
            best = max(best, (start, step), key=lambda run: run[1] - run[0])
            start = None
    return low + best[0], low + best[1]


def cell(line: Line, column: Column) -> Segment | None:
    """The words of a line that lie in a column."""
    words = [word for word in line.words if column.x0 <= (word.x0 + word.x1) / 2 < column.x1]
    return joined(words) if words else None
