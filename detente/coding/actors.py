"""The document teaches names: whoever it introduces by a country and a title is that country from then on.

"Colombian President Gustavo Petro" makes "Petro" Colombia's government for the whole document, listed
or not; "the Syrian Democratic Forces (SDF)" makes "SDF" a name of theirs.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from detente.coding.mentions import Gazetteer, Mention
from detente.links import host_of
from detente.tables import read_table

__all__ = ["Titles", "find_actors", "home_of", "titles"]

_WORD = r"(?:(?:al|el|ad|as|ash|ar|an)-)?[A-ZÀ-ÖØ-Þ][\w'’-]*\w|[A-Z]\."
_PARTICLE = r"(?:bin|ibn|al|el|van|von|der|de|del|da|dos|di|la|le|ben|bint|Al|El)"
_NAME = rf"(?:{_WORD})(?:[ ](?:{_PARTICLE}[ -])?(?:{_WORD})){{0,4}}"
_SURNAME_FIRST = frozenset({"CHN", "KOR", "PRK", "VNM", "TWN", "HKG"})
_NOT_NAMES = frozenset(
    "The A An In On At For But And Monday Tuesday Wednesday Thursday Friday Saturday Sunday January "
    "February March April May June July August September October November December Mr Mrs Ms Dr "
    "Today Yesterday It He She They We His Her Their Our If When While As After Before Since".split()
)


@dataclass(frozen=True, slots=True)
class _Title:
    text: str
    sector: str | None
    code: str | None


class Titles:
    """English titles with their sectors, and the patterns in which they introduce people."""

    def __init__(self, rows: Iterable[Mapping[str, str]]) -> None:
        self._by_text = {
            row["title"]: _Title(row["title"], row["sector"] or None, row.get("code") or None) for row in rows
        }
        words = "|".join(re.escape(t) for t in sorted(self._by_text, key=len, reverse=True))
        self.introduced = re.compile(
            rf"(?:'s|’s)?,?[ ](?:[\w.'’-]+[ ]){{0,5}}?(?P<title>(?i:{words}))s?"
            rf"(?:[ ](?:of|for|to|at)[ ](?:the[ ])?(?:[\w.&'’-]+(?:[ ]and)?[ ]?){{1,5}}?)?"
            rf",?[ ](?P<name>{_NAME})"
        )
        self.of_country = re.compile(rf"(?P<title>\b(?i:{words}))[ ]of[ ](?:the[ ])?$")
        self.before_name = re.compile(rf"\b(?P<title>(?i:{words}))[ ](?P<name>{_NAME})")
        self.after_name = re.compile(rf"(?P<name>{_NAME}),[ ](?:the[ ]|a[ ]|an[ ]|who[ ]is[ ]|who[ ]was[ ])?")
        self.role = re.compile(rf"(?:'s|’s)?[ ](?:[\w.'’-]+[ ]){{0,4}}?(?P<title>(?i:{words}))\b")
        self.role_of = re.compile(
            rf"(?:[\w.'’-]+[ ]){{0,4}}?(?P<title>(?i:{words}))[ ](?:of|for|to|from|in|at)[ ](?:the[ ])?$"
        )
        self.name_at = re.compile(_NAME)

    def sector(self, title: str) -> str | None:
        """PLOVER sector of a title, None if it is not listed."""
        found = self._by_text.get(title.lower())
        return found.sector if found else None

    def owner(self, title: str) -> str | None:
        """Code of the only state that uses a title, else None."""
        found = self._by_text.get(title.lower())
        return found.code if found else None


@cache
def titles() -> Titles:
    """The table of titles that ships with the package."""
    return Titles(read_table("actors/titles.csv"))


@cache
def _publishers() -> tuple[tuple[str, str, str], ...]:
    return tuple((r["part"], r["text"], r["code"]) for r in read_table("actors/publishers.csv"))


def home_of(publisher: str | None, url: str | None) -> str | None:
    """Code of the government (or organisation) that publishes a text itself; None for the press.

    >>> home_of(None, "https://www.state.gov/press-releases/")
    'USA'
    >>> home_of("Reuters", None) is None
    True
    """
    host = host_of(url) or ""
    name = (publisher or "").lower()
    for part, text, code in _publishers():
        if (part == "host" and text in host) or text in name:
            return code
    return None


@dataclass(frozen=True, slots=True)
class _Person:
    name: str
    code: str
    sector: str | None
    title: str | None


def find_actors(
    text: str, gazetteer: Gazetteer, titles: Titles, on: date | None = None, home: str | None = None
) -> list[Mention]:
    """All actor mentions of a text: those of the tables and those the text itself teaches.

    `home` is the government that publishes the text: its officials need no country.
    """
    listed = gazetteer.find(text, on)
    people = _introduced(text, listed, titles, home)
    listed = _without_namesakes(listed, people)
    known = {m.name for m in listed if m.kind == "person"}
    mentions = _abbreviations(text, _with_titles(text, listed, titles))
    taught = _occurrences(text, [p for p in people if p.name not in known], mentions)
    mentions = [*mentions, *taught]
    mentions += _occurrences(text, _bodies(text, listed), mentions, kind="body")
    return _settled(mentions)


def _introduced(text: str, listed: Sequence[Mention], titles: Titles, home: str | None) -> list[_Person]:
    found: dict[str, _Person] = {}
    starts = {m.start: m for m in listed}
    ends = {m.end: m for m in listed}
    people = [m for m in listed if m.kind == "person"]

    def teach(name: str, at: int, code: str, title: str) -> None:
        name = re.sub(r"(?:'s|’s)$", "", name).strip()
        words = name.split()
        while words and words[0] in _NOT_NAMES:
            words = words[1:]
        name = " ".join(words)
        if not name or any(
            m.start < at + len(name) and at < m.end and not _namesake(m, name) for m in people
        ):
            return
        if name in _NOT_NAMES or len(name) < 3 or titles.sector(name):
            return
        found.setdefault(name, _Person(name, code, titles.sector(title) or "GOV", title.lower()))

    for mention in listed:
        if mention.kind == "person":
            continue
        if mention.kind != "demonym_plural":
            match = titles.introduced.match(text, mention.end, mention.end + 160)
            if (
                match
                and "\n" not in match[0]
                and match["name"].split()[0] not in _NOT_NAMES
                and (match.start("name") not in starts or starts[match.start("name")].kind == "person")
            ):
                teach(match["name"], match.start("name"), mention.code, match["title"])
        before = text[max(0, mention.start - 80) : mention.start]
        match = titles.of_country.search(before)
        if match:
            named = (
                titles.name_at.match(text, mention.end + 1)
                if text[mention.end : mention.end + 1] == " "
                else None
            )
            if named and named.start() not in starts:
                teach(named[0], named.start(), mention.code, match["title"])
    for match in titles.after_name.finditer(text):
        owner_of = starts.get(match.end())
        if owner_of is not None and owner_of.kind != "person":
            role = titles.role.match(text, owner_of.end, owner_of.end + 80)
            if role:
                teach(match["name"], match.start("name"), owner_of.code, role["title"])
                continue
        clause = re.split(r"[,.;\n]", text[match.end() : match.end() + 100], maxsplit=1)[0]
        for other in listed[bisect_left([m.start for m in listed], match.end()) :]:
            if other.start >= match.end() + len(clause):
                break
            role = titles.role_of.fullmatch(text, match.end(), other.start)
            if role and other.kind != "person":
                teach(match["name"], match.start("name"), other.code, role["title"])
                break
    for match in titles.before_name.finditer(text):
        name, after = match["name"], match.end("name")
        owner = titles.owner(match["title"])
        tail = text[after : after + 4]
        follow = starts.get(after + 4) if tail == " of " else None
        if follow is not None:
            teach(name, match.start("name"), follow.code, match["title"])
        elif owner:
            teach(name, match.start("name"), owner, match["title"])
        elif home and ends.get(match.start() - 1) is None:
            teach(name, match.start("name"), home, match["title"])
    return list(found.values())


def _namesake(mention: Mention, name: str) -> bool:
    """Whether a bare surname of the tables is only part of another person's full name in the text."""
    words = name.split()
    full = (mention.name or mention.text).split()
    return len(words) > 1 and " " not in mention.text and mention.text in words and words[-1] != full[-1]


