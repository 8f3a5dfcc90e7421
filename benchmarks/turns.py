"""Turns on history: `python -m benchmarks.turns [SURROGATES]`.

The weekly sums of the 150 most active pairs of GDELT (by summed absolute score) go through
`change_points` as `turns` calls it. Printed: changes per pair in the real series, in AR(1)
surrogates (least-squares fit to the series on the robust scale, residuals drawn with replacement)
and in shuffled weeks; and the same with the swings that all pairs share taken out.
"""

from __future__ import annotations

import sys

import numpy as np

from benchmarks.history import gdelt
from detente.relations.changes import change_points, robust_scale
from detente.relations.null import ar1_surrogates
from detente.relations.turning import LARGEST_CHANCE

PAIRS = 150


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    history = gdelt()
    values = np.nan_to_num(history.values)
    size = np.abs(values).sum(axis=1)
    order = np.argsort(-size, kind="stable")[:PAIRS]
    shared = np.abs(values).sum(axis=0)
    shared = np.maximum(shared / shared.mean(), 0.1)
    rng = np.random.default_rng(11)
    for name, rows in (
        ("weekly sums", values[order]),
        ("weekly sums over the volume of all pairs", values[order] / shared),
    ):
        real = [len(change_points(row, largest_chance=LARGEST_CHANCE)) for row in rows]
        noise, shuffled = [], []
        for row in rows:
            x = robust_scale(row)
            for surrogate in ar1_surrogates(x, rng, repeats):
                noise.append(len(change_points(surrogate, largest_chance=LARGEST_CHANCE)))
            for _ in range(repeats):
                shuffled.append(len(change_points(rng.permutation(row), largest_chance=LARGEST_CHANCE)))
        with_any = np.mean(np.array(real) > 0)
        print(
            f"{name}: real {np.mean(real):.2f} per pair ({with_any:.0%} of pairs), "
            f"AR(1) {np.mean(noise):.3f}, shuffled weeks {np.mean(shuffled):.3f} "
            f"({PAIRS} pairs, {repeats} surrogates each)"
        )


if __name__ == "__main__":
    main()
