"""What must be true of every figure of a pair, whatever was read: nothing from the future, nothing
from repetition, nothing from the order, and no certainty from silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from relations_examples import PAIR, act, event, phases

from detente.records import Event, Level, Outlook, Turn
from detente.relations.outlook import outlook
from detente.relations.series import acts, levels
from detente.relations.turning import turns

FIRST = date(2025, 1, 6)
AS_OF = FIRST + timedelta(days=250)
KINDS = ("ACCUSE", "THREATEN", "SANCTION", "CONSULT", "SUPPORT", "AGREE", "AID")
Figures = tuple[list[Level], list[Turn], Outlook, Outlook]


@st.composite
def readings(draw: st.DrawFn) -> tuple[list[Event], dict[str, date | None]]:
    """Events of 4 to 25 articles over 300 days, each published within a week of its acts."""
    events: list[Event] = []
    published: dict[str, date | None] = {}
    for number in range(draw(st.integers(4, 25))):
        day = FIRST + timedelta(days=draw(st.integers(0, 300)))
        name = f"d{number:02}"
        published[name] = day
        for at in range(draw(st.integers(1, 4))):
            back = draw(st.integers(0, 7))
            flipped = draw(st.booleans())
            one, other = (("COL",), ("USA",)) if flipped else (("USA",), ("COL",))
            when = (day - timedelta(days=back)).isoformat()
            kind = draw(st.sampled_from(KINDS))
            events.append(event(at * 20, kind, when, actor=one, recipient=other, document=name))
    return events, published


def figures(events: Sequence[Event], published: dict[str, date | None], as_of: date = AS_OF) -> Figures:
    """Every figure there is of the pair as it stood on a day."""
    found = acts(events, published, PAIR, as_of)
    return (
        levels(found, start=FIRST, end=as_of, as_of=as_of),
        turns(events, PAIR, as_of, published=published),
        outlook(events, PAIR, asked_on=as_of, published=published),
        outlook(events, PAIR, asked_on=as_of, question="escalation", published=published),
    )


@given(readings())
@settings(max_examples=25, deadline=None)
def test_nothing_published_after_the_day_changes_any_figure_of_it(
    read: tuple[list[Event], dict[str, date | None]],
) -> None:
    events, published = read
    then = [e for e in events if (day := published[e.document]) is not None and day <= AS_OF]
    assert figures(events, published) == figures(then, published)


@given(readings(), st.integers(0, 60), st.data())
@settings(max_examples=25, deadline=None)
def test_the_same_told_again_later_changes_no_figure(
    read: tuple[list[Event], dict[str, date | None]], later: int, data: st.DataObject
) -> None:
    events, published = read
    told = data.draw(st.lists(st.sampled_from(events), min_size=1, max_size=8, unique_by=lambda e: e.id))
    again: list[Event] = []
    days = dict(published)
    for number, one in enumerate(told):
        name = f"z{number}"
        first = published[one.document]
        assert first is not None
        days[name] = first + timedelta(days=later + 1)
        again.append(replace(one, document=name, start=one.start + 1000, end=one.end + 1000))
    one_reading, repeated = figures(events, published), figures([*events, *again], days)
    assert _bare(one_reading) == _bare(repeated)


def _bare(found: Figures) -> object:
    """The figures without the lists of reports, which must of course grow."""
    rates, turned, first, second = found
    return (
        [(x.day, x.hostile, x.hostile_low, x.hostile_high, x.cooperative) for x in rates],
        [(t.day, t.direction, t.odds, t.firmness, t.known_on) for t in turned],
        [
            (o.probability, o.low, o.high, o.own_base_rate, o.like_base_rate, o.reason)
            for o in (first, second)
        ],
    )


@given(readings(), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_order_of_arrival_changes_no_figure(
    read: tuple[list[Event], dict[str, date | None]], chance: object
) -> None:
    events, published = read
    order = list(events)
    chance.shuffle(order)  # type: ignore[attr-defined]
    assert figures(order, published) == figures(events, published)


@given(readings(), st.integers(1, 200))
@settings(max_examples=25, deadline=None)
def test_silence_never_makes_a_level_surer_nor_moves_it(
    read: tuple[list[Event], dict[str, date | None]], quiet: int
) -> None:
    events, published = read
    end = max(day for day in published.values() if day is not None)
    soon, late = (figures(events, published, day)[0] for day in (end, end + timedelta(days=quiet)))
    if not soon:
        assert not late
        return
    last, then = late[-1], soon[-1]
    assert last.hostile == pytest.approx(then.hostile)
    assert last.cooperative == pytest.approx(then.cooperative)
    assert last.hostile_high - last.hostile_low >= then.hostile_high - then.hostile_low - 1e-9
    wide = then.cooperative_high - then.cooperative_low
    assert last.cooperative_high - last.cooperative_low >= wide - 1e-9


@given(st.integers(0, 30), st.integers(1, 400))
@settings(max_examples=15, deadline=None)
def test_silence_makes_no_turn_and_none_surer(seed: int, quiet: int) -> None:
    found = phases(seed, [0.85, 0.1], 50, 200)
    end = max(a.known_on for a in found)
    assert turns(found, PAIR, end) == turns(found, PAIR, end + timedelta(days=quiet))


@given(st.integers(0, 30))
@settings(max_examples=10, deadline=None)
def test_half_the_reports_of_a_story_are_as_good_as_all(seed: int) -> None:
    found = phases(seed, [0.85, 0.1], 40, 200)
    loud = [replace(a, events=(*a.events, *(f"{a.events[0]}-{i}" for i in range(5)))) for a in found]
    end = date(2025, 1, 1)
    assert [(t.day, t.odds) for t in turns(loud, PAIR, end)] == [
        (t.day, t.odds) for t in turns(found, PAIR, end)
    ]


def test_a_later_report_of_an_old_act_moves_no_level_of_before_it_was_known() -> None:
    found = [act(i, FIRST + timedelta(days=9 * i), i % 3 > 0) for i in range(20)]
    late = act(99, FIRST + timedelta(days=20), True, known_on=FIRST + timedelta(days=240))
    as_of = FIRST + timedelta(days=200)
    before = levels(found, start=FIRST, end=as_of, as_of=as_of)
    assert levels([*found, late], start=FIRST, end=as_of, as_of=as_of) == before
