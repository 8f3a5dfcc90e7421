"""What an outlook may say, and when it must keep silent."""

from __future__ import annotations

import json
from datetime import date, timedelta
from importlib import resources
from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from relations_examples import PAIR, act, one_article, weekly

from detente.errors import InputError
from detente.records import Outlook
from detente.relations.outlook import THAW_TERM, model, outlook
from detente.relations.weeks import HORIZONS, features, outcome, record, relapse, tense, thaws

PUBLISHED: dict[str, date | None] = {"d": date(2026, 1, 8)}
ASKED = date(2024, 6, 24)


def ask(horizon: int = 90, asked_on: date = ASKED) -> Outlook:
    return outlook(weekly(1, 100, 70), PAIR, asked_on=asked_on, horizon=horizon)


def test_on_one_article_it_abstains_and_still_shows_how_thaws_ended_in_history() -> None:
    found = outlook(one_article(), PAIR, asked_on=date(2026, 1, 8), published=PUBLISHED)
    assert found.probability is None
    assert found.low is None
    assert found.high is None
    assert found.reason is not None
    assert "too little to tell" in found.reason
    assert found.own_base_rate is None
    assert found.like_base_rate == model(90).base_rate
    assert (THAW_TERM, "2026-01-07") in {(t.name, t.value) for t in found.terms}


def test_without_a_thaw_there_is_no_outlook() -> None:
    found = outlook(weekly(1, 60, 99), PAIR, asked_on=date(2024, 2, 1))
    assert found.probability is None
    assert found.reason == "no thaw turn is known by 2024-02-01"


def test_a_well_read_thaw_gets_a_probability_within_its_interval_beside_its_base_rates() -> None:
    found = ask()
    assert found.reason is None
    assert found.probability is not None
    assert found.low is not None
    assert found.high is not None
    assert 0 < found.low < found.probability < found.high < 1
    assert found.like_base_rate is not None
    assert found.model == "thaw.v1"
    assert found.question == "thaw-holds.v1"


@pytest.mark.parametrize("horizon", sorted(HORIZONS))
def test_the_listed_terms_are_the_whole_of_the_probability(horizon: int) -> None:
    found = ask(horizon)
    total = sum(t.contribution for t in found.terms if t.contribution is not None)
    assert found.probability == pytest.approx(1 / (1 + exp(-total)))


def test_a_longer_horizon_is_harder_to_hold() -> None:
    chances = [ask(h).probability for h in (30, 60, 90, 180)]
    known = [c for c in chances if c is not None]
    assert len(known) == 4
    assert known == sorted(known, reverse=True)


def test_a_thaw_that_fell_back_to_hostility_is_not_asked_about_any_more() -> None:
    found = weekly(1, 82, 70)
    for week in (82, 83, 84):
        for i in range(8):
            day = date(2023, 1, 2) + timedelta(weeks=week, days=i % 7)
            found.append(act(9000 + 10 * week + i, day, True))
    answer = outlook(found, PAIR, asked_on=date(2024, 8, 25))
    assert answer.probability is None
    assert answer.reason is not None
    assert "relapsed" in answer.reason or "escalation" in answer.reason


def test_an_old_thaw_lies_outside_of_what_the_model_knows() -> None:
    found = ask(asked_on=date(2024, 11, 24))
    assert found.probability is None
    assert found.reason is not None
    assert "weeks old" in found.reason


@pytest.mark.parametrize("horizon", [0, 45, 365, -90])
def test_other_horizons_are_refused(horizon: int) -> None:
    with pytest.raises(InputError, match="30, 60, 90, 180 days"):
        outlook([], PAIR, asked_on=ASKED, horizon=horizon)


@given(st.integers(1, 60), st.booleans())
@settings(max_examples=15, deadline=None)
def test_nothing_published_later_changes_an_outlook(days: int, hostile: bool) -> None:
    found = weekly(1, 100, 70)
    hidden = act(9999, date(2024, 5, 20), hostile, known_on=ASKED + timedelta(days=days))
    late = [act(9000 + i, ASKED + timedelta(days=days), hostile) for i in range(20)]
    assert outlook([*found, hidden, *late], PAIR, asked_on=ASKED) == ask()


