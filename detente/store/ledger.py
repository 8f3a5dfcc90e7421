"""The ledger of forecasts: each line holds the hash of the one before, so none can be slipped in,
changed or left out unseen."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select

from detente.errors import StoreError
from detente.records import Forecast, Outlook, Term
from detente.store.schema import forecasts

__all__ = ["FIRST_HASH", "file", "read", "seal"]

FIRST_HASH = "0" * 64
"""What stands for the hash before the first line."""


def seal(prev_hash: str, body: str) -> str:
    """The SHA-256 of a line: of the hash before it, a newline and its body, in 64 hex digits.

    >>> seal(FIRST_HASH, "{}")[:8]
    '5649d09e'
    """
    return hashlib.sha256(f"{prev_hash}\n{body}".encode()).hexdigest()


def file(connection: Connection, forecast: Forecast) -> str:
    """Append a forecast, or the outcome of one that is filed; gives the hash of its line.

    Filing the very same again changes nothing. Raises `StoreError` where it would change what is
    filed: only `outcome` and `score` may be added, once.
    """
    lines = _chain(connection)
    body = _write(forecast)
    for earlier, text, sealed in reversed(lines):
        if earlier.id != forecast.id:
            continue
        if text == body:
            return sealed
        unresolved = earlier.outcome is None and earlier.score is None
        same = replace(forecast, outcome=None, score=None) == earlier
        if not (unresolved and same and forecast.outcome is not None):
            raise StoreError(
                "a forecast of this id is filed and cannot be changed",
                where=f"forecast {forecast.id}",
                todo="file it under a new id, or add only its outcome and score, once",
            )
        break
    previous = lines[-1][2] if lines else FIRST_HASH
    sealed = seal(previous, body)
    connection.execute(insert(forecasts).values(id=forecast.id, body=body, prev_hash=previous, hash=sealed))
    return sealed


def read(connection: Connection) -> list[Forecast]:
    """Every forecast in the order of filing, with its outcome where it has one.

    Raises `StoreError` naming the first line whose hash does not fit.
    """
    latest: dict[str, Forecast] = {}
    for forecast, _, _ in _chain(connection):
        latest[forecast.id] = forecast
    return list(latest.values())


def _chain(connection: Connection) -> list[tuple[Forecast, str, str]]:
    previous = FIRST_HASH
    lines = []
    for row in connection.execute(select(forecasts).order_by(forecasts.c.number)):
        if row.prev_hash != previous or seal(previous, row.body) != row.hash:
            raise StoreError(
                "the ledger was changed after filing: its hash does not fit",
                where=f"forecasts line {row.number}",
                todo="go back to a copy of the store from before",
            )
        lines.append((_parse(row.body), row.body, row.hash))
        previous = row.hash
    return lines


def _write(forecast: Forecast) -> str:
    try:
        return json.dumps(
            asdict(forecast),
            default=lambda value: value.isoformat(),
            ensure_ascii=False,
            sort_keys=True,
            allow_nan=False,
        )
    except ValueError as error:
        raise StoreError(
            "a number of it is not finite",
            where=f"forecast {forecast.id}",
            todo="give None and a reason where nothing can be said",
        ) from error


def _parse(body: str) -> Forecast:
    fields: dict[str, Any] = json.loads(body)
    outlook: dict[str, Any] = fields.pop("outlook")
    terms = tuple(Term(**{**term, "events": tuple(term["events"])}) for term in outlook.pop("terms"))
    return Forecast(
        **{
            **fields,
            "filed_on": date.fromisoformat(fields["filed_on"]),
            "due_on": date.fromisoformat(fields["due_on"]),
            "outlook": Outlook(
                **{
                    **outlook,
                    "pair": tuple(outlook["pair"]),
                    "asked_on": date.fromisoformat(outlook["asked_on"]),
                    "terms": terms,
                }
            ),
        }
    )
