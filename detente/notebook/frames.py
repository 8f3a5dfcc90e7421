"""Records as rows of a table, for polars and pandas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from detente.errors import MissingExtra
from detente.records import Document, Event, Level, Line, Turn

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped]
    import polars

    from detente.relations.series import Act

__all__ = [
    "act_rows",
    "event_rows",
    "level_rows",
    "line_rows",
    "pandas_frame",
    "polars_frame",
    "side",
    "turn_rows",
    "whole_day",
]

Rows = Sequence[Mapping[str, Any]]

# The columns of each table with their kinds, so that an empty one has them too.
_EVENT: Mapping[str, type] = {
    "act": str,
    "day": date,
    "date": str,
    "date_end": str,
    "type": str,
    "side": str,
    "actor": str,
    "recipient": str,
    "symmetric": bool,
    "status": str,
    "voice": str,
    "speaker": str,
    "words": str,
    "publisher": str,
    "published": date,
    "link": str,
    "document": str,
    "start": int,
    "end": int,
    "modes": str,
    "contexts": str,
    "confidence": float,
    "coder": str,
}
_ACT: Mapping[str, type] = {
    "day": date,
    "side": str,
    "type": str,
    "actor": str,
    "recipient": str,
    "symmetric": bool,
    "announced": bool,
    "verbal": bool,
    "known_on": date,
    "reports": int,
    "story": str,
}
_LEVEL: Mapping[str, type] = {
    "day": date,
    **dict.fromkeys(
        (
            "hostile",
            "hostile_low",
            "hostile_high",
            "cooperative",
            "cooperative_low",
            "cooperative_high",
        ),
        float,
    ),
}
_TURN: Mapping[str, type] = {
    "day": date,
    "direction": str,
    "odds": float,
    "firmness": float,
    "known_on": date,
    "acts": int,
    "reason": str,
}
_LINE: Mapping[str, type] = {"section": str, "text": str, "acts": str, "dropped": str}

COLUMNS: Mapping[str, Mapping[str, type]] = MappingProxyType(
    {"events": _EVENT, "acts": _ACT, "levels": _LEVEL, "turns": _TURN, "lines": _LINE}
)
"""The columns of each table and their kinds."""


def whole_day(value: str | None) -> date | None:
    """The day of an ISO date; None for a month or a year, which is no day.

    >>> whole_day("2026-01-08"), whole_day("2026-01")
    (datetime.date(2026, 1, 8), None)
    """
    return date.fromisoformat(value) if value and len(value) == 10 else None


def side(quad: int) -> str:
    """The word for a PLOVER quad: "cooperative" or "hostile".

    >>> side(1), side(4)
    ('cooperative', 'hostile')
    """
    return "hostile" if quad > 2 else "cooperative"


def event_rows(
    events: Iterable[Event], documents: Mapping[str, Document] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """One row an event; `day` is empty where the date is no whole day."""
    rows = []
    for e in events:
        known = documents.get(e.document)
        rows.append(
            {
                "act": e.id,
                "day": whole_day(e.date),
                "date": e.date,
                "date_end": e.date_end,
                "type": e.event,
                "side": side(e.quad),
                "actor": "+".join(e.actor_codes),
                "recipient": "+".join(e.recipient_codes),
                "symmetric": e.symmetric,
                "status": e.status.value,
                "voice": e.voice.value,
                "speaker": e.speaker,
                "words": e.text,
                "publisher": known.publisher if known else None,
                "published": known.published if known else None,
                "link": known.url if known else None,
                "document": e.document,
                "start": e.start,
                "end": e.end,
                "modes": "+".join(e.modes),
                "contexts": "+".join(e.contexts),
                "confidence": e.confidence,
                "coder": e.coder,
            }
        )
    return rows


def act_rows(acts: Iterable[Act]) -> list[dict[str, Any]]:
    """One row a counted act."""
    return [
        {
            "day": a.day,
            "side": "hostile" if a.hostile else "cooperative",
            "type": a.event,
            "actor": a.actor,
            "recipient": a.recipient,
            "symmetric": a.symmetric,
            "announced": a.announced,
            "verbal": a.verbal,
            "known_on": a.known_on,
            "reports": len(a.events),
            "story": a.story_id,
        }
        for a in acts
    ]


def level_rows(levels: Iterable[Level]) -> list[dict[str, Any]]:
    """One row a week."""
    return [{name: getattr(x, name) for name in _LEVEL} for x in levels]


def turn_rows(turns: Iterable[Turn]) -> list[dict[str, Any]]:
    """One row a turn."""
    return [
        {
            "day": t.day,
            "direction": t.direction,
            "odds": t.odds,
            "firmness": t.firmness,
            "known_on": t.known_on,
            "acts": len(t.events),
            "reason": t.reason,
        }
        for t in turns
    ]


def line_rows(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """One row a line of a brief; `dropped` is why it failed the check."""
    return [
        {"section": x.section, "text": x.text, "acts": "+".join(x.events), "dropped": x.reason} for x in lines
    ]


def polars_frame(kind: str, rows: Rows) -> polars.DataFrame:
    """The rows of one of the `COLUMNS` as a polars frame.

    >>> polars_frame("turns", []).columns[:2]
    ['day', 'direction']
    """
    import polars as pl

    kinds = {str: pl.String, date: pl.Date, bool: pl.Boolean, int: pl.Int64, float: pl.Float64}
    return pl.DataFrame(list(rows), schema={name: kinds[k] for name, k in COLUMNS[kind].items()})


def pandas_frame(kind: str, rows: Rows) -> pandas.DataFrame:
    """The rows of one of the `COLUMNS` as a pandas frame; days are timestamps.

    Raises `MissingExtra` where pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError:
        raise MissingExtra("a pandas frame", extra="notebooks") from None
    columns = COLUMNS[kind]
    made = pd.DataFrame(list(rows), columns=list(columns))
    for name, of in columns.items():
        if of is date:
            made[name] = pd.to_datetime(made[name])
        elif of is float:
            made[name] = made[name].astype(float)
    return made
