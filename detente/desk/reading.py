"""What the store tells of its own reading: sources, publishers, runs, imports, failures, alerts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.store import Failure, Store
    from detente.store.reading_state import Alert, SourceState, WayState

__all__ = [
    "Import",
    "Publisher",
    "Run",
    "Watched",
    "alerts",
    "failures",
    "imports",
    "publishers",
    "runs",
    "watched",
    "ways",
]

_PUBLISHERS = """
SELECT d.publisher AS name, count(*) AS articles, min(d.published) AS first, max(d.published) AS last,
       max(d.retrieved) AS fetched
FROM documents AS d WHERE d.retracted = 0 GROUP BY d.publisher ORDER BY articles DESC, d.publisher
"""
_FAILED = (
    "SELECT place, reason, document, coder, at FROM failures {} ORDER BY number DESC LIMIT :most OFFSET :skip"
)
_RULES = """
SELECT rule, count(*) AS found FROM reading_alerts
WHERE delivered IS NULL OR delivered <> 'known before' GROUP BY rule ORDER BY rule
"""


@dataclass(frozen=True, slots=True)
class Watched:
    """A source that is watched: how its last reading went, and how many of its items were kept.

    `unread` are items that could not be read so far.
    """

    name: str
    state: SourceState
    kept: int
    unread: int


@dataclass(frozen=True, slots=True)
class Publisher:
    """A publisher (None: not known) with its articles: how many, of which days, last fetched when."""

    name: str | None
    articles: int
    first: str | None
    last: str | None
    fetched: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """Coding by one coder of one version: when first and last, and how many articles."""

    coder: str
    version: str
    first: str | None
    last: str | None
    articles: int


@dataclass(frozen=True, slots=True)
class Import:
    """A file of another data set that was taken in."""

    place: str
    format: str
    at: str | None
    rows: int | None
    kept: int | None
    wrong: int | None


def _rows(store: Store, statement: str, **values: Any) -> list[Any]:
    from sqlalchemy import text

    with store.looking() as connection:
        return list(connection.execute(text(statement), values).all())


def _there(store: Store, table: str) -> bool:
    """Whether a watch has made its tables; looking at a store never makes them."""
    found = _rows(store, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name", name=table)
    return bool(found)


def watched(store: Store) -> list[Watched]:
    """The sources a watch has read, those that fail first; [] where nothing was ever watched.

    >>> from detente.store import open_store
    >>> with open_store(":memory:") as store:
    ...     watched(store), alerts(store, limit=5), failures(store, limit=5)
    ([], ([], {}), ([], 0))
    """
    from detente.store.reading_state import ReadingState

    if not _there(store, "reading_sources"):
        return []
    counted = {
        row.source: (row.kept, row.unread)
        for row in _rows(
            store,
            "SELECT source, sum(document IS NOT NULL) AS kept, sum(document IS NULL AND tries > 0) AS unread"
            " FROM reading_items GROUP BY source",
        )
    }
    found = [
        Watched(name, state, *counted.get(name, (0, 0)))
        for name, state in ReadingState(store).sources().items()
    ]
    return sorted(found, key=lambda w: (-w.state.failures, w.name))


def ways(store: Store) -> list[tuple[str, WayState]]:
    """The ways out that alerts have gone, each with how it fared the last time."""
    from detente.store.reading_state import ReadingState

    if not _there(store, "reading_ways"):
        return []
    state = ReadingState(store)
    return [
        (row.name, state.way(row.name)) for row in _rows(store, "SELECT name FROM reading_ways ORDER BY name")
    ]


def alerts(
    store: Store, *, rule: str | None = None, limit: int, skip: int = 0
) -> tuple[list[tuple[Alert, str | None]], dict[str, int]]:
    """Alerts, the newest first, each with when it was handed over (None while it waits); and how many
    each rule has found. What was known before a watch began is none."""
    from detente.store.reading_state import ReadingState

    if not _there(store, "reading_alerts"):
        return [], {}
    counts = {row.rule: row.found for row in _rows(store, _RULES)}
    return ReadingState(store).alerts(limit, skip=skip, rule=rule), counts


def failures(
    store: Store, *, document: str | None = None, limit: int, skip: int = 0
) -> tuple[list[Failure], int]:
    """What could not be read or coded, the newest first, of all or of a document; and how many there are."""
    from datetime import datetime

    from detente.store import Failure

    where = "WHERE document = :document" if document is not None else ""
    asked = {"document": document} if document is not None else {}
    found = _rows(store, _FAILED.format(where), most=limit, skip=skip, **asked)
    [[total]] = _rows(store, f"SELECT count(*) FROM failures {where}", **asked)
    return (
        [
            Failure(r.place, r.reason, r.document, r.coder, datetime.fromisoformat(r.at) if r.at else None)
            for r in found
        ],
        total,
    )


def publishers(store: Store) -> list[Publisher]:
    """Every publisher of the articles that count, the one with most first."""
    return [Publisher(r.name, r.articles, r.first, r.last, r.fetched) for r in _rows(store, _PUBLISHERS)]


def runs(store: Store) -> list[Run]:
    """Which coders have read, in which version of Détente, and how many articles each."""
    found = _rows(
        store,
        "SELECT r.coder, r.version, min(r.at) AS first, max(r.at) AS last, count(d.number) AS articles"
        " FROM runs AS r LEFT JOIN documents AS d ON d.run = r.number WHERE r.coder IS NOT NULL"
        " GROUP BY r.coder, r.version ORDER BY max(r.number) DESC",
    )
    return [Run(r.coder, r.version, r.first, r.last, r.articles) for r in found]


def imports(store: Store) -> list[Import]:
    """The files of other data sets that were taken in, the latest first."""
    found = _rows(
        store,
        "SELECT place, format, at, rows, kept, wrong FROM imports ORDER BY number DESC LIMIT 50",
    )
    return [Import(r.place, r.format, r.at, r.rows, r.kept, r.wrong) for r in found]
