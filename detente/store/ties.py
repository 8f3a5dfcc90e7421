"""Stories that a person merged or split, kept over those that the rules tell.

A merge ties acts into one story, a split lets some leave the others of theirs; each is applied, in the
order in which it was made, to what the rules of `stories` give. The rules never see it: so a later
report finds its story as ever, and undoing a tie gives back what was there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, text, update

from detente.records import Event, Story
from detente.store import copies, schema
from detente.store.copies import Sources
from detente.store.rows import among, read_events
from detente.store.stories import compose, key, order

__all__ = ["Tie", "Tied", "events", "forget", "keep", "knot", "standing", "tie", "tied", "told_as"]


@dataclass(frozen=True, slots=True)
class Tie:
    """A merge or split that holds: the acts that it lets leave (of a split), and all others of it.

    The acts are named by the ids that they have now.
    """

    correction: str
    kind: str
    apart: frozenset[str]
    others: frozenset[str]

    @property
    def events(self) -> frozenset[str]:
        """Every act that it is about."""
        return self.apart | self.others


@dataclass(frozen=True, slots=True)
class Tied:
    """What to write: the stored stories that go, those that come, the block of each event, and the
    rules' story of each event that a person put into another."""

    gone: set[str]
    stories: list[Story]
    blocks: dict[str, str]
    told: dict[str, str]


def knot(
    connection: Connection,
    correction: str,
    number: int,
    kind: str,
    apart: Iterable[str],
    others: Iterable[str],
) -> None:
    """Keep a tie between acts, named by the ids that the machine gave them."""
    named = {**dict.fromkeys(others, False), **dict.fromkeys(apart, True)}
    connection.execute(
        insert(schema.ties),
        [
            {"correction": correction, "event": event, "number": number, "kind": kind, "apart": leaves}
            for event, leaves in sorted(named.items())
        ],
    )


def forget(connection: Connection, correction: str) -> None:
    """Let go of a tie that was undone."""
    connection.execute(delete(schema.ties).where(schema.ties.c.correction == correction))


def standing(connection: Connection) -> list[Tie]:
    """Every tie that holds, in the order in which they were made."""
    table, now = schema.ties, schema.events
    statement = (
        select(
            table.c.correction,
            table.c.kind,
            table.c.apart,
            func.coalesce(now.c.id, table.c.event).label("id"),
        )
        .outerjoin(now, now.c.stands_for == table.c.event)
        .order_by(table.c.number, table.c.correction)
    )
    found: dict[str, tuple[str, set[str], set[str]]] = {}
    for row in connection.execute(statement):
        _, apart, others = found.setdefault(row.correction, (row.kind, set(), set()))
        (apart if row.apart else others).add(row.id)
    return [Tie(id, kind, frozenset(a), frozenset(b)) for id, (kind, a, b) in found.items()]


def events(connection: Connection) -> set[str]:
    """The acts that any tie is about, by the ids that they have now."""
    return {event for tie in standing(connection) for event in tie.events}


def told_as(connection: Connection, stories: set[str]) -> dict[str, str]:
    """The events of stories as the rules tell them, each with the id of that story."""
    links = schema.story_events
    plain = select(links.c.event, links.c.story).where(among(links.c.story, stories), links.c.told.is_(None))
    moved = select(links.c.event, links.c.told.label("story")).where(among(links.c.told, stories))
    return {row.event: row.story for row in connection.execute(plain.union_all(moved))}


def tie(connection: Connection, told: list[Story], events: Sequence[Event], known: Sources) -> list[Story]:
    """Stories that the rules tell of events, with the ties that hold among them."""
    holding = standing(connection)
    by_id = {event.id: event for event in events}
    if not any(not by_id.keys().isdisjoint(each.events) for each in holding):
        return told
    blocks = {id: key(event) or "" for id, event in by_id.items()}
    by_rule = {frozenset(story.events): story for story in told}
    groups = _applied(list(by_rule), holding, blocks)
    changed = [[by_id[id] for id in group] for group in groups if group not in by_rule]
    stories = [by_rule[group] for group in groups if group in by_rule]
    stories += compose(changed, known.published, known.houses)
    return sorted(stories, key=lambda story: order(by_id[story.id], known.published))


