"""Read-only SQL over what the store holds, answered by DuckDB in memory.

The tables are copies of the store's records; a query can neither reach the store's file nor any
other, for access to files and the network is switched off before it runs, and cannot be switched
on again.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from detente.errors import StoreError

if TYPE_CHECKING:
    import polars

    from detente.store.database import Store

__all__ = ["TABLES", "Answer", "ask"]

SECONDS = 30.0
"""How long a query may take."""
ROWS = 10_000
"""How many rows are given at most."""
_MEMORY = "512MB"

TABLES: dict[str, dict[str, str]] = {
    "events": {
        "id": "String", "document": "String", "event": "String", "status": "String",
        "actors": "List(String)", "recipients": "List(String)", "symmetric": "Boolean",
        "quad": "Int64", "date": "String", "date_end": "String", "day": "Date",
        "published": "Date", "publisher": "String", "speaker": "String", "voice": "String",
        "modes": "List(String)", "contexts": "List(String)", "text": "String",
        "trigger": "String", "start": "Int64", "end": "Int64", "seconds": "Float64",
        "confidence": "Float64", "coder": "String",
    },
    "parties": {
        "event": "String", "side": "String", "code": "String", "sector": "String",
        "text": "String", "name": "String",
    },
    "documents": {
        "id": "String", "title": "String", "url": "String", "published": "Date",
        "modified": "Date", "publisher": "String", "author": "String", "kind": "String",
        "language": "String", "revises": "String", "text": "String",
    },
    "stories": {
        "id": "String", "event": "String", "actors": "List(String)",
        "recipients": "List(String)", "symmetric": "Boolean", "status": "String",
        "date": "String", "date_end": "String", "day": "Date", "first_published": "Date",
        "reports": "Int64", "publishers": "List(String)", "events": "List(String)",
    },
}  # fmt: skip
"""The columns of each table. `day` is the first day that `date` can mean; rows of articles that were
withdrawn or replaced are in none of them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave; `cut` where there were more rows than may be given."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    cut: bool


def ask(store: Store, query: str, *, limit: int = ROWS, seconds: float = SECONDS) -> Answer:
    """The answer to one SELECT over the tables events, parties, documents and stories.

    Raises `StoreError` for anything but one statement that reads, for a fault in it (with DuckDB's
    own words), and where it takes more than `seconds`.

    >>> from detente.store import open_store
    >>> with open_store(":memory:") as store:
    ...     ask(store, "select count(*) as n from events").rows
    ((0,),)
    """
    import duckdb

    connection = duckdb.connect(":memory:")
    try:
        statements = _parsed(connection, query)
        for name, frame in _frames(store).items():
            connection.register("frame", _Stream(frame))
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM frame")
            connection.unregister("frame")
        # In this order: once the configuration is locked nothing can be set any more.
        connection.execute(f"SET memory_limit = '{_MEMORY}'")
        connection.execute("SET threads = 1")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        stop = threading.Timer(seconds, connection.interrupt)
        stop.daemon = True
        stop.start()
        try:
            found = connection.execute(statements[0])
            rows = found.fetchmany(limit + 1)
        finally:
            stop.cancel()
        columns = tuple(column[0] for column in found.description or ())
        kept = tuple(tuple(map(_plain, row)) for row in rows[:limit])
        return Answer(columns, kept, len(rows) > limit)
    except duckdb.InterruptException as error:
        raise StoreError(
            f"the query took more than {seconds:g} seconds", where="--sql", todo="ask for less"
        ) from error
    except duckdb.Error as error:
        reason = " ".join(str(error).split("\n\n")[0].split())
        raise StoreError(
            f"the query cannot be answered ({reason})",
            where="--sql",
            todo=f"the tables are {', '.join(TABLES)}; DESCRIBE events lists its columns",
        ) from error
    finally:
        connection.close()


class _Stream:
    """A frame as a stream of Arrow batches, and nothing else: DuckDB would want pyarrow for it."""

    def __init__(self, frame: polars.DataFrame) -> None:
        self._frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._frame.__arrow_c_stream__(requested_schema)


def _parsed(connection: Any, query: str) -> Sequence[Any]:
    import duckdb

    statements = connection.extract_statements(query)
    reads = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
    if len(statements) != 1 or statements[0].type not in reads:
        raise StoreError("only one statement that reads may be given", where="--sql", todo="write one SELECT")
    return list(statements)


def _plain(value: Any) -> Any:
    """A value as JSON has it, but for days; what is no number is unknown."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str | date):
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    return float(value) if isinstance(value, Decimal) else str(value)


def _frames(store: Store) -> dict[str, polars.DataFrame]:
    import polars

    from detente.store.days import span

    def day(value: str | None) -> Any:
        known = span(value)
        return known[0] if known else None

    documents = store.documents()
    by_id = {document.id: document for document in documents}
    events = store.events()
    parts: dict[str, list[dict[str, Any]]] = {
        "events": [
            {
                **{name: getattr(e, name) for name in TABLES["events"] if hasattr(e, name)},
                "status": e.status.value,
                "voice": e.voice.value,
                "actors": list(e.actor_codes),
                "recipients": list(e.recipient_codes),
                "modes": list(e.modes),
                "contexts": list(e.contexts),
                "day": day(e.date),
                "published": by_id[e.document].published,
                "publisher": by_id[e.document].publisher,
            }
            for e in events
        ],
        "parties": [
            {"event": e.id, "side": side, "code": p.code, "sector": p.sector, "text": p.text, "name": p.name}
            for e in events
            for side, parties in (("actor", e.actor), ("recipient", e.recipient))
            for p in parties
        ],
        "documents": [
            {**{name: getattr(d, name) for name in TABLES["documents"]}, "kind": d.kind.value}
            for d in documents
        ],
        "stories": [
            {
                **{name: getattr(s, name) for name in TABLES["stories"] if hasattr(s, name)},
                "status": s.status.value,
                "actors": list(s.actor),
                "recipients": list(s.recipient),
                "day": day(s.date),
                "reports": len(s.events),
                "publishers": list(s.publishers),
                "events": list(s.events),
            }
            for s in store.stories()
        ],
    }
    kinds: dict[str, Any] = {
        "String": polars.String,
        "Boolean": polars.Boolean,
        "Int64": polars.Int64,
        "Float64": polars.Float64,
        "Date": polars.Date,
        "List(String)": polars.List(polars.String),
    }
    return {
        name: polars.DataFrame(parts[name], schema={column: kinds[kind] for column, kind in columns.items()})
        for name, columns in TABLES.items()
    }
