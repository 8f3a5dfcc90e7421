"""An analyst's corrections: a layer over the machine's coding that every reader sees, and can be undone."""

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

from detente.errors import InputError, StoreError
from detente.records import Document, Event, Party, Status, Voice
from detente.store import Store, open_store
from detente.store.corrected import apply, checked
from detente.store.corrections import Check, Hand

AT = datetime(2026, 2, 1, 9, 0, tzinfo=UTC)
HAND = Hand("Ana", AT)
DAY = date(2026, 1, 8)

MET = "The envoys of the United States and Cuba met in Oslo."
BLAMED = "Cuba blamed the United States for the blackout."
WILL = "The United States will send grain to Cuba."


def act(
    document: str,
    text: str,
    event: str = "CONSULT",
    *,
    at: int = 0,
    actor: str = "USA",
    recipient: str = "CUB",
    day: str | None = "2026-01-07",
    status: Status = Status.ACTUAL,
    trigger: str = "met",
    **more: Any,
) -> Event:
    quad = {"CONSULT": 1, "AGREE": 1, "ACCUSE": 3, "AID": 2}[event]
    return Event(
        document, at, at + len(text), text, event, (Party(actor, actor.title()),),
        (Party(recipient, recipient.title()),), event == "CONSULT", status, trigger,
        at + max(text.find(trigger), 0), quad, date=day, **more,
    )  # fmt: skip


def keep(store: Store, *events: Event, later: int = 0) -> None:
    """Keep events with articles made of their words, one a document, a day later each."""
    by: dict[str, list[Event]] = {}
    for event in events:
        by.setdefault(event.document, []).append(event)
    for number, (name, own) in enumerate(by.items()):
        length = max(e.end for e in own)
        text = [" "] * length
        for e in own:
            text[e.start : e.end] = e.text
        on = DAY + timedelta(days=number + later)
        store.add([Document(name, "".join(text) + f" {name}", published=on, publisher=f"House {name}")])
        store.add_events(own)


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(":memory:") as opened:
        keep(
            opened,
            act("a", MET),
            act("a", BLAMED, "ACCUSE", at=60, actor="CUB", recipient="USA", trigger="blamed"),
            act("b", MET),
            act("c", MET),
        )
        yield opened


def contents(store: Store, *without: str) -> dict[str, list[Any]]:
    """Every row of the store, table by table."""
    with store._read() as connection:
        names = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%fts%'"
        ).scalars()
        return {
            name: sorted(map(repr, connection.exec_driver_sql(f"SELECT * FROM {name}")))
            for name in names.all()
            if name not in ("corrections", *without)
        }


def told_anew(store: Store) -> list[Any]:
    """The stories as they are told when all are told anew."""
    with store._write() as connection:
        connection.exec_driver_sql("DELETE FROM settings")
        from detente.store.upkeep import renew

        renew(connection)
    return stories(store)


def stories(store: Store) -> list[Any]:
    return sorted(repr(story) for story in store.stories())


def blamed(store: Store) -> Event:
    (event,) = [e for e in store.events() if e.trigger == "blamed"]
    return event


# an act


def test_an_act_marked_wrong_counts_nowhere(store: Store) -> None:
    event = blamed(store)
    assert store.pairs() == [("CUB", "USA", 2)]
    store.mark_wrong(event.id, HAND, "it was the company")
    assert event.id not in {e.id for e in store.events(retracted=None)}
    assert event.id not in {e.id for e in store.events(pair=("USA", "CUB"), as_of=date(2026, 1, 9))}
    assert store.pairs() == [("CUB", "USA", 1)]
    assert [hit.events for hit in store.search("blackout")] == [()]
    assert store.stories(event="ACCUSE") == []
    assert store.stories(event="ACCUSE", as_of=date(2026, 1, 9)) == []
    assert store.event(event.id) is None
    assert store.event(event.id, machine=True) == event
    assert event in store.machine_events(["a"])
    assert store.retract("a") == 1  # only one of its two acts counted


