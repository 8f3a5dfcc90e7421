"""Sentence spans of news text, by rule: one pass over the places where a sentence may end.

Every line is a paragraph of its own (document text is normalised so). Within a line a full stop, a
question mark, an exclamation mark or an ellipsis may end a sentence; what stands before it
(abbreviation, initial, list number) and what follows (small letter, number, a word that opens
sentences) decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Span", "split"]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text: code points `start` to `end`, half-open."""

    start: int
    end: int


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Possessive, so that a line of ten thousand full stops costs one match and not a square of them.
_END = re.compile(r"[.!?…]++[\"'”’»)\]]*+(?:\[\d{1,3}\])*+|[。！？]++[」』”]*+|\n|[ \t]\u2022(?=[ \t])")

# Words that stand before a name or a number and never end a sentence.
_BEFORE_NAME = _words(
    """adm amb art atty brig capt cf cmdr col comdr cpl dir dr e.g ex fig gen gov hon i.e insp lt
    ltd-gen maj messrs mme mr mrs ms mt mx nos pfc pp pres prof pvt rep reps rev sen sens sgt
    sr-lt st ste supt vs viz"""
)
# Abbreviations that may end a sentence: they do when a word that opens sentences follows.
_MAYBE = _words(
    """a.m p.m apr aug ave blvd bros ca co corp dec dept e.u esq est etc feb ft gmbh inc jan jr jul
    jun llc ltd mar nov oct ph.d plc pty rd sept sep sq sr u.k u.n u.s u.s.a u.s.s.r univ vol
    ala ariz calif colo conn fla ind kan mass mich minn miss mo nev okla ore pa tenn tex va vt
    wash wis"""
)
# "No." and its like: an abbreviation before a number, a word otherwise ("The answer is no.").
_BEFORE_NUMBER = _words("no art ch para sec p approx")

_OPENERS = _words(
    """A According After All Also Although An And Another Any As Asked At Before Both But By
    Despite During Each Earlier Either Even Every Few For From Had Has He Her Here His How
    However I If In Instead It Its Last Later Many Meanwhile Moreover Most My Neither
    Nevertheless No Nobody None Nor Not Now Officials On Once One Only Or Other Others Our Over
    Several She Since So Some Speaking Such That The Their Then There These They This Those
    Though Thus To Today Two Under Unlike Until We What When Where Whether While Who Why With
    Without Yesterday Yet You"""
)
_OPENING = "\"'“‘«„([{"
_NEXT = re.compile(r"[^\s.,;:!?\"'”’)\]]+")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_SPEAKS_AFTER = re.compile(
    r"(?:[^\W\d_][\w.’'-]*\s){1,4}(?:said|says|asked|asks|told|tells|wrote|shouted|replied|added)\b"
)
_PARTICLE = re.compile(r"(?:al|el|de|del|van|von|bin|ibn|da|du|le|la)(?:-|\s)[^\W\d_]")


def split(text: str) -> list[Span]:
    """Sentences of `text`, in order, without overlap, covering everything but white space.

    Spans are code points and begin and end on a character that is no white space. Headlines and
    list items, which carry no full stop, end with their line. Never raises; time is linear.

    >>> t = "The U.S. President spoke. He left for the U.S. The talks failed."
    >>> [t[s.start:s.end] for s in split(t)]
    ['The U.S. President spoke.', 'He left for the U.S.', 'The talks failed.']
    """
    spans: list[Span] = []
    start = 0
    for match in _END.finditer(text):
        at = match.end()
        first = text[match.start()]
        if first == "\n" or first in " \t":
            at = match.start()
        elif first not in "。！？" and not _ends(text, start, match.start(), at):
            continue
        _add(spans, text, start, at)
        start = at
    _add(spans, text, start, len(text))
    return spans


def _add(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    bare = piece.strip()
    if bare:
        begin = start + piece.index(bare[0])
        spans.append(Span(begin, begin + len(bare)))


def _ends(text: str, start: int, dot: int, after: int) -> bool:
    """Whether the mark at `dot`, which ends at `after`, ends the sentence begun at `start`."""
    if after >= len(text):
        return True
    if not text[after].isspace():
        # "ended.The next": a space was lost; a URL or a number has a small letter or a digit here.
        return False
    following = after
    while following < len(text) and text[following] in " \t\xa0":
        following += 1
    if following >= len(text) or text[following] == "\n":
        return True
    head = following
    while head < len(text) and head - following < 3 and text[head] in _OPENING:
        head += 1
    letter = text[head] if head < len(text) else " "
    quoted = any(mark in "\"'”’»" for mark in text[dot:after])
    if letter.islower():
        return _PARTICLE.match(text, head) is not None and head == following and text[dot] == "."
    if letter in ",;:.!?)—–-/&":
        # A dash opens a list item only on its own line; here the sentence goes on.
        return False
    if text[dot] in "!?" or text[dot:after].count(".") > 1 or text[dot] == "…":
        return not (quoted and head == following and _SPEAKS_AFTER.match(text, head))
    return _full_stop(text, start, dot, head, opened=head > following)


def _full_stop(text: str, start: int, dot: int, head: int, *, opened: bool) -> bool:
    """Whether one full stop at `dot` ends a sentence, given that the next word stands at `head`."""
    low = max(start, dot - 24)
    begin = dot
    while begin > low and not text[begin - 1].isspace():
        begin -= 1
    word = text[begin:dot].lstrip(_OPENING + "—–-/")
    if not word:
        return True
    small = word.lower()
    follows = _NEXT.match(text, head)
    word_after = follows.group() if follows else ""
    if word.isdigit():
        # "1. Item" at the head of a sentence is a list number.
        return text[start:begin].strip() != "" or len(word) > 2
    if small in _BEFORE_NAME:
        return False
    if small in _BEFORE_NUMBER and word_after[:1].isdigit():
        return False
    if small in _MAYBE or _INITIALS.fullmatch(word):
        if word_after[:1].isdigit():
            return False
        return opened or word_after in _OPENERS
    return True
