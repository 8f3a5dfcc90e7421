"""Files of any size as whole lines, plain, gzipped, zipped or from the standard input."""

from __future__ import annotations

import gzip
import io
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from detente.errors import FileError, FormatError
from detente.records import Event
from detente.store.imported import Rows

__all__ = ["Batch", "Fault", "Faults", "blocks", "head_of", "lines", "opened"]

_BLOCK = 8 << 20
_LONGEST = 64 << 20
_HEAD = 64 << 10
_LISTED = 20


Peekable = io.BufferedReader
"""A binary stream whose first bytes can be looked at."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A part of a file as it goes into the store: rows of other data sets, or events of our own.

    `read` is the number of the file's rows that were looked at.
    """

    read: int
    rows: Rows = field(default_factory=Rows)
    events: Sequence[Event] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that could not be read: its line, counted from 1, and why."""

    line: int
    reason: str


@dataclass(slots=True)
class Faults:
    """The wrong rows of a file: all are counted, the first twenty listed.

    >>> faults = Faults(); faults.add(3, "2 columns"); faults.count, faults.first[0].line
    (1, 3)
    """

    count: int = 0
    first: list[Fault] = field(default_factory=list)

    def add(self, line: int, reason: str) -> None:
        """Count a wrong row, and list it where there is room."""
        self.count += 1
        if len(self.first) < _LISTED:
            self.first.append(Fault(line, reason))


@contextmanager
def opened(path: str) -> Iterator[Peekable]:
    """The content of a file as a binary stream; `-` is the standard input.

    A .zip has to hold one file, as GDELT's do. Raises `FileError` where it cannot be opened or read.
    """
    try:
        with _raw(path) as file:
            yield file
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        reason = getattr(error, "strerror", None) or error
        raise FileError(
            f"the file cannot be read ({reason})",
            where=path,
            todo="check that it is there, is yours and is whole",
        ) from error


@contextmanager
def _raw(path: str) -> Iterator[Peekable]:
    if path == "-":
        yield _buffered(sys.stdin.buffer)
        return
    if Path(path).is_dir():
        raise FileError("this is a folder", where=path, todo="name the files in it")
    with Path(path).open("rb") as plain:
        start = plain.read(4)
        plain.seek(0)
        if start[:2] == b"\x1f\x8b":
            with gzip.open(plain) as unpacked:
                yield _buffered(unpacked)
        elif start == b"PK\x03\x04":
            with zipfile.ZipFile(plain) as archive:
                members = [m for m in archive.infolist() if not m.is_dir()]
                if len(members) != 1:
                    raise FileError(
                        f"the archive holds {len(members)} files, not one",
                        where=path,
                        todo="unpack it and name the files",
                    )
                with archive.open(members[0]) as unpacked:
                    yield _buffered(unpacked)
        else:
            yield _buffered(plain)


def _buffered(file: Any) -> Peekable:
    return io.BufferedReader(_Unclosed(file), _HEAD)


class _Unclosed(io.RawIOBase):
    """A stream that is read here and closed by its owner."""

    def __init__(self, inner: IO[bytes]) -> None:
        self._inner = inner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        data = self._inner.read(len(view))
        view[: len(data)] = data
        return len(data)

    @property
    def name(self) -> str | None:
        """The path of a plain file; None for a stream that is unpacked on the way."""
        name = getattr(self._inner, "name", None)
        plain = isinstance(self._inner, io.BufferedReader) and isinstance(name, str)
        return name if plain and Path(str(name)).is_file() else None


def head_of(file: Peekable) -> bytes:
    """The first 64 KB of a stream, which stay to be read."""
    return file.peek(_HEAD)[:_HEAD]


def blocks(file: IO[bytes], *, where: str, size: int = _BLOCK) -> Iterator[tuple[int, bytes]]:
    """Blocks of whole lines, each with the number of its first line.

    Raises `FormatError` where a line has more than 64 MB, for then the file has no lines.

    >>> list(blocks(io.BytesIO(b"a\\nb\\nc"), where="f", size=4))
    [(1, b'a\\nb\\n'), (3, b'c')]
    """
    number, rest = 1, b""
    while True:
        data = file.read(size)
        if not data:
            break
        data = rest + data
        end = data.rfind(b"\n") + 1
        if not end:
            if len(data) > _LONGEST:
                raise FormatError(
                    "a line has more than 64 MB", where=f"{where} line {number}", todo="is it a text?"
                )
            rest = data
            continue
        yield number, data[:end]
        number += data.count(b"\n", 0, end)
        rest = data[end:]
    if rest:
        yield number, rest


def lines(file: IO[bytes], *, where: str) -> Iterator[tuple[int, bytes]]:
    """Lines with their numbers from 1, without their ends; only a line feed ends a line.

    >>> list(lines(io.BytesIO(b"a\\rb\\r\\nc"), where="f"))
    [(1, b'a\\rb'), (2, b'c')]
    """
    for number, block in blocks(file, where=where):
        split = block.split(b"\n")
        if not split[-1]:
            split.pop()
        for offset, line in enumerate(split):
            yield number + offset, line[:-1] if line.endswith(b"\r") else line
