"""Forecasts are filed once, resolved by the frozen rule, scored against what lies beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from relations_examples import PAIR, act, weekly

from detente.errors import InputError
from detente.records import Forecast, Outlook, Term
from detente.relations.outlook import MODEL, QUESTION, THAW_TERM, outlook
from detente.relations.scorecard import file_forecast, resolve, scorecard, unsettled
from detente.relations.series import Act

MONDAY = date(2025, 3, 3)


def filed(probability: float = 0.7, base: float | None = 0.6, pair: tuple[str, str] = PAIR) -> Forecast:
    asked = Outlook(
        pair, MONDAY, QUESTION, 30, probability, 0.5, 0.8, None, base,
        (Term(THAW_TERM, MONDAY.isoformat()),), None, MODEL,
    )  # fmt: skip
    return file_forecast(asked, filed_on=MONDAY)


def after(*weeks: int | None) -> list[Act]:
    """Acts of the thaw's week and of the weeks after it: -1 hostile, 1 friendly, None silent."""
    return [
        act(i, MONDAY + timedelta(weeks=i), sign < 0)
        for i, sign in enumerate((1, *weeks))
        if sign is not None
    ]


def read_weeks(*weeks: int) -> list[date]:
    """A day of publication in each of these weeks after the week of asking."""
    return [MONDAY + timedelta(weeks=w, days=2) for w in weeks]


ALL = read_weeks(0, 1, 2, 3, 4)


def test_an_outlook_of_the_house_can_be_filed_and_comes_due() -> None:
    asked = outlook(weekly(1, 100, 70), PAIR, asked_on=date(2024, 6, 24), horizon=30)
    forecast = file_forecast(asked, filed_on=date(2024, 6, 24))
    assert forecast.due_on == date(2024, 7, 28)
    done = resolve(forecast, weekly(1, 100, 70), on=date(2024, 12, 1))
    assert done.outcome == "held"
    assert asked.probability is not None
    assert done.score == pytest.approx((1 - asked.probability) ** 2)


def test_an_abstention_cannot_be_filed() -> None:
    with pytest.raises(InputError, match="abstains"):
        file_forecast(outlook([], PAIR, asked_on=MONDAY), filed_on=MONDAY)


def test_a_forecast_cannot_be_filed_before_it_was_asked() -> None:
    with pytest.raises(InputError, match="was asked on"):
        file_forecast(filed().outlook, filed_on=MONDAY - timedelta(days=1))


def test_any_later_edit_of_a_filed_forecast_changes_its_hash() -> None:
    first = filed()
    edited = replace(first.outlook, probability=0.71)
    assert file_forecast(edited, filed_on=MONDAY).id != first.id
    assert file_forecast(first.outlook, filed_on=MONDAY, previous=first.id).id != first.id
    assert file_forecast(first.outlook, filed_on=MONDAY).id == first.id


@pytest.mark.parametrize(
    ("weeks", "outcome", "score"),
    [
        ((1, 1, 1, 1), "held", 0.09),
        ((-1, 1, -1, 1), "held", 0.09),
        ((-1, -1, 1, -1), "relapsed", 0.49),
        ((None, None, 1, None), "silent", None),
        ((1, 1, 1, 1, -1, -1, -1), "held", 0.09),
    ],
)
def test_a_due_forecast_is_resolved_by_the_weeks_asked_about(
    weeks: tuple[int | None, ...], outcome: str, score: float | None
) -> None:
    done = resolve(filed(), after(*weeks), on=date(2025, 6, 1), read=ALL)
    assert done.outcome == outcome
    assert done.score == (None if score is None else pytest.approx(score))


def test_a_forecast_is_not_resolved_before_it_is_due_nor_twice() -> None:
    forecast = filed()
    assert resolve(forecast, after(-1, -1, -1, -1), on=forecast.due_on - timedelta(days=1)) == forecast
    held = resolve(forecast, after(1, 1, 1, 1), on=date(2025, 6, 1))
    assert resolve(held, after(-1, -1, -1, -1), on=date(2025, 6, 1)) == held


def test_what_is_published_after_the_day_of_scoring_does_not_count() -> None:
    late = [replace(a, known_on=date(2025, 7, 1)) for a in after(-1, -1, -1, -1)[1:]]
    done = resolve(filed(), [*after(1, 1, 1, 1), *late], on=date(2025, 6, 1))
    assert done.outcome == "held"


