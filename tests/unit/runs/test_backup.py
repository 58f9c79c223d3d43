"""A backup brings back all that cannot be made again, byte for byte, or nothing."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lucid_orchestration.errors import (
    BadRequestError,
    ConflictError,
    NotFoundError,
    UnavailableError,
    UnprocessableError,
)
from lucid_orchestration.progress import silent
from lucid_orchestration.runs.backup import Backup, back_up, restore
from lucid_orchestration.runs.own_project import write_project
from lucid_orchestration.runs.places import Place
from lucid_orchestration.settings import Settings

KEPT = {
    "inbox/shop/sales ₹ é क्\u200dष.csv": b"Bill,Qty\r\n1,2\r\n",
    "inbox/shop/mapping.yml": b"currency: INR\n",
    "rules/mine.yml": b"rules: []\n",
    "trash/20260101-shop/old.csv": b"\x00\xff",
    "state/processing_jobs.parquet": b"jobs",
    "state/ai_cache/one.json": b"{}",
    "insights/insight_history.parquet": b"history",
}
COMPUTED = {
    "raw/raw_sales/1.parquet": b"rows",
    "marts/best_sellers.parquet": b"answers",
    "builds/0/marts/best_sellers.parquet": b"answers",
    "builds.json": b"{}",
    "lucid.duckdb": b"database",
    "reports/shop.html": b"page",
    "insights/insights.parquet": b"insights",
    "state/dbt-target/manifest.json": b"{}",
    "state/last_run.json": b"{}",
    "holiday.jpg": b"none of Lucid's",
}


def wrong() -> str:
    pytest.fail("asked for a password")


@pytest.fixture
def paths(tmp_path: Path) -> Settings:
    for name, content in (KEPT | COMPUTED).items():
        path = tmp_path / "home" / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return Settings(tmp_path / "home" / "data")


def files(folder: Path) -> dict[str, bytes]:
    """All files but those that the lock leaves."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(("run.lock", "schema.json"))
    }


def made(paths: Settings, password: str | None = None, project: Path | None = None) -> Backup:
    return back_up(paths, project, str(paths.data_dir.parent.parent / "disk"), password, silent)


def brought(tmp_path: Path, address: str, password: Callable[[], str] = wrong) -> Path:
    home = tmp_path / "new"
    restore(Settings(home / "data"), home, address, password, silent)
    return home


@pytest.mark.parametrize("password", [None, "पासवर्ड ₹"])
def test_what_nothing_can_make_again_comes_back_as_it_was(
    paths: Settings, tmp_path: Path, password: str | None
) -> None:
    backup = made(paths, password)
    assert backup.is_encrypted == (password is not None)
    home = brought(tmp_path, backup.address, (lambda: password) if password else wrong)
    assert files(home / "data") == KEPT
    assert files(paths.data_dir) == KEPT | COMPUTED  # nor was anything left behind here


def test_an_edited_project_comes_back_with_it(paths: Settings, tmp_path: Path) -> None:
    project = paths.data_dir.parent
    write_project(project)
    (project / "models" / "marts" / "mine.sql").write_text("select 1\n", encoding="utf-8")
    (project / "target").mkdir()
    (project / "target" / "manifest.json").write_text("{}", encoding="utf-8")
    home = brought(tmp_path, made(paths, project=project).address)
    before, after = files(project), files(home)
    assert "models/marts/mine.sql" in after
    assert ".lucid/shipped.zip" in after
    own = {name for name in before if not name.startswith(("data/", "target/"))}
    assert {name: content for name, content in after.items() if not name.startswith("data/")} == {
        name: before[name] for name in own
    }


def test_an_encrypted_one_shows_nothing_and_opens_with_its_password_alone(
    paths: Settings, tmp_path: Path
) -> None:
    backup = made(paths, "right")
    content = Path(backup.address).read_bytes()
    assert b"sales" not in content
    with zipfile.ZipFile(backup.address) as archive:
        assert set(archive.namelist()) == {"key.age", "content.age"}
        assert archive.read("content.age").startswith(b"age-encryption.org/v1")
    with pytest.raises(BadRequestError, match="not the one of this backup"):
        brought(tmp_path, backup.address, lambda: "wrong")
    assert not (tmp_path / "new" / "data" / "inbox").exists()


def test_a_damaged_archive_changes_nothing(paths: Settings, tmp_path: Path) -> None:
    path = Path(made(paths).address)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["data/rules/mine.yml"] = b"rules: [{}]\n"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(UnprocessableError, match="is damaged"):
        brought(tmp_path, str(path))
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(UnprocessableError, match="is damaged"):
        brought(tmp_path, str(path))
    assert files(tmp_path / "new") == {}


def test_no_member_leaves_its_folder(paths: Settings, tmp_path: Path) -> None:
    path = Path(made(paths).address)
    with zipfile.ZipFile(path) as archive:
        text = archive.read("lucid-backup.json").decode()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data/../../evil", b"x")
        archive.writestr(
            "lucid-backup.json", text.replace("data/rules/mine.yml", "data/../../evil")
        )
    with pytest.raises(UnprocessableError):
        brought(tmp_path, str(path))
    assert not list(tmp_path.rglob("evil"))


def test_one_of_a_newer_lucid_is_refused(paths: Settings, tmp_path: Path) -> None:
    path = Path(made(paths).address)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("lucid-backup.json", '{"lucid": "9.0", "schema": 99, "files": {}}')
    with pytest.raises(UnprocessableError, match=r"Lucid 9\.0, which is newer"):
        brought(tmp_path, str(path))


def test_it_never_takes_the_place_of_other_data(paths: Settings, tmp_path: Path) -> None:
    address = made(paths).address
    with pytest.raises(ConflictError, match="There are data"):
        restore(paths, paths.data_dir.parent, address, wrong, silent)
    with pytest.raises(NotFoundError):
        brought(tmp_path, f"{address}.gone")


def test_an_address_that_nothing_understands_is_told(
    paths: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadRequestError, match="no address Lucid knows"):
        Place("nowhere://x")
    import fsspec.core

    def missing(*_: object) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.core, "url_to_fs", missing)
    with pytest.raises(BadRequestError, match=r"lucid-shop\[cloud\]"):
        Place("s3://bucket")


def test_a_place_elsewhere_serves_as_well_as_a_folder(paths: Settings, tmp_path: Path) -> None:
    backup = back_up(paths, None, "memory://shelf/shop", None, silent)
    assert backup.address.startswith("memory://shelf/shop/lucid-backup-")
    assert files(brought(tmp_path, backup.address) / "data") == KEPT


def test_what_goes_wrong_elsewhere_names_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place("memory://shelf")

    def refuse(*_: object) -> None:
        raise ConnectionRefusedError("no")

    monkeypatch.setattr(type(place._files), "pipe_file", refuse)
    with pytest.raises(UnavailableError, match="memory://shelf does not answer"):
        place.write("a", b"x")


def test_a_name_that_is_no_text_is_told(paths: Settings) -> None:
    try:
        (paths.inbox / os.fsdecode(b"a\xff.csv")).write_bytes(b"")
    except OSError:
        pytest.skip("this file system keeps names that are text alone")
    with pytest.raises(UnprocessableError, match="Rename it"):
        made(paths)
