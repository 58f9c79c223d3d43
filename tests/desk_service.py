"""A real desk in a process of its own, over a data folder, and asking it as its page does."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2

from lucid_orchestration.settings import PROJECT_DIR

_PATIENCE = 900.0  # for a machine that does much else; nothing passes by being fast


class Service:
    """One desk; `kill` ends it as a crash does, `stop` as Ctrl-C."""

    def __init__(self, data: Path) -> None:
        self.data = data
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Service":
        """Start it, and return when it answers."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("LUCID_")}
        command = "from lucid_orchestration.cli import main; main()"
        log = self.data.parent / f"{self.data.name}.log"
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-c", command, "desk", "--no-browser", "--port", str(self.port)],
                cwd=PROJECT_DIR,
                env=environment | {"LUCID_DATA_DIR": str(self.data)},
                stdout=out,
                stderr=out,
            )
        until(self._answers, lambda: log.read_text(encoding="utf-8"))
        token = httpx2.get(f"{self.address}/api/v1/token").json()["token"]
        self.client = httpx2.Client(
            base_url=f"{self.address}/api/v1",
            headers={"origin": self.address, "x-lucid-token": token},
            cookies={"lucid_token": token},
            timeout=120,
        )
        return self

    def _answers(self) -> bool:
        try:
            return bool(httpx2.get(f"{self.address}/api/v1/token").status_code == 200)
        except httpx2.TransportError:
            return False

    @property
    def workers(self) -> list[int]:
        """The processes it has started and that are still there."""
        assert self.process is not None
        found = subprocess.run(
            ["ps", "--no-headers", "-o", "pid", "--ppid", str(self.process.pid)],
            capture_output=True,
            text=True,
        ).stdout.split()
        return [int(pid) for pid in found]

    def get(self, address: str) -> Any:
        """What an address answers."""
        return self.client.get(address).raise_for_status().json()

    def ended(self, job_id: str) -> dict[str, Any]:
        """A run once it has ended."""
        last: dict[str, Any] = {}

        def has_ended() -> bool:
            last.update(self.get(f"/runs/{job_id}"))
            return last["status"] not in ("queued", "running")

        until(has_ended, lambda: str(last))
        return last

    def idle(self) -> None:
        """Return when nothing is at work, and nothing waits to be."""

        def is_idle() -> bool:
            runs = self.get("/runs")["rows"]
            has_ended = not any(run["status"] in ("queued", "running") for run in runs)
            return has_ended and self.get("/health")["worker"] == "waiting"

        until(is_idle, lambda: str(self.get("/runs")))

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)

    def kill(self) -> None:
        """End it as a crash does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(60)


def until(holds: Callable[[], bool], said: Callable[[], str]) -> None:
    """Wait until something holds; a test fails with what is said when it never does."""
    end = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < end, said()
        time.sleep(0.1)
