"""Pronouns, titles and groups: whom words without a name stand for, and how that was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Reader


@pytest.mark.parametrize(
    ("text", "last", "how"),
    [
        (
            "French President Emmanuel Macron met Chancellor Friedrich Merz on Monday. He thanked Germany.",
            "SUPPORT FRA>DEU actual 2026-01-05",
            "pronoun",
        ),
        (
            "Greece accused Turkey of aggression. It also expelled two Turkish diplomats.",
            "SANCTION GRC>TUR actual undated",
            "pronoun",
        ),
        (
            "Indonesia and Malaysia signed a treaty on Monday. They also condemned Myanmar.",
            "ACCUSE IDN+MYS>MMR actual 2026-01-05",
            "pronoun",
        ),
        (
            "The Russian foreign ministry summoned the British ambassador on Monday. "
            "The ministry accused London of spying.",
            "ACCUSE RUS>GBR actual 2026-01-05",
            "title",
        ),
        (
            "Turkey bombed Syria on Monday. The military also shelled Iraq.",
            "ASSAULT TUR>IRQ actual 2026-01-05",
            "title",
        ),
        (
            "Colombian President Aurelio Montes met Ecuador's envoy. The president accused Ecuador of theft.",
            "ACCUSE COL>ECU actual undated",
            "title",
        ),
    ],
)
def test_pronouns_and_titles_stand_for_the_subject_of_what_went_before(
    read: Reader, text: str, last: str, how: str
) -> None:
    assert read.lines(text)[-1] == last
    assert {p.how for p in read(text)[-1].actor} == {how}


@pytest.mark.parametrize(
    "text",
    [
        "Trump and Petro spoke by phone on Wednesday. Both leaders praised Mexico.",
        "Trump and Petro spoke by phone on Wednesday. The two leaders praised Mexico.",
        "Trump and Petro spoke by phone on Wednesday. The two presidents praised Mexico.",
        "The United States and Colombia held talks on Wednesday. Both countries praised Mexico.",
        "The United States and Colombia held talks on Wednesday. The two sides praised Mexico.",
        "The United States and Colombia held talks on Wednesday. Both governments praised Mexico.",
    ],
)
def test_both_leaders_and_the_two_countries_are_the_two_named_before(read: Reader, text: str) -> None:
    event = read(text)[-1]
    assert (event.event, event.actor_codes, event.recipient_codes) == ("SUPPORT", ("COL", "USA"), ("MEX",))
    assert {p.how for p in event.actor} == {"group"}


def test_we_inside_a_quotation_is_its_speaker(read: Reader) -> None:
    text = '"We condemn Israel," the Turkish foreign minister said on Monday.'
    event = read.only(text)
    assert (event.actor_codes, event.recipient_codes, event.actor[0].how) == (("TUR",), ("ISR",), "pronoun")


def test_us_inside_a_quotation_is_its_speaker_too(read: Reader) -> None:
    events = read('"Russia attacked us at dawn," Zelensky said on Monday.')
    assert [(e.actor_codes, e.recipient_codes) for e in events] == [(("RUS",), ("UKR",))]


def test_a_possessive_pronoun_is_the_subject_of_its_own_clause(read: Reader) -> None:
    text = "Serbia condemned Kosovo. Denmark withdrew its soldiers from Mali."
    assert read.lines(text)[-1] == "RETREAT DNK>MLI actual undated"


def test_a_pronoun_with_nobody_before_it_stands_for_nobody(read: Reader) -> None:
    assert read("He said they met. It was late.") == []
    assert read("The two countries held talks. Both leaders smiled.") == []


def test_the_words_that_were_resolved_are_those_of_the_text(read: Reader) -> None:
    text = "Greece accused Turkey of aggression. It also expelled two Turkish diplomats."
    party = read(text)[-1].actor[0]
    assert party.start is not None
    assert text[party.start : party.end] == "It"


def test_the_colombian_leader_is_the_president_the_text_named(read: Reader) -> None:
    text = (
        "Gustavo Petro condemned the United States. The Colombian leader recalled his envoy from Washington."
    )
    assert [line.split(" actual")[0] for line in read.lines(text)] == ["ACCUSE COL>USA", "SANCTION COL>USA"]


def test_a_government_is_we_in_its_own_release(read: Reader) -> None:
    text = "The United States condemns Belarus. We call on Minsk to release the prisoners."
    events = read(text, url="https://www.state.gov/x")
    assert [(e.event, e.actor_codes, e.recipient_codes) for e in events] == [
        ("ACCUSE", ("USA",), ("BLR",)),
        ("REQUEST", ("USA",), ("BLR",)),
    ]
    assert events[1].actor[0].how == "pronoun"
