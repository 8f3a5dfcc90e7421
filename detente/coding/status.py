"""How real an act is: judged from negation, modality, tense, condition and date of its clause."""

from __future__ import annotations

from datetime import date, timedelta

from detente.coding.candidates import LIGHT
from detente.coding.trees import Tree
from detente.records import Status

__all__ = ["status_of"]

HISTORICAL_AFTER = timedelta(days=30)

_NEVER = frozenset("not no never n't neither nor without hardly cannot".split())
_FUTURE_AUX = frozenset("will shall 'll wo".split())
_MAYBE_AUX = frozenset("may might could would should can 'd ca must".split())
_CONDITION = frozenset("if unless whether should lest".split())
_FUTURE_VERBS = frozenset(
    "plan intend prepare schedule expect arrange aim propose decide promise vow pledge set due go "
    "announce ready slate".split()
)
_MAYBE_VERBS = frozenset(
    "consider entertain mull weigh contemplate hope wish want seek try attempt may fear suggest "
    "propose discuss debate explore study imagine suppose speculate risk avoid prevent avert deter "
    "stop discourage oppose urge call ask demand encourage allow enable authorise authorize require "
    "need request recommend advise invite warn threaten tempt offer willing able likely".split()
)
_FAILED_VERBS = frozenset("fail refuse decline deny stop cease forget avoid prohibit".split())
_FUTURE_WORDS = frozenset(
    "upcoming planned forthcoming future scheduled next impending coming expected".split()
)
_MAYBE_WORDS = frozenset(
    "possible potential proposed hypothetical alleged likely prospective would-be feared suggested "
    "any eventual".split()
)
_PAST_WORDS = frozenset(
    "previous previously former formerly earlier past historically once long-standing".split()
)


_FEARED = frozenset(
    "fear risk danger possibility prospect chance likelihood idea hope talk threat warning event case "
    "absence lack prevention avoidance".split()
)


def status_of(
    tree: Tree,
    i: int,
    *,
    when: tuple[date, date] | None,
    published: date | None,
    speech_act: bool,
    reported: bool = False,
) -> Status:
    """Status of the act that token `i` reports.

    Args:
        when: first and last day of the act's date, None where the text gives none.
        published: day the document appeared.
        speech_act: the act is itself done by saying (THREATEN, REQUEST, AGREE …): "would" in what is
            said does not touch it.
        reported: the clause hangs on a verb of saying in the past ("said it would").
    """
    chain = _chain(tree, i)
    if _negated(tree, i, chain):
        return Status.NEGATED
    if _denied(tree, i):
        return Status.NEGATED
    if _conditional(tree, chain):
        return Status.HYPOTHETICAL
    modal = _modality(tree, i, chain, speech_act, reported)
    if modal is not None:
        return modal
    if when is not None and published is not None:
        first, last = when
        if last < published - HISTORICAL_AFTER:
            return Status.HISTORICAL
        if first > published and not speech_act:
            return Status.FUTURE
    if _past(tree, i, chain) or (when is None and not reported and _pluperfect(tree, chain)):
        return Status.HISTORICAL
    return Status.ACTUAL


def _chain(tree: Tree, i: int) -> list[int]:
    """The token and the verbs that govern it closely: light verbs of a noun, heads of an infinitive."""
    chain = [i]
    at = i
    for _ in range(6):
        head = tree.heads[at]
        if head == at:
            break
        dep = tree.deps[at]
        if tree.pos(at) == "noun" or dep in ("prep", "pobj", "pcomp"):
            if (
                tree.pos(head) == "verb"
                and tree.lemmas[head] in LIGHT
                and (dep in ("dobj", "nsubjpass", "obj", "attr", "oprd", "pobj", "prep", "conj", "nsubj"))
            ):
                chain.append(head)
                at = head
                continue
            if dep == "conj":
                at = head
                continue
            if (
                dep in ("pobj",)
                and tree.deps[head] == "prep"
                and tree.pos(tree.heads[head]) == "verb"
                and tree.lemmas[tree.heads[head]] in LIGHT
            ):
                chain.append(tree.heads[head])
                at = tree.heads[head]
                continue
            break
        if dep in ("xcomp", "aux") or (
            dep == "conj" and tree.pos(head) == "verb" and not tree.with_dep(at, "nsubj", "nsubjpass", "aux")
        ):
            chain.append(head)
            at = head
            continue
        if dep in ("acl",) and tree.tags[at] == "VB":
            chain.append(head)
            at = head
            continue
        break
    return chain


def _negated(tree: Tree, i: int, chain: list[int]) -> bool:
    for k in chain:
        if any(tree.lemmas[c] in _NEVER for c in tree.with_dep(k, "neg")):
            return True
        if tree.pos(k) == "noun" and any(tree.lemmas[c] == "no" for c in tree.with_dep(k, "det")):
            return True
        if tree.pos(k) == "verb" and any(
            tree.lemmas[c] in ("never", "neither") for c in tree.with_dep(k, "advmod", "preconj")
        ):
            return True
        for s in tree.with_dep(k, "nsubj", "nsubjpass", "dobj"):
            if k != i and s != i and tree.pos(k) != "verb":
                continue
            if any(tree.lemmas[c] == "no" for c in tree.with_dep(s, "det")):
                return True
        head = tree.heads[k]
        if (
            head != k
            and tree.deps[k] in ("xcomp", "pcomp")
            and (
                tree.lemmas[head] in _FAILED_VERBS
                or (tree.deps[k] == "pcomp" and tree.lemmas[head] in ("without",))
            )
        ):
            return True
        if tree.deps[k] == "pobj" and tree.lemmas[head] == "without":
            return True
    return False


