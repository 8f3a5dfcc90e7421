"""Lists of the store page by page, each page found from where the last one ended.

A place in a list is the day and the number of the last row given, so rows that come in meanwhile move
nothing: none is given twice and none is left out. `top` is the newest row there was at the first page.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, text, true

from detente.records import Document, Event, Story
from detente.store import rows, schema, search
from detente.store.connection import reading
from detente.store.search import Filter

if TYPE_CHECKING:
    from detente.store.database import Store

__all__ = ["Card", "Counts", "Found", "Listed", "Pages", "Place", "Report"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the day that its last row is sorted by (None: it has none) and its key."""

    day: str | None
    key: int | str
    top: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """What is told of a document beside its events."""

    id: str
    title: str | None
    url: str | None
    publisher: str | None
    published: date | None


@dataclass(frozen=True, slots=True)
class Report:
    """An event with its document and the id of its story (None where it tells none)."""

    event: Event
    document: Card
    story: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A document of a list; `events` is how many acts it tells."""

    document: Document
    events: int


@dataclass(frozen=True, slots=True)
class Found:
    """A document that holds the words searched for; `marks` are their places in `snippet`."""

    document: Card
    snippet: str
    marks: tuple[tuple[int, int], ...]
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a store holds, and the newest day of publication."""

    documents: int
    events: int
    stories: int
    forecasts: int
    failures: int
    newest: date | None
    coders: tuple[str, ...]


