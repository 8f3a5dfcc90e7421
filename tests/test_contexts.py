"""The words that show what an act is about: every context of the codebook can be found."""

from __future__ import annotations

import csv
from collections import Counter
from importlib import resources

import pytest

from detente.codebook import codebook


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    path = resources.files("detente") / "data" / "contexts.csv"
    reader = csv.DictReader(path.read_text(encoding="utf-8").splitlines(), strict=True)
    assert reader.fieldnames == ["word", "context", "weight", "note"]
    return list(reader)


def test_every_context_of_the_codebook_has_at_least_eight_words(rows: list[dict[str, str]]) -> None:
    count = Counter(row["context"] for row in rows)
    assert {name: count[name] for name in codebook().contexts if count[name] < 8} == {}


def test_every_context_has_a_word_that_is_enough_by_itself(rows: list[dict[str, str]]) -> None:
    strong = {row["context"] for row in rows if row["weight"] == "3"}
    assert strong == set(codebook().contexts)


def test_no_word_points_to_a_context_the_codebook_does_not_have(rows: list[dict[str, str]]) -> None:
    assert {row["context"] for row in rows} <= set(codebook().contexts)


def test_no_word_is_listed_twice_for_one_context(rows: list[dict[str, str]]) -> None:
    count = Counter((row["word"], row["context"]) for row in rows)
    assert [pair for pair, times in count.items() if times > 1] == []


def test_weights_are_one_two_or_three(rows: list[dict[str, str]]) -> None:
    assert {row["weight"] for row in rows} <= {"1", "2", "3"}


def test_words_are_lower_case_phrases_of_at_most_three_words(rows: list[dict[str, str]]) -> None:
    wrong = [
        row["word"]
        for row in rows
        if not row["word"]
        or row["word"] != " ".join(row["word"].lower().split())
        or len(row["word"].split()) > 3
    ]
    assert wrong == []


def test_a_word_is_decisive_for_two_contexts_at_most(rows: list[dict[str, str]]) -> None:
    """A word that is enough by itself for three contexts would tell them apart no more."""
    count = Counter(row["word"] for row in rows if row["weight"] == "3")
    assert [word for word, contexts in count.items() if contexts > 2] == []


@pytest.mark.parametrize(
    ("word", "context"),
    [
        ("cocaine", "illegal_drugs"),
        ("tariff", "economic"),
        ("sovereignty", "territory"),
        ("uranium enrichment", "cbrn"),
        ("embassy", "diplomatic"),
        ("ransomware", "cyber"),
        ("asylum seeker", "asylum"),
        ("peacekeeper", "peacekeeping"),
    ],
)
def test_a_telling_word_is_decisive_for_its_own_context_only(
    rows: list[dict[str, str]], word: str, context: str
) -> None:
    strong = [r["context"] for r in rows if r["word"] == word and r["weight"] == "3"]
    assert strong == [context]
