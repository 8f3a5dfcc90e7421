"""Reads the history files into signed weeks of pairs; shared by the benchmarks of relations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.codebook import codebook

HISTORY = Path("/work/shared/history")


@dataclass(frozen=True)
class History:
    """Weekly values: rows are pairs, columns weeks from `first` (a Monday); NaN is silent."""

    name: str
    pairs: list[tuple[str, str]]
    first: date
    values: NDArray[np.float64]
    details: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)


def ordered(frame: pl.DataFrame, a: str, b: str) -> pl.DataFrame:
    text = frame.with_columns(pl.col(a, b).cast(pl.String), pl.col("date").cast(pl.Date))
    return text.with_columns(
        x=pl.min_horizontal(a, b), y=pl.max_horizontal(a, b), week=pl.col("date").dt.truncate("1w")
    ).filter(pl.col("x") != pl.col("y"))


def _history(name: str, weekly: pl.DataFrame) -> History:
    first, last = weekly["week"].min(), weekly["week"].max()
    assert isinstance(first, date) and isinstance(last, date)
    pairs = weekly.select("x", "y").unique().sort("x", "y").rows()
    place = {p: i for i, p in enumerate(pairs)}
    values = np.full((len(pairs), (last - first).days // 7 + 1), np.nan)
    for x, y, week, value in weekly.select("x", "y", "week", "value").iter_rows():
        values[place[x, y], (week - first).days // 7] = value
    return History(name, pairs, first, values)


def gdelt() -> History:
    """Weekly sums of score of every pair, 2018-2022."""
    frame = ordered(pl.read_parquet(HISTORY / "gdelt_dyads_2018_2022.parquet"), "a", "b")
    return _history(
        "gdelt_dyads_2018_2022", frame.group_by("x", "y", "week").agg(value=pl.col("score").sum())
    )


def icews() -> History:
    """Cooperative less hostile acts a week of every pair; one act a day, direction and type."""
    frame = ordered(pl.read_parquet(HISTORY / "icews_2018_2019.parquet"), "source", "target")
    frame = frame.with_columns(pl.col("cameo").cast(pl.String).str.zfill(3))
    book = codebook()
    types = {c: book.from_cameo(c) for c in frame["cameo"].unique().to_list()}
    signs = {
        c: 0 if t is None or t == "REQUEST" else (-1 if book.hostile(t) else 1) for c, t in types.items()
    }
    frame = (
        frame.with_columns(
            sign=pl.col("cameo").replace_strict(signs, return_dtype=pl.Int64),
            kind=pl.col("cameo").replace_strict(
                {c: t or "" for c, t in types.items()}, return_dtype=pl.String
            ),
        )
        .filter(pl.col("sign") != 0)
        .unique(["date", "source", "target", "kind"])
    )
    history = _history("icews_2018_2019", frame.group_by("x", "y", "week").agg(value=pl.col("sign").sum()))
    hostile, friendly = pl.col("sign") < 0, pl.col("sign") > 0
    material = pl.col("kind").is_in([t for t in book.types if book.quad(t) in (2, 4)])
    chosen = {
        "hostile": hostile,
        "hostile by the first": hostile & (pl.col("source") == pl.col("x")),
        "hostile and material": hostile & material,
        "meetings": pl.col("cameo").str.slice(0, 3).is_in(["042", "043", "044", "046"]),
        "calls": pl.col("cameo").str.slice(0, 3) == "041",
        "agreements": pl.col("cameo").str.slice(0, 3) == "057",
        "concessions": (pl.col("kind").is_in(["CONCEDE", "RETREAT"])),
        "friendly and material": friendly & material,
    }
    details = {name: np.nan_to_num(_placed(history, frame.filter(mask))) for name, mask in chosen.items()}
    return replace(history, details=details)


def _placed(history: History, frame: pl.DataFrame) -> NDArray[np.float64]:
    place = {p: i for i, p in enumerate(history.pairs)}
    out = np.zeros_like(history.values)
    for x, y, week, count in frame.group_by("x", "y", "week").len().iter_rows():
        out[place[x, y], (week - history.first).days // 7] = count
    return out


def event_features(history: History, pair: int, thaw: int) -> tuple[float, ...]:
    """What only events tell: depth and kind of the tension, who did it, kind of the thaw act."""
    if not history.details:
        return ()
    before = {k: float(v[pair, max(0, thaw - 12) : thaw].sum()) for k, v in history.details.items()}
    at = {k: float(v[pair, thaw] > 0) for k, v in history.details.items()}
    acts = before["hostile"]
    return (
        float(np.log1p(acts)),
        before["hostile and material"] / max(1.0, acts),
        abs(2 * before["hostile by the first"] / max(1.0, acts) - 1),
        at["meetings"],
        at["calls"],
        at["agreements"],
        max(at["concessions"], at["friendly and material"]),
    )
