"""What a site's robots.txt asks of us, read as RFC 9309 says.

The standard library's reader takes the first rule that fits and knows no `*` inside a path; the RFC, and
the sites that write for it, mean the longest rule and use `*` and `$` a great deal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

__all__ = ["Robots", "read_robots"]

_LINE = re.compile(r"\s*([A-Za-z-]+)\s*:\s*(.*)")
_RULES = 20_000  # lines; the longest files of news sites have some hundreds
_LENGTH = 2_000  # characters of one rule


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules for one reader: (allowed, path pattern), and the seconds it shall wait between requests."""

    rules: tuple[tuple[bool, str], ...] = ()
    delay: float | None = None

    def allows(self, path: str) -> bool:
        """Whether a path, with its query, may be asked for. The longest rule decides, allowing on a draw.

        >>> robots = read_robots("User-agent: *\\nDisallow: /\\nAllow: /news/*.html$", "detente")
        >>> robots.allows("/news/a.html"), robots.allows("/news/a.html?print"), robots.allows("/b")
        (True, False, False)
        """
        asked = _plain(path)
        best, allowed = -1, True
        for allow, pattern in self.rules:
            length = len(pattern)
            if (length > best or (length == best and allow)) and _fits(pattern, asked):
                best, allowed = length, allow
        return allowed


def read_robots(text: str, agent: str) -> Robots:
    """The rules that a robots.txt has for the reader named `agent`, else those it has for everybody.

    >>> read_robots("User-agent: other\\nDisallow: /\\n\\nUser-agent: *\\nCrawl-delay: 2", "detente")
    Robots(rules=(), delay=2.0)
    """
    own: list[tuple[str, str]] = []
    common: list[tuple[str, str]] = []
    named = False
    into: list[list[tuple[str, str]]] = []
    heading = False
    for raw in text.removeprefix("\ufeff").splitlines()[: _RULES * 5]:
        match = _LINE.match(raw.split("#")[0][: _LENGTH + 100])
        if match is None:
            continue
        field, value = match[1].lower(), match[2].strip()
        if field == "user-agent":
            if not heading:
                into = []
            heading = True
            name = value.split("/")[0].strip().lower()
            if name == agent.lower():
                named = True
                into.append(own)
            elif name == "*":
                into.append(common)
        elif field in ("allow", "disallow", "crawl-delay"):
            heading = False
            for rules in into:
                if len(rules) < _RULES:
                    rules.append((field, value[:_LENGTH]))
    delay = None
    kept: list[tuple[bool, str]] = []
    for field, value in own if named else common:
        if field == "crawl-delay":
            delay = float(value) if re.fullmatch(r"\d{1,6}(\.\d{1,3})?", value) else delay
        elif value:  # "Disallow:" with nothing behind it forbids nothing
            kept.append((field == "allow", _plain(value)))
    return Robots(tuple(kept), delay)


def _plain(path: str) -> str:
    """Percent signs in one form, so that "/caf%c3%a9" and "/café" are the same path."""
    return quote(
        unquote_to_bytes(path.replace("%2f", "%2F").replace("%2F", "%252F")), safe="/*$?=&+,;:@!'()~%"
    )


def _fits(pattern: str, path: str) -> bool:
    """Whether a pattern with `*` (anything) and a final `$` (the end) fits the beginning of a path.

    Each piece is looked for once from the left, so no pattern takes more than one walk over the path.
    """
    end = pattern.endswith("$")
    first, *rest = (pattern[:-1] if end else pattern).split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    if not rest:
        return not end or at == len(path)
    last = rest.pop()
    for piece in rest:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    if end:
        return len(path) - len(last) >= at and path.endswith(last)
    return path.find(last, at) >= 0
