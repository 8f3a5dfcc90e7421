"""How likely a thaw is to hold, or an escalation to be followed by a thaw, beside base rates; or why
nothing can be said.

The questions, their outcomes and the models are written out in `docs/method/relations.md`; the
parameters and the model cards lie in `data/outlook/`. The second question is the mirror of the
first: the signs of all weeks are turned round, and the answer is the share that does not hold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources
from math import exp, expm1, sqrt
from typing import Any

from detente.errors import DataError, InputError
from detente.records import Event, Outlook, Term, Turn
from detente.relations.backtest import QUESTIONS
from detente.relations.neighbours import PastCase, nearest, past_cases
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

__all__ = [
    "MODEL",
    "QUESTION",
    "THAW_TERM",
    "Model",
    "Nearest",
    "like_cases",
    "model",
    "outlook",
    "turn_term",
]

QUESTION = "thaw-holds.v1"
MODEL = "thaw.v1"
# The term that carries the day of the thaw, so that a filed forecast can be resolved.
THAW_TERM = "thaw of"
# The model was fitted on thaws seen up to 12 weeks on.
OLDEST_WEEKS = 12
# Past thaws of the pair itself that an outlook names.
OWN_CASES = 3
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
class Nearest:
    """A group of like episodes of history: its centre in scaled features, size and share."""

    centre: tuple[float, ...]
    thaws: int
    held: float


@dataclass(frozen=True, slots=True)
class Model:
    """What was learned for one question and horizon.

    `calibration_error` was measured walk-forward; `nearest` are groups of like episodes, `middle`
    and `spread` what their centres are scaled by.
    """

    base_rate: float
    thaws: int
    like: tuple[Like, ...]
    fresh: Part
    later: Part
    calibration_error: float
    nearest: tuple[Nearest, ...]
    middle: tuple[float, ...]
    spread: tuple[float, ...]


def _part(raw: Mapping[str, Any]) -> Part:
    return Part(
        tuple(raw["mean"]),
        tuple(raw["scale"]),
        tuple(raw["beta"]),
        tuple(tuple(row) for row in raw["covariance"]),
    )


def turn_term(question: str) -> str:
    """Name of the term that carries the day of the turn asked about.

    >>> turn_term("thaw"), turn_term("escalation")
    ('thaw of', 'escalation of')
    """
    return f"{question} of"


@cache
def model(horizon: int, question: str = "thaw") -> Model:
    """The fitted model of one question and horizon in days (30, 60, 90 or 180).

    Read from `data/outlook/thaw_v1.json` or `escalation_v1.json`. Raises InputError for another
    question or horizon, DataError where the file is damaged.

    >>> 0 < model(90).base_rate < model(90, "escalation").base_rate < 1
    True
    """
    if horizon not in HORIZONS:
        raise InputError(
            f"no outlook is made for {horizon} days",
            todo=f"ask for {', '.join(map(str, HORIZONS))} days",
        )
    if question not in QUESTIONS:
        raise InputError(f"{question!r} is no question", todo=f"ask {' or '.join(QUESTIONS)}")
    name = f"{question}_v1.json"
    path = resources.files("detente") / "data" / "outlook" / name
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["version"] != f"{question}.v1" or tuple(raw["features"]) != FEATURES:
            raise KeyError("its version or features are not those of this code")
        here, near = raw["horizons"][str(horizon)], raw["nearest"]
        return Model(
            here["base_rate"],
            here["held"] + here["relapsed"],
            tuple(Like(r["up_to"], r["thaws"], r["held"]) for r in here["like"]),
            _part(here["fresh"]),
            _part(here["later"]),
            here["walk_forward"]["calibration_error"],
            tuple(Nearest(tuple(g["centre"]), *g["rates"][str(horizon)]) for g in near["groups"]),
            tuple(near["mean"]),
            tuple(near["scale"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"the outlook's parameters cannot be read ({error})",
            where=f"data/outlook/{name}",
            todo="reinstall detente",
        ) from error


def outlook(
    items: Sequence[Event] | Sequence[Act],
    pair: tuple[str, str],
    *,
    asked_on: date,
    horizon: int = 90,
    question: str = "thaw",
    published: Mapping[str, date | None] | None = None,
    stories: Sequence[StoryLike] | None = None,
    turned: Sequence[Turn] | None = None,
) -> Outlook:
    """Probability that the pair's latest thaw stays without a hostile relapse, or why there is
    none; for the question "escalation", that its latest escalation gives way to a thaw.

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
        question: "thaw" or "escalation".
        published: publication day of each document id.
        stories: stories that group the events.
        turned: the turns of these acts on that day, where they are known already.

    Raises:
        InputError: another question or horizon, no pair, or events without `published`.

    >>> o = outlook([], ("USA", "COL"), asked_on=date(2026, 1, 8))
    >>> o.probability, o.reason
    (None, 'no thaw turn is known by 2026-01-08')
    """
    two = pair_of(pair)
    fitted = model(horizon, question)
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
    found = turns(counted, two, asked_on) if turned is None else turned
    weeks = _weeks(counted, asked_on, question)
    reason, turn = _stops(found, counted, weeks, asked_on, question)
    terms = () if turn is None else (Term(turn_term(question), turn.day.isoformat(), None, turn.events),)
    like_terms, like = _like(fitted, weeks, turn, asked_on, question)
    own = _own(weeks, asked_on, horizon, question)
    like_terms = (*like_terms, *_own_cases(fitted, two, weeks, turn, asked_on, horizon, question))
    answer = Outlook(
        pair=two,
        asked_on=asked_on,
        question=QUESTIONS[question],
        horizon_days=horizon,
        probability=None,
        low=None,
        high=None,
        own_base_rate=own,
        like_base_rate=like,
        terms=(*terms, *like_terms),
        reason=reason,
        model=f"{question}.v1",
    )
    if reason is not None or turn is None or weeks is None:
        return answer
    start, asked = weeks.index(turn.day), weeks.index(asked_on)
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
        Term(f"{question}s of history, all alike", fitted.base_rate, shares[0]),
        *(
            Term(_words(name, question), _shown(i, x), share)
            for i, (name, x, share) in enumerate(zip(FEATURES, row, shares[1:], strict=False))
        ),
    )
    return replace(
        answer,
        probability=probability,
        low=1 / (1 + exp(reach - logit)),
        high=1 / (1 + exp(-reach - logit)),
        terms=(*terms, *weights, *like_terms, _nearest(fitted, row, question)),
    )


_MIRROR = {
    "hostile": "cooperative",
    "cooperative": "hostile",
    "thaw": "escalation",
    "thaws": "escalations",
    "tension": "calm",
    "relapsed": "thawed",
}


def _words(text: str, question: str) -> str:
    """The words of the thaw question, for the mirror with the words of the other side."""
    if question == "thaw":
        return text
    return re.sub(r"[a-z]+", lambda m: _MIRROR.get(m[0], m[0]), text)


def _stops(
    found: Sequence[Turn], counted: Sequence[Act], weeks: Weeks | None, asked_on: date, question: str
) -> tuple[str | None, Turn | None]:
    """Why the model must not speak (None: it may), and the turn asked about."""
    same = [t for t in found if t.direction == question]
    if not same:
        return f"no {question} turn is known by {asked_on}", None
    turn = same[-1]
    later = [t for t in found if t.day > turn.day]
    if later:
        last = later[-1]
        return f"the {question} of {turn.day} ended with the {last.direction} of {last.day}", turn
    thin = enough(counted)
    if thin is not None or weeks is None:
        return thin, turn
    start, asked = weeks.index(turn.day), weeks.index(asked_on)
    if start < 0 or weeks.signs[start] is None:
        return f"no act of the week of the {question} can be placed", turn
    missing = tense(weeks.signs, start)
    if missing is not None:
        return f"too little to tell: {_words(missing, question)}", turn
    if asked - start > OLDEST_WEEKS:
        return (
            f"the {question} is {asked - start} weeks old; "
            f"the model knows {question}s up to {OLDEST_WEEKS} weeks on",
            turn,
        )
    gone = relapse(weeks.signs, start)
    if gone is not None:
        ended = _words("relapsed", question)
        return f"the {question} of {turn.day} {ended} in the week of {weeks.monday(start + gone)}", turn
    return None, turn


def _own(weeks: Weeks | None, asked_on: date, horizon: int, question: str) -> float | None:
    """Share of the pair's own settled episodes that came true; None where none is settled."""
    if weeks is None:
        return None
    held, settled = record(weeks.signs, weeks.index(asked_on), HORIZONS[horizon])
    hits = settled - held if question == "escalation" else held
    return hits / settled if settled else None


