"""How a brief names days, parties and the words of a text; nothing here decides what is said."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib import resources

from detente.records import Event

__all__ = [
    "MONTHS",
    "article",
    "clip",
    "country",
    "day_words",
    "join",
    "plain",
    "reported",
    "speech_of",
    "when",
]

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_LONGEST = 200
_ORGANISATIONS: Mapping[str, str] = {
    "UNO": "the United Nations",
    "EUR": "the European Union",
    "IGO": "an international organisation",
    "NGO": "a non-governmental organisation",
}
_THE = re.compile(
    r"^(?:United |Netherlands|Philippines|Bahamas|Gambia|Maldives|Comoros|Seychelles"
    r"|Marshall |Solomon "
    r"|Central African|Czech Republic|Dominican Republic|Democratic Republic|Republic )"
)
# Places in the dateline of a wire story: "BOGOTA - ".
_DATELINE = re.compile(r"^[A-ZÀ-Þ][A-ZÀ-Þ .,'’/-]{2,40} ?(?:\([A-Za-z ]+\) )?[-–—] ")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
# Names of states and houses in which no person is named.
_STATE = re.compile(
    r"\b(?:Republic|Kingdom|Federation|States|Ministry|Department|Government|House|Council)\b"
)
QUOTES = re.compile("[\"“”„‟«»‘’‚‛']")


@cache
def _names() -> Mapping[str, str]:
    path = resources.files("detente") / "data" / "actors" / "countries.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return {row["code"]: row["name"] for row in rows}


def article(name: str) -> str:
    """A country's name as it stands in a sentence.

    >>> article("United States"), article("Colombia")
    ('the United States', 'Colombia')
    """
    return f"the {name}" if _THE.match(name) else name


def country(code: str) -> str:
    """The name of a code in a sentence; the code itself where it is in no table.

    >>> country("USA"), country("UNO"), country("QQQ")
    ('the United States', 'the United Nations', 'QQQ')
    """
    if code in _ORGANISATIONS:
        return _ORGANISATIONS[code]
    return article(_names()[code]) if code in _names() else code


def join(names: Iterable[str]) -> str:
    """Names as a list in words.

    >>> join(["Iran", "Iraq", "Oman"]), join(["Iran"])
    ('Iran, Iraq and Oman', 'Iran')
    """
    items = list(names)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def day_words(value: date) -> str:
    """A day in words.

    >>> day_words(date(2026, 1, 7))
    '7 January 2026'
    """
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def when(first: str | None, last: str | None = None) -> str | None:
    """An act's date in words with its preposition; None where there is none.

    >>> when("2026-01-07"), when("2025"), when("2026-01-03", "2026-01-04"), when(None)
    ('on 7 January 2026', 'in 2025', 'between 3 January 2026 and 4 January 2026', None)
    """
    if first is None:
        return None
    if last is not None and last != first:
        return f"between {_reduced(first)} and {_reduced(last)}"
    return f"{'on' if len(first) == 10 else 'in'} {_reduced(first)}"


def _reduced(value: str) -> str:
    parts = [int(p) for p in value.split("-")]
    if len(parts) == 3:
        return day_words(date(*parts))
    if len(parts) == 2:
        return f"{MONTHS[parts[1] - 1]} {parts[0]}"
    return str(parts[0])


def reported(published: date | None) -> str:
    """When an act without a date was reported.

    >>> reported(date(2026, 1, 8)), reported(None)
    ('(reported on 8 January 2026)', '(on a day that is not told)')
    """
    if published is None:
        return "(on a day that is not told)"
    return f"(reported on {day_words(published)})"


def clip(text: str, longest: int = _LONGEST) -> str:
    """Words of a text fit to be quoted: on one line, without dateline and quotation marks of their
    own, cut at a word with "…" where they are long. What is left is a piece of the text.

    >>> clip('BOGOTA - Petro said "no" on Monday.')
    'Petro said ‘no’ on Monday'
    """
    words = " ".join(_CONTROL.sub(" ", _DATELINE.sub("", text)).split()).strip(" .,;:–—-")
    if len(words) > longest:
        words = words[: longest + 1].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + " …"
    opened = False
    out = []
    for n, char in enumerate(words):
        if n == len(words) - 1 and char in '"“”„«»' and not opened:
            continue  # a closing mark whose opening one stands before the piece
        if char in '"“”„«»':
            out.append("’" if opened else "‘")
            opened = not opened
        else:
            out.append(char)
    made = "".join(out)
    return made + "’" if opened and not made.endswith("…") else made


def plain(text: str) -> str:
    """A text for comparing: small letters, one space, no quotation marks.

    >>> plain('Petro  said “No”')
    'petro said no'
    """
    return " ".join(QUOTES.sub("", _CONTROL.sub(" ", text)).lower().split())


def speech_of(event: Event, code: str) -> str | None:
    """The person of a party who acts, where the text names one with first and last name.

    A single word is as often an office ("Treasury"), capitals are a heading, and "both presidents" is
    no one person.
    """
    bare = country(code).removeprefix("the ")
    for party in event.actor:
        name = party.name
        if (
            party.code == code
            and name
            and " " in name
            and not name.isupper()
            and party.how != "group"
            and name not in (bare, country(code))
            and not _STATE.search(name)
        ):
            return name
    return None
