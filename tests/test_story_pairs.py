"""How well stories are told apart, measured on pairs of reports that were written for it."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from detente.coding.coder import rule_coder
from detente.records import Event
from quality.stories import PAIRS, Figures, Pair, coded, given, half, measure, read_pairs

Coded = dict[str, tuple[list[Event], list[Event]]]


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    return read_pairs()


@pytest.fixture(scope="module")
def by_hand(pairs: list[Pair]) -> Coded:
    return {pair.id: given(pair) for pair in pairs}


def of(pairs: list[Pair], events: Coded, part: str) -> Figures:
    return measure([pair for pair in pairs if half(pair) == part], events)[0]


def test_the_set_holds_150_pairs_and_half_of_them_are_hard(pairs: list[Pair]) -> None:
    assert len(pairs) >= 150
    counts = Counter((pair.same, pair.hard) for pair in pairs)
    assert min(counts.values()) >= 35
    assert 2 * sum(pair.hard for pair in pairs) >= len(pairs)
    assert len({pair.id for pair in pairs}) == len(pairs)
    assert all(one.id != other.id for one, other in (pair.documents for pair in pairs))


def test_every_pair_is_told_by_two_publishers_and_its_words_stand_in_the_text() -> None:
    for line in PAIRS.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        assert len({report["publisher"] for report in record["reports"]}) == 2
        for report in record["reports"]:
            assert report["text"].count(report["words"]) == 1, record["id"]
            assert report["text"].startswith(report["trigger"], report["at"]), record["id"]


def test_acts_given_by_hand_are_joined_and_kept_apart(pairs: list[Pair], by_hand: Coded) -> None:
    tuned, unseen = (of(pairs, by_hand, part) for part in ("tune", "test"))
    print(f"tuning half: {tuned}\nunseen half: {unseen}")
    assert tuned.precision >= 0.95 and tuned.recall >= 0.75
    assert unseen.precision >= 0.90 and unseen.recall >= 0.80


def test_hard_pairs_are_kept_apart_too(pairs: list[Pair], by_hand: Coded) -> None:
    hard = [pair for pair in pairs if pair.hard and half(pair) == "test"]
    figures, _ = measure(hard, by_hand)
    assert figures.precision >= 0.90 and figures.recall >= 0.55


def test_what_the_rule_coder_finds_is_rarely_joined_wrongly(pairs: list[Pair]) -> None:
    coder = rule_coder()
    events = {pair.id: coded(pair, coder) for pair in pairs}
    figures = of(pairs, events, "test")
    print(f"unseen half, rule coder: {figures}")
    assert figures.precision >= 0.90 and figures.recall >= 0.55


def test_the_order_of_the_two_reports_changes_no_answer(pairs: list[Pair], by_hand: Coded) -> None:
    turned = {id: (other, one) for id, (one, other) in by_hand.items()}
    swapped = [
        Pair(p.id, p.same, p.hard, p.kind, p.documents[::-1], p.marks[::-1])  # type: ignore[arg-type]
        for p in pairs
    ]
    assert measure(pairs, by_hand)[0] == measure(swapped, turned)[0]
