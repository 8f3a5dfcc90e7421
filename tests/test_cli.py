"""The command line: what it prints, where, with which exit code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from detente.cli import briefing, demo, drawing, options, output, tables
from detente.cli.main import main
from detente.formats.jsonl import from_record, to_record
from detente.records import Document, Event, Outlook, Party, Status, Term, Voice
from detente.relations.scorecard import file_forecast
from detente.store import open_store

ARTICLE = (
    "Norland has nothing to do with this. Iran condemned the United States on Friday. "
    "Iranian President Masoud Pezeshkian spoke with French President Emmanuel Macron by phone on "
    "Saturday, and the two agreed to meet next week."
)


@pytest.fixture
def article(tmp_path: Path) -> Path:
    file = tmp_path / "article.txt"
    file.write_text(ARTICLE, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the bundled storyline."""
    path = tmp_path_factory.mktemp("store") / "demo.sqlite"
    from detente.coding.coder import rule_coder
    from detente.store import open_store

    with open_store(path) as opened:
        opened.add(demo.storyline(), rule_coder())
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main([str(a) for a in arguments])
    caught = capsys.readouterr()
    return code, caught.out, caught.err


# Coding ------------------------------------------------------------------------------------------


def test_code_prints_one_record_a_line_as_the_format_writes_it(
    article: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "code", article, "--published", "2026-01-11", "--format", "jsonl")
    records = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert err == ""
    assert [r["event"] for r in records][:2] == ["ACCUSE", "CONSULT"]
    assert records[0]["date"] == "2026-01-09"
    assert all(to_record(from_record(r)) == r for r in records)


def test_the_table_shows_who_what_when_and_the_words(
    article: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "code", article, "--published", "2026-01-11")
    assert code == 0
    for word in ("2026-01-09", "actual", "IRN → USA", "ACCUSE", "Iran condemned", "the writer"):
        assert word in out
    assert "events in 1 document" in err and "events in 1 document" not in out


def test_json_is_an_object_with_a_schema_and_the_documents(
    article: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "code", article, "--published", "2026-01-11", "--format", "json")
    record = json.loads(out)
    assert code == 0
    assert record["schema"] == "detente.events.v1"
    assert {e["document"] for e in record["events"]} == set(record["documents"])


def test_standard_input_is_coded(article: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "detente.cli", "code", "-", "--format", "jsonl"],
        input=ARTICLE.encode(),
        capture_output=True,
        check=False,
    )
    assert made.returncode == 0
    assert json.loads(made.stdout.splitlines()[0])["event"] == "ACCUSE"
    assert b"give --published" in made.stderr


def test_without_a_day_of_publication_relative_days_stay_open_and_it_is_said(
    article: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, err = run(capsys, "code", article, "--format", "jsonl")
    assert json.loads(out.splitlines()[0])["date"] is None
    assert "give --published YYYY-MM-DD" in err


# Bad input ---------------------------------------------------------------------------------------


def test_bad_files_are_listed_with_what_to_do_and_the_others_are_coded(
    article: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = {
        "empty.txt": b"",
        "binary.txt": b"PK\x03\x04\x00\x00\x08",
        "encoding.txt": "Киев сказал".encode("koi8-r") + b"\x81\xff",
        "line.txt": b"x" * 50_000_000,
        "date.json": b'{"text": "Iran met Iraq.", "published": "last week"}',
        "broken.jsonl": b'{"text": "a"\n',
    }
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
    code, out, err = run(
        capsys,
        "code",
        *(tmp_path / name for name in bad),
        article,
        tmp_path / "missing.txt",
        "--published",
        "2026-01-11",
        "--format",
        "jsonl",
    )
    left = [line for line in err.splitlines() if line.startswith("left out: ")]
    assert code == 3
    assert json.loads(out.splitlines()[0])["event"] == "ACCUSE"
    assert len(left) == len(bad) + 1
    for name in (*bad, "missing.txt"):
        [line] = [one for one in left if name in one]
        assert ";" in line, "the message says what to do"
    assert "Traceback" not in err


def test_nothing_readable_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()
    code, out, err = run(capsys, "code", empty)
    assert (code, out) == (1, "")
    assert err == f"left out: {empty}: the file is empty; give a file with text\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["code", "ARTICLE", "--published", "yesterday"], "--published: 'yesterday' is not a date"),
        (["events", "--since", "2026-02-30"], "--since: '2026-02-30' is not a date"),
        (["dyad", "USA", "Columbia"], "did you mean COL"),
        (["dyad", "USA", "usa"], "give two different ones"),
        (["outlook", "USA", "COL", "--horizon", "7"], "write one of 30, 60, 90, 180"),
        (["events", "--type", "HUG"], "write one of ACCUSE"),
        (["events", "USA", "COL", "MEX"], "3 parties were given"),
        (["turns", "USA"], "a pair has two parties"),
        (["export"], "write one of csv, jsonl, parquet, plover"),
        (["export", "--format", "parquet"], "name a file"),
        (["events", "--status", "maybe"], "type: detente events --help"),
        (["events", "--no-such"], "type: detente events --help"),
        (["nonsense"], "type: detente --help"),
    ],
)
def test_wrong_usage_is_one_line_that_says_what_to_do(
    arguments: list[str],
    words: str,
    article: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    typed = [str(article) if a == "ARTICLE" else a for a in arguments]
    if typed[0] in ("events", "dyad", "outlook", "turns", "export"):
        typed += ["--store", str(tmp_path / "s.sqlite")]
    code, out, err = run(capsys, *typed)
    assert (code, out) == (2, "")
    assert words in err
    assert len(err.splitlines()) == 1


def test_a_store_that_cannot_be_opened_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, "events", "--store", tmp_path / "no" / "s.sqlite")
    assert code == 1
    assert "there is no such folder" in err


