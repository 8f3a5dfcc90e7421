"""GDELT files: their three widths, their traps, and what goes back out."""

from __future__ import annotations

import gzip
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from detente.codebook import codebook
from detente.errors import FileError, FormatError
from detente.formats import cameo, find
from detente.formats.gdelt import GDELT_1_EVENTS, GDELT_2_EVENTS, GDELT_2_MENTIONS
from detente.formats.importing import Imported, import_file, sniff
from detente.records import Document, Event, Party, Status
from detente.sources import make_document
from detente.store import Store, open_store
from detente.store.imported import ImportedEvent
from detente.tables import read_table

CELLS = {
    "GLOBALEVENTID": "1000000001",
    "SQLDATE": "20260107",
    "MonthYear": "202601",
    "Year": "2026",
    "FractionDate": "2026.0192",
    "Actor1Code": "ROMGOV",
    "Actor1Name": "BUCHAREST",
    "Actor1CountryCode": "ROM",
    "Actor1Type1Code": "GOV",
    "Actor2Code": "AUTMED",
    "Actor2Name": "VIENNA",
    "Actor2CountryCode": "AUT",
    "Actor2Type1Code": "MED",
    "IsRootEvent": "1",
    "EventCode": "041",
    "EventBaseCode": "041",
    "EventRootCode": "04",
    "QuadClass": "1",
    "GoldsteinScale": "1.0",
    "NumMentions": "12",
    "NumSources": "3",
    "NumArticles": "7",
    "AvgTone": "-2.5",
    "ActionGeo_Type": "1",
    "ActionGeo_FullName": "Austria",
    "ActionGeo_CountryCode": "AU",
    "ActionGeo_Lat": "47.33",
    "ActionGeo_Long": "13.33",
    "ActionGeo_FeatureID": "AU",
    "DATEADDED": "20260108121500",
    "SOURCEURL": "https://www.example.org/a",
}


def row(columns: tuple[str, ...] = GDELT_2_EVENTS, **cells: str) -> str:
    made = CELLS | ({"DATEADDED": "20260108"} if len(columns) < 61 else {}) | cells
    return "\t".join(made.get(name, "") for name in columns)


def imported(tmp_path: Path, *lines: str, format: str | None = None) -> tuple[Imported, list[ImportedEvent]]:
    path = tmp_path / "export.CSV"
    path.write_bytes("".join(f"{line}\n" for line in lines).encode())
    with open_store(":memory:") as store:
        done = import_file(store, str(path), format)
        return done, list(store.imported())


@pytest.mark.parametrize(
    ("columns", "format", "added"),
    [
        (GDELT_1_EVENTS[:-1], "gdelt1", "2026-01-08"),
        (GDELT_1_EVENTS, "gdelt1", "2026-01-08"),
        (GDELT_2_EVENTS, "gdelt2", "2026-01-08T12:15:00Z"),
    ],
)
def test_each_of_the_three_widths_is_told_by_its_columns(
    tmp_path: Path, columns: tuple[str, ...], format: str, added: str
) -> None:
    done, [event] = imported(tmp_path, row(columns))
    assert (done.format, done.rows, done.new, done.wrong) == (format, 1, 1, 0)
    assert (event.scheme, event.key, event.date, event.added) == (format, "1000000001", "2026-01-07", added)
    assert event.url == (None if len(columns) == 57 else "https://www.example.org/a")
    assert (event.latitude, event.longitude) == (47.33, 13.33)


def test_the_layouts_have_the_columns_that_the_codebooks_count() -> None:
    assert [len(c) for c in (GDELT_1_EVENTS, GDELT_2_EVENTS, GDELT_2_MENTIONS)] == [58, 61, 16]
    added = set(GDELT_2_EVENTS) - set(GDELT_1_EVENTS)
    assert added == {f"{where}Geo_ADM2Code" for where in ("Actor1", "Actor2", "Action")}
    assert GDELT_1_EVENTS[-1] == "SOURCEURL" and "Actor1Geo_FeatureID" in GDELT_1_EVENTS[:-1]


@pytest.mark.parametrize("width", [3, 26, 27, 56, 59, 60, 62])
def test_another_width_is_refused_with_the_number_found_and_those_known(tmp_path: Path, width: int) -> None:
    with pytest.raises(FormatError, match=rf"{width} columns.*57, 58 or 61, mentions 16"):
        imported(tmp_path, "\t".join(["1"] * width))


