"""Files of a shop with the same headings decide together, whenever they come."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from lucid_orchestration.ingest.inspection import inspect_file
from lucid_orchestration.ingest.landing import IngestResult, ingest

HEADER = "Sale Date,Invoice No,Article,Qty,Amount\n"
OPEN = HEADER + "".join(f"04/0{n}/2026,{n},Lamp,1,400\n" for n in range(1, 5))
MONTH_FIRST = HEADER + "03/30/2026,91,Lamp,1,400\n03/31/2026,92,Lamp,1,400\n"
DAY_FIRST = HEADER + "30/03/2026,81,Lamp,1,400\n31/03/2026,82,Lamp,1,400\n"
# Only the order of the rows tells: the fifth and sixth month, from one day to the next.
IN_ORDER = HEADER + "".join(
    f"0{month}/{day:02}/2026,{month}{day},Lamp,1,400\n"
    for month in (5, 6)
    for day in (9, 10, 11, 12)
)


def put(folder: Path, **files: str) -> None:
    shop = folder / "inbox" / "Corner"
    shop.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (shop / f"{name}.csv").write_text(text, encoding="utf-8")


def run(folder: Path) -> IngestResult:
    return ingest(folder / "inbox", folder / "raw", folder / "state")


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder / "raw" / table).to_pylist()
    return found


def conventions(folder: Path, field: str = "date_order") -> dict[str, set[str]]:
    """File name → what its rows are read with."""
    names = {row["source_file_id"]: row["file_name"] for row in rows(folder, "raw_source_files")}
    found: dict[str, set[str]] = {}
    for row in rows(folder, "raw_sales"):
        found.setdefault(names[row["source_file_id"]].removesuffix(".csv"), set()).add(row[field])
    return found


def issues(folder: Path) -> dict[str, list[str]]:
    names = {row["source_file_id"]: row["file_name"] for row in rows(folder, "raw_source_files")}
    found: dict[str, list[str]] = {}
    for row in rows(folder, "raw_file_issues"):
        name = names[row["source_file_id"]].removesuffix(".csv")
        found.setdefault(name, []).append(f"{row['severity']} {row['code']}")
    return found


def content(folder: Path) -> dict[str, bytes]:
    """Every landed part but the list of files, which says when each was read."""
    return {
        path.relative_to(folder / "raw").as_posix(): path.read_bytes()
        for path in sorted((folder / "raw").rglob("*.parquet"))
        if path.parent.name != "raw_source_files"
    }


def test_a_file_that_proves_the_date_order_teaches_the_open_one(tmp_path: Path) -> None:
    put(tmp_path, april=OPEN, march=MONTH_FIRST)
    result = run(tmp_path)
    assert [file.name for file in result.files] == ["april.csv", "march.csv"]
    assert conventions(tmp_path) == {"april": {"mdy"}, "march": {"mdy"}}
    assert issues(tmp_path) == {"april": ["note decided_by_siblings"]}
    (message,) = [row["message"] for row in rows(tmp_path, "raw_file_issues")]
    assert "Month first, as march.csv with the same headings proves" in message
    assert {
        row["evidence"] for row in rows(tmp_path, "raw_columns") if row["header"] == "Sale Date"
    } == {
        message,
        "Month first: 2 date(s) allow no other order.",
    }


def test_a_second_run_reads_nothing(tmp_path: Path) -> None:
    put(tmp_path, april=OPEN, march=MONTH_FIRST)
    run(tmp_path)
    assert (run(tmp_path).new, run(tmp_path).unchanged) == (0, 2)


def test_a_proof_that_comes_later_is_learned_and_unlearned_when_it_goes(tmp_path: Path) -> None:
    put(tmp_path, april=OPEN)
    run(tmp_path)
    before = content(tmp_path)
    assert conventions(tmp_path) == {"april": {"dmy"}}
    assert issues(tmp_path) == {"april": ["warning ambiguous_dates"]}
    put(tmp_path, march=MONTH_FIRST)
    assert [file.name for file in run(tmp_path).files] == ["march.csv", "april.csv"]
    assert conventions(tmp_path) == {"april": {"mdy"}, "march": {"mdy"}}
    (tmp_path / "inbox" / "Corner" / "march.csv").unlink()
    result = run(tmp_path)
    assert ([file.name for file in result.files], result.removed) == (["april.csv"], 1)
    assert content(tmp_path) == before


def test_the_order_of_arrival_makes_no_difference(tmp_path: Path) -> None:
    files = {"april": OPEN, "march": MONTH_FIRST, "may": IN_ORDER}
    found = []
    for order in permutations(files):
        folder = tmp_path / "-".join(order)
        for name in order:
            put(folder, **{name: files[name]})
            run(folder)
        found.append(content(folder))
    together = tmp_path / "together"
    put(together, **files)
    run(together)
    assert all(one == content(together) for one in found)


def test_files_that_prove_opposite_orders_teach_nothing(tmp_path: Path) -> None:
    put(tmp_path, april=OPEN, march=MONTH_FIRST, other=DAY_FIRST)
    run(tmp_path)
    assert conventions(tmp_path) == {"april": {"dmy"}, "march": {"mdy"}, "other": {"dmy"}}
    assert issues(tmp_path) == {"april": ["warning ambiguous_dates"]}


def test_rows_in_order_teach_where_nothing_is_proven_and_leave_the_doubt(tmp_path: Path) -> None:
    put(tmp_path, april=OPEN, may=IN_ORDER)
    run(tmp_path)
    assert conventions(tmp_path) == {"april": {"mdy"}, "may": {"mdy"}}
    assert issues(tmp_path) == {name: ["warning ambiguous_dates"] for name in ("april", "may")}
    put(tmp_path, march=MONTH_FIRST)
    run(tmp_path)
    assert issues(tmp_path) == {name: ["note decided_by_siblings"] for name in ("april", "may")}


def test_rows_in_order_are_not_overruled(tmp_path: Path) -> None:
    put(tmp_path, may=IN_ORDER, march=DAY_FIRST)
    run(tmp_path)
    assert conventions(tmp_path) == {"may": {"mdy"}, "march": {"dmy"}}
    assert issues(tmp_path) == {"may": ["warning ambiguous_dates"]}


@pytest.mark.parametrize(
    ("folder", "text"),
    [("Other shop", MONTH_FIRST), ("Corner", MONTH_FIRST.replace("Invoice", "Bill"))],
    ids=["another shop", "other headings"],
)
def test_only_files_of_one_shop_with_the_same_headings_are_siblings(
    tmp_path: Path, folder: str, text: str
) -> None:
    put(tmp_path, april=OPEN)
    other = tmp_path / "inbox" / folder
    other.mkdir(exist_ok=True)
    (other / "march.csv").write_text(text, encoding="utf-8")
    run(tmp_path)
    assert conventions(tmp_path)["april"] == {"dmy"}


def test_the_owner_goes_before_the_siblings_and_is_no_proof(tmp_path: Path) -> None:
    put(tmp_path, april=OPEN, march=MONTH_FIRST, june=OPEN.replace("04/0", "06/0"))
    (tmp_path / "inbox" / "Corner" / "mapping.yml").write_text(
        "files: [{match: april.csv, date_order: dmy}]", encoding="utf-8"
    )
    run(tmp_path)
    assert conventions(tmp_path) == {"april": {"dmy"}, "march": {"mdy"}, "june": {"mdy"}}
    (tmp_path / "inbox" / "Corner" / "march.csv").unlink()
    run(tmp_path)
    assert issues(tmp_path) == {"june": ["warning ambiguous_dates"]}


def test_a_decimal_mark_is_learned(tmp_path: Path) -> None:
    proving = HEADER + '2026-03-01,1,Lamp,1,"1.400,50"\n'
    put(tmp_path, a=HEADER + "2026-03-02,2,Lamp,1,2.125\n2026-03-03,3,Lamp,1,7.250\n", b=proving)
    put(tmp_path, c=HEADER + "2026-03-04,4,Lamp,1,60.25\n", d=HEADER + "2026-03-05,5,Lamp,1,400\n")
    run(tmp_path)
    assert issues(tmp_path) == {"a": ["warning ambiguous_decimal_mark"]}
    (tmp_path / "inbox" / "Corner" / "c.csv").unlink()
    run(tmp_path)
    marks = conventions(tmp_path, "decimal_mark")
    assert marks == {"a": {","}, "b": {","}, "d": {"."}}
    assert issues(tmp_path) == {"a": ["note decided_by_siblings"]}
    assert run(tmp_path).new == 0
    (tmp_path / "inbox" / "Corner" / "b.csv").unlink()
    run(tmp_path)
    assert issues(tmp_path) == {"a": ["warning ambiguous_decimal_mark"]}


def test_summer_and_winter_time_in_two_files_are_one_place(tmp_path: Path) -> None:
    header = "Sale Date,Invoice No,Article,Qty,Amount\n"
    winter = header + "2026-01-31 20:00:00 -0500,1,Lamp,1,400\n"
    put(tmp_path, january=winter)
    run(tmp_path)
    assert conventions(tmp_path, "timezone") == {"january": {None}}
    put(tmp_path, july=header + "2026-07-31 20:00:00 -0400,2,Lamp,1,400\n")
    put(tmp_path, august=header + "2026-08-01,3,Lamp,1,400\n")
    run(tmp_path)
    assert conventions(tmp_path, "timezone") == {
        "january": {"as written"},
        "july": {"as written"},
        "august": {None},
    }
    assert issues(tmp_path) == {name: ["note decided_by_siblings"] for name in ("january", "july")}


def test_a_file_is_inspected_beside_its_siblings(tmp_path: Path) -> None:
    put(tmp_path, april=OPEN, march=MONTH_FIRST)
    run(tmp_path)
    inbox, april = tmp_path / "inbox", tmp_path / "inbox" / "Corner" / "april.csv"
    found = inspect_file(inbox, april, None, 5, tmp_path / "raw")
    assert [issue["code"] for issue in found.issues] == ["decided_by_siblings"]
    assert found.rows["sales"][0]["date_order"] == "mdy"
    elsewhere = tmp_path / "april.csv"
    elsewhere.write_text(OPEN, encoding="utf-8")
    alone = inspect_file(inbox, elsewhere, None, 5, tmp_path / "raw")
    assert [issue["code"] for issue in alone.issues] == ["ambiguous_dates"]
    beside = inspect_file(inbox, elsewhere, "corner", 5, tmp_path / "raw")
    assert beside.rows["sales"][0]["date_order"] == "mdy"


def daily(form: str) -> dict[str, str]:
    """One file a day, each with nothing but its day."""
    return {
        f"day{n:02}": HEADER + form.format(day=f"{n:02}") + f",{n},Lamp,1,400\n"
        for n in range(12, 17)
    }


def test_a_file_a_day_shows_together_where_a_short_year_stands(tmp_path: Path) -> None:
    put(tmp_path, **daily("26-01-{day}"))
    run(tmp_path)
    assert set().union(*conventions(tmp_path).values()) == {"ymd"}
    assert "warning ambiguous_dates" not in set().union(*issues(tmp_path).values())
    put(tmp_path, **daily("{day}-01-26"))
    run(tmp_path)
    assert set().union(*conventions(tmp_path).values()) == {"dmy"}
    assert "warning ambiguous_dates" not in set().union(*issues(tmp_path).values())


def test_one_such_file_alone_is_warned_about(tmp_path: Path) -> None:
    put(tmp_path, day=daily("26-01-{day}")["day12"])
    run(tmp_path)
    assert "warning ambiguous_dates" in issues(tmp_path)["day"]
