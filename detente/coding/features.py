"""What the model is told beside the words: how the rules read a predicate and its possible parties.

Two vectors of numbers between 0 and 1: one for a predicate (`trigger_features`), one for a predicate and
one code (`party_features`). Their layout is part of a model's version: change one, train again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.coding.acts import Act, Proposal, Told
from detente.coding.attribution import Attribution
from detente.coding.candidates import Arguments
from detente.coding.lexicon import Lexicon
from detente.coding.references import References, party
from detente.coding.trees import Tree
from detente.records import Party, Status, Voice

__all__ = [
    "EVENTS",
    "LAYOUT",
    "SIDES",
    "STATUSES",
    "VOICES",
    "Candidate",
    "candidates",
    "grounds",
    "is_predicate",
    "judgement_features",
    "party_features",
    "place",
    "trigger_features",
]

LAYOUT = "features.v2"

EVENTS = (
    "AGREE CONSULT SUPPORT CONCEDE COOPERATE AID RETREAT REQUEST ACCUSE REJECT THREATEN PROTEST SANCTION "
    "MOBILIZE COERCE ASSAULT NONE"
).split()
STATUSES = [str(s) for s in Status]
VOICES = [str(v) for v in Voice]
SIDES = ("none", "actor", "recipient", "both")

_DEPS = (
    "ROOT ccomp xcomp conj dobj pobj nsubj nsubjpass advcl relcl acl amod compound pcomp attr appos oprd "
    "acomp npadvmod"
).split()
_TAGS = "VB VBD VBG VBN VBP VBZ NN NNS NNP JJ".split()
_ROLES = (
    "subj obj iobj poss compound by of on against with to from for between in at into toward comp"
).split()
_HOWS = "gazetteer learned pronoun title group speaker sentence place event document".split()
_KINDS = "name demonym demonym_plural capital seat place organisation group person body".split()
_NOUN_ENDINGS = (
    "tion", "sion", "ment", "ance", "ence", "al", "ing", "ure", "age", "ship", "fire", "down", "up", "out",
    "back", "over", "y", "st", "ct", "ck", "ll", "rm", "ve", "de", "ge", "se", "ch",
)  # fmt: skip
_SKIPPED = frozenset("be have do can will would may must".split())


def is_predicate(tree: Tree, i: int, lexicon: Lexicon) -> bool:
    """Whether a token may report an act: a full verb, an event noun, or a listed adjective."""
    if tree.mentions[i] is not None or tree.deps[i] in ("aux", "auxpass", "punct", "case", "det"):
        return False
    pos, lemma = tree.pos(i), tree.lemmas[i]
    if pos == "verb":
        return lemma not in _SKIPPED
    if pos == "noun":
        return bool(lexicon.rows(lemma, "noun")) or (len(lemma) > 4 and lemma.endswith(_NOUN_ENDINGS))
    return pos == "adj" and bool(lexicon.rows(lemma, "adj"))


def _hot(names: Sequence[str], chosen: Iterable[str]) -> list[float]:
    wanted = set(chosen)
    return [float(n in wanted) for n in names]


def trigger_features(
    proposal: Proposal,
    arguments: Arguments,
    references: References,
    attribution: Attribution,
    lexicon: Lexicon,
) -> NDArray[np.float32]:
    """How the rules read one predicate; a vector of fixed length."""
    tree, i = arguments.tree, proposal.token
    pos = tree.pos(i)
    trigger, act = proposal.trigger, proposal.act
    rows = lexicon.rows(tree.lemmas[i], pos)
    quote = attribution.quote_at(tree.starts[i])
    aux = {tree.lemmas[k] for k in tree.with_dep(i, "aux")}
    return np.array(
        [
            *_hot(EVENTS, [trigger.event] if trigger else []),
            *_hot(EVENTS, (r.event for r in rows)),
            float(trigger is not None) and trigger.strength / 3 if trigger else 0.0,
            float(bool(trigger and trigger.needs)),
            float(proposal.inside),
            float(proposal.purpose),
            float(proposal.standing),
            float(act is not None),
            float(proposal.kept),
            float(bool(act and act.actor)),
            float(bool(act and act.recipient)),
            float(bool(act and act.direct > 1)),
            *_hot(("verb", "noun", "adj"), [pos]),
            *_hot(_TAGS, [tree.tags[i]]),
            *_hot(_DEPS, [tree.deps[i]]),
            float(pos == "verb" and arguments.passive(i)),
            float(quote is not None),
            float(quote is not None and quote.kind == "direct"),
            float(bool(aux & {"will", "shall", "'ll"})),
            float(bool(aux & {"would", "'d"})),
            float(bool(aux & {"may", "might", "could", "can"})),
            float(bool(aux & {"must", "should", "ought"})),
            float("to" in aux),
            float(bool(tree.with_dep(i, "neg"))),
            float(any(tree.lemmas[k] in ("if", "unless") for k in tree.with_dep(i, "mark"))),
            float(bool(tree.with_dep(i, "ccomp", "xcomp"))),
            float(references.official),
            min(1.0, len(tree) / 60),
        ],
        dtype=np.float32,
    )


def judgement_features(status: Status, voice: Voice, reported: bool, dated: bool) -> NDArray[np.float32]:
    """How the rules judge an act's status and voice."""
    return np.array(
        [*_hot(STATUSES, [str(status)]), *_hot(VOICES, [str(voice)]), float(reported), float(dated)],
        dtype=np.float32,
    )


