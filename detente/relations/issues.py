"""Open issues: what two parties have not settled, by their own last words and by what texts call
disputed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources

from detente.coding.contexts import contexts
from detente.records import Event, Voice
from detente.relations.firsts import sentence_spans
from detente.relations.series import pair_of
from detente.relations.stances import Stance, stances

__all__ = ["GENERAL", "OpenIssue", "context_of", "open_issues", "topics"]

# An act that shows no context is about the relation at large.
GENERAL = "general"
# "executive" says that a president acts, not what about; an issue cannot be that.
_NO_ISSUE = frozenset({"executive", "legislative"})

_DISPUTE = re.compile(
    r"\b(?:disputes?|disagreements?|differences|quarrels?|rows?|rifts?|frictions?|feuds?|standoffs?"
    r"|divisions|disputed issues|tensions)\s+(?:over|on|about|regarding|concerning)\s+",
    re.IGNORECASE,
)
_DISAGREE = re.compile(
    r"\b(?:disagree[sd]?|at odds|differ(?:s|ed)?|clash(?:es|ed)?|quarrel(?:led|s)?)"
    r"\s+(?:over|on|about)\s+",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"[.;:()–—!?]| - |,? (?:which|that|who|while|but|when|after|before|as)\b"
    r"|\b(?:is|are|was|were|has|have|had|remains?|remained|will|would|could|may|might|continues?|persists?"
    r"|linger|lingers|stands?|led|came|come|threaten(?:s|ed)?)\b"
)
_SETTLED = re.compile(r"\b(?:resolved|settled|solved|ended|overcome|put aside|laid to rest)\b", re.I)
_UNSETTLED = re.compile(
    r"\b(?:not|never|yet|far from|un(?:resolved|settled|solved)|without|hardly|nor|cannot"
    r"|remain\w*)\b",
    re.I,
)
_ITEM = re.compile(r",\s*(?:and|as well as|&)?\s*|\s+(?:and|as well as|&)\s+")


@dataclass(frozen=True, slots=True)
class OpenIssue:
    """A matter between two parties that stands open.

    `basis` is "record" (their last words on it are conflict) or "reported" (a text calls it
    disputed, in `words` at `start`:`end` of `document`). `events` are the acts it rests on, the
    last one first; a reported one names the nearest act between the two before it in the text.
    """

    context: str
    basis: str
    words: str
    since: str | None
    events: tuple[str, ...]
    document: str
    start: int
    end: int


@cache
def _words() -> Mapping[str, str]:
    path = resources.files("detente") / "data" / "issues.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return {row["word"]: row["context"] for row in rows}


def topics(phrase: str) -> tuple[tuple[str, str], ...]:
    """The matters a phrase lists, each with its PLOVER context ("general" where its words show
    none).

    >>> topics("drugs, sovereignty and U.S. influence in Latin America")
    (('drugs', 'illegal_drugs'), ('sovereignty', 'territory'), ('U.S. influence in Latin America',
    'general'))
    """
    found = []
    for item in _ITEM.split(phrase):
        matter = re.sub(r"^(?:the|a|an|their|its|both|how|other)\s+", "", item.strip(" ,"), flags=re.I)
        if len(matter) < 3:
            continue
        found.append((matter, _context(matter)))
    return tuple(found)


def _context(matter: str) -> str:
    for word in reversed(re.findall(r"[a-z]+", matter.lower())):
        for form in (
            word,
            word.removesuffix("s"),
            word.removesuffix("es"),
            f"{word.removesuffix('ies')}y",
        ):
            if form in _words():
                return _words()[form]
    shown = [c for c in contexts().of(matter) if c not in _NO_ISSUE]
    return shown[0] if shown else GENERAL


def context_of(event: Event) -> str:
    """What an act is about: its first context that says more than that a president acts.

    >>> from detente.records import Status
    >>> context_of(Event("d", 0, 1, "x", "AGREE", (), (), False, Status.ACTUAL, "x", 0, 1,
    ...     contexts=("executive", "economic")))
    'economic'
    """
    return next((c for c in event.contexts if c not in _NO_ISSUE), GENERAL)


def open_issues(
    events: Iterable[Event],
    *,
    published: Mapping[str, date | None],
    pair: tuple[str, str],
    as_of: date | None = None,
    texts: Mapping[str, str] | None = None,
) -> list[OpenIssue]:
    """What stands open between two parties, reported matters first, then contexts by name.

    A context is open where the last words on it between the two are conflict (accusation,
    rejection, threat); requests are neither. Where a later text calls a matter disputed ("disputes
    over drugs are far from resolved") it is open in those words, with the acts of that context
    behind it; the latest document counts for each matter.

    Raises InputError where `pair` is none.

    >>> open_issues([], published={}, pair=("USA", "COL"))
    []
    """
    two = pair_of(pair)
    held = stances(events, published, pair=two, as_of=as_of)
    of_record = {i.context: i for i in _of_record(held)}
    reported = [
        replace(i, since=own.since, events=tuple(dict.fromkeys((*i.events, *own.events))))
        if (own := of_record.get(i.context)) is not None
        else i
        for i in _reported(events, published, two, as_of, texts or {})
    ]
    named = {i.context for i in reported}
    return [*reported, *(i for c, i in of_record.items() if c not in named)]


def _of_record(held: Sequence[Stance]) -> list[OpenIssue]:
    by_context: dict[str, list[Stance]] = {}
    for stance in held:
        if stance.event.quad not in (1, 3) or stance.hostile is None or stance.last is None:
            continue
        for context in stance.event.contexts:
            if context not in _NO_ISSUE:
                by_context.setdefault(context, []).append(stance)
    found = []
    for context in sorted(by_context):
        ordered = sorted(by_context[context], key=_order)
        last = ordered[-1]
        if not last.hostile:
            continue
        hostile = [s for s in ordered if s.hostile]
        begun = [s for s in hostile if not any(o.hostile is False and s.before(o) for o in ordered)]
        first = begun[0] if begun else last
        found.append(
            OpenIssue(
                context,
                "record",
                last.event.text,
                first.event.date,
                tuple(dict.fromkeys(s.event.id for s in reversed(hostile))),
                last.event.document,
                last.event.start,
                last.event.end,
            )
        )
    return found


def _order(stance: Stance) -> tuple[date, date, date, str, int]:
    """By the last day; of two that end on one day the vaguer one may be much older, so it goes
    first.
    """
    last = stance.last or date.min
    return (
        last,
        stance.first or date.min,
        stance.published,
        stance.event.document,
        stance.event.start,
    )


def _reported(
    events: Iterable[Event],
    published: Mapping[str, date | None],
    two: tuple[str, str],
    as_of: date | None,
    texts: Mapping[str, str],
) -> list[OpenIssue]:
    by_document: dict[str, list[Event]] = {}
    for event in {e.id: e for e in events}.values():
        day = published.get(event.document)
        if day is not None and (as_of is None or day <= as_of) and event.document in texts:
            by_document.setdefault(event.document, []).append(event)
    latest: dict[str, tuple[date, OpenIssue]] = {}
    for document in sorted(by_document, key=lambda d: (published[d] or date.min, d)):
        day = published[document]
        of_pair = [
            e
            for e in by_document[document]
            if e.voice is not Voice.COMMENTARY and set(two) <= set(e.actor_codes) | set(e.recipient_codes)
        ]
        if not of_pair or day is None:
            continue  # a text that tells nothing between the two speaks of somebody else's disputes
        for start, end, matter, context in _disputes(texts[document]):
            if _others(texts[document][start:end], by_document[document], two):
                continue
            event = min(
                of_pair,
                key=lambda e: (e.trigger_start > start, abs(e.trigger_start - start), e.id),
            )
            at = texts[document].find(matter, start, end)
            issue = OpenIssue(
                context,
                "reported",
                texts[document][start:end],
                None,
                (event.id,),
                document,
                start,
                end,
            )
            latest[matter.lower() if context == GENERAL else context] = (
                day,
                issue
                if at < 0
                else OpenIssue(
                    context, "reported", matter, None, (event.id,), document, at, at + len(matter)
                ),
            )
    return [
        issue
        for _, issue in sorted(latest.values(), key=lambda i: (-i[0].toordinal(), i[1].document, i[1].start))
    ]


def _disputes(text: str) -> Iterable[tuple[int, int, str, str]]:
    """Sentence, matter and context of everything a text calls disputed and not settled."""
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        for pattern in (_DISPUTE, _DISAGREE):
            for match in pattern.finditer(sentence):
                if _SETTLED.search(sentence) and not _UNSETTLED.search(sentence):
                    continue
                # The stop in "U.S." ends nothing.
                masked = re.sub(r"\b((?:[A-Z]\.)+)", lambda m: m[0].replace(".", "_"), sentence)
                stop = _STOP.search(masked, match.end())
                tail = sentence[match.end() : stop.start() if stop else len(sentence)]
                for matter, context in topics(tail):
                    yield start, end, matter, context


def _others(sentence: str, events: Sequence[Event], two: tuple[str, str]) -> bool:
    """Whether a sentence names parties, and none of the two."""
    named = {
        p.code
        for e in events
        for p in (*e.actor, *e.recipient)
        if len(p.text) > 2 and p.how == "gazetteer" and re.search(rf"\b{re.escape(p.text)}\b", sentence)
    }
    return bool(named) and not named & set(two)
