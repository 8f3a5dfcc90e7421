"""Watching: every source on its schedule, and a stop at any moment loses and repeats nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event as Signal
from threading import Timer
from typing import Any

import pytest
from web_server import Request, Server, cached, in_turn, mastodon, page, with_body

from detente.cli.main import main
from detente.records import Document, Event, Party, Status
from detente.sources.fetch import Fetcher
from detente.store import Store, open_store
from detente.store.reading_state import Alert, ReadingState
from detente.watch.cycle import Cycle, Stopped, Watch
from detente.watch.settings import Settings, parse
from detente.watch.ways import JsonFile

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROOT = Path(__file__).parents[1]


class Stub:
    """A coder that finds one act in every document that says so."""

    name = "stub.v1"

    def code(self, document: Document) -> Iterator[Event]:
        found = document.text.find("condemned")
        if found < 0:
            return
        yield Event(
            document=document.id,
            start=0,
            end=len(document.text),
            text=document.text,
            event="ACCUSE",
            actor=(Party("IRN", "Iran"),),
            recipient=(Party("USA", "the United States"),),
            symmetric=False,
            status=Status.ACTUAL,
            trigger="condemned",
            trigger_start=found,
            quad=3,
            date="2026-01-09",
        )


def rss(*texts: str, first: int = 0) -> bytes:
    items = "".join(
        f'<item><guid isPermaLink="false">{n}</guid><link>https://wire.example/{n}</link>'
        f"<title>Item {n}</title><pubDate>Fri, 09 Jan 2026 10:00:00 GMT</pubDate>"
        f"<content:encoded>{text}</content:encoded></item>"
        for n, text in enumerate(texts, first)
    )
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>A wire</title>{items}</channel></rss>"
    ).encode()


class Bench:
    """A watch on a server, with a clock that stands until it is moved."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.folder = server, folder
        self.sent: list[Alert] = []
        self.store = open_store(folder / "watch.sqlite")
        self.settings: Settings | None = None

    def cycle(self, toml: str, now: datetime = NOW, **more: Any) -> Cycle:
        text = toml.replace("SERVER", self.server.address)
        settings = parse(text, where="watch.toml", folder=self.folder)
        with Fetcher(allow=(self.server.host,), delay=0, sleep=lambda s: None) as fetcher:
            way = Kept(self)
            watch = Watch(settings, self.store, Stub, fetcher, [way], sleep=lambda s: None, **more)
            return watch.cycle(now)

    def texts(self) -> list[str]:
        return sorted(d.text for d in self.store.documents())


class Kept:
    """A way out that ends in the bench's list."""

    name = "kept"
    quiet = True

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def send(self, alerts: Sequence[Alert], now: datetime) -> None:
        for alert in alerts:
            self._bench.sent.append(alert)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Server() as server:
        made = Bench(server, tmp_path)
        yield made
        made.store.close()


FEED = '[[feeds]]\nurl = "SERVER/rss"\nevery = "1h"\n'
ACT = '[[alerts]]\nname = "blame"\non = "act"\ntypes = ["ACCUSE"]\npair = ["USA", "IRN"]\n'

# Schedule ------------------------------------------------------------------------------------------


def test_every_source_is_read_on_its_own_schedule(bench: Bench) -> None:
    bench.server.routes["/rss"] = with_body(rss("Rome called Paris."))
    bench.server.routes["/slow"] = with_body(rss("Kyiv called Oslo.", first=50))
    toml = FEED + '[[feeds]]\nurl = "SERVER/slow"\nevery = "1d"\n'
    first = bench.cycle(toml)
    assert (len(first.outcomes), first.next_at, first.code) == (2, NOW + HOUR, 0)
    assert bench.cycle(toml, NOW + timedelta(minutes=59)).outcomes == ()
    second = bench.cycle(toml, NOW + HOUR)
    assert [o.source for o in second.outcomes] == [f"feed {bench.server.address}/rss"]
    assert bench.server.asked == ["/rss", "/slow", "/rss"]


def test_a_source_that_fails_is_asked_less_and_less_often_until_it_answers(bench: Bench) -> None:
    bench.server.routes["/rss"] = in_turn(
        *[with_body(b"gone", status=404)] * 4, with_body(rss("Rome called Paris."))
    )
    at, pauses = NOW, []
    for _ in range(5):
        done = bench.cycle(FEED, at)
        pauses.append((done.next_at - at) / HOUR)
        at = done.next_at
    assert pauses == [1, 2, 4, 8, 1]
    assert bench.texts() == ["Rome called Paris."]


