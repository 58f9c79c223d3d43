"""What the owner told of a bill's layout, in the words its reading asks for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from lucid_orchestration.ingest.layout.bill_layouts import BillLayout
from lucid_orchestration.ingest.layout.conventions import DateOrder
from lucid_orchestration.ingest.pdf.below import Below
from lucid_orchestration.ingest.pdf.bills import Basis, Party, Title
from lucid_orchestration.ingest.pdf.pages import Page
from lucid_orchestration.ingest.pdf.places import rows_of_segments
from lucid_orchestration.ingest.pdf.printed import Kind
from lucid_orchestration.ingest.pdf.vocabulary import plain

_BASES = {
    "before_tax": Basis.BEFORE_TAX,
    "amount_with_tax": Basis.WITH_TAX,
    "with_tax": Basis.ALL_WITH_TAX,
    "untaxed": Basis.BEFORE_TAX,
}
_TITLES = {"sale": Title.BILL, "sale_return": Title.CREDIT_NOTE}


@dataclass(frozen=True)
class Told:
    """An owner's word on a layout; empty and null is what was not said.

    Headings and labels are in the letters that words are compared in.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    basis: Basis | None = None
    is_untaxed: bool = False
    number: str = ""
    date: str = ""
    date_order: DateOrder | None = None
    title: Title | None = None

    def applied(self, below: Below) -> Below:
        """The figures below the lines with what was told of their labels."""
        if not self.labels:
            return below
        figures = []
        for figure in below.figures:
            meaning = self.labels.get(plain(figure.label))
            if meaning is None:
                figures.append(figure)
            elif meaning != "nothing":
                figures.append(replace(figure, kind=Kind[meaning.upper()]))
        return replace(below, figures=tuple(figures))


NOTHING_TOLD = Told()


def told_of(layout: BillLayout) -> Told:
    """A layout as the reading asks for it."""
    return Told(
        columns={plain(heading): meaning for heading, meaning in layout.columns.items()},
        labels={plain(label): meaning for label, meaning in layout.labels.items()},
        basis=_BASES[layout.prices] if layout.prices else None,
        is_untaxed=layout.prices == "untaxed",
        number=plain(layout.number or ""),
        date=plain(layout.date or ""),
        date_order=layout.date_order,
        title=_TITLES[layout.document] if layout.document else None,
    )


def told_about(layouts: Iterable[BillLayout], page: Page, seller: Party) -> Told | None:
    """What was told of the layout of a page: the first that fits; null where none does."""
    found = next((layout for layout in layouts if _fits(layout, page, seller)), None)
    return told_of(found) if found is not None else None


def _fits(layout: BillLayout, page: Page, seller: Party) -> bool:
    if layout.seller is not None:
        key = plain(layout.seller)
        if not key or key not in {plain(seller.name), plain(seller.gstin)}:
            return False
    if not layout.headings:
        return True
    wanted = [f" {plain(heading)} " for heading in layout.headings]
    rows = (
        f" {plain(' '.join(segment.text for segment in row))} "
        for row in rows_of_segments(page.lines)
    )
    return any(all(heading in row for heading in wanted) for row in rows)
