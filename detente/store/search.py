"""Finding events, stories and documents: by party, type, status and day, and by words."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    false,
    func,
    or_,
    select,
    text,
    true,
)

from detente.errors import StoreError
from detente.records import Status, Story, Voice
from detente.store import schema
from detente.store.rows import among, read_events, read_stories, story_days
from detente.store.upkeep import tell

__all__ = [
    "Filter",
    "Hit",
    "Order",
    "events_of",
    "find",
    "fits",
    "match",
    "sort_stories",
    "stories_as_of",
    "stories_of",
]

Order = Literal["date", "newest", "document"]
ORDERS = ("date", "newest", "document")


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that holds the words searched for.

    `snippet` shows them in their surroundings, each between the marks asked for; `events` are the
    ids of the document's events whose own words hold them all.
    """

    document: str
    title: str | None
    url: str | None
    publisher: str | None
    published: date | None
    snippet: str
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """What events or stories are asked for; None asks for nothing in particular."""

    pair: tuple[str, str] | None = None
    actor: str | None = None
    recipient: str | None = None
    event: str | Collection[str] | None = None
    status: Status | Collection[Status] | None = None
    voice: Voice | Collection[Voice] | None = None
    since: date | None = None
    until: date | None = None
    as_of: date | None = None
    document: str | None = None
    text: str | None = None
    ids: Collection[str] | None = None
    limit: int | None = None
    order: Order = "date"

    def __post_init__(self) -> None:
        if self.order not in ORDERS:
            raise StoreError(f"there is no order {self.order!r}", todo=f"give {', '.join(ORDERS)}")
        if self.limit is not None and self.limit < 0:
            raise StoreError(f"the limit {self.limit} is negative", todo="give 0 or more, or None")


def match(query: str) -> str | None:
    """The user's words as an FTS5 query that all of them must match; None where there are none.

    Words between double quotes stay together. Everything is quoted, so no word is an operator.

    >>> match('summit "joint statement" NOT (x*')
    '"summit" "joint statement" "NOT" "(x*"'
    >>> match(' "" - ') is None
    True
    """
    # half of a surrogate pair is no character that SQLite could be asked for
    plain = query.replace("\x00", " ").encode("utf-8", "ignore").decode("utf-8")
    parts = re.findall(r'"([^"]*)"|([^\s"]+)', plain)
    words = [phrase or word for phrase, word in parts]
    kept = [word for word in words if any(c.isalnum() for c in word)]
    return " ".join(f'"{word}"' for word in kept) or None


def find(connection: Connection, query: str, limit: int, marks: tuple[str, str]) -> list[Hit]:
    """Documents that hold every word, the best match first; [] for a query without words."""
    wanted = match(query)
    if wanted is None:
        return []
    rows = connection.execute(
        text(
            "SELECT d.id, d.title, d.url, d.publisher, d.published,"
            " snippet(documents_fts, -1, :left, :right, '…', 24) AS snippet"
            " FROM documents_fts JOIN documents AS d ON d.number = documents_fts.rowid"
            " WHERE documents_fts MATCH :wanted AND d.retracted = 0"
            " ORDER BY documents_fts.rank, d.id LIMIT :limit"
        ),
        {"wanted": wanted, "limit": limit, "left": marks[0], "right": marks[1]},
    ).all()
    table = schema.events
    chosen = (
        select(table.c.document, table.c.id)
        .where(
            among(table.c.document, (row.id for row in rows)),
            table.c.struck.is_(False),
            _event_words(wanted),
        )
        .order_by(table.c.document, table.c.start, table.c.id)
    )
    events: dict[str, list[str]] = {}
    for row in connection.execute(chosen):
        events.setdefault(row.document, []).append(row.id)
    return [
        Hit(
            document=row.id,
            title=row.title,
            url=row.url,
            publisher=row.publisher,
            published=date.fromisoformat(row.published) if row.published else None,
            snippet=row.snippet,
            events=tuple(events.get(row.id, ())),
        )
        for row in rows
    ]


