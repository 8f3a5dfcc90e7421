"""Pairs: how they stand, when they turned, who holds what, and what is likely."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from detente.desk.api.asking import Day, PairAsked, _Dated, _Paged, code, day_of, next_of, pair_of, place_of
from detente.desk.api.routing import MISSING, new_router
from detente.desk.api.shapes import OutlooksShape, PairShape, PairsPage, PositionsShape, TurnsShape
from detente.desk.api.values import link, outlook, page, plain, position, reply, turn
from detente.desk.caching import fresh
from detente.desk.problems import Problem
from detente.desk.room import Desk, desk_of
from detente.errors import InputError, UnknownActor
from detente.store.paging import Pages, Place

__all__ = ["router"]

router = new_router("pairs")

_DAYS = 365  # how far back levels go where nobody says
_COUNTED_SECONDS = 60.0
_QUESTIONS = ("thaw", "escalation")
Party = Annotated[str, Path(min_length=1, max_length=80, description="A code or a name.", examples=["USA"])]


class PairsAsked(_Paged):
    """Which pairs."""

    party: str | None = Field(
        None, min_length=1, max_length=80, description="Only the pairs of this party.", examples=["COL"]
    )
    as_of: Day | None = Field(
        None,
        description="Count only what was published by this day. Without it, today.",
        examples=["2026-01-08"],
    )


class OutlooksAsked(PairAsked):
    """Which outlooks."""

    question: str | None = Field(
        None,
        pattern="^(thaw|escalation)$",
        description="`thaw`: will the latest thaw hold? `escalation`: will a thaw follow the latest one?"
        " Without it, both.",
        json_schema_extra={"enum": list(_QUESTIONS)},
    )
    horizon: int = Field(
        90, description="Days ahead: 30, 60, 90 or 180.", json_schema_extra={"enum": [30, 60, 90, 180]}
    )


@router.get("/pairs", response_model=PairsPage)
def pairs(request: Request, asked: Annotated[PairsAsked, Query()]) -> Response:
    """Every two parties with an act between them, those with most reports first.

    While the store is written to, the counts may be those of up to a minute ago.
    """
    desk = desk_of(request)
    day = day_of(desk, asked.as_of)
    party = code(asked.party) if asked.party else None

    def count() -> list[tuple[str, str, int, str | None]]:
        with desk.store() as store:
            return Pages(store).pairs(day)

    # Counting takes seconds where there are hundreds of thousands of acts.
    found = desk.remember(("pairs", day), count, patience=_COUNTED_SECONDS)
    if party is not None:
        found = [row for row in found if party in row[:2]]
    # What was given already, by number of reports and codes; a pair that moves up meanwhile is not
    # given again below, and one that is new stands where it belongs.
    after = place_of(asked, asked.cursor, str)
    if after is not None:
        found = [row for row in found if (-row[2], f"{row[0]},{row[1]}") > (-after.top, str(after.key))]
    chosen = found[: asked.limit]
    end = None
    if len(found) > asked.limit:
        last = chosen[-1]
        end = Place(None, f"{last[0]},{last[1]}", last[2])
    items = [
        {
            "pair": [one, other],
            "reports": reports,
            "last": latest,
            "links": {
                "self": link("pairs", one, other, as_of=asked.as_of),
                "events": link("events", as_of=asked.as_of, pair=f"{one},{other}"),
                "page": page("pairs", one, other),
            },
        }
        for one, other, reports, latest in chosen
    ]
    body = {"schema": "detente.pairs.v1", "as_of": day, "items": items, "next": next_of(asked, end)}
    return reply(body)  # its ETag is that of its content, for the count may be that of a minute ago


class StandAsked(_Dated):
    """How a pair stands, on which day and since when."""

    terms: bool = Field(False, description="Give the parts of every level as well, which is much.")


@router.get("/pairs/{one}/{other}", response_model=PairShape, responses=MISSING)
def one_pair(request: Request, one: Party, other: Party, asked: Annotated[StandAsked, Query()]) -> Response:
    """How a pair stands on a day: counted acts, weekly levels with their central 80 %, turns.

    Levels are those of the last year where no `from` is given.
    """
    from detente.relations.series import aside, enough, levels

    desk = desk_of(request)
    day = day_of(desk, asked.as_of)
    tag = fresh(request, desk.stamp(), day)
    try:
        known = desk.dossier(one, other, day)
    except UnknownActor as error:
        raise Problem(404, error.what, error.todo, "unknown-actor") from error
    counted = _acts(desk, known.pair, day)
    end = min(asked.until or day, day)
    start = asked.since or end - timedelta(days=min(_DAYS, end.toordinal() - 1))
    reason = enough(counted)
    # There is nothing to tell of the time before the first act.
    first = max(start, counted[0].day) if counted else start
    series = levels(counted, start=first, end=end, as_of=day) if first <= end else []
    told = [t for t in _turns(desk, known.pair, day) if start <= t.day <= end]
    a, b = known.pair
    more = {"as_of": asked.as_of, "pair": f"{a},{b}"} if asked.as_of else {"pair": f"{a},{b}"}
    body = {
        "schema": "detente.pair.v1",
        "pair": [a, b],
        "as_of": day,
        "counted": {
            "hostile": sum(act.hostile for act in counted),
            "cooperative": sum(not act.hostile and not act.announced for act in counted),
            "announced": sum(act.announced for act in counted),
        },
        "aside": len(aside(known.events, known.published, known.pair, day)),
        "levels": plain(series if asked.terms else [replace(level, terms=()) for level in series]),
        "reason": reason if not series else None,
        "turns": [turn(t, known) for t in told],
        "links": {
            "page": page("pairs", a, b),
            **{name: link(name, **more) for name in ("events", "turns", "positions", "outlooks", "stories")},
        },
    }
    if reason is None and not series:
        body["reason"] = f"no week between {start} and {end} has a level"
    return reply(body, tag=tag)


@router.get("/turns", response_model=TurnsShape)
def turns(request: Request, asked: Annotated[PairAsked, Query()]) -> Response:
    """The days on which the relation of a pair changed, as they stood on a day."""
    desk, day, pair, tag = _about(request, asked)
    known = desk.dossier(*pair, day)
    items = [turn(told, known) for told in _turns(desk, pair, day)]
    return reply({"schema": "detente.turns.v1", "pair": pair, "as_of": day, "items": items}, tag=tag)


@router.get("/positions", response_model=PositionsShape)
def positions(request: Request, asked: Annotated[PairAsked, Query()]) -> Response:
    """Who holds what towards the other: claims, denials, reversals, firsts, open issues."""
    from detente.relations.positions import positions as find

    desk, day, pair, tag = _about(request, asked)
    known = desk.dossier(*pair, day)

    def make() -> list[Any]:
        return find(
            known.events,
            published=known.published,
            pair=known.pair,
            as_of=known.as_of,
            texts={name: d.text for name, d in known.documents.items()},
        )

    items = [position(told, known) for told in desk.remember(("positions", *pair, day), make)]
    return reply({"schema": "detente.positions.v1", "pair": pair, "as_of": day, "items": items}, tag=tag)


@router.get("/outlooks", response_model=OutlooksShape)
def outlooks(request: Request, asked: Annotated[OutlooksAsked, Query()]) -> Response:
    """How likely the latest thaw is to hold, and a thaw to follow the latest escalation.

    Each stands beside its base rates; where nothing can be said, `reason` says why.
    """
    from detente.relations.outlook import outlook as ask
    from detente.relations.weeks import HORIZONS

    if asked.horizon not in HORIZONS:
        raise InputError(
            f"{asked.horizon} days is no horizon", where="horizon", todo="give 30, 60, 90 or 180"
        )
    desk, day, pair, tag = _about(request, asked)
    known = desk.dossier(*pair, day)
    items = []
    for question in (asked.question,) if asked.question else _QUESTIONS:

        def make(question: str = question) -> Any:
            counted = _acts(desk, pair, day)
            return ask(counted, pair, asked_on=day, horizon=asked.horizon, question=question)

        key = ("outlook", *pair, day, question, asked.horizon)
        items.append(outlook(desk.remember(key, make), known))
    return reply({"schema": "detente.outlooks.v1", "pair": pair, "as_of": day, "items": items}, tag=tag)


def _about(request: Request, asked: PairAsked) -> tuple[Desk, date, tuple[str, str], str]:
    """The desk, the day, the pair and the ETag of a question about a pair."""
    desk = desk_of(request)
    day = day_of(desk, asked.as_of)
    tag = fresh(request, desk.stamp(), day)
    return desk, day, pair_of(asked.pair), tag


def _acts(desk: Desk, pair: tuple[str, str], day: date) -> list[Any]:
    from detente.relations.series import acts

    known = desk.dossier(*pair, day)
    two = sorted(pair)

    def make() -> list[Any]:
        return acts(known.events, known.published, known.pair, day, known.stories)

    return desk.remember(("acts", *two, day), make)


def _turns(desk: Desk, pair: tuple[str, str], day: date) -> list[Any]:
    from detente.relations.turning import turns as find

    def make() -> list[Any]:
        return find(_acts(desk, pair, day), pair, day)

    return desk.remember(("turns", *sorted(pair), day), make)
