"""The options that commands share, and how a typed day or country becomes a value."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from detente.errors import DateError

__all__ = [
    "AsOf",
    "CoderOption",
    "Days",
    "EventFormat",
    "EventFormatOption",
    "ListFormat",
    "ListFormatOption",
    "OneFormat",
    "OneFormatOption",
    "Since",
    "StorePath",
    "SureOption",
    "Until",
    "day",
    "examples",
    "today",
]


class EventFormat(StrEnum):
    """How coded events are printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    PLOVER = "plover"


class ListFormat(StrEnum):
    """How a list is printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"


class OneFormat(StrEnum):
    """How one thing is printed."""

    TABLE = "table"
    JSON = "json"


CoderOption = Annotated[
    str,
    typer.Option(
        "--coder", metavar="NAME", help="Who codes: auto (the best that ships) or rules (without a model)."
    ),
]
SureOption = Annotated[
    float | None,
    typer.Option(
        "--sure",
        metavar="SHARE",
        help="Tell only acts that are right with this probability, 0 to 1: higher is more precise and tells"
        " less. Without it, the best balance.",
        show_default=False,
    ),
]
_HELP = "How to print: table for people, the others for programs."

EventFormatOption = Annotated[EventFormat, typer.Option("--format", "-f", help=_HELP)]
ListFormatOption = Annotated[ListFormat, typer.Option("--format", "-f", help=_HELP)]
OneFormatOption = Annotated[OneFormat, typer.Option("--format", "-f", help=_HELP)]
StorePath = Annotated[
    Path | None,
    typer.Option(
        "--store",
        metavar="PATH",
        help="The file that keeps documents and events; without it, one in your data folder.",
        show_default=False,
    ),
]
SpeechModel = Annotated[
    Path | None,
    typer.Option(
        "--speech-model",
        metavar="FOLDER",
        envvar="DETENTE_SPEECH_MODEL",
        help="A model in faster-whisper's layout, to hear audio and video with (the extra speech).",
        show_default=False,
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DAY",
        help="Use only what was published on this day or before; without it, today.",
        show_default=False,
    ),
]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="DAY", help="Leave out what lies before.", show_default=False),
]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="DAY", help="Leave out what lies after.", show_default=False),
]
Days = Annotated[int, typer.Option("--days", min=1, help="How many days back the brief looks.")]


def day(value: str | None, option: str) -> date | None:
    """The day of an option as typed; `DateError` names the option.

    >>> day("2026-01-08", "--as-of")
    datetime.date(2026, 1, 8)
    """
    if value is None:
        return None
    from detente.sources.text import parse_date

    try:
        return parse_date(value)
    except DateError as error:
        raise DateError(value, where=option) from error


def today(as_of: str | None) -> date:
    """The day of `--as-of`, else this day: the one place where the clock is asked for a day."""
    return day(as_of, "--as-of") or date.today()


def examples(*lines: str) -> str:
    """Examples for the end of a command's help, one a line.

    >>> print(examples("detente demo"))
    [bold]Example[/bold]
    <BLANKLINE>
    $ detente demo
    """
    title = "Example" if len(lines) == 1 else "Examples"
    shown = (line.replace("[", "\\[") for line in lines)
    return "\n\n".join([f"[bold]{title}[/bold]", *(f"$ {line}" for line in shown)])
