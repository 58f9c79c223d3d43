"""What an owner is told about the money columns of a table: the proof, doubts, questions."""

from collections.abc import Mapping, Sequence

from lucid_orchestration.formatting import percent
from lucid_orchestration.ingest.kinds import (
    AMOUNT_FIELDS,
    DISCOUNT_FIELDS,
    MEANINGS,
    PRICE_FIELDS,
    TAX_FIELDS,
)
from lucid_orchestration.ingest.layout.money.heading_words import is_with_tax
from lucid_orchestration.ingest.layout.money.marks import Marks
from lucid_orchestration.ingest.layout.money.proof import Proof
from lucid_orchestration.ingest.layout.money.readings import MoneyColumns
from lucid_orchestration.ingest.outcomes import Issue, RefusedError, Row, Severity

# Points that may group digits as well as divide.
DOUBTFUL_MARK = "ambiguous_decimal_mark"
# Money paid back beside what was sold.
REFUND_NOT_USED = "refund_not_used"
GROUPED = "Points stand between thousands: no number below a thousand has one, all others have."


def proof_sentence(header: Row, columns: MoneyColumns, proof: Proof) -> str | None:
    """The arithmetic as an owner would write it, with how many rows come out."""
    at = proof.fields
    price = next((at[name] for name in PRICE_FIELDS if name in at), None)
    base = next((n for n in AMOUNT_FIELDS if at.get(n) not in (None, *proof.meanings)), None)
    if price is not None and columns.quantity is not None:
        start = f"{column_name(header, columns.quantity)} × {column_name(header, price)}"
    elif base is not None:
        start = column_name(header, at[base])
    else:
        return None
    off = "".join(f" − {column_name(header, at[name])}" for name in DISCOUNT_FIELDS if name in at)
    tax = "".join(f" + {column_name(header, at[name])}" for name in TAX_FIELDS if name in at)
    sums = {"list_amount": start, "net_amount": start + off, "gross_amount": start + off + tax}
    if price is None and base in ("net_amount", "gross_amount"):
        net = start + ("" if base == "net_amount" else tax.replace("+", "−"))
        sums = {"list_amount": net + off.replace("−", "+"), "net_amount": net}
        sums["gross_amount"] = net + tax
    if "gross_unit_price" in at:
        sums |= {"net_amount": start + off + tax.replace("+", "−"), "gross_amount": start + off}
    said = [
        f"{sums[meaning]} = {column_name(header, place)}"
        for place, meaning in proof.meanings.items()
        if meaning in sums
    ]
    proofs = []
    if said and proof.tested:
        proofs.append(f"{'; '.join(said)}: in {proof.explained} of {proof.tested} rows looked at.")
    for place, (fitting, bills) in proof.bills.items():
        proofs.append(
            f"The lines of a bill add up to {column_name(header, place)}: in {fitting} of {bills} "
            "bills with several lines."
        )
    return " ".join(proofs) or None


def doubts(header: Row, proof: Proof) -> tuple[Issue, ...]:
    """A warning that says what other readings of the same figures would be worth."""
    if not proof.others:
        return ()
    lines = " or ".join(
        _mapping_line(header, other, (proof.fields, other)) for other in proof.others
    )
    taken = "; ".join(
        f'"{column_name(header, place)}" was taken as {name.replace("_", " ")}'
        for name, place in proof.fields.items()
        if name in DISCOUNT_FIELDS + AMOUNT_FIELDS
    )
    message = (
        f"{taken or 'The figures fit in several ways'}. Read another way the revenue would differ "
        f"by up to {percent(proof.worth)}. If that is right, put this into mapping.yml: {lines}."
    )
    issue = Issue(
        Severity.WARNING, "figures_read_two_ways", message, revenue_share=min(proof.worth, 1.0)
    )
    return (issue,)


def question(header: Row, proof: Proof) -> RefusedError:
    """Readings whose money is too far apart for anybody but the owner to choose."""
    readings = (proof.fields, *proof.others)
    lines = [_mapping_line(header, fields, readings) for fields in readings]
    return RefusedError(
        "ambiguous_figures",
        f"The figures of this file can be read in {len(lines)} ways that differ by up to "
        f"{percent(proof.worth)} of the revenue, and only you can know which is right. Put one of "
        f"these lines into mapping.yml: {' or '.join(lines)}.",
    )


