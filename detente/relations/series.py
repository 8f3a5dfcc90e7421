"""Events become counted acts of a pair, and acts become its weekly levels of hostility and
cooperation.

The frozen definitions ("act.v1", "level.v1") are written out in `docs/method/relations.md`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import TypeVar

from detente.codebook import codebook
from detente.errors import DataError, DateError, InputError
from detente.records import Level, Status, Term, Voice
from detente.relations.counts import Rates, choose_discount, smooth
from detente.relations.reported import Reported, StoryLike

__all__ = [
    "Act",
    "Reported",
    "StoryLike",
    "acts",
    "acts_told",
    "aside",
    "enough",
    "known",
    "levels",
    "pair_of",
    "span_of",
]

# An undated `actual` act happened in the week before its text: 83 of 85 dated ones of the gold
# articles lie within 7 days of publication.
UNDATED_DAYS = 7
# An act dated no better than to a month has a week only by guessing; it is left out of levels.
PLACEABLE_DAYS = 10

MIN_ACTS = 5
MIN_DAYS = 3
MIN_PUBLICATIONS = 3


R = TypeVar("R", bound=Reported)


@dataclass(frozen=True, slots=True)
class Act:
    """One counted act between the two of a pair: one story, however often it was reported.

    It happened between `earliest` and `day` (equal where the day is known). `weight` is the
    absolute PLOVER score, shown and never summed into one balance with the other side. `known_on`
    is the first publication; `events` the ids of the reports, the first published first.
    `announced` marks a planned cooperative act: it stands at its announcement and counts in turns,
    not in levels. `confidence` is the coder's own for the first report (None: it gives none); a thin
    record counts an act by it in turns.
    """

    day: date
    hostile: bool
    verbal: bool
    actor: str
    recipient: str
    event: str
    weight: float
    story_id: str
    known_on: date
    events: tuple[str, ...]
    earliest: date
    symmetric: bool = False
    announced: bool = False
    modes: tuple[str, ...] = ()
    confidence: float | None = None

    @property
    def sign(self) -> int:
        """-1 for a hostile act, 1 for a cooperative one."""
        return -1 if self.hostile else 1


def pair_of(pair: tuple[str, str]) -> tuple[str, str]:
    """The pair in its one order. Raises InputError where it is not two different codes.

    >>> pair_of(("USA", "COL"))
    ('COL', 'USA')
    """
    if len(pair) != 2 or pair[0] == pair[1] or not all(pair):
        raise InputError(f"{pair!r} is no pair", todo="give two different codes, such as USA COL")
    first, second = sorted(pair)
    return first, second


def span_of(value: str, end: str | None = None) -> tuple[date, date]:
    """First and last day that an ISO date, perhaps reduced to a month or year, can mean.

    Raises DateError where `value` is no such date.

    >>> span_of("2025")
    (datetime.date(2025, 1, 1), datetime.date(2025, 12, 31))
    >>> span_of("2026-01-03", "2026-01-04")
    (datetime.date(2026, 1, 3), datetime.date(2026, 1, 4))
    """
    try:
        parts = [int(p) for p in value.split("-")]
        if len(parts) == 3:
            first = last = date(*parts)
        elif len(parts) == 2:
            first = date(parts[0], parts[1], 1)
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        elif len(parts) == 1:
            first, last = date(parts[0], 1, 1), date(parts[0], 12, 31)
        else:
            raise ValueError(value)
    except (ValueError, OverflowError):
        raise DateError(value) from None
    if end is not None:
        last = max(last, span_of(end)[1])
    return first, last


def _sides(event: Reported, pair: tuple[str, str]) -> tuple[str, str] | None:
    """Who of the pair acts on whom; None where the act is not between the two."""
    a, b = pair
    actor, recipient = event.actor_codes, event.recipient_codes
    if event.symmetric:
        return (a, b) if {a, b} <= {*actor, *recipient} else None
    forth, back = a in actor and b in recipient, b in actor and a in recipient
    if forth and back:
        return (a, b)
    if forth:
        return (a, b)
    return (b, a) if back else None


def _refusal(event: Reported, published: date | None, as_of: date | None) -> str | None:
    """Why an event between the two is not counted; None where it is."""
    if event.voice is Voice.COMMENTARY:
        return "commentary: an opinion, not an act"
    if event.status is Status.NEGATED:
        return "negated: it did not happen"
    if event.status is Status.HYPOTHETICAL:
        return "hypothetical: it has not happened"
    if event.event == "REQUEST":
        return "a request stands on neither side"
    if event.status is Status.HISTORICAL and event.date is None:
        return "historical without a date"
    if event.status is Status.FUTURE and event.quad > 2:
        return "a hostile act announced for later; its threat is coded by itself"
    if published is None:
        return "its document has no publication date"
    if as_of is not None and published > as_of:
        return "published later"
    return None


def _span(event: Reported, published: date) -> tuple[date, date]:
    """First and last day on which the act can have happened, never after its publication."""
    if event.status is Status.FUTURE:
        return published, published
    if event.date is None:
        return published - timedelta(days=UNDATED_DAYS), published
    first, last = span_of(event.date, event.date_end)
    return min(first, published), min(last, published)


def acts(
    events: Iterable[Reported],
    published: Mapping[str, date | None],
    pair: tuple[str, str],
    as_of: date | None = None,
    stories: Iterable[StoryLike] | None = None,
) -> list[Act]:
    """The acts between the two of a pair, one a story, in order of day.

    Counted are `actual` acts, `historical` ones with a date, and planned cooperative ones
    (`announced`), asserted by the writer or a speaker. Not counted: commentary, hypothetical and
    negated acts, planned hostile ones, requests, acts of documents without a publication date;
    `aside` lists them with the reason. With `as_of` nothing published after it is used. Without
    `stories`, reports of the same type, modes, sides, status and date are one story. The order of
    `events` does not matter.

    Args:
        events: coded events of any pair.
        published: publication day of each document id; None or missing where unknown.
        pair: two codes in any order.
        as_of: last publication day used; None uses all.
        stories: stories that group event ids; events in none are stories of their own.

    Raises:
        InputError: `pair` is not two different codes. DateError: an event's date is none.

    >>> from detente.records import Event, Party
    >>> call = Event("d", 0, 4, "call", "CONSULT", (Party("USA", "US"),), (Party("COL", "it"),),
    ...     True, Status.ACTUAL, "call", 0, 1, modes=("phone",), date="2026-01-07")
    >>> [a] = acts([call, call], {"d": date(2026, 1, 8)}, ("USA", "COL"))
    >>> a.day.isoformat(), a.hostile, a.weight, a.known_on.isoformat()
    ('2026-01-07', False, 1.5, '2026-01-08')
    """
    story_of = {e: s.id for s in stories for e in s.events} if stories is not None else {}
    return acts_told(events, published, pair, as_of, story_of)


def acts_told(
    events: Iterable[Reported],
    published: Mapping[str, date | None],
    pair: tuple[str, str],
    as_of: date | None,
    story_of: Mapping[str, str],
) -> list[Act]:
    """`acts` where the story of each event is known by its id; events in none stand alone.

    >>> acts_told([], {}, ("USA", "COL"), None, {})
    []
    """
    two = pair_of(pair)
    groups: dict[str, list[tuple[date, Reported, tuple[str, str]]]] = defaultdict(list)
    for event in events:
        sides = _sides(event, two)
        if sides is None:
            continue
        day = published.get(event.document)
        if _refusal(event, day, as_of) is not None or day is None:
            continue
        key = story_of.get(event.id) or _own_story(event, sides, day)
        # A story may hold the plan and the deed; they are two acts.
        groups[f"{key}|{'plan' if event.status is Status.FUTURE else 'deed'}"].append((day, event, sides))
    found = [_merge(key, reports) for key, reports in groups.items()]
    if as_of is not None:
        found = [a for a in found if a.day <= as_of]
    return sorted(found, key=_order)


def _order(act: Act) -> tuple[date, date, str]:
    return act.day, act.earliest, act.story_id


def _own_story(event: Reported, sides: tuple[str, str], published: date) -> str:
    """Key of an event in no story: undated reports merge only within one publication day."""
    when = event.date if event.date is not None else f"by {published}"
    direction = "+".join(sides) if event.symmetric else ">".join(sides)
    status = "plan" if event.status is Status.FUTURE else "deed"
    kind = "+".join((event.event, *event.modes))
    return f"{kind}:{direction}:{when}:{event.date_end or ''}:{status}"


def _merge(key: str, reports: list[tuple[date, Reported, tuple[str, str]]]) -> Act:
    """One act from its reports: the first published speaks, the best dated gives the day."""
    unique = {e.id: (day, e, sides) for day, e, sides in reports}
    ordered = sorted(((day, id, e, sides) for id, (day, e, sides) in unique.items()), key=lambda r: r[:2])
    spans = [(*_span(e, day), day, id) for day, id, e, _ in ordered]
    first, last, _, _ = min(spans, key=lambda s: (s[1] - s[0], s[2], s[3]))
    known_on, _, event, sides = ordered[0]
    book = codebook()
    future = event.status is Status.FUTURE
    return Act(
        day=last,
        hostile=event.quad > 2,
        verbal=event.quad in (1, 3) or future,
        actor=sides[0],
        recipient=sides[1],
        event=event.event,
        weight=abs(book.score(event.event, event.modes)),
        story_id=key.rsplit("|", 1)[0],
        known_on=known_on,
        events=tuple(id for _, id, _, _ in ordered),
        earliest=first,
        symmetric=event.symmetric,
        announced=future,
        modes=event.modes,
        confidence=event.confidence,
    )


def aside(
    events: Iterable[R],
    published: Mapping[str, date | None],
    pair: tuple[str, str],
    as_of: date | None = None,
) -> list[tuple[R, str]]:
    """Events between the two that `acts` does not count, each with the reason, in order of id.

    Raises InputError where `pair` is not two different codes.

    >>> aside([], {}, ("USA", "COL"))
    []
    """
    two = pair_of(pair)
    out = [
        (event, reason)
        for event in {e.id: e for e in events}.values()
        if _sides(event, two) is not None
        and (reason := _refusal(event, published.get(event.document), as_of)) is not None
    ]
    return sorted(out, key=lambda pair_: pair_[0].id)


def known(items: Iterable[Act], as_of: date) -> list[Act]:
    """The acts that were published and over by `as_of`, in order of day.

    >>> known([], date(2026, 1, 8))
    []
    """
    return sorted((a for a in items if a.known_on <= as_of and a.day <= as_of), key=_order)


def _placed(items: Iterable[Act]) -> list[Act]:
    """Acts that belong to one week: done, not only announced, and dated to within ten days."""
    return [a for a in items if not a.announced and (a.day - a.earliest).days <= PLACEABLE_DAYS]


def enough(items: Sequence[Act]) -> str | None:
    """Why these acts are too few to speak of a level; None where they suffice.

    A level needs 5 acts that can be placed in a week, on 3 different days, known from 3 different
    publication days: one article is a first reading, not a series.

    >>> enough([])
    'too little to tell: 0 acts that can be placed in a week; a level needs 5'
    """
    placed = _placed(items)
    if len(placed) < MIN_ACTS:
        return (
            f"too little to tell: {len(placed)} acts that can be placed in a week; a level needs {MIN_ACTS}"
        )
    days = len({a.day for a in placed})
    if days < MIN_DAYS:
        return f"too little to tell: all acts lie on {days} days; a level needs {MIN_DAYS}"
    published = len({a.known_on for a in placed})
    if published < MIN_PUBLICATIONS:
        return (
            f"too little to tell: all reports were published on {published} "
            f"{'day' if published == 1 else 'days'}; a level needs {MIN_PUBLICATIONS}"
        )
    return None


@dataclass(frozen=True, slots=True)
class Pooled:
    """What all pairs of history share: mean and shape of the rate, weights of discounts."""

    mean: float
    shape: float
    weights: tuple[float, ...]


@cache
def pooled() -> Mapping[str, Pooled]:
    """Pooled priors of the hostile and the cooperative rate, from `data/outlook/level_v1.json`.

    Raises DataError where the file is damaged.

    >>> sorted(pooled())
    ['cooperative', 'hostile']
    """
    path = resources.files("detente") / "data" / "outlook" / "level_v1.json"
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return {
            side: Pooled(raw[side]["mean"], raw[side]["shape"], tuple(raw[side]["discounts"]))
            for side in ("hostile", "cooperative")
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"the pooled rates cannot be read ({error})",
            where="data/outlook/level_v1.json",
            todo="reinstall detente",
        ) from error


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def levels(
    items: Sequence[Act],
    *,
    start: date,
    end: date,
    as_of: date,
    exposure: Mapping[date, float] | None = None,
) -> list[Level]:
    """The pair's weekly rate of hostile and of cooperative acts between two days, with 80 %
    intervals.

    One `Level` for each ISO week, dated on its last day (the last one on `end` or `as_of`). A
    Gamma-Poisson model with discounted memory (see `counts`), smoothed over all that was known on
    `as_of`; the memory is the pair's own, shrunk to that of all pairs. Without `exposure` a week
    counts as read only where some act of the pair was reported for it, so silence widens the
    interval and never moves the level. The result is empty where `enough` gives a reason.

    Args:
        items: acts of one pair, from `acts`.
        start, end: first and last day wanted.
        as_of: nothing after this day, and nothing published after it, is used.
        exposure: how much was read in the week that starts on a Monday, 1 being usual; weeks it
        does not
            name were not read.

    Raises:
        InputError: `end` lies before `start`.

    >>> levels([], start=date(2026, 1, 1), end=date(2026, 1, 8), as_of=date(2026, 1, 8))
    []
    """
    if end < start:
        raise InputError(f"the series ends ({end}) before it starts ({start})", todo="swap them")
    usable = known(items, as_of)
    last_day = min(end, as_of)
    if enough(usable) is not None or last_day < start:
        return []
    placed = _placed(usable)
    left_out = len(usable) - len(placed)
    first = _monday(placed[0].day)
    final = max(_monday(as_of), _monday(last_day))
    weeks = [first + timedelta(weeks=i) for i in range((final - first).days // 7 + 1)]
    by_week: dict[bool, dict[date, list[Act]]] = {True: defaultdict(list), False: defaultdict(list)}
    for act in placed:
        by_week[act.hostile][_monday(act.day)].append(act)
    if exposure is None:
        seen = [1.0 if w in by_week[True] or w in by_week[False] else 0.0 for w in weeks]
    else:
        seen = [max(0.0, exposure.get(w, 0.0)) for w in weeks]
        # A week with acts was read, whatever the count of documents says.
        seen = [
            max(s, 1.0) if s == 0 and (w in by_week[True] or w in by_week[False]) else s
            for s, w in zip(seen, weeks, strict=True)
        ]
    rates = {}
    for hostile, side in ((True, "hostile"), (False, "cooperative")):
        prior = pooled()[side]
        counts = [len(by_week[hostile].get(w, ())) for w in weeks]
        discount = choose_discount(
            counts, seen, prior_mean=prior.mean, prior_shape=prior.shape, weights=prior.weights
        )
        rates[hostile] = smooth(
            counts, seen, discount=discount, prior_mean=prior.mean, prior_shape=prior.shape
        )
    out = []
    sides = {
        hostile: _Side(rates[hostile], weeks, by_week[hostile], side)
        for hostile, side in ((True, "hostile"), (False, "cooperative"))
    }
    for t, week in enumerate(weeks):
        sunday = week + timedelta(days=6)
        if sunday < start or week > last_day:
            continue
        terms = [*sides[True].terms(t), *sides[False].terms(t)]
        if left_out:
            terms.append(Term("acts left out: only announced, or dated to no week", float(left_out)))
        h, c = rates[True], rates[False]
        out.append(
            Level(
                day=min(sunday, last_day),
                hostile=float(h.mean[t]),
                hostile_low=float(h.low[t]),
                hostile_high=float(h.high[t]),
                cooperative=float(c.mean[t]),
                cooperative_low=float(c.low[t]),
                cooperative_high=float(c.high[t]),
                terms=tuple(terms),
            )
        )
    return out


class _Side:
    """The hostile or the cooperative weeks of a pair, to name what each level rests on."""

    def __init__(
        self, rates: Rates, weeks: Sequence[date], by_week: Mapping[date, list[Act]], side: str
    ) -> None:
        self.rates, self.side = rates, side
        # The same weeks are named again and again.
        self.weeks = [
            (f"{side} acts in the week of {w}", tuple(a.events[0] for a in by_week.get(w, ()))) for w in weeks
        ]

    def terms(self, t: int) -> list[Term]:
        """The weeks a level rests on, heaviest first, then the rest and the pooled prior."""
        row, total = self.rates.shares[t], float(self.rates.mean[t])
        count = int((row > 0).sum())
        out, listed = [], 0.0
        for j in (-row).argsort(kind="stable")[:count].tolist():
            share = float(row[j])
            if share < 0.01 * total:
                break
            name, ids = self.weeks[j]
            listed += share
            out.append(Term(name, float(len(ids)), share, ids))
        rest = float(row.sum()) - listed
        if count > len(out):
            out.append(Term(f"{self.side} acts of {count - len(out)} other weeks", None, rest))
        out.append(Term(f"usual {self.side} rate of all pairs", None, float(self.rates.prior[t])))
        return out
