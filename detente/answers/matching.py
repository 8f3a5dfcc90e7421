"""Which acts of the record a query means, and how well each fits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from detente.answers.query import Asked, Query
from detente.records import Document, Event, Status, Voice
from detente.relations.firsts import sentence_spans
from detente.relations.series import span_of
from detente.relations.stances import content_words

if TYPE_CHECKING:
    from detente.store import Store

__all__ = ["Found", "Match", "day_of", "find", "gather"]

# The share of a question's words that an act's sentence must hold: more where a plain "yes" hangs on it.
_NEEDED = {
    Asked.EVER: 0.6,
    Asked.PLANNED: 0.6,
    Asked.COUNT: 0.6,
    Asked.SAYS: 0.3,
}
_SOME = 0.5
# The clause of an act holds a word more surely than its sentence, and that more than what stands beside it.
_SENTENCE = 0.8
_NEAR = 0.5
_FORMS = {
    form: verb
    for verb, forms in {
        "meet": "met",
        "speak": "spok spoken spoke",
        "hold": "held",
        "send": "sent",
        "give": "gav given gave",
        "strike": "struck",
        "withdraw": "withdrew withdrawn",
        "seek": "sought",
        "break": "brok broken broke",
        "say": "said",
        "tell": "told",
    }.items()
    for form in forms.split()
}
_SURNAME = 6
_FIRST_PERSON = frozenset({"i", "we", "me", "us", "my", "our"})


@dataclass(frozen=True, slots=True)
class Match:
    """An act that fits a query; `score` says how well, `words` the share of the words it holds."""

    event: Event
    score: float
    words: float


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: acts that fit, acts of the same kind that do not hold the words or names, reports
    that the act did not happen, plans for it, and how much commentary was left out.
    """

    matches: tuple[Match, ...] = ()
    near: tuple[Event, ...] = ()
    contrary: tuple[Event, ...] = ()
    planned: tuple[Match, ...] = ()
    commentary: int = 0


def gather(store: Store, query: Query) -> list[Event]:
    """Every event of the record by the day of the question with the parties of a query."""
    found: dict[str, Event] = {}
    for actor in query.actor or (None,):
        for recipient in query.recipient or (None,):
            for event in _of(store, actor, recipient, query.today):
                found[event.id] = event
    return list(found.values())


def _of(store: Store, actor: str | None, recipient: str | None, today: date) -> Iterable[Event]:
    if actor is not None and recipient is not None:
        yield from store.events(pair=(actor, recipient), as_of=today)
        return
    one = actor or recipient
    yield from store.events(actor=one, as_of=today)
    yield from store.events(recipient=one, as_of=today)


def find(query: Query, events: Sequence[Event], documents: Mapping[str, Document]) -> Found:
    """The acts a query means among events, the best fit first.

    >>> find(Query("", Asked.EVER, date(2026, 1, 8), ("USA",)), [], {})
    Found(matches=(), near=(), contrary=(), planned=(), commentary=0)
    """
    texts = _Texts(documents)
    wanted = set(query.status)
    plans = {Status.FUTURE}
    matches: list[Match] = []
    planned: list[Match] = []
    near: list[tuple[float, Event]] = []
    contrary: list[Event] = []
    commentary = 0
    for event in events:
        if not _sides(query, event) or not _in_time(query, event, documents):
            continue
        kind = _kind(query, event, texts)
        if not kind:
            continue
        if event.voice is Voice.COMMENTARY:
            commentary += 1
            continue
        words, names = texts.words(query, event), texts.names(query, event)
        first = not query.recipient or query.recipient[0] in (*event.actor_codes, *event.recipient_codes)
        if query.asked is Asked.SAYS:
            # a joint act is nobody's word, and a promise says less of the other than a charge
            kind -= 0.5 * event.symmetric + 0.5 * (event.event in ("AGREE", "CONCEDE"))
        score = (
            kind
            + 2 * words
            + 2 * names
            + 1.0 * first
            + 0.25 * bool(set(query.contexts) & set(event.contexts))
        )
        fits = words >= _NEEDED.get(query.asked, _SOME) and names > 0 and _mode(query, event, texts)
        if event.status is Status.NEGATED:
            if fits:
                contrary.append(event)
        elif event.status in wanted:
            if fits:
                matches.append(Match(event, score, words))
            else:
                near.append((score, event))
        elif event.status in plans and fits:
            planned.append(Match(event, score, words))
    order = sorted(matches, key=lambda m: (-m.score, m.event.date is None, m.event.id))
    planned.sort(key=lambda m: (-m.score, m.event.id))
    near.sort(key=lambda n: (-n[0], n[1].id))
    return Found(tuple(order), tuple(e for _, e in near), tuple(contrary), tuple(planned), commentary)