def _like(
    fitted: Model, weeks: Weeks | None, turn: Turn | None, asked_on: date, question: str
) -> tuple[tuple[Term, ...], float]:
    """Base rate of like episodes of history; of all where the pair is too little known."""
    if weeks is not None:
        at = weeks.index(turn.day if turn is not None else asked_on)
        year = [s for s in weeks.signs[max(0, at - 51) : at + 1] if s is not None]
        if len(year) >= 4:
            share = (sum(s < 0 for s in year) + 0.5) / (len(year) + 1)
            like = next(k for k in fitted.like if share < k.up_to or k is fitted.like[-1])
            name = f"thaws of history hostile in up to {like.up_to:.0%} of the weeks of a year"
            return (Term(_words(name, question), float(like.thaws)),), like.held
    return (Term(f"{question}s of history, of any kind", float(fitted.thaws)),), fitted.base_rate


def _nearest(fitted: Model, row: Sequence[float], question: str) -> Term:
    """The group of past episodes most like this one: only sums ship, no episode and no pair."""
    z = [(x - m) / s for x, m, s in zip(row, fitted.middle, fitted.spread, strict=False)]
    group = min(fitted.nearest, key=lambda g: sum((a - b) ** 2 for a, b in zip(z, g.centre, strict=True)))
    ended = "held" if question == "thaw" else "thawed"
    return Term(
        f"share that {ended} of the {group.thaws:,} {question}s of history most like this one", group.held
    )


