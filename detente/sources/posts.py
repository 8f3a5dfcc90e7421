"""Archives of posts become documents: JSON, JSON lines, CSV, and the archive that Mastodon gives its users.

`statuses` reads one post, `accounts` reads from servers; their names that others use are here too.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from datetime import time as clock_time
from typing import Any, NoReturn

from detente.errors import FileError, InputError
from detente.records import Document
from detente.sources.accounts import Account, Client, check_posts, read_account
from detente.sources.documents import loads
from detente.sources.encodings import decode
from detente.sources.limits import FILE_LIMIT, check_size
from detente.sources.statuses import OnSkipped, Post, documents, next_version, post_of

__all__ = ["Account", "Client", "check_posts", "read_account", "read_archive"]

OnError = Callable[[InputError], None]
OnDeleted = Callable[[str], None]

_LISTS = ("statuses", "posts", "data", "items", "orderedItems", "tweets")


_FIELD = 131_072  # characters of one field of a row


def read_archive(
    content: bytes,
    *,
    where: str,
    author: str | None = None,
    published: date | None = None,
    on_error: OnError | None = None,
    on_skipped: OnSkipped | None = None,
    on_deleted: OnDeleted | None = None,
) -> Iterator[Document]:
    """The posts of an archive, the oldest first: a JSON list or object, JSON lines, or CSV.

    A post has its account as `publisher` ("@name@server") and its writer as `author`: the argument,
    else the owner of an official account, else the account's name. A later version of a post
    `revises` the one before. A boost is a document of the boosted author, a quoted post is one of
    its own; posts without words go to `on_skipped(where, why)`. For a deleted post `on_deleted` gets
    the ids of its documents, after they were given. A bad post goes to `on_error` and the rest goes
    on; without `on_error` it raises. `published` is the day of posts that state none.
    Raises `FileError` where the whole file cannot be read.

    >>> made = read_archive(
    ...     b'[{"id": "7", "created_at": "2025-10-29T10:00:00Z", "content": "<p>We signed.</p>", '
    ...     b'"url": "https://truthsocial.com/@realDonaldTrump/7"}]', where="posts.json"
    ... )
    >>> [(d.text, d.author, d.publisher, d.published.isoformat()) for d in made]
    [('We signed.', 'Donald Trump', '@realDonaldTrump@truthsocial.com', '2025-10-29')]
    """
    check_size(len(content), FILE_LIMIT, where)
    fault = on_error or _raise
    found: list[tuple[tuple[int, float, float, int], str, Post]] = []
    gone: list[str] = []
    for number, (at, record) in enumerate(_records(decode(content, where), where, fault)):
        try:
            if not isinstance(record, dict):
                raise FileError(
                    "a post is a JSON object", where=at, todo='write {"created_at": "…", "content": "…"}'
                )
            if record.get("event") == "delete" or record.get("type") == "Delete":
                gone.append(str(record.get("payload") or record.get("object") or ""))
                continue
            post = post_of(record, at)
            found.append((_order(post, number), at, post))
        except InputError as error:
            fault(error)
    found.sort(key=lambda entry: entry[0])
    versions: dict[str, list[Document]] = {}
    deleted: list[str] = []
    for _, at, post in found:
        key = post.url or f"{post.server}/{post.handle}/{post.id or at}"
        try:
            made = list(documents(post, at, author=author, published=published, on_skipped=on_skipped))
        except InputError as error:
            fault(error)
            continue
        if post.boosts is None and made:
            made[-1:] = next_version(made[-1], versions.setdefault(key, []), at, on_skipped)
        yield from made
        if post.deleted or {post.id, post.url} & {*gone}:
            deleted.append(key)
    for key in deleted:
        for document in versions.get(key, []):
            if on_deleted is not None:
                on_deleted(document.id)


def _raise(error: InputError) -> NoReturn:
    raise error


def _order(post: Post, number: int) -> tuple[int, float, float, int]:
    if post.created is None:
        return (1, 0.0, 0.0, number)
    return (0, _seconds(post.created), _seconds(post.edited) if post.edited else 0.0, number)


def _seconds(when: datetime | date) -> float:
    if not isinstance(when, datetime):
        when = datetime.combine(when, clock_time(), UTC)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _records(text: str, where: str, fault: OnError) -> Iterator[tuple[str, Any]]:
    """Every record with where it stands."""
    start = text.lstrip()[:1]
    if not start:
        raise FileError("the file is empty", where=where, todo="give an archive of posts")
    if start not in "[{":
        yield from _rows(text, where, fault)
        return
    if start == "{" and "\n" in text.strip():
        try:
            json.loads(text.lstrip().split("\n", 1)[0])
        except (ValueError, RecursionError):
            pass  # one object over many lines
        else:
            yield from _lines(text, where, fault)
            return
    data = loads(text, where)
    if isinstance(data, dict):
        name = next((n for n in _LISTS if isinstance(data.get(n), list)), None)
        if name is None:
            yield where, data
            return
        data = data[name]
    if not data:
        raise FileError("the list is empty", where=where, todo="give it posts")
    for number, item in enumerate(data, 1):
        yield f"{where} item {number}", item


def _lines(text: str, where: str, fault: OnError) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            at = f"{where} line {number}"
            try:
                yield at, loads(line, at)
            except FileError as error:
                fault(error)


def _rows(text: str, where: str, fault: OnError) -> Iterator[tuple[str, Any]]:
    header = text.lstrip().split("\n", 1)[0]
    mark = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text.lstrip()), delimiter=mark)
    names = [name.strip() for name in next(reader, [])]
    shown = {name.lower().replace(" ", "_") for name in names}
    if not shown & {"content", "text", "full_text", "body", "message", "post", "tweet"}:
        raise FileError(
            f"no column of {', '.join(names)[:120] or 'the file'} is the text of a post",
            where=where,
            todo="name the columns id, created_at, content, author, url",
        )
    while True:
        at = f"{where} line {reader.line_num + 1}"
        try:
            row = next(reader, None)
        except csv.Error as error:
            fault(FileError(f"the row cannot be read ({error})", where=at, todo="repair or leave it out"))
            continue
        if row is None:
            return
        if not any(row):
            continue
        if max(map(len, row)) > _FIELD:  # the csv module's own limit is anybody's to change
            what = f"the row cannot be read (a field is longer than {_FIELD:,} characters)"
            fault(FileError(what, where=at, todo="repair or leave it out"))
            continue
        if len(row) != len(names):
            fault(
                FileError(
                    f"the row has {len(row)} columns, the header {len(names)}",
                    where=at,
                    todo="put texts with commas or line ends in quotation marks",
                )
            )
            continue
        yield at, dict(zip(names, row, strict=True))
