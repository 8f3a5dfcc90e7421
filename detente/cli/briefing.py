"""`detente brief`: what is known of a pair, every sentence with its evidence."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.cli.options import AsOf, Days, StorePath, today
from detente.cli.output import clean, dump, show, write
from detente.cli.pairs import One, Other, known_of

if TYPE_CHECKING:
    from rich.console import RenderableType

    from detente.api import Dossier
    from detente.records import Brief

__all__ = ["BriefFormat", "brief", "brief_of", "brief_record", "brief_view"]


_MOST_MARKS = 12
_SHORT = 12


class BriefFormat(StrEnum):
    """How a brief is printed."""

    TABLE = "table"
    MARKDOWN = "markdown"
    JSON = "json"


def brief(
    one: One,
    other: Other,
    days: Days = 30,
    as_of: AsOf = None,
    store: StorePath = None,
    format: Annotated[
        BriefFormat,
        typer.Option("--format", "-f", help="How to print: table, markdown for a file, json."),
    ] = BriefFormat.TABLE,
) -> None:
    """Write down what is known of a pair: every sentence stands on numbered evidence below it.

    A sentence that its evidence does not bear is dropped, and listed with the reason.
    """
    known = known_of(store, one, other, today(as_of))
    if format is BriefFormat.JSON:
        dump(brief_record(known, days))
    elif format is BriefFormat.MARKDOWN:
        write(clean(markdown_of(known, days)))
    else:
        show(*brief_view(known, days))


def brief_of(known: Dossier, days: int) -> Brief:
    """The brief of a dossier, looking so many days back."""
    from detente.api import brief_of_dossier

    return brief_of_dossier(known, days)


def brief_record(known: Dossier, days: int) -> dict[str, Any]:
    """A brief as one object."""
    return {"schema": "detente.brief.v1", "days": days, "brief": brief_of(known, days)}


def markdown_of(known: Dossier, days: int) -> str:
    """A brief as Markdown, with its evidence."""
    from detente.briefs import markdown

    by_id = {e.id: e for e in known.events}
    return markdown(brief_of(known, days), by_id, known.documents)


def ranges(numbers: Iterable[int]) -> str:
    """Numbers in order, runs of three or more drawn together.

    >>> ranges([9, 1, 2, 3])
    '1–3, 9'
    """
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{r[0]}–{r[-1]}" if len(r) > 2 else ", ".join(map(str, r)) for r in runs)


def brief_view(known: Dossier, days: int, *, short: bool = False) -> list[RenderableType]:
    """A brief for people: its lines by section with numbers, then the evidence by number.

    `short` shows the first pieces of evidence only.
    """
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from detente.cli.tables import day_or, heading, parties, says, trim, when

    made = brief_of(known, days)
    by_id = {e.id: e for e in known.events}
    numbers: dict[str, int] = {}
    parts: list[RenderableType] = []
    section = None
    for told in made.lines:
        if told.section != section:
            section = told.section
            parts.append(heading(section[:1].upper() + section[1:]))
        here = [numbers.setdefault(e, len(numbers) + 1) for e in told.events[:_MOST_MARKS]]
        text = Text(f"• {trim(told.text, 1000)}")
        more = len(told.events) - len(here)
        marks = ranges(here) + (f" and {more} more" if more else "")
        text.append(f" [{marks}]" if here else "", style="dim")
        parts.append(text)
    if not made.lines:
        parts.append(Text("Nothing is known that a brief could stand on."))
    if numbers:
        parts.append(heading("Evidence"))
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(justify="right", no_wrap=True)
        table.add_column()
        listed = list(numbers.items())
        for name, number in listed[:_SHORT] if short else listed:
            event = by_id.get(name)
            if event is None:
                table.add_row(Text(f"[{number}]"), Text(name))
                continue
            document = known.documents.get(event.document)
            source = trim(document.publisher or "?") if document else "?"
            day = day_or(document.published if document else None, "?")
            told_by = Text(f"“{trim(event.text, 240)}”")
            told_by.append(
                f"\n{event.event} {parties(event)} · {when(event)} · {event.status} ·"
                f" {trim(says(event))} · {source}, {day}",
                style="dim",
            )
            table.add_row(Text(f"[{number}]"), told_by)
        parts.append(table)
        if short and len(listed) > _SHORT:
            parts.append(Text(f"{len(listed) - _SHORT} more with the command above", "dim"))
    if made.dropped:
        parts.append(heading("Dropped: not borne by the evidence"))
        for told in made.dropped:
            parts.append(Text(trim(told.text, 1000)))
            parts.append(Padding(Text(trim(told.reason or "", 300), style="dim"), (0, 0, 0, 2)))
    return parts
