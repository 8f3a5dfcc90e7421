"""Where the quotations of a text lie: turns of a transcript, and quotation marks paired.

Pairing works paragraph by paragraph and takes the outermost pairs. An apostrophe is a mark only
where it opens or closes; a quotation without closing mark goes on in the next paragraph or is
dropped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from detente.coding import speech_words as words
from detente.records import Quote

__all__ = ["Stretch", "stretches", "titled", "turns"]

_TURN = re.compile(
    r"^[ \t]*(?:(?P<name>[^\W\d_][^\W\d]*(?:[ .’'-]{1,2}[^\W\d_][\w’']*){0,5}\.?)[ \t]*:|"
    r"(?P<q>Q|A)(?:\.|[ \t]*:)?)[ \t]+(?=\S)",
    re.MULTILINE,
)


def turns(text: str) -> list[Quote]:
    """Turns of a transcript: labels at the head of lines, in capitals or coming back."""
    found: list[tuple[int, int, int, bool]] = []
    count: dict[str, int] = {}
    for match in _TURN.finditer(text):
        group = "name" if match.group("name") else "q"
        label = match.group(group)
        if text[match.end()] in "\"“«„'‘":
            continue
        small = any(c.islower() for c in label)
        if small and len(label.split()) > 4:
            continue
        found.append((match.start(group), match.end(group), match.end(), small))
        count[label] = count.get(label, 0) + 1
    alternating = len(found) >= 3 and max(count.values(), default=0) >= 2
    kept = []
    for f in found:
        label = text[f[0] : f[1]]
        role = any(w.rstrip(".").lower() in words.ROLES for w in label.split())
        known = count[label] > 1 or role or len(label.split()) < 4
        if (alternating and known) or (not f[3] and len(label) > 1 and len(found) > 1 and role):
            kept.append(f)
    taken: list[Quote] = []
    for i, (start, end, body, _) in enumerate(kept):
        stop = kept[i + 1][0] if i + 1 < len(kept) else len(text)
        stop = body + len(text[body:stop].rstrip())
        if stop <= body:
            continue
        parts = list(re.finditer(r"\S+", text[start:end]))
        while len(parts) > 1 and parts[0].group().rstrip(".").lower() in words.ROLES:
            parts.pop(0)
        start += parts[0].start()
        taken.append(Quote(body, stop, text[body:stop], "direct", text[start:end], start, end, ":"))
    return taken


@dataclass(frozen=True, slots=True)
class Stretch:
    """A quotation as written: `start`:`end` with its marks, `inner_*` without."""

    start: int
    end: int
    inner_start: int
    inner_end: int
    continued: bool = False


_MARK = re.compile("[\"“”„«»'‘’]|\n")
_PAIRS = {'"': '"', "“": "”", "„": "“”", "«": "»", "»": "«", "'": "'’", "‘": "’'"}
_DEEP = 24  # marks looked at for the closing one: more is no quotation but noise
_LAST_CUE = re.compile(
    r"[,!?]\s+(?:(?:said|says|wrote|added)\s+[^,.\n]{2,60}|[^,.\n]{2,60}\s(?:said|says|wrote|added))"
    r"\.?\s*$"
)


def stretches(text: str, start: int, end: int) -> list[Stretch]:
    """Pair the quotation marks of `text[start:end]`, outermost pairs only."""
    marks = [m.start() for m in _MARK.finditer(text, start, end)]
    found: list[Stretch] = []
    i = 0
    while i < len(marks):
        at = marks[i]
        if text[at] == "\n" or not _opens(text, at, start):
            i += 1
            continue
        close = _closing(text, marks, i, end)
        if close is not None:
            found.append(_stretch(text, at, marks[close] + 1, marks[close]))
            i = close + 1
            continue
        if text[at] not in '"“«„':
            i += 1
            continue
        i, unclosed = _unclosed(text, marks, i, start, end)
        if unclosed is not None:
            found.append(unclosed)
    return [s for s in found if s.inner_end > s.inner_start]


def _stretch(text: str, start: int, end: int, inner_end: int, continued: bool = False) -> Stretch:
    inner = start + 1
    while inner < inner_end and text[inner].isspace():
        inner += 1
    while inner_end > inner and (text[inner_end - 1].isspace() or text[inner_end - 1] == ","):
        inner_end -= 1
    return Stretch(start, end, inner, inner_end, continued)


def _opens(text: str, at: int, low: int) -> bool:
    mark = text[at]
    before = text[at - 1] if at > low else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    if mark in "“„«":
        return True
    if mark == "”" or after.isspace():
        return False
    free = before.isspace() or before in '([{—–-:/"“„«'
    if mark in "'‘":
        return free and not after.isdigit() and before not in "-/"
    return free if mark == '"' else False


def _closing(text: str, marks: Sequence[int], i: int, end: int) -> int | None:
    """Index of the mark that closes the one at index `i`, in the same paragraph; None if none."""
    opener = text[marks[i]]
    closers = _PAIRS[opener]
    depth = 0
    fallback = None
    for k in range(i + 1, min(len(marks), i + 1 + _DEEP)):
        at = marks[k]
        mark = text[at]
        if mark == "\n":
            break
        after = text[at + 1] if at + 1 < end else " "
        before = text[at - 1]
        if opener in "'‘":
            if mark not in closers or after.isalnum() or before.isspace():
                continue
            if before in ".,!?…" or after in ".,;:)":
                return k if before != "s" or after in ".,;:)" else fallback
            if before != "s":
                return k
            fallback = k
            continue
        if opener == '"':
            if mark == '"':
                # A second opening mark before any closing one: this quotation was never closed.
                return None if before.isspace() and after.isalnum() else k
            continue
        if mark == opener and opener not in closers:
            depth += 1
        elif mark in closers:
            if depth == 0:
                return k
            depth -= 1
    return fallback


def _unclosed(text: str, marks: Sequence[int], i: int, start: int, end: int) -> tuple[int, Stretch | None]:
    """A quotation without closing mark: it goes on in the next paragraph, or the mark was lost."""
    at = marks[i]
    k = i + 1
    while k < len(marks) and text[marks[k]] != "\n":
        if text[marks[k]] == text[at]:
            return k, None
        k += 1
    stop = marks[k] if k < len(marks) else end
    following = k
    while following < len(marks) and text[marks[following]] == "\n":
        following += 1
    if (
        following < len(marks)
        and text[marks[following]] == text[at]
        and text[stop : marks[following]].strip() == ""
    ):
        stop = at + len(text[at:stop].rstrip())
        return following, _stretch(text, at, stop, stop, continued=True)
    before = text[max(start, at - 200) : at].rstrip(" \t")
    if before and before[-1] not in "\n:":
        return i + 1, None
    cue = _LAST_CUE.search(text[at:stop][-160:])
    if cue is None and before[-1:] != ":":
        return i + 1, None
    body_end = stop if cue is None else stop - len(text[at:stop][-160:]) + cue.start() + 1
    body_end = at + len(text[at:body_end].rstrip())
    return k, _stretch(text, at, body_end, body_end)


def titled(said: Sequence[str]) -> bool:
    """Whether the words are written as a title is: every long one with a capital."""
    long = [w for w in said if len(w) > 3 and w[0].isalpha() and w not in words.TITLE_SMALL]
    return len(long) >= 2 and all(w[0].isupper() for w in long)
