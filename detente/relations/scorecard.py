"""Filed outlooks, resolved by the frozen rule and scored: pure, without store or clock."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from detente.errors import InputError
from detente.records import Forecast, Outlook
from detente.relations.backtest import QUESTIONS
from detente.relations.null import random_for
from detente.relations.outlook import turn_term
from detente.relations.series import Act, known
from detente.relations.weeks import HORIZONS, SILENT_BELOW, outcome, weeks_of

__all__ = ["Bin", "Card", "chain_hash", "file_forecast", "resolve", "scorecard", "unsettled"]

DRAWS = 1000
BINS = 5
# A forecast of exactly 0 or 1 would cost infinitely; the log score stops here.
CLIP = 1e-3
# Silence of a pair counts where the store holds documents of at least this share of the weeks.
READ_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Bin:
    """Forecasts between two probabilities: how many, what they said on average, what share held."""

    low: float
    high: float
    count: int
    forecast: float | None
    held: float | None


@dataclass(frozen=True, slots=True)
class Card:
    """Scores of resolved forecasts.

    `brier` and `log_score` are means, less is better. `skill` is 1 - Brier / Brier of the base rate
    filed beside each forecast; `skill_low`, `skill_high` its 95 % interval over drawn pairs (None:
    fewer than two pairs). `silent` were resolved but could not be told; `pending` are not due, or
    the store does not cover the weeks asked about.
    """

    scored: int
    silent: int
    pending: int
    brier: float | None
    log_score: float | None
    base_brier: float | None
    skill: float | None
    skill_low: float | None
    skill_high: float | None
    bins: tuple[Bin, ...]
    definition: str = "scorecard.v2"


# What became of the turn asked about, in the words of each question; the first is a yes.
_OUTCOMES = {"thaw": ("held", "relapsed"), "escalation": ("thawed", "lasted")}
_YES = frozenset(yes for yes, _ in _OUTCOMES.values())
_TOLD = frozenset(word for words in _OUTCOMES.values() for word in words)


def _question(outlook: Outlook) -> str:
    """The short name of the question, "thaw" or "escalation"."""
    for name, version in QUESTIONS.items():
        if version == outlook.question:
            return name
    raise InputError(
        f"the question {outlook.question!r} cannot be resolved",
        todo=f"file {' or '.join(QUESTIONS.values())}",
    )


def _turn_day(outlook: Outlook) -> date:
    name = turn_term(_question(outlook))
    for term in outlook.terms:
        if term.name == name and isinstance(term.value, str):
            return date.fromisoformat(term.value)
    raise InputError("the outlook names no turn", todo="file outlooks as detente.outlook returns them")


def _last_day(outlook: Outlook) -> date:
    """Sunday of the last week asked about; the horizon is scored in whole weeks."""
    return _monday(outlook.asked_on) + timedelta(weeks=HORIZONS[outlook.horizon_days], days=6)


def chain_hash(outlook: Outlook, filed_on: date, previous: str) -> str:
    """Hash of a filed outlook and of the one filed before it (64 hex digits): no later edit goes
    unseen.

    >>> from detente.relations.outlook import outlook
    >>> o = outlook([], ("USA", "COL"), asked_on=date(2026, 1, 8))
    >>> chain_hash(o, date(2026, 1, 8), "") == chain_hash(o, date(2026, 1, 8), "x")
    False
    """
    return hashlib.sha256(f"{previous}\n{filed_on}\n{outlook!r}".encode()).hexdigest()


def file_forecast(outlook: Outlook, *, filed_on: date, previous: str = "") -> Forecast:
    """A forecast from an outlook; `previous` is the id of the one filed last.

    Raises InputError for an outlook that abstains, of another question, or filed before it was
    asked.

    >>> from detente.relations.outlook import outlook
    >>> day = date(2026, 1, 8)
    >>> file_forecast(outlook([], ("USA", "COL"), asked_on=day), filed_on=day)
    Traceback (most recent call last):
    ...
    detente.errors.InputError: the outlook abstains (no thaw turn is known by 2026-01-08); ...
    """
    if outlook.probability is None:
        raise InputError(f"the outlook abstains ({outlook.reason})", todo="file one that gives a probability")
    if outlook.horizon_days not in HORIZONS:
        raise InputError(
            f"no outlook is made for {outlook.horizon_days} days", todo=f"file one of {[*HORIZONS]} days"
        )
    if filed_on < outlook.asked_on:
        raise InputError(
            f"the outlook was asked on {outlook.asked_on}, after {filed_on}",
            todo="file it on the day it was asked or later",
        )
    _turn_day(outlook)
    return Forecast(
        id=chain_hash(outlook, filed_on, previous),
        filed_on=filed_on,
        due_on=_last_day(outlook),
        outlook=outlook,
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _told(forecast: Forecast, items: Sequence[Act], on: date) -> str:
    """What the acts known on a day say of the question, in its words; "silent" where too few do."""
    question = _question(forecast.outlook)
    usable = [a for a in known(items, on) if a.day <= forecast.due_on]
    if not any(not a.announced for a in usable):
        return "silent"
    weeks = weeks_of(usable, forecast.due_on)
    if question == "escalation":
        weeks = weeks.mirrored()
    found = outcome(
        weeks.signs,
        weeks.index(_turn_day(forecast.outlook)),
        HORIZONS[forecast.outlook.horizon_days],
        weeks.index(forecast.outlook.asked_on),
    )
    if found is None or found.kind == "silent":
        return "silent"
    yes, no = _OUTCOMES[question]
    return yes if (found.kind == "held") is (question == "thaw") else no


def _ended(question: str) -> str:
    """The outcome that no later act can undo: a relapse, or for the mirror a thaw."""
    return "relapsed" if question == "thaw" else "thawed"


def unsettled(
    forecast: Forecast, items: Sequence[Act], *, on: date, read: Iterable[date] | None = None
) -> str | None:
    """Why a forecast without an outcome has none yet; None where `resolve` gives one.

    An end (a relapse; for the mirror a thaw) settles it once it is due. That it did not end is only
    known where documents were read: some document must be published in the last week asked about or
    later. Silence counts where besides documents were published in three quarters of the weeks
    asked about; else it may be that nobody read.

    Args:
        forecast: from `file_forecast`.
        items: acts of the pair.
        on: the day of scoring; nothing published later is used.
        read: publication days of all documents that were read, of any pair; None: only those of the
            pair's acts are known.

    >>> from detente.records import Outlook, Term
    >>> day = date(2025, 3, 3)
    >>> o = Outlook(("COL", "USA"), day, "thaw-holds.v1", 30, .7, .5, .8, None, .6,
    ...     (Term("thaw of", "2025-03-03"),), None, "thaw.v1")
    >>> unsettled(file_forecast(o, filed_on=day), [], on=date(2025, 6, 1))
    'nothing published in the last week asked about (from 2025-03-31) or later was read'
    """
    if forecast.outcome is not None:
        return None
    if forecast.outlook.probability is None:
        return "it gives no probability"
    if on < forecast.due_on:
        return f"not due before {forecast.due_on}"
    told = _told(forecast, items, on)
    question = _question(forecast.outlook)
    if told == _ended(question):
        return None
    days = {a.known_on for a in items} if read is None else set(read)
    weeks = {_monday(day) for day in days if day <= on}
    last = _monday(forecast.due_on)
    if not any(week >= last for week in weeks):
        return f"nothing published in the last week asked about (from {last}) or later was read"
    asked = HORIZONS[forecast.outlook.horizon_days]
    covered = sum(last - timedelta(weeks=i) in weeks for i in range(asked))
    if told == "silent" and covered < READ_SHARE * asked:
        return (
            f"fewer than {SILENT_BELOW} weeks with acts, and documents of only {covered} of the {asked} "
            "weeks asked about were read: too few to tell silence from not reading"
        )
    return None


def resolve(
    forecast: Forecast, items: Sequence[Act], *, on: date, read: Iterable[date] | None = None
) -> Forecast:
    """The forecast with its outcome by "held.v1", as known on a day; unchanged while `unsettled`
    gives a reason.

    A forecast that has an outcome keeps it. `score` is the Brier score; None where the outcome is
    "silent". The arguments are those of `unsettled`.
    """
    probability = forecast.outlook.probability
    if forecast.outcome is not None or probability is None:
        return forecast
    if unsettled(forecast, items, on=on, read=read) is not None:
        return forecast
    told = _told(forecast, items, on)
    if told == "silent":
        return replace(forecast, outcome="silent")
    return replace(forecast, outcome=told, score=(probability - float(told in _YES)) ** 2)


def scorecard(forecasts: Sequence[Forecast]) -> Card:
    """Brier, log score, skill over the filed base rate with its interval, and reliability bins.

    >>> scorecard([]).scored
    0
    """
    import numpy as np

    silent = sum(f.outcome == "silent" for f in forecasts)
    pending = sum(f.outcome is None for f in forecasts)
    rows = [
        (f.outlook.pair, f.outlook.probability, f.outlook.like_base_rate, f.outcome in _YES)
        for f in forecasts
        if f.outcome in _TOLD and f.outlook.probability is not None
    ]
    if not rows:
        return Card(0, silent, pending, None, None, None, None, None, None, ())
    y = np.array([float(held) for *_, held in rows])
    p = np.array([probability for _, probability, _, _ in rows])
    based = [base for _, _, base, _ in rows if base is not None]
    brier = float(np.mean((p - y) ** 2))
    held_p = np.clip(np.where(y == 1, p, 1 - p), CLIP, 1.0)
    base_brier = skill = low = high = None
    if len(based) == len(rows):
        base = np.array(based)
        base_brier = float(np.mean((base - y) ** 2))
        skill = 1 - brier / base_brier if base_brier > 0 else None
        pairs = sorted({pair for pair, *_ in rows})
        if skill is not None and len(pairs) > 1:
            place = np.array([pairs.index(pair) for pair, *_ in rows])
            mine = np.bincount(place, (p - y) ** 2)
            theirs = np.bincount(place, (base - y) ** 2)
            rng = random_for([f.id for f in sorted(forecasts, key=lambda f: f.id)])
            drawn = rng.integers(0, len(pairs), size=(DRAWS, len(pairs)))
            ratio = 1 - mine[drawn].sum(axis=1) / np.maximum(theirs[drawn].sum(axis=1), 1e-12)
            low, high = (float(v) for v in np.percentile(ratio, [2.5, 97.5]))
    bins = []
    place = np.minimum((p * BINS).astype(int), BINS - 1)
    for i in range(BINS):
        here = place == i
        count = int(here.sum())
        bins.append(
            Bin(
                i / BINS,
                (i + 1) / BINS,
                count,
                float(p[here].mean()) if count else None,
                float(y[here].mean()) if count else None,
            )
        )
    return Card(
        scored=len(rows),
        silent=silent,
        pending=pending,
        brier=brier,
        log_score=float(-np.mean(np.log(held_p))),
        base_brier=base_brier,
        skill=skill,
        skill_low=low,
        skill_high=high,
        bins=tuple(bins),
    )
