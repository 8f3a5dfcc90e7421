"""The article the project started from: what a reader learns from it must be found in it.

The article is read from `../shared` and is not part of the project; where it is absent these tests skip.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from detente.coding.sentences import split
from detente.records import Event, Status, Voice

if TYPE_CHECKING:
    from conftest import Reader

ARTICLE = Path(__file__).parents[2] / "shared" / "seed" / "article.txt"
NEEDED = 16

pytestmark = pytest.mark.skipif(
    not ARTICLE.is_file(), reason="../shared/seed/article.txt is not beside this checkout"
)


@dataclass(frozen=True)
class Wanted:
    """An act that must be found in a sentence that holds `words`."""

    what: str
    words: str
    types: tuple[str, ...]
    actor: str
    recipient: str


# Codes are joined by "+"; an empty side is not asked for.
ACTS = (
    Wanted("the call", "Jan. 7", ("CONSULT",), "COL+USA", "COL+USA"),
    Wanted("sanctions in the weeks before", "weeks of", ("SANCTION",), "USA", "COL"),
    Wanted("the capture of Maduro, in passing", "weeks of", ("COERCE", "ASSAULT"), "USA", "VEN"),
    Wanted("threats of aid cuts and tariffs", "weeks of", ("THREATEN",), "USA", "COL"),
    Wanted("military action entertained", "entertained", ("THREATEN", "ASSAULT"), "USA", "COL"),
    Wanted("a label", "labeled", ("ACCUSE",), "USA", "COL"),
    Wanted("the planned meeting", "planning", ("CONSULT", "AGREE"), "COL+USA", "COL+USA"),
    Wanted("Petro reached out", "reached out", ("CONSULT",), "COL", "USA"),
    Wanted("praise of the call", "Truth Social", ("SUPPORT",), "USA", "COL"),
    Wanted("charges over cocaine", "accusations that", ("ACCUSE",), "USA", "COL"),
    Wanted("last year's sanctions", "Last year", ("SANCTION",), "USA", "COL"),
    Wanted("the revoked visa", "Last year", ("SANCTION", "COERCE"), "USA", "COL"),
    Wanted("condemnation of the strikes", "Last year", ("ACCUSE",), "COL", "USA"),
    Wanted("Petro's denials", "repeatedly denied", ("REJECT",), "COL", "USA"),
    Wanted("Maduro captured", "boiling point", ("COERCE", "ASSAULT"), "USA", "VEN"),
    Wanted("condemnation in the region", "boiling point", ("ACCUSE",), "", "USA"),
    Wanted("Petro denounced the operation", "denounced", ("ACCUSE",), "COL", "USA"),
    Wanted("Trump escalated", "denounced", ("THREATEN", "ACCUSE"), "USA", "COL"),
    Wanted("Colombia called very sick", "denounced", ("ACCUSE",), "USA", "COL"),
    Wanted("celebration", "celebrating", ("SUPPORT",), "COL", "USA"),
)


@pytest.fixture(scope="module")
def text() -> str:
    return ARTICLE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def events(text: str, read: Reader) -> list[Event]:
    return read(text, date(2026, 1, 8))


def codes(side: str) -> tuple[str, ...]:
    return tuple(side.split("+"))


def inside(text: str, words: str, events: list[Event]) -> Iterator[Event]:
    """Events of the sentence that holds some words."""
    at = text.index(words)
    (span,) = [s for s in split(text) if s.start <= at < s.end]
    return (e for e in events if span.start <= e.trigger_start < span.end)


def fits(wanted: Wanted, event: Event) -> bool:
    return (
        event.event in wanted.types
        and (not wanted.actor or event.actor_codes == codes(wanted.actor))
        and (not wanted.recipient or event.recipient_codes == codes(wanted.recipient))
    )


def test_at_least_sixteen_of_the_named_acts_are_found_with_type_and_parties(
    text: str, events: list[Event]
) -> None:
    taken: set[str] = set()
    missing = []
    for wanted in ACTS:
        found = next(
            (e for e in inside(text, wanted.words, events) if fits(wanted, e) and e.id not in taken), None
        )
        if found is None:
            missing.append(wanted.what)
        else:
            taken.add(found.id)
    assert len(ACTS) - len(missing) >= NEEDED, f"not found: {missing}"


def test_nothing_in_the_commentary_is_an_actual_event_and_its_author_is_named(
    text: str, events: list[Event]
) -> None:
    start = text.index("BrightU.AI")
    end = text.index("\n", start)
    opinions = [e for e in events if start <= e.trigger_start < end]
    assert [e.text for e in opinions if e.status is Status.ACTUAL] == []
    assert {e.voice for e in opinions} <= {Voice.COMMENTARY}
    assert {e.speaker for e in opinions} <= {"BrightU.AI's Enoch"}


def test_the_call_is_by_phone_on_the_seventh_of_january(text: str, events: list[Event]) -> None:
    (call,) = [e for e in inside(text, "Jan. 7", events) if e.event == "CONSULT"]
    assert (call.date, call.status, call.symmetric, call.modes) == (
        "2026-01-07",
        Status.ACTUAL,
        True,
        ("phone",),
    )


def test_the_meeting_that_is_planned_has_not_happened(text: str, events: list[Event]) -> None:
    (meeting,) = [e for e in inside(text, "planning", events) if e.event in ("CONSULT", "AGREE")]
    assert (meeting.status, meeting.actor_codes) == (Status.FUTURE, ("COL", "USA"))


def test_last_years_sanctions_and_the_revoked_visa_are_history_of_2025(
    text: str, events: list[Event]
) -> None:
    found = [e for e in inside(text, "Last year", events) if e.event in ("SANCTION", "COERCE")]
    assert [(e.actor_codes, e.recipient_codes) for e in found] == [(("USA",), ("COL",))] * 2
    assert {(e.status, e.date) for e in found} == {(Status.HISTORICAL, "2025")}


def test_maduro_was_captured_by_the_united_states_at_the_weekend(text: str, events: list[Event]) -> None:
    (capture,) = [e for e in inside(text, "boiling point", events) if e.event in ("COERCE", "ASSAULT")]
    assert (capture.actor_codes, capture.recipient_codes) == (("USA",), ("VEN",))
    assert (capture.date, capture.date_end) == ("2026-01-03", "2026-01-04")
    assert capture.status is Status.ACTUAL
