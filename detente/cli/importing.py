"""`detente import`: other people's event data, and our own exports, into the store."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.options import OneFormat, StorePath
from detente.cli.output import LeftOut, dump, line, write

if TYPE_CHECKING:
    from detente.formats.importing import Imported

__all__ = ["ImportFormat", "import_"]


class ImportFormat(StrEnum):
    """The formats that can be imported."""

    GDELT1 = "gdelt1"
    GDELT2 = "gdelt2"
    GDELT2_MENTIONS = "gdelt2-mentions"
    ICEWS = "icews"
    POLECAT = "polecat"
    PLOVER = "plover"
    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


def import_(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE…",
            help="Files of event data, plain, .gz or .zip, or - for the standard input.",
            show_default=False,
        ),
    ],
    format: Annotated[
        ImportFormat | None,
        typer.Option(
            "--format",
            "-f",
            help="What the files are; without it, told by their first lines.",
            show_default=False,
        ),
    ] = None,
    report: Annotated[
        OneFormat, typer.Option("--report", help="How to print what was done: table or json.")
    ] = OneFormat.TABLE,
    store: StorePath = None,
) -> None:
    """Keep rows of GDELT, ICEWS, POLECAT or PLOVER files, or exported events, in the store.

    Rows keep their own codes beside ours. A wrong row is counted, the first twenty are listed, and
    the others are kept; what is there already is not added again.
    """
    from detente.errors import FileError, FormatError
    from detente.formats.importing import import_file
    from detente.store import open_store

    left, done = LeftOut(), []
    now = datetime.now(UTC)
    with open_store(store) as opened:
        for path in files:
            try:
                with _progress(path) as told:
                    made = import_file(opened, path, format.value if format else None, at=now, progress=told)
            except (FileError, FormatError) as error:
                left.add(error)
                continue
            done.append(made)
            left.read += made.rows > made.wrong
            if report is OneFormat.TABLE:
                _tell(made)
        where = opened.where
    if report is OneFormat.JSON:
        dump({"schema": "detente.import.v1", "store": where, "files": done, "left_out": left.reasons})
    for made in done:
        for fault in made.first_wrong:
            left.add(f"{made.place} line {fault.line}: {fault.reason}")
        more = made.wrong - len(made.first_wrong)
        if more:
            left.add(f"{made.place}: {more} more rows")
    raise typer.Exit(left.finish())


def _tell(made: Imported) -> None:
    wrong = f"; {made.wrong} wrong, left out" if made.wrong else ""
    write(f"{line(made.place)}: {made.format}, {made.rows} rows, {made.new} new{wrong}\n")


@contextmanager
def _progress(path: str) -> Iterator[Callable[[int], None] | None]:
    """A count of rows on a terminal, for a file can have millions."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from detente.cli.output import console

    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description} {task.fields[rows]:,} rows"),
        TimeElapsedColumn(),
        console=console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task(line(Path(path).name)[:40], total=None, rows=0)
        yield lambda rows: bar.update(task, rows=rows)
