"""Events as tables: one row a dyad, the same columns in CSV and Parquet.

An act of several parties has a row for each actor with each recipient, all with the same
`event_id`; count `event_id`s, not rows, to count acts.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from detente.codebook import codebook
from detente.formats.jsonl import to_record
from detente.records import Document, Event, Party
from detente.store.days import days

if TYPE_CHECKING:
    import polars

__all__ = ["COLUMNS", "FORMULA", "Csv", "Parquet", "dyads", "frame", "rows"]

COLUMNS: tuple[tuple[str, str], ...] = (
    ("event_id", "text"),
    ("dyad", "number"),
    ("document", "text"),
    ("url", "text"),
    ("title", "text"),
    ("publisher", "text"),
    ("published", "day"),
    ("date", "text"),
    ("date_end", "text"),
    ("day_first", "day"),
    ("day_last", "day"),
    ("date_text", "text"),
    ("date_reason", "text"),
    ("event", "text"),
    ("modes", "list"),
    ("contexts", "list"),
    ("quad", "number"),
    ("score", "decimal"),
    ("cameo", "text"),
    ("status", "text"),
    ("voice", "text"),
    ("speaker", "text"),
    ("symmetric", "flag"),
    ("actor", "text"),
    ("actor_sector", "text"),
    ("actor_text", "text"),
    ("actor_name", "text"),
    ("actor_start", "number"),
    ("actor_end", "number"),
    ("actor_how", "text"),
    ("recipient", "text"),
    ("recipient_sector", "text"),
    ("recipient_text", "text"),
    ("recipient_name", "text"),
    ("recipient_start", "number"),
    ("recipient_end", "number"),
    ("recipient_how", "text"),
    ("actors", "list"),
    ("recipients", "list"),
    ("text", "text"),
    ("start", "number"),
    ("end", "number"),
    ("trigger", "text"),
    ("trigger_start", "number"),
    ("confidence", "decimal"),
    ("coder", "text"),
    ("sides", "text"),
)
"""Name and type of every column, in order.

`sides` holds both sides of a symmetric act as JSON, in its first row: its dyads do not tell who stood
on which side.
"""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that starts so for a formula and runs it."""


def dyads(event: Event) -> list[tuple[Party | None, Party | None]]:
    """The pairs of an event: each actor with each recipient; None where a side is empty.

    A symmetric act has each two of its parties once, in the order of the text, never one with
    itself.

    >>> a, b = Party("USA", "U.S."), Party("COL", "Colombia")
    >>> met = Event("d1", 0, 4, "They met", "CONSULT", (a, b), (a, b), True, "actual", "met", 5, 1)
    >>> [(x.code, y.code) for x, y in dyads(met)]
    [('USA', 'COL')]
    """
    if event.symmetric:
        parties = {party.code: party for party in reversed((*event.actor, *event.recipient))}
        codes = list(dict.fromkeys(p.code for p in (*event.actor, *event.recipient)))
        pairs = [
            (parties[one], parties[other])
            for position, one in enumerate(codes)
            for other in codes[position + 1 :]
        ]
        if pairs:
            return list(pairs)
        return [(parties[codes[0]] if codes else None, None)]
    return [(one, other) for one in event.actor or (None,) for other in event.recipient or (None,)]


def rows(events: Sequence[Event], documents: Mapping[str, Document]) -> Iterator[dict[str, Any]]:
    """The rows of the table, one a dyad, with Python values; the keys are those of `COLUMNS`."""
    book = codebook()
    for event in events:
        document = documents.get(event.document)
        first, last = days(event) or (None, None)
        for number, (actor, recipient) in enumerate(dyads(event), 1):
            yield {
                "event_id": event.id,
                "dyad": number,
                "document": event.document,
                "url": document.url if document else None,
                "title": document.title if document else None,
                "publisher": document.publisher if document else None,
                "published": document.published if document else None,
                "date": event.date,
                "date_end": event.date_end,
                "day_first": first,
                "day_last": last,
                "date_text": event.date_text,
                "date_reason": event.date_reason,
                "event": event.event,
                "modes": list(event.modes),
                "contexts": list(event.contexts),
                "quad": event.quad,
                "score": book.score(event.event, event.modes),
                "cameo": event.cameo,
                "status": event.status.value,
                "voice": event.voice.value,
                "speaker": event.speaker,
                "symmetric": event.symmetric,
                **_side("actor", actor),
                **_side("recipient", recipient),
                "actors": [party.code for party in event.actor],
                "recipients": [party.code for party in event.recipient],
                "text": event.text,
                "start": event.start,
                "end": event.end,
                "trigger": event.trigger,
                "trigger_start": event.trigger_start,
                "confidence": event.confidence,
                "coder": event.coder,
                "sides": _sides(event) if event.symmetric and number == 1 else None,
            }


def _sides(event: Event) -> str:
    sides = {name: to_record(event)[name] for name in ("actor", "recipient")}
    return json.dumps(sides, ensure_ascii=False)


def _side(side: str, party: Party | None) -> dict[str, Any]:
    return {
        side: party.code if party else None,
        f"{side}_sector": party.sector if party else None,
        f"{side}_text": party.text if party else None,
        f"{side}_name": party.name if party else None,
        f"{side}_start": party.start if party else None,
        f"{side}_end": party.end if party else None,
        f"{side}_how": party.how if party else None,
    }


@dataclass(frozen=True, slots=True)
class Csv:
    """Comma-separated values, UTF-8, with a header; lists are joined by `;`."""

    name: str = "csv"
    suffix: str = ".csv"
    binary: bool = False
    losses: tuple[str, ...] = (
        "an unknown value and an empty text are both an empty cell; events of the coder have no such "
        "texts and come back the same",
        "a text that starts with = + - @ has a ' before it, so that no spreadsheet runs it; detente "
        "import takes it off",
    )

    def write(self, events: Sequence[Event], documents: Mapping[str, Document]) -> Iterator[bytes]:
        """A header and one row a dyad."""
        yield _line([name for name, _ in COLUMNS])
        for row in rows(events, documents):
            yield _line([_cell(row[name]) for name, _ in COLUMNS])


def _line(cells: list[str]) -> bytes:
    buffer = io.StringIO()
    # With this line end the writer also quotes a lone carriage return, which readers take for one.
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return (buffer.getvalue()[:-2] + "\n").encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | date):
        return str(value)  # a number of ours may start with a minus, and is no formula
    text = ";".join(value) if isinstance(value, list) else str(value)
    # Marks of its own are doubled, so that taking one off gives back what was there.
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text


@dataclass(frozen=True, slots=True)
class Parquet:
    """Parquet with real types: days, numbers, flags and lists."""

    name: str = "parquet"
    suffix: str = ".parquet"
    binary: bool = True
    losses: tuple[str, ...] = ()

    def write(self, events: Sequence[Event], documents: Mapping[str, Document]) -> Iterator[bytes]:
        """The whole file in one chunk, for its index stands at the end."""
        buffer = io.BytesIO()
        frame(events, documents).write_parquet(buffer, compression="zstd")
        yield buffer.getvalue()


def frame(events: Sequence[Event], documents: Mapping[str, Document]) -> polars.DataFrame:
    """The table as a polars data frame, with the columns of `COLUMNS`."""
    import polars as pl

    types: dict[str, Any] = {
        "text": pl.String,
        "number": pl.Int64,
        "decimal": pl.Float64,
        "flag": pl.Boolean,
        "day": pl.Date,
        "list": pl.List(pl.String),
    }
    schema = {name: types[kind] for name, kind in COLUMNS}
    return pl.DataFrame(list(rows(events, documents)), schema=schema, orient="row")
