"""Values stated once per group hold for the rows below; dates that are just missing stay so."""

from pathlib import Path

import pytest

from lucid_orchestration.ingest.delimited.opening import open_delimited
from lucid_orchestration.ingest.layout.mapping import NOTHING_SAID
from lucid_orchestration.ingest.outcomes import Severity
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import Table
from tests.workbooks import write_xlsx

DAYS = """Day,Article,Qty,Amount
03/02/2026,Lamp,1,400
,Bulb,2,90
,Wire,1,60
17/02/2026,Lamp,1,400
,Fuse,4,40
"""
BILLS = """Bill Date,Invoice No,Customer,Article,Qty,Amount
03/02/2026,70,Asha,Lamp,1,400
,,,Bulb,2,90
03/02/2026,71,,Lamp,1,400
,,,Fuse,4,40
04/02/2026,72,Ravi,Wire,1,60
"""
# The day once, the bill once within it; a bill without a customer has none.
BOTH = """Bill Date,Store,Invoice No,Customer,Article,Qty,Amount
03/02/2026,North,70,Asha,Lamp,1,400
,,,,Bulb,2,90
,,71,,Lamp,1,400
,,,,Fuse,4,40
04/02/2026,South,72,,Wire,1,60
,,73,Ravi,Wire,2,120
,,,,Bulb,1,45
"""
# The number of the bill in every line, its date in the first.
NUMBERED = """Bill Date,Invoice No,Article,Qty,Amount
03/02/2026,70,Lamp,1,400
,70,Bulb,2,90
03/02/2026,71,Lamp,1,400
,71,Fuse,4,40
,71,Wire,1,60
04/02/2026,72,Wire,1,60
,73,Lamp,1,400
"""


def read(tmp_path: Path, text: str) -> Table:
    path = tmp_path / "sales.csv"
    path.write_text(text, encoding="utf-8")
    return open_delimited(path, NOTHING_SAID).tables[0]


def column(table: Table, field: str) -> list[str]:
    place = table.layout.columns[field]
    return [row.cells[place] for row in table.rows]


def test_the_date_of_a_day_holds_for_its_lines(tmp_path: Path) -> None:
    table = read(tmp_path, DAYS)
    assert column(table, "sale_date") == ["03/02/2026"] * 3 + ["17/02/2026"] * 2
    assert [(issue.severity, issue.code, issue.row_number) for issue in table.issues] == [
        (Severity.NOTE, "group_values", 3)
    ]
    assert 'states "Day" once for several rows: 3 row(s)' in table.issues[0].message


def test_a_bill_states_its_number_and_customer_once(tmp_path: Path) -> None:
    assert column(read(tmp_path, BILLS), "transaction_id") == ["70", "70", "71", "71", "72"]
    assert column(read(tmp_path, BILLS), "customer_id") == ["Asha", "Asha", "", "", "Ravi"]


def test_bills_are_groups_within_a_day(tmp_path: Path) -> None:
    bills = ["70", "70", "71", "71", "72", "73", "73"]
    assert column(read(tmp_path, BOTH), "transaction_id") == bills
    customers = ["Asha", "Asha", "", "", "", "Ravi", "Ravi"]
    assert column(read(tmp_path, BOTH), "customer_id") == customers
    assert column(read(tmp_path, BOTH), "store") == ["North"] * 4 + ["South"] * 3
    assert column(read(tmp_path, BOTH), "sale_date") == ["03/02/2026"] * 4 + ["04/02/2026"] * 3


def test_a_bill_that_names_itself_in_each_line_lends_only_its_own_date(tmp_path: Path) -> None:
    more = "".join(f"05/02/2026,{n},Lamp,1,400\n,{n},Bulb,1,45\n" for n in range(80, 100))
    dates = column(read(tmp_path, NUMBERED + more), "sale_date")
    assert dates[:7] == ["03/02/2026"] * 5 + ["04/02/2026", ""]
    assert set(dates[7:]) == {"05/02/2026"}


def test_a_date_on_a_line_of_its_own_heads_its_day(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        "Day,Article,Qty,Amount\n3/2/2026,,,\n,Lamp,1,400\n,Bulb,2,90\n4/2/2026,,,\n,Fuse,4,40\n",
    )
    assert column(table, "sale_date") == ["3/2/2026", "3/2/2026", "4/2/2026"]
    assert (table.counts.landed, table.counts.note) == (3, 2)


@pytest.mark.parametrize("between", ["\n", "Total,,7,550\n", "Day,Article,Qty,Amount\n"])
def test_a_group_ends_where_something_stands_between(tmp_path: Path, between: str) -> None:
    lines = DAYS + between + ",Lamp,1,400\n18/02/2026,Lamp,1,400\n" + DAYS.partition("\n")[2] * 9
    dates = column(read(tmp_path, lines), "sale_date")
    assert dates[5:7] == ["", "18/02/2026"]
    assert dates.count("") == 1


def test_what_is_no_line_of_goods_takes_no_date(tmp_path: Path) -> None:
    assert column(read(tmp_path, DAYS + ",Cash in hand,,990\n"), "sale_date")[-1] == ""


SLIPS = {
    # a shop of one line a day, and a shop of several
    "one a day": "".join(
        f"{'' if n in (7, 15) else f'{n:02}/02/2026'},Lamp,1,400\n" for n in range(1, 29)
    ),
    "many a day": "".join(
        f"{'' if n % 5 in (2, 4) else f'{n // 4 + 1:02}/02/2026'},Lamp,1,400\n" for n in range(80)
    ),
    "from some row on": "".join(
        f"{f'{n:02}/02/2026' if n < 11 else ''},Lamp,1,400\n" for n in range(1, 29)
    ),
    "the first": ",Lamp,1,400\n,Lamp,1,400\n03/02/2026,Lamp,1,400\n04/02/2026,Lamp,1,400\n",
    "one": "03/02/2026,Lamp,1,400\n,Lamp,1,400\n",
}


