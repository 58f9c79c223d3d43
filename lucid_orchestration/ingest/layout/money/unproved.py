"""What money columns are taken for where the arithmetic of the rows proves none of them."""

from dataclasses import replace

from lucid_orchestration.ingest.kinds import (
    AMOUNT_FIELDS,
    DISCOUNT_FIELDS,
    PRICE_FIELDS,
    TAX_FIELDS,
)
from lucid_orchestration.ingest.layout.money import words
from lucid_orchestration.ingest.layout.money.case import ASK_FROM, Case, SettledMoney
from lucid_orchestration.ingest.layout.money.heading_words import is_price, is_with_tax
from lucid_orchestration.ingest.layout.money.left_over import unused_discounts
from lucid_orchestration.ingest.layout.money.marks import Marks
from lucid_orchestration.ingest.layout.money.proof import explained_share
from lucid_orchestration.ingest.layout.money.rates import (
    DISCOUNT_STEP,
    ROUND_SHARE,
    TAX_STEP,
    is_rate,
)
from lucid_orchestration.ingest.layout.money.readings import Sample

# An amount this near to quantity × price is the same amount, rounded another way.
_NEAR = 0.01
# No sales tax is more than this part of what it is on.
_HIGHEST_TAX = 0.5


def by_plain_headings(case: Case, settled: SettledMoney) -> SettledMoney:
    """Headings nobody knows are believed where they say price or amount, and of the tax in it.

    Raises:
        RefusedError: when none of them does, with what may hold the money.
    """
    columns = case.columns
    beside = {*DISCOUNT_FIELDS, *TAX_FIELDS}
    found = {**case.choices, **{n: at for n, at in settled.columns.items() if n in beside}}
    for places in (columns.prices, columns.amounts):
        for place in places:
            name = columns.plain.get(place)
            if name is not None and not {*found.values()} & {*places}:
                found[name] = place
    if not {*PRICE_FIELDS, *AMOUNT_FIELDS} & found.keys() and columns.quantity is not None:
        raise words.unknown_money(case.header, columns)
    return replace(settled, columns=found)


def ask_for_the_only_figure(case: Case, marks: Marks, shown: frozenset[int]) -> None:
    """Ask where the only money column may be of the piece or of the line, and no row shows it.

    Raises:
        RefusedError: when its heading says both and the money differs.
    """
    columns = case.columns
    places = (*columns.prices, *columns.amounts)
    if len(places) != 1 or columns.quantity is None or places[0] in shown | columns.told.keys():
        return
    (place,) = places
    is_named_price = is_price(case.header.cells[place])
    if is_named_price == (columns.usual.get(place) in PRICE_FIELDS):
        return
    rows = case.sample(marks).rows
    known = [(c[place], c[columns.quantity]) for c in rows if place in c and columns.quantity in c]
    stated = sum(figure for figure, _ in known)
    worked = sum(figure * quantity for figure, quantity in known)
    if stated and abs(worked - stated) > ASK_FROM * abs(stated):
        raise words.price_or_amount(case.name(place))


def settle_two_amounts(case: Case, sample: Sample) -> SettledMoney:
    """Two amounts that no other column links: the smaller is net where a round rate parts them.

    Raises:
        RefusedError: when nothing tells which of them the shop took.
    """
    columns = case.columns
    first, second = columns.amounts[:2]
    pairs = [(abs(c[first]), abs(c[second])) for c in sample.rows if first in c and second in c]
    sums = [sum(amounts) for amounts in zip(*pairs, strict=True)] or [0.0, 0.0]
    if abs(sums[0] - sums[1]) <= ASK_FROM * max(sums):
        return SettledMoney(case.choices)
    net, more = (first, second) if sums[0] <= sums[1] else (second, first)
    if [columns.plain.get(place) for place in (more, net)] == ["net_amount", None]:
        net, more = more, net  # its heading leaves no choice
    parts = [(abs(a - b), min(a, b), max(a, b)) for a, b in pairs if a and b and a != b]
    taxes = sum(
        part <= _HIGHEST_TAX * low and is_rate(part, low, TAX_STEP, 2) for part, low, _ in parts
    )
    discounts = sum(is_rate(part, high, DISCOUNT_STEP, 2) for part, _, high in parts)
    is_named_net = "net_amount" in {columns.usual.get(net), columns.plain.get(net)}
    is_named_net = is_named_net and columns.usual.get(more) != "net_amount"
    # no tax makes a figure so much more in every row: another currency does
    is_named_net &= not parts or min(high / low for _, low, high in parts) < 1 + _HIGHEST_TAX
    if max(taxes, discounts) < ROUND_SHARE * len(parts) and not is_named_net:
        raise words.two_amounts(case.name(net), case.name(more))
    is_tax = taxes >= discounts
    sentence = (
        f"{case.name(more)} is {case.name(net)} and a round {'tax' if is_tax else 'discount'} more."
    )
    kept = {name: at for name, at in case.choices.items() if name not in AMOUNT_FIELDS}
    unused = unused_discounts(case.header, columns, sample, kept.values(), (net, more))
    is_named = {net, more} & (columns.plain.keys() | columns.told.keys())
    if not (is_tax or is_named or columns.discounts):
        # a cost at one margin or a commission leaves as round a part as a discount
        gap = (max(sums) - min(sums)) / (min(sums) or 1.0)
        off = words.unexplained(case.name(net), case.name(more), len(parts), len(pairs), gap)
        unused = (off, *unused)
    return SettledMoney(
        kept | {"net_amount": net, "gross_amount" if is_tax else "list_amount": more},
        evidence={net: sentence, more: sentence},
        issues=unused,
    )


def settle_unexplained(case: Case, sample: Sample) -> SettledMoney:
    """The columns as their headings say, and a warning where price and amount disagree."""
    columns, fields = case.columns, dict(case.choices)
    amount = next((fields[name] for name in AMOUNT_FIELDS if name in fields), None)
    if amount is None and columns.amounts:
        amount = columns.amounts[0]
        is_gross = is_with_tax(case.header.cells[amount])
        fields["gross_amount" if is_gross else "net_amount"] = amount
    unused = unused_discounts(case.header, columns, sample, fields.values())
    price, quantity = fields.get("unit_price"), columns.quantity
    if amount is None or price is None or quantity is None:
        return SettledMoney(fields, issues=unused)
    known = [
        (cells[amount], cells[quantity] * cells[price])
        for cells in sample.rows
        if amount in cells and price in cells and quantity in cells
    ]
    off = [
        (stated, worked) for stated, worked in known if abs(stated - worked) > _NEAR * abs(stated)
    ]
    if len(off) <= (1 - explained_share()) * len(known):
        return SettledMoney(fields, issues=unused)
    total = sum(abs(stated) for stated, _ in known)
    gap = abs(sum(worked - stated for stated, worked in off)) / (total or 1.0)
    product = f'"{case.name(quantity)}" × "{case.name(price)}"'
    issue = words.unexplained(case.name(amount), product, len(off), len(known), gap)
    return SettledMoney(fields, issues=(issue, *unused))
