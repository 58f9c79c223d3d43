"""OpenAI, and every server that speaks its chat or responses interface."""

from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

import openai

from lucid_orchestration.explain.prompt import Prompt
from lucid_orchestration.explain.providers.http import http_client
from lucid_orchestration.explain.providers.protocol import (
    MAX_OUTPUT_TOKENS,
    MAX_RETRIES,
    SCHEMA_NAME,
    Gate,
    ProviderError,
    Reply,
    failure,
    tokens,
)


@dataclass(frozen=True)
class OpenAIProvider:
    """`base_url` ends before `/chat/completions`, usually in `/v1`."""

    model: str
    base_url: str
    api: Literal["chat", "responses"]
    key: str = field(repr=False)
    name: str = "openai"

    @property
    def host(self) -> str:
        """The host requests go to."""
        return urlsplit(self.base_url).hostname or ""

    def body(self, prompt: Prompt) -> dict[str, Any]:
        """What is sent for a prompt; nothing is stored over there."""
        messages = [
            {"role": "system", "content": prompt.system},
            {"role": "user", "content": prompt.user},
        ]
        schema = {"name": SCHEMA_NAME, "strict": True, "schema": prompt.schema}
        if self.api == "responses":
            return {
                "model": self.model,
                "input": messages,
                "text": {"format": {"type": "json_schema", **schema}},
                "max_output_tokens": MAX_OUTPUT_TOKENS,
                "store": False,
            }
        return {
            "model": self.model,
            "messages": messages,
            "response_format": {"type": "json_schema", "json_schema": schema},
            "max_completion_tokens": MAX_OUTPUT_TOKENS,
            "store": False,
        }

    def ask(self, prompt: Prompt, timeout: float, gate: Gate) -> Reply:
        """Send it and read the text of the answer.

        Raises:
            ProviderError: whatever went wrong.
        """
        try:
            with http_client(self.host, gate, timeout) as http:
                client = openai.OpenAI(
                    api_key=self.key,
                    base_url=self.base_url,
                    timeout=timeout,
                    max_retries=MAX_RETRIES,
                    http_client=http,
                )
                if self.api == "responses":
                    return _from_response(client.responses.create(**self.body(prompt)))
                return _from_chat(client.chat.completions.create(**self.body(prompt)))
        # the libraries raise their own errors, pydantic's, and AttributeError on an HTML page
        except Exception as error:
            raise failure(error, self.key) from None


def _from_chat(reply: Any) -> Reply:
    message = reply.choices[0].message
    if message.refusal:
        raise ProviderError("the model refused to answer")
    used = reply.usage
    return _reply(message.content, used and used.prompt_tokens, used and used.completion_tokens)


def _from_response(reply: Any) -> Reply:
    parts = [part for item in reply.output if item.type == "message" for part in item.content]
    if any(part.type == "refusal" for part in parts):
        raise ProviderError("the model refused to answer")
    text = "".join(part.text for part in parts)
    used = reply.usage
    return _reply(text, used and used.input_tokens, used and used.output_tokens)


def _reply(text: object, input_tokens: object, output_tokens: object) -> Reply:
    if not isinstance(text, str):
        raise ProviderError("the answer holds no text")
    return Reply(text, tokens(input_tokens), tokens(output_tokens))
