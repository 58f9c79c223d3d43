"""A desk killed thirty times: while files come, while a run is at work, and its worker alone.

Usage: python benchmarks/desk_kills.py [kills]       30 unless given, spread over three kinds
The desk is a process of its own over a small shop. A third of the times it is ended by SIGKILL with
an upload half sent, or between its last byte and its answer; a third in the middle of a run; and a
third of the times its worker is. Each time a file of the shop was changed before. Then the desk is
started again (or goes on) and must say what happened; when it is idle, all that readers see must be
what a run of the same inbox gives that nobody disturbed. Ends with 1 otherwise. Linux.
"""

import os
import random
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from lucid_orchestration.runs.refresh import refresh
from lucid_orchestration.settings import PROJECT_DIR, Settings

sys.path.insert(0, str(PROJECT_DIR))

from tests.desk_service import Service
from tests.stored_things import make_shop, published

KILLS = 30
HEAD = "Bill No,Date,Item Code,Item Name,Category,Qty,Amount,Cost\n"
SENT = "later.csv"


def sales(number: int) -> bytes:
    """A list that is another one each time."""
    rows = "".join(
        f"n{number}-{day},2026-01-{day:02},p{day % 5},Item {day % 5},Food,{number + 1},20,12\n"
        for day in range(1, 29)
    )
    return (HEAD + rows).encode()


def send(service: Service, content: bytes, share: float) -> None:
    """Send so much of an upload; all of it is not waited for either."""
    edge = b"edge"
    body = (
        b"--%s\r\nContent-Disposition: form-data; name=files; filename=%s\r\n\r\n%s\r\n--%s--\r\n"
        % (edge, SENT.encode(), content, edge)
    )
    token = service.client.cookies["lucid_token"]
    head = (
        "POST /api/v1/datasets/shop/files?replace=true HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{service.port}\r\nOrigin: {service.address}\r\n"
        f"X-Lucid-Token: {token}\r\nCookie: lucid_token={token}\r\n"
        f"Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", service.port)) as line:
        line.sendall(head.encode() + body[: int(len(body) * min(share, 1))])
        # what is more than all is time to look at the file and to keep it
        time.sleep(0.1 + max(share - 1, 0))


def change(paths: Settings, number: int) -> None:
    """Another list by hand."""
    (paths.inbox / "shop" / SENT).write_bytes(sales(number))


class Kills:
    """The kinds of kill; `wrong` is what should not have been."""

    def __init__(self, folder: Path) -> None:
        self.paths = Settings(folder / "data")
        self.other = Settings(folder / "undisturbed")
        self.chance = random.Random(30)
        self.wrong: list[str] = []
        make_shop(self.paths)
        refresh(self.paths)
        self.service = Service(self.paths.data_dir).start()
        self.service.idle()
        self.seconds = self.time_of_a_run()

    def time_of_a_run(self) -> float:
        """Seconds of a run with a changed file."""
        change(self.paths, 90)
        started = time.monotonic()
        job = self.service.client.post("/runs", json={}).json()["job_id"]
        self.service.ended(job)
        return time.monotonic() - started

    def during_upload(self, number: int) -> str:
        """The service is killed while a file comes."""
        share = self.chance.uniform(0.1, 2.5)
        before = (self.paths.inbox / "shop" / SENT).read_bytes()
        send(self.service, sales(number), share)
        self.service.kill()
        self.service.start()
        self.service.idle()
        if (self.paths.inbox / "shop" / SENT).read_bytes() not in (before, sales(number)):
            self.wrong.append("a file is half there")
        left = [*self.paths.state.glob("upload-*"), *self.paths.inbox.rglob(".*.tmp")]
        if left:
            self.wrong.append(f"left behind: {[path.name for path in left]}")
        return f"service killed with {share:.0%} of an upload sent"

    def during_run(self, number: int) -> str:
        """The service is killed while a run is at work."""
        job, after = self.begun(number)
        self.service.kill()
        self.service.start()
        self.told(job, "The desk ended while this ran")
        self.service.idle()
        return f"service killed {after:.1f} of {self.seconds:.1f} s into a run"

    def of_worker(self, number: int) -> str:
        """The worker is killed while a run is at work."""
        job, after = self.begun(number)
        for pid in self.service.workers:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.service.ended(job)
        self.told(job, "SIGKILL")
        self.service.ended(self.service.client.post("/runs", json={}).json()["job_id"])
        return f"worker killed {after:.1f} of {self.seconds:.1f} s into a run"

    def begun(self, number: int) -> tuple[str, float]:
        """A run that has worked for some time."""
        change(self.paths, number)
        job = self.service.client.post("/runs", json={}).json()["job_id"]
        after = self.seconds * self.chance.uniform(0.02, 0.95)
        time.sleep(after)
        return str(job), after

    def told(self, job: str, words: str) -> None:
        """See that the job says what happened, unless it had ended by then."""
        said = self.service.get(f"/runs/{job}")
        if said["status"] not in ("succeeded", "unchanged") and words not in said["message"]:
            self.wrong.append(f"the job says {said['status']}: {said['message']}")

    def compare(self) -> None:
        """See that readers get what an undisturbed run gives, from the same folder before it."""
        shutil.rmtree(self.other.data_dir, ignore_errors=True)
        shutil.copytree(self.paths.data_dir, self.other.data_dir)
        before = published(self.paths)
        refresh(self.other, full=True)
        after = published(self.other)
        self.wrong += [
            f"{name} is another one"
            for name in sorted({*before, *after})
            if before.get(name) != after.get(name)
        ]


def main() -> int:
    """Kill, start, compare."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    failures = 0
    with tempfile.TemporaryDirectory() as name:
        desk = Kills(Path(name).resolve())
        kinds: tuple[Callable[[int], str], ...] = (
            desk.during_upload,
            desk.during_run,
            desk.of_worker,
        )
        try:
            for number in range(kills):
                what = kinds[number % len(kinds)](number)
                desk.compare()
                failures += bool(desk.wrong)
                print(f"{number + 1}: {what}: {desk.wrong or 'as undisturbed'}", flush=True)
                desk.wrong.clear()
        finally:
            desk.service.stop()
    print(f"{kills} kills of a desk, {failures} left something else behind")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
