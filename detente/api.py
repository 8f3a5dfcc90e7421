"""The functions that `import detente` offers; each loads what it needs when it is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from detente.errors import InputError, UnknownActor
from detente.records import Brief, DateMention, Document, Event, Outlook, Position, Quote, Turn

if TYPE_CHECKING:
    from detente.answers import Answer, Query
    from detente.briefs import Report
    from detente.interfaces import Coder
    from detente.records import Story
    from detente.store import Store

__all__ = [
    "Dossier",
    "actor_code",
    "ask",
    "brief",
    "brief_of_dossier",
    "code",
    "coder_of",
    "dossier",
    "find_dates",
    "find_quotes",
    "open_store",
    "outlook",
    "positions",
    "report_of_dossier",
    "turns",
]

# The codes of organisations that stand beside ISO 3166 in PLOVER.
_ORGANISATIONS = frozenset({"EUR", "IGO", "NGO", "UNO"})


def code(
    text: str | Document,
    *,
    published: date | str | None = None,
    publisher: str | None = None,
    coder: str = "auto",
) -> list[Event]:
    """The events of one text, in its order.

    Args:
        text: plain text, or a document; then `published` and `publisher` fill what it leaves open.
        published: day of publication, on which words such as "Friday" are resolved; without it such
            events have no date and say so.
        publisher: who published it; tells at whose home "the government" is.
        coder: "auto" is the best that ships, "rules" the one without a model; or a full name, "rules.v1".

    Raises:
        DateError: `published` is no date. FileError: the text is empty. InputError: no such coder, or
        the text is in a language that it does not know (too short a text to tell is coded).

    >>> [event] = code("Iran condemned the United States on Friday.", published="2026-01-10")
    >>> event.event, event.actor_codes, event.recipient_codes, event.date
    ('ACCUSE', ('IRN',), ('USA',), '2026-01-09')
    """
    from dataclasses import replace

    from detente.keeping import languages_of
    from detente.sources.languages import language_name, with_language
    from detente.sources.text import make_document, parse_date

    day = parse_date(published) if isinstance(published, str) else published
    if isinstance(text, Document):
        document = replace(text, published=text.published or day, publisher=text.publisher or publisher)
    else:
        document = make_document(text, published=day, publisher=publisher)
    chosen, document = coder_of(coder), with_language(document)
    if document.language is not None and document.language not in languages_of(chosen):
        raise InputError(
            f"the text is in {language_name(document.language)}, which {chosen.name} does not know",
            where=document.title or document.url or document.id,
            todo="leave it out, or use coder_of(…).code(document) to have it coded all the same",
        )
    return list(chosen.code(document))


def coder_of(name: str, sure: float | None = None) -> Coder:
    """The coder of that name; `sure` is the least confidence of the acts it tells, 0 to 1.

    Higher is more precise and tells less; None is the best balance. Raises `InputError` for a coder
    that is not known, or where the coder has no confidence.

    >>> coder_of("rules").name
    'rules.v1'
    """
    from detente.coding.coder import default_coder, rule_coder

    if sure is not None and not 0 <= sure <= 1:
        raise InputError(f"{sure:g} is no confidence", todo="give a number from 0 to 1, e.g. 0.6")
    if name in ("rules", rule_coder().name):
        if sure is not None:
            raise InputError("the rules have no confidence", todo="leave --sure out, or use --coder auto")
        return rule_coder()
    if name == "llm" or name.startswith("llm."):
        from detente.llm import llm_coder

        if sure is not None:
            raise InputError("a language model has no confidence", todo="leave --sure out")
        return llm_coder(name)
    best = default_coder(sure)
    if name in ("auto", best.name):
        return best
    raise InputError(
        f"{name!r} is no coder known here",
        todo=f"give auto, rules or {best.name}, or llm.v1 with a language model",
    )


def find_dates(text: str, on: date | str | None = None) -> list[DateMention]:
    """The words of a text that stand for a time, and the days they mean for a text of the day `on`.

    Without `on` only absolute dates resolve; the others have `date` None and a `reason`.
    Raises `DateError` where `on` is no date.

    >>> [(m.text, m.date) for m in find_dates("They met last Friday.", on="2026-01-08")]
    [('last Friday', '2026-01-02')]
    """
    from detente.coding.dates import find_dates as find
    from detente.sources.text import parse_date

    return find(text, parse_date(on) if isinstance(on, str) else on)


def find_quotes(text: str) -> list[Quote]:
    """What a text gives as somebody's words, with the speaker where it tells.

    >>> [q.speaker for q in find_quotes('"We keep our word," Foreign Minister Ana Restrepo said.')]
    ['Ana Restrepo']
    """
    from detente.coding.speech import find_quotes as find

    return find(text)


def open_store(path: str | Path | None = None) -> Store:
    """The store in a file, made where there is none; see `detente.store.Store` for what it can do.

    Without a path it is one file in the user's data folder; ":memory:" is gone when it is closed.
    Raises `StoreError` where the file cannot be a store, `SchemaTooNew` for a newer version's.

    >>> with open_store(":memory:") as store:
    ...     store.events()
    []
    """
    from detente.store import open_store as opened

    return opened(path)


def actor_code(name: str) -> str:
    """The code of a country or organisation, typed as a code, name or demonym in any case.

    Raises `UnknownActor` with the nearest names known.

    >>> [actor_code(n) for n in ("usa", "Colombia", "colombians", "EU", "the Netherlands")]
    ['USA', 'COL', 'COL', 'EUR', 'NLD']
    >>> actor_code("Columbia")
    Traceback (most recent call last):
    detente.errors.UnknownActor: 'Columbia' is no country or actor known here; did you mean COL
    (colombia)?
    """
    from detente.coding.mentions import gazetteer

    typed = " ".join(name.split())
    codes = gazetteer().codes()
    known = {*codes.values(), *_ORGANISATIONS}
    if typed.upper() in known:
        return typed.upper()
    lower = typed.lower()
    for form in (lower, lower.removeprefix("the "), lower.removesuffix("s")):
        if form in codes:
            return codes[form]
    from difflib import get_close_matches

    near: dict[str, str] = {}
    for form in get_close_matches(lower, codes, n=6, cutoff=0.75):
        near.setdefault(codes[form], form)
    for form in get_close_matches(typed.upper(), sorted(known), n=3, cutoff=0.8):
        near.setdefault(form, "")
    raise UnknownActor(name, near=[f"{c} ({form})" if form else c for c, form in near.items()][:3])


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is known of a pair on a day: its events, their documents and stories.

    `pair` is in the order asked for; `published` has the day of publication of each document id.
    """

    pair: tuple[str, str]
    as_of: date
    events: tuple[Event, ...]
    published: Mapping[str, date | None] = field(default_factory=dict)
    stories: tuple[Story, ...] | None = None
    documents: Mapping[str, Document] = field(default_factory=dict)


