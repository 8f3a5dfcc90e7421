"""The days a question speaks of: "since January", "before the summer of 2022", "in 2021"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from detente.relations.series import span_of

__all__ = ["Days", "days_of"]

_BEFORE = re.compile(r"\b(since|after|before|until|till|by|from|between)\s+(the\s+)?$", re.IGNORECASE)
_LAST = re.compile(
    r"\b(?:in|over|during|within)?\s*the (?:last|past) (?:(\d+) )?(day|week|month|year)s?\b", re.IGNORECASE
)
_LENGTH = {"day": 1, "week": 7, "month": 30, "year": 365}


@dataclass(frozen=True, slots=True)
class Days:
    """First and last day asked for, and where in the question they stand."""

    since: date | None = None
    until: date | None = None
    spans: tuple[tuple[int, int], ...] = ()


def days_of(text: str, today: date) -> Days:
    """The days that a question asked on a day speaks of.

    >>> days = days_of("Have they met since March 2025?", date(2026, 1, 8))
    >>> str(days.since), days.until
    ('2025-03-01', None)
    >>> days_of("What happened in 2025?", date(2026, 1, 8)).until
    datetime.date(2025, 12, 31)
    """
    from detente.coding.dates import find_dates

    since = until = None
    spans: list[tuple[int, int]] = []
    for match in _LAST.finditer(text):
        length = int(match[1] or 1) * _LENGTH[match[2].lower()]
        since = today - timedelta(days=length)
        spans.append(match.span())
    for found in find_dates(text, today):
        if found.date is None or any(a < found.end and found.start < b for a, b in spans):
            continue
        spans.append((found.start, found.end))
        first, last = span_of(found.date, found.date_end)
        opened = _BEFORE.search(text[: found.start])
        word = (opened[1] if opened else found.text.split()[0]).lower()
        if word == "since":
            # A month that has not come yet is the one of the year before.
            since = first if first <= today else first.replace(year=first.year - 1)
        elif word == "from":
            since = first
        elif word == "after":
            since = last + timedelta(days=1)
        elif word == "before":
            until = first - timedelta(days=1)
        elif word in ("until", "till", "by"):
            until = last
        else:
            since = first if since is None else min(since, first)
            until = last if until is None else max(until, last)
    return Days(since, until, tuple(spans))
