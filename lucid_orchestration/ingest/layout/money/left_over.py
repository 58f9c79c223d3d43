"""Money that no reading comes to or has room for: what is dropped may be the truth."""

from collections.abc import Collection

from lucid_orchestration.ingest.kinds import AMOUNT_FIELDS
from lucid_orchestration.ingest.layout.money import words
from lucid_orchestration.ingest.layout.money.heading_words import heading_words, words_of
from lucid_orchestration.ingest.layout.money.proof import Proof, explained_share
from lucid_orchestration.ingest.layout.money.rates import DISCOUNT_STEP, is_rate
from lucid_orchestration.ingest.layout.money.readings import MoneyColumns, Sample
from lucid_orchestration.ingest.outcomes import Issue, Row

# Each line of a bill was rounded on its own.
_CENT = 0.011


def ask_for_the_rest(
    header: Row, columns: MoneyColumns, sample: Sample, proof: Proof, ask_from: float
) -> None:
    """Ask about money that the proved reading leaves out.

    Raises:
        RefusedError: for a column whose heading says net and that is further from the reading than
            the part `ask_from` of it; for discounts beside one another without what is left; for an
        amount that a round discount parts from the one taken, which only totals of bills show.
    """
    _ask_for_net(header, columns, sample, proof, ask_from)
    _ask_for_one_discount(header, columns, sample, proof)
    _ask_for_what_is_left(header, columns, sample, proof, ask_from)


def _ask_for_what_is_left(
    header: Row, columns: MoneyColumns, sample: Sample, proof: Proof, ask_from: float
) -> None:
    # a total of few bills comes out by chance too
    taken = next((proof.fields[name] for name in AMOUNT_FIELDS if name in proof.fields), None)
    if taken is None or {*proof.meanings.values()} != {"bill_amount"} or not columns.discounts:
        return
    for place in columns.amounts:
        if place in proof.meanings or place in proof.fields.values():
            continue
        known = [(abs(c[place]), abs(c[taken])) for c in sample.rows if {place, taken} <= c.keys()]
        parts = [(before - left, before) for left, before in known if left != before]
        are_off = all(off > 0 and is_rate(off, whole, DISCOUNT_STEP, 2) for off, whole in parts)
        gap = sum(off for off, _ in parts)
        if are_off and gap > ask_from * sum(before for _, before in known):
            raise words.two_amounts(header.cells[place].strip(), header.cells[taken].strip())


def unused_discounts(
    header: Row,
    columns: MoneyColumns,
    sample: Sample,
    used: Collection[int],
    amounts: tuple[int, int] | None = None,
) -> tuple[Issue, ...]:
    """A warning of each discount but the `used`, unless `amounts` after and before it show it."""
    return tuple(
        words.unused_discount(header.cells[place].strip())
        for place in columns.discounts
        if place not in used
        and any(cells.get(place) for cells in sample.rows)
        and not (amounts and _is_between((place,), *amounts, sample))
        and not (amounts and _is_between(columns.discounts, *amounts, sample))
    )


def _is_between(discounts: Collection[int], after: int, before: int, sample: Sample) -> bool:
    """Whether the amounts of every bill, or line without one, are the discounts apart."""
    alone = tuple((number,) for number, bill in enumerate(sample.bills) if bill is None)
    return all(
        abs(
            sum(abs(c.get(before, 0.0)) - abs(c.get(after, 0.0)) for c in lines)
            - sum(abs(lines[0].get(discount, 0.0)) for discount in discounts)
        )
        <= _CENT * len(lines)
        for numbers in (*sample.rows_of_bills, *alone)
        if (lines := [sample.rows[number] for number in numbers])
    )


def _ask_for_one_discount(header: Row, columns: MoneyColumns, sample: Sample, proof: Proof) -> None:
    # money and percent may be one discount, said twice
    percents = {p for p in columns.discounts if columns.told.get(p) == "discount_percent"}
    shown = {"net_amount", "gross_amount", "bill_amount"} & {*proof.meanings.values()}
    for places in (percents, {*columns.discounts} - percents):
        used = [at for at in sorted(places) if any(cells.get(at) for cells in sample.rows)]
        differ = any(len({cells.get(at) for at in used}) > 1 for cells in sample.rows)
        if differ and not shown:
            raise words.several_discounts([header.cells[at].strip() for at in used])


def _ask_for_net(
    header: Row, columns: MoneyColumns, sample: Sample, proof: Proof, ask_from: float
) -> None:
    # a platform's net is what it pays out: a table with fees is believed by its arithmetic
    known = heading_words()
    if any(words_of(cell) & known.fee for cell in header.cells):
        return
    used = proof.meanings.keys() | {*proof.fields.values()}
    for place in columns.amounts:
        is_net = columns.plain.get(place) == "net_amount"
        if place in used or not is_net or words_of(header.cells[place]) & known.paid_out:
            continue
        stated = [cells[place] for cells in sample.rows if place in cells]
        is_filled = bool(stated) and len(stated) >= explained_share() * len(sample.rows)
        if is_filled and abs(sum(stated) - proof.revenue) > ask_from * abs(sum(stated)):
            raise words.unproved_net(header.cells[place].strip(), sum(stated), proof.revenue)
