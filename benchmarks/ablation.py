"""What each mechanism of the coder is worth: the scores with it and without it, in one run.

    python -m benchmarks.ablation [--json] [--only WORD]

Texts: the held-back passages of `training/` and, where it lies beside the project, `../shared/gold/dev`. Each
row leaves one thing out and trains nothing anew: what a model could make up for after training without it is
not counted, so a row tells what the shipped coder leans on.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does

import numpy as np

from detente.coding import actors, learned, model, references, trees
from detente.coding.classifier import Told
from detente.coding.coder import RuleCoder
from detente.coding.evaluation import GoldArticle, Scores, read_gold, score
from detente.coding.learned import LearnedClassifier
from detente.coding.lexicon import lexicon
from detente.coding.model import shipped_model
from detente.coding.statements import statements
from detente.sources.text import make_document
from training.examples import held_back
from training.measure import article, document
from training.read import passages

GOLD = Path(__file__).parents[2] / "shared" / "gold" / "dev"
Change = Callable[[], AbstractContextManager[Any]]


@contextmanager
def _together(*changes: AbstractContextManager[Any]) -> Iterator[None]:
    with ExitStack() as stack:
        for change in changes:
            stack.enter_context(change)
        yield


def _no_nouns() -> AbstractContextManager[Any]:
    whole = learned.proposals

    def verbs(rules: Any, arguments: Any, *rest: Any) -> Iterator[Any]:
        return (p for p in whole(rules, arguments, *rest) if arguments.tree.pos(p.token) != "noun")

    return patch.object(learned, "proposals", verbs)


def _only_this_sentence() -> AbstractContextManager[Any]:
    whole = learned.candidates

    def near(*given: Any) -> list[Any]:
        return [c for c in whole(*given) if c.token is not None]

    return patch.object(learned, "candidates", near)


def _sentences_alone() -> AbstractContextManager[Any]:
    def alone(pieces: Sequence[Sequence[int]], wanted: Sequence[bool]) -> Any:
        chosen = [k for k, w in enumerate(wanted) if w]
        return [list(pieces[k])[:254] for k in chosen], [(row, k, 1) for row, k in enumerate(chosen)]

    return patch.object(model, "lay_out", alone)


def _zeros(name: str) -> AbstractContextManager[Any]:
    whole = getattr(learned, name)
    return patch.object(learned, name, lambda *given: np.zeros_like(whole(*given)))


CHANGES: dict[str, Change] = {
    "event nouns": _no_nouns,
    "parties from other sentences": _only_this_sentence,
    "pronouns, titles and groups": lambda: patch.object(references.References, "resolve", lambda *given: []),
    "names taught by the document": lambda: _together(
        patch.object(actors, "_introduced", lambda *given: []),
        patch.object(actors, "_bodies", lambda *given: []),
    ),
    "names protected from the parser": lambda: patch.object(trees, "_stand_in", lambda *given: None),
    "acts told before": lambda: _together(
        patch.object(Told, "last", lambda *given: None),
        patch.object(Told, "newest", lambda *given: None),
        patch.object(Told, "pointed", lambda *given: []),
    ),
    "sentences read with those before": _sentences_alone,
    "the words (encoder)": lambda: patch.object(
        model.Encodings, "at", lambda self, *given: np.zeros(self._width, dtype=np.float32)
    ),
    "how the rules read the predicate": lambda: _zeros("trigger_features"),
    "how the rules read the parties": lambda: _zeros("party_features"),
    "status and voice by the model": lambda: patch.object(
        LearnedClassifier, "settle", lambda self, act, status, voice, *given: (status, voice)
    ),
    "the bound of confidence": ExitStack,
}


def texts() -> dict[str, tuple[list[GoldArticle], list[Any]]]:
    """The gold articles and the documents of each set."""
    held = [p for p in passages() if held_back(p.id)]
    found = {"held-back passages": ([article(p) for p in held], [document(p) for p in held])}
    if GOLD.is_dir():
        gold = read_gold(sorted(GOLD.glob("*.json")))
        from datetime import date

        found["gold/dev"] = (
            gold,
            [
                make_document(
                    g.text, id=g.id, published=date.fromisoformat(g.published) if g.published else None
                )
                for g in gold
            ],
        )
    return found


def scored(gold: list[GoldArticle], documents: list[Any], least: float | None) -> Scores:
    """Scores of a coder made anew, so that nothing is kept from another row."""
    shipped = shipped_model()
    assert shipped is not None
    coder = RuleCoder(classifier=LearnedClassifier(lexicon(), statements(), shipped, least))
    return score(gold, {d.id: list(coder.code(d)) for d in documents})


def main() -> None:
    """Print one row for the whole coder, one for the rules, and one for each thing left out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", help="only rows with this word")
    a = parser.parse_args()
    rows: dict[str, dict[str, dict[str, float | int]]] = {}
    for name, (gold, documents) in texts().items():
        plain = RuleCoder()
        rows.setdefault("the rules alone", {})[name] = score(
            gold, {d.id: list(plain.code(d)) for d in documents}
        ).as_dict()
        rows.setdefault("everything", {})[name] = scored(gold, documents, None).as_dict()
        for left_out, change in CHANGES.items():
            if a.only and a.only not in left_out:
                continue
            with change():
                least = 0.0 if left_out == "the bound of confidence" else None
                rows.setdefault(f"without {left_out}", {})[name] = scored(gold, documents, least).as_dict()
            print(f"{name}: without {left_out}", file=sys.stderr)
    if a.json:
        print(json.dumps(rows, indent=1))
        return
    sets = list(texts())
    print("| | " + " | ".join(f"{s}: parties | typed | full" for s in sets) + " |")
    print("|---|" + "---|" * 3 * len(sets))
    for row, found in rows.items():
        cells = [f"{found[s][k]:.3f}" for s in sets for k in ("parties", "typed", "full")]
        print(f"| {row} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
