"""Past thaws that were most like one of today."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from relations_examples import PAIR, act, weekly

from detente.errors import InputError
from detente.relations.neighbours import PastCase, nearest, past_cases
from detente.relations.outlook import like_cases, outlook
from detente.relations.series import Act
from detente.relations.weeks import Weeks

FIRST = date(2023, 1, 2)
ASKED = date(2024, 6, 24)
OTHER = ("FRA", "ITA")


def swings(weeks: int) -> list[Act]:
    """Twelve hostile and twelve friendly weeks by turns, one act a week."""
    return [act(i, FIRST + timedelta(weeks=i), i // 12 % 2 == 0) for i in range(weeks)]


def test_a_past_thaw_is_told_with_what_became_of_it() -> None:
    held = Weeks(FIRST, (*[-1] * 12, *[1] * 20))
    gone = Weeks(FIRST, (*[-1] * 12, 1, -1, -1, -1, *[1] * 16))
    assert [(c.week, c.ended) for c in past_cases(held, PAIR)] == [(FIRST + timedelta(weeks=12), "held")]
    assert [(c.ended, c.weeks) for c in past_cases(gone, PAIR)] == [("relapsed", 3)]


def test_the_mirror_tells_of_escalations_that_thawed() -> None:
    weeks = Weeks(FIRST, (*[1] * 12, -1, 1, 1, 1, *[1] * 16)).mirrored()
    assert [c.ended for c in past_cases(weeks, PAIR, question="escalation")] == ["thawed"]


def test_a_thaw_that_is_not_over_is_no_past_case() -> None:
    assert past_cases(Weeks(FIRST, (*[-1] * 12, *[1] * 5)), PAIR) == []


def test_another_question_or_horizon_is_refused() -> None:
    weeks = Weeks(FIRST, (1,))
    with pytest.raises(InputError, match="no question"):
        past_cases(weeks, PAIR, question="war")
    with pytest.raises(InputError, match="7 days"):
        past_cases(weeks, PAIR, horizon=7)


def test_the_nearest_case_comes_first_and_says_how_far_it_is() -> None:
    near, far = (PastCase(PAIR, FIRST, "held", 13, (x, 0.0)) for x in (1.0, 3.0))
    found = nearest([far, near], (0.0, 0.0), (0.0, 0.0), (2.0, 1.0))
    assert [c.distance for c in found] == [0.5, 1.5]
    assert nearest([far, near], (0.0, 0.0), (0.0, 0.0), (2.0, 1.0), 1) == found[:1]


def test_cases_of_another_pair_are_found_and_named() -> None:
    found = like_cases(weekly(1, 100, 70), {OTHER: swings(60)}, PAIR, asked_on=ASKED)
    assert OTHER in {c.pair for c in found}
    assert all(c.distance is not None for c in found)


def test_an_outlook_names_the_pair_s_own_past_thaws() -> None:
    past = [a for a in swings(60) if a.day < date(2023, 12, 1)]
    later = [act(5000 + i, date(2024, 1, 1) + timedelta(days=i), i < 100) for i in range(170)]
    found = outlook([*past, *later], PAIR, asked_on=ASKED)
    named = [t for t in found.terms if t.name.startswith("past thaw of the pair")]
    assert named
    assert all(isinstance(t.value, str) and t.contribution is None for t in named)


@given(st.integers(0, 12))
@settings(max_examples=8, deadline=None)
def test_nothing_published_after_the_asking_makes_a_past_case(more: int) -> None:
    known = swings(60)
    later = [act(900 + i, ASKED + timedelta(weeks=i + 1), i % 2 == 0) for i in range(more)]
    items = weekly(1, 100, 70)
    assert like_cases(items, {OTHER: [*known, *later]}, PAIR, asked_on=ASKED) == like_cases(
        items, {OTHER: known}, PAIR, asked_on=ASKED
    )
