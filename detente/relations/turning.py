"""When a pair turned: from tension to a thaw or into an escalation, and how sure that is.

Three ways, by how much is known (the definition "turn.v1" is in `docs/method/relations.md`):
one reading (few documents), a sequence of days, a weekly series. None uses anything published after
`as_of`, and every turn is set against the pair's own noise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log1p

from detente.errors import InputError
from detente.records import Event, Term, Turn
from detente.relations.changes import Change, change_points, partition
from detente.relations.null import SHUFFLES, random_for, shuffle_chance, split_scores
from detente.relations.series import Act, StoryLike, acts, known, pair_of

__all__ = ["turns"]

# A chance above this is no turn.
LARGEST_CHANCE = 0.05
# Few acts cannot do better; a reading's turn carries no odds and says so.
READING_CHANCE = 0.15
# One reading: fewer publication days or days of acts than this.
SEQUENCE_PUBLICATIONS = 6
SEQUENCE_DAYS = 10
# A weekly series: this many weeks with acts, and acts per such week.
SERIES_WEEKS = 60
SERIES_ACTS_PER_WEEK = 4.0
# One reading: acts needed on the hostile and on the cooperative side, their share among those surely
# there and among all that may be.
READING_HOSTILE = 3
READING_COOPERATIVE = 2
READING_SHARE = 2 / 3
READING_LIKELY = 1 / 3
# An act longer ago than this is no part of the tension that a turn ends.
READING_DAYS = 400
# What turned a pair shows within this many days of the turn.
READING_AFTER = 60
# Sequence: acts told more than this many days after they happened are background chosen by a later
# writer, not part of the run of days.
BACKGROUND_DAYS = 60
SEQUENCE_PENALTY = 3.0
# In up to this many days the penalty is 1: the shuffle test alone decides among few candidates.
SEQUENCE_SHORT = 25
# Correlation of the signs of two acts of one day.
SAME_DAY = 0.3
SEQUENCE_SHORTEST = 2
SEQUENCE_STEP = 0.4
HALF_SAMPLES = 100
FIRM_DAYS = 14
MOST_EVENTS = 50


@dataclass(frozen=True, slots=True)
class _Cut:
    """A turn before it is dressed: the acts on its two sides and the chance of so clear a split."""

    day: date
    rising: bool
    chance: float
    before: tuple[Act, ...]
    after: tuple[Act, ...]
    either: tuple[Act, ...] = ()


def turns(
    items: Sequence[Event] | Sequence[Act],
    pair: tuple[str, str],
    as_of: date,
    *,
    published: Mapping[str, date | None] | None = None,
    stories: Sequence[StoryLike] | None = None,
) -> list[Turn]:
    """The turns of a pair as they stood on `as_of`, oldest first.

    `odds` is 1 / chance, the chance being that the pair's own noise (shuffled acts or days; AR(1)
    series for weekly data) splits as clearly anywhere. It is None where all rests on a few
    documents, with the reason; then the chance of the order alone stands among the terms.
    `firmness` is the share of 100 random halves of the stories in which the turn is still found
    within 14 days. `known_on` is the first publication day on which the rule was met.

    Args:
        items: events (then `published` is needed, see `series.acts`) or acts of the pair.
        pair: two codes in any order.
        as_of: nothing after this day, and nothing published after it, is used.
        published: publication day of each document id.
        stories: stories that group the events.

    Raises:
        InputError: events without `published`, or a pair that is none.

    >>> turns([], ("USA", "COL"), date(2026, 1, 8))
    []
    """
    two = pair_of(pair)
    counted = known(_as_acts(items, two, as_of, published, stories), as_of)
    if len(counted) < READING_HOSTILE + READING_COOPERATIVE:
        return []
    if _is_series(counted):
        return _series_turns(counted, two, as_of)
    if _is_sequence(counted):
        return _dress(counted, two, as_of, reading=False)
    return _dress(counted, two, as_of, reading=True)


def _as_acts(
    items: Sequence[Event] | Sequence[Act],
    pair: tuple[str, str],
    as_of: date,
    published: Mapping[str, date | None] | None,
    stories: Sequence[StoryLike] | None,
) -> list[Act]:
    events = [i for i in items if isinstance(i, Event)]
    ready = [i for i in items if isinstance(i, Act)]
    if events and published is None:
        raise InputError(
            "events were given without the publication days of their documents",
            todo="pass published={document id: date}",
        )
    if events and published is not None:
        ready = [*ready, *acts(events, published, pair, as_of, stories)]
    return ready


def _is_series(counted: Sequence[Act]) -> bool:
    weeks = {_week(a.day) for a in counted if _datable(a)}
    dated = sum(1 for a in counted if _datable(a))
    return len(weeks) >= SERIES_WEEKS and dated >= SERIES_ACTS_PER_WEEK * len(weeks)


def _is_sequence(counted: Sequence[Act]) -> bool:
    run = [a for a in counted if _in_run(a)]
    return (
        len({a.known_on for a in run}) >= SEQUENCE_PUBLICATIONS and len({a.day for a in run}) >= SEQUENCE_DAYS
    )


def _week(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _datable(act: Act) -> bool:
    return (act.day - act.earliest).days <= 31


def _in_run(act: Act) -> bool:
    return _datable(act) and (act.known_on - act.day).days <= BACKGROUND_DAYS


# One reading


def _value(act: Act) -> float:
    """A material act weighs twice a verbal one; an act's PLOVER score is shown, not used here."""
    return act.sign * (1.0 if act.verbal else 2.0)