def test_a_reader_that_stops_early_causes_no_complaint(store: Path) -> None:
    command = f"{sys.executable} -m detente.cli events --format jsonl --store {store} | head -n 1"
    made = subprocess.run(command, shell=True, capture_output=True, check=True)
    assert len(made.stdout.splitlines()) == 1
    assert made.stderr == b""


# The store ---------------------------------------------------------------------------------------


def test_reading_twice_adds_nothing_and_notes_what_failed(
    article: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from detente.store import open_store

    path, empty = tmp_path / "s.sqlite", tmp_path / "empty.txt"
    empty.touch()
    day = ["--published", "2026-01-11", "--store", path]
    code, out, err = run(capsys, "read", article, empty, *day)
    assert code == 3
    assert "1 new document" in out and "empty.txt" in err
    code, out, _ = run(capsys, "read", article, *day, "--format", "json")
    record = json.loads(out)
    assert (code, record["documents"], record["already"], record["left_out"]) == (0, 0, 1, [])
    with open_store(path) as opened:
        [failure] = opened.failures()
        assert failure.place == str(empty)
        assert "empty" in failure.reason


def test_events_are_found_by_party_type_status_day_and_words(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def found(*arguments: str) -> list[Event]:
        code, out, _ = run(capsys, "events", *arguments, "--format", "jsonl", "--store", store)
        assert code == 0
        return [from_record(json.loads(line)) for line in out.splitlines()]

    everything = found()
    pair = found("Colombian", "usa")
    assert 0 < len(pair) < len(everything)
    assert all({"USA", "COL"} <= {*e.actor_codes, *e.recipient_codes} for e in pair)
    threats = found("COL", "--type", "threaten", "--status", "actual")
    assert threats and {(e.event, e.status) for e in threats} == {("THREATEN", Status.ACTUAL)}
    assert found("USA", "COL", "--until", "2025-02-01") != pair
    assert len(found("--limit", "2")) == 2
    assert all("visa" in e.text.lower() for e in found("--text", "visa"))
    early = found("--as-of", "2025-02-01")
    assert early and not any((e.date or "") > "2025-02-01" for e in early)


def test_an_empty_store_says_what_to_type_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "events", "--store", tmp_path / "s.sqlite")
    assert (code, out) == (0, "")
    assert "detente read FILE" in err


def test_search_marks_the_words(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "search", "White House", "--store", store)
    assert code == 0
    assert "[White House]" in out
    _, out, _ = run(capsys, "search", "visa", "--format", "json", "--store", store)
    assert json.loads(out)["hits"][0]["snippet"].count("[") >= 1


def test_export_says_what_the_layout_cannot_hold(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "events.csv"
    code, out, err = run(capsys, "export", "USA", "COL", "--to", target, "--store", store)
    assert (code, out) == (0, "")
    assert target.read_text(encoding="utf-8").startswith("event_id,dyad")
    assert "csv cannot hold:" in err
    code, _, err = run(capsys, "export", "--to", tmp_path / "all.jsonl", "--store", store)
    assert code == 0 and "cannot hold" not in err


def test_an_interrupted_reading_says_what_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Interrupted:
        name = "rules.v1"

        def code(self, document: Document) -> list[Event]:
            if "stop" in document.text:
                raise KeyboardInterrupt
            return []

    monkeypatch.setattr("detente.api.coder_of", lambda name, sure=None: Interrupted())
    files = []
    for text in ("first", "second", "stop", "never read"):
        files.append(tmp_path / f"{len(files)}.txt")
        files[-1].write_text(text, encoding="utf-8")
    code, out, err = run(capsys, "read", *files, "--store", tmp_path / "s.sqlite")
    assert (code, out) == (3, "")
    assert "stopped; 2 of these documents are kept" in err
    code, _, err = run(capsys, "code", *files)
    assert code == 1
    assert "stopped" in err


# Pairs -------------------------------------------------------------------------------------------


def test_the_timeline_names_the_turn_by_sign_word_and_day(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "dyad", "USA", "COL", "--as-of", "2026-01-08", "--store", store)
    assert code == 0
    for words in ("▲ thaw on 2026-01-07", "cooperative ↑", "hostile ↓", "2.", "spoke by phone"):
        assert words in out


def test_a_pair_with_little_says_so_and_draws_no_level(
    article: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "s.sqlite"
    run(capsys, "read", article, "--published", "2026-01-11", "--store", path)
    day = ["--as-of", "2026-01-11", "--store", path]
    code, out, _ = run(capsys, "dyad", "IRN", "USA", *day)
    assert code == 0
    assert "Too little to tell" in out
    code, out, _ = run(capsys, "outlook", "IRN", "USA", *day)
    assert code == 0
    assert "No probability: no thaw turn is known by 2026-01-11" in out
    assert "%" in out, "the base rate of history still stands"


def test_why_shows_the_parts_of_a_level_and_what_was_not_counted(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = ["--as-of", "2026-01-08", "--store", store]
    code, out, _ = run(capsys, "dyad", "USA", "COL", "--why", "2026-01-07", *known)
    assert code == 0
    assert "usual hostile rate of all pairs" in out
    assert "not counted:" in out
    _, out, _ = run(capsys, "dyad", "USA", "COL", "--why", "2026-01-07", *known, "--format", "json")
    record = json.loads(out)
    [level] = record["levels"]
    hostile = [
        t["contribution"] for t in level["terms"] if "hostile" in t["name"] and t["contribution"] is not None
    ]
    assert sum(hostile) == pytest.approx(level["hostile"], abs=1e-6)


def test_why_lists_each_act_with_its_weight_and_the_weights_add_up(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = ["--as-of", "2026-01-08", "--store", store]
    _, out, _ = run(capsys, "dyad", "USA", "COL", "--why", "2026-01-07", *known, "--format", "json")
    record = json.loads(out)
    [level], [why] = record["levels"], record["why"]
    for side in ("hostile", "cooperative"):
        parts = [p for p in why["parts"] if p["side"] == side]
        assert sum(p["weight"] for p in parts) == pytest.approx(level[side], abs=1e-6)
        assert all(p["act"]["hostile"] is (side == "hostile") for p in parts if p["act"])
        assert any(p["act"] for p in parts)


def test_the_mirror_question_is_asked_by_name(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = ["--as-of", "2026-01-08", "--store", store]
    mirror = ["outlook", "USA", "COL", "--question", "escalation"]
    code, out, _ = run(capsys, *mirror, *known)
    assert code == 0
    for words in ("like escalations of history that thawed", "own past escalations", "escalation-thaws.v1"):
        assert words in out
    assert "thaws of history that held" not in out
    _, out, _ = run(capsys, *mirror, "--cases", "2", *known, "--format", "json")
    record = json.loads(out)
    assert record["outlook"]["question"] == "escalation-thaws.v1"
    assert isinstance(record["cases"], list)
    code, _, err = run(capsys, "outlook", "USA", "COL", "--question", "war", *known)
    assert code == 2
    assert "escalation" in err


def test_a_country_s_page_ranks_its_pairs_and_says_of_which_too_little_is_known(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = ["--as-of", "2026-01-08", "--store", store]
    code, out, _ = run(capsys, "pairs", "Colombia", *known)
    assert code == 0
    assert "COL USA" in out
    assert "thaw on" in out
    _, out, _ = run(capsys, "pairs", "Colombia", *known, "--format", "json")
    rows = json.loads(out)["pairs"]
    assert all("COL" in row["pair"] for row in rows)
    assert all((row["hostile"] is None) == (row["reason"] is not None) for row in rows)


def test_a_due_forecast_that_nothing_was_read_for_stays_pending_with_the_reason(
    store: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    copy = tmp_path / "filed.sqlite"
    shutil.copy(store, copy)
    day = date(2026, 1, 8)
    asked = Outlook(
        ("COL", "USA"), day, "thaw-holds.v1", 30, 0.6, 0.4, 0.7, None, 0.5,
        (Term("thaw of", "2026-01-07"),), None, "thaw.v1",
    )  # fmt: skip
    with open_store(copy) as opened:
        opened.file_forecast(file_forecast(asked, filed_on=day))
    code, out, _ = run(capsys, "score", "--as-of", "2026-06-01", "--store", copy)
    assert code == 0
    assert "0 scored, 0 silent, 1 pending" in out
    _, out, _ = run(capsys, "score", "--as-of", "2026-06-01", "--store", copy, "--format", "json")
    [waiting] = json.loads(out)["waiting"]
    assert "was read" in waiting["reason"]
    with open_store(copy) as opened:
        assert [f.outcome for f in opened.forecasts()] == [None]


def test_turns_are_listed_for_one_pair_and_for_all(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    day = ["--as-of", "2026-01-08", "--store", store, "--format", "json"]
    _, one, _ = run(capsys, "turns", "USA", "COL", *day)
    _, every, _ = run(capsys, "turns", *day)
    turns = json.loads(one)["turns"]
    assert ("thaw", "2026-01-07") in [(t["direction"], t["day"]) for t in turns]
    assert [t for t in json.loads(every)["turns"] if t["pair"] == ["COL", "USA"]] == turns
    _, earlier, _ = run(
        capsys, "turns", "USA", "COL", "--as-of", "2026-01-06", "--store", store, "--format", "json"
    )
    assert "thaw" not in [t["direction"] for t in json.loads(earlier)["turns"]]


def test_positions_show_what_a_denial_denies(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = ["--as-of", "2026-01-08", "--store", store]
    code, out, _ = run(capsys, "positions", "USA", "COL", *known)
    assert code == 0
    for word in ("Reversals", "Firsts", "Open issues", "denies:"):
        assert word in out
    _, out, _ = run(capsys, "positions", "USA", "COL", *known, "--format", "json")
    kinds = {p["kind"] for p in json.loads(out)["positions"]}
    assert {"claim", "denial", "reversal", "first", "open issue"} <= kinds


def test_an_outlook_stands_beside_its_base_rates_with_its_terms(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = ["--as-of", "2026-01-08", "--store", store]
    code, out, _ = run(capsys, "outlook", "USA", "COL", *known)
    assert code == 0
    for words in ("holds for 90 days", "like thaws of history", "own past thaws", "log-odds"):
        assert words in out


def test_every_number_in_a_brief_leads_to_evidence(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = ["--as-of", "2026-01-08", "--store", store]
    code, out, _ = run(capsys, "brief", "USA", "COL", *known)
    assert code == 0
    told, _, evidence = out.partition("\nEvidence\n")
    cited = {int(n) for mark in re.findall(r"\[([\d–, \s]+)", told) for n in re.findall(r"\d+", mark)}
    listed = {int(n) for n in re.findall(r"^\s*\[(\d+)\]", evidence, re.MULTILINE)}
    assert cited and cited <= listed
    _, markdown, _ = run(capsys, "brief", "USA", "COL", *known, "--format", "markdown")
    assert markdown.startswith("# Colombia and the United States")


def test_the_demo_shows_every_part_under_its_command(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "demo")
    assert code == 0
    for command in ("events", "dyad", "turns", "positions", "outlook", "brief"):
        assert f"$ detente {command} USA COL" in out
    assert "▲ thaw on 2026-01-07" in out


def test_eval_scores_hand_coded_articles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = tmp_path / "gold.json"
    gold.write_text(
        json.dumps(
            {
                "id": "one",
                "text": "Iran condemned the United States on Friday.",
                "published": "2026-01-10",
                "events": [
                    {
                        "evidence": "condemned",
                        "event": ["ACCUSE"],
                        "source": ["IRN"],
                        "target": ["USA"],
                        "status": "actual",
                        "date": "2026-01-09",
                    }
                ],
            }
        ),
        encoding="utf-8",
    )
    code, out, _ = run(capsys, "eval", gold, "--format", "json")
    assert code == 0
    assert json.loads(out)["scores"]["typed"] == 1.0
    code, out, err = run(capsys, "eval", gold, tmp_path / "none.json")
    assert code == 3
    assert "F1" in out and "none.json: there is no such file" in err


# What reaches the terminal -----------------------------------------------------------------------

HOSTILE_TEXT = "Iran \x1b[31mcondemned\x1b]0;title\x07 [bold]the\x9b2J [/] United :boom: States \u202e!"


def _event(text: str) -> Event:
    return Event(
        "d", 0, len(text), text, "ACCUSE", (Party("IRN", "Iran"),), (Party("USA", "U.S."),), False,
        Status.ACTUAL, "condemned", 5, 3, speaker=text, voice=Voice.SPEAKER,
    )  # fmt: skip


@pytest.mark.parametrize("width", [80, 100, 160])
def test_no_words_of_an_article_steer_the_terminal_or_the_layout(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    documents = {"d": Document("d", HOSTILE_TEXT, publisher=HOSTILE_TEXT)}
    output.show(tables.event_table([_event(HOSTILE_TEXT)], documents, width))
    out = capsys.readouterr().out
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", out)
    flat = re.sub(r"\s+", "", out)
    assert "[bold]the" in flat and ":boom:" in flat
    assert "␛[31m" in flat
    assert all(len(line) <= width for line in out.splitlines())


def test_json_escapes_what_a_terminal_would_obey_and_reads_back_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.dump({"text": HOSTILE_TEXT}, indent=None)
    out = capsys.readouterr().out
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", out)
    assert json.loads(out)["text"] == HOSTILE_TEXT


def test_a_file_name_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "code", "\x1b[2Jevil.txt")
    assert code == 1
    assert "\x1b" not in err and "␛[2Jevil.txt" in err


def test_no_color_is_respected_on_a_terminal(store: Path) -> None:
    environment = {**os.environ, "FORCE_COLOR": "1", "TERM": "xterm-256color"}
    command = [
        sys.executable, "-m", "detente.cli", "dyad", "USA", "COL", "--as-of", "2026-01-08",
        "--store", str(store),
    ]  # fmt: skip

    def colours(**more: str) -> set[bytes]:
        made = subprocess.run(command, env={**environment, **more}, capture_output=True, check=True)
        return set(re.findall(rb"\x1b\[[\d;]*38;5;(\d+)", made.stdout))

    assert colours() == {b"39", b"208"}
    assert colours(NO_COLOR="1") == set()


@pytest.mark.parametrize("command", ["events", "dyad", "turns", "positions", "outlook", "brief"])
def test_every_view_fits_eighty_columns(
    command: str, store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = run(capsys, command, "USA", "COL", "--as-of", "2026-01-08", "--store", store)
    assert code == 0
    assert max(len(line) for line in out.splitlines()) <= 80


# Small parts -------------------------------------------------------------------------------------


def test_a_block_counts_more_acts_where_a_week_has_many() -> None:
    from datetime import date

    from detente.relations.series import Act

    day = date(2026, 1, 7)
    many = [Act(day, True, True, "USA", "COL", "THREATEN", 4.4, str(n), day, (), day) for n in range(20)]
    drawn = drawing.timeline(many, [], date(2025, 1, 1), date(2026, 1, 31), 80)
    assert drawn.acts_a_block == 3
    assert "".join(t.plain for t in drawn.lines).count("▓") == 7
    assert drawing.timeline(many, [], date(2016, 1, 1), day, 80).weeks_a_column > 1


def test_today_is_only_the_default() -> None:
    from datetime import date

    assert options.today("2026-01-08") == date(2026, 1, 8)
    assert options.today(None) >= date(2026, 1, 1)


def test_ranges_draw_runs_together() -> None:
    assert briefing.ranges([1, 2, 4, 5, 6, 9]) == "1, 2, 4–6, 9"
