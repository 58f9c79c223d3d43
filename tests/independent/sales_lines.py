"""The sales lines of a build with their product, kind and cost: where both calculations start.

Line by line, where the models add up a file's days first and look for their costs afterwards.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import duckdb

Row = dict[str, Any]
Key = tuple[str, str]


def read(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Every accepted line. Its cost: its own, of the purchases it came from, of the item."""

    def rows(table: str) -> list[Row]:
        relation = connection.sql(f"select * from {table}")
        return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]

    identities: dict[tuple[str, str | None, str | None], str] = {
        (row["dataset_id"], row["product_id"], row["product_name_key"]): row["item_id"]
        for row in rows("intermediate.int_product_identities")
    }
    items: dict[Key, Row] = {
        (row["dataset_id"], row["product_id"]): row for row in rows("intermediate.int_item_costs")
    }
    purchases: dict[Key, list[Row]] = defaultdict(list)
    for row in rows("intermediate.int_purchases"):
        purchases[row["dataset_id"], row["product_id"]].append(row)
    stock = {(row["dataset_id"], row["product_id"]): row for row in rows("intermediate.int_stock")}

    lines = rows("staging.stg_sales")
    taken: dict[Key, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line in lines:
        dataset_id = line["dataset_id"]
        named = (dataset_id, line["product_id"], line["product_name_key"])
        line["product_code"], line["product_id"] = line["product_id"], identities[named]
        taken[dataset_id, line["product_id"]][line["sale_date"]] += line["quantity"]
    believed = _believed(rows, lines, items)
    issued = {
        key: first_in_first_out(taken[key], own, items[key], stock.get(key))[0]
        for key, own in purchases.items()
        if key in items
    }
    for line in lines:
        key = (line["dataset_id"], line["product_id"])
        item = items[key]
        bought_for = issued.get(key, {}).get(line["sale_date"])
        unit_costs = {"purchases": bought_for, "item": item["item_cost"]}
        basis = next((basis for basis, cost in unit_costs.items() if cost is not None), None)
        line["line_kind"] = item["line_kind"]
        if _group(line) not in believed:
            line["line_cost"] = None
        line["cost_basis"] = "line" if line["line_cost"] is not None else basis
        if line["line_cost"] is None and basis is not None:
            exact = Fraction(unit_costs[basis]) * Fraction(line["quantity"])
            line["line_cost"] = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
                Decimal("0.0000001"), rounding=ROUND_HALF_UP
            )
    return lines


def _group(line: Row) -> tuple[Any, ...]:
    """The lines whose own costs are believed or not together."""
    return (
        line["source_file_id"],
        line["product_code"],
        line["product_name_key"],
        line["sale_date"],
        line["quantity"] > 0,
    )


def _believed(
    rows: Callable[[str], list[Row]], lines: list[Row], items: Mapping[Key, Row]
) -> set[tuple[Any, ...]]:
    """Where lines state a cost of their own that is not far above what the product sells for."""
    stated = {
        row["source_file_id"]
        for row in rows("staging.stg_columns")
        if row["field"] in ("unit_cost", "line_cost")
    }
    sums: dict[tuple[Any, ...], list[Any]] = {}
    for line in lines:
        if line["line_cost"] is not None:
            own = sums.setdefault(_group(line), [Decimal(0), Decimal(0), None])
            own[0] += line["line_cost"]
            own[1] += line["quantity"]
            own[2] = items[line["dataset_id"], line["product_id"]]["highest_cost"]
    return {
        key
        for key, (cost, quantity, highest) in sums.items()
        if key[0] not in stated or highest is None or abs(cost) <= highest * abs(quantity)
    }


def first_in_first_out(
    taken: Mapping[date, Decimal],
    purchases: list[Row],
    item: Row,
    record: Row | None,
    until: date = date.max,
) -> tuple[dict[date, Decimal], list[tuple[date | None, Fraction, Fraction]]]:
    """What a unit of each day's sales had cost, and the layers left: day, units, cost of one.

    A queue of layers; what is taken back goes to its head again, as it was issued last. What comes
    after `until` only tells how much of a later count was there before.
    """
    limit = item["highest_cost"]
    bought: dict[date, list[tuple[Decimal, Decimal]]] = defaultdict(list)
    sent_back: dict[date, Decimal] = defaultdict(Decimal)
    for row in purchases:
        cost = row["unit_cost"]
        if row["document_type"] == "purchase_return":
            sent_back[row["purchase_date"]] += row["quantity"]
        elif cost and cost > 0 and row["quantity"] > 0 and (limit is None or cost <= limit):
            bought[row["purchase_date"]].append((row["quantity"], cost))
    queue: deque[list[Any]] = deque()
    if not any(day <= until for day in bought):
        return {}, []
    if record is not None:
        counted = record["stock_date"] or date.max
        opening = record["current_stock"]
        opening += sum(q for day, q in taken.items() if day <= counted)
        opening += sum(q for day, q in sent_back.items() if day <= counted)
        opening -= sum(q for day, lots in bought.items() if day <= counted for q, _ in lots)
        if opening > 0 and item["item_cost"] is not None and item["item_cost"] > 0:
            queue.append([None, Fraction(opening), Fraction(item["item_cost"])])
    last = queue[0][2] if queue else None
    issued: list[list[Any]] = []
    credit = Fraction(0)  # taken back before anything was sold

    def issue(units: Fraction) -> Fraction | None:
        nonlocal credit
        known, beyond = Fraction(0), min(credit, max(units, Fraction(0)))
        credit -= beyond
        units -= beyond
        while units > 0 and queue:
            layer = queue[0]
            part = min(units, layer[1])
            known += part * layer[2]
            issued.append([layer[0], part, layer[2]])
            layer[1] -= part
            units -= part
            if not layer[1]:
                queue.popleft()
        beyond += max(units, Fraction(0))
        units = min(units, Fraction(0))
        while units < 0 and issued:
            layer = issued[-1]
            part = min(-units, layer[1])
            known -= part * layer[2]
            if queue and queue[0][0] == layer[0]:
                queue[0][1] += part
            else:
                queue.appendleft([layer[0], part, layer[2]])
            layer[1] -= part
            units += part
            if not layer[1]:
                issued.pop()
        credit -= units
        beyond += units
        if beyond and last is None:
            return None
        return known + beyond * (last or 0)

    costs: dict[date, Decimal] = {}
    for day in sorted(day for day in {*bought, *sent_back, *taken} if day <= until):
        lots = bought.get(day, [])
        if lots:
            units = Fraction(sum(q for q, _ in lots))
            last = Fraction(sum(q * c for q, c in lots)) / units
            queue.append([day, units, last])
        if sent_back.get(day):
            issue(Fraction(sent_back[day]))
        if day in taken:
            cost = issue(Fraction(taken[day]))
            one = last if not taken[day] else None if cost is None else cost / Fraction(taken[day])
            if one is not None:
                # a unit of the day at nine places, as it is defined
                costs[day] = (Decimal(one.numerator) / Decimal(one.denominator)).quantize(
                    Decimal("0.000000001"), rounding=ROUND_HALF_UP
                )
    return costs, [(day, units, cost) for day, units, cost in queue]
