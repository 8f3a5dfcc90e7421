"""The field's files, in and out.

`export` writes events in one of the layouts of `names()`; `losses` says what a layout cannot hold.
`detente.formats.importing.import_file` reads files of the field into the store.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

from detente.errors import FileError, FormatError
from detente.interfaces import Format
from detente.records import Document, Event

__all__ = ["export", "find", "losses", "names"]

# Module and class by name; a module is only loaded when its layout is asked for.
_FORMATS: Mapping[str, tuple[str, str]] = {
    "csv": ("detente.formats.tables", "Csv"),
    "jsonl": ("detente.formats.jsonl", "Jsonl"),
    "parquet": ("detente.formats.tables", "Parquet"),
    "plover": ("detente.formats.plover", "Plover"),
    "polecat": ("detente.formats.polecat", "Polecat"),
    "gdelt2": ("detente.formats.gdelt", "Gdelt2"),
    "sqlite": ("detente.formats.sqlite", "Sqlite"),
    "jsonld": ("detente.formats.jsonld", "Jsonld"),
    "atom": ("detente.formats.atom", "Atom"),
}


def names() -> tuple[str, ...]:
    """The layouts that events can be written in.

    >>> names()
    ('csv', 'jsonl', 'parquet', 'plover', 'polecat', 'gdelt2', 'sqlite', 'jsonld', 'atom')
    """
    return tuple(_FORMATS)


def find(format: str) -> Format:
    """The layout of that name. Raises `FormatError` for one that is not known.

    >>> find("xls")
    Traceback (most recent call last):
    detente.errors.FormatError: 'xls' is no format known here; write one of csv, jsonl,
    parquet, plover, polecat, gdelt2, sqlite, jsonld, atom
    """
    if format not in _FORMATS:
        raise FormatError(f"{format!r} is no format known here", todo=f"write one of {', '.join(_FORMATS)}")
    module, name = _FORMATS[format]
    made: Format = getattr(import_module(module), name)()
    return made


def losses(format: str) -> tuple[str, ...]:
    """What a layout cannot hold, in plain phrases; empty where reading back gives the same events.

    >>> losses("jsonl")
    ()
    """
    return find(format).losses


def export(
    events: Iterable[Event],
    documents: Iterable[Document] | Mapping[str, Document],
    format: str,
    out: Path | str | BinaryIO,
) -> int:
    """Write events, in the order given, to a file or a binary stream; gives the number of events.

    `documents` are those the events come from; one that is missing leaves its address, title and
    day empty. A file is written beside its place and moved there when it is whole, so a reader
    never sees half of it and a failure leaves the old one. Raises `FormatError` for an unknown
    format and `FileError` where the file cannot be written.

    >>> import io
    >>> out = io.BytesIO()
    >>> export([], [], "csv", out), out.getvalue()[:13]
    (0, b'event_id,dyad')
    """
    layout = find(format)
    listed = list(events)
    by_id = documents if isinstance(documents, Mapping) else {d.id: d for d in documents}
    chunks = layout.write(listed, by_id)
    if isinstance(out, Path | str):
        _write_file(Path(out), chunks)
    else:
        for chunk in chunks:
            out.write(chunk)
    return len(listed)


def _write_file(path: Path, chunks: Iterator[bytes]) -> None:
    if path.is_dir():
        raise FileError("this is a folder", where=str(path), todo="name a file in it")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            with part.open("wb") as file:
                for chunk in chunks:
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise FileError(
            f"the file cannot be written ({error.strerror or error})",
            where=str(path),
            todo="check that the folder is there, is yours and has room",
        ) from error
