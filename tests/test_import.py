"""`detente import` and `detente export`: what goes out comes back, and nothing stops at a bad row."""

from __future__ import annotations

import io
import json
import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detente.cli.importing import ImportFormat
from detente.cli.main import main
from detente.cli.showing import ExportFormat
from detente.errors import FormatError
from detente.formats import export, losses, names
from detente.formats.files import Batch, Faults, blocks
from detente.formats.importing import FORMATS, batches, import_file, sniff
from detente.formats.own import originals
from detente.records import Document, Event, Party, Status, Voice
from detente.sources import make_document
from detente.store import open_store
from detente.store.connection import connect, writing
from detente.store.imported import ImportedEvent, ImportedParty, pack
from detente.store.migrations import MIGRATIONS, migrate
from tests.test_gdelt import row as gdelt_row

TEXT = "Peru and Bolivia met. “=Never,” said Lima; 'again"
PAPER = make_document(TEXT, id="a", published="2026-01-08", publisher="Post", url="https://example.org/a")


def party(code: str, text: str, sector: str | None = None) -> Party:
    return Party(code, text, TEXT.find(text), TEXT.find(text) + len(text), sector, None, "learned")


MET = Event(
    "a", 0, 21, TEXT[:21], "CONSULT", (party("PER", "Peru", "GOV"), party("BOL", "Bolivia")),
    (party("BOL", "Bolivia"), party("PER", "Peru", "MIL")), True, Status.ACTUAL, "met", 17, 1, "040",
    ("visit", "multilateral"), ("diplomatic",), "2026-01", None, "in January", None, "Ruiz", Voice.SPEAKER,
    1 / 3, "rules.v1",
)  # fmt: skip
REFUSED = replace(
    MET, start=22, end=len(TEXT), text=TEXT[22:], event="REJECT", symmetric=False, status=Status.NEGATED,
    trigger="Never", trigger_start=24, quad=3, recipient=(), modes=(), contexts=(), date=None, date_text=None,
    date_reason="no word of time", voice=Voice.WRITER, speaker=None, confidence=None,
)  # fmt: skip
LOSSLESS = ("jsonl", "csv", "parquet")

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=12)
any_party = st.builds(
    Party,
    code=st.sampled_from(["PER", "BOL", "UNO"]),
    text=words,
    start=st.none() | st.integers(0, 9),
    end=st.none() | st.integers(0, 9),
    sector=st.sampled_from([None, "GOV", "MIL"]),
    name=st.none() | words,
    how=st.sampled_from(["gazetteer", "pronoun"]),
)
any_event = st.builds(
    replace,
    st.sampled_from([MET, REFUSED]),
    document=words,
    text=words,
    trigger=words,
    start=st.integers(0, 99),
    actor=st.lists(any_party, max_size=3).map(tuple),
    recipient=st.lists(any_party, max_size=3).map(tuple),
    symmetric=st.booleans(),
    status=st.sampled_from(Status),
    speaker=st.none() | words,
    date_reason=st.none() | words,
    confidence=st.none() | st.floats(0, 1),
)


def back(format: str, events: list[Event], documents: list[Document]) -> list[Event]:
    out = io.BytesIO()
    export(events, documents, format, out)
    out.seek(0)
    faults = Faults()
    found = [e for b in batches(out, out.getvalue()[:999], format, faults, where="f") for e in b.events]
    assert faults.first == []
    return found


@pytest.mark.parametrize("format", LOSSLESS)
@given(events=st.lists(any_event, max_size=5, unique_by=lambda e: e.id))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_lossless_layout_gives_the_same_events_back(format: str, events: list[Event]) -> None:
    assert back(format, events, []) == events


@pytest.mark.parametrize("format", LOSSLESS)
def test_words_that_look_like_formulas_and_lists_come_back(format: str) -> None:
    odd = [replace(MET, text=t, speaker=t) for t in ("=1", "'=1", "''-x", "'x", "-", "a;b", '"', "\r", " ")]
    assert back(format, odd, [PAPER]) == odd


def test_a_layout_without_losses_is_one_that_comes_back() -> None:
    assert [name for name in names() if not losses(name)] == ["jsonl", "parquet"]
    # What csv names are the ways in which an event of the coder never is.
    assert set(names()) - set(LOSSLESS) == {n for n in names() if losses(n) and n != "csv"}


@pytest.fixture
def news(tmp_path: Path) -> Path:
    path = tmp_path / "news.sqlite"
    with open_store(path) as store:
        store.add([PAPER])
        assert store.add_events([MET, REFUSED]) == 2
    return path


