"""`detente alerts`: what the watch told of, and a trial of the ways it tells by."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from detente.cli.options import ListFormat, ListFormatOption, StorePath, examples
from detente.cli.output import dump, line, note, show

__all__ = ["alerts_app"]

alerts_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Look at what the watch told of, and try the ways it tells by.",
    epilog=examples("detente alerts test watch.toml", "detente alerts list --format jsonl"),
    context_settings={"help_option_names": ["--help", "-h"]},
)


@alerts_app.command("test", epilog=examples("detente alerts test watch.toml"))
def test(
    file: Annotated[
        str, typer.Argument(metavar="FILE.toml", help="The file that the watch reads.", show_default=False)
    ],
) -> None:
    """Send one alert that calls itself a trial by every way of the file, also in quiet hours."""
    import sys

    from detente.errors import DetenteError
    from detente.watch.alerts import trial
    from detente.watch.settings import load
    from detente.watch.ways import Stream, opened

    settings = load(file)
    now = datetime.now(UTC)
    ways = [opened(one) for one in settings.ways] or [Stream(sys.stdout)]
    failed = 0
    for way in ways:
        try:
            way.send([trial(now)], now)
        except (DetenteError, OSError) as error:
            failed += 1
            note(f"{way.name}: {error}")
        else:
            note(f"{way.name}: sent")
    if failed:
        raise typer.Exit(1 if failed == len(ways) else 3)


@alerts_app.command("list", epilog=examples("detente alerts list", "detente alerts list --format jsonl"))
def list_(
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, the newest first.")] = 50,
    store: StorePath = None,
    format: ListFormatOption = ListFormat.TABLE,
) -> None:
    """List the alerts of the store, the newest first, and whether they went out."""
    from detente.store import open_store
    from detente.store.reading_state import ReadingState

    with open_store(store) as opened:
        found = ReadingState(opened).alerts(limit)
    if format is not ListFormat.TABLE:
        records = [{"id": a.id, **a.body, "handed_over": at} for a, at in found]
        if format is ListFormat.JSON:
            dump({"schema": "detente.alerts.v1", "alerts": records})
        else:
            for record in records:
                dump(record, indent=None)
        return
    if not found:
        show("No alert yet; type: detente watch FILE.toml with rules in it, see docs/watch.md")
        return
    from rich.text import Text

    from detente.cli.tables import grid

    view = grid("date", "rule", "words", "sent")
    for alert, at in found:
        view.add_row(
            str(alert.body.get("at", ""))[:16].replace("T", " "),
            line(alert.rule),
            Text(line(str(alert.body.get("what", alert.subject)))),
            at[:16].replace("T", " ") if at else "waits",
        )
    show(view)
