"""The learned decision: a small encoder reads the sentence, the rules' reading stands beside it.

The grammar and the lexicon propose predicates and parties (`classifier.py`); the model decides which are
acts, of which type, between whom, in which direction, with which status and voice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from detente.coding.acts import Act, Proposal, Told, distinct
from detente.coding.attribution import SAYING, Attribution
from detente.coding.candidates import Arguments
from detente.coding.classifier import RuleClassifier
from detente.coding.features import (
    EVENTS,
    SIDES,
    STATUSES,
    VOICES,
    Candidate,
    candidates,
    grounds,
    is_predicate,
    judgement_features,
    party_features,
    place,
    roles_of,
    trigger_features,
)
from detente.coding.lexicon import Lexicon, Trigger
from detente.coding.model import Encodings, Model
from detente.coding.references import References
from detente.coding.statements import Statements
from detente.coding.trees import Tree
from detente.records import Party, Status, Voice

if TYPE_CHECKING:
    from detente.coding.tracing import Trace

__all__ = ["LearnedClassifier", "proposals"]

_NONE = EVENTS.index("NONE")
_POSSIBLE = 0.3  # below it a predicate is not looked at
_DOUBTED = 0.5  # the same where the rules would keep no act: no trigger, a purpose, the content of another
_SURE = 0.4  # see docs/method/model.md
_FAIR = 0.1
# What a state may well do to its own people or politicians.
_AT_HOME = frozenset({"ACCUSE", "COERCE", "ASSAULT", "PROTEST", "MOBILIZE", "SUPPORT"})
_JOINT = frozenset({"CONSULT", "AGREE", "COOPERATE"})  # who stands on both sides did it with the others
_RULES_STATUS = 5.0  # how much likelier the rules' own reading of the status makes it
_RULES_NEGATED = 1000.0  # the same where they read "not", "without", "failed to": the words say so
_RULES_VOICE = 3.0  # the same for the voice


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
        least: how likely an act must be right in type and parties to be told, 0 to 1; higher is more precise.
            None takes what the model's card found best.

    What tells a standing relation, or is listed as no act, is never one.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        statements: Statements,
        model: Model,
        least: float | None = None,
    ) -> None:
        super().__init__(lexicon, statements)
        self.name = model.name
        self._model = model
        self._least = model.least if least is None else least

    def begin(self, text: str, spans: Sequence[tuple[int, int]], wanted: Sequence[bool]) -> Encodings:
        """Encode the wanted sentences and their neighbours in another thread, while the grammar is parsed."""
        return self._model.start(text, spans, wanted)

    def decide(
        self,
        arguments: Arguments,
        references: References,
        attribution: Attribution,
        told: Told,
        encodings: Encodings | None = None,
        trace: Trace | None = None,
    ) -> list[Act]:
        """All acts of one sentence, in order of their triggers; a `trace` is told each decision."""
        tree = arguments.tree
        if encodings is None:
            raise ValueError("the learned classifier decides only what it began to read")
        found = list(proposals(self, arguments, references, attribution, told))
        if not found:
            return []
        vectors = np.stack([encodings.at(tree.starts[p.token], tree.ends[p.token]) for p in found])
        features = np.stack(
            [trigger_features(p, arguments, references, attribution, self.lexicon) for p in found]
        )
        chances = self._model.events(vectors, features)
        acts = []
        for proposal, vector, feature, chance in zip(found, vectors, features, chances, strict=True):
            barred = self.lexicon.barred(tree, proposal.token)
            doubted = not proposal.kept or proposal.act is None
            needed = _DOUBTED if doubted else _POSSIBLE
            if trace is not None:
                trace.proposed(proposal)
                trace.weighed(proposal.token, chance, needed, barred)
            if proposal.standing or barred or 1 - chance[_NONE] < needed:
                continue
            act = self._made(
                arguments, references, attribution, told, proposal, chance, vector, feature, encodings, trace
            )
            if act is not None and act.trigger.event == "THREATEN" and not _uttered(tree, proposal, act):
                act = None
            if act is not None and trace is not None:
                trace.bounded(act, self._least)
            if act is None or (act.confidence or 0) < self._least:
                continue
            act.vector, act.features = vector, feature
            acts.append(act)
        for act in acts:
            told.remember(act)
        kept = distinct(tree, acts)
        if trace is not None:
            trace.decided(acts, kept)
        return kept

    def settle(
        self, act: Act, status: Status, voice: Voice, dated: bool, trace: Trace | None = None
    ) -> tuple[Status, Voice]:
        """Status and voice as the model reads them, the rules' reading among its features."""
        if act.vector is None or act.features is None:
            return status, voice
        judged = judgement_features(status, voice, act.assertion.reported, dated)
        statuses, voices = self._model.judgements(act.vector, act.features, judged)
        if trace is not None:
            trace.weighted(act, statuses, voices, _RULES_STATUS)
        weighed = statuses.copy()
        weighed[STATUSES.index(str(status))] *= _RULES_NEGATED if status is Status.NEGATED else _RULES_STATUS
        read = Status(STATUSES[int(np.argmax(weighed))])
        if dated and read is Status.HISTORICAL and status is Status.ACTUAL:
            read = status  # a date of the last weeks is no history, whatever the words sound like
        if dated and status is Status.FUTURE and read is Status.HISTORICAL:
            read = status  # nor is what lies ahead
        if voice is Voice.COMMENTARY:
            return read, voice  # who comments is told by the frame, which the model does not see
        heard = voices.copy()
        heard[VOICES.index(str(voice))] *= _RULES_VOICE
        return read, Voice(VOICES[int(np.argmax(heard))])

    def _made(
        self,
        arguments: Arguments,
        references: References,
        attribution: Attribution,
        told: Told,
        proposal: Proposal,
        chance: np.ndarray,
        vector: np.ndarray,
        read: np.ndarray,
        encodings: Encodings,
        trace: Trace | None,
    ) -> Act | None:
        tree, i = arguments.tree, proposal.token
        made = proposal.act
        offered = candidates(arguments, references, attribution, told, i, made)
        if not offered:
            return None
        kind = int(np.argmax(chance[:_NONE]))
        roles = roles_of(arguments, i)
        places = np.stack(
            [
                encodings.at(*where) if where is not None else np.zeros_like(vector)
                for where in (place(c, tree) for c in offered)
            ]
        )
        told_of = np.stack(
            [party_features(c, arguments, i, made, roles, offered, references) for c in offered]
        )
        sides = self._model.parties(vector, places, told_of, kind)
        if trace is not None:
            trace.offered(i, offered, sides)
        both = sides[:, SIDES.index("both")]
        actor, actor_sure = _chosen(offered, sides[:, SIDES.index("actor")] + both)
        recipient, recipient_sure = _chosen(offered, sides[:, SIDES.index("recipient")] + both)
        if not actor and not recipient:
            return None
        same = {p.code for p in actor} & {p.code for p in recipient}
        if len(same) == 1 and made is not None and not made.symmetric and EVENTS[kind] not in _AT_HOME:
            others = [p for p in recipient if p.code not in same]
            recipient = others or [p for p in made.recipient if p.code not in same] or recipient
            same = {p.code for p in actor} & {p.code for p in recipient}
        trigger = _retyped(proposal.trigger, EVENTS[kind])
        everybody = _merged(actor, recipient)
        symmetric = len(same) > 1 or (len(same) == 1 < len(everybody) and EVENTS[kind] in _JOINT)
        if symmetric:
            actor = recipient = everybody
        elif same and len(everybody) > 1:  # nobody stands on both sides beside another
            actor = [p for p in actor if p.code not in same] or actor
            if {p.code for p in actor} & same:
                recipient = [p for p in recipient if p.code not in same]
        act = Act(i, trigger, actor, recipient, attribution.of(arguments, i), symmetric)
        sure = (actor_sure, recipient_sure)
        act.grounds = grounds(chance, sure, bool(actor), bool(recipient), symmetric, proposal)
        act.confidence = self._model.confidence(act.grounds)
        return act


