"""Many invented shops in one build: the marts equal two independent calculations."""

import datetime as dt
from pathlib import Path
from random import Random

from lucid_orchestration.ingest.knowledge import knowledge_in
from lucid_orchestration.settings import Settings
from lucid_orchestration.storage import read_parquet_rows
from lucid_orchestration.yml import parse_stated
from tests import shops
from tests.independent import branches, marts_a, marts_b

HEADER = "Bill No,Bill Date,Item Code,Item Name,Category,Qty,Amount,Cost\n"
PURCHASES = "Purchase Bill No,Purchase Date,Supplier,Item Code,Item Name,Qty,Purchase Rate\n"
SUPPLIERS = ("Sharma Traders", "Gone", "")
STOCK = "Item Code,Item Name,Closing Stock,Cost,Stock Date\n"
BRANCHES = "branch_products.parquet"
# a leap day, the ends of a year, a shop of one day and one of three years
FIRST_DAYS = [
    dt.date(2023, 1, 1),
    dt.date(2023, 2, 27),
    dt.date(2024, 2, 28),
    dt.date(2021, 12, 30),
]


def shop(random: Random) -> tuple[str, str, str]:
    """A shop's files: sales with gaps, returns, free goods, unknown costs, ties; what was bought.

    Every other shop buys, some of it at no known cost, sends back, and counts its stock; every
    fourth sells day by day, so that a fortnight without a sale and a large bill mean something.
    """
    first = random.choice(FIRST_DAYS)
    is_dense = random.random() < 0.25
    span = random.choice([420, 560] if is_dense else [1, 40, 400, 1100])
    products = random.randint(1, 2 if is_dense else 5)
    lines = [
        (
            random.randrange(span),
            random.randint(1, products),
            random.choice(["1", "1", "2", "0.25", "3.5", "-1", "10"]),
        )
        for _ in range(random.randint(1, 60))
    ]
    if is_dense:
        quiet = random.randrange(100, span - 20)
        lines = [
            (day, product, random.choice(["1", "1", "2", "3"]))
            for day in range(span)
            for product in range(1, products + 1)
            if random.random() < 0.9 and not (product == 1 and quiet <= day < quiet + 18)
        ]
        lines.append((random.randrange(span), 1, "90"))
    rows = []
    for number, (offset, product, quantity) in enumerate(lines):
        day = first + dt.timedelta(days=offset)
        price = random.choice(["0", "10", "10", "9.99", "33.333", "1000"])
        cost = random.choice(["", "", "4", "6.6667", "0", "5000"])
        amount = f"{float(quantity) * float(price):.2f}"
        rows.append(f"b{number},{day},p{product},Item {product},Food,{quantity},{amount},{cost}")
    sales = HEADER + "\n".join(rows) + "\n"
    if random.random() < 0.5:
        return sales, "", ""
    bought = [
        f"u{number},{first + dt.timedelta(days=random.randrange(span))},{SUPPLIERS[number % 3]},"
        f"p{product},Item {product},"
        f"{random.choice(['1', '5', '5', '2.5', '40', '-2'])},"
        f"{random.choice(['4', '4', '6.6667', '', '9000'])}"
        for number in range(random.randint(1, 30))
        for product in [random.randint(1, products)]
    ]
    counted = first + dt.timedelta(days=random.randrange(span))
    listed = [
        f"p{product},Item {product},{random.choice(['0', '3', '12.5', '-1'])},"
        f"{random.choice(['', '5'])},{counted}"
        for product in range(1, products + 1)
        if random.random() < 0.7
    ]
    return (
        sales,
        PURCHASES + "\n".join(bought) + "\n",
        STOCK + "\n".join(listed) + "\n" if listed else "",
    )


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


