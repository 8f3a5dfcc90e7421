"""The act a question asks for: a verb or a noun of the trigger tables, as it stands in the parse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from detente.answers.words import AUXILIARY, CALLING, LIGHT, PLAIN
from detente.coding.lexicon import Lexicon, Trigger
from detente.coding.trees import Tree

__all__ = ["Act", "Predicate"]


@dataclass(frozen=True, slots=True)
class Act:
    """The word that tells the act, and what the tables say of it."""

    token: int
    types: tuple[str, ...]
    mode: str | None
    symmetric: bool
    noun: int | None = None  # the word beside a light verb that says what was done


class Predicate:
    """Finds the act in the parse of a question; `named` tells the tokens of names and days."""

    def __init__(self, tree: Tree, lexicon: Lexicon, named: Callable[[int], bool]) -> None:
        self.tree = tree
        self.lexicon = lexicon
        self.named = named

    def find(self) -> Act | None:
        """The act asked for: the trigger nearest to the root of the parse, verbs before nouns."""
        tree = self.tree
        found: list[tuple[tuple[int, int, int], Act]] = []
        for i in range(len(tree)):
            if self.named(i) or tree.pos(i) not in ("verb", "noun", "adj"):
                continue
            lemma = tree.lemmas[i]
            trigger = self.lexicon.match(tree, i)
            depth = len(list(tree.ancestors(i)))
            light = lemma in LIGHT
            # a verb taken for a noun or an adjective: "did Washington sanction Cuba"
            as_verb = self.after_do(i)
            act: Act | None
            if lemma in CALLING and (tree.pos(i) == "verb" or as_verb) and self._calls(i):
                act = Act(i, ("CONSULT",), "phone", True)
            elif trigger is None and as_verb:
                act = self._loose(i, "verb")
            elif trigger is not None:
                act = Act(i, (trigger.event,), trigger.mode, trigger.symmetric)
            elif not light and lemma not in PLAIN:
                act = self._loose(i, tree.pos(i))
            else:
                act = None
            if act is None:
                continue
            kind = 0 if tree.pos(i) == "verb" or as_verb else 1
            if light and kind == 0 and trigger is None:
                continue
            found.append(((depth if kind == 0 else depth + 1, kind, i), act))
        if not found:
            return None
        best = min(found, key=lambda f: f[0])[1]
        return self._object(best)

    def _calls(self, i: int) -> bool:
        """Whether a call is one by telephone: somebody stands right behind the verb."""
        behind = self.tree.words[i + 1 : i + 2]
        return any(w.lower() in ("the", "his", "her") for w in behind) or any(
            self.tree.mentions[k] is not None for k in range(i + 1, min(i + 2, len(self.tree)))
        )

    def _object(self, act: Act) -> Act:
        """With a light verb the noun says what was done: "announce sanctions", "hold talks"."""
        tree = self.tree
        if tree.lemmas[act.token] not in LIGHT:
            return act
        for k in tree.with_dep(act.token, "xcomp", "advcl"):
            # "what measures were announced to support them": the purpose is the act
            trigger = None if self.named(k) else self.lexicon.match(tree, k)
            if trigger is not None:
                return Act(act.token, (trigger.event,), trigger.mode, trigger.symmetric, k)
        for k in tree.with_dep(act.token, "dobj", "obj"):
            for n in (k, *(p for q in tree.with_dep(k, "prep") for p in tree.with_dep(q, "pobj"))):
                trigger = None if self.named(n) else self.lexicon.match(tree, n)
                if trigger is not None:
                    return Act(act.token, (trigger.event,), trigger.mode or act.mode, trigger.symmetric, n)
        return act

    def said(self, act: Act | None) -> set[int]:
        """Tokens whose meaning the type holds already."""
        if act is None:
            return set()
        told = {act.token} if act.noun is None else {act.token, act.noun}
        # "held talks", "reached an agreement": such a noun names the type and nothing more
        objects = {n for k in told for n in self.tree.with_dep(k, "dobj", "obj")}
        objects |= {
            n
            for k in (*told, *objects)
            for p in self.tree.with_dep(k, "prep")
            for n in self.tree.with_dep(p, "pobj")
            if self.tree.lemmas[p] == "of"
        }
        rows = {n: self.lexicon.match(self.tree, n) for n in objects}
        plain = {
            n for n, row in rows.items() if row is not None and row.event in act.types and row.strength > 1
        }
        return told | plain

    def after_do(self, i: int) -> bool:
        """Whether the last token before the mark of a clause opened by "did" stands here as its verb."""
        tree = self.tree
        if tree.pos(i) == "verb" or tree.words[i].lower() != tree.lemmas[i]:
            return False
        opened = any(w.lower() in ("did", "does", "do", "will") for w in tree.words[:i])
        verbs = [k for k in range(i) if tree.pos(k) == "verb" and tree.lemmas[k] not in AUXILIARY]
        behind = any(tree.mentions[k] is not None or tree.tags[k] == "NNP" for k in range(i))
        return opened and behind and not verbs and bool(self.lexicon.rows(tree.lemmas[i], "verb"))

    def _loose(self, i: int, pos: str) -> Act | None:
        """What a word can mean where no row of the tables fits its use here."""
        rows = [r for r in self.lexicon.rows(self.tree.lemmas[i], pos) if r.event != "NONE"]
        if not rows:
            return None
        words = {self.tree.lemmas[k] for k in range(len(self.tree)) if k != i}
        fitting = [r for r in rows if any(n.words & words for n in r.needs if not n.negative)]
        general = [r for r in rows if not any(not n.negative for n in r.needs)]
        chosen: list[Trigger] = fitting or general or rows
        types = tuple(dict.fromkeys(r.event for r in chosen))
        return Act(i, types[:4], None, chosen[0].symmetric)
