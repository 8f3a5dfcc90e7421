"""POLECAT files and the traps they have, in and out."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.errors import FormatError
from detente.formats import find
from detente.formats.importing import Imported, import_file
from detente.formats.polecat import POLECAT
from detente.records import Event, Party, Status
from detente.sources import make_document
from detente.store import open_store
from detente.store.imported import ImportedEvent

CELLS = {
    "Event ID": "EV-1",
    "Event Date": "2023-04-01",
    "Event Type": "CONSULT",
    "Event Mode": "visit",
    "Intensity": "4.0",
    "Quad Code": "VERBAL COOPERATION",
    "Contexts": "diplomatic; economic",
    "Actor Name": "Peru",
    "Actor Country": "PER",
    "Actor COW": "135",
    "Primary Actor Sector": "GOV",
    "Actor Sectors": "GOV",
    "Recipient Name": "Bolivia",
    "Recipient Country": "BOL",
    "Primary Recipient Sector": "MIL",
    "Recipient Sectors": "MIL",
    "Placename": "Lima",
    "Country": "PER",
    "Latitude": "-12.04",
    "Longitude": "-77.03",
    "Source": "Andes Daily",
    "Publication Date": "2023-04-03",
    "Language": "Spanish",
    "Version": "1",
}
HEADER = "\t".join(POLECAT)


def row(**cells: str) -> str:
    made = CELLS | {name.replace("_", " "): value for name, value in cells.items()}
    return "\t".join(made.get(name, "None") for name in POLECAT)


def imported(
    tmp_path: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8"
) -> tuple[Imported, list[ImportedEvent]]:
    path = tmp_path / "week.txt"
    path.write_bytes("".join(f"{line}\n" for line in (header, *lines)).encode(encoding))
    with open_store(":memory:") as store:
        return import_file(store, str(path)), list(store.imported())


def test_a_row_is_read_in_plovers_terms(tmp_path: Path) -> None:
    done, [event] = imported(tmp_path, row())
    assert (done.format, done.rows, done.new, done.wrong) == ("polecat", 1, 1, 0)
    assert len(POLECAT) == 40
    assert (event.event, event.modes, event.contexts) == ("CONSULT", ("visit",), ("diplomatic", "economic"))
    assert (event.code_quad, event.quad, event.code_score, event.score) == (1, 1, 4.0, 4.0)
    assert event.actor and (event.actor.code, event.actor.sectors) == ("PER", ("GOV",))
    assert (event.published, event.language, event.place) == ("2023-04-03", "Spanish", "Lima")
    assert event.url is None and event.text is None  # POLECAT has neither


@pytest.mark.parametrize(("published", "flag"), [("2023-04-01", True), ("2023-04-03", False), ("None", None)])
def test_a_date_that_is_that_of_publication_is_flagged(
    tmp_path: Path, published: str, flag: bool | None
) -> None:
    _, [event] = imported(tmp_path, row(Publication_Date=published))
    assert event.date_is_publication is flag


def test_none_is_no_name(tmp_path: Path) -> None:
    nothing = {f"{n}": "None" for n in ("Recipient_Name", "Recipient_Country", "Primary_Recipient_Sector")}
    _, [event] = imported(tmp_path, row(Event_Mode="None", Contexts="None", City="None", **nothing))
    assert event.recipient is None
    assert (event.modes, event.contexts) == ((), ())


def test_several_parties_become_a_dyad_each_with_one_id(tmp_path: Path) -> None:
    done, events = imported(
        tmp_path,
        row(
            Actor_Country="USA; GBR",
            Actor_Name="United States; Britain",
            Primary_Actor_Sector="GOV; MIL",
            Recipient_Country="IRN; SYR",
            Recipient_Name="Iran",
        ),
    )
    assert done.rows == 1 and done.new == 4
    found = [(e.dyad, e.actor and e.actor.code, e.recipient and e.recipient.code) for e in events]
    assert found == [(1, "USA", "IRN"), (2, "USA", "SYR"), (3, "GBR", "IRN"), (4, "GBR", "SYR")]
    assert {e.id for e in events} == {"polecat:EV-1"}
    assert events[2].actor and (events[2].actor.name, events[2].actor.sectors) == ("Britain", ("MIL",))
    # One name for two countries is the name of neither.
    assert events[0].recipient and events[0].recipient.name is None


def test_the_intensity_has_two_names(tmp_path: Path) -> None:
    header = HEADER.replace("\tIntensity\t", "\tEvent Intensity\t")
    _, [event] = imported(tmp_path, row(), header=header)
    assert event.code_score == 4.0


def test_excess_names_in_the_header_are_not_believed(tmp_path: Path) -> None:
    _, [plain] = imported(tmp_path, row())
    for header in (f"{HEADER}\tHeadline\tText", HEADER.replace("\tSource\t", "\tHeadline\tSource\t")):
        done, [event] = imported(tmp_path, row(), header=header)
        assert done.wrong == 0
        assert (event.publisher, event.published) == (plain.publisher, plain.published)


def test_a_header_with_as_many_names_as_the_rows_have_columns_is(tmp_path: Path) -> None:
    header = HEADER.replace("\tSource\t", "\tHeadline\tSource\t")
    cells = row().split("\t")
    at = POLECAT.index("Source")
    done, [event] = imported(tmp_path, "\t".join([*cells[:at], "Envoys meet", *cells[at:]]), header=header)
    assert (done.wrong, event.publisher) == (0, "Andes Daily")


def test_empty_columns_at_the_end_are_dropped_and_full_ones_are_a_fault(tmp_path: Path) -> None:
    done, events = imported(tmp_path, row() + "\t\t\t", row(Event_ID="EV-2") + "\tmore")
    assert [e.key for e in events] == ["EV-1"]
    assert [(f.line, f.reason) for f in done.first_wrong] == [(3, "41 columns, not 40")]


def test_an_iso_8859_1_file_is_read(tmp_path: Path) -> None:
    _, [event] = imported(tmp_path, row(Placename="São Paulo"), encoding="iso-8859-1")
    assert event.place == "São Paulo"


@pytest.mark.parametrize("code", ["3", "3.0", "VERBAL CONFLICT", "Verbal Conflict"])
def test_the_quad_code_is_a_number_or_words_and_may_not_be_ours(tmp_path: Path, code: str) -> None:
    # SANCTION is verbal conflict in one table of the manual, material in all others.
    _, [event] = imported(tmp_path, row(Quad_Code=code, Event_Type="SANCTION", Event_Mode="None"))
    assert (event.code_quad, event.quad) == (3, 4)


def test_wrong_rows_are_listed_and_the_others_kept(tmp_path: Path) -> None:
    done, events = imported(
        tmp_path,
        "a\tb",
        row(Event_Date="soon"),
        row(Intensity="high"),
        row(Quad_Code="5"),
        row(Event_Type="None"),
        row(),
    )
    assert [f.line for f in done.first_wrong] == [2, 3, 4, 5, 6]
    assert done.first_wrong[1].reason == "Event Date is 'soon'"
    assert len(events) == 1


def test_a_header_that_lacks_a_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="39 columns and lacks Version; POLECAT has 40"):
        imported(tmp_path, row(), header=HEADER.removesuffix("\tVersion"))


PAPER = make_document("Peru denied that it met Bolivia.", id="a", publisher="Post", published="2026-01-08")
DENIED = Event(
    document="a",
    start=0,
    end=32,
    text=PAPER.text,
    event="CONSULT",
    actor=(Party("PER", "Peru", 0, 4, "GOV"), Party("COL", "Bogota\tand; more")),
    recipient=(Party("BOL", "Bolivia", 24, 31),),
    symmetric=False,
    status=Status.NEGATED,
    trigger="met",
    trigger_start=20,
    quad=1,
    modes=("visit",),
    contexts=("diplomatic",),
)


def test_an_event_is_written_in_forty_columns_and_read_again(tmp_path: Path) -> None:
    content = b"".join(find("polecat").write([DENIED], {"a": PAPER})).decode()
    header, line = content.splitlines()
    assert tuple(header.split("\t")) == POLECAT
    cells = dict(zip(POLECAT, line.split("\t"), strict=True))
    assert (cells["Actor Country"], cells["Recipient Country"]) == ("PER; COL", "BOL")
    assert (cells["Event Mode"], cells["Event Date"]) == ("visit; negation", "2026-01-08")
    assert (cells["Actor COW"], cells["City"], cells["Quad Code"]) == ("None", "None", "VERBAL COOPERATION")
    path = tmp_path / "out.txt"
    path.write_text(content)
    with open_store(":memory:") as store:
        done = import_file(store, str(path))
        events = list(store.imported())
    assert (done.format, done.wrong, done.new) == ("polecat", 0, 2)
    assert [e.actor and e.actor.code for e in events] == ["PER", "COL"]
    assert {(e.status, e.modes, e.date_is_publication) for e in events} == {("negated", ("visit",), True)}
