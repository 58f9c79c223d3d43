"""Large files go through DuckDB, all others row by row: the landed rows must be the same."""

import csv
import io
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lucid_orchestration.ingest.delimited import bulk
from lucid_orchestration.ingest.landing import IngestResult, ingest
from lucid_orchestration.ingest.outcomes import Status
from lucid_orchestration.ingest.raw_tables import Constants
from lucid_orchestration.ingest.reading import open_file

HEADER = "Bill No,Bill Date,Item Name,Qty,Amount\n"
LINES = "7,31/01/2026,Tea 250 g,2,180.50\n8,01/02/2026,Salt 1 kg,1,28\n"
STOCK = "Item Name,On Hand,Cost\n"
ROW_BY_ROW = 1 << 60
SHORT_ENDING = 70


@contextmanager
def limits(min_bytes: int, ending_bytes: int) -> Iterator[None]:
    before = bulk.MIN_BYTES, bulk.ENDING_BYTES
    bulk.MIN_BYTES, bulk.ENDING_BYTES = min_bytes, ending_bytes
    try:
        yield
    finally:
        bulk.MIN_BYTES, bulk.ENDING_BYTES = before


def land(
    folder: Path, content: bytes, min_bytes: int = 0, ending_bytes: int = 65_536
) -> dict[str, list[dict[str, Any]]]:
    """All that lands of one file when files from `min_bytes` on go through DuckDB."""
    (folder / "inbox").mkdir(parents=True)
    (folder / "inbox" / "sales.csv").write_bytes(content)
    with limits(min_bytes, ending_bytes):
        ingest(folder / "inbox", folder / "raw", folder / "state")
    tables = {}
    for part in sorted((folder / "raw").rglob("[!_]*.parquet")):
        tables[part.parent.name] = pq.read_table(part).to_pylist()
    for file in tables["raw_source_files"]:
        del file["ingested_at"]
    return tables


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What became of each attempt to land a file in one pass."""
    outcomes: list[bool] = []
    real = bulk.copy_rows

    def watched(*arguments: Any) -> bool:
        outcomes.append(real(*arguments))
        return outcomes[-1]

    monkeypatch.setattr(bulk, "copy_rows", watched)
    return outcomes


def assert_same_both_ways(folder: Path, content: bytes) -> None:
    """Row by row, and in one pass with an ending that is the whole file or a line or two of it."""
    row_by_row = land(folder / "rows", content, ROW_BY_ROW)
    assert land(folder / "whole", content) == row_by_row
    assert land(folder / "short", content, ending_bytes=SHORT_ENDING) == row_by_row


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(HEADER + LINES, id="plain"),
        pytest.param((HEADER + LINES).replace("\n", "\r\n"), id="windows_lines"),
        pytest.param((HEADER + LINES).rstrip("\n"), id="no_last_line_end"),
        pytest.param("Ganesh Stores,,,,\n\n" + HEADER + LINES, id="title_lines"),
        pytest.param((HEADER + LINES).replace(",", ";"), id="semicolon"),
        pytest.param((HEADER + LINES).replace(",", "\t"), id="tab"),
        pytest.param("sep=|\n" + (HEADER + LINES).replace(",", "|"), id="sep_hint"),
        pytest.param("\ufeff" + HEADER + LINES, id="bom"),
        pytest.param(HEADER + LINES + "9,02/02/2026,Ghee\n" + LINES, id="short_row"),
        pytest.param(HEADER + LINES + "9,02/02/2026,Tea, Gold,2,180\n" + LINES, id="long_row"),
        pytest.param(HEADER + LINES + "9,02/02/2026,Ghee,1,5,,,,\n" + LINES, id="empty_surplus"),
        pytest.param(HEADER + LINES + "9,,Ghee,x,\n,02/02/2026,,1,5\n" + LINES, id="gaps"),
        pytest.param(HEADER + LINES + "9,02/02/2026,Ghee,-1,-5\n" + LINES, id="returns"),
        pytest.param(HEADER + LINES + "9,02/02/2026,Gh", id="cut_off"),
        pytest.param(HEADER + LINES + "\nTotal,,,3,208.50\nThe end\n,,,,\n\n", id="ending"),
        pytest.param(HEADER + '9,02/02/2026,"Tea, ""Gold"" 3.5""",1,"1,250.50"\n' + LINES, id="q"),
        pytest.param(HEADER + '9,02/02/2026,Pipe 3.5" wide,1,5\n' + LINES, id="inch_mark"),
        pytest.param(HEADER + "9,02/02/2026, Total Care ,1,5\n" + LINES, id="total_in_a_name"),
        pytest.param(HEADER + "9,02/02/2026,चाय,1,5\n" + LINES, id="other_scripts"),
        pytest.param(
            HEADER.replace("\n", ",Status\n")
            + LINES.replace("\n", ",Delivered\n")
            + "9,02/02/2026,Ghee,1,5,Cancelled\n"
            + LINES.replace("\n", ",Delivered\n"),
            id="one_column_of_documents",
        ),
    ],
)
def test_a_clean_file_lands_in_one_pass(tmp_path: Path, copies: list[bool], text: str) -> None:
    assert_same_both_ways(tmp_path, text.encode())
    assert copies == [True, True]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param((HEADER + LINES + "9,02/02/2026,Ghé,1,5\n").encode("cp1252"), id="cp1252"),
        pytest.param((HEADER + LINES).encode("utf-16"), id="utf16"),
        pytest.param((HEADER + LINES).replace("\n", "\r").encode(), id="old_mac_lines"),
        pytest.param((HEADER + LINES + LINES.replace("\n", "\r\n")).encode(), id="mixed_lines"),
        pytest.param(
            (HEADER + LINES).replace("\n", "\r\n").encode()
            + b"9,02/02/2026,Te\ra,1,5\n"
            + LINES.replace("\n", "\r\n").encode(),
            id="line_ends_crossed",
        ),
        pytest.param((HEADER + LINES + "\n" + LINES).encode(), id="empty_line_between"),
        pytest.param(
            (HEADER + LINES + "\n" + LINES * 3 + "Total,,,3,208.50\n").encode(),
            id="empty_line_and_ending",
        ),
        pytest.param((HEADER + LINES + ",,,,\n" + LINES).encode(), id="blank_row_between"),
        pytest.param((HEADER + LINES + HEADER + LINES).encode(), id="repeated_header"),
        pytest.param((HEADER + LINES + ",,Sub Total,3,208\n" + LINES).encode(), id="subtotal"),
        pytest.param(
            (HEADER + LINES + ",,Sub Total 2026-01,3,208\n" + LINES).encode(), id="month_subtotal"
        ),
        pytest.param((HEADER + LINES + "some remark,,,,\n" + LINES).encode(), id="remark"),
        pytest.param((HEADER + LINES + ",3 bills lost,,,\n" + LINES).encode(), id="remark_3"),
        pytest.param((HEADER + '9,02/02/2026,"Tea\nGold",1,5\n' + LINES).encode(), id="line_break"),
        pytest.param((HEADER + '9,02/02/2026,"Tea,1,5\n' + LINES).encode(), id="open_quote"),
        pytest.param((HEADER + '9,02/02/2026,"Tea"x,1,5\n' + LINES).encode(), id="stray_quote"),
        pytest.param((HEADER + '9,02/02/2026, "Tea, Gold" ,1,5\n' + LINES).encode(), id="padded"),
        pytest.param((HEADER + LINES.replace("7", "7\0")).encode(), id="nul_characters"),
        pytest.param((HEADER + "1,2,3,4,5,6,7,8,9,10,11,12\n" + LINES).encode(), id="far_too_long"),
        pytest.param((HEADER + "-,x,y,z,\n" + LINES).encode(), id="no_figure_at_all"),
        pytest.param((STOCK + "Rye,4,2\nOat,6,2\nBread Total,10,\n").encode(), id="group_total"),
        pytest.param((STOCK + "Bread,10,\nRye,4,2\nOat,6,2\n").encode(), id="head_of_a_group"),
    ],
)
def test_what_duckdb_would_read_differently_is_read_row_by_row(
    tmp_path: Path, copies: list[bool], content: bytes
) -> None:
    assert_same_both_ways(tmp_path, content)
    assert True not in copies


