"""The part of the store that keeps rows of other people's event data; see `imported`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Engine

from detente.store import imported
from detente.store.connection import reading, writing
from detente.store.imported import ImportedEvent, Rows

__all__ = ["Imports"]


class Imports:
    """What `Store` can do with imported rows; every method is one transaction."""

    _engine: Engine
    where: str

    def start_import(self, place: str, format: str, at: datetime | None = None) -> int:
        """Note that a file of that format is being imported; gives the number of the run."""
        with writing(self._engine, self.where) as connection:
            return imported.start(connection, place, format, at)

    def add_imported(self, run: int, rows: Rows) -> int:
        """Keep rows and mentions that are not there yet; gives how many were new."""
        with writing(self._engine, self.where) as connection:
            return imported.insert(connection, rows, run)

    def finish_import(self, run: int, rows: int, kept: int, wrong: int) -> None:
        """Note what came of an import; one that was stopped on the way has no such note."""
        with writing(self._engine, self.where) as connection:
            imported.finish(connection, run, rows, kept, wrong)

    def imported(
        self,
        *,
        scheme: str | None = None,
        pair: tuple[str, str] | None = None,
        since: date | None = None,
        until: date | None = None,
        limit: int | None = None,
    ) -> Iterator[ImportedEvent]:
        """Imported rows in the order they came, one at a time; `pair` is in either direction.

        `since` and `until` include their day; a row without a day is in neither. The rows are those
        of the moment when the first was asked for.
        """
        with reading(self._engine, self.where) as connection:
            yield from imported.read(
                connection, scheme=scheme, pair=pair, since=since, until=until, limit=limit
            )

    def imported_schemes(self) -> dict[str, int]:
        """The schemes that rows were imported of, each with the number of its acts."""
        with reading(self._engine, self.where) as connection:
            return imported.schemes(connection)