def test_one_broken_source_never_stops_the_others(bench: Bench) -> None:
    bench.server.routes["/rss"] = with_body(rss("Rome called Paris."))
    toml = '[[feeds]]\nurl = "SERVER/gone"\n[[feeds]]\nurl = "http://127.0.0.1:1/"\n' + FEED
    done = bench.cycle(toml)
    assert bench.texts() == ["Rome called Paris."]
    assert [o.reason is None for o in done.outcomes] == [False, False, True]
    assert done.code == 3 and "2 failed" in done.line()
    assert bench.cycle('[[feeds]]\nurl = "SERVER/gone2"\n').code == 1


def test_a_reader_that_fails_in_an_unforeseen_way_costs_only_its_source(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from detente.sources import feeds

    def broken(*arguments: object, **named: object) -> None:
        raise ZeroDivisionError("of nobody's making")

    bench.server.routes["/page"] = page("Iran condemned the United States on Friday over sanctions. " * 4)
    monkeypatch.setattr(feeds, "fetch", broken)
    done = bench.cycle(FEED + '[[pages]]\nurl = "SERVER/page"\n')
    assert "ZeroDivisionError" in (done.outcomes[0].reason or "") and len(bench.texts()) == 1


def test_a_feed_that_broke_off_is_read_whole_though_its_tag_stays(bench: Bench) -> None:
    whole = rss("Rome called Paris.", "Kyiv called Oslo, it was said.")
    bench.server.routes["/rss"] = in_turn(
        cached(whole[: whole.index(b", it was")], '"v1"'), cached(whole, '"v1"')
    )
    bench.cycle(FEED)
    assert bench.texts() == ["Rome called Paris."]
    bench.cycle(FEED, NOW + HOUR)
    assert bench.texts() == ["Kyiv called Oslo, it was said.", "Rome called Paris."]


def test_an_unchanged_feed_is_asked_for_with_its_tag_and_gives_nothing(bench: Bench) -> None:
    bench.server.routes["/rss"] = cached(rss("Rome called Paris."), '"v1"', media="application/rss+xml")
    bench.cycle(FEED)
    again = bench.cycle(FEED, NOW + HOUR)
    tags = [headers["If-None-Match"] for path, headers in bench.server.log if path == "/rss"]
    assert tags == [None, '"v1"'] and again.outcomes[0].documents == again.outcomes[0].already == 0


def test_the_loop_waits_until_the_next_source_is_due_and_no_longer(bench: Bench) -> None:
    bench.server.routes["/rss"] = with_body(rss("Rome called Paris."))
    clock, waits, lines = [NOW], [], []
    text = FEED.replace("SERVER", bench.server.address)
    settings = parse(text, where="watch.toml", folder=bench.folder)

    def wait(seconds: float) -> None:
        waits.append(seconds)
        clock[0] += timedelta(seconds=seconds)

    with Fetcher(allow=(bench.server.host,), delay=0) as fetcher:
        watch = Watch(settings, bench.store, Stub, fetcher, [Kept(bench)], stopping=lambda: len(waits) == 3)
        watch.run(clock=lambda: clock[0], wait=wait, report=lambda done: lines.append(done.line()))
    assert waits == [3600.0] * 3 and len(lines) == 3
    assert lines[0] == (
        "2026-01-10T12:00:00Z 1 of 1 source read, 1 new document with 0 events, next 2026-01-10T13:00:00Z"
    )


# Sources -------------------------------------------------------------------------------------------


def test_an_edited_item_is_kept_as_a_version_of_the_first(bench: Bench) -> None:
    bench.server.routes["/rss"] = in_turn(with_body(rss("First words.")), with_body(rss("Second words.")))
    bench.cycle(FEED)
    bench.cycle(FEED, NOW + HOUR)
    first, second = sorted(bench.store.documents(retracted=None), key=lambda d: d.text)
    assert (first.text, second.text) == ("First words.", "Second words.")
    assert second.revises == first.id
    name = f"feed {bench.server.address}/rss"
    assert ReadingState(bench.store).items(name)["0"].document == second.id


def test_an_edited_article_tells_only_of_acts_that_are_new_in_it(bench: Bench) -> None:
    told = "Iran condemned the United States."
    bench.server.routes["/rss"] = in_turn(*(with_body(rss(told + " More." * n)) for n in range(3)))
    for hour in range(3):
        bench.cycle(FEED + ACT, NOW + hour * HOUR)
    assert len(bench.store.documents(retracted=None)) == 3 and len(bench.sent) == 1


def test_a_text_that_is_kept_from_elsewhere_is_the_one_that_a_later_version_revises(bench: Bench) -> None:
    other = rss("First words.").replace(b"wire.example", b"other.example")
    bench.server.routes["/copy"] = in_turn(with_body(other), with_body(other.replace(b"First", b"Later")))
    bench.server.routes["/rss"] = with_body(rss("First words."))
    toml = FEED + '[[feeds]]\nurl = "SERVER/copy"\nevery = "1h"\n'
    bench.cycle(toml)
    bench.cycle(toml, NOW + HOUR)
    ids = {d.id for d in bench.store.documents(retracted=None)}
    [later] = [d for d in bench.store.documents(retracted=None) if d.text == "Later words."]
    assert later.revises in ids


def test_a_page_that_cannot_be_read_is_tried_three_times_and_then_its_summary_is_kept(bench: Bench) -> None:
    body = rss("x").replace(b"content:encoded", b"description").replace(b">x<", b">Rome recalled its envoy.<")
    body = body.replace(b"https://wire.example/", f"{bench.server.address}/page/".encode())
    bench.server.routes["/rss"] = cached(body, '"v1"')
    kept = []
    for hour in range(5):
        done = bench.cycle(FEED, NOW + hour * HOUR)
        kept.append((bench.texts(), bool(done.outcomes[0].left_out)))
    nothing, summary = [], ["Rome recalled its envoy."]
    assert kept == [(nothing, True), (nothing, True), (summary, True), (summary, False), (summary, False)]
    assert bench.server.asked.count("/page/0") == 3


def test_a_page_that_answers_late_is_read_whole(bench: Bench) -> None:
    words = "Iran condemned the United States on Friday over new sanctions. " * 5
    body = rss("x").replace(b"content:encoded", b"description")
    body = body.replace(b"https://wire.example/", f"{bench.server.address}/page/".encode())
    bench.server.routes["/rss"] = cached(body, '"v1"')
    bench.server.routes["/page/0"] = in_turn(with_body(b"", status=404), page(words, title="Item 0"))
    bench.cycle(FEED)
    assert bench.texts() == []
    bench.cycle(FEED, NOW + HOUR)
    assert [t.count("over new sanctions") for t in bench.texts()] == [5]


def test_a_text_in_another_language_is_kept_and_told_and_not_coded(bench: Bench) -> None:
    spanish = "El canciller dijo que las conversaciones con los Estados Unidos seguirán en marzo. condemned"
    bench.server.routes["/rss"] = with_body(rss(spanish))
    done = bench.cycle(FEED)
    assert (done.outcomes[0].documents, done.outcomes[0].uncoded) == (1, 1)
    assert "1 in other languages not coded" in done.line() and bench.store.events() == []


def test_a_list_of_feeds_is_followed_and_stays_known_while_it_cannot_be_read(bench: Bench) -> None:
    outlines = "".join(f'<outline xmlUrl="{bench.server.address}/{n}"/>' for n in ("one", "two", "gone"))
    listed = f"<opml><body>{outlines}</body></opml>".encode()
    bench.server.routes["/list"] = in_turn(with_body(listed), with_body(b"broken"))
    bench.server.routes["/one"] = in_turn(
        with_body(rss("Rome called Paris.")), with_body(rss("Oslo called Rome.", first=7))
    )
    bench.server.routes["/two"] = with_body(rss("Kyiv called Oslo.", first=50))
    toml = '[[opml]]\nurl = "SERVER/list"\nevery = "1h"\n'
    assert bench.cycle(toml).code == 3
    assert bench.texts() == ["Kyiv called Oslo.", "Rome called Paris."]
    again = bench.cycle(toml, NOW + HOUR)
    assert "no OPML" in (again.outcomes[0].reason or "")
    assert "Oslo called Rome." in bench.texts()


def test_files_are_read_when_they_come_and_when_they_change(bench: Bench) -> None:
    toml = '[[files]]\npath = "inbox"\nevery = "1h"\n'
    inbox = bench.folder / "inbox"
    inbox.mkdir()
    assert bench.cycle(toml).code == 0, "an empty inbox is no fault"
    (inbox / "a.txt").write_text("Rome called Paris.", encoding="utf-8")
    lines = [json.dumps({"text": f"Number {n}.", "published": "2026-01-08"}) for n in range(70)]
    (inbox / "b.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert bench.cycle(toml, NOW + HOUR).outcomes[0].documents == 71
    assert bench.cycle(toml, NOW + 2 * HOUR).outcomes[0].documents == 0
    (inbox / "a.txt").write_text("Rome called Paris, it said.", encoding="utf-8")
    assert bench.cycle(toml, NOW + 3 * HOUR).outcomes[0].documents == 1
    [changed] = [d for d in bench.store.documents(retracted=None) if "it said" in d.text]
    [first] = [d for d in bench.store.documents(retracted=None) if d.text == "Rome called Paris."]
    assert changed.revises == first.id


def test_a_page_is_read_again_and_kept_when_its_text_changes(bench: Bench) -> None:
    words = "Iran condemned the United States on Friday over new sanctions. " * 4
    bench.server.routes["/page"] = in_turn(page(words), page(words), page(words + "It was denied. " * 4))
    toml = '[[pages]]\nurl = "SERVER/page"\nevery = "1h"\n'
    counts = [bench.cycle(toml, NOW + hour * HOUR).outcomes[0].documents for hour in range(3)]
    assert counts == [1, 0, 1]


def test_an_account_is_read_from_its_newest_post_on(bench: Bench) -> None:
    posts = [
        {"id": str(n), "created_at": f"2026-01-08T10:{n % 60:02}:00Z", "content": f"<p>Post {n}.</p>"}
        for n in range(150, 100, -1)
    ]
    mastodon(bench.server, "leader", posts[5:])
    toml = '[[accounts]]\nserver = "SERVER"\naccount = "@leader"\nevery = "1h"\n'
    assert bench.cycle(toml).outcomes[0].documents == 45
    mastodon(bench.server, "leader", posts)
    assert bench.cycle(toml, NOW + HOUR).outcomes[0].documents == 5
    last = [path for path in bench.server.asked if "/statuses" in path][-1]
    assert "since_id=145" in last
    assert bench.cycle(toml, NOW + 2 * HOUR).outcomes[0].documents == 0


def test_a_deleted_post_stays_and_is_told_once_and_an_edited_one_gets_a_version(bench: Bench) -> None:
    home = f"{bench.server.address}/@leader"

    def post(number: int, words: str) -> dict[str, str]:
        made = {"id": str(number), "url": f"{home}/{number}", "content": f"<p>{words}</p>"}
        return {**made, "created_at": "2026-01-09T10:00:00Z"}

    mastodon(bench.server, "leader", [post(2, "We shall meet."), post(1, "We met.")])
    bench.server.routes["/api/v1/statuses/1"] = with_body(json.dumps(post(1, "We never met.")))
    toml = '[[accounts]]\nserver = "SERVER"\naccount = "leader"\nevery = "1h"\ncheck_days = 3\n'
    bench.server.routes["/api/v1/statuses/2"] = with_body(json.dumps(post(2, "We shall meet.")))
    bench.cycle(toml)
    bench.server.routes["/api/v1/statuses/2"] = with_body(b"", status=404)
    told = [bench.cycle(toml, NOW + hour * HOUR) for hour in (1, 2)]
    assert [o.outcomes[0].deleted for o in told] == [1, 0]
    assert "1 post deleted" in told[0].line()
    assert "We shall meet." in bench.texts() and "We never met." in bench.texts()
    [edited] = [d for d in bench.store.documents() if d.text == "We never met."]
    assert edited.revises is not None


def test_an_account_that_is_not_there_is_a_source_that_failed(bench: Bench) -> None:
    mastodon(bench.server, "leader", [])
    toml = '[[accounts]]\nserver = "SERVER"\naccount = "nobody"\n'
    assert bench.cycle(toml).outcomes[0].reason is not None


# Alerts --------------------------------------------------------------------------------------------


def test_an_act_is_told_once_whoever_else_reports_it(bench: Bench) -> None:
    bench.server.routes["/rss"] = in_turn(
        with_body(rss("Iran condemned the United States.", "Rome called Paris.")),
        with_body(rss("Iran condemned the United States once more.", first=9)),
    )
    bench.cycle(FEED + ACT)
    bench.cycle(FEED + ACT, NOW + HOUR)
    [told] = bench.sent
    assert told.body["what"] == "ACCUSE IRN > USA: Iran condemned the United States."
    assert told.body["document"]["publisher"] == "A wire"
    assert len(bench.store.events()) == 2


def test_what_was_in_the_store_before_the_watch_began_is_no_news(bench: Bench) -> None:
    with open_store(bench.folder / "watch.sqlite") as other:
        other.add([Document("old", "Iran condemned the United States.")], Stub())
    bench.server.routes["/rss"] = with_body(rss("Rome called Paris."))
    bench.cycle(FEED + ACT)
    assert bench.sent == []


def test_an_alert_does_not_wait_for_the_sources_behind_it(bench: Bench) -> None:
    order: list[str] = []

    def second(request: Request) -> tuple[int, dict[str, str], bytes]:
        order.append(f"second source, {len(bench.sent)} alert")
        return 200, {}, rss("Rome called Paris.", first=50)

    bench.server.routes["/rss"] = with_body(rss("Iran condemned the United States."))
    bench.server.routes["/two"] = second
    bench.cycle(FEED + '[[feeds]]\nurl = "SERVER/two"\n' + ACT)
    assert order == ["second source, 1 alert"]


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ('actor = "Iran"', 1),
        ('recipient = "Iran"', 0),
        ('types = ["THREATEN"]', 0),
        ('status = ["future"]', 0),
        ('status = ["actual", "future"]', 1),
        ('voice = ["commentary"]', 0),
        ('pair = ["Iran", "France"]', 0),
        ("", 1),
    ],
)
def test_every_condition_of_a_rule_counts(bench: Bench, rule: str, count: int) -> None:
    bench.server.routes["/rss"] = with_body(rss("Iran condemned the United States."))
    bench.cycle(f'{FEED}[[alerts]]\nname = "r"\non = "act"\n{rule}\n')
    assert len(bench.sent) == count


