"""What a table says of all its rows: a title above the headings, a heading, the name of its sheet.

They speak for rows that do not say themselves what they are.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from lucid_orchestration.ingest.kinds import DISCOUNT_FIELDS
from lucid_orchestration.ingest.layout.branches import branch_above, branch_in_name
from lucid_orchestration.ingest.layout.document_columns import with_doubt, with_heads, with_states
from lucid_orchestration.ingest.layout.documents import (
    BY_STRENGTH,
    TAKEN_BACK,
    Outcome,
    Unit,
    segments,
    strongest,
)
from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.layout.other_words import is_of_another_book, may_name_anything
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import Issue, RefusedError, Row, Severity

_FIGURE = re.compile(r"[-+(]?\W{0,2}\d[\d.,' ]*\W{0,2}")
# Signs that join two kinds of document in a title.
_LINKS = re.compile(r"[&+,/]")
# A row above the headings with more filled cells is no title.
_MOST_TITLE_CELLS = 4
_NO_SALE = frozenset({"quote", "sales_order", "cancelled"})
_NOT_SELLING = frozenset({"stock", "purchase"})
_OF_ALL_ROWS = TAKEN_BACK | {"partial"} | _NO_SALE | _NOT_SELLING
_DECIDING = frozenset(BY_STRENGTH)


@dataclass(frozen=True)
class Sign:
    """What all rows of a table are, by a text that stands somewhere, as `place` says."""

    meaning: str
    text: str
    place: str

    @property
    def outcome(self) -> Outcome:
        """What the rows count as."""
        if self.meaning == "sale":
            return "sale"
        return "sale_return" if self.meaning in TAKEN_BACK | {"partial"} else "ignored"

    @property
    def sentence(self) -> str:
        """Where it stands, in the owner's words."""
        return f'{self.place} "{self.text.strip()}"'


# Neither wages nor expenses have these; an employee beside them sold the goods.
_OF_GOODS = frozenset({*DISCOUNT_FIELDS, "unit_cost", "line_cost", "line_profit"})


def title_sign(texts: Iterable[str], place: str) -> Sign | None:
    """What titles say, if they agree."""
    found = [(text, meaning) for text in texts if (meaning := _titled(text)) is not None]
    if len({meaning for _, meaning in found}) != 1:
        return None
    text, meaning = found[0]
    return Sign(meaning, text, place)


def speaks_of_buying(layout: Layout, rows: Sequence[Row]) -> bool:
    """Whether the title above a table of sales is one of purchases."""
    sign = title_sign(_titles(layout, rows), "")
    return sign is not None and _is_of_buying(sign)


def _is_of_buying(sign: Sign) -> bool:
    """Whether a text speaks of what was bought, and not of orders for it or of its return."""
    if sign.meaning != "purchase":
        return False
    every = (unit.meanings for piece in segments(sign.text) for unit in piece)
    return _DECIDING & frozenset().union(*every) <= {"purchase", "sale"}


def with_document(layout: Layout, rows: Sequence[Row], sheet: str, mapping: FileMapping) -> Layout:
    """The layout of a sales table with what its rows are when they do not say so themselves.

    Raises:
        RefusedError: for a table of something else, such as quotations.
    """
    below = [row for row in rows if row.number > layout.header_row]
    layout = with_doubt(with_heads(with_states(layout, below), below), below)
    if "store" not in layout.columns:
        branch = branch_above(rows, layout.header_row) or branch_in_name(sheet)
        layout = replace(layout, branch=branch)
    if mapping.document is None and (book := _of_another_book(layout)):
        raise RefusedError(
            "other_documents",
            f'By the heading "{book}" this is no list of sales, so none of it was counted. If it '
            "is one, put this into mapping.yml: document: sale.",
        )
    if mapping.document == "ignored":
        raise RefusedError("other_documents", "mapping.yml says that this is no list of sales.")
    if mapping.document is not None:
        return replace(layout, document=mapping.document)
    title = title_sign(_titles(layout, rows), "the title")
    sign = title
    if sign is None or sign.outcome == "sale":
        sign = _heading_sign(layout, below, is_sales=title is not None) or sign
    sign = sign or title_sign([sheet], "the name of the sheet")
    if sign is None or sign.outcome == "sale":
        return layout
    has_types = "document_type" in layout.columns
    if sign.outcome == "ignored" and not has_types:
        raise RefusedError(
            "other_documents",
            f"By {sign.sentence} this is no list of sales, so none of it was counted. "
            + _remedy(sign),
        )
    others = ", but for those whose type says otherwise" if has_types else ""
    taken = "taken off as returns" if sign.outcome == "sale_return" else "left out as no sales"
    issue = Issue(
        Severity.NOTE,
        "document_of_all_rows",
        f"By {sign.sentence} the rows were {taken}{others}. If they are sales, put this into "
        "mapping.yml: document: sale.",
    )
    return replace(layout, document=sign.outcome, issues=(*layout.issues, issue))


def _remedy(sign: Sign) -> str:
    if _is_of_buying(sign):
        return "If these are purchases, put this into mapping.yml: kind: purchases."
    return "If it is one, put this into mapping.yml: document: sale."


def _of_another_book(layout: Layout) -> str | None:
    """The heading that shows a list of wages or expenses, where none names goods."""
    place = layout.columns.get("product_name")
    if "product_id" in layout.columns or place is None:
        return None
    if not may_name_anything(heading_key(layout.header[place])):
        return None
    if "quantity" in layout.columns and not _OF_GOODS.isdisjoint(layout.columns):
        return None
    keys = ((heading_key(heading), heading.strip()) for heading in layout.header)
    return next((heading for key, heading in keys if is_of_another_book(key)), None)


