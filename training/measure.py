"""Measures a coder whole on the held-back passages: `python -m training.measure [rules|auto|FOLDER]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from detente.coding.coder import RuleCoder, default_coder, rule_coder
from detente.coding.evaluation import GoldAct, GoldArticle, Scores, score
from detente.coding.learned import LearnedClassifier
from detente.coding.lexicon import lexicon
from detente.coding.model import Model
from detente.coding.statements import statements
from detente.sources.text import make_document
from training.examples import KINDS
from training.fit import held_back
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


def measure(coder: RuleCoder, held: list[Passage]) -> Scores:
    """Scores of one coder."""
    coded = {
        p.id: list(
            coder.code(
                make_document(
                    p.text,
                    id=p.id,
                    published=p.published,
                    publisher=p.publisher,
                    kind=KINDS.get(p.style, KINDS["agency"]),
                )
            )
        )
        for p in held
    }
    return score([article(p) for p in held], coded)


def main() -> None:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("coder", nargs="?", default="auto")
    parser.add_argument("--threshold", type=float, nargs="*", default=[])
    a = parser.parse_args()
    held = [p for p in passages() if held_back(p.id)]
    coders: dict[str, RuleCoder] = {}
    if a.coder in ("rules", "auto"):
        coders[a.coder] = rule_coder() if a.coder == "rules" else default_coder()
    else:
        model = Model(Path(a.coder))
        for t in a.threshold or [0.5]:
            coders[f"{a.coder} {t}"] = RuleCoder(
                classifier=LearnedClassifier(lexicon(), statements(), model, t)
            )
    for name, coder in coders.items():
        print(name, len(held), "passages", measure(coder, held).as_dict(), flush=True)


if __name__ == "__main__":
    main()
