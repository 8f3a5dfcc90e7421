"""Writing to the store within a transaction: documents with their events, failures, runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from detente.errors import DetenteError
from detente.interfaces import Coder
from detente.records import Document, Event
from detente.store import copies, rows, schema, upkeep
from detente.store.marks import supersede

__all__ = [
    "Added",
    "Coded",
    "Failure",
    "failure_of",
    "new_run",
    "state",
    "waits",
    "write_documents",
    "write_events",
    "write_failure",
]

Coded = tuple[Document, list[Event] | None]
"""A document with its events; None where no coder has read it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What could not be read or coded, and why. `place` is an address, a path or a document's
    id."""

    place: str
    reason: str
    document: str | None = None
    coder: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What `Store.add` did: new documents, those that were there already, new events, failures."""

    documents: int = 0
    already: int = 0
    events: int = 0
    failures: tuple[Failure, ...] = ()

    def __add__(self, other: Added) -> Added:
        return Added(
            self.documents + other.documents,
            self.already + other.already,
            self.events + other.events,
            self.failures + other.failures,
        )


def failure_of(document: Document, error: Exception, coder: Coder | None, at: datetime | None) -> Failure:
    """A failure with the error's own words, and its kind where the words are not ours."""
    ours = isinstance(error, DetenteError)
    return Failure(
        place=document.url or document.title or document.id,
        reason=str(error) if ours else f"{type(error).__name__}: {error}",
        document=document.id,
        coder=coder.name if coder else None,
        at=at,
    )


def new_run(connection: Connection, coder: str, at: datetime | None) -> int:
    """Note that a coder ran, with the version of the package; gives the number of the run."""
    values = {
        "coder": coder,
        "version": version("detente"),
        "at": at.isoformat() if at else None,
    }
    key = connection.execute(insert(schema.runs).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def state(connection: Connection, document: Document, pending: Sequence[Coded], *, coding: bool) -> str:
    """Whether a document is "new", "there", "uncoded", or "other": its id has another text."""
    sha256 = rows.document_sha256(document)
    for waiting, _ in pending:
        if rows.document_sha256(waiting) == sha256:
            return "there"
        if waiting.id == document.id:
            return "other"
    table = schema.documents
    found = connection.execute(
        select(table.c.id, table.c.sha256, table.c.run, table.c.retracted).where(
            (table.c.id == document.id) | (table.c.sha256 == sha256)
        )
    ).all()
    for row in found:
        if row.sha256 == sha256:
            # A coded text is not coded again, and an event must name the document that is kept.
            again = coding and row.run is None and not row.retracted and row.id == document.id
            return "uncoded" if again else "there"
    return "other" if found else "new"


def waits(document: Document, pending: Sequence[Coded]) -> bool:
    """Whether the very text of a document waits to be written."""
    sha256 = rows.document_sha256(document)
    return any(rows.document_sha256(waiting) == sha256 for waiting, _ in pending)


def write_documents(
    connection: Connection, coded: Sequence[Coded], run: int | None, retrieved: datetime | None
) -> Added:
    """Keep documents with their events and stories; one that came in meanwhile is left alone."""
    table = schema.documents
    added = Added()
    found: list[tuple[Event, str | None]] = []
    copied: set[str] = set()
    for document, events in coded:
        row = rows.document_row(document, retrieved, run)
        new = connection.execute(insert(table).values(row).on_conflict_do_nothing()).rowcount
        if not new:
            taken = connection.execute(
                update(table)
                .where(
                    table.c.id == document.id,
                    table.c.sha256 == row["sha256"],
                    table.c.run.is_(None),
                    table.c.retracted.is_(False),
                )
                .values(run=run)
            ).rowcount
            added += Added(already=1)
            if not taken:
                continue
        else:
            added += Added(documents=1)
            supersede(connection, document.id, document.revises)
            copied |= copies.note(connection, document.id, document.text)
        published = connection.scalar(select(table.c.published).where(table.c.id == document.id))
        found += [(event, published) for event in events or ()]
        connection.execute(delete(schema.failures).where(schema.failures.c.document == document.id))
    # The house that the earlier reports of a story come from may be another now.
    whole = {other for group in copies.families(connection, copied).values() for other in group}
    return added + Added(events=write_events(connection, found, run, whole))


def write_events(
    connection: Connection,
    events: Sequence[tuple[Event, str | None]],
    run: int | None,
    copied: Iterable[str] = (),
) -> int:
    """Keep events, each with its document's day of publication; gives how many were new.

    The stories of the documents `copied` are told anew with them."""
    added: list[tuple[Event, date | None]] = []
    for event, published in events:
        values = rows.event_row(event, published, run)
        statement = insert(schema.events).values(values).on_conflict_do_nothing()
        if not connection.execute(statement).rowcount:
            continue
        parties = rows.party_rows(event)
        if parties:
            connection.execute(insert(schema.event_parties), parties)
        added.append((event, date.fromisoformat(published) if published else None))
    if added or copied:
        upkeep.join(connection, added, copied)
    return len(added)


def write_failure(connection: Connection, failure: Failure) -> None:
    """Note a failure, once for the same place and reason."""
    values = {
        "place": failure.place,
        "reason": failure.reason,
        "document": failure.document,
        "coder": failure.coder,
        "at": failure.at.isoformat() if failure.at else None,
    }
    connection.execute(insert(schema.failures).values(values).on_conflict_do_nothing())
