"""What the files hold that events are written to, and what comes back from them."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.codebook import codebook
from detente.errors import FileError, FormatError
from detente.formats import export, find, losses, names
from detente.formats.jsonl import from_record, read, to_record
from detente.formats.plover import AUXILIARY, to_plover
from detente.formats.tables import COLUMNS, dyads
from detente.interfaces import Format
from detente.records import Document, Event, Party, Status, Voice
from detente.sources import make_document

PAPER = make_document(
    "Washington and London warned Cuba, and =HYPERLINK met nobody.",
    id="a",
    title="=1+1",
    url="https://example.org/a",
    published="2026-01-08",
    publisher="Post",
    language="en",
)
WARNED = Event(
    document="a",
    start=0,
    end=33,
    text="Washington and London warned Cuba",
    event="THREATEN",
    actor=(
        Party("USA", "Washington", 0, 10, "GOV", "United States"),
        Party("GBR", "London", 15, 21, "GOV", None, "learned"),
    ),
    recipient=(Party("CUB", "Cuba", 29, 33),),
    symmetric=False,
    status=Status.FUTURE,
    trigger="warned",
    trigger_start=22,
    quad=3,
    cameo="130",
    modes=("restrict", "violence"),
    contexts=("economic",),
    date="2026-01-09",
    date_end="2026-01-11",
    date_text="over the weekend",
    speaker="Ruiz",
    voice=Voice.SPEAKER,
    confidence=0.1 + 0.2,
    coder="rules.v1",
)
MET = replace(
    WARNED,
    event="CONSULT",
    actor=(Party("USA", "they", how="pronoun"), Party("CUB", "they", how="pronoun")),
    recipient=(Party("USA", "they", how="pronoun"), Party("CUB", "they", how="pronoun")),
    symmetric=True,
    status=Status.ACTUAL,
    quad=1,
    cameo=None,
    modes=(),
    contexts=(),
    date=None,
    date_end=None,
    date_text=None,
    date_reason="no word of time",
    speaker=None,
    voice=Voice.WRITER,
    confidence=None,
)


def written(format: str, *events: Event, documents: tuple[Document, ...] = (PAPER,)) -> bytes:
    out = io.BytesIO()
    assert export(events, documents, format, out) == len(events)
    return out.getvalue()


# every format


@pytest.mark.parametrize("name", names())
def test_every_format_is_deterministic_and_says_what_it_loses(name: str) -> None:
    layout = find(name)
    assert isinstance(layout, Format)
    assert layout.name == name
    assert written(name, WARNED, MET) == written(name, WARNED, MET)
    assert losses(name) == layout.losses
    assert (losses(name) == ()) is (name in ("jsonl", "parquet"))


@pytest.mark.parametrize("name", names())
def test_a_file_holds_what_a_stream_would(tmp_path: Path, name: str) -> None:
    path = tmp_path / "out"
    path.write_text("what was there before")
    assert export(iter([WARNED]), {"a": PAPER}, name, path) == 1
    assert path.read_bytes() == written(name, WARNED)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", names())
def test_no_events_make_a_file_without_rows(name: str) -> None:
    content = written(name)
    if name == "parquet":
        assert pl.read_parquet(io.BytesIO(content)).height == 0
    elif name in ("csv", "jsonl", "plover", "polecat", "gdelt2"):
        assert content.decode().count("\n") == (name in ("csv", "polecat"))
    else:
        assert b"They" not in content and b"Cuba" not in content


@pytest.mark.parametrize("name", names())
def test_an_event_whose_document_is_missing_is_still_written(name: str) -> None:
    assert len(written(name, WARNED, documents=())) > 0


def test_an_unknown_format_names_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="'xml' is no format known here; write one of csv, jsonl"):
        export([], [], "xml", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("old")
    half = replace(WARNED, text="\ud800")  # cannot be written as UTF-8
    with pytest.raises(UnicodeEncodeError):
        export([WARNED, half], [PAPER], "jsonl", path)
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="this is a folder; name a file in it"):
        export([], [], "csv", tmp_path)
    with pytest.raises(FileError, match=r"out\.csv: the file cannot be written \(No such file"):
        export([], [], "csv", str(tmp_path / "none" / "out.csv"))


# JSON lines

parties = st.builds(
    Party,
    code=st.sampled_from(["USA", "CUB", "UNO"]),
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    start=st.none() | st.integers(0, 9),
    end=st.none() | st.integers(0, 9),
    sector=st.none() | st.just("MIL"),
    name=st.none() | st.just("Ruiz"),
    how=st.sampled_from(["gazetteer", "learned"]),
)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
any_event = st.builds(
    Event,
    document=words,
    start=st.integers(0, 99),
    end=st.integers(0, 99),
    text=words,
    event=st.sampled_from(sorted(codebook().types)),
    actor=st.lists(parties, max_size=3).map(tuple),
    recipient=st.lists(parties, max_size=3).map(tuple),
    symmetric=st.booleans(),
    status=st.sampled_from(Status),
    trigger=words,
    trigger_start=st.integers(0, 99),
    quad=st.integers(1, 4),
    cameo=st.none() | st.just("040"),
    modes=st.lists(words, max_size=2).map(tuple),
    contexts=st.lists(words, max_size=2).map(tuple),
    date=st.none() | st.sampled_from(["2026", "2026-01", "2026-01-08"]),
    date_end=st.none() | st.just("2026-01-09"),
    date_text=st.none() | words,
    date_reason=st.none() | words,
    speaker=st.none() | words,
    voice=st.sampled_from(Voice),
    confidence=st.none() | st.floats(0, 1),
    coder=st.sampled_from(["rules.v1", "hand"]),
)


@given(st.lists(any_event, max_size=4))
def test_json_lines_give_the_same_events_back(events: list[Event]) -> None:
    content = written("jsonl", *events)
    assert list(read(io.TextIOWrapper(io.BytesIO(content), "utf-8", newline="\n"))) == events


def test_a_line_holds_every_field_and_its_parties_as_objects() -> None:
    record = json.loads(written("jsonl", WARNED))
    # a second is told only of a text with captions
    assert set(record) == {field.name for field in fields(Event)} - {"seconds"} | {"id"}
    assert record["id"] == WARNED.id
    assert record["recipient"] == [
        {
            "code": "CUB",
            "sector": None,
            "text": "Cuba",
            "name": None,
            "start": 29,
            "end": 33,
            "how": "gazetteer",
        }
    ]
    assert (record["status"], record["date"], record["date_end"], record["speaker"]) == (
        "future",
        "2026-01-09",
        "2026-01-11",
        "Ruiz",
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"event": "FIGHT"}, "field 'event': 'FIGHT' is no PLOVER event type; write one of AGREE"),
        ({"event": None}, "field 'event': it is missing"),
        ({"status": "maybe"}, "field 'status': 'maybe' does not fit; write one of actual, "),
        ({"start": -1}, "field 'start': '-1' does not fit; write a whole number"),
        ({"start": True}, "field 'start': 'True' does not fit"),
        ({"symmetric": "yes"}, "field 'symmetric': 'yes' does not fit; write true or false"),
        ({"confidence": 2}, "field 'confidence': '2' does not fit; write a probability"),
        ({"modes": "visit"}, "field 'modes': 'visit' does not fit; write a list of texts"),
        ({"actor": ["USA"]}, "field 'actor'"),
        ({"actor": [{"code": "USA"}]}, "line 1 actor 1 field 'text': it is missing"),
    ],
)
def test_a_record_that_is_no_event_names_the_field(change: dict[str, Any], message: str) -> None:
    with pytest.raises(FormatError) as caught:
        list(read([json.dumps(to_record(WARNED) | change)]))
    assert message in str(caught.value)


@pytest.mark.parametrize("line", ["{", "[]", "5", "[" * 100_000, "nonsense"])
def test_a_line_that_is_no_record_names_its_number(line: str) -> None:
    with pytest.raises(FormatError, match=r"^mine line 3: "):
        list(read([json.dumps(to_record(WARNED)), "", line], where="mine"))


def test_a_short_record_is_filled_with_what_follows_from_it_and_not_more() -> None:
    wanted = ("document", "start", "end", "text", "event", "status", "trigger", "trigger_start")
    record = {name: value for name, value in to_record(WARNED).items() if name in wanted}
    event = from_record(record)
    assert event.quad == 3
    assert (event.date, event.confidence, event.actor, event.coder) == (None, None, (), "unknown")


# tables


def table(*events: Event) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written("csv", *events).decode(), newline="")))


def test_an_act_of_several_parties_has_a_row_for_each_dyad() -> None:
    rows = table(WARNED)
    assert [(r["dyad"], r["actor"], r["recipient"]) for r in rows] == [
        ("1", "USA", "CUB"),
        ("2", "GBR", "CUB"),
    ]
    assert {r["event_id"] for r in rows} == {WARNED.id}
    assert rows[0]["actors"] == "USA;GBR"
    assert rows[0]["modes"] == "restrict;violence"


@pytest.mark.parametrize(
    ("actor", "recipient", "symmetric", "expected"),
    [
        ("USA CUB", "USA CUB", True, "USA-CUB"),
        ("USA", "CUB", True, "USA-CUB"),
        ("USA CUB VEN", "", True, "USA-CUB USA-VEN CUB-VEN"),
        ("USA", "USA", True, "USA-"),
        ("", "", True, "-"),
        ("USA", "", False, "USA-"),
        ("", "CUB", False, "-CUB"),
        ("USA GBR", "CUB VEN", False, "USA-CUB USA-VEN GBR-CUB GBR-VEN"),
        ("USA", "USA", False, "USA-USA"),
    ],
)
def test_the_dyads_of_an_act(actor: str, recipient: str, symmetric: bool, expected: str) -> None:
    event = replace(
        WARNED,
        actor=tuple(Party(c, c) for c in actor.split()),
        recipient=tuple(Party(c, c) for c in recipient.split()),
        symmetric=symmetric,
    )
    found = [f"{a.code if a else ''}-{b.code if b else ''}" for a, b in dyads(event)]
    assert " ".join(found) == expected


def test_columns_are_the_same_in_csv_and_parquet_and_typed_in_parquet() -> None:
    frame = pl.read_parquet(io.BytesIO(written("parquet", WARNED, MET)))
    assert list(table(WARNED)[0]) == [name for name, _ in COLUMNS] == frame.columns
    first = frame.row(0, named=True)
    assert first["published"] == date(2026, 1, 8)
    assert (first["day_first"], first["day_last"]) == (date(2026, 1, 9), date(2026, 1, 11))
    assert first["modes"] == ["restrict", "violence"]
    assert first["symmetric"] is False
    assert first["confidence"] == 0.1 + 0.2
    assert (first["quad"], first["score"]) == (3, codebook().score("THREATEN", ("restrict",)))
    assert first["title"] == "=1+1"
    last = frame.row(2, named=True)
    assert (last["event_id"], last["day_first"], last["confidence"]) == (MET.id, None, None)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    (row, _) = table(replace(WARNED, text=cell, speaker=cell, modes=(cell,)))
    assert (row["text"], row["speaker"], row["modes"]) == (f"'{cell}",) * 3
    assert row["title"] == "'=1+1"


def test_a_negative_number_stays_a_number() -> None:
    (row, _) = table(WARNED)
    assert float(row["score"]) < 0
    assert float(row["confidence"]) == 0.1 + 0.2


def test_commas_quotes_and_lines_in_a_cell_survive() -> None:
    text = 'he said "no",\nand left; so'
    assert table(replace(WARNED, text=text))[0]["text"] == text


# PLOVER


def plover(event: Event, document: Document | None = PAPER) -> dict[str, Any]:
    return to_plover(event, document)


def test_a_plover_record_has_the_fields_of_the_manual() -> None:
    record = json.loads(written("plover", WARNED))
    assert record == {
        "id": WARNED.id,
        "has_event": True,
        "date": "2026-01-09",
        "enddate": "2026-01-11",
        "actor": [
            {
                "code": "USA",
                "sector": "GOV",
                "entity_text": "Washington",
                "identifier_text": "United States",
            },
            {"code": "GBR", "sector": "GOV", "entity_text": "London"},
        ],
        "recipient": [{"code": "CUB", "entity_text": "Cuba"}],
        "event": ["THREATEN"],
        "event_text": ["warned"],
        "mode": ["restrict", "violence", "future"],
        "context": ["economic"],
        "quad_code": 3,
        "event_scale": -3.0,
        "text": "Washington and London warned Cuba",
        "text_info": {"start": 0, "end": 33},
        "cite_info": {
            "url": "https://example.org/a",
            "title": "=1+1",
            "language": "en",
            "publication": "Post",
            "coder": "rules.v1",
            "codebook": "PLOVER",
            "version": record["cite_info"]["version"],
        },
        "coder": "rules.v1",
        "comment": "asserted by Ruiz",
    }
    assert record["cite_info"]["version"].startswith("detente ")


@pytest.mark.parametrize(
    ("status", "mode"),
    [
        (Status.ACTUAL, []),
        (Status.HISTORICAL, ["historical"]),
        (Status.FUTURE, ["future"]),
        (Status.HYPOTHETICAL, ["hypothetical"]),
        (Status.NEGATED, ["negation"]),
    ],
)
def test_status_is_an_auxiliary_mode(status: Status, mode: list[str]) -> None:
    assert plover(replace(WARNED, modes=(), status=status))["mode"] == mode
    assert set(AUXILIARY) == set(Status)


def test_an_unknown_day_is_that_of_publication_and_says_so() -> None:
    record = plover(MET)
    assert record["date"] == "2026-01-08"
    assert "enddate" not in record
    assert record["comment"] == (
        "no date of the act in the text (no word of time); date is the day of publication"
    )
    nowhere = plover(MET, None)
    assert nowhere["date"] is None
    assert nowhere["comment"].endswith("nor of publication")
    assert any("null" in loss for loss in losses("plover"))


def test_a_month_is_its_first_to_its_last_day_and_says_so() -> None:
    record = plover(replace(WARNED, date="2024-02", date_end=None, speaker=None))
    assert (record["date"], record["enddate"]) == ("2024-02-01", "2024-02-29")
    assert record["comment"] == "the text gives only 2024-02"


def test_an_opinion_is_marked_in_the_comment() -> None:
    assert "commentary" in plover(replace(MET, voice=Voice.COMMENTARY))["comment"]
