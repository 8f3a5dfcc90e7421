"""Files of every kind become documents, and so does what stands at a web address, mixed as typed.

Every way in which a file can be bad is told with what is wrong, where, and what to do.
"""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn, cast

from detente.errors import FileError, InputError
from detente.records import Document
from detente.sources import documents
from detente.sources.encodings import GZIP, damaged_gzip, decode, unzip
from detente.sources.layouts import holds_posts, is_json_feed, is_post, sniff, unpacked_head, xml_ending
from detente.sources.limits import DOCUMENT_LIMIT, FILE_LIMIT, LINE_LIMIT, check_size
from detente.sources.places import ENDINGS, HEARD, OnError, OnSkipped, Place, ending_of, find_places
from detente.sources.plain import read_plain

if TYPE_CHECKING:
    from detente.sources.fetch import Fetcher
    from detente.sources.speech import Hearing

__all__ = ["DOCUMENT_LIMIT", "LINE_LIMIT", "OnError", "OnSkipped", "read", "read_all", "read_place"]

# Held in memory whole, for they have many documents in one value; lines and archives are streamed.
_MANY = (".json", ".csv", ".rss", ".xml", ".atom")
_FEEDS = (".rss", ".atom")
_HEAD = 65_536  # bytes by which the layout of a stream is told


def read(
    path: Path | str, *, published: date | None = None, limit: int = DOCUMENT_LIMIT
) -> Iterator[Document]:
    """The documents of one file, in its order; `-` reads the standard input and guesses its layout.

    Takes text (.txt, .md), web pages (.html .htm .xhtml), .pdf, documents (.json: one, a list, a
    JSON Feed or an archive of posts; .jsonl: one a line), posts (.csv), captions (.vtt .srt), feeds
    (.rss .atom .xml) and web archives (.warc), each also with .gz behind it; and audio and video, with
    the extra `speech` and a model that `detente.sources.speech.MODEL` names. A JSON document needs
    `text`, and may have `id title url published modified publisher author language kind retrieved`.
    `published` is the day of documents that state none; for web pages and PDF files, whose day is
    only guessed, it wins over the guess. `limit` is in bytes a document. Raises `FileError` at the
    first fault.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "note.md"
    ...     _ = file.write_text("# A call\\n\\nThe two leaders spoke on Monday.")
    ...     [(d.title, d.text) for d in read(file, published=date(2026, 1, 8))]
    [('A call', 'The two leaders spoke on Monday.')]
    """
    name = str(path)
    place = Place(name, "input") if name == "-" else Place(name, "file", ending_of(name))
    return read_place(place, _raise, published=published, limit=limit)


def read_all(
    paths: Iterable[Path | str],
    on_error: OnError,
    *,
    published: date | None = None,
    limit: int = DOCUMENT_LIMIT,
    fetcher: Fetcher | None = None,
    hearing: Hearing | None = None,
    on_skipped: OnSkipped | None = None,
) -> Iterator[Document]:
    """The documents of all that was typed: files, folders, patterns, web addresses, `-`, mixed.

    Each fault goes to `on_error` and the rest goes on; in a list, a feed or an archive a bad
    document costs only itself. Web addresses are read by `fetcher`, audio and video are heard by
    `hearing`, or by ones of its own. What is no
    fault but no document either, such as a post of a picture alone, goes to `on_skipped` with its place
    and the reason. See `read` for the files, `detente.sources.places` for folders and patterns.

    >>> faults = []
    >>> list(read_all(["no/such.txt"], faults.append)), str(faults[0])
    ([], 'no/such.txt: there is no such file; check the path')
    """
    if hearing is None:
        from detente.sources.speech import Hearing

        hearing = Hearing()
    with ExitStack() as stack:
        for place in find_places(paths, on_error, hearing=hearing):
            if fetcher is None and (place.kind == "address" or place.ending == ".opml"):
                from detente.sources.fetch import Fetcher

                fetcher = stack.enter_context(Fetcher())
            try:
                yield from read_place(
                    place,
                    on_error,
                    published=published,
                    limit=limit,
                    fetcher=fetcher,
                    hearing=hearing,
                    on_skipped=on_skipped,
                )
            except InputError as error:
                on_error(error)