def dossier(
    source: Store | Iterable[Event],
    pair: tuple[str, str],
    as_of: date | str | None = None,
    *,
    published: Mapping[str, date | None] | None = None,
    documents: Iterable[Document] = (),
) -> Dossier:
    """What is known of a pair on a day, from a store or from events.

    Without `as_of` it is the day of the newest document. Events need the days of their documents:
    `published`, or the `documents` themselves.

    Raises:
        UnknownActor: a party of the pair is not known. InputError: the two are the same, or no day
        can be told. DateError: `as_of` is no date.

    >>> dossier([], ("USA", "Colombia"), as_of="2026-01-08").pair
    ('USA', 'COL')
    """
    from detente.sources.text import parse_date

    if len(pair) != 2:
        raise InputError(f"{pair!r} is no pair", todo="give two different codes, such as USA COL")
    two = (actor_code(pair[0]), actor_code(pair[1]))
    if two[0] == two[1]:
        raise InputError(
            f"{pair[0]!r} and {pair[1]!r} are the same, {two[0]}", todo="give two different ones"
        )
    day = parse_date(as_of) if isinstance(as_of, str) else as_of
    if isinstance(source, Iterable):
        by_id = {d.id: d for d in documents}
        days = {**{d.id: d.published for d in by_id.values()}, **(published or {})}
        events = tuple(source)
        last = day or _newest(days.values())
        kept = tuple(e for e in events if (when := days.get(e.document)) and when <= last)
        return Dossier(two, last, kept, days, None, by_id)
    if day is None:
        newest = source.documents(order="newest", limit=1)
        day = _newest(d.published for d in newest)
    found = source.events(pair=two, as_of=day)
    by_id = {d.id: d for d in source.documents(ids=sorted({e.document for e in found}))}
    return Dossier(
        two,
        day,
        tuple(found),
        {name: d.published for name, d in by_id.items()},
        tuple(source.stories(pair=two, as_of=day)),
        by_id,
    )


def _newest(days: Iterable[date | None]) -> date:
    known = [d for d in days if d is not None]
    if not known:
        raise InputError("no day of publication is known", todo="give as_of, e.g. 2026-01-08")
    return max(known)


def turns(
    source: Store | Sequence[Event],
    pair: tuple[str, str],
    as_of: date | str | None = None,
    *,
    published: Mapping[str, date | None] | None = None,
) -> list[Turn]:
    """The days on which the relation of a pair changed, as they stood on `as_of`, oldest first.

    Args:
        source: a store, or events; then `published` tells the day of each document id.
        pair: two codes or names in any order.
        as_of: nothing published later is used; without it, the day of the newest document.

    Raises:
        UnknownActor, InputError, DateError: see `dossier`.

    >>> with open_store(":memory:") as store:
    ...     turns(store, ("USA", "COL"), as_of="2026-01-08")
    []
    """
    from detente.relations.turning import turns as find

    known = dossier(source, pair, as_of, published=published)
    return find(known.events, known.pair, known.as_of, published=known.published, stories=known.stories)


