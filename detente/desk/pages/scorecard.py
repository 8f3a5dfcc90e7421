"""The scorecard: every forecast that was filed, how it came out, and how far the chances can be relied on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from detente.desk.pages.layout import clip, render, stranger
from detente.desk.room import desk_of
from detente.errors import StoreError, UnknownActor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detente.records import Forecast
    from detente.relations.scorecard import Bin

__all__ = ["plot", "router"]

router = APIRouter(include_in_schema=False)

ROWS = 50
STATES = {"open": "open", "resolved": "came out", "silent": "silent"}
QUESTIONS = {
    "thaw": ("the thaw holds", {"held": "it held", "relapsed": "it relapsed"}),
    "escalation": ("a thaw comes", {"thawed": "it thawed", "lasted": "it lasted"}),
}
# The plot: its size and margins in the units of its view box.
SIZE, LEFT, TOP = 320, 60, 12


@router.get("/scorecard")
def scorecard(request: Request) -> Response:
    """Every forecast, the latest first, with the scores of those that came out."""
    from detente.api import actor_code
    from detente.relations.scorecard import scorecard as scored

    desk = desk_of(request)
    asked = request.query_params
    wanted = {
        "party": clip(asked.get("party"), 60),
        "state": asked.get("state", "") if asked.get("state") in STATES else "",
    }
    try:
        party = actor_code(wanted["party"]) if wanted["party"] else None
    except UnknownActor as error:
        return stranger(request, error, "/scorecard?party={}")

    def read() -> list[Forecast] | str:
        with desk.store() as store:
            try:
                return store.forecasts()
            except StoreError as error:
                # A broken ledger is told on the page, it does not take the page away.
                if "forecast" in error.what or "ledger" in error.what:
                    return f"{error.what}; {error.todo}" if error.todo else error.what
                raise

    found = desk.remember(("forecasts of the scorecard",), read)
    broken = found if isinstance(found, str) else None
    filed = [] if isinstance(found, str) else found
    chosen = [f for f in filed if party is None or party in f.outlook.pair]
    card = scored(chosen)
    listed = [f for f in chosen if not wanted["state"] or _state(f) == wanted["state"]][::-1]
    pages = max(1, -(-len(listed) // ROWS))
    page = asked.get("page", "1")
    number = min(max(int(page) if page.isdecimal() and len(page) < 9 else 1, 1), pages)
    return render(
        request,
        "scorecard.html",
        title="Scorecard",
        total=len(filed),
        card=card,
        plot=plot(card.bins) if card.scored else None,
        rows=[_row(f) for f in listed[(number - 1) * ROWS : number * ROWS]],
        wanted=wanted,
        states=STATES,
        page=number,
        pages=pages,
        broken=broken,
        where=desk.where,
    )


def _state(forecast: Forecast) -> str:
    if forecast.outcome is None:
        return "open"
    return "silent" if forecast.outcome == "silent" else "resolved"


def _row(forecast: Forecast) -> dict[str, Any]:
    asked = forecast.outlook
    kind = "escalation" if asked.question.startswith("escalation") else "thaw"
    claim, outcomes = QUESTIONS[kind]
    state = _state(forecast)
    came = {"open": "not yet", "silent": "silent: not scored"}.get(state)
    yes = forecast.outcome in ("held", "thawed")
    return {
        "id": forecast.id,
        "pair": asked.pair,
        "claim": f"{claim}{' for' if kind == 'thaw' else ' within'} {asked.horizon_days} days",
        "asked": asked,
        "filed": forecast.filed_on,
        "due": forecast.due_on,
        "state": state,
        "yes": yes,
        "came": came or outcomes.get(forecast.outcome or "", clip(forecast.outcome, 40)),
        "score": forecast.score,
    }


def wilson(share: float, count: int) -> tuple[float, float]:
    """The interval that holds a share in 95 of 100 cases (E. B. Wilson, 1927).

    >>> [round(x, 2) for x in wilson(0.5, 10)]
    [0.24, 0.76]
    """
    if count <= 0:
        return 0.0, 1.0
    z = 1.96
    base = 1 + z * z / count
    middle = (share + z * z / (2 * count)) / base
    reach = z * (share * (1 - share) / count + z * z / (4 * count * count)) ** 0.5 / base
    return max(0.0, middle - reach), min(1.0, middle + reach)


def plot(bins: Sequence[Bin]) -> dict[str, Any]:
    """What the template draws: for each bin with forecasts a point, its interval, and its words.

    >>> plot([])["points"]
    []
    """

    def x(share: float) -> float:
        return round(LEFT + share * SIZE, 1)

    def y(share: float) -> float:
        return round(TOP + (1 - share) * SIZE, 1)

    most = max((b.count for b in bins), default=1)
    points = []
    for b in bins:
        if not b.count or b.forecast is None or b.held is None:
            continue
        low, high = wilson(b.held, b.count)
        points.append(
            {
                "x": x(b.forecast),
                "y": y(b.held),
                "low": y(low),
                "high": y(high),
                "r": round(3 + 4 * (b.count / max(most, 1)) ** 0.5, 1),
                "count": b.count,
                "forecast": b.forecast,
                "held": b.held,
                "range": (low, high),
                "bin": (b.low, b.high),
            }
        )
    ticks = [(x(i / 5), y(i / 5), f"{i * 20} %") for i in range(6)]
    return {
        "width": LEFT + SIZE + 24,
        "height": TOP + SIZE + 44,
        "left": LEFT,
        "right": LEFT + SIZE,
        "top": TOP,
        "bottom": TOP + SIZE,
        "ticks": ticks,
        "points": points,
    }