def test_the_watched_pairs_are_those_of_a_rule_that_names_none(bench: Bench) -> None:
    bench.server.routes["/rss"] = with_body(rss("Iran condemned the United States."))
    rule = '[[alerts]]\nname = "r"\non = "act"\n'
    bench.cycle('pairs = [["FRA", "ITA"]]\n' + FEED + rule)
    assert bench.sent == []


def test_a_source_that_fails_again_and_again_is_told_once_for_each_time_it_fell_silent(bench: Bench) -> None:
    gone, back = with_body(b"", status=404), with_body(rss("Rome called Paris."))
    bench.server.routes["/rss"] = in_turn(gone, gone, gone, gone, back, gone, gone)
    toml = FEED + '[[alerts]]\nname = "silent"\non = "failing"\ncycles = 2\n'
    at, counts = NOW, []
    for _ in range(7):
        at = bench.cycle(toml, at).next_at
        counts.append(len(bench.sent))
    assert counts == [0, 1, 1, 1, 1, 1, 2]
    assert "could not be read 2 times in a row" in bench.sent[0].body["what"]


def test_a_turn_is_told_when_it_is_first_found(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from detente import api
    from detente.records import Turn

    found: list[Turn] = []
    monkeypatch.setattr(api, "turns", lambda store, pair, as_of: list(found))

    def turn(day: int, direction: str = "thaw") -> Turn:
        return Turn(("IRN", "USA"), NOW.date() - timedelta(days=day), direction, None, ())

    bench.server.routes["/rss"] = in_turn(
        *(with_body(rss("Iran condemned the United States." + "!" * n, first=n)) for n in range(4))
    )
    toml = FEED + '[[alerts]]\nname = "t"\non = "turn"\npair = ["USA", "IRN"]\n'
    found.append(turn(400))
    bench.cycle(toml)
    assert bench.sent == [], "what was known at the beginning is no news"
    found.append(turn(5))
    bench.cycle(toml, NOW + HOUR)
    found[1] = turn(3)  # the same turn, better dated
    bench.cycle(toml, NOW + 2 * HOUR)
    found.append(turn(3, "escalation"))
    bench.cycle(toml, NOW + 3 * HOUR)
    assert [a.body["direction"] for a in bench.sent] == ["thaw", "escalation"]


def test_an_alert_that_cannot_be_handed_over_waits(bench: Bench) -> None:
    bench.server.routes["/rss"] = with_body(rss("Iran condemned the United States."))
    real, bench.sent = bench.sent, Full()  # type: ignore[assignment]
    done = bench.cycle(FEED + ACT)
    assert done.code == 3 and done.alert_fault == "alerts wait to be handed over: no room"
    bench.sent = real
    assert len(bench.cycle(FEED + ACT, NOW + timedelta(minutes=1)).alerts) == 1


class Full:
    def append(self, alert: Alert) -> None:
        raise OSError("no room")


def test_a_line_that_a_stop_cut_off_is_taken_away_and_written_whole(tmp_path: Path) -> None:
    file = tmp_path / "alerts.jsonl"
    one, two = (Alert(n, "r", "s", {"id": n, "what": "Bogotá\x1b"}) for n in ("a1", "a2"))
    JsonFile(file).send([one], NOW)
    with file.open("ab") as opened:
        opened.write(b'{"id": "a2", "wh')
    JsonFile(file).send([one], NOW)
    JsonFile(file).send([two], NOW)
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["a1", "a2"]
    assert "\x1b" not in lines[0] and json.loads(lines[0])["what"] == "Bogotá\x1b"


# Stops ---------------------------------------------------------------------------------------------


class Killed(BaseException):
    """Stands for a machine that loses its power: nothing after it runs."""


STEPS = [(step, times) for step in ("add", "acknowledge") for times in (1, 2, 3, 4)] + [
    ("keep_source", 1),
    ("keep_source", 2),
    ("found", 1),
    ("send", 1),
    ("handed_over", 1),
    ("close", 2),
]


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(("step", "times"), STEPS)
def test_a_stop_at_any_step_loses_and_repeats_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, step: str, moment: str, times: int
) -> None:
    texts = [f"Number {n} was called." for n in range(70)] + ["Iran condemned the United States."]
    bench.server.routes["/rss"] = cached(rss(*texts), '"v1"')
    bench.server.routes["/two"] = cached(rss("Kyiv called Oslo.", first=900), '"v1"')
    toml = FEED + '[[feeds]]\nurl = "SERVER/two"\nevery = "1h"\n' + ACT
    file = bench.folder / "alerts.jsonl"
    calls = 0

    def dying(real: Any) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == times and moment == "before":
                raise Killed
            result = real(*arguments, **named)
            if calls == times and moment == "after":
                raise Killed
            return result

        return call

    bench.sent = Sent(file)  # type: ignore[assignment]
    owner: Any = Sent if step == "send" else Store if step == "add" else ReadingState
    name = "append" if step == "send" else step
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, dying(getattr(owner, name)))
        with pytest.raises(Killed):
            bench.cycle(toml)
    bench.store.close()
    bench.store = open_store(bench.folder / "watch.sqlite")
    bench.sent = Sent(file)  # type: ignore[assignment]
    for minute in (1, 61):
        bench.cycle(toml, NOW + timedelta(minutes=minute))
    assert bench.texts() == sorted([*texts, "Kyiv called Oslo."])
    assert [json.loads(line)["rule"] for line in file.read_text().splitlines()] == ["blame"]


