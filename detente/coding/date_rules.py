"""What each calendar form means: days, months, seasons, quarters, years, by the form's name.

A rule gets the match and the scene around it and returns a `Value`, or None where the words are no
date after all ("May said", "every Friday").
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from detente.coding import date_values as calendar
from detente.coding.date_grammar import (
    BLOCKED,
    COUNTABLE,
    EVENT,
    IN_BEFORE_MONTH,
    IN_BEFORE_YEAR,
    OWNER,
    STOP,
    month_number,
    number,
    weekday_number,
)
from detente.coding.date_scene import (
    COMING_WORDS,
    NO_ANCHOR,
    PAST_WORDS,
    UNTIL,
    Rule,
    Scene,
    closest,
)
from detente.coding.date_values import Value, first_day, period, unknown

__all__ = ["RULE_BOOK"]

_AMBIGUOUS: Final = "day and month may be swapped"


def _day_of_year(month: int, day: int, match: re.Match[str], scene: Scene, weekday: str | None) -> Value:
    """A day and month without a year: the year follows from the weekday, else from the tense."""
    on = scene.on
    days = [
        date(year, month, day)
        for year in range(max(1, on.year - 8), min(9999, on.year + 8) + 1)
        if (month, day) != (2, 29) or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    ]
    if not days:
        return unknown("no such day in the calendar")
    past = max((d for d in days if d <= on), default=days[0])
    coming = min((d for d in days if d >= on), default=days[-1])
    if weekday:
        fitting = [d for d in days if d.weekday() == weekday_number(weekday)]
        if past not in fitting or coming not in fitting:
            near = [d for d in fitting if abs((d - on).days) < 1500]
            if near:
                return Value(min(near, key=lambda d: abs((d - on).days)).isoformat())
    # "closed until Oct. 15" has a past verb and may have a coming day
    tense = scene.leaning(match)
    tense = "" if tense == "past" and scene.rel in UNTIL else tense
    return Value(closest(past, coming, on, tense).isoformat())


def _year_word(words: str, on: date) -> tuple[int, bool]:
    """The year that "2022" or "last year" means, and whether it stands by itself."""
    if words.isdecimal():
        return int(words), True
    return on.year + {"last": -1, "this": 0, "next": 1, "the": 0}[words.split()[0].lower()], False


def _month_of_year(match: re.Match[str], scene: Scene, month: int, tense: str) -> tuple[int, int]:
    """Year and month of a month named without a year."""
    on = scene.on
    past = on.year if month <= on.month else on.year - 1
    coming = on.year if month >= on.month else on.year + 1
    earlier, later = date(past, month, 1), date(coming, month, 1)
    return closest(earlier, later, on.replace(day=1), tense or "").year, month


# --- days -----------------------------------------------------------------------------------------


def _named(match: re.Match[str], scene: Scene) -> Value | None:
    return Value("2001-09-11", fixed=True)


def _iso(match: re.Match[str], scene: Scene) -> Value | None:
    return Value(date(int(match["y"]), int(match["m"]), int(match["d"])).isoformat(), fixed=True)


def _iso_month(match: re.Match[str], scene: Scene) -> Value | None:
    return Value(f"{match['y']}-{match['m']}", grain="month", fixed=True)


def _slashed(match: re.Match[str], scene: Scene) -> Value | None:
    first, second, year = int(match["a"]), int(match["b"]), int(match["y"])
    if not (1 <= min(first, second) <= 12 and max(first, second) <= 31):
        return None
    if len(match["y"]) == 2:
        year += 2000 if year < 70 else 1900
    if first != second and max(first, second) <= 12:
        return unknown(_AMBIGUOUS)
    return Value(date(year, min(first, second), max(first, second)).isoformat(), fixed=True)


def _slashed_short(match: re.Match[str], scene: Scene) -> Value | None:
    first, second = int(match["a"] or match["a1"]), int(match["b"] or match["b1"])
    if not (1 <= min(first, second) <= 12 and max(first, second) <= 31):
        return None
    if first != second and max(first, second) <= 12:
        return unknown(_AMBIGUOUS)
    return _day_of_year(min(first, second), max(first, second), match, scene, None)


def _month_day(match: re.Match[str], scene: Scene) -> Value | None:
    month, words = month_number(match["m"]), match["y"]
    day = int(re.sub(r"\D", "", match["d"]))
    until = int(re.sub(r"\D", "", match["d2"])) if match["d2"] else None
    if until is not None and until <= day:
        return None
    if words:
        year, fixed = _year_word(words, scene.on)
        first = Value(date(year, month, day).isoformat(), fixed=fixed)
    else:
        first = _day_of_year(month, day, match, scene, match["wd"])
    if until is None or first.date is None:
        return first
    last = first_day(first.date).replace(day=until)
    return Value(first.date, last.isoformat(), grain="days", fixed=first.fixed)


def _on_the_nth(match: re.Match[str], scene: Scene) -> Value | None:
    day, on = int(re.sub(r"\D", "", match["d"])), scene.on
    step = 0
    if scene.tense(match) == "future":
        step = 1 if day < on.day else 0
    elif day > on.day:
        step = -1
    month = period("month", on, step).date
    return Value(first_day(f"{month}-{day:02d}").isoformat()) if month else None


def _part_of_day(match: re.Match[str], scene: Scene) -> Value | None:
    word, on = match["w"].lower(), scene.on
    if STOP.search(scene.before(match)):
        return None
    if word == "overnight":
        if re.match(
            r" (?:stay|visit|success|sensation|bag|train|bus|from|on (?:Mon|T|W|F|S))",
            scene.after(match),
        ):
            return None
        step = 0 if scene.tense(match) == "future" else -1
        return calendar.days(on + timedelta(days=step), on + timedelta(days=step + 1), "days")
    step = -1 if word.startswith(("yesterday", "last")) else 1 if word.startswith("tomorrow") else 0
    return period("day", on, step)


def _day_twice(match: re.Match[str], scene: Scene) -> Value | None:
    words = match["w"].lower().split()
    return period(words[0], scene.on, -2 if words[1] == "before" else 2)


def _weekday(match: re.Match[str], scene: Scene) -> Value | None:
    on, wanted = scene.on, weekday_number(match["wd"])
    rel, week = (match["rel"] or "").lower(), (match["week"] or "").lower()
    after = scene.after(match)
    if STOP.search(scene.before(match)):
        return None
    if re.match(
        r" prayers| (?:Times|Telegraph|Mail|Mirror|Express|Herald|Post|Agreement|Club|Review)\b",
        after,
    ):
        return None
    monday = on - timedelta(days=on.weekday())
    if rel in ("the following", "the previous") or week.startswith("the "):
        anchor = scene.anchor(match)
        if anchor is None or anchor.date is None or anchor.grain != "day":
            return unknown(NO_ANCHOR)
        base, sign = first_day(anchor.date), 1 if "following" in rel + week else -1
        gap = (sign * (wanted - base.weekday())) % 7 or 7
        return Value((base + timedelta(days=sign * gap)).isoformat(), fixed=True)
    if week:
        step = {"last": -7, "this": 0, "next": 7}[week]
        return Value((monday + timedelta(days=step + wanted)).isoformat())
    back, ahead = (on.weekday() - wanted) % 7, (wanted - on.weekday()) % 7
    if rel in PAST_WORDS:
        return Value((on - timedelta(days=back or 7)).isoformat())
    if rel == "next":
        return Value((monday + timedelta(days=7 + wanted)).isoformat())
    if rel in COMING_WORDS:
        return Value((on + timedelta(days=ahead or 7)).isoformat())
    tense = scene.leaning(match)
    if rel == "this":
        day = monday + timedelta(days=wanted)
        return Value((day if day >= on or tense == "past" else day + timedelta(days=7)).isoformat())
    day = on + timedelta(days=ahead) if tense == "future" else on - timedelta(days=back)
    return Value(day.isoformat(), grain="day")


def _week_weekday(match: re.Match[str], scene: Scene) -> Value | None:
    monday = scene.on - timedelta(days=scene.on.weekday())
    step = {"last": -7, "this": 0, "next": 7}[match["rel"].lower()]
    return Value((monday + timedelta(days=step + weekday_number(match["wd"]))).isoformat())


def _holiday(match: re.Match[str], scene: Scene) -> Value | None:
    name = match["h"].replace("’", "'")
    fixed = {
        "Christmas": (12, 25), "Christmas Day": (12, 25), "Christmas Eve": (12, 24),
        "Boxing Day": (12, 26), "New Year's Day": (1, 1), "New Year's Eve": (12, 31),
        "Halloween": (10, 31), "Valentine's Day": (2, 14), "Bastille Day": (7, 14),
        "May Day": (5, 1),
    }  # fmt: skip
    moved = {"Good Friday": -2, "Palm Sunday": -7, "Ash Wednesday": -46, "Easter Monday": 1}

    def day_in(year: int) -> date:
        if name in fixed:
            return date(year, *fixed[name])
        if name == "Thanksgiving":  # the fourth Thursday of November, in the United States
            return date(year, 11, 22 + (3 - date(year, 11, 22).weekday()) % 7)
        return calendar.easter(year) + timedelta(days=moved.get(name, 0))

    if match["y"]:
        year, alone = _year_word(match["y"], scene.on)
        return Value(day_in(year).isoformat(), fixed=alone)
    on = scene.on
    days = [day_in(year) for year in range(max(1, on.year - 1), min(9999, on.year + 1) + 1)]
    past, coming = max(d for d in days if d <= on), min(d for d in days if d >= on)
    return Value(closest(past, coming, on, scene.leaning(match)).isoformat())


# --- months, seasons, quarters --------------------------------------------------------------------


def _months(match: re.Match[str], scene: Scene) -> Value | None:
    before = scene.before(match)
    if " and " in match[0] and not before.endswith(("between ", "Between ")):
        return None
    first, last = month_number(match["m"]), month_number(match["m2"])
    if match["y"]:
        year, fixed = _year_word(match["y"], scene.on)
    else:
        year, fixed = _month_of_year(match, scene, last, scene.leaning(match))[0], False
    start = year - 1 if first > last else year
    return Value(f"{start:04d}-{first:02d}", f"{year:04d}-{last:02d}", grain="months", fixed=fixed)


def _month_year(match: re.Match[str], scene: Scene) -> Value | None:
    if match["y"].startswith("th"):
        anchor = scene.anchor(match)
        if anchor is None or anchor.date is None:
            return unknown(NO_ANCHOR)
        year, fixed = int(anchor.date[:4]), True
    else:
        year, fixed = _year_word(match["y"], scene.on)
    return Value(f"{year:04d}-{month_number(match['m']):02d}", grain="month", fixed=fixed)


def _month_rel(match: re.Match[str], scene: Scene) -> Value | None:
    rel, month, on = match["rel"].lower(), month_number(match["m"]), scene.on
    if rel in ("the following", "the previous"):
        anchor = scene.anchor(match)
        if anchor is None or anchor.date is None or len(anchor.date) < 7:
            return unknown(NO_ANCHOR)
        base, sign = first_day(anchor.date), 1 if rel == "the following" else -1
        step = (sign * (month - base.month)) % 12 or 12
        return period("month", base, sign * step)._replace(fixed=True)
    if rel == "this":
        return Value(f"{on.year:04d}-{month:02d}", grain="month")
    sign = -1 if rel in PAST_WORDS else 1
    return period("month", on, sign * ((sign * (month - on.month)) % 12 or 12))


def _month(match: re.Match[str], scene: Scene) -> Value | None:
    name, before, after = match["m"], scene.before(match), scene.after(match)
    if re.search(r"\b(?:every|each|[Mm]rs?\.?|[Mm]inister|[Pp]resident)\s$", before):
        return None
    event = re.match(rf"(?:['’]s)? (?:[a-z]+ )?{EVENT}", after)
    personal = name in ("April", "May", "June", "August", "March")
    if not IN_BEFORE_MONTH.search(before):
        owns = re.match(r"['’]s [a-z]", after) and not personal
        noun = OWNER.search(before) and re.match(r" [a-z]", after) and name != "May"
        if not (event or owns or noun):
            return None
        if name == "March" and re.match(r" (?:on|for|against|to)\b", after):
            return None
    elif personal and not event and re.match(r"['’]s\b| [A-Z][a-z]", after):
        return None
    tense = scene.leaning(match) or ("" if scene.describes(match) else "past")
    year, month = _month_of_year(match, scene, month_number(name), tense)
    return Value(f"{year:04d}-{month:02d}", grain="month")


def _season_year(match: re.Match[str], scene: Scene) -> Value | None:
    name, year, second = match["s"], int(match["y"]), match["y2"]
    if second and int(second[-2:]) != (year + 1) % 100:
        return None
    if name == "winter" and not second:
        return unknown("a winter lies in two years; the text names one")
    return calendar.season(name, year)._replace(fixed=True)


def _latest(stretches: list[Value], by: date) -> Value:
    """The last stretch that began by a day; ValueError where the calendar has none."""
    return max((v for v in stretches if v.date and first_day(v.date) <= by), key=lambda v: v.date or "")


def _nearest(stretches: list[Value], after: date) -> Value:
    """The first stretch that ends on a day or after it; ValueError where the calendar has none."""
    ending = (v for v in stretches if v.end and calendar.last_day(v.end) >= after)
    return min(ending, key=lambda v: v.date or "")


def _seasons(name: str, on: date) -> list[Value]:
    return [calendar.season(name, y) for y in range(max(1, on.year - 2), min(9998, on.year + 2) + 1)]


def _season_rel(match: re.Match[str], scene: Scene) -> Value | None:
    rel, name, on = match["rel"].lower(), match["s"], scene.on
    if rel == "this":
        return calendar.season(name, on.year - 1 if name == "winter" and on.month < 3 else on.year)
    seasons = _seasons(name, on)
    running = _latest(seasons, on)
    over = running.end is not None and calendar.last_day(running.end) < on
    if rel in PAST_WORDS:
        return running if over else seasons[max(0, seasons.index(running) - 1)]
    return seasons[min(len(seasons) - 1, seasons.index(running) + 1)]


def _season(match: re.Match[str], scene: Scene) -> Value | None:
    seasons = _seasons(match["s"], scene.on)
    choose = _nearest if scene.tense(match) == "future" else _latest
    return choose(seasons, scene.on)


def _quarter(match: re.Match[str], scene: Scene) -> Value | None:
    which = int(match["q"][1]) if match["q"] else number(match["n"] or "")
    if which is None:
        if not match["y"]:
            return None
        which = 4
    half = bool(match["q"]) and match["q"].upper().startswith("H")
    if half and which > 2:
        return None

    def read(year: int) -> Value:
        if half:
            return calendar.part_of(Value(f"{year:04d}", grain="year"), f"half{which}")
        return calendar.quarter(year, which)

    if match["y"]:
        year, fixed = _year_word(match["y"], scene.on)
        return read(year)._replace(fixed=fixed)
    if half or which > 4 or re.match(r" of\b|['’]s", scene.after(match)):
        return None
    on = scene.on
    choices = [read(year) for year in range(max(1, on.year - 1), min(9999, on.year + 1) + 1)]
    return (_nearest if scene.tense(match) == "future" else _latest)(choices, on)


# --- years and more -------------------------------------------------------------------------------


def _year(match: re.Match[str], scene: Scene) -> Value | None:
    year, before, after = int(match["y"]), scene.before(match), scene.after(match)
    value = Value(f"{year:04d}", grain="year", fixed=True)
    if match[0].startswith("the year ") or scene.part:
        return value
    if BLOCKED.search(before):
        return None
    modern = 1900 <= year <= 2100
    placed = IN_BEFORE_YEAR.search(before)
    if placed:
        plain = placed["plain"] is not None
        counted = COUNTABLE.match(after) and not re.match(rf" {EVENT}", after)
        return value if (plain and not (counted and year % 100 == 0)) or (modern and not counted) else None
    if before.endswith("(") and re.match(r"\)|[-–]", after):
        return value if year >= 1500 else None
    event = re.match(rf" (?:[\w-]+ )?{EVENT}", after)
    if OWNER.search(before) and 1800 <= year <= 2100 and re.match(r"\s[\"“]?[A-Za-z]", after):
        return value if event or not (year % 100 == 0 and COUNTABLE.match(after)) else None
    return value if event and modern else None


def _years(match: re.Match[str], scene: Scene) -> Value | None:
    first, words, before = int(match["y"]), match["y2"], scene.before(match)
    last = int(words) if len(words) == 4 else first // 100 * 100 + int(words)
    joined = match[0][4 : -len(words)].strip()
    if last <= first or first < 1800 or (len(words) == 2 and not (joined in "-–—/" and first >= 1900)):
        return None
    if joined == "and" and not before.lower().endswith("between "):
        return None
    if BLOCKED.search(before):
        return None
    return Value(f"{first:04d}", f"{last:04d}", grain="years", fixed=True)


def _decade(match: re.Match[str], scene: Scene) -> Value | None:
    start = int(match["y"]) if match["y"] else 1900 + int(match["s"])
    # "the 1900s" may mean ten years or a hundred
    if start % 100 == 0 and start < 2000:
        return unknown("a decade or a century")
    return Value(f"{start:04d}", f"{start + 9:04d}", grain="decade", fixed=True)


def _century(match: re.Match[str], scene: Scene) -> Value | None:
    which = int(match["n"])
    if not 1 <= which <= 30:
        return None
    return period("century", date(100 * which - 50, 1, 1))._replace(fixed=True)


RULE_BOOK: Final[dict[str, Rule]] = {
    "named": _named,
    "iso": _iso,
    "iso_month": _iso_month,
    "dotted": _iso,
    "slashed": _slashed,
    "slashed_short": _slashed_short,
    "month_day": _month_day,
    "day_month": _month_day,
    "months": _months,
    "month_year": _month_year,
    "month_rel": _month_rel,
    "month": _month,
    "week_weekday": _week_weekday,
    "weekday": _weekday,
    "years": _years,
    "decade": _decade,
    "season_year": _season_year,
    "season_rel": _season_rel,
    "season": _season,
    "holiday": _holiday,
    "may_day": _holiday,
    "part_of_day": _part_of_day,
    "day_twice": _day_twice,
    "quarter": _quarter,
    "on_the_nth": _on_the_nth,
    "century": _century,
    "year": _year,
}
