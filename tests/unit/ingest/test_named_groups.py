"""Reports by product: the name above its lines holds where the sum below them proves it."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from lucid_orchestration.ingest.delimited.opening import open_delimited
from lucid_orchestration.ingest.layout.mapping import NOTHING_SAID, FileMapping
from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import Table
from tests.workbooks import write_xlsx

# QuickBooks Online, Sales by Product/Service Detail
DETAIL = """Sales by Product/Service Detail,,,,,,
Lamp House
"January - March, 2026"

,Transaction date,Transaction type,Customer full name,Quantity,Sales price,Amount,Balance
Lamp,,,,,,,
,03/02/2026,Invoice,Asha,1.00,400.00,400.00,400.00
,03/17/2026,Invoice,Ravi,2.00,400.00,800.00,"1,200.00"
,03/18/2026,Credit Memo,Ravi,-1.00,400.00,-400.00,800.00
Total for Lamp,,,,2.00,,$800.00,
Wire,,,,,,,
,03/02/2026,Invoice,Ravi,4.00,20.00,80.00,80.00
,03/19/2026,Invoice,Asha,3.00,20.00,60.00,140.00
Total for Wire,,,,7.00,,$140.00,
TOTAL,,,,9.00,,$940.00,

Accrual Basis Saturday 10:02 AM,,,,,,,
"""
# QuickBooks Desktop, Sales by Item Detail: "Name" is the customer
ITEMS = """,,,Type,Date,Num,Name,Qty,Sales Price,Amount,Balance
Inventory,,,,,,,,,,
,Lamp,,,,,,,,,
,,,Invoice,03/02/2026,7,Asha,1,400,400,400
,,,Invoice,03/17/2026,8,Ravi,2,400,800,1200
,,,Invoice,03/18/2026,9,Mira,1,400,400,1600
,Total Lamp,,,,,,4,,1600,1600
,Wire,,,,,,,,,
,,,Invoice,03/02/2026,7,Asha,4,20,80,80
,,,Invoice,03/17/2026,8,Ravi,3,20,60,140
,,,Invoice,03/19/2026,9,Mira,3,20,60,200
,Total Wire,,,,,,10,,200,200
Total Inventory,,,,,,,14,,1800,1800
TOTAL,,,,,,,14,,1800,1800
"""
# QuickBooks Desktop, Sales by Customer Detail
CUSTOMERS = """,Type,Date,Num,Item,Qty,Sales Price,Amount
Asha,,,,,,,
,Invoice,03/02/2026,7,Lamp,1,400,400
,Invoice,03/17/2026,8,Wire,2,20,40
,Invoice,03/17/2026,8,Fuse,2,5,10
Total Asha,,,,,5,,450
Ravi,,,,,,,
,Invoice,03/03/2026,9,Lamp,2,400,800
,Invoice,03/18/2026,10,Wire,1,20,20
,Invoice,03/18/2026,10,Fuse,3,5,15
Total Ravi,,,,,6,,835
TOTAL,,,,,11,,1285
"""


def read(tmp_path: Path, text: str, mapping: FileMapping = NOTHING_SAID) -> Table:
    path = tmp_path / "sales.csv"
    path.write_text(text, encoding="utf-8")
    return open_delimited(path, mapping).tables[0]


def column(table: Table, field: str) -> list[str]:
    place = table.layout.columns[field]
    return [row.cells[place] for row in table.rows]


def counted(table: Table) -> tuple[int, int, int]:
    counts = table.counts
    return counts.landed, counts.total, counts.note


def test_lines_take_the_name_above_them_and_sums_are_no_lines(tmp_path: Path) -> None:
    table = read(tmp_path, DETAIL)
    assert column(table, "product_name") == ["Lamp"] * 3 + ["Wire"] * 2
    assert counted(table) == (5, 3, 3)
    assert table.counts.printed_total == "$940.00"
    assert [issue.code for issue in table.issues] == ["named_groups"]
    assert "5 line(s) took the names of 2 groups" in table.issues[0].message


def test_a_column_of_customers_does_not_name_the_goods(tmp_path: Path) -> None:
    table = read(tmp_path, ITEMS)
    assert column(table, "product_name") == ["Lamp"] * 3 + ["Wire"] * 3
    assert counted(table) == (6, 4, 3)


def test_names_may_stand_where_lines_have_their_date(tmp_path: Path) -> None:
    lines: list[Sequence[object]] = [
        ["Date", "Particulars", "Vch Type", "Vch No.", "Quantity", "Rate", "Value"],
        ["Lamp"],
        ["3-Feb-26", "Asha", "Sales", 7, "1 Pcs", "400.00/Pcs", 400],
        ["17-Feb-26", "Ravi", "Sales", 8, "2 Pcs", "400.00/Pcs", 800],
        ["Total: Lamp", "", "", "", "3 Pcs", "", 1200],
        ["Wire"],
        ["3-Feb-26", "Asha", "Sales", 7, "4 Pcs", "20.00/Pcs", 80],
        ["18-Feb-26", "Ravi", "Sales", 9, "3 Pcs", "20.00/Pcs", 60],
        ["Total: Wire", "", "", "", "7 Pcs", "", 140],
        ["Grand Total", "", "", "", "10 Pcs", "", 1340],
    ]
    write_xlsx(tmp_path / "register.xlsx", {"Sheet1": lines})
    (table,) = open_file(tmp_path / "register.xlsx").tables
    rows = list(table.rows)
    columns = table.layout.columns
    assert [row.cells[columns["product_name"]] for row in rows] == ["Lamp", "Lamp", "Wire", "Wire"]
    assert [row.cells[columns["customer_id"]] for row in rows] == ["Asha", "Ravi"] * 2


def test_a_name_within_another_is_told_with_it(tmp_path: Path) -> None:
    inner = DETAIL.replace("\nLamp,", "\nLights,,,,,,,\n   Lamp,").replace(
        "Total for Lamp,,,,2.00,,$800.00,",
        "   Total for Lamp,,,,2.00,,$800.00,\nTotal for Lights with sub-items,,,,2.00,,$800.00,",
    )
    assert column(read(tmp_path, inner), "product_name") == ["Lights:Lamp"] * 3 + ["Wire"] * 2


def test_sums_are_known_in_other_languages(tmp_path: Path) -> None:
    text = """Umsatz je Artikel
