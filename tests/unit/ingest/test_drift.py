"""Dates typed the other way are put in place where the order of the file leaves no doubt."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from lucid_orchestration.ingest import parts
from lucid_orchestration.ingest.delimited import bulk
from lucid_orchestration.ingest.landing import ingest
from lucid_orchestration.ingest.layout import drift
from lucid_orchestration.ingest.layout.drift import exchanged_days

HEADER = "Date,Bill No,Article,Qty,Amount\n"
# From 25 March to 20 April; the days from 3 to 8 April month first, in a file that is day first.
DAYS = [
    *(f"{day}/03/2026" for day in range(25, 32)),
    *("01/04/2026", "02/04/2026"),
    *(f"04/0{day}/2026" for day in range(3, 9)),
    *(f"{day:02}/04/2026" for day in range(9, 21)),
]
TYPED = ["04/03/2026", "04/05/2026", "04/06/2026", "04/07/2026", "04/08/2026"]  # 4/4 is the same


def found(days: list[str], order: str = "dmy") -> list[str]:
    return [days[at] for at in exchanged_days(days, order)]  # type: ignore[arg-type]


def land(tmp_path: Path, days: list[str], mapping: str = "") -> tuple[list[Any], list[Any]]:
    """The dates as they landed, and the issues."""
    folder = tmp_path / "inbox" / "shop"
    folder.mkdir(parents=True)
    lines = [f"{day},{n},Lamp,1,400\n" for n, day in enumerate(days, start=1)]
    (folder / "sales.csv").write_text(HEADER + "".join(lines), encoding="utf-8")
    (folder / "mapping.yml").write_text(mapping, encoding="utf-8")
    ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state")
    sales, issues = (
        pq.read_table(tmp_path / "raw" / table).to_pylist()
        for table in ("raw_sales", "raw_file_issues")
    )
    return [row["sale_date"] for row in sales], issues


def test_days_that_fit_only_exchanged_are_found() -> None:
    assert found(DAYS) == TYPED
    assert found(DAYS[::-1]) == TYPED[::-1]


def test_a_file_of_the_other_order_has_its_own_exchanged_days() -> None:
    turned = ["/".join((day[3:5], day[:2], day[6:])) for day in DAYS]
    assert found(turned, "mdy") == ["/".join((day[3:5], day[:2], day[6:])) for day in TYPED]


def test_days_beyond_the_last_certain_one_follow_closely() -> None:
    """With nothing certain behind them, 4 March to 9 March would be 3 April to 3 September."""
    certain = [f"{day:02}/02/2026" for day in range(13, 29)]
    days = [*certain, *(f"03/0{day}/2026" for day in range(1, 10))]
    typed = [day for day in days[16:] if day != "03/03/2026"]
    assert found(days) == typed
    before = [f"03/{day:02}/2026" for day in range(4, 13)] + [f"{n}/03/2026" for n in range(13, 30)]
    assert found(before) == before[:9]


def test_a_shop_that_opens_again_after_months_is_in_order() -> None:
    winter = [f"{day:02}/02/2026" for day in range(13, 29)]
    assert found([*winter, *(f"{day:02}/05/2026" for day in range(6, 13))]) == []


@pytest.mark.parametrize(
    "days",
    [
        pytest.param(DAYS[:9] + DAYS[9:12] + DAYS[15:], id="two may be late entries"),
        pytest.param(DAYS[::2] + DAYS[1::2][::-1], id="no order of days"),
        pytest.param([day for day in DAYS if int(day[:2]) < 13], id="nothing certain"),
        pytest.param([*DAYS[:9], "05/01/2026", "07/01/2026", *DAYS[9:]], id="some fit nowhere"),
        pytest.param(["5 April 2026", "6 April 2026"] * 9, id="months by name"),
    ],
)
def test_where_the_order_leaves_doubt_days_stay(days: list[str]) -> None:
    assert found(days) == []


def test_a_second_branch_behind_the_first_is_in_order_for_itself() -> None:
    year = [f"{day:02}/{month:02}/2026" for month in range(1, 5) for day in range(1, 29)]
    assert found(year + year) == []
    assert found(DAYS + year[1:]) == TYPED


def test_they_land_exchanged_and_it_is_said(tmp_path: Path) -> None:
    days = [f"{day} 10:0{n}" for day in DAYS for n in range(2)]
    dates, issues = land(tmp_path, days)
    assert dates[18:30] == [f"0{day}/04/2026 10:0{n}" for day in range(3, 9) for n in range(2)]
    assert dates[:18] + dates[30:] == days[:18] + days[30:]
    (issue,) = issues
    assert (issue["severity"], issue["code"], issue["row_number"]) == (
        "warning",
        "exchanged_dates",
        20,
    )
    assert "10 row(s) from row 20 (04/03/2026) to row 30 (04/08/2026)" in issue["message"]
    assert issue["revenue_share"] == pytest.approx(10 / len(days))


def test_exchanged_dates_are_found_over_many_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "BATCH_ROWS", 4)
    dates, _ = land(tmp_path, DAYS)
    assert dates[9:15] == [f"0{day}/04/2026" for day in range(3, 9)]


def test_what_the_owner_says_of_the_order_holds_for_all_dates(tmp_path: Path) -> None:
    assert land(tmp_path, DAYS, "date_order: dmy") == (DAYS, [])


def test_a_large_file_with_exchanged_dates_is_read_row_by_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MIN_BYTES", 0)
    dates, issues = land(tmp_path, DAYS)
    assert dates[9:15] == [f"0{day}/04/2026" for day in range(3, 9)]
    assert [issue["code"] for issue in issues] == ["exchanged_dates"]


def test_days_that_change_too_often_tell_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drift, "MAX_RUNS", 20)
    assert land(tmp_path, DAYS) == (DAYS, [])
