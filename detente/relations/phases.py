"""A thin record as phases: stretches of days in which the share of hostile acts stays the same.

Each day's acts follow a beta-binomial around the share of its phase; the share of a phase is drawn
from what the pairs of history show; after each day with acts a phase may end, on average twice a
record. Days without acts say nothing. All segmentations are weighed and the most probable one is
kept (a product partition model, after
Barry and Hartigan, 1992). The prior lies in `data/outlook/phases_v1.json`
(`python -m benchmarks.fit_phases`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from detente.errors import DataError, InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["LEAST_EVIDENCE", "Break", "Prior", "breaks", "likelihoods", "prior", "split_chance"]

# A turn changes the share of hostile acts by at least this much, and one of its sides is tense.
SMALLEST_STEP = 0.3
TENSE_SHARE = 0.4
# Phases of a record end about this often. Per day of the calendar instead (180 days a phase, as in
# ICEWS) fewer planted turns are found at more false alarms: news comes in bursts when pairs turn.
BREAKS_EXPECTED = 2.0
# Natural log of how many times likelier the acts are with the break than without it: 7 to 1.
# Chosen on invented storylines; `python -m benchmarks.turns invented` prints the error rates.
LEAST_EVIDENCE = 2.0
# A record that begins tense: probability that the share of its first phase is above TENSE_SHARE.
OPENING_SURE = 0.8


@dataclass(frozen=True, slots=True)
class Prior:
    """What phases of all pairs look like.

    `shares` are possible hostile shares as coded, `weights` their probabilities, `concentration`
    how alike the acts of one day are (a + b of the beta-binomial), `length` the mean days of a
    phase.
    """

    shares: tuple[float, ...]
    weights: tuple[float, ...]
    concentration: float


@dataclass(frozen=True, slots=True)
class Break:
    """A new phase begins at day `index` of the record.

    `before` and `after` are the mean hostile shares of the two phases (posterior means), `start`
    and `end` bound both; `evidence` is the natural log of how many times likelier the acts of both
    are with the break than as one phase. `opening` marks a record that begins tense: `before` is
    then the mean share of all pairs, and `evidence` stands against that of a friendly pair.
    """

    index: int
    before: float
    after: float
    evidence: float
    start: int
    end: int
    opening: bool = False

    @property
    def rising(self) -> bool:
        """True for a thaw."""
        return self.after < self.before


@cache
def prior() -> Prior:
    """The prior that ships, from `data/outlook/phases_v1.json`.

    Raises DataError where the file is damaged.

    >>> round(sum(prior().weights), 3)
    1.0
    """
    path = resources.files("detente") / "data" / "outlook" / "phases_v1.json"
    try:
        raw: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        weights = tuple(float(w) for w in raw["weights"])
        # A coder that takes one act in ten for its opposite sees no pair as wholly friendly.
        wrong = float(raw["mistaken"])
        shares = tuple(wrong + (1 - 2 * wrong) * float(s) for s in raw["shares"])
        if len(shares) != len(weights):
            raise ValueError("as many weights as shares are needed")
        return Prior(shares, weights, float(raw["concentration"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"the prior of phases cannot be read ({error})",
            where="data/outlook/phases_v1.json",
            todo="reinstall detente",
        ) from error


def likelihoods(
    hostile: Sequence[float] | NDArray[np.float64],
    cooperative: Sequence[float] | NDArray[np.float64],
    given: Prior | None = None,
) -> NDArray[np.float64]:
    """Log-likelihood of each day's acts under each possible share: days x shares.

    Counts may be parts of acts. The order of the acts of a day says nothing, so the binomial factor
    is left out.

    >>> bool(likelihoods([3.0], [0.0]).argmax() == len(prior().shares) - 1)
    True
    """
    import numpy as np
    from scipy.special import betaln

    known = given if given is not None else prior()
    share = np.array(known.shares)
    a, b = share * known.concentration, (1 - share) * known.concentration
    h, c = np.asarray(hostile, dtype=np.float64), np.asarray(cooperative, dtype=np.float64)
    out: NDArray[np.float64] = betaln(a + h[:, None], b + c[:, None]) - betaln(a, b)
    return out


def _stretches(like: NDArray[np.float64], log_weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log marginal likelihood of days s up to t as one phase, at [..., s, t]."""
    import numpy as np

    zero = np.zeros((1, like.shape[1]))
    total = np.concatenate([zero, np.cumsum(like, axis=0)])
    # No stretch ends before it begins: half of the table stays empty.
    s, t = np.triu_indices(len(total))
    out = np.zeros((len(total), len(total)))
    out[s, t] = _log_mean(total[t] - total[s], log_weights)
    return out


