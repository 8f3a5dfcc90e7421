"""What the answer of a web server says: its type, how it is packed, what its status asks of us."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, NoReturn

from detente.errors import FetchError

__all__ = ["media_of", "remedy", "retry_after", "status_of", "too_large", "unpacked"]


def media_of(header: str) -> tuple[str | None, str | None]:
    """The media type and the charset of a `Content-Type`, in lower case, None where it says none.

    >>> media_of('Text/HTML; Charset="UTF-8"'), media_of("")
    (('text/html', 'utf-8'), (None, None))
    """
    media = header.split(";")[0].strip().lower()
    charset = re.search(r";\s*charset\s*=\s*[\"']?([A-Za-z0-9_.:+-]{1,40})", header, re.I)
    return media or None, charset[1].lower() if charset else None


def status_of(status: int) -> str:
    """A status with its name.

    >>> status_of(404), status_of(599)
    ('404 Not Found', '599')
    """
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def remedy(status: int) -> str:
    """What the reader can do about a status from 400 on.

    >>> remedy(401)
    'give a token, or leave it out'
    """
    if status in (401, 407):
        return "give a token, or leave it out"
    if status in (402, 403, 451):
        return "leave it out; the site does not give it to us"
    if status in (404, 410):
        return "check the address"
    return "try again later" if status >= 500 else "check the address"


def retry_after(received: Mapping[str, str]) -> float | None:
    """Seconds that a busy server asks us to wait, None where it does not say; names in lower case.

    A date is counted from the server's own `Date`, so that no clock of ours comes into it.

    >>> retry_after({"retry-after": "7"})
    7.0
    >>> said = {"retry-after": "Thu, 08 Jan 2026 10:00:30 GMT", "date": "Thu, 08 Jan 2026 10:00:00 GMT"}
    >>> retry_after(said)
    30.0
    """
    value = received.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", value):
        return float(value)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(received.get("date", ""))
    except (ValueError, TypeError):
        return None
    return max(0.0, wait.total_seconds())


def unpacked(parts: Iterable[bytes], coding: str, where: str) -> Iterator[bytes]:
    """The unpacked body in pieces of at most a megabyte, so that no piece is a surprise.

    `coding` is "gzip", "x-gzip" or "deflate". Raises `FetchError` where the body is damaged, ends too
    early, or goes on behind its end.

    >>> packed = zlib.compress(b"two leaders spoke")
    >>> b"".join(unpacked([packed[:5], packed[5:]], "deflate", "a"))
    b'two leaders spoke'
    """
    unpacker: Any = None
    for part in parts:
        if unpacker is None:
            if not part:
                continue
            raw = coding == "deflate" and part[0] & 0x0F != 8  # some servers leave the zlib frame out
            unpacker = zlib.decompressobj(31 if coding != "deflate" else -15 if raw else 15)
        rest = part
        while rest and not unpacker.eof:
            try:
                piece = unpacker.decompress(rest, 1_000_000)
            except zlib.error as error:
                raise FetchError(
                    f"the packed answer is damaged ({error})", where=where, todo="try again later"
                ) from error
            yield piece
            rest = unpacker.unconsumed_tail
        if unpacker.eof and (unpacker.unused_data or rest).strip(b"\x00"):
            raise FetchError(
                "something follows the end of the packed answer", where=where, todo="try again later"
            )
    if unpacker is not None and not unpacker.eof:
        raise FetchError("the packed answer ends too early", where=where, todo="try again later")


def too_large(limit: int, where: str) -> NoReturn:
    """Raises the `FetchError` of an answer with more than `limit` bytes."""
    raise FetchError(
        f"the answer is larger than {limit / 1e6:g} MB", where=where, todo="leave it out, or raise the limit"
    )
