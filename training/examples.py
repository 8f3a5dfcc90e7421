"""Turns coded passages into what the model learns from, through the coder's own reading.

Every predicate of a sentence becomes an example: its words, the features of the rules, and, from the
hand coding, its type, status, voice and the side of every candidate party.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    roles_of,
    trigger_features,
)
from detente.coding.judgement import judge
from detente.coding.learned import proposals
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


UNKNOWN = -100  # a label that nobody gave; the loss leaves it out


@dataclass
class PartyExample:
    """One candidate: its words (None where it stands outside the sentence), features and side."""

    span: tuple[int, int] | None
    features: NDArray[np.float32]
    side: int


@dataclass
class Example:
    """One predicate; offsets count from the start of the sentence."""

    span: tuple[int, int]
    features: NDArray[np.float32]
    event: int
    also: int
    status: int = UNKNOWN
    voice: int = UNKNOWN
    judged: NDArray[np.float32] | None = None
    parties: list[PartyExample] = field(default_factory=list)


@dataclass
class SentenceExample:
    """One sentence with its predicates."""

    passage: str
    text: str
    examples: list[Example]
    lost: int = 0
    pair: Pair | None = None


class Recorder(RuleCoder):
    """Reads a passage as the coder does and records what the model would be asked."""

    def __init__(self) -> None:
        super().__init__()
        self._classifier.listed_only = False

    def record(self, passage: Passage) -> Iterator[SentenceExample]:
        """Examples of every sentence of a passage that is parsed."""
        self._passage, self._pair = passage, None
        yield from self._read(
            passage.text,
            id=passage.id,
            published=passage.published,
            publisher=passage.publisher,
            kind=KINDS.get(passage.style, Kind.ARTICLE),
        )

    def record_pair(self, pair: Pair) -> Iterator[SentenceExample]:
        """A marked sentence with its one labelled predicate; nothing is known of its other words."""
        examples: list[Example] = []
        if pair.trigger is not None:
            self._passage, self._pair = None, pair
            read = self._read(pair.text, id=pair.id)
            if len(read) == 1 and read[0].text == pair.text:
                examples = read[0].examples
        # held back by its words: a sentence may come twice with other marks
        yield SentenceExample(f"sentence {pair.text}", pair.text, examples, 0, pair)

    def _read(self, text: str, **about: Any) -> list[SentenceExample]:
        self._out: list[SentenceExample] = []
        document = make_document(text, **about)
        if document.text != text:
            raise ValueError(f"{about['id']}: normalising changes the text {text!r}")
        for _ in self.code(document):
            pass
        return self._out

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
        lexicon = self._classifier.lexicon
        examples, used = [], set()
        for proposal in proposals(self._classifier, arguments, references, attribution, told):
            i = proposal.token
            act = next((a for a in gold if a.start <= tree.starts[i] < a.end), None)
            features = trigger_features(proposal, arguments, attribution, lexicon)
            span = (tree.starts[i] - tree.start, tree.ends[i] - tree.start)
            if act is None and self._pair is not None:
                continue
            if act is None:
                examples.append(Example(span, features, EVENTS.index("NONE"), EVENTS.index("NONE")))
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
                place = None
                if one.token is not None:
                    place = (tree.starts[one.token] - tree.start, tree.ends[one.token] - tree.start)
                example.parties.append(
                    PartyExample(
                        place,
                        party_features(one, arguments, i, made, roles, offered),
                        self._side(act, one, tree),
                    )
                )
            examples.append(example)
        lost = len([a for a in gold if id(a) not in used])
        self._out.append(SentenceExample(document.id, document.text[tree.start : tree.end], examples, lost))

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
