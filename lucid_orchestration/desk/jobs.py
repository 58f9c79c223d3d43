"""What is asked of the worker: one job at a time, in turn, with how far it is and how it ended.

The list is kept on the disk. A service that starts and finds jobs in it that never ended says so,
and asks for one run that finishes what they had begun: a run makes whatever is missing.
"""

import json
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal, Protocol

from lucid_orchestration.desk.handle import WorkerGoneError
from lucid_orchestration.errors import ConflictError, NotFoundError, UnavailableError
from lucid_orchestration.storage import write_text

Kind = Literal["refresh", "full refresh", "explanation"]
Status = Literal[
    "queued", "running", "succeeded", "unchanged", "failed", "cancelled", "interrupted"
]
ENDED = frozenset({"succeeded", "unchanged", "failed", "cancelled", "interrupted"})

_MOST_KEPT = 100
_MOST_QUEUED = 50
_MOST_LINES = 300
# What part of a run each step took, until a run on this machine has shown it.
_SHARES: Mapping[str, float] = {
    "read": 0.15,
    "build": 0.55,
    "insights": 0.1,
    "explain": 0.05,
    "report": 0.15,
}


@dataclass(frozen=True)
class Job:
    """One thing asked of the worker. `fraction` is how far it is, 0 to 1; times are UTC.

    `lines` are what it said, `steps` the seconds of each step that had something to do, `why` what
    it was asked for; `finished_by` names the job that did the rest of one that was interrupted.
    """

    job_id: str
    kind: Kind
    why: str
    status: Status = "queued"
    asked_at: str = ""
    started_at: str | None = None
    finished_at: str | None = None
    shop: str | None = None
    insight: str | None = None
    step: str | None = None
    fraction: float = 0.0
    message: str = ""
    error: str | None = None
    files: int | None = None
    rows_accepted: int | None = None
    rows_rejected: int | None = None
    steps: Mapping[str, float] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    finished_by: str | None = None
    text: Mapping[str, Any] | None = None
    was_cached: bool = False

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status in ENDED


class Worker(Protocol):
    """Where jobs are done."""

    def start(self) -> None:
        """Get ready for the first job."""

    def do(
        self,
        order: Mapping[str, Any],
        hear: Callable[[Mapping[str, Any]], None],
        is_wanted: Callable[[], bool],
    ) -> None:
        """Do one job, passing on what is heard of it until it has ended.

        No process is given it once `is_wanted` says no.
        """

    def end(self) -> None:
        """End the process, whatever it is at."""


