"""How the branches of a shop do, month by month, and what to move from one to another."""

from collections.abc import Iterator
from decimal import Decimal

from lucid_orchestration.formatting import (
    counted,
    money,
    month,
    month_name,
    percent,
    quantity,
)
from lucid_orchestration.report import charts
from lucid_orchestration.report.blocks import (
    ROWS_SHOWN,
    Cell,
    Column,
    Row,
    Rows,
    Section,
    Shop,
    Table,
    first_rows,
    in_a_sentence,
    pictures,
    products,
    signed,
)
from lucid_orchestration.settings import project_vars

_STATES = {"out": "Out of stock", "short": "Runs out before a delivery"}


def branches(rows: Rows, months: Rows, shop: Shop) -> Section | None:
    """Revenue by branch and what to move, from `branch_products`; None without branches.

    `months`, the rows of `branch_months`, tell the trend, the profit and the season of each.
    """
    if not rows:
        return None
    sums = charts.revenue_by_branch(rows)
    first = next(iter(sums))
    whole = sum(sums.values(), Decimal(0))
    share = f", {percent(sums[first] / whole)} of what all sold" if whole > 0 else ""
    moves = sorted(
        (row for row in rows if row["units_to_take"] > 0),
        key=lambda row: (-row["units_to_take"], row["product_id"], row["branch_id"]),
    )
    moved = len({row["product_id"] for row in moves})
    told = (
        f"{products(moved)} {'runs' if moved == 1 else 'run'} out in one branch while another has"
        " plenty."
        if moved
        else "No branch runs out of what another has plenty of."
    )
    if all(row["current_stock"] is None for row in rows):
        told = "What each of them has in stock is not known: no stock list names a branch."
    return Section(
        "branches",
        "How do the branches do?",
        f"In the last 90 days {in_a_sentence(first)} brought in most of {counted_branches(sums)}:"
        f" {money(sums[first], shop.currency)}{share}. {told}",
        pictures(
            (
                charts.branch_revenue(rows, shop.currency),
                "Revenue of each branch in the last 90 days.",
            )
        ),
        Table(
            first_rows("What to move", len(moves)),
            (
                Column("Product"),
                Column("To"),
                Column("In stock there", True),
                Column("Sells in 30 days", True),
                Column("From"),
                Column("Move", True),
                Column("State"),
            ),
            tuple(
                Row(
                    (
                        Cell.name(row["product_name"]),
                        Cell.name(row["branch_name"]),
                        Cell(quantity(row["current_stock"])),
                        Cell(quantity(row["expected_units_30d"])),
                        Cell.name(row["take_from_branch_name"]),
                        Cell(quantity(row["units_to_take"])),
                        Cell(_STATES[row["branch_state"]], wraps=True),
                    )
                )
                for row in moves[:ROWS_SHOWN]
            ),
        )
        if moves
        else None,
        tuple(_of_month(months, shop))[:ROWS_SHOWN],
        definition=(
            "Sells in 30 days: what the whole shop is expected to sell of the product, by the"
            " branch's part of a year's units. Move: what is missing to it, from the branch that"
            " has most beyond 60 days of its own. Profit: at what a piece cost in the"
            " whole shop that day."
        ),
    )


def counted_branches(sums: dict[str, Decimal]) -> str:
    """So many branches."""
    return counted(len(sums), "branch").replace("branchs", "branches")


def _of_month(rows: Rows, shop: Shop) -> Iterator[str]:
    """What each branch did in its newest complete month, most revenue first."""
    newest = max((row["month"] for row in rows if row["is_complete"]), default=None)
    told = [row for row in rows if row["month"] == newest and row["branch_id"]]
    for row in sorted(told, key=lambda row: (-row["revenue"], row["branch_id"])):
        changes = [
            f"{signed(row[change])} on {before}"
            for change, before in (
                ("revenue_change", "the month before"),
                ("revenue_year_change", "a year before"),
            )
            if row[change] is not None
        ]
        earned = row["profit_margin"]
        yield (
            f"{in_a_sentence(row['branch_name'])}: "
            + ", ".join([f"{money(row['revenue'], shop.currency)} in {month(newest)}", *changes])
            + (f"; {percent(earned)} of what has a known cost is profit" if earned else "")
            + f".{_strong_months(rows, row['branch_id'])}"
        )


def _strong_months(rows: Rows, branch_id: str) -> str:
    peak = Decimal(str(project_vars()["season_peak_index"]))
    strong = {
        row["month"].month
        for row in rows
        if row["branch_id"] == branch_id
        and row["season_index"] is not None
        and row["season_index"] >= peak
    }
    names = ", ".join(month_name(number) for number in sorted(strong))
    return f" It sells most in {names}." if names else ""
