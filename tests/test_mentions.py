"""The gazetteer: which words stand for whom, on which day, and which only look as if they did."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from detente.coding.mentions import Gazetteer, gazetteer
from detente.errors import DataError


def codes(text: str, on: date | None = date(2026, 1, 8)) -> list[tuple[str, str]]:
    return [(m.text, m.code) for m in gazetteer().find(text, on)]


@pytest.mark.parametrize(
    ("text", "code", "sector"),
    [
        ("Bogota recalled its envoy.", "COL", "GOV"),
        ("The Kremlin said nothing.", "RUS", "GOV"),
        ("Downing Street welcomed the offer.", "GBR", "GOV"),
        ("The Élysée declined the invitation.", "FRA", "GOV"),
        ("Pyongyang fired a missile.", "PRK", "GOV"),
        ("The Pentagon confirmed the flight.", "USA", "MIL"),
    ],
)
def test_a_capital_or_a_house_of_government_stands_for_the_government(
    text: str, code: str, sector: str
) -> None:
    (mention,) = gazetteer().find(text)
    assert (mention.code, mention.sector) == (code, sector)


@pytest.mark.parametrize(
    ("text", "word", "code"),
    [
        ("Congolese soldiers crossed the river.", "Congolese", "COD"),
        ("The Dutch protested.", "Dutch", "NLD"),
        ("Thousands of Serbs marched.", "Serbs", "SRB"),
        ("Emirati officials left.", "Emirati", "ARE"),
        ("Burma freed two men.", "Burma", "MMR"),
        ("Côte d’Ivoire closed its border.", "Côte d’Ivoire", "CIV"),
        ("The Islamic Republic of Iran objected.", "Islamic Republic of Iran", "IRN"),
        ("South Korean ships left port.", "South Korean", "KOR"),
        ("Hezbollah fired rockets.", "Hezbollah", "LBN"),
        ("ASEAN ministers gathered.", "ASEAN", "IGO"),
        ("UNICEF sent tents.", "UNICEF", "UNO"),
        ("The European Commission objected.", "European Commission", "EUR"),
    ],
)
def test_demonyms_former_names_groups_and_organisations_have_a_code(text: str, word: str, code: str) -> None:
    assert codes(text) == [(word, code)]


def test_the_longest_name_wins_so_that_niger_is_not_found_in_nigeria_or_guinea_in_papua() -> None:
    assert codes("Nigeria, Niger, Guinea-Bissau and Papua New Guinea voted.") == [
        ("Nigeria", "NGA"),
        ("Niger", "NER"),
        ("Guinea-Bissau", "GNB"),
        ("Papua New Guinea", "PNG"),
    ]


def test_a_name_inside_another_word_is_no_name() -> None:
    assert codes("The Iranologist read about Omanisation and Malian_x.") == []


@pytest.mark.parametrize(
    "text",
    [
        "Ships sailed through the South China Sea.",
        "The Washington Post wrote about the storm.",
        "She ate French fries at the airport.",
        "A tanker passed the Persian Gulf.",
        "Michael Jordan scored forty points.",
        "The Oxford University team won.",
    ],
)
def test_names_of_seas_papers_meals_and_players_stand_for_no_state(text: str) -> None:
    assert codes(text) == []


def test_jordan_the_kingdom_is_found_where_jordan_the_player_is_not() -> None:
    assert codes("Officials in Jordan protested.") == [("Jordan", "JOR")]
    assert codes("King Abdullah of Jordan met Michael Jordan.")[-1] == ("Jordan", "JOR")


@pytest.mark.parametrize(
    ("text", "on", "name"),
    [
        ("It was President Bush who spoke.", date(2004, 2, 1), "George W. Bush"),
        ("Prime Minister Trudeau left.", date(2020, 5, 1), "Justin Trudeau"),
    ],
)
def test_a_surname_is_the_holder_of_the_office_on_that_day(text: str, on: date, name: str) -> None:
    assert gazetteer().find(text, on)[-1].name == name


def test_a_rare_surname_of_somebody_in_office_needs_no_title() -> None:
    (mention,) = gazetteer().find("Merz spoke first.", date(2026, 1, 8))
    assert (mention.code, mention.name, mention.kind) == ("DEU", "Friedrich Merz", "person")


def test_a_common_surname_alone_proves_nobody_but_its_full_name_does() -> None:
    assert codes("Rice prices rose.", date(2007, 5, 1)) == []
    both = gazetteer().find("Condoleezza Rice landed. Rice then spoke.", date(2007, 5, 1))
    assert [m.name for m in both] == ["Condoleezza Rice", "Condoleezza Rice"]


def test_a_surname_behind_another_first_name_is_somebody_else() -> None:
    assert codes("Tiffany Trump opened a shop.", date(2026, 1, 8)) == []


def test_a_surname_long_out_of_office_is_nobody_in_particular() -> None:
    assert codes("Chirac was mentioned.", date(2026, 1, 8)) == []
    assert codes("Chirac was mentioned.", date(2003, 3, 25)) == [("Chirac", "FRA")]


def test_offsets_point_at_the_words_also_with_a_curly_apostrophe() -> None:
    text = "Iran’s envoy left N’Djamena for Qatar."
    for mention in gazetteer().find(text):
        assert text[mention.start : mention.end] == mention.text
    assert [m.code for m in gazetteer().find(text)] == ["IRN", "TCD", "QAT"]


def pack(folder: Path, rows: str) -> Path:
    path = folder / "pack.csv"
    path.write_text(rows, encoding="utf-8")
    return path


def test_a_users_pack_adds_actors_to_those_of_the_package(tmp_path: Path) -> None:
    path = pack(
        tmp_path, "code,text,kind,sector,name\nSOM,Harbour Watch,group,UAF,Harbour Watch of Kismayo\n"
    )
    (group, state) = Gazetteer([path]).find("Harbour Watch attacked Kenya.")
    assert (group.code, group.kind, group.sector, group.name) == (
        "SOM",
        "group",
        "UAF",
        "Harbour Watch of Kismayo",
    )
    assert state.code == "KEN"
    assert [m.code for m in gazetteer().find("Harbour Watch attacked Kenya.")] == ["KEN"]


def test_a_pack_with_two_columns_is_enough_and_one_without_codes_is_refused(tmp_path: Path) -> None:
    path = pack(tmp_path, "code,text\nSOM,Harbour Watch\n")
    assert [m.kind for m in Gazetteer([path]).find("Harbour Watch spoke.")] == ["name"]
    with pytest.raises(DataError, match=r"pack\.csv: the actor pack lacks the column code; give the columns"):
        Gazetteer([pack(tmp_path, "text,kind\nHarbour Watch,group\n")])


def test_what_a_person_types_is_looked_up_without_case() -> None:
    known = gazetteer().codes()
    assert (known["colombia"], known["bogota"], known["nato"]) == ("COL", "COL", "IGO")
