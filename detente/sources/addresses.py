"""Which web addresses may be fetched: public ones only, checked on the very connection that is used.

A page that somebody else writes may link or redirect to a machine that only the reader's network can
see. So each connection looks its host up, checks every address it found, and connects to an address
that was checked; a name that means something else a moment later changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from detente.errors import FetchError

if TYPE_CHECKING:
    import httpcore
    import httpx

__all__ = ["Gate", "Refused", "shown", "target", "why_private"]

Resolve = Callable[[str, int], list[str]]
_IP = ipaddress.IPv4Address | ipaddress.IPv6Address

_PORTS = (80, 443)
_SECRETS = ("token", "key", "secret", "pass", "auth", "sig", "session", "credential")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Public by their number, yet answered inside a cloud or by whoever announces them nearest.
_SPECIAL = {
    ipaddress.ip_network("168.63.129.16/32"): "a cloud's own service",
    ipaddress.ip_network("192.0.0.0/24"): "private",
    ipaddress.ip_network("192.88.99.0/24"): "a relay",
    ipaddress.ip_network("64:ff9b:1::/48"): "private",
    ipaddress.ip_network("2002::/16"): "a tunnel",
    ipaddress.ip_network("2001::/32"): "a tunnel",
    ipaddress.ip_network("5f00::/16"): "reserved",
}


def why_private(address: str) -> str | None:
    """Why an IP address is none of the public internet, in a word or two; None where it is public.

    An IPv4 address inside an IPv6 one (mapped, or behind NAT64) is judged as itself.

    >>> why_private("10.0.0.7"), why_private("::ffff:127.0.0.1"), why_private("93.184.215.14")
    ('private', 'this machine', None)
    """
    ip: _IP = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        elif ip in _NAT64:
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    for network, name in _SPECIAL.items():
        if ip in network:
            return name
    if ip.is_loopback or ip.is_unspecified:
        return "this machine"
    if ip.is_link_local:
        return "link-local, where clouds keep their metadata"
    if ip.is_multicast:
        return "multicast"
    if isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local:
        return "private"
    if ip.is_reserved:
        return "reserved"
    return None if ip.is_global else "private"


def shown(url: str) -> str:
    """The address as it may be printed: without a user's name and password, secrets in it blotted out.

    >>> shown("https://ann:pw@example.org/a?page=2&api_key=abc#top")
    'https://example.org/a?page=2&api_key=…'
    """
    head, mark, query = url.split("#")[0].partition("?")
    scheme, slashes, rest = head.partition("://")
    if slashes:
        host, slash, path = rest.partition("/")
        head = scheme + slashes + host.rpartition("@")[2] + slash + path
    parts = []
    for part in query.split("&"):
        name, equals, _ = part.partition("=")
        secret = equals and any(word in name.lower() for word in _SECRETS)
        parts.append(f"{name}=…" if secret else part)
    text = head + mark + "&".join(parts)
    return text if len(text) <= 300 else text[:300] + "…"


def target(url: str, *, where: str, allow: Iterable[str] = ()) -> httpx.URL:
    """The parsed address without its fragment, if it may be asked for at all; else `FetchError`.

    Only http and https, no user name or password, ports 80, 443 and those from 1024 on; `allow` holds
    "host:port" for which the port does not matter. `where` goes into the message.

    >>> target("ftp://example.org/a", where="ftp://example.org/a")
    Traceback (most recent call last):
    detente.errors.FetchError: ftp://example.org/a: ftp addresses are not fetched; give one of http or https
    """
    import httpx

    try:
        parsed = httpx.URL(url.strip())
        host = parsed.host
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise FetchError(f"this is no web address ({error})", where=where, todo="check it") from error
    if parsed.scheme not in ("http", "https"):
        kind = f"{parsed.scheme} addresses are" if parsed.scheme else "an address without http:// is"
        raise FetchError(f"{kind} not fetched", where=where, todo="give one of http or https")
    if not host:
        raise FetchError("the address names no host", where=where, todo="check it")
    if parsed.userinfo:
        raise FetchError(
            "an address with a user name or password in it is not fetched",
            where=where,
            todo="give the address without it, and a token in the settings",
        )
    port = _port(parsed)
    if f"{host}:{port}" not in tuple(allow) and port not in _PORTS and not 1024 <= port < 65536:
        raise FetchError(
            f"port {port} is none of the web's",
            where=where,
            todo="give an address with port 80, 443 or one from 1024 on",
        )
    return parsed.copy_with(fragment=None)


def _port(url: httpx.URL) -> int:
    return url.port if url.port is not None else (443 if url.scheme == "https" else 80)


def _look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


class Refused(Exception):
    """A connection that must not be made, or a host that nobody knows; the fetcher says where."""

    def __init__(self, what: str, todo: str) -> None:
        self.what, self.todo = what, todo
        super().__init__(what)


class Gate:
    """Opens connections to public addresses only, and none of them past a deadline.

    A network backend of httpcore. `until` is the time of `clock` at which every read and write ends;
    the fetcher sets it before each request. `resolve` and `backend` are for tests.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        allow: Iterable[str] = (),
        resolve: Resolve | None = None,
        backend: httpcore.NetworkBackend | None = None,
    ) -> None:
        import httpcore

        self.until = float("inf")
        self._clock = clock
        self._allow = frozenset(allow)
        self._resolve = resolve or _look_up
        self._backend = backend or httpcore.SyncBackend()

    def left(self, timeout: float | None = None) -> float:
        """Seconds until the deadline, at most `timeout`. Raises `TimeoutError` when none are left."""
        left = self.until - self._clock()
        if left <= 0:
            raise TimeoutError
        return left if timeout is None else min(left, timeout)

    def addresses(self, host: str, port: int) -> list[str]:
        """The checked addresses of a host. Raises `Refused` where one of them is not public.

        One bad address among good ones is enough: a public site has none, and an attacker's may.
        """
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            again = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
            raise Refused(
                f"the host {host} is not known"
                if not again
                else f"the name of the host {host} could not be looked up",
                todo="try again later" if again else "check the address and the network",
            ) from error
        if not found:
            raise Refused(f"the host {host} has no address", todo="check the address")
        if f"{host}:{port}" not in self._allow:
            for address in found:
                reason = why_private(address)
                if reason:
                    name = address if address == host else f"{host} ({address})"
                    raise Refused(
                        f"{name} is no public address ({reason})",
                        todo="give an address on the public web",
                    )
        return found

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address of the host that answers, all of them checked before."""
        import httpcore

        failed: Exception = OSError("no address")
        for address in self.addresses(host, port):
            try:
                stream = self._backend.connect_tcp(
                    address, port, self.left(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
                continue
            return timed(stream, self)
        raise failed

    def connect_unix_socket(self, *args: Any, **named: Any) -> httpcore.NetworkStream:
        """Never: a socket on this machine is no public address."""
        raise Refused("a socket of this machine is no public address", "give a web address")

    def sleep(self, seconds: float) -> None:
        """Not used: retries are the fetcher's."""


def timed(stream: httpcore.NetworkStream, gate: Gate) -> httpcore.NetworkStream:
    """The stream with every read and write bounded by the gate's deadline, however little each takes."""
    import httpcore

    class Timed(httpcore.NetworkStream):
        def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
            return stream.read(max_bytes, gate.left(timeout))

        def write(self, buffer: bytes, timeout: float | None = None) -> None:
            stream.write(buffer, gate.left(timeout))

        def close(self) -> None:
            stream.close()

        def start_tls(
            self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
        ) -> httpcore.NetworkStream:
            return timed(stream.start_tls(ssl_context, server_hostname, gate.left(timeout)), gate)

        def get_extra_info(self, info: str) -> Any:
            return stream.get_extra_info(info)

    return Timed()
