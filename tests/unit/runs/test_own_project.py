"""A project of the analyst's own: what upgrades of Lucid do to it, file by file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lucid_orchestration import settings
from lucid_orchestration.errors import ConflictError, NotFoundError, UnprocessableError
from lucid_orchestration.runs import own_project as module
from lucid_orchestration.runs.own_project import (
    Outcome,
    require_current,
    unsettled,
    upgrade_project,
    write_project,
)

MODEL = "models/marts/dead_stock.sql"
LIST = "seeds/column_aliases.csv"
VARS = "dbt_project.yml"
FIRST = {
    MODEL: "select\n    one,\n    two,\n    three\nfrom a\n",
    LIST: "alias,field\nqty,quantity\n",
    VARS: "vars:\n  a: 1\n  b: 2\n  c: 3\n",
    "models/marts/gone.sql": "select 1\n",
}
Ship = Callable[[str, dict[str, str]], None]


@pytest.fixture
def ship(monkeypatch: pytest.MonkeyPatch) -> Ship:
    """Let Lucid be of a version and ship certain files."""

    def be(version: str, files: dict[str, str]) -> None:
        content = {name: text.encode() for name, text in sorted(files.items())}
        monkeypatch.setattr(module, "shipped_files", lambda: content)
        monkeypatch.setattr(module, "VERSION", version)

    be("1.0.0", FIRST)
    return be


@pytest.fixture
def project(tmp_path: Path, ship: Ship) -> Path:
    write_project(tmp_path)
    return tmp_path


def edit(project: Path, name: str, old: str, new: str) -> None:
    text = read(project, name)
    assert old in text
    (project / name).write_bytes(text.replace(old, new).encode())


def outcomes(project: Path) -> dict[str, Outcome]:
    return {change.name: change.outcome for change in upgrade_project(project).changes}


def read(project: Path, name: str) -> str:
    return (project / name).read_bytes().decode()


def test_a_project_that_nobody_edited_becomes_the_newer_one(project: Path, ship: Ship) -> None:
    newer = {**FIRST, MODEL: "select 2\n", "models/marts/new.sql": "select 3\n"}
    del newer["models/marts/gone.sql"]
    ship("1.1.0", newer)
    assert outcomes(project) == {
        MODEL: Outcome.UPDATED,
        "models/marts/new.sql": Outcome.ADDED,
        "models/marts/gone.sql": Outcome.REMOVED,
    }
    assert {name: read(project, name) for name in newer} == newer
    assert not (project / "models/marts/gone.sql").exists()
    assert outcomes(project) == {}


def test_edits_survive_two_upgrades(project: Path, ship: Ship) -> None:
    edit(project, MODEL, "    one,\n", "    one,\n    mine,\n")
    edit(project, VARS, "a: 1", "a: 10")
    (project / "models/marts/own.sql").write_text("select 4\n", encoding="utf-8")
    ship("1.1.0", {**FIRST, MODEL: FIRST[MODEL].replace("three", "three,\n    four")})
    assert outcomes(project) == {MODEL: Outcome.MERGED, VARS: Outcome.KEPT}
    second = {
        **FIRST,
        MODEL: FIRST[MODEL].replace("three", "three,\n    four").replace("from a", "from b"),
        VARS: FIRST[VARS] + "  d: 4\n",
    }
    ship("1.2.0", second)
    assert outcomes(project) == {MODEL: Outcome.MERGED, VARS: Outcome.MERGED}
    assert read(project, MODEL) == (
        "select\n    one,\n    mine,\n    two,\n    three,\n    four\nfrom b\n"
    )
    assert read(project, VARS) == "vars:\n  a: 10\n  b: 2\n  c: 3\n  d: 4\n"
    assert read(project, "models/marts/own.sql") == "select 4\n"


def test_where_both_changed_one_line_the_edit_stays_and_the_newer_file_lies_beside(
    project: Path, ship: Ship
) -> None:
    edit(project, MODEL, "two", "mine")
    ship("1.1.0", {**FIRST, MODEL: FIRST[MODEL].replace("two", "theirs")})
    done = upgrade_project(project)
    assert done.conflicts == (MODEL,)
    assert "mine" in read(project, MODEL)
    assert "theirs" not in read(project, MODEL)
    assert unsettled(project) == (project / f"{MODEL}.new",)
    assert "theirs" in read(project, f"{MODEL}.new")
    # told once; the next upgrade starts from what is shipped now
    assert outcomes(project) == {MODEL: Outcome.KEPT}


def test_lines_that_both_added_to_a_list_are_all_kept_once(project: Path, ship: Ship) -> None:
    edit(project, LIST, "qty,quantity\n", "qty,quantity\nmera,quantity\nboth,quantity\n")
    ship("1.1.0", {**FIRST, LIST: FIRST[LIST] + "both,quantity\npcs,quantity\n"})
    assert outcomes(project) == {LIST: Outcome.MERGED}
    assert read(project, LIST).splitlines()[1:] == [
        "qty,quantity",
        "mera,quantity",
        "both,quantity",
        "pcs,quantity",
    ]


def test_a_changed_line_of_a_list_is_no_addition(project: Path, ship: Ship) -> None:
    edit(project, LIST, "qty,quantity", "qty,amount")
    ship("1.1.0", {**FIRST, LIST: FIRST[LIST].replace("qty,quantity", "qty,price")})
    assert outcomes(project) == {LIST: Outcome.CONFLICT}


def test_what_the_analyst_deleted_stays_deleted(project: Path, ship: Ship) -> None:
    (project / MODEL).unlink()
    ship("1.1.0", {**FIRST, MODEL: "select 2\n"})
    assert outcomes(project) == {MODEL: Outcome.KEPT}
    assert not (project / MODEL).exists()


def test_what_he_edited_stays_where_lucid_drops_it(project: Path, ship: Ship) -> None:
    edit(project, MODEL, "two", "mine")
    ship("1.1.0", {name: text for name, text in FIRST.items() if name != MODEL})
    assert outcomes(project) == {MODEL: Outcome.KEPT}
    assert "mine" in read(project, MODEL)


def test_ends_of_lines_as_windows_writes_them_are_no_edit_and_stay(
    project: Path, ship: Ship
) -> None:
    for name in FIRST:
        edit(project, name, "\n", "\r\n")
    edit(project, VARS, "a: 1", "a: 10")
    ship("1.1.0", {**FIRST, MODEL: "select 2\nfrom b\n", VARS: FIRST[VARS] + "  d: 4\n"})
    assert outcomes(project) == {MODEL: Outcome.UPDATED, VARS: Outcome.MERGED}
    assert read(project, MODEL) == "select 2\r\nfrom b\r\n"
    assert read(project, VARS) == "vars:\r\n  a: 10\r\n  b: 2\r\n  c: 3\r\n  d: 4\r\n"


def test_an_upgrade_that_was_killed_is_done_again(
    project: Path, ship: Ship, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(project, VARS, "a: 1", "a: 10")
    edit(project, LIST, "qty,quantity\n", "qty,quantity\nmera,quantity\n")
    newer = {
        **FIRST,
        MODEL: "select 2\n",
        VARS: FIRST[VARS] + "  d: 4\n",
        LIST: FIRST[LIST] + "pcs,quantity\n",
    }
    ship("1.1.0", newer)
    write = module.write_bytes

    def killed(path: Path, content: bytes) -> None:
        if path.name == "shipped.zip":
            raise KeyboardInterrupt
        write(path, content)

    monkeypatch.setattr(module, "write_bytes", killed)
    with pytest.raises(KeyboardInterrupt):
        upgrade_project(project)
    monkeypatch.setattr(module, "write_bytes", write)
    assert set(outcomes(project)) == {MODEL, VARS, LIST}
    assert read(project, VARS) == "vars:\n  a: 10\n  b: 2\n  c: 3\n  d: 4\n"
    assert read(project, LIST) == "alias,field\nqty,quantity\nmera,quantity\npcs,quantity\n"
    assert read(project, MODEL) == "select 2\n"


def test_a_project_of_another_version_is_not_run(project: Path, ship: Ship) -> None:
    require_current(project)
    ship("1.10.0", FIRST)
    with pytest.raises(UnprocessableError, match=r"for Lucid 1\.0\.0.*lucid upgrade"):
        require_current(project)
    upgrade_project(project)
    ship("1.9.0", FIRST)
    with pytest.raises(UnprocessableError, match=r"Install 1\.10\.0"):
        require_current(project)
    require_current(project / "elsewhere")


def test_a_folder_with_files_of_its_own_is_left_alone(tmp_path: Path, ship: Ship) -> None:
    (tmp_path / VARS).write_text("mine", encoding="utf-8")
    with pytest.raises(ConflictError, match=r"has files of its own: dbt_project\.yml"):
        write_project(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [VARS]


def test_a_second_project_is_not_written_over_the_first(project: Path) -> None:
    with pytest.raises(ConflictError, match="lucid upgrade"):
        write_project(project)


def test_a_damaged_record_is_told(project: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="lucid init"):
        upgrade_project(tmp_path / "nowhere")
    (project / settings.SHIPPED).write_bytes(b"no archive")
    with pytest.raises(UnprocessableError, match="is damaged"):
        upgrade_project(project)


def test_what_is_shipped_is_all_that_dbt_and_the_rules_need() -> None:
    shipped = module.shipped_files()
    code = [
        path.relative_to(settings.PROJECT_DIR).as_posix()
        for folder in ("models", "macros", "seeds", "tests/data")
        for path in (settings.PROJECT_DIR / folder).rglob("*.*")
        if path.is_file()
    ]
    assert set(code) - set(shipped) == set()
    assert {"dbt_project.yml", "profiles.yml", "dagster.yaml", "rules/stock.yml"} <= set(shipped)
