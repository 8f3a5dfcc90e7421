"""`detente explain`: how each event of a sentence came about, and why other words gave none."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.cli.options import CoderOption, OneFormat, OneFormatOption, day
from detente.cli.output import console, dump, note, plain
from detente.errors import DetenteError, FileError, InputError

if TYPE_CHECKING:
    from detente.coding.coder import RuleCoder
    from detente.coding.explanations import Explanation, Predicate, Sentence
    from detente.records import Document

__all__ = ["explain"]

_SCHEMA = "detente.explain.v1"


def explain(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="One text: a file of any kind that detente code reads, a web address, or - for the standard"
            " input.",
            show_default=False,
        ),
    ],
    sentence: Annotated[
        int | None,
        typer.Option(
            "--sentence",
            metavar="N",
            min=1,
            help="The sentence to explain; without it, all are listed with their numbers.",
            show_default=False,
        ),
    ] = None,
    document: Annotated[
        int | None,
        typer.Option(
            "--document",
            metavar="N",
            min=1,
            help="Which document of a file that holds several.",
            show_default=False,
        ),
    ] = None,
    published: Annotated[
        str | None,
        typer.Option(
            "--published",
            metavar="DAY",
            help="Day of publication, YYYY-MM-DD, of a text that does not state one.",
            show_default=False,
        ),
    ] = None,
    coder_name: CoderOption = "auto",
    format: OneFormatOption = OneFormat.TABLE,
) -> None:
    """Show how each event of a sentence came about: names, tree, speakers, rules, chances; and why other
    words became no event.

    Without --sentence, all sentences are listed with the count of their events and, where one was not
    parsed, why. Nothing is kept.
    """
    when = day(published, "--published")
    from detente.api import coder_of
    from detente.coding.coder import RuleCoder
    from detente.coding.tracing import explain as ask

    coder = coder_of(coder_name)
    if not isinstance(coder, RuleCoder):
        raise InputError(f"the coder {coder.name} cannot be explained", todo="give --coder auto or rules")
    found = ask(_document(file, when, document), coder, sentence)
    _warn(found.document, coder)
    chosen = found.sentences[sentence - 1] if sentence is not None else None
    if format is OneFormat.JSON:
        dump(_record(found, chosen))
        return
    from detente.cli.reasons import list_view, sentence_view

    out = console()
    for part in sentence_view(found, chosen) if chosen is not None else list_view(found):
        out.print(part)
    if chosen is None and found.sentences:
        note(f"for one of them: detente explain {file} --sentence N")


def _document(file: str, when: date | None, number: int | None) -> Document:
    """The one document of a file, or the one of that number."""
    from detente.sources.files import read_all
    from detente.sources.languages import with_language

    def fail(error: DetenteError) -> None:
        raise error

    first: Document | None = None
    count = 0
    for count, found in enumerate(read_all([file], fail, published=when), start=1):
        if count == number:
            return with_language(found)
        if count == 1:
            first = found
    if first is None:
        raise FileError("there is no text to code in it", where=file, todo="give a file with text")
    if number is not None or count > 1:
        raise InputError(f"{file} holds {count} documents", todo=f"give --document 1 to {count}")
    return with_language(first)


def _warn(document: Document, coder: RuleCoder) -> None:
    """Say on stderr what makes the answer less than it could be."""
    from detente.keeping import languages_of
    from detente.sources.languages import language_name

    if document.language is not None and document.language not in languages_of(coder):
        note(
            f"the text is in {language_name(document.language)}, which the coder does not know;"
            " detente code leaves it out"
        )
    elif document.published is None:
        note("no day of publication, so words such as Friday stay open; give --published YYYY-MM-DD")


def _record(found: Explanation, chosen: Sentence | None) -> dict[str, Any]:
    about = found.document
    told: dict[str, Any] = {
        "schema": _SCHEMA,
        "coder": found.coder,
        "document": {
            "id": about.id,
            "title": about.title,
            "url": about.url,
            "publisher": about.publisher,
            "published": about.published,
            "language": about.language,
        },
    }
    if chosen is None:
        told["sentences"] = [_short(s) for s in found.sentences]
    else:
        told["sentence"] = {
            **_short(chosen),
            "unread": chosen.unread,
            "mentions": chosen.mentions,
            "standing": chosen.standing,
            "words": chosen.words,
            "quotes": chosen.quotes,
            "frames": chosen.frames,
            "predicates": [_told(p) for p in chosen.predicates],
        }
    return told


def _short(sentence: Sentence) -> dict[str, Any]:
    return {
        "number": sentence.number,
        "start": sentence.start,
        "end": sentence.end,
        "text": sentence.text,
        "parsed": sentence.parsed,
        "why_not": sentence.why_not,
        "events": sentence.events,
    }


def _told(predicate: Predicate) -> dict[str, Any]:
    from detente.formats.jsonl import to_record

    event = predicate.event
    return {**plain(predicate), "event": to_record(event) if event is not None else None}
