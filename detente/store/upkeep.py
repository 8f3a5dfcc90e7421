"""The stories of the store are kept in step with its events, only as far as a change reaches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select

from detente.records import Event
from detente.store import schema
from detente.store.days import days
from detente.store.rows import among, insert_stories, read_events
from detente.store.stories import REACH, key, merge

__all__ = ["join", "rebuild", "withdraw"]


def join(connection: Connection, added: Sequence[tuple[Event, date | None]]) -> None:
    """Tell the stories that new events, with the day of publication of each, belong to.

    Only stories with a report whose days can agree with those of a new event can change; these are
    told anew, which gives what telling all stories anew would give.
    """
    table, links = schema.events, schema.story_events
    touched: set[str] = set()
    for event, published in added:
        block = key(event)
        if block is None:
            continue
        near = select(table.c.id).where(table.c.block == block, _near(event, published))
        touched.update(
            connection.scalars(select(links.c.story).where(links.c.event.in_(near)).distinct())
        )
    rebuild(connection, touched, {event.id for event, _ in added if key(event) is not None})


def withdraw(connection: Connection, document: str) -> None:
    """Take the reports of a document that was marked as retracted out of their stories."""
    links, table = schema.story_events, schema.events
    own = select(table.c.id).where(table.c.document == document)
    touched = connection.scalars(select(links.c.story).where(links.c.event.in_(own)).distinct())
    rebuild(connection, set(touched), set())


def rebuild(connection: Connection, stories: Iterable[str], further: Iterable[str]) -> None:
    """Tell some stories anew from their own reports and from further events."""
    old = set(stories)
    links, table, documents = schema.story_events, schema.events, schema.documents
    reports = set(connection.scalars(select(links.c.event).where(among(links.c.story, old))))
    statement = (
        select(table)
        .join(documents, documents.c.id == table.c.document)
        .where(among(table.c.id, reports | set(further)), documents.c.retracted.is_(False))
    )
    events = read_events(connection, statement)
    rows = connection.execute(
        select(documents.c.id, documents.c.published, documents.c.publisher).where(
            among(documents.c.id, {event.document for event in events})
        )
    ).all()
    told = merge(
        events,
        {row.id: date.fromisoformat(row.published) if row.published else None for row in rows},
        {row.id: row.publisher for row in rows},
    )
    for own, column in (
        (links, links.c.story),
        (schema.story_parties, schema.story_parties.c.story),
        (schema.stories, schema.stories.c.id),
    ):
        connection.execute(delete(own).where(among(column, old)))
    insert_stories(connection, told, {event.id: key(event) or "" for event in events})


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
