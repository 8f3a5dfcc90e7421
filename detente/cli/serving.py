"""`detente serve` and `detente token`: the desk on the network, and who may ask it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.hosting import LOOPBACK, ServeFormat, listen, need_token, run, store_of
from detente.cli.options import CoderOption, ListFormat, ListFormatOption, StorePath, examples
from detente.cli.output import dump, line, note, show

if TYPE_CHECKING:
    from detente.store.tokens import Token

__all__ = ["serve", "token_app"]

_AT_ONCE = 256  # connections at the same time; a further one is answered with 503
_PATIENCE = 30.0  # seconds that an answer may be behind the store while that is written to


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
    from detente.api import coder_of
    from detente.desk.app import create_app

    path = store_of(store)
    open_to_all = host in LOOPBACK
    if not open_to_all:
        need_token(path)
    if coder != "auto":
        coder_of(coder)  # a name that is not known is told now, not with the first text
    listening = listen(host, port)
    app = create_app(
        path,
        today=date.today,
        now=lambda: datetime.now(UTC),
        open_to_all=open_to_all,
        coder=lambda: coder_of(coder),
        patience=_PATIENCE,
    )
    run(
        app,
        listening,
        told="The desk on {store} is at {address} (Ctrl-C ends it)",
        schema="detente.serve.v1",
        path=path,
        open_to_all=open_to_all,
        format=format,
        at_once=_AT_ONCE,
    )


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