def grounds(
    chance: NDArray[np.float32],
    sure: tuple[float, float],
    actor: bool,
    recipient: bool,
    symmetric: bool,
    proposal: Proposal,
) -> NDArray[np.float32]:
    """What the confidence of an act is worked out from: how sure each decision was, and its kind."""
    none = float(chance[EVENTS.index("NONE")])
    kind = float(chance.max(initial=0.0, where=np.arange(len(chance)) != EVENTS.index("NONE")))
    return np.array(
        [
            _logit(1 - none),
            _logit(kind / max(1e-6, 1 - none)),
            *(_logit(s) for s in sure),
            float(proposal.act is None),
            float(not proposal.kept),
            float(actor),
            float(recipient),
            float(symmetric),
            *_hot(("verb", "noun"), [proposal.trigger.pos]),
        ],
        dtype=np.float32,
    )


def _logit(p: float) -> float:
    p = min(0.995, max(0.005, p))
    return math.log(p / (1 - p))


@dataclass(slots=True)
class Candidate:
    """One code that may be a party of an act, with the words that stand for it nearest to the act."""

    code: str
    party: Party
    token: int | None
    sources: set[str] = field(default_factory=set)


def candidates(
    arguments: Arguments,
    references: References,
    attribution: Attribution,
    told: Told,
    token: int,
    act: Act | None,
) -> list[Candidate]:
    """Every code that may be a party of the act at `token`: of the sentence, before it, of the document."""
    tree = arguments.tree
    found: dict[str, Candidate] = {}

    def add(one: Party, at: int | None, source: str) -> None:
        known = found.get(one.code)
        if known is None:
            found[one.code] = Candidate(one.code, one, at, {source})
            return
        known.sources.add(source)
        if at is not None and (known.token is None or abs(at - token) < abs(known.token - token)):
            known.token, known.party = at, one

    if act is not None:
        for one in (*act.actor, *act.recipient):
            add(one, next((k for k in range(len(tree)) if tree.starts[k] == one.start), None), "rules")
    for k in range(len(tree)):
        mention = tree.mentions[k]
        if mention is not None:
            add(party(mention), k, "sentence")
        elif tree.pos(k) in ("pron", "noun") or tree.tags[k] == "PRP$":
            for one in references.resolve(tree, k, attribution.voice_at(tree.starts[k])):
                add(one, k, "sentence")
    speaker = attribution.voice_at(tree.starts[token])
    if speaker is not None:
        add(party(speaker, "speaker"), None, "speaker")
    for n, mention in enumerate(references.recent(6)):
        add(party(mention, "document"), None, "near" if n < 3 else "before")
    for n, code in enumerate(references.main):
        add(references.main_party(code), None, f"main{n}")
    last = told.last(act.trigger.event) if act is not None else None
    if last is not None:
        for one in (*last[0], *last[1]):
            add(one, None, "told")
    newest = told.newest()
    if newest is not None:
        for side, parties in zip(("acted", "received"), newest, strict=True):
            for one in parties:
                add(one, None, side)
    return list(found.values())


def place(candidate: Candidate, tree: Tree) -> tuple[int, int] | None:
    """Where the words of a candidate stand: those nearest to the act, else an earlier mention."""
    if candidate.token is not None:
        return tree.starts[candidate.token], tree.ends[candidate.token]
    start, end = candidate.party.start, candidate.party.end
    return (start, end) if start is not None and end is not None else None


def party_features(
    candidate: Candidate,
    arguments: Arguments,
    token: int,
    act: Act | None,
    roles: dict[str, set[str]],
    offered: Sequence[Candidate],
    references: References,
) -> NDArray[np.float32]:
    """How a code stands to a predicate; `roles` holds the codes in each role of it."""
    tree = arguments.tree
    before = candidate.party.start
    away = min(1.0, (tree.start - before) / 1500) if before is not None and before < tree.start else 0.0
    at = candidate.token
    mention = tree.mentions[at] if at is not None else None
    distance = abs(at - token) if at is not None else 0
    others = [c.token for c in offered if c.token is not None]
    left = max((k for k in others if k < token), default=None)
    right = min((k for k in others if k > token), default=None)
    placed = (
        at is not None and tree.deps[at] == "pobj" and tree.lemmas[tree.heads[at]] in ("in", "at", "near")
    )
    return np.array(
        [
            *(float(candidate.code in roles[r]) for r in _ROLES),
            float(act is not None and candidate.code in {p.code for p in act.actor}),
            float(act is not None and candidate.code in {p.code for p in act.recipient}),
            float(act is not None and act.symmetric),
            *_hot(
                (
                    *("rules", "sentence", "speaker", "near", "before", "main0", "main1"),
                    *("told", "acted", "received"),
                ),
                candidate.sources,
            ),
            references.share(candidate.code),
            away,
            *_hot(_HOWS, [candidate.party.how]),
            *_hot(_KINDS, [mention.kind] if mention else []),
            float(at is not None),
            float(at is not None and at < token),
            float(at is not None and distance <= 3),
            float(at is not None and 3 < distance <= 8),
            float(at is not None and distance > 8),
            float(placed),
            float(at is not None and tree.deps[at] in ("nsubj", "nsubjpass")),
            float(at is not None and tree.deps[at] == "poss"),
            float(candidate.code in ("UNO", "EUR", "IGO", "NGO")),
            float(at is not None and at == left),
            float(at is not None and at == right),
            float(at is not None and len(others) == 1),
            float(at is not None and tree.heads[at] == tree.root and tree.deps[at] in ("nsubj", "nsubjpass")),
            min(1.0, len(offered) / 8),
        ],
        dtype=np.float32,
    )


def roles_of(arguments: Arguments, token: int) -> dict[str, set[str]]:
    """Codes in each role of a predicate."""
    return {role: {p.code for p in arguments.role(token, role)} for role in _ROLES}
