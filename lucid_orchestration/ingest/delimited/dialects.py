"""Ways to write cells that only the rows prove: other quotes, escapes, blanks between columns."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lucid_orchestration.ingest.delimited.read import rows_of, unevenness, unwrapped
from lucid_orchestration.ingest.tables import BLANKS, Dialect, Encoding

ESCAPE = "\\"
OTHER_QUOTE = "'"
# Fewer lines prove no columns of blanks, and of the lines nearly all have to have them.
_MIN_LINES, _NEARLY_ALL = 4, 0.9
_MIN_COLUMNS = 3
# Of fewer rows that are one quoted cell each is put right alone.
_MOSTLY = 0.5
# A column is one where its cells are filled in more lines than a heading and a few others.
_FILLED = 0.1


def with_quotes(dialect: Dialect, lines: Sequence[str]) -> Dialect:
    """The dialect with the quotation mark and the escape under which the rows come out even.

    What is usual stays, unless more rows are as long as the others with what is not.
    """
    text = "".join(lines)
    others = [dialect]
    if dialect.delimiter + OTHER_QUOTE in text:
        others.append(replace(dialect, quote=OTHER_QUOTE))
    if any(f"{ESCAPE}{mark}" in text for mark in ('"', OTHER_QUOTE, dialect.delimiter)):
        others += [replace(other, escape=ESCAPE) for other in others]
    # of equals the first, and that is the usual one
    return min(others, key=lambda other: _doubt(other, lines)) if others[1:] else dialect


def with_wrapping(dialect: Dialect, lines: Sequence[str]) -> Dialect:
    """The dialect of a file that holds each row as one quoted cell, as Excel writes such a column.

    The rows are even and as wide as a table only once they are taken out of it.
    """
    inner = replace(dialect, is_wrapped=True)
    filled = [line for line in lines if line.strip()]
    wrapped = sum(unwrapped(line, dialect) != line for line in filled)
    if wrapped < max(_MIN_LINES, _MOSTLY * len(filled)):
        return dialect
    widths = Counter(len(row.cells) for row in rows_of(filled, inner, []))
    width, count = widths.most_common(1)[0]
    return inner if width >= _MIN_COLUMNS and count >= _NEARLY_ALL * len(filled) else dialect


def _doubt(dialect: Dialect, lines: Sequence[str]) -> tuple[int, int]:
    """How many rows come out uneven, and how many cells keep single quotes around them."""
    if dialect.quote == OTHER_QUOTE:
        return unevenness(lines, dialect), 0
    quoted = sum(
        len(cell) > 1 and cell[0] == cell[-1] == OTHER_QUOTE
        for line in lines
        for cell in line.rstrip("\r\n").split(dialect.delimiter)
    )
    return unevenness(lines, dialect), quoted


def blank_dialects(encoding: Encoding, lines: Sequence[str]) -> Iterator[Dialect]:
    """The ways to part lines by blanks that give nearly all of them the same cells."""
    filled = [line.rstrip() for line in lines if line.strip()]
    for dialect in (Dialect(encoding, BLANKS), Dialect(encoding, " ")):
        if _is_even(dialect, filled):
            yield dialect
    starts = _starts(filled)
    if len(starts) >= _MIN_COLUMNS and len(filled) >= _MIN_LINES:
        yield Dialect(encoding, BLANKS, starts=starts)


def _is_even(dialect: Dialect, lines: Sequence[str]) -> bool:
    widths = Counter(len(row.cells) for row in rows_of(lines, dialect, []))
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    return width >= _MIN_COLUMNS and count >= max(_MIN_LINES, _NEARLY_ALL * len(lines))


def _starts(lines: Sequence[str]) -> tuple[int, ...]:
    """Where columns begin that are blank before it in every line, and filled in most."""
    width = max(map(len, lines), default=0)
    is_blank = [all(line[at : at + 1] in ("", " ") for line in lines) for at in range(width)]
    starts = [at for at in range(width) if not is_blank[at] and (at == 0 or is_blank[at - 1])]
    ends = [*starts, width][1:]
    return tuple(
        start
        for start, end in zip(starts, ends, strict=True)
        if start == 0
        or sum(bool(line[start:end].strip()) for line in lines) > _FILLED * len(lines) + 1
    )
