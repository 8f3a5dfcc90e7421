"""Status and voice of an act, by rule: the clause, the date, who asserts it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from detente.coding.acts import SPEECH
from detente.coding.attribution import Assertion
from detente.coding.status import Reading, read_status
from detente.coding.timing import When
from detente.coding.trees import Tree
from detente.records import Party, Status, Voice

__all__ = ["Judgement", "judge", "judged"]

# Acts that a government announces before it does them.
_ANNOUNCED = frozenset({"RETREAT", "CONSULT", "COOPERATE", "AID"})
_ANNOUNCING = frozenset("announce unveil order promise pledge".split())
_LONG_AGO = re.compile(r"\b(?:years|decades|centuries|generations) (?:ago|before|earlier)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Judgement:
    """How the rules read an act: the status with its rule, and the voice with its own."""

    status: Reading
    voice: Voice
    voice_rule: str


def judge(
    tree: Tree,
    i: int,
    event: str,
    assertion: Assertion,
    actor: Sequence[Party],
    when: When,
    published: datetime.date | None,
) -> tuple[Status, Voice]:
    """Status and voice of the act of type `event` that token `i` reports; see `judged`."""
    found = judged(tree, i, event, assertion, actor, when, published)
    return found.status.status, found.voice


def judged(
    tree: Tree,
    i: int,
    event: str,
    assertion: Assertion,
    actor: Sequence[Party],
    when: When,
    published: datetime.date | None,
) -> Judgement:
    """Status and voice of the act of type `event` that token `i` reports, each with its rule.

    What a speaker does by his own words is the act itself, told by the writer: "we condemn" in quotation
    marks is a condemnation, not the claim of one.
    """
    status = read_status(
        tree,
        i,
        when=when.days(published),
        published=published,
        speech_act=event in SPEECH,
        reported=assertion.reported,
    )
    if status.status is Status.NEGATED and _refuses(tree, i, event, status.token):
        status = Reading(Status.ACTUAL, "what is not done is the act: it refuses or threatens", status.token)
    if status.status is Status.ACTUAL:
        if event in _ANNOUNCED and _announced(tree, i):
            status = Reading(Status.FUTURE, "it is only announced", tree.heads[i])
        elif when.date is None and when.words is not None and _LONG_AGO.search(when.words):
            status = Reading(Status.HISTORICAL, "the text puts it long ago")
    if assertion.voice is Voice.SPEAKER and event in SPEECH and _own_words(assertion, actor):
        return Judgement(status, Voice.WRITER, "what he does by his own words is done, not claimed")
    return Judgement(status, assertion.voice, assertion.rule)


_REFUSING = frozenset(
    "reject refuse decline dismiss veto oppose deny rebuff spurn rule block threaten warn object turn".split()
)


def _refuses(tree: Tree, i: int, event: str, at: int | None) -> bool:
    """Whether "not" makes the act: "will not recognise it" is a refusal, "did not reject it" is none."""
    if event not in ("REJECT", "THREATEN") or at is None or tree.lemmas[i] in _REFUSING:
        return False
    return at in tree.kids[i] or (event == "REJECT" and tree.heads[at] in tree.kids[i])


def _announced(tree: Tree, i: int) -> bool:
    head = tree.heads[i]
    return tree.pos(i) == "noun" and tree.pos(head) == "verb" and tree.lemmas[head] in _ANNOUNCING


def _own_words(assertion: Assertion, actor: Sequence[Party]) -> bool:
    if assertion.mention is not None:
        return any(p.code == assertion.mention.code for p in actor)
    return any(assertion.speaker in (p.name, p.text) or assertion.code == p.code for p in actor)
