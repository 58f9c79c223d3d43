"""Same inbox, same bytes: whatever the threads, the order of files, the zone and the locale."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lucid_orchestration.settings import PROJECT_DIR, Settings
from tests import shops


@pytest.mark.parametrize(
    ("threads", "zone", "locale"),
    [(1, "Pacific/Auckland", "tr_TR.UTF-8"), (8, "America/Caracas", "C")],
)
def test_the_machine_leaves_no_trace_in_the_answers(
    tmp_path: Path, sample_shop: Settings, threads: int, zone: str, locale: str
) -> None:
    # the same landed rows, found in another order: a folder lists its files by name or by age
    for table in sorted(path for path in sample_shop.raw.iterdir() if path.is_dir()):
        (tmp_path / "raw" / table.name).mkdir(parents=True)
        for part in sorted(table.glob("*.parquet"), reverse=True):
            shutil.copy(part, tmp_path / "raw" / table.name)
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    text = (PROJECT_DIR / "profiles.yml").read_text(encoding="utf-8")
    changed = text.replace("TimeZone: UTC", f"TimeZone: UTC\n        threads: {threads}")
    assert changed != text
    (profiles / "profiles.yml").write_text(changed, encoding="utf-8")
    command = (
        *(sys.executable, "-c", "from dbt.cli.main import cli; cli()", "--quiet", "run"),
        *("--threads", str(threads), "--project-dir", str(PROJECT_DIR)),
        *("--profiles-dir", str(profiles), "--target-path", str(tmp_path / "target")),
        *("--log-path", str(tmp_path / "logs")),
    )
    environment = {
        **os.environ,
        "LUCID_DATA_DIR": str(tmp_path),
        "PYTHONPATH": str(PROJECT_DIR),
        "PYTHONHASHSEED": str(threads),
        "TZ": zone,
        "LC_ALL": locale,
    }
    seeds = [part if part != "run" else "seed" for part in command]
    for arguments in (seeds, command):
        done = subprocess.run(
            arguments, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    for folder in ("marts", "quality"):
        for path in sorted((sample_shop.data_dir / folder).glob("*.parquet")):
            assert (tmp_path / folder / path.name).read_bytes() == path.read_bytes(), path.name


def test_a_killed_build_is_finished_by_the_next(tmp_path: Path, sample_shop: Settings) -> None:
    shutil.copytree(sample_shop.data_dir / "inbox", tmp_path / "inbox")
    shutil.copytree(sample_shop.raw, tmp_path / "raw")
    script = (
        "import os, threading, time\n"
        "from dbt.cli.main import dbtRunner\n"
        "def stop(event):\n"
        "    if event.info.name == 'NodeStart' and 'int_sales_days' in str(event.data):\n"
        "        threading.Timer(0.05, os.kill, (os.getpid(), 9)).start()\n"
        f"dbtRunner(callbacks=[stop]).invoke(['--quiet', 'build', '--exclude-resource-type',"
        f" 'unit_test', '--exclude-resource-type', 'test', '--project-dir', {str(PROJECT_DIR)!r},"
        f" '--profiles-dir', {str(PROJECT_DIR)!r}, '--target-path', {str(tmp_path / 'target')!r},"
        f" '--log-path', {str(tmp_path / 'logs')!r}])\n"
    )
    environment = {**os.environ, "LUCID_DATA_DIR": str(tmp_path), "PYTHONPATH": str(PROJECT_DIR)}
    killed = subprocess.run([sys.executable, "-c", script], env=environment, check=False)
    assert killed.returncode == -9
    paths = shops.build(tmp_path, "--exclude-resource-type", "unit_test")
    for path in sorted(sample_shop.marts.glob("*.parquet")):
        assert (paths.marts / path.name).read_bytes() == path.read_bytes(), path.name
