"""`detente code` and `detente read`: files and pages become events, on the screen or in the store."""

from __future__ import annotations

import sys
from collections import Counter
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
    SpeechModel,
    StorePath,
    SureOption,
    day,
)
from detente.cli.output import LeftOut, dump, line, note, write

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from detente.records import Document, Event
    from detente.sources.speech import Hearing

__all__ = ["Passed", "code", "print_events", "read"]

_LONG = (".json", ".jsonl", ".csv", ".pdf", ".warc", ".opml")  # one file of these can take a while

Files = Annotated[
    list[str],
    typer.Argument(
        metavar="PLACE…",
        help="What to read, mixed: web addresses, files (.txt .md .html .pdf .json .jsonl .csv .vtt .srt"
        " .rss .atom .xml .opml .warc, also with .gz; audio and video with the extra speech), folders,"
        " patterns in quotes, or - for the standard input.",
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
    sure: SureOption = None,
    speech_model: SpeechModel = None,
) -> None:
    """Code files and pages and print their events: who did what to whom, when, who says so, in which
    words.

    Nothing is kept; detente read keeps. What cannot be read is listed at the end and the others are
    still coded. Texts in a language that the coder does not know are counted and not coded.
    """
    when = day(published, "--published")
    from detente.api import coder_of
    from detente.keeping import languages_of
    from detente.sources.languages import with_language

    left, coder = LeftOut(), coder_of(coder_name, sure)
    known, passed = languages_of(coder), Passed()
    events: list[Event] = []
    documents: dict[str, Document] = {}
    undated = 0
    for given in _documents(files, when, left, passed, speech_model):
        document = with_language(given)
        if document.language is not None and document.language not in known:
            left.read += 1
            passed.uncoded[document.language] += 1
            continue
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
    passed.tell("not coded")
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
    sure: SureOption = None,
    speech_model: SpeechModel = None,
) -> None:
    """Code files and pages and keep them with their events in the store; what is there already is not
    added.

    What cannot be read is listed at the end and noted in the store, and the rest is kept. Texts in a
    language that the coder does not know are kept, counted and not coded.
    """
    when = day(published, "--published")
    from detente.api import coder_of
    from detente.keeping import keep
    from detente.store import Failure, open_store

    left, passed = LeftOut(), Passed()
    now = datetime.now(UTC)
    with open_store(store) as opened:
        handed: list[str] = []
        try:
            found = _documents(files, when, left, passed, speech_model)
            documents = _noted(found, handed)
            kept = keep(opened, documents, coder_of(coder_name, sure), retrieved=now)
        except KeyboardInterrupt:
            count = len(opened.documents(ids=handed, retracted=None))
            note(
                f"stopped; {count} of these documents are kept in {opened.where};"
                " the same command goes on from there"
            )
            raise typer.Exit(3 if count else 1) from None
        added = kept.added
        passed.uncoded.update(kept.uncoded)
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
                "not_coded": dict(sorted(passed.uncoded.items())),
                "passed_over": dict(sorted(passed.skipped.items())),
                "left_out": left.reasons,
            }
        )
    else:
        write(
            f"{added.documents} new document{'' if added.documents == 1 else 's'} with"
            f" {added.events} event{'' if added.events == 1 else 's'};"
            f" {added.already} already there; kept in {line(where)}\n"
        )
        passed.tell("kept but not coded")
    raise typer.Exit(left.finish())


class Passed:
    """What was no fault and gave no events: texts in other languages, and what has no words."""

    def __init__(self) -> None:
        self.uncoded: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()

    def skip(self, place: str, reason: str) -> None:
        """Note that something is no document, and why."""
        self.skipped[reason] += 1

    def tell(self, done: str) -> None:
        """Say on stderr how many there were, and what was `done` with the uncoded ones."""
        if self.uncoded:
            from detente.sources.languages import counted

            one = self.uncoded.total() == 1
            note(
                f"{counted(self.uncoded)} {'is' if one else 'are'} {done}:"
                " the coder does not know the language"
            )
        for reason, count in sorted(self.skipped.items()):
            note(f"{count} {'item was' if count == 1 else 'items were'} passed over: {reason}")


def _noted(documents: Iterator[Document], handed: list[str]) -> Iterator[Document]:
    for document in documents:
        handed.append(document.id)
        yield document


def _place(document: Document) -> str:
    return document.title or document.url or document.id


def _documents(
    typed: Sequence[str], when: date | None, left: LeftOut, passed: Passed, model: Path | None
) -> Iterator[Document]:
    """The documents of what was typed in order, with a bar on a terminal where it can take a while."""
    from detente.sources.files import read_all
    from detente.sources.speech import Hearing

    hearing = Hearing(model)
    if not sys.stderr.isatty():
        yield from read_all(typed, left.add, published=when, hearing=hearing, on_skipped=passed.skip)
        return
    from detente.sources.places import HEARD, find_places

    places = list(find_places(typed, left.add, hearing=hearing))
    slow = any(p.kind == "address" or p.ending in (*_LONG, *HEARD) for p in places)
    if len(places) < 2 and not slow:
        names = (p.name for p in places)
        yield from read_all(names, left.add, published=when, hearing=hearing, on_skipped=passed.skip)
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from detente.cli.output import console
    from detente.sources.fetch import Fetcher

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[done]}"),
        TimeElapsedColumn(),
        console=console(stderr=True),
        transient=True,
    )
    with bar, Fetcher() as fetcher:
        total = len(places) if len(places) > 1 else None
        task = bar.add_task("reading", total=total, done="0 documents")
        count = 0
        for number, place in enumerate(places):
            name = {"input": "standard input", "address": place.name}.get(place.kind, Path(place.name).name)
            shown = line(name)[:40]
            bar.update(task, completed=number, description=shown)
            heard = _hear_on(bar, hearing, shown) if place.ending in HEARD else None
            found = read_all(
                [place.name],
                left.add,
                published=when,
                fetcher=fetcher,
                hearing=hearing,
                on_skipped=passed.skip,
            )
            for document in found:
                count += 1
                bar.update(task, done=f"{count} document{'' if count == 1 else 's'}")
                yield document
            if heard is not None:
                bar.remove_task(heard)


def _hear_on(bar: Progress, hearing: Hearing, name: str) -> TaskID:
    """A second bar for the minutes of one file, which may be an hour long."""
    task = bar.add_task(f"hearing {name}", total=None, done="loading the model")

    def told(done: float, total: float) -> None:
        bar.update(task, completed=done, total=total, done=f"{_minutes(done)} of {_minutes(total)}")

    hearing.on_progress = told
    return task


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
