"""Web addresses become bytes: politely, within limits, and from the public web only.

Everything a hostile or a broken server can do ends in a `FetchError` that says what, where and what to do.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING, Any

from detente.errors import FetchError
from detente.sources.addresses import Gate, Refused, Resolve, shown, target
from detente.sources.answers import media_of, remedy, retry_after, status_of, too_large, unpacked
from detente.sources.robots import Robots, read_robots

if TYPE_CHECKING:
    import httpcore
    import httpx

__all__ = ["BYTES_LIMIT", "REDIRECTS", "TRIES", "Fetched", "Fetcher", "user_agent"]

BYTES_LIMIT = 20_000_000
"""Bytes of one answer, unpacked. The longest treaty texts have 3 MB, feeds of years a few more."""

REDIRECTS = 5
"""How often one address may lead to another; sites that work need two or three."""

TRIES = 4
"""How often a server that is busy or away is asked."""

_BUSY = frozenset({429, 502, 503, 504})
_MOVED = frozenset({301, 302, 303, 307, 308})
_ROBOTS_LIMIT = 500_000  # RFC 9309 asks a reader to take at least 500 KiB
_ROBOTS_KEPT = 24 * 3600.0
_RATIO, _RATIO_FROM = 250, 2_000_000  # pages pack to a tenth; a bomb to a thousandth
_HOSTS = 10_000  # rules and times kept; the oldest go
_KEPT_ELSEWHERE = frozenset({"accept", "accept-language", "if-none-match", "if-modified-since"})


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer of a server.

    `url` is where it came from after redirects, `asked` the address that was asked for. `content` is
    unpacked; it is empty where `unchanged` says that the version told by `etag` or `modified` still
    stands. `media` is the type in lower case ("text/html"), `charset` what the header says of it.
    `headers` are found in upper or lower case alike; cookies are not among them.
    """

    url: str
    asked: str
    status: int
    content: bytes
    media: str | None
    charset: str | None
    etag: str | None
    modified: str | None
    unchanged: bool
    headers: Mapping[str, str]


def user_agent(contact: str | None = None) -> str:
    """Who we say we are, with the address of the operator where he gives one.

    >>> user_agent("desk@example.org")
    'detente/0.1.0 (reads public news; contact: desk@example.org)'
    """
    from detente import __version__

    clean = re.sub(r"[^\x20-\x7e]|[()]", "", contact or "").strip()
    return f"detente/{__version__} (reads public news; contact: {clean or 'the operator'})"


