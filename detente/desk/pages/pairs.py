"""The grid of all pairs, and the page of one: timeline, phases, outlook, positions, acts, brief."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from detente.desk.evidence import evidence_of
from detente.desk.figures import chart, event_kind, sides, spark, timeline
from detente.desk.pages.acts import evidence_view
from detente.desk.pages.layout import (
    clip,
    country,
    day,
    given_day,
    named,
    query,
    render,
    short_day,
    stranger,
    trouble,
)
from detente.desk.room import desk_of
from detente.desk.standing import Standing, Standings, standings_of, temper
from detente.desk.study import FILTERS, Studies, Study, chosen
from detente.desk.views import brief_view, held, outlook_view
from detente.errors import InputError, UnknownActor

if TYPE_CHECKING:
    from detente.records import Event

__all__ = ["Card", "card", "empty_page", "router", "study_of"]

router = APIRouter(include_in_schema=False)

CARDS = 24
ROWS = 50
SORTS = {"stories": "most acts", "latest": "latest act", "change": "changed most"}
VIEW = timedelta(days=3 * 365)


# The grid


@dataclass(frozen=True, slots=True)
class Card:
    """A pair in a grid: its codes in the order shown, a small figure, and how it stands."""

    one: str
    other: str
    stories: int
    drawing: Any
    temper: str
    told: str
    latest: date | None
    hostile: float | None
    cooperative: float | None
    change: Any


def card(found: Standings, standing: Standing, first: str | None = None) -> Card:
    """The card of a pair; `first` is the country that is named first."""
    one, other = standing.pair
    if first == other:
        one, other = other, one
    level, reason = found.level(standing.pair)
    since = found.as_of - timedelta(days=2 * 364)
    return Card(
        one,
        other,
        standing.stories,
        spark(standing.acts, since, found.as_of),
        temper(level.hostile, level.cooperative) if level else "unknown",
        reason or "",
        standing.latest,
        level.hostile if level else None,
        level.cooperative if level else None,
        standing.change(found.as_of),
    )


def empty_page(request: Request) -> HTMLResponse:
    """What a page shows where the store has no act between two parties."""
    with desk_of(request).store() as store:
        where = store.where
        some = bool(store.documents(limit=1))
    if some:
        what = "The store has articles, but no act between two parties was found in them"
        todo = "Read more articles, or look at what was found in one of these."
        command = f"detente read URL --store {where}"
    else:
        what = "The store is empty"
        todo = "Read an article, a feed or a folder into it; or fill it with the bundled storyline."
        command = f"detente read URL --store {where}\ndetente demo --store {where}"
    return trouble(request, 200, what, todo, command)


@router.get("/pairs")
def grid(request: Request) -> HTMLResponse:
    """Every pair as a small timeline."""
    found = standings_of(desk_of(request))
    if not found.pairs:
        return empty_page(request)
    asked = request.query_params
    sort = asked.get("sort", "stories")
    sort = sort if sort in SORTS else "stories"
    words = clip(asked.get("q"), 60)
    rows = [s for s in found.pairs.values() if _named(s, words)]
    if sort == "latest":
        rows.sort(key=lambda s: s.latest or date.min, reverse=True)
    elif sort == "change":
        rows.sort(key=lambda s: s.change(found.as_of).size, reverse=True)
    page, pages = _page(asked.get("page"), len(rows), CARDS)
    shown = rows[(page - 1) * CARDS : page * CARDS]
    return render(
        request,
        "pairs.html",
        title="Pairs",
        cards=[card(found, s) for s in shown],
        total=len(rows),
        all=len(found.pairs),
        as_of=found.as_of,
        since=found.as_of - timedelta(days=2 * 364),
        sort=sort,
        sorts=SORTS,
        words=words,
        page=page,
        pages=pages,
        asked={"sort": sort if sort != "stories" else "", "q": words},
    )


def _named(standing: Standing, words: str) -> bool:
    """Whether a pair's codes and names hold every word."""
    own = " ".join((*standing.pair, *(country(c) for c in standing.pair))).lower()
    return all(word in own for word in words.lower().split())


