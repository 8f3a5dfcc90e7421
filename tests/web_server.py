"""A small web server on 127.0.0.1 for tests: a real HTTP stack, a thread a connection, routes of the test.

    with Server() as server:
        server.routes["/a"] = page("<p>…</p>")
        server.routes["/b"] = lambda request: (404, {}, b"")
        Fetcher(allow=(server.host,)).get(server.address + "/a")

A route takes a `Request` and gives (status, headers, body); the body is bytes, text, or an iterator of
bytes that is sent in chunks while the client listens. A path ending in `*` answers all that begins so.
"""

from __future__ import annotations

import gzip
import json
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

__all__ = [
    "Answer",
    "Request",
    "Route",
    "Server",
    "bomb",
    "cached",
    "drip",
    "endless",
    "endless_feed",
    "feed",
    "in_turn",
    "mastodon",
    "packed",
    "page",
    "redirect",
    "with_body",
]

Body = bytes | str | Iterable[bytes]
Answer = tuple[int, Mapping[str, str], Body]


@dataclass(frozen=True)
class Request:
    """What a client asked: `path` without the query, `query` with the last value of each name."""

    path: str
    query: Mapping[str, str]
    headers: Message
    number: int  # the how-manieth request for this path, from 1
    body: bytes = b""  # of a POST


Route = Callable[[Request], Answer]