def day_of(event: Event, documents: Mapping[str, Document]) -> tuple[date, date]:
    """First and last day of an act; the day of its report where it has none."""
    if event.date is not None:
        return span_of(event.date, event.date_end)
    document = documents.get(event.document)
    day = (document.published if document is not None else None) or date.min
    return day, day


def _sides(query: Query, event: Event) -> bool:
    actors, recipients = set(event.actor_codes), set(event.recipient_codes)
    everyone = actors | recipients
    if query.either or event.symmetric:
        if not query.actor or not query.recipient:
            return set(query.parties) <= everyone
        return set(query.actor) <= everyone and bool(set(query.recipient) & everyone)
    if query.actor and not set(query.actor) <= actors:
        return False
    return not query.recipient or bool(set(query.recipient) & recipients)


def _in_time(query: Query, event: Event, documents: Mapping[str, Document]) -> bool:
    first, last = day_of(event, documents)
    if event.status is Status.FUTURE:
        document = documents.get(event.document)
        told = (document.published if document is not None else None) or first
        since, until = query.since or date.min, query.until or date.max
        return (first <= until and last >= since) or since <= told <= until
    if first > query.today:
        return False
    if (
        query.since is not None
        and first < query.since
        and not (event.date and len(event.date) == 10 and last >= query.since)
    ):
        # "in 2021" may be before March 2021: what is only known by the year must lie inside
        return False
    return (
        query.until is None or last <= query.until or (first <= query.until and len(event.date or "") == 10)
    )


def _kind(query: Query, event: Event, texts: _Texts) -> float:
    if not query.types:
        return 1.0
    said = bool(query.verb) and any(_alike(query.verb or "", stem) for stem in _stems(event.trigger))
    if event.event in query.types:
        return 2.0 + 1.0 * (said or (bool(query.verb) and texts.holds(event, (query.verb or "",))))
    if said:
        return 1.5
    if event.event in query.alike:
        # the words must agree, and there must be words
        held = bool(query.words) and texts.words(query, event) >= _SENTENCE
        spoken = bool(query.verb) and texts.holds(event, (query.verb or "",))
        return 1.0 if held or spoken else 0.0
    return 0.0


def _mode(query: Query, event: Event, texts: _Texts) -> bool:
    """A visit is no phone call: an act of another mode counts only where its words tell of this one."""
    if not query.modes or query.modes[0] in event.modes:
        return True
    return bool(query.verb) and texts.tells(event, query.verb or "")


