"""The world map of the desk: outlines of countries, drawn once and kept in the package."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from detente.errors import DataError

__all__ = ["World", "world"]


@dataclass(frozen=True, slots=True)
class World:
    """Outlines by alpha-3 code as SVG paths, in units of a drawing of `width` by `height`.

    `dots` are the places of countries too small to be seen; `others` is land of no listed code.
    """

    width: int
    height: int
    shapes: Mapping[str, str]
    dots: Mapping[str, tuple[int, int]]
    others: str


@cache
def world() -> World:
    """The map that ships, from `data/world/countries.json`. Raises DataError where it is damaged.

    >>> "COL" in world().shapes, "SGP" in world().dots
    (True, True)
    """
    path = resources.files("detente") / "data" / "world" / "countries.json"
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return World(
            int(raw["width"]),
            int(raw["height"]),
            {str(k): str(v) for k, v in raw["shapes"].items()},
            {str(k): (int(v[0]), int(v[1])) for k, v in raw["dots"].items()},
            str(raw["others"]),
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise DataError(
            f"the map of the world cannot be read ({error})",
            where="data/world/countries.json",
            todo="reinstall detente",
        ) from error
