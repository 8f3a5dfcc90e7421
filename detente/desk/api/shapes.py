"""The shapes of answers, for the OpenAPI document: what each field holds, with an example.

Answers are written by `values`; these are checked against them by the tests, not at run time.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from detente.desk.api.asking import Day
from detente.records import Kind, Status, Voice

__all__ = [
    "Act",
    "CodedText",
    "DocumentShape",
    "DocumentsPage",
    "EventsPage",
    "ForecastShape",
    "ForecastsPage",
    "HitsShape",
    "IndexShape",
    "OutlooksShape",
    "PairShape",
    "PairsPage",
    "PositionsShape",
    "ProblemShape",
    "StatusShape",
    "StoriesPage",
    "StoryShape",
    "TextToCode",
    "TurnsShape",
    "example_event",
]

_EVENT_ID = "5d2a7c0e91b3f846"
_EVIDENCE: dict[str, Any] = {
    "document": "wire-0108",
    "start": 0,
    "end": 43,
    "words": "Iran condemned the United States on Friday.",
    "title": "Iran answers",
    "url": "https://wire.example/iran",
    "publisher": "Wire",
    "published": "2026-01-10",
}


def example_event() -> dict[str, Any]:
    """One event as the API gives it."""
    iran = {
        "code": "IRN", "sector": None, "text": "Iran", "name": None, "start": 0, "end": 4, "how": "gazetteer",
    }  # fmt: skip
    states = {**iran, "code": "USA", "text": "United States", "start": 19, "end": 32}
    return {
        "id": _EVENT_ID,
        "document": "wire-0108",
        "start": 0,
        "end": 43,
        "text": _EVIDENCE["words"],
        "event": "ACCUSE",
        "actor": [iran],
        "recipient": [states],
        "symmetric": False,
        "status": "actual",
        "trigger": "condemned",
        "trigger_start": 5,
        "quad": 3,
        "cameo": "111",
        "modes": ["disapprove"],
        "contexts": [],
        "date": "2026-01-09",
        "date_end": None,
        "date_text": "on Friday",
        "date_reason": None,
        "speaker": None,
        "voice": "writer",
        "confidence": 0.87,
        "coder": "rules.v1",
        "seconds": None,
        "evidence": _EVIDENCE,
        "story": "0f6f9a1b2c3d4e5f",
        "links": {
            "self": f"/api/v1/events/{_EVENT_ID}",
            "document": "/api/v1/documents/wire-0108",
            "story": "/api/v1/stories/0f6f9a1b2c3d4e5f",
            "page": f"/acts/{_EVENT_ID}",
        },
    }


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ProblemShape(_Shape):
    """Everything that goes wrong looks like this (RFC 9457)."""

    model_config = ConfigDict(
        title="Problem",
        extra="forbid",
        json_schema_extra={
            "example": {
                "type": "urn:detente:problem:unknown-actor",
                "title": "Something given cannot be used",
                "status": 422,
                "detail": "'Columbia' is no country or actor known here",
                "todo": "did you mean COL (colombia)?",
            }
        },
    )

    type: str = Field(description="The kind of problem, for programs; it stays the same.")
    title: str = Field(description="The status in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What went wrong, in this case.")
    todo: str | None = Field(description="What you can do about it.")


class Evidence(_Shape):
    """The words that an act stands on, and where they were published."""

    document: str = Field(description="Id of the document.")
    start: int = Field(description="Where the words begin in its text, in code points.")
    end: int = Field(description="Where they end.")
    words: str
    title: str | None
    url: str | None = Field(description="As the source gave it; check its scheme before you follow it.")
    publisher: str | None
    published: dt.date | None


class NamedEvidence(Evidence):
    """Evidence beside the id of its event."""

    event: str


class PartyShape(_Shape):
    """One side of an act; see `detente.records.Party`."""

    code: str
    sector: str | None
    text: str
    name: str | None
    start: int | None
    end: int | None
    how: str


class Act(_Shape):
    """One reported act in one sentence; see `detente.records.Event`."""

    model_config = ConfigDict(title="Event", extra="forbid", json_schema_extra={"example": example_event()})

    id: str
    document: str
    start: int
    end: int
    text: str
    event: str = Field(description="The PLOVER type.")
    actor: list[PartyShape]
    recipient: list[PartyShape]
    symmetric: bool
    status: Status
    trigger: str
    trigger_start: int
    quad: int = Field(
        description="1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict."
    )
    cameo: str | None
    modes: list[str]
    contexts: list[str]
    date: str | None = Field(description="An ISO day, month or year.")
    date_end: str | None
    date_text: str | None
    date_reason: str | None = Field(description="Why there is no date.")
    speaker: str | None
    voice: Voice
    confidence: float | None
    coder: str
    seconds: float | None
    evidence: Evidence
    story: str | None
    links: dict[str, str | None]


class EventsPage(_Shape):
    """Events, a page of them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"schema": "detente.events.v1", "items": [example_event()], "next": None}
        },
    )

    schema_: str = Field(alias="schema")
    items: list[Act]
    next: str | None = Field(description="The cursor of the page after; null after the last.")


