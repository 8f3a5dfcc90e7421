"""Where the acts of a pair may be cut in two: the clearest split of one reading, and the breaks
between the phases of a thin record.

Both belong to the definition "turn.v2" in `docs/method/relations.md`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp
from typing import TYPE_CHECKING

from detente.relations.null import SHUFFLES, random_for, split_scores
from detente.relations.phases import LEAST_EVIDENCE, breaks, likelihoods
from detente.relations.series import UNDATED_DAYS, Act

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Cut", "datable", "in_run", "reading_cuts", "record_cuts"]

# Few acts cannot do better; a reading's turn carries no odds and says so.
READING_CHANCE = 0.15
# One reading: acts needed on the hostile and on the cooperative side, their share among those surely
# there and among all that may be.
READING_HOSTILE = 3
READING_COOPERATIVE = 2
READING_SHARE = 2 / 3
READING_LIKELY = 1 / 3
# An act longer ago than this is no part of the tension that a turn ends.
READING_DAYS = 400
# What turned a pair shows within this many days of the turn.
READING_AFTER = 60
# Thin record: acts told more than this many days after they happened are background chosen by a
# later writer, not part of the run of days.
BACKGROUND_DAYS = 60
# The acts that make a turn lie within this many days of it.
MADE_DAYS = 28
# A longer record is read in so many steps, or a segmentation takes seconds.
MOST_RUNS = 120


@dataclass(frozen=True, slots=True)
class Cut:
    """A turn before it is dressed: the acts on its two sides and the chance of so clear a split."""

    day: date
    rising: bool
    chance: float
    before: tuple[Act, ...]
    after: tuple[Act, ...]
    either: tuple[Act, ...] = ()
    evidence: float = 0.0
    shares: tuple[float, float] | None = None
    opening: bool = False
    days: NDArray[np.float64] | None = None


def datable(act: Act) -> bool:
    return (act.day - act.earliest).days <= 31


def in_run(act: Act) -> bool:
    return datable(act) and (act.known_on - act.day).days <= BACKGROUND_DAYS


# One reading


def _value(act: Act) -> float:
    """A material act weighs twice a verbal one; an act's PLOVER score is shown, not used here."""
    return act.sign * (1.0 if act.verbal else 2.0)


@dataclass(frozen=True, slots=True)
class _Sides:
    """How much of each act lies before a day and how much not before it (0 to 1 each)."""

    day: date
    before: tuple[float, ...]
    after: tuple[float, ...]


def _sides(ordered: Sequence[Act], days: Sequence[date]) -> list[_Sides]:
    """The sides of each day where both have some act.

    An act of several possible days lies on both, by the share of its days.
    """
    out = []
    for day in days:
        since, until = day - timedelta(days=READING_DAYS), day + timedelta(days=READING_AFTER)
        before, after = [], []
        for act in ordered:
            days_of = (act.day - act.earliest).days + 1
            share = min(max((day - act.earliest).days, 0), days_of) / days_of
            inside = since <= act.day <= until
            before.append(share if inside else 0.0)
            after.append(1.0 - share if inside else 0.0)
        if any(before) and any(after):
            out.append(_Sides(day, tuple(before), tuple(after)))
    return out


def reading_cuts(counted: Sequence[Act], *, half: bool = False) -> list[Cut]:
    """The one clearest split of a few acts by day, if the order of the acts bears it.

    `half` asks for half the acts and does not test their order again: half the acts cannot pass the
    test that all of them just passed.
    """
    import numpy as np

    ordered = list(counted)
    sides = _sides(ordered, sorted({a.day for a in ordered if a.earliest == a.day}))
    fitting = [i for i, side in enumerate(sides) if _clear(ordered, side, half) is not None]
    if not fitting:
        return []
    row = np.array([_value(a) for a in ordered])
    before = np.array([s.before for s in sides]).T
    after = np.array([s.after for s in sides]).T
    scores = np.abs(split_scores(row[None, :], before, after))[0]
    best = max(fitting, key=lambda i: (round(float(scores[i]), 9), sides[i].day))
    chance = 0.0
    if not half:
        # Every day with acts on both sides is a place where chance could have split them.
        rng = random_for((a.story_id, a.day, a.sign) for a in ordered)
        rows = rng.permuted(np.tile(row, (SHUFFLES, 1)), axis=1)
        highest = np.abs(split_scores(rows, before, after)).max(axis=1)
        chance = (1 + int((highest >= scores[best] - 1e-9).sum())) / (1 + SHUFFLES)
        if chance > READING_CHANCE:
            return []
    side = sides[best]
    return [
        Cut(
            side.day,
            bool(_clear(ordered, side, half)),
            chance,
            tuple(a for a, share in zip(ordered, side.before, strict=True) if share == 1.0),
            tuple(a for a, share in zip(ordered, side.after, strict=True) if share == 1.0),
            tuple(a for a, share in zip(ordered, side.before, strict=True) if 0 < share < 1),
        )
    ]