def outlook(
    source: Store | Sequence[Event],
    pair: tuple[str, str],
    as_of: date | str | None = None,
    *,
    horizon: int = 90,
    question: str = "thaw",
    published: Mapping[str, date | None] | None = None,
) -> Outlook:
    """How likely the pair's latest thaw is to hold, beside its base rates; or why nothing is said.

    With the question "escalation": how likely a thaw is to follow the latest escalation. `horizon` is
    in days: 30, 60, 90 or 180. InputError for another question or horizon; the other arguments and
    errors are those of `turns`.

    >>> outlook([], ("USA", "COL"), as_of="2026-01-08").reason
    'no thaw turn is known by 2026-01-08'
    >>> outlook([], ("USA", "COL"), as_of="2026-01-08", question="escalation").reason
    'no escalation turn is known by 2026-01-08'
    """
    from detente.relations.outlook import outlook as ask

    known = dossier(source, pair, as_of, published=published)
    return ask(
        known.events,
        known.pair,
        asked_on=known.as_of,
        horizon=horizon,
        question=question,
        published=known.published,
        stories=known.stories,
    )


def positions(
    source: Store | Sequence[Event],
    pair: tuple[str, str],
    as_of: date | str | None = None,
    *,
    published: Mapping[str, date | None] | None = None,
    documents: Iterable[Document] = (),
) -> list[Position]:
    """Who holds what towards the other: claims, denials, reversals, firsts, open issues.

    Firsts, reversals and open issues that stand in the text around an act are found where the texts
    are known: in a store, or with `documents`. The other arguments and errors are those of `turns`.

    >>> positions([], ("USA", "COL"), as_of="2026-01-08")
    []
    """
    from detente.relations.positions import positions as find

    known = dossier(source, pair, as_of, published=published, documents=documents)
    return find(
        known.events,
        published=known.published,
        pair=known.pair,
        as_of=known.as_of,
        texts={name: d.text for name, d in known.documents.items()},
    )


def report_of_dossier(known: Dossier, days: int = 30) -> Report:
    """The brief of what is known of a pair with its acts and documents, to be printed or sent.

    >>> report_of_dossier(dossier([], ("USA", "COL"), as_of="2026-01-08")).title
    'Colombia and the United States, as of 8 January 2026'
    """
    from detente.briefs import of_pair
    from detente.relations.outlook import outlook as ask
    from detente.relations.series import acts, levels
    from detente.relations.turning import turns as find

    counted = acts(known.events, known.published, known.pair, known.as_of, known.stories)
    return of_pair(
        known.events,
        known.documents,
        known.pair,
        as_of=known.as_of,
        days=days,
        turns=find(counted, known.pair, known.as_of),
        levels=levels(counted, start=counted[0].day, end=known.as_of, as_of=known.as_of) if counted else (),
        outlook=ask(counted, known.pair, asked_on=known.as_of),
    )


def brief_of_dossier(known: Dossier, days: int = 30) -> Brief:
    """The brief of what is known of a pair; see `brief`.

    >>> brief_of_dossier(dossier([], ("USA", "COL"), as_of="2026-01-08")).pair
    ('COL', 'USA')
    """
    return report_of_dossier(known, days)


def brief(
    source: Store | Sequence[Event],
    pair: tuple[str, str],
    as_of: date | str | None = None,
    *,
    days: int = 30,
    published: Mapping[str, date | None] | None = None,
    documents: Iterable[Document] = (),
) -> Brief:
    """What is known of a pair, line by line, each with its evidence, and the lines that failed.

    `days` is how far back the brief looks for acts and claims. A brief of events stands on the
    `documents` they come from; without them it says that the record holds nothing. The other
    arguments and errors are those of `positions`.

    >>> brief([], ("USA", "COL"), as_of="2026-01-08").as_of
    datetime.date(2026, 1, 8)
    """
    known = dossier(source, pair, as_of, published=published, documents=documents)
    return brief_of_dossier(known, days)


def ask(store: Store, text: str, *, today: date | str, previous: Query | Answer | None = None) -> Answer:
    """The answer to a question in English from what a store held on a day, with its evidence.

    Args:
        store: the record that is asked.
        text: the question; see `docs/howto/ask.md` for what can be asked.
        today: the day the question is asked; nothing published later is used.
        previous: the answer or the query of the question before; what `text` leaves out is taken from it.

    An answer never says "no": its verdict is "nothing" where the record holds nothing, and "unclear"
    where the question cannot be looked up. DateError: `today` is no date.

    >>> with open_store(":memory:") as store:
    ...     ask(store, "Has Colombia recalled its ambassador?", today="2026-01-08").headline
    'No evidence in the record (coverage: no document was published by then).'
    """
    from detente.answers import ask as find
    from detente.sources.text import parse_date

    day = parse_date(today) if isinstance(today, str) else today
    return find(store, text, today=day, previous=previous)
