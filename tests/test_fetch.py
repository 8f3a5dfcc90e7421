"""Fetching: what a server may answer, what it may not do to us, and where we never go."""

from __future__ import annotations

import gzip
import ipaddress
import re
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpcore
import pytest
import web_server
from hypothesis import given
from hypothesis import strategies as st
from peak_memory import PEAK
from web_server import Route, Server, with_body

from detente.errors import FetchError
from detente.sources.addresses import Gate, Refused, shown, why_private
from detente.sources.fetch import REDIRECTS, TRIES, Fetched, Fetcher, user_agent


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


class Reader:
    """A fetcher whose waits are written down and not waited."""

    def __init__(self, server: Server, **settings: Any) -> None:
        self.waits: list[float] = []
        self.server = server
        chosen: dict[str, Any] = {
            "delay": 0.0,
            "jitter": lambda: 0.0,
            "timeout": 60.0,
            "allow": (server.host,),
        }
        self.fetcher = Fetcher(sleep=self.waits.append, **(chosen | settings))

    def get(self, path: str, **named: Any) -> Fetched:
        with self.fetcher:
            return self.fetcher.get(self.server.address + path, **named)

    def error(self, path: str, **named: Any) -> str:
        """The message, with the server's address as SERVER."""
        with pytest.raises(FetchError) as caught:
            self.get(path, **named)
        return str(caught.value).replace(self.server.address, "SERVER")


def test_an_answer_carries_what_the_server_says_of_it(server: Server) -> None:
    server.routes["/a"] = with_body(
        "día", "Text/HTML; Charset=ISO-8859-1", ETag='"1"', Last_Modified="yesterday", Set_Cookie="id=7"
    )
    found = Reader(server).get("/a#part")
    assert (found.status, found.content, found.media, found.charset) == (
        200,
        "día".encode(),
        "text/html",
        "iso-8859-1",
    )
    assert (found.etag, found.modified, found.unchanged) == ('"1"', "yesterday", False)
    assert found.url == server.address + "/a"
    assert found.asked == server.address + "/a#part"
    assert found.headers["eTAG"] == '"1"'
    assert "set-cookie" not in found.headers


def test_the_server_is_told_who_reads_and_no_cookie_is_kept(server: Server) -> None:
    server.routes["/a"] = with_body("a", Set_Cookie="id=7; Path=/")
    reader = Reader(server, agent=user_agent("desk@example.org"))
    reader.get("/a")
    reader.get("/a")
    headers = server.log[-1][1]
    assert headers["User-Agent"] == "detente/0.1.0 (reads public news; contact: desk@example.org)"
    assert headers["Accept-Encoding"] == "gzip, deflate"
    assert headers["Cookie"] is None


def test_a_contact_cannot_smuggle_a_header_in() -> None:
    assert user_agent("a\r\nX-Evil: (1)") == "detente/0.1.0 (reads public news; contact: aX-Evil: 1)"


def test_environment_proxies_are_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    server.routes["/a"] = with_body("direct")
    assert Reader(server).get("/a").content == b"direct"


PRIVATE = {
    "127.0.0.1": "this machine",
    "127.9.9.9": "this machine",
    "0.0.0.0": "this machine",
    "0.1.2.3": "private",
    "10.0.0.1": "private",
    "172.16.5.5": "private",
    "192.168.1.1": "private",
    "100.64.0.1": "private",
    "100.100.100.200": "private",
    "192.0.0.192": "private",
    "198.18.0.1": "private",
    "169.254.169.254": "link-local, where clouds keep their metadata",
    "168.63.129.16": "a cloud's own service",
    "224.0.0.251": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::": "this machine",
    "::1": "this machine",
    "::ffff:127.0.0.1": "this machine",
    "::ffff:10.0.0.1": "private",
    "64:ff9b::7f00:1": "this machine",
    "2002:7f00:1::": "a tunnel",
    "2001:0:7f00:1::": "a tunnel",
    "::7f00:1": "reserved",
    "fe80::1": "link-local, where clouds keep their metadata",
    "fec0::1": "private",
    "fc00::1": "private",
    "fd00:ec2::254": "private",
    "ff02::1": "multicast",
    "2001:db8::1": "private",
}