class Sent:
    """Alerts to a file, as the command sends them."""

    def __init__(self, path: Path) -> None:
        self._file = JsonFile(path)

    def append(self, alert: Alert) -> None:
        self._file.send([alert], NOW)


def test_a_watch_that_is_asked_to_stop_keeps_what_it_has_and_goes_on_from_there(bench: Bench) -> None:
    texts = [f"Number {n} was called." for n in range(100)]
    bench.server.routes["/rss"] = cached(rss(*texts), '"v1"')
    asked = iter([False] * 41)  # once for the source, once after each of forty documents
    done = bench.cycle(FEED, stopping=lambda: next(asked, True))
    assert done.stopped and done.code == 3 and "stopped" in done.line()
    assert len(bench.texts()) == 41
    again = bench.cycle(FEED, NOW + timedelta(seconds=1))
    assert again.outcomes[0].documents == 59 and bench.texts() == sorted(texts)


def test_a_long_wait_of_the_fetcher_does_not_hold_up_the_end(bench: Bench) -> None:
    bench.server.routes["/rss"] = lambda request: (429, {"Retry-After": "200"}, b"")

    def pause(seconds: float) -> None:
        raise Stopped

    settings = parse(FEED.replace("SERVER", bench.server.address), where="w", folder=bench.folder)
    with Fetcher(allow=(bench.server.host,), delay=0, sleep=pause) as fetcher:
        done = Watch(settings, bench.store, Stub, fetcher, [Kept(bench)]).cycle(NOW)
    assert done.stopped and ReadingState(bench.store).sources() == {}


