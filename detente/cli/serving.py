"""`detente serve` and `detente token`: the desk on the network, and who may ask it."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.options import CoderOption, ListFormat, ListFormatOption, StorePath, examples
from detente.cli.output import dump, line, note, show

if TYPE_CHECKING:
    import socket

    from detente.store.tokens import Token

__all__ = ["serve", "token_app"]

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_WAITING = 128  # connections that may wait to be taken
_AT_ONCE = 256  # connections at the same time; a further one is answered with 503
_IDLE_SECONDS = 15
_PATIENCE = 30.0  # seconds that an answer may be behind the store while that is written to


class ServeFormat(StrEnum):
    """How the address is told."""

    TEXT = "text"
    JSON = "json"


def serve(
    host: Annotated[
        str,
        typer.Option("--host", metavar="ADDRESS", help="Where to listen; any but loopback demands tokens."),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="On which port; 0 is one that is free.")
    ] = 8200,
    store: StorePath = None,
    coder: CoderOption = "auto",
    format: Annotated[
        ServeFormat, typer.Option("--format", "-f", help="How the address is told.")
    ] = ServeFormat.TEXT,
) -> None:
    """Open the desk on a store: pages for the browser and a JSON API under /api/v1.

    On 127.0.0.1, where it stands without --host, reading needs no token. At any other address every
    request needs one, see detente token; put a proxy that speaks TLS before it.
    """
    import uvicorn

    from detente.api import coder_of
    from detente.desk.app import create_app

    path = _store_of(store)
    open_to_all = host in _LOOPBACK
    if not open_to_all:
        _need_token(path)
    if coder != "auto":
        coder_of(coder)  # a name that is not known is told now, not with the first text
    listening = _listen(host, port)
    app = create_app(
        path,
        today=date.today,
        now=lambda: datetime.now(UTC),
        open_to_all=open_to_all,
        coder=lambda: coder_of(coder),
        patience=_PATIENCE,
    )
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_AT_ONCE,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=5,
        h11_max_incomplete_event_size=32 << 10,
    )
    taken = listening.getsockname()[1]
    named = f"[{host}]" if ":" in host else host
    address = f"http://{named}:{taken}"
    if format is ServeFormat.JSON:
        dump(
            {"schema": "detente.serve.v1", "address": address, "store": str(path), "open": open_to_all},
            indent=None,
        )
    else:
        show(f"The desk on {line(str(path))} is at {address} (Ctrl-C ends it)")
        if not open_to_all:
            note("every request needs a token; without TLS before it, tokens travel readable for others")
    sys.stdout.flush()
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        listening.close()


def _store_of(given: Path | None) -> Path:
    """The file to serve. One that is named must be there; the one in the data folder is made."""
    from detente.errors import StoreError
    from detente.store import open_store

    if given is not None and not given.is_file():
        raise StoreError(
            "there is no store", where=str(given), todo=f"make one, e.g. detente demo --store {given}"
        )
    with open_store(given) as opened:
        return Path(opened.where)


def _need_token(path: Path) -> None:
    from detente.errors import InputError
    from detente.store import open_store
    from detente.store.tokens import Tokens

    with open_store(path) as opened:
        if not Tokens(opened).some(now=datetime.now(UTC)):
            raise InputError(
                "an address that others can reach demands tokens, and the store has none",
                where="--host",
                todo=f"make one first: detente token make NAME --store {path}",
            )


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; errors say what is in the way."""
    import errno
    import socket

    from detente.errors import InputError

    try:
        [(family, kind, _, _, address), *_] = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except (OSError, UnicodeError) as error:
        raise InputError(
            f"{host!r} is no address of this machine", where="--host", todo="give 127.0.0.1"
        ) from error
    made = socket.socket(family, kind)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(_WAITING)
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            raise InputError(
                f"another program listens on port {port} already",
                where="--port",
                todo="end it, or give another port; --port 0 takes one that is free",
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM):
            raise InputError(
                f"port {port} may not be taken by you", where="--port", todo="give one above 1023"
            ) from error
        raise InputError(
            f"nobody can listen at {host!r} here ({error.strerror})", where="--host", todo="give 127.0.0.1"
        ) from error
    return made


# Tokens


class ScopeOption(StrEnum):
    """What a token allows."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


token_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Make, list and revoke the tokens that open a desk at an address others can reach.",
    epilog=examples("detente token make newsroom --scope read", "detente token list"),
)


@token_app.command("make", epilog=examples("detente token make newsroom --scope read --days 90"))
def make(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who uses it.", show_default=False)],
    scope: Annotated[
        ScopeOption,
        typer.Option("--scope", help="read; write, which may correct as well; or admin, which may do all."),
    ] = ScopeOption.READ,
    days: Annotated[
        int | None,
        typer.Option(
            "--days",
            min=1,
            max=3650,
            help="After how many days it ends; without it, never.",
            show_default=False,
        ),
    ] = None,
    store: StorePath = None,
) -> None:
    """Make a token and print its secret, once: the store keeps a hash only."""
    from detente.cli.output import write
    from detente.store import open_store
    from detente.store.tokens import Scope, Tokens

    now = datetime.now(UTC)
    with open_store(store) as opened:
        token, secret = Tokens(opened).make(
            name, Scope(scope.value), now=now, expires=now + timedelta(days=days) if days else None
        )
    write(f"{secret}\n")
    end = f", until {token.expires.date()}" if token.expires else ""
    note(f"token {token.id} for {token.name}, {token.scope.value}{end}; it is shown only now")
    note("send it as: Authorization: Bearer …, or sign in with it in the browser")


@token_app.command("list", epilog=examples("detente token list"))
def list_(store: StorePath = None, format: ListFormatOption = ListFormat.TABLE) -> None:
    """List the tokens, also those that are over; their secrets are not known."""
    from detente.store import open_store
    from detente.store.tokens import Tokens

    now = datetime.now(UTC)
    with open_store(store) as opened:
        found = Tokens(opened).listed()
    if format is ListFormat.JSON:
        dump({"schema": "detente.tokens.v1", "tokens": found})
    elif format is ListFormat.JSONL:
        for token in found:
            dump(token, indent=None)
    elif not found:
        show("No token was made; type: detente token make NAME")
    else:
        _table(found, now)


def _table(found: list[Token], now: datetime) -> None:
    from rich.text import Text

    from detente.cli.tables import grid

    table = grid("id", "name", "scope", "made", "state")
    for token in found:
        if token.revoked is not None:
            state = f"revoked on {token.revoked.date()}"
        elif not token.valid(now) and token.expires is not None:
            state = f"ended on {token.expires.date()}"
        else:
            state = f"until {token.expires.date()}" if token.expires else "valid"
        parts = (token.id, token.name, token.scope.value, str(token.made.date()), state)
        table.add_row(*(Text(line(part)) for part in parts))
    show(table)


@token_app.command("revoke", epilog=examples("detente token revoke 1f0c9a2e"))
def revoke(
    id: Annotated[
        str, typer.Argument(metavar="ID", help="As detente token list names it.", show_default=False)
    ],
    store: StorePath = None,
) -> None:
    """End a token at once."""
    from detente.store import open_store
    from detente.store.tokens import Tokens

    with open_store(store) as opened:
        token = Tokens(opened).revoke(id, now=datetime.now(UTC))
    note(f"token {token.id} for {token.name} is revoked")
