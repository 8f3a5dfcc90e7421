"""The part of the store that takes corrections and tells what became of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, select

from detente.errors import InputError, StoreError
from detente.records import Event
from detente.store import corrected, corrections, rows, schema, ties, upkeep
from detente.store.connection import reading, writing
from detente.store.corrections import Check, Correction, Hand
from detente.store.marks import Mark

__all__ = ["Corrections", "Standing", "words"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A correction with what has become of it.

    `holds` is False for one that was undone, by the line `undone_by`. `event` is the id that its act has
    now, None where the act is wrong or it is about stories. `note` says in words why one that holds has
    no effect, or only part of it.
    """

    correction: Correction
    holds: bool
    undone_by: str | None = None
    event: str | None = None
    document: str | None = None
    note: str | None = None


class Corrections:
    """What `Store` can do with an analyst's corrections; every method is one transaction.

    Corrections change what is read from the store, whatever day it is read as of: they say how an
    article is to be read, not what happened later. `Correction.at` tells when each became known.
    """

    _engine: Engine
    where: str

    def mark_wrong(self, event: str, hand: Hand, reason: str | None = None) -> Correction:
        """Say that an act was never told: it counts nowhere until this is undone.

        Raises `StoreError` for an act that is not there or is wrong already.
        """
        with writing(self._engine, self.where) as connection:
            root, current = _current(connection, event)
            body = {"coded": _original(connection, root, current)}
            made = corrections.append(connection, hand, "wrong", root, body, reason)
            corrected.settle(connection, root)
            return made

    def change(
        self, event: str, change: Mapping[str, Any], hand: Hand, reason: str | None = None
    ) -> Correction:
        """Say that an act is another: its type, parties, status, date, speaker, voice or symmetry.

        `change` holds the fields to change, see `detente.store.corrected.checked`. The act has another
        id where its type or parties change; its first one finds it still. Raises InputError for a change
        that cannot be or changes nothing, `StoreError` for an act that is not there or is wrong, and
        where the article holds that very act already.
        """
        wanted = corrected.checked(change)
        with writing(self._engine, self.where) as connection:
            root, current = _current(connection, event)
            made = corrected.apply(current, wanted)
            if all(getattr(made, name) == getattr(current, name) for name in corrected.FIELDS):
                raise InputError("the act is so already", where=f"event {event}", todo="change another field")
            body = {"set": wanted, "coded": _original(connection, root, current)}
            line = corrections.append(connection, hand, "change", root, body, reason)
            corrected.settle(connection, root)
            return line

    def add_missed(self, event: Event, hand: Hand, reason: str | None = None) -> Correction:
        """Add an act that the machine missed in a document of the store.

        Its coder becomes "analyst". Raises `StoreError` where the document is not there, does not hold
        its words, or the act is there already.
        """
        from dataclasses import replace

        made = replace(event, coder=corrected.ADDED, confidence=None)
        with writing(self._engine, self.where) as connection:
            table = schema.documents
            text = connection.scalar(select(table.c.text).where(table.c.id == event.document))
            if text is None:
                raise StoreError(
                    "there is no such document", where=event.document, todo="add the document first"
                )
            rows.check_evidence(made, event.document, text)
            # An act that was added and undone before has lines of its own under that id.
            root = f"{corrected.PLUS}{made.id}.{len(corrections.read(connection))}"
            body = {"added": corrected.coded(made)}
            line = corrections.append(connection, hand, "add", root, body, reason)
            corrected.settle(connection, root)
            return line

    def merge_stories(self, stories: Sequence[str], hand: Hand, reason: str | None = None) -> Correction:
        """Say that stories tell one and the same act in the world.

        Raises InputError for fewer than two, or where their parties or status differ: correct those of
        the acts first. `StoreError` for a story that is not there.
        """
        with writing(self._engine, self.where) as connection:
            named = list(dict.fromkeys(_story(connection, id) for id in stories))
            if len(named) < 2:
                raise InputError("one story cannot be merged", todo="give two different ones")
            table = schema.stories
            blocks = set(connection.scalars(select(table.c.block).where(rows.among(table.c.id, named))).all())
            if len(blocks) > 1:
                raise InputError(
                    "the stories name other parties, or one happened and the other did not",
                    where=" ".join(stories),
                    todo="correct the parties or status of the acts that are wrong, then merge",
                )
            events = sorted(_roots(connection, _reports(connection, named)))
            body = {"stories": named, "events": events}
            line = corrections.append(connection, hand, "merge", named[0], body, reason)
            _retie(connection, line, holds=True)
            return line

    def split_story(
        self, story: str, events: Collection[str], hand: Hand, reason: str | None = None
    ) -> Correction:
        """Say that some acts of a story are another act in the world: they make a story of their own.

        A report that comes later goes with the acts that stay. Raises InputError where the acts are
        none of the story's, or all; `StoreError` for a story that is not there.
        """
        with writing(self._engine, self.where) as connection:
            id = _story(connection, story)
            own = set(_reports(connection, [id]))
            leaving = {corrected.now(connection, event) or event for event in events}
            if not leaving or not leaving < own:
                strange = sorted(leaving - own)
                raise InputError(
                    f"event {strange[0]} is not of this story"
                    if strange
                    else "a split leaves acts on both sides",
                    where=f"story {story}",
                    todo="name one or more of its acts, and not all",
                )
            body = {
                "events": sorted(_roots(connection, leaving)),
                "others": sorted(_roots(connection, own - leaving)),
            }
            line = corrections.append(connection, hand, "split", id, body, reason)
            _retie(connection, line, holds=True)
            return line

    def undo_correction(self, id: str, hand: Hand, reason: str | None = None) -> Correction:
        """Take a correction back with a further line; an undo can be undone itself.

        Raises `StoreError` where there is no such line, it was undone already, or what it changed has
        meanwhile become an act that another correction made.
        """
        with writing(self._engine, self.where) as connection:
            meant = corrections.line(connection, id)
            if meant is None:
                raise StoreError(
                    "there is no such correction", where=id, todo="copy its id from detente correct --list"
                )
            gone = corrections.undone(connection)
            if id in gone:
                raise StoreError(
                    "this was undone already", where=id, todo=f"to take that back, undo {gone[id]}"
                )
            line = corrections.append(connection, hand, "undo", id, {}, reason)
            while meant.kind == "undo":
                earlier = corrections.line(connection, meant.target)
                assert earlier is not None  # lines are never removed
                meant = earlier
            if meant.kind in ("merge", "split"):
                _retie(connection, meant, holds=meant.id not in corrections.undone(connection))
            else:
                corrected.settle(connection, meant.target)
            return line

    def corrections(self, *, event: str | None = None, document: str | None = None) -> list[Standing]:
        """Every correction in the order of writing with what has become of it; or those about an act,
        by any id it had, or about a document's acts.

        Raises `StoreError` where a line was changed after it was written.
        """
        with reading(self._engine, self.where) as connection:
            return _standings(connection, event, document)

    def check_corrections(self, key: bytes | None = None) -> Check:
        """Whether the lines are as they were written, and how many are signed with that key."""
        with reading(self._engine, self.where) as connection:
            return corrections.verify(connection, key)

    def machine_events(self, documents: Collection[str] | None = None) -> list[Event]:
        """Every act as the machine coded it, in the order of the documents, of some or of all.

        Also those that were marked wrong, and those of documents that do not count.
        """
        with reading(self._engine, self.where) as connection:
            return corrected.machine_events(connection, documents)

    def now_in(self, story: str) -> str | None:
        """The story that the first report of a story, once known by that id, stands in now."""
        with reading(self._engine, self.where) as connection:
            return _story_of(connection, story)


