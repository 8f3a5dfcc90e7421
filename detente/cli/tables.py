"""Tables for people: events, levels, turns, outlooks; text of articles goes in as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from detente.cli.drawing import MARKS, scale
from detente.cli.output import COOPERATIVE, HOSTILE, line
from detente.records import Document, Event, Level, Outlook, Term, Turn, Voice

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from detente.relations.series import Act

__all__ = [
    "act_table",
    "event_table",
    "grid",
    "heading",
    "level_table",
    "outlook_view",
    "parties",
    "says",
    "side_style",
    "term_table",
    "trim",
    "turn_view",
]

WIDE = 130
"""From this width on every column stands by itself; below, two share one."""

_MOST_WORDS = 160


def heading(text: str) -> Text:
    """A title line."""
    from rich.text import Text

    return Text(f"\n{line(text)}", style="bold")


_KEPT = ("date", "status", "actor → recipient", "week to", "day", "part", "since", "what")
_LEAST = {"since": 13, "what": 10, "who → whom": 10, "type (mode)": 11}
_FIXED = {"who says so": 16, "publisher": 20}


def grid(*columns: str, right: Sequence[int] = ()) -> Table:
    """An empty table with these column heads; those at `right` hold numbers."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    wide = "words" in columns or any(name.startswith("words,") for name in columns)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False, expand=wide)
    for number, name in enumerate(columns):
        table.add_column(
            Text(name),
            justify="right" if number in right else "left",
            no_wrap=name in _KEPT,
            overflow="fold",
            min_width=_LEAST.get(name),
            width=_FIXED.get(name),
            ratio=1 if name.startswith("words") or name == "document" else None,
        )
    return table


def trim(text: str, most: int = _MOST_WORDS) -> str:
    """The text on one line, safe to print, cut at a word with "…" where it is long.

    >>> trim("one two three", 9)
    'one two…'
    """
    flat = line(text)
    if len(flat) <= most:
        return flat
    cut = flat[:most]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut[:-1]).rstrip(" ,;:") + "…"


def side_style(quad: int) -> str:
    """Colour of an act: blue for cooperation, orange for conflict."""
    return HOSTILE if quad > 2 else COOPERATIVE


def parties(event: Event) -> str:
    """Who acts on whom, by codes.

    >>> from detente.records import Party, Status
    >>> parties(Event("d", 0, 1, "", "CONSULT", (Party("USA", "U.S."),), (Party("COL", "it"),),
    ...     True, Status.ACTUAL, "", 0, 1))
    'COL ↔ USA'
    """
    actor, recipient = "+".join(event.actor_codes), "+".join(event.recipient_codes)
    if event.symmetric:
        everybody = sorted({*event.actor_codes, *event.recipient_codes})
        return " ↔ ".join(everybody) if len(everybody) > 1 else f"{everybody[0]} ↔ ?"
    return f"{actor or '?'} → {recipient or '?'}"


def kind(event: Event) -> str:
    """Type of an event with its modes."""
    return f"{event.event} ({', '.join(event.modes)})" if event.modes else event.event


def says(event: Event) -> str:
    """Who asserts an event."""
    if event.voice is Voice.COMMENTARY:
        return f"commentary: {event.speaker}" if event.speaker else "commentary"
    return event.speaker or "the writer"


def when(event: Event) -> str:
    """The day or days of an event, "no date" where it has none."""
    if event.date is None:
        return "no date"
    return f"{event.date} to {event.date_end}" if event.date_end else event.date


def event_table(events: Sequence[Event], documents: Mapping[str, Document], width: int) -> RenderableType:
    """Events one a row; a narrow table sets status under the date, speaker under the words."""
    from rich.text import Text

    wide = width >= WIDE
    heads = ("actor → recipient", "type (mode)", "words")
    table = (
        grid("date", "status", *heads, "who says so", "publisher")
        if wide
        else grid("date", *heads[:2], "words, who says so, publisher")
    )
    for event in events:
        document = documents.get(event.document)
        publisher = line(document.publisher if document else None) or "?"
        words = Text(trim(event.text))
        who = Text(line(says(event)))
        day = Text(when(event).replace(" to ", "\nto "))
        made = Text(kind(event).replace(" (", "\n("), style=side_style(event.quad))
        sides = Text(parties(event))
        dim = "" if event.status == "actual" and event.voice is not Voice.COMMENTARY else "italic"
        if wide:
            table.add_row(day, Text(event.status, style=dim), sides, made, words, who, publisher)
        else:
            source = "" if publisher == "?" else f" · {publisher}"
            day.append(f"\n{event.status}", style=dim or "dim")
            words.append(f"\n— {who.plain}{source}", style="dim")
            table.add_row(day, sides, made, words)
    return table


def act_table(acts: Sequence[Act], events: Mapping[str, Event]) -> RenderableType:
    """Counted acts one a row: the day, the side, who on whom, the words and the reports."""
    from rich.text import Text

    table = grid("date", "actor → recipient", "act", "words", "reports", right=(4,))
    for act in acts:
        event = events.get(act.events[0])
        day = act.day.isoformat()
        if act.earliest != act.day:
            day = f"{act.earliest}\nto {act.day}"
        sides = f"{act.actor} ↔ {act.recipient}" if act.symmetric else f"{act.actor} → {act.recipient}"
        label = f"{'− ' if act.hostile else '+ '}{act.event}"
        if act.announced:
            label += "\n  announced"
        elif act.modes:
            label += f"\n  ({', '.join(act.modes)})"
        table.add_row(
            Text(day),
            Text(sides),
            Text(label, style=HOSTILE if act.hostile else COOPERATIVE),
            Text(trim(event.text, 120) if event else "?"),
            Text(str(len(act.events))),
        )
    return table


