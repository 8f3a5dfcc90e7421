"""Repeated reports become one story: one event in the world, counted once.

Two reports tell one story when parties, type, status, days and words agree (docs/method/stories.md
has every rule and number). In the order of publication, each report joins the earliest story with
whose first report it agrees, or begins its own. Joining whatever agrees with any report of a story
would not do: the undated reports of a war would be one story of three years.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from detente.records import Event, Party, Status, Story, Voice
from detente.store.days import days

__all__ = ["DEFINITION", "REACH", "key", "merge", "same_story"]

DEFINITION = "story.v1"
"""Name of these rules, kept with what they made; a change of rule or number is a new name."""

REACH = timedelta(days=7)
"""A week: how far apart undated reports may be published, and the longest range of days that can
stand for one of its days. Reports of a longer range ("in 2014") only match the very same range."""

WORDS = 0.25
"""The share of content words, of the shorter report, that two reports must have in common. One in
four: clauses of four to eight content words about one act share its verb or noun and a place."""

_COMMON = """
a about after again against ago all also am an and any are as at be because been before being
between both but by can could did do does during each for from further had has have he her here him
his how i if in into is it its itself just may me might more most must my no nor not now of off on
once only or other our out over own said say says she should so some such than that the their them
then there these they this those through to today too under until up upon very was we were what when
where which while who whom why will with would yesterday you your monday tuesday wednesday thursday
friday saturday sunday
"""
_STOP_WORDS = frozenset(_COMMON.split())
# Verbs of diplomacy whose forms share no stem.
_IRREGULAR: Mapping[str, str] = {
    "met": "meet",
    "spoke": "speak",
    "spoken": "speak",
    "held": "hold",
    "struck": "strike",
    "sent": "send",
    "gave": "give",
    "given": "give",
    "shot": "shoot",
    "withdrew": "withdraw",
    "withdrawn": "withdraw",
    "fought": "fight",
    "bought": "buy",
    "sold": "sell",
    "broke": "break",
    "broken": "break",
    "began": "begin",
    "begun": "begin",
    "took": "take",
    "taken": "take",
}
# Longer ones first, for only the first that fits is taken off.
_LONG_ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ions", "ion", "ies", "ied")
_ENDINGS = (*_LONG_ENDINGS, "ers", "er", "ors", "or", "ed", "es", "ly", "al", "s", "e", "y")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


@dataclass(frozen=True, slots=True)
class _Report:
    """An event with what the rules look at, worked out once."""

    event: Event
    order: tuple[date, str, int, str]
    published: date | None
    days: tuple[date, date] | None
    actor: tuple[str, ...]
    recipient: tuple[str, ...]
    words: frozenset[str]


def merge(
    events: Sequence[Event],
    published: Mapping[str, date | None],
    publishers: Mapping[str, str | None],
) -> list[Story]:
    """The stories that events tell, the first reported first; the order of `events` changes
    nothing.

    `published` and `publishers` are looked up by document id. Commentary tells no story: it is kept
    as events and never counted. A story has the id, type, parties and direction of its earliest
    report (by day of publication, document, place in the text), the date of its most exact one, and
    is `actual` when any report is. Publishers that are not known are left out of `publishers`.

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
            blocks.setdefault(block, {})[event.id] = _report(event, published)
    stories = [
        (group[0].order, _story(group, publishers))
        for block in blocks.values()
        for group in _groups(sorted(block.values(), key=lambda r: r.order))
    ]
    return [story for _, story in sorted(stories, key=lambda pair: pair[0])]


def key(event: Event) -> str | None:
    """The block of an event: only events of one block can tell one story. None for commentary.

    It joins the type (a planned meeting and an agreement to meet are one), the status (what
    happened and what is told as history are one) and all parties, without direction.

    >>> usa, cuba = Party("USA", "U.S."), Party("CUB", "Cuba")
    >>> key(Event("d", 0, 4, "They will meet", "AGREE", (usa,), (cuba,), False, Status.FUTURE,
    ...           "meet", 10, 1))
    'CONSULT|future|CUB+USA'
    """
    if event.voice is Voice.COMMENTARY:
        return None
    kind, status = event.event, event.status
    if status is Status.FUTURE and kind == "AGREE":
        kind = "CONSULT"
    if status is Status.HISTORICAL:
        status = Status.ACTUAL
    parties = sorted({party.code for party in (*event.actor, *event.recipient)})
    return f"{kind}|{status.value}|{'+'.join(parties)}"


def same_story(one: Event, other: Event, published: Mapping[str, date | None]) -> bool:
    """Whether two reports tell one story, by the rule for a pair of reports alone."""
    block = key(one)
    return (
        block is not None
        and block == key(other)
        and _same(_report(one, published), _report(other, published))
    )


