"""What the tests share: one coder, and events as one line that a reader can check."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from hypothesis import settings

from detente.coding.coder import rule_coder
from detente.records import Event, Party, Voice
from detente.sources.text import make_document

# The width of whoever runs the tests (and of pytest-xdist, which names one) changes no table.
os.environ.pop("COLUMNS", None)

# The suite draws the same examples every time, so that a failure can be run again and a change is to
# blame for it; `make search` draws new ones, and many more of them.
settings.register_profile("same", derandomize=True)
settings.register_profile("search", derandomize=False, print_blob=True)
settings.load_profile(os.environ.get("DETENTE_EXAMPLES", "same"))

PUBLISHED = date(2026, 1, 8)  # a Thursday; "on Monday" is 2026-01-05


def _codes(parties: Iterable[Party]) -> str:
    return "+".join(sorted({p.code for p in parties})) or "?"


def line(event: Event) -> str:
    """`TYPE A>B status date` (`=` where done together), with `by …` or `opinion of …` behind it.

    Codes are sorted; `?` is a side nobody is named for.
    """
    if event.symmetric:
        sides = "=".join(sorted({p.code for p in (*event.actor, *event.recipient)}))
    else:
        sides = f"{_codes(event.actor)}>{_codes(event.recipient)}"
    day = event.date or "undated"
    if event.date_end:
        day += f"/{event.date_end}"
    told = f"{event.event} {sides} {event.status} {day}"
    if event.voice is Voice.COMMENTARY:
        return f"{told} opinion of {event.speaker or 'the writer'}"
    return f"{told} by {event.speaker}" if event.speaker else told


class Reader:
    """Reads texts with the rule coder."""

    def __call__(self, text: str, published: date | None = PUBLISHED, **fields: Any) -> list[Event]:
        return list(rule_coder().code(make_document(text, published=published, **fields)))

    def lines(self, text: str, published: date | None = PUBLISHED, **fields: Any) -> list[str]:
        """All events of a text as lines, in order."""
        return [line(e) for e in self(text, published, **fields)]

    def only(self, text: str, published: date | None = PUBLISHED, **fields: Any) -> Event:
        """The single event of a text."""
        events = self(text, published, **fields)
        assert len(events) == 1, [line(e) for e in events]
        return events[0]


@pytest.fixture(scope="session")
def read() -> Reader:
    """Reads a text into events with the rule coder, which is loaded once."""
    return Reader()