def unknown_money(header: Row, columns: MoneyColumns) -> RefusedError:
    """No heading of a price or an amount is known: one question instead of a reason per line."""
    candidates = [
        column_name(header, place) for place in sorted((*columns.prices, *columns.amounts))
    ]
    if not candidates:
        return RefusedError(
            "unknown_figures",
            "No column can hold the price or the amount of a line. Export the file with one, or "
            "say in mapping.yml which heading means the amount of a line: net_amount.",
        )
    return RefusedError(
        "unknown_figures",
        f"Lucid does not know which column holds the money. It may be {' or '.join(candidates)}. "
        f'Say so in mapping.yml, for instance: columns: {{"{candidates[-1]}": net_amount}} for the '
        f'amount of a line, or columns: {{"{candidates[-1]}": unit_price}} for the price of one.',
    )


def unknown_column(header: Row, sought: str, offers: Sequence[tuple[int, str]]) -> RefusedError:
    """Every row lacks what a column in unknown words may hold; `offers` are places with fields."""
    lines = [f'columns: {{"{column_name(header, place)}": {field}}}' for place, field in offers]
    kinds = dict.fromkeys(field for _, field in offers)
    meant = "; ".join(f"{field} is {MEANINGS[field]}" for field in kinds)
    return RefusedError(
        "unknown_figures",
        f"No heading Lucid knows holds {sought}, without which no row can count. Put "
        f"{'one of these lines' if len(lines) > 1 else 'this'} into mapping.yml: "
        f"{' or '.join(lines)} ({meant}).",
    )


def two_sides(names: Sequence[str]) -> RefusedError:
    """Money of an account: sales on the one side, what came back on the other."""
    return RefusedError(
        "two_sides_of_an_account",
        f'"{names[0]}" and "{names[1]}" are two sides of one account: one of them holds what was '
        "sold, the other what came back, and either alone would leave out returns or make sales of "
        "them. Export the list with one column of amounts, those of returns below zero.",
    )


def in_hundredths(name: str) -> RefusedError:
    """Figures a hundred times what they look like beside others."""
    return RefusedError(
        "money_in_hundredths",
        f'"{name}" holds hundredths of the currency, which Lucid does not convert. Export the file '
        "with whole amounts and decimals, or divide the column by 100.",
    )


def in_thousands(name: str, unit: str) -> RefusedError:
    """Money that is written without its last digits."""
    return RefusedError(
        "thousands_of_the_currency",
        f'"{name}" is counted in {unit}, so that its last digits are not in the file: Lucid does '
        "not make up what was rounded off. Export the file with whole amounts.",
    )


def price_or_amount(name: str) -> RefusedError:
    """The only money column may be of the piece or of the line, with the tax its heading tells."""
    gross = is_with_tax(name)
    price, amount = (names[gross] for names in (PRICE_FIELDS, AMOUNT_FIELDS))
    return RefusedError(
        "ambiguous_figures",
        f'"{name}" may be the price of one piece or the amount of the line, and nothing else in '
        "the file tells. Put one of these lines into mapping.yml: "
        f'columns: {{"{name}": {price}}} or columns: {{"{name}": {amount}}}.',
    )


def price_not_amount(header: Row, place: int, quantity: int) -> Issue:
    """An amount that stays the same whatever the quantity, which makes it a price."""
    name = column_name(header, place)
    return Issue(
        Severity.WARNING,
        "amount_taken_as_price",
        f'"{name}" is the same for a product whatever "{column_name(header, quantity)}" says. It '
        "was taken as the price of one piece. If it is the amount of the line, put this into "
        f'mapping.yml: columns: {{"{name}": net_amount}}.',
        revenue_share=1.0,
    )


def shared_discount(header: Row, discount: int, total: int, fitting: int, bills: int) -> str:
    """The arithmetic that proves a discount to be of the whole bill."""
    return (
        f"The lines of a bill less {column_name(header, discount)} are "
        f"{column_name(header, total)}: in {fitting} of {bills} bills. The lines share it."
    )


