"""The learned decision: a small encoder reads the sentence, the rules' reading stands beside it.

The grammar and the lexicon propose predicates and parties (`classifier.py`); the model decides which are
acts, of which type, between whom, in which direction, with which status and voice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from detente.coding.attribution import Attribution
from detente.coding.candidates import Arguments
from detente.coding.classifier import Act, Proposal, RuleClassifier, Told, distinct
from detente.coding.features import (
    EVENTS,
    SIDES,
    STATUSES,
    VOICES,
    Candidate,
    candidates,
    is_predicate,
    judgement_features,
    party_features,
    roles_of,
    trigger_features,
)
from detente.coding.lexicon import Lexicon, Trigger
from detente.coding.model import Encoded, Encodings, Model
from detente.coding.references import References
from detente.coding.statements import Statements
from detente.coding.trees import Tree
from detente.records import Party, Status, Voice

__all__ = ["LearnedClassifier", "proposals"]

_NONE = EVENTS.index("NONE")
_SURE = 0.45  # measured on the held-back passages, see docs/method/model.md
_FAIR = 0.15
# What a state may well do to its own people or politicians.
_AT_HOME = frozenset({"ACCUSE", "COERCE", "ASSAULT", "PROTEST", "MOBILIZE", "SUPPORT"})
_RULES_STATUS = 2.5  # how much likelier the rules' own reading of the status makes it


def proposals(
    rules: RuleClassifier,
    arguments: Arguments,
    references: References,
    attribution: Attribution,
    told: Told,
) -> Iterator[Proposal]:
    """Every predicate of a sentence: the listed ones as the rules read them, then all others."""
    tree = arguments.tree
    listed = {p.token: p for p in rules.propose(arguments, references, attribution, told)}
    for i in range(len(tree)):
        if i in listed:
            yield listed[i]
        elif is_predicate(tree, i, rules.lexicon):
            yield rules.unlisted(arguments, references, attribution, i, told)


class LearnedClassifier(RuleClassifier):
    """Decides with the model; the rules propose.

    Args:
        lexicon: the triggers.
        statements: judges quotations without triggers.
        model: the trained encoder with its heads.
        threshold: how sure the model must be that a predicate is an act, 0 to 1; higher is more precise.
        doubted: the same for a predicate that the rules would not keep: one that no trigger lists, a purpose,
            the content of another act. What tells a standing relation, or is listed as no act, is never one.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        statements: Statements,
        model: Model,
        threshold: float = 0.6,
        doubted: float = 0.9,
    ) -> None:
        super().__init__(lexicon, statements)
        self.name = model.name
        self._model = model
        self._threshold = threshold
        self._doubted = doubted

    def begin(self, text: str, spans: Sequence[tuple[int, int, int]]) -> Encodings:
        """Encode all sentences of a document, in a thread of its own while the grammar is parsed."""
        return self._model.start({number: text[start:end] for number, start, end in spans})

    def decide(
        self,
        arguments: Arguments,
        references: References,
        attribution: Attribution,
        told: Told,
        encodings: Encodings | None = None,
    ) -> list[Act]:
        """All acts of one sentence, in order of their triggers."""
        tree = arguments.tree
        if encodings is None:
            raise ValueError("the learned classifier decides only what it began to read")
        encoded = encodings.of(tree.number)
        found = list(proposals(self, arguments, references, attribution, told))
        if not found:
            return []
        vectors = np.stack([self._vector(encoded, tree, p.token) for p in found])
        features = np.stack([trigger_features(p, arguments, attribution, self.lexicon) for p in found])
        chances = self._model.events(vectors, features)
        acts = []
        for proposal, vector, feature, chance in zip(found, vectors, features, chances, strict=True):
            if proposal.standing or self.lexicon.barred(tree, proposal.token):
                continue
            doubted = not proposal.kept or proposal.act is None
            if 1 - chance[_NONE] < (max(self._threshold, self._doubted) if doubted else self._threshold):
                continue
            kind = int(np.argmax(chance[:_NONE]))
            act = self._made(
                arguments, references, attribution, told, proposal, kind, vector, feature, encoded
            )
            if act is None:
                continue
            act.confidence = float(1 - chance[_NONE]) * float(chance[kind] / max(1e-9, 1 - chance[_NONE]))
            act.vector, act.features = vector, feature
            acts.append(act)
            told.remember(act)
        return distinct(tree, acts)

    def settle(self, act: Act, status: Status, voice: Voice, dated: bool) -> tuple[Status, Voice]:
        """Status and voice as the model reads them, the rules' reading among its features."""
        if act.vector is None or act.features is None:
            return status, voice
        judged = judgement_features(status, voice, act.assertion.reported, dated)
        statuses, voices = self._model.judgements(act.vector, act.features, judged)
        weighed = statuses.copy()
        weighed[STATUSES.index(str(status))] *= _RULES_STATUS
        read = Status(STATUSES[int(np.argmax(weighed))])
        if dated and read is Status.HISTORICAL and status is Status.ACTUAL:
            read = status  # a date of the last weeks is no history, whatever the words sound like
        if voice is Voice.COMMENTARY:
            return read, voice  # who comments is told by the frame, which the model does not see
        return read, Voice(VOICES[int(np.argmax(voices))])

    def _vector(self, encoded: Encoded, tree: Tree, i: int) -> np.ndarray:
        return encoded.at(tree.starts[i] - tree.start, tree.ends[i] - tree.start)

    def _made(
        self,
        arguments: Arguments,
        references: References,
        attribution: Attribution,
        told: Told,
        proposal: Proposal,
        kind: int,
        vector: np.ndarray,
        read: np.ndarray,
        encoded: Encoded,
    ) -> Act | None:
        tree, i = arguments.tree, proposal.token
        made = proposal.act
        offered = candidates(arguments, references, attribution, told, i, made)
        if not offered:
            return None
        roles = roles_of(arguments, i)
        places = np.stack(
            [
                self._vector(encoded, tree, c.token) if c.token is not None else np.zeros_like(vector)
                for c in offered
            ]
        )
        features = np.stack([party_features(c, arguments, i, made, roles, offered) for c in offered])
        sides = self._model.parties(vector, read, places, features, kind)
        actor, recipient = _sides(offered, sides)
        if not actor and not recipient:
            return None
        both = {p.code for p in actor} & {p.code for p in recipient}
        if len(both) == 1 and made is not None and not made.symmetric and EVENTS[kind] not in _AT_HOME:
            others = [p for p in recipient if p.code not in both]
            recipient = others or [p for p in made.recipient if p.code not in both] or recipient
        trigger = _retyped(proposal.trigger, EVENTS[kind])
        assertion = attribution.of(arguments, i)
        symmetric = len(both) > 1
        if symmetric:
            actor = recipient = _merged(actor, recipient)
        return Act(i, trigger, actor, recipient, assertion, symmetric)


def _sides(offered: Sequence[Candidate], chances: np.ndarray) -> tuple[list[Party], list[Party]]:
    """Both sides of an act."""
    both = chances[:, SIDES.index("both")]
    acts = chances[:, SIDES.index("actor")] + both
    receives = chances[:, SIDES.index("recipient")] + both
    return _chosen(offered, acts), _chosen(offered, receives)


def _chosen(offered: Sequence[Candidate], chances: np.ndarray) -> list[Party]:
    """Whoever is likely enough on a side, or the likeliest where that is not too far fetched."""
    sure = [c.party for c, p in zip(offered, chances, strict=True) if p >= _SURE]
    best = int(np.argmax(chances))
    if not sure and chances[best] >= _FAIR:
        return [offered[best].party]
    return sure


def _merged(one: Sequence[Party], two: Sequence[Party]) -> list[Party]:
    return list({p.code: p for p in (*one, *two)}.values())


def _retyped(trigger: Trigger, event: str) -> Trigger:
    """The trigger with the model's type; a mode of another type is dropped."""
    if trigger.event == event:
        return trigger
    return replace(trigger, event=event, mode=None)
