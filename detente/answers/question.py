"""A question in English becomes a query: its word of asking, its act, its parties, its days.

The grammar is that of English questions over the parse: who stands before the verb acts, who stands
after it is acted on, unless a passive or a preposition says otherwise. The verb or the noun of the act
is looked up in the trigger tables of the coder, so a question and a text mean the same by a word.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from detente.answers.acts import Act, Predicate
from detente.answers.query import Asked, Query
from detente.answers.spans import Days, days_of
from detente.answers.words import (
    ALIKE,
    AUXILIARY,
    HELD,
    HOLDING,
    LIGHT,
    MODALS,
    NO_ADJECTIVES,
    OFFERS,
    ORDINALS,
    PLAIN,
    PRONOUNS,
    SAYING,
    TOGETHER,
    TOLD_MODES,
    TURNED,
    TURNING,
    VERBAL,
    VIEWS,
    WH,
)
from detente.coding.lexicon import Lexicon
from detente.coding.mentions import Mention
from detente.coding.trees import Parser, Tree
from detente.errors import InputError
from detente.relations.stances import content_words

__all__ = ["Reader", "Unclear"]


class Unclear(InputError):
    """A question that cannot be looked up: `missing` says what it lacks, `offers` what can be asked."""

    def __init__(self, missing: str, offers: tuple[str, ...]) -> None:
        self.missing = missing
        self.offers = offers
        super().__init__(missing, where="the question", todo=f"ask for example: {offers[0]}")


class Reader:
    """Reads questions; holds the parser so that it is loaded once."""

    def __init__(self, parser: Parser | None = None) -> None:
        from detente.coding.lexicon import lexicon

        self._parser = parser or Parser()
        self._lexicon: Lexicon = lexicon()

    def read(self, text: str, today: date, previous: Query | None = None) -> Query:
        """The query of a question asked on a day; what a follow-up leaves out comes from `previous`.

        Raises Unclear (an InputError) where the question cannot be looked up.

        >>> asked = Reader().read("Has Colombia recalled its ambassador since January?", date(2026, 1, 8))
        >>> asked.types, asked.actor, asked.words, str(asked.since)
        (('SANCTION',), ('COL',), ('ambassador',), '2026-01-01')
        """
        from detente.coding.actors import find_actors, titles
        from detente.coding.mentions import gazetteer

        plain = " ".join(text.split())
        if not any(c.isalpha() for c in plain):
            raise Unclear("there are no words in it", OFFERS)
        if len(plain) > 500:
            raise Unclear("it is too long for a question", OFFERS)
        # "Did Trump …": after a capital a surname could be the second half of a name.
        plain = plain[0].lower() + plain[1:] if _asks_first(plain) else plain
        days = days_of(plain, today)
        mentions = [
            m
            for m in find_actors(plain, gazetteer(), titles(), today, None)
            if not any(a <= m.start < b for a, b in days.spans)
        ]
        [tree] = self._parser.parse(plain, [(0, 0, len(plain))], mentions)
        return _Question(plain, text, today, tree, mentions, days, self._lexicon, previous).query()


def _asks_first(text: str) -> bool:
    head = text.split(" ", 1)[0].lower().strip(",")
    return head in (
        "did do does has have had was were is are will would should could can may might must shall who whom"
        " whose which what when where why how and but since for on in at from".split()
    )


class _Question:
    """One question while it is read."""

    def __init__(
        self,
        text: str,
        original: str,
        today: date,
        tree: Tree,
        mentions: list[Mention],
        days: Days,
        lexicon: Lexicon,
        previous: Query | None,
    ) -> None:
        self.text = text
        self.original = original
        self.today = today
        self.tree = tree
        self.days = days
        self.predicate = Predicate(tree, lexicon, self._named)
        self.previous = previous
        self.lower = text.lower()
        self.places = [m for m in mentions if self._is_place(m)]
        self.mentions = [m for m in mentions if m not in self.places]
        if not self.mentions and self.places and not self._follows():
            self.mentions, self.places = self.places, []
        # a house of one of the parties is where they meet: it says no more than who
        own = {m.code for m in self.mentions}
        self.places = [m for m in self.places if m.code not in own]
        self.terms: list[str] = []
        self.pronoun = any(
            w.lower() in PRONOUNS and tree.tags[i].startswith(("PRP", "DT", "WDT"))
            for i, w in enumerate(tree.words)
        )

    # --- the parts -------------------------------------------------------------------------------

    def query(self) -> Query:
        asked = self._asked()
        act = self.predicate.find()
        self._refuse(asked, act)
        if asked is Asked.TURN or asked is Asked.HOLD:
            made = self._relation(asked)
        elif asked is Asked.SAYS:
            made = self._says()
        else:
            made = self._acts(asked or Asked.WHAT, act)
        if self._elliptical(asked, act) and self.previous is not None:
            made = self._continued(made, asked)
        elif self.previous is not None and len(made.parties) < 2:
            made = self._same_parties(made)
        return self._complete(made, asked, act)

    def _asked(self) -> Asked | None:
        """The word of asking; None where a follow-up has none."""
        tree, lower = self.tree, self.lower
        words = [w.lower() for w in tree.words]
        lemmas = set(tree.lemmas)
        wh = WH.search(lower)
        first = next((w for w in words if w not in ("and", "but", ",", "so")), "")
        if self._of_holding(words, lemmas):
            return Asked.HOLD
        if wh and wh[1] in ("when", "what", "how") and self._of_turning(lemmas):
            return Asked.TURN
        if re.search(r"\bhow (many|often|frequently)\b|\bhow much more\b", lower):
            return Asked.COUNT
        if re.search(r"\bsince when\b|\bhow long\b", lower):
            return Asked.SINCE
        if re.search(r"\b(on|at|in) (what|which) (day|date|month|year)\b", lower) or (wh and wh[1] == "when"):
            return self._when()
        if wh and wh[1] in ("who", "whom", "whose"):
            return Asked.WHO
        if wh and wh[1] == "which" and re.search(r"\bwhich (countr|state|leader|side|part|govern)", lower):
            return Asked.WHO
        if wh and wh[1] in ("what", "which", "how", "where") and (self._saying() is not None):
            return Asked.SAYS
        if wh and wh[1] in ("what", "which"):
            return Asked.WHAT
        if first == "will" or re.search(
            r"\b(going|plan(s|ning|ned)?|intend(s|ing)?|due|scheduled|set|expect(ed|s)?) to\b", lower
        ):
            return Asked.PLANNED
        if first in ("did", "do", "does", "has", "have", "had", "was", "were", "is", "are"):
            return Asked.EVER
        return None

    def _when(self) -> Asked:
        """First, last or any: an adverb before the verb, or "the last time"."""
        if re.search(r"\b(last|latest|most recent(ly)?) time\b", self.lower):
            return Asked.LAST
        if re.search(r"\bfirst time\b", self.lower):
            return Asked.FIRST
        if re.search(r"\bmost recently\b", self.lower):
            return Asked.LAST
        act = self.predicate.find()
        verb = act.token if act is not None else len(self.tree)
        for i in range(min(verb, len(self.tree))):
            word = self.tree.words[i].lower()
            if word in ("last", "first") and self._day_word(i) is False:
                # "their first talks" is a kind of talks; "first speak" is a time
                following = self.tree.words[i + 1].lower() if i + 1 < len(self.tree) else ""
                if i + 1 == verb or following in ("hold", "impose", "put", "make", "have", "be"):
                    return Asked.LAST if word == "last" else Asked.FIRST
        return Asked.WHEN

    def _day_word(self, i: int) -> bool:
        return any(a <= self.tree.starts[i] < b for a, b in self.days.spans)

    def _of_holding(self, words: list[str], lemmas: set[str]) -> bool:
        if not lemmas & HOLDING or not lemmas & HELD:
            return False
        return "will" in words or "likely" in words or "can" in words or "does" in words

    def _of_turning(self, lemmas: set[str]) -> bool:
        if lemmas & TURNING and lemmas & TURNED:
            return True
        return bool(re.search(r"\b(the|a) (thaw|escalation|turn)\b", self.lower)) and bool(
            lemmas & {"begin", "start", "turn", "come", "be"}
        )

    def _saying(self) -> int | None:
        for i, lemma in enumerate(self.tree.lemmas):
            if lemma in SAYING and self.tree.pos(i) == "verb" and not self._named(i):
                return i
            if lemma in VIEWS and self.tree.pos(i) == "noun" and not self._named(i):
                return i
        return None

    def _named(self, i: int) -> bool:
        return self.tree.mentions[i] is not None or self._day_word(i)

    def _is_place(self, mention: Mention) -> bool:
        """A town behind "in" or "at" is where, and not who: "met in Stockholm"."""
        if mention.kind not in ("capital", "place", "seat"):
            return False
        return re.search(r"\b(in|at|near)\s+(the\s+)?$", self.text[: mention.start]) is not None

    def _follows(self) -> bool:
        return self.previous is not None

    # --- refusals --------------------------------------------------------------------------------

    def _refuse(self, asked: Asked | None, act: Act | None) -> None:
        lower = self.lower
        head = next((w.lower() for w in self.tree.words), "")
        if re.search(r"\bwhy\b|\bfor what reason\b|\bhow come\b", lower):
            raise Unclear(
                "it asks for reasons, and the record holds acts and words",
                ("What did Russia say about Ukraine?", *OFFERS),
            )
        if head in MODALS and asked is not Asked.HOLD:
            raise Unclear(
                "it asks for what should or could be, and the record holds what was done, said or planned",
                OFFERS,
            )
        if re.search(r"\bhow\b", lower) and asked not in (
            Asked.COUNT,
            Asked.SINCE,
            Asked.HOLD,
            Asked.TURN,
            Asked.SAYS,
        ):
            raise Unclear("it asks how; the record tells who did what to whom, when, and who says so", OFFERS)
        if asked is None and self.previous is None and act is None:
            raise Unclear("it has no word of asking, such as who, what, when, has or did", OFFERS)

    def _complete(self, made: Query, asked: Asked | None, act: Act | None) -> Query:
        if not made.parties and not made.names:
            raise Unclear("it names no country, organisation or leader that is known here", OFFERS)
        if made.asked is Asked.HOLD or made.asked is Asked.TURN:
            if made.pair is None:
                raise Unclear("it needs the two whose relation is meant", OFFERS[-1:])
            return made
        if not made.parties:
            raise Unclear(f"it does not tell for whom {made.names[0]} stands; name the country", OFFERS)
        broad = re.search(r"\b(happen\w*|did|do|done|doing)\b", self.lower) is not None
        if (
            not made.types
            and not made.verb
            and made.asked is not Asked.SAYS
            and not (broad and made.asked is Asked.WHAT)
        ):
            if made.words and made.asked is Asked.WHAT and "will" not in self.lower.split():
                return replace(made, asked=Asked.TEXT, terms=tuple(dict.fromkeys(self.terms)))
            raise Unclear("it names no act that is known here, such as met, sanctioned or accused", OFFERS)
        return made

    # --- what is asked for -----------------------------------------------------------------------

    def _relation(self, asked: Asked) -> Query:
        codes = tuple(dict.fromkeys(m.code for m in self.mentions))
        return Query(
            self.original,
            asked,
            self.today,
            codes[:1],
            codes[1:],
            True,
            since=self.days.since,
            until=self.days.until,
        )

    def _says(self) -> Query:
        i = self._saying()
        at = self.tree.starts[i] if i is not None else 0
        before = [m for m in self.mentions if m.start < at]
        after = [m for m in self.mentions if m.start >= at]
        if i is not None and self.tree.pos(i) == "noun" and not before:
            # "what is the position of Iran on the talks"
            before, after = after[:1], after[1:]
        recipient = tuple(dict.fromkeys(m.code for m in after))
        actor = tuple(dict.fromkeys(m.code for m in before))
        return Query(
            self.original,
            Asked.SAYS,
            self.today,
            actor,
            tuple(c for c in recipient if c not in actor),
            types=VERBAL,
            words=self._words({i} if i is not None else set()),
            names=self._names(),
            places=self._towns(),
            since=self.days.since,
            until=self.days.until,
            status=("actual", "historical"),
            contexts=self._contexts(),
        )

    def _acts(self, asked: Asked, act: Act | None) -> Query:
        actor, recipient = self._sides(act)
        types = act.types if act is not None else ()
        together = bool(act and (act.symmetric or set(types) & TOGETHER)) and act is not None
        visit = act is not None and act.mode == "visit"
        both = len(actor) > 1 or (len(recipient) > 1 and not actor)
        between = re.search(r"\bbetween\b", self.lower) is not None and not actor
        either = (together and not visit) or (between and (act is None or self.tree.pos(act.token) != "verb"))
        if act is None:
            either = between
        if both and together and not recipient:
            actor, recipient = actor[:1], actor[1:]
        verb = None
        if act is not None:
            # the noun tells more than its verb: "offered condolences", "held talks"
            nouns = sorted(i for i in self.predicate.said(act) if i > act.token)
            verb = self.tree.lemmas[nouns[0] if nouns else act.token]
        elif self.tree.pos(self.tree.root) == "verb" and self.tree.lemmas[self.tree.root] not in LIGHT:
            # a verb that no table knows is looked for as a word: "decertify"
            verb = self.tree.lemmas[self.tree.root]
        planned = asked is Asked.PLANNED
        return Query(
            self.original,
            asked,
            self.today,
            actor,
            recipient,
            either,
            types,
            tuple(dict.fromkeys(a for t in types for a in ALIKE[t] if a not in types)),
            (act.mode,) if act is not None and act.mode in TOLD_MODES else (),
            next(iter(content_words(verb)), None) if verb else None,
            self._words(self.predicate.said(act)),
            self._names(),
            self._towns(),
            self.days.since,
            self.days.until,
            ("future",) if planned else ("actual", "historical"),
            self._contexts(),
        )

    def _sides(self, act: Act | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Who acts and who is acted on."""
        tree = self.tree
        codes = [(tree_at(tree, m), m) for m in self.mentions]
        if act is None:
            split = tree.root
        else:
            split = act.token
            # the parties of a noun stand around its light verb: "impose sanctions on"
            if tree.pos(split) == "noun":
                head = next((h for h in tree.ancestors(split) if tree.pos(h) == "verb"), None)
                split = head if head is not None and tree.lemmas[head] not in AUXILIARY else split
        passive = bool(tree.with_dep(split, "auxpass", "nsubjpass")) and tree.tags[split] == "VBN"
        before = [m for i, m in codes if i < split]
        after = [m for i, m in codes if i >= split]
        if passive:
            by = [m for m in after if re.search(r"\bby\s+(the\s+)?[\w ]*$", self.text[: m.start][-30:])]
            actor, other = by, [*before, *(m for m in after if m not in by)]
        elif act is not None and tree.pos(split) != "verb" and not self.predicate.after_do(split):
            by = [m for m in after if re.search(r"\bby\s+(the\s+)?$", self.text[: m.start])]
            joint = re.search(r"\b(between|of)\s+(the\s+)?$", self.text[: after[0].start]) if after else None
            if by:
                actor, other = by, [m for m in (*before, *after) if m not in by]
            elif joint and not before:
                actor, other = after[:1], after[1:]
            else:
                actor, other = before, after
        else:
            actor, other = before, after
            if act is None and re.search(r"\bbetween\b", self.lower) and len(after) > 1 and not before:
                actor, other = after[:1], after[1:]
        left = tuple(dict.fromkeys(m.code for m in actor))
        right = tuple(dict.fromkeys(m.code for m in other))
        if left and set(left) & set(right):
            right = tuple(c for c in right if c not in left)
        return left, right

    def _contexts(self) -> tuple[str, ...]:
        from detente.coding.contexts import contexts

        return tuple(c for c in contexts().of(self.text) if c != "executive")

    def _names(self) -> tuple[str, ...]:
        """People and places named: those of the tables by surname, and capital words nobody knows."""
        found = [m.text.split()[-1] for m in self.mentions if m.kind == "person"]
        tree, run = self.tree, []
        for i in range(len(tree)):
            word = tree.words[i]
            if (
                word[:1].isupper()
                and not self._named(i)
                and i > 0
                and word.lower() not in PLAIN
                and word.isalpha()
            ):
                run.append(word)
            elif word == "-" and run:
                continue
            else:
                found += run
                run = []
        found += run
        towns = " ".join(self._towns()).split()
        return tuple(dict.fromkeys(w for w in found if len(w) > 1 and w not in towns))

    def _towns(self) -> tuple[str, ...]:
        """Where, as "in Stockholm" tells it, and capital words nobody knows behind "in"."""
        found = [m.text for m in self.places]
        for match in re.finditer(r"\b(?:in|at|near) ((?:[A-Z][\w'’-]+ ?)+)", self.text):
            taken = [(m.start, m.end) for m in (*self.mentions, *self.places)] + list(self.days.spans)
            if not any(a < match.end(1) and match.start(1) < b for a, b in taken):
                found.append(match[1].strip())
        return tuple(dict.fromkeys(found))

    def _words(self, without: set[int]) -> tuple[str, ...]:
        """Stems that an act's sentence must hold: nouns and second verbs that say something."""
        tree = self.tree
        skipped = {*self._names(), *" ".join(self._towns()).split()}
        found: list[str] = []
        self.terms = []
        for i in range(len(tree)):
            lemma = tree.lemmas[i]
            if i in without or self._named(i) or tree.words[i] in skipped:
                continue
            if lemma in LIGHT or lemma in PLAIN or lemma in AUXILIARY or lemma in PRONOUNS:
                continue
            if lemma in SAYING or lemma in VIEWS or tree.tags[i].startswith("W"):
                continue
            ordinal = tree.deps[i] == "amod" and i < tree.heads[i] and lemma in ORDINALS
            if (
                not ordinal
                and tree.pos(i) not in ("noun", "verb")
                and tree.tags[i] not in ("FW", "UH", "XX")
                and not (tree.pos(i) == "adj" and lemma not in NO_ADJECTIVES)
            ):
                continue
            if any(m.start <= tree.starts[i] < m.end for m in self.places):
                continue
            if ordinal:
                found.append(f"{lemma} {tree.words[tree.heads[i]].lower()}")
                continue
            found += sorted(content_words(tree.words[i]))
            self.terms.append(tree.words[i])
        return tuple(dict.fromkeys(found))

    # --- follow-ups ------------------------------------------------------------------------------

    def _elliptical(self, asked: Asked | None, act: Act | None) -> bool:
        """A question that names no act of its own: "and Panama?", "when was that?"."""
        if act is not None or asked in (Asked.SAYS, Asked.HOLD, Asked.TURN):
            return False
        return re.search(r"\bhappen", self.lower) is None

    def _continued(self, made: Query, asked: Asked | None) -> Query:
        """The question before, with what this one names in its place."""
        before = self.previous
        assert before is not None
        actor, recipient = before.actor, before.recipient
        new = tuple(dict.fromkeys(m.code for m in (*self.mentions, *self.places)))
        if len(new) >= 2:
            actor, recipient = new[:1], new[1:]
        elif new:
            # "and Panama?": the new one stands where the old one was acted on
            actor, recipient = (actor, new) if recipient or not actor else (new, recipient)
        dated = self.days.since is not None or self.days.until is not None
        return replace(
            before,
            text=self.original,
            asked=asked if asked not in (None, Asked.WHAT) else before.asked,
            today=self.today,
            actor=actor,
            recipient=recipient,
            since=self.days.since if dated else before.since,
            until=self.days.until if dated else before.until,
        )

    def _same_parties(self, made: Query) -> Query:
        """A new act between the parties of the question before."""
        before = self.previous
        assert before is not None
        if not made.parties:
            actor, recipient = before.actor, before.recipient
        elif self.pronoun:
            others = tuple(c for c in before.parties if c not in made.parties)
            actor = made.actor or others
            recipient = made.recipient or (others if made.actor else ())
        else:
            return made
        dated = made.since is not None or made.until is not None
        return replace(
            made,
            actor=actor,
            recipient=recipient,
            since=made.since if dated else before.since,
            until=made.until if dated else before.until,
        )


def tree_at(tree: Tree, mention: Mention) -> int:
    """The first token of a mention."""
    return next((i for i in range(len(tree)) if tree.starts[i] >= mention.start), len(tree) - 1)
