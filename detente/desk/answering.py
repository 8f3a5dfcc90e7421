"""Answers that were made are given again: as long as the store stays as it is, and for some seconds more.

While `watch` writes, the store changes every second, and a page of a busy pair takes longer than that to
work out. So with patience an answer of the store of some seconds ago will do: it is given at once, and
made anew beside, one at a time.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detente.desk.caching import has
from detente.desk.room import Desk

__all__ = ["Answers"]

_MOST = 512  # answers that are kept
_LARGEST = 1 << 20  # bytes of one
_NEVER = ("/static/", "/sign-", "/api/v1/exports/")
_Key = tuple[str, bytes, str]


@dataclass(frozen=True, slots=True)
class _Answer:
    """A whole answer, of which version of the store it is, and when it was made."""

    stamp: str
    at: float
    start: Message
    body: bytes
    tag: str | None


class Answers:
    """Keeps whole answers to GET; those that hold a word of one browser (CSRF) are never kept."""

    def __init__(self, app: ASGIApp, *, desk: Desk, patience: float) -> None:
        self._app = app
        self._desk = desk
        self._patience = patience
        self._kept: OrderedDict[_Key, _Answer] = OrderedDict()
        self._going: set[_Key] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Semaphore(1)
        self._written = float("-inf")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, from what is kept where that will do."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"].startswith(_NEVER):
            await self._app(scope, receive, send)
            if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD", "OPTIONS"):
                self._written = time.monotonic()  # whoever wrote here sees it at once
            return
        key = (scope["path"], scope["query_string"], self._desk.today().isoformat())
        kept = self._kept.get(key)
        if kept is not None:
            same = kept.stamp == self._desk.stamp()
            if same or (kept.at > self._written and time.monotonic() - kept.at <= self._patience):
                self._kept.move_to_end(key)
                if not same and key not in self._going:
                    self._going.add(key)
                    task = asyncio.create_task(self._renew(key, scope, receive))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
                await _give(kept, scope, send)
                return
        await self._make(key, scope, receive, send)

    async def _make(self, key: _Key, scope: Scope, receive: Receive, send: Send | None) -> None:
        """Ask the application, pass its answer on, and keep it where it can be kept."""
        stamp, at = self._desk.stamp(), time.monotonic()
        start: Message | None = None
        parts: list[bytes] = []

        async def passed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                # Others add headers of their own for each asker.
                start = {**message, "headers": list(message["headers"])}
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
            if send is not None:
                await send(message)

        await self._app(scope, receive, passed)
        if start is None or start["status"] != 200 or scope["state"].get("csrf_used"):
            return
        headers, body = Headers(raw=start["headers"]), b"".join(parts)
        if "set-cookie" in headers or len(body) > _LARGEST:
            return
        self._kept[key] = _Answer(stamp, at, start, body, headers.get("etag"))
        self._kept.move_to_end(key)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)

    async def _renew(self, key: _Key, scope: Scope, receive: Receive) -> None:
        headers = [(name, value) for name, value in scope["headers"] if name != b"if-none-match"]
        copy = {**scope, "headers": headers, "state": dict(scope["state"])}
        try:
            async with self._turn:
                await self._make(key, copy, receive, None)
        except Exception:
            self._kept.pop(key, None)  # the next who asks is told what is wrong
        finally:
            self._going.discard(key)


async def _give(kept: _Answer, scope: Scope, send: Send) -> None:
    start = {**kept.start, "headers": list(kept.start["headers"])}
    body = kept.body
    if kept.tag is not None and has(Headers(scope=scope).get("if-none-match"), kept.tag):
        gone = (b"content-length", b"content-type")
        start["headers"] = [(name, value) for name, value in start["headers"] if name not in gone]
        start["status"], body = 304, b""
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": False})
