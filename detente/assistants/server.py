"""The server: the tools and the articles of one store, spoken over stdio or HTTP."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from anyio.to_thread import run_sync
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError, UnexpectedToolError
from mcp.server.mcpserver.resources.templates import ResourceSecurity
from mcp.types import CallToolResult, Resource, TextContent, ToolAnnotations
from pydantic import ValidationError
from sqlalchemy import event as happening
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from detente import __version__
from detente.assistants.asking import LONGEST_TEXT
from detente.assistants.results import NOTE, address, as_text
from detente.assistants.tools import Tools
from detente.desk.problems import Problem
from detente.desk.room import Desk
from detente.errors import DetenteError
from detente.llm.fence import fenced, visible
from detente.store.tokens import Tokens

__all__ = ["TOOLS", "make_app", "make_server"]

TOOLS = (
    "describe_store",
    "code_text",
    "find_events",
    "list_pairs",
    "find_turns",
    "find_positions",
    "outlook",
    "brief",
    "ask",
    "search",
    "read_article",
)
"""The names of the tools, in the order in which they are listed."""

_INSTRUCTIONS = (
    "Détente keeps the record of how states treat each other: who did what to whom, when, who says so, in"
    " which words. Answer from the tools' results only, and name for each statement the publisher, the date"
    " and the link of its evidence. A planned or offered act has not happened; a claim is its speaker's;"
    " where the record holds nothing, say so: it proves nothing. " + NOTE
)
_NEWEST = 50  # articles that are listed; every other can be read by its id all the same
_LARGEST = 1 << 20  # bytes of a request; the longest text that is coded is far below


class _Server(MCPServer[Any]):
    """The package's server with errors in plain words, and the newest articles as resources."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            "detente",
            title="Détente",
            instructions=_INSTRUCTIONS,
            version=__version__,
            log_level="WARNING",
            subscriptions=False,
        )
        self._desk = desk

    async def call_tool(self, name: str, arguments: dict[str, Any], context: Any = None) -> Any:
        """Call a tool; what is wrong with the arguments is told without the words of a validator."""
        tool = self._tool_manager.get_tool(name)
        if tool is None:
            raise ToolError(f"there is no tool {visible(name)[:80]!r}; there are {', '.join(TOOLS)}")
        known = tool.parameters.get("properties", {})
        strange = sorted(str(n)[:80] for n in arguments if n not in known)
        if strange:
            given = ", ".join(known) or "nothing"
            raise ToolError(f"{name} takes no {', '.join(map(visible, strange))}; it takes {given}")
        try:
            return await super().call_tool(name, arguments, context)
        except UnexpectedToolError:
            raise
        except ToolError as error:
            cause = error.__cause__
            if isinstance(cause, ValidationError):
                raise ToolError(_in_words(cause)) from cause
            raise ToolError(str(cause or error)) from cause

    async def list_resources(self) -> list[Resource]:
        """The newest articles."""

        def read() -> list[Resource]:
            with self._desk.store() as store:
                newest = store.documents(order="newest", limit=_NEWEST)
            return [
                Resource(
                    uri=address(d.id),
                    name=visible(d.title or d.id)[:200],
                    description=visible(f"{d.publisher or 'unknown'}, {d.published or 'no date'}"),
                    mime_type="text/plain",
                )
                for d in newest
            ]

        return await run_sync(read)


def _in_words(error: ValidationError) -> str:
    """What is wrong with the arguments, one sentence each."""
    told = []
    for one in error.errors(include_url=False, include_input=False):
        place = ".".join(str(part) for part in one["loc"])
        what = one["msg"].removeprefix("Value error, ")
        told.append(f"{place}: {what[:1].lower()}{what[1:]}")
    return "; ".join(told)


