"""Money that no reading comes to or has room for: what is dropped may be the truth."""

from lucid_orchestration.ingest.layout.money import words
from lucid_orchestration.ingest.layout.money.heading_words import heading_words, words_of
from lucid_orchestration.ingest.layout.money.proof import Proof, explained_share
from lucid_orchestration.ingest.layout.money.readings import MoneyColumns, Sample
from lucid_orchestration.ingest.outcomes import Row


def ask_for_the_rest(
    header: Row, columns: MoneyColumns, sample: Sample, proof: Proof, ask_from: float
) -> None:
    """Ask about money that the proved reading leaves out.

    Raises:
        RefusedError: for a column whose heading says net and that is further from the reading than
            the part `ask_from` of it; for discounts beside one another without what is left.
    """
    _ask_for_net(header, columns, sample, proof, ask_from)
    _ask_for_one_discount(header, columns, sample, proof)


def _ask_for_one_discount(header: Row, columns: MoneyColumns, sample: Sample, proof: Proof) -> None:
    # money and percent may be one discount, said twice
    percents = {p for p in columns.discounts if columns.told.get(p) == "discount_percent"}
    shown = {"net_amount", "gross_amount", "bill_amount"} & {*proof.meanings.values()}
    for places in (percents, {*columns.discounts} - percents):
        used = [at for at in sorted(places) if any(cells.get(at) for cells in sample.rows)]
        columns_differ = any(len({cells.get(at) for at in used}) > 1 for cells in sample.rows)
        if len(used) > 1 and columns_differ and not shown:
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
