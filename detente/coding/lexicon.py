"""The trigger lexicon: which word, used how, reports which type of act, and where its parties stand.

The table's columns are described in `docs/reference/triggers.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from detente.codebook import codebook
from detente.coding.trees import Tree
from detente.errors import DataError
from detente.tables import read_table

__all__ = ["ACTOR_ROLES", "RECIPIENT_ROLES", "Lexicon", "Requirement", "Trigger", "lexicon"]

ACTOR_ROLES = {"verb": ("subj",), "noun": ("poss", "compound", "by", "of"), "adj": ("subj",)}
RECIPIENT_ROLES = {
    "verb": ("obj",),
    "noun": ("on", "against", "with", "to"),
    "adj": ("of", "to", "with", "about", "toward", "towards"),
}
_CALENDAR = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july "
    "august september october november december weekend day morning evening night week".split()
)
_OBJECTS = ("dobj", "obj", "nsubjpass", "oprd")
_MODIFIERS = ("amod", "compound", "nmod", "poss")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that must (or, with `negative`, must not) stand with a trigger."""

    kind: str
    key: str
    words: frozenset[str]
    negative: bool

    def holds(self, tree: Tree, i: int) -> bool:
        """Whether it holds for token `i` of a tree."""
        return self._found(tree, i) != self.negative

    def _found(self, tree: Tree, i: int) -> bool:
        if self.kind == "obj":
            return any(
                not self.words or tree.lemmas[c] in self.words
                for k in tree.with_dep(i, *_OBJECTS)
                for c in tree.conjuncts(k)
            ) or (tree.deps[i] == "acl" and tree.lemmas[tree.heads[i]] in self.words)
        if self.kind == "subj":
            subjects = tree.with_dep(i, "nsubj", "agent")
            return any(tree.lemmas[c] in self.words for k in subjects for c in tree.conjuncts(k))
        if self.kind == "prep":
            for k in tree.with_dep(i, "prep", "agent", "prt", "dative", "advmod"):
                if tree.lemmas[k] != self.key:
                    continue
                if not self.words:
                    if any(tree.lemmas[p] in _CALENDAR for p in tree.with_dep(k, "pobj")):
                        continue  # "called X on Monday" is not "called on"
                    return True
                if any(tree.lemmas[c] in self.words for c in self._under(tree, k)):
                    return True
            return any(
                tree.lemmas[k] == self.key and not self.words
                for o in tree.with_dep(i, *_OBJECTS)
                for k in tree.with_dep(o, "prep")
            )
        if self.kind == "prt":
            return any(tree.lemmas[k] == self.key for k in tree.with_dep(i, "prt", "advmod", "prep"))
        if self.kind == "mod":
            # on a verb it is the object's modifier that counts: "declared martial law"
            heads = tree.with_dep(i, *_OBJECTS) if tree.pos(i) == "verb" else [i]
            return any(tree.lemmas[k] in self.words for h in heads for k in tree.with_dep(h, *_MODIFIERS))
        clauses = tree.with_dep(i, "ccomp", "xcomp", "acl", "pcomp")
        return any(not self.words or tree.lemmas[k] in self.words for k in clauses)

    @staticmethod
    def _under(tree: Tree, prep: int) -> Iterator[int]:
        """What a preposition governs: its objects with their adjectives, also of one nested in it."""
        for k in (prep, *tree.with_dep(prep, "prep")):
            for p in tree.with_dep(k, "pobj", "pcomp", "amod"):
                for c in tree.conjuncts(p):
                    yield c
                    yield from tree.with_dep(c, "amod", "compound")


@dataclass(frozen=True, slots=True)
class Trigger:
    """One row of the lexicon, ready to match."""

    lemma: str
    pos: str
    needs: tuple[Requirement, ...]
    event: str
    mode: str | None
    actor: tuple[str, ...]
    recipient: tuple[str, ...]
    symmetric: bool
    strength: int

    def matches(self, tree: Tree, i: int) -> bool:
        """Whether every requirement holds at token `i`."""
        return all(need.holds(tree, i) for need in self.needs)

    @property
    def precision(self) -> tuple[int, int, bool]:
        """How particular the row is: positive requirements, then strength; NONE wins a tie."""
        return (sum(not n.negative for n in self.needs), self.strength, self.event == "NONE")


def _requirements(text: str, where: str) -> tuple[Requirement, ...]:
    found = []
    for part in filter(None, (p.strip() for p in text.split(";"))):
        negative = part.startswith("not-")
        kind, _, rest = part.removeprefix("not-").partition(":")
        if kind not in ("obj", "subj", "prep", "prt", "mod", "comp"):
            raise DataError(
                f"unknown requirement {part!r}", where=where, todo="see docs/reference/triggers.md"
            )
        key, words = "", rest
        if kind in ("prep", "prt"):
            key, _, words = rest.partition(":")
        found.append(Requirement(kind, key, frozenset(filter(None, words.split("|"))), negative))
    return tuple(found)


