"""The branch of a shop that a title, or the name of a file, names for all rows below it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from lucid_orchestration.ingest.layout.documents import folded, is_nothing, segments
from lucid_orchestration.ingest.outcomes import Row
from lucid_orchestration.yml import read_yml

WORDS = Path(__file__).with_name("branch_words.yml")
# A row above the headings with more filled cells is no title.
_MOST_TITLE_CELLS = 4
_LONGEST_NAME = 60
_NUMBER = re.compile(r"(?:no\.?|nr\.?|#|-|_)?\s*(\d{1,4})")
_PARTS = re.compile(r"[,;|()\[\]–—]|\s-\s")


def branch_above(rows: Iterable[Row], header_row: int) -> str | None:
    """The branch that the rows above the headings name; None where they name none, or several."""
    found: set[str] = set()
    for row in rows:
        if row.number >= header_row:
            break
        cells = [cell.strip() for cell in row.cells if cell.strip()]
        if len(cells) <= _MOST_TITLE_CELLS:
            found.update(_branches(cells))
    return found.pop() if len(found) == 1 else None


def branch_in_name(name: str) -> str | None:
    """The branch that the name of a file or a sheet names with a word for it."""
    stem = re.sub(r"\.\w{1,5}$", "", name.rsplit("/", 1)[-1])
    found = set(_branches([re.sub(r"[_-]+", " ", stem)]))
    return found.pop() if len(found) == 1 else None


def _branches(cells: Sequence[str]) -> Iterator[str]:
    """What the cells of a title row name as a branch."""
    for place, cell in enumerate(cells):
        label, mark, rest = cell.partition(":")
        if folded(label.rstrip(" .#")) in branch_words("label"):
            behind = rest if mark and rest.strip() else " ".join(cells[place + 1 : place + 2])
            if _is_branch(behind):
                yield behind.strip()
            continue
        for part in filter(None, map(str.strip, _PARTS.split(cell))):
            name = _named(part)
            if name is not None and _is_branch(name):
                yield name


def _named(part: str) -> str | None:
    """The branch in a piece of a title, by a word that stands before or behind its name."""
    words = part.split()
    first, last = folded(words[0]), folded(words[-1])
    number = _NUMBER.fullmatch(folded(" ".join(words[1:])))
    if first in branch_words("numbered") and number is not None:
        return number[1]
    if len(words) < 2 or _says_more(words):
        return None
    if first in branch_words("before"):
        return " ".join(words[1:])
    if last in branch_words("behind"):
        return " ".join(words[:-1])
    return None


def _says_more(words: Sequence[str]) -> bool:
    """Whether words speak of a list, as in "Sales by branch"."""
    return any(
        unit.meanings & {"title", "sale", "order", "number"}
        for word in words
        for piece in segments(word)
        for unit in piece
    )


def _is_branch(name: str) -> bool:
    words = folded(name).split()
    return (
        bool(words)
        and len(name) <= _LONGEST_NAME
        and not is_nothing(name)
        and not any(word in branch_words("every") for word in words)
    )


def branch_words(kind: str) -> frozenset[str]:
    """What a branch is called in titles, folded, by the place of the word: see branch_words.yml."""
    return _words()[kind]


@cache
def _words() -> Mapping[str, frozenset[str]]:
    return {kind: frozenset(map(folded, words)) for kind, words in read_yml(WORDS).items()}
