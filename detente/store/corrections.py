"""What an analyst corrects: lines that are never edited, each with the hash of the one before, and
signed where there is a key.

The machine's own coding stands in the first line about an act and is never lost; a correction is undone
by a further line. `detente.store.corrected` makes the record that counts of both.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from detente.errors import InputError, StoreError
from detente.store.ledger import FIRST_HASH, seal
from detente.store.rows import among
from detente.store.schema import corrections

__all__ = [
    "KEY",
    "KINDS",
    "Check",
    "Correction",
    "Hand",
    "append",
    "line",
    "of",
    "read",
    "signing_key",
    "undone",
    "verify",
]

KINDS = ("wrong", "change", "add", "merge", "split", "undo")
"""What a line can say: an act is wrong, is another, was missed; stories are one, are two; or that an
earlier line no longer holds."""

KEY = "DETENTE_SIGNING_KEY"
"""The environment variable that holds the key that corrections are signed with."""

_LONGEST_NAME = 200
_LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Hand:
    """Who corrects, and when.

    `by` is a name, `at` the moment with its time zone. With a `key` the lines are signed: only who has
    it can write or check such a signature. Without one the name is only what somebody typed.

    Raises InputError for an empty or endless name and a moment without a time zone.
    """

    by: str
    at: datetime
    key: bytes | None = None

    def __post_init__(self) -> None:
        if not self.by.strip() or len(self.by) > _LONGEST_NAME or not self.by.isprintable():
            raise InputError(
                "a correction needs the name of who makes it",
                where="by",
                todo=f"give one line of at most {_LONGEST_NAME} characters",
            )
        if self.at.tzinfo is None:
            raise InputError("the moment has no time zone", where="at", todo="give one, such as UTC")


@dataclass(frozen=True, slots=True)
class Correction:
    """One line of the corrections.

    `kind` is one of `KINDS`; `target` the act (by the id that the machine gave it), the story or, of an
    undo, the correction it is about. `body` is what was said: {"set": {field: value}} with the machine's
    coding under "coded", the acts of a merge or split, the act that was missed.
    """

    number: int
    id: str
    at: datetime
    by: str
    kind: str
    target: str
    body: Mapping[str, Any]
    reason: str | None
    prev_hash: str
    hash: str
    signature: str | None


@dataclass(frozen=True, slots=True)
class Check:
    """Whether the lines are as they were written.

    `broken` names the first line that was changed, slipped in or left out, and why; None where all fit.
    `signed` counts lines signed with the key that was given, `foreign` those whose signature is not of
    that key, or of any where none was given, `unsigned` the rest.
    """

    lines: int
    signed: int
    foreign: int
    unsigned: int
    broken: str | None

    def __str__(self) -> str:
        if self.broken is not None:
            return self.broken
        if not self.lines:
            return "nothing was corrected"
        parts = [f"{self.lines} line{'' if self.lines == 1 else 's'}, none changed since"]
        for count, what in (
            (self.signed, "signed with this key"),
            (self.foreign, "signed with a key that is not at hand"),
            (self.unsigned, "not signed"),
        ):
            if count:
                parts.append(f"{count} {what}")
        return "; ".join(parts)


def signing_key() -> bytes | None:
    """The key of this environment that corrections are signed with; None where there is none.

    Only the command line and the desk ask for it; the store takes what its `Hand` brings.
    """
    return os.environ.get(KEY, "").encode("utf-8", "surrogateescape") or None


def append(
    connection: Connection,
    hand: Hand,
    kind: str,
    target: str,
    body: Mapping[str, Any],
    reason: str | None,
) -> Correction:
    """Write one more line; gives it. Raises InputError for a reason without end."""
    if reason is not None and len(reason) > _LONGEST_REASON:
        raise InputError(
            f"the reason has {len(reason)} characters",
            where="reason",
            todo=f"say it in {_LONGEST_REASON} at most",
        )
    last = connection.execute(
        select(corrections.c.number, corrections.c.hash).order_by(corrections.c.number.desc()).limit(1)
    ).one_or_none()
    number, previous = (last.number + 1, last.hash) if last else (1, FIRST_HASH)
    values = {
        "at": hand.at.isoformat(),
        "by": hand.by.strip(),
        "kind": kind,
        "target": target,
        "body": json.dumps(body, ensure_ascii=False, sort_keys=True, allow_nan=False),
        "reason": reason.strip() or None if reason else None,
    }
    # The id is made of what is said and of all before it, so that no two lines share one.
    id = _id(previous, values)
    sealed = seal(previous, _canonical({"id": id, **values}))
    row = {
        "number": number,
        "id": id,
        **values,
        "prev_hash": previous,
        "hash": sealed,
        "signature": _sign(hand.key, sealed) if hand.key else None,
    }
    connection.execute(insert(corrections).values(row))
    found = connection.execute(select(corrections).where(corrections.c.number == number)).one()
    return _parse(found)


def read(connection: Connection) -> list[Correction]:
    """Every line in the order of writing. Raises `StoreError` naming the first that does not fit."""
    rows = connection.execute(select(corrections).order_by(corrections.c.number)).all()
    broken = _broken(rows)
    if broken is not None:
        raise StoreError(broken, where="corrections", todo="go back to a copy of the store from before")
    return [_parse(row) for row in rows]


def line(connection: Connection, id: str) -> Correction | None:
    """The line of that id; None where there is none."""
    row = connection.execute(select(corrections).where(corrections.c.id == id)).one_or_none()
    return _parse(row) if row else None


def of(connection: Connection, targets: Iterable[str]) -> list[Correction]:
    """The lines about acts or stories, in the order of writing, whether they hold or not."""
    chosen = select(corrections).where(among(corrections.c.target, targets), corrections.c.kind != "undo")
    return [_parse(row) for row in connection.execute(chosen.order_by(corrections.c.number))]


def undone(connection: Connection) -> dict[str, str]:
    """The lines that were undone, each with the id of the undoing line that holds.

    An undo can be undone too: then the first line holds again.
    """
    undos = connection.execute(
        select(corrections.c.id, corrections.c.target)
        .where(corrections.c.kind == "undo")
        .order_by(corrections.c.number.desc())
    )
    found: dict[str, str] = {}
    for row in undos:  # the latest first, for only later lines can undo a line
        if row.id not in found:
            found.setdefault(row.target, row.id)
    return found


def verify(connection: Connection, key: bytes | None = None) -> Check:
    """Whether every line is as it was written, and by which key it was signed."""
    rows = connection.execute(select(corrections).order_by(corrections.c.number)).all()
    signed = foreign = unsigned = 0
    for row in rows:
        if row.signature is None:
            unsigned += 1
        elif key is not None and hmac.compare_digest(row.signature, _sign(key, row.hash)):
            signed += 1
        else:
            foreign += 1
    return Check(len(rows), signed, foreign, unsigned, _broken(rows))


def _broken(rows: Iterable[Row[Any]]) -> str | None:
    previous = FIRST_HASH
    for number, row in enumerate(rows, start=1):
        values = {name: getattr(row, name) for name in ("at", "by", "kind", "target", "body", "reason")}
        if row.number != number:
            return f"line {number} of the corrections is missing"
        if (
            row.prev_hash != previous
            or row.id != _id(previous, values)
            or row.hash != seal(previous, _canonical({"id": row.id, **values}))
        ):
            return f"line {number} of the corrections was changed after it was written"
        previous = row.hash
    return None


def _id(previous: str, values: Mapping[str, Any]) -> str:
    return hashlib.sha256(f"{previous}\n{_canonical(values)}".encode()).hexdigest()[:12]


def _canonical(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def _sign(key: bytes, sealed: str) -> str:
    return hmac.new(key, sealed.encode(), hashlib.sha256).hexdigest()


def _parse(row: Row[Any]) -> Correction:
    return Correction(
        number=row.number,
        id=row.id,
        at=datetime.fromisoformat(row.at),
        by=row.by,
        kind=row.kind,
        target=row.target,
        body=json.loads(row.body),
        reason=row.reason,
        prev_hash=row.prev_hash,
        hash=row.hash,
        signature=row.signature,
    )
