"""Détente reads the news and keeps the record of how states treat each other.

Every name below is loaded when it is first asked for, so `import detente` costs nothing.

>>> import detente
>>> text = "Iran condemned the United States on Friday."
>>> [(e.event, e.actor_codes, e.date) for e in detente.code(text, published="2026-01-10")]
[('ACCUSE', ('IRN',), '2026-01-09')]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.api import (
        actor_code,
        brief,
        code,
        find_dates,
        find_quotes,
        open_store,
        outlook,
        positions,
        turns,
    )
    from detente.client import Client
    from detente.errors import (
        DataError,
        DateError,
        DetenteError,
        FetchError,
        FileError,
        FormatError,
        InputError,
        MissingExtra,
        SchemaTooNew,
        StoreError,
        UnknownActor,
    )
    from detente.notebook import Dyad
    from detente.records import (
        Brief,
        DateMention,
        Document,
        Event,
        Forecast,
        Kind,
        Level,
        Line,
        Outlook,
        Party,
        Position,
        Quote,
        Status,
        Story,
        Term,
        Turn,
        Voice,
    )

__version__ = "0.1.0"

__all__ = [
    "Brief",
    "Client",
    "DataError",
    "DateError",
    "DateMention",
    "DetenteError",
    "Document",
    "Dyad",
    "Event",
    "FetchError",
    "FileError",
    "Forecast",
    "FormatError",
    "InputError",
    "Kind",
    "Level",
    "Line",
    "MissingExtra",
    "Outlook",
    "Party",
    "Position",
    "Quote",
    "SchemaTooNew",
    "Status",
    "StoreError",
    "Story",
    "Term",
    "Turn",
    "UnknownActor",
    "Voice",
    "actor_code",
    "brief",
    "code",
    "find_dates",
    "find_quotes",
    "open_store",
    "outlook",
    "positions",
    "turns",
]

_OTHER_ERRORS = frozenset({"MissingExtra", "SchemaTooNew", "UnknownActor"})


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name[0].islower():
        home = "api"
    elif name == "Client":
        home = "client"
    elif name == "Dyad":
        home = "notebook"
    else:
        home = "errors" if name.endswith("Error") or name in _OTHER_ERRORS else "records"
    value = getattr(import_module(f"detente.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