def tied(
    connection: Connection, told: Sequence[Story], before: Mapping[str, str], blocks: Mapping[str, str]
) -> Tied | None:
    """What becomes of stories that the rules tell anew; None where no tie was ever near.

    `before` are the events that are told anew, as they were told. Where a tie leads to stories that
    the rules leave as they are, those are written anew too: a stored story may be made of several.
    """
    if not (told or before) or not _any(connection):
        return None
    holding = standing(connection)
    links = schema.story_events
    own = {event: story.id for story in told for event in story.events}
    reached = {*before, *own}
    fresh = set(reached)
    gone: set[str] = set()
    while fresh:
        stored = connection.scalars(select(links.c.story).where(among(links.c.event, fresh))).all()
        gone.update(stored)
        near = set(connection.scalars(select(links.c.event).where(among(links.c.story, set(stored)))))
        for each in holding:
            if not fresh.isdisjoint(each.events):
                near |= each.events
        rules = select(func.coalesce(links.c.told, links.c.story)).where(among(links.c.event, near - reached))
        more = told_as(connection, set(connection.scalars(rules)))
        fresh = more.keys() - reached
        own |= {event: more[event] for event in fresh}
        reached |= fresh
    by_rule: dict[str, set[str]] = {}
    for event, story in own.items():
        by_rule.setdefault(story, set()).add(event)
    where = {**_blocks(connection, own.keys() - blocks.keys()), **blocks}
    groups = _applied([frozenset(group) for group in by_rule.values()], holding, where)
    ready = {frozenset(story.events): story for story in told}
    stories = [ready[group] for group in groups if group in ready]
    stories += _composed(connection, [group for group in groups if group not in ready])
    moved = {event: own[event] for story in stories for event in story.events if own[event] != story.id}
    return Tied(gone, stories, where, moved)


def keep(connection: Connection, told: Mapping[str, str]) -> None:
    """Note the rules' story of events that stand in another."""
    for event, story in sorted(told.items()):
        links = schema.story_events
        connection.execute(update(links).where(links.c.event == event).values(told=story))


def _any(connection: Connection) -> bool:
    asked = "SELECT EXISTS (SELECT 1 FROM ties) OR EXISTS (SELECT 1 FROM story_events WHERE told IS NOT NULL)"
    return bool(connection.execute(text(asked)).scalar_one())


def _blocks(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    table = schema.events
    found = connection.execute(select(table.c.id, table.c.block).where(among(table.c.id, ids)))
    return {row.id: row.block or "" for row in found}


def _composed(connection: Connection, groups: Sequence[frozenset[str]]) -> list[Story]:
    if not groups:
        return []
    table = schema.events
    chosen = select(table).where(among(table.c.id, (id for group in groups for id in group)))
    by_id = {event.id: event for event in read_events(connection, chosen)}
    known = copies.sources(connection, {event.document for event in by_id.values()})
    return compose([[by_id[id] for id in group] for group in groups], known.published, known.houses)


def _applied(
    groups: Sequence[frozenset[str]], holding: Sequence[Tie], blocks: Mapping[str, str]
) -> list[frozenset[str]]:
    """Groups of events after each tie in turn; only events of one block are ever put together."""
    members: dict[int, set[str]] = {number: set(group) for number, group in enumerate(groups)}
    home = {event: number for number, group in members.items() for event in group}
    for each in holding:
        parts: dict[str, set[str]] = {}
        for event in each.events if each.kind == "merge" else each.apart:
            if event in home:
                parts.setdefault(blocks[event], set()).add(event)
        for part in parts.values():
            if each.kind == "merge":
                part = set().union(*(members[home[event]] for event in part))
            for event in part:
                members[home[event]].discard(event)
            number = len(members)
            members[number] = part
            home |= dict.fromkeys(part, number)
    return [frozenset(group) for group in members.values() if group]