def test_a_changed_act_is_found_by_what_it_is_now_and_by_its_first_id(store: Store) -> None:
    event = blamed(store)
    store.change(event.id, {"event": "REJECT", "recipient": ["VEN"], "status": "negated"}, HAND)
    (now,) = store.events(event="REJECT")
    assert now == store.event(event.id) == store.event(now.id)
    assert (now.event, now.quad, now.recipient_codes, now.status) == ("REJECT", 3, ("VEN",), Status.NEGATED)
    assert now.actor == event.actor  # the words that stand for Cuba are kept
    assert now.coder == "rules.v1+corrected" and now.recipient[0].how == "analyst"
    assert now.id != event.id
    assert store.events(event="ACCUSE") == []
    assert [s.id for s in store.stories(pair=("CUB", "VEN"))] == [now.id]
    assert [hit.events for hit in store.search("blackout")] == [(now.id,)]
    assert store.event(event.id, machine=True) == event == store.event(now.id, machine=True)
    # and it is corrected further under either id
    store.change(now.id, {"status": "actual"}, HAND)
    store.change(event.id, {"date": "2026-01/2026-02"}, HAND)
    found = store.event(now.id)
    assert found is not None
    assert (found.status, found.date, found.date_end) == (Status.ACTUAL, "2026-01", "2026-02")


def test_a_changed_act_joins_the_stories_that_it_belongs_to(store: Store) -> None:
    keep(store, act("d", MET, day="2025-06-07"), later=5)
    assert sorted(len(s.events) for s in store.stories(event="CONSULT")) == [1, 3]
    (alone,) = store.events(document="d")
    store.change(alone.id, {"date": "2026-01-07"}, HAND)
    (story,) = store.stories(event="CONSULT")
    assert len(story.events) == 4 and "House d" in story.publishers
    assert stories(store) == told_anew(store)
    first = store.event(story.events[0])
    assert first is not None
    store.change(first.id, {"status": "hypothetical"}, HAND)
    assert sorted(len(s.events) for s in store.stories(event="CONSULT")) == [1, 3]
    assert stories(store) == told_anew(store)


def test_a_correction_holds_on_every_day_that_is_asked_for(store: Store) -> None:
    event = blamed(store)
    line = store.mark_wrong(event.id, HAND)
    assert line.at == AT  # weeks after the day asked for
    assert not [e for e in store.events(as_of=DAY) if e.id == event.id]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({}, "nothing is changed"),
        ({"text": "x"}, "'text' cannot be corrected; give one of event"),
        ({"event": "WAR"}, "event: 'WAR' is none; give one of AGREE"),
        ({"status": "maybe"}, "status: 'maybe' is none; give one of actual"),
        ({"voice": "chorus"}, "voice: 'chorus' is none"),
        ({"symmetric": "yes"}, "neither true nor false"),
        ({"actor": ["us"]}, "'US' is no code of a party"),
        ({"actor": [], "recipient": []}, "an act of nobody"),
        ({"date": "soon"}, "'soon' is no date"),
        ({"date": "2026-02-30"}, "is no date"),
        ({"date": "2026-01-07/2026-01-05"}, "ends before it begins"),
        ({"date_end": "2026-01-07"}, "a range needs its first day"),
        ({"event": "ACCUSE"}, "the act is so already"),
    ],
)
def test_what_no_act_can_be_is_refused_and_leaves_no_line(
    store: Store, change: dict[str, Any], what: str
) -> None:
    before = contents(store)
    with pytest.raises(InputError, match=what):
        store.change(blamed(store).id, change, HAND)
    assert store.corrections() == [] and contents(store) == before


