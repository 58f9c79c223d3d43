"""Which columns of a sales table say what became of a sale, and which rows repeat their lines."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from lucid_orchestration.ingest.kinds import AMOUNT_FIELDS, STATUS_FIELDS
from lucid_orchestration.ingest.layout.aliases import meanings
from lucid_orchestration.ingest.layout.documents import (
    TAKEN_BACK,
    has_meaning,
    is_no,
    is_nothing,
    is_yes,
    said,
)
from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.money.columns import figure_of
from lucid_orchestration.ingest.layout.money.marks import marks_of
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import Issue, Row, Severity

_DATE = re.compile(r"\d{1,4}[-/. ](?:\d{1,2}|[^\W\d_]{3,9})[-/. ,]+\d{2,4}\b.*")
# A column of more different texts than this says more than what became of a sale.
_MOST_STATES = 20
_WORDS_OF_A_STATE = 4
# Sums of rounded amounts miss the rounded sum by so much for each line.
_SLACK = 0.01
# What a row must be by its own words to hold the sum of others.
_OF_SALES = TAKEN_BACK | {"sale", "order", "done", None}
# What documents may be beside sales, and states beside those of a sale that stands.
_NO_SALES = TAKEN_BACK | {"quote", "order", "sales_order", "cancelled", "other"}
_TAKEN_OUT = TAKEN_BACK | {"cancelled", "partial", "pending"}
# One document alone may come out by chance.
_LEAST_DOCUMENTS = 2


def with_states(layout: Layout, below: Sequence[Row]) -> Layout:
    """A layout with the further columns that say what became of a sale.

    Those are other columns of a status, and such as "Void?", "Cancelled on" or "Cancel reason",
    that hold yes and no, a day, or what happened.
    """
    if layout.arrangement is not None or layout.profile not in {"generic", "mapping"}:
        return layout
    keys = [heading_key(heading) for heading in layout.header]
    named = meanings("sales", keys)
    taken = set(layout.columns.values())
    free = [field for field in STATUS_FIELDS if field not in layout.columns]
    found: dict[str, int] = {}
    for place, heading in enumerate(layout.header):
        if place in taken or len(found) == len(free):
            continue
        is_status = named.get(place) in STATUS_FIELDS
        cells = [row.cells[place].strip() for row in below if place < len(row.cells)]
        if is_status or (place not in named and _is_flag(heading, cells)):
            found[free[len(found)]] = place
    layout = replace(layout, columns={**layout.columns, **found}) if found else layout
    return _with_spoken(layout, below, named)


def _with_spoken(layout: Layout, below: Sequence[Row], named: Mapping[int, str]) -> Layout:
    """A layout with a column, whatever its heading, whose every cell names a document or a state.

    A column of types says of some rows that they are sales and of others that they are none; one
    of states, that sales were paid or cancelled. How a sale was paid, or made, is no such thing.
    """
    for place in range(len(layout.header)):
        if place in layout.columns.values() or place in named:
            continue
        cells = [row.cells[place].strip() for row in below if place < len(row.cells)]
        field = _spoken_field([cell for cell in cells if cell], len(cells))
        if field == "document_status":
            field = next((name for name in STATUS_FIELDS if name not in layout.columns), None)
        if field is not None and field not in layout.columns:
            layout = replace(layout, columns={**layout.columns, field: place})
    return layout


def _spoken_field(filled: Sequence[str], count: int) -> str | None:
    states = {cell.casefold() for cell in filled}
    if not filled or 2 * len(filled) < count or not 2 <= len(states) <= _MOST_STATES:
        return None
    found = [said(state) for state in states]
    meanings = {one.meaning for one in found}
    if None in meanings:
        return None
    if not all(one.is_whole for one in found):
        # a word nobody knows beside one that is known: few short states that come again are states
        are_states = 2 * len(states) <= len(filled) and all(
            len(state.split()) <= _WORDS_OF_A_STATE for state in states
        )
        is_both = "done" in meanings and meanings & _TAKEN_OUT and meanings <= _TAKEN_OUT | {"done"}
        return "document_status" if are_states and is_both else None
    if "sale" in meanings and meanings & _NO_SALES and meanings <= _NO_SALES | {"sale"}:
        return "document_type"
    if "done" in meanings and meanings & _TAKEN_OUT and meanings <= _TAKEN_OUT | {"done"}:
        return "document_status"
    return None


def _is_flag(heading: str, cells: Sequence[str]) -> bool:
    """Whether a column says of each row whether what its heading says is so."""
    filled = {cell for cell in cells if cell}
    if says_it_stands(heading):
        return _is_upright(filled)
    meaning = said(heading).meaning
    if meaning not in TAKEN_BACK | {"cancelled"}:
        return False
    if filled <= {"0", "1"} and meaning != "cancelled" and not _asks(heading):
        return False  # how many came back
    happened = [cell for cell in cells if not is_nothing(cell)]
    if asks_why(heading):
        return 0 < len(happened) < len(cells)
    if all(is_yes(cell) or is_nothing(cell) for cell in filled):
        return bool(filled)
    if len(happened) < len(cells) and all(_DATE.fullmatch(cell) for cell in happened):
        return True
    states = {cell.casefold() for cell in happened}
    return len(states) <= _MOST_STATES and all(
        is_yes(cell) or _is_of(said(cell).meaning, heading) for cell in states
    )


def _is_of(meaning: str | None, heading: str) -> bool:
    """Whether a cell says that it is as its heading says, or that the sale stands."""
    if meaning in TAKEN_BACK | {"cancelled", "partial"}:
        return True
    return meaning == "done" and said(heading).meaning == "cancelled"


def _is_upright(filled: set[str]) -> bool:
    """Whether a column says which rows stand: "Valid" with yes and no, and both of them."""
    no = {cell for cell in filled if is_no(cell)}
    return bool(no) and no < filled and all(is_yes(cell) for cell in filled - no)


def says_it_stands(heading: str) -> bool:
    """Whether a heading asks for what a sale must be, so that "no" says that it is none."""
    return has_meaning(heading, "standing", is_all=True)


def asks_why(heading: str) -> bool:
    """Whether a column names the reason, or who did it: a cell filled in says that it happened."""
    return has_meaning(heading, "reason")


def _asks(heading: str) -> bool:
    return "?" in heading or re.search(r"(?i)^is\b|\bflag\b|y ?/ ?n", heading) is not None


def flag_outcome(heading: str) -> str:
    """What a row counts as whose column of that heading says yes.

    A line that a later one reverses is left out, and the one that reverses it has a minus.
    """
    if has_meaning(heading, "reversal"):
        return "returned"
    meaning = said(heading).meaning
    return meaning if meaning in TAKEN_BACK else "ignored"


def is_day(text: str) -> bool:
    """Whether a cell holds a day, and so says that something happened."""
    return _DATE.fullmatch(text.strip()) is not None


def named_fields(layout: Layout) -> Mapping[str, str]:
    """The heading of each column that speaks of a document."""
    return {
        name: layout.header[place] if place < len(layout.header) else ""
        for name, place in layout.columns.items()
    }


def with_heads(layout: Layout, below: Sequence[Row]) -> Layout:
    """A layout that knows which types of its rows say once more what the lines below them say.

    A ledger may hold each sale, its lines and how it was paid, one below the other.
    """
    kind, document = layout.columns.get("document_type"), layout.columns.get("transaction_id")
    amount = next((layout.columns[name] for name in AMOUNT_FIELDS if name in layout.columns), None)
    if kind is None or document is None or amount is None or layout.arrangement is not None:
        return layout
    sums = _sums(below, kind, document, amount)
    types = sorted({text for found in sums.values() for text in found})
    proven = {
        head: documents
        for head in types
        for line in types
        if has_meaning(line, "line")
        and not has_meaning(head, "line")
        and (documents := _documents_headed(head, line, list(sums.values())))
        and said(head).meaning in _OF_SALES
    }
    heads = frozenset(proven) if max(proven.values(), default=0) >= _LEAST_DOCUMENTS else None
    if not heads:
        return layout
    shown = ", ".join(f'"{head}"' for head in sorted(heads))
    told = ", ".join(f'"{head}": sale' for head in sorted(heads))
    issue = Issue(
        Severity.NOTE,
        "heads_of_lines",
        f'The rows {shown} of "{layout.header[kind].strip()}" hold the sums of the lines beside '
        "them, so only the lines were counted. If they are sales of their own, put this into "
        f"mapping.yml: documents: {{{told}}}.",
    )
    return replace(layout, heads=heads, issues=(*layout.issues, issue))


def with_doubt(layout: Layout, below: Sequence[Row]) -> Layout:
    """A layout with a warning where a sale is cancelled by its status and by a return as well."""
    kind = layout.columns.get("document_type")
    states = [layout.columns[name] for name in STATUS_FIELDS if name in layout.columns]
    number = layout.columns.get("transaction_id", -1)
    fields = ("product_id", "product_name", "customer_id", "quantity", "unit_price", *AMOUNT_FIELDS)
    places = [layout.columns[name] for name in fields if name in layout.columns]
    if kind is None or not states or layout.arrangement is not None:
        return layout
    cancelled: dict[tuple[str, ...], tuple[Row, str]] = {}
    taken_back: set[tuple[str, ...]] = set()
    for row in below:
        cells = [cell.strip() for cell in row.cells]
        if max(kind, number, *states, *places) >= len(cells):
            continue
        key = tuple(cells[place].lstrip("-") for place in places)
        if said(cells[kind]).meaning in TAKEN_BACK:
            taken_back.add(key)
            continue
        words = [cells[place] for place in states if said(cells[place]).meaning == "cancelled"]
        if words:
            cancelled.setdefault(key, (row, words[0]))
    twice = [found for key, found in cancelled.items() if key in taken_back]
    if not twice:
        return layout
    row, word = twice[0]
    issue = Issue(
        Severity.WARNING,
        "cancelled_and_taken_back",
        f'{len(twice)} sale(s) called "{word}" stand once more as a return, the first in row '
        f"{row.number}: they were left out, and the return was taken off as well. If the return is "
        f'that of the sale, put this into mapping.yml: documents: {{"{word}": sale}}.',
        row.number,
    )
    return replace(layout, issues=(*layout.issues, issue))


# The amounts of a document by type: their sum and how many rows.
_Sums = dict[str, dict[str, tuple[float, int]]]


def _sums(below: Sequence[Row], kind: int, document: int, amount: int) -> _Sums:
    sums: _Sums = {}
    marks = marks_of([amount], None, below)
    for row in below:
        if max(kind, document) >= len(row.cells):
            continue
        value = figure_of(row, amount, marks)
        text, number = row.cells[kind].strip(), row.cells[document].strip()
        if value is None or not text or not number:
            continue
        of_types = sums.setdefault(number, {})
        total, count = of_types.get(text, (0.0, 0))
        of_types[text] = (total + value, count + 1)
    return sums


def _documents_headed(
    head: str, line: str, documents: Sequence[Mapping[str, tuple[float, int]]]
) -> int:
    """How many documents have one row of the one type, worth what those of the other come to.

    No document counts where one has a row of it that is worth something else.
    """
    headed = [found for found in documents if head in found]
    is_sum = all(
        line in found
        and found[head][1] == 1
        and abs(found[head][0] - found[line][0]) <= _SLACK * found[line][1]
        for found in headed
    )
    return len(headed) if is_sum and head != line else 0
