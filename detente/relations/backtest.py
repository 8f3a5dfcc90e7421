"""A question of the outlook asked of history, walk-forward: each quarter the model is fitted on what
was settled by then and asked about what began after.

Two questions: "thaw" (does it hold?) and its mirror "escalation" (is there a thaw in time?). The
mirror turns every week's sign round, so one set of rules serves both; see
`docs/method/relations.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from detente.errors import InputError
from detente.relations.fitting import Array, calibration, fit, ranking, skill, slope
from detente.relations.weeks import FEATURES, HORIZONS, features, outcome, record, relapse, thaws

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["LANDMARKS", "QUESTIONS", "Backtest", "Case", "Score", "backtest", "cases", "table", "walk"]

QUESTIONS: dict[str, str] = {"thaw": "thaw-holds.v1", "escalation": "escalation-thaws.v1"}
# An episode is looked at in its own week and so many weeks later, while it lasts.
LANDMARKS = (0, 1, 2, 4, 8, 12)
WARM_UP = 26
QUARTER = 13
# In its own week an episode has no weeks since: the last two features are left out.
FRESH = len(FEATURES) - 2
# The pair's own record is shrunk to climatology as if by so many more episodes.
SHRINK = 4
FEWEST = 20


@dataclass(frozen=True, slots=True)
class Case:
    """One episode seen in one week: what was known then, and what became of it for each horizon.

    `kinds` holds "held", "relapsed", "silent" or None (not over by the end of history) in the words
    of a thaw; for an escalation "relapsed" means that it thawed. `ends` is the last week asked
    about.
    """

    pair: int
    start: int
    asked: int
    x: tuple[float, ...]
    own: tuple[int, int]
    kinds: dict[int, str | None]
    ends: dict[int, int]


@dataclass(frozen=True, slots=True)
class Score:
    """A figure with its 95 % interval over drawn pairs."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Backtest:
    """Scores of a walk-forward test. `yes` is the share of answers that came true.

    Reliability: `bins` are (count, mean forecast, share that came true) over ten equal groups.
    """

    question: str
    horizon: int
    trained_until: date
    pairs: int
    episodes: int
    silent: int
    open: int
    tested: int
    tested_pairs: int
    yes: float
    brier: float
    over_climatology: Score
    over_own_record: Score
    over_own_share: Score
    auc: float
    calibration_error: float
    calibration_by_chance: float
    slope: float
    bins: tuple[tuple[int, float, float], ...]


def _signs(row: NDArray[np.float64], question: str) -> list[int | None]:
    flip = -1 if question == "escalation" else 1
    return [None if v != v else flip * ((v > 0) - (v < 0)) for v in row.tolist()]


def cases(values: NDArray[np.float64], question: str = "thaw", *, warm_up: int = WARM_UP) -> Iterator[Case]:
    """Every episode of the weekly rule after the warm-up, 0 to 12 weeks on, until it ended.

    `values` are pairs x weeks, negative hostile, NaN silent; only the sign is used. Raises
    InputError for another question.

    >>> import numpy as np
    >>> [c.asked for c in cases(np.array([[-1.0] * 30 + [1.0] * 40]), "thaw")][:3]
    [30, 31, 32]
    """
    if question not in QUESTIONS:
        raise InputError(f"{question!r} is no question", todo=f"ask {' or '.join(QUESTIONS)}")
    for pair, row in enumerate(values):
        signs = _signs(row, question)
        for start in thaws(signs):
            if start < warm_up:
                continue
            past = record(signs, start)
            at = relapse(signs, start)
            for since in LANDMARKS:
                asked = start + since
                if asked >= len(signs) or (at is not None and at <= since):
                    break
                kinds: dict[int, str | None] = {}
                for days, weeks in HORIZONS.items():
                    found = outcome(signs, start, weeks, asked)
                    # Settled when its weeks are over, also where it ended earlier: else ends would
                    # enter the training before the holds of the same week.
                    over = asked + weeks < len(signs)
                    kinds[days] = found.kind if found is not None and over else None
                x = features(signs, start, asked, past)
                yield Case(pair, start, asked, x, past, kinds, {d: asked + w for d, w in HORIZONS.items()})


