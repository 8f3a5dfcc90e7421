"""Events of our own that come back from a file: to their documents, or beside them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from detente.codebook import codebook
from detente.errors import StoreError
from detente.formats import jsonl
from detente.formats.tables import dyads
from detente.records import Event, Party
from detente.store import Store
from detente.store.imported import ImportedEvent, ImportedParty, pack

__all__ = ["keep", "originals"]


def keep(store: Store, run: int, events: Sequence[Event]) -> int:
    """Keep events; gives how many were not there.

    An event whose document is in the store is one of its events. Without its document it has no
    words to stand on, so it is kept whole among the imported rows, from where `originals` has it.
    """
    there = store.publication_dates({event.document for event in events})
    at_home = [event for event in events if event.document in there]
    strangers = [event for event in events if event.document not in there]
    new = 0
    try:
        new += store.add_events(at_home)
    except StoreError:  # some document has other words here; find the events it is
        for event in at_home:
            try:
                new += store.add_events([event])
            except StoreError:
                strangers.append(event)
    return new + store.add_imported(run, pack(row for e in strangers for row in _rows(e)))


def _rows(event: Event) -> Iterator[ImportedEvent]:
    for number, (actor, recipient) in enumerate(dyads(event), 1):
        yield ImportedEvent(
            scheme="detente",
            key=event.id,
            dyad=number,
            act=None,
            date=event.date,
            date_end=event.date_end,
            actor=_party(actor),
            recipient=_party(recipient),
            event=event.event,
            modes=event.modes,
            contexts=event.contexts,
            status=event.status.value,
            quad=event.quad,
            score=codebook().score(event.event, event.modes),
            code=event.event,
            code_modes=event.modes,
            code_quad=event.quad,
            text=event.text,
            original=json.dumps(jsonl.to_record(event), ensure_ascii=False) if number == 1 else None,
        )


def _party(party: Party | None) -> ImportedParty | None:
    if party is None:
        return None
    sectors = (party.sector,) if party.sector else ()
    return ImportedParty(party.code, party.code, party.name or party.text, sectors, sectors)


def originals(rows: Iterable[ImportedEvent]) -> Iterator[Event]:
    """The events of ours among imported rows, exactly as they were exported."""
    for row in rows:
        if row.original is not None:
            yield jsonl.from_record(json.loads(row.original), where=f"imported {row.id}")
