"""What stretches of time mean that are counted from the day of publication or from another date.

"three weeks ago", "in recent months", "over the weekend", "two days later"; the same contract as
`date_rules`.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from detente.coding import date_values as calendar
from detente.coding.date_grammar import NUMBERED, number
from detente.coding.date_scene import (
    COMING_WORDS,
    FROM_ACT,
    NO_ANCHOR,
    PAST_WORDS,
    Found,
    Rule,
    Scene,
)
from detente.coding.date_values import Value, first_day, period, unknown

__all__ = ["SPAN_BOOK"]


# --- stretches counted from the day of publication ------------------------------------------------


def _unit(word: str) -> str:
    word = word.lower()
    return "century" if word.startswith("centur") else word.removesuffix("s")


def _ago(match: re.Match[str], scene: Scene) -> Value | None:
    count = number(match["n"]) if match["n"] else None
    if match["bound"]:
        return unknown("only a bound")
    if count is None:
        return unknown("no number")
    return calendar.shifted(count if match["dir"].lower() != "ago" else -count, _unit(match["u"]), scene.on)


def _span(match: re.Match[str], scene: Scene) -> Value | None:
    direction, unit = match["dir"].lower(), _unit(match["u"])
    count = number(match["n"]) if match["n"] else None
    plural = match["u"].lower().endswith("s")
    if not plural and count is None:
        bare = not match[0].lower().startswith("the ")
        if direction in ("previous", "recent") or unit in ("day", "hour", "century", "generation"):
            return None
        if bare and (direction in ("last", "next") or scene.before(match).lower().endswith("this ")):
            return None
        count = 1
    if direction == "previous" or (count is None and not match["n"] and direction in ("last", "next")):
        return None
    if count == 0:
        return None
    return calendar.rolling(count, unit, scene.on, 1 if direction in ("next", "coming") else -1)


def _turned(match: re.Match[str], scene: Scene) -> Value | None:
    unit, later, on = match["u"].lower(), match["dir"].lower() == "later", scene.on
    if match["that"] or unit == "day":
        if (match["this"] or "").lower() == "this":
            return period("day", on)
        anchor = scene.anchor(match)
        if anchor is None or anchor.date is None:
            return unknown(NO_ANCHOR)
        return period(unit, first_day(anchor.date))._replace(fixed=True)
    this = (match["this"] or "this").lower()
    whole = period(unit, on, {"last": -1, "this": 0, "next": 1}[this])
    if this != "this" or whole.date is None:
        return whole
    first, last = first_day(whole.date), calendar.last_day(whole.end or whole.date)
    return calendar.days(on, last, "part") if later else calendar.days(first, on, "part")


def _rel_unit(match: re.Match[str], scene: Scene) -> Value | None:
    rel, unit = match["rel"].lower(), match["u"].lower()
    if unit == "weekend":
        return _weekend_rel(rel, match, scene)
    step = -1 if rel in PAST_WORDS or rel == "the last" else 1 if rel in COMING_WORDS else 0
    return period(unit, scene.on, step)


def _weekend_rel(rel: str, match: re.Match[str], scene: Scene) -> Value:
    on = scene.on
    resting = on.weekday() >= 5
    latest = on - timedelta(days=(on.weekday() - 5) % 7)
    if rel == "last" or (rel in PAST_WORDS and resting):
        return calendar.weekend_at(latest - timedelta(days=7 if resting else 0))
    if rel in PAST_WORDS or rel == "the last":
        return calendar.weekend_at(latest)
    if rel in ("next", "the next"):
        return calendar.weekend_at(on + timedelta(days=12 - on.weekday()))
    past = scene.tense(match) == "past" if rel == "this" else False
    return calendar.weekend_at(latest if resting or past else latest + timedelta(days=7))


def _weekend(match: re.Match[str], scene: Scene) -> Value | None:
    on = scene.on
    latest = on - timedelta(days=(on.weekday() - 5) % 7)
    ahead = scene.tense(match) == "future" and on.weekday() < 5
    return calendar.weekend_at(latest + timedelta(days=7) if ahead else latest)


def _in_units(match: re.Match[str], scene: Scene) -> Value | None:
    left = scene.before(match, 60)
    if NUMBERED.search(left) or re.match(r" of\b", scene.after(match)):
        return None
    if "time" not in match[0] and scene.tense(match) != "future":
        return None
    count = number(match["n"])
    if count is None:
        return unknown("no number")
    return calendar.shifted(count, _unit(match["u"]), scene.on)


def _part_unit(match: re.Match[str], scene: Scene) -> Value | None:
    return period(match["u"].lower(), scene.on) if scene.part else None


def _year_end(match: re.Match[str], scene: Scene) -> Value | None:
    whole = period(match["u"].lower(), scene.on)
    if whole.date is None:
        return whole
    if scene.rel in ("by", "until", "till", "through", "before"):
        return Value(calendar.last_day(whole.end or whole.date).isoformat())
    return calendar.part_of(whole, "end")


# --- stretches counted from another day of the text -----------------------------------------------


def _following(match: re.Match[str], scene: Scene) -> Found | None:
    """The date read directly behind the match: "two days before Christmas"."""
    for found in scene.here:
        gap = scene.text[match.end() : found.inner]
        if found.inner > match.end() and len(gap) < 12 and re.fullmatch(r"\s(?:the |that )?", gap):
            if found.rule == "year" and gap.strip():
                return None  # "a decade after the 2015 deal" counts from the deal
            return found if found.value.date is not None and found.value.end is None else None
    return None


def _counted(count: int, unit: str, base: Value, sign: int) -> Value:
    if base.date is None or (unit not in ("year", "decade", "century") and len(base.date) < 7):
        return unknown(NO_ANCHOR)
    if base.grain != "day" and unit in ("day", "week", "fortnight", "hour"):
        return unknown(NO_ANCHOR)
    if unit == "hour" and count % 24:
        return unknown("hours do not tell the day")
    if unit in ("week", "fortnight"):
        count, unit = count * (7 if unit == "week" else 14), "day"
    return calendar.shifted(sign * count, unit, first_day(base.date))._replace(fixed=True)


def _shifted(match: re.Match[str], scene: Scene) -> Value | None:
    direction, unit, count = match["dir"].lower(), _unit(match["u"]), number(match["n"] or "")
    sign = 1 if direction in ("later", "after") else -1
    plural = match["u"].lower().endswith("s")
    if not match["n"] and not plural:
        return None
    base: Value | None
    if direction in ("after", "before", "prior"):
        if re.match(rf" {match['u']}\b", scene.after(match)):
            return None
        target = _following(match, scene)
        base = target.value if target else None
        if target is None or count is None:
            return unknown(FROM_ACT)
        scene.swallowed = target
    else:
        base = scene.anchor(match)
    if count is None:
        return unknown("no number")
    return _counted(count, unit, base, sign) if base else unknown(NO_ANCHOR)


def _neighbour(match: re.Match[str], scene: Scene) -> Value | None:
    word = (match["w"] or match["w2"] or "same").lower()
    unit = (match["u"] or match["u2"] or match["u3"]).lower()
    unit = "day" if unit in ("night", "morning", "evening") else unit
    sign = {"next": 1, "following": 1, "after": 1, "same": 0}.get(word, -1)
    if match["w2"]:
        target = _following(match, scene)
        if target is not None:
            scene.swallowed = target
            return _counted(1, unit, target.value, sign)
        if re.match(r" [A-Za-z]", scene.after(match)) and not re.match(
            r" (?:and|but|in|on|at|when)\b", scene.after(match)
        ):
            return unknown(FROM_ACT)
    anchor = scene.anchor(match)
    if anchor is None or anchor.date is None or (unit in ("day", "week") and anchor.grain != "day"):
        return unknown(NO_ANCHOR)
    return period(unit, first_day(anchor.date), sign)._replace(fixed=True)


def _refuse(reason: str) -> Rule:
    return lambda match, scene: unknown(reason)


SPAN_BOOK: Final[dict[str, Rule]] = {
    "moving": _refuse("moves with another calendar"),
    "national": _refuse("falls on other days in other countries"),
    "eve": _refuse(FROM_ACT),
    "fiscal": _refuse("budget years begin on other days in other countries"),
    "ago": _ago,
    "span": _span,
    "turned": _turned,
    "rel_unit": _rel_unit,
    "weekend": _weekend,
    "within": _refuse("an open span, not a day"),
    "for_long": _refuse("a length of time without a number or an end"),
    "in_units": _in_units,
    "part_unit": _part_unit,
    "year_end": _year_end,
    "shifted": _shifted,
    "neighbour": _neighbour,
}
