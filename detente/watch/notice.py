"""An alert as it is made: its number, its head, and the words of the acts behind it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from detente.store import Store
from detente.store.reading_state import Alert
from detente.watch.settings import Rule

__all__ = ["SCHEMA", "alert_of", "evidence"]

SCHEMA = "detente.alert.v1"
_MOST_EVIDENCE = 20


def alert_of(
    rule: Rule, subject: str, now: datetime, body: Mapping[str, Any], proofs: Sequence[Mapping[str, Any]]
) -> Alert:
    """The alert of a rule about a subject; its number is made of the two."""
    name = hashlib.sha256(f"{rule.name}\n{subject}".encode()).hexdigest()[:16]
    head = {"schema": SCHEMA, "id": name, "rule": rule.name, "on": rule.on, "at": now.isoformat()}
    return Alert(name, rule.name, subject, {**head, **body, "evidence": list(proofs)})


def evidence(store: Store, ids: Iterable[str]) -> list[dict[str, Any]]:
    """The words of acts with where they stand; of many, the newest."""
    events = store.events(ids=list(dict.fromkeys(ids)))
    documents = {d.id: d for d in store.documents(ids=sorted({e.document for e in events}))}
    found = []
    for event in events:
        about = documents.get(event.document)
        found.append(
            {
                "event": event.id,
                "words": event.text,
                "document": event.document,
                "title": about.title if about else None,
                "publisher": about.publisher if about else None,
                "published": about.published.isoformat() if about and about.published else None,
                "url": about.url if about else None,
            }
        )
    found.sort(key=lambda one: (one["published"] or "", str(one["event"])), reverse=True)
    return found[:_MOST_EVIDENCE]
