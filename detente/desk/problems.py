"""One shape for everything that goes wrong: a problem (RFC 9457) for programs, a page for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from detente.errors import DateError, DetenteError, InputError, StoreError, UnknownActor

__all__ = ["MEDIA_TYPE", "Problem", "answer", "is_api", "of_error"]

MEDIA_TYPE = "application/problem+json"
API = "/api/"
_KIND = "urn:detente:problem:"
_TITLES: Mapping[int, str] = {
    400: "The request is broken",
    401: "A token is needed",
    403: "This is not allowed",
    404: "There is no such thing here",
    405: "This cannot be done to it",
    406: "There is no such form of it",
    409: "It does not fit what is there",
    413: "It is too large",
    415: "It is of another kind than asked for",
    421: "The request was meant for another host",
    422: "Something given cannot be used",
    500: "The desk failed",
    503: "The desk is busy",
}


# Not frozen: Python notes on an exception where it has passed.
@dataclass(eq=False)
class Problem(Exception):
    """What went wrong, as an answer. `kind` names it for programs, `todo` says what to do."""

    status: int
    detail: str
    todo: str | None = None
    kind: str = "request"
    command: str | None = None
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        """The status in plain words."""
        return _TITLES.get(self.status, "This did not work")

    def record(self) -> dict[str, Any]:
        """The problem as JSON values."""
        return {
            "type": f"{_KIND}{self.kind}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "todo": self.todo,
        }


def of_error(error: DetenteError) -> Problem:
    """The problem that an error of the package is to the one who asked.

    >>> of_error(UnknownActor("COLO", near=["COL"])).status
    422
    """
    detail = f"{error.where}: {error.what}" if error.where else error.what
    if isinstance(error, UnknownActor):
        return Problem(422, detail, error.todo, "unknown-actor")
    if isinstance(error, DateError):
        return Problem(422, detail, error.todo, "date")
    if isinstance(error, InputError):
        return Problem(422, detail, error.todo, "input")
    if isinstance(error, StoreError):
        # Where the store lies is for its owner to know; who asks learns what happened and what to do.
        busy = "writing to the store" in error.what
        retry = (("Retry-After", "5"),) if busy else ()
        return Problem(503 if busy else 500, error.what, error.todo, "store", headers=retry)
    return Problem(500, error.what, error.todo, "data")


def is_api(path: str) -> bool:
    """Whether a path is asked by programs."""
    return path.startswith(API) or path == API.rstrip("/")


def answer(request: Request, problem: Problem) -> Response:
    """The answer that tells of a problem: JSON where the API was asked, else a page."""
    response: Response
    if is_api(request.url.path):
        body = json.dumps(problem.record(), ensure_ascii=False).encode("utf-8", "backslashreplace")
        response = Response(body, status_code=problem.status, media_type=MEDIA_TYPE)
    else:
        from detente.desk.pages.layout import trouble

        what = problem.detail or problem.title
        response = trouble(request, problem.status, what, problem.todo or "", problem.command)
    for name, value in problem.headers:
        response.headers[name] = value
    if problem.status >= 400:
        response.headers["Cache-Control"] = "no-store"
    return response
