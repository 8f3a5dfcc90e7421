"""What has not followed an act in the record: a line about silence is true only while it lasts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from detente.records import Document, Event, Status, Voice
from detente.relations.series import span_of

__all__ = ["FOLLOWS", "done", "follows"]

FOLLOWS: Mapping[str, str] = {
    "such": "no such act of theirs",
    "force": "no use of force or pressure of theirs",
    "answer": "no answer",
}
"""How a line names what has not followed: such an act, the deed threatened, an answer."""
_FORCE = frozenset({"SANCTION", "MOBILIZE", "COERCE", "ASSAULT"})
_MEETING = frozenset({"CONSULT", "AGREE"})


def follows(act: Event, absent: str, events: Mapping[str, Event], documents: Mapping[str, Document]) -> bool:
    """Whether the record holds what a line says is absent since an act; `absent` is a value of `FOLLOWS`.

    A plan is followed by an act of its type between its parties, a threat by force or pressure of the
    one who threatened against the other, a demand by any act of the other towards the one who asked.
    Of two acts of one day the order is not known, so it counts as following. Commentary does not.
    """
    doers, others = set(act.actor_codes), set(act.recipient_codes)
    start = _published(act, documents) if act.status is Status.FUTURE else _first(act, documents)
    for event in events.values():
        if event.id == act.id or event.voice is Voice.COMMENTARY or _last(event, documents) < start:
            continue
        acting, facing = set(event.actor_codes), set(event.recipient_codes)
        if absent == FOLLOWS["such"]:
            kinds = _MEETING if act.event in _MEETING else {act.event}
            done = event.status in (Status.ACTUAL, Status.HISTORICAL, Status.NEGATED)
            if done and event.event in kinds and (doers | others) <= (acting | facing):
                return True
        elif absent == FOLLOWS["force"]:
            done = event.status in (Status.ACTUAL, Status.HISTORICAL)
            if done and event.event in _FORCE and doers & acting and others & facing:
                return True
        elif (event.symmetric or (others & acting and doers & facing)) and (
            (doers | others) <= (acting | facing)
        ):
            return True
    return False


def done(event: Event, documents: Mapping[str, Document]) -> tuple[date, date]:
    """First and last day of an act as far as its report can know them; the last is before the first where
    the act is dated after its report.
    """
    published = _published(event, documents)
    if not event.date:
        return published, published
    first, last = span_of(event.date, event.date_end)
    return first, min(last, published)


def _published(event: Event, documents: Mapping[str, Document]) -> date:
    document = documents.get(event.document)
    return (document.published if document is not None else None) or date.min


def _first(event: Event, documents: Mapping[str, Document]) -> date:
    return span_of(event.date)[0] if event.date else _published(event, documents)


def _last(event: Event, documents: Mapping[str, Document]) -> date:
    return span_of(event.date, event.date_end)[1] if event.date else _published(event, documents)
