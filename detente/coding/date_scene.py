"""The scene of a dated expression: its sentence, its tense, the dates read before it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from detente.coding.date_grammar import CUE, OWNER
from detente.coding.date_values import Value

__all__ = [
    "COMING_WORDS",
    "FROM_ACT",
    "NO_ANCHOR",
    "PAST_WORDS",
    "UNTIL",
    "Found",
    "Rule",
    "Scene",
    "closest",
]

_BEFORE: Final = 240  # code points read to the left for a verb, and below to the right
_AFTER: Final = 160
_NEAR: Final = 300  # how far back "the next day" looks for its day
PAST_WORDS: Final = ("last", "this past", "the past", "past")
COMING_WORDS: Final = ("next", "this coming", "the coming", "coming", "the next")
NO_ANCHOR: Final = "counts from another day that the text does not give"
FROM_ACT: Final = "counts from an act, not from a day"
UNTIL: Final = ("until", "till", "through")
_PUT_OFF: Final = re.compile(
    r"\b(?:extend|postpon|suspend|cancel|delay|halt|adjourn|bann|barr|remand|prolong|defer|renew|"
    r"paus)\w*"
)


@dataclass(slots=True)
class Found:
    """A reading of some words; `inner` is where it starts without "since", "until", "by"."""

    start: int
    inner: int
    end: int
    value: Value
    rule: str


@dataclass(slots=True)
class Scene:
    """Where a match stands: its text and sentence, the day of publication, what was read before."""

    text: str
    left: int
    right: int
    on: date
    earlier: list[Found]
    here: list[Found] = field(default_factory=list)
    rel: str = ""
    part: str = ""
    edge: int = 0  # where the match starts with its "end of", "since" and the like
    swallowed: Found | None = None

    def before(self, match: re.Match[str], width: int = 40) -> str:
        """The words to the left of the match, inside its sentence."""
        return self.text[max(self.left, match.start() - width) : match.start()]

    def after(self, match: re.Match[str], width: int = 40) -> str:
        """The words to the right of the match, inside its sentence."""
        return self.text[match.end() : min(self.right, match.end() + width)]

    def tense(self, match: re.Match[str]) -> str:
        """The tense of the clause around the match: past, future, or "" without a verb."""
        if self.rel == "since":
            return "past"
        left = self.text[max(self.left, self.edge - _BEFORE) : self.edge]
        if re.search(r"\b(?:is|are) (?:on |this )?$", left) or re.match(r" deadline\b", self.after(match)):
            return "future"
        cue = ""
        for found in CUE.finditer(left):
            cue = found.lastgroup or ""
        if self.rel == "by":
            return "past" if cue.startswith("past") and re.search(r"\bhad\b", left) else "future"
        if not cue:
            first = CUE.search(self.after(match, _AFTER))
            cue = first.lastgroup or "" if first else ""
        if self.rel in UNTIL and (not cue or (self.rel != "through" and _PUT_OFF.search(left))):
            return "future"
        return cue.rstrip("123")

    def describes(self, match: re.Match[str]) -> bool:
        """Whether the match stands as an adjective: "the Feb. 3 meeting"."""
        owned = OWNER.search(self.before(match))
        return owned is not None and re.match(r"\s[a-z]", self.after(match)) is not None

    def leaning(self, match: re.Match[str]) -> str:
        """The tense, or "" where the match only describes a noun ("the Feb. 3 meeting")."""
        if self.describes(match):
            return "future" if re.search(r"ahead of (?:the |a )?$", self.before(match)) else ""
        return self.tense(match)

    def anchor(self, match: re.Match[str]) -> Value | None:
        """The nearest single day or year read before the match in the same text."""
        for found in reversed(self.earlier + sorted(self.here, key=lambda f: f.start)):
            if found.end <= match.start():
                near = match.start() - found.end <= _NEAR
                single = found.value.date is not None and found.value.end is None
                return found.value if near and single else None
        return None


Rule = Callable[[re.Match[str], Scene], "Value | None"]


def closest(earlier: date, later: date, on: date, tense: str) -> date:
    """The past one, unless the verb says future or, with no verb, the coming one is much nearer."""
    if tense == "future":
        return later
    ahead, back = (later - on).days, (on - earlier).days
    return later if not tense and ahead <= 92 and back > 183 else earlier
