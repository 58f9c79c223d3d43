"""Anthropic's messages interface; the client library is an extra."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import anthropic

from lucid_orchestration.explain.prompt import Prompt
from lucid_orchestration.explain.providers.http import http_client
from lucid_orchestration.explain.providers.protocol import (
    MAX_OUTPUT_TOKENS,
    MAX_RETRIES,
    Gate,
    ProviderError,
    Reply,
    failure,
    tokens,
)


@dataclass(frozen=True)
class AnthropicProvider:
    """`base_url` ends before `/v1/messages`."""

    model: str
    base_url: str
    key: str = field(repr=False)
    name: str = "anthropic"

    @property
    def host(self) -> str:
        """The host requests go to."""
        return urlsplit(self.base_url).hostname or ""

    def body(self, prompt: Prompt) -> dict[str, Any]:
        """What is sent for a prompt; the interface takes no temperature."""
        return {
            "model": self.model,
            "max_tokens": MAX_OUTPUT_TOKENS,
            "system": prompt.system,
            "messages": [{"role": "user", "content": prompt.user}],
            "output_config": {"format": {"type": "json_schema", "schema": prompt.schema}},
        }

    def ask(self, prompt: Prompt, timeout: float, gate: Gate) -> Reply:
        """Send it and read the text of the answer.

        Raises:
            ProviderError: whatever went wrong.
        """
        try:
            with http_client(self.host, gate, timeout) as http:
                client = anthropic.Anthropic(
                    api_key=self.key,
                    base_url=self.base_url,
                    timeout=timeout,
                    max_retries=MAX_RETRIES,
                    http_client=http,
                )
                return _from_message(client.messages.create(**self.body(prompt)))
        # whatever a library meets on the network is one thing here: no reply
        except Exception as error:
            raise failure(error, self.key) from None


def _from_message(reply: Any) -> Reply:
    if reply.stop_reason == "refusal":
        raise ProviderError("the model refused to answer")
    text = "".join(block.text for block in reply.content if block.type == "text")
    return Reply(text, tokens(reply.usage.input_tokens), tokens(reply.usage.output_tokens))
