"""Who speaks where in a text that has speakers: the turns of a transcript, the author of a post.

A speaker is his office's country on the day of the text. A question ("Q") and a stage direction are
nobody's words: no act is read in them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from detente.coding.actors import Titles
from detente.coding.mentions import Gazetteer, Mention
from detente.records import Document, Kind, Party
from detente.tables import read_table

__all__ = ["Speaker", "Speakers", "speakers"]

_ASKING = frozenset(
    "q question questioner questions reporter journalist correspondent moderator interviewer interpreter "
    "translator audience operator host anchor participant press media".split()
)
_ASKS_FIRST = frozenset("q question questions reporter journalist moderator interviewer interpreter".split())
_HOUSES = frozenset("ministry embassy government presidency office department mission mfa cabinet".split())
_COURTESY = frozenset({"mr", "ms", "mrs", "dr", "miss", "sir", "the", "a", "an"})
_PLAIN = frozenset({"mr", "ms", "mrs"})
_WE = frozenset("we us our ours i me my mine myself ourselves".split())
_OFFICES = {"vice president": "vice_president"}
_PARENTHESES = re.compile(r"[(\[][^()\[\]]*[)\]]")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks from `start` on: `name` for people; `mention` where his country is known.

    `silent` marks words that are nobody's: no act is read in them.
    """

    start: int
    name: str | None
    mention: Mention | None = None
    silent: bool = False


class Speakers:
    """The speakers of a document, in order; `home` is the government that publishes it."""

    def __init__(self, found: Sequence[Speaker] = (), home: str | None = None) -> None:
        self._home = home
        self._found = list(found)
        self._starts = [s.start for s in found]

    def at(self, offset: int) -> Speaker | None:
        """Who speaks at an offset; None where the writer of the text does."""
        index = bisect_right(self._starts, offset) - 1
        return self._found[index] if index >= 0 else None

    def silent(self, offset: int) -> bool:
        """Whether the words at an offset are nobody's."""
        found = self.at(offset)
        return found is not None and found.silent

    def unclear(self, offset: int, parties: Iterable[Party]) -> bool:
        """Whether a party is the "we" of a speaker whose country is not known: not the publisher's."""
        found = self.at(offset)
        if found is None or found.mention is not None:
            return False
        return any(p.how == "pronoun" and p.code == self._home and p.text.lower() in _WE for p in parties)


def speakers(
    document: Document,
    mentions: Sequence[Mention],
    gazetteer: Gazetteer,
    titles: Titles,
    home: str | None,
) -> Speakers:
    """The speakers of a document: those of its turns, else the author of a post.

    `home` is the government that publishes the text: "THE PRESIDENT" is its own. A post's author who
    holds no listed office on the day speaks for himself: his words have a name and no country.
    """
    if document.turns:
        people: dict[str, Mention] = {}
        # What a text in small letters teaches goes before what a label in capitals seems to.
        for mention in sorted(mentions, key=lambda m: m.text.isupper()):
            if mention.kind == "person":
                people.setdefault((mention.name or mention.text).lower().split()[-1], mention)
                people.setdefault(mention.text.lower().split()[-1], mention)
        known: dict[str, Speaker] = {}
        places: dict[str, int] = {}  # where the label last stood in the text; captions have none
        found = []
        for start, label in document.turns:
            if label not in known:
                known[label] = _speaker(document, label, people, gazetteer, titles, home)
            if label and document.text.startswith(label, start):
                places[label] = start
            one, at = known[label], places.get(label)
            if one.mention is not None and at is not None:
                one = replace(one, mention=replace(one.mention, start=at, end=at + len(label)))
            found.append(replace(one, start=start))
        return Speakers(found, home)
    if document.kind is Kind.POST and document.author:
        return Speakers([_speaker(document, document.author, {}, gazetteer, titles, None)], home)
    return Speakers()


