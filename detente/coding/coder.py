"""The order of coding: the one file that knows how a document becomes events.

gazetteer → names the document teaches → sentences worth parsing → quotations → dates → trees →
acts → status, voice, date, contexts → events.
"""

from __future__ import annotations

import datetime
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from detente.codebook import codebook
from detente.coding.actors import find_actors, home_of, titles
from detente.coding.attribution import Attribution
from detente.coding.candidates import Arguments, clause
from detente.coding.classifier import SPEECH, Act, RuleClassifier, Told
from detente.coding.contexts import contexts
from detente.coding.dates import find_dates, first_day, last_day
from detente.coding.lexicon import lexicon
from detente.coding.mentions import Gazetteer, Mention, gazetteer
from detente.coding.references import References
from detente.coding.sentences import split
from detente.coding.speech import find_quotes
from detente.coding.statements import statements
from detente.coding.status import status_of
from detente.coding.trees import Parser, Tree
from detente.records import DateMention, Document, Event, Kind, Status, Voice

__all__ = ["RuleCoder", "rule_coder"]

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


class RuleCoder:
    """Codes documents by rules and the trigger lexicon; holds no state of any document.

    Args:
        gazetteer: the actors; the package's own by default.
        parser: shared between coders to load the model once.
    """

    name = "rules.v1"

    def __init__(self, gazetteer_: Gazetteer | None = None, parser: Parser | None = None) -> None:
        self._gazetteer = gazetteer_ or gazetteer()
        self._parser = parser or Parser()
        self._classifier = RuleClassifier(lexicon(), statements())

    def code(self, document: Document) -> Iterator[Event]:
        """Yield the events of a document in the order of its text.

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
        sentences = self._sentences(text, mentions)
        chosen = [(s.number, s.start, s.end) for s in sentences if s.parsed]
        if not chosen:
            return
        quotes = find_quotes(text)
        dates = find_dates(text, document.published)
        attribution = Attribution(quotes, mentions, self._author(document))
        references = References(mentions, home)
        trees = self._parser.parse(text, chosen, mentions)
        previous = _Memory(home is not None)
        told = Told()
        paragraph = -1
        for sentence in sentences:
            if sentence.paragraph != paragraph:
                paragraph = sentence.paragraph
                attribution.start_paragraph()
                previous.new_paragraph()
            if not sentence.parsed:
                references.skip(sentence.mentions)
                continue
            tree = next(trees)
            arguments = Arguments(tree, references, attribution.voice_at, self._classifier.lexicon)
            attribution.frames(arguments)
            for act in self._classifier.decide(arguments, references, attribution, told):
                yield self._event(document, tree, act, dates, previous, home)
            root = tree.root
            references.advance(tree, arguments.named(arguments.subjects(root)))

    def _author(self, document: Document) -> Mention | None:
        """The speaker of a whole text: the author of a post."""
        if document.kind is not Kind.POST or not document.author:
            return None
        found = self._gazetteer.find(document.author, document.published)
        return found[0] if found else None

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
            political = bool(inside) or (recent > 0 and _REFERENCE.search(words) is not None)
            parsed = political and self._classifier.lexicon.hints(w.lower() for w in _WORDS.findall(words))
            found.append(_Sentence(number, span.start, span.end, paragraph, tuple(inside), parsed))
        return found

    def _event(
        self,
        document: Document,
        tree: Tree,
        act: Act,
        dates: Sequence[DateMention],
        previous: _Memory,
        home: str | None,
    ) -> Event:
        i = act.token
        trigger = act.trigger
        start, end = clause(tree, i)
        mention = _date_of(tree, i, dates)
        date: str | None = None
        date_end: str | None = None
        words: str | None = None
        reason: str | None = "the text gives no date for this act"
        if mention is not None:
            date, date_end, words, reason = mention.date, mention.date_end, mention.text, mention.reason
        if date is not None and document.published is not None:
            date, date_end = _tense(tree, i, date, date_end, words or "", document.published)
        when = (first_day(date), last_day(date_end or date)) if date else None
        if (
            when is not None
            and document.published is not None
            and when[0].year < document.published.year
            and len(date or "") == 4
        ):
            when = (when[0], when[0] + (when[1] - when[0]) / 2)  # a bare year is past by its middle
        status = status_of(
            tree,
            i,
            when=when,
            published=document.published,
            speech_act=trigger.event in SPEECH,
            reported=act.assertion.reported,
        )
        if date is None and status is Status.ACTUAL:
            inherited = previous.date(act)
            if (
                inherited is None
                and home is not None
                and document.published is not None
                and tree.tags[i] in ("VBP", "VBZ")
                and trigger.event in SPEECH
            ):
                inherited = (document.published.isoformat(), None)  # a release speaks as it appears
            if inherited is not None:
                date, date_end = inherited
                words, reason = None, None
        elif date is not None and status is Status.ACTUAL:
            previous.remember(act, date, date_end)
        if status is Status.ACTUAL and trigger.event in _ANNOUNCED and _announced(tree, i):
            status = Status.FUTURE
        voice, speaker = act.assertion.voice, act.assertion.speaker
        if voice is Voice.SPEAKER and trigger.event in SPEECH and _own_words(act):
            speaker, voice = None, Voice.WRITER
        if (
            status is Status.ACTUAL
            and mention is not None
            and date is None
            and _LONG_AGO.search(mention.text)
        ):
            status = Status.HISTORICAL
        if voice is Voice.COMMENTARY and status is Status.ACTUAL:
            status = Status.HYPOTHETICAL  # an opinion makes nothing happen
        modes = (trigger.mode,) if trigger.mode else ()
        evidence = document.text[start:end]
        if trigger.event == "CONSULT" and not modes and _PHONE.search(evidence):
            modes = ("phone",)
        book = codebook()
        return Event(
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
            date=date,
            date_end=date_end,
            date_text=words,
            date_reason=None if date else reason,
            speaker=speaker,
            voice=voice,
            coder=self.name,
        )


class _Memory:
    """Dates told so far: "On Monday X met Y. He also promised …" puts the promise on Monday.

    Within a paragraph the last date of the same actor holds; in a government's own release, and for
    an actor who is only pointed to ("they"), it holds over paragraphs; an act told again keeps its date.
    """

    def __init__(self, release: bool) -> None:
        self._release = release
        self._actors: frozenset[str] = frozenset()
        self._when: tuple[str, str | None] | None = None
        self._fresh = True
        self._acts: dict[tuple[str, frozenset[str]], tuple[str, str | None]] = {}

    def remember(self, act: Act, date: str, date_end: str | None) -> None:
        self._actors = frozenset(p.code for p in act.actor)
        self._when = (date, date_end)
        self._fresh = True
        self._acts[act.trigger.event, self._actors] = self._when

    def date(self, act: Act) -> tuple[str, str | None] | None:
        actors = frozenset(p.code for p in act.actor)
        if any(p.how == "event" for p in (*act.actor, *act.recipient)):
            return self._acts.get((act.trigger.event, actors))
        if self._when is None or not actors & self._actors:
            return None
        pointed = all(p.how in ("pronoun", "group", "title") for p in act.actor)
        return self._when if self._fresh or self._release or pointed else None

    def new_paragraph(self) -> None:
        self._fresh = False


# Acts that a government announces before it does them.
_ANNOUNCED = frozenset({"RETREAT", "CONSULT", "COOPERATE", "AID"})
_LONG_AGO = re.compile(r"\b(?:years|decades|centuries|generations) (?:ago|before|earlier)\b", re.IGNORECASE)
_WEEKDAY = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day")


def _announced(tree: Tree, i: int) -> bool:
    if tree.pos(i) != "noun":
        return False
    head = tree.heads[i]
    return tree.pos(head) == "verb" and tree.lemmas[head] in (
        "announce",
        "unveil",
        "order",
        "promise",
        "pledge",
    )


def _tense(
    tree: Tree, i: int, date: str, date_end: str | None, words: str, published: datetime.date
) -> tuple[str, str | None]:
    """A bare weekday beside a verb in the past is the one before, whatever follows in the sentence."""
    if date_end is not None or len(date) != 10 or not _WEEKDAY.search(words):
        return date, date_end
    day = datetime.date.fromisoformat(date)
    verb = i if tree.pos(i) == "verb" else tree.heads[i]
    past = tree.tags[verb] == "VBD" or (
        tree.tags[verb] == "VBN"
        and not any(tree.lemmas[k] in ("will", "would", "to", "may") for k in tree.with_dep(verb, "aux"))
    )
    if past and 0 < (day - published).days <= 7:
        return (day - datetime.timedelta(days=7)).isoformat(), None
    return date, date_end


def _own_words(act: Act) -> bool:
    """Whether the speaker is the actor of what is said: then the words are the act itself."""
    mention = act.assertion.mention
    if mention is not None:
        return any(p.code == mention.code for p in act.actor)
    return any(act.assertion.speaker in (p.name, p.text) for p in act.actor)


def _date_of(tree: Tree, i: int, dates: Sequence[DateMention]) -> DateMention | None:
    """The date of the sentence that hangs nearest to a trigger in the tree."""
    inside = [d for d in dates if tree.start <= d.start < tree.end and not _epoch(d)]
    if not inside:
        return None
    inside = [d for d in inside if not _of_another_noun(tree, i, d)]
    if not inside:
        return None
    up = {i: 0}
    for n, k in enumerate(tree.ancestors(i), start=1):
        up[k] = n

    def distance(mention: DateMention) -> tuple[int, int]:
        tokens = [
            k for k in range(len(tree)) if tree.starts[k] < mention.end and tree.ends[k] > mention.start
        ]
        best = 99
        for k in tokens:
            steps = 0
            while k not in up and tree.heads[k] != k:
                steps += 2 if tree.deps[k] in ("relcl", "ccomp", "conj", "advcl", "acl") else 1
                k = tree.heads[k]
            if k in up:
                best = min(best, steps + up[k])
        return best, abs(mention.start - tree.starts[i])

    return min(inside, key=distance)


def _of_another_noun(tree: Tree, i: int, mention: DateMention) -> bool:
    """Whether a date only tells which thing is meant ("the 2022 election"), not when the act was."""
    path = {i, *tree.ancestors(i)}
    for k in range(len(tree)):
        if mention.start <= tree.starts[k] < mention.end and tree.deps[k] in (
            "nummod",
            "compound",
            "amod",
            "nmod",
        ):
            noun = tree.heads[k]
            if not mention.start <= tree.starts[noun] < mention.end and tree.pos(noun) == "noun":
                return noun not in path
    return False


def _epoch(mention: DateMention) -> bool:
    """Whether the words mean a decade or more ("the 21st century"): no date of an act."""
    if mention.date is None or mention.date_end is None:
        return False
    return (last_day(mention.date_end) - first_day(mention.date)).days > 3650


@cache
def rule_coder() -> RuleCoder:
    """The rule coder of the package's own tables, made once."""
    return RuleCoder()