class Server:
    """Serves `routes` while it is open. `log` keeps (path with query, headers) of every request, in order."""

    def __init__(self, routes: Mapping[str, Route] | None = None) -> None:
        self.routes: dict[str, Route] = dict(routes or {})
        self.log: list[tuple[str, Message]] = []
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._http.block_on_close = False
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._http.server_address[1])

    @property
    def host(self) -> str:
        """`127.0.0.1:port`, as a fetcher's `allow` takes it."""
        return f"127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        """`http://127.0.0.1:port`, without a slash behind it."""
        return f"http://{self.host}"

    @property
    def asked(self) -> list[str]:
        """The paths that were asked for, with their queries, in order; robots.txt left out."""
        return [path for path, _ in self.log if path != "/robots.txt"]

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)

    def _take(self, path: str, headers: Message, body: bytes) -> tuple[Route | None, Request]:
        parts = urlsplit(path)
        with self._lock:
            self.log.append((path, headers))
            number = self._counts[parts.path] = self._counts.get(parts.path, 0) + 1
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        request = Request(parts.path, query, headers, number, body)
        found = self.routes.get(parts.path)
        if found is None:
            stars = [name for name in self.routes if name.endswith("*") and parts.path.startswith(name[:-1])]
            found = self.routes[max(stars, key=len)] if stars else None
        return found, request

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: Any) -> None:
                return

            def do_GET(self) -> None:
                self._answer(b"")

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

            def _answer(self, sent: bytes) -> None:
                self.close_connection = True
                route, request = server._take(self.path, self.headers, sent)
                try:
                    status, headers, body = route(request) if route else (404, {}, b"not here")
                    self._send(status, headers, body)
                except (ConnectionError, TimeoutError):
                    return  # the client hung up, as it should on an endless body

            def _send(self, status: int, headers: Mapping[str, str], body: Body) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Connection", "close")
                content = body.encode() if isinstance(body, str) else body
                if isinstance(content, bytes):
                    if status != 304 and "Content-Length" not in headers:
                        self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(b"" if status == 304 else content)
                    return
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for part in content:
                    if server._stop.is_set():
                        return
                    if part:
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
                        self.wfile.flush()
                self.wfile.write(b"0\r\n\r\n")

        return Handler


def with_body(
    body: Body, media: str = "text/html; charset=utf-8", status: int = 200, **headers: str
) -> Route:
    """A route that always gives this body; `headers` as names with `_` for `-`."""
    named = {"Content-Type": media} | {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: (status, named, body)


def page(text: str, title: str = "A page", head: str = "") -> Route:
    """A route with an HTML page of one article; `text` is split into paragraphs at empty lines."""
    words = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
    return with_body(
        f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head>"
        f"<body><article><h1>{title}</h1>{words}</article></body></html>"
    )


def redirect(to: str, status: int = 302) -> Route:
    """A route that sends the client to `to`."""
    return lambda request: (status, {"Location": to}, b"")


def in_turn(*routes: Route) -> Route:
    """A route that answers the first request with the first route and so on; the last one stays."""
    return lambda request: routes[min(request.number, len(routes)) - 1](request)


def cached(body: Body, etag: str, modified: str | None = None, media: str = "text/html") -> Route:
    """A route that says 304 to a client that has this version already."""

    def answer(request: Request) -> Answer:
        headers = {"ETag": etag, "Content-Type": media} | ({"Last-Modified": modified} if modified else {})
        same = request.headers["If-None-Match"] == etag
        if same or (modified and request.headers["If-Modified-Since"] == modified):
            return 304, headers, b""
        return 200, headers, body

    return answer


def bomb(size: int, media: str = "text/html", encoding: str = "gzip") -> Route:
    """A route with `size` bytes of spaces, packed; about a thousandth of that goes over the wire."""

    def parts() -> Iterator[bytes]:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31 if encoding == "gzip" else 15)
        block = b" " * 1_000_000
        for _ in range(size // len(block)):
            yield packer.compress(block)
        yield packer.flush()

    return lambda request: (200, {"Content-Type": media, "Content-Encoding": encoding}, parts())


def packed(body: bytes, media: str = "text/html; charset=utf-8") -> Route:
    """A route with a body that is gzipped, as most servers do."""
    return with_body(gzip.compress(body, mtime=0), media, Content_Encoding="gzip")


def endless(start: bytes = b"", block: bytes = b"more and more " * 512, media: str = "text/html") -> Route:
    """A route whose body never ends, sent as fast as the client takes it."""

    def parts() -> Iterator[bytes]:
        yield start
        while True:
            yield block

    return lambda request: (200, {"Content-Type": media}, parts())


def drip(pause: float = 0.05, block: bytes = b".", media: str = "text/html") -> Route:
    """A route that never ends and sends a little every `pause` seconds, so that no read ever times out."""

    def parts() -> Iterator[bytes]:
        while True:
            yield block
            time.sleep(pause)

    return lambda request: (200, {"Content-Type": media}, parts())


_RSS_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>{title}</title>'
    "<link>{link}</link><description>A feed.</description>"
)
_RSS_ITEM = (
    "<item><title>Item {n}</title><link>{link}/item/{n}</link><guid isPermaLink='false'>item-{n}</guid>"
    "<pubDate>Thu, 08 Jan 2026 {h:02}:{m:02}:{s:02} GMT</pubDate><description>{words}</description></item>"
)


def _item(n: int, link: str, words: str, whole: bool = False) -> str:
    item = _RSS_ITEM.replace("description", "content:encoded") if whole else _RSS_ITEM
    return item.format(n=n, link=link, words=words, h=n // 3600 % 24, m=n // 60 % 60, s=n % 60)


def feed(
    count: int,
    link: str,
    *,
    title: str = "A feed",
    words: str = "Kyiv and Rome signed an agreement on Monday.",
    whole: bool = False,
) -> bytes:
    """An RSS feed of `count` items that link to `link`/item/1 and so on, all of 2026-01-08.

    `words` are the summary of each, or with `whole` its whole text.
    """
    items = "".join(_item(n, link, f"{words} ({n})", whole) for n in range(1, count + 1))
    return (_RSS_HEAD.format(title=title, link=link) + items + "</channel></rss>").encode()


def endless_feed(link: str, words: str = "Kyiv and Rome signed an agreement on Monday.") -> Route:
    """A route with an RSS feed that never ends: item after item."""

    def parts() -> Iterator[bytes]:
        yield _RSS_HEAD.format(title="Endless", link=link).encode()
        n = 0
        while True:
            n += 1
            yield _item(n, link, f"{words} ({n})").encode()

    return lambda request: (200, {"Content-Type": "application/rss+xml"}, parts())


def mastodon(
    server: Server,
    name: str,
    posts: Sequence[Mapping[str, Any]],
    *,
    account: Mapping[str, Any] | None = None,
    token: str | None = None,
    busy: Sequence[int] = (),
    wait: str = "1",
    most: int = 40,
) -> None:
    """Adds a Mastodon-like API for one account to `server`: look-up, account, and pages of its posts.

    `posts` are statuses in the API's own shape, the newest first; their `id` counts as a number. Paging
    follows `limit` (at most `most`), `max_id`, `since_id`, `min_id`, with a `Link` header to the next
    page. With `token`, other requests get 401. The statuses requests whose number (from 1) is in `busy`
    get 429 with `Retry-After: wait`.
    """
    who = {"id": "1", "username": name, "acct": name, "display_name": name.title(), "note": ""}
    who |= {"url": f"{server.address}/@{name}", **(account or {})}
    home = f"/api/v1/accounts/{who['id']}"

    def reply(data: Any, status: int = 200, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return status, {"Content-Type": "application/json; charset=utf-8", **named}, json.dumps(data)

    def guarded(route: Route) -> Route:
        def answer(request: Request) -> Answer:
            if token and request.headers["Authorization"] != f"Bearer {token}":
                return reply({"error": "The access token is invalid"}, 401)
            return route(request)

        return answer

    def lookup(request: Request) -> Answer:
        if request.query.get("acct", "").lstrip("@").split("@")[0].lower() != name.lower():
            return reply({"error": "Record not found"}, 404)
        return reply(who)

    def statuses(request: Request) -> Answer:
        if request.number in busy:
            return reply({"error": "Too many requests"}, 429, Retry_After=wait)
        asked = {key: int(value) for key, value in request.query.items() if key.endswith("_id")}
        fitting = [
            post
            for post in posts
            if int(post["id"]) < asked.get("max_id", 1 << 80)
            and int(post["id"]) > asked.get("since_id", -1)
            and int(post["id"]) > asked.get("min_id", -1)
        ]
        count = min(int(request.query.get("limit", "20")), most)
        shown = fitting[-count:] if "min_id" in asked else fitting[:count]
        links = []
        if shown:
            address = f"{server.address}{home}/statuses?limit={count}"
            if "since_id" in asked:
                address += f"&since_id={asked['since_id']}"
            if shown[-1] is not fitting[-1]:
                links.append(f'<{address}&max_id={shown[-1]["id"]}>; rel="next"')
            links.append(f'<{address}&min_id={shown[0]["id"]}>; rel="prev"')
        body = [{"account": who, **post} for post in shown]
        return reply(body, 200, **({"Link": ", ".join(links)} if links else {}))

    server.routes["/api/v1/accounts/lookup"] = guarded(lookup)
    server.routes[home] = guarded(lambda request: reply(who))
    server.routes[f"{home}/statuses"] = guarded(statuses)
