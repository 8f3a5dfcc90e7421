"""The project's own gold set is sound: what it says stands in its texts, and none of it is borrowed."""

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
from typing import Any

import pytest

from detente.codebook import codebook
from detente.coding.evaluation import read_gold
from detente.coding.sentences import split
from detente.sources.text import normalise, parse_date

ROOT = Path(__file__).parent.parent
FILES = (ROOT / "quality/gold/passages.jsonl", ROOT / "quality/gold/hard.jsonl")
SHARED = ROOT.parent / "shared"
STATUSES = ("actual", "historical", "future", "hypothetical", "negated")
FIELDS = {"evidence", "event", "source", "target", "symmetric", "status", "date", "speaker"}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Weekdays named in the clause, where the day of the act itself is counted from them.
COUNTED = re.compile(
    r"\b(?:day|days|hours?|week|months?) (?:after|before|earlier|later)\b"
    r"|next morning|following day|until \w+day"
)

Record = dict[str, Any]


@cache
def articles(name: str) -> tuple[Record, ...]:
    path = next(p for p in FILES if p.stem == name)
    return tuple(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def every() -> tuple[Record, ...]:
    return articles("passages") + articles("hard")


def acts() -> Iterator[tuple[Record, Record]]:
    for article in every():
        for act in article["events"]:
            yield article, act


def ends(when: str) -> tuple[date, date]:
    """First day each end of a gold date may mean."""
    first, _, last = when.partition("/")
    return day(first), day(last or first)


def day(text: str) -> date:
    return date.fromisoformat((text + "-01-01")[:10] if len(text) < 10 else text)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def grams(text: str, n: int) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[k : k + n]) for k in range(len(found) - n + 1)}


def test_the_coder_reads_both_files_and_finds_every_act_that_was_written_down() -> None:
    read = read_gold(FILES)
    assert len(read) == len(every())
    assert sum(len(a.acts) for a in read) == sum(1 for _ in acts())
    assert len({a.id for a in read}) == len(read)


def test_evidence_stands_in_the_text_once_so_that_no_search_lands_elsewhere() -> None:
    for article in every():
        text = article["text"]
        for part in article["events"] + article["must_not"]:
            assert text.count(part["evidence"]) == 1, (article["id"], part["evidence"])
        for quote in article["quotes"]:
            assert text.count(quote["text"]) == 1, (article["id"], quote["text"])


def test_evidence_stays_inside_one_sentence() -> None:
    for article in every():
        spans = split(article["text"])
        for act in article["events"]:
            at = article["text"].index(act["evidence"])
            end = at + len(act["evidence"])
            hit = [s for s in spans if s.start < end and s.end > at]
            assert len(hit) == 1, (article["id"], act["evidence"])


def test_texts_are_already_normal_so_offsets_are_the_same_for_everybody() -> None:
    for article in every():
        assert normalise(article["text"]) == article["text"], article["id"]


def test_types_statuses_and_codes_are_those_of_the_codebook_and_the_tables() -> None:
    path = resources.files("detente") / "data" / "actors" / "countries.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    codes = {row["code"] for row in rows} | {"UNO", "EUR", "IGO", "NGO"}
    for article, act in acts():
        assert set(act) == FIELDS, article["id"]
        assert 1 <= len(act["event"]) <= 2 and len(set(act["event"])) == len(act["event"])
        assert set(act["event"]) <= set(codebook().types), (article["id"], act["event"])
        assert act["status"] in STATUSES, (article["id"], act["status"])
        assert set(act["source"] + act["target"]) <= codes, (article["id"], act)
        for side in ("source", "target"):
            assert len(set(act[side])) == len(act[side]), (article["id"], act)


def test_an_act_done_together_names_the_same_parties_on_both_sides() -> None:
    for article, act in acts():
        if act["symmetric"]:
            assert act["source"] and set(act["source"]) == set(act["target"]), (article["id"], act)


def test_speakers_are_named_as_in_the_text() -> None:
    for article, act in acts():
        if act["speaker"] is not None:
            assert act["speaker"] and act["speaker"] in article["text"], (article["id"], act)
    for article in every():
        for quote in article["quotes"]:
            known = quote["speaker"].lower() in article["text"].lower()
            assert known, (article["id"], quote["speaker"])


