"""Rows of other people's event data, kept beside our own events with the codes of their scheme.

Such a row has no text and no place in one, so it can be no `Event`; it has a table of its own, one
row a dyad. What a file says is kept as it says it (`code`, `own`, `code_quad`), what it means in
our terms stands beside it (`event`, `ImportedParty.code`, `quad`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from sqlalchemy import Connection, func, select, text

from detente.store import schema

__all__ = [
    "CODES",
    "COLUMNS",
    "MEANING_COLUMNS",
    "MENTION_COLUMNS",
    "PARTY_COLUMNS",
    "PLACE_COLUMNS",
    "ImportedEvent",
    "ImportedMention",
    "ImportedParty",
    "Rows",
    "number",
    "pack",
    "packed",
]

CODES: dict[str, str] = {
    "gdelt1": "CAMEO",
    "gdelt2": "CAMEO",
    "icews": "CAMEO",
    "polecat": "PLOVER",
    "plover": "PLOVER",
    "plover-old": "PLOVER 0.5b1",
    "detente": "PLOVER",
}
"""The code book that the codes of each scheme are taken from."""


@dataclass(frozen=True, slots=True)
class ImportedParty:
    """One side of an imported row.

    `own` is the code, or where the scheme has none the country's name, as the file writes it;
    `code` what it is in ours (ISO 3166 alpha-3, UNO EUR IGO NGO …), None where it is nothing known
    here. `sectors` are PLOVER's, `own_sectors` those of the file.
    """

    code: str | None
    own: str | None = None
    name: str | None = None
    sectors: tuple[str, ...] = ()
    own_sectors: tuple[str, ...] = ()

    @property
    def reason(self) -> str | None:
        """Why `code` is None; None where it is known.

        >>> ImportedParty(None, "AFR").reason
        "'AFR' is no country or organisation known here"
        """
        if self.code is not None:
            return None
        if self.own is None:
            return "the row names no country or organisation"
        return f"{self.own!r} is no country or organisation known here"


@dataclass(frozen=True, slots=True)
class ImportedEvent:
    """One row of another data set, or one dyad of a row with several parties.

    `key` is the row's identifier within its scheme, `dyad` its number among the pairs of the row, and
    rows with the same `act` tell of one act (the two directions of a reciprocal ICEWS event; None is
    the row alone).
    `date_is_publication` is True where the file has no better date, None where it does not tell.
    `event`, `modes`, `contexts`, `quad`, `score` are PLOVER's; where `event` is None, `event_reason`
    says why. `code`, `code_modes`, `code_quad`, `code_score` are the file's own in the code book
    `code_scheme`; `code_quad` may be 0, for neutral. `reports`, `sources`, `mentions` count articles,
    publishers and mentions as the file counts them; `lead` is whether a lead paragraph told it.
    `added` is when the data set took it in. `original` is the JSON of an event of ours whose
    document is not in the store.
    """

    scheme: str
    key: str
    dyad: int
    act: str | None
    date: str | None
    actor: ImportedParty | None
    recipient: ImportedParty | None
    event: str | None
    code: str | None
    date_end: str | None = None
    date_is_publication: bool | None = None
    event_reason: str | None = None
    modes: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    status: str | None = None
    quad: int | None = None
    score: float | None = None
    code_modes: tuple[str, ...] = ()
    code_quad: int | None = None
    code_score: float | None = None
    mentions: int | None = None
    sources: int | None = None
    reports: int | None = None
    tone: float | None = None
    lead: bool | None = None
    url: str | None = None
    publisher: str | None = None
    published: str | None = None
    added: str | None = None
    language: str | None = None
    story: str | None = None
    sentence: int | None = None
    text: str | None = None
    place: str | None = None
    country: str | None = None
    country_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    original: str | None = None

    @property
    def id(self) -> str:
        """Scheme and key; the dyads of one row share it."""
        return f"{self.scheme}:{self.key}"

    @property
    def code_scheme(self) -> str:
        """The code book of `code`, e.g. "CAMEO"."""
        return CODES[self.scheme]


@dataclass(frozen=True, slots=True)
class ImportedMention:
    """One article that GDELT found an event in.

    `key` is the event's; `kind` how it was found ("web", "citation", …); `sentence` counts from 1.
    GDELT's character offsets are those of its own text, perhaps a translation, and are not kept: they
    are no evidence in any other copy. `confidence` is 0 to 1.
    """

    scheme: str
    key: str
    mentioned: str
    url: str
    sentence: int | None
    event_time: str | None = None
    kind: str | None = None
    publisher: str | None = None
    in_raw_text: bool | None = None
    confidence: float | None = None
    length: int | None = None
    tone: float | None = None
    translation: str | None = None


_INSIDE = ("number", "run")
# Rows that one statement writes. The driver lets other threads go on while a statement runs; with
# a row each, two threads spend their time on handing Python over to one another.
_TOGETHER = 32

PARTY_COLUMNS = ("code", "own", "name", "sectors", "own_sectors")
MEANING_COLUMNS = (
    "code", "code_modes", "event", "event_reason", "modes", "contexts", "status", "quad", "score",
)  # fmt: skip
PLACE_COLUMNS = ("place", "country", "country_code", "latitude", "longitude")
COLUMNS: tuple[str, ...] = tuple(c.name for c in schema.imported.columns if c.name not in _INSIDE)
"""The columns of a row in the order of the table, without those of the store itself."""
MENTION_COLUMNS: tuple[str, ...] = tuple(
    c.name for c in schema.imported_mentions.columns if c.name not in _INSIDE
)
"""The columns of a mention, likewise."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows as the tables hold them; `columns` names the values of `events`, and `constant` gives
    those that are the same in all of them. Events and mentions may be there to be read once only.

    `parties`, `meanings` and `places` are what the events refer to, each with its number first and
    then its columns; they may be there already.
    """

    columns: tuple[str, ...] = ()
    events: Iterable[tuple[Any, ...]] = ()
    constant: tuple[tuple[str, str | int], ...] = ()
    parties: Sequence[tuple[Any, ...]] = ()
    meanings: Sequence[tuple[Any, ...]] = ()
    places: Sequence[tuple[Any, ...]] = ()
    mentions: Iterable[tuple[Any, ...]] = ()


def number(values: Sequence[Any]) -> int:
    """The number of a party, meaning or place: 63 bits of the hash of its columns.

    >>> number(("USA",)) == number(["USA"]) != number((None,)) != number(("",))
    True
    """
    # Separators that no cell of a text file holds keep nothing and an empty text apart.
    text = "\x1f".join("\x00" if value is None else str(value) for value in values)
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


@lru_cache(maxsize=4096)
def packed(values: tuple[str, ...]) -> str | None:
    """A list as a column holds it: a JSON array, nothing where it is empty.

    >>> packed(("GOV", "MIL")), packed(())
    ('["GOV", "MIL"]', None)
    """
    return json.dumps(values, ensure_ascii=False) if values else None


def pack(events: Iterable[ImportedEvent], mentions: Iterable[ImportedMention] = ()) -> Rows:
    """Events and mentions as rows."""
    seen: dict[str, dict[tuple[Any, ...], int]] = {"party": {}, "meaning": {}, "place": {}}

    def refer(kind: str, values: tuple[Any, ...]) -> int | None:
        if all(value is None for value in values):
            return None
        known = seen[kind]
        if values not in known:
            known[values] = number(values)
        return known[values]

    def columns(record: Any, names: Sequence[str]) -> tuple[Any, ...]:
        if record is None:
            return (None,) * len(names)
        found = (getattr(record, name) for name in names)
        return tuple(packed(v) if isinstance(v, tuple) else v for v in found)

    rows = []
    for event in events:
        references = {
            "actor": refer("party", columns(event.actor, PARTY_COLUMNS)),
            "recipient": refer("party", columns(event.recipient, PARTY_COLUMNS)),
            "meaning": refer("meaning", columns(event, MEANING_COLUMNS)),
            "location": refer("place", columns(event, PLACE_COLUMNS)),
        }
        rows.append(tuple(references[n] if n in references else getattr(event, n) for n in COLUMNS))
    parties, meanings, places = ([(n, *values) for values, n in known.items()] for known in seen.values())
    return Rows(
        COLUMNS,
        rows,
        parties=parties,
        meanings=meanings,
        places=places,
        mentions=[tuple(getattr(m, name) for name in MENTION_COLUMNS) for m in mentions],
    )


def of_row(row: Any) -> ImportedEvent:
    """The event of a row of the view `imported_events`."""
    values = dict(row._mapping)
    for name in ("number", "run"):
        values.pop(name, None)
    for name in values:
        if name.endswith(("modes", "contexts", "sectors")):
            values[name] = tuple(json.loads(values[name])) if values[name] else ()
    for side in ("actor", "recipient"):
        party = ImportedParty(**{n: values.pop(f"{side}_{n}") for n in PARTY_COLUMNS})
        values[side] = None if party == ImportedParty(None) else party
    for name in ("date_is_publication", "lead"):
        values[name] = None if values[name] is None else bool(values[name])
    return ImportedEvent(**values)


def insert(connection: Connection, rows: Rows, run: int) -> int:
    """Keep the rows and mentions that are not there yet; gives how many."""
    # Straight to the driver: a million rows would spend most of their time in between.
    driver = connection.connection.driver_connection
    assert driver is not None

    def many(
        table: str,
        columns: Sequence[str],
        values: Iterable[tuple[Any, ...]],
        constant: tuple[tuple[str, str | int], ...] = (),
    ) -> int:
        if isinstance(values, Sequence) and not values:
            return 0
        # Every value that is bound costs as much as writing it, so constants stand in the statement.
        fixed = {n: f"'{v}'" if isinstance(v, str) else str(int(v)) for n, v in constant}
        names = ", ".join(f'"{name}"' for name in (*columns, *fixed))
        marks = ", ".join(("?",) * len(columns) + tuple(fixed.values()))
        before = driver.total_changes
        width = len(columns)
        cells = chain.from_iterable(values)
        statements: dict[int, str] = {}
        while found := tuple(islice(cells, width * _TOGETHER)):
            together = len(found) // width
            if together not in statements:
                rows = ", ".join((f"({marks})",) * together)
                statements[together] = f"INSERT OR IGNORE INTO {table} ({names}) VALUES {rows}"
            driver.execute(statements[together], found)
        return int(driver.total_changes - before)

    many("imported_parties", ("number", *PARTY_COLUMNS), rows.parties)
    many("imported_meanings", ("number", *MEANING_COLUMNS), rows.meanings)
    many("imported_places", ("number", *PLACE_COLUMNS), rows.places)
    own = (("run", run),)
    new = many("imported", rows.columns, rows.events, rows.constant + own)
    return new + many("imported_mentions", MENTION_COLUMNS, rows.mentions, own)


def start(connection: Connection, place: str, format: str, at: datetime | None) -> int:
    """Note that a file is being imported; gives the number of the run."""
    values = {"place": place, "format": format, "at": at.isoformat() if at else None}
    key = connection.execute(schema.imports.insert().values(**values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def finish(connection: Connection, run: int, rows: int, kept: int, wrong: int) -> None:
    """Note what came of it; a run without these was stopped on the way."""
    table = schema.imports
    connection.execute(table.update().where(table.c.number == run).values(rows=rows, kept=kept, wrong=wrong))


def read(
    connection: Connection,
    *,
    scheme: str | None = None,
    pair: tuple[str, str] | None = None,
    since: date | None = None,
    until: date | None = None,
    limit: int | None = None,
) -> Iterator[ImportedEvent]:
    """Rows in the order they came, without holding them all; `pair` is in either direction."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    if scheme is not None:
        conditions.append("scheme = :scheme")
        values["scheme"] = scheme
    if pair is not None:
        values["one"], values["other"] = pair
        side = "number IN (SELECT number FROM imported WHERE actor IN (SELECT number FROM"
        side += " imported_parties WHERE code = {}) AND recipient IN (SELECT number FROM"
        side += " imported_parties WHERE code = {}))"
        both = (side.format(":one", ":other"), side.format(":other", ":one"))
        conditions.append(f"({' OR '.join(both)})")
    if since is not None:
        conditions.append("coalesce(date_end, date) >= :since")
        values["since"] = since.isoformat()
    if until is not None:
        conditions.append("date <= :until")
        values["until"] = until.isoformat()
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    many = "" if limit is None else f" LIMIT {int(limit)}"
    statement = text(f"SELECT * FROM imported_events{where} ORDER BY number{many}")
    for row in connection.execution_options(yield_per=2000).execute(statement, values):
        yield of_row(row)


def schemes(connection: Connection) -> dict[str, int]:
    """Every scheme with the number of acts of it that are kept."""
    table = schema.imported
    acts = func.count(func.coalesce(table.c.act, table.c.key).distinct()).label("acts")
    counted = select(table.c.scheme, acts).group_by(table.c.scheme).order_by(table.c.scheme)
    return {row.scheme: row.acts for row in connection.execute(counted)}
