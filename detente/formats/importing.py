"""A file of event data goes into the store: its format is told, its rows kept, its faults counted."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from types import MappingProxyType
from typing import IO

from detente.errors import FormatError
from detente.formats.files import Batch, Fault, Faults, head_of, opened
from detente.store import Store

__all__ = ["FORMATS", "Imported", "batches", "import_file", "sniff"]

_Reader = Callable[..., Iterator[Batch]]

# The module whose `read` takes the format; it is only loaded when such a file comes.
FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "gdelt1": "gdelt",
        "gdelt2": "gdelt",
        "gdelt2-mentions": "gdelt",
        "icews": "icews",
        "polecat": "polecat",
        "plover": "plover_reading",
        "csv": "table_reading",
        "jsonl": "plover_reading",
        "parquet": "table_reading",
    }
)
"""The formats that can be imported."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of one file: rows looked at, rows and events kept that were not there, wrong rows.

    `new` counts dyads where a row has several; `first_wrong` lists at most twenty.
    """

    place: str
    format: str
    rows: int
    new: int
    wrong: int
    first_wrong: tuple[Fault, ...]


def sniff(head: bytes, *, where: str) -> str:
    """The format of a file by its first bytes.

    Raises `FormatError` that names what was found and what is known.

    >>> sniff(b"Event ID\\tEvent Date\\tSource Name\\tSource Sectors\\tCAMEO Code\\n", where="f")
    'icews'
    """
    if head.startswith(b"PAR1"):
        return "parquet"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise FormatError("the file is empty", where=where, todo="give a file with rows")
    if text[:1] in (b"{", b"["):
        first = text.split(b"\n", 1)[0]
        own = b'"trigger_start"' in first or (b'"scheme"' in first and b'"code_quad"' in first)
        return "jsonl" if own else "plover"
    line = text.split(b"\n", 1)[0].decode("utf-8", "replace")
    cells = [cell.strip().strip('"') for cell in line.split("\t")]
    if "Event Type" in cells and "Event ID" in cells:
        return "polecat"
    if "Event ID" in cells or "CAMEO Code" in cells:
        return "icews"
    if line.startswith(("event_id,", '"event_id",')):
        return "csv"
    if "\t" not in line:
        raise FormatError(
            f"the first line, {line[:60]!r}, is that of no format known here",
            where=where,
            todo=f"give --format with one of {', '.join(FORMATS)}",
        )
    from detente.formats.gdelt import layout

    return layout(text, None, where=where)[0]


def batches(file: IO[bytes], head: bytes, format: str, faults: Faults, *, where: str) -> Iterator[Batch]:
    """The rows of a stream in batches, each small enough to hold; wrong rows go to `faults`."""
    if format not in FORMATS:
        raise FormatError(
            f"{format!r} is no format that can be imported",
            where=where,
            todo=f"write one of {', '.join(FORMATS)}",
        )
    module = import_module(f"detente.formats.{FORMATS[format]}")
    if FORMATS[format] == "gdelt":
        _, columns = module.layout(head, format, where=where)
        found: Iterator[Batch] = module.read(file, format, columns, faults, where=where)
    else:
        found = module.read(file, format, faults, where=where)
    return found


def import_file(
    store: Store,
    path: str,
    format: str | None = None,
    *,
    at: datetime | None = None,
    progress: Callable[[int], None] | None = None,
) -> Imported:
    """Keep the rows of a file in the store; what is there already is not added again.

    Rows are read and written side by side, in batches, so memory does not grow with the file; each
    batch is written whole or not at all, and a file that was stopped on the way can be given again.
    `progress` is told the rows looked at so far. Raises `FileError` or `FormatError` where the file
    cannot be read; `at` is when it was imported.
    """
    faults = Faults()
    rows = new = 0
    with opened(path) as file:
        head = head_of(file)
        told = format or sniff(head, where=path)
        run = store.start_import(path, told, at)
        for batch in _ahead(batches(file, head, told, faults, where=path)):
            rows += batch.read
            new += store.add_imported(run, batch.rows)
            if batch.events:
                from detente.formats.own import keep

                new += keep(store, run, batch.events)
            if progress is not None:
                progress(rows)
        store.finish_import(run, rows, new, faults.count)
    return Imported(
        path, told, rows, new, faults.count, tuple(sorted(faults.first, key=lambda fault: fault.line))
    )


def _ahead(source: Iterable[Batch]) -> Iterator[Batch]:
    """The same batches, the next being read while the one before is used.

    Reading and writing each leave Python for half of their time, so two cores are used.
    """
    waiting: queue.Queue[Batch | BaseException | None] = queue.Queue(maxsize=1)
    stop = threading.Event()

    def give(item: Batch | BaseException | None) -> None:
        while not stop.is_set():
            try:
                waiting.put(item, timeout=0.1)
            except queue.Full:
                continue
            return

    def work() -> None:
        try:
            for batch in source:
                give(batch)
                if stop.is_set():
                    return
            give(None)
        except BaseException as error:  # it is raised where the batches are asked for
            give(error)

    thread = threading.Thread(target=work, name="detente-import", daemon=True)
    thread.start()
    try:
        while (item := waiting.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        thread.join()