def test_publication_days_are_days_of_the_years_the_set_covers() -> None:
    years: Counter[int] = Counter()
    for article in every():
        published = parse_date(article["published"])
        assert date(1995, 1, 1) <= published <= date(2026, 12, 31), article["id"]
        years[published.year // 10 * 10] += 1
    assert set(years) == {1990, 2000, 2010, 2020}
    assert min(years.values()) >= 8


def test_dates_are_iso_days_months_years_or_ranges_in_order() -> None:
    for article, act in acts():
        if act["date"] is None:
            continue
        parts = act["date"].split("/")
        assert len(parts) <= 2
        assert all(re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", p) for p in parts), (article["id"], act)
        first, last = ends(act["date"])
        assert first <= last, (article["id"], act)


def test_dates_agree_with_the_status_and_the_day_of_publication() -> None:
    for article, act in acts():
        if act["date"] is None or len(act["date"]) < 10 or "/" in act["date"]:
            continue
        gap = (parse_date(article["published"]) - day(act["date"])).days
        if act["status"] == "actual":
            assert 0 <= gap <= 31, (article["id"], act)
        elif act["status"] == "future":
            assert gap <= 0, (article["id"], act)
        elif act["status"] == "historical":
            assert gap >= 28, (article["id"], act)


def test_a_weekday_in_the_evidence_is_the_weekday_of_the_date() -> None:
    checked = 0
    for article, act in acts():
        named = [d for d in WEEKDAYS if d in act["evidence"]]
        if len(named) != 1 or not act["date"] or len(act["date"]) != 10:
            continue
        if COUNTED.search(act["evidence"]):
            continue
        assert WEEKDAYS[day(act["date"]).weekday()] == named[0], (article["id"], act)
        checked += 1
    assert checked >= 80


def test_nothing_actual_is_coded_where_nothing_is_to_be_found() -> None:
    for article in every():
        text = article["text"]
        for span in article["must_not"]:
            assert span["why"]
            start = text.index(span["evidence"])
            end = start + len(span["evidence"])
            for act in article["events"]:
                at = text.index(act["evidence"])
                clear = at >= end or at + len(act["evidence"]) <= start
                assert act["status"] != "actual" or clear, (article["id"], span, act)


def test_the_set_is_large_and_varied_enough_to_measure_with() -> None:
    assert len(articles("passages")) >= 60
    assert len(articles("hard")) >= 120
    all_acts = [act for _, act in acts()]
    types = Counter(act["event"][0] for act in all_acts)
    assert set(types) == set(codebook().types)
    assert min(types.values()) >= 12, types
    statuses = Counter(act["status"] for act in all_acts)
    assert all(statuses[s] >= 25 for s in STATUSES), statuses
    assert sum(act["symmetric"] for act in all_acts) >= 60
    assert sum(act["speaker"] is not None for act in all_acts) >= 80
    assert sum(act["date"] is not None for act in all_acts) >= 120
    assert sum(len(a["must_not"]) for a in every()) >= 150
    assert sum(not a["events"] for a in articles("passages")) >= 4
    parties = {c for act in all_acts for c in act["source"] + act["target"]}
    assert len(parties) >= 120


def test_passages_are_short_articles_of_long_sentences() -> None:
    lengths = []
    for article in articles("passages"):
        spans = split(article["text"])
        assert 4 <= len(spans) <= 8, article["id"]
        assert article["title"] and article["publisher"], article["id"]
        lengths += [len(article["text"][s.start : s.end].split()) for s in spans]
    assert sum(lengths) / len(lengths) >= 24


def test_hard_items_are_one_or_two_sentences_and_say_what_is_hard() -> None:
    for article in articles("hard"):
        assert len(split(article["text"])) <= 2, article["id"]
        assert article["title"], article["id"]
        assert article["events"] or article["must_not"], article["id"]


def test_no_two_texts_are_near_copies() -> None:
    shingled = [(a["id"], grams(a["text"], 5)) for a in every()]
    for k, (one, left) in enumerate(shingled):
        for other, right in shingled[k + 1 :]:
            shared = len(left & right)
            assert shared < 0.3 * len(left | right), (one, other)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared material is not beside this checkout")
def test_no_sentence_is_taken_from_the_shared_articles() -> None:
    foreign: set[tuple[str, ...]] = set()
    paths = [*(SHARED / "gold/dev").glob("*.json"), *(SHARED / "corpus").glob("storyline_*/*.json")]
    assert len(paths) > 13
    for path in paths:
        foreign |= grams(json.loads(path.read_text(encoding="utf-8"))["text"], 6)
    for path in (SHARED / "corpus").rglob("*"):
        if path.suffix in {".rss", ".txt", ".vtt", ".srt"}:
            foreign |= grams(path.read_text(encoding="utf-8"), 6)
        elif path.parent.name == "social":
            for post in json.loads(path.read_text(encoding="utf-8")):
                foreign |= grams(re.sub("<[^>]+>", " ", post["content"]), 6)
    started = (SHARED / "training_start/sentences.jsonl").read_text(encoding="utf-8").splitlines()
    for line in started:
        foreign |= grams(re.sub("<[^>]+>", " ", json.loads(line)["marked_sentence"]), 6)
    foreign |= grams((SHARED / "seed/article.txt").read_text(encoding="utf-8"), 6)
    for article in every():
        for s in split(article["text"]):
            mine = grams(article["text"][s.start : s.end], 6)
            copied = mine & foreign
            assert len(copied) <= 0.2 * len(mine), (article["id"], copied)
