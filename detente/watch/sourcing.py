"""A watched source becomes readings: what is new in it since the last time, one thing after another."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from detente.errors import FetchError, FileError, InputError
from detente.links import parts_of
from detente.records import Document
from detente.sources import feeds
from detente.sources.feeds import FeedState, Reading
from detente.store.reading_state import ItemState, SourceState
from detente.watch.settings import AccountSource, FilesSource, Source, WebSource

if TYPE_CHECKING:
    from detente.sources.fetch import Fetcher

__all__ = ["DELETED", "PAGES", "list_feeds", "read"]

PAGES = 100
"""Pages that one feed is followed to in one cycle, so that a new long feed does not hold up the others;
the rest of them come in the next cycle, which begins at once."""

_NEWEST = "newest post"  # the item of an account under which its newest post that is kept is noted

DELETED = "deleted post "
"""What a reading's key begins with where the server says that a kept post, of the id behind it, is gone."""

OnError = Callable[[InputError], None]
Found = Generator[Reading, None, tuple[SourceState, bool]]


def read(
    source: Source,
    fetcher: Fetcher,
    state: SourceState,
    items: Mapping[str, ItemState],
    on_error: OnError,
    sleep: Callable[[float], object],
    recent: Callable[[date], Iterable[Document]],
    today: date,
) -> Found:
    """What is new in a source.

    The generator returns the state to keep once all of it is stored, and whether that is all there
    is. A reading without a document and error only says that its key is done. Faults of single
    things go to `on_error`; an `InputError` that is raised is one of the whole source. `recent` gives
    the documents that are kept since a day.
    """
    if isinstance(source, FilesSource):
        return _files(source, state, items, on_error)
    if isinstance(source, AccountSource):
        return _account(source, fetcher, state, items, on_error, sleep, recent, today)
    if source.kind == "page":
        return _page(source, fetcher, state, items, on_error)
    return _feed(source, fetcher, state, items, on_error)


def list_feeds(
    source: WebSource, fetcher: Fetcher, state: SourceState
) -> tuple[tuple[str, ...], SourceState]:
    """The feeds that an OPML list names, and the state to keep. Raises `InputError` where it cannot
    be read."""
    if not re.match(r"https?://", source.address, re.I):
        try:
            content = Path(source.address).read_bytes()
        except OSError as error:
            raise FileError(
                f"the list cannot be read ({error.strerror})", where=source.address, todo="check the path"
            ) from error
        return feeds.opml(content, where=source.address), state
    got = fetcher.get(source.address, etag=state.etag, modified=state.modified, limit=feeds.FEED_LIMIT)
    if got.unchanged:
        return state.listed, state
    found = feeds.opml(got.content, where=source.address)
    return found, replace(state, etag=got.etag, modified=got.modified)


def _feed(
    source: WebSource,
    fetcher: Fetcher,
    state: SourceState,
    items: Mapping[str, ItemState],
    on_error: OnError,
) -> Found:
    feed, after = feeds.fetch(fetcher, source.address, FeedState(state.etag, state.modified))
    if feed is None:
        return replace(state, etag=after.etag, modified=after.modified), True
    if source.publisher:
        feed = replace(feed, publisher=source.publisher)
    complete = yield from feeds.readings(
        feed,
        fetcher,
        url=source.address,
        seen=lambda key, version: key in items and items[key].version == version,
        earlier=lambda key: items[key].document if key in items else None,
        on_error=on_error,
        pages=PAGES,
    )
    if feed.fault:  # what broke off must come once more, even if the server thinks it has not changed
        return state, complete
    return replace(state, etag=after.etag, modified=after.modified), complete


