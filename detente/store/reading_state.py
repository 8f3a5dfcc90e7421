"""How far the reading of sources has come: kept in the store's own file, beside what was read.

Small tables of their own, made when they are first needed: sources (when to ask again, what the
server wants to hear), items (which version of which item was kept as which document), alerts (what was
found) and the ways they go out (which way took which alert). Everything is written after the documents it
speaks of, so that a stop at any moment can only make an item be looked at again, and the store
keeps nothing twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, func, select, update
from sqlalchemy.dialects.sqlite import insert

from detente.records import Document
from detente.store import rows, schema
from detente.store.connection import reading, writing
from detente.store.database import Store

__all__ = ["Alert", "ItemState", "ReadingState", "SourceState", "WayState"]

_METADATA = MetaData()
_KNOWN = "known before"

_sources = Table(
    "reading_sources",
    _METADATA,
    Column("name", Text, primary_key=True),
    Column("etag", Text),
    Column("modified", Text),
    Column("next_at", Text),
    Column("failures", Integer, nullable=False),
    Column("failing_since", Text),
    Column("reason", Text),
    Column("listed", Text),
)

_items = Table(
    "reading_items",
    _METADATA,
    Column("source", Text, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("version", Text),
    Column("document", Text),
    Column("tries", Integer, nullable=False),
    sqlite_with_rowid=False,
)

_alerts = Table(
    "reading_alerts",
    _METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("rule", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("delivered", Text),
)

# Which way took which alert; `delivered` above is set once all of them have.
_deliveries = Table(
    "reading_deliveries",
    _METADATA,
    Column("alert", Text, primary_key=True),
    Column("way", Text, primary_key=True),
    Column("at", Text, nullable=False),
    sqlite_with_rowid=False,
)

_ways = Table(
    "reading_ways",
    _METADATA,
    Column("name", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("next_at", Text),
    Column("reason", Text),
)

_marks = Table(
    "reading_marks",
    _METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Integer, nullable=False),
)


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is known of a source between two readings.

    `listed` are the feeds that a list named the last time. `failures` counts the readings that failed
    in a row, `failing_since` is the first of them.
    """

    etag: str | None = None
    modified: str | None = None
    next_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    reason: str | None = None
    listed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemState:
    """The version of an item that was kept and its document; or how often it could not be read."""

    version: str | None
    document: str | None
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that a rule found. `subject` is the act, turn or source; `body` what is handed over."""

    id: str
    rule: str
    subject: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WayState:
    """What is known of a way that alerts go out: how often in a row it failed, why, and when to try."""

    failures: int = 0
    next_at: datetime | None = None
    reason: str | None = None


class ReadingState:
    """The state of reading in an open store; makes its tables where they are not there.

    >>> from detente.store import open_store
    >>> with open_store(":memory:") as store:
    ...     state = ReadingState(store)
    ...     state.acknowledge("wire", [("7", ItemState("a", "doc1"))])
    ...     state.items("wire")["7"].document
    'doc1'
    """

    def __init__(self, store: Store) -> None:
        self._engine = store._engine
        self._where = store.where
        with self._read() as connection:
            there = connection.exec_driver_sql(
                "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name GLOB 'reading_*'"
            ).scalar_one()
        if there < len(_METADATA.tables):
            with self._write() as connection:
                _METADATA.create_all(connection, checkfirst=True)

    # Sources

    def sources(self) -> dict[str, SourceState]:
        """What is known of every source that was read before."""
        with self._read() as connection:
            return {
                row.name: SourceState(
                    etag=row.etag,
                    modified=row.modified,
                    next_at=_moment(row.next_at),
                    failures=row.failures,
                    failing_since=_moment(row.failing_since),
                    reason=row.reason,
                    listed=tuple(json.loads(row.listed or "[]")),
                )
                for row in connection.execute(select(_sources))
            }

    def keep_source(self, name: str, state: SourceState) -> None:
        """Note how far a source has come; to be called after its documents are stored."""
        values = {
            "name": name,
            "etag": state.etag,
            "modified": state.modified,
            "next_at": state.next_at.isoformat() if state.next_at else None,
            "failures": state.failures,
            "failing_since": state.failing_since.isoformat() if state.failing_since else None,
            "reason": state.reason,
            "listed": json.dumps(state.listed),
        }
        with self._write() as connection:
            _upsert(connection, _sources, [values])

    # Items

    def items(self, source: str) -> dict[str, ItemState]:
        """Every item of a source that was looked at."""
        table = _items
        with self._read() as connection:
            found = connection.execute(select(table).where(table.c.source == source))
            return {row.item: ItemState(row.version, row.document, row.tries) for row in found}

    def acknowledge(self, source: str, items: Iterable[tuple[str, ItemState]]) -> None:
        """Note what became of items; to be called after their documents are stored."""
        values = [
            {
                "source": source,
                "item": item,
                "version": state.version,
                "document": state.document,
                "tries": state.tries,
            }
            for item, state in items
        ]
        if values:
            with self._write() as connection:
                _upsert(connection, _items, values)

    def kept_as(self, documents: Iterable[Document]) -> dict[str, str]:
        """Under which id the text of each document is kept: its own, or that of an equal text that
        was there before. One that is not kept is left out."""
        listed = list(documents)
        hashes = {document.id: rows.document_sha256(document) for document in listed}
        table = schema.documents
        with self._read() as connection:
            found = connection.execute(
                select(table.c.id, table.c.sha256).where(
                    rows.among(table.c.id, hashes) | rows.among(table.c.sha256, hashes.values())
                )
            ).all()
        ids = {row.id for row in found}
        by_hash = {row.sha256: row.id for row in found}
        kept = {name: name if name in ids else by_hash.get(sha256) for name, sha256 in hashes.items()}
        return {name: there for name, there in kept.items() if there is not None}

    # Alerts

    def begin(self, mark: str, known: Iterable[Alert] = ()) -> bool:
        """Begin to watch something; what is known already is noted as handed over, and never alerted.

        True the first time, False where it had begun before. The mark is the newest event there is.
        """
        with self._write() as connection:
            if connection.scalar(select(_marks.c.value).where(_marks.c.name == mark)) is not None:
                return False
            newest = connection.scalar(select(func.max(schema.events.c.number))) or 0
            connection.execute(insert(_marks).values(name=mark, value=newest))
            for alert in known:
                _note(connection, alert, delivered=_KNOWN)
            return True

    def began(self, mark: str) -> bool:
        """Whether something is watched already."""
        with self._read() as connection:
            return connection.scalar(select(_marks.c.value).where(_marks.c.name == mark)) is not None

    def new_events(self, mark: str) -> tuple[list[str], int]:
        """Ids of the events that came after the mark, in the order they came, and the mark after them."""
        table = schema.events
        with self._read() as connection:
            since = connection.scalar(select(_marks.c.value).where(_marks.c.name == mark)) or 0
            found = connection.execute(
                select(table.c.id, table.c.number).where(table.c.number > since).order_by(table.c.number)
            ).all()
        return [row.id for row in found], found[-1].number if found else since

    def values(self, prefix: str) -> dict[str, int]:
        """The marks whose names begin so, each with its value."""
        with self._read() as connection:
            found = connection.execute(
                select(_marks).where(_marks.c.name.startswith(prefix, autoescape=True))
            )
            return {row.name: row.value for row in found}

    def found(
        self, alerts: Iterable[Alert], mark: str, upto: int, others: Mapping[str, int] | None = None
    ) -> int:
        """Keep alerts, each id once, and move the mark (and others) with them; gives how many were new."""
        with self._write() as connection:
            if others:
                _upsert(connection, _marks, [{"name": n, "value": v} for n, v in others.items()])
            count = sum(_note(connection, alert, delivered=None) for alert in alerts)
            connection.execute(update(_marks).where(_marks.c.name == mark).values(value=upto))
            return count

    def same_story(self, event: str) -> set[str]:
        """The other events of the story that an event belongs to."""
        with self._read() as connection:
            table = schema.story_events
            story = select(table.c.story).where(table.c.event == event).scalar_subquery()
            found = connection.execute(select(table.c.event).where(table.c.story == story))
            return {row.event for row in found} - {event}

    def subjects(self, rule: str) -> set[str]:
        """What a rule has alerted of before."""
        with self._read() as connection:
            found = connection.execute(select(_alerts.c.subject).where(_alerts.c.rule == rule))
            return {row.subject for row in found}

    def waiting(self, way: str, most: int) -> list[Alert]:
        """Alerts that a way did not take yet, the oldest first."""
        took = select(_deliveries.c.alert).where(_deliveries.c.way == way)
        statement = (
            select(_alerts)
            .where(_alerts.c.delivered.is_(None), _alerts.c.id.not_in(took))
            .order_by(_alerts.c.number)
            .limit(most)
        )
        with self._read() as connection:
            return [_alert(row) for row in connection.execute(statement)]

    def handed_over(self, alerts: Iterable[Alert], way: str, at: datetime) -> None:
        """Note that a way took alerts."""
        values = [{"alert": alert.id, "way": way, "at": at.isoformat()} for alert in alerts]
        with self._write() as connection:
            connection.execute(insert(_deliveries).on_conflict_do_nothing(), values)

    def close(self, ways: Sequence[str], at: datetime) -> None:
        """Note the alerts that every one of these ways took; no way that is added later gets them."""
        if not ways:
            return
        took = (
            select(func.count())
            .where(_deliveries.c.alert == _alerts.c.id, _deliveries.c.way.in_(ways))
            .scalar_subquery()
        )
        done = _alerts.c.delivered.is_(None) & (took == len(set(ways)))
        with self._read() as connection:
            if connection.scalar(select(func.count()).where(done)) == 0:
                return
        with self._write() as connection:
            connection.execute(update(_alerts).where(done).values(delivered=at.isoformat()))

    def way(self, name: str) -> WayState:
        """How a way fared the last time."""
        with self._read() as connection:
            row = connection.execute(select(_ways).where(_ways.c.name == name)).one_or_none()
        return WayState(row.failures, _moment(row.next_at), row.reason) if row else WayState()

    def keep_way(self, name: str, state: WayState) -> None:
        """Note how a way fared; nothing is written where nothing changed."""
        if state == self.way(name):
            return
        next_at = state.next_at.isoformat() if state.next_at else None
        values = {"name": name, "failures": state.failures, "next_at": next_at, "reason": state.reason}
        with self._write() as connection:
            _upsert(connection, _ways, [values])

    def alerts(
        self, limit: int = 100, *, skip: int = 0, rule: str | None = None
    ) -> list[tuple[Alert, str | None]]:
        """The newest alerts, of all rules or of one, each with when every way had taken it (None: it waits).

        What was known before a watch began is no alert and is left out.
        """
        statement = (
            select(_alerts)
            .where(_alerts.c.delivered.is_distinct_from(_KNOWN))
            .order_by(_alerts.c.number.desc())
            .offset(skip)
            .limit(limit)
        )
        if rule is not None:
            statement = statement.where(_alerts.c.rule == rule)
        with self._read() as connection:
            return [(_alert(row), row.delivered) for row in connection.execute(statement)]

    def _read(self) -> AbstractContextManager[Connection]:
        return reading(self._engine, self._where)

    def _write(self) -> AbstractContextManager[Connection]:
        return writing(self._engine, self._where)


def _upsert(connection: Connection, table: Table, values: list[dict[str, Any]]) -> None:
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    others = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=others), values)


def _note(connection: Connection, alert: Alert, *, delivered: str | None) -> int:
    values = {
        "id": alert.id,
        "rule": alert.rule,
        "subject": alert.subject,
        "body": json.dumps(alert.body, ensure_ascii=False),
        "delivered": delivered,
    }
    return connection.execute(insert(_alerts).values(values).on_conflict_do_nothing()).rowcount


def _alert(row: Any) -> Alert:
    return Alert(row.id, row.rule, row.subject, json.loads(row.body))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
