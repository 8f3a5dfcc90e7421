"""Who may ask a desk that others can reach: tokens, of which the store keeps a hash only."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, insert, select, update

from detente.errors import InputError
from detente.store.connection import reading, writing
from detente.store.schema import tokens as _table

if TYPE_CHECKING:
    from detente.store.database import Store

__all__ = ["Scope", "Token", "Tokens"]

_PREFIX = "dt_"
_BYTES = 32  # of chance: nobody guesses as many, so a fast hash is enough
_LONGEST_NAME = 80


class Scope(StrEnum):
    """What a token allows; each allows what those before it do.

    >>> Scope.WRITE.covers(Scope.READ), Scope.READ.covers(Scope.WRITE)
    (True, False)
    """

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    def covers(self, needed: Scope) -> bool:
        """Whether this scope is enough where another is needed."""
        order = list(Scope)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token; its secret is not. `expires` and `revoked` are None where neither."""

    id: str
    name: str
    scope: Scope
    made: datetime
    expires: datetime | None = None
    revoked: datetime | None = None

    def valid(self, now: datetime) -> bool:
        """Whether it opens anything at that moment."""
        return self.revoked is None and (self.expires is None or now < self.expires)


class Tokens:
    """The tokens of an open store.

    Moments are in UTC and come from the caller, for the store asks no clock.

    >>> from datetime import UTC
    >>> from detente.store import open_store
    >>> now = datetime(2026, 1, 8, tzinfo=UTC)
    >>> with open_store(":memory:") as store:
    ...     tokens = Tokens(store)
    ...     token, secret = tokens.make("the newsroom", Scope.READ, now=now)
    ...     tokens.check(secret, now=now) == token, tokens.check("dt_guess", now=now)
    (True, None)
    """

    def __init__(self, store: Store) -> None:
        self._engine = store._engine
        self._where = store.where

    def make(
        self, name: str, scope: Scope, *, now: datetime, expires: datetime | None = None
    ) -> tuple[Token, str]:
        """A new token and its secret, which cannot be had a second time.

        Raises `InputError` for a name that is empty, too long or not printable, and for an end that
        has passed.
        """
        kept = " ".join(name.split())
        if not kept or len(kept) > _LONGEST_NAME or not kept.isprintable():
            raise InputError(
                "this is no name for a token",
                where="the name",
                todo=f"say who uses it, in at most {_LONGEST_NAME} printable letters",
            )
        if expires is not None and expires <= now:
            raise InputError("the token would be over already", where="its end", todo="give a later day")
        secret = _PREFIX + secrets.token_urlsafe(_BYTES)
        token = Token(secrets.token_hex(4), kept, scope, now, expires)
        with writing(self._engine, self._where) as connection:
            connection.execute(
                insert(_table).values(
                    id=token.id,
                    name=kept,
                    hash=_hash(secret),
                    scope=scope.value,
                    made=now.isoformat(),
                    expires=expires.isoformat() if expires else None,
                    revoked=None,
                )
            )
        return token, secret

    def listed(self) -> list[Token]:
        """Every token ever made, the oldest first, also those that are over."""
        with reading(self._engine, self._where) as connection:
            return [
                _read(row) for row in connection.execute(select(_table).order_by(_table.c.made, _table.c.id))
            ]

    def revoke(self, id: str, *, now: datetime) -> Token:
        """End a token at once; one that was revoked before keeps its moment.

        Raises `InputError` for an id that no token has.
        """
        with writing(self._engine, self._where) as connection:
            connection.execute(
                update(_table)
                .where(_table.c.id == id, _table.c.revoked.is_(None))
                .values(revoked=now.isoformat())
            )
            row = connection.execute(select(_table).where(_table.c.id == id)).one_or_none()
        if row is None:
            raise InputError(f"there is no token {id!r}", where=self._where, todo="see: detente token list")
        return _read(row)

    def check(self, secret: str, *, now: datetime) -> Token | None:
        """The token of a secret where it is valid at that moment, else None."""
        if not secret.startswith(_PREFIX):
            return None
        with reading(self._engine, self._where) as connection:
            row = connection.execute(select(_table).where(_table.c.hash == _hash(secret))).one_or_none()
        token = _read(row) if row is not None else None
        return token if token is not None and token.valid(now) else None

    def some(self, *, now: datetime) -> bool:
        """Whether any token opens the desk at that moment."""
        return any(token.valid(now) for token in self.listed())


def _hash(secret: str) -> str:
    # A search by hash tells nothing by its time: to steer it one would have to invert SHA-256.
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _read(row: Row[Any]) -> Token:
    return Token(
        id=row.id,
        name=row.name,
        scope=Scope(row.scope),
        made=datetime.fromisoformat(row.made),
        expires=datetime.fromisoformat(row.expires) if row.expires else None,
        revoked=datetime.fromisoformat(row.revoked) if row.revoked else None,
    )
