"""What `make` does is done on every system: make.py alone knows how."""

import importlib.util
import os
import re
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

from lucid_orchestration.settings import PROJECT_DIR

TASKS = ("run", "desk", "dev", "test", "lint", "format", "bench", "clean")


class Calls:
    """Notes the commands it is to run; one whose program has a certain name fails."""

    def __init__(self, failing: str = "") -> None:
        self.failing = failing
        self.done: list[list[str]] = []

    def __call__(self, command: Sequence[str]) -> int:
        self.done.append(list(command))
        return 1 if self.failing and self.failing in command[0] else 0

    @property
    def programs(self) -> list[str]:
        return [re.split(r"[/\\]", command[0])[-1] for command in self.done]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """make.py beside the project's requirements in a folder of its own."""
    spec = importlib.util.spec_from_file_location("make", PROJECT_DIR / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes(b"")
        os.utime(tmp_path / name, (1, 1))

    def create(folder: Path, with_pip: bool) -> None:
        python = Path(module.program("python"))
        python.parent.mkdir(parents=True)
        python.write_bytes(b"")

    monkeypatch.setattr(module.venv, "create", create)
    monkeypatch.setattr(module, "HERE", tmp_path)
    return module


def test_the_makefile_knows_the_same_tasks(make: ModuleType) -> None:
    text = (PROJECT_DIR / "Makefile").read_text(encoding="utf-8")
    assert f"TASKS := {' '.join(TASKS)}\n" in text
    assert [task for task in TASKS if make.commands(task) is None] == []
    assert make.do("no such", Calls()) == 2


def test_the_first_task_installs_and_the_next_does_not(make: ModuleType, tmp_path: Path) -> None:
    calls = Calls()
    assert make.do("run", calls) == 0
    assert calls.programs == ["python", "lucid"]
    assert calls.done[0][-1] == "."
    assert make.do("desk", calls) == 0
    assert calls.programs[2:] == ["lucid"]
    # the tools are more than what runs need, and newer requirements are installed again
    assert make.do("test", calls) == 0
    assert calls.programs[3:] == ["python", "pytest"]
    assert calls.done[3][-1] == ".[dev,bench]"
    (tmp_path / "constraints.txt").write_text("new", encoding="utf-8")
    os.utime(tmp_path / "constraints.txt", (9e9, 9e9))
    make.do("run", calls)
    assert calls.programs[5:] == ["python", "lucid"]


def test_the_first_command_that_fails_is_the_last(make: ModuleType, tmp_path: Path) -> None:
    calls = Calls("mypy")
    assert make.do("lint", calls) == 1
    assert calls.programs == ["python", "ruff", "ruff", "mypy"]
    (tmp_path / ".venv" / "installed-dev").unlink()
    broken = Calls("python")
    assert make.do("test", broken) == 1
    assert broken.programs == ["python"]
    assert not (tmp_path / ".venv" / "installed-dev").exists()


@pytest.mark.parametrize(
    ("system", "lucid"), [("nt", ("Scripts", "lucid.exe")), ("posix", ("bin", "lucid"))]
)
def test_programs_are_found_where_the_system_has_them(
    make: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    system: str,
    lucid: tuple[str, str],
) -> None:
    class Os:
        name = system

    monkeypatch.setattr(make, "os", Os)
    calls = Calls()
    assert make.do("run", calls) == 0
    assert calls.done[-1] == [str(tmp_path.joinpath(".venv", *lucid)), "run"]


def test_what_it_made_is_cleaned_and_nothing_else(make: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "target").mkdir()
    make.do("run", Calls())
    assert make.do("clean", Calls()) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "constraints.txt",
        "data",
        "pyproject.toml",
    ]
