"""How a store is opened, migrated, shared and refused."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import inspect

from detente.errors import SchemaTooNew, StoreError
from detente.records import Document, Event, Party, Status
from detente.sources import make_document
from detente.store import Added, open_store
from detente.store.connection import connect, writing
from detente.store.migrations import MIGRATIONS, migrate
from detente.store.schema import METADATA
from detente.store.stories import DEFINITION

DAY = date(2026, 1, 8)
SENTENCE = "U.S. envoys met Cuban envoys in Oslo."


def article(
    name: str, text: str = SENTENCE, *, day: date | None = DAY, house: str | None = "Post"
) -> Document:
    return make_document(f"{name}. {text}", id=name, published=day, publisher=house, title=name)


# opening


def test_a_store_on_disk_is_there_again_and_waits_for_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "a b%20?.sqlite"
    with open_store(path) as store:
        store.add([article("a")])
    with open_store(str(path)) as store:
        assert store.document("a") == article("a")
        with store._read() as connection:
            pragmas = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
    }


def test_without_a_path_the_store_lies_in_the_users_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_data_dir", lambda name: str(tmp_path / "data" / name))
    with open_store() as store:
        assert store.where == str(tmp_path / "data" / "detente" / "detente.sqlite")
    assert (tmp_path / "data" / "detente" / "detente.sqlite").is_file()


def test_two_open_stores_see_each_other(tmp_path: Path) -> None:
    with open_store(tmp_path / "s") as one, open_store(tmp_path / "s") as other:
        one.add([article("a")])
        assert other.add([article("a"), article("b")]) == Added(documents=1, already=1)
        assert len(one.documents()) == 2


def test_what_cannot_be_a_store_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="this is a folder; name a file in it"):
        open_store(tmp_path)
    with pytest.raises(StoreError, match="there is no such folder; make it first"):
        open_store(tmp_path / "none" / "s.sqlite")
    text = tmp_path / "notes.txt"
    text.write_text("They met in Oslo, and nothing here is a database. " * 40)
    with pytest.raises(StoreError, match="this file is not a database; give another --store"):
        open_store(text)
    assert text.read_text().startswith("They met")
    foreign = tmp_path / "other.sqlite"
    plain = sqlite3.connect(foreign)
    plain.execute("CREATE TABLE birds (name TEXT)")
    plain.commit()
    plain.close()
    with pytest.raises(StoreError, match="was not made by detente"):
        open_store(foreign)
    with pytest.raises(StoreError, match="cannot be opened or made"):
        open_store("/proc/s.sqlite")


def test_a_full_disk_and_a_store_that_is_read_only_are_told_apart(tmp_path: Path) -> None:
    with open_store(tmp_path / "s.sqlite") as store:
        store.add([article("a")])
        with store._read() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreError, match="the disk is full; nothing of this step was written"):
            store.add([article("b", "long " * 50_000)])
        assert [d.id for d in store.documents()] == ["a"]
    with open_store(tmp_path / "s.sqlite") as store:
        with store._read() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
        with pytest.raises(StoreError, match="may only be read here; give a place you may write"):
            store.add([article("c")])


def test_a_busy_store_says_so_after_waiting(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with open_store(path) as store:
        with store._read() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 1")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another program has been writing"):
            store.add([article("a")])
        assert store.documents() == []  # a writer never keeps readers out
        other.execute("ROLLBACK")
        other.close()
        assert store.add([article("a")]).documents == 1


# schema


def test_the_tables_made_are_those_that_are_asked() -> None:
    engine = connect(":memory:")
    with writing(engine, "memory") as connection:
        assert migrate(connection) == (0, len(MIGRATIONS))
        found = inspect(connection)
        for name, table in METADATA.tables.items():
            made = {c["name"] for c in found.get_columns(name)}
            assert made == set(table.columns.keys()), name
    engine.dispose()


def test_an_older_store_is_brought_up_to_date_in_one_transaction(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with open_store(path) as store:
        store.add([article("a")])

    def note(connection: object) -> None:
        connection.exec_driver_sql("ALTER TABLE documents ADD COLUMN note TEXT")  # type: ignore[attr-defined]

    def fail(connection: object) -> None:
        raise RuntimeError("a step that breaks")

    engine = connect(str(path))
    with pytest.raises(RuntimeError), writing(engine, "s") as connection:
        migrate(connection, steps=(*MIGRATIONS, note, fail))
    with writing(engine, "s") as connection:
        columns = {c["name"] for c in inspect(connection).get_columns("documents")}
        assert "note" not in columns  # the first step was taken back with the second
        done = migrate(connection, steps=(*MIGRATIONS, note))
    assert done == (len(MIGRATIONS), len(MIGRATIONS) + 1)
    with writing(engine, "s") as connection:
        columns = {c["name"] for c in inspect(connection).get_columns("documents")}
        assert "note" in columns
        assert connection.exec_driver_sql("SELECT id FROM documents").scalar_one() == "a"
    engine.dispose()
    with pytest.raises(SchemaTooNew, match="install a newer detente") as caught:
        open_store(path)
    assert (caught.value.found, caught.value.known) == (len(MIGRATIONS) + 1, len(MIGRATIONS))


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    path.touch()
    with open_store(path) as store:
        assert store.documents() == []


def old_store(path: Path, steps: int) -> None:
    """A store as an older version left it: two documents, one withdrawn, with a story of story.v1."""
    ids = {
        house: Event(
            house, 0, len(SENTENCE), SENTENCE, "CONSULT", (Party("USA", "U.S."),), (Party("CUB", "Cuban"),),
            True, Status.ACTUAL, "met", 12, 1,
        ).id
        for house in ("Post", "Times", "Star")
    }  # fmt: skip
    engine = connect(str(path))
    wire = " ".join(f"Word{n} stood in the text of the wire." for n in range(12))
    with writing(engine, str(path)) as connection:
        migrate(connection, steps=MIGRATIONS[:steps])
        for number, house in enumerate(ids, 1):
            text = f"{SENTENCE} {wire} {house}."
            connection.exec_driver_sql(
                "INSERT INTO documents (id, sha256, publisher, published, kind, text, retracted)"
                " VALUES (?, ?, ?, '2026-01-08', 'article', ?, ?)",
                (house, str(number), house, text, number == 3),
            )
            connection.exec_driver_sql(
                "INSERT INTO events (id, document, start, end, text, event, symmetric, status, trigger,"
                " trigger_start, quad, modes, contexts, date, voice, coder, day_first, day_last, dated,"
                " block) VALUES (?, ?, 0, ?, ?, 'CONSULT', 1, 'actual', 'met', 12, 1, '[]', '[]',"
                " '2026-01-07', 'writer', 'rules.v1', '2026-01-07', '2026-01-07', 1,"
                " 'CONSULT|actual|CUB+USA')",
                (ids[house], house, len(SENTENCE), SENTENCE),
            )
            for side, code, words in (("actor", "USA", "U.S."), ("recipient", "CUB", "Cuban")):
                connection.exec_driver_sql(
                    "INSERT INTO event_parties (event, side, position, code, text, how)"
                    " VALUES (?, ?, 0, ?, ?, 'gazetteer')",
                    (ids[house], side, code, words),
                )
        connection.exec_driver_sql(
            "INSERT INTO stories (id, block, event, symmetric, status, publishers, definition)"
            " VALUES (?, 'CONSULT|actual|CUB+USA', 'CONSULT', 1, 'actual', '[\"Post\"]', 'story.v1')",
            (ids["Post"],),
        )
        connection.exec_driver_sql("INSERT INTO story_events VALUES (?, ?, 0)", (ids["Post"],) * 2)
    engine.dispose()


@pytest.mark.parametrize("steps", [1, 2])
def test_a_store_of_an_older_version_is_told_anew_by_the_rules_of_this_one(
    tmp_path: Path, steps: int
) -> None:
    path = tmp_path / "old.sqlite"
    old_store(path, steps)
    for _ in range(2):  # the second time there is nothing left to do
        with open_store(path) as store:
            (story,) = store.stories()
            assert len(story.events) == 2 and story.publishers == ("Post",)
            assert store.copies("Post") == ["Star", "Times"]
            assert store.marks()["Star"].withdrawn
            assert store.document("Post").times == ()  # type: ignore[union-attr]
            with store._read() as connection:
                assert connection.exec_driver_sql("PRAGMA user_version").scalar() == len(MIGRATIONS)
                rules = connection.exec_driver_sql("SELECT DISTINCT definition FROM stories").scalars()
                assert rules.all() == [DEFINITION]
                blocks = connection.exec_driver_sql("SELECT DISTINCT block FROM events").scalars().all()
                assert blocks == ["actual|CUB+USA"]


def test_a_store_that_is_up_to_date_is_opened_beside_a_writer(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    open_store(path).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with open_store(path) as store:
        assert store.documents() == []
    other.execute("ROLLBACK")
    other.close()
