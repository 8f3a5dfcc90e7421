"""What the pages and the API of one desk share: the store, the day, the coder, and what was worked out."""

from __future__ import annotations

import logging
import secrets
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from detente.errors import StoreError
from detente.store.connection import explained

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from detente.api import Dossier
    from detente.interfaces import Coder
    from detente.store import Store

__all__ = ["Desk", "desk_of"]

_Made = TypeVar("_Made")

_LOG = logging.getLogger("detente.desk")

# How many things are remembered at most: a dossier of a busy pair holds its articles.
_REMEMBERED = 128


@dataclass(frozen=True, slots=True)
class _Kept(Generic[_Made]):
    """Something that was made of the store as of a version, and when; versions only grow."""

    version: int
    at: float
    value: _Made


class Desk:
    """One store as the desk sees it; every method may be called by many threads at once.

    Args:
        where: the file of the store, which must be there.
        today: gives the day on which the desk is asked; tests hold it still.
        now: gives the moment, with a time zone.
        coder: makes the coder of texts that are sent in; it is made once, when first asked for.

    Raises `StoreError` where there is no such file.
    """

    def __init__(
        self,
        where: Path | str,
        *,
        today: Callable[[], date],
        now: Callable[[], datetime],
        coder: Callable[[], Coder] | None = None,
    ) -> None:
        from detente.store import open_store

        if not Path(where).is_file():
            raise StoreError(
                "there is no store", where=str(where), todo=f"make one, e.g. detente demo --store {where}"
            )
        self.where = str(where)
        self._today = today
        self._now = now
        self._make_coder = coder
        self._coder: Coder | None = None
        # Each call of the store takes a connection of its own from its pool, and so no thread sees
        # another's transaction. Opening it also brings an older store up to date, before the first reader.
        self._store = open_store(where)
        self._lock = threading.RLock()
        self._coder_lock = threading.Lock()
        self._boot = secrets.token_hex(4)
        self._watching: sqlite3.Connection | None = None
        self._remembered: OrderedDict[Hashable, _Kept[Any]] = OrderedDict()
        self._renewing: set[Hashable] = set()
        self._making: dict[Hashable, threading.Lock] = {}

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The open store; use it within the `with`, and do not close it."""
        yield self._store

    def today(self) -> date:
        """The day on which the desk is asked."""
        return self._today()

    def now(self) -> datetime:
        """The moment at which the desk is asked."""
        return self._now()

    def coder(self) -> Coder:
        """The coder of texts that are sent in."""
        with self._coder_lock:
            if self._coder is None:
                if self._make_coder is None:
                    from detente.api import coder_of

                    self._coder = coder_of("auto")
                else:
                    self._coder = self._make_coder()
            return self._coder

    def stamp(self) -> str:
        """A word that changes whenever anybody has written to the store, and with every start.

        Take it before you read: what was read then is at least as new as it says.
        """
        return f"{self._boot}.{self._version()}"

    def _version(self) -> int:
        with self._lock, explained(self.where):
            if self._watching is None:
                # A connection that does nothing else: SQLite counts the commits of all others for it.
                self._watching = sqlite3.connect(self.where, check_same_thread=False, timeout=30)
                self._watching.execute("PRAGMA query_only = ON")
            version: int = self._watching.execute("PRAGMA data_version").fetchone()[0]
        return version

    def remember(self, key: Hashable, make: Callable[[], _Made], *, patience: float = 0) -> _Made:
        """What `make` gives, made once for as long as the store stays as it is.

        Others who ask for the same key meanwhile wait for it. The key begins with what is made, so
        that no two makers share one: ("levels", "COL", "USA", as_of). With `patience` what was made of
        the store at most so many seconds ago will do; it is made anew beside, and nobody waits for it.
        """
        asked = self._version()
        with self._lock:
            if (kept := self._kept(key, asked)) is not None:
                found: _Made = kept.value
                return found
            old = self._remembered.get(key)
            if old is not None and patience and time.monotonic() - old.at <= patience:
                if key not in self._renewing:
                    self._renewing.add(key)
                    threading.Thread(target=self._renew, args=(key, make), daemon=True).start()
                stale: _Made = old.value
                return stale
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                kept = self._kept(key, asked)
            if kept is None:
                version, at = self._version(), time.monotonic()
                kept = _Kept(version, at, make())
                with self._lock:
                    self._remembered[key] = kept
                    self._remembered.move_to_end(key)
                    while len(self._remembered) > _REMEMBERED:
                        self._remembered.popitem(last=False)
                    self._making.pop(key, None)
        made: _Made = kept.value
        return made

    def _renew(self, key: Hashable, make: Callable[[], Any]) -> None:
        try:
            self.remember(key, make)
        except Exception:  # the next who asks without patience is told
            _LOG.exception("what was remembered could not be made anew: %r", key)
        finally:
            with self._lock:
                self._renewing.discard(key)

    def _kept(self, key: Hashable, asked: int) -> _Kept[Any] | None:
        """What was made of the store as it was when somebody asked, or later."""
        kept = self._remembered.get(key)
        if kept is None or kept.version < asked:
            return None
        self._remembered.move_to_end(key)
        return kept

    def dossier(self, a: str, b: str, as_of: date | None = None) -> Dossier:
        """All that is known of a pair on a day (today without one), in the order asked for.

        `a` and `b` are codes or names. Raises `UnknownActor`, and `InputError` where both are one.
        """
        from detente.api import actor_code, dossier

        day = as_of or self.today()
        one, other = actor_code(a), actor_code(b)
        first, second = sorted((one, other))

        def make() -> Dossier:
            with self.store() as store:
                return dossier(store, (first, second), day)

        return replace(self.remember(("dossier", first, second, day), make), pair=(one, other))

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._watching is not None:
                self._watching.close()
                self._watching = None
        self._store.close()


def desk_of(request: HTTPConnection) -> Desk:
    """The desk that a request has come to."""
    desk: Desk = request.app.state.desk
    return desk
