"""`detente backtest`, `forecast`, `score` and `pairs`: outlooks held to account, and the grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.cli.options import AsOf, OneFormat, OneFormatOption, StorePath, day, today
from detente.cli.output import dump, line, note, show
from detente.cli.pairs import Horizon, One, Other, Question, QuestionOption, acts_in, check_horizon, known_of

if TYPE_CHECKING:
    from detente.records import Forecast, Outlook
    from detente.relations.backtest import Backtest, Score
    from detente.relations.scorecard import Card
    from detente.store import Store

__all__ = ["Standing", "backtest", "forecast", "pairs", "score", "standings"]


class Order(StrEnum):
    """How pairs are ranked."""

    HOSTILE = "hostile"
    COOPERATIVE = "cooperative"
    CHANGE = "change"


# backtest


def backtest(
    history: Annotated[
        Path,
        typer.Option(
            "--history",
            metavar="FILE",
            help="Parquet with date, source, target and cameo or goldstein; or date, a, b and score.",
            show_default=False,
        ),
    ],
    train_until: Annotated[
        str,
        typer.Option(
            "--train-until",
            metavar="DAY",
            help="The test begins after this day; each later quarter learns from all before it.",
            show_default=False,
        ),
    ],
    question: QuestionOption = Question.THAW,
    horizon: Horizon = 90,
    warm_up: Annotated[
        int,
        typer.Option("--warm-up", metavar="WEEKS", min=13, help="Weeks of history before the first episode."),
    ] = 26,
    plot: Annotated[
        Path | None,
        typer.Option(
            "--plot", metavar="FILE", help="Write the reliability plot here, as SVG.", show_default=False
        ),
    ] = None,
    format: OneFormatOption = OneFormat.TABLE,
) -> None:
    """Fit and score a question walk-forward on a history file, against climatology and the pair's
    own record.

    Intervals are 95 % over drawn pairs. Silent episodes (too few weeks with acts to tell) are
    counted, not scored.
    """
    from detente.cli.history_file import read_history
    from detente.relations.backtest import backtest as run

    check_horizon(horizon)
    until = day(train_until, "--train-until")
    assert until is not None
    read = read_history(history)
    found = run(
        read.values,
        read.first,
        question=question.value,
        horizon=horizon,
        train_until=until,
        warm_up=warm_up,
    )
    if plot is not None:
        _write(plot, found)
    if format is OneFormat.JSON:
        dump(
            {
                "schema": "detente.backtest.v1",
                "history": {"file": history.name, "rows": read.rows, "columns": read.layout},
                "backtest": found,
            }
        )
        return
    show(*_backtest_view(found))
    if plot is not None:
        note(f"the reliability plot is in {plot}")


def _write(path: Path, found: Backtest) -> None:
    from detente.cli.reliability import reliability_svg
    from detente.errors import FileError

    title = f"{found.question}, {found.horizon} days, tested after {found.trained_until}"
    try:
        path.write_text(reliability_svg(found.bins, title), encoding="utf-8")
    except OSError as error:
        raise FileError(
            f"the plot cannot be written ({error.strerror})", where=str(path), todo="name another file"
        ) from error


def _score(value: Score) -> str:
    return f"{value.value:+.3f} [{value.low:+.3f}, {value.high:+.3f}]"


def _backtest_view(found: Backtest) -> list[Any]:
    from rich.text import Text

    from detente.cli.tables import grid

    table = grid("measure", "value", "what it is")
    for name, value, meaning in (
        ("episodes", f"{found.episodes:,} of {found.pairs:,} pairs", "by the weekly rule"),
        ("silent", f"{found.silent:,}", "too few weeks with acts to tell; not scored"),
        ("open", f"{found.open:,}", "not over by the end of the history; not scored"),
        ("tested", f"{found.tested:,} of {found.tested_pairs:,} pairs", f"after {found.trained_until}"),
        ("came true", f"{found.yes:.3f}", "share of the tested"),
        ("Brier", f"{found.brier:.4f}", "mean squared error; less is better"),
        ("skill over climatology", _score(found.over_climatology), "the share that came true so far"),
        ("skill over own record", _score(found.over_own_record), "the pair's past episodes"),
        ("skill over own share", _score(found.over_own_share), "one regression on its hostile share"),
        ("AUC", f"{found.auc:.3f}", "a yes is put above a no"),
        (
            "calibration error",
            f"{found.calibration_error:.3f}",
            f"chance alone gives {found.calibration_by_chance:.3f}",
        ),
        ("calibration slope", f"{found.slope:.2f}", "1 is right, less is too sure"),
    ):
        table.add_row(Text(name), Text(value), Text(meaning))
    bins = grid("forecasts", "forecast", "came true", right=(0, 1, 2))
    for count, said, true in found.bins:
        bins.add_row(Text(f"{count:,}"), Text(f"{said:.0%}"), Text(f"{true:.0%}"))
    return [f"{found.question}, {found.horizon} days", table, Text(""), bins]


# forecasts


def forecast(
    one: One,
    other: Other,
    question: QuestionOption = Question.THAW,
    horizon: Horizon = 90,
    as_of: AsOf = None,
    store: StorePath = None,
    format: OneFormatOption = OneFormat.TABLE,
) -> None:
    """File the outlook of a pair in the store, to be scored when it is due.

    What is filed can never be changed: each forecast holds the hash of the one before it. An
    outlook that abstains is not filed, and the reason is given.
    """
    from detente.relations.outlook import outlook as ask
    from detente.relations.scorecard import file_forecast
    from detente.store import open_store

    check_horizon(horizon)
    known = known_of(store, one, other, today(as_of))
    outlook = ask(
        known.events,
        known.pair,
        asked_on=known.as_of,
        horizon=horizon,
        question=question.value,
        published=known.published,
        stories=known.stories,
    )
    with open_store(store) as opened:
        before = opened.forecasts()
        same = [f for f in before if f.outlook == outlook]
        # Filing the same again on the same day changes nothing.
        previous = before[-1].id if before else ""
        made = same[-1] if same else file_forecast(outlook, filed_on=known.as_of, previous=previous)
        if not same:
            opened.file_forecast(made)
    if format is OneFormat.JSON:
        dump({"schema": "detente.forecast.v1", "forecast": made})
        return
    show(f"{'filed already' if same else 'filed'}: {_asked(outlook)}", f"due on {made.due_on} · {made.id}")


def _asked(outlook: Outlook) -> str:
    says = "nothing" if outlook.probability is None else f"{outlook.probability:.0%}"
    return (
        f"{line(outlook.pair[0])} and {line(outlook.pair[1])}, {outlook.question}, "
        f"{outlook.horizon_days} days from {outlook.asked_on}: {says}"
    )


def score(as_of: AsOf = None, store: StorePath = None, format: OneFormatOption = OneFormat.TABLE) -> None:
    """Resolve the forecasts that are due from the store, by the frozen rule, and print the scorecard.

    One whose weeks the store does not cover stays pending, with the reason. A resolved one stays as
    it is. Brier and log score are means, less is better; the skill is over the base rates that were
    filed beside.
    """
    from detente.relations.scorecard import resolve, scorecard, unsettled
    from detente.store import open_store

    on = today(as_of)
    with open_store(store) as opened:
        filed = [f for f in opened.forecasts() if f.filed_on <= on]
        found, waiting = [], {}
        for item in filed:
            done = item
            if item.outcome is None and item.due_on <= on:
                known = acts_in(opened, item.outlook.pair, on)
                read = _read_on(opened, item, on)
                reason = unsettled(item, known, on=on, read=read)
                if reason is None:
                    done = resolve(item, known, on=on, read=read)
                    opened.file_forecast(done)
                else:
                    waiting[item.id] = reason
            found.append(done)
    card = scorecard(found)
    if format is OneFormat.JSON:
        dump(
            {
                "schema": "detente.score.v1",
                "as_of": on,
                "card": card,
                "forecasts": found,
                "waiting": [{"forecast": name, "reason": reason} for name, reason in waiting.items()],
            }
        )
        return
    if not filed:
        show(f"No forecast was filed by {on}; type: detente forecast USA COL")
        return
    show(*_card_view(card, found, waiting))


def _read_on(opened: Store, item: Forecast, on: date) -> list[date]:
    """A day of publication for each week asked about in which the store has a document, and one of
    the time after them, up to a day."""
    monday = item.outlook.asked_on - timedelta(days=item.outlook.asked_on.weekday())
    days = []
    while monday <= item.due_on:
        monday += timedelta(weeks=1)
        last = on if monday > item.due_on else min(monday + timedelta(days=6), on)
        here = opened.documents(since=monday, until=last, limit=1) if monday <= last else []
        days += [d.published for d in here if d.published is not None]
    return days


def _card_view(card: Card, found: Sequence[Forecast], waiting: Mapping[str, str]) -> list[Any]:
    from rich.text import Text

    from detente.cli.tables import grid

    table = grid("due", "forecast", "outcome", "Brier", right=(3,))
    for item in found:
        told = "" if item.score is None else f"{item.score:.3f}"
        table.add_row(
            Text(str(item.due_on)),
            Text(_asked(item.outlook)),
            Text(item.outcome or "\n".join(["pending", *filter(None, [waiting.get(item.id)])])),
            Text(told),
        )
    parts: list[Any] = [table, Text("")]
    parts.append(Text(f"{card.scored} scored, {card.silent} silent, {card.pending} pending"))
    if card.brier is None or card.log_score is None:
        return parts
    parts.append(Text(f"Brier {card.brier:.3f}, log score {card.log_score:.3f}"))
    if card.skill is not None:
        known = card.skill_low is not None and card.skill_high is not None
        between = f" [{card.skill_low:+.3f}, {card.skill_high:+.3f}]" if known else " (one pair: no interval)"
        parts.append(Text(f"skill over the filed base rates {card.skill:+.3f}{between}"))
    bins = grid("between", "forecasts", "forecast", "came true", right=(1, 2, 3))
    for b in card.bins:
        said = "" if b.forecast is None else f"{b.forecast:.0%}"
        true = "" if b.held is None else f"{b.held:.0%}"
        bins.add_row(Text(f"{b.low:.0%} to {b.high:.0%}"), Text(str(b.count)), Text(said), Text(true))
    return [*parts, bins]


# the grid


@dataclass(frozen=True, slots=True)
class Standing:
    """How a pair stands on a day, and against some days before; or why nothing can be said.

    Rates are acts a week. `change` is the change of hostile less cooperative acts a week.
    """

    pair: tuple[str, str]
    acts: int
    hostile: float | None = None
    hostile_low: float | None = None
    hostile_high: float | None = None
    cooperative: float | None = None
    cooperative_low: float | None = None
    cooperative_high: float | None = None
    change: float | None = None
    turned: str | None = None
    reason: str | None = None


def standings(
    opened: Store, as_of: date, *, country: str | None = None, days: int = 28, turns: bool = False
) -> list[Standing]:
    """Every pair of the store, or of one country, as it stood on a day and `days` before.

    With `turns` the latest turn of each is looked for, which takes longer.
    """
    from detente.relations.series import enough, levels
    from detente.relations.turning import turns as find

    out = []
    for one, other, _ in opened.pairs():
        if one == other or (country is not None and country not in (one, other)):
            continue
        found = acts_in(opened, (one, other), as_of)
        if not found:
            continue
        turned = find(found, (one, other), as_of)[-1:] if turns else []
        latest = f"{turned[0].direction} on {turned[0].day}" if turned else None
        reason = enough(found)
        if reason is not None:
            out.append(Standing((one, other), len(found), turned=latest, reason=reason))
            continue
        start = as_of - timedelta(days=days)
        series = levels(found, start=start, end=as_of, as_of=as_of)
        last, first = series[-1], series[0]
        change = (last.hostile - last.cooperative) - (first.hostile - first.cooperative)
        # A pair whose first act lies within these days has nothing to change from.
        known = found[0].day <= start
        out.append(
            Standing(
                (one, other),
                len(found),
                last.hostile,
                last.hostile_low,
                last.hostile_high,
                last.cooperative,
                last.cooperative_low,
                last.cooperative_high,
                change if known else None,
                latest,
            )
        )
    return out


def _rank(item: Standing, by: Order) -> tuple[bool, float, tuple[str, str]]:
    value = {
        Order.HOSTILE: item.hostile,
        Order.COOPERATIVE: item.cooperative,
        Order.CHANGE: None if item.change is None else abs(item.change),
    }[by]
    return value is None, -(value or 0.0), item.pair


def pairs(
    party: Annotated[
        str | None,
        typer.Argument(
            metavar="[PARTY]", help="Only the pairs of this party: COL, Colombia.", show_default=False
        ),
    ] = None,
    by: Annotated[Order, typer.Option("--by", help="What to rank by.")] = Order.HOSTILE,
    days: Annotated[int, typer.Option("--days", min=7, help="Days back that the change is from.")] = 28,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many pairs to print.")] = 30,
    as_of: AsOf = None,
    store: StorePath = None,
    format: OneFormatOption = OneFormat.TABLE,
) -> None:
    """Rank the pairs of the store by their level and by its change; or show those of one party.

    Levels are acts a week with their central 80 %. For one party the latest turn of each pair is
    shown too.
    """
    from detente.api import actor_code
    from detente.store import open_store

    on = today(as_of)
    country = actor_code(party) if party else None
    with open_store(store) as opened:
        found = standings(opened, on, country=country, days=days, turns=country is not None)
    ranked = sorted(found, key=lambda s: _rank(s, by))
    told = [s for s in ranked if s.reason is None]
    if format is OneFormat.JSON:
        dump(
            {
                "schema": "detente.pairs.v1",
                "as_of": on,
                "party": country,
                "days": days,
                "by": by.value,
                "pairs": ranked,
            }
        )
        return
    if not found:
        show(f"No pair{f' of {country}' if country else ''} has an act known by {on}.")
        return
    few = [s for s in ranked if s.reason is not None]
    # The page of one party names every pair it has, also those of which too little is known.
    shown = [*told, *few] if country is not None else told
    show(*_grid_view(shown[:limit], days, country is not None))
    if few and country is None:
        many = len(few)
        note(
            f"{many} {'pair has' if many == 1 else 'pairs have'} too few acts for a level; see --format json"
        )
    if len(shown) > limit:
        note(f"{len(shown) - limit} more; type --limit {len(shown)}")


def _grid_view(told: Sequence[Standing], days: int, turned: bool) -> list[Any]:
    from rich.text import Text

    from detente.cli.tables import grid

    names = ["pair", "hostile a week", "cooperative a week", f"change in {days} days", "acts"]
    table = grid(*names, *(["latest turn, or why no level"] if turned else []), right=(1, 2, 3, 4))

    def rate(value: float | None, low: float | None, high: float | None) -> Text:
        return Text("" if value is None else f"{value:.1f} ({low:.1f} to {high:.1f})")

    for s in told:
        table.add_row(
            Text(f"{line(s.pair[0])} {line(s.pair[1])}"),
            rate(s.hostile, s.hostile_low, s.hostile_high),
            rate(s.cooperative, s.cooperative_low, s.cooperative_high),
            Text("" if s.reason else "new" if s.change is None else f"{s.change:+.1f}"),
            Text(str(s.acts)),
            *([Text("\n".join(filter(None, [s.turned, s.reason])))] if turned else []),
        )
    return [table, Text("change: hostile less cooperative acts a week, against before", style="dim")]