def words(line: Correction) -> str:
    """A correction in words.

    >>> from datetime import datetime, timezone
    >>> at = datetime(2026, 2, 1, tzinfo=timezone.utc)
    >>> words(Correction(1, "c", at, "Ana", "change", "e", {"set": {"actor": ["USA"]}}, None, "", "", None))
    'event e: actor is USA'
    """
    body = line.body
    if line.kind == "wrong":
        return f"event {line.target} is wrong"
    if line.kind == "change":
        change = dict(body["set"])
        if change.get("date_end"):
            change["date"] = f"{change['date']}/{change['date_end']}"
        named = [(name, change[name]) for name in corrected.FIELDS if name in change and name != "date_end"]
        told = (f"{'type' if name == 'event' else name} is {_value(value)}" for name, value in named)
        return f"event {line.target}: {', '.join(told)}"
    if line.kind == "add":
        return f"an act was missed: {body['added']['event']} in {body['added']['text'][:60]!r}"
    if line.kind == "merge":
        return f"stories {', '.join(body['stories'])} are one"
    if line.kind == "split":
        leaving = body["events"]
        return f"event{'' if len(leaving) == 1 else 's'} {', '.join(leaving)} left story {line.target}"
    return f"correction {line.target} no longer holds"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "+".join(value) or "nobody"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "not known" if value is None else str(value)


