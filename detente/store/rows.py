"""Records become rows of the store and rows records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, select

from detente.errors import StoreError
from detente.records import Document, Event, Kind, Party, Quote, Status, Story, Voice
from detente.sources.repeats import credit
from detente.store import schema
from detente.store.days import days, span
from detente.store.stories import DEFINITION, key
from detente.store.wording import WINDOW, paragraph

__all__ = [
    "among",
    "check_evidence",
    "document_row",
    "document_sha256",
    "event_row",
    "insert_stories",
    "party_rows",
    "read_around",
    "read_document",
    "read_events",
    "read_quote",
    "read_stories",
    "story_days",
]


def among(column: ColumnElement[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """The condition that a column is one of many values, without SQLite's limit of parameters."""
    each = func.json_each(json.dumps(sorted(set(values)))).table_valued("value")
    return column.in_(select(each.c.value))


def document_sha256(document: Document) -> str:
    """The hash of a document's text, worked out where the record has none."""
    return document.sha256 or hashlib.sha256(document.text.encode()).hexdigest()


def document_row(document: Document, retrieved: datetime | None, run: int | None) -> dict[str, Any]:
    """A row of `documents`."""
    seen = document.retrieved or retrieved
    return {
        "id": document.id,
        "sha256": document_sha256(document),
        "title": document.title,
        "url": document.url,
        "published": _iso(document.published),
        "publisher": document.publisher,
        "kind": document.kind.value,
        "language": document.language,
        "author": document.author,
        "retrieved": seen.isoformat() if seen else None,
        "text": document.text,
        "run": run,
        "retracted": False,
        "modified": _iso(document.modified),
        "revises": document.revises,
        "times": json.dumps(document.times) if document.times else None,
        "turns": json.dumps(document.turns, ensure_ascii=False) if document.turns else None,
        "origin": credit(document),
        "superseded": None,
        "withdrawn": False,
        "reason": None,
    }


def read_document(row: Row[Any]) -> Document:
    """The document of a row."""
    return Document(
        id=row.id,
        text=row.text,
        title=row.title,
        url=row.url,
        published=date.fromisoformat(row.published) if row.published else None,
        publisher=row.publisher,
        kind=Kind(row.kind),
        language=row.language,
        sha256=row.sha256,
        retrieved=datetime.fromisoformat(row.retrieved) if row.retrieved else None,
        author=row.author,
        modified=date.fromisoformat(row.modified) if row.modified else None,
        revises=row.revises,
        times=tuple((at, float(seconds)) for at, seconds in json.loads(row.times or "[]")),
        turns=tuple((at, speaker) for at, speaker in json.loads(row.turns or "[]")),
    )


def check_evidence(event: Event, document: str, text: str) -> None:
    """Raise `StoreError` where an event does not stand on the words it names."""
    if event.document != document:
        raise StoreError(
            f"the event belongs to document {event.document}",
            where=f"document {document}",
            todo="give the coder's events their own document",
        )
    if not 0 <= event.start < event.end <= len(text) or text[event.start : event.end] != event.text:
        raise StoreError(
            f"the evidence {event.text[:60]!r} does not stand at {event.start}:{event.end}",
            where=f"document {document}",
            todo="offsets are code points into the text as it is stored",
        )


def event_row(event: Event, published: str | None, run: int | None) -> dict[str, Any]:
    """A row of `events`; without a date of its own it is searched by the day of publication."""
    known = days(event)
    first, last = (d.isoformat() for d in known) if known else (published, published)
    return {
        "id": event.id,
        "document": event.document,
        "run": run,
        "start": event.start,
        "end": event.end,
        "text": event.text,
        "event": event.event,
        "symmetric": event.symmetric,
        "status": event.status.value,
        "trigger": event.trigger,
        "trigger_start": event.trigger_start,
        "quad": event.quad,
        "cameo": event.cameo,
        "modes": json.dumps(event.modes),
        "contexts": json.dumps(event.contexts),
        "date": event.date,
        "date_end": event.date_end,
        "date_text": event.date_text,
        "date_reason": event.date_reason,
        "speaker": event.speaker,
        "voice": event.voice.value,
        "confidence": event.confidence,
        "coder": event.coder,
        "day_first": first,
        "day_last": last,
        "dated": known is not None,
        "block": key(event),
        "seconds": event.seconds,
    }


def party_rows(event: Event) -> list[dict[str, Any]]:
    """The rows of `event_parties` of one event."""
    return [
        {"event": event.id, "side": side, "position": position, **asdict(party)}
        for side, parties in (("actor", event.actor), ("recipient", event.recipient))
        for position, party in enumerate(parties)
    ]