@pytest.mark.parametrize(
    ("line", "is_plain"),
    [
        ("9,02/02/2026,Tea, Gold,2,180.50", False),
        ("9,02/02/2026,Tea,,2,180.50", False),
        ("9,02/02/2026,Ghee,1", False),
        ("9,02/02/2026,Ghee,1,5.00,,", False),
        ("9,02/02/2026Ghee,1,5.00", False),
        ('9,02/02/2026,"Tea, Gold",2,', True),
        ('9,02/02/2026,"Tea, Gold",2,""', True),
    ],
)
def test_rows_out_of_shape_are_put_right_the_same_way(
    tmp_path: Path, copies: list[bool], line: str, *, is_plain: bool
) -> None:
    assert_same_both_ways(tmp_path, (HEADER + LINES * 6 + f"{line}\n" + LINES * 6).encode())
    assert set(copies) == {is_plain}


def test_lengths_that_many_rows_have_land_in_one_pass(tmp_path: Path, copies: list[bool]) -> None:
    text = HEADER + (LINES + "9,02/02/2026,Ghee,1\n8,02/02/2026,Ghee,1,5,\n") * 6
    assert_same_both_ways(tmp_path, text.encode())
    assert copies == [True, True]


def test_conventions_come_from_all_rows_not_from_the_last_ones(
    tmp_path: Path, copies: list[bool]
) -> None:
    early = "".join(f'1,01/{day}/2026,Tea,2,"1.250,5"\n' for day in range(13, 29))
    late = "9,02/02/2026,Salt,1,28\n" * 5000
    content = (HEADER + early + late).encode()
    (row, *_) = land(tmp_path / "bulk", content)["raw_sales"]
    assert copies == [True]
    assert row["date_order"] == "mdy"
    assert_same_both_ways(tmp_path / "both", content)


