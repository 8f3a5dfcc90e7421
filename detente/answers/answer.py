"""Answers: a question is looked up in the record and answered by what is found, with its evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from detente.answers import wording
from detente.answers.matching import Found, Match, day_of, find, gather
from detente.answers.passages import Passage, passages
from detente.answers.query import Asked, Query
from detente.answers.question import Reader, Unclear
from detente.briefs import Figures, check
from detente.briefs.lines import act_line, claim_line, outlook_line, turn_line
from detente.records import Document, Event, Line, Status, Story, Voice

if TYPE_CHECKING:
    from detente.store import Store

__all__ = ["Answer", "Conversation", "Proof", "Searched", "Verdict", "answer", "ask"]

# So many acts are written out; the rest is counted.
MOST = 5
# An act that fits so much less than the best one is not what was asked for.
_SLACK = 0.8


class Verdict(StrEnum):
    """What came of a question. There is no "no": a record that holds nothing proves nothing."""

    YES = "yes"
    PLANNED = "planned"
    FOUND = "found"
    OUTLOOK = "outlook"
    PASSAGES = "passages"
    NOTHING = "nothing"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Proof:
    """One report of an act: its words, by whom and where they were published, and what is coded of it.

    `corrected` says that the document is a later version of another one.
    """

    event: str
    words: str
    type: str
    actor: tuple[str, ...]
    recipient: tuple[str, ...]
    status: str
    date: str | None
    speaker: str | None
    publisher: str | None
    published: dt.date | None
    title: str | None
    url: str | None
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Searched:
    """What was searched: documents of the store by the day of the question, first and last day of
    publication, and how many of the documents tell of acts with the parties asked for.
    """

    documents: int
    first: date | None
    last: date | None
    with_parties: int


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: the query it was resolved into, the lines that passed the support check, their proofs.

    `value` are the days, codes or the count asked for; `dropped` the lines that failed the check;
    `contrary` reports that it did not happen or denials; `near` acts of the same kind that are not
    the one asked for; `missing` and `offers` say what an unclear question lacks and what can be asked.
    """

    text: str
    verdict: Verdict
    headline: str
    query: Query | None = None
    value: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    proofs: tuple[Proof, ...] = ()
    contrary: tuple[Proof, ...] = ()
    near: tuple[Proof, ...] = ()
    passages: tuple[Passage, ...] = ()
    searched: Searched | None = None
    notes: tuple[str, ...] = ()
    dropped: tuple[Line, ...] = ()
    missing: str | None = None
    offers: tuple[str, ...] = field(default_factory=tuple)


class Conversation:
    """Questions one after another: each may leave out what the one before named.

    >>> from detente.api import open_store
    >>> with open_store(":memory:") as store:
    ...     talk = Conversation(store, today=date(2026, 1, 8))
    ...     first = talk.ask("Has Colombia recalled its ambassador?")
    ...     second = talk.ask("And when?")
    >>> first.verdict, second.query.actor, str(second.query.asked)
    (<Verdict.NOTHING: 'nothing'>, ('COL',), 'when')
    """

    def __init__(
        self, store: Store, *, today: date, previous: Query | None = None, reader: Reader | None = None
    ) -> None:
        self.store = store
        self.today = today
        self.previous = previous
        self._reader = reader or Reader()

    def ask(self, text: str) -> Answer:
        """Answer the next question; an unclear one leaves the one before as it is."""
        made = ask(self.store, text, today=self.today, previous=self.previous, reader=self._reader)
        if made.query is not None:
            self.previous = made.query
        return made


def ask(
    store: Store,
    text: str,
    *,
    today: date,
    previous: Query | Answer | None = None,
    reader: Reader | None = None,
) -> Answer:
    """The answer to a question in English, from what the store holds by a day.

    What cannot be understood gives an answer with the verdict "unclear" and what is `missing`; what
    the record does not hold one with the verdict "nothing" and what was `searched`.

    >>> from detente.api import open_store
    >>> with open_store(":memory:") as store:
    ...     ask(store, "Has Colombia recalled its ambassador?", today=date(2026, 1, 8)).verdict
    <Verdict.NOTHING: 'nothing'>
    """
    before = previous.query if isinstance(previous, Answer) else previous
    try:
        query = (reader or Reader()).read(text, today, before)
    except Unclear as error:
        return Answer(
            text, Verdict.UNCLEAR, wording.unclear(error.missing), missing=error.missing, offers=error.offers
        )
    return answer(store, query)


