"""Every macro with a body for each engine says the same on both."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from lucid_orchestration.warehouse.dbt_plugin import functions_sql
from tests.spark.macros import BODIES, DISPATCHED, Macros

pytestmark = pytest.mark.spark

# They belong to what runs a build.
OF_A_BUILD = {
    "changed_files",
    "landed_parts",
    "create_raw_views",
    "create_insight_views",
    "create_by_file_state",
    "publish",
    "stored_types",
}

NUMBERS = """
١٬٢٣٤٫٥٠|۱۲٫۵|१,२३,४५६.००|٥ kg|(٣)|٫٥
1|-1|+1|1.|1.5|.5|-.5|0|00012|1,234|1,23,456.70|12,34|1,2345|1.234,50|1.234.567|1 234|1'234.5|(5)
(1,234.50)|5-|5.00-|-5-|(-5)|₹ 1,234|Rs.500|rs 500|INR 5|$5|us$5|5 €|5€|€5,50|5/-|5/=|5 =|1e3|abc|
7 |−5|–5|12 pcs|27 Pcs|2.5 kg|2.5KG.|3 boxes|10nos|5 m|5 ml|5 g|g|12 pcs 3|1,000 pcs|(3) pcs|3) kg
5 stripes|99999999999999999999|1,00,000|1,0,0|1..5|1.2.3|1,234,56|₹-5|-₹5|₹(5)|5 Rs.|5 usd|usd5 inr
1 1|1 123|٣|½|5%|#5|--5|+-5|5+|1_000|nan|inf|1,|,5|5,|5,0|12,345,678.90 INR|Rs. 1,23,45,678/-|5.0.
'5|5'000|5.--|100,-|5 Dr|5.00 cr|1’234.50|12 ſets|7 İ
"""
TEXTS = """
Rice 5kg|Rice  5kg|ＲＩＣＥ　５|café|STRASSE ß|ẞ|İstanbul|ΟΔΟΣ|Σ|ﬁne|नमक|Å|Ａ＋Ｂ％|a&b|É|ǅ|ſ|ｶ
!~|~|!
N/A|n.a.|-|?|#REF!|#N/A|none|Unknown|не указано|अज्ञात|--|...|0|000|0.00|0,0|8.90126E+12|1,2e+5|2e10
1-5|01/05/2020|5-Jan|Jan-20|mai 2020|00123|="00123"|'0012|12.0|12.00|A-12|Mug Total|Sub total of Mug
Total|Total Mug|合計 Mug|Mug (M1)|[M1] Mug|GST@18%|18 %|@5|5%|Smörgås|Ἀθήνα|12 eggs and 3 cups|😀 A
"""
DATES = """
2024-01-05|2024-02-30|2024-1-5|05-01-2024|5/1/2024|13/1/2024|1/13/2024|31/12/99|31.12.2023|12.31.23
01-Jan-2024|1 jan 2024|Jan 1, 2024|January 1, 2024|2024-Jan-05|Sept 5 2024|20240105|20241305
2024/01/05|2024.01.05|45000|45000.75|2024-01-05 10:30|2024-01-05T10:30:00|2024-01-05T23:30:00Z
2024-01-05T23:30:00z|2024-01-05 23:30:00 UTC|2024-01-05 23:30:00 GMT|2024-01-05T23:30:00+05:30
2024-01-05T23:30:00+0530|2024-01-05 23:30:00 -0500|2024-01-05T23:30:00+05|2024-01-05T23:30:00.123Z
05/01/2024 10:30|05/01/2024 10:30:00 PM|5 Jan 2024, 10:30 pm|Jan 5, 2024 at 10:30|99-01-05|24-01-05
68-01-01|69-01-01|01-01-68|01-01-69|2024-01|2024|abc|0000-00-00|29-02-2023|29-02-2024|5-1-2024-
5-1--2024|5 . 1 . 2024|Mon 5 Jan 2024|5th Jan 2024|2024-12-31T18:30:00Z|2024-12-31T18:29:59Z|1/1/1
9999-12-31|1900-01-01|32-01-2024|2024-13-01|05/09/2026 20:00 +00:00|5 Sep 2026 20:00:10 UTC
05.09.26 8:00 PM GMT|05/09/2026 13:00 PM Z|09/05/2026 8:00 PM -08:00|5 सितंबर 2026|2026年9月5日(土)
2026년 9월 5일|5 tháng 9, 2026|٥ سبتمبر ٢٠٢٦|5 de septiembre de 2026|5 ก.ย. 2026
5. září 2026|05SEP2026
5 Sep '26|2024-01-05 - 17|05-01-2024 #12|5 September 2026 (Saturday)|26-09-05|2026. 9. 5.
"""
BLANKS = [
    "",
    " ",
    "\u00a07\u00a0",
    "\u20097",
    "7\u3000",
    "1\u20091",
    "12 PCS\n",
    "5\n",
    "5\r",
    "a\nb",
    "cafe\u0301",
    "a\u00a0b",
    "\u200b",
    "ab\u00adcd",
    "\ufeffabc",
    "tab\t",
    "05-12-2024\n",
    "\u200205/01/2024",
]
NAMES = [
    "red mug",
    "red mugs",
    "blue plate",
    "रेड मग",
    "mug 250 ml",
    "tea",
    "tee",
    "lamp shade large",
    "café au lait",
    "12",
]


def texts(*lists: str) -> list[str | None]:
    found = [
        text for given in lists for line in given.strip().split("\n") for text in line.split("|")
    ]
    return [*dict.fromkeys([*found, *BLANKS]), None]


ALL = texts(NUMBERS, TEXTS, DATES)
CODES = [(text.lower() if text else text,) for text in ALL]
DOUBLES: list[tuple[Any, ...]] = [
    (value,)
    for value in (
        0.0,
        0.5,
        0.0005,
        -0.0005,
        1.0005,
        2.5e-7,
        1234567.8915,
        -1234567.8915,
        1 / 3,
        2 / 3,
        None,
    )
]
DAYS = [datetime.date(2024, 2, 29), datetime.date(2023, 12, 31), datetime.date(2024, 1, 30), None]
# Of each macro: what its columns are called, their type, the rows, and what it is called with.
CASES: dict[str, tuple[str, str, list[tuple[Any, ...]], tuple[Any, ...]]] = {
    "clean_text": ("x", "string", [(text,) for text in ALL], ("x",)),
    "text_key": ("x", "string", [(text,) for text in ALL], ("x",)),
    "small_letters": ("x", "string", [(text,) for text in ALL], ("x",)),
    "plain_letters": ("x", "string", CODES, ("x",)),
    "says_nothing": ("x", "string", [(text,) for text in ALL], ("x",)),
    "told_figure": ("x", "string", [(text,) for text in ALL], ("x",)),
    "rate_text": ("x", "string", [(text,) for text in ALL], ("x",)),
    "number_text": ("x m", "string", list(product(ALL, [".", ",", None])), ("x", "m")),
    "quantity_text": ("x m", "string", list(product(ALL, [".", ",", None])), ("x", "m")),
    "parse_date": (
        "x o z",
        "string",
        list(
            product(
                ALL,
                ["ymd", "dmy", "mdy", "ydm", "serial", None],
                [None, "as written", "America/New_York"],
            )
        ),
        ("x", "o", "z"),
    ),
    "is_zero": ("x", "string", CODES, ("x",)),
    "is_scientific": ("x", "string", CODES, ("x",)),
    "is_spreadsheet_date": ("x", "string", CODES, ("x",)),
    "code_form": ("x", "string", CODES, ("x",)),
    "name_letters": ("x", "string", CODES, ("x",)),
    "totalled_name": ("x", "string", CODES, ("x",)),
    "names_differ": ("x y", "string", list(product(NAMES, NAMES)), ("x", "y")),
    "words_and_figures": ("x", "string", CODES, ("x",)),
    "is_figure": ("x", "string", CODES, ("x",)),
    "matched": ("x", "string", CODES, ("x", "'^(.+?)(?:\\s+-\\s|\\s*[:(\\[–—])'")),
    "fixed": ("x", "double", DOUBLES, ("x", 3)),
    "money": (
        "x",
        "decimal(38, 7)",
        [
            (Decimal(text),)
            for text in ("0.0050000", "-0.0050000", "1.0049999", "123456789012.9950000")
        ],
        ("x",),
    ),
    "days_between": ("x y", "date", list(product(DAYS, DAYS)), ("x", "y")),
    "add_months": ("x", "date", [(day,) for day in DAYS], ("x", -13)),
}
# Aggregates, and macros that give rows: the query around what they are called with.
QUERIES = {
    "digest": "select {} from (values ('b'), ('a'), (null)) as t (x)",
    "values_hash": "select {} = {} from (values (null, 'a'), ('b', null)) as t (x, y)",
    "sorted_integers": "select y, {} from (values (3, 1), (1, 1), (2, 2)) as t (x, y) group by y",
    "month_series": "{}",
    "day_series": "{}",
    "word_at": "select {} from (select {words} as x) as t, (values (0), (1), (3), (4)) as p (y)",
    "each_place": "select {} from (select {words} as x) as t",
}
CALLS: dict[str, tuple[Any, ...]] = {
    "digest": ("x",),
    "values_hash": (["x", "y"],),
    "sorted_integers": ("x", "y = 1"),
    "month_series": ("date '2024-01-01'", "date '2024-03-01'"),
    "day_series": ("date '2024-02-28'", "date '2024-03-01'"),
    "word_at": ("x", "y"),
    "each_place": ("x",),
}
WORDS = {"duckdb": "['a', 'b', 'c']", "spark": "array('a', 'b', 'c')"}


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(functions_sql())
        yield connection


def shown(value: object) -> object:
    return [shown(each) for each in value] if isinstance(value, list) else str(value)


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_value_is_the_same_on_both(
    spark: Any, database: duckdb.DuckDBPyConnection, name: str
) -> None:
    columns, kind, rows, arguments = CASES[name]
    names = columns.split()
    types = {"string": pa.string(), "double": pa.float64(), "date": pa.date32()}
    table = pa.table(
        {
            column: pa.array([row[i] for row in rows], types.get(kind, pa.decimal128(38, 7)))
            for i, column in enumerate(names)
        }
    )
    database.register("given", table)
    schema = ", ".join(f"{column} {kind}" for column in names)
    spark.createDataFrame(rows, schema).coalesce(1).createOrReplaceTempView("given")
    wanted = database.execute(f"select {Macros('duckdb')(name, *arguments)} from given").fetchall()
    found = spark.sql(f"select {Macros('spark')(name, *arguments)} as found from given").collect()
    differ = [
        (row, shown(one[0]), shown(other[0]))
        for row, one, other in zip(rows, wanted, found, strict=True)
        if shown(one[0]) != shown(other[0])
    ]
    assert differ == []


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_rows_are_the_same_on_both(
    spark: Any, database: duckdb.DuckDBPyConnection, name: str
) -> None:
    answers = []
    for engine, run in (
        ("duckdb", lambda sql: database.execute(sql).fetchall()),
        ("spark", lambda sql: spark.sql(sql).collect()),
    ):
        query = QUERIES[name].replace("{words}", WORDS[engine])
        rows = run(query.replace("{}", Macros(engine)(name, *CALLS[name])))
        answers.append(sorted([shown(list(row)) for row in rows], key=str))
    assert answers[0] == answers[1]
    assert answers[0]


def test_a_series_that_would_run_backwards_has_no_row(spark: Any) -> None:
    for name in ("month_series", "day_series"):
        series = Macros("spark")(name, "date '2024-03-01'", "date '2024-01-01'")
        assert spark.sql(series).collect() == []


def test_every_macro_with_two_bodies_is_compared() -> None:
    assert {*CASES, *QUERIES} == DISPATCHED - OF_A_BUILD
    assert {f"spark__{name}" for name in DISPATCHED - OF_A_BUILD} <= BODIES
