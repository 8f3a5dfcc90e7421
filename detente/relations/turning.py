"""When a pair turned: from tension to a thaw or into an escalation, and how sure that is.

Three ways, by how much is known (the definition "turn.v2" is in `docs/method/relations.md`):
one reading (few documents), a thin record, a weekly series. None uses anything published after
`as_of`, and every turn is set against the pair's own noise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import exp, log1p

from detente.errors import InputError
from detente.records import Event, Term, Turn
from detente.relations.changes import Change, change_points
from detente.relations.cuts import (
    MADE_DAYS,
    READING_COOPERATIVE,
    READING_HOSTILE,
    Cut,
    datable,
    in_run,
    reading_cuts,
    record_cuts,
)
from detente.relations.null import random_for
from detente.relations.phases import split_chance
from detente.relations.series import Act, StoryLike, acts, known, pair_of

__all__ = ["DEFINITION", "turns"]

DEFINITION = "turn.v2"
# A chance above this is no turn.
LARGEST_CHANCE = 0.05
# One reading: fewer publication days than this.
RECORD_PUBLICATIONS = 6
# A weekly series: this many weeks with acts, and acts per such week.
SERIES_WEEKS = 60
SERIES_ACTS_PER_WEEK = 4.0
# Random halves that firmness is counted in; of many acts 20 do.
HALF_SAMPLES = 100
MANY_ACTS = 150
FIRM_DAYS = 14
MOST_EVENTS = 50


def _times(evidence: float) -> str:
    """A likelihood ratio in words; beyond a million its digits say nothing.

    >>> _times(2.0), _times(80.0)
    ('7', 'more than 1,000,000')
    """
    ratio = exp(min(evidence, 700.0))
    return f"{ratio:,.0f}" if ratio < 1e6 else "more than 1,000,000"


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
    if _is_record(counted):
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
    weeks = {_week(a.day) for a in counted if datable(a)}
    dated = sum(1 for a in counted if datable(a))
    return len(weeks) >= SERIES_WEEKS and dated >= SERIES_ACTS_PER_WEEK * len(weeks)


def _is_record(counted: Sequence[Act]) -> bool:
    run = [a for a in counted if in_run(a)]
    return len({a.known_on for a in run}) >= RECORD_PUBLICATIONS


def _week(day: date) -> date:
    return day - timedelta(days=day.weekday())


# A weekly series


def _weekly(counted: Sequence[Act]) -> tuple[list[date], list[float], dict[date, list[Act]]]:
    """Weeks with acts, log1p(cooperative) - log1p(hostile) of each, and their acts."""
    by_week: dict[date, list[Act]] = defaultdict(list)
    for act in counted:
        if datable(act) and not act.announced:
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
    sides = [(sum(a.hostile for a in by_week[w]), sum(not a.hostile for a in by_week[w])) for w in weeks]
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
            half = [log1p(int(rng.binomial(c, 0.5))) - log1p(int(rng.binomial(h, 0.5))) for h, c in sides]
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
                definition=DEFINITION,
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
    for found in reading_cuts(counted) if reading else record_cuts(counted):
        cut = _against_noise(found)
        made = [a for a in cut.after if a.hostile != cut.rising and 0 <= (a.day - cut.day).days <= MADE_DAYS]
        local = sorted({*cut.before, *cut.after, *cut.either}, key=lambda a: (a.day, a.earliest, a.story_id))
        publications = len({a.known_on for a in counted})
        reason = _reason(cut, publications, reading)
        out.append(
            Turn(
                pair=pair,
                day=cut.day,
                direction="thaw" if cut.rising else "escalation",
                odds=round(1 / cut.chance, 1) if reason is None else None,
                events=tuple(a.events[0] for a in made[:MOST_EVENTS]),
                firmness=_firmness(local, cut, reading),
                known_on=_known_on(counted, cut, as_of, reading),
                reason=reason,
                terms=(
                    *_side_terms(cut.before, cut.after),
                    *_either_terms(cut.either),
                    *_phase_terms(cut),
                    Term("publication days behind it", float(publications)),
                ),
                definition=DEFINITION,
            )
        )
    return out


def _against_noise(cut: Cut) -> Cut:
    """The cut with the chance that the days of its two phases, shuffled, split as clearly."""
    if cut.days is None or cut.opening:
        return cut
    rng = random_for((cut.rising, *(a.story_id for a in (*cut.before, *cut.after))))
    return replace(cut, chance=split_chance(cut.days, cut.evidence, rng))


def _reason(cut: Cut, publications: int, reading: bool) -> str | None:
    """Why a turn carries no odds; None where the pair's own days bear it out."""
    if reading:
        return (
            f"the acts were published on {publications} "
            f"{'day' if publications == 1 else 'days'}: there is no history of the pair to set "
            "the turn against; shuffled, the same acts split as cleanly in "
            f"{cut.chance:.1%} of orders"
        )
    if cut.opening:
        return (
            "the record begins here: there is no earlier record of the pair to set it against; its first "
            f"acts are {_times(cut.evidence)} times likelier for a tense pair than for a friendly one"
        )
    if cut.chance > LARGEST_CHANCE:
        return (
            f"the days are too few to shuffle: {cut.chance:.1%} of their orders split as clearly; the "
            f"acts are {_times(cut.evidence)} times likelier with the turn than without it"
        )
    return None


def _phase_terms(cut: Cut) -> tuple[Term, ...]:
    if cut.shares is None:
        return (Term("chance of so clean a split when the acts are shuffled", round(cut.chance, 4)),)
    known = Term("times likelier with the turn than without", round(exp(cut.evidence), 1))
    shares = (
        Term(
            "usual hostile share of all pairs" if cut.opening else "hostile share before",
            round(cut.shares[0], 3),
        ),
        Term("hostile share after", round(cut.shares[1], 3)),
        known,
    )
    if cut.opening:
        return shares
    return (*shares, Term("chance of so clean a split when the days are shuffled", round(cut.chance, 4)))


def _near(cuts: Sequence[Cut], cut: Cut) -> bool:
    return any(c.rising == cut.rising and abs((c.day - cut.day).days) <= FIRM_DAYS for c in cuts)


def _firmness(local: Sequence[Act], cut: Cut, reading: bool) -> float:
    """Share of random halves of the stories in which the same turn is found again."""
    rng = random_for((cut.day, *(a.story_id for a in local)))
    kept = 0
    samples = HALF_SAMPLES if len(local) <= MANY_ACTS else HALF_SAMPLES // 5
    for _ in range(samples):
        chosen = sorted(rng.choice(len(local), size=(len(local) + 1) // 2, replace=False))
        half = [local[i] for i in chosen]
        found = reading_cuts(half, half=True) if reading else record_cuts(half, half=True)
        kept += _near(found, cut)
    return kept / samples


def _known_on(counted: Sequence[Act], cut: Cut, as_of: date, reading: bool) -> date:
    """First publication day on which the rule, applied to what was known then, gives this turn."""
    days = sorted({a.known_on for a in counted if a.known_on >= min(b.known_on for b in cut.after)})
    for day in days[:40]:
        then = [a for a in counted if a.known_on <= day]
        if _near(reading_cuts(then) if reading else record_cuts(then), cut):
            return day
    return min(max(a.known_on for a in cut.after), as_of)
