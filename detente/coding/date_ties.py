"""Which date words of a sentence belong to which of its acts: judged from the clauses between them.

A date belongs to the clause in which it stands. It holds for the verbs joined to that clause, and for what
the clause reports; it does not hold for the verb above a clause of its own ("thanked those who fled *last
autumn*", "promised to leave *by July*").
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from detente.coding.date_grammar import number
from detente.coding.dates import first_day, last_day
from detente.coding.trees import Tree
from detente.records import DateMention

__all__ = ["counted", "in_the_past", "tied"]

_CLAUSES = frozenset("relcl ccomp xcomp advcl acl conj parataxis pcomp csubj csubjpass".split())
# A clause of these kinds keeps its date to itself.
_OWN = frozenset("relcl ccomp advcl conj parataxis csubj csubjpass".split())
_HELD = frozenset("in at during".split())
_AFTERWARDS = frozenset("before since until till once".split())
_MEANWHILE = frozenset("when as while where".split())
_STARTING = frozenset("start begin commence".split())
_LETTING = frozenset("let make have see watch hear help".split())
_COUNTED = re.compile(
    r"(?:(?:about|some|almost|nearly|only|just|barely|less than|more than) )*"
    r"(?P<n>.*?) ?(?P<unit>minute|hour|day|week)s? (?P<way>after|before)",
    re.IGNORECASE,
)
_LIMIT = re.compile(r"(?:until|till|by|through|from|before|ahead of)\b", re.IGNORECASE)
_WEEKDAY = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day")
_RANK = frozenset("first last only".split())
_MODALS = frozenset("will shall would may can could might should must to 'll 'd".split())


def tied(
    tree: Tree,
    i: int,
    dates: Sequence[DateMention],
    published: datetime.date | None,
) -> DateMention | None:
    """The date words of the sentence that say when the act at token `i` was done; None where none do.

    Words that mean a day go before words that cannot be placed; then the nearest in the tree, then the
    nearest in the text.
    """
    inside = [d for d in dates if tree.start <= d.start < tree.end and not _epoch(d)]
    ranked = []
    for mention in inside:
        found = _distance(tree, i, mention, published)
        if found is not None:
            ranked.append((mention.date is None, found, abs(mention.start - tree.starts[i]), mention))
    return min(ranked, key=lambda r: r[:3])[3] if ranked else None


def counted(
    tree: Tree, i: int, dates: Sequence[DateMention], published: datetime.date | None, *, inside: bool
) -> tuple[datetime.date, DateMention] | None:
    """The day of an act that the sentence counts from another act, whose day it gives.

    "Sealed off the town on Monday, three days after they opened fire": the shots fell on Friday. "Hours
    before the plane crashed on Wednesday, Iran fired": it fired on Wednesday. `inside` asks for acts of the
    first kind, in the clause behind "after".
    """
    for mention in dates:
        if not (tree.start <= mention.start < tree.end and mention.date is None):
            continue
        away = _away(mention.text)
        if away is None:
            continue
        other = _counted_from(tree, mention)
        if other is None:
            continue
        below = _governs(tree, other, i)
        if below is not inside:
            continue
        anchor = other if not below else _above(tree, other)
        if anchor is None or (not below and not _governs(tree, _above(tree, other), i)):
            continue
        day = tied(tree, anchor, [d for d in dates if d is not mention and d.date], published)
        if day is None or day.date is None or day.date_end is not None or len(day.date) != 10:
            continue
        try:
            return datetime.date.fromisoformat(day.date) + (-away if below else away), mention
        except OverflowError:
            continue  # no such day in the calendar
    return None


def _away(words: str) -> datetime.timedelta | None:
    """How long after (or, negative, before) an act another one was; None where no number is told."""
    found = _COUNTED.fullmatch(words.strip())
    if found is None:
        return None
    unit = found["unit"].lower()
    if unit in ("minute", "hour"):
        return datetime.timedelta()
    words = found["n"].lower()
    many = 1 if words in ("a", "one", "the", "the very") else number(words)
    if not many:
        return None
    span = datetime.timedelta(days=many * (7 if unit == "week" else 1))
    return span if found["way"].lower() == "after" else -span


def _counted_from(tree: Tree, mention: DateMention) -> int | None:
    """The verb or noun behind "three days after"."""
    for k in range(len(tree)):
        if tree.ends[k] != mention.end:
            continue
        if tree.deps[k] == "mark":
            return tree.heads[k]
        below = tree.with_dep(k, "pobj", "pcomp")
        return below[0] if below else None
    return None


def _above(tree: Tree, k: int) -> int | None:
    """The predicate on which a clause, or a noun behind its preposition, hangs."""
    head = tree.heads[k]
    if tree.deps[k] in ("pobj", "pcomp"):
        head = tree.heads[head]
    return head if head != k else None


def _governs(tree: Tree, k: int | None, i: int) -> bool:
    """Whether `i` is the predicate `k` or stands in its clause, joined to it or as its object."""
    at = i
    while k is not None and at != k:
        if tree.heads[at] == at or tree.deps[at] in ("relcl", "advcl", "acl", "ccomp"):
            return False
        at = tree.heads[at]
    return k is not None


def _distance(tree: Tree, i: int, mention: DateMention, published: datetime.date | None) -> int | None:
    """Steps in the tree from an act to a date; None where a clause between them keeps the date."""
    up = {i: 0}
    climbed = [i]
    for n, k in enumerate(tree.ancestors(i), start=1):
        up[k] = n
        climbed.append(k)
    best = None
    for k in range(len(tree)):
        if not (tree.starts[k] < mention.end and tree.ends[k] > mention.start):
            continue
        below = [k]
        while below[-1] not in up and tree.heads[below[-1]] != below[-1]:
            below.append(tree.heads[below[-1]])
        top = below.pop()
        if top not in up:
            continue
        if best is None or up[top] + len(below) < best[0]:
            best = up[top] + len(below), climbed[: up[top]], below, top
    if best is None:
        return None
    steps, rising, falling, top = best
    if _names(tree, i, mention, set(up)) or _kept_below(tree, i, mention, falling, published):
        return None
    if _kept_above(tree, rising, top) or _impossible(tree, i, mention, published):
        return None
    return steps + 2 * sum(_clausal(tree, k) for k in (*rising, *falling))


def _clausal(tree: Tree, k: int) -> bool:
    """Whether a clause of its own begins at a token; nouns joined by "and" are none."""
    return tree.deps[k] in _CLAUSES and (tree.deps[k] != "conj" or tree.pos(k) == "verb")


def _names(tree: Tree, i: int, mention: DateMention, path: set[int]) -> bool:
    """Whether a date only tells which thing is meant ("the 2022 election"), not when the act was.

    A meeting or a deal in which the act took place gives its date on: "in the November 27 deal, they agreed".
    """
    for k in range(len(tree)):
        if mention.start <= tree.starts[k] < mention.end and tree.deps[k] in (
            "nummod",
            "compound",
            "amod",
            "nmod",
        ):
            noun = tree.heads[k]
            if not mention.start <= tree.starts[noun] < mention.end and tree.pos(noun) == "noun":
                if noun in path or tree.mentions[noun] is not None:
                    return False
                frame = tree.heads[noun]
                held = tree.deps[noun] == "pobj" and tree.lemmas[frame] in _HELD and tree.heads[frame] == i
                return not held
    return False


def _kept_below(
    tree: Tree,
    i: int,
    mention: DateMention,
    falling: Sequence[int],
    published: datetime.date | None,
) -> bool:
    """Whether a clause below the act, or beside it, has the date for itself."""
    clauses = [k for k in falling if _clausal(tree, k)]
    if not clauses:
        return False
    outer = clauses[-1]
    hangs = tree.heads[outer] == i and len(clauses) == 1
    if tree.pos(i) == "noun" and hangs and tree.deps[outer] in ("relcl", "acl"):
        return False  # "the talks that began on Monday", "talks held on Monday"
    if any(tree.deps[k] in _OWN and not _shared(tree, k) for k in clauses):
        return True
    if all(tree.deps[k] in _OWN for k in clauses) and not any(tree.tags[k] == "VB" for k in clauses):
        return False
    if _LIMIT.match(mention.text) or _preposition(tree, mention) in ("from", "by", "until"):
        return True  # "promised to leave by July"
    if tree.deps[outer] == "acl" and tree.tags[outer] != "VBG" and not _near_day(tree, i, outer, mention):
        return True
    # what is promised, asked for or threatened lies ahead; what lies behind is when it was said
    return mention.date is None or published is None or first_day(mention.date) > published


def _near_day(tree: Tree, i: int, outer: int, mention: DateMention) -> bool:
    """Whether a participle gives its date on: it stands first, or a day of the week ends the main clause.

    "Visiting Nicosia on Friday, he urged …"; "received a delegation led by the minister on Tuesday".
    """
    if tree.tags[outer] != "VBN":
        return False
    return outer < i or (_WEEKDAY.match(mention.text) is not None and in_the_past(tree, i))


def _shared(tree: Tree, k: int) -> bool:
    """Whether a clause has its time in common with the verb above: "when …", "let them go", "starting in"."""
    if tree.deps[k] == "advcl":
        to = any(tree.lemmas[c] == "to" for c in tree.with_dep(k, "aux"))
        return to or tree.lemmas[k] in _STARTING or _meanwhile(tree, k)
    return tree.deps[k] == "ccomp" and tree.lemmas[tree.heads[k]] in _LETTING


def _meanwhile(tree: Tree, k: int) -> bool:
    return any(tree.lemmas[c] in _MEANWHILE for c in tree.with_dep(k, "mark", "advmod"))


def _kept_above(tree: Tree, rising: Sequence[int], top: int) -> bool:
    """Whether the date of a clause above cannot be that of the act below."""
    for k in rising:
        dep = tree.deps[k]
        if dep == "advcl" and any(tree.lemmas[c] in _AFTERWARDS for c in tree.with_dep(k, "mark")):
            return True  # "on Monday, after …": earlier, nobody says when
        if dep in ("pcomp", "pobj") and tree.lemmas[tree.heads[k]] in _AFTERWARDS:
            return True
        if dep == "relcl" and (_earlier(tree, k) or not (_when(tree, k) or _goes_on(tree, k, top))):
            return True
        if (
            dep in ("advcl", "conj")
            and tree.pos(k) == "verb"
            and _earlier(tree, k)
            and not _earlier(tree, top)
        ):
            return True  # "arrived on Monday, and has asked": of any day
    return False


def _when(tree: Tree, k: int) -> bool:
    """Whether a relative clause tells what happened just then: "on Friday, when …"."""
    words = {tree.words[c].lower() for c in tree.subtree(k) if c < k and tree.deps[c] != "nsubj"}
    return bool(words & {"when", "where"}) or tree.tags[k] in ("VBZ", "VBP", "VBG")


def _goes_on(tree: Tree, k: int, top: int) -> bool:
    """Whether a relative clause tells what came next: "received the envoy, who handed over a letter"."""
    first = min(tree.subtree(k))
    return top < first and tree.tags[k] == "VBD" and first > 0 and tree.words[first - 1] == ","


def _earlier(tree: Tree, k: int) -> bool:
    return any(tree.words[c].lower() in ("had", "have", "has") for c in tree.with_dep(k, "aux"))


def in_the_past(tree: Tree, i: int) -> bool:
    """Whether the act's own verb is told as done: "expelled", "has expelled", "were expelled"."""
    if tree.pos(i) != "verb":
        return False
    aux = {tree.lemmas[c] for c in tree.with_dep(i, "aux", "auxpass")}
    if aux & _MODALS:
        return False
    return tree.tags[i] == "VBD" or (
        tree.tags[i] == "VBN"
        and any(tree.words[c].lower() in _DONE for c in tree.with_dep(i, "aux", "auxpass"))
    )


