"""Correcting from a page: the form beside an act, the list of corrections, and what the forms do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from detente.codebook import codebook
from detente.desk.correcting import hand_of, storable, written
from detente.desk.pages.layout import clip, render
from detente.desk.room import desk_of
from detente.desk.security import identity, needs
from detente.errors import InputError
from detente.records import Event, Status
from detente.store import Store
from detente.store.correcting import Standing, words
from detente.store.corrections import signing_key
from detente.store.tokens import Scope

__all__ = ["Panel", "panel", "router"]

router = APIRouter(include_in_schema=False)

_WRITES = [Depends(needs(Scope.WRITE))]
_Field = Annotated[str, Form(max_length=2000)]
_SHOWN = 500
_FIELDS = ("event", "actor", "recipient", "status", "date", "speaker")


@dataclass(frozen=True, slots=True)
class Row:
    """One correction as a page shows it."""

    id: str
    day: str
    by: str
    signed: bool
    words: str
    reason: str
    state: str
    note: str
    act: str | None
    undo: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """What `_correct.html` needs: the act as it is, what was said of it, and what may be chosen.

    `writes` is False for somebody who may only read: then only the list is shown.
    """

    id: str
    values: dict[str, str]
    symmetric: bool
    story: str | None
    reports: int
    rows: tuple[Row, ...]
    types: tuple[str, ...]
    statuses: tuple[str, ...]
    writes: bool


def panel(request: Request, store: Store, event: Event) -> Panel:
    """The form and the list of corrections of an act, for a page that includes `_correct.html`."""
    story = store.story(event.id)
    return Panel(
        id=event.id,
        values=_values(event),
        symmetric=event.symmetric,
        story=story.id if story else None,
        reports=len(story.events) if story else 0,
        rows=rows_of(store.corrections(event=event.id)),
        types=tuple(codebook().types),
        statuses=tuple(Status),
        writes=may_write(request),
    )


@router.get("/corrections")
def listed(request: Request, event: str = "") -> HTMLResponse:
    """Every correction, the latest first; or those of one act, with what the machine coded."""
    with desk_of(request).store() as store:
        found = store.corrections(event=event or None)
        machine = store.event(event, machine=True) if event else None
        now = store.event(event) if event else None
        check = store.check_corrections(signing_key())
    rows = rows_of(found)[::-1]
    return render(
        request,
        "corrections.html",
        title=f"Corrections of act {clip(event, 40)}" if event else "Corrections",
        rows=rows[:_SHOWN],
        more=max(len(rows) - _SHOWN, 0),
        act=clip(event, 40),
        machine=machine,
        now=now,
        check=str(check),
        writes=may_write(request),
    )


@router.post("/corrections", dependencies=_WRITES)
def correct(
    request: Request,
    act: _Field,
    what: _Field,
    by: _Field = "",
    reason: _Field = "",
    event: _Field = "",
    actor: _Field = "",
    recipient: _Field = "",
    status: _Field = "",
    date: _Field = "",
    speaker: _Field = "",
    symmetric: _Field = "",
    story: _Field = "",
) -> RedirectResponse:
    """Do what the form of an act says, and go back to the act; of a wrong one, to its corrections."""
    desk = desk_of(request)
    typed = {
        "event": event, "actor": actor, "recipient": recipient, "status": status, "date": date,
        "speaker": speaker,
    }  # fmt: skip
    for text in (act, what, reason, story, *typed.values()):
        storable(text)
    hand = hand_of(request, by)
    with desk.store() as store:
        known = store.event(act)
        own = store.story(known.id) if known else None
    if what == "wrong":
        done = written(desk, lambda s: s.mark_wrong(act, hand, reason or None))
    elif what == "change":
        change = _change(known, typed, symmetric == "yes") if known else {"symmetric": symmetric == "yes"}
        done = written(desk, lambda s: s.change(act, change, hand, reason or None))
    elif what in ("merge", "split"):
        if own is None or known is None:
            raise InputError("the act is in no story", where=act, todo="opinion is never in one")
        home, leaving = own.id, known.id
        if what == "split":
            done = written(desk, lambda s: s.split_story(home, [leaving], hand, reason or None))
        else:
            done = written(desk, lambda s: s.merge_stories([home, story.strip()], hand, reason or None))
    else:
        raise InputError(f"{what!r} is no correction", where="what", todo="use the form of an act")
    current = done.event or (None if what == "wrong" else act)
    return RedirectResponse(f"/acts/{current}" if current else f"/corrections?event={act}", status_code=303)


@router.post("/corrections/undo", dependencies=_WRITES)
def undo(request: Request, id: _Field, by: _Field = "", reason: _Field = "") -> RedirectResponse:
    """Take a correction back, and go to its act, or to the list."""
    hand = hand_of(request, by)
    done = written(
        desk_of(request), lambda store: store.undo_correction(storable(id), hand, storable(reason) or None)
    )
    return RedirectResponse(f"/acts/{done.event}" if done.event else "/corrections", status_code=303)


def _change(event: Event, typed: dict[str, str], symmetric: bool) -> dict[str, Any]:
    """The fields of the form that say something else than the act does."""
    from detente.api import actor_code

    now = _values(event)
    change: dict[str, Any] = {}
    for name, text in typed.items():
        text = text.strip()
        if text == now[name]:
            continue
        if name in ("actor", "recipient"):
            change[name] = [actor_code(part) for part in text.split(",") if part.strip()]
        else:
            change[name] = text or None
    if symmetric != event.symmetric:
        change["symmetric"] = symmetric
    if not change:
        raise InputError("nothing was changed in the form", todo="go back and change a field")
    return change


def _values(event: Event) -> dict[str, str]:
    return {
        "event": event.event,
        "actor": ", ".join(dict.fromkeys(party.code for party in event.actor)),
        "recipient": ", ".join(dict.fromkeys(party.code for party in event.recipient)),
        "status": event.status.value,
        "date": f"{event.date}/{event.date_end}" if event.date and event.date_end else event.date or "",
        "speaker": " ".join((event.speaker or "").split()),
    }


def rows_of(found: list[Standing]) -> tuple[Row, ...]:
    return tuple(
        Row(
            id=s.correction.id,
            day=s.correction.at.date().isoformat(),
            by=s.correction.by,
            signed=s.correction.signature is not None,
            words=words(s.correction),
            reason=s.correction.reason or "",
            state="holds" if s.holds else f"undone by {s.undone_by}",
            note=s.note or "",
            act=s.event,
            undo=s.holds,
        )
        for s in found
    )


def may_write(request: Request) -> bool:
    token = identity(request)
    if token is None:
        return bool(request.app.state.open_to_all)
    return bool(token.scope.covers(Scope.WRITE))
