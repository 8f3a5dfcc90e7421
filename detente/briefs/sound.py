"""Which acts a brief may tell: those of which the coder is sure enough. The others are counted."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

from detente.records import Document, Event, Status, Voice
from detente.relations.firsts import sentence_spans
from detente.relations.series import span_of

__all__ = ["SURE", "day_shown", "told", "unsure"]

# A brief is read as fact, so it tells less than the record holds: with acts of at least this confidence.
# Chosen on the storylines of 2021-26, see `docs/method/briefs.md`; acts without a confidence pass.
SURE = 0.8
# Ways of finding a party that guess from what the rest of the text is about.
_GUESSED = frozenset({"document", "sentence", "event", "place"})
# Two who do these at once are two acts, which the coder has drawn together.
_SHARED = frozenset({"AGREE", "CONSULT", "COOPERATE", "SUPPORT"})
# Who "the leaders" or "the parties" are is a second guess beside the act.
_TWO = re.compile(r"\b(?:two|both)\b", re.I)
_NEAR = 150
_NAMED = re.compile(r" [A-ZÀ-Þ]")
_PURPOSE = re.compile(r"(?:in order )?to [a-z]+\b", re.I)
_PEOPLE = re.compile(r"\bpeoples?\b|\b(?:every|those|brave|courageous|ordinary) [A-Z]\w+")
_MAY = re.compile(r"\b(?:may|might|could|should|must|would)\b")
_AGAINST = re.compile(
    r"\b(?:condemn\w*|against|war|sanction\w*|designat\w*|restrict\w*|repress\w*|oppress\w*|abuse\w*|attack\w*"
    r"|aggress\w*|violat\w*|invasion|threat\w*)\b",
    re.I,
)


def unsure(event: Event, document: Document | None, codes: Iterable[str] | None = None) -> str | None:
    """Why a brief does not tell an act; None where it does. `codes` are the parties that it would name.

    >>> from detente.records import Party
    >>> usa, col = Party("USA", "Trump"), Party("COL", "Colombia", how="document")
    >>> unsure(Event("d", 0, 32, "Trump threatened him with new raids", "THREATEN", (usa,), (col,), False,
    ...     Status.ACTUAL, "threatened", 6, 3, confidence=0.8), None)
    'a party is told only elsewhere in the text'
    """
    if event.confidence is not None and event.confidence < SURE:
        return "the coder is not sure of it"
    named = None if codes is None else set(codes)
    # The rules have no confidence to weigh a guess with; what they guess passes.
    guessed = frozenset[str]() if event.confidence is None else _GUESSED
    for code in {*event.actor_codes, *event.recipient_codes} & (
        named or {*event.actor_codes, *event.recipient_codes}
    ):
        found = [p for p in (*event.actor, *event.recipient) if p.code == code]
        if all(p.how in guessed for p in found):
            return "a party is told only elsewhere in the text"
    if event.symmetric and event.event not in _SHARED:
        return "both are said to do it at once"
    if not event.symmetric and set(event.actor_codes) & set(event.recipient_codes):
        return "one party stands on both sides"
    published = document.published if document is not None else None
    if (
        published is not None
        and event.date is not None
        and event.status in (Status.ACTUAL, Status.HISTORICAL)
        and span_of(event.date)[0] > published
    ):
        return "it is dated after its report"
    if event.confidence is not None:
        return _misread(event, document)
    return None


def _misread(event: Event, document: Document | None) -> str | None:
    """Ways in which a sure act is still often another one, told by the words themselves."""
    if _PURPOSE.match(event.text):
        return "its words are a purpose, not a statement"
    parties = [p for p in (*event.actor, *event.recipient) if p.start is not None and p.end is not None]
    if any(
        p.code != q.code and p.how in ("learned", "title") and 0 <= (p.start or 0) - (q.end or 0) <= 1
        for p in parties
        for q in parties
    ):
        return "one name is read as two parties"
    groups = [p for p in (*event.actor, *event.recipient) if p.how == "group"]
    if any(not _TWO.search(p.text) and not _TWO.search(event.text) for p in groups):
        return "“the leaders” may be others"
    if document is not None and any(
        p.how == "title" and p.end is not None and _NAMED.match(document.text[p.end : p.end + 3])
        for p in (*event.actor, *event.recipient)
    ):
        return "a title is read apart from its name"
    if _other_type(event):
        return "the lexicon knows its word for another act"
    low, high = _sentence(event, document)
    words = event.text if document is None else document.text[low:high]
    if event.symmetric and any(_elsewhere(event, code, low, high) for code in event.actor_codes):
        return "a party is told only elsewhere in the text"
    if event.status is Status.FUTURE and _MAY.search(words):
        return "its words say that it may or should be, not that it will"
    if groups and document is not None:
        from detente.coding.mentions import gazetteer

        if len({*event.actor_codes, *event.recipient_codes}) > 2:
            return "“the two” may be others"

        if {m.code for m in gazetteer().find(words)} - {*event.actor_codes, *event.recipient_codes}:
            return "“the two” may be others"
    if event.symmetric and _PEOPLE.search(event.text):
        return "it is of people, not of their states"
    if event.event in ("SUPPORT", "AID"):
        if any(p.sector == "CVL" for p in event.recipient) or _PEOPLE.search(words):
            return "it is for a people, not for its state"
        if _AGAINST.search(event.text):
            return "its words are of conflict as well"
    return None


@cache
def _lexicon() -> Mapping[str, frozenset[str]]:
    """The types that the trigger tables know each word for, by the word as it stands there."""
    found: dict[str, set[str]] = {}
    for table in (resources.files("detente") / "data" / "triggers").iterdir():
        if table.name.endswith(".csv"):
            for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
                found.setdefault(row["trigger"].split()[0].lower(), set()).add(row["event"])
    return {word: frozenset(types) for word, types in found.items()}


def _other_type(event: Event) -> bool:
    """Whether the tables know the trigger, and never for this type; words they do not know pass."""
    word = event.trigger.lower()
    forms = {
        word,
        word.removesuffix("s"),
        word.removesuffix("es"),
        word.removesuffix("d"),
        word.removesuffix("ed"),
    }
    stem = word.removesuffix("ing")
    forms |= {stem, f"{stem}e"}
    types = frozenset[str]().union(*(_lexicon().get(f, frozenset()) for f in forms))
    return bool(types) and event.event not in types


def day_shown(event: Event, document: Document | None) -> bool:
    """Whether the sentence of an act tells its day, or the day is that of the report.

    A day that the coder carried over from elsewhere in the text is right less often than not for what
    stands in the record of a war; then the day of the report is told. Acts of the rules have theirs.
    """
    if event.date is None or event.confidence is None or document is None:
        return event.date is not None
    if event.date_text is None:
        return document.published is not None and event.date == document.published.isoformat()
    low, high = _sentence(event, document)
    return event.date_text.lower() in document.text[low:high].lower()


def _sentence(event: Event, document: Document | None) -> tuple[int, int]:
    """Where the sentence of an act begins and ends in its document."""
    if document is None:
        return event.start, event.end
    low = max(0, event.start - 400)
    spans = [
        (low + a, low + b)
        for a, b in sentence_spans(document.text[low : event.end + 400])
        if low + a < event.end and event.start < low + b
    ]
    return (min(a for a, _ in spans), max(b for _, b in spans)) if spans else (event.start, event.end)


def _elsewhere(event: Event, code: str, low: int, high: int) -> bool:
    """Whether a party of a joint act is named outside the sentence of the act."""
    found = [p for p in (*event.actor, *event.recipient) if p.code == code]
    return all(p.start is None or not low <= p.start < high for p in found)


def told(
    events: Mapping[str, Event], documents: Mapping[str, Document], codes: Iterable[str] | None = None
) -> tuple[list[Event], list[Event]]:
    """The acts that a brief may tell, and those left out as unsure; commentary is in neither."""
    named = None if codes is None else tuple(codes)
    sure: list[Event] = []
    left: list[Event] = []
    for event in events.values():
        if event.voice is not Voice.COMMENTARY:
            why = unsure(event, documents.get(event.document), named)
            (sure if why is None else left).append(event)
    return sure, left
