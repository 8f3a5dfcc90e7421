"""The list of stories, and the page of one: an event in the world with all its reports."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from detente.codebook import codebook
from detente.desk.evidence import is_id
from detente.desk.pages.corrections import may_write, rows_of
from detente.desk.pages.layout import clip, country, given_day, query, render, short_day, stranger, trouble
from detente.desk.pages.pairs import empty_page
from detente.desk.room import desk_of
from detente.errors import InputError, UnknownActor
from detente.records import Status, Story

if TYPE_CHECKING:
    from detente.store import Store
    from detente.store.corrections import Correction
    from detente.store.paging import Place

__all__ = ["router", "story_row"]

router = APIRouter(include_in_schema=False)

ROWS = 40
MOST_REPORTS = 300
_ASKED = ("party", "with", "type", "status", "from", "to", "text")
_PLACE = re.compile(r"(\d{4}(?:-\d{2}){0,2}|)~([0-9a-f]{16})")


@router.get("/stories")
def listing(request: Request) -> Response:
    """Stories, the newest first; what is asked for is in the address."""
    from detente.api import actor_code
    from detente.store.paging import Pages
    from detente.store.search import Filter

    asked = request.query_params
    wanted = {name: clip(asked.get(name), 200) for name in _ASKED}
    first, last = given_day(wanted["from"], "from"), given_day(wanted["to"], "to")
    if first is not None and last is not None and first > last:
        raise InputError(f"the days end ({last}) before they begin ({first})", todo="swap them")
    codes: dict[str, str | None] = {}
    for name in ("party", "with"):
        try:
            codes[name] = actor_code(wanted[name]) if wanted[name] else None
        except UnknownActor as error:
            rest = query(wanted, **{name: None})
            return stranger(request, error, f"/stories{rest}{'&' if rest else '?'}{name}={{}}")
    party, other = codes["party"] or codes["with"], codes["with"] if codes["party"] else None
    pair = (party, other) if party and other and party != other else None
    kind = wanted["type"] if wanted["type"] in codebook().types else None
    status = Status(wanted["status"]) if wanted["status"] in tuple(Status) else None
    with desk_of(request).store() as store:
        told, end = Pages(store).stories(
            Filter(
                pair=pair,
                event=kind,
                status=status,
                since=first,
                until=last,
                text=wanted["text"] or None,
            ),
            party=party if pair is None else None,
            after=_place(asked.get("after")),
            limit=ROWS,
        )
        if not told and not any(wanted.values()) and not store.stories(limit=1):
            return empty_page(request)
        rows = [story_row(s, report) for s, report in _first_reports(store, told)]
    return render(
        request,
        "stories.html",
        title="Stories",
        rows=rows,
        wanted=wanted,
        types=tuple(codebook().types),
        statuses=tuple(s.value for s in Status),
        more=f"/stories{query(wanted, after=f'{end.day or str()}~{end.key}')}" if end else None,
        begun=asked.get("after") is not None,
        start=f"/stories{query(wanted)}",
    )


def _place(text: str | None) -> Place | None:
    """Where a page goes on; None for the first, and for what is no place."""
    from detente.store.paging import Place

    found = _PLACE.fullmatch(text or "")
    return Place(found[1] or None, found[2]) if found else None


def _first_reports(store: Store, told: list[Story]) -> list[tuple[Story, Any]]:
    from detente.store.paging import Pages

    firsts = {r.event.id: r for r in Pages(store).reports([s.events[0] for s in told])}
    return [(s, firsts.get(s.events[0])) for s in told]


def story_row(story: Story, report: Any) -> dict[str, Any]:
    """A story as a list shows it; `report` is its first one."""
    when = short_day(story.date) + (f" to {short_day(story.date_end)}" if story.date_end else "")
    if story.symmetric:
        everybody = list(dict.fromkeys((*story.actor, *story.recipient)))
        who = " ↔ ".join(everybody) or "?"
    else:
        who = f"{'+'.join(story.actor) or '?'} → {'+'.join(story.recipient) or '?'}"
    return {
        "id": story.id,
        "kind": story.event,
        "quad": codebook().quad(story.event),
        "status": story.status.value,
        "when": when if story.date else f"by {short_day(story.first_published)}",
        "sides": who,
        "words": clip(report.event.text, 200) if report else "its words are not in the store",
        "reports": len(story.events),
        "publishers": len(story.publishers),
    }


@router.get("/stories/{id}")
def one(request: Request, id: str) -> Response:
    """One story with all its reports."""
    from detente.store.paging import Pages

    desk = desk_of(request)
    with desk.store() as store:
        story = store.story(id) if is_id(id) else None
        if story is None and is_id(id):
            story = _of_act(store, id)  # the id of any report leads to its story
        if story is None:
            return _missing(request, store, id)
        if story.id != id:
            return RedirectResponse(f"/stories/{story.id}", status_code=303)
        reports = Pages(store).reports(story.events[:MOST_REPORTS])
        known = {story.id, *story.events}
        ties = [s for s in store.corrections() if known & _tied(s.correction)]
    row = story_row(story, reports[0] if reports else None)
    codes = sorted({*story.actor, *story.recipient})
    return render(
        request,
        "story.html",
        title=f"{story.event.lower()}: {row['words'][:60]}",
        story=story,
        row=row,
        reports=reports,
        more=len(story.events) - len(reports),
        pairs=[(a, b, f"{country(a)} and {country(b)}") for a, b in combinations(codes, 2)][:10],
        corrections=rows_of(ties),
        writes=may_write(request),
    )


def _of_act(store: Store, id: str) -> Story | None:
    from detente.store.paging import Pages

    found = Pages(store).reports([id])
    return store.story(found[0].story) if found and found[0].story else None


def _tied(line: Correction) -> set[str]:
    """The stories and acts that a correction ties together or parts; none for one of another kind."""
    if line.kind not in ("merge", "split"):
        return set()
    return {line.target, *line.body.get("stories", ()), *line.body.get("events", ())}


def _missing(request: Request, store: Store, id: str) -> HTMLResponse:
    shown = clip(id, 40)
    return trouble(
        request,
        404,
        f"There is no story {shown} in this store" if is_id(id) else f"“{shown}” is no story’s id",
        "An id has 16 digits and letters from a to f; the list of stories has them all.",
        f"detente timeline A B --store {store.where}",
        links=[("/stories", "All stories")],
    )
