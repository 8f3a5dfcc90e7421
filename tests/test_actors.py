"""Names that a document teaches, and who publishes it."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from detente.coding.actors import find_actors, home_of, titles
from detente.coding.mentions import Mention, gazetteer

if TYPE_CHECKING:
    from conftest import Reader


def actors(text: str, home: str | None = None) -> list[Mention]:
    return find_actors(text, gazetteer(), titles(), date(2026, 1, 8), home)


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("Colombian President Aurelio Montes left. Montes returned.", "Aurelio Montes", "COL"),
        ("Rosa Ibarra, the foreign minister of Peru, left. Ibarra returned.", "Rosa Ibarra", "PER"),
        ("President Dilan Okoro of Kenya left. Okoro returned.", "Dilan Okoro", "KEN"),
        ("Chad's defence minister, Hissein Mallam, left. Mallam returned.", "Hissein Mallam", "TCD"),
        ("Greek Foreign Minister Nikos Arvanitis left. Arvanitis returned.", "Nikos Arvanitis", "GRC"),
    ],
)
def test_whoever_is_introduced_by_a_country_and_a_title_is_that_country_from_then_on(
    text: str, name: str, code: str
) -> None:
    taught = [m for m in actors(text) if m.how == "learned"]
    assert [(m.name, m.code, m.kind) for m in taught] == [(name, code, "person")] * 2
    assert taught[1].text == name.split()[-1]


def test_a_chinese_or_korean_name_is_taken_up_again_by_its_first_word() -> None:
    taught = [m for m in actors("Chinese envoy Pei Yuhan left. Pei returned.") if m.how == "learned"]
    assert [(m.text, m.code) for m in taught] == [("Pei Yuhan", "CHN"), ("Pei", "CHN")]


def test_what_the_text_abbreviates_is_known_by_its_letters() -> None:
    text = "The Economic Community of West African States (ECOWAS) met. Then ECOWAS voted."
    assert [(m.text, m.code, m.how) for m in actors(text)][-1] == ("ECOWAS", "IGO", "learned")


def test_a_firm_introduced_by_a_nationality_counts_as_its_country() -> None:
    text = "The Iranian airline Pars Wings bought jets. Later Pars Wings sold them."
    assert [(m.text, m.code) for m in actors(text) if m.kind == "body"] == [
        ("Pars Wings", "IRN"),
        ("Pars Wings", "IRN"),
    ]


def test_nobody_is_taught_by_a_title_without_a_country() -> None:
    assert actors("Company President Harold Finch left. Finch returned.") == []


def test_a_person_of_the_tables_is_not_taught_again_under_another_state() -> None:
    found = [m for m in actors("German host President Emmanuel Macron spoke.") if m.kind == "person"]
    assert [(m.name, m.code) for m in found] == [("Emmanuel Macron", "FRA")]


def test_in_a_governments_own_release_its_officials_need_no_country() -> None:
    text = "Assistant Secretary Jane Holloway met the press. Holloway thanked Estonia."
    assert [m.code for m in actors(text, home="USA")] == ["USA", "USA", "EST"]
    assert [m.code for m in actors(text)] == ["EST"]


@pytest.mark.parametrize(
    ("publisher", "url", "home"),
    [
        (None, "https://www.state.gov/briefings/1", "USA"),
        (None, "http://en.kremlin.ru/events/1", "RUS"),
        ("Reuters", "https://www.reuters.com/world/1", None),
        (None, None, None),
    ],
)
def test_a_government_is_known_by_its_address_and_the_press_is_nobodys(
    publisher: str | None, url: str | None, home: str | None
) -> None:
    assert home_of(publisher, url) == home


def test_mentions_do_not_overlap_and_stand_in_order() -> None:
    found = actors(
        "U.S. President Donald Trump, Colombian President Gustavo Petro and the U.N. met in New York."
    )
    assert found == sorted(found, key=lambda m: m.start)
    assert all(a.end <= b.start for a, b in pairwise(found))


def test_taught_names_reach_the_events(read: Reader) -> None:
    text = (
        "Colombian President Aurelio Montes accused Ecuador of spying. Montes recalled his envoy from Quito."
    )
    assert read.lines(text) == ["ACCUSE COL>ECU actual undated", "SANCTION COL>ECU actual undated"]
    assert {e.actor[0].name for e in read(text)} == {"Aurelio Montes"}
    assert {e.actor[0].how for e in read(text)} == {"learned"}
