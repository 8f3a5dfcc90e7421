"""When two reports tell one story, and when not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.records import Event, Party, Status, Voice
from detente.store.stories import key, merge, same_story

DAY = date(2026, 1, 8)
PUBLISHED = {f"d{n}": DAY + timedelta(days=n) for n in range(20)} | {"x": None, "y": None}
HOUSES = {f"d{n}": f"House {n % 3}" for n in range(20)}


def told(
    text: str = "the envoys met in Oslo",
    *,
    document: str = "d0",
    event: str = "CONSULT",
    actor: str = "USA",
    recipient: str = "CUB",
    day: str | None = "2026-01-07",
    end: str | None = None,
    status: Status = Status.ACTUAL,
    symmetric: bool = False,
    trigger: str = "met",
    start: int = 0,
    modes: tuple[str, ...] = (),
    voice: Voice = Voice.WRITER,
) -> Event:
    return Event(
        document=document,
        start=start,
        end=start + len(text),
        text=text,
        event=event,
        actor=tuple(Party(code, code.lower()) for code in actor.split()),
        recipient=tuple(Party(code, code.lower()) for code in recipient.split()),
        symmetric=symmetric,
        status=status,
        trigger=trigger,
        trigger_start=start + max(text.find(trigger), 0),
        quad=1,
        modes=modes,
        date=day,
        date_end=end,
        voice=voice,
    )


BASE = told()
OTHER = {"document": "d1"}


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (told(document="d1"), "the same words on another day of publication"),
        (told("a meeting of the envoys", document="d1", trigger="meeting"), "met and meeting"),
        (told(document="d1", status=Status.HISTORICAL), "told as history, with the same day"),
        (told(document="d1", day="2026-01-05", end="2026-01-09"), "a range of five days around it"),
        (told(document="d1", actor="CUB", recipient="USA", symmetric=True), "done together"),
        (told(document="d1", actor="USA CUB", recipient="USA CUB", symmetric=True), "both on each"),
        (told(document="d19"), "reported again weeks later, with the day it happened"),
        (told(document="d1", day=None), "told without its day, the day after"),
        (told(document="d1", day="2026-01"), "told with its month alone, in the very same words"),
        (told("envoys had an encounter in Oslo", document="d1", trigger="encounter"), "like words"),
        (told(document="d1", event="AGREE"), "a kindred type in the same words"),
    ],
)
def test_reports_that_tell_one_story(other: Event, why: str) -> None:
    assert same_story(BASE, other, PUBLISHED), why
    assert same_story(other, BASE, PUBLISHED), why


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (told(document="d1", actor="CUB", recipient="USA"), "the other way round"),
        (told(document="d1", recipient="VEN"), "another party"),
        (told(document="d1", recipient="CUB VEN"), "one party more"),
        (told(document="d1", event="SUPPORT"), "another act"),
        (told(document="d1", day="2026-01-06"), "another day"),
        (told("a meeting on fish", document="d1", day="2026-01"), "a month, in other words"),
        (told(document="d1", day="2026"), "a year is not one of its days"),
        (told(document="d19", day=None), "no day, weeks later"),
        (told("the envoys met in Geneva", document="d1"), "in another town"),
        (told("police chiefs met on the border", document="d1"), "other people"),
        (told("the envoys phoned about Oslo", document="d1", trigger="phoned"), "a call is no visit"),
        (told("a pact on fish", document="d1", event="AGREE", trigger="pact"), "kindred, other words"),
        (told(document="d1", status=Status.NEGATED), "it is denied"),
        (told(document="d1", status=Status.FUTURE), "it is only planned"),
        (told(document="d1", status=Status.HISTORICAL, day="2014"), "history of another day"),
        (told("ministers signed a paper on fishing", document="d1", trigger="signed"), "no word"),
        (told(document="d1", voice=Voice.COMMENTARY), "opinion"),
    ],
)
def test_reports_that_tell_two_stories(other: Event, why: str) -> None:
    assert not same_story(BASE, other, PUBLISHED), why
    assert not same_story(other, BASE, PUBLISHED), why


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        ("d0", "d7", True),
        ("d0", "d8", False),
        ("d0", "x", False),
        ("x", "y", False),
        ("x", "x", True),
    ],
)
def test_undated_reports_are_one_within_a_week_of_publication(first: str, second: str, one: bool) -> None:
    pair = told(document=first, day=None), told(document=second, day=None, start=50)
    assert same_story(*pair, PUBLISHED) is one


def test_a_year_is_the_same_story_only_as_the_same_year() -> None:
    year = told(day="2014", status=Status.HISTORICAL)
    assert same_story(year, replace(year, document="d1"), PUBLISHED)
    assert not same_story(year, replace(year, document="d1", date="2014-05"), PUBLISHED)


def test_a_planned_meeting_and_the_agreement_to_meet_are_one_story() -> None:
    plan = told("will meet in March", trigger="meet", status=Status.FUTURE)
    deal = told("agreed to meet in March", document="d1", event="AGREE", trigger="agreed")
    assert same_story(plan, replace(deal, status=Status.FUTURE), PUBLISHED)
    assert not same_story(replace(plan, status=Status.ACTUAL), replace(deal, text="a deal"), PUBLISHED)


def test_a_mode_in_common_counts_as_a_word_in_common() -> None:
    call = told("spoke on prisoners", trigger="spoke", modes=("phone",))
    ring = told("had a conversation", document="d1", trigger="conversation", modes=("phone",))
    assert same_story(call, ring, PUBLISHED)
    assert not same_story(replace(call, modes=()), replace(ring, modes=()), PUBLISHED)


def test_the_parties_own_words_are_no_words_in_common() -> None:
    one = replace(told("usa cuba boycott", trigger="boycott"), trigger="boycott")
    other = told("usa cuba parade", document="d1", trigger="parade")
    name = (Party("CUB", "cuba"),)
    assert not same_story(replace(one, recipient=name), replace(other, recipient=name), PUBLISHED)


def test_a_story_says_what_its_reports_say() -> None:
    late = told(document="d4", day="2026-01-07", status=Status.HISTORICAL)
    vague = told(document="d1", day="2026-01-05", end="2026-01-08")
    again = told(document="d4", start=60)
    (story,) = merge([late, vague, again], PUBLISHED, HOUSES)
    assert story.id == vague.id
    assert story.events == (vague.id, late.id, again.id)
    assert story.publishers == ("House 1",)
    assert (story.date, story.date_end) == ("2026-01-07", None)
    assert story.status is Status.ACTUAL
    assert story.first_published == date(2026, 1, 9)
    assert (story.event, story.actor, story.recipient) == ("CONSULT", ("USA",), ("CUB",))


def test_history_alone_stays_history() -> None:
    (story,) = merge([told(status=Status.HISTORICAL)], PUBLISHED, HOUSES)
    assert story.status is Status.HISTORICAL


def test_a_later_report_does_not_rename_a_story() -> None:
    first = [told(document="d3")]
    (before,) = merge(first, PUBLISHED, HOUSES)
    (after,) = merge([*first, told(document="d5"), told(document="d4")], PUBLISHED, HOUSES)
    assert after.id == before.id
    assert len(after.events) == 3


def test_an_unknown_publisher_is_not_counted_as_one() -> None:
    (story,) = merge([told(document="x"), told(document="d2")], PUBLISHED, HOUSES)
    assert story.publishers == ("House 2",)
    assert len(story.events) == 2


def test_opinion_tells_no_story() -> None:
    assert merge([told(voice=Voice.COMMENTARY)], PUBLISHED, HOUSES) == []
    assert key(told(voice=Voice.COMMENTARY)) is None


def test_the_same_event_given_twice_is_one_report() -> None:
    (story,) = merge([BASE, BASE], PUBLISHED, HOUSES)
    assert story.events == (BASE.id,)


# what the rules of story.v2 add


def test_what_stands_around_two_acts_can_tell_that_they_are_one() -> None:
    one, other = told("the envoys met"), told("diplomats gathered", document="d1", trigger="gathered")
    around = {one.id: ("", " in Oslo over herring."), other.id: ("In Oslo, ", " to speak of herring.")}
    assert not same_story(one, other, PUBLISHED)
    assert same_story(one, other, PUBLISHED, around=around)


def test_evidence_that_breaks_off_is_read_on_to_the_end_of_its_sentence() -> None:
    one = told("usa accused cub of", event="ACCUSE", trigger="accused")
    other = replace(one, document="d1")
    steel = {one.id: ("", " dumping steel."), other.id: ("", " dumping steel, an envoy said.")}
    spies = {one.id: ("", " dumping steel."), other.id: ("", " sending spies. Prices rose.")}
    assert same_story(one, other, PUBLISHED, around=steel)
    assert not same_story(one, other, PUBLISHED, around=spies)


def test_a_reprint_does_not_move_the_act_to_the_reprints_own_tuesday() -> None:
    first = told(document="d0", day="2026-01-06")
    reprint = told(document="d9", day="2026-01-13")
    assert not same_story(first, reprint, PUBLISHED)
    assert same_story(first, reprint, PUBLISHED, texts={"d0": "d0", "d9": "d0"})
    other = told("an envoy was expelled", document="d9", day="2026-01-13", trigger="expelled")
    assert not same_story(first, other, PUBLISHED, texts={"d0": "d0", "d9": "d0"})


def test_a_document_that_tells_two_kindred_acts_means_two() -> None:
    met = told("the envoys met in Oslo and signed a pact")
    signed = replace(met, event="AGREE", trigger="signed", trigger_start=27)
    both = [replace(met, document="d1"), replace(signed, document="d1")]
    told_stories = merge([met, signed, *both], PUBLISHED, HOUSES)
    assert [len(s.events) for s in told_stories] == [2, 2]
    alone = merge([met, *both], PUBLISHED, HOUSES)
    assert sorted(len(s.events) for s in alone) == [1, 2]


events = st.builds(
    told,
    text=st.sampled_from(
        [
            "envoys met in Oslo",
            "a meeting in Oslo",
            "met on trade",
            "signed a paper",
            "spoke of trade",
        ]
    ),
    document=st.sampled_from([f"d{n}" for n in range(0, 20, 3)] + ["x", "y"]),
    event=st.sampled_from(["CONSULT", "AGREE", "COOPERATE"]),
    actor=st.sampled_from(["USA", "CUB", "USA CUB"]),
    recipient=st.sampled_from(["USA", "CUB", ""]),
    day=st.sampled_from([None, "2026-01-07", "2026-01-06", "2026-01", "2026"]),
    end=st.sampled_from([None, None, "2026-01-09", "2026-03"]),
    status=st.sampled_from(list(Status)),
    symmetric=st.booleans(),
    trigger=st.sampled_from(["met", "signed", "trade"]),
    start=st.sampled_from([0, 100, 200]),
    voice=st.sampled_from(list(Voice)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(events, max_size=14, unique_by=lambda e: e.id), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(reports: list[Event], shuffle: object) -> None:
    stories = merge(reports, PUBLISHED, HOUSES)
    shuffled = list(reports)
    shuffle.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merge(shuffled, PUBLISHED, HOUSES) == stories


@settings(max_examples=150, deadline=None)
@given(st.lists(events, max_size=14, unique_by=lambda e: e.id))
def test_a_report_is_in_the_earliest_story_of_its_type_with_whose_first_report_it_agrees(
    reports: list[Event],
) -> None:
    stories = merge(reports, PUBLISHED, HOUSES)
    counted = [e for e in reports if e.voice is not Voice.COMMENTARY]
    assert sorted(i for s in stories for i in s.events) == sorted(e.id for e in counted)
    by_id = {e.id: e for e in reports}
    place = {e.id: (PUBLISHED[e.document] or date.max, e.document, e.start, e.id) for e in reports}
    for story in stories:
        assert list(story.events) == sorted(story.events, key=lambda i: place[i])
        for i in story.events:
            earlier = (s for s in stories if place[s.id] < place[i])
            agreeing = [s for s in earlier if same_story(by_id[s.id], by_id[i], PUBLISHED)]
            own = [s for s in agreeing if by_id[s.id].event == by_id[i].event]
            first = min(own, key=lambda s: place[s.id], default=None)
            if first is not None and by_id[i].status is not Status.FUTURE:
                assert story.id == first.id
            elif story.id != i:
                assert story in agreeing


def test_a_war_reported_every_day_without_days_is_not_one_story() -> None:
    """Each report agrees with the one of the day before; a chain of them would never end."""
    on = {f"w{n:03}": DAY + timedelta(days=n) for n in range(80)}
    reports = [told("forces shelled the town", document=d, day=None, trigger="shelled") for d in on]
    stories = merge(reports, on, {})
    assert [len(s.events) for s in stories] == [8] * 10


def test_a_range_does_not_join_two_days_into_one_story() -> None:
    monday, friday = told(day="2026-01-05"), told(document="d1", day="2026-01-09")
    week = told(document="d2", day="2026-01-05", end="2026-01-09")
    stories = merge([monday, friday, week], PUBLISHED, HOUSES)
    assert [s.events for s in stories] == [(monday.id, week.id), (friday.id,)]
