"""Records as the API tells them: plain JSON, every act with its evidence and its links."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from starlette.responses import Response

from detente.formats.jsonl import to_record
from detente.plain import plain
from detente.records import Document, Event, Position, Story, Turn
from detente.store.paging import Card, Report

if TYPE_CHECKING:
    from detente.api import Dossier

__all__ = [
    "BASE",
    "card",
    "document",
    "event",
    "evidence",
    "forecast",
    "link",
    "outlook",
    "plain",
    "position",
    "reply",
    "story",
    "to_json",
    "turn",
]

BASE = "/api/v1"

# What a terminal would obey that JSON itself leaves alone; as an escape it reads back the same.
_OBEYED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def to_json(value: Any) -> bytes:
    r"""The JSON of a value; no character in it is obeyed by a terminal or turns words around.

    >>> to_json({"a": "é\x1b\x9b"}).decode()
    '{"a":"é\\u001b\\u009b"}'
    """
    text = json.dumps(plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _OBEYED.sub(lambda m: f"\\u{ord(m[0]):04x}", text).encode()


def reply(value: Any, *, tag: str | None = None, status: int = 200) -> Response:
    """An answer with the JSON of a value; `tag` is its ETag."""
    headers = {"ETag": tag} if tag else None
    return Response(to_json(value), status_code=status, media_type="application/json", headers=headers)


def link(*parts: str, as_of: date | None = None, **query: object) -> str:
    """The address of something of the API, on the same day that it was asked about.

    >>> link("events", "a/b", as_of=date(2026, 1, 8))
    '/api/v1/events/a%2Fb?as_of=2026-01-08'
    """
    asked = {**query, **({"as_of": as_of} if as_of else {})}
    path = "/".join((BASE, *(quote(part, safe="") for part in parts)))
    return f"{path}?{urlencode(asked, safe=',')}" if asked else path


def page(*parts: str) -> str:
    """The address of the page that shows the same to a person."""
    return "/" + "/".join(quote(part, safe="") for part in parts)


def card(document: Document | Card) -> Card:
    """What is told of a document beside its events."""
    if isinstance(document, Card):
        return document
    return Card(document.id, document.title, document.url, document.publisher, document.published)


def evidence(event: Event, document: Document | Card | None) -> dict[str, Any]:
    """On what an act stands: the words, their place in the text, and where the text was published."""
    known = card(document) if document is not None else Card(event.document, None, None, None, None)
    return {
        "document": event.document,
        "start": event.start,
        "end": event.end,
        "words": event.text,
        "title": known.title,
        "url": known.url,
        "publisher": known.publisher,
        "published": plain(known.published),
    }


def event(report: Report, as_of: date | None = None) -> dict[str, Any]:
    """An event with its evidence and its links."""
    told = report.event
    links = {
        "self": link("events", told.id, as_of=as_of),
        "document": link("documents", told.document, as_of=as_of),
        "story": link("stories", report.story, as_of=as_of) if report.story else None,
        "page": page("acts", told.id),
    }
    return {
        **to_record(told),
        "seconds": told.seconds,
        "evidence": evidence(told, report.document),
        "story": report.story,
        "links": links,
    }


def document(told: Document, events: int, *, text: bool = False, as_of: date | None = None) -> dict[str, Any]:
    """A document, with its text where that is asked for."""
    record = plain(told)
    if not text:
        del record["text"], record["times"], record["turns"]
    return {
        **record,
        "events": events,
        "links": {
            "self": link("documents", told.id, as_of=as_of),
            "events": link("events", as_of=as_of, document=told.id),
            "page": page("articles", told.id),
        },
    }


def story(told: Story, as_of: date | None = None) -> dict[str, Any]:
    """A story with its links."""
    return {
        **plain(told),
        "links": {"self": link("stories", told.id, as_of=as_of), "page": page("stories", told.id)},
    }


def turn(told: Turn, known: Dossier) -> dict[str, Any]:
    """A turn with the words of the acts that made it."""
    return {**plain(told), "evidence": _evidence(told.events, known), "links": _pair_links(known)}


def position(told: Position, known: Dossier) -> dict[str, Any]:
    """A position with the words of its act, and of those that it answers."""
    named = [told.event, told.denies, told.reverses, told.closed_by]
    return {**plain(told), "evidence": _evidence((n for n in named if n), known), "links": _pair_links(known)}


def outlook(told: Any, known: Dossier) -> dict[str, Any]:
    """An outlook with the words of the acts that its parts name."""
    named = [name for term in told.terms for name in term.events]
    return {**plain(told), "evidence": _evidence(named, known), "links": _pair_links(known)}


def forecast(told: Any) -> dict[str, Any]:
    """A filed forecast."""
    one, other = told.outlook.pair
    return {
        **plain(told),
        "links": {
            "self": link("forecasts", told.id),
            "pair": link("pairs", one, other, as_of=told.filed_on),
            "page": page("pairs", one, other),
        },
    }


def _pair_links(known: Dossier) -> dict[str, str]:
    one, other = known.pair
    return {
        "pair": link("pairs", one, other, as_of=known.as_of),
        "events": link("events", as_of=known.as_of, pair=f"{one},{other}"),
        "page": page("pairs", one, other),
    }


def _evidence(ids: Iterable[str], known: Dossier) -> list[dict[str, Any]]:
    by_id: Mapping[str, Event] = {e.id: e for e in known.events}
    found: Sequence[Event] = [by_id[name] for name in dict.fromkeys(ids) if name in by_id]
    return [{"event": e.id, **evidence(e, known.documents.get(e.document))} for e in found]
