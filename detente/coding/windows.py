"""Windows of a text for the encoder: neighbouring sentences are read together.

What a sentence reports often depends on the ones before it ("these measures", "the ministry", "they").
Each sentence belongs to one window; a window begins with what stands just before its first sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["BEFORE", "MOST", "Window", "lay_out", "mark_pieces", "windows"]

MOST = 254
"""Word pieces of one window. A short news text fits whole; longer windows only cost time."""

BEFORE = 56
"""Word pieces of earlier sentences that a window may begin with: one or two of usual length."""

_MARKS = {"s": (1, 2), "t": (3, 4)}  # unused words of the vocabulary


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences `first` up to `last` (not included), with those from `before` on as what came before."""

    before: int
    first: int
    last: int


def windows(sizes: Sequence[int], wanted: Sequence[bool]) -> list[Window]:
    """The windows that hold every wanted sentence once; `sizes` are in word pieces.

    A single unwanted sentence between wanted ones stays in, longer gaps end a window. A sentence longer
    than a window has one of its own and is cut there.

    >>> windows([100, 100, 100, 30, 20], [True, True, True, False, True])
    [Window(before=0, first=0, last=2), Window(before=2, first=2, last=5)]
    """
    found = []
    count = len(sizes)
    k = 0
    while k < count:
        if not wanted[k]:
            k += 1
            continue
        before, room = k, BEFORE
        while before > 0 and sizes[before - 1] <= room:
            before -= 1
            room -= sizes[before]
        total = BEFORE - room + sizes[k]
        last = k + 1
        while last < count and total + sizes[last] <= MOST:
            if not wanted[last] and not (last + 1 < count and wanted[last + 1]):
                break
            total += sizes[last]
            last += 1
        found.append(Window(before, k, last))
        k = last
    return found


def lay_out(
    pieces: Sequence[Sequence[int]], wanted: Sequence[bool]
) -> tuple[list[list[int]], list[tuple[int, int, int]]]:
    """Rows of word pieces, one a window, and where each sentence lies: (row, sentence, first piece).

    Places count the piece that opens a row, which is added when the row is read.
    """
    rows: list[list[int]] = []
    parts = []
    for window in windows([len(p) for p in pieces], wanted):
        row: list[int] = []
        for k in range(window.before, window.last):
            if k >= window.first:
                parts.append((len(rows), k, len(row) + 1))
            row += pieces[k]
        rows.append(row[:MOST])
    return rows, parts


def mark_pieces(
    tokenizer: Any, text: str, source: tuple[int, int], target: tuple[int, int]
) -> tuple[list[int], int, int]:
    """Word pieces of a sentence with both parties marked, and where the two marks stand.

    Places count as in `lay_out`.
    """
    pieces = tokenizer.encode(text, add_special_tokens=False)
    row: list[int] = []
    opened = {"s": 0, "t": 0}
    spans = {"s": source, "t": target}
    for k, (start, end) in enumerate(pieces.offsets[: MOST - 4]):
        for side, (a, b) in spans.items():
            inside = start < b and end > a
            before = k > 0 and pieces.offsets[k - 1][0] < b and pieces.offsets[k - 1][1] > a
            if inside and not before:
                opened[side] = len(row)
                row.append(_MARKS[side][0])
            elif before and not inside:
                row.append(_MARKS[side][1])
        row.append(pieces.ids[k])
    return row, opened["s"] + 1, opened["t"] + 1
