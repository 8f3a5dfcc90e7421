"""Firsts: acts that a text calls the first of their kind, or that are the first in the record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from detente.coding.sentences import split
from detente.records import Event, Status, Voice
from detente.relations.series import acts, pair_of

__all__ = ["First", "firsts", "sentence_spans"]

# A record says "first" of its own only after it has watched the pair for a while.
RECORD_DAYS = 180
RECORD_ACTS = 10

_COUNT = (
    r"(?:\d+|a|an|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty"
    r"|forty|fifty)"
)
_SINCE = re.compile(
    r"\bsince\b[^,.;:()–—]{2,60}"
    rf"|\bin\s+(?:more than |over |nearly |almost |about |at least )?(?:{_COUNT}\s+)?"
    r"(?:years?|decades?|months?|weeks|centuries|history|generations?)\b"
    r"|\bever\b|\bof (?:his|her|its|their|the) (?:\w+ )?(?:term|presidency|kind)\b|\bon record\b",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"\bfor the first time\b|\bfirst-ever\b|(?<!at )(?<!the very )\bfirst\b"
    r"(?!,| lady| half| quarter| week\b| day\b| round| place| name| step| of all| born| came)",
    re.IGNORECASE,
)
# Nouns that say what was the first; types in PLOVER.
_NOUNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        r"conversations?|calls?|talks?|meetings?|summits?|visits?|contacts?|trips?|dialogues?|negotiations?"
        r"|encounters?|discussions?",
        ("CONSULT",),
    ),
    (r"agreements?|deals?|accords?|pacts?|treat(?:y|ies)|promises?", ("AGREE", "SUPPORT")),
    (r"strikes?|attacks?|raids?|air ?strikes?|killings?|clash(?:es)?", ("ASSAULT",)),
    (r"sanctions?|tariffs?|expulsions?|recalls?|bans?|decertifications?", ("SANCTION",)),
    (r"exercises?|drills?|exchanges?|swaps?", ("COOPERATE", "MOBILIZE", "RETREAT")),
    (r"withdrawals?|releases?|ceasefires?|truces?", ("RETREAT",)),
    (r"shipments?|deliver(?:y|ies)|aid|grants?|loans?", ("AID",)),
    (r"arrests?|detentions?|seizures?|deportations?", ("COERCE",)),
)
_NOUN = tuple((re.compile(rf"\b(?:{words})\b", re.IGNORECASE), types) for words, types in _NOUNS)


_WEIGHTY = frozenset({"CONCEDE", "COOPERATE", "AID", "RETREAT", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"})


@dataclass(frozen=True, slots=True)
class First:
    """An act that is the first of its kind.

    `basis` is "reported" (a text calls it so, in `words` at `start`:`end` of `document`) or
    "record" (nothing like it stands in the record before; then `words` are the evidence of the
    act).
    """

    event: str
    basis: str
    words: str
    document: str
    start: int
    end: int


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of every sentence of a text.

    >>> sentence_spans("They met. It was the first time.")
    [(0, 9), (10, 32)]
    """
    return [(s.start, s.end) for s in split(text)]


