"""Change points of a weekly series whose weeks hang together.

The series is put on a robust scale, its persistence is estimated in a way that changes do not
disturb, the persistence is taken out, and the exact best segmentation under a penalty is found.
Sources: persistence from lag-1 and lag-2 differences after Chakar, Lebarbier, Levy-Leduc and Robin
(2017); optimal partitioning after Jackson and others (2005).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from detente.errors import InputError
from detente.relations.null import ar1_surrogates, random_for

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Change", "change_points", "partition", "persistence", "robust_scale"]

# Times sigma^2 log n, per change. Set so that AR(1) surrogates of the 150 most active GDELT pairs
# give at most .10 changes a pair (benchmarks/turns.py prints the figure).
PENALTY = 4.5
MIN_WEEKS = 4
MIN_SERIES = 30
SURROGATES = 199


@dataclass(frozen=True, slots=True)
class Change:
    """A change of level at `index`, the first week of the new level.

    `before` and `after` are the mean values of the two segments in the units given; `chance` is the
    share of AR(1) surrogates of the series that have a step as large anywhere.
    """

    index: int
    before: float
    after: float
    chance: float


def robust_scale(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """asinh((x - median) / MAD): linear near the usual, logarithmic for spikes.

    >>> import numpy as np
    >>> robust_scale(np.array([0.0, 1.0, 2.0])).round(2).tolist()
    [-0.88, 0.0, 0.88]
    """
    import numpy as np

    middle = np.median(values)
    spread = np.median(np.abs(values - middle))
    if spread <= 0:
        spread = np.mean(np.abs(values - middle))
    out: NDArray[np.float64] = np.arcsinh((values - middle) / (spread if spread > 0 else 1.0))
    return out


def persistence(values: NDArray[np.float64]) -> float:
    """First-order autocorrelation of the noise, 0 to .95, from differences, which a few steps
    spare.

    >>> import numpy as np
    >>> 0 <= persistence(np.array([0.0, 1.0, 0.0, 2.0, 1.0, 0.0])) <= 0.95
    True
    """
    import numpy as np

    one = float(np.median(np.abs(values[1:] - values[:-1])))
    two = float(np.median(np.abs(values[2:] - values[:-2])))
    if one <= 0:
        return 0.0
    return min(max((two / one) ** 2 - 1.0, 0.0), 0.95)


def partition(values: NDArray[np.float64], penalty: float, shortest: int) -> list[int]:
    """Starts of the segments after the first that minimise squared error plus `penalty` per change.

    Exact, in O(n^2). No segment is shorter than `shortest`.

    >>> import numpy as np
    >>> partition(np.array([0.0] * 5 + [9.0] * 5), 1.0, 2)
    [5]
    """
    import numpy as np

    n = len(values)
    if n < 2 * shortest:
        return []
    sums = np.concatenate([[0.0], np.cumsum(values)])
    squares = np.concatenate([[0.0], np.cumsum(values**2)])
    best = np.full(n + 1, np.inf)
    best[0] = -penalty
    start = np.zeros(n + 1, dtype=np.int64)
    # What no earlier choice changes is worked out for all t and s at once; the loop below only adds.
    at = np.arange(n + 1)
    between = (sums[:, None] - sums[None, :]) ** 2 / np.maximum(at[:, None] - at[None, :], 1)
    for t in range(shortest, n + 1):
        end = t - shortest + 1
        cost = best[:end] + squares[t]
        cost -= squares[:end]
        cost -= between[t, :end]
        cost += penalty
        start[t] = first = int(cost.argmin())
        best[t] = cost[first]
    cuts, t = [], n
    while t > 0:
        t = int(start[t])
        if t > 0:
            cuts.append(t)
    return cuts[::-1]


def _largest_steps(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Largest drop in squared error by one split of each row, its own persistence taken out."""
    import numpy as np

    one = np.median(np.abs(rows[:, 1:] - rows[:, :-1]), axis=1)
    two = np.median(np.abs(rows[:, 2:] - rows[:, :-2]), axis=1)
    phi = np.clip((two / np.maximum(one, 1e-12)) ** 2 - 1.0, 0.0, 0.95)
    white = rows[:, 1:] - phi[:, None] * rows[:, :-1]
    noise = np.median(np.abs(np.diff(white, axis=1)), axis=1) ** 2 / (2 * 0.4549)
    n = white.shape[1]
    left = np.cumsum(white, axis=1)[:, MIN_WEEKS - 1 : n - MIN_WEEKS]
    k = np.arange(MIN_WEEKS, n - MIN_WEEKS + 1)
    total = white.sum(axis=1, keepdims=True)
    gain = (left - total * k / n) ** 2 * n / (k * (n - k))
    out: NDArray[np.float64] = gain.max(axis=1) / np.maximum(noise, 1e-12)
    return out