def _uttered(tree: Tree, proposal: Proposal, act: Act) -> bool:
    """Whether words can be a threat at all: listed as one, said aloud, or telling what somebody will do.

    "Is weighing whether to expel", "fear that they will bomb" threaten nobody.
    """
    i = proposal.token
    made = proposal.act
    if "THREATEN" in (proposal.trigger.event, made.trigger.event if made is not None else None):
        return True
    if act.assertion.mention is not None or tree.lemmas[i] in SAYING:
        return True
    chain = [i, *(k for k in tree.ancestors(i) if tree.tags[k] == "VB")]
    return any(tree.lemmas[c] in _WILLING for k in chain for c in tree.with_dep(k, "aux"))


_WILLING = frozenset("will would shall 'll 'd wo".split())


def _chosen(offered: Sequence[Candidate], chances: np.ndarray) -> tuple[list[Party], float]:
    """Whoever is likely enough on a side, or the likeliest if that is not too far fetched; and how sure."""
    sure = [(c.party, float(p)) for c, p in zip(offered, chances, strict=True) if p >= _SURE]
    best = int(np.argmax(chances))
    if not sure and chances[best] >= _FAIR:
        sure = [(offered[best].party, float(chances[best]))]
    if not sure:
        return [], 1 - float(chances[best])
    return [one for one, _ in sure], min(p for _, p in sure)


def _merged(one: Sequence[Party], two: Sequence[Party]) -> list[Party]:
    return list({p.code: p for p in (*one, *two)}.values())


def _retyped(trigger: Trigger, event: str) -> Trigger:
    """The trigger with the model's type; a mode of another type is dropped."""
    if trigger.event == event:
        return trigger
    return replace(trigger, event=event, mode=None)
