"""Guards of fetching that no wire shows: each test fails when its guard is taken out."""

from __future__ import annotations

import gzip
import io
import ssl
import tracemalloc
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore
import pytest
from web_server import Server, feed, page, with_body

from detente.errors import FetchError, FileError
from detente.sources import fetch
from detente.sources.addresses import Gate, Refused
from detente.sources.answers import unpacked
from detente.sources.archives import _inflated
from detente.sources.encodings import unzip
from detente.sources.fetch import Fetcher


class Wire(httpcore.NetworkStream):
    """A connection that notes how long it may take each time, and moves no byte."""

    def __init__(self) -> None:
        self.allowed: list[float | None] = []

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.allowed.append(timeout)
        return b""

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.allowed.append(timeout)

    def close(self) -> None:
        return None

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: Any = None) -> Wire:
        self.allowed.append(timeout)
        return self


class Backend(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self.wire = Wire()
        self.unix: list[str] = []

    def connect_tcp(self, host: str, port: int, timeout: Any = None, *rest: Any, **more: Any) -> Wire:
        self.wire.allowed.append(timeout)
        return self.wire

    def connect_unix_socket(self, path: str, *rest: Any, **more: Any) -> Wire:
        self.unix.append(path)
        return self.wire


def gate(left: float) -> tuple[Gate, Backend]:
    """A gate with so many seconds until its deadline."""
    backend = Backend()
    made = Gate(lambda: 100.0, resolve=lambda host, port: ["93.184.215.14"], backend=backend)
    made.until = 100.0 + left
    return made, backend


def test_no_step_of_a_connection_takes_longer_than_what_is_left() -> None:
    made, backend = gate(2.0)
    stream = made.connect_tcp("example.org", 443, 60.0)
    secured = stream.start_tls(ssl.create_default_context(), "example.org", 60.0)
    for one in (stream, secured):
        one.write(b"GET", 60.0)
        one.read(10, 60.0)
    assert backend.wire.allowed == [2.0] * 6


def test_past_the_deadline_no_step_is_taken_at_all() -> None:
    made, backend = gate(2.0)
    stream = made.connect_tcp("example.org", 443)
    made.until = 99.0
    steps = (lambda: stream.write(b"x"), lambda: stream.read(1), lambda: made.connect_tcp("example.org", 80))
    for step in steps:
        with pytest.raises(TimeoutError):
            step()
    assert len(backend.wire.allowed) == 1


def test_a_socket_of_this_machine_is_never_opened() -> None:
    made, backend = gate(2.0)
    with pytest.raises(Refused, match="socket of this machine"):
        made.connect_unix_socket("/run/docker.sock")
    assert backend.unix == []


def test_a_name_without_an_address_is_refused() -> None:
    fetcher = Fetcher(robots=False, delay=0, resolve=lambda host, port: [])
    with fetcher, pytest.raises(FetchError, match=r"the host nowhere\.example has no address; check"):
        fetcher.get("https://nowhere.example/a")


def test_what_unpacks_comes_in_pieces_that_can_be_counted() -> None:
    bomb = zlib.compress(b" " * 30_000_000, 9)
    sizes = [len(piece) for piece in unpacked([bomb], "deflate", "a")]
    assert max(sizes) <= 1_000_000 and sum(sizes) == 30_000_000


def test_what_is_noted_of_hosts_does_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "_HOSTS", 3)
    table: dict[str, Any] = {}
    for name in "abcad":
        fetch._keep(table, name, 1)
    assert list(table) == ["c", "a", "d"], "the one not asked for longest goes"


def test_a_site_cannot_ask_for_a_pause_of_days_between_two_pages() -> None:
    slept: list[float] = []
    with Server() as server:
        server.routes["/robots.txt"] = with_body("User-agent: *\nCrawl-delay: 900000\n", "text/plain")
        server.routes["/a"] = page("Words.")
        clock = iter(range(10_000))
        with Fetcher(
            allow=(server.host,),
            delay=0,
            patience=5,
            sleep=slept.append,
            clock=lambda: float(next(clock)) / 1e3,
        ) as fetcher:
            for _ in range(3):
                fetcher.get(server.address + "/a")
    assert slept and max(slept) <= 5


def test_certificates_that_the_environment_names_are_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    import httpx

    asked: list[dict[str, Any]] = []
    real = httpx.create_ssl_context

    def made(*given: Any, **named: Any) -> ssl.SSLContext:
        asked.append(named)
        return real(*given, **named)

    monkeypatch.setattr(httpx, "create_ssl_context", made)
    with Fetcher() as fetcher:
        fetcher._open()
    assert asked == [{"trust_env": False}]


def test_a_body_is_cut_by_the_packed_bytes_as_well() -> None:
    """Bytes that unpack to nothing are bytes all the same."""

    def empty() -> Iterator[bytes]:
        yield zlib.compressobj(9, zlib.DEFLATED, 31).flush()[:10]  # the head alone
        block = zlib.compressobj(9, zlib.DEFLATED, -15)
        for _ in range(2_000):
            yield block.flush(zlib.Z_FULL_FLUSH) * 50 or b"\x00\x00\x00\xff\xff" * 50

    def route(request: object) -> tuple[int, dict[str, str], Iterable[bytes]]:
        return 200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, empty()

    with Server({"/a": route}) as server:
        fetcher = Fetcher(allow=(server.host,), robots=False, delay=0, limit=100_000)
        with fetcher, pytest.raises(FetchError, match=r"larger than 0\.1 MB"):
            fetcher.get(server.address + "/a")


def test_a_feed_and_a_list_beyond_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from detente.errors import FileError
    from detente.sources import feed_layouts

    monkeypatch.setattr(feed_layouts, "FEED_LIMIT", 2_000)
    outline = '<outline xmlUrl="https://a.example/rss"/>'
    with pytest.raises(FileError, match=r"0\.0 MB is more than the 0\.0 MB a feed may have"):
        feed_layouts.parse(feed(50, "https://a.example"), where="a.rss")
    with pytest.raises(FileError, match="the list is larger than a feed may be"):
        feed_layouts.opml(f"<opml><body>{outline * 60}</body></opml>".encode(), where="a.opml")
    assert feed_layouts.opml(f"<opml><body>{outline}</body></opml>".encode(), where="a.opml")


# What unpacks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "unpack",
    [
        lambda packed: unzip(io.BytesIO(packed), "a.gz", 1_000),
        lambda packed: _inflated(packed, 31, 1_000),
    ],
    ids=["file", "page of an archive"],
)
def test_no_more_than_the_limit_is_unpacked_before_it_is_refused(unpack: Callable[[bytes], bytes]) -> None:
    bomb = gzip.compress(b" " * 50_000_000, mtime=0)
    tracemalloc.start()
    try:
        with pytest.raises(FileError):
            unpack(bomb)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_gzip_file_beyond_the_limit_is_refused_whole() -> None:
    with pytest.raises(FileError, match=r"a\.gz"):
        unzip(io.BytesIO(gzip.compress(b"x" * 1_001, mtime=0)), "a.gz", 1_000)
