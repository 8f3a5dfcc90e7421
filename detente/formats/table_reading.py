"""Our own tables, in: the rows of a CSV or Parquet file become the events they were written from."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from detente.errors import FormatError
from detente.formats import jsonl
from detente.formats.files import Batch, Faults
from detente.formats.tables import COLUMNS, FORMULA
from detente.records import Event

__all__ = ["read"]

_BATCH = 2000
_NEEDED = (
    "event_id", "dyad", "document", "start", "end", "text", "event", "status", "trigger",
    "trigger_start", "actor", "recipient", "actors", "recipients",
)  # fmt: skip
_PARTY = ("sector", "text", "name", "start", "end", "how")
_KINDS = dict(COLUMNS)
_ESCAPED = re.compile(rf"'+[{re.escape(''.join(FORMULA))}]")

Row = tuple[int, Mapping[str, Any]]


def read(file: IO[bytes], format: str, faults: Faults, *, where: str) -> Iterator[Batch]:
    """The events of a table in batches; one with a broken row is counted and left out.

    Rows of one event have to stand together, as they are written. Raises `FormatError` where a column
    that an event needs is missing.
    """
    rows = _parquet(file, where) if format == "parquet" else _csv(file, faults, where)
    events: list[Event] = []
    looked = 0
    for numbered in _groups(rows):
        looked += len(numbered)
        line = numbered[0][0]
        try:
            events.append(_event([row for _, row in numbered], f"{where} line {line}"))
        except FormatError as error:
            faults.add(line, f"{error.where}: {error.what}")
        except (ValueError, TypeError) as error:
            faults.add(line, str(error))
        if looked >= _BATCH:
            yield Batch(looked, events=events)
            events, looked = [], 0
    yield Batch(looked, events=events)


def _groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows of one event after the other: its first dyad, or another id, begins the next."""
    group: list[Row] = []
    for row in rows:
        if group and (row[1]["dyad"] == 1 or row[1]["event_id"] != group[0][1]["event_id"]):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _check(columns: Iterable[str], where: str) -> None:
    given = set(columns)
    missing = [name for name in _NEEDED if name not in given]
    if missing:
        raise FormatError(
            f"the table has {len(given)} columns and lacks {', '.join(missing)}",
            where=where,
            todo="give a file that detente export wrote",
        )


def _csv(file: IO[bytes], faults: Faults, where: str) -> Iterator[Row]:
    # A cell may have 20 MB, as a document may.
    csv.field_size_limit(20 << 20)
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    try:
        reader = csv.reader(text, strict=True)
        header = next(reader, [])
        _check(header, where)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                faults.add(line, str(error))
                continue
            if cells is None:
                return
            if len(cells) != len(header):
                faults.add(line, f"{len(cells)} columns, not {len(header)}")
                continue
            try:
                row = {n: _value(n, c) for n, c in zip(header, cells, strict=True) if n in _KINDS}
            except ValueError as error:
                faults.add(line, str(error))
                continue
            yield line, row
    except UnicodeDecodeError as error:
        raise FormatError("the file is no UTF-8", where=where, todo="save it as UTF-8") from error
    finally:
        text.detach()


def _value(name: str, cell: str) -> Any:
    kind = _KINDS[name]
    if kind == "list":
        return _plain(cell).split(";") if cell else []
    if cell == "":
        # Words of the text are never unknown, only empty.
        return "" if name in ("text", "trigger") else None
    try:
        if kind == "number":
            return int(cell)
        if kind == "decimal":
            return float(cell)
    except ValueError:
        raise ValueError(f"{name} is {cell!r}") from None
    if kind == "flag":
        if cell.lower() not in ("true", "false"):  # spreadsheets write them in capitals
            raise ValueError(f"{name} is {cell!r}")
        return cell.lower() == "true"
    return _plain(cell)


def _plain(cell: str) -> str:
    """The text without the mark that keeps a spreadsheet from running it."""
    return cell[1:] if _ESCAPED.match(cell) else cell


def _parquet(file: IO[bytes], where: str) -> Iterator[Row]:
    import polars as pl
    from polars.exceptions import PolarsError

    source: Any = file if getattr(file, "name", None) is None else file.name
    if not isinstance(source, str):
        source = io.BytesIO(file.read())  # the index stands at the end, so a stream is read whole
    try:
        scan = pl.scan_parquet(source)
        _check(scan.collect_schema().names(), where)
        number = 0
        for frame in scan.collect_batches(chunk_size=_BATCH, maintain_order=True):
            for row in frame.iter_rows(named=True):
                number += 1
                yield number, row
    except PolarsError as error:
        raise FormatError(
            f"the Parquet file cannot be read ({str(error).splitlines()[0]})",
            where=where,
            todo="check that it is whole",
        ) from error


def _event(rows: list[Mapping[str, Any]], where: str) -> Event:
    first = rows[0]
    record = {name: first.get(name) for name in _KINDS}
    if first.get("sides"):
        record |= json.loads(first["sides"])
    else:
        many = max(len(first["recipients"] or ()), 1)
        wanted = max(len(first["actors"] or ()), 1) * many
        if len(rows) != wanted:
            raise ValueError(f"event {first['event_id']} has {len(rows)} rows, not {wanted}")
        record["actor"] = [_party(row, "actor") for row in rows[::many] if row["actor"] is not None]
        record["recipient"] = [
            _party(row, "recipient") for row in rows[:many] if row["recipient"] is not None
        ]
    made = jsonl.from_record(record, where=where)
    if made.id != first["event_id"]:
        raise ValueError(f"event {first['event_id']} has changed: its words or parties make {made.id}")
    return made


def _party(row: Mapping[str, Any], side: str) -> dict[str, Any]:
    party = {"code": row[side]} | {field: row.get(f"{side}_{field}") for field in _PARTY}
    return party | {"text": party["text"] or ""}
