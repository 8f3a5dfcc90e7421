"""Who is let in, from which pages an action may come, and what a browser may do with an answer.

On a loopback address reading is open, and the name of the host is checked, so that no page of the web
can reach the desk under a name of its own (DNS rebinding). Elsewhere every request needs a token: in
the header `Authorization: Bearer …`, or in the cookie that the sign-in page sets. An action that
comes from a page needs a word that only our own pages know (CSRF), and the browser's own word that it
comes from here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, urlencode

from anyio.to_thread import run_sync
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as AsgiScope

from detente.desk.problems import Problem, answer, is_api
from detente.desk.room import desk_of
from detente.links import host_of, parts_of
from detente.store.tokens import Scope, Token, Tokens

__all__ = [
    "CSRF_FIELD",
    "CSRF_HEADER",
    "POLICY",
    "SESSION",
    "Guard",
    "SignIn",
    "cookie",
    "csrf",
    "identity",
    "needs",
]

CSRF_FIELD = "csrf"
"""The name of the hidden field that every form of a page has, with the value of `csrf(request)`."""
CSRF_HEADER = "X-CSRF-Token"
"""The header that says the same where a script sends."""
SESSION = "detente_session"
"""The cookie of somebody who signed in; its value is the secret of a token."""
_NONCE = "detente_csrf"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_LARGEST = 2 << 20  # bytes of a request; the longest text that is coded is far below
_OPEN = ("/static/", "/sign-in", "/sign-out")  # what one who has not signed in needs in order to do so
# Posts that change nothing: they are open to whoever may read.
_HARMLESS = frozenset({"/api/v1/code"})
_LOG = logging.getLogger("detente.desk")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a browser may load for our pages: only what comes from the desk itself, nothing inline."""

_HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)


def csrf(request: HTTPConnection) -> str:
    """The word that shows a form to be ours; put it into every form's hidden field "csrf".

    It is bound to the browser by a cookie, which the answer sets where there is none yet.
    """
    nonce: str = request.scope["state"]["nonce"]
    request.scope["state"]["csrf_used"] = True
    return _sign(request.app.state.secret, nonce)


def identity(request: HTTPConnection) -> Token | None:
    """The token that the request has shown; None where reading is open and it showed none."""
    found: Token | None = request.scope["state"].get("token")
    return found


def needs(scope: Scope) -> Callable[[Request], None]:
    """A dependency of a route: the request must have a token of that scope.

    On an open desk the one who sits before it may do everything, from its own pages (`Guard` has
    checked their word) or with a token.
    """

    def check(request: Request) -> None:
        token = identity(request)
        if token is None and request.app.state.open_to_all:
            return
        if token is None or not token.scope.covers(scope):
            raise Problem(
                403,
                f"the token's scope is not enough; this needs {scope.value}",
                f"make one: detente token make NAME --scope {scope.value}",
                "scope",
            )

    return check


