"""The names of the lines of a bill: whole where they are wrapped above or below their figures."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise

from lucid_orchestration.ingest.layout.printed_days import parse_day
from lucid_orchestration.ingest.pdf.roles import Column, Roles
from lucid_orchestration.ingest.pdf.rows import Figure, Label, Row
from lucid_orchestration.ingest.pdf.vocabulary import whole_meaning

# Of the size of the letters: a line further away does not go on.
_LINE_STEP = 1.9
# So many times further from the line before, words above a line are its own.
_NEARER = 1.15
# So many cells that are headings make a row of headings, on every page again.
_HEADINGS = 3
# So many lines with their numbers before them are counted.
_FEWEST_COUNTED = 3
# "SKU: BS-1" says something else of an article.
_REMARK = re.compile(r"[^\W\d_][\w /.-]{0,14}?\s?:\s*\S")
_NOT_NAMES = frozenset(
    {
        "unit",
        "hsn",
        "code",
        "serial",
        "quantity",
        "other",
        "tax",
        "tax_rate",
        "price",
        "amount",
        "discount",
    }
)


@dataclass(frozen=True)
class _Piece:
    """A line of words of a name."""

    text: str
    x0: float
    x1: float
    baseline: float
    size: float


def names_of(
    rows: Sequence[Row], items: Sequence[int], roles: Roles, rest: Set[int]
) -> Mapping[int, str]:
    """The name of each item by its place; rows of `rest` between them may hold parts of names."""
    column = _name_column(roles)
    left = column.span.x0 if column is not None else 0.0
    room, is_edge = _room(column, roles)
    has_serials = bool(roles.of("serial")) or _are_counted([rows[place] for place in items])
    own = {
        place: _own(rows[place], column, roles, room, number if has_serials else 0)
        for number, place in enumerate(items, start=1)
    }
    header = roles.header if roles.header is not None else items[0] - 1
    loose = {
        place: piece
        for place in range(header + 1, len(rows))
        if (place in rest or place < items[0])
        and (piece := _loose(rows[place], left, room)) is not None
    }
    is_above = _are_above(rows, items, own, loose)
    known = [piece for piece in (*own.values(), *loose.values()) if piece is not None]
    widest = room if is_edge else max((piece.x1 for piece in known), default=room) + 3
    heads = {
        place: _heads(rows, before, place, own[place], loose, widest)
        for before, place in pairwise((header, *items))
    }
    parts: dict[int, list[_Piece]] = {place: [p] if (p := own[place]) else [] for place in items}
    taken: set[int] = set()
    for position, place in enumerate(items):
        upper: list[_Piece] = [loose[at] for at in heads[place] if not is_above]
        if is_above:
            before = items[position - 1] if position else header
            run = _run(rows, place, range(place - 1, before, -1), loose)
            free = [(at, piece) for at, piece in run if at not in taken]
            upper = [piece for _, piece in reversed(free)]
        until = items[position + 1] if position + 1 < len(items) else len(rows)
        after = _run(rows, place, range(place + 1, until), loose)
        lower = [item for item in after if is_above or item[0] not in heads.get(until, ())]
        if is_above:
            following = rows[until] if until < len(rows) else None
            lower = [
                (at, piece)
                for at, piece in lower
                if _is_nearer(piece, rows[place], following, upper)
                or (until in own and own[until] is not None and _mirrors(piece, rows[place], upper))
            ]
        taken |= {at for at, _ in lower}
        parts[place] = [*upper, *parts[place], *(piece for _, piece in lower)]
    pieces = [piece for own_parts in parts.values() for piece in own_parts]
    edge = room if is_edge else max((piece.x1 for piece in pieces), default=room) + 3
    # words around their figures stand in one cell, remarks below them on lines of their own
    return {place: _joined(parts[place], float("-inf") if is_above else edge) for place in items}


def _heads(
    rows: Sequence[Row],
    before: int,
    place: int,
    own: _Piece | None,
    loose: Mapping[int, _Piece],
    edge: float,
) -> tuple[int, ...]:
    """The rows above the figures of a line in which its name begins, from top to bottom.

    They stand nearer to it than to the line `before`, and each goes on below as wrapped words do.
    """
    run = _run(rows, place, range(place - 1, before, -1), loose)[::-1]
    if own is None or not run:
        return ()
    first, last = run[0][1], run[-1][1]
    is_same_page = before >= 0 and rows[before].page == rows[place].page
    above = first.baseline - rows[before].baseline if is_same_page else float("inf")
    pieces = [*(piece for _, piece in run), own]
    if (rows[place].baseline - last.baseline) * _NEARER > above:
        return ()
    if any(_had_room(upper, lower, edge) for upper, lower in pairwise(pieces)):
        return ()
    return tuple(at for at, _ in run)


def _is_nearer(piece: _Piece, row: Row, following: Row | None, upper: Sequence[_Piece]) -> bool:
    """Whether words below the figures of a line belong to it and not to the line that follows."""
    distance = piece.baseline - row.baseline
    if upper and distance > row.baseline - upper[0].baseline + row.size:
        return False
    if following is None or following.page != row.page:
        return bool(upper)
    return distance < 0.8 * (following.baseline - piece.baseline)


def _mirrors(piece: _Piece, row: Row, upper: Sequence[_Piece]) -> bool:
    """Whether words below figures are no further from them than the first words above."""
    if not upper:
        return False
    return piece.baseline - row.baseline <= row.baseline - upper[0].baseline + 0.3 * row.size


def _name_column(roles: Roles) -> Column | None:
    """The column of words called name; else the one with most letters that is called nothing."""
    named = roles.of("name", is_figures=False)
    if named:
        return max(named, key=lambda column: column.letters)
    words = [c for c in roles.columns if not c.is_figures and c.meaning not in _NOT_NAMES]
    return max(words, key=lambda column: column.letters, default=None)


def _room(column: Column | None, roles: Roles) -> tuple[float, bool]:
    """Where the next column begins, and whether names may go on up to there.

    Figures that end at one place say nothing of where their column begins.
    """
    if column is None:
        return float("inf"), False
    right = [c for c in roles.columns if c.left > column.span.x0 + 5 and c is not column]
    right = [c for c in right if c.left >= column.span.x1 - 3] or right
    following = min(right, key=lambda c: c.left, default=None)
    if following is None:
        return float("inf"), False
    return following.left, following.begins_at_one_place


def _own(row: Row, column: Column | None, roles: Roles, room: float, number: int) -> _Piece | None:
    """The words of a row in the column of names; `number` is that of the line, 0 for none."""
    if column is None:
        return None
    figures = {f.cell for f in row.figures if f.is_alone}
    cells = [
        cell
        for whole in row.cells
        for cell in [_without_number(whole, number)]
        # the name behind the number of a line may look like its unit
        if (cell is not whole or cell.cell not in figures)
        and min(cell.x1, column.span.x1) - max(cell.x0, column.span.x0) > 0.5 * (cell.x1 - cell.x0)
    ]
    texts = [_without_columns(row, cell, room) for cell in cells]
    text = " ".join(filter(None, texts))
    words = re.sub(r"[\W\d_]+", " ", text)
    if not text or whole_meaning("headings", words) == "hsn":
        return None
    return _Piece(text, cells[0].x0, cells[-1].x1, row.baseline, row.size)


def _are_counted(rows: Sequence[Row]) -> bool:
    """Whether lines begin with their numbers from 1 on, whatever the heading above says."""
    firsts = [row.parts[0] for row in rows]
    numbers = [first.value if isinstance(first, Figure) else None for first in firsts]
    return len(rows) >= _FEWEST_COUNTED and numbers == list(range(1, len(rows) + 1))


def _without_number(cell: Label, number: int) -> Label:
    """A run of words without the number of its line, where that stands close before them."""
    first, _, rest = cell.text.partition(" ")
    if not number or first.rstrip(".") != str(number) or not rest:
        return cell
    width = (cell.x1 - cell.x0) / len(cell.text)
    return replace(cell, text=rest, x0=cell.x0 + width * (len(first) + 1))


def _without_columns(row: Row, cell: Label, room: float) -> str:
    """A run of words; without the figures of other columns where they stand right behind."""
    if cell.x1 <= room + 1:
        return cell.text
    return " ".join(
        label.text for label in row.labels if label.cell == cell.cell and label.x0 < room
    )


def _loose(row: Row, left: float, room: float) -> _Piece | None:
    """A row of words alone that begins where names do."""
    if any(figure.is_alone and figure.is_money for figure in row.figures) or not row.cells:
        return None
    if any(parse_day(word) is not None for cell in row.cells for word in cell.text.split()):
        # "Delivery note 8801 of 03/07/2025" heads the lines below it
        return None
    headings = [cell for cell in row.cells if whole_meaning("headings", cell.text)]
    if len(headings) >= _HEADINGS:
        return None
    cells = [cell for cell in row.cells if cell.x0 >= left - 4 and cell.x0 < room]
    if not cells or (abs(cells[0].x0 - left) > 14 and not cells[0].x0 < room - 40):
        return None
    return _Piece(cells[0].text, cells[0].x0, cells[0].x1, row.baseline, row.size)


def _are_above(
    rows: Sequence[Row],
    items: Sequence[int],
    own: Mapping[int, _Piece | None],
    loose: Mapping[int, _Piece],
) -> bool:
    """Whether words stand above the figures of the first line, or of lines without a name."""
    if any(own[place] is None for place in items):
        return True
    run = _run(rows, items[0], range(items[0] - 1, -1, -1), loose)
    if not run:
        return False
    # names around their figures go on below them as well
    after = _run(rows, items[0], range(items[0] + 1, len(rows)), loose)
    return bool(after) or rows[items[0]].baseline - run[0][1].baseline < 1.2 * rows[items[0]].size


def _run(
    rows: Sequence[Row], start: int, places: range, loose: Mapping[int, _Piece]
) -> list[tuple[int, _Piece]]:
    """The loose lines that follow each other from a row on, without a gap."""
    found = []
    last, size, page = rows[start].baseline, rows[start].size, rows[start].page
    for place in places:
        piece = loose.get(place)
        if piece is None or rows[place].page != page:
            break
        if abs(piece.baseline - last) > _LINE_STEP * max(size, piece.size):
            break
        found.append((place, piece))
        last, size = piece.baseline, piece.size
    return found


def _joined(pieces: Sequence[_Piece], room: float) -> str:
    """Wrapped lines as one name; a remark on a line of its own is no part of it."""
    texts: list[str] = []
    before: _Piece | None = None
    for piece in pieces:
        if before is not None and _had_room(before, piece, room):
            break
        texts.append(piece.text)
        before = piece
    return " ".join(texts)


def _had_room(upper: _Piece, lower: _Piece, room: float) -> bool:
    """Whether the first word would have fitted on the line above: then it is a remark."""
    if upper.text.count("(") > upper.text.count(")"):
        return False
    if _REMARK.match(lower.text) or parse_day(lower.text) is not None:
        return True
    word = lower.text.split(maxsplit=1)[0]
    letter = (lower.x1 - lower.x0) / max(len(lower.text), 1)
    return upper.x1 + (len(word) + 1) * letter * 1.15 < room - letter
