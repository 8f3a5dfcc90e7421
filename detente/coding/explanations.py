"""What is told of how events came about: records of names, words, rules, chances and decisions.

`tracing.py` fills them while a coder works.
"""

from __future__ import annotations

from dataclasses import dataclass

from detente.coding.mentions import Mention
from detente.coding.timing import When
from detente.records import Document, Event, Party, Quote, Voice

__all__ = [
    "Chance",
    "Explanation",
    "Frame",
    "Judged",
    "Offer",
    "Predicate",
    "Row",
    "Rules",
    "Sentence",
    "Word",
]


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely the model holds one answer, 0 to 1."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Word:
    """One token of a tree. `parsed` is what the parser saw in its place: names are replaced for it.

    `head` is the number of its head in the sentence, its own for the root; `code` the party it names.
    """

    text: str
    parsed: str
    lemma: str
    tag: str
    dep: str
    head: int
    start: int
    end: int
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """Who asserts a clause: the voice, the rule that told it, and the reporting word where there is one."""

    voice: Voice
    speaker: str | None
    rule: str
    word: str | None = None
    start: int | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """The row of the trigger lexicon that fits a predicate, as it is written; `table` is where it stands.

    `table` is None for what no table holds: a name that is given ("called it a disgrace"), a quotation.
    """

    trigger: str
    needs: str
    event: str
    mode: str | None
    actor: tuple[str, ...]
    recipient: tuple[str, ...]
    symmetric: bool
    strength: int
    table: str | None


@dataclass(frozen=True, slots=True)
class Rules:
    """What the rules make of a predicate.

    `inside` is the word whose act this one is the content of; `missing` says why no act can be made.
    """

    event: str | None
    actor: tuple[Party, ...]
    recipient: tuple[Party, ...]
    symmetric: bool
    kept: bool
    purpose: bool
    standing: bool
    inside: str | None
    missing: str | None


@dataclass(frozen=True, slots=True)
class Offer:
    """One candidate party with the model's chances for each side; `side` is where it was put, if anywhere.

    `sources` says where it was found: by the rules, in the sentence, near before it, in the document …
    """

    party: Party
    sources: tuple[str, ...]
    none: float
    actor: float
    recipient: float
    both: float
    side: str | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A status or a voice: what it is, what the rules read and by which rule, and the model's chances.

    `word` is the word that the rule saw. `weight` is how many times likelier the rules' reading is made.
    `note` says what overruled the likeliest answer, None where nothing did.
    """

    value: str
    rules: str
    rule: str
    word: str | None = None
    chances: tuple[Chance, ...] = ()
    weight: float | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Predicate:
    """One word that may report an act, and all that was decided about it.

    `chances` are the model's for each type and NONE, the likeliest first; empty for a coder without a
    model. `needed` is how likely an act must be to be looked at, `bound` how sure the coder must be to
    tell it. `why_not` is None exactly where there is an `event`.
    """

    word: str
    start: int
    end: int
    lemma: str
    frame: Frame | None
    row: Row | None = None
    rules: Rules | None = None
    chances: tuple[Chance, ...] = ()
    needed: float | None = None
    offers: tuple[Offer, ...] = ()
    status: Judged | None = None
    voice: Judged | None = None
    date: When | None = None
    confidence: float | None = None
    bound: float | None = None
    event: Event | None = None
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence; `number` counts from 1. `events` is how many it gave.

    Where it was not parsed, `why_not` says why. `unread` is where the parser stopped in a sentence that
    is too long for it. `standing` are words without a name that stand for a party ("he", "both sides").
    Everything from `standing` on is empty where it was not asked for.
    """

    number: int
    start: int
    end: int
    text: str
    parsed: bool
    why_not: str | None
    mentions: tuple[Mention, ...]
    events: int = 0
    unread: int | None = None
    standing: tuple[Party, ...] = ()
    quotes: tuple[Quote, ...] = ()
    words: tuple[Word, ...] = ()
    predicates: tuple[Predicate, ...] = ()

    @property
    def frames(self) -> tuple[Frame, ...]:
        """Who asserts something in it besides the writer, each once, in order."""
        found = (p.frame for p in self.predicates if p.frame is not None)
        return tuple(dict.fromkeys(f for f in found if f.voice is not Voice.WRITER))


@dataclass(frozen=True, slots=True)
class Explanation:
    """A document as a coder read it, sentence by sentence."""

    document: Document
    coder: str
    sentences: tuple[Sentence, ...]