def _at(weeks: Weeks | None, turn: Turn | None, asked_on: date) -> tuple[float, ...] | None:
    """Features of the turn asked about in its own week; None where they cannot be told."""
    if weeks is None or turn is None:
        return None
    start = weeks.index(turn.day)
    if not 0 <= start < len(weeks.signs) or start > weeks.index(asked_on):
        return None
    return features(weeks.signs, start, start, record(weeks.signs, start))


def _own_cases(
    fitted: Model,
    pair: tuple[str, str],
    weeks: Weeks | None,
    turn: Turn | None,
    asked_on: date,
    horizon: int,
    question: str,
) -> tuple[Term, ...]:
    """The pair's own past episodes most like the one asked about, each with what became of it."""
    x = _at(weeks, turn, asked_on)
    if weeks is None or turn is None or x is None:
        return ()
    past = past_cases(weeks, pair, horizon=horizon, question=question, before=turn.day)
    return tuple(
        Term(f"past {question} of the pair, week of {c.week}", f"{c.ended}, after {c.weeks} weeks")
        for c in nearest(past, x, fitted.middle, fitted.spread, OWN_CASES)
    )


def like_cases(
    items: Sequence[Act],
    others: Mapping[tuple[str, str], Sequence[Act]],
    pair: tuple[str, str],
    *,
    asked_on: date,
    horizon: int = 90,
    question: str = "thaw",
    most: int = 5,
) -> list[PastCase]:
    """The past thaws (or escalations) of any pair most like the latest one of this pair.

    Single cases of what you have read, where history ships sums only. Used are those that were over
    by `asked_on`, and of them only what was published by then. Empty where the pair has no such
    turn, too few acts for a level, or there is no past case.

    Args:
        items: acts of the pair asked about.
        others: acts of every pair looked among, by pair; the pair itself may be among them.
        pair: two codes in any order.
        asked_on: the day of asking.
        horizon: 30, 60, 90 or 180 days.
        question: "thaw" or "escalation".
        most: how many to give.

    Raises:
        InputError: another question or horizon, or no pair.

    >>> like_cases([], {}, ("USA", "COL"), asked_on=date(2026, 1, 8))
    []
    """
    two = pair_of(pair)
    fitted = model(horizon, question)
    counted = known(items, asked_on)
    same = [t for t in turns(counted, two, asked_on) if t.direction == question]
    weeks = _weeks(counted, asked_on, question)
    x = _at(weeks, same[-1], asked_on) if same else None
    if x is None:
        return []
    found: list[PastCase] = []
    for names, acts_ in sorted({**others, two: counted}.items()):
        here = _weeks(known(acts_, asked_on), asked_on, question)
        before = same[-1].day if pair_of(names) == two else None
        if here is not None:
            found += past_cases(here, pair_of(names), horizon=horizon, question=question, before=before)
    return nearest(found, x, fitted.middle, fitted.spread, most)


def _weeks(counted: Sequence[Act], asked_on: date, question: str) -> Weeks | None:
    """The pair's weeks in the signs of the question; None where the acts are too few for a level."""
    if enough(counted) is not None:
        return None
    weeks = weeks_of(counted, asked_on)
    return weeks.mirrored() if question == "escalation" else weeks


def _shown(index: int, value: float) -> float:
    """A feature in the unit a reader expects: shares as shares, counts as counts."""
    if index in (0, 1):
        return 1 / (1 + exp(-value))
    if index in (3, 7):
        return expm1(value)
    if index == 4:
        return exp(value) - 0.02
    return value
