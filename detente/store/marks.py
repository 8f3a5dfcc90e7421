"""Articles that were withdrawn, or that a later version took the place of.

Their reports leave every list, figure and story; the text stays with a mark, for old evidence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, or_, select, update

from detente.errors import StoreError
from detente.store import copies, schema, upkeep
from detente.store.connection import reading, writing
from detente.store.copies import Sighting
from detente.store.rows import among

__all__ = ["Mark", "Marks", "supersede"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Why a document does not count: withdrawn by hand, for a reason, or `superseded` by the
    document of that id, a later version of it."""

    document: str
    withdrawn: bool
    reason: str | None = None
    superseded: str | None = None

    def __str__(self) -> str:
        if self.withdrawn:
            return f"withdrawn: {self.reason}" if self.reason else "withdrawn"
        return f"replaced by its later version {self.superseded}"


class Marks:
    """What `Store` can do with articles that do not count, and with copies; every method is one
    transaction."""

    _engine: Engine
    where: str

    def retract(self, document: str, reason: str | None = None) -> int:
        """Withdraw a document: its events are no longer given nor counted; gives how many they are.

        The document itself stays, so that it is not added again and old evidence can be looked up.
        Raises `StoreError` for a document that is not there.
        """
        with writing(self._engine, self.where) as connection:
            _known(connection, document)
            table = schema.documents
            own = table.c.id == document
            connection.execute(update(table).where(own).values(withdrawn=True, reason=reason))
            _count(connection, document)
            return _events(connection, document)

    def restore(self, document: str) -> int:
        """Undo `retract`: the document's events count again; gives how many they are.

        Raises `StoreError` for a document that is not there or was not withdrawn. One that a later
        version took the place of stays out: 0.
        """
        with writing(self._engine, self.where) as connection:
            _known(connection, document)
            table = schema.documents
            own = table.c.id == document
            changed = connection.execute(
                update(table).where(own, table.c.withdrawn.is_(True)).values(withdrawn=False, reason=None)
            )
            if not changed.rowcount:
                raise StoreError(
                    "the document was not withdrawn", where=document, todo="there is nothing to undo"
                )
            return _events(connection, document) if _count(connection, document) else 0

    def marks(self, ids: Iterable[str] | None = None) -> dict[str, Mark]:
        """The documents that do not count, with the reason, by id; of all or of some documents."""
        table = schema.documents
        statement = select(table).where(table.c.retracted.is_(True)).order_by(table.c.id)
        if ids is not None:
            statement = statement.where(among(table.c.id, ids))
        with reading(self._engine, self.where) as connection:
            found = connection.execute(statement).all()
        return {row.id: Mark(row.id, row.withdrawn, row.reason, row.superseded) for row in found}

    def named(self, name: str) -> list[str]:
        """The ids of the documents with that id or address, the newest kept last."""
        table, places = schema.documents, schema.sightings
        elsewhere = select(places.c.document).where(places.c.url == name)
        statement = select(table.c.id).where(
            or_(table.c.id == name, table.c.url == name, table.c.id.in_(elsewhere))
        )
        with reading(self._engine, self.where) as connection:
            return list(connection.scalars(statement.order_by(table.c.number)))

    def copies(self, document: str) -> list[str]:
        """The ids of the other documents that are copies of this one's text, sorted."""
        with reading(self._engine, self.where) as connection:
            return sorted(copies.family(connection, document) - {document})

    def house(self, document: str) -> str | None:
        """The wire agency or publisher that a document's text comes from, the same for its copies."""
        with reading(self._engine, self.where) as connection:
            return copies.sources(connection, [document]).houses.get(document)

    def sightings(self, document: str) -> list[Sighting]:
        """The other places where the very text of a document was found, in the order they were."""
        with reading(self._engine, self.where) as connection:
            return list(copies.sightings(connection, document))


def supersede(connection: Connection, document: str, revises: str | None) -> None:
    """Mark what a new document is a later version of; and itself, where a later one is there."""
    table = schema.documents
    if revises is not None and revises != document:
        earlier = update(table).where(table.c.id == revises, table.c.superseded.is_(None))
        if connection.execute(earlier.values(superseded=document)).rowcount:
            _count(connection, revises)
    later = connection.scalar(
        select(table.c.id)
        .where(table.c.revises == document, table.c.id != document)
        .order_by(table.c.number)
        .limit(1)
    )
    if later is not None and later != revises:
        connection.execute(update(table).where(table.c.id == document).values(superseded=later))
        _count(connection, document)


def _known(connection: Connection, document: str) -> None:
    table = schema.documents
    if connection.scalar(select(table.c.id).where(table.c.id == document)) is None:
        raise StoreError("there is no such document", where=document, todo="check the id")


def _events(connection: Connection, document: str) -> int:
    table = schema.events
    counted = (table.c.document == document, table.c.struck.is_(False))
    own = select(func.count()).select_from(table).where(*counted)
    return int(connection.scalar(own) or 0)


def _count(connection: Connection, document: str) -> bool:
    """Set whether a document counts and tell its stories anew; gives whether that changed."""
    table = schema.documents
    own = table.c.id == document
    row = connection.execute(
        select(table.c.retracted, table.c.withdrawn, table.c.superseded).where(own)
    ).one()
    out = row.withdrawn or row.superseded is not None
    if out == row.retracted:
        return False
    connection.execute(update(table).where(own).values(retracted=out))
    if out:
        upkeep.withdraw(connection, document)
    else:
        upkeep.refresh(connection, [document])
    return True
