"""What one party says or does towards another, placed in time: the material that positions are made
of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from detente.records import Event, Status, Voice
from detente.relations.series import UNDATED_DAYS, pair_of, span_of

__all__ = ["VERBAL", "Stance", "content_words", "stances"]

VERBAL = frozenset({"ACCUSE", "REJECT", "REQUEST", "THREATEN", "SUPPORT", "AGREE", "CONCEDE"})

_WORD = re.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ-]+")
# Words of grammar and of saying: two texts that share only these share no subject.
_EMPTY_WORDS = """
about after again against ago all also among and any are because been before being between both
but can could did does during each every for from had has have having her hers him his how into
its itself later may might more most must new not now off one only onto other our out over own per
said same say says she should since some such than that the their them then there these they this
those through too two under until upon very was week were what when where which while who whom
whose why will with within without would yet you your president minister government country
countries state states leader leaders accusation accusations allegation allegations charge charges
claim claims denied deny denies rejected reject rejects accused accuse accuses monday tuesday
wednesday thursday friday saturday sunday january february march april june july august september
october november december year month day days
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())


def content_words(text: str) -> frozenset[str]:
    """The words of a text that can tell its subject, in lower case and without endings.

    >>> sorted(content_words("Trump's charges that Petro allowed cocaine production to surge"))
    ['allow', 'cocain', 'petro', 'produc', 'surg', 'trump']
    """
    found = set()
    for match in _WORD.finditer(text):
        word = match[0].lower()
        if len(word) < 3 or word in _EMPTY:
            continue
        found.add(_stem(word))
    return frozenset(found)


def _stem(word: str) -> str:
    for ending in (
        "ations",
        "ation",
        "tions",
        "tion",
        "ings",
        "ing",
        "ies",
        "ed",
        "es",
        "ers",
        "er",
        "s",
        "e",
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


@dataclass(frozen=True, slots=True)
class Stance:
    """One act of `holder` towards `towards`, with the days it can have happened on.

    `first` and `last` are None for a historical act without a date: it was before, nobody says
    when. `hostile` is False for cooperation, True for conflict, None for a request, which is
    neither.
    """

    event: Event
    holder: str
    towards: str
    published: date
    first: date | None
    last: date | None
    words: frozenset[str]

    @property
    def hostile(self) -> bool | None:
        """Whether it stands against the other party; None for a request."""
        return None if self.event.event == "REQUEST" else self.event.quad > 2

    @property
    def verbal(self) -> bool:
        """Whether it is words only (a call or a meeting is not a stance in words)."""
        return self.event.event in VERBAL

    def before(self, other: Stance) -> bool:
        """Whether this one is surely earlier than the other.

        Acts whose days overlap are in no order; on one and the same day the earlier report counts.
        """
        if self.last is None:
            return other.last is not None
        if other.first is None:
            return False
        if self.last < other.first:
            return True
        return self.last == other.first and self.published < other.published


def stances(
    events: Iterable[Event],
    published: Mapping[str, date | None],
    *,
    pair: tuple[str, str] | None = None,
    as_of: date | None = None,
) -> list[Stance]:
    """Every act that somebody holds towards somebody else, in order of publication and of the text.

    Left out: commentary, hypothetical, negated and planned acts, acts of documents published after
    `as_of` or without a day, acts with the same party on both sides. An `actual` act without a date
    lies in the week before its publication. A denial whose addressee the text leaves open is held
    towards the other of the pair, where a pair is given.

    Raises InputError where `pair` is none.

    >>> stances([], {})
    []
    """
    two = None if pair is None else set(pair_of(pair))
    found: list[Stance] = []
    for event in {e.id: e for e in events}.values():
        day = published.get(event.document)
        if day is None or (as_of is not None and day > as_of):
            continue
        if event.voice is Voice.COMMENTARY or event.status not in (
            Status.ACTUAL,
            Status.HISTORICAL,
        ):
            continue
        first, last = _days(event, day)
        parties = (*event.actor, *event.recipient)
        names = " ".join((event.trigger, *(f"{p.text} {p.name or ''}" for p in parties)))
        # That both sides are named in both texts says nothing about their subject.
        words = content_words(event.text) - content_words(names)
        for holder, towards in _sides(event, two):
            found.append(Stance(event, holder, towards, day, first, last, words))
    return sorted(found, key=lambda s: (s.published, s.event.document, s.event.start, s.event.id, s.holder))


def _sides(event: Event, two: set[str] | None) -> list[tuple[str, str]]:
    actors, recipients = set(event.actor_codes), set(event.recipient_codes)
    if event.symmetric:
        actors = recipients = actors | recipients
    sides = {(a, r) for a in actors for r in recipients if a != r}
    if two is not None:
        sides = {s for s in sides if set(s) == two}
        if not sides and event.event == "REJECT" and recipients <= actors:
            sides = {(a, o) for a in actors & two for o in two - actors}
    return sorted(sides)


def _days(event: Event, published: date) -> tuple[date | None, date | None]:
    if event.date is None:
        if event.status is Status.HISTORICAL:
            return None, None
        return published - timedelta(days=UNDATED_DAYS), published
    first, last = span_of(event.date, event.date_end)
    return min(first, published), min(last, published)
