"""Plain text and Markdown become documents; one with speaker turns is read as a transcript."""

from __future__ import annotations

import re
from datetime import date

from detente.records import Document
from detente.sources.documents import from_fields
from detente.sources.text import normalise

__all__ = ["read_plain"]

_FRONT = re.compile(r"---[ ]*\n(?P<fields>(?:.{0,2000}\n){1,200}?)---[ ]*(?:\n|$)")
_FIELD = re.compile(r"(?P<name>[A-Za-z][\w-]{0,40})[ ]*:[ ]+(?P<value>.+)")
# The names that blogs and archives use, in the order in which they are believed.
_NAMES = {
    "title": ("title",),
    "url": ("url", "source_url", "canonical_url", "link"),
    "published": ("published_time", "published", "date"),
    "modified": ("modified_time", "modified", "updated", "lastmod"),
    "publisher": ("publisher", "site", "source"),
    "author": ("author", "byline"),
    "language": ("language", "lang"),
}


def read_plain(text: str, *, where: str, published: date | None = None, markdown: bool = False) -> Document:
    """The document of a plain text, or of a Markdown file with its title and front matter.

    A text with speaker turns is a transcript, see `detente.sources.transcripts`. In Markdown a first
    line "# …" is the title, and lines between two "---" at the head name title, day, address,
    publisher, author and language. A file of nothing but a heading keeps it as its text. `published`
    is the day of a text that states none. Raises `FileError` where there is no text, or a day that is
    none.

    >>> note = "---\\ndate: 2026-01-08\\n---\\n# A call\\n\\nThey spoke on Monday."
    >>> made = read_plain(note, where="note.md", markdown=True)
    >>> made.title, made.text, str(made.published)
    ('A call', 'They spoke on Monday.', '2026-01-08')
    """
    from detente.sources.transcripts import read_transcript

    spoken = read_transcript(text, where=where, published=published)
    if spoken is not None:
        return spoken
    body = normalise(text)
    if not markdown:
        return from_fields({"text": body}, where, published)
    stated, body = _front_matter(body)
    title = stated.pop("title", None)
    if body.startswith("# "):
        first, _, rest = body.partition("\n")
        if rest.strip():
            title, body = title or first[2:].strip(), rest
    return from_fields({**stated, "text": body, "title": title}, where, published)


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    match = _FRONT.match(text)
    if match is None:
        return {}, text
    found: dict[str, str] = {}
    for line in match["fields"].splitlines():
        field = _FIELD.fullmatch(line)
        value = field["value"].strip().strip("'\"").strip() if field else ""
        if field and value:
            found.setdefault(field["name"].lower(), value)
    if not found:
        return {}, text
    stated: dict[str, str] = {}
    for name, spellings in _NAMES.items():
        value = next((found[s] for s in spellings if s in found), "")
        if value:
            stated[name] = value
    return stated, text[match.end() :].lstrip("\n")
