"""Lines of JSON about each run, in files that do not grow for ever."""

import json
from pathlib import Path
from typing import Any

import pytest

from lucid_orchestration.runs import logs
from lucid_orchestration.runs.logs import KEPT_FILES, frames, log_file, log_files, note, noted
from lucid_orchestration.settings import Settings


@pytest.fixture
def paths(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "data")


def lines(paths: Settings) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for file in log_files(paths)
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


def test_each_thing_told_is_a_line_with_its_run(paths: Settings) -> None:
    told: list[str] = []
    noted(paths, "r1", told.append)("Reading shop/बिक्री\n.csv")
    note(paths, "r1", "step_finished", stage="build", seconds=1.5)
    first, second = lines(paths)
    assert told == ["Reading shop/बिक्री\n.csv"]
    assert (first["run"], first["event"], first["message"]) == ("r1", "progress", told[0])
    assert (second["stage"], second["seconds"], second["level"]) == ("build", 1.5, "info")
    assert first["at"].endswith("+00:00")
    assert first["at"] <= second["at"]


def test_old_lines_go(paths: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MOST_BYTES", 1000)
    for number in range(200):
        note(paths, "r1", "progress", "x" * 100, number=number)
    files = log_files(paths)
    assert len(files) == KEPT_FILES + 1 == len(list(paths.logs.iterdir()))
    assert all(file.stat().st_size <= 1000 for file in files)
    numbers = [line["number"] for line in lines(paths)]
    assert numbers == list(range(200 - len(numbers), 200))


def test_a_file_that_windows_does_not_rename_is_written_on(
    paths: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*_: object) -> None:
        raise PermissionError(13, "being read")

    monkeypatch.setattr(logs, "MOST_BYTES", 300)
    monkeypatch.setattr("logging.handlers.os.rename", held)
    for number in range(10):
        note(paths, "r1", "progress", "x" * 100, number=number)
    assert [line["number"] for line in lines(paths)] == list(range(10))


def test_a_line_that_cannot_be_written_stops_nothing(
    paths: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    paths.data_dir.mkdir()
    paths.logs.write_text("a file where the folder should be", encoding="utf-8")
    note(paths, "r1", "progress", "x")
    paths.logs.unlink()
    log_file(paths).mkdir(parents=True)
    note(paths, "r1", "progress", "x")
    assert capsys.readouterr().err == ""


def test_where_an_error_came_from_is_told_by_places_of_lucid_alone(paths: Settings) -> None:
    with pytest.raises(AttributeError) as caught:
        note(None, "r1", "progress")  # type: ignore[arg-type]
    (place,) = frames(caught.value)
    assert place.startswith("runs/logs.py:")
    assert place.endswith(" note")
