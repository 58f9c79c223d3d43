"""A table on a screen of any width: figures in one piece, and what a row is about always there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lucid_orchestration.figures import cell, heading
from lucid_orchestration.formatting import visible
from lucid_orchestration.terminal.output import say

# Text that is longer is folded where there is no room for it.
_LEAST_TEXT = 14
_GAP = 2
_NAMING = ("_name", "title", "rule", "name")


def print_grid(
    console: Console, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], currency: str
) -> None:
    """Rows as a table; amounts are in their row's own currency, else in the given one.

    Where the screen is too narrow, columns are given up from the last to the first, but never the
    one that says what a row is about; which ones is said below.
    """
    shown = [_laid_out(column, rows, currency) for column in columns]
    kept = _fitting(shown, console.width)
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for column in kept:
        grid.add_column(
            heading(column.name),
            justify="right" if column.is_number else "left",
            overflow="fold",
            # as wide as its widest figure: then the heading folds, and no figure does
            width=column.width if column.is_fixed else None,
            min_width=column.width,
        )
    for line in zip(*(column.texts for column in kept), strict=True):
        # Text, not str: a product called "[red]" is a name, not a colour
        grid.add_row(*(Text(text) for text in line))
    console.print(grid)
    if len(kept) < len(shown):
        left_out = [heading(column.name).lower() for column in shown if column not in kept]
        say(console, f"No room for: {', '.join(left_out)}. A wider window shows them, or --json.")


@dataclass(frozen=True)
class _LaidOut:
    """A column as it would be printed; `width` is the least it can do with."""

    name: str
    texts: tuple[str, ...]
    is_number: bool
    is_fixed: bool
    width: int


def _laid_out(column: str, rows: Sequence[Mapping[str, Any]], currency: str) -> _LaidOut:
    values = [row.get(column) for row in rows]
    is_number = any(isinstance(value, int | float | Decimal) for value in values)
    # Half a number says something else: text folds, figures and dates keep their width.
    is_fixed = is_number or any(isinstance(value, date) for value in values)
    # a list of shops may hold several currencies
    texts = tuple(
        visible(cell(column, value, row.get("currency") or currency))
        for row, value in zip(rows, values, strict=True)
    )
    widest = max((cell_len(text) for text in texts), default=0)
    words = max(cell_len(word) for word in heading(column).split())
    width = widest if is_fixed else min(widest, _LEAST_TEXT)
    return _LaidOut(column, texts, is_number, is_fixed, max(width, words))


def _fitting(columns: Sequence[_LaidOut], width: int) -> list[_LaidOut]:
    """The columns there is room for: the one that names the row, and the first of the others."""
    kept = list(columns)
    while len(kept) > 1 and sum(column.width + _GAP for column in kept) > width:
        named = next((c for c in kept if c.name.endswith(_NAMING)), kept[0])
        kept.remove(next(column for column in reversed(kept) if column is not named))
    return kept
