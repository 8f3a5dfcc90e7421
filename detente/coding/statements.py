"""What is said in quotation marks can be an act by itself: blame, praise, a demand or a threat.

A quotation that holds no trigger word is judged by its mood ("must", "if … will") and its tone, after a
small table of words in `data/tone.csv`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from detente.coding.lexicon import Trigger
from detente.coding.trees import Tree
from detente.tables import read_table

__all__ = ["Statements", "statements"]

_MUST = frozenset({"must", "should", "shall", "ought"})
_NEED = frozenset({"need", "have"})
_ASKING = frozenset({"expect", "count", "want", "trust", "await", "insist"})
_WILL = frozenset({"will", "shall", "'ll", "would"})
_SHORT = 4


def _row(event: str, mode: str | None = None) -> Trigger:
    return Trigger("say", "verb", (), event, mode, ("subj",), (), False, 2)


_BLAME = _row("ACCUSE", "disapprove")
_PRAISE = _row("SUPPORT")
_DEMAND = _row("REQUEST")
_THREAT = _row("THREATEN")


class Statements:
    """Judges quotations that hold no trigger word."""

    def __init__(self, tones: dict[str, int]) -> None:
        self._tones = tones

    def act(self, tree: Tree, tokens: list[int]) -> tuple[int, Trigger] | None:
        """The act that the quoted `tokens` of a sentence make, with its main token; None for none."""
        if len(tokens) < _SHORT:
            return None
        inside = set(tokens)
        head = next((k for k in tokens if tree.heads[k] not in inside or tree.heads[k] == k), tokens[0])
        verbs = [k for k in tokens if tree.pos(k) == "verb"] or [head]
        main = head if tree.pos(head) == "verb" else verbs[0]
        aux = {tree.lemmas[k] for k in tree.with_dep(main, "aux")}
        conditional = any(tree.lemmas[k] in ("if", "unless") for k in tokens)
        if conditional and aux & _WILL:
            return main, _THREAT
        if aux & _MUST or tree.lemmas[main] in _ASKING:
            return main, _DEMAND
        tone = self.tone(tree, tokens)
        if tone < 0:
            return main, _BLAME
        return (main, _PRAISE) if tone > 0 else None

    def tone(self, tree: Tree, tokens: Iterable[int]) -> int:
        """Words of praise less words of blame among some tokens; a negated word counts the other way."""
        tone = 0
        for k in tokens:
            value = self._tones.get(tree.lemmas[k], self._tones.get(tree.words[k].lower(), 0))
            if value and any(tree.lemmas[n] in ("not", "n't", "no") for n in tree.kids[k]):
                value = -value
            tone += value
        return tone


@cache
def statements() -> Statements:
    """The judge with the table that ships with the package."""
    return Statements({row["word"]: int(row["tone"]) for row in read_table("tone.csv")})
