"""The one way out to a provider: every request passes a gate, and goes to the host that was set."""

import httpx2

from lucid_orchestration.explain.providers.protocol import Gate

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_MAX_PAUSE = 5.0  # seconds; a server that wants more time before a retry has failed


def http_client(host: str, gate: Gate) -> httpx2.Client:
    """A client for both libraries; theirs would follow redirects, which take the body elsewhere.

    Proxies of the environment are used, but not for a server on this machine.
    """

    def pass_gate(request: httpx2.Request) -> None:
        gate(request.url.host, request.read())

    return httpx2.Client(
        follow_redirects=False,
        trust_env=host not in _LOOPBACK,
        event_hooks={"request": [pass_gate], "response": [_refuse_long_pauses]},
    )


def _refuse_long_pauses(response: httpx2.Response) -> None:
    """Tell the libraries, which would wait for minutes, not to retry after a long pause."""
    wanted = response.headers.get("retry-after", "0")
    try:
        is_long = not float(wanted) <= _MAX_PAUSE
    except ValueError:  # a date
        is_long = True
    if is_long:
        response.headers["x-should-retry"] = "false"
