"""When a pair turned, and what it takes to say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from relations_examples import PAIR, act, event, one_article, phases, weekly

from detente.errors import InputError
from detente.records import Event, Status
from detente.relations.changes import change_points, partition
from detente.relations.null import ar1_surrogates, random_for
from detente.relations.series import Act, acts
from detente.relations.turning import turns

PUBLISHED: dict[str, date | None] = {"d": date(2026, 1, 8), "later": date(2026, 3, 1)}
AS_OF = date(2026, 1, 8)
HISTORY = Path("/work/shared/history/gdelt_dyads_2018_2022.parquet")


def test_the_call_after_months_of_threats_is_a_thaw_known_the_day_it_is_read() -> None:
    [turn] = turns(one_article(), PAIR, AS_OF, published=PUBLISHED)
    assert (turn.day, turn.direction, turn.known_on) == (date(2026, 1, 7), "thaw", AS_OF)
    ids = {e.id: e for e in one_article()}
    assert {ids[i].event for i in turn.events} == {"CONSULT", "SUPPORT"}


def test_a_turn_read_in_one_article_has_no_odds_and_says_why() -> None:
    [turn] = turns(one_article(), PAIR, AS_OF, published=PUBLISHED)
    assert turn.odds is None
    assert turn.reason is not None
    assert "published on 1 day" in turn.reason
    assert "no history" in turn.reason
    chance = next(t.value for t in turn.terms if t.name.startswith("chance of so clean"))
    assert isinstance(chance, float)
    assert 0 < chance <= 0.1
    assert turn.firmness is not None
    assert turn.firmness > 0.5


def test_the_day_before_it_was_published_nobody_knew_of_the_thaw() -> None:
    assert turns(one_article(), PAIR, AS_OF - timedelta(days=1), published=PUBLISHED) == []


def test_an_act_against_a_third_state_and_commentary_make_no_part_of_the_turn() -> None:
    [turn] = turns(one_article(), PAIR, AS_OF, published=PUBLISHED)
    quiet = [e for e in one_article() if e.start not in (6, 14, 15)]
    assert turns(quiet, PAIR, AS_OF, published=PUBLISHED) == [turn]


def test_the_announced_meeting_is_one_of_the_acts_that_make_the_thaw() -> None:
    plan = next(e for e in one_article() if e.status is Status.FUTURE)
    [turn] = turns(one_article(), PAIR, AS_OF, published=PUBLISHED)
    assert plan.id in turn.events


def test_a_friendly_word_between_insults_is_no_thaw() -> None:
    mixed = [
        event(i, "SUPPORT" if i % 3 == 0 else "ACCUSE", f"2026-01-{i % 7 + 1:02}", modes=(str(i),))
        for i in range(1, 14)
    ]
    assert len(acts(mixed, PUBLISHED, PAIR)) == 13
    assert turns(mixed, PAIR, AS_OF, published=PUBLISHED) == []


def test_three_insults_and_two_calls_are_too_few_to_beat_chance() -> None:
    few = [event(i, "ACCUSE", f"2026-01-0{i}") for i in range(1, 4)]
    few += [event(i, "CONSULT", f"2026-01-0{i}") for i in range(4, 6)]
    assert turns(few, PAIR, AS_OF, published=PUBLISHED) == []


def test_the_mirror_of_a_thaw_is_an_escalation() -> None:
    mirrored = [replace(a, hostile=not a.hostile) for a in acts(one_article(), PUBLISHED, PAIR)]
    [turn] = turns(mirrored, PAIR, AS_OF)
    assert (turn.day, turn.direction) == (date(2026, 1, 7), "escalation")


def test_hostile_then_friendly_then_hostile_days_turn_twice() -> None:
    found = turns(phases(5, [0.85, 0.1, 0.85], 120, 300), PAIR, date(2025, 1, 1))
    assert [t.direction for t in found] == ["thaw", "escalation"]
    for turn, true in zip(found, (date(2024, 4, 10), date(2024, 7, 19)), strict=True):
        assert abs((turn.day - true).days) <= 14
        assert turn.odds is not None
        assert turn.odds >= 20
        assert turn.firmness is not None
        assert turn.firmness >= 0.4
        assert turn.known_on is not None
        assert turn.known_on > turn.day


def test_a_pair_that_never_changes_hardly_ever_turns() -> None:
    found = [
        len(turns(phases(seed, [chance], 60, 300), PAIR, date(2025, 1, 1)))
        for seed in range(20)
        for chance in (0.2, 0.5)
    ]
    assert sum(found) <= 0.1 * len(found)


def test_a_dense_series_turns_in_the_week_of_the_thaw() -> None:
    [turn] = turns(weekly(1, 100, 70), PAIR, date(2024, 12, 30))
    assert turn.direction == "thaw"
    assert abs((turn.day - (date(2023, 1, 2) + timedelta(weeks=70))).days) <= 14
    assert turn.odds is not None
    assert turn.odds >= 20
    assert turn.known_on is not None
    assert turn.day < turn.known_on <= turn.day + timedelta(weeks=13)


@given(st.integers(0, 30), st.integers(1, 40))
@settings(max_examples=12, deadline=None)
def test_nothing_published_after_the_day_changes_its_turns(seed: int, more: int) -> None:
    found = phases(seed, [0.85, 0.15], 50, 200)
    as_of = date(2024, 7, 25)
    later = [act(5000 + i, as_of + timedelta(days=i), True) for i in range(more)]
    hidden = [
        act(6000 + i, date(2024, 1, 5) + timedelta(days=i), False, known_on=date(2024, 8, 1))
        for i in range(more)
    ]
    assert turns([*found, *later, *hidden], PAIR, as_of) == turns(found, PAIR, as_of)


@given(st.permutations(one_article()))
@settings(max_examples=15, deadline=None)
def test_the_order_of_arrival_changes_no_turn(order: list[Event]) -> None:
    assert turns(order, PAIR, AS_OF, published=PUBLISHED) == turns(
        one_article(), PAIR, AS_OF, published=PUBLISHED
    )


@given(st.permutations(phases(5, [0.85, 0.1], 40, 200)))
@settings(max_examples=10, deadline=None)
def test_the_order_of_acts_changes_no_turn(order: list[Act]) -> None:
    as_of = date(2025, 1, 1)
    assert turns(order, PAIR, as_of) == turns(phases(5, [0.85, 0.1], 40, 200), PAIR, as_of)


@given(st.sets(st.integers(0, 14), min_size=1))
@settings(max_examples=15, deadline=None)
def test_reporting_the_same_again_changes_no_turn(which: set[int]) -> None:
    # Undated acts and plans stand at their publication; told weeks later they are other acts.
    again = [
        replace(e, document="later") for i, e in enumerate(one_article()) if i in which and e.date is not None
    ]
    first = turns(one_article(), PAIR, date(2026, 3, 1), published=PUBLISHED)
    assert turns([*one_article(), *again], PAIR, date(2026, 3, 1), published=PUBLISHED) == first


def test_silence_after_a_turn_makes_it_no_surer() -> None:
    found = phases(5, [0.85, 0.1], 60, 200)
    soon, late = (turns(found, PAIR, day) for day in (date(2024, 7, 25), date(2026, 1, 1)))
    assert soon == late


def test_events_without_publication_days_are_refused() -> None:
    with pytest.raises(InputError, match="published="):
        turns(one_article(), PAIR, AS_OF)


def test_a_step_in_noise_is_one_change_and_noise_is_none() -> None:
    noise = np.random.default_rng(3).normal(size=200)
    [change] = change_points(noise + np.repeat([0.0, 4.0], 100))
    assert abs(change.index - 100) <= 2
    assert change.after > change.before
    assert change.chance <= 0.05
    assert change_points(noise) == []


def test_a_slow_wandering_without_a_step_seldom_gives_a_change() -> None:
    rng = np.random.default_rng(8)
    base = np.zeros(260)
    for t in range(1, 260):
        base[t] = 0.6 * base[t - 1] + rng.standard_t(5)
    found = [
        len(change_points(row, largest_chance=0.05))
        for row in ar1_surrogates(base, random_for(["wander"]), 40)
    ]
    assert np.mean(found) <= 0.1


def test_a_weekly_series_with_a_hole_in_it_is_refused() -> None:
    with pytest.raises(InputError, match="leave that week out"):
        change_points([1.0, float("nan")] * 30)


@pytest.mark.parametrize("values", [[], [1.0] * 20, [2.0] * 100])
def test_short_and_constant_series_have_no_changes(values: list[float]) -> None:
    assert change_points(values) == []


def test_the_partition_is_the_best_one() -> None:
    values = np.array([0.0, 0, 0, 5, 5, 5, 0, 0, 0])
    assert partition(values, 1.0, 2) == [3, 6]
    assert partition(values, 100.0, 2) == []


@pytest.mark.skipif(not HISTORY.exists(), reason="the history files are not on this machine")
def test_on_history_real_pairs_turn_and_shuffled_ones_do_not() -> None:
    import polars as pl

    frame = pl.read_parquet(HISTORY).with_columns(pl.col("a", "b").cast(pl.String))
    frame = frame.with_columns(
        x=pl.min_horizontal("a", "b"),
        y=pl.max_horizontal("a", "b"),
        week=pl.col("date").dt.truncate("1w"),
    )
    weeks = frame.select(pl.col("week").unique().sort())
    size = frame.group_by("x", "y").agg(pl.col("score").abs().sum())
    top = size.sort("score", descending=True).head(30)
    rng = np.random.default_rng(1)
    real, shuffled = [], []
    for x, y, _ in top.iter_rows():
        here = frame.filter((pl.col("x") == x) & (pl.col("y") == y))
        row = weeks.join(here.group_by("week").agg(pl.col("score").sum()), on="week", how="left")
        values = row.sort("week")["score"].fill_null(0.0).to_numpy().astype(float)
        real.append(len(change_points(values, largest_chance=0.05)))
        shuffled.append(len(change_points(rng.permutation(values), largest_chance=0.05)))
    assert np.mean(real) >= 1.0
    assert np.mean(shuffled) <= 0.02


def test_undated_insults_of_the_same_article_do_not_hide_the_thaw() -> None:
    both = ("USA", "COL")
    insults = [event(i, "ACCUSE", f"2025-12-{i + 10}") for i in range(3)]
    undated = [event(10 + i, "ACCUSE", None, modes=(f"undated {i}",)) for i in range(8)]
    call = event(20, "CONSULT", "2026-01-07", actor=both, recipient=both, symmetric=True)
    plan = event(21, "AGREE", None, status=Status.FUTURE)
    praise = event(22, "SUPPORT", "2026-01-07")
    [turn] = turns([*insults, *undated, call, plan, praise], PAIR, AS_OF, published=PUBLISHED)
    assert turn.day == date(2026, 1, 7)
    either = next(t for t in turn.terms if t.name == "hostile acts that may lie on either side")
    assert set(either.events) == {e.id for e in undated}


def test_a_single_call_after_insults_is_too_little_for_a_thaw() -> None:
    insults = [event(i, "ACCUSE", f"2025-12-{i + 10}") for i in range(8)]
    assert turns([*insults, event(20, "CONSULT", "2026-01-07")], PAIR, AS_OF, published=PUBLISHED) == []


def test_a_quarrel_of_years_ago_is_no_tension_that_a_call_could_end() -> None:
    old = [event(i, "ACCUSE", f"2022-12-{i + 10}", status=Status.HISTORICAL) for i in range(8)]
    talks = [event(20 + i, "CONSULT", f"2026-01-0{5 + i}") for i in range(3)]
    assert turns([*old, *talks], PAIR, AS_OF, published=PUBLISHED) == []
