"""When alerts go out: each by every way once, in lots, not in quiet hours, again later where it failed.

What was handed over is noted for each way after it took it, so that a stop in between can only send a
message twice, never lose one; the message carries the same number then, and a file keeps it once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from detente.errors import DetenteError
from detente.store.reading_state import Alert, ReadingState, WayState
from detente.watch.hours import Hours
from detente.watch.ways import Way

__all__ = ["MOST", "Delivery"]

MOST = 50
"""Alerts in one message."""

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=6)


class Delivery:
    """Hands over the alerts that wait in the store."""

    def __init__(
        self,
        ways: Sequence[Way],
        state: ReadingState,
        *,
        quiet: Hours | None = None,
        group: timedelta = timedelta(0),
    ) -> None:
        self._ways, self._state, self._quiet, self._group = tuple(ways), state, quiet, group

    def send(self, now: datetime) -> tuple[list[Alert], str | None]:
        """Hand over what is due; gives the alerts that went out by a way, and why others did not.

        A way that wakes somebody waits through the quiet hours, and for `group` after its last message,
        so that what comes meanwhile is one message. BrokenPipeError of a stream is raised.
        """
        sent: dict[str, Alert] = {}
        faults: list[str] = []
        for way in self._ways:
            known = self._state.way(way.name)
            if known.next_at is not None and known.next_at > now:
                if known.reason:
                    faults.append(known.reason)
                continue
            if not way.quiet and self._quiet is not None and self._quiet.holds(now):
                continue
            try:
                while lot := self._state.waiting(way.name, MOST):
                    way.send(lot, now)
                    self._state.handed_over(lot, way.name, now)
                    sent.update((alert.id, alert) for alert in lot)
                    known = WayState(next_at=None if way.quiet else now + self._group)
                    if not way.quiet and self._group and len(lot) < MOST:
                        break
            except BrokenPipeError:
                raise
            except (DetenteError, OSError) as error:
                pause = min(_FIRST_PAUSE * 2 ** min(known.failures, 20), _LONGEST_PAUSE)
                known = WayState(known.failures + 1, now + pause, str(error))
                faults.append(str(error))
            self._state.keep_way(way.name, known)
        self._state.close([way.name for way in self._ways], now)
        return list(sent.values()), f"alerts wait to be handed over: {'; '.join(faults)}" if faults else None
