"""`detente brief`: what is known of a pair, a country, a day or an article, every sentence with its
evidence.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.cli.options import AsOf, Days, StorePath, day, today
from detente.cli.output import clean, dump, note, show, write
from detente.cli.pairs import known_of

if TYPE_CHECKING:
    from rich.console import RenderableType

    from detente.api import Dossier
    from detente.briefs import Report
    from detente.records import Brief

__all__ = ["BriefFormat", "brief", "brief_of", "brief_record", "brief_view", "report_view"]


_MOST_MARKS = 12
_SHORT = 12


class BriefFormat(StrEnum):
    """How a brief is printed."""

    TABLE = "table"
    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    TEXT = "text"
    JSON = "json"
    JSONLD = "jsonld"


_SUFFIXES = {
    ".md": BriefFormat.MARKDOWN,
    ".html": BriefFormat.HTML,
    ".htm": BriefFormat.HTML,
    ".pdf": BriefFormat.PDF,
    ".txt": BriefFormat.TEXT,
    ".json": BriefFormat.JSON,
    ".jsonld": BriefFormat.JSONLD,
}


def brief(
    parties: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PARTY] [PARTY]",
            help="The two of a pair, or one country: code, name or demonym. None with --day or --article.",
            show_default=False,
        ),
    ] = None,
    days: Days = 30,
    as_of: AsOf = None,
    on: Annotated[
        str | None,
        typer.Option(
            "--day",
            metavar="DAY",
            help="The morning brief: what was published on that day, across all pairs.",
            show_default=False,
        ),
    ] = None,
    article: Annotated[
        str | None,
        typer.Option(
            "--article",
            metavar="FILE|ID",
            help="The brief of one article: a file, or the id of a document of the store.",
            show_default=False,
        ),
    ] = None,
    published: Annotated[
        str | None,
        typer.Option(
            "--published",
            metavar="DAY",
            help="When the article of --article was published, where its file does not say.",
            show_default=False,
        ),
    ] = None,
    coder: Annotated[
        str, typer.Option("--coder", metavar="NAME", help="Who codes the file of --article.")
    ] = "auto",
    llm: Annotated[
        bool,
        typer.Option(
            "--llm",
            help="Let the language model of DETENTE_LLM_URL write the acts; what fails the check is dropped.",
        ),
    ] = False,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="FILE",
            help="Write to this file; .md, .html, .pdf, .txt, .json and .jsonld tell the format.",
            show_default=False,
        ),
    ] = None,
    store: StorePath = None,
    format: Annotated[
        BriefFormat | None,
        typer.Option(
            "--format",
            "-f",
            help="How to print: table for people, the others for files and programs.",
            show_default="table",
        ),
    ] = None,
) -> None:
    """Write down what is known: every sentence stands on numbered evidence below it.

    Of a pair (USA COL), of one country (COL), of one day across all pairs (--day), or of one article
    (--article). A sentence that its evidence does not bear is dropped, and listed with the reason.
    """
    made = _asked(parties or [], days, as_of, on, article, published, coder, store)
    if llm:
        from detente.llm import draft, server_of

        made = draft(made, server_of(), tell=note)
    form = format or (_SUFFIXES.get(to.suffix.lower()) if to else None) or BriefFormat.TABLE
    if form is BriefFormat.TABLE and to is None:
        show(*report_view(made))
    elif form is BriefFormat.JSON and to is None:
        from detente.briefs.sending import record

        dump(record(made))
    else:
        _write(made, BriefFormat.TEXT if form is BriefFormat.TABLE else form, to)


def _asked(
    parties: list[str],
    days: int,
    as_of: str | None,
    on: str | None,
    article: str | None,
    published: str | None,
    coder: str,
    store: Path | None,
) -> Report:
    """The brief that was asked for; InputError where the question is none."""
    from detente.errors import InputError

    if (on is not None) + (article is not None) + bool(parties) != 1 or len(parties) > 2:
        raise InputError(
            "a brief is of two parties, of one, of a day or of an article",
            todo="give one or two, such as USA COL, or --day DAY, or --article FILE",
        )
    if article is not None:
        return _of_article(article, day(published, "--published"), coder, store)
    if len(parties) == 2:
        from detente.api import report_of_dossier

        return report_of_dossier(known_of(store, parties[0], parties[1], today(as_of)), days)
    from detente.api import actor_code
    from detente.briefs import morning, of_country
    from detente.store import open_store

    with open_store(store) as opened:
        if on is not None:
            asked = day(on, "--day")
            return morning(opened, asked or date.min)
        return of_country(opened, actor_code(parties[0]), as_of=today(as_of), days=days)


def _of_article(name: str, published: date | None, coder: str, store: Path | None) -> Report:
    from dataclasses import replace

    from detente.briefs import article
    from detente.errors import FileError

    if Path(name).is_file():
        from detente.api import code
        from detente.sources.files import read

        found = list(read(Path(name)))
        if len(found) != 1:
            raise FileError(f"{len(found)} documents", where=name, todo="give a file with one article")
        document = replace(found[0], published=found[0].published or published)
        return article(document, code(document, coder=coder))
    from detente.store import open_store

    with open_store(store) as opened:
        known = opened.document(name)
        if known is None:
            raise FileError(
                "no such file, and no document of the store has this id",
                where=name,
                todo="give a file, or an id as detente search shows it",
            )
        return article(known, opened.events(document=known.id))


def _write(made: Report, form: BriefFormat, to: Path | None) -> None:
    content = content_of(made, form)
    if to is None:
        if isinstance(content, bytes):
            import sys

            if sys.stdout.isatty():
                from detente.errors import InputError

                raise InputError("a PDF is not for the terminal", todo="add --to brief.pdf")
            sys.stdout.buffer.write(content)
        else:
            write(clean(content))
        return
    try:
        to.write_bytes(content if isinstance(content, bytes) else content.encode())
    except OSError as error:
        from detente.errors import FileError

        raise FileError(
            f"cannot be written ({error.strerror})", where=str(to), todo="give another --to"
        ) from error
    note(f"wrote {to}")


def content_of(made: Report, form: BriefFormat) -> str | bytes:
    """The brief in a form; bytes for PDF, text for the others."""
    import json

    from detente.briefs import sending

    if form is BriefFormat.PDF:
        from detente.briefs.paper import pdf

        return pdf(made)
    if form is BriefFormat.HTML:
        from detente.briefs.sheet import html

        return html(made)
    if form is BriefFormat.JSONLD:
        from detente.briefs.linked import jsonld

        return jsonld(made)
    if form is BriefFormat.JSON:
        return json.dumps(sending.record(made), ensure_ascii=False, indent=2) + "\n"
    return sending.as_markdown(made) if form is BriefFormat.MARKDOWN else sending.as_text(made)


def brief_of(known: Dossier, days: int) -> Brief:
    """The brief of a dossier, looking so many days back."""
    from detente.api import report_of_dossier

    return report_of_dossier(known, days)


def brief_record(known: Dossier, days: int) -> dict[str, Any]:
    """A brief as one object."""
    from detente.api import report_of_dossier
    from detente.briefs.sending import record

    return record(report_of_dossier(known, days))


def ranges(numbers: Iterable[int]) -> str:
    """Numbers in order, runs of three or more drawn together.

    >>> ranges([9, 1, 2, 3])
    '1–3, 9'
    """
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{r[0]}–{r[-1]}" if len(r) > 2 else ", ".join(map(str, r)) for r in runs)


def brief_view(known: Dossier, days: int, *, short: bool = False) -> list[RenderableType]:
    """The brief of a dossier for people; see `report_view`."""
    from detente.api import report_of_dossier

    return report_view(report_of_dossier(known, days), short=short, titled=False)


def report_view(made: Report, *, short: bool = False, titled: bool = True) -> list[RenderableType]:
    """A brief for people: its lines by section with numbers, then the evidence by number.

    `short` shows the first pieces of evidence only, `titled` puts the title above.
    """
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from detente.briefs.sheet import about
    from detente.cli.tables import day_or, heading, parties, says, trim, when

    numbers: dict[str, int] = {}
    parts: list[RenderableType] = []
    if titled:
        parts += [Text(trim(made.title, 200), style="bold"), Text(about(made), style="dim")]
    section = None
    for told in made.lines:
        if told.section != section:
            section = told.section
            parts.append(heading(section[:1].upper() + section[1:]))
        here = [
            numbers.setdefault(e, len(numbers) + 1)
            for e in [i for i in told.events if i in made.events][:_MOST_MARKS]
        ]
        more = len(told.events) - len(here)
        marks = ranges(here) + (f" and {more} more" if more else "")
        line = Table.grid(padding=(0, 1, 0, 0))
        line.add_column(no_wrap=True)
        line.add_column(overflow="fold")
        text = Text(trim(told.text, 1000))
        text.append(f" [{marks}]" if here else "", style="dim")
        line.add_row("•", text)
        parts.append(line)
    if not made.lines:
        parts.append(Text("Nothing is known that a brief could stand on."))
    if numbers:
        parts.append(heading("Evidence"))
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(justify="right", no_wrap=True)
        table.add_column()
        listed = list(numbers.items())
        for name, number in listed[:_SHORT] if short else listed:
            event = made.events[name]
            document = made.documents.get(event.document)
            source = trim(document.publisher or "?") if document else "?"
            told_on = day_or(document.published if document else None, "?")
            told_by = Text(f"“{trim(event.text, 240)}”")
            told_by.append(
                f"\n{event.event} {parties(event)} · {when(event)} · {event.status} ·"
                f" {trim(says(event))} · {source}, {told_on}",
                style="dim",
            )
            table.add_row(Text(f"[{number}]"), told_by)
        parts.append(table)
        if short and len(listed) > _SHORT:
            parts.append(Text(f"{len(listed) - _SHORT} more with the command above", "dim"))
    if made.dropped:
        parts.append(heading("Dropped: not borne by the evidence"))
        for told in made.dropped:
            parts.append(Text(trim(told.text, 1000)))
            parts.append(Padding(Text(trim(told.reason or "", 300), style="dim"), (0, 0, 0, 2)))
    return parts