def _report(event: Event, published: Mapping[str, date | None]) -> _Report:
    on = published.get(event.document)
    return _Report(
        event=event,
        order=(on or date.max, event.document, event.start, event.id),
        published=on,
        days=days(event),
        actor=_codes(event.actor),
        recipient=_codes(event.recipient),
        words=_words(event),
    )


def _codes(parties: Iterable[Party]) -> tuple[str, ...]:
    return tuple(sorted({party.code for party in parties}))


def _words(event: Event) -> frozenset[str]:
    """Stems of the content words, without the parties' own, with the modes as words.

    The parties agree already, so their names would say nothing; a mode says what two wordings of
    one act ("by phone", "a call") have in common.
    """
    ours = {
        word
        for party in (*event.actor, *event.recipient)
        for name in (party.text, party.name or "")
        for word in _WORD.findall(name.lower())
    }
    words = (w for w in _WORD.findall(event.text.lower()) if w not in ours)
    found = {_stem(w) for w in words if w not in _STOP_WORDS}
    found |= {_stem(w) for w in _WORD.findall(event.trigger.lower()) if w not in _STOP_WORDS}
    return frozenset(found | {f"mode:{mode}" for mode in event.modes})


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    """A word without its ending, at least three letters long: meeting, meets and met are one."""
    word = re.sub(r"['’].*", "", word)
    word = _IRREGULAR.get(word, word)
    if word.isdigit():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    if len(word) > 3 and word[-1] == word[-2]:  # planned, plan
        word = word[:-1]
    return word


def _same(one: _Report, other: _Report) -> bool:
    return _parties_agree(one, other) and _days_agree(one, other) and _words_agree(one, other)


def _parties_agree(one: _Report, other: _Report) -> bool:
    # The block has made sure that all parties together are the same.
    if one.event.symmetric or other.event.symmetric:
        return True
    return one.actor == other.actor and one.recipient == other.recipient


def _days_agree(one: _Report, other: _Report) -> bool:
    if one.days is None and other.days is None:
        if one.event.document == other.event.document:
            return True
        if one.published is None or other.published is None:
            return False
        return abs(one.published - other.published) <= REACH
    if one.days is None or other.days is None:
        return False
    if one.days == other.days:
        return True
    overlap = one.days[0] <= other.days[1] and other.days[0] <= one.days[1]
    return overlap and max(_length(one.days), _length(other.days)) <= REACH


def _length(span: tuple[date, date]) -> timedelta:
    return span[1] - span[0] + timedelta(days=1)


def _words_agree(one: _Report, other: _Report) -> bool:
    fewer = min(len(one.words), len(other.words))
    if fewer == 0:
        return one.words == other.words
    return len(one.words & other.words) >= WORDS * fewer


def _groups(reports: Sequence[_Report]) -> list[list[_Report]]:
    """The stories of one block whose reports come in their order; the first of each leads it."""
    stories: list[list[_Report]] = []
    leads = _Leads({}, {}, {}, {})
    for report in reports:
        for position in leads.near(report):
            if _same(stories[position][0], report):
                stories[position].append(report)
                break
        else:
            leads.add(report, len(stories))
            stories.append([report])
    return stories


@dataclass(frozen=True, slots=True)
class _Leads:
    """The first reports of stories by what their days can agree on; a block may hold years."""

    days: dict[date, list[int]]
    spans: dict[tuple[date, date], list[int]]
    published: dict[date, list[int]]
    documents: dict[str, list[int]]

    def add(self, report: _Report, position: int) -> None:
        if report.days is not None:
            self.spans.setdefault(report.days, []).append(position)
            if _length(report.days) <= REACH:
                for day in _each(*report.days):
                    self.days.setdefault(day, []).append(position)
        else:
            self.documents.setdefault(report.event.document, []).append(position)
            if report.published is not None:
                self.published.setdefault(report.published, []).append(position)

    def near(self, report: _Report) -> list[int]:
        found: set[int] = set()
        if report.days is not None:
            found.update(self.spans.get(report.days, ()))
            if _length(report.days) <= REACH:
                for day in _each(*report.days):
                    found.update(self.days.get(day, ()))
        else:
            found.update(self.documents.get(report.event.document, ()))
            if report.published is not None:
                # A story's first report is never published after the others.
                earliest = max(report.published.toordinal() - REACH.days, 1)
                for day in _each(date.fromordinal(earliest), report.published):
                    found.update(self.published.get(day, ()))
        return sorted(found)


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
    houses = (publishers.get(r.event.document) for r in reports)
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