def test_one_act_cannot_become_another_that_is_there(store: Store) -> None:
    keep(store, act("d", MET), act("d", MET, "AGREE"), later=3)
    consult, agree = sorted(store.events(document="d"), key=lambda e: e.event, reverse=True)
    before = contents(store)
    with pytest.raises(StoreError, match=f"event {agree.id}: this act is there already"):
        store.change(consult.id, {"event": "AGREE"}, HAND)
    assert contents(store) == before and store.corrections() == []
    store.mark_wrong(agree.id, HAND)
    with pytest.raises(StoreError, match="this event counts no longer: it is marked wrong"):
        store.mark_wrong(agree.id, HAND)
    with pytest.raises(StoreError, match="corrected or marked wrong"):
        store.change(consult.id, {"event": "AGREE"}, HAND)
    with pytest.raises(StoreError, match="there is no such event"):
        store.mark_wrong("0" * 16, HAND)


def test_what_a_change_does_to_an_act() -> None:
    event = act("a", MET, modes=("phone",), cameo="040", confidence=0.4, speaker="Ruiz", voice=Voice.SPEAKER)
    made = apply(event, checked({"event": "aid"}))
    assert (made.event, made.quad, made.modes, made.confidence) == ("AID", 2, (), None)
    assert made.cameo != "040" and made.speaker == "Ruiz"
    assert apply(made, checked({"event": "CONSULT"}), event).modes == ("phone",)  # as it was coded
    assert apply(event, checked({"speaker": None})).voice is Voice.WRITER
    assert apply(replace(event, speaker=None, voice=Voice.WRITER), {"speaker": "Ruiz"}).voice is Voice.SPEAKER
    assert apply(event, checked({"voice": "commentary"})).voice is Voice.COMMENTARY
    undated = apply(event, checked({"date": None}))
    assert (undated.date, undated.date_reason) == (None, "taken away by an analyst")
    turned = apply(event, checked({"actor": ["CUB"], "recipient": ["USA", "VEN"]}))
    assert [p.text for p in (*turned.actor, *turned.recipient)] == ["Cub", "Usa", "VEN"]
    with pytest.raises(InputError, match="an act of nobody to nobody"):
        apply(apply(event, {"actor": []}), {"recipient": []})


def test_an_act_that_the_machine_missed(store: Store) -> None:
    missed = act("b", "in Oslo", "AGREE", at=MET.index("in Oslo"), trigger="Oslo", confidence=0.3)
    before = contents(store)
    line = store.add_missed(missed, HAND, "they signed")
    (found,) = store.events(event="AGREE")
    assert (found.coder, found.confidence, found.id) == ("analyst", None, missed.id)
    assert store.event(missed.id, machine=True) is None
    assert missed.id not in {e.id for e in store.machine_events()}
    assert missed.id in {e for s in store.stories() for e in s.events}
    with pytest.raises(StoreError, match="this act is there already"):
        store.add_missed(missed, HAND)
    store.change(found.id, {"event": "SUPPORT"}, HAND)
    assert [e.trigger for e in store.events(event="SUPPORT")] == ["Oslo"]
    store.undo_correction(line.id, HAND)
    assert contents(store) == before
    store.add_missed(missed, HAND)
    assert len(store.events(event="AGREE")) == 1  # as it was said now: an agreement
    with pytest.raises(StoreError, match="does not stand at"):
        store.add_missed(replace(missed, text="in Bern"), HAND)
    with pytest.raises(StoreError, match="no such document"):
        store.add_missed(replace(missed, document="x"), HAND)


# stories


def two(store: Store) -> tuple[str, str]:
    """Two stories of one pair in words that have nothing in common."""
    keep(store, act("d", "Ministers talked about fish.", trigger="talked"), later=4)
    one, other = store.stories(event="CONSULT", order="document")
    return one.id, other.id


