"""Workbooks that keep a careless reader busy or full, or lie about what they hold."""

import io
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.workbooks import write_xlsx

Write = Callable[[Path], None]
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
ROWS = [["Date", "Item", "Qty", "Amount"], *[["2026-01-01", "Tea", 1, 10]] * 3]
STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
BIG = 40_000_000


def members_of(sheets: int = 1) -> dict[str, bytes]:
    """The members of a good workbook."""
    sink = Path("/dev/shm" if Path("/dev/shm").is_dir() else ".") / "lucid-hostile-base.xlsx"
    write_xlsx(sink, {f"S{number}": ROWS for number in range(sheets)})
    with zipfile.ZipFile(sink) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    sink.unlink()
    return found


def pack(path: Path, members: Mapping[str, bytes], method: int = DEFLATED) -> None:
    """Write an archive of members."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)


def with_sheet(data: bytes, **more: bytes) -> Write:
    """A workbook whose only sheet is this."""
    names = {
        "strings": "xl/sharedStrings.xml",
        "styles": "xl/styles.xml",
        "book": "xl/workbook.xml",
    }

    def write(path: Path) -> None:
        members = members_of() | {SHEET: data}
        pack(path, members | {names[key]: value for key, value in more.items()})

    return write


def with_members(more: Mapping[str, bytes], method: int = DEFLATED) -> Write:
    """A good workbook with other members."""
    return lambda path: pack(path, members_of() | more, method)


def sheet(rows: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    """A sheet's XML."""
    return (
        b'<worksheet xmlns="'
        + MAIN
        + b'">'
        + before
        + b"<sheetData>"
        + rows
        + b"</sheetData>"
        + after
        + b"</worksheet>"
    )


def cell(place: bytes, value: bytes = b"1", more: bytes = b"") -> bytes:
    """A cell's XML."""
    return b'<c r="%s"%s><v>%s</v></c>' % (place, more, value)


HEAD = (
    b'<row r="1">'
    + b"".join(
        b'<c r="%s1" t="inlineStr"><is><t>%s</t></is></c>' % (column, name)
        for column, name in zip(
            (b"A", b"B", b"C", b"D"), (b"Date", b"Item", b"Qty", b"Amount"), strict=True
        )
    )
    + b"</row>"
)


def changed_zip(change: Callable[[bytes], bytes]) -> Write:
    """A good workbook whose bytes are then changed."""

    def write(path: Path) -> None:
        pack(path, members_of())
        path.write_bytes(change(path.read_bytes()))

    return write


def lying_sizes(content: bytes) -> bytes:
    """All sizes unpacked are said to be 10 bytes."""
    found = bytearray(content)
    at = 0
    while (at := found.find(b"PK\x01\x02", at)) >= 0:
        struct.pack_into("<I", found, at + 24, 10)
        at += 4
    return bytes(found)


def overlapping(count: int) -> Write:
    """A list of members that are all the same bytes of the archive."""

    def write(path: Path) -> None:
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w", DEFLATED) as archive:
            for name, content in members_of().items():
                archive.writestr(zipfile.ZipInfo(name), content)
            archive.writestr(zipfile.ZipInfo("xl/media/a.bin"), bytes(1_000_000), DEFLATED)
        content = sink.getvalue()
        end = content.rfind(b"PK\x05\x06")
        start = struct.unpack_from("<I", content, end + 16)[0]
        last = content.rfind(b"PK\x01\x02", 0, end)
        entries = content[start:end] + content[last:end] * count
        tail = bytearray(content[end:])
        total = struct.unpack_from("<H", content, end + 10)[0] + count
        struct.pack_into("<HHI", tail, 8, total & 65535, total & 65535, len(entries))
        path.write_bytes(content[:start] + entries + bytes(tail))

    return write


def large_rows(rows: int, columns: int, value: bytes = b"7") -> bytes:
    """A sheet that is full, without addresses."""
    line = b"<row>" + b"<c><v>%s</v></c>" % value * columns + b"</row>"
    return sheet(HEAD + line * rows)


def strings(items: bytes, count: bytes = b"1") -> bytes:
    """A table of shared strings."""
    return b'<sst xmlns="%s" count="%s" uniqueCount="%s">%s</sst>' % (MAIN, count, count, items)


