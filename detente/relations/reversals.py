"""Reversals: a party that did or said one thing towards another, and then the opposite."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from detente.records import Event, Status, Voice
from detente.relations.firsts import sentence_spans
from detente.relations.issues import GENERAL
from detente.relations.stances import Stance, content_words

__all__ = ["Reversal", "reversals"]

# Longer apart than this is another season of the relation, not a change of mind.
NEAR = timedelta(days=90)
# A request is on neither side, a rejection may answer anything: neither makes a run.
_CLEAR = frozenset({"THREATEN", "SANCTION", "ACCUSE", "COERCE", "ASSAULT", "MOBILIZE"})
_WARM = frozenset({"CONSULT", "AGREE", "SUPPORT", "CONCEDE", "RETREAT", "COOPERATE", "AID"})

_MARK = re.compile(
    r"\b(?:reversals?|revers(?:ed|es|ing) (?:course|himself|herself|itself"
    r"|(?:his|her|its|their) \w+)|U-turns?|about-faces?|about-turns?|180[- ]degree(?: \w+)?"
    r"|volte-faces?|turnabouts?|turnarounds?|climb-?downs?|backtrack(?:ed|s|ing)?"
    r"|back-?ped(?:al|alled|aled|als)|flip-flop\w*|backed down|changed? (?:his|her|its|their)"
    r" (?:tune|mind|tone)|sudden (?:shift|pivot)|dramatic (?:shift|turn))\b",
    re.IGNORECASE,
)
_WHOSE = re.compile(
    r"\b(?:from|of|for|by|in)\s+(?P<who>(?:[A-Z][\w.-]*\s?){1,4}?)(?:'s|’s|\s+earlier|\s+previous)"
)


@dataclass(frozen=True, slots=True)
class Reversal:
    """A change of stance: `event` is the later act, `reverses` the earlier one (None where only the
    words of a text, `words`, say that there was one). `basis` is "acts" or "reported".
    """

    holder: str
    towards: str
    event: str
    reverses: str | None
    words: str
    context: str
    basis: str


def reversals(
    held: Sequence[Stance],
    events: Iterable[Event],
    published: Mapping[str, date | None],
    pair: tuple[str, str],
    as_of: date | None = None,
    texts: Mapping[str, str] | None = None,
) -> list[Reversal]:
    """The reversals between the two of a pair: first those that texts call so, then those of the
    acts.

    By acts: in the acts of one party towards the other, in order of time, a run of conflict
    (accusation, threat, sanction, force) is followed within 90 days by a run of cooperation (talks,
    agreement, praise, concession, aid), or the other way round. A run is two acts, or one that both
    did together on a known day; a single odd act inside a run changes nothing. The later act is the
    first dated one of its run (a joint one before others), the earlier one the last of the run
    before that surely came before it. By words: "a stark reversal from X's earlier claims",
    "U-turn", "180-degree change" in a sentence with an act between the two; the holder is whom the
    words name, else who acts in the sentence.

    >>> reversals([], [], {}, ("COL", "USA"))
    []
    """
    found = _reported(list(events), published, pair, as_of, texts or {})
    told = {(r.holder, r.event) for r in found}
    for holder in pair:
        own = [s for s in held if s.holder == holder]
        found.extend(r for r in _of_acts(own) if (r.holder, r.event) not in told)
    return found


def _side(stance: Stance) -> bool | None:
    if stance.event.event in _CLEAR:
        return True
    return False if stance.event.event in _WARM else None


def _of_acts(own: Sequence[Stance]) -> Iterable[Reversal]:
    dated = [s for s in own if _side(s) is not None and s.last is not None]
    dated.sort(key=lambda s: (s.last, s.first, s.published, s.event.document, s.event.start))
    runs = _joined([run for run in _joined([[s] for s in dated]) if _weighs(run)])
    for before, after in pairwise(runs):
        later = min(
            after,
            key=lambda s: (s.event.date is None, not s.event.symmetric, s.last, s.event.start),
        )
        earlier = [s for s in before if s.before(later)]
        if not earlier or later.first is None:
            continue
        last = earlier[-1]
        if last.last is None or later.first - last.last > NEAR:
            continue
        shared = [c for c in later.event.contexts if c in last.event.contexts and c != "executive"]
        yield Reversal(
            later.holder,
            later.towards,
            later.event.id,
            last.event.id,
            later.event.text,
            shared[0] if shared else GENERAL,
            "acts",
        )


def _joined(runs: Sequence[list[Stance]]) -> list[list[Stance]]:
    """Neighbouring runs of one side as one run."""
    found: list[list[Stance]] = []
    for run in runs:
        if found and _side(found[-1][0]) == _side(run[0]):
            found[-1] = [*found[-1], *run]
        else:
            found.append(run)
    return found


def _weighs(run: Sequence[Stance]) -> bool:
    if len({(s.event.event, s.last, s.words) for s in run}) >= 2:
        return True
    return any(s.event.symmetric and s.event.date is not None for s in run)


def _reported(
    events: Sequence[Event],
    published: Mapping[str, date | None],
    pair: tuple[str, str],
    as_of: date | None,
    texts: Mapping[str, str],
) -> list[Reversal]:
    of_pair: dict[str, list[Event]] = {}
    for event in {e.id: e for e in events}.values():
        day = published.get(event.document)
        if day is None or (as_of is not None and day > as_of) or event.document not in texts:
            continue
        if event.voice is Voice.COMMENTARY:
            continue
        if set(pair) <= set(event.actor_codes) | set(event.recipient_codes):
            of_pair.setdefault(event.document, []).append(event)
    found: list[Reversal] = []
    for document in sorted(of_pair, key=lambda d: (published[d] or date.min, d)):
        here = sorted(of_pair[document], key=lambda e: (e.start, e.id))
        for start, end in sentence_spans(texts[document]):
            sentence = texts[document][start:end]
            for mark in _MARK.finditer(sentence):
                made = _told(mark, sentence, start, end, here, pair)
                if made is not None and not any(
                    r.holder == made.holder and r.event == made.event for r in found
                ):
                    found.append(made)
    return found


def _told(
    mark: re.Match[str],
    sentence: str,
    start: int,
    end: int,
    here: Sequence[Event],
    pair: tuple[str, str],
) -> Reversal | None:
    at = start + mark.start()
    inside = [
        e
        for e in here
        if start <= e.trigger_start < end
        and e.status not in (Status.HYPOTHETICAL, Status.NEGATED)
        and e.quad <= 2
    ]
    if not inside:
        return None
    event = min(inside, key=lambda e: (abs(e.trigger_start - at), e.id))
    whose = _WHOSE.search(sentence, mark.end(), mark.end() + 80)
    named = None if whose is None else _code(whose["who"].strip(), here, pair)
    holder = named or next((c for c in event.actor_codes if c in pair), None)
    if holder is None:
        return None
    towards = pair[0] if holder == pair[1] else pair[1]
    words = content_words(sentence[mark.end() :])
    before = [
        e
        for e in here
        if e.quad > 2
        and e.event != "REQUEST"
        and e.status is not Status.NEGATED
        and holder in e.actor_codes
        and towards in e.recipient_codes
        and e.id != event.id
    ]
    reverses = max(
        before,
        key=lambda e: (
            len(words & content_words(e.text)),
            e.start < start,
            -abs(e.start - start),
            e.id,
        ),
        default=None,
    )
    return Reversal(
        holder,
        towards,
        event.id,
        None if reverses is None else reverses.id,
        _phrase(sentence, mark),
        reverses.contexts[0] if reverses is not None and reverses.contexts else GENERAL,
        "reported",
    )


def _code(name: str, here: Sequence[Event], pair: tuple[str, str]) -> str | None:
    """Whom of the pair a name of the text stands for."""
    for event in here:
        for party in (*event.actor, *event.recipient):
            if party.code in pair and any(
                re.search(rf"\b{re.escape(name)}\b", known) for known in (party.text, party.name or "")
            ):
                return party.code
    return None


def _phrase(sentence: str, mark: re.Match[str]) -> str:
    """The clause around a mark: from the last comma or dash before it to the next one after it."""
    head = max((sentence.rfind(c, 0, mark.start()) for c in ("–", "—", ",", ";")), default=-1)
    stops = [p for c in ("–", "—", ";") if (p := sentence.find(c, mark.end())) >= 0]
    return sentence[head + 1 : min(stops, default=len(sentence))].strip(" .")