def bill_sum(
    header: Row,
    total: int,
    discount: int | None,
    charges: Sequence[int],
    fitting: int,
    bills: int,
) -> str:
    """The arithmetic that proves figures to be of the whole bill."""
    less = "" if discount is None else f" less {column_name(header, discount)}"
    plus = "".join(f" plus {column_name(header, place)}" for place in charges)
    share = "" if discount is None else " The lines share the discount."
    return (
        f"The lines of a bill{less}{plus} are {column_name(header, total)}: in {fitting} of "
        f"{bills} bills.{share}"
    )


def bills_apart(header: Row, total: int, off: int, bills: int, apart: float, lines: float) -> Issue:
    """Totals of some bills that are not what all others show them to be."""
    return Issue(
        Severity.WARNING,
        "bill_total_differs",
        f'In {off} of {bills} bills of the rows looked at "{column_name(header, total)}" is '
        f"{apart:.2f} in all apart from what their lines and the other figures of the bill come "
        "to. The lines were counted.",
        revenue_share=min(apart / (lines or 1.0), 1.0),
    )


def unshared_discount(header: Row, discount: int, total: int) -> RefusedError:
    """A discount of whole bills in a file whose columns cannot be told apart for sharing it."""
    name = column_name(header, discount)
    return RefusedError(
        "unshared_discount",
        f'"{name}" comes off whole bills, as "{column_name(header, total)}" shows. Lucid cannot '
        "share it out here: give every column a heading of its own and write all numbers with the "
        f'same decimal mark, or put this into mapping.yml: columns: {{"{name}": ignore}} to count '
        "the lines without it.",
    )


def bill_totals(header: Row, place: int, lines: float, stated: float) -> Issue:
    """Totals of bills that hold more, or less, than their lines."""
    name = column_name(header, place)
    more = "more" if stated > lines else "less"
    return Issue(
        Severity.WARNING,
        "bill_total_differs",
        f'"{name}" is of the whole bill. Of the rows looked at the lines come to {lines:.2f}, '
        f'"{name}" to {stated:.2f}: {percent(abs(stated - lines) / (abs(lines) or 1.0))} {more}, '
        "such as delivery, tax, rounding or a discount of the bill. The lines were counted. To say "
        f'that this is right, put this into mapping.yml: columns: {{"{name}": bill_amount}}.',
        revenue_share=min(abs(stated - lines) / (abs(lines) or 1.0), 1.0),
    )


def unused_refund(header: Row, place: int, refunded: float, lines: float) -> Issue:
    """Money paid back beside what was sold, that no document takes off."""
    name = column_name(header, place)
    return Issue(
        Severity.WARNING,
        REFUND_NOT_USED,
        f'"{name}" holds money paid back, {refunded:.2f} in the rows looked at, and the rows do '
        "not show whether it is off the amounts: it was not taken off. Export the refunds as lines "
        "of their own.",
        revenue_share=min(refunded / lines, 1.0) if lines else None,
    )


def unproved_net(name: str, stated: float, worked: float) -> RefusedError:
    """A net amount that is not what the other columns come to."""
    return RefusedError(
        "ambiguous_figures",
        f'"{name}" comes to {stated:.2f} in the rows looked at, the other columns to {worked:.2f}, '
        "and no column says what lies between them. Put one of these lines into mapping.yml: "
        f'columns: {{"{name}": net_amount}} if that is what the shop took without tax, or '
        f'columns: {{"{name}": ignore}}.',
    )


def several_discounts(names: Sequence[str]) -> RefusedError:
    """Discounts that come off together, in a file without what is left."""
    listed = " and ".join(f'"{name}"' for name in names)
    ignored = ", ".join(f'"{name}": ignore' for name in names)
    return RefusedError(
        "several_discounts",
        f"{listed} come off together, and no column holds what is left. Export the file with the "
        "amount after discounts, or add a column Discount with what comes off in all and put this "
        f"into mapping.yml: columns: {{{ignored}}}.",
    )


def with_postage(header: Row, amount: int, carriage: int) -> Issue:
    """Amounts with what the parcel cost in them."""
    name = column_name(header, amount)
    return Issue(
        Severity.NOTE,
        "amount_with_postage",
        f'"{name}" holds "{column_name(header, carriage)}" too, as the rows show. The lines were '
        "counted by quantity and price, without it.",
    )


