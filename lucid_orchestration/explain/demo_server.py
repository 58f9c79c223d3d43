"""A model server for this machine alone: OpenAI chat and responses, Anthropic messages.

It holds no model. It answers with fixed sentences that fit the schema of the request, or misbehaves
as a script says, so that the whole way there and back can be tried without a key and tested without
a network: `python -m lucid_orchestration.explain.demo_server --script slow_drip --port 8808`.
"""

import argparse
import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

DEMO_MODEL = "fixed-sentences"
_READING_ORDER = ("claim_second", "claim_third", "claim_money", "claim_cash", "claim_confidence")
_USED = {"input": 900, "output": 120}
_HTML = b"<!doctype html><html><body>Sign in to the hotel network</body></html>"

Api = Literal["chat", "responses", "messages"]
_PATHS: Mapping[str, Api] = {
    "/v1/chat/completions": "chat",
    "/v1/responses": "responses",
    "/v1/messages": "messages",
}


@dataclass(frozen=True)
class Request:
    """A request as it came in."""

    api: Api
    body: Mapping[str, Any]
    raw: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Response:
    """What goes back: `pause` seconds later, and with `drip` a byte at a time, seconds apart.

    An `endless` body comes again and again, without a length.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    pause: float = 0.0
    drip: float = 0.0
    endless: bool = False
    content_type: str = "application/json"


Script = Callable[[Request], Response]


class ModelServer(ThreadingHTTPServer):
    """The server; `requests` is its log."""

    daemon_threads = True

    def __init__(self, script: Script, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.script = script
        self.requests: list[Request] = []
        self.stopping = threading.Event()

    @property
    def url(self) -> str:
        """The base URL for an OpenAI client; without its `/v1` the one for Anthropic's."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: ModelServer

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        api = _PATHS.get(self.path)
        if api is None:
            self._answer(Response(404, b"{}"))
            return
        request = Request(api, json.loads(raw), raw, dict(self.headers))
        self.server.requests.append(request)
        self._answer(self.server.script(request))

    def _answer(self, response: Response) -> None:
        self.server.stopping.wait(response.pause)
        try:
            self.send_response(response.status)
            self.send_header("Content-Type", response.content_type)
            if not response.endless:
                self.send_header("Content-Length", str(len(response.body)))
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.end_headers()
            while response.endless and not self.server.stopping.is_set():
                self.wfile.write(response.body)
            if not response.drip:
                self.wfile.write(response.body)
                return
            for at in range(len(response.body)):
                self.wfile.write(response.body[at : at + 1])
                self.wfile.flush()
                if self.server.stopping.wait(response.drip):
                    return
        except OSError:
            self.close_connection = True  # the client hung up

    def log_message(self, *_: object) -> None:
        """Nothing on the console; `requests` is the log."""


@contextmanager
def serving(script: Script, port: int = 0) -> Iterator[ModelServer]:
    """Run a server on the loopback interface for as long as the block lasts."""
    server = ModelServer(script, port)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()


def slots(request: Request) -> dict[str, list[str]]:
    """The claims each field may hold, read from the schema of a request."""
    schema = {
        "chat": lambda body: body["response_format"]["json_schema"]["schema"],
        "responses": lambda body: body["text"]["format"]["schema"],
        "messages": lambda body: body["output_config"]["format"]["schema"],
    }[request.api](request.body)
    slots = {}
    for name, content in schema["properties"].items():
        kinds = content["items"]["anyOf"]
        slots[name] = [
            slot for kind in kinds for slot in kind["properties"].get("slot", {}).get("enum", ())
        ]
    return slots


def fixed_answer(request: Request) -> str:
    """Sentences that fit any insight, around the claims of the request."""
    known = slots(request)
    others = [slot for slot in _READING_ORDER if slot in known["explanation"]]
    return json.dumps(
        {
            "explanation": [
                _text("Here is something that deserves a look."),
                _slot("claim_main"),
                *map(_slot, others),
            ],
            "guidance": [
                _slot("claim_action"),
                _text("Write down what you decide, and look again after the next delivery."),
            ],
        }
    )


