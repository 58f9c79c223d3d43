"""Sheets that hold a printed page: all columns as text in one, as Marg writes them."""

import re
from itertools import islice

from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.profile import fitting_profiles
from lucid_orchestration.ingest.outcomes import Row, Sheet

SEARCH_ROWS = 60
_GAP = re.compile(r"\s{2,}")
_RULE = re.compile(r"[-=_\s]+")
_TOTAL = re.compile(r"(?i)(?:grand |sub ?)?totals?\b")


def in_columns(sheet: Sheet) -> Sheet:
    """The sheet with its columns apart, where its headings are a known system's; else as it is.

    Cells stand two blanks or more apart and none is empty. A row with another number of cells than
    headings stays in one piece: nobody can say which cell is missing.
    """
    first = list(islice(sheet.rows, SEARCH_ROWS))
    if any(sum(map(bool, row.cells)) > 1 for row in first):
        return sheet
    for row in first:
        headings = _pieces(row)
        profiles = fitting_profiles(map(heading_key, headings))
        if len(headings) > 2 and any(profile.refuse is None for profile in profiles):
            rows = [_apart(row, len(headings)) for row in sheet.rows]
            return Sheet(sheet.name, rows, sheet.issues)
    return sheet


def _pieces(row: Row) -> list[str]:
    text = "".join(row.cells).strip()
    return _GAP.split(text) if text else []


def _apart(row: Row, width: int) -> Row:
    pieces = _pieces(row)
    text = "".join(row.cells).strip()
    if len(pieces) == width or (pieces and _TOTAL.match(pieces[0])):
        return Row(row.number, tuple(pieces), row.fault)
    return Row(row.number, ("" if _RULE.fullmatch(text) else text,), row.fault)
