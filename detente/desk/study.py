"""What the page of a pair shows, worked out once from its dossier and kept as long as that stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from detente.desk.pages.layout import clip
from detente.desk.standing import temper
from detente.records import Event, Voice

if TYPE_CHECKING:
    from detente.api import Dossier
    from detente.records import Brief, Level, Outlook, Position, Turn
    from detente.relations.series import Act

__all__ = ["FILTERS", "Phase", "Studies", "Study", "chosen", "study"]

FILTERS = ("type", "status", "speaker", "voice", "context", "publisher")
BRIEF_DAYS = 30
# Who holds what is looked for among this many of the latest events, which takes a second or two:
# every statement is set against every other.
MOST_HELD = 1500
# The brief looks into the articles of this many of the latest events, each set against every other.
MOST_TOLD = 300
KEPT = 32
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the record between two turns: its days, a word for it, and its acts.

    `name` tells which way the relation had turned; `temper` which side outweighs the other.
    """

    first: date
    last: date
    name: str
    temper: str
    hostile: int
    cooperative: int
    ongoing: bool = False


@dataclass(frozen=True, slots=True)
class Study:
    """A pair as known on a day: everything its page shows but for the choice of the reader.

    `events` stand newest first, `days` has the day each is sorted by; `reports` is the number of
    reports of the story of an event, `act_of` the act that an event was counted in, `aside` why one
    was not. `too_little` says why there is no level; `held_since` that positions were looked for
    from that day only, and `told_since` the same of the brief.
    """

    dossier: Dossier
    acts: tuple[Act, ...]
    levels: tuple[Level, ...]
    too_little: str | None
    turns: tuple[Turn, ...]
    phases: tuple[Phase, ...]
    outlooks: tuple[Outlook, ...]
    positions: tuple[Position, ...]
    held_since: date | None
    brief: Brief
    told_since: date | None
    events: tuple[Event, ...]
    ids: tuple[str, ...]
    by_id: Mapping[str, Event]
    days: Mapping[str, date]
    reports: Mapping[str, int]
    act_of: Mapping[str, Act]
    aside: Mapping[str, str]
    facets: Mapping[str, Sequence[tuple[str, int]]]

    @property
    def span(self) -> tuple[date, date]:
        """First and last day that the timeline has."""
        known = self.dossier
        first = self.acts[0].day if self.acts else known.as_of
        return min(first, known.as_of), known.as_of


def study(known: Dossier) -> Study:
    """Everything the page of a pair shows, from its dossier.

    >>> from detente.api import dossier
    >>> study(dossier([], ("USA", "COL"), as_of="2026-01-08")).too_little
    'too little to tell: 0 acts that can be placed in a week; a level needs 5'
    """
    from detente.briefs import brief
    from detente.relations.outlook import outlook
    from detente.relations.positions import positions
    from detente.relations.series import acts, aside, enough, levels
    from detente.relations.turning import turns

    counted = acts(known.events, known.published, known.pair, known.as_of, known.stories)
    reason = enough(counted)
    rows = (
        levels(counted, start=counted[0].day, end=known.as_of, as_of=known.as_of)
        if counted and reason is None
        else []
    )
    found = turns(counted, known.pair, known.as_of)
    ids = {id(e): e.id for e in known.events}
    days = {ids[id(e)]: _day(e, known.published.get(e.document) or known.as_of) for e in known.events}
    newest = sorted(known.events, key=lambda e: (days[ids[id(e)]], ids[id(e)]), reverse=True)
    order = tuple(ids[id(e)] for e in newest)
    by_id = dict(zip(order, newest, strict=True))
    held, since = _latest(newest, known.published, MOST_HELD)
    told, told_since = _latest(newest, known.published, MOST_TOLD)
    texts = {name: d.text for name, d in known.documents.items()}
    own, papers = {e.document for e in held}, {e.document for e in told}
    outlooks = tuple(
        outlook(counted, known.pair, asked_on=known.as_of, question=question)
        for question in ("thaw", "escalation")
    )
    stories = known.stories or ()
    return Study(
        dossier=known,
        acts=tuple(counted),
        levels=tuple(rows),
        too_little=reason,
        turns=tuple(found),
        phases=tuple(_phases(counted, found, known.as_of)),
        outlooks=outlooks,
        positions=tuple(
            positions(
                held,
                published=known.published,
                pair=known.pair,
                as_of=known.as_of,
                texts={name: text for name, text in texts.items() if name in own},
            )
        ),
        held_since=since,
        brief=brief(
            told,
            {name: d for name, d in known.documents.items() if name in papers},
            known.pair,
            as_of=known.as_of,
            days=BRIEF_DAYS,
            turns=found,
            levels=rows,
            outlook=outlooks[0],
        ),
        told_since=told_since,
        events=tuple(newest),
        ids=order,
        by_id=by_id,
        days=days,
        reports={e: len(s.events) for s in stories for e in s.events},
        act_of={e: a for a in counted for e in a.events},
        aside={e.id: why for e, why in aside(known.events, known.published, known.pair, known.as_of)},
        facets=_facets(newest, known),
    )


