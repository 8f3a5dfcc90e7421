"""Texts that are sent in are coded, and not kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from fastapi import Request
from fastapi.responses import Response

from detente.desk.api.asking import plain_text
from detente.desk.api.routing import new_router
from detente.desk.api.shapes import CodedText, TextToCode
from detente.desk.api.values import evidence, reply
from detente.desk.problems import Problem
from detente.desk.room import Desk, desk_of
from detente.formats.jsonl import to_record

__all__ = ["Bench", "router"]

router = new_router("coding")

_Made = TypeVar("_Made")
_WAITING = 8
_SECONDS = 60.0


class Bench:
    """Where one text at a time is coded, so that reading goes on beside it; a few may wait.

    Raises a problem with status 503 where too many wait already, or one takes too long.
    """

    def __init__(self, waiting: int = _WAITING, seconds: float = _SECONDS) -> None:
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="detente-code")
        self._most = waiting + 1
        self._seconds = seconds
        self._taken = 0

    async def run(self, work: Callable[[], _Made]) -> _Made:
        """Do the work when its turn comes, and give what comes of it."""
        if self._taken >= self._most:
            raise _busy("too many texts wait to be coded")
        self._taken += 1
        done = asyncio.get_running_loop().run_in_executor(self._worker, work)
        done.add_done_callback(self._leave)
        try:
            # A coder cannot be stopped half way: who asked is let go, the place is free when it ends.
            return await asyncio.wait_for(asyncio.shield(done), self._seconds)
        except TimeoutError:
            raise _busy(f"the text was not coded within {self._seconds:g} seconds") from None

    def _leave(self, done: asyncio.Future[Any]) -> None:
        self._taken -= 1
        if not done.cancelled():
            done.exception()  # looked at, for nobody may be left to do so

    def close(self) -> None:
        """End it; what waits is given up."""
        self._worker.shutdown(wait=False, cancel_futures=True)


def _busy(what: str) -> Problem:
    return Problem(503, what, "send it again later", "busy", headers=(("Retry-After", "10"),))


@router.post("/code", response_model=CodedText)
async def code(request: Request, sent: TextToCode) -> Response:
    """The events of a text, in its order. Nothing of it is kept.

    A text in a language that the coder cannot read gives no events, and `reason` says so. One text is
    coded at a time and eight may wait; a further one is answered with 503.
    """
    desk = desk_of(request)
    bench: Bench = request.app.state.bench
    return reply(await bench.run(lambda: _coded(desk, sent)))


def _coded(desk: Desk, sent: TextToCode) -> dict[str, Any]:
    from detente.keeping import languages_of
    from detente.sources.languages import language_name, with_language
    from detente.sources.text import make_document

    document = with_language(
        make_document(
            plain_text(sent.text),
            published=sent.published,
            publisher=plain_text(sent.publisher) if sent.publisher else None,
            title=plain_text(sent.title) if sent.title else None,
        )
    )
    coder = desk.coder()
    reason = None
    events: list[Any] = []
    if document.language is not None and document.language not in languages_of(coder):
        reason = f"the text is in {language_name(document.language)}, which {coder.name} cannot read"
    else:
        events = list(coder.code(document))
    return {
        "schema": "detente.coded.v1",
        "coder": coder.name,
        "document": document.id,
        "text": document.text,
        "language": document.language,
        "reason": reason,
        "items": [{**to_record(e), "seconds": e.seconds, "evidence": evidence(e, document)} for e in events],
    }