def table(
    chosen: Sequence[Case], days: int, width: int = FRESH, question: str = "thaw"
) -> tuple[Array, Array, Array]:
    """Features, answer (1 yes, 0 no) and pair of the settled cases; yes is "held" or "thawed".

    >>> import numpy as np
    >>> x, y, pair = table(list(cases(np.array([[-1.0] * 30 + [1.0] * 40]))), 90)
    >>> y.tolist()[0], pair.tolist()[0]
    (1.0, 0.0)
    """
    import numpy as np

    yes = "relapsed" if question == "escalation" else "held"
    used = [c for c in chosen if c.kinds[days] in ("held", "relapsed")]
    return (
        np.array([c.x[:width] for c in used]).reshape(len(used), width),
        np.array([c.kinds[days] == yes for c in used], dtype=float),
        np.array([c.pair for c in used], dtype=float),
    )


def walk(
    fresh: Sequence[Case],
    days: int,
    first: int,
    last: int,
    question: str = "thaw",
    width: int = FRESH,
) -> tuple[Array, ...]:
    """Answer, forecast, climatology, own record, own share and pair of every episode tested.

    Each quarter from week `first` on the model is fitted on the episodes settled by then. Empty
    where no quarter has 20 settled episodes of both answers before it and one after.
    """
    import numpy as np

    rows: list[tuple[float, ...]] = []
    for begin in range(first, last, QUARTER):
        known = [c for c in fresh if c.ends[days] < begin]
        asked = [
            c for c in fresh if begin <= c.start < begin + QUARTER and c.kinds[days] in ("held", "relapsed")
        ]
        x, y, pair = table(known, days, width, question)
        if not asked or len(y) < FEWEST or len(set(y.tolist())) < 2:
            continue
        climate = float(y.mean())
        model, share = fit(x, y, pair), fit(x[:, 1:2], y, pair)
        new, truth, where = table(asked, days, width, question)
        for case, p, s, t, at in zip(
            asked, model.predict(new), share.predict(new[:, 1:2]), truth, where, strict=True
        ):
            held, settled = case.own
            hits = settled - held if question == "escalation" else held
            own = (hits + SHRINK * climate) / (settled + SHRINK)
            rows.append((float(t), float(p), climate, own, float(s), float(at)))
    if not rows:
        return ()
    return tuple(np.array(column) for column in zip(*rows, strict=True))


def backtest(
    values: NDArray[np.float64],
    first: date,
    *,
    question: str = "thaw",
    horizon: int = 90,
    train_until: date,
    warm_up: int = WARM_UP,
) -> Backtest:
    """Fits and scores the question walk-forward on weekly history.

    Args:
        values: pairs x weeks, negative hostile, NaN silent; only the sign is used.
        first: Monday of the first week.
        question: "thaw" or "escalation".
        horizon: 30, 60, 90 or 180 days.
        train_until: the test begins after this day; each later quarter is added to the training.
        warm_up: weeks of a pair before its first episode counts.

    Raises:
        InputError: another question or horizon, or too little history to fit or to test.
    """
    import numpy as np

    if horizon not in HORIZONS:
        raise InputError(
            f"no outlook is made for {horizon} days", todo=f"ask for {', '.join(map(str, HORIZONS))} days"
        )
    fresh = [c for c in cases(values, question, warm_up=warm_up) if c.asked == c.start]
    begin = max(0, (train_until - first).days // 7 + 1)
    columns = walk(fresh, horizon, begin, values.shape[1], question)
    if not columns:
        raise InputError(
            f"of {len(fresh)} episodes too few are settled before or after {train_until}",
            todo="give a longer history, or another --train-until",
        )
    y, p, climate, own, share, pair = columns
    error, chance = calibration(y, p)
    groups = np.minimum(ranking(p) * 10 // len(p), 9).astype(int)
    bins = tuple(
        (int((groups == g).sum()), float(p[groups == g].mean()), float(y[groups == g].mean()))
        for g in range(10)
        if (groups == g).any()
    )
    ranks = ranking(p, ties=True)
    hits = float(y.sum())
    both = hits * (len(y) - hits)
    kinds = [c.kinds[horizon] for c in fresh]
    return Backtest(
        question=QUESTIONS[question],
        horizon=horizon,
        trained_until=train_until,
        pairs=len({c.pair for c in fresh}),
        episodes=len(fresh),
        silent=kinds.count("silent"),
        open=kinds.count(None),
        tested=len(y),
        tested_pairs=len(set(pair.tolist())),
        yes=float(y.mean()),
        brier=float(np.mean((p - y) ** 2)),
        over_climatology=Score(*skill(y, p, climate, pair)),
        over_own_record=Score(*skill(y, p, own, pair)),
        over_own_share=Score(*skill(y, p, share, pair)),
        auc=float((ranks[y == 1].sum() - hits * (hits - 1) / 2) / both) if both else float("nan"),
        calibration_error=error,
        calibration_by_chance=chance,
        slope=slope(y, p),
        bins=bins,
    )
