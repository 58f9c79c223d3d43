"""Headings that no list has, read by the words they are composed of and the cells below them."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lucid_orchestration.ingest.layout.aliases import choices, is_known, meanings
from lucid_orchestration.ingest.layout.documents import segments
from lucid_orchestration.ingest.layout.headings import heading_keys
from lucid_orchestration.ingest.layout.mapping import IGNORE
from lucid_orchestration.ingest.layout.money.heading_words import parts_of
from lucid_orchestration.ingest.layout.suggest import counts_up, is_date, is_number
from lucid_orchestration.ingest.outcomes import Row, cell_of, filled_cells
from lucid_orchestration.yml import read_yml

_WORDS = Path(__file__).with_name("composed_words.yml")
_SAMPLE_ROWS = 50
# Nearly all cells that hold something have to be what the heading says.
_SHARE = 0.9
_DAYS = {"sales": "sale_date", "purchases": "purchase_date"}
# A word ends by chance with fewer letters.
_LEAST_HEAD = 4
# Numbers of orders stand beside a few lines each.
_MOST_ALIKE = 5
# Excel's number of a day between 1982 and 2064.
_SERIAL = re.compile(r"[3-5]\d{4}(?:\.\d+)?")
_NOTHING_TOLD: Mapping[str, str] = {}


@dataclass(frozen=True)
class _Words:
    day: frozenset[str]
    created: frozenset[str]
    around_created: frozenset[str]
    number: frozenset[str]
    of_documents: frozenset[str]
    of_sales: frozenset[str]
    count: frozenset[str]
    of_pieces: frozenset[str]
    of_stock: frozenset[str]
    held: frozenset[str]
    of_held: frozenset[str]
    naming: frozenset[str]
    of_products: frozenset[str]
    of_parcels: frozenset[str]
    of_goods: frozenset[str]
    no_stock: frozenset[str]


@cache
def _words() -> _Words:
    return _Words(**{name: frozenset(words) for name, words in read_yml(_WORDS).items()})


def no_stock_words() -> frozenset[str]:
    """Words that make a column of stock one of something else: its value, its moves, its limits."""
    return _words().no_stock | _words().of_parcels


def choices_below(
    kind: str, header: Row, below: Sequence[Row], told: Mapping[str, str] = _NOTHING_TOLD
) -> dict[str, list[int]]:
    """Field → its columns, by the headings that are known and by the words of those that are not.

    A day, the number of a document, the name beside a code and a quantity are found by words alone,
    each where no known heading is there for it and its cells agree. The goods of a stock list may
    be named in a first column without a heading.
    """
    keys = heading_keys(header.cells, told)
    chosen = _filled_choices(kind, keys, told, below)
    known = _words()
    taken = {place for places in chosen.values() for place in places}
    free = [
        place
        for place, key in enumerate(keys)
        if place not in taken and key not in told and header.cells[place].strip()
    ]
    wanted: list[tuple[str, frozenset[str], frozenset[str]]] = []
    # days and counts of an invoice are of a sale, unless the supplier is named
    if kind == "sales" or (kind == "purchases" and "supplier" in chosen):
        wanted = [
            (_DAYS[kind], known.day, known.of_documents | known.of_sales),
            ("transaction_id", known.number, known.of_documents),
        ]
    counted = {"sales": known.of_pieces, "inventory": known.of_stock}.get(kind)
    if counted is not None:
        wanted.append(("quantity", known.count, counted))
    if kind == "inventory":
        wanted.append(("quantity", known.held, known.of_held))
    if "product_id" in chosen:
        wanted.append(("product_name", known.naming, known.of_products))
    for field, heads, rest in wanted:
        if field in chosen:
            continue
        found = [
            place
            for place in free
            if _is_composed(header.cells[place], heads, rest)
            and _holds(field, _filled(place, below))
        ]
        if found:
            chosen[field] = found[:1] if field == "transaction_id" else found
    if kind == "sales" and "sale_date" not in chosen and _has_orders(header, chosen):
        entered = [at for at in free if _names_creation(header.cells[at], _filled(at, below))]
        chosen |= {"sale_date": entered} if entered else {}
    if kind == "inventory" and "product_name" not in chosen and _names_rows(header, below):
        chosen["product_name"] = [0]
    return chosen


def _has_orders(header: Row, chosen: Mapping[str, Sequence[int]]) -> bool:
    """Whether rows have the numbers of orders or sales, as goods and customers have not."""
    headings = [header.cells[place] for place in chosen.get("transaction_id", ())]
    units = [unit for one in headings for piece in segments(one) for unit in piece]
    return any(unit.meanings & {"order", "sale"} for unit in units)


def _names_creation(heading: str, cells: Sequence[str]) -> bool:
    """Whether a column says when a row was entered."""
    known, words = _words(), parts_of(heading)
    is_whole = all(word in known.created | known.around_created for word in words)
    return is_whole and not known.created.isdisjoint(words) and _are(cells, is_date)


def _filled_choices(
    kind: str, keys: Sequence[str], told: Mapping[str, str], below: Sequence[Row]
) -> dict[str, list[int]]:
    """The columns of known headings; one without a single cell gives way to one that has some.

    So a count that nobody has written down yet gives way to what the program says is there, and
    one that numbers the rows or their orders to one that counts pieces.
    """
    chosen = choices(kind, keys, told)
    known = meanings(kind, keys)
    counts, fields = Counter(keys), Counter(known.values())
    empty = {
        keys[place]: IGNORE
        for place, name in known.items()
        if fields[name] > 1
        and keys[place] not in told
        and counts[keys[place]] == 1
        and (
            not any(cell_of(row, place) for row in below)
            or (name == "quantity" and counts_up(_filled(place, below), _MOST_ALIKE))
        )
    }
    if not below or not empty:
        return chosen
    filled = choices(kind, keys, {**told, **empty})
    return {
        name: places if any(keys[at] not in empty for at in places) else filled.get(name, places)
        for name, places in chosen.items()
    }


def _names_rows(header: Row, below: Sequence[Row]) -> bool:
    """Whether a first column without a heading, as of a report, names what each row counts."""
    if not header.cells or header.cells[0].strip():
        return False
    names = [row.cells[0].strip() for row in below[:_SAMPLE_ROWS] if _has_figures(row)]
    filled = set(filter(None, names))
    return 2 * len(filled) > len(names) and _are([name or "-" for name in names], _is_words)


def _has_figures(row: Row) -> bool:
    return any(is_number(cell.strip()) for cell in row.cells[1:])


def counts_goods(header: Row, below: Sequence[Row]) -> bool:
    """Whether a column counts what the rows name, such as pieces on a shelf; not in a parcel."""
    known = _words()
    return any(
        bool(words & known.count or words >= {"on", *known.held})
        and not words & known.of_parcels
        and not is_known(header.cells[place])
        and _are(_filled(place, below), is_number)
        for place, words in _headings(header)
    )


def has_days_of_rows(header: Row, below: Sequence[Row]) -> bool:
    """Whether rows have days of their own below a heading nobody knows, not days of the goods."""
    for place, words in _headings(header):
        if is_known(header.cells[place]) or words & _words().of_goods:
            continue
        cells = _filled(place, below)
        if len(set(cells)) > 1 and _are(cells, is_date):
            return True
    return False


def _headings(header: Row) -> list[tuple[int, frozenset[str]]]:
    return [(at, frozenset(parts_of(cell))) for at, cell in enumerate(header.cells) if cell.strip()]


def _is_composed(heading: str, heads: Collection[str], rest: Collection[str]) -> bool:
    """Whether one word at least is of each group, and all of either; before "/" stands a list."""
    heading = heading.rpartition("/")[2]
    words = [*parts_of(heading), *(["#"] if "#" in heading else [])]
    words = [part for word in words for part in _compounded(word, heads, rest)]
    is_whole = all(word in heads or word in rest for word in words)
    return is_whole and any(map(heads.__contains__, words)) and any(map(rest.__contains__, words))


def _compounded(word: str, heads: Collection[str], rest: Collection[str]) -> list[str]:
    """The parts of a word such as "Artikelbeschreibung", if it is made of one of each group."""
    for head in heads:
        part = word.removesuffix(head)
        if len(head) >= _LEAST_HEAD and part != word and part in rest:
            return [part, head]
    return [word]


def _filled(place: int, below: Sequence[Row]) -> list[str]:
    return filled_cells(below[:_SAMPLE_ROWS], place)


def _holds(field: str, cells: Sequence[str]) -> bool:
    if field in _DAYS.values():
        return _are(cells, _is_day)
    if field == "product_name":
        return _are(cells, _is_words)
    return field == "transaction_id" or _are(cells, is_number)


def _is_day(text: str) -> bool:
    return is_date(text) or (_SERIAL.fullmatch(text) is not None)


def _is_words(text: str) -> bool:
    return any(map(str.isalpha, text)) and not is_date(text)


def _are(cells: Sequence[str], test: Callable[[str], bool]) -> bool:
    return bool(cells) and sum(map(test, cells)) >= _SHARE * len(cells)
