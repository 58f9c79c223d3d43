"""A child process reads what anybody may have made: whatever that does, the parent goes on."""

import json
import signal
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lucid_orchestration.ingest import landing
from lucid_orchestration.ingest.limited import reader
from lucid_orchestration.ingest.limited.reader import LimitedReader
from lucid_orchestration.ingest.outcomes import NotNowError, RefusedError
from lucid_orchestration.ingest.reading import end_readers, open_file
from lucid_orchestration.ingest.workbook import child as workbook
from tests.workbooks import write_xlsx

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits are the clock's alone")


@pytest.fixture
def files() -> Iterator[LimitedReader]:
    found = LimitedReader("tests.limited_child", "thing", "Do it again.", most_bytes=5_000_000)
    yield found
    found.release()


def refusal(files: LimitedReader, *arguments: str) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        files.lines(*arguments)
    return caught.value


def text(lines: list[bytes]) -> list[str]:
    return [line.decode() for line in lines]


def test_one_child_reads_several_files(files: LimitedReader) -> None:
    assert text(files.lines("a")) == ["line of a", "1 3 नमस्ते"]
    assert refusal(files, "refuse", "why").message == "why"
    assert text(files.lines("b")) == ["line of b", "3 3 नमस्ते"]


def test_several_children_read_at_once(files: LimitedReader) -> None:
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(files.lines, [f"file {n}" for n in range(9)]))
    assert [text(lines)[0] for lines in found] == [f"line of file {n}" for n in range(9)]


def test_what_a_library_prints_is_no_answer(files: LimitedReader) -> None:
    assert text(files.lines("print")) == ["line of print", "1 3 नमस्ते"]