def _speaker(
    document: Document,
    label: str,
    people: Mapping[str, Mention],
    gazetteer: Gazetteer,
    titles: Titles,
    home: str | None,
) -> Speaker:
    bare = " ".join(_PARENTHESES.sub(" ", label).strip(" :").split())
    words = [w.strip(".,").lower() for w in bare.split()]
    # In a government's own transcripts the plain "MR. PRICE" and "OFFICIAL" are its people.
    ours = home is not None and bool(words) and (words[0] in _PLAIN or words[-1].startswith("official"))
    if bare and not any(c.isalpha() for c in bare):
        return Speaker(0, None)  # ">>": somebody whom the captions do not name
    if not words or (document.turns and (words[-1] in _ASKING or words[0] in _ASKS_FIRST)):
        return Speaker(0, None, None, True)
    on = document.published
    written = bare if any(c.islower() for c in bare) else _capitalised(bare)
    while words and words[0] in _COURTESY:
        words = words[1:]
    title = " ".join(words)
    named = gazetteer.find(written, on)
    person = next((m for m in named if m.kind == "person"), None)
    role = next((t for t in _beginnings(words) if titles.sector(t)), None)
    if person is not None:
        name = person.name or person.text
        if role or on is None or _in_office(name, person.code, on):
            sector = person.sector
            return Speaker(0, name, _mention(label, person.code, sector, name, person.title))
        if not ours:
            return Speaker(0, name)
    # A house speaks ("White House"), or an office ("President of Ukraine"); "Iran Daily" is neither.
    whole = bool(named) and named[0].text.lower() == title
    if named and person is None and (whole or role or (words and words[0] in _HOUSES)):
        one = named[0]
        who = (_holder(one.code, role, on) if role else None) or one.name or written
        sector = one.sector or (titles.sector(role) if role else None) or "GOV"
        return Speaker(0, who, _mention(label, one.code, sector, who, role))
    if home is not None and titles.sector(title):
        holds = _holder(home, title, on)
        return Speaker(0, holds or written, _mention(label, home, titles.sector(title), holds, title))
    mention = people.get(words[-1]) if words else None
    if mention is not None:
        known = mention.name or mention.text
        # A text teaches its publisher's officials by title alone; an office has one holder.
        holder = _holder(mention.code, role, on) if role and mention.how == "learned" else None
        if mention.code != home or holder is None or holder == known:
            return Speaker(0, known, _mention(label, mention.code, mention.sector, known, mention.title))
    if home is not None and ours:
        return Speaker(0, written, _mention(label, home, "GOV", written, None))
    return Speaker(0, written)


def _mention(label: str, code: str, sector: str | None, name: str | None, title: str | None) -> Mention:
    """The speaker as a mention that stands nowhere in the text, until a place for it is found."""
    kind = "person" if name else "title"
    return Mention(-1, -1, label, code, kind, sector, name, title, how="speaker")


def _capitalised(label: str) -> str:
    """A label in capitals as it would stand in a sentence."""
    return re.sub(r"[^\W\d_]+", lambda m: m[0].capitalize(), label).replace(" Of ", " of ")


def _beginnings(words: Sequence[str]) -> list[str]:
    """The titles that may stand at the head of a label, the longest first."""
    return [" ".join(words[:k]) for k in range(min(len(words), 5), 0, -1)]


@cache
def _offices() -> dict[str, list[tuple[str, str, str, str]]]:
    """(name, office, from, to) of the holders of offices, by code of the country."""
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for row in read_table("actors/offices.csv"):
        found.setdefault(row["code"], []).append((row["name"], row["office"], row["from"], row["to"]))
    return found


@cache
def _title_offices() -> dict[str, str]:
    return {r["title"]: r["office"] for r in read_table("actors/titles.csv") if r["office"]} | _OFFICES


def _inside(since: str, until: str, on: date) -> bool:
    """Whether a day lies between two ISO dates that may be reduced."""
    day = on.isoformat()
    return since <= day and (not until or day[: len(until)] <= until)


def _in_office(name: str, code: str, on: date) -> bool:
    return any(who == name and _inside(a, b, on) for who, _, a, b in _offices().get(code, ()))


def _holder(code: str, title: str, on: date | None) -> str | None:
    """Who holds the office of a title in a country on a day; None where nobody, or more than one, does."""
    office = _title_offices().get(title)
    if office is None or on is None:
        return None
    found = {who for who, what, a, b in _offices().get(code, ()) if what == office and _inside(a, b, on)}
    return found.pop() if len(found) == 1 else None
