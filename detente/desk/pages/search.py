"""Search: articles, quotations and acts that hold the words, and the countries they name."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from detente.desk.figures import sides
from detente.desk.finding import mended, named_in, names_of, quotes_in, typed_words
from detente.desk.pages.layout import clip, country, render, short_day
from detente.desk.room import desk_of

if TYPE_CHECKING:
    from detente.store import Store
    from detente.store.paging import Found

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

MOST = 30
READ_FOR_QUOTES = 20


@router.get("/search")
def search(request: Request) -> Response:
    """What holds the words of `q`."""
    desk = desk_of(request)
    typed = clip(request.query_params.get("q"), 300)
    strict = request.query_params.get("exact") == "1"
    asked, lacking = typed, list[str]()
    with desk.store() as store:
        where = store.where
        empty = not store.documents(limit=1, retracted=None)
        found = _search(store, typed) if typed else _Nothing
        if typed and not strict and not found["articles"]:
            lacking = [w for w in typed_words(typed) if not store.search(w, limit=1)]
            meant = mended(typed, names_of(desk), lacking)
            if meant is not None:
                again = _search(store, meant)
                if again["articles"] or again["acts"]:
                    asked, found = meant, again
    places = named_in(typed) if typed else []
    exact = [m for m in places if m.exact]
    return render(
        request,
        "search.html",
        title=f"Search: {typed}" if typed else "Search",
        typed=typed,
        asked=asked,
        lacking=lacking,
        empty=empty,
        countries=[(m.code, country(m.code), m.exact) for m in places[:4]],
        pairs=[
            (a.code, b.code, f"{country(a.code)} and {country(b.code)}")
            for a, b in combinations(exact[:3], 2)
        ],
        most=MOST,
        where=where,
        **found,
    )


_Nothing: dict[str, Any] = {"articles": [], "acts": [], "quotes": []}


def _search(store: Store, words: str) -> dict[str, Any]:
    from detente.store.paging import Pages
    from detente.store.search import Filter, match

    if match(words) is None:
        return dict(_Nothing)
    pages = Pages(store)
    hits = pages.search(words, limit=MOST)
    acts, _ = pages.events(Filter(text=words), limit=MOST)
    texts = {d.id: d for d in store.documents(ids=[h.document.id for h in hits[:READ_FOR_QUOTES]])}
    best = [texts[h.document.id] for h in hits if h.document.id in texts]
    quotes = quotes_in(store, words, best)
    known = {h.document.id: h.document for h in hits}
    for document in store.documents(ids=[q.document for q in quotes if q.document not in known]):
        known[document.id] = document  # type: ignore[assignment]
    return {
        "articles": [{"document": h.document, "parts": _parts(h), "events": h.events[:3]} for h in hits],
        "acts": [
            {
                "id": r.event.id,
                "event": r.event,
                "sides": sides(r.event),
                "when": short_day(r.event.date),
                "words": clip(r.event.text, 200),
                "document": r.document,
            }
            for r in acts
        ],
        "quotes": [
            {
                "words": clip(q.words, 260),
                "speaker": clip(q.speaker, 60),
                "document": known.get(q.document),
                "id": q.document,
            }
            for q in quotes
        ],
    }


def _parts(hit: Found) -> list[tuple[str, bool]]:
    """A snippet in pieces, each with whether it holds a word that was searched for."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in hit.marks:
        pieces += [(hit.snippet[at:start], False), (hit.snippet[start:end], True)]
        at = end
    pieces.append((hit.snippet[at:], False))
    return [(" ".join(text.split("\n"))[:600], marked) for text, marked in pieces if text]
