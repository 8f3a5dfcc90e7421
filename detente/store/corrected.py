"""The record that counts, made of the machine's coding and of the corrections of a person.

What is read from the store is always this record. A changed act whose type and parties stay keeps its
row, for it keeps its id; one that becomes another act is struck, and a row of its own stands for it. The
machine's coding is in the first line about the act, from which every change and undo starts anew, so
that the order of undoing makes no difference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from detente.codebook import codebook
from detente.errors import InputError, StoreError
from detente.records import Document, Event, Party, Status, Voice
from detente.store import corrections, rows, schema, upkeep
from detente.store.corrections import Correction
from detente.store.days import span
from detente.store.rows import among

__all__ = [
    "ADDED",
    "FIELDS",
    "MARK",
    "PLUS",
    "act",
    "apply",
    "checked",
    "coded",
    "event",
    "machine_events",
    "missed",
    "now",
    "originals",
    "roots",
    "settle",
    "wanted",
]

FIELDS = ("event", "actor", "recipient", "symmetric", "status", "date", "date_end", "speaker", "voice")
"""What of an act can be changed."""

MARK = "+corrected"
"""What stands behind the name of the coder of a changed act."""

ADDED = "analyst"
"""The coder of an act that a person added."""

PLUS = "+"
"""What stands before the id of an act that a person added, where the machine's id of another stands."""

_CODE = re.compile("[A-Z]{3}")
_FAR = 1 << 40


def checked(change: Mapping[str, Any]) -> dict[str, Any]:
    """A change as it is written down: known fields, each with a value that can be one of an act.

    Parties are lists of codes, `date` may be a range written "2026-01-05/2026-01-07", and None takes a
    date or speaker away. Raises InputError saying what is wrong.

    >>> checked({"event": "sanction", "actor": ["USA"], "date": "2026-01-05/2026-01-07"})
    {'event': 'SANCTION', 'actor': ['USA'], 'date': '2026-01-05', 'date_end': '2026-01-07'}
    """
    if not change:
        raise InputError("nothing is changed", todo=f"give one of {', '.join(FIELDS)}")
    found: dict[str, Any] = {}
    for name, value in change.items():
        if name not in FIELDS:
            raise InputError(f"{name!r} cannot be corrected", todo=f"give one of {', '.join(FIELDS)}")
        if name == "event":
            found[name] = _one_of(name, str(value).upper(), codebook().types)
        elif name in ("actor", "recipient"):
            found[name] = _codes(name, value)
        elif name == "symmetric":
            if not isinstance(value, bool):
                raise InputError("this is neither true nor false", where=name, todo="give one of them")
            found[name] = value
        elif name == "status":
            found[name] = _one_of(name, str(value).lower(), list(Status))
        elif name == "voice":
            found[name] = _one_of(name, str(value).lower(), list(Voice))
        elif name == "speaker":
            found[name] = str(value).strip() or None if value is not None else None
    if "date" in change or "date_end" in change:
        found |= _days(change.get("date"), change.get("date_end"))
    if found.get("actor") == [] and found.get("recipient") == []:
        raise InputError("an act of nobody to nobody is none", todo="mark it wrong instead")
    return found


def _one_of(name: str, value: str, allowed: Collection[str]) -> str:
    if value not in allowed:
        raise InputError(f"{value!r} is none", where=name, todo=f"give one of {', '.join(allowed)}")
    return value


def _codes(name: str, value: Any) -> list[str]:
    listed = [str(code).upper() for code in value] if isinstance(value, list | tuple) else [value]
    for code in listed:
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise InputError(
                f"{code!r} is no code of a party", where=name, todo="give three letters, such as USA"
            )
    return list(dict.fromkeys(listed))


def _days(first: Any, last: Any) -> dict[str, Any]:
    if first is None:
        if last is not None:
            raise InputError("a range needs its first day", where="date", todo="give FROM/TO")
        return {"date": None, "date_end": None}
    begin, _, end = str(first).partition("/")
    end = end or (str(last) if last is not None else "")
    known = span(begin)
    until = span(end) if end else known
    if known is None or until is None or not _iso(begin) or (end and not _iso(end)):
        raise InputError(
            f"{first!r} is no date",
            where="date",
            todo="give a day, month or year, 2026-01-07, 2026-01 or 2026, or FROM/TO",
        )
    if until[1] < known[0]:
        raise InputError(f"{first!r} ends before it begins", where="date", todo="give FROM/TO")
    return {"date": begin, "date_end": end or None}


def _iso(value: str) -> bool:
    return re.fullmatch(r"\d{4}(-\d\d){0,2}", value) is not None


