"""Events as an SQLite database of their own, for SQL, R and every other language; out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from detente.formats.tables import COLUMNS, rows
from detente.records import Document, Event

__all__ = ["Sqlite"]

_CHUNK = 1 << 20
_TYPES = {"number": "INTEGER", "decimal": "REAL", "flag": "INTEGER", "list": "TEXT"}
_PARTIES = """
    CREATE TABLE parties (
        event_id TEXT NOT NULL, side TEXT NOT NULL, position INTEGER NOT NULL, code TEXT NOT NULL,
        text TEXT NOT NULL, start INTEGER, "end" INTEGER, sector TEXT, name TEXT, how TEXT NOT NULL,
        PRIMARY KEY (event_id, side, position)
    ) WITHOUT ROWID"""


@dataclass(frozen=True, slots=True)
class Sqlite:
    """A database with `events`, one row a dyad with the columns of the tables, and `parties`.

    Lists are JSON arrays, flags 0 and 1, days ISO texts.
    """

    name: str = "sqlite"
    suffix: str = ".sqlite"
    binary: bool = True
    losses: tuple[str, ...] = (
        "the text of the documents; their title, address, publisher and day stand in every row",
        "it is no store of detente's and is not imported again; jsonl and parquet are",
    )

    def write(self, events: Sequence[Event], documents: Mapping[str, Document]) -> Iterator[bytes]:
        """The database, made in a temporary folder."""
        with TemporaryDirectory(prefix="detente-") as folder:
            path = Path(folder) / "events.sqlite"
            _fill(path, events, documents)
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    yield chunk


def _fill(path: Path, events: Sequence[Event], documents: Mapping[str, Document]) -> None:
    import sqlite3
    from contextlib import closing

    names = [name for name, _ in COLUMNS]
    columns = ", ".join(f'"{name}" {_TYPES.get(kind, "TEXT")}' for name, kind in COLUMNS)
    marks = ", ".join("?" * len(names))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"CREATE TABLE events ({columns}, PRIMARY KEY (event_id, dyad)) WITHOUT ROWID")
        connection.execute(_PARTIES)
        table = ([_cell(row[name]) for name in names] for row in rows(events, documents))
        connection.executemany(f"INSERT OR IGNORE INTO events VALUES ({marks})", table)
        connection.executemany(
            "INSERT OR IGNORE INTO parties VALUES (:event_id, :side, :position, :code, :text, :start,"
            " :end, :sector, :name, :how)",
            (
                {"event_id": event.id, "side": side, "position": position, **asdict(party)}
                for event in events
                for side, parties in (("actor", event.actor), ("recipient", event.recipient))
                for position, party in enumerate(parties)
            ),
        )
        connection.execute("CREATE INDEX events_pair ON events (actor, recipient, day_first)")


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return value.isoformat() if hasattr(value, "isoformat") else value
