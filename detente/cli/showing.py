"""`detente events`, `search` and `export`: what the store holds."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.options import (
    EventFormat,
    EventFormatOption,
    ListFormat,
    ListFormatOption,
    Since,
    StorePath,
    Until,
    day,
)
from detente.cli.output import dump, line, note, show
from detente.records import Status, Voice

if TYPE_CHECKING:
    from detente.records import Event
    from detente.store import Store

__all__ = ["ExportFormat", "events", "export", "search"]

Parties = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PARTY] [PARTY]",
        help="One party, or the two of a pair: code, name or demonym.",
        show_default=False,
    ),
]
Types = Annotated[
    list[str] | None,
    typer.Option(
        "--type",
        metavar="TYPE",
        help="PLOVER type, e.g. THREATEN; may be repeated.",
        show_default=False,
    ),
]
Statuses = Annotated[
    list[Status] | None,
    typer.Option("--status", help="How real the act is; may be repeated.", show_default=False),
]
Voices = Annotated[
    list[Voice] | None,
    typer.Option("--voice", help="Who asserts it; may be repeated.", show_default=False),
]
Words = Annotated[
    str | None,
    typer.Option("--text", metavar="WORDS", help="Words its evidence holds.", show_default=False),
]
EventsAsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DAY",
        help="Use only what was published on this day or before.",
        show_default=False,
    ),
]


def events(
    parties: Parties = None,
    type: Types = None,
    status: Statuses = None,
    voice: Voices = None,
    since: Since = None,
    until: Until = None,
    as_of: EventsAsOf = None,
    text: Words = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="At most so many.", show_default=False)
    ] = None,
    withdrawn: Annotated[
        bool,
        typer.Option(
            "--withdrawn",
            help="List instead what articles told that were withdrawn or replaced by a later version.",
        ),
    ] = False,
    sql: Annotated[
        str | None,
        typer.Option(
            "--sql",
            metavar="QUERY",
            help="Ask in SQL instead (DuckDB, read-only): tables events, parties, documents, stories.",
            show_default=False,
        ),
    ] = None,
    store: StorePath = None,
    format: EventFormatOption = EventFormat.TABLE,
) -> None:
    """List the events in the store, oldest first, with the words they were coded from.

    With one party its acts on either side are listed, with two the acts between them.
    """
    from detente.cli.reading import print_events
    from detente.store import open_store

    if sql is not None:
        from detente.cli.asking import answer
        from detente.errors import InputError

        if any((parties, type, status, voice, since, until, as_of, text, withdrawn)):
            raise InputError("a query filters by itself", where="--sql", todo="put it in its WHERE")
        return answer(sql, store, format, limit)
    with open_store(store) as opened:
        found = select(
            opened,
            parties or [],
            types=type,
            status=status,
            voice=voice,
            since=since,
            until=until,
            as_of=as_of,
            text=text,
            retracted=withdrawn,
        )[:limit]
        ids = sorted({e.document for e in found})
        documents = {d.id: d for d in opened.documents(ids=ids, retracted=withdrawn)}
        marks = opened.marks(ids) if withdrawn else {}
        if not found:
            explain_nothing(opened)
    print_events(found, documents, format)
    for id, mark in marks.items():
        note(f"{id} does not count: {mark}")
    return None


def select(
    store: Store,
    parties: list[str],
    *,
    types: list[str] | None,
    status: list[Status] | None,
    voice: list[Voice] | None,
    since: str | None,
    until: str | None,
    as_of: str | None,
    text: str | None,
    retracted: bool = False,
) -> list[Event]:
    """The events that meet the filters as typed; errors say which filter is wrong."""
    from detente.api import actor_code
    from detente.codebook import codebook
    from detente.errors import InputError

    if len(parties) > 2:
        raise InputError(
            f"{len(parties)} parties were given",
            todo="give one or two; put quotation marks around a name of several words",
        )
    names = [name.upper() for name in types or ()]
    for name in names:
        if name not in codebook().types:
            raise InputError(
                f"{name!r} is no PLOVER event type",
                where="--type",
                todo=f"write one of {', '.join(sorted(codebook().types))}",
            )
    codes = [actor_code(p) for p in parties]
    first, last, known = day(since, "--since"), day(until, "--until"), day(as_of, "--as-of")

    def ask(
        *,
        pair: tuple[str, str] | None = None,
        actor: str | None = None,
        recipient: str | None = None,
    ) -> list[Event]:
        return store.events(
            pair=pair,
            actor=actor,
            recipient=recipient,
            event=names or None,
            status=status or None,
            voice=voice or None,
            since=first,
            until=last,
            as_of=known,
            text=text,
            retracted=retracted,
        )

    if len(codes) == 2:
        return ask(pair=(codes[0], codes[1]))
    if not codes:
        return ask()
    both = {e.id: e for e in [*ask(actor=codes[0]), *ask(recipient=codes[0])]}
    return sorted(both.values(), key=lambda e: (e.date is None, e.date or "", e.document, e.start, e.id))


def explain_nothing(store: Store) -> None:
    """Say on stderr whether the store is empty or only the filters found nothing."""
    if store.documents(limit=1):
        note(f"nothing in {store.where} meets all of that; leave out a filter")
    else:
        note(f"the store {store.where} is empty; type: detente read FILE, or try detente demo")


def search(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WORDS…",
            help="All of them must stand in the document; quote a phrase to keep it together.",
            show_default=False,
        ),
    ],
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many documents.")] = 20,
    store: StorePath = None,
    format: ListFormatOption = ListFormat.TABLE,
) -> None:
    """Find documents in the store by their words, the best match first."""
    from detente.store import open_store

    query = " ".join(f'"{w}"' if " " in w and '"' not in w else w for w in words)
    marks = ("[", "]") if format is not ListFormat.TABLE else ("\ue000", "\ue001")
    with open_store(store) as opened:
        hits = opened.search(query, limit, marks=marks)
        if not hits:
            explain_nothing(opened)
    if format is ListFormat.JSON:
        dump({"schema": "detente.search.v1", "query": query, "hits": hits})
    elif format is ListFormat.JSONL:
        for hit in hits:
            dump(hit, indent=None)
    elif hits:
        from rich.text import Text

        from detente.cli.tables import day_or, grid

        table = grid("day", "document", "words", "events", right=(3,))
        for hit in hits:
            shown = Text()
            for number, part in enumerate(line(hit.snippet).split("\ue000")):
                inside, _, after = part.partition("\ue001") if number else ("", "", part)
                shown.append(f"[{inside}]" if inside else "", style="bold")
                shown.append(after)
            title = Text(line(hit.title) or hit.document)
            title.append(f"\n{line(hit.publisher) or '?'}", style="dim")
            table.add_row(Text(day_or(hit.published, "?")), title, shown, Text(str(len(hit.events))))
        show(table)
        note(f"{len(hits)} document{'' if len(hits) == 1 else 's'}")


class ExportFormat(StrEnum):
    """The layouts of files that events are written in."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    PLOVER = "plover"
    POLECAT = "polecat"
    GDELT2 = "gdelt2"
    SQLITE = "sqlite"
    JSONLD = "jsonld"
    ATOM = "atom"


