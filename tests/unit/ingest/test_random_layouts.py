"""A shop written out in any layout reads back to the same money, or says that it may not."""

from decimal import Decimal
from pathlib import Path

import pytest

from lucid_orchestration.ingest.kinds import DISCOUNT_FIELDS, TAX_FIELDS
from lucid_orchestration.ingest.outcomes import RefusedError, Severity
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import Table
from tests.random_layouts import written

LAYOUTS = 1000
BATCH = 100


def revenue(table: Table, usual_mark: str) -> Decimal:
    """What the rows come to by the fields given to the columns, worked out a second way."""
    columns = table.layout.columns
    mark = table.layout.decimal_mark or usual_mark

    def number(cells: tuple[str, ...], field: str) -> Decimal | None:
        if field not in columns or not cells[columns[field]]:
            return None
        text = cells[columns[field]].rstrip("%")
        other = "," if mark == "." else "."
        return Decimal(text.replace(other, "").replace(mark, "."))

    total = Decimal(0)
    for row in table.rows:
        values = {field: number(row.cells, field) for field in columns if field in MONEY}
        total += line_amount(values)
    return total


MONEY = {
    *("quantity", "unit_price", "gross_unit_price"),
    *("net_amount", "gross_amount", "list_amount"),
    *DISCOUNT_FIELDS,
    *TAX_FIELDS,
}


def line_amount(values: dict[str, Decimal | None]) -> Decimal:
    known = {field: value for field, value in values.items() if value is not None}
    if "net_amount" in known:
        return known["net_amount"]
    if "gross_amount" in known:
        return without_tax(known["gross_amount"], known)
    quantity = known["quantity"]
    price = known.get("unit_price", known.get("gross_unit_price", Decimal(0)))
    full = known.get("list_amount", quantity * price)
    off = (
        known.get("discount_amount", Decimal(0))
        + known.get("unit_discount", Decimal(0)) * quantity
        + known.get("discount_percent", Decimal(0)) * full / 100
        + known.get("discount_share", Decimal(0)) * full
    )
    if "unit_price" not in known and "gross_unit_price" in known:
        return without_tax(full - off, known)
    return full - off


def without_tax(amount: Decimal, known: dict[str, Decimal]) -> Decimal:
    if "tax_percent" in known:
        return amount * 100 / (100 + known["tax_percent"])
    return amount - sum((known.get(name, Decimal(0)) for name in TAX_FIELDS), Decimal(0))


def outcome(path: Path, seed: int) -> str:
    """right, said or wrong."""
    file = written(seed)
    path.write_text(file.text, encoding="utf-8")
    try:
        opened = open_file(path)
    except RefusedError:
        return "refused"
    (table,) = opened.tables
    got = revenue(table, file.mark)
    if abs(got - file.revenue) <= Decimal("0.006") * abs(file.revenue):
        return "right"
    issues = [*table.issues, *opened.issues]
    if any(issue.severity is not Severity.NOTE for issue in issues):
        return "warned"
    return "wrong"


@pytest.mark.parametrize("first", range(0, LAYOUTS, BATCH))
def test_no_layout_is_read_wrongly_without_a_word(tmp_path: Path, first: int) -> None:
    outcomes = {
        seed: outcome(tmp_path / f"{seed}.csv", seed) for seed in range(first, first + BATCH)
    }
    wrong = {seed: written(seed).layout for seed, result in outcomes.items() if result == "wrong"}
    assert wrong == {}
    right = sum(result == "right" for result in outcomes.values())
    assert right >= 0.6 * BATCH, outcomes