@pytest.mark.parametrize(("address", "reason"), PRIVATE.items())
def test_no_private_address_is_connected_to_by_number_or_by_name(address: str, reason: str) -> None:
    literal = f"[{address}]" if ":" in address else address
    with Fetcher() as fetcher, pytest.raises(FetchError) as caught:
        fetcher.get(f"http://{literal}:8080/latest/meta-data")
    assert f"is no public address ({reason}); give an address on the public web" in str(caught.value)
    with Fetcher(resolve=lambda host, port: [address]) as fetcher, pytest.raises(FetchError) as caught:
        fetcher.get("https://news.example/a")
    assert str(caught.value) == (
        f"https://news.example/a: news.example ({address}) is no public address ({reason});"
        " give an address on the public web"
    )


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_public_addresses_are_let_through(address: str) -> None:
    assert why_private(address) is None
    assert why_private("fe80::1%eth0") is not None


@given(st.integers(0, 2**32 - 1))
def test_an_address_inside_another_is_judged_as_itself(number: int) -> None:
    inner = ipaddress.IPv4Address(number)
    expected = why_private(str(inner))
    assert why_private(f"::ffff:{inner}") == expected
    assert why_private(str(ipaddress.IPv6Address((0x64FF9B << 96) + number))) == expected


@pytest.mark.parametrize("host", ["0x7f000001", "2130706433", "127.1", "localhost", "127。0。0。1"])
def test_other_spellings_of_this_machine_are_refused(host: str) -> None:
    with Fetcher() as fetcher, pytest.raises(FetchError, match=r"no public address \(this machine\)"):
        fetcher.get(f"http://{host}:8080/")


def test_one_private_address_among_public_ones_is_refused() -> None:
    gate = Gate(lambda: 0.0, resolve=lambda host, port: ["93.184.215.14", "10.0.0.1"])
    with pytest.raises(Refused, match=r"news.example \(10.0.0.1\) is no public address"):
        gate.addresses("news.example", 443)