;Datum;Belegnr;Kunde;Menge;Einzelpreis;Betrag
Lampe
;03.02.2026;7;Asha;1;400,00;400,00
;17.02.2026;8;Ravi;2;400,00;800,00
Summe Lampe;;;;3;;1.200,00
Draht
;17.02.2026;8;Ravi;4;20,00;80,00
Summe Draht;;;;4;;80,00
Gesamtsumme;;;;7;;1.280,00
"""
    table = read(tmp_path, text)
    assert column(table, "product_name") == ["Lampe", "Lampe", "Draht"]
    assert table.counts.total == 3


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("2.00,,$800.00", "2.00,,$799.00", 'row 10, the sum of "Lamp", is not: 799.00 instead of'),
        ("2.00,,$800.00", "3.00,,$800.00", 'row 10, the sum of "Lamp", is not: 3.00 instead of'),
        ("Total for Wire,,,,7.00,,$140.00,\n", "", 'no row with the sum of "Wire" (row 11)'),
        ("Total for Lamp,,,,2.00,,$800.00,\n", "", 'no row with the sum of "Lamp" (row 6)'),
    ],
)
def test_sums_that_do_not_prove_the_groups_refuse_the_file(
    tmp_path: Path, old: str, new: str, why: str
) -> None:
    assert old in DETAIL
    with pytest.raises(RefusedError) as refusal:
        list(read(tmp_path, DETAIL.replace(old, new, 1)).rows)
    assert refusal.value.reason == "unproved_groups"
    assert why in refusal.value.message


def test_a_sum_far_below_is_looked_for_and_held_to(tmp_path: Path) -> None:
    head, _, rest = DETAIL.partition("Total for Lamp")
    more = ",03/20/2026,Invoice,Asha,1.00,400.00,400.00,0.00\n" * 2_000
    good = rest.replace("2.00,,$800.00", '"2,002.00",,"$800,800.00"').replace("TOTAL", "Total")
    table = read(tmp_path, f"{head}{more}Total for Lamp{good}")
    assert set(column(table, "product_name")) == {"Lamp", "Wire"}
    with pytest.raises(RefusedError, match=r"is not: 2\.00 instead of 2002\.00"):
        list(read(tmp_path, f"{head}{more}Total for Lamp{rest}").rows)


def test_groups_of_goods_that_have_a_column_of_their_own_are_none(tmp_path: Path) -> None:
    names = column(read(tmp_path, CUSTOMERS), "product_name")
    assert [name for name in names if name] == ["Lamp", "Wire", "Fuse"] * 2


def test_what_only_the_owner_can_know_is_asked(tmp_path: Path) -> None:
    prices = iter(range(1, 100))
    lines = [line.split(",") for line in ITEMS.splitlines()]
    for line in lines:
        if "Invoice" in line:
            line[7:10] = ["1", price := str(next(prices)), price]
    text = "\n".join(map(",".join, lines))
    for name, total in (("Lamp", "6"), ("Wire", "15"), ("Inventory", "21")):
        text = "\n".join(
            line.rsplit(",", 4)[0] + f",{'6' if name == 'Inventory' else '3'},,{total},{total}"
            if f"Total {name}" in line
            else line
            for line in text.splitlines()
        )
    with pytest.raises(RefusedError, match=r'columns: \{"Name": customer_id\}'):
        read(tmp_path, text)
    named = read(tmp_path, text, FileMapping(columns={"Name": "product_name"}))
    assert column(named, "product_name")[:2] == ["Asha", "Ravi"]
    above = read(tmp_path, text, FileMapping(columns={"Name": "customer_id"}))
    assert column(above, "product_name")[:2] == ["Lamp", "Lamp"]
