"""`detente ask`: a question in English, answered from the record with its evidence."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.cli.options import AsOf, OneFormat, OneFormatOption, StorePath, today
from detente.cli.output import dump, line, note, show

if TYPE_CHECKING:
    from datetime import date

    from rich.console import RenderableType

    from detente.answers import Answer, Passage, Proof, Query
    from detente.store import Store

__all__ = ["answer_view", "ask"]

_WORDS = 300


def ask(
    question: Annotated[
        str | None,
        typer.Argument(
            metavar="[QUESTION]",
            help="A question in English in quotation marks; without it, a prompt that keeps the thread.",
            show_default=False,
        ),
    ] = None,
    after: Annotated[
        str | None,
        typer.Option(
            "--after",
            metavar="last|FILE",
            help="The question that this one follows: last, or a file that --format json made.",
            show_default=False,
        ),
    ] = None,
    as_of: AsOf = None,
    store: StorePath = None,
    format: OneFormatOption = OneFormat.TABLE,
) -> None:
    """Answer a question from the record: who did what to whom, when, how often, who says what.

    The question is shown as it was understood, and every sentence of the answer stands on its evidence.
    What the record does not hold is said so, with what was searched; it never says no.
    """
    from detente.answers import Conversation
    from detente.errors import InputError
    from detente.store import open_store

    with open_store(store) as opened:
        day = today(as_of)
        previous = None if after is None else _before(after, opened)
        talk = Conversation(opened, today=day, previous=previous)
        if question is not None:
            made = talk.ask(question)
            _keep(opened, made)
            _print(made, format)
            raise typer.Exit(2 if made.missing is not None else 0)
        if format is OneFormat.JSON and sys.stdin.isatty():
            raise InputError("there is no question", todo='give one: detente ask "Have they met?"')
        _prompt(talk, opened, format)


def _prompt(talk: Any, opened: Store, format: OneFormat) -> None:
    """Questions line by line until an empty one or the end."""
    prompted = sys.stdin.isatty()
    if prompted:
        note("ask in English; a question may leave out what the one before named; an empty line ends")
    while True:
        if prompted:
            sys.stderr.write("? ")
            sys.stderr.flush()
        typed = sys.stdin.readline()
        if not typed.strip():
            return
        made = talk.ask(typed.strip())
        _keep(opened, made)
        _print(made, format)


def _print(made: Answer, format: OneFormat) -> None:
    if format is OneFormat.JSON:
        dump({"schema": "detente.ask.v1", "answer": made})
    else:
        show(*answer_view(made))


def _last(opened: Store) -> Path | None:
    """Where the last question of a store is kept: beside its file."""
    path = Path(opened.where)
    if path.name.startswith(":") or not path.parent.is_dir():
        return None
    return path.with_name(path.name + ".asked.json")


def _keep(opened: Store, made: Answer) -> None:
    from detente.cli.output import plain

    path = _last(opened)
    if path is None or made.query is None:
        return
    text = json.dumps({"schema": "detente.ask.v1", "answer": {"query": plain(made.query)}})
    try:
        path.write_text(text, encoding="utf-8")
    except OSError:
        note(f"the question cannot be kept for --after last: {line(str(path))} cannot be written")


def _before(typed: str, opened: Store) -> Query | None:
    """The query of the question before; `FileError` where there is none."""
    from detente.errors import FileError

    path = _last(opened) if typed == "last" else Path(typed)
    todo = "leave --after out, or give a file that detente ask --format json made"
    if path is None or not path.is_file():
        raise FileError("there is no question before this one", where=f"--after {line(typed)}", todo=todo)
    try:
        record = json.loads(path.read_text(encoding="utf-8"))["answer"]["query"]
        return None if record is None else _query(record)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FileError("this is no answer to a question", where=line(str(path)), todo=todo) from error


def _query(record: dict[str, Any]) -> Query:
    from dataclasses import fields
    from datetime import date as day

    from detente.answers import Asked, Query

    values: dict[str, Any] = {}
    for known in fields(Query):
        value = record[known.name]
        if known.name in ("today", "since", "until"):
            value = day.fromisoformat(value) if value is not None else None
        elif isinstance(value, list):
            value = tuple(str(v) for v in value)
        values[known.name] = value
    values["asked"] = Asked(values["asked"])
    return Query(**values)


def answer_view(made: Answer) -> list[RenderableType]:
    """An answer for people: how it was understood, what was found, then the evidence by number."""
    from rich.text import Text

    from detente.answers import described
    from detente.cli.tables import heading, trim

    parts: list[RenderableType] = []
    if made.query is not None:
        parts.append(Text(f"asked: {trim(described(made.query), 400)}", style="dim"))
    parts.append(Text(trim(made.headline, 600), style="bold"))
    numbers: dict[str, int] = {}
    for told in made.lines:
        marks = ", ".join(str(numbers.setdefault(i, len(numbers) + 1)) for i in told.events[:6])
        text = Text(f"• {trim(told.text, 1000)}")
        text.append(f" [{marks}]", style="dim")
        parts.append(text)
    parts += [Text(trim(remark, 400), style="dim") for remark in made.notes]
    listed = [p for p in made.proofs if p.event in numbers]
    if listed:
        parts.append(heading("Evidence"))
        parts.append(_proofs([(f"[{numbers[p.event]}]", p) for p in listed]))
    if made.contrary:
        parts.append(heading("Against it"))
        parts.append(_proofs([("–", p) for p in made.contrary]))
    if made.near:
        parts.append(heading("Acts of the same kind that are not the one asked for"))
        parts.append(_proofs([("–", p) for p in made.near]))
    if made.passages:
        parts.append(_passages(made.passages))
    if made.offers:
        parts.append(Text("What can be asked:"))
        parts += [Text(f"  {offer}") for offer in made.offers]
    if made.dropped:
        parts.append(heading("Dropped: not borne by the evidence"))
        parts += [
            Text(f"{trim(d.text, 300)} ({trim(d.reason or '', 200)})", style="dim") for d in made.dropped[:3]
        ]
    return parts


def _proofs(rows: list[tuple[str, Proof]]) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    from detente.cli.tables import trim

    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for mark, proof in rows:
        text = Text(f"“{trim(proof.words, _WORDS)}”")
        who = f"{'+'.join(proof.actor)} → {'+'.join(proof.recipient)}"
        by = f" · {proof.speaker} says so" if proof.speaker else ""
        told = f"{proof.type} {who} · {proof.date or 'no day'} · {proof.status}{by}"
        text.append(f"\n{trim(told, 300)}", style="dim")
        text.append(f"\n{_source(proof.publisher, proof.published, proof.url)}", style="dim")
        if proof.corrected:
            text.append(" · a corrected version", style="dim")
        table.add_row(Text(mark), text)
    return table


def _passages(found: tuple[Passage, ...]) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    from detente.cli.tables import trim

    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for passage in found:
        text = Text(trim(passage.title or "", 200))
        text.append(f"\n“{trim(passage.words, _WORDS)}”")
        text.append(f"\n{_source(passage.publisher, passage.published, passage.url)}", style="dim")
        table.add_row(Text("–"), text)
    return table


def _source(publisher: str | None, published: date | None, url: str | None) -> str:
    from detente.cli.tables import trim

    parts = [trim(publisher or "publisher unknown"), str(published or "no day"), line(url or "")]
    return ", ".join(p for p in parts if p)
