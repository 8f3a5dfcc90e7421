"""What the store keeps, what it gives back, and how it refuses."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import FormatError, StoreError
from detente.formats.jsonl import from_record, to_record
from detente.records import (
    Document,
    Event,
    Forecast,
    Kind,
    Outlook,
    Party,
    Quote,
    Status,
    Story,
    Term,
    Voice,
)
from detente.sources import make_document
from detente.store import Added, Failure, Store, open_store
from detente.store.stories import tell

DAY = date(2026, 1, 8)
SENTENCE = "U.S. envoys met Cuban envoys in Oslo."


def article(
    name: str, text: str = SENTENCE, *, day: date | None = DAY, house: str | None = "Post"
) -> Document:
    return make_document(f"{name}. {text}", id=name, published=day, publisher=house, title=name)


def act(
    document: Document,
    words: str = SENTENCE,
    *,
    event: str = "CONSULT",
    actor: str = "USA",
    recipient: str = "CUB",
    symmetric: bool = False,
    status: Status = Status.ACTUAL,
    day: str | None = "2026-01-07",
    voice: Voice = Voice.WRITER,
    speaker: str | None = None,
) -> Event:
    start = document.text.index(words)
    return Event(
        document=document.id,
        start=start,
        end=start + len(words),
        text=words,
        event=event,
        actor=tuple(Party(c, "U.S.", start, start + 4, "GOV", c.lower()) for c in actor.split()),
        recipient=tuple(Party(c, "Cuban", how="document") for c in recipient.split()),
        symmetric=symmetric,
        status=status,
        trigger="met",
        trigger_start=start + 12,
        quad=1,
        cameo="040",
        modes=("multilateral",),
        contexts=("diplomatic", "migration"),
        date=day,
        date_text="on Wednesday" if day else None,
        date_reason=None if day else "no word of time",
        voice=voice,
        speaker=speaker,
        confidence=0.1 + 0.2,
        coder="by hand",
    )


class Hand:
    """A coder that gives what it was told to."""

    name = "hand.v1"

    def __init__(self, **events: list[Event] | Exception) -> None:
        self.events = events
        self.read: list[str] = []

    def code(self, document: Document) -> Iterator[Event]:
        self.read.append(document.id)
        told = self.events.get(document.id, [])
        if isinstance(told, Exception):
            raise told
        yield from told


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(":memory:") as opened:
        yield opened


# keeping


def test_what_is_kept_is_given_back_as_it_was(store: Store) -> None:
    document = replace(
        article("a"),
        url="https://example.org/a",
        kind=Kind.RELEASE,
        language="en",
        author="Ana Ruiz",
        retrieved=datetime(2026, 1, 9, 8, 30, tzinfo=UTC),
    )
    event = act(document, actor="USA GBR", symmetric=True, speaker="Ruiz", voice=Voice.SPEAKER)
    bare = replace(act(document, "Oslo", recipient="", day=None), cameo=None, modes=(), confidence=None)
    added = store.add([document], Hand(a=[event, bare]))
    assert added == Added(documents=1, already=0, events=2, failures=())
    assert store.document("a") == document
    assert store.documents() == [document]
    assert store.events(order="document") == [event, bare]
    assert store.event(bare.id) == bare
    assert store.document("none") is None and store.event("none") is None


def test_the_same_twice_adds_nothing(tmp_path: Path) -> None:
    document = article("a")
    coder = Hand(a=[act(document)])
    with open_store(tmp_path / "s.sqlite") as store:
        store.add([document], coder)
        with sqlite3.connect(tmp_path / "s.sqlite") as plain:
            before = list(plain.iterdump())
        assert store.add([document, document], coder) == Added(already=2)
        with sqlite3.connect(tmp_path / "s.sqlite") as plain:
            assert list(plain.iterdump()) == before
    plain.close()
    assert coder.read == ["a"]


def test_the_same_text_under_another_id_is_there_already(store: Store) -> None:
    document = article("a")
    copy = replace(document, id="b", publisher="Wire")
    assert store.add([document, copy]) == Added(documents=1, already=1)
    assert store.add([copy]) == Added(already=1)
    assert [d.id for d in store.documents()] == ["a"]


def test_another_text_under_the_same_id_is_a_failure_and_changes_nothing(store: Store) -> None:
    document = article("a")
    other = make_document("Something else.", id="a")
    store.add([document])
    added = store.add([other])
    assert "another text is kept under this id" in added.failures[0].reason
    assert store.document("a") == document
    assert store.add([article("b"), replace(other, id="b")]).documents == 1


def test_a_document_the_coder_fails_on_is_listed_and_the_others_go_on(store: Store) -> None:
    names = ["a", "b", "c"]
    papers = {name: article(name) for name in names}
    coder = Hand(a=[act(papers["a"])], b=IndexError("list index out of range"), c=[act(papers["c"])])
    on = datetime(2026, 1, 9, tzinfo=UTC)
    added = store.add(papers.values(), coder, retrieved=on)
    failure = Failure("b", "IndexError: list index out of range", "b", "hand.v1", on)
    assert added == Added(documents=2, events=2, failures=(failure,))
    assert store.failures() == [failure]
    assert store.document("b") is None
    # and it is tried again, and no longer a failure once it is coded
    store.add([papers["b"]], Hand(b=[act(papers["b"])]))
    assert store.failures() == []
    assert len(store.events()) == 3


@pytest.mark.parametrize(
    "change", [{"text": "other words"}, {"end": 10_000}, {"start": 4}, {"document": "z"}]
)
def test_an_event_that_does_not_stand_on_its_words_is_not_kept(
    store: Store, change: dict[str, object]
) -> None:
    document = article("a")
    wrong = replace(act(document), **change)  # type: ignore[arg-type]
    added = store.add([document], Hand(a=[wrong]))
    assert (added.documents, added.events, len(added.failures)) == (0, 0, 1)
    assert store.events() == []


def test_documents_that_stop_with_an_error_leave_what_was_coded(store: Store) -> None:
    def broken() -> Iterator[Document]:
        yield article("a")
        raise ConnectionError("the line is dead")

    with pytest.raises(ConnectionError):
        store.add(broken())
    assert [d.id for d in store.documents()] == ["a"]


def test_more_documents_than_one_batch_are_all_kept(store: Store) -> None:
    papers = [article(f"n{number}") for number in range(75)]
    coder = Hand(**{p.id: [act(p)] for p in papers})
    assert store.add(iter(papers), coder) == Added(documents=75, events=75)
    (story,) = store.stories()
    assert len(story.events) == 75


def test_a_document_kept_without_a_coder_is_coded_when_one_comes(store: Store) -> None:
    document = article("a")
    store.add([document])
    assert store.add([document], Hand(a=[act(document)])) == Added(already=1, events=1)
    assert store.add([document], Hand(a=[act(document)])) == Added(already=1)


def test_events_need_their_document(store: Store) -> None:
    document = article("a")
    with pytest.raises(StoreError, match="document a: the document of the event is not in the"):
        store.add_events([act(document)])
    store.add([document])
    assert store.add_events([act(document)]) == 1
    assert store.add_events([act(document)]) == 0
    with pytest.raises(StoreError, match="does not stand at"):
        store.add_events([replace(act(document), text="no")])
    assert len(store.events()) == 1


def test_quotations_are_kept_with_their_document(store: Store) -> None:
    store.add([article("a")])
    quote = Quote(3, 7, "U.S.", "direct", "Ruiz", 0, 2, "said", "a")
    assert store.add_quotes([quote, quote]) == 1
    assert store.quotes(document="a") == store.quotes(speaker="Ruiz") == [quote]
    assert store.quotes(speaker="Nobody") == []
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        store.add_quotes([replace(quote, document="z")])


def test_a_document_and_its_events_and_stories_are_written_together_or_not_at_all(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    document = article("a")
    monkeypatch.setattr("detente.store.upkeep.insert_stories", fail)
    with pytest.raises(StoreError, match="the disk is full"):
        store.add([document], Hand(a=[act(document)]))
    assert store.documents() == [] and store.events() == [] and store.pairs() == []


def test_what_is_kept_cannot_be_changed_or_removed(tmp_path: Path) -> None:
    document = article("a")
    with open_store(tmp_path / "s.sqlite") as store:
        store.add([document], Hand(a=[act(document)]))
    plain = sqlite3.connect(tmp_path / "s.sqlite")
    for statement in (
        "UPDATE documents SET text = 'x'",
        "DELETE FROM documents",
        "UPDATE events SET text = 'x'",
        "DELETE FROM events",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="cannot be"):
            plain.execute(statement)
    plain.close()


# asking


@pytest.fixture
def full(store: Store) -> Store:
    a = article("a", day=date(2026, 1, 8))
    b = article("b", day=date(2026, 1, 10), house="Times")
    c = article("c", "Cuba denied it. Russia warned the U.S. of more.", day=None)
    d = article("d", "U.S. forces may move against Cuba soon.", day=date(2026, 2, 1))
    store.add(
        [a, b, c, d],
        Hand(
            a=[act(a)],
            b=[act(b, actor="USA CUB", recipient="USA CUB", symmetric=True)],
            c=[
                act(
                    c,
                    "Cuba denied it.",
                    event="REJECT",
                    actor="CUB",
                    recipient="USA",
                    day="2026-01",
                ),
                act(c, "Russia warned", event="THREATEN", actor="RUS", recipient="USA", day=None),
            ],
            d=[
                act(
                    d,
                    "U.S. forces may move",
                    event="ASSAULT",
                    status=Status.HYPOTHETICAL,
                    voice=Voice.COMMENTARY,
                    day=None,
                )
            ],
        ),
    )
    return store


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, "c.REJECT a.CONSULT b.CONSULT d.ASSAULT c.THREATEN"),
        ({"order": "newest"}, "d.ASSAULT a.CONSULT b.CONSULT c.REJECT c.THREATEN"),
        ({"order": "document"}, "a.CONSULT b.CONSULT c.REJECT c.THREATEN d.ASSAULT"),
        ({"pair": ("CUB", "USA")}, "c.REJECT a.CONSULT b.CONSULT d.ASSAULT"),
        ({"pair": ("USA", "RUS")}, "c.THREATEN"),
        ({"pair": ("USA", "USA")}, ""),
        ({"actor": "CUB"}, "c.REJECT b.CONSULT"),
        ({"actor": "USA", "recipient": "CUB"}, "a.CONSULT b.CONSULT d.ASSAULT"),
        ({"event": "REJECT"}, "c.REJECT"),
        ({"event": ["REJECT", "THREATEN"]}, "c.REJECT c.THREATEN"),
        ({"status": Status.HYPOTHETICAL}, "d.ASSAULT"),
        ({"status": (Status.ACTUAL, Status.FUTURE), "actor": "RUS"}, "c.THREATEN"),
        ({"voice": Voice.COMMENTARY}, "d.ASSAULT"),
        ({"since": date(2026, 1, 8)}, "c.REJECT d.ASSAULT"),
        ({"until": date(2026, 1, 7)}, "c.REJECT a.CONSULT b.CONSULT"),
        ({"since": date(2026, 1, 7), "until": date(2026, 1, 7), "event": "CONSULT"},
         "a.CONSULT b.CONSULT"),
        ({"as_of": date(2026, 1, 9)}, "a.CONSULT"),
        ({"as_of": date(2026, 1, 10)}, "a.CONSULT b.CONSULT"),
        ({"document": "c"}, "c.REJECT c.THREATEN"),
        ({"text": "warn"}, "c.THREATEN"),
        ({"text": '"envoys met" OR ('}, ""),
        ({"text": "  "}, ""),
        ({"limit": 2}, "c.REJECT a.CONSULT"),
        ({"limit": 0}, ""),
        ({"ids": []}, ""),
    ],
)  # fmt: skip
def test_events_are_found_by_what_is_asked(full: Store, asked: dict[str, object], expected: str) -> None:
    found = full.events(**asked)  # type: ignore[arg-type]
    assert " ".join(f"{e.document}.{e.event}" for e in found) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, "REJECT CONSULT THREATEN"),
        ({"order": "newest"}, "CONSULT REJECT THREATEN"),
        ({"pair": ("CUB", "USA")}, "REJECT CONSULT"),
        ({"actor": "CUB"}, "REJECT"),
        ({"recipient": "CUB"}, "CONSULT"),
        ({"event": "CONSULT"}, "CONSULT"),
        ({"status": Status.NEGATED}, ""),
        ({"since": date(2026, 1, 8)}, "REJECT"),
        ({"until": date(2026, 1, 6)}, "REJECT"),
        ({"document": "b"}, "CONSULT"),
        ({"text": "warned"}, "THREATEN"),
        ({"limit": 1}, "REJECT"),
    ],
)
def test_stories_are_found_by_what_is_asked(full: Store, asked: dict[str, object], expected: str) -> None:
    found = full.stories(**asked)  # type: ignore[arg-type]
    assert " ".join(s.event for s in found) == expected


def test_a_story_as_of_a_day_knows_nothing_of_later_reports(full: Store) -> None:
    (now,) = full.stories(event="CONSULT")
    (then,) = full.stories(event="CONSULT", as_of=date(2026, 1, 9))
    assert (len(now.events), now.publishers, now.symmetric) == (2, ("Post", "Times"), True)
    assert (len(then.events), then.publishers, then.symmetric) == (1, ("Post",), False)
    assert full.stories(as_of=date(2026, 1, 7)) == []
    later = date(2026, 1, 10)
    assert full.stories(as_of=later, document="b") == [now]
    assert full.stories(as_of=later, text="oslo") == [now]
    assert full.stories(as_of=date(2026, 1, 9), document="b") == []
    assert full.story(now.id) == now and full.story("none") is None


def test_pairs_count_stories_and_not_reports(full: Store) -> None:
    assert full.pairs() == [("CUB", "USA", 2), ("RUS", "USA", 1)]


def test_days_of_publication_are_given_by_id(full: Store) -> None:
    assert full.published("a") == date(2026, 1, 8)
    assert full.published("c") is None and full.published("none") is None
    assert full.publication_dates(["a", "c", "none"]) == {"a": date(2026, 1, 8), "c": None}


def test_documents_are_found_by_day_and_publisher(full: Store) -> None:
    def ids(**asked: object) -> str:
        return " ".join(d.id for d in full.documents(**asked))  # type: ignore[arg-type]

    assert ids() == "a b d c"
    assert ids(order="newest") == "d b a c"
    assert ids(publisher="Times") == "b"
    assert ids(since=date(2026, 1, 9), until=date(2026, 1, 31)) == "b"
    assert ids(ids=["c", "z"]) == "c"
    assert ids(limit=1) == "a"


def test_what_makes_no_sense_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="there is no order 'best'"):
        store.events(order="best")  # type: ignore[arg-type]
    with pytest.raises(StoreError, match="the limit -1 is negative"):
        store.documents(limit=-1)


def test_thousands_of_ids_are_no_trap(full: Store) -> None:
    assert full.events(ids=[f"x{n}" for n in range(70_000)]) == []


# searching


def test_a_search_shows_where_the_words_stand(full: Store) -> None:
    hits = full.search("envoy oslo", marks=("<", ">"))
    assert {h.document for h in hits} == {"a", "b"}
    assert "<Oslo>" in hits[0].snippet
    assert hits[0].events == (full.events(document=hits[0].document)[0].id,)
    (hit,) = full.search("warned")
    assert (hit.document, hit.published, hit.title) == ("c", None, "c")
    assert full.search('"envoys oslo"') == []
    assert len(full.search("envoys", 1)) == 1


@settings(max_examples=100, deadline=None)
@given(st.text(st.one_of(st.characters(), st.sampled_from('"*^()-+:{}%_ NOTANDOR NEAR/\x00')), max_size=20))
def test_nothing_a_user_types_is_an_error(query: str) -> None:
    with open_store(":memory:") as store:
        store.add([article("a")])
        assert len(store.search(query)) <= 1
        assert store.events(text=query) == []


def test_accents_do_not_matter_in_a_search(store: Store) -> None:
    store.add([article("a", "Bogotá recalled its envoy.")])
    assert [h.document for h in store.search("bogota")] == ["a"]


# records come back as they went in

moments = st.floats(0, 1e6, allow_nan=False)
places = st.integers(0, 60)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(places, moments), max_size=4),
    st.lists(st.tuples(places, st.text(min_size=1, max_size=12)), max_size=4),
    st.one_of(st.none(), st.dates()),
    st.one_of(st.none(), st.sampled_from(["a", "other"])),
    st.one_of(st.none(), moments),
)
def test_times_turns_versions_and_seconds_come_back_as_they_went_in(
    times: list[tuple[int, float]],
    turns: list[tuple[int, str]],
    modified: date | None,
    revises: str | None,
    seconds: float | None,
) -> None:
    speech = replace(article("a"), times=tuple(times), turns=tuple(turns), modified=modified, revises=revises)
    event = replace(act(speech), seconds=seconds)
    with open_store(":memory:") as store:
        store.add([speech], Hand(a=[event]))
        assert store.document("a") == speech
        assert store.documents() == [speech]
        assert store.events() == [event]


@given(st.one_of(st.none(), moments))
def test_a_json_line_carries_the_seconds_only_where_there_are_some(seconds: float | None) -> None:
    event = replace(act(article("a")), seconds=seconds)
    record = to_record(event)
    assert ("seconds" in record) == (seconds is not None)
    assert from_record(record) == event


@pytest.mark.parametrize("seconds", [-1, "2", True, float("inf"), float("nan")])
def test_seconds_that_are_no_moment_are_refused(seconds: object) -> None:
    with pytest.raises(FormatError, match="seconds"):
        from_record({**to_record(act(article("a"))), "seconds": seconds})


# stories of the store


WIRE = " ".join(f"Word{n} stood in the text of the wire." for n in range(12))


def random_reports(data: st.DataObject, papers: list[Document]) -> dict[str, list[Event]]:
    choices: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {
            "event": st.sampled_from(["CONSULT", "AGREE", "COOPERATE"]),
            "actor": st.sampled_from(["USA", "CUB"]),
            "recipient": st.sampled_from(["USA", "CUB"]),
            "symmetric": st.booleans(),
            "status": st.sampled_from([Status.ACTUAL, Status.HISTORICAL, Status.FUTURE]),
            "day": st.sampled_from([None, "2026-01-07", "2026-01-08", "2026-01", "2026"]),
            "words": st.sampled_from([SENTENCE, "met Cuban envoys", "in Oslo"]),
        }
    )
    reports = {}
    for paper in papers:
        acts = [act(paper, **chosen) for chosen in data.draw(st.lists(choices, max_size=3))]
        reports[paper.id] = list({event.id: event for event in acts}.values())
    return reports


def told_anew(store: Store) -> list[Story]:
    """All at once, from the records alone."""
    events = store.events()
    return tell(events, {d.id: d for d in store.documents(retracted=None)})


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_stories_kept_step_by_step_are_those_told_anew(data: st.DataObject) -> None:
    copied = data.draw(st.lists(st.sampled_from(["", WIRE, WIRE + " Fish was bought."]), min_size=6))
    papers = [
        article(
            f"p{n}",
            f"{SENTENCE} {copied[n]}",
            day=None if n == 5 else DAY + timedelta(days=3 * n),
            house=f"House {n % 2}",
        )
        for n in range(6)
    ]
    reports = random_reports(data, papers)
    order = data.draw(st.permutations(papers))
    every_question: list[dict[str, Any]] = [
        {"pair": ("USA", "CUB")},
        {"actor": "USA"},
        {"since": DAY},
        {"until": DAY},
    ]
    with open_store(":memory:") as store:
        for paper in order:
            store.add([paper], Hand(**reports))
        by_id = {s.id: s for s in told_anew(store)}
        assert {s.id: s for s in store.stories()} == by_id
        known = DAY + timedelta(days=6)
        with open_store(":memory:") as early:
            early.add([p for p in papers if p.published and p.published <= known], Hand(**reports))
            for order_by in ("date", "newest", "document"):
                assert store.stories(as_of=known, order=order_by) == early.stories(order=order_by)
            for asked in every_question:
                assert store.stories(as_of=known, **asked) == early.stories(**asked)
        store.retract(order[0].id)
        assert {s.id: s for s in store.stories()} == {s.id: s for s in told_anew(store)}


# retracting


def test_a_retracted_document_is_no_longer_counted_but_not_forgotten(full: Store) -> None:
    report = full.events(document="a")[0]
    assert full.retract("a") == 1
    assert full.events(document="a") == [] and full.search("a envoys") == []
    (story,) = full.stories(event="CONSULT")
    assert len(story.events) == 1
    assert full.document("a") is not None and full.event(report.id) == report
    assert "a" not in {d.id for d in full.documents()}
    assert [d.id for d in full.documents(retracted=True)] == ["a"]
    assert full.add([article("a")], Hand(a=[report])) == Added(already=1)
    with pytest.raises(StoreError, match="there is no such document"):
        full.retract("none")


# forecasts


def forecast(name: str = "f1", probability: float | None = 0.62) -> Forecast:
    return Forecast(
        id=name,
        filed_on=DAY,
        due_on=date(2026, 7, 8),
        outlook=Outlook(
            pair=("COL", "USA"),
            asked_on=DAY,
            question="Does the thaw hold for 180 days?",
            horizon_days=180,
            probability=probability,
            low=0.4,
            high=0.8,
            own_base_rate=None,
            like_base_rate=1 / 3,
            terms=(Term("length of the quarrel", 12.0, -0.1, ("e1", "e2")), Term("kind", "phone")),
            reason=None,
            model="outlook.v1",
        ),
    )


def test_a_forecast_is_filed_once_and_resolved_once(store: Store) -> None:
    first, second = forecast("f1"), forecast("f2", None)
    sealed = store.file_forecast(first)
    assert store.file_forecast(first) == sealed
    store.file_forecast(second)
    assert store.forecasts() == [first, second]
    resolved = replace(first, outcome="held", score=0.14)
    store.file_forecast(resolved)
    assert store.forecasts() == [resolved, second]
    for changed in (first, replace(resolved, score=0.1), replace(second, due_on=DAY)):
        with pytest.raises(StoreError, match="is filed and cannot be changed"):
            store.file_forecast(changed)
    assert store.forecasts() == [resolved, second]


def test_a_forecast_of_no_number_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="not finite"):
        store.file_forecast(forecast(probability=float("nan")))


def test_the_ledger_refuses_changes_and_shows_those_made_by_force(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with open_store(path) as store:
        store.file_forecast(forecast("f1"))
        store.file_forecast(forecast("f2"))
    plain = sqlite3.connect(path, isolation_level=None)
    for statement in ("UPDATE forecasts SET body = '{}'", "DELETE FROM forecasts"):
        with pytest.raises(sqlite3.IntegrityError, match="a filed forecast cannot be"):
            plain.execute(statement)
    plain.execute("DROP TRIGGER forecasts_stay")
    plain.execute("UPDATE forecasts SET body = replace(body, '0.62', '0.99') WHERE number = 1")
    plain.close()
    with open_store(path) as store, pytest.raises(StoreError, match="forecasts line 1: the ledger"):
        store.forecasts()