def events_of(wanted: Filter, retracted: bool | None = False) -> Select[Any]:
    """The statement that selects the events asked for, of documents that count or do not, or all."""
    table, documents = schema.events, schema.documents
    parties = schema.event_parties
    joined = select(table).join(documents, documents.c.id == table.c.document)
    statement = joined.where(table.c.struck.is_(False))
    if retracted is False and wanted.as_of is not None:
        statement = statement.where(_counted(wanted.as_of.isoformat()))
    elif retracted is not None:
        statement = statement.where(documents.c.retracted.is_(retracted))
    for condition in (
        *_parties(wanted, table.c.id, table.c.symmetric, parties.c.event, parties),
        *_days(wanted, table),
        _one_of(table.c.event, wanted.event),
        _one_of(table.c.status, wanted.status),
        _one_of(table.c.voice, wanted.voice),
    ):
        statement = statement.where(condition)
    if wanted.document is not None:
        statement = statement.where(table.c.document == wanted.document)
    if wanted.as_of is not None:
        statement = statement.where(documents.c.published <= wanted.as_of.isoformat())
    if wanted.text is not None:
        words = match(wanted.text)
        statement = statement.where(_event_words(words) if words else false())
    if wanted.ids is not None:
        statement = statement.where(among(table.c.id, wanted.ids))
    by_place = (table.c.document, table.c.start, table.c.trigger_start, table.c.id)
    if wanted.order == "document":
        statement = statement.order_by(*by_place)
    elif wanted.order == "newest":
        statement = statement.order_by(table.c.day_first.desc().nulls_last(), *by_place)
    else:
        statement = statement.order_by(table.c.day_first.asc().nulls_last(), *by_place)
    return statement.limit(wanted.limit)


def _counted(day: str) -> ColumnElement[bool]:
    """The condition of documents that counted on a day: no later version was out yet.

    A later version was not known before the day it was changed, also where it keeps its first date.
    One withdrawn by hand never counts: when it was found to be wrong is not known.
    """
    table = schema.documents
    later = table.alias("later")
    replaced = (
        select(later.c.id)
        .where(later.c.id == table.c.superseded)
        .where(func.coalesce(later.c.modified, later.c.published) > day)
    )
    out = or_(table.c.revises.is_(None), func.coalesce(table.c.modified, table.c.published) <= day)
    return and_(out, or_(table.c.retracted.is_(False), and_(table.c.withdrawn.is_(False), replaced.exists())))


def stories_of(wanted: Filter) -> Select[Any]:
    """The statement that selects the stories asked for, as all documents tell them."""
    table, parties, links = schema.stories, schema.story_parties, schema.story_events
    statement = select(table)
    for condition in (
        *_parties(wanted, table.c.id, table.c.symmetric, parties.c.story, parties),
        *_days(wanted, table),
        _one_of(table.c.event, wanted.event),
        _one_of(table.c.status, wanted.status),
    ):
        statement = statement.where(condition)
    reports = select(links.c.story).join(schema.events, schema.events.c.id == links.c.event)
    if wanted.document is not None:
        own = reports.where(schema.events.c.document == wanted.document)
        statement = statement.where(table.c.id.in_(own))
    if wanted.text is not None:
        words = match(wanted.text)
        told = reports.where(_event_words(words) if words else false())
        statement = statement.where(table.c.id.in_(told))
    if wanted.ids is not None:
        statement = statement.where(among(table.c.id, wanted.ids))
    if wanted.order == "newest":
        statement = statement.order_by(table.c.day_first.desc().nulls_last(), table.c.id)
    elif wanted.order == "document":
        statement = statement.order_by(table.c.first_published.asc().nulls_last(), table.c.id)
    else:
        statement = statement.order_by(table.c.day_first.asc().nulls_last(), table.c.id)
    return statement.limit(wanted.limit)


def stories_as_of(connection: Connection, wanted: Filter, as_of: date) -> list[Story]:
    """The stories asked for, told anew from the documents published on a day or before."""
    if _all_known(connection, as_of):
        return read_stories(connection, stories_of(wanted))
    codes = {*(wanted.pair or ()), wanted.actor, wanted.recipient} - {None}
    table, parties = schema.events, schema.event_parties
    # All reports of a story name the same parties, so this leaves out whole stories only.
    statement = events_of(Filter(as_of=as_of))
    for code in sorted(code for code in codes if code):
        own = select(parties.c.event).where(parties.c.code == code)
        statement = statement.where(table.c.id.in_(own))
    events = read_events(connection, statement)
    told = [story for story in tell(connection, events, as_of) if fits(story, wanted)]
    if wanted.document is not None or wanted.text is not None:
        reports = events_of(Filter(as_of=as_of, document=wanted.document)).subquery()
        having = set(connection.scalars(select(reports.c.id)))
        if wanted.text is not None:
            reports = events_of(Filter(as_of=as_of, text=wanted.text)).subquery()
            holding = set(connection.scalars(select(reports.c.id)))
            told = [story for story in told if not holding.isdisjoint(story.events)]
        told = [story for story in told if not having.isdisjoint(story.events)]
    return sort_stories(told, wanted.order)[: wanted.limit]


