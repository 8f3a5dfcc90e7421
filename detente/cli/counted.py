"""What the commands about a pair print from: its counted acts, and the words of those that are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.records import Event, Party, Status

if TYPE_CHECKING:
    from detente.records import Turn
    from detente.relations.known import Known
    from detente.relations.series import Act
    from detente.store import Store
    from detente.store.imported import ImportedEvent

__all__ = ["Data", "Shown", "shown_of"]

Data = Annotated[
    str,
    typer.Option(
        "--data",
        metavar="NAME",
        help="What to count: own (our coding), or imported rows of one data set: gdelt, icews, polecat.",
    ),
]


@dataclass
class Shown:
    """The counted acts of a pair with a way to their words; stands where a dossier does."""

    known: Known
    store: Path | None
    events: Mapping[str, Event] = field(default_factory=dict)
    published: Mapping[str, date | None] = field(default_factory=dict)

    @property
    def pair(self) -> tuple[str, str]:
        """The two, in the order asked for."""
        return self.known.pair

    @property
    def as_of(self) -> date:
        """The day asked about."""
        return self.known.as_of

    @property
    def acts(self) -> list[Act]:
        """The counted acts."""
        return list(self.known.acts)

    @cached_property
    def turns(self) -> list[Turn]:
        """The turns of these acts."""
        from detente.relations.turning import turns

        return turns(self.known.acts, self.pair, self.as_of)


class _Words(Mapping[str, Event]):
    """Events by id, read from the store when one is asked for: a page shows few of many."""

    def __init__(self, store: Path | None, data: str, pair: tuple[str, str]) -> None:
        self._store, self._data, self._pair = store, data, pair
        self._read: dict[str, Event] = {}
        self._opened: Store | None = None

    def __getitem__(self, id: str) -> Event:
        if id not in self._read:
            from detente.store import open_store

            if self._opened is None:
                self._opened = open_store(self._store)
                if self._data != "own":
                    rows = self._opened.imported(pair=self._pair)
                    self._read.update((e.document, e) for e in map(_as_event, rows))
            event = self._read.get(id) or self._opened.event(id)
            if event is None:
                raise KeyError(id)
            self._read[id] = event
        return self._read[id]

    def close(self) -> None:
        """Let go of the store."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


def _as_event(row: ImportedEvent) -> Event:
    """An imported row in the form that tables show; its "words" say which row it is."""
    from detente.relations.known import _STATUSES

    name = f"{row.scheme}:{row.key}:{row.dyad}"
    where = f" · {row.url or row.publisher}" if row.url or row.publisher else ""
    text = row.text or f"{row.scheme} {row.key}: {row.code_scheme} {row.code}{where}"
    return Event(
        document=name,
        start=0,
        end=len(text),
        text=text,
        event=row.event or row.code or "?",
        actor=tuple(Party(p.code or "?", p.name or "") for p in (row.actor,) if p),
        recipient=tuple(Party(p.code or "?", p.name or "") for p in (row.recipient,) if p),
        symmetric=False,
        status=Status(row.status) if row.status in _STATUSES else Status.ACTUAL,
        trigger="",
        trigger_start=0,
        quad=row.quad or 1,
        modes=row.modes,
        date=row.date,
        date_end=row.date_end,
    )


def shown_of(store: Any, one: str, other: str, as_of: date, data: str = "own") -> Shown:
    """What a pair's commands print from; says on stderr where nothing is known."""
    from detente.api import dossier
    from detente.cli.output import note
    from detente.cli.showing import explain_nothing
    from detente.relations.known import known_in
    from detente.store import open_store

    pair = dossier((), (one, other), as_of).pair
    with open_store(store) as opened:
        known = known_in(opened, pair, as_of, data)
        if not known.acts and not known.not_counted:
            if data != "own" or opened.documents(limit=1):
                note(f"no act between {pair[0]} and {pair[1]} was published by {as_of} in {opened.where}")
            else:
                explain_nothing(opened)
        ids = [name for name, _ in known.not_counted]
        published: dict[str, date | None] = {}
        if data == "own" and ids:
            events = {e.id: e for e in opened.events(ids=ids)} if len(ids) < 5000 else {}
            published = opened.publication_dates({e.document for e in events.values()})
    return Shown(known, store, _Words(store, data, pair), published)
