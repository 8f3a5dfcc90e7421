"""Events are kept, repeated reports become one story, nothing is lost.

The names are loaded when they are first asked for, so that `detente.store.stories` and
`detente.store.days` cost no database library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.store.copies import Sighting
    from detente.store.database import Added, Failure, Store, open_store
    from detente.store.marks import Mark
    from detente.store.search import Filter, Hit

__all__ = ["Added", "Failure", "Filter", "Hit", "Mark", "Sighting", "Store", "open_store"]

_HOMES = {"Filter": "search", "Hit": "search", "Mark": "marks", "Sighting": "copies"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"detente.store.{_HOMES.get(name, 'database')}"), name)
