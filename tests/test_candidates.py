"""Grammar: who acts on whom through passives, joined sides, possessives, clauses and lent verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Reader


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Syria was bombed by Israel on Monday.", "ASSAULT ISR>SYR actual 2026-01-05"),
        ("Two Russian diplomats were expelled by Norway on Monday.", "SANCTION NOR>RUS actual 2026-01-05"),
        ("Sanctions against Russia were imposed by Japan on Monday.", "SANCTION JPN>RUS actual 2026-01-05"),
        ("Three Malian officers were arrested by Senegal's army.", "COERCE SEN>MLI actual undated"),
        ("Chile, accused by Bolivia of theft, recalled nobody.", "ACCUSE BOL>CHL actual undated"),
    ],
)
def test_in_a_passive_whoever_stands_behind_by_acts(read: Reader, text: str, told: str) -> None:
    assert told in read.lines(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("France and Germany condemned Belarus.", "ACCUSE DEU+FRA>BLR actual undated"),
        ("Denmark, Norway and Sweden condemned Russia.", "ACCUSE DNK+NOR+SWE>RUS actual undated"),
        ("Iraq asked Iran and Turkey to withdraw their troops.", "REQUEST IRQ>IRN+TUR actual undated"),
        ("Iran and Russia signed a defence agreement.", "AGREE IRN=RUS actual undated"),
        ("Egypt, Jordan and Qatar met in Doha.", "CONSULT EGY=JOR=QAT actual undated"),
    ],
)
def test_a_side_may_have_several_parties(read: Reader, text: str, told: str) -> None:
    assert read.lines(text) == [told]


def test_two_verbs_of_one_subject_are_two_acts_of_the_same_two_parties(read: Reader) -> None:
    assert read.lines("Italy criticised Libya on Monday and recalled its ambassador.") == [
        "ACCUSE ITA>LBY actual 2026-01-05",
        "SANCTION ITA>LBY actual 2026-01-05",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Canada's sanctions against Iran took effect.", "SANCTION CAN>IRN actual undated"),
        ("Russia's invasion of Ukraine entered a second month.", "ASSAULT RUS>UKR actual undated"),
        ("The Iranian strike on Israel failed.", "ASSAULT IRN>ISR actual undated"),
        ("Talks between Japan and South Korea resumed on Monday.", "CONSULT JPN=KOR actual 2026-01-05"),
        ("Japan's visit to Kyiv ended.", "CONSULT JPN>UKR actual undated"),
        ("Turkish-Greek talks began in Athens on Monday.", "CONSULT GRC=TUR actual 2026-01-05"),
    ],
)
def test_a_noun_has_its_parties_in_its_own_phrase(read: Reader, text: str, told: str) -> None:
    assert read.lines(text) == [told]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Japan and South Korea held talks in Seoul on Monday.", "CONSULT JPN=KOR actual 2026-01-05"),
        ("Israel launched strikes against Lebanon on Monday.", "ASSAULT ISR>LBN actual 2026-01-05"),
        ("India and France held joint naval exercises on Monday.", "COOPERATE FRA=IND actual 2026-01-05"),
        ("The European Union imposed sanctions on Serbia on Monday.", "SANCTION EUR>SRB actual 2026-01-05"),
    ],
)
def test_hold_launch_and_impose_only_lend_the_noun_its_subject(read: Reader, text: str, told: str) -> None:
    assert read.lines(text) == [told]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Turkey, which condemned Israel, recalled its ambassador from Tel Aviv.",
            ["ACCUSE TUR>ISR actual undated", "SANCTION TUR>ISR actual undated"],
        ),
        (
            "Serbia's president, who met Viktor Orban in Szeged, thanked Hungary.",
            ["CONSULT HUN=SRB actual undated", "SUPPORT SRB>HUN actual undated"],
        ),
        (
            "India accused Canada of interference, a charge Ottawa rejected.",
            ["ACCUSE IND>CAN actual undated", "REJECT CAN>IND actual undated"],
        ),
        (
            "Chad's president, speaking in N'Djamena, condemned Sudan.",
            ["ACCUSE TCD>SDN actual undated"],
        ),
    ],
)
def test_a_relative_clause_has_the_noun_before_it_for_its_party(
    read: Reader, text: str, told: list[str]
) -> None:
    assert read.lines(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Russia threatened to cut gas supplies to Moldova.", "THREATEN RUS>MDA actual undated"),
        ("China promised to send medical aid to Ethiopia.", "AGREE CHN>ETH actual undated"),
        ("Iran promised to release the American prisoners.", "AGREE IRN>USA actual undated"),
        ("Egypt refused to sign the agreement with Ethiopia.", "REJECT EGY>ETH actual undated"),
        ("The United States urged Israel to release prisoners.", "REQUEST USA>ISR actual undated"),
        ("The Vatican urged Nicaragua to free a bishop.", "REQUEST VAT>NIC actual undated"),
        ("The United States persuaded Israel to withdraw its troops.", "REQUEST USA>ISR actual undated"),
    ],
)
def test_what_is_threatened_promised_refused_or_asked_for_is_not_coded_beside_it(
    read: Reader, text: str, told: str
) -> None:
    assert read.lines(text) == [told]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Bogota recalled its ambassador from Caracas on Monday.", "SANCTION COL>VEN actual 2026-01-05"),
        ("Britain withdrew its soldiers from Mali on Monday.", "RETREAT GBR>MLI actual 2026-01-05"),
        ("Hamas fired rockets at Israel on Sunday.", "ASSAULT PSE>ISR actual 2026-01-04"),
        ("Algeria severed ties with Morocco on Monday.", "SANCTION DZA>MAR actual 2026-01-05"),
        ("China lifted its ban on Australian wine on Monday.", "CONCEDE CHN>AUS actual 2026-01-05"),
        ("Japan donated vaccines to Nepal on Monday.", "AID JPN>NPL actual 2026-01-05"),
        ("Thousands of Serbs protested against NATO in Belgrade.", "PROTEST SRB>IGO actual undated"),
        ("Russia massed troops near Ukraine on Monday.", "MOBILIZE RUS>UKR actual 2026-01-05"),
    ],
)
def test_the_preposition_that_the_lexicon_names_gives_the_other_side(
    read: Reader, text: str, told: str
) -> None:
    assert read.lines(text) == [told]


def test_criticism_of_an_act_blames_whoever_did_it_not_whoever_suffered_it(read: Reader) -> None:
    lines = read.lines("Canada's sanctions against Iran were criticised by Moscow.")
    assert lines == ["SANCTION CAN>IRN actual undated", "ACCUSE RUS>CAN actual undated"]
    assert "ACCUSE JPN>RUS actual undated" in read.lines(
        "Russia's invasion of Ukraine drew condemnation from Japan."
    )


def test_who_called_on_whom_is_told_from_where_it_was(read: Reader) -> None:
    event = read.only("Saudi Arabia opened its embassy in Damascus on Monday.")
    assert (event.event, set(event.actor_codes)) == ("SUPPORT", {"SAU", "SYR"})


def test_a_party_that_the_sentence_lacks_is_taken_from_the_document_and_says_so(read: Reader) -> None:
    text = "Ethiopia's army attacked Eritrea on Monday.\n\nIt also shelled a border town on Tuesday."
    assert read.lines(text)[-1] == "ASSAULT ETH>ERI actual 2026-01-06"
    assert read(text)[-1].recipient[0].how == "document"


def test_the_evidence_is_the_clause_of_the_act_and_not_its_neighbours(read: Reader) -> None:
    accused, expelled = read("Greece accused Turkey of aggression and expelled two Turkish diplomats.")
    assert "expelled" not in accused.text
    assert "accused" not in expelled.text
    assert "two Turkish diplomats" in expelled.text


def test_whom_an_act_did_not_meet_is_no_part_of_its_words(read: Reader) -> None:
    event = read.only("Poland condemned Belarus, not Ukraine.")
    assert (event.text, event.recipient_codes) == ("Poland condemned Belarus", ("BLR",))
