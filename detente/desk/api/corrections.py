"""Corrections: what a person says of the machine's coding, listed, made and undone."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from fastapi import Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from detente.desk.api.asking import plain_text
from detente.desk.api.routing import new_router
from detente.desk.api.values import plain, reply
from detente.desk.caching import fresh
from detente.desk.correcting import hand_of, written
from detente.desk.room import desk_of
from detente.desk.security import needs
from detente.errors import InputError, StoreError
from detente.store import Store
from detente.store.corrected import missed
from detente.store.correcting import Standing, words
from detente.store.corrections import Correction
from detente.store.tokens import Scope

__all__ = ["router", "told"]

router = new_router("corrections")

_T = TypeVar("_T")

_Id = Annotated[str, Path(min_length=1, max_length=200, description="Its id.")]
_Name = Annotated[str, Field(min_length=1, max_length=200)]
_WRITES = [Depends(needs(Scope.WRITE))]
_WRONG: dict[int | str, dict[str, Any]] = {
    404: {"description": "There is no such event, story, document or correction."},
    409: {"description": "It does not fit what is there, such as an act that is marked wrong already."},
}
_MOST = 500


class Change(BaseModel):
    """What an act is to be; what is left out stays. null takes a date or a speaker away."""

    model_config = ConfigDict(extra="forbid")

    event: _Name | None = Field(None, description="The PLOVER type.")
    actor: list[_Name] | None = Field(None, max_length=50, description="Codes of who acts.")
    recipient: list[_Name] | None = Field(None, max_length=50, description="Codes of whom it is done to.")
    symmetric: bool | None = None
    status: _Name | None = None
    date: _Name | None = Field(None, description="An ISO day, month or year, or FROM/TO.")
    speaker: str | None = Field(None, max_length=200)
    voice: _Name | None = None

    def fields_set(self) -> dict[str, Any]:
        """The fields that were given, also those given as null."""
        given = {name: getattr(self, name) for name in sorted(self.model_fields_set)}
        for name, value in given.items():
            if value is None and name not in ("date", "speaker"):
                raise InputError("null is no value of it", where=name, todo="leave it out")
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str):
                    plain_text(text)
        return given


class CorrectionToMake(BaseModel):
    """One correction. `wrong` and `change` name an `event`; `merge` names `stories`; `split` a `story` and
    the `events` that leave it; `add` a `document` with the `evidence` and `trigger` of the act missed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "kind": "change",
                    "event": "5d2a7c0e91b3f846",
                    "set": {"event": "REJECT", "date": "2026-01-09"},
                    "by": "Ana",
                    "reason": "it was a refusal",
                }
            ]
        },
    )

    kind: Literal["wrong", "change", "merge", "split", "add"]
    event: _Name | None = None
    set: Change | None = None
    stories: list[_Name] | None = Field(None, max_length=100)
    story: _Name | None = None
    events: list[_Name] | None = Field(None, max_length=1000)
    document: _Name | None = None
    evidence: str | None = Field(None, max_length=20_000)
    trigger: str | None = Field(None, max_length=200)
    by: str | None = Field(None, max_length=150, description="Your name; a token's name stands beside it.")
    reason: str | None = Field(None, max_length=2000)


