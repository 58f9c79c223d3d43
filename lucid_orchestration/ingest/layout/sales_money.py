"""The money of a sales table with what its lines take from elsewhere: bills, returns, tax rates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lucid_orchestration.ingest.layout.conventions import DecimalMark
from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.money.case import SettledMoney
from lucid_orchestration.ingest.layout.money.settle import settle_money
from lucid_orchestration.ingest.layout.profile import Arrangement, sharing
from lucid_orchestration.ingest.layout.returned import TakenOff, returned_pieces, taking_off
from lucid_orchestration.ingest.layout.stated_rates import (
    plain_rates,
    rate_in_headings,
    with_tax_in,
)
from lucid_orchestration.ingest.outcomes import Issue, Row


@dataclass(frozen=True)
class SalesMoney:
    """What was `settled`, and the columns as the rows have them once they are arranged.

    `left` is the column of the pieces that did not come back, where there is one.
    """

    settled: SettledMoney
    columns: Mapping[str, int]
    arrangement: Arrangement | None = None
    helpers: Mapping[int, str] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()
    left: int | None = None


def sales_money(
    header: Row,
    choices: Mapping[str, int],
    meanings: Mapping[int, str],
    told: Mapping[int, str],
    below: Sequence[Row],
    told_mark: DecimalMark | None = None,
) -> SalesMoney:
    """Decide what the money columns of a sales table are, and how its rows are to be arranged.

    `choices` are the fields with the column the headings alone would choose, `meanings` what each
    heading means by itself, `told` what the owner says of a column, `below` rows of the table,
    `told_mark` the decimal mark the owner names.

    Raises:
        RefusedError: when only the owner can choose between readings.
    """
    rates = plain_rates(header, told, below)
    below = rates.rows
    back = returned_pieces(header, choices, told, below, told_mark)
    left = back.left if back is not None else None
    if left is not None:
        choices = {**choices, "quantity": left}
    settled = settle_money(header, choices, meanings, told, below, told_mark)
    off = TakenOff(settled.columns)
    if back is not None and left is None:
        off = taking_off(header, back, settled)
    columns, arrangement, helpers = dict(off.columns), off.arrangement, {**off.helpers}
    if settled.shared:
        keys = [heading_key(cell) for cell in header.cells]
        bill = columns["transaction_id"]
        arrangement = sharing(keys, bill, settled.shared, settled.shared_mark)
        columns.setdefault("net_amount", len(keys))
        helpers = {
            place: "discount_amount" if name == "discount" else "net_amount"
            for name, place in settled.shared.items()
        }
    form = rates.forms.get(columns.get("tax_percent", -1))
    if form is not None:
        arrangement = _with(arrangement, {"rates": {"tax_percent": form}})
    rate = None if settled.shared else rate_in_headings(header, columns)
    if rate is not None:
        arrangement = _with(arrangement, {"usual": {"tax_percent": rate}})
        columns = {**with_tax_in(header, columns), "tax_percent": len(header.cells)}
    return SalesMoney(settled, columns, arrangement, helpers, off.issues, left)


def _with(arrangement: Arrangement | None, more: Mapping[str, object]) -> Arrangement:
    return (arrangement or Arrangement()).model_copy(update=more)
