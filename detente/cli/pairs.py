"""`detente dyad`, `turns`, `positions`, `outlook` and `brief`: how a pair stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.cli.counted import Data, Shown, shown_of
from detente.cli.options import (
    AsOf,
    ListFormat,
    ListFormatOption,
    OneFormat,
    OneFormatOption,
    StorePath,
    today,
)
from detente.cli.output import dump, line, note, show

if TYPE_CHECKING:
    from rich.console import RenderableType

    from detente.api import Dossier
    from detente.records import Position
    from detente.relations.neighbours import PastCase
    from detente.relations.series import Act
    from detente.store import Store

__all__ = [
    "Horizon",
    "One",
    "Other",
    "Question",
    "QuestionOption",
    "acts_in",
    "acts_of",
    "check_horizon",
    "known_of",
    "outlook",
    "outlook_record",
    "position_view",
    "positions",
    "positions_record",
    "turns",
    "turns_of",
    "turns_record",
]

One = Annotated[
    str,
    typer.Argument(
        metavar="PARTY",
        help="Code, name or demonym: COL, Colombia, Colombian.",
        show_default=False,
    ),
]
Other = Annotated[str, typer.Argument(metavar="PARTY", help="The other of the two.", show_default=False)]
MaybeTwo = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PARTY PARTY]",
        help="The two of a pair; without them, every pair of the store.",
        show_default=False,
    ),
]


def known_of(store: Any, one: str, other: str, as_of: date) -> Dossier:
    """Everything the store knows of a pair; says on stderr where that is nothing."""
    from detente.api import dossier
    from detente.cli.showing import explain_nothing
    from detente.store import open_store

    with open_store(store) as opened:
        known = dossier(opened, (one, other), as_of)
        if not known.events:
            if opened.documents(limit=1):
                note(
                    f"no act between {known.pair[0]} and {known.pair[1]} was published"
                    f" by {as_of} in {opened.where}"
                )
            else:
                explain_nothing(opened)
    return known


def acts_of(known: Dossier | Shown) -> list[Any]:
    if isinstance(known, Shown):
        return known.acts
    from detente.relations.series import acts

    return acts(known.events, known.published, known.pair, known.as_of, known.stories)


def turns_of(known: Dossier | Shown) -> list[Any]:
    if isinstance(known, Shown):
        return known.turns
    from detente.relations.turning import turns as find

    return find(known.events, known.pair, known.as_of, published=known.published, stories=known.stories)


def turns(
    pair: MaybeTwo = None,
    as_of: AsOf = None,
    data: Data = "own",
    store: StorePath = None,
    format: ListFormatOption = ListFormat.TABLE,
) -> None:
    """List the days on which a relation changed: direction, odds, the acts that made it."""
    from detente.errors import InputError
    from detente.store import open_store

    asked = today(as_of)
    names = pair or []
    if len(names) not in (0, 2):
        raise InputError("a pair has two parties", todo="give two, such as USA COL, or none")
    if names:
        dossiers = [shown_of(store, names[0], names[1], asked, data)]
    elif data != "own":
        raise InputError("imported rows are read pair by pair", where="--data", todo="name two parties")
    else:
        with open_store(store) as opened:
            every = [(a, b) for a, b, stories in opened.pairs() if stories >= 5 and a != b]
        # A turn needs five acts.
        dossiers = [shown_of(store, a, b, asked) for a, b in every]
    found = [(t, k) for k in dossiers for t in turns_of(k)]
    found.sort(key=lambda pair_: (pair_[0].day, pair_[0].pair))
    if format is ListFormat.JSON:
        dump(turns_record([t for t, _ in found], asked))
        return
    if format is ListFormat.JSONL:
        for turn, _ in found:
            dump(turn, indent=None)
        return
    from rich.text import Text

    from detente.cli.tables import turn_view

    for turn, known in found:
        show(*turn_view(turn, known.events), Text(""))
    if not found:
        pairs = f"{len(dossiers)} pair{'' if len(dossiers) == 1 else 's'}"
        show(f"No turn that beats chance, in {pairs} with acts known by {asked}.")


def turns_record(found: Sequence[Any], as_of: date) -> dict[str, Any]:
    """Turns as one object."""
    return {"schema": "detente.turns.v1", "as_of": as_of, "turns": list(found)}


def _positions(known: Dossier) -> list[Position]:
    from detente.relations.positions import positions as find

    return find(
        known.events,
        published=known.published,
        pair=known.pair,
        as_of=known.as_of,
        texts={name: d.text for name, d in known.documents.items()},
    )


def positions(
    one: One,
    other: Other,
    as_of: AsOf = None,
    store: StorePath = None,
    format: ListFormatOption = ListFormat.TABLE,
) -> None:
    """Show who holds what towards whom: claims, denials, reversals, firsts, and open issues."""
    known = known_of(store, one, other, today(as_of))
    if format is ListFormat.TABLE:
        show(*position_view(known))
        return
    record = positions_record(known)
    if format is ListFormat.JSON:
        dump(record)
        return
    for position in record["positions"]:
        dump(position, indent=None)


def positions_record(known: Dossier) -> dict[str, Any]:
    """Positions of a pair as one object."""
    return {
        "schema": "detente.positions.v1",
        "pair": known.pair,
        "as_of": known.as_of,
        "positions": _positions(known),
    }


_HEADS = {"reversal": "Reversals", "first": "Firsts", "open issue": "Open issues"}


def position_view(known: Dossier, *, short: bool = False) -> list[RenderableType]:
    """Reversals, firsts and open issues, then the other positions by context.

    Below each stands what it denies, reverses or was closed by. `short` shows of the others only
    the denials.
    """
    from rich.text import Text

    from detente.cli.tables import heading

    found = _positions(known)
    if not found:
        return [Text("No positions are known between the two.")]
    groups: dict[str, list[Position]] = {name: [] for name in _HEADS.values()}
    hidden = 0
    for position in found:
        if short and position.kind not in (*_HEADS, "denial"):
            hidden += 1
            continue
        name = _HEADS.get(position.kind, _matter(position.context))
        groups.setdefault(name, []).append(position)
    parts: list[RenderableType] = []
    groups.setdefault(_matter("general"), groups.pop(_matter("general"), []))  # goes last
    for name, members in groups.items():
        if members:
            parts += [heading(name), _position_table(members, known)]
    if hidden:
        parts.append(Text(f"{hidden} more: claims, threats, promises, demands, support", "dim"))
    return parts


def _matter(context: str) -> str:
    return "On other matters" if context == "general" else f"On {context.replace('_', ' ')}"


def _position_table(members: Sequence[Position], known: Dossier) -> RenderableType:
    from rich.text import Text

    from detente.cli.tables import grid, trim

    by_id = {e.id: e for e in known.events}
    mirrored = {(p.event, p.kind, p.towards, p.holder) for p in members}
    done: set[tuple[str, str]] = set()
    table = grid("since", "what", "who → whom", "words", "who says so")
    for p in members:
        both = (p.event, p.kind, p.holder, p.towards) in mirrored
        if both and (p.event, p.kind) in done:
            continue  # one act of both: shown once, in both directions
        done.add((p.event, p.kind))
        words = Text(trim(p.words))
        for label, other in (
            ("denies", p.denies),
            ("reverses", p.reverses),
            ("closed by", p.closed_by),
        ):
            if other:
                event = by_id.get(other)
                told = trim(event.text, 110) if event else other
                words.append(f"\n{label}: {told}", style="dim")
        here = by_id.get(p.event)
        day = known.published.get(here.document) if here else None
        since = p.since or (f"by {day}" if day else "?")
        issue = p.kind == "open issue"
        sign = "↔" if both or issue else "→"
        table.add_row(
            Text(since),
            Text(p.context.replace("_", " ") if issue else p.kind, style="bold"),
            Text(f"{p.holder} {sign} {p.towards}"),
            words,
            Text(line(p.speaker) or "the writer"),
        )
    return table


class Question(StrEnum):
    """What an outlook answers."""

    THAW = "thaw"
    ESCALATION = "escalation"


QuestionOption = Annotated[
    Question,
    typer.Option(
        "--question",
        help="thaw: does the latest thaw hold? escalation: does the latest escalation give way to one?",
    ),
]
Horizon = Annotated[int, typer.Option("--horizon", metavar="DAYS", help="Days ahead: 30, 60, 90 or 180.")]
Cases = Annotated[
    int,
    typer.Option(
        "--cases",
        metavar="N",
        min=0,
        help="Show the N past cases of the store most like this one; looks at every pair.",
    ),
]


def check_horizon(horizon: int) -> None:
    """Raises InputError for a horizon that no outlook is made for."""
    from detente.errors import InputError
    from detente.relations.weeks import HORIZONS

    if horizon not in HORIZONS:
        raise InputError(
            f"no outlook is made for {horizon} days",
            where="--horizon",
            todo=f"write one of {', '.join(map(str, HORIZONS))}",
        )


def outlook(
    one: One,
    other: Other,
    question: QuestionOption = Question.THAW,
    horizon: Horizon = 90,
    cases: Cases = 0,
    as_of: AsOf = None,
    data: Data = "own",
    store: StorePath = None,
    format: OneFormatOption = OneFormat.TABLE,
) -> None:
    """Say how likely the latest thaw is to hold, beside its base rates, with every term.

    With --question escalation: how likely a thaw is to follow the latest escalation. Where too
    little is known there is no probability, and the reason is given instead.
    """
    asked = today(as_of)
    check_horizon(horizon)
    known = shown_of(store, one, other, asked, data)
    found = _cases(store, known, horizon, question.value, cases) if cases else []
    if format is OneFormat.JSON:
        record = outlook_record(known, horizon, question.value)
        dump({**record, "cases": found} if cases else record)
        return
    from detente.cli.tables import outlook_view

    show(*outlook_view(_outlook(known, horizon, question.value)))
    if cases:
        show(*_case_view(found, question.value))


def _outlook(known: Dossier | Shown, horizon: int, question: str) -> Any:
    from detente.relations.outlook import outlook as ask

    if isinstance(known, Shown):
        return ask(
            known.acts,
            known.pair,
            asked_on=known.as_of,
            horizon=horizon,
            question=question,
            turned=known.turns,
        )
    return ask(
        known.events,
        known.pair,
        asked_on=known.as_of,
        horizon=horizon,
        question=question,
        published=known.published,
        stories=known.stories,
    )


def outlook_record(known: Dossier | Shown, horizon: int = 90, question: str = "thaw") -> dict[str, Any]:
    """An outlook as one object."""
    return {"schema": "detente.outlook.v1", "outlook": _outlook(known, horizon, question)}


def acts_in(opened: Store, pair: tuple[str, str], as_of: date) -> list[Act]:
    """The acts of a pair that a store knew on a day."""
    from detente.relations.known import acts_in as find

    return find(opened, pair, as_of)


def _cases(store: Any, known: Dossier | Shown, horizon: int, question: str, most: int) -> list[PastCase]:
    """The past cases of every pair of the store most like the latest turn of this one."""
    from detente.relations.outlook import like_cases
    from detente.store import open_store

    with open_store(store) as opened:
        others = {
            (one, other): acts_in(opened, (one, other), known.as_of)
            for one, other, stories in opened.pairs()
            if stories >= 5 and one != other  # a level needs five acts
        }
    return like_cases(
        acts_of(known),
        others,
        known.pair,
        asked_on=known.as_of,
        horizon=horizon,
        question=question,
        most=most,
    )


def _case_view(found: Sequence[PastCase], question: str) -> list[RenderableType]:
    from rich.text import Text

    from detente.cli.tables import grid, heading

    title = heading(f"Past {question}s of the store most like this one")
    if not found:
        return [title, Text("None that is over, or too little is known of the pair to compare.")]
    table = grid("week of", "pair", "what became of it", "how far", right=(3,))
    for case in found:
        table.add_row(
            Text(case.week.isoformat()),
            Text(f"{line(case.pair[0])} {line(case.pair[1])}"),
            Text(f"{case.ended}, after {case.weeks} weeks"),
            Text("" if case.distance is None else f"{case.distance:.1f}"),
        )
    far = "how far: between the features of the two, in standard deviations of history"
    return [title, table, Text(far, style="dim")]
