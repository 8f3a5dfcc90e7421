"""A weekly rate of acts as a state-space count model: Gamma state, Poisson counts, discounted
memory.

State before week t: rate ~ Gamma(shape a, rate b). A week passes: a and b are both multiplied by
the discount g (the mean stays, the spread grows). The week is read: a grows by the count, b by the
exposure. A week without reading has exposure 0 and leaves the mean where it was.
Source: the Gamma-Poisson model with a multiplicative discount of J. Q. Smith (1979) and A. C.
Harvey and C. Fernandes (1989); the backward pass uses rate[t] = g * rate[t+1] + innovation with
matched moments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["DISCOUNTS", "Rates", "choose_discount", "log_likelihood", "smooth"]

# Half-lives of memory: 1.6, 2.4, 4.3, 6.6, 13.5 and 34 weeks.
DISCOUNTS: tuple[float, ...] = (0.65, 0.75, 0.85, 0.90, 0.95, 0.98)

# Below this shape a Gamma interval of fixed mean would narrow again: silence must not do that.
SHAPE_FLOOR = 0.3


@dataclass(frozen=True, slots=True)
class Rates:
    """Smoothed weekly rates with the central 80 % and what each week contributes to each rate.

    `shares[t, j]` is the part of `mean[t]` that comes from the acts of week j; `prior[t]` the part
    that comes from the pooled prior. Every row of `shares` plus `prior` sums to `mean`.
    """

    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    shares: NDArray[np.float64]
    prior: NDArray[np.float64]


def _decay(shape: float, discount: float) -> float:
    """Factor by which a week shrinks the memory, never letting the shape fall under the floor."""
    return max(discount, min(1.0, SHAPE_FLOOR / shape))


def log_likelihood(
    counts: Sequence[int],
    exposure: Sequence[float],
    *,
    discount: float,
    prior_mean: float,
    prior_shape: float,
) -> float:
    """Log-probability of the counts, each week predicted from the weeks before it.

    The predictive distribution is negative binomial; weeks of exposure 0 say nothing.

    >>> round(log_likelihood([2, 0], [1, 0], discount=0.9, prior_mean=1.0, prior_shape=1.0), 3)
    -2.113
    """
    shape, rate = prior_shape, prior_shape / prior_mean
    total = 0.0
    for count, seen in zip(counts, exposure, strict=True):
        g = _decay(shape, discount)
        shape, rate = shape * g, rate * g
        if seen > 0:
            total += (
                lgamma(shape + count)
                - lgamma(shape)
                - lgamma(count + 1.0)
                + shape * log(rate / (rate + seen))
                + count * log(seen / (rate + seen))
            )
            shape, rate = shape + count, rate + seen
    return total


def choose_discount(
    counts: Sequence[int],
    exposure: Sequence[float],
    *,
    prior_mean: float,
    prior_shape: float,
    weights: Sequence[float],
) -> float:
    """Posterior mean of the discount over `DISCOUNTS`, with the pooled pairs as its prior.

    `weights` are the prior probabilities of the discounts (the partial pooling: a pair with few
    weeks keeps the pooled memory, a pair with many finds its own).

    >>> choose_discount([], [], prior_mean=1.0, prior_shape=1.0, weights=[0, 0, 0, 1, 0, 0])
    0.9
    """
    scores = [
        log_likelihood(counts, exposure, discount=d, prior_mean=prior_mean, prior_shape=prior_shape)
        + (log(w) if w > 0 else -1e9)
        for d, w in zip(DISCOUNTS, weights, strict=True)
    ]
    top = max(scores)
    mass = [exp(s - top) for s in scores]
    return sum(d * m for d, m in zip(DISCOUNTS, mass, strict=True)) / sum(mass)


def smooth(
    counts: Sequence[int],
    exposure: Sequence[float],
    *,
    discount: float,
    prior_mean: float,
    prior_shape: float,
) -> Rates:
    """Rate of every week given all of them, with an 80 % interval and the share of each week.

    `counts` are acts per week, `exposure` how much was read (0: nothing, 1: as usual); both of
    length T, oldest first. Rates are in acts per week of exposure 1.

    >>> r = smooth([3, 0, 0], [1, 0, 0], discount=0.9, prior_mean=1.0, prior_shape=1.0)
    >>> bool(r.mean[1] == r.mean[2]), bool(r.high[2] > r.high[1])
    (True, True)
    """
    import numpy as np
    from scipy.special import gammaincinv

    weeks = len(counts)
    shape, rate = prior_shape, prior_shape / prior_mean
    decay = np.ones(weeks + 1)
    shapes, rates = np.zeros(weeks), np.zeros(weeks)
    parts = np.zeros((weeks, weeks + 1))
    part = np.zeros(weeks + 1)
    part[weeks] = prior_shape
    for t in range(weeks):
        decay[t] = _decay(shape, discount)
        shape = shape * decay[t] + counts[t]
        rate = rate * decay[t] + exposure[t]
        part = part * decay[t]
        part[t] += counts[t]
        shapes[t], rates[t], parts[t] = shape, rate, part / rate
    mean = shapes / rates
    spread = shapes / rates**2
    for t in range(weeks - 2, -1, -1):
        g = decay[t + 1]
        mean[t] = g * mean[t + 1] + (1 - g) * mean[t]
        spread[t] = g**2 * spread[t + 1] + (1 - g) * spread[t]
        parts[t] = g * parts[t + 1] + (1 - g) * parts[t]
    scale = spread / mean
    matched = mean / scale
    return Rates(
        mean=mean,
        low=gammaincinv(matched, 0.1) * scale,
        high=gammaincinv(matched, 0.9) * scale,
        shares=parts[:, :weeks],
        prior=parts[:, weeks],
    )
