"""The front page: what changed, the latest turns, alerts, the world towards one country, what was read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from detente.desk.figures import spark
from detente.desk.pages.layout import clip, country, named, render, stranger
from detente.desk.pages.pairs import card, empty_page, study_of
from detente.desk.room import desk_of
from detente.desk.standing import Standing, Standings, standings_of, temper
from detente.desk.world import world
from detente.errors import UnknownActor

if TYPE_CHECKING:
    from detente.desk.room import Desk

__all__ = ["router", "towards"]

router = APIRouter(include_in_schema=False)

CHANGED = 6
TURNS = 6
# Turns are worked out for the pairs with most acts, until so many acts were looked at.
MOST_ACTS = 1500
ALERTS = 6
READ = 6
MOODS = {"self": "the country chosen", "unknown": "too little to tell"}
TEMPERS = ("hostile", "more hostile", "mixed", "more cooperative", "cooperative")


@router.get("/")
def overview(request: Request) -> HTMLResponse:
    """The front page."""
    desk = desk_of(request)
    found = standings_of(desk)
    if not found.pairs:
        return empty_page(request)
    codes = found.countries()
    asked = request.query_params.get("country")
    if asked:
        from detente.api import actor_code

        try:
            chosen = actor_code(asked)
        except UnknownActor as error:
            return stranger(request, error, "/?country={}")
    else:
        chosen = next(iter(codes))
    turns, looked = _turns(request, found)
    changed = sorted(
        (s for s in found.pairs.values() if s.change(found.as_of).size), key=lambda s: _changed(s, found)
    )
    return render(
        request,
        "overview.html",
        title="Overview",
        as_of=found.as_of,
        since=found.as_of - timedelta(days=27),
        changed=[card(found, s) for s in changed[:CHANGED]],
        turns=turns,
        looked=looked,
        pairs=len(found.pairs),
        chosen=chosen,
        countries=sorted({*codes, chosen}, key=country),
        rows=towards(found, chosen),
        atlas=_map(found, chosen),
        tempers=TEMPERS,
        alerts=_alerts(desk),
        read=_read(desk),
    )


def _changed(standing: Standing, found: Standings) -> tuple[int, tuple[str, str]]:
    return -standing.change(found.as_of).size, standing.pair


def _turns(request: Request, found: Standings) -> tuple[list[Any], int]:
    """The latest turns of the pairs with most acts, and how many pairs were looked at."""
    turns: list[dict[str, Any]] = []
    acts = looked = 0
    for standing in found.pairs.values():
        # A turn needs five acts; a pair with a very long record would keep the front page waiting.
        if standing.stories < 5 or acts + standing.stories > MOST_ACTS:
            continue
        acts += standing.stories
        looked += 1
        here = study_of(request, *standing.pair, found.as_of)
        turns += [
            {"turn": t, "pair": standing.pair, "acts": len(t.events), "phase": here.phases}
            for t in here.turns
        ]
    turns.sort(key=lambda row: (row["turn"].day, row["pair"]), reverse=True)
    return turns[:TURNS], looked


def towards(found: Standings, code: str) -> list[dict[str, Any]]:
    """How every other country stands towards one: its level, a word for it, and a small figure."""
    since = found.as_of - timedelta(days=2 * 364)
    rows = []
    for standing in found.of(code):
        other = standing.pair[1] if standing.pair[0] == code else standing.pair[0]
        level, reason = found.level(standing.pair)
        rows.append(
            {
                "code": other,
                "stories": standing.stories,
                "level": level,
                "reason": reason,
                "temper": temper(level.hostile, level.cooperative) if level else "unknown",
                "drawing": spark(standing.acts, since, found.as_of, width=150, height=34),
                "latest": standing.latest,
            }
        )
    return rows


def _map(found: Standings, code: str) -> dict[str, Any]:
    """The map: countries with acts towards the chosen one are links, coloured by a word."""
    drawn = world()
    moods = {row["code"]: row["temper"] for row in towards(found, code)}
    places = []
    for name in sorted({*drawn.shapes, *drawn.dots}):
        mood = "self" if name == code else moods.get(name)
        if mood is None:
            continue
        places.append(
            {
                "code": name,
                "mood": mood,
                "shape": drawn.shapes.get(name, ""),
                "dot": drawn.dots.get(name),
                "label": f"{country(name)}: {MOODS.get(mood, mood)}",
            }
        )
    rest = "".join(d for name, d in drawn.shapes.items() if name != code and name not in moods)
    return {
        "width": drawn.width,
        "height": drawn.height,
        "rest": rest + drawn.others,
        "places": places,
        "label": f"World map: how countries stand towards {named(code)}; the same in the table below",
    }


def _alerts(desk: Desk) -> list[dict[str, Any]]:
    """The alerts found last, newest first; none where nothing was ever watched."""
    from detente.desk.reading import alerts

    with desk.store() as store:
        found, _ = alerts(store, limit=ALERTS)
    out = []
    for alert, handed_over in found:
        body = alert.body
        event = body.get("event")
        act = event.get("id") if isinstance(event, dict) else None
        out.append(
            {
                "rule": clip(alert.rule, 60),
                "words": clip(body.get("what") or alert.subject, 200),
                "act": act if isinstance(act, str) else None,
                "waiting": handed_over is None,
            }
        )
    return out


def _read(desk: Desk) -> dict[str, Any]:
    """What was read, newest first, and what could not be."""
    from sqlalchemy import func, select

    from detente.store import schema

    with desk.store() as store:
        newest = store.documents(order="newest", limit=READ)
        with store.looking() as connection:
            count = {
                name: connection.scalar(statement) or 0
                for name, statement in (
                    ("articles", select(func.count()).select_from(schema.documents)),
                    ("acts", select(func.count()).where(schema.events.c.struck.is_(False))),
                    ("stories", select(func.count()).select_from(schema.stories)),
                    ("failures", select(func.count()).select_from(schema.failures)),
                )
            }
            failed = connection.execute(
                select(schema.failures.c.place, schema.failures.c.reason, schema.failures.c.at)
                .order_by(schema.failures.c.number.desc())
                .limit(READ)
            ).all()
        where = store.where
    return {"newest": newest, "count": count, "failed": failed, "where": where}
