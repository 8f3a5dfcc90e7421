"""Records as plain JSON values, and words of others without what would obey or hide.

What a terminal, a mail header or a reading direction would obey is never printable text to Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

__all__ = ["plain", "printable"]


def plain(value: Any) -> Any:
    """Records as plain JSON values: fields by name, days as ISO dates, enums as their value.

    >>> plain((date(2026, 1, 8), {"a": None}))
    ['2026-01-08', {'a': None}]
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):  # and datetime
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(v) for v in value]
    return value


def printable(text: str, keep: str = "") -> str:
    r"""A text with a space for every control or direction character, but for those to `keep`.

    >>> printable("a\x1b[2J\u202eb\n"), printable("a\n", keep="\n")
    ('a [2J b ', 'a\n')
    """
    return "".join(c if c.isprintable() or c in keep else " " for c in text)