def read_events(connection: Connection, statement: Select[Any]) -> list[Event]:
    """The events of a statement that selects `events`, in its order, with their parties."""
    rows = connection.execute(statement).all()
    parties: dict[tuple[str, str], list[Party]] = {}
    table = schema.event_parties
    chosen = select(table).where(among(table.c.event, (row.id for row in rows)))
    for row in connection.execute(chosen.order_by(table.c.event, table.c.side, table.c.position)):
        parties.setdefault((row.event, row.side), []).append(
            Party(row.code, row.text, row.start, row.end, row.sector, row.name, row.how)
        )
    return [
        Event(
            document=row.document,
            start=row.start,
            end=row.end,
            text=row.text,
            event=row.event,
            actor=tuple(parties.get((row.id, "actor"), ())),
            recipient=tuple(parties.get((row.id, "recipient"), ())),
            symmetric=row.symmetric,
            status=Status(row.status),
            trigger=row.trigger,
            trigger_start=row.trigger_start,
            quad=row.quad,
            cameo=row.cameo,
            modes=tuple(json.loads(row.modes)),
            contexts=tuple(json.loads(row.contexts)),
            date=row.date,
            date_end=row.date_end,
            date_text=row.date_text,
            date_reason=row.date_reason,
            speaker=row.speaker,
            voice=Voice(row.voice),
            confidence=row.confidence,
            coder=row.coder,
            seconds=row.seconds,
        )
        for row in rows
    ]


def read_around(connection: Connection, ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The words before and after each event in its document, within the paragraph."""
    events, documents = schema.events, schema.documents
    first = func.max(events.c.start - WINDOW, 0)
    found = connection.execute(
        select(
            events.c.id,
            func.substr(documents.c.text, first + 1, events.c.start - first).label("before"),
            func.substr(documents.c.text, events.c.end + 1, WINDOW).label("after"),
        )
        .join(documents, documents.c.id == events.c.document)
        .where(among(events.c.id, ids))
    )
    return {row.id: paragraph(row.before, row.after) for row in found}


def insert_stories(connection: Connection, stories: Sequence[Story], blocks: dict[str, str]) -> None:
    """Write stories with their reports and parties; `blocks` gives the block of each event."""
    if not stories:
        return
    connection.execute(insert(schema.stories), [_story_row(s, blocks[s.id]) for s in stories])
    connection.execute(
        insert(schema.story_events),
        [
            {"event": event, "story": story.id, "position": position}
            for story in stories
            for position, event in enumerate(story.events)
        ],
    )
    parties = [
        {"story": story.id, "side": side, "position": position, "code": code}
        for story in stories
        for side, codes in (("actor", story.actor), ("recipient", story.recipient))
        for position, code in enumerate(codes)
    ]
    if parties:
        connection.execute(insert(schema.story_parties), parties)


def _story_row(story: Story, block: str) -> dict[str, Any]:
    known = story_days(story)
    return {
        "id": story.id,
        "block": block,
        "event": story.event,
        "symmetric": story.symmetric,
        "status": story.status.value,
        "date": story.date,
        "date_end": story.date_end,
        "first_published": _iso(story.first_published),
        "day_first": _iso(known[0]) if known else None,
        "day_last": _iso(known[1]) if known else None,
        "publishers": json.dumps(story.publishers, ensure_ascii=False),
        "definition": DEFINITION,
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def story_days(story: Story) -> tuple[date, date] | None:
    """First and last day of a story, or its first day of publication where it has no date."""
    known = span(story.date)
    if known is None:
        return (story.first_published, story.first_published) if story.first_published else None
    end = span(story.date_end)
    return known if end is None else (known[0], max(known[0], end[1]))


def read_stories(connection: Connection, statement: Select[Any]) -> list[Story]:
    """The stories of a statement that selects `stories`, in its order."""
    rows = connection.execute(statement).all()
    ids = [row.id for row in rows]
    codes: dict[tuple[str, str], list[str]] = {}
    table = schema.story_parties
    for row in connection.execute(
        select(table).where(among(table.c.story, ids)).order_by(table.c.story, table.c.position)
    ):
        codes.setdefault((row.story, row.side), []).append(row.code)
    reports: dict[str, list[str]] = {}
    links = schema.story_events
    for row in connection.execute(
        select(links).where(among(links.c.story, ids)).order_by(links.c.story, links.c.position)
    ):
        reports.setdefault(row.story, []).append(row.event)
    return [
        Story(
            id=row.id,
            event=row.event,
            actor=tuple(codes.get((row.id, "actor"), ())),
            recipient=tuple(codes.get((row.id, "recipient"), ())),
            symmetric=row.symmetric,
            status=Status(row.status),
            date=row.date,
            date_end=row.date_end,
            first_published=date.fromisoformat(row.first_published) if row.first_published else None,
            events=tuple(reports.get(row.id, ())),
            publishers=tuple(json.loads(row.publishers)),
        )
        for row in rows
    ]


def read_quote(row: Row[Any]) -> Quote:
    """The quotation of a row."""
    return Quote(
        start=row.start,
        end=row.end,
        text=row.text,
        kind=row.kind,
        speaker=row.speaker,
        speaker_start=row.speaker_start,
        speaker_end=row.speaker_end,
        cue=row.cue,
        document=row.document,
    )
