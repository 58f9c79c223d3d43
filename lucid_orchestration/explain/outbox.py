"""The record of everything that left the machine, written before it leaves."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


class BudgetSpentError(Exception):
    """Today's calls are used up."""


@dataclass(frozen=True)
class Outbox:
    """One file of JSON lines per day (UTC) in a folder.

    A line holds time, host, model, the names of the headers (not what they say: one is the key),
    and the body as sent.
    """

    folder: Path
    daily_calls: int
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def count_today(self) -> int:
        """Requests recorded today."""
        try:
            with self._file(self.now()).open("rb") as lines:
                return sum(1 for _ in lines)
        except FileNotFoundError:
            return 0

    def has_budget(self) -> bool:
        """Whether another request may leave today."""
        return self.count_today() < self.daily_calls

    def record(self, host: str, body: bytes, headers: Sequence[str]) -> None:
        """Write a request down, on the disk before this returns.

        Raises:
            BudgetSpentError: when it would be one too many today.
        """
        if not self.has_budget():
            raise BudgetSpentError
        text = body.decode("utf-8", errors="backslashreplace")
        moment = self.now()
        line = {
            "requested_at": moment.isoformat(timespec="milliseconds"),
            "host": host,
            "model": _model(text),
            "headers": list(headers),
            "body": text,
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._file(moment).open("a", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _file(self, moment: datetime) -> Path:
        return self.folder / f"{moment:%Y-%m-%d}.jsonl"


def _model(body: str) -> str:
    try:
        content = json.loads(body)
    except ValueError:
        return ""
    return str(content.get("model", "")) if isinstance(content, dict) else ""
