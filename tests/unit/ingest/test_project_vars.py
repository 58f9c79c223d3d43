"""What no file says is said by the vars of dbt_project.yml, to SQL and to the readers alike."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from lucid_orchestration import settings
from lucid_orchestration.ingest.delimited import bulk
from lucid_orchestration.ingest.landed import READING_VARS
from lucid_orchestration.ingest.landing import IngestResult, ingest
from lucid_orchestration.ingest.pdf.dates import is_possible
from lucid_orchestration.ingest.vyapar.amounts import day, money
from lucid_orchestration.settings import PROJECT_DIR, project_vars

HEADER = "Bill No,Bill Date,Item Name,Qty,Amount"
ChangeVars = Callable[..., None]


@pytest.fixture
def change_vars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChangeVars]:
    """Let the project have other vars."""

    def change(**changed: object) -> None:
        content = yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))
        content["vars"] |= changed
        path = tmp_path / "dbt_project.yml"
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        monkeypatch.setattr(settings, "project_file", lambda: path)
        project_vars.cache_clear()

    yield change
    monkeypatch.undo()
    project_vars.cache_clear()


def landed(tmp_path: Path, amount: str, mapping: str = "") -> IngestResult:
    shop = tmp_path / "inbox" / "shop"
    shop.mkdir(parents=True, exist_ok=True)
    lines = f"1,31/01/2026,Tea,2,{amount}\n2,31/01/2026,Salt,1,{amount}\n"
    (shop / "sales.csv").write_text(f"{HEADER}\n{lines}", encoding="utf-8")
    (shop / "mapping.yml").write_text(mapping, encoding="utf-8")
    return ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state")


@pytest.mark.parametrize("min_bytes", [0, 1 << 60], ids=["in_one_pass", "row_by_row"])
@pytest.mark.parametrize(
    ("amount", "mapping", "status"),
    [
        ("$180.50", "", "accepted"),
        ("₹180.50", "", "refused"),
        ("€180.50", "", "refused"),
        ("₹180.50", "currency: INR", "accepted"),
        ("$180.50", "currency: INR", "refused"),
    ],
)
def test_the_currency_of_a_project_is_what_its_files_are_in(
    change_vars: ChangeVars,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    amount: str,
    mapping: str,
    status: str,
    min_bytes: int,
) -> None:
    monkeypatch.setattr(bulk, "MIN_BYTES", min_bytes)
    change_vars(currency="USD")
    (file,) = landed(tmp_path, amount, mapping).files
    assert (file.status, file.rows) == (status, 2 if status == "accepted" else 0)


def test_a_file_is_read_again_when_a_var_that_decides_about_it_changes(
    change_vars: ChangeVars, tmp_path: Path
) -> None:
    (file,) = landed(tmp_path, "€180.50").files
    assert (file.status, file.reason) == ("refused", "other_currency")
    change_vars(currency="EUR")
    (file,) = landed(tmp_path, "€180.50").files
    assert file.status == "accepted"
    change_vars(currency="EUR", season_q=0.2)
    assert landed(tmp_path, "€180.50").files == ()


def test_every_var_that_readers_use_counts_for_reading_again() -> None:
    ingest_dir = PROJECT_DIR / "lucid_orchestration" / "ingest"
    used = {
        name
        for path in ingest_dir.rglob("*.py")
        if path.stem != "knowledge"  # what only the owner knows is looked at in every run
        for name in re.findall(r'project_vars\(\)\["(\w+)"\]', path.read_text(encoding="utf-8"))
    }
    assert used == set(READING_VARS)


def test_no_bill_is_from_before_the_earliest_year(change_vars: ChangeVars) -> None:
    assert is_possible(date(1990, 8, 14))
    assert not is_possible(date(1989, 8, 14))
    change_vars(earliest_year=2000)
    assert not is_possible(date(1999, 8, 14))


def test_milliseconds_of_a_book_are_days_of_the_shops_clock(change_vars: ChangeVars) -> None:
    evening = "1767205800000"  # 2025-12-31T18:30Z, midnight in India
    assert day(evening) == "2026-01-01"
    change_vars(timezone="Europe/Berlin")
    assert day(evening) == "2025-12-31"


def test_amounts_in_remarks_are_in_the_projects_currency(change_vars: ChangeVars) -> None:
    change_vars(currency="USD")
    assert money(180) == "USD 180"
