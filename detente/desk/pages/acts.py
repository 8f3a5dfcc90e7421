"""The page of one act: its evidence, which other pages show beside what they tell."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from detente.desk.evidence import Evidence, evidence_of, is_id
from detente.desk.figures import sides
from detente.desk.pages.corrections import panel
from detente.desk.pages.layout import clip, country, render, short_day, trouble
from detente.desk.room import desk_of

__all__ = ["evidence_view", "router"]

router = APIRouter(include_in_schema=False)


def evidence_view(found: Evidence) -> dict[str, Any]:
    """Evidence as the template shows it."""
    event = found.event
    when = short_day(event.date) + (f" to {short_day(event.date_end)}" if event.date_end else "")
    speaker = clip(event.speaker, 80)
    says = speaker or "the writer"
    if event.voice == "commentary":
        says = f"commentary: {speaker}" if speaker else "commentary"
    return {
        "id": found.id,
        "event": event,
        "document": found.document,
        "before": found.before,
        "words": found.words,
        "after": found.after,
        "reports": found.reports,
        "more": found.more,
        "withdrawn": found.withdrawn,
        "story": found.story.id if found.story else None,
        "sides": sides(event),
        "when": when,
        "says": says,
    }


@router.get("/acts/{id}")
def act(request: Request, id: str) -> Response:
    """One act with its evidence; of one that was marked wrong, its corrections."""
    with desk_of(request).store() as store:
        found = evidence_of(store, id)
        where = store.where
        correct = panel(request, store, found.event) if found else None
        wrong = found is None and is_id(id) and store.event(id, machine=True) is not None
    if wrong:
        return RedirectResponse(f"/corrections?event={id}", status_code=303)
    if found is None:
        shown = clip(id, 40)
        return trouble(
            request,
            404,
            f"There is no act {shown} in this store" if is_id(id) else f"“{shown}” is no act’s id",
            "An id has 16 digits and letters from a to f; the page of a pair lists its acts.",
            f"detente events --store {where}",
        )
    event = found.event
    codes = sorted({*event.actor_codes, *event.recipient_codes})
    links = [
        (f"/pairs/{one}/{other}?act={found.id}", f"{country(one)} and {country(other)}")
        for one, other in combinations(codes, 2)
        if event.symmetric
        or (one in event.actor_codes and other in event.recipient_codes)
        or (other in event.actor_codes and one in event.recipient_codes)
    ]
    return render(
        request,
        "act.html",
        title=f"{event.event.lower()}: {clip(event.text, 60)}",
        e=evidence_view(found),
        links=links[:12],
        correct=correct,
        back=links[0][0].partition("?")[0] if links else "/",
    )
