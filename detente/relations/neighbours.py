"""Past thaws and escalations by the weekly rule, and which of them were most like one of today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

from detente.errors import InputError
from detente.relations.backtest import QUESTIONS
from detente.relations.weeks import HORIZONS, Weeks, features, outcome, record, thaws

__all__ = ["PastCase", "nearest", "past_cases"]

# What became of an episode, in the words of each question.
_WORDS = {
    "thaw": {"held": "held", "relapsed": "relapsed", "silent": "silent"},
    "escalation": {"held": "lasted", "relapsed": "thawed", "silent": "silent"},
}


@dataclass(frozen=True, slots=True)
class PastCase:
    """A past thaw or escalation of a pair and what became of it.

    `week` is the Monday it began in; `ended` is "held", "relapsed", "thawed", "lasted" or "silent",
    `weeks` how long that took; `x` are its features in its own week, `distance` how far they lie
    from those of the case asked about, in standard deviations of history (None: not compared).
    """

    pair: tuple[str, str]
    week: date
    ended: str
    weeks: int
    x: tuple[float, ...]
    distance: float | None = None


def past_cases(
    weeks: Weeks,
    pair: tuple[str, str],
    *,
    horizon: int = 90,
    question: str = "thaw",
    before: date | None = None,
) -> list[PastCase]:
    """The episodes of a pair by the weekly rule that are over, oldest first.

    Args:
        weeks: from `weeks_of`, for the question "escalation" mirrored.
        pair: whose weeks they are.
        horizon: 30, 60, 90 or 180 days, in which it held or ended.
        question: "thaw" or "escalation".
        before: only episodes that began before the week of this day.

    Raises:
        InputError: another question or horizon.

    >>> signs = (*[-1] * 12, *[1] * 20)
    >>> found = past_cases(Weeks(date(2024, 1, 1), signs), ("COL", "USA"))
    >>> [(c.week.isoformat(), c.ended, c.weeks) for c in found]
    [('2024-03-25', 'held', 13)]
    """
    if question not in QUESTIONS:
        raise InputError(f"{question!r} is no question", todo=f"ask {' or '.join(QUESTIONS)}")
    if horizon not in HORIZONS:
        raise InputError(
            f"no outlook is made for {horizon} days",
            todo=f"ask for {', '.join(map(str, HORIZONS))} days",
        )
    last = len(weeks.signs) if before is None else weeks.index(before)
    out = []
    for start in thaws(weeks.signs):
        found = outcome(weeks.signs, start, HORIZONS[horizon])
        if start >= last or found is None:
            continue
        x = features(weeks.signs, start, start, record(weeks.signs, start))
        out.append(PastCase(pair, weeks.monday(start), _WORDS[question][found.kind], found.weeks, x))
    return out


def nearest(
    cases: Iterable[PastCase],
    x: Sequence[float],
    middle: Sequence[float],
    spread: Sequence[float],
    most: int = 5,
) -> list[PastCase]:
    """The past cases most like features `x`, the nearest first, each with its distance.

    `middle` and `spread` put the features on one scale; features that these do not name are left
    out.

    >>> case = PastCase(("COL", "USA"), date(2024, 3, 25), "held", 13, (1.0, 0.0))
    >>> nearest([case], (0.0, 0.0), (0.0, 0.0), (0.5, 1.0))[0].distance
    2.0
    """

    def place(row: Sequence[float]) -> list[float]:
        return [(v - m) / s for v, m, s in zip(row, middle, spread, strict=False)]

    here = place(x)
    found = [
        PastCase(
            c.pair,
            c.week,
            c.ended,
            c.weeks,
            c.x,
            sqrt(sum((a - b) ** 2 for a, b in zip(here, place(c.x), strict=True))),
        )
        for c in cases
    ]
    return sorted(found, key=lambda c: (c.distance, c.week, c.pair))[:most]
