"""Documents, and the words in them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from detente.desk.api.asking import AsOf, DocumentsAsked, _Dated, next_of, place_of, plain_text
from detente.desk.api.events import missing
from detente.desk.api.routing import MISSING, new_router
from detente.desk.api.shapes import DocumentShape, DocumentsPage, HitsShape
from detente.desk.api.values import document, link, page, plain, reply
from detente.desk.caching import fresh
from detente.desk.room import desk_of
from detente.store.paging import Pages

__all__ = ["router"]

router = new_router("texts")


class SearchAsked(_Dated):
    """What is searched for."""

    q: str = Field(
        min_length=1,
        max_length=400,
        description='Words that all have to be there; "between quotes" they stay together.',
        examples=['"White House" meeting'],
    )
    publisher: str | None = Field(None, min_length=1, max_length=200)
    limit: int = Field(20, ge=1, le=200)


@router.get("/documents", response_model=DocumentsPage, response_model_exclude_unset=True)
def documents(request: Request, asked: Annotated[DocumentsAsked, Query()]) -> Response:
    """Texts that count, the newest first; those withdrawn or replaced are left out."""
    desk = desk_of(request)
    tag = fresh(request, desk.stamp())
    with desk.store() as store:
        found, end = Pages(store).documents(
            publisher=plain_text(asked.publisher) if asked.publisher else None,
            kind=asked.kind.value if asked.kind else None,
            language=asked.language,
            since=asked.since,
            until=asked.until,
            as_of=asked.as_of,
            after=place_of(asked, asked.cursor),
            limit=asked.limit,
        )
    items = [document(d.document, d.events, text=asked.text, as_of=asked.as_of) for d in found]
    return reply({"schema": "detente.documents.v1", "items": items, "next": next_of(asked, end)}, tag=tag)


@router.get(
    "/documents/{id}", response_model=DocumentShape, response_model_exclude_unset=True, responses=MISSING
)
def one_document(
    request: Request,
    id: Annotated[str, Path(min_length=1, max_length=200, description="Its id.")],
    as_of: AsOf = None,
) -> Response:
    """One text in full, also one that was withdrawn or replaced: then `retracted` says why."""
    desk = desk_of(request)
    tag = fresh(request, desk.stamp())
    with desk.store() as store:
        found = store.document(id)
        if found is None or (as_of is not None and not Pages(store).counted_on(id, as_of)):
            raise missing("document", id, as_of)
        events = len(store.events(document=id, retracted=None))
        mark = store.marks([id]).get(id) if as_of is None else None
    body: dict[str, Any] = document(found, events, text=True, as_of=as_of)
    if mark is not None:
        body["retracted"] = str(mark)
    return reply(body, tag=tag)


@router.get("/search", response_model=HitsShape)
def search(request: Request, asked: Annotated[SearchAsked, Query()]) -> Response:
    """Texts that hold all the words in title or text, the best match (BM25) first."""
    desk = desk_of(request)
    tag = fresh(request, desk.stamp())
    with desk.store() as store:
        found = Pages(store).search(
            plain_text(asked.q),
            publisher=plain_text(asked.publisher) if asked.publisher else None,
            since=asked.since,
            until=asked.until,
            as_of=asked.as_of,
            limit=asked.limit + 1,
        )
    items = [
        {
            "document": hit.document.id,
            "title": hit.document.title,
            "url": hit.document.url,
            "publisher": hit.document.publisher,
            "published": plain(hit.document.published),
            "snippet": hit.snippet,
            "marks": hit.marks,
            "events": hit.events,
            "links": {
                "document": link("documents", hit.document.id, as_of=asked.as_of),
                "page": page("articles", hit.document.id),
            },
        }
        for hit in found[: asked.limit]
    ]
    body = {"schema": "detente.search.v1", "query": asked.q, "items": items, "more": len(found) > asked.limit}
    return reply(body, tag=tag)
