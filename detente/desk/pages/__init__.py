"""The pages of the desk: what a person reads in a browser."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import APIRouter

__all__ = ["PAGES", "routers"]

PAGES = (
    "overview",
    "pairs",
    "countries",
    "acts",
    "corrections",
    "articles",
    "stories",
    "search",
    "scorecard",
    "sources",
    "method",
)
"""The modules that hold pages; each has a `router`."""


def routers() -> tuple[APIRouter, ...]:
    """The routers of all pages, in the order in which their addresses are looked at."""
    return tuple(import_module(f"{__name__}.{name}").router for name in PAGES)
