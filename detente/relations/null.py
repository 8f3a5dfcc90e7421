"""What chance alone does: shuffled orders and AR(1) surrogates, seeded from the data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ar1_surrogates", "random_for", "split_scores"]

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
    rows: NDArray[np.float64], before: NDArray[np.float64], after: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How far the two sides of each split stand apart, in units of the noise of a mean.

    `rows` (R x n) are R arrangements of n values, `before` and `after` (n x S) how much of each
    lies on each side of S splits; what lies on neither is left out. Returns R x S: the difference
    of the means (after less before) over its standard error under no change.

    >>> import numpy as np
    >>> half = np.array([[1.0], [1.0], [0.0], [0.0]])
    >>> split_scores(np.array([[-1.0, -1.0, 1.0, 1.0]]), half, 1 - half).round(2).tolist()
    [[2.0]]
    """
    import numpy as np

    n_before, n_after = before.sum(axis=0), after.sum(axis=0)
    used = n_before + n_after
    sum_before, sum_after = rows @ before, rows @ after
    square = rows**2 @ (before + after)
    mean = (sum_before + sum_after) / used
    variance = np.maximum(square / used - mean**2, 1e-9)
    scale = np.sqrt(variance * (1 / n_before + 1 / n_after))
    out: NDArray[np.float64] = (sum_after / n_after - sum_before / n_before) / scale
    return out


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
