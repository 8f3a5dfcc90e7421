"""Repeated reports become one story: one event in the world, counted once.

Two reports tell one story when parties, type, status, days and words agree (docs/method/stories.md
has every rule and number). In the order of publication, each report joins the earliest story with
whose first report it agrees, or begins its own. Joining whatever agrees with any report of a story
would not do: the undated reports of a war would be one story of three years.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from detente.records import Document, Event, Party, Status, Story, Voice
from detente.store.days import days
from detente.store.wording import Wording, context, share, wording

__all__ = [
    "DEFINITION",
    "REACH",
    "compose",
    "context",
    "key",
    "merge",
    "order",
    "same_story",
    "tell",
]

DEFINITION = "story.v3"
"""Name of these rules, kept with what they made; a change of rule or number is a new name."""

REACH = timedelta(days=7)
"""A week: how far apart undated reports may be published, how long after an act a report without a
day may tell of it, and the longest range of days that can stand for one of its days."""
MONTH = timedelta(days=31)
"""The longest range ("in June") that can be one of its days, where the words are nearly the same."""

SAME_DAY = 0.4
"""The share of words (see `wording`) that two reports of one day must have in common."""
SAME_WEEK = 0.5
"""The same, where the days overlap, or where neither report says the day."""
ONE_DATED = 0.5
"""The same, where only one of the two says the day."""
KINDRED = 0.6
"""The same, for two types that reporters take for one another, and for a month and its day."""
COPIED = 0.8
"""The same, in two copies of one text, whatever their days: "on Tuesday" in a reprint is no other
Tuesday."""

Order = tuple[date, int, str, int, str, str, str, str]

_NOTHING = ("", "")
_KIN = frozenset(
    frozenset(pair.split())
    for pair in (
        "AGREE CONSULT",
        "AGREE COOPERATE",
        "CONSULT COOPERATE",
        "AGREE SUPPORT",
        "AID COOPERATE",
        "AID SUPPORT",
        "AGREE CONCEDE",
        "CONCEDE COOPERATE",
        "CONCEDE RETREAT",
        "ACCUSE PROTEST",
        "ACCUSE REJECT",
        "PROTEST REJECT",
        "ACCUSE THREATEN",
        "REQUEST THREATEN",
        "MOBILIZE THREATEN",
        "COERCE SANCTION",
        "ASSAULT COERCE",
        "ASSAULT MOBILIZE",
    )
)


@dataclass(frozen=True, slots=True)
class _Report:
    """An event with what the rules look at, worked out once."""

    event: Event
    kind: str
    order: Order
    published: date | None
    days: tuple[date, date] | None
    actor: tuple[str, ...]
    recipient: tuple[str, ...]
    words: Wording
    text: str


def merge(
    events: Sequence[Event],
    published: Mapping[str, date | None],
    publishers: Mapping[str, str | None],
    *,
    around: Mapping[str, tuple[str, str]] | None = None,
    texts: Mapping[str, str] | None = None,
) -> list[Story]:
    """The stories that events tell, the first reported first; the order of `events` changes
    nothing.

    `published` and `publishers` are looked up by document id. Commentary tells no story: it is kept
    as events and never counted. A story has the id, type, parties and direction of its earliest
    report (by day of publication, place in the text, words), the date of its most exact one, and
    is `actual` when any report is. Publishers that are not known are left out of `publishers`.

    `around` gives the words around each event by its id (see `context`); without it only the
    evidence is compared. `texts` gives documents that are copies of one text the same name.

    >>> def report(document, text):
    ...     usa, cuba = Party("USA", "U.S."), Party("CUB", "Cuba")
    ...     return Event(document, 0, len(text), text, "CONSULT", (usa,), (cuba,), True,
    ...                  Status.ACTUAL, "met", 0, 1, date="2026-01-07")
    >>> told = [report("b", "envoys met in Oslo"), report("a", "the envoys meeting in Oslo")]
    >>> on = {"a": date(2026, 1, 8), "b": date(2026, 1, 9)}
    >>> [(len(s.events), s.publishers) for s in merge(told, on, {"a": "Post", "b": "Times"})]
    [(2, ('Post', 'Times'))]
    """
    blocks: dict[str, dict[str, _Report]] = {}
    for event in events:
        block = key(event)
        if block is not None:
            blocks.setdefault(block, {})[event.id] = _report(event, published, around, texts)
    stories = [
        (group[0].order, _story(group, publishers))
        for block in blocks.values()
        for group in _groups(sorted(block.values(), key=lambda r: r.order))
    ]
    return [story for _, story in sorted(stories, key=lambda pair: pair[0])]


def tell(events: Sequence[Event], documents: Mapping[str, Document]) -> list[Story]:
    """The stories that events tell with everything their documents say: what a store of them gives.

    Copies, wire credits and the words around each act are worked out here. `documents` has those of
    all events, by id; for events that a store holds `Store.told` does the same faster.
    """
    from detente.sources.repeats import sources_of

    houses, texts = sources_of(documents.values())
    return merge(
        events,
        {id: document.published for id, document in documents.items()},
        houses,
        around={e.id: context(e, documents[e.document].text) for e in events},
        texts=texts,
    )


def compose(
    groups: Iterable[Iterable[Event]],
    published: Mapping[str, date | None],
    publishers: Mapping[str, str | None],
) -> list[Story]:
    """The stories of events that are grouped already, each as `merge` would tell that group."""
    return [
        _story(sorted((_report(e, published, None, None) for e in group), key=lambda r: r.order), publishers)
        for group in groups
    ]


def order(event: Event, published: Mapping[str, date | None]) -> Order:
    """What the reports of a story are sorted by: day of publication, place in the text, words, act.

    The document comes last, for the id of a text that many carry is that of the first that was read.
    """
    day = published.get(event.document) or date.max
    act = f"{event.event} {'+'.join(_codes(event.actor))} {'+'.join(_codes(event.recipient))}"
    return (day, event.start, event.text, event.trigger_start, act, "", event.document, event.id)


def key(event: Event) -> str | None:
    """The block of an event: only events of one block can tell one story. None for commentary.

    It joins the status (what happened and what is told as history are one) and all parties,
    without direction.

    >>> usa, cuba = Party("USA", "U.S."), Party("CUB", "Cuba")
    >>> key(Event("d", 0, 4, "They will meet", "AGREE", (usa,), (cuba,), False, Status.FUTURE,
    ...           "meet", 10, 1))
    'future|CUB+USA'
    """
    if event.voice is Voice.COMMENTARY:
        return None
    status = Status.ACTUAL if event.status is Status.HISTORICAL else event.status
    parties = sorted({party.code for party in (*event.actor, *event.recipient)})
    return f"{status.value}|{'+'.join(parties)}"


def same_story(
    one: Event,
    other: Event,
    published: Mapping[str, date | None],
    *,
    around: Mapping[str, tuple[str, str]] | None = None,
    texts: Mapping[str, str] | None = None,
) -> bool:
    """Whether two reports tell one story, by the rule for a pair of reports alone."""
    block = key(one)
    return (
        block is not None
        and block == key(other)
        and _same(_report(one, published, around, texts), _report(other, published, around, texts))
    )


def _report(
    event: Event,
    published: Mapping[str, date | None],
    around: Mapping[str, tuple[str, str]] | None,
    texts: Mapping[str, str] | None,
) -> _Report:
    on = published.get(event.document)
    near = around.get(event.id, _NOTHING) if around else _NOTHING
    meeting = event.event == "AGREE" and event.status is Status.FUTURE
    return _Report(
        event=event,
        kind="CONSULT" if meeting else event.event,
        order=(*order(event, published)[:5], "\n".join(near), event.document, event.id),
        published=on,
        days=days(event),
        actor=_codes(event.actor),
        recipient=_codes(event.recipient),
        words=wording(event, near),
        text=texts.get(event.document, event.document) if texts else event.document,
    )


def _codes(parties: Iterable[Party]) -> tuple[str, ...]:
    return tuple(sorted({party.code for party in parties}))


def _same(one: _Report, other: _Report) -> bool:
    if not _parties_agree(one, other):
        return False
    kindred = one.kind != other.kind
    if kindred and (
        frozenset((one.kind, other.kind)) not in _KIN or one.event.document == other.event.document
    ):
        return False
    copied = one.text == other.text and one.event.document != other.event.document
    least = COPIED if copied and not kindred else None
    by_days = _least(one, other)
    if by_days is not None:
        by_days = max(by_days, KINDRED) if kindred else by_days
        least = by_days if least is None else min(least, by_days)
    return least is not None and share(one.words, other.words) >= least


def _parties_agree(one: _Report, other: _Report) -> bool:
    # The block has made sure that all parties together are the same.
    if one.event.symmetric or other.event.symmetric:
        return True
    return one.actor == other.actor and one.recipient == other.recipient


def _least(one: _Report, other: _Report) -> float | None:
    """The share of words that the days of two reports ask for; None where they disagree."""
    if one.days is not None and other.days is not None:
        if one.days == other.days:
            return SAME_DAY if _length(one.days) == timedelta(days=1) else SAME_WEEK
        if one.days[0] > other.days[1] or other.days[0] > one.days[1]:
            return None
        longer = max(_length(one.days), _length(other.days))
        if longer <= REACH:
            return SAME_WEEK
        exact = min(_length(one.days), _length(other.days)) <= REACH
        return KINDRED if longer <= MONTH and exact else None
    if one.days is None and other.days is None:
        if one.event.document == other.event.document:
            return SAME_WEEK
        if one.published is None or other.published is None:
            return None
        return SAME_WEEK if abs(one.published - other.published) <= REACH else None
    dated, undated = (one, other) if one.days is not None else (other, one)
    assert dated.days is not None
    if undated.published is None or _length(dated.days) > REACH or dated.event.status not in _DONE:
        return None
    since = undated.published - dated.days[0]
    return ONE_DATED if timedelta(0) <= since <= REACH else None


# A plan has no day yet on the day that it is told.
_DONE = frozenset({Status.ACTUAL, Status.HISTORICAL, Status.NEGATED})


def _length(span: tuple[date, date]) -> timedelta:
    return span[1] - span[0] + timedelta(days=1)


def _groups(reports: Sequence[_Report]) -> list[list[_Report]]:
    """The stories of one block whose reports come in their order; the first of each leads it.

    A story of the report's own type is preferred to a kindred one; and a document that tells both
    acts ("met and signed") means two.
    """
    stories: list[list[_Report]] = []
    leads = _Leads({}, {}, {}, {}, {}, [])
    told: dict[tuple[str, str], list[_Report]] = {}
    for report in reports:
        told.setdefault((report.event.document, report.kind), []).append(report)

    def tells(document: str, act: _Report) -> bool:
        """Whether a document tells an act of that type on days that agree."""
        return any(_least(act, other) is not None for other in told.get((document, act.kind), ()))

    for report in reports:
        found: int | None = None
        for position in leads.near(report):
            lead = stories[position][0]
            if lead.kind == report.kind:
                if _same(lead, report):
                    found = position
                    break
            elif (
                found is None
                and _same(lead, report)
                and not tells(report.event.document, lead)
                and not tells(lead.event.document, report)
            ):
                found = position
        if found is None:
            leads.add(report, len(stories))
            stories.append([report])
        else:
            stories[found].append(report)
    return stories


@dataclass(frozen=True, slots=True)
class _Leads:
    """The first reports of stories by what their days can agree on; a block may hold years."""

    days: dict[date, list[int]]
    spans: dict[tuple[date, date], list[int]]
    published: dict[date, list[int]]
    documents: dict[str, list[int]]
    texts: dict[str, list[int]]
    months: list[tuple[tuple[date, date], int]]

    def add(self, report: _Report, position: int) -> None:
        self.texts.setdefault(report.text, []).append(position)
        if report.days is not None:
            self.spans.setdefault(report.days, []).append(position)
            if _length(report.days) <= REACH:
                for day in _each(*report.days):
                    self.days.setdefault(day, []).append(position)
            elif _length(report.days) <= MONTH:
                self.months.append((report.days, position))
        else:
            self.documents.setdefault(report.event.document, []).append(position)
            if report.published is not None:
                self.published.setdefault(report.published, []).append(position)

    def near(self, report: _Report) -> list[int]:
        found: set[int] = set(self.texts.get(report.text, ()))
        if report.days is not None:
            first, last = report.days
            found.update(self.spans.get(report.days, ()))
            if _length(report.days) <= MONTH:
                for day in _each(first, last):
                    found.update(self.days.get(day, ()))
            if _length(report.days) <= REACH:
                found.update(p for (a, b), p in self.months if a <= last and first <= b)
                for day in _each(first, _plus(first, REACH)):
                    found.update(self.published.get(day, ()))
        else:
            found.update(self.documents.get(report.event.document, ()))
            if report.published is not None:
                # A story's first report is never published after the others.
                for day in _each(_plus(report.published, -REACH), report.published):
                    found.update(self.published.get(day, ()))
                    found.update(self.days.get(day, ()))
        return sorted(found)


def _plus(day: date, more: timedelta) -> date:
    """A day so much later, or the first or last day of the calendar."""
    ordinal = day.toordinal() + more.days
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))


def _each(first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


def _story(reports: Sequence[_Report], publishers: Mapping[str, str | None]) -> Story:
    first = reports[0].event
    exact = min(
        (r for r in reports if r.days is not None),
        key=lambda r: (_length(r.days) if r.days else REACH, r.order),
        default=reports[0],
    ).event
    happened = any(r.event.status is Status.ACTUAL for r in reports)
    carried = ((r.order[:6], publishers.get(r.event.document)) for r in reports)
    houses = [house for _, house in sorted(carried, key=lambda pair: (pair[0], pair[1] or ""))]
    return Story(
        id=first.id,
        event=first.event,
        actor=tuple(dict.fromkeys(party.code for party in first.actor)),
        recipient=tuple(dict.fromkeys(party.code for party in first.recipient)),
        symmetric=any(r.event.symmetric for r in reports),
        status=Status.ACTUAL if happened else first.status,
        date=exact.date,
        date_end=exact.date_end,
        first_published=reports[0].published,
        events=tuple(r.event.id for r in reports),
        publishers=tuple(dict.fromkeys(house for house in houses if house)),
    )
