"""What chance alone does: shuffled orders and AR(1) surrogates, seeded from the data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ar1_surrogates", "random_for", "shuffle_chance", "split_scores"]

SHUFFLES = 999


def random_for(parts: Iterable[object]) -> np.random.Generator:
    """A random generator that depends on the data alone, so a result can be had again.

    >>> bool(random_for(["a"]).random() == random_for(["a"]).random())
    True
    """
    import numpy as np

    digest = hashlib.sha256("\x1f".join(str(p) for p in parts).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def split_scores(
    rows: NDArray[np.float64],
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    weights: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """How far the two sides of each split stand apart, in units of the noise of a mean.

    `rows` (R x n) are R arrangements of n values, `before` and `after` (n x S) mark with 1 what
    lies on each side of S splits; what lies on neither is left out. Returns R x S: the difference
    of the means (after less before) over its standard error under no change. `weights` (R x n)
    says how much each value counts; None counts all alike.
    """
    import numpy as np

    weight = np.ones_like(rows) if weights is None else weights
    n_before, n_after = weight @ before, weight @ after
    used = n_before + n_after
    sum_before, sum_after = (weight * rows) @ before, (weight * rows) @ after
    square = (weight * rows**2) @ (before + after)
    mean = (sum_before + sum_after) / used
    variance = np.maximum(square / used - mean**2, 1e-9)
    scale = np.sqrt(variance * (1 / n_before + 1 / n_after))
    out: NDArray[np.float64] = (sum_after / n_after - sum_before / n_before) / scale
    return out


def shuffle_chance(
    values: Sequence[float],
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    rng: np.random.Generator,
    shuffles: int = SHUFFLES,
    weights: Sequence[float] | None = None,
) -> tuple[int, float, float]:
    """Best split of the values, its score, and the chance that a shuffled order splits as well
    anywhere.

    `before` and `after` are as in `split_scores`. The chance counts the best split of each
    shuffle, so looking at many days is paid for; it is never 0 but at least 1 / (shuffles + 1).

    >>> import numpy as np
    >>> mask = np.tri(8, 7, -1).astype(float)
    >>> split, score, chance = shuffle_chance([-1] * 4 + [1] * 4, 1 - mask, mask, random_for(["x"]))
    >>> split, score > 0, chance < 0.1
    (3, True, True)
    """
    import numpy as np

    row = np.asarray(values, dtype=np.float64)
    weight = np.ones(len(row)) if weights is None else np.asarray(weights, dtype=np.float64)
    scores = split_scores(row[None, :], before, after, weight[None, :])[0]
    best = int(np.argmax(np.abs(scores)))
    # A value moves together with its weight.
    order = rng.permuted(np.tile(np.arange(len(row)), (shuffles, 1)), axis=1)
    highest = np.abs(split_scores(row[order], before, after, weight[order])).max(axis=1)
    beaten = int((highest >= abs(scores[best]) - 1e-9).sum())
    return best, float(scores[best]), (1 + beaten) / (1 + shuffles)


def ar1_surrogates(values: NDArray[np.float64], rng: np.random.Generator, rows: int) -> NDArray[np.float64]:
    """Series of the same length, mean, persistence and shocks as `values`, but without any change.

    A first-order autoregression is fitted by least squares; its own residuals, drawn with
    replacement, drive the surrogates. Returns rows x n.

    >>> import numpy as np
    >>> ar1_surrogates(np.arange(10.0), random_for(["x"]), 3).shape
    (3, 10)
    """
    import numpy as np

    centred = values - values.mean()
    total = float(centred @ centred)
    phi = float(centred[1:] @ centred[:-1]) / total if total > 0 else 0.0
    phi = min(max(phi, -0.99), 0.99)
    shocks = centred[1:] - phi * centred[:-1]
    shocks = shocks - shocks.mean()
    burn = 50
    drawn = rng.choice(shocks, size=(rows, len(values) + burn))
    state = np.zeros(rows)
    out = np.empty((rows, len(values)))
    for t in range(len(values) + burn):
        state = phi * state + drawn[:, t]
        if t >= burn:
            out[:, t - burn] = state
    result: NDArray[np.float64] = out + values.mean()
    return result