def _alike(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= 3 and long.startswith(short) and len(long) - len(short) <= 4


def _stems(text: str) -> frozenset[str]:
    """The stems of a text, also of the parts of words with a hyphen, and the ordinals."""
    found = content_words(text) | content_words(text.replace("-", " "))
    return found | {_FORMS[f] for f in found if f in _FORMS}


def _mark(name: str) -> re.Pattern[str]:
    """A name as it may stand in a text, in any spelling of its end: "Zelensky", "Zelenskyy"."""
    return re.compile(rf"\b{re.escape(_fold(name)[:_SURNAME])}")


def _fold(text: str) -> str:
    flat = unicodedata.normalize("NFKD", text)
    return "".join(c for c in flat if not unicodedata.combining(c)).lower()


class _Texts:
    """The sentences around events, each read once."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents
        self._spans: dict[str, list[tuple[int, int]]] = {}
        self._stems: dict[str, tuple[frozenset[str], frozenset[str], frozenset[str]]] = {}

    def _around(self, event: Event) -> tuple[str, str]:
        """The sentence of an event, and its neighbours with the title."""
        document = self._documents.get(event.document)
        if document is None:
            return event.text, ""
        if document.id not in self._spans:
            self._spans[document.id] = sentence_spans(document.text)
        spans = self._spans[document.id]
        at = next((i for i, (a, b) in enumerate(spans) if a <= event.trigger_start < b), None)
        if at is None:
            return event.text, document.title or ""
        text = document.text
        own = text[spans[at][0] : spans[at][1]]
        beside = [text[a:b] for a, b in (*spans[max(0, at - 1) : at], *spans[at + 1 : at + 2])]
        return own, " ".join((document.title or "", *beside))

    def _read(self, event: Event) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        key = event.id
        if key not in self._stems:
            own, beside = self._around(event)
            self._stems[key] = _stems(event.text), _stems(own), _stems(beside)
        return self._stems[key]

    def holds(self, event: Event, words: Sequence[str]) -> bool:
        """Whether the event's own sentence holds all the words, by their stems."""
        _, own, _ = self._read(event)
        return all(any(_alike(w, o) for o in own) for w in words)

    def tells(self, event: Event, word: str) -> bool:
        """Whether the event's own sentence or the title of its document holds a word."""
        document = self._documents.get(event.document)
        title = _stems(document.title or "") if document is not None else frozenset()
        return self.holds(event, (word,)) or any(_alike(word, t) for t in title)

    def words(self, query: Query, event: Event) -> float:
        """How much of a query's words stands in the event's sentence or beside it, 0 to 1."""
        if not query.words:
            return 1.0
        clause, own, beside = self._read(event)
        total = 0.0
        for word in query.words:
            if " " in word:  # "first round" is one thing
                text, near = self._around(event)
                total += 1 if word in text.lower() else _NEAR * (word in near.lower())
            elif any(_alike(word, o) for o in clause):
                total += 1
            elif any(_alike(word, o) for o in own):
                total += _SENTENCE
            elif any(_alike(word, o) for o in beside):
                total += _NEAR
        return total / len(query.words)

    def names(self, query: Query, event: Event) -> float:
        """How surely the people and places of a query belong to the event; 0 where one does not."""
        own, beside = self._around(event)
        parties = (
            " ".join(f"{p.text} {p.name or ''}" for p in (*event.actor, *event.recipient))
            + f" {event.speaker or ''}"
        )
        document = self._documents.get(event.document)
        total = 0.0
        for place in query.places:
            if not re.search(rf"\b{re.escape(_fold(place))}\b", _fold(own)):
                return 0.0
        if not query.names:
            return 1.0
        if query.asked is Asked.COUNT and not any(_mark(n).search(_fold(event.text)) for n in query.names):
            return 0.0  # an act that is counted must be his own, and not one told beside it
        for name in query.names:
            mark = _mark(name)
            if mark.search(_fold(event.text)) or mark.search(_fold(parties)):
                total += 1
            elif mark.search(_fold(own)):
                total += _SENTENCE
            elif mark.search(_fold(beside)):
                total += _NEAR
            elif document is not None and mark.search(_fold(document.text)) and self._own_words(event):
                total += _NEAR / 2
            else:
                return 0.0
        return total / len(query.names)

    @staticmethod
    def _own_words(event: Event) -> bool:
        """Whether somebody speaks of himself, so that the name stands elsewhere in the text."""
        return any(p.text.lower() in _FIRST_PERSON for p in (*event.actor, *event.recipient))
