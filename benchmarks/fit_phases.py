"""Fits the prior of phases on history: `python -m benchmarks.fit_phases [--write]`.

ICEWS 2018-2019, pairs with 10 to 120 days of acts, one act a day, direction and type: the
likelihood of a hidden hostile share with random jumps, over a grid of shares. The weights of the
shares are found by EM, mean length and concentration on a grid. Only the weights are
used; see `CHOSEN`. `--write` writes
data/outlook/phases_v1.json.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.history import HISTORY, ordered
from detente.codebook import codebook
from detente.relations.phases import Prior, likelihoods

OUT = Path(__file__).parents[1] / "detente" / "data" / "outlook" / "phases_v1.json"
SHARES = tuple(round(0.025 + 0.05 * i, 3) for i in range(20))
LENGTHS = (60.0, 90.0, 120.0, 180.0, 270.0, 365.0)
CONCENTRATIONS = (1.5, 2.5, 4.0, 6.0, 9.0, 14.0)
DAYS = (10, 120)
# Chosen on invented storylines (`python -m benchmarks.turns invented`): how alike acts of a day are,
# and the share of acts that a coder takes for their opposite.
CHOSEN = {"concentration": 8.0, "mistaken": 0.1}
PAIRS = 400

Array = NDArray[np.float64]
Record = tuple[Array, Array, list[int]]


def records() -> list[Record]:
    """Hostile and cooperative acts of each day with acts, and the days, of the pairs chosen."""
    frame = ordered(pl.read_parquet(HISTORY / "icews_2018_2019.parquet"), "source", "target")
    book = codebook()
    codes = frame["cameo"].cast(pl.String).str.zfill(3)
    kinds = {c: book.from_cameo(c) for c in codes.unique().to_list()}
    sign = {c: 0 if k is None or k == "REQUEST" else -1 if book.hostile(k) else 1 for c, k in kinds.items()}
    frame = (
        frame.with_columns(
            kind=codes.replace_strict({c: k or "" for c, k in kinds.items()}, return_dtype=pl.String),
            sign=codes.replace_strict(sign, return_dtype=pl.Int64),
        )
        .filter(pl.col("sign") != 0)
        .unique(["date", "source", "target", "kind"])
    )
    daily = (
        frame.group_by("x", "y", "date")
        .agg(h=(pl.col("sign") < 0).sum(), c=(pl.col("sign") > 0).sum())
        .sort("x", "y", "date")
    )
    out: list[Record] = []
    for _, rows in daily.group_by(["x", "y"], maintain_order=True):
        if DAYS[0] <= rows.height <= DAYS[1]:
            days = [d.toordinal() for d in rows["date"]]
            out.append((rows["h"].to_numpy().astype(float), rows["c"].to_numpy().astype(float), days))
    chosen = np.random.default_rng(4).permutation(len(out))[:PAIRS]
    return [out[i] for i in sorted(chosen)]


def learn(found: list[Record], length: float, concentration: float, rounds: int) -> tuple[Array, float]:
    """Weights of the shares after some rounds of EM, and the log-likelihood before the last."""
    weights = np.full(len(SHARES), 1 / len(SHARES))
    total = 0.0
    for _ in range(rounds):
        total, drawn = 0.0, np.full(len(SHARES), 0.05)
        for h, c, days in found:
            like = likelihoods(h, c, Prior(SHARES, tuple(weights), concentration))
            top = like.max(axis=1, keepdims=True)
            seen = np.exp(like - top)
            stay = np.exp(-np.diff(days) / length)
            forward, size = np.zeros_like(seen), np.zeros(len(days))
            for t in range(len(days)):
                ahead = weights if t == 0 else stay[t - 1] * forward[t - 1] + (1 - stay[t - 1]) * weights
                row = ahead * seen[t]
                size[t] = row.sum()
                forward[t] = row / size[t]
            total += float(np.log(size).sum() + top.sum())
            back = np.ones(len(SHARES))
            for t in range(len(days) - 1, 0, -1):
                ahead = seen[t] * back / size[t]
                drawn += (1 - stay[t - 1]) * weights * ahead
                back = stay[t - 1] * ahead + (1 - stay[t - 1]) * float(ahead @ weights)
            drawn += weights * seen[0] * back / size[0]
        weights = drawn / drawn.sum()
    return weights, total


def main() -> None:
    found = records()
    print(f"{len(found)} pairs, {sum(len(d) for _, _, d in found)} days")
    best = (-np.inf, 120.0, 4.0)
    for concentration in CONCENTRATIONS:
        best = max(best, (learn(found, 120.0, concentration, 6)[1], 120.0, concentration))
    for length in LENGTHS:
        best = max(best, (learn(found, length, best[2], 6)[1], length, best[2]))
    weights, total = learn(found, best[1], best[2], 40)
    print(f"mean length {best[1]} days, concentration {best[2]}, log-likelihood {total:.1f}")
    for share, weight in zip(SHARES, weights, strict=True):
        print(f"  {share:.3f} {weight:.4f}")
    if "--write" in sys.argv:
        OUT.write_text(
            json.dumps(
                {
                    "version": "phases.v1",
                    "data": "ICEWS 2018-01 to 2019-03, 400 pairs with 10 to 120 days of acts",
                    "shares": SHARES,
                    "weights": [round(float(w), 5) for w in weights / weights.sum()],
                    "days of a phase in the data": best[1],
                    "concentration of the data": best[2],
                    **CHOSEN,
                },
                indent=1,
            )
            + "\n",
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