def _current(connection: Connection, id: str) -> tuple[str, Event]:
    """The machine's id of an act, and the act as it is now."""
    root = corrected.roots(connection, [id]).get(id)
    found = corrected.event(connection, id) if root else None
    if root is None:
        raise StoreError(
            "there is no such event", where=id, todo="copy an id from detente events --format json"
        )
    if found is None:
        raise StoreError(
            "this event counts no longer: it is marked wrong, or is not read in its article any more",
            where=id,
            todo="undo the correction first; detente correct --list EVENT tells which",
        )
    return root, found


def _original(connection: Connection, root: str, current: Event) -> dict[str, Any]:
    """What the machine coded: what stands in the first line about the act, or else the act itself."""
    known = corrected.originals(corrections.of(connection, [root])).get(root)
    return corrected.coded(known or current)


def _story_of(connection: Connection, id: str) -> str | None:
    links = schema.story_events
    event = corrected.now(connection, id)
    return connection.scalar(select(links.c.story).where(links.c.event == event)) if event else None


def _story(connection: Connection, id: str) -> str:
    table = schema.stories
    found = connection.scalar(select(table.c.id).where(table.c.id == id)) or _story_of(connection, id)
    if found is None:
        raise StoreError(
            "there is no such story", where=id, todo="copy the id of a story, or of one of its acts"
        )
    return found


def _reports(connection: Connection, stories: Collection[str]) -> list[str]:
    links = schema.story_events
    return list(connection.scalars(select(links.c.event).where(rows.among(links.c.story, stories))))


def _roots(connection: Connection, events: Collection[str]) -> set[str]:
    return set(corrected.roots(connection, events).values())


def _retie(connection: Connection, line: Correction, *, holds: bool) -> None:
    """Let a merge or split hold, or no more, and tell its stories anew."""
    own, others = list(line.body["events"]), list(line.body.get("others", ()))
    if not holds:
        ties.forget(connection, line.id)
    elif line.kind == "split":
        ties.knot(connection, line.id, line.number, line.kind, own, others)
    else:
        ties.knot(connection, line.id, line.number, line.kind, (), own)
    current = (corrected.now(connection, root) for root in (*own, *others))
    upkeep.enter(connection, [id for id in current if id is not None])


