"""What an owner says in mapping.yml goes before what would be found; a faulty one harms nothing."""

import re
import unicodedata
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from lucid_orchestration.ingest.kinds import KINDS, MEANINGS, fields_table
from lucid_orchestration.ingest.landing import ingest
from lucid_orchestration.ingest.layout.mapping import NO_MAPPING, read_mapping
from lucid_orchestration.ingest.outcomes import RefusedError, Status
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.settings import PROJECT_DIR

ODD = 'Beleg,Tag,Ware,Menge,Umsatz\n7,03/04/2026,Tea,2,"1.180,00"\n8,05/04/2026,Salt,1,"28,50"\n'
MAPPING = """\
currency: EUR
overlaps: count
timezone: Europe/Berlin
charges: ["Porto%"]
products: ["Manual Juicer"]
files:
  - match: "odd*.csv"
    kind: sales
    date_order: mdy
    decimal_mark: ","
    columns:
      {Beleg: transaction_id, Tag: sale_date, Ware: product_name, Menge: quantity,
       Umsatz: net_amount}
"""


def shop(tmp_path: Path, mapping: str | None) -> Path:
    folder = tmp_path / "inbox" / "laden"
    folder.mkdir(parents=True)
    (folder / "odd_1.csv").write_text(ODD, encoding="utf-8")
    if mapping is not None:
        (folder / "mapping.yml").write_text(mapping, encoding="utf-8")
    return folder


def land(tmp_path: Path) -> Any:
    return ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state")


def rows(tmp_path: Path, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(tmp_path / "raw" / table).to_pylist()
    return found


def test_a_foreign_file_is_read_by_the_owners_columns(tmp_path: Path) -> None:
    shop(tmp_path, MAPPING)
    assert [file.status for file in land(tmp_path).files] == [Status.ACCEPTED]
    first = rows(tmp_path, "raw_sales")[0]
    assert (first["sale_date"], first["net_amount"], first["quantity"]) == (
        "03/04/2026",
        "1.180,00",
        "2",
    )
    assert (first["date_order"], first["decimal_mark"], first["timezone"]) == (
        "mdy",
        ",",
        "Europe/Berlin",
    )
    assert rows(tmp_path, "raw_dataset_settings") == [
        {"dataset_id": "laden", "currency": "EUR", "overlap_choice": "count"}
    ]
    assert {(row["pattern"], row["line_kind"]) for row in rows(tmp_path, "raw_line_patterns")} == {
        ("porto%", "charge"),
        ("manual juicer", "product"),
    }


def test_a_changed_mapping_reads_its_files_again_and_only_then(tmp_path: Path) -> None:
    folder = shop(tmp_path, None)
    assert [file.status for file in land(tmp_path).files] == [Status.REFUSED]
    assert land(tmp_path).new == 0
    (folder / "mapping.yml").write_text(MAPPING, encoding="utf-8")
    assert [file.status for file in land(tmp_path).files] == [Status.ACCEPTED]
    assert land(tmp_path).new == 0
    (folder / "mapping.yml").unlink()
    assert [file.status for file in land(tmp_path).files] == [Status.REFUSED]
    assert rows(tmp_path, "raw_sales") == []
    assert rows(tmp_path, "raw_dataset_settings") == []


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("columns: {Tag: sale_day}", "'sale_day' is no field"),
        ("colums: {Tag: sale_date}", "colums: extra inputs are not permitted"),
        ("files: [{kind: sales}]", "files.0.match: field required"),
        ("currency: rupees", "currency: string should match"),
        ("overlaps: sometimes", "overlaps: input should be 'count' or 'once'"),
        ("timezone: India", "'India' is no time zone"),
        ("header_row: 0", "header_row: input should be greater than or equal to 1"),
        ("columns: [", "It is not YAML"),
        ("[1, 2]", "the file: input should be a valid dictionary"),
        ("a: &x [*x, *x]", "repeats another by an alias"),
        ("[" * 5000, "nested more than"),
    ],
)
def test_a_faulty_mapping_is_named_and_the_files_are_read_without_it(
    tmp_path: Path, mapping: str, said: str
) -> None:
    folder = shop(tmp_path, mapping)
    (folder / "sales.csv").write_text(
        "Bill No,Bill Date,Item Name,Qty,Amount\n7,31/01/2026,Tea,2,180\n", encoding="utf-8"
    )
    statuses = {file.name: file.status for file in land(tmp_path).files}
    assert statuses == {"odd_1.csv": Status.REFUSED, "sales.csv": Status.ACCEPTED}
    issues = [row for row in rows(tmp_path, "raw_file_issues") if row["code"] == "mapping_unusable"]
    assert len(issues) == 2
    assert all(said in row["message"] for row in issues), issues


