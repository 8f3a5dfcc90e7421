"""Which documents repeat one another, and which house or agency a text comes from.

Copies are kept pair by pair, so that neither the order of arrival nor a later text changes what was
known before; a text with its copies, their copies and so on is one source.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.sqlite import insert

from detente.records import Document
from detente.sources.repeats import are_copies, bands, credit, groups, house, shingles, signature, wire
from detente.store import schema
from detente.store.rows import among, read_document

__all__ = ["Sighting", "Sources", "families", "family", "note", "renew", "sightings", "sources", "unseen"]


@dataclass(frozen=True, slots=True)
class Sighting:
    """Another place where the very text of a document was found."""

    url: str | None
    publisher: str | None
    published: date | None
    retrieved: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """What the stories need to know of documents, by id.

    `published` is the day of publication; `houses` the agency or publisher that a text comes from,
    the same for all its copies; `texts` one name for all copies of a text.
    """

    published: dict[str, date | None]
    houses: dict[str, str | None]
    texts: dict[str, str]


def sources(connection: Connection, ids: Iterable[str], as_of: date | None = None) -> Sources:
    """Where the texts of documents come from, as far as it was known on a day."""
    wanted = set(ids)
    edges = _edges(connection, wanted)
    every = wanted | set(edges)
    table = schema.documents
    statement = select(table.c.id, table.c.sha256, table.c.published, table.c.publisher, table.c.origin)
    rows = {
        row.id: row
        for row in connection.execute(statement.where(among(table.c.id, every)))
        if as_of is None or (row.published is not None and row.published <= as_of.isoformat())
    }
    places = _places(connection, rows, as_of)
    found = Sources({}, {}, {})
    for group in groups(rows, edges):
        # By the text and not by the id, which is that of whichever place was read first.
        listed = sorted((rows[id] for id in group), key=lambda row: (row.published or "9", row.sha256))
        members = [
            (row.published or "9", row.sha256, 0, row.publisher or "", row.origin, row.publisher)
            for row in listed
        ]
        members += [
            (place.published or "9", row.sha256, 1, place.publisher, wire(place.publisher), place.publisher)
            for row in listed
            for place in places.get(row.id, ())
        ]
        source = house((origin, publisher) for *_, origin, publisher in sorted(members, key=lambda m: m[:4]))
        for row in listed:
            found.published[row.id] = date.fromisoformat(row.published) if row.published else None
            found.houses[row.id] = source
            found.texts[row.id] = listed[0].id
    return found


def _places(connection: Connection, ids: Iterable[str], as_of: date | None) -> dict[str, list[Row[Any]]]:
    """The other places of each text that have a publisher, as far as they were known on a day."""
    table = schema.sightings
    statement = select(table).where(among(table.c.document, ids), table.c.publisher.is_not(None))
    if as_of is not None:
        statement = statement.where(table.c.published <= as_of.isoformat())
    found: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.document, []).append(row)
    return found


def families(connection: Connection, ids: set[str]) -> dict[str, frozenset[str]]:
    """Each of the documents with its copies, their copies and so on."""
    edges = _edges(connection, ids)
    return {id: frozenset(group) for group in groups(ids | set(edges), edges) for id in group}


def family(connection: Connection, document: str) -> set[str]:
    """The document with its copies, their copies and so on."""
    return set(families(connection, {document})[document])


def _edges(connection: Connection, ids: set[str]) -> dict[str, set[str]]:
    """Every document that can be reached from these over copies, with its copies."""
    edges: dict[str, set[str]] = {}
    frontier = set(ids)
    table = schema.copies
    while frontier:
        found = connection.execute(select(table).where(among(table.c.document, frontier))).all()
        for row in found:
            edges.setdefault(row.document, set()).add(row.other)
        frontier = {row.other for row in found} - set(edges)
    return edges


def note(connection: Connection, document: str, text: str) -> set[str]:
    """Look for copies of a new document among the others and keep them; gives those found."""
    runs = shingles(text)
    keys = bands(signature(runs))
    if not keys:
        return set()
    table, documents = schema.document_bands, schema.documents
    number = connection.scalar(select(documents.c.number).where(documents.c.id == document))
    # The keys are numbers; `among` is for texts.
    near = select(table.c.document).where(table.c.band.in_(keys), table.c.document != number)
    rows = connection.execute(
        select(documents.c.id, documents.c.text).where(documents.c.number.in_(near))
    ).all()
    found = {row.id for row in rows if are_copies(runs, shingles(row.text))}
    values = [{"band": key, "document": number} for key in sorted(set(keys))]
    connection.execute(insert(table).on_conflict_do_nothing(), values)
    if found:
        pairs = [pair for other in sorted(found) for pair in ((document, other), (other, document))]
        connection.execute(
            insert(schema.copies).on_conflict_do_nothing(),
            [{"document": one, "other": other} for one, other in pairs],
        )
    return found


def renew(connection: Connection) -> None:
    """Work out credits and copies of every document anew, for a store that was made without."""
    table = schema.documents
    for copied in (schema.copies, schema.document_bands):
        connection.execute(copied.delete())
    for id in connection.scalars(select(table.c.id).order_by(table.c.number)).all():
        row = connection.execute(select(table).where(table.c.id == id)).one()
        connection.execute(update(table).where(table.c.id == id).values(origin=credit(read_document(row))))
        note(connection, id, row.text)


def unseen(connection: Connection, document: Document, sha256: str) -> dict[str, str | None] | None:
    """The row of `sightings` for a text that is kept, found in a place that is not; else None."""
    table, places = schema.documents, schema.sightings
    kept = connection.execute(
        select(table.c.id, table.c.url, table.c.publisher, table.c.published).where(table.c.sha256 == sha256)
    ).one_or_none()
    place = {
        "url": document.url,
        "publisher": document.publisher,
        "published": document.published.isoformat() if document.published else None,
    }
    if kept is None or not any(place.values()):
        return None
    if place == {"url": kept.url, "publisher": kept.publisher, "published": kept.published}:
        return None
    same = [places.c[name].is_(value) for name, value in place.items()]
    if connection.scalar(select(places.c.number).where(places.c.document == kept.id, *same).limit(1)):
        return None
    return {"document": kept.id, **place}


def sightings(connection: Connection, document: str) -> Sequence[Sighting]:
    """The other places where the text of a document was found, in the order they were."""
    table = schema.sightings
    found = connection.execute(select(table).where(table.c.document == document).order_by(table.c.number))
    return [
        Sighting(
            row.url,
            row.publisher,
            date.fromisoformat(row.published) if row.published else None,
            datetime.fromisoformat(row.retrieved) if row.retrieved else None,
        )
        for row in found
    ]