class UndoToMake(BaseModel):
    """Who takes a correction back, and why."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"by": "Ana"}]})

    by: str | None = Field(None, max_length=150)
    reason: str | None = Field(None, max_length=2000)


class CorrectionShape(BaseModel):
    """A correction with what has become of it."""

    model_config = ConfigDict(extra="forbid")

    number: int
    id: str
    at: datetime
    by: str
    kind: str
    target: str = Field(description="The event (by the machine's id), story or correction it is about.")
    body: dict[str, Any] = Field(description="What was said; `coded` is the machine's coding.")
    reason: str | None
    prev_hash: str
    hash: str
    signature: str | None
    words: str = Field(description="The correction in words.")
    holds: bool
    undone_by: str | None
    event: str | None = Field(description="The id that its act has now.")
    document: str | None
    note: str | None = Field(description="Why one that holds has no effect, or only part of it.")


class CorrectionsPage(BaseModel):
    """Corrections in the order of writing."""

    model_config = ConfigDict(extra="forbid")

    schema_: str = Field(alias="schema")
    items: list[CorrectionShape]
    next: str | None = Field(description="The cursor of the page after; null after the last.")


@router.get("/corrections", response_model=CorrectionsPage)
def corrections(
    request: Request,
    event: Annotated[str | None, Query(max_length=200, description="Only those about this event.")] = None,
    document: Annotated[str | None, Query(max_length=200, description="Only those about its acts.")] = None,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 100,
    cursor: Annotated[str | None, Query(max_length=20, description="`next` of the page before.")] = None,
) -> Response:
    """Every correction with what has become of it, also those that were undone."""
    desk = desk_of(request)
    tag = fresh(request, desk.stamp())
    if cursor is not None and not (cursor.isascii() and cursor.isdecimal()):
        raise InputError("this is no cursor", where="cursor", todo="send `next` of the page before")
    for text in (event, document):
        plain_text(text or "")
    with desk.store() as store:
        found = store.corrections(event=event, document=document)
    found = [s for s in found if s.correction.number > int(cursor or 0)]
    more = str(found[limit - 1].correction.number) if len(found) > limit else None
    items = [told(standing) for standing in found[:limit]]
    return reply({"schema": "detente.corrections.v1", "items": items, "next": more}, tag=tag)


@router.post(
    "/corrections",
    response_model=CorrectionShape,
    status_code=201,
    responses=_WRONG,
    dependencies=_WRITES,
)
def correct(request: Request, sent: CorrectionToMake) -> Response:
    """Correct an act or a story. The machine's coding stays; every reader sees the corrected record."""
    for name in ("event", "story", "document", "evidence", "trigger", "reason"):
        plain_text(getattr(sent, name) or "")
    for text in (*(sent.stories or ()), *(sent.events or ())):
        plain_text(text)
    hand = hand_of(request, sent.by)

    def make(store: Store) -> Correction:
        if sent.kind == "merge":
            return store.merge_stories(_given(sent.stories, "stories"), hand, sent.reason)
        if sent.kind == "split":
            story, events = _given(sent.story, "story"), _given(sent.events, "events")
            return store.split_story(story, events, hand, sent.reason)
        if sent.kind == "wrong":
            return store.mark_wrong(_given(sent.event, "event"), hand, sent.reason)
        change = _given(sent.set, "set").fields_set()
        if sent.kind == "change":
            return store.change(_given(sent.event, "event"), change, hand, sent.reason)
        document = store.document(_given(sent.document, "document"))
        if document is None:
            raise StoreError("there is no such document", todo="see document ids in the lists")
        evidence, trigger = _given(sent.evidence, "evidence"), _given(sent.trigger, "trigger")
        return store.add_missed(missed(document, evidence, trigger, change), hand, sent.reason)

    return reply(told(written(desk_of(request), make)), status=201)


@router.post(
    "/corrections/{id}/undo",
    response_model=CorrectionShape,
    status_code=201,
    responses=_WRONG,
    dependencies=_WRITES,
)
def undo(request: Request, id: _Id, sent: UndoToMake) -> Response:
    """Take a correction back by a further line; gives that line. An undo can be undone too."""
    plain_text(id)
    plain_text(sent.reason or "")
    hand = hand_of(request, sent.by)
    made = written(desk_of(request), lambda store: store.undo_correction(id, hand, sent.reason))
    return reply(told(made), status=201)


def told(standing: Standing) -> dict[str, Any]:
    """A correction as the API tells it."""
    record: dict[str, Any] = plain(standing.correction)
    return {
        **record,
        "words": words(standing.correction),
        "holds": standing.holds,
        "undone_by": standing.undone_by,
        "event": standing.event,
        "document": standing.document,
        "note": standing.note,
    }


def _given(value: _T | None, name: str) -> _T:
    if value is None:
        raise InputError("this kind of correction needs it", where=name, todo="give it")
    return value
