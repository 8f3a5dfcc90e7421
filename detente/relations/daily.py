"""The directed series of a pair: acts a day, hostile and cooperative, in words and in deeds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from detente.relations.series import Act

__all__ = ["Day", "daily"]


@dataclass(frozen=True, slots=True)
class Day:
    """Acts of one side towards the other on one day, each story once.

    `actor` and `recipient` are codes; with `together` both acted, and the two stand in the order of
    the alphabet. `events` are the ids of the first report of each act.
    """

    day: date
    actor: str
    recipient: str
    together: bool
    hostile_verbal: int
    hostile_material: int
    cooperative_verbal: int
    cooperative_material: int
    events: tuple[str, ...]


def daily(items: Iterable[Act]) -> list[Day]:
    """Counts of the acts of a pair for each day and direction on which there are any, oldest first.

    An act of several possible days stands on the last of them, as in levels. Acts that are only
    announced are left out; `series.aside` lists the events that count nowhere.

    >>> from datetime import date
    >>> call = Act(date(2026, 1, 7), False, True, "COL", "USA", "CONSULT", 1.5, "s", date(2026, 1, 8),
    ...     ("e",), date(2026, 1, 7), symmetric=True)
    >>> [row] = daily([call])
    >>> row.together, row.cooperative_verbal, row.hostile_material
    (True, 1, 0)
    """
    groups: dict[tuple[date, str, str, bool], list[Act]] = defaultdict(list)
    for act in items:
        if not act.announced:
            groups[act.day, act.actor, act.recipient, act.symmetric].append(act)

    def count(here: list[Act], hostile: bool, verbal: bool) -> int:
        return sum(a.hostile is hostile and a.verbal is verbal for a in here)

    return [
        Day(
            *key,
            count(here, True, True),
            count(here, True, False),
            count(here, False, True),
            count(here, False, False),
            tuple(sorted(a.events[0] for a in here)),
        )
        for key, here in sorted(groups.items())
    ]