def _page(
    source: WebSource,
    fetcher: Fetcher,
    state: SourceState,
    items: Mapping[str, ItemState],
    on_error: OnError,
) -> Found:
    from detente.sources.web import ask, read_answer

    got = ask(fetcher, source.address, etag=state.etag, modified=state.modified)
    if got.unchanged:
        return replace(state, etag=got.etag or state.etag, modified=got.modified or state.modified), True
    faults: list[InputError] = []
    count = 0
    for document in read_answer(fetcher, got, on_error=faults.append):
        count += 1
        key = document.url or source.address
        before = items.get(key)
        version = document.sha256[:16]
        if before is not None and before.version == version:
            continue
        if source.publisher:
            document = replace(document, publisher=source.publisher)
        yield Reading(key, version, _revising(document, before))
    if faults and not count:
        raise faults[0]
    for fault in faults:
        on_error(fault)
    if faults:  # what could not be read must come once more, even if the page has not changed
        return replace(state, etag=None, modified=None), True
    return replace(state, etag=got.etag, modified=got.modified), True


def _files(
    source: FilesSource, state: SourceState, items: Mapping[str, ItemState], on_error: OnError
) -> Found:
    from detente.sources.files import read_all
    from detente.sources.places import EMPTY, find_places
    from detente.sources.speech import Hearing

    hearing = Hearing()
    faults: list[InputError] = []
    paths = [place.name for place in find_places([source.pattern], faults.append, hearing=hearing)]
    for fault in faults:
        if fault.what not in EMPTY:  # an inbox may be empty, and that is no fault
            on_error(fault)
    for path in paths:
        try:
            there = Path(path).stat()
        except OSError as error:
            raise FileError(
                f"the file cannot be read ({error.strerror})", where=path, todo="check the path"
            ) from error
        version = f"{there.st_mtime_ns}-{there.st_size}"
        before = items.get(path)
        if before is not None and before.version == version:
            continue
        # A file is done when all that is in it is stored; until then none of it is.
        held: Document | None = None
        count = 0
        for document in read_all([path], on_error, hearing=hearing):
            count += 1
            if held is not None:
                yield Reading("", "", held)
            held = document
        if held is not None and count == 1:
            yield Reading(path, version, _revising(held, before))
        else:
            if held is not None:
                yield Reading("", "", held)
            yield Reading(path, version, None)
    return state, True


def _account(
    source: AccountSource,
    fetcher: Fetcher,
    state: SourceState,
    items: Mapping[str, ItemState],
    on_error: OnError,
    sleep: Callable[[float], object],
    recent: Callable[[date], Iterable[Document]],
    today: date,
) -> Found:
    from detente.sources.posts import Account, check_posts, read_account

    def pause(seconds: float) -> None:
        sleep(seconds)

    broken: list[InputError] = []

    def fault(error: InputError) -> None:
        # A post that is none is left out; a server that does not answer ends the reading.
        (broken.append if isinstance(error, FetchError) else on_error)(error)

    done: list[str] = []
    newest = items.get(_NEWEST)
    account = Account(source.server.removeprefix("https://"), source.account)
    token = os.environ.get(source.token) if source.token else None
    posts = read_account(
        fetcher,
        account,
        since_id=newest.version if newest else None,
        token=token,
        on_error=fault,
        on_post=done.append,
        sleep=pause,
    )
    for document in posts:
        if done:
            yield Reading(_NEWEST, done[-1], None)
            done.clear()
        yield Reading("", "", document)
    if done:
        yield Reading(_NEWEST, done[-1], None)
    if broken:
        raise broken[0]
    if source.check_days:
        own = f"@{source.account}@{parts_of(source.server).netloc}".lower()
        kept = [
            document
            for document in recent(today - timedelta(days=source.check_days))
            if (document.publisher or "").lower() == own and DELETED + document.id not in items
        ]
        gone: list[str] = []
        changed = check_posts(
            fetcher, account, kept, token=token, on_deleted=gone.append, on_error=on_error, sleep=pause
        )
        for document in changed:
            yield Reading("", "", document)
        for name in gone:
            yield Reading(DELETED + name, "", None)
    return state, True


def _revising(document: Document, before: ItemState | None) -> Document:
    """The document as a later version of the one that was kept before under the same key."""
    if before is None or before.document is None or before.document == document.id or document.revises:
        return document
    return replace(document, revises=before.document)
