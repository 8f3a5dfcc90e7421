"""What may be asked: days, pairs, filters, and the place where a page of a list begins."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from detente.codebook import codebook
from detente.desk.problems import Problem
from detente.errors import InputError
from detente.records import Kind, Status, Voice
from detente.store.paging import Place
from detente.store.search import Filter

if TYPE_CHECKING:
    from detente.desk.room import Desk

__all__ = [
    "AsOf",
    "Asked",
    "Day",
    "DocumentsAsked",
    "EventsAsked",
    "ForecastsAsked",
    "PairAsked",
    "StoriesAsked",
    "code",
    "day_of",
    "next_of",
    "pair_of",
    "place_of",
    "plain_text",
]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOST = 200


def _iso(value: Any) -> Any:
    """Only a whole ISO day is a day; pydantic would also take a count of seconds."""
    if not isinstance(value, date) and not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise ValueError("write a day as YYYY-MM-DD, e.g. 2026-01-08")
    return value


Day = Annotated[date, BeforeValidator(_iso)]
AsOf = Annotated[
    Day | None,
    Query(
        description="Nothing that was published after this day is used or shown. Without it, today.",
        examples=["2026-01-08"],
    ),
]
_Words = Annotated[str, Field(min_length=1, max_length=200)]
_Code = Annotated[str, Field(min_length=1, max_length=80)]
_Type = Annotated[str, Field(json_schema_extra={"enum": list(codebook().types)})]
_PAIR = "Two codes or names with a comma between, in any order."


class Asked(BaseModel):
    """What every question has; a name that it does not know is refused, never passed over."""

    model_config = ConfigDict(extra="forbid")


class _Paged(Asked):
    limit: int = Field(50, ge=1, le=_MOST, description="How many at most.")
    cursor: str | None = Field(
        None,
        max_length=400,
        description="The `next` of the page before, as it is. The other parameters stay the same.",
    )


class _Dated(Asked):
    since: Day | None = Field(
        None, alias="from", description="Leave out what lies before this day.", examples=["2026-01-01"]
    )
    until: Day | None = Field(
        None, alias="to", description="Leave out what lies after this day.", examples=["2026-01-08"]
    )
    as_of: Day | None = Field(
        None,
        description="Nothing that was published after this day is used or shown.",
        examples=["2026-01-08"],
    )


class _Acts(_Dated):
    pair: _Code | None = Field(None, description=_PAIR, examples=["USA,COL"])
    actor: _Code | None = Field(None, description="Who acts, a code or a name.", examples=["USA"])
    recipient: _Code | None = Field(None, description="On whom.", examples=["COL"])
    type: list[_Type] | None = Field(None, description="PLOVER types; repeat it for several.")
    status: list[Status] | None = Field(None, description="How real the act is; repeat it for several.")
    text: _Words | None = Field(None, description="Words that the evidence holds, all of them.")

    def filter(self, **more: Any) -> Filter:
        """The filter of the store that asks the same."""
        return Filter(
            pair=pair_of(self.pair) if self.pair else None,
            actor=code(self.actor) if self.actor else None,
            recipient=code(self.recipient) if self.recipient else None,
            event=_types(self.type),
            status=self.status or None,
            since=self.since,
            until=self.until,
            as_of=self.as_of,
            text=plain_text(self.text) if self.text else None,
            **more,
        )


class EventsFilter(_Acts):
    """Which events."""

    voice: list[Voice] | None = Field(None, description="Who asserts the act; repeat it for several.")
    speaker: _Words | None = Field(None, description="A part of the speaker's name, in any case.")
    context: _Words | None = Field(None, description="A PLOVER context.", examples=["military"])
    publisher: _Words | None = Field(None, description="Who published it, as it is written there.")
    document: _Words | None = Field(None, description="The id of a document.")

    def chosen(self) -> Filter:
        """The filter of the store; what it does not know is in `rest`."""
        return self.filter(voice=self.voice or None, document=self.document)

    def rest(self) -> dict[str, str | None]:
        """The conditions that the list of pages takes beside the filter."""
        return {
            name: plain_text(value) if value else None
            for name, value in (
                ("speaker", self.speaker),
                ("context", self.context),
                ("publisher", self.publisher),
            )
        }


class EventsAsked(EventsFilter, _Paged):
    """Which events, from where on."""

    order: str = Field(
        "newest",
        description="`newest` day first; or `arrival`, as they came into the store, where `next` is always"
        " given and later leads to what has come since.",
        pattern="^(newest|arrival)$",
        json_schema_extra={"enum": ["newest", "arrival"]},
    )


class StoriesAsked(_Acts, _Paged):
    """Which stories, from where on."""

    party: _Code | None = Field(None, description="Who stands on either side.", examples=["COL"])


class DocumentsAsked(_Dated, _Paged):
    """Which documents, from where on."""

    publisher: _Words | None = Field(None, description="Who published it, as it is written there.")
    kind: Kind | None = Field(None, description="What sort of text it is.")
    language: str | None = Field(None, pattern="^[a-z]{2,3}$", description="ISO 639-1 code.", examples=["en"])
    text: bool = Field(False, description="Give the texts as well.")


class PairAsked(Asked):
    """Which pair, on which day."""

    pair: _Code = Field(description=_PAIR, examples=["USA,COL"])
    as_of: Day | None = Field(
        None,
        description="Nothing that was published after this day is used or shown. Without it, today.",
        examples=["2026-01-08"],
    )


class ForecastsAsked(_Paged):
    """Which forecasts."""

    pair: _Code | None = Field(None, description=_PAIR, examples=["USA,COL"])
    state: str | None = Field(
        None,
        pattern="^(open|resolved)$",
        description="Only those that are open, or resolved.",
        json_schema_extra={"enum": ["open", "resolved"]},
    )
    as_of: Day | None = Field(
        None,
        description="Only those filed by this day, with no outcome that it could not know.",
        examples=["2026-01-08"],
    )


def code(name: str) -> str:
    """The code of a country or organisation; raises `UnknownActor` with the nearest known."""
    from detente.api import actor_code

    return actor_code(plain_text(name))


def day_of(desk: Desk, as_of: date | None) -> date:
    """The day that is asked about, today where none is; raises `InputError` for one yet to come."""
    today = desk.today()
    # Tomorrow is today already further east.
    if as_of is not None and as_of > today + timedelta(days=1):
        raise InputError(f"{as_of} has not come yet", where="as_of", todo=f"give {today} or a day before")
    return as_of or today


def pair_of(text: str) -> tuple[str, str]:
    """The two codes of a pair as typed.

    >>> pair_of("USA,Colombia")
    ('USA', 'COL')
    """
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 2 or not all(parts):
        raise InputError(f"{text!r} is no pair", todo="give two codes with a comma between: USA,COL")
    one, other = code(parts[0]), code(parts[1])
    if one == other:
        raise InputError(f"{text!r} names {one} twice", todo="give two different ones")
    return one, other


def plain_text(text: str) -> str:
    """A typed text; raises `InputError` for one that no store can hold."""
    if any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in text):
        raise InputError("the text holds a character that is none", todo="leave out NUL and half characters")
    return text


def _types(given: list[str] | None) -> list[str] | None:
    known = codebook().types
    for name in given or ():
        if name not in known:
            raise InputError(
                f"{name!r} is no PLOVER type", where="type", todo=f"give one of {', '.join(known)}"
            )
    return given or None


def _question(asked: Asked) -> str:
    """What a place in a list belongs to: the question without the page."""
    text = asked.model_dump_json(exclude={"cursor", "limit"})
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def next_of(asked: Asked, place: Place | None) -> str | None:
    """The cursor of the page after; None where there is none."""
    if place is None:
        return None
    packed = json.dumps([_question(asked), place.day, place.key, place.top], separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def place_of(asked: Asked, cursor: str | None, key: type[int] | type[str] = int) -> Place | None:
    """Where a cursor leads; raises a problem for one that is broken or of another question."""
    if cursor is None:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        question, day, at, top = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        known = (day is None or (isinstance(day, str) and _DAY.fullmatch(day))) and type(at) is key
        if not known or type(top) is not int or not 0 <= top < 1 << 62:
            raise ValueError(cursor)
        if isinstance(at, int) and not -1 < at < 1 << 62:
            raise ValueError(cursor)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise Problem(422, "the cursor is broken", "send the `next` of a page as it is", "cursor") from None
    if question != _question(asked):
        raise Problem(
            422,
            "the cursor belongs to another question",
            "keep the other parameters as they were, or begin without a cursor",
            "cursor",
        )
    return Place(day, at, top)
