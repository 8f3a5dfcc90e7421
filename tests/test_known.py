"""The counted acts of a pair straight from the rows are those told anew from the texts; imported rows
count once, and never beside our own coding."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from benchmarks.large_store import FIRST, codes, make
from detente.errors import InputError
from detente.relations.known import acts_in, imported_reports, known_in
from detente.relations.series import acts
from detente.store import Store, open_store
from detente.store.imported import ImportedEvent, ImportedParty, pack

USA, COL = ImportedParty("USA", "USA"), ImportedParty("COL", "COL")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("large") / "store.sqlite"
    make(made, 1500, 20)
    return made


@pytest.mark.parametrize("days", [400, 1000, 2000])
@pytest.mark.parametrize("rank", [0, 3, 12])
def test_acts_from_the_rows_are_those_of_the_stories_kept_up_to_that_day(
    path: Path, rank: int, days: int
) -> None:
    pair, as_of = codes(20)[rank], FIRST + timedelta(days=days)
    with open_store(path) as store:
        events = store.events(pair=pair, as_of=as_of)
        published = store.publication_dates({e.document for e in events})
        expected = acts(events, published, pair, as_of, store.stories(pair=pair))
        assert acts_in(store, pair, as_of) == expected
        assert expected


def test_a_pair_with_an_article_replaced_later_is_told_anew(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes(path.read_bytes())
    pair = codes(20)[0]
    with open_store(copy) as store:
        before = acts_in(store, pair, date(2027, 1, 1))
        document = store.events(pair=pair)[0].document
        store.retract(document)
        after = acts_in(store, pair, date(2027, 1, 1))
        events = {e.id for e in store.events(document=document, retracted=True)}
    assert {e for a in before for e in a.events} - {e for a in after for e in a.events} <= events
    assert before != after


def row(key: str, day: str, event: str = "ACCUSE", quad: int = 3, **more: object) -> ImportedEvent:
    values: dict[str, object] = {
        "scheme": "gdelt2", "key": key, "dyad": 0, "act": None, "date": day, "actor": USA,
        "recipient": COL, "event": event, "code": "112", "quad": quad, "lead": True, "added": day,
    }  # fmt: skip
    return ImportedEvent(**{**values, **more})  # type: ignore[arg-type]


def filled(rows: list[ImportedEvent]) -> Store:
    store = open_store(":memory:")
    run = store.start_import("rows", "gdelt2")
    store.add_imported(run, pack(rows))
    return store


def test_rows_that_tell_one_act_count_once_and_name_each_row() -> None:
    with filled([row("1", "2026-01-05"), row("2", "2026-01-05"), row("3", "2026-01-06")]) as store:
        found = known_in(store, ("USA", "COL"), date(2026, 1, 8), "gdelt").acts
        assert [(a.day.day, a.events) for a in found] == [
            (5, ("gdelt2:1:0", "gdelt2:2:0")),
            (6, ("gdelt2:3:0",)),
        ]
        assert known_in(store, ("USA", "COL"), date(2026, 1, 8)).acts == ()


def test_a_row_taken_in_later_or_outside_the_lead_does_not_count_and_says_why() -> None:
    late = row("1", "2026-01-05", added="2026-02-01")
    rows = [late, row("2", "2026-01-05", lead=False), row("3", "2026-01-05", event="REQUEST")]
    with filled(rows) as store:
        found = known_in(store, ("USA", "COL"), date(2026, 1, 8), "gdelt2")
    assert found.acts == ()
    assert dict(found.not_counted) == {
        "gdelt2:1:0": "known later",
        "gdelt2:2:0": "not told in a lead paragraph",
        "gdelt2:3:0": "a request stands on neither side",
    }


def test_the_two_directions_of_a_reciprocal_row_are_one_act_of_both() -> None:
    there = row("7", "2026-01-05", "CONSULT", 1, scheme="icews", act="7", lead=None)
    back = row(
        "7", "2026-01-05", "CONSULT", 1, scheme="icews", act="7", dyad=1, actor=COL, recipient=USA, lead=None
    )
    with filled([there, back]) as store:
        [act] = known_in(store, ("USA", "COL"), date(2026, 1, 8), "icews").acts
    assert act.symmetric and len(act.events) == 2


def test_data_that_the_store_does_not_have_is_refused_by_name() -> None:
    with filled([row("1", "2026-01-05")]) as store, pytest.raises(InputError, match="gdelt2"):
        known_in(store, ("USA", "COL"), date(2026, 1, 8), "polecat")


def test_a_row_without_a_type_is_left_out_with_the_reason_of_the_file() -> None:
    odd = row("1", "2026-01-05", event=None, quad=None, event_reason="no type for 999")  # type: ignore[arg-type]
    assert imported_reports([odd], date(2026, 1, 8)) == ([], (("gdelt2:1:0", "no type for 999"),))


def test_the_command_counts_the_rows_it_is_asked_for_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from detente.cli.main import main

    where = str(tmp_path / "rows.sqlite")
    rows = [row(str(n), str(date(2026, 1, 1) + timedelta(days=2 * n))) for n in range(8)]
    with open_store(where) as store:
        store.add_imported(store.start_import("rows", "gdelt2"), pack(rows))
    asked = ["USA", "COL", "--as-of", "2026-01-20", "--store", where]
    assert main(["dyad", *asked, "--data", "gdelt", "--why", "2026-01-07"]) == 0
    told = capsys.readouterr().out
    assert "from imported gdelt rows" in told
    assert "gdelt2 3: CAMEO 112" in told
    assert main(["turns", *asked, "--data", "gdelt"]) == 0
    assert main(["outlook", *asked, "--data", "gdelt", "--format", "json"]) == 0
    assert '"reason": "no thaw turn is known by 2026-01-20"' in capsys.readouterr().out
    assert main(["dyad", *asked, "--format", "json"]) == 0
    assert '"acts": []' in capsys.readouterr().out
