"""What Lucid needs of an AI provider: a request body, and the text that comes back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from lucid_orchestration.explain.prompt import Prompt

MAX_RETRIES = 1
MAX_OUTPUT_TOKENS = 2000
SCHEMA_NAME = "explanation"

# Called with host and exact body of every HTTP request before it leaves; raises to stop it.
Gate = Callable[[str, bytes], None]


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


def reason_of(error: Exception) -> str:
    """A failure as one word, with the HTTP status if there is one."""
    status = getattr(error, "status_code", None)
    return type(error).__name__ + (f" {status}" if isinstance(status, int) else "")


def tokens(count: object) -> int:
    """A token count as a server reports it; 0 when it does not."""
    return count if isinstance(count, int) and count > 0 else 0