class Jobs:
    """The queue; `start` begins to work it off.

    `publish` is told of each change, `broken` of each job whose process ended in the middle.
    """

    def __init__(
        self,
        file: Path,
        worker: Worker,
        publish: Callable[[str, Any], None],
        broken: Callable[[str, str], None],
    ) -> None:
        self._file = file
        self._worker = worker
        self._publish = publish
        self._broken = broken
        self._changed = threading.Condition()
        self._jobs: dict[str, Job] = {}
        self._cancelled: set[str] = set()
        self._ends = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Take over what an earlier service left behind, and begin to work."""
        with self._changed:
            self._jobs = {job.job_id: job for job in _read(self._file)}
            left = [job for job in self._jobs.values() if not job.has_ended]
        if left:
            finisher = self.ask("refresh", "To finish what was interrupted")
            for job in left:
                message = (
                    "The desk ended while this waited."
                    if job.status == "queued"
                    else "The desk ended while this ran. Nothing is half done: what was there "
                    "before stays until a run has ended."
                )
                self._change(
                    job.job_id,
                    status="interrupted",
                    message=f"{message} Run {finisher.job_id} finishes it.",
                    finished_at=_now(),
                    finished_by=finisher.job_id,
                )
        self._worker.start()
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the worker, and the thread that waits for it."""
        with self._changed:
            self._ends = True
            self._changed.notify_all()
        self._worker.end()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def ask(self, kind: Kind, why: str, shop: str | None = None, insight: str | None = None) -> Job:
        """Put a job at the end of the queue; one that waits there already for the same is it.

        Raises:
            UnavailableError: when too many wait already.
        """
        with self._changed:
            waiting = [job for job in self._jobs.values() if job.status == "queued"]
            for job in waiting:
                if (job.kind, job.shop, job.insight) == (kind, shop, insight):
                    return job
            if len(waiting) >= _MOST_QUEUED:
                raise UnavailableError(f"{len(waiting)} jobs wait already.")
            job = Job(uuid.uuid4().hex, kind, why, asked_at=_now(), shop=shop, insight=insight)
            self._jobs[job.job_id] = job
            self._keep()
            self._changed.notify_all()
        self._publish("job", _public(job))
        return job

    def cancel(self, job_id: str) -> Job:
        """Take a job out of the queue, or end the one at work; what it had published stays.

        Raises:
            NotFoundError: when there is no such job.
            ConflictError: when it has ended already.
        """
        job = self.job(job_id)
        with self._changed:
            job = self._jobs[job_id]
            if job.has_ended:
                raise ConflictError(f"This run has ended already: {job.status}.")
            if job.status == "running":
                self._cancelled.add(job_id)
        if job.status == "running":
            self._worker.end()
            return self.wait(job_id, 20.0)
        return self._change(
            job_id, status="cancelled", message="Cancelled before it began.", finished_at=_now()
        )

    def job(self, job_id: str) -> Job:
        """One job.

        Raises:
            NotFoundError: when there is no such job.
        """
        with self._changed:
            job = self._jobs.get(job_id)
        if job is None:
            raise NotFoundError(f"There is no run {job_id!r}.")
        return job

    def all(self) -> list[Job]:
        """All jobs that are kept, newest first."""
        with self._changed:
            return sorted(self._jobs.values(), key=lambda job: job.asked_at, reverse=True)

    def wait(self, job_id: str, seconds: float) -> Job:
        """The job once it has ended, or as it is after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._jobs[job_id].has_ended, seconds)
            return self._jobs[job_id]

    @property
    def is_busy(self) -> bool:
        """Whether a job is at work or waits."""
        with self._changed:
            return any(not job.has_ended for job in self._jobs.values())

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ends or self._next() is not None)
                job = self._next()
            if self._ends or job is None:
                return
            self._change(job.job_id, status="running", started_at=_now())
            order = {
                "id": job.job_id,
                "kind": job.kind,
                "full": job.kind == "full refresh",
                "shop": job.shop,
                "insight": job.insight,
            }
            try:
                self._worker.do(order, self._hear, partial(self._is_wanted, job.job_id))
            except WorkerGoneError as error:
                self._gone(job.job_id, error)

    def _is_wanted(self, job_id: str) -> bool:
        return job_id not in self._cancelled

    def _next(self) -> Job | None:
        waiting = [job for job in self._jobs.values() if job.status == "queued"]
        return min(waiting, key=lambda job: job.asked_at, default=None)

    def _gone(self, job_id: str, error: WorkerGoneError) -> None:
        with self._changed:
            was_cancelled = job_id in self._cancelled
            self._cancelled.discard(job_id)
            ends = self._ends
        if ends:
            return  # the next start finds it, and says so
        if was_cancelled:
            message = "Cancelled. The answers are the ones that were there before."
            self._broken(job_id, message)
            self._change(job_id, status="cancelled", message=message, finished_at=_now())
            return
        message = (
            f"The worker ended in the middle ({error}). Nothing is half done: the answers are the "
            "ones that were there before. Run again."
        )
        self._broken(job_id, message)
        self._change(
            job_id,
            status="interrupted",
            message=message,
            error="processing_failed",
            finished_at=_now(),
        )

    def _hear(self, said: Mapping[str, Any]) -> None:
        job_id = str(said["id"])
        if "end" in said:
            fields = {
                name: said[name]
                for name in ("message", "error", "files", "rows_accepted", "rows_rejected")
                if name in said
            }
            done = 1.0 if said["end"] != "failed" else self.job(job_id).fraction
            self._change(
                job_id,
                status=said["end"],
                finished_at=_now(),
                fraction=done,
                steps=said.get("steps", {}),
                text=said.get("text"),
                was_cached=bool(said.get("was_cached")),
                **fields,
            )
            return
        job = self.job(job_id)
        step = str(said["step"])
        reached = max(job.fraction, fraction(step, float(said["part"]), self._shares()))
        lines = (*job.lines, str(said["line"]))[-_MOST_LINES:]
        self._change(job_id, keep=False, step=step, fraction=reached, lines=lines)

    def _shares(self) -> Mapping[str, float]:
        """What part of the last run that did all of it each step took."""
        for job in self.all():
            if set(job.steps) >= set(_SHARES) - {"read"}:
                return {"read": max(job.steps.values()) * 0.2, **job.steps}
        return _SHARES

    def _change(self, job_id: str, keep: bool = True, **fields: Any) -> Job:
        with self._changed:
            job = replace(self._jobs[job_id], **fields)
            self._jobs[job_id] = job
            if keep:
                self._keep()
            self._changed.notify_all()
        self._publish("job", _public(job))
        return job

    def _keep(self) -> None:
        newest = sorted(self._jobs.values(), key=lambda job: job.asked_at)[-_MOST_KEPT:]
        self._jobs = {job.job_id: job for job in newest}
        content = [asdict(job) for job in newest]
        write_text(self._file, json.dumps(content, indent=1) + "\n")


def fraction(step: str, part: float, shares: Mapping[str, float]) -> float:
    """How far a run is, 0 to 1: the steps that are done and a part of the one at work.

    `shares` is what each step took of a run, in any unit, in the order of the steps.
    """
    total = sum(shares.values())
    before = 0.0
    for name, share in shares.items():
        if name == step:
            return min(0.99, (before + share * part) / total)
        before += share
    return 0.0


def _public(job: Job) -> dict[str, Any]:
    """What a page is told at each change: the job without all it said."""
    content = asdict(job)
    content["line"] = job.lines[-1] if job.lines else ""
    del content["lines"], content["text"]
    return content


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _read(file: Path) -> list[Job]:
    """The jobs an earlier service kept; none of a file that is damaged."""
    try:
        content: Any = json.loads(file.read_text(encoding="utf-8"))
        return [Job(**{**entry, "lines": tuple(entry["lines"])}) for entry in content]
    except (OSError, ValueError, TypeError, KeyError):
        return []
