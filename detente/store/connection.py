"""The connection to SQLite: its settings, its transactions, and what its errors mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from detente.errors import StoreError

__all__ = ["connect", "explained", "reading", "writing"]

# Long enough for another process to write a batch, short enough for a person to wait.
_BUSY_SECONDS = 30


def connect(where: str) -> Engine:
    """An engine for the file, or for memory, with the settings that every connection needs."""
    if where == ":memory:":
        # One connection for all, for each new one would be a new and empty database.
        engine = create_engine("sqlite://", poolclass=StaticPool)
    else:
        engine = create_engine(URL.create("sqlite", database=where))

    @event.listens_for(engine, "connect")
    def settings(connection: Any, _record: Any) -> None:
        # The driver would begin transactions late and leave changes of the schema out of them;
        # without a level it leaves beginning to us.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # An index of a million rows in memory (64 MB, taken only as needed), and its pages copied
        # from the log into the file once for many transactions: an import is about a tenth faster.
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("PRAGMA wal_autocheckpoint = 8000")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes its turn at once; one that has read first could no longer wait for it.
        write = connection.get_execution_options().get("detente_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


@contextmanager
def reading(engine: Engine, where: str) -> Iterator[Connection]:
    """A transaction that sees the store as it is at one moment."""
    with explained(where), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine, where: str) -> Iterator[Connection]:
    """A transaction that is kept whole or not at all; others wait for their turn."""
    with (
        explained(where),
        engine.connect().execution_options(detente_write=True) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Errors of the database become `StoreError` that say what to do."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        reason = str(error.orig if isinstance(error, DBAPIError) else error)
        what, todo = _meaning(reason, where)
        raise StoreError(what, where=where, todo=todo) from error


def _meaning(reason: str, where: str) -> tuple[str, str]:
    """What a message of SQLite means and what to do; the messages are fixed texts of its source."""
    text = reason.lower()
    if "not a database" in text:
        return "this file is not a database", "give another --store, or move it away"
    if "malformed" in text or "disk i/o error" in text:
        return f"the store is damaged ({reason})", "go back to a copy of it"
    if "disk is full" in text:
        return "the disk is full; nothing of this step was written", "make room and run it again"
    if "readonly" in text or "read-only" in text:
        return "the store may only be read here", "give a place you may write in with --store"
    if "unable to open" in text:
        folder = Path(where).absolute().parent
        return "the store cannot be opened or made", f"check the rights of {folder}"
    if "locked" in text or "busy" in text:
        return (
            f"another program has been writing to the store for {_BUSY_SECONDS} seconds",
            "wait for it to end and run it again",
        )
    if "no such module: fts5" in text:
        return "this Python's SQLite has no full-text search", "use a Python whose SQLite has FTS5"
    return f"the database refused this ({reason})", "nothing of this step was written"
