"""A history file read into weekly signs of pairs, for `detente backtest`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from detente.errors import FileError, FormatError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

__all__ = ["LAYOUTS", "History", "read_history"]

# Columns that make a layout; the first that a file holds is read.
LAYOUTS: tuple[tuple[str, ...], ...] = (
    ("date", "source", "target", "cameo"),
    ("date", "source", "target", "goldstein"),
    ("date", "a", "b", "score"),
)


@dataclass(frozen=True, slots=True)
class History:
    """Weekly values: rows are pairs, columns weeks from the Monday `first`; NaN is silent."""

    pairs: tuple[tuple[str, str], ...]
    first: date
    values: NDArray[np.float64]
    rows: int
    layout: tuple[str, ...]


def read_history(path: Path) -> History:
    """Weekly balance of every pair of a Parquet file, of which only the sign is used.

    `cameo` codes count one act a day, direction and PLOVER type, cooperative less hostile;
    `goldstein` and `score` are summed. Raises FileError where the file cannot be read, FormatError
    where it has none of the `LAYOUTS` or no row between two parties.
    """
    import numpy as np
    import polars as pl

    if not path.is_file():
        raise FileError("there is no such file", where=str(path), todo="check the path")
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FileError(
            f"no Parquet file ({error})", where=str(path), todo="write the history as Parquet"
        ) from error
    layout = next((names for names in LAYOUTS if set(names) <= set(frame.columns)), None)
    if layout is None:
        raise FormatError(
            f"the columns {', '.join(frame.columns)} are no history",
            where=str(path),
            todo="give " + ", or ".join(" ".join(names) for names in LAYOUTS),
        )
    try:
        weekly = _weekly(frame.select(layout), layout)
    except pl.exceptions.PolarsError as error:
        raise FormatError(
            f"a column cannot be read ({error})",
            where=str(path),
            todo="give dates as dates, parties as text and scores as numbers",
        ) from error
    if weekly.is_empty():
        raise FormatError(
            "no row tells of two different parties", where=str(path), todo="check the two columns of codes"
        )
    first, last = weekly["week"].min(), weekly["week"].max()
    assert isinstance(first, date) and isinstance(last, date)
    pairs = weekly.select("x", "y").unique().sort("x", "y")
    place = pairs.with_row_index("row")
    weekly = weekly.join(place, on=["x", "y"]).with_columns(
        column=((pl.col("week") - first).dt.total_days() // 7)
    )
    values = np.full((pairs.height, (last - first).days // 7 + 1), np.nan)
    values[weekly["row"].to_numpy(), weekly["column"].to_numpy()] = weekly["value"].to_numpy()
    return History(tuple((x, y) for x, y in pairs.iter_rows()), first, values, frame.height, layout)


def _weekly(frame: pl.DataFrame, layout: tuple[str, ...]) -> pl.DataFrame:
    import polars as pl

    day, one, other, value = layout
    frame = frame.drop_nulls().with_columns(pl.col(one, other).cast(pl.String), pl.col(day).cast(pl.Date))
    frame = frame.filter(pl.col(one) != pl.col(other)).with_columns(
        x=pl.min_horizontal(one, other), y=pl.max_horizontal(one, other), week=pl.col(day).dt.truncate("1w")
    )
    if value == "cameo":
        frame = _acts(frame, layout)
        value = "sign"
    return frame.group_by("x", "y", "week").agg(value=pl.col(value).sum().cast(pl.Float64))


def _acts(frame: pl.DataFrame, layout: tuple[str, ...]) -> pl.DataFrame:
    """One row for each act, with its sign; what has no side is left out."""
    import polars as pl

    from detente.codebook import codebook

    day, one, other, value = layout
    book = codebook()
    codes = frame[value].cast(pl.String).str.zfill(3)
    kinds = {c: book.from_cameo(c) or "" for c in codes.unique().to_list()}
    signs = {c: 0 if k in ("", "REQUEST") else -1 if book.hostile(k) else 1 for c, k in kinds.items()}
    return (
        frame.with_columns(
            kind=codes.replace_strict(kinds, return_dtype=pl.String),
            sign=codes.replace_strict(signs, return_dtype=pl.Int64),
        )
        .filter(pl.col("sign") != 0)
        .unique([day, one, other, "kind"])
    )