def firsts(
    events: Iterable[Event],
    *,
    published: Mapping[str, date | None],
    pair: tuple[str, str],
    as_of: date | None = None,
    texts: Mapping[str, str] | None = None,
) -> list[First]:
    """The firsts of a pair, in order of document and place.

    A sentence that says "first … since", "in ten years", "ever" or "for the first time since" is
    joined to the act it speaks of: of the kind its noun names, in the sentence itself, else in its
    document (a call is told in the lead and called the first further down). One with no such act is
    left out. Without any text the record itself may say so: an act of a type, direction and mode
    that does not stand in it before (a joint or a material one, with a day), once it has watched
    the pair for 180 days and 10 acts.

    Raises InputError where `pair` is none.

    >>> from detente.records import Party
    >>> text = "Envoys of Iran and Iraq met in Oslo. It was their first meeting since 2018."
    >>> iran, iraq = Party("IRN", "Iran"), Party("IRQ", "Iraq")
    >>> met = Event("d", 0, 35, text[:35], "CONSULT", (iran, iraq), (iran, iraq), True,
    ...     Status.ACTUAL, "met", 24, 1, date="2026-01-07")
    >>> [f.words for f in firsts([met], published={"d": date(2026, 1, 8)}, pair=("IRN", "IRQ"),
    ...     texts={"d": text})]
    ['first meeting since 2018']
    """
    two = set(pair_of(pair))
    unique = {e.id: e for e in events}
    of_pair: dict[str, list[Event]] = {}
    for event in unique.values():
        day = published.get(event.document)
        if day is None or (as_of is not None and day > as_of):
            continue
        if event.voice is Voice.COMMENTARY or event.status in (Status.HYPOTHETICAL, Status.NEGATED):
            continue
        if two <= set(event.actor_codes) | set(event.recipient_codes):
            of_pair.setdefault(event.document, []).append(event)
    found = [
        first
        for document in sorted(of_pair)
        if texts is not None and document in texts
        for first in _reported(document, texts[document], of_pair[document])
    ]
    told = {f.event for f in found}
    found.extend(f for f in _of_record(unique, published, pair, as_of) if f.event not in told)
    return found


def _reported(document: str, text: str, events: Sequence[Event]) -> Iterable[First]:
    seen: set[str] = set()
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        for match in _FIRST.finditer(sentence):
            since = _SINCE.search(sentence, match.end(), match.end() + 110)
            if since is None and match[0].lower() != "first-ever":
                continue
            stop = since.end() if since is not None else _noun_end(sentence, match.end())
            phrase = sentence[match.start() : stop].rstrip()
            if re.search(r"[;:]|\. ", phrase):
                continue
            event = _meant(phrase, start + match.start(), (start, end), events)
            if event is not None and event.id not in seen:
                seen.add(event.id)
                at = start + match.start()
                yield First(event.id, "reported", phrase, document, at, at + len(phrase))


def _noun_end(sentence: str, start: int) -> int:
    """Where the noun after "first-ever" ends; `start` where none is near."""
    ends = [m.end() for noun, _ in _NOUN if (m := noun.search(sentence, start, start + 40))]
    return min(ends, default=start)


def _meant(phrase: str, at: int, sentence: tuple[int, int], events: Sequence[Event]) -> Event | None:
    """The act a phrase speaks of: of the type its noun names, the nearest one, done first."""
    types = next((types for noun, types in _NOUN if noun.search(phrase)), None)
    fitting = [
        e for e in events if (e.event in types if types else sentence[0] <= e.trigger_start < sentence[1])
    ]
    if types is None and not phrase.lower().startswith("for the first time"):
        return None  # "the first president in ten years" is no act
    done = [e for e in fitting if e.status in (Status.ACTUAL, Status.HISTORICAL)] or fitting

    def distance(event: Event) -> tuple[bool, bool, bool, int]:
        inside = sentence[0] <= event.trigger_start < sentence[1]
        # Of two reports of one call the one with a day says more.
        return (
            event.status is Status.HISTORICAL,
            not inside and event.date is None,
            event.date is None or event.event != "CONSULT",
            abs(event.trigger_start - at),
        )

    return min(done, key=distance, default=None)


def _of_record(
    unique: Mapping[str, Event],
    published: Mapping[str, date | None],
    pair: tuple[str, str],
    as_of: date | None,
) -> Iterable[First]:
    counted = acts(unique.values(), published, pair, as_of)
    seen: set[tuple[str, str | None, str | None]] = set()
    for n, act in enumerate(counted):
        key = (
            act.event,
            None if act.symmetric else act.actor,
            act.modes[0] if act.modes and act.event == "CONSULT" else None,
        )
        if key in seen:
            continue
        seen.add(key)
        watched = act.earliest - counted[0].day
        if act.announced or n < RECORD_ACTS or watched < timedelta(days=RECORD_DAYS):
            continue
        if act.earliest != act.day or not (act.symmetric or act.event in _WEIGHTY):
            continue  # a first has a day, and "first criticism" is none
        event = unique[act.events[0]]
        yield First(event.id, "record", event.text, event.document, event.start, event.end)
