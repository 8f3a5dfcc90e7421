"""Documents that were corrected, as hand-coded articles: what `detente eval` reads."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.records import Document, Event, Status, Voice
from detente.store.rows import document_sha256

if TYPE_CHECKING:
    from detente.store.correcting import Standing
    from detente.store.database import Store

__all__ = ["gold", "write"]

_ABOUT_ACTS = ("wrong", "change", "add")


def gold(store: Store) -> Iterator[dict[str, Any]]:
    """Every document with a correction of an act that holds, as a gold article, in the order of ids.

    Its acts are those that count now: what a person corrected or added, and what was left as the machine
    coded it, which so counts as right. An act that was marked wrong, or that did not happen after all, is
    a passage in which nothing is actual. Opinion is not coded in gold articles. Documents that do not
    count are left out.
    """
    lines: dict[str, list[Standing]] = {}
    for standing in store.corrections():
        if standing.holds and standing.correction.kind in _ABOUT_ACTS and standing.document is not None:
            lines.setdefault(standing.document, []).append(standing)
    for document in sorted(store.documents(ids=list(lines)), key=lambda d: d.id):
        acts = [e for e in store.events(document=document.id, order="document") if _counts(e)]
        yield {
            "id": document.id,
            "title": document.title or "",
            "published": document.published.isoformat() if document.published else None,
            "publisher": document.publisher or "",
            "text_sha256": document_sha256(document),
            "text": document.text,
            "events": [_record(document, event) for event in acts],
            "must_not": _must_not(store, document, acts, lines[document.id]),
            "quotes": [
                {"text": quote.text, "speaker": quote.speaker}
                for quote in store.quotes(document=document.id)
                if quote.kind == "direct"
            ],
        }


def write(articles: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write gold articles as JSON, one a line, whole or not at all. Raises OSError where it cannot."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            for article in articles:
                file.write(json.dumps(article, ensure_ascii=False) + "\n")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _counts(event: Event) -> bool:
    return event.voice is not Voice.COMMENTARY


def _record(document: Document, event: Event) -> dict[str, Any]:
    day = event.date
    if day is not None and event.date_end is not None:
        day = f"{day}/{event.date_end}"
    return {
        "evidence": _evidence(document.text, event.start, event.end),
        "event": [event.event],
        "source": list(event.actor_codes),
        "target": list(event.recipient_codes),
        "symmetric": event.symmetric,
        "status": event.status.value,
        "date": day,
        "speaker": event.speaker,
    }


def _must_not(
    store: Store, document: Document, acts: Sequence[Event], lines: Sequence[Standing]
) -> list[dict[str, str]]:
    """The passages in which the machine saw an act that happened, and a person none."""
    real = [(e.start, e.end) for e in acts if e.status is Status.ACTUAL]
    why = {
        s.correction.target: s.correction.reason or "marked wrong by an analyst"
        if s.correction.kind == "wrong"
        else s.correction.reason or "corrected by an analyst"
        for s in lines
    }
    return [
        {"evidence": _evidence(document.text, event.start, event.end), "why": why[event.id]}
        for event in store.machine_events([document.id])
        if event.id in why
        and event.status is Status.ACTUAL
        and _counts(event)
        and not any(start < event.end and event.start < end for start, end in real)
    ]


def _evidence(text: str, start: int, end: int) -> str:
    """The words at a place, with as many of those after and before them as tell it from any other."""
    while text.find(text[start:end]) != start:
        if end < len(text):
            end += 1
        else:
            start -= 1
    return text[start:end]
