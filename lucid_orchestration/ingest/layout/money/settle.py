"""What the money columns of a sales table are taken for, and what to say about it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lucid_orchestration.ingest.kinds import (
    AMOUNT_FIELDS,
    DISCOUNT_FIELDS,
    MONEY_FIELDS,
    PRICE_FIELDS,
    TAX_FIELDS,
)
from lucid_orchestration.ingest.layout.conventions import DecimalMark
from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.money import words
from lucid_orchestration.ingest.layout.money.bills import BillFigures, bill_figures
from lucid_orchestration.ingest.layout.money.columns import (
    SAMPLE_ROWS,
    all_columns,
    families,
    is_line,
    sample_of,
)
from lucid_orchestration.ingest.layout.money.costs import settle_cost
from lucid_orchestration.ingest.layout.money.heading_words import (
    heading_words,
    is_price,
    is_with_tax,
    words_of,
)
from lucid_orchestration.ingest.layout.money.left_over import ask_for_the_rest, unused_discounts
from lucid_orchestration.ingest.layout.money.marks import Marks, is_open, marks_of, needs_mark
from lucid_orchestration.ingest.layout.money.missing import ask_for_money, ask_for_quantity
from lucid_orchestration.ingest.layout.money.places import Placed, placed
from lucid_orchestration.ingest.layout.money.postage import postage_in
from lucid_orchestration.ingest.layout.money.proof import Proof, explained_share, prove
from lucid_orchestration.ingest.layout.money.rates import (
    DISCOUNT_STEP,
    ROUND_SHARE,
    TAX_STEP,
    is_rate,
)
from lucid_orchestration.ingest.layout.money.readings import MoneyColumns, Sample
from lucid_orchestration.ingest.outcomes import Issue, Row

# From this part of the revenue on only the owner can choose between two readings.
ASK_FROM = 0.01
# An amount this near to quantity × price is the same amount, rounded another way.
_NEAR = 0.01
# No sales tax is more than this part of what it is on.
_HIGHEST_TAX = 0.5


@dataclass(frozen=True)
class SettledMoney:
    """What was found: fields with their columns, the arithmetic by column, what to say about it.

    `decimal_mark` is set where only one mark lets the rows come out, `column_marks` are those of
    columns written with the other mark. `bill_discount` is the column of a discount that is stated
    once for all lines of a bill, with the mark of its figures.
    """

    columns: Mapping[str, int]
    decimal_mark: DecimalMark | None = None
    column_marks: Mapping[int, DecimalMark] = field(default_factory=dict)
    evidence: Mapping[int, str] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()
    bill_discount: tuple[int, DecimalMark] | None = None


@dataclass(frozen=True)
class _Case:
    """A table whose money is to be settled."""

    header: Row
    choices: Mapping[str, int]
    columns: MoneyColumns
    lines: Sequence[Row]

    def name(self, place: int) -> str:
        return words.column_name(self.header, place)

    def sample(self, marks: Marks) -> Sample:
        return sample_of(self.columns, self.lines, self.choices, marks)

    def without(self, places: frozenset[int]) -> "_Case":
        """The same table but for some of its columns."""
        columns = replace(
            self.columns,
            amounts=tuple(at for at in self.columns.amounts if at not in places),
            discounts=tuple(at for at in self.columns.discounts if at not in places),
            taxes=tuple(at for at in self.columns.taxes if at not in places),
        )
        choices = {name: at for name, at in self.choices.items() if at not in places}
        return replace(self, columns=columns, choices=choices)


def settle_money(
    header: Row,
    choices: Mapping[str, int],
    meanings: Mapping[int, str],
    told: Mapping[int, str],
    below: Sequence[Row],
    told_mark: DecimalMark | None = None,
) -> SettledMoney:
    """Decide what the money columns of a sales table are.

    `choices` are the fields with the column the headings alone would choose, `meanings` what each
    heading means by itself, `told` what the owner says of a column, `below` rows of the table,
    `told_mark` the decimal mark the owner names.

    Raises:
        RefusedError: when readings that explain the rows come to different money, so that only
            the owner can choose; it gives the line for mapping.yml.
    """
    lines = [row for row in below if is_line(row, choices, header)][:SAMPLE_ROWS]
    columns = families(header, choices, meanings, told, lines)
    is_known = bool({*PRICE_FIELDS, *AMOUNT_FIELDS} & choices.keys())
    case = _Case(header, choices, columns, lines)
    if not (columns.prices or columns.amounts or MONEY_FIELDS & choices.keys()):
        ask_for_money(header, choices, told, lines)
        return SettledMoney(choices)
    marks = marks_of(all_columns(columns), columns.quantity, lines)
    if told_mark is not None:
        marks = Marks(told_mark, {})
    for place in (*columns.prices, *columns.amounts):
        if place not in columns.told and words_of(header.cells[place]) & heading_words().hundredth:
            raise words.in_hundredths(case.name(place))
    seen = placed(header, columns, choices, lines, marks)
    case = replace(case, columns=seen.columns, choices=seen.choices)
    sent = postage_in(header, case.columns, case.sample(marks))
    case = case.without(sent.places) if sent.places else case
    _ask_for_the_only_figure(
        case, marks, seen.shown | {*(case.columns.prices if sent.places else ())}
    )
    proof: Proof | None = None
    bills = BillFigures()
    if len(all_columns(columns)) > 2:
        marks, proof = _proved_marks(case, marks, is_told=told_mark is not None)
        bills = _bill_figures(case, marks, proof)
    if bills.places:
        case = case.without(bills.places)
        proof = prove(case.columns, case.sample(marks))
    settled = _settled(case, marks, proof)
    if not is_known and not (proof is not None and proof.meanings):
        settled = _by_plain_headings(case, settled)
    columns = case.columns
    evidence = {**seen.evidence, **settled.evidence}
    if bills.discount is not None and bills.proof is not None:
        # lines that share a discount are no longer quantity × price
        evidence = {bills.discount: bills.proof}
    if not marks.is_shown and proof is None and told_mark is None:
        groups = dict.fromkeys((*columns.prices, *columns.amounts), words.GROUPED)
        evidence = {at: why for at, why in groups.items() if at not in marks.columns} | evidence
    ask_for_quantity(header, choices, settled.columns, told, lines)
    cost = settle_cost(header, settled.columns, told, lines, marks)
    return replace(
        settled,
        columns=cost.columns,
        decimal_mark=None if marks.is_shown else marks.usual,
        column_marks=marks.columns,
        evidence={**evidence, **cost.evidence},
        issues=(
            *settled.issues,
            *_moved(case, seen, proof),
            *bills.told,
            *sent.told,
            *_refunds(case, settled, case.sample(marks)),
            *((words.doubtful_mark(header, marks),) if marks.in_doubt else ()),
            *cost.issues,
        ),
        bill_discount=None if bills.discount is None else (bills.discount, marks.usual),
    )


def _refunds(case: _Case, settled: SettledMoney, sample: Sample) -> Iterator[Issue]:
    """A warning of money paid back that is no part of what the lines come to."""
    amount = next((settled.columns[name] for name in AMOUNT_FIELDS if name in settled.columns), -1)
    price, quantity = case.columns.prices[:1], case.columns.quantity
    lines = sum(
        cells.get(
            amount, cells.get(price[0] if price else -1, 0.0) * cells.get(quantity or -1, 0.0)
        )
        for cells in sample.rows
    )
    for place in case.columns.refunds:
        refunded = sum(abs(cells.get(place, 0.0)) for cells in sample.rows)
        if refunded:
            yield words.unused_refund(case.header, place, refunded, abs(lines))


def _bill_figures(case: _Case, marks: Marks, proof: Proof | None) -> BillFigures:
    """The columns of whole bills that stand in the way of reading the lines.

    Raises:
        RefusedError: when a discount of whole bills cannot be shared by their lines.
    """
    is_settled = proof is not None and proof.meanings and proof.worth_asked <= ASK_FROM
    if is_settled and not case.columns.discounts:
        return BillFigures()
    keys = [heading_key(cell) for cell in case.header.cells]
    found = bill_figures(
        case.header,
        case.columns,
        case.sample(marks),
        # what shares a discount out finds its columns by their headings and reads one mark
        may_share=not marks.columns and len(set(keys)) == len(keys),
    )
    return BillFigures() if is_settled and found.discount is None else found


def _moved(case: _Case, seen: Placed, proof: Proof | None) -> tuple[Issue, ...]:
    """A warning where an amount was taken for a price and nothing but its lines says so."""
    if proof is not None and proof.meanings:
        return ()
    quantity = case.columns.quantity
    return tuple(
        words.price_not_amount(case.header, place, quantity)
        for name, place in seen.choices.items()
        if name in PRICE_FIELDS and place in seen.evidence and quantity is not None
    )


def _proved_marks(case: _Case, marks: Marks, *, is_told: bool) -> tuple[Marks, Proof | None]:
    """The marks under which the rows explain themselves, with what they prove."""
    columns, quantity = case.columns, case.columns.quantity
    proof = prove(columns, case.sample(marks))
    if is_told:
        return marks, proof
    is_proved = proof is not None and bool(proof.meanings)
    if not is_proved and quantity is not None and is_open(quantity, case.lines):
        turned = marks.with_other(quantity)
        other = prove(columns, case.sample(turned))
        if other is not None and other.meanings:
            return replace(turned, in_doubt=()), other
    if proof is None and not needs_mark(marks.usual, all_columns(columns), case.lines):
        other = prove(columns, case.sample(marks.other()))
        if other is not None and other.tested:
            return marks.other(), other
    if is_proved and columns.prices and marks.in_doubt:
        # where the other mark lets the rows come out too, they show nothing
        other = prove(columns, case.sample(marks.other()))
        if marks.in_doubt == (quantity,) or other is None or not other.meanings:
            return replace(marks, in_doubt=()), proof
    return marks, proof


def _settled(case: _Case, marks: Marks, proof: Proof | None) -> SettledMoney:
    header, columns = case.header, case.columns
    if len(all_columns(columns)) < 3:
        return SettledMoney(case.choices)
    is_proved = proof is not None and bool(proof.meanings)
    if len(columns.amounts) > 1 and not columns.prices and not is_proved:
        return _settle_two_amounts(case, case.sample(marks))
    if proof is None:
        return _settle_unexplained(case, case.sample(marks))
    ask_for_the_rest(header, columns, case.sample(marks), proof, ASK_FROM)
    if proof.worth_asked > ASK_FROM:
        raise words.question(header, proof)
    return _settle_proved(case, proof)


def _settle_proved(case: _Case, proof: Proof) -> SettledMoney:
    # what no second figure shows stays as its heading says
    decided = MONEY_FIELDS if proof.meanings else frozenset()
    kept = {
        name: at
        for name, at in case.choices.items()
        if name not in decided and at not in proof.fields.values()
    }
    sentence = words.proof_sentence(case.header, case.columns, proof)
    return SettledMoney(
        columns=kept | dict(proof.fields),
        evidence=dict.fromkeys(proof.fields.values(), sentence) if sentence else {},
        issues=words.doubts(case.header, proof),
    )


def _by_plain_headings(case: _Case, settled: SettledMoney) -> SettledMoney:
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


def _ask_for_the_only_figure(case: _Case, marks: Marks, shown: frozenset[int]) -> None:
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


def _settle_two_amounts(case: _Case, sample: Sample) -> SettledMoney:
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
    return SettledMoney(
        kept | {"net_amount": net, "gross_amount" if is_tax else "list_amount": more},
        evidence={net: sentence, more: sentence},
        issues=unused_discounts(case.header, columns, sample, kept.values(), (net, more)),
    )


def _settle_unexplained(case: _Case, sample: Sample) -> SettledMoney:
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
