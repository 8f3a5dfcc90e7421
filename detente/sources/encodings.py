"""Bytes become text, in the encoding that they are really in, or not at all."""

from __future__ import annotations

import gzip
import zlib
from typing import IO

from detente.errors import FileError
from detente.sources.limits import check_size

__all__ = ["GZIP", "damaged_gzip", "decode", "unzip"]

GZIP = b"\x1f\x8b"
"""The first two bytes of everything that gzip made."""


def decode(content: bytes, where: str) -> str:
    """The bytes as text: UTF-8, else Windows-1252 if that reads well. (Pages: see `charsets`.)

    Raises `FileError` for binary content and for an encoding that nobody can tell.

    >>> decode("Bogotá said no.".encode("cp1252"), "a.txt")
    'Bogotá said no.'
    """
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


def unzip(stream: IO[bytes], where: str, limit: int) -> bytes:
    """The content of a gzip file, at most `limit` bytes of it.

    Raises `FileError` where it is damaged, or swells beyond the limit.

    >>> import io
    >>> unzip(io.BytesIO(gzip.compress(b"They met.")), "a.txt.gz", 100)
    b'They met.'
    """
    try:
        with gzip.open(stream) as opened:
            content = opened.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise damaged_gzip(error, where) from error
    check_size(len(content), limit, where)
    return content


def damaged_gzip(error: Exception, where: str) -> FileError:
    """What to say of a gzip file that does not open."""
    reason = "it ends in the middle" if isinstance(error, EOFError) else str(error)
    return FileError(
        f"the gzip file is damaged ({reason})", where=where, todo="fetch it again, or unpack it yourself"
    )


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
