"""How each event of a document came about: every decision of a coder, kept as records.

A `Trace` is handed to the coder, which tells it what it does; it decides nothing and changes nothing.
`explain` codes a document with one and gives what it saw. A coder that is given no trace does no work for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from detente.coding.explanations import (
    Chance,
    Explanation,
    Frame,
    Judged,
    Offer,
    Predicate,
    Row,
    Rules,
    Sentence,
    Word,
)
from detente.coding.lexicon import Lexicon, Trigger
from detente.coding.mentions import Mention
from detente.coding.sentences import split
from detente.coding.timing import When
from detente.errors import InputError
from detente.records import Document, Event, Party, Quote

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detente.coding.acts import Act, Proposal
    from detente.coding.attribution import Assertion, Attribution
    from detente.coding.candidates import Arguments
    from detente.coding.coder import RuleCoder
    from detente.coding.features import Candidate
    from detente.coding.judgement import Judgement
    from detente.coding.references import References
    from detente.coding.trees import Tree
    from detente.records import Status, Voice

    Array = NDArray[np.float32]

__all__ = ["Trace", "explain"]


def explain(document: Document, coder: RuleCoder, sentence: int | None = None) -> Explanation:
    """Code a document and tell how each event came about.

    Args:
        coder: `rule_coder()`, `default_coder()`, or one of your own made from `RuleCoder`.
        sentence: number from 1; only this one is told in full. All are coded, for what was told before
            counts. None tells every sentence in full.

    Raises InputError where there is no such sentence.

    >>> from detente.coding.coder import rule_coder
    >>> from detente.sources.text import make_document
    >>> found = explain(make_document("Iran may condemn the United States."), rule_coder())
    >>> [predicate] = found.sentences[0].predicates
    >>> predicate.row.event, predicate.status.value, predicate.status.rule, predicate.status.word
    ('ACCUSE', 'hypothetical', 'a modal verb leaves it open', 'may')
    """
    trace = Trace(document, coder.name, sentence)
    for _ in coder.code(document, trace):
        pass
    return trace.explanation()


_UNNAMED = "the document names no political actor"
_MOST_TOKENS = 180  # the parser's own limit
_SIDES = ("none", "actor", "recipient", "both")


@dataclass(slots=True)
class _Draft:
    """What is known so far of one predicate."""

    token: int
    proposal: Proposal | None = None
    assertion: Assertion | None = None
    trigger: Trigger | None = None
    chances: tuple[Chance, ...] = ()
    needed: float | None = None
    offers: list[Offer] = field(default_factory=list)
    act: Act | None = None
    bound: float | None = None
    statuses: tuple[Chance, ...] = ()
    voices: tuple[Chance, ...] = ()
    weight: float | None = None
    rules: Judgement | None = None
    status: Status | None = None
    voice: Voice | None = None
    when: When | None = None
    event: Event | None = None
    why: str | None = None


class Trace:
    """Listens to a coder while it codes one document; made by `explain`.

    Args:
        document: what is coded.
        coder: the coder's name.
        sentence: number from 1 of the only sentence to tell in full; None tells all.
    """

    def __init__(self, document: Document, coder: str, sentence: int | None = None) -> None:
        self._document = document
        self._coder = coder
        self._only = sentence
        self._sentences: list[Sentence] = []
        self._quotes: list[Quote] = []
        self._counts: dict[int, int] = {}
        self._full: dict[int, dict[str, Any]] = {}
        self._number = -1
        self._open = False
        self._drafts: dict[int, _Draft] = {}

    # --- what the coder tells --------------------------------------------------------------------

    def read(self, mentions: Sequence[Mention], sentences: Iterable[Any]) -> None:
        """All sentences, and whether and why not each will be parsed."""
        text = self._document.text
        self._sentences = [
            Sentence(s.number + 1, s.start, s.end, text[s.start : s.end], s.parsed, s.skipped, s.mentions)
            for s in sentences
        ]

    def quoted(self, quotes: Sequence[Quote]) -> None:
        """All quotations of the document."""
        self._quotes = list(quotes)

    def parsed(
        self, arguments: Arguments, references: References, attribution: Attribution, lexicon: Lexicon
    ) -> None:
        """The tree of the next sentence, before anything is decided in it."""
        self._close()
        tree = arguments.tree
        self._number = tree.number + 1
        self._open = self._only in (None, self._number)
        if not self._open:
            return
        self._arguments, self._attribution, self._lexicon = arguments, attribution, lexicon
        self._standing = _standing(tree, references, attribution)

    def proposed(self, proposal: Proposal) -> None:
        """A predicate as the rules read it."""
        if not self._open:
            return
        draft = self._draft(proposal.token)
        draft.proposal = proposal
        draft.trigger = proposal.trigger
        draft.assertion = proposal.act.assertion if proposal.act is not None else self._heard(proposal.token)
        draft.why = _why_not(self._arguments.tree, proposal)

    def weighed(self, token: int, chances: Array, needed: float, barred: bool) -> None:
        """The model's chance of each type at a token, and how likely an act must be to be looked at."""
        if not self._open:
            return
        from detente.coding.features import EVENTS

        draft = self._draft(token)
        draft.chances, draft.needed = _chances(EVENTS, chances), needed
        proposal = draft.proposal
        possible = 1 - next(c.value for c in draft.chances if c.name == "NONE")
        if proposal is not None and proposal.standing:
            return
        if barred:
            draft.why = "a row of the lexicon says that it is no act in these words"
        elif possible < needed:
            doubt = ", as no rule keeps it" if draft.why else ""
            draft.why = f"the model gives an act {possible:.0%}; {needed:.0%} is needed{doubt}"
        else:
            draft.why = "no candidate is likely enough on either side"  # unless an act is made of it

    def offered(self, token: int, offered: Sequence[Candidate], sides: Array) -> None:
        """The candidate parties of a predicate, and the model's chances of each side for each."""
        if not self._open:
            return
        for one, row in zip(offered, sides.tolist(), strict=True):
            values = dict(zip(_SIDES, row, strict=True))
            self._draft(token).offers.append(Offer(one.party, tuple(sorted(one.sources)), **values))

    def bounded(self, act: Act, bound: float) -> None:
        """An act with its confidence, and how sure the coder must be."""
        if not self._open:
            return
        draft = self._draft(act.token)
        draft.act, draft.bound, draft.assertion = act, bound, act.assertion
        sure = act.confidence or 0.0
        draft.why = f"a confidence of {sure:.0%}; {bound:.0%} is needed" if sure < bound else None

    def decided(self, acts: Sequence[Act], kept: Sequence[Act]) -> None:
        """The acts of a sentence, and those of them that are not told twice in it."""
        if not self._open:
            return
        remain = {id(act) for act in kept}
        for act in acts:
            draft = self._draft(act.token)
            if draft.proposal is None or draft.why is not None:
                draft.trigger = act.trigger  # an act made by a whole quotation
            draft.act, draft.assertion = act, act.assertion
            draft.why = None if id(act) in remain else "the same act is told by another word of the sentence"
        self._rest()

    def unclear(self, act: Act) -> None:
        """An act left out because nobody knows whose "we" it is."""
        if self._open:
            self._draft(act.token).why = "a party is the we of a speaker whose country is not known"

    def weighted(self, act: Act, statuses: Array, voices: Array, weight: float) -> None:
        """The model's chances of each status and voice; `weight` favours the rules' status."""
        if not self._open:
            return
        from detente.coding.features import STATUSES, VOICES

        draft = self._draft(act.token)
        draft.statuses, draft.voices = _chances(STATUSES, statuses), _chances(VOICES, voices)
        draft.weight = weight

    def judged(self, act: Act, rules: Judgement, status: Status, voice: Voice, when: When) -> None:
        """Status, voice and date of an act, beside the rules' own reading."""
        if self._open:
            draft = self._draft(act.token)
            draft.rules, draft.status, draft.voice, draft.when = rules, status, voice, when

    def made(self, act: Act, event: Event) -> None:
        """The event that an act became."""
        self._counts[self._number] = self._counts.get(self._number, 0) + 1
        if self._open:
            self._draft(act.token).event = event

    # --- what comes of it ------------------------------------------------------------------------

    def explanation(self) -> Explanation:
        """All that was told. Raises InputError where the sentence asked for does not exist."""
        self._close()
        text = self._document.text
        sentences = self._sentences or [
            Sentence(n, s.start, s.end, text[s.start : s.end], False, _UNNAMED, ())
            for n, s in enumerate(split(text), start=1)
        ]
        if self._only is not None and not 1 <= self._only <= len(sentences):
            raise InputError(
                f"there is no sentence {self._only}", todo=f"give a number from 1 to {len(sentences)}"
            )
        full = [
            replace(s, events=self._counts.get(s.number, 0), **self._full.get(s.number, {}))
            for s in sentences
        ]
        return Explanation(self._document, self._coder, tuple(full))

    def _draft(self, token: int) -> _Draft:
        return self._drafts.setdefault(token, _Draft(token))

    def _heard(self, token: int) -> Assertion:
        return self._attribution.heard(self._arguments, token)

    def _rest(self) -> None:
        """Predicates that a coder without a model passes over: no row of the lexicon fits them."""
        from detente.coding.features import is_predicate

        tree, lexicon = self._arguments.tree, self._lexicon
        for i in range(len(tree)):
            if i in self._drafts or not is_predicate(tree, i, lexicon):
                continue
            draft = self._draft(i)
            draft.assertion = self._heard(i)
            if lexicon.barred(tree, i):
                draft.why = "a row of the lexicon says that it is no act in these words"
            elif lexicon.rows(tree.lemmas[i], tree.pos(i)):
                draft.why = "its rows in the lexicon need other words beside it"
            else:
                draft.why = "no row of the lexicon lists it"

    def _close(self) -> None:
        """Turn the drafts of the sentence just read into records."""
        if self._open:
            tree = self._arguments.tree
            self._full[self._number] = {
                "standing": self._standing,
                "quotes": tuple(q for q in self._quotes if q.start < tree.end and q.end > tree.start),
                "words": self._words(tree),
                "unread": tree.ends[-1] if len(tree) >= _MOST_TOKENS else None,
                "predicates": tuple(self._predicate(self._drafts[i]) for i in sorted(self._drafts)),
            }
        self._drafts = {}
        self._open = False

    def _words(self, tree: Tree) -> tuple[Word, ...]:
        text = self._document.text
        found = []
        for i, mention in enumerate(tree.mentions):
            start, end = tree.starts[i], tree.ends[i]
            about = (tree.words[i], tree.lemmas[i], tree.tags[i], tree.deps[i], tree.heads[i])
            code = mention.code if mention is not None else None
            found.append(Word(text[start:end], *about, start, end, code))
        return tuple(found)

    def _predicate(self, draft: _Draft) -> Predicate:
        tree, i = self._arguments.tree, draft.token
        event, when = draft.event, draft.when
        status, voice = self._judged(draft)
        act = draft.act
        actor = {p.code for p in act.actor} if act is not None else set()
        recipient = {p.code for p in act.recipient} if act is not None else set()
        return Predicate(
            word=self._document.text[tree.starts[i] : tree.ends[i]],
            start=tree.starts[i],
            end=tree.ends[i],
            lemma=tree.lemmas[i],
            frame=self._frame(draft.assertion),
            row=self._row(draft.trigger),
            rules=self._rules(draft.proposal),
            chances=draft.chances,
            needed=draft.needed,
            offers=tuple(_placed(o, actor, recipient) for o in draft.offers),
            status=status,
            voice=voice,
            date=when,
            confidence=act.confidence if act is not None else None,
            bound=draft.bound,
            event=event,
            why_not=None if event is not None else draft.why or "no act is made of it",
        )

    def _frame(self, assertion: Assertion | None) -> Frame | None:
        if assertion is None:
            return None
        mention = assertion.mention
        code = assertion.code or (mention.code if mention is not None else None)
        start = self._arguments.tree.starts[assertion.at] if assertion.at is not None else None
        word = self._word(assertion.at)
        return Frame(assertion.voice, assertion.speaker, assertion.rule, word, start, code)

    def _row(self, trigger: Trigger | None) -> Row | None:
        if trigger is None or trigger.event == "NONE":
            return None  # a word that no row fits
        listed = trigger in self._lexicon.rows(trigger.lemma, trigger.pos)
        needs = []
        for need in trigger.needs:
            parts = (need.kind, need.key, "|".join(sorted(need.words)))
            needs.append(("not-" if need.negative else "") + ":".join(p for p in parts if p))
        return Row(
            trigger.lemma,
            "; ".join(needs),
            trigger.event,
            trigger.mode,
            trigger.actor,
            trigger.recipient,
            trigger.symmetric,
            trigger.strength,
            f"triggers/{trigger.event}.csv" if listed else None,
        )

    def _rules(self, proposal: Proposal | None) -> Rules | None:
        if proposal is None:
            return None
        act = proposal.act
        return Rules(
            event=act.trigger.event if act is not None and act.trigger.event != "NONE" else None,
            actor=tuple(act.actor) if act is not None else (),
            recipient=tuple(act.recipient) if act is not None else (),
            symmetric=act is not None and act.symmetric,
            kept=proposal.kept and act is not None,
            purpose=proposal.purpose,
            standing=proposal.standing,
            inside=self._word(proposal.outer),
            missing=proposal.missing,
        )

    def _judged(self, draft: _Draft) -> tuple[Judged | None, Judged | None]:
        rules, event = draft.rules, draft.event
        if rules is None or event is None or draft.status is None or draft.voice is None:
            return None, None
        read, note = str(rules.status.status), None
        weighed = {c.name: c.value * ((draft.weight or 1) if c.name == read else 1) for c in draft.statuses}
        if weighed and str(draft.status) != max(weighed, key=lambda name: weighed[name]):
            note = "a date of the last weeks is no history"
        if event.status is not draft.status:
            note = "an opinion makes nothing happen"
        status = Judged(
            str(event.status),
            read,
            rules.status.rule,
            self._word(rules.status.token),
            draft.statuses,
            draft.weight,
            note,
        )
        frame = draft.assertion
        kept = bool(draft.voices) and draft.voices[0].name != str(draft.voice)
        voice = Judged(
            str(draft.voice),
            str(rules.voice),
            rules.voice_rule,
            self._word(frame.at) if frame is not None and rules.voice_rule == frame.rule else None,
            draft.voices,
            None,
            "who comments is told by the frame" if kept else None,
        )
        return status, voice

    def _word(self, token: int | None) -> str | None:
        if token is None:
            return None
        tree = self._arguments.tree
        return self._document.text[tree.starts[token] : tree.ends[token]]


