"""Backups, PDFs and settings that keep a careless reader busy or full, or ask it to do things."""

import io
import os
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from tests import pdf_bills
from tests.vyapar_books import SALE, SCHEMA, line, shop

Write = Callable[[Path], None]
_pdf, _stream, _one_page = pdf_bills._pdf, pdf_bills._stream, pdf_bills._one_page
_deflated = pdf_bills._deflated


def book(*statements: str, lines: int = 1, change: Callable[[bytes], bytes] | None = None) -> Write:
    """A backup of a shop with a sale, after statements; `change` is done to its database."""

    def write(path: Path) -> None:
        found = shop()
        found.item("Tea", item_code="p1", item_stock_quantity=4, category_id=2)
        for _ in range(lines):
            found.document(SALE, line(1, 2, 105, 5), txn_tax_amount=5)
        database = found.database(path.with_suffix(".inner"), *statements)
        content = database.read_bytes()
        database.unlink()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("shop.vyp", change(content) if change else content)

    return write


def replaced(table: str, definition: str) -> tuple[str, ...]:
    """Statements that put something else in the place of a table."""
    return (f"alter table {table} rename to old_{table}", definition)


def raw_book(content: bytes | Callable[[], bytes], method: int = zipfile.ZIP_DEFLATED) -> Write:
    """A backup whose database is this."""

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", method) as archive:
            archive.writestr("shop.vyp", content if isinstance(content, bytes) else content())

    return write


def schema_of(statement: str) -> Callable[[bytes], bytes]:
    """Write another statement into the schema of kb_items, as no SQLite would."""

    def change(content: bytes) -> bytes:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(content)
            connection.execute("pragma writable_schema = on")
            connection.execute(
                "update sqlite_master set sql = ? where name = 'kb_items'", (statement,)
            )
            connection.commit()
            return bytes(connection.serialize())

    return change


def flipped(every: int) -> Callable[[bytes], bytes]:
    """A byte in so many is another one."""

    def change(content: bytes) -> bytes:
        found = bytearray(content)
        for at in range(120, len(found), every):
            found[at] ^= 0x55
        return bytes(found)

    return change


def chained_pages(content: bytes) -> bytes:
    """Every page points at page 2 where it names its right child."""
    found = bytearray(content)
    for at in range(4096, len(found), 4096):
        found[at] = 5
        found[at + 8 : at + 12] = (2).to_bytes(4, "big")
    return bytes(found)


_ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select {} from n"


