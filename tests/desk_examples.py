"""What the tests of the desk share: a store of the demo storyline, and a desk whose clock stands still."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from detente.api import open_store
from detente.cli.demo import storyline
from detente.coding.coder import rule_coder
from detente.desk.app import create_app

TODAY = date(2026, 1, 9)
NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)
HERE = "http://127.0.0.1"


def make_store(path: Path) -> Path:
    """A store of the demo storyline, coded by the rules."""
    with open_store(path) as store:
        store.add(storyline(), rule_coder(), retrieved=NOW)
    return path


def make_app(path: Path, **more: Any) -> FastAPI:
    """The desk on a store, on 9 January 2026."""
    given = {"today": lambda: TODAY, "now": lambda: NOW, "coder": rule_coder, **more}
    return create_app(path, **given)


@contextmanager
def asking(app: FastAPI, base_url: str = HERE) -> Iterator[TestClient]:
    """A client of an application, that raises nothing the server would not send."""
    with TestClient(app, base_url=base_url, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The address of an application that really serves, on a port that was free."""
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        sock.close()
