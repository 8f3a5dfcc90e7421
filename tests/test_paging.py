"""Lists in pages: what they cost hangs on what is found, not on how busy the two parties are."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import event as happening
from sqlalchemy import insert

from detente.store import Filter, Store, open_store, schema
from detente.store.paging import Pages

BUSY = 1_500


def filled(store: Store) -> None:
    """Two parties with many acts each, none of them between the two; written past the coder."""
    acts, sides = [], []
    for number in range(2 * BUSY):
        one = "AFG" if number < BUSY else "AGO"
        name = f"e{number}"
        acts.append(
            {
                "id": name, "document": "d", "start": 0, "end": 3, "text": "met", "event": "CONSULT",
                "symmetric": False, "status": "actual", "trigger": "met", "trigger_start": 0, "quad": 1,
                "modes": "[]", "contexts": "[]", "voice": "writer", "coder": "x", "dated": True,
                "day_first": "2026-01-08", "day_last": "2026-01-08", "struck": False,
            }
        )  # fmt: skip
        sides += [
            {"event": name, "side": side, "position": 0, "code": code, "text": code, "how": "gazetteer"}
            for side, code in (("actor", one), ("recipient", "USA"))
        ]
    paper = {
        "id": "d", "sha256": "d", "kind": "text", "text": "met", "published": "2026-01-08",
        "retracted": False, "withdrawn": False,
    }  # fmt: skip
    with store._write() as connection:
        connection.execute(insert(schema.documents), [paper])
        connection.execute(insert(schema.events), acts)
        connection.execute(insert(schema.event_parties), sides)


def test_acts_between_two_busy_parties_are_found_without_trying_all_against_all(tmp_path: Path) -> None:
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1_000
        return 0

    with open_store(tmp_path / "s.sqlite") as store:
        filled(store)
        happening.listen(store._engine, "checkout", lambda c, *_: c.set_progress_handler(count, 1_000))
        assert Pages(store).events(Filter(pair=("AFG", "AGO")), limit=10) == ([], None)
        assert steps < 100 * BUSY, "so many steps of SQLite's machine"
