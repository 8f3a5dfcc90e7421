"""Feeds become documents: RSS of every version, Atom, JSON Feed, and lists of feeds in OPML.

Nothing in a feed is fetched except the pages that its items name, by the fetcher. An item is known by
its id; its words make its version. An item whose version is new is read, and where an earlier version
was kept the document says which one it revises.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from detente.errors import FetchError, FileError, InputError
from detente.records import Document
from detente.sources.feed_layouts import FEED_LIMIT, Feed, Item, opml, parse
from detente.sources.text import make_document

if TYPE_CHECKING:
    from detente.sources.fetch import Fetcher

__all__ = [
    "FEED_LIMIT",
    "MOST_ITEMS",
    "Feed",
    "FeedState",
    "Item",
    "Reading",
    "fetch",
    "opml",
    "parse",
    "read_feed",
    "read_file",
    "readings",
]

MOST_ITEMS = 20_000
"""Items of one feed that are read; the rest is told, not read."""

_PAGES = frozenset((".html", ".pdf", ".txt", ".md"))

OnError = Callable[[InputError], None]


@dataclass(frozen=True, slots=True)
class FeedState:
    """What a server wants to hear again, so that it need not send an unchanged feed."""

    etag: str | None = None
    modified: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one item: its document, or the `error` that kept it from being read.

    `key` names the item within its feed and `version` its words. `instead` is the document of its
    summary, where its page cannot be read.
    """

    key: str
    version: str
    document: Document | None
    error: InputError | None = None
    instead: Document | None = None


def read_file(content: bytes, *, where: str, on_error: OnError | None = None) -> Iterator[Document]:
    """The documents of a feed on file, one an item, from the feed alone: nothing is fetched.

    Where the feed has only a summary, the summary is the text; where it has none, the title is.
    Faults of single items go to `on_error`, or are raised where there is none.
    """
    feed = parse(content, where=where)

    def tell(error: InputError) -> None:
        if on_error is None:
            raise error
        on_error(error)

    if feed.fault:
        tell(FileError(feed.fault, where=where, todo="fetch the feed again"))
    for _, item in _keyed(feed.items):
        try:
            yield _document(feed, item, where)
        except InputError as error:
            tell(error)


def read_feed(
    fetcher: Fetcher,
    url: str,
    *,
    seen: Callable[[str], bool],
    state: FeedState | None,
    on_error: OnError,
    most: int = MOST_ITEMS,
) -> Generator[Document, None, FeedState]:
    """The documents of the new items of a feed on the web; the generator returns its new state.

    `seen` is asked with "key version" of each item (see `Reading`) and says whether it was read.
    Items with a summary only are followed to their page; where that fails the fault is told and the
    summary is given. A feed that cannot be read goes to `on_error` and gives nothing.
    """
    try:
        feed, after = fetch(fetcher, url, state)
    except InputError as error:
        on_error(error)
        return state or FeedState()
    if feed is None:
        return after
    found = readings(
        feed,
        fetcher,
        url=url,
        seen=lambda key, version: seen(f"{key} {version}"),
        on_error=on_error,
        most=most,
    )
    for reading in found:
        if reading.error is not None:
            on_error(reading.error)
        document = reading.document or reading.instead
        if document is not None:
            yield document
    return after


def fetch(fetcher: Fetcher, url: str, state: FeedState | None = None) -> tuple[Feed | None, FeedState]:
    """A feed from the web with the state to ask with next time; None where it has not changed.

    Raises `FetchError` where it cannot be fetched, `FileError` where it is no feed.
    """
    known = state or FeedState()
    got = fetcher.get(url, etag=known.etag, modified=known.modified, limit=FEED_LIMIT)
    if got.unchanged:
        return None, FeedState(got.etag or known.etag, got.modified or known.modified)
    return parse(got.content, where=url, charset=got.charset), FeedState(got.etag, got.modified)


