"""Fits the confidence of a model and how sure an act must be: `python -m training.choose MODEL`.

Codes the passages that were kept for choosing with everything the model thinks possible, fits by logistic
regression how likely an act is right in type and parties, and takes the least bound with enough precision.
Both are written into the model's card, with the curve of precision and recall.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from detente.coding.classifier import Act
from detente.coding.coder import RuleCoder
from detente.coding.evaluation import right_ones
from detente.coding.learned import LearnedClassifier
from detente.coding.lexicon import lexicon
from detente.coding.model import Array, Model
from detente.coding.statements import statements
from detente.coding.timing import Timing
from detente.coding.trees import Tree
from detente.records import Document, Event
from training.examples import chosen_by
from training.measure import article, document
from training.read import passages

PRECISION = 0.6
"""What the bound must reach. These passages hold 1.5 acts a sentence, the articles of gold/dev .9; the
bound with the best F1 on them tells too many false acts there."""


class _Noted(RuleCoder):
    """A coder that notes the grounds of every act."""

    def __init__(self, model: Model) -> None:
        super().__init__(classifier=LearnedClassifier(lexicon(), statements(), model, 0.0))
        self.grounds: list[Array] = []

    def _event(self, document: Document, tree: Tree, act: Act, timing: Timing, trace: Any = None) -> Event:
        assert act.grounds is not None
        self.grounds.append(act.grounds)
        return super()._event(document, tree, act, timing, trace)


def choose(folder: Path) -> dict[str, Any]:
    """The card's entries: `grounds` (weights, bias), `least`, `curve` (bound, precision, recall), `bins`."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    coder = _Noted(Model(folder))
    right: list[bool] = []
    gold = 0
    for passage in passages():
        if not chosen_by(passage.id):
            continue
        told = article(passage)
        right += right_ones(told, list(coder.code(document(passage))))
        gold += len(told.acts)
    x, y = np.stack(coder.grounds), np.array(right)
    fitted = LogisticRegression(C=1.0, max_iter=1000)
    # judged on folds that did not fit it, else the curve would flatter
    sure = cross_val_predict(fitted, x, y, cv=5, method="predict_proba")[:, 1]
    fitted.fit(x, y)
    curve = []
    for bound in np.arange(0, 1, 0.05):
        kept = sure >= bound
        hits = int(y[kept].sum())
        curve.append(
            (round(float(bound), 2), round(hits / max(1, int(kept.sum())), 4), round(hits / gold, 4))
        )
    best = next(c for c in curve if c[1] >= PRECISION or c is curve[-1])
    bins = []
    for low in np.arange(0, 1, 0.1):
        inside = (sure >= low) & (sure < low + 0.1)
        if inside.any():
            sure_of, was_right = float(sure[inside].mean()), float(y[inside].mean())
            bins.append((round(sure_of, 3), round(was_right, 3), int(inside.sum())))
    weights = [*fitted.coef_[0], fitted.intercept_[0]]
    return {
        "grounds": [round(float(w), 5) for w in weights],
        "least": best[0],
        "curve": curve,
        "bins": bins,
        "chosen_on": {"acts": gold, "coded": len(y)},
    }


if __name__ == "__main__":
    where = Path(sys.argv[1])
    card = json.loads((where / "card.json").read_text(encoding="utf-8"))
    card |= choose(where)
    (where / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print({k: card[k] for k in ("least", "grounds", "curve", "bins", "chosen_on")})
