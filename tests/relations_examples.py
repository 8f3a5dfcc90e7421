"""Builders of events and acts for the tests of relations; sentences and figures are invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from detente.codebook import codebook
from detente.records import Event, Party, Status, Voice
from detente.relations.series import Act

PAIR = ("COL", "USA")


def event(
    start: int,
    kind: str,
    day: str | None,
    *,
    actor: Sequence[str] = ("USA",),
    recipient: Sequence[str] = ("COL",),
    status: Status = Status.ACTUAL,
    voice: Voice = Voice.WRITER,
    symmetric: bool = False,
    modes: tuple[str, ...] = (),
    end: str | None = None,
    document: str = "d",
) -> Event:
    return Event(
        document,
        start,
        start + 9,
        "some words",
        kind,
        tuple(Party(c, c) for c in actor),
        tuple(Party(c, c) for c in recipient),
        symmetric,
        status,
        "some",
        start,
        codebook().quad(kind),
        modes=modes,
        date=day,
        date_end=end,
        voice=voice,
    )


def one_article() -> list[Event]:
    """Months of hostility, told in one article together with the call that ended them."""
    both = ("USA", "COL")
    old = Status.HISTORICAL
    return [
        event(1, "CONSULT", "2026-01-07", actor=both, recipient=both, symmetric=True, modes=("phone",)),
        event(2, "CONSULT", None, actor=both, recipient=both, symmetric=True, status=Status.FUTURE),
        event(3, "SANCTION", "2025", status=old),
        event(4, "SANCTION", "2025", status=old, modes=("expel",)),
        event(5, "ACCUSE", "2025", actor=("COL",), recipient=("USA",), status=old),
        event(6, "COERCE", "2026-01-03", recipient=("VEN",), end="2026-01-04"),
        event(7, "ACCUSE", "2026-01-04", actor=("COL",), recipient=("USA",)),
        event(8, "ACCUSE", "2026-01-05", modes=("disapprove",)),
        event(9, "THREATEN", "2026-01-04", modes=("violence",)),
        event(10, "THREATEN", None),
        event(11, "REJECT", None, actor=("COL",), recipient=("USA",)),
        event(12, "SUPPORT", "2026-01-07"),
        event(13, "SUPPORT", "2026-01-07", actor=("COL",), recipient=("USA",)),
        event(14, "COOPERATE", "2026-01-07", voice=Voice.COMMENTARY),
        event(15, "ASSAULT", "2026-01-07", status=Status.HYPOTHETICAL),
    ]


def act(number: int, day: date, hostile: bool, *, known_on: date | None = None) -> Act:
    return Act(
        day,
        hostile,
        True,
        "USA",
        "COL",
        "ACCUSE" if hostile else "CONSULT",
        3.0 if hostile else 2.5,
        f"story{number:05}",
        known_on if known_on is not None else day + timedelta(days=1),
        (f"event{number:05}",),
        day,
    )


def phases(seed: int, hostile: Sequence[float], count: int, days: int) -> list[Act]:
    """Acts on random days, hostile with the chance of the phase their day lies in."""
    rng = np.random.default_rng(seed)
    out = []
    for i, t in enumerate(sorted(rng.integers(0, days, count).tolist())):
        chance = hostile[t * len(hostile) // days]
        out.append(act(i, date(2024, 1, 1) + timedelta(days=t), bool(rng.random() < chance)))
    return out


def weekly(seed: int, weeks: int, thaw: int) -> list[Act]:
    """Dense acts: five hostile and two cooperative a week, from week `thaw` on one and four."""
    rng = np.random.default_rng(seed)
    out: list[Act] = []
    for week in range(weeks):
        for hostile, rate in (
            (True, 5.0 if week < thaw else 1.0),
            (False, 2.0 if week < thaw else 4.0),
        ):
            for _ in range(int(rng.poisson(rate))):
                day = date(2023, 1, 2) + timedelta(weeks=week, days=int(rng.integers(0, 7)))
                out.append(act(len(out), day, hostile))
    return out
