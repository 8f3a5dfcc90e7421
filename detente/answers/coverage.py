"""How much the record holds: what was searched when nothing was found."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detente.store import Store

__all__ = ["coverage"]


def coverage(store: Store, today: date) -> tuple[int, date | None, date | None]:
    """Number of documents published by a day, and the first and last day of publication among them.

    >>> from detente.api import open_store
    >>> with open_store(":memory:") as store:
    ...     coverage(store, date(2026, 1, 8))
    (0, None, None)
    """
    from sqlalchemy import func, select

    from detente.store import schema

    table = schema.documents
    statement = (
        select(func.count(), func.min(table.c.published), func.max(table.c.published))
        .where(table.c.retracted.is_(False))
        .where(table.c.published <= today.isoformat())
    )
    # counted by the store: the texts themselves need not be read for it
    with store.looking() as connection:
        count, first, last = connection.execute(statement).one()
    return (
        int(count),
        date.fromisoformat(first) if first else None,
        date.fromisoformat(last) if last else None,
    )
