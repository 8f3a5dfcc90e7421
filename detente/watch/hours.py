"""A part of every day, such as the hours in which nobody is to be woken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

__all__ = ["Hours"]


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of every day, by the clock of a place; it may go over midnight.

    >>> from datetime import UTC
    >>> night = Hours(time(22), time(7), "Europe/Berlin")
    >>> night.holds(datetime(2026, 1, 8, 21, 30, tzinfo=UTC))
    True
    >>> night.holds(datetime(2026, 1, 8, 6, 0, tzinfo=UTC))
    False
    """

    start: time
    end: time
    zone: str

    def holds(self, now: datetime) -> bool:
        """Whether a moment is in it; the first minute is, the last is not."""
        at = now.astimezone(ZoneInfo(self.zone)).time()
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end
