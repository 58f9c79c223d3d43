"""Orders that say once what holds for all their lines: discount, tax, delivery, total, day."""

import csv
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import Table

Order = dict[str, Decimal]
CENT = Decimal("0.01")
GOODS = [("Mug", Decimal("12.50")), ("Honey", Decimal("9.95")), ("Soap", Decimal("4.75"))]
HEADS = ("Order No", "Order Date", "Item", "Qty", "Unit Price")


def lines_of(number: int) -> list[tuple[str, int, Decimal]]:
    return [(name, 1 + (number + at) % 3, price) for at, (name, price) in enumerate(GOODS)][
        : 1 + number % 3
    ]


def orders(count: int, inside: str = "", refunded: int = 0) -> Iterator[Order]:
    """Orders whose tax of 8 % comes on top, or that is `inside` the lines or their delivery too."""
    for number in range(count):
        whole = sum((qty * price for _, qty, price in lines_of(number)), Decimal(0))
        off = (whole * (number % 4) * 5 / 100).quantize(CENT)
        sent = [Decimal(0), Decimal("4.95"), Decimal("6.50")][number % 3]
        left = whole - off
        taxed = left + sent if inside == "all" else left
        tax = (taxed * 8 / 108 if inside else taxed * 8 / 100).quantize(CENT)
        total = left + sent + (0 if inside else tax)
        back = total if refunded and number % refunded == 0 else Decimal(0)
        yield {"Discount": off, "Shipping": sent, "Tax": tax, "Total": total, "Refunded": back}


def written(
    folder: Path, stated: Sequence[Order], names: Sequence[str], repeated: Sequence[str] = ()
) -> Table:
    """A file of orders with the figures `names`; what is not `repeated` is on first lines alone."""
    with (folder / "orders.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*HEADS, *names])
        for number, order in enumerate(stated):
            heads = [str(1000 + number), f"2026-01-{number + 1:02}"]
            for at, (name, qty, price) in enumerate(lines_of(number)):
                figures = [order[one] if at == 0 or one in repeated else "" for one in names]
                own = [
                    h if at == 0 or c in repeated else ""
                    for c, h in zip(HEADS, heads, strict=False)
                ]
                writer.writerow([*own, name, qty, price, *figures])
    (table,) = open_file(folder / "orders.csv").tables
    return table


def net(table: Table) -> Decimal:
    """What the lines come to; each has its order's number and day."""
    columns = table.layout.columns
    total = Decimal(0)
    for row in table.rows:
        cells = {name: row.cells[place] for name, place in columns.items()}
        assert cells["transaction_id"]
        assert cells["sale_date"]
        own = Decimal(cells["quantity"]) * Decimal(cells["unit_price"])
        total += Decimal(cells.get("net_amount") or own)
    return total


def goods(stated: Sequence[Order], discounted: bool = True) -> Decimal:
    whole = sum(
        (qty * price for number in range(len(stated)) for _, qty, price in lines_of(number)),
        Decimal(0),
    )
    return whole - sum((order["Discount"] for order in stated if discounted), Decimal(0))


EVERYWHERE = ("Order No", "Order Date", "Discount", "Shipping", "Tax", "Total")


@pytest.mark.parametrize("repeated", [(), ("Order No",), ("Order No", "Order Date"), EVERYWHERE])
def test_the_lines_share_the_discount_that_the_totals_prove(
    tmp_path: Path, repeated: tuple[str, ...]
) -> None:
    stated = [*orders(12)]
    table = written(tmp_path, stated, ["Discount", "Shipping", "Tax", "Total"], repeated)
    assert net(table) == goods(stated)
    assert table.layout.columns.keys().isdisjoint({"tax_amount", "gross_amount", "bill_amount"})
    assert not [issue for issue in table.issues if issue.severity == "warning"]
    proof = "The lines of a bill less Discount plus Tax plus Shipping are Total: in 12 of 12 bills."
    (sentence,) = {*table.layout.evidence.values()}
    assert sentence.startswith(proof)


def test_a_tax_of_the_bill_is_of_no_line(tmp_path: Path) -> None:
    stated = [{**order, "Total": order["Total"] + order["Discount"]} for order in orders(12)]
    for order in stated:
        order["Total"] -= order["Shipping"]
    table = written(tmp_path, stated, ["Tax", "Total"])
    assert net(table) == goods(stated, discounted=False)
    assert table.layout.columns.keys().isdisjoint({"tax_amount", "net_amount"})


@pytest.mark.parametrize("inside", ["lines", "all"])
def test_a_tax_that_the_lines_hold_comes_off(tmp_path: Path, inside: str) -> None:
    stated = [*orders(12, inside)]
    table = written(tmp_path, stated, ["Discount", "Shipping", "Tax", "Total"])
    taxes = sum((order["Tax"] for order in stated), Decimal(0))
    if inside == "all":
        sent = sum((order["Shipping"] for order in stated), Decimal(0))
        taxes -= (sent * 8 / 108).quantize(CENT)
    assert abs(net(table) - (goods(stated) - taxes)) <= Decimal("0.05")


def test_what_was_paid_back_comes_off_the_lines_of_its_order(tmp_path: Path) -> None:
    stated = [*orders(12, refunded=5)]
    names = ["Discount", "Shipping", "Tax", "Total", "Refunded"]
    table = written(tmp_path, stated, names, ("Order No",))
    kept = [(number, order) for number, order in enumerate(stated) if order["Refunded"] == 0]
    whole = sum((q * p for number, _ in kept for _, q, p in lines_of(number)), Decimal(0)) - sum(
        (order["Discount"] for _, order in kept), Decimal(0)
    )
    assert net(table) == whole
    assert "refund_not_used" not in {issue.code for issue in table.issues}


def test_a_discount_that_no_total_shows_is_asked_for(tmp_path: Path) -> None:
    stated = [{**order, "Total": order["Total"] + order["Discount"]} for order in orders(12)]
    with pytest.raises(RefusedError) as refused:
        written(tmp_path, stated, ["Discount", "Shipping", "Tax", "Total"], ("Order No",))
    assert refused.value.reason == "ambiguous_figures"


def test_one_of_few_orders_that_differs_proves_nothing(tmp_path: Path) -> None:
    stated = [*orders(12)]
    stated[5]["Total"] += 3
    with pytest.raises(RefusedError):
        written(tmp_path, stated, ["Discount", "Shipping", "Tax", "Total"], ("Order No",))


def test_of_many_orders_those_that_differ_are_told(tmp_path: Path) -> None:
    stated = [*orders(28)]
    stated[5]["Total"] += 30
    table = written(tmp_path, stated, ["Discount", "Shipping", "Tax", "Total"], ("Order No",))
    assert net(table) == goods(stated)
    assert "bill_total_differs" in {issue.code for issue in table.issues}
