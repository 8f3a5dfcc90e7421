"""The stories of the store are kept in step with its events, only as far as a change reaches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select

from detente.records import Event, Story
from detente.store import schema
from detente.store.days import days
from detente.store.rows import among, insert_stories, read_events
from detente.store.stories import REACH, key, merge

__all__ = ["join", "withdraw"]


def join(connection: Connection, added: Sequence[tuple[Event, date | None]]) -> None:
    """Tell the stories that new events, with the day of publication of each, belong to."""
    _settle(connection, [pair for pair in added if key(pair[0]) is not None], set())


def withdraw(connection: Connection, document: str) -> None:
    """Take the reports of a document that was marked as retracted out of their stories."""
    own = select(schema.events).where(schema.events.c.document == document)
    published = connection.scalar(
        select(schema.documents.c.published).where(schema.documents.c.id == document)
    )
    day = date.fromisoformat(published) if published else None
    gone = [event for event in read_events(connection, own) if key(event) is not None]
    _settle(connection, [(event, day) for event in gone], {event.id for event in gone})


def _settle(connection: Connection, changed: Sequence[tuple[Event, date | None]], gone: set[str]) -> None:
    """Tell anew the stories that changed reports can reach, and from there on what changes more.

    A report's story hangs on the first reports of stories near it in time and on nothing else. So
    it is enough to tell the stories near each changed report anew, then those near each report that
    this moved to another story, until nothing moves: the outcome is that of telling all anew.
    """
    links, table = schema.story_events, schema.events
    ids = {event.id for event, _ in changed} - gone
    old: set[str] = set()
    seen: set[str] = set()
    frontier = list(changed)
    told: list[Story] = []
    events: dict[str, Event] = {}
    while frontier:
        for event, published in frontier:
            seen.add(event.id)
            near = select(table.c.id).where(table.c.block == key(event), _near(event, published))
            old.update(connection.scalars(select(links.c.story).where(links.c.event.in_(near)).distinct()))
        rows = connection.execute(select(links.c.event, links.c.story).where(among(links.c.story, old))).all()
        before = {row.event: row.story for row in rows}
        events, days_of, houses = _reports(connection, set(before) | ids)
        told = merge(list(events.values()), days_of, houses)
        moved = {event for story in told for event in story.events if before.get(event) != story.id}
        frontier = [(events[id], days_of[events[id].document]) for id in sorted(moved - seen)]
    for own, column in (
        (links, links.c.story),
        (schema.story_parties, schema.story_parties.c.story),
        (schema.stories, schema.stories.c.id),
    ):
        connection.execute(delete(own).where(among(column, old)))
    insert_stories(connection, told, {id: key(event) or "" for id, event in events.items()})


def _reports(
    connection: Connection, ids: set[str]
) -> tuple[dict[str, Event], dict[str, date | None], dict[str, str | None]]:
    """Events that are not retracted, and day and publisher of their documents."""
    table, documents = schema.events, schema.documents
    statement = (
        select(table)
        .join(documents, documents.c.id == table.c.document)
        .where(among(table.c.id, ids), documents.c.retracted.is_(False))
    )
    events = {event.id: event for event in read_events(connection, statement)}
    rows = connection.execute(
        select(documents.c.id, documents.c.published, documents.c.publisher).where(
            among(documents.c.id, {event.document for event in events.values()})
        )
    ).all()
    days_of = {row.id: date.fromisoformat(row.published) if row.published else None for row in rows}
    return events, days_of, {row.id: row.publisher for row in rows}


def _near(event: Event, published: date | None) -> ColumnElement[bool]:
    """The condition of events whose days may agree with this one's: wide, never too narrow."""
    table = schema.events
    known = days(event)
    if known is not None:
        return and_(
            table.c.dated,
            table.c.day_first <= known[1].isoformat(),
            table.c.day_last >= known[0].isoformat(),
        )
    home = table.c.document == event.document
    if published is None:
        return and_(~table.c.dated, home)
    # Clipped, for the first and last days of the calendar have no week before or after them.
    low = date.fromordinal(max(published.toordinal() - REACH.days, 1))
    high = date.fromordinal(min(published.toordinal() + REACH.days, date.max.toordinal()))
    return and_(
        ~table.c.dated,
        or_(home, table.c.day_first.between(low.isoformat(), high.isoformat())),
    )