def test_stories_that_tell_one_act_are_merged_and_stay_so(store: Store) -> None:
    one, other = two(store)
    count = store.pairs()
    store.merge_stories([one, other], HAND, "fish were what the talks were about")
    (story,) = store.stories(event="CONSULT")
    assert story.id == one and len(story.events) == 4
    assert story.publishers == ("House a", "House b", "House c", "House d")
    assert store.story(other) == story  # the story of that id is in this one now
    assert store.pairs() == [("CUB", "USA", count[0][2] - 1)]
    assert [len(s.events) for s in store.stories(event="CONSULT", as_of=date(2026, 3, 1))] == [4]
    assert [len(s.events) for s in store.stories(event="CONSULT", as_of=DAY)] == [1]
    assert [len(s.events) for s in store.told(store.events(event="CONSULT"))] == [4]
    # later reports find either half
    keep(store, act("e", "Ministers talked about fish.", trigger="talked"), act("f", MET), later=5)
    (story,) = store.stories(event="CONSULT")
    assert len(story.events) == 6
    assert stories(store) == told_anew(store)
    store.retract("a")
    (story,) = store.stories(event="CONSULT")
    assert len(story.events) == 5


def test_acts_that_leave_a_story_make_one_of_their_own(store: Store) -> None:
    (story,) = store.stories(event="CONSULT")
    first, second, third = story.events
    store.split_story(story.id, [first], HAND)
    assert sorted(s.events for s in store.stories(event="CONSULT")) == sorted([(first,), (second, third)])
    assert [len(s.events) for s in store.stories(event="CONSULT", as_of=date(2026, 3, 1))] in ([1, 2], [2, 1])
    keep(store, act("d", MET), later=6)
    assert sorted(len(s.events) for s in store.stories(event="CONSULT")) == [1, 3]
    assert stories(store) == told_anew(store)
    for events, what in (
        ([second, third], "a split leaves acts on both sides"),
        ([first], f"event {first} is not of this story"),
        ([], "a split leaves acts"),
    ):
        (rest,) = [s for s in store.stories(event="CONSULT") if second in s.events]
        leaving = [*rest.events] if len(events) == 2 else events
        with pytest.raises(InputError, match=what):
            store.split_story(rest.id, leaving, HAND)


def test_only_stories_of_the_same_parties_and_status_are_merged(store: Store) -> None:
    keep(store, act("d", WILL, "AID", status=Status.FUTURE, trigger="send"), later=3)
    (consult,), (aid,) = store.stories(event="CONSULT"), store.stories(event="AID")
    with pytest.raises(InputError, match="the stories name other parties"):
        store.merge_stories([consult.id, aid.id], HAND)
    with pytest.raises(InputError, match="one story cannot be merged"):
        store.merge_stories([consult.id, consult.events[1]], HAND)
    with pytest.raises(StoreError, match="no such story"):
        store.merge_stories([consult.id, "0" * 16], HAND)
    store.change(aid.events[0], {"status": "actual"}, HAND)
    store.merge_stories([consult.id, aid.id], HAND)
    assert sorted(len(s.events) for s in store.stories()) == [1, 4]
    # where the parties part the acts again, the line says that it has no effect
    store.change(aid.events[0], {"recipient": ["VEN"]}, HAND)
    assert sorted(len(s.events) for s in store.stories()) == [1, 1, 3]
    notes = {s.correction.kind: s.note for s in store.corrections()}
    assert notes["merge"] is not None and "no longer have the same parties" in notes["merge"]
    assert stories(store) == told_anew(store)


# undoing


def test_a_correction_is_undone_by_a_further_line_and_so_is_that(store: Store) -> None:
    event, before = blamed(store), contents(store)
    line = store.mark_wrong(event.id, HAND)
    wrong = contents(store)
    undo = store.undo_correction(line.id, Hand("Bo", AT), "it was right")
    assert contents(store) == before
    with pytest.raises(StoreError, match=f"this was undone already; to take that back, undo {undo.id}"):
        store.undo_correction(line.id, HAND)
    store.undo_correction(undo.id, HAND)
    assert contents(store) == wrong
    assert [(s.correction.kind, s.holds) for s in store.corrections()] == [
        ("wrong", True),
        ("undo", False),
        ("undo", True),
    ]
    with pytest.raises(StoreError, match="no such correction"):
        store.undo_correction("nothing", HAND)


