"""Events as PLOVER records: JSON lines with the fields of the manual's chapter on data fields.

The manual lets an act be historical, future, hypothetical or negated by an auxiliary mode in
`mode`; that is where `Event.status` goes. Source of the layout: PLOVER manual 2023/24 (see
data/SOURCES.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from detente.codebook import codebook
from detente.records import Document, Event, Party, Status, Voice
from detente.store.days import days

__all__ = ["AUXILIARY", "Plover", "to_plover"]

AUXILIARY: Mapping[Status, str | None] = {
    Status.ACTUAL: None,
    Status.HISTORICAL: "historical",
    Status.FUTURE: "future",
    Status.HYPOTHETICAL: "hypothetical",
    Status.NEGATED: "negation",
}
"""PLOVER's name of each status; an actual act has no auxiliary mode."""

LOSSES = (
    "symmetric acts: both sides are listed, that direction does not count is not",
    "dates of a year or month become their first and last day; unknown ones become the day of "
    "publication; both only said in `comment`. Where that too is unknown `date` is null, although "
    "PLOVER requires it",
    "speaker and voice: only said in `comment`, so leave out commentary before counting",
    "the words a date came from, and why there is none",
    "where each party stands in the text and how it was resolved",
    "document ids, hashes and retrieval times",
    "the place of the trigger word",
    "confidence",
    "the CAMEO code",
)


@dataclass(frozen=True, slots=True)
class Plover:
    """PLOVER JSON lines."""

    name: str = "plover"
    suffix: str = ".jsonl"
    binary: bool = False
    losses: tuple[str, ...] = LOSSES

    def write(self, events: Sequence[Event], documents: Mapping[str, Document]) -> Iterator[bytes]:
        """One record a line, in the order given."""
        for event in events:
            record = to_plover(event, documents.get(event.document))
            yield (json.dumps(record, ensure_ascii=False) + "\n").encode()


def to_plover(event: Event, document: Document | None) -> dict[str, Any]:
    """One event as a PLOVER record; without its document it cites nothing.

    `date` is the first day of the act and `enddate` its last where that is another. An act with no
    date has the day of publication, as POLECAT does, and `comment` says so.

    >>> act = Event("d1", 0, 9, "They met.", "CONSULT", (Party("USA", "They", 0, 4),), (), True,
    ...             Status.NEGATED, "met", 5, 1, date="2026-01-07")
    >>> record = to_plover(act, None)
    >>> record["date"], record["event"], record["mode"], record["event_scale"]
    ('2026-01-07', ['CONSULT'], ['negation'], 2.5)
    """
    comments: list[str] = []
    known = days(event)
    first, last = known or (document.published if document else None, None)
    if known is None:
        why = f" ({event.date_reason})" if event.date_reason else ""
        comments.append(
            f"no date of the act in the text{why}; date is the day of publication"
            if first
            else f"no date of the act in the text{why}, nor of publication"
        )
    elif event.date and len(event.date) < 10:
        comments.append(f"the text gives only {event.date}")
    if event.speaker:
        comments.append(f"asserted by {event.speaker}")
    if event.voice is Voice.COMMENTARY:
        comments.append("commentary, not a reported act")
    auxiliary = AUXILIARY[event.status]
    record: dict[str, Any] = {
        "id": event.id,
        "has_event": True,
        "date": first.isoformat() if first else None,
    }
    if last and last != first:
        record["enddate"] = last.isoformat()
    record |= {
        "actor": [_entity(party) for party in event.actor],
        "recipient": [_entity(party) for party in event.recipient],
        "event": [event.event],
        "event_text": [event.trigger],
        "mode": [*event.modes, *([auxiliary] if auxiliary else [])],
        "context": list(event.contexts),
        "quad_code": event.quad,
        "event_scale": codebook().score(event.event, event.modes),
        "text": event.text,
        "text_info": {"start": event.start, "end": event.end},
        "cite_info": _citation(event, document),
        "coder": event.coder,
    }
    if comments:
        record["comment"] = "; ".join(comments)
    return record


def _entity(party: Party) -> dict[str, str]:
    fields = {
        "code": party.code,
        "sector": party.sector,
        "entity_text": party.text,
        "identifier_text": party.name,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _citation(event: Event, document: Document | None) -> dict[str, str]:
    fields: dict[str, str | None] = {
        "url": document.url if document else None,
        "title": document.title if document else None,
        "language": document.language if document else None,
        "publication": document.publisher if document else None,
        "coder": event.coder,
        "codebook": "PLOVER",
        "version": f"detente {version('detente')}",
    }
    return {name: value for name, value in fields.items() if value is not None}
