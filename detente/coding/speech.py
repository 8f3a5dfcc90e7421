"""Who says what: quotations and reported speech of a text, with their speakers, by rule.

Three passes. Turns of a transcript are taken whole. Then the quotation marks are paired, paragraph
by paragraph, and each quotation is masked, so that every sentence becomes a frame of the writer's
own words with quotations as single tokens. Then each frame is read: the word of saying, its
subject, what is quoted and what is reported without marks. No parser; linear in the text's length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from detente.coding import speech_grammar as grammar
from detente.coding import speech_marks as marks
from detente.coding import speech_reports as reports
from detente.coding import speech_words as words
from detente.coding.sentences import split
from detente.coding.speech_grammar import MASK, Cue, Token
from detente.records import Quote

__all__ = ["Reports", "find_quotes", "quote_at", "speakers"]

_LONGEST = 400  # tokens of one sentence that are read; what comes after is a list or a table
_FAR = 40  # tokens between a quotation and the word of saying that may still govern it


@dataclass(frozen=True, slots=True)
class Reports:
    """The quotes of one text, in order, and where they lie."""

    quotes: tuple[Quote, ...]

    @classmethod
    def of(cls, text: str) -> Reports:
        """Read the quotes of a text, short labels with a known speaker among them.

        >>> Reports.of('He left. "We are done here," said Ana Restrepo.').at(12).speaker
        'Ana Restrepo'
        """
        return cls(tuple(find_quotes(text, short=True)))

    def at(self, offset: int) -> Quote | None:
        """The innermost quote around the code point at `offset`, or None."""
        return quote_at(self.quotes, offset)

    def direct(self) -> tuple[tuple[int, int], ...]:
        """Ranges of code points inside quotation marks or a transcript's turns, in order."""
        return tuple((q.start, q.end) for q in self.quotes if q.kind != "indirect")


def find_quotes(text: str, *, short: bool = False) -> list[Quote]:
    """Quotes of `text` in order of their start: direct, partial and indirect.

    Offsets are code points and leave the marks out. A quotation of three words or fewer is no
    quote unless it is a clause; with `short`, two- and three-word labels with a known speaker are
    given too (`called it a "great honor"`). A quotation that runs over paragraphs is one quote a
    paragraph; an interruption ("…," he said, "…") parts a quote in two. Direct and partial quotes
    never overlap; an indirect quote may hold a partial one. Never raises; time is linear.

    >>> q = find_quotes('"We keep our word," Foreign Minister Ana Restrepo said.')[0]
    >>> q.text, q.speaker, q.kind, q.cue
    ('We keep our word', 'Ana Restrepo', 'direct', 'said')
    """
    quotes: list[Quote] = []
    at = 0
    turns = marks.turns(text)
    for turn in turns:
        quotes.extend(_Reader(text, at, turn.speaker_start or 0, short).read())
        quotes.append(turn)
        at = turn.end
    quotes.extend(_Reader(text, at, len(text), short).read())
    return sorted(quotes, key=lambda q: (q.start, -q.end))


def speakers(text: str) -> list[Quote]:
    """The quotes of `text` whose speaker the text tells, in order of their start.

    >>> [q.speaker for q in speakers("The ministry said that talks would resume.")]
    ['The ministry']
    """
    return [q for q in find_quotes(text) if q.speaker is not None]


def quote_at(quotes: Iterable[Quote], offset: int) -> Quote | None:
    """The innermost (shortest) of `quotes` around the code point at `offset`, or None.

    >>> quote_at(find_quotes("The ministry said that talks would resume."), 2) is None
    True
    """
    around = [q for q in quotes if q.start <= offset < q.end]
    return min(around, key=lambda q: q.end - q.start, default=None)


@dataclass(frozen=True, slots=True)
class _Speaker:
    """A speaker as found in a frame: code points of the name; a pronoun is marked."""

    start: int
    end: int
    pronoun: str | None = None
    person: bool = False


