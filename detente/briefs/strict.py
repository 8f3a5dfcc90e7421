"""A stricter check for lines of another hand: a language model's, or anybody's who was not there.

A template cannot say what is not in the act; a writer can. So besides the support check every word that is
not grammar must stand in the sentence of one act, in its order, and only acts are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from detente.briefs.lines import words_of
from detente.briefs.reading import Sentence, read
from detente.briefs.support import check
from detente.briefs.wording import country, plain
from detente.records import Document, Event, Line

__all__ = ["MOST_LETTERS", "strict"]

MOST_LETTERS = 500
# Words that join what is checked by itself (parties, act, day, speaker) and say nothing more.
_GRAMMAR = frozenset(
    "the a an of to and with on in at by for from between as that this it its their his her they he she who"
    " each other both is are was were be been being has have had did does do not will plan plans planned"
    " reported announced said says told according then about day".split()
)
_MARKUP = re.compile(r"https?:|www\.|[\[\]<>{}|`*_\\^#]|\bdoi\b", re.I)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:[.,]\d+)*")


def strict(line: Line, events: Mapping[str, Event], documents: Mapping[str, Document]) -> str | None:
    """Why a line of another hand is not printed; None where it may be.

    >>> strict(Line("s", "See https://example.org for more.", ()), {}, {})
    'markup: the line holds a mark or an address'
    """
    if _MARKUP.search(line.text) or not line.text.isprintable():
        return "markup: the line holds a mark or an address"
    if len(line.text) > MOST_LETTERS:
        return f"length: more than {MOST_LETTERS} letters"
    reason = check(line, events, documents)
    if reason is not None:
        return reason
    evidence = [events[i] for i in line.events]
    for sentence in read(line.text, evidence):
        if not sentence.acts:
            return "act: no act is named that could be looked for"
        if not evidence:
            return "evidence: the line names none"
        reason = _sentence(sentence, evidence, documents)
        if reason is not None:
            return reason
    return None


def _sentence(sentence: Sentence, evidence: Sequence[Event], documents: Mapping[str, Document]) -> str | None:
    """One act must bear the whole sentence: words of two acts put together make a third."""
    reasons = [_borne(sentence, event, documents.get(event.document)) for event in evidence]
    return None if None in reasons else next(r for r in reasons if r)


def _borne(sentence: Sentence, event: Event, document: Document | None) -> str | None:
    told = f"{event.text} … {words_of(event, document)}"
    said = plain(told)
    for quote in sentence.quotes:
        if plain(quote.removesuffix("…")) not in said:
            return f"quotation: “{quote}” is not in the words of the act"
    known = [
        event.speaker or "",
        *(n for p in (*event.actor, *event.recipient) for n in (p.name or "", p.text)),
    ]
    names = {w for n in known for w in _words(n)}
    frame = sentence.frame
    for told_day in sentence.dates:
        frame = frame.replace(told_day.text, " " * len(told_day.text))
    free: list[tuple[str, bool]] = []
    fresh = True
    for match in _WORD.finditer(frame):
        word = match[0].lower()
        inside = [p for p in sentence.parties if p.start <= match.start() < p.end]
        if inside:
            general = {w for p in inside for w in _words(country(p.code))}
            shown = set(_words(told)) | names
            fresh = True
            if inside[0].person and word not in shown and word not in general:
                return f"party: {match[0]} is not in the words of the act"
        elif any(a.start <= match.start() < a.end for a in sentence.acts) or word in names:
            fresh = True
        elif word not in _GRAMMAR:
            free.append((word, fresh))
            fresh = False
    # The parties may be named by other words than the act's; all else comes from its span, in its order,
    # and what stands together in the line stands together there.
    shown_words = [w for w in _words(event.text) if w not in _GRAMMAR]
    at = 0
    for word, apart in free:
        last = len(shown_words) if apart else at + 1
        found = next((i for i in range(at, min(last, len(shown_words))) if _same(word, shown_words[i])), None)
        if found is None:
            return f"words: “{word}” does not stand so in the words of the act"
        at = found + 1
    return None


def _words(text: str) -> list[str]:
    return [m[0].lower() for m in _WORD.finditer(text)]


def _same(one: str, other: str) -> bool:
    """Whether two words are one but for their ending ("strike", "strikes").

    >>> _same("strikes", "strike"), _same("strike", "struck"), _same("25", "26")
    (True, False, False)
    """
    if one == other:
        return True
    short = min(len(one), len(other))
    return short >= 4 and one[:short] == other[:short] and abs(len(one) - len(other)) <= 2


def every(
    lines: Iterable[Line], events: Mapping[str, Event], documents: Mapping[str, Document]
) -> tuple[list[Line], list[Line]]:
    """The lines that pass and those that do not, these with the reason."""
    kept: list[Line] = []
    dropped: list[Line] = []
    for line in lines:
        reason = strict(line, events, documents)
        if reason is None:
            kept.append(line)
        else:
            dropped.append(Line(line.section, line.text, line.events, reason))
    return kept, dropped