@dataclass(frozen=True, slots=True)
class _Sides:
    """How much of each act lies before a day and how much not before it (0 to 1 each)."""

    day: date
    before: tuple[float, ...]
    after: tuple[float, ...]


def _sides(ordered: Sequence[Act], days: Sequence[date]) -> list[_Sides]:
    """The sides of each day where both have some act.

    An act of several possible days lies on both, by the share of its days.
    """
    out = []
    for day in days:
        since, until = day - timedelta(days=READING_DAYS), day + timedelta(days=READING_AFTER)
        before, after = [], []
        for act in ordered:
            days_of = (act.day - act.earliest).days + 1
            share = min(max((day - act.earliest).days, 0), days_of) / days_of
            inside = since <= act.day <= until
            before.append(share if inside else 0.0)
            after.append(1.0 - share if inside else 0.0)
        if any(before) and any(after):
            out.append(_Sides(day, tuple(before), tuple(after)))
    return out


def _reading_cuts(counted: Sequence[Act], *, half: bool = False) -> list[_Cut]:
    """The one clearest split of a few acts by day, if the order of the acts bears it.

    `half` asks for half the acts and does not test their order again: half the acts cannot pass the
    test that all of them just passed.
    """
    import numpy as np

    ordered = list(counted)
    sides = _sides(ordered, sorted({a.day for a in ordered if a.earliest == a.day}))
    fitting = [i for i, side in enumerate(sides) if _clear(ordered, side, half) is not None]
    if not fitting:
        return []
    row = np.array([_value(a) for a in ordered])
    before = np.array([s.before for s in sides]).T
    after = np.array([s.after for s in sides]).T
    scores = np.abs(split_scores(row[None, :], before, after))[0]
    best = max(fitting, key=lambda i: (round(float(scores[i]), 9), sides[i].day))
    chance = 0.0
    if not half:
        # Every day with acts on both sides is a place where chance could have split them.
        rng = random_for((a.story_id, a.day, a.sign) for a in ordered)
        rows = rng.permuted(np.tile(row, (SHUFFLES, 1)), axis=1)
        highest = np.abs(split_scores(rows, before, after)).max(axis=1)
        chance = (1 + int((highest >= scores[best] - 1e-9).sum())) / (1 + SHUFFLES)
        if chance > READING_CHANCE:
            return []
    side = sides[best]
    return [
        _Cut(
            side.day,
            bool(_clear(ordered, side, half)),
            chance,
            tuple(a for a, share in zip(ordered, side.before, strict=True) if share == 1.0),
            tuple(a for a, share in zip(ordered, side.after, strict=True) if share == 1.0),
            tuple(a for a, share in zip(ordered, side.before, strict=True) if 0 < share < 1),
        )
    ]


def _clear(ordered: Sequence[Act], sides: _Sides, half: bool) -> bool | None:
    """True for a clear thaw, False for a clear escalation, None for neither."""

    def mostly(shares: Sequence[float], hostile: bool) -> bool:
        kind = [s for a, s in zip(ordered, shares, strict=True) if a.hostile is hostile]
        sure, all_sure = kind.count(1.0), list(shares).count(1.0)
        least = READING_HOSTILE if hostile else READING_COOPERATIVE
        least_sure = least - 1
        if half:
            least, least_sure = least // 2, 1
        return (
            sum(kind) >= least
            and sum(kind) >= READING_LIKELY * sum(shares)
            and sure >= least_sure
            and sure >= READING_SHARE * all_sure
        )

    # The day of a turn is one on which an act of the new kind happened.
    kinds = {a.hostile for a in ordered if a.earliest == a.day == sides.day}
    if False in kinds and mostly(sides.before, True) and mostly(sides.after, False):
        return True
    if True in kinds and mostly(sides.before, False) and mostly(sides.after, True):
        return False
    return None


# A sequence of days


def _balance(day_acts: Sequence[Act]) -> float:
    """Balance of one day, -1 to 1."""
    good = sum(_value(a) for a in day_acts if not a.hostile)
    bad = -sum(_value(a) for a in day_acts if a.hostile)
    return (good - bad) / (good + bad)


