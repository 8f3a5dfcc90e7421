"""Scores the outlook walk-forward on history: `python -m benchmarks.outlook
[gdelt|icews|transfer|all]`.

gdelt is what `detente backtest` prints for both questions. icews adds what only events tell (kinds
of act, direction, depth). transfer asks a model fitted on GDELT about ICEWS. Intervals are over
drawn pairs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from benchmarks.history import History, event_features, gdelt, icews
from detente.errors import InputError
from detente.relations.backtest import FRESH, QUESTIONS, Case, backtest, cases, table, walk
from detente.relations.fitting import fit, skill, slope
from detente.relations.weeks import HORIZONS

TEST_FROM = date(2021, 7, 1)


def report(history: History, start: date, question: str = "thaw", warm_up: int = 26) -> None:
    """Every horizon of one question."""
    print(f"{history.name}, {QUESTIONS[question]}, tested from {start}:")
    for days in HORIZONS:
        try:
            r = backtest(
                history.values,
                history.first,
                question=question,
                horizon=days,
                train_until=start - timedelta(days=1),
                warm_up=warm_up,
            )
        except InputError as error:
            print(f"  {days:3} days: {error}")
            continue
        scores = (r.over_climatology, r.over_own_record, r.over_own_share)
        over, own, share = (_three((s.value, s.low, s.high)) for s in scores)
        print(
            f"  {days:3} days: {r.tested} of {r.episodes} episodes of {r.pairs} pairs, yes={r.yes:.3f} "
            f"silent(all)={r.silent} Brier={r.brier:.4f} skill={over} over own record={own} "
            f"over own share={share} AUC={r.auc:.3f} calibration error={r.calibration_error:.3f} "
            f"(chance alone {r.calibration_by_chance:.3f}) slope={r.slope:.2f}"
        )


def events(history: History, start: date) -> None:
    """The thaw question with the features of events added, on a history that has them."""
    found = [c for c in cases(history.values, warm_up=13) if c.asked == c.start]
    first = (start - history.first).days // 7
    for name, kept in (
        ("with the features of events", [_richer(history, c) for c in found]),
        ("without", found),
    ):
        for days in HORIZONS:
            columns = walk(kept, days, first, history.values.shape[1], width=len(kept[0].x))
            if not columns:
                print(f"  {name}, {days:3} days: nothing to test")
                continue
            y, p, climate, *_, pair = columns
            print(f"  {name}, {days:3} days: n={len(y)} skill={_three(skill(y, p, climate, pair))}")


def _richer(history: History, case: Case) -> Case:
    return replace(case, x=(*case.x[:FRESH], *event_features(history, case.pair, case.start)))


def transfer() -> None:
    """The shipped kind of model, fitted on GDELT from July 2019 on, asked about ICEWS thaws."""
    fitted_on, asked_about = gdelt(), icews()
    first = (date(2019, 7, 1) - fitted_on.first).days // 7
    known = [c for c in _fresh(cases(fitted_on.values)) if c.start >= first]
    asked = _fresh(cases(asked_about.values, warm_up=13))
    print("fitted on GDELT from 2019-07-01, asked about ICEWS 2018-04 to 2019-03:")
    for days in HORIZONS:
        model = fit(*table(known, days))
        climate = float(table(known, days)[1].mean())
        x, y, pair = table(asked, days)
        p = model.predict(x)
        over = _three(skill(y, p, np.full(len(y), climate), pair))
        own = _three(skill(y, p, np.full(len(y), y.mean()), pair))
        print(
            f"  {days:3} days: n={len(y)} held={y.mean():.3f} mean forecast={p.mean():.3f} "
            f"skill over GDELT's base rate={over} over ICEWS' own={own} slope={slope(y, p):.2f}"
        )


def _fresh(found: Iterable[Case]) -> list[Case]:
    return [c for c in found if c.asked == c.start]


def _three(values: tuple[float, float, float]) -> str:
    return f"{values[0]:+.3f} [{values[1]:+.3f}, {values[2]:+.3f}]"


def main() -> None:
    which = sys.argv[1] if len(sys.argv) > 1 else "all"
    if which in ("gdelt", "all"):
        for question in QUESTIONS:
            report(gdelt(), TEST_FROM, question)
    if which in ("icews", "all"):
        known = icews()
        for question in QUESTIONS:
            report(known, date(2018, 10, 1), question, warm_up=13)
        events(known, date(2018, 10, 1))
    if which in ("transfer", "all"):
        transfer()


if __name__ == "__main__":
    main()
