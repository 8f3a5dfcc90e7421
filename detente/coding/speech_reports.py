"""Speech without marks: where what is reported begins and ends in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from detente.coding import speech_grammar as grammar
from detente.coding import speech_words as words
from detente.coding.speech_grammar import Cue, Token

__all__ = ["content", "content_end", "main_cues", "sentence_end", "trailing"]

_BREAKS_OFF = frozenset(("declined", "refused"))  # "said it knew but declined to comment"
_BEFORE_THAT = 14  # tokens between a word of saying and its "that"


def sentence_end(toks: Sequence[Token]) -> int:
    end = len(toks)
    while end and toks[end - 1].text in {".", "!", "?", "…"}:
        end -= 1
    return end


def content(toks: Sequence[Token], i: int, cue: Cue) -> int | None:
    """The token at which what is reported begins, after the word of saying at `i`, or None."""
    at = i + 1
    if at < len(toks) and toks[at].text == "," and at + 1 < len(toks):
        # "Tehran, he said, would never accept": the clause goes on behind the second comma.
        opened = any(t.text == "," for t in toks[max(0, i - 8) : i])
        return at + 1 if opened and grammar.finite(toks[at + 1]) else None
    for k in range(at, min(len(toks), at + _BEFORE_THAT)):
        token = toks[k]
        if token.quote >= 0 or token.text in {",", ":", ";", "whether", "how", "why"}:
            break
        if token.text == "that":
            if not _may_stand_between(toks, at, k, cue):
                return None
            verb = any(grammar.finite(t) or t.quote >= 0 for t in toks[k + 1 : k + 30])
            return k + 1 if verb else None
        if grammar.finite(token) and k > at:
            break
    if cue.kind not in {"say", "tell"}:
        return None
    at = _skip_hearer(toks, at) if cue.kind == "tell" else at
    at = _skip_circumstance(toks, at)
    if at >= len(toks) or not grammar.is_word(toks[at]):
        return None
    first = toks[at].text.lower()
    if first in {"to", "of", "for", "so", "whether", "how", "why", "what", "nothing", "goodbye"}:
        return None
    if first in {"when", "while", "as", "after", "before", "because", "if", "about"}:
        return None
    if first == "this" and at + 1 < len(toks) and toks[at + 1].text in words.CIRCUMSTANCE:
        return None
    if first in {"he", "she", "it", "they", "we", "there"} and len(toks) > at + 1:
        return at if grammar.is_word(toks[at + 1]) else None
    for k in range(at, min(len(toks), at + 25)):
        if toks[k].text in {":", ";", ","}:
            return None
        if toks[k].quote >= 0 and k == at:
            return None
        if k > at and (grammar.finite(toks[k]) or toks[k].quote >= 0):
            return at
    return None


def _may_stand_between(toks: Sequence[Token], at: int, that: int, cue: Cue) -> bool:
    """Whether the words between the word of saying and "that" leave it a word of saying."""
    if at == that:
        return True
    before = toks[that - 1].text.lower()
    if before in words.CONTENT_NOUNS or before in words.CIRCUMSTANCE:
        return False
    first = toks[at].text.lower()
    if cue.kind == "tell":
        return that - at < 10
    return first in words.CIRCUMSTANCE or first in words.DAYS or first in words.WHEN or first.endswith("ly")


def _skip_hearer(toks: Sequence[Token], at: int) -> int:
    """Past the one who is told: "her cabinet", "Al Jazeera", "reporters"."""
    if at >= len(toks):
        return at
    first = toks[at]
    if first.text.lower() in {"him", "her", "them", "me", "us", "reporters", "journalists"}:
        second = toks[at + 1].text if at + 1 < len(toks) else ""
        if first.text != "her" or second.lower() in words.DETERMINERS:
            return at + 1
    k = at
    if grammar.capital(first):
        while k < len(toks) and grammar.capital(toks[k]):
            k += 1
        return k
    k += 1
    while k < len(toks) and k - at < 7 and grammar.is_word(toks[k]):
        small = toks[k].text.lower()
        if small in words.DETERMINERS or small in words.PRONOUNS or small in words.TOPIC:
            return k
        k += 1
    return k


def _skip_circumstance(toks: Sequence[Token], at: int) -> int:
    """Past "on Monday", "in a statement", "Wednesday"."""
    while at < len(toks):
        small = toks[at].text.lower()
        if small == "this" or small == "last":
            period = toks[at + 1].text.lower() if at + 1 < len(toks) else ""
            if period not in {"week", "month", "year", "morning", "evening", "weekend"}:
                break
            at += 2
            continue
        if small in words.DAYS or small in words.WHEN:
            at += 1
            continue
        if small in {"on", "in", "at", "during", "after", "before", "from", "by", "through"}:
            k = at + 1
            while k < len(toks) and grammar.is_word(toks[k]) and k - at < 8:
                text = toks[k].text.lower()
                starts = text in words.DETERMINERS or text in words.PRONOUNS
                if k > at + 1 and starts and toks[k - 1].text not in {"of", "in", "with", "to"}:
                    break
                if k > at + 1 and grammar.capital(toks[k]) and toks[k - 1].text[0].islower():
                    break
                if k > at + 1 and toks[k - 1].text.lower() in words.DAYS and text not in words.DAYS:
                    break
                k += 1
            at = k
            continue
        break
    return at


def content_end(toks: Sequence[Token], begin: int, later: Sequence[tuple[int, Cue]]) -> int:
    """Where the reported clause ends: at the sentence's end or before the next word of saying."""
    end = sentence_end(toks)
    for i, cue in later:
        if cue.kind in {"written", "quote", "back"}:
            continue
        k = i - 1
        if toks[i].text.endswith("ing"):
            if toks[k].text in {",", "and"}:
                return min(end, k)
            continue
        if cue.kind != "label" and toks[k].text in {"and", "but"} and k > begin:
            return min(end, k - 1 if toks[k - 1].text == "," else k)
        span = grammar.subject_before(toks, i)
        edge = k if span is None else span[0] - 1
        if edge > begin and toks[edge].text in {",", ";"} and cue.kind != "label":
            return min(end, edge)
        if (
            edge > begin
            and toks[edge].text in {"but", "while", "whereas", "and"}
            and toks[edge - 1].text == ","
        ):
            return min(end, edge - 1)
    for k in range(begin, end):
        if toks[k].text == ";" or (
            toks[k].text == "," and k + 1 < end and toks[k + 1].text in {"according", "but"}
        ):
            return k
        if toks[k].text == "," and k + 1 < end and toks[k - 1].quote >= 0 and k - 1 > begin:
            if toks[k + 1].text.endswith("ing"):  # said it would pass "…", prompting boos
                return k
        elif toks[k].text in {"and", "but"} and k + 1 < end and toks[k + 1].text in _BREAKS_OFF:
            return k
    return end