def _weight(day_acts: Sequence[Act]) -> float:
    """How many independent acts a day is worth: acts of one day hang together."""
    return len(day_acts) / (1 + SAME_DAY * (len(day_acts) - 1))


def _sequence_cuts(counted: Sequence[Act], shuffles: int = 499) -> list[_Cut]:
    """Best segmentation of the days, then the weakest cut goes until all beat shuffled days."""
    import numpy as np

    by_day: dict[date, list[Act]] = defaultdict(list)
    for act in counted:
        if _in_run(act):
            by_day[act.day].append(act)
    days = sorted(by_day)
    if len(days) < 2 * SEQUENCE_SHORTEST:
        return []
    x = np.array([_balance(by_day[d]) for d in days])
    weights = np.array([_weight(by_day[d]) for d in days])
    # Two independent neighbours with weights v and w differ by noise (1 / v + 1 / w).
    spread = np.diff(x) ** 2 / (1 / weights[1:] + 1 / weights[:-1])
    noise = max(float(spread.mean()), 0.05)
    penalty = SEQUENCE_PENALTY if len(x) > SEQUENCE_SHORT else 1.0
    cuts = partition(x, penalty * noise * log1p(len(x)), SEQUENCE_SHORTEST, weights)
    rng = random_for((d, len(by_day[d]), round(float(v), 6)) for d, v in zip(days, x, strict=True))
    while cuts:
        bounds = [0, *cuts, len(x)]
        tested = []
        for i in range(1, len(bounds) - 1):
            low, at, high = bounds[i - 1], bounds[i], bounds[i + 1]
            step = float(
                np.average(x[at:high], weights=weights[at:high])
                - np.average(x[low:at], weights=weights[low:at])
            )
            n = high - low
            mask = np.tri(n, n - 1, -1)[:, SEQUENCE_SHORTEST - 1 : n - SEQUENCE_SHORTEST]
            _, _, chance = shuffle_chance(
                x[low:high].tolist(),
                1.0 - mask,
                mask,
                rng,
                shuffles,
                weights[low:high].tolist(),
            )
            tested.append((chance if abs(step) >= SEQUENCE_STEP else 1.0, abs(step), step))
        weakest = max(range(len(cuts)), key=lambda i: (tested[i][0], -tested[i][1]))
        if tested[weakest][0] > LARGEST_CHANCE:
            cuts.pop(weakest)
            continue
        out = []
        for i, cut in enumerate(cuts):
            chance, _, step = tested[i]
            low, high = bounds[i], bounds[i + 2]
            out.append(
                _Cut(
                    days[cut],
                    step > 0,
                    chance,
                    tuple(a for d in days[low:cut] for a in by_day[d]),
                    tuple(a for d in days[cut:high] for a in by_day[d]),
                )
            )
        return out
    return []


# A weekly series


def _weekly(counted: Sequence[Act]) -> tuple[list[date], list[float], dict[date, list[Act]]]:
    """Weeks with acts, log1p(cooperative) - log1p(hostile) of each, and their acts."""
    by_week: dict[date, list[Act]] = defaultdict(list)
    for act in counted:
        if _datable(act) and not act.announced:
            by_week[_week(act.day)].append(act)
    weeks = sorted(by_week)
    values = []
    for week in weeks:
        hostile = sum(a.hostile for a in by_week[week])
        values.append(log1p(len(by_week[week]) - hostile) - log1p(hostile))
    return weeks, values, by_week


def _series_turns(counted: Sequence[Act], pair: tuple[str, str], as_of: date) -> list[Turn]:
    import numpy as np

    weeks, values, by_week = _weekly(counted)
    found = change_points(values, largest_chance=LARGEST_CHANCE)
    edges = [0, *(c.index for c in found), len(weeks)]
    out = []
    for i, change in enumerate(found):
        week = weeks[change.index]
        rising = change.after > change.before
        seen = change.index + 4
        while seen < len(weeks) and not _found_near(
            change_points(values[:seen], largest_chance=LARGEST_CHANCE, surrogates=99),
            change.index,
            rising,
        ):
            seen += 1
        rng = random_for((pair, week))
        kept = 0
        for _ in range(20):
            half = [
                log1p(int(rng.binomial(c, 0.5))) - log1p(int(rng.binomial(h, 0.5)))
                for h, c in (
                    (sum(a.hostile for a in by_week[w]), sum(not a.hostile for a in by_week[w]))
                    for w in weeks
                )
            ]
            near = change_points(np.array(half), largest_chance=LARGEST_CHANCE, surrogates=99)
            kept += _found_near(near, change.index, rising)
        made = [a for a in by_week[week] if a.hostile != rising] or by_week[week]
        before = [a for w in weeks[edges[i] : change.index] for a in by_week[w]]
        after = [a for w in weeks[change.index : edges[i + 2]] for a in by_week[w]]
        last = weeks[min(seen, len(weeks)) - 1]
        out.append(
            Turn(
                pair=pair,
                day=week,
                direction="thaw" if rising else "escalation",
                odds=round(1 / change.chance, 1),
                events=tuple(a.events[0] for a in made[:MOST_EVENTS]),
                firmness=kept / 20,
                known_on=min(max(a.known_on for a in by_week[last]), as_of),
                terms=(
                    *_side_terms(before, after),
                    Term("chance of a step as large in AR(1) series of the pair", change.chance),
                ),
            )
        )
    return out


