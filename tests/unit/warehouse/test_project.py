"""What dbt read of the project is used again only as it was written, and only for that project."""

from pathlib import Path

import pytest

from lucid_orchestration.settings import Settings
from lucid_orchestration.warehouse import project
from lucid_orchestration.warehouse.project import known_project, project_as_kept


@pytest.fixture
def paths(tmp_path: Path) -> Settings:
    return Settings(tmp_path)


def kept(paths: Settings) -> Path:
    return paths.state / "dbt-target" / "partial_parse.msgpack"


def read(paths: Settings, content: bytes, succeeded: bool) -> None:
    """Play a dbt that reads the project and keeps it as `content`."""
    with project_as_kept(paths) as reading:
        kept(paths).parent.mkdir(parents=True, exist_ok=True)
        kept(paths).write_bytes(content)
        reading.succeeded = succeeded


def test_what_was_kept_is_dropped_when_it_is_not_as_it_was_written(paths: Settings) -> None:
    read(paths, b"parsed", succeeded=True)
    with project_as_kept(paths):
        assert kept(paths).read_bytes() == b"parsed"
    kept(paths).write_bytes(b"passed")
    with project_as_kept(paths):
        assert not kept(paths).exists()
        assert known_project(paths) is None


def test_a_project_is_known_from_its_files_alone(
    paths: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []

    class Manifest:
        @classmethod
        def from_msgpack(cls, content: bytes) -> "Manifest":
            asked.append(content)
            return cls()

        def build_flat_graph(self) -> None: ...

    monkeypatch.setattr("dbt.contracts.graph.manifest.Manifest", Manifest)
    assert known_project(paths) is None
    read(paths, b"parsed", succeeded=True)
    assert isinstance(known_project(paths), Manifest)
    with monkeypatch.context() as other:
        other.setattr(project, "project_digest", lambda: "of edited files")
        assert known_project(paths) is None
    assert known_project(Settings(paths.data_dir / "elsewhere")) is None
    # dbt could not read what was edited: what it read before is not the project
    read(paths, b"parsed", succeeded=False)
    assert known_project(paths) is None
    assert asked == [b"parsed"]


def test_what_was_read_for_one_shop_is_known_to_the_others(
    paths: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "_manifest", lambda content: content)
    one, two = (Settings(paths.shops / name, dataset=name) for name in ("one", "two"))
    assert known_project(two) is None
    read(one, b"parsed", succeeded=True)
    with project_as_kept(two):
        assert known_project(two) == b"parsed"
    # somebody is just writing it, or it is damaged
    kept(paths).write_bytes(b"pars")
    assert known_project(two) is None
    read(one, b"parsed", succeeded=False)
    assert known_project(two) is None


def test_a_project_that_was_not_read_to_the_end_is_not_known(paths: Settings) -> None:
    def interrupted() -> None:
        with project_as_kept(paths):
            kept(paths).parent.mkdir(parents=True, exist_ok=True)
            kept(paths).write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert known_project(paths) is None


def test_each_file_of_the_project_decides_how_it_is_read(
    paths: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[Path, ...]] = []
    monkeypatch.setattr(project, "code_files", lambda *roots: seen.append(roots) or {})
    before = project.project_digest()
    assert {path.name for path in seen[0]} >= {"models", "macros", "seeds", "profiles.yml"}
    monkeypatch.setattr(project, "versions", lambda *names: dict.fromkeys(names, "other"))
    assert project.project_digest() != before