def two_amounts(net: str, more: str) -> RefusedError:
    """Two amounts that nothing in the file links."""
    return RefusedError(
        "ambiguous_figures",
        f'"{net}" and "{more}" hold different amounts, and nothing else in the file tells which is '
        "what the shop took without tax. Put one of these lines into mapping.yml: "
        f'columns: {{"{more}": ignore}} or columns: {{"{net}": ignore}}.',
    )


def unexplained(amount: str, product: str, off: int, known: int, gap: float) -> Issue:
    """An amount that is not what price and quantity give, where no column says why."""
    return Issue(
        Severity.WARNING,
        "amounts_unexplained",
        f'In {off} of {known} rows looked at, "{amount}" is not {product}, and no column says why; '
        f'{percent(gap)} of the revenue lies between them. "{amount}" was taken. If that is wrong, '
        f'put this into mapping.yml: columns: {{"{amount}": ignore}}.',
        revenue_share=min(gap, 1.0),
    )


def unused_discount(name: str) -> Issue:
    """A discount that no reading of the rows has a place for, under a heading nobody knows."""
    return Issue(
        Severity.WARNING,
        "discount_not_used",
        f'"{name}" looks like a discount, and the rows do not show how it is meant: the amounts '
        "were taken as being after it. If it is still to be taken off, put one of these lines into "
        f'mapping.yml: columns: {{"{name}": discount_amount}} for money off the line, '
        f'{{"{name}": unit_discount}} off each piece or {{"{name}": discount_percent}}.',
        revenue_share=1.0,
    )


def doubtful_cost(name: str, taken: str, costs: tuple[float, float], revenue: float) -> Issue:
    """A cost that may be of the piece or of the line; `costs` as taken and as the other."""
    way, other, field = ("one piece", "the whole line", "line_cost")
    if taken == "line_cost":
        way, other, field = ("the whole line", "one piece", "unit_cost")
    return Issue(
        Severity.WARNING,
        "cost_read_two_ways",
        f'"{name}" was taken as the cost of {way}, and nothing in the file shows whether it is '
        f"that of {other}: of the rows looked at, that would be a cost of {costs[1]:.2f} instead "
        f'of {costs[0]:.2f}. If it is, put this into mapping.yml: columns: {{"{name}": {field}}}.',
        revenue_share=min(abs(costs[0] - costs[1]) / revenue, 1.0),
    )


def one_price(header: Row, place: int, groups: Sequence[str]) -> Issue:
    """Lines that name a group of prices, and have no price."""
    name = column_name(header, place)
    shown = ", ".join(groups[:3])
    return Issue(
        Severity.WARNING,
        "one_price_for_all",
        f'The rows have no price, and "{name}" ({shown}) may say which of several prices each has. '
        "Lucid takes one price of a product from the list of products, whoever buys. Export the "
        "sales with the price or the amount of each line.",
        revenue_share=1.0,
    )


def doubtful_mark(header: Row, marks: Marks) -> Issue:
    """Points that may group digits as well as divide, where nothing shows which."""
    names = ", ".join(f'"{column_name(header, place)}"' for place in marks.in_doubt)
    taken = marks.of(marks.in_doubt[0])
    way, otherwise, remedy = (
        ("before decimals", "more", 'put this into mapping.yml: decimal_mark: ",".')
        if taken == "."
        else ("between thousands", "less", "export them with decimals after a comma.")
    )
    return Issue(
        Severity.WARNING,
        DOUBTFUL_MARK,
        f"Nothing shows whether the points in {names} stand before decimals or between thousands. "
        f"They were taken to stand {way}; the other way the numbers are a thousand times "
        f"{otherwise}. If that is wrong, {remedy}",
        revenue_share=1.0,
    )


def column_name(header: Row, place: int) -> str:
    """A column's heading as the owner wrote it."""
    return header.cells[place].strip()


def _mapping_line(
    header: Row, fields: Mapping[str, int], readings: Sequence[Mapping[str, int]]
) -> str:
    """The entry that fixes all that the readings see differently, as one of them sees it."""
    own = {place: name for name, place in fields.items()}
    seen = [{place: name for name, place in reading.items()} for reading in readings]
    entries = [
        f'"{column_name(header, place)}": {own.get(place, "ignore")}'
        for place in sorted({place for places in seen for place in places})
        if len({places.get(place) for places in seen}) > 1
    ]
    return f"columns: {{{', '.join(entries)}}}"
