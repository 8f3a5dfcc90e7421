"""ICEWS files and the traps they have."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.errors import FormatError
from detente.formats.icews import ICEWS
from detente.formats.importing import Imported, import_file
from detente.store import open_store
from detente.store.imported import ImportedEvent
from detente.tables import read_table

CELLS = {
    "Event ID": "900001",
    "Event Date": "2017-03-05",
    "Source Name": "Foreign Affairs (Peru)",
    "Source Sectors": "Foreign Ministry,Executive,Government",
    "Source Country": "Peru",
    "Event Text": "Consult",
    "CAMEO Code": "040",
    "Intensity": "1",
    "Target Name": "Military (Bolivia)",
    "Target Sectors": "Military,Government",
    "Target Country": "Bolivia",
    "Story ID": "70001",
    "Sentence Number": "2",
    "Publisher": "Andes Daily",
    "City": "Lima",
    "District": "NA",
    "Province": "Lima",
    "Country": "Peru",
    "Latitude": "-12.0432",
    "Longitude": "-77.0282",
}
HEADER = "\t".join(ICEWS)


def row(**cells: str) -> str:
    made = CELLS | {name.replace("_", " "): value for name, value in cells.items()}
    return "\t".join(made[name] for name in ICEWS)


def imported(tmp_path: Path, *lines: str, header: str = HEADER) -> tuple[Imported, list[ImportedEvent]]:
    path = tmp_path / "events.2017.tab"
    path.write_text("".join(f"{line}\n" for line in (header, *lines)), encoding="utf-8")
    with open_store(":memory:") as store:
        return import_file(store, str(path)), list(store.imported())


def test_a_row_keeps_its_own_words_and_has_ours_beside_them(tmp_path: Path) -> None:
    done, [event] = imported(tmp_path, row())
    assert (done.format, done.rows, done.new, done.wrong) == ("icews", 1, 1, 0)
    assert len(ICEWS) == 20
    assert event.actor and event.recipient
    assert (event.actor.code, event.actor.own, event.actor.sectors) == ("PER", "Peru", ("GOV",))
    assert (event.recipient.code, event.recipient.name) == ("BOL", "Military (Bolivia)")
    assert (event.code_scheme, event.code, event.code_score, event.code_quad) == ("CAMEO", "040", 1.0, None)
    assert (event.event, event.quad, event.story, event.sentence) == ("CONSULT", 1, "70001", 2)
    assert (event.place, event.country, event.country_code) == ("Lima, Lima", "PER", "Peru")
    assert (event.latitude, event.publisher, event.text) == (-12.0432, "Andes Daily", "Consult")


def test_an_event_identifier_may_occur_on_two_days(tmp_path: Path) -> None:
    done, events = imported(tmp_path, row(), row(Event_Date="2017-03-06"), row())
    assert done.new == 2
    assert [e.key for e in events] == ["900001@2017-03-05", "900001@2017-03-06"]


def test_days_with_slashes_are_month_day_year(tmp_path: Path) -> None:
    done, [event] = imported(tmp_path, row(Event_Date="3/5/2017"), row())
    assert event.date == "2017-03-05"
    assert done.new == 1  # the same event in either spelling
    done, _ = imported(tmp_path, row(Event_Date="13/5/2017"))
    assert done.first_wrong[0].reason == "Event Date is '13/5/2017'"


@pytest.mark.parametrize(
    "cell", ["Military,Government", "Government,Military", '"Government","Military"', '"Military,Government"']
)
def test_sectors_are_the_same_in_any_order_and_with_quotes(tmp_path: Path, cell: str) -> None:
    _, [event] = imported(tmp_path, row(Source_Sectors=cell))
    assert event.actor
    assert event.actor.own_sectors == ("Government", "Military")
    assert event.actor.sectors == ("GOV", "MIL")


def test_a_reciprocal_act_has_two_rows_and_is_one_act(tmp_path: Path) -> None:
    turned = {
        f"{side}_{field}": CELLS[f"{other} {field}"]
        for side, other in (("Source", "Target"), ("Target", "Source"))
        for field in ("Name", "Sectors", "Country")
    }
    done, events = imported(
        tmp_path,
        row(),
        row(Event_ID="900002", **turned),
        row(Event_ID="900003", Sentence_Number="3", **turned),
        row(Event_ID="900004", CAMEO_Code="111"),
    )
    assert done.new == 4
    assert events[0].act == events[1].act
    assert len({e.act for e in events}) == 3
    assert [e.actor and e.actor.code for e in events[:2]] == ["PER", "BOL"]


def test_acts_are_counted_once_where_rows_are_two(tmp_path: Path) -> None:
    path = tmp_path / "x.tab"
    turned = row(
        Event_ID="2",
        Source_Name=CELLS["Target Name"],
        Source_Country="Bolivia",
        Target_Name=CELLS["Source Name"],
        Target_Country="Peru",
    )
    path.write_text("\n".join((HEADER, row(), turned)))
    with open_store(":memory:") as store:
        assert import_file(store, str(path)).new == 2
        assert store.imported_schemes() == {"icews": 1}


@pytest.mark.parametrize("nothing", ["", "NA"])
def test_nothing_is_written_in_two_ways(tmp_path: Path, nothing: str) -> None:
    _, [event] = imported(tmp_path, row(Source_Sectors=nothing, City=nothing, Province=nothing))
    assert event.actor and event.actor.own_sectors == ()
    assert event.place is None


def test_an_organisation_has_no_country(tmp_path: Path) -> None:
    _, events = imported(
        tmp_path,
        row(Source_Name="European Union", Source_Country="NA"),
        row(
            Event_ID="2",
            Source_Name="Andean Thing",
            Source_Country="",
            Source_Sectors="International Government Organization",
        ),
        row(Event_ID="3", Source_Name="Atlantis", Source_Country="Atlantis"),
    )
    assert [e.actor and e.actor.code for e in events] == ["EUR", "IGO", None]
    assert events[2].actor and "'Atlantis' is no country" in (events[2].actor.reason or "")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Russian Federation", "RUS"),
        ("Occupied Palestinian Territory", "PSE"),
        ("Democratic Republic of Congo", "COD"),
        ("Czech Republic", "CZE"),
        ("South Korea", "KOR"),
        ("Swaziland", "SWZ"),
    ],
)
def test_countries_are_names_and_not_always_ours(tmp_path: Path, name: str, code: str) -> None:
    _, [event] = imported(tmp_path, row(Source_Country=name))
    assert event.actor and event.actor.code == code


def test_quotes_in_the_text_are_letters(tmp_path: Path) -> None:
    done, [event] = imported(tmp_path, row(Event_Text='say "no', Publisher='The "Post"'))
    assert (done.wrong, event.text, event.publisher) == (0, 'say "no', 'The "Post"')


def test_wrong_rows_are_listed_and_the_others_kept(tmp_path: Path) -> None:
    done, events = imported(
        tmp_path,
        row() + "\textra",
        row(Event_ID=""),
        row(CAMEO_Code="40"),  # a spreadsheet took the zero
        row(Intensity="much"),
        row(),
    )
    assert [(f.line, f.reason.split(";")[0]) for f in done.first_wrong] == [
        (2, "21 columns, not 20"),
        (3, "Event ID is empty"),
        (4, "CAMEO Code is '40'"),
        (5, "Intensity is 'much'"),
    ]
    assert len(events) == 1


def test_another_header_is_refused_with_its_number_of_columns(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="the header has 19 columns and lacks Longitude; ICEWS has 20"):
        imported(tmp_path, row(), header=HEADER.removesuffix("\tLongitude"))
    other = HEADER.replace("City\tDistrict", "District\tCity")
    with pytest.raises(FormatError, match="20 columns in another order"):
        imported(tmp_path, row(), header=other)


def test_statements_have_no_type_and_keep_their_code(tmp_path: Path) -> None:
    _, [event] = imported(tmp_path, row(CAMEO_Code="010"))
    assert (event.code, event.event) == ("010", None)
    assert "statement" in (event.event_reason or "")


def test_every_sector_stands_for_one_of_plovers() -> None:
    known = set("COP GOV JUD LEG MIL PRM PTY REB SPY UAF UNK AGR BUS CRM CVL EDU ELI".split())
    known |= set("JRN LAB MED REF OPP PRE REL SOC".split())
    for table in ("cameo/icews_sectors.csv", "cameo/sectors.csv"):
        assert {r["sector"] for r in read_table(table)} <= known | {""}
