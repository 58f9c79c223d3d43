"""Letters of every script as the reading expects them: western digits, from left to right.

A page in Arabic or Hebrew is turned around, so that labels stand left of their figures as on any
other page; what it says stays the same.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

# Stands for a glyph whose letter the font does not tell.
UNKNOWN = "\ufffd"
_NO_LETTER = re.compile(r"\(cid:\d+\)")
_ACTS = re.compile(r"[\x00-\x1f\x7f]")
_MARKS = str.maketrans({"٫": ".", "٬": ",", "\xa0": " ", "\u3000": " ", "￥": "¥"})
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# Letters of Arabic by the shapes they are drawn in.
_SHAPES = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]")
_FROM_RIGHT = frozenset({"R", "AL"})


@lru_cache(maxsize=8192)
def readable(text: str) -> str:
    """A text with western digits and marks, and one sign for each glyph nobody can read."""
    if text.isascii():
        return _ACTS.sub("", _NO_LETTER.sub(UNKNOWN, text))
    plain = _SHAPES.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    known = plain.translate(_MARKS).translate(_FULL_WIDTH)
    western = (
        str(digit) if (digit := unicodedata.decimal(letter, None)) is not None else letter
        for letter in known
    )
    return _ACTS.sub("", _NO_LETTER.sub(UNKNOWN, "".join(western)))


@lru_cache(maxsize=8192)
def is_from_right(text: str) -> bool:
    """Whether a text is written from right to left."""
    return not text.isascii() and any(
        unicodedata.bidirectional(letter) in _FROM_RIGHT for letter in text
    )


def in_reading_order(letters: Sequence[str]) -> str:
    """The letters of a word, given as they stand from left to right, as they are read."""
    if not any(map(is_from_right, letters)):
        return "".join(letters)
    # figures and words of other scripts inside keep their order
    runs: list[list[str]] = []
    for letter in letters:
        is_figure = letter.isdecimal() or (letter.isascii() and letter.isalnum())
        if runs and is_figure and runs[-1][-1].isalnum() and not is_from_right(runs[-1][-1]):
            runs[-1].append(letter)
        else:
            runs.append([letter])
    return "".join("".join(run) for run in reversed(runs))


def is_page_from_right(texts: Iterable[str]) -> bool:
    """Whether most letters of a page are written from right to left."""
    from_right = others = 0
    for text in texts:
        letters = sum(map(str.isalpha, text))
        if is_from_right(text):
            from_right += letters
        else:
            others += letters
    return from_right > others
