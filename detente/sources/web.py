"""What a web address holds is told by its bytes, then by its type, and handed to the reader that fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from detente.errors import FetchError, InputError
from detente.links import parts_of
from detente.records import Document
from detente.sources.addresses import shown
from detente.sources.layouts import is_json_feed, is_post, sniff, xml_ending
from detente.sources.limits import DOCUMENT_LIMIT

if TYPE_CHECKING:
    from detente.sources.fetch import Fetched, Fetcher

__all__ = ["FOLLOWED", "ask", "kind_of", "read_answer", "read_fetched", "read_url"]

FOLLOWED = 200
"""Items of a feed that are followed to their page in one go: some minutes at a page a second."""

_BY_MEDIA = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/rss+xml": ".rss",
    "application/atom+xml": ".rss",
    "application/rdf+xml": ".rss",
    "application/feed+json": ".json",
    "application/json": ".json",
    "application/pdf": ".pdf",
    "application/jsonl": ".jsonl",
    "application/x-ndjson": ".jsonl",
    "text/markdown": ".md",
    "text/vtt": ".vtt",
    "application/x-subrip": ".srt",
}
_ACCEPT = (
    "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/feed+json,"
    "application/pdf;q=0.9,application/json;q=0.8,text/plain;q=0.8,*/*;q=0.5"
)
_ENDINGS = frozenset((".md", ".vtt", ".srt", ".csv", ".jsonl"))


def read_url(
    fetcher: Fetcher,
    url: str,
    *,
    published: date | None = None,
    on_error: Callable[[InputError], None],
    follow: int = FOLLOWED,
) -> Iterator[Document]:
    """The documents at a web address: one page, PDF or text, or the items of a feed or a list.

    Items of a feed that have only a summary are followed to their page, at most `follow` of them; where
    a page cannot be read that is told and the summary is given. `published` is the day of documents that
    state none (of a page, PDF or text it goes first). Raises `FetchError` or `FileError` where the
    address itself cannot be read; faults of single items go to `on_error`.
    """
    yield from read_answer(fetcher, ask(fetcher, url), published=published, on_error=on_error, follow=follow)


def ask(fetcher: Fetcher, url: str, *, etag: str | None = None, modified: str | None = None) -> Fetched:
    """What a web address gives to a reader of news; `unchanged` where the version that `etag` or
    `modified` tell of still stands. Raises `FetchError`."""
    return fetcher.get(url, etag=etag, modified=modified, headers={"Accept": _ACCEPT})


def read_answer(
    fetcher: Fetcher,
    got: Fetched,
    *,
    published: date | None = None,
    on_error: Callable[[InputError], None],
    follow: int = FOLLOWED,
) -> Iterator[Document]:
    """The documents in an answer, as `read_url` gives them: items of a feed are followed to their page."""
    if _is_feed(got):
        yield from _read_feed(fetcher, got, published, on_error, follow)
    else:
        yield from read_fetched(got, published=published, on_error=on_error)


def _is_feed(got: Fetched) -> bool:
    if not got.content.strip():
        return False
    kind = kind_of(got)
    # The version stands first in a JSON Feed; a document that only tells of one is no feed.
    return kind == ".rss" or (kind == ".json" and b"https://jsonfeed.org/version" in got.content[:1_000])


def _read_feed(
    fetcher: Fetcher,
    got: Fetched,
    published: date | None,
    on_error: Callable[[InputError], None],
    follow: int,
) -> Iterator[Document]:
    from detente.sources.feeds import parse, readings

    where = shown(got.asked)
    found = readings(
        parse(got.content, where=where, charset=got.charset),
        fetcher,
        url=where,
        seen=lambda key, version: False,
        on_error=on_error,
        pages=follow,
    )
    while True:
        try:
            reading = next(found)
        except StopIteration as end:
            if not end.value:
                on_error(
                    FetchError(
                        f"more than {follow} items have only a summary; the others are not read",
                        where=where,
                        todo="read the feed with detente watch, which takes them in turn",
                    )
                )
            return
        if reading.error is not None:
            on_error(reading.error)
        document = reading.document or reading.instead
        if document is not None:
            late = published is not None and document.published is None
            yield replace(document, published=published) if late else document


def read_fetched(
    got: Fetched, *, published: date | None = None, on_error: Callable[[InputError], None]
) -> Iterator[Document]:
    """The documents in an answer that was fetched already; a feed from its own words, nothing followed."""
    where, content = shown(got.asked), got.content
    if not content.strip():
        raise FetchError("the answer is empty", where=where, todo="check the address")
    kind = kind_of(got)
    if kind == ".html":
        from detente.sources.pages import page

        yield page(content, where=where, url=got.url, published=published, charset=got.charset)
        return
    for document in _read(kind, content, where, got.charset, published, on_error):
        stamped = document if document.url else replace(document, url=got.url)
        late = published is not None and stamped.published is None
        yield replace(stamped, published=published) if late else stamped


def kind_of(got: Fetched) -> str:
    """The ending that fits an answer: by its bytes, and by its type or its name where they tell nothing.

    Raises `FetchError` for pictures, sound and other bytes that nobody reads, `FileError` for XML that
    is no feed.
    """
    seen = sniff(got.content)
    where = shown(got.asked)
    if seen == ".xml":
        seen = xml_ending(got.content, where)
        return ".html" if seen == ".xhtml" else seen
    if seen != ".txt":
        return seen
    named = _BY_MEDIA.get(got.media or "")
    if named in (".html", ".md", ".vtt", ".srt", ".rss"):
        return named  # a page may begin with anything, and a feed with a comment
    wide = got.content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\x00" in got.content[:4096] and not wide:
        raise FetchError(
            f"the answer is {got.media or 'of no type'}, which is no text",
            where=where,
            todo="give the address of a page, a feed, a PDF or a text",
        )
    ending = PurePosixPath(parts_of(got.url).path).suffix.lower()
    ending = ".md" if ending == ".markdown" else ending
    return ending if ending in _ENDINGS else ".txt"


def _read(
    kind: str,
    content: bytes,
    where: str,
    charset: str | None,
    published: date | None,
    on_error: Callable[[InputError], None],
) -> Iterator[Document]:
    if kind == ".rss":
        from detente.sources.feeds import read_file

        yield from read_file(content, where=where, on_error=on_error)
    elif kind == ".json":
        yield from _read_json(content, where, published, on_error)
    elif kind == ".jsonl":
        from detente.sources.documents import read_lines

        yield from read_lines(content.split(b"\n"), where, published, DOCUMENT_LIMIT, on_error)
    elif kind == ".csv":
        from detente.sources.posts import read_archive

        yield from read_archive(content, where=where)
    elif kind == ".pdf":
        from detente.sources.pdf import read_pdf

        yield read_pdf(content, where=where, published=published)
    elif kind in (".vtt", ".srt"):
        from detente.sources.captions import read_captions

        yield read_captions(content, where=where, published=published)
    elif kind == ".opml":
        raise FetchError(
            "this is a list of feeds",
            where=where,
            todo="save it as a .opml file and give that, or give a feed",
        )
    else:
        from detente.sources.charsets import page_text
        from detente.sources.plain import read_plain

        text = page_text(content, where=where, charset=charset)
        yield read_plain(text, where=where, published=published, markdown=kind == ".md")


def _read_json(
    content: bytes, where: str, published: date | None, on_error: Callable[[InputError], None]
) -> Iterator[Document]:
    from detente.sources.documents import loads, read_values
    from detente.sources.encodings import decode

    data = loads(decode(content, where), where)
    if is_json_feed(data):
        from detente.sources.feeds import read_file

        yield from read_file(content, where=where, on_error=on_error)
    elif is_post(data[0] if isinstance(data, list) and data else data):
        from detente.sources.posts import read_archive

        yield from read_archive(content, where=where)
    else:
        yield from read_values(data, where, published, DOCUMENT_LIMIT, on_error)