def test_the_knowledge_graph_is_called_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"GKG 2\.1"):
        imported(tmp_path, "\t".join(["1"] * 27))


def test_a_width_of_the_other_version_says_which_format_to_give(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="61 columns; gdelt1 has 57 or 58; give --format gdelt2"):
        imported(tmp_path, row(), format="gdelt1")


def test_the_file_keeps_its_codes_and_ours_stand_beside_them(tmp_path: Path) -> None:
    _, [event] = imported(tmp_path, row())
    assert (event.code_scheme, event.code, event.code_quad, event.code_score) == ("CAMEO", "041", 1, 1.0)
    assert (event.event, event.modes, event.quad, event.score) == ("CONSULT", ("phone",), 1, 1.5)
    assert (event.mentions, event.sources, event.reports, event.tone, event.lead) == (12, 3, 7, -2.5, True)
    assert (event.publisher, event.date_is_publication) == ("example.org", None)


def test_the_quad_class_of_the_file_is_kept_where_ours_is_another(tmp_path: Path) -> None:
    # CAMEO's class 3 holds reduced relations, which PLOVER's SANCTION has in 4.
    _, [event] = imported(tmp_path, row(EventCode="161", QuadClass="3"))
    assert (event.code_quad, event.event, event.quad) == (3, "SANCTION", 4)


def test_leading_zeros_stay(tmp_path: Path) -> None:
    _, [event] = imported(tmp_path, row(EventCode="0871", GLOBALEVENTID="007"))
    assert (event.code, event.key, event.modes) == ("0871", "007", ("ceasefire",))


def test_quotes_are_letters_and_only_a_line_feed_ends_a_row(tmp_path: Path) -> None:
    done, events = imported(
        tmp_path,
        row(Actor1Name='"JOE'),
        row(GLOBALEVENTID="2", ActionGeo_FullName='a "b\rc" d'),
        row(GLOBALEVENTID="3") + "\r",
    )
    assert done.wrong == 0 and len(events) == 3
    assert events[0].actor and events[0].actor.name == '"JOE'
    assert events[1].place == 'a "b\rc" d'
    assert events[2].url == "https://www.example.org/a"


def test_fips_and_cameo_codes_of_one_file_are_read_by_their_own_tables(tmp_path: Path) -> None:
    # AU is Austria in FIPS 10-4; AUT and ROM are CAMEO's Austria and Romania.
    _, [event] = imported(tmp_path, row())
    assert event.actor and event.recipient
    assert (event.actor.code, event.actor.own) == ("ROU", "ROMGOV")
    assert (event.recipient.code, event.country, event.country_code) == ("AUT", "AUT", "AU")


@pytest.mark.parametrize(
    ("fips", "iso3"),
    [("AS", "AUS"), ("CH", "CHN"), ("SZ", "CHE"), ("GM", "DEU"), ("UK", "GBR"), ("IZ", "IRQ"), ("OC", None)],
)
def test_fips_is_not_iso(fips: str, iso3: str | None) -> None:
    assert cameo.fips_country(fips) == iso3


def test_every_state_has_a_fips_code_and_no_code_is_twice() -> None:
    rows = read_table("cameo/fips.csv")
    assert len({r["fips"] for r in rows}) == len(rows)
    assert {r["code"] for r in read_table("actors/countries.csv")} <= {r["iso3"] for r in rows}


def test_media_and_medicine_change_places(tmp_path: Path) -> None:
    _, [event] = imported(tmp_path, row(Actor1Type1Code="HLH"))
    assert event.actor and event.recipient
    assert (event.actor.sectors, event.actor.own_sectors) == (("MED",), ("HLH",))
    assert (event.recipient.sectors, event.recipient.own_sectors) == (("JRN",), ("MED",))


def test_europe_is_no_party_but_the_union_is(tmp_path: Path) -> None:
    cells = {"Actor1Code": "EUR", "Actor1CountryCode": "EUR", "Actor1Type1Code": ""}
    union = {"Actor2CountryCode": "EUR", "Actor2KnownGroupCode": "EEC", "Actor2Type1Code": "IGO"}
    _, [event] = imported(tmp_path, row(**cells, **union))
    assert event.actor and event.recipient
    assert event.actor.code is None and "'EUR' is no country" in (event.actor.reason or "")
    assert event.recipient.code == "EUR"


def test_a_row_without_a_second_party_has_none(tmp_path: Path) -> None:
    gone = dict.fromkeys([f"Actor2{n}" for n in ("Code", "Name", "CountryCode", "Type1Code")], "")
    _, [event] = imported(tmp_path, row(**gone))
    assert event.recipient is None