def reply(request: Request, text: str | None, refusal: str | None = None) -> Response:
    """A text, or a refusal, in the envelope of the interface that was asked."""
    envelope: dict[str, Any]
    model = request.body.get("model", DEMO_MODEL)
    match request.api:
        case "chat":
            message = {"role": "assistant", "content": text, "refusal": refusal}
            envelope = {
                "id": "chat",
                "object": "chat.completion",
                "created": 0,
                "model": model,
                "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
                "usage": {
                    "prompt_tokens": _USED["input"],
                    "completion_tokens": _USED["output"],
                    "total_tokens": sum(_USED.values()),
                },
            }
        case "responses":
            said: dict[str, Any] = (
                {"type": "output_text", "text": text, "annotations": []}
                if refusal is None
                else {"type": "refusal", "refusal": refusal}
            )
            output = {
                "id": "message",
                "type": "message",
                "role": "assistant",
                "status": "completed",
                "content": [said],
            }
            envelope = {
                "id": "response",
                "object": "response",
                "created_at": 0,
                "model": model,
                "status": "completed",
                "output": [output],
                "parallel_tool_calls": False,
                "tool_choice": "none",
                "tools": [],
                "usage": {
                    "input_tokens": _USED["input"],
                    "input_tokens_details": {"cached_tokens": 0},
                    "output_tokens": _USED["output"],
                    "output_tokens_details": {"reasoning_tokens": 0},
                    "total_tokens": sum(_USED.values()),
                },
            }
        case "messages":
            envelope = {
                "id": "message",
                "type": "message",
                "role": "assistant",
                "model": model,
                "content": [] if text is None else [{"type": "text", "text": text}],
                "stop_reason": "end_turn" if refusal is None else "refusal",
                "stop_sequence": None,
                "usage": {"input_tokens": _USED["input"], "output_tokens": _USED["output"]},
            }
    return Response(200, json.dumps(envelope).encode())


def good(request: Request) -> Response:
    """Fixed sentences around the claims."""
    return reply(request, fixed_answer(request))


def saying(*texts: str) -> Script:
    """These answers one after the other, the last one again and again."""
    left = list(texts)
    return lambda request: reply(request, left.pop(0) if len(left) > 1 else left[0])


def _failure(status: int, **headers: str) -> Script:
    body = json.dumps({"error": {"type": "error", "message": "That went wrong."}}).encode()
    return lambda _: Response(status, body, {k.replace("_", "-"): v for k, v in headers.items()})


def _truncated(request: Request) -> Response:
    return Response(200, good(request).body[:-40])


def _dripping(request: Request) -> Response:
    return Response(200, good(request).body, drip=0.2)


def _compressed(request: Request) -> Response:
    """Packed although nobody said it may be: a hundred megabytes in a hundred kilobytes."""
    body = gzip.compress(good(request).body + b" " * 100_000_000)
    return Response(200, body, {"Content-Encoding": "gzip"})


SCRIPTS: Mapping[str, Script] = {
    "good": good,
    "hanging": lambda request: Response(200, good(request).body, pause=3600),
    "slow_drip": _dripping,
    "too_many_requests": _failure(429, Retry_After="500"),
    "retry_in_a_minute": _failure(429, Retry_After="60"),
    "server_error": _failure(500),
    "wrong_key": _failure(401),
    "redirect": _failure(307, Location="http://127.0.0.1:9/v1/elsewhere"),
    "html_page": lambda _: Response(200, _HTML, content_type="text/html"),
    "truncated_json": _truncated,
    "refusal": lambda request: reply(request, None, refusal="That is not possible."),
    "empty_text": lambda request: reply(request, ""),
    "endless_body": lambda _: Response(200, b" " * 65_536, endless=True),
    "compressed": _compressed,
    "huge_text": lambda request: reply(request, "x" * 10_000_000),
}


def _text(text: str) -> dict[str, str]:
    return {"kind": "text", "text": text}


def _slot(name: str) -> dict[str, str]:
    return {"kind": "slot", "slot": name}


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--script", choices=sorted(SCRIPTS), default="good")
    parser.add_argument("--port", type=int, default=8808)
    chosen = parser.parse_args(arguments)
    with serving(SCRIPTS[chosen.script], chosen.port) as server:
        print(f"Fixed sentences, no model, at {server.url} (script {chosen.script}). Ctrl+C ends.")
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            print("Ended.")


if __name__ == "__main__":
    main()
