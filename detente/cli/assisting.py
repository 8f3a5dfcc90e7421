"""`detente mcp`: the record for assistants that speak the Model Context Protocol."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from detente.cli.hosting import LOOPBACK, ServeFormat, listen, need_token, run, store_of
from detente.cli.options import CoderOption, StorePath
from detente.cli.output import note

__all__ = ["mcp"]

_AT_ONCE = 64


def mcp(
    http: Annotated[
        bool, typer.Option("--http", help="Listen on the network instead of the standard input.")
    ] = False,
    host: Annotated[
        str,
        typer.Option(
            "--host", metavar="ADDRESS", help="With --http: where; any but loopback demands tokens."
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option("--port", min=0, max=65535, help="With --http: on which port; 0 is one that is free."),
    ] = 8201,
    store: StorePath = None,
    coder: CoderOption = "auto",
    format: Annotated[
        ServeFormat, typer.Option("--format", "-f", help="With --http: how the address is told.")
    ] = ServeFormat.TEXT,
) -> None:
    """Let assistants ask the record: tools and articles over the Model Context Protocol.

    Without --http it speaks over standard input and output, as an assistant on this machine starts it.
    It only reads the store. It needs the optional part called assistants.
    """
    from detente.api import coder_of
    from detente.assistants import make_app, make_server
    from detente.desk.room import Desk

    path = store_of(store)
    open_to_all = not http or host in LOOPBACK
    if not open_to_all:
        need_token(path)
    if coder != "auto":
        coder_of(coder)  # a name that is not known is told now, not with the first text
    desk = Desk(path, today=date.today, now=lambda: datetime.now(UTC), coder=lambda: coder_of(coder))
    try:
        if not http:
            if sys.stdin.isatty():
                note("this waits for an assistant to speak over the standard input; Ctrl-C ends it")
            make_server(desk).run("stdio")
            return
        run(
            make_app(desk, open_to_all=open_to_all),
            listen(host, port),
            told="Assistants reach {store} at {address} (Ctrl-C ends it)",
            schema="detente.mcp.v1",
            path=path,
            open_to_all=open_to_all,
            format=format,
            at_once=_AT_ONCE,
            under="/mcp",
        )
    finally:
        desk.close()