def _clear(ordered: Sequence[Act], sides: _Sides, half: bool) -> bool | None:
    """True for a clear thaw, False for a clear escalation, None for neither."""

    def mostly(shares: Sequence[float], hostile: bool) -> bool:
        kind = [s for a, s in zip(ordered, shares, strict=True) if a.hostile is hostile]
        sure, all_sure = kind.count(1.0), list(shares).count(1.0)
        least = READING_HOSTILE if hostile else READING_COOPERATIVE
        least_sure = least - 1
        if half:
            least, least_sure = least // 2, 1
        return (
            sum(kind) >= least
            and sum(kind) >= READING_LIKELY * sum(shares)
            and sure >= least_sure
            and sure >= READING_SHARE * all_sure
        )

    # The day of a turn is one on which an act of the new kind happened.
    kinds = {a.hostile for a in ordered if a.earliest == a.day == sides.day}
    if False in kinds and mostly(sides.before, True) and mostly(sides.after, False):
        return True
    if True in kinds and mostly(sides.before, False) and mostly(sides.after, True):
        return False
    return None


# A thin record


def _sure(act: Act) -> float:
    """How much of an act to count: the coder's confidence, all of it where the coder gives none."""
    return 1.0 if act.confidence is None else act.confidence


def _runs(days: Sequence[date], by_day: Mapping[date, Sequence[Act]]) -> list[list[Act]]:
    """The acts day by day; of a long record those of neighbouring days together, to about 120."""
    most = max(1, -(-sum(len(by_day[d]) for d in days) // MOST_RUNS)) if len(days) > MOST_RUNS else 1
    out: list[list[Act]] = []
    for day in days:
        if out and len(out[-1]) < most:
            out[-1] += by_day[day]
        else:
            out.append(list(by_day[day]))
    return out


def record_cuts(counted: Sequence[Act], *, half: bool = False) -> list[Cut]:
    """The breaks between phases of a thin record, and its tense beginning where it has one.

    `half` asks for half the evidence, of half the acts.
    """
    by_day: dict[date, list[Act]] = defaultdict(list)
    for act in counted:
        if in_run(act):
            by_day[act.day].append(act)
    # What the first reports tell of the time before them is background: the record begins with them.
    begins = min((a.known_on for a in counted), default=date.min) - timedelta(days=UNDATED_DAYS)
    runs = _runs(sorted(d for d in by_day if d >= begins), by_day)
    hostile = [sum(_sure(a) for a in run if a.hostile) for run in runs]
    friendly = [sum(_sure(a) for a in run if not a.hostile) for run in runs]
    like = likelihoods(hostile, friendly)
    out = []
    least = LEAST_EVIDENCE / 2 if half else LEAST_EVIDENCE
    for item in breaks(hostile, friendly, least=least):
        kind = item.rising
        here = [a for run in runs[item.index : item.end] for a in run]
        new = [a for a in here if a.hostile != kind and (a.day - here[0].day).days <= MADE_DAYS]
        if not new or (item.opening and all(a.verbal for a in new)):
            continue
        out.append(
            Cut(
                min(a.day for a in new),
                kind,
                exp(-item.evidence),
                tuple(a for run in runs[item.start : item.index] for a in run),
                tuple(here),
                evidence=item.evidence,
                shares=(item.before, item.after),
                opening=item.opening,
                days=like[item.start : item.end],
            )
        )
    return out