class Pages:
    """The lists of an open store.

    >>> from detente.store import open_store
    >>> with open_store(":memory:") as store:
    ...     Pages(store).events(Filter(), limit=10)
    ([], None)
    """

    def __init__(self, store: Store) -> None:
        self._engine = store._engine
        self._where = store.where

    def events(
        self,
        wanted: Filter,
        *,
        speaker: str | None = None,
        context: str | None = None,
        publisher: str | None = None,
        arrival: bool = False,
        after: Place | None = None,
        limit: int,
    ) -> tuple[list[Report], Place | None]:
        """Events, the newest day first (with `arrival`, in the order they came), and where they end.

        `speaker` is a part of the speaker's name in any case. The place is None after the last page,
        but in the order of arrival, where it is the place to look from later.
        """
        table, documents = schema.events, schema.documents
        statement = search.events_of(replace(wanted, limit=None)).order_by(None)
        if wanted.pair is not None:
            # Every act between two names both: found so first, few are left for the finer conditions.
            # Not by a join: SQLite may go through all acts of the one for each act of the other.
            parties = schema.event_parties
            a, b = (select(parties.c.event).where(parties.c.code == code) for code in wanted.pair)
            statement = statement.where(table.c.id.in_(a.intersect(b)))
        if speaker is not None:
            statement = statement.where(table.c.speaker.icontains(speaker, autoescape=True))
        if context is not None:
            each = func.json_each(table.c.contexts).table_valued("value", name="each")
            statement = statement.where(exists(select(1).select_from(each).where(each.c.value == context)))
        if publisher is not None:
            statement = statement.where(documents.c.publisher == publisher)
        with reading(self._engine, self._where) as connection:
            if arrival:
                if after is not None:
                    statement = statement.where(table.c.number > after.key)
                found = rows.read_events(connection, statement.order_by(table.c.number).limit(limit))
            else:
                top = after.top if after else connection.scalar(select(func.max(table.c.number))) or 0
                found = []
                for part in _newest(statement, table.c.day_first, table.c.number, after, top):
                    found += rows.read_events(connection, part.limit(limit + 1 - len(found)))
                    if len(found) > limit:
                        break
            reports, places = self._reports(connection, found)
        if arrival:
            if not reports:
                return [], after
            last = places[reports[-1].event.id]
            return reports, Place(None, last[1])
        if len(reports) <= limit:
            return reports, None
        day, number = places[reports[limit - 1].event.id]
        return reports[:limit], Place(day, number, top)

    def reports(self, ids: Iterable[str]) -> list[Report]:
        """Events by their ids, also those of retracted documents, in the order of `ids`."""
        listed = list(ids)
        with reading(self._engine, self._where) as connection:
            chosen = select(schema.events).where(
                rows.among(schema.events.c.id, listed), schema.events.c.struck.is_(False)
            )
            reports, _ = self._reports(connection, rows.read_events(connection, chosen))
        by_id = {report.event.id: report for report in reports}
        return [by_id[name] for name in listed if name in by_id]

    def _reports(
        self, connection: Any, events: Sequence[Event]
    ) -> tuple[list[Report], dict[str, tuple[str | None, int]]]:
        table, documents, links = schema.events, schema.documents, schema.story_events
        ids = [event.id for event in events]
        found = connection.execute(
            select(
                table.c.id.label("event"),
                table.c.number,
                table.c.day_first,
                links.c.story,
                documents.c.id,
                documents.c.title,
                documents.c.url,
                documents.c.publisher,
                documents.c.published,
            )
            .join(documents, documents.c.id == table.c.document)
            .outerjoin(links, links.c.event == table.c.id)
            .where(rows.among(table.c.id, ids))
        )
        beside = {row.event: row for row in found}
        return (
            [Report(e, _card(beside[e.id]), beside[e.id].story) for e in events],
            {name: (row.day_first, row.number) for name, row in beside.items()},
        )

    def documents(
        self,
        *,
        publisher: str | None = None,
        kind: str | None = None,
        language: str | None = None,
        since: date | None = None,
        until: date | None = None,
        as_of: date | None = None,
        after: Place | None = None,
        limit: int,
    ) -> tuple[list[Listed], Place | None]:
        """Documents that count (on a day with `as_of`), the newest first, and where they end."""
        table = schema.documents
        if as_of is None:
            statement = select(table).where(table.c.retracted.is_(False))
        else:
            statement = select(table).where(
                search._counted(as_of.isoformat()), table.c.published <= as_of.isoformat()
            )
        for column, value in (
            (table.c.publisher, publisher),
            (table.c.kind, kind),
            (table.c.language, language),
        ):
            if value is not None:
                statement = statement.where(column == value)
        if since is not None:
            statement = statement.where(table.c.published >= since.isoformat())
        if until is not None:
            statement = statement.where(table.c.published <= until.isoformat())
        with reading(self._engine, self._where) as connection:
            top = after.top if after else connection.scalar(select(func.max(table.c.number))) or 0
            found: list[Any] = []
            for part in _newest(statement, table.c.published, table.c.number, after, top):
                found += connection.execute(part.limit(limit + 1 - len(found))).all()
                if len(found) > limit:
                    break
            own = schema.events.c.document
            counted = connection.execute(
                select(own, func.count())
                .where(rows.among(own, (r.id for r in found)), schema.events.c.struck.is_(False))
                .group_by(own)
            )
            counts = {row[0]: row[1] for row in counted}
        listed = [Listed(rows.read_document(row), counts.get(row.id, 0)) for row in found[:limit]]
        if len(found) <= limit:
            return listed, None
        last = found[limit - 1]
        return listed, Place(last.published, last.number, top)

    def counted_on(self, document: str, as_of: date) -> bool:
        """Whether a document was out on a day and not yet replaced."""
        table = schema.documents
        statement = select(table.c.id).where(
            table.c.id == document,
            table.c.published <= as_of.isoformat(),
            search._counted(as_of.isoformat()),
        )
        with reading(self._engine, self._where) as connection:
            return connection.scalar(statement) is not None

    def stories(
        self,
        wanted: Filter,
        *,
        party: str | None = None,
        after: Place | None = None,
        limit: int,
    ) -> tuple[list[Story], Place | None]:
        """Stories as all documents tell them, the newest day first, and where they end."""
        table, parties = schema.stories, schema.story_parties
        statement = search.stories_of(replace(wanted, limit=None)).order_by(None)
        if party is not None:
            own = select(parties.c.story).where(parties.c.code == party)
            statement = statement.where(table.c.id.in_(own))
        with reading(self._engine, self._where) as connection:
            found: list[Any] = []
            for part in _newest(statement, table.c.day_first, table.c.id, after, None):
                found += connection.execute(part.limit(limit + 1 - len(found))).all()
                if len(found) > limit:
                    break
            days = [row.day_first for row in found]
            chosen = select(table).where(rows.among(table.c.id, (row.id for row in found)))
            by_id = {story.id: story for story in rows.read_stories(connection, chosen)}
        told = [by_id[row.id] for row in found]
        if len(told) <= limit:
            return told, None
        return told[:limit], Place(days[limit - 1], told[limit - 1].id)

    def pairs(self, as_of: date) -> list[tuple[str, str, int, str | None]]:
        """Every two parties with an act told of them by a day: codes, number of reports, last day.

        Reports of documents that counted on that day, of every status; most first.
        """
        # Read plainly and counted here, which takes half of what the database needs for it.
        events, parties = schema.events, schema.event_parties
        chosen = search.events_of(Filter(as_of=as_of)).order_by(None)
        columns = chosen.with_only_columns(events.c.id, events.c.symmetric, events.c.day_first)
        sides = select(parties.c.event, parties.c.side, parties.c.code)
        with reading(self._engine, self._where) as connection:
            known = {name: (bool(both), day) for name, both, day in connection.execute(columns)}
            actors: dict[str, set[str]] = {}
            recipients: dict[str, set[str]] = {}
            for name, side, code in connection.execute(sides):
                if name in known:
                    (actors if side == "actor" else recipients).setdefault(name, set()).add(code)
        counts: dict[tuple[str, str], int] = {}
        last: dict[tuple[str, str], str] = {}
        for name, (both, day) in known.items():
            one, other = actors.get(name, set()), recipients.get(name, set())
            if both:
                one = other = one | other
            for pair in {(a, b) if a < b else (b, a) for a in one for b in other if a != b}:
                counts[pair] = counts.get(pair, 0) + 1
                if day is not None and day > last.get(pair, ""):
                    last[pair] = day
        # A plan may lie after the day; when it was told of is what was known.
        latest = {pair: min(day, as_of.isoformat()) for pair, day in last.items()}
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return [(a, b, count, latest.get((a, b))) for (a, b), count in ranked]

    def search(
        self,
        query: str,
        *,
        publisher: str | None = None,
        since: date | None = None,
        until: date | None = None,
        as_of: date | None = None,
        limit: int,
    ) -> list[Found]:
        """Documents that hold every word, the best match (BM25) first; [] for a query without words."""
        wanted = search.match(query)
        if wanted is None:
            return []
        left, right = (f"{secrets.token_hex(8)}{side}" for side in "<>")
        table = schema.documents
        hits = text(
            "SELECT rowid AS number, rank AS rank,"
            " snippet(documents_fts, -1, :left, :right, '…', 24) AS snippet"
            " FROM documents_fts WHERE documents_fts MATCH :wanted"
        ).columns(number=table.c.number.type, rank=schema.events.c.confidence.type, snippet=table.c.text.type)
        found_in = hits.bindparams(wanted=wanted, left=left, right=right).subquery("hits")
        counted: ColumnElement[bool] = table.c.retracted.is_(False)
        if as_of is not None:
            counted = and_(search._counted(as_of.isoformat()), table.c.published <= as_of.isoformat())
        statement = (
            select(
                table.c.id,
                table.c.title,
                table.c.url,
                table.c.publisher,
                table.c.published,
                found_in.c.snippet,
            )
            .join(found_in, found_in.c.number == table.c.number)
            .where(
                counted,
                table.c.publisher == publisher if publisher is not None else true(),
                table.c.published >= since.isoformat() if since is not None else true(),
                table.c.published <= until.isoformat() if until is not None else true(),
            )
            .order_by(found_in.c.rank, table.c.number)
            .limit(limit)
        )
        with reading(self._engine, self._where) as connection:
            found = connection.execute(statement).all()
            own = schema.events
            chosen = (
                select(own.c.document, own.c.id)
                .where(
                    rows.among(own.c.document, (row.id for row in found)),
                    own.c.struck.is_(False),
                    search._event_words(wanted),
                )
                .order_by(own.c.document, own.c.start, own.c.id)
            )
            events: dict[str, list[str]] = {}
            for row in connection.execute(chosen):
                events.setdefault(row.document, []).append(row.id)
        return [
            Found(_card(row), *_unmarked(row.snippet, left, right), tuple(events.get(row.id, ())))
            for row in found
        ]

    def counts(self) -> Counts:
        """How much the store holds."""
        documents, runs = schema.documents, schema.runs
        with reading(self._engine, self._where) as connection:

            def count(table: Any) -> int:
                return connection.scalar(select(func.count()).select_from(table)) or 0

            wrong = select(func.count()).select_from(schema.events).where(schema.events.c.struck.is_(True))
            struck = connection.scalar(wrong) or 0
            newest = connection.scalar(select(func.max(documents.c.published)))
            coders = connection.scalars(select(runs.c.coder).where(runs.c.coder.is_not(None)).distinct())
            return Counts(
                documents=count(documents),
                events=count(schema.events) - struck,
                stories=count(schema.stories),
                forecasts=connection.scalar(select(func.count(schema.forecasts.c.id.distinct()))) or 0,
                failures=count(schema.failures),
                newest=date.fromisoformat(newest) if newest else None,
                coders=tuple(sorted(name for name in coders if name)),
            )


def _newest(
    statement: Select[Any],
    day: ColumnElement[Any],
    key: ColumnElement[Any],
    after: Place | None,
    top: int | None,
) -> Iterable[Select[Any]]:
    """The rows in two parts, each of which an index can give in order: the dated, then the others."""
    if top is not None:
        statement = statement.where(key <= top)
    if after is None or after.day is not None:
        dated = statement.where(day.is_not(None))
        if after is not None:
            dated = dated.where(day <= after.day, or_(day < after.day, key < after.key))
        yield dated.order_by(day.desc(), key.desc())
    others = statement.where(day.is_(None))
    if after is not None and after.day is None:
        others = others.where(key < after.key)
    yield others.order_by(key.desc())


def _card(row: Any) -> Card:
    published = date.fromisoformat(row.published) if row.published else None
    return Card(row.id, row.title, row.url, row.publisher, published)


def _unmarked(snippet: str, left: str, right: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A snippet without its marks, and where they stood in pairs."""
    plain, marks = "", []
    for number, part in enumerate(snippet.split(left)):
        inside, mark, rest = part.partition(right)
        if number and mark:
            marks.append((len(plain), len(plain) + len(inside)))
        plain += inside + rest
    return plain, tuple(marks)
