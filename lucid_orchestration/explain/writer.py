"""Gets one text after the other worded: cache, provider, verifier, one repair, else the template.

Whatever a provider does, the answer here is a text and the reason for it.
"""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from lucid_orchestration.explain.briefs import Brief
from lucid_orchestration.explain.cache import Cache, cache_key
from lucid_orchestration.explain.languages import Lexicon
from lucid_orchestration.explain.names import Catalogue
from lucid_orchestration.explain.outbox import BudgetSpentError, Outbox
from lucid_orchestration.explain.prompt import Prompt, write_prompt
from lucid_orchestration.explain.providers.protocol import (
    MAX_RETRIES,
    Provider,
    ProviderError,
    Reply,
)
from lucid_orchestration.explain.template import Text
from lucid_orchestration.explain.verdict import Accepted, Code
from lucid_orchestration.explain.verifier import verify

FAILURES_ALLOWED = 3
NO_KEY = "no key in the environment"
ATTEMPTS = 2  # the first answer, and one repair
_CALL_MARGIN = 5.0  # seconds a library may take on top of its timeouts, for pauses and set-up


@dataclass(frozen=True)
class Written:
    """A text, who wrote it, and what was tried; `reason` says why there is no model's text."""

    text: Text
    source: Literal["ai", "template"]
    is_cached: bool
    codes: tuple[Code, ...]
    prompt_hash: str | None
    reason: str = ""


@dataclass
class Usage:
    """What a run cost: requests that left, tokens the provider counted, failures in a row."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    failures_in_a_row: int = 0


@dataclass
class Writer:
    """One run's worth of writing with one provider, up to the moment `ends` of its clock."""

    provider: Provider
    lexicon: Lexicon
    cache: Cache
    outbox: Outbox
    timeout: float
    ends: float
    is_open: bool
    clock: Callable[[], float] = time.monotonic
    usage: Usage = field(default_factory=Usage)

    def write(self, brief: Brief, catalogue: Catalogue, may_call: bool = True) -> Written:
        """The text for a brief; a new call only if `may_call`."""
        prompt = write_prompt(brief, self.lexicon.forms)
        key = cache_key(self.provider.name, self.provider.model, self.lexicon.digest, brief.pack)
        kept = self.cache.read(key)
        if kept is not None:
            verdict = verify(kept, brief, self.lexicon, catalogue)
            if isinstance(verdict, Accepted):
                return _ai(brief, verdict, prompt, (), is_cached=True)
        codes: tuple[Code, ...] = ()
        if not may_call:
            return _template(brief, prompt, codes, "not asked for")
        for _ in range(ATTEMPTS):
            reply = self._ask(write_prompt(brief, self.lexicon.forms, codes))
            if isinstance(reply, str):
                return _template(brief, prompt, codes, reply)
            verdict = verify(reply.text, brief, self.lexicon, catalogue)
            if isinstance(verdict, Accepted):
                self.cache.write(key, reply.text)
                return _ai(brief, verdict, prompt, codes, is_cached=False)
            codes = (*codes, verdict.code)
        return _template(brief, prompt, codes, "rejected")

    def _ask(self, prompt: Prompt) -> Reply | str:
        """A reply, or why there is none."""
        now = self.clock()
        if not self.is_open:
            return NO_KEY
        if self.usage.failures_in_a_row >= FAILURES_ALLOWED:
            return "stopped after repeated failures"
        if now >= self.ends:
            return "out of time"
        if not self.outbox.has_budget():
            return "daily budget used up"
        reply = self._call(prompt, self.ends - now)
        if isinstance(reply, Reply):
            self.usage.failures_in_a_row = 0
            self.usage.input_tokens += reply.input_tokens
            self.usage.output_tokens += reply.output_tokens
        else:
            self.usage.failures_in_a_row += 1
        return reply

    def _call(self, prompt: Prompt, remaining: float) -> Reply | str:
        """One call that ends in time, also when a server answers a byte at a time."""
        answers: queue.Queue[Reply | str] = queue.Queue()
        # a request is counted before the call is given up, or does not leave
        gate_lock = threading.Lock()
        is_given_up = False
        timeout = min(self.timeout, remaining)

        def gate(host: str, body: bytes, headers: Sequence[str]) -> None:
            # a retry of a call nobody waits for any more must not leave the machine
            with gate_lock:
                if is_given_up or host != self.provider.host:
                    raise ProviderError("stopped")
                try:
                    self.outbox.record(host, body, headers)
                except BudgetSpentError:
                    raise ProviderError("daily budget used up") from None
                self.usage.calls += 1

        def work() -> None:
            try:
                answers.put(self.provider.ask(prompt, timeout, gate))
            except ProviderError as error:
                answers.put(str(error))

        threading.Thread(target=work, daemon=True).start()
        try:
            limit = min(remaining, timeout * (MAX_RETRIES + 1) + _CALL_MARGIN)
            return answers.get(timeout=limit)
        except queue.Empty:
            return "no answer in time"
        finally:
            with gate_lock:
                is_given_up = True


def _ai(
    brief: Brief, verdict: Accepted, prompt: Prompt, codes: tuple[Code, ...], is_cached: bool
) -> Written:
    text = Text(brief.headline, verdict.explanation, verdict.guidance)
    return Written(text, "ai", is_cached, codes, prompt.digest())


def _template(brief: Brief, prompt: Prompt, codes: tuple[Code, ...], reason: str) -> Written:
    return Written(brief.template, "template", False, codes, prompt.digest(), reason)
