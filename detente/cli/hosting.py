"""What every command that listens on the network shares: its store, its socket, its server."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from detente.cli.output import dump, line, note, show

if TYPE_CHECKING:
    import socket

    from starlette.types import ASGIApp

__all__ = ["LOOPBACK", "ServeFormat", "listen", "need_token", "run", "store_of"]

LOOPBACK = ("127.0.0.1", "::1", "localhost")
_WAITING = 128  # connections that may wait to be taken
_IDLE_SECONDS = 15


class ServeFormat(StrEnum):
    """How the address is told."""

    TEXT = "text"
    JSON = "json"


def store_of(given: Path | None) -> Path:
    """The file to serve. One that is named must be there; the one in the data folder is made."""
    from detente.errors import StoreError
    from detente.store import open_store

    if given is not None and not given.is_file():
        raise StoreError(
            "there is no store", where=str(given), todo=f"make one, e.g. detente demo --store {given}"
        )
    with open_store(given) as opened:
        return Path(opened.where)


def need_token(path: Path) -> None:
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


def listen(host: str, port: int) -> socket.socket:
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


def run(
    app: ASGIApp,
    listening: socket.socket,
    *,
    told: str,
    schema: str,
    path: Path,
    open_to_all: bool,
    format: ServeFormat,
    at_once: int,
    under: str = "",
) -> None:
    """Serve until Ctrl-C, and first tell the address: in the words `told`, or as JSON.

    A connection beyond `at_once` is answered with 503.
    """
    import uvicorn

    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=at_once,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=5,
        h11_max_incomplete_event_size=32 << 10,
    )
    host, port = listening.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}{under}"
    if format is ServeFormat.JSON:
        dump({"schema": schema, "address": address, "store": str(path), "open": open_to_all}, indent=None)
    else:
        show(told.format(store=line(str(path)), address=address))
        if not open_to_all:
            note("every request needs a token; without TLS before it, tokens travel readable for others")
    sys.stdout.flush()
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        listening.close()