@pytest.mark.parametrize("slips", SLIPS)
def test_dates_that_are_missing_stay_missing(tmp_path: Path, slips: str) -> None:
    table = read(tmp_path, "Day,Article,Qty,Amount\n" + SLIPS[slips])
    assert "" in column(table, "sale_date")
    assert table.layout.stated_once == frozenset()
    assert table.issues == []


def test_a_bill_of_its_own_is_not_of_the_day_above(tmp_path: Path) -> None:
    lines = "".join(
        f"{'' if n in (5, 9, 12) else f'{n:02}/02/2026'},{n},Lamp,1,400\n" for n in range(1, 29)
    )
    dates = column(read(tmp_path, "Date,Bill No,Article,Qty,Amount\n" + lines), "sale_date")
    assert dates.count("") == 3


PRODUCTS = """Category,Item Code,Item,Day,Qty,Amount
Light,L1,Lamp,03/02/2026,1,400
,,,04/02/2026,2,800
Part,B7,Bulb,03/02/2026,2,90
,,,09/02/2026,1,45
,,,17/02/2026,1,45
"""


def test_a_product_holds_for_the_sales_below_it(tmp_path: Path) -> None:
    assert column(read(tmp_path, PRODUCTS), "product_name") == ["Lamp"] * 2 + ["Bulb"] * 3
    assert column(read(tmp_path, PRODUCTS), "product_id") == ["L1"] * 2 + ["B7"] * 3
    assert column(read(tmp_path, PRODUCTS), "category") == ["Light"] * 2 + ["Part"] * 3
    headed = "Item,Day,Qty,Amount\nLamp,,,\n,3/2/2026,1,400\nBulb,,,\n,3/2/2026,2,90\n"
    assert column(read(tmp_path, headed), "product_name") == ["Lamp", "Bulb"]


@pytest.mark.parametrize("again", ["Lamp", "Bulb"])
def test_products_missing_in_a_list_that_names_them_again_stay_missing(
    tmp_path: Path, again: str
) -> None:
    lines = PRODUCTS + f"Light,L1,{again},18/02/2026,1,400\n"
    assert column(read(tmp_path, lines), "product_name").count("") == 3


def test_a_few_missing_products_stay_missing(tmp_path: Path) -> None:
    lines = "".join(f"{'' if n in (4, 8) else f'Item {n}'},{n}/2/2026,1,9\n" for n in range(1, 29))
    names = column(read(tmp_path, "Item,Day,Qty,Amount\n" + lines), "product_name")
    assert names.count("") == 2


def test_merged_cells_hold_for_all_their_rows_but_figures_do_not(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Lights Ltd", "", "", "", ""],
        ["Date", "Bill No", "Article", "Qty", "Amount"],
        ["03/02/2026", 7, "Lamp", 1, 400],
        ["", "", "Bulb", 2, ""],
        ["04/02/2026", 8, "Fuse", 4, 40],
        *([f"{day:02}/02/2026", day + 4, "Wire", 1, 60] for day in range(5, 29)),
    ]
    write_xlsx(tmp_path / "a.xlsx", {"Sales": rows}, ["A1:E1", "A3:A4", "B3:B4", "E3:E4"])
    table = open_file(tmp_path / "a.xlsx").tables[0]
    found = [row.cells for row in table.rows]
    assert found[:3] == [
        ("03/02/2026", "7", "Lamp", "1", "400"),
        ("03/02/2026", "7", "Bulb", "2", ""),
        ("04/02/2026", "8", "Fuse", "4", "40"),
    ]
    assert [issue.row_number for issue in table.issues if issue.code == "group_values"] == [4]


def test_bills_made_whole_show_what_the_columns_mean(tmp_path: Path) -> None:
    """The total of a bill in each of its lines is seen only where the bill is."""
    text = "Date,Bill No,Item,Qty,Rate,Amount,Total\n" + "".join(
        f"{day:02}/02/2026,{day},Lamp,1,{300 + day},{300 + day},{700 + 3 * day}\n"
        f",,Bulb,2,{200 + day},{400 + 2 * day},{700 + 3 * day}\n"
        for day in range(1, 29)
    )
    assert read(tmp_path, text).layout.columns["bill_amount"] == 6


def test_a_day_may_be_stated_again_for_the_next_customer(tmp_path: Path) -> None:
    days = ["03/02/2026", "", "04/02/2026", "", "", "04/02/2026", "", "05/02/2026", "", ""]
    lines = "".join(f"{day},Lamp,{n},40\n" for n, day in enumerate(days))
    filled = ["03/02/2026"] * 2 + ["04/02/2026"] * 5 + ["05/02/2026"] * 3
    assert column(read(tmp_path, f"Day,Article,Qty,Amount\n{lines}"), "sale_date") == filled
    # in no order of days nothing tells which day a line without one is of
    days = [day for first in ("03", "05", "03") for day in [f"{first}/02/2026", ""] * 2]
    lines = "".join(f"{day},Lamp,{n},40\n" for n, day in enumerate(days))
    assert column(read(tmp_path, f"Day,Article,Qty,Amount\n{lines}"), "sale_date") == days
