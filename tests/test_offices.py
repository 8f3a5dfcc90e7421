"""Who held which office when, and which titles stand for an office."""

from __future__ import annotations

import csv
import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib import resources
from itertools import combinations

import pytest

OFFICES = ("head_of_state", "head_of_government", "foreign_minister", "defence_minister")
SECTORS = {"", "GOV", "MIL", "LEG", "JUD", "OPP", "REB", "SPY", "COP"}
COMPILED = date(2026, 11, 24)
STATES = """
    USA CHN RUS GBR FRA DEU JPN IND BRA CAN ITA KOR MEX IDN TUR SAU ZAF AUS ARG
    IRN ISR PSE LBN SYR IRQ YEM EGY LBY QAT ARE KWT BHR JOR UKR BLR GEO ARM AZE MDA SRB XKX GRC
    CYP PRK TWN VNM PHL THA KHM MMR PAK AFG BGD LKA ETH ERI SDN SSD SOM DJI KEN RWA COD BDI UGA
    TCD MLI NER NGA BFA CMR DZA MAR VEN COL CUB NIC GUY HND SLV ECU PER BOL HTI CHL
    POL LTU LVA EST HUN FIN SWE NOR DNK NLD ESP
"""
DEMANDED = STATES.split()

NO_SUCH_OFFICE = {
    ("PSE", "defence_minister"): "the Palestinian Authority has no ministry of defence",
    ("GUY", "defence_minister"): "the president of Guyana holds defence; no minister is named",
}

STARTS_AFTER_2010 = {
    ("SSD", "head_of_state"): "independent since 2011-07-09",
    ("SSD", "head_of_government"): "independent since 2011-07-09",
    ("SSD", "foreign_minister"): "independent since 2011-07-09",
    ("SSD", "defence_minister"): "independent since 2011-07-09",
    ("XKX", "defence_minister"): "the ministry was founded in December 2018",
    ("BDI", "head_of_government"): "no prime minister between 1998 and 2020",
    ("HTI", "defence_minister"): "the army was disbanded in 1995; the portfolio came back in 2011",
    ("NIC", "defence_minister"): "vacant under Ortega until 2014",
    ("LBY", "defence_minister"): "Gaddafi kept the portfolio until 2011",
}


@cache
def rows() -> tuple[dict[str, str], ...]:
    return tuple(read("offices.csv"))


@cache
def titles() -> dict[str, dict[str, str]]:
    return {row["title"]: row for row in read("titles.csv")}


def read(name: str) -> Iterator[dict[str, str]]:
    path = resources.files("detente") / "data" / "actors" / name
    yield from csv.DictReader(path.read_text(encoding="utf-8").splitlines())


def earliest(text: str) -> date:
    year, month, day = (*map(int, text.split("-")), 1, 1)[:3]
    return date(year, month, day)


