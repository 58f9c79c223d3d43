"""Spark beside the tests, as processes of this machine: a master with two workers, or a server."""

import importlib.util
import json
import os
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.cluster import free_port, wait_until
from tests.spark.shops import FAST

HERE = "127.0.0.1"
WORKERS = ("one", "two")
_CLASSES = "org.apache.spark.deploy"
_CONNECT = "org.apache.spark.sql.connect.service.SparkConnectServer"
# What another's server may be told: settings that would make other answers, were they heeded.
_STRANGE = {
    "spark.sql.ansi.enabled": "false",
    "spark.sql.caseSensitive": "true",
    "spark.sql.legacy.literal.pickMinimumPrecision": "false",
    "spark.sql.session.timeZone": "America/New_York",
}
_LONGEST = 300


class Processes:
    """Spark's programs, each in a group of its own: an executor belongs to that of its worker."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, program: str, *arguments: str, memory: str = "300m") -> None:
        """Start a class of Spark's; what it says goes to a file of its name."""
        found = importlib.util.find_spec("pyspark")
        assert found is not None
        assert found.origin is not None
        home = Path(found.origin).parent
        with (self._folder / f"{name}.log").open("wb") as log:
            self._processes[name] = subprocess.Popen(
                [str(home / "bin" / "spark-class"), program, *arguments],
                env={**os.environ, "SPARK_HOME": str(home), "SPARK_DAEMON_MEMORY": memory},
                cwd=self._folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def has_ended(self, name: str) -> bool:
        """Whether a process is no more."""
        return self._processes[name].poll() is not None

    def kill(self, name: str) -> None:
        """End a process and those it started without a word, as a power cut would."""
        process = self._processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        """End what is left."""
        for name in reversed([*self._processes]):
            self.kill(name)


class SparkCluster(Processes):
    """A master and two workers."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._port, self._page = free_port(), free_port()

    @property
    def address(self) -> str:
        """What LUCID_SPARK is told."""
        return f"spark://{HERE}:{self._port}"

    def begin(self) -> None:
        """Start all, and wait until the workers have come to the master.

        Raises:
            TimeoutError: when they do not come.
        """
        place = ["--host", HERE, "--port", str(self._port), "--webui-port", str(self._page)]
        self.start("master", f"{_CLASSES}.master.Master", *place)
        size = ["--host", HERE, "--webui-port", "0", "--cores", "1", "--memory", "1g"]
        for name in WORKERS:
            work = ["--work-dir", str(self._folder / name)]
            self.start(name, f"{_CLASSES}.worker.Worker", *size, *work, self.address)
        wait_until(lambda: self._said().get("aliveworkers") == len(WORKERS), _LONGEST)

    def executors(self, name: str) -> int:
        """How many executors a worker was given so far."""
        return len([*(self._folder / name).glob("app-*/*")])

    def _said(self) -> dict[str, Any]:
        """What the master says of itself; nothing until it listens."""
        try:
            with urllib.request.urlopen(f"http://{HERE}:{self._page}/json/") as answer:
                said: dict[str, Any] = json.load(answer)
        except OSError:
            return {}
        return said


@contextmanager
def spark_cluster(folder: Path) -> Iterator[SparkCluster]:
    """A cluster that ends with the `with`, whatever happens in it."""
    cluster = SparkCluster(folder)
    try:
        cluster.begin()
        yield cluster
    finally:
        cluster.end()


@contextmanager
def connect_server(folder: Path) -> Iterator[str]:
    """The address of a Spark Connect server with strange settings, on two cores."""
    port = free_port()
    told = {
        **_STRANGE,
        "spark.connect.grpc.binding.address": HERE,
        "spark.connect.grpc.binding.port": str(port),
        "spark.driver.host": HERE,
        "spark.driver.bindAddress": HERE,
        "spark.driver.extraJavaOptions": FAST,
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.ui.enabled": "false",
    }
    settings = [word for item in told.items() for word in ("--conf", "=".join(item))]
    server = Processes(folder)
    try:
        server.start(
            "server",
            f"{_CLASSES}.SparkSubmit",
            *("--master", "local[2]", "--class", _CONNECT),
            *settings,
            memory="2g",
        )
        wait_until(lambda: listens(port) or server.has_ended("server"), _LONGEST)
        assert not server.has_ended("server"), (folder / "server.log").read_text(encoding="utf-8")
        yield f"sc://{HERE}:{port}"
    finally:
        server.end()


def listens(port: int) -> bool:
    """Whether somebody answers at a port of the loopback."""
    try:
        socket.create_connection((HERE, port)).close()
    except OSError:
        return False
    return True
