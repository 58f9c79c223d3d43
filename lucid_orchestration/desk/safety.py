"""What every request passes before anything looks at it, and what every answer carries."""

from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lucid_orchestration.desk.access import (
    SESSION_COOKIE,
    TOKEN_COOKIE,
    TOKEN_HEADER,
    Access,
    cookie,
)
from lucid_orchestration.desk.problems import problem

# No script, style or picture but our own; no page of another may show ours.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
# What is shown to those who have not signed in yet.
_OPEN = ("/sign-in", "/static/")
_TINY_BODY = 2 * 1024 * 1024


class Safety:
    """Pure ASGI: an upload flows through it without being held."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what may not pass, and pass on the rest."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._seal(MutableHeaders(scope=message), headers.get("origin", ""))
            await send(message)

        refused = self._refusal(scope["method"], scope["path"], headers)
        if refused is not None:
            await refused(scope, receive, sealed)
        elif _is_preflight(scope["method"], headers) and self._is_listed(headers):
            await _preflight_answer(sealed)
        else:
            await self._app(scope, receive, sealed)

    def _refusal(self, method: str, path: str, headers: Headers) -> ASGIApp | None:
        access = self._access
        host = headers.get("host", "")
        if not access.knows_host(host):
            return problem(
                421, "unknown_host", "Unknown host", "This desk is not asked by that name."
            )
        if _is_preflight(method, headers):
            if self._is_listed(headers):
                return None
            return problem(403, "forbidden", "Not from here", "That page may not ask the desk.")
        cookies = headers.get("cookie", "")
        is_open = path.startswith(_OPEN)
        if not is_open and not access.is_signed_in(cookie(cookies, SESSION_COOKIE)):
            if method in _READS and "text/html" in headers.get("accept", ""):
                return _to_sign_in
            return problem(401, "not_signed_in", "Not signed in", "This desk asks for a password.")
        if method in _READS:
            return None
        origin = headers.get("origin", "")
        if not access.knows_origin(origin, host):
            return problem(
                403, "forbidden", "Not from here", "Only the desk's own pages may change anything."
            )
        if path == "/sign-in":
            return None  # who signs in has no token yet; the password is the proof
        # the cookie does not go along with another program's page: it has the token by asking
        own = access.token if origin in access.origins else cookie(cookies, TOKEN_COOKIE)
        if not access.has_token(own, headers.get(TOKEN_HEADER, "")):
            return problem(
                403, "forbidden", "No token", "The page is older than the desk. Load it again."
            )
        length = headers.get("content-length", "0")
        if not headers.get("content-type", "").startswith("multipart/form-data") and (
            not length.isdigit() or int(length) > _TINY_BODY
        ):
            return problem(413, "too_large", "Too large", "That is more than a setting can be.")
        return None

    def _is_listed(self, headers: Headers) -> bool:
        return headers.get("origin", "") in self._access.origins

    def _seal(self, headers: MutableHeaders, origin: str) -> None:
        headers["Content-Security-Policy"] = POLICY
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers.setdefault("Cache-Control", "no-store")
        if origin in self._access.origins:
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Allow-Credentials"] = "true"
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            headers.append("Vary", "Origin")


def _is_preflight(method: str, headers: Headers) -> bool:
    return method == "OPTIONS" and "access-control-request-method" in headers


async def _preflight_answer(send: Send) -> None:
    allowed = {
        "access-control-allow-methods": "GET, POST, PUT, DELETE",
        "access-control-allow-headers": f"content-type, {TOKEN_HEADER}",
        "access-control-max-age": "600",
    }
    await _send_plain(send, 204, allowed.items())


async def _to_sign_in(scope: Scope, receive: Receive, send: Send) -> None:
    await _send_plain(send, 303, [("location", "/sign-in")])


async def _send_plain(send: Send, status: int, headers: Iterable[tuple[str, str]]) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": b""})
