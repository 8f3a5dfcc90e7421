"""Events as files in the layouts of `detente export`."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Path, Query, Request
from fastapi.responses import Response

from detente import formats
from detente.desk.api.asking import EventsFilter
from detente.desk.api.routing import new_router
from detente.desk.api.values import to_json
from detente.desk.caching import fresh
from detente.desk.problems import Problem
from detente.desk.room import desk_of
from detente.formats.jsonl import to_record
from detente.store.paging import Pages

__all__ = ["MOST", "router"]

router = new_router("files")

MOST = 50_000
"""How many events a file may hold; ask for less by day or pair where there are more."""

# One file at a time is made: it takes the store's whole attention and much memory.
_MAKING = threading.BoundedSemaphore(1)


class Layout(StrEnum):
    """The layouts; what each cannot hold stands in docs/reference/formats.md."""

    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    JSONLD = "jsonld"
    ATOM = "atom"
    PLOVER = "plover"


_TYPES = {
    Layout.JSON: "application/json",
    Layout.JSONL: "application/x-ndjson",
    Layout.CSV: "text/csv; charset=utf-8",
    Layout.PARQUET: "application/vnd.apache.parquet",
    Layout.JSONLD: "application/ld+json",
    Layout.ATOM: "application/atom+xml",
    Layout.PLOVER: "application/x-ndjson",
}
_TEXT: dict[str, Any] = {"schema": {"type": "string"}}
_ANY: dict[str, Any] = {"schema": {"type": "object"}}


@router.get(
    "/exports/{layout}",
    response_class=Response,
    responses={
        200: {
            "description": "The file. A CSV cell that a spreadsheet would run as a formula begins with an"
            " apostrophe; `detente import` takes it off.",
            "content": {
                "application/json": _ANY,
                "application/x-ndjson": _TEXT,
                "text/csv": _TEXT,
                "application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}},
                "application/ld+json": _ANY,
                "application/atom+xml": _TEXT,
            },
        }
    },
)
def export(
    request: Request,
    layout: Annotated[Layout, Path(description="The layout of the file.")],
    asked: Annotated[EventsFilter, Query()],
) -> Response:
    """The events that are asked for as a file, the oldest first; `atom` is the feed of their turns."""
    desk = desk_of(request)
    tag = fresh(request, desk.stamp())
    if not _MAKING.acquire(timeout=10):
        raise Problem(
            503,
            "another file is being made",
            "ask again in a minute",
            "busy",
            headers=(("Retry-After", "30"),),
        )
    try:
        with desk.store() as store:
            wanted = asked.chosen()
            rest: dict[str, Any] = {**asked.rest()}
            listed = Pages(store).events(wanted, **rest, limit=MOST)[0] if any(rest.values()) else None
            if listed is None:
                found = store.events(**_arguments(wanted), limit=MOST + 1)
            else:
                # What the store's own filter does not know is chosen by the pages, then put in order.
                found = store.events(ids=[report.event.id for report in listed])
            if len(found) > MOST or (listed is not None and len(listed) == MOST):
                raise Problem(
                    422,
                    f"more than {MOST:,} events are asked for",
                    "ask for less with from, to or pair, or use detente export",
                    "size",
                )
            documents = {d.id: d for d in store.documents(ids={e.document for e in found}, retracted=None)}
        chunks: Iterator[bytes]
        if layout is Layout.JSON:
            body = {"schema": "detente.events.v1", "events": [to_record(e) for e in found]}
            chunks = iter((to_json(body),))
        else:
            chunks = formats.find(layout.value).write(found, documents)
        content = b"".join(chunks)
    finally:
        _MAKING.release()
    suffix = ".json" if layout is Layout.JSON else formats.find(layout.value).suffix
    headers = {"ETag": tag, "Content-Disposition": f'attachment; filename="detente-events{suffix}"'}
    return Response(content, headers=headers, media_type=_TYPES[layout])


def _arguments(wanted: Any) -> dict[str, Any]:
    kept = replace(wanted, limit=None)
    names = (
        "pair", "actor", "recipient", "event", "status", "voice", "since", "until", "as_of", "document",
        "text",
    )  # fmt: skip
    return {name: getattr(kept, name) for name in names}
