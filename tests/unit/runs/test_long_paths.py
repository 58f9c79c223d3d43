"""A folder whose path leaves no room is told on Windows, which is played here."""

import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from lucid_orchestration.errors import UnprocessableError
from lucid_orchestration.runs import doctor
from lucid_orchestration.runs.long_paths import BELOW, MOST, require_room
from lucid_orchestration.runs.refresh import refresh
from lucid_orchestration.settings import Settings

LONG = Path("/") / ("x" * (MOST - BELOW))  # one more than there is room for


def windows(monkeypatch: pytest.MonkeyPatch, long_paths: int | None) -> None:
    """Be a Windows with this value of its setting; None where it never had one."""

    def value(_key: object, name: str) -> tuple[int, int]:
        assert name == "LongPathsEnabled"
        if long_paths is None:
            raise FileNotFoundError(name)
        return long_paths, 4

    registry = SimpleNamespace(
        HKEY_LOCAL_MACHINE=1, OpenKey=lambda *_: nullcontext(), QueryValueEx=value
    )
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "winreg", registry)  # type: ignore[arg-type]


@pytest.mark.parametrize("setting", [0, None])
def test_too_long_a_folder_is_told(monkeypatch: pytest.MonkeyPatch, setting: int | None) -> None:
    windows(monkeypatch, setting)
    with pytest.raises(UnprocessableError, match=rf"has {len(str(LONG))} characters.* LUCID_HOME"):
        require_room(LONG)
    require_room(Path(str(LONG)[:-1]))


def test_a_windows_that_takes_long_paths_is_asked_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    windows(monkeypatch, 1)
    require_room(LONG)


def test_other_systems_are_asked_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    require_room(LONG)


def test_a_run_ends_before_it_wrote_anything_and_doctor_knows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    paths = Settings(tmp_path / ("x" * 200))
    windows(monkeypatch, 0)
    with pytest.raises(UnprocessableError, match="Windows takes"):
        refresh(paths)
    assert not paths.data_dir.exists()
    [check] = [one for one in doctor.diagnose(paths) if one.name == "Data folder"]
    assert (check.status, "Windows takes" in check.message) == ("problem", True)
