"""The money columns of a sales table: which there are, what the rows prove them to be."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lucid_orchestration.formatting import percent
from lucid_orchestration.ingest.layout.conventions import DecimalMark, decimal_mark, number_shape
from lucid_orchestration.ingest.layout.proof import (
    EXPLAINED_SHARE,
    SAMPLE_ROWS,
    TAX_FIELDS,
    MoneyColumns,
    Proof,
    Sample,
    prove,
)
from lucid_orchestration.ingest.outcomes import Issue, RefusedError, Row, Severity

# From this part of the revenue on only the owner can choose between two readings.
ASK_FROM = 0.01
PRICE_FIELDS = ("unit_price", "gross_unit_price")
AMOUNT_FIELDS = ("net_amount", "gross_amount", "list_amount", "bill_amount")
DISCOUNT_FIELDS = ("discount_amount", "discount_percent", "discount_share", "unit_discount")
TAXES = (*TAX_FIELDS, "tax_percent")
MONEY_FIELDS = frozenset({*PRICE_FIELDS, *AMOUNT_FIELDS, *DISCOUNT_FIELDS, *TAXES})

_DISCOUNT_WORDS = frozenset({"discount", "discounts", "disc", "coupon", "rebate", "छूट"})
_TAX_WORDS = frozenset({"tax", "gst", "cgst", "sgst", "igst", "utgst", "cess", "vat"})
_PRICE_WORDS = frozenset({"price", "rate", "each", "mrp"})
_AMOUNT_WORDS = frozenset({"amount", "amt", "value", "total", "sum", "price", "gross", "net"})
_BEFORE_TAX = frozenset({"taxable", "excl", "excluding", "without", "exclusive", "before"})
_NUMBER_SHARE = 0.6
_NOISE = re.compile(r"[₹$€£\s\u00a0\u202f']|rs\.?|inr|usd|eur|gbp|/-", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)")


@dataclass(frozen=True)
class SettledFigures:
    """What was found: fields with their columns, the arithmetic by column, what to say about it.

    `decimal_mark` is set where only one mark lets the rows come out.
    """

    columns: Mapping[str, int]
    decimal_mark: DecimalMark | None = None
    evidence: Mapping[int, str] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()


def settle_figures(
    header: Row,
    keys: Sequence[str],
    choices: Mapping[str, int],
    meanings: Mapping[int, str],
    told: Mapping[int, str],
    below: Sequence[Row],
) -> SettledFigures:
    """Decide what the money columns of a sales table are.

    `choices` are the fields with the column the headings alone would choose, `meanings` what each
    heading means by itself, `told` what the owner says of a column, `below` rows of the table.

    Raises:
        RefusedError: when readings that explain the rows come to different money, so that only
            the owner can choose; it gives the line for mapping.yml.
    """
    lines = [row for row in below if _is_line(row, choices, header)][:SAMPLE_ROWS]
    columns = _families(keys, choices, meanings, told, lines)
    if columns is None:
        return SettledFigures(choices)
    texts = {p: [row.cells[p] for row in lines if p < len(row.cells)] for p in _all(columns)}
    usual_mark = _mark(texts.values())
    proof, mark = None, usual_mark
    for candidate in (usual_mark, "," if usual_mark == "." else "."):
        proof = prove(columns, _sample(columns, lines, choices, candidate))
        if proof is not None and proof.tested:
            mark = candidate
            break
    if proof is None or (mark != usual_mark and not proof.tested):
        return SettledFigures(choices, issues=_unexplained(columns, header, lines, choices, mark))
    if proof.worth > ASK_FROM:
        raise _question(header, proof)
    kept = {name: at for name, at in choices.items() if name not in MONEY_FIELDS}
    sentence = _sentence(header, columns, proof)
    return SettledFigures(
        columns=kept | dict(proof.fields),
        decimal_mark=mark if mark != usual_mark else None,
        evidence=dict.fromkeys(proof.fields.values(), sentence) if sentence else {},
        issues=_doubts(header, proof),
    )


def _all(columns: MoneyColumns) -> tuple[int, ...]:
    quantity = () if columns.quantity is None else (columns.quantity,)
    return tuple(
        dict.fromkeys(
            (*quantity, *columns.prices, *columns.amounts, *columns.discounts, *columns.taxes)
        )
    )


def _families(
    keys: Sequence[str],
    choices: Mapping[str, int],
    meanings: Mapping[int, str],
    told: Mapping[int, str],
    lines: Sequence[Row],
) -> MoneyColumns | None:
    """The money columns by family; None where there is nothing to prove."""
    fixed = {place: name for place, name in told.items() if name in MONEY_FIELDS}
    prices: list[int] = []
    amounts: list[int] = []
    discounts: list[int] = []
    taxes: list[int] = []
    others = {at for name, at in choices.items() if name not in MONEY_FIELDS}
    for place, key in enumerate(keys):
        name = fixed.get(place) or meanings.get(place)
        if place in others or (place in told and place not in fixed):
            continue
        words = set(re.split(r"[\s/%()]+", key))
        if name is None and not _holds_numbers(lines, place):
            continue
        if name in PRICE_FIELDS:
            prices.append(place)
        elif name in DISCOUNT_FIELDS or (name is None and words & _DISCOUNT_WORDS):
            discounts.append(place)
        elif name in TAXES or (name is None and words & _TAX_WORDS and not words & _BEFORE_TAX):
            taxes.append(place)
        elif name in AMOUNT_FIELDS or (name is None and words & _AMOUNT_WORDS):
            amounts.append(place)
    for place in [*discounts, *taxes]:
        if place not in fixed and _is_percent(keys[place], place, lines):
            fixed[place] = "discount_percent" if place in discounts else "tax_percent"
    quantity = choices.get("quantity")
    if quantity is not None and not prices:
        prices = [p for p in amounts if set(keys[p].split()) & _PRICE_WORDS]
        amounts = [p for p in amounts if p not in prices]
    if not (prices or amounts) or not (len(prices) + len(amounts) > 1 or discounts or taxes):
        return None
    usual = {p: name for p, name in meanings.items() if name in MONEY_FIELDS} | fixed
    first = [choices[name] for name in (*PRICE_FIELDS, *AMOUNT_FIELDS) if name in choices]
    return MoneyColumns(
        quantity=quantity,
        prices=_first(prices, first),
        amounts=_first(amounts, first),
        discounts=tuple(discounts),
        taxes=tuple(taxes),
        usual=usual,
        told=fixed,
    )


def _first(places: Sequence[int], preferred: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted(places, key=lambda place: (place not in preferred, place)))


def _is_line(row: Row, choices: Mapping[str, int], header: Row) -> bool:
    """Whether a row below the headings may be a line of goods."""
    named = [choices[name] for name in ("product_name", "product_id") if name in choices]
    cells = row.cells
    return cells[: len(header.cells)] != header.cells and any(
        place < len(cells) and cells[place].strip() for place in named
    )


def _holds_numbers(lines: Sequence[Row], place: int) -> bool:
    cells = [row.cells[place].strip() for row in lines if place < len(row.cells)]
    filled = [cell for cell in cells if cell]
    numbers = sum(
        _number(cell, ".") is not None or _number(cell, ",") is not None for cell in filled
    )
    return bool(filled) and numbers >= _NUMBER_SHARE * len(filled)


def _is_percent(key: str, place: int, lines: Sequence[Row]) -> bool:
    if "%" in key or {"percent", "percentage", "pct", "rate"} & set(key.split()):
        return True
    cells = [row.cells[place].strip() for row in lines if place < len(row.cells)]
    filled = [cell for cell in cells if cell and cell != "0"]
    return bool(filled) and all(cell.endswith("%") for cell in filled)


def _mark(columns: Iterable[Sequence[str]]) -> DecimalMark:
    shapes: Counter[str] = Counter()
    for cells in columns:
        shapes.update(number_shape(cell) for cell in cells if "," in cell or "." in cell)
    return decimal_mark(shapes).value


def _sample(
    columns: MoneyColumns, lines: Sequence[Row], choices: Mapping[str, int], mark: DecimalMark
) -> Sample:
    places: dict[int, int] = {}
    rows: list[dict[int, float]] = []
    bill = choices.get("transaction_id")
    wanted = _all(columns)
    for line in lines:
        cells: dict[int, float] = {}
        for place in wanted:
            text = line.cells[place] if place < len(line.cells) else ""
            number = _number(text, mark)
            if number is not None:
                cells[place] = number
                decimals = len(_plain(text, mark).partition(".")[2])
                places[place] = max(places.get(place, 0), decimals)
        rows.append(cells)
    bills = tuple(
        line.cells[bill].strip() or None if bill is not None and bill < len(line.cells) else None
        for line in lines
    )
    return Sample(tuple(rows), bills, places)


def _plain(text: str, mark: DecimalMark) -> str:
    bare = _NOISE.sub("", text.strip().replace("−", "-").removesuffix("%"))
    bare = bare.replace("." if mark == "," else ",", "")
    bare = bare.replace(",", ".")
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    return bare


def _number(text: str, mark: DecimalMark) -> float | None:
    bare = _plain(text, mark)
    return float(bare) if _NUMBER.fullmatch(bare) else None


def _name(header: Row, place: int) -> str:
    return header.cells[place].strip()


def _sentence(header: Row, columns: MoneyColumns, proof: Proof) -> str | None:
    """The arithmetic as an owner would write it, with how many rows come out."""
    if not proof.tested:
        return None
    results = [
        _name(header, p) for p, meaning in proof.meanings.items() if meaning != "bill_amount"
    ]
    if not results:
        return None
    at = proof.fields
    parts: list[str] = []
    price = next((at[name] for name in PRICE_FIELDS if name in at), None)
    if price is not None and columns.quantity is not None:
        parts.append(f"{_name(header, columns.quantity)} × {_name(header, price)}")
    else:
        parts += [
            _name(header, place)
            for name in AMOUNT_FIELDS
            if (place := at.get(name)) is not None and place not in proof.meanings
        ]
    parts += [f"less {_name(header, at[name])}" for name in DISCOUNT_FIELDS if name in at]
    taxes = [_name(header, at[name]) for name in TAXES if name in at]
    if taxes:
        parts.append(f"and the tax in {', '.join(taxes)}")
    return (
        f"{' '.join(parts)} give {' and '.join(results)} in {proof.explained} of {proof.tested} "
        "rows looked at."
    )


def _doubts(header: Row, proof: Proof) -> tuple[Issue, ...]:
    if not proof.worth:
        return ()
    return (
        Issue(
            Severity.WARNING,
            "figures_read_two_ways",
            f"{_taken(header, proof.fields)} Read the other way the revenue would differ by "
            f"{percent(proof.worth)}. If that is right, put this into mapping.yml: "
            f"{_mapping_line(header, proof.other, proof.fields)}.",
        ),
    )


def _taken(header: Row, fields: Mapping[str, int]) -> str:
    said = [
        f'"{_name(header, place)}" was taken as {name.replace("_", " ")}'
        for name, place in fields.items()
        if name in DISCOUNT_FIELDS + AMOUNT_FIELDS
    ]
    return f"{'; '.join(said)}." if said else "The figures fit in two ways."


def _question(header: Row, proof: Proof) -> RefusedError:
    return RefusedError(
        "ambiguous_figures",
        f"The figures of this file can be read in two ways that differ by {percent(proof.worth)} "
        f"of the revenue, and only you can know which is right. Put one of these lines into "
        f"mapping.yml: {_mapping_line(header, proof.fields, proof.other)} or "
        f"{_mapping_line(header, proof.other, proof.fields)}.",
    )


def _mapping_line(header: Row, fields: Mapping[str, int], other: Mapping[str, int]) -> str:
    """The entry that fixes what two readings see differently."""
    own = {place: name for name, place in fields.items()}
    theirs = {place: name for name, place in other.items()}
    entries = [
        f'"{_name(header, place)}": {own.get(place, "ignore")}'
        for place in sorted(own.keys() | theirs.keys())
        if own.get(place) != theirs.get(place)
    ]
    return f"columns: {{{', '.join(entries)}}}"


def _unexplained(
    columns: MoneyColumns,
    header: Row,
    lines: Sequence[Row],
    choices: Mapping[str, int],
    mark: DecimalMark,
) -> tuple[Issue, ...]:
    """A warning where quantity × price stands beside an amount and does not give it."""
    amount = next((choices[name] for name in AMOUNT_FIELDS if name in choices), None)
    price = choices.get("unit_price")
    if amount is None or price is None or columns.quantity is None:
        return ()
    rows = _sample(columns, lines, choices, mark).rows
    known = [
        (cells[amount], cells[columns.quantity] * cells[price])
        for cells in rows
        if amount in cells and price in cells and columns.quantity in cells
    ]
    total = sum(abs(stated) for stated, _ in known)
    off = [
        (stated, worked) for stated, worked in known if abs(stated - worked) > 0.01 * abs(stated)
    ]
    if not known or len(off) <= (1 - EXPLAINED_SHARE) * len(known):
        return ()
    gap = abs(sum(worked - stated for stated, worked in off)) / (total or 1.0)
    return (
        Issue(
            Severity.WARNING,
            "amounts_unexplained",
            f'In {len(off)} of {len(known)} rows looked at, "{_name(header, amount)}" is not '
            f'"{_name(header, columns.quantity)}" × "{_name(header, price)}", and no column says '
            f"why; {percent(gap)} of the revenue lies between them. "
            f'"{_name(header, amount)}" was taken. If that is wrong, put this into mapping.yml: '
            f'columns: {{"{_name(header, amount)}": ignore}}.',
        ),
    )
