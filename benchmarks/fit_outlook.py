"""Fits the outlook on history: `python -m benchmarks.fit_outlook [--write]` writes
data/outlook/thaw_v1.json.

Two logistic regressions for each horizon, with a small ridge: one for thaws asked about in their
own week ("fresh"), one for thaws seen 1 to 12 weeks on ("later"); the covariance of its parameters
is clustered by pair.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.history import Case, History, cases, gdelt
from detente.relations.weeks import FEATURES, HORIZONS

OUT = Path(__file__).parents[1] / "detente" / "data" / "outlook" / "thaw_v1.json"
RIDGE = 1.0
# A thaw asked about in its own week has no weeks since it: the last two features are left out.
FRESH = len(FEATURES) - 2
# Edges of the pair's hostile share of the last year that make "like" thaws.
LIKE_EDGES = (0.3, 0.4, 0.5, 0.6)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    mean: Array
    scale: Array
    beta: Array
    covariance: Array

    def predict(self, x: Array) -> Array:
        z = np.column_stack([np.ones(len(x)), (x - self.mean) / self.scale])
        out: Array = 1 / (1 + np.exp(-z @ self.beta))
        return out


def table(chosen: Sequence[Case], days: int, width: int) -> tuple[Array, Array, Array]:
    """Features, held (1) or relapsed (0), and pair of the settled cases."""
    used = [c for c in chosen if c.kinds[days] in ("held", "relapsed")]
    return (
        np.array([c.x[:width] for c in used]),
        np.array([c.kinds[days] == "held" for c in used], dtype=float),
        np.array([c.pair for c in used], dtype=float),
    )


def fit(x: Array, y: Array, pair: Array) -> Fit:
    """Penalised maximum likelihood by Newton's method; sandwich covariance clustered by pair."""
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = np.column_stack([np.ones(len(x)), (x - mean) / scale])
    beta = np.zeros(z.shape[1])
    ridge = np.eye(z.shape[1]) * RIDGE
    ridge[0, 0] = 0.0
    for _ in range(25):
        p = 1 / (1 + np.exp(-z @ beta))
        hessian = (z * (p * (1 - p))[:, None]).T @ z + ridge
        step = np.linalg.solve(hessian, z.T @ (y - p) - ridge @ beta)
        beta = beta + step
        if np.abs(step).max() < 1e-8:
            break
    p = 1 / (1 + np.exp(-z @ beta))
    hessian = (z * (p * (1 - p))[:, None]).T @ z + ridge
    parts = z * (y - p)[:, None]
    _, place = np.unique(pair, return_inverse=True)
    sums = np.zeros((place.max() + 1, z.shape[1]))
    np.add.at(sums, place, parts)
    inverse = np.linalg.inv(hessian)
    return Fit(mean, scale, beta, inverse @ (sums.T @ sums) @ inverse)


def like_rates(chosen: Sequence[Case], days: int) -> list[dict[str, float]]:
    """Thaws in their own week by the pair's hostile share of the last year: count, share held."""
    share = lambda c: 1 / (1 + np.exp(-c.x[0]))  # noqa: E731
    at = [c for c in chosen if c.asked == c.thaw and c.kinds[days] in ("held", "relapsed")]
    out = []
    for low, high in zip((0.0, *LIKE_EDGES), (*LIKE_EDGES, 1.0), strict=True):
        here = [c for c in at if low <= share(c) < high or (high == 1.0 and share(c) == 1.0)]
        held = sum(c.kinds[days] == "held" for c in here)
        out.append({"up_to": high, "thaws": len(here), "held": round(held / max(1, len(here)), 4)})
    return out


def walk_forward(history: History, found: list[Case], days: int) -> dict[str, object]:
    """The figures of `benchmarks/outlook.py` that the model card shows and the interval uses."""
    from benchmarks.outlook import TEST_FROM, calibration, skill, walk

    y, p, climate, own, _, pair = walk(history, found, days, TEST_FROM)
    over, record = skill(y, p, climate, pair), skill(y, p, own, pair)
    return {
        "from": str(TEST_FROM),
        "thaws": len(y),
        "brier": round(float(np.mean((p - y) ** 2)), 4),
        "skill": [round(v, 3) for v in over],
        "skill_over_own_record": [round(v, 3) for v in record],
        "calibration_error": round(calibration(y, p)[0], 3),
    }


def main() -> None:
    history = gdelt()
    found = cases(history)
    at = [c for c in found if c.asked == c.thaw]
    out: dict[str, object] = {
        "version": "thaw.v1",
        "question": "thaw-holds.v1",
        "data": "GDELT dyads 2018-2022, weekly sign of the summed scores of each pair",
        "first": str(history.first),
        "thaws": len(at),
        "pairs": len({c.pair for c in at}),
        "features": FEATURES,
        "horizons": {},
    }
    horizons: dict[str, object] = {}
    for days in HORIZONS:
        models = {
            "fresh": fit(*table(at, days, FRESH)),
            "later": fit(*table([c for c in found if c.asked > c.thaw], days, len(FEATURES))),
        }
        kinds = [c.kinds[days] for c in at]
        held, gone = kinds.count("held"), kinds.count("relapsed")
        horizons[str(days)] = {
            "held": held,
            "relapsed": gone,
            "silent": kinds.count("silent"),
            "base_rate": round(held / (held + gone), 4),
            "like": like_rates(found, days),
            "walk_forward": walk_forward(history, found, days),
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
        print(f"{days} days: {held} held, {gone} relapsed, {kinds.count('silent')} silent")
        for name, model in models.items():
            print(f"  {name}: {model.beta.round(3).tolist()}")
    out["horizons"] = horizons
    if "--write" in sys.argv:
        OUT.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
