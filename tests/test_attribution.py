"""Who says so: the writer, a speaker behind a frame or in quotation marks, or a commentator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from detente.records import Kind, Status, Voice

if TYPE_CHECKING:
    from conftest import Reader


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Russia attacked Odesa on Monday.", "ASSAULT RUS>UKR actual 2026-01-05"),
        ("Kyiv said that Russia attacked Odesa on Monday.", "ASSAULT RUS>UKR actual 2026-01-05 by Kyiv"),
        ("Russia attacked Odesa on Monday, Kyiv said.", "ASSAULT RUS>UKR actual 2026-01-05 by Kyiv"),
        (
            '"Russia attacked our city," Zelensky said on Monday.',
            "ASSAULT RUS>UKR actual 2026-01-05 by Volodymyr Zelensky",
        ),
        (
            "Argentina's foreign minister told reporters that Britain had bombed a ship.",
            "ASSAULT GBR>ARG actual undated by Argentina's foreign minister",
        ),
        ("The Pentagon claimed that Iran attacked Iraq.", "ASSAULT IRN>IRQ actual undated by The Pentagon"),
    ],
)
def test_an_act_told_by_somebody_carries_his_name(read: Reader, text: str, told: str) -> None:
    assert told in read.lines(text)


def test_a_paper_that_reports_is_no_speaker(read: Reader) -> None:
    assert read.only("Reuters reported that Russia attacked Odesa.").speaker is None


def test_what_somebody_does_by_his_own_words_is_told_by_the_writer(read: Reader) -> None:
    event = read.only('"We condemn Israel," the Turkish foreign minister said on Monday.')
    assert (event.event, event.voice, event.speaker) == ("ACCUSE", Voice.WRITER, None)


def test_in_speech_within_speech_the_innermost_speaker_answers_for_the_act(read: Reader) -> None:
    bombed = [
        e for e in read("Iran said that Iraq had claimed that Turkey bombed Sinjar.") if e.event == "ASSAULT"
    ]
    assert [(e.actor_codes, e.recipient_codes, e.speaker) for e in bombed] == [(("TUR",), ("IRQ",), "Iraq")]
    state_media = read.only("Iran's state media reported that Israel said it attacked Syria.")
    assert (state_media.actor_codes, state_media.speaker) == (("ISR",), "Israel")


@pytest.mark.parametrize(
    ("text", "event", "sides"),
    [
        ('"Colombia is very sick," Trump told reporters on Sunday.', "ACCUSE", ("USA", "COL")),
        ('"We are grateful to Qatar," the Afghan envoy said.', "SUPPORT", ("AFG", "QAT")),
        ('"The Americans must leave Iraq," Sudani said on Monday.', "REQUEST", ("IRQ", "USA")),
    ],
)
def test_a_quotation_without_a_verb_of_action_is_judged_by_its_mood_and_tone(
    read: Reader, text: str, event: str, sides: tuple[str, str]
) -> None:
    found = read.only(text)
    assert (found.event, found.actor_codes, found.recipient_codes) == (event, (sides[0],), (sides[1],))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Trump labeled Petro an illegal drug leader.", "ACCUSE USA>COL actual undated"),
        ("Trump called Canada's tax a disgrace.", "ACCUSE USA>CAN actual undated"),
        ("Moscow dubbed Norway a hostile state on Monday.", "ACCUSE RUS>NOR actual 2026-01-05"),
        ('Chinese officials called Japan "a reckless neighbour".', "ACCUSE CHN>JPN actual undated"),
        ("Spain described Morocco's decision as a great step.", "SUPPORT ESP>MAR actual undated"),
        ("Mexico praised Canada as a reliable friend.", "SUPPORT MEX>CAN actual undated"),
    ],
)
def test_giving_a_name_is_blame_or_praise_by_the_name_that_is_given(
    read: Reader, text: str, told: str
) -> None:
    assert read.lines(text) == [told]


def test_calling_a_spade_a_spade_is_neither(read: Reader) -> None:
    assert read.lines("Peru called the lake between the two states Titicaca.") == []


def test_the_author_of_a_post_is_its_speaker(read: Reader) -> None:
    text = "Iran attacked a Saudi tanker today."
    post = read.only(text, kind=Kind.POST, author="Donald Trump")
    assert (post.voice, post.speaker) == (Voice.SPEAKER, "Donald Trump")
    article = read.only(text)
    assert (article.voice, article.speaker) == (Voice.WRITER, None)


def test_an_unknown_named_speaker_is_named_and_an_unknown_commentator_is_set_apart(read: Reader) -> None:
    witness = read.only('"Russia attacked the harbour of Odesa," said Oksana Melnyk.')
    assert (witness.voice, witness.speaker, witness.status) == (
        Voice.SPEAKER,
        "Oksana Melnyk",
        Status.ACTUAL,
    )
    analyst = read.only('"Russia attacked the harbour of Odesa," said one analyst.')
    assert (analyst.voice, analyst.status) == (Voice.COMMENTARY, Status.HYPOTHETICAL)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Russia attacked Odesa, an officer said.", "an officer"),
        ("Russia attacked Odesa, diplomats in Vienna said.", "diplomats"),
    ],
)
def test_a_speaker_without_a_name_is_still_a_speaker(read: Reader, text: str, who: str) -> None:
    event = read.only(text)
    assert event.voice is Voice.SPEAKER
    assert event.speaker is not None
    assert who in event.speaker


def test_a_paper_says_nothing_in_its_own_name(read: Reader) -> None:
    assert read.only("Russia attacked Odesa, the statement said.").speaker is None


def test_a_frame_does_not_reach_over_a_semicolon(read: Reader) -> None:
    found = read("Kyiv said that Russia attacked Odesa; Norway expelled a Russian diplomat.")
    assert {e.event: e.speaker for e in found} == {"ASSAULT": "Kyiv", "SANCTION": None}


def test_what_nobody_has_said_is_not_reported(read: Reader) -> None:
    found = read("Norway expelled a Russian diplomat, but Kyiv has not said why.")
    assert [e.speaker for e in found if e.event == "SANCTION"] == [None]