def _found_near(found: Sequence[Change], index: int, rising: bool) -> bool:
    return any(abs(c.index - index) <= 3 and (c.after > c.before) == rising for c in found)


# Dressing


def _side_terms(before: Sequence[Act], after: Sequence[Act]) -> tuple[Term, ...]:
    out = []
    for name, side in (("before", before), ("after", after)):
        for hostile in (True, False):
            chosen = [a for a in side if a.hostile is hostile]
            out.append(
                Term(
                    f"{'hostile' if hostile else 'cooperative'} acts {name}",
                    float(len(chosen)),
                    None,
                    tuple(a.events[0] for a in chosen[:MOST_EVENTS]),
                )
            )
    return tuple(out)


def _either_terms(either: Sequence[Act]) -> tuple[Term, ...]:
    """The acts that may lie on either side of a turn, and were counted on both in part."""
    out = []
    for hostile, name in ((True, "hostile"), (False, "cooperative")):
        ids = tuple(a.events[0] for a in either if a.hostile is hostile)
        if ids:
            out.append(Term(f"{name} acts that may lie on either side", float(len(ids)), None, ids))
    return tuple(out)


def _dress(counted: Sequence[Act], pair: tuple[str, str], as_of: date, *, reading: bool) -> list[Turn]:
    """Turns from cuts: the acts that made each, odds or why none, firmness, first known."""
    out = []
    for cut in _reading_cuts(counted) if reading else _sequence_cuts(counted):
        made = [a for a in cut.after if a.hostile != cut.rising and (a.day - cut.day).days <= 28]
        local = sorted({*cut.before, *cut.after, *cut.either}, key=lambda a: (a.day, a.earliest, a.story_id))
        publications = len({a.known_on for a in counted})
        reason = None
        if reading:
            reason = (
                f"the acts were published on {publications} "
                f"{'day' if publications == 1 else 'days'}: there is no history of the pair to set "
                "the turn against; shuffled, the same acts split as cleanly in "
                f"{cut.chance:.1%} of orders"
            )
        out.append(
            Turn(
                pair=pair,
                day=cut.day,
                direction="thaw" if cut.rising else "escalation",
                odds=None if reading else round(1 / cut.chance, 1),
                events=tuple(a.events[0] for a in made[:MOST_EVENTS]),
                firmness=_firmness(local, cut, reading),
                known_on=_known_on(local, cut, as_of, reading),
                reason=reason,
                terms=(
                    *_side_terms(cut.before, cut.after),
                    *_either_terms(cut.either),
                    Term(
                        f"chance of so clean a split when the {'acts' if reading else 'days'} are shuffled",
                        round(cut.chance, 4),
                    ),
                    Term("publication days behind it", float(publications)),
                ),
            )
        )
    return out


def _near(cuts: Sequence[_Cut], cut: _Cut) -> bool:
    return any(c.rising == cut.rising and abs((c.day - cut.day).days) <= FIRM_DAYS for c in cuts)


def _firmness(local: Sequence[Act], cut: _Cut, reading: bool) -> float:
    """Share of random halves of the stories in which the same turn is found again."""
    rng = random_for((cut.day, *(a.story_id for a in local)))
    kept = 0
    for _ in range(HALF_SAMPLES):
        chosen = sorted(rng.choice(len(local), size=(len(local) + 1) // 2, replace=False))
        half = [local[i] for i in chosen]
        found = _reading_cuts(half, half=True) if reading else _sequence_cuts(half, 99)
        kept += _near(found, cut)
    return kept / HALF_SAMPLES


def _known_on(local: Sequence[Act], cut: _Cut, as_of: date, reading: bool) -> date:
    """First publication day on which the rule, applied to what was known then, gives this turn."""
    days = sorted({a.known_on for a in local if a.known_on >= min(b.known_on for b in cut.after)})
    for day in days[:40]:
        then = [a for a in local if a.known_on <= day]
        if _near(_reading_cuts(then) if reading else _sequence_cuts(then, 199), cut):
            return day
    return min(max(a.known_on for a in cut.after), as_of)
