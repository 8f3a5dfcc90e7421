"""What a store knows of a pair, counted straight from its rows; the acts of many pairs at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from detente.errors import InputError
from detente.records import Status, Voice
from detente.relations.series import Act, acts_told, aside, pair_of

if TYPE_CHECKING:
    from detente.store import Store
    from detente.store.counted import Report
    from detente.store.imported import ImportedEvent

__all__ = ["Known", "acts_in", "acts_of_reports", "imported_reports", "known_in", "reports_in"]


def reports_in(store: Store, pair: tuple[str, str], as_of: date) -> list[Report]:
    """The reports between two parties that a store knew on a day, each with its story.

    They hold what counting needs, and no words. Raises InputError where `pair` is none.
    """
    two = pair_of(pair)
    counted = store.counted(two, as_of)
    if counted.sure:
        return list(counted.reports)
    from detente.store.counted import bare

    story_of = {e: s.id for s in store.stories(pair=two, as_of=as_of) for e in s.events}
    events = store.events(pair=two, as_of=as_of)
    published = store.publication_dates({e.document for e in events})
    return [
        bare(e, day, story_of.get(e.id)) for e in events if (day := published.get(e.document)) is not None
    ]


def acts_in(store: Store, pair: tuple[str, str], as_of: date) -> list[Act]:
    """The acts of a pair that a store knew on a day: those of `acts`, without reading any text.

    Raises InputError where `pair` is none.
    """
    return acts_of_reports(reports_in(store, pair, as_of), pair, as_of)


def acts_of_reports(reports: list[Report], pair: tuple[str, str], as_of: date) -> list[Act]:
    """The acts of a pair from its bare reports."""
    return acts_told(
        reports,
        {r.document: r.published for r in reports},
        pair,
        as_of,
        {r.id: r.story for r in reports if r.story is not None},
    )


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a pair on a day from one source of data, counted.

    `data` is "own" or the scheme of imported rows; `not_counted` are ids of events (of imported rows:
    SCHEME:KEY:DYAD) with the reason.
    """

    pair: tuple[str, str]
    as_of: date
    data: str
    acts: tuple[Act, ...]
    not_counted: tuple[tuple[str, str], ...]


def known_in(store: Store, pair: tuple[str, str], as_of: date, data: str = "own") -> Known:
    """The acts of a pair on a day, from our own coding or from imported rows, never from both.

    `data` is "own", a scheme ("icews"), or the start of several that are one data set ("gdelt").
    Raises InputError where the store has no rows of it, or `pair` is none.
    """
    two = pair_of(pair)
    out: tuple[tuple[str, str], ...] = ()
    if data == "own":
        reports = reports_in(store, two, as_of)
    else:
        there = store.imported_schemes()
        schemes = [name for name in there if name.startswith(data)]
        if not schemes or not data:
            known = ", ".join(["own", *there])
            raise InputError(f"the store has no data {data!r}", where="--data", todo=f"give one of: {known}")
        rows = (row for name in schemes for row in store.imported(scheme=name, pair=two))
        reports, out = imported_reports(rows, as_of)
    published = {r.document: r.published for r in reports}
    left = tuple((r.id, reason) for r, reason in aside(reports, published, two, as_of))
    return Known(pair, as_of, data, tuple(acts_of_reports(reports, two, as_of)), (*left, *out))


def imported_reports(
    rows: Iterable[ImportedEvent], as_of: date
) -> tuple[list[Report], tuple[tuple[str, str], ...]]:
    """Imported rows as bare reports, and the ids of those that cannot be counted with the reason.

    Rows of one day, type, modes and direction are reports of one act, and the two directions of a
    reciprocal one are one act of both (definition "imported.v1" in `docs/method/relations.md`). A
    row is known from the day its data set took it in or its article came out, else from its own day;
    nothing known later than `as_of` is used. A row told outside the lead paragraph is left out.

    >>> imported_reports([], date(2026, 1, 8))
    ([], ())
    """
    from detente.store.counted import Report

    kept: list[tuple[ImportedEvent, date]] = []
    out: list[tuple[str, str]] = []
    directions: dict[tuple[str, str], set[str | None]] = {}
    for row in rows:
        name = f"{row.scheme}:{row.key}:{row.dyad}"
        known_on = _day(row.added) or _day(row.published) or _day(row.date_end) or _day(row.date)
        if row.event is None or row.quad is None:
            out.append((name, row.event_reason or "its code has no PLOVER type"))
        elif known_on is None or row.date is None:
            out.append((name, "it has no day"))
        elif known_on > as_of:
            out.append((name, "known later"))
        elif row.lead is False:
            out.append((name, "not told in a lead paragraph"))
        elif row.actor is None or row.recipient is None:
            out.append((name, "it has no two parties"))
        else:
            kept.append((row, known_on))
            if row.act is not None:
                directions.setdefault((row.scheme, row.act), set()).add(row.actor.code)
    reports = []
    for row, known_on in kept:
        assert row.actor is not None and row.recipient is not None
        assert row.event is not None and row.quad is not None
        sides = (row.actor.code or "", row.recipient.code or "")
        both = row.act is not None and len(directions[row.scheme, row.act]) > 1
        told = "+".join(sorted(sides)) if both else ">".join(sides)
        kind = "+".join((row.event, *row.modes))
        family = row.scheme.rstrip("12")
        name = f"{row.scheme}:{row.key}:{row.dyad}"
        reports.append(
            Report(
                name,
                name,
                row.event,
                tuple(sorted(sides)) if both else sides[:1],
                tuple(sorted(sides)) if both else sides[1:],
                both,
                Status(row.status) if row.status in _STATUSES else Status.ACTUAL,
                row.quad,
                Voice.WRITER,
                row.modes,
                row.date,
                row.date_end,
                None,
                known_on,
                f"{family}:{kind}:{told}:{row.date}:{row.date_end or ''}",
            )
        )
    return reports, tuple(sorted(out))


_STATUSES = {s.value for s in Status}


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if value else None
    except ValueError:
        return None
