"""What is counted between two states, and what a level may claim."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from relations_examples import PAIR, act, event, one_article, phases

from detente.errors import DateError, InputError
from detente.records import Event, Level, Status, Story, Voice
from detente.relations.counts import choose_discount, smooth
from detente.relations.daily import daily
from detente.relations.series import Act, acts, aside, enough, levels, pair_of, pooled, span_of

PUBLISHED = {"d": date(2026, 1, 8), "later": date(2026, 2, 1)}


def counted(*events: Event, as_of: date | None = None) -> list[Act]:
    return acts(events, PUBLISHED, PAIR, as_of)


@pytest.mark.parametrize(
    ("what", "why"),
    [
        (event(1, "ASSAULT", "2026-01-05", voice=Voice.COMMENTARY), "commentary"),
        (event(1, "ASSAULT", "2026-01-05", status=Status.HYPOTHETICAL), "hypothetical"),
        (event(1, "CONSULT", "2026-01-05", status=Status.NEGATED), "negated"),
        (event(1, "SANCTION", None, status=Status.HISTORICAL), "historical without a date"),
        (event(1, "SANCTION", None, status=Status.FUTURE), "announced for later"),
        (event(1, "REQUEST", "2026-01-05"), "neither side"),
        (event(1, "ACCUSE", "2026-01-05", document="undated"), "no publication date"),
    ],
)
def test_what_is_not_an_act_between_the_two_is_set_aside_with_its_reason(what: Event, why: str) -> None:
    assert counted(what) == []
    [(kept, reason)] = aside([what], PUBLISHED, PAIR)
    assert kept == what
    assert why in reason


def test_an_act_upon_a_third_state_is_no_act_of_the_pair_at_all() -> None:
    capture = event(1, "COERCE", "2026-01-03", recipient=("VEN",))
    assert counted(capture) == []
    assert aside([capture], PUBLISHED, PAIR) == []


def test_a_meeting_of_both_counts_once_and_an_act_of_each_counts_twice() -> None:
    both = ("COL", "USA")
    met = event(1, "CONSULT", "2026-01-07", actor=both, recipient=both, symmetric=True)
    praised = event(2, "SUPPORT", "2026-01-07")
    praised_back = event(3, "SUPPORT", "2026-01-07", actor=("COL",), recipient=("USA",))
    assert len(counted(met)) == 1
    assert {(a.actor, a.recipient) for a in counted(praised, praised_back)} == {
        ("USA", "COL"),
        ("COL", "USA"),
    }


def test_last_years_sanctions_stand_in_last_year_and_not_on_the_day_they_are_recalled() -> None:
    [sanction] = counted(event(1, "SANCTION", "2025", status=Status.HISTORICAL))
    assert (sanction.earliest, sanction.day) == (date(2025, 1, 1), date(2025, 12, 31))
    assert sanction.known_on == date(2026, 1, 8)
    assert sanction.hostile
    assert not sanction.verbal


def test_an_undated_act_happened_in_the_week_before_its_publication() -> None:
    [threat] = counted(event(1, "THREATEN", None))
    assert (threat.earliest, threat.day) == (date(2026, 1, 1), date(2026, 1, 8))


def test_a_planned_meeting_is_announced_on_the_day_of_publication_and_weighs_on_no_level() -> None:
    both = ("COL", "USA")
    plan = event(1, "CONSULT", "2026-02", actor=both, recipient=both, symmetric=True, status=Status.FUTURE)
    [announced] = counted(plan)
    assert announced.announced
    assert announced.day == announced.earliest == date(2026, 1, 8)
    assert enough([announced] * 9) == (
        "too little to tell: 0 acts that can be placed in a week; a level needs 5"
    )


def test_no_act_happens_after_it_was_published() -> None:
    [slip] = counted(event(1, "ACCUSE", "2026-03-01"))
    assert slip.day == slip.known_on


def test_the_same_report_from_another_paper_adds_a_report_and_no_act() -> None:
    first = event(1, "ACCUSE", "2026-01-05")
    again = replace(first, document="later")
    [alone] = counted(first)
    [both] = counted(first, again)
    assert both.events == (first.id, again.id)
    assert replace(both, events=alone.events) == alone


def test_stories_given_decide_what_is_one_act() -> None:
    one, two = event(1, "ACCUSE", "2026-01-05"), event(2, "ACCUSE", "2026-01-05")
    apart = [
        Story(i, "ACCUSE", ("USA",), ("COL",), False, Status.ACTUAL, None, None, None, (e.id,), ())
        for i, e in (("s1", one), ("s2", two))
    ]
    assert len(acts([one, two], PUBLISHED, PAIR)) == 1
    assert len(acts([one, two], PUBLISHED, PAIR, stories=apart)) == 2


def test_what_is_published_later_does_not_change_what_was_known() -> None:
    early = event(1, "ACCUSE", None)
    # The later report dates the act better; on the day of the first nobody knew.
    later = event(1, "ACCUSE", "2026-01-02", document="later")
    story = Story(
        "s", "ACCUSE", ("USA",), ("COL",), False, Status.ACTUAL, None, None, None,
        (early.id, later.id), (),
    )  # fmt: skip
    then = acts([early, later], PUBLISHED, PAIR, date(2026, 1, 8), [story])
    assert then == acts([early], PUBLISHED, PAIR, date(2026, 1, 8), [story])
    now = acts([early, later], PUBLISHED, PAIR, date(2026, 2, 1), [story])
    assert now[0].day == date(2026, 1, 2)


@given(st.permutations(one_article()))
@settings(max_examples=25, deadline=None)
def test_the_order_of_arrival_changes_no_act(order: list[Event]) -> None:
    assert acts(order, PUBLISHED, PAIR) == acts(one_article(), PUBLISHED, PAIR)


@pytest.mark.parametrize("bad", [("USA", "USA"), ("USA", "")])
def test_a_pair_is_two_different_states(bad: tuple[str, str]) -> None:
    with pytest.raises(InputError, match="give two different codes"):
        pair_of(bad)


@pytest.mark.parametrize("bad", ["last year", "2026-13", "2026-02-30", "1-2-3-4", ""])
def test_a_date_that_is_none_is_refused(bad: str) -> None:
    with pytest.raises(DateError):
        span_of(bad)


def test_one_article_is_a_first_reading_and_gives_no_level() -> None:
    found = counted(*one_article())
    reason = enough(found)
    assert reason is not None
    assert "published on 1 day" in reason
    assert _levels(found, date(2026, 1, 8)) == []


def _levels(items: list[Act], as_of: date) -> list[Level]:
    return levels(items, start=date(2024, 1, 1), end=as_of, as_of=as_of)


def test_silence_widens_the_interval_and_does_not_move_the_level() -> None:
    found = phases(1, [0.7], 60, 200)
    series = _levels(found, date(2025, 6, 29))
    last = max(a.day for a in found)
    silent = [level for level in series if level.day > last + timedelta(days=7)]
    assert len(silent) > 40
    for side in ("hostile", "cooperative"):
        means = [getattr(level, side) for level in silent]
        widths = [getattr(level, f"{side}_high") - getattr(level, f"{side}_low") for level in silent]
        assert max(means) - min(means) < 1e-9
        assert all(b >= a - 1e-9 for a, b in itertools.pairwise(widths))
        assert widths[-1] > widths[0]


def test_reading_on_and_finding_nothing_does_move_the_level() -> None:
    found = phases(1, [0.7], 60, 200)
    monday = date(2024, 1, 1)
    read = {monday + timedelta(weeks=i): 1.0 for i in range(60)}
    end = date(2025, 2, 16)
    silent = levels(found, start=end, end=end, as_of=end)[0]
    heard = levels(found, start=end, end=end, as_of=end, exposure=read)[0]
    assert heard.hostile < silent.hostile / 2


def test_every_level_is_the_sum_of_the_terms_it_lists() -> None:
    for level in _levels(phases(2, [0.8, 0.2], 120, 300), date(2024, 10, 27)):
        for side in ("hostile", "cooperative"):
            listed = sum(t.contribution or 0.0 for t in level.terms if side in t.name)
            assert listed == pytest.approx(getattr(level, side))
        assert any(t.events for t in level.terms)
        assert level.definition == "level.v1"


def test_the_level_follows_the_acts_from_hostile_to_cooperative() -> None:
    series = _levels(phases(3, [0.9, 0.1], 200, 300), date(2024, 10, 27))
    early, late = series[10], series[-4]
    assert early.hostile_low > late.hostile_high
    assert early.cooperative_high < late.cooperative_low


@given(st.integers(0, 50), st.integers(1, 60))
@settings(max_examples=25, deadline=None)
def test_nothing_published_after_the_day_changes_a_level(seed: int, more: int) -> None:
    found = phases(seed, [0.5], 40, 150)
    as_of = date(2024, 6, 1)
    later = [act(1000 + i, as_of + timedelta(days=i), True) for i in range(more)]
    # An old act that becomes known only later must not count either.
    hidden = act(2000, date(2024, 2, 1), True, known_on=as_of + timedelta(days=1))
    assert _levels([*found, *later, hidden], as_of) == _levels(found, as_of)


@given(st.permutations(phases(4, [0.6, 0.3], 30, 120)))
@settings(max_examples=15, deadline=None)
def test_the_order_of_arrival_changes_no_level(order: list[Act]) -> None:
    as_of = date(2024, 6, 1)
    assert _levels(order, as_of) == _levels(phases(4, [0.6, 0.3], 30, 120), as_of)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.integers(1, 80), st.floats(0.6, 0.99))
@settings(max_examples=60, deadline=None)
def test_silence_never_raises_certainty(counts: list[int], silent: int, discount: float) -> None:
    rates = smooth(
        [*counts, *[0] * silent],
        [*[1.0] * len(counts), *[0.0] * silent],
        discount=discount,
        prior_mean=1.0,
        prior_shape=0.5,
    )
    width = (rates.high - rates.low)[len(counts) - 1 :]
    assert all(b >= a * (1 - 1e-6) for a, b in itertools.pairwise(width))
    assert abs(rates.mean[-1] - rates.mean[len(counts) - 1]) < 1e-9


def test_a_pair_with_few_weeks_keeps_the_pooled_memory_and_one_with_many_finds_its_own() -> None:
    prior = pooled()["hostile"]
    few = choose_discount(
        [1, 2], [1, 1], prior_mean=prior.mean, prior_shape=prior.shape, weights=prior.weights
    )
    none = choose_discount([], [], prior_mean=prior.mean, prior_shape=prior.shape, weights=prior.weights)
    restless = ([0] * 8 + [12] * 8) * 6
    own = choose_discount(
        restless,
        [1.0] * len(restless),
        prior_mean=prior.mean,
        prior_shape=prior.shape,
        weights=prior.weights,
    )
    assert abs(few - none) < 0.1
    assert own < 0.7


def test_a_series_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(InputError, match="before it starts"):
        levels([], start=date(2026, 1, 2), end=date(2026, 1, 1), as_of=date(2026, 1, 2))


def test_each_direction_of_a_day_is_counted_by_words_and_deeds_and_no_plan_is() -> None:
    day = date(2025, 3, 3)
    base = act(1, day, True)
    there = [
        base,
        replace(base, story_id="b", events=("b",), verbal=False),
        replace(base, story_id="c", events=("c",), actor="COL", recipient="USA", hostile=False),
        replace(base, story_id="d", events=("d",), actor="COL", symmetric=True, hostile=False),
        replace(base, story_id="e", events=("e",), hostile=False, announced=True),
    ]
    rows = {(r.actor, r.together): r for r in daily(there)}
    assert len(daily(there)) == len(rows) == 3
    assert (rows["USA", False].hostile_verbal, rows["USA", False].hostile_material) == (1, 1)
    assert rows["COL", False].cooperative_verbal == 1
    assert sum(len(r.events) for r in rows.values()) == 4
    assert daily(there[::-1]) == daily(there)