def _log_mean(logs: NDArray[np.float64], log_weights: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    shifted = logs + log_weights
    top = shifted.max(axis=-1, keepdims=True)
    shifted -= top
    np.exp(shifted, out=shifted)
    out: NDArray[np.float64] = np.log(shifted.sum(axis=-1)) + top[..., 0]
    return out


def _partition(one: NDArray[np.float64]) -> list[int]:
    """Starts of the phases after the first in the most probable segmentation."""
    import numpy as np

    n = len(one) - 1
    leave = np.log(1 - np.exp(-BREAKS_EXPECTED / n))
    stay = -BREAKS_EXPECTED / n
    best, start = np.full(n + 1, -np.inf), np.zeros(n + 1, dtype=np.int64)
    best[0] = 0.0
    leaving = np.full(n, leave)
    leaving[0] = 0.0
    staying = (np.arange(n) * stay)[::-1]
    ending = np.ascontiguousarray(one.T)
    for t in range(1, n + 1):
        value = best[:t] + ending[t, :t]
        value += leaving[:t]
        value += staying[n - t :]
        start[t] = first = int(value.argmax())
        best[t] = value[first]
    cuts, t = [], n
    while t > 0:
        t = int(start[t])
        if t > 0:
            cuts.append(t)
    return cuts[::-1]


def breaks(
    hostile: Sequence[float],
    cooperative: Sequence[float],
    *,
    opening: bool = True,
    least: float = LEAST_EVIDENCE,
    given: Prior | None = None,
) -> list[Break]:
    """Where the record of a pair changes phase, oldest first.

    The most probable segmentation; then the weakest break goes until each of those left moves the
    hostile share by .3, has a side with a share of at least .4, and makes the acts of its two
    phases 7 times likelier. With `opening`, a record whose first phase is tense with probability
    .8 begins with a break.

    Args:
        hostile, cooperative: acts of each day with acts, at least one of either, oldest first.
        opening: whether the first phase may itself be a break.
        least: evidence that a break needs.
        given: another prior than the one that ships.

    Raises:
        InputError: the two differ in length.

    >>> breaks([2, 3, 2, 3, 0, 0, 0, 0], [0, 0, 0, 0, 3, 2, 3, 2], opening=False)[0].index
    4
    """
    import numpy as np

    if len(hostile) != len(cooperative):
        raise InputError("a record has two counts for each day", todo="give 0 where a side did nothing")
    count = len(hostile)
    if not count:
        return []
    known = given if given is not None else prior()
    share, log_weights = np.array(known.shares), np.log(np.array(known.weights))
    like = likelihoods(hostile, cooperative, known)
    one = _stretches(like, log_weights)
    cuts = _partition(one)
    while True:
        bounds = [0, *cuts, count]
        inside = [_posterior(like[a:b].sum(axis=0) + log_weights) for a, b in pairwise(bounds)]
        means = [float(p @ share) for p in inside]
        found = [
            Break(
                x,
                means[i],
                means[i + 1],
                float(one[bounds[i], x] + one[x, bounds[i + 2]] - one[bounds[i], bounds[i + 2]]),
                bounds[i],
                bounds[i + 2],
            )
            for i, x in enumerate(cuts)
        ]
        if not found:
            break
        weakest = min(range(len(found)), key=lambda i: _strength(found[i]))
        if _strength(found[weakest]) >= least:
            break
        cuts.pop(weakest)
    tense = share > TENSE_SHARE
    if opening and means[0] >= TENSE_SHARE and float(inside[0][tense].sum()) >= OPENING_SURE:
        first = like[: bounds[1]].sum(axis=0)
        evidence = _log_mean(first[tense], _shares_of(log_weights[tense])) - _log_mean(
            first[~tense], _shares_of(log_weights[~tense])
        )
        usual = float(np.exp(log_weights) @ share)
        found.insert(0, Break(0, usual, means[0], float(evidence), 0, bounds[1], opening=True))
    return found


def _posterior(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    weights = np.exp(logs - logs.max())
    out: NDArray[np.float64] = weights / weights.sum()
    return out


def _shares_of(log_weights: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    out: NDArray[np.float64] = log_weights - np.log(np.exp(log_weights).sum())
    return out


def _strength(item: Break) -> float:
    """Its evidence; none where the step is too small to be called a turn."""
    large = abs(item.after - item.before) >= SMALLEST_STEP
    return item.evidence if large and max(item.after, item.before) >= TENSE_SHARE else -1.0


def split_chance(
    like: NDArray[np.float64],
    evidence: float,
    rng: np.random.Generator,
    shuffles: int = 499,
    given: Prior | None = None,
) -> float:
    """Share of shuffled orders of the days that split anywhere with at least this evidence.

    `like` are the `likelihoods` of the days of two neighbouring phases. Never 0 but at least
    1 / (shuffles + 1). Few days cannot give a small share: of two and two, a third of the orders
    split as cleanly.

    >>> from detente.relations.null import random_for
    >>> split_chance(likelihoods([1, 1], [1, 1]), 9.0, random_for(["x"]))
    0.002
    """
    import numpy as np

    known = given if given is not None else prior()
    log_weights = np.log(np.array(known.weights))
    n = len(like)
    if n < 2:
        return 1.0
    order = rng.permuted(np.tile(np.arange(n), (shuffles, 1)), axis=1)
    left = np.cumsum(like[order], axis=1)
    whole = left[:, -1:, :]
    best = (_log_mean(left[:, :-1], log_weights) + _log_mean(whole - left[:, :-1], log_weights)).max(axis=1)
    reached = best - _log_mean(whole[0, 0], log_weights) >= evidence - 1e-9
    return float(1 + int(reached.sum())) / (1 + shuffles)
