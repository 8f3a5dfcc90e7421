"""A brief as Markdown with footnotes, and the evidence of a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from detente.briefs.wording import clip, country, day_words
from detente.links import parts_of
from detente.records import Brief, Document, Event, Line

__all__ = ["Evidence", "evidence", "markdown"]

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~$&^])")
_LINE_START = re.compile(r"^(\s*)(\d+)([.)])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One act behind a line: the words and where they were published."""

    event: str
    words: str
    publisher: str | None
    published: str | None
    title: str | None
    url: str | None


def evidence(
    line: Line, events: Mapping[str, Event], documents: Mapping[str, Document]
) -> tuple[Evidence, ...]:
    """The evidence of a line, in its order; acts that are not given are left out.

    >>> evidence(Line("s", "text", ()), {}, {})
    ()
    """
    found = []
    for event in (events[i] for i in line.events if i in events):
        document = documents.get(event.document)
        published = document.published if document is not None else None
        found.append(
            Evidence(
                event.id,
                clip(event.text, 300),
                document.publisher if document is not None else None,
                published.isoformat() if published is not None else None,
                document.title if document is not None else None,
                document.url if document is not None else None,
            )
        )
    return tuple(found)


def escape(text: str) -> str:
    r"""A text that Markdown, HTML and a terminal show as it is.

    >>> escape("a\x1b[31m *b* <c>")
    'a \\[31m \\*b\\* \\<c\\>'
    """
    plain = " ".join(_CONTROL.sub(" ", text).split())
    return _LINE_START.sub(r"\1\2\\\3", _SPECIAL.sub(r"\\\1", plain))


def markdown(brief: Brief, events: Mapping[str, Event], documents: Mapping[str, Document]) -> str:
    """A brief as Markdown: sections, lines, and a footnote for every act with its words and source.

    What comes from documents is escaped; a link is given for http and https addresses only.

    >>> from datetime import date
    >>> print(markdown(Brief(("COL", "USA"), date(2026, 1, 8), ()), {}, {}))
    # Colombia and the United States, as of 8 January 2026
    <BLANKLINE>
    """
    names = [country(c) for c in dict.fromkeys(brief.pair) if c] or ["the record"]
    title = " and ".join((names[0][0].upper() + names[0][1:], *names[1:]))
    out = [f"# {escape(title)}, as of {day_words(brief.as_of)}", ""]
    numbers: dict[str, int] = {}
    section = None
    for line in brief.lines:
        if line.section != section:
            if section is not None:
                out.append("")
            section = line.section
            out += [f"## {escape(section)}", ""]
        marks = "".join(f"[^{numbers.setdefault(i, len(numbers) + 1)}]" for i in line.events if i in events)
        out.append(f"- {escape(line.text)}{marks}")
    if brief.dropped:
        out += ["", "## Dropped by the support check", ""]
        out += [f"- {escape(d.text)} ({escape(d.reason or '')})" for d in brief.dropped]
    if numbers:
        out.append("")
        for id, number in numbers.items():
            [one] = evidence(Line("", "", (id,)), events, documents)
            out.append(f"[^{number}]: {_footnote(one)}")
    return "\n".join(out).rstrip("\n") + "\n"


def _footnote(one: Evidence) -> str:
    parts = [
        escape(one.publisher or "publisher not known"),
        one.published or "day not known",
        f"“{escape(one.words)}”",
    ]
    text = ", ".join(parts)
    if one.title:
        text += f" ({escape(one.title)})"
    if one.url and parts_of(one.url).scheme in ("http", "https"):
        text += f" <{quote(one.url, safe=':/?&=#%+,;@~-._')}>"
    return f"{text}, act {one.event}"