class Recorder(httpcore.SyncBackend):
    """A backend that connects nowhere and writes down where it was to."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def connect_tcp(self, host: str, *args: Any, **named: Any) -> httpcore.NetworkStream:
        self.asked.append(host)
        raise httpcore.ConnectError("not here")


def test_a_name_that_changes_after_the_check_changes_nothing() -> None:
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    backend = Recorder()
    gate = Gate(lambda: 0.0, resolve=lambda host, port: next(answers), backend=backend)
    with pytest.raises(httpcore.ConnectError):
        gate.connect_tcp("news.example", 443, 5.0)
    assert backend.asked == ["93.184.215.14"]  # the address that was checked, not the name again
    with pytest.raises(Refused, match=r"127\.0\.0\.1"):
        gate.connect_tcp("news.example", 443, 5.0)
    assert backend.asked == ["93.184.215.14"]


def test_a_server_that_moves_to_a_private_address_between_two_requests_is_refused(server: Server) -> None:
    server.routes["/a"] = with_body("a")
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    port = server.port
    fetcher = Fetcher(
        allow=(f"news.example:{port}",),
        delay=0,
        robots=False,
        resolve=lambda host, p: next(answers) if host == "news.example" else ["169.254.169.254"],
    )
    with fetcher:
        assert fetcher.get(f"http://news.example:{port}/a").content == b"a"
    with fetcher, pytest.raises(FetchError, match="link-local"):
        fetcher.get(f"http://other.example:{port}/a")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("file:///etc/passwd", "file addresses are not fetched; give one of http or https"),
        ("ftp://example.org/a", "ftp addresses are not fetched; give one of http or https"),
        ("example.org/a", "an address without http:// is not fetched; give one of http or https"),
        ("http:///a", "the address names no host; check it"),
        ("http://example.org:22/", "port 22 is none of the web's"),
        ("http://example.org:0/", "port 0 is none of the web's"),
        ("http://example.org:99999/", "port 99999 is none of the web's"),
        ("http://0177.0.0.1/", "this is no web address"),
        ("http://exa mple.org/\x00", "this is no web address"),
        ("http://[::1/", "this is no web address"),
    ],
)
def test_what_is_no_public_web_address_is_refused(url: str, message: str) -> None:
    with Fetcher() as fetcher, pytest.raises(FetchError, match=re.escape(message)):
        fetcher.get(url)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with Fetcher() as fetcher, pytest.raises(FetchError) as caught:
        fetcher.get("https://ann:hunter2@example.org/a?page=1&access_token=s3cret#x")
    assert str(caught.value) == (
        "https://example.org/a?page=1&access_token=…: an address with a user name or password in it is not"
        " fetched; give the address without it, and a token in the settings"
    )


def test_secrets_of_an_address_are_never_shown() -> None:
    assert shown("https://a.org/?API_KEY=1&sig=2&q=3") == "https://a.org/?API_KEY=…&sig=…&q=3"
    assert shown("https://u@v:p@a.org/x@y") == "https://a.org/x@y"
    assert shown("https://a.org/" + "x" * 1000).endswith("…")


def test_redirects_are_followed_to_the_page(server: Server) -> None:
    server.routes |= {"/a": web_server.redirect("b?x=1", 301), "/b": web_server.redirect("/c", 308)}
    server.routes["/c"] = with_body("here")
    found = Reader(server).get("/a")
    assert (found.content, found.url) == (b"here", server.address + "/c")
    assert server.asked == ["/a", "/b?x=1", "/c"]


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ("http://10.0.0.1/", "it leads to http://10.0.0.1/, and 10.0.0.1 is no public address (private)"),
        ("http://169.254.169.254/latest", "169.254.169.254 is no public address (link-local, where clouds"),
        ("http://[::1]/", "::1 is no public address (this machine)"),
        ("//localhost:9/", "it leads to http://localhost:9/, and port 9 is none of the web's"),
        ("file:///etc/passwd", "it leads to file:/etc/passwd, and file addresses are not fetched"),
        ("javascript:alert(1)", "and javascript addresses are not fetched"),
        ("http://u:p@example.org/", "it leads to http://example.org/, and an address with a user name"),
        ("http://[::1/", "it leads to what is no web address"),
    ],
)
def test_a_redirect_leads_nowhere_that_is_not_public(server: Server, to: str, message: str) -> None:
    server.routes["/a"] = web_server.redirect(to)
    told = Reader(server).error("/a")
    assert told.startswith("SERVER/a: it leads to ")
    assert message in told


def test_a_redirect_to_itself_ends(server: Server) -> None:
    server.routes["/a"] = web_server.redirect("/a")
    assert Reader(server).error("/a") == (
        "SERVER/a: it leads on and on, more than 5 times; give the address it should end at"
    )
    assert len(server.asked) == REDIRECTS + 1


def test_a_token_stays_with_the_site_it_is_for(server: Server) -> None:
    with Server({"/b": with_body("b")}) as other:
        server.routes["/a"] = web_server.redirect(other.address + "/b")
        server.routes["/c"] = web_server.redirect("/d")
        server.routes["/d"] = with_body("d")
        reader = Reader(server, allow=(server.host, other.host))
        secret = {"Authorization": "Bearer s3cret", "X-Key": "k", "Accept": "text/html"}
        assert reader.get("/a", headers=secret).content == b"b"
        assert reader.get("/c", headers=secret).content == b"d"
        elsewhere, same = other.log[-1][1], server.log[-1][1]
    assert (elsewhere["Authorization"], elsewhere["X-Key"]) == (None, None)
    assert elsewhere["Accept"] == "text/html"
    assert same["Authorization"] == "Bearer s3cret"


def test_a_token_is_not_sent_in_the_clear() -> None:
    with Fetcher(robots=False) as fetcher, pytest.raises(FetchError) as caught:
        fetcher.get("http://example.org/api", headers={"authorization": "Bearer s3cret"})
    assert str(caught.value) == (
        "http://example.org/api: a token is not sent over http, where everybody on the way can read it;"
        " give the https address"
    )


def test_a_header_with_a_line_break_is_not_sent(server: Server) -> None:
    for value in ("1\r\nX-B: 2", "\u20ac"):
        told = Reader(server).error("/a", headers={"X-A": value})
        assert told.startswith("SERVER/a: the request cannot be sent")
    assert "/a" not in server.asked


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body)[2:-4]),  # without its frame, as some servers send it
    ],
)
def test_packed_answers_are_unpacked(server: Server, coding: str, pack: Callable[[bytes], bytes]) -> None:
    body = b"two leaders spoke. " * 20_000
    server.routes["/a"] = with_body(pack(body), Content_Encoding=coding)
    assert Reader(server).get("/a").content == body


@pytest.mark.parametrize(
    ("body", "coding", "message"),
    [
        (
            gzip.compress(b"a" * 1000, mtime=0)[:-9],
            "gzip",
            "the packed answer ends too early; try again later",
        ),
        (b"not packed at all", "gzip", "the packed answer is damaged"),
        (
            gzip.compress(b"a", mtime=0) + gzip.compress(b"b", mtime=0),
            "gzip",
            "something follows the end of the packed answer",
        ),
        (b"x", "br", "the answer is packed as 'br', which was not asked for"),
        (
            gzip.compress(gzip.compress(b"x"), mtime=0),
            "gzip, gzip",
            "the answer is packed as 'gzip, gzip', which was",
        ),
    ],
)
def test_an_answer_that_cannot_be_unpacked_is_refused(
    server: Server, body: bytes, coding: str, message: str
) -> None:
    server.routes["/a"] = with_body(body, Content_Encoding=coding)
    assert message in Reader(server).error("/a")


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_decompression_bomb_is_cut_while_it_unpacks(server: Server, coding: str) -> None:
    server.routes["/a"] = web_server.bomb(1_000_000_000, encoding=coding)
    told = Reader(server).error("/a")
    found = re.fullmatch(
        r"SERVER/a: the answer is a decompression bomb: (\d+) bytes that unpack to more"
        r" than (\d+); leave it out",
        told,
    )
    assert found is not None, told
    assert int(found[2]) < 5_000_000


def test_a_bomb_of_a_gigabyte_takes_little_memory(server: Server) -> None:
    server.routes["/a"] = web_server.bomb(1_000_000_000)
    code = (
        "import sys\n"
        f"{PEAK}"
        "from detente.errors import FetchError\n"
        "from detente.sources.fetch import Fetcher\n"
        "try:\n"
        "    Fetcher(allow=(sys.argv[1],), robots=False).get(f'http://{sys.argv[1]}/a')\n"
        "except FetchError as error:\n"
        "    print(error.what, peak(), sep='|')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, server.host], capture_output=True, text=True, check=True, timeout=600
    )
    what, kilobytes = done.stdout.strip().split("|")
    assert "decompression bomb" in what
    assert int(kilobytes) < 200_000


def test_an_endless_body_is_cut_at_the_limit(server: Server) -> None:
    server.routes["/a"] = web_server.endless()
    assert Reader(server, limit=2_000_000).error("/a") == (
        "SERVER/a: the answer is larger than 2 MB; leave it out, or raise the limit"
    )


def test_an_endless_feed_is_cut_at_the_limit(server: Server) -> None:
    server.routes["/feed"] = web_server.endless_feed(server.address)
    assert "larger than 0.3 MB" in Reader(server).error("/feed", limit=300_000)


def test_a_limit_counts_what_comes_out_not_what_comes_in(server: Server) -> None:
    body = bytes(range(256)) * 4_000
    server.routes["/a"] = with_body(gzip.compress(body, mtime=0), Content_Encoding="gzip")
    reader = Reader(server)
    assert reader.get("/a", limit=len(body)).content == body
    assert "larger than" in reader.error("/a", limit=len(body) - 1)


def test_a_body_that_drips_for_ever_is_cut_in_time(server: Server) -> None:
    server.routes["/a"] = web_server.drip(0.02)
    assert Reader(server, timeout=0.3).error("/a") == (
        "SERVER/a: the server took longer than 0.3 seconds; try again later, or allow more time"
    )


def test_a_fast_body_is_cut_in_time_too(server: Server) -> None:
    server.routes["/a"] = web_server.endless()
    told = Reader(server, timeout=0.3, limit=10**12).error("/a")
    assert "took longer than 0.3 seconds" in told


class Socket:
    """A server below HTTP: it sends each client the same bytes, the last of them for ever."""

    def __init__(self, *parts: bytes, pause: float = 0.02, forever: bool = True) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.clients = 0
        self.stop = threading.Event()
        self.parts, self.pause, self.forever = parts, pause, forever
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.clients += 1
            with client:
                try:
                    client.recv(4096)
                    for part in self.parts:
                        client.sendall(part)
                    while self.forever and not self.stop.wait(self.pause):
                        client.sendall(self.parts[-1])
                except OSError:
                    continue

    def __enter__(self) -> Socket:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop.set()
        # Closing alone does not wake a thread that waits in accept.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(5)


def test_headers_that_never_end_are_cut_in_time() -> None:
    with (
        Socket(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n") as bad,
        Fetcher(allow=(bad.host,), timeout=0.3, robots=False) as fetcher,
        pytest.raises(FetchError, match=r"took longer than 0\.3 seconds"),
    ):
        fetcher.get(f"http://{bad.host}/a")


@pytest.mark.parametrize(
    "parts", [(b"",), (b"what?\r\n\r\n",), (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",)]
)
def test_a_server_that_hangs_up_or_talks_nonsense_is_asked_again_and_then_told_of(
    parts: tuple[bytes, ...],
) -> None:
    waits: list[float] = []
    with (
        Socket(*parts, forever=False) as bad,
        Fetcher(allow=(bad.host,), sleep=waits.append, delay=0, jitter=lambda: 0.0, robots=False) as fetcher,
    ):
        with pytest.raises(FetchError) as caught:
            fetcher.get(f"http://{bad.host}/a")
        assert str(caught.value).startswith(f"http://{bad.host}/a: no connection held (")
        assert str(caught.value).endswith("(4 times); try again later")
        assert bad.clients == TRIES
    assert waits == [1.0, 2.0, 4.0]


def test_a_server_that_is_not_there_is_told_of() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        host = f"127.0.0.1:{free.getsockname()[1]}"
    with Fetcher(allow=(host,), sleep=lambda seconds: None) as fetcher, pytest.raises(FetchError) as caught:
        fetcher.get(f"http://{host}/a")
    assert str(caught.value) == (
        f"http://{host}/a: no connection could be made ([Errno 111] Connection refused) (4 times);"
        " try again later"
    )


def test_a_host_that_nobody_knows_is_told_of() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with Fetcher(resolve=unknown) as fetcher, pytest.raises(FetchError) as caught:
        fetcher.get("https://no.example/a")
    assert str(caught.value) == (
        "https://no.example/a: the host no.example is not known; check the address and the network"
    )


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again_with_growing_waits(server: Server, status: int) -> None:
    busy = with_body("busy", status=status)
    server.routes["/a"] = web_server.in_turn(busy, busy, with_body("there"))
    reader = Reader(server, jitter=lambda: 1.0)
    assert reader.get("/a").content == b"there"
    assert reader.waits == [1.5, 3.0]  # 1 and 2 seconds, and half of each by jitter


def test_a_wait_that_the_server_asks_for_is_kept(server: Server) -> None:
    server.routes["/a"] = web_server.in_turn(with_body("", status=429, Retry_After="7"), with_body("there"))
    reader = Reader(server)
    assert reader.get("/a").content == b"there"
    assert reader.waits == [7.0]


def test_a_wait_given_as_a_date_is_counted_from_the_servers_own_clock(server: Server) -> None:
    with Socket(
        b"HTTP/1.1 503 Busy\r\nDate: Thu, 08 Jan 2026 10:00:00 GMT\r\n"
        b"Retry-After: Thu, 08 Jan 2026 10:00:20 GMT\r\n"
        b"Content-Length: 0\r\nConnection: close\r\n\r\n",
        forever=False,
    ) as busy:
        waits: list[float] = []
        fetcher = Fetcher(allow=(busy.host,), sleep=waits.append, delay=0, jitter=lambda: 0.0, robots=False)
        with fetcher, pytest.raises(FetchError, match=r"503 Service Unavailable \(4 times\)"):
            fetcher.get(f"http://{busy.host}/a")
        assert waits == [20.0, 20.0, 20.0]


def test_a_wait_beyond_patience_is_told_and_not_waited(server: Server) -> None:
    server.routes["/a"] = with_body("", status=429, Retry_After="86400")
    reader = Reader(server)
    assert reader.error("/a") == (
        "SERVER/a: the server answers 429 Too Many Requests and asks to wait 86400 seconds;"
        " try again after that"
    )
    assert reader.waits == []


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "the server answers 400 Bad Request; check the address"),
        (401, "the server answers 401 Unauthorized; give a token, or leave it out"),
        (403, "the server answers 403 Forbidden; leave it out; the site does not give it to us"),
        (404, "the server answers 404 Not Found; check the address"),
        (410, "the server answers 410 Gone; check the address"),
        (500, "the server answers 500 Internal Server Error; try again later"),
        (599, "the server answers 599; try again later"),
        (503, "the server answers 503 Service Unavailable (4 times); try again later"),
    ],
)
def test_a_status_is_told_in_words(server: Server, status: int, message: str) -> None:
    server.routes["/a"] = with_body("no", status=status)
    assert Reader(server).error("/a") == f"SERVER/a: {message}"


def test_a_status_that_the_caller_can_use_is_given_back(server: Server) -> None:
    server.routes["/a"] = with_body('{"error": "gone"}', "application/json", status=410)
    found = Reader(server).get("/a", accept=(404, 410))
    assert (found.status, found.content) == (410, b'{"error": "gone"}')


def test_an_unchanged_page_is_not_sent_again(server: Server) -> None:
    server.routes["/a"] = web_server.cached("text", '"v1"', "Thu, 08 Jan 2026 10:00:00 GMT")
    reader = Reader(server)
    first = reader.get("/a")
    for known in ({"etag": first.etag}, {"modified": first.modified}):
        again = reader.get("/a", **known)
        assert (again.status, again.unchanged, again.content) == (304, True, b"")
    assert not reader.get("/a", etag='"v0"').unchanged


@pytest.mark.parametrize("status", [300, 302, 304, 305, 399])
def test_an_answer_that_gives_nothing_is_told_of(server: Server, status: int) -> None:
    server.routes["/a"] = lambda request: (status, {}, b"")
    told = Reader(server).error("/a")
    assert told.startswith(f"SERVER/a: the server answers {status}")
    assert told.endswith(" and nothing else; try again later, or give another address")


@pytest.mark.parametrize("etag", ['"\xe9"', '"' + "x" * 5_000 + '"', '"a\r\nX-Evil: 1"'])
def test_a_version_that_cannot_be_sent_is_not_asked_with(server: Server, etag: str) -> None:
    server.routes["/a"] = with_body("text")
    assert Reader(server).get("/a", etag=etag).content == b"text"
    assert server.log[-1][1]["If-None-Match"] is None
    assert server.log[-1][1]["X-Evil"] is None


def _robots(server: Server, text: str, **named: Any) -> Reader:
    server.routes["/robots.txt"] = with_body(text, "text/plain", **named)
    server.routes["/a"] = with_body("a")
    server.routes["/b/c"] = with_body("c")
    return Reader(server)


def test_what_robots_txt_forbids_is_not_asked_for(server: Server) -> None:
    reader = _robots(server, "User-agent: *\nDisallow: /b\n")
    assert reader.get("/a").content == b"a"
    assert reader.error("/b/c") == (
        "SERVER/b/c: the site's robots.txt asks detente not to read SERVER/b/c; leave it out, or ask the site"
    )
    assert server.asked == ["/a"]
    assert [path for path, _ in server.log].count("/robots.txt") == 1  # and is kept


def test_a_redirect_does_not_lead_around_robots_txt(server: Server) -> None:
    server.routes["/z"] = web_server.redirect("/b/c")
    assert "robots.txt asks detente not to read" in _robots(server, "User-agent: *\nDisallow: /b\n").error(
        "/z"
    )


def test_an_api_for_programs_may_be_read_without_robots_txt(server: Server) -> None:
    reader = _robots(server, "User-agent: *\nDisallow: /\n")
    assert reader.get("/a", robots=False).content == b"a"
    assert [path for path, _ in server.log] == ["/a"]


def test_a_missing_robots_txt_allows_and_a_broken_one_forbids_for_now(server: Server) -> None:
    assert _robots(server, "gone", status=404).get("/a").content == b"a"
    assert _robots(server, "User-agent: *\nAllow: /", status=500).error("/a") == (
        "SERVER/a: its robots.txt gives 500 Internal Server Error, so nothing is read there for now;"
        " try again later"
    )


def test_a_robots_txt_that_comes_back_is_asked_again(server: Server) -> None:
    server.routes["/robots.txt"] = web_server.in_turn(
        *[with_body("", status=503)] * TRIES, with_body("User-agent: *\nDisallow:", "text/plain")
    )
    server.routes["/a"] = with_body("a")
    reader = Reader(server)
    assert "nothing is read there for now" in reader.error("/a")
    assert reader.get("/a").content == b"a"


def test_an_endless_robots_txt_is_refused(server: Server) -> None:
    reader = _robots(server, "")
    server.routes["/robots.txt"] = web_server.endless(b"User-agent: *\n", b"Disallow: /x\n" * 999)
    assert reader.error("/a").startswith("SERVER/a: its robots.txt: the answer is larger than 0.5 MB")


def test_the_pause_that_a_site_asks_for_is_kept(server: Server) -> None:
    reader = _robots(server, "User-agent: *\nCrawl-delay: 9\n")
    reader.get("/a")
    reader.get("/a")
    assert [round(wait) for wait in reader.waits] == [9]


def test_one_host_is_asked_at_most_once_a_delay_and_another_at_once(server: Server) -> None:
    now = [100.0]
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    server.routes |= {"/a": with_body("a"), "/b": with_body("b")}
    fetcher = Fetcher(
        allow=(server.host, f"other.example:{server.port}"),
        delay=5,
        robots=False,
        sleep=sleep,
        clock=lambda: now[0],
        resolve=lambda host, port: ["127.0.0.1"],
    )
    with fetcher:
        fetcher.get(server.address + "/a")
        now[0] += 2
        fetcher.get(server.address + "/b")
        fetcher.get(f"http://other.example:{server.port}/a")
    assert waits == [3.0]


def test_no_answer_is_written_down_with_a_secret(server: Server, tmp_path: Path) -> None:
    route: Route = with_body("no", status=403)
    server.routes["/a"] = route
    told = Reader(server).error("/a?token=abc&x=1", headers={"Authorization": "Bearer s3cret"})
    assert told.startswith("SERVER/a?token=…&x=1: the server answers 403 Forbidden")
    assert "s3cret" not in told