def readings(
    feed: Feed,
    fetcher: Fetcher,
    *,
    url: str,
    seen: Callable[[str, str], bool],
    on_error: OnError,
    earlier: Callable[[str], str | None] = lambda key: None,
    most: int = MOST_ITEMS,
    pages: int | None = None,
) -> Generator[Reading, None, bool]:
    """What comes of each item of a feed whose version was not seen, in the order of the feed.

    `seen` is asked with key and version; `earlier` gives the id of the document that was kept of an
    earlier version, or None. At most `pages` items are followed to their page; the generator returns
    whether that was enough. Faults of the feed as a whole go to `on_error`; an item's own fault is in
    its `Reading`.
    """
    if feed.fault:
        on_error(FileError(feed.fault, where=url, todo="tell its publisher; it is read again next time"))
    if len(feed.items) > most:
        on_error(
            FileError(
                f"the feed has {len(feed.items)} items; only the first {most} are read",
                where=url,
                todo="give a feed with fewer items",
            )
        )
    followed, complete = 0, True
    for key, item in _keyed(feed.items[:most]):
        version = item.version
        if seen(key, version):
            continue
        if not item.whole and item.url is not None:
            if pages is not None and followed >= pages:
                complete = False
                continue
            followed += 1
        try:
            reading = _reading(feed, item, fetcher, url, key, version)
        except InputError as error:
            reading = Reading(key, version, None, error)
        yield _revised(reading, earlier(key), item)
    return complete


def _reading(feed: Feed, item: Item, fetcher: Fetcher, url: str, key: str, version: str) -> Reading:
    if item.whole or item.url is None:
        return Reading(key, version, _document(feed, item, url))
    try:
        page = _page(fetcher, item)
    except InputError as error:
        try:
            instead = _document(feed, item, url)
        except InputError:
            instead = None
        return Reading(key, version, None, error, instead)
    stated = _stated(feed, item)
    document = replace(
        page,
        title=page.title or item.title,
        published=stated.published or page.published,
        modified=stated.modified or page.modified,
        publisher=stated.publisher or page.publisher,
        author=page.author or item.author,
        language=page.language or item.language,
    )
    return Reading(key, version, document)


def _page(fetcher: Fetcher, item: Item) -> Document:
    """The page of an item; what is another feed or list is no page, so that none leads in circles."""
    from detente.sources.web import kind_of, read_fetched

    assert item.url is not None
    got = fetcher.get(item.url)
    kind = kind_of(got)
    if kind not in _PAGES:
        raise FetchError(
            f"the item leads to no page but to a {kind} file",
            where=item.url,
            todo="read that by itself",
        )
    faults: list[InputError] = []
    day = item.published.date() if item.published else None
    for document in read_fetched(got, published=day, on_error=faults.append):
        return document
    raise faults[0] if faults else FetchError("the page has no text", where=item.url, todo="read it by hand")


def _revised(reading: Reading, before: str | None, item: Item) -> Reading:
    document = reading.document
    if document is None or before is None or before == document.id:
        return reading
    changed = document.modified or (item.updated.date() if item.updated else None)
    return replace(reading, document=replace(document, revises=before, modified=changed))


@dataclass(frozen=True, slots=True)
class _Stated:
    published: dt.date | None
    modified: dt.date | None
    publisher: str | None


def _stated(feed: Feed, item: Item) -> _Stated:
    """The days of an item: where only `updated` is given, these words were published on it."""
    first = item.published or item.updated
    later = item.updated is not None and first is not None and item.updated - first >= dt.timedelta(minutes=1)
    return _Stated(
        published=first.date() if first else None,
        modified=item.updated.date() if later and item.updated else None,
        publisher=item.publisher or feed.publisher,
    )


def _document(feed: Feed, item: Item, where: str) -> Document:
    stated = _stated(feed, item)
    text = item.text or item.title or ""
    if not text.strip():
        raise FileError(
            f"the item {item.id!r} has no words", where=where, todo="it is left out; the rest is read"
        )
    from detente.sources.transcripts import read_transcript

    spoken = read_transcript(
        text,
        where=where,
        published=stated.published,
        title=item.title,
        url=item.url,
        publisher=stated.publisher,
    )
    document = spoken or make_document(
        text, title=item.title, url=item.url, published=stated.published, publisher=stated.publisher
    )
    return replace(
        document,
        # A feed's own moment goes before a day that is only written in the words.
        published=stated.published or document.published,
        modified=stated.modified,
        author=item.author,
        language=item.language,
    )


def _keyed(items: tuple[Item, ...]) -> Iterator[tuple[str, Item]]:
    """Items with a name of their own: their id, or id and link where items share an id.

    Of items with the same id and link the one that was changed last stands for all.
    """
    links: dict[str, set[str | None]] = {}
    for item in items:
        links.setdefault(item.id, set()).add(item.url)
    kept: dict[str, Item] = {}
    for item in items:
        key = item.id if len(links[item.id]) == 1 else f"{item.id} {item.url or ''}".strip()
        if key not in kept or _instant(item) > _instant(kept[key]):
            kept[key] = item  # keeps the place of the first
    yield from kept.items()


def _instant(item: Item) -> dt.datetime:
    return item.updated or item.published or dt.datetime.min.replace(tzinfo=dt.UTC)
