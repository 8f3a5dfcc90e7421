"""Answers that the asker has already are not sent again (ETag, If-None-Match, 304)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["Etags", "NotModified", "fresh", "tag_of"]

_LARGEST = 4 << 20  # bytes that are held back to be hashed; what is larger goes as it comes


class NotModified(Exception):
    """The asker has this already; `tag` is its ETag."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        super().__init__(tag)


def tag_of(*parts: object) -> str:
    """A weak ETag of what an answer hangs on.

    >>> tag_of("a", 1) == tag_of("a", 1) != tag_of("a1", "")
    True
    """
    text = "\x1f".join(map(str, parts))
    return f'W/"{hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]}"'


def has(given: str | None, tag: str) -> bool:
    """Whether an If-None-Match names a tag; weak and strong ones of the same value are alike.

    >>> has('"a", W/"b"', 'W/"b"'), has("*", 'W/"b"'), has('"a"', '"b"')
    (True, True, False)
    """
    if given is None:
        return False
    names = {part.strip().removeprefix("W/") for part in given.split(",")}
    return "*" in names or tag.removeprefix("W/") in names


def fresh(request: Request, *parts: object) -> str:
    """The ETag of an answer that hangs on the address and on these parts; for the answer's header.

    Raises `NotModified` where the asker has it already, before anything is worked out.
    """
    tag = tag_of(request.url.path, request.url.query, *parts)
    if has(request.headers.get("if-none-match"), tag):
        raise NotModified(tag)
    return tag


class Etags:
    """Gives every whole answer without an ETag one of its content, and 304 to those who have it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; only answers to GET with status 200 have an ETag."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("if-none-match")
        start: Message | None = None
        parts: list[bytes] = []
        size = 0
        through = False

        async def held(message: Message) -> None:
            nonlocal start, size, through
            if message["type"] == "http.response.start":
                headers = Headers(raw=message["headers"])
                through = message["status"] != 200 or "etag" in headers or "set-cookie" in headers
                if through:
                    await send(message)
                else:
                    start = message
                return
            if through or message["type"] != "http.response.body" or start is None:
                await send(message)
                return
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            more = message.get("more_body", False)
            if more and size <= _LARGEST:
                return
            body = b"".join(parts)
            if not more:
                tag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
                headers = MutableHeaders(scope=start)
                headers["ETag"] = tag
                if has(given, tag):
                    del headers["content-length"]
                    del headers["content-type"]
                    start["status"], body = 304, b""
            through = True
            await send(start)
            await send({"type": "http.response.body", "body": body, "more_body": more})

        await self._app(scope, receive, held)