def books() -> Iterator[tuple[str, Write]]:
    """Vyapar backups."""
    columns = ", ".join(f"{column.split()[0]}" for column in SCHEMA["kb_items"].split(","))
    nulls = ", ".join("i" for _ in SCHEMA["kb_items"].split(","))
    endless = f"create view kb_items({columns}) as {_ENDLESS.format(nulls)}"
    yield "view.vyb", book(*replaced("kb_items", endless))
    yield (
        "view_of_lines.vyb",
        book(*replaced("kb_lineitems", f"create view kb_lineitems as {_ENDLESS.format('i')}")),
    )
    yield (
        "virtual.vyb",
        book(*replaced("kb_items", "create virtual table kb_items using fts5(item_name, item_id)")),
    )
    yield (
        "trigger.vyb",
        book("create trigger t before insert on kb_items begin select randomblob(1000000000); end"),
    )
    yield (
        "generated.vyb",
        book(
            "alter table kb_items add column g text as "
            "(replace(hex(zeroblob(50000000)), '0', 'aaaaaaaa')) virtual"
        ),
    )
    yield (
        "generated_name.vyb",
        book(
            change=schema_of(
                "create table kb_items (item_id integer primary key, item_name text as "
                "(replace(hex(zeroblob(40000000)), '0', 'aaaaaaaaaa')) virtual)"
            )
        ),
    )
    yield (
        "index_of_expression.vyb",
        book(
            change=schema_of(
                "create table kb_items (item_id, item_name, check(randomblob(1000000)))"
            )
        ),
    )
    yield "schema_is_no_sql.vyb", book(change=schema_of("create table kb_items (((((" * 20_000))
    yield (
        "schema_deep.vyb",
        book(change=schema_of(f"create table kb_items (a default ({'(' * 900}1{')' * 900}))")),
    )
    yield "many_tables.vyb", book(*[f"create table t{n} (a)" for n in range(2500)])
    yield (
        "many_columns.vyb",
        book("create table wide (" + ", ".join(f"c{n}" for n in range(1900)) + ")"),
    )
    yield "long_name.vyb", book("update kb_items set item_name = hex(zeroblob(30000000))")
    yield (
        "control_name.vyb",
        book(
            "update kb_items set item_name = "
            "char(27) || ']0;owned' || char(7) || char(8238) || '=1+1'"
        ),
    )
    yield "nul_name.vyb", book("update kb_items set item_name = 'Tea' || char(0) || 'x'")
    yield "blob_name.vyb", book("update kb_items set item_name = zeroblob(60000000)")
    yield (
        "huge_amounts.vyb",
        book("update kb_lineitems set total_amount = 9223372036854775807, quantity = -1e308"),
    )
    yield "infinite_amounts.vyb", book("update kb_lineitems set total_amount = 9e999")
    yield (
        "text_amounts.vyb",
        book("update kb_lineitems set total_amount = '1e1000000', quantity = '0x10'"),
    )
    yield (
        "odd_days.vyb",
        book("update kb_transactions set txn_date = '99999-99-99 99:99:99', txn_type = 1.5"),
    )
    yield (
        "circle_of_ids.vyb",
        book("update kb_items set category_id = item_id, base_unit_id = 999999999999"),
    )
    yield (
        "half_a_million.vyb",
        book(
            "insert into kb_lineitems(lineitem_txn_id, item_id, quantity, total_amount) "
            f"{_ENDLESS.format('1, 1, 1, 1')} limit 600000"
        ),
    )
    yield (
        "many_items.vyb",
        book(
            "insert into kb_items(item_name, item_type) "
            f"{_ENDLESS.format(chr(39) + 'n' + chr(39) + ' || i, 1')} limit 300000"
        ),
    )
    yield (
        "deleted_papers.vyb",
        book(
            "insert into recycle_bin(txn_data_json) "
            "select replace(hex(zeroblob(20000000)), '00', '[')"
        ),
    )
    yield (
        "encoding.vyb",
        raw_book(
            lambda: sqlite_of("pragma encoding = 'UTF-16be'", "create table kb_items (item_id)")
        ),
    )
    yield "flipped.vyb", book(lines=40, change=flipped(997))
    yield "flipped_often.vyb", book(lines=40, change=flipped(101))
    yield "pages_in_a_circle.vyb", book(lines=400, change=chained_pages)
    yield "page_size.vyb", book(change=lambda content: content[:16] + b"\0\0" + content[18:])
    yield "wal_mode.vyb", book(change=lambda content: content[:18] + b"\2\2" + content[20:])
    yield "cut.vyb", book(lines=400, change=lambda content: content[: len(content) // 2])
    yield "head_only.vyb", raw_book(b"SQLite format 3\0")
    zeros = b"SQLite format 3\0" + bytes(600_000_000)
    yield "zeros.vyb", raw_book(zeros)
    yield "zeros_lzma.vyb", raw_book(zeros[:490_000_000], zipfile.ZIP_LZMA)
    yield "zeros_bzip2.vyb", raw_book(zeros[:490_000_000], zipfile.ZIP_BZIP2)
    yield "zeros.vyp", lambda path: path.write_bytes(zeros[:100_000_000]) and None

    def sparse(path: Path) -> None:
        path.write_bytes(b"SQLite format 3\0")
        os.truncate(path, 3_000_000_000)

    yield "sparse.vyp", sparse

    def backup_in_backup(path: Path) -> None:
        book()(path)
        content = path.read_bytes()
        for _ in range(20):
            sink = io.BytesIO()
            with zipfile.ZipFile(sink, "w") as archive:
                archive.writestr("shop.vyb", content)
            content = sink.getvalue()
        path.write_bytes(content)

    yield "nested.vyb", backup_in_backup


def sqlite_of(*statements: str) -> bytes:
    """A database after statements."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        return bytes(connection.serialize())


def written(content: bytes) -> Write:
    """A file of this content."""
    return lambda path: path.write_bytes(content) and None


def pdfs() -> Iterator[tuple[str, Write]]:
    """PDFs; those of the tests too."""
    for name, content in pdf_bills.hostile_files().items():
        yield f"{name}.pdf", written(content)
    text = zlib.compress(b"BT /F 9 Tf 50 700 Td (Tax Invoice No: 12 Date: 01/02/2025) Tj ET")
    good = _one_page(_stream(text))
    yield (
        "xref_loop.pdf",
        written(good.replace(b"trailer <<", b"trailer <</Prev %d " % good.index(b"xref\n0"))),
    )
    yield "xref_negative.pdf", written(good.replace(b"xref\n0 7", b"xref\n-1 99999999"))
    yield "xref_huge.pdf", written(good.replace(b"xref\n0 6", b"xref\n0 999999999"))
    yield "size_huge.pdf", written(good.replace(b"/Size 6", b"/Size 99999999999"))
    index = _stream(
        zlib.compress(b"\1" * 100),
        extra=b"/Type/XRef/W[8 8 8]/Index[0 4000000000]/Size 9/Root 1 0 R",
    )
    head = b"%PDF-1.5\n"
    yield (
        "xref_stream.pdf",
        written(head + b"9 0 obj\n" + index + b"\nendobj\nstartxref\n%d\n%%%%EOF" % len(head)),
    )
    zero = index.replace(b"/W[8 8 8]", b"/W[0 0 0]")
    yield (
        "xref_stream_of_nothing.pdf",
        written(head + b"9 0 obj\n" + zero + b"\nendobj\nstartxref\n%d\n%%%%EOF" % len(head)),
    )
    yield "length_of_itself.pdf", written(good.replace(b"/Length %d" % len(text), b"/Length 4 0 R"))
    yield (
        "length_huge.pdf",
        written(good.replace(b"/Length %d" % len(text), b"/Length 99999999999999")),
    )
    yield "length_negative.pdf", written(good.replace(b"/Length %d" % len(text), b"/Length -9"))
    chained = text
    for _ in range(60):
        chained = zlib.compress(chained)
    yield "filters.pdf", written(_one_page(_stream(chained, b"[" + b"/FlateDecode" * 61 + b"]")))
    lzw = b"\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01" * 500_000
    yield "lzw.pdf", written(_one_page(_stream(lzw, b"/LZWDecode")))
    yield "run_length.pdf", written(_one_page(_stream(b"\x81 " * 3_000_000, b"/RunLengthDecode")))
    yield "hex_filter.pdf", written(_one_page(_stream(b"41 " * 6_000_000, b"/ASCIIHexDecode")))
    yield "base85.pdf", written(_one_page(_stream(b"z" * 8_000_000, b"/ASCII85Decode")))
    yield (
        "predictor.pdf",
        written(
            _one_page(_stream(text, extra=b"/DecodeParms<</Predictor 15/Columns 2000000000>>"))
        ),
    )
    yield (
        "predictor_zero.pdf",
        written(
            _one_page(_stream(text, extra=b"/DecodeParms<</Predictor 12/Columns 0/Colors -3>>"))
        ),
    )
    image = b"/Type/XObject/Subtype/Image/Width 100000/Height 100000/BitsPerComponent 8"
    for name in (b"JBIG2Decode", b"DCTDecode", b"CCITTFaxDecode", b"JPXDecode", b"FlateDecode"):
        yield (
            f"image_{name.decode()}.pdf",
            written(
                _one_page(
                    _stream(zlib.compress(b"q 500 0 0 700 0 0 cm /X Do Q")),
                    more=[
                        _stream(
                            _deflated(60_000_000, b"\0"),
                            b"/" + name,
                            image + b"/ColorSpace/DeviceRGB",
                        )
                    ],
                )
            ),
        )
    yield (
        "inline_image.pdf",
        written(
            _one_page(
                _stream(zlib.compress(b"BI /W 99999 /H 99999 /BPC 8 ID " + b"\0" * 20_000_000))
            )
        ),
    )
    font = (
        b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/ToUnicode 7 0 R"
        b"/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/A/W %s>>]>>"
    )
    shown = zlib.compress(b"BT /F 9 Tf 50 700 Td <00410042> Tj ET")

    def typed(cmap: bytes, widths: bytes = b"[]") -> bytes:
        page = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
            b"/Resources<</Font<</F 5 0 R>>>>>>"
        )
        return _pdf(
            [
                b"<</Type/Catalog/Pages 2 0 R>>",
                b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                page,
                _stream(shown),
                font % widths,
                b"null",
                _stream(zlib.compress(cmap)),
            ]
        )

    yield (
        "cmap_range.pdf",
        written(typed(b"begincmap 1 beginbfrange <00000000> <ffffffff> <0041> endbfrange endcmap")),
    )
    yield (
        "cmap_cid_range.pdf",
        written(typed(b"begincmap 1 begincidrange <00000000> <ffffffff> 0 endcidrange endcmap")),
    )
    yield (
        "cmap_long.pdf",
        written(
            typed(b"begincmap 1 beginbfchar " + b"<0041> <" + b"0041" * 3_000_000 + b"> endbfchar")
        ),
    )
    yield "cmap_itself.pdf", written(typed(b"/Identity-H usecmap /../../../etc/passwd usecmap"))
    yield "widths_range.pdf", written(typed(b"", b"[0 4000000000 500]"))
    yield "widths_odd.pdf", written(typed(b"", b"[0 [/a (b)] -1 -9 1e99]"))
    yield (
        "encoding_outside.pdf",
        written(
            good.replace(
                b"/BaseFont/Helvetica", b"/BaseFont/..#2f..#2fetc#2fpasswd/Encoding/..#2f..#2fx"
            )
        ),
    )
    yield "deep_dictionaries.pdf", written(good.replace(b"/Size", b"/A" + b"<</A" * 60_000))
    yield "deep_in_object.pdf", written(_pdf([b"[" * 300_000]))
    yield "long_name.pdf", written(good.replace(b"/Size", b"/" + b"n" * 20_000_000 + b" 1/Size"))
    yield "long_number.pdf", written(good.replace(b"/Count 1", b"/Count " + b"9" * 3_000_000))
    yield "long_string.pdf", written(good.replace(b"/Size", b"/A (" + b"(" * 10_000_000 + b"/Size"))
    yield "long_comment.pdf", written(good.replace(b"trailer", b"%" + b"x" * 30_000_000 + b"\ntr"))
    yield (
        "objects.pdf",
        written(b"%PDF-1.4\n" + b"".join(b"%d 0 obj 1 endobj\n" % n for n in range(1_200_000))),
    )
    yield (
        "object_stream_loop.pdf",
        written(
            head
            + b"1 0 obj\n"
            + _stream(
                zlib.compress(b"1 0 2 5 null null"),
                extra=b"/Type/ObjStm/N 999999999/First 8/Extends 1 0 R",
            )
            + b"\nendobj\n"
            b"trailer <</Root 2 0 R/Size 3>>"
        ),
    )
    kids = b"<</Type/Pages/Kids[2 0 R 2 0 R 3 0 R]/Count -1/Parent 2 0 R>>"
    yield "kids_of_itself.pdf", written(_pdf([b"<</Type/Catalog/Pages 2 0 R>>", kids, b"null"]))
    tree = [b"<</Type/Pages/Kids[%s]/Count 9>>" % (b"%d 0 R " % (n + 3) * 10) for n in range(30)]
    yield "tree_of_pages.pdf", written(_pdf([b"<</Type/Catalog/Pages 2 0 R>>", *tree]))
    yield (
        "outlines_loop.pdf",
        written(
            good.replace(b"/Catalog", b"/Catalog/Outlines 1 0 R/First 1 0 R/Next 1 0 R/Names 1 0 R")
        ),
    )
    yield (
        "reference_to_itself.pdf",
        written(_pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"3 0 R", b"2 0 R"])),
    )
    yield (
        "locked.pdf",
        written(
            good.replace(
                b"/Size",
                b"/Encrypt<</Filter/Standard/V 5/R 6/Length 999999/P -1"
                b"/O(a)/U(b)/OE(c)/UE(d)>>/ID[(a)(b)]/Size",
            )
        ),
    )
    words = b"BT /F 1 Tf " + b"".join(
        b"1 0 0 1 %d %d Tm (%d) Tj " % (n % 590, n // 590 % 840, n) for n in range(150_000)
    )
    yield "many_words.pdf", written(_one_page(_stream(zlib.compress(words + b"ET"))))
    one = b"BT /F .001 Tf 50 700 Td (" + b"a" * 1_500_000 + b") Tj ET"
    yield "long_line.pdf", written(_one_page(_stream(zlib.compress(one))))
    bill = b"".join(
        b"1 0 0 1 %d %d Tm (%s) Tj " % (x, 800 - 9 * row, b"100" if row else word)
        for row in range(80)
        for x, word in ((40, b"Item"), (200, b"Qty"), (300, b"Rate"), (400, b"Amount"))
    )
    yield (
        "ambiguous_bill.pdf",
        written(_one_page(_stream(zlib.compress(b"BT /F 8 Tf " + bill + b"ET")))),
    )
    spaced = b"BT /F 8 Tf 1e38 1e38 -1e38 1e-38 1e38 nan Tm (a) Tj 1e999 Tc 1e38 Tz (b) Tj ET"
    yield "odd_matrix.pdf", written(_one_page(_stream(zlib.compress(spaced))))
    yield "saves.pdf", written(_one_page(_stream(zlib.compress(b"q " * 5_000_000))))
    yield (
        "paths.pdf",
        written(_one_page(_stream(zlib.compress(b"0 0 m " + b"9 9 l " * 3_000_000 + b"S")))),
    )
    crossing = b"".join(b"%d 0 m %d 842 l S 0 %d m 595 %d l S " % (n, n, n, n) for n in range(590))
    yield "crossing_rules.pdf", written(_one_page(_stream(zlib.compress(crossing))))
    yield "junk_before.pdf", written(b"x" * 900 + good + b"\0" * 20_000_000)


def settings() -> Iterator[tuple[str, Write]]:
    """What one shop's mapping.yml or lucid.yml may hold; the file after its name's slash."""
    contents: dict[str, bytes] = {
        "aliases": b"a: &a [x,x,x,x,x,x,x,x,x]\n"
        + b"".join(
            b"%c: &%c [%s]\n" % (n, n, b",".join([b"*%c" % (n - 1)] * 9)) for n in range(98, 112)
        ),
        "cycle": b"columns: &a\n  Item: *a\n",
        "merge": b"x: &x {a: 1}\ncolumns:\n  <<: *x\n",
        "deep": b"columns: " + b"[" * 30_000,
        "deep_maps": b"".join(b" " * n + b"a:\n" for n in range(300)),
        "object": b"columns: !!python/object/apply:os.system ['touch /tmp/lucid-hostile']\n",
        "object_name": b"columns: !!python/name:os.system\n",
        "digits": b"currency: " + b"9" * 90_000,
        "int_of_nothing": b"currency: !!int ''\nregion: !!float x\n",
        "binary": b"columns: !!binary '!!!!'\n",
        "nul": b"columns: {Item: 'product\\0name'}\n",
        "half": b'currency: "\\ud800"\n',
        "utf16": "columns: {Item: product_name}\n".encode("utf-16"),
        "bytes": bytes(range(256)) * 100,
        "large": b"# " + b"x" * 12_000_000,
        "documents": b"---\na: 1\n---\nb: 2\n",
        "twice": b"columns: {Item: product_name}\ncolumns: {Item: quantity}\n",
        "stars": b"files:\n  - name: '" + b"*a" * 8_000 + b"b'\n    kind: sales\n",
        "brackets": b"files:\n  - name: '" + b"[!" * 8_000 + b"'\n    kind: sales\n",
        "patterns": b"not_products: ['" + b"%a" * 8_000 + b"b']\n",
        "many_patterns": b"not_products:\n" + b"- '%a%b%c%d%e%f%'\n" * 4_500,
        "timezone": b"timezone: ../../../../etc/passwd\n",
        "numbers": b"{.nan: .inf, 1: [2], null: null, true: {false: ~}}\n",
        "list": b"- columns\n- - - x\n",
        "scalar": b"hello",
        "impossible_day": b"since: 2026-13-45\n",
        "keys": b"? [a, b]\n: 1\n? {c: d}\n: 2\n",
        "tags": b"%TAG ! tag:x,2000:\n---\n!a b\n",
        "tabs": b"\tcolumns:\n\t\tItem: x\n",
        "set": b"columns: !!set {a, b}\nfiles: !!omap [a: 1]\n",
        "rules": b"rules: {dead_stock: {days: [1], limit: {a: b}}, x: 3}\nsnooze: {a: b}\n",
        "header_row": b"files:\n  - name: '*'\n    header_row: -999999999999\n",
        "sheet": b"files: [{name: '*', sheet: 5, kind: [sales], columns: [a]}]\n",
    }
    for name, content in contents.items():
        for file in ("mapping.yml", "lucid.yml"):
            yield f"{name}/{file}", written(content)
    yield "folder/mapping.yml", lambda path: path.mkdir()
    yield "pipe/mapping.yml", lambda path: os.mkfifo(path)
    yield "link/mapping.yml", lambda path: path.symlink_to("/dev/zero")
    yield "link/lucid.yml", lambda path: path.symlink_to("/etc/passwd")
