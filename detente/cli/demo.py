"""`detente demo`: the bundled storyline from text to brief, each part under its command."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from detente.cli.options import OneFormat, OneFormatOption, StorePath
from detente.cli.output import dump, line, note

if TYPE_CHECKING:
    from rich.console import Console

    from detente.api import Dossier
    from detente.records import Document
    from detente.store import Store

__all__ = ["demo", "storyline"]

PAIR = ("USA", "COL")
_LATEST_DAYS = 4


def demo(store: StorePath = None, format: OneFormatOption = OneFormat.TABLE) -> None:
    """Read the bundled storyline on the United States and Colombia and show what comes of it.

    Events, the timeline, the turn of 7 January 2026, positions and the reversal, the outlook, the
    brief. Without --store the store is a temporary one and is gone afterwards.
    """
    from detente.api import dossier
    from detente.coding.coder import default_coder
    from detente.keeping import keep
    from detente.store import open_store

    with ExitStack() as stack:
        path = store
        if path is None:
            folder = stack.enter_context(TemporaryDirectory(prefix="detente-demo-"))
            path = Path(folder) / "demo.sqlite"
        opened = stack.enter_context(open_store(path))
        documents = storyline()
        # As `detente read` does it, but with the time of reading left out: the same demo on every day.
        added = keep(opened, documents, default_coder(), retrieved=None).added
        if added.failures:
            note(f"left out: {added.failures[0].place}: {added.failures[0].reason}")
        last = max(d.published for d in documents if d.published)
        known = dossier(opened, PAIR, last)
        if format is OneFormat.JSON:
            dump(_record(known))
            return
        _show(known, opened, documents, store)


def storyline() -> list[Document]:
    """The bundled dispatches, oldest first.

    >>> len(storyline()) >= 12
    True
    """
    from detente.sources.files import read

    folder = resources.files("detente") / "data" / "demo"
    with resources.as_file(folder) as at:
        found = [d for file in sorted(at.glob("*.json")) for d in read(file)]
    return sorted(found, key=lambda d: (d.published is None, d.published or 0, d.id))


def _record(known: Dossier) -> dict[str, Any]:
    """The whole demo as one object."""
    from detente.cli.briefing import brief_record
    from detente.cli.pairs import outlook_record, positions_record
    from detente.cli.timeline import dyad_record
    from detente.formats.jsonl import to_record

    return {
        "schema": "detente.demo.v1",
        "events": [to_record(e) for e in known.events],
        "dyad": dyad_record(known),
        "positions": positions_record(known),
        "outlook": outlook_record(known),
        "brief": brief_record(known, 30),
    }


def _show(known: Dossier, opened: Store, documents: list[Document], store: Path | None) -> None:

    from detente.cli.briefing import brief_view
    from detente.cli.output import console
    from detente.cli.pairs import outlook_record, position_view, turns_of
    from detente.cli.tables import event_table, outlook_view, turn_view
    from detente.cli.timeline import timeline_view

    out = console()
    where = f" --store {line(str(store))}" if store else ""
    day = f" --as-of {known.as_of}"
    out.print(
        f"{len(documents)} dispatches, {documents[0].published} to {known.as_of}, written for this"
        f" demo from public facts; {len(known.events)} events between {PAIR[0]} and {PAIR[1]}."
    )
    since = known.as_of - timedelta(days=_LATEST_DAYS)
    _part(out, "The events, each with its words", f"detente events USA COL --since {since}{where}")
    out.print(event_table(opened.events(pair=PAIR, since=since), known.documents, out.width))
    _part(out, "The timeline and its levels", f"detente dyad USA COL{day}{where}")
    for part in timeline_view(known, out.width):
        out.print(part)
    _part(out, "The turn", f"detente turns USA COL{day}{where}")
    by_id = {e.id: e for e in known.events}
    turns = turns_of(known)
    for turn in turns:
        for part in turn_view(turn, by_id):
            out.print(part)
    if not turns:
        out.print("No turn that beats chance.")
    _part(out, "Positions and reversals", f"detente positions USA COL{day}{where}")
    for part in position_view(known, short=True):
        out.print(part)
    _part(out, "Will it hold?", f"detente outlook USA COL{day}{where}")
    for part in outlook_view(outlook_record(known)["outlook"]):
        out.print(part)
    _part(out, "The brief", f"detente brief USA COL --days 30{day}{where}")
    for part in brief_view(known, 30, short=True):
        out.print(part)
    if store is None:
        note(
            "to try the commands on this storyline: detente demo --store demo.sqlite, and give"
            " --store demo.sqlite to each"
        )


def _part(out: Console, title: str, command: str) -> None:
    """The head of a part: what it shows, and the command that shows it."""
    from rich.rule import Rule
    from rich.text import Text

    out.print()
    out.print(Rule(Text(title, style="bold"), align="left", style="dim"))
    out.print(Text(f"$ {command}", style="dim"))
    out.print()
