"""Events and the stories they tell."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import Path, Query, Request
from fastapi.responses import Response

from detente.desk.api.asking import AsOf, EventsAsked, StoriesAsked, code, next_of, place_of
from detente.desk.api.routing import MISSING, new_router
from detente.desk.api.shapes import Act, EventsPage, StoriesPage, StoryShape
from detente.desk.api.values import event, reply, story
from detente.desk.caching import fresh
from detente.desk.problems import Problem
from detente.desk.room import Desk, desk_of
from detente.errors import InputError
from detente.records import Story
from detente.store.paging import Pages, Place
from detente.store.rows import story_days
from detente.store.search import Filter, sort_stories

__all__ = ["router"]

router = new_router("acts")

Id = Annotated[str, Path(min_length=1, max_length=200, description="Its id.")]


@router.get("/events", response_model=EventsPage)
def events(request: Request, asked: Annotated[EventsAsked, Query()]) -> Response:
    """Reported acts, each with its evidence and its links."""
    desk = desk_of(request)
    tag = fresh(request, desk.stamp())
    with desk.store() as store:
        found, end = Pages(store).events(
            asked.chosen(),
            **asked.rest(),
            arrival=asked.order == "arrival",
            after=place_of(asked, asked.cursor),
            limit=asked.limit,
        )
    if asked.order == "arrival" and end is None:
        end = Place(None, 0)
    items = [event(report, asked.as_of) for report in found]
    return reply({"schema": "detente.events.v1", "items": items, "next": next_of(asked, end)}, tag=tag)


@router.get("/events/{id}", response_model=Act, responses=MISSING)
def one_event(request: Request, id: Id, as_of: AsOf = None) -> Response:
    """One reported act, also of an article that was withdrawn since; its document tells."""
    desk = desk_of(request)
    tag = fresh(request, desk.stamp())
    with desk.store() as store:
        pages = Pages(store)
        told = store.event(id)  # a corrected one is found by its first id, too
        found = pages.reports([told.id]) if told is not None else []
        known = bool(found) and (as_of is None or pages.counted_on(found[0].event.document, as_of))
    if not known:
        raise missing("event", id, as_of)
    return reply(event(found[0], as_of), tag=tag)


@router.get("/stories", response_model=StoriesPage)
def stories(request: Request, asked: Annotated[StoriesAsked, Query()]) -> Response:
    """Events in the world, each with all its reports.

    With `as_of` they are told anew from what was published by that day; as this takes long for
    everything, it needs a `pair`, a `party`, an `actor` or a `recipient`.
    """
    desk = desk_of(request)
    tag = fresh(request, desk.stamp())
    wanted = asked.filter()
    party = code(asked.party) if asked.party else None
    after = place_of(asked, asked.cursor, str)
    if asked.as_of is None:
        with desk.store() as store:
            found, end = Pages(store).stories(wanted, party=party, after=after, limit=asked.limit)
    else:
        found, end = _as_of(desk, wanted, party, asked.as_of, after, asked.limit)
    return reply(
        {
            "schema": "detente.stories.v1",
            "as_of": asked.as_of,
            "items": [story(told, asked.as_of) for told in found],
            "next": next_of(asked, end),
        },
        tag=tag,
    )


@router.get("/stories/{id}", response_model=StoryShape, response_model_exclude_none=True, responses=MISSING)
def one_story(request: Request, id: Id, as_of: AsOf = None) -> Response:
    """One story with its reports, the first published first."""
    desk = desk_of(request)
    tag = fresh(request, desk.stamp())
    with desk.store() as store:
        told = store.story(id)
        if told is not None and as_of is not None:
            told = _then(desk, told, as_of)
        if told is None:
            raise missing("story", id, as_of)
        reports = Pages(store).reports(told.events)
    body: dict[str, Any] = {**story(told, as_of), "reports": [event(report, as_of) for report in reports]}
    return reply(body, tag=tag)


def missing(what: str, id: str, as_of: date | None) -> Problem:
    """The problem that there is no such thing, or was none on that day."""
    when = f" by {as_of}" if as_of else ""
    return Problem(404, f"there is no {what} {id!r}{when}", f"see {what} ids in the lists", "missing")


def _then(desk: Desk, told: Story, as_of: date) -> Story | None:
    """A story of today as it was known on a day: what its reports of then tell among themselves."""
    with desk.store() as store:
        known = store.events(ids=told.events, as_of=as_of)
        for earlier in store.told(known, as_of):
            if earlier.id == told.id or set(earlier.events) & set(told.events):
                return earlier
    return None


def _as_of(
    desk: Desk, wanted: Filter, party: str | None, as_of: date, after: Place | None, limit: int
) -> tuple[list[Story], Place | None]:
    codes = {*(wanted.pair or ()), wanted.actor, wanted.recipient, party} - {None}
    if not codes:
        raise InputError(
            "all stories of a day would have to be told anew",
            where="as_of",
            todo="give a pair, a party, an actor or a recipient as well, or leave as_of out",
        )

    def tell() -> list[Story]:
        with desk.store() as store:
            own: dict[str, Any] = {
                "event": wanted.event, "status": wanted.status, "since": wanted.since, "until": wanted.until,
                "as_of": as_of, "text": wanted.text, "pair": wanted.pair,
            }  # fmt: skip
            if party is None:
                told = store.stories(**own, actor=wanted.actor, recipient=wanted.recipient)
            else:
                told = []
                sides: tuple[dict[str, Any], ...] = ({"actor": party}, {"recipient": party})
                for side in sides:
                    told += store.stories(**own, **side)
                told = [
                    s
                    for s in {s.id: s for s in told}.values()
                    if (wanted.actor is None or wanted.actor in s.actor)
                    and (wanted.recipient is None or wanted.recipient in s.recipient)
                ]
        return sort_stories(told, "newest")

    key = ("stories", repr(wanted), party, as_of)
    listed = [(days[0].isoformat() if (days := story_days(s)) else None, s) for s in desk.remember(key, tell)]
    if after is not None:
        listed = [(day, s) for day, s in listed if _behind((day, s.id), (after.day, str(after.key)))]
    chosen = listed[:limit]
    end = Place(chosen[-1][0], chosen[-1][1].id) if len(listed) > limit else None
    return [told for _, told in chosen], end


def _behind(one: tuple[str | None, str], other: tuple[str | None, str]) -> bool:
    """Whether a row comes after another: the later day first, those without one last, then by id."""
    if one[0] != other[0]:
        return one[0] is None or (other[0] is not None and one[0] < other[0])
    return one[1] > other[1]
