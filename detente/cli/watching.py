"""`detente watch`: sources are read on their schedules until it is stopped, or once for cron."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.cli.options import OneFormat, OneFormatOption, StorePath
from detente.cli.output import dump, note

if TYPE_CHECKING:
    from detente.interfaces import Coder
    from detente.watch.cycle import Cycle

__all__ = ["watch"]


def watch(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE.toml",
            help="What to watch: sources, their schedules, pairs, alerts. See docs/watch.md.",
            show_default=False,
        ),
    ],
    once: Annotated[bool, typer.Option("--once", help="Read what is due once, and stop; for cron.")] = False,
    now: Annotated[
        bool, typer.Option("--now", help="In the first cycle read every source, due or not.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only check the file and say what it would watch.")
    ] = False,
    store: StorePath = None,
    format: OneFormatOption = OneFormat.TABLE,
) -> None:
    """Read sources again and again, each on its own schedule, and tell what the rules look for.

    Every cycle gives one line on the standard error. Alerts are JSON lines on the standard output, or in
    the file that alerts_to names; with --format json each cycle is such a line too. It goes on from
    where it stopped: nothing is lost and nothing is kept twice. SIGTERM and Ctrl-C end it cleanly.
    """
    from detente.watch.settings import load

    settings = load(file)
    if check:
        for source in settings.sources:
            note(f"{source.name}, every {source.every}")
        for rule in settings.rules:
            note(f"alert {rule.name}, on {rule.on}")
        raise typer.Exit(0)
    raise typer.Exit(_watch(settings, once, now, store or settings.store, format))


def _watch(settings: Any, once: bool, now: bool, store: Path | None, format: OneFormat) -> int:
    import signal
    import threading

    from detente.sources.fetch import Fetcher, user_agent
    from detente.store import open_store
    from detente.watch.cycle import Stopped, Watch
    from detente.watch.ways import Stream
    from detente.watch.ways import opened as way

    stop = threading.Event()

    def ask_to_stop(number: int, _frame: object) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)  # a second one does not wait for the cycle

    def pause(seconds: float) -> None:
        if stop.wait(seconds):
            raise Stopped

    @cache
    def coder() -> Coder:
        from detente.api import coder_of

        return coder_of(settings.coder)

    before = {number: signal.signal(number, ask_to_stop) for number in (signal.SIGTERM, signal.SIGINT)}
    told: set[tuple[str, str]] = set()
    ways = [way(one) for one in settings.ways] or [Stream(sys.stdout)]
    try:
        with (
            open_store(store) as opened,
            Fetcher(
                agent=user_agent(settings.contact),
                allow=settings.allow,
                timeout=settings.timeout,
                delay=settings.delay,
                sleep=pause,
            ) as fetcher,
        ):
            watched = Watch(
                settings,
                opened,
                coder,
                fetcher,
                ways,
                stopping=stop.is_set,
                sleep=pause,
            )
            if once:
                single = watched.cycle(_clock(), everything=now)
                _report(single, told, format)
                return single.code
            watched.run(
                clock=_clock,
                wait=stop.wait,
                report=lambda done: _report(done, told, format),
                everything=now,
            )
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


def _clock() -> datetime:
    return datetime.now(UTC)


def _report(done: Cycle, told: set[tuple[str, str]], format: OneFormat) -> None:
    """One line for the cycle, before it what could not be read, each reason once while it runs."""
    for outcome in done.outcomes:
        for reason in (*outcome.left_out, *((outcome.reason,) if outcome.reason else ())):
            if (outcome.source, reason) not in told:
                told.add((outcome.source, reason))
                note(f"left out: {reason}")
    if done.alert_fault:
        note(done.alert_fault)
    note(done.line())
    if format is OneFormat.JSON:
        dump(
            {
                "schema": "detente.watch.v1",
                "at": done.at,
                "sources": done.sources,
                "outcomes": done.outcomes,
                "alerts": [alert.id for alert in done.alerts],
                "next_at": done.next_at,
                "stopped": done.stopped,
            },
            indent=None,
        )
        sys.stdout.flush()