def _without_namesakes(listed: Sequence[Mention], people: Sequence[_Person]) -> list[Mention]:
    """The mentions without surnames that the text gives to somebody else."""
    return [m for m in listed if m.kind != "person" or not any(_namesake(m, p.name) for p in people)]


# What introduces a body of a country: "Iranian airline Mahan Air", "Russian mercenary group Wagner".
_BODY = re.compile(
    r"[ ](?:[\w-]+[ ]){0,3}?(?:airline|company|firm|bank|conglomerate|giant|group|militia|organi[sz]ation"
    r"|party"
    r"|newspaper|agency|network|contractor|manufacturer|producer|refiner|tanker|ship|vessel|broadcaster"
    r"|movement|faction|cartel|gang|brigade|battalion|university|carrier|operator|supplier|ministry)[ ]"
    rf"(?P<name>{_NAME})"
)


def _bodies(text: str, listed: Sequence[Mention]) -> list[_Person]:
    """Firms, parties and armed bodies that the text introduces by a nationality."""
    found = []
    people = {m.start for m in listed}
    for mention in listed:
        if mention.kind not in ("demonym", "name"):
            continue
        match = _BODY.match(text, mention.end, mention.end + 120)
        if match and match.start("name") not in people and match["name"] not in _NOT_NAMES:
            name = re.sub(r"(?:'s|’s)$", "", match["name"])
            found.append(_Person(name, mention.code, None, None))
    return found


