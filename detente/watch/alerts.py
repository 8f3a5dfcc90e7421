"""What a watch tells of: acts, turns and failing sources that a rule looks for, each told once.

An alert is found and noted in the store in one step with the mark up to which events were looked at;
then it is handed over, and noted as handed over. The same act told by a second publisher is the same
story and no second alert.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import IO, Any

from detente.errors import FileError
from detente.records import Document, Event, Turn
from detente.store import Store
from detente.store.reading_state import Alert, ReadingState, SourceState
from detente.watch.settings import Rule

__all__ = ["AlertFile", "begin", "find", "matches", "write"]

SCHEMA = "detente.alert.v1"
_SAME_TURN_DAYS = 14  # a turn that moved by less, as more reports came in, is the same turn
_MARK = "events"
_TAIL = 4_000_000  # bytes at the end of a file of alerts in which the last ones are looked for


def begin(rules: Sequence[Rule], store: Store, state: ReadingState, now: datetime) -> None:
    """Note, once for the store and once for each pair of a rule of turns, what was there before."""
    if not state.began(_MARK):
        state.begin(_MARK)
    for rule, pair in _turn_rules(rules):
        mark = f"turns {rule.name} {pair[0]} {pair[1]}"
        if not state.began(mark):
            state.begin(mark, [_turn_alert(rule, turn, now) for turn in _turns(rule, pair, store, now)])


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
    for rule in rules:
        if rule.on == "act":
            found += _acts(rule, events, store, state, now)
        elif rule.on == "failing":
            found += _failing(rule, sources, now)
    for rule, pair in _turn_rules(rules):
        if any(_between(event, pair) for event in events):
            found += _new_turns(rule, pair, store, state, now)
    return state.found(found, _MARK, upto) if found or new else 0


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
    actors, recipients = set(event.actor_codes), set(event.recipient_codes)
    if event.symmetric:
        actors = recipients = actors | recipients
    return (rule.actor is None or rule.actor in actors) and (
        rule.recipient is None or rule.recipient in recipients
    )


def write(alert: Alert, out: IO[str]) -> None:
    """Hand an alert over as one line of JSON."""
    out.write(_line(alert))
    out.flush()


class AlertFile:
    """A file that alerts are added to, one a line, each once even where a stop came in between.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "alerts.jsonl"
    ...     for _ in range(2):
    ...         AlertFile(file).send(Alert("a1", "rule", "subject", {"text": "…"}))
    ...     len(file.read_text().splitlines())
    1
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._there: set[str] | None = None

    def send(self, alert: Alert) -> None:
        """Add the alert, unless it is there. Raises `FileError` where the file cannot be written."""
        try:
            if self._there is None:
                self._there = self._read()
            if alert.id in self._there:
                return
            with self._path.open("ab") as file:
                file.write(_line(alert).encode())
                file.flush()
                os.fsync(file.fileno())
            self._there.add(alert.id)
        except OSError as error:
            raise FileError(
                f"alerts cannot be written ({error.strerror})",
                where=str(self._path),
                todo="check the folder and its rights; they are kept and tried again",
            ) from error

    def _read(self) -> set[str]:
        """The ids of the last alerts; a line that a stop cut off is taken away."""
        if not self._path.exists():
            return set()
        with self._path.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            start = max(0, size - _TAIL)
            file.seek(start)
            tail = file.read()
            whole = tail.rfind(b"\n") + 1
            if whole < len(tail) and (whole or not start):
                file.truncate(start + whole)
        ids: set[str] = set()
        for line in tail[:whole].splitlines():
            try:
                ids.add(str(json.loads(line)["id"]))
            except (ValueError, KeyError, TypeError):
                continue  # a line of somebody else, or the rest of one
        return ids


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
        found.append(_act_alert(rule, event, documents.get(event.document), now))
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


def _act_alert(rule: Rule, event: Event, document: Document | None, now: datetime) -> Alert:
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
    return _alert(
        rule,
        event.id,
        now,
        {
            "what": f"{event.event} {sides}: {event.text}",
            "event": to_record(event),
            "document": about,
        },
    )


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
        found.append(_alert(rule, f"{name} since {since}", now, body))
    return found


def _turn_rules(rules: Sequence[Rule]) -> list[tuple[Rule, tuple[str, str]]]:
    return [(rule, pair) for rule in rules if rule.on == "turn" for pair in rule.pairs]


def _turns(rule: Rule, pair: tuple[str, str], store: Store, now: datetime) -> list[Turn]:
    from detente.api import turns

    found = turns(store, pair, now.date())
    return [turn for turn in found if rule.direction in (None, turn.direction)]


def _new_turns(
    rule: Rule, pair: tuple[str, str], store: Store, state: ReadingState, now: datetime
) -> list[Alert]:
    told = [tuple(subject.split()) for subject in state.subjects(rule.name)]
    found: list[Alert] = []
    for turn in _turns(rule, pair, store, now):
        key = _turn_subject(turn).split()
        same = (
            abs(date.fromisoformat(day) - turn.day).days < _SAME_TURN_DAYS
            for one, other, direction, day in told
            if [one, other, direction] == key[:3]
        )
        if not any(same):
            found.append(_turn_alert(rule, turn, now))
            told.append(tuple(key))
    return found


def _turn_subject(turn: Turn) -> str:
    return f"{min(turn.pair)} {max(turn.pair)} {turn.direction} {turn.day.isoformat()}"


def _turn_alert(rule: Rule, turn: Turn, now: datetime) -> Alert:
    body = {
        "what": f"{turn.direction} between {turn.pair[0]} and {turn.pair[1]} on {turn.day.isoformat()}",
        "pair": list(turn.pair),
        "day": turn.day.isoformat(),
        "direction": turn.direction,
        "odds": turn.odds,
        "known_on": turn.known_on.isoformat() if turn.known_on else None,
        "reason": turn.reason,
        "events": list(turn.events),
        "definition": turn.definition,
    }
    return _alert(rule, _turn_subject(turn), now, body)


def _alert(rule: Rule, subject: str, now: datetime, body: Mapping[str, Any]) -> Alert:
    name = hashlib.sha256(f"{rule.name}\n{subject}".encode()).hexdigest()[:16]
    head = {"schema": SCHEMA, "id": name, "rule": rule.name, "on": rule.on, "at": now.isoformat()}
    return Alert(name, rule.name, subject, {**head, **body})


def _between(event: Event, pair: tuple[str, str]) -> bool:
    one, other = pair
    if event.symmetric:
        return {one, other} <= {*event.actor_codes, *event.recipient_codes}
    sides = product(event.actor_codes, event.recipient_codes)
    return any({a, r} == {one, other} for a, r in sides)


def _line(alert: Alert) -> str:
    body = {"id": alert.id, **alert.body}
    text = json.dumps(body, ensure_ascii=False, default=str)
    # What a terminal would obey becomes an escape; the value read back is the same.
    return "".join(c if c.isprintable() or c == " " else f"\\u{ord(c):04x}" for c in text) + "\n"
