"""Quality on the public PLOVER pair benchmark: `python -m benchmarks.pairs [FILE]`.

Root, quad and binary macro-F1 of `detente relate` on 1,050 sentences with a marked source and target
(`../shared/plover_pairs/pairs.tsv`). For measuring only: nothing is trained, prompted or tuned on it, and
every run is noted in the model card.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from detente.coding.coder import default_coder
from detente.coding.features import EVENTS
from detente.coding.model import shipped_model
from detente.coding.relating import Marked, Relator, read_marked
from detente.errors import FormatError

FILE = Path(__file__).parents[2] / "shared" / "plover_pairs" / "pairs.tsv"
QUAD = {
    "AGREE": 1, "CONSULT": 1, "SUPPORT": 1, "YIELD": 2, "COOPERATE": 2, "AID": 2, "REQUEST": 3, "ACCUSE": 3,
    "REJECT": 3, "THREATEN": 3, "PROTEST": 4, "SANCTION": 4, "MOBILIZE": 4, "COERCE": 4, "ASSAULT": 4,
}  # fmt: skip


def macro_f1(gold: list[str], said: list[str]) -> float:
    """Mean F1 over the labels of the gold."""
    scores = []
    for label in sorted(set(gold)):
        hit = sum(g == s == label for g, s in zip(gold, said, strict=True))
        of = gold.count(label) + said.count(label)
        scores.append(2 * hit / of if of else 0.0)
    return sum(scores) / len(scores)


def main(path: Path) -> int:
    """Measure and print."""
    model = shipped_model()
    if model is None or not path.is_file():
        print(f"{path}: not here, or no model is shipped; nothing measured", file=sys.stderr)
        return 1
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    relator = Relator(model, default_coder())
    marked, left = [], 0
    for r in rows:
        try:
            marked.append(read_marked(r["id"], r["marked_sentence"], r["source"], r["target"]))
        except FormatError:  # a party that stands nowhere: counted as wrong
            marked.append(Marked(r["id"], r["sentence"], (0, 0), (0, 0)))
            left += 1
    said = []
    for found in relator.relate(marked):
        chance = dict(zip(EVENTS, found.chances, strict=True))
        del chance["NONE"]
        chance["YIELD"] = chance.pop("CONCEDE") + chance.pop("RETREAT")
        said.append(max(chance, key=lambda k: chance[k]))
    gold = [r["root"] for r in rows]
    gold_quad, said_quad = [r["quad"] for r in rows], [str(QUAD[s]) for s in said]
    side = {"1": "cooperation", "2": "cooperation", "3": "conflict", "4": "conflict"}
    print(f"{model.name}: {len(rows)} pairs, {left} with a party that is marked nowhere")
    print(f"root   macro-F1 {100 * macro_f1(gold, said):.1f}")
    print(f"quad   macro-F1 {100 * macro_f1(gold_quad, said_quad):.1f}")
    binary = macro_f1([side[q] for q in gold_quad], [side[q] for q in said_quad])
    print(f"binary macro-F1 {100 * binary:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE))
