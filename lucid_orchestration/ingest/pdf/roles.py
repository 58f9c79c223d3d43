"""The columns of the rows a template explains, and what their headings say of them.

The arithmetic has found quantity, price and amount already; headings choose between readings that
agree as well, and name what no arithmetic shows: product, code, unit, tax.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from lucid_orchestration.ingest.pdf.rows import Figure, Label, Row
from lucid_orchestration.ingest.pdf.templates import Span, Template
from lucid_orchestration.ingest.pdf.vocabulary import longest_meaning, plain, whole_meaning

_ROWS_ABOVE = 9
_HEIGHT_ABOVE = 110.0
# Of the size of the letters: lines of one stacked heading are no further apart.
_STACKED = 2.3
_MOST_ROWS = 60
_FAR = 25.0
_SAME_EDGE = 1.5
# A figure among words is more likely a part of a name than a quantity.
_EMBEDDED = 3
_UNNAMED = 2
NOTHING: Mapping[str, str] = MappingProxyType({})
# What a heading may say of each part of a template.
_FITS = {
    "quantity": {"quantity"},
    "price": {"price", "taxable"},
    "amount": {"amount", "taxable", "price"},
    "discount": {"discount"},
    "tax": {"tax", "tax_rate"},
    "charge": {"charge"},
}
# The heading that suits best of those that fit.
_BEST = {
    "quantity": "quantity",
    "price": "price",
    "amount": "amount",
    "discount": "discount",
    "charge": "charge",
}


@dataclass(frozen=True)
class Column:
    """A column with its heading; `meaning` is null where the heading says nothing known.

    `cells` are its rows and runs of words, `letters` how many they have; `left` is where words of
    the column before have to end. `begins_at_one_place`: it is aligned on its left side,
    `ends_at_one_place`: on its right. `is_embedded`: its figures stand among words.
    """

    span: Span
    is_figures: bool
    heading: str = ""
    meaning: str | None = None
    letters: int = 0
    is_percent: bool = False
    cells: frozenset[tuple[int, int]] = frozenset()
    is_embedded: bool = False
    left: float = 0.0
    begins_at_one_place: bool = True
    ends_at_one_place: bool = True

    @property
    def width(self) -> float:
        return self.span.x1 - self.span.x0


@dataclass(frozen=True)
class Roles:
    """The columns of a table and the place of the last row of its headings, null without any."""

    columns: tuple[Column, ...]
    header: int | None

    def of(self, meaning: str, *, is_figures: bool | None = None) -> tuple[Column, ...]:
        """The columns with a meaning."""
        return tuple(
            column
            for column in self.columns
            if column.meaning == meaning and (is_figures is None or column.is_figures is is_figures)
        )

    def at(self, span: Span) -> Column | None:
        """The column of figures that a part of a template stands in."""
        middle = (span.x0 + span.x1) / 2
        found = [
            c for c in self.columns if c.is_figures and c.span.x0 - 1 <= middle <= c.span.x1 + 1
        ]
        return max(found, key=lambda column: _common(column.span, span), default=None)


def roles_of(
    template: Template,
    rows: Sequence[Row],
    items: Sequence[int],
    told: Mapping[str, str] = NOTHING,
) -> Roles:
    """The columns of the rows `items` with their headings; `told` is what some of those mean."""
    parts: list[Column] = []
    for place in items[:_MOST_ROWS]:
        row = rows[place]
        figures = [f for f in row.figures if f.is_alone or _is_part(template, f)]
        for figure in figures:
            span, key = Span(figure.x0, figure.x1), frozenset({(place, figure.cell)})
            parts.append(
                Column(
                    span,
                    True,
                    is_percent=figure.is_percent,
                    cells=key,
                    is_embedded=not figure.is_alone,
                )
            )
        alone = {figure.cell for figure in figures}
        for cell in row.cells:
            if cell.cell not in alone:
                key = frozenset({(place, cell.cell)})
                span = Span(cell.x0, cell.x1)
                parts.append(Column(span, False, letters=len(cell.text), cells=key))
    columns = _clusters(parts)
    header = _header_place(rows, items[0], told)
    if header is None:
        return Roles(tuple(replace(c, left=c.span.x0) for c in columns), None)
    first, last = _stack(rows, header)
    return Roles(tuple(_headed(columns, rows[first : last + 1], told)), last)


def agreement(template: Template, roles: Roles) -> int:
    """How well headings fit a template: the parts they name right less those they contradict."""
    score = 0
    for part, span in template.parts:
        column = roles.at(span)
        if column is not None and column.is_embedded:
            score -= _EMBEDDED
        if column is None:
            continue
        if column.meaning is None:
            # without a heading that says so, a discount or tax makes a reading less likely
            score -= _UNNAMED if part in {"discount", "tax"} else 0
            continue
        if column.meaning == _BEST.get(part):
            score += 3
        else:
            score += 2 if column.meaning in _FITS[part] else -4
    return score


def _is_part(template: Template, figure: Figure) -> bool:
    spans = (template.quantity, template.price, template.amount, template.discount, template.tax)
    return any(span is not None and span.holds(figure) > 0.9 for span in spans)


def _common(one: Span, other: Span) -> float:
    return min(one.x1, other.x1) - max(one.x0, other.x0)


def _clusters(parts: Iterable[Column]) -> list[Column]:
    """Parts that lie above each other as columns; figures, percentages and words apart."""
    found: list[Column] = []
    for part in sorted(parts, key=lambda part: part.width):
        best, most = -1, 0.34
        for place, column in enumerate(found):
            kind = (column.is_figures, column.is_percent)
            share = _common(column.span, part.span) / max(min(part.width, column.width), 0.1)
            if kind == (part.is_figures, part.is_percent) and share > most:
                best, most = place, share
        if best < 0:
            found.append(part)
            continue
        column = found[best]
        span = Span(min(part.span.x0, column.span.x0), max(part.span.x1, column.span.x1))
        letters = column.letters + part.letters
        begins = column.begins_at_one_place and abs(column.span.x0 - part.span.x0) < _SAME_EDGE
        ends = column.ends_at_one_place and abs(column.span.x1 - part.span.x1) < _SAME_EDGE
        found[best] = replace(
            column,
            span=span,
            letters=letters,
            cells=column.cells | part.cells,
            begins_at_one_place=begins,
            ends_at_one_place=ends,
            is_embedded=column.is_embedded and part.is_embedded,
        )
    return sorted(found, key=lambda column: column.span.x0)


def _header_place(rows: Sequence[Row], first: int, told: Mapping[str, str]) -> int | None:
    """The row above the first item that has most headings."""
    best, most = None, 1
    for place in range(first - 1, max(first - _ROWS_ABOVE, 0) - 1, -1):
        row = rows[place]
        if row.page != rows[first].page or rows[first].baseline - row.baseline > _HEIGHT_ABOVE:
            break
        known = {told.get(plain(cell.text)) for cell in row.cells} | {
            longest_meaning("headings", label.text) for label in row.labels
        }
        known -= {None}
        if len(known) > most and len(row.labels) >= len(row.figures):
            best, most = place, len(known)
    return best


def _stack(rows: Sequence[Row], header: int) -> tuple[int, int]:
    """The rows around a row of headings that go on with them: words alone, close by."""
    first = last = header
    while first > 0 and _goes_on(rows[first - 1], rows[first], rows[header]):
        first -= 1
    while last + 1 < len(rows) and _goes_on(rows[last], rows[last + 1], rows[header]):
        last += 1
    return first, last


def _goes_on(upper: Row, lower: Row, header: Row) -> bool:
    other = lower if upper is header or upper.baseline >= header.baseline else upper
    return (
        upper.page == lower.page
        and not any(figure.is_money for figure in other.figures)
        and lower.baseline - upper.baseline < _STACKED * 0.6 * max(upper.size, lower.size)
        and all(
            whole_meaning("headings", label.text) or len(label.text) < 12 for label in other.labels
        )
        and bool(other.labels)
    )


def _headed(
    columns: Sequence[Column], rows: Sequence[Row], told: Mapping[str, str]
) -> list[Column]:
    """Columns with the words of the headings above them, stacked ones from top to bottom."""
    texts: list[list[str]] = [[] for _ in columns]
    cells = [cell for row in rows for cell in row.cells]
    for cell in cells:
        for text, place in _shared_out(cell, columns):
            texts[place].append(text)
    result = []
    for column, words in zip(columns, texts, strict=True):
        heading = " ".join(words) or _nearest(column, cells) or _beside(column, columns, texts)
        own = [cell.x0 for cell in cells if cell.text in words]
        left = min([column.span.x0, *own])
        begins = column.begins_at_one_place and abs(left - column.span.x0) < _SAME_EDGE
        meaning = told.get(plain(heading)) or _meaning(heading, column)
        result.append(
            replace(
                column,
                heading=heading,
                meaning=meaning,
                left=left,
                begins_at_one_place=begins,
            )
        )
    return result


def _meaning(heading: str, column: Column) -> str | None:
    meaning = whole_meaning("headings", heading) or longest_meaning("headings", heading)
    return "tax_rate" if meaning == "tax" and column.is_percent else meaning


def _nearest(column: Column, cells: Sequence[Label]) -> str:
    """The heading closest to a column that none stands right above."""
    if not column.is_figures:
        return ""
    near = [cell for cell in cells if _gap(column.span, cell) <= _FAR]
    return min(near, key=lambda cell: _gap(column.span, cell)).text if near else ""


def _beside(column: Column, columns: Sequence[Column], texts: Sequence[Sequence[str]]) -> str:
    """The heading of another column in whose cells the figures of a column stand."""
    return next(
        (
            " ".join(words)
            for other, words in zip(columns, texts, strict=True)
            if words and other.cells & column.cells
        ),
        "",
    )


def _shared_out(cell: Label, columns: Sequence[Column]) -> list[tuple[str, int]]:
    """A heading by the columns below it; one that stands over several gives each its words."""
    own = Span(cell.x0, cell.x1)
    over = [place for place, column in enumerate(columns) if _common(column.span, own) > 0]
    wide = [p for p in over if _common(columns[p].span, own) > 0.5 * columns[p].width]
    words = cell.text.split()
    if len(wide) < 2 and len(over) == 2 and (split := _known_split(words)):
        # "Code Item" over a narrow column and the begin of a wide one
        return list(zip(split, over, strict=True))
    if len(wide) < 2 or len(words) < len(wide) or wide[-1] - wide[0] >= len(wide):
        best = max(over, key=lambda place: _common(columns[place].span, own), default=None)
        return [] if best is None else [(cell.text, best)]
    if columns[wide[0]].cells & columns[wide[1]].cells:
        return [(cell.text, place) for place in wide]
    if len(wide) > 2:
        # headings run together: which words belong to which column is not clear
        return []
    splits = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    best_split = max(splits, key=lambda split: sum(map(_is_known, split)))
    return list(zip(best_split, wide, strict=True))


def _known_split(words: Sequence[str]) -> tuple[str, str] | None:
    """Words that are two headings and nothing else; null where they are one, or no headings."""
    if whole_meaning("headings", " ".join(words)):
        return None
    for at in range(1, len(words)):
        split = " ".join(words[:at]), " ".join(words[at:])
        meanings = {whole_meaning("headings", text) for text in split}
        if None not in meanings and len(meanings) == 2:
            return split
    return None


def _is_known(text: str) -> int:
    """How sure a heading is one: whole, in parts, or not at all."""
    if whole_meaning("headings", text):
        return 2
    return int(longest_meaning("headings", text) is not None)


def _gap(span: Span, cell: Label) -> float:
    return max(span.x0 - cell.x1, cell.x0 - span.x1, 0.0)