_CLAUSE = re.compile(
    r"\b(?:I|we|you|he|she|it|they|this|that|there|is|are|was|were|will|can|must|am|do|did|has|have|"
    r"had|would|could|should|may|might|shall|let|don)\b|['’](?:s|re|m|ll|ve|d|t)\b",
    re.IGNORECASE,
)


class _Reader:
    """Reads one stretch of running text; holds only what the reading needs."""

    def __init__(self, text: str, start: int, end: int, short: bool) -> None:
        self.text = text
        self.start = start
        self.short = short
        self.stretches = marks.stretches(text, start, end)
        self.quotes: dict[int, Quote] = {}
        self.indirect: list[Quote] = []
        masked = []
        at = start
        for s in self.stretches:
            masked.append(text[at : s.start])
            width = s.end - s.start
            tail = text[s.end - 2 : s.end] if width > 3 and text[s.end - 2] in ".!?…" else ""
            masked.append(MASK * (width - len(tail)) + tail)
            at = s.end
        masked.append(text[at:end])
        self.masked = "".join(masked)
        self.places = {s.start - start: i for i, s in enumerate(self.stretches)}
        self.inverted: set[int] = set()  # words of saying of the frame whose subject follows
        self.led: _Speaker | None = None  # whose words a paragraph that ends with a colon leads to
        self.people: set[str] = set()  # last words of the full names heard so far
        self.spoken: _Speaker | None = None  # who spoke last, resolved
        self.named: _Speaker | None = None  # the person or body last made subject or heard

    def read(self) -> list[Quote]:
        frames = split(self.masked)
        previous_end = 0
        carried: _Speaker | None = None
        for n, span in enumerate(frames):
            toks = grammar.tokens(self.masked, span.start, min(span.end, span.start + 8000), self.places)[
                :_LONGEST
            ]
            if n and self.masked[previous_end - 1] != ":":
                self.led = None
            new_paragraph = "\n" in self.masked[previous_end : span.start]
            previous_end = span.end
            carried = self._frame(toks, None if new_paragraph else carried)
        self._backfill()
        return [q for q in self.quotes.values() if self._keep(q)] + self.indirect

    # One frame

    def _frame(self, toks: list[Token], carried: _Speaker | None) -> _Speaker | None:
        found = reports.main_cues(toks)
        self.inverted.clear()
        subjects: dict[int, _Speaker | None] = {}
        resolved_before = self.named
        for i, cue in found:
            subjects[i] = self._subject(toks, i, cue, found, subjects)
        spoke: _Speaker | None = None
        source = self._sources(toks)
        for k, token in enumerate(toks):
            if token.quote < 0:
                continue
            hit = self._governor(toks, k, found)
            speaker, word = None, None
            if hit is not None:
                speaker, word = subjects[hit[0]], toks[hit[0]].text
                if hit[1].kind == "written" and (abs(hit[0] - k) < 3 or hit[0] > k):
                    speaker = self._writer(toks, hit[0])
            elif (label := self._label(toks, k)) is not None:
                speaker, word = label, ":"
            elif spoke is not None:
                speaker = spoke
            elif source is not None:
                speaker, word = source, "according to"
            elif (signed := self._signature(toks, k)) is not None:
                speaker, word = signed, "—"
            elif k and toks[k - 1].text == ":":
                speaker, word = self._lead(toks, k - 1), ":"
            elif all(t.quote >= 0 for t in toks[:k]):
                speaker = carried or self._neighbour(toks, k)
            spoke = speaker or spoke
            self._put(toks, k, token.quote, speaker, word)
        self._reported(toks, found, subjects)
        first = grammar.subject_first(toks, len(toks))
        if not subjects and first is not None:
            seen = self._speaker(toks, first)
            human = seen is not None and (seen.person or toks[first[1] - 1].text.lower() in words.PERSONS)
            if seen is not None and seen.pronoun is None and human:
                self.named = seen
        last = next((s for s in reversed(list(subjects.values())) if s is not None), None)
        if last is None and self.named is not resolved_before and first is not None:
            # A person who acts in the sentence before an unattributed quotation speaks it.
            known = toks[first[1] - 1].text in self.people
            last = self.named if first[1] - first[0] > 1 or known else None
        spoke = spoke or last
        if toks and toks[-1].text == ":":
            self.led = spoke or self._lead(toks, len(toks) - 1)
        return spoke

    def _speaker(self, toks: Sequence[Token], span: tuple[int, int] | None) -> _Speaker | None:
        if span is None:
            return None
        only = toks[span[0]].text.lower()
        if span[1] - span[0] == 1 and only in words.PRONOUNS:
            if only in {"i", "we", "you"}:
                return None
            return self.named and replace(self.named, pronoun=only)
        start, end = grammar.name(toks, span)
        if grammar.personal(toks, span) and span[1] - span[0] > 1:
            self.people.add(toks[span[1] - 1].text)
        return _Speaker(start + self.start, end + self.start, None, grammar.personal(toks, span))

    def _subject(
        self,
        toks: Sequence[Token],
        i: int,
        cue: Cue,
        found: Sequence[tuple[int, Cue]],
        known: dict[int, _Speaker | None],
    ) -> _Speaker | None:
        span = self._subject_span(toks, i, cue)
        speaker: _Speaker | None
        if span is not None:
            speaker = self._speaker(toks, span)
        else:
            earlier = [k for k, _ in found if k < i and known.get(k) is not None]
            joined = earlier and not any(t.text == ";" for t in toks[earlier[-1] : i])
            speaker = known[earlier[-1]] if joined else self._speaker(toks, grammar.subject_first(toks, i))
        if span is not None and cue.kind == "written":
            wrote = grammar.author(toks, span)
            speaker = self._speaker(toks, wrote) if wrote != span else speaker
        if speaker is not None and (cue.kind != "label" or speaker.person):
            self.named = replace(speaker, pronoun=None)
        return speaker

    def _subject_span(self, toks: Sequence[Token], i: int, cue: Cue) -> tuple[int, int] | None:
        before = i - 1
        while before >= 0 and toks[before].text == "," and toks[before].quote < 0:
            before -= 1
        after_quote = before >= 0 and toks[before].quote >= 0
        comma = before < i - 1
        if cue.kind not in {"tell", "label"} and (after_quote or (comma and before >= 0)):
            span = grammar.subject_after(toks, i)
            inverted = span is not None and not toks[i].text.endswith("ing")
            if inverted and span is not None and (after_quote or self._trails(toks, span)):
                self.inverted.add(i)
                return span
        if toks[i].text.endswith("ing"):
            quoted = next((k for k in range(max(0, i - 9), i) if toks[k].text in {"quoted", "cited"}), None)
            if toks[i - 1].text != "as" or quoted is None:
                return None
            passive = quoted > 0 and toks[quoted - 1].text in {"was", "were", "been"}
            return grammar.noun_phrase_before(toks, quoted - 2 if passive else i - 2)
        return grammar.subject_before(toks, i)

    @staticmethod
    def _trails(toks: Sequence[Token], span: tuple[int, int]) -> bool:
        """Whether nothing but a date or place follows an inverted subject: ", said the army"."""
        rest = toks[span[1] :]
        if rest and rest[0].text in words.CIRCUMSTANCE and grammar.personal(toks, span):
            return True
        return (not rest or rest[0].text in {".", ","}) and toks[span[0]].text not in {"that", "it"}

    def _governor(
        self, toks: Sequence[Token], k: int, found: Sequence[tuple[int, Cue]]
    ) -> tuple[int, Cue] | None:
        """The word of saying that governs the quotation at token `k`."""
        after = next((f for f in found if f[0] > k), None)
        if after is not None and (after[0] - k > _FAR or any(t.quote >= 0 for t in toks[k + 1 : after[0]])):
            after = None
        before = None
        for f in found:
            if f[0] < k and k - f[0] <= _FAR:
                before = f
        if before is not None and any(t.text == ";" for t in toks[before[0] : k]):
            before = None
        if after is not None and not self._attributes(toks, k, after[0]):
            after = None
        if before is not None and after is not None:
            return before
        return before or after

    @staticmethod
    def _attributes(toks: Sequence[Token], k: int, cue: int) -> bool:
        """Whether the cue after quotation `k` has its subject right behind the quotation."""
        first = k + 1
        while first < cue and toks[first].quote < 0 and toks[first].text in {",", "—", "–", "."}:
            first += 1
        if first == cue:
            return True
        span = grammar.subject_before(toks, cue)
        if span is None:
            return any(t.text in {"and", "but"} for t in toks[first : first + 1])
        if span[0] == first:
            return True
        # "…," the EU's top diplomat, Kaja Tamm, said / "…," Petrov, who …, said
        middle = toks[first : span[0]]
        return all(grammar.is_word(t) or t.text == "," for t in middle) and not any(
            grammar.verbal(t) for t in middle
        )

    def _writer(self, toks: Sequence[Token], i: int) -> _Speaker | None:
        """Who wrote what a text "reads": only where the text is said to be by or from somebody."""
        span = self._subject_span(toks, i, Cue("read", "written"))
        wrote = span and grammar.author(toks, span)
        return None if wrote == span else self._speaker(toks, wrote)

    def _label(self, toks: Sequence[Token], k: int) -> _Speaker | None:
        """The name before a colon at the head of a frame: 'Haddad: "…"'."""
        if k < 2 or k > 10 or toks[k - 1].text != ":":
            return None
        first = 1 if toks[0].text in "-•–—*·" else 0
        head = toks[first : k - 1]
        opening = head[0].text.lower() if head else ""
        if not opening or opening in words.CIRCUMSTANCE or opening in grammar.cues():
            return None
        if not all(grammar.is_word(t) for t in head) or any(grammar.verbal(t) for t in head):
            return None
        return self._speaker(toks, (first, k - 1)) if grammar.capital(head[0]) else None

    def _signature(self, toks: Sequence[Token], k: int) -> _Speaker | None:
        """The name behind a quotation and a dash: '"…" — Ana Restrepo, minister'."""
        first = k + 1
        if k or first + 1 >= len(toks) or toks[first].text not in {"—", "–", "-"}:
            return None
        end = first + 1
        while end < len(toks) and grammar.is_word(toks[end]):
            end += 1
        span = (first + 1, end)
        return self._speaker(toks, span) if grammar.personal(toks, span) else None

    def _lead(self, toks: Sequence[Token], colon: int) -> _Speaker | None:
        """The subject of a sentence that leads to words by a colon, without a word of saying."""
        span = grammar.subject_first(toks, colon)
        if span is None:
            return None
        if any(t.text.lower() in words.CARRIERS for t in toks[span[0] : span[1]]):
            return self.named if toks[span[0]].text.lower() in {"his", "her", "their"} else None
        return self._speaker(toks, span)

    def _neighbour(self, toks: Sequence[Token], k: int) -> _Speaker | None:
        """The last speaker, where a paragraph is one quotation and nothing else."""
        if k == 0 and self.led is not None:
            return self.led
        return self.spoken if len(toks) == 1 and k == 0 else None

    def _put(
        self,
        toks: Sequence[Token],
        k: int,
        index: int,
        speaker: _Speaker | None,
        word: str | None,
    ) -> None:
        stretch = self.stretches[index]
        content = self.text[stretch.inner_start : stretch.inner_end]
        previous = toks[k - 1] if k else None
        upper = content[:1].isupper() or content[:1].isdigit() or not content[:1].isalpha()
        follows = previous is not None and previous.text in {",", ":"}
        whole = (previous is None or previous.quote >= 0 or follows) and (upper or follows)
        if not whole and previous is not None and upper:
            whole = previous.text in grammar.cues() or content[-1:] in ".!?…"
        if stretch.continued:
            whole = True
        self.quotes[index] = Quote(
            stretch.inner_start,
            stretch.inner_end,
            content,
            "direct" if whole else "partial",
            None if speaker is None else self.text[speaker.start : speaker.end],
            None if speaker is None else speaker.start,
            None if speaker is None else speaker.end,
            word,
        )
        if speaker is not None:
            self.spoken = speaker

    def _backfill(self) -> None:
        """A paragraph that ends without closing mark has the speaker of the one that goes on."""
        for index in range(len(self.stretches) - 2, -1, -1):
            later = self.quotes.get(index + 1)
            here = self.quotes.get(index)
            if not self.stretches[index].continued or later is None or here is None:
                continue
            if here.cue is None and later.speaker is not None:
                self.quotes[index] = replace(
                    here,
                    speaker=later.speaker,
                    speaker_start=later.speaker_start,
                    speaker_end=later.speaker_end,
                )

    def _keep(self, quote: Quote) -> bool:
        said = quote.text.split()
        ended = quote.text[-1:] in "!?"
        if quote.kind == "direct":
            if len(said) > 3:
                return quote.cue is not None or not marks.titled(said)
            if quote.cue is not None or quote.speaker is not None:
                clause = ended or _CLAUSE.search(quote.text) is not None
                clause = clause or (len(said) == 3 and said[1].endswith(("s", "ed")))
                return (clause and len(said) > 1) or (self.short and len(said) > 1)
            return False
        if marks.titled(said) and (quote.cue is None or quote.text[-1:] not in ".!?"):
            return False
        if len(said) > 3:
            return True
        return self.short and quote.speaker is not None and len(said) > 1

    # Speech without marks

    def _reported(
        self,
        toks: Sequence[Token],
        found: Sequence[tuple[int, Cue]],
        subjects: dict[int, _Speaker | None],
    ) -> None:
        for n, (i, cue) in enumerate(found):
            if cue.kind in {"label", "quote", "written", "back"}:
                continue
            before = toks[i - 1].text.lower() if i else ""
            if before in {"i", "we", "you"}:
                continue
            begin = None if i in self.inverted else reports.content(toks, i, cue)
            if begin is not None:
                later = [f for f in found[n + 1 :] if f[0] > begin]
                end = reports.content_end(toks, begin, later)
                self._report(toks, begin, end, subjects[i], toks[i].text)
                continue
            head = reports.trailing(toks, i, cue)
            if head is not None:
                self._report(toks, head[0], head[1], subjects[i], toks[i].text)

    def _sources(self, toks: Sequence[Token]) -> _Speaker | None:
        """Reports that name their source: "according to X, …" and "…, according to X"."""
        speaker: _Speaker | None = None
        for i in range(len(toks) - 2):
            if toks[i].text.lower() != "according" or toks[i + 1].text != "to":
                continue
            span = grammar.subject_after(toks, i + 1)
            if span is None:
                continue
            speaker = self._speaker(toks, grammar.author(toks, span))
            if i == 0 or not any(grammar.finite(t) or t.quote >= 0 for t in toks[:i]):
                comma = next((k for k in range(span[1], len(toks)) if toks[k].text == ","), None)
                if comma is not None:
                    self._report(toks, comma + 1, reports.sentence_end(toks), speaker, "according to")
            else:
                end = i - 1 if toks[i - 1].text == "," else i
                if toks[0].quote < 0:
                    self._report(toks, 0, end, speaker, "according to")
            if speaker is not None:
                self.named = replace(speaker, pronoun=None)
        return speaker

    def _report(
        self, toks: Sequence[Token], begin: int, end: int, speaker: _Speaker | None, word: str
    ) -> None:
        if end <= begin:
            return
        start, stop = toks[begin].start + self.start, toks[end - 1].end + self.start
        content = self.text[start:stop]
        if len(content.split()) < 3:
            return
        self.indirect.append(
            Quote(
                start,
                stop,
                content,
                "indirect",
                None if speaker is None else self.text[speaker.start : speaker.end],
                None if speaker is None else speaker.start,
                None if speaker is None else speaker.end,
                word,
            )
        )
