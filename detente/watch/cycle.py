"""One cycle of a watch, and the schedule of cycles.

In a cycle every source that is due is read, and what is new in it is coded and stored in batches.
The order of writing is what makes a stop harmless: first the documents with their events, then the
note that their items are done, last how far the source has come. Whatever a stop cuts off is read
again, and the store keeps nothing twice. Clock and waiting are arguments.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from detente.errors import DetenteError, InputError, StoreError
from detente.interfaces import Coder
from detente.keeping import keep
from detente.records import Document
from detente.sources.feeds import Reading
from detente.store import Failure, Store
from detente.store.reading_state import Alert, ItemState, ReadingState, SourceState
from detente.watch import alerts
from detente.watch.delivery import Delivery
from detente.watch.settings import Settings, Source, WebSource
from detente.watch.sourcing import DELETED, list_feeds, read
from detente.watch.ways import Way

if TYPE_CHECKING:
    from detente.sources.fetch import Fetcher

__all__ = ["BATCH", "TRIES", "Cycle", "Outcome", "Stopped", "Watch"]

BATCH = 32
"""Documents that are stored and noted as done together."""

TRIES = 3
"""How often the page of an item is asked for before its summary is kept instead."""

_LONGEST_BACK_OFF = timedelta(days=1)
# Never longer in one piece, so that a machine that slept or a clock that was set is noticed.
_LONGEST_WAIT = 3600.0


class Stopped(BaseException):
    """Raised by a fetcher's `sleep` when the watch is to end, so that no long wait holds it up."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one reading of a source gave: documents that are new, of these `uncoded` in languages that
    the coder does not know, and `already` there; posts that were `deleted` from their server since (they
    stay in the store). `reason` is why the source could not be read."""

    source: str
    documents: int = 0
    already: int = 0
    events: int = 0
    uncoded: int = 0
    deleted: int = 0
    left_out: tuple[str, ...] = ()
    reason: str | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle: what each source gave, the alerts handed over, and when the next source is due."""

    at: datetime
    sources: int
    outcomes: tuple[Outcome, ...]
    alerts: tuple[Alert, ...]
    next_at: datetime
    alert_fault: str | None = None
    stopped: bool = False

    @property
    def code(self) -> int:
        """The exit code of a single cycle: 0 all was read, 3 a part, 1 nothing."""
        faults = [o for o in self.outcomes if o.reason or o.left_out]
        if self.alert_fault or self.stopped:
            return 3
        if not faults:
            return 0
        read = any(o.reason is None and (not o.left_out or o.documents or o.already) for o in self.outcomes)
        return 3 if read else 1

    def line(self) -> str:
        """The cycle in one line for a log."""
        failed = sum(o.reason is not None for o in self.outcomes)
        parts = [
            f"{len(self.outcomes) - failed} of {_count(self.sources, 'source')} read",
            f"{_count(sum(o.documents for o in self.outcomes), 'new document')}"
            f" with {_count(sum(o.events for o in self.outcomes), 'event')}",
        ]
        deleted = sum(o.deleted for o in self.outcomes)
        if deleted:
            parts.append(f"{_count(deleted, 'post')} deleted")
        uncoded = sum(o.uncoded for o in self.outcomes)
        if uncoded:
            parts.append(f"{uncoded} in other languages not coded")
        if failed:
            parts.append(f"{failed} failed")
        left = sum(len(o.left_out) for o in self.outcomes)
        if left:
            parts.append(f"{left} left out")
        if self.alerts:
            parts.append(_count(len(self.alerts), "alert"))
        parts.append("stopped" if self.stopped else f"next {self.next_at:%Y-%m-%dT%H:%M:%SZ}")
        return f"{self.at:%Y-%m-%dT%H:%M:%SZ} {', '.join(parts)}"


