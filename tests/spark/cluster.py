"""A master of Spark's own and two workers, as processes of this machine."""

import importlib.util
import json
import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.cluster import free_port, wait_until

HERE = "127.0.0.1"
WORKERS = ("one", "two")
_CLASSES = "org.apache.spark.deploy"
_LONGEST = 300


class SparkCluster:
    """The processes, each in a group of its own: an executor belongs to the group of its worker."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port, self._page = free_port(), free_port()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def address(self) -> str:
        """What LUCID_SPARK is told."""
        return f"spark://{HERE}:{self._port}"

    def start(self) -> None:
        """Start all, and wait until the workers have come to the master.

        Raises:
            TimeoutError: when they do not come.
        """
        place = ["--host", HERE, "--port", str(self._port), "--webui-port", str(self._page)]
        self._start("master", f"{_CLASSES}.master.Master", *place)
        size = ["--host", HERE, "--webui-port", "0", "--cores", "1", "--memory", "1g"]
        for name in WORKERS:
            work = ["--work-dir", str(self._folder / name)]
            self._start(name, f"{_CLASSES}.worker.Worker", *size, *work, self.address)
        wait_until(lambda: self._said().get("aliveworkers") == len(WORKERS), _LONGEST)

    def executors(self, name: str) -> int:
        """How many executors a worker was given so far."""
        return len([*(self._folder / name).glob("app-*/*")])

    def kill(self, name: str) -> None:
        """End a process and those it started without a word, as a power cut would."""
        process = self._processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        """End what is left."""
        for name in reversed([*self._processes]):
            self.kill(name)

    def _said(self) -> dict[str, Any]:
        """What the master says of itself; nothing until it listens."""
        try:
            with urllib.request.urlopen(f"http://{HERE}:{self._page}/json/") as answer:
                said: dict[str, Any] = json.load(answer)
        except OSError:
            return {}
        return said

    def _start(self, name: str, program: str, *arguments: str) -> None:
        found = importlib.util.find_spec("pyspark")
        assert found is not None
        assert found.origin is not None
        home = Path(found.origin).parent
        with (self._folder / f"{name}.log").open("wb") as log:
            self._processes[name] = subprocess.Popen(
                [str(home / "bin" / "spark-class"), program, *arguments],
                env={**os.environ, "SPARK_HOME": str(home), "SPARK_DAEMON_MEMORY": "300m"},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


@contextmanager
def spark_cluster(folder: Path) -> Iterator[SparkCluster]:
    """A cluster that ends with the `with`, whatever happens in it."""
    cluster = SparkCluster(folder)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.end()
