"""Texts that repeat one another, and the wire agencies that texts say they come from.

`repeat.v1` (docs/method/stories.md): two texts are copies where the runs of three words that they
have in common are at least a fifth of all their runs together and two in five of the shorter
text's. A signature of 80 minima (MinHash) finds what may be copies without comparing all with all;
what it finds is compared word by word, so that no answer hangs on chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from detente.records import Document

__all__ = [
    "AGENCIES",
    "DEFINITION",
    "are_copies",
    "bands",
    "credit",
    "groups",
    "house",
    "shingles",
    "signature",
    "sources_of",
    "wire",
]

DEFINITION = "repeat.v1"
"""Name of these rules and numbers."""

RUN = 3
"""Words in a run: two writers of one event share hardly any run of three, a copyist most."""
SHORTEST = 40
"""Texts of fewer words are copies only to the letter: in a short one a single other word, the town
that was struck, makes another report."""
COMMON = 0.2
"""The least share of common runs in all runs of two copies (Jaccard)."""
COVERED = 0.4
"""The least share of common runs in those of the shorter copy."""
MINIMA = 80
ROWS = 2
"""Minima in a band: 40 bands of two find two texts with a fifth of their runs in common in four of
five cases, with a third in 99 of 100."""
SEED = 20260108

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")

AGENCIES: dict[str, tuple[str, ...]] = {
    "Associated Press": ("associated press", "the associated press", "ap", "ap news"),
    "Reuters": ("reuters", "thomson reuters"),
    "Agence France-Presse": ("agence france-presse", "agence france presse", "afp"),
    "Xinhua": ("xinhua", "xinhua news agency"),
    "TASS": ("tass", "itar-tass"),
    "RIA Novosti": ("ria novosti", "ria"),
    "Interfax": ("interfax",),
    "Interfax-Ukraine": ("interfax-ukraine",),
    "Ukrinform": ("ukrinform",),
    "BelTA": ("belta",),
    "dpa": ("dpa", "deutsche presse-agentur"),
    "EFE": ("efe", "agencia efe"),
    "Europa Press": ("europa press",),
    "ANSA": ("ansa",),
    "Lusa": ("lusa",),
    "Belga": ("belga",),
    "APA": ("apa",),
    "PAP": ("pap", "polish press agency"),
    "CTK": ("ctk", "čtk"),
    "MTI": ("mti",),
    "NTB": ("ntb",),
    "Ritzau": ("ritzau",),
    "Tanjug": ("tanjug",),
    "PA Media": ("pa media", "press association", "the press association"),
    "UPI": ("upi", "united press international"),
    "Bloomberg": ("bloomberg", "bloomberg news"),
    "The Canadian Press": ("the canadian press", "canadian press"),
    "Australian Associated Press": ("australian associated press", "aap"),
    "Kyodo": ("kyodo", "kyodo news"),
    "Jiji Press": ("jiji", "jiji press"),
    "Yonhap": ("yonhap", "yonhap news agency"),
    "KCNA": ("kcna", "korean central news agency"),
    "CNA": ("cna", "central news agency"),
    "PTI": ("pti", "press trust of india"),
    "ANI": ("ani", "asian news international"),
    "IANS": ("ians", "indo-asian news service"),
    "UNI": ("uni", "united news of india"),
    "APP": ("app", "associated press of pakistan"),
    "Bernama": ("bernama",),
    "Antara": ("antara",),
    "Anadolu": ("anadolu", "anadolu agency", "aa"),
    "IRNA": ("irna",),
    "SPA": ("spa", "saudi press agency"),
    "WAM": ("wam", "emirates news agency"),
    "MENA": ("mena", "middle east news agency"),
    "SANA": ("sana",),
    "Azertac": ("azertac",),
    "Armenpress": ("armenpress",),
    "Prensa Latina": ("prensa latina",),
    "Notimex": ("notimex",),
    "Agência Brasil": ("agência brasil", "agencia brasil"),
    "IPS": ("ips", "inter press service"),
    "agencies": ("agencies", "news agencies", "wire services", "agency reports", "wire reports"),
}
"""Wire agencies and the names they are credited by, in lower case. "agencies" is what a paper writes
that does not say which; all such texts count as one source, for they may have one."""

_NAMES = {name: agency for agency, names in AGENCIES.items() for name in names}
# Short names are words of their own in some languages; only capitals are a credit.
_SHOUTED = frozenset(name for name in _NAMES if len(name) <= 4)

_ONE = "|".join(sorted((re.escape(name) for name in _NAMES), key=len, reverse=True))
_NAME = rf"(?P<name>{_ONE})"
_DASH = r"[-\u2010-\u2015:]"
# (Reuters) -   LONDON, Jan 8 (Xinhua) --   WASHINGTON (AP) —
_DATELINE = re.compile(
    rf"^[^\n()]{{0,60}}\(\s*{_NAME}(?:\s*/\s*[\w .-]{{2,30}})?\s*\)\s*{_DASH}+", re.IGNORECASE
)
# LONDON, Jan 8, Xinhua —   the agency stands bare between the place and the dash
_BARE_DATELINE = re.compile(
    rf"^[A-Z][A-Z .'-]{{2,30}}(?:,[^\n()\u2013\u2014]{{1,25}})?[,/]\s*{_NAME}\s*[\u2013\u2014]", 0
)
# MOSCOW, January 8. /TASS/.
_SLASHED = re.compile(rf"^[^\n/]{{0,60}}/\s*{_NAME}\s*/", re.IGNORECASE)
# a line of its own: By Agencies   — AP   Source: AFP   (Reuters)   By Jane Doe, Associated Press
_LINE = re.compile(
    rf"^(?:{_DASH}+\s*|sources?\s*:\s*|credits?\s*:\s*|via\s+|\(|\[|©\s*(?:\d{{4}}\s*)?|copyright\s+(?:\d{{4}}\s+)?)?"
    rf"(?:by\s+)?(?:[^\W\d_][\w.'’-]*(?:\s+[^\W\d_][\w.'’-]*){{0,3}}\s*[,/|]\s*)?"
    rf"{_NAME}(?:\s+(?:staff|writers?|staff writers?|correspondents?))?[)\].]*$",
    re.IGNORECASE,
)
# the last words of the text: … was brief. (AFP)   … was brief. — AP
_TAIL = re.compile(rf"(?:[(\[]|[.!?”\"]\s*[\u2013\u2014-]+\s*){_NAME}[)\].]*$", re.IGNORECASE)
_LINES = 3  # credits stand in the first or the last lines of a text, not within it


def credit(document: Document) -> str | None:
    """The wire agency that a document says its text comes from; None where it names none.

    Read are the publisher, the author, a dateline and a credit line in the first or last three lines.
    What the text reports an agency to have said is no credit, nor is "with inputs from".

    >>> from detente.sources.text import make_document
    >>> credit(make_document("LONDON, Jan 8 (Xinhua) — Britain recalled its envoy."))
    'Xinhua'
    >>> credit(make_document("Britain recalled its envoy.\\n\\nSource: AFP"))
    'Agence France-Presse'
    >>> credit(make_document("Reuters reported that Britain had recalled its envoy.")) is None
    True
    """
    for field in (document.publisher, document.author):
        agency = wire(field)
        if agency is not None:
            return agency
    lines = [line.strip() for line in document.text.split("\n") if line.strip()]
    for line in lines[:_LINES]:
        for pattern in (_DATELINE, _BARE_DATELINE, _SLASHED):
            agency = _named(pattern.match(line))
            if agency is not None:
                return agency
    ends = (*lines[:_LINES], *lines[-_LINES:])
    for line in ends:
        if len(line) <= 80:
            agency = _named(_LINE.match(line))
            if agency is not None:
                return agency
    return _named(_TAIL.search(lines[-1])) if lines else None


def wire(name: str | None) -> str | None:
    """The agency that a publisher or author is, by one of its names; None where it is none.

    >>> wire("AP"), wire("By Associated Press"), wire("Reuters Staff"), wire("Daily Ledger")
    ('Associated Press', 'Associated Press', 'Reuters', None)
    """
    return None if name is None else _named(_LINE.match(name.strip()))


def _named(match: re.Match[str] | None) -> str | None:
    if match is None:
        return None
    name = match["name"]
    lowered = name.lower()
    if lowered in _SHOUTED and not name.isupper() and name not in ("dpa", "Lusa", "Jiji"):
        return None
    return _NAMES[lowered]


def house(members: Iterable[tuple[str | None, str | None]]) -> str | None:
    """The one source of a text and its copies, from credit and publisher of each, earliest first.

    It is the agency that any of them credits, else the earliest publisher that is known.

    >>> house([(None, "Post"), ("Associated Press", "Times")]), house([(None, None), (None, "AFP")])
    ('Associated Press', 'Agence France-Presse')
    """
    listed = list(members)
    named = [agency for agency, _ in listed if agency]
    named += [wire(publisher) or publisher for _, publisher in listed if publisher]
    return named[0] if named else None


def groups(ids: Iterable[str], copies: Mapping[str, set[str]]) -> list[set[str]]:
    """Texts with their copies, their copies and so on; `copies` gives those of each, both ways.

    >>> sorted(map(sorted, groups("abcd", {"a": {"b"}, "b": {"a", "c"}, "c": {"b"}})))
    [['a', 'b', 'c'], ['d']]
    """
    found = []
    left = set(ids)
    while left:
        group = {left.pop()}
        waiting = list(group)
        while waiting:
            near = copies.get(waiting.pop(), set()) & left
            left -= near
            group |= near
            waiting += near
        found.append(group)
    return found


def sources_of(documents: Iterable[Document]) -> tuple[dict[str, str | None], dict[str, str]]:
    """The house that each document's text comes from, and one name for all copies of a text; by id.

    >>> from detente.sources.text import make_document
    >>> text = " ".join(f"word{n}" for n in range(60))
    >>> one = make_document(text, id="a", publisher="Post", published="2026-01-08")
    >>> two = make_document(text + " (AP)", id="b", publisher="Times", published="2026-01-09")
    >>> sources_of([two, one])
    ({'a': 'Associated Press', 'b': 'Associated Press'}, {'a': 'a', 'b': 'a'})
    """
    listed = {document.id: document for document in documents}
    runs = {id: shingles(document.text) for id, document in listed.items()}
    shelves: dict[int, list[str]] = {}
    copies: dict[str, set[str]] = {}
    for id in sorted(listed):
        keys = set(bands(signature(runs[id])))
        for other in {other for key in keys for other in shelves.get(key, ())}:
            if are_copies(runs[id], runs[other]):
                copies.setdefault(id, set()).add(other)
                copies.setdefault(other, set()).add(id)
        for key in keys:
            shelves.setdefault(key, []).append(id)
    houses: dict[str, str | None] = {}
    texts: dict[str, str] = {}
    for group in groups(listed, copies):
        members = sorted((listed[id] for id in group), key=_earliest)
        source = house((credit(member), member.publisher) for member in members)
        for member in members:
            houses[member.id] = source
            texts[member.id] = members[0].id
    return dict(sorted(houses.items())), dict(sorted(texts.items()))


def _earliest(document: Document) -> tuple[date, str]:
    # By the text and not by the id, which may be that of whichever place was read first.
    from hashlib import sha256

    return document.published or date.max, document.sha256 or sha256(document.text.encode()).hexdigest()


def shingles(text: str) -> frozenset[str]:
    """The runs of three words of a text, in lower case; none where it has fewer than 40 words.

    >>> len(shingles("one two three four " * 10))
    4
    """
    words = [word.lower() for word in _WORD.findall(text)]
    if len(words) < SHORTEST:
        return frozenset()
    return frozenset(" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def are_copies(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two texts, given as their `shingles`, are copies of one.

    >>> text = " ".join(f"word{n}" for n in range(60))
    >>> are_copies(shingles(text), shingles(text + " and a line of our own"))
    True
    >>> are_copies(shingles(text), shingles(text[::-1]))
    False
    """
    left, right = frozenset(one), frozenset(other)
    both = len(left & right)
    if not both:
        return False
    return both >= COMMON * len(left | right) and both >= COVERED * min(len(left), len(right))


def signature(runs: Iterable[str]) -> tuple[int, ...]:
    """The 80 minima of a text's shingles, the same on every machine; () where it has none."""
    from rensa import RMinHash  # type: ignore[import-untyped]

    listed = sorted(runs)
    if not listed:
        return ()
    hashed = RMinHash(num_perm=MINIMA, seed=SEED)
    hashed.update(listed)
    return tuple(hashed.digest())


def bands(minima: Sequence[int]) -> tuple[int, ...]:
    """The keys under which a signature is looked up: two texts with one in common may be copies.

    >>> text = " ".join(f"word{n}" for n in range(60))
    >>> keys = bands(signature(shingles(text)))
    >>> len(keys), max(keys) < 2**63
    (40, True)
    """
    return tuple(
        _mix(number, tuple(minima[at : at + ROWS])) for number, at in enumerate(range(0, len(minima), ROWS))
    )


@lru_cache(maxsize=1024)
def _mix(number: int, values: tuple[int, ...]) -> int:
    import hashlib

    text = ",".join(map(str, (number, *values)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 1
