"""Totals of groups are no goods, and none of the whole file; goods that are called so are."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from lucid_orchestration.ingest import group_totals
from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.reading import open_file


def names(folder: Path, header: str, lines: Sequence[str]) -> list[str]:
    path = folder / "stock.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    (table,) = open_file(path).tables
    rows = list(table.rows)
    assert table.counts.landed == len(rows)
    return [row.cells[table.layout.columns["product_name"]] for row in rows]


@pytest.mark.parametrize("total", ["Total {}", "{} Total", "{} - Sub-Total", "TOTAL ({})"])
def test_the_sum_of_a_group_is_no_product(tmp_path: Path, total: str) -> None:
    lines = [
        "Paint,,,",
        "Primer,4,12.5,50",
        "Gloss,6,20,120",
        f"{total.format('Paint')},10,,170",
        "Tools,,,",
        "Roller,3,5,15",
        f"{total.format('Tools')},3,,15",
    ]
    goods = ["Primer", "Gloss", "Roller"]
    assert names(tmp_path, "Item,On Hand,Cost,Stock Value", lines) == goods


def test_groups_of_a_report_without_a_heading_for_its_goods_have_sums_too(tmp_path: Path) -> None:
    lines = ["Kitchen,,,,", "   Kettle,K1,30,540,18", "   Toaster,K2,5,70,14"]
    lines += ["Total Kitchen,,35,610,", "Garden,,,,", "   Hose,H1,8,80,10", "Total Garden,,8,80,"]
    header = ",SKU,Qty,Asset Value,Calc. Avg"
    found = names(tmp_path, header, lines)
    assert [name.strip() for name in found] == ["Kettle", "Toaster", "Hose"]


def test_groups_of_groups_have_sums_too(tmp_path: Path) -> None:
    lines = ["Rye,4,2", "Oat,6,2", "Total Bread,10,", "Tart,5,3", "Total Cakes,5,"]
    lines += ["Total Bakery,15,", "Soap,7,1"]
    goods = ["Rye", "Oat", "Tart", "Soap"]
    assert names(tmp_path, "Item,On Hand,Cost", lines) == goods


def test_a_list_without_costs_names_its_groups(tmp_path: Path) -> None:
    lines = ["Rye,Bread,4", "Bread Total,,4", "Tart,Cakes,5", "Flan,Cakes,2", "Cakes Total,,7"]
    assert names(tmp_path, "Item,Category,On Hand", lines) == ["Rye", "Tart", "Flan"]


@pytest.mark.parametrize("oil", ["Total Quartz,10,9,90", "Total Quartz,7,,63", "Totalizer,10,,170"])
def test_goods_called_total_stay(tmp_path: Path, oil: str) -> None:
    lines = ["Primer,4,12.5,50", "Gloss,6,20,120", oil]
    kept = names(tmp_path, "Item,On Hand,Cost,Stock Value", lines)
    assert kept == ["Primer", "Gloss", oil.split(",")[0]]


def test_a_word_of_the_lists_language_is_a_total(tmp_path: Path) -> None:
    lines = ["Kleber;4;2", "Leim;6;2", "Summe Klebstoffe;10;"]
    assert names(tmp_path, "Artikel;Bestand;EK-Preis", lines) == ["Kleber", "Leim"]


@pytest.mark.parametrize(
    ("last", "printed"),
    [
        ("", None),
        ("Total 05-03-2026,,5,50", None),
        ("Total,,17,130", "130"),
        ("Total,,17,120", None),
        ("Grand Total,,17,120", "120"),
    ],
)
def test_the_total_of_a_day_is_not_that_of_the_file(
    tmp_path: Path, last: str, printed: str | None
) -> None:
    lines = ["2026-03-03,Tea,9,90", "Total 03-03-2026,,9,90", "2026-03-04,Salt,8,40"]
    lines += ["Total 04-03-2026,,8,40", last]
    path = tmp_path / "sales.csv"
    path.write_text("\n".join(["Date,Item,Qty,Amount", *lines]) + "\n", encoding="utf-8")
    (table,) = open_file(path).tables
    assert len(list(table.rows)) == 2
    assert table.counts.printed_total == printed


def test_rows_that_are_all_named_like_totals_end_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_totals, "MOST_STEPS", 3_000)
    lines = [f"Jar {n} Total,0,{n}" for n in range(1, 200)]
    with pytest.raises(RefusedError, match="named like totals"):
        names(tmp_path, "Item Name,Quantity,Stock Value", ["Tea,1,2", *lines])
    # what a product holds is soon more than what is named like a total
    lines = [f"Jar {n} Total,{n % 5 + 1},{n}" for n in range(1, 900)]
    assert len(names(tmp_path, "Item Name,Quantity,Stock Value", ["Tea,9,2", *lines])) == 900