@pytest.mark.parametrize("code", ["010", "020", "---", "XX", ""])
def test_a_code_that_plover_has_not_is_kept_and_the_reason_said(tmp_path: Path, code: str) -> None:
    _, [event] = imported(tmp_path, row(EventCode=code))
    assert (event.event, event.quad, event.code) == (None, None, code or None)
    assert event.event_reason


def test_a_publisher_stands_where_there_is_no_address(tmp_path: Path) -> None:
    _, [event] = imported(tmp_path, row(SOURCEURL="BBC Monitoring"))
    assert (event.url, event.publisher) == (None, "BBC Monitoring")


def test_wrong_rows_are_counted_listed_with_their_lines_and_stop_nothing(tmp_path: Path) -> None:
    good = [row(GLOBALEVENTID=str(n)) for n in range(1, 6)]
    wrong = [
        good[0] + "\textra",
        row(SQLDATE="20260230"),
        row(GLOBALEVENTID="abc"),
        row(QuadClass="7"),
        row(NumMentions="many"),
    ]
    path = tmp_path / "x.CSV"
    path.write_text("\n".join([good[0], wrong[0], "", good[1], *wrong[1:], *good[2:]]))
    with open_store(":memory:") as store:
        done = import_file(store, str(path))
        keys = [e.key for e in store.imported()]
    assert keys == ["1", "2", "3", "4", "5"]
    assert (done.rows, done.new, done.wrong) == (10, 5, 5)
    assert [(f.line, f.reason) for f in done.first_wrong] == [
        (2, "62 columns, not 61"),
        (5, "SQLDATE is '20260230'"),
        (6, "GLOBALEVENTID is 'abc'"),
        (7, "QuadClass is '7'"),
        (8, "NumMentions is 'many'"),
    ]


def test_a_row_that_is_no_utf_8_is_wrong_and_its_place_named(tmp_path: Path) -> None:
    path = tmp_path / "x.CSV"
    path.write_bytes(row().encode() + b"\n" + row(Actor1Name="CAFÉ").encode("latin-1") + b"\n")
    with open_store(":memory:") as store:
        done = import_file(store, str(path))
    assert (done.new, done.wrong, done.first_wrong[0].line) == (1, 1, 2)
    assert "no UTF-8 at byte" in done.first_wrong[0].reason


def test_only_the_first_twenty_wrong_rows_are_listed_but_all_counted(tmp_path: Path) -> None:
    done, events = imported(tmp_path, *[row(GLOBALEVENTID=str(n)) for n in range(50)], *["x\ty"] * 30)
    assert (done.wrong, len(done.first_wrong), len(events)) == (30, 20, 50)


def test_the_layout_is_that_of_most_rows_so_a_broken_first_one_costs_itself(tmp_path: Path) -> None:
    done, events = imported(tmp_path, "x\ty", row(), row(GLOBALEVENTID="2"), format="gdelt2")
    assert (done.wrong, len(events)) == (1, 2)


def test_the_same_file_twice_adds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.CSV"
    path.write_text(f"{row()}\n{row(GLOBALEVENTID='2')}\n{row()}\n")
    with open_store(":memory:") as store:
        assert [import_file(store, str(path)).new for _ in range(2)] == [2, 0]
        assert store.imported_schemes() == {"gdelt2": 2}


def test_the_two_versions_number_their_events_apart(tmp_path: Path) -> None:
    one, two = tmp_path / "1.CSV", tmp_path / "2.CSV"
    one.write_text(row(GDELT_1_EVENTS) + "\n")
    two.write_text(row() + "\n")
    with open_store(":memory:") as store:
        assert import_file(store, str(one)).new + import_file(store, str(two)).new == 2
        assert store.imported_schemes() == {"gdelt1": 1, "gdelt2": 1}


@pytest.mark.parametrize("packing", ["gzip", "zip"])
def test_a_packed_file_is_read_as_it_is(tmp_path: Path, packing: str) -> None:
    path = tmp_path / "20260108120000.export.CSV.zip"
    content = (row() + "\n").encode()
    if packing == "gzip":
        path.write_bytes(gzip.compress(content, mtime=0))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("20260108120000.export.CSV", content)
    with open_store(":memory:") as store:
        assert import_file(store, str(path)).new == 1
    path.write_bytes(path.read_bytes()[:-20])
    with open_store(":memory:") as store, pytest.raises(FileError, match="cannot be read"):
        import_file(store, str(path))