def _denied(tree: Tree, i: int) -> bool:
    """Whether the act is told only to be denied: "denied that its troops had attacked"."""
    below = i
    for k in tree.ancestors(i):
        if tree.deps[below] in ("ccomp", "xcomp", "pcomp", "dobj") and tree.lemmas[k] in ("deny", "refute"):
            return True
        if tree.deps[below] in ("relcl", "advcl", "acl", "conj"):
            return False
        below = k
    return False


def _conditional(tree: Tree, chain: list[int]) -> bool:
    for k in (*chain, *tree.ancestors(chain[-1])):
        if tree.pos(k) == "verb" and any(
            tree.lemmas[c] in ("if", "unless", "lest", "whether") for c in tree.with_dep(k, "mark")
        ):
            return True
        if tree.deps[k] in ("relcl", "acl"):
            return False
    return False


def _modality(tree: Tree, i: int, chain: list[int], speech_act: bool, reported: bool) -> Status | None:
    for n, k in enumerate(chain):
        aux = {tree.lemmas[c] for c in tree.with_dep(k, "aux")}
        if aux & _FUTURE_AUX:
            return None if speech_act and n == 0 else Status.FUTURE
        if "would" in aux or "'d" in aux:
            if speech_act:
                return None
            if any(tree.lemmas[c] == "have" for c in tree.with_dep(k, "aux")):
                return Status.HYPOTHETICAL
            conditioned = any(
                tree.lemmas[m] in ("if", "unless")
                for c in tree.with_dep(k, "advcl")
                for m in tree.with_dep(c, "mark")
            )
            return Status.HYPOTHETICAL if conditioned else Status.FUTURE
        if aux & {"may", "might", "could", "can", "should", "must"}:
            if speech_act and n == 0 and aux & {"must", "can"}:
                return None
            return Status.HYPOTHETICAL
        if tree.pos(k) == "noun" or k == i:
            modifiers = {tree.lemmas[c] for c in tree.with_dep(k, "amod", "advmod", "det")}
            if modifiers & _FUTURE_WORDS:
                return Status.FUTURE
            if modifiers & _MAYBE_WORDS and tree.pos(k) == "noun":
                return Status.HYPOTHETICAL
        if n == 0 and k == i and tree.pos(k) == "verb" and len(chain) == 1:
            outer = _infinitive(tree, k)
            if outer is not None:
                return outer
        if (
            n
            and tree.pos(k) == "verb"
            and tree.deps[chain[n - 1]] == "xcomp"
            and (_to(tree, chain[n - 1]) or tree.tags[chain[n - 1]] == "VBG")
        ):
            outer = _governed(tree, k)
            if outer is not None:
                return outer
        if n and tree.pos(k) == "noun" and tree.deps[chain[n - 1]] == "acl":
            return (
                Status.FUTURE
                if tree.lemmas[k] in ("plan", "decision", "intention", "order")
                else Status.HYPOTHETICAL
            )
        if n and tree.pos(k) == "verb" and tree.lemmas[k] in ("plan", "schedule", "arrange", "propose"):
            return Status.FUTURE
        if n and tree.tags[k] == "VB" and tree.deps[k] in ("xcomp", "advcl", "acl", "ccomp"):
            outer = _infinitive(tree, k)
            if outer is not None:
                return outer
    if tree.pos(i) == "noun":
        if tree.deps[i] == "pobj" and tree.lemmas[tree.heads[tree.heads[i]]] in _FEARED:
            return Status.HYPOTHETICAL
        for k in tree.ancestors(i):
            if tree.pos(k) == "verb":
                if tree.lemmas[k] in ("plan", "schedule", "prepare", "arrange", "propose"):
                    return Status.FUTURE
                if tree.lemmas[k] in (
                    "consider",
                    "mull",
                    "entertain",
                    "weigh",
                    "risk",
                    "avoid",
                    "prevent",
                    "avert",
                    "fear",
                    "contemplate",
                    "explore",
                    "seek",
                    "want",
                    "hope",
                ):
                    return Status.HYPOTHETICAL
                break
            if tree.deps[k] == "relcl":
                break
    return None


def _to(tree: Tree, k: int) -> bool:
    return any(tree.lemmas[c] == "to" for c in tree.with_dep(k, "aux"))


def _infinitive(tree: Tree, k: int) -> Status | None:
    """Status of an infinitive or gerund by what governs it; None where it stands by itself."""
    if not _to(tree, k) and tree.tags[k] != "VBG":
        return None
    head = tree.heads[k]
    if head == k:
        return None
    dep = tree.deps[k]
    if dep in ("xcomp", "ccomp"):
        return _governed(tree, head)
    if dep == "advcl" and _to(tree, k):
        return Status.HYPOTHETICAL  # a purpose is no act
    if dep == "acl" and _to(tree, k):
        return (
            Status.FUTURE
            if tree.lemmas[head] in ("plan", "decision", "intention", "order")
            else Status.HYPOTHETICAL
        )
    if dep == "pcomp":
        return _governed(tree, tree.heads[head])
    return None


def _governed(tree: Tree, head: int) -> Status | None:
    lemma = tree.lemmas[head]
    if lemma in _FUTURE_VERBS:
        return Status.FUTURE
    if lemma in _MAYBE_VERBS:
        return Status.HYPOTHETICAL
    return None


def _pluperfect(tree: Tree, chain: list[int]) -> bool:
    """ "Had imposed": further back than what the text tells, unless it only reports what was said."""
    return any(
        tree.words[c].lower() in ("had", "'d") and tree.tags[k] == "VBN"
        for k in chain
        for c in tree.with_dep(k, "aux")
    )


def _past(tree: Tree, i: int, chain: list[int]) -> bool:
    return any(any(tree.lemmas[c] in _PAST_WORDS for c in tree.with_dep(k, "amod", "advmod")) for k in chain)