def said(random: Random, content: str) -> str:
    """A lucid.yml of every second shop: deliveries, closed days past and coming, festivals."""
    if random.random() < 0.5:
        return ""
    days = sorted(line.split(",")[1] for line in content.splitlines()[1:])
    last = dt.date.fromisoformat(days[-1])
    closed = [
        (start, start + dt.timedelta(days=random.randrange(20)))
        for start in (last + dt.timedelta(days=random.randint(-300, 150)) for _ in range(4))
    ]
    lines = [
        f"lead_time_days: {random.choice([0, 3, 12, 60])}" if random.random() < 0.5 else "",
        f"order_cycle_days: {random.choice([1, 14, 90])}" if random.random() < 0.5 else "",
        "lead_times:",
        f"  products: {{P1: {random.choice([0, 5])}, item  1: 4}}" if random.random() < 0.5 else "",
        f"  suppliers: {{'sharma  TRADERS': {random.randint(1, 40)}, Gone: 3}}",
        f"  categories: {{food: {random.randint(1, 40)}}}" if random.random() < 0.5 else "",
        f"closed_weekdays: {random.choice(['[]', '[sunday]', '[mon, Tue]'])}",
        f"closed_days: [{', '.join(f'{first} to {end}' for first, end in closed)}]",
        random.choice(["", "festivals: []", "festivals: [diwali, Holi]"]),
        "own_festivals: {Fair: [2022-03-01, 2023-03-05, 2024-02-20, 2025-03-02],"
        " holi: [2024-03-20]}",
    ]
    kept = [line for line in lines if (line and random.random() < 0.8) or line == "lead_times:"]
    return "\n".join(kept) + "\n"


def by_branch(random: Random, content: str, stock: str) -> tuple[str, str]:
    """The same lines, most of them with a branch; stock lists count each product in some."""
    header, *rows = content.splitlines()
    branches = ["North", "NORTH", "South", "South", "East", ""]
    sold = [f"{header},Branch", *(f"{row},{random.choice(branches)}" for row in rows)]
    listed = []
    for row in stock.splitlines()[1:]:
        code, name, _, cost, day = row.split(",")
        listed += [
            f"{code},{name},{random.choice(['0', '1', '7', '60'])},{cost},{day},{branch}"
            for branch in ("north", "South", "Depot")
            if random.random() < 0.7
        ]
    stock = "\n".join([f"{STOCK.strip()},Branch", *listed]) + "\n" if listed else ""
    return "\n".join(sold) + "\n", stock


def draw_shops() -> list[tuple[str, str, str]]:
    """Forty invented shops, the same each time; one build takes them all."""
    random = Random(20261031)
    return [shop(random) for _ in range(40)]


def build(folder: Path, contents: list[tuple[str, str, str]]) -> Settings:
    """One build of all shops, each a dataset of its own."""
    for number, (content, purchases, stock) in enumerate(contents):
        inbox = folder / "inbox" / f"random-{number:02}"
        inbox.mkdir(parents=True)
        for name, text in (("purchases", purchases), ("stock", stock)):
            if text:
                (inbox / f"{name}.csv").write_text(text, encoding="utf-8")
        if number % 3 == 0 and number < 36:
            content, stock = by_branch(Random(number + 7), content, stock)
            (inbox / "stock.csv").unlink(missing_ok=True)
            if stock:
                (inbox / "stock.csv").write_text(stock, encoding="utf-8")
        words = said(Random(number), content)
        assert words == "" or knowledge_in(parse_stated(words.encode())).problems == ()
        (inbox / "lucid.yml").write_text(words, encoding="utf-8")
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
    assert (len(covered), empty) == (12, [])


def test_random_and_degenerate_shops_have_the_answers_of_two_other_programs(tmp_path: Path) -> None:
    paths = build(tmp_path, draw_shops())
    assert marts_a.check(paths.marts, paths.database) == []
    assert marts_b.check(paths.marts, paths.database) == []
    assert branches.check(paths.marts, paths.database) == []
    by_state = {row["branch_state"] for row in read_parquet_rows(paths.marts / BRANCHES)}
    assert by_state >= {"unknown", "out", "enough"}

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