class DocumentShape(_Shape):
    """One text as it was published; `text`, `times` and `turns` where they are asked for."""

    model_config = ConfigDict(title="Document", extra="forbid")

    id: str
    title: str | None
    url: str | None
    published: dt.date | None
    publisher: str | None
    kind: Kind
    language: str | None
    sha256: str
    retrieved: dt.datetime | None
    author: str | None
    modified: dt.date | None
    revises: str | None
    text: str | None = None
    times: list[tuple[int, float]] | None = None
    turns: list[tuple[int, str]] | None = None
    retracted: str | None = Field(None, description="Why it does not count any more; only where it does not.")
    events: int = Field(description="How many acts it tells.")
    links: dict[str, str]


class DocumentsPage(_Shape):
    """Documents, a page of them."""

    schema_: str = Field(alias="schema")
    items: list[DocumentShape]
    next: str | None


class StoryShape(_Shape):
    """One event in the world with all its reports; see `detente.records.Story`."""

    model_config = ConfigDict(title="Story", extra="forbid")

    id: str
    event: str
    actor: list[str]
    recipient: list[str]
    symmetric: bool
    status: Status
    date: str | None
    date_end: str | None
    first_published: dt.date | None
    events: list[str]
    publishers: list[str]
    reports: list[Act] | None = Field(None, description="Its events; only where one story is asked for.")
    links: dict[str, str]


class StoriesPage(_Shape):
    """Stories, a page of them."""

    schema_: str = Field(alias="schema")
    as_of: dt.date | None
    items: list[StoryShape]
    next: str | None


class PairItem(_Shape):
    """Two parties and how much is reported between them."""

    pair: tuple[str, str]
    reports: int
    last: dt.date | None = Field(description="The latest day of an act, as far as known.")
    links: dict[str, str]


class PairsPage(_Shape):
    """Pairs, those with most reports first."""

    schema_: str = Field(alias="schema")
    as_of: dt.date
    items: list[PairItem]
    next: str | None


class TermShape(_Shape):
    """One part of a number; see `detente.records.Term`."""

    name: str
    value: float | str | None
    contribution: float | None
    events: list[str]


class LevelShape(_Shape):
    """The state of a pair in the week to a day; see `detente.records.Level`."""

    day: dt.date
    hostile: float
    hostile_low: float
    hostile_high: float
    cooperative: float
    cooperative_low: float
    cooperative_high: float
    terms: list[TermShape]
    definition: str


class TurnShape(_Shape):
    """A day on which a relation changed; see `detente.records.Turn`."""

    pair: tuple[str, str]
    day: dt.date
    direction: str
    odds: float | None
    events: list[str]
    firmness: float | None
    known_on: dt.date | None
    reason: str | None
    terms: list[TermShape]
    definition: str
    evidence: list[NamedEvidence]
    links: dict[str, str]


class PairShape(_Shape):
    """How a pair stands on a day."""

    schema_: str = Field(alias="schema")
    pair: tuple[str, str]
    as_of: dt.date
    counted: dict[str, int] = Field(description="Acts that count: hostile, cooperative, announced.")
    aside: int = Field(description="Events between the two that do not count.")
    levels: list[LevelShape]
    reason: str | None = Field(description="Why there are no levels.")
    turns: list[TurnShape]
    links: dict[str, str]


class TurnsShape(_Shape):
    """The turns of a pair, oldest first."""

    schema_: str = Field(alias="schema")
    pair: tuple[str, str]
    as_of: dt.date
    items: list[TurnShape]


