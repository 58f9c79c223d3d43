"""Which edits of the dbt project concern one model, and which concern everything."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from lucid_orchestration import digests
from lucid_orchestration.runs import edits, stamps
from lucid_orchestration.runs.edits import edited_nodes, rows_alone_changed
from lucid_orchestration.runs.stamps import Stage
from lucid_orchestration.settings import Settings

OWN_YML = "version: 2\nmodels: [{name: dead_stock}]\nunit_tests: [{name: a, model: dead_stock}]\n"
PROJECT = {
    "dbt_project.yml": "vars: {}",
    "profiles.yml": "lucid: {}",
    "lucid_orchestration/warehouse/dbt_plugin.py": "functions = 1",
    "lucid_orchestration/warehouse/functions.sql": "select 0",
    "macros/ratio.sql": "{% macro ratio() %}{% endmacro %}",
    "models/marts/dead_stock.sql": "select 1",
    "models/marts/dead_stock.yml": OWN_YML,
    "models/marts/trends.sql": "select 2",
    "models/staging/_sources.yml": "version: 2\nsources: []\n",
    "seeds/reasons.csv": "reason\n",
    "tests/data/assert_a.sql": "select 1",
    "tests/data/generic/unique_combination.sql": "select 2",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    for name, text in PROJECT.items():
        write(folder, name, text)
    for module in (digests, edits, stamps):
        monkeypatch.setattr(module, "project_dir", lambda: folder)
    monkeypatch.setattr(digests, "PACKAGE_DIR", folder / "lucid_orchestration")
    monkeypatch.setattr(stamps, "PACKAGE_DIR", folder / "lucid_orchestration")
    return folder


@pytest.fixture
def built(project: Path, tmp_path: Path) -> Settings:
    """A data folder with a mart, a database and the stamp of a good build."""
    paths = Settings(tmp_path / "data")
    write(paths.raw, "raw_sales/one.parquet", "rows")
    write(paths.marts, "dead_stock.parquet", "answers")
    with duckdb.connect(str(paths.database)) as database:
        database.execute("create table positions as select 1 as quantity")
    outputs = [paths.marts / "dead_stock.parquet"]
    stamps.remember(paths, Stage.BUILD, stamps.build_inputs(paths), outputs)
    return paths


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def nodes(paths: Settings) -> tuple[str, ...] | None:
    last = stamps.read_stamps(paths).get(Stage.BUILD)
    return edited_nodes(paths, last, stamps.build_inputs(paths))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"models/marts/dead_stock.sql": "select 3"}, ("dead_stock",)),
        ({"models/marts/dead_stock.yml": OWN_YML + "\n"}, ("dead_stock",)),
        ({"models/marts/slow.sql": "select 4"}, ("slow",)),
        ({"tests/data/assert_a.sql": "select 5"}, ("assert_a",)),
        ({"tests/data/assert_b.sql": "select 6"}, ("assert_b",)),
        (
            {"models/marts/trends.sql": "select 7", "tests/data/assert_a.sql": "select 8"},
            ("assert_a", "trends"),
        ),
    ],
)
def test_an_edited_model_or_data_test_is_built_alone(
    built: Settings, project: Path, changes: dict[str, str], expected: tuple[str, ...]
) -> None:
    for name, text in changes.items():
        write(project, name, text)
    assert nodes(built) == expected


@pytest.mark.parametrize(
    "name",
    [
        "dbt_project.yml",
        "profiles.yml",
        "lucid_orchestration/warehouse/dbt_plugin.py",
        "lucid_orchestration/warehouse/functions.sql",
        "macros/ratio.sql",
        "models/staging/_sources.yml",
        "models/words.md",
        "seeds/reasons.csv",
        "tests/data/generic/unique_combination.sql",
    ],
)
def test_what_models_share_concerns_everything(built: Settings, project: Path, name: str) -> None:
    write(project, name, "edited: true\n")
    write(project, "models/marts/trends.sql", "select 3")
    assert nodes(built) is None


@pytest.mark.parametrize(
    "text",
    [
        "version: 2\nmodels: [{name: dead_stock}, {name: trends}]\n",
        "version: 2\nmodels: [{name: dead_stock}]\nunit_tests: [{name: a, model: trends}]\n",
        "version: 2\nmodels: [{name: dead_stock}]\nsources: []\n",
        "models: [",
        "- dead_stock",
        "",
    ],
)
def test_a_yml_that_is_not_of_one_model_concerns_everything(
    built: Settings, project: Path, text: str
) -> None:
    write(project, "models/marts/dead_stock.yml", text)
    assert nodes(built) is None


@pytest.mark.parametrize("name", ["models/marts/trends.sql", "tests/data/assert_a.sql"])
def test_what_went_concerns_everything(built: Settings, project: Path, name: str) -> None:
    (project / name).unlink()
    assert nodes(built) is None


def _other_rows(paths: Settings) -> None:
    write(paths.raw, "raw_sales/two.parquet", "more rows")


def _damaged_mart(paths: Settings) -> None:
    write(paths.marts, "dead_stock.parquet", "otherwise")


def _written_database(paths: Settings) -> None:
    with duckdb.connect(str(paths.database)) as database:
        database.execute("insert into positions values (2)")


def _no_database(paths: Settings) -> None:
    paths.database.unlink()


def _unfinished_build(paths: Settings) -> None:
    stamps.forget(paths, Stage.BUILD)


@pytest.mark.parametrize(
    "happens", [_other_rows, _damaged_mart, _written_database, _no_database, _unfinished_build]
)
def test_an_edit_beside_something_else_concerns_everything(
    built: Settings, project: Path, happens: Callable[[Settings], None]
) -> None:
    write(project, "models/marts/trends.sql", "select 3")
    assert nodes(built) == ("trends",)
    happens(built)
    assert nodes(built) is None


def test_whoever_only_reads_the_database_changes_nothing(built: Settings, project: Path) -> None:
    write(project, "models/marts/trends.sql", "select 3")
    with duckdb.connect(str(built.database)) as database:
        assert database.execute("select quantity from positions").fetchall() == [(1,)]
    assert nodes(built) == ("trends",)


def test_no_edit_is_no_reason_to_build_less(built: Settings) -> None:
    assert nodes(built) is None


def rows_alone(paths: Settings) -> bool:
    last = stamps.read_stamps(paths).get(Stage.BUILD)
    return rows_alone_changed(paths, last, stamps.build_inputs(paths))


def test_new_rows_are_told_from_every_edit(built: Settings, project: Path) -> None:
    write(built.raw, "raw_sales/two.parquet", "more rows")
    assert rows_alone(built)
    for name in PROJECT:
        write(project, name, f"{PROJECT[name]} ")
        assert not rows_alone(built), name
        write(project, name, PROJECT[name])
    assert rows_alone(built)
    write(project, "models/marts/new.sql", "select 3")
    assert not rows_alone(built)


def test_a_database_that_somebody_else_wrote_to_is_not_taken_for_ours(built: Settings) -> None:
    write(built.raw, "raw_sales/two.parquet", "more rows")
    with duckdb.connect(str(built.database)) as database:
        database.execute("create view other as select 1 as a")
    assert not rows_alone(built)
    stamps.forget(built, Stage.BUILD)
    assert not rows_alone(built)
