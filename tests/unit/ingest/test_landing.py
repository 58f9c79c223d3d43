"""data/raw follows the inbox: new files land, gone files go, and a killed run leaves no trace."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from lucid_orchestration.ingest import landed, reading
from lucid_orchestration.ingest.inbox import dataset_slug
from lucid_orchestration.ingest.landing import IngestResult, ingest, is_landed
from lucid_orchestration.ingest.outcomes import Status
from lucid_orchestration.ingest.raw_tables import RAW_TABLES
from tests.workbooks import write_xlsx

SALES = "Bill No,Bill Date,Item Name,Qty,Amount\n7,31/01/2026,Tea,2,180\n8,01/02/2026,Salt,1,28\n"
STOCK = "Item Name,Closing Stock\nTea,5\n"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    (folder / "Shree Ganesh").mkdir(parents=True)
    (folder / "Shree Ganesh" / "sales.csv").write_text(SALES, encoding="utf-8")
    return folder


def run(tmp_path: Path) -> IngestResult:
    return ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state")


def rows(tmp_path: Path, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(tmp_path / "raw" / table).to_pylist()
    return found


def content(tmp_path: Path) -> dict[str, bytes]:
    """Every landed part but the list of files, which says when each was read, and its proof."""
    return {
        path.relative_to(tmp_path / "raw").as_posix(): path.read_bytes()
        for path in sorted((tmp_path / "raw").rglob("*"))
        if path.is_file() and path.parent.name not in {"raw_source_files", "_proofs"}
    }


def test_rows_land_as_text_with_where_they_come_from(inbox: Path, tmp_path: Path) -> None:
    result = run(tmp_path)
    assert [(file.status, file.kind) for file in result.files] == [(Status.ACCEPTED, "sales")]
    first, second = rows(tmp_path, "raw_sales")
    assert first["dataset_id"] == "shree-ganesh"
    assert (first["row_number"], first["sale_date"], first["net_amount"]) == (
        2,
        "31/01/2026",
        "180",
    )
    assert (second["date_order"], second["decimal_mark"]) == ("dmy", ".")
    assert "category" not in second  # a part has the fields of its file


def test_a_second_run_reads_nothing(inbox: Path, tmp_path: Path) -> None:
    run(tmp_path)
    os.utime(inbox / "Shree Ganesh" / "sales.csv", (1, 1))
    result = run(tmp_path)
    assert (result.files, result.unchanged, result.removed) == ((), 1, 0)


def test_a_removed_file_takes_its_rows_along(inbox: Path, tmp_path: Path) -> None:
    (inbox / "Shree Ganesh" / "stock.csv").write_text(STOCK, encoding="utf-8")
    run(tmp_path)
    (inbox / "Shree Ganesh" / "sales.csv").unlink()
    result = run(tmp_path)
    assert result.removed == 1
    assert rows(tmp_path, "raw_sales") == []
    assert [row["file_name"] for row in rows(tmp_path, "raw_source_files")] == ["stock.csv"]


def test_equal_content_counts_once_in_a_dataset_and_twice_in_two(
    inbox: Path, tmp_path: Path
) -> None:
    (inbox / "Shree Ganesh" / "again.csv").write_text(SALES, encoding="utf-8")
    (inbox / "other").mkdir()
    (inbox / "other" / "sales.csv").write_text(SALES, encoding="utf-8")
    run(tmp_path)
    statuses = {
        (row["dataset_id"], row["file_name"]): row["status"]
        for row in rows(tmp_path, "raw_source_files")
    }
    assert statuses == {
        ("shree-ganesh", "again.csv"): "accepted",
        ("shree-ganesh", "sales.csv"): "duplicate",
        ("other", "sales.csv"): "accepted",
    }
    datasets = [row["dataset_id"] for row in rows(tmp_path, "raw_sales")]
    assert sorted(datasets) == ["other"] * 2 + ["shree-ganesh"] * 2


def test_the_copy_takes_over_when_the_original_goes(inbox: Path, tmp_path: Path) -> None:
    (inbox / "Shree Ganesh" / "again.csv").write_text(SALES, encoding="utf-8")
    run(tmp_path)
    (inbox / "Shree Ganesh" / "again.csv").unlink()
    run(tmp_path)
    (file,) = rows(tmp_path, "raw_source_files")
    assert (file["file_name"], file["status"], file["rows_landed"]) == ("sales.csv", "accepted", 2)


def test_a_bad_file_is_refused_and_the_others_are_in(inbox: Path, tmp_path: Path) -> None:
    (inbox / "Shree Ganesh" / "broken.xlsx").write_bytes(b"PK\x03\x04 cut off")
    (inbox / "Shree Ganesh" / "late.csv").write_bytes(SALES.encode() + b"x" * 16_100_000)
    result = run(tmp_path)
    outcome = {file.name: (file.status, file.reason) for file in result.files}
    assert outcome == {
        "broken.xlsx": (Status.REFUSED, "corrupt_file"),
        "late.csv": (Status.REFUSED, "line_too_long"),
        "sales.csv": (Status.ACCEPTED, None),
    }
    assert len(rows(tmp_path, "raw_sales")) == 2
    assert {row["code"] for row in rows(tmp_path, "raw_file_issues")} >= {
        "corrupt_file",
        "line_too_long",
    }


@pytest.mark.parametrize("table", ["raw_sales", "raw_columns", "raw_source_files"])
def test_a_run_killed_anywhere_is_finished_by_the_next(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    run(tmp_path)
    undisturbed = content(tmp_path)
    (inbox / "Shree Ganesh" / "stock.csv").write_text(STOCK, encoding="utf-8")
    (inbox / "Shree Ganesh" / "sales.csv").write_text(SALES + SALES[39:], encoding="utf-8")

    real = os.replace

    def die(source: Any, target: Any, **_: Any) -> None:
        if Path(target).parent.name == table:
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(os, "replace", die)
    monkeypatch.setattr(Path, "replace", lambda source, target: die(source, target))
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path)
    monkeypatch.undo()

    (inbox / "Shree Ganesh" / "stock.csv").unlink()
    (inbox / "Shree Ganesh" / "sales.csv").write_text(SALES, encoding="utf-8")
    run(tmp_path)
    assert content(tmp_path) == undisturbed


def test_another_version_of_the_reader_reads_again(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path)
    monkeypatch.setattr(landed, "reader_version", lambda: b"another")
    assert len(run(tmp_path).files) == 1


def test_links_out_of_the_inbox_are_refused_unopened_and_hidden_files_left_alone(
    inbox: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(SALES.replace("Tea", "Secret"), encoding="utf-8")
    (inbox / "link.csv").symlink_to(secret)
    (inbox / "broken.csv").symlink_to(tmp_path / "nowhere.csv")
    (inbox / "folder").symlink_to(tmp_path)
    (inbox / ".hidden.csv").write_text(SALES, encoding="utf-8")
    (inbox / "~$open.xlsx").write_text("", encoding="utf-8")
    result = run(tmp_path)
    assert {file.name: file.reason for file in result.files} == {
        "broken.csv": "link_out_of_inbox",
        "folder": "link_out_of_inbox",
        "link.csv": "link_out_of_inbox",
        "sales.csv": None,
    }
    assert len(rows(tmp_path, "raw_sales")) == 2
    assert run(tmp_path).new == 0


@pytest.mark.parametrize("name", ["sales.csv.part", "Unconfirmed 12.crdownload", "b.XLSX.Download"])
def test_a_download_that_has_not_ended_waits_until_it_has_its_name(
    inbox: Path, tmp_path: Path, name: str
) -> None:
    (inbox / "Shree Ganesh" / "sales.csv").rename(inbox / "Shree Ganesh" / name)
    (file,) = run(tmp_path).files
    assert (file.name, file.status, file.reason) == (name, "refused", "half_download")
    assert "download" in (file.message or "")
    (inbox / "Shree Ganesh" / name).rename(inbox / "Shree Ganesh" / "sales.csv")
    (file,) = run(tmp_path).files
    assert file.status == "accepted"
    assert len(rows(tmp_path, "raw_sales")) == 2


def test_an_empty_inbox_gives_typed_empty_tables(tmp_path: Path) -> None:
    run(tmp_path)
    for name, schema in RAW_TABLES.items():
        table = pq.read_table(tmp_path / "raw" / name / "_schema.parquet")
        assert table.num_rows == 0
        assert table.schema == schema


def test_rows_are_found_by_the_identity_the_quality_tables_promise(
    inbox: Path, tmp_path: Path
) -> None:
    (inbox / "Shree Ganesh" / "sales.csv").write_text(
        "Title\n\n" + SALES + "\nTotal,,,3,208\nthank you for your visit\n", encoding="utf-8"
    )
    run(tmp_path)
    (file,) = rows(tmp_path, "raw_source_files")
    ignored = ("blank_rows", "repeated_header_rows", "total_rows", "note_rows")
    assert file["rows_found"] == file["rows_landed"] + sum(file[name] for name in ignored) == 5
    assert (file["header_row"], file["printed_total"]) == (3, "208")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Shree Ganesh & Sons", "shree-ganesh-sons"),
        ("किराना दुकान", "किराना-दुकान"),
        ("  A_b ", "a-b"),
    ],
)
def test_a_folder_name_becomes_an_id(name: str, slug: str) -> None:
    assert dataset_slug(name) == slug


def test_cells_are_kept_as_found_and_empty_ones_are_null(inbox: Path, tmp_path: Path) -> None:
    (inbox / "Shree Ganesh" / "sales.csv").write_text(
        'Bill Date,Item Name,Qty,Unit\n31/01/2026,"  Tea ",,"""x"""\n', encoding="utf-8"
    )
    run(tmp_path)
    (row,) = rows(tmp_path, "raw_sales")
    assert (row["product_name"], row["quantity"], row["unit"]) == ("  Tea ", None, '"x"')


def test_rows_out_of_shape_are_landed_and_named(inbox: Path, tmp_path: Path) -> None:
    (inbox / "Shree Ganesh" / "sales.csv").write_text(
        SALES + "9,02/02/2026,Tea, Gold,2,180\n9,02/02/2026,Tea, Red,2,180\n9,02/0",
        encoding="utf-8",
    )
    run(tmp_path)
    assert [row["row_fault"] for row in rows(tmp_path, "raw_sales")] == [
        None,
        None,
        "wrong_cell_count",
        "wrong_cell_count",
        "truncated_line",
    ]
    issues = {row["code"]: row["row_number"] for row in rows(tmp_path, "raw_file_issues")}
    assert (issues["wrong_cell_count"], issues["truncated_line"]) == (4, 6)


def test_a_file_of_nothing_but_totals_is_refused_and_leaves_no_rows(
    inbox: Path, tmp_path: Path
) -> None:
    (inbox / "Shree Ganesh" / "sales.csv").write_text(
        SALES.splitlines()[0] + "\nTotal,,,3,208\n", encoding="utf-8"
    )
    (file,) = run(tmp_path).files
    assert (file.status, file.reason) == (Status.REFUSED, "no_rows")
    assert list((tmp_path / "raw" / "raw_sales").glob("[!_]*")) == []


def test_every_column_is_listed_with_what_it_means_and_why(inbox: Path, tmp_path: Path) -> None:
    (inbox / "Shree Ganesh" / "sales.csv").write_text(
        " Bill Date ,Item Name,Qty,Colour\n31/01/2026,Tea,2,red\n", encoding="utf-8"
    )
    run(tmp_path)
    found = {
        row["header"]: (row["position"], row["field"], row["convention"], row["evidence"])
        for row in rows(tmp_path, "raw_columns")
    }
    assert found == {
        "Bill Date": (1, "sale_date", "dmy", "Day first: 1 date(s) allow no other order."),
        "Item Name": (2, "product_name", None, None),
        "Qty": (3, "quantity", ".", "No number holds a comma."),
        "Colour": (4, None, None, None),
    }


def test_what_two_sheets_give_rise_to_is_said_once(inbox: Path, tmp_path: Path) -> None:
    header = ["Date", "Item Name", "Qty", "Amount"]
    months = {
        f"Month {month}": [
            header,
            *[[f"{day:02}/0{month}/2026", "Tea", 1, 90] for day in range(1, 9)],
            header[1:],
            ["Salt", 1, 28],
        ]
        for month in (1, 2)
    }
    write_xlsx(inbox / "Shree Ganesh" / "months.xlsx", months)
    run(tmp_path)
    said = [(row["code"], row["message"]) for row in rows(tmp_path, "raw_file_issues")]
    assert [code for code, _ in said].count("second_table") == 1
    assert len(said) == len(set(said))


def test_our_own_mistake_on_one_file_keeps_no_other_out(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (inbox / "Shree Ganesh" / "odd.csv").write_text("x", encoding="utf-8")
    real = reading.open_file

    def fail(path: Path, *told: Any) -> Any:
        if path.name == "odd.csv":
            raise KeyError("something we did not think of")
        return real(path, *told)

    monkeypatch.setattr(reading, "open_file", fail)
    result = run(tmp_path)
    odd, sales = result.files
    assert (odd.status, odd.reason) == (Status.REFUSED, "reader_failed")
    assert "something we did not think of" in str(odd.message)
    assert (sales.status, sales.rows) == (Status.ACCEPTED, 2)


@pytest.mark.parametrize("damage", ["delete", "cut", "empty"])
def test_a_damaged_part_is_landed_again(inbox: Path, tmp_path: Path, damage: str) -> None:
    run(tmp_path)
    before = content(tmp_path)
    (part,) = (tmp_path / "raw" / "raw_source_files").glob("[!_]*.parquet")
    if damage == "delete":
        part.unlink()
    else:
        part.write_bytes(part.read_bytes()[:100] if damage == "cut" else b"")
    assert run(tmp_path).new == 1
    assert content(tmp_path) == before


def test_what_a_killed_run_left_half_written_is_swept_away(inbox: Path, tmp_path: Path) -> None:
    run(tmp_path)
    before = content(tmp_path)
    folder = tmp_path / "raw" / "raw_sales"
    for name in (".abc.parquet.123.tmp", ".abc.parquet.rows", "abc.parquet"):
        (folder / name).write_bytes(b"half")
    run(tmp_path)
    assert content(tmp_path) == before


def test_a_renamed_file_keeps_its_id_and_takes_its_new_name(inbox: Path, tmp_path: Path) -> None:
    (before,) = run(tmp_path).files
    (inbox / "Shree Ganesh" / "sales.csv").rename(inbox / "Shree Ganesh" / "january.csv")
    (after,) = run(tmp_path).files
    assert (after.name, after.source_file_id) == ("january.csv", before.source_file_id)


def test_a_copy_names_the_file_it_is_a_copy_of(inbox: Path, tmp_path: Path) -> None:
    folder = inbox / "Shree Ganesh"
    (folder / "z.csv").write_text(SALES, encoding="utf-8")
    run(tmp_path)
    (folder / "sales.csv").rename(folder / "b.csv")
    run(tmp_path)
    messages = {row["file_name"]: row["message"] for row in rows(tmp_path, "raw_source_files")}
    assert messages["b.csv"] is None
    assert "as b.csv" in messages["z.csv"]


@pytest.mark.parametrize("damage", [lambda part: part.unlink(), lambda part: part.write_bytes(b"")])
def test_rows_that_were_deleted_or_damaged_land_again(
    inbox: Path, tmp_path: Path, damage: Any
) -> None:
    run(tmp_path)
    before = content(tmp_path)
    (part,) = (tmp_path / "raw" / "raw_sales").glob("[!_]*.parquet")
    damage(part)
    assert run(tmp_path).new == 1
    assert content(tmp_path) == before


@pytest.mark.parametrize(
    ("name", "lines", "code", "share"),
    [
        ("dates", "Date,Item,Qty,Amount\n03/04/2026,Tea,1,5\n", "ambiguous_dates", 1.0),
        (
            "zones",
            "Date,Item,Qty,Amount\n2026-01-05T10:00+05:30,Tea,1,5\n2026-01-06T10:00-03:00,Tea,1,5\n",
            "mixed_time_zones",
            1.0,
        ),
        ("marks", "Date;Item;Qty;Amount\n05.01.2026;Tea;1;1.250\n", "ambiguous_decimal_mark", 1.0),
        ("signs", "Date,Item,Qty,Amount\n2026-01-05,Tea,1,$5\n", "unnamed_currency", 1.0),
        (
            "prices",
            "Date,Item,Qty,Rate,Amount\n2026-01-05,Tea,1,5,5\n2026-01-05,Salt,2,5,8\n",
            "amounts_unexplained",
            2 / 13,
        ),
        (
            "columns",
            "Date,Item,Qty,Amount,Colour\n2026-01-05,Tea,1,5,red\n",
            "unused_columns",
            None,
        ),
    ],
)
def test_an_issue_says_how_much_of_the_revenue_it_concerns(
    inbox: Path, tmp_path: Path, name: str, lines: str, code: str, share: float | None
) -> None:
    (inbox / "Shree Ganesh" / "sales.csv").unlink()
    (inbox / "Shree Ganesh" / f"{name}.csv").write_text(lines, encoding="utf-8")
    run(tmp_path)
    shares = {row["code"]: row["revenue_share"] for row in rows(tmp_path, "raw_file_issues")}
    assert shares[code] == pytest.approx(share)


def test_what_is_landed_is_known_without_reading_it_again(tmp_path: Path) -> None:
    inbox, raw, state = (tmp_path / name for name in ("inbox", "raw", "state"))
    (inbox / "shop").mkdir(parents=True, exist_ok=True)
    file = inbox / "shop" / "sales.csv"
    file.write_text("Date,Item,Qty,Amount\n2026-01-05,Tea,1,10\n", encoding="utf-8")
    (inbox / "shop" / "notes.csv").write_text("nothing of use\n", encoding="utf-8")

    def landed() -> bool:
        return is_landed(inbox, raw, state)

    assert not landed()
    ingest(inbox, raw, state)
    assert landed()
    text = file.read_text(encoding="utf-8")
    changes: tuple[Callable[[], object], ...] = (
        lambda: file.write_text(f"{text}2026-01-06,Tea,1,10\n", encoding="utf-8"),
        lambda: file.rename(file.with_name("other.csv")),
        lambda: (inbox / "shop" / "notes.csv").unlink(),
        lambda: (inbox / "shop" / "mapping.yml").write_text("charges: [Bag]\n", encoding="utf-8"),
        lambda: next((raw / "raw_sales").glob("[!_]*.parquet")).write_bytes(b"PAR1"),
    )
    for change in changes:
        change()
        assert not landed()
        ingest(inbox, raw, state)
        assert landed()
