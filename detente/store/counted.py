"""The reports between two parties as bare rows, for counting: without their words, and grouped by
the stories that are kept.

Telling the stories of a past day anew from the texts takes seconds for a busy pair. It gives what
the kept stories give, less the later reports, for a report's story hangs on earlier reports alone
(see `stories`). Where that is not so (an article replaced since, copies that came later, stories a
person merged or split) nothing is given, and the caller has to tell them anew.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from detente.records import Event, Status, Voice
from detente.store.connection import reading
from detente.store.copies import families

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

__all__ = ["Counted", "CountedReports", "Report", "bare", "of_pair"]


@dataclass(frozen=True, slots=True)
class Report:
    """An event without its words: what counting needs, the day it was published, and its story.

    `story` is None for what tells none (commentary).
    """

    id: str
    document: str
    event: str
    actor_codes: tuple[str, ...]
    recipient_codes: tuple[str, ...]
    symmetric: bool
    status: Status
    quad: int
    voice: Voice
    modes: tuple[str, ...]
    date: str | None
    date_end: str | None
    confidence: float | None
    published: dt.date
    story: str | None


@dataclass(frozen=True, slots=True)
class Counted:
    """The reports of a pair on a day; `sure` is False where the kept stories are not those of that
    day, and the reports are then those of a later one."""

    reports: tuple[Report, ...]
    sure: bool


def bare(event: Event, published: date, story: str | None) -> Report:
    """An event as a bare report."""
    return Report(
        event.id,
        event.document,
        event.event,
        event.actor_codes,
        event.recipient_codes,
        event.symmetric,
        event.status,
        event.quad,
        event.voice,
        event.modes,
        event.date,
        event.date_end,
        event.confidence,
        published,
        story,
    )


# Whether a document counted on a day: the rule of `search`, for both to say the same.
_THEN = """
    (d.revises IS NULL OR coalesce(d.modified, d.published) <= :day)
    AND (d.retracted = 0 OR (d.withdrawn = 0 AND EXISTS (
        SELECT 1 FROM documents AS later WHERE later.id = d.superseded
        AND coalesce(later.modified, later.published) > :day)))"""
# From the party that is named less often: the other may be half of the store.
_BOTH = """
    SELECT DISTINCT event FROM event_parties AS a WHERE a.code = :rare AND EXISTS (
        SELECT 1 FROM event_parties AS b WHERE b.event = a.event AND +b.code = :other)"""
_STATUSES = {s.value: s for s in Status}
_VOICES = {v.value: v for v in Voice}


def of_pair(connection: Connection, one: str, other: str, as_of: date) -> Counted:
    """The reports that name both parties and were published by a day."""
    # Straight to the driver: a busy pair has tens of thousands of rows.
    driver = connection.connection.driver_connection
    assert driver is not None
    count = "SELECT count(*) FROM event_parties WHERE code = ?"
    often = {code: driver.execute(count, (code,)).fetchone()[0] for code in (one, other)}
    rare, other = sorted(often, key=lambda code: (often[code], code))
    asked = {"rare": rare, "other": other, "day": as_of.isoformat()}
    rows = driver.execute(
        f"""SELECT e.id, e.document, e.event, e.symmetric, e.status, e.quad, e.voice, e.modes, e.date,
            e.date_end, e.confidence, d.published, s.story, d.retracted, {_THEN},
            s.told IS NOT NULL OR EXISTS (SELECT 1 FROM ties WHERE ties.event = coalesce(e.stands_for, e.id))
        FROM ({_BOTH}) AS b JOIN events AS e ON e.id = b.event
        JOIN documents AS d ON d.id = e.document LEFT JOIN story_events AS s ON s.event = e.id
        WHERE e.struck = 0 AND d.published <= :day""",
        asked,
    ).fetchall()
    if any(tied or bool(then) == bool(retracted) for *_, retracted, then, tied in rows):
        return Counted((), False)
    kept = [row for row in rows if row[-2]]
    documents = {row[1] for row in kept}
    if not _copies_known(connection, documents, as_of):
        return Counted((), False)
    sides: dict[str, tuple[set[str], set[str]]] = {row[0]: (set(), set()) for row in kept}
    parties = driver.execute(
        f"SELECT p.event, p.side, p.code FROM ({_BOTH}) AS b JOIN event_parties AS p ON p.event = b.event",
        {"rare": rare, "other": other},
    )
    for event, side, code in parties:
        here = sides.get(event)
        if here is not None:
            here[side == "recipient"].add(code)
    return Counted(tuple(_reports(kept, sides)), True)


def _reports(rows: list[Any], sides: dict[str, tuple[set[str], set[str]]]) -> Iterator[Report]:
    days: dict[str, date] = {}
    for id, document, event, both, status, quad, voice, modes, at, end, sure, published, story, *_ in rows:
        day = days.get(published)
        if day is None:
            day = days[published] = date.fromisoformat(published)
        actor, recipient = sides[id]
        yield Report(
            id,
            document,
            event,
            tuple(sorted(actor)),
            tuple(sorted(recipient)),
            bool(both),
            _STATUSES[status],
            quad,
            _VOICES[voice],
            () if modes == "[]" else tuple(json.loads(modes)),
            at,
            end,
            sure,
            day,
            story,
        )


def _copies_known(connection: Connection, documents: set[str], as_of: date) -> bool:
    """Whether every copy of the documents, and every copy of these, was out by that day."""
    driver = connection.connection.driver_connection
    assert driver is not None
    if driver.execute("SELECT 1 FROM copies LIMIT 1").fetchone() is None:
        return True
    every = {id for group in families(connection, documents).values() for id in group}
    later = driver.execute(
        "SELECT 1 FROM json_each(?) AS j JOIN documents AS d ON d.id = j.value"
        " WHERE d.published IS NULL OR d.published > ? LIMIT 1",
        (json.dumps(sorted(every)), as_of.isoformat()),
    )
    return later.fetchone() is None


class CountedReports:
    """What `Store` can do for counting; every method is one transaction."""

    _engine: Engine
    where: str

    def counted(self, pair: tuple[str, str], as_of: date) -> Counted:
        """The bare reports of a pair that were published by a day, with their stories."""
        with reading(self._engine, self.where) as connection:
            return of_pair(connection, *pair, as_of)
