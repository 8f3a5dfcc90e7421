"""The marks of an article: acts, names, quotations and dates where they stand, laid over one another.

A text is cut wherever a mark begins or ends, so that marks may overlap in any way; each piece knows what
lies over it. The text itself is never changed, only cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from detente.records import Document, Event

__all__ = ["KINDS", "Piece", "Span", "cut", "paragraphs", "part_of", "spans_of"]

KINDS = ("act", "quote", "actor", "date")
"""What is marked, the widest first."""
LONGEST = 40_000
"""Characters of a text that are shown at once; a longer one comes in parts."""


@dataclass(frozen=True, slots=True)
class Span:
    """Words at `start`:`end` that are marked: of which kind, what is said of them, and for an act its
    number on the page, its id and whether it is "up", "down" or commentary ("aside")."""

    start: int
    end: int
    kind: str
    label: str
    number: int | None = None
    id: str | None = None
    side: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters with the same marks over it; `begins` are the acts that begin with it."""

    text: str
    over: tuple[Span, ...] = ()
    begins: tuple[Span, ...] = ()

    @property
    def classes(self) -> str:
        """The style of it, "" for plain text."""
        names = [f"t-{kind}" for kind in KINDS if any(s.kind == kind for s in self.over)]
        acts = [s for s in self.over if s.kind == "act"]
        names += sorted({f"t-{s.side}" for s in acts if s.side})
        if len(acts) > 1:
            names.append("t-several")
        return " ".join(names)

    @property
    def acts(self) -> tuple[str | None, ...]:
        """The ids of the acts over it."""
        return tuple(s.id for s in self.over if s.kind == "act")

    @property
    def label(self) -> str:
        """What is said of it: the innermost of each kind."""
        told = []
        for kind in reversed(KINDS):
            inner = [s for s in self.over if s.kind == kind and s.label]
            if inner:
                told.append(min(inner, key=lambda s: s.end - s.start).label)
        return "; ".join(told)


def cut(text: str, spans: Iterable[Span], start: int = 0, end: int | None = None) -> list[Piece]:
    """The pieces of `text[start:end]`; together they are that text, character by character.

    Spans that lie outside, or that are empty or turned round, mark nothing. Time grows with the pieces
    and with how many marks lie over one another.

    >>> pieces = cut("He met Ana.", [Span(3, 10, "act", "CONSULT", 1), Span(7, 10, "actor", "Ana")])
    >>> [(p.text, p.classes) for p in pieces]
    [('He ', ''), ('met ', 't-act'), ('Ana', 't-act t-actor'), ('.', '')]
    """
    stop = len(text) if end is None else min(end, len(text))
    start = max(0, start)
    known = [s for s in spans if max(s.start, start) < min(s.end, stop)]
    known.sort(key=lambda s: (s.start, -s.end, KINDS.index(s.kind)))
    edges = sorted({start, stop, *(max(s.start, start) for s in known), *(min(s.end, stop) for s in known)})
    pieces: list[Piece] = []
    active: list[Span] = []
    at = 0
    for left, right in pairwise(edges):
        active = [s for s in active if s.end > left]
        fresh: list[Span] = []
        while at < len(known) and known[at].start <= left:
            fresh.append(known[at])
            at += 1
        active += fresh
        begins = tuple(s for s in fresh if s.kind == "act" and s.number is not None)
        pieces.append(Piece(text[left:right], tuple(active), begins))
    return pieces


def paragraphs(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces by paragraph: a line break ends one, and goes.

    >>> [[p.text for p in line] for line in paragraphs(cut("One.\\n\\nTwo.", []))]
    [['One.'], ['Two.']]
    """
    lines: list[list[Piece]] = [[]]
    for piece in pieces:
        first, *rest = piece.text.split("\n")
        lines[-1].append(Piece(first, piece.over, piece.begins))
        for part in rest:
            lines.append([Piece(part, piece.over)])
    kept = [[p for p in line if p.text or p.begins] for line in lines]
    return [line for line in kept if any(p.text.strip() or p.begins for p in line)]


def part_of(text: str, number: int, most: int = LONGEST) -> tuple[int, int, int]:
    """Where part `number` (from 1) of a long text begins and ends, and how many parts there are.

    A part ends at a line break where there is one in its last quarter, so that no sentence is cut.

    >>> part_of("short", 9), part_of("a" * 25, 2, 10)
    ((0, 5, 1), (10, 20, 3))
    """
    bounds = [0]
    while bounds[-1] + most < len(text):
        left = bounds[-1]
        stop = text.rfind("\n", left + most * 3 // 4, left + most)
        bounds.append(stop + 1 if stop > left else left + most)
    bounds.append(len(text))
    number = min(max(number, 1), len(bounds) - 1)
    return bounds[number - 1], bounds[number], len(bounds) - 1


def spans_of(
    document: Document, events: Sequence[Event], start: int = 0, end: int | None = None
) -> list[Span]:
    """Everything that is marked in a part of a document: the acts as they are stored, and the names,
    quotations and dates as the rules find them in it.

    A party of an act is marked also where it is no name ("the ministry").
    """
    from detente.coding.actors import find_actors, home_of, titles
    from detente.coding.dates import find_dates
    from detente.coding.mentions import gazetteer
    from detente.coding.speech import find_quotes
    from detente.desk.pages.layout import clip, short_day

    text = document.text[start:end]
    spans: list[Span] = []
    for number, event in enumerate(events, start=1):
        side = "aside" if event.voice == "commentary" else "down" if event.quad > 2 else "up"
        spans.append(Span(event.start, event.end, "act", event.event.lower(), number, event.id, side))
    named: dict[tuple[int, int], str] = {}
    for event in events:
        for party in (*event.actor, *event.recipient):
            if party.start is not None and party.end is not None:
                named[party.start, party.end] = _name(party.name, party.code)
    home = home_of(document.publisher, document.url)
    for found in find_actors(text, gazetteer(), titles(), document.published, home):
        named.setdefault((found.start + start, found.end + start), _name(found.name, found.code))
    spans += [Span(a, b, "actor", clip(name, 80)) for (a, b), name in named.items()]
    for quote in find_quotes(text):
        who = clip(quote.speaker, 60) or "nobody named"
        kind = "reported" if quote.kind == "indirect" else "quoted"
        spans.append(Span(quote.start + start, quote.end + start, "quote", f"{kind}: {who}"))
    for day in find_dates(text, document.published):
        told = short_day(day.date) if day.date else f"no day: {clip(day.reason, 80)}"
        if day.date and day.date_end:
            told += f" to {short_day(day.date_end)}"
        spans.append(Span(day.start + start, day.end + start, "date", told))
    return spans


def _name(name: str | None, code: str) -> str:
    from detente.desk.pages.layout import country

    place = country(code)
    return f"{name}, {place}" if name and name != place else place
