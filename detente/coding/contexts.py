"""PLOVER contexts of a clause, by the words that show them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from detente.tables import read_table

__all__ = ["Contexts", "contexts"]

_WORD = re.compile(r"[a-z][a-z'-]*")
_ENOUGH = 2  # a single weak word shows nothing


class Contexts:
    """A table of words and the contexts they show, with weights 1 to 3."""

    def __init__(self, rows: Iterable[tuple[str, str, int]]) -> None:
        self._table: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for word, context, weight in rows:
            self._table[word].append((context, weight))

    def of(self, text: str, limit: int = 3) -> tuple[str, ...]:
        """Contexts of a text, the strongest first, at most `limit`.

        >>> contexts().of("a dispute over cocaine trafficking and the drug trade")[0]
        'illegal_drugs'
        """
        words = _WORD.findall(text.lower().replace("’", "'"))
        scores: dict[str, int] = defaultdict(int)
        seen: set[str] = set()
        for n in (3, 2, 1):
            for k in range(len(words) - n + 1):
                phrase = " ".join(words[k : k + n])
                for form in (phrase, phrase.removesuffix("s"), phrase.removesuffix("es")):
                    if form in self._table and form not in seen:
                        seen.add(form)
                        for context, weight in self._table[form]:
                            scores[context] += weight
                        break
        ranked = sorted((c for c in scores if scores[c] >= _ENOUGH), key=lambda c: (-scores[c], c))
        return tuple(ranked[:limit])


@cache
def contexts() -> Contexts:
    """The table that ships with the package, read on first use."""
    return Contexts((r["word"], r["context"], int(r["weight"])) for r in read_table("contexts.csv"))
