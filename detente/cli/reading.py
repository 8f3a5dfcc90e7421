"""`detente code` and `detente read`: files become events, on the screen or in the store."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.cli.options import (
    CoderOption,
    EventFormat,
    EventFormatOption,
    OneFormat,
    OneFormatOption,
    StorePath,
    day,
)
from detente.cli.output import LeftOut, dump, line, note, write

if TYPE_CHECKING:
    from detente.errors import FileError
    from detente.records import Document, Event

__all__ = ["code", "read"]

Files = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE…",
        help="Text (.txt, .md), web pages (.html), documents (.json, .jsonl), or - for the standard input.",
        show_default=False,
    ),
]
Published = Annotated[
    str | None,
    typer.Option(
        "--published",
        metavar="DAY",
        help="Day of publication, YYYY-MM-DD, of files that do not state one.",
        show_default=False,
    ),
]


def code(
    files: Files,
    published: Published = None,
    format: EventFormatOption = EventFormat.TABLE,
    coder_name: CoderOption = "auto",
) -> None:
    """Code files and print their events: who did what to whom, when, who says so, in which words.

    Nothing is kept; detente read keeps. A file that cannot be read is listed at the end and the
    others are still coded.
    """
    when = day(published, "--published")
    from detente.api import coder_of

    left, coder = LeftOut(), coder_of(coder_name)
    events: list[Event] = []
    documents: dict[str, Document] = {}
    undated = 0
    for document in _documents(files, when, left):
        try:
            found = list(coder.code(document))
        except Exception as error:  # one document must not cost the others
            left.add(f"{_place(document)}: it cannot be coded ({type(error).__name__}: {error})")
            continue
        left.read += 1
        undated += document.published is None and bool(found)
        if format is EventFormat.JSONL:
            print_events(found, {document.id: document}, format)
            continue
        events += found
        documents[document.id] = document
    if format is not EventFormat.JSONL and (left.read or format is not EventFormat.TABLE):
        print_events(events, documents, format)
        if not events:
            note("no act between political actors was found")
    if undated:
        note(
            f"{undated} {'document has' if undated == 1 else 'documents have'} no day of"
            " publication, so words such as Friday stay open; give --published YYYY-MM-DD"
        )
    raise typer.Exit(left.finish())


def print_events(events: Sequence[Event], documents: dict[str, Document], format: EventFormat) -> None:
    """Events in any of the formats of a list of events, to stdout."""
    from detente.formats.jsonl import to_record

    if format is EventFormat.JSONL:
        for event in events:
            dump(to_record(event), indent=None)
    elif format is EventFormat.JSON:
        dump(
            {
                "schema": "detente.events.v1",
                "events": [to_record(e) for e in events],
                "documents": {name: _about(d) for name, d in sorted(documents.items())},
            }
        )
    elif format is EventFormat.TABLE:
        from detente.cli.output import console
        from detente.cli.tables import event_table

        if events:
            out = console()
            out.print(event_table(events, documents, out.width))
            reports = f"{len(documents)} document{'' if len(documents) == 1 else 's'}"
            note(f"{len(events)} event{'' if len(events) == 1 else 's'} in {reports}")
    else:
        from detente.formats import find

        for chunk in find(format.value).write(events, documents):
            sys.stdout.write(chunk.decode("utf-8"))


def _about(document: Document) -> dict[str, Any]:
    return {
        "title": document.title,
        "url": document.url,
        "publisher": document.publisher,
        "published": document.published,
    }


def read(
    files: Files,
    published: Published = None,
    store: StorePath = None,
    format: OneFormatOption = OneFormat.TABLE,
    coder_name: CoderOption = "auto",
) -> None:
    """Code files and keep them with their events in the store; what is there already is not added.

    What cannot be read is listed at the end and noted in the store, and the rest is kept.
    """
    when = day(published, "--published")
    from detente.api import coder_of
    from detente.store import Added, Failure, open_store

    left = LeftOut()
    now = datetime.now(UTC)
    with open_store(store) as opened:
        handed: list[str] = []
        try:
            added = opened.add(_listed(files, when, left, handed), coder_of(coder_name), retrieved=now)
        except KeyboardInterrupt:
            kept = len(opened.documents(ids=handed, retracted=None))
            note(
                f"stopped; {kept} of these documents are kept in {opened.where};"
                " the same command goes on from there"
            )
            raise typer.Exit(3 if kept else 1) from None
        assert isinstance(added, Added)
        for reason in left.reasons:
            place, _, why = reason.partition(": ")
            opened.add_failure(Failure(place, why or reason, at=now))
        left.many(f"{f.place}: {f.reason}" for f in added.failures)
        left.read = added.documents + added.already
        where = opened.where
    if format is OneFormat.JSON:
        dump(
            {
                "schema": "detente.read.v1",
                "store": where,
                "documents": added.documents,
                "already": added.already,
                "events": added.events,
                "left_out": left.reasons,
            }
        )
    else:
        write(
            f"{added.documents} new document{'' if added.documents == 1 else 's'} with"
            f" {added.events} event{'' if added.events == 1 else 's'};"
            f" {added.already} already there; kept in {line(where)}\n"
        )
    raise typer.Exit(left.finish())


def _listed(files: Sequence[str], when: date | None, left: LeftOut, handed: list[str]) -> Iterator[Document]:
    for document in _documents(files, when, left):
        handed.append(document.id)
        yield document


def _place(document: Document) -> str:
    return document.title or document.url or document.id


def _documents(files: Sequence[str], when: date | None, left: LeftOut) -> Iterator[Document]:
    """The documents of the files in order, with a bar on a terminal where it can take a while."""
    from detente.sources.files import read_all

    def fault(error: FileError) -> None:
        left.add(error)

    many = len(files) > 1 or files[0].endswith((".jsonl", ".json"))
    if not many or not sys.stderr.isatty():
        yield from read_all(files, fault, published=when)
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from detente.cli.output import console

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[count]} documents"),
        TimeElapsedColumn(),
        console=console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("reading", total=len(files) if len(files) > 1 else None, count=0)
        count = 0
        for number, path in enumerate(files):
            name = "standard input" if path == "-" else Path(path).name
            bar.update(task, completed=number, description=line(name)[:40])
            for document in read_all([path], fault, published=when):
                count += 1
                bar.update(task, count=count)
                yield document
