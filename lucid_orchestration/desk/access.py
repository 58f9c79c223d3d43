"""Who may ask: known hosts, writes from our own pages alone, a password beyond this machine."""

import hashlib
import hmac
import ipaddress
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from lucid_orchestration.errors import BadRequestError

TOKEN_COOKIE = "lucid_token"  # noqa: S105  its name
SESSION_COOKIE = "lucid_session"
TOKEN_HEADER = "x-lucid-token"  # noqa: S105  its name
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_LEAST_LETTERS = 8
# What one guess costs: 16 MB and some 50 ms.
_SCRYPT = {"n": 2**14, "r": 8, "p": 1}


@dataclass(frozen=True)
class Password:
    """A password as it is kept: only what proves it."""

    salt: bytes
    proof: bytes

    @staticmethod
    def of(text: str) -> "Password":
        """Keep a password.

        Raises:
            BadRequestError: for one that is guessed too easily.
        """
        if len(text) < _LEAST_LETTERS:
            raise BadRequestError(f"The password needs {_LEAST_LETTERS} characters at least.")
        salt = os.urandom(16)
        return Password(salt, _proof(text, salt))

    def is_proven_by(self, text: str) -> bool:
        """Whether a text is the password; takes as long for any."""
        return hmac.compare_digest(self.proof, _proof(text, self.salt))


@dataclass(frozen=True)
class Access:
    """The rules of one service.

    `hosts` are the names it is asked by, each with its port; `origins` other programs whose pages
    may write as well, such as a desktop shell. `token` is what our own pages prove themselves by.
    """

    hosts: frozenset[str]
    origins: frozenset[str] = frozenset()
    password: Password | None = None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    session: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def knows_host(self, header: str) -> bool:
        """Whether a request came by a name of ours: another site's name may point here as well."""
        return header.lower() in self.hosts

    def knows_origin(self, header: str, host: str) -> bool:
        """Whether the page that asks is ours, or one of a listed program."""
        return header in self.origins or (
            header in {f"http://{host.lower()}", f"https://{host.lower()}"}
            and self.knows_host(host)
        )

    def has_token(self, cookie: str, header: str) -> bool:
        """Whether the token stands in our cookie and in the header, where no other site can."""
        return _same(cookie, self.token) and _same(header, self.token)

    def is_signed_in(self, cookie: str) -> bool:
        """Whether nobody has to sign in, or this one has."""
        return self.password is None or _same(cookie, self.session)


def allowed(
    host: str, port: int, password: str | None, origins: Iterable[str], names: Iterable[str] = ()
) -> Access:
    """The rules for a service that listens at a host and port.

    `names` are further names of this machine, such as the one the shop's network knows it by.

    Raises:
        BadRequestError: for a host beyond this machine without a password, or no origin.
    """
    is_here = is_loopback(host)
    if not is_here and password is None:
        raise BadRequestError(
            f"--host {host} lets other machines in. Set LUCID_DESK_PASSWORD to a password of "
            f"{_LEAST_LETTERS} characters or more first.",
            "host",
        )
    for origin in origins:
        parts = urlsplit(origin)
        if not parts.scheme or not parts.netloc or parts.path or parts.query:
            raise BadRequestError(
                f"{origin!r} is no origin. Write it as tauri://localhost or http://localhost:1420.",
                "origin",
            )
    known = {*_LOOPBACK_NAMES, *(name.lower() for name in names)}
    if not is_here:
        known.add(host.lower())
    with_port = {f"{name}:{port}" for name in known}
    return Access(
        hosts=frozenset(with_port | (known if port in (80, 443) else set())),
        origins=frozenset(origins),
        password=None if password is None else Password.of(password),
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def cookie(header: str, name: str) -> str:
    """A cookie's value, empty without it."""
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return "" if found is None else found.value


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())


def _proof(text: str, salt: bytes) -> bytes:
    return hashlib.scrypt(text.encode(), salt=salt, n=_SCRYPT["n"], r=_SCRYPT["r"], p=_SCRYPT["p"])