def test_mentions_are_kept_without_offsets_that_are_no_evidence(tmp_path: Path) -> None:
    cells = {
        "GLOBALEVENTID": "1000000001",
        "EventTimeDate": "20260107000000",
        "MentionTimeDate": "20260108121500",
        "MentionType": "1",
        "MentionSourceName": "example.org",
        "MentionIdentifier": "https://example.org/a",
        "SentenceID": "1",
        "Actor1CharOffset": "-1",
        "Actor2CharOffset": "20",
        "ActionCharOffset": "40",
        "InRawText": "1",
        "Confidence": "60",
        "MentionDocLen": "3000",
        "MentionDocTone": "-1.5",
    }
    path = tmp_path / "x.mentions.CSV"
    good = "\t".join(cells.get(c, "") for c in GDELT_2_MENTIONS)
    bad = good.replace("\t60\t", "\t600\t")
    path.write_text(f"{good}\n{bad}\n{good}\n")
    with open_store(tmp_path / "s.sqlite") as store:
        done = import_file(store, str(path))
        assert (done.format, done.new, done.wrong) == ("gdelt2-mentions", 1, 1)
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(tmp_path / "s.sqlite")) as connection:
        columns = "scheme, key, mentioned, url, sentence, kind, publisher, in_raw_text, confidence"
        [found] = connection.execute(f"SELECT {columns} FROM imported_mentions")
        names = {r[1] for r in connection.execute("PRAGMA table_info(imported_mentions)")}
    page = ("https://example.org/a", 1, "web", "example.org", 1, 0.6)
    assert found == ("gdelt2", "1000000001", "2026-01-08T12:15:00Z", *page)
    assert not any("offset" in name.lower() for name in names)


# CAMEO and PLOVER

BOOK = codebook()
CODES = [r["code"] for r in read_table("cameo/events.csv")]


def test_every_cameo_code_has_a_type_or_is_a_statement_or_appeal() -> None:
    assert len(CODES) == len(set(CODES)) > 300
    assert {code[:2] for code in CODES} == {f"{n:02}" for n in range(1, 21)}
    for code in CODES:
        made = cameo.from_cameo(code)
        assert made.event == BOOK.from_cameo(code), code
        assert (made.event is None) == (code[:2] in ("01", "02")) == (made.reason is not None)
        assert set(made.contexts) <= set(BOOK.contexts)
        assert not made.event or set(made.modes) <= set(BOOK.types[made.event].modes)
        # Every code's parents are codes too, so that nothing hangs in the air.
        assert all(code[:n] in CODES for n in range(2, len(code)))


@pytest.mark.parametrize("event", sorted(BOOK.types))
def test_every_type_and_mode_has_a_code_that_leads_back_to_the_type(event: str) -> None:
    for mode in ("", *BOOK.types[event].modes):
        code = cameo.to_cameo(event, (mode,) if mode else ())
        back = cameo.from_cameo(code)
        assert code in CODES
        assert back.event == event, (event, mode, code)
        assert not back.modes or not mode or mode in back.modes or (event, mode) in COARSER, (event, mode)
    rows = {(r["event"], r["mode"]) for r in read_table("cameo/plover.csv")}
    assert {m for e, m in rows if e == event} == {"", *BOOK.types[event].modes}


# CAMEO has no code as fine as these modes; the closest one says another.
COARSER = {
    ("THREATEN", "arrest"),
    ("PROTEST", "vandalize"),
    ("MOBILIZE", "militia"),
    ("COERCE", "censor"),
}


@pytest.mark.parametrize(
    ("code", "event"),
    [("163", "COERCE"), ("191", "COERCE"), ("192", "COERCE"), ("1712", "ASSAULT"), ("175", "ASSAULT"),
     ("0813", "RETREAT"), ("0814", "RETREAT"), ("081", "CONCEDE"), ("200", "ASSAULT"), ("112", "ACCUSE")],
)  # fmt: skip
def test_the_exceptions_to_the_two_digit_rule(code: str, event: str) -> None:
    assert cameo.from_cameo(code).event == event


# Out

PAPER = make_document("Romania phoned Austria.", id="a", url="https://example.org/a", published="2026-01-08")
CALL = Event(
    document="a",
    start=0,
    end=23,
    text="Romania phoned Austria.",
    event="CONSULT",
    actor=(Party("ROU", "Romania", 0, 7, "GOV"),),
    recipient=(Party("AUT", "Austria", 15, 22, "MED"), Party("EUR", "the Union")),
    symmetric=False,
    status=Status.ACTUAL,
    trigger="phoned",
    trigger_start=8,
    quad=1,
    modes=("phone",),
    date="2026-01-07",
)


