"""Dates: the words of a text that stand for a time, and the days they mean when it was published.

Rules and the calendar only: `date_grammar` holds the patterns, `date_rules` and `date_spans` what
each of them means, `date_values` the arithmetic. What cannot be placed has `date` None and a
`reason`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from detente.coding.date_grammar import PREFIX, RULES, TRIGGER, number
from detente.coding.date_rules import RULE_BOOK
from detente.coding.date_scene import Found, Scene
from detente.coding.date_spans import SPAN_BOOK
from detente.coding.date_values import Value, first_day, last_day, part_of, unknown
from detente.records import DateMention

__all__ = ["find_dates", "first_day", "last_day", "resolve"]

# Sentences end at a line break or at a mark before a capital, unless an abbreviation stands there.
_BREAK: Final = re.compile(
    r"\n|(?:(?<!\b[A-Z])(?<!\b(?:Mr|Dr|St|Lt))(?<!\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|"
    r"Dec|Gen|Sen|Rep|Gov|"
    r"Col|Mrs|Mon|Tue|Wed|Thu|Fri|Sat|Sun))(?<!\bSept)(?<!\.[a-zA-Z])\.|"
    r"[!?…])[\"”’')\]]*\s+(?=[\"“‘(]?[A-Z0-9])"
)
_KEPT: Final = ("since", "until", "till", "by", "through", "as of")
_ENDING: Final = ("until", "till", "by", "through", "before")
_STAND_IN: Final = date(2000, 1, 1)  # read with in place of a missing day; its readings are dropped
_JOIN: Final = re.compile(r"\s?[-–—]\s?|\s(?:to|through|until|till)\s(?:the )?")
_LONGEST: Final = 1500  # code points of a sentence read at once, on either side of its first hint
_BOOK: Final = RULE_BOOK | SPAN_BOOK


def find_dates(text: str, on: date | None) -> list[DateMention]:
    """The dated expressions of a text, in order, resolved for a text published on the day `on`.

    Offsets are code points into `text`. Without `on`, absolute forms resolve and relative ones have
    `date` None. Weeks are Monday to Sunday; reduced ISO dates stand for whole months and years.

    >>> text = "They met on Friday and will meet on Monday."
    >>> [(m.text, m.date) for m in find_dates(text, date(2026, 1, 8))]
    [('Friday', '2026-01-02'), ('Monday', '2026-01-12')]
    >>> find_dates("It ended last week.", None)[0].reason
    'no publication date'
    """
    found: list[Found] = []
    for left, right, kinds in _sentences(text):
        found += _read(text, left, right, kinds, on, found[-4:])
    return [
        DateMention(f.start, f.end, text[f.start : f.end], f.value.date, f.value.end, f.value.reason)
        for f in found
    ]


def resolve(words: str, on: date) -> DateMention | None:
    """What one expression means on the day `on`; None where the words are no date at all.

    >>> resolve("last Friday", on=date(2026, 1, 8)).date
    '2026-01-02'
    >>> resolve("March", on=date(2026, 1, 8)).date, resolve("the embassy", on=date(2026, 1, 8))
    ('2025-03', None)
    """
    mentions = find_dates(words, on)
    if not mentions:
        # A bare month or year counts as a date only behind a preposition.
        mentions = [
            DateMention(m.start - 3, m.end - 3, m.text, m.date, m.date_end, m.reason)
            for m in find_dates(f"in {words}", on)
            if m.start >= 3
        ]
    return max(mentions, key=lambda m: m.end - m.start, default=None)


def _sentences(text: str) -> Iterator[tuple[int, int, set[str]]]:
    """Bounds of the sentences in which the grammar may find something, with the kinds of hints."""
    left, right, kinds = 0, -1, set[str]()
    for hint in TRIGGER.finditer(text):
        if hint.start() >= right:
            if kinds:
                yield left, right, kinds
            left, kinds = max(right, 0), set()
            # Tables and lists without marks are cut, so that the work stays linear.
            reach = hint.end() + _LONGEST
            for stop in _BREAK.finditer(text, left, reach):
                if stop.end() > hint.start():
                    right = stop.end()
                    break
                left = stop.end()
            else:
                right = len(text) if reach >= len(text) else text.rfind(" ", hint.end(), reach) + 1
                right = right or reach
            left = max(left, hint.start() - _LONGEST)
        kinds.add(hint.lastgroup or "")
    if kinds:
        yield left, right, kinds


def _read(
    text: str, left: int, right: int, kinds: set[str], on: date | None, earlier: list[Found]
) -> list[Found]:
    """The dates of one sentence, in order."""
    scene = Scene(text, left, right, on or _STAND_IN, earlier)
    taken = bytearray(right - left)
    for name, wanted, pattern in RULES:
        if wanted.isdisjoint(kinds):
            continue
        for match in pattern.finditer(text, left, right):
            if any(taken[match.start() - left : match.end() - left]):
                continue
            found = _apply(name, match, scene, known=on is not None)
            if found is None:
                continue
            if scene.swallowed is not None:
                found.end = scene.swallowed.end
                scene.here.remove(scene.swallowed)
            scene.here.append(found)
            taken[found.start - left : found.end - left] = b"\1" * (found.end - found.start)
    scene.here.sort(key=lambda f: f.start)
    return _joined(text, scene.here)


def _apply(name: str, match: re.Match[str], scene: Scene, *, known: bool) -> Found | None:
    """The reading of one match with what stands before it ("since", "by the end of", "mid-")."""
    start = inner = match.start()
    window = max(scene.left, start - 60)
    prefix = PREFIX.search(scene.text[window:start])
    scene.rel = scene.part = ""
    scene.swallowed = None
    if prefix:
        scene.rel, scene.part = (prefix["rel"] or "").lower(), (prefix["part"] or "").lower()
        if scene.part:
            start = inner = window + prefix.start("part")
        if scene.rel in _KEPT:
            start = window + prefix.start("rel")
    scene.edge = inner
    try:
        value = _BOOK[name](match, scene)
        if value is not None and prefix and scene.part:
            value = _cut(value, prefix, scene.rel)
    except (OverflowError, ValueError):
        value = unknown("no such day in the calendar")
    if value is None:
        return None
    if not known and not value.fixed:
        value = unknown("no publication date")
    return Found(start, inner, match.end(), value, name)


def _cut(value: Value, prefix: re.Match[str], rel: str) -> Value:
    """The part of a stretch named before it; with "by" or "since" its outermost day."""
    part = prefix["part"].lower().removeprefix("the ").removeprefix("very ")
    if value.date is None or value.grain == "day":
        return value
    if prefix["nth"] and prefix["nu"]:
        ordinal, unit = prefix["nth"].lower(), prefix["nu"].lower()
        if prefix["n"]:
            count, which = number(prefix["n"]), "last" if ordinal in ("last", "final") else "first"
        else:
            count, which = (1, "last") if ordinal in ("last", "final") else (number(ordinal), "nth")
        return part_of(value, which, count, unit) if count else unknown("no number")
    if part in ("end", "close") and rel in _ENDING:
        return Value(last_day(value.end or value.date).isoformat(), fixed=value.fixed)
    if part in ("start", "beginning") and rel in ("since", "from", "as of"):
        return Value(first_day(value.date).isoformat(), fixed=value.fixed)
    if part.endswith(" half"):
        return part_of(value, "half1" if part.startswith("first") else "half2")
    head = part.split()[0]
    if " " in part:
        return part_of(value, "late" if head in ("closing", "last", "final") else "early")
    names = {"early": "early", "mid": "mid", "middle": "mid", "late": "late", "beginning": "start"}
    return part_of(value, names.get(head, "start" if head in ("start", "turn") else "end"))


def _joined(text: str, found: list[Found]) -> list[Found]:
    """Neighbours that a dash, "to" or "between … and" makes one stretch, joined."""
    out: list[Found] = []
    for item in found:
        last = out[-1] if out else None
        if last is not None and last.value.end is None and item.value.end is None:
            gap = text[last.end : item.inner]
            linked = _JOIN.fullmatch(gap) or (
                gap in (" and ", " and the ") and text[: last.inner].lower().endswith("between ")
            )
            if len(gap) < 16 and linked and last.value.date and item.value.date:
                value = _stretch(last, item)
                if value is not None:
                    out[-1] = Found(last.start, last.inner, item.end, value, "stretch")
                    continue
        out.append(item)
    return out


def _stretch(first: Found, last: Found) -> Value | None:
    """From one date to another; where they cross, placed each alone, the first moves back."""
    if first.value.date is None or last.value.date is None:
        return None
    begin, end = first_day(first.value.date), last_day(last.value.date)
    fixed = first.value.fixed and last.value.fixed
    if begin < end:
        return Value(first.value.date, last.value.date, grain="span", fixed=fixed)
    if first.rule == last.rule == "weekday":
        begin -= timedelta(days=7)
    elif first.rule in ("month_day", "day_month") and not first.value.fixed and begin.year > 1:
        begin = begin.replace(year=begin.year - 1, day=min(begin.day, 28 if begin.month == 2 else 31))
    else:
        return None
    if begin > end:
        return None
    return Value(begin.isoformat(), last.value.date, grain="span", fixed=fixed)
