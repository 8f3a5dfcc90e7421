"""`detente dyad`: a pair drawn week by week, with levels, turns and the acts behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.cli.counted import Data, Shown, shown_of
from detente.cli.options import (
    AsOf,
    OneFormat,
    OneFormatOption,
    Since,
    StorePath,
    Until,
    day,
    today,
)
from detente.cli.output import dump, line
from detente.cli.pairs import One, Other, acts_of, turns_of

if TYPE_CHECKING:
    from rich.console import RenderableType

    from detente.api import Dossier
    from detente.records import Event, Level
    from detente.relations.series import Act

__all__ = ["dyad", "dyad_record", "dyad_view", "timeline_view"]

Why = Annotated[
    str | None,
    typer.Option(
        "--why",
        metavar="DAY",
        help="Show what the level of that day's week is made of, and what was not counted.",
        show_default=False,
    ),
]

_LATEST_WEEKS = 8
_LATEST_ACTS = 24


def dyad(
    one: One,
    other: Other,
    as_of: AsOf = None,
    data: Data = "own",
    since: Since = None,
    until: Until = None,
    why: Why = None,
    store: StorePath = None,
    format: OneFormatOption = OneFormat.TABLE,
) -> None:
    """Draw the timeline of a pair: acts by week, levels, turns, and the acts behind them.

    Cooperative acts stand above the axis, hostile ones below. Where too little is known to speak of
    a level it says so.
    """
    asked = today(as_of)
    first, last, reason_day = day(since, "--since"), day(until, "--until"), day(why, "--why")
    known = shown_of(store, one, other, asked, data)
    if format is OneFormat.JSON:
        dump(dyad_record(known, first, last, reason_day))
        return
    from detente.cli.output import console

    out = console()
    for part in dyad_view(known, out.width, first, last, reason_day):
        out.print(part)


def _source(known: Dossier | Shown) -> str:
    """The data set, where it is not our own coding."""
    data = known.known.data if isinstance(known, Shown) else "own"
    return "" if data == "own" else f", from imported {data} rows"


def _aside(known: Dossier | Shown) -> list[tuple[str, str]]:
    """Ids of the events that do not count, each with the reason."""
    if isinstance(known, Shown):
        return list(known.known.not_counted)
    from detente.relations.series import aside

    return [(e.id, why) for e, why in aside(known.events, known.published, known.pair, known.as_of)]


def _span(
    known: Dossier | Shown, acts: Sequence[Any], since: date | None, until: date | None
) -> tuple[date, date]:
    last = min(until or known.as_of, known.as_of)
    first = since or (max(acts[0].day, last - timedelta(weeks=260)) if acts else last)
    return min(first, last), last


def dyad_record(
    known: Dossier | Shown, since: date | None = None, until: date | None = None, why: date | None = None
) -> dict[str, Any]:
    """A pair as one object: acts, levels, turns, and what was not counted with the reason."""
    from detente.relations.daily import daily
    from detente.relations.series import enough, levels

    acts = acts_of(known)
    first, last = _span(known, acts, since, until)
    if why is not None:
        monday = why - timedelta(days=why.weekday())
        first, last = monday, monday + timedelta(days=6)
    found = levels(acts, start=first, end=last, as_of=known.as_of)
    return {
        "schema": "detente.dyad.v1",
        "data": known.known.data if isinstance(known, Shown) else "own",
        "pair": known.pair,
        "as_of": known.as_of,
        "since": first,
        "until": last,
        "too_little": enough(acts),
        "acts": [a for a in acts if first <= a.day <= last],
        "days": daily(a for a in acts if first <= a.day <= last),
        "levels": found,
        "why": [{"day": row.day, "parts": _weights(row, acts)} for row in found] if why else [],
        "turns": [t for t in turns_of(known) if first <= t.day <= last],
        "not_counted": [{"event": name, "reason": reason} for name, reason in _aside(known)],
    }


def dyad_view(
    known: Dossier | Shown,
    width: int,
    since: date | None = None,
    until: date | None = None,
    why: date | None = None,
) -> list[RenderableType]:
    """A pair for people: the drawn timeline, then levels, turns and acts."""
    from rich.text import Text

    from detente.cli.tables import act_table, heading, turn_view

    acts = acts_of(known)
    by_id = known.events if isinstance(known, Shown) else {e.id: e for e in known.events}
    first, last = _span(known, acts, since, until)
    shown = [a for a in acts if first <= a.day <= last]
    here = [t for t in turns_of(known) if first <= t.day <= last]
    one, other = known.pair
    parts: list[RenderableType] = [
        heading(f"{one} and {other}, {first} to {last}, as known on {known.as_of}{_source(known)}"),
        Text(""),
    ]
    parts += timeline_view(known, width, since, until)
    parts.append(heading("Turns"))
    if not here:
        parts.append(Text("None that beats chance in the pair's own noise."))
    for turn in here:
        parts += turn_view(replace(turn, events=()), {})
        parts += [act_table([a for a in acts if set(a.events) & set(turn.events)], by_id), Text("")]
    if why is not None:
        parts += _why_view(known, acts, why, by_id)
    parts.append(heading("Acts behind the timeline"))
    if shown:
        parts.append(act_table(shown[-_LATEST_ACTS:], by_id))
        if len(shown) > _LATEST_ACTS:
            parts.append(
                Text(
                    f"the last {_LATEST_ACTS} of {len(shown)}; all: detente events {one} {other}",
                    "dim",
                )
            )
    else:
        parts.append(Text("None."))
    out = _aside(known)
    if out and why is None:
        parts.append(
            Text(
                f"not counted: {len(out)} events (opinions, denials, plans, …);"
                " --why DAY shows them with the reason",
                "dim",
            )
        )
    return parts


def timeline_view(
    known: Dossier | Shown, width: int, since: date | None = None, until: date | None = None
) -> list[RenderableType]:
    """The drawn timeline with its key, and the levels of the last weeks."""
    from rich.text import Text

    from detente.cli.drawing import timeline
    from detente.cli.tables import heading, level_table
    from detente.relations.series import enough, levels

    acts = acts_of(known)
    first, last = _span(known, acts, since, until)
    here = [t for t in turns_of(known) if first <= t.day <= last]
    drawn = timeline(acts, here, first, last, min(width, 120))
    parts: list[RenderableType] = [*drawn.lines]
    weeks = "a week" if drawn.weeks_a_column == 1 else f"{drawn.weeks_a_column} weeks"
    count = "one act" if drawn.acts_a_block == 1 else f"up to {drawn.acts_a_block} acts"
    key = f"a column is {weeks}, a block {count}: █ cooperative, ▓ hostile, ░ only announced"
    parts.append(Text(key, style="dim"))
    parts.append(heading("Levels: acts a week; the interval holds them in 80 of 100 cases"))
    if reason := enough(acts):
        parts.append(Text(f"{reason[0].upper()}{reason[1:]}."))
    else:
        rows = levels(acts, start=first, end=last, as_of=known.as_of)
        parts.append(level_table(rows[-_LATEST_WEEKS:]))
        if len(rows) > _LATEST_WEEKS:
            parts.append(Text(f"the last {_LATEST_WEEKS} of {len(rows)} weeks; --format json has all", "dim"))
    return parts


def _weights(level: Level, acts: Sequence[Act]) -> list[dict[str, Any]]:
    """What a level is the sum of: each act with its weight in acts a week, then what no act gives.

    The acts of one week weigh alike. `side` is "hostile" or "cooperative"; the weights of a side add
    up to its level.
    """
    by_report = {a.events[0]: a for a in acts}
    out: list[dict[str, Any]] = []
    for term in level.terms:
        if term.contribution is None:
            continue
        side = "hostile" if "hostile" in term.name else "cooperative"
        if not term.events:
            out.append({"side": side, "part": term.name, "act": None, "weight": term.contribution})
        for name in term.events:
            weight = term.contribution / len(term.events)
            out.append({"side": side, "part": term.name, "act": by_report[name], "weight": weight})
    return out


def _weights_table(level: Level, acts: Sequence[Act], by_id: Mapping[str, Event]) -> RenderableType:
    """The acts behind a level, heaviest first on each side, each with its weight."""
    from rich.text import Text

    from detente.cli.output import COOPERATIVE, HOSTILE
    from detente.cli.tables import grid, trim

    table = grid("day", "actor → recipient", "act", "words", "acts a week", right=(4,))
    for item in _weights(level, acts):
        style = HOSTILE if item["side"] == "hostile" else COOPERATIVE
        sign = "−" if item["side"] == "hostile" else "+"
        weight = Text(f"{item['weight']:.3f}")
        act = item["act"]
        if act is None:
            table.add_row(
                Text(""), Text(""), Text(sign, style=style), Text(item["part"], style="dim"), weight
            )
            continue
        event = by_id.get(act.events[0])
        day = f"{act.day}" if act.earliest == act.day else f"{act.earliest}\nto {act.day}"
        arrow = "↔" if act.symmetric else "→"
        table.add_row(
            Text(day),
            Text(f"{act.actor} {arrow} {act.recipient}"),
            Text(f"{sign} {act.event}", style=style),
            Text(trim(event.text, 110) if event else "?"),
            weight,
        )
    return table


def _why_view(
    known: Dossier | Shown, acts: Sequence[Any], why: date, by_id: Mapping[str, Event]
) -> list[RenderableType]:
    """What the level of one week is made of, and the events of that week that do not count."""
    from rich.text import Text

    from detente.cli.tables import grid, heading, parties, side_style, trim, when
    from detente.relations.series import enough, levels

    monday = why - timedelta(days=why.weekday())
    sunday = monday + timedelta(days=6)
    parts: list[RenderableType] = [heading(f"Why: the week of {monday}")]
    rows = levels(acts, start=monday, end=sunday, as_of=known.as_of)
    if not rows:
        parts.append(Text(enough(acts) or f"no level: {why} is after {known.as_of}"))
    for row in rows:
        parts.append(
            Text(
                f"hostile {row.hostile:.2f} and cooperative {row.cooperative:.2f} acts a week;"
                f" each is the sum of its parts ({row.definition})"
            )
        )
        parts.append(_weights_table(row, acts, by_id))
    week = (monday.isoformat(), (sunday + timedelta(days=7)).isoformat())
    out = [
        (event, reason)
        for name, reason in _aside(known)
        if (event := by_id.get(name)) is not None
        and week[0] <= str(known.published.get(event.document) or event.date or "") <= week[1]
    ]
    if out:
        parts.append(heading("Read in or after that week, not counted"))
        table = grid("date", "actor → recipient", "type", "words")
        for event, reason in out:
            words = Text(trim(event.text, 110))
            words.append(f"\nnot counted: {line(reason)}", style="dim")
            table.add_row(
                Text(when(event).replace(" to ", "\nto ")),
                Text(parties(event)),
                Text(event.event, style=side_style(event.quad)),
                words,
            )
        parts.append(table)
    return parts
