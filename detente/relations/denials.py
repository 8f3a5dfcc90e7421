"""Answers: which claim a denial denies, and which act meets or refuses a demand."""

from __future__ import annotations

import re
from collections.abc import Sequence

from detente.records import Event
from detente.relations.stances import Stance

__all__ = ["answered", "closing", "is_denial"]

_DENIES = re.compile(
    r"^(?:den(?:y|ies|ied|ying|ials?)|refut\w+|rebut\w*|contradict\w*|disput\w+|dismiss\w*|disavow\w*|repudiat\w+)$",
    re.IGNORECASE,
)
_CHARGE = re.compile(
    r"\b(?:accusations?|allegations?|charges?|claims?|assertions?|reports?|slanders?|lies?|smears?|blame|suggestions?)\b",
    re.IGNORECASE,
)
# Points a link must reach; see docs/method/positions.md.
_ENOUGH = 2.0
_MEETS = frozenset({"AGREE", "CONCEDE", "RETREAT", "COOPERATE", "AID"})


def is_denial(event: Event) -> bool:
    """Whether a REJECT denies something said, rather than refuses something asked.

    >>> from detente.records import Party, Status
    >>> def no(text, trigger):
    ...     return Event("d", 0, len(text), text, "REJECT", (Party("IRN", "Iran"),), (), False,
    ...         Status.ACTUAL, trigger, text.find(trigger), 3)
    >>> is_denial(no("Iran rejected the accusations", "rejected"))
    True
    >>> is_denial(no("Iran refused to talk", "refused"))
    False
    """
    if event.event != "REJECT":
        return False
    return _DENIES.match(event.trigger) is not None or _CHARGE.search(event.text) is not None


def answered(denial: Stance, held: Sequence[Stance]) -> Stance | None:
    """The accusation of the other side that a denial answers; None where none fits.

    Candidates were made by the other side towards this one and are not surely later. Points: 2 for
    the same document and earlier in it, 1 for the same sentence or the one before, 1 for every
    shared context (at most 2), 1 for every shared content word (at most 3), half a point within a
    week. At least 2 are needed, and a shared context, a shared word or the same document; of equals
    the nearest wins.
    """
    best: tuple[float, float, Stance] | None = None
    for claim in held:
        if claim.event.event != "ACCUSE" or claim.holder != denial.towards:
            continue
        if claim.towards != denial.holder or claim.published > denial.published:
            continue
        here = claim.event.document == denial.event.document
        earlier = here and claim.event.trigger_start < denial.event.trigger_start
        # "These allegations" points back in the text, whatever the days of the two are taken to be.
        if denial.before(claim) and not earlier:
            continue
        days = None
        if claim.last is not None and denial.last is not None:
            days = abs((denial.last - claim.last).days)
        gap = denial.event.start - claim.event.end
        shared = len(set(claim.event.contexts) & set(denial.event.contexts) - {"executive"})
        words = len(claim.words & denial.words)
        points = (
            (2.0 if earlier else 0.0)
            + (1.0 if earlier and gap < 300 else 0.0)
            + min(shared, 2)
            + min(words, 3)
            + (0.5 if days is not None and days <= 7 else 0.0)
            # "accused" states the charge; "condemned" states a judgement, which is less often
            # denied.
            + (0.5 if "disapprove" not in claim.event.modes else 0.0)
        )
        if points < _ENOUGH or not (earlier or shared or words):
            continue
        near = -float(gap) if here else -1e6 - (days if days is not None else 1e5)
        if best is None or (points, near) > best[:2]:
            best = points, near, claim
    return None if best is None else best[2]


def closing(demand: Stance, held: Sequence[Stance]) -> Stance | None:
    """The first later act of the addressee that meets a demand or refuses it; None while it is
    open.

    It must be surely later, or stand later in the same document on a day that does not exclude it,
    and share a context or a content word with the demand (a meeting that was asked for is met by a
    meeting). What stands in the same sentence is the demand itself.
    """
    found = [
        s for s in held if s.holder == demand.towards and s.towards == demand.holder and _answers(demand, s)
    ]
    return min(
        found,
        key=lambda s: (s.last is None, s.last, s.published, s.event.document, s.event.start),
        default=None,
    )


def _answers(demand: Stance, act: Stance) -> bool:
    event = act.event
    meets = event.event in _MEETS or (event.event == "CONSULT" and "meet" in demand.event.modes)
    if not meets and not (event.event == "REJECT" and not is_denial(event)):
        return False
    same = event.document == demand.event.document
    later = demand.before(act) or (same and event.start >= demand.event.end and not act.before(demand))
    if not later or act.published < demand.published:
        return False
    if event.event == "CONSULT":
        return True
    shared = set(event.contexts) & set(demand.event.contexts) - {"executive"}
    return bool(shared or act.words & demand.words)
