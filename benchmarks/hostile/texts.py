"""Text files that keep a careless reader busy or full, and things that are no files."""

import gzip
import os
import random
from collections.abc import Callable, Iterator, Sequence
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


def drawn(pool: Callable[[], Sequence[bytes]], size: int, before: bytes = HEAD) -> Write:
    """A file of so many bytes, of pieces drawn from some, which are made when it is written."""

    def write(path: Path) -> None:
        chance, found = random.Random(size), pool()
        written_bytes = 0
        with path.open("wb") as file:
            file.write(before)
            while written_bytes < size:
                written_bytes += file.write(b"".join(chance.choices(found, k=20_000)))

    return write


def pieces(kind: Callable[[random.Random], bytes], count: int = 20_000) -> list[bytes]:
    """So many pieces of a kind, always the same."""
    chance = random.Random(count)
    return [kind(chance) for _ in range(count)]


def sale(chance: random.Random, item: bytes = b"Tea") -> bytes:
    """A row as shops have."""
    return b"%d,2026-%02d-%02d,%s %d,%d,%d\n" % (
        chance.randrange(10**6),
        chance.randint(1, 12),
        chance.randint(1, 28),
        item,
        chance.randrange(500),
        chance.randint(1, 9),
        chance.randint(5, 900),
    )


def with_quotes(chance: random.Random) -> bytes:
    """A row with quotes anywhere."""
    row = bytearray(sale(chance))
    for _ in range(chance.choice((0, 1, 1, 2, 3))):
        row.insert(chance.randrange(len(row) - 1), ord('"'))
    return bytes(row)


def with_quoted_cells(chance: random.Random) -> bytes:
    """A row whose cells are opened, closed, or both."""
    cells = sale(chance)[:-1].split(b",")
    for _ in range(chance.choice((0, 1, 1, 2, 3))):
        at = chance.randrange(5)
        cells[at] = chance.choice((b'"%s', b'%s"', b'"%s"', b' "%s')) % cells[at]
    return b",".join(cells) + b"\n"


def junk(alphabet: bytes, *lengths: int) -> list[bytes]:
    """Rows of random bytes."""
    return pieces(lambda chance: bytes(chance.choices(alphabet, k=chance.choice(lengths))) + b"\n")


PRINTED = bytes(range(33, 127)).replace(b'"', b"")


def large_files() -> Iterator[tuple[str, Write]]:
    """Files of tens of MB that look a little like tables."""
    size = 60_000_000
    yield "quotes_open.csv", drawn(lambda: pieces(lambda chance: sale(chance, b'"Tea')), size)
    yield "quotes_open_first.csv", drawn(lambda: pieces(lambda chance: b'"' + sale(chance)), size)
    yield (
        "quotes_of_inches.csv",
        drawn(lambda: pieces(lambda chance: sale(chance, b'"3"" pipe"')), size),
    )
    yield "quotes_anywhere.csv", drawn(lambda: pieces(with_quotes), size)
    yield "quotes_of_cells.csv", drawn(lambda: pieces(with_quoted_cells), size)
    yield (
        "quotes_and_lines.csv",
        drawn(lambda: [b'1,2026-01-01,"Tea', b"\n", b'",', b",1,10\n"], size),
    )
    yield "quotes_doubled.csv", drawn(lambda: [b'"",', b'"""', b"\n", b"1,"], size)
    yield "quotes_single.csv", drawn(lambda: [b"'1','a\n", b"2','b'\n", b"'3,'c',d\n"], size)
    yield "escapes.csv", drawn(lambda: [b'1,\\"a,b\\\n', b'2,"\\",b\n', b"3,\\,\\,\n"], size)
    yield "junk_short.csv", drawn(lambda: junk(PRINTED, 2, 3), size)
    yield "junk_of_letters.csv", drawn(lambda: junk(PRINTED, 16), size)
    yield "junk_of_cells.csv", drawn(lambda: junk(PRINTED + b"," * 10, 16), size)
    yield "junk_of_figures.csv", drawn(lambda: junk(b"0123456789,,,", 16), size)
    yield "junk_and_long.csv", drawn(lambda: junk(PRINTED, 2, 3, 120), size)
    yield "junk_below.csv", drawn(lambda: junk(PRINTED, 16), size, HEAD + ROW * 50_000)
    yield "commas_in_names.csv", drawn(lambda: pieces(lambda chance: sale(chance, b"Te,a,b")), size)
    yield (
        "commas_in_some_names.csv",
        drawn(
            lambda: pieces(lambda chance: sale(chance, chance.choice((b"T", b"T", b"T,e")))), size
        ),
    )
    yield "cells_missing.csv", drawn(lambda: [b"1,2026-01-01\n", b"2,Tea,1\n", ROW], size)
    yield "dittos.csv", drawn(lambda: [b'1,2026-01-01,",1,10\n', b'",",",",\n', ROW], size)
    yield "notes.csv", drawn(lambda: junk(b"abcdef ", 16), size)
    yield "blank_rows_between.csv", drawn(lambda: [b",,,,\n", b"\n", ROW], size)
    stock = b"Item Name,Quantity,Stock Value\n"
    totals = b"".join(b"Jar %d Total,0,%d\n" % (n, n) for n in range(90_000))
    yield "totals_of_groups.csv", written(stock + b"Tea,1,2\n" + totals)
    falling = b"".join(b"Jar %d Total,%d,1\n" % (n, -n) for n in range(90_000))
    yield "totals_below_zero.csv", written(stock + b"Tea,1,2\n" + falling)


def files() -> Iterator[tuple[str, Write]]:
    """Names of files, and what writes each."""
    yield from large_files()
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
