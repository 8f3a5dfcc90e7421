"""Acts and briefs with what a notebook asks of them: a table, a frame, a chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, overload

from detente.notebook.frames import event_rows, line_rows, pandas_frame, polars_frame
from detente.notebook.page import brief_html, events_html
from detente.records import Brief, Document, Event

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped]
    import polars
    from matplotlib.axes import Axes

__all__ = ["Events", "Sheet"]


class Events(Sequence[Event]):
    """Acts in their order, shown as a table; `documents` by id tell who published them.

    >>> Events([]).to_polars().height
    0
    """

    def __init__(
        self, events: Iterable[Event], documents: Mapping[str, Document] = MappingProxyType({})
    ) -> None:
        self._events = tuple(events)
        self.documents = documents

    def __len__(self) -> int:
        return len(self._events)

    @overload
    def __getitem__(self, index: int) -> Event: ...

    @overload
    def __getitem__(self, index: slice) -> Events: ...

    def __getitem__(self, index: int | slice) -> Event | Events:
        if isinstance(index, slice):
            return Events(self._events[index], self.documents)
        return self._events[index]

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)

    def __repr__(self) -> str:
        return f"Events({len(self)})"

    def _repr_html_(self) -> str:
        return events_html(self._events, self.documents)

    def to_polars(self) -> polars.DataFrame:
        """One row an act."""
        return polars_frame("events", event_rows(self._events, self.documents))

    def to_pandas(self) -> pandas.DataFrame:
        """One row an act. Raises `MissingExtra` without pandas."""
        return pandas_frame("events", event_rows(self._events, self.documents))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Acts by day and type. Raises `MissingExtra` without matplotlib."""
        from detente.notebook.charts import plot_events

        return plot_events(self._events, ax)


class Sheet:
    """A brief, shown with its numbered evidence."""

    def __init__(self, brief: Brief) -> None:
        self.brief = brief

    @property
    def events(self) -> Events:
        """The acts that its lines stand on, in their order."""
        known: Mapping[str, Event] = getattr(self.brief, "events", {})
        named = dict.fromkeys(i for line in self.brief.lines for i in line.events)
        return Events((known[i] for i in named if i in known), getattr(self.brief, "documents", {}))

    def __repr__(self) -> str:
        return f"Sheet({' and '.join(self.brief.pair)}, {len(self.brief.lines)} lines)"

    def _repr_html_(self) -> str:
        return brief_html(self.brief)

    def _rows(self) -> list[dict[str, Any]]:
        return line_rows((*self.brief.lines, *self.brief.dropped))

    def to_polars(self) -> polars.DataFrame:
        """One row a line; `dropped` is why it failed the support check, empty where it passed."""
        return polars_frame("lines", self._rows())

    def to_pandas(self) -> pandas.DataFrame:
        """One row a line, as `to_polars`. Raises `MissingExtra` without pandas."""
        return pandas_frame("lines", self._rows())

    def plot(self, ax: Axes | None = None) -> Axes:
        """The acts behind its lines by day and type. Raises `MissingExtra` without matplotlib."""
        return self.events.plot(ax)
