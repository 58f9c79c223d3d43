"""The one way out to a provider: every request passes a gate, and goes to the host that was set.

What comes back is read as it is, never unpacked, and no further than a megabyte or the end of the
time: a server that means harm gets nothing but a refusal.
"""

import time
from collections.abc import Callable, Iterator

import httpx2

from lucid_orchestration.explain.providers.protocol import Gate, ProviderError

MAX_BODY_BYTES = 1_000_000

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_MAX_PAUSE = 5.0  # seconds; a server that wants more time before a retry has failed
# Only they may learn of an account's organisation and project, or what else an environment adds.
_OWN_HOSTS = frozenset({"api.openai.com", "api.anthropic.com"})
_NEEDED_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "anthropic-version",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "user-agent",
        "x-api-key",
    }
)


def http_client(
    host: str, gate: Gate, timeout: float, clock: Callable[[], float] = time.monotonic
) -> httpx2.Client:
    """A client for both libraries; theirs would follow redirects, which take the body elsewhere.

    `timeout` is in seconds, for a request with its whole answer. Proxies of the environment are
    used, but not for a server on this machine.
    """
    exchange = _Exchange(gate, timeout, clock)
    return httpx2.Client(
        follow_redirects=False,
        trust_env=host not in _LOOPBACK,
        event_hooks={
            "request": [exchange.send],
            "response": [_refuse_long_pauses, exchange.receive],
        },
    )


class _Exchange:
    """The requests of one call; once one of them or its answer was refused, no other may leave."""

    def __init__(self, gate: Gate, timeout: float, clock: Callable[[], float]) -> None:
        self.gate = gate
        self.timeout = timeout
        self.clock = clock
        self.ends = 0.0
        self.refusal: ProviderError | None = None

    def send(self, request: httpx2.Request) -> None:
        if self.refusal is not None:
            raise self.refusal
        request.headers["accept-encoding"] = "identity"
        if request.url.host not in _OWN_HOSTS:
            for name in set(request.headers) - _NEEDED_HEADERS:
                del request.headers[name]
        try:
            self.gate(request.url.host, request.read(), sorted(set(request.headers)))
        except ProviderError as error:
            self.refusal = error
            raise
        self.ends = self.clock() + self.timeout

    def receive(self, response: httpx2.Response) -> None:
        packed = response.headers.get("content-encoding", "identity").strip().lower()
        if packed not in {"", "identity"}:
            raise self.refuse("the answer is compressed, which was not asked for")
        if isinstance(response.stream, httpx2.SyncByteStream):
            response.stream = _Limited(response.stream, self)

    def refuse(self, reason: str) -> ProviderError:
        """Why nothing more is read; remembered, because the libraries would try again."""
        self.refusal = ProviderError(reason)
        return self.refusal


class _Limited(httpx2.SyncByteStream):
    """A body up to its limits."""

    def __init__(self, stream: httpx2.SyncByteStream, exchange: _Exchange) -> None:
        self.stream = stream
        self.exchange = exchange

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for part in self.stream:
            size += len(part)
            if size > MAX_BODY_BYTES:
                raise self.exchange.refuse("the answer is larger than a megabyte")
            if self.exchange.clock() > self.exchange.ends:
                raise self.exchange.refuse("no answer in time")
            yield part

    def close(self) -> None:
        self.stream.close()


def _refuse_long_pauses(response: httpx2.Response) -> None:
    """Tell the libraries, which would wait for minutes, not to retry after a long pause."""
    wanted = response.headers.get("retry-after", "0")
    try:
        is_long = not float(wanted) <= _MAX_PAUSE
    except ValueError:  # a date
        is_long = True
    if is_long:
        response.headers["x-should-retry"] = "false"