class Watch:
    """Sources, store and rules put together; `cycle` reads what is due, `run` goes on until stopped.

    `coder` is asked for when the first new document is there, for it takes seconds to load. `ways` are
    how alerts go out. `stopping` is asked between documents; `sleep` waits where a server asks to.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        coder: Callable[[], Coder],
        fetcher: Fetcher,
        ways: Sequence[Way],
        *,
        stopping: Callable[[], bool] = lambda: False,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._settings, self._store, self._coder = settings, store, coder
        self._fetcher = fetcher
        self._stopping, self._sleep = stopping, sleep
        self._state = ReadingState(store)
        self._delivery = Delivery(ways, self._state, quiet=settings.quiet, group=settings.group)
        self._known: dict[str, SourceState] = {}

    def cycle(self, now: datetime, *, everything: bool = False) -> Cycle:
        """Read what is due at `now` (or everything), look for what the rules want, hand it over.

        A fault of a source or of an item is in the result; only a fault of the store is raised.
        """
        alerts.begin(self._settings.rules, self._store, self._state, now)
        self._known = self._state.sources()
        outcomes: list[Outcome] = []
        sent: list[Alert] = []
        fault: str | None = None
        sources: list[Source] = []
        stopped = False
        try:
            for source in self._sources(now, everything, outcomes):
                sources.append(source)
                if self._stopping():
                    stopped = True
                    break
                if everything or self._due(source, now):
                    outcome, stopped = self._read(source, now)
                    outcomes.append(outcome)
                    if outcome.events and self._settings.rules:
                        fault = self._tell((), sent, now)  # at once, for a cycle may be long
                    if stopped:
                        break
        except Stopped:
            stopped = True
        names = [s.name for s in (*sources, *self._settings.sources)]
        fault = self._tell(names, sent, now)
        return Cycle(
            at=now,
            sources=len(sources),
            outcomes=tuple(outcomes),
            alerts=tuple(sent),
            next_at=min((self._next(name, now) for name in names), default=now),
            alert_fault=fault,
            stopped=stopped,
        )

    def run(
        self,
        *,
        clock: Callable[[], datetime],
        wait: Callable[[float], object],
        report: Callable[[Cycle], None],
        everything: bool = False,
    ) -> None:
        """Cycle after cycle until `stopping` says so; `wait` waits that many seconds at most.

        With `everything` the first cycle reads every source, due or not.
        """
        while not self._stopping():
            done = self.cycle(clock(), everything=everything)
            everything = False
            report(done)
            if done.stopped:
                return
            while not self._stopping():
                left = (done.next_at - clock()).total_seconds()
                if left <= 0:
                    break
                wait(min(left, _LONGEST_WAIT))

    # Sources

    def _sources(self, now: datetime, everything: bool, outcomes: list[Outcome]) -> Iterator[Source]:
        """Every source; a list of feeds is read where it is due, and followed by its feeds."""
        named = {source.name for source in self._settings.sources}
        for source in self._settings.sources:
            if not isinstance(source, WebSource) or source.kind != "opml":
                yield source
                continue
            state = self._source(source.name)
            if everything or self._due(source, now):
                try:
                    listed, after = list_feeds(source, self._fetcher, state)
                    state = self._succeeded(source, replace(after, listed=listed), now)
                except InputError as error:
                    state = self._failed(source, state, error, now)
                    outcomes.append(Outcome(source.name, reason=str(error), failures=state.failures))
            for address in state.listed:
                feed = WebSource("feed", address, source.every)
                if feed.name not in named:
                    named.add(feed.name)
                    yield feed

    def _due(self, source: Source, now: datetime) -> bool:
        next_at = self._source(source.name).next_at
        # A time further off than the schedule was noted by a clock that ran ahead.
        return next_at is None or next_at <= now or next_at - now > max(source.every, _LONGEST_BACK_OFF)

    def _next(self, name: str, now: datetime) -> datetime:
        return self._source(name).next_at or now

    def _source(self, name: str) -> SourceState:
        return self._known.get(name) or SourceState()

    def _keep(self, name: str, state: SourceState) -> SourceState:
        self._state.keep_source(name, state)
        self._known[name] = state
        return state

    def _read(self, source: Source, now: datetime) -> tuple[Outcome, bool]:
        """Read one source; gives what came of it and whether the watch is to stop."""
        state = self._source(source.name)
        items = self._state.items(source.name)
        left: list[str] = []
        outcome = Outcome(source.name)
        batch: list[Reading] = []
        again = False  # something is to be asked for once more, so the feed must come again as well

        def flush() -> None:
            nonlocal outcome
            documents = [r.document for r in batch if r.document is not None]
            kept: dict[str, str] = {}
            if documents:
                result = keep(self._store, documents, self._coder(), retrieved=now)
                added = result.added
                left.extend(f"{f.place}: {f.reason}" for f in added.failures)
                outcome = replace(
                    outcome,
                    documents=outcome.documents + added.documents,
                    already=outcome.already + added.already,
                    events=outcome.events + added.events,
                    uncoded=outcome.uncoded + sum(result.uncoded.values()),
                )
                kept = self._state.kept_as(documents)
            gone = sum(r.key.startswith(DELETED) for r in batch)
            outcome = replace(outcome, deleted=outcome.deleted + gone)
            done = [(r.key, _done(r, items.get(r.key), kept)) for r in batch if r.key]
            self._state.acknowledge(source.name, done)
            batch.clear()

        def tell(error: InputError) -> None:
            left.append(str(error))
            self._note(error, now)

        stopped = complete = False
        after, fault = state, None
        found = read(source, self._fetcher, state, items, tell, self._sleep, self._since, now.date())
        while True:
            try:
                reading = next(found)
            except StopIteration as end:
                after, complete = end.value
                break
            except (Stopped, KeyboardInterrupt):
                stopped = True
                break
            except StoreError:
                raise
            except Exception as error:  # a reader may fail in any way; the other sources go on
                fault = error if isinstance(error, InputError) else _unexpected(error, source)
                break
            if reading.error is not None:
                tell(reading.error)
                before = items.get(reading.key)
                if (before.tries if before else 0) + 1 < TRIES:
                    again = True
                else:  # enough; the feed's own words are better than none
                    reading = replace(reading, document=reading.instead, error=None)
            batch.append(reading)
            if len(batch) >= BATCH:
                flush()
            if self._stopping():
                stopped = True
                break
        flush()
        if fault is not None:
            self._note(fault, now)
            state = self._failed(source, state, fault, now)
            outcome = replace(outcome, reason=str(fault), failures=state.failures)
        elif not stopped:
            if again or not complete:
                after = replace(after, etag=state.etag, modified=state.modified)
            self._succeeded(source, after, now, at_once=not complete)
        return replace(outcome, left_out=tuple(left)), stopped

    def _since(self, day: date) -> list[Document]:
        return self._store.documents(since=day)

    def _succeeded(
        self, source: Source, state: SourceState, now: datetime, *, at_once: bool = False
    ) -> SourceState:
        after = replace(
            state,
            next_at=now if at_once else now + source.every,
            failures=0,
            failing_since=None,
            reason=None,
        )
        return self._keep(source.name, after)

    def _failed(self, source: Source, state: SourceState, error: InputError, now: datetime) -> SourceState:
        # Each failure in a row doubles the pause, up to a day, or to the schedule where that is longer.
        pause = min(source.every * 2 ** min(state.failures, 20), max(source.every, _LONGEST_BACK_OFF))
        after = replace(
            state,
            next_at=now + pause,
            failures=state.failures + 1,
            failing_since=state.failing_since or now,
            reason=str(error),
        )
        return self._keep(source.name, after)

    def _note(self, error: InputError, now: datetime) -> None:
        """What could not be read is noted in the store too, as `detente read` does."""
        self._store.add_failure(Failure(error.where or "watch", error.what, at=now))

    # Alerts

    def _tell(self, sources: Iterable[str], sent: list[Alert], now: datetime) -> str | None:
        """Find alerts and hand over those that wait; gives why one could not be."""
        known = {name: self._source(name) for name in sources}
        alerts.find(self._settings.rules, self._store, self._state, known, now)
        went, fault = self._delivery.send(now)
        sent += went
        return fault


def _done(reading: Reading, before: ItemState | None, kept: Mapping[str, str]) -> ItemState:
    """What to note of an item: that it is done, or that it was tried once more."""
    document = before.document if before else None
    if reading.error is not None:
        return ItemState(before.version if before else None, document, (before.tries if before else 0) + 1)
    if reading.document is not None:
        document = kept.get(reading.document.id, document)
    return ItemState(reading.version, document)


def _unexpected(fault: Exception, source: Source) -> InputError:
    if isinstance(fault, DetenteError):
        return InputError(fault.what, where=fault.where or source.name, todo=fault.todo)
    return InputError(
        f"it cannot be read ({type(fault).__name__}: {fault})",
        where=source.name,
        todo="this is a fault of Détente; please report it",
    )


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"