def book_of_names(names: list[bytes]) -> Write:
    """A workbook whose sheets have these names, all of one member."""

    def write(path: Path) -> None:
        entries = b"".join(
            b'<sheet name="%s" sheetId="%d" r:id="r1"/>' % (name, number)
            for number, name in enumerate(names, start=1)
        )
        relations = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        text = b'<workbook xmlns="%s" xmlns:r="%s"><sheets>%s</sheets></workbook>' % (
            MAIN,
            relations,
            entries,
        )
        pack(path, members_of() | {"xl/workbook.xml": text})

    return write


def rels(target: bytes) -> Write:
    """A workbook whose sheet lies there."""
    relations = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = b"http://schemas.openxmlformats.org/package/2006"
    text = (
        b'<Relationships xmlns="%s/relationships"><Relationship Id="r1" Type="%s/worksheet" '
        b'Target="%s"/></Relationships>' % (package, relations, target)
    )
    return with_members({"xl/_rels/workbook.xml.rels": text})


def ods(table: bytes, head: bytes = b"") -> Write:
    """An OpenDocument sheet."""
    office = b"urn:oasis:names:tc:opendocument:xmlns:"
    text = (
        b'<?xml version="1.0"?>'
        + head
        + b'<office:document-content xmlns:office="'
        + office
        + b'office:1.0" xmlns:table="'
        + office
        + b'table:1.0" xmlns:text="'
        + office
        + b'text:1.0"><office:body><office:spreadsheet>'
        + table
        + b"</office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return lambda path: pack(path, {"mimetype": kind, "content.xml": text})


def ods_table(inside: bytes, name: bytes = b"S") -> bytes:
    """A table of an OpenDocument sheet."""
    return b'<table:table table:name="%s">%s</table:table>' % (name, inside)


def ods_cell(more: bytes = b"", text: bytes = b"a") -> bytes:
    """A cell of one."""
    return (
        b'<table:table-cell office:value-type="string"%s><text:p>%s</text:p></table:table-cell>'
        % (more, text)
    )


def xls(sector: int = 9, loop: bool = False, streams: bytes = b"") -> Write:
    """A compound file with a header that is right and what follows made up."""

    def write(path: Path) -> None:
        head = bytearray(512)
        head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        struct.pack_into("<HHHHH", head, 24, 0x3E, 3, 0xFFFE, sector, 6)
        # FAT of one sector, directory in sector 1, no small streams
        struct.pack_into("<IIIIIIII", head, 44, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
        struct.pack_into("<I", head, 76, 0)
        for slot in range(1, 109):
            struct.pack_into("<I", head, 76 + 4 * slot, 0xFFFFFFFF)
        chain = [0xFFFFFFFD, 1 if loop else 0xFFFFFFFE] + [2 if loop else 0xFFFFFFFE] * 126
        directory = bytearray(512)
        for slot, (name, kind) in enumerate((("Root Entry", 5), ("Workbook", 2))):
            wide = name.encode("utf-16-le")
            directory[128 * slot : 128 * slot + len(wide)] = wide
            struct.pack_into("<HBB", directory, 128 * slot + 64, len(wide) + 2, kind, 1)
            struct.pack_into(
                "<III",
                directory,
                128 * slot + 68,
                0xFFFFFFFF,
                0xFFFFFFFF,
                1 if slot == 0 else 0xFFFFFFFF,
            )
            struct.pack_into("<II", directory, 128 * slot + 116, 2, 0x7FFFFFFF if loop else 4096)
        fat = struct.pack("<128I", *chain)
        path.write_bytes(bytes(head) + fat + bytes(directory) + (streams or bytes(4096)))

    return write


def record(kind: int, content: bytes) -> bytes:
    """One record of an XLS stream."""
    return struct.pack("<HH", kind, len(content)) + content


XLS_BEGIN = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))


