"""What goes into each section of a brief: the lines of it, before they are checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

from detente.briefs import lines
from detente.briefs.following import FOLLOWS, done, follows
from detente.briefs.sound import day_shown, told, unsure
from detente.briefs.support import Figures
from detente.briefs.wording import country, day_words, join
from detente.records import Document, Event, Line, Position, Status, Story, Voice
from detente.relations.issues import open_issues
from detente.relations.positions import positions
from detente.relations.series import span_of
from detente.store.stories import tell

__all__ = ["SECTIONS", "Writer"]

SECTIONS = (
    "What happened",
    "What changed",
    "Who says what",
    "Reversals and firsts",
    "What is planned",
    "What stays open",
    "Outlook",
    "What to watch next",
    "What we do not know",
)
HAPPENED, CHANGED, SAID, REVERSED, PLANNED, OPEN, OUTLOOK, WATCH, UNKNOWN = SECTIONS
# At most so many lines in a section: a brief is read in two minutes.
MOST = 12
# A silence as long as this is told, within the record and before the day of the brief.
GAP = timedelta(days=60)
STALE = timedelta(days=7)
# In a record younger than this everything is a first.
FIRST_AFTER = timedelta(days=180)
# A threat or demand that nothing has followed is watched for so long.
STANDING = timedelta(days=90)

Pair = tuple[str, str]


class Writer:
    """Drafts the lines of each section from the events of a brief's scope.

    `events` are all acts of the scope in the order of the record; `codes` the parties whose names a line
    may use for an act; `pairs` those whose positions and turns are told; `recent` whether an act lies in
    the days of the brief. `scope` names the parties for lines about the record itself.
    """

    def __init__(
        self,
        events: Mapping[str, Event],
        documents: Mapping[str, Document],
        *,
        as_of: date,
        codes: Callable[[Event], tuple[str, ...]],
        pairs: Sequence[Pair],
        recent: Callable[[Event], bool],
        scope: tuple[str, ...],
        stories: Sequence[Story] | None = None,
    ) -> None:
        self.events = events
        self.documents = documents
        self.as_of = as_of
        self.codes = codes
        self.pairs = pairs
        self.recent = recent
        self.scope = scope
        self.published = {i: d.published for i, d in documents.items()}
        self.texts = {i: d.text for i, d in documents.items()}
        found = tell(list(events.values()), documents) if stories is None else stories
        self.stories: list[Story] = [s for s in found if any(i in events for i in s.events)]
        self.left: dict[str, Event] = {}
        self.shown: list[Story] = []
        self.over: list[Event] = []
        self._positions: list[Position] | None = None

    # What may be told

    def _document(self, event: Event) -> Document | None:
        return self.documents.get(event.document)

    def _published(self, event: Event) -> date:
        return self.published.get(event.document) or date.min

    def _day(self, event: Event) -> date:
        if event.date is None:
            return self._published(event)
        return min(span_of(event.date, event.date_end)[1], self._published(event))

    def _sure(self, event: Event) -> bool:
        """Whether a line may tell it; what may not is counted in the last section."""
        if unsure(event, self._document(event), self.codes(event)) is None:
            return True
        if self.recent(event):
            self.left.setdefault(event.id, event)
        return False

    def _best(self, story: Story) -> Event | None:
        """The report that says most: a sure one with a day, and first published."""
        reports = [self.events[i] for i in story.events if i in self.events]
        sure = [e for e in reports if self._sure(e)]
        return min(
            sure,
            key=lambda e: (
                e.status is not story.status,
                -len(e.date or ""),
                not e.symmetric,
                self._published(e),
                e.id,
            ),
            default=None,
        )

    def _held(self) -> list[Position]:
        if self._positions is None:
            found: dict[tuple[str, str, str | None], Position] = {}
            for pair in self.pairs:
                between = [e for e in self.events.values() if _both(e, pair)]
                for p in positions(
                    between, published=self.published, pair=pair, as_of=self.as_of, texts=self.texts
                ):
                    found.setdefault((p.event, p.kind, p.denies or p.reverses), p)
            self._positions = list(found.values())
        return self._positions

    # Sections

    def happened(self) -> Iterable[Line]:
        """The latest acts that were done, dated ones first, newest first; accusations stand in "Who
        says what".
        """
        acts = []
        for story in self.stories:
            event = self._best(story) if story.status in (Status.ACTUAL, Status.HISTORICAL) else None
            if event is None or event.event in ("ACCUSE", "REJECT") or not self.recent(event):
                continue
            if event.status is Status.ACTUAL or event.date is not None:
                acts.append((event, story))
        # What has a day comes first: it says more, and an undated act may be older than its report.
        acts.sort(key=lambda p: (p[0].date is not None, self._day(p[0]), p[0].id), reverse=True)
        self.over += [e for e, _ in acts[MOST:]]
        for event, story in acts[:MOST]:
            self.shown.append(story)
            reports = [i for i in story.events if i in self.events and self.events[i].status is event.status]
            yield lines.act_line(HAPPENED, event, reports, self.codes(event), self._document(event))

    def changed(self, figures: Figures, *, silent: bool = False) -> Iterable[Line]:
        """The turns, newest first, each with the acts that made it; then the last level.

        `silent` says nothing where nothing turned.
        """
        for turn in sorted(figures.turns, key=lambda t: (t.day, t.pair), reverse=True)[:3]:
            made = tuple(i for i in turn.events if i in self.events)
            if len(made) == len(turn.events):
                yield lines.turn_line(CHANGED, turn)
            # The acts of the day itself say what the turn was.
            above = {i for s in self.shown for i in s.events}
            near = [
                e
                for i in made
                if i not in above
                and abs((self._day(e := self.events[i]) - turn.day).days) <= 3
                and self._sure(e)
            ]
            for event in sorted(near, key=lambda e: (not e.symmetric, self._day(e), e.id))[:3]:
                yield lines.act_line(CHANGED, event, (), self.codes(event), self._document(event))
        if not figures.turns and not silent:
            yield Line(CHANGED, "No turn of this pair is known.", ())
        if figures.levels:
            level = max(figures.levels, key=lambda x: x.day)
            ids = dict.fromkeys(i for t in level.terms for i in t.events if i in self.events)
            yield lines.level_line(CHANGED, level, tuple(ids)[:MOST])

    def said(self) -> Iterable[Line]:
        """Claims with all their denials, answered ones first, then the newest."""
        denials: dict[str, list[Event]] = {}
        for p in self._held():
            if p.denies is not None and self._sure(self.events[p.event]):
                denials.setdefault(p.denies, []).append(self.events[p.event])
        claims = {
            p.event: self.events[p.event]
            for p in self._held()
            if p.kind in ("claim", "criticism", "refusal") or (p.kind == "denial" and p.denies is None)
        }
        chosen = [
            e
            for e in claims.values()
            if any(self.recent(x) for x in (e, *denials.get(e.id, ()))) and self._sure(e)
        ]
        chosen.sort(key=lambda e: (e.id not in denials, -self._day(e).toordinal(), e.id))
        self.over += chosen[MOST:]
        for event in chosen[:MOST]:
            yield lines.claim_line(
                SAID, event, denials.get(event.id, ())[:3], self.codes(event), self.documents
            )

    def reversed(self) -> Iterable[Line]:
        """Reversals and firsts, the newest first."""
        found = [
            p
            for p in self._held()
            if p.kind in ("reversal", "first")
            and (len(self.scope) == 2 or self.recent(self.events[p.event]))
            and (p.kind == "reversal" or self._told_first(p))
            and all(self._sure(self.events[i]) for i in (p.event, p.reverses) if i is not None)
        ]
        found.sort(key=lambda p: (self._day(self.events[p.event]), p.event), reverse=True)
        for p in found[:MOST]:
            make = lines.reversal_line if p.kind == "reversal" else lines.first_line
            yield make(REVERSED, p, self.events, self.codes(self.events[p.event]), self.documents)

    def _told_first(self, p: Position) -> bool:
        """Whether a text calls it a first, or the record is old enough for "nothing like it before"."""
        event = self.events[p.event]
        if p.words != event.text:
            return True
        begun = min(map(self._published, self.events.values()))
        return self._day(event) - begun >= FIRST_AFTER

    def planned(self) -> Iterable[Line]:
        """What is planned, as planned; what has been done since or is older than the brief's days is
        left out.
        """
        plans = []
        for story in reversed(self.stories):
            event = self._best(story) if story.status is Status.FUTURE else None
            if event is not None and self.recent(event):
                plans.append((event, story))
        plans.sort(key=lambda p: (self._published(p[0]), p[0].id), reverse=True)
        self.over += [e for e, _ in plans[MOST:]]
        for event, story in plans[:MOST]:
            reports = [i for i in story.events if i in self.events]
            yield lines.act_line(PLANNED, event, reports, self.codes(event), self._document(event))

    def open(self) -> Iterable[Line]:
        """What stays open."""
        for pair in self.pairs:
            between = [e for e in self.events.values() if _both(e, pair)]
            for issue in open_issues(
                between, published=self.published, pair=pair, as_of=self.as_of, texts=self.texts
            ):
                first = self.events[issue.events[0]]
                # A text calls the matter open by itself; the record's last words are only as sure as
                # their act. Where many pairs are told only what is new is, with their names.
                if (issue.basis == "reported" or self._sure(first)) and (
                    len(self.scope) == 2 or self.recent(first)
                ):
                    yield lines.issue_line(
                        OPEN,
                        issue.context,
                        issue.words,
                        issue.events,
                        issue.basis == "reported",
                        () if len(self.scope) == 2 else pair,
                    )

    def outlook(self, figures: Figures) -> Iterable[Line]:
        """The outlook, if one was asked for."""
        if figures.outlook is None:
            return
        thaws = [t for t in figures.turns if t.direction == "thaw"]
        ids = [i for i in thaws[-1].events if i in self.events] if thaws else []
        yield lines.outlook_line(OUTLOOK, figures.outlook, ids)

    def watch(self) -> Iterable[Line]:
        """What to watch next: plans whose day comes, plans whose day has passed, threats and demands that
        nothing has followed.
        """
        due: list[tuple[date, Event]] = []
        waiting: list[tuple[date, Event, str]] = []
        for story in self.stories:
            event = self._best(story)
            if event is None:
                continue
            shown = event.date if day_shown(event, self._document(event)) else None
            first, last = span_of(shown, event.date_end) if shown else (date.min, date.min)
            if event.status is Status.FUTURE and shown is not None and first > self._published(event):
                if last >= self.as_of:
                    due.append((first, event))
                elif self.as_of - last <= STANDING:
                    waiting.append((last, event, FOLLOWS["such"]))
            elif (
                event.status is Status.ACTUAL
                and event.event in ("THREATEN", "REQUEST")
                and not event.symmetric
                and event.recipient
                and self.as_of - self._day(event) <= STANDING
            ):
                kind = "force" if event.event == "THREATEN" else "answer"
                waiting.append((self._day(event), event, FOLLOWS[kind]))
        for _, event in sorted(due, key=lambda d: (d[0], d[1].id))[:MOST]:
            yield lines.due_line(WATCH, event, self.codes(event), self._document(event))
        waiting.sort(key=lambda w: (w[0], w[1].id), reverse=True)
        unanswered = [w for w in waiting if not follows(w[1], w[2], self.events, self.documents)]
        for _, event, absent in unanswered[: MOST // 2]:
            yield lines.since_line(WATCH, event, absent, self.codes(event), self._document(event))

    def unknown(self) -> Iterable[Line]:
        """Acts of one publisher, acts without a day, those left out, commentary, silences."""
        single = [e for s in self.shown if len(s.publishers) < 2 and (e := self._best(s)) is not None]
        if single:
            yield Line(
                UNKNOWN,
                f"{_count(len(single), 'act')} told above rest{'s' * (len(single) == 1)} on one publisher.",
                tuple(e.id for e in single),
            )
        undated = [
            e
            for e in self.events.values()
            if e.date is None
            and e.voice is not Voice.COMMENTARY
            and e.status is Status.ACTUAL
            and self.recent(e)
        ]
        if undated:
            yield Line(
                UNKNOWN,
                f"{_count(len(undated), 'report')} told without a date;"
                " the day of the report stands instead.",
                tuple(e.id for e in undated),
            )
        over = list(dict.fromkeys(e.id for e in self.over))
        if over:
            yield Line(
                UNKNOWN, f"{_count(len(over), 'more act')} left out, for there is no room.", tuple(over)
            )
        _, left = told({e.id: e for e in self.events.values() if self.recent(e)}, self.documents)
        ids = dict.fromkeys((*self.left, *(e.id for e in left if self._left(e))))
        if ids:
            yield Line(
                UNKNOWN,
                f"{_count(len(ids), 'report')} left out, for the coder is not sure of"
                f" {'them' if len(ids) > 1 else 'it'}.",
                tuple(ids),
            )
        commentary = [e for e in self.events.values() if e.voice is Voice.COMMENTARY and self.recent(e)]
        if commentary:
            yield Line(
                UNKNOWN,
                f"{_count(len(commentary), 'statement')} of commentary left out.",
                tuple(e.id for e in commentary),
            )
        yield from self._latest()
        yield from self._gap()

    def _left(self, event: Event) -> bool:
        return unsure(event, self._document(event), self.codes(event)) is not None

    def _latest(self) -> Iterable[Line]:
        """How old the newest report is, where that is a week or more."""
        if not self.scope:
            return
        last = max(self.events.values(), key=lambda e: (self._published(e), e.id))
        if self.as_of - self._published(last) >= STALE:
            yield Line(
                UNKNOWN,
                f"The latest report in the record on {join(country(c) for c in self.scope)}"
                f" is of {day_words(self._published(last))}.",
                (last.id,),
            )

    def _gap(self) -> Iterable[Line]:
        if len(self.scope) != 2:
            return
        # Before the first document the record does not begin, and what is dated after its report is
        # no act yet.
        start = min(map(self._published, self.events.values()))
        ordered = sorted(
            (
                (first, last, e)
                for e in self.events.values()
                if e.status is Status.ACTUAL and e.voice is not Voice.COMMENTARY
                for first, last in [done(e, self.documents)]
                if start <= first <= last
            ),
            key=lambda d: (d[0], d[1], d[2].id),
        )
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
            one, other = (country(c) for c in self.scope)
            yield Line(
                UNKNOWN,
                f"No act between {one} and {other} is on record between {day_words(best[1])} and"
                f" {day_words(best[2])}.",
                (best[3].id, best[4].id),
            )


def _both(event: Event, pair: Pair) -> bool:
    return set(pair) <= {*event.actor_codes, *event.recipient_codes}


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
