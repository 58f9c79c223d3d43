"""What Lucid needs of an AI provider: a request body, and the text that comes back."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from lucid_orchestration.explain.prompt import Prompt

MAX_RETRIES = 1
MAX_OUTPUT_TOKENS = 2000
SCHEMA_NAME = "explanation"

# Called with host, exact body and the names of the headers of every HTTP request before it leaves;
# raises to stop it.
Gate = Callable[[str, bytes, Sequence[str]], None]


@dataclass(frozen=True)
class Reply:
    """What a model wrote, and the tokens it says it used."""

    text: str
    input_tokens: int
    output_tokens: int


class ProviderError(Exception):
    """No usable reply; the message is a short reason without any content of the request."""


class Provider(Protocol):
    """One provider with one model."""

    @property
    def name(self) -> str:
        """openai, anthropic or demo."""

    @property
    def model(self) -> str:
        """The model's name."""

    @property
    def host(self) -> str:
        """The host requests go to."""

    def body(self, prompt: Prompt) -> Mapping[str, Any]:
        """What is sent for a prompt: the JSON body, whole."""

    def ask(self, prompt: Prompt, timeout: float, gate: Gate) -> Reply:
        """Send it once, and once more where the failure may pass; `timeout` in seconds for each.

        Raises:
            ProviderError: whatever went wrong.
        """


def failure(error: Exception, key: str) -> ProviderError:
    """What a library raised, as a reason in words, with what the server said about it.

    Libraries wrap what stopped a request in errors of their own; whatever stands behind them
    counts. A key in the server's words is left out.
    """
    for behind in _chain(error):
        if isinstance(behind, ProviderError):
            return behind
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        known = _STATUS_WORDS.get(status) or _CLASS_WORDS.get(status // 100, _STRANGE)
        words = f"{known} (status {status})"
    else:
        names = {kind.__name__ for one in _chain(error) for kind in type(one).__mro__}
        words = next((said for name, said in _ERROR_WORDS.items() if name in names), _STRANGE)
    said = _said(getattr(error, "body", None), key)
    return ProviderError(f"{words}: {said}" if said else words)


_STRANGE = "the answer is not one of this interface; is the address right?"
_STATUS_WORDS = {
    400: "the provider does not accept the request",
    401: "the provider does not accept the key",
    402: "the account has no credit left",
    403: "the provider does not allow this with the key",
    404: "the provider knows no such model or address",
    413: "the request is too large for the provider",
    429: "the provider wants fewer requests, or the account has no credit left",
    529: "the provider has too much to do",
}
_CLASS_WORDS = {
    3: "the provider points to another address, which is not followed",
    4: "the provider does not accept the request",
    5: "the provider has a fault",
}
# Names of error classes of both libraries and of what they are built on; the first that fits.
_ERROR_WORDS = {
    "APITimeoutError": "no answer in time",
    "TimeoutException": "no answer in time",
    "APIConnectionError": "the provider cannot be reached",
    "RequestError": "the connection to the provider broke off",
}
_MAX_SAID = 200  # characters
_KEY = re.compile(r"\b(?:sk|key|api)[-_][\w*.-]{4,}", re.IGNORECASE)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _said(body: object, key: str) -> str:
    """The message of an error body, on one line and not long; nothing when it has none."""
    while isinstance(body, Mapping) and isinstance(body.get("error"), Mapping | str):
        body = body["error"]
    message = body.get("message") if isinstance(body, Mapping) else None
    if not isinstance(message, str):
        return ""
    line = " ".join("".join(c if c.isprintable() else " " for c in message).split())
    if key:
        line = line.replace(key, "…")
    line = _KEY.sub("…", line)
    return line if len(line) <= _MAX_SAID else f"{line[:_MAX_SAID]}…"


def tokens(count: object) -> int:
    """A token count as a server reports it; 0 when it does not."""
    return count if isinstance(count, int) and count > 0 else 0