def _page(text: str | None, total: int, size: int) -> tuple[int, int]:
    """The page asked for, as far as there is one, and how many there are."""
    pages = max(1, -(-total // size))
    wanted = int(text) if text is not None and text.isdecimal() and len(text) < 9 else 1
    return min(max(wanted, 1), pages), pages


# The pair


def study_of(request: Request, one: str, other: str, as_of: date) -> Study:
    """What is known of a pair on a day, worked out anew only where something of the pair changed."""
    desk = desk_of(request)
    state = request.app.state
    if not hasattr(state, "studies"):
        state.studies = Studies()
    studies: Studies = state.studies
    first, second = sorted((one, other))
    return desk.remember(
        ("study", first, second, as_of), lambda: studies.of(desk.dossier(first, second, as_of))
    )


@router.get("/pairs/{one}/{other}")
def pair(request: Request, one: str, other: str) -> Response:
    """The page of a pair."""
    from detente.api import actor_code

    desk = desk_of(request)
    try:
        codes = actor_code(one), actor_code(other)
    except UnknownActor as error:
        rest = other if error.value == one else one
        return stranger(request, error, "/pairs/{}/" + quote(rest, safe=""))
    if codes[0] == codes[1]:
        return trouble(
            request,
            404,
            f"A pair has two parties, and both of these are {named(codes[0])}",
            "Choose another one on the page of all pairs.",
        )
    asked = request.query_params
    if codes != (one, other):
        return RedirectResponse(f"/pairs/{codes[0]}/{codes[1]}{query(dict(asked))}", status_code=307)
    found = standings_of(desk)
    as_of = given_day(asked.get("as_of"), "as_of") or found.as_of
    here = study_of(request, one, other, as_of)
    if not here.events:
        return _nothing(request, codes, as_of, found)
    first, last = given_day(asked.get("from"), "from"), given_day(asked.get("to"), "to")
    if first is not None and last is not None and first > last:
        raise InputError(f"the days end ({last}) before they begin ({first})", todo="swap them")
    wanted = {name: clip(asked.get(name), 300) for name in FILTERS}
    view = _view(request, here, codes, wanted, first, last)
    return render(request, "pair.html", **view)


def _nothing(request: Request, codes: tuple[str, str], as_of: date, found: Standings) -> HTMLResponse:
    """The page of a pair of which nothing is known."""
    if not found.pairs:
        return empty_page(request)
    one, other = codes
    known = tuple(sorted(codes)) in found.pairs
    when = f" by {day(as_of)}" if known else ""
    return trouble(
        request,
        200,
        f"No act between {named(one)} and {named(other)} is on record{when}",
        "Choose a later day, or another pair."
        if known
        else "Read an article that tells of the two, or choose another pair.",
        None if known else f"detente read URL --store {desk_of(request).where}",
    )


def _view(
    request: Request,
    here: Study,
    codes: tuple[str, str],
    wanted: Mapping[str, str],
    first: date | None,
    last: date | None,
) -> dict[str, Any]:
    """Everything the template of a pair shows."""
    asked = request.query_params
    one, other = codes
    desk = desk_of(request)
    found = chosen(here, wanted, first, last)
    page, pages = _page(asked.get("page"), len(found), ROWS)
    rows = found[(page - 1) * ROWS : page * ROWS]
    act = asked.get("act") or None
    evidence = None
    if act is not None:
        with desk.store() as store:
            evidence = evidence_of(store, act)
    start, end = here.span
    shown_from, shown_to = _shown_days(here, first, last, act if evidence else None)
    state = {
        "from": first.isoformat() if first else "",
        "to": last.isoformat() if last else "",
        "as_of": asked.get("as_of", ""),
        **wanted,
    }
    return {
        "title": f"{country(one)} and {country(other)}",
        "one": one,
        "other": other,
        "here": here,
        "as_of": here.dossier.as_of,
        "lede": lede(here),
        "phases": list(reversed(here.phases)),
        "drawing": timeline(here, shown_from, shown_to),
        "chart": chart(here, shown_from, shown_to, act if evidence else None),
        "shown": (shown_from, shown_to),
        "span": (start, end),
        "turns": [_turn(here, t) for t in reversed(here.turns)],
        "outlooks": [outlook_view(o) for o in here.outlooks],
        "held": held(here, codes),
        "sections": brief_view(here),
        "rows": [_row(here, name, event) for name, event in rows],
        "total": len(found),
        "page": page,
        "pages": pages,
        "first_row": (page - 1) * ROWS + 1,
        "filters": [(name, here.facets[name], wanted[name]) for name in FILTERS],
        "filtered": any(wanted.values()) or first is not None or last is not None,
        "state": state,
        "address": f"/pairs/{one}/{other}",
        "act": act,
        "evidence": evidence,
        "evidence_view": evidence_view(evidence) if evidence else None,
        "where": desk.where,
        "levels": here.levels[-26:][::-1],
    }


def _shown_days(here: Study, first: date | None, last: date | None, act: str | None) -> tuple[date, date]:
    """The days that the timeline shows: those asked for, those around an act, or the last years."""
    start, end = here.span
    if first is None and last is None and act is not None and act in here.days:
        at = min(max(here.days[act], start), end)
        return max(start, at - timedelta(days=60)), min(end, at + timedelta(days=60))
    low = max(start, end - VIEW)
    # Years without an act are not drawn before the first one.
    low = max(low, next((a.day for a in here.acts if a.day >= low), low) - timedelta(days=21))
    low = first if first is not None else low
    high = last if last is not None else end
    if low > high:
        low = high
    return low, high


def lede(here: Study) -> list[str]:
    """How the pair stands, in two or three sentences."""
    out = []
    phase = here.phases[-1] if here.phases else None
    if phase is not None and phase.name in ("thaw", "escalation"):
        word = "A thaw" if phase.name == "thaw" else "An escalation"
        out.append(f"{word} since {day(phase.first)}.")
    elif phase is not None:
        out.append("No turn of the two beats chance.")
    if here.levels:
        level = here.levels[-1]
        out.append(
            f"The level stands at {level.hostile:.1f} hostile and {level.cooperative:.1f} cooperative"
            " acts a week."
        )
    elif here.too_little:
        out.append(f"{here.too_little[:1].upper()}{here.too_little[1:]}.")
    if here.acts:
        latest = here.acts[-1]
        out.append(f"The latest act is of {day(latest.day)}.")
    return out


def _turn(here: Study, turn: Any) -> dict[str, Any]:
    """A turn with the acts that made it."""
    facts = []
    if turn.known_on is not None:
        late = (turn.known_on - turn.day).days
        facts.append(
            f"known since {day(turn.known_on)}"
            + (f", {late} day{'' if late == 1 else 's'} later" if late > 0 else "")
        )
    if turn.odds is not None:
        facts.append(f"{turn.odds:g} times likelier than in the pair’s own noise")
    if turn.firmness is not None:
        facts.append(f"found again in {turn.firmness:.0%} of random halves of the reports")
    made = [(e, here.by_id[e]) for e in turn.events if e in here.by_id]
    return {
        "turn": turn,
        "facts": facts,
        "made": [_row(here, e, event) for e, event in made],
    }


def _row(here: Study, name: str, event: Event) -> dict[str, Any]:
    """An act as a row of a table."""
    document = here.dossier.documents.get(event.document)
    when = short_day(event.date, "no date")
    if event.date_end:
        when += f" to {short_day(event.date_end)}"
    return {
        "id": name,
        "event": event,
        "when": when,
        "sort": here.days[name],
        "sides": sides(event),
        "kind": event_kind(event.event, event.modes),
        "words": clip(event.text, 220),
        "says": _says(event),
        "publisher": clip(document.publisher, 60) if document and document.publisher else "unknown",
        "published": document.published if document else None,
        "reports": here.reports.get(name, 1),
        "aside": here.aside.get(name, ""),
    }


def _says(event: Event) -> str:
    """Who asserts an event."""
    speaker = clip(event.speaker, 60)
    if event.voice == "commentary":
        return f"commentary: {speaker}" if speaker else "commentary"
    return speaker or "the writer"
