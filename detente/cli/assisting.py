"""`detente mcp`: the record for assistants that speak the Model Context Protocol."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from detente.cli.options import CoderOption, StorePath
from detente.cli.output import dump, line, note, show
from detente.cli.serving import _LOOPBACK, ServeFormat, _listen, _need_token, _store_of

__all__ = ["mcp"]

_AT_ONCE = 64
_IDLE_SECONDS = 15


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

    path = _store_of(store)
    open_to_all = not http or host in _LOOPBACK
    if not open_to_all:
        _need_token(path)
    if coder != "auto":
        coder_of(coder)  # a name that is not known is told now, not with the first text
    desk = Desk(path, today=date.today, now=lambda: datetime.now(UTC), coder=lambda: coder_of(coder))
    try:
        if not http:
            if sys.stdin.isatty():
                note("this waits for an assistant to speak over the standard input; Ctrl-C ends it")
            make_server(desk).run("stdio")
            return
        import uvicorn

        listening = _listen(host, port)
        app = make_app(desk, open_to_all=open_to_all)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=_AT_ONCE,
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=5,
        )
        named = f"[{host}]" if ":" in host else host
        address = f"http://{named}:{listening.getsockname()[1]}/mcp"
        if format is ServeFormat.JSON:
            dump(
                {"schema": "detente.mcp.v1", "address": address, "store": str(path), "open": open_to_all},
                indent=None,
            )
        else:
            show(f"Assistants reach {line(str(path))} at {address} (Ctrl-C ends it)")
            if not open_to_all:
                note("every request needs a token; without TLS before it, tokens travel readable for others")
        sys.stdout.flush()
        try:
            uvicorn.Server(config).run(sockets=[listening])
        finally:
            listening.close()
    finally:
        desk.close()
