"""The gazetteer tables are complete, unambiguous or marked, and well formed."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from functools import cache
from importlib import resources

import pytest

# The 193 members of the United Nations, by ISO 3166-1 alpha-3.
UN_MEMBERS = frozenset(
    re.findall(
        "[A-Z]{3}",
        """
    AFG AGO ALB AND ARE ARG ARM ATG AUS AUT AZE BDI BEL BEN BFA BGD BGR BHR BHS BIH BLR BLZ BOL BRA
    BRB BRN BTN BWA CAF CAN CHE CHL CHN CIV CMR COD COG COL COM CPV CRI CUB CYP CZE DEU DJI DMA DNK
    DOM DZA ECU EGY ERI ESP EST ETH FIN FJI FRA FSM GAB GBR GEO GHA GIN GMB GNB GNQ GRC GRD GTM GUY
    HND HRV HTI HUN IDN IND IRL IRN IRQ ISL ISR ITA JAM JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO
    LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MOZ
    MRT MUS MWI MYS NAM NER NGA NIC NLD NOR NPL NRU NZL OMN PAK PAN PER PHL PLW PNG POL PRK PRT PRY
    QAT ROU RUS RWA SAU SDN SEN SGP SLB SLE SLV SMR SOM SRB SSD STP SUR SVK SVN SWE SWZ SYC SYR TCD
    TGO THA TJK TKM TLS TON TTO TUN TUR TUV TZA UGA UKR URY USA UZB VCT VEN VNM VUT WSM YEM ZAF ZMB
    ZWE
    """,
    )
)
OTHERS = frozenset({"XKX", "PSE", "TWN", "HKG", "VAT", "MAC", "GRL", "ESH"})

NO_DEMONYM = {"DMA": "Dominican nearly always means the Dominican Republic; the row is DOM's"}
# The adjective is the word for the people too: there is no other plural to list.
NO_PLURAL = {
    **dict.fromkeys(
        [
            "BEN",
            "BTN",
            "CHN",
            "GAB",
            "GUY",
            "JPN",
            "LBN",
            "MAC",
            "MLT",
            "MMR",
            "PRT",
            "SDN",
            "SEN",
            "SMR",
            "SSD",
            "SUR",
            "TGO",
            "TLS",
            "TWN",
            "VNM",
        ],
        "an adjective in -ese (or -ois) is its own plural",
    ),
    "BFA": "Burkinabe is its own plural",
    "CHE": "Swiss is its own plural",
    "COD": "Congolese is its own plural",
    "COG": "Congolese is its own plural",
    "DMA": NO_DEMONYM["DMA"],
    "KIR": "I-Kiribati is its own plural",
    "LSO": "Basotho is its own plural",
    "SYC": "Seychellois is its own plural",
    "VAT": "the state has no people of its own name",
}
NO_CAPITAL = {
    "BEL": "Brussels in the news is the European Union; the row is in organisations.csv",
    "HKG": "a city",
    "MAC": "a city",
    "MCO": "a city state",
    "SGP": "a city state",
}

NAME_KINDS = {
    "name",
    "official",
    "short",
    "demonym",
    "demonym_plural",
    "capital",
    "seat",
    "former",
    "place",
}
ORGANISATION_KINDS = {"name", "official", "short", "organ", "seat", "former"}
SEAT_SECTORS = {"GOV", "MIL", "LEG", "SPY", "JUD", "COP", "OPP", "BUS"}
ORGANISATION_SECTORS = {"", "GOV", "MIL", "LEG", "JUD", "COP", "HRI", "MED"}
GROUP_SECTORS = {"REB", "UAF", "PRM", "OPP", "CRM", "GOV", "MIL"}

COLUMNS = {
    "countries.csv": ["code", "iso2", "cow", "name", "official_name", "capital", "from", "to"],
    "names.csv": ["code", "text", "kind", "sector", "note"],
    "organisations.csv": ["code", "text", "kind", "sector", "name", "note"],
    "groups.csv": ["code", "text", "sector", "name", "note"],
}
FORM_TABLES = ("names.csv", "organisations.csv", "groups.csv")


@cache
def table(name: str) -> list[dict[str, str]]:
    path = resources.files("detente") / "data" / "actors" / name
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def forms(kind: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in table("names.csv"):
        if row["kind"] == kind:
            found[row["code"]].add(row["text"])
    return found


def codes_of(text: str) -> list[str]:
    return [row["code"] for name in FORM_TABLES for row in table(name) if row["text"] == text]


def row_of(text: str) -> dict[str, str]:
    rows = [row for name in FORM_TABLES for row in table(name) if row["text"] == text]
    assert rows, f"no row for {text}"
    return rows[0]


@pytest.mark.parametrize("name", COLUMNS)
def test_every_table_has_its_columns_and_rows_in_order(name: str) -> None:
    rows = table(name)
    assert list(rows[0]) == COLUMNS[name]
    keys = [tuple(row.values()) for row in rows]
    assert keys == sorted(keys)
    assert len(keys) == len(set(keys))


def test_every_un_member_and_the_eight_others_are_states_once() -> None:
    assert len(UN_MEMBERS) == 193
    codes = [row["code"] for row in table("countries.csv")]
    assert sorted(codes) == sorted(UN_MEMBERS | OTHERS)


def test_iso2_and_cow_codes_name_one_state_each() -> None:
    rows = table("countries.csv")
    assert all(re.fullmatch("[A-Z]{2}", row["iso2"]) for row in rows)
    assert len({row["iso2"] for row in rows}) == len(rows)
    cow = [row["cow"] for row in rows if row["cow"]]
    assert all(re.fullmatch("[A-Z]{3}", code) for code in cow)
    assert len(cow) == len(set(cow))
    known = {"USA": "USA", "GBR": "UKG", "DEU": "GMY", "VNM": "DRV", "COD": "DRC", "MMR": "MYA"}
    assert {r["code"]: r["cow"] for r in rows if r["code"] in known} == known


def test_every_un_member_is_in_the_correlates_of_war_with_its_year() -> None:
    for row in table("countries.csv"):
        assert bool(row["cow"]) == (row["code"] in UN_MEMBERS | {"XKX", "TWN"}), row
        assert bool(row["from"]) == bool(row["cow"]), row
        if row["from"]:
            assert 1816 <= int(row["from"]) <= 2011, row
        assert row["to"] == "", "a state that ended is a former name of its successor"


@pytest.mark.parametrize(
    ("kind", "exceptions"),
    [
        ("name", {}),
        ("demonym", NO_DEMONYM),
        ("demonym_plural", NO_PLURAL),
        ("capital", NO_CAPITAL),
    ],
)
def test_every_country_has_each_kind_of_form(kind: str, exceptions: dict[str, str]) -> None:
    have = {code for code, texts in forms(kind).items() if texts}
    missing = (UN_MEMBERS | OTHERS) - have
    assert missing == set(exceptions)


def test_a_country_s_own_columns_are_forms_too() -> None:
    names, official, capitals = forms("name"), forms("official"), forms("capital")
    for row in table("countries.csv"):
        code = row["code"]
        assert row["name"] in names[code]
        assert row["official_name"] in official[code] | names[code], row
        if row["capital"] and code not in NO_CAPITAL:
            assert row["capital"] in capitals[code]
        assert row["capital"] or code in NO_CAPITAL, row


def test_codes_are_three_capitals_and_known() -> None:
    states = UN_MEMBERS | OTHERS
    assert {row["code"] for row in table("names.csv")} == states
    assert {row["code"] for row in table("groups.csv")} <= states
    assert {row["code"] for row in table("organisations.csv")} == {"UNO", "EUR", "IGO", "NGO"}


def test_every_kind_and_sector_is_known() -> None:
    for row in table("names.csv"):
        assert row["kind"] in NAME_KINDS, row
        if row["kind"] == "seat":
            assert row["sector"] in SEAT_SECTORS, row
        elif row["kind"] == "capital":
            assert row["sector"] in {"GOV", ""}, row
        else:
            assert row["sector"] == "", row
    for row in table("organisations.csv"):
        assert row["kind"] in ORGANISATION_KINDS, row
        assert row["sector"] in ORGANISATION_SECTORS, row
        assert row["name"], row
    for row in table("groups.csv"):
        assert row["sector"] in GROUP_SECTORS, row
        assert row["name"], row


def test_a_form_of_two_codes_is_marked_in_every_row() -> None:
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    for name in FORM_TABLES:
        for row in table(name):
            rows[row["text"]].append(row)
    for text, same in rows.items():
        if len(same) > 1:
            assert len({row["code"] for row in same}) == len(same), f"{text} twice for one code"
            assert all(row["note"].startswith("ambiguous: ") for row in same), text


def test_the_likelier_owner_of_a_shared_form_stands_first() -> None:
    shared = {
        text: codes_of(text)
        for name in FORM_TABLES
        for text, count in Counter(row["text"] for row in table(name)).items()
        if count > 1
    }
    assert shared == {
        "Congo": ["COD", "COG"],
        "Congolese": ["COD", "COG"],
        "Georgia": ["GEO", "USA"],
    }


def test_a_form_can_be_matched_as_a_whole_word() -> None:
    for name in FORM_TABLES:
        for row in table(name):
            text = row["text"]
            assert text == " ".join(text.split()), row
            assert len(text) > 1, row
            assert "\u2019" not in text and "\u2018" not in text, row
            assert not text.startswith("the "), row
            assert text[0].isalnum() or text == "'Ndrangheta", row


def test_an_ambiguous_form_says_what_else_it_is() -> None:
    for name in FORM_TABLES:
        for row in table(name):
            if row["note"].lower().startswith("ambiguous"):
                assert re.match(r"ambiguous: .{8,}", row["note"]), row


@pytest.mark.parametrize(
    "text",
    [
        "Georgia",
        "Jordan",
        "Chad",
        "Guinea",
        "Congo",
        "Korea",
        "Washington",
        "Santiago",
        "Georgetown",
        "Kingston",
        "Lima",
        "Victoria",
        "Polish",
        "Poles",
        "Pole",
        "Turk",
        "Finn",
        "America",
        "Wagner",
        "ICC",
        "WHO",
        "San Jose",
        "Panama City",
    ],
)
def test_words_that_are_also_something_else_are_marked(text: str) -> None:
    assert row_of(text)["note"].startswith("ambiguous: ")


@pytest.mark.parametrize("text", ["Male", "Congress", "Supreme Court", "Parliament", "IS", "Senate"])
def test_words_that_would_mislead_more_than_help_are_left_out(text: str) -> None:
    assert codes_of(text) == []


def test_a_form_with_an_accent_is_there_without_it() -> None:
    texts = {row["text"] for row in table("names.csv")}
    for pair in ("Bogotá Bogota", "Élysée Elysee", "Türkiye Turkiye", "Yaoundé Yaounde"):
        assert set(pair.split()) <= texts
    assert {"Côte d'Ivoire", "Cote d'Ivoire", "Malé"} <= texts


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Soviet Union", "RUS"),
        ("Yugoslavia", "SRB"),
        ("Burma", "MMR"),
        ("Zaire", "COD"),
        ("Swaziland", "SWZ"),
        ("Czech Republic", "CZE"),
        ("Macedonia", "MKD"),
        ("Persia", "IRN"),
        ("East Germany", "DEU"),
        ("East Timor", "TLS"),
        ("Kiev", "UKR"),
        ("Kyiv", "UKR"),
        ("Gaza", "PSE"),
        ("Aleppo", "SYR"),
        ("Xinjiang", "CHN"),
        ("Northern Ireland", "GBR"),
        ("New Mexico", "USA"),
        ("U.S.", "USA"),
        ("UAE", "ARE"),
        ("DPRK", "PRK"),
        ("Britons", "GBR"),
        ("Spaniards", "ESP"),
    ],
)
def test_old_names_spellings_and_regions_lead_to_the_state_of_today(text: str, code: str) -> None:
    assert codes_of(text) == [code]


@pytest.mark.parametrize(
    ("text", "code", "sector"),
    [
        ("Kremlin", "RUS", "GOV"),
        ("White House", "USA", "GOV"),
        ("Pentagon", "USA", "MIL"),
        ("Downing Street", "GBR", "GOV"),
        ("Élysée", "FRA", "GOV"),
        ("Quai d'Orsay", "FRA", "GOV"),
        ("Bundestag", "DEU", "LEG"),
        ("Knesset", "ISR", "LEG"),
        ("Verkhovna Rada", "UKR", "LEG"),
        ("Miraflores Palace", "VEN", "GOV"),
        ("Casa de Nariño", "COL", "GOV"),
        ("Zhongnanhai", "CHN", "GOV"),
        ("IRGC", "IRN", "MIL"),
        ("IDF", "ISR", "MIL"),
        ("Mossad", "ISR", "SPY"),
        ("CIA", "USA", "SPY"),
        ("Bogota", "COL", "GOV"),
    ],
)
def test_a_house_stands_for_the_part_of_the_state_that_sits_in_it(text: str, code: str, sector: str) -> None:
    row = row_of(text)
    assert (row["code"], row["sector"]) == (code, sector)


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        (
            "UNO",
            "United Nations|UN|U.N.|Security Council|UN Security Council|UNSC|General Assembly",
        ),
        ("UNO", "International Court of Justice|ICJ|UNHCR|UNICEF|WHO|World Health Organization"),
        ("UNO", "UNESCO|World Food Programme|ILO|UNRWA|OHCHR|UNIFIL|MONUSCO|MINUSMA"),
        ("EUR", "European Union|EU|European Commission|European Council|European Parliament"),
        ("EUR", "ECB|European Central Bank|EEAS|Brussels"),
        ("IGO", "NATO|Nato|African Union|AU|Organization of American States|OAS|ASEAN"),
        ("IGO", "Arab League|OPEC|OPEC+|International Monetary Fund|IMF|World Bank|IAEA"),
        ("IGO", "International Atomic Energy Agency|International Criminal Court|ICC|G7|G20|BRICS"),
        ("IGO", "GCC|WTO|OECD|OSCE|SCO|CSTO|ECOWAS|IGAD|SADC|Mercosur|CARICOM|CELAC|Interpol|OPCW"),
        ("NGO", "Red Cross|ICRC|Amnesty International|Human Rights Watch|Doctors Without Borders"),
    ],
)
def test_the_organisations_of_the_news_are_there(code: str, texts: str) -> None:
    assert {text: codes_of(text) for text in texts.split("|")} == {text: [code] for text in texts.split("|")}


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("YEM", "Houthi|Houthis|Huthi|Ansar Allah"),
        ("LBN", "Hezbollah|Hizbollah"),
        ("PSE", "Hamas"),
        ("AFG", "Taliban|al-Qaeda|Al Qaeda|Al Qaida|al-Qaida|Al-Qaeda"),
        ("SYR", "ISIS|ISIL|Islamic State|Daesh|YPG|SDF|Syrian Democratic Forces|Kurdish forces"),
        ("COL", "FARC|ELN|Clan del Golfo"),
        ("TUR", "PKK"),
        ("IRQ", "Peshmerga"),
        ("NGA", "Boko Haram"),
        ("SOM", "al-Shabaab"),
        ("RUS", "Wagner"),
        ("UKR", "Azov"),
        ("SDN", "RSF|Rapid Support Forces"),
        ("COD", "M23"),
        ("ETH", "TPLF"),
        ("LKA", "LTTE"),
        ("VEN", "Tren de Aragua"),
        ("MEX", "Sinaloa cartel"),
    ],
)
def test_armed_groups_are_coded_where_they_are_based(code: str, texts: str) -> None:
    assert {text: codes_of(text) for text in texts.split("|")} == {text: [code] for text in texts.split("|")}


def test_the_tables_are_as_large_as_the_news_needs() -> None:
    assert sum(row["kind"] == "place" for row in table("names.csv")) >= 500
    assert len(table("organisations.csv")) >= 150
    assert len({(row["code"], row["name"]) for row in table("groups.csv")}) >= 70
    by_state = Counter(row["code"] for row in table("names.csv") if row["kind"] == "place")
    for code in [
        "USA",
        "GBR",
        "FRA",
        "DEU",
        "RUS",
        "UKR",
        "CHN",
        "IND",
        "PAK",
        "IRN",
        "IRQ",
        "SYR",
        "ISR",
        "PSE",
        "YEM",
        "SDN",
        "ETH",
    ]:
        assert by_state[code] >= 8, code
