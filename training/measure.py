"""Measures a coder whole on the held-back passages: `python -m training.measure [rules|auto|FOLDER]`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from detente.coding.coder import RuleCoder, rule_coder
from detente.coding.evaluation import GoldAct, GoldArticle, Scores, score
from detente.coding.learned import LearnedClassifier
from detente.coding.lexicon import lexicon
from detente.coding.model import Model, shipped_model
from detente.coding.statements import statements
from detente.records import Document
from detente.sources.text import make_document
from training.examples import KINDS, chosen_by, held_back
from training.read import Passage, passages


def article(passage: Passage) -> GoldArticle:
    """A passage in the form that the scorer reads."""
    acts = tuple(
        GoldAct(
            a.start,
            a.end,
            a.events,
            a.actor,
            a.actor if a.symmetric and not a.recipient else a.recipient,
            a.symmetric,
            a.status,
            a.date,
            a.speaker,
        )
        for a in passage.acts
    )
    return GoldArticle(passage.id, passage.text, passage.published.isoformat(), acts, ())


def document(passage: Passage) -> Document:
    """A passage as a document."""
    return make_document(
        passage.text,
        id=passage.id,
        published=passage.published,
        publisher=passage.publisher,
        kind=KINDS.get(passage.style, KINDS["agency"]),
    )


def measure(coder: RuleCoder, held: Sequence[Passage]) -> Scores:
    """Scores of one coder."""
    return score([article(p) for p in held], {p.id: list(coder.code(document(p))) for p in held})


def main() -> None:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("coder", nargs="?", default="auto")
    parser.add_argument("--least", type=float, nargs="*", help="bounds of confidence to try")
    parser.add_argument("--chosen", action="store_true", help="on the passages kept for choosing instead")
    a = parser.parse_args()
    kept = chosen_by if a.chosen else held_back
    held = [p for p in passages() if kept(p.id)]
    coders: dict[str, RuleCoder] = {}
    if a.coder == "rules":
        coders[a.coder] = rule_coder()
    else:
        model = shipped_model() if a.coder == "auto" else Model(Path(a.coder))
        assert model is not None
        for least in a.least or [model.least]:
            learned = LearnedClassifier(lexicon(), statements(), model, least)
            coders[f"{a.coder} {least}"] = RuleCoder(classifier=learned)
    for name, coder in coders.items():
        print(name, len(held), "passages", measure(coder, held).as_dict(), flush=True)


if __name__ == "__main__":
    main()