class Fetcher:
    """Fetches web addresses one after the other; close it, or use it with `with`.

    `agent` names us (see `user_agent`); `allow` holds "host:port" that may be private (for tests);
    `timeout` bounds one request in seconds, from looking up the host to the last byte; `limit` the bytes
    of its unpacked body; `delay` is the pause between two requests to one host; `patience` the longest
    wait that a server may ask for. `sleep`, `clock` (seconds that only grow), `jitter` (0 to 1) and
    `resolve` (a host's addresses) are arguments so that tests need not wait. Not for several threads.

    >>> with Fetcher() as fetcher:
    ...     fetcher.get("http://127.0.0.1:8000/")
    Traceback (most recent call last):
    detente.errors.FetchError: http://127.0.0.1:8000/: 127.0.0.1 is no public address (this machine);
        give an address on the public web
    """

    def __init__(
        self,
        *,
        agent: str | None = None,
        allow: Collection[str] = (),
        timeout: float = 20.0,
        limit: int = BYTES_LIMIT,
        delay: float = 1.0,
        robots: bool = True,
        patience: float = 300.0,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
        resolve: Resolve | None = None,
    ) -> None:
        self._agent = agent or user_agent()
        self._allow = frozenset(allow)
        self._timeout, self._limit, self._delay = timeout, limit, delay
        self._asks_robots, self._patience = robots, patience
        self._sleep, self._clock, self._jitter, self._resolve = sleep, clock, jitter, resolve
        self._next: dict[str, float] = {}  # when a host may be asked again
        self._robots: dict[str, tuple[Robots, float]] = {}  # by origin, with the time they are good until
        self._gate: Gate | None = None
        self._pool: httpcore.ConnectionPool | None = None

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes what connections are open; the fetcher may be used again."""
        if self._pool is not None:
            self._pool.close()
            self._pool = self._gate = None

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        modified: str | None = None,
        limit: int | None = None,
        headers: Mapping[str, str] | None = None,
        robots: bool | None = None,
        accept: Collection[int] = (),
    ) -> Fetched:
        """What a web address gives.

        `etag` and `modified` are those of the version that the caller has: where it still stands the
        answer has `unchanged` and no content. `headers` are added to the request and, but for harmless
        ones, dropped when another site is led to. `robots=False` does not ask robots.txt (an API that is
        made for programs). `accept` are the statuses from 400 on that are given back, not raised
        (those of a busy server after the last try).

        Raises `FetchError`: no public or no web address, forbidden by robots.txt, too many redirects, too
        large, too slow, not there, or still busy after `TRIES` tries.
        """
        import httpx

        where = shown(url)
        known = {"If-None-Match": _sendable(etag), "If-Modified-Since": _sendable(modified)}
        asked_for = {"Accept": "*/*"} | {name: value for name, value in known.items() if value}
        try:
            sent = httpx.Headers(asked_for)
            sent.update(headers or {})
        except ValueError as error:
            raise _unsendable(error, where) from error
        at = first = target(url, where=where, allow=self._allow)
        check = self._asks_robots if robots is None else robots
        most = self._limit if limit is None else limit
        for _ in range(REDIRECTS + 1):
            try:
                if check:
                    self._obey(at, where)
                status, received, content = self._ask(at, sent, most, where, accept)
            except FetchError as error:
                raise (error if at is first else _led_to(at, where, error)) from error.__cause__
            place = received.get("location")
            if status not in _MOVED or not place:
                break
            to = self._led(at, place, where)
            if _origin(to) != _origin(at):
                # A token is for the site it was given for, and no other learns it.
                sent = httpx.Headers([(k, v) for k, v in sent.items() if k in _KEPT_ELSEWHERE])
            at = to
        else:
            raise FetchError(
                f"it leads on and on, more than {REDIRECTS} times",
                where=where,
                todo="give the address it should end at",
            )
        if 300 <= status < 400 and (status != HTTPStatus.NOT_MODIFIED or len(asked_for) == 1):
            # Neither says what was asked for: no place to go to, or no version that could be unchanged.
            raise FetchError(
                f"the server answers {status_of(status)} and nothing else",
                where=where,
                todo="try again later, or give another address",
            )
        media, charset = media_of(received.get("content-type", ""))
        return Fetched(
            url=str(at),
            asked=url,
            status=status,
            content=content,
            media=media,
            charset=charset,
            etag=received.get("etag"),
            modified=received.get("last-modified"),
            unchanged=status == HTTPStatus.NOT_MODIFIED,
            headers=received,
        )

    def _led(self, at: httpx.URL, place: str, where: str) -> httpx.URL:
        """The address that a redirect leads to, if it may be asked for."""
        import httpx

        try:
            joined = str(at.join(place))
        except (httpx.InvalidURL, ValueError, UnicodeError) as error:
            raise FetchError("it leads to what is no web address", where=where, todo="check it") from error
        try:
            return target(joined, where=where, allow=self._allow)
        except FetchError as error:
            raise _led_to(joined, where, error) from error

    def _obey(self, at: httpx.URL, where: str) -> None:
        """Raises `FetchError` where the site's robots.txt forbids the address, or cannot be asked."""
        origin = _origin(at)
        kept = self._robots.get(origin)
        if kept is None or kept[1] <= self._clock():
            kept = (self._read_robots(at, where), self._clock() + _ROBOTS_KEPT)
            _keep(self._robots, origin, kept)
        if not kept[0].allows(at.raw_path.decode("ascii", "replace")):
            raise FetchError(
                f"the site's robots.txt asks {self._name()} not to read {shown(str(at))}",
                where=where,
                todo="leave it out, or ask the site",
            )

    def _read_robots(self, at: httpx.URL, where: str) -> Robots:
        try:
            found = self.get(
                f"{_origin(at)}/robots.txt", robots=False, limit=_ROBOTS_LIMIT, accept=range(400, 600)
            )
        except FetchError as error:
            if isinstance(error.__cause__, (Refused, _Away, TimeoutError)):  # the host, not the file
                raise FetchError(error.what, where=where, todo=error.todo) from error
            raise FetchError(f"its robots.txt: {error.what}", where=where, todo=error.todo) from error
        if found.status >= 500 or found.status == HTTPStatus.TOO_MANY_REQUESTS:
            # RFC 9309: a site that cannot tell what it allows has allowed nothing, for now.
            raise FetchError(
                f"its robots.txt gives {status_of(found.status)}, so nothing is read there for now",
                where=where,
                todo="try again later",
            )
        if found.status >= 400:
            return Robots()  # none there: everything is allowed
        return read_robots(found.content.decode("utf-8", "replace"), self._name())

    def _name(self) -> str:
        return self._agent.split("/")[0].strip() or "detente"

    def _ask(
        self, at: httpx.URL, sent: httpx.Headers, limit: int, where: str, accept: Collection[int]
    ) -> tuple[int, httpx.Headers, bytes]:
        """One address without redirects, asked again while the server is busy or away."""
        if "authorization" in sent and at.scheme != "https" and _host_port(at) not in self._allow:
            raise FetchError(
                "a token is not sent over http, where everybody on the way can read it",
                where=where,
                todo="give the https address",
            )
        for number in range(1, TRIES + 1):
            self._wait_turn(at)
            last = number == TRIES
            asked: float | None = None
            try:
                status, received, content = self._once(at, sent, limit, where, accept)
            except _Away as error:
                if last:
                    raise FetchError(
                        f"{error.reason} ({TRIES} times)", where=where, todo="try again later"
                    ) from error
            else:
                busy, given = status in _BUSY, status < 400 or status in accept
                asked = retry_after(received) if busy else None
                too_long = asked is not None and asked > self._patience
                if given and (not busy or last or too_long):
                    return status, received, content
                said = f"the server answers {status_of(status)}"
                if not busy:
                    raise FetchError(said, where=where, todo=remedy(status))
                if too_long:
                    raise FetchError(
                        f"{said} and asks to wait {asked:.0f} seconds",
                        where=where,
                        todo="try again after that",
                    )
                if last:
                    raise FetchError(f"{said} ({TRIES} times)", where=where, todo="try again later")
            back_off = 2.0 ** (number - 1)
            # The jitter keeps many readers that were sent away together from coming back together.
            self._sleep((asked if asked is not None else back_off) + back_off * self._jitter() / 2)
        raise AssertionError("the last try returns or raises")

    def _wait_turn(self, at: httpx.URL) -> None:
        host = at.host
        wait = self._next.get(host, 0.0) - self._clock()
        if wait > 0:
            self._sleep(wait)
        rules = self._robots.get(_origin(at))
        own = rules[0].delay if rules and rules[0].delay else 0.0
        _keep(self._next, host, self._clock() + max(self._delay, min(own, self._patience)))

    def _once(
        self, at: httpx.URL, sent: httpx.Headers, limit: int, where: str, accept: Collection[int]
    ) -> tuple[int, httpx.Headers, bytes]:
        """One request. Raises `_Away` where another try may help, `FetchError` where none will."""
        import httpcore
        import httpx

        pool, gate = self._open()
        gate.until = self._clock() + self._timeout
        asked = [
            (b"Host", at.netloc),
            (b"User-Agent", self._agent.encode("ascii", "replace")),
            (b"Accept-Encoding", b"gzip, deflate"),
            *((k, v) for k, v in sent.raw if k.lower() not in (b"host", b"accept-encoding", b"user-agent")),
        ]
        address = httpcore.URL(
            scheme=at.raw_scheme, host=at.raw_host, port=at.port, target=at.raw_path or b"/"
        )
        try:
            with pool.stream("GET", address, headers=asked) as response:
                names = [
                    (k, v) for k, v in response.headers if k.lower() not in (b"set-cookie", b"set-cookie2")
                ]
                received = httpx.Headers(names)
                wanted = response.status in accept or (200 <= response.status < 300)
                content = self._body(response, received, limit, where, gate) if wanted else b""
                return response.status, received, content
        except (TimeoutError, httpcore.TimeoutException):
            raise FetchError(
                f"the server took longer than {self._timeout:g} seconds",
                where=where,
                todo="try again later, or allow more time",
            ) from TimeoutError()
        except Refused as error:
            raise FetchError(error.what, where=where, todo=error.todo) from error
        except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
            reason = str(error) or type(error).__name__
            if "certificate" in reason.lower():
                raise FetchError(
                    f"the server's certificate is not to be trusted ({reason})",
                    where=where,
                    todo="check the address",
                ) from error
            verb = "could be made" if isinstance(error, httpcore.ConnectError) else "held"
            raise _Away(f"no connection {verb} ({reason})") from error
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, ValueError) as error:
            raise _unsendable(error, where) from error

    def _open(self) -> tuple[httpcore.ConnectionPool, Gate]:
        import httpcore
        import httpx

        if self._pool is None or self._gate is None:
            # No proxy and no certificate file of the environment: they would lead around the gate.
            self._gate = Gate(self._clock, allow=self._allow, resolve=self._resolve)
            self._pool = httpcore.ConnectionPool(
                ssl_context=httpx.create_ssl_context(trust_env=False),
                max_connections=10,
                keepalive_expiry=30.0,
                network_backend=self._gate,  # type: ignore[arg-type]
            )
        return self._pool, self._gate

    def _body(
        self, response: httpcore.Response, received: httpx.Headers, limit: int, where: str, gate: Gate
    ) -> bytes:
        """The unpacked body, cut as soon as it is too large, grows without end, or takes too long."""
        coding = received.get("content-encoding", "").strip().lower()
        if coding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise FetchError(
                f"the answer is packed as {coding[:40]!r}, which was not asked for",
                where=where,
                todo="read the page in another way",
            )
        kept = bytearray()
        taken = 0

        def counted() -> Iterator[bytes]:
            nonlocal taken
            for part in response.iter_stream():
                gate.left()  # a fast server without an end must also stop in time
                taken += len(part)
                if taken > limit:
                    too_large(limit, where)
                yield part

        packed = coding not in ("", "identity")
        for part in unpacked(counted(), coding, where) if packed else counted():
            kept += part
            if len(kept) > limit:
                too_large(limit, where)
            if len(kept) > _RATIO_FROM and len(kept) > _RATIO * taken:
                raise FetchError(
                    f"the answer is a decompression bomb: {taken} bytes that unpack to more than {len(kept)}",
                    where=where,
                    todo="leave it out",
                )
        return bytes(kept)


class _Away(Exception):
    """The server could not be reached, or hung up: another try may help."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def _sendable(value: str | None) -> str | None:
    """What a server gave us to show again, unless it is nothing that a header can hold."""
    return value if value and len(value) <= 1_000 and value.isascii() and value.isprintable() else None


def _unsendable(error: Exception, where: str) -> FetchError:
    what = f"the request cannot be sent ({error})"
    return FetchError(what, where=where, todo="check the address and the headers")


def _led_to(at: httpx.URL | str, where: str, error: FetchError) -> FetchError:
    """The error as it is told where the address asked for has led elsewhere."""
    what = f"it leads to {shown(str(at))}, and {error.what}"
    return FetchError(what, where=where, todo="give the address of the page itself")


def _keep(table: dict[str, Any], key: str, value: Any) -> None:
    table.pop(key, None)
    table[key] = value
    if len(table) > _HOSTS:
        del table[next(iter(table))]


def _host_port(url: httpx.URL) -> str:
    port = url.port if url.port is not None else (443 if url.scheme == "https" else 80)
    return f"{url.host}:{port}"


def _origin(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"
