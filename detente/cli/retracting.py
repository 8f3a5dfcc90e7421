"""`detente retract`: an article that was withdrawn leaves every figure."""

from __future__ import annotations

from typing import Annotated

import typer

from detente.cli.options import ListFormat, ListFormatOption, StorePath
from detente.cli.output import dump, line, note, show

__all__ = ["retract"]


def retract(
    article: Annotated[
        str | None,
        typer.Argument(
            metavar="[DOCUMENT|URL]",
            help="The id of a document in the store, or its address.",
            show_default=False,
        ),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option("--reason", metavar="TEXT", help="Why, kept with the mark.", show_default=False),
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Let the article count again.")] = False,
    store: StorePath = None,
    format: ListFormatOption = ListFormat.TABLE,
) -> None:
    """Withdraw an article: its reports leave all figures and stories, its text stays with a mark.

    Without an article those that do not count are listed: the withdrawn ones, and the versions that
    a later one took the place of.
    """
    from detente.errors import InputError
    from detente.store import open_store

    if article is None:
        if undo or reason is not None:
            raise InputError("no article is named", todo="give its id or address first")
        return _list(store, format)
    if undo and reason is not None:
        raise InputError("an undone mark has no reason", where="--reason", todo="leave it out")
    with open_store(store) as opened:
        found = opened.named(article)
        if not found:
            raise InputError(
                "no document in the store has this id or address",
                where=article,
                todo="copy the id from detente search --format json",
            )
        marks = opened.marks(found)
        # Of an address with several versions only one can be meant: the one that counts, or did.
        fitting = [id for id in found if (id in marks and marks[id].withdrawn) == undo]
        meant = [id for id in fitting if id not in marks] or fitting
        if not meant:
            what = "was not withdrawn" if undo else "is withdrawn already"
            note(f"{article} {what}; nothing changed")
            return None
        if len(meant) > 1:
            raise InputError(
                f"{len(meant)} documents have this address",
                where=article,
                todo=f"give the id of one: {', '.join(meant)}",
            )
        (document,) = meant
        count = opened.restore(document) if undo else opened.retract(document, reason)
        mark = opened.marks([document]).get(document)
    events = f"{count} event{'' if count == 1 else 's'}"
    if not undo:
        note(f"{document} is withdrawn with {events}; undo it with: detente retract {document} --undo")
    elif mark is None:
        note(f"{document} counts again with {events}")
    else:
        note(f"{document} is no longer withdrawn, but was {mark}")
    return None


def _list(store: StorePath, format: ListFormat) -> None:
    from detente.store import open_store

    with open_store(store) as opened:
        marks = opened.marks()
        documents = {d.id: d for d in opened.documents(ids=list(marks), retracted=None)}
    if format is ListFormat.JSON:
        dump({"schema": "detente.retracted.v1", "documents": list(marks.values())})
    elif format is ListFormat.JSONL:
        for mark in marks.values():
            dump(mark, indent=None)
    elif marks:
        from rich.text import Text

        from detente.cli.tables import day_or, grid

        table = grid("day", "document", "title", "why")
        for id, mark in marks.items():
            document = documents[id]
            table.add_row(
                Text(day_or(document.published, "?")),
                Text(id),
                Text(line(document.title) or "?"),
                Text(line(str(mark)) or "?"),
            )
        show(table)
    else:
        note("every document in the store counts")
