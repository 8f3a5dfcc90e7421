"""Rules of relations: a pair turned, its level was crossed, a position was reversed, a forecast came out.

They are looked at for the pairs that new events are of. What was so before a rule began is noted
then, and never told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from datetime import date, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING

from detente.records import Event, Forecast, Level, Position, Turn
from detente.store import Store
from detente.store.reading_state import Alert, ReadingState
from detente.watch.notice import alert_of, evidence
from detente.watch.settings import Rule

if TYPE_CHECKING:
    from detente.relations.series import Act

__all__ = ["begin", "find"]

_Pair = tuple[str, str]
_SAME_TURN_DAYS = 14  # a turn that moved by less, as more reports came in, is the same turn


def begin(rule: Rule, store: Store, state: ReadingState, now: datetime) -> None:
    """Note what is so already; only the first time for a rule and pair anything is done."""
    if rule.on == "forecast":
        if not state.began(_mark(rule)):
            state.begin(_mark(rule), [_forecast_alert(rule, f, store, now) for f in _resolved(rule, store)])
        return
    if rule.on not in ("turn", "level", "reversal"):
        return
    if not state.began(_mark(rule)):
        state.begin(_mark(rule))
    for pair in rule.pairs:
        _begin_pair(rule, pair, store, state, now, fresh=frozenset())


def find(
    rule: Rule,
    events: Sequence[Event],
    store: Store,
    state: ReadingState,
    now: datetime,
    sides: MutableMapping[str, int],
) -> list[Alert]:
    """The alerts of a rule after new events came in; on which side a level is now goes to `sides`."""
    if rule.on == "forecast":
        told = state.subjects(rule.name)
        return [_forecast_alert(rule, f, store, now) for f in _resolved(rule, store) if f.id not in told]
    found: list[Alert] = []
    fresh = frozenset(event.id for event in events)
    for pair in _pairs(rule, events):
        _begin_pair(rule, pair, store, state, now, fresh)
        if rule.on == "turn":
            found += _new_turns(rule, pair, store, state, now)
        elif rule.on == "level":
            found += _crossed(rule, pair, store, state, now, sides, fresh)
        elif rule.on == "reversal":
            found += _new_reversals(rule, pair, store, state, now)
    return found


def _pairs(rule: Rule, events: Iterable[Event]) -> list[_Pair]:
    """The pairs of new events that the rule is about, each once, in order."""
    wanted = {_sorted(pair) for pair in rule.pairs}
    found: dict[_Pair, None] = {}
    for event in events:
        for one, other in product(event.actor_codes, event.recipient_codes):
            pair = _sorted((one, other))
            named = pair in wanted if wanted else rule.country is None or rule.country in pair
            if one != other and named:
                found[pair] = None
    return sorted(found)


def _begin_pair(
    rule: Rule, pair: _Pair, store: Store, state: ReadingState, now: datetime, fresh: frozenset[str]
) -> None:
    """Note what is so of a pair; `fresh` are events that have just come, and what they made is news."""
    mark = f"{_mark(rule)} {' '.join(_sorted(pair))}"
    if rule.on == "level" or state.began(mark):
        return
    known: list[Alert] = []
    if rule.on == "turn":
        turns = [turn for turn in _turns(rule, pair, store, now) if not fresh & set(turn.events)]
        known = [_turn_alert(rule, turn, store, now) for turn in turns]
    elif rule.on == "reversal":
        held = [p for p in _reversals(pair, store, now) if p.event not in fresh]
        known = [_reversal_alert(rule, p, store, now) for p in held]
    state.begin(mark, known)


def _mark(rule: Rule) -> str:
    return f"{rule.on} {rule.name}"


def _sorted(pair: _Pair) -> _Pair:
    return (min(pair), max(pair))


# Turns ---------------------------------------------------------------------------------------------


def _turns(rule: Rule, pair: _Pair, store: Store, now: datetime) -> list[Turn]:
    from detente.api import turns

    found = turns(store, pair, now.date())
    return [turn for turn in found if rule.direction in (None, turn.direction)]


def _new_turns(rule: Rule, pair: _Pair, store: Store, state: ReadingState, now: datetime) -> list[Alert]:
    told = [tuple(subject.split()) for subject in state.subjects(rule.name)]
    found: list[Alert] = []
    for turn in _turns(rule, pair, store, now):
        key = _turn_subject(turn).split()
        same = (
            abs(date.fromisoformat(day) - turn.day).days < _SAME_TURN_DAYS
            for one, other, direction, day in told
            if [one, other, direction] == key[:3]
        )
        if not any(same):
            found.append(_turn_alert(rule, turn, store, now))
            told.append(tuple(key))
    return found


def _turn_subject(turn: Turn) -> str:
    return f"{' '.join(_sorted(turn.pair))} {turn.direction} {turn.day.isoformat()}"


def _turn_alert(rule: Rule, turn: Turn, store: Store, now: datetime) -> Alert:
    body = {
        "what": f"{turn.direction} between {turn.pair[0]} and {turn.pair[1]} on {turn.day.isoformat()}",
        "pair": list(turn.pair),
        "day": turn.day.isoformat(),
        "direction": turn.direction,
        "odds": turn.odds,
        "known_on": turn.known_on.isoformat() if turn.known_on else None,
        "reason": turn.reason,
        "events": list(turn.events),
        "definition": turn.definition,
    }
    return alert_of(rule, _turn_subject(turn), now, body, evidence(store, turn.events))


# Levels --------------------------------------------------------------------------------------------


def _crossed(
    rule: Rule,
    pair: _Pair,
    store: Store,
    state: ReadingState,
    now: datetime,
    sides: MutableMapping[str, int],
    fresh: frozenset[str],
) -> list[Alert]:
    """A level that is beyond the bound and was not when it was looked at last.

    Where it was never looked at, what it was without the acts that have just come is what it was.
    """
    from detente.relations.known import acts_in

    day = now.date()
    mark = f"side {rule.name} {' '.join(_sorted(pair))}"
    items = acts_in(store, pair, day)
    level = _level(items, day)
    if level is None:
        return []
    before = state.values(mark).get(mark)
    if before is None:
        older = _level([act for act in items if not fresh.issuperset(act.events)], day)
        # A pair of which too little is known is beyond no bound.
        before = int(older is not None and _beyond(rule, older))
    sides[mark] = int(_beyond(rule, level))
    if before or not sides[mark]:
        return []
    value, low, high = _figures(rule, level)
    word = "below" if rule.below else "above"
    newest = sorted(items, key=lambda act: act.day, reverse=True)
    acts = [name for act in newest[:10] for name in act.events]
    body = {
        "what": f"the {rule.side} level of {pair[0]} and {pair[1]} is {value:.1f} acts a week "
        f"({low:.1f} to {high:.1f}), {word} {rule.bound:g}",
        "pair": list(pair),
        "day": level.day.isoformat(),
        "side": rule.side,
        "value": value,
        "interval": [low, high],
        "bound": rule.bound,
        "definition": level.definition,
    }
    subject = f"{' '.join(_sorted(pair))} {rule.side} {word} {rule.bound:g} {day.isoformat()}"
    return [alert_of(rule, subject, now, body, evidence(store, acts))]


def _level(items: Sequence[Act], day: date) -> Level | None:
    from detente.relations.series import levels

    found = levels(items, start=day - timedelta(days=7), end=day, as_of=day)
    return found[-1] if found else None


def _figures(rule: Rule, level: Level) -> tuple[float, float, float]:
    if rule.side == "hostile":
        return level.hostile, level.hostile_low, level.hostile_high
    return level.cooperative, level.cooperative_low, level.cooperative_high


def _beyond(rule: Rule, level: Level) -> bool:
    value = _figures(rule, level)[0]
    return value < rule.bound if rule.below else value > rule.bound


# Positions and forecasts ---------------------------------------------------------------------------


def _reversals(pair: _Pair, store: Store, now: datetime) -> list[Position]:
    from detente.api import positions

    return [p for p in positions(store, pair, now.date()) if p.kind == "reversal"]


def _new_reversals(
    rule: Rule, pair: _Pair, store: Store, state: ReadingState, now: datetime
) -> Iterator[Alert]:
    told = state.subjects(rule.name)
    for held in _reversals(pair, store, now):
        if not {held.event, held.reverses} & told and not state.same_story(held.event) & told:
            yield _reversal_alert(rule, held, store, now)


def _reversal_alert(rule: Rule, held: Position, store: Store, now: datetime) -> Alert:
    body = {
        "what": f"{held.holder} reversed its stance towards {held.towards}: {held.words}",
        "holder": held.holder,
        "towards": held.towards,
        "context": held.context,
        "words": held.words,
        "reverses": held.reverses,
    }
    acts = [held.event, *([held.reverses] if held.reverses else [])]
    return alert_of(rule, held.event, now, body, evidence(store, acts))


def _resolved(rule: Rule, store: Store) -> list[Forecast]:
    wanted = {_sorted(pair) for pair in rule.pairs}
    return [
        f
        for f in store.forecasts()
        if f.outcome is not None
        and (not wanted or _sorted(f.outlook.pair) in wanted)
        and (rule.country is None or rule.country in f.outlook.pair)
    ]


def _forecast_alert(rule: Rule, forecast: Forecast, store: Store, now: datetime) -> Alert:
    asked = forecast.outlook
    chance = f"{asked.probability:.0%}" if asked.probability is not None else "no"
    body = {
        "what": f"the forecast of {forecast.filed_on.isoformat()} for {asked.pair[0]} and {asked.pair[1]} "
        f"({asked.question}, {asked.horizon_days} days, {chance} chance) came out: {forecast.outcome}",
        "forecast": forecast.id,
        "pair": list(asked.pair),
        "probability": asked.probability,
        "outcome": forecast.outcome,
        "score": forecast.score,
    }
    return alert_of(rule, forecast.id, now, body, ())
