"""Who asserts a clause: the writer, a speaker, or a commentator whose opinion is never counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from detente.coding.candidates import Arguments
from detente.coding.date_ties import in_the_past
from detente.coding.mentions import Mention
from detente.coding.speakers import Speakers
from detente.coding.trees import Tree
from detente.records import Quote, Voice

__all__ = ["SAYING", "Assertion", "Attribution"]

# Verbs that say something.
SAYING = frozenset(
    "say tell add note state announce claim report declare explain write tweet post argue believe think "
    "insist stress underscore emphasize emphasise reiterate maintain acknowledge admit confirm deny "
    "allege suggest warn caution predict recall remark observe comment contend assert affirm "
    "indicate reveal disclose mention point hold conclude describe opine reckon assess estimate "
    "know hear understand feel find show testify vow pledge boast complain concede accuse".split()
)
_OPINION = frozenset(
    "note argue believe think suggest opine contend observe reckon caution predict assess feel "
    "speculate wonder reason hold conclude estimate fear".split()
)
_COMMENTATORS = frozenset(
    "analyst expert observer critic commentator professor columnist economist historian researcher "
    "scholar author pundit academic editorial opinion blogger editor strategist specialist watcher "
    "fellow scientist lawyer consultant chatbot ai model poll survey study forecaster skeptic "
    "sceptic some many people".split()
)
_MEDIA = frozenset(
    "report media newspaper agency outlet news broadcaster television tv paper magazine website "
    "journalist reporter correspondent bbc cnn reuters ap afp xinhua tass rt nbc abc cbs guardian "
    "times post journal bloomberg axios politico source document data figure record".split()
)
_QUANTITIES = frozenset("some many people".split())
# What is said to say something, though nobody in particular speaks.
_PAPERS = frozenset(
    "statement text resolution law letter accord agreement treaty communique communiqué memo constitution "
    "clause article evidence rumour rumor story account map it this that which what".split()
)
_OFFICES = frozenset(
    "department secretary ministry minister commission government president council committee ambassador "
    "spokesman spokeswoman spokesperson office embassy parliament court prosecutor army police agency "
    "general chancellor governor".split()
)
_JUDGEMENT = frozenset(
    "suggest appear seem signal underscore illustrate highlight raise reflect mean".split()
)
_NOUNS = frozenset(
    "claim allegation accusation assertion suggestion report belief view fear statement".split()
)


@dataclass(frozen=True, slots=True)
class Assertion:
    """Who asserts a clause; `speaker` is his name in the text, None for the writer.

    `rule` says in plain words how that was told, `at` is the token of the reporting word (None: none).
    """

    voice: Voice
    speaker: str | None = None
    mention: Mention | None = None
    reported: bool = False
    code: str | None = None
    rule: str = "nobody else says so"
    at: int | None = None


_WRITER = Assertion(Voice.WRITER)
_QUOTED = "the words stand in quotation marks"
_FRAME = "a reporting clause"
_ACCORDING = "according to"
_OPINED = "a commentator's clause"
_JUDGED = "a judgement without anybody who makes it"
_STILL = "a commentator speaks in this paragraph"
_TURN = "his turn or post"


class Attribution:
    """Follows the reporting frames of a document; one instance a document, sentences in order.

    Args:
        quotes: all quotations of the document.
        mentions: all actor mentions of the document.
        speakers: who speaks where, in a text that has speakers (a post, a transcript).
    """

    def __init__(
        self, quotes: Sequence[Quote], mentions: Sequence[Mention], speakers: Speakers | None = None
    ) -> None:
        self._quotes = [q for q in quotes if q.kind in ("direct", "partial")]
        self._mentions = mentions
        self._told = speakers or Speakers()
        self._speakers: dict[Quote, Mention | None] = {}
        self._commentary: tuple[str | None] | None = None
        self._political: set[str] = {m.text for m in mentions} | {m.name for m in mentions if m.name}

    def start_paragraph(self) -> None:
        """A commentator's paragraph ends where the next one begins."""
        self._commentary = None

    def quote_at(self, offset: int) -> Quote | None:
        """The quotation that holds an offset, the innermost."""
        found = None
        for quote in self._quotes:
            if quote.start <= offset < quote.end and (found is None or quote.start >= found.start):
                found = quote
        return found

    def voice_at(self, offset: int) -> Mention | None:
        """The political speaker of the quotation that holds an offset, else of the turn or the post."""
        quote = self.quote_at(offset)
        told = self._told.at(offset)
        own = told.mention if told is not None else None
        if quote is None:
            return own
        if quote not in self._speakers:
            self._speakers[quote] = self.mention_of(quote)
        if quote.kind == "direct" and quote.speaker and quote.speaker[0].isupper() and quote.speaker != "I":
            return self._speakers[quote]  # somebody else's words, whether we know him or not
        return self._speakers[quote] or own

    def mention_of(self, quote: Quote) -> Mention | None:
        """The actor whose name, title or house the speaker of a quotation is."""
        if quote.speaker_start is not None and quote.speaker_end is not None:
            inside = [
                m for m in self._mentions if m.start < quote.speaker_end and quote.speaker_start < m.end
            ]
            if inside:
                return inside[-1] if inside[-1].kind == "person" else inside[0]
        if quote.speaker:
            words = quote.speaker.split()
            for mention in self._mentions:
                if quote.speaker in (mention.text, mention.name) or (
                    mention.kind == "person" and words[-1] == mention.text.split()[-1]
                ):
                    return mention
        return None

    def of(self, arguments: Arguments, i: int) -> Assertion:
        """Who asserts the clause of token `i`; a commentator's clause opens his paragraph."""
        found = self.heard(arguments, i)
        if found.voice is Voice.COMMENTARY and found.rule in (_OPINED, _JUDGED):
            self._commentary = (found.speaker,)
        return found

    def heard(self, arguments: Arguments, i: int) -> Assertion:
        """Who asserts the clause of token `i`, without remembering it."""
        tree = arguments.tree
        quote = self.quote_at(tree.starts[i])
        if quote is not None and quote.kind == "direct":
            mention = self.voice_at(tree.starts[i])
            if mention is not None:
                return Assertion(Voice.SPEAKER, mention.name or mention.text, mention, True, rule=_QUOTED)
            return self._unknown(quote.speaker)
        frame = self._frame(arguments, i)
        if frame is not None:
            return frame
        if self._commentary is not None and not in_the_past(tree, i):
            return Assertion(Voice.COMMENTARY, self._commentary[0], rule=_STILL)
        told = self._told.at(tree.starts[i])
        if told is not None:
            return Assertion(Voice.SPEAKER, told.name, told.mention, rule=_TURN)
        return _WRITER

    def frames(self, arguments: Arguments) -> None:
        """Notice a commentator's frame even where the sentence holds no act."""
        tree = arguments.tree
        for i in range(len(tree)):
            if (
                tree.lemmas[i] in _OPINION
                and tree.pos(i) == "verb"
                and (tree.with_dep(i, "ccomp") or tree.heads[i] == i)
            ):
                found = self._speaker(arguments, i, arguments.subjects(i))
                if found is not None and found.voice is Voice.COMMENTARY:
                    self._commentary = (found.speaker,)

    def _unknown(self, speaker: str | None) -> Assertion:
        if speaker is None:
            return Assertion(Voice.SPEAKER, None, None, True, rule=_QUOTED)
        words = {w.lower() for w in re.findall(r"\w+", speaker)}
        if words & _COMMENTATORS:
            return Assertion(Voice.COMMENTARY, speaker, None, True, rule=_QUOTED)
        return Assertion(Voice.SPEAKER, speaker, None, True, rule=_QUOTED)

    def _frame(self, arguments: Arguments, i: int) -> Assertion | None:
        """The nearest reporting clause above token `i`."""
        tree = arguments.tree
        below = i
        for k in (*tree.ancestors(i),):
            if (
                tree.lemmas[k] in SAYING
                and tree.pos(k) == "verb"
                and tree.deps[below] in ("ccomp", "parataxis", "pcomp", "advcl", "dep", "relcl", "acl")
                and tree.deps[below] != "acl"
            ):
                if tree.deps[below] in ("relcl", "advcl") and not tree.with_dep(k, "ccomp"):
                    below = k
                    continue
                if tree.deps[below] == "advcl" and tree.with_dep(below, "mark"):
                    below = k
                    continue
                if tree.parted(below, k) or tree.with_dep(k, "neg"):
                    below = k
                    continue
                found = self._speaker(arguments, k, arguments.subjects(k))
                if found is not None:
                    return found
            if (
                tree.lemmas[k] in _JUDGEMENT
                and tree.pos(k) == "verb"
                and tree.deps[below] in ("ccomp", "xcomp")
            ) and not arguments.named(arguments.subjects(k)):
                return Assertion(Voice.COMMENTARY, rule=_JUDGED, at=k)
            if tree.lemmas[k] in _NOUNS and tree.deps[below] == "acl" and tree.tags[below] != "VBN":
                holders = arguments.named(arguments.holders(k))
                if holders:
                    name = holders[0].name or holders[0].text
                    return Assertion(Voice.SPEAKER, name, None, True, rule=_FRAME, at=k)
            below = k
        for k in range(len(tree)):
            if tree.lemmas[k] == "according" and k + 1 < len(tree):
                for t in tree.with_dep(k, "prep"):
                    found = self._speaker(arguments, k, tree.with_dep(t, "pobj"))
                    if found is not None:
                        return found
        # "He is right, the minister said": the frame hangs beside the clause
        for k in tree.with_dep(below, "parataxis", "ccomp"):
            if tree.lemmas[k] in SAYING and tree.deps[k] == "parataxis" and not tree.parted(k, below):
                found = self._speaker(arguments, k, arguments.subjects(k))
                if found is not None:
                    return found
        return None

    def _speaker(self, arguments: Arguments, verb: int, tokens: Sequence[int]) -> Assertion | None:
        tree = arguments.tree
        if not tokens:
            return None
        parties = arguments.named(tokens)
        i = tokens[0]
        lemmas = (
            {tree.lemmas[k] for k in tree.subtree(i) if tree.deps[k] not in ("relcl",)}
            if len(tree.subtree(i)) < 12
            else {tree.lemmas[i]}
        )
        own = any(tree.mentions[k] for k in tree.subtree(i)) and not tree.tags[i].startswith("NNP")
        lemmas = {w for w in lemmas if w not in _QUANTITIES or w == tree.lemmas[i]}
        if lemmas & _COMMENTATORS and not tree.mentions[i] and not (own and parties):
            return Assertion(Voice.COMMENTARY, _words(tree, i), None, True, rule=_OPINED, at=verb)
        rule = _ACCORDING if tree.lemmas[verb] == "according" else _FRAME
        if parties:
            name = parties[0].name or parties[0].text
            if parties[0].how == "pronoun" or parties[0].name is None:
                name = parties[0].name or _words(tree, i)
            return Assertion(Voice.SPEAKER, name, None, True, parties[0].code, rule, verb)
        if lemmas & _MEDIA:
            return None
        if tree.pos(i) == "pron":
            return None
        if tree.lemmas[verb] in _OPINION and tree.tags[i].startswith("NNP") and not lemmas & _OFFICES:
            return Assertion(Voice.COMMENTARY, _words(tree, i), None, True, rule=_OPINED, at=verb)
        if tree.tags[i].startswith("NNP"):
            return Assertion(Voice.SPEAKER, _words(tree, i), None, True, rule=rule, at=verb)
        if tree.tags[i] in ("NN", "NNS") and not lemmas & _PAPERS:
            return Assertion(Voice.SPEAKER, _words(tree, i), None, True, rule=rule, at=verb)
        return None


def _words(tree: Tree, i: int) -> str:
    """The noun phrase of a token as it stands in the text."""
    keep = [k for k in tree.subtree(i) if tree.deps[k] not in ("relcl", "punct", "acl", "appos") and k <= i]
    words = []
    last = None
    for k in keep or [i]:
        mention = tree.mentions[k]
        if mention is not None:
            if mention is not last:
                words.append(mention.text)
            last = mention
        else:
            words.append(tree.words[k])
    return " ".join(words).replace(" 's", "'s").replace(" ’s", "’s")
