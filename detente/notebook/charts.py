"""Charts with matplotlib. Up, ▲ and blue is cooperative; down, ▼ and orange hostile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from detente.errors import MissingExtra
from detente.notebook.frames import side, whole_day
from detente.notebook.page import BLUE, ORANGE
from detente.records import Event, Level, Status, Turn

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from detente.relations.backtest import Backtest
    from detente.relations.series import Act

__all__ = ["plot_backtest", "plot_events", "plot_pair"]

_LOOKS = {"cooperative": ("^", BLUE), "hostile": ("v", ORANGE)}


def _axes(ax: Axes | None, width: float = 9, height: float = 3.6) -> Axes:
    """The axes to draw on. Raises `MissingExtra` where matplotlib is not installed."""
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot
    except ImportError:
        raise MissingExtra("a chart", extra="notebooks") from None
    _, made = pyplot.subplots(figsize=(width, height), layout="constrained")
    return made


def _bare(ax: Axes) -> None:
    for name in ("top", "right"):
        ax.spines[name].set_visible(False)


def plot_events(events: Sequence[Event], ax: Axes | None = None) -> Axes:
    """Acts by day and type; hollow marks are not done: planned, possible or denied."""
    ax = _axes(ax, height=max(2.2, 1.2 + 0.35 * len({e.event for e in events})))
    dated = [(day, e) for e in events if (day := whole_day(e.date)) is not None]
    types = sorted({e.event for _, e in dated}, key=lambda t: (_quad(dated, t), t), reverse=True)
    stacked: Counter[tuple[date, str]] = Counter()
    for word, (marker, colour) in _LOOKS.items():
        for done in (True, False):
            found = [
                (day, e)
                for day, e in dated
                if side(e.quad) == word and (e.status in (Status.ACTUAL, Status.HISTORICAL)) is done
            ]
            if not found:
                continue
            days, heights = [], []
            for day, e in found:
                # Acts of one day and type stand above each other, not on each other.
                days.append(day)
                heights.append(types.index(e.event) + 0.16 * stacked[day, e.event])
                stacked[day, e.event] += 1
            ax.scatter(
                days,  # type: ignore[arg-type]
                heights,
                marker=marker,
                s=54,
                facecolors=colour if done else "none",
                edgecolors=colour,
                label=word if done else f"{word}, not done",
            )
    ax.set_yticks(range(len(types)), types)
    ax.set_ylim(-0.6, max(len(types) - 0.2, 0.6))
    _bare(ax)
    left = len(events) - len(dated)
    ax.set_title(f"{len(dated)} acts" + (f"; {left} without a day are left out" if left else ""), loc="left")
    if dated:
        _days(ax, [day for day, _ in dated])
        ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def _quad(dated: Sequence[tuple[date, Event]], name: str) -> int:
    return min(e.quad for _, e in dated if e.event == name)


def _days(ax: Axes, days: Sequence[date]) -> None:
    """Ticks that fit a stretch of days."""
    from matplotlib.dates import AutoDateLocator, DateFormatter, date2num

    first, last = min(days), max(days)
    gap = max(timedelta(days=1), (last - first) / 25)
    ax.set_xlim(date2num(first - gap), date2num(last + gap))  # type: ignore[no-untyped-call]
    long = (last - first).days
    form = "%Y" if long > 1500 else "%b %Y" if long > 90 else "%d %b %Y"
    ax.xaxis.set_major_locator(AutoDateLocator(minticks=2, maxticks=7))  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_formatter(DateFormatter(form))  # type: ignore[no-untyped-call]


def plot_pair(
    pair: tuple[str, str],
    acts: Sequence[Act],
    levels: Sequence[Level],
    turns: Sequence[Turn],
    ax: Axes | None = None,
) -> Axes:
    """Acts a week as bars, their levels as lines with 80 % bands, turns as dashed lines with a word."""
    ax = _axes(ax)
    from matplotlib.ticker import MaxNLocator

    weeks: dict[str, Counter[date]] = {"cooperative": Counter(), "announced": Counter(), "hostile": Counter()}
    for act in acts:
        monday = act.day - timedelta(days=act.day.weekday())
        weeks["announced" if act.announced else "hostile" if act.hostile else "cooperative"][monday] += 1
    up, plans, down = weeks["cooperative"], weeks["announced"], weeks["hostile"]
    thick: Any = timedelta(days=6)
    ax.bar(list(up), list(up.values()), thick, align="edge", color=BLUE, label="▲ cooperative acts")  # type: ignore[arg-type]
    if plans:
        under = [up[w] for w in plans]
        ax.bar(
            list(plans),  # type: ignore[arg-type]
            list(plans.values()),
            thick,
            bottom=under,
            align="edge",
            fill=False,
            edgecolor=BLUE,
            label="▲ announced",
        )
    ax.bar(
        list(down),  # type: ignore[arg-type]
        [-n for n in down.values()],
        thick,
        align="edge",
        color=ORANGE,
        label="▼ hostile acts",
    )
    for name, colour, sense in (("cooperative", BLUE, 1), ("hostile", ORANGE, -1)):
        if levels:
            days: Any = [x.day for x in levels]
            low = [sense * getattr(x, f"{name}_low") for x in levels]
            high = [sense * getattr(x, f"{name}_high") for x in levels]
            ax.fill_between(days, low, high, color=colour, alpha=0.25, linewidth=0)
            told = "level, 80 % within the band" if sense == 1 else None
            ax.plot(days, [sense * getattr(x, name) for x in levels], color=colour, linewidth=1.2, label=told)
    ax.axhline(0, color="gray", linewidth=0.8)
    ax.margins(y=0.12)
    _bare(ax)
    if acts:
        _days(ax, [a.day for a in acts])
    last: date | None = None
    for turn in turns:
        ax.axvline(turn.day, color=BLUE if turn.direction == "thaw" else ORANGE, linestyle="--", linewidth=1)  # type: ignore[arg-type]
        span = (max(a.day for a in acts) - min(a.day for a in acts)) if acts else timedelta(1)
        if last is None or turn.day - last > span / 9:
            mark = "▲" if turn.direction == "thaw" else "▼"
            ax.text(
                turn.day,  # type: ignore[arg-type]
                1.01,
                f"{mark} {turn.direction}",
                transform=ax.get_xaxis_transform(),
                ha="center",
                va="bottom",
                fontsize="small",
            )
            last = turn.day
    ax.yaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_ylabel("acts a week")
    ax.set_title(" and ".join(pair), loc="left", pad=18)
    if acts:
        ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def plot_backtest(found: Backtest, ax: Axes | None = None) -> Axes:
    """What was forecast against what came true, in groups of equal size; on the line both agree."""
    ax = _axes(ax, 4.6, 4.2)
    most = max((n for n, _, _ in found.bins), default=1)
    ax.plot([0, 1], [0, 1], color="gray", linestyle="--", linewidth=1, label="perfect")
    ax.scatter(
        [p for _, p, _ in found.bins],
        [y for _, _, y in found.bins],
        s=[30 + 60 * n / most for n, _, _ in found.bins],
        color=BLUE,
        zorder=3,
        label="forecasts",
    )
    ax.axhline(found.yes, color=ORANGE, linestyle=":", linewidth=1.5, label="share that came true")
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="forecast", ylabel="came true", aspect="equal")
    ax.set_title(f"{found.question}, {found.horizon} days: {found.tested:,} tested", loc="left")
    _bare(ax)
    ax.legend(frameon=False, loc="upper left")
    return ax
