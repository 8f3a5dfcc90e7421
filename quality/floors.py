"""Quality floors: figures of the coder that may rise and never fall.

    python -m quality.floors check    measure and compare; exit code 1 below a floor
    python -m quality.floors raise    measure and write the floors that rose; refuses to lower one

`floors.json` holds, for each set, the coder, the SHA-256 of the data it was measured on and the floors; a
coder of another name or version has floors of its own, and the change stands in docs/method/model.md. The
project's own set always runs; the shared gold articles run where `../shared` stands beside the checkout.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from detente.coding.coder import RuleCoder, default_coder, rule_coder
from detente.coding.evaluation import read_gold, score
from detente.formats.jsonl import to_record
from detente.records import Document
from detente.sources.text import parse_date

HERE = Path(__file__).parent
FLOORS = HERE / "floors.json"
OWN = HERE / "gold"
SHARED = HERE.parent.parent / "shared" / "gold"
MARGIN = 0.005  # a floor is set this far below the figure, for rounding and library updates
Figures = dict[str, float]


def _digest(paths: list[Path]) -> str:
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(path.name.encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()


def measure_own(coder: RuleCoder | None = None) -> tuple[str, Figures]:
    """Hash of the project's own gold set and the coder's figures on it."""
    paths = sorted(OWN.glob("*.jsonl"))
    articles = read_gold(paths)
    coder = coder or rule_coder()
    coded = {
        a.id: list(
            coder.code(Document(a.id, a.text, published=parse_date(a.published) if a.published else None))
        )
        for a in articles
    }
    found = score(articles, coded).as_dict()
    found["false_actual"] = 1 - found["false_actual"] / max(1, found["must_not"])
    keep = ("detect", "parties", "typed", "full", "status", "date", "speaker", "false_actual")
    return _digest(paths), {k: float(found[k]) for k in keep}


def measure_shared(coder: RuleCoder | None = None) -> tuple[str, Figures] | None:
    """The same on the shared gold articles with the shared scorer; None where they are not here."""
    folder = SHARED / "dev"
    if not folder.is_dir():
        return None
    spec = importlib.util.spec_from_file_location("shared_score", SHARED / "score.py")
    if spec is None or spec.loader is None:
        return None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    paths = sorted(folder.glob("*.json"))
    coder = coder or rule_coder()
    predicted = []
    for path in paths:
        gold = json.loads(path.read_text(encoding="utf-8"))
        document = Document(  # not normalised: the gold spans count in this very text
            id=gold["id"],
            text=gold["text"],
            title=gold.get("title"),
            url=gold.get("url"),
            published=parse_date(gold["published"]),
            publisher=gold.get("publisher"),
        )
        predicted += [json.loads(json.dumps(to_record(e))) for e in coder.code(document)]
    out = scorer.score(str(folder), predicted)
    wrong, of = map(int, out["false_actual"].split("/"))
    figures = {k: out[k]["f1"] for k in ("detect", "parties", "typed", "full")}
    figures |= {
        "status": out["status_accuracy"],
        "date": out["date_accuracy"],
        "speaker": out["speaker_accuracy"],
        "false_actual": 1 - wrong / of,
    }
    return _digest(paths), figures


SETS: Mapping[str, Callable[[], tuple[str, Figures] | None]] = {
    "own, rules": measure_own,
    "own, default coder": lambda: measure_own(default_coder()),
    "shared gold/dev, rules": measure_shared,
    "shared gold/dev, default coder": lambda: measure_shared(default_coder()),
}


def main(command: str) -> int:
    """Run `check` or `raise`; returns the exit code."""
    kept: dict[str, Any] = json.loads(FLOORS.read_text()) if FLOORS.exists() else {}
    failed = False
    for name, measure in SETS.items():
        result = measure()
        if result is None:
            print(f"{name}: not beside this checkout, not measured")
            continue
        digest, figures = result
        entry = kept.get(name, {"data_sha256": digest, "floors": {}})
        coder = (default_coder() if "default" in name else rule_coder()).name
        if entry.get("coder", coder) != coder:
            print(f"{name}: {coder} is another coder than {entry['coder']}; its floors are its own")
            entry = {"data_sha256": digest, "floors": {}}
            failed |= command == "check"  # its floors must be measured first
        if entry["data_sha256"] != digest:
            print(f"{name}: the data changed since the floors were measured; they are compared anyway")
        for key, value in figures.items():
            floor = entry["floors"].get(key, 0.0)
            low = value < floor
            failed |= low
            print(f"{name:31} {key:12} {value:.4f}  floor {floor:.4f}{'  BELOW' if low else ''}")
            if command == "raise":
                entry["floors"][key] = max(floor, round(value - MARGIN, 4))
        if command == "raise":
            if failed:
                print(f"{name}: a figure is below its floor; floors are never lowered, nothing written")
                return 1
            entry["data_sha256"], entry["coder"] = digest, coder
            kept[name] = entry
    if command == "raise":
        FLOORS.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
    return int(failed)


if __name__ == "__main__":
    if sys.argv[1:] not in (["check"], ["raise"]):
        sys.exit("say: python -m quality.floors check | raise")
    sys.exit(main(sys.argv[1]))
