"""What an act rests on: the sentence in its article, and all other reports of the same story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detente.records import Document, Event, Story
    from detente.store import Mark, Store

__all__ = ["Evidence", "Report", "evidence_of", "is_id"]

AROUND = 420
"""Characters of the article shown on either side of the words."""
MOST_REPORTS = 60


@dataclass(frozen=True, slots=True)
class Report:
    """Another report of the same story, and the document it stands in."""

    id: str
    event: Event
    document: Document | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """An act with its words in their surroundings; `withdrawn` says why its document does not count.

    `more` is the number of reports of the story that are not listed.
    """

    id: str
    event: Event
    document: Document | None
    before: str
    words: str
    after: str
    story: Story | None
    reports: tuple[Report, ...]
    more: int
    withdrawn: Mark | None


def is_id(text: str) -> bool:
    """Whether a text can be the id of an act: 16 hex digits.

    >>> is_id("0123456789abcdef"), is_id("../etc")
    (True, False)
    """
    return len(text) == 16 and all(c in "0123456789abcdef" for c in text)


def evidence_of(store: Store, id: str) -> Evidence | None:
    """The evidence of the act of that id; None where there is no such act."""
    from detente.desk.pages.layout import mark

    event = store.event(id) if is_id(id) else None
    if event is None:
        return None
    document = store.document(event.document)
    before, words, after = (
        mark(document.text, event.start, event.end, AROUND) if document else ("", event.text, "")
    )
    story = _story(store, id)
    others = [e for e in story.events if e != id] if story else []
    found = {e.id: e for e in store.events(ids=others[:MOST_REPORTS])} if others else {}
    papers = {d.id: d for d in store.documents(ids=sorted({e.document for e in found.values()}))}
    return Evidence(
        id,
        event,
        document,
        before,
        words,
        after,
        story,
        tuple(Report(e, found[e], papers.get(found[e].document)) for e in others if e in found),
        len(others) - len(found),
        store.marks((event.document,)).get(event.document),
    )


def _story(store: Store, id: str) -> Story | None:
    from sqlalchemy import select

    from detente.store import schema

    table = schema.story_events
    with store.looking() as connection:
        name = connection.scalar(select(table.c.story).where(table.c.event == id))
    return store.story(name) if name is not None else None
