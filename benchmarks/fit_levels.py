"""Fits the pooled priors of `level.v1` on ICEWS: `python -m benchmarks.fit_levels [--write]`.

Every pair with at least 20 acts gives one observation; a sample of 400 keeps it under a minute.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import polars as pl

from detente.codebook import codebook
from detente.relations.counts import DISCOUNTS, log_likelihood

HISTORY = Path("/work/shared/history/icews_2018_2019.parquet")
OUT = Path(__file__).parents[1] / "detente" / "data" / "outlook" / "level_v1.json"


def main() -> None:
    frame = pl.read_parquet(HISTORY).with_columns(pl.col("source", "target", "cameo").cast(pl.String))
    book = codebook()
    types = {c: book.from_cameo(c) for c in frame["cameo"].unique().to_list()}
    quads = {c: (book.quad(t) if t and t != "REQUEST" else 0) for c, t in types.items()}
    frame = (
        frame.with_columns(
            a=pl.min_horizontal("source", "target"),
            b=pl.max_horizontal("source", "target"),
            quad=pl.col("cameo").replace_strict(quads, return_dtype=pl.Int64),
            week=(pl.col("date") - pl.lit(frame["date"].min())).dt.total_days() // 7,
        )
        .filter(pl.col("quad") > 0)
        # One story: the same pair, direction and type on one day.
        .with_columns(kind=pl.col("cameo").str.slice(0, 2))
        .unique(["date", "source", "target", "kind"])
    )
    weeks = int(frame["week"].max()) + 1
    pairs = frame.group_by("a", "b").len().filter(pl.col("len") >= 20).sort("a", "b").sample(400, seed=1)
    out: dict[str, object] = {
        "version": "level.v1",
        "data": "ICEWS country to country 2018-01-01 to 2019-03-26, 400 pairs with 20 acts or more",
        "discounts": DISCOUNTS,
    }
    for side, low in (("hostile", 3), ("cooperative", 1)):
        chosen = frame.filter(pl.col("quad").is_between(low, low + 1))
        rates, profiles = [], []
        for a, b, _ in pairs.iter_rows():
            both = frame.filter((pl.col("a") == a) & (pl.col("b") == b))
            here = chosen.filter((pl.col("a") == a) & (pl.col("b") == b))
            counts = np.bincount(here["week"].to_numpy().astype(int), minlength=weeks)
            seen = np.bincount(both["week"].to_numpy().astype(int), minlength=weeks) > 0
            rates.append(counts.sum() / seen.sum())
            profiles.append((counts.tolist(), seen.astype(float).tolist()))
        rates_ = np.array(rates)
        mean = float(rates_.mean())
        shape = float(min(2.0, max(0.3, mean**2 / rates_.var())))
        logs = np.array(
            [
                [log_likelihood(c, s, discount=d, prior_mean=mean, prior_shape=shape) for d in DISCOUNTS]
                for c, s in profiles
            ]
        )
        weights = np.full(len(DISCOUNTS), 1 / len(DISCOUNTS))
        for _ in range(200):  # EM for the mixing weights: the share of pairs with each memory
            post = weights * np.exp(logs - logs.max(axis=1, keepdims=True))
            post /= post.sum(axis=1, keepdims=True)
            weights = post.mean(axis=0)
        weights = (weights + 0.02) / (weights + 0.02).sum()  # no memory is ruled out
        out[side] = {
            "mean": round(mean, 3),
            "shape": round(shape, 3),
            "discounts": [round(float(w), 3) for w in weights],
        }
    text = json.dumps(out, indent=1) + "\n"
    print(text)
    if "--write" in sys.argv:
        OUT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
