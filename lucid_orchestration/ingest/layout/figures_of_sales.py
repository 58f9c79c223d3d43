"""The money columns of a sales table: which there are, what the rows prove them to be."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lucid_orchestration.formatting import percent
from lucid_orchestration.ingest.layout.conventions import DecimalMark, decimal_mark, number_shape
from lucid_orchestration.ingest.layout.proof import (
    DISCOUNT_STEP,
    EXPLAINED_SHARE,
    ROUND_SHARE,
    SAMPLE_ROWS,
    TAX_FIELDS,
    TAX_STEP,
    MoneyColumns,
    Proof,
    Sample,
    is_rate,
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
_ABOUT_DISCOUNT = frozenset({"post", "pre", "after", "before", "discounted"})
_AMOUNT_WORDS = frozenset({"amount", "amt", "value", "total", "sum", "price", "gross", "net"})
_BEFORE_TAX = frozenset({"taxable", "excl", "excluding", "without", "exclusive", "before"})
_WITH_TAX = frozenset({"incl", "including", "inclusive", "mrp"})
_NUMBER_SHARE = 0.6
_NOISE = re.compile(r"[₹$€£\s\u00a0\u202f']|rs\.?|inr|usd|eur|gbp|/-", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])|[^\W\d_]+")
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
    columns = _families(header, choices, meanings, told, lines)
    known = MONEY_FIELDS & choices.keys()
    if not known and columns.amounts + columns.prices and "quantity" in choices:
        raise _unknown_figures(header, columns)
    if not known:
        return SettledFigures(choices)
    price_or_amount = _price_or_amount(header, columns, lines, choices)
    if price_or_amount is not None:
        raise price_or_amount
    if len(_all(columns)) < 3:
        return SettledFigures(choices)
    texts = {p: [row.cells[p] for row in lines if p < len(row.cells)] for p in _all(columns)}
    usual_mark = _mark(texts.values())
    proof = prove(columns, _sample(columns, lines, choices, usual_mark))
    mark = usual_mark
    if proof is None:
        mark = "," if usual_mark == "." else "."
        proof = prove(columns, _sample(columns, lines, choices, mark))
    is_found = proof is not None and (mark == usual_mark or proof.tested)
    if len(columns.amounts) > 1 and not columns.prices and not (is_found and proof.meanings):
        return _unlinked(columns, header, _sample(columns, lines, choices, usual_mark), choices)
    if proof is None or not is_found:
        return _unexplained(columns, header, lines, choices, usual_mark)
    if proof.worth_asked > ASK_FROM:
        raise _question(header, proof)
    # what no second figure shows stays as its heading says
    proved = set() if not proof.meanings else MONEY_FIELDS
    kept = {
        name: at
        for name, at in choices.items()
        if name not in proved and at not in proof.fields.values()
    }
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
    others = {at for name, at in choices.items() if name not in MONEY_FIELDS}
    for place, heading in enumerate(header.cells):
        name = fixed.get(place) or meanings.get(place)
        if place in others or (place in told and place not in fixed):
            continue
        words = _words(heading)
        if name not in MONEY_FIELDS:
            name = None
        if not _holds_numbers(lines, place):
            continue
        if name in PRICE_FIELDS:
            prices.append(place)
        elif name in DISCOUNT_FIELDS or (
            name is None and words & _DISCOUNT_WORDS and not words & _ABOUT_DISCOUNT
        ):
            discounts.append(place)
        elif name in TAXES or (name is None and words & _TAX_WORDS and not words & _BEFORE_TAX):
            taxes.append(place)
        elif name in AMOUNT_FIELDS or (name is None and words & _AMOUNT_WORDS):
            amounts.append(place)
    for place in [*discounts, *taxes]:
        if place not in fixed and _is_percent(header.cells[place], place, lines):
            fixed[place] = "discount_percent" if place in discounts else "tax_percent"
    if not prices:
        prices = [p for p in amounts if _words(header.cells[p]) & _PRICE_WORDS]
        amounts = [p for p in amounts if p not in prices]
    usual = {p: name for p, name in meanings.items() if name in MONEY_FIELDS} | fixed
    first = [choices[name] for name in (*PRICE_FIELDS, *AMOUNT_FIELDS) if name in choices]
    return MoneyColumns(
        quantity=choices.get("quantity"),
        prices=_first(prices, first),
        amounts=_first(amounts, first),
        discounts=tuple(discounts),
        taxes=tuple(taxes),
        usual=usual,
        told=fixed,
        plain=_plain_headings(header, prices, amounts) | fixed,
    )


def _plain_headings(header: Row, prices: Sequence[int], amounts: Sequence[int]) -> dict[int, str]:
    """What headings say that name the tax, or the net."""
    plain: dict[int, str] = {}
    for place in (*prices, *amounts):
        words = _words(header.cells[place])
        fields = PRICE_FIELDS if place in prices else AMOUNT_FIELDS[:2]
        if words & _WITH_TAX:
            plain[place] = fields[1]
        elif words & (_BEFORE_TAX | {"net"}):
            plain[place] = fields[0]
    return plain


def _words(heading: str) -> frozenset[str]:
    """The words of a heading, also of one written NetPrice or net_price."""
    return frozenset(word.casefold() for word in _WORD.findall(heading))


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


def _is_percent(heading: str, place: int, lines: Sequence[Row]) -> bool:
    if "%" in heading or {"percent", "percentage", "pct", "rate"} & _words(heading):
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
    at = proof.fields
    price = next((at[name] for name in PRICE_FIELDS if name in at), None)
    base = next(
        (at[name] for name in AMOUNT_FIELDS if at.get(name) not in (None, *proof.meanings)), None
    )
    if price is not None and columns.quantity is not None:
        start = f"{_name(header, columns.quantity)} × {_name(header, price)}"
    elif base is not None:
        start = _name(header, base)
    else:
        return None
    off = "".join(f" − {_name(header, at[name])}" for name in DISCOUNT_FIELDS if name in at)
    tax = "".join(f" + {_name(header, at[name])}" for name in TAXES if name in at)
    sums = {"list_amount": start, "net_amount": start + off, "gross_amount": start + off + tax}
    if "gross_unit_price" in at:
        sums |= {"net_amount": start + off + tax.replace("+", "−"), "gross_amount": start + off}
    said = [
        f"{sums[meaning]} = {_name(header, place)}"
        for place, meaning in proof.meanings.items()
        if meaning in sums
    ]
    if not said or not proof.tested:
        return None
    return f"{'; '.join(said)}: in {proof.explained} of {proof.tested} rows looked at."


def _unlinked(
    columns: MoneyColumns, header: Row, sample: Sample, choices: Mapping[str, int]
) -> SettledFigures:
    """Two amounts that no other column links: the smaller is net where a round rate parts them.

    Raises:
        RefusedError: when nothing tells which of them the shop took.
    """
    first, second = columns.amounts[:2]
    pairs = [(abs(c[first]), abs(c[second])) for c in sample.rows if first in c and second in c]
    sums = [sum(values) for values in zip(*pairs, strict=True)] or [0.0, 0.0]
    net, more = (first, second) if sums[0] <= sums[1] else (second, first)
    if abs(sums[0] - sums[1]) <= ASK_FROM * max(sums):
        return SettledFigures(choices)
    parts = [(abs(a - b), min(a, b), max(a, b)) for a, b in pairs if a and b and a != b]
    taxes = sum(is_rate(part, low, TAX_STEP, 2) for part, low, _ in parts)
    discounts = sum(is_rate(part, high, DISCOUNT_STEP, 2) for part, _, high in parts)
    usual = {columns.usual.get(net), columns.plain.get(net)}
    is_named_net = "net_amount" in usual and columns.usual.get(more) != "net_amount"
    if max(taxes, discounts) < ROUND_SHARE * len(parts) and not is_named_net:
        raise RefusedError(
            "ambiguous_figures",
            f'"{_name(header, net)}" and "{_name(header, more)}" hold different amounts, and '
            "nothing else in the file tells which is what the shop took without tax. Put one of "
            f'these lines into mapping.yml: columns: {{"{_name(header, more)}": ignore}} or '
            f'columns: {{"{_name(header, net)}": ignore}}.',
        )
    other = "gross_amount" if taxes >= discounts else "list_amount"
    sentence = (
        f"{_name(header, more)} is {_name(header, net)} and a round "
        f"{'tax on top' if taxes >= discounts else 'discount more'}."
    )
    kept = {name: at for name, at in choices.items() if name not in AMOUNT_FIELDS}
    return SettledFigures(
        kept | {"net_amount": net, other: more},
        evidence={net: sentence, more: sentence},
    )


def _doubts(header: Row, proof: Proof) -> tuple[Issue, ...]:
    if not proof.others:
        return ()
    lines = " or ".join(_mapping_line(header, other, proof.fields) for other in proof.others)
    return (
        Issue(
            Severity.WARNING,
            "figures_read_two_ways",
            f"{_taken(header, proof.fields)} Read another way the revenue would differ by up to "
            f"{percent(proof.worth)}. If that is right, put this into mapping.yml: {lines}.",
        ),
    )


def _taken(header: Row, fields: Mapping[str, int]) -> str:
    said = [
        f'"{_name(header, place)}" was taken as {name.replace("_", " ")}'
        for name, place in fields.items()
        if name in DISCOUNT_FIELDS + AMOUNT_FIELDS
    ]
    return f"{'; '.join(said)}." if said else "The figures fit in several ways."


def _question(header: Row, proof: Proof) -> RefusedError:
    readings = [proof.fields, *proof.others]
    lines = [
        _mapping_line(header, fields, readings[1] if fields is readings[0] else readings[0])
        for fields in readings
    ]
    return RefusedError(
        "ambiguous_figures",
        f"The figures of this file can be read in {len(readings)} ways that differ by up to "
        f"{percent(proof.worth)} of the revenue, and only you can know which is right. Put one of "
        f"these lines into mapping.yml: {' or '.join(lines)}.",
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


def _unknown_figures(header: Row, columns: MoneyColumns) -> RefusedError:
    """No heading of a price or an amount is known: one question instead of a reason per line."""
    candidates = [_name(header, place) for place in (*columns.prices, *columns.amounts)]
    return RefusedError(
        "unknown_figures",
        f"Lucid does not know which column holds the money. It may be {' or '.join(candidates)}. "
        f'Say so in mapping.yml, for instance: columns: {{"{candidates[-1]}": net_amount}} for the '
        f'amount of a line, or columns: {{"{candidates[-1]}": unit_price}} for the price of one.',
    )


def _price_or_amount(
    header: Row, columns: MoneyColumns, lines: Sequence[Row], choices: Mapping[str, int]
) -> RefusedError | None:
    """A question where the only money column may be of the piece or of the line."""
    (place, *more) = (*columns.prices, *columns.amounts, None)
    if more != [None] or place is None or place in columns.told or columns.quantity is None:
        return None
    is_named_price = bool(_words(header.cells[place]) & _PRICE_WORDS)
    if is_named_price == (columns.usual.get(place) in PRICE_FIELDS):
        return None
    rows = _sample(columns, lines, choices, _mark([[r.cells[place] for r in lines]])).rows
    known = [(c[place], c[columns.quantity]) for c in rows if place in c and columns.quantity in c]
    stated = sum(amount for amount, _ in known)
    worked = sum(amount * quantity for amount, quantity in known)
    if not stated or abs(worked - stated) <= ASK_FROM * abs(stated):
        return None
    name = _name(header, place)
    return RefusedError(
        "ambiguous_figures",
        f'"{name}" may be the price of one piece or the amount of the line, and nothing else in '
        f"the file tells. Put one of these lines into mapping.yml: "
        f'columns: {{"{name}": unit_price}} or columns: {{"{name}": net_amount}}.',
    )


def _unexplained(
    columns: MoneyColumns,
    header: Row,
    lines: Sequence[Row],
    choices: Mapping[str, int],
    mark: DecimalMark,
) -> SettledFigures:
    """The columns as their headings say, and a warning where price and amount disagree."""
    amount = next((choices[name] for name in AMOUNT_FIELDS if name in choices), None)
    fields = dict(choices)
    if amount is None and columns.amounts:
        amount = columns.amounts[0]
        is_gross = bool(_words(header.cells[amount]) & {"gross", "incl", "including", "with"})
        fields["gross_amount" if is_gross else "net_amount"] = amount
    price = choices.get("unit_price")
    if amount is None or price is None or columns.quantity is None:
        return SettledFigures(fields)
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
        return SettledFigures(fields)
    gap = abs(sum(worked - stated for stated, worked in off)) / (total or 1.0)
    name = _name(header, amount)
    return SettledFigures(
        fields,
        issues=(
            Issue(
                Severity.WARNING,
                "amounts_unexplained",
                f'In {len(off)} of {len(known)} rows looked at, "{name}" is not '
                f'"{_name(header, columns.quantity)}" × "{_name(header, price)}", and no column '
                f'says why; {percent(gap)} of the revenue lies between them. "{name}" was taken. '
                f'If that is wrong, put this into mapping.yml: columns: {{"{name}": ignore}}.',
            ),
        ),
    )
