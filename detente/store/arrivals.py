"""A text that is kept and comes again from another place: the earliest of its places decides.

Nothing may hang on which place was read first. So the document has the day, publisher, author and
address of the place that published it first; where such a place comes in later, the document is
moved to it, and what its coder reads on that day takes the place of what was read before. The id,
the text and the title are those of the first that came, for events and evidence name them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from detente.records import Document, Event
from detente.sources.repeats import credit
from detente.store import copies, rows, schema, upkeep

__all__ = ["Again", "look", "move", "note"]

# What belongs to the place and not to the text.
_PLACE = ("url", "published", "publisher", "kind", "language", "author", "modified", "times", "turns")


@dataclass(frozen=True, slots=True)
class Again:
    """A text that is kept and came again.

    `document` is the kept one as its earliest place has it, and `moved` whether that is the new one;
    `place` the row of `sightings` of the other, if that is news. `uncoded` is whether it is to be coded.
    """

    document: Document
    moved: bool
    place: dict[str, str | None] | None
    uncoded: bool
    retracted: bool


def look(connection: Connection, document: Document, *, coding: bool) -> Again | None:
    """What a document brings whose text is kept; None where it is not kept.

    One that was coded is moved only by somebody who is `coding`, and so can read it anew.
    """
    table, sha256 = schema.documents, rows.document_sha256(document)
    row = connection.execute(select(table).where(table.c.sha256 == sha256)).one_or_none()
    if row is None:
        return None
    kept, coded = rows.read_document(row), row.run is not None
    first = coding and not coded and not row.retracted
    if _order(document) < _order(kept) and (coding or not coded):
        at = {name: getattr(document, name) for name in _PLACE}
        place = _unseen(connection, kept, document)
        return Again(replace(kept, **at), True, place, first or coded, row.retracted)
    return Again(kept, False, copies.unseen(connection, document, sha256), first, row.retracted)


def note(connection: Connection, again: Again, seen: datetime | None) -> None:
    """Keep the other place; it may be the agency that the text and its copies come from."""
    if again.place is None:
        return
    own = again.document.id
    before = copies.sources(connection, [own]).houses[own]
    values = {**again.place, "retrieved": seen.isoformat() if seen else None}
    connection.execute(insert(schema.sightings).values(values))
    if copies.sources(connection, [own]).houses[own] != before:
        upkeep.refresh(connection, copies.family(connection, own))


def move(
    connection: Connection,
    again: Again,
    events: Sequence[Event] | None,
    run: int | None,
    seen: datetime | None,
) -> int:
    """Write the document as it is now, with what a coder reads in it; gives how many events are new.

    Without `events` those that are kept stay, for nobody coded them; only their days of publication
    follow. The stories of the document and of its copies are told anew.
    """
    table, document = schema.documents, again.document
    own = table.c.id == document.id
    if not again.retracted:
        # Out of its stories as it was, then into them as it is: two steps that are known to be right.
        connection.execute(update(table).where(own).values(retracted=True))
        upkeep.withdraw(connection, document.id)
    values: dict[str, Any] = {
        name: value for name, value in rows.document_row(document, None, run).items() if name in _PLACE
    }
    values["origin"] = credit(document)
    if events is not None:
        values["run"] = run
        connection.execute(delete(schema.failures).where(schema.failures.c.document == document.id))
    connection.execute(update(table).where(own).values(values))
    note(connection, replace(again, retracted=True), seen)
    new = _rewrite(connection, document, events, run)
    if not again.retracted:
        connection.execute(update(table).where(own).values(retracted=False))
        upkeep.refresh(connection, copies.family(connection, document.id))
    return new


def _order(document: Document) -> tuple[Any, ...]:
    """Places of one text are sorted by this: known days first, then what is known before what is not."""
    known = (document.publisher, document.url, document.author, document.language)
    return (
        document.published or date.max,
        *((value is None, value or "") for value in known),
        document.kind.value,
        document.modified or date.max,
        not document.times,
        document.times,
        not document.turns,
        document.turns,
    )


def _unseen(connection: Connection, kept: Document, new: Document) -> dict[str, str | None] | None:
    """The place that a document had so far, if it is one, another than the new, and not noted."""
    place = {
        "url": kept.url,
        "publisher": kept.publisher,
        "published": _iso(kept.published),
    }
    table = schema.sightings
    same = (new.url, new.publisher, new.published) == (kept.url, kept.publisher, kept.published)
    if same or not any(place.values()):
        return None
    there = [table.c[name].is_(value) for name, value in place.items()]
    known = select(table.c.number).where(table.c.document == kept.id, *there).limit(1)
    return None if connection.scalar(known) else {"document": kept.id, **place}


def _rewrite(
    connection: Connection, document: Document, events: Sequence[Event] | None, run: int | None
) -> int:
    """Bring the events of a document to what is read in it now; gives how many are new."""
    table, parties = schema.events, schema.event_parties
    own = select(table).where(table.c.document == document.id)
    stored: dict[str, Row[Any]] = {row.id: row for row in connection.execute(own)}
    by_hand = _by_hand(connection, stored)
    if events is None:
        for event in rows.read_events(connection, own):
            _update(connection, event, document, stored[event.id].run, stored[event.id].struck)
        return 0
    found = {event.id: event for event in events}
    # An act that is read no longer counts no longer; what a person gave or changed stays as it is.
    gone = {id for id, row in stored.items() if row.run is not None and id not in found}
    left = rows.among(table.c.id, gone - by_hand)
    connection.execute(update(table).where(left).values(struck=True))
    for event in rows.read_events(connection, own.where(rows.among(table.c.id, by_hand))):
        # It stays as the person left it; only what follows from the day of publication moves with it.
        days = rows.event_row(event, _iso(document.published), None)
        moved = {name: days[name] for name in ("day_first", "day_last", "dated")}
        connection.execute(update(table).where(table.c.id == event.id).values(moved))
    new = 0
    for id, event in found.items():
        if id in by_hand:
            continue
        if id in stored:
            _update(connection, event, document, run, struck=False)
            connection.execute(delete(parties).where(parties.c.event == id))
        else:
            values = rows.event_row(event, _iso(document.published), run)
            connection.execute(insert(table).values(values))
            new += 1
        sides = rows.party_rows(event)
        if sides:
            connection.execute(insert(parties), sides)
    return new


def _update(connection: Connection, event: Event, document: Document, run: int | None, struck: bool) -> None:
    table = schema.events
    values = rows.event_row(event, _iso(document.published), run)
    for name in ("id", "document", "start", "end", "text"):  # the evidence cannot be changed
        del values[name]
    connection.execute(update(table).where(table.c.id == event.id).values(**values, struck=struck))


def _by_hand(connection: Connection, stored: Mapping[str, Row[Any]]) -> set[str]:
    """Those of the events that a person made, corrected or marked wrong."""
    table = schema.corrections
    named = connection.scalars(select(table.c.target).where(rows.among(table.c.target, stored)))
    return {*named, *(id for id, row in stored.items() if row.stands_for is not None)}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
