"""The order of coding: the one file that knows how a document becomes events.

gazetteer → names the document teaches → sentences worth parsing → quotations → dates → trees →
acts → status, voice, date, contexts → events.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from detente.codebook import codebook
from detente.coding.actors import find_actors, home_of, titles
from detente.coding.acts import Act, Told
from detente.coding.attribution import Attribution
from detente.coding.candidates import Arguments, clause
from detente.coding.classifier import RuleClassifier
from detente.coding.contexts import contexts
from detente.coding.dates import find_dates
from detente.coding.judgement import judged
from detente.coding.learned import LearnedClassifier
from detente.coding.lexicon import lexicon
from detente.coding.mentions import Gazetteer, Mention, gazetteer
from detente.coding.model import shipped_model
from detente.coding.references import References
from detente.coding.sentences import split
from detente.coding.speakers import speakers
from detente.coding.speech import find_quotes
from detente.coding.statements import statements
from detente.coding.timing import Timing
from detente.coding.trees import Parser, Tree
from detente.records import Document, Event, Status, Voice

if TYPE_CHECKING:
    from detente.coding.tracing import Trace

__all__ = ["RuleCoder", "default_coder", "rule_coder"]

_WORDS = re.compile(r"[A-Za-z]+")
_REFERENCE = re.compile(
    r"\b(?:he|she|they|it|we|i|his|her|their|its|our|him|them|us|both|two|the (?:president|minister|leader"
    r"|premier|country|government|army|military|ministry|secretary|ambassador|delegation|talks|statement"
    r"|meeting|leaders|countries|sides|parties|officials|deputy|spokes\w+|agreement|troops|forces))\b",
    re.IGNORECASE,
)
_PHONE = re.compile(r"\b(?:phone|telephone|call|called|video ?conference)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Sentence:
    number: int
    start: int
    end: int
    paragraph: int
    mentions: tuple[Mention, ...]
    parsed: bool
    skipped: str | None = None  # why it is not parsed


class RuleCoder:
    """Codes documents by rules and the trigger lexicon; holds no state of any document.

    Args:
        gazetteer: the actors; the package's own by default.
        parser: shared between coders to load the model once.
    """

    def __init__(
        self,
        gazetteer_: Gazetteer | None = None,
        parser: Parser | None = None,
        classifier: RuleClassifier | None = None,
    ) -> None:
        self._gazetteer = gazetteer_ or gazetteer()
        self._parser = parser or Parser()
        self._classifier = classifier or RuleClassifier(lexicon(), statements())
        self.name = self._classifier.name

    def code(self, document: Document, trace: Trace | None = None) -> Iterator[Event]:
        """Yield the events of a document in the order of its text; a `trace` is told how each came about.

        >>> from detente.sources.text import make_document
        >>> from datetime import date
        >>> text = "Iran condemned the United States on Friday."
        >>> for e in RuleCoder().code(make_document(text, published=date(2026, 1, 10))):
        ...     print(e.event, e.actor_codes, e.recipient_codes, e.status, e.date)
        ACCUSE ('IRN',) ('USA',) actual 2026-01-09
        """
        text = document.text
        home = home_of(document.publisher, document.url)
        mentions = find_actors(text, self._gazetteer, titles(), document.published, home)
        if not mentions:
            return
        told_by = speakers(document, mentions, self._gazetteer, titles(), home)
        sentences = [
            replace(s, parsed=False, skipped="a question or stage direction: nobody's own words")
            if told_by.silent(s.start)
            else s
            for s in self._sentences(text, mentions)
        ]
        if trace is not None:
            trace.read(mentions, sentences)
        chosen = [(s.number, s.start, s.end) for s in sentences if s.parsed]
        if not chosen:
            return
        # another thread encodes while this one reads quotations and dates and parses
        encodings = self._classifier.begin(
            text, [(s.start, s.end) for s in sentences], [s.parsed for s in sentences]
        )
        quotes = find_quotes(text)
        dates = find_dates(text, document.published)
        if trace is not None:
            trace.quoted(quotes)
        attribution = Attribution(quotes, mentions, told_by)
        references = References(mentions, home)
        trees = list(self._parser.parse(text, chosen, mentions))
        following = iter(trees)
        timing = Timing(dates, document.published, home is not None)
        told = Told()
        paragraph = -1
        for sentence in sentences:
            if sentence.paragraph != paragraph:
                paragraph = sentence.paragraph
                attribution.start_paragraph()
                timing.new_paragraph()
            if not sentence.parsed:
                references.skip(sentence.mentions)
                continue
            tree = next(following)
            arguments = Arguments(tree, references, attribution.voice_at, self._classifier.lexicon)
            attribution.frames(arguments)
            self._observe(document, arguments, references, attribution, told, timing)
            if trace is not None:
                trace.parsed(arguments, references, attribution, self._classifier.lexicon)
            acts = self._classifier.decide(arguments, references, attribution, told, encodings, trace)
            for act in acts:
                if not told_by.unclear(tree.starts[act.token], (*act.actor, *act.recipient)):
                    yield self._event(document, tree, act, timing, trace)
                elif trace is not None:
                    trace.unclear(act)
            references.advance(tree, arguments.named(arguments.subjects(tree.root)))

    def _observe(
        self,
        document: Document,
        arguments: Arguments,
        references: References,
        attribution: Attribution,
        told: Told,
        timing: Timing,
    ) -> None:
        """Called before each sentence is decided; training records here what the model will be asked."""

    def _sentences(self, text: str, mentions: Sequence[Mention]) -> list[_Sentence]:
        """All sentences, marked whether they can hold an act: an actor near by and a possible trigger."""
        starts = [m.start for m in mentions]
        found = []
        recent = 0
        paragraph = 0
        last_end = 0
        for number, span in enumerate(split(text)):
            if "\n" in text[last_end : span.start]:
                paragraph += 1
            last_end = span.end
            inside = mentions[bisect_left(starts, span.start) : bisect_right(starts, span.end - 1)]
            words = text[span.start : span.end]
            if inside:
                recent = 3
            elif recent:
                recent -= 1
            skipped = None
            if not inside and not recent:
                skipped = "no political actor in it or in the two sentences before"
            elif self._classifier.listed_only:
                if not inside and _REFERENCE.search(words) is None:
                    skipped = "no political actor in it, and no word that stands for one"
                elif not self._classifier.lexicon.hints(w.lower() for w in _WORDS.findall(words)):
                    skipped = "no word in it that may report an act"
            found.append(
                _Sentence(number, span.start, span.end, paragraph, tuple(inside), skipped is None, skipped)
            )
        return found

    def _event(
        self, document: Document, tree: Tree, act: Act, timing: Timing, trace: Trace | None = None
    ) -> Event:
        i = act.token
        trigger = act.trigger
        start, end = clause(tree, i)
        when = timing.told(tree, act)
        rules = judged(tree, i, trigger.event, act.assertion, act.actor, when, document.published)
        status, voice = self._classifier.settle(
            act, rules.status.status, rules.voice, when.date is not None, trace
        )
        when = timing.settle(tree, act, when, status)
        if trace is not None:
            trace.judged(act, rules, status, voice, when)
        speaker = act.assertion.speaker if voice is not Voice.WRITER else None
        if voice is Voice.COMMENTARY and status is Status.ACTUAL:
            status = Status.HYPOTHETICAL  # an opinion makes nothing happen
        modes = (trigger.mode,) if trigger.mode else ()
        evidence = document.text[start:end]
        if trigger.event == "CONSULT" and not modes and _PHONE.search(evidence):
            modes = ("phone",)
        book = codebook()
        event = Event(
            document=document.id,
            start=start,
            end=end,
            text=evidence,
            event=trigger.event,
            actor=tuple(act.actor),
            recipient=tuple(act.recipient),
            symmetric=act.symmetric,
            status=status,
            trigger=document.text[tree.starts[i] : tree.ends[i]],
            trigger_start=tree.starts[i],
            quad=book.quad(trigger.event),
            cameo=book.types[trigger.event].cameo,
            modes=modes,
            contexts=contexts().of(evidence),
            date=when.date,
            date_end=when.date_end,
            date_text=when.words,
            date_reason=None if when.date else when.reason,
            speaker=speaker,
            voice=voice,
            confidence=act.confidence,
            coder=self.name,
            seconds=_second(document, start),
        )
        if trace is not None:
            trace.made(act, event)
        return event


def _second(document: Document, start: int) -> float | None:
    """When the caption that `start` stands in begins, of a text with captions."""
    k = bisect_right(document.times, start, key=lambda time: time[0])
    return document.times[k - 1][1] if k else None


@cache
def rule_coder() -> RuleCoder:
    """The coder that decides by rules alone, made once."""
    return RuleCoder()


@cache
def default_coder(sure: float | None = None) -> RuleCoder:
    """The best coder that ships: the learned one where its model is there, else the rules.

    `sure` is how likely an act must be right in type and parties to be told, 0 to 1; None is the bound
    with the best balance (see docs/method/model.md).
    """
    model = shipped_model()
    if model is None:
        return rule_coder()
    return RuleCoder(classifier=LearnedClassifier(lexicon(), statements(), model, sure))
