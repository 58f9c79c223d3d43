"""Many invented shops in one build: the marts equal two independent calculations."""

import datetime as dt
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lucid_orchestration.settings import Settings
from lucid_orchestration.storage import read_parquet_rows
from tests import shops
from tests.independent import marts_a, marts_b

HEADER = "Bill No,Bill Date,Item Code,Item Name,Category,Qty,Amount,Cost\n"
# a leap day, the ends of a year, a shop of one day and one of three years
FIRST_DAYS = [
    dt.date(2023, 1, 1),
    dt.date(2023, 2, 27),
    dt.date(2024, 2, 28),
    dt.date(2021, 12, 30),
]


@st.composite
def shop(draw: st.DrawFn) -> str:
    """The sales file of a shop: gaps, returns, free goods, unknown costs, ties, one product."""
    first = draw(st.sampled_from(FIRST_DAYS))
    span = draw(st.sampled_from([1, 40, 400, 1100]))
    products = draw(st.integers(1, 5))
    price = st.sampled_from(["0", "10", "10", "9.99", "33.333", "1000"])
    line = st.tuples(
        st.integers(0, span - 1),
        st.integers(1, products),
        st.sampled_from(["1", "1", "2", "0.25", "3.5", "-1", "10"]),
        price,
        st.sampled_from(["", "4", "6.6667", "0", "5000"]),
    )
    lines = draw(st.lists(line, min_size=1, max_size=60))
    rows = []
    for number, (offset, product, quantity, unit_price, cost) in enumerate(lines):
        day = first + dt.timedelta(days=offset)
        amount = f"{float(quantity) * float(unit_price):.2f}"
        rows.append(f"b{number},{day},p{product},Item {product},Food,{quantity},{amount},{cost}")
    return HEADER + "\n".join(rows) + "\n"


DEGENERATE = {
    "nothing-sold": "Item Name,Closing Stock,Cost,Stock Date\nTea,5,10,2024-03-01\n",
    "one-line": HEADER + "1,2024-02-29,p1,Tea,Food,1,10,4\n",
    "one-product": HEADER
    + "".join(f"{n},2024-{n:02}-01,p1,Tea,Food,{n},{n * 10},4\n" for n in range(1, 13)),
    "all-returns": HEADER
    + "".join(f"{n},2024-{n:02}-05,p{n % 3},Tea {n % 3},Food,-1,-10,4\n" for n in range(1, 9)),
    "no-cost": HEADER
    + "".join(f"{n},2024-{n:02}-05,p{n % 3},Tea {n % 3},Food,2,10,\n" for n in range(1, 9)),
    "negative-stock": HEADER + "1,2024-02-29,p1,Tea,Food,1,10,4\n",
}
NEGATIVE = "Item Code,Item Name,Closing Stock,Cost,Stock Date\np1,Tea,-5,4,2024-02-29\n"


SEEN: list[list[str]] = []


@settings(
    max_examples=1,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(shop(), min_size=40, max_size=40))
def draw_shops(contents: list[str]) -> None:
    """Let Hypothesis invent forty shops; one build takes them all."""
    SEEN.append(contents)


def build(folder: Path, contents: list[str]) -> Settings:
    """One build of all shops, each a dataset of its own."""
    for number, content in enumerate(contents):
        inbox = folder / "inbox" / f"random-{number:02}"
        inbox.mkdir(parents=True)
        # two files, so that days and products stand in both
        header, *rows = content.splitlines(keepends=True)
        (inbox / "odd.csv").write_text(header + "".join(rows[::2]), encoding="utf-8")
        if rows[1::2]:
            (inbox / "even.csv").write_text(header + "".join(rows[1::2]), encoding="utf-8")
    for name, content in DEGENERATE.items():
        (folder / "inbox" / name).mkdir(parents=True)
        (folder / "inbox" / name / "file.csv").write_text(content, encoding="utf-8")
    (folder / "inbox" / "negative-stock" / "stock.csv").write_text(NEGATIVE, encoding="utf-8")
    return shops.build(folder, "--exclude-resource-type", "unit_test")


def test_the_second_calculations_have_something_to_compare(sample_shop: Settings) -> None:
    # nothing beside nothing differs in nothing
    covered = marts_a.COVERED | marts_b.COVERED
    empty = [m for m in covered if not read_parquet_rows(sample_shop.marts / f"{m}.parquet")]
    assert (len(covered), empty) == (11, [])


def test_random_and_degenerate_shops_have_the_answers_of_two_other_programs(tmp_path: Path) -> None:
    draw_shops()
    paths = build(tmp_path, SEEN[-1])
    assert marts_a.check(paths.marts, paths.database) == []
    assert marts_b.check(paths.marts, paths.database) == []

    def rows(mart: str, shop: str) -> list[dict[str, object]]:
        table = read_parquet_rows(paths.marts / f"{mart}.parquet")
        return [row for row in table if row["dataset_id"] == shop]

    # what is unknown says so
    assert {row["profit_status"] for row in rows("profitability", "no-cost")} == {"no_cost"}
    statuses = {row["profit_status"] for row in rows("profitability", "all-returns")}
    assert statuses == {"non_positive_revenue"}
    assert {row["abc_class"] for row in rows("revenue_contribution", "all-returns")} <= {"R", "N"}
    (negative,) = rows("inventory_velocity", "negative-stock")
    assert (negative["inventory_status"], negative["days_of_cover"]) == ("negative_stock", None)
    assert rows("dead_stock", "negative-stock") == []
    (unsold,) = rows("dead_stock", "nothing-sold")
    assert unsold["last_sale_date"] is None
    assert {row["verdict"] for row in rows("seasonality", "one-line")} == {"insufficient_history"}
    assert {row["signal"] for row in rows("trend_signals", "one-line")} == {"insufficient_history"}
    (only,) = (
        row for row in rows("revenue_contribution", "one-product") if row["revenue_window"] == "all"
    )
    assert (only["abc_class"], only["revenue_share"]) == ("A", 1)