def _with_titles(text: str, listed: Sequence[Mention], titles: Titles) -> list[Mention]:
    """The mentions, with the title that stands before a person's name."""
    done = []
    for mention in listed:
        if mention.kind == "person":
            before = text[max(0, mention.start - 60) : mention.start]
            match = max(titles.before_name.finditer(before + "Xx"), key=lambda m: m.end(), default=None)
            if match and match.end() == len(before) + 2:
                mention = replace(
                    mention,
                    title=match["title"].lower(),
                    sector=titles.sector(match["title"]) or mention.sector,
                )
        done.append(mention)
    return done


def _occurrences(
    text: str, people: Sequence[_Person], mentions: Sequence[Mention], kind: str = "person"
) -> list[Mention]:
    """Every place where a taught person (or body) is named, in full or by surname (or first word)."""
    taken = [(m.start, m.end) for m in mentions]
    found = []
    forms: dict[str, _Person] = {}
    for person in people:
        words = person.name.split()
        forms.setdefault(person.name, person)
        if len(words) > 1:
            first = kind == "body" or (person.code in _SURNAME_FIRST and len(words) <= 3)
            surname = words[0] if first else words[-1]
            if len(surname) > 2 and surname not in _NOT_NAMES:
                forms.setdefault(surname, person)
    if not forms:
        return []
    pattern = re.compile(
        r"\b(?:" + "|".join(re.escape(f) for f in sorted(forms, key=len, reverse=True)) + r")\b"
    )
    for match in pattern.finditer(text):
        if any(a < match.end() and match.start() < b for a, b in taken):
            continue
        person = forms[match[0]]
        found.append(
            Mention(
                match.start(),
                match.end(),
                match[0],
                person.code,
                kind,
                person.sector,
                person.name,
                person.title,
                how="learned",
            )
        )
    return found


_ABBREVIATION = re.compile(r"[ ]\(([A-Z][A-Za-z-]{1,7})\)")


def _abbreviations(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions, with abbreviations that the text itself explains ("Syrian Democratic Forces (SDF)").

    What the text explains goes before what a table says of the same letters.
    """
    meant: dict[str, Mention] = {}
    for mention in mentions:
        match = _ABBREVIATION.match(text, mention.end)
        if match and match[1].isupper() and mention.kind in ("organisation", "group", "seat", "name"):
            meant.setdefault(match[1], mention)
    if not meant:
        return list(mentions)
    found = [m for m in mentions if m.text not in meant]
    taken = [(m.start, m.end) for m in found]
    for short, mention in meant.items():
        for again in re.finditer(rf"\b{re.escape(short)}\b", text):
            if not any(a < again.end() and again.start() < b for a, b in taken):
                found.append(
                    replace(
                        mention,
                        start=again.start(),
                        end=again.end(),
                        text=again[0],
                        name=mention.name or mention.text,
                        how="learned",
                    )
                )
    return found


def _settled(mentions: Iterable[Mention]) -> list[Mention]:
    """In order, without overlaps: the longer wins, then the earlier."""
    chosen: list[Mention] = []
    for mention in sorted(set(mentions), key=lambda m: (m.start, -(m.end - m.start))):
        if chosen and mention.start < chosen[-1].end:
            continue
        chosen.append(mention)
    return chosen
