"""Charts made of letters: the timeline of a pair, and a share with its interval on a scale."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from detente.cli.output import COOPERATIVE, HOSTILE

if TYPE_CHECKING:
    from rich.text import Text

    from detente.records import Turn
    from detente.relations.series import Act

__all__ = ["MARKS", "Timeline", "scale", "timeline"]

MARKS = {"thaw": "▲", "escalation": "▼"}
"""The sign of each direction of a turn; always printed with its word."""

_TALLEST = 8
_LABEL = 13
_WIDEST = 4
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A drawn timeline: its lines, the acts one block stands for and the weeks one column spans."""

    lines: tuple[Text, ...]
    acts_a_block: int
    weeks_a_column: int


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def timeline(acts: Sequence[Act], turns: Sequence[Turn], first: date, last: date, width: int) -> Timeline:
    """Acts by week: cooperative ones above one axis, hostile ones below, turns marked on top.

    A column is one week, or as many as it takes to fit `width` characters; where there is room it
    is up to four characters wide. Acts that are only announced are drawn lighter.
    Colour says nothing that place and sign do not say.

    >>> drawn = timeline([], [], date(2026, 1, 5), date(2026, 1, 11), 80)
    >>> drawn.weeks_a_column, [t.plain.rstrip() for t in drawn.lines][-1].split()
    (1, ['Jan', '2026'])
    """
    from rich.text import Text

    start = _monday(first)
    weeks = (_monday(last) - start).days // 7 + 1
    room = max(10, width - _LABEL - 10)  # the last month may stand out to the right
    span = -(-weeks // room)
    columns = -(-weeks // span)
    cell = max(1, min(_WIDEST, room // columns))
    bar, gap = max(1, cell - 1), cell - max(1, cell - 1)

    def column(day: date) -> int:
        return (_monday(day) - start).days // 7 // span

    shown = [a for a in acts if first <= a.day <= last]
    good = Counter(column(a.day) for a in shown if not a.hostile and not a.announced)
    planned = Counter(column(a.day) for a in shown if not a.hostile and a.announced)
    bad = Counter(column(a.day) for a in shown if a.hostile)
    high = max((good[c] + planned[c] for c in range(columns)), default=0)
    low = max(bad.values(), default=0)
    block = max(1, -(-max(high, low) // _TALLEST))
    up, down = max(1, -(-high // block)), max(1, -(-low // block))
    lines = []
    marks = {column(t.day): MARKS[t.direction] for t in turns if first <= t.day <= last}
    if marks:
        row = Text("turns".rjust(_LABEL) + " ")
        row.append("".join(marks.get(c, " ").ljust(cell) for c in range(columns)), style="bold")
        lines.append(row)
    for level in range(up, 0, -1):
        label = "cooperative ↑" if level == up else ""
        row = Text(label.rjust(_LABEL) + " ")
        for c in range(columns):
            done, both = -(-good[c] // block), -(-(good[c] + planned[c]) // block)
            sign = "█" if level <= done else "░" if level <= both else " "
            row.append(sign * bar + " " * gap, style=COOPERATIVE)
        lines.append(row)
    axis = "".join(
        ("┿" if c in marks else "┼" if _new_month(start, c, span) else "─").ljust(cell, "─")
        for c in range(columns)
    )
    lines.append(Text("".rjust(_LABEL) + " " + axis))
    for level in range(1, down + 1):
        label = "hostile ↓" if level == down else ""
        row = Text(label.rjust(_LABEL) + " ")
        for c in range(columns):
            sign = "▓" if level <= -(-bad[c] // block) else " "
            row.append(sign * bar + " " * gap, style=HOSTILE)
        lines.append(row)
    lines.append(Text("".rjust(_LABEL) + " " + _months(start, columns, span, cell), style="dim"))
    return Timeline(tuple(lines), block, span)


def _new_month(start: date, column: int, span: int) -> bool:
    here = start + timedelta(weeks=column * span)
    next_ = here + timedelta(weeks=span)
    return here.day == 1 or (here.month != next_.month and next_.day != 1)


def _months(start: date, columns: int, span: int, cell: int) -> str:
    """Names of months under their first column, with the year where it changes."""
    out = [" "] * (columns * cell + 10)
    free, year = 0, None
    for c in range(columns):
        here = start + timedelta(weeks=c * span)
        later = here + timedelta(weeks=span) - timedelta(days=1)
        if c and not _new_month(start, c, span):
            continue
        if c == 0 and columns > 4:
            later = here
        name = _MONTHS[later.month - 1]
        if later.year != year:
            name = f"{name} {later.year}"
        at = c * cell
        if at < free:
            continue
        out[at : at + len(name)] = name
        free, year = at + len(name) + 1, later.year
    return "".join(out).rstrip()


def scale(
    value: float | None, low: float | None = None, high: float | None = None, *, width: int = 41
) -> str:
    """A share between 0 and 1 on a line of `width` characters, with its interval.

    >>> scale(0.5, 0.25, 0.75, width=9)
    '··├─●─┤··'
    >>> scale(None, width=9)
    '·········'
    """
    line = ["·"] * width

    def at(share: float) -> int:
        return round(min(1.0, max(0.0, share)) * (width - 1))

    if value is None:
        return "".join(line)
    if low is not None and high is not None:
        left, right = at(low), at(high)
        line[left : right + 1] = "─" * (right - left + 1)
        line[left], line[right] = "├", "┤"
    line[at(value)] = "●"
    return "".join(line)