def _sign(secret: bytes, nonce: str) -> str:
    made = hmac.new(secret, b"csrf\x00" + nonce.encode("utf-8", "replace"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


class SignIn(Exception):
    """A person without a token has asked for a page; signing in leads back to it."""

    def __init__(self, path: str, query: str) -> None:
        self.place = f"/sign-in?{urlencode({'next': f'{path}?{query}' if query else path})}"
        super().__init__(self.place)


class Guard:
    """The outermost part of the application: lets a request in or answers it, and dresses the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Serve one request; what is no HTTP goes through as it is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        request = Request(scope, receive)
        nonce = request.cookies.get(_NONCE, "")
        known = 16 <= len(nonce) <= 64 and nonce.isascii()
        state["nonce"] = nonce if known else secrets.token_urlsafe(18)
        head = scope["method"] == "HEAD"
        started = False

        async def dressed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS:
                    headers[name] = value
                headers.setdefault("Cache-Control", "private, no-cache")
                headers.add_vary_header("Authorization, Cookie")
                if state.get("csrf_used") and not known:
                    headers.append(
                        "Set-Cookie", cookie(_NONCE, state["nonce"], secure=scope["scheme"] == "https")
                    )
            elif head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        try:
            receive = await self._admit(request, receive)
            if head:
                # Whatever can be had can be asked about; the answer is the same without its body.
                scope = {**scope, "method": "GET"}
            await self._app(scope, receive, dressed)
        except Problem as problem:
            if started:
                raise
            await answer(request, problem)(scope, receive, dressed)
        except SignIn as asked:
            await RedirectResponse(asked.place, status_code=303)(scope, receive, dressed)
        except Exception:
            _LOG.exception("a request failed: %s %r", scope["method"], scope["path"])
            if started:
                raise
            fault = Problem(
                500, "an error of the desk itself", "see the log of detente serve, and report it", "fault"
            )
            await answer(request, fault)(scope, receive, dressed)

    async def _admit(self, request: Request, receive: Receive) -> Receive:
        """Let the request in, or raise the problem; gives where its body is to be read from."""
        app = request.app
        self._check_host(request)
        length = request.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _LARGEST:
            raise _too_large()
        token, by_header = await self._token(request)
        request.scope["state"]["token"] = token
        path, method = request.url.path, request.method
        if token is None and not app.state.open_to_all and not path.startswith(_OPEN):
            if method in ("GET", "HEAD") and not is_api(path):
                raise SignIn(path, request.url.query)
            raise Problem(
                401,
                "this desk is open to those who have a token only",
                "send it as Authorization: Bearer …; its owner makes one with: detente token make NAME",
                "token",
                headers=(("WWW-Authenticate", 'Bearer realm="detente"'),),
            )
        if method in _SAFE:
            return receive
        writes = path not in _HARMLESS and not path.startswith(_OPEN)
        if writes and token is not None and not token.scope.covers(Scope.WRITE):
            raise Problem(
                403,
                "this token may read only",
                "make one that may write: detente token make NAME --scope write",
                "scope",
            )
        body = await _read(receive)
        if not by_header:
            self._check_origin(request)
            if is_api(path) and path in _HARMLESS:
                # A page of the web cannot send this type without asking first, and we never say yes.
                pass
            elif not self._knows_word(request, body):
                raise Problem(
                    403,
                    "the action does not come from a page of this desk, or from one that is too old",
                    "load the page again; a program sends a token as Authorization: Bearer …",
                    "csrf",
                )
        return _replay(body, receive)

    def _check_host(self, request: Request) -> None:
        host = _host_name(request.headers.get("host", ""))
        if request.app.state.open_to_all and host not in _LOOPBACK:
            raise Problem(
                421,
                "this desk answers to its own address only",
                "ask http://127.0.0.1 with the port that detente serve has told",
                "host",
            )

    async def _token(self, request: Request) -> tuple[Token | None, bool]:
        """The valid token of a request, and whether it came by header; raises where it is not valid."""
        given = request.headers.get("authorization")
        if given is not None:
            kind, _, secret = given.partition(" ")
            token = await self._checked(request, secret.strip()) if kind.lower() == "bearer" else None
            if token is None:
                raise Problem(
                    401,
                    "the token is not known, was revoked, or is over",
                    "make another: detente token make NAME",
                    "token",
                    headers=(("WWW-Authenticate", 'Bearer realm="detente", error="invalid_token"'),),
                )
            return token, True
        kept = request.cookies.get(SESSION)
        # A cookie that is over is as none: the answer asks to sign in again.
        return (await self._checked(request, kept) if kept else None), False

    async def _checked(self, request: Request, secret: str) -> Token | None:
        desk = desk_of(request)

        def check() -> Token | None:
            now = desk.now()
            with desk.store() as store:
                return Tokens(store).check(secret, now=now)

        return await run_sync(check)

    def _check_origin(self, request: Request) -> None:
        """Refuse what a browser says to come from elsewhere."""
        site = request.headers.get("sec-fetch-site")
        origin = request.headers.get("origin")
        host = request.headers.get("host", "").lower()
        strange = site is not None and site not in ("same-origin", "none")
        if origin is not None and parts_of(origin).netloc.lower() != host:
            strange = True
        if strange:
            raise Problem(403, "the action comes from a page of another site", None, "origin")

    def _knows_word(self, request: Request, body: bytes) -> bool:
        given = request.headers.get(CSRF_HEADER)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if given is None and kind == "application/x-www-form-urlencoded":
            fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=1000)
            given = fields.get(CSRF_FIELD, [None])[0]
        if not given or _NONCE not in request.cookies:
            return False
        expected = _sign(request.app.state.secret, request.scope["state"]["nonce"])
        return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))


def cookie(name: str, value: str, *, secure: bool, seconds: int | None = None) -> str:
    """A cookie that no script reads and no other site's page sends."""
    parts = [f"{name}={value}", "Path=/", "HttpOnly", "SameSite=Strict"]
    if secure:
        parts.append("Secure")
    if seconds is not None:
        parts.append(f"Max-Age={seconds}")
    return "; ".join(parts)


def _host_name(host: str) -> str:
    """The name in a Host header, without its port."""
    return host_of(f"http://{host.strip()}") or ""


def _too_large() -> Problem:
    return Problem(413, f"the request is larger than {_LARGEST >> 20} MB", "send less at a time", "size")


async def _read(receive: Receive) -> bytes:
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            break
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > _LARGEST:
            raise _too_large()
        if not message.get("more_body", False):
            break
    return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A body that was read, to be read again by the route."""
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