def apply(event: Event, change: Mapping[str, Any], first: Event | None = None) -> Event:
    """An act with a change that was checked.

    The type brings its own quad class and CAMEO root, and the modes of another type fall away. A party
    that was named on either side, here or in `first`, keeps its words; one that was not has none. The
    machine's confidence was in what it coded, and so is not kept.
    """
    values: dict[str, Any] = {"confidence": None}
    if not event.coder.endswith(MARK) and event.coder != ADDED:
        values["coder"] = event.coder + MARK
    for name, value in change.items():
        if name == "event":
            kind = codebook().types[value]
            values |= {"event": value, "quad": kind.quad}
            if first is not None and value == first.event:
                values |= {"cameo": first.cameo, "modes": first.modes}
            elif value != event.event:
                values |= {"cameo": kind.cameo, "modes": ()}
        elif name in ("actor", "recipient"):
            values[name] = _parties(name, value, (event, first) if first else (event,))
        elif name == "status":
            values[name] = Status(value)
        elif name == "voice":
            values[name] = Voice(value)
        elif name == "date":
            values |= {"date": value, "date_text": None, "date_reason": None if value else _NO_DATE}
        else:
            values[name] = value
    if "speaker" in change and "voice" not in change and event.voice is not Voice.COMMENTARY:
        values["voice"] = Voice.SPEAKER if change["speaker"] else Voice.WRITER
    made = replace(event, **values)
    if not made.actor and not made.recipient:
        raise InputError("an act of nobody to nobody is none", todo="mark it wrong instead")
    return made


_NO_DATE = "taken away by an analyst"


def _parties(side: str, codes: list[str], known: Sequence[Event]) -> tuple[Party, ...]:
    for event in reversed(known):  # the machine's own coding of a side stands as it was
        own: tuple[Party, ...] = getattr(event, side)
        if [party.code for party in own] == codes:
            return own
    other = "recipient" if side == "actor" else "actor"
    named: dict[str, Party] = {}
    for event in known:
        for party in (*getattr(event, side), *getattr(event, other)):
            named.setdefault(party.code, party)
    return tuple(named.get(code) or Party(code, code, how="analyst") for code in codes)


def missed(document: Document, evidence: str, trigger: str, change: Mapping[str, Any]) -> Event:
    """An act that the machine missed, from the words that tell it and the fields of `checked`.

    What is not given is as of an act that happened, told by the writer, one way and without a date.
    Raises InputError where the words are not in the document, more than once, or without their trigger.
    """
    wanted = checked(change)
    for name, words, text in (("evidence", evidence, document.text), ("trigger", trigger, evidence)):
        if not words or words not in text:
            what = "the text of the document" if name == "evidence" else "the evidence"
            raise InputError(
                f"{words!r} is not in {what}", where=name, todo="copy the words letter by letter"
            )
    start = document.text.index(evidence)
    if evidence in document.text[start + 1 :]:
        raise InputError(
            f"{evidence!r} stands in the text more than once", where="evidence", todo="give more of the words"
        )
    if "event" not in wanted:
        raise InputError("an act needs a type", where="event", todo="give one, such as CONSULT")
    if not wanted.get("actor") and not wanted.get("recipient"):
        raise InputError("an act of nobody to nobody is none", where="actor", todo="name who acts")
    kind = codebook().types[wanted["event"]]
    bare = Event(
        document=document.id,
        start=start,
        end=start + len(evidence),
        text=evidence,
        event=kind.name,
        actor=tuple(Party(code, code, how="analyst") for code in wanted.get("actor", ())),
        recipient=tuple(Party(code, code, how="analyst") for code in wanted.get("recipient", ())),
        symmetric=False,
        status=Status.ACTUAL,
        trigger=trigger,
        trigger_start=start + evidence.index(trigger),
        quad=kind.quad,
        cameo=kind.cameo,
        date_reason="not given by the analyst who added it",
        coder=ADDED,
    )
    return apply(bare, wanted)


def coded(event: Event) -> dict[str, Any]:
    """An event as a line of the corrections holds it; `act` reads it back."""
    return json.loads(json.dumps(asdict(event)))  # type: ignore[no-any-return]


def act(fields: Mapping[str, Any]) -> Event:
    """The event that `coded` wrote."""
    values = dict(fields)
    for side in ("actor", "recipient"):
        values[side] = tuple(Party(**party) for party in values[side])
    for several in ("modes", "contexts"):
        values[several] = tuple(values[several])
    return Event(**{**values, "status": Status(values["status"]), "voice": Voice(values["voice"])})


