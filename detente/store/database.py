"""The store: one SQLite file with documents, events, stories, quotations and filed forecasts.

It is written in the mode that survives a power cut (WAL, synchronous FULL), by one process at a
time and read by any number beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects.sqlite import insert

from detente.errors import StoreError
from detente.interfaces import Coder
from detente.records import Document, Event, Forecast, Quote, Status, Story, Voice
from detente.store import arrivals, corrected, ledger, rows, schema, search, upkeep, writing
from detente.store.connection import connect, reading
from detente.store.connection import writing as write
from detente.store.correcting import Corrections
from detente.store.counted import CountedReports
from detente.store.imports import Imports
from detente.store.marks import Mark, Marks
from detente.store.migrations import APPLICATION, MIGRATIONS, migrate
from detente.store.search import Filter, Hit, Order
from detente.store.writing import Added, Coded, Failure

__all__ = ["Added", "Failure", "Mark", "Store", "open_store"]

# Documents written in one transaction: each transaction waits for the disk once, and a power cut
# costs at most the coding of as many documents.
_BATCH = 32


def open_store(path: str | Path | None = None) -> Store:
    """The store in a file, made where there is none and brought up to date where it is older.

    Without a path it is `detente.sqlite` in the user's own data folder; ":memory:" is gone when it
    is closed, and is for one thread. Use it in a `with` statement or close it. Raises `StoreError`
    where the file cannot be a store, `SchemaTooNew` where a newer version wrote it.

    >>> with open_store(":memory:") as store:
    ...     store.pairs()
    []
    """
    if path is None:
        import platformdirs

        path = Path(platformdirs.user_data_dir("detente")) / "detente.sqlite"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"the folder cannot be made ({error.strerror})",
                where=str(path.parent),
                todo="give another place with --store",
            ) from error
    where = str(path)
    if where != ":memory:":
        if Path(path).is_dir():
            raise StoreError("this is a folder", where=where, todo="name a file in it")
        if not Path(path).absolute().parent.is_dir():
            raise StoreError(
                "there is no such folder",
                where=str(Path(path).absolute().parent),
                todo="make it first, or give another --store",
            )
    engine = connect(where)
    try:
        with reading(engine, where) as connection:
            now = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            ours = connection.exec_driver_sql("PRAGMA application_id").scalar_one() == APPLICATION
            fresh = ours and now == len(MIGRATIONS) and upkeep.current(connection)
        # A store that is up to date is only looked at, so that opening it waits for no writer.
        opened = reading if fresh else write
        with opened(engine, where) as connection:
            migrate(connection, where=where)
            if not fresh:
                upkeep.renew(connection)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, where)


class Store(Imports, Marks, Corrections, CountedReports):
    """An open store; `open_store` makes it. Every method is one transaction."""

    def __init__(self, engine: Engine, where: str) -> None:
        self._engine = engine
        self.where = where

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    # Writing

    def add(
        self,
        documents: Iterable[Document],
        coder: Coder | None = None,
        *,
        retrieved: datetime | None = None,
    ) -> Added:
        """Keep documents that are not there yet, with the events a coder finds in them.

        A document is there when its id or its very text is; adding it again adds nothing, except
        that one kept without a coder is coded, and that the earliest of its places decides (see
        `detente.store.arrivals`). A document, its events and their stories are written
        together or not at all. One that the coder fails on is left out and listed with its reason.
        `retrieved` is when the documents came, for those that do not say.
        """
        run: int | None = None
        total = Added()
        pending: list[Coded] = []

        def flush() -> None:
            nonlocal run, total
            if not pending:
                return
            with self._write() as connection:
                if run is None and coder is not None:
                    run = writing.new_run(connection, coder.name, retrieved)
                part = writing.write_documents(connection, pending, run, retrieved)
            pending.clear()
            total += part

        def came_again(again: arrivals.Again, seen: datetime | None) -> None:
            nonlocal run, total
            events: list[Event] | None = None
            if coder is not None and again.uncoded:
                try:
                    events = list(coder.code(again.document))
                    for event in events:
                        rows.check_evidence(event, again.document.id, again.document.text)
                except Exception as error:  # as below
                    failure = writing.failure_of(again.document, error, coder, retrieved)
                    self.add_failure(failure)
                    total += Added(failures=(failure,))
                    return
            new = 0
            if again.moved or events is not None or again.place is not None:
                with self._write() as connection:
                    if events is not None and run is None and coder is not None:
                        run = writing.new_run(connection, coder.name, retrieved)
                    if again.moved or events is not None:
                        new = arrivals.move(connection, again, events, run, seen)
                    else:
                        arrivals.note(connection, again, seen)
            total += Added(already=1, events=new)

        try:
            for document in documents:
                if writing.waits(document, pending):
                    flush()  # so that the two places of one text meet in the store
                with self._read() as connection:
                    state = writing.state(connection, document, pending, coding=coder is not None)
                    again = (
                        None
                        if state == "other"
                        else arrivals.look(connection, document, coding=coder is not None)
                    )
                if again is not None:
                    came_again(again, document.retrieved or retrieved)
                    continue
                try:
                    if state == "other":
                        raise StoreError(
                            "another text is kept under this id",
                            where=f"document {document.id}",
                            todo="give it an id of its own",
                        )
                    events = list(coder.code(document)) if coder else None
                    for event in events or ():
                        rows.check_evidence(event, document.id, document.text)
                except Exception as error:  # a coder may fail in any way; the others go on
                    failure = writing.failure_of(document, error, coder, retrieved)
                    self.add_failure(failure)
                    total += Added(failures=(failure,))
                    continue
                pending.append((document, events))
                if len(pending) >= _BATCH:
                    flush()
        finally:
            flush()  # also when the documents stop with an error: what was coded is kept
        return total

    def add_events(self, events: Iterable[Event]) -> int:
        """Keep events of documents that are in the store; gives how many were new.

        Raises `StoreError` for an event whose document is not there or does not hold its words.
        """
        listed = list(events)
        with self._write() as connection:
            table = schema.documents
            known = {
                row.id: row
                for row in connection.execute(
                    select(table.c.id, table.c.text, table.c.published).where(
                        rows.among(table.c.id, (event.document for event in listed))
                    )
                )
            }
            for event in listed:
                if event.document not in known:
                    raise StoreError(
                        "the document of the event is not in the store",
                        where=f"document {event.document}",
                        todo="add the document first",
                    )
                rows.check_evidence(event, event.document, known[event.document].text)
            dated = [(event, known[event.document].published) for event in listed]
            return writing.write_events(connection, dated, None)

    def add_quotes(self, quotes: Iterable[Quote]) -> int:
        """Keep quotations of documents that are in the store; gives how many were new."""
        count = 0
        with self._write() as connection:
            for quote in quotes:
                values = {column.name: getattr(quote, column.name) for column in schema.quotes.columns}
                statement = insert(schema.quotes).values(values).on_conflict_do_nothing()
                count += connection.execute(statement).rowcount
        return count

    def add_failure(self, failure: Failure) -> None:
        """Note what could not be read, and why; the same is noted once."""
        with self._write() as connection:
            writing.write_failure(connection, failure)

    def file_forecast(self, forecast: Forecast) -> str:
        """Append a forecast to the ledger, or the outcome of one; gives the hash of its line.

        Nothing that is filed can be changed; see `detente.store.ledger`.
        """
        with self._write() as connection:
            return ledger.file(connection, forecast)

    # Reading

    def document(self, id: str) -> Document | None:
        """The document of that id, also a retracted one; None where there is none."""
        with self._read() as connection:
            row = connection.execute(
                select(schema.documents).where(schema.documents.c.id == id)
            ).one_or_none()
        return rows.read_document(row) if row else None

    def documents(
        self,
        *,
        ids: Collection[str] | None = None,
        publisher: str | None = None,
        since: date | None = None,
        until: date | None = None,
        retracted: bool | None = False,
        limit: int | None = None,
        order: Order = "date",
    ) -> list[Document]:
        """Documents by day of publication, those without one last; `retracted=None` gives all."""
        Filter(limit=limit, order=order)  # refuses what makes no sense
        table = schema.documents
        statement = select(table)
        if ids is not None:
            statement = statement.where(rows.among(table.c.id, ids))
        if publisher is not None:
            statement = statement.where(table.c.publisher == publisher)
        if since is not None:
            statement = statement.where(table.c.published >= since.isoformat())
        if until is not None:
            statement = statement.where(table.c.published <= until.isoformat())
        if retracted is not None:
            statement = statement.where(table.c.retracted.is_(retracted))
        day = table.c.published.desc() if order == "newest" else table.c.published.asc()
        if order != "document":
            statement = statement.order_by(day.nulls_last())
        with self._read() as connection:
            found = connection.execute(statement.order_by(table.c.id).limit(limit)).all()
        return [rows.read_document(row) for row in found]

    def event(self, id: str, *, machine: bool = False) -> Event | None:
        """The event of that id, also of a retracted document; None where there is none.

        A corrected event is found by its first id too, and one marked wrong is none; `machine` gives
        what the machine coded, whatever was made of it.
        """
        with self._read() as connection:
            return corrected.event(connection, id, machine=machine)

    def events(
        self,
        *,
        pair: tuple[str, str] | None = None,
        actor: str | None = None,
        recipient: str | None = None,
        event: str | Collection[str] | None = None,
        status: Status | Collection[Status] | None = None,
        voice: Voice | Collection[Voice] | None = None,
        since: date | None = None,
        until: date | None = None,
        as_of: date | None = None,
        document: str | None = None,
        text: str | None = None,
        ids: Collection[str] | None = None,
        limit: int | None = None,
        order: Order = "date",
        retracted: bool | None = False,
    ) -> list[Event]:
        """The events that meet every condition given.

        `pair` is in either direction; of a symmetric act any two parties are a pair. `since` and
        `until` include their day and go by the days of the event, or by publication where it has
        none. `as_of` uses only documents published on that day or before. `text` are words that the
        evidence holds. `order` is "date", "newest" or "document"; what has no day comes last.
        `retracted=True` gives those of withdrawn or replaced documents, None gives all.
        """
        wanted = Filter(
            pair,
            actor,
            recipient,
            event,
            status,
            voice,
            since,
            until,
            as_of,
            document,
            text,
            ids,
            limit,
            order,
        )
        with self._read() as connection:
            return rows.read_events(connection, search.events_of(wanted, retracted))

    def story(self, id: str) -> Story | None:
        """The story of that id, or that its first report was put into; None where there is none."""
        found = self.stories(ids=(id,))
        if not found and (now := self.now_in(id)) is not None:
            found = self.stories(ids=(now,))
        return found[0] if found else None

    def stories(
        self,
        *,
        pair: tuple[str, str] | None = None,
        actor: str | None = None,
        recipient: str | None = None,
        event: str | Collection[str] | None = None,
        status: Status | Collection[Status] | None = None,
        since: date | None = None,
        until: date | None = None,
        as_of: date | None = None,
        document: str | None = None,
        text: str | None = None,
        ids: Collection[str] | None = None,
        limit: int | None = None,
        order: Order = "date",
    ) -> list[Story]:
        """The stories that meet every condition given; see `events`.

        With `as_of` they are told anew from the documents published by that day: later reports add
        nothing to them. `document` and `text` ask for stories with such a report.
        """
        wanted = Filter(
            pair,
            actor,
            recipient,
            event,
            status,
            None,
            since,
            until,
            as_of,
            document,
            text,
            ids,
            limit,
            order,
        )
        with self._read() as connection:
            if as_of is None:
                return rows.read_stories(connection, search.stories_of(wanted))
            return search.stories_as_of(connection, wanted, as_of)

    def told(self, events: Iterable[Event], as_of: date | None = None) -> list[Story]:
        """The stories that events of the store tell among themselves, by the rules of `stories`."""
        with self._read() as connection:
            return upkeep.tell(connection, list(events), as_of)

    def pairs(self) -> list[tuple[str, str, int]]:
        """Every two parties with an act between them and the number of their stories, most first.

        The codes of a pair stand in the order of the alphabet; stories of every status count.
        """
        with self._read() as connection:
            found = connection.exec_driver_sql(
                "SELECT p.code, q.code, count(DISTINCT s.id) AS stories FROM stories AS s"
                " JOIN story_parties AS p ON p.story = s.id"
                " JOIN story_parties AS q ON q.story = s.id AND p.code < q.code"
                " WHERE s.symmetric OR p.side <> q.side"
                " GROUP BY p.code, q.code ORDER BY stories DESC, p.code, q.code"
            )
            return [(one, other, count) for one, other, count in found]

    def quotes(self, *, document: str | None = None, speaker: str | None = None) -> list[Quote]:
        """Quotations of a document or of a speaker as the text names him or her."""
        table, documents = schema.quotes, schema.documents
        statement = (
            select(table)
            .join(documents, documents.c.id == table.c.document)
            .where(documents.c.retracted.is_(False))
        )
        if document is not None:
            statement = statement.where(table.c.document == document)
        if speaker is not None:
            statement = statement.where(table.c.speaker == speaker)
        with self._read() as connection:
            found = connection.execute(statement.order_by(table.c.document, table.c.start, table.c.end))
            return [rows.read_quote(row) for row in found]

    def search(self, query: str, limit: int = 20, *, marks: tuple[str, str] = ("[", "]")) -> list[Hit]:
        """Documents that hold all the words in title or text, the best match (BM25) first.

        Words between double quotes stay together; nothing a user types is an operator or an error.
        `marks` are put around the words in each hit's snippet.
        """
        with self._read() as connection:
            return search.find(connection, query, max(limit, 0), marks)

    def failures(self) -> list[Failure]:
        """What could not be read or coded, and why, in the order it was noted."""
        table = schema.failures
        with self._read() as connection:
            found = connection.execute(select(table).order_by(table.c.number)).all()
        return [
            Failure(
                place=row.place,
                reason=row.reason,
                document=row.document,
                coder=row.coder,
                at=datetime.fromisoformat(row.at) if row.at else None,
            )
            for row in found
        ]

    def forecasts(self) -> list[Forecast]:
        """Every filed forecast in order, with its outcome where it has one, the ledger checked."""
        with self._read() as connection:
            return ledger.read(connection)

    def published(self, document: str) -> date | None:
        """The day a document was published; None where it is unknown or not there."""
        return self.publication_dates((document,)).get(document)

    def publication_dates(self, ids: Iterable[str]) -> dict[str, date | None]:
        """The day of publication of each document of the store, by id."""
        table = schema.documents
        with self._read() as connection:
            found = connection.execute(
                select(table.c.id, table.c.published).where(rows.among(table.c.id, ids))
            )
            return {row.id: date.fromisoformat(row.published) if row.published else None for row in found}

    def looking(self) -> AbstractContextManager[Connection]:
        """A reading transaction for questions that no other method answers; see `schema`."""
        return self._read()

    # Inside

    def _read(self) -> AbstractContextManager[Connection]:
        return reading(self._engine, self.where)

    def _write(self) -> AbstractContextManager[Connection]:
        return write(self._engine, self.where)
