"""Web archives become documents: the HTML responses of WARC files, one after the other.

An archive is read as a stream; only one page is in memory at a time. A record that is damaged costs
itself: reading goes on at the next place where a record begins.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from detente.errors import FileError, InputError
from detente.records import Document
from detente.sources.encodings import GZIP
from detente.sources.limits import DOCUMENT_LIMIT
from detente.sources.places import OnError

__all__ = ["is_warc", "read_warc"]

_MEDIA = ("text/html", "application/xhtml+xml")
_CHUNK = 1 << 20
_SIZE = re.compile(rb"(?:\r\n)?([0-9A-Fa-f]{1,8})[^\r\n]{0,200}\r\n")
_DAMAGED = "the record is damaged"
_REASONS = 20  # kinds of fault told apart in one message each; a web archive can hold any number
_NEXT = {True: re.compile(rb"\x1f\x8b\x08"), False: re.compile(rb"(?<=\n)WARC/\d")}


class _Damaged(Exception):
    """One record cannot be used; the text says why."""


@dataclass(slots=True)
class _Faults:
    """What was skipped, counted by its reason, with the first place of each."""

    first: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, reason: str, place: str) -> None:
        if reason not in self.counts and len(self.counts) >= _REASONS:
            reason = "other faults"
        self.first.setdefault(reason, place)
        self.counts[reason] = self.counts.get(reason, 0) + 1

    def tell(self, where: str, on_error: OnError) -> None:
        for reason, count in self.counts.items():
            many = f"{count} pages were" if count > 1 else "1 page was"
            on_error(
                FileError(
                    f"{many} skipped: {reason} ({'the first' if count > 1 else 'it'} is"
                    f" {self.first[reason]})",
                    where=where,
                    todo="the rest of the archive was read",
                )
            )


def is_warc(head: bytes) -> bool:
    """Whether the first bytes of something, unpacked, are those of a WARC file.

    >>> is_warc(b"WARC/1.1\\r\\n"), is_warc(b"They met.")
    (True, False)
    """
    return re.match(rb"WARC/\d", head) is not None


def read_warc(
    path: Path | str | IO[bytes],
    *,
    on_error: OnError,
    limit: int = DOCUMENT_LIMIT,
    where: str | None = None,
) -> Iterator[Document]:
    """The web pages of a WARC file, plain or gzip, in its order.

    Only responses with status 200 and an HTML type are pages; requests, pictures, redirects and
    errors are passed over. The address is that of the record; the day it was fetched is `retrieved`
    and never `published`, which only the page itself can state. `limit` is in bytes of a page, also
    after unpacking. Damaged records and pages without text are skipped, counted, and handed to
    `on_error` at the end, one error for each reason.

    Raises `FileError` where the file cannot be opened, is empty, is no WARC, or has no page.

    >>> import io
    >>> list(read_warc(io.BytesIO(b"They met."), on_error=print, where="a.warc"))
    Traceback (most recent call last):
    detente.errors.FileError: a.warc: this is no WARC file (Invalid WARC header); give a .warc or
    .warc.gz as an archive writes it
    """
    name = where or str(path)
    if not isinstance(path, Path | str):
        yield from _read(path, name, on_error, limit)
        return
    with _opened(path, name) as file:
        yield from _read(file, name, on_error, limit)


def _opened(path: Path | str, where: str) -> IO[bytes]:
    try:
        return Path(path).open("rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(
            f"the file cannot be read ({reason})", where=where, todo="check the path and its rights"
        ) from error


def _read(file: IO[bytes], where: str, on_error: OnError, limit: int) -> Iterator[Document]:
    from detente.sources.pages import page

    faults, walk = _Faults(), _Walk(file)
    pages = 0
    for record in walk.records(faults):
        url = (record.headers.get("WARC-Target-URI") or "").strip("<>") or None
        place = url or f"the record at byte {record.stream_pos}"
        try:
            if not _is_page(record):
                continue
            pages += 1
            content = _payload(record, limit)
            document = page(content, where=place, url=url, charset=record.http_charset)
        except _Damaged as error:
            faults.add(_DAMAGED, f"{place}: {error}")
            walk.again = True
            continue
        except InputError as error:
            faults.add(error.what, place)
            continue
        yield replace(document, retrieved=_fetched(record))
    if not walk.found:
        if not walk.reason:
            raise FileError("the file is empty", where=where, todo="give a file with web pages")
        raise FileError(
            f"this is no WARC file ({walk.reason})",
            where=where,
            todo="give a .warc or .warc.gz as an archive writes it",
        )
    faults.tell(where, on_error)
    if not pages and not faults.counts:
        raise FileError(
            "no web page is in the archive", where=where, todo="give one with HTML responses of status 200"
        )


class _Walk:
    """The records of a file in order; after a fault it goes on where the next record begins.

    `found` counts records, `reason` is the last fault in the words of the reader. Whoever finds that
    a record is damaged sets `again`: its length may be wrong, so the next one is looked for.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.found = 0
        self.reason: str | None = None
        self.again = False

    def records(self, faults: _Faults) -> Iterator[Any]:
        from fastwarc.warc import ArchiveIterator, WarcRecordType

        seekable = self._file.seekable()
        zipped = False
        if seekable:
            zipped = self._file.read(2) == GZIP
            self._file.seek(0)
        told = False  # the fault that we look for a way past is counted
        at: int | None = 0
        while at is not None:
            try:
                for record in ArchiveIterator(self._file, parse_http=True, auto_decode="none"):
                    at, told = record.stream_pos, False
                    self.found += 1
                    if record.record_type == WarcRecordType.response:
                        yield record
                    elif record.record_type in (WarcRecordType.unknown, WarcRecordType.no_type):
                        faults.add(_DAMAGED, f"at byte {at}: its type cannot be read")
                    if self.again and seekable:
                        break
                if not self.again:
                    self._at_end(faults, at, zipped)
                    return
            except OSError as error:
                self.reason = str(error)
                if not (told or self.again) and self.found:
                    faults.add(_DAMAGED, f"after byte {at}: {error}")
            told, self.again = True, False
            at = _seek_next(self._file, at + 1, zipped) if seekable else None

    def _at_end(self, faults: _Faults, at: int, zipped: bool) -> None:
        """Tell of a record that begins behind the last one at `at` and was not given: it is cut off."""
        if not self._file.seekable():
            return
        if not self.found:
            self._file.seek(0)
            self.reason = "no record is in it" if self._file.read(1) else None
        elif (cut := _seek_next(self._file, at + 1, zipped)) is not None:
            faults.add(_DAMAGED, f"at byte {cut}: the archive ends within it")


