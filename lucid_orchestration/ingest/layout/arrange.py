"""Rows of a known system put in the form Lucid's SQL understands, as its profile says.

Cells stay text. Only where a file states an amount once for several lines does a line get a figure
that stands nowhere in the file: its net amount, so that the lines of a document come to what the
document says.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from lucid_orchestration.ingest.kinds import WITH_TAX
from lucid_orchestration.ingest.layout.conventions import DecimalMark
from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.money.columns import bare_figure
from lucid_orchestration.ingest.layout.profile import Arrangement, Document, Heads, Less, begins
from lucid_orchestration.ingest.layout.rate_shares import percent_of
from lucid_orchestration.ingest.outcomes import (
    Issue,
    RefusedError,
    Row,
    Severity,
    WorkbookNumber,
    trimmed,
)

# A document of more lines is passed on as it is.
MAX_DOCUMENT_LINES = 10_000
# Longer ones leave no room for paise in a decimal of 28 digits.
MAX_NUMBER_CHARACTERS = 20
# Sums of rounded lines miss the printed one by so much at most.
SLACK = Decimal("0.05")
PAISA = Decimal("0.01")
_CODED = re.compile(r"\[([^\[\]]+)\]\s*(\S.*)", re.DOTALL)
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{2,3})*,\d{3}|\d+)(?:\.\d*)?")
_EXCHANGED = str.maketrans(",.", ".,")


@dataclass(frozen=True)
class Sink:
    """Where an arrangement tells what it did: rows that are none, and issues."""

    drop: Callable[[], None]
    issues: list[Issue]


def arranged(
    rows: Iterable[Row],
    arrangement: Arrangement,
    header: Sequence[str],
    columns: Mapping[str, int],
    sink: Sink,
) -> Iterator[Row]:
    """Rows whose cells stand where `columns` says; added fields stand right of the headings.

    Raises:
        RefusedError: at the end of a file that turns out to hold no lines of items.
    """
    places: dict[str, int] = {}
    for position, heading in enumerate(header):
        places.setdefault(heading_key(heading), position)
    sheet = _Places(places, columns, 1 + max(len(header) - 1, *columns.values()))
    lines: Iterable[_Line] = (_Line(row, sheet.cells(row)) for row in rows)
    if arrangement.skipped:
        lines = _of_products(lines, arrangement.skipped, sheet, sink)
    if arrangement.heads is not None:
        lines = _lines_below_heads(lines, arrangement.heads, sheet, sink)
    translate = _Translator(arrangement, sheet)
    document = arrangement.document or Document()
    unclear: list[int] = []
    for group in _documents(lines, document, sheet):
        for line in group:
            translate(line.cells)
        if arrangement.document is not None:
            amounts = _Amounts(document, sheet, [line.cells for line in group])
            if not amounts.settle():
                unclear.append(group[0].row.number)
        for line in group:
            yield Row(line.row.number, tuple(line.cells), line.row.fault)
    if unclear:
        sink.issues.append(
            Issue(
                Severity.WARNING,
                "unclear_document_amounts",
                f"The discount, tax or refund of {len(unclear)} order(s) could not be shared out "
                f"over their lines, the first in row {unclear[0]}: those count as they stand.",
                unclear[0],
            )
        )


@dataclass(frozen=True)
class _Line:
    row: Row
    cells: list[str]


@dataclass(frozen=True)
class _Places:
    """Where things stand: of a heading, of a field; both empty text where there is no column."""

    headings: Mapping[str, int]
    fields: Mapping[str, int]
    width: int

    def cells(self, row: Row) -> list[str]:
        return [*row.cells, *[""] * (self.width - len(row.cells))]

    def under(self, cells: Sequence[str], heading: str | None) -> str:
        place = self.headings.get(heading) if heading is not None else None
        return "" if place is None else trimmed(cells[place])

    def of(self, cells: Sequence[str], field: str) -> str:
        place = self.fields.get(field)
        return "" if place is None else trimmed(cells[place])

    def put(self, cells: list[str], field: str, text: str) -> None:
        if field in self.fields:
            cells[self.fields[field]] = text

    def carry(self, cells: list[str], source: Sequence[str], headings: Iterable[str]) -> None:
        for heading in headings:
            place = self.headings.get(heading)
            if place is not None and not cells[place].strip():
                cells[place] = source[place]


def _of_products(
    lines: Iterable[_Line],
    skipped: Mapping[str, frozenset[str]],
    sheet: _Places,
    sink: Sink,
) -> Iterator[_Line]:
    """Lines but for those whose cell is one of the words to skip, where there is such a column."""
    for line in lines:
        if any(
            heading in sheet.headings and sheet.under(line.cells, heading).casefold() in words
            for heading, words in skipped.items()
        ):
            sink.drop()
        else:
            yield line


def _lines_below_heads(
    lines: Iterable[_Line], heads: Heads, sheet: _Places, sink: Sink
) -> Iterator[_Line]:
    head: _Line | None = None
    # a head stands for itself until a line shows it to be none
    is_waiting = has_lines = False
    not_a_line = re.compile(heads.not_lines, re.IGNORECASE)
    for line in lines:
        if sheet.under(line.cells, heads.by):
            if is_waiting and head is not None:
                yield _without_product(head, sheet)
            head, is_waiting = line, True
            continue
        is_counted = sheet.of(line.cells, "quantity")
        if not is_counted and not_a_line.search(sheet.under(line.cells, heads.item)):
            sink.drop()
            continue
        if head is not None:
            if is_waiting:
                sink.drop()
            is_waiting, has_lines = False, True
            sheet.carry(line.cells, head.cells, heads.carried)
            sheet.put(line.cells, "customer_id", sheet.under(head.cells, heads.item))
        yield line
    if not has_lines:
        raise RefusedError("no_items", heads.refuse)
    if is_waiting and head is not None:
        yield _without_product(head, sheet)


def _without_product(head: _Line, sheet: _Places) -> _Line:
    """A document without lines: its head names a party where a line names the product."""
    cells = list(head.cells)
    sheet.put(cells, "customer_id", sheet.of(cells, "product_name"))
    sheet.put(cells, "product_name", "")
    return _Line(head.row, cells)


def _documents(lines: Iterable[_Line], document: Document, sheet: _Places) -> Iterator[list[_Line]]:
    """Lines that follow one another and belong to one document; what is carried is filled in."""
    group: list[_Line] = []
    for line in lines:
        name = sheet.under(line.cells, document.by)
        is_same = bool(group and name) and name == sheet.under(group[0].cells, document.by)
        is_next = (
            group
            and (is_same or (document.continues and not name))
            and len(group) < MAX_DOCUMENT_LINES
        )
        if not is_next and group:
            yield group
            group = []
        if group:
            sheet.carry(line.cells, group[0].cells, document.carried)
        group.append(line)
    if group:
        yield group


class _Translator:
    """What happens to each row by itself; changes its cells in place."""

    def __init__(self, arrangement: Arrangement, sheet: _Places) -> None:
        self._rules = arrangement
        self._sheet = sheet
        self._cut = {
            field: re.compile(pattern, re.IGNORECASE) for field, pattern in arrangement.cut.items()
        }
        self._summed = {
            field: [place for heading, place in sheet.headings.items() if begins(heading, start)]
            for field, start in arrangement.summed.items()
        }

    def __call__(self, cells: list[str]) -> None:
        rules, sheet = self._rules, self._sheet
        for heading, other in rules.instead.items():
            text = sheet.under(cells, other)
            if text and heading in sheet.headings:
                cells[sheet.headings[heading]] = text
        for field, pattern in self._cut.items():
            text = sheet.of(cells, field)
            # what is not cut stays the number of a workbook that it is
            if pattern.search(text):
                sheet.put(cells, field, pattern.sub("", text))
        for field, text in rules.usual.items():
            sheet.put(cells, field, sheet.of(cells, field) or text)
        for field, named in rules.coded.items():
            if found := _CODED.fullmatch(sheet.of(cells, named)):
                sheet.put(cells, field, found[1])
                sheet.put(cells, named, found[2])
        for field, prefix in rules.prefixed.items():
            if text := sheet.of(cells, field):
                sheet.put(cells, field, prefix + text)
        for field, heading in rules.only_with.items():
            if heading in sheet.headings and not sheet.under(cells, heading):
                sheet.put(cells, field, "")
        for field, places in self._summed.items():
            sheet.put(cells, field, _sum_of([cells[place].strip() for place in places]))
        for field, added in rules.added.items():
            told = [sheet.under(cells, heading) for heading in added.headings]
            sheet.put(cells, field, _sum_of(told, added.decimal_mark))
        for field, less in rules.less.items():
            off = sheet.under(cells, less.heading)
            sheet.put(cells, field, _less(sheet.of(cells, field), off, less))
        for field in rules.shares:
            sheet.put(cells, field, percent_of(sheet.of(cells, field)))
        for field, words in rules.words.items():
            word = sheet.of(cells, field)
            sheet.put(cells, field, words.get(word.casefold(), word))
        for heading, said in rules.filled.items():
            if sheet.under(cells, heading):
                for field, word in said.items():
                    sheet.put(cells, field, word)
        for field, joined in rules.joined.items():
            name = sheet.of(cells, field)
            told = [sheet.under(cells, heading) for heading in joined.headings]
            variants = [word for word in told if word and word.casefold() not in joined.unless]
            if name and variants:
                sheet.put(cells, field, name + joined.by + " / ".join(variants))
        included = rules.tax_included
        if included and sheet.under(cells, included.heading).casefold() in included.words:
            for net, gross in WITH_TAX.items():
                if gross in sheet.fields:
                    sheet.put(cells, gross, sheet.of(cells, net))
                    sheet.put(cells, net, "")


class _Amounts:
    """The amounts of one document."""

    def __init__(self, document: Document, sheet: _Places, lines: list[list[str]]) -> None:
        self._document = document
        self._sheet = sheet
        self._lines = lines
        self._is_readable = True

    def settle(self) -> bool:
        """Give the lines their net amounts where they differ; False when figures contradict."""
        bases = [self._base(cells) for cells in self._lines]
        whole = sum((base for base in bases if base is not None), Decimal(0))
        net = self._net(whole)
        if not self._is_readable:
            return False
        if net is None or net == whole:
            return True
        if None in bases or not 0 <= net <= whole + SLACK or whole == 0:
            return False
        before = shared = Decimal(0)
        for cells, base in zip(self._lines, bases, strict=True):
            before += base or Decimal(0)
            # rounding the running sum keeps the sum of the lines exact
            until = (net * before / whole).quantize(PAISA, ROUND_HALF_EVEN)
            text = f"{until - shared:f}".replace(".", self._document.decimal_mark)
            self._sheet.put(cells, "net_amount", text)
            shared = until
        return True

    def _base(self, cells: Sequence[str]) -> Decimal | None:
        """What SQL would take for the net amount of a line."""
        net, gross, tax, price, quantity, discount = (
            self._number(self._sheet.of(cells, field))
            for field in (
                "net_amount",
                "gross_amount",
                "tax_amount",
                "unit_price",
                "quantity",
                "discount_amount",
            )
        )
        if net is not None:
            return net
        if gross is not None:
            return gross - (tax or 0)
        if price is None or quantity is None:
            return None
        return price * quantity - (discount or 0)

    def _net(self, whole: Decimal) -> Decimal | None:
        """What the lines come to without tax and refunds; None where the document does not say."""
        document = self._document
        subtotal, total = self._stated(document.subtotal), self._stated(document.total)
        off = abs(self._stated(document.discount) or Decimal(0))
        net = whole - off if subtotal is None else subtotal
        if document.subtotal is not None and subtotal is None and document.by is not None:
            return None
        tax, shipping = self._stated(document.tax), self._stated(document.shipping) or Decimal(0)
        if tax and total is not None and net + shipping and abs(net + shipping - total) < PAISA:
            net -= tax * net / (net + shipping)
        net -= self._stated(document.included) or 0
        refunded = self._stated(document.refunded)
        if refunded and total:
            net *= (total - abs(refunded)) / total
        return net

    def _stated(self, heading: str | None) -> Decimal | None:
        text = self._sheet.under(self._lines[0], heading)
        number = self._number(text)
        if text and number is None:
            self._is_readable = False
        return number

    def _number(self, text: str) -> Decimal | None:
        return _number(text, self._document.decimal_mark)


def _less(text: str, other: str, less: Less) -> str:
    """A number without another; where one of them is none, both, for whoever reads it to refuse."""
    number, off = _number(text, less.own_mark), _number(other or "0", less.decimal_mark)
    if not text or number is None or off is None:
        return f"{text} − {other}" if text and other else text
    left = f"{number - abs(off).copy_sign(number):f}"
    if isinstance(text, WorkbookNumber):
        return WorkbookNumber(left)
    return left.replace(".", less.own_mark)


def _sum_of(texts: Sequence[str], mark: DecimalMark = ".") -> str:
    """What numbers come to; a text that is none, as it stands, for whoever reads it to refuse."""
    total: Decimal | None = None
    for text in filter(None, texts):
        number = _number(text, mark)
        if number is None:
            return text
        total = (total or Decimal(0)) + number
    return "" if total is None else f"{total:f}".replace(".", mark)


def _number(text: str, mark: DecimalMark = ".") -> Decimal | None:
    """A number written with that decimal mark, as that of a workbook never is; else None."""
    bare = bare_figure(text) if len(text) <= MAX_NUMBER_CHARACTERS and "%" not in text else ""
    if mark == "," and not isinstance(text, WorkbookNumber):
        bare = bare.translate(_EXCHANGED)
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    return Decimal(bare.replace(",", "")) if _NUMBER.fullmatch(bare) else None
