"""Briefs of every scope: a pair, one country, one day across all pairs, one article.

A `Report` is a brief that carries its evidence with it, so that it can be printed or sent anywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from detente.briefs.brief import brief, checked, drafts
from detente.briefs.figures import Figures
from detente.briefs.wording import country, day_words
from detente.briefs.writing import UNKNOWN, Writer
from detente.records import Brief, Document, Event, Level, Line, Outlook, Story, Turn
from detente.relations.series import span_of
from detente.store import Store

__all__ = ["Report", "article", "morning", "of_country", "of_pair"]

# Of so many pairs at most the turns are looked for in a day's or a country's brief, the busiest first.
MOST_PAIRS = 40
# A line names at most so many parties; a joint statement of thirty ministers names the one asked for.
MOST_NAMES = 4
FEWEST_ACTS = 5

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Report(Brief):
    """A brief with what it is about and the acts and documents behind its lines.

    `scope` is "pair", "country", "day" or "article"; `title` says it in words. `pair` holds the codes of
    a pair, of one country the code twice, and is empty twice where there is none. `days` is how far back
    acts are told, None for all. `events` and `documents` are those behind the lines, by id.
    """

    scope: str = "pair"
    title: str = ""
    days: int | None = None
    events: Mapping[str, Event] = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict)

    @property
    def parties(self) -> tuple[str, ...]:
        """The codes that the brief is about, without repeats; none for a day or an article."""
        return tuple(dict.fromkeys(c for c in self.pair if c))


def of_pair(
    events: Iterable[Event],
    documents: Mapping[str, Document],
    pair: Pair,
    *,
    as_of: date,
    days: int | None = None,
    turns: Sequence[Turn] = (),
    levels: Sequence[Level] = (),
    outlook: Outlook | None = None,
) -> Report:
    """The brief of a pair as a report; the arguments and errors are those of `brief`.

    >>> of_pair([], {}, ("USA", "COL"), as_of=date(2026, 1, 8)).title
    'Colombia and the United States, as of 8 January 2026'
    """
    found = list(events)
    made = brief(found, documents, pair, as_of=as_of, days=days, turns=turns, levels=levels, outlook=outlook)
    one, other = (country(c) for c in made.pair)
    title = f"{_capital(one)} and {other}, as of {day_words(as_of)}"
    return _report(made, "pair", title, days, {e.id: e for e in found}, documents)


def of_country(store: Store, code: str, *, as_of: date, days: int = 30) -> Report:
    """The brief of one country: its acts with all others, as of a day.

    Turns are looked for in its `MOST_PAIRS` busiest pairs and told where they were known within `days`;
    a level or an outlook is a pair's, so there is none.

    >>> from detente.store import open_store
    >>> with open_store(":memory:") as store:
    ...     [line.text for line in of_country(store, "COL", as_of=date(2026, 1, 8)).lines]
    ['The record holds nothing on Colombia by 8 January 2026.']
    """
    both = (*store.events(as_of=as_of, actor=code), *store.events(as_of=as_of, recipient=code))
    found = {e.id: e for e in both}
    found = {i: e for i, e in found.items() if len({*e.actor_codes, *e.recipient_codes}) > 1}
    title = f"{_capital(country(code))}, as of {day_words(as_of)}"
    if not found:
        text = f"The record holds nothing on {country(code)} by {day_words(as_of)}."
        return Report((code, code), as_of, (Line(UNKNOWN, text, ()),), (), "country", title, days)
    documents = _documents(store, found.values())
    since = as_of - timedelta(days=days)
    busiest = _pairs(found.values(), code)
    turns = [
        t
        for pair in busiest
        for t in _turns(found.values(), documents, pair, as_of)
        if since <= (t.known_on or t.day) <= as_of
    ]
    return _of_record(
        store,
        found,
        documents,
        Brief((code, code), as_of, ()),
        scope="country",
        title=title,
        days=days,
        since=since,
        pairs=busiest,
        turns=turns,
        named=(code,),
    )


def morning(store: Store, day: date, *, days: int = 1) -> Report:
    """The morning brief: what was published on a day (or in the `days` until it), across all pairs.

    An act that was reported before is not told again. Turns are those that became known in these days.

    >>> from detente.store import open_store
    >>> with open_store(":memory:") as store:
    ...     [line.text for line in morning(store, date(2026, 1, 8)).lines]
    ['The record holds nothing published on 8 January 2026.']
    """
    first = day - timedelta(days=days - 1)
    title = (
        f"The record of {day_words(day)}" if days == 1 else f"The record of {days} days to {day_words(day)}"
    )
    new = store.documents(since=first, until=day)
    fresh = {e.id: e for d in new for e in store.events(document=d.id)}
    fresh = {i: e for i, e in fresh.items() if len({*e.actor_codes, *e.recipient_codes}) > 1}
    if not fresh:
        text = f"The record holds nothing published on {day_words(day)}."
        return Report(("", ""), day, (Line(UNKNOWN, text, ()),), (), "day", title, days)
    pairs = _pairs(fresh.values())
    # What went before tells what is denied, what has turned and what is no news.
    known = dict(fresh)
    for pair in pairs:
        known.update({e.id: e for e in store.events(pair=pair, as_of=day)})
    documents = _documents(store, known.values())
    turns = [
        t
        for pair in pairs
        for t in _turns(known.values(), documents, pair, day)
        if first <= (t.known_on or t.day) <= day
    ]
    return _of_record(
        store,
        known,
        documents,
        Brief(("", ""), day, ()),
        scope="day",
        title=title,
        days=days,
        since=first,
        pairs=pairs,
        turns=turns,
        named=(),
    )


def article(document: Document, events: Iterable[Event]) -> Report:
    """The brief of one article, from its own words only.

    >>> article(Document("d", "It rained.", title="Rain", published=date(2026, 1, 8)), []).lines[0].text
    'The record holds nothing on this document.'
    """
    found = {e.id: e for e in events if e.document == document.id}
    as_of = document.published or date.max
    title = document.title or "An article"
    if not found:
        text = "The record holds nothing on this document."
        return Report(("", ""), as_of, (Line(UNKNOWN, text, ()),), (), "article", title)
    documents = {document.id: document}
    writer = Writer(
        found,
        documents,
        as_of=as_of,
        codes=_Names(),
        pairs=_pairs(found.values()) if document.published else (),
        recent=lambda event: True,
        scope=(),
    )
    kept, dropped = checked(drafts(writer, Figures(), silent=True), found, documents, Figures())
    made = Brief(("", ""), as_of, kept, dropped)
    return _report(made, "article", title, None, found, documents)


def _of_record(
    store: Store,
    events: dict[str, Event],
    documents: Mapping[str, Document],
    made: Brief,
    *,
    scope: str,
    title: str,
    days: int,
    since: date,
    pairs: Sequence[Pair],
    turns: Sequence[Turn],
    named: tuple[str, ...],
) -> Report:
    ordered = sorted(
        (e for e in events.values() if e.document in documents),
        key=lambda e: (documents[e.document].published or date.min, e.document, e.start, e.id),
    )
    known = {e.id: e for e in ordered}
    stories: list[Story] = store.told(ordered, made.as_of)
    if scope == "day":
        old = {i for s in stories if s.first_published and s.first_published < since for i in s.events}
    else:
        old = set()

    def recent(event: Event) -> bool:
        published = documents[event.document].published or date.min
        if scope == "day":
            return published >= since and event.id not in old
        day = min(span_of(event.date, event.date_end)[1], published) if event.date else published
        return day >= since

    writer = Writer(
        known,
        documents,
        as_of=made.as_of,
        codes=_Names(*named),
        pairs=pairs,
        recent=recent,
        scope=named,
        stories=stories,
    )
    figures = Figures(tuple(turns))
    kept, dropped = checked(drafts(writer, figures, silent=True), known, documents, figures)
    return _report(Brief(made.pair, made.as_of, kept, dropped), scope, title, days, known, documents)


def _report(
    made: Brief,
    scope: str,
    title: str,
    days: int | None,
    events: Mapping[str, Event],
    documents: Mapping[str, Document],
) -> Report:
    used = {i: events[i] for line in (*made.lines, *made.dropped) for i in line.events if i in events}
    texts = {d: documents[d] for d in sorted({e.document for e in used.values()}) if d in documents}
    return Report(made.pair, made.as_of, made.lines, made.dropped, scope, title, days, used, texts)


class _Names:
    """The parties that a line names for an act: all of a few; else the one asked for and the first others."""

    def __init__(self, *asked: str) -> None:
        self.asked = asked

    def __call__(self, event: Event) -> tuple[str, ...]:
        codes = tuple(sorted({*event.actor_codes, *event.recipient_codes}))
        if len(codes) <= MOST_NAMES:
            return codes
        first = [c for c in self.asked if c in codes]
        doers = [c for c in event.actor_codes if c not in first]
        others = [c for c in event.recipient_codes if c not in (*first, *doers)]
        sides = [c for pair in zip(doers, others, strict=False) for c in pair] or doers or others
        return tuple(sorted((*first, *sides)[:MOST_NAMES]))


def _pairs(events: Iterable[Event], code: str | None = None) -> list[Pair]:
    """The pairs between which something was done, the busiest first."""
    counted: Counter[Pair] = Counter()
    for event in events:
        doers, others = set(event.actor_codes), set(event.recipient_codes)
        found = {
            (min(a, b), max(a, b)) for a in doers for b in (others | (doers if event.symmetric else set()))
        }
        counted.update(p for p in found if p[0] != p[1] and (code is None or code in p))
    ranked = sorted(counted.items(), key=lambda c: (-c[1], c[0]))
    return [pair for pair, _ in ranked[:MOST_PAIRS]]


def _turns(events: Iterable[Event], documents: Mapping[str, Document], pair: Pair, as_of: date) -> list[Turn]:
    from detente.relations.series import acts
    from detente.relations.turning import turns

    published = {i: d.published for i, d in documents.items()}
    between = [e for e in events if set(pair) <= {*e.actor_codes, *e.recipient_codes}]
    counted = acts(between, published, pair, as_of)
    return turns(counted, pair, as_of) if len(counted) >= FEWEST_ACTS else []


def _documents(store: Store, events: Iterable[Event]) -> dict[str, Document]:
    return {d.id: d for d in store.documents(ids=sorted({e.document for e in events}))}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