def written(event: Event, *documents: Document) -> list[dict[str, str]]:
    by_id = {d.id: d for d in documents}
    lines = b"".join(find("gdelt2").write([event], by_id)).decode().splitlines()
    return [dict(zip(GDELT_2_EVENTS, line.split("\t"), strict=True)) for line in lines]


def test_an_event_becomes_rows_of_sixty_one_columns_in_gdelts_codes() -> None:
    one, two = written(CALL, PAPER)
    assert one["GLOBALEVENTID"] != two["GLOBALEVENTID"]
    assert (one["SQLDATE"], one["MonthYear"], one["Year"]) == ("20260107", "202601", "2026")
    assert one["FractionDate"] == "2026.0192"
    assert (one["Actor1Code"], one["Actor1CountryCode"]) == ("ROMGOV", "ROM")
    assert (one["Actor2CountryCode"], one["Actor2Type1Code"]) == ("AUT", "HLH")
    assert (two["Actor2CountryCode"], two["Actor2KnownGroupCode"]) == ("EUR", "EEC")
    assert (one["EventCode"], one["EventBaseCode"], one["EventRootCode"]) == ("041", "041", "04")
    assert (one["QuadClass"], one["GoldsteinScale"], one["DATEADDED"]) == ("1", "1", "20260108000000")
    assert one["SOURCEURL"] == "https://example.org/a"


def test_what_is_written_is_read_again_with_the_same_parties_and_type(tmp_path: Path) -> None:
    path = tmp_path / "out.CSV"
    path.write_bytes(b"".join(find("gdelt2").write([CALL], {"a": PAPER})))
    with open_store(":memory:") as store:
        done = import_file(store, str(path))
        events = list(store.imported())
    assert (done.format, done.wrong) == ("gdelt2", 0)
    assert [(e.actor and e.actor.code, e.recipient and e.recipient.code) for e in events] == [
        ("ROU", "AUT"),
        ("ROU", "EUR"),
    ]
    assert {(e.event, e.modes) for e in events} == {("CONSULT", ("phone",))}
    assert events[0].recipient and events[0].recipient.sectors == ("MED",)


def test_an_act_without_any_day_is_left_out_and_that_is_said() -> None:
    assert written(replace(CALL, date=None)) == []
    assert written(replace(CALL, date=None), PAPER)[0]["SQLDATE"] == "20260108"
    assert any("left out" in loss for loss in find("gdelt2").losses)


def test_the_store_finds_imported_rows_by_pair_and_day(tmp_path: Path) -> None:
    path = tmp_path / "x.CSV"
    rows = [
        row(GLOBALEVENTID=str(n), SQLDATE=f"202601{n:02}", Actor1CountryCode=c)
        for n, c in ((1, "ROM"), (2, "FRA"))
    ]
    path.write_text("\n".join(rows))

    def keys(store: Store, **asked: object) -> list[str]:
        return [e.key for e in store.imported(**asked)]  # type: ignore[arg-type]

    from datetime import date

    with open_store(":memory:") as store:
        import_file(store, str(path))
        assert keys(store, pair=("AUT", "ROU")) == keys(store, pair=("ROU", "AUT")) == ["1"]
        assert keys(store, since=date(2026, 1, 2)) == ["2"]
        assert keys(store, until=date(2026, 1, 1)) == ["1"]
        assert keys(store, scheme="icews") == []
        assert keys(store, limit=1) == ["1"]


def test_a_first_line_is_enough_to_tell(tmp_path: Path) -> None:
    assert sniff(row().encode(), where="f") == "gdelt2"
    with pytest.raises(FormatError, match="the file is empty"):
        sniff(b" \n", where="f")
    with pytest.raises(FormatError, match="is that of no format known here"):
        sniff(b"Dear reader\n", where="f")


def test_a_block_ends_where_a_line_does(tmp_path: Path) -> None:
    from detente.formats.files import blocks

    text = b"".join(row(GLOBALEVENTID=str(n)).encode() + b"\n" for n in range(9))
    for size in (1, 100, 5000):
        found = list(blocks(io.BytesIO(text), where="f", size=size))
        assert b"".join(b for _, b in found) == text
        assert all(b.endswith(b"\n") for _, b in found)
