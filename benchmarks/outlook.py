"""Scores the outlook walk-forward on history: `python -m benchmarks.outlook
[gdelt|icews|transfer|all]`.

Each quarter from the start of the test on, the model is fitted on the thaws settled by then and
asked about the thaws of that quarter, in their own week. Printed: Brier skill over climatology
(share held so far), over the pair's own record (shrunk to climatology), and over one logistic of
the pair's own hostile share; intervals from 2,000 draws of pairs; AUC; calibration error over ten
equal bins and what chance alone would give; calibration slope.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date

import numpy as np
from scipy.stats import rankdata

from benchmarks.fit_outlook import FRESH, Array, fit, table
from benchmarks.history import Case, History, cases, gdelt, icews
from detente.relations.weeks import HORIZONS

DRAWS = 2000
TEST_FROM = date(2021, 7, 1)


def walk(history: History, found: list[Case], days: int, start: date) -> tuple[Array, ...]:
    """Outcome, forecast, climatology, own record, own hostile share and pair of every test thaw."""
    first = (start - history.first).days // 7
    last = history.values.shape[1]
    rows = []
    for begin in range(first, last, 13):
        known = [c for c in found if c.ends[days] < begin]
        asked = [
            c
            for c in found
            if begin <= c.thaw == c.asked < begin + 13 and c.kinds[days] in ("held", "relapsed")
        ]
        if not asked:
            continue
        at = [c for c in known if c.asked == c.thaw]
        _, y, pair = table(at, days, FRESH)
        x = np.array([_fresh(c) for c in at if c.kinds[days] in ("held", "relapsed")])
        if len(set(y.tolist())) < 2:
            continue
        climate = float(y.mean())
        model, share = fit(x, y, pair), fit(x[:, 1:2], y, pair)
        new = np.array([_fresh(c) for c in asked])
        for c, p, s in zip(asked, model.predict(new), share.predict(new[:, 1:2]), strict=True):
            own = (c.own[0] + 4 * climate) / (c.own[1] + 4)
            rows.append((c.kinds[days] == "held", p, climate, own, s, c.pair))
    return tuple(np.array(column, dtype=float) for column in zip(*rows, strict=True))


def _fresh(case: Case) -> list[float]:
    return [*case.x[:FRESH], *case.extra]


def skill(y: Array, p: Array, base: Array, pair: Array) -> tuple[float, float, float]:
    """1 - Brier / Brier of the base, with the 95 % interval over drawn pairs."""
    _, place = np.unique(pair, return_inverse=True)
    mine, theirs = np.bincount(place, (p - y) ** 2), np.bincount(place, (base - y) ** 2)
    rng = np.random.default_rng(1)
    drawn = rng.integers(0, len(mine), size=(DRAWS, len(mine)))
    low, high = np.percentile(1 - mine[drawn].sum(axis=1) / theirs[drawn].sum(axis=1), [2.5, 97.5])
    return float(1 - mine.sum() / theirs.sum()), float(low), float(high)


def calibration(y: Array, p: Array) -> tuple[float, float]:
    """Mean distance of forecast and outcome over ten equal bins; that of a perfect forecast."""
    bins = np.minimum((rankdata(p, method="ordinal") - 1) * 10 // len(p), 9).astype(int)
    size = np.bincount(bins, minlength=10)

    def error(z: Array) -> float:
        gap = np.abs(np.bincount(bins, p, 10) - np.bincount(bins, z, 10))
        return float(gap.sum() / size.sum())

    rng = np.random.default_rng(2)
    perfect = [error((rng.random(len(p)) < p).astype(float)) for _ in range(200)]
    return error(y), float(np.mean(perfect))


def slope(y: Array, p: Array) -> float:
    """Slope of the outcome on the log-odds of the forecast: 1 is right, less is overconfident."""
    logit = np.log(p / (1 - p))[:, None]
    model = fit(logit, y, np.arange(len(y), dtype=float))
    return float(model.beta[1] / model.scale[0])


def report(history: History, start: date, warm_up: int = 26) -> None:
    found = cases(history, warm_up=warm_up)
    fresh = [c for c in found if c.asked == c.thaw]
    pairs = len({c.pair for c in fresh})
    print(f"{history.name}: {len(fresh)} thaws of {pairs} pairs; test from {start}")
    for days in HORIZONS:
        columns = walk(history, found, days, start)
        if not columns:
            print(f"  {days:3} days: no thaw of the test is settled")
            continue
        y, p, climate, own, share, pair = columns
        silent = sum(c.kinds[days] == "silent" for c in fresh)
        ranks = rankdata(p)
        held = y.sum()
        auc = (ranks[y == 1].sum() - held * (held + 1) / 2) / (held * (len(y) - held))
        error, chance = calibration(y, p)
        print(
            f"  {days:3} days: n={len(y)} held={y.mean():.3f} silent(all)={silent} "
            f"Brier={np.mean((p - y) ** 2):.4f} skill={_three(skill(y, p, climate, pair))} "
            f"over own record={_three(skill(y, p, own, pair))} "
            f"over own hostile share={_three(skill(y, p, share, pair))} "
            f"AUC={auc:.3f} calibration error={error:.3f} (chance alone {chance:.3f}) "
            f"slope={slope(y, p):.2f}"
        )


def transfer() -> None:
    """The shipped kind of model, fitted on GDELT from July 2019 on, asked about ICEWS thaws."""
    fitted_on, asked_about = gdelt(), icews()
    first = (date(2019, 7, 1) - fitted_on.first).days // 7
    known = [c for c in cases(fitted_on) if c.asked == c.thaw and c.thaw >= first]
    asked = [c for c in cases(asked_about, warm_up=13) if c.asked == c.thaw]
    print("fitted on GDELT from 2019-07-01, asked about ICEWS 2018-04 to 2019-03:")
    for days in HORIZONS:
        model = fit(*table(known, days, FRESH))
        climate = float(table(known, days, FRESH)[1].mean())
        x, y, pair = table(asked, days, FRESH)
        p = model.predict(x)
        over = _three(skill(y, p, np.full(len(y), climate), pair))
        own = _three(skill(y, p, np.full(len(y), y.mean()), pair))
        print(
            f"  {days:3} days: n={len(y)} held={y.mean():.3f} mean forecast={p.mean():.3f} "
            f"skill over GDELT's base rate={over} over ICEWS' own={own} slope={slope(y, p):.2f}"
        )


def _three(values: tuple[float, float, float]) -> str:
    return f"{values[0]:+.3f} [{values[1]:+.3f}, {values[2]:+.3f}]"


def main() -> None:
    which = sys.argv[1] if len(sys.argv) > 1 else "all"
    if which in ("gdelt", "all"):
        report(gdelt(), TEST_FROM)
    if which in ("icews", "all"):
        events = icews()
        report(events, date(2018, 10, 1), warm_up=13)
        print("the same without the event features:")
        report(replace(events, details={}), date(2018, 10, 1), warm_up=13)
    if which in ("transfer", "all"):
        transfer()


if __name__ == "__main__":
    main()
