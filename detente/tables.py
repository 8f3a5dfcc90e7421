"""The tables of `data/`, read when first asked for."""

from __future__ import annotations

import csv
from importlib import resources

from detente.errors import DataError

__all__ = ["read_table"]


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of a CSV table that ships with the package; every cell is text, empty where nothing is known.

    Raises DataError where the table is missing or empty.

    >>> read_table("codebook/types.csv")[0]["event"]
    'AGREE'
    """
    path = resources.files("detente").joinpath("data", *name.split("/"))
    if not path.is_file():
        raise DataError("the table is missing", where=f"data/{name}", todo="reinstall detente")
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    if not rows:
        raise DataError("the table has no rows", where=f"data/{name}", todo="reinstall detente")
    return rows
