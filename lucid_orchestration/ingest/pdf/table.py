"""Reads the table of a bill from the positions of words and rules, line by line to its total."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.pdf import columns as heading
from lucid_orchestration.ingest.pdf.columns import Column, Header, cell, find_header
from lucid_orchestration.ingest.pdf.entries import (
    GST_RATES,
    entries_of,
    is_summary_heading,
    label_of,
    summary_row,
)
from lucid_orchestration.ingest.pdf.figures import NO_SHARE, Share, money, quantity, share
from lucid_orchestration.ingest.pdf.pages import Line, Page, Segment
from lucid_orchestration.ingest.pdf.printed import (
    TOTAL_LABEL,
    Entry,
    Kind,
    PrintedLine,
    PrintedTable,
    TaxSummaryRow,
    entry,
    kind_of,
)

# A bill has a few hundred lines at most; more is a report or an attack.
MAX_LINES = 3000
# Of the size of the letters: a line further below does not continue the one above.
_LINE_STEP = 2.2
_SAME_LEVEL = 1.5
_ENDS = frozenset({Kind.TOTAL, Kind.SUBTOTAL, Kind.GRAND_TOTAL, Kind.PAYMENT})
_HSN = re.compile(r"\(?\b(?:HSN|SAC)(?:\s*/\s*SAC)?\s*(?:code)?\s*[:.-]?\s*(\d{4,8})\b\)?", re.I)
# Amazon: name | ASIN ( seller's own code )
_MARKETPLACE = re.compile(
    r"^(?P<name>.+?)\s*\|\s*[A-Z0-9]{10}\s*(?:\(\s*(?P<code>[^()]+?)\s*\))?\s*$"
)
_NAMES_TAX = re.compile(
    r"\b[cis]gst\b(?!\s*(?:in\b|no\b|reg))|\bgst\s*(?:%|\(|amt|amount|@)|\bvat\b"
    r"|\binc[a-z.]*\s+(?:of\s+)?(?:all\s+)?(?:gst|tax)",
    re.IGNORECASE,
)


@dataclass
class _Item:
    """A line of the table while its cells are collected."""

    line: PrintedLine
    bottom: float
    size: float
    band: int
    names: list[Segment] = field(default_factory=list)
    taxes: list[tuple[Column, str]] = field(default_factory=list)


@dataclass
class _State:
    header: Header | None = None
    items: list[_Item] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    summary: list[TaxSummaryRow] = field(default_factory=list)
    pending: list[tuple[int, Segment]] = field(default_factory=list)
    has_names_above: bool = False
    is_ended: bool = False
    is_summary: bool = False
    tax_total: Decimal | None = None
    names_tax: bool = False


def read_table(pages: Sequence[Page], is_ruled: bool) -> PrintedTable | None:
    """The table of a bill on its pages; None when no headings of one are found.

    `is_ruled` trusts the vertical rules to part columns; otherwise the gaps between words do.
    """
    state = _State()
    for page in pages:
        _read_page(state, page, is_ruled)
    if state.header is None:
        return None
    lines = tuple(_finished(item, state) for item in state.items)
    amount = next(c for c in state.header.columns if c.field == heading.AMOUNT)
    return PrintedTable(
        lines,
        tuple(state.entries),
        tuple(state.summary),
        state.tax_total,
        state.names_tax or any(line.tax or line.tax_rate for line in lines),
        heading.field_of(amount.heading) == heading.TAXABLE,
    )


def _read_page(state: _State, page: Page, is_ruled: bool) -> None:
    header = find_header(page, is_ruled)
    start = 0
    if header is not None:
        if state.is_ended:
            # the total of a page: the bill goes on
            state.entries = [found for found in state.entries if found.kind not in _ENDS]
            state.tax_total = None
        state.header = header
        state.is_ended = state.is_summary = False
        start = header.last + 1
    if state.header is None:
        return
    state.pending.clear()
    bands = _bands(page, state.header) if is_ruled else []
    state.names_tax = state.names_tax or any(_NAMES_TAX.search(line.text) for line in page.lines)
    last: _Item | None = None
    for line in page.lines[start:]:
        if state.is_summary:
            state.summary += summary_row(line)
        elif is_summary_heading(line):
            state.is_summary = True
        elif state.is_ended:
            state.entries += entries_of(line)
        else:
            band = sum(level < line.baseline for level in bands)
            last = _read_line(state, state.header, line, band, last)


def _bands(page: Page, header: Header) -> list[float]:
    """Heights of the rules that part the rows of a table."""
    left, right = header.columns[0].x0, header.columns[-1].x1
    levels: list[tuple[float, float]] = []
    for rule in sorted(page.levels, key=lambda rule: rule.y):
        width = max(min(rule.x1, right) - max(rule.x0, left), 0.0)
        if levels and rule.y - levels[-1][0] <= _SAME_LEVEL:
            levels[-1] = (levels[-1][0], levels[-1][1] + width)
        else:
            levels.append((rule.y, width))
    return [y for y, width in levels if width >= 0.5 * (right - left)]


def _read_line(
    state: _State, header: Header, line: Line, band: int, last: _Item | None
) -> _Item | None:
    """Take in a line below the headings; returns the item that following lines may continue."""
    cells = {
        column: found for column in header.columns if (found := cell(line, column)) is not None
    }
    texts = {
        column.field: found
        for column, found in cells.items()
        if column.field not in (heading.TAX, heading.TAX_RATE, heading.OTHER)
    }
    amount = money(_text(texts, heading.AMOUNT))
    if amount is None:
        _continue(state, line, cells, band, last)
        return last
    name = texts.get(heading.NAME)
    # the name's column goes before a tax type further right
    is_named = name is not None and kind_of(name.text) is not Kind.UNKNOWN
    label = name.text if name is not None and is_named else label_of(line)
    known = entry(label, amount)
    price = money(_text(texts, heading.PRICE))
    is_total = any(TOTAL_LABEL.fullmatch(segment.text) for segment in line.segments)
    above = _above(state, line, band)
    is_item = (
        not is_total
        and (name is not None or bool(above))
        and quantity(_text(texts, heading.QUANTITY)) is not None
        and (price is not None or not header.has(heading.PRICE))
    )
    if not is_item:
        # words in the name's column that mean nothing below a bill are a line without a
        # quantity, until the first figure that is none; so is a charge with its own price or tax
        is_line = not is_total and name is not None and name.text in label
        is_service = known.kind is Kind.UNKNOWN and not state.entries and amount > 0
        is_charge = known.kind is Kind.CHARGE and (price is not None or bool(_taxes(cells)))
        if not (is_line and (is_service or is_charge)):
            if known.kind is not Kind.FORWARD:
                state.entries += [known] if is_named else entries_of(line)
                state.is_ended = known.kind in _ENDS
                if is_total:
                    state.tax_total = _tax(_taxes(cells))[0]
            return None
    if len(state.items) >= MAX_LINES:
        raise RefusedError("too_large", f"A bill in the PDF has more than {MAX_LINES} lines.")
    printed = _printed_line(header, texts, amount, is_charge=not is_item and is_named)
    item = _Item(printed, line.baseline, line.size, band, taxes=_taxes(cells))
    if name is not None and above and not _HSN.sub("", name.text).strip():
        state.has_names_above = True
    item.names += [*above, *([name] if name is not None else [])]
    state.pending.clear()
    state.items.append(item)
    return item


def _above(state: _State, line: Line, band: int) -> list[Segment]:
    """Words of a name right above its figures: in the same row of rules, without a gap."""
    found: list[Segment] = []
    baseline = line.baseline
    for own_band, segment in reversed(state.pending):
        if own_band != band or baseline - segment.baseline > _LINE_STEP * line.size:
            break
        found.insert(0, segment)
        baseline = segment.baseline
    return found


def _printed_line(
    header: Header, texts: Mapping[str, Segment], amount: Decimal, *, is_charge: bool
) -> PrintedLine:
    """The cells of a line but for its name and taxes, which may go on below."""
    count = quantity(_text(texts, heading.QUANTITY))
    discount, is_plain = _discount(header.first_of(heading.DISCOUNT), texts)
    return PrintedLine(
        name="",
        amount=amount,
        quantity=count.number if count else None,
        price=money(_text(texts, heading.PRICE)),
        unit=_text(texts, heading.UNIT) or (count.unit if count else ""),
        code=_text(texts, heading.CODE),
        hsn=_text(texts, heading.HSN),
        free=(count.free if count else Decimal(0))
        + (money(_text(texts, heading.FREE)) or Decimal(0)),
        discount=discount,
        is_plain_discount=is_plain,
        taxable=money(_text(texts, heading.TAXABLE)),
        is_charge=is_charge,
    )


def _discount(column: Column | None, texts: Mapping[str, Segment]) -> tuple[Share, bool]:
    """The discount of a line, and whether nothing says if it is rupees or a percentage."""
    text = _text(texts, heading.DISCOUNT)
    if column is None or not text:
        return NO_SHARE, False
    found = share(text)
    if found.percent is not None or found.amount is None or column.is_rupees or "₹" in text:
        return found, False
    return (Share(None, found.amount), False) if column.is_percent else (found, True)


def _taxes(cells: dict[Column, Segment]) -> list[tuple[Column, str]]:
    return [
        (column, found.text)
        for column, found in cells.items()
        if column.field in (heading.TAX, heading.TAX_RATE)
    ]


def _continue(
    state: _State, line: Line, cells: dict[Column, Segment], band: int, last: _Item | None
) -> None:
    """A line without an amount: more of the name, the unit or the taxes of a line of the bill."""
    if re.fullmatch(r"[-_=*.~\s]+", line.text):
        return  # a rule made of letters
    name = next((found for column, found in cells.items() if column.field == heading.NAME), None)
    is_near = (
        last is not None
        and last.band == band
        and line.baseline - last.bottom <= _LINE_STEP * max(line.size, last.size)
    )
    if state.has_names_above or last is None or not is_near:
        # a name in small print above its figures may run across all columns
        segment = line.segments[0] if name is not None else None
        if segment is not None:
            state.pending.append((band, segment))
        return
    last.bottom = line.baseline
    if name is not None:
        last.names.append(name)
    last.taxes += _taxes(cells)
    for column, found in cells.items():
        if column.field == heading.QUANTITY and not last.line.unit and found.text.isalpha():
            last.line = replace(last.line, unit=found.text)


def _finished(item: _Item, state: _State) -> PrintedLine:
    tax, rate = _tax(item.taxes)
    name, code, hsn = _name(item, state.header)
    return replace(
        item.line,
        name=name,
        code=item.line.code or code,
        hsn=item.line.hsn or hsn,
        tax=tax,
        tax_rate=rate,
    )


def _tax(found: Iterable[tuple[Column, str]]) -> tuple[Decimal | None, Decimal | None]:
    """Tax and rate of a line: the sum over its columns and the lines of their cells."""
    amounts: list[Decimal] = []
    rates: list[Decimal] = []
    for column, text in found:
        shown = share(text)
        if shown.percent is not None:
            rates.append(shown.percent)
        elif shown.amount is not None and (
            column.is_percent or (not column.is_rupees and shown.amount in GST_RATES)
        ):
            rates.append(shown.amount)
            continue
        if shown.amount is not None:
            amounts.append(shown.amount)
    return (
        sum(amounts, Decimal(0)) if amounts else None,
        sum(rates, Decimal(0)) if rates else None,
    )


def _name(item: _Item, header: Header | None) -> tuple[str, str, str]:
    """Name, code and HSN of a line; a remark on a line of its own is no part of the name."""
    column = header.first_of(heading.NAME) if header else None
    parts: list[str] = []
    hsn = ""
    before: Segment | None = None
    for segment in item.names:
        found = _HSN.search(segment.text)
        if found:
            hsn = hsn or found[1]
        text = _HSN.sub("", segment.text).strip(" -,") if found else segment.text
        if before is not None and column is not None and _had_room(before, segment, column):
            break
        if text:
            parts.append(text)
            before = segment
    name = " ".join(parts)
    marketplace = _MARKETPLACE.match(name)
    if marketplace:
        return marketplace["name"], marketplace["code"] or "", hsn
    return name, "", hsn


def _had_room(upper: Segment, lower: Segment, column: Column) -> bool:
    """Whether the first word of a line would have fitted on the line above: then it is not a
    wrapped name but a line of its own."""
    word = lower.text.split(maxsplit=1)[0]
    letter = (lower.x1 - lower.x0) / max(len(lower.text), 1)
    return upper.x1 + (len(word) + 1) * letter * 1.15 < column.limit - letter


def _text(texts: Mapping[str, Segment], name: str) -> str:
    return texts[name].text if name in texts else ""