def level_table(levels: Sequence[Level]) -> RenderableType:
    """Levels one week a row: acts a week with the central 80 %."""
    from rich.text import Text

    table = grid("week to", "− hostile", "80 %", "+ cooperative", "80 %", right=(1, 3))
    for level in levels:
        table.add_row(
            Text(level.day.isoformat()),
            Text(f"{level.hostile:.1f}", style=HOSTILE),
            Text(f"{level.hostile_low:.1f} to {level.hostile_high:.1f}"),
            Text(f"{level.cooperative:.1f}", style=COOPERATIVE),
            Text(f"{level.cooperative_low:.1f} to {level.cooperative_high:.1f}"),
        )
    return table


def turn_view(turn: Turn, events: Mapping[str, Event]) -> list[RenderableType]:
    """One turn: sign, word and day; how sure; and the acts that made it."""
    from rich.padding import Padding
    from rich.text import Text

    style = COOPERATIVE if turn.direction == "thaw" else HOSTILE
    head = Text()
    head.append(f"{MARKS[turn.direction]} {turn.direction}", style=f"bold {style}")
    head.append(f" on {turn.day}, {turn.pair[0]} and {turn.pair[1]}")
    if turn.known_on is not None:
        late = (turn.known_on - turn.day).days
        head.append(f"; known since {turn.known_on}")
        if late > 0:
            head.append(f", {late} {'day' if late == 1 else 'days'} later")
    facts = []
    if turn.odds is not None:
        facts.append(f"{turn.odds:g} times likelier than in the pair's own noise")
    if turn.firmness is not None:
        facts.append(f"found again in {turn.firmness:.0%} of random halves of the reports")
    parts: list[RenderableType] = [head]
    for fact in facts:
        parts.append(Padding(Text(fact), (0, 0, 0, 2)))
    if turn.reason:
        parts.append(Padding(Text(f"no odds: {line(turn.reason)}"), (0, 0, 0, 2)))
    table = grid("date", "actor → recipient", "type", "words")
    for name in turn.events:
        event = events.get(name)
        if event is not None:
            table.add_row(
                Text(when(event).replace(" to ", "\nto ")),
                Text(parties(event)),
                Text(event.event, style=side_style(event.quad)),
                Text(trim(event.text, 120)),
            )
    if table.row_count:
        parts.append(Padding(table, (0, 0, 0, 2)))
    return parts


def _value(value: float | str | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return line(value)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def term_table(terms: Iterable[Term], unit: str) -> RenderableType:
    """The parts of a number: what, its value, its share in the `unit` named."""
    from rich.text import Text

    table = grid("part", "value", unit, right=(1, 2))
    for term in terms:
        share = "" if term.contribution is None else f"{term.contribution:+.2f}"
        table.add_row(Text(line(term.name)), Text(_value(term.value)), Text(share))
    return table


_OUTLOOK_WORDS = {
    "thaw": ("the thaw holds for", "own past thaws that held", "like thaws of history that held"),
    "escalation": (
        "a thaw comes within",
        "own past escalations that thawed",
        "like escalations of history that thawed",
    ),
}


def outlook_view(outlook: Outlook) -> list[RenderableType]:
    """An outlook on one scale beside its base rates, then its terms; or why it abstains."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2, 0, 0))
    words = _OUTLOOK_WORDS["escalation" if outlook.question.startswith("escalation") else "thaw"]

    def row(name: str, value: float | None, shown: str, low: float | None, high: float | None) -> None:
        table.add_row(Text(name), Text(shown), Text(scale(value, low, high)))

    if outlook.probability is not None:
        between = ""
        if outlook.low is not None and outlook.high is not None:
            between = f" ({outlook.low:.0%} to {outlook.high:.0%})"
        row(
            f"{words[0]} {outlook.horizon_days} days",
            outlook.probability,
            f"{outlook.probability:.0%}{between}",
            outlook.low,
            outlook.high,
        )
    own = outlook.own_base_rate
    row(words[1], own, "none settled" if own is None else f"{own:.0%}", None, None)
    like = outlook.like_base_rate
    row(words[2], like, "?" if like is None else f"{like:.0%}", None, None)
    table.add_row(Text(""), Text(""), Text("0 %".ljust(36) + "100 %", style="dim"))
    parts: list[RenderableType] = []
    if outlook.probability is None:
        parts.append(Text(f"No probability: {line(outlook.reason)}.", style="bold"))
    parts.append(table)
    if outlook.terms:
        parts.append(Text(""))
        parts.append(term_table(outlook.terms, "log-odds"))
    if outlook.probability is not None:
        parts.append(Text("the log-odds add up to those of the probability", style="dim"))
    parts.append(
        Text(f"{line(outlook.question)} · asked on {outlook.asked_on} · {outlook.model}", style="dim")
    )
    return parts


def day_or(value: date | None, other: str) -> str:
    """A day in ISO form, or another word where there is none."""
    return value.isoformat() if value else other
