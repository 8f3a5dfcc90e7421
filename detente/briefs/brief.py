"""The brief of a pair: what the record holds, line by line, every line checked against its
evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from detente.briefs import lines
from detente.briefs.support import Figures, check
from detente.briefs.wording import country, day_words
from detente.records import (
    Brief,
    Document,
    Event,
    Level,
    Line,
    Outlook,
    Position,
    Status,
    Story,
    Turn,
    Voice,
)
from detente.relations.issues import open_issues
from detente.relations.positions import positions
from detente.relations.series import pair_of, span_of
from detente.store.stories import tell

__all__ = ["SECTIONS", "brief"]

SECTIONS = (
    "What happened",
    "What changed",
    "Who says what",
    "Reversals and firsts",
    "What is planned",
    "What stays open",
    "Outlook",
    "What we do not know",
)
HAPPENED, CHANGED, SAID, REVERSED, PLANNED, OPEN, OUTLOOK, UNKNOWN = SECTIONS
# At most so many lines in a section: a brief is read in two minutes.
MOST = 12
# A silence as long as this is told.
GAP = timedelta(days=60)


def brief(
    events: Iterable[Event],
    documents: Mapping[str, Document] | Iterable[Document],
    pair: tuple[str, str],
    *,
    as_of: date,
    days: int | None = None,
    turns: Sequence[Turn] = (),
    levels: Sequence[Level] = (),
    outlook: Outlook | None = None,
) -> Brief:
    """What the record holds on a pair as of a day; each line has passed the support check.

    Only documents published by `as_of` are used. `days` limits the acts and claims to so many days
    before it; what changed, stays open and is not known goes by the whole record. Turns, levels and
    the outlook are those given; the outlook's or the turn's absence is told. Lines that fail the
    check are in `dropped` with the reason. Sections stand in the order of `SECTIONS`; a line that
    has no act to show (nothing on record at all) has no evidence and says only that.

    Raises InputError where `pair` is none.

    >>> [line.text for line in brief([], [], ("USA", "COL"), as_of=date(2026, 1, 8)).lines]
    ['The record holds nothing on Colombia and the United States by 8 January 2026.']
    """
    two = pair_of(pair)
    texts = documents if isinstance(documents, Mapping) else {d.id: d for d in documents}
    chosen = [
        (d.published, e.document, e.start, e.id, e)
        for e in events
        if (d := texts.get(e.document)) is not None
        and d.published is not None
        and d.published <= as_of
        and set(two) <= set(e.actor_codes) | set(e.recipient_codes)
    ]
    # In the order of the record, so that the order of arrival changes no line.
    known = {c[3]: c[4] for c in sorted(chosen, key=lambda c: c[:4])}
    if not known:
        names = f"{country(two[0])} and {country(two[1])}"
        text = f"The record holds nothing on {names} by {day_words(as_of)}."
        return Brief(two, as_of, (Line(UNKNOWN, text, ()),))
    turned = tuple(t for t in turns if t.day <= as_of)
    figures = Figures(turned, tuple(x for x in levels if x.day <= as_of), outlook)
    writer = _Writer(known, texts, two, as_of, days)
    drafts = [
        *writer.happened(),
        *writer.changed(figures),
        *writer.said(),
        *writer.reversed(),
        *writer.planned(),
        *writer.open(),
        *writer.outlook(figures),
        *writer.unknown(),
    ]
    kept: list[Line] = []
    dropped: list[Line] = []
    for line in dict.fromkeys(drafts):
        reason = check(line, known, texts, figures)
        if reason is None:
            kept.append(line)
        else:
            dropped.append(Line(line.section, line.text, line.events, reason))
    return Brief(two, as_of, tuple(kept), tuple(dropped))


class _Writer:
    """Drafts the lines of each section from the events between the two."""

    def __init__(
        self,
        events: Mapping[str, Event],
        documents: Mapping[str, Document],
        pair: tuple[str, str],
        as_of: date,
        days: int | None,
    ) -> None:
        self.events = events
        self.documents = documents
        self.pair = pair
        self.since = date.min if days is None else as_of - timedelta(days=days)
        self.published = {i: d.published for i, d in documents.items()}
        self.stories: list[Story] = tell(list(events.values()), documents)
        self.positions: list[Position] = positions(
            events.values(),
            published=self.published,
            pair=pair,
            as_of=as_of,
            texts={i: d.text for i, d in documents.items()},
        )
        self.issues = open_issues(
            events.values(),
            published=self.published,
            pair=pair,
            as_of=as_of,
            texts={i: d.text for i, d in documents.items()},
        )
        self.shown: list[str] = []

    def _published(self, event: Event) -> date:
        return self.published.get(event.document) or date.min

    def _day(self, event: Event) -> date:
        if event.date is None:
            return self._published(event)
        return min(span_of(event.date, event.date_end)[1], self._published(event))

    def _best(self, story: Story) -> Event:
        """The report that says most: one with a day, and first published."""
        told = [self.events[i] for i in story.events if i in self.events]
        return min(
            told,
            key=lambda e: (
                e.status is not story.status,
                -len(e.date or ""),
                not e.symmetric,
                self._published(e),
                e.id,
            ),
        )

    def happened(self) -> Iterable[Line]:
        """The latest acts that were done, dated ones first, newest first; accusations stand in "Who
        says what".
        """
        found = [(self._best(s), s) for s in self.stories if s.status in (Status.ACTUAL, Status.HISTORICAL)]
        acts = [
            (e, s) for e, s in found if e.event not in ("ACCUSE", "REJECT") and self._day(e) >= self.since
        ]
        # What has a day comes first: it says more, and an undated act may be older than its report.
        acts.sort(key=lambda p: (p[0].date is not None, self._day(p[0]), p[0].id), reverse=True)
        for event, story in acts[:MOST]:
            self.shown.append(story.id)
            reports = [i for i in story.events if self.events[i].status is event.status]
            yield lines.act_line(HAPPENED, event, reports, self.pair, self.documents.get(event.document))

    def changed(self, figures: Figures) -> Iterable[Line]:
        """The turns, newest first, each with the acts that made it; then the last level."""
        for turn in sorted(figures.turns, key=lambda t: t.day, reverse=True)[:3]:
            made = tuple(i for i in turn.events if i in self.events)
            if len(made) == len(turn.events):
                yield lines.turn_line(CHANGED, turn)
            # The acts of the day itself say what the turn was.
            near = [self.events[i] for i in made if abs((self._day(self.events[i]) - turn.day).days) <= 3]
            for event in sorted(near, key=lambda e: (not e.symmetric, self._day(e), e.id))[:3]:
                yield lines.act_line(CHANGED, event, (), self.pair, self.documents.get(event.document))
        if not figures.turns:
            yield Line(CHANGED, "No turn of this pair is known.", ())
        if figures.levels:
            level = max(figures.levels, key=lambda x: x.day)
            ids = dict.fromkeys(i for t in level.terms for i in t.events if i in self.events)
            yield lines.level_line(CHANGED, level, tuple(ids)[:MOST])

    def said(self) -> Iterable[Line]:
        """Claims with all their denials, answered ones first, then the newest."""
        denials: dict[str, list[Event]] = {}
        for p in self.positions:
            if p.denies is not None:
                denials.setdefault(p.denies, []).append(self.events[p.event])
        claims = [
            self.events[p.event]
            for p in self.positions
            if p.kind in ("claim", "criticism", "refusal") or (p.kind == "denial" and p.denies is None)
        ]
        chosen = [e for e in claims if any(self._day(x) >= self.since for x in (e, *denials.get(e.id, ())))]
        chosen.sort(key=lambda e: (e.id not in denials, -self._day(e).toordinal(), e.id))
        for event in chosen[:MOST]:
            yield lines.claim_line(SAID, event, denials.get(event.id, ())[:3], self.pair, self.documents)

    def reversed(self) -> Iterable[Line]:
        """Reversals and firsts, the newest first."""
        found = [p for p in self.positions if p.kind in ("reversal", "first")]
        found.sort(key=lambda p: (self._day(self.events[p.event]), p.event), reverse=True)
        for p in found[:MOST]:
            make = lines.reversal_line if p.kind == "reversal" else lines.first_line
            yield make(REVERSED, p, self.events, self.pair, self.documents)

    def planned(self) -> Iterable[Line]:
        """What is planned, as planned; what has been done since or is older than a year is left
        out.
        """
        for story in reversed(self.stories):
            event = self._best(story)
            if story.status is not Status.FUTURE or self._published(event) < self.since:
                continue
            yield lines.act_line(PLANNED, event, story.events, self.pair, self.documents.get(event.document))

    def open(self) -> Iterable[Line]:
        """What stays open."""
        for issue in self.issues[:MOST]:
            yield lines.issue_line(OPEN, issue.context, issue.words, issue.events, issue.basis == "reported")

    def outlook(self, figures: Figures) -> Iterable[Line]:
        """The outlook, if one was asked for."""
        if figures.outlook is None:
            return
        thaws = [t for t in figures.turns if t.direction == "thaw"]
        ids = [i for i in thaws[-1].events if i in self.events] if thaws else []
        yield lines.outlook_line(OUTLOOK, figures.outlook, ids)

    def unknown(self) -> Iterable[Line]:
        """Acts of one publisher, acts without a day, commentary left out, the longest silence."""
        single = [self._best(s) for s in self.stories if s.id in self.shown and len(s.publishers) < 2]
        if single:
            yield Line(
                UNKNOWN,
                f"{_count(len(single), 'act')} told above rest{'s' * (len(single) == 1)} on one publisher.",
                tuple(e.id for e in single),
            )
        undated = [
            e
            for e in self.events.values()
            if e.date is None and e.voice is not Voice.COMMENTARY and e.status is Status.ACTUAL
        ]
        if undated:
            yield Line(
                UNKNOWN,
                f"{_count(len(undated), 'report')} told without a date;"
                " the day of the report stands instead.",
                tuple(e.id for e in undated),
            )
        commentary = [e for e in self.events.values() if e.voice is Voice.COMMENTARY]
        if commentary:
            yield Line(
                UNKNOWN,
                f"{_count(len(commentary), 'statement')} of commentary left out.",
                tuple(e.id for e in commentary),
            )
        yield from self._gap()

    def _gap(self) -> Iterable[Line]:
        dated = [
            (*span_of(e.date, e.date_end), e)
            for e in self.events.values()
            if e.date is not None
            and e.status in (Status.ACTUAL, Status.HISTORICAL)
            and e.voice is not Voice.COMMENTARY
        ]
        undated = [
            (self._published(e), self._published(e), e)
            for e in self.events.values()
            if e.date is None and e.status is Status.ACTUAL and e.voice is not Voice.COMMENTARY
        ]
        ordered = sorted([*dated, *undated], key=lambda d: (d[0], d[1], d[2].id))
        best: tuple[timedelta, date, date, Event, Event] | None = None
        reach = None
        for first, last, event in ordered:
            if reach is not None and first - reach[0] >= GAP:
                width = first - reach[0]
                if best is None or width > best[0]:
                    best = width, reach[0], first, reach[1], event
            if reach is None or last > reach[0]:
                reach = last, event
        if best is not None:
            one, other = (country(c) for c in self.pair)
            yield Line(
                UNKNOWN,
                f"No act between {one} and {other} is on record between {day_words(best[1])} and"
                f" {day_words(best[2])}.",
                (best[3].id, best[4].id),
            )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