def _placed(offer: Offer, actor: set[str], recipient: set[str]) -> Offer:
    code = offer.party.code
    if code in actor and code in recipient:
        return replace(offer, side="both")
    side = "actor" if code in actor else "recipient" if code in recipient else None
    return replace(offer, side=side)


def _chances(names: Sequence[str], values: Array) -> tuple[Chance, ...]:
    found = (Chance(name, float(value)) for name, value in zip(names, values.tolist(), strict=True))
    return tuple(sorted(found, key=lambda c: -c.value))


def _standing(tree: Tree, references: References, attribution: Attribution) -> tuple[Party, ...]:
    """What pronouns, titles and groups of a sentence stand for."""
    found: dict[tuple[str, int | None], Party] = {}
    for k in range(len(tree)):
        if tree.deps[k] == "compound":
            continue  # the "Minister" of "Prime Minister Meloni" is no word of its own
        if tree.mentions[k] is None and (tree.pos(k) in ("pron", "noun") or tree.tags[k] == "PRP$"):
            for one in references.resolve(tree, k, attribution.voice_at(tree.starts[k])):
                found.setdefault((one.code, one.start), one)
    return tuple(found.values())


def _why_not(tree: Tree, proposal: Proposal) -> str | None:
    """Why the rules keep no act, in one plain phrase; None where they keep one."""
    if proposal.standing:
        return "it tells how things stand, not what is done"
    if proposal.purpose:
        return "it is only what something else is done for"
    if proposal.inside:
        if proposal.outer is None:
            return "it only plans what its object names"
        return f"it belongs to the act told by {tree.words[proposal.outer]!r}"
    if proposal.act is None:
        return proposal.missing
    if proposal.trigger.event == "NONE":
        return "no row of the lexicon lists it"
    return None