def _day(event: Event, published: date) -> date:
    from detente.store.days import days

    span = days(event)
    return published if span is None else min(span[1], published) if event.status != "future" else span[0]


def _latest(
    newest: Sequence[Event], published: Mapping[str, date | None], most: int
) -> tuple[list[Event], date | None]:
    """The events published last, up to so many, and the day they begin; None where they are all."""
    if len(newest) <= most:
        return list(newest), None
    days = sorted((d for e in newest if (d := published.get(e.document))), reverse=True)
    since = days[min(most, len(days)) - 1]
    return [e for e in newest if (d := published.get(e.document)) and d >= since], since


def _phases(counted: Sequence[Act], found: Sequence[Turn], as_of: date) -> list[Phase]:
    """The record cut at its turns."""
    if not counted:
        return []
    cuts = [t.day for t in found if t.day > counted[0].day]
    named = {t.day: t.direction for t in found}
    starts = [counted[0].day, *cuts]
    out = []
    for n, first in enumerate(starts):
        last = starts[n + 1] - timedelta(days=1) if n + 1 < len(starts) else as_of
        here = [a for a in counted if first <= a.day <= last and not a.announced]
        hostile = sum(a.hostile for a in here)
        mood = temper(hostile, len(here) - hostile)
        out.append(
            Phase(
                first,
                last,
                named.get(first, "before"),
                mood,
                hostile,
                len(here) - hostile,
                n + 1 == len(starts),
            )
        )
    return out


def _facets(events: Iterable[Event], known: Dossier) -> dict[str, list[tuple[str, int]]]:
    counts: dict[str, Counter[str]] = {name: Counter() for name in FILTERS}
    for event in events:
        for name in FILTERS:
            counts[name].update(_values(event, name, known))
    return {name: sorted(found.items(), key=lambda i: (-i[1], i[0]))[:60] for name, found in counts.items()}


def _values(event: Event, name: str, known: Dossier) -> tuple[str, ...]:
    """What an event has of a filter, as it is shown and stands in an address; nothing where it has none."""
    if name == "type":
        return (clip(event.event, LONGEST),)
    if name == "status":
        return (event.status.value,)
    if name == "voice":
        return (event.voice.value,)
    if name == "context":
        return tuple(dict.fromkeys(clip(c, LONGEST) for c in event.contexts))
    if name == "speaker":
        told = event.speaker if event.voice is not Voice.WRITER else None
        return (clip(told, LONGEST),) if told else ()
    document = known.documents.get(event.document)
    return (clip(document.publisher, LONGEST),) if document is not None and document.publisher else ()


def chosen(
    here: Study, wanted: Mapping[str, str], first: date | None, last: date | None
) -> list[tuple[str, Event]]:
    """The events that meet every filter and lie between two days, newest first, with their ids."""
    asked = [(name, wanted[name]) for name in FILTERS if wanted.get(name)]
    every = zip(here.ids, here.events, strict=True)
    if not asked and first is None and last is None:
        return list(every)
    out = []
    for name, event in every:
        day = here.days[name]
        if (first is not None and day < first) or (last is not None and day > last):
            continue
        if all(value in _values(event, key, here.dossier) for key, value in asked):
            out.append((name, event))
    return out


class Studies:
    """The studies made last, by pair and day; one is made anew only when its dossier changed."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._kept: dict[tuple[tuple[str, str], date], Study] = {}
        self._lock = Lock()

    def of(self, known: Dossier) -> Study:
        """The study of a dossier."""
        key = (known.pair, known.as_of)
        with self._lock:
            kept = self._kept.get(key)
        if kept is None or not _same(kept.dossier, known):
            kept = study(known)
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = kept
            while len(self._kept) > self._most:
                self._kept.pop(next(iter(self._kept)))
        return kept


def _same(one: Dossier, other: Dossier) -> bool:
    return one is other or (
        one.events == other.events
        and one.stories == other.stories
        and one.published == other.published
        and one.documents == other.documents
    )
