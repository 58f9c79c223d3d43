"""A clean table of sales, and the ways its rows are damaged: one damage to a row."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

# What becomes of a row's cells, with the delimiter and the place of a cell.
Damage: TypeAlias = Callable[[Sequence[str], str, int], str]

ROWS = 60
MARKS = ",;\t|"
# Columns that a file may lack: the fewer there are, the less shows what a damaged row means.
LACKED: tuple[tuple[str, ...], ...] = (
    (),
    ("Amount",),
    ("Rate", "Item Code"),
    ("Bill No", "Item Code", "Rate", "Remark"),
)


@dataclass(frozen=True)
class Clean:
    """A clean table: its headings and the cells of its rows."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def clean(seed: int, *, without: Sequence[str], do_names_repeat: bool) -> Clean:
    """A shop of eleven goods; some names and amounts hold commas, remarks may be empty."""
    chance = random.Random(seed)
    endings = ("", " 20 ml", "", ", large", "", "", " 5", "", ", red", "", "2")
    words = ("Amber", "Birch", "Cedar", "Dune", "Ember", "Fern", "Gale", "Haze", "Iris", "Jet", "K")
    goods = [
        (f"{chance.choice('ABC')}-{number}", f"{word}{ending}", chance.randrange(120, 250_000))
        for number, word, ending in zip(
            chance.sample(range(100, 1000), len(words)), words, endings, strict=True
        )
    ]

    def more() -> str:
        return "".join(chance.choices("pqrst", k=9))

    rows = []
    for number in range(ROWS):
        code, name, cents = goods[number % len(goods)]
        quantity = chance.randint(1, 40)
        rows.append(
            {
                "Bill No": f"R{number + 1:04}",
                "Bill Date": f"{chance.randint(1, 28):02}/0{chance.randint(1, 9)}/2025",
                "Item Code": code,
                "Item Name": name
                if do_names_repeat
                else name + "".join(chance.choices("pqrst", k=9)),
                "Qty": str(quantity),
                "Rate": f"{cents / 100:,.2f}",
                "Amount": f"{cents * quantity / 100:,.2f}",
                "Remark": chance.choice(["", "paid", "by card"]),
            }
        )
    header = tuple(name for name in rows[0] if name not in without)
    return Clean(header, tuple(tuple(row[name] for name in header) for row in rows))


def written(cells: Sequence[str], mark: str) -> str:
    return mark.join(f'"{cell}"' if mark in cell else cell for cell in cells)


def extra_separator(cells: Sequence[str], mark: str, place: int) -> str:
    return written([*cells[:place], "", *cells[place:]], mark)


def separator_in_a_cell(cells: Sequence[str], mark: str, place: int) -> str:
    at = max(1, len(cells[place]) // 2)
    around = [written([cell], mark) for cell in cells]
    around[place] = f"{cells[place][:at]}{mark}{cells[place][at:]}"
    return mark.join(around)


def lost_separator(cells: Sequence[str], mark: str, place: int) -> str:
    place = min(place, len(cells) - 2)
    both = cells[place] + cells[place + 1]
    return written([*cells[:place], both, *cells[place + 2 :]], mark)


def other_separator(cells: Sequence[str], mark: str, place: int) -> str:
    place = min(place, len(cells) - 2)
    both = f"{cells[place]}{MARKS[MARKS.index(mark) - 1]}{cells[place + 1]}"
    return written([*cells[:place], both, *cells[place + 2 :]], mark)


def other_delimiter(cells: Sequence[str], mark: str, place: int) -> str:
    return MARKS[(MARKS.index(mark) + 1 + place % 3) % 4].join(cells)


def no_quotes(cells: Sequence[str], mark: str, _: int) -> str:
    return mark.join(cells)


def quote_before_a_cell(cells: Sequence[str], mark: str, place: int) -> str:
    return mark.join([*cells[:place], f'"{cells[place]}', *cells[place + 1 :]])


def quotes_around_two_cells(cells: Sequence[str], mark: str, place: int) -> str:
    place = min(place, len(cells) - 2)
    both = f'"{mark.join(cells[place : place + 2])}"'
    around = [written([cell], mark) for cell in cells]
    return mark.join([*around[:place], both, *around[place + 2 :]])


def quotes_around_the_row(cells: Sequence[str], mark: str, _: int) -> str:
    return f'"{mark.join(cells)}"'


def lost_cell(cells: Sequence[str], mark: str, place: int) -> str:
    return written([*cells[:place], *cells[place + 1 :]], mark)


def lost_ending(cells: Sequence[str], mark: str, place: int) -> str:
    return written(cells[: max(place, 1)], mark)