class PositionShape(_Shape):
    """What a party holds; see `detente.records.Position`."""

    holder: str
    towards: str
    context: str
    kind: str
    words: str
    since: str | None
    event: str
    speaker: str | None
    denies: str | None
    reverses: str | None
    closed_by: str | None
    evidence: list[NamedEvidence]
    links: dict[str, str]


class PositionsShape(_Shape):
    """Who holds what towards whom."""

    schema_: str = Field(alias="schema")
    pair: tuple[str, str]
    as_of: dt.date
    items: list[PositionShape]


class _OutlookFields(_Shape):
    pair: tuple[str, str]
    asked_on: dt.date
    question: str
    horizon_days: int
    probability: float | None = Field(description="null where nothing is said; then `reason` says why.")
    low: float | None
    high: float | None
    own_base_rate: float | None
    like_base_rate: float | None
    terms: list[TermShape]
    reason: str | None
    model: str


class OutlookShape(_OutlookFields):
    """How likely a thaw is to hold, or to come; see `detente.records.Outlook`."""

    evidence: list[NamedEvidence]
    links: dict[str, str]


class OutlooksShape(_Shape):
    """The outlooks of a pair, one a question."""

    schema_: str = Field(alias="schema")
    pair: tuple[str, str]
    as_of: dt.date
    items: list[OutlookShape]


class ForecastShape(_Shape):
    """A filed outlook and its outcome; see `detente.records.Forecast`."""

    model_config = ConfigDict(title="Forecast", extra="forbid")

    id: str
    filed_on: dt.date
    due_on: dt.date
    outlook: _OutlookFields
    outcome: str | None
    score: float | None
    links: dict[str, str]


class ForecastsPage(_Shape):
    """Forecasts in the order of filing."""

    schema_: str = Field(alias="schema")
    items: list[ForecastShape]
    next: str | None


class HitShape(_Shape):
    """A document that holds the words."""

    document: str
    title: str | None
    url: str | None
    publisher: str | None
    published: dt.date | None
    snippet: str
    marks: list[tuple[int, int]] = Field(description="Where the words stand in `snippet`, in code points.")
    events: list[str] = Field(description="Events of the document whose own words hold them all.")
    links: dict[str, str]


class HitsShape(_Shape):
    """What a search found, the best match first."""

    schema_: str = Field(alias="schema")
    query: str
    items: list[HitShape]
    more: bool = Field(description="Whether there are more than were asked for.")


class StatusShape(_Shape):
    """The versions, and how much the store holds."""

    schema_: str = Field(alias="schema")
    version: str
    api: str
    store: dict[str, int]
    newest: dt.date | None
    coders: list[str]


class IndexShape(_Shape):
    """Where to begin."""

    schema_: str = Field(alias="schema")
    links: dict[str, str]


class TextToCode(BaseModel):
    """A text to be coded; nothing of it is kept."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "text": "Iran condemned the United States on Friday.",
                    "published": "2026-01-10",
                    "publisher": "Wire",
                }
            ]
        },
    )

    text: str = Field(min_length=1, max_length=100_000)
    published: Day | None = Field(None, description='On which words such as "Friday" are resolved.')
    publisher: str | None = Field(None, min_length=1, max_length=200)
    title: str | None = Field(None, min_length=1, max_length=1000)


class CodedEvidence(_Shape):
    """One event of the text; the fields are those of an event of the store."""

    id: str
    document: str
    start: int
    end: int
    text: str
    event: str
    actor: list[PartyShape]
    recipient: list[PartyShape]
    symmetric: bool
    status: Status
    trigger: str
    trigger_start: int
    quad: int
    cameo: str | None
    modes: list[str]
    contexts: list[str]
    date: str | None
    date_end: str | None
    date_text: str | None
    date_reason: str | None
    speaker: str | None
    voice: Voice
    confidence: float | None
    coder: str
    seconds: float | None
    evidence: Evidence


class CodedText(_Shape):
    """The events of a text, in its order; offsets go into `text`, which is the text as it was read."""

    schema_: str = Field(alias="schema")
    coder: str
    document: str
    text: str
    language: str | None
    reason: str | None = Field(description="Why nothing was coded: a language that the coder cannot read.")
    items: list[CodedEvidence]