def test_no_mapping_says_nothing(tmp_path: Path) -> None:
    assert read_mapping(tmp_path / "mapping.yml") == NO_MAPPING


def test_a_mapping_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yml"
    path.write_bytes(b"\xff\xfe\x00")
    assert "not UTF-8" in str(read_mapping(path).problem)


def test_a_named_header_row_and_ignored_columns(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "Date,Item,Qty,Amount\nDate,Item,Qty,Amount,Net Amount\n1/2/26,Tea,2,118,100\n",
        encoding="utf-8",
    )
    (tmp_path / "mapping.yml").write_text(
        "header_row: 2\ncolumns: {Net Amount: ignore, Amount: gross_amount}", encoding="utf-8"
    )
    mapping = read_mapping(tmp_path / "mapping.yml").mapping.of_file("list.csv")
    layout = open_file(path, mapping).tables[0].layout
    assert layout.header_row == 2
    assert layout.profile == "mapping"
    assert dict(layout.columns) == {
        "sale_date": 0,
        "product_name": 1,
        "quantity": 2,
        "gross_amount": 3,
    }


def test_the_first_entry_that_fits_a_name_decides_and_the_rest_take_the_top(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yml"
    path.write_text(
        "date_order: ymd\nfiles: [{match: 'A*.CSV', kind: sales}, {match: '*', kind: products}]",
        encoding="utf-8",
    )
    mapping = read_mapping(path).mapping
    assert mapping.of_file("a1.csv").kind == "sales"
    assert mapping.of_file("b/a1.csv").kind == "products"
    path.write_text("date_order: ymd\nfiles: [{match: 'A*', kind: sales}]", encoding="utf-8")
    assert read_mapping(path).mapping.of_file("b.csv").date_order == "ymd"


@pytest.mark.parametrize(
    ("match", "name"),
    [
        ("Sales [2025].csv", "Sales [2025].csv"),
        ("sales [*].csv", "Sales [2025].csv"),
        ("Müller.csv", unicodedata.normalize("NFD", "müller.csv")),
    ],
)
def test_only_star_and_question_mark_are_patterns_in_a_name(
    tmp_path: Path, match: str, name: str
) -> None:
    path = tmp_path / "mapping.yml"
    path.write_text(f"files: [{{match: '{match}', kind: sales}}]", encoding="utf-8")
    mapping = read_mapping(path).mapping
    assert mapping.of_file(name).kind == "sales"
    assert mapping.of_file("Sales 2.csv").kind is None


def test_a_refusal_suggests_the_nearest_mapping(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(
        "Bill No,Rung Up,Item Name,Qty,Total Value\n7,31/01/2026,Tea,2,180\n",
        encoding="utf-8",
    )
    with pytest.raises(RefusedError) as refusal:
        open_file(path)
    assert '"Rung Up": sale_date' in refusal.value.message
    (tmp_path / "mapping.yml").write_text('columns: {"Rung Up": sale_date}', encoding="utf-8")
    mapping = read_mapping(tmp_path / "mapping.yml").mapping.of_file("sales.csv")
    assert open_file(path, mapping).tables[0].layout.kind == "sales"


def test_the_readme_lists_every_field_a_heading_can_mean() -> None:
    named = {field for kind in KINDS for field in kind.fields}
    numbered = {field for field in named if re.fullmatch(r"\w+_\d", field)}
    assert MEANINGS.keys() == named - numbered
    readme = (PROJECT_DIR / "README.md").read_text(encoding="utf-8")
    assert fields_table() in readme
