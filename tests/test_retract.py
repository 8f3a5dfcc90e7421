"""An article that was withdrawn, or that a later version replaced, counts no longer and is not lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.cli.main import main
from detente.errors import StoreError
from detente.records import Document, Event, Party, Status
from detente.sources import make_document
from detente.store import Mark, Store, open_store

LEAD = "U.S. envoys met Cuban envoys in {town}."


class Hand:
    name = "hand"

    def code(self, document: Document) -> list[Event]:
        text = document.text.partition("\n")[0]
        usa, cuba = Party("USA", "U.S.", 0, 4), Party("CUB", "Cuban", 16, 21)
        return [
            Event(
                document.id, 0, len(text), text, "CONSULT", (usa,), (cuba,), True, Status.ACTUAL,
                "met", 12, 1, date="2026-01-07",
            )
        ]  # fmt: skip


def version(
    id: str, town: str = "Oslo", *, revises: str | None = None, url: str | None = None, house: str = "Post"
) -> Document:
    made = make_document(
        f"{LEAD.format(town=town)}\nText {id}.",
        id=id,
        published=date(2026, 1, 8),
        publisher=house,
        url=url,
        title=id,
    )
    return replace(made, revises=revises)


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(":memory:") as opened:
        opened.add([version("a"), version("b", house="Times")], Hand())
        yield opened


def test_a_withdrawn_article_leaves_events_and_stories_and_its_text_stays_marked(store: Store) -> None:
    (before,) = store.stories()
    assert before.publishers == ("Post", "Times")
    assert store.retract("a", "the paper withdrew it") == 1
    assert [e.document for e in store.events()] == ["b"]
    (story,) = store.stories()
    assert story.publishers == ("Times",) and len(story.events) == 1
    assert store.document("a") == version("a")
    assert store.marks() == {"a": Mark("a", True, "the paper withdrew it")}
    assert str(store.marks()["a"]) == "withdrawn: the paper withdrew it"
    assert [e.document for e in store.events(retracted=True)] == ["a"]
    assert len(store.events(retracted=None)) == 2


def test_undoing_it_gives_everything_back(store: Store) -> None:
    before = store.stories(), store.events()
    store.retract("a")
    assert store.restore("a") == 1
    assert (store.stories(), store.events()) == before
    assert store.marks() == {}
    with pytest.raises(StoreError, match="was not withdrawn"):
        store.restore("a")
    with pytest.raises(StoreError, match="no such document"):
        store.restore("x")


def test_a_withdrawn_article_that_comes_again_stays_withdrawn(store: Store) -> None:
    store.retract("a")
    assert store.add([version("a")], Hand()).already == 1
    assert [e.document for e in store.events()] == ["b"]


def test_a_later_version_takes_the_place_of_the_earlier_one() -> None:
    with open_store(":memory:") as store:
        store.add([version("v1")], Hand())
        store.add([version("v2", "Bergen", revises="v1")], Hand())
        assert [e.document for e in store.events()] == ["v2"]
        assert len(store.stories()) == 1
        assert store.marks() == {"v1": Mark("v1", False, None, "v2")}
        assert str(store.marks()["v1"]) == "replaced by its later version v2"
        assert store.document("v1") is not None
        store.add([version("v3", "Bodø", revises="v2")], Hand())
        assert [e.document for e in store.events()] == ["v3"]


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(4)), st.integers(1, 4))
def test_versions_may_come_in_any_order_and_in_any_batches(order: list[int], size: int) -> None:
    versions = [
        version("v1"),
        version("v2", "Bergen", revises="v1"),
        version("v3", "Bodø", revises="v2"),
        version("x", "Bodø", house="Times"),
    ]
    with open_store(":memory:") as store:
        for at in range(0, 4, size):
            store.add([versions[n] for n in order[at : at + size]], Hand())
        assert sorted(e.document for e in store.events()) == ["v3", "x"]
        (story,) = store.stories()
        assert story.publishers == ("Post", "Times")
        assert sorted(store.marks()) == ["v1", "v2"]


def test_withdrawing_the_later_version_does_not_bring_the_earlier_one_back() -> None:
    with open_store(":memory:") as store:
        store.add([version("v1"), version("v2", "Bergen", revises="v1")], Hand())
        store.retract("v2")
        assert store.events() == [] and store.stories() == []
        store.retract("v1")
        assert store.restore("v1") == 0  # the later version still stands in its place
        assert store.restore("v2") == 1
        assert [e.document for e in store.events()] == ["v2"]


def test_before_the_later_version_was_out_the_earlier_one_counted() -> None:
    later = replace(version("v2", "Bergen", revises="v1"), modified=date(2026, 1, 12))
    with open_store(":memory:") as store:
        store.add([version("v1"), later], Hand())
        for day, known in ((7, []), (8, ["v1"]), (11, ["v1"]), (12, ["v2"])):
            as_of = date(2026, 1, day)
            assert [e.document for e in store.events(as_of=as_of)] == known
            assert len(store.stories(as_of=as_of)) == len(known)
        store.retract("v1")
        assert store.events(as_of=date(2026, 1, 8)) == []


def test_a_version_of_something_that_never_came_counts(store: Store) -> None:
    store.add([version("c", "Rome", revises="nobody"), version("d", "Rome", revises="d")], Hand())
    assert sorted({e.document for e in store.events()}) == ["a", "b", "c", "d"]


# the command


@pytest.fixture
def path(tmp_path: Path) -> str:
    where = str(tmp_path / "s.sqlite")
    url = "https://post.example/visit"
    with open_store(where) as opened:
        opened.add([version("v1", url=url)], Hand())
        opened.add([version("v2", "Bergen", revises="v1", url=url), version("b", house="Times")], Hand())
    return where


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(list(arguments))
    caught = capsys.readouterr()
    return code, caught.out, caught.err


def test_an_article_is_withdrawn_by_its_address_and_of_its_versions_the_one_that_counts(
    path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "https://post.example/visit"
    code, _, err = run(capsys, "retract", url, "--reason", "untrue", "--store", path)
    assert code == 0 and "v2 is withdrawn with 1 event; undo it with: detente retract v2 --undo" in err
    code, out, _ = run(capsys, "retract", "--store", path, "--format", "json")
    assert code == 0
    assert [(m["document"], m["reason"], m["superseded"]) for m in json.loads(out)["documents"]] == [
        ("v1", None, "v2"),
        ("v2", "untrue", None),
    ]
    code, out, err = run(capsys, "events", "--withdrawn", "--store", path, "--format", "jsonl")
    assert {json.loads(line)["document"] for line in out.splitlines()} == {"v1", "v2"}
    assert "v2 does not count: withdrawn: untrue" in err
    code, out, _ = run(capsys, "events", "--store", path, "--format", "jsonl")
    assert {json.loads(line)["document"] for line in out.splitlines()} == {"b"}
    code, _, err = run(capsys, "retract", url, "--undo", "--store", path)
    assert code == 0 and "v2 counts again with 1 event" in err


def test_the_table_of_what_does_not_count_says_why(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "retract", "--store", path)
    assert code == 0 and "replaced by its later version v2" in " ".join(out.split())


@pytest.mark.parametrize(
    ("arguments", "said", "expected"),
    [
        (("nothing",), "no document in the store has this id or address", 2),
        (("--undo",), "no article is named", 2),
        (("b", "--undo", "--reason", "x"), "an undone mark has no reason", 2),
        (("b", "--undo"), "b was not withdrawn; nothing changed", 0),
    ],
)
def test_what_cannot_be_withdrawn_is_told(
    path: str, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str, expected: int
) -> None:
    code, _, err = run(capsys, "retract", *arguments, "--store", path)
    assert (code, said in err) == (expected, True), err


def test_withdrawing_twice_changes_nothing(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "retract", "b", "--store", path)
    code, _, err = run(capsys, "retract", "b", "--store", path)
    assert code == 0 and "b is withdrawn already; nothing changed" in err
