"""Starting the service: which address, who may ask, and the page that opens."""

import socket
import threading
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import suppress

import uvicorn

from lucid_orchestration.desk.access import allowed, is_loopback
from lucid_orchestration.desk.app import application, open_desk
from lucid_orchestration.errors import UnavailableError
from lucid_orchestration.settings import Settings

PORT = 8765
_TRIED = 20


def serve(
    paths: Settings,
    host: str,
    port: int | None,
    password: str | None,
    origins: Sequence[str],
    names: Sequence[str],
    say: Callable[[str], None],
    opens_browser: bool,
) -> None:
    """Serve until it is ended; without a port the usual one, or the next that is free.

    `origins` are other programs whose pages may ask, `names` further names it is asked by.

    Raises:
        BadRequestError: for a host beyond this machine without a password.
        UnavailableError: when no port is free.
    """
    listener = _listener(host, port)
    bound = int(listener.getsockname()[1])
    access = allowed(host, bound, password, origins, [*_names(host), *names])
    shown = "127.0.0.1" if is_loopback(host) or host in ("0.0.0.0", "::") else host  # noqa: S104
    address = f"http://{shown}:{bound}/"

    def starts() -> None:
        say(f"Lucid is open at {address}")
        if not is_loopback(host):
            say(
                "Other machines on the network reach it too, at "
                f"http://{_network_address()}:{bound}/ ({host}), with the password, "
                "and unencrypted: only on a network you trust."
            )
        say("It ends with Ctrl-C.")
        if opens_browser:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    config = uvicorn.Config(
        application(open_desk(paths, access), starts),
        # requests are not written down: an address may hold what somebody searched for
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=3,
        limit_concurrency=1000,
    )
    uvicorn.Server(config).run(sockets=[listener])


def _listener(host: str, port: int | None) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    wanted = range(PORT, PORT + _TRIED) if port is None else (port,)
    reason = ""
    for number in wanted:
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host.strip("[]"), number))
        except OSError as error:
            listener.close()
            reason = error.strerror or str(error)
            continue
        return listener
    raise UnavailableError(f"Port {wanted[0]} of {host} cannot be used ({reason}). Try --port.")


def _names(host: str) -> list[str]:
    """The names by which other machines know this one, where they may ask."""
    if is_loopback(host):
        return []
    name = socket.gethostname()
    found = {_network_address()}
    with suppress(OSError):
        found |= {str(entry[4][0]) for entry in socket.getaddrinfo(name, None)}
    return [name, f"{name}.local", *sorted(f"[{one}]" if ":" in one else one for one in found)]


def _network_address() -> str:
    """This machine's address on the network it reaches others by; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
