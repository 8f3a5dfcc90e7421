"""Fits the outlook on history: `python -m benchmarks.fit_outlook [--write]` writes
data/outlook/thaw_v1.json and escalation_v1.json.

Two logistic regressions for each horizon, with a small ridge: one for episodes asked about in their
own week ("fresh"), one for those seen 1 to 12 weeks on ("later"); the covariance of the parameters
is clustered by pair. The nearest past cases ship as sums only: the episodes of history in groups of
like ones (k-means on the features), each with its size and the share that came true.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.history import History, gdelt
from detente.relations.backtest import FRESH, QUESTIONS, Case, backtest, cases, table
from detente.relations.fitting import Array, fit
from detente.relations.weeks import FEATURES, HORIZONS

FOLDER = Path(__file__).parents[1] / "detente" / "data" / "outlook"
# Edges of the pair's share of hostile weeks (of the last year) that make "like" episodes.
LIKE_EDGES = (0.3, 0.4, 0.5, 0.6)
GROUPS = 24
# A smaller group would say too much about single pairs.
FEWEST = 100
TRAINED_UNTIL = date(2021, 6, 30)


def share(case: Case) -> float:
    """Share of the weeks of the last year on the side that the episode ended."""
    return float(1 / (1 + np.exp(-case.x[0])))


def like_rates(fresh: Sequence[Case], days: int, yes: str) -> list[dict[str, float]]:
    """Episodes in their own week by `share`: count, share that came true."""
    at = [c for c in fresh if c.kinds[days] in ("held", "relapsed")]
    out = []
    for low, high in zip((0.0, *LIKE_EDGES), (*LIKE_EDGES, 1.01), strict=True):
        here = [c for c in at if low <= share(c) < high]
        hits = sum(c.kinds[days] == yes for c in here)
        edge = min(high, 1.0)
        out.append({"up_to": edge, "thaws": len(here), "held": round(hits / max(1, len(here)), 4)})
    return out


def groups(fresh: Sequence[Case], yes: str) -> dict[str, object]:
    """Groups of like episodes: centre in scaled features, and size and share for each horizon."""
    from sklearn.cluster import KMeans  # type: ignore[import-untyped]

    x = np.array([c.x[:FRESH] for c in fresh])
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = (x - mean) / scale
    label = KMeans(GROUPS, n_init=4, random_state=3).fit_predict(z)
    kept: list[dict[str, object]] = []
    for group in range(GROUPS):
        here = [c for c, g in zip(fresh, label, strict=True) if g == group]
        if len(here) < FEWEST:
            continue
        rates = {}
        for days in HORIZONS:
            kinds = [c.kinds[days] for c in here]
            settled = kinds.count("held") + kinds.count("relapsed")
            rates[str(days)] = [settled, round(kinds.count(yes) / max(1, settled), 4)]
        centre: Array = z[label == group].mean(axis=0)
        kept.append({"centre": centre.round(3).tolist(), "rates": rates})
    return {"mean": mean.round(4).tolist(), "scale": scale.round(4).tolist(), "groups": kept}


def learn(history: History, question: str) -> dict[str, object]:
    """Everything that ships for one question."""
    yes = "relapsed" if question == "escalation" else "held"
    found = list(cases(history.values, question))
    at = [c for c in found if c.asked == c.start]
    horizons: dict[str, object] = {}
    for days in HORIZONS:
        models = {
            "fresh": fit(*table(at, days, FRESH, question)),
            "later": fit(*table([c for c in found if c.asked > c.start], days, len(FEATURES), question)),
        }
        kinds = [c.kinds[days] for c in at]
        held, gone = kinds.count("held"), kinds.count("relapsed")
        r = backtest(
            history.values, history.first, question=question, horizon=days, train_until=TRAINED_UNTIL
        )
        over, own = r.over_climatology, r.over_own_record
        horizons[str(days)] = {
            "held": held,
            "relapsed": gone,
            "silent": kinds.count("silent"),
            "base_rate": round(kinds.count(yes) / (held + gone), 4),
            "like": like_rates(at, days, yes),
            "walk_forward": {
                "from": "2021-07-01",
                "thaws": r.tested,
                "brier": round(r.brier, 4),
                "skill": [round(v, 3) for v in (over.value, over.low, over.high)],
                "skill_over_own_record": [round(v, 3) for v in (own.value, own.low, own.high)],
                "calibration_error": round(r.calibration_error, 3),
            },
            **{
                name: {
                    "mean": model.mean.round(4).tolist(),
                    "scale": model.scale.round(4).tolist(),
                    "beta": model.beta.round(4).tolist(),
                    "covariance": model.covariance.round(6).tolist(),
                }
                for name, model in models.items()
            },
        }
        print(f"{question}, {days} days: {held} held, {gone} relapsed, {kinds.count('silent')} silent")
        for name, model in models.items():
            print(f"  {name}: {model.beta.round(3).tolist()}")
    return {
        "version": f"{question}.v1",
        "question": QUESTIONS[question],
        "data": "GDELT dyads 2018-2022, weekly sign of the summed scores of each pair",
        "first": str(history.first),
        "thaws": len(at),
        "pairs": len({c.pair for c in at}),
        "features": FEATURES,
        "nearest": groups(at, yes),
        "horizons": horizons,
    }


def main() -> None:
    history = gdelt()
    for question in QUESTIONS:
        out = learn(history, question)
        if "--write" in sys.argv:
            text = json.dumps(out, indent=1) + "\n"
            (FOLDER / f"{question}_v1.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
