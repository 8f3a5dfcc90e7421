"""How real an act is: what is planned, feared, denied, long past or only somebody's opinion."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from detente.records import Status, Voice

if TYPE_CHECKING:
    from conftest import Reader


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Putin will visit China in May.", "CONSULT RUS>CHN future 2026-05"),
        ("Egypt and Qatar are to meet in Doha on Saturday.", "CONSULT EGY=QAT future 2026-01-10"),
        (
            "Keller-Sutter, the Swiss president, will travel to Washington on Friday.",
            "CONSULT CHE>USA future 2026-01-09",
        ),
        ("Canada and Mexico are planning a summit.", "CONSULT CAN=MEX future undated"),
        (
            "The upcoming meeting between Xi Jinping and Donald Trump was confirmed.",
            "CONSULT CHN=USA future undated",
        ),
    ],
)
def test_what_is_planned_is_future(read: Reader, text: str, told: str) -> None:
    assert told in read.lines(text)
    assert {e.status for e in read(text) if e.event == "CONSULT"} == {Status.FUTURE}


@pytest.mark.parametrize(
    "text",
    [
        "The United States may impose sanctions on Serbia.",
        "Australia could expel Russian diplomats.",
        "Brazil would impose tariffs on American goods if Washington raised its own.",
        "If Russia attacks Moldova, Romania will protest.",
        "Unless Russia attacks Moldova, Romania will wait.",
        "Doubts remain whether Washington attacked Iran.",
        "It is possible that the risk of a Russian attack on Moldova grew.",
        "A possible Iranian attack on Israel was discussed.",
    ],
)
def test_what_may_happen_or_would_under_a_condition_is_never_actual(read: Reader, text: str) -> None:
    harm = [e for e in read(text) if e.event in ("ASSAULT", "SANCTION")]
    assert harm
    assert {e.status for e in harm} == {Status.HYPOTHETICAL}


@pytest.mark.parametrize(
    "text",
    [
        "Pakistan did not attack India on Monday.",
        "No Indian troops were attacked by Pakistan.",
        "Vietnam never attacked Thailand.",
        "China has not attacked Japan.",
        "Estonia refrained: it did not attack Russia.",
        "Iran denied attacking Saudi Arabia.",
    ],
)
def test_what_did_not_happen_is_negated(read: Reader, text: str) -> None:
    assert [e.status for e in read(text) if e.event == "ASSAULT"] == [Status.NEGATED]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Estonia decided not to expel the Russian ambassador.", "SANCTION EST>RUS negated undated"),
        ("China has not imposed sanctions on Japan.", "SANCTION CHN>JPN negated undated"),
    ],
)
def test_a_measure_that_was_not_taken_is_negated(read: Reader, text: str, told: str) -> None:
    assert read.lines(text) == [told]


def test_a_denial_happened_though_what_it_denies_did_not(read: Reader) -> None:
    assert read.lines("Iran denied attacking the Saudi tanker.") == [
        "REJECT IRN>SAU actual undated",
        "ASSAULT IRN>SAU negated undated",
    ]


def test_tehran_denied_that_talks_were_held_reports_a_denial_and_no_talks(read: Reader) -> None:
    events = read("Tehran denied that talks with Washington were held.")
    assert [(e.actor_codes, e.recipient_codes, e.status) for e in events if e.event == "REJECT"] == [
        (("IRN",), ("USA",), Status.ACTUAL)
    ]
    assert [e for e in events if e.event == "CONSULT" and e.status is Status.ACTUAL] == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Algeria severed ties with Morocco in August 2021.", "SANCTION DZA>MAR historical 2021-08"),
        ("Two years ago India expelled a Canadian diplomat.", "SANCTION IND>CAN historical 2024"),
        ("Xi Jinping met Narendra Modi on 3 November 2025.", "CONSULT CHN=IND historical 2025-11-03"),
        ("Azerbaijan had attacked Armenia before the talks.", "ASSAULT AZE>ARM historical undated"),
        (
            "Before the summit, Serbia had arrested three Kosovo policemen.",
            "COERCE SRB>XKX historical undated",
        ),
    ],
)
def test_what_lies_more_than_thirty_days_back_or_before_the_story_is_historical(
    read: Reader, text: str, told: str
) -> None:
    assert read.lines(text) == [told]


def test_the_same_words_are_news_for_thirty_days_and_history_after(read: Reader) -> None:
    text = "Xi Jinping met Narendra Modi on 20 December 2025."
    assert read.only(text, date(2026, 1, 8)).status is Status.ACTUAL
    assert read.only(text, date(2026, 1, 19)).status is Status.ACTUAL
    assert read.only(text, date(2026, 1, 20)).status is Status.HISTORICAL


def test_without_a_day_of_publication_nothing_is_called_history_by_its_date(read: Reader) -> None:
    event = read.only("Xi Jinping met Narendra Modi on 3 November 2025.", None)
    assert (event.status, event.date) == (Status.ACTUAL, "2025-11-03")


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Analysts believe that China is threatening Taiwan.", "Analysts"),
        ("Experts say Iran attacked the Saudi tanker.", "Experts"),
        ("Critics say the United States bombed Yemen for oil.", "Critics"),
        ("Professor Jane Holt argues that Russia attacked Estonia's networks.", "Professor Jane Holt"),
        ("The AI model suggested that India attacked Pakistan.", "The AI model"),
        ("It seems that Rwanda attacked Congo.", None),
    ],
)
def test_an_opinion_is_kept_with_its_author_and_makes_nothing_happen(
    read: Reader, text: str, who: str | None
) -> None:
    event = read.only(text)
    assert (event.voice, event.speaker) == (Voice.COMMENTARY, who)
    assert event.status is not Status.ACTUAL


def test_a_commentators_paragraph_stays_his_to_its_end_and_not_beyond(read: Reader) -> None:
    text = "Some observers say Serbia threatened Kosovo. Belgrade will attack Pristina."
    assert [e.voice for e in read(text)] == [Voice.COMMENTARY, Voice.COMMENTARY]
    next_one = "\n\nBelgrade recalled its ambassador from Berlin on Monday."
    assert read.lines(text + next_one)[-1] == "SANCTION SRB>DEU actual 2026-01-05"


def test_what_is_told_as_done_in_a_commentators_paragraph_is_a_report(read: Reader) -> None:
    text = "Some observers say Serbia threatened Kosovo. Belgrade attacked Pristina on Monday."
    assert [e.voice for e in read(text)] == [Voice.COMMENTARY, Voice.WRITER]


@pytest.mark.parametrize(
    "text",
    [
        "Poland is an ally of the United States.",
        "Cuba and Venezuela are close allies.",
        "Kuwait and Iraq share a border.",
        "French wine and Italian cheese are popular in Japan.",
        "Mexico beat Brazil 3-1 on Sunday.",
        "Turkey recognises Northern Cyprus.",
        "Iran arms Hezbollah.",
    ],
)
def test_how_things_stand_is_no_act(read: Reader, text: str) -> None:
    assert read.lines(text) == []


def test_a_purpose_is_no_act(read: Reader) -> None:
    assert read.lines("China sent ships to the strait to attack Taiwan.") == [
        "MOBILIZE CHN>TWN actual undated"
    ]
    assert [e.event for e in read("Poland built a fence to deter Belarus.")] == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '"We will attack Iran if it does not stop," Netanyahu said on Monday.',
            "THREATEN ISR>IRN actual 2026-01-05",
        ),
        ("Netanyahu threatened Iran with strikes.", "THREATEN ISR>IRN actual undated"),
        ("Russia threatened to bomb Moldova.", "THREATEN RUS>MDA actual undated"),
    ],
)
def test_a_threat_has_been_made_and_what_it_threatens_has_not(read: Reader, text: str, told: str) -> None:
    assert told in read.lines(text)
    assert [e for e in read(text) if e.event == "ASSAULT" and e.status is Status.ACTUAL] == []


def test_a_refusal_to_recognise_is_no_recognition(read: Reader) -> None:
    assert read.only('"We will never recognise Kosovo," Vučić said on Monday.').status is Status.NEGATED


@pytest.mark.parametrize(
    "text",
    [
        "Far from attacking Norway, Russia sent a friendly letter.",
        "Instead of attacking Norway, Russia sent a friendly letter.",
        "Russia attacked neither town of Norway.",
        "Russia attacked nobody in Norway.",
    ],
)
def test_something_else_was_done_or_it_was_done_to_nobody(read: Reader, text: str) -> None:
    found = [e.status for e in read(text) if e.event == "ASSAULT"]
    assert found
    assert set(found) == {Status.NEGATED}


def test_a_refusal_joined_to_another_act_denies_only_its_own(read: Reader) -> None:
    text = "Norway did not recall its ambassador from Russia and condemned Belarus."
    assert [e.status for e in read(text) if e.event == "ACCUSE"] == [Status.ACTUAL]


def test_a_denial_behind_a_semicolon_denies_nothing_before_it(read: Reader) -> None:
    text = "Norway expelled a Russian diplomat; Moscow denied the charge."
    assert [e.status for e in read(text) if e.event == "SANCTION"] == [Status.ACTUAL]


def test_what_is_done_every_year_is_no_act(read: Reader) -> None:
    assert read("Norway usually holds talks with Russia.") == []
    assert read("Talks between Norway and Russia are generally held in May.") == []
    assert read("Norway held talks with Russia.") != []


@pytest.mark.parametrize("who", ["he", "Kenya"])
def test_a_condition_without_if_did_not_come_true(read: Reader, who: str) -> None:
    assert read.only(f"Had {who} asked Uganda for troops, they would have come.").status is Status.NEGATED


def test_what_is_far_from_happening_has_not_happened(read: Reader) -> None:
    assert read.only("Ecuador is far from expelling the Colombian envoy.").status is Status.NEGATED
