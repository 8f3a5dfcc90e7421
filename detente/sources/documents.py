"""Documents written as JSON: one, a list of them, or one a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from detente.errors import DateError, FileError, InputError
from detente.records import Document, Kind
from detente.sources.encodings import decode
from detente.sources.limits import LINE_LIMIT, check_size
from detente.sources.places import OnError
from detente.sources.text import make_document, parse_date

__all__ = ["from_fields", "loads", "read_lines", "read_values"]

_FIELDS = ("id", "title", "url", "publisher", "author", "language")


def read_values(
    data: Any, where: str, published: date | None, limit: int, on_error: OnError
) -> Iterator[Document]:
    """The documents of a JSON value: one object, or a list of them.

    One that is none goes to `on_error`, and the others of its list are still given. Raises
    `FileError` for an empty list.

    >>> [d.text for d in read_values([{"text": "one"}, 2], "a.json", None, 100, print)]
    a.json item 2: a document is a JSON object, this is a number; write {"text": "…", "published":
    "YYYY-MM-DD"}
    ['one']
    """
    if not isinstance(data, list):
        yield from _item(data, where, published, limit, on_error)
        return
    if not data:
        raise FileError("the list is empty", where=where, todo="give it documents")
    for number, item in enumerate(data, 1):
        yield from _item(item, f"{where} item {number}", published, limit, on_error)


def read_lines(
    lines: Iterable[bytes], where: str, published: date | None, limit: int, on_error: OnError
) -> Iterator[Document]:
    """The documents of lines, each a JSON object; a bad line goes to `on_error`.

    Raises `FileError` for a line longer than `LINE_LIMIT`, and where there is no line.

    >>> [d.text for d in read_lines([b'{"text": "one"}', b""], "a.jsonl", None, 100, print)]
    ['one']
    """
    found = False
    for number, line in enumerate(lines, 1):
        at = f"{where} line {number}"
        if len(line) > LINE_LIMIT:
            raise FileError(
                f"the line is longer than {LINE_LIMIT / 1e6:.0f} MB",
                where=at,
                todo="put one document on a line",
            )
        if not line.strip():
            continue
        found = True
        try:
            data = loads(decode(line, at), at)
        except FileError as error:
            on_error(error)
            continue
        yield from _item(data, at, published, limit, on_error)
    if not found:
        raise FileError("the file is empty", where=where, todo="give one document a line")


def loads(text: str, where: str) -> Any:
    """The value of a JSON text. Raises `FileError` that tells where it is broken.

    >>> loads('{"text": "one"}', "a.json")
    {'text': 'one'}
    """
    if not text.strip():
        raise FileError("the file has only white space", where=where, todo="give a document")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise FileError(
            f"the JSON is broken at line {error.lineno} column {error.colno} ({error.msg})",
            where=where,
            todo="repair it there",
        ) from error
    except (ValueError, RecursionError) as error:
        raise FileError(
            f"the JSON cannot be read ({type(error).__name__})",
            where=where,
            todo="give a document of plain fields",
        ) from error


def _item(item: Any, where: str, published: date | None, limit: int, on_error: OnError) -> Iterator[Document]:
    try:
        if not isinstance(item, dict):
            raise FileError(
                f"a document is a JSON object, this is {_kind_of(item)}",
                where=where,
                todo='write {"text": "…", "published": "YYYY-MM-DD"}',
            )
        if not isinstance(item.get("text"), str):
            raise FileError(
                "the document has no field 'text' with its words",
                where=where,
                todo='write {"text": "…", "published": "YYYY-MM-DD"}',
            )
        if len(item["text"]) > limit // 4:  # only a long one is worth encoding to count its bytes
            check_size(len(item["text"].encode("utf-8", "replace")), limit, where)
        document = from_fields(item, where, published)
    except FileError as error:
        on_error(error)
        return
    yield document


def from_fields(fields: Mapping[str, Any], where: str, published: date | None) -> Document:
    """The document of named values; `published` is its day where the values state none.

    Needs `text`; may have `id title url published modified publisher author language kind
    retrieved`. Raises `FileError` that names the field which is wrong.

    >>> from_fields({"text": "They met.", "published": "2026-01-08"}, "a.json", None).published
    datetime.date(2026, 1, 8)
    """
    values = {name: _string(fields, name, where) for name in _FIELDS}
    day = _day(fields, "published", where) or published
    modified = _day(fields, "modified", where)
    retrieved = _string(fields, "retrieved", where)
    try:
        seen = datetime.fromisoformat(retrieved) if retrieved else None
    except ValueError as error:
        raise _bad_date(retrieved or "", f"{where} field 'retrieved'") from error
    kind = _string(fields, "kind", where) or Kind.ARTICLE
    try:
        made = make_document(fields["text"], published=day, kind=Kind(kind), retrieved=seen, **values)
    except ValueError as error:
        raise FileError(
            f"{kind!r} is no kind of document",
            where=f"{where} field 'kind'",
            todo=f"write one of {', '.join(Kind)}",
        ) from error
    except InputError as error:
        raise FileError(error.what, where=where, todo=error.todo) from error
    return replace(made, modified=modified) if modified else made


def _day(fields: Mapping[str, Any], name: str, where: str) -> date | None:
    stated = _string(fields, name, where)
    try:
        return parse_date(stated) if stated else None
    except DateError as error:
        raise _bad_date(stated or "", f"{where} field {name!r}") from error


def _bad_date(value: str, where: str) -> FileError:
    error = DateError(value, where=where)
    return FileError(error.what, where=where, todo=error.todo)


def _string(fields: Mapping[str, Any], name: str, where: str) -> str | None:
    value = fields.get(name)
    if value is None or isinstance(value, str):
        return value or None
    if name == "id" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise FileError(
        f"the field holds {_kind_of(value)}", where=f"{where} field {name!r}", todo="write a text"
    )


def _kind_of(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return names.get(type(value), "nothing" if value is None else "a number")
