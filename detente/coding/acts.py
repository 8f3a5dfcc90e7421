"""Acts before they are events: what a predicate reports, between whom, and what was told before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from detente.coding.lexicon import Trigger
from detente.coding.trees import Tree
from detente.records import Party

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detente.coding.attribution import Assertion

__all__ = [
    "SPEECH",
    "Act",
    "Proposal",
    "Told",
    "distinct",
    "made_a_threat",
    "purposed",
    "regretted",
    "standing",
    "told_again",
]

# Types that are done by saying something; what they ask for, promise or threaten is not coded beside them.
SPEECH = frozenset({"AGREE", "REQUEST", "THREATEN", "REJECT", "ACCUSE", "SUPPORT", "CONCEDE"})


@dataclass(slots=True)
class Act:
    """A predicate taken for an act, with its parties, before status and date."""

    token: int
    trigger: Trigger
    actor: list[Party]
    recipient: list[Party]
    assertion: Assertion
    symmetric: bool
    direct: int = 0
    confidence: float | None = None
    vector: NDArray[np.float32] | None = None
    features: NDArray[np.float32] | None = None
    grounds: NDArray[np.float32] | None = None


@dataclass(slots=True)
class Proposal:
    """A listed predicate and what the rules make of it.

    `purpose`: it is only what something else is for; `standing`: it tells how things stand; `inside`: it
    is the content of another act, told by the token `outer` where one is known. `act` is None where no
    party can be found; `missing` says so in plain words.
    """

    token: int
    trigger: Trigger
    purpose: bool
    standing: bool
    inside: bool = False
    act: Act | None = None
    kept: bool = False
    outer: int | None = None
    missing: str | None = None

    def take(self, made: Act | str) -> Proposal:
        """The proposal with its act, or with the reason why there is none."""
        if isinstance(made, str):
            self.missing = made
        else:
            self.act = made
        return self


class Told:
    """Acts told so far in a document, for "the attack" and "was also killed" further down."""

    def __init__(self) -> None:
        self._acts: dict[str, tuple[list[Party], list[Party], bool]] = {}
        self._newest: tuple[list[Party], list[Party]] | None = None

    def newest(self) -> tuple[list[Party], list[Party]] | None:
        """Sides of the act told last, of any type; None before the first."""
        return self._newest

    def tell(self, actor: list[Party], recipient: list[Party]) -> None:
        """Set the sides of the act told last."""
        self._newest = actor, recipient

    def remember(self, act: Act) -> None:
        """Keep an act as the last one told, and its sides for its type where both are known."""
        self.tell(act.actor, act.recipient)
        codes = {p.code for p in act.actor}
        if act.actor and act.recipient and {p.code for p in act.recipient} - codes:
            self._acts.pop(act.trigger.event, None)  # the newest goes last
            self._acts[act.trigger.event] = (act.actor, act.recipient, act.symmetric)

    def pointed(self, event: str | None, without: set[str]) -> list[Party]:
        """Who did the act that "the operation" or "the decision" points to; never one of `without`."""
        acts = [self._acts[event]] if event in self._acts else list(reversed(self._acts.values()))
        for actor, _, symmetric in acts:
            if not symmetric and not {p.code for p in actor} & without:
                return [replace(p, how="event") for p in actor]
        return []

    def last(self, event: str) -> tuple[list[Party], list[Party], bool] | None:
        """Sides of the last act of a type; None where none was told."""
        return self._acts.get(event)


def distinct(tree: Tree, acts: list[Act]) -> list[Act]:
    """Acts of one sentence without repeats: one act told by a verb and by its own noun counts once."""
    kept: list[Act] = []
    for act in acts:
        key = (act.trigger.event, {p.code for p in act.actor}, {p.code for p in act.recipient})
        if any(
            (k.trigger.event, {p.code for p in k.actor}, {p.code for p in k.recipient}) == key
            and not _joined(tree, k.token, act.token)
            for k in kept
        ):
            continue
        kept.append(act)
    return kept


def _joined(tree: Tree, a: int, b: int) -> bool:
    """Whether two predicates are joined side by side ("imposed sanctions and revoked the visa")."""
    return tree.pos(a) == tree.pos(b) == "verb" and (
        (tree.deps[b] == "conj" and tree.heads[b] == a) or (tree.deps[a] == "conj" and tree.heads[a] == b)
    )


# Verbs that in the simple present tell how things stand, not what is done.
_STATES = frozenset(
    "support back recognize recognise oppose favour favor ally align host arm fund finance sponsor "
    "supply harbour harbor shelter cooperate trade own need respect enjoy share occupy administer "
    "claim export import "
    "depend prohibit ban restrict".split()
)


def standing(tree: Tree, i: int) -> bool:
    """Whether a verb tells how things stand or a habit ("which supports the rebels"), not an act."""
    if _habit(tree, i):
        return True
    if tree.lemmas[i] not in _STATES:
        return False
    if tree.tags[i] in ("VBZ", "VBP"):
        return tree.deps[i] in ("relcl", "acl", "advcl") or not tree.with_dep(i, "ccomp")
    return tree.lemmas[i] in ("ally", "align")


_HABITS = frozenset(
    "usually generally annually routinely normally typically traditionally yearly periodically".split()
)


def _habit(tree: Tree, i: int) -> bool:
    """Whether a word tells what is done again and again: "are usually held", "every spring … chases"."""
    verb = i
    if tree.pos(i) == "noun" and tree.deps[i] in ("nsubj", "nsubjpass", "dobj"):
        verb = tree.heads[i]
    if tree.pos(verb) != "verb" or tree.tags[verb] not in ("VBZ", "VBP", "VBN"):
        return False
    if tree.tags[verb] == "VBN" and not any(
        tree.words[c].lower() in ("is", "are") for c in tree.with_dep(verb, "auxpass")
    ):
        return False
    return any(tree.lemmas[c] in _HABITS for c in tree.with_dep(verb, "advmod")) or any(
        tree.words[c].lower() in ("every", "each")
        for k in tree.with_dep(verb, "npadvmod")
        for c in tree.kids[k]
    )


def purposed(tree: Tree, i: int) -> bool:
    """Whether the act is only what something else is for ("to protect", "in order to")."""
    at = i
    for _ in range(4):
        if tree.deps[at] in ("advcl", "acl", "relcl") and any(
            tree.lemmas[k] == "to" for k in tree.with_dep(at, "aux")
        ):
            head = tree.heads[at]
            return not (tree.pos(head) == "noun" and tree.lemmas[head] in _DECIDED)
        if tree.deps[at] == "pcomp" and tree.lemmas[tree.heads[at]] in (
            "for",
            "of",
            "at",
            "toward",
            "towards",
        ):
            return tree.lemmas[tree.heads[at]] != "of" or tree.pos(tree.heads[tree.heads[at]]) == "noun"
        if tree.deps[at] in ("dobj", "conj", "xcomp") or (
            tree.deps[at] == "ccomp" and tree.lemmas[tree.heads[at]] in ("help", "let", "make", "enable")
        ):
            at = tree.heads[at]
            continue
        return False
    return False


_DECIDED = frozenset(
    "plan decision vow pledge promise threat order agreement refusal intention offer call demand request "
    "attempt bid move deal".split()
)


_HARM = frozenset({"ASSAULT", "SANCTION", "COERCE", "MOBILIZE"})


def made_a_threat(tree: Tree, act: Act) -> None:
    """ "If they do, I will destroy …" is a threat made, not an act to come."""
    i = act.token
    if act.trigger.event not in _HARM or act.trigger.pos != "verb" or not act.assertion.mention:
        return
    aux = {tree.lemmas[k] for k in tree.with_dep(i, "aux")}
    own = any(p.code == act.assertion.mention.code for p in act.actor)
    conditional = any(tree.lemmas[k] in ("if", "unless") and tree.deps[k] == "mark" for k in range(len(tree)))
    if own and conditional and aux & {"will", "shall", "'ll"}:
        act.trigger = replace(act.trigger, event="THREATEN", mode=None)


def told_again(
    tree: Tree, i: int, trigger: Trigger, told: Told
) -> tuple[list[Party], list[Party], bool] | None:
    """Sides of an act told before, where a word points back to it: "the strike", "was hit in the raid"."""
    if trigger.event not in _RETOLD or trigger.strength < 2:
        return None
    if trigger.pos == "noun":
        pointing = {tree.lemmas[k] for k in tree.with_dep(i, "det")} & {"the", "this", "that", "these"}
        if not pointing:
            return None
    elif not (tree.tags[i] == "VBN" and tree.with_dep(i, "nsubjpass")):
        return None
    last = told.last(trigger.event)
    if last is None:
        return None
    actor, recipient, symmetric = last
    return [replace(p, how="event") for p in actor], [replace(p, how="event") for p in recipient], symmetric


_RETOLD = frozenset({"ASSAULT", "COERCE", "SANCTION", "MOBILIZE", "RETREAT", "PROTEST"})


def regretted(trigger: Trigger, actor: Sequence[Party], recipient: Sequence[Party]) -> Trigger:
    """Regret about another's act is blame, about one's own an apology."""
    blamed = {p.code for p in recipient} - {p.code for p in actor}
    return replace(trigger, event="ACCUSE" if blamed else "CONCEDE", mode="disapprove" if blamed else None)
