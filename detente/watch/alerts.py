"""What a watch tells of: what a rule looks for in new events, relations and sources, each told once.

An alert is found and noted in the store in one step with the mark up to which events were looked at;
`delivery` hands it over. The same act told by a second publisher is the same story and no second alert.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import product

from detente.records import Document, Event
from detente.store import Store
from detente.store.reading_state import Alert, ReadingState, SourceState
from detente.watch import changes
from detente.watch.notice import alert_of, evidence
from detente.watch.settings import Rule

__all__ = ["begin", "find", "matches", "trial"]

_MARK = "events"


def begin(rules: Sequence[Rule], store: Store, state: ReadingState, now: datetime) -> None:
    """Note, once for the store and once for each rule of changes, what was there before."""
    if not state.began(_MARK):
        state.begin(_MARK)
    for rule in rules:
        changes.begin(rule, store, state, now)


def find(
    rules: Sequence[Rule],
    store: Store,
    state: ReadingState,
    sources: Mapping[str, SourceState],
    now: datetime,
) -> int:
    """Look at what came into the store since the last time, and note the alerts; gives how many."""
    new, upto = state.new_events(_MARK)
    by_id = {event.id: event for event in store.events(ids=new)} if new and rules else {}
    events = [by_id[name] for name in new if name in by_id]
    found: list[Alert] = []
    sides: dict[str, int] = {}
    for rule in rules:
        if rule.on == "act":
            found += _acts(rule, events, store, state, now)
        elif rule.on == "failing":
            found += _failing(rule, sources, now)
        else:
            found += changes.find(rule, events, store, state, now, sides)
    return state.found(found, _MARK, upto, sides) if found or new or sides else 0


def trial(now: datetime) -> Alert:
    """An alert that says of itself that it is a trial, to see whether the ways out work."""
    rule = Rule("trial", "trial")
    return alert_of(rule, now.isoformat(), now, {"what": "a trial of Détente: alerts arrive here"}, ())


def matches(rule: Rule, event: Event) -> bool:
    """Whether an act meets every condition of a rule.

    >>> from detente import code
    >>> [event] = code("Iran condemned the United States on Friday.", published="2026-01-10")
    >>> matches(Rule("r", "act", pairs=(("USA", "IRN"),), types=("ACCUSE",)), event)
    True
    >>> matches(Rule("r", "act", actor="USA"), event)
    False
    """
    if event.status not in rule.status or event.voice not in rule.voice:
        return False
    if rule.types and event.event not in rule.types:
        return False
    if rule.pairs and not any(_between(event, pair) for pair in rule.pairs):
        return False
    if rule.country is not None and rule.country not in (*event.actor_codes, *event.recipient_codes):
        return False
    actors, recipients = set(event.actor_codes), set(event.recipient_codes)
    if event.symmetric:
        actors = recipients = actors | recipients
    return (rule.actor is None or rule.actor in actors) and (
        rule.recipient is None or rule.recipient in recipients
    )


# Rules ---------------------------------------------------------------------------------------------


def _acts(
    rule: Rule, events: Sequence[Event], store: Store, state: ReadingState, now: datetime
) -> list[Alert]:
    wanted = [event for event in events if matches(rule, event)]
    if not wanted:
        return []
    told = state.subjects(rule.name)
    documents = {d.id: d for d in store.documents(ids=[event.document for event in wanted])}
    found: list[Alert] = []
    for event in wanted:
        if event.id in told or state.same_story(event.id) & told:
            continue
        if any(same.id in told for same in _earlier(event, documents.get(event.document), store)):
            continue  # the article was edited, the act in it was not
        told.add(event.id)
        found.append(_act_alert(rule, event, documents.get(event.document), store, now))
    return found


def _earlier(event: Event, document: Document | None, store: Store) -> Iterator[Event]:
    """The same act in the earlier versions of its document."""
    seen: set[str] = set()
    while document is not None and document.revises and document.revises not in seen:
        seen.add(document.revises)
        for other in store.events(document=document.revises, retracted=None):
            same = other.event, other.actor_codes, other.recipient_codes, other.status
            if same == (event.event, event.actor_codes, event.recipient_codes, event.status):
                yield other
        document = store.document(document.revises)


def _act_alert(rule: Rule, event: Event, document: Document | None, store: Store, now: datetime) -> Alert:
    from detente.formats.jsonl import to_record

    sides = (" = " if event.symmetric else " > ").join(
        "+".join(codes) or "?" for codes in (event.actor_codes, event.recipient_codes)
    )
    about = {
        "title": document.title if document else None,
        "url": document.url if document else None,
        "publisher": document.publisher if document else None,
        "published": document.published.isoformat() if document and document.published else None,
    }
    said = "" if event.status == "actual" else f" ({event.status.value})"
    body = {
        "what": f"{event.event} {sides}{said}: {event.text}",
        "event": to_record(event),
        "document": about,
    }
    return alert_of(rule, event.id, now, body, evidence(store, [event.id]))


def _failing(rule: Rule, sources: Mapping[str, SourceState], now: datetime) -> list[Alert]:
    found: list[Alert] = []
    for name, known in sources.items():
        if known.failures < rule.cycles or known.failing_since is None:
            continue
        since = known.failing_since.isoformat()
        body = {
            "what": f"{name} could not be read {known.failures} times in a row: {known.reason}",
            "source": name,
            "failures": known.failures,
            "since": since,
            "reason": known.reason,
        }
        found.append(alert_of(rule, f"{name} since {since}", now, body, ()))
    return found


def _between(event: Event, pair: tuple[str, str]) -> bool:
    one, other = pair
    if event.symmetric:
        return {one, other} <= {*event.actor_codes, *event.recipient_codes}
    sides = product(event.actor_codes, event.recipient_codes)
    return any({a, r} == {one, other} for a, r in sides)
