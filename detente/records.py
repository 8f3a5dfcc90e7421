"""The records that pass from room to room: frozen, typed, without behaviour beyond their own fields.

A step never changes a record; it returns a new one with `dataclasses.replace`.
Offsets are code points, half-open, into `Document.text`, which is normalised once and never changes.
An ISO date string may be reduced: "2026-01-07", "2026-01" or "2026" (ISO 8601).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = [
    "Brief",
    "DateMention",
    "Document",
    "Event",
    "Forecast",
    "Kind",
    "Level",
    "Line",
    "Outlook",
    "Party",
    "Position",
    "Quote",
    "Status",
    "Story",
    "Term",
    "Turn",
    "Voice",
]


class Status(StrEnum):
    """How real an act is: `actual`, or one of PLOVER's four auxiliary modes."""

    ACTUAL = "actual"
    HISTORICAL = "historical"
    FUTURE = "future"
    HYPOTHETICAL = "hypothetical"
    NEGATED = "negated"


class Voice(StrEnum):
    """Who asserts an act: the writer, a named speaker, or somebody's opinion (never counted)."""

    WRITER = "writer"
    SPEAKER = "speaker"
    COMMENTARY = "commentary"


class Kind(StrEnum):
    """What sort of text a document is."""

    ARTICLE = "article"
    POST = "post"
    TRANSCRIPT = "transcript"
    PAGE = "page"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Document:
    """One text as it was published. `id` is stable for the same text; see `sources`.

    `published` is None where the source does not say; `language` is an ISO 639-1 code or None.
    `modified` is the day of a later change that the source states, `revises` the id of the document
    that this one is a later version of. `times` are (offset, seconds) where captions begin, `turns`
    (offset, speaker) where the speakers of a transcript begin; offsets count code points of `text`.
    """

    id: str
    text: str
    title: str | None = None
    url: str | None = None
    published: dt.date | None = None
    publisher: str | None = None
    kind: Kind = Kind.ARTICLE
    language: str | None = None
    sha256: str = ""
    retrieved: dt.datetime | None = None
    author: str | None = None
    modified: dt.date | None = None
    revises: str | None = None
    times: tuple[tuple[int, float], ...] = ()
    turns: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Party:
    """One side of an act.

    `code` is ISO 3166 alpha-3, or UNO EUR IGO NGO for organisations; `sector` a PLOVER sector
    (GOV, MIL, REB …) or None; `text` the words that stand for it, at `start`:`end` of the document
    (None where the party is named nowhere near, see `how`); `name` the full name those words resolve
    to; `how` says how they were resolved ("gazetteer", "learned", "pronoun", "title", "group",
    "document").
    """

    code: str
    text: str
    start: int | None = None
    end: int | None = None
    sector: str | None = None
    name: str | None = None
    how: str = "gazetteer"


@dataclass(frozen=True, slots=True)
class Event:
    """One reported act, in one sentence of one document.

    `start`:`end` is the evidence span and `text` its words; `trigger` the word that made it an event,
    at `trigger_start`. `date` and `date_end` are ISO dates, perhaps reduced; where `date` is None,
    `date_reason` says why. `speaker` names who asserts it where the writer does not.
    `quad` is 1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict.
    """

    document: str
    start: int
    end: int
    text: str
    event: str
    actor: tuple[Party, ...]
    recipient: tuple[Party, ...]
    symmetric: bool
    status: Status
    trigger: str
    trigger_start: int
    quad: int
    cameo: str | None = None
    modes: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    date: str | None = None
    date_end: str | None = None
    date_text: str | None = None
    date_reason: str | None = None
    speaker: str | None = None
    voice: Voice = Voice.WRITER
    confidence: float | None = None
    coder: str = "rules.v1"
    seconds: float | None = None

    @property
    def id(self) -> str:
        """Stable identifier: the same act coded in the same words has the same id (16 hex digits)."""
        key = "|".join(
            (
                self.document,
                str(self.start),
                str(self.end),
                str(self.trigger_start),
                self.event,
                "+".join(p.code for p in self.actor),
                "+".join(p.code for p in self.recipient),
            )
        )
        return hashlib.sha256(key.encode()).hexdigest()[:16]

    @property
    def actor_codes(self) -> tuple[str, ...]:
        """Codes of the acting side, sorted, without repeats."""
        return tuple(sorted({p.code for p in self.actor}))

    @property
    def recipient_codes(self) -> tuple[str, ...]:
        """Codes of the receiving side, sorted, without repeats."""
        return tuple(sorted({p.code for p in self.recipient}))

    def _repr_html_(self) -> str:
        """What a notebook shows of it."""
        from detente.notebook import html_of

        return html_of(self)


