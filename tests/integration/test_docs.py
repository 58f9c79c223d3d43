"""Every command of the owner's, the analyst's and the front end's page is run, in their order."""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lucid_orchestration.cli import app
from lucid_orchestration.settings import PROJECT_DIR, Settings, settings
from lucid_orchestration.storage import read_parquet_rows
from tests.desk_service import Service

DOCS = PROJECT_DIR / "docs"
PAGES = ("owner", "analyst", "front-end")
BLOCK = re.compile(r"^```(sh|http)\n(.*?)^```", re.M | re.S)
MOST_BYTES = 80_000  # of a picture
OWNER_LINES = 40


def commands(page: str, kind: str) -> list[str]:
    """The lines of the blocks of one kind."""
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    return [
        line for found in BLOCK.finditer(text) if found[1] == kind for line in found[2].splitlines()
    ]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A small shop by the name of the invented one, run once."""
    folder = tmp_path_factory.mktemp("docs") / "data"
    shop = folder / "inbox" / "sample-shop"
    shop.mkdir(parents=True)
    lines = ["Date,Bill,Item,Qty,Amount,Cost"]
    for number in range(150):
        month, day = number // 15 + 1, number % 15 + 1
        for item, amount in (("Tea", 90), ("Salt", 20), ("Oil", 150)):
            # of oil less and less is sold
            amount = amount if item != "Oil" or month < 8 else amount // 5
            lines.append(f"2026-{month:02}-{day:02},{number},{item},1,{amount},{amount // 2}")
    (shop / "sales.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (shop / "stock.csv").write_text(
        "Item,Stock,Cost,Stock date\nTea,0,45,2026-10-15\nSalt,300,10,2026-10-15\n"
        "Jam,40,70,2026-10-15\n",
        encoding="utf-8",
    )
    return Settings(folder)


@pytest.fixture
def at_home(
    data: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    monkeypatch.setenv("LUCID_DATA_DIR", str(data.data_dir))
    settings.cache_clear()
    yield {**os.environ, "OUT": str(tmp_path / "out")}
    settings.cache_clear()


def lucid(*words: str) -> str:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, (words, done.output)
    return done.output


def first_insight(paths: Settings) -> str:
    rows = read_parquet_rows(paths.insights / "active_insights.parquet")
    assert rows, "the shop has nothing to say"
    return str(rows[0]["insight_id"])


def known_tasks(task: str) -> list[list[str]]:
    """The commands that make.py runs for a task."""
    spec = importlib.util.spec_from_file_location("make", PROJECT_DIR / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: list[list[str]] = module.commands(task)
    return found


def run(line: str, paths: Settings, environment: dict[str, str]) -> None:
    """One line of a page, as its reader would run it."""
    word, *rest = shlex.split(line)
    if word == "lucid" and rest[0] == "desk":
        service = Service(paths.data_dir).start()
        service.stop()
        known = lucid("desk", "--help")
        assert all(option in known for option in rest if option.startswith("--"))
    elif word == "lucid":
        places = {"ID": first_insight, "OUT.parquet": lambda _: f"{environment['OUT']}.parquet"}
        lucid(*(places[part](paths) if part in places else part for part in rest))
    elif word == "make":
        shown = subprocess.run(
            # a make that runs these tests would have this one name its folder last
            ["make", "--no-print-directory", "--dry-run", *rest],
            cwd=PROJECT_DIR,
            capture_output=True,
            text=True,
        )
        assert shown.returncode == 0, shown.stderr
        assert shown.stdout.split()[-2:] == ["make.py", rest[0]]
        # what it runs once all is installed is a command of ours
        assert "--help" in lucid(*known_tasks(rest[0])[0][1:], "--help")
    elif word in ("dbt", "python"):
        program = {"dbt": ["-m", "dbt.cli.main"], "python": []}[word]
        target = ["--target-path", f"{environment['OUT']}"] if word == "dbt" else []
        done = subprocess.run(
            [sys.executable, *program, *rest, *target],
            cwd=PROJECT_DIR,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, (line, done.stdout[-2000:], done.stderr[-2000:])
    else:
        pytest.fail(f"nobody knows how to run {line!r}")


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_runs(page: str, data: Settings, at_home: dict[str, str]) -> None:
    found = commands(page, "sh")
    assert len(found) >= 2
    if not data.reports.is_dir():
        lucid("run")
    for line in found:
        run(line, data, at_home)


def test_every_question_of_the_front_end_is_answered(
    data: Settings, at_home: dict[str, str]
) -> None:
    found = commands("front-end", "http")
    assert len(found) >= 8
    if not data.reports.is_dir():
        lucid("run")
    service = Service(data.data_dir).start()
    try:
        for line in found:
            verb, address = line.split(" ", 1)
            answer = service.client.request(verb, address.removeprefix("/api/v1"))
            assert answer.status_code == 200, (line, answer.text)
    finally:
        service.stop()


def test_pictures_are_there_and_small() -> None:
    for page in (*(DOCS / f"{name}.md" for name in PAGES), PROJECT_DIR / "README.md"):
        text = page.read_text(encoding="utf-8")
        for address in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text):
            size = (page.parent / address).stat().st_size
            assert 1_000 < size < MOST_BYTES, address
    assert len((DOCS / "owner.md").read_text(encoding="utf-8").splitlines()) <= OWNER_LINES
