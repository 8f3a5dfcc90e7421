"""The days that an event's reduced dates stand for."""

from __future__ import annotations

import calendar
from datetime import date

from detente.records import Event

__all__ = ["days", "span"]


def span(value: str | None) -> tuple[date, date] | None:
    """First and last day of an ISO day, month or year; None where it is none of them.

    >>> span("2026-02"), span("2026-02-30")
    ((datetime.date(2026, 2, 1), datetime.date(2026, 2, 28)), None)
    """
    if value is None:
        return None
    try:
        numbers = [int(part) for part in value.split("-")]
        if len(numbers) == 1:
            return date(numbers[0], 1, 1), date(numbers[0], 12, 31)
        if len(numbers) == 2:
            year, month = numbers
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        return date.fromisoformat(value), date.fromisoformat(value)
    except ValueError:  # a month 13 is one too
        return None


def days(event: Event) -> tuple[date, date] | None:
    """First and last day an event's date can mean; None where it has no date.

    A range that ends before it begins counts as its first day.
    """
    first = span(event.date)
    if first is None:
        return None
    last = span(event.date_end)
    return first if last is None else (first[0], max(first[0], last[1]))