def test_row_numbers_stay_right_over_many_row_groups(tmp_path: Path, copies: list[bool]) -> None:
    lines = "".join(f"{n},31/01/2026,Tea,2,{n}.50\n" for n in range(3, 300_003))
    rows = land(tmp_path, ("Title\n" + HEADER + lines).encode())["raw_sales"]
    assert copies == [True]
    assert [row["row_number"] for row in rows] == list(range(3, 300_003))
    assert all(int(row["transaction_id"]) == row["row_number"] for row in rows)


@pytest.mark.parametrize("name", ["sales [1].csv", "sales *.csv", "sales ?.csv", "it's 1.csv"])
def test_a_name_with_wildcards_is_no_pattern(tmp_path: Path, copies: list[bool], name: str) -> None:
    (tmp_path / "inbox").mkdir()
    for other, text in {"sales 1.csv": "9,23/02/2026,Oil,1,99\n", name: LINES}.items():
        (tmp_path / "inbox" / other).write_text(HEADER + text, encoding="utf-8")
    with limits(0, 65_536):
        result = ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state")
    assert {file.name: file.rows for file in result.files} == {"sales 1.csv": 1, name: 2}
    assert copies == [True, True]


def test_a_name_that_is_no_text_is_read_row_by_row(tmp_path: Path, copies: list[bool]) -> None:
    (tmp_path / "inbox").mkdir()
    try:
        name = os.fsdecode(b"sales\xff.csv")
        (tmp_path / "inbox" / name).write_text(HEADER + LINES, encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes no such names")
    with limits(0, 65_536):
        (file,) = ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state").files
    assert (file.status, file.rows, copies) == (Status.ACCEPTED, 2, [])


@pytest.mark.parametrize(
    "content",
    [
        (HEADER + LINES).replace("\n", "\r"),
        HEADER + LINES + LINES.replace("\n", "\r\n"),
        HEADER + '9,02/02/2026,"Te\ra",1,5\n' + LINES,
    ],
)
def test_unusual_line_ends_never_reach_duckdb(tmp_path: Path, content: str) -> None:
    # it counts them as it likes, and row numbers are the owner's way to find a row
    path = tmp_path / "sales.csv"
    path.write_bytes(content.encode())
    assert bulk.plain_stretch(path, open_file(path).tables[0]) is None


def test_a_count_that_does_not_add_up_is_no_success(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(HEADER + LINES, encoding="utf-8")
    stretch = bulk.plain_stretch(path, open_file(path).tables[0])
    assert stretch is not None
    constants = Constants("shop", "id", "dmy", ".", timezone=None)
    with closing(duckdb.connect()) as database:
        target = tmp_path / "part.parquet"
        assert bulk.copy_rows(database, stretch, constants, target)
        longer = replace(stretch, last_row=stretch.last_row + 1)
        assert not bulk.copy_rows(database, longer, constants, target)


def test_equal_files_land_as_equal_bytes(tmp_path: Path) -> None:
    content = (HEADER + LINES * 20_000).encode()
    parts = []
    for name in ("a", "b"):
        land(tmp_path / name, content)
        parts += [
            part.read_bytes() for part in (tmp_path / name / "raw" / "raw_sales").glob("[!_]*")
        ]
    assert len(parts) == 2
    assert parts[0] == parts[1]


def test_a_small_file_never_starts_duckdb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("DuckDB was started")

    monkeypatch.setattr(duckdb, "connect", refuse)
    result: IngestResult
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "sales.csv").write_text(HEADER + LINES, encoding="utf-8")
    result = ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state")
    assert [file.status for file in result.files] == [Status.ACCEPTED]


CELLS = st.one_of(
    st.sampled_from(
        [
            "", " ", "Total", "Grand Total", "Total Care", "Tea", "Tea, Gold", '3.5" pipe', '"x',
            "a\nb", "31/01/2026", "02-03-2026", "5", "-5", "1,250.50", "1.250,50", "₹5", "चाय",
            "Sub Total 2026-01", "Bill Date", "N/A", "\u00a0", "0",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8),
)  # fmt: skip
ODD_ROWS = st.lists(st.lists(CELLS, min_size=0, max_size=8), max_size=4)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    odd=ODD_ROWS,
    place=st.integers(0, 6),
    delimiter=st.sampled_from(",;\t|"),
    line_end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    is_cut=st.booleans(),
)
def test_any_mixture_lands_the_same_both_ways(
    odd: list[list[str]], place: int, delimiter: str, line_end: str, quoting: int, is_cut: bool
) -> None:
    plain = [line.split(",") for line in (LINES * 3).splitlines()]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    writer.writerows([HEADER.strip().split(","), *plain[:place], *odd, *plain[place:]])
    content = text.getvalue().encode()
    with TemporaryDirectory() as folder:
        assert_same_both_ways(Path(folder), content[:-9] if is_cut else content)
