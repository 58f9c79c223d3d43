"""Corruptions of what stands in a file: encodings, separators, quotes, shapes of files."""

import csv
import gzip
import random
from collections.abc import Iterator, Mapping
from decimal import Decimal

from tests.generators.messy import (
    COLUMNS,
    Base,
    Variant,
    but,
    counted,
    line_of,
    one,
    plain,
    refused,
    table,
)

_MEGABYTE = 1 << 20
_ODD_NAME = 'बिक्री रिपोर्ट \'24; drop "x" 📈 (1).csv'


def encodings(base: Base) -> Iterator[Variant]:
    """Bytes that are not plain UTF-8 with line feeds."""
    text, whole = table(base.sales), counted(base.sales)
    tabs = table(base.sales, delimiter="\t")
    yield one("enc_utf8", text, whole)
    yield one("enc_utf8_crlf", text.replace("\n", "\r\n"), whole)
    yield one("enc_cr_only", text.replace("\n", "\r"), whole)
    yield one("enc_utf8_bom", text.encode("utf-8-sig"), whole)
    yield one("enc_utf16le", b"\xff\xfe" + tabs.encode("utf-16-le"), whole)
    yield one("enc_utf16be", b"\xfe\xff" + text.encode("utf-16-be"), whole)
    yield one("enc_utf16le_nobom", text.encode("utf-16-le"), whole)
    typed = text.replace("Mango Chutney", "Mango “Chutney” – £5")
    yield one("enc_cp1252", typed.encode("cp1252"), whole)
    spaced = text.replace("Basmati Rice", "Basmati\xa0Rice")
    yield one("enc_latin1_nbsp", spaced.encode("latin-1"), whole)
    stray = base.changed((149,), lambda row, _: {"product_name": "Stray ###"})
    yield one("enc_bad_bytes", table(stray).encode().replace(b"###", b"\xff\xfe\x80"), whole)
    yield one("enc_mojibake", text.encode().decode("latin-1").encode(), whole)


def delimiters(base: Base) -> Iterator[Variant]:
    """Cells that are not separated by commas alone."""
    text, whole = table(base.sales), counted(base.sales)
    names = ("unit_price", "total_amount")
    commas = [row | {name: row[name].replace(".", ",") for name in names} for row in base.sales]
    semicolons = table(base.sales, delimiter=";")
    yield one("del_semicolon_decimal_comma", table(commas, delimiter=";"), whole)
    yield one("del_semicolon_point", semicolons, whole)
    yield one("del_tab", table(base.sales, delimiter="\t"), whole)
    yield one("del_pipe", table(base.sales, delimiter="|"), whole)
    yield one("del_sep_hint", "sep=;\n" + semicolons, whole)
    yield one("del_padded", text.replace(",", " , ").replace("\n", " \n"), whole)


def quotes(base: Base) -> Iterator[Variant]:
    """Quotation marks, and what they protect or fail to protect."""
    sales, whole = base.sales, counted(base.sales)

    def named(name: str) -> list[dict[str, str]]:
        """Seven rows of another product."""
        return base.changed(range(20, 27), lambda row, _: {"product_name": name})

    ended = base.changed((50, 263), lambda row, _: {"customer_id": row["customer_id"] + "\0"})
    yield one("quo_nul_bytes", table(ended), whole)
    opened = table(sales).split("\n")
    cells = opened[151].split(",")
    opened[151] = ",".join([cells[0], f'"{cells[1]}', *cells[2:]])
    yield one("quo_unbalanced", "\n".join(opened), but(whole, issues={"unbalanced_quote"}))
    broken = table(named("Tiffin,\nlarge"))
    yield one("quo_embedded_newline", broken, whole)
    yield one("quo_doubled", table(named('Nut Bolt 1/2" x 3"')), whole)
    escaped = table(named('Nut Bolt 1/2" x 3"')).replace('""', '\\"')
    yield one("quo_backslash", escaped, whole)
    yield one("quo_all", table(sales, quoting=csv.QUOTE_ALL), whole)
    plain_names = [row for row in sales if "'" not in row["product_name"]]
    single = table(plain_names, quoting=csv.QUOTE_ALL).replace('"', "'")
    yield one("quo_single", single, counted(plain_names))


def files(base: Base) -> Iterator[Variant]:
    """Files that are empty, of another kind than their name says, or absurd."""
    text, whole = table(base.sales), counted(base.sales)
    html = "".join(
        "<tr>" + "".join(f"<td>{row[column]}</td>" for column in COLUMNS) + "</tr>"
        for row in base.sales
    )
    huge = [*base.sales, {**base.sales[0], "product_name": "x" * 5_000_000}]
    huge[-1]["transaction_id"] = "INV-99999"
    yield one("file_empty", b"", refused("empty_file"))
    yield one("file_bom_only", b"\xef\xbb\xbf", refused("empty_file"))
    yield one("file_whitespace", " \n\n \n\t\n", refused("empty_file"))
    yield one("file_one_line", "x" * _MEGABYTE, refused("unknown_layout"))
    yield one("file_one_line_of_commas", "," * _MEGABYTE, refused("no_rows"))
    too_long = counted(huge, {line_of(len(huge) - 1): "name_too_long"})
    yield one("file_huge_field", table(huge), too_long)
    yield one("file_binary", random.Random(4).randbytes(20_000), refused("not_text"))
    yield one(
        "file_pdf_as_csv", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", refused("unreadable_pdf")
    )
    packed = gzip.compress(text.encode(), mtime=0)
    yield one("file_gzip_as_csv", packed, refused("unsupported_type"))
    page = f"<html><body><table>{html}</table></body></html>"
    yield one("file_html_as_xls", page, refused("unsupported_type"), "page.xls")
    yield one("file_odd_name", text, whole, _ODD_NAME)
    yield one("file_upper_ext", text, whole, "SALES.CSV")


def duplicates(base: Base) -> Iterator[Variant]:
    """Lines that come twice, in one file or in two."""
    sales = base.sales
    text, whole = table(sales), counted(sales)
    twice = [*sales, *sales[:10]]
    # one file says them twice: they may be two real sales, and the owner is asked
    asked = but(counted(twice), issues={"equal_lines_in_one_bill"})
    yield one("dup_exact_rows", table(twice), asked)
    yield one("dup_no_transaction_id", table(twice, COLUMNS[:-1]), counted(twice))
    yield Variant("dup_same_file", {"a.csv": text.encode(), "b.csv": text.encode()}, whole)
    saved = text.replace("\n", "\r\n").encode("utf-8-sig")
    yield Variant("dup_resaved", {"a.csv": text.encode(), "b.csv": saved}, whole)
    halves = {"a.csv": table(sales[:200]).encode(), "b.csv": table(sales[150:]).encode()}
    overlap = {line_of(place): "duplicate_line" for place in range(150, 200)}
    yield Variant("dup_overlap", halves, but(whole, rejected=overlap))
    edited = [*sales, *({**row, "total_amount": _more(row)} for row in sales[:10])]
    yield one("dup_conflicting", table(edited), counted(edited))


def _more(row: Mapping[str, str]) -> str:
    return plain(Decimal(row["total_amount"]) + 100)
