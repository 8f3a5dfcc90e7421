"""How long the figures of pairs take on a large store: `python -m benchmarks.relations [PAIRS] [STORE]`.

A store of 1,000,000 invented events among 6,000 pairs over five years (`benchmarks.large_store`) is made
in a temporary folder, or STORE is taken. Printed: seconds for the level, the turns and the outlook of
some pairs by rank, each from the store and asked a second time; and for all of these of PAIRS (600) pairs
drawn at random, on two processes, with what all 6,000 would take at that rate.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.large_store import AS_OF, FIRST, PAIRS, codes, make
from detente.relations.known import acts_in
from detente.relations.outlook import outlook
from detente.relations.series import levels
from detente.relations.turning import turns
from detente.store import open_store

EVENTS = 1_000_000
RANKS = (0, 1, 10, 100, PAIRS // 2)


def figures(path: Path, pair: tuple[str, str]) -> dict[str, float]:
    """Seconds that each figure of a pair takes, from opening the store to the answer."""
    spent: dict[str, float] = {}

    def clock(name: str, made: Callable[[], object]) -> None:
        start = time.perf_counter()
        made()
        spent[name] = time.perf_counter() - start

    def level() -> object:
        with open_store(path) as store:
            found = acts_in(store, pair, AS_OF)
        turns(found, pair, AS_OF)
        return levels(found, start=FIRST, end=AS_OF, as_of=AS_OF)

    def turned() -> object:
        with open_store(path) as store:
            return turns(acts_in(store, pair, AS_OF), pair, AS_OF)

    def asked() -> object:
        with open_store(path) as store:
            return outlook(acts_in(store, pair, AS_OF), pair, asked_on=AS_OF)

    clock("dyad", level)
    clock("turns", turned)
    clock("outlook", asked)
    return spent


def recompute(job: tuple[Path, list[tuple[str, str]]]) -> int:
    """All figures of some pairs; gives how many had a level."""
    path, pairs = job
    told = 0
    with open_store(path) as store:
        for pair in pairs:
            known = acts_in(store, pair, AS_OF)
            told += bool(levels(known, start=FIRST, end=AS_OF, as_of=AS_OF))
            found = turns(known, pair, AS_OF)
            outlook(known, pair, asked_on=AS_OF, turned=found)
    return told


def measure(path: Path, share: int) -> None:
    """Print the figures for a store."""
    pairs = codes()
    for rank in RANKS:
        figures(path, pairs[rank])
        again = figures(path, pairs[rank])
        told = ", ".join(f"{k} {v:.2f} s" for k, v in again.items())
        print(f"pair of rank {rank}, warm: {told}", flush=True)
    chosen = [pairs[i] for i in sorted(np.random.default_rng(2).permutation(PAIRS)[:share])]
    jobs = [(path, chosen[i::8]) for i in range(8)]
    start = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        told_pairs = sum(pool.map(recompute, jobs, chunksize=1))
    spent = time.perf_counter() - start
    print(
        f"{len(chosen)} of {PAIRS:,} pairs ({told_pairs} with a level) in {spent:.0f} s on two "
        f"processes; all at this rate: {spent * PAIRS / len(chosen):.0f} s"
    )


def main() -> None:
    share = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    if len(sys.argv) > 2:
        measure(Path(sys.argv[2]), share)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.sqlite"
        start = time.perf_counter()
        make(path, EVENTS)
        size = path.stat().st_size / 1e6
        spent = time.perf_counter() - start
        print(f"made a store of {EVENTS:,} events ({size:,.0f} MB) in {spent:.0f} s", flush=True)
        measure(path, share)


if __name__ == "__main__":
    main()