_DONE = frozenset("had has have was were been 've".split())


def _impossible(tree: Tree, i: int, mention: DateMention, published: datetime.date | None) -> bool:
    """Whether the words cannot date the act: "the first since 2018", a coming day for what is done."""
    at = _token_of(tree, mention)
    since = mention.text.lower().startswith("since") or _preposition(tree, mention) == "since"
    if at is not None and since:
        for k in (at, *tree.ancestors(at)):
            over = [k] if tree.pos(k) == "noun" else tree.with_dep(k, "dobj", "attr", "npadvmod")
            before = [c for n in over for c in tree.subtree(n) if c < at]
            if any(tree.lemmas[c] in _RANK or tree.tags[c] in ("JJS", "RBS") for c in before):
                return True
            if tree.pos(k) == "verb":
                break
    if published is None or mention.date is None or not in_the_past(tree, i):
        return False
    ahead = first_day(mention.date) - published
    weekday = mention.date_end is None and len(mention.date) == 10 and ahead.days <= 7
    return ahead.days > 0 and not weekday


def _preposition(tree: Tree, mention: DateMention) -> str | None:
    at = _token_of(tree, mention)
    while at is not None:
        head = tree.heads[at]
        if head == at:
            return None
        if not mention.start <= tree.starts[head] < mention.end:
            return tree.lemmas[head] if tree.deps[at] in ("pobj", "pcomp") else None
        at = head
    return None


def _token_of(tree: Tree, mention: DateMention) -> int | None:
    return next((k for k in range(len(tree)) if tree.ends[k] > mention.start), None)


def _epoch(mention: DateMention) -> bool:
    """Whether the words mean a decade or more ("the 21st century"): no date of an act."""
    if mention.date is None or mention.date_end is None:
        return False
    return (last_day(mention.date_end) - first_day(mention.date)).days > 3650