# The command ---------------------------------------------------------------------------------------


def written(folder: Path, server: Server, more: str = "") -> Path:
    file = folder / "watch.toml"
    head = 'store = "watch.sqlite"\ncoder = "rules"\nalerts_to = "alerts.jsonl"\n'
    feed = FEED.replace("SERVER", server.address)
    fetch = f'[fetch]\ndelay = 0\nallow = ["{server.host}"]\n'
    file.write_text(head + feed + more + fetch, encoding="utf-8")
    return file


def test_once_reads_what_is_due_and_tells_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Server({"/rss": with_body(rss("Iran condemned the United States on Friday."))}) as server:
        file = written(tmp_path, server, ACT)
        assert main(["watch", str(file), "--once", "--format", "json"]) == 0
        told = capsys.readouterr()
        assert "1 of 1 source read, 1 new document with 1 event, 1 alert, next " in told.err
        assert len(told.err.splitlines()) == 1
        assert json.loads(told.out)["outcomes"][0]["documents"] == 1
        assert main(["watch", str(file), "--once"]) == 0
        assert "0 of 1 source read" in capsys.readouterr().err
        assert main(["watch", str(file), "--once", "--now"]) == 0
        assert "1 of 1 source read, 0 new documents" in capsys.readouterr().err
    [alert] = (tmp_path / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(alert)["event"]["event"] == "ACCUSE"


def test_once_says_by_its_exit_code_whether_all_some_or_nothing_was_read(tmp_path: Path) -> None:
    with Server({"/two": with_body(rss("Rome called Paris."))}) as server:
        file = written(tmp_path, server)
        assert main(["watch", str(file), "--once"]) == 1
        second = f'[[feeds]]\nurl = "{server.address}/two"\n'
        file = written(tmp_path, server, second)
        assert main(["watch", str(file), "--once", "--now"]) == 3


def test_check_says_what_would_be_watched_and_reads_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Server() as server:
        assert main(["watch", str(written(tmp_path, server, ACT)), "--check"]) == 0
        told = capsys.readouterr().err
        assert "/rss, every 1:00:00" in told and "alert blame, on act" in told
        assert server.asked == [] and not (tmp_path / "watch.sqlite").exists()


@contextmanager
def started(file: Path) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own, which does not outlive the test."""
    process = subprocess.Popen(
        [sys.executable, "-m", "detente.cli", "watch", str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    last_resort = Timer(900, process.kill)
    last_resort.start()
    try:
        yield process
    finally:
        last_resort.cancel()
        process.kill()
        process.communicate()


def stored(folder: Path) -> list[str]:
    if not (folder / "watch.sqlite").exists():
        return []
    with open_store(folder / "watch.sqlite") as store:
        return sorted(d.text for d in store.documents())


def test_a_daemon_that_is_killed_goes_on_and_one_that_is_asked_ends_cleanly(tmp_path: Path) -> None:
    texts = [f"Iran condemned the United States on Friday, said source number {n}." for n in range(40)]
    killed_at_last = Signal()

    def slow(request: Request) -> tuple[int, Mapping[str, str], bytes]:
        killed_at_last.wait(60)
        return 200, {"Content-Type": "text/plain; charset=utf-8"}, texts[36].encode()

    # All but one of the items are whole; at that one it stands when it is killed.
    body = rss(*texts).replace(texts[36].encode(), b"Only a summary\xe2\x80\xa6")
    with Server({"/page/36": slow}) as server:
        body = body.replace(b"https://wire.example/", f"{server.address}/page/".encode())
        server.routes["/rss"] = cached(body, '"v1"')
        file = written(tmp_path, server, ACT)
        with started(file) as killed:
            while "/page/36" not in server.asked:
                assert killed.poll() is None
                time.sleep(0.01)
        killed_at_last.set()
        assert stored(tmp_path) == sorted(texts[:32]), "it was killed in the middle"
        with started(file) as again:
            assert again.stderr is not None
            line = next(line for line in again.stderr if "1 of 1 source read" in line)
            assert "8 new documents with 8 events" in line
            again.send_signal(signal.SIGTERM)
            out, err = again.communicate()
        assert again.returncode == 0, err
        assert stored(tmp_path) == sorted(texts)
    lines = (tmp_path / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
    assert len({json.loads(line)["id"] for line in lines}) == len(lines) > 0
    assert "Traceback" not in err and out == ""
