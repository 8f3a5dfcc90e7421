"""The training text is sound: every act stands in its sentence, and nothing is copied from what judges it."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path

import pytest

from detente.codebook import codebook
from training.read import Pair, Passage, pairs, passages

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
FOLDER = ROOT / "training/passages"
STATUSES = {"actual", "historical", "future", "hypothetical", "negated"}
OTHERS = {"UNO", "EUR", "IGO", "NGO", "MNC", "XKX", "PSE", "TWN", "HKG", "VAT", "MAC", "GRL", "ESH"}
STYLES = {
    "agency", "wikinews", "release", "readout", "statement", "state-media", "post", "transcript",
    "interview", "analysis", "headline-briefs", "feature", "live",
}  # fmt: skip
WHEN = re.compile(r"\d{4}(-\d\d(-\d\d)?)?(/\d{4}(-\d\d(-\d\d)?)?)?")
LINE = re.compile(r"@ [^|]+(\|[^|]+){4}|\d+\. \S.*|E \d+ \|[^|]+(\|[^|]+){6}|Q \d+ \|.+\|[^|]+|\s*")

GRAM = 6
MOST = 0.3  # share of a sentence's six-word runs that may stand in another text
FEWEST = 4  # runs; shorter sentences are stock phrases

Gram = tuple[str, ...]


@cache
def texts() -> tuple[Passage, ...]:
    return tuple(passages())


@cache
def marked() -> tuple[Pair, ...]:
    return tuple(pairs())


@cache
def codes() -> frozenset[str]:
    path = resources.files("detente") / "data/actors/countries.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return frozenset(r["code"] for r in rows) | OTHERS


@cache
def modes() -> dict[str, set[str]]:
    path = resources.files("detente") / "data/codebook/modes.csv"
    out: dict[str, set[str]] = {name: set() for name in codebook().types}
    for r in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        out[r["event"]].add(r["mode"])
    return out


def sentences() -> Iterator[tuple[str, str]]:
    """Id and words of every passage sentence and every marked sentence."""
    for p in texts():
        yield from ((p.id, p.text[start:end]) for start, end in p.sentences)
    yield from ((p.id, p.text) for p in marked())


def grams(text: str) -> set[Gram]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[n : n + GRAM]) for n in range(len(words) - GRAM + 1)}


def near_copies(others: set[Gram]) -> list[tuple[str, str]]:
    found = []
    for name, text in sentences():
        own = grams(text)
        if len(own) >= FEWEST and len(own & others) >= MOST * len(own):
            found.append((name, text))
    return found


def gathered(paths: Iterator[Path] | list[Path]) -> set[Gram]:
    """Six-word runs of all texts in some files, whatever their layout."""
    out: set[Gram] = set()

    def take(value: object) -> None:
        if isinstance(value, str):
            out.update(grams(re.sub(r"<[^>]+>", " ", value)))
        elif isinstance(value, dict):
            for v in value.values():
                take(v)
        elif isinstance(value, list):
            for v in value:
                take(v)

    for path in paths:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            take(json.loads(text))
        elif path.suffix == ".jsonl":
            for line in text.splitlines():
                take(json.loads(line))
        else:
            for line in text.splitlines():
                take(line)
    return out


def test_every_line_is_understood() -> None:
    for path in sorted(FOLDER.glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            assert LINE.fullmatch(line), f"{path.name} line {number}: {line[:80]}"


def test_ids_are_unique() -> None:
    many = Counter(p.id for p in texts()) + Counter(p.id for p in marked())
    assert [i for i, n in many.items() if n > 1] == []
    assert len(texts()) >= 800 and len(marked()) >= 3000


def test_passages_are_numbered_and_styled() -> None:
    for p in texts():
        assert p.style in STYLES, (p.id, p.style)
        assert p.publisher and p.topic, p.id
        assert date(1990, 1, 1) <= p.published <= date(2026, 12, 31), p.id
        assert 2 <= len(p.sentences) <= 16, p.id
        assert all(start < end for start, end in p.sentences), p.id
    headers = 0
    for path in sorted(FOLDER.glob("*.txt")):
        last = 0
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("@"):
                headers, last = headers + 1, 0
            elif m := re.match(r"(\d+)\. ", line):
                assert int(m[1]) == last + 1, (path.name, line[:60])
                last = int(m[1])
    assert headers == len(texts())


def test_acts_are_coded_in_known_values() -> None:
    for p in texts():
        for a in p.acts:
            where = (p.id, p.text[a.start : a.end])
            assert set(a.events) <= set(modes()), where
            assert a.mode is None or a.mode in modes()[a.events[0]], (*where, a.mode)
            assert a.status in STATUSES, where
            assert a.actor | a.recipient <= codes(), (*where, a.actor, a.recipient)
            assert a.date is None or WHEN.fullmatch(a.date), (*where, a.date)
            assert any(start <= a.start < a.end <= end for start, end in p.sentences), where
            assert a.speaker is None or a.voice != "writer", where


def test_acts_of_a_passage_are_not_coded_twice() -> None:
    for p in texts():
        many = Counter((a.start, a.events[0], a.status, a.actor, a.recipient) for a in p.acts)
        assert max(many.values(), default=1) == 1, (p.id, many.most_common(1))


def test_marked_sentences_are_coded_in_known_values() -> None:
    for s in marked():
        assert s.event == "NONE" or s.event in modes(), s.id
        assert s.mode is None or s.mode in modes()[s.event], (s.id, s.mode)
        assert s.status is None or s.status in STATUSES, s.id
        assert s.text[slice(*s.source)].strip() and s.text[slice(*s.target)].strip(), s.id
        assert s.source[1] <= s.target[0] or s.target[1] <= s.source[0], s.id
        assert s.trigger is None or s.text[slice(*s.trigger)], s.id


def test_every_type_and_status_is_taught() -> None:
    types = Counter(a.events[0] for p in texts() for a in p.acts)
    assert set(types) == set(modes())
    assert min(types.values()) >= 200, types
    statuses = Counter(a.status for p in texts() for a in p.acts)
    assert min(statuses[s] for s in STATUSES) >= 500, statuses


def test_nothing_is_copied_from_the_quality_set() -> None:
    files = [*(ROOT / "quality/gold").glob("*.jsonl"), *(ROOT / "quality").glob("*.jsonl")]
    assert files and near_copies(gathered(files)) == []


@pytest.mark.skipif(not SHARED.exists(), reason="the shared folder is not here")
def test_nothing_is_copied_from_the_gold_articles_the_seed_or_the_corpus() -> None:
    files = [*(SHARED / "gold/dev").rglob("*.json"), *(SHARED / "seed").rglob("*.txt")]
    files += [f for f in (SHARED / "corpus").rglob("*") if f.is_file()]
    assert near_copies(gathered(files)) == []


@pytest.mark.skipif(not (SHARED / "plover_pairs").exists(), reason="the shared folder is not here")
def test_nothing_is_copied_from_the_judging_pairs() -> None:
    assert near_copies(gathered(list((SHARED / "plover_pairs").glob("*.tsv")))) == []