@pytest.mark.parametrize(
    ("arguments", "reason", "is_for_now"),
    [
        (("refuse", "x"), "corrupt_file", False),
        (("wait for better times", "x"), "not_read_now", True),
        (("full disk",), "not_read_now", True),
        (("fail",), "reader_failed", False),
        (("memory",), "too_large", False),
        (("flood",), "too_large", False),
        (("signal", "SIGSEGV"), "too_large", False),
        (("signal", "SIGABRT"), "too_large", False),
        # nobody knows who did it: the system when all memory was gone, or a person
        (("signal", "SIGKILL"), "not_read_now", True),
        (("signal", "SIGTERM"), "not_read_now", True),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_each_end_says_what_it_says_of_the_file(
    files: LimitedReader, arguments: tuple[str, ...], reason: str, is_for_now: bool
) -> None:
    for _ in range(2):  # a fresh child, then one that has served
        found = refusal(files, *arguments)
        assert (found.reason, isinstance(found, NotNowError)) == (reason, is_for_now)
        assert text(files.lines("next"))[0] == "line of next"


def test_computing_has_a_limit_of_its_own_for_each_file(
    files: LimitedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "CPU_SECONDS", 1)
    for _ in range(2):
        found = refusal(files, "compute")
        assert (found.reason, isinstance(found, NotNowError)) == ("took_too_long", False)
        assert text(files.lines("next"))[0] == "line of next"


def test_the_clock_says_nothing_of_the_file(
    files: LimitedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "WALL_SECONDS", 1)
    assert isinstance(refusal(files, "sleep"), NotNowError)


def test_no_file_is_written(files: LimitedReader, tmp_path: Path) -> None:
    refusal(files, "write", str(tmp_path / "file"))
    assert not any(path.stat().st_size for path in tmp_path.iterdir())


def test_what_one_file_did_to_a_child_decides_nothing_about_the_next(
    files: LimitedReader,
) -> None:
    files.lines("first")
    assert text(files.lines("spoilt"))[0] == "line of spoilt"


def test_a_child_that_is_ended_while_it_waits_is_replaced(files: LimitedReader) -> None:
    files.lines("first")
    (child,) = files._idle
    child.process.kill()
    child.process.wait()
    assert text(files.lines("second"))[0] == "line of second"


def test_a_child_does_not_wait_with_the_memory_of_a_large_file(files: LimitedReader) -> None:
    files.lines("hold", "10000000")
    assert text(files.lines("next"))[1] == "2 3 नमस्ते"
    files.lines("hold", str(reader.MEMORY_BYTES * 3 // 10))
    (child,) = files._idle
    assert child.process.wait(60) == 0
    assert text(files.lines("next"))[1] == "1 3 नमस्ते"


def test_a_child_that_cannot_start_says_nothing_of_the_file() -> None:
    nowhere = LimitedReader("tests.no_such_module", "thing", "Do it again.", most_bytes=1000)
    assert isinstance(refusal(nowhere, "a"), NotNowError)


# --- workbooks that ended or hurt a run -------------------------------------------------------

FAR = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
SHEET = "xl/worksheets/sheet1.xml"


def edited(path: Path, change: Callable[[str, bytes], tuple[str, bytes]]) -> None:
    """Every member of a workbook through `change`, its name and content."""
    with zipfile.ZipFile(path) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(*change(name, content))


def in_sheet(old: bytes, new: bytes) -> Callable[[str, bytes], tuple[str, bytes]]:
    return lambda name, content: (name, content.replace(old, new) if name == SHEET else content)


def moved_sheet(name: str, content: bytes) -> tuple[str, bytes]:
    content = content.replace(b"worksheets/sheet1.xml", b"elsewhere/data.bin")
    content = content.replace(b"</sheetData>", FAR + b"</sheetData>")
    return name.replace("worksheets/sheet1.xml", "elsewhere/data.bin"), content


def hostile_workbooks(folder: Path) -> Mapping[str, Path]:
    """Ways to write a far cell, a repetition, an endless part; each a file of some KB."""
    end = b"</sheetData>"
    changes: dict[str, Callable[[str, bytes], tuple[str, bytes]]] = {
        "plain": in_sheet(end, FAR + end),
        "single_quotes": in_sheet(end, FAR.replace(b'"', b"'") + end),
        "lower_case": in_sheet(end, FAR.replace(b"XFD1", b"xfd1") + end),
        "blanks": in_sheet(end, FAR.replace(b"r=", b"r = ") + end),
        "entity": in_sheet(end, FAR.replace(b"XFD", b"&#88;FD") + end),
        "prefix": in_sheet(end, FAR.replace(b"<c ", b"<x:c ").replace(b"</c>", b"</x:c>") + end),
        "long_attribute": in_sheet(end, FAR.replace(b"<c ", b'<c a="' + b" " * 5000 + b'" ') + end),
        "elsewhere": moved_sheet,
        "nested": in_sheet(end, b"<row>" * 200_000 + end),
        "many_rows": in_sheet(end, b"<row><c/></row>" * 500_000 + end),
        "dimension": in_sheet(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>'),
        "merged": in_sheet(
            b"</worksheet>",
            b"<mergeCells>" + b'<mergeCell ref="A1:XFD1048576"/>' * 50_000 + b"</mergeCells>"
            b"</worksheet>",
        ),
        "bad_sum": lambda name, content: (name, content),
        "no_workbook": lambda name, content: (name.replace("workbook.xml", "other.xml"), content),
    }
    found = {}
    for name, change in changes.items():
        found[name] = folder / f"{name}.xlsx"
        write_xlsx(found[name], {"Sheet": [["Date", "Item", "Qty"], ["31/01/2026", "Tea", 1]]})
        edited(found[name], change)
    wide = [["Date", "Item"], *[["x" * 30_000, ""]] * 2]
    found["repeated_text"] = folder / "repeated_text.xlsx"
    write_xlsx(found["repeated_text"], {f"Sheet {n}": wide for n in range(40)})
    content = bytearray(found["bad_sum"].read_bytes())
    place = content.index(SHEET.encode()) + len(SHEET) + 20
    content[place] ^= 0xFF
    found["bad_sum"].write_bytes(content)
    found["ods_repetition"] = folder / "repetition.ods"
    with zipfile.ZipFile(found["ods_repetition"], "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", _ODS)
    found["archive_of_zeros"] = folder / "zeros.xlsx"
    with zipfile.ZipFile(found["archive_of_zeros"], "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"\0" * 140_000_000)
    return found


_ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
    '<office:spreadsheet><table:table table:name="A"><table:table-row '
    'table:number-rows-repeated="1000000"><table:table-cell office:value-type="string" '
    'table:number-columns-repeated="16000"><text:p>x</text:p></table:table-cell>'
    "</table:table-row></table:table></office:spreadsheet></office:body>"
    "</office:document-content>"
)


def test_hostile_workbooks_end_and_good_shops_are_read(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    for shop in ("good", "odd"):
        (inbox / shop).mkdir(parents=True)
    hostile_workbooks(inbox / "odd")
    for name in ("a.xlsx", "z.xlsx"):
        write_xlsx(
            inbox / "good" / name,
            {"Sales": [["Date", "Item", "Qty"], ["31/01/2026", f"Tea {name}", 1]]},
        )
    result = landing.ingest(inbox, tmp_path / "raw", tmp_path / "state")
    good = [file for file in result.files if file.dataset_id == "good"]
    odd = {file.name: file.reason for file in result.files if file.dataset_id == "odd"}
    assert [file.status for file in good] == ["accepted"] * 2
    far = ("plain", "single_quotes", "lower_case", "blanks", "elsewhere")
    assert {odd[f"{name}.xlsx"] for name in far} == {"too_large"}
    assert "reader_failed" not in odd.values()
    assert pq.read_table(tmp_path / "raw" / "raw_source_files").num_rows == len(odd) + 2
    assert landing.ingest(inbox, tmp_path / "raw", tmp_path / "state").new == 0


@pytest.mark.parametrize(("most", "is_read"), [(6, True), (5, False)])
def test_the_rows_of_all_sheets_together_are_limited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, is_read: bool
) -> None:
    path = tmp_path / "book.xlsx"
    rows = [["Date", "Item"], ["31/01/2026", "Tea"]]
    # what stands above the first row that is filled is one too
    write_xlsx(path, {"A": rows, "B": [["", ""], ["", ""], *rows]})
    monkeypatch.setattr(workbook, "MAX_ROWS", most)
    if is_read:
        assert len(list(workbook.read(str(path)))) == 5
    else:
        with pytest.raises(RefusedError, match="more rows than a sheet of Excel has"):
            list(workbook.read(str(path)))


def test_cells_come_through_the_process_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    odd = ['a "b"', "नमस्ते", "x\ny", "\u2028", "#N/A", "1e5"]
    write_xlsx(path, {"Sales": [["Date", "Item", "Qty"], *[["31/01/2026", c, 0.1] for c in odd]]})
    (table,) = open_file(path).tables
    assert [row.cells[1:] for row in table.rows] == [(cell, "0.1") for cell in odd]
    end_readers()


def test_a_request_is_one_line_whatever_the_file_is_called(tmp_path: Path) -> None:
    path = tmp_path / "a\nb\"c'd%e.xlsx"
    write_xlsx(path, {"Sales": [["Date", "Item", "Qty"], ["31/01/2026", "Tea", 1]]})
    assert len(open_file(path).tables) == 1
    assert "\n" not in json.dumps([str(path)])


def test_a_child_ends_when_told_to_even_where_its_parent_would_not(files: LimitedReader) -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with pytest.raises(RefusedError) as caught:
            text(files.lines("signal", "SIGTERM"))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert caught.value.reason == "not_read_now"
