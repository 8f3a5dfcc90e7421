"""What leaves the command line: data to stdout, messages to stderr, nothing a terminal obeys."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from detente.plain import plain

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

__all__ = [
    "COOPERATIVE",
    "HOSTILE",
    "LeftOut",
    "clean",
    "console",
    "dump",
    "line",
    "note",
    "plain",
    "show",
    "write",
]

# Blue and orange stay apart for every common kind of colour blindness; a sign or a word always says
# the same as the colour.
COOPERATIVE = "color(39)"
HOSTILE = "color(208)"

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_JSON_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_NARROWEST = 80
_PIPED = 100


def clean(text: str) -> str:
    r"""Text that no terminal obeys: control and direction characters become visible ones.

    >>> clean("\x1b[31mred\x07 \x9b2J") == "␛[31mred␇ <9B>2J"
    True
    """
    return _UNSAFE.sub(_visible, text)


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"<{code:02X}>"


def line(text: str | None) -> str:
    r"""The text on one line, safe to print; empty for None.

    >>> line("They\n met.")
    'They met.'
    """
    return clean(" ".join(text.split())) if text else ""


def console(*, stderr: bool = False) -> Console:
    """A console that takes text as it is: no markup, no emoji codes, no guessed colours."""
    from os import environ

    from rich.console import Console

    made = Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=False)
    if not made.is_terminal and "COLUMNS" not in environ:
        made = Console(stderr=stderr, markup=False, highlight=False, emoji=False, width=_PIPED)
    elif made.width < _NARROWEST and not made.is_terminal:
        made = Console(stderr=stderr, markup=False, highlight=False, emoji=False, width=_NARROWEST)
    return made


def show(*parts: RenderableType) -> None:
    """Print for people, to stdout."""
    out = console()
    for part in parts:
        out.print(part)


def write(text: str) -> None:
    """Print data as it is, to stdout."""
    sys.stdout.write(text)


def note(message: str) -> None:
    """One line for the person at the terminal, to stderr."""
    sys.stderr.write(f"{line(message)}\n")


def dump(value: Any, *, indent: int | None = 2) -> None:
    r"""Print a value as JSON to stdout, ended by a newline.

    Characters that a terminal would obey become escapes; the value read back is the same.
    """
    text = json.dumps(plain(value), ensure_ascii=False, indent=indent)
    write(_JSON_UNSAFE.sub(lambda m: f"\\u{ord(m[0]):04x}", text) + "\n")


class LeftOut:
    """What could not be read, gathered while the rest goes on and listed at the end."""

    def __init__(self) -> None:
        self.reasons: list[str] = []
        self.read = 0

    def add(self, reason: object) -> None:
        """Note one thing with its reason; an error's own words name the file and what to do."""
        self.reasons.append(str(reason))

    def many(self, reasons: Iterable[object]) -> None:
        """Note several."""
        for reason in reasons:
            self.add(reason)

    def finish(self) -> int:
        """List what was left out on stderr; gives the exit code 0, 3 (in part) or 1 (nothing)."""
        for reason in self.reasons:
            note(f"left out: {reason}")
        if not self.reasons:
            return 0
        return 3 if self.read else 1
