"""`detente events --sql`: the answer to a query, printed."""

from __future__ import annotations

from typing import Any

from detente.cli.options import EventFormat, StorePath
from detente.cli.output import dump, line, note, show

__all__ = ["answer"]


def answer(query: str, store: StorePath, format: EventFormat, limit: int | None) -> None:
    """Run a query over the store and print its rows in the format of a list."""
    from detente.errors import InputError
    from detente.store import open_store
    from detente.store.sql import ROWS, ask

    if format is EventFormat.PLOVER:
        raise InputError("the rows of a query are no events", where="--format", todo="write csv or json")
    most = limit or ROWS
    with open_store(store) as opened:
        found = ask(opened, query, limit=most)
    records = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    if format is EventFormat.JSON:
        dump({"schema": "detente.answer.v1", "columns": found.columns, "rows": records, "cut": found.cut})
    elif format is EventFormat.JSONL:
        for record in records:
            dump(record, indent=None)
    elif format is EventFormat.CSV:
        _csv(found.columns, found.rows)
    else:
        from rich.text import Text

        from detente.cli.tables import grid

        table = grid(*map(line, found.columns))
        for row in found.rows:
            table.add_row(*(Text(line(_plain(value))) for value in row))
        show(table)
    if found.cut:
        note(f"only the first {most} rows; ask for more with --limit, or for less in the query")


def _plain(value: Any) -> str:
    if value is None:
        return "?"
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    return str(value)


def _csv(columns: tuple[str, ...], rows: tuple[tuple[Any, ...], ...]) -> None:
    import csv
    import io

    from detente.cli.output import write

    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow("" if value is None else _plain(value) for value in row)
    write(made.getvalue())
