"""How long the figures of pairs take on a large store: `python -m benchmarks.relations [EVENTS] [PAIRS]`.

A store of EVENTS (1,000,000) invented events among 6,000 pairs over five years is made in a temporary
folder, a few pairs with many, most with few. Printed: seconds for the level, the turns and the outlook
of the busiest and of a middling pair, asked a second time; and for all of these of PAIRS (600) pairs
drawn at random, on two processes, with what all 6,000 would take at that rate.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np

from detente.codebook import codebook
from detente.records import Document, Event, Party, Status
from detente.store import open_store

ALL_PAIRS = 6000
FIRST = date(2021, 1, 4)
DAYS = 5 * 365
AS_OF = FIRST + timedelta(days=DAYS)
A_DOCUMENT = 10
KINDS = ("ACCUSE", "REJECT", "THREATEN", "SANCTION", "CONSULT", "SUPPORT", "AGREE", "COOPERATE")


class Planned:
    """A coder that reads nothing: each sentence of its documents says which act it tells."""

    name = "planned.v1"

    def code(self, document: Document) -> Iterator[Event]:
        """One event a line, written as ONE OTHER KIND DAY."""
        book, at = codebook(), 0
        for line in document.text.split("\n"):
            one, other, kind, day = line.split(" ")
            both = kind in ("CONSULT", "AGREE")
            sides = (Party(one, one, at, at + 3), Party(other, other, at + 4, at + 7))
            yield Event(
                document=document.id,
                start=at,
                end=at + len(line),
                text=line,
                event=kind,
                actor=sides if both else sides[:1],
                recipient=sides if both else sides[1:],
                symmetric=both,
                status=Status.ACTUAL,
                trigger=kind,
                trigger_start=at + 8,
                quad=book.quad(kind),
                date=day,
                coder=self.name,
            )
            at += len(line) + 1


def codes() -> list[tuple[str, str]]:
    """6,000 pairs of invented states."""
    names = [f"Q{a}{b}" for a in "ABCDEFGHIJKL" for b in "ABCDEFGHIJ"]
    return list(combinations(names, 2))[:ALL_PAIRS]


def documents(count: int) -> Iterator[Document]:
    """Documents of ten acts each; pairs turn once or twice a year."""
    rng = np.random.default_rng(1)
    pairs = codes()
    chance = 1 / (np.arange(ALL_PAIRS) + 20)
    chance /= chance.sum()
    phase = rng.random((ALL_PAIRS, 8)) * 0.9
    number = 0
    for i in range(count // A_DOCUMENT):
        day = i * DAYS // (count // A_DOCUMENT)
        lines = []
        for pair in rng.choice(ALL_PAIRS, A_DOCUMENT, p=chance):
            hostile = rng.random() < phase[pair, day * 8 // DAYS]
            kind = KINDS[int(rng.integers(0, 4)) + (0 if hostile else 4)]
            one, other = pairs[pair] if rng.random() < 0.5 else pairs[pair][::-1]
            when = FIRST + timedelta(days=max(0, day - int(rng.integers(0, 4))))
            lines.append(f"{one} {other} {kind} {when}")
            number += 1
        text = "\n".join(dict.fromkeys(lines))
        yield Document(f"d{i:07}", text, published=FIRST + timedelta(days=day), publisher=f"p{i % 40}")


def figures(path: Path, pair: tuple[str, str]) -> dict[str, float]:
    """Seconds that each figure of a pair takes, from the store to the answer."""
    from detente.relations.outlook import outlook
    from detente.relations.series import acts, levels
    from detente.relations.turning import turns

    with open_store(path) as store:
        spent: dict[str, float] = {}

        def clock(name: str, made: Callable[[], object]) -> None:
            start = time.perf_counter()
            made()
            spent[name] = time.perf_counter() - start

        def read() -> tuple[list[Event], dict[str, date | None]]:
            events = store.events(pair=pair, as_of=AS_OF)
            return events, store.publication_dates(sorted({e.document for e in events}))

        def level() -> object:
            events, days = read()
            found = acts(events, days, pair, AS_OF, store.stories(pair=pair, as_of=AS_OF))
            return levels(found, start=FIRST, end=AS_OF, as_of=AS_OF)

        def turned() -> object:
            events, days = read()
            known = store.stories(pair=pair, as_of=AS_OF)
            return turns(events, pair, AS_OF, published=days, stories=known)

        def asked() -> object:
            events, days = read()
            known = store.stories(pair=pair, as_of=AS_OF)
            return outlook(events, pair, asked_on=AS_OF, published=days, stories=known)

        clock("dyad", level)
        clock("turns", turned)
        clock("outlook", asked)
        return spent


def recompute(job: tuple[Path, list[tuple[str, str]]]) -> int:
    """All figures of some pairs; gives how many had a level."""
    from detente.relations.outlook import outlook
    from detente.relations.series import acts, levels
    from detente.relations.turning import turns

    path, pairs = job
    told = 0
    with open_store(path) as store:
        for pair in pairs:
            events = store.events(pair=pair, as_of=AS_OF)
            days = store.publication_dates(sorted({e.document for e in events}))
            known = acts(events, days, pair, AS_OF, store.stories(pair=pair, as_of=AS_OF))
            told += bool(levels(known, start=FIRST, end=AS_OF, as_of=AS_OF))
            turns(known, pair, AS_OF)
            outlook(known, pair, asked_on=AS_OF)
    return told


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    share = int(sys.argv[2]) if len(sys.argv) > 2 else 600
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.sqlite"
        start = time.perf_counter()
        with open_store(path) as store:
            store.add(documents(count), Planned())
        spent = time.perf_counter() - start
        size = path.stat().st_size / 1e6
        print(f"made a store of {count:,} events ({size:,.0f} MB) in {spent:.0f} s", flush=True)
        pairs = codes()
        for name, pair in (("busiest", pairs[0]), ("middling", pairs[ALL_PAIRS // 2])):
            figures(path, pair)
            again = figures(path, pair)
            told = ", ".join(f"{k} {v:.2f} s" for k, v in again.items())
            print(f"{name} pair, warm: {told}", flush=True)
        order = np.random.default_rng(2).permutation(ALL_PAIRS)[:share]
        chosen = [pairs[i] for i in sorted(order)]
        jobs = [(path, chosen[i::8]) for i in range(8)]
        start = time.perf_counter()
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            told_pairs = sum(pool.map(recompute, jobs, chunksize=1))
        spent = time.perf_counter() - start
        print(
            f"{len(chosen)} of {ALL_PAIRS:,} pairs ({told_pairs} with a level) in {spent:.0f} s on two "
            f"processes; all at this rate: {spent * ALL_PAIRS / len(chosen):.0f} s"
        )


if __name__ == "__main__":
    main()
