"""Accepted answers on disk, by what they depend on."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from lucid_orchestration.explain.briefs import FactsPack
from lucid_orchestration.explain.prompt import PROMPT_VERSION, SCHEMA_VERSION
from lucid_orchestration.explain.verifier import VERIFIER_VERSION
from lucid_orchestration.storage import write_text


def cache_key(provider: str, model: str, words: str, pack: FactsPack) -> str:
    """SHA-256 of everything an accepted answer depends on; `words` is the lexicon's digest."""
    parts = [
        provider,
        model,
        PROMPT_VERSION,
        SCHEMA_VERSION,
        f"{VERIFIER_VERSION}:{words}",
        pack.canonical(),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Cache:
    """A folder of raw answers, verified again whenever they are used; None keeps nothing."""

    folder: Path | None

    def read(self, key: str) -> str | None:
        """The answer for a key."""
        if self.folder is None:
            return None
        try:
            return (self.folder / f"{key}.json").read_text(encoding="utf-8")
        except (FileNotFoundError, UnicodeDecodeError):
            return None

    def write(self, key: str, answer: str) -> None:
        """Keep an accepted answer."""
        if self.folder is not None:
            write_text(self.folder / f"{key}.json", answer)
