"""How the numbers are made: every one of them explained, with the version of its rule."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from detente import __version__
from detente.codebook import QUADS, codebook
from detente.desk.method import as_page, topics
from detente.desk.pages.layout import clip, render, trouble
from detente.desk.room import desk_of

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

# Model cards that ship with the models, shown under the topic that they belong to.
CARDS = {"outlook": ("outlook/thaw_v1.md", "outlook/escalation_v1.md")}


@router.get("/method")
def contents(request: Request) -> HTMLResponse:
    """All topics, and the versions by which this store was made."""
    from detente.store.paging import Pages

    with desk_of(request).store() as store:
        coders = Pages(store).counts().coders
    return render(
        request,
        "method.html",
        title="Method",
        topics=list(topics().values()),
        versions=_versions(),
        package=__version__,
        coders=coders,
    )


@router.get("/method/{topic}")
def topic(request: Request, topic: str) -> Response:
    """One topic."""
    known = topics()
    here = known.get(topic)
    if here is None:
        return trouble(
            request,
            404,
            f"There is no page of the method called “{clip(topic, 40)}”",
            "These are there:",
            links=[(f"/method/{t.name}", t.title) for t in known.values()],
        )
    names = list(known)
    at = names.index(topic)
    return render(
        request,
        "topic.html",
        title=here.title,
        here=here,
        body=as_page(here.text),
        types=_types() if topic == "acts" else (),
        cards=[as_page(_card(name)) for name in CARDS.get(topic, ())],
        before=known[names[at - 1]] if at else None,
        after=known[names[at + 1]] if at + 1 < len(names) else None,
    )


def _versions() -> list[tuple[str, str, str]]:
    """Each definition with the version in force and where it is told, as the records carry it."""
    from detente.relations.scorecard import Card

    def default(record: Any, name: str = "definition") -> str:
        return str(record.__dataclass_fields__[name].default)

    from detente.records import Event, Level, Turn
    from detente.store.stories import DEFINITION

    return [
        ("Coder of the rules", default(Event, "coder"), "coding"),
        ("Learned coder", _learned(), "coding"),
        ("Stories", DEFINITION, "stories"),
        ("Levels", default(Level), "levels"),
        ("Turns", default(Turn), "turns"),
        ("Outlooks", "thaw.v1, escalation.v1", "outlook"),
        ("Scorecard", default(Card), "scorecard"),
        ("Positions", "position.v1", "positions"),
    ]


def _learned() -> str:
    """The name of the learned coder that ships; read from its card, for the model itself is large."""
    path = resources.files("detente").joinpath("data", "model", "card.json")
    return str(json.loads(path.read_text(encoding="utf-8"))["name"]) if path.is_file() else "not installed"


def _types() -> tuple[tuple[str, int, str, str, float], ...]:
    """The types of acts: name, quad class and its name, meaning, and PLOVER's score."""
    return tuple(
        (t.name.lower(), t.quad, QUADS[t.quad], t.definition, t.score) for t in codebook().types.values()
    )


def _card(name: str) -> str:
    path = resources.files("detente").joinpath("data", *name.split("/"))
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    # Its title stands below that of the page.
    return "\n".join(f"#{line}" if line.startswith("#") else line for line in text.splitlines())
