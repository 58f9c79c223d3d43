"""What a page is made of: sections, tables, cells, and the words they share."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from lucid_orchestration.formatting import UNKNOWN, counted, percent, quantity
from lucid_orchestration.warehouse.presentation import presentation

Rows: TypeAlias = Sequence[Mapping[str, Any]]

# Text and lines of pictures; 4:1 on white and on near-black. A page may restyle them by this value.
GREY = "#7c828b"
ROWS_SHOWN = 10
_NAME_LENGTH = 32
_LABEL_LENGTH = 26
_FULL_LENGTH = 1000
_ENTITIES = {"store": " (whole shop)", "category": " (category)", "product": ""}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Shop:
    """Whose page it is: the folder's name, and the name to show."""

    dataset_id: str
    name: str
    currency: str
    as_of_date: date | None


@dataclass(frozen=True)
class Column:
    """A column heading; figures stand to the right."""

    label: str
    is_number: bool = False


@dataclass(frozen=True)
class Cell:
    """A text to show; `full` is what a reader sees on pointing at it when it was cut."""

    text: str
    full: str | None = None
    wraps: bool = False

    @staticmethod
    def name(
        text: str, length: int = _NAME_LENGTH, *, suffix: str = "", wraps: bool = False
    ) -> "Cell":
        """A cell for a text of any length from a file."""
        short = shortened(text, length)
        full = text if len(text) <= _FULL_LENGTH else f"{text[: _FULL_LENGTH - 1]}…"
        return Cell(short + suffix, None if short == text else full, wraps)


@dataclass(frozen=True)
class Row:
    """The cells of one line, as many as the table has columns."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A caption, headings and lines."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Picture:
    """An SVG and the sentence under it."""

    svg: str
    caption: str


@dataclass(frozen=True)
class Section:
    """One question and its answer; where there is no more, it cannot be said yet.

    `notes` say what the figures leave out, `definition` how they are worked out.
    """

    anchor: str
    question: str
    answer: str
    pictures: tuple[Picture, ...] = ()
    table: Table | None = None
    notes: tuple[str, ...] = ()
    definition: str = ""


def shortened(name: str, length: int = _LABEL_LENGTH) -> str:
    """A name of at most `length` characters, control characters and line breaks gone."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return clean if len(clean) <= length else clean[: length - 1].rstrip() + "…"


def pictures(*drawn: tuple[str | None, str]) -> tuple[Picture, ...]:
    """Charts with their captions; none where there was nothing to draw."""
    return tuple(Picture(svg, caption) for svg, caption in drawn if svg is not None)


def notes(*sentences: str) -> tuple[str, ...]:
    """The sentences there is something to say by."""
    return tuple(sentence for sentence in sentences if sentence)


def in_a_sentence(name: str) -> str:
    """A name inside a sentence; one written from right to left does not turn what follows."""
    short = shortened(name)
    turns = any(unicodedata.bidirectional(character) in ("R", "AL") for character in short)
    return f"\u2068{short}\u2069" if turns else short


def entity(row: Mapping[str, Any], shop: Shop) -> Cell:
    """The name of what a row is about, and whether it is the shop or a category."""
    kind = row["entity_type"]
    name = shop.name if kind == "store" else row["entity_name"]
    return Cell.name(name, suffix=_ENTITIES[kind])


def signed(change: Decimal | None, places: int = 1) -> str:
    """A relative change with its sign: +12.5 %."""
    if change is None:
        return UNKNOWN
    return f"{'+' if change > 0 else ''}{percent(change, places)}"


def products(number: int | Decimal) -> str:
    """So many products."""
    return counted(number, "product")


def number_word(number: int) -> str:
    """A small number as prose writes it: nine, but 12."""
    return _NUMBERS[number] if 0 <= number < len(_NUMBERS) else quantity(number)


def window_words(window: str) -> str:
    """`90 days` for the window last_90_days."""
    _, _, length = window.partition("last_")
    return length.replace("_", " ") or "all months"


def window_in_words(window: str) -> str:
    """`last 90 days` for the window last_90_days."""
    words = window_words(window)
    return f"last {words}" if window.startswith("last_") else words


def reported_window(mart: str) -> str:
    """The window of a mart that the report speaks about, in words."""
    return window_words(next(iter(presentation(mart).report[0].values())))


def first_rows(what: str, total: int, shown: int = ROWS_SHOWN) -> str:
    """A caption, and how many of all rows are shown where it is not all of them."""
    return what if total <= shown else f"{what}: first {shown} of {quantity(total)}"