def trailing(toks: Sequence[Token], i: int, cue: Cue) -> tuple[int, int] | None:
    """The clause before a trailing attribution: "The plane was lost, the army said on Monday."."""
    if toks[i].text.endswith("ing") or cue.kind == "tell" or cue.lemma == "deny":
        return None
    span = grammar.subject_before(toks, i)
    if span is not None and span[0] > 1 and toks[span[0] - 1].text == ",":
        comma = span[0] - 1
        rest = toks[i + 1 :]
    elif i > 1 and toks[i - 1].text == ",":
        after = grammar.subject_after(toks, i)
        if after is None:
            return None
        comma, rest = i - 1, toks[after[1] :]
    else:
        return None
    # "…, the army said, and the drivers were beaten": what comes after is the writer's again.
    cut = next((k for k, t in enumerate(rest) if t.text == ","), len(rest))
    goes_on = rest[cut + 1].text if cut + 1 < len(rest) else ""
    if goes_on in {"and", "but", "while"} or (goes_on.endswith("ing") and goes_on in grammar.cues()):
        rest = rest[:cut]
    if len(rest) > 14 or any(t.quote >= 0 or t.text in {",", ":", ";", "that"} for t in rest):
        return None
    begin = 0
    for k in range(comma):
        if toks[k].text == ";":
            begin = k + 1
    clause = toks[begin:comma]
    if not clause or (clause[0].quote >= 0 and len(clause) <= 2):
        return None
    if not any(grammar.finite(t) or t.quote >= 0 for t in clause[1:]):
        return None
    return begin, comma


def main_cues(toks: Sequence[Token]) -> list[tuple[int, Cue]]:
    """Words of saying, without those of a clause that only leads in: "When reporters asked, …"."""
    found = grammar.find_cues(toks)
    if toks and toks[0].text.lower() in {"when", "after", "before", "while", "if", "asked"}:
        comma = next((i for i, t in enumerate(toks) if t.text == "," or t.quote >= 0), 0)
        if toks[comma].quote < 0:
            return [f for f in found if f[0] > comma]
    return found
