"""Turns coded passages into what the model learns from, through the coder's own reading.

Every predicate of a sentence becomes an example: its words, the features of the rules, and, from the
hand coding, its type, status, voice and the side of every candidate party.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

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
from detente.records import Document, Kind
from detente.sources.text import make_document
from training.read import CodedAct, Passage

_KINDS = {"post": Kind.POST, "transcript": Kind.TRANSCRIPT, "release": Kind.RELEASE}


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
    status: int = -1
    voice: int = -1
    judged: NDArray[np.float32] | None = None
    parties: list[PartyExample] = field(default_factory=list)


@dataclass
class SentenceExample:
    """One sentence with its predicates."""

    passage: str
    text: str
    examples: list[Example]
    lost: int = 0


class Recorder(RuleCoder):
    """Reads a passage as the coder does and records what the model would be asked."""

    def __init__(self) -> None:
        super().__init__()
        self._classifier.listed_only = False

    def record(self, passage: Passage) -> Iterator[SentenceExample]:
        """Examples of every sentence of a passage that is parsed."""
        self._passage = passage
        self._out: list[SentenceExample] = []
        document = make_document(
            passage.text,
            id=passage.id,
            published=passage.published,
            publisher=passage.publisher,
            kind=_KINDS.get(passage.style, Kind.ARTICLE),
        )
        assert document.text == passage.text, passage.id
        for _ in self.code(document):
            pass
        yield from self._out

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
        gold = [a for a in self._passage.acts if tree.start <= a.start < tree.end]
        lexicon = self._classifier.lexicon
        examples, used = [], set()
        for proposal in proposals(self._classifier, arguments, references, attribution, told):
            i = proposal.token
            act = next((a for a in gold if a.start <= tree.starts[i] < a.end), None)
            features = trigger_features(proposal, arguments, attribution, lexicon)
            span = (tree.starts[i] - tree.start, tree.ends[i] - tree.start)
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
                VOICES.index(act.voice),
            )
            made = proposal.act
            assertion = attribution.of(arguments, i)
            when = timing.of(tree, i)
            actor = made.actor if made is not None else []
            status, voice = judge(tree, i, act.events[0], assertion, actor, when, document.published)
            example.judged = judgement_features(status, voice, assertion.reported, when.date is not None)
            roles = roles_of(arguments, i)
            for one in candidates(arguments, references, attribution, told, i, made):
                place = None
                if one.token is not None:
                    place = (tree.starts[one.token] - tree.start, tree.ends[one.token] - tree.start)
                example.parties.append(
                    PartyExample(place, party_features(one, arguments, i, made, roles), _side(act, one.code))
                )
            examples.append(example)
        lost = len([a for a in gold if id(a) not in used])
        self._out.append(
            SentenceExample(self._passage.id, document.text[tree.start : tree.end], examples, lost)
        )


def _side(act: CodedAct, code: str) -> int:
    actor, recipient = code in act.actor, code in act.recipient
    if actor and recipient:
        return SIDES.index("both")
    if actor:
        return SIDES.index("both" if act.symmetric else "actor")
    return SIDES.index("recipient") if recipient else SIDES.index("none")