def _seek_next(file: IO[bytes], position: int, zipped: bool) -> int | None:
    """Where the next record may begin from `position` on; the file stands there. None at the end."""
    file.seek(position)
    start, kept = position, b""
    while chunk := file.read(_CHUNK):
        data = kept + chunk
        match = _NEXT[zipped].search(data)
        if match:
            found = start + match.start()
            file.seek(found)
            return found
        kept = data[-8:]
        start += len(data) - len(kept)
    return None


def _is_page(record: Any) -> bool:
    headers = record.http_headers
    if headers is None or headers.status_code is None:
        # A response of another protocol (DNS, FTP) is no page; one of HTTP that cannot be read is.
        if (record.headers.get("Content-Type") or "application/http").startswith("application/http"):
            raise _Damaged("its HTTP headers cannot be read")
        return False
    media = (record.http_content_type or "").split(";")[0].strip().lower()
    return headers.status_code == 200 and media in _MEDIA


def _payload(record: Any, limit: int) -> bytes:
    """The page's own bytes: without chunks and compression, never more than `limit` of them."""
    expected = record.content_length
    try:
        raw: bytes = record.reader.read(min(expected, limit) + 1)
    except OSError as error:
        raise _Damaged(str(error)) from error
    if len(raw) > limit:
        raise _too_large(limit)
    if len(raw) < expected:
        raise _Damaged(f"{len(raw)} of its {expected} bytes are there")
    headers = record.http_headers
    if "chunked" in (headers.get("Transfer-Encoding") or "").lower():
        raw = _joined(raw)
    for coding in reversed((headers.get("Content-Encoding") or "").lower().split(",")):
        raw = _unpacked(raw, coding.strip(), limit)
    return raw


def _too_large(limit: int) -> FileError:
    return FileError(f"a page has more than {limit / 1e6:.1f} MB", todo="raise the limit")


def _joined(raw: bytes) -> bytes:
    """The body without its chunk lines; many archives keep the header, but not the chunks."""
    parts: list[bytes] = []
    at = 0
    while match := _SIZE.match(raw, at):
        size = int(match[1], 16)
        if not size:
            return b"".join(parts)
        parts.append(raw[match.end() : match.end() + size])
        at = match.end() + size + 2
    if not parts:
        return raw
    raise _Damaged("its chunks do not fit")


def _unpacked(raw: bytes, coding: str, limit: int) -> bytes:
    """The body unpacked; what does not begin like its coding was kept unpacked by the archive."""
    if coding in ("gzip", "x-gzip"):
        return _inflated(raw, 31, limit) if raw.startswith(GZIP) else raw
    if coding == "deflate":
        header = len(raw) > 1 and raw[0] & 15 == 8 and not (raw[0] << 8 | raw[1]) % 31
        return raw if raw.lstrip()[:1] == b"<" else _inflated(raw, 15 if header else -15, limit)
    if coding == "br" and raw.lstrip()[:1] != b"<":
        from fastwarc.stream_io import BrotliReader

        try:
            content: bytes = BrotliReader(io.BytesIO(raw)).read(limit + 1)
        except OSError as error:
            raise _Damaged(str(error)) from error
        if len(content) > limit:
            raise _too_large(limit)
        return content
    if coding in ("", "identity", "br"):
        return raw
    raise FileError("the page is packed in a way that is not known")


def _inflated(raw: bytes, window: int, limit: int) -> bytes:
    packed = zlib.decompressobj(window)
    try:
        content = packed.decompress(raw, limit + 1)
    except zlib.error as error:
        raise _Damaged(f"it does not unpack, {error}") from error
    if len(content) > limit:
        raise _too_large(limit)
    if not packed.eof:
        raise _Damaged("it ends in the middle")
    return content


def _fetched(record: Any) -> datetime | None:
    """The time of WARC-Date, in UTC; None where the record states none."""
    try:
        moment: datetime | None = record.record_date
    except ValueError:
        return None
    if moment is not None and moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment
