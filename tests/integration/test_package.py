"""The wheel, unpacked and run in an empty folder; a project of the analyst's own, and an upgrade.

Nothing is installed and nothing is fetched: the backend builds, and PYTHONPATH does the rest.
"""

import importlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lucid_orchestration.settings import PROJECT_DIR, Settings

LUCID = "from lucid_orchestration.cli import main; main()"
# Versions to come, and what each changes in the project.
UPGRADES = (
    ("0.2.0", "abc_b: 0.95", "abc_b: 0.90"),
    ("0.3.0", "dead_stock_days: 90", "dead_stock_days: 95"),
)
DBT = "from dbt.cli.main import cli; cli()"


def built(source: Path, kind: str, into: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wheel or an sdist of the project in a folder, as pip would have it built."""
    text = (source / "pyproject.toml").read_text(encoding="utf-8")
    backend = importlib.import_module(tomllib.loads(text)["build-system"]["build-backend"])
    into.mkdir(exist_ok=True)
    monkeypatch.chdir(source)
    return into / getattr(backend, f"build_{kind}")(str(into))


def members(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def call(
    package: Path, folder: Path, code: str, *arguments: str, **told: str
) -> subprocess.CompletedProcess[str]:
    """Run a command with the unpacked package, from a folder and as a user of their own."""
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("LUCID_")}
    user = package.parent / "user"
    own = {"HOME": user, "XDG_DATA_HOME": user / "data", "LOCALAPPDATA": user / "data"}
    return subprocess.run(
        [sys.executable, "-B", "-c", code, *arguments],
        cwd=folder,
        env={
            **inherited,
            **{name: str(place) for name, place in own.items()},
            **told,
            "PYTHONPATH": os.pathsep.join([str(package), os.environ.get("PYTHONPATH", "")]),
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The wheel, unpacked."""
    wheel = built(PROJECT_DIR, "wheel", tmp_path / "built", monkeypatch)
    folder = tmp_path / "site-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_the_sdist_gives_the_same_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = built(PROJECT_DIR, "wheel", tmp_path / "built", monkeypatch)
    sdist = built(PROJECT_DIR, "sdist", tmp_path / "built", monkeypatch)
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    again = built(source, "wheel", tmp_path / "again", monkeypatch)
    assert again.name == wheel.name
    assert members(again) == members(wheel)
    assert not [name for name in members(wheel) if name.startswith(("tests/", "benchmarks/"))]


def test_an_empty_folder_is_all_it_needs(
    package: Path, tmp_path: Path, sample_shop: Settings
) -> None:
    shipped = files(package)
    empty = tmp_path / "empty"
    empty.mkdir()
    done = call(package, empty, LUCID, "run")
    assert done.returncode == 0, done.stderr
    data = tmp_path / "user" / "data" / "lucid" / "data"
    assert (data / "reports" / "sample-shop.html").exists()
    assert files(data / "marts") == files(sample_shop.marts)
    assert files(empty) == {}
    assert files(package) == shipped

    # what a backup brings back gives the same answers, to the last byte
    assert call(package, empty, LUCID, "backup", str(tmp_path / "disk")).returncode == 0
    (archive,) = (tmp_path / "disk").iterdir()
    restored = {"LUCID_HOME": str(tmp_path / "restored")}
    assert call(package, empty, LUCID, "restore", str(archive), **restored).returncode == 0
    assert call(package, empty, LUCID, "run", **restored).returncode == 0
    for answers in ("marts", "insights", "reports"):
        before, after = files(data / answers), files(tmp_path / "restored" / "data" / answers)
        assert after == before


def test_an_edited_project_survives_two_upgrades_and_builds_with_dbt_alone(
    package: Path, tmp_path: Path, sample_shop: Settings
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    assert call(package, project, LUCID, "init").returncode == 0
    for path in project.rglob("*.*"):
        if path.suffix in {".sql", ".yml", ".csv", ".yaml"}:
            # as a checkout on Windows may have them
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    edit(project / "dbt_project.yml", "best_sellers_depth: 1000", "best_sellers_depth: 3")
    edit(project / "seeds" / "insight_snooze.csv", r"\Z", "none,2020-01-01\r\n")
    shutil.copytree(sample_shop.inbox, project / "data" / "inbox")

    shipped = package / "lucid_orchestration" / "project"
    for version, old, new in UPGRADES:
        edit(
            package / "lucid_orchestration" / "version.py",
            r'VERSION = ".*"',
            f'VERSION = "{version}"',
        )
        edit(shipped / "dbt_project.yml", old, new)
        refused = call(package, project, LUCID, "run")
        assert refused.returncode == 4
        assert "lucid upgrade" in refused.stderr
        done = call(package, project, LUCID, "upgrade")
        assert "dbt_project.yml: newer in Lucid, and your edit is kept in it" in done.stdout

    done = call(package, project, LUCID, "run")
    assert done.returncode == 0, done.stderr
    marts = project / "data" / "marts"
    assert best_ranks(marts) == 3
    shares = pq.read_table(marts / "revenue_contribution.parquet").to_pylist()
    last = {row["abc_class"] for row in shares if (row["cumulative_share"] or 0) > Decimal("0.91")}
    assert last == {"C"}
    for name in ("profitability", "seasonality", "trends"):
        file = f"{name}.parquet"
        assert pq.read_table(marts / file).equals(pq.read_table(sample_shop.marts / file))

    edit(project / "dbt_project.yml", "best_sellers_depth: 3", "best_sellers_depth: 2")
    done = call(package, project, DBT, "--quiet", "build", "--select", "best_sellers")
    assert done.returncode == 0, done.stdout
    assert best_ranks(marts) == 2


def best_ranks(marts: Path) -> int:
    """How deep the lists of a month's best sellers go."""
    rows = pq.read_table(marts / "best_sellers.parquet").to_pylist()
    ranks = ("rank_by_quantity", "rank_by_revenue", "rank_by_profit")
    return max(
        min(row[name] for name in ranks if row[name] is not None)
        for row in rows
        if row["period_type"] == "month"
    )


def edit(file: Path, old: str, new: str) -> None:
    text, count = re.subn(old, new, file.read_bytes().decode(), count=1)
    assert count == 1
    file.write_bytes(text.encode())