def test_an_undo_that_would_make_two_acts_one_is_refused_whole(store: Store) -> None:
    keep(store, act("d", MET), act("d", MET, "AGREE"), later=3)
    consult, agree = sorted(store.events(document="d"), key=lambda e: e.event, reverse=True)
    first = store.change(consult.id, {"event": "SUPPORT"}, HAND)
    store.change(consult.id, {"event": "ACCUSE"}, HAND)
    store.undo_correction(first.id, HAND)
    second = store.change(consult.id, {"event": "AID"}, HAND)
    store.change(agree.id, {"event": "ACCUSE"}, HAND)
    before = contents(store)
    with pytest.raises(StoreError, match="this act is there already"):
        store.undo_correction(second.id, HAND)
    assert contents(store) == before and len(store.corrections()) == 5


WORDS = [
    "the envoys met in Oslo",
    "envoys met again in Oslo",
    "they met on fish",
    "a meeting on fish in Oslo",
]


@st.composite
def works(draw: st.DrawFn) -> tuple[list[Event], list[tuple[str, int, int]]]:
    """Reports of the same two parties, and what is done to them: kind, and which."""
    events = []
    for number in range(draw(st.integers(2, 7))):
        text = draw(st.sampled_from(WORDS))
        day = draw(st.sampled_from(["2026-01-06", "2026-01-07", "2026-01", None]))
        events.append(act(f"d{number}", text, draw(st.sampled_from(["CONSULT", "AGREE"])), day=day))
    kinds = st.sampled_from(
        ["wrong", "type", "date", "status", "merge", "split", "undo", "report", "retract"]
    )
    number = st.integers(0, 9)
    return events, draw(st.lists(st.tuples(kinds, number, number), max_size=8))


def work(store: Store, kind: str, one: int, other: int, step: int) -> None:
    """Do one thing to the store, where it can be done."""
    events, told = store.events(order="document"), store.stories()
    lines = [s.correction for s in store.corrections() if s.holds]
    try:
        if kind == "report":
            text = WORDS[one % len(WORDS)]
            keep(store, act(f"r{step}", text, day=f"2026-01-0{6 + other % 3}"), later=other - 3)
        elif kind == "undo" and lines:
            store.undo_correction(lines[one % len(lines)].id, HAND)
        elif kind == "retract" and events:
            store.retract(events[one % len(events)].document)
        elif kind == "wrong" and events:
            store.mark_wrong(events[one % len(events)].id, HAND)
        elif kind in ("type", "date", "status") and events:
            change = {
                "type": {"event": ["AGREE", "CONSULT", "ACCUSE"][other % 3]},
                "date": {"date": [None, "2026-01-06", "2026-01"][other % 3]},
                "status": {"status": ["actual", "future"][other % 2]},
            }[kind]
            store.change(events[one % len(events)].id, change, HAND)
        elif kind == "merge" and told:
            store.merge_stories([told[one % len(told)].id, told[other % len(told)].id], HAND)
        elif kind == "split" and told:
            story = told[one % len(told)]
            store.split_story(story.id, [story.events[other % len(story.events)]], HAND)
    except (InputError, StoreError):
        pass


@given(works())
@settings(deadline=None, max_examples=60)
def test_stories_are_those_that_telling_all_anew_would_give(
    given: tuple[list[Event], list[tuple[str, int, int]]],
) -> None:
    events, steps = given
    with open_store(":memory:") as store:
        keep(store, *events)
        for step, (kind, one, other) in enumerate(steps):
            work(store, kind, one, other, step)
        kept = contents(store, "settings")
        told_anew(store)
        assert contents(store, "settings") == kept
        as_of = [repr(s) for s in store.stories(as_of=date(2027, 1, 1))]
        assert sorted(as_of) == stories(store)


