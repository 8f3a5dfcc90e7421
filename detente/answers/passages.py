"""The fallback: documents that hold the words of a question, shown in their own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from detente.answers.query import Query

if TYPE_CHECKING:
    from detente.store import Store
    from detente.store.search import Hit

__all__ = ["Passage", "passages"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A document that holds the words, and the words in their surroundings."""

    document: str
    words: str
    publisher: str | None
    published: date | None
    title: str | None
    url: str | None


def passages(store: Store, query: Query, most: int) -> list[Passage]:
    """Documents published by the day of a query that hold its words and names, BM25 first.

    >>> from detente.answers.query import Asked
    >>> from detente.api import open_store
    >>> with open_store(":memory:") as store:
    ...     passages(store, Query("", Asked.TEXT, date(2026, 1, 8), terms=("treaty",)), 5)
    []
    """
    words = (*query.names, *query.places, *query.terms)
    hits = store.search(" ".join(words), most * 4)
    if not hits:
        # no document holds all of them: the documents that stand high for many of the words
        score: dict[str, float] = {}
        known: dict[str, Hit] = {}
        for word in dict.fromkeys(words):
            for rank, hit in enumerate(store.search(word, 50)):
                score[hit.document] = score.get(hit.document, 0.0) + 1 / (5 + rank)
                known[hit.document] = hit
        hits = [known[d] for d in sorted(score, key=lambda d: (-score[d], d))]
    found: list[Passage] = []
    for hit in hits:
        if hit.published is None or hit.published > query.today:
            continue
        if query.since is not None and hit.published < query.since:
            continue
        if query.until is not None and hit.published > query.until:
            continue
        found.append(Passage(hit.document, hit.snippet, hit.publisher, hit.published, hit.title, hit.url))
    return found[:most]
