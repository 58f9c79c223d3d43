"""Which columns of a sales table hold money, by family, and their rows as numbers."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from lucid_orchestration.ingest.currency_marks import without_marks
from lucid_orchestration.ingest.kinds import (
    AMOUNT_FIELDS,
    DISCOUNT_FIELDS,
    MONEY_FIELDS,
    PRICE_FIELDS,
    TAX_FIELDS,
)
from lucid_orchestration.ingest.layout.conventions import DecimalMark
from lucid_orchestration.ingest.layout.documents import TAKEN_BACK, said
from lucid_orchestration.ingest.layout.money.heading_words import (
    heading_words,
    is_price,
    words_of,
)
from lucid_orchestration.ingest.layout.money.marks import Marks
from lucid_orchestration.ingest.layout.money.readings import MoneyColumns, Sample
from lucid_orchestration.ingest.outcomes import Row, WorkbookNumber, filled_cells

SAMPLE_ROWS = 600

_NUMBER_SHARE = 0.6
# Amounts this near to quantity × price are that, if so many are.
_NEAR = 0.01
_AGREEING_SHARE = 0.9
# marks of groups, and what Vyapar writes before a rate ("GST@18%")
_NOISE = re.compile(r"[\s\u00a0\u202f'’‘ʼ´`′]|/-|[.,:][-–—]{1,2}$|^[a-z]+@", re.IGNORECASE)
_RATE_NAMED = re.compile(r"\d[\d.,]*\s*%")
# "TaxPer" and "Disc. Per", but not "Discount per piece"
_PER_HUNDRED = re.compile(r"(?:[a-z]P|(?<![^\W_])[Pp])(?:er|ER)\.?\s*$")
_CENTS = re.compile(r"\d[.,]\d\d(?!\d)")
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)")


def all_columns(columns: MoneyColumns) -> tuple[int, ...]:
    """The quantity and all money columns, each once."""
    quantity = () if columns.quantity is None else (columns.quantity,)
    return tuple(
        dict.fromkeys(
            (*quantity, *columns.prices, *columns.amounts, *columns.discounts, *columns.taxes)
        )
    )


def families(
    header: Row,
    choices: Mapping[str, int],
    meanings: Mapping[int, str],
    told: Mapping[int, str],
    lines: Sequence[Row],
) -> MoneyColumns:
    """The money columns by family."""
    fixed = {place: name for place, name in told.items() if name in MONEY_FIELDS}
    prices: list[int] = []
    amounts: list[int] = []
    discounts: list[int] = []
    taxes: list[int] = []
    carriage: list[int] = []
    costs: list[int] = []
    refunds: list[int] = []
    others = {at for name, at in choices.items() if name not in MONEY_FIELDS}
    for place, heading in enumerate(header.cells):
        name = fixed.get(place) or meanings.get(place)
        if place in others or (place in told and place not in fixed):
            continue
        if place not in fixed and name is not None and name not in MONEY_FIELDS:
            continue  # a heading whose whole means something else, whatever its words
        words, known = words_of(heading), heading_words()
        if not _holds_numbers(lines, place):
            continue
        if name is None and words & (known.cost | known.earned) and not words & known.carriage:
            if words & _beside_tax() and not words & known.earned:
                costs.append(place)
            continue
        if name is None and words & known.carriage and not _holds_more(words):
            carriage.append(place)
            continue
        if name is None and words & (known.count | known.fee) and not words & known.price:
            continue
        is_money = words & (known.amount | known.price)
        if name is None and (
            names_refund(heading)
            or (
                said(heading).meaning in TAKEN_BACK
                and _are_cents_back(heading, place, choices.get("quantity"), lines)
            )
        ):
            refunds.append(place)
            continue
        if name in PRICE_FIELDS:
            prices.append(place)
        elif name in DISCOUNT_FIELDS or (
            name is None and _names_discount(heading) and not words & known.about_discount
        ):
            discounts.append(place)
        elif name in TAX_FIELDS or (
            name is None
            and words & known.tax
            and not words & _beside_tax()
            and not _is_with_tax_beside(words)
        ):
            taxes.append(place)
        elif name in AMOUNT_FIELDS or (
            name is None and (is_money or (words & known.tax and words & _beside_tax()))
        ):
            amounts.append(place)
    if not prices and not amounts:
        amounts = costs  # a register of purchases, which its title tells
    for place in [*discounts, *taxes]:
        if place not in fixed and _is_percent(header.cells[place], place, lines):
            fixed[place] = "discount_percent" if place in discounts else "tax_percent"
        elif (
            place in taxes
            and place not in fixed
            and words_of(header.cells[place]) & heading_words().in_money
        ):
            fixed[place] = "tax_amount"
    if not prices:
        prices = [p for p in amounts if is_price(header.cells[p])]
        amounts = [p for p in amounts if p not in prices]
    is_gross_taxed = not discounts and any(
        words_of(header.cells[place]) & heading_words().value_added for place in taxes
    )
    gross = {"gross"} if is_gross_taxed else set()
    usual = {p: name for p, name in meanings.items() if name in MONEY_FIELDS} | fixed
    first = [choices[name] for name in (*PRICE_FIELDS, *AMOUNT_FIELDS) if name in choices]
    return MoneyColumns(
        quantity=choices.get("quantity"),
        prices=_first(prices, first),
        amounts=_first(amounts, first),
        discounts=tuple(discounts),
        taxes=tuple(taxes),
        carriage=tuple(carriage),
        refunds=tuple(refunds),
        fractions=frozenset(
            place
            for place in discounts
            if place not in told
            and fixed.get(place) == "discount_percent"
            and _are_fractions(lines, place)
        ),
        usual=usual,
        told=fixed,
        plain=_plain_headings(header, prices, amounts, gross, nets={"net"}) | fixed,
        explicit=_plain_headings(header, prices, amounts, gross),
    )


def _are_cents_back(heading: str, place: int, quantity: int | None, lines: Sequence[Row]) -> bool:
    """Whether "Refunded" alone holds money by its cents: more than the pieces that were sold."""
    if not said(heading).is_whole or quantity is None:
        return False
    return any(
        _CENTS.search(back) and _size(back) > _size(sold)
        for back, sold in (
            (row.cells[place].strip(), row.cells[quantity].strip())
            for row in lines
            if max(place, quantity) < len(row.cells)
        )
    )


def _size(text: str) -> float:
    """How large a number is, whichever mark divides it."""
    return abs(figure(text.replace(",", "."), ".") or 0.0)


def _plain_headings(
    header: Row,
    prices: Sequence[int],
    amounts: Sequence[int],
    gross: Collection[str],
    nets: Collection[str] = (),
) -> dict[int, str]:
    """What headings say that name the tax, or by one of the words `gross` or `nets` which it is."""
    plain: dict[int, str] = {}
    for place in (*prices, *amounts):
        words = words_of(header.cells[place])
        fields = PRICE_FIELDS if place in prices else AMOUNT_FIELDS[:2]
        if words & (heading_words().with_tax - {"gross"} | {*gross}) or _is_with_tax_beside(words):
            plain[place] = fields[1]
        elif words & heading_words().before_tax or words & {*nets}:
            plain[place] = fields[0]
    return plain


def _beside_tax() -> frozenset[str]:
    """The words that make a heading such as "Line Ex VAT" one of money beside a tax."""
    known = heading_words()
    return known.before_tax | known.with_tax


def _is_with_tax_beside(words: Collection[str]) -> bool:
    """Whether a heading names a price or an amount "with tax"."""
    known = heading_words()
    return all(
        not group.isdisjoint(words) for group in (known.price | known.amount, known.tax)
    ) and (not known.beside.isdisjoint(words))


def _holds_more(words: Collection[str]) -> bool:
    """Whether a heading with a word for postage names what holds it: "Total and Freight"."""
    known = heading_words()
    is_money = not (known.amount | known.price).isdisjoint(words)
    return not known.with_tax.isdisjoint(words) or (is_money and not known.beside.isdisjoint(words))


def _names_discount(heading: str) -> bool:
    words, known = words_of(heading), heading_words()
    return bool(words & known.discount or ("%" in heading and words & known.discount_percent))


def names_refund(heading: str) -> bool:
    """Whether a heading speaks of money and of its being paid back."""
    known = heading_words()
    is_money = words_of(heading) & (known.amount | known.price)
    return bool(is_money) and said(heading).meaning in TAKEN_BACK


def _first(places: Sequence[int], preferred: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted(places, key=lambda place: (place not in preferred, place)))


def is_line(row: Row, choices: Mapping[str, int], header: Row) -> bool:
    """Whether a row below the headings may be a line of goods."""
    is_header = row.cells[: len(header.cells)] == header.cells
    return not is_header and any(product_of(row, choices))


def product_of(row: Row, choices: Mapping[str, int]) -> tuple[str, ...]:
    """The cells of a row that name its product; none where it is too short."""
    places = (choices[name] for name in ("product_id", "product_name") if name in choices)
    return tuple(row.cells[place].strip() for place in places if place < len(row.cells))


def _holds_numbers(lines: Sequence[Row], place: int) -> bool:
    filled = filled_cells(lines, place)
    return bool(filled) and are_figures(filled, _NUMBER_SHARE)


def are_figures(cells: Sequence[str], share: float) -> bool:
    """Whether so large a share of the cells are numbers, whichever mark divides them."""
    numbers = sum(figure(cell, ".") is not None or figure(cell, ",") is not None for cell in cells)
    return numbers >= share * len(cells)


def _are_fractions(lines: Sequence[Row], place: int) -> bool:
    """Whether figures without a percent sign all stay below 1, whichever mark divides them."""
    cells = filled_cells(lines, place)
    marked = any("%" in cell for cell in cells)
    figures = [_size(cell) for cell in cells]
    return not marked and any(figures) and max(figures) < 1


def _is_percent(heading: str, place: int, lines: Sequence[Row]) -> bool:
    # "CGST 9%" names a rate, its cells are money
    named = "%" in _RATE_NAMED.sub("", heading)
    if named or heading_words().percent & words_of(heading) or _PER_HUNDRED.search(heading):
        return True
    filled = [cell for cell in filled_cells(lines, place) if cell != "0"]
    return bool(filled) and all("%" in (cell[0], cell[-1]) for cell in filled)


def sample_of(
    columns: MoneyColumns, lines: Sequence[Row], choices: Mapping[str, int], marks: Marks
) -> Sample:
    """The lines as numbers, with the bill each belongs to."""
    places: dict[int, int] = {}
    rows: list[dict[int, float]] = []
    bill = choices.get("transaction_id")
    wanted = (*all_columns(columns), *columns.carriage, *columns.refunds)
    for line in lines:
        cells: dict[int, float] = {}
        for place in wanted:
            text = line.cells[place] if place < len(line.cells) else ""
            mark = mark_of(text, place, marks)
            number = figure(text, mark)
            if number is not None:
                cells[place] = number
                decimals = len(plain_figure(text, mark).partition(".")[2])
                places[place] = max(places.get(place, 0), decimals)
        rows.append(cells)
    bills = tuple(
        line.cells[bill].strip() or None if bill is not None and bill < len(line.cells) else None
        for line in lines
    )
    return Sample(tuple(rows), bills, places)


def figure_of(row: Row, place: int, marks: Marks) -> float | None:
    """The number in a cell; None where there is none."""
    text = row.cells[place] if place < len(row.cells) else ""
    return figure(text, mark_of(text, place, marks))


def are_products(rows: Sequence[Row], quantity: int, price: int, amount: int, marks: Marks) -> bool:
    """Whether nearly all amounts of the rows are quantity × price, as far as both are stated."""
    near = [
        abs(pieces * each - whole) <= max(_NEAR * abs(whole), _NEAR)
        for pieces, each, whole in stated_figures(rows, (quantity, price, amount), marks)
    ]
    return bool(near) and sum(near) >= _AGREEING_SHARE * len(near)


def stated_figures(
    rows: Iterable[Row], places: tuple[int, int, int], marks: Marks
) -> Iterator[tuple[float, float, float]]:
    """The numbers of three columns, such as quantity, price and amount, of rows with all three."""
    for row in rows:
        first, second, third = (figure_of(row, place, marks) for place in places)
        if first is not None and second is not None and third is not None:
            yield first, second, third


def mark_of(text: str, place: int, marks: Marks) -> DecimalMark:
    """What a workbook holds as a number has a point, whatever the texts around it are."""
    return "." if isinstance(text, WorkbookNumber) else marks.of(place)


def bare_figure(text: str) -> str:
    """A number text without currency, percent sign and blanks, its marks as they stand."""
    return _NOISE.sub("", without_marks(text).replace("−", "-").strip("%"))


# prices and quantities repeat from line to line
@lru_cache(maxsize=16_384)
def plain_figure(text: str, mark: DecimalMark) -> str:
    """A number text without currency and grouping, with a point as its decimal mark."""
    bare = bare_figure(text)
    bare = bare.replace("." if mark == "," else ",", "")
    bare = bare.replace(",", ".").replace("٬", "").replace("٫", ".")
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    return bare


@lru_cache(maxsize=16_384)
def figure(text: str, mark: DecimalMark) -> float | None:
    """The number a text says; None when it says none."""
    bare = plain_figure(text, mark)
    return float(bare) if _NUMBER.fullmatch(bare) else None
