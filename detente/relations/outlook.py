"""How likely a thaw is to hold, beside its base rates; or why nothing can be said.

The question "thaw-holds.v1", its outcomes and the model "thaw.v1" are written out in
`docs/method/relations.md`; the parameters and the model card lie in `data/outlook/`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from math import exp, expm1, sqrt
from typing import Any

from detente.errors import DataError, InputError
from detente.records import Event, Outlook, Term, Turn
from detente.relations.series import Act, StoryLike, acts, enough, known, pair_of
from detente.relations.turning import turns
from detente.relations.weeks import (
    FEATURES,
    HORIZONS,
    Weeks,
    features,
    record,
    relapse,
    tense,
    weeks_of,
)

__all__ = ["MODEL", "QUESTION", "THAW_TERM", "Model", "model", "outlook"]

QUESTION = "thaw-holds.v1"
MODEL = "thaw.v1"
# The term that carries the day of the thaw, so that a filed forecast can be resolved.
THAW_TERM = "thaw of"
# The model was fitted on thaws seen up to 12 weeks on.
OLDEST_WEEKS = 12
# 80 % of a normal distribution lies within this many standard deviations.
EIGHTY = 1.2816


@dataclass(frozen=True, slots=True)
class Part:
    """One logistic regression: features are centred and scaled, `beta[0]` is the constant."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    beta: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Like:
    """Thaws of history whose pair was hostile in up to this share of the last year's weeks."""

    up_to: float
    thaws: int
    held: float


@dataclass(frozen=True, slots=True)
class Model:
    """What was learned for one horizon. `calibration_error` was measured walk-forward."""

    base_rate: float
    thaws: int
    like: tuple[Like, ...]
    fresh: Part
    later: Part
    calibration_error: float


def _part(raw: Mapping[str, Any]) -> Part:
    return Part(
        tuple(raw["mean"]),
        tuple(raw["scale"]),
        tuple(raw["beta"]),
        tuple(tuple(row) for row in raw["covariance"]),
    )


