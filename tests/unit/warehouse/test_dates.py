"""Dates as shops write them, read by the functions the staging views call."""

import unicodedata
from collections.abc import Iterator
from datetime import date

import duckdb
import pytest
import yaml

from lucid_orchestration.warehouse.dbt_plugin import CALENDAR_WORDS, functions_sql


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(functions_sql())
        yield connection


def day(database: duckdb.DuckDBPyConnection, text: str, order: str = "dmy") -> date | None:
    found = database.execute("select parse_date_slow(?, ?, 'Asia/Kolkata')", [text, order])
    (value,) = found.fetchall()[0]
    return value  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "text",
    [
        "5-Sept-2026",
        "5 September 2026",
        "Sep 5, 2026",
        "05-SEP-26",
        "Sep-05-26",
        "5th Sep 2026",
        "5.Sep.2026",
        "05SEP2026",
        "2026-Sep-05",
        "Saturday, September 5, 2026",
        "Sep 5, 2026 at 2:51 pm",
        "5 de septiembre de 2026",
        "5 września 2026 r.",
        "5. září 2026",
        "5 सितंबर 2026",
        "05.09.2026.",
        "2026. 9. 5.",
        "2026年9月5日",
        "2026년 9월 5일",
        "5 Sep '26",
        "05 Sep ’26",
        "5 September 2026 (Saturday)",
        "Sabtu, 5 September 2026",
        "ngày 5 tháng 9 năm 2026",
        "5 tháng 9, 2026",
        "5 กันยายน 2026",
        "5 ก.ย. 2026",
        "٥ سبتمبر ٢٠٢٦",
        "५ सितंबर २०२६",
        "2026年9月5日(土)",
        "2026年9月5日 土曜日",
        "2026年9月5日星期六",
        "2026년 9월 5일 (토)",
        "2026년 9월 5일 토요일",
        "2026/09/05 -3",
        "05/09/2026 -12",
        "5 - 9 - 2026",
        "46270",
        "46270.75",
    ],
)
def test_a_date_is_read_however_it_is_spelled(
    database: duckdb.DuckDBPyConnection, text: str
) -> None:
    assert day(database, text) == date(2026, 9, 5)


@pytest.mark.parametrize(
    "text",
    ["Sep 2026", "31 Sep 2026", "5 Foo 2026", "Mug 5 Sep 2026", "5 Sep Oct 2026", "462", "4627000"],
)
def test_what_is_no_date_is_not_guessed_at(database: duckdb.DuckDBPyConnection, text: str) -> None:
    assert day(database, text) is None


def test_a_year_of_two_digits_is_the_same_in_either_form(
    database: duckdb.DuckDBPyConnection,
) -> None:
    found = database.execute(
        "select parse_date_slow(printf('5-Sep-%02d', year), 'dmy', 'UTC'), "
        "parse_date_slow(printf('05-09-%02d', year), 'dmy', 'UTC') from range(100) as t(year)"
    ).fetchall()
    assert all(named == numbers is not None for named, numbers in found)


def test_four_digits_are_a_day_number_only_in_a_column_of_them(
    database: duckdb.DuckDBPyConnection,
) -> None:
    assert day(database, "2026") is None
    assert day(database, "2026", "serial") == date(1905, 7, 18)


def test_day_and_month_that_a_spreadsheet_swapped_are_swapped_back(
    database: duckdb.DuckDBPyConnection,
) -> None:
    for text in ("2026-09-05", "2026-09-05 10:30:00"):
        assert day(database, text, "ydm") == date(2026, 5, 9)
    assert day(database, "2026-09-05T10:30:00") == date(2026, 9, 5)


def test_every_word_of_the_calendar_has_one_meaning(database: duckdb.DuckDBPyConnection) -> None:
    words = yaml.safe_load(CALENDAR_WORDS.read_text(encoding="utf-8"))
    wanted = {
        f"5 {name} 2026": date(2026, number, 5)
        for number, names in words["months"].items()
        for name in names
    }
    wanted |= {f"{word} 5 Sep 2026": date(2026, 9, 5) for word in words["fillers"]}
    found = database.execute(
        "select text, parse_date_slow(text, 'dmy', 'UTC') from unnest(?) as t(text)", [[*wanted]]
    ).fetchall()
    assert dict(found) == wanted


def test_a_year_of_two_digits_stands_where_the_file_has_it(
    database: duckdb.DuckDBPyConnection,
) -> None:
    for text in ("26-09-05", "26.9.5", "26/09/05 14:02", "26. 09. 05."):
        assert day(database, text, "ymd") == date(2026, 9, 5)


def test_a_time_with_a_zone_is_moved_whatever_order_its_day_is_in(
    database: duckdb.DuckDBPyConnection,
) -> None:
    for text in (
        "05/09/2026 20:00 +00:00",
        "5 Sep 2026 20:00:10 UTC",
        "5 Sep 2026 20:00 +0000",
        "05.09.26 8:00 PM GMT",
    ):
        assert day(database, text) == date(2026, 9, 6)
    for text in ("05/09/2026 18:00 +00:00", "5 Sep 2026 22:00 +05:30", "05-09-2026 10:00 pm"):
        assert day(database, text) == date(2026, 9, 5)
    assert day(database, "09/05/2026 8:00 PM -08:00", "mdy") == date(2026, 9, 6)
    assert day(database, "2026-09-05 20:00 +00:00") == date(2026, 9, 6)


def test_a_small_z_is_a_zone_too(database: duckdb.DuckDBPyConnection) -> None:
    for text in (
        "2026-09-05T20:00:00z",
        "2026-09-05T20:00:00 z",
        "05/09/2026 20:00z",
        "5 Sep 2026 20:00:10 z",
    ):
        assert day(database, text) == date(2026, 9, 6)
    assert day(database, "2026-09-05T18:00:00z") == date(2026, 9, 5)


def test_no_space_around_a_text_is_a_part_of_it(database: duckdb.DuckDBPyConnection) -> None:
    spaces = [chr(code) for code in range(0x3001) if unicodedata.category(chr(code)) == "Zs"]
    for space in spaces:
        found = database.execute(
            "select trim_spaces(?), trim_spaces(?), parse_date_slow(?, 'dmy', 'UTC'), "
            "number_text_slow(?, '.')",
            [f"{space}a b{space}", space, f"{space}05/09/2026{space}", f"{space}7{space}"],
        )
        assert found.fetchall() == [("a b", "", date(2026, 9, 5), "7")]