def answer(store: Store, query: Query) -> Answer:
    """The answer to a query; see `ask`."""
    events = gather(store, query)
    documents = {d.id: d for d in store.documents(ids=sorted({e.document for e in events}), retracted=None)}
    events = [e for e in events if (d := documents.get(e.document)) is not None and d.published is not None]
    made = _Answering(store, query, events, documents)
    if query.asked is Asked.HOLD or query.asked is Asked.TURN:
        return made.relation()
    if query.asked is Asked.TEXT:
        return made.texts()
    return made.acts()


class _Answering:
    """One query while it is answered."""

    def __init__(
        self, store: Store, query: Query, events: Sequence[Event], documents: Mapping[str, Document]
    ) -> None:
        self.store = store
        self.query = query
        self.events = {e.id: e for e in events}
        self.documents = documents
        self.figures = Figures()
        self.lines: list[Line] = []
        self.dropped: list[Line] = []

    # --- acts ------------------------------------------------------------------------------------

    def acts(self) -> Answer:
        query = self.query
        found = find(query, list(self.events.values()), self.documents)
        if not found.matches:
            if query.asked is Asked.EVER and found.planned:
                return self._plans(found)
            return self._nothing(found)
        best = found.matches[0].score
        # for a first or a last another verb may tell the same deed: "spoke", "held a call"
        slack = _SLACK + 0.5 * (query.asked in (Asked.FIRST, Asked.LAST, Asked.SINCE))
        matches = [m for m in found.matches if m.score >= best - slack]
        told = self._stories(matches)
        if query.asked is Asked.SAYS:
            return self._says(found, self._stories(found.matches))
        if query.asked is Asked.COUNT:
            return self._count(found, self._stories(found.matches))
        chosen = self._ordered(told)
        value = self._write(chosen)
        if not self.lines:
            # what fitted best does not pass the check; what fits less well may
            chosen = self._ordered(self._stories([m for m in found.matches if m.score < best - slack]))
            value = self._write(chosen)
        return self._done(found, value, len(chosen))

    def _stories(self, matches: Sequence[Match]) -> list[tuple[Match, Story]]:
        """Reports of one act are one: the best report of each story, the best story first."""
        by_id = {m.event.id: m for m in matches}
        found = []
        for story in self.store.told([m.event for m in matches], self.query.today):
            reports = [by_id[i] for i in story.events if i in by_id]
            if reports:
                best = min(
                    reports,
                    key=lambda m: (-len(m.event.date or ""), -m.score, not m.event.symmetric, m.event.id),
                )
                found.append((best, story))
        found.sort(key=lambda f: (-f[0].score, f[0].event.id))
        return found

    def _day(self, match: Match) -> date:
        return day_of(match.event, self.documents)[0]

    def _ordered(self, told: list[tuple[Match, Story]]) -> list[tuple[Match, Story]]:
        asked = self.query.asked
        dated = [t for t in told if t[0].event.date is not None and len(t[0].event.date) == 10]
        if asked in (Asked.FIRST, Asked.SINCE):
            return sorted(dated or told, key=lambda t: (self._day(t[0]), -t[0].score, t[0].event.id))
        if asked is Asked.LAST:
            # without a day it was done shortly before its report, unless it is told as history
            late = [
                t
                for t in told
                if t in dated or (t[0].event.date is None and t[0].event.status is Status.ACTUAL)
            ]
            return sorted(
                late or told,
                key=lambda t: (self._day(t[0]), t[0].event.date is not None, t[0].score, t[0].event.id),
                reverse=True,
            )
        return sorted(
            told,
            key=lambda t: (
                -round(2 * t[0].score),
                len(t[0].event.date or "") != 10,
                -len(t[1].events),
                -self._day(t[0]).toordinal(),
                t[0].event.id,
            ),
        )

    def _write(self, chosen: Sequence[tuple[Match, Story]]) -> tuple[str, ...]:
        """Lines of the acts, and the days or parties that were asked for."""
        most = 1 if self.query.asked in (Asked.FIRST, Asked.LAST, Asked.SINCE) else MOST
        value: list[str] = []
        for match, story in chosen:
            if len(self.lines) >= most:
                break
            event = match.event
            reports = [i for i in story.events if i in self.events and self.events[i].status is event.status]
            line = act_line(
                "Answer", event, reports, self._parties(event), self.documents.get(event.document)
            )
            if self._keep(line):
                value += [v for v in self._value(event) if v not in value]
        return tuple(value)

    def _value(self, event: Event) -> tuple[str, ...]:
        if self.query.asked is Asked.WHO:
            asked = set(self.query.parties)
            who = [c for c in event.actor_codes if c not in asked] or list(event.actor_codes)
            if self.query.actor and not self.query.recipient:
                who = [c for c in event.recipient_codes if c not in asked]
            return tuple(who)
        day = day_of(event, self.documents)[0]
        return (event.date or day.isoformat(),)

    def _parties(self, event: Event) -> tuple[str, ...]:
        """Whom a line names: the parties asked for, and where one side is asked for, the others."""
        asked = self.query.parties
        everyone = tuple(dict.fromkeys((*event.actor_codes, *event.recipient_codes)))
        if len(set(asked) & set(everyone)) >= 2:
            return tuple(sorted(set(asked) & set(everyone)))
        return tuple(sorted(everyone))

    def _keep(self, line: Line) -> bool:
        reason = check(line, self.events, self.documents, self.figures)
        if reason is None:
            self.lines.append(line)
            return True
        self.dropped.append(replace(line, reason=reason))
        return False

    def _says(self, found: Found, told: list[tuple[Match, Story]]) -> Answer:
        """Claims, demands and promises with their denials, the best fit and then the newest first."""
        denials = self._denials()
        chosen = sorted(
            told, key=lambda t: (-round(2 * t[0].score), -self._day(t[0]).toordinal(), t[0].event.id)
        )
        contrary: list[Event] = []
        for match, _ in chosen:
            if len(self.lines) >= MOST:
                break
            event = match.event
            against = denials.get(event.id, [])[:3]
            line = claim_line("Answer", event, against, self._parties(event), self.documents)
            if not self._keep(line) and against:
                alone = claim_line("Answer", event, (), self._parties(event), self.documents)
                if self._keep(alone):
                    contrary += against
        return self._done(replace(found, contrary=(*found.contrary, *contrary)), (), len(chosen))

    def _denials(self) -> dict[str, list[Event]]:
        """What denies which claim, between the two of the question."""
        from detente.relations.positions import positions

        pair = self.query.pair
        if pair is None:
            return {}
        held = positions(
            self.events.values(),
            published={i: d.published for i, d in self.documents.items()},
            pair=pair,
            as_of=self.query.today,
            texts={i: d.text for i, d in self.documents.items()},
        )
        found: dict[str, list[Event]] = {}
        for p in held:
            if p.denies is not None and p.event in self.events:
                found.setdefault(p.denies, []).append(self.events[p.event])
        return found

    def _count(self, found: Found, told: list[tuple[Match, Story]]) -> Answer:
        """Acts with a day are counted; two calls of one day are one act, and one without a day may be
        any of them.
        """
        dated = [t for t in told if t[0].event.date is not None and len(t[0].event.date) == 10]
        days: dict[tuple[str, date], tuple[Match, Story]] = {}
        for one in sorted(dated, key=lambda t: (self._day(t[0]), -t[0].score, t[0].event.id)):
            days.setdefault((one[0].event.event, self._day(one[0])), one)
        chosen = list(days.values())
        if not chosen:
            value = self._write(self._ordered(told))
            made = self._done(found, (), len(told))
            return replace(made, notes=(*made.notes, wording.UNCOUNTED), value=value[:0])
        ids = tuple(m.event.id for m, _ in chosen)
        self._keep(Line("Answer", wording.counted(len(ids)), ids))
        for match, story in chosen:
            event = match.event
            reports = [i for i in story.events if i in self.events and self.events[i].status is event.status]
            self._keep(
                act_line("Answer", event, reports, self._parties(event), self.documents.get(event.document))
            )
        made = self._done(found, (str(len(chosen)),), len(chosen))
        open_days = len(told) - len(dated)
        notes = (*made.notes, wording.undated(open_days)) if open_days else made.notes
        return replace(made, notes=notes)

    def _plans(self, found: Found) -> Answer:
        """Nothing is done, but something is planned; that is said so."""
        chosen = self._stories(found.planned)
        value = self._write(chosen)
        made = self._done(found, value, len(chosen))
        if made.verdict is Verdict.NOTHING:
            return made
        return replace(made, verdict=Verdict.PLANNED, headline=wording.PLANNED)

    # --- relations -------------------------------------------------------------------------------

    def relation(self) -> Answer:
        from detente.relations.outlook import outlook
        from detente.relations.series import acts
        from detente.relations.turning import turns

        query, pair = self.query, self.query.pair
        assert pair is not None
        published = {i: d.published for i, d in self.documents.items()}
        stories = self.store.stories(pair=pair, as_of=query.today)
        counted = acts(self.events.values(), published, pair, query.today, stories)
        found = turns(counted, pair, query.today) if counted else []
        if query.asked is Asked.TURN:
            self.figures = Figures(tuple(found))
            chosen = [
                t
                for t in found
                if (query.since is None or t.day >= query.since)
                and (query.until is None or t.day <= query.until)
            ]
            for turn in sorted(chosen, key=lambda t: t.day, reverse=True)[:MOST]:
                self._keep(turn_line("Answer", turn))
            days = tuple(t.day.isoformat() for t in sorted(chosen, key=lambda t: t.day, reverse=True))
            return self._done(Found(), days, len(chosen))
        made = outlook(counted, pair, asked_on=query.today)
        self.figures = Figures(tuple(found), (), made)
        thaws = [t for t in found if t.direction == "thaw"]
        ids = [i for i in thaws[-1].events if i in self.events] if thaws else []
        if made.probability is None or not ids:
            nothing = self._nothing(Found())
            return replace(nothing, headline=wording.no_outlook(made.reason))
        self._keep(outlook_line("Answer", made, ids[:MOST]))
        return replace(
            self._done(Found(), (f"{made.probability:.2f}",), 1),
            verdict=Verdict.OUTLOOK,
            headline=wording.OUTLOOK,
        )

    # --- texts -----------------------------------------------------------------------------------

    def texts(self) -> Answer:
        """The fallback: documents that hold the words, in their own words."""
        query = self.query
        found = passages(self.store, query, MOST)
        searched = self._searched()
        if not found:
            return Answer(
                query.text, Verdict.NOTHING, wording.nothing(query, searched), query, searched=searched
            )
        return Answer(
            query.text, Verdict.PASSAGES, wording.PASSAGES, query, passages=tuple(found), searched=searched
        )

    # --- the end ---------------------------------------------------------------------------------

    def _proof(self, event: Event) -> Proof:
        from detente.briefs.wording import clip

        document = self.documents.get(event.document)
        return Proof(
            event.id,
            clip(event.text, 300),
            event.event,
            event.actor_codes,
            event.recipient_codes,
            str(event.status),
            event.date,
            event.speaker if event.voice is Voice.SPEAKER else None,
            document.publisher if document else None,
            document.published if document else None,
            document.title if document else None,
            document.url if document else None,
            bool(document and (document.revises or document.modified)),
        )

    def _searched(self) -> Searched:
        from detente.answers.coverage import coverage

        count, first, last = coverage(self.store, self.query.today)
        return Searched(count, first, last, len({e.document for e in self.events.values()}))

    def _done(self, found: Found, value: tuple[str, ...], count: int) -> Answer:
        query = self.query
        if not self.lines:
            return self._nothing(found)
        searched = self._searched()
        ids = dict.fromkeys(i for line in self.lines for i in line.events)
        told = [self.events[i] for i in ids]
        ever = query.asked in (Asked.EVER, Asked.PLANNED)
        notes = []
        shown = len(self.lines) - (query.asked is Asked.COUNT)
        if count > shown and query.asked in (Asked.EVER, Asked.WHO, Asked.WHAT, Asked.WHEN, Asked.SAYS):
            notes.append(wording.more(count - shown))
        if query.asked in (Asked.FIRST, Asked.SINCE, Asked.LAST):
            notes.append(wording.of_record(searched))
        if found.commentary:
            notes.append(wording.commentary(found.commentary))
        speakers = {e.speaker for e in told if e.voice is Voice.SPEAKER and e.speaker}
        claimed = ever and bool(told) and all(e.voice is Voice.SPEAKER for e in told)
        return Answer(
            query.text,
            Verdict.YES if ever else Verdict.FOUND,
            wording.headline(query, claimed, sorted(speakers)),
            query,
            value,
            tuple(self.lines),
            tuple(self._proof(e) for e in told),
            tuple(self._proof(e) for e in found.contrary[:3]),
            (),
            (),
            searched,
            tuple(notes),
            tuple(self.dropped),
        )

    def _nothing(self, found: Found) -> Answer:
        query, searched = self.query, self._searched()
        notes = [wording.commentary(found.commentary)] if found.commentary else []
        return Answer(
            query.text,
            Verdict.NOTHING,
            wording.nothing(query, searched),
            query,
            contrary=tuple(self._proof(e) for e in found.contrary[:3]),
            near=tuple(self._proof(e) for e in found.near[:3]),
            searched=searched,
            notes=tuple(notes),
            dropped=tuple(self.dropped),
        )