@cache
def model(horizon: int) -> Model:
    """The fitted model of one horizon in days (30, 60, 90 or 180), from
    `data/outlook/thaw_v1.json`.

    Raises InputError for another horizon, DataError where the file is damaged.

    >>> 0 < model(90).base_rate < 1
    True
    """
    if horizon not in HORIZONS:
        raise InputError(
            f"no outlook is made for {horizon} days",
            todo=f"ask for {', '.join(map(str, HORIZONS))} days",
        )
    path = resources.files("detente") / "data" / "outlook" / "thaw_v1.json"
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["version"] != MODEL or tuple(raw["features"]) != FEATURES:
            raise KeyError("its version or features are not those of this code")
        here = raw["horizons"][str(horizon)]
        return Model(
            here["base_rate"],
            here["held"] + here["relapsed"],
            tuple(Like(r["up_to"], r["thaws"], r["held"]) for r in here["like"]),
            _part(here["fresh"]),
            _part(here["later"]),
            here["walk_forward"]["calibration_error"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"the outlook's parameters cannot be read ({error})",
            where="data/outlook/thaw_v1.json",
            todo="reinstall detente",
        ) from error


def outlook(
    items: Sequence[Event] | Sequence[Act],
    pair: tuple[str, str],
    *,
    asked_on: date,
    horizon: int = 90,
    published: Mapping[str, date | None] | None = None,
    stories: Sequence[StoryLike] | None = None,
) -> Outlook:
    """Probability that the pair's latest thaw stays without a hostile relapse, or why there is
    none.

    Uses only what was published by `asked_on`. `low` and `high` bound the central 80 %:
    uncertainty of the parameters and the calibration error measured walk-forward, not that of a
    source unlike the ones fitted on. `own_base_rate` is the share of the pair's own past thaws
    that held (None: none is settled), `like_base_rate` that of like thaws in history. The terms'
    contributions are log-odds and add up to those of `probability`.

    Args:
        items: events (then `published` is needed) or acts of the pair.
        pair: two codes in any order.
        asked_on: the day of asking.
        horizon: 30, 60, 90 or 180 days.
        published: publication day of each document id.
        stories: stories that group the events.

    Raises:
        InputError: another horizon, no pair, or events without `published`.

    >>> o = outlook([], ("USA", "COL"), asked_on=date(2026, 1, 8))
    >>> o.probability, o.reason
    (None, 'no thaw turn is known by 2026-01-08')
    """
    two = pair_of(pair)
    fitted = model(horizon)
    events = [i for i in items if isinstance(i, Event)]
    ready = [i for i in items if isinstance(i, Act)]
    if events and published is None:
        raise InputError(
            "events were given without the publication days of their documents",
            todo="pass published={document id: date}",
        )
    if events and published is not None:
        ready = [*ready, *acts(events, published, two, asked_on, stories)]
    counted = known(ready, asked_on)
    found = turns(counted, two, asked_on)
    weeks = weeks_of(counted, asked_on) if enough(counted) is None else None
    reason, thaw = _stops(found, counted, weeks, asked_on)
    terms = _thaw_terms(thaw)
    like_terms, like = _like(fitted, weeks, thaw, asked_on)
    own = _own(weeks, asked_on, horizon)
    if reason is not None or thaw is None or weeks is None:
        return _answer(two, asked_on, horizon, None, own, like, (*terms, *like_terms), reason)
    start, asked = weeks.index(thaw.day), weeks.index(asked_on)
    row = features(weeks.signs, start, asked, record(weeks.signs, start))
    part = fitted.fresh if asked == start else fitted.later
    z = [1.0, *((x - m) / s for x, m, s in zip(row, part.mean, part.scale, strict=False))]
    shares = [b * v for b, v in zip(part.beta, z, strict=True)]
    logit = sum(shares)
    probability = 1 / (1 + exp(-logit))
    variance = sum(z[i] * z[j] * part.covariance[i][j] for i in range(len(z)) for j in range(len(z)))
    # A calibration error of e in probability is about e / (p (1 - p)) in log-odds.
    variance += (fitted.calibration_error / (probability * (1 - probability))) ** 2
    reach = EIGHTY * sqrt(variance)
    weights = (
        Term("thaws of history, all alike", fitted.base_rate, shares[0]),
        *(
            Term(name, _shown(i, x), share)
            for i, (name, x, share) in enumerate(zip(FEATURES, row, shares[1:], strict=False))
        ),
    )
    bounds = (probability, 1 / (1 + exp(reach - logit)), 1 / (1 + exp(-reach - logit)))
    return _answer(two, asked_on, horizon, bounds, own, like, (*terms, *weights, *like_terms), None)


def _answer(
    pair: tuple[str, str],
    asked_on: date,
    horizon: int,
    bounds: tuple[float, float, float] | None,
    own: float | None,
    like: float | None,
    terms: tuple[Term, ...],
    reason: str | None,
) -> Outlook:
    probability, low, high = bounds if bounds is not None else (None, None, None)
    return Outlook(
        pair=pair,
        asked_on=asked_on,
        question=QUESTION,
        horizon_days=horizon,
        probability=probability,
        low=low,
        high=high,
        own_base_rate=own,
        like_base_rate=like,
        terms=terms,
        reason=reason,
        model=MODEL,
    )


def _stops(
    found: Sequence[Turn], counted: Sequence[Act], weeks: Weeks | None, asked_on: date
) -> tuple[str | None, Turn | None]:
    """Why the model must not speak (None: it may), and the thaw asked about."""
    rising = [t for t in found if t.direction == "thaw"]
    if not rising:
        return f"no thaw turn is known by {asked_on}", None
    thaw = rising[-1]
    later = [t for t in found if t.day > thaw.day]
    if later:
        return f"the thaw of {thaw.day} ended with the escalation of {later[-1].day}", thaw
    thin = enough(counted)
    if thin is not None or weeks is None:
        return thin, thaw
    start, asked = weeks.index(thaw.day), weeks.index(asked_on)
    if start < 0 or weeks.signs[start] is None:
        return "no act of the week of the thaw can be placed", thaw
    missing = tense(weeks.signs, start)
    if missing is not None:
        return f"too little to tell: {missing}", thaw
    if asked - start > OLDEST_WEEKS:
        return (
            f"the thaw is {asked - start} weeks old; the model knows thaws up to {OLDEST_WEEKS} weeks on",
            thaw,
        )
    gone = relapse(weeks.signs, start)
    if gone is not None:
        return f"the thaw of {thaw.day} relapsed in the week of {weeks.monday(start + gone)}", thaw
    return None, thaw


def _thaw_terms(thaw: Turn | None) -> tuple[Term, ...]:
    return () if thaw is None else (Term(THAW_TERM, thaw.day.isoformat(), None, thaw.events),)


def _own(weeks: Weeks | None, asked_on: date, horizon: int) -> float | None:
    """Share of the pair's own settled thaws that held; None where none is settled."""
    if weeks is None:
        return None
    held, settled = record(weeks.signs, weeks.index(asked_on), HORIZONS[horizon])
    return held / settled if settled else None


def _like(
    fitted: Model, weeks: Weeks | None, thaw: Turn | None, asked_on: date
) -> tuple[tuple[Term, ...], float]:
    """Base rate of like thaws of history; of all where the pair is too little known."""
    if weeks is not None:
        at = weeks.index(thaw.day if thaw is not None else asked_on)
        year = [s for s in weeks.signs[max(0, at - 51) : at + 1] if s is not None]
        if len(year) >= 4:
            share = (sum(s < 0 for s in year) + 0.5) / (len(year) + 1)
            like = next(k for k in fitted.like if share < k.up_to or k is fitted.like[-1])
            name = f"thaws of history hostile in up to {like.up_to:.0%} of the weeks of a year"
            return (Term(name, float(like.thaws)),), like.held
    return (Term("thaws of history, of any kind", float(fitted.thaws)),), fitted.base_rate


def _shown(index: int, value: float) -> float:
    """A feature in the unit a reader expects: shares as shares, counts as counts."""
    if index in (0, 1):
        return 1 / (1 + exp(-value))
    if index in (3, 7):
        return expm1(value)
    if index == 4:
        return exp(value) - 0.02
    return value
