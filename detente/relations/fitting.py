"""Fits a logistic regression whose rows hang together by pair, and scores forecasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[np.float64]"
"""A vector or matrix of numbers."""

__all__ = ["Array", "Fit", "calibration", "fit", "ranking", "skill", "slope"]

RIDGE = 1.0
DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Fit:
    """A logistic regression: features are centred by `mean` and scaled by `scale`.

    `beta[0]` is the constant; `covariance` is clustered by pair.
    """

    mean: Array
    scale: Array
    beta: Array
    covariance: Array

    def predict(self, x: Array) -> Array:
        """Probabilities of the rows of `x`."""
        import numpy as np

        z = np.column_stack([np.ones(len(x)), (x - self.mean) / self.scale])
        out: Array = 1 / (1 + np.exp(-z @ self.beta))
        return out


def fit(x: Array, y: Array, pair: Array) -> Fit:
    """Penalised maximum likelihood (ridge 1, the constant free) by Newton's method.

    `x` is n x features, `y` 0 or 1, `pair` the cluster of each row (sandwich covariance).

    >>> import numpy as np
    >>> x = np.array([[0.0], [1.0], [2.0], [3.0]] * 5)
    >>> bool(fit(x, (x[:, 0] > 1).astype(float), np.arange(20.0)).beta[1] > 0)
    True
    """
    import numpy as np

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


def ranking(values: Array, *, ties: bool = False) -> Array:
    """Places from 0 on; equal values share their mean place with `ties`, else by position.

    >>> import numpy as np
    >>> ranking(np.array([3.0, 1.0, 3.0]), ties=True).tolist()
    [1.5, 0.0, 1.5]
    """
    import numpy as np

    if ties:
        _, place, count = np.unique(values, return_inverse=True, return_counts=True)
        shared: Array = (np.cumsum(count) - (count + 1) / 2)[place]
        return shared
    out = np.empty(len(values))
    out[np.argsort(values, kind="stable")] = np.arange(len(values))
    return out


def skill(y: Array, p: Array, base: Array, pair: Array) -> tuple[float, float, float]:
    """1 - Brier / Brier of the base, with the 95 % interval over 2,000 draws of pairs.

    >>> import numpy as np
    >>> y, half = np.array([0.0, 1.0]), np.array([0.5, 0.5])
    >>> skill(y, y, half, np.array([1.0, 2.0]))
    (1.0, 1.0, 1.0)
    """
    import numpy as np

    _, place = np.unique(pair, return_inverse=True)
    mine, theirs = np.bincount(place, (p - y) ** 2), np.bincount(place, (base - y) ** 2)
    rng = np.random.default_rng(1)
    drawn = rng.integers(0, len(mine), size=(DRAWS, len(mine)))
    low, high = np.percentile(
        1 - mine[drawn].sum(axis=1) / np.maximum(theirs[drawn].sum(axis=1), 1e-12), [2.5, 97.5]
    )
    return float(1 - mine.sum() / max(float(theirs.sum()), 1e-12)), float(low), float(high)


def calibration(y: Array, p: Array) -> tuple[float, float]:
    """Mean distance of forecast and outcome over ten equal bins; that of a perfect forecast.

    >>> import numpy as np
    >>> round(calibration(np.array([0.0, 1.0] * 10), np.full(20, 0.5))[0], 2)
    0.0
    """
    import numpy as np

    bins = np.minimum(ranking(p) * 10 // len(p), 9).astype(int)

    def error(z: Array) -> float:
        gap = np.abs(np.bincount(bins, p, 10) - np.bincount(bins, z, 10))
        return float(gap.sum() / len(p))

    rng = np.random.default_rng(2)
    perfect = [error((rng.random(len(p)) < p).astype(float)) for _ in range(200)]
    return error(y), float(np.mean(perfect))


def slope(y: Array, p: Array) -> float:
    """Slope of the outcome on the log-odds of the forecast: 1 is right, less is overconfident.

    >>> import numpy as np
    >>> p = np.array([0.2, 0.2, 0.2, 0.2, 0.2, 0.8, 0.8, 0.8, 0.8, 0.8] * 40)
    >>> y = np.array([1, 0, 0, 0, 0, 0, 1, 1, 1, 1] * 40)
    >>> round(slope(y, p), 1)
    1.0
    """
    import numpy as np

    logit = np.log(p / (1 - p))[:, None]
    model = fit(logit, y, np.arange(len(y), dtype=float))
    return float(model.beta[1] / model.scale[0])
