"""What a reader reads in a line: its sentences, and in each the acts, parties, days, numbers and
quotations.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from detente.briefs.wording import MONTHS
from detente.records import Event
from detente.relations.series import span_of

__all__ = ["PRONOUNS", "Named", "Phrase", "Sentence", "Told", "read", "subjects", "vocabulary"]

_QUOTED = re.compile(r"“([^“”]*)”|\"([^\"]*)\"")
_INITIALS = re.compile(r"\b(?:[A-Z]\.)+")
_END = re.compile(r"[.;!?](?=\s+[A-Z]|\s*$)")
_MONTH = "|".join(MONTHS)
_DATE = re.compile(
    rf"\b(?P<d1>\d{{1,2}})(?:\s*(?:–|-|to|and)\s*(?P<d2>\d{{1,2}}))?\s+(?P<m>{_MONTH})\s+(?P<y>\d{{4}})\b"
    rf"|\b(?P<um>{_MONTH})\s+(?P<ud>\d{{1,2}}),?\s+(?P<uy>\d{{4}})\b"
    r"|\b(?P<iso>\d{4}-\d{2}(?:-\d{2})?)\b"
    rf"|\b(?P<mm>{_MONTH})\s+(?P<my>\d{{4}})\b"
    r"|\b(?P<year>(?:19|20)\d{2})\b"
)
_REPORTED = re.compile(r"(?:reported|published|announced|known since|as of)(?: on| in)?\s*$", re.I)
_NUMBER = re.compile(r"(?<![\w.])(\d+(?:[.,]\d+)*)(\s*(?:%|per cent|percent))?")
_PLANNED = re.compile(
    r"\b(?:plans?|planned|planning|will|intends?|is to|are to|set to|due to|scheduled|prepar\w+)\b",
    re.I,
)
_NEGATED = re.compile(
    r"\b(?:not|never|no longer|\w+n['’]t|without|neither|nor|hardly|fail\w* to|stop\w*)\b"
    r"|(?<!said )(?<!say )\bno\b(?! such act| answer| use of)",
    re.I,
)
_POSSIBLE = re.compile(
    r"\b(?:may|might|could|would|perhaps|possibly|consider\w*|considering|should|must|can|ought"
    r"|likely|probably|allegedly|reportedly|seems?|appears?)\b",
    re.I,
)
_OPINION = re.compile(r"\b(?:commentary|opinion|analysts?|comment(?:s|ed|ator)?)\b", re.I)
_SAID = re.compile(
    r"(?:,\s*(?:as\s+)?(?P<a>[^,.;:()“”]{2,60}?)\s+(?:said|says|told|wrote)\b"
    r"|\baccording to (?P<b>[^,.;:()“”]{2,60}))"
)
_NUMBER_WORDS = {
    w: n
    for n, w in enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ],
        start=1,
    )
}
PRONOUNS = frozenset("i we he she they it you".split())
_COUNTED = re.compile(
    rf"(?<![\w.,])(?P<n>\d+|{'|'.join(_NUMBER_WORDS)})\s+(?:\w+\s+)?(?P<what>acts?|statements?|reports?|publishers?|documents?)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Named:
    """A party named in a sentence, at `start`:`end` of it."""

    code: str
    start: int
    end: int
    person: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that tell an act, and the PLOVER types they can mean.

    `words` are beginnings of words, or modes, of which the evidence must show one: of two acts of a
    type ("recalled its ambassador", "imposed sanctions") each is its own deed.
    """

    text: str
    types: frozenset[str]
    start: int
    end: int
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Told:
    """A day, month or year told in a sentence; `report` where it is the day of a report."""

    first: date
    last: date
    report: bool
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a line. `frame` has the length of `text` with quotations blanked."""

    text: str
    frame: str
    quotes: tuple[str, ...]
    parties: tuple[Named, ...]
    acts: tuple[Phrase, ...]
    dates: tuple[Told, ...]
    numbers: tuple[str, ...]
    counts: tuple[tuple[int, str], ...]
    speakers: tuple[str, ...]
    said: tuple[tuple[int, int], ...]
    planned: bool
    negated: bool
    possible: bool
    opinion: bool
    passive: bool


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], frozenset[str], frozenset[str]], ...]:
    path = resources.files("detente") / "data" / "briefs" / "acts.csv"
    table = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    rows = sorted(table, key=lambda row: -len(row["phrase"]))
    return tuple(
        # "used force against" may also stand without the one it is used against.
        (
            re.compile(rf"\b{_bare(r['phrase'])}\b", re.I),
            frozenset(r["types"].split()),
            frozenset(r["words"].split()),
        )
        for r in rows
    )


def _bare(phrase: str) -> str:
    words, _, last = phrase.rpartition(" ")
    if words.count(" ") and last in ("to", "with", "of", "on", "against", "towards"):
        return rf"{re.escape(words)}(?: {last})?"
    return re.escape(phrase)


@cache
def vocabulary() -> frozenset[str]:
    """Words that a line may use without evidence: they say nothing about the world."""
    path = resources.files("detente") / "data" / "briefs" / "words.txt"
    return frozenset(path.read_text(encoding="utf-8").split())


def read(text: str, events: Iterable[Event] = ()) -> list[Sentence]:
    """The sentences of a line as a reader reads them.

    Parties are found by the gazetteer, and by the names under which the evidence knows them.

    >>> [s] = read("The United States threatened Colombia on 4 January 2026: “it sounds good”.")
    >>> [p.code for p in s.parties], [p.text for p in s.acts], str(s.dates[0].first), s.quotes
    (['USA', 'COL'], ['threatened'], '2026-01-04', ('it sounds good',))
    """
    names = _known(events)
    return [_sentence(piece, names) for piece in _pieces(text)]


def _known(events: Iterable[Event]) -> dict[str, str]:
    names: dict[str, str] = {}
    for event in events:
        for party in (*event.actor, *event.recipient):
            if party.name:
                names.setdefault(party.name, party.code)
    return names


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _pieces(text: str) -> list[str]:
    masked = _QUOTED.sub(lambda m: "_" * len(m[0]), text)
    masked = _INITIALS.sub(lambda m: "_" * len(m[0]), masked)
    found, start = [], 0
    for match in _END.finditer(masked):
        found.append(text[start : match.end()].strip())
        start = match.end()
    found.append(text[start:].strip())
    return [piece for piece in found if piece]


def _sentence(text: str, names: dict[str, str]) -> Sentence:
    quotes = tuple((a or b).strip() for a, b in _QUOTED.findall(text))
    frame = _QUOTED.sub(_blank, text)
    dates, no_dates = [], frame
    for match in _DATE.finditer(frame):
        told = _told(match, _REPORTED.search(frame[: match.start()]) is not None)
        if told is not None:
            dates.append(told)
            no_dates = no_dates[: match.start()] + _blank(match) + no_dates[match.end() :]
    counts = tuple(
        (_NUMBER_WORDS.get(m["n"].lower()) or int(m["n"]), m["what"].lower().rstrip("s"))
        for m in _COUNTED.finditer(no_dates)
    )
    bare = _COUNTED.sub(_blank, no_dates)
    acts = _acts(frame)
    first = acts[0].start if acts else len(frame)
    before = frame[max(0, first - 30) : first]
    return Sentence(
        text=text,
        frame=frame,
        quotes=quotes,
        parties=tuple(_parties(frame, names)),
        acts=acts,
        dates=tuple(dates),
        numbers=tuple(m[1] for m in _NUMBER.finditer(bare)),
        counts=counts,
        speakers=tuple((m["a"] or m["b"]).strip() for m in _SAID.finditer(frame)),
        said=tuple(m.span() for m in _SAID.finditer(frame)),
        planned=_PLANNED.search(no_dates) is not None,
        negated=_NEGATED.search(no_dates) is not None,
        possible=_POSSIBLE.search(no_dates) is not None,
        opinion=_OPINION.search(frame) is not None,
        passive=re.search(r"\b(?:was|were|been|being|be)\s+(?:\w+ly\s+)?$", before) is not None,
    )


def _told(match: re.Match[str], report: bool) -> Told | None:
    try:
        if match["d1"]:
            month, year = MONTHS.index(match["m"]) + 1, int(match["y"])
            first = date(year, month, int(match["d1"]))
            last = date(year, month, int(match["d2"])) if match["d2"] else first
            return Told(first, last, report, match[0])
        if match["ud"]:
            day = date(int(match["uy"]), MONTHS.index(match["um"]) + 1, int(match["ud"]))
            return Told(day, day, report, match[0])
        if match["mm"]:
            iso = f"{match['my']}-{MONTHS.index(match['mm']) + 1:02d}"
        else:
            iso = match["iso"] or match["year"]
        first, last = span_of(iso)
    except ValueError:
        return None
    return Told(first, last, report, match[0])


def _acts(frame: str) -> tuple[Phrase, ...]:
    found: list[Phrase] = []
    for pattern, types, words in _phrases():
        for match in pattern.finditer(frame):
            if not any(match.start() < f.end and f.start < match.end() for f in found):
                found.append(Phrase(match[0], types, match.start(), match.end(), words))
    return tuple(sorted(found, key=lambda f: f.start))


def _parties(frame: str, names: dict[str, str]) -> list[Named]:
    from detente.coding.mentions import gazetteer

    # The evidence knows its own people better than a table of the world does.
    found = [
        Named(code, m.start(), m.end())
        for name, code in names.items()
        for m in re.finditer(rf"\b{re.escape(name)}\b", frame)
    ]
    for mention in gazetteer().find(frame):
        if not any(mention.start < f.end and f.start < mention.end for f in found):
            found.append(Named(mention.code, mention.start, mention.end, mention.kind == "person"))
    return sorted(found, key=lambda n: n.start)


def subjects(sentence: Sentence, act: Phrase) -> tuple[Sequence[Named], Sequence[Named]]:
    """Parties before and after the words of an act, up to the acts beside it; not who is said to
    say it.
    """
    parties = [p for p in sentence.parties if not any(a <= p.start < b for a, b in sentence.said)]
    edges = [a for a in sentence.acts if a is not act]
    low = max((a.end for a in edges if a.end <= act.start), default=0)
    high = min((a.start for a in edges if a.start >= act.end), default=len(sentence.text))
    return (
        [p for p in parties if low <= p.start < act.start],
        [p for p in parties if act.end <= p.start < high],
    )