def roots(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The id that the machine gave each act, by the id that it has now or had first.

    Ids that are not there are left out.
    """
    table = schema.events
    found = connection.execute(select(table.c.id, table.c.stands_for).where(among(table.c.id, ids)))
    return {row.id: row.stands_for or row.id for row in found}


def now(connection: Connection, root: str) -> str | None:
    """The id that an act has now, by that of the machine or by itself; None where it is wrong."""
    table = schema.events
    return connection.scalar(
        select(table.c.id)
        .where((table.c.id == root) | (table.c.stands_for == root), table.c.struck.is_(False))
        .limit(1)
    )


def originals(lines: Iterable[Correction]) -> dict[str, Event]:
    """What each act that lines are about was before all of them: the machine's coding, or what a
    person added."""
    found: dict[str, Event] = {}
    for each in lines:
        if each.kind in ("wrong", "change"):
            found.setdefault(each.target, act(each.body["coded"]))
        elif each.kind == "add":
            found[each.target] = act(each.body["added"])
    return found


def event(connection: Connection, id: str, *, machine: bool = False) -> Event | None:
    """The act of that id, which may be the one it had before it was corrected; None where it is wrong.

    With `machine` it is the machine's coding, whatever was made of it; None where it never coded it.
    """
    if machine:
        root = roots(connection, [id]).get(id, id)
        known = originals(corrections.of(connection, [root]))
        return None if root.startswith(PLUS) else known.get(root) or _stored(connection, root)
    current = now(connection, id)
    return _stored(connection, current) if current else None


def machine_events(connection: Connection, documents: Collection[str] | None = None) -> list[Event]:
    """Every act as the machine coded it, also those marked wrong, of some documents or of all."""
    table = schema.events
    statement = select(table).where(table.c.stands_for.is_(None))
    if documents is not None:
        statement = statement.where(among(table.c.document, documents))
    ordered = statement.order_by(table.c.document, table.c.start, table.c.trigger_start, table.c.id)
    found = rows.read_events(connection, ordered)
    known = originals(corrections.of(connection, (event.id for event in found)))
    return [known.get(event.id, event) for event in found]


def _stored(connection: Connection, id: str) -> Event | None:
    found = rows.read_events(connection, select(schema.events).where(schema.events.c.id == id))
    return found[0] if found else None


def wanted(lines: Sequence[Correction], undone: Collection[str]) -> Event | None:
    """What lines about one act say it is; None where it is wrong."""
    first = next(iter(originals(lines).values()), None)
    made = first
    for each in lines:
        if each.id in undone:
            made = None if each.kind == "add" else made
        elif each.kind == "wrong":
            made = None
        elif each.kind == "change" and made is not None:
            made = apply(made, each.body["set"], first)
    return made


def settle(connection: Connection, root: str) -> Event | None:
    """Make what is stored of an act that which its corrections say; gives it, None where it is wrong.

    Raises `StoreError` where it would become an act that is there already.
    """
    lines = corrections.of(connection, [root])
    made = wanted(lines, corrections.undone(connection))
    current = now(connection, root)
    before = _stored(connection, current) if current else None
    if before == made:
        return made
    if before is not None:
        _strike(connection, before.id)
        upkeep.leave(connection, before)
        _remove(connection, before.id)
    coded = not root.startswith(PLUS)
    if coded and (made is None or made.id != root):
        # What the machine coded stands in its row again, struck.
        _write(connection, originals(lines)[root], root, struck=True)
    if made is not None:
        if coded and made.id == root:
            _write(connection, made, root, struck=False)
        else:
            _insert(connection, made, root)
        upkeep.enter(connection, [made.id])
    return made


def _strike(connection: Connection, id: str) -> None:
    table = schema.events
    connection.execute(update(table).where(table.c.id == id).values(struck=True))


def _remove(connection: Connection, id: str) -> None:
    """Take away a row that a person made; those of the machine stay."""
    parties, table = schema.event_parties, schema.events
    made = select(table.c.id).where(table.c.id == id, table.c.stands_for.is_not(None))
    if connection.scalar(made) is not None:
        connection.execute(delete(parties).where(parties.c.event == id))
        connection.execute(delete(table).where(table.c.id == id))


def _write(connection: Connection, event: Event, id: str, *, struck: bool) -> None:
    """Bring the row of an act, if there is one, to what is said of it; its parties do not change."""
    table = schema.events
    values = rows.event_row(event, _published(connection, event.document), None)
    # The evidence of a row cannot be changed, and never is.
    for name in ("id", "document", "run", "start", "end", "text"):
        del values[name]
    connection.execute(update(table).where(table.c.id == id).values(**values, struck=struck))


def _insert(connection: Connection, event: Event, root: str) -> None:
    """A row of its own for what a person made of an act, or for an act that was missed."""
    table = schema.events
    there = connection.execute(
        select(table.c.struck, table.c.stands_for).where(table.c.id == event.id)
    ).one_or_none()
    if there is not None:
        raise StoreError(
            "this act is there already" + (", corrected or marked wrong" if there.struck else ""),
            where=f"event {event.id}",
            todo="mark the other one wrong instead, or undo the correction of that act",
        )
    number = connection.scalar(select(table.c.number).where(table.c.id == root))
    if number is None:
        least = connection.scalar(select(table.c.number).order_by(table.c.number).limit(1)) or 0
        number = min(least, -_FAR) - 1
    else:
        number = -number
    values = rows.event_row(event, _published(connection, event.document), None)
    connection.execute(insert(table).values(**values, number=number, stands_for=root))
    parties = rows.party_rows(event)
    if parties:
        connection.execute(insert(schema.event_parties), parties)


def _published(connection: Connection, document: str) -> str | None:
    table = schema.documents
    return connection.scalar(select(table.c.published).where(table.c.id == document))
