"""What stands beside and below a label on a page."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from lucid_orchestration.ingest.pdf.pages import Line, Segment

_SAME_EDGE = 6.0
# Of the size of the letters: a value is no further below its label.
_VALUE_BELOW = 2.6
# Lines this close to each other, as a share of the size of their letters, are one row.
_SAME_ROW = 0.45
_MOST_WORDS = 6
_JOINT = re.compile(r"[\s:.#|=\-–]*")


@dataclass(frozen=True)
class Labelled:
    """A label that a text holds: its segment, the words behind it, and whether it begins there."""

    segment: Segment
    before: str
    label: str
    rest: str


def rows_of_segments(lines: Sequence[Line]) -> list[list[Segment]]:
    """Segments side by side from left to right; baselines of one row differ a little."""
    rows: list[list[Segment]] = []
    top = size = 0.0
    for line in lines:
        if rows and line.baseline - top <= _SAME_ROW * min(size, line.size):
            rows[-1] += line.segments
        else:
            rows.append(list(line.segments))
            top, size = line.baseline, line.size
    for row in rows:
        row.sort(key=lambda segment: segment.x0)
    return rows


def labels_in(segment: Segment, is_label: Callable[[str], bool]) -> Iterator[Labelled]:
    """The longest labels among the words of a segment."""
    words = segment.text.split()
    start = 0
    while start < len(words):
        for stop in range(min(start + _MOST_WORDS, len(words)), start, -1):
            phrase = " ".join(words[start:stop])
            if not is_label(phrase):
                continue
            # "No.:123" and "Date:12/03/2024" are written in one word
            head, _, tail = words[stop - 1].partition(":")
            rest = " ".join([tail, *words[stop:]]) if tail and head else " ".join(words[stop:])
            yield Labelled(segment, " ".join(words[:start]), phrase, rest)
            start = stop - 1
            break
        start += 1


def beside(row: Sequence[Segment], segment: Segment) -> Iterator[Segment]:
    """What stands right of a segment in its row; colons apart are passed over."""
    for other in row:
        if other.x0 > segment.x0 and other is not segment and re.search(r"\w", other.text):
            yield other


def below(
    rows: Sequence[Sequence[Segment]], place: int, segment: Segment, *, steps: int = 2
) -> Segment | None:
    """The words right below a label in the same box."""
    for row in rows[place + 1 :]:
        for other in row:
            distance = other.baseline - segment.baseline
            if distance > _VALUE_BELOW * max(segment.size, other.size):
                return None
            if aligned(other, segment):
                return other
        steps -= any(abs(other.x0 - segment.x0) < _SAME_EDGE for other in row)
        if steps <= 0:
            return None
    return None


def aligned(one: Segment, other: Segment) -> bool:
    """Whether two texts begin, end or are centred at the same place."""
    centres = abs((one.x0 + one.x1) - (other.x0 + other.x1)) / 2
    return (
        abs(one.x0 - other.x0) < _SAME_EDGE or abs(one.x1 - other.x1) < _SAME_EDGE or centres < 4.0
    )


def without_joint(text: str) -> str:
    """A text without the marks that stand between a label and its value."""
    return text[_JOINT.match(text).end() :].strip()  # type: ignore[union-attr]


def all_segments(rows: Iterable[Sequence[Segment]]) -> list[Segment]:
    """The segments of rows, row by row."""
    return [segment for row in rows for segment in row]
