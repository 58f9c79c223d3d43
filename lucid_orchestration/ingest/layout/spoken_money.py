"""A layout of sales with what its cells, headings and titles say in words of its money."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.included_tax import with_included_tax, with_tax_of_rows
from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.layout.profile import Arrangement
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.layout.refunded import with_refunds
from lucid_orchestration.ingest.layout.spoken_figures import (
    in_figures,
    spoken,
)
from lucid_orchestration.ingest.outcomes import Row


def with_spoken_money(layout: Layout, rows: Sequence[Row], mapping: FileMapping) -> Layout:
    """A layout of sales whose rows are arranged as the words in them say.

    `rows` are the first of the table, from its titles on. What a known system writes is known.
    """
    if layout.profile not in {"generic", "mapping"}:
        return with_tax_of_rows(layout, rows)
    named = {heading_key(heading) for heading in mapping.columns}
    told = {at for at, cell in enumerate(layout.header) if heading_key(cell) in named}
    header = Row(layout.header_row, layout.header)
    below = [row for row in rows if row.number > layout.header_row]
    above = [row for row in rows if row.number <= layout.header_row]
    patterns = spoken(header, below, layout.columns)
    figures = in_figures(below, patterns)
    layout = with_included_tax(with_refunds(layout, figures), [*above, *figures], told)
    return _with_cut_cells(layout, patterns)


def _with_cut_cells(layout: Layout, patterns: Mapping[int, str]) -> Layout:
    """A layout whose arrangement cuts from cells what is none of their figures."""
    cut = {name: patterns[at] for name, at in layout.columns.items() if at in patterns}
    if not cut:
        return layout
    # a rate of which nothing is left is none
    usual = dict.fromkeys(cut, "0")
    rules = layout.arrangement or Arrangement()
    rules = rules.model_copy(
        update={"cut": {**rules.cut, **cut}, "usual": {**rules.usual, **usual}}
    )
    return replace(layout, arrangement=rules)
