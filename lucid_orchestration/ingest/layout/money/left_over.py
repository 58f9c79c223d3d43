"""Net amounts that no reading of the rows comes to: what is dropped may be the truth."""

from collections.abc import Mapping

from lucid_orchestration.ingest.layout.money.heading_words import heading_words, words_of
from lucid_orchestration.ingest.layout.money.proof import Proof, explained_share
from lucid_orchestration.ingest.layout.money.readings import MoneyColumns, Sample
from lucid_orchestration.ingest.outcomes import Row


def net_left_over(
    header: Row, columns: MoneyColumns, sample: Sample, proof: Proof
) -> Mapping[int, float]:
    """Columns whose headings say net and that the proved reading does not come to.

    By column what its rows add up to. A platform's net is what it pays out: a table with fees is
    believed by its arithmetic.
    """
    known = heading_words()
    if any(words_of(cell) & known.fee for cell in header.cells):
        return {}
    used = proof.meanings.keys() | {*proof.fields.values()}
    left = [
        place
        for place in columns.amounts
        if place not in used
        and columns.plain.get(place) == "net_amount"
        and not words_of(header.cells[place]) & known.paid_out
    ]
    return {
        place: sum(stated)
        for place in left
        if (stated := [cells[place] for cells in sample.rows if place in cells])
        and len(stated) >= explained_share() * len(sample.rows)
    }
