"""Where to begin, and which versions answer."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from detente import __version__
from detente.desk.api.routing import new_router
from detente.desk.api.shapes import IndexShape, StatusShape
from detente.desk.api.values import BASE, plain, reply
from detente.desk.caching import fresh
from detente.desk.room import desk_of
from detente.store.paging import Counts, Pages

__all__ = ["router"]

router = new_router("desk")

_LISTS = ("documents", "events", "stories", "pairs", "forecasts", "status")


@router.get("", response_model=IndexShape)
def index(request: Request) -> Response:
    """The lists that can be asked for, and the document that describes them all."""
    links = {name: f"{BASE}/{name}" for name in _LISTS}
    links |= {name: f"{BASE}/{name}?pair=USA,COL" for name in ("turns", "positions", "outlooks")}
    links |= {"search": f"{BASE}/search?q=meeting", "export": f"{BASE}/exports/csv", "code": f"{BASE}/code"}
    links["openapi"] = f"{BASE}/openapi.json"
    return reply({"schema": "detente.index.v1", "links": links}, tag=fresh(request, __version__))


@router.get("/status", response_model=StatusShape)
def status(request: Request) -> Response:
    """The versions, and how much the store holds."""
    desk = desk_of(request)
    tag = fresh(request, desk.stamp())

    def count() -> Counts:
        with desk.store() as store:
            return Pages(store).counts()

    known = desk.remember(("counts",), count)
    body = {
        "schema": "detente.status.v1",
        "version": __version__,
        "api": "v1",
        "store": {
            name: getattr(known, name) for name in ("documents", "events", "stories", "forecasts", "failures")
        },
        "newest": plain(known.newest),
        "coders": list(known.coders),
    }
    return reply(body, tag=tag)
