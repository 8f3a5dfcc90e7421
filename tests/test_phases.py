"""Phases of a thin record, and what makes one a turn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from relations_examples import PAIR, act, phases

from detente.errors import InputError
from detente.relations.cuts import record_cuts
from detente.relations.null import random_for
from detente.relations.phases import breaks, likelihoods, prior, split_chance
from detente.relations.series import Act
from detente.relations.turning import turns

FIRST = date(2024, 1, 1)


def burst(*, verbal: bool) -> list[Act]:
    """Eight dispatches of hostile acts, the first of the record."""
    found = [act(i, FIRST + timedelta(days=5 * (i // 2)), True, known_on=None) for i in range(16)]
    return [replace(a, verbal=verbal, known_on=a.day) for a in found]


def test_a_record_breaks_where_its_share_of_hostile_acts_does() -> None:
    [one] = breaks([3, 2, 3, 2, 0, 0, 1, 0], [0, 1, 0, 0, 3, 2, 2, 3], opening=False)
    assert (one.index, one.rising) == (4, True)
    assert one.before > 0.6 > 0.3 > one.after
    assert breaks([1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1]) == []


def test_a_record_that_begins_with_a_burst_of_hostile_acts_breaks_at_its_first_day() -> None:
    [one] = breaks([4, 3, 4], [0, 0, 0])
    assert (one.index, one.opening, one.rising) == (0, True, False)
    assert breaks([0, 0, 0], [4, 3, 4]) == []
    assert breaks([4, 3, 4], [0, 0, 0], opening=False) == []


def test_few_days_shuffled_split_as_cleanly_and_many_do_not() -> None:
    few = likelihoods([2, 2, 0, 0], [0, 0, 2, 2])
    many = likelihoods([2.0] * 12 + [0.0] * 12, [0.0] * 12 + [2.0] * 12)
    evidence = [b.evidence for b in breaks([2.0] * 12 + [0.0] * 12, [0.0] * 12 + [2.0] * 12, opening=False)]
    assert split_chance(many, evidence[0], random_for(["a"])) <= 0.01
    assert split_chance(few, 1.0, random_for(["a"])) > 0.1


def test_a_record_with_one_count_missing_is_refused() -> None:
    with pytest.raises(InputError, match="two counts for each day"):
        breaks([1, 2], [1])


def test_the_prior_holds_more_friendly_pairs_than_tense_ones() -> None:
    friendly = sum(w for s, w in zip(prior().shares, prior().weights, strict=True) if s < 0.4)
    assert 0.6 < friendly < 0.95


def test_a_record_that_opens_with_sanctions_escalates_on_its_first_day_and_says_why_it_has_no_odds() -> None:
    [turn] = turns(burst(verbal=False), PAIR, FIRST + timedelta(days=60))
    assert (turn.day, turn.direction, turn.odds) == (FIRST, "escalation", None)
    assert turn.reason is not None
    assert "the record begins here" in turn.reason


def test_a_record_that_opens_with_hostile_words_alone_is_only_where_reading_began() -> None:
    assert turns(burst(verbal=True), PAIR, FIRST + timedelta(days=60)) == []


def test_acts_told_as_background_before_the_first_report_open_no_record() -> None:
    old = replace(act(90, FIRST - timedelta(days=20), True, known_on=FIRST), verbal=False)
    [turn] = turns([old, *burst(verbal=False)], PAIR, FIRST + timedelta(days=60))
    assert turn.day == FIRST


def test_acts_that_the_coder_doubts_make_no_turn() -> None:
    found = phases(5, [0.9, 0.05], 40, 200)
    assert [c.rising for c in record_cuts(found)] == [True]
    doubted = [replace(a, confidence=0.05) for a in found]
    assert record_cuts(doubted) == []
    certain = record_cuts([replace(a, confidence=1.0) for a in found])
    assert [(c.day, c.evidence) for c in certain] == [(c.day, c.evidence) for c in record_cuts(found)]


def test_a_long_record_is_cut_near_the_day_it_turned() -> None:
    [cut] = record_cuts(phases(3, [0.8, 0.15], 600, 900))
    assert cut.rising
    assert abs((cut.day - (FIRST + timedelta(days=450))).days) <= 21


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6])
def test_a_record_whose_share_stays_seldom_breaks(share: float) -> None:
    found = [sum(not c.opening for c in record_cuts(phases(seed, [share], 60, 300))) for seed in range(40)]
    assert np.mean(found) <= 0.15
