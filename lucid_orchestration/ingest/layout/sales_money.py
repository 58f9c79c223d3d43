"""The money of a sales table with what its lines take from elsewhere: bills, returns, tax rates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lucid_orchestration.ingest.layout.conventions import DecimalMark
from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.money.case import SettledMoney
from lucid_orchestration.ingest.layout.money.settle import settle_money
from lucid_orchestration.ingest.layout.profile import Arrangement, sharing
from lucid_orchestration.ingest.layout.rate_shares import in_percent, share_columns
from lucid_orchestration.ingest.layout.returned import TakenOff, returned_pieces, taking_off
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
    shares = share_columns(header, told, below)
    below = in_percent(below, shares)
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
    if columns.get("tax_percent") in shares:
        rules = arrangement or Arrangement()
        arrangement = rules.model_copy(update={"shares": ("tax_percent",)})
    return SalesMoney(settled, columns, arrangement, helpers, off.issues, left)
