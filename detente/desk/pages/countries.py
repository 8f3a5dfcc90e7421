"""The list of countries, and the page of one: how each of its pairs stands."""

from __future__ import annotations

from collections import Counter
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from detente.briefs.wording import join
from detente.desk.pages.layout import clip, country, named, render, stranger, trouble
from detente.desk.pages.overview import towards
from detente.desk.pages.pairs import card, empty_page
from detente.desk.room import desk_of
from detente.desk.standing import standings_of
from detente.errors import UnknownActor

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

CARDS = 12
MOST_WITH = 3


@router.get("/countries")
def listing(request: Request) -> HTMLResponse:
    """Every country of the store, the one with most stories first."""
    found = standings_of(desk_of(request))
    if not found.pairs:
        return empty_page(request)
    words = clip(request.query_params.get("q"), 60)
    rows = [
        {
            "code": code,
            "stories": sum(s.stories for s in pairs),
            "pairs": len(pairs),
            "most": [s.pair[1] if s.pair[0] == code else s.pair[0] for s in pairs[:MOST_WITH]],
            "latest": max((s.latest or date.min for s in pairs), default=None),
        }
        for code, pairs in found.countries().items()
        if words.lower() in f"{code} {country(code)}".lower()
    ]
    for row in rows:
        if row["latest"] == date.min:
            row["latest"] = None
    return render(
        request,
        "countries.html",
        title="Countries",
        rows=rows,
        total=len(found.countries()),
        words=words,
        as_of=found.as_of,
    )


@router.get("/countries/{code}")
def one(request: Request, code: str) -> Response:
    """One country and its pairs."""
    from detente.api import actor_code

    try:
        known = actor_code(code)
    except UnknownActor as error:
        return stranger(request, error, "/countries/{}")
    if known != code:
        return RedirectResponse(f"/countries/{known}", status_code=307)
    desk = desk_of(request)
    found = standings_of(desk)
    if not found.pairs:
        return empty_page(request)
    rows = towards(found, known)
    if not rows:
        return trouble(
            request,
            200,
            f"No act of {named(known)} with another party is on record",
            "Read an article that tells of it, or choose another country.",
            f"detente read URL --store {desk.where}",
        )
    moods = Counter(row["temper"] for row in rows)
    told = [
        f"{moods[mood]} {mood}"
        for mood in ("hostile", "more hostile", "mixed", "more cooperative", "cooperative")
        if moods[mood]
    ]
    lede = f"{len(rows)} {'pair' if len(rows) == 1 else 'pairs'} on record"
    if told:
        lede += f": {join(told)}"
    if moods["unknown"]:
        lede += (
            f"; of {moods['unknown']} too little is known to tell"
            if told
            else "; too little is known to tell how they stand"
        )
    return render(
        request,
        "country.html",
        title=country(known),
        chosen=known,
        rows=rows,
        cards=[card(found, s, known) for s in found.of(known)[:CARDS]],
        lede=f"{lede}.",
        as_of=found.as_of,
    )
