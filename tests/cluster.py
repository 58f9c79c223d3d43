"""A broker, a sensor and workers as processes of this machine, over one data folder.

What the page docs/many-machines.md tells to set up: its dagster.yaml is the one used.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import dagster as dg
import psutil

from lucid_orchestration.assets.shops import shop
from lucid_orchestration.settings import PROJECT_DIR, Settings

PAGE = PROJECT_DIR / "docs" / "many-machines.md"
WORKERS = ("one", "two", "three")


def dagster_yaml() -> str:
    """The instance's settings as the page gives them."""
    found = re.search(r"^```yaml\n(run_launcher:\n.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    assert found, PAGE
    return found[1]


def free_port() -> int:
    """A port of the loopback that nobody has now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Cluster:
    """The processes, from `with` to its end; `redis` is the program of the broker."""

    def __init__(self, folder: Path, paths: Settings, redis: str) -> None:
        self.paths = paths
        self._folder = folder
        self._redis = redis
        self._home = folder / "dagster"
        self._home.mkdir(parents=True)
        (self._home / "dagster.yaml").write_text(dagster_yaml(), encoding="utf-8")
        self._port = free_port()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._env = {
            **os.environ,
            "LUCID_DATA_DIR": str(paths.data_dir),
            "LUCID_BROKER": f"redis://127.0.0.1:{self._port}/0",
            "DAGSTER_HOME": str(self._home),
            "PYTHONPATH": os.pathsep.join([str(PROJECT_DIR), os.environ.get("PYTHONPATH", "")]),
            "PYTHONUNBUFFERED": "1",
        }

    def __enter__(self) -> "Cluster":
        broker = ["--port", str(self._port), "--bind", "127.0.0.1", "--save", ""]
        self._start("broker", [self._redis, *broker, "--dir", str(self._folder)])
        wait_until(self._answers, 30)
        code = "from lucid_orchestration.cli import main; main()"
        for name in WORKERS:
            self._start(name, [sys.executable, "-c", code, "worker", "--name", name])
        daemon = ["-m", "dagster._daemon", "run", "-m", "lucid_orchestration.fleet"]
        self._start("daemon", [sys.executable, *daemon])
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._processes.values()):
            end_with_children(process)

    def kill(self, name: str) -> None:
        """Let a worker die without a word, as a machine does that loses its power."""
        self._processes[name].kill()
        self._processes[name].wait()

    def runs(self, *statuses: dg.DagsterRunStatus) -> Sequence[dg.DagsterRun]:
        """Runs of single shops, newest first."""
        with dg.DagsterInstance.from_config(str(self._home)) as instance:
            return instance.get_runs(dg.RunsFilter(job_name=shop.name, statuses=list(statuses)))

    def at_work(self) -> dict[str, str]:
        """Which worker is at which shop, by the name of the worker."""
        found = {}
        for name in WORKERS:
            process = self._processes[name]
            with suppress(psutil.Error):
                for file in psutil.Process(process.pid).open_files():
                    if "/at-work/" in file.path:
                        found[name] = Path(file.path).stem
        return found

    def log(self, name: str) -> str:
        """What a process said."""
        return (self._folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def cpu_seconds(self) -> dict[str, float]:
        """CPU of each process that lives, with its children, by name."""
        used = {}
        for name, process in self._processes.items():
            with suppress(psutil.Error):
                whole = psutil.Process(process.pid)
                family = [whole, *whole.children(recursive=True)]
                used[name] = sum(sum(one.cpu_times()[:4]) for one in family)
        return used

    def _start(self, name: str, command: Sequence[str]) -> None:
        with (self._folder / f"{name}.log").open("wb") as log:
            self._processes[name] = subprocess.Popen(
                list(command), env=self._env, cwd=self._home, stdout=log, stderr=log
            )

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1):
            return True
        return False


def end_with_children(process: "subprocess.Popen[bytes]") -> None:
    """End a process that was started here, and those it started."""
    family = []
    with suppress(psutil.Error):
        family = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for child in family:
        with suppress(psutil.Error):
            child.kill()


def wait_until(is_so: Callable[[], bool], seconds: float) -> None:
    """Look every second until something is so.

    Raises:
        TimeoutError: when it is still not after so many seconds.
    """
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(f"{is_so} is not so after {seconds:.0f} s.")
        time.sleep(1)


def redis_program() -> str | None:
    """The program of the broker: LUCID_TEST_REDIS, or the one on the PATH."""
    return os.environ.get("LUCID_TEST_REDIS") or shutil.which("redis-server")
