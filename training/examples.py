"""Turns coded passages into what the model learns from, through the coder's own reading.

Every predicate of a sentence becomes an example: its words, the features of the rules, and, from the
hand coding, its type, status, voice and the side of every candidate party.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.coding.attribution import Attribution
from detente.coding.candidates import Arguments
from detente.coding.classifier import Told
from detente.coding.coder import RuleCoder
from detente.coding.features import (
    EVENTS,
    SIDES,
    STATUSES,
    VOICES,
    Candidate,
    candidates,
    judgement_features,
    party_features,
    place,
    roles_of,
    trigger_features,
)
from detente.coding.judgement import judge
from detente.coding.learned import proposals
from detente.coding.mentions import Mention
from detente.coding.references import References
from detente.coding.timing import Timing
from detente.coding.trees import Tree
from detente.records import Document, Kind
from detente.sources.text import make_document
from training.read import CodedAct, Pair, Passage

KINDS = {
    "agency": Kind.ARTICLE,
    "post": Kind.POST,
    "transcript": Kind.TRANSCRIPT,
    "release": Kind.RELEASE,
}


def held_back(name: str, parts: int = 5) -> bool:
    """Whether a passage or sentence is held back: a fifth (or other share), by the hash of its name."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % parts == 0


def chosen_by(name: str) -> bool:
    """Whether a passage or sentence is kept for choosing: one in twenty, none of them held back."""
    return held_back(name + " ", 16) and not held_back(name)


UNKNOWN = -100  # a label that nobody gave; the loss leaves it out


@dataclass
class PartyExample:
    """One candidate: where its words stand in the text (None where they are not known), features, side."""

    span: tuple[int, int] | None
    features: NDArray[np.float32]
    side: int
    here: bool = False


@dataclass
class Example:
    """One predicate; offsets count from the start of the text."""

    span: tuple[int, int]
    features: NDArray[np.float32]
    event: int
    also: int
    status: int = UNKNOWN
    voice: int = UNKNOWN
    judged: NDArray[np.float32] | None = None
    parties: list[PartyExample] = field(default_factory=list)


@dataclass
class TextExample:
    """A passage or a marked sentence with its predicates, as the encoder will read it."""

    passage: str
    text: str
    sentences: list[tuple[int, int]] = field(default_factory=list)
    wanted: list[bool] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)
    lost: int = 0
    pair: Pair | None = None


class Recorder(RuleCoder):
    """Reads a passage as the coder does and records what the model would be asked."""

    def __init__(self) -> None:
        super().__init__()
        self._classifier.listed_only = False

    def record(self, passage: Passage) -> TextExample:
        """Examples of all predicates of a passage that is parsed."""
        self._passage, self._pair = passage, None
        return self._read(
            passage.text,
            id=passage.id,
            published=passage.published,
            publisher=passage.publisher,
            kind=KINDS.get(passage.style, Kind.ARTICLE),
        )

    def record_pair(self, pair: Pair) -> TextExample:
        """A marked sentence with its one labelled predicate; nothing is known of its other words."""
        found = TextExample("", pair.text)
        if pair.trigger is not None and pair.status is not None:
            self._passage, self._pair = None, pair
            found = self._read(pair.text, id=pair.id)
        found.passage = f"sentence {pair.text}"  # held back by its words: it may come twice with other marks
        found.pair = pair
        return found

    def _read(self, text: str, **about: Any) -> TextExample:
        self._out = TextExample(about["id"], text)
        self._before: list[CodedAct] = []
        document = make_document(text, **about)
        if document.text != text:
            raise ValueError(f"{about['id']}: normalising changes the text {text!r}")
        for _ in self.code(document):
            pass
        return self._out

    def _sentences(self, text: str, mentions: Sequence[Mention]) -> list[Any]:
        found = super()._sentences(text, mentions)
        self._out.sentences = [(s.start, s.end) for s in found]
        self._out.wanted = [s.parsed for s in found]
        return found

    def _observe(
        self,
        document: Document,
        arguments: Arguments,
        references: References,
        attribution: Attribution,
        told: Told,
        timing: Timing,
    ) -> None:
        tree = arguments.tree
        gold = [a for a in self._gold() if tree.start <= a.start < tree.end]
        if self._before and held_back(document.id, 2):
            # half of the texts tell what was coded before, the others what the rules made of it
            last = self._before[-1]
            sides = (
                [references.main_party(c) for c in sorted(s) if references.share(c)]
                for s in (last.actor, last.recipient)
            )
            told.tell(*sides)
        self._before = gold or self._before
        lexicon = self._classifier.lexicon
        used = set()
        for proposal in proposals(self._classifier, arguments, references, attribution, told):
            i = proposal.token
            act = next((a for a in gold if a.start <= tree.starts[i] < a.end), None)
            features = trigger_features(proposal, arguments, references, attribution, lexicon)
            span = (tree.starts[i], tree.ends[i])
            if act is None and self._pair is not None:
                continue
            if act is None:
                self._out.examples.append(Example(span, features, EVENTS.index("NONE"), EVENTS.index("NONE")))
                continue
            used.add(id(act))
            example = Example(
                span,
                features,
                EVENTS.index(act.events[0]),
                EVENTS.index(act.events[-1]),
                STATUSES.index(act.status),
                VOICES.index(act.voice) if act.voice else UNKNOWN,
            )
            made = proposal.act
            assertion = attribution.of(arguments, i)
            when = timing.of(tree, i)
            actor = made.actor if made is not None else []
            status, voice = judge(tree, i, act.events[0], assertion, actor, when, document.published)
            example.judged = judgement_features(status, voice, assertion.reported, when.date is not None)
            roles = roles_of(arguments, i)
            offered = candidates(arguments, references, attribution, told, i, made)
            for one in offered:
                example.parties.append(
                    PartyExample(
                        place(one, tree),
                        party_features(one, arguments, i, made, roles, offered, references),
                        self._side(act, one, tree),
                        one.token is not None,
                    )
                )
            self._out.examples.append(example)
        self._out.lost += len([a for a in gold if id(a) not in used])

    def _gold(self) -> list[CodedAct]:
        if self._passage is not None:
            return self._passage.acts
        pair = self._pair
        assert pair is not None and pair.trigger is not None and pair.status is not None
        nobody: frozenset[str] = frozenset()
        return [
            CodedAct(
                *pair.trigger, (pair.event,), pair.mode, pair.status, nobody, nobody, False, None, None, ""
            )
        ]

    def _side(self, act: CodedAct, one: Candidate, tree: Tree) -> int:
        if self._pair is None:
            return side(act, one.code)
        if one.token is None:
            return SIDES.index("none")
        at = tree.starts[one.token]
        if self._pair.source[0] <= at < self._pair.source[1]:
            return SIDES.index("actor")
        if self._pair.target[0] <= at < self._pair.target[1]:
            return SIDES.index("recipient")
        return SIDES.index("none")


def side(act: CodedAct, code: str) -> int:
    """Which side of a coded act a code stands on."""
    actor, recipient = code in act.actor, code in act.recipient
    if actor and recipient:
        return SIDES.index("both")
    if actor:
        return SIDES.index("both" if act.symmetric else "actor")
    return SIDES.index("recipient") if recipient else SIDES.index("none")
