"""Files become documents: plain text, Markdown, web pages, JSON and JSON lines.

Every way in which a file can be bad is told with what is wrong, where, and what to do.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

from detente.errors import DateError, FileError, InputError
from detente.records import Document, Kind
from detente.sources.text import make_document, normalise, parse_date

__all__ = ["DOCUMENT_LIMIT", "LINE_LIMIT", "read", "read_all"]

DOCUMENT_LIMIT = 20_000_000
"""Bytes of one document. The longest treaty texts have 3 MB; more is a dump, not a document."""

LINE_LIMIT = 50_000_000
"""Bytes of one line of a .jsonl file: a document at its limit, escaped, with room to spare."""

_JSON_LIMIT = 25 * DOCUMENT_LIMIT  # a .json file is held in memory whole; a .jsonl file is not
_READERS = (".txt", ".md", ".html", ".htm", ".json", ".jsonl")
_FIELDS = ("id", "title", "url", "publisher", "author", "language")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.I)
_LANGUAGE = re.compile(rb"<html\b[^>]{0,400}?\blang\s*=\s*[\"']?([A-Za-z]{2})\b", re.I)
_MARKUP = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)

OnError = Callable[[FileError], None]


def read(
    path: Path | str, *, published: date | None = None, limit: int = DOCUMENT_LIMIT
) -> Iterator[Document]:
    """The documents of one file, in its order; `-` reads the standard input and guesses its layout.

    Takes .txt, .md (a first line "# …" is the title), .html/.htm (main text and metadata by
    trafilatura), .json (one document or a list) and .jsonl. A JSON document needs `text`, and may
    have `id title url published publisher author language kind retrieved`. `published` is the day
    of documents that state none; for web pages, whose day is only guessed, it wins over the guess.
    `limit` is in bytes a document. Raises `FileError` at the first fault.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "note.md"
    ...     _ = file.write_text("# A call\\n\\nThe two leaders spoke on Monday.")
    ...     [(d.title, d.text) for d in read(file, published=date(2026, 1, 8))]
    [('A call', 'The two leaders spoke on Monday.')]
    """
    return _read(Path(path), published, limit, _raise)


def read_all(
    paths: Iterable[Path | str],
    on_error: OnError,
    *,
    published: date | None = None,
    limit: int = DOCUMENT_LIMIT,
) -> Iterator[Document]:
    """The documents of many files; each fault goes to `on_error` and the rest goes on.

    In a list or a .jsonl file a bad document costs only itself. See `read` for the rest.

    >>> faults = []
    >>> list(read_all(["no/such.txt"], faults.append)), str(faults[0])
    ([], 'no/such.txt: there is no such file; check the path')
    """
    for path in paths:
        try:
            yield from _read(Path(path), published, limit, on_error)
        except FileError as error:
            on_error(error)


def _raise(error: FileError) -> NoReturn:
    raise error


def _read(path: Path, published: date | None, limit: int, on_error: OnError) -> Iterator[Document]:
    if str(path) == "-":
        where = "standard input"
        content = sys.stdin.buffer.read(_JSON_LIMIT + 1)
        _check_size(len(content), _JSON_LIMIT, where)
        ending = _sniff(content)
    else:
        where, ending = str(path), path.suffix.lower()
        size = _size(path, where)
        if ending not in _READERS:
            raise FileError(
                f"files ending in {ending or 'nothing'} are not read",
                where=where,
                todo=f"give one of {', '.join(_READERS)}",
            )
        if ending == ".jsonl":
            yield from _json_lines(path, where, published, limit, on_error)
            return
        _check_size(size, _JSON_LIMIT if ending == ".json" else limit, where)
        content = _bytes(path, where)
    if not content:
        raise FileError("the file is empty", where=where, todo="give a file with text")
    if ending == ".json":
        yield from _json(_decode(content, where), where, published, limit, on_error)
    elif ending == ".jsonl":
        yield from _lines(content.split(b"\n"), where, published, limit, on_error)
    else:
        _check_size(len(content), limit, where)
        if ending in (".html", ".htm"):
            yield _page(content, where, published)
        else:
            yield _plain(_decode(content, where), where, published, titled=ending == ".md")


def _size(path: Path, where: str) -> int:
    try:
        if path.is_dir():
            raise FileError("this is a folder", where=where, todo=f"give the files in it, e.g. {where}/*.txt")
        return path.stat().st_size
    except FileNotFoundError as error:
        raise FileError("there is no such file", where=where, todo="check the path") from error
    except (OSError, ValueError) as error:
        raise _unreadable(error, where) from error


def _bytes(path: Path, where: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(error, where) from error


def _unreadable(error: Exception, where: str) -> FileError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return FileError(f"the file cannot be read ({reason})", where=where, todo="check the path and its rights")


def _check_size(size: int, limit: int, where: str) -> None:
    if size > limit:
        raise FileError(
            f"{size / 1e6:.1f} MB is more than the {limit / 1e6:.1f} MB a document may have",
            where=where,
            todo="split it into documents, one a line in a .jsonl file",
        )


def _sniff(content: bytes) -> str:
    """The ending that fits bytes from a pipe; text that only looks like JSON stays text."""
    head = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    if _MARKUP.match(head[:4000]):
        return ".html"
    if re.match(rb"\[\s*[{\]]", head):
        return ".json"
    if re.match(rb'\{\s*["}]', head):
        lines = [line for line in content.split(b"\n") if line.strip()]
        if len(lines) > 1 and all(line.strip().startswith(b"{") for line in lines[:2]):
            return ".jsonl"
        return ".json"
    return ".txt"


def _plain(text: str, where: str, published: date | None, *, titled: bool) -> Document:
    title = None
    body = normalise(text)
    if titled and body.startswith("# "):
        first, _, rest = body.partition("\n")
        if rest.strip():  # a file of nothing but a heading keeps it as its text
            title, body = first[2:].strip(), rest
    return _document({"text": body, "title": title}, where, published)


def _page(content: bytes, where: str, published: date | None) -> Document:
    declared = _CHARSET.search(content[:4096])
    text = _decode(content, where, declared[1].decode("ascii") if declared else None)
    try:
        from trafilatura import bare_extraction
    except ImportError as error:
        raise FileError(
            f"web pages cannot be read because trafilatura does not load ({error})",
            where=where,
            todo="type: pip install 'trafilatura' 'lxml_html_clean'",
        ) from error
    found: Any = bare_extraction(text, fast=True, with_metadata=True, include_comments=False)
    if found is None or not (found.text or "").strip():
        raise FileError("no article text was found in the page", where=where, todo="save its text as .txt")
    language = _LANGUAGE.search(content[:4096])
    body = normalise(found.text)
    first, _, rest = body.partition("\n")
    fields = {
        # The headline is kept as the title; in the text it would be coded once more.
        "text": rest if found.title and rest.strip() and first == found.title.strip() else body,
        "title": found.title,
        "url": found.url,
        "publisher": found.sitename or found.hostname,
        "author": found.author,
        "language": found.language or (language[1].decode().lower() if language else None),
        # Its date is a guess from the page, so a day that the user gives goes before it.
        "published": found.date if published is None else None,
    }
    return _document(fields, where, published)


def _json(text: str, where: str, published: date | None, limit: int, on_error: OnError) -> Iterator[Document]:
    data = _loads(text, where)
    if isinstance(data, list):
        if not data:
            raise FileError("the list is empty", where=where, todo="give it documents")
        for number, item in enumerate(data, 1):
            yield from _item(item, f"{where} item {number}", published, limit, on_error)
    else:
        yield from _item(data, where, published, limit, on_error)


def _json_lines(
    path: Path, where: str, published: date | None, limit: int, on_error: OnError
) -> Iterator[Document]:
    try:
        with path.open("rb") as file:
            lines = iter(lambda: file.readline(LINE_LIMIT + 1), b"")
            yield from _lines(lines, where, published, limit, on_error)
    except OSError as error:
        raise _unreadable(error, where) from error


def _lines(
    lines: Iterable[bytes], where: str, published: date | None, limit: int, on_error: OnError
) -> Iterator[Document]:
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
            data = _loads(_decode(line, at), at)
        except FileError as error:
            on_error(error)
            continue
        yield from _item(data, at, published, limit, on_error)
    if not found:
        raise FileError("the file is empty", where=where, todo="give one document a line")


def _loads(text: str, where: str) -> Any:
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
            _check_size(len(item["text"].encode("utf-8", "replace")), limit, where)
        document = _document(item, where, published)
    except FileError as error:
        on_error(error)
        return
    yield document


def _document(fields: Mapping[str, Any], where: str, published: date | None) -> Document:
    values = {name: _string(fields, name, where) for name in _FIELDS}
    day = published
    stated = _string(fields, "published", where)
    if stated:
        try:
            day = parse_date(stated)
        except DateError as error:
            raise _bad_date(stated, f"{where} field 'published'") from error
    retrieved = _string(fields, "retrieved", where)
    try:
        seen = datetime.fromisoformat(retrieved) if retrieved else None
    except ValueError as error:
        raise _bad_date(retrieved or "", f"{where} field 'retrieved'") from error
    kind = _string(fields, "kind", where) or Kind.ARTICLE
    try:
        return make_document(fields["text"], published=day, kind=Kind(kind), retrieved=seen, **values)
    except ValueError as error:
        raise FileError(
            f"{kind!r} is no kind of document",
            where=f"{where} field 'kind'",
            todo=f"write one of {', '.join(Kind)}",
        ) from error
    except InputError as error:
        raise FileError(error.what, where=where, todo=error.todo) from error


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


def _decode(content: bytes, where: str, declared: str | None = None) -> str:
    """The bytes as text: UTF-8, else what a page declares, else Windows-1252 if that reads well."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise _undecodable(content, error.start, where) from error
    nul = content.find(b"\x00")
    if nul >= 0:
        raise FileError(
            f"this is a binary file (a NUL byte at offset {nul})",
            where=where,
            todo="give the text that is in it",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        offset = error.start
    if declared and declared.lower().replace("_", "-") not in ("utf-8", "utf8"):
        try:
            return content.decode(declared)
        except (LookupError, UnicodeDecodeError, ValueError):
            pass  # pages often declare what they are not; the bytes decide
    # More good UTF-8 letters than bad bytes: a damaged UTF-8 file. Windows-1252 would read the good
    # ones as two or three wrong letters each, so it is not tried.
    patched = content.decode("utf-8", "replace")
    good = sum(1 for c in patched if c > "\x7f" and c != "\ufffd")
    if good > patched.count("\ufffd"):
        raise _undecodable(content, offset, where)
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise _undecodable(content, offset, where) from error
    if not _plausible(text):
        raise _undecodable(content, offset, where)
    return text


def _plausible(text: str) -> bool:
    """Whether Windows-1252 gave words of a Western language.

    No control characters, and at most a quarter of the letters accented: French and Spanish prose
    have under a tenth, while Cyrillic or Greek read wrongly have nearly all.
    """
    if any((c < " " and c not in "\t\n\r\f") or c == "\x7f" for c in text):
        return False
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and sum(c > "\x7f" for c in letters) <= len(letters) / 4


def _undecodable(content: bytes, offset: int, where: str) -> FileError:
    return FileError(
        f"byte 0x{content[offset]:02X} at offset {offset} is not UTF-8, and no other encoding reads well",
        where=where,
        todo="save the file as UTF-8",
    )
