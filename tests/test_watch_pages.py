"""A watched page is asked for with the version that is known: one that has not changed costs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from web_server import Answer, Request, Route, Server, cached, in_turn, page, with_body

from detente.interfaces import Coder
from detente.records import Document, Event
from detente.sources.fetch import Fetcher
from detente.store import Store, open_store
from detente.store.reading_state import ReadingState
from detente.watch.cycle import Outcome, Watch
from detente.watch.settings import parse

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
WORDS = "Iran condemned the United States on Friday over new sanctions. " * 4
DAY_ONE = "Fri, 09 Jan 2026 10:00:00 GMT"


class Nobody:
    """A coder that finds nothing."""

    name = "nobody.v1"

    def code(self, document: Document) -> list[Event]:
        return []


def html(text: str) -> bytes:
    _, _, body = page(text)(None)  # type: ignore[arg-type]
    assert isinstance(body, str)
    return body.encode()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "watch.sqlite") as opened:
        yield opened


def cycle(server: Server, store: Store, hours: int, *, stop_after: int | None = None) -> Outcome:
    """One reading of the page, so many hours after noon; `stop_after` so many documents."""
    toml = f'[[pages]]\nurl = "{server.address}/page"\nevery = "1h"\n'
    asked = 0

    def stopping() -> bool:
        nonlocal asked
        asked += 1
        return stop_after is not None and asked > stop_after

    def coder() -> Coder:
        return Nobody()

    with Fetcher(allow=(server.host,), delay=0, sleep=lambda s: None) as fetcher:
        settings = parse(toml, where="watch.toml", folder=Path())
        watch = Watch(settings, store, coder, fetcher, [], stopping=stopping, sleep=lambda s: None)
        return watch.cycle(NOW + timedelta(hours=hours)).outcomes[0]


def conditions(server: Server) -> list[tuple[str | None, str | None]]:
    """The version that each request for the page was made with."""
    asked = [headers for path, headers in server.log if path == "/page"]
    return [(headers["If-None-Match"], headers["If-Modified-Since"]) for headers in asked]


def test_an_unchanged_page_is_asked_for_with_its_version_and_is_no_work(
    server: Server, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.routes["/page"] = cached(html(WORDS), '"a"', DAY_ONE)
    assert cycle(server, store, 0).documents == 1

    def never(*given: object, **named: object) -> None:
        raise AssertionError("an unchanged page was looked at")

    monkeypatch.setattr("detente.sources.web.read_answer", never)
    again = cycle(server, store, 1)
    assert (again.documents, again.already, again.reason, again.left_out) == (0, 0, None, ())
    assert cycle(server, store, 2).reason is None, "the version is still known after a 304"
    assert conditions(server) == [(None, None), ('"a"', DAY_ONE), ('"a"', DAY_ONE)]


@pytest.mark.parametrize(
    ("header", "value", "sent"),
    [("ETag", 'W/"7"', ('W/"7"', None)), ("Last-Modified", DAY_ONE, (None, DAY_ONE))],
)
def test_one_of_the_two_is_enough(
    server: Server, store: Store, header: str, value: str, sent: tuple[str | None, str | None]
) -> None:
    def answer(request: Request) -> Answer:
        if sent == (request.headers["If-None-Match"], request.headers["If-Modified-Since"]):
            return 304, {}, b""  # many servers leave the tag out of a 304
        return 200, {header: value, "Content-Type": "text/html"}, html(WORDS)

    server.routes["/page"] = answer
    assert [cycle(server, store, hours).documents for hours in range(3)] == [1, 0, 0]
    assert conditions(server) == [(None, None), sent, sent]


def test_a_changed_page_is_read_and_its_new_version_noted(server: Server, store: Store) -> None:
    later = cached(html(WORDS + "It was denied. " * 4), '"b"')
    server.routes["/page"] = in_turn(cached(html(WORDS), '"a"'), later)
    assert [cycle(server, store, hours).documents for hours in range(3)] == [1, 1, 0]
    assert [tag for tag, _ in conditions(server)] == [None, '"a"', '"b"']
    newest, first = sorted(store.documents(retracted=None), key=lambda d: -len(d.text))
    assert newest.revises == first.id


def test_a_page_that_loses_its_tag_is_asked_for_without_one(server: Server, store: Store) -> None:
    server.routes["/page"] = in_turn(cached(html(WORDS), '"a"'), page(WORDS), cached(html(WORDS), '"c"'))
    assert [cycle(server, store, hours).documents for hours in range(3)] == [1, 0, 0]
    assert [tag for tag, _ in conditions(server)] == [None, '"a"', None]


def test_a_page_that_cannot_be_read_keeps_the_version_that_was(server: Server, store: Store) -> None:
    gone = with_body("not here", status=404)
    server.routes["/page"] = in_turn(cached(html(WORDS), '"a"'), gone, cached(html(WORDS), '"a"'))
    assert cycle(server, store, 0).documents == 1
    assert "404" in (cycle(server, store, 1).reason or "")
    assert cycle(server, store, 9).reason is None
    assert [tag for tag, _ in conditions(server)] == [None, '"a"', '"a"']


def test_what_is_partly_damaged_comes_again_whole(server: Server, store: Store) -> None:
    """A list of documents with a bad one: the tag must not hide the good one that comes instead."""

    def listed(second: str, tag: str) -> Route:
        body = f'[{{"text": "{WORDS}"}}, {second}]'
        return cached(body, tag, media="application/json")

    server.routes["/page"] = in_turn(listed("7", '"a"'), listed('{"text": "Rome called Paris."}', '"a"'))
    first = cycle(server, store, 0)
    assert first.documents == 1 and len(first.left_out) == 1
    assert cycle(server, store, 1).documents == 1
    assert conditions(server)[1] == (None, None)


def test_a_stop_before_the_page_is_stored_leaves_no_version_behind(server: Server, store: Store) -> None:
    server.routes["/page"] = cached(html(WORDS), '"a"')
    cycle(server, store, 0, stop_after=1)
    state = ReadingState(store).sources()
    assert not state or next(iter(state.values())).etag is None
    assert cycle(server, store, 0).reason is None
    assert conditions(server)[1] == (None, None), "it is read once more, and the store knows the text"
    assert len(store.documents()) == 1
