"""Figures that need no script: drawn as SVG by the templates from what is worked out here; and the
data of the figure that a script draws."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from detente.desk.pages.layout import clip, short_day

if TYPE_CHECKING:
    from detente.desk.study import Study
    from detente.records import Event, Level
    from detente.relations.series import Act

__all__ = ["Bar", "Drawing", "Mark", "chart", "event_kind", "sides", "spark", "timeline"]

WEEK = timedelta(days=7)
# Above this number of acts the timeline has a bar a week instead of a block an act.
MOST_BLOCKS = 1500


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a drawing: its corner, size, and side ("up" cooperative, "down" hostile)."""

    x: float
    y: float
    width: float
    height: float
    side: str
    plan: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A turn or a year on a drawing: where it stands, its word, and what it is."""

    x: float
    word: str
    kind: str
    row: int = 0
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything a template needs to draw a timeline: `axis` is the height of its zero."""

    width: int
    height: int
    axis: float
    bars: tuple[Bar, ...]
    turns: tuple[Mark, ...] = ()
    years: tuple[Mark, ...] = ()
    bands: tuple[tuple[str, str], ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()


def _bins(acts: Iterable[Act], first: date, days: int) -> dict[int, list[int]]:
    """Hostile, cooperative and only announced acts of each stretch of so many days."""
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for act in acts:
        at = (act.day - first).days // days
        found[at][2 if act.announced else 0 if act.hostile else 1] += 1
    return found


def _bars(
    bins: Mapping[int, Sequence[int]], step: float, axis: float, unit_up: float, unit_down: float
) -> list[Bar]:
    gap = min(1.0, step * 0.15)
    out = []
    for at, (hostile, cooperative, plans) in sorted(bins.items()):
        x, width = at * step + gap / 2, step - gap
        if cooperative:
            tall = cooperative * unit_up
            out.append(Bar(round(x, 1), round(axis - tall, 1), round(width, 1), round(tall, 1), "up"))
        if plans:
            top = axis - (cooperative + plans) * unit_up
            out.append(
                Bar(round(x, 1), round(top, 1), round(width, 1), round(plans * unit_up, 1), "up", True)
            )
        if hostile:
            tall = hostile * unit_down
            out.append(Bar(round(x, 1), round(axis, 1), round(width, 1), round(tall, 1), "down"))
    return out


def spark(acts: Sequence[Act], first: date, last: date, *, width: int = 260, height: int = 64) -> Drawing:
    """The acts between two days as a small figure, cooperative ones up, hostile ones down.

    >>> spark([], date(2025, 1, 1), date(2026, 1, 1)).bars
    ()
    """
    total = max((last - first).days + 1, 14)
    days = max(7, -(-total // 52))
    total = -(-total // days) * days
    first = last - timedelta(days=total - 1)
    here = [a for a in acts if first <= a.day <= last]
    bins = _bins(here, first, days)
    step = width / (total / days)
    most = max([max(h, c + p) for h, c, p in bins.values()], default=1)
    unit = (height / 2 - 1) / max(most, 3)
    years = tuple(
        Mark(round((date(y, 1, 1) - first).days / days * step, 1), str(y), "year")
        for y in range(first.year + 1, last.year + 1)
    )
    return Drawing(width, height, height / 2, tuple(_bars(bins, step, height / 2, unit, unit)), years=years)


def timeline(here: Study, first: date, last: date, *, width: int = 1120, height: int = 330) -> Drawing:
    """The timeline of a pair between two days as a still figure: acts a week, levels with their
    intervals, and turns. It stands where no script runs, and on paper."""
    first -= timedelta(days=first.weekday())
    total = max((last - first).days + 1, 28)
    days = 7 * max(1, -(-total // (7 * 280)))
    total = -(-total // days) * days
    weeks = days / 7
    shown = [a for a in here.acts if first <= a.day <= last]
    bins = _bins(shown, first, days)
    rows = [r for r in here.levels if first <= r.day <= last]
    head, foot = 34, 22
    up = max([c + p for _, c, p in bins.values()] + [r.cooperative_high * weeks for r in rows] + [2])
    down = max([h for h, _, _ in bins.values()] + [r.hostile_high * weeks for r in rows] + [2])
    unit = (height - head - foot) / (up + down)
    axis = round(head + up * unit, 1)
    step = width / (total / days)

    def x(day: date) -> float:
        return round((day - first).days / days * step, 1)

    turned = []
    ends: list[float] = []
    for turn in here.turns:
        if first <= turn.day <= last:
            at = x(turn.day)
            word = f"{'▲' if turn.direction == 'thaw' else '▼'} {turn.direction}, {short_day(turn.day)}"
            long = len(word) * 6.6
            anchor = "end" if at + long > width else "start"
            left = at - long if anchor == "end" else at
            row = 0 if not ends or left > ends[-1] else 1
            ends.append(left + long)
            turned.append(Mark(at, word, turn.direction, row, anchor))
    years = [date(y, 1, 1) for y in range(first.year, last.year + 1)]
    if total < 500:
        years = [date(d.year, m, 1) for d in years for m in (1, 4, 7, 10)]
    marks = tuple(
        Mark(
            x(d),
            short_day(d.isoformat()[:7] if total < 500 else str(d.year)),
            "year",
            0,
            "end" if x(d) > width - 64 else "start",
        )
        for d in years
        if first <= d <= last
    )
    ticks = []
    size = next((s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if (up + down) / s <= 8), 2000)
    for n in range(size, int(max(up, down)) + 1, size):
        if n <= up:
            ticks.append((round(axis - n * unit, 1), str(n)))
        if n <= down:
            ticks.append((round(axis + n * unit, 1), str(n)))
    return Drawing(
        width,
        height,
        axis,
        tuple(_bars(bins, step, axis, unit, unit)),
        tuple(turned),
        marks,
        tuple(_band(rows, side, x, axis, unit * weeks) for side in ("up", "down")) if rows else (),
        tuple(_line(rows, side, x, axis, unit * weeks) for side in ("up", "down")) if rows else (),
        tuple(ticks),
    )


def _of(row: Level, side: str) -> tuple[float, float, float]:
    if side == "up":
        return row.cooperative_low, row.cooperative, row.cooperative_high
    return -row.hostile_low, -row.hostile, -row.hostile_high


def _band(rows: Sequence[Level], side: str, x: Any, axis: float, unit: float) -> tuple[str, str]:
    high = [f"{x(r.day):g} {axis - _of(r, side)[2] * unit:.1f}" for r in rows]
    low = [f"{x(r.day):g} {axis - _of(r, side)[0] * unit:.1f}" for r in reversed(rows)]
    return side, f"M{'L'.join(high)}L{'L'.join(low)}Z"


def _line(rows: Sequence[Level], side: str, x: Any, axis: float, unit: float) -> tuple[str, str]:
    return side, "M" + "L".join(f"{x(r.day):g} {axis - _of(r, side)[1] * unit:.1f}" for r in rows)


def sides(event: Event) -> str:
    """Who acts on whom, by codes.

    >>> from detente.records import Event, Party, Status
    >>> sides(Event("d", 0, 1, "", "CONSULT", (Party("USA", "U.S."),), (Party("COL", "it"),),
    ...     True, Status.ACTUAL, "", 0, 1))
    'COL ↔ USA'
    """
    if event.symmetric:
        everybody = sorted({*event.actor_codes, *event.recipient_codes})
        return " ↔ ".join(everybody) if len(everybody) > 1 else f"{everybody[0]} ↔ ?"
    return f"{'+'.join(event.actor_codes) or '?'} → {'+'.join(event.recipient_codes) or '?'}"


def event_kind(name: str, modes: Sequence[str] = ()) -> str:
    """An event type in small letters with its modes.

    >>> event_kind("CONSULT", ("phone",))
    'consult (phone)'
    """
    return f"{name.lower()} ({', '.join(modes)})" if modes else name.lower()


def chart(here: Study, first: date, last: date, act: str | None) -> dict[str, Any]:
    """The data of the timeline that a script draws: `from` and `to` are the days it shows first.

    Up to `MOST_BLOCKS` acts are blocks of their own, each with the words of its first report; of
    more there are only the counts of each week.
    """
    start, end = here.span
    weeks: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0])
    blocks: list[list[Any]] = []
    few = len(here.acts) <= MOST_BLOCKS
    for item in here.acts:
        monday = item.day - timedelta(days=item.day.weekday())
        place = weeks[monday]
        place[2 if item.announced else 0 if item.hostile else 1] += 1
        if few:
            level = -place[0] if item.hostile else place[1] + place[2]
            event = here.by_id.get(item.events[0])
            arrow = "↔" if item.symmetric else "→"
            blocks.append(
                [
                    monday.isoformat(),
                    level,
                    item.events[0],
                    short_day(item.day)
                    if item.earliest == item.day
                    else f"{short_day(item.earliest)} to {short_day(item.day)}",
                    event_kind(item.event, item.modes),
                    f"{item.actor} {arrow} {item.recipient}",
                    clip(event.text if event else "", 130),
                    0 if item.announced else 1 if item.verbal else 2,
                    len(item.events),
                ]
            )
    shown = here.act_of.get(act or "")
    return {
        "pair": list(here.dossier.pair),
        "span": [start.isoformat(), end.isoformat()],
        "from": first.isoformat(),
        "to": last.isoformat(),
        "act": shown.events[0] if shown else None,
        "weeks": [[day.isoformat(), *counts] for day, counts in sorted(weeks.items())],
        "blocks": blocks,
        "levels": [
            [
                (r.day - timedelta(days=3)).isoformat(),
                *(
                    round(v, 3)
                    for v in (
                        r.hostile,
                        r.hostile_low,
                        r.hostile_high,
                        r.cooperative,
                        r.cooperative_low,
                        r.cooperative_high,
                    )
                ),
            ]
            for r in here.levels
        ],
        "turns": [[t.day.isoformat(), t.direction, short_day(t.day)] for t in here.turns],
        "phases": [[p.first.isoformat(), p.last.isoformat(), p.temper, p.name] for p in here.phases],
    }
