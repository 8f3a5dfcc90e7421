"""The pair week by week: read or silent, hostile or cooperative; and the frozen rules of thaw and
relapse.

These rules ("thaw.week.v1", "held.v1") need only the sign of each week, so they mean the same on
imported history (where a week's sign is that of its summed scores) and on coded acts (where it is
that of the counts). They are written out in `docs/method/relations.md`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log, log1p

from detente.errors import InputError
from detente.relations.series import Act

__all__ = [
    "FEATURES",
    "HORIZONS",
    "Outcome",
    "Weeks",
    "features",
    "outcome",
    "record",
    "relapse",
    "tense",
    "thaws",
    "weeks_of",
]

# Days asked about, and the whole weeks they are scored in.
HORIZONS: dict[int, int] = {30: 4, 60: 9, 90: 13, 180: 26}

TENSION_WEEKS = 12
TENSION_READ = 4
TENSION_SHARE = 0.5
HOSTILE_BEFORE = 3
APART_WEEKS = 12
RELAPSE_HOSTILE = 3
RELAPSE_WITHIN = 4
SILENT_BELOW = 3

FEATURES: tuple[str, ...] = (
    "hostile share of the weeks of the last year",
    "hostile share of all weeks known",
    "hostile share of the twelve weeks of tension",
    "hostile weeks in a row before the thaw",
    "weeks with any acts in the last year",
    "hostile weeks among the four before the thaw",
    "how past thaws of the pair ended",
    "weeks since the thaw",
    "hostile less cooperative weeks since the thaw",
)


@dataclass(frozen=True, slots=True)
class Weeks:
    """Signs of consecutive weeks: -1 hostile, 1 cooperative, 0 both alike, None silent.

    `first` is the Monday of the first week.
    """

    first: date
    signs: tuple[int | None, ...]

    def index(self, day: date) -> int:
        """Position of the week that holds `day`; may lie outside."""
        return (day - self.first).days // 7

    def mirrored(self) -> Weeks:
        """The same weeks with hostile and cooperative changed over."""
        return Weeks(self.first, tuple(None if s is None else -s for s in self.signs))

    def monday(self, index: int) -> date:
        """First day of the week at `index`."""
        return self.first + timedelta(weeks=index)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a thaw: "held", "relapsed" or "silent", and the weeks until then."""

    kind: str
    weeks: int


def weeks_of(items: Sequence[Act], as_of: date) -> Weeks:
    """Signs of the weeks from the first act to `as_of`: which side has more acts.

    Announced acts and acts dated no better than to ten days are left out.

    Raises InputError where no act can be placed.

    >>> weeks_of([], date(2026, 1, 8))
    Traceback (most recent call last):
    ...
    detente.errors.InputError: no act can be placed in a week; read more documents about the pair
    """
    balance: dict[date, int] = defaultdict(int)
    for act in items:
        if not act.announced and (act.day - act.earliest).days <= 10 and act.day <= as_of:
            balance[act.day - timedelta(days=act.day.weekday())] += act.sign
    if not balance:
        raise InputError("no act can be placed in a week", todo="read more documents about the pair")
    first = min(balance)
    count = (as_of - first).days // 7 + 1
    signs: list[int | None] = []
    for i in range(count):
        value = balance.get(first + timedelta(weeks=i))
        signs.append(None if value is None else (value > 0) - (value < 0))
    return Weeks(first, tuple(signs))


def tense(signs: Sequence[int | None], thaw: int) -> str | None:
    """Why the weeks before `thaw` are no tension; None where they are.

    Tension: of the twelve weeks before, at least 4 have acts and at least half of these are
    hostile; at least 3 hostile weeks are known in all.

    >>> tense([-1] * 12 + [1], 12) is None
    True
    """
    before = [s for s in signs[max(0, thaw - TENSION_WEEKS) : thaw] if s is not None]
    hostile = sum(s < 0 for s in before)
    if len(before) < TENSION_READ:
        return (
            f"only {len(before)} of the 12 weeks before the thaw have acts that can be placed; "
            f"{TENSION_READ} are needed"
        )
    if hostile < TENSION_SHARE * len(before):
        return f"only {hostile} of the {len(before)} weeks with acts before the thaw were hostile"
    known = sum(s is not None and s < 0 for s in signs[:thaw])
    if known < HOSTILE_BEFORE:
        return f"only {known} hostile weeks are known of the pair; {HOSTILE_BEFORE} are needed"
    return None


