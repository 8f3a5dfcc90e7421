"""Searching as a person types: names with slips in them, the countries that are meant, and quotations."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detente.desk.room import Desk
    from detente.records import Document
    from detente.store import Store

__all__ = ["Meant", "Said", "mended", "named_in", "names_of", "quotes_in", "typed_words"]

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_LONGEST = 8
"""Words of a question that are looked at for names."""
_ALIKE = 0.78
_SHORT = 4
MOST_QUOTES = 20
_NAMES = """
SELECT DISTINCT p.text AS text FROM event_parties AS p WHERE length(p.text) < 80
UNION SELECT DISTINCT p.name FROM event_parties AS p WHERE p.name IS NOT NULL AND length(p.name) < 80
UNION SELECT DISTINCT e.speaker FROM events AS e WHERE e.speaker IS NOT NULL AND length(e.speaker) < 80
UNION SELECT DISTINCT d.publisher FROM documents AS d
    WHERE d.publisher IS NOT NULL AND length(d.publisher) < 80
LIMIT 200000
"""
_SAID = """
SELECT q.text, q.speaker, q.document FROM quotes AS q JOIN documents AS d ON d.id = q.document
WHERE d.retracted = 0 AND {} ORDER BY d.published DESC, q.document, q.start LIMIT 20
"""


@dataclass(frozen=True, slots=True)
class Meant:
    """A country or organisation that words name: its code, and the words where they had a slip in them."""

    code: str
    words: str
    exact: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A quotation that holds the words searched for, who said it, and the document it stands in."""

    words: str
    speaker: str | None
    document: str


def typed_words(query: str) -> list[str]:
    """The words of a question, each once.

    >>> typed_words('petro "call" call')
    ['petro', 'call']
    """
    return list(dict.fromkeys(_WORD.findall(query)))[:40]


@cache
def _country_names() -> dict[str, str]:
    """Every name of a country or organisation in small letters, with its code."""
    from detente.coding.mentions import gazetteer

    return dict(gazetteer().codes())


def named_in(query: str) -> list[Meant]:
    """The countries that a question names, the longest name first at each place; slips are forgiven
    where the whole question is one name.

    >>> [m.code for m in named_in("colombia and the united states")]
    ['COL', 'USA']
    >>> named_in("Columbia")
    [Meant(code='COL', words='colombia', exact=False)]
    """
    words = typed_words(query)[:_LONGEST]
    known = _country_names()
    found: list[Meant] = []
    at = 0
    while at < len(words):
        for length in range(min(4, len(words) - at), 0, -1):
            name = " ".join(words[at : at + length])
            code = known.get(name.lower()) or (name if name in known.values() else None)
            if code is not None:
                found.append(Meant(code, name, exact=True))
                at += length
                break
        else:
            at += 1
    if not found and words:
        name = " ".join(words).lower()
        for form in get_close_matches(name, known, n=3, cutoff=_ALIKE):
            found.append(Meant(known[form], form, exact=False))
    return list({m.code: m for m in reversed(found)}.values())[::-1]


def names_of(desk: Desk) -> frozenset[str]:
    """Every word of a name in the store and in the tables of countries, in small letters."""

    def make() -> frozenset[str]:
        from sqlalchemy import text

        with desk.store() as store, store.looking() as connection:
            names = [row[0] for row in connection.execute(text(_NAMES))]
        words = {word.lower() for name in (*names, *_country_names()) for word in _WORD.findall(name)}
        return frozenset(word for word in words if len(word) >= _SHORT)

    # New names come slowly; a question need not wait for them.
    return desk.remember(("names",), make, patience=600)


def mended(query: str, names: Collection[str], lacking: Iterable[str]) -> str | None:
    """The question with each word of `lacking` as the name it is most like; None where none is like one.

    >>> mended("Petrro called", ["petro", "peru"], ["Petrro"])
    'petro called'
    """
    changed = query
    for word in lacking:
        if len(word) < _SHORT or word.lower() in names:
            continue
        near = [n for n in names if abs(len(n) - len(word)) <= 2 and n[0] == word[0].lower()]
        best = get_close_matches(word.lower(), near, n=1, cutoff=_ALIKE) or get_close_matches(
            word.lower(), (n for n in names if abs(len(n) - len(word)) <= 1), n=1, cutoff=_ALIKE
        )
        if best:
            changed = re.sub(rf"\b{re.escape(word)}\b", best[0], changed)
    return changed if changed != query else None


def quotes_in(store: Store, query: str, documents: Sequence[Document]) -> list[Said]:
    """The quotations that hold every word: those that are kept, then those of some documents."""
    from sqlalchemy import text

    from detente.coding.speech import find_quotes

    words = typed_words(query)
    if not words:
        return []
    asked = {f"w{n}": f"%{_escaped(word)}%" for n, word in enumerate(words)}
    holds = " AND ".join(f"q.text LIKE :{name} ESCAPE '!'" for name in asked)
    with store.looking() as connection:
        kept = connection.execute(text(_SAID.format(holds)), asked).all()
    found = [Said(row.text, row.speaker, row.document) for row in kept]
    patterns = [re.compile(rf"\b{re.escape(word)}", re.IGNORECASE) for word in words]
    for document in documents:
        if len(found) >= MOST_QUOTES:
            break
        body = document.text[:100_000]
        if not all(p.search(body) for p in patterns):
            continue
        for quote in find_quotes(body):
            if all(p.search(quote.text) for p in patterns):
                found.append(Said(quote.text, quote.speaker, document.id))
    return list({(s.words, s.document): s for s in found}.values())[:MOST_QUOTES]


def _escaped(word: str) -> str:
    return word.replace("!", "!!").replace("%", "!%").replace("_", "!_")