_ENDINGS = {
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".sqlite": "sqlite",
    ".jsonld": "jsonld",
    ".atom": "atom",
}


def export(
    parties: Parties = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE", help="The file to write.", show_default=False),
    ] = None,
    format: Annotated[
        ExportFormat | None,
        typer.Option(
            "--format",
            "-f",
            help="The layout; without it, by the end of the file's name.",
            show_default=False,
        ),
    ] = None,
    type: Types = None,
    status: Statuses = None,
    voice: Voices = None,
    since: Since = None,
    until: Until = None,
    as_of: EventsAsOf = None,
    text: Words = None,
    imported: Annotated[
        bool,
        typer.Option(
            "--imported",
            help="Write the events that were imported without their documents instead.",
        ),
    ] = False,
    store: StorePath = None,
) -> None:
    """Write events of the store to a file, and say what its layout cannot hold.

    Without --to the events go to the standard output; parquet and sqlite need a file.
    """
    import sys

    from detente import formats
    from detente.errors import InputError
    from detente.store import open_store

    name = format.value if format else _ENDINGS.get(to.suffix.lower()) if to else None
    if name is None:
        raise InputError(
            "no layout is given" if to is None else f"{to.name!r} does not tell the layout",
            where="--format",
            todo=f"write one of {', '.join(formats.names())}",
        )
    if to is None and formats.find(name).binary:
        raise InputError(f"{name} is no text", where="--to", todo=f"name a file, e.g. --to events.{name}")
    chosen = (parties, type, status, voice, since, until, as_of, text)
    if imported and any(chosen):
        raise InputError("imported events are written all", where="--imported", todo="give it alone")
    with open_store(store) as opened:
        if imported:
            from detente.formats.own import originals

            found = list(originals(opened.imported(scheme="detente")))
        else:
            found = select(
                opened,
                parties or [],
                types=type,
                status=status,
                voice=voice,
                since=since,
                until=until,
                as_of=as_of,
                text=text,
            )
        documents = {d.id: d for d in opened.documents(ids=sorted({e.document for e in found}))}
        if not found:
            explain_nothing(opened)
    if to is None:
        for chunk in formats.find(name).write(found, documents):
            sys.stdout.write(chunk.decode("utf-8"))
    else:
        count = formats.export(found, documents, name, to)
        note(f"{count} event{'' if count == 1 else 's'} written to {to} as {name}")
    lost = formats.losses(name)
    if lost:
        note(f"{name} cannot hold:")
        for what in lost:
            note(f"  - {what}")
