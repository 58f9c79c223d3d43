"""Text files that keep a careless reader busy or full, and things that are no files."""

import gzip
import os
from collections.abc import Callable, Iterator
from pathlib import Path

Write = Callable[[Path], None]
HEAD = b"Bill No,Date,Item,Qty,Amount\n"
ROW = b"1,2026-01-01,Tea,1,10\n"


def written(content: bytes) -> Write:
    """A file of this content."""
    return lambda path: path.write_bytes(content) and None


def repeated(piece: bytes, size: int, before: bytes = b"", after: bytes = b"") -> Write:
    """A file of so many bytes, without holding them all."""

    def write(path: Path) -> None:
        block = piece * max(1, 1_000_000 // len(piece))
        with path.open("wb") as file:
            file.write(before)
            for _ in range(size // len(block)):
                file.write(block)
            file.write(after)

    return write


def files() -> Iterator[tuple[str, Write]]:
    """Names of files, and what writes each."""
    yield "one_line.csv", repeated(b"a,", 200_000_000)
    yield "one_word.csv", repeated(b"a", 200_000_000)
    yield "one_line_below.csv", repeated(b"a,b;c\t", 200_000_000, HEAD + ROW)
    yield "one_cell_quoted.csv", repeated(b"a\n", 60_000_000, HEAD + b'1,2026-01-01,"')
    yield (
        "columns.csv",
        written(
            b",".join(b"c%d" % n for n in range(100_000))
            + b"\n"
            + b",".join([b"1"] * 100_000)
            + b"\n"
        ),
    )
    yield "columns_alike.csv", written(b",".join([b"Qty"] * 100_000) + b"\n")
    yield "columns_and_rows.csv", written((b",".join([b"Amount"] * 3_000) + b"\n") * 3_000)
    yield "empty_cells.csv", repeated(b"," * 999 + b"\n", 60_000_000, HEAD)
    yield "blanks.csv", repeated(b" ", 40_000_000, HEAD + b"1,2026-01-01,Tea")
    yield (
        "blanks_of_cells.csv",
        written(HEAD + (b"1,2026-01-01,Tea" + b" " * 100_000 + b"x,1,10\n") * 100),
    )
    yield "blank_lines.csv", repeated(b"\n", 60_000_000, HEAD, ROW)
    yield "odd_quotes.csv", repeated(b'1,2026-01-01,3" pipe,1,10\n', 20_000_000, HEAD)
    yield "quotes.csv", repeated(b'"', 30_000_000, HEAD)
    yield "quotes_apart.csv", repeated(b'",\n"', 20_000_000, HEAD)
    yield "nuls.csv", written(HEAD + ROW.replace(b"Tea", b"T\0ea") * 2000)
    yield "only_nuls.csv", repeated(b"\0", 40_000_000)
    yield (
        "controls.csv",
        written(
            HEAD.replace(b"Item", b"Item\x1b]0;x\x07") + ROW.replace(b"Tea", b"\x1b[2J=1+1") * 20
        ),
    )
    yield "bidi.csv", written(HEAD + ROW.replace(b"Tea", "‮gpj.exe⁦".encode()) * 20)
    yield "formulas.csv", written(HEAD + ROW.replace(b"Tea", b'=HYPERLINK("x")') * 20)
    digits = b"9" * 6_000
    yield "digits.csv", written(HEAD + ROW.replace(b",10", b"," + digits) * 200)
    yield "exponents.csv", written(HEAD + ROW.replace(b",1,10", b",1e400,-1e-999999999") * 200)
    yield "separators.csv", written(HEAD + ROW.replace(b"10", b"1.1.1,1'1 1") * 200)
    yield "days.csv", written(HEAD + ROW.replace(b"2026-01-01", b"99999-99-99") * 200)
    yield "days_long.csv", written(HEAD + ROW.replace(b"2026-01-01", b"1/" * 5000) * 200)
    yield "cell_long.csv", written(HEAD + ROW.replace(b"Tea", b"T" * 10_000_000))
    yield "names_long.csv", written(HEAD + ROW.replace(b"Tea", b"T" * 20_000) * 2000)
    yield "marks.csv", written(HEAD + ROW.replace(b"Tea", "é".encode() * 40_000) * 50)
    yield (
        "combining.csv",
        written(HEAD + ROW.replace(b"Tea", "a\u0301\u0327".encode() * 40_000) * 50),
    )
    yield "utf16_odd.csv", written(b"\xff\xfe" + (HEAD + ROW).decode().encode("utf-16-le") + b"x")
    yield "utf32.csv", written((HEAD + ROW).decode().encode("utf-32"))
    yield "utf7.csv", written(HEAD + ROW.replace(b"Tea", b"+AD0-") * 20)
    yield "half_characters.csv", written(HEAD + ROW.replace(b"Tea", b"\xed\xa0\x80\xf5") * 20)
    yield "marks_of_order.csv", written(b"\xef\xbb\xbf" * 5000 + HEAD + ROW)
    yield "separator_hint.csv", written(b"sep=\n" * 200_000 + HEAD + ROW)
    yield "carriage_returns.csv", repeated(b"1,2026-01-01,Tea,1,10\r", 20_000_000, HEAD)
    yield "line_ends.csv", written(HEAD + ROW.replace(b"\n", "\u2028\x0b\x0c\x85".encode()) * 5000)
    yield "headings_again.csv", repeated(HEAD, 20_000_000)
    yield "totals.csv", repeated(b"Total,,,1,10\n", 20_000_000, HEAD)
    yield "headings_only.csv", written(HEAD)
    yield "one_byte.csv", written(b"a")
    yield "nothing.csv", written(b"")
    yield "delimiters.csv", repeated(b",;\t|", 20_000_000)
    yield (
        "delimiters_mixed.csv",
        written(
            b"".join(
                HEAD.replace(b",", mark) + ROW.replace(b",", mark)
                for mark in (b",", b";", b"\t", b"|")
            )
            * 5000
        ),
    )
    yield (
        "random_rows.csv",
        written(
            b"".join(
                b",".join([b"%d" % (n * 7919 % 1000)] * (n % 60)) + b"\n" for n in range(60_000)
            )
        ),
    )
    yield "all_bytes.csv", written(bytes(range(256)) * 40_000)
    yield "gzip.csv", written(gzip.compress(bytes(50_000_000)))
    yield "zstd.csv", written(b"\x28\xb5\x2f\xfd" + bytes(5000))
    yield "xz.csv", written(b"\xfd7zXZ\0" + bytes(5000))
    yield "seven_zip.csv", written(b"7z\xbc\xaf\x27\x1c" + bytes(5000))
    yield "bzip2.csv", written(b"BZh91AY&SY" + bytes(5000))
    yield "parquet.csv", written(b"PAR1" + b"\xff" * 5000 + b"PAR1")
    yield "web_page.xls", written(b"<html>" + b"<table><tr><td>" * 200_000)
    yield "xml_sheet.xls", written(b"<?xml version='1.0'?>" + b"<Workbook>" * 200_000)
    yield "rich_text.csv", written(b"{\\rtf1 " * 200_000)
    yield "json.csv", written(b"[" * 2_000_000)
    yield "sylk.slk", written(b"ID;P\nC;Y1048576;X16384;K1\nE\n" * 1000)

    def sparse(path: Path) -> None:
        path.write_bytes(HEAD)
        os.truncate(path, 11 * 1024**3)

    yield "sparse.csv", sparse

    def sparse_small(path: Path) -> None:
        path.write_bytes(HEAD + ROW)
        os.truncate(path, 900_000_000)

    yield "sparse_small.csv", sparse_small
    yield "folder.csv", lambda path: path.mkdir()
    yield "pipe.csv", lambda path: os.mkfifo(path)
    yield "link.csv", lambda path: path.symlink_to("/dev/zero")
    yield "link_of_itself.csv", lambda path: path.symlink_to(path.name)
    yield "\x1b[2Jname\u202e.csv", written(HEAD + ROW)
    yield "अ" * 80 + ".csv", written(HEAD + ROW)
    yield "new\nline.csv", written(HEAD + ROW)