def thaws(signs: Sequence[int | None]) -> list[int]:
    """Weeks of thaw by the weekly rule: the first cooperative week after a hostile one, out of a
    tension.

    The last week with acts before it was hostile, `tense` finds nothing missing, and the last thaw
    lies at least 12 weeks back.

    >>> thaws([-1] * 12 + [1, 1, -1, 1])
    [12]
    """
    out: list[int] = []
    last_sign: int | None = None
    for t, sign in enumerate(signs):
        if (
            sign == 1
            and last_sign == -1
            and (not out or t - out[-1] >= APART_WEEKS)
            and tense(signs, t) is None
        ):
            out.append(t)
        if sign is not None:
            last_sign = sign
    return out


def relapse(signs: Sequence[int | None], thaw: int) -> int | None:
    """Weeks from a thaw to its relapse: the third hostile one among four weeks with acts; None
    without.

    Silent weeks are stepped over: they are no peace.

    >>> relapse([1, -1, None, -1, 1, -1], 0)
    5
    """
    heard: list[int] = []
    for t in range(thaw + 1, len(signs)):
        sign = signs[t]
        if sign is None:
            continue
        heard.append(sign)
        if sum(s < 0 for s in heard[-RELAPSE_WITHIN:]) >= RELAPSE_HOSTILE:
            return t - thaw
    return None


def outcome(signs: Sequence[int | None], thaw: int, weeks: int, asked: int | None = None) -> Outcome | None:
    """What became of a thaw in the `weeks` after week `asked` (the week of the thaw where None).

    None while those weeks are not over and it has not relapsed. "silent": no relapse, and fewer
    than 3 of these weeks have acts, too few to show a relapse.

    >>> outcome([1] + [1] * 13, 0, 13)
    Outcome(kind='held', weeks=13)
    """
    start = thaw if asked is None else asked
    part = signs[: start + weeks + 1]
    at = relapse(part, thaw)
    if at is not None:
        return Outcome("relapsed", at)
    if len(part) < start + weeks + 1:
        return None
    heard = sum(s is not None for s in part[start + 1 :])
    return Outcome("silent" if heard < SILENT_BELOW else "held", weeks)


def record(signs: Sequence[int | None], before: int, weeks: int = 13) -> tuple[int, int]:
    """Past thaws of the pair that held, and that were settled either way, by the week `before`.

    >>> record([-1] * 12 + [1] * 20, 32)
    (1, 1)
    """
    past = [outcome(signs[: before + 1], t, weeks) for t in thaws(signs[: before + 1]) if t < before]
    kinds = [o.kind for o in past if o is not None]
    return kinds.count("held"), kinds.count("held") + kinds.count("relapsed")


def features(signs: Sequence[int | None], thaw: int, asked: int, past: tuple[int, int]) -> tuple[float, ...]:
    """What the model sees of a thaw in week `asked`, in the order of `FEATURES`; nothing later.

    Shares are log-odds with half a week added on each side, so that few weeks stay near even.
    `past` is `record(signs, thaw)`.

    >>> len(features([-1] * 12 + [1], 12, 12, (0, 0))) == len(FEATURES)
    True
    """
    year = [s for s in signs[max(0, thaw - 51) : thaw + 1] if s is not None]
    ever = [s for s in signs[: thaw + 1] if s is not None]
    before = [s for s in signs[max(0, thaw - TENSION_WEEKS) : thaw] if s is not None]
    since = [s for s in signs[thaw + 1 : asked + 1] if s is not None]
    run = 0
    for sign in reversed([s for s in signs[:thaw] if s is not None]):
        if sign >= 0:
            break
        run += 1
    held, settled = past
    return (
        _log_odds(sum(s < 0 for s in year), len(year)),
        _log_odds(sum(s < 0 for s in ever), len(ever)),
        sum(s < 0 for s in before) / max(1, len(before)),
        log1p(run),
        log(len(year) / min(52, thaw + 1) + 0.02),
        float(sum(s is not None and s < 0 for s in signs[max(0, thaw - 4) : thaw])),
        (held - (settled - held)) / (settled + 2),
        log1p(asked - thaw),
        -sum(since) / (len(since) + 2),
    )


def _log_odds(hits: int, count: int) -> float:
    return log((hits + 0.5) / (count - hits + 0.5))
