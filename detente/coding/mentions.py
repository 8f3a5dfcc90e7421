"""Words that stand for a political actor, found in one Aho-Corasick pass over the text.

The tables of `data/actors` give names, demonyms, capitals, houses of government, organisations,
armed groups and office holders with their dates. A user's own actor pack (CSV with the columns
`code,text,kind,sector,name`) is added on top.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from detente.errors import DataError
from detente.tables import read_table

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

__all__ = ["Gazetteer", "Mention", "gazetteer"]

_PUBLIC = re.compile(
    r"\s+(?:Post|Times|Daily|Journal|Herald|Tribune|Gazette|Globe|University|College|Airport"
    r"|Street|Avenue|Airlines|Airways|Monument|Institute|Marathon|Stadium|Cup|Open|Strait|Sea|Gulf|Club"
    r"|FC|City FC"
    r"|United FC)\b"
)
_STATE_AFTER = re.compile(r"\s*(?:,\s*)?(?:D\.?C\.?|state\b|State\b)")
_WORD_BEFORE = re.compile(r"([\w'.-]+)\s$")
_MONTHS_GRACE = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Mention:
    """Words at `start`:`end` that stand for an actor.

    `code` is ISO 3166 alpha-3 or UNO EUR IGO NGO; `kind` one of name, demonym, demonym_plural,
    capital, seat, place, organisation, group, person, title, pronoun; `name` the full name of a person
    or organisation; `title` a person's title in lower case; `how` says how the words were resolved.
    """

    start: int
    end: int
    text: str
    code: str
    kind: str
    sector: str | None = None
    name: str | None = None
    title: str | None = None
    how: str = "gazetteer"


@dataclass(frozen=True, slots=True)
class _Entry:
    code: str
    text: str
    kind: str
    sector: str | None
    name: str | None
    ambiguous: bool = False
    since: date | None = None
    until: date | None = None
    title: str | None = None
    full: bool = True


def _day(value: str, last: bool) -> date | None:
    """Bound of a reduced ISO date in the office tables; None for an empty cell."""
    if not value:
        return None
    parts = [int(x) for x in value.split("-")]
    if len(parts) == 3:
        return date(*parts)
    if len(parts) == 2:
        year, month = parts
        if not last:
            return date(year, month, 1)
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return date(parts[0], 12, 31) if last else date(parts[0], 1, 1)


_KINDS = {"official": "name", "short": "name", "former": "name"}

# Surnames that are also common English words or very common names: alone they prove nobody.
_COMMON = frozenset(
    "may brown bush price king prince major hope young long chance law black white green wood hill "
    "day west east north south rice gates ford grant carter wise best sharp strong bond case lee "
    "li wang zhang chen kim park an ban han moon sun lam ho lai lu ma xu yang wu ali khan singh "
    "hassan hussein ahmed mohammed muhammad omar abe cook brand power reid taylor smith jones "
    "johnson wilson moore martin thomas james george john paul peter simon david michael robert "
    "joe anthony francis marco austin lloyd scott truss sharif baker kerry blair cameron sanchez garcia "
    "lopez rodriguez gonzalez perez martinez silva santos costa rossi muller schmidt cruz marin "
    "turnbull gray church mason general will mark bill pence pope saint ng le tran nguyen pham "
    "so yoon ri choi sen mills hunt raab post castro".split()
)


class Gazetteer:
    """All surface forms of actors and one automaton over them.

    Args:
        packs: CSV files of the user's own actors, columns `code,text,kind,sector,name`.
    """

    def __init__(self, packs: Sequence[Path] = ()) -> None:
        self._entries: list[list[_Entry]] = []
        self._ac: AhoCorasick | None = None
        self._forms: dict[str, list[_Entry]] = {}
        for row in read_table("actors/names.csv"):
            self._add(
                _Entry(
                    row["code"],
                    row["text"],
                    _KINDS.get(row["kind"], row["kind"]),
                    row["sector"] or None,
                    None,
                    row["note"].startswith("ambiguous"),
                )
            )
        for row in read_table("actors/organisations.csv"):
            self._add(
                _Entry(
                    row["code"],
                    row["text"],
                    "organisation",
                    row["sector"] or None,
                    row["name"] or None,
                    row["note"].startswith("ambiguous"),
                )
            )
        for row in read_table("actors/groups.csv"):
            self._add(
                _Entry(
                    row["code"],
                    row["text"],
                    "group",
                    row["sector"] or None,
                    row["name"] or None,
                    row["note"].startswith("ambiguous"),
                )
            )
        for row in read_table("actors/offices.csv"):
            since, until = _day(row["from"], False), _day(row["to"], True)
            forms = [row["name"], *[a.strip() for a in row["aliases"].split(";") if a.strip()]]
            for form in forms:
                self._add(
                    _Entry(
                        row["code"],
                        form,
                        "person",
                        "GOV",
                        row["name"],
                        form.lower() in _COMMON,
                        since,
                        until,
                        _OFFICE_TITLES.get(row["office"]),
                        full=" " in form,
                    )
                )
        for row in read_table("actors/masks.csv"):
            self._forms.setdefault(row["text"], [])  # found, and stands for nobody
        for pack in packs:
            self._add_pack(pack)

    def _add(self, entry: _Entry) -> None:
        self._forms.setdefault(entry.text.replace("’", "'"), []).append(entry)

    def _add_pack(self, path: Path) -> None:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = {"code", "text"} - set(reader.fieldnames or ())
            if missing:
                raise DataError(
                    f"the actor pack lacks the column {' and '.join(sorted(missing))}",
                    where=str(path),
                    todo="give the columns code,text,kind,sector,name",
                )
            for row in reader:
                self._add(
                    _Entry(
                        row["code"],
                        row["text"],
                        row.get("kind") or "name",
                        row.get("sector") or None,
                        row.get("name") or None,
                    )
                )

    def _automaton(self) -> AhoCorasick:
        if self._ac is None:
            from ahocorasick_rs import AhoCorasick, MatchKind

            self._entries = list(self._forms.values())
            self._ac = AhoCorasick(list(self._forms), matchkind=MatchKind.LeftmostLongest)
        return self._ac

    def codes(self) -> dict[str, str]:
        """Names in lower case to codes, for looking an actor up by what a person types."""
        found: dict[str, str] = {}
        for form, entries in self._forms.items():
            if entries and entries[0].kind in ("name", "organisation", "group", "demonym", "capital"):
                found.setdefault(form.lower(), entries[0].code)
        return found

    def find(self, text: str, on: date | None = None) -> list[Mention]:
        """Actor mentions of a text in order, not overlapping; `on` picks office holders by date.

        >>> [(m.text, m.code) for m in gazetteer().find("Bogota and the Kremlin talked.")]
        [('Bogota', 'COL'), ('Kremlin', 'RUS')]
        """
        flat = text.replace("’", "'")
        matches = []
        for index, start, end in self._automaton().find_matches_as_indexes(flat):
            if start and (flat[start - 1].isalnum() or flat[start - 1] == "_"):
                continue
            if end < len(flat) and (flat[end].isalnum() or flat[end] == "_"):
                continue
            matches.append((self._entries[index], start, end))
        full = {e.name for entries, _, _ in matches for e in entries if e.kind == "person" and e.full}
        found = []
        for entries, start, end in matches:
            entry = self._choose(entries, flat, start, end, on, full)
            if entry is not None:
                found.append(
                    Mention(
                        start,
                        end,
                        text[start:end],
                        entry.code,
                        entry.kind,
                        entry.sector,
                        entry.name,
                        entry.title,
                    )
                )
        return found

    def _choose(
        self,
        entries: Sequence[_Entry],
        text: str,
        start: int,
        end: int,
        on: date | None,
        full: set[str | None],
    ) -> _Entry | None:
        persons = [e for e in entries if e.kind == "person"]
        others = [e for e in entries if e.kind != "person"]
        if others:
            entry = others[0]
            return None if _not_an_actor(entry, text, start, end) else entry
        return _person(persons, text, start, on, full)


def _not_an_actor(entry: _Entry, text: str, start: int, end: int) -> bool:
    """Whether the words around a name show that it stands for something else."""
    if entry.kind in ("name", "capital", "demonym", "place", "seat"):
        if _PUBLIC.match(text, end):
            return True
        if entry.text == "Washington" and _STATE_AFTER.match(text, end) and "D" not in text[end : end + 4]:
            return True
    if entry.ambiguous:
        before = _WORD_BEFORE.search(text, max(0, start - 30), start)
        if before and entry.kind != "demonym":
            word = before[1]
            if word[0].isupper() and word.isalpha() and word.lower() not in _NOT_FIRST_NAMES:
                return True
        if entry.kind in ("demonym", "demonym_plural") and entry.text.lower() in ("polish", "poles", "pole"):
            return start == 0 or text[max(0, start - 2) : start] in (". ", "\n", "\n\n")
    return False


_NOT_FIRST_NAMES = frozenset(
    "in the of to from and with by for on at against between but while when after before since as "
    "if that president minister prime king queen government republic kingdom north south east west "
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july "
    "august september october november december central new both neither neighboring neighbouring "
    "former today yesterday meanwhile".split()
)


def _person(
    entries: Sequence[_Entry], text: str, start: int, on: date | None, full: set[str | None]
) -> _Entry | None:
    """The office holder meant, or None where the bare name proves nobody.

    A surname alone counts if the full name stands in the text, or a title before it, or if it is a rare
    name of somebody in or near office on the day.
    """
    if not entries:
        return None
    before = text[max(0, start - 24) : start].lower()
    titled = any(before.endswith(t) for t in _TITLE_ENDS)

    def near(entry: _Entry) -> int:
        if on is None:
            return 0
        if (entry.since is None or entry.since - _MONTHS_GRACE <= on) and (
            entry.until is None or on <= entry.until + _MONTHS_GRACE
        ):
            return 0
        if entry.since is not None and on < entry.since:
            return (entry.since - on).days
        assert entry.until is not None
        return (on - entry.until).days

    ranked = sorted(entries, key=lambda e: (e.name not in full, near(e), e.code))
    best = ranked[0]
    if best.full or best.name in full:
        return best
    word = _WORD_BEFORE.search(text, max(0, start - 30), start)
    if (
        word
        and word[1][:1].isupper()
        and word[1].isalpha()
        and not titled
        and word[1].lower() not in _NOT_FIRST_NAMES
    ):
        return None  # another first name stands before it
    if titled and near(best) < 366 * 3:
        return best
    if best.ambiguous or len(best.text) < 4:
        return None
    return best if near(best) < 366 * 4 else None


_OFFICE_TITLES = {
    "head_of_state": "president",
    "head_of_government": "prime minister",
    "foreign_minister": "foreign minister",
    "defence_minister": "defence minister",
    "vice_president": "vice president",
    "supreme_leader": "supreme leader",
    "national_security_adviser": "national security adviser",
    "spokesperson": "spokesperson",
}

_TITLE_ENDS = tuple(
    f"{t} "
    for t in (
        "president",
        "minister",
        "premier",
        "chancellor",
        "secretary",
        "king",
        "queen",
        "prince",
        "leader",
        "mr.",
        "mrs.",
        "ms.",
        "general",
        "gen.",
        "ambassador",
        "senator",
        "sen.",
        "envoy",
        "adviser",
        "advisor",
        "chief",
        "commissioner",
        "president-elect",
        "mr",
        "ms",
    )
)


@cache
def gazetteer(packs: tuple[Path, ...] = ()) -> Gazetteer:
    """The gazetteer of the package's tables, built once."""
    return Gazetteer(packs)
