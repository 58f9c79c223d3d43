"""The rows show whether a cost is of a piece or of the line; else what is at stake is told."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.reading import open_file


def layout_of(tmp_path: Path, cost: str, rows: Sequence[tuple[str, float, float, float]]) -> Layout:
    """The layout of sales with product, quantity, amount and cost; `cost` heads the last."""
    lines = [
        f"2026-02-{number:02},{number},{product},{quantity},{amount},{figure}"
        for number, (product, quantity, amount, figure) in enumerate(rows, start=1)
    ]
    path = tmp_path / "sales.csv"
    path.write_text("\n".join([f"Date,Bill No,Item,Qty,Amount,{cost}", *lines]) + "\n")
    (table,) = open_file(path).tables
    return table.layout


def codes(layout: Layout) -> list[str]:
    return [issue.code for issue in layout.issues]


GROWS = [("Vase", 1, 100, 30.0), ("Vase", 3, 300, 93.0), ("Bowl", 2, 90, 24.0)]
STAYS = [("Vase", 1, 100, 30.0), ("Vase", 3, 300, 31.0), ("Bowl", 2, 90, 24.0)]
# No product twice: only what would be lost tells, or how the share of the cost changes.
AT_A_LOSS = [("Vase", 4, 400, 280.0), ("Bowl", 2, 90, 60.0), ("Cup", 1, 10, 7.0)]
LIGHT = [("Tea", 0.25, 50, 140.0), ("Spice", 0.1, 40, 300.0), ("Salt", 0.5, 10, 15.0)]
SHARE_STAYS = [(f"P{n}", n, 100.0 * n, (20 + n % 3) * n * 0.5) for n in range(1, 15)]
SHARE_FALLS = [(f"P{n}", n, 100.0 * n, (20 + n % 3) * 1.0) for n in range(1, 15)]
ONE_EACH = [("Vase", 2, 200, 20.0), ("Bowl", 3, 90, 9.0)]


@pytest.mark.parametrize(
    "heading", ["Cost", "Cost Price", "COGS", "Cost of Sale", "Purchase Value"]
)
@pytest.mark.parametrize(
    ("rows", "field"),
    [
        (GROWS, "line_cost"),
        (STAYS, "unit_cost"),
        (AT_A_LOSS, "line_cost"),
        (LIGHT, "unit_cost"),
        (SHARE_STAYS, "line_cost"),
        (SHARE_FALLS, "unit_cost"),
    ],
    ids=["grows", "stays", "at a loss", "light", "share stays", "share falls"],
)
def test_the_rows_show_what_a_cost_is_of(
    tmp_path: Path, heading: str, rows: Sequence[tuple[str, float, float, float]], field: str
) -> None:
    layout = layout_of(tmp_path, heading, rows)
    assert layout.columns[field] == 5
    assert not {"unit_cost", "line_cost"} - {field} & layout.columns.keys()
    assert heading in layout.evidence[5]
    assert codes(layout) == []


def test_the_evidence_says_how_many_pairs_of_lines_agree(tmp_path: Path) -> None:
    assert layout_of(tmp_path, "Cost", GROWS).evidence[5] == (
        '"Cost" is of the whole line: it grows with the quantity in 1 of 1 pairs of lines of one '
        "product."
    )


@pytest.mark.parametrize(
    ("heading", "field"), [("Unit Cost", "unit_cost"), ("Total Cost", "line_cost")]
)
@pytest.mark.parametrize("rows", [GROWS, STAYS], ids=["grows", "stays"])
def test_a_heading_that_says_it_is_believed(
    tmp_path: Path, heading: str, field: str, rows: Sequence[tuple[str, float, float, float]]
) -> None:
    layout = layout_of(tmp_path, heading, rows)
    assert layout.columns[field] == 5
    assert 5 not in layout.evidence


@pytest.mark.parametrize(
    ("heading", "field", "other"),
    [("Cost", "unit_cost", "line_cost"), ("COGS", "line_cost", "unit_cost")],
)
def test_where_nothing_tells_the_usual_is_taken_and_the_difference_told(
    tmp_path: Path, heading: str, field: str, other: str
) -> None:
    layout = layout_of(tmp_path, heading, ONE_EACH)
    assert layout.columns[field] == 5
    (issue,) = layout.issues
    assert issue.code == "cost_read_two_ways"
    assert f'columns: {{"{heading}": {other}}}' in issue.message
    taken, instead = (67, 29) if field == "unit_cost" else (29, 67)
    assert f"{instead}.00 instead of {taken}.00" in issue.message
    assert issue.revenue_share == pytest.approx(38 / 290)


def test_single_pieces_leave_nothing_to_tell(tmp_path: Path) -> None:
    layout = layout_of(tmp_path, "Cost", [("Vase", 1, 100, 700.0), ("Bowl", 1, 90, 24.0)])
    assert layout.columns["unit_cost"] == 5
    assert (codes(layout), 5 in layout.evidence) == ([], False)


def test_what_the_owner_says_of_a_cost_is_taken(tmp_path: Path) -> None:
    layout_of(tmp_path, "Cost", GROWS)
    told = FileMapping(columns={"Cost": "unit_cost"})
    (table,) = open_file(tmp_path / "sales.csv", told).tables
    assert table.layout.columns["unit_cost"] == 5


@pytest.mark.parametrize(
    ("header", "cost"),
    [
        ("Data;Articolo;Quantità;Importo;Costo totale", "line_cost"),
        ("Fecha;Producto;Cantidad;Importe;Costo de los bienes", "line_cost"),
        ("Datum;Artikel;Menge;Betrag;Wareneinsatz", "line_cost"),
        ("Data;Towar;Ilość;Wartość;Koszt własny", "line_cost"),
        ("Дата;Товар;Количество;Сумма;Себестоимость продаж", "line_cost"),
        # words of no list: known for a cost, and for no more
        ("Data;Prodotto;Quantità;Importo;Valore costo lotto", None),
        ("Date;Produit;Quantité;Montant;Montant coût matière", None),
        ("Data;Produto;Quantidade;Valor;Valor margem", None),
    ],
)
def test_what_goods_cost_or_earn_is_no_amount_in_any_language(
    tmp_path: Path, header: str, cost: str | None
) -> None:
    path = tmp_path / "vendite.csv"
    lines = ["13/01/2025;Giacca;10;1000,00;600,00", "14/01/2025;Giacca;-3;-300,00;-180,00"]
    path.write_text("\n".join([header, *lines, "20/01/2025;Giacca;2;200,00;120,00"]) + "\n")
    (table,) = open_file(path).tables
    assert table.layout.columns["net_amount"] == 3
    assert [name for name, at in table.layout.columns.items() if at == 4] == (
        [cost] if cost else []
    )