def _standings(connection: Connection, event: str | None, document: str | None) -> list[Standing]:
    lines = corrections.read(connection)
    gone = corrections.undone(connection)
    by_id = {line.id: line for line in lines}
    about = {line.id: _acts(line, by_id) for line in lines}
    wanted = None
    if event is not None:
        wanted = {event, corrected.roots(connection, [event]).get(event, event)}
    table = schema.events
    every = {root for acts in about.values() for root in acts}
    documents: dict[str, str] = {}
    current: dict[str, str] = {}
    rows_of = select(table.c.id, table.c.document, table.c.stands_for, table.c.struck)
    among = rows.among(table.c.stands_for, every), rows.among(table.c.id, every)
    for condition in among:
        for row in connection.execute(rows_of.where(condition)):
            root = row.stands_for or row.id
            documents.setdefault(root, row.document)
            if not row.struck:
                current.setdefault(root, row.id)
    for line in lines:
        if line.kind == "add":
            documents.setdefault(line.target, line.body["added"]["document"])
    marks = _marks(connection, set(documents.values()))
    stories = _homes(connection, set(current.values()))
    found = []
    for line in lines:
        acts = about[line.id]
        if wanted is not None and wanted.isdisjoint(acts):
            continue
        if document is not None and document not in {documents.get(root) for root in acts}:
            continue
        holds = line.id not in gone
        single = acts[0] if len(acts) == 1 else None
        note = None
        if holds and line.kind in ("merge", "split"):
            note = _tie_note(line, current, stories)
        elif holds and single is not None and line.kind != "undo":
            mark = marks.get(documents.get(single, ""))
            note = f"its article does not count: {mark}" if mark else _again(connection, line)
        found.append(
            Standing(
                line,
                holds,
                gone.get(line.id),
                current.get(single) if single else None,
                documents.get(single) if single else None,
                note,
            )
        )
    return found


def _acts(line: Correction, by_id: Mapping[str, Correction]) -> list[str]:
    """The machine's ids of the acts that a line is about."""
    while line.kind == "undo":
        line = by_id[line.target]
    if line.kind in ("merge", "split"):
        return [*line.body["events"], *line.body.get("others", ())]
    return [line.target]


def _marks(connection: Connection, documents: set[str]) -> dict[str, Mark]:
    table = schema.documents
    chosen = select(table.c.id, table.c.withdrawn, table.c.reason, table.c.superseded).where(
        table.c.retracted.is_(True), rows.among(table.c.id, documents)
    )
    return {
        row.id: Mark(row.id, row.withdrawn, row.reason, row.superseded) for row in connection.execute(chosen)
    }


def _homes(connection: Connection, events: set[str]) -> dict[str, str]:
    links = schema.story_events
    chosen = select(links.c.event, links.c.story).where(rows.among(links.c.event, events))
    return {row.event: row.story for row in connection.execute(chosen)}


def _tie_note(line: Correction, current: Mapping[str, str], stories: Mapping[str, str]) -> str | None:
    """Why a merge or split that holds has no effect now, or only part of it."""

    def homes(roots: Sequence[str]) -> list[str]:
        return [stories[current[root]] for root in roots if current.get(root) in stories]

    own, others = homes(line.body["events"]), homes(line.body.get("others", ()))
    if line.kind == "merge":
        if len(own) < 2:
            return "fewer than two of its acts count now"
        if len(set(own)) > 1:
            return "its acts no longer have the same parties and status, or a later split parts them"
    elif not own or not others:
        return "the acts of one side no longer count"
    elif not set(own).isdisjoint(others):
        return "a later merge put its acts together again"
    return None


def _again(connection: Connection, line: Correction) -> str | None:
    """Whether another coder has coded the words of a corrected act once more, and how."""
    coded = line.body.get("coded")
    if coded is None:
        return None
    table = schema.events
    others = connection.scalars(
        select(table.c.id).where(
            table.c.document == coded["document"],
            table.c.trigger_start == coded["trigger_start"],
            table.c.id != line.target,
            table.c.coder != coded["coder"],
            table.c.stands_for.is_(None),
            table.c.struck.is_(False),
        )
    ).all()
    if not others:
        return None
    return f"another coder has read the same word as event {', '.join(sorted(others))}; look at it too"
