"""A store with something on every page of the desk: the demo storyline, and what a year of use leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from desk_examples import NOW, make_store

from detente.api import open_store
from detente.records import Document, Outlook, Term
from detente.relations.scorecard import file_forecast
from detente.store import Failure
from detente.store.corrections import Hand
from detente.store.reading_state import Alert, ItemState, ReadingState, SourceState, WayState

__all__ = ["furnish"]

PAIRS = (("COL", "USA"), ("RUS", "UKR"), ("CHN", "USA"), ("IND", "PAK"))


def furnish(path: Path) -> Path:
    """A store of the storyline with forecasts, alerts, sources, failures, corrections and a copy."""
    make_store(path)
    with open_store(path) as store:
        first, *rest = store.documents()
        copy = replace(first, id="copy-of-first", url="https://copy.example/1", publisher="The Copy")
        store.add([replace(copy, text=f"{copy.text}\nMore of it below.")])
        store.retract(rest[-1].id, "the agency withdrew it")
        events = store.events(limit=3)
        hand = Hand("Ana Gil", NOW)
        store.mark_wrong(events[0].id, hand, "nobody did this")
        for n, reason in enumerate(("the page is empty", "robots.txt forbids it", "no text found")):
            store.add_failure(Failure(f"https://wire.example/lost/{n}", reason, None, None, NOW))
        _forecasts(store)
        _watch(store)
    return path


def _forecasts(store: object) -> None:
    previous = ""
    for n in range(24):
        day = date(2025, 1, 6) + timedelta(weeks=n)
        chance = (0.15, 0.35, 0.55, 0.7, 0.9)[n % 5]
        asked = Outlook(
            PAIRS[n % 4],
            day,
            "thaw-holds.v1",
            30,
            chance,
            max(chance - 0.15, 0.01),
            min(chance + 0.1, 0.99),
            None,
            0.6,
            (Term("thaw of", day.isoformat()),),
            None,
            "thaw.v1",
        )
        filed = file_forecast(asked, filed_on=day, previous=previous)
        previous = filed.id
        store.file_forecast(filed)  # type: ignore[attr-defined]
        if n < 20:
            held = (n * 7) % 10 < chance * 10
            outcome = "silent" if n == 11 else "held" if held else "relapsed"
            score = None if n == 11 else (chance - held) ** 2
            store.file_forecast(replace(filed, outcome=outcome, score=score))  # type: ignore[attr-defined]


def _watch(store: object) -> None:
    state = ReadingState(store)  # type: ignore[arg-type]
    event = store.events(limit=1)[0]  # type: ignore[attr-defined]
    later = NOW + timedelta(minutes=30)
    state.keep_source("feed https://wire.example/rss", SourceState(next_at=later))
    state.acknowledge("feed https://wire.example/rss", [("1", ItemState("a", event.document))])
    failing = SourceState(None, None, later, 4, NOW - timedelta(days=1), "the server answered 503")
    state.keep_source("page https://ministry.example/news", failing)
    state.keep_source("opml feeds.opml", SourceState(listed=("https://a.example", "https://b.example")))
    state.begin("events")
    proof = {
        "event": event.id,
        "words": event.text,
        "document": event.document,
        "title": "A title",
        "publisher": "The Wire",
        "published": "2026-01-08",
        "url": "https://wire.example/1",
    }
    about = {"on": "turn", "at": NOW.isoformat(), "pair": ["COL", "USA"], "evidence": [proof]}
    found = [
        Alert("a" * 16, "thaw", "t", {"what": "thaw between COL and USA on 2026-01-07", **about}),
        Alert(
            "b" * 16, "threats", event.id, {"what": "THREATEN USA > COL", **about, "event": {"id": event.id}}
        ),
    ]
    state.found(found, "events", 0)
    state.handed_over(found[:1], "mail ana@desk.example", NOW)
    state.close(["mail ana@desk.example"], NOW)
    state.keep_way("mail ana@desk.example", WayState())
    state.keep_way("webhook https://hooks.example", WayState(3, later, "the server answered 500"))


def extra(path: Path) -> str:
    """Add a long text with marks that overlap; gives its id."""
    text = "\n".join(
        f'Paragraph {n}. "Washington threatened Bogota on Monday," President Gustavo Petro said.'
        for n in range(900)
    )
    with open_store(path) as store:
        store.add([Document("a/long one", text, "Long", None, date(2026, 1, 8), "The Wire")])
    return "a/long one"
