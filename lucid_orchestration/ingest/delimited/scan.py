"""A look at the bytes of a large file, before DuckDB reads them."""

import re
from collections.abc import Sequence

_EMPTY_LINE = re.compile(rb"\n\r?\n")
# Without one of these, or a word of the headings' own language, a row is no total.
_TOTAL_SIGNS = (b"otal", b"OTAL", "कुल".encode(), "योग".encode(), "जोड़".encode())


class Scan:
    """Looks at whole lines for what DuckDB would read differently, and counts the lines."""

    def __init__(self, delimiter: str, total_words: Sequence[str] = ()) -> None:
        self._total_signs = (*_TOTAL_SIGNS, *(word.encode() for word in total_words))
        mark = re.escape(delimiter.encode())
        space = b" " if delimiter == "\t" else b"[ \t]"
        # before or after a quoted cell; apart, because each then starts with a fixed byte
        self._padded_quotes = [
            re.compile(rb'%s%s+"(?!")' % (mark, space)),
            re.compile(rb'\n%s+"' % space),
            re.compile(rb'"%s+(?:%s|\r|\n)' % (space, mark)),
        ]
        self.line_count = 0
        self._has_returns = False
        self.has_total_words = False

    def take(self, chunk: bytes) -> bool:
        """Look at a piece that begins and ends with a line; False when DuckDB must not read it."""
        if not chunk:
            return True
        line_feeds = chunk.count(b"\n")
        returns = chunk.count(b"\r") if b"\r" in chunk else 0
        if self.line_count == 0:
            self._has_returns = returns > 0
        if returns != (line_feeds if self._has_returns else 0):
            return False
        if b"\0" in chunk or chunk[:1] in b"\r\n" or _EMPTY_LINE.search(chunk):
            return False
        if b'"' in chunk and any(padded.search(chunk) for padded in self._padded_quotes):
            return False
        if not self.has_total_words:
            self.has_total_words = any(sign in chunk for sign in self._total_signs)
        self.line_count += line_feeds + (not chunk.endswith(b"\n"))
        return True
