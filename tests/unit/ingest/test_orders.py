"""Orders in one list and their lines in another are one list of sales, and count once."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from lucid_orchestration.ingest.inspection import inspect_file
from lucid_orchestration.ingest.landing import ingest, is_landed
from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.orders import opening
from lucid_orchestration.ingest.orders.halves import HalfTable, half_tables
from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.reading import open_file
from tests.workbooks import write_xlsx

# Number, day, customer, state, and what was delivered for.
HEADS = [
    ("1001", "2026-03-02", "Ann", "Completed", 5),
    ("1002", "2026-03-03", "Bob", "Completed", 0),
    ("1003", "2026-03-17", "Ann", "Cancelled", 5),
    ("1004", "2026-03-18", "Cleo", "Completed", 9),
]
GOODS = [
    ("1001", "Mug", 2, 10),
    ("1001", "Tray", 1, 25),
    ("1002", "Mug", 1, 10),
    ("1003", "Tray", 2, 25),
    ("1004", "Bowl", 3, 4),
    ("1004", "Mug", 1, 10),
]
LINES = ["Order ID,Product,Quantity,Price,Line Total"] + [
    f"{number},{name},{count},{price},{count * price}" for number, name, count, price in GOODS
]
SUMS = {number: sum(c * p for one, _, c, p in GOODS if one == number) for number, *_ in HEADS}
ORDERS = ["Order ID,Order Date,Customer,Status,Shipping,Order Total"] + [
    f"{number},{day},{who},{state},{sent},{SUMS[number] + sent}"
    for number, day, who, state, sent in HEADS
]


def put(folder: Path, name: str, lines: list[str]) -> None:
    shop = folder / "inbox" / "Corner"
    shop.mkdir(parents=True, exist_ok=True)
    (shop / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def run(folder: Path) -> None:
    ingest(folder / "inbox", folder / "raw", folder / "state")
    assert is_landed(folder / "inbox", folder / "raw", folder / "state")


def landed(folder: Path, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder / "raw" / table).to_pylist()
    return found


def statuses(folder: Path) -> dict[str, tuple[str, str | None, int]]:
    return {
        row["file_name"]: (row["status"], row["kind"], row["rows_landed"])
        for row in landed(folder, "raw_source_files")
    }


def days(folder: Path) -> list[tuple[str, ...]]:
    fields = ("transaction_id", "sale_date", "customer_id", "product_name", "net_amount")
    return [tuple(row.get(field) for field in fields) for row in landed(folder, "raw_sales")]


def codes(folder: Path) -> dict[str, list[str]]:
    names = {row["source_file_id"]: row["file_name"] for row in landed(folder, "raw_source_files")}
    found: dict[str, list[str]] = {}
    for row in landed(folder, "raw_file_issues"):
        found.setdefault(names[row["source_file_id"]], []).append(
            f"{row['severity']} {row['code']}"
        )
    return found


@pytest.mark.parametrize("order", [*permutations(["orders.csv", "lines.csv"])])
def test_lines_take_the_day_of_their_order_whichever_comes_first(
    tmp_path: Path, order: tuple[str, ...]
) -> None:
    contents = {"orders.csv": ORDERS, "lines.csv": LINES}
    for name in order:
        put(tmp_path, name, contents[name])
        run(tmp_path)
    assert statuses(tmp_path) == {
        "orders.csv": ("accepted", "orders", 0),
        "lines.csv": ("accepted", "sales", 6),
    }
    assert days(tmp_path)[:3] == [
        ("1001", "2026-03-02", "Ann", "Mug", "20"),
        ("1001", "2026-03-02", "Ann", "Tray", "25"),
        ("1002", "2026-03-03", "Bob", "Mug", "10"),
    ]
    assert "note orders_joined" in codes(tmp_path)["lines.csv"]
    (told,) = [row for row in landed(tmp_path, "raw_file_issues") if "4 of 4" in row["message"]]
    assert '"Shipping"' in told["message"]
    assert "6 of 6 row(s)" in told["message"]
    # what was cancelled is no sale, as its order says
    (left_out,) = landed(tmp_path, "raw_documents")
    assert (left_out["document_status"], left_out["outcome"]) == ("Cancelled", "ignored")


def test_what_is_taken_away_or_changed_changes_the_lines(tmp_path: Path) -> None:
    put(tmp_path, "orders.csv", ORDERS)
    put(tmp_path, "lines.csv", LINES)
    run(tmp_path)
    put(tmp_path, "orders.csv", [line.replace("2026-03-02", "2026-03-01") for line in ORDERS])
    run(tmp_path)
    assert days(tmp_path)[0][1] == "2026-03-01"
    (tmp_path / "inbox" / "Corner" / "orders.csv").unlink()
    run(tmp_path)
    assert statuses(tmp_path) == {"lines.csv": ("refused", None, 0)}
    assert days(tmp_path) == []


def test_months_of_orders_belong_to_the_lines_of_their_own(tmp_path: Path) -> None:
    later = [line.replace("100", "200").replace("2026-03", "2026-04") for line in ORDERS]
    put(tmp_path, "orders-march.csv", ORDERS)
    put(tmp_path, "orders-april.csv", later)
    put(tmp_path, "lines.csv", LINES + [line.replace("100", "200") for line in LINES[1:]])
    run(tmp_path)
    assert {day[:7] for _, day, *_ in days(tmp_path)} == {"2026-03", "2026-04"}
    assert len(days(tmp_path)) == 12
    assert statuses(tmp_path)["orders-april.csv"] == ("accepted", "orders", 0)


def test_a_total_that_is_the_number_of_an_order_in_another_month_gives_no_day(
    tmp_path: Path,
) -> None:
    numbers = {number: f"300{number[-1]}" for number, *_ in HEADS}
    numbers["1001"] = ORDERS[1].rpartition(",")[2]

    def later(lines: list[str]) -> list[str]:
        return [f"{numbers[line[:4]]}{line[4:]}".replace("-03-", "-04-") for line in lines[1:]]

    put(tmp_path, "a-march.csv", ORDERS)
    put(tmp_path, "b-april.csv", [ORDERS[0], *later(ORDERS)])
    put(tmp_path, "lines.csv", [LINES[0], *later(LINES)])
    run(tmp_path)
    assert len(days(tmp_path)) == len(GOODS)
    assert {str(day)[:7] for _, day, *_ in days(tmp_path)} == {"2026-04"}
    assert statuses(tmp_path)["a-march.csv"][0] == "refused"


def weeks(count: int) -> dict[str, list[str]]:
    """Orders and lines of weeks, whose days are written day first from the first of May on."""
    files = {}
    for week in range(count):
        numbers = {one: f"{week}0{one}" for one, *_ in HEADS}
        files[f"orders-{week}.csv"] = [
            ORDERS[0],
            *(
                f"{numbers[line[:4]]},0{5 - at}/05/2026{line[15:]}"
                if not week
                else f"{numbers[line[:4]]},{7 * week + at:02}/05/2026{line[15:]}"
                for at, line in enumerate(ORDERS[1:], start=1)
            ),
        ]
        lines = (f"{numbers[line[:4]]}{line[4:]}" for line in LINES[1:])
        files[f"lines-{week}.csv"] = [LINES[0], *lines]
    return files


def test_lists_of_orders_teach_those_like_them_how_days_are_written(tmp_path: Path) -> None:
    files = weeks(3)
    for name in ("orders-0.csv", "lines-0.csv"):
        put(tmp_path, name, files[name])
    run(tmp_path)
    assert "warning ambiguous_dates" in codes(tmp_path)["lines-0.csv"]
    for name, lines in files.items():
        put(tmp_path, name, lines)
    run(tmp_path)
    assert "note decided_by_siblings" in codes(tmp_path)["lines-0.csv"]
    assert {row["date_order"] for row in landed(tmp_path, "raw_sales")} == {"dmy"}
    # what proves it says the same of files that come first
    assert not any("ambiguous_dates" in code for told in codes(tmp_path).values() for code in told)


def test_each_file_is_read_once_for_all_that_may_belong_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def counted(path: Path, name: str, mapping: FileMapping) -> list[HalfTable]:
        read.append(name)
        return half_tables(path, name, mapping)

    monkeypatch.setattr(opening, "half_tables", counted)
    files = weeks(3)
    for name, lines in files.items():
        put(tmp_path, name, lines)
    run(tmp_path)
    assert sorted(read) == sorted(files)


def test_the_lines_share_a_discount_of_their_order(tmp_path: Path) -> None:
    off = {"1001": 9, "1004": 2}
    heads = ["Order,Date,Customer,Subtotal,Discount,Total"] + [
        f"{n},{day},{who},{SUMS[n]},{off.get(n, 0)},{SUMS[n] - off.get(n, 0)}"
        for n, day, who, *_ in HEADS
    ]
    # lines of an order need not stand together
    put(tmp_path, "orders.csv", heads)
    apart = [*LINES[1::2], *LINES[2::2]]
    put(tmp_path, "lines.csv", [LINES[0].replace("Order ID", "Order"), *apart])
    run(tmp_path)
    sums: dict[str, float] = {}
    for number, _, _, _, amount in days(tmp_path):
        sums[number] = sums.get(number, 0) + float(amount)
    assert sums == {n: SUMS[n] - off.get(n, 0) for n in SUMS}


def test_lines_of_other_orders_are_not_joined(tmp_path: Path) -> None:
    put(tmp_path, "orders.csv", [line.replace("100", "700") for line in ORDERS])
    put(tmp_path, "lines.csv", LINES)
    run(tmp_path)
    assert {status for status, *_ in statuses(tmp_path).values()} == {"refused"}
    assert days(tmp_path) == []


def test_lines_of_other_money_are_not_joined(tmp_path: Path) -> None:
    odd = [f"{line.rpartition(',')[0]},{97 + 31 * n}" for n, line in enumerate(ORDERS[1:])]
    put(tmp_path, "orders.csv", [ORDERS[0], *odd])
    put(tmp_path, "lines.csv", LINES)
    run(tmp_path)
    (refused,) = {
        row["reason"]
        for row in landed(tmp_path, "raw_source_files")
        if row["file_name"] == "lines.csv"
    }
    assert refused == "orders_unmatched"


def test_a_line_without_its_order_is_said_and_has_no_day(tmp_path: Path) -> None:
    more = [f"{2000 + n},2026-03-20,Dan,Completed,0,10" for n in range(20)]
    lines = [f"{2000 + n},Mug,1,10,10" for n in range(20)]
    put(tmp_path, "orders.csv", ORDERS[:4] + more)
    put(tmp_path, "lines.csv", LINES + lines)
    run(tmp_path)
    assert "warning orders_missing" in codes(tmp_path)["lines.csv"]
    assert [row for row in days(tmp_path) if row[0] == "1004"] == [
        ("1004", None, None, "Bowl", "12"),
        ("1004", None, None, "Mug", "10"),
    ]


def test_sheets_of_one_workbook_are_joined(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    sheets = {"Orders": ORDERS, "Lines": LINES}
    write_xlsx(path, {name: [line.split(",") for line in text] for name, text in sheets.items()})
    opened = open_file(path)
    (table,) = opened.tables
    assert table.sheet == "Lines"
    assert [issue.code for issue in opened.issues] == ["orders_joined"]
    place = table.layout.columns["sale_date"]
    assert [row.cells[place] for row in table.rows][:2] == ["2026-03-02", "2026-03-02"]


def test_a_half_alone_says_what_would_complete_it(tmp_path: Path) -> None:
    for name, text, other in (("orders", ORDERS, "lines"), ("lines", LINES, "another list")):
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join(text) + "\n", encoding="utf-8")
        with pytest.raises(RefusedError, match=f"{other}.* joins"):
            open_file(path)


def test_a_look_at_one_half_finds_the_other_beside_it(tmp_path: Path) -> None:
    put(tmp_path, "orders.csv", ORDERS)
    put(tmp_path, "lines.csv", LINES)
    run(tmp_path)
    file = tmp_path / "inbox" / "Corner" / "lines.csv"
    found = inspect_file(tmp_path / "inbox", file, None, 1, tmp_path / "raw")
    assert found.rows["sales"][0]["sale_date"] == "2026-03-02"


DATED = ["Order ID,Date,Product,Quantity,Price,Line Total"] + [
    f"{n},{next(day for one, day, *_ in HEADS if one == n)},{name},{count},{price},{count * price}"
    for n, name, count, price in GOODS
]


def test_lines_with_days_learn_what_became_of_their_orders(tmp_path: Path) -> None:
    put(tmp_path, "lines.csv", DATED)
    run(tmp_path)
    assert landed(tmp_path, "raw_documents") == []
    put(tmp_path, "orders.csv", ORDERS)
    run(tmp_path)
    assert statuses(tmp_path)["orders.csv"] == ("accepted", "orders", 0)
    assert [row[:3] for row in days(tmp_path)][3] == ("1003", "2026-03-17", "Ann")
    (left_out,) = landed(tmp_path, "raw_documents")
    assert (left_out["document_status"], left_out["outcome"]) == ("Cancelled", "ignored")
    (tmp_path / "inbox" / "Corner" / "orders.csv").unlink()
    run(tmp_path)
    assert landed(tmp_path, "raw_documents") == []


def test_lists_that_number_alike_are_not_joined_without_money_that_agrees(tmp_path: Path) -> None:
    calls = ["No,Date,Customer,Status"] + [f"{n},2026-05-{n:02},Ann,Cancelled" for n in range(1, 9)]
    numbered = [line.replace("100", "") for line in LINES]
    for lines in (numbered, [line.replace("100", "") for line in DATED]):
        put(tmp_path, "lines.csv", lines)
        put(tmp_path, "calls.csv", calls)
        run(tmp_path)
        assert landed(tmp_path, "raw_documents") == []
        assert {day for _, day, *_ in days(tmp_path)} <= {day for _, day, *_ in HEADS}