@pytest.mark.parametrize("format", LOSSLESS)
def test_export_and_import_into_another_store_and_out_again_is_the_same_file(
    format: str, news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, other, last = (tmp_path / n for n in (f"1.{format}", "other.sqlite", f"2.{format}"))
    assert main(["export", "--to", str(first), "--store", str(news)]) == 0
    assert main(["import", str(first), "--store", str(other)]) == 0
    assert f"{format}, " in capsys.readouterr().out
    with open_store(other) as store:
        assert sorted(originals(store.imported()), key=lambda e: e.start) == [MET, REFUSED]
        assert store.events() == []  # without their document they have no words to stand on
    assert main(["export", "--imported", "--to", str(last), "--store", str(other)]) == 0
    lines = [sorted(p.read_bytes().split(b"\n")) for p in (first, last)]
    if format == "jsonl":
        assert lines[0] == lines[1]


def test_a_pipe_from_export_to_import_loses_nothing(news: Path, tmp_path: Path) -> None:
    run, other = f"{sys.executable} -m detente.cli", tmp_path / "other.sqlite"
    command = f"{run} export --format jsonl --store {news} | {run} import - --store {other} --report json"
    made = subprocess.run(command, shell=True, capture_output=True, check=True, encoding="utf-8")
    report = json.loads(made.stdout)
    assert (report["schema"], report["files"][0]["new"]) == ("detente.import.v1", 3)
    with open_store(other) as store:
        assert set(originals(store.imported())) == {MET, REFUSED}


def test_events_go_to_their_document_where_it_is(news: Path, tmp_path: Path) -> None:
    path, other = tmp_path / "e.jsonl", tmp_path / "other.sqlite"
    export([MET, REFUSED], [PAPER], "jsonl", path)
    with open_store(other) as store:
        store.add([PAPER])
        assert import_file(store, str(path)).new == 2
        assert set(store.events()) == {MET, REFUSED}
        assert list(store.imported()) == []
        assert import_file(store, str(path)).new == 0


def test_an_event_whose_document_has_other_words_here_is_kept_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    strange = replace(REFUSED, text="other words")
    export([MET, strange], [PAPER], "jsonl", path)
    with open_store(":memory:") as store:
        store.add([PAPER])
        import_file(store, str(path))
        assert store.events() == [MET]
        assert list(originals(store.imported())) == [strange]


# Files


def test_every_format_is_told_by_its_first_bytes() -> None:
    from detente.formats.icews import ICEWS
    from detente.formats.polecat import POLECAT

    def first(format: str) -> bytes:
        out = io.BytesIO()
        export([MET], [PAPER], format, out)
        return out.getvalue()[:4096]

    heads = {
        "gdelt2": gdelt_row().encode(),
        "icews": "\t".join(ICEWS).encode(),
        "polecat": "\t".join(POLECAT).encode(),
        "plover": first("plover"),
        **{name: first(name) for name in LOSSLESS},
    }
    assert {name: sniff(head, where="f") for name, head in heads.items()} == {n: n for n in heads}
    assert set(heads) | {"gdelt1", "gdelt2-mentions"} == set(FORMATS)


def test_the_command_names_the_formats_that_there_are() -> None:
    assert {f.value for f in ImportFormat} == set(FORMATS)
    assert {f.value for f in ExportFormat} == set(names())


def test_a_bad_file_is_named_and_the_next_still_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, good = tmp_path / "bad.tab", tmp_path / "good.CSV"
    bad.write_text("\t".join("x" * 60) + "\n")
    good.write_text(f"{gdelt_row()}\n{gdelt_row(GLOBALEVENTID='x')}\n")
    missing = tmp_path / "none.CSV"
    code = main(["import", str(bad), str(missing), str(good), "--store", str(tmp_path / "s.sqlite")])
    out, err = capsys.readouterr()
    assert code == 3
    assert "gdelt2, 2 rows, 1 new; 1 wrong, left out" in out
    assert "60 columns; GDELT events have 57, 58 or 61" in err
    assert f"{missing}: the file cannot be read" in err
    assert f"{good} line 2: GLOBALEVENTID is 'x'" in err
    assert main(["import", str(bad), "--store", str(tmp_path / "s.sqlite")]) == 1


def test_the_rows_beyond_the_twenty_listed_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.CSV"
    path.write_text(f"{gdelt_row()}\n" * 40 + "x\n" * 25)
    assert main(["import", str(path), "--store", str(tmp_path / "s.sqlite")]) == 3
    err = capsys.readouterr().err.splitlines()
    assert len([line for line in err if "line" in line]) == 20
    assert err[-1].endswith("5 more rows")


def test_a_table_that_lacks_a_column_or_has_been_changed_is_not_believed(tmp_path: Path) -> None:
    out = io.BytesIO()
    export([MET, REFUSED], [PAPER], "csv", out)
    path = tmp_path / "e.csv"
    path.write_bytes(out.getvalue().replace(b"event_id,dyad", b"event_id,pair"))
    with open_store(":memory:") as store, pytest.raises(FormatError, match="lacks dyad"):
        import_file(store, str(path))
    path.write_bytes(out.getvalue().replace(b",REJECT,", b",ACCUSE,"))
    with open_store(":memory:") as store:
        done = import_file(store, str(path))
    assert (done.new, done.wrong) == (1, 2) or (done.new, done.wrong) == (1, 1)
    assert "has changed" in done.first_wrong[0].reason


def test_a_parquet_file_that_is_none_says_so(tmp_path: Path) -> None:
    path = tmp_path / "e.parquet"
    path.write_bytes(b"PAR1 and nothing more")
    with open_store(":memory:") as store, pytest.raises(FormatError, match="Parquet file cannot be read"):
        import_file(store, str(path))


# Memory and interruption


class Endless(io.RawIOBase):
    """A file of so many bytes that is made while it is read."""

    def __init__(self, line: bytes, size: int) -> None:
        self.line, self.left = line, size

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        many = min(self.left, size) // len(self.line)
        self.left -= max(many, 1) * len(self.line)
        return self.line * many


@pytest.mark.parametrize("size", [16 << 20, 128 << 20])
def test_the_reader_holds_one_block_however_long_the_file(size: int) -> None:
    line = gdelt_row().encode() + b"\n"
    tracemalloc.start()
    try:
        for _number, _block in blocks(Endless(line, size), where="f"):  # type: ignore[arg-type]
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 40 << 20


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(FormatError, match="a line has more than 64 MB"):
        for _ in blocks(Endless(b"x", 1 << 30), where="f"):  # type: ignore[arg-type]
            pass


def test_what_was_read_before_a_failure_is_kept_and_the_file_can_be_given_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from detente.formats import gdelt, importing

    path = tmp_path / "x.CSV"
    path.write_text("".join(f"{gdelt_row(GLOBALEVENTID=str(n))}\n" for n in range(10)))

    def broken(*_args: object, **_more: object) -> Iterator[Batch]:
        yield from gdelt.read(
            io.BytesIO(path.read_bytes()), "gdelt2", gdelt.GDELT_2_EVENTS, Faults(), where="f"
        )
        raise RuntimeError("the disk has gone")

    with open_store(tmp_path / "s.sqlite") as store:
        with monkeypatch.context() as patched:
            patched.setattr(importing, "batches", broken)
            with pytest.raises(RuntimeError, match="the disk has gone"):
                import_file(store, str(path))
        assert import_file(store, str(path)).new == 0
    with closing(sqlite3.connect(tmp_path / "s.sqlite")) as connection:
        runs = connection.execute("SELECT rows, kept, wrong FROM imports ORDER BY number").fetchall()
    assert runs == [(None, None, None), (10, 0, 0)]  # a run that was stopped has no outcome


# The store


def test_rows_come_back_as_they_were_put_in() -> None:
    side = ImportedParty("PER", "Peru", "Ministry; “x”", ("GOV", "MIL"), ("Army",))
    whole = ImportedEvent(
        scheme="icews", key="1", dyad=1, act="a", date="2026-01-07", actor=side, recipient=None,
        event="CONSULT", code="040", date_end="2026-01-08", date_is_publication=False, modes=("visit",),
        contexts=("legal", "crime"), status="future", quad=1, score=4.0, code_modes=("host",), code_quad=0,
        code_score=-1.5, mentions=1, sources=2, reports=3, tone=-0.5, lead=True, url="u", publisher="p",
        published="2026-01-09", added="2026-01-10", language="es", story="s", sentence=4, text="t",
        place="Lima", country="PER", country_code="PE", latitude=-12.0, longitude=-77.0,
    )  # fmt: skip
    bare = ImportedEvent("icews", "2", 1, "2", None, None, None, None, None, event_reason="nothing")
    with open_store(":memory:") as store:
        run = store.start_import("f", "icews")
        assert store.add_imported(run, pack([whole, bare])) == 2
        assert list(store.imported()) == [whole, bare]


def test_a_store_of_the_first_schema_is_brought_up_to_date_and_keeps_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    engine = connect(str(path))
    with writing(engine, "old") as connection:
        assert migrate(connection, steps=MIGRATIONS[:1]) == (0, 1)
        connection.exec_driver_sql(
            "INSERT INTO documents (id, sha256, kind, text) VALUES ('a', 'x', 'article', 'They met.')"
        )
    engine.dispose()
    gdelt = tmp_path / "x.CSV"
    gdelt.write_text(gdelt_row())
    with open_store(path) as store:
        assert [d.id for d in store.documents()] == ["a"]
        assert import_file(store, str(gdelt)).new == 1
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_row_has_a_type_or_a_reason_even_for_who_writes_sql(tmp_path: Path) -> None:
    with open_store(tmp_path / "s.sqlite"):
        pass
    with (
        closing(sqlite3.connect(tmp_path / "s.sqlite")) as connection,
        pytest.raises(sqlite3.IntegrityError),
    ):
        connection.execute("INSERT INTO imported_meanings (number, code) VALUES (1, '040')")
