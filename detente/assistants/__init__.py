"""The record for assistants: a server of the Model Context Protocol over one store.

It reads only. The names are loaded when they are first asked for, for they need the extra `assistants`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.assistants.server import make_app, make_server

__all__ = ["make_app", "make_server"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        import mcp  # noqa: F401
    except ImportError:
        from detente.errors import MissingExtra

        raise MissingExtra("the server for assistants", extra="assistants") from None
    return getattr(import_module("detente.assistants.server"), name)
