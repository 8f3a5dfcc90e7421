"""The application: which commands there are, and what an error looks like."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

# Our matrices are small: one thread multiplies them faster than two that wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from detente.cli import (
    alerting,
    assisting,
    briefing,
    correcting,
    demo,
    explaining,
    history,
    importing,
    measuring,
    pairs,
    questioning,
    reading,
    relating,
    retracting,
    serving,
    showing,
    timeline,
    watching,
)
from detente.cli.options import examples
from detente.cli.output import note
from detente.errors import DetenteError, FileError, InputError

__all__ = ["app", "main", "run"]

_INTERRUPTED = 130  # what typer gives for Ctrl-C

app = typer.Typer(
    name="detente",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Read the news and keep the record of how states treat each other: who did what to whom,"
    " when, who says so, in which words.",
    epilog=examples("detente demo", "detente code article.txt --published 2026-01-08"),
    context_settings={"help_option_names": ["--help", "-h"]},
)


@app.callback(invoke_without_command=False)
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)
    ] = False,
) -> None:
    if version:
        from detente import __version__

        sys.stdout.write(f"detente {__version__}\n")
        raise typer.Exit


def _command(function: Callable[..., None], panel: str, *lines: str, name: str | None = None) -> None:
    """Add a command; its help is the function's docstring with every paragraph on one line."""
    told = "\n\n".join(" ".join(part.split()) for part in (function.__doc__ or "").split("\n\n"))
    app.command(name, help=told, rich_help_panel=panel, epilog=examples(*lines))(function)


_command(
    reading.code,
    "From text to events",
    "detente code article.txt --published 2026-01-08",
    "cat article.html | detente code - --format jsonl > events.jsonl",
)
_command(
    reading.read,
    "From text to events",
    "detente read articles/*.txt --published 2026-01-08",
    "detente read wire.jsonl --store news.sqlite",
)
_command(
    explaining.explain,
    "From text to events",
    "detente explain article.txt --published 2026-01-08",
    "detente explain article.txt --sentence 2 --published 2026-01-08",
)
_command(
    relating.relate,
    "From text to events",
    "detente relate pairs.tsv > relations.tsv",
    "detente relate pairs.tsv --none > relations.tsv",
)
_command(
    showing.events,
    "What the store holds",
    "detente events USA COL --since 2026-01-01",
    "detente events Colombia --type THREATEN --status actual --format json",
)
_command(
    showing.search,
    "What the store holds",
    'detente search "White House" meeting',
    "detente search visa --format json",
)
_command(
    showing.export,
    "What the store holds",
    "detente export --to events.csv",
    "detente export USA COL --to usa-col.jsonl --format plover",
)
_command(
    retracting.retract,
    "What the store holds",
    'detente retract https://example.org/visit --reason "the paper withdrew it"',
    "detente retract https://example.org/visit --undo",
)
_command(
    correcting.correct,
    "What the store holds",
    'detente correct 1f0c9a2be4d5a687 --type SANCTION --reason "an embargo" --by Ana',
    "detente correct --list",
)
_command(
    importing.import_,
    "From text to events",
    "detente import 20260108120000.export.CSV.zip",
    "detente import events.2018.tab polecat.txt --store history.sqlite",
    name="import",
)
_command(
    watching.watch,
    "From text to events",
    "detente watch watch.toml",
    "detente watch watch.toml --once --store news.sqlite",
)
_command(
    timeline.dyad,
    "How a pair stands",
    "detente dyad USA COL --as-of 2026-01-08",
    "detente dyad USA Colombia --since 2025-09-01 --why 2026-01-07",
)
_command(pairs.turns, "How a pair stands", "detente turns", "detente turns USA COL --as-of 2026-01-08")
_command(
    pairs.positions,
    "How a pair stands",
    "detente positions USA COL",
    "detente positions USA COL --format json",
)
_command(
    pairs.outlook,
    "How a pair stands",
    "detente outlook USA COL --horizon 90 --as-of 2026-01-08",
)
_command(
    history.pairs,
    "How a pair stands",
    "detente pairs --by change",
    "detente pairs COL --as-of 2026-01-08",
)
_command(
    history.forecast,
    "Outlooks held to account",
    "detente forecast USA COL --horizon 90 --as-of 2026-01-08",
)
_command(history.score, "Outlooks held to account", "detente score", "detente score --format json")
_command(
    history.backtest,
    "Outlooks held to account",
    "detente backtest --history events.parquet --question thaw --horizon 90 --train-until 2021-06-30",
    "detente backtest --history events.parquet --train-until 2021-06-30 --plot reliability.svg",
)
_command(
    briefing.brief,
    "How a pair stands",
    "detente brief USA COL --days 30 --as-of 2026-01-08",
    "detente brief --day 2026-01-08 --to morning.html",
    "detente brief --article article.txt --published 2026-01-08",
)
_command(
    serving.serve,
    "The desk",
    "detente serve --store demo.sqlite",
    "detente serve --host 0.0.0.0 --port 8200",
)
_command(
    assisting.mcp,
    "The desk",
    "detente mcp --store demo.sqlite",
    "detente mcp --http --port 8201",
)
app.add_typer(alerting.alerts_app, name="alerts", rich_help_panel="From text to events")
app.add_typer(serving.token_app, name="token", rich_help_panel="The desk")
_command(
    questioning.ask,
    "What the store holds",
    'detente ask "Has Colombia recalled its ambassador since January?"',
    'detente ask "And when?" --after last',
)
_command(demo.demo, "More", "detente demo", "detente demo --store demo.sqlite")
_command(
    measuring.evaluate,
    "More",
    "detente eval quality/gold",
    "detente eval my-articles.jsonl --format json",
    name="eval",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code: 0 done, 1 failed, 2 wrong usage, 3 done in part."""
    command = typer.main.get_command(app)
    try:
        result = command.main(
            args=None if arguments is None else list(arguments),
            prog_name="detente",
            standalone_mode=False,
        )
        sys.stdout.flush()
    except DetenteError as error:
        note(f"detente: {error}")
        return 2 if isinstance(error, InputError) and not isinstance(error, FileError) else 1
    except BrokenPipeError:
        # Whoever read our output has enough; Python must not complain about it at the end either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except (KeyboardInterrupt, typer.Abort):
        result = _INTERRUPTED
    except Exception as error:
        return _usage(error)
    if result == _INTERRUPTED:
        note("stopped; nothing of this was kept")
        return 1
    return result if isinstance(result, int) else 0


def _usage(error: Exception) -> int:
    """Wrong usage in one line with the help to ask for; any other error is a fault of ours."""
    say = getattr(error, "format_message", None)
    if say is None:
        raise error
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "detente"
    message = str(say()).rstrip(".")
    if message:
        note(f"detente: {message}; type: {path} --help")
    return int(getattr(error, "exit_code", 2))


def run() -> None:
    """The entry point of the `detente` command."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a letter shows its code, rather than ending the program.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(main())
