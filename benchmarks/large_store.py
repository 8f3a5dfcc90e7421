"""A large store of invented events, written in bulk: shared by the benchmarks of relations.

Each act has words of its own, so that the stories written beside are, but for one in a few hundred,
those that the rules of the store would tell.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations, islice
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import insert

from detente.codebook import codebook
from detente.store import open_store, schema
from detente.store.connection import writing
from detente.store.stories import DEFINITION

PAIRS = 6000
FIRST = date(2021, 1, 4)
DAYS = 5 * 365
AS_OF = FIRST + timedelta(days=DAYS + 7)
A_DOCUMENT = 10
# Of 20 events: told a second time; without a day; and those that count nowhere or only in part.
REPEATED, UNDATED = 0.25, 0.15
STATUSES = (
    ("actual", 0.88),
    ("historical", 0.05),
    ("future", 0.03),
    ("hypothetical", 0.02),
    ("negated", 0.02),
)
HOSTILE = ("ACCUSE", "REJECT", "THREATEN", "SANCTION", "COERCE")
COOPERATIVE = ("CONSULT", "SUPPORT", "AGREE", "COOPERATE", "AID")


def codes(count: int = PAIRS) -> list[tuple[str, str]]:
    """Pairs of invented states; one state has up to 119 of them."""
    names = [f"Q{a}{b}" for a in "ABCDEFGHIJKL" for b in "ABCDEFGHIJ"]
    return list(combinations(names, 2))[:count]


def make(path: Path, events: int, pairs: int = PAIRS, seed: int = 1) -> None:
    """Write a store of so many events among so many pairs over five years.

    The share of the pair of rank r falls as 1 / (r + 5): of a million events the busiest pair has
    some 28,000, the middling one some 47.
    """
    with open_store(path) as store, writing(store._engine, store.where) as connection:
        number = connection.execute(insert(schema.runs).values(coder="planned.v1", version="0", at=None))
        assert number.inserted_primary_key is not None
        stories: dict[int, Told] = {}
        written = _documents(events, pairs, seed, stories)
        while rows := list(islice(written, 500)):
            for table in (schema.documents, schema.events, schema.event_parties):
                connection.execute(insert(table), [row for parts in rows for row in parts[table.name]])
        told = iter(stories.values())
        while part := list(islice(told, 5000)):
            for table, several in _stories(part).items():
                connection.execute(insert(schema.METADATA.tables[table]), several)


@dataclass
class Told:
    """A story as it is written in the end."""

    row: dict[str, Any]
    sides: dict[str, list[tuple[str, int]]]
    events: list[str] = field(default_factory=list)
    publishers: list[str] = field(default_factory=list)


def _stories(told: list[Told]) -> dict[str, list[dict[str, Any]]]:
    return {
        "stories": [{**t.row, "publishers": json.dumps([*dict.fromkeys(t.publishers)])} for t in told],
        "story_parties": [
            {"story": t.row["id"], "side": side, "position": i, "code": code}
            for t in told
            for side, parties in t.sides.items()
            for i, (code, _) in enumerate(parties)
        ],
        "story_events": [
            {"event": event, "story": t.row["id"], "position": i}
            for t in told
            for i, event in enumerate(t.events)
        ],
    }


def _acts(events: int, pairs: int, seed: int) -> list[tuple[Any, ...]]:
    """Reports in the order of their publication: day told, act, whether the first of it, and the act."""
    rng = np.random.default_rng(seed)
    again = int(events * REPEATED)
    acts = events - again
    chance = 1 / (np.arange(pairs) + 5)
    pair = rng.choice(pairs, acts, p=chance / chance.sum())
    told = np.sort(rng.integers(0, DAYS, acts))
    # Pairs go from friendly to tense and back, some often, some never.
    phase = rng.beta(0.8, 0.8, (pairs, 8))
    hostile = rng.random(acts) < phase[pair, told * 8 // DAYS]
    kind = rng.integers(0, 5, acts)
    forth = rng.random(acts) < 0.5
    late = rng.integers(0, 4, acts)
    dated = rng.random(acts) >= UNDATED
    status = rng.choice(len(STATUSES), acts, p=[share for _, share in STATUSES])
    commentary = rng.random(acts) < 0.03
    second = rng.integers(0, acts, again)
    day = np.concatenate([told, told[second] + rng.integers(1, 4, again)])
    act = np.concatenate([np.arange(acts), second])
    order = np.lexsort((np.arange(events), day))
    columns = (pair, told, hostile, kind, forth, late, dated, status, commentary)
    return [(int(day[i]), int(act[i]), bool(i < acts), *(c[act[i]].item() for c in columns)) for i in order]


def _documents(
    events: int, pairs: int, seed: int, stories: dict[int, Told]
) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """The rows of each document by table."""
    names, book = codes(pairs), codebook()
    reports = _acts(events, pairs, seed)
    groups: list[list[tuple[Any, ...]]] = []
    for report in reports:
        here = groups[-1] if groups else []
        if len(here) in (0, A_DOCUMENT) or here[0][0] != report[0] or any(r[1] == report[1] for r in here):
            groups.append([])
        groups[-1].append(report)
    for n, group in enumerate(groups):
        out: dict[str, list[dict[str, Any]]] = {t: [] for t in ("events", "event_parties")}
        document = f"d{n:07}"
        at, lines = len(document) + 1, [document]
        published = (FIRST + timedelta(days=group[0][0])).isoformat()
        for _, act, _, pair, told, hostile, kind, forth, late, dated, which, commentary in group:
            one, other = names[pair] if forth else names[pair][::-1]
            event = (HOSTILE if hostile else COOPERATIVE)[kind]
            status = STATUSES[which][0]
            both = event in ("CONSULT", "AGREE")
            when = (FIRST + timedelta(days=max(0, told - late))).isoformat() if dated else None
            line = f"{one} {other} {event} w{act}a w{act}b w{act}c w{act}d w{act}e w{act}f"
            sides = {"actor": [(one, 0), (other, 4)] if both else [(one, 0)]}
            sides["recipient"] = sides["actor"] if both else [(other, 4)]
            key = "|".join(
                (
                    document,
                    str(at),
                    str(at + len(line)),
                    str(at + 8),
                    event,
                    *("+".join(code for code, _ in sides[s]) for s in ("actor", "recipient")),
                )
            )
            own = hashlib.sha256(key.encode()).hexdigest()[:16]
            done = "actual" if status == "historical" else status
            block = None if commentary else f"{done}|{'+'.join(sorted((one, other)))}"
            out["events"].append(
                {
                    "id": own, "document": document, "run": 1, "start": at, "end": at + len(line),
                    "text": line, "event": event, "symmetric": both, "status": status,
                    "trigger": event, "trigger_start": at + 8, "quad": book.quad(event), "modes": "[]",
                    "contexts": "[]", "date": when, "date_reason": None if when else "no day is told",
                    "voice": "commentary" if commentary else "writer", "coder": "planned.v1",
                    "day_first": when or published, "day_last": when or published,
                    "dated": when is not None, "block": block,
                }
            )  # fmt: skip
            for side, parties in sides.items():
                out["event_parties"] += [
                    {
                        "event": own, "side": side, "position": i, "code": code, "text": code,
                        "start": at + off, "end": at + off + 3, "how": "gazetteer",
                    }
                    for i, (code, off) in enumerate(parties)
                ]  # fmt: skip
            at += len(line) + 1
            lines.append(line)
            if commentary:
                continue
            if act not in stories:
                row = {
                    "id": own, "block": block, "event": event, "symmetric": both, "status": status,
                    "date": when, "first_published": published, "day_first": when or published,
                    "day_last": when or published, "definition": DEFINITION,
                }  # fmt: skip
                stories[act] = Told(row, sides)
            stories[act].events.append(own)
            stories[act].publishers.append(f"p{n % 40}")
        text = "\n".join(lines)
        out["documents"] = [
            {
                "id": document, "sha256": hashlib.sha256(text.encode()).hexdigest(), "title": None,
                "published": published, "publisher": f"p{n % 40}", "kind": "article", "text": text,
                "run": 1, "retracted": False, "withdrawn": False,
            }
        ]  # fmt: skip
        yield out
