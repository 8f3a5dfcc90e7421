"""The small grammar behind `speech`: words of saying, tokens of a sentence, and who its subject is.

No parser: a noun phrase is walked from the word of saying to the nearest boundary (comma,
quotation, conjunction, beginning of the sentence), which is where English news puts it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import NamedTuple

from detente.coding import speech_words as words
from detente.errors import DataError

__all__ = [
    "MASK",
    "Cue",
    "Token",
    "author",
    "capital",
    "cues",
    "find_cues",
    "finite",
    "is_word",
    "name",
    "noun_phrase_before",
    "personal",
    "subject_after",
    "subject_before",
    "subject_first",
    "tokens",
    "verbal",
]

# Stands for the inside of a quotation, so that its words are not read as the writer's.
MASK = "\ue000"

KINDS = frozenset({"say", "that", "tell", "quote", "label", "written", "back", "source"})


@dataclass(frozen=True, slots=True)
class Cue:
    """A word of saying: its base form and what may follow it (see `data/speech/cues.csv`).

    `kind` is say (a clause, with or without "that"), that (only with "that"), tell (a hearer, then
    a clause), quote (only quoted words), label (quoted words inside the writer's sentence), written
    (the subject is a text, not a speaker), back (only with "back") or source ("according to").
    """

    lemma: str
    kind: str


class Token(NamedTuple):
    """A word, a mark or a whole quotation; `quote` is a quotation's place in the list, else -1."""

    start: int
    end: int
    text: str
    quote: int


_TOKEN = re.compile(
    rf"{MASK}+[.!?…]?[\"'”’»]?|(?:[^\W\d_]\.){{2,}}"
    r"|(?:Mr|Mrs|Ms|Dr|Gen|Col|Lt|Maj|Sen|Rep|Gov|Adm|Capt|Sgt|St|Prof|Rev)\.|[A-Z]\.(?=\s[A-Z])"
    r"|\d[\d.,]*\d|[^\W_]+(?:['’.&/-][^\W_]+)*['’]?|[^\w\s]"
)


@cache
def cues() -> Mapping[str, Cue]:
    """Every form of every word of saying, read once from `data/speech/cues.csv`.

    Raises DataError where the table has a kind that is not known or a form twice with two kinds.

    >>> cues()["insisted"].lemma
    'insist'
    """
    path = resources.files("detente") / "data" / "speech" / "cues.csv"
    forms: dict[str, Cue] = {}
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    for line, row in enumerate(rows, start=2):
        cue = Cue(row["cue"], row["kind"])
        where = f"data/speech/cues.csv line {line}"
        if cue.kind not in KINDS:
            raise DataError(f"{cue.kind!r} is no kind of cue", where=where, todo="see Cue.kind")
        if cue.kind == "source":
            continue
        for form in row["forms"].split():
            if forms.get(form, cue).kind != cue.kind:
                raise DataError(f"form {form!r} stands twice", where=where, todo="keep one")
            forms[form] = cue
    return MappingProxyType(forms)


def tokens(masked: str, start: int, end: int, quotes: Mapping[int, int]) -> list[Token]:
    """Tokens of `masked[start:end]`; `quotes` maps the start of a masked quotation to its place."""
    return [
        Token(m.start(), m.end(), m.group(), quotes.get(m.start(), -1))
        for m in _TOKEN.finditer(masked, start, end)
    ]


def is_word(token: Token) -> bool:
    """Whether the token is a word or a number, not a mark and not a quotation."""
    return token.quote < 0 and token.text[0].isalnum()


def capital(token: Token) -> bool:
    """Whether the token is written with a capital, or hangs on one ("al-Hashimi")."""
    text = token.text
    return text[0].isupper() or (text[:3] in {"al-", "el-"} and len(text) > 3 and text[3].isupper())


def verbal(token: Token) -> bool:
    """Whether a small word is likely a finite verb: a closed list, a cue, or an ending in -ed."""
    text = token.text
    if not text[0].islower():
        return False
    return text in words.IRREGULAR or (
        (text.endswith("ed") and text not in words.NOT_PAST)
        or (text in cues() and text not in words.NOUN_TOO)
    )


def finite(token: Token) -> bool:
    """Whether a word is likely a finite verb or an auxiliary."""
    return token.text in words.FINITE or verbal(token)


def find_cues(toks: Sequence[Token]) -> list[tuple[int, Cue]]:
    """Places of the words of saying that assert something: no infinitives, no denials of saying.

    >>> toks = tokens("He did not say so, but she said that it rained.", 0, 47, {})
    >>> [toks[i].text for i, cue in find_cues(toks)]
    ['said']
    """
    known = cues()
    found: list[tuple[int, Cue]] = []
    for i, token in enumerate(toks):
        cue = known.get(token.text)
        if cue is None:
            continue
        before = i - 1
        while before >= 0 and (
            toks[before].text.lower() in words.ADVERBS or toks[before].text.endswith("ly")
        ):
            before -= 1
        previous = toks[before].text.lower() if before >= 0 else ""
        after = toks[i + 1].text if i + 1 < len(toks) else ""
        if cue.kind == "label" and previous == "to":
            pass  # "refused to call it …": the words are still the subject's
        elif previous in words.NEGATORS and cue.lemma != "rule":
            continue
        if cue.kind == "back" and after != "back":
            continue
        if (cue.lemma == "go" and after != "on") or (cue.lemma == "speak" and after != "of"):
            continue
        if cue.lemma == "sum" and after != "up":
            continue
        if cue.lemma == "rule" and after != "out":
            continue
        if token.text in words.NOUN_TOO and (
            previous in words.DETERMINERS
            or previous in words.INSIDE
            or previous.endswith(("'s", "’s"))
            or after == "of"
        ):
            continue
        bare = token.text == cue.lemma and token.text not in {"read", "rule"}
        if token.text in words.NOUN_TOO and bare and not _plural(toks, before):
            continue
        if previous in {"was", "were", "been", "being", "be", "is", "are"} and (
            not token.text.endswith("ing")
        ):
            continue
        if previous in {"the", "a", "an", "his", "its", "their", "our", "my", "of"}:
            continue
        found.append((i, cue))
    return found


def _plural(toks: Sequence[Token], at: int) -> bool:
    """Whether the word at `at` can be the subject of a verb without ending ("officials say")."""
    if at < 0:
        return False
    small = toks[at].text.lower()
    return small in {"i", "we", "they", "you", "and", "who", "to", "police", "people", "media"} or (
        small.endswith("s") and not small.endswith(("'s", "’s"))
    )


def noun_phrase_before(toks: Sequence[Token], last: int) -> tuple[int, int] | None:
    """The noun phrase that ends on token `last`, as a half-open range of tokens, or None."""
    if last < 0 or not is_word(toks[last]):
        return None
    if toks[last].text.lower() in words.CONJUNCTIONS | words.PREPOSITIONS:
        return None
    if toks[last].text.lower() in words.PRONOUNS - words.OBJECTS:
        return last, last + 1
    first = last
    while first > 0:
        token = toks[first - 1]
        small = token.text.lower()
        if token.text in {",", "and"} and _joins(toks, first - 1):
            first -= 1
            continue
        if not is_word(token) or small in words.CONJUNCTIONS:
            break
        if small in words.PRONOUNS - words.OBJECTS:
            break
        if verbal(token) and token.text not in {"armed", "so-called"}:
            break
        first -= 1
    return _trim(toks, first, last + 1)


def _joins(toks: Sequence[Token], at: int) -> bool:
    """Whether a comma or "and" stands in a row of names ("Brazil, India and South Africa")."""
    if at < 1 or at + 1 >= len(toks):
        return False
    if not (is_word(toks[at - 1]) and is_word(toks[at + 1])):
        return False
    if not (capital(toks[at - 1]) and capital(toks[at + 1])):
        return False
    if toks[at].text == "and":
        return True
    return any(t.text == "and" for t in toks[at + 1 : at + 5]) and at <= 3


def _trim(toks: Sequence[Token], first: int, end: int) -> tuple[int, int] | None:
    """Cut what stands before the phrase: "Meanwhile", "On Friday", "In a statement"."""
    while first < end and (
        toks[first].text.lower() in words.LEADERS or toks[first].text.lower() in words.DAYS
    ):
        first += 1
    if first >= end or (toks[first].text.endswith("ing") and toks[first].text[0].islower()):
        return None
    if toks[first].text.lower() in words.PREPOSITIONS:
        for p in range(end - 1, first + 1, -1):
            before = toks[p - 1].text.lower()
            if before in words.PREPOSITIONS or before in words.DETERMINERS:
                continue
            opens = toks[p].text.lower() in words.DETERMINERS
            if opens or (capital(toks[p]) and (not capital(toks[p - 1]) or before in words.DAYS)):
                return p, end
        return None
    return first, end


def subject_before(toks: Sequence[Token], cue: int) -> tuple[int, int] | None:
    """The subject directly before the word of saying, through appositions and adverbs."""
    last = cue - 1
    while last >= 0 and is_word(toks[last]):
        small = toks[last].text.lower()
        if small == "also" and last > 0 and toks[last - 1].text == ",":
            return None
        dated = small in words.DAYS or small == "on" or (small.isdigit() and len(small) <= 4)
        if not (dated or small in words.AUXILIARIES or small in words.ADVERBS or small.endswith("ly")):
            break
        last -= 1
    if last < 0:
        return None
    if toks[last].text == ")":
        while last > 0 and toks[last].text != "(":
            last -= 1
        last -= 1
    if last >= 0 and toks[last].text in {"who", "which"}:
        last -= 2 if last >= 1 and toks[last - 1].text == "," else 1
        return noun_phrase_before(toks, last)
    if last < 0 or toks[last].text not in {",", "—", "–"}:
        return noun_phrase_before(toks, last)
    comma = last - 1
    while comma >= 0 and toks[comma].text not in {",", "—", "–"} and toks[comma].quote < 0:
        comma -= 1
    if comma <= 0 or toks[comma].quote >= 0:
        return None
    inner = (comma + 1, last)
    head = noun_phrase_before(toks, comma - 1)
    if head is None:
        return None
    if personal(toks, inner) and not personal(toks, head):
        return inner
    return head


def subject_after(toks: Sequence[Token], cue: int) -> tuple[int, int] | None:
    """The subject of an inverted word of saying: "said Ana Restrepo, the minister"."""
    first = cue + 1
    end = first
    while end < len(toks) and is_word(toks[end]):
        small = toks[end].text.lower()
        inner = small in {"of", "for"} and end > first
        if not inner and (small in words.CONJUNCTIONS or small in words.PREPOSITIONS or small in words.DAYS):
            if small == "and" and _joins(toks, end):
                end += 1
                continue
            break
        if end > first and (verbal(toks[end]) or small in {"it", "he", "she", "they"}):
            break
        end += 1
    if end == first:
        return None
    head = (first, end)
    if end < len(toks) and toks[end].text == "," and not personal(toks, head):
        stop = end + 1
        while stop < len(toks) and is_word(toks[stop]) and stop - end < 6:
            stop += 1
        inner_range = (end + 1, stop)
        ended = stop == len(toks) or toks[stop].text in {",", ".", ";", ":"}
        if ended and toks[first].text[0].islower() and personal(toks, inner_range):
            return inner_range
    return head


def author(toks: Sequence[Token], span: tuple[int, int]) -> tuple[int, int]:
    """Who stands behind a document: "a statement by the ministry" is the ministry's."""
    first, end = span
    for at in range(first + 1, min(end + 1, len(toks))):
        if toks[at].text in {"by", "from"} and toks[at - 1].text.lower() in words.DOCUMENTS:
            return subject_after(toks, at) or span
    return span


def subject_first(toks: Sequence[Token], limit: int) -> tuple[int, int] | None:
    """The subject of the sentence, read from its beginning up to token `limit`."""
    first = 0
    while first < limit and not is_word(toks[first]):
        first += 1
    if first >= limit:
        return None
    small = toks[first].text.lower()
    later = toks[first + 1].text if first + 1 < limit else ""
    opener = (
        later in {"days", "weeks", "months", "years", "hours"}
        or small in words.PREPOSITIONS
        or small in words.CONJUNCTIONS
        or small.endswith(("ing", "ed"))
    )
    if opener and small not in {"but", "and"}:
        comma = next((i for i in range(first, limit) if toks[i].text == ","), None)
        if comma is None:
            return None
        first = comma + 1
    while first < limit and (
        toks[first].text.lower() in words.LEADERS
        or toks[first].text.lower() in words.DAYS
        or (toks[first].text == "," and toks[first].quote < 0)
    ):
        first += 1
    end = first
    bare = end < limit and capital(toks[end]) and toks[end].text.lower() not in words.DETERMINERS
    while end < limit and is_word(toks[end]):
        small = toks[end].text.lower()
        if end > first and small in words.PRONOUNS:
            break
        if small == "and" and not _joins(toks, end):
            break
        if small in words.CONJUNCTIONS and small != "and":
            break
        if verbal(toks[end]):
            break
        if (
            bare
            and toks[end].text[0].islower()
            and not any(t.text.endswith(("'s", "’s")) or t.text[0].islower() for t in toks[first:end])
            and (small in words.PREPOSITIONS or small.endswith(("s", "ly")))
            and small not in words.INSIDE
        ):
            break
        end += 1
    if end == first:
        return None
    if end + 1 < limit and toks[end].text == ",":
        stop = end + 1
        while stop < limit and is_word(toks[stop]) and stop - end < 6:
            stop += 1
        inner = (end + 1, stop)
        if (
            stop < limit
            and toks[stop].text == ","
            and personal(toks, inner)
            and not personal(toks, (first, end))
        ):
            return inner
    return first, end


def _bare(toks: Sequence[Token], span: tuple[int, int]) -> tuple[int, int]:
    """Cut titles and descriptions before a name: "Foreign Minister Wang Yi" is "Wang Yi"."""
    first, end = span
    link = next((i for i in range(first, end) if toks[i].text in {"of", "to"}), first)
    if any(
        capital(t) and t.text.lower() in words.TITLES for t in toks[first:link]
    ):  # "Secretary of the Security Council Oleh Danyl": the name is the last two words
        run = end
        while run > first and capital(toks[run - 1]):
            run -= 1
        return (end - 2, end) if end - run > 2 else span
    for at in range(first + 1, end):  # "Zoltan Kis of Hungary", "Ben Amar in Doha"
        if toks[at].text in words.INSIDE and toks[first].text.lower() not in words.DETERMINERS:
            if capital(toks[first]) and all(capital(t) or t.text in words.PARTICLES for t in toks[first:at]):
                end = at
            break
    for at in range(first + 1, end):  # "a diplomat in Tehran"
        if toks[at].text in {"in", "at", "beside", "near", "inside", "outside"}:
            end = at
            break
    start = end
    while start > first:
        token = toks[start - 1]
        small = token.text.lower()
        if token.text.endswith(("'s", "’s")) and start < end:
            break
        if not (capital(token) or (small in words.PARTICLES and start < end)):
            break
        if small in words.TITLES or small in words.DETERMINERS:
            break
        start -= 1
    if start in (first, end):
        return first, end
    before = toks[start - 1]
    small = before.text.lower()
    if small in words.DETERMINERS or small in words.PREPOSITIONS | words.INSIDE | {"and", ","}:
        return first, end
    if any(t.text in {"of", "for", "from"} for t in toks[first:start]):
        return first, end
    return start, end


def personal(toks: Sequence[Token], span: tuple[int, int]) -> bool:
    """Whether the phrase names a person: a title and a name, or two capitals and no article."""
    first, end = span
    if end <= first or not all(is_word(t) for t in toks[first:end]):
        return False
    start, stop = _bare(toks, span)
    names = toks[start:stop]
    if not all(capital(t) or t.text in words.PARTICLES for t in names):
        return False
    if names[0].text.lower() in words.DETERMINERS or names[-1].text.lower() in words.TITLES:
        return False
    if any(t.text.endswith(("'s", "’s")) for t in names):
        return False
    return start > first or len(names) >= 2 or (end - first == 1 and len(names[0].text) > 1)


def name(toks: Sequence[Token], span: tuple[int, int]) -> tuple[int, int]:
    """Code points of the speaker's name in the phrase, without titles where a name follows.

    >>> text = "Colombian Foreign Minister Ana Restrepo"
    >>> start, end = name(tokens(text, 0, len(text), {}), (0, 5))
    >>> text[start:end]
    'Ana Restrepo'
    """
    first, end = _bare(toks, span)
    return toks[first].start, toks[end - 1].end
