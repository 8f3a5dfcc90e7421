"""A pair on a day, with all that is worked out of its acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.errors import InputError
from detente.notebook import frames
from detente.notebook.page import acts_svg, text, turns_html
from detente.notebook.views import Events, Sheet
from detente.records import Document, Event, Level, Outlook, Position, Turn

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped]
    import polars
    from matplotlib.axes import Axes

    from detente.api import Dossier
    from detente.relations.series import Act
    from detente.store import Store

__all__ = ["Dyad"]

_TABLES = ("acts", "events", "levels", "turns")


class Dyad:
    """How two parties stand on a day: acts, levels, turns, positions, outlook, brief.

    Args:
        source: a store or its file, or events; then `documents` or `published` tell their days.
        one, other: codes or names.
        as_of: nothing published later is used; without it, the day of the newest document or row.
        data: "own" is our coding; of a store also imported rows: "gdelt", "icews", "polecat".

    Imported rows have no words, so they give no events, positions or brief.
    Raises `UnknownActor`, and `InputError` where both are one, no day can be told, or there is no such data.

    >>> from detente import open_store
    >>> with open_store(":memory:") as store:
    ...     Dyad(store, "USA", "Colombia", as_of="2026-01-08")
    Dyad(USA, COL, as of 2026-01-08: 0 acts, 0 turns)
    """

    def __init__(
        self,
        source: Store | str | Path | Iterable[Event],
        one: str,
        other: str,
        as_of: date | str | None = None,
        *,
        data: str = "own",
        documents: Iterable[Document] = (),
        published: Mapping[str, date | None] | None = None,
    ) -> None:
        from detente.api import dossier, open_store

        self.data = data
        self._dossier: Dossier | None = None
        if isinstance(source, (str, Path)):
            if not Path(source).is_file():
                raise InputError("there is no store", where=str(source), todo="give the file of one")
            with open_store(source) as opened:
                self._read(opened, one, other, as_of)
        elif not isinstance(source, Iterable):
            self._read(source, one, other, as_of)
        elif data != "own":
            raise InputError("events are our own coding", where="data", todo="give a store, or leave it out")
        else:
            self._take(dossier(source, (one, other), as_of, documents=documents, published=published))

    def _read(self, store: Store, one: str, other: str, as_of: date | str | None) -> None:
        from detente.api import dossier

        if self.data == "own":
            self._take(dossier(store, (one, other), as_of))
            return
        from detente.relations.known import known_in

        # Only names and day are read here; a day far ahead is as good as none for that.
        asked = dossier((), (one, other), as_of if as_of is not None else date.max)
        found = known_in(store, asked.pair, asked.as_of, self.data)
        if as_of is None and not found.acts:
            raise InputError("no day is known", todo="give as_of, e.g. 2026-01-08")
        self.pair = asked.pair
        self.acts: tuple[Act, ...] = found.acts
        self.as_of: date = max(a.known_on for a in found.acts) if as_of is None else asked.as_of
        self.not_counted = len(found.not_counted)

    def _take(self, known: Dossier) -> None:
        from detente.relations.series import acts, aside

        self._dossier = known
        self.pair = known.pair
        self.as_of = known.as_of
        self.acts = tuple(acts(known.events, known.published, known.pair, known.as_of, known.stories))
        self.not_counted = len(aside(known.events, known.published, known.pair, known.as_of))

    @property
    def events(self) -> Events:
        """The coded events between the two; none for imported rows."""
        known = self._dossier
        return Events(known.events, known.documents) if known else Events(())

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """The days on which the relation changed."""
        from detente.relations.turning import turns

        return tuple(turns(self.acts, self.pair, self.as_of))

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """Hostile and cooperative acts a week with 80 % intervals; empty where too little is known."""
        from detente.relations.series import levels

        if not self.acts:
            return ()
        first = min(a.day for a in self.acts)
        return tuple(levels(self.acts, start=first, end=self.as_of, as_of=self.as_of))

    @cached_property
    def positions(self) -> tuple[Position, ...]:
        """Who holds what towards the other. Raises `InputError` for imported rows."""
        from detente.relations.positions import positions

        known = self._own("positions")
        texts = {name: d.text for name, d in known.documents.items()}
        return tuple(
            positions(known.events, published=known.published, pair=self.pair, as_of=self.as_of, texts=texts)
        )

    def outlook(self, question: str = "thaw", horizon: int = 90) -> Outlook:
        """How likely the latest thaw is to hold ("escalation": a thaw to follow), or why nothing is said."""
        from detente.relations.outlook import outlook

        return outlook(self.acts, self.pair, asked_on=self.as_of, horizon=horizon, question=question)

    def brief(self, days: int = 30) -> Sheet:
        """What is known, every line with its evidence. Raises `InputError` for imported rows."""
        from detente.api import report_of_dossier

        return Sheet(report_of_dossier(self._own("a brief"), days))

    def _own(self, what: str) -> Dossier:
        if self._dossier is None:
            raise InputError(
                f"rows of {self.data} have no words, so there is no {what.removeprefix('a ')}",
                todo='leave out data, or give "own"',
            )
        return self._dossier

    def __repr__(self) -> str:
        one, other = self.pair
        return f"Dyad({one}, {other}, as of {self.as_of}: {len(self.acts)} acts, {len(self.turns)} turns)"

    def _repr_html_(self) -> str:
        one, other = self.pair
        source = "" if self.data == "own" else f", counted from {self.data}"
        hostile = sum(a.hostile for a in self.acts)
        planned = sum(a.announced for a in self.acts)
        told = (
            f"{len(self.acts) - hostile - planned} cooperative, {hostile} hostile, {planned} announced acts;"
            f" {self.not_counted} reports are not counted"
        )
        return (
            f"<h3>{text(one)} and {text(other)}, as of {self.as_of}{text(source)}</h3><p>{text(told)}.</p>"
            + acts_svg(self.acts, self.turns)
            + (turns_html(self.turns) if self.acts else "")
        )

    def _rows(self, of: str) -> list[dict[str, Any]]:
        if of == "events":
            return frames.event_rows(self.events, self.events.documents)
        if of == "acts":
            return frames.act_rows(self.acts)
        if of == "levels":
            return frames.level_rows(self.levels)
        if of == "turns":
            return frames.turn_rows(self.turns)
        raise InputError(f"there is no table {of!r}", todo=f"give {', '.join(_TABLES)}")

    def to_polars(self, of: str = "acts") -> polars.DataFrame:
        """A table of it: "acts" (one row a story), "events" (one a report), "levels" or "turns"."""
        return frames.polars_frame(of, self._rows(of))

    def to_pandas(self, of: str = "acts") -> pandas.DataFrame:
        """A table of it, as `to_polars`. Raises `MissingExtra` without pandas."""
        return frames.pandas_frame(of, self._rows(of))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Acts a week, levels with their intervals, turns. Raises `MissingExtra` without matplotlib."""
        from detente.notebook.charts import plot_pair

        return plot_pair(self.pair, self.acts, self.levels, self.turns, ax)
