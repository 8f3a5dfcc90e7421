"""A query over the store reads what counts, and reaches nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from detente.cli.main import main
from detente.errors import StoreError
from detente.records import Document, Event, Party, Status
from detente.sources import make_document
from detente.store import Store, open_store
from detente.store.sql import TABLES, ask

TEXT = "U.S. envoys met Cuban envoys in Oslo."


class Hand:
    name = "hand"

    def code(self, document: Document) -> list[Event]:
        return [
            Event(
                document.id, 0, len(TEXT), TEXT, "CONSULT", (Party("USA", "U.S.", 0, 4),),
                (Party("CUB", "Cuban", 16, 21),), True, Status.ACTUAL, "met", 12, 1,
                date="2026-01", modes=("meet",), seconds=2.5,
            )
        ]  # fmt: skip


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(":memory:") as opened:
        for name in "abc":
            made = make_document(f"{TEXT} {name}", id=name, published=date(2026, 1, 8), publisher=name)
            opened.add([made], Hand())
        opened.retract("c")
        yield opened


def test_a_query_gives_what_the_store_gives(store: Store) -> None:
    found = ask(store, "select id, actors, day, seconds from events order by id")
    assert found.columns == ("id", "actors", "day", "seconds") and not found.cut
    assert found.rows == tuple(
        (e.id, ["USA"], date(2026, 1, 1), 2.5) for e in sorted(store.events(), key=lambda e: e.id)
    )
    joined = "select d.id from documents d join events e on e.document = d.id order by 1"
    assert ask(store, joined).rows == (("a",), ("b",))
    assert ask(store, "select code, count(*) from parties group by 1 order by 1").rows == (
        ("CUB", 2),
        ("USA", 2),
    )
    (row,) = ask(store, "select reports, publishers, avg(reports) over () from stories").rows
    assert row == (2, ["a", "b"], 2.0)


def test_every_table_has_the_columns_that_are_listed(store: Store) -> None:
    for name, columns in TABLES.items():
        assert ask(store, f"from {name} limit 0").columns == tuple(columns)


def test_more_rows_than_the_limit_are_cut_and_it_says_so(store: Store) -> None:
    found = ask(store, "select * from range(50)", limit=20)
    assert len(found.rows) == 20 and found.cut


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_csv('{file}')",
        "select * from '{file}'",
        "select * from read_text('{file}')",
        "select * from glob('{folder}/*')",
        "select * from read_csv('https://example.org/x.csv')",
        "copy events to '{folder}/out.csv'",
        "attach '{folder}/x.db'",
        "install httpfs",
        "set enable_external_access = true",
        "pragma enable_external_access = true",
        "create table t as select 1",
        "drop table events",
        "select 1; select 2",
        "select 1; copy events to '{folder}/out.csv'",
        "",
        "select * from nothing",
        "selec 1",
        "export database '{folder}'",
        "call pragma_version()",
    ],
)
def test_what_does_not_read_the_tables_is_refused_and_leaves_nothing(
    store: Store, tmp_path: Path, query: str
) -> None:
    file = tmp_path / "x.csv"
    file.write_text("a\n1\n")
    with pytest.raises(StoreError, match="--sql"):
        ask(store, query.format(file=file, folder=tmp_path))
    assert [p.name for p in tmp_path.iterdir()] == ["x.csv"]
    assert len(store.events()) == 2


def test_a_query_without_end_is_stopped(store: Store) -> None:
    endless = "select count(*) from range(10000000) a, range(10000000) b where a.range * b.range = 7"
    with pytest.raises(StoreError, match=r"more than 0\.3 seconds"):
        ask(store, endless, seconds=0.3)


def test_the_command_prints_the_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "s.sqlite")
    with open_store(path) as opened:
        opened.add([make_document(f"{TEXT} a", id="a", published="2026-01-08")], Hand())
    query = "select event, published, date from events"
    assert main(["events", "--sql", query, "--store", path, "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert rows == [{"event": "CONSULT", "published": "2026-01-08", "date": "2026-01"}]
    assert main(["events", "--sql", query, "--store", path, "--format", "csv"]) == 0
    assert capsys.readouterr().out == "event,published,date\nCONSULT,2026-01-08,2026-01\n"
    assert main(["events", "--sql", query, "--store", path]) == 0
    assert "CONSULT" in capsys.readouterr().out
    assert main(["events", "USA", "--sql", query, "--store", path]) == 2
    assert "a query filters by itself" in capsys.readouterr().err
    assert main(["events", "--sql", "drop table events", "--store", path]) == 1
    assert "only one statement that reads" in capsys.readouterr().err
