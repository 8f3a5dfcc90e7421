"""The stories of the store are kept in step with its events, only as far as a change reaches."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Connection, delete, func, select, text
from sqlalchemy.dialects.sqlite import insert

from detente.records import Event, Story
from detente.sources import repeats
from detente.store import copies, schema, ties
from detente.store.copies import Sources
from detente.store.days import days
from detente.store.rows import among, insert_stories, read_around, read_events
from detente.store.stories import DEFINITION, REACH, key, merge

__all__ = ["current", "enter", "join", "leave", "refresh", "renew", "tell", "withdraw"]

_LOT = 5_000  # events that are read and written together
_RULES = {"story": DEFINITION, "repeat": repeats.DEFINITION}


def join(
    connection: Connection,
    added: Sequence[tuple[Event, date | None]],
    copied: Iterable[str] = (),
) -> None:
    """Tell the stories that new events, with the day of publication of each, belong to.

    `copied` are documents whose stories are told anew as well, for new copies of them came in.
    """
    changed = {event.id: (event, on) for event, on in added if key(event) is not None}
    changed |= {event.id: (event, on) for event, on in _own(connection, copied)}
    _settle(connection, list(changed.values()), set())


def withdraw(connection: Connection, document: str) -> None:
    """Take the reports of a document that was marked as retracted out of their stories."""
    gone = _own(connection, [document])
    _settle(connection, gone, {event.id for event, _ in gone})


def refresh(connection: Connection, documents: Iterable[str]) -> None:
    """Tell anew the stories that documents report, where they are copies or count again."""
    _settle(connection, _own(connection, documents), set())


def current(connection: Connection) -> bool:
    """Whether stories and copies were worked out by the rules of this version."""
    found = connection.execute(select(schema.settings)).all()
    return {row.name: row.value for row in found} == _RULES


def renew(connection: Connection) -> None:
    """Work out copies and stories anew where they were made by other rules."""
    table = schema.settings
    before = {row.name: row.value for row in connection.execute(select(table))}
    if before == _RULES:
        return
    if before.get("repeat") != _RULES["repeat"]:
        copies.renew(connection)
    events = schema.events
    for gone in (schema.story_events, schema.story_parties, schema.stories):
        connection.execute(delete(gone))
    statement = text("UPDATE events SET block = :block WHERE id = :id")
    ends = connection.execute(select(func.min(events.c.number), func.max(events.c.number))).one()
    for number in range(ends[0] or 0, (ends[1] or 0) + 1, _LOT):
        lot = select(events).where(events.c.number >= number, events.c.number < number + _LOT)
        moved = [{"id": event.id, "block": key(event)} for event in read_events(connection, lot)]
        if moved:
            connection.execute(statement, moved)
    # Block by block, for only events of one block can tell one story.
    blocks = select(events.c.block).where(events.c.block.is_not(None)).distinct()
    for block in connection.scalars(blocks.order_by(events.c.block)).all():
        found = set(connection.scalars(select(events.c.id).where(events.c.block == block)))
        listed, told = _tell(connection, found)
        insert_stories(connection, told, {id: key(event) or "" for id, event in listed.items()})
    enter(connection, ties.events(connection))
    connection.execute(delete(table))
    connection.execute(insert(table), [{"name": n, "value": v} for n, v in _RULES.items()])


def _own(connection: Connection, documents: Iterable[str]) -> list[tuple[Event, date | None]]:
    """The events of documents that can tell a story, with the day of publication of each."""
    ids = set(documents)
    table = schema.events
    own = select(table).where(among(table.c.document, ids), table.c.struck.is_(False))
    return _dated(connection, read_events(connection, own))


def leave(connection: Connection, event: Event) -> None:
    """Take an event that was struck out of its story."""
    _settle(connection, _dated(connection, [event]), {event.id})


def enter(connection: Connection, events: Iterable[str]) -> None:
    """Tell the stories of events of the store anew, where they or what ties them has changed."""
    table = schema.events
    chosen = select(table).where(among(table.c.id, events), table.c.struck.is_(False))
    _settle(connection, _dated(connection, read_events(connection, chosen)), set())


def _dated(connection: Connection, events: Sequence[Event]) -> list[tuple[Event, date | None]]:
    """Those of the events that can tell a story, with the day of publication of each."""
    kept = [event for event in events if key(event) is not None]
    on = _published(connection, {event.document for event in kept})
    return [(event, on[event.document]) for event in kept]


def _settle(connection: Connection, changed: Sequence[tuple[Event, date | None]], gone: set[str]) -> None:
    """Tell anew the stories that changed reports can reach, and from there on what changes more.

    A report's story hangs on the first reports of stories near it in time, on what its own document
    and theirs tell of those days, and on nothing else. So it is enough to tell the stories near each
    changed report anew, then those near each report that this moved to another story, until nothing
    moves: the outcome is that of telling all anew.
    """
    ids = {event.id for event, _ in changed} - gone
    old: set[str] = set()
    seen: set[str] = set()
    frontier = list(changed)
    told: list[Story] = []
    events: dict[str, Event] = {}
    before: dict[str, str] = {}
    while frontier:
        seen.update(event.id for event, _ in frontier)
        families = copies.families(connection, {event.document for event, _ in frontier})
        asked = {
            (key(event), days(event), published, families[event.document]) for event, published in frontier
        }
        for block, known, published, homes in asked:
            old.update(_near(connection, block, known, published, homes))
        before = ties.told_as(connection, old)
        events, told = _tell(connection, set(before) | ids)
        moved = {event for story in told for event in story.events if before.get(event) != story.id}
        on = _published(connection, {events[id].document for id in moved})
        frontier = [(events[id], on[events[id].document]) for id in sorted(moved - seen)]
    blocks = {id: key(event) or "" for id, event in events.items()}
    tied = ties.tied(connection, told, before, blocks)
    if tied is not None:
        old, told, blocks = tied.gone, tied.stories, tied.blocks
    for own, column in (
        (schema.story_events, schema.story_events.c.story),
        (schema.story_parties, schema.story_parties.c.story),
        (schema.stories, schema.stories.c.id),
    ):
        connection.execute(delete(own).where(among(column, old)))
    insert_stories(connection, told, blocks)
    if tied is not None:
        ties.keep(connection, tied.told)


def _published(connection: Connection, ids: Iterable[str]) -> dict[str, date | None]:
    table = schema.documents
    rows = connection.execute(select(table.c.id, table.c.published).where(among(table.c.id, ids)))
    return {row.id: date.fromisoformat(row.published) if row.published else None for row in rows}


def tell(connection: Connection, events: Sequence[Event], as_of: date | None = None) -> list[Story]:
    """The stories that events of the store tell among themselves, as far as it was known on a day."""
    known: Sources = copies.sources(connection, {event.document for event in events}, as_of)
    around = read_around(connection, (event.id for event in events))
    told = merge(events, known.published, known.houses, around=around, texts=known.texts)
    return ties.tie(connection, told, events, known)


def _tell(connection: Connection, ids: set[str]) -> tuple[dict[str, Event], list[Story]]:
    """Those of the events that count, and the stories they tell by the rules among themselves."""
    table, documents = schema.events, schema.documents
    statement = (
        select(table)
        .join(documents, documents.c.id == table.c.document)
        .where(among(table.c.id, ids), table.c.struck.is_(False), documents.c.retracted.is_(False))
    )
    events = {event.id: event for event in read_events(connection, statement)}
    known = copies.sources(connection, {event.document for event in events.values()})
    around = read_around(connection, events)
    listed = list(events.values())
    return events, merge(listed, known.published, known.houses, around=around, texts=known.texts)


def _near(
    connection: Connection,
    block: str | None,
    known: tuple[date, date] | None,
    published: date | None,
    homes: frozenset[str],
) -> set[str]:
    """The stories with a report whose days may agree with these: wide, never too narrow.

    What the same text and its copies tell is near, whatever its days.
    """
    values: dict[str, str | None] = {"block": block, "homes": json.dumps(sorted(homes))}
    alternatives = ["e.document IN (SELECT value FROM json_each(:homes))"]
    if known is not None:
        first, last = known
        values |= {"first": first.isoformat(), "last": last.isoformat(), "later": _plus(first, REACH.days)}
        alternatives += [
            "(e.dated AND e.day_first <= :last AND e.day_last >= :first)",
            "(NOT e.dated AND e.day_first BETWEEN :first AND :later)",
        ]
    elif published is not None:
        values |= {
            "earlier": _plus(published, -REACH.days),
            "on": published.isoformat(),
            "later": _plus(published, REACH.days),
        }
        alternatives += [
            "(NOT e.dated AND e.day_first BETWEEN :earlier AND :later)",
            "(e.dated AND e.day_first BETWEEN :earlier AND :on)",
        ]
    statement = (
        "SELECT DISTINCT coalesce(s.told, s.story) FROM events AS e JOIN story_events AS s ON s.event = e.id"
        f" WHERE e.block = :block AND ({' OR '.join(alternatives)})"
    )
    return set(connection.execute(text(statement), values).scalars())


def _plus(day: date, more: int) -> str:
    """A day so much later; clipped, for the calendar's first and last days have no week around."""
    return date.fromordinal(min(max(day.toordinal() + more, 1), date.max.toordinal())).isoformat()