def name_doubt(file_name: str) -> Issue | None:
    """What to say where only the name of a file speaks of something other than sales."""
    stem = re.sub(r"\.[^.]*$", "", file_name.rsplit("/", 1)[-1])
    sign = title_sign([stem], "the name of the file")
    if sign is None or sign.outcome == "sale":
        return None
    return Issue(
        Severity.WARNING,
        "document_in_doubt",
        f"The name of the file speaks of something other than sales, and nothing in it does: its "
        "rows were counted as sales. If they are none, put this into mapping.yml: "
        f"document: {sign.outcome}.",
    )


def _titles(layout: Layout, rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if row.number >= layout.header_row:
            return
        filled = [cell for cell in row.cells if cell.strip()]
        if len(filled) <= _MOST_TITLE_CELLS and not any(map(_FIGURE.fullmatch, filled)):
            yield from dict.fromkeys(filled)


def _titled(text: str) -> str | None:
    """What a title says of the list below it.

    Words do that name a list, that are the name of a document, or that stand alone: a return
    beside words nobody knows may be part of the shop's name.
    """
    pieces = [_without_tax_returns(piece) for piece in segments(_LINKS.sub(" and ", text))]
    units = [unit for piece in pieces for unit in piece]
    for piece in pieces:
        for is_known, run in groupby(piece, key=lambda unit: bool(unit.meanings)):
            found = list(run)
            meaning = _listed(found) if is_known else None
            if meaning is None:
                continue
            others = [unit for unit in units if unit not in found]
            if (
                any("title" in unit.meanings for unit in found)
                or all(map(_says_nothing, others))
                or (
                    (_is_a_name(found) or _is_sole(found) or len(found) == len(piece))
                    and not _is_turned(units, found)
                )
            ):
                return meaning
    return None


def _without_tax_returns(units: Sequence[Unit]) -> list[Unit]:
    """Units in which a return to a tax office is a mere title: "Return of Sales (GSTR-1)"."""
    if not any("tax" in unit.meanings for unit in units):
        return list(units)
    return [
        replace(unit, meanings=frozenset({"title"}))
        if unit.words[0].startswith("return") and not (before and "sale" in before.meanings)
        else unit
        for before, unit in zip([None, *units], units, strict=False)
    ]


def _says_nothing(unit: Unit) -> bool:
    return not unit.meanings.isdisjoint({"title", "around", "tax"})


def _is_a_name(units: Sequence[Unit]) -> bool:
    """Whether words together are the name of a document, such as "Sales Return"."""
    deciding = [unit for unit in units if unit.meanings & (_OF_ALL_ROWS | {"unsold", "open"})]
    is_of_paper = any(unit.meanings & {"sale", "order"} for unit in units)
    return any(len(unit.words) > 1 or is_of_paper for unit in deciding)


def _is_sole(units: Sequence[Unit]) -> bool:
    return any("sole" in unit.meanings for unit in units)


def _is_turned(units: Sequence[Unit], found: Sequence[Unit]) -> bool:
    """Whether other words of a title say that it is not what these say."""
    meanings = {meaning for unit in units if unit not in found for meaning in unit.meanings}
    return not meanings.isdisjoint({"negation", *_DECIDING})


def _listed(units: Sequence[Unit]) -> str | None:
    """What a run of known words says of a list: nothing where it joins several kinds."""
    every = frozenset().union(*(unit.meanings for unit in units))
    meaning = strongest(every)
    if meaning is None or "negation" in every:
        return None
    is_of_sales = any("sale" in unit.meanings and "paper" not in unit.meanings for unit in units)
    deciding = every & _DECIDING
    if "link" in every and len(deciding) > 1:
        return None
    if "order" in every and "open" in every and not is_of_sales:
        return "pending"
    if meaning in {"other", "pending"}:
        is_left_out = "draft" in every or ("unsold" in every and not is_of_sales)
        return meaning if is_left_out else "sale" if "sale" in every else None
    if meaning in _NOT_SELLING and is_of_sales:
        return None
    if meaning in _OF_ALL_ROWS:
        return meaning
    return "sale" if "sale" in every else None


def _heading_sign(layout: Layout, below: Sequence[Row], is_sales: bool) -> Sign | None:
    """What the numbers of documents belong to.

    A return has its own beside that of the sale; an offer or delivery note is named on a bill too.
    """
    numbered = {
        place: meaning
        for place, heading in enumerate(layout.header)
        if (meaning := _numbered(heading, place == layout.columns.get("sale_date"))) is not None
    }
    is_sales |= not {"sale", "order"}.isdisjoint(numbered.values())
    rows = [row.cells for row in below if sum(map(bool, row.cells)) > 1]
    for place, meaning in numbered.items():
        if meaning not in TAKEN_BACK | ({"quote"} if not is_sales else set()):
            continue
        if all(place < len(cells) and cells[place].strip() for cells in rows):
            return Sign(meaning, layout.header[place], "the heading")
    return None


def _numbered(heading: str, is_date: bool) -> str | None:
    """The kind of document whose number a heading names, or whose day it is."""
    units = [unit for piece in segments(heading) for unit in piece]
    every = frozenset().union(*(unit.meanings for unit in units))
    if not all(unit.meanings for unit in units):
        return None
    is_named = "number" in every or "#" in heading or (is_date and "date" in every)
    return strongest(every) if is_named else None
