"""What the money columns of a sales table are taken for, and what to say about it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lucid_orchestration.ingest.kinds import (
    AMOUNT_FIELDS,
    MONEY_FIELDS,
    PRICE_FIELDS,
)
from lucid_orchestration.ingest.layout.conventions import DecimalMark
from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.money import words
from lucid_orchestration.ingest.layout.money.bill_sums import proved_bills
from lucid_orchestration.ingest.layout.money.bills import BillFigures, bill_figures
from lucid_orchestration.ingest.layout.money.case import ASK_FROM, Case, SettledMoney
from lucid_orchestration.ingest.layout.money.columns import (
    SAMPLE_ROWS,
    all_columns,
    families,
    is_line,
)
from lucid_orchestration.ingest.layout.money.costs import settle_cost
from lucid_orchestration.ingest.layout.money.heading_words import (
    heading_words,
    unit_of_thousands,
    words_of,
)
from lucid_orchestration.ingest.layout.money.left_over import ask_for_the_rest
from lucid_orchestration.ingest.layout.money.marks import Marks, is_open, marks_of, needs_mark
from lucid_orchestration.ingest.layout.money.missing import (
    ask_for_money,
    ask_for_quantity,
    one_price_for_all,
    refuse_two_sides,
)
from lucid_orchestration.ingest.layout.money.places import Placed, placed
from lucid_orchestration.ingest.layout.money.postage import Postage, postage_in
from lucid_orchestration.ingest.layout.money.proof import Proof, prove
from lucid_orchestration.ingest.layout.money.readings import Sample
from lucid_orchestration.ingest.layout.money.unproved import (
    ask_for_the_only_figure,
    by_plain_headings,
    settle_two_amounts,
    settle_unexplained,
)
from lucid_orchestration.ingest.outcomes import Issue, Row


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
    case = Case(header, choices, columns, lines)
    refuse_two_sides(header, (*columns.prices, *columns.amounts), told)
    if not (columns.prices or columns.amounts or MONEY_FIELDS & choices.keys()):
        ask_for_money(header, choices, told, lines)
        return SettledMoney(choices, issues=tuple(one_price_for_all(header, choices, lines)))
    marks = marks_of(all_columns(columns), columns.quantity, lines)
    if told_mark is not None:
        marks = Marks(told_mark, {})
    for place in (*columns.prices, *columns.amounts):
        if place not in columns.told and words_of(header.cells[place]) & heading_words().hundredth:
            raise words.in_hundredths(case.name(place))
        unit = unit_of_thousands(header.cells[place])
        if unit is not None and place not in columns.told:
            raise words.in_thousands(case.name(place), unit)
    seen = placed(header, columns, choices, lines, marks)
    case = replace(case, columns=seen.columns, choices=seen.choices)
    of_bills = proved_bills(
        header, case.columns, case.sample(marks), may_share=_may_share(header, marks)
    )
    sent = Postage() if of_bills else postage_in(header, case.columns, case.sample(marks))
    away = sent.places if of_bills is None else of_bills.places
    case = case.without(away) if away else case
    ask_for_the_only_figure(case, marks, seen.shown | {*(case.columns.prices if away else ())})
    proof: Proof | None = None
    bills = of_bills or BillFigures()
    if len(all_columns(case.columns)) > 2:
        marks, proof = _proved_marks(case, marks, is_told=told_mark is not None)
        bills = of_bills or _bill_figures(case, marks, proof)
    if bills.places and of_bills is None:
        case = case.without(bills.places)
        proof = prove(case.columns, case.sample(marks))
    settled = _settled(case, marks, proof)
    if not is_known and not (proof is not None and proof.meanings):
        settled = by_plain_headings(case, settled)
    columns = case.columns
    evidence = {**seen.evidence, **settled.evidence}
    if bills.proof is not None:
        # lines that share a discount are no longer quantity × price
        evidence = dict.fromkeys(bills.shared.values() or bills.places, bills.proof)
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
        shared=bills.shared,
        shared_mark=marks.usual,
    )


def _refunds(case: Case, settled: SettledMoney, sample: Sample) -> Iterator[Issue]:
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


def _bill_figures(case: Case, marks: Marks, proof: Proof | None) -> BillFigures:
    """The columns of whole bills that stand in the way of reading the lines.

    Raises:
        RefusedError: when a discount of whole bills cannot be shared by their lines.
    """
    is_settled = proof is not None and proof.meanings and proof.worth_asked <= ASK_FROM
    if is_settled and not case.columns.discounts:
        return BillFigures()
    found = bill_figures(
        case.header,
        case.columns,
        case.sample(marks),
        may_share=_may_share(case.header, marks),
    )
    return BillFigures() if is_settled and not found.shared else found


def _may_share(header: Row, marks: Marks) -> bool:
    """Whether lines may share a discount: that finds its columns by headings, and by one mark."""
    keys = [heading_key(cell) for cell in header.cells]
    return not marks.columns and len(set(keys)) == len(keys)


def _moved(case: Case, seen: Placed, proof: Proof | None) -> tuple[Issue, ...]:
    """A warning where an amount was taken for a price and nothing but its lines says so."""
    if proof is not None and proof.meanings:
        return ()
    quantity = case.columns.quantity
    return tuple(
        words.price_not_amount(case.header, place, quantity)
        for name, place in seen.choices.items()
        if name in PRICE_FIELDS and place in seen.evidence and quantity is not None
    )


def _proved_marks(case: Case, marks: Marks, *, is_told: bool) -> tuple[Marks, Proof | None]:
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


def _settled(case: Case, marks: Marks, proof: Proof | None) -> SettledMoney:
    header, columns = case.header, case.columns
    if len(all_columns(columns)) < 3:
        return SettledMoney(case.choices)
    is_proved = proof is not None and bool(proof.meanings)
    if len(columns.amounts) > 1 and not columns.prices and not is_proved:
        return settle_two_amounts(case, case.sample(marks))
    if proof is None:
        return settle_unexplained(case, case.sample(marks))
    ask_for_the_rest(header, columns, case.sample(marks), proof, ASK_FROM)
    if proof.worth_asked > ASK_FROM:
        raise words.question(header, proof)
    return _settle_proved(case, proof)


def _settle_proved(case: Case, proof: Proof) -> SettledMoney:
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
