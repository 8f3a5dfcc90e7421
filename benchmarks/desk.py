"""How fast the desk answers on a large store: `python -m benchmarks.desk [--events N] [--seconds N] …`.

A store of invented acts among real states is made in a temporary folder (or kept with --store). Printed:
the time to the whole answer of each page and list at the server, first and again; then what readers see
who ask for pages and lists at the same time, each the next thing as soon as it has the one before, while
another process writes an article a second as `detente watch` does. Every answer that is no success is a
fault, and ends the run with 1.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter
from itertools import combinations, islice
from pathlib import Path
from typing import Any

import httpx

from benchmarks import large_store

PORT = 8377
PAIRS = large_store.PAIRS
KINDS = "condemned", "threatened", "met with", "accused"


def states() -> list[str]:
    """Codes of states that the desk knows, so that their pages can be asked for."""
    from detente.coding.mentions import gazetteer

    return sorted({code for code in gazetteer().codes().values() if len(code) == 3})[:120]


def real_codes(count: int = PAIRS) -> list[tuple[str, str]]:
    """Pairs of real states in place of the invented ones."""
    return list(islice(combinations(states(), 2), count))


def serve(path: str, port: int) -> None:
    """The desk in a process of its own, as `detente serve` runs it, on the last day of the store."""
    from datetime import UTC, datetime

    import uvicorn

    from detente.coding.coder import rule_coder
    from detente.desk.app import create_app

    app = create_app(
        path, today=lambda: large_store.AS_OF, now=lambda: datetime.now(UTC), coder=rule_coder, patience=30
    )
    uvicorn.run(app, port=port, log_level="error", access_log=False, limit_concurrency=256)


def write(path: str, seconds: float, counted: Any) -> None:
    """What `detente watch` does to a store: an article a second, coded by the rules."""
    from detente.coding.coder import rule_coder
    from detente.sources.text import make_document
    from detente.store import open_store

    end = time.monotonic() + seconds
    rng = random.Random(3)
    with open_store(path) as store:
        while time.monotonic() < end:
            verb = rng.choice(KINDS)
            text = f"France {verb} Germany on Monday, note {counted.value}. Iran condemned the United States."
            store.add([make_document(text, published=large_store.AS_OF)], rule_coder())
            with counted.get_lock():
                counted.value += 1
            time.sleep(1)


def addresses(pairs: list[tuple[str, str]]) -> list[str]:
    """What an analyst and a program ask for; pairs of every rank."""
    found = ["/api/v1/events", "/api/v1/documents", "/api/v1/stories", "/api/v1/status", "/api/v1/pairs"]
    for rank in (3, 10, 50, 200, 1000, 3000):
        one, other = pairs[rank]
        found += [
            f"/pairs/{one}/{other}",
            f"/api/v1/pairs/{one}/{other}",
            f"/api/v1/events?pair={one},{other}",
            f"/api/v1/turns?pair={one},{other}",
            f"/api/v1/outlooks?pair={one},{other}",
        ]
    return found


def alone(base: str, pairs: list[tuple[str, str]]) -> None:
    """Seconds of single answers, first and a second time."""
    asked = [("busiest", *pairs[0]), ("10th", *pairs[10]), ("100th", *pairs[100]), ("middling", *pairs[3000])]
    with httpx.Client(base_url=base, timeout=120) as client:
        client.get("/api/v1/status")
        for name in ("/api/v1/events?limit=200", "/api/v1/pairs", "/api/v1/stories", "/api/v1/documents"):
            told(client, name, name)
        for name, one, other in asked:
            told(client, f"/pairs/{one}/{other}", f"page of the {name} pair")
            told(client, f"/api/v1/pairs/{one}/{other}", f"API, {name} pair")
            told(client, f"/api/v1/events?pair={one},{other}", f"API, events of the {name} pair")


def told(client: httpx.Client, path: str, name: str) -> None:
    spent = []
    for _ in range(2):
        start = time.perf_counter()
        response = client.get(path)
        spent.append(time.perf_counter() - start)
        assert response.status_code == 200, (path, response.status_code, response.text[:300])
    print(f"{name}: {1000 * spent[0]:.0f} ms, again {1000 * spent[1]:.0f} ms", flush=True)


async def crowd(
    base: str, paths: list[str], readers: int, seconds: float
) -> tuple[list[float], Counter[str]]:
    """Times of all answers, and what went wrong."""
    spent: list[float] = []
    faults: Counter[str] = Counter()
    end = time.monotonic() + seconds

    async def read(number: int) -> None:
        rng = random.Random(number)
        async with httpx.AsyncClient(base_url=base, timeout=60) as client:
            while time.monotonic() < end:
                path = rng.choice(paths)
                start = time.perf_counter()
                try:
                    response = await client.get(path)
                    if response.status_code != 200:
                        faults[f"{response.status_code} {path}"] += 1
                except httpx.HTTPError as error:
                    faults[f"{type(error).__name__} {path}"] += 1
                spent.append(time.perf_counter() - start)

    await asyncio.gather(*(read(number) for number in range(readers)))
    return spent, faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--store", type=Path, help="make the store here, or use the one that is there")
    given = parser.parse_args()
    large_store.codes = real_codes
    with tempfile.TemporaryDirectory() as folder:
        path = given.store or Path(folder) / "large.sqlite"
        if not path.is_file():
            start = time.perf_counter()
            large_store.make(path, given.events)
            print(
                f"made a store of {given.events:,} events in {time.perf_counter() - start:.0f} s", flush=True
            )
        spawn = multiprocessing.get_context("spawn")
        server = spawn.Process(target=serve, args=(str(path), PORT), daemon=True)
        server.start()
        base = f"http://127.0.0.1:{PORT}"
        try:
            started(base)
            pairs = real_codes()
            alone(base, pairs)
            counted = spawn.Value("i", 0)
            writer = spawn.Process(target=write, args=(str(path), given.seconds, counted), daemon=True)
            writer.start()
            spent, faults = asyncio.run(crowd(base, addresses(pairs), given.readers, given.seconds))
            writer.join()
        finally:
            server.terminate()
    spent.sort()

    def at(share: float) -> float:
        return 1000 * spent[min(len(spent) - 1, int(share * len(spent)))]

    print(
        f"{given.readers} readers for {given.seconds:.0f} s while {counted.value} articles were written: "
        f"{len(spent)} answers ({len(spent) / given.seconds:.0f} a second), median {at(0.5):.0f} ms, "
        f"p95 {at(0.95):.0f} ms, p99 {at(0.99):.0f} ms, slowest {at(1):.0f} ms, {faults.total()} faults"
    )
    for what, count in faults.most_common(10):
        print(f"  {count} times {what}")
    return 1 if faults else 0


def started(base: str) -> None:
    """Wait until the desk answers."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if httpx.get(f"{base}/api/v1", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise SystemExit("the desk did not start")


if __name__ == "__main__":
    sys.exit(main())
