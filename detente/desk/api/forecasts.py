"""Filed forecasts and how they came out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import Path, Query, Request
from fastapi.responses import Response

from detente.desk.api.asking import AsOf, ForecastsAsked, next_of, pair_of, place_of
from detente.desk.api.events import missing
from detente.desk.api.routing import MISSING, new_router
from detente.desk.api.shapes import ForecastShape, ForecastsPage
from detente.desk.api.values import forecast, reply
from detente.desk.caching import fresh
from detente.desk.room import Desk, desk_of
from detente.records import Forecast
from detente.store.paging import Place

__all__ = ["router"]

router = new_router("forecasts")


@router.get("/forecasts", response_model=ForecastsPage)
def forecasts(request: Request, asked: Annotated[ForecastsAsked, Query()]) -> Response:
    """Every filed forecast in the order of filing, with its outcome where it has one."""
    desk = desk_of(request)
    tag = fresh(request, desk.stamp())
    pair = set(pair_of(asked.pair)) if asked.pair else None
    after = place_of(asked, asked.cursor)
    # The ledger only grows, so a place in it stays.
    begin = int(after.key) if after else 0
    chosen: list[Forecast] = []
    end = None
    for number, told in enumerate(_known(desk, asked.as_of)):
        if number < begin or (pair is not None and set(told.outlook.pair) != pair):
            continue
        if asked.state is not None and (told.outcome is not None) != (asked.state == "resolved"):
            continue
        if asked.as_of is not None and told.filed_on > asked.as_of:
            continue
        if len(chosen) == asked.limit:
            end = Place(None, number)
            break
        chosen.append(told)
    items = [forecast(told) for told in chosen]
    return reply({"schema": "detente.forecasts.v1", "items": items, "next": next_of(asked, end)}, tag=tag)


@router.get("/forecasts/{id}", response_model=ForecastShape, responses=MISSING)
def one_forecast(
    request: Request,
    id: Annotated[str, Path(min_length=1, max_length=200, description="Its id.")],
    as_of: AsOf = None,
) -> Response:
    """One filed forecast."""
    desk = desk_of(request)
    tag = fresh(request, desk.stamp())
    for told in _known(desk, as_of):
        if told.id == id and (as_of is None or told.filed_on <= as_of):
            return reply(forecast(told), tag=tag)
    raise missing("forecast", id, as_of)


def _known(desk: Desk, as_of: date | None) -> list[Forecast]:
    def read() -> list[Forecast]:
        with desk.store() as store:
            return store.forecasts()

    filed = desk.remember(("forecasts",), read)
    if as_of is None:
        return filed
    # When one was resolved is not kept; it cannot have been before it was due.
    return [f if f.due_on <= as_of else replace(f, outcome=None, score=None) for f in filed]