def test_where_nothing_was_read_after_the_asking_a_forecast_stays_open_and_says_why() -> None:
    on = date(2025, 6, 1)
    for read in (None, [], read_weeks(0), read_weeks(0, 1, 2, 3)):
        assert resolve(filed(), after(), on=on, read=read) == filed()
        told = unsettled(filed(), after(), on=on, read=read)
        assert told is not None
        assert "last week asked about (from 2025-03-31)" in told


def test_a_thaw_is_not_held_to_an_end_that_nobody_read() -> None:
    quiet_end, on = after(1, 1, 1), date(2025, 6, 1)
    assert resolve(filed(), quiet_end, on=on).outcome is None
    assert resolve(filed(), quiet_end, on=on, read=read_weeks(5)).outcome == "held"


def test_a_relapse_that_was_read_settles_a_forecast_whatever_was_read_later() -> None:
    gone = after(-1, -1, -1)
    assert resolve(filed(), gone, on=date(2025, 6, 1), read=[]).outcome == "relapsed"


def test_silence_counts_only_where_three_weeks_in_four_were_read() -> None:
    on = date(2025, 6, 1)
    assert resolve(filed(), after(), on=on, read=read_weeks(1, 3, 4)).outcome == "silent"
    assert resolve(filed(), after(), on=on, read=read_weeks(1, 4)).outcome is None
    told = unsettled(filed(), after(), on=on, read=read_weeks(1, 4))
    assert told is not None
    assert "documents of only 2 of the 4 weeks" in told


def test_what_is_published_after_the_day_of_scoring_covers_no_week() -> None:
    late = read_weeks(1, 2, 3, 4)
    assert resolve(filed(), after(), on=late[-1] + timedelta(days=4), read=late).outcome == "silent"
    early = replace(filed(), due_on=date(2025, 4, 6))
    assert resolve(early, after(), on=date(2025, 4, 6), read=[date(2025, 4, 7)]).outcome is None


@given(st.permutations(ALL), st.lists(st.sampled_from(ALL), max_size=9))
def test_the_order_and_number_of_documents_of_a_week_settle_nothing_else(
    order: list[date], again: list[date]
) -> None:
    on = date(2025, 6, 1)
    assert resolve(filed(), after(), on=on, read=[*order, *again]) == resolve(
        filed(), after(), on=on, read=ALL
    )


def test_the_card_counts_what_it_scores_and_what_it_cannot() -> None:
    held = resolve(filed(0.8), after(1, 1, 1, 1), on=date(2025, 6, 1))
    gone = resolve(filed(0.3, pair=("FRA", "ITA")), after(-1, -1, -1, 1), on=date(2025, 6, 1))
    silent = resolve(filed(), after(), on=date(2025, 6, 1), read=ALL)
    card = scorecard([held, gone, silent, filed()])
    assert (card.scored, card.silent, card.pending) == (2, 1, 1)
    assert card.brier == pytest.approx((0.04 + 0.09) / 2)
    assert card.base_brier == pytest.approx((0.16 + 0.36) / 2)
    assert card.skill == pytest.approx(1 - 0.065 / 0.26)
    assert card.log_score == pytest.approx(0.2899, abs=1e-4)
    assert [b.count for b in card.bins] == [0, 1, 0, 0, 1]
    assert card.bins[1].held == 0.0
    assert card.bins[4].held == 1.0
    assert card.skill_low is not None
    assert card.skill_high is not None
    assert card.skill_low <= card.skill <= card.skill_high


def test_one_pair_gives_no_interval_and_no_base_rate_no_skill() -> None:
    held = resolve(filed(), after(1, 1, 1, 1), on=date(2025, 6, 1))
    assert scorecard([held]).skill_low is None
    bare = resolve(filed(base=None), after(1, 1, 1, 1), on=date(2025, 6, 1))
    assert scorecard([held, bare]).skill is None


def test_a_certain_forecast_that_failed_costs_much_but_not_everything() -> None:
    gone = resolve(filed(1.0), after(-1, -1, -1, 1), on=date(2025, 6, 1))
    card = scorecard([gone])
    assert card.brier == pytest.approx(1.0)
    assert card.log_score == pytest.approx(6.9078, abs=1e-3)