@given(st.randoms(use_true_random=False))
@settings(max_examples=8, deadline=None)
def test_the_order_of_arrival_changes_no_outlook(random: object) -> None:
    found = weekly(1, 100, 70)
    random.shuffle(found)  # type: ignore[attr-defined]
    assert outlook(found, PAIR, asked_on=ASKED) == ask()


# The frozen rules

TENSE: list[int | None] = [-1] * 12


def test_a_thaw_is_the_first_friendly_week_out_of_a_tension() -> None:
    assert thaws([*TENSE, 1, 1]) == [12]
    assert thaws([*TENSE, None, 1]) == [13]
    assert thaws([1, -1, 1, 1, 1, -1, 1, 1, 1, 1, -1, 1]) == []


def test_two_thaws_lie_twelve_weeks_apart() -> None:
    assert thaws([*TENSE, 1, -1, 1, -1, 1]) == [12]


@pytest.mark.parametrize(
    ("after", "weeks"),
    [
        ([-1, -1, -1], 3),
        ([-1, -1, 1, -1], 4),
        ([-1, 1, -1, 1, -1], None),
        ([-1, None, None, -1, None, -1], 6),
        ([1, 1, 1, 1], None),
    ],
)
def test_a_relapse_is_three_hostile_weeks_among_four_that_were_heard_of(
    after: list[int | None], weeks: int | None
) -> None:
    assert relapse([*TENSE, 1, *after], 12) == weeks


def test_silence_is_neither_peace_nor_relapse() -> None:
    quiet: list[int | None] = [None] * 13
    silent = outcome([*TENSE, 1, *quiet], 12, 13)
    held = outcome([*TENSE, 1, *[1] * 13], 12, 13)
    assert silent is not None
    assert held is not None
    assert (silent.kind, held.kind) == ("silent", "held")


def test_a_thaw_is_not_settled_before_its_weeks_are_over() -> None:
    assert outcome([*TENSE, 1, 1, 1], 12, 13) is None


def test_the_past_of_a_pair_counts_only_what_was_settled_by_then() -> None:
    signs = [*TENSE, 1, *[1] * 13, *TENSE, 1, -1, -1, -1]
    assert record(signs, 38) == (1, 1)
    assert record(signs, 20) == (0, 0)
    assert record(signs, 41) == (1, 2)


@given(st.lists(st.sampled_from([-1, 0, 1, None]), min_size=30, max_size=80), st.integers(0, 9))
@settings(max_examples=80, deadline=None)
def test_the_model_sees_nothing_after_the_week_of_asking(signs: list[int | None], since: int) -> None:
    thaw = 15
    cut = signs[: thaw + since + 1]
    assert features(signs, thaw, thaw + since, (0, 0)) == features(cut, thaw, thaw + since, (0, 0))
    assert thaws(cut) == [t for t in thaws(signs) if t < len(cut)]


def test_a_tension_heard_of_in_three_weeks_only_is_too_thin() -> None:
    reason = tense([-1, None, None, -1, None, None, -1, 1], 7)
    assert reason is not None
    assert "only 3 of the 12 weeks" in reason


# The shipped parameters


@pytest.mark.parametrize("horizon", sorted(HORIZONS))
def test_the_shipped_model_beat_its_base_rates_on_later_thaws(horizon: int) -> None:
    path = resources.files("detente") / "data" / "outlook" / "thaw_v1.json"
    walked = json.loads(path.read_text())["horizons"][str(horizon)]["walk_forward"]
    skill, low, _ = walked["skill"]
    assert walked["from"] == "2021-07-01"
    assert low > 0
    assert walked["skill_over_own_record"][1] > 0
    if horizon == 90:
        assert skill >= 0.07
        assert walked["calibration_error"] <= 0.03


def test_pairs_that_were_more_hostile_held_less_in_history() -> None:
    rates = [like.held for like in model(90).like]
    assert rates == sorted(rates, reverse=True)
    assert sum(like.thaws for like in model(90).like) == model(90).thaws
