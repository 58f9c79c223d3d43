"""One shop of several is run alone: no other is touched, and the answers are those of a run of all.

The shops of one folder are run together, those of its copy one by one; both get the same files.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from lucid_orchestration.digests import file_digest
from lucid_orchestration.errors import ConflictError, NotFoundError
from lucid_orchestration.ingest.inbox import list_inbox
from lucid_orchestration.insights.tables import HISTORY, TABLES, table_file
from lucid_orchestration.runs import by_shop
from lucid_orchestration.runs.backup import kept_files
from lucid_orchestration.runs.refresh import RunSummary, refresh
from lucid_orchestration.settings import Settings, own_settings, shop_folders
from lucid_orchestration.warehouse.gathering import open_current
from lucid_orchestration.warehouse.publishing import output_files
from tests.small_shops import write_shop

LEAD_TIME = "lead_times:\n  - days: 9\n"
# When files were read, which no two runs share.
CLOCKS = {"ingested_at"}


@dataclass(frozen=True)
class Shops:
    """The same inbox twice: run together, and shop by shop."""

    together: Settings
    alone: Settings
    first: RunSummary
    before: dict[str, str | None]
    after: dict[str, str | None]


def bytes_below(folder: Path) -> dict[str, str | None]:
    """The hash of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): file_digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def answers(paths: Settings) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, in their order, but for times of day."""
    with open_current(paths) as snapshot:
        files = [
            snapshot.marts.parent / file.relative_to(paths.data_dir) for file in output_files(paths)
        ]
        files += [table_file(snapshot.insights, name) for name in TABLES if name != HISTORY]
        files.append(table_file(paths.insights, HISTORY))
        return {
            file.stem: [
                {name: value for name, value in row.items() if name not in CLOCKS}
                for row in pq.read_table(file).to_pylist()
            ]
            for file in files
        }


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Shops:
    """Run together once; then a file comes to one shop, which is run alone in the copy."""
    folder = tmp_path_factory.mktemp("many")
    together, alone = Settings(folder / "together"), Settings(folder / "alone")
    write_shop(together.inbox, "east", 1)
    write_shop(together.inbox, "West Side", 2)
    refresh(together)
    shutil.copytree(together.data_dir, alone.data_dir)
    for paths in (together, alone):
        write_shop(paths.inbox, "east", 3, lines=40)
        (paths.inbox / "east" / "lucid.yml").write_text(LEAD_TIME, encoding="utf-8")
        # of the other shop, and of no meaning: no run of east may speak of it
        (paths.inbox / "West Side" / "lucid.yml").write_text("rules: 7\n", encoding="utf-8")
    before = bytes_below(alone.data_dir)
    first = by_shop.run_shop(alone, "East")
    after = bytes_below(alone.data_dir)
    refresh(together)
    return Shops(together, alone, first, before, after)


def test_a_run_of_one_shop_touches_no_other(shops: Shops) -> None:
    changed = {
        name
        for name in shops.before.keys() | shops.after.keys()
        if shops.before.get(name) != shops.after.get(name)
    }
    # the build of all shops is none any more: neither its database nor its stamps may be believed
    gone = {"lucid.duckdb", "state/last_run.json"}
    assert changed == gone | {
        name for name in shops.after if name.startswith(("shops/east/", "reports/east.html"))
    }
    raw = shops.alone.shops / "east" / "raw" / "raw_source_files"
    assert {row["dataset_id"] for row in pq.read_table(raw).to_pylist()} == {"east"}
    assert [file["file_name"] for file in shops.first.files] == ["sales-1.csv", "sales-3.csv"]


def test_what_it_found_is_what_a_run_of_all_finds(shops: Shops) -> None:
    own, all_shops = answers(shops.alone), answers(shops.together)
    assert own.keys() == all_shops.keys()
    for table, rows in all_shops.items():
        if table == "rule_problems":
            continue  # of the other shop, which was not run again
        assert own[table] == rows, table
    assert {row["dataset_id"] for row in own["best_sellers"]} == {"east", "west-side"}
    page = "east.html"
    assert (shops.alone.reports / page).read_bytes() == (shops.together.reports / page).read_bytes()
    assert shops.first.reports == (shops.alone.reports / page,)


def test_no_build_of_all_shops_hides_what_was_run_alone(shops: Shops) -> None:
    with pytest.raises(ConflictError, match="run one by one"):
        refresh(shops.alone)


def test_the_command_for_all_runs_each_and_then_nothing(shops: Shops, tmp_path: Path) -> None:
    paths = Settings(tmp_path / "copy")
    shutil.copytree(shops.alone.data_dir, paths.data_dir)
    assert not by_shop.run(paths).was_current
    assert [shop.dataset for shop in shop_folders(paths)] == ["east", "west-side"]
    assert answers(paths) == answers(shops.together)
    assert bytes_below(paths.reports) == bytes_below(shops.together.reports)
    assert by_shop.run(paths).was_current
    # the files of one shop go: so do its lines, and its page with the one over several shops
    shutil.rmtree(paths.inbox / "West Side")
    by_shop.run(paths)
    left = answers(paths)
    assert {row["dataset_id"] for row in left["datasets"]} == {"east"}
    assert {row["dataset_id"] for row in left["source_files"]} == {"east"}
    assert [page.name for page in sorted(paths.reports.iterdir())] == ["east.html"]


def test_a_backup_holds_what_only_the_folders_of_shops_know(shops: Shops) -> None:
    kept = {path.relative_to(shops.alone.data_dir).as_posix() for path in kept_files(shops.alone)}
    assert {"shops/east/shop.json", "shops/east/insights/insight_history.parquet"} <= kept
    assert "shops/east/state/processing_jobs.parquet" in kept
    assert not any(name.startswith("shops/east/raw") for name in kept)


def test_an_unknown_shop_is_answered_with_the_nearest(tmp_path: Path) -> None:
    paths = Settings(tmp_path)
    with pytest.raises(NotFoundError, match=r"no shop 'x' in .*The inbox is empty"):
        by_shop.run_shop(paths, "x")
    write_shop(paths.inbox, "Corner Shop", 1)
    with pytest.raises(NotFoundError, match="There is: corner-shop"):
        by_shop.run_shop(paths, "corner shp")
    assert not paths.shops.exists()


def test_a_shop_is_all_its_folders_and_the_default_all_loose_files(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    write_shop(inbox, "East", 1)
    write_shop(inbox, "east!", 2)
    write_shop(inbox, "default", 4)
    shutil.move(write_shop(inbox, "other", 3), inbox / "loose.csv")
    (inbox / "mapping.yml").write_text("", encoding="utf-8")
    digests = tmp_path / "digests.json"
    every = list_inbox(inbox, digests)
    for dataset in ("east", "default", "other"):
        own = list_inbox(inbox, tmp_path / f"{dataset}.json", dataset)
        assert own == [file for file in every if file.dataset_id == dataset]
    assert len(list_inbox(inbox, digests, "default")) == 2
    assert by_shop.known_shops(Settings(tmp_path)) == ("default", "east", "other")


def test_the_folder_of_a_shop_knows_whose_it_is(shops: Shops) -> None:
    own = own_settings(shops.alone, "east")
    assert json.loads((own.data_dir / "shop.json").read_text(encoding="utf-8")) == {
        "dataset_id": "east"
    }
    assert own.inbox == shops.alone.inbox
    assert own_settings(shops.alone, "west-side") == shops.alone