@dataclass(frozen=True, slots=True)
class DateMention:
    """Words of a text that stand for a time, and the days they mean.

    `date`/`date_end` are ISO, perhaps reduced; `date` is None with a `reason` where the words cannot
    be placed. `date_end` is None where one day, month or year is meant.
    """

    start: int
    end: int
    text: str
    date: str | None
    date_end: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that a text gives as somebody's.

    `kind` is "direct" (a whole quotation), "partial" (quoted words inside the writer's sentence) or
    "indirect" (reported without quotation marks). `speaker` is the name in the text, None where the
    text does not tell; `cue` the word of saying.
    """

    start: int
    end: int
    text: str
    kind: str
    speaker: str | None = None
    speaker_start: int | None = None
    speaker_end: int | None = None
    cue: str | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One event in the world with all its reports.

    `events` are the ids of its reports, the first reported first; `publishers` the independent ones.
    """

    id: str
    event: str
    actor: tuple[str, ...]
    recipient: tuple[str, ...]
    symmetric: bool
    status: Status
    date: str | None
    date_end: str | None
    first_published: dt.date | None
    events: tuple[str, ...]
    publishers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a number: what it is in plain words, its value, and its share of the result."""

    name: str
    value: float | str | None
    contribution: float | None = None
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Level:
    """The state of a pair on one day: hostile and cooperative acts a week, with an interval.

    Rates are acts per week (stories, not reports); `low`/`high` bound the central 80 %.
    """

    day: dt.date
    hostile: float
    hostile_low: float
    hostile_high: float
    cooperative: float
    cooperative_low: float
    cooperative_high: float
    terms: tuple[Term, ...] = ()
    definition: str = "level.v1"


@dataclass(frozen=True, slots=True)
class Turn:
    """A day on which the relation of a pair changed.

    `direction` is "thaw" or "escalation". `odds` says how many times likelier such a change is here
    than in the pair's own noise (None: not enough history to tell, see `reason`). `events` are the ids
    of the acts that made it; `firmness` the share of half-samples of the reports in which it stays.
    """

    pair: tuple[str, str]
    day: dt.date
    direction: str
    odds: float | None
    events: tuple[str, ...]
    firmness: float | None = None
    known_on: dt.date | None = None
    reason: str | None = None
    terms: tuple[Term, ...] = ()
    definition: str = "turn.v2"


@dataclass(frozen=True, slots=True)
class Position:
    """What a party holds towards another in one context, since when, in which words.

    `kind` is "claim", "denial", "reversal", "first", "demand", "support" or "open issue".
    `denies`, `reverses` are ids of the events that this one denies or reverses.
    """

    holder: str
    towards: str
    context: str
    kind: str
    words: str
    since: str | None
    event: str
    speaker: str | None = None
    denies: str | None = None
    reverses: str | None = None
    closed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """How likely a thaw is to hold, beside its base rates; or why nothing can be said.

    `probability` is None when it abstains; then `reason` says why.
    """

    pair: tuple[str, str]
    asked_on: dt.date
    question: str
    horizon_days: int
    probability: float | None
    low: float | None
    high: float | None
    own_base_rate: float | None
    like_base_rate: float | None
    terms: tuple[Term, ...]
    reason: str | None
    model: str


@dataclass(frozen=True, slots=True)
class Forecast:
    """A filed outlook; later resolved and scored."""

    id: str
    filed_on: dt.date
    due_on: dt.date
    outlook: Outlook
    outcome: str | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a brief with the ids of the events it stands on.

    `reason` says why a line was dropped; None for lines that passed the support check.
    """

    section: str
    text: str
    events: tuple[str, ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """What is known about a pair, line by line, and the lines that failed the check."""

    pair: tuple[str, str]
    as_of: dt.date
    lines: tuple[Line, ...]
    dropped: tuple[Line, ...] = field(default_factory=tuple)

    def _repr_html_(self) -> str:
        """What a notebook shows of it."""
        from detente.notebook import html_of

        return html_of(self)