def read_place(
    place: Place,
    on_error: OnError,
    *,
    published: date | None = None,
    limit: int = DOCUMENT_LIMIT,
    fetcher: Fetcher | None = None,
    hearing: Hearing | None = None,
    on_skipped: OnSkipped | None = None,
) -> Iterator[Document]:
    """The documents of one place. Faults inside it go to `on_error`, its own are raised.

    A web address, and a list of feeds (.opml), need a `fetcher`. See `read` and `read_all`.

    >>> list(read_place(Place("a.png", "file", ".png"), print))
    Traceback (most recent call last):
    detente.errors.FileError: a.png: there is no such file; check the path
    """
    how = _How(on_error, published, limit, fetcher, hearing, on_skipped)
    if place.kind == "address":
        found = _address(place.name, how)
    elif place.kind == "input":
        found = _stream(cast("IO[bytes]", sys.stdin.buffer), "standard input", how)
    else:
        found = _file(place, how)
    for document in found:
        late = published is not None and document.published is None
        yield replace(document, published=published) if late else document


@dataclass(frozen=True, slots=True)
class _How:
    """How things are read: what every part of this module is told."""

    on_error: OnError
    published: date | None
    limit: int
    fetcher: Fetcher | None
    hearing: Hearing | None
    on_skipped: OnSkipped | None


def _raise(error: InputError) -> NoReturn:
    raise error


def _address(url: str, how: _How) -> Iterator[Document]:
    from detente.sources.web import read_url

    if how.fetcher is None:
        raise FileError("a web address is no file", where=url, todo="read it with read_all")
    yield from read_url(how.fetcher, url, published=how.published, on_error=how.on_error)


def _file(place: Place, how: _How) -> Iterator[Document]:
    path, where, ending = Path(place.name), place.name, place.ending
    size = _size(path, where)
    zipped = path.suffix.lower() == ".gz"
    if ending == ".warc":
        from detente.sources.archives import read_warc

        yield from read_warc(path, on_error=how.on_error, limit=how.limit)
        return
    if ending == ".jsonl":
        yield from _lines_of(path, where, zipped, how)
        return
    if ending in HEARD and not zipped:
        from detente.sources.speech import Hearing

        yield (how.hearing or Hearing()).read(path, published=how.published)
        return
    if ending not in ENDINGS and not (zipped and not ending):
        raise FileError(
            f"files ending in {ending or 'nothing'} are not read",
            where=where,
            todo=f"give one of {', '.join(ENDINGS)}",
        )
    most = FILE_LIMIT if ending in _MANY or not ending else how.limit
    try:
        with path.open("rb") as file:
            if not ending:
                yield from _stream(file, where, how)
                return
            if zipped:
                content = unzip(file, where, most)
            else:
                check_size(size, most, where)
                content = file.read()
    except OSError as error:
        raise _unreadable(error, where) from error
    if ending == ".opml":
        yield from _opml(content, where, how)
        return
    yield from _content(content, ending, where, how)


def _stream(stream: IO[bytes], where: str, how: _How) -> Iterator[Document]:
    """What comes from a pipe, or from a file without an ending: told by its first bytes."""
    from detente.sources.archives import is_warc, read_warc

    head = stream.read(_HEAD)
    if is_warc(unpacked_head(head)):
        joined = cast("IO[bytes]", _Joined(head, stream))
        yield from read_warc(joined, on_error=how.on_error, limit=how.limit, where=where)
        return
    content = head + stream.read(FILE_LIMIT + 1 - len(head))
    check_size(len(content), FILE_LIMIT, where)
    if content.startswith(GZIP):
        content = unzip(io.BytesIO(content), where, FILE_LIMIT)
    yield from _content(content, sniff(content), where, how)