def _roles(text: str, default: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(filter(None, (p.strip() for p in text.split(";")))) or default


class Lexicon:
    """All triggers, by lemma and part of speech."""

    def __init__(self, rows: Iterator[tuple[str, dict[str, str]]]) -> None:
        table: dict[tuple[str, str], list[Trigger]] = {}
        for where, row in rows:
            pos = row["pos"]
            table.setdefault((row["trigger"], pos), []).append(
                Trigger(
                    lemma=row["trigger"],
                    pos=pos,
                    needs=_requirements(row["with"], where),
                    event=row["event"],
                    mode=row["mode"] or None,
                    actor=_roles(row["actor"], ACTOR_ROLES[pos]),
                    recipient=_roles(row["recipient"], RECIPIENT_ROLES[pos]),
                    symmetric=row["symmetric"] == "yes",
                    strength=int(row["strength"]),
                )
            )
        self._table: Mapping[tuple[str, str], tuple[Trigger, ...]] = {
            key: tuple(sorted(found, key=lambda t: t.precision, reverse=True)) for key, found in table.items()
        }
        self._stems = frozenset(_stem(lemma) for lemma, _ in self._table)

    def __len__(self) -> int:
        return sum(len(found) for found in self._table.values())

    def match(self, tree: Tree, i: int) -> Trigger | None:
        """The most particular trigger at token `i`, or None (also where a NONE row wins)."""
        pos = tree.pos(i)
        for trigger in self._table.get((tree.lemmas[i], pos), ()):
            if trigger.matches(tree, i):
                return None if trigger.event == "NONE" else trigger
        return None

    def barred(self, tree: Tree, i: int) -> bool:
        """Whether the most particular row at token `i` says that it is no act."""
        for trigger in self._table.get((tree.lemmas[i], tree.pos(i)), ()):
            if trigger.matches(tree, i):
                return trigger.event == "NONE"
        return False

    def rows(self, lemma: str, pos: str) -> tuple[Trigger, ...]:
        """Rows of a word, the most particular first."""
        return self._table.get((lemma, pos), ())

    def noun(self, lemma: str) -> tuple[Trigger, ...]:
        """Rows of a noun, the most particular first."""
        return self._table.get((lemma, "noun"), ())

    def hints(self, words: Iterator[str]) -> bool:
        """Whether any of the words, in any form, may be a trigger; never misses one, may cry wolf."""
        return any(_stem(word) in self._stems for word in words)


@cache
def _stem(word: str) -> str:
    """A crude stem on which every regular form of a word agrees with its lemma."""
    word = _IRREGULAR.get(word, word)
    for tail in ("ing", "ied", "ies", "ed", "es", "s", "y", "e"):
        if word.endswith(tail) and len(word) - len(tail) >= 2:
            word = word[: -len(tail)]
            break
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return word.rstrip("eiy")


_IRREGULAR = {
    form: lemma
    for lemma, forms in {
        "meet": "met",
        "hold": "held",
        "speak": "spoke spoken",
        "break": "broke broken",
        "strike": "struck stricken",
        "shoot": "shot",
        "send": "sent",
        "give": "gave given",
        "withdraw": "withdrew withdrawn",
        "seek": "sought",
        "fight": "fought",
        "take": "took taken",
        "kill": "killed",
        "sell": "sold",
        "buy": "bought",
        "bring": "brought",
        "tell": "told",
        "lay": "laid",
        "lead": "led",
        "leave": "left",
        "lose": "lost",
        "make": "made",
        "pay": "paid",
        "say": "said",
        "see": "saw seen",
        "shut": "shut",
        "sit": "sat",
        "split": "split",
        "spend": "spent",
        "stand": "stood",
        "steal": "stole stolen",
        "swear": "swore sworn",
        "teach": "taught",
        "throw": "threw thrown",
        "win": "won",
        "write": "wrote written",
        "blow": "blew blown",
        "fly": "flew flown",
        "forbid": "forbade forbidden",
        "forgive": "forgave forgiven",
        "freeze": "froze frozen",
        "go": "went gone",
        "hide": "hid hidden",
        "drive": "drove driven",
        "draw": "drew drawn",
        "come": "came",
        "cut": "cut",
        "deal": "dealt",
        "fall": "fell fallen",
        "feed": "fed",
        "find": "found",
        "begin": "began begun",
        "build": "built",
        "catch": "caught",
        "choose": "chose chosen",
        "burn": "burnt",
        "back": "backed",
        "sink": "sank sunk",
        "slay": "slew slain",
        "overthrow": "overthrew overthrown",
        "undertake": "undertook undertaken",
        "behead": "beheaded",
        "raise": "raised",
        "rise": "rose risen",
        "lift": "lifted",
        "put": "put",
        "set": "set",
        "hit": "hit",
        "let": "let",
        "shed": "shed",
        "arise": "arose",
        "bind": "bound",
        "flee": "fled",
        "fling": "flung",
        "hang": "hung hanged",
        "keep": "kept",
        "lend": "lent",
        "rebuild": "rebuilt",
        "run": "ran",
        "shake": "shook shaken",
        "show": "shown",
        "sweep": "swept",
        "tear": "tore torn",
        "think": "thought",
        "weep": "wept",
        "crisis": "crises",
        "be": "is are was were been",
        "do": "did done does",
        "have": "had has",
        "man": "men",
        "die": "dying",
    }.items()
    for form in forms.split()
}


def _read() -> Iterator[tuple[str, dict[str, str]]]:
    for name in (*codebook().types, "NONE"):
        for number, row in enumerate(read_table(f"triggers/{name}.csv"), start=2):
            yield f"{name}.csv line {number}", row


@cache
def lexicon() -> Lexicon:
    """The lexicon that ships with the package, read on first use."""
    return Lexicon(_read())