@given(works(), st.randoms())
@settings(deadline=None, max_examples=60)
def test_undoing_all_in_any_order_gives_back_what_was_there(
    given: tuple[list[Event], list[tuple[str, int, int]]], chance: Any
) -> None:
    events, steps = given
    with open_store(":memory:") as store:
        keep(store, *events)
        before = contents(store)
        for step, (kind, one, other) in enumerate(steps):
            if kind not in ("report", "retract"):
                work(store, kind, one, other, step)
        while holding := [
            s.correction.id for s in store.corrections() if s.holds and s.correction.kind != "undo"
        ]:
            chance.shuffle(holding)
            done = 0
            for id in holding:
                try:
                    store.undo_correction(id, HAND)
                    done += 1
                except StoreError as error:
                    assert "there already" in str(error)
            assert done
        assert contents(store) == before
        assert store.check_corrections().broken is None


@given(st.permutations(range(3)))
@settings(deadline=None)
def test_corrections_of_different_acts_do_not_depend_on_their_order(order: list[int]) -> None:
    def made(numbers: list[int]) -> dict[str, list[Any]]:
        with open_store(":memory:") as store:
            keep(store, act("a", MET), act("b", MET), act("c", MET))
            ids = [e.id for e in store.events(order="document")]
            steps = [
                lambda: store.mark_wrong(ids[0], HAND),
                lambda: store.change(ids[1], {"event": "AGREE"}, HAND),
                lambda: store.change(ids[2], {"status": "future", "date": None}, HAND),
            ]
            for number in numbers:
                steps[number]()
            return contents(store)

    assert made(order) == made([0, 1, 2])


# what stays as it was written


def test_a_line_that_is_changed_later_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with open_store(path) as store:
        keep(store, act("a", MET), act("b", MET), act("c", MET))
        ids = [e.id for e in store.events(order="document")]
        for id, key in zip(ids, (b"ours", None, b"theirs"), strict=True):
            store.mark_wrong(id, replace(HAND, key=key), "why")
        found = store.check_corrections(b"ours")
        assert found == Check(3, 1, 1, 1, None)
        assert str(found) == (
            "3 lines, none changed since; 1 signed with this key; 1 signed with a key that is not at hand;"
            " 1 not signed"
        )
        assert store.check_corrections() == Check(3, 0, 2, 1, None)
    with sqlite3.connect(path) as raw:
        with pytest.raises(sqlite3.IntegrityError, match="undo it"):
            raw.execute("UPDATE corrections SET reason = 'another'")
        with pytest.raises(sqlite3.IntegrityError, match="undo it"):
            raw.execute("DELETE FROM corrections")
        raw.execute("DROP TRIGGER corrections_stay")
        raw.execute("UPDATE corrections SET reason = 'another' WHERE number = 2")
    raw.close()
    with open_store(path) as store:
        assert (
            store.check_corrections().broken == "line 2 of the corrections was changed after it was written"
        )
        with pytest.raises(StoreError, match="line 2 of the corrections was changed"):
            store.corrections()


@pytest.mark.parametrize(
    ("by", "at", "what"),
    [
        (" ", AT, "needs the name"),
        ("x" * 201, AT, "needs the name"),
        ("a\nb", AT, "needs the name"),
        ("Ana", AT.replace(tzinfo=None), "no time zone"),
    ],
)
def test_a_correction_has_a_name_and_a_moment(by: str, at: datetime, what: str) -> None:
    with pytest.raises(InputError, match=what):
        Hand(by, at)