def latest(text: str) -> date:
    parts = [int(part) for part in text.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    return date(year, month, parts[2] if len(parts) > 2 else monthrange(year, month)[1])


def holders(code: str, office: str, on: str) -> set[str]:
    """Whoever may have held the office that day; the day of handover is the successor's."""
    day = date.fromisoformat(on)
    return {
        row["name"]
        for row in rows()
        if row["code"] == code
        and row["office"] == office
        and earliest(row["from"]) <= day
        and (not row["to"] or day < latest(row["to"]))
    }


def test_the_columns_are_the_ones_the_gazetteer_reads() -> None:
    columns = ["code", "organisation", "office", "name", "aliases", "from", "to", "source"]
    assert list(rows()[0]) == columns
    assert list(next(iter(titles().values()))) == ["title", "office", "sector", "note"]


def test_there_are_at_least_2600_terms_of_office_and_300_titles() -> None:
    assert len(rows()) >= 2600
    assert len(titles()) >= 300


def test_no_term_is_listed_twice() -> None:
    keys = [tuple(row.values()) for row in rows()]
    assert len(keys) == len(set(keys))


def test_every_date_parses_and_no_term_ends_before_it_began() -> None:
    for row in rows():
        assert re.fullmatch(r"\d{4}(-\d\d){0,2}", row["from"]), row
        assert earliest(row["from"]) <= COMPILED, row
        if row["to"]:
            assert re.fullmatch(r"\d{4}(-\d\d){0,2}", row["to"]), row
            assert earliest(row["from"]) <= latest(row["to"]), row
            assert earliest(row["to"]) <= COMPILED, row


def test_every_row_says_where_it_can_be_checked() -> None:
    assert [row for row in rows() if len(row["source"]) < 6 or not row["name"]] == []


def test_organisations_name_themselves() -> None:
    nameless = [r for r in rows() if r["code"] in {"UNO", "EUR", "IGO"} and not r["organisation"]]
    assert nameless == []


def test_nobody_shares_one_of_the_four_offices_for_more_than_a_month() -> None:
    terms = defaultdict(list)
    for row in rows():
        if row["office"] in OFFICES:
            terms[row["code"], row["office"], row["organisation"]].append(row)
    shared = []
    for key, held in terms.items():
        for one, other in combinations(held, 2):
            start = max(latest(one["from"]), latest(other["from"]))
            end = min(earliest(row["to"]) if row["to"] else COMPILED for row in (one, other))
            if (end - start).days > 31:
                shared.append((key, one["name"], other["name"], start, end))
    assert shared == []


@pytest.mark.parametrize("office", OFFICES)
def test_every_demanded_state_has_the_office_or_a_reason_not_to(office: str) -> None:
    have = {row["code"] for row in rows() if row["office"] == office}
    missing = {code for code in DEMANDED if code not in have}
    assert missing == {code for code, name in NO_SUCH_OFFICE if name == office}


@pytest.mark.parametrize("office", OFFICES)
def test_every_demanded_state_is_covered_since_2010_or_says_why_not(office: str) -> None:
    first: dict[str, date] = {}
    for row in rows():
        if row["office"] == office:
            start = earliest(row["from"])
            first[row["code"]] = min(first.get(row["code"], start), start)
    late = {code for code in DEMANDED if code in first and first[code] > date(2010, 12, 31)}
    assert late == {code for code, name in STARTS_AFTER_2010 if name == office}


def test_an_alias_is_never_a_bare_particle_number_or_repeats_the_name() -> None:
    bad = {"al", "de", "bin", "la", "the", "jr.", "ii", "iii", "vi", "no", "may", "="}
    for row in rows():
        aliases = [alias.strip() for alias in row["aliases"].split(";") if alias.strip()]
        assert not bad & {alias.lower() for alias in aliases}, row
        assert row["name"] not in aliases, row
        assert len(aliases) == len(set(aliases)), row


@pytest.mark.parametrize(
    ("code", "name", "alias"),
    [
        ("UKR", "Volodymyr Zelensky", "Zelenskyy"),
        ("UKR", "Volodymyr Zelensky", "Zelenskiy"),
        ("BLR", "Alexander Lukashenko", "Lukashenka"),
        ("LBY", "Muammar Gaddafi", "Qaddafi"),
        ("LBY", "Muammar Gaddafi", "Kadhafi"),
        ("TUR", "Recep Tayyip Erdoğan", "Erdogan"),
        ("SAU", "Mohammed bin Salman", "MBS"),
        ("CUB", "Miguel Díaz-Canel", "Diaz-Canel"),
        ("CHN", "Xi Jinping", "Xi"),
        ("PRK", "Kim Jong Un", "Kim"),
        ("PRK", "Kim Jong Un", "Kim Jong-un"),
        ("COL", "Gustavo Petro", "Petro"),
        ("BRA", "Luiz Inácio Lula da Silva", "Lula"),
        ("SYR", "Bashar al-Assad", "Assad"),
        ("ETH", "Abiy Ahmed", "Abiy"),
        ("IRN", "Abbas Araghchi", "Araqchi"),
    ],
)
def test_the_second_mention_finds_the_person(code: str, name: str, alias: str) -> None:
    aliases = {
        part.strip()
        for row in rows()
        if row["code"] == code and row["name"] == name
        for part in row["aliases"].split(";")
    }
    assert alias in aliases


@pytest.mark.parametrize(
    ("on", "code", "office", "name"),
    [
        ("2026-01-08", "USA", "head_of_state", "Donald Trump"),
        ("2021-03-01", "USA", "head_of_state", "Joe Biden"),
        ("2021-01-19", "USA", "head_of_government", "Donald Trump"),
        ("2003-03-20", "USA", "head_of_state", "George W. Bush"),
        ("2025-09-10", "USA", "defence_minister", "Pete Hegseth"),
        ("2018-05-08", "USA", "foreign_minister", "Mike Pompeo"),
        ("2022-09-01", "GBR", "head_of_government", "Boris Johnson"),
        ("2022-10-01", "GBR", "head_of_government", "Liz Truss"),
        ("2022-09-09", "GBR", "head_of_state", "Charles III"),
        ("2026-08-01", "GBR", "head_of_government", "Andy Burnham"),
        ("2010-06-01", "RUS", "head_of_state", "Dmitry Medvedev"),
        ("2010-06-01", "RUS", "head_of_government", "Vladimir Putin"),
        ("2022-02-24", "RUS", "foreign_minister", "Sergei Lavrov"),
        ("2022-02-24", "RUS", "defence_minister", "Sergei Shoigu"),
        ("2014-03-01", "UKR", "head_of_state", "Oleksandr Turchynov"),
        ("2023-06-01", "CHN", "foreign_minister", "Qin Gang"),
        ("2023-08-01", "CHN", "foreign_minister", "Wang Yi"),
        ("2011-10-01", "PRK", "supreme_leader", "Kim Jong Il"),
        ("2015-07-14", "IRN", "foreign_minister", "Mohammad Javad Zarif"),
        ("2025-06-15", "IRN", "supreme_leader", "Ali Khamenei"),
        ("2026-04-01", "IRN", "supreme_leader", "Mojtaba Khamenei"),
        ("2022-03-01", "ISR", "head_of_government", "Naftali Bennett"),
        ("2023-10-07", "ISR", "defence_minister", "Yoav Gallant"),
        ("2013-07-02", "EGY", "head_of_state", "Mohamed Morsi"),
        ("2024-12-07", "SYR", "head_of_state", "Bashar al-Assad"),
        ("2025-05-14", "SYR", "head_of_state", "Ahmed al-Sharaa"),
        ("2016-07-15", "TUR", "head_of_government", "Binali Yıldırım"),
        ("2012-06-01", "VEN", "head_of_state", "Hugo Chávez"),
        ("2026-01-02", "VEN", "head_of_state", "Nicolás Maduro"),
        ("2026-01-07", "VEN", "head_of_state", "Delcy Rodríguez"),
        ("2026-01-07", "COL", "head_of_state", "Gustavo Petro"),
        ("2026-09-01", "COL", "head_of_state", "Abelardo de la Espriella"),
        ("2024-12-10", "KOR", "head_of_state", "Yoon Suk Yeol"),
        ("2025-10-20", "JPN", "head_of_government", "Shigeru Ishiba"),
        ("2021-08-14", "AFG", "head_of_state", "Ashraf Ghani"),
        ("2023-07-25", "NER", "head_of_state", "Mohamed Bazoum"),
        ("2016-05-01", "UNO", "secretary_general", "Ban Ki-moon"),
        ("2020-03-01", "EUR", "foreign_minister", "Josep Borrell"),
    ],
)
def test_on_that_day_the_office_was_held_by(on: str, code: str, office: str, name: str) -> None:
    assert holders(code, office, on) == {name}


@pytest.mark.parametrize(
    ("on", "code", "office"),
    [
        ("2023-06-01", "LBN", "head_of_state"),
        ("2022-06-01", "HTI", "head_of_state"),
        ("2025-05-01", "KOR", "head_of_state"),
        ("2020-06-01", "TCD", "head_of_government"),
    ],
)
def test_nobody_is_listed_while_the_office_stood_empty(on: str, code: str, office: str) -> None:
    assert holders(code, office, on) == set()


def test_titles_are_lower_case_and_sorted_into_known_sectors_and_offices() -> None:
    for title, row in titles().items():
        assert title == title.lower().strip(), title
        assert row["sector"] in SECTORS, title
        assert row["office"] in {"", *OFFICES}, title
        assert not row["office"] or row["sector"] == "GOV", title


@pytest.mark.parametrize(
    ("title", "office", "sector"),
    [
        ("secretary of state", "foreign_minister", "GOV"),
        ("external affairs minister", "foreign_minister", "GOV"),
        ("top diplomat", "foreign_minister", "GOV"),
        ("secretary of war", "defence_minister", "GOV"),
        ("chancellor", "head_of_government", "GOV"),
        ("emir", "head_of_state", "GOV"),
        ("crown prince", "", "GOV"),
        ("deputy secretary of state", "", "GOV"),
        ("president-elect", "", "GOV"),
        ("admiral", "", "MIL"),
        ("lawmaker", "", "LEG"),
        ("attorney general", "", "JUD"),
        ("opposition leader", "", "OPP"),
        ("rebel leader", "", "REB"),
        ("spy chief", "", "SPY"),
        ("police chief", "", "COP"),
    ],
)
def test_the_title_stands_for(title: str, office: str, sector: str) -> None:
    assert (titles()[title]["office"], titles()[title]["sector"]) == (office, sector)
