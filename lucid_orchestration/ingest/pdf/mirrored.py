"""A page written from right to left, turned around: its labels stand left of their figures."""

import re
from collections.abc import Sequence
from dataclasses import replace

from lucid_orchestration.ingest.pdf.pages import Level, Line, Page, Upright, Word
from lucid_orchestration.ingest.pdf.scripts import is_from_right, is_page_from_right

# Of the size of the letters: words of one cell are no further from each other.
_WIDE = 1.0
_MONEY = re.compile(r"[-+]?[\d.,]*\d[.,]\d{2}")


def turned(page: Page) -> Page:
    """The page as it is, or turned around where most of it is written from right to left."""
    if not is_page_from_right(word.text for line in page.lines for word in line.words):
        return page
    return replace(
        page,
        lines=tuple(Line(tuple(_words(line.words, page.width))) for line in page.lines),
        uprights=tuple(Upright(page.width - one.x, one.top, one.bottom) for one in page.uprights),
        levels=tuple(Level(one.y, page.width - one.x1, page.width - one.x0) for one in page.levels),
    )


def _words(words: Sequence[Word], width: float) -> list[Word]:
    """The words of a line from the right; those of other scripts follow each other as before."""
    result: list[Word] = []
    for cell in reversed(_cells(words)):
        own: list[Word] = []
        for run in reversed(_runs(cell)):
            left, right = run[0].x0, run[-1].x1
            if is_from_right(run[0].text):
                own += [replace(w, x0=width - w.x1, x1=width - w.x0) for w in reversed(run)]
            else:
                shift = width - right - left
                own += [replace(w, x0=w.x0 + shift, x1=w.x1 + shift) for w in run]
        result += [replace(word, opens=place == 0) for place, word in enumerate(own)]
    return result


def _cells(words: Sequence[Word]) -> list[list[Word]]:
    cells: list[list[Word]] = []
    for word in words:
        # figures of two columns never change places, whatever stood between them
        if not cells or word.opens or word.x0 - cells[-1][-1].x1 > _WIDE * word.size:
            cells.append([])
        cells[-1].append(word)
    return cells


def _are_of_columns(left: str, right: str) -> bool:
    """Whether two words are figures of two columns, one of them money, however close they stand."""
    are_figures = left[-1:].isdigit() and right.lstrip("-+")[:1].isdigit()
    return are_figures and any(_MONEY.fullmatch(text) is not None for text in (left, right))


def _runs(words: Sequence[Word]) -> list[list[Word]]:
    """Neighbours that are written in the same direction."""
    runs: list[list[Word]] = []
    for word in words:
        last = runs[-1][-1] if runs else word
        is_same = runs and is_from_right(last.text) == is_from_right(word.text)
        if is_same and not _are_of_columns(last.text, word.text):
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs
