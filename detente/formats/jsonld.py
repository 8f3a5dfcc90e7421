"""Events as linked data: Web Annotations, schema.org and PROV in one JSON-LD graph; out.

Every event has an annotation of its words with both selectors: the position is exact in the text that
the store keeps, under its SHA-256, the quotation survives a page that has changed. Documents are
NewsArticles and PROV entities, a coder's work is a PROV activity, and what somebody asserts is a Claim.
Sources: W3C Web Annotation Data Model, W3C PROV-O, schema.org (see data/SOURCES.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from detente.codebook import codebook
from detente.records import Document, Event, Kind, Party, Status, Voice

__all__ = ["CONTEXT", "Jsonld", "activity", "annotation", "article", "claim", "event_node"]

CONTEXT: tuple[Any, ...] = (
    "http://www.w3.org/ns/anno.jsonld",
    {
        "schema": "https://schema.org/",
        "prov": "http://www.w3.org/ns/prov#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "detente": "urn:detente:terms:",
    },
)
"""What the names mean; the annotation's own terms come first and without a prefix."""

_AROUND = 32
_KINDS: Mapping[Kind, str] = {
    Kind.ARTICLE: "schema:NewsArticle",
    Kind.POST: "schema:SocialMediaPosting",
    Kind.TRANSCRIPT: "schema:CreativeWork",
    Kind.PAGE: "schema:WebPage",
    Kind.RELEASE: "schema:Article",
}

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Jsonld:
    """One JSON-LD document with a graph, a node a line."""

    name: str = "jsonld"
    suffix: str = ".jsonld"
    binary: bool = False
    losses: tuple[str, ...] = (
        "the text of the documents but for the evidence and a few words on either side of it",
        "events whose document is missing have a quotation but no words around it",
        "withdrawals and corrections: an event that was retracted is not exported at all",
        "ratings: who said what is told, not who is right, so there is no ClaimReview",
    )

    def write(self, events: Sequence[Event], documents: Mapping[str, Document]) -> Iterator[bytes]:
        """The graph: coders, then documents, then events each with its annotation and claim."""
        yield f'{{"@context": {_json(list(CONTEXT))},\n"@graph": [\n'.encode()
        first = True
        for node in _nodes(events, documents):
            yield (("" if first else ",\n") + _json(node)).encode()
            first = False
        yield b"\n]}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _nodes(events: Sequence[Event], documents: Mapping[str, Document]) -> Iterator[Node]:
    for coder in dict.fromkeys(event.coder for event in events):
        yield from activity(coder)
    for name in dict.fromkeys(event.document for event in events):
        document = documents.get(name)
        yield article(document) if document else {"id": _document(name), "type": "prov:Entity"}
    for event in events:
        document = documents.get(event.document)
        yield event_node(event)
        yield annotation(event, document)
        if event.voice is Voice.SPEAKER:
            yield claim(event, document)


def _document(name: str) -> str:
    return f"urn:detente:document:{name}"


def _event(event: Event) -> str:
    return f"urn:detente:event:{event.id}"


def _run(coder: str) -> str:
    return f"urn:detente:coding:{coder}:{version('detente')}"


def _given(node: Mapping[str, Any]) -> Node:
    return {name: value for name, value in node.items() if value not in (None, [], "")}


def activity(coder: str) -> tuple[Node, Node]:
    """The coding as a PROV activity, and the coder that did it with its version."""
    agent = f"urn:detente:coder:{coder}"
    done = {
        "id": _run(coder),
        "type": "prov:Activity",
        "prov:wasAssociatedWith": {"id": agent},
    }
    program = {
        "id": agent,
        "type": ["prov:SoftwareAgent", "schema:SoftwareApplication"],
        "schema:name": coder,
        "schema:softwareVersion": version("detente"),
    }
    return done, program


def article(document: Document) -> Node:
    """A document as schema.org and PROV have it, without its text."""
    return _given(
        {
            "id": _document(document.id),
            "type": [_KINDS[document.kind], "prov:Entity"],
            "schema:headline": document.title,
            "schema:url": document.url,
            "schema:datePublished": document.published.isoformat() if document.published else None,
            "schema:publisher": _named("schema:Organization", document.publisher),
            "schema:author": _named("schema:Person", document.author),
            "schema:inLanguage": document.language,
            "schema:sha256": document.sha256,
        }
    )


def _named(kind: str, name: str | None) -> Node | None:
    return {"type": kind, "schema:name": name} if name else None


def event_node(event: Event) -> Node:
    """An event as a PROV entity with PLOVER's fields."""
    made = codebook().types[event.event]
    return _given(
        {
            "id": _event(event),
            "type": ["prov:Entity", "detente:Event"],
            "prov:wasGeneratedBy": {"id": _run(event.coder)},
            "prov:wasDerivedFrom": {"id": _document(event.document)},
            "prov:wasQuotedFrom": {"id": _document(event.document)},
            "detente:plover": event.event,
            "detente:mode": list(event.modes),
            "detente:context": list(event.contexts),
            "detente:quad": event.quad,
            "detente:score": codebook().score(made.name, event.modes),
            "detente:cameo": event.cameo,
            "detente:status": event.status.value,
            "detente:voice": event.voice.value,
            "detente:symmetric": event.symmetric,
            "detente:actor": [_party(party) for party in event.actor],
            "detente:recipient": [_party(party) for party in event.recipient],
            "detente:date": event.date,
            "detente:dateEnd": event.date_end,
            "detente:dateText": event.date_text,
            "detente:dateReason": event.date_reason,
            "detente:trigger": event.trigger,
            "detente:triggerStart": event.trigger_start,
            "detente:confidence": event.confidence,
        }
    )


def _party(party: Party) -> Node:
    return _given(
        {
            "detente:code": party.code,
            "detente:sector": party.sector,
            "schema:name": party.name,
            "detente:text": party.text,
            "detente:start": party.start,
            "detente:end": party.end,
            "detente:how": party.how,
        }
    )


def annotation(event: Event, document: Document | None) -> Node:
    """The words of an event as a Web Annotation; `source` is the page, or our id where it has none.

    Offsets are code points, half-open, into the stored text whose hash stands in the document's node.
    """
    text = document.text if document else ""
    quote = {
        "type": "TextQuoteSelector",
        "prefix": text[max(event.start - _AROUND, 0) : event.start],
        "exact": event.text,
        "suffix": text[event.end : event.end + _AROUND],
    }
    url = document.url if document else None
    target: Node = {
        "source": url or _document(event.document),
        "selector": [
            {"type": "TextPositionSelector", "start": event.start, "end": event.end},
            _given(quote),
        ],
    }
    # The moment when we read the page, for what stands there now may be another text.
    if document and document.retrieved:
        target["state"] = {"type": "TimeState", "sourceDate": document.retrieved.isoformat()}
    return {
        "id": f"urn:detente:evidence:{event.id}",
        "type": "Annotation",
        "motivation": "identifying",
        "body": {"type": "SpecificResource", "source": _event(event)},
        "target": target,
    }


def claim(event: Event, document: Document | None) -> Node:
    """What a speaker asserts, or denies, as a schema.org Claim."""
    published = document.published.isoformat() if document and document.published else None
    return _given(
        {
            "id": f"urn:detente:claim:{event.id}",
            "type": "schema:Claim",
            "schema:text": event.text,
            "schema:author": _named("schema:Person", event.speaker),
            "schema:datePublished": published,
            "schema:appearance": [{"id": _document(event.document)}],
            "schema:about": {"id": _event(event)},
            "detente:denial": event.status is Status.NEGATED,
        }
    )
