"""What is read, when, and what went wrong; and the alerts that were found in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from detente.desk import reading
from detente.desk.pages.layout import clip, render
from detente.desk.room import desk_of

if TYPE_CHECKING:
    from datetime import datetime

    from detente.store.reading_state import Alert

__all__ = ["moment", "router"]

router = APIRouter(include_in_schema=False)

MOST_PUBLISHERS = 60
FAILURES = 40
ALERTS = 40
MOST_EVIDENCE = 8


def moment(value: datetime | str | None, missing: str = "not noted") -> str:
    """A moment in words, by the minute, with its time zone.

    >>> moment("2026-01-08T06:30:00+00:00"), moment(None), moment("soon")
    ('8 Jan 2026, 06:30 UTC', 'not noted', 'soon')
    """
    from datetime import datetime

    from detente.desk.pages.layout import short_day

    if not value:
        return missing
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return clip(value, 40)
    zone = f" {value.tzname()}" if value.tzinfo else ""
    return f"{short_day(value)}, {value:%H:%M}{zone}"


def _page(request: Request) -> int:
    text = request.query_params.get("page", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1


def _place(request: Request) -> str:
    """Where the store lies, for its owner; at other addresses that is nobody's business."""
    return desk_of(request).where if request.app.state.open_to_all else "STORE"


@router.get("/sources")
def sources(request: Request) -> Response:
    """The sources, publishers, coders, imports and failures of the store."""
    desk = desk_of(request)
    page = _page(request)
    with desk.store() as store:
        from detente.store.paging import Pages

        known = desk.remember(("publishers",), lambda: reading.publishers(store), patience=60)
        failed, total = reading.failures(store, limit=FAILURES, skip=(page - 1) * FAILURES)
        watched = reading.watched(store)
        view: dict[str, Any] = {
            "counts": Pages(store).counts(),
            "runs": reading.runs(store),
            "imports": reading.imports(store),
            "marks": list(store.marks().values()),
        }
    pages = max(1, -(-total // FAILURES))
    return render(
        request,
        "sources.html",
        title="Sources",
        publishers=known[:MOST_PUBLISHERS],
        more_publishers=max(len(known) - MOST_PUBLISHERS, 0),
        publishers_known=sum(p.name is not None for p in known),
        failed=failed,
        total=total,
        page=min(page, pages),
        pages=pages,
        watched=watched,
        failing=sum(w.state.failures > 0 for w in watched),
        moment=moment,
        now=desk.now(),
        where=_place(request),
        **view,
    )


@router.get("/alerts")
def alerts(request: Request) -> Response:
    """The alerts, the newest first, each with its evidence and whether it was handed over."""
    desk = desk_of(request)
    page = _page(request)
    asked = clip(request.query_params.get("rule"), 200)
    with desk.store() as store:
        _, rules = reading.alerts(store, limit=0)
        rule = asked if asked in rules else None
        found, _ = reading.alerts(store, rule=rule, limit=ALERTS, skip=(page - 1) * ALERTS)
        ways = reading.ways(store)
    total = rules[rule] if rule else sum(rules.values())
    pages = max(1, -(-total // ALERTS))
    return render(
        request,
        "alerts.html",
        title="Alerts",
        rows=[_alert(alert, delivered) for alert, delivered in found],
        rules=rules,
        rule=rule,
        ways=ways,
        total=total,
        page=min(page, pages),
        pages=pages,
        asked={"rule": rule},
        moment=moment,
        where=_place(request),
    )


def _alert(alert: Alert, delivered: str | None) -> dict[str, Any]:
    body = alert.body
    pair = body.get("pair")
    event = body.get("event")
    known = isinstance(pair, list) and len(pair) == 2 and all(_is_code(c) for c in pair)
    proofs = [p for p in body.get("evidence") or () if isinstance(p, Mapping)]
    return {
        "id": alert.id,
        "rule": clip(alert.rule, 80),
        "on": clip(body.get("on"), 20),
        "what": clip(body.get("what") or alert.subject, 400),
        "at": moment(body.get("at") if isinstance(body.get("at"), str) else None, ""),
        "delivered": delivered,
        "pair": tuple(pair) if known and pair else None,
        "act": _id(event.get("id")) if isinstance(event, Mapping) else None,
        "proofs": [_proof(p) for p in proofs[:MOST_EVIDENCE]],
        "more": max(len(proofs) - MOST_EVIDENCE, 0),
    }


def _proof(proof: Mapping[str, Any]) -> dict[str, Any]:
    url = proof.get("url")
    return {
        "act": _id(proof.get("event")),
        "words": clip(proof.get("words"), 220),
        "publisher": clip(proof.get("publisher"), 60) or "publisher unknown",
        "published": clip(proof.get("published"), 20) or None,
        "url": url if isinstance(url, str) else None,
    }


def _id(value: Any) -> str | None:
    from detente.desk.evidence import is_id

    return value if isinstance(value, str) and is_id(value) else None


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 3 and value.isascii() and value.isalpha()
