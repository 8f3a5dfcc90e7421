"""Stretches of the calendar: days, weeks, months, quarters, seasons, years, and parts of them.

Dates are ISO 8601, perhaps reduced to a month ("2025-03") or a year ("2025"). Weeks run from Monday
to Sunday, weekends are Saturday and Sunday, seasons are whole months of the northern hemisphere.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Final, NamedTuple

from detente.errors import DateError

__all__ = [
    "Value",
    "days",
    "easter",
    "first_day",
    "last_day",
    "part_of",
    "period",
    "quarter",
    "rolling",
    "season",
    "shifted",
    "unknown",
    "weekend_at",
]

_ISO: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_SEASONS: Final = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
# How far "recent", "coming" and "a few" reach: a convention, the same in both directions.
_REACH: Final = {"day": 7, "week": 3, "month": 6, "year": 5}


class Value(NamedTuple):
    """What an expression means: ISO bounds or a reason, its grain, and whether it stands alone."""

    date: str | None
    end: str | None = None
    reason: str | None = None
    grain: str = "day"
    fixed: bool = False


def unknown(reason: str) -> Value:
    """A value for words that cannot be placed, with the reason.

    >>> unknown("no number").date is None
    True
    """
    return Value(None, None, reason, "none", True)


def _parsed(iso: str) -> tuple[int, int | None, int | None]:
    found = _ISO.fullmatch(iso)
    if not found:
        raise DateError(iso)
    year, month, day = found.groups()
    return int(year), int(month) if month else None, int(day) if day else None


def first_day(iso: str) -> date:
    """The first day of a day, month or year written in ISO; raises DateError for anything else.

    >>> first_day("2024-02"), first_day("2025")
    (datetime.date(2024, 2, 1), datetime.date(2025, 1, 1))
    """
    year, month, day = _parsed(iso)
    try:
        return date(year, month or 1, day or 1)
    except ValueError as error:
        raise DateError(iso) from error


def last_day(iso: str) -> date:
    """The last day of a day, month or year written in ISO; raises DateError for anything else.

    >>> last_day("2024-02"), last_day("2025")
    (datetime.date(2024, 2, 29), datetime.date(2025, 12, 31))
    """
    first = first_day(iso)
    year, month, day = _parsed(iso)
    if day is not None:
        return first
    month = month or 12
    return date(year, month, monthrange(year, month)[1])


def _month(index: int) -> str:
    """ISO month of a month counted from year 0 (12 * year + month - 1)."""
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        raise OverflowError(index)
    return f"{year:04d}-{month + 1:02d}"


def _year(year: int) -> str:
    if not 1 <= year <= 9999:
        raise OverflowError(year)
    return f"{year:04d}"


def _index(day: date) -> int:
    return 12 * day.year + day.month - 1


def days(first: date, last: date, grain: str = "week") -> Value:
    """The days from `first` to `last`; one day has no end.

    >>> days(date(2026, 1, 5), date(2026, 1, 8))[:2]
    ('2026-01-05', '2026-01-08')
    """
    return Value(first.isoformat(), last.isoformat() if last != first else None, grain=grain)


def period(unit: str, on: date, step: int = 0) -> Value:
    """The day, week, month, quarter, year, decade or century that holds `on`, `step` units further.

    >>> period("month", date(2026, 1, 8), -1).date
    '2025-12'
    >>> period("week", date(2026, 1, 8))[:2]
    ('2026-01-05', '2026-01-11')
    """
    if unit in ("day", "night", "morning", "evening"):
        return Value((on + timedelta(days=step)).isoformat())
    if unit in ("week", "fortnight"):
        monday = on - timedelta(days=on.weekday()) + timedelta(weeks=step)
        return days(monday, monday + timedelta(days=6))
    if unit == "month":
        return Value(_month(_index(on) + step), grain="month")
    if unit == "quarter":
        start = _index(on) // 3 * 3 + 3 * step
        return Value(_month(start), _month(start + 2), grain="months")
    if unit == "year":
        return Value(_year(on.year + step), grain="year")
    if unit == "decade":
        start = (on.year // 10 + step) * 10
        return Value(_year(start), _year(start + 9), grain="decade")
    start = ((on.year - 1) // 100 + step) * 100 + 1
    return Value(_year(start), _year(start + 99), grain="century")


def shifted(count: int, unit: str, on: date) -> Value:
    """The stretch `count` units after `on` (before, if negative), as exact as the unit.

    Days give a day, weeks a Monday-to-Sunday week, months a month, years and decades a year.

    >>> shifted(-3, "day", date(2026, 1, 8)).date, shifted(-1, "decade", date(2026, 1, 8)).date
    ('2026-01-05', '2016')
    """
    if unit == "hour":
        if abs(count) <= 12:
            return Value(on.isoformat())
        whole, rest = divmod(count, 24)
        return unknown("hours do not tell the day") if rest else period("day", on, whole)
    if unit == "generation":
        return unknown("a generation has no fixed length")
    if unit == "fortnight":
        return period("week", on, 2 * count)
    if unit in ("decade", "century"):
        return period("year", on, count * (10 if unit == "decade" else 100))
    return period(unit, on, count)


def rolling(count: int | None, unit: str, on: date, sign: int) -> Value:
    """The last (`sign` -1) or next (+1) `count` units, ending or starting on `on`.

    None counts stand for "recent", "coming", "a few": 7 days, 3 weeks, 6 months or 5 years.

    >>> rolling(None, "week", date(2026, 1, 8), -1)[:2]
    ('2025-12-18', '2026-01-08')
    >>> rolling(6, "month", date(2026, 1, 8), -1)[:2]
    ('2025-07-08', '2026-01-08')
    """
    if unit == "hour":
        if count is None:
            return unknown("hours do not tell the day")
        count, unit = (count + 12) // 24, "day"
    if unit in ("day", "week", "fortnight"):
        width = {"day": 1, "week": 7, "fortnight": 14}[unit]
        far = on + timedelta(days=sign * width * (count if count is not None else _REACH[unit]))
        return days(min(far, on), max(far, on), "span")
    if unit == "month" and count is not None:
        year, month = divmod(_index(on) + sign * count, 12)
        far = date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))
        return days(min(far, on), max(far, on), "span")
    if unit == "month":
        first, last = sorted((_month(_index(on)), _month(_index(on) + sign * _REACH[unit])))
        return Value(first, last, grain="span")
    if unit == "year" and count == 1:
        return rolling(12, "month", on, sign)
    if count is None and unit != "year":
        return unknown("no number")
    if unit == "generation":
        return unknown("a generation has no fixed length")
    years = (count or _REACH["year"]) * {"year": 1, "decade": 10, "century": 100}[unit]
    first, last = sorted((_year(on.year), _year(on.year + sign * years)))
    return Value(first, last, grain="span")


def quarter(year: int, which: int) -> Value:
    """Quarter 1 to 4 of a year.

    >>> quarter(2025, 3)[:2]
    ('2025-07', '2025-09')
    """
    start = 12 * year + 3 * (which - 1)
    return Value(_month(start), _month(start + 2), grain="months")


def season(name: str, year: int) -> Value:
    """A season that begins in `year`: three whole months of the northern hemisphere.

    >>> season("winter", 2022)[:2]
    ('2022-12', '2023-02')
    """
    start = 12 * year + _SEASONS[name] - 1
    return Value(_month(start), _month(start + 2), grain="months")


def weekend_at(saturday: date) -> Value:
    """The weekend that begins on `saturday`.

    >>> weekend_at(date(2026, 1, 3))[:2]
    ('2026-01-03', '2026-01-04')
    """
    return days(saturday, saturday + timedelta(days=1), "weekend")


def easter(year: int) -> date:
    """Easter Sunday of the western churches, by the Meeus/Jones/Butcher rule.

    >>> easter(2025), easter(2024)
    (datetime.date(2025, 4, 20), datetime.date(2024, 3, 31))
    """
    golden = year % 19
    century, rest = divmod(year, 100)
    moon = (19 * golden + century - century // 4 - (8 * century + 13) // 25 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


def part_of(value: Value, part: str, count: int = 1, unit: str | None = None) -> Value:
    """A part of a stretch, by name or counted in days, weeks, months or years.

    Names are "early", "mid", "late", "start", "end", "half1", "half2"; with a `unit` they are
    "first" or "last" (that many units) and "nth" (just that one).
    Months are cut at the 10th and 20th, years in thirds, decades after the 3rd and 6th year.

    >>> part_of(period("month", date(2026, 3, 1)), "mid")[:2]
    ('2026-03-11', '2026-03-20')
    >>> part_of(period("year", date(2021, 1, 1)), "late")[:2]
    ('2021-09', '2021-12')
    """
    if value.date is None or value.grain == "day":
        return value
    first, last = first_day(value.date), last_day(value.end or value.date)
    if unit is not None:
        cut = _counted_part(first, last, part, count, unit)
    elif value.grain in ("decade", "century"):
        cut = _years_part(first.year, last.year, part)
    elif value.grain in ("year", "months"):
        cut = _months_part(_index(first), _index(last), part)
    elif value.grain == "month":
        bounds = {"early": (1, 10), "start": (1, 10), "half1": (1, 15), "mid": (11, 20)}
        low, high = bounds.get(part, (16 if part == "half2" else 21, last.day))
        cut = days(first.replace(day=low), first.replace(day=high), "part")
    elif value.grain == "week":
        low, high = {
            "early": (0, 1),
            "mid": (2, 2),
            "late": (3, 6),
            "half1": (0, 2),
            "half2": (3, 6),
        }.get(part, (0, 0) if part == "start" else (6, 6))
        cut = days(first + timedelta(days=low), first + timedelta(days=high), "part")
    else:
        cut = value
    return cut._replace(fixed=value.fixed)


def _counted_part(first: date, last: date, part: str, count: int, unit: str) -> Value:
    if unit in ("day", "week"):
        width = 1 if unit == "day" else 7
        if part == "last":
            return days(last - timedelta(days=width * count - 1), last, "part")
        begin = first + timedelta(days=width * (count - 1)) if part == "nth" else first
        return days(begin, first + timedelta(days=width * count - 1), "part")
    step = 1 if unit == "month" else 12
    low, high = _index(first), _index(first) + step * count - 1
    if part == "nth":
        low = high - step + 1
    elif part == "last":
        low, high = _index(last) - step * count + 1, _index(last)
    if unit == "month":
        return Value(_month(low), _month(high) if high != low else None, grain="part")
    one, two = _year(low // 12), _year(high // 12)
    return Value(one, two if two != one else None, grain="part")


def _months_part(first: int, last: int, part: str) -> Value:
    width = last - first + 1
    third = -(-width // 3)
    low, high = {
        "early": (first, first + third - 1),
        "start": (first, first),
        "mid": (first + third, first + 2 * third - 1),
        "late": (first + 2 * third, last),
        "end": (last, last),
        "half1": (first, first + width // 2 - 1),
        "half2": (first + width // 2, last),
    }[part]
    return Value(_month(low), _month(high) if high != low else None, grain="part")


def _years_part(first: int, last: int, part: str) -> Value:
    width = last - first + 1
    one, two = round(width * 0.4), round(width * 0.7)
    low, high = {
        "early": (0, one - 1),
        "start": (0, one - 1),
        "mid": (one, two - 1),
        "late": (two, width - 1),
        "end": (two, width - 1),
        "half1": (0, width // 2 - 1),
        "half2": (width // 2, width - 1),
    }[part]
    return Value(_year(first + low), _year(first + high), grain="part")