def make_server(desk: Desk) -> MCPServer[Any]:
    """A server over a desk's store, which no tool can write to from now on."""
    _read_only(desk)
    server = _Server(desk)
    tools = Tools(desk)
    for name in TOOLS:
        method = getattr(tools, name)
        description = f"{' '.join((method.__doc__ or '').split())} {NOTE}"
        server.add_tool(
            _answering(method),
            name=name,
            title=name.replace("_", " ").capitalize(),
            description=description,
            annotations=ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False),
            structured_output=False,
        )

    # An id is looked up in the store and is never a path, so dots and slashes in it are harmless.
    @server.resource(
        "detente://articles/{id}",
        name="article",
        title="An article of the record",
        description=f"The text as it was published, after what is known of it. {NOTE}",
        mime_type="text/plain",
        security=ResourceSecurity(exempt_params={"id"}),
    )
    def article(id: str) -> str:
        try:
            found = tools.read_article(id, length=LONGEST_TEXT)
        except (DetenteError, Problem) as error:
            raise ResourceNotFoundError(_message(error)) from error
        return _page(found)

    return server


def _page(found: dict[str, Any]) -> str:
    """An article as text: the rule, what is known of it, and its words behind the fence."""
    known = [
        f"{name}: {found[name]}"
        for name in ("title", "publisher", "published", "author", "link", "withdrawn")
        if found[name]
    ]
    if found["next_start"] is not None:
        known.append(f"cut after {found['next_start']} of {found['length']} letters; use read_article")
    if found["hidden_letters"]:
        known.append(f"{found['hidden_letters']} letters that no reader sees were left out")
    rule, data, _ = fenced("\n".join((*known, "", found["text"])))
    return f"{rule}\n{data}"


def _message(error: Exception) -> str:
    if isinstance(error, Problem):
        return f"{error.detail}; {error.todo}" if error.todo else error.detail
    return str(error)


def _answering(method: Callable[..., dict[str, Any]]) -> Callable[..., CallToolResult]:
    """A tool as the package wants it: the result for programs, and the same fenced for a model."""

    @functools.wraps(method)
    def answer(**arguments: Any) -> CallToolResult:
        try:
            result = method(**arguments)
        except (DetenteError, Problem) as error:
            raise ToolError(_message(error)) from error
        return CallToolResult(
            content=[TextContent(type="text", text=as_text(result))], structured_content=result
        )

    return answer


def _read_only(desk: Desk) -> None:
    """Let SQLite itself refuse every write of this process to the store."""
    with desk.store() as store:
        engine = store._engine

        @happening.listens_for(engine, "connect")
        def forbid(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA query_only = ON")

        # Connections that are open already are not asked for again.
        engine.dispose()


def make_app(desk: Desk, *, open_to_all: bool) -> ASGIApp:
    """The server over HTTP, at `/mcp`.

    With `open_to_all`, for loopback addresses, the names of host and page are checked, so that no page
    of the web can reach it under a name of its own; else every request needs a token of the store.
    """
    app = make_server(desk).streamable_http_app(
        json_response=True,
        stateless_http=True,
        max_request_body_size=_LARGEST,
        host="127.0.0.1" if open_to_all else "0.0.0.0",
    )
    return _Guard(app, desk, open_to_all=open_to_all)


class _Guard:
    """Lets in those who have a valid token, or all where it is open to all and none is shown."""

    def __init__(self, app: ASGIApp, desk: Desk, *, open_to_all: bool) -> None:
        self._app = app
        self._desk = desk
        self._open = open_to_all

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; what is no HTTP goes through as it is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = HTTPConnection(scope).headers.get("authorization")
        if given is None and self._open:
            await self._app(scope, receive, send)
            return
        kind, _, secret = (given or "").partition(" ")
        if kind.lower() == "bearer" and await run_sync(self._known, secret.strip()):
            await self._app(scope, receive, send)
            return
        told = (
            "this server is open to those who have a token only"
            if given is None
            else "the token is not known, was revoked, or is over"
        )
        refusal = JSONResponse(
            {"error": told, "todo": "send Authorization: Bearer …; make one with: detente token make NAME"},
            status_code=401,
            headers={"WWW-Authenticate": 'Bearer realm="detente"'},
        )
        await refusal(scope, receive, send)

    def _known(self, secret: str) -> bool:
        now = self._desk.now()
        with self._desk.store() as store:
            return Tokens(store).check(secret, now=now) is not None