def _all_known(connection: Connection, as_of: date) -> bool:
    """Whether all that the kept stories are told from was known on a day, so that they are its stories.

    Telling those of a busy pair anew takes half a minute.
    """
    table, places = schema.documents, schema.sightings
    day = as_of.isoformat()
    told = select(schema.events.c.id).where(schema.events.c.document == table.c.id)
    for later in (
        select(table.c.id).where(table.c.published > day),
        select(table.c.id).where(table.c.modified > day),
        select(table.c.id).where(table.c.published.is_(None), told.exists()),
        select(places.c.number).where(or_(places.c.published.is_(None), places.c.published > day)),
    ):
        if connection.execute(later.limit(1)).first() is not None:
            return False
    return True


def fits(story: Story, wanted: Filter) -> bool:
    """Whether a story is asked for, by its own fields; the same rule as `stories_of`."""
    known = story_days(story)
    if (wanted.since or wanted.until) and known is None:
        return False
    return (
        (wanted.pair is None or _in_pair(story, *wanted.pair))
        and (wanted.actor is None or wanted.actor in story.actor)
        and (wanted.recipient is None or wanted.recipient in story.recipient)
        and (wanted.event is None or story.event in _several(wanted.event))
        and (wanted.status is None or story.status.value in _several(wanted.status))
        and (wanted.since is None or known is None or known[1] >= wanted.since)
        and (wanted.until is None or known is None or known[0] <= wanted.until)
        and (wanted.ids is None or story.id in wanted.ids)
    )


def sort_stories(stories: Sequence[Story], order: Order) -> list[Story]:
    """Stories in the order of `stories_of`."""
    by_id = sorted(stories, key=lambda story: story.id)
    if order == "document":
        return sorted(by_id, key=lambda story: story.first_published or date.max)
    known = [(story_days(story), story) for story in by_id]
    dated = [(days[0], story) for days, story in known if days is not None]
    dated.sort(key=lambda pair: pair[0], reverse=order == "newest")
    return [story for _, story in dated] + [story for days, story in known if days is None]


def _in_pair(story: Story, one: str, other: str) -> bool:
    if one == other:
        return not story.symmetric and one in story.actor and one in story.recipient
    if story.symmetric:
        return {one, other} <= {*story.actor, *story.recipient}
    return (one in story.actor and other in story.recipient) or (
        other in story.actor and one in story.recipient
    )


def _parties(
    wanted: Filter,
    own: ColumnElement[Any],
    symmetric: ColumnElement[bool],
    link: ColumnElement[Any],
    parties: Any,
) -> list[ColumnElement[bool]]:
    def side(code: str, side: str | None) -> ColumnElement[bool]:
        chosen = select(link).where(parties.c.code == code)
        return own.in_(chosen if side is None else chosen.where(parties.c.side == side))

    conditions = []
    if wanted.pair is not None:
        one, other = wanted.pair
        there = and_(side(one, "actor"), side(other, "recipient"))
        back = and_(side(other, "actor"), side(one, "recipient"))
        if one == other:
            conditions.append(and_(~symmetric, there))
        else:
            together = and_(symmetric, side(one, None), side(other, None))
            conditions.append(or_(there, back, together))
    if wanted.actor is not None:
        conditions.append(side(wanted.actor, "actor"))
    if wanted.recipient is not None:
        conditions.append(side(wanted.recipient, "recipient"))
    return conditions


def _days(wanted: Filter, table: Any) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.since is not None:
        conditions.append(table.c.day_last >= wanted.since.isoformat())
    if wanted.until is not None:
        conditions.append(table.c.day_first <= wanted.until.isoformat())
    return conditions


def _several(value: str | Collection[str]) -> set[str]:
    return {str(value)} if isinstance(value, str) else {str(item) for item in value}


def _one_of(column: ColumnElement[Any], value: str | Collection[str] | None) -> ColumnElement[bool]:
    return true() if value is None else among(column, _several(value))


def _event_words(wanted: str) -> ColumnElement[bool]:
    rows = text("SELECT rowid AS number FROM events_fts WHERE events_fts MATCH :words").columns(
        schema.events.c.number
    )
    return schema.events.c.number.in_(rows.bindparams(words=wanted).subquery().select())