def change_points(
    values: Sequence[float] | NDArray[np.float64],
    *,
    penalty: float = PENALTY,
    largest_chance: float = 1.0,
    scaled: bool = False,
    surrogates: int = SURROGATES,
) -> list[Change]:
    """The weeks at which the level of a weekly series changed, oldest first.

    Series of fewer than 30 weeks, and constant ones, give none. The result depends on the values
    alone.

    Args:
        values: one number a week, oldest first, of any unit.
        penalty: cost of one change, in units of noise variance times log of the length.
        largest_chance: changes with a larger `chance` are dropped, the weakest first.
        scaled: the values are on `robust_scale` already.
        surrogates: how many AR(1) series the chance is counted on; 0 gives a chance of 1
        everywhere.

    Raises:
        InputError: a value is not finite.

    >>> import numpy as np
    >>> noise = np.random.default_rng(1).normal(size=120)
    >>> [c.index for c in change_points(noise + np.repeat([0.0, 6.0], 60))]
    [60]
    >>> change_points(noise)
    []
    """
    import numpy as np

    raw = np.asarray(values, dtype=np.float64)
    if raw.size and not np.isfinite(raw).all():
        raise InputError("a weekly series holds a value that is no number", todo="leave that week out")
    if len(raw) < MIN_SERIES or float(np.ptp(raw)) == 0.0:
        return []
    x = raw if scaled else robust_scale(raw)
    phi = persistence(x)
    white = x[1:] - phi * x[:-1]
    # Variance from the median of first differences: a step is one difference among many. The
    # median of a squared normal is .4549 of its variance.
    noise = float(np.median(np.abs(np.diff(white)))) ** 2 / (2 * 0.4549)
    if noise <= 0:
        noise = float(np.mean(np.diff(white) ** 2)) / 2
    if noise <= 0:
        return []
    cost = penalty * noise * float(np.log(len(white)))
    cuts = partition(white, cost, MIN_WEEKS)
    steps = None
    while cuts:
        bounds = [0, *cuts, len(white)]
        gains = []
        for i in range(1, len(bounds) - 1):
            left, right = white[bounds[i - 1] : bounds[i]], white[bounds[i] : bounds[i + 1]]
            n1, n2 = len(left), len(right)
            gains.append((left.mean() - right.mean()) ** 2 * n1 * n2 / (n1 + n2) / noise)
        if steps is None and surrogates > 0:
            rng = random_for(np.round(raw, 6).tolist())
            steps = _largest_steps(ar1_surrogates(x, rng, surrogates))
        chances = [
            (1 + int((steps >= g).sum())) / (1 + surrogates) if steps is not None else 1.0 for g in gains
        ]
        weakest = max(range(len(cuts)), key=lambda i: (chances[i], -gains[i]))
        if chances[weakest] > largest_chance:
            cuts.pop(weakest)
            continue
        # White value i belongs to week i + 1.
        edges = [0, *(c + 1 for c in cuts), len(raw)]
        means = [float(raw[i:j].mean()) for i, j in pairwise(edges)]
        return [Change(c + 1, means[i], means[i + 1], chances[i]) for i, c in enumerate(cuts)]
    return []
