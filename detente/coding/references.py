"""Pronouns, titles and groups: what "he", "the Colombian leader" and "both countries" stand for.

`References` walks through a document sentence by sentence and remembers who was spoken of. Every
resolution says how it was made in `Party.how`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from detente.coding.mentions import Mention
from detente.coding.trees import Tree
from detente.records import Party

__all__ = ["References", "party"]

_HE = frozenset({"he", "him", "his", "himself", "she", "her", "hers", "herself"})
_WE = frozenset({"we", "us", "our", "ours", "i", "me", "my", "mine", "myself", "ourselves"})
_THEY = frozenset({"they", "them", "their", "theirs", "themselves"})
_IT = frozenset({"it", "its", "itself"})

_PERSONS = frozenset(
    "president minister premier chancellor king queen prince leader ruler secretary ambassador envoy "
    "spokesman spokeswoman spokesperson general commander chief diplomat official adviser advisor "
    "senator politician governor statesman dictator monarch emir sultan counterpart".split()
)
_STATES = frozenset(
    "country nation government state administration regime kingdom republic ministry army military "
    "parliament force troop authority cabinet embassy presidency".split()
)
_COLLECTIVE = frozenset({"group", "organisation", "seat", "demonym_plural"})
_PAIRED = frozenset(
    "leader country nation side party government president minister state power capital neighbour "
    "neighbor rival ally foe counterpart official diplomat delegation".split()
)


def party(mention: Mention, how: str | None = None) -> Party:
    """The party that a mention stands for."""
    return Party(
        code=mention.code,
        text=mention.text,
        # A speaker whom the text does not name (the author of a post) stands nowhere in it.
        start=mention.start if mention.start >= 0 else None,
        end=mention.end if mention.start >= 0 else None,
        sector=mention.sector,
        name=mention.name or (mention.text if mention.kind == "person" else None),
        how=how or mention.how,
    )


class References:
    """Who was spoken of so far, and what words without a name stand for.

    Args:
        mentions: all actor mentions of the document, in order.
        home: code of the government that publishes the text, None for the press.
    """

    def __init__(self, mentions: Sequence[Mention], home: str | None = None) -> None:
        self._home = home
        self._people: list[Mention] = []
        self._states: list[Mention] = []
        self._plural: list[Party] = []
        self._plural_age = 0
        self._two: list[Party] = []
        self._last_people: list[Mention] = []
        self._person_subject: Mention | None = None
        self._state_subject: Mention | None = None
        counts = Counter(m.code for m in mentions)
        self._counts = counts
        self.main = [code for code, _ in counts.most_common(2)]
        self._first: dict[str, Mention] = {}
        for mention in mentions:
            self._first.setdefault(mention.code, mention)
        self._titled = [m for m in mentions if m.kind == "person"]

    @property
    def official(self) -> bool:
        """Whether a government publishes the text."""
        return self._home is not None

    def share(self, code: str) -> float:
        """How much of all naming in the document names a code, 0 to 1."""
        return self._counts[code] / max(1, self._counts.total())

    def main_party(self, code: str) -> Party:
        """A party of the document that the sentence does not name."""
        mention = self._first[code]
        return Party(
            code=code,
            text=mention.text,
            start=mention.start,
            end=mention.end,
            sector=mention.sector,
            name=mention.name,
            how="document",
        )

    def recent(self, count: int) -> list[Mention]:
        """The actors last named before this sentence, the newest first, each code once."""
        seen: dict[str, Mention] = {}
        for mention in reversed(self._states[-24:]):
            seen.setdefault(mention.code, mention)
            if len(seen) == count:
                break
        return list(seen.values())

    def resolve(self, tree: Tree, i: int, voice: Mention | None) -> list[Party]:
        """Parties that token `i`, which names nobody, stands for; empty where it stands for none.

        `voice` is the speaker of the quotation that the token stands in.
        """
        lemma = tree.lemmas[i]
        word = tree.words[i].lower()
        if tree.pos(i) == "pron" or tree.tags[i] == "PRP$":
            return self._pronoun(tree, i, word, voice)
        if tree.pos(i) != "noun":
            return self._both(tree, i) if word in ("both", "two") else []
        determiner = {tree.words[k].lower() for k in tree.with_dep(i, "det", "predet", "nummod", "poss")}
        if lemma in _PAIRED and (
            {"both", "two"} & determiner
            or (tree.tags[i] == "NNS" and {"the", "these"} & determiner and len(self._plural) < 3)
        ):
            pair = self._pair(tree, i)
            if len(pair) == 2:
                return pair
        if not {"the", "this", "that", "these", "those"} & determiner and tree.tags[i] not in ("NNP",):
            return []
        if lemma in _PERSONS and tree.tags[i] == "NNS" and len(self._plural) > 1:
            return [
                Party(p.code, tree.words[i], tree.starts[i], tree.ends[i], p.sector, p.name, "group")
                for p in self._plural
            ]
        if lemma in _PERSONS and tree.tags[i] != "NNS":
            return self._title(tree, i, lemma)
        if lemma in _STATES:
            focus = self._state_subject or (self._states[-1] if self._states else None)
            if focus is not None:
                return [self._as(tree, i, focus, "title")]
            if self._home:
                return [Party(self._home, tree.words[i], tree.starts[i], tree.ends[i], "GOV", None, "title")]
        return []

    def _as(self, tree: Tree, i: int, mention: Mention, how: str) -> Party:
        return Party(
            mention.code,
            tree.words[i],
            tree.starts[i],
            tree.ends[i],
            mention.sector,
            mention.name or (mention.text if mention.kind == "person" else None),
            how,
        )

    def _pronoun(self, tree: Tree, i: int, word: str, voice: Mention | None) -> list[Party]:
        if word in _HE:
            before = [m for m in self._inside(tree, i) if m.kind == "person"]
            who = before[0] if before else self._recent_person()
            return [self._as(tree, i, who, "pronoun")] if who else []
        if word in _WE:
            if voice is not None:
                return [self._as(tree, i, voice, "pronoun")]
            if self._home:
                return [
                    Party(self._home, tree.words[i], tree.starts[i], tree.ends[i], "GOV", None, "pronoun")
                ]
            return []
        if word in _THEY:
            return [
                Party(p.code, tree.words[i], tree.starts[i], tree.ends[i], p.sector, p.name, "pronoun")
                for p in (self._plural if self._plural and self._plural_age < 4 else self._two)
            ]
        if word in _IT:
            before = [m for m in self._inside(tree, i) if m.kind != "person"]
            who = before[0] if before else self._state_subject
            return [self._as(tree, i, who, "pronoun")] if who else []
        return []

    def _recent_person(self) -> Mention | None:
        """The person last spoken of: of the last sentence that names one, its subject first."""
        return self._last_people[0] if self._last_people else self._person_subject

    def _inside(self, tree: Tree, i: int) -> list[Mention]:
        """Mentions of this sentence before token `i`: grammatical subjects first, then nearest first."""
        seen: dict[Mention, int] = {}
        for k in range(i):
            mention = tree.mentions[k]
            if mention is not None:
                rank = 0 if tree.deps[k] in ("nsubj", "nsubjpass") else 1
                seen[mention] = min(rank, seen.get(mention, 1))
        return sorted(seen, key=lambda m: (seen[m], -m.start))

    def _both(self, tree: Tree, i: int) -> list[Party]:
        if tree.deps[i] in ("nsubj", "nsubjpass", "pobj", "dobj"):
            return self._pair(tree, i)
        return []

    def _pair(self, tree: Tree, i: int) -> list[Party]:
        """The last two different actors, this sentence's own first."""
        codes: dict[str, Mention] = {}
        inside = [tree.mentions[k] for k in range(i)]
        for mention in (*reversed([m for m in inside if m]), *reversed(self._states)):
            if mention.code in ("UNO", "IGO", "NGO", "EUR") and len(self._first) > 2:
                continue
            codes.setdefault(mention.code, mention)
        wanted = [c for c in codes if c in self.main]
        if len(wanted) < 2:
            wanted = list(codes)[:2]
        return [self._as(tree, i, codes[c], "group") for c in wanted[:2]] if len(wanted) == 2 else []

    def _title(self, tree: Tree, i: int, lemma: str) -> list[Party]:
        inside = [m for m in self._inside(tree, i) if m.kind == "person"]
        for mention in (*inside, *reversed(self._people), *self._titled):
            if mention.title and lemma in mention.title.split():
                return [self._as(tree, i, mention, "title")]
        if lemma in ("leader", "president", "premier", "minister", "chancellor", "secretary"):
            who = self._person_subject or (self._people[-1] if self._people else None)
            if who is not None and (lemma == "leader" or who.title is None):
                return [self._as(tree, i, who, "title")]
        return []

    def advance(self, tree: Tree, subjects: Sequence[Party]) -> None:
        """Take note of a sentence that was read; `subjects` are the parties of its main subject."""
        for k, mention in enumerate(tree.mentions):
            if mention is None or (k and tree.mentions[k - 1] is mention):
                continue
            self._states.append(mention)
            if mention.kind == "person":
                self._people.append(mention)
        by_name = {m.name or m.text: m for m in self._titled}
        subjects_named = [
            m for p in subjects if (m := by_name.get(p.name or "") or self._at(tree, p)) is not None
        ]
        people = [m for m in subjects_named if m.kind == "person"]
        if people:
            self._person_subject = people[0]
        inside = [
            m
            for k, m in enumerate(tree.mentions)
            if m is not None and m.kind == "person" and tree.deps[k] != "compound"
        ]
        if people or inside:
            self._last_people = list(dict.fromkeys([*people, *inside]))
        others = [m for m in subjects_named if m.kind != "person"]
        if others:
            self._state_subject = others[0]
        elif people:
            self._state_subject = people[0]
        distinct = {p.code: p for p in subjects}
        self._plural_age += 1
        if len(distinct) > 1 or (others and others[0].kind in _COLLECTIVE):
            self._plural, self._plural_age = list(distinct.values()), 0
        # "X met Y. They agreed": the two people of a sentence are a group of their own
        met = {m.code: party(m) for m in inside}
        self._two = list(met.values()) if len(met) == 2 else []

    @staticmethod
    def _at(tree: Tree, one: Party) -> Mention | None:
        return next((m for m in tree.mentions if m is not None and m.start == one.start), None)

    def skip(self, mentions: Sequence[Mention]) -> None:
        """Take note of a sentence that was not parsed."""
        for mention in mentions:
            self._states.append(mention)
            if mention.kind == "person":
                self._people.append(mention)