def xlsx_files() -> Iterator[tuple[str, Write]]:
    """XLSX: places, strings, XML, sheets."""
    far = HEAD + b'<row r="1048576">' + cell(b"XFD1048576") + b"</row>"
    yield "far_cell", with_sheet(sheet(far))
    yield (
        "far_cell_prefixed",
        with_sheet(
            sheet(far)
            .replace(b"<", b"<x:")
            .replace(b"<x:/", b"</x:")
            .replace(b"xmlns=", b"xmlns:x=")
        ),
    )
    yield "far_cell_as_entities", with_sheet(sheet(far.replace(b"XFD1", b"&#88;&#x46;D1")))
    yield "far_cell_spaced", with_sheet(sheet(far.replace(b'r="XFD', b'r \n=\n "XFD')))
    yield (
        "far_rows_only",
        with_sheet(sheet(HEAD + b'<row r="4294967290">' + b"<c><v>1</v></c>" + b"</row>")),
    )
    yield "far_cell_negative", with_sheet(sheet(HEAD + b"<row>" + cell(b"A-5") + b"</row>"))
    yield (
        "far_cell_overflow",
        with_sheet(sheet(HEAD + b"<row>" + cell(b"ZZZZZZZZZZZZ99999999999999999999") + b"</row>")),
    )
    yield "dimension_lies", with_sheet(sheet(HEAD, before=b'<dimension ref="A1:XFD1048576"/>'))
    yield "utf16_sheet", with_sheet(b"\xff\xfe" + sheet(far).decode().encode("utf-16-le"))
    many = b'<row r="%d">' + cell(b"XFD%d") + b"</row>"
    yield (
        "scattered_cells",
        with_sheet(sheet(HEAD + b"".join(many % (n, n) for n in range(2, 1500)))),
    )
    yield "full_sheet", with_sheet(large_rows(3000, 800))
    # as much as the limit on what it unpacks to lets through
    yield "full_of_numbers", with_sheet(large_rows(8500, 1000, b"77"))
    yield "full_of_long_numbers", with_sheet(large_rows(4000, 1000, b"0.12345678901234567"))
    names = b"".join(b"<si><t>n%d</t></si>" % n for n in range(2_000_000))
    used = b"".join(b'<row><c t="s"><v>%d</v></c></row>' % n for n in range(2_000_000))
    most = b"".join(b'<row><c t="s"><v>%d</v></c></row>' % n for n in range(1_048_000))
    yield "names_most", with_sheet(sheet(HEAD + most), strings=strings(names))
    yield "names_all_other", with_sheet(sheet(HEAD + used), strings=strings(names))
    yield (
        "wide_heading",
        with_sheet(
            sheet(b"<row>" + b'<c t="inlineStr"><is><t>Qty</t></is></c>' * 16_384 + b"</row>")
        ),
    )
    yield (
        "hundred_thousand_columns",
        with_sheet(
            sheet(b"<row>" + b'<c t="inlineStr"><is><t>Item</t></is></c>' * 100_000 + b"</row>")
        ),
    )
    yield "million_rows_of_one", with_sheet(large_rows(1_000_000, 1))
    yield "empty_rows", with_sheet(sheet(HEAD + b"<row/>" * 5_000_000))
    yield (
        "merged_all",
        with_sheet(sheet(HEAD, after=b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')),
    )
    ranges = b"".join(b'<mergeCell ref="A%d:A%d"/>' % (n, n + 9) for n in range(1, 800_000))
    yield "merged_often", with_sheet(sheet(HEAD, after=b"<mergeCells>" + ranges + b"</mergeCells>"))
    nested = b"".join(b'<mergeCell ref="A%d:A1000000"/>' % n for n in range(1, 3000))
    yield (
        "merged_nested",
        with_sheet(
            sheet(HEAD + b"<row/>" * 20_000, after=b"<mergeCells>" + nested + b"</mergeCells>")
        ),
    )
    shared = b'<row><c t="s"><v>%d</v></c></row>'
    yield (
        "string_used_often",
        with_sheet(
            sheet(shared % 0 * 400_000), strings=strings(b"<si><t>" + b"x" * 30_000 + b"</t></si>")
        ),
    )
    yield (
        "billions_of_strings",
        with_sheet(sheet(shared % 0), strings=strings(b"<si><t>a</t></si>", b"4294967295")),
    )
    yield (
        "strings_of_overflow",
        with_sheet(
            sheet(shared % 0), strings=strings(b"<si><t>a</t></si>", b"99999999999999999999999")
        ),
    )
    yield (
        "string_beyond",
        with_sheet(sheet(shared % 4_000_000_000), strings=strings(b"<si><t>a</t></si>")),
    )
    yield "strings_many", with_sheet(sheet(HEAD), strings=strings(b"<si><t/></si>" * 8_000_000))
    yield (
        "strings_rich",
        with_sheet(
            sheet(shared % 0), strings=strings(b"<si>" + b"<r><t>a</t></r>" * 5_000_000 + b"</si>")
        ),
    )
    yield (
        "string_long",
        with_sheet(
            sheet(shared % 0), strings=strings(b"<si><t>" + b"x" * 120_000_000 + b"</t></si>")
        ),
    )
    yield (
        "inline_long",
        with_sheet(sheet(b'<row><c t="inlineStr"><is><t>' + b"y" * BIG + b"</t></is></c></row>")),
    )
    yield "attribute_long", with_sheet(sheet(b'<row r="' + b"1" * BIG + b'"/>'))
    yield (
        "attributes_many",
        with_sheet(sheet(b"<row " + b" ".join(b'a%d="1"' % n for n in range(900_000)) + b"/>")),
    )
    yield "tag_never_ends", with_sheet(sheet(b"<row " + b"a" * BIG))
    yield "comment_never_ends", with_sheet(sheet(b"<!-- " + b"-" * BIG))
    yield (
        "cdata",
        with_sheet(sheet(b'<row><c t="str"><v><![CDATA[' + b"z" * BIG + b"]]></v></c></row>")),
    )
    yield "deep_xml", with_sheet(sheet(b"<row>" * 4_000_000))
    entities = (
        b"<!DOCTYPE x ["
        + b"".join(
            b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10 if n else b"lol" * 10)
            for n in range(12)
        )
        + b"]>"
    )
    yield "entities", with_sheet(entities + sheet(b'<row><c t="str"><v>&e11;</v></c></row>'))
    wide = entities.decode() + sheet(b'<row><c t="str"><v>&e11;</v></c></row>').decode()
    yield "entities_utf16", with_sheet(b"\xff\xfe" + wide.encode("utf-16-le"))
    yield "entities_lower", with_sheet((entities + sheet(HEAD)).replace(b"<!DOCTYPE", b"<!doctype"))
    yield (
        "entity_outside",
        with_sheet(
            b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
            + sheet(b'<row><c t="str"><v>&f;</v></c></row>')
        ),
    )
    yield (
        "odd_numbers",
        with_sheet(
            sheet(
                HEAD
                + b"".join(
                    b"<row><c><v>%s</v></c><c><v>Tea</v></c><c><v>%s</v></c><c><v>%s</v></c></row>"
                    % (value, value, value)
                    for value in (
                        b"1e400",
                        b"-1e400",
                        b"nan",
                        b"inf",
                        b"1e308",
                        b"-5e-324",
                        b"1_0",
                        b"0x1",
                        b"9" * 5000,
                        b"",
                        b" 1 ",
                        b"1e-400",
                        b"45000.99999999999999",
                        b"--1",
                    )
                )
            )
        ),
    )
    dates = b"".join(
        b'<row><c s="1"><v>%s</v></c><c t="str"><v>Tea</v></c><c><v>1</v></c><c><v>9</v></c></row>'
        % value
        for value in (b"2958466", b"-700000", b"1e15", b"60", b"0", b"1e300", b"45000")
    )
    styles = (
        b'<styleSheet xmlns="' + MAIN + b'"><numFmts count="1"><numFmt numFmtId="200" '
        b'formatCode="%s"/></numFmts><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="200"/>'
        b"</cellXfs></styleSheet>"
    )
    yield "odd_dates", with_sheet(sheet(HEAD + dates), styles=styles % b"yyyy-mm-dd")
    yield (
        "format_long",
        with_sheet(sheet(HEAD + dates), styles=styles % (b"[&gt;1]&quot;" * 3_000_000)),
    )
    yield (
        "formats_many",
        with_sheet(
            sheet(HEAD + dates),
            styles=b'<styleSheet xmlns="'
            + MAIN
            + b'"><cellXfs>'
            + b'<xf numFmtId="14"/>' * 5_000_000
            + b"</cellXfs></styleSheet>",
        ),
    )
    yield (
        "cell_types",
        with_sheet(
            sheet(
                HEAD
                + b"<row>"
                + b"".join(
                    cell(b"%c2" % column, b"1e9", b' t="%s"' % kind)
                    for column, kind in zip(
                        b"ABCDEF", (b"e", b"b", b"d", b"s", b"zz", b""), strict=True
                    )
                )
                + b"</row>"
            )
        ),
    )
    yield (
        "formulas",
        with_sheet(
            sheet(
                HEAD
                + b"<row>"
                + b'<c><f t="shared" ref="A1:XFD1048576" si="0">'
                + b"(" * 1_000_000
                + b"</f><v>1</v></c></row>"
            )
        ),
    )
    control = b"&#27;]0;owned&#7;&#x202e;=cmd|' /C calc'!A0"
    yield (
        "control_characters",
        with_sheet(sheet(HEAD + b'<row><c t="str"><v>' + control + b"</v></c></row>")),
    )
    yield "sheet_name_long", book_of_names([b"n" * 10_000])
    yield "sheet_name_huge", book_of_names([b"n" * BIG])
    yield (
        "sheet_names_odd",
        book_of_names(
            [b"", b"../../x", b"a\nb", b"&#27;[2J", b"S", b"S", b"&#x202e;gpj", b"'" * 40]
        ),
    )
    yield "sheets_ten_thousand", book_of_names([b"S%d" % n for n in range(10_000)])
    yield "sheet_elsewhere", rels(b"../../../../../../etc/passwd")
    yield "sheet_is_book", rels(b"workbook.xml")
    yield "sheet_is_rels", rels(b"/xl/_rels/workbook.xml.rels")
    yield "sheet_on_the_net", rels(b"http://127.0.0.1:9/sheet.xml")
    yield "sheet_missing", rels(b"worksheets/none.xml")
    yield "no_strings_table", with_sheet(sheet(shared % 3))
    yield "empty_sheet_member", with_sheet(b"")
    yield (
        "names_many",
        with_members(
            {
                "xl/workbook.xml": members_of()["xl/workbook.xml"].replace(
                    b"</sheets>",
                    b"</sheets><definedNames>"
                    + b'<definedName name="a">S1!$A$1</definedName>' * 900_000
                    + b"</definedNames>",
                )
            }
        ),
    )


def archive_files() -> Iterator[tuple[str, Write]]:
    """XLSX as archives: sizes, methods, lists."""
    zeros = bytes(100_000_000)
    yield "zip_bomb_member", with_members({"xl/media/a.bin": zeros})
    yield "zip_bomb_members", with_members({f"xl/media/{n}.bin": zeros for n in range(5)})
    yield (
        "zip_sizes_lie",
        lambda path: (
            pack(path, members_of() | {SHEET: large_rows(2_000_000, 4)}),
            path.write_bytes(lying_sizes(path.read_bytes())),
        )[0],
    )
    yield "zip_overlapping", overlapping(60_000)
    yield "zip_overlapping_few", overlapping(140)
    yield "zip_many_members", with_members({f"xl/m/{n}": b"" for n in range(65_000)})
    for name, method in (("bzip2", zipfile.ZIP_BZIP2), ("lzma", zipfile.ZIP_LZMA)):
        yield f"zip_{name}_bomb", with_members({"xl/media/a.bin": zeros}, method)
    for name, method in (("zstd", 93), ("ppmd", 98), ("aes", 99), ("deflate64", 9), ("none", 77)):
        packed_as = struct.pack("<H", method)

        def other(content: bytes, packed_as: bytes = packed_as) -> bytes:
            return content.replace(
                b"PK\x03\x04\x14\x00\x00\x00\x08\x00", b"PK\x03\x04\x14\x00\x00\x00" + packed_as
            ).replace(b"\x14\x00\x00\x00\x08\x00", b"\x14\x00\x00\x00" + packed_as)

        yield f"zip_method_{name}", changed_zip(other)
    yield (
        "zip_locked",
        changed_zip(
            lambda content: content.replace(
                b"\x14\x00\x00\x00\x08\x00", b"\x14\x00\x01\x00\x08\x00"
            )
        ),
    )
    yield (
        "zip_names_odd",
        with_members(
            {
                "../../../../tmp/lucid-hostile": b"x",
                "/etc/x": b"x",
                "C:\\x": b"x",
                "a" * 60_000: b"x",
            }
        ),
    )
    yield "zip_cut", changed_zip(lambda content: content[: len(content) * 2 // 3])
    yield "zip_junk_before", changed_zip(lambda content: b"\0" * 70_000 + content)
    yield "zip_junk_after", changed_zip(lambda content: content + b"\0" * 70_000)
    yield (
        "zip_flipped",
        changed_zip(lambda content: bytes([*content[:900], content[900] ^ 8]) + content[901:]),
    )
    yield "zip_only_head", lambda path: path.write_bytes(b"PK\x03\x04" + b"\xff" * 26) and None

    def nested(path: Path) -> None:
        inner = b"0" * 1_000_000
        for _ in range(12):
            sink = io.BytesIO()
            with zipfile.ZipFile(sink, "w", DEFLATED) as archive:
                for number in range(4):
                    archive.writestr(f"{number}.xlsx", inner)
            inner = sink.getvalue()
        path.write_bytes(inner)

    yield "zip_in_zip", nested


def other_files() -> Iterator[tuple[str, Write]]:
    """ODS and XLS."""
    a_row = b"<table:table-row>%s</table:table-row>"
    often = b' table:number-%s-repeated="%d"'
    yield "far_columns.ods", ods(ods_table(a_row % ods_cell(often % (b"columns", 10**9))))
    yield (
        "far_rows.ods",
        ods(
            ods_table(
                b"<table:table-row"
                + often % (b"rows", 10**9)
                + b">"
                + ods_cell()
                + b"</table:table-row>"
            )
        ),
    )
    yield (
        "far_both.ods",
        ods(
            ods_table(
                (
                    b"<table:table-row"
                    + often % (b"rows", 3000)
                    + b">"
                    + ods_cell(often % (b"columns", 3000))
                    + b"</table:table-row>"
                )
                * 40
            )
        ),
    )
    yield "far_negative.ods", ods(ods_table(a_row % ods_cell(often % (b"columns", -5))))
    yield "many_spaces.ods", ods(ods_table(a_row % ods_cell(text=b'<text:s text:c="4000000000"/>')))
    yield (
        "long_repeated.ods",
        ods(ods_table(a_row % ods_cell(often % (b"columns", 16_000), b"x" * 100_000))),
    )
    yield "many_tables.ods", ods(ods_table(a_row % ods_cell()) * 200_000)
    yield "deep.ods", ods(b"<table:table>" * 2_000_000)
    entities = (
        b"<!DOCTYPE x ["
        + b"".join(
            b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10 if n else b"lol") for n in range(12)
        )
        + b"]>"
    )
    yield "entities.ods", ods(ods_table(a_row % ods_cell(text=b"&e11;")), entities)
    yield "bomb.ods", ods(b" " * 145_000_000)
    yield "full.ods", ods(ods_table(a_row % (ods_cell() * 400) * 2000))
    yield "loop.xls", xls(loop=True)
    yield "zeros.xls", xls()
    yield "sectors.xls", xls(sector=31)
    yield "sector_zero.xls", xls(sector=0)
    table = XLS_BEGIN + record(0xFC, struct.pack("<II", 0xFFFFFFFF, 0x7FFFFFFF) + b"\xff" * 60)
    yield "strings.xls", xls(streams=table.ljust(4096, b"\0"))
    far = XLS_BEGIN + record(0x85, struct.pack("<IBBBB", 40, 0, 0, 1, 0) + b"S") + record(10, b"")
    far += record(0x203, struct.pack("<HHHd", 65535, 65535, 0, 1.0))
    yield "far.xls", xls(streams=far.ljust(4096, b"\0"))
    yield "records.xls", xls(streams=(XLS_BEGIN + b"\x3c\x00\x00\x00" * 1000).ljust(4096, b"\0"))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    yield "noise.xls", lambda path: path.write_bytes(head + bytes(range(256)) * 4000) and None
    yield "head.xls", lambda path: path.write_bytes(head) and None


def files() -> Iterator[tuple[str, Write]]:
    """Names of files, and what writes each."""
    for name, write in (*xlsx_files(), *archive_files()):
        yield f"{name}.xlsx", write
    yield from other_files()
