"""The application: pages, API and static files over one store, behind one guard."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from detente import __version__
from detente.desk import api, session
from detente.desk.answering import Answers
from detente.desk.api.coding import Bench
from detente.desk.caching import Etags, NotModified
from detente.desk.pages import routers
from detente.desk.problems import Problem, answer, of_error
from detente.desk.room import Desk
from detente.desk.security import Guard
from detente.errors import DetenteError

if TYPE_CHECKING:
    from detente.interfaces import Coder

__all__ = ["create_app"]

_STATIC = Path(__file__).parent / "static"
# Requests that are worked on at the same time. More would only wait for one another, and each takes
# a connection to the store, of which there are fifteen.
_THREADS = 8


def create_app(
    store: Path | str,
    *,
    today: Callable[[], date],
    now: Callable[[], datetime],
    open_to_all: bool = True,
    secret: bytes | None = None,
    coder: Callable[[], Coder] | None = None,
    patience: float = 0,
) -> FastAPI:
    """The desk on a store, as an ASGI application.

    Args:
        store: the file of the store; it must be there.
        today: gives the day of `as_of` where none is asked for.
        now: gives the moment, with a time zone; tokens end by it.
        open_to_all: reading needs no token. For loopback addresses only: the Host header must then be
            one (localhost, 127.0.0.1, ::1).
        secret: signs the words of forms; without one it is new with every start.
        coder: makes the coder of texts that are sent in; the best that ships without it.
        patience: while the store is written to, an answer may be that of so many seconds ago.

    Raises `StoreError` where the store is missing or cannot be opened.
    """
    desk = Desk(store, today=today, now=now, coder=coder)

    @asynccontextmanager
    async def running(_app: FastAPI) -> AsyncIterator[None]:
        from anyio.to_thread import current_default_thread_limiter

        current_default_thread_limiter().total_tokens = _THREADS
        yield
        app.state.bench.close()
        desk.close()

    # The pages that FastAPI would show its document on load scripts from elsewhere.
    app = FastAPI(
        title="Détente",
        version=__version__,
        summary="Who did what to whom, when, who says so, in which words.",
        description=api.DESCRIPTION,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=running,
        redirect_slashes=False,
    )
    app.state.desk = desk
    app.state.open_to_all = open_to_all
    app.state.bench = Bench()
    app.state.secret = secret or secrets.token_bytes(32)
    app.add_middleware(Etags)
    app.add_middleware(Answers, desk=desk, patience=patience)
    app.add_middleware(Guard)  # added last, and so outermost
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(DetenteError, _error)
    app.add_exception_handler(NotModified, _not_modified)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.include_router(api.router)
    app.include_router(session.router)
    for router in routers():
        app.include_router(router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.openapi = lambda: api.document(app)  # type: ignore[method-assign]
    return app


def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return answer(request, error)


def _error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DetenteError)
    return answer(request, of_error(error))


def _not_modified(_request: Request, error: Exception) -> Response:
    assert isinstance(error, NotModified)
    return Response(status_code=304, headers={"ETag": error.tag})


def _invalid(request: Request, error: Exception) -> Response:
    """What does not fit its place in the request; the first fault is told in full."""
    assert isinstance(error, RequestValidationError)
    faults: list[Any] = list(error.errors())
    told = "; ".join(_told(fault) for fault in faults[:5])
    broken = any(fault["type"] == "json_invalid" for fault in faults)
    return answer(
        request,
        Problem(
            400 if broken else 422,
            told,
            "the names and values that are taken stand in /api/v1/openapi.json",
            "json" if broken else "input",
        ),
    )


def _told(fault: Any) -> str:
    place = ".".join(str(part) for part in fault["loc"] if part not in ("query", "body", "path"))
    return f"{place or 'the body'}: {str(fault['msg']).removeprefix('Value error, ')}"


def _http(request: Request, error: Exception) -> Response:
    """What the router itself refuses: an address that is none, a method that cannot be used on it."""
    assert isinstance(error, HTTPException)
    headers = tuple((name, value) for name, value in (error.headers or {}).items())
    if error.status_code == 404:
        what = "there is nothing at this address"
        problem = Problem(404, what, "start at the overview, /, or see /api/v1", "address")
    elif error.status_code == 405:
        allowed = dict(headers).get("Allow", "GET")
        problem = Problem(405, "this method cannot be used here", f"use {allowed}", "method", headers=headers)
    else:
        problem = Problem(error.status_code, str(error.detail), headers=headers)
    return answer(request, problem)