class _Joined:
    """A stream whose first bytes were looked at already; the reader of archives asks where it is."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = head, rest
        self._at = 0

    def seekable(self) -> bool:
        return False

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if offset != (0 if whence == io.SEEK_CUR else self._at) or whence == io.SEEK_END:
            raise io.UnsupportedOperation("a pipe goes on only")
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int) -> bytes:
        part, self._head = self._head[:size], self._head[size:]
        part = part or self._rest.read(size)
        self._at += len(part)
        return part


def _content(content: bytes, ending: str, where: str, how: _How) -> Iterator[Document]:
    if not content:
        raise FileError("the file is empty", where=where, todo="give a file with text")
    if ending == ".xml":
        ending = xml_ending(content, where)
    if ending == ".json":
        yield from _json(content, where, how)
    elif ending == ".jsonl":
        yield from _lines(content.split(b"\n"), lambda: content, where, how)
    elif ending == ".csv":
        yield from _posts(content, where, how)
    elif ending in _FEEDS:
        from detente.sources.feeds import read_file

        yield from read_file(content, where=where, on_error=how.on_error)
    elif ending == ".opml":
        raise FileError("a list of feeds is read from a file only", where=where, todo="give its file name")
    elif ending in (".html", ".htm", ".xhtml"):
        from detente.sources.pages import page

        check_size(len(content), how.limit, where)
        yield page(content, where=where, published=how.published)
    elif ending == ".pdf":
        from detente.sources.pdf import read_pdf

        check_size(len(content), how.limit, where)
        yield read_pdf(content, where=where, published=how.published)
    elif ending in (".vtt", ".srt"):
        from detente.sources.captions import read_captions

        check_size(len(content), how.limit, where)
        yield read_captions(content, where=where, published=how.published)
    else:
        check_size(len(content), how.limit, where)
        text = decode(content, where)
        yield read_plain(text, where=where, published=how.published, markdown=ending == ".md")


def _posts(content: bytes, where: str, how: _How) -> Iterator[Document]:
    from detente.sources.posts import read_archive

    yield from read_archive(
        content, where=where, published=how.published, on_error=how.on_error, on_skipped=how.on_skipped
    )


def _opml(content: bytes, where: str, how: _How) -> Iterator[Document]:
    from detente.sources.feeds import opml

    for url in opml(content, where=where):
        try:
            yield from _address(url, how)
        except InputError as error:
            how.on_error(error)


def _json(content: bytes, where: str, how: _How) -> Iterator[Document]:
    data = documents.loads(decode(content, where), where)
    if is_json_feed(data):
        from detente.sources.feeds import read_file

        yield from read_file(content, where=where, on_error=how.on_error)
    elif holds_posts(data):
        yield from _posts(content, where, how)
    else:
        yield from documents.read_values(data, where, how.published, how.limit, how.on_error)


def _lines_of(path: Path, where: str, zipped: bool, how: _How) -> Iterator[Document]:
    def whole() -> bytes:
        with path.open("rb") as file:
            content = unzip(file, where, FILE_LIMIT) if zipped else file.read(FILE_LIMIT + 1)
        check_size(len(content), FILE_LIMIT, where)
        return content

    try:
        with path.open("rb") as raw, gzip.open(raw) if zipped else raw as file:
            lines = iter(lambda: file.readline(LINE_LIMIT + 1), b"")
            yield from _lines(lines, whole, where, how)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise damaged_gzip(error, where) from error
    except OSError as error:
        raise _unreadable(error, where) from error


def _lines(lines: Iterable[bytes], whole: Callable[[], bytes], where: str, how: _How) -> Iterator[Document]:
    """Lines of documents; an archive of posts needs them all, to know what answers what."""
    rest = iter(lines)
    first: list[bytes] = []
    for line in rest:
        first.append(line)
        if line.strip():
            break
    try:
        posts = bool(first) and is_post(documents.loads(decode(first[-1], where), where))
    except FileError:
        posts = False  # told below, with the number of the line
    if posts:
        yield from _posts(whole(), where, how)
        return

    def joined() -> Iterator[bytes]:
        yield from first
        yield from rest

    yield from documents.read_lines(joined(), where, how.published, how.limit, how.on_error)


def _size(path: Path, where: str) -> int:
    try:
        if path.is_dir():
            raise FileError("this is a folder", where=where, todo=f"give the files in it, e.g. {where}/*.txt")
        return path.stat().st_size
    except FileNotFoundError as error:
        raise FileError("there is no such file", where=where, todo="check the path") from error
    except (OSError, ValueError) as error:
        raise _unreadable(error, where) from error


def _unreadable(error: Exception, where: str) -> FileError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return FileError(f"the file cannot be read ({reason})", where=where, todo="check the path and its rights")
