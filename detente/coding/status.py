"""How real an act is: judged from negation, modality, tense, condition and date of its clause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from detente.coding.candidates import LIGHT
from detente.coding.trees import Tree
from detente.records import Status

__all__ = ["Reading", "read_status", "status_of"]

HISTORICAL_AFTER = timedelta(days=30)

_NEVER = frozenset("not no never n't neither nor without hardly cannot".split())
_NOBODY = frozenset("nobody nothing neither".split())
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


@dataclass(frozen=True, slots=True)
class Reading:
    """A status, the rule that gave it in plain words, and the token the rule saw (None where it saw none)."""

    status: Status
    rule: str
    token: int | None = None


def status_of(
    tree: Tree,
    i: int,
    *,
    when: tuple[date, date] | None,
    published: date | None,
    speech_act: bool,
    reported: bool = False,
) -> Status:
    """Status of the act that token `i` reports; see `read_status`."""
    return read_status(
        tree, i, when=when, published=published, speech_act=speech_act, reported=reported
    ).status


def read_status(
    tree: Tree,
    i: int,
    *,
    when: tuple[date, date] | None,
    published: date | None,
    speech_act: bool,
    reported: bool = False,
) -> Reading:
    """Status of the act that token `i` reports, and the rule that gave it: the first that holds.

    Args:
        when: first and last day of the act's date, None where the text gives none.
        published: day the document appeared.
        speech_act: the act is itself done by saying (THREATEN, REQUEST, AGREE …): "would" in what is
            said does not touch it.
        reported: the clause hangs on a verb of saying in the past ("said it would").
    """
    chain = _chain(tree, i)
    found = (
        _negated(tree, i, chain)
        or _denied(tree, i)
        or _conditional(tree, chain)
        or _modality(tree, i, chain, speech_act, reported)
    )
    if isinstance(found, Reading):
        return found
    if when is not None and published is not None:
        first, last = when
        if last < published - HISTORICAL_AFTER:
            return Reading(Status.HISTORICAL, "its date lies more than thirty days before the publication")
        if first > published and not speech_act:
            return Reading(Status.FUTURE, "its date lies after the publication")
    past = _past(tree, chain)
    if past is not None:
        return Reading(Status.HISTORICAL, "a word puts it in the past", past)
    if when is None and not reported:
        had = _pluperfect(tree, chain)
        if had is not None:
            return Reading(Status.HISTORICAL, "the verb lies before what the text tells", had)
    return Reading(Status.ACTUAL, _PLAIN)


_PLAIN = "no negation, condition, modal verb or date speaks against it"
_NOT = "it is negated"
_FAILS = "it hangs on a verb of not doing it"
_WILL = "a modal verb puts it in the future"
_MIGHT = "a modal verb leaves it open"
_COMING = "a word calls it coming"
_OPEN = "a word calls it possible"
_PLANS = "it hangs on a word of planning"
_WISHES = "it hangs on a word of wish, demand or doubt"
_AIM = "it is what something else is done for"


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
            dep == "conj"
            and tree.tags[head] == tree.tags[at]  # "did not answer and demanded" denies no demand
            and not tree.with_dep(at, "nsubj", "nsubjpass", "aux")
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


def _negated(tree: Tree, i: int, chain: list[int]) -> Reading | None:
    joined = False
    for n, k in enumerate(chain):
        joined = joined or (n > 0 and tree.deps[chain[n - 1]] == "conj")
        deny = [c for c in tree.with_dep(k, "neg") if tree.lemmas[c] in _NEVER]
        if tree.pos(k) == "noun":
            deny += [c for c in tree.with_dep(k, "det") if tree.lemmas[c] == "no"]
        if tree.deps[k] == "pcomp" and _instead(tree, tree.heads[k]):
            deny.append(tree.heads[k])
        if tree.pos(k) == "verb":
            if not joined:  # the object of a joined verb is not its own
                deny += [
                    c for c in tree.with_dep(k, "dobj", "nsubj", "nsubjpass") if tree.lemmas[c] in _NOBODY
                ]
            deny += [
                c for c in tree.with_dep(k, "advmod", "preconj") if tree.lemmas[c] in ("never", "neither")
            ]
        for s in tree.with_dep(k, "nsubj", "nsubjpass", "dobj"):
            if (k != i and s != i and tree.pos(k) != "verb") or joined:
                continue
            deny += [c for c in tree.with_dep(s, "det") if tree.lemmas[c] in ("no", "neither")]
        if not deny and k == i and tree.lemmas[k] == "fail" and tree.with_dep(k, "xcomp"):
            return Reading(Status.NEGATED, _FAILS, k)
        if not deny and _unfulfilled(tree, k):
            return Reading(Status.NEGATED, "an unfulfilled condition: it was not done", k)
        if deny:
            return Reading(Status.NEGATED, _NOT, deny[0])
        head = tree.heads[k]
        if (
            head != k
            and tree.deps[k] in ("xcomp", "pcomp")
            and (
                tree.lemmas[head] in _FAILED_VERBS
                or (tree.deps[k] == "pcomp" and tree.lemmas[head] in ("without",))
            )
        ):
            return Reading(Status.NEGATED, _FAILS if tree.lemmas[head] != "without" else _NOT, head)
        if tree.deps[k] == "pobj" and tree.lemmas[head] == "without":
            return Reading(Status.NEGATED, _NOT, head)
    return None


def _instead(tree: Tree, prep: int) -> bool:
    """Whether a preposition says that something else was done: "far from leaving", "instead of leaving"."""
    before = tree.lemmas[prep - 1] if prep else ""
    return (before, tree.lemmas[prep]) in (("far", "from"), ("instead", "of"), ("rather", "than"))


def _unfulfilled(tree: Tree, k: int) -> bool:
    """Whether a clause is a condition that did not come true: "Had Norway asked, …"."""
    # The tagger often takes the participle of so turned a clause for a past tense.
    participle = tree.tags[k] in ("VBN", "VBD")
    if not participle or tree.deps[k] not in ("advcl", "ccomp") or tree.with_dep(k, "mark"):
        return False
    had = [c for c in tree.with_dep(k, "aux") if tree.words[c].lower() == "had"]
    return any(c < s < k for c in had for s in tree.with_dep(k, "nsubj", "nsubjpass"))


def _denied(tree: Tree, i: int) -> Reading | None:
    """Whether the act is told only to be denied: "denied that its troops had attacked"."""
    below = i
    for k in tree.ancestors(i):
        if (
            tree.deps[below] in ("ccomp", "xcomp", "pcomp", "dobj")
            and tree.lemmas[k] in ("deny", "refute")
            and not tree.parted(i, k)
        ):
            return Reading(Status.NEGATED, "it is told only to be denied", k)
        if tree.deps[below] in ("relcl", "advcl", "acl", "conj"):
            return None
        below = k
    return None


def _conditional(tree: Tree, chain: list[int]) -> Reading | None:
    for k in (*chain, *tree.ancestors(chain[-1])):
        if tree.pos(k) == "verb":
            for c in tree.with_dep(k, "mark"):
                if tree.lemmas[c] in ("if", "unless", "lest", "whether"):
                    return Reading(Status.HYPOTHETICAL, "it stands under a condition", c)
        if tree.deps[k] in ("relcl", "acl"):
            return None
    return None


def _modality(tree: Tree, i: int, chain: list[int], speech_act: bool, reported: bool) -> Reading | None:
    for n, k in enumerate(chain):
        aux = {tree.lemmas[c]: c for c in tree.with_dep(k, "aux")}
        will = [aux[w] for w in aux if w in _FUTURE_AUX]
        if will:
            return None if speech_act and n == 0 else Reading(Status.FUTURE, _WILL, will[0])
        if "would" in aux or "'d" in aux:
            would = aux["would"] if "would" in aux else aux["'d"]
            if speech_act:
                return None
            if "have" in aux:
                return Reading(Status.HYPOTHETICAL, "would have: it was not done", would)
            for c in tree.with_dep(k, "advcl"):
                for m in tree.with_dep(c, "mark"):
                    if tree.lemmas[m] in ("if", "unless"):
                        return Reading(Status.HYPOTHETICAL, "it stands under a condition", m)
            return Reading(Status.FUTURE, _WILL, would)
        might = [aux[w] for w in ("may", "might", "could", "can", "should", "must") if w in aux]
        if might:
            if speech_act and n == 0 and aux.keys() & {"must", "can"}:
                return None
            return Reading(Status.HYPOTHETICAL, _MIGHT, might[0])
        if tree.pos(k) == "noun" or k == i:
            modifiers = tree.with_dep(k, "amod", "advmod", "det")
            coming = [c for c in modifiers if tree.lemmas[c] in _FUTURE_WORDS]
            if coming:
                return Reading(Status.FUTURE, _COMING, coming[0])
            maybe = [c for c in modifiers if tree.lemmas[c] in _MAYBE_WORDS]
            if maybe and tree.pos(k) == "noun":
                return Reading(Status.HYPOTHETICAL, _OPEN, maybe[0])
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
            return _meant(tree, k)
        if n and tree.pos(k) == "verb" and tree.lemmas[k] in ("plan", "schedule", "arrange", "propose"):
            return Reading(Status.FUTURE, _PLANS, k)
        if n and tree.tags[k] == "VB" and tree.deps[k] in ("xcomp", "advcl", "acl", "ccomp"):
            outer = _infinitive(tree, k)
            if outer is not None:
                return outer
    if tree.pos(i) == "noun":
        over = tree.heads[tree.heads[i]]
        if tree.deps[i] == "pobj" and tree.lemmas[over] in _FEARED:
            return Reading(Status.HYPOTHETICAL, "it is only spoken of", over)
        for k in tree.ancestors(i):
            if tree.pos(k) == "verb":
                if tree.lemmas[k] in ("plan", "schedule", "prepare", "arrange", "propose"):
                    return Reading(Status.FUTURE, _PLANS, k)
                if tree.lemmas[k] in _WEIGHED:
                    return Reading(Status.HYPOTHETICAL, _WISHES, k)
                break
            if tree.deps[k] == "relcl":
                break
    return None


_WEIGHED = frozenset(
    "consider mull entertain weigh risk avoid prevent avert fear contemplate explore seek want hope".split()
)


def _meant(tree: Tree, noun: int) -> Reading:
    """Status of an infinitive that hangs on a noun: "a plan to …", "an attempt to …"."""
    if tree.lemmas[noun] in ("plan", "decision", "intention", "order"):
        return Reading(Status.FUTURE, _PLANS, noun)
    return Reading(Status.HYPOTHETICAL, "it is only the content of a noun", noun)


def _to(tree: Tree, k: int) -> bool:
    return any(tree.lemmas[c] == "to" for c in tree.with_dep(k, "aux"))


def _infinitive(tree: Tree, k: int) -> Reading | None:
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
        return Reading(Status.HYPOTHETICAL, _AIM, head)  # a purpose is no act
    if dep == "acl" and _to(tree, k):
        return _meant(tree, head)
    if dep == "pcomp":
        return _governed(tree, tree.heads[head])
    return None


def _governed(tree: Tree, head: int) -> Reading | None:
    lemma = tree.lemmas[head]
    if lemma in _FUTURE_VERBS:
        return Reading(Status.FUTURE, _PLANS, head)
    if lemma in _MAYBE_VERBS:
        return Reading(Status.HYPOTHETICAL, _WISHES, head)
    return None


def _pluperfect(tree: Tree, chain: list[int]) -> int | None:
    """ "Had imposed": further back than what the text tells, unless it only reports what was said."""
    for k in chain:
        for c in tree.with_dep(k, "aux"):
            if tree.words[c].lower() in ("had", "'d") and tree.tags[k] == "VBN":
                return c
    return None


def _past(tree: Tree, chain: list[int]) -> int | None:
    for k in chain:
        for c in tree.with_dep(k, "amod", "advmod"):
            if tree.lemmas[c] in _PAST_WORDS:
                return c
    return None
