"""How well reports of one act are told from reports of another: precision and recall on own pairs.

    python -m quality.stories            hand-given events and the rule coder's, both halves
    python -m quality.stories misses     also every pair of the tuning half that is answered wrongly

`stories.jsonl` holds pairs of short invented reports, each with one act marked: its words, type,
parties, status and date, and whether the two acts are the same one. The rules of
`detente.store.stories` may be looked at and changed with the tuning half in hand, never the other;
which half a pair is in follows from the hash of its id.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.codebook import codebook
from detente.coding.actors import find_actors, titles
from detente.coding.coder import RuleCoder, rule_coder
from detente.coding.mentions import gazetteer
from detente.records import Document, Event, Party, Status
from detente.sources.text import make_document
from detente.store.stories import context, merge

__all__ = ["Figures", "Pair", "coded", "given", "half", "measure", "read_pairs"]

PAIRS = Path(__file__).parent / "stories.jsonl"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two documents with one act marked in each, and whether it is the same act."""

    id: str
    same: bool
    hard: bool
    kind: str
    documents: tuple[Document, Document]
    marks: tuple[Mapping[str, Any], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Figures:
    """Pairs counted: joined and the same, joined and not, the same and not joined, neither."""

    hit: int = 0
    wrong: int = 0
    missed: int = 0
    apart: int = 0
    unread: int = 0

    @property
    def precision(self) -> float:
        """The share of joined pairs that are the same act."""
        return self.hit / max(1, self.hit + self.wrong)

    @property
    def recall(self) -> float:
        """The share of pairs of the same act that are joined."""
        return self.hit / max(1, self.hit + self.missed)

    def __str__(self) -> str:
        count = self.hit + self.wrong + self.missed + self.apart
        unread = f", {self.unread} with an act the coder did not find" if self.unread else ""
        return f"{count} pairs: precision {self.precision:.3f}, recall {self.recall:.3f}{unread}"


def read_pairs(path: Path = PAIRS) -> list[Pair]:
    """The pairs of a file, in its order."""
    pairs = []
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        one, other = record["reports"]
        pairs.append(
            Pair(
                record["id"],
                record["same"],
                record["hard"],
                record["kind"],
                (_document(one), _document(other)),
                (one, other),
            )
        )
    return pairs


def _document(report: Mapping[str, Any]) -> Document:
    return make_document(report["text"], published=report["published"], publisher=report["publisher"])


def half(pair: Pair) -> str:
    """ "tune" or "test", by the hash of the pair's id.

    >>> from collections import Counter
    >>> sorted(Counter(map(half, read_pairs())))
    ['test', 'tune']
    """
    return ("tune", "test")[hashlib.sha256(pair.id.encode()).digest()[0] % 2]


def given(pair: Pair) -> tuple[list[Event], list[Event]]:
    """The marked acts as they are given by hand."""
    one, other = ([_event(document, mark)] for document, mark in zip(pair.documents, pair.marks, strict=True))
    return one, other


def _event(document: Document, mark: Mapping[str, Any]) -> Event:
    start = document.text.index(mark["words"])
    end = start + len(mark["words"])
    named: dict[str, str] = {}
    for mention in find_actors(document.text, gazetteer(), titles(), document.published, None):
        if start <= mention.start < end:
            named.setdefault(mention.code, mention.text)
    sides = [
        tuple(Party(code, named.get(code, code), name=None) for code in mark[side])
        for side in ("actor", "recipient")
    ]
    return Event(
        document=document.id,
        start=start,
        end=end,
        text=mark["words"],
        event=mark["type"],
        actor=sides[0],
        recipient=sides[1],
        symmetric=mark["symmetric"],
        status=Status(mark["status"]),
        trigger=mark["trigger"],
        trigger_start=mark["at"],
        quad=codebook().quad(mark["type"]),
        date=mark["date"],
        date_end=mark["date_end"],
    )


def coded(pair: Pair, coder: RuleCoder) -> tuple[list[Event], list[Event]]:
    """What the rule coder makes of the marked acts: its events in the same words."""
    one, other = (
        _near(list(coder.code(document)), document, mark)
        for document, mark in zip(pair.documents, pair.marks, strict=True)
    )
    return one, other


def _near(events: Sequence[Event], document: Document, mark: Mapping[str, Any]) -> list[Event]:
    """Events whose words overlap the marked ones; those with the marked trigger where there are."""
    start = document.text.index(mark["words"])
    end = start + len(mark["words"])
    found = [e for e in events if e.start < end and start < e.end]
    exact = [e for e in found if e.trigger_start <= mark["at"] < e.trigger_start + len(e.trigger)]
    alike = [e for e in found if e.event == mark["type"]]
    return exact or alike or found


def joined(pair: Pair, events: tuple[Sequence[Event], Sequence[Event]]) -> bool:
    """Whether one story holds an event of both sides."""
    one, other = pair.documents
    stories = merge(
        [*events[0], *events[1]],
        {one.id: one.published, other.id: other.published},
        {one.id: one.publisher, other.id: other.publisher},
        around={
            e.id: context(e, document.text)
            for document, side in zip(pair.documents, events, strict=True)
            for e in side
        },
    )
    left, right = ({e.id for e in side} for side in events)
    return any(left & set(s.events) and right & set(s.events) for s in stories)


def measure(
    pairs: Iterable[Pair], events: Mapping[str, tuple[Sequence[Event], Sequence[Event]]]
) -> tuple[Figures, list[Pair]]:
    """The figures on pairs, with the events of each by its id, and those answered wrongly."""
    hit = wrong = missed = apart = unread = 0
    faults = []
    for pair in pairs:
        found = joined(pair, events[pair.id])
        hit += found and pair.same
        wrong += found and not pair.same
        missed += pair.same and not found
        apart += not pair.same and not found
        unread += not all(events[pair.id])
        if found != pair.same:
            faults.append(pair)
    return Figures(hit, wrong, missed, apart, unread), faults


def main(arguments: Sequence[str]) -> int:
    """Print the figures; the exit code is always 0, for the tests hold the floors."""
    pairs = read_pairs()
    coder = rule_coder()
    ways = {
        "hand-given events": {p.id: given(p) for p in pairs},
        "rule coder": {p.id: coded(p, coder) for p in pairs},
    }
    for name, events in ways.items():
        for part in ("tune", "test"):
            for hard in (None, True):
                chosen = [p for p in pairs if half(p) == part and (hard is None or p.hard)]
                figures, faults = measure(chosen, events)
                print(f"{name}, {part} half{', hard' if hard else ''}: {figures}")
                if "misses" in arguments and part == "tune" and hard is None:
                    for pair in faults:
                        print(f"  {pair.id} {'same' if pair.same else 'different'} {pair.kind}")
                        for event in (*events[pair.id][0], None, *events[pair.id][1]):
                            print("    " + (_line(event) if event else "--"))
    return 0


def _line(event: Event) -> str:
    parties = f"{'+'.join(event.actor_codes)}>{'+'.join(event.recipient_codes)}"
    day = f"{event.date or '?'}{'/' + event.date_end if event.date_end else ''}"
    return f"{event.event} {parties} {event.status} {day} [{event.trigger}] {event.text}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
