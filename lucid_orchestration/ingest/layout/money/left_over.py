"""Net amounts that no reading of the rows comes to: what is dropped may be the truth."""

from lucid_orchestration.ingest.layout.money import words
from lucid_orchestration.ingest.layout.money.heading_words import heading_words, words_of
from lucid_orchestration.ingest.layout.money.proof import Proof, explained_share
from lucid_orchestration.ingest.layout.money.readings import MoneyColumns, Sample
from lucid_orchestration.ingest.outcomes import Row


def ask_for_net(
    header: Row, columns: MoneyColumns, sample: Sample, proof: Proof, ask_from: float
) -> None:
    """Ask about a column whose heading says net and that the proved reading does not come to.

    A platform's net is what it pays out: a table with fees is believed by its arithmetic.

    Raises:
        RefusedError: where the two are further apart than the part `ask_from` of the revenue.
    """
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
