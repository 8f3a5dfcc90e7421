"""Texts become documents: normalised once, hashed, dated.

Offsets of every later room are code points into the normalised text, so `normalise` must be done
once and must change nothing when it is done again.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import date, datetime

from detente.errors import DateError, FileError
from detente.records import Document, Kind

__all__ = ["make_document", "normalise", "parse_date"]

# Years outside these are slips of a keyboard or of a clock, not days a text was published.
_FIRST_YEAR, _LAST_YEAR = 1000, 2200

_ISO_DAY = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:[Zz]|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Tab and every space of Unicode but the plain one; they look like a space and mean one.
_SPACES = re.compile("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# Soft hyphen, zero-width marks, byte order mark, and the marks that turn the reading direction:
# invisible, so a word with one inside would be another word for the matcher.
_INVISIBLE = re.compile("[\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
# Half of a surrogate pair, as broken JSON escapes give it, cannot be written as UTF-8.
_SURROGATES = re.compile("[\ud800-\udfff]")
_BLANK_LINES = re.compile("\n{4,}")


def normalise(raw: str) -> str:
    r"""The text as it is kept: one form for every character, line end and space.

    Unicode NFC; line ends become a newline; tabs, non-breaking and odd spaces become a space;
    zero-width, direction and control characters go; trailing spaces go; at most two blank lines
    stand together; none stand at either end. Curly quotation marks and dashes stay as they are.
    Doing it twice changes nothing.

    >>> normalise("\ufeffKyiv\u00a0said \u201cno\u201d. \r\n\r\n\r\n\r\n\r\nMoscow ")
    'Kyiv said “no”.\n\n\nMoscow'
    """
    text = _SURROGATES.sub("\ufffd", raw)
    text = _LINE_ENDS.sub("\n", text)
    text = _SPACES.sub(" ", text)
    text = _INVISIBLE.sub("", text)
    text = _CONTROLS.sub("", text)
    # After the invisible ones are gone, for they can stand between a letter and its accent.
    text = unicodedata.normalize("NFC", text)
    text = "\n".join(line.rstrip(" ") for line in text.split("\n"))
    text = _BLANK_LINES.sub("\n\n\n", text)
    return text.strip("\n ")


def parse_date(value: str) -> date:
    """The day of an ISO date or of a full ISO timestamp, in the years 1000 to 2200.

    A timestamp gives the day that is written in it; no time zone is converted.
    Raises `DateError` for anything else.

    >>> parse_date("2026-01-08"), parse_date("2026-01-08T23:30:00-05:00")
    (datetime.date(2026, 1, 8), datetime.date(2026, 1, 8))
    >>> parse_date("soon")
    Traceback (most recent call last):
    detente.errors.DateError: 'soon' is not a date; write it as YYYY-MM-DD, e.g. 2026-01-08
    """
    text = value.strip()
    match = _ISO_DAY.fullmatch(text)
    if match is None:
        raise DateError(value)
    try:
        if len(text) > 10:
            datetime.fromisoformat(text)
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as error:
        raise DateError(value) from error
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise DateError(value)
    return day


def make_document(
    text: str,
    *,
    title: str | None = None,
    url: str | None = None,
    published: date | str | None = None,
    publisher: str | None = None,
    kind: Kind | str = Kind.ARTICLE,
    author: str | None = None,
    language: str | None = None,
    id: str | None = None,
    retrieved: datetime | None = None,
) -> Document:
    """A document with its text normalised, hashed and named.

    Without an `id` it is the first 16 hex digits of the SHA-256 of where the text comes from (the
    address, or publisher and day where there is none) and of the text: the same text from the same
    place has the same id. Raises `FileError` where no text is left, `DateError` for a bad date.

    >>> made = make_document("Kyiv  recalled its envoy.", published="2026-01-08")
    >>> made.id, made.published, made.sha256[:8]
    ('5fe8f1ded26e8242', datetime.date(2026, 1, 8), '87a1f8ee')
    """
    kept = normalise(text)
    if not kept:
        raise FileError(
            "there is nothing but white space in the text",
            where=url or title or id,
            todo="give a document with words",
        )
    day = parse_date(published) if isinstance(published, str) else published
    if isinstance(day, datetime):
        day = day.date()
    address, house = _line(url), _line(publisher)
    name = _line(id)
    if name is None:
        origin = address or f"{house or ''}|{day.isoformat() if day else ''}"
        name = hashlib.sha256(f"{origin}\n{kept}".encode()).hexdigest()[:16]
    return Document(
        id=name,
        text=kept,
        title=_line(title),
        url=address,
        published=day,
        publisher=house,
        kind=Kind(kind),
        language=_line(language),
        sha256=hashlib.sha256(kept.encode()).hexdigest(),
        retrieved=retrieved,
        author=_line(author),
    )


def _line(value: str | None) -> str | None:
    """A short field on one line, or None where nothing is in it."""
    if value is None:
        return None
    return " ".join(normalise(value).split()) or None