def test_a_correction_that_is_cut_off_half_way_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every step of a correction is one transaction: ended anywhere within, nothing of it is there."""
    from detente.store import corrected, ties, upkeep

    class Killed(BaseException):
        pass

    def killed(*_: object, **__: object) -> None:
        raise Killed

    path = tmp_path / "s.sqlite"
    with open_store(path) as store:
        keep(store, act("a", MET), act("b", MET), act("d", "Ministers talked about fish.", trigger="talked"))
        one, other = store.stories(order="document")
        first = store.events(order="document")[0]
        before = contents(store)

        def change() -> None:
            store.change(first.id, {"event": "AGREE"}, HAND)

        def merge() -> None:
            store.merge_stories([one.id, other.id], HAND)

        for module, name, work in (
            (corrected, "_strike", change),
            (corrected, "_insert", change),
            (upkeep, "leave", change),
            (upkeep, "enter", change),
            (ties, "knot", merge),
            (ties, "keep", merge),
            (upkeep, "insert_stories", merge),
        ):
            with monkeypatch.context() as patched:
                patched.setattr(module, name, killed)
                with pytest.raises(Killed):
                    work()
            assert contents(store) == before and store.corrections() == []
        change()
        merge()
        after = contents(store)
    with open_store(path) as store:
        assert contents(store) == after


def test_what_an_article_loses_its_corrections_say(store: Store) -> None:
    event = blamed(store)
    store.change(event.id, {"event": "REJECT"}, HAND)
    (told,) = store.stories(event="CONSULT")
    store.split_story(told.id, [told.events[0]], HAND)
    again = act(
        "a", "the blackout", "ACCUSE", at=event.start + BLAMED.index("the blackout"), coder="model.v9"
    )
    again = replace(again, trigger_start=event.trigger_start)
    store.add_events([again])
    assert [s.note for s in store.corrections()] == [
        f"another coder has read the same word as event {again.id}; look at it too",
        None,
    ]
    assert [s.correction.kind for s in store.corrections(event=event.id)] == ["change"]
    assert len(store.corrections(document="a")) == 2 and store.corrections(document="b") == store.corrections(
        event=told.events[1]
    )
    store.retract("a", "the paper took it back")
    assert [s.note for s in store.corrections()] == [
        "its article does not count: withdrawn: the paper took it back",
        "the acts of one side no longer count",
    ]
    assert store.events(document="a") == []
    store.restore("a")
    assert [e.event for e in store.events(document="a") if e.trigger == "blamed"] == ["REJECT"]
    assert stories(store) == told_anew(store)


# the gold file


def test_a_gold_file_measures_the_machine_by_what_was_corrected(tmp_path: Path, read: Any) -> None:
    from detente.coding.coder import rule_coder
    from detente.coding.evaluation import read_gold, score
    from detente.store.gold import gold, write

    text = (
        "The United States imposed sanctions on Colombia on Monday. Colombia condemned the United States on"
        " Tuesday. Iran condemned the United States on Friday. Iran condemned the United States on Friday."
    )
    with open_store(":memory:") as store:
        store.add([Document("x", text, published=DAY)], rule_coder())
        store.add([Document("y", "Iran condemned Cuba on Friday.", published=DAY)], rule_coder())
        coded = {"x": store.machine_events(["x"])}
        assert len(coded["x"]) == 4 and list(gold(store)) == []
        sanction, accuse, _, again = coded["x"]
        store.change(sanction.id, {"event": "COERCE"}, HAND)
        wrong = store.mark_wrong(accuse.id, HAND, "nobody did")
        path = tmp_path / "gold.jsonl"
        write(gold(store), path)
        (article,) = read_gold([path])  # only what was corrected
        assert [a.events for a in article.acts] == [("COERCE",), ("ACCUSE",), ("ACCUSE",)]
        assert article.acts[2].start <= again.start < article.acts[2].end  # and not the first such words
        assert article.must_not == ((accuse.start, accuse.end),)
        found = score([article], coded)
        assert (found.gold, found.coded, found.false_actual) == (3, 4, 1)
        assert found.typed == pytest.approx(2 * 2 / (3 + 4))
        assert score([article], {"x": store.events(document="x")}).full == 1.0
        store.undo_correction(wrong.id, HAND)
        write(gold(store), path)
        assert len(read_gold([path])[0].acts) == 4
        store.retract("x")
        assert list(gold(store)) == []
