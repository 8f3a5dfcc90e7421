"""The JSON API: pages of lists that stay put, nothing after `as_of`, one shape for what goes wrong."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from desk_examples import NOW, asking, make_app, make_store
from starlette.testclient import TestClient

from detente.api import open_store
from detente.coding.coder import rule_coder
from detente.desk.api.coding import Bench
from detente.desk.api.shapes import EventsPage, PairShape
from detente.desk.problems import Problem
from detente.records import Document, Event
from detente.sources.text import make_document

EVENTS = "/api/v1/events"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_store(tmp_path / "demo.sqlite")


@pytest.fixture
def desk(path: Path) -> Iterator[TestClient]:
    with asking(make_app(path)) as client:
        yield client


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A desk that the tests do not write to."""
    with asking(make_app(make_store(tmp_path_factory.mktemp("api") / "demo.sqlite"))) as client:
        yield client


def get(client: TestClient, path: str, expected: int = 200, /, **params: Any) -> Any:
    response = client.get(path, params=params)
    assert response.status_code == expected, response.text
    return response.json()


def all_of(client: TestClient, path: str, **params: Any) -> list[dict[str, Any]]:
    """Every item of a list, page by page."""
    found, cursor = [], None
    while True:
        page = get(client, path, **params, **({"cursor": cursor} if cursor else {}))
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            return found


def news(client: TestClient, text: str, published: date, name: str = "new") -> None:
    """A further article comes into the store of a desk."""
    document = replace(make_document(text, published=published, publisher="Wire"), id=name)
    with client.app.state.desk.store() as store:  # type: ignore[attr-defined]
        assert store.add([document], rule_coder(), retrieved=NOW).events


# Events


def test_every_event_carries_its_words_where_they_stand_and_its_links(demo: TestClient) -> None:
    items = all_of(demo, EVENTS, limit=40)
    assert len(items) == len({e["id"] for e in items}) > 80
    texts = {d["id"]: d["text"] for d in all_of(demo, "/api/v1/documents", text=True)}
    for item in items:
        told = item["evidence"]
        assert texts[told["document"]][told["start"] : told["end"]] == told["words"] == item["text"]
        assert told["publisher"] and told["published"]
        assert item["links"]["page"] == f"/acts/{item['id']}"
    item = items[0]
    assert get(demo, item["links"]["self"]) == item
    assert get(demo, item["links"]["document"])["id"] == item["document"]
    assert item["id"] in get(demo, item["links"]["story"])["events"]


def test_answers_have_the_shapes_of_the_document(demo: TestClient) -> None:
    EventsPage.model_validate(get(demo, EVENTS))
    PairShape.model_validate(get(demo, "/api/v1/pairs/USA/COL", terms=True))


@pytest.mark.parametrize("limit", [1, 7, 200])
def test_pages_of_any_size_give_the_same_list(demo: TestClient, limit: int) -> None:
    whole = [e["id"] for e in all_of(demo, EVENTS, pair="USA,COL", limit=200)]
    assert [e["id"] for e in all_of(demo, EVENTS, pair="COL,USA", limit=limit)] == whole


def test_events_that_come_in_meanwhile_neither_move_nor_join_the_pages(desk: TestClient) -> None:
    before = [e["id"] for e in all_of(desk, EVENTS)]
    first = get(desk, EVENTS, limit=10)
    news(desk, "Colombia condemned the United States on Thursday.", date(2026, 1, 9))
    rest, cursor = [], first["next"]
    while cursor:
        page = get(desk, EVENTS, limit=10, cursor=cursor)
        rest += page["items"]
        cursor = page["next"]
    assert [e["id"] for e in [*first["items"], *rest]] == before
    assert len(all_of(desk, EVENTS)) == len(before) + 1


def test_the_order_of_arrival_leads_to_what_has_come_since(desk: TestClient) -> None:
    page = get(desk, EVENTS, order="arrival", limit=200)
    seen, cursor = {e["id"] for e in page["items"]}, page["next"]
    assert get(desk, EVENTS, order="arrival", limit=200, cursor=cursor)["items"] == []
    news(desk, "Colombia condemned the United States on Thursday.", date(2026, 1, 9))
    [new] = get(desk, EVENTS, order="arrival", limit=200, cursor=cursor)["items"]
    assert new["event"] == "ACCUSE" and new["id"] not in seen


def test_the_order_of_arrival_can_begin_in_an_empty_store(tmp_path: Path) -> None:
    with open_store(tmp_path / "empty.sqlite"):
        pass
    with asking(make_app(tmp_path / "empty.sqlite")) as client:
        cursor = get(client, EVENTS, order="arrival")["next"]
        news(client, "Iran condemned the United States on Thursday.", date(2026, 1, 9))
        assert len(get(client, EVENTS, order="arrival", cursor=cursor)["items"]) == 1


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({"type": ["ACCUSE", "THREATEN"]}, lambda e: e["event"] in ("ACCUSE", "THREATEN")),
        ({"status": "future"}, lambda e: e["status"] == "future"),
        ({"voice": "speaker"}, lambda e: e["voice"] == "speaker"),
        ({"speaker": "PETRO"}, lambda e: "petro" in e["speaker"].lower()),
        ({"context": "military"}, lambda e: "military" in e["contexts"]),
        (
            {"publisher": "Détente demo wire B"},
            lambda e: e["evidence"]["publisher"] == "Détente demo wire B",
        ),
        ({"actor": "Colombia"}, lambda e: "COL" in [p["code"] for p in e["actor"]]),
        ({"from": "2026-01-05", "to": "2026-01-06"}, lambda e: (e["date"] or "2026-01-05") >= "2026-01-05"),
        ({"text": "sanctions"}, lambda e: "sanction" in e["text"].lower()),
    ],
)
def test_a_filter_gives_what_fits_and_only_that(demo: TestClient, asked: dict[str, Any], fits: Any) -> None:
    found = all_of(demo, EVENTS, **asked)
    assert found and all(map(fits, found))
    assert len(found) < len(all_of(demo, EVENTS))


def test_a_speaker_of_wildcards_is_taken_as_letters(demo: TestClient) -> None:
    assert all_of(demo, EVENTS, speaker="%") == all_of(demo, EVENTS, speaker="_") == []


# as_of


def test_nothing_published_after_a_day_is_shown(demo: TestClient) -> None:
    day = "2026-01-06"
    events = all_of(demo, EVENTS, as_of=day)
    documents = all_of(demo, "/api/v1/documents", as_of=day)
    assert events and documents
    assert max(e["evidence"]["published"] for e in events) <= day
    assert max(d["published"] for d in documents) <= day
    hits = get(demo, "/api/v1/search", q="Petro", as_of=day)["items"]
    assert hits and max(h["published"] for h in hits) <= day
    pair = get(demo, "/api/v1/pairs/USA/COL", as_of=day)
    assert pair["levels"][-1]["day"] <= day
    assert all(t["day"] <= day and t["known_on"] <= day for t in pair["turns"])
    for story in all_of(demo, "/api/v1/stories", party="COL", as_of=day):
        assert story["first_published"] <= day
        for report in get(demo, f"/api/v1/stories/{story['id']}", as_of=day)["reports"]:
            assert report["evidence"]["published"] <= day


def test_one_thing_published_later_is_not_there_on_that_day(demo: TestClient) -> None:
    event = get(demo, EVENTS, limit=1)["items"][0]
    assert event["evidence"]["published"] == "2026-01-08"
    for path in (f"{EVENTS}/{event['id']}", event["links"]["document"], event["links"]["story"]):
        assert get(demo, path, as_of="2026-01-08")
        assert get(demo, path, 404, as_of="2026-01-07")["type"].endswith(":missing")


def test_the_links_of_a_day_lead_to_that_day(demo: TestClient) -> None:
    event = get(demo, EVENTS, limit=1, as_of="2026-01-07")["items"][0]
    assert event["links"]["document"].endswith("?as_of=2026-01-07")
    assert get(demo, event["links"]["story"])["id"] == event["story"]


def test_the_turn_of_a_day_was_not_known_before(demo: TestClient) -> None:
    def turns(day: str) -> list[str]:
        items = get(demo, "/api/v1/turns", pair="USA,COL", as_of=day)["items"]
        assert all(t["evidence"] and t["evidence"][0]["words"] for t in items)
        return [t["day"] for t in items]

    assert "2026-01-07" in turns("2026-01-08")
    assert "2026-01-07" not in turns("2026-01-06")


def test_a_day_that_has_not_come_cannot_be_asked_about(demo: TestClient) -> None:
    told = get(demo, "/api/v1/turns", 422, pair="USA,COL", as_of="2026-02-01")
    assert told["todo"] == "give 2026-01-09 or a day before"


# What goes wrong


@pytest.mark.parametrize(
    ("path", "status", "kind", "todo"),
    [
        ("/api/v1/nothing", 404, "address", "start"),
        ("/api/v1/events/nothing", 404, "missing", "see event ids"),
        ("/api/v1/pairs/USA/Columbia", 404, "unknown-actor", "did you mean COL"),
        ("/api/v1/events?pair=USA,Columbia", 422, "unknown-actor", "did you mean COL"),
        ("/api/v1/events?pair=USA", 422, "input", "give two codes"),
        ("/api/v1/events?pair=USA,usa", 422, "input", "two different"),
        ("/api/v1/events?frm=2026-01-01", 422, "input", "openapi.json"),
        ("/api/v1/events?from=1700000000", 422, "input", "openapi.json"),
        ("/api/v1/events?type=SHOUT", 422, "input", "ACCUSE"),
        ("/api/v1/events?cursor=nothing", 422, "cursor", "send the `next`"),
        ("/api/v1/events?text=%00", 422, "input", "NUL"),
        ("/api/v1/stories?as_of=2026-01-08", 422, "input", "give a pair"),
        ("/api/v1/outlooks?pair=USA,COL&horizon=7", 422, "input", "30, 60, 90 or 180"),
        ("/api/v1/exports/xls", 422, "input", "openapi.json"),
    ],
)
def test_a_problem_says_what_and_what_to_do(
    demo: TestClient, path: str, status: int, kind: str, todo: str
) -> None:
    response = demo.get(path)
    told = response.json()
    assert response.status_code == told["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    assert set(told) == {"type", "title", "status", "detail", "todo"}
    assert told["type"] == f"urn:detente:problem:{kind}" and todo in told["todo"]


def test_a_cursor_belongs_to_its_question(demo: TestClient) -> None:
    cursor = get(demo, EVENTS, limit=5)["next"]
    assert get(demo, EVENTS, limit=9, cursor=cursor)["items"]
    told = get(demo, EVENTS, 422, limit=5, cursor=cursor, status="actual")
    assert "another question" in told["detail"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_a_method_that_cannot_be_used_is_refused_with_those_that_can(demo: TestClient, method: str) -> None:
    response = demo.request(method, "/api/v1/status")
    if method in ("OPTIONS", "TRACE"):
        assert response.status_code == 405 and response.headers["allow"] == "GET"
    else:
        assert response.status_code == 403  # it has neither a token nor the word of a page
    assert response.headers["content-type"] == "application/problem+json"


def test_head_is_the_answer_without_its_body(demo: TestClient) -> None:
    asked, head = demo.get("/api/v1/status"), demo.head("/api/v1/status")
    assert head.status_code == 200 and head.content == b""
    assert head.headers["content-length"] == str(len(asked.content))
    assert head.headers["etag"] == asked.headers["etag"]


def test_an_error_of_ours_tells_nothing_of_its_inside(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the secret place")

    with asking(make_app(path)) as client:
        monkeypatch.setattr("detente.store.paging.Pages.events", fail)
        response = client.get(EVENTS)
    assert response.status_code == 500 and "secret" not in response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "the secret place" in caplog.text


# ETags


@pytest.mark.parametrize(
    "address", [EVENTS, "/api/v1/pairs/USA/COL", "/api/v1/exports/csv", "/api/v1/openapi.json", "/api/v1"]
)
def test_what_the_asker_has_is_not_sent_again(demo: TestClient, address: str) -> None:
    tag = demo.get(address).headers["etag"]
    again = demo.get(address, headers={"If-None-Match": f'"other", {tag}'})
    assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == tag
    assert demo.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_new_article_changes_the_tag_and_the_answer(desk: TestClient) -> None:
    first = desk.get(EVENTS)
    known = get(desk, "/api/v1/pairs/USA/COL")["counted"]
    news(desk, "Colombia condemned the United States on Thursday.", date(2026, 1, 9))
    again = desk.get(EVENTS, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 200 and len(again.json()["items"]) > 0
    assert get(desk, "/api/v1/pairs/USA/COL")["counted"]["hostile"] == known["hostile"] + 1


# Files


def test_each_layout_is_a_file_of_its_kind(demo: TestClient) -> None:
    count = len(all_of(demo, EVENTS, pair="USA,COL"))

    def file(layout: str) -> bytes:
        response = demo.get(f"/api/v1/exports/{layout}", params={"pair": "USA,COL"})
        assert response.status_code == 200
        assert response.headers["content-disposition"].startswith("attachment; filename=")
        return response.content

    assert len(json.loads(file("json"))["events"]) == count
    assert len(file("jsonl").splitlines()) == len(file("plover").splitlines()) == count
    rows = list(csv.DictReader(io.StringIO(file("csv").decode())))
    assert len({row["event_id"] for row in rows}) == count
    assert json.loads(file("jsonld"))["@graph"]
    assert ElementTree.fromstring(file("atom")).tag == "{http://www.w3.org/2005/Atom}feed"
    assert file("parquet")[:4] == b"PAR1"


def test_a_file_is_chosen_by_speaker_too(demo: TestClient) -> None:
    ids = {e["id"] for e in all_of(demo, EVENTS, speaker="petro")}
    found = get(demo, "/api/v1/exports/json", speaker="petro")["events"]
    assert {e["id"] for e in found} == ids and ids


# Texts that are sent in


def test_a_text_in_another_language_is_not_coded_and_it_is_said(demo: TestClient) -> None:
    told = demo.post("/api/v1/code", json={"text": "El canciller dijo que las conversaciones seguirán."})
    assert told.json()["items"] == [] and "Spanish" in told.json()["reason"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 422),
        (b'{"text": ""}', 422),
        (b'{"text": "a", "more": 1}', 422),
        (b'{"text": "a", "published": 0}', 422),
        (b'{"text": "\\ud800"}', 422),
        (b'{"text": "a\\u0000"}', 422),
        (b'{"text": "' + b"a" * 100_001 + b'"}', 422),
        (b'{"text": "' + b"a" * (2 << 20) + b'"}', 413),
    ],
)
def test_a_text_that_cannot_be_coded_is_refused(demo: TestClient, body: bytes, status: int) -> None:
    response = demo.post("/api/v1/code", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"


def test_more_texts_than_may_wait_are_turned_away() -> None:
    bench = Bench(waiting=1, seconds=5)
    gate = threading.Event()

    async def crowd() -> list[Any]:
        work = [asyncio.create_task(bench.run(gate.wait)) for _ in range(4)]
        await asyncio.sleep(0.05)
        gate.set()
        return await asyncio.gather(*work, return_exceptions=True)

    done = asyncio.run(crowd())
    assert [isinstance(d, Problem) for d in done] == [False, False, True, True]
    assert done[3].status == 503 and ("Retry-After", "10") in done[3].headers
    bench.close()


def test_a_text_that_takes_too_long_lets_the_asker_go() -> None:
    bench = Bench(seconds=0.01)
    with pytest.raises(Problem, match="not coded within"):
        asyncio.run(bench.run(lambda: time.sleep(0.2)))
    bench.close()


# Hostile texts


HOSTILE = (
    '<script>alert(1)</script>\u202e\x1b[31m=cmd() & "Iran" condemned the United States on Thursday. \x9b2J'
)


class Quoting:
    """A coder whose one event is the whole text, whatever stands there."""

    name = "rules.v1"

    def code(self, document: Document) -> Iterator[Event]:
        [known] = rule_coder().code(make_document("Iran condemned the United States."))
        yield replace(known, document=document.id, start=0, end=len(document.text), text=document.text)


def test_a_hostile_text_is_plain_in_every_answer(tmp_path: Path) -> None:
    path = tmp_path / "hostile.sqlite"
    text = f"=HYPERLINK(1) {HOSTILE}"
    document = Document("a", text, title=HOSTILE, url="javascript:alert(1)", published=date(2026, 1, 8))
    with open_store(path) as store:
        assert store.add([document], Quoting()).events == 1
    with asking(make_app(path)) as client:
        for address in (EVENTS, "/api/v1/documents/a", "/api/v1/search?q=Iran", "/api/v1/exports/json"):
            response = client.get(address)
            assert response.headers["content-type"] == "application/json"
            assert response.headers["x-content-type-options"] == "nosniff"
            for obeyed in ("\x1b", "\x9b", "\u202e"):
                assert obeyed not in response.text
        assert get(client, EVENTS)["items"][0]["text"] == text  # nothing of it is lost
        rows = list(csv.DictReader(io.StringIO(client.get("/api/v1/exports/csv").text)))
        assert rows[0]["text"].startswith("'=HYPERLINK")
        assert json.loads(client.get("/api/v1/exports/jsonld").content)
        ElementTree.fromstring(client.get("/api/v1/exports/atom").content)


# Reading while another writes


def test_with_patience_nobody_waits_for_an_answer_that_is_made_anew(path: Path) -> None:
    with asking(make_app(path, patience=60)) as client:
        before = client.get(EVENTS)
        news(client, "Colombia condemned the United States on Thursday.", date(2026, 1, 9))
        tag = {"If-None-Match": before.headers["etag"]}
        assert client.get(EVENTS, headers=tag).status_code == 304  # as it was, at once
        end = time.monotonic() + 30
        while client.get(EVENTS, headers=tag).status_code == 304:
            assert time.monotonic() < end, "it is never made anew"
            time.sleep(0.02)
        assert client.get(EVENTS).content != before.content


def test_whoever_writes_at_the_desk_sees_the_store_as_it_is_now(path: Path) -> None:
    with asking(make_app(path, patience=60)) as client:
        tag = {"If-None-Match": client.get(EVENTS).headers["etag"]}
        news(client, "Colombia condemned the United States on Thursday.", date(2026, 1, 9))
        client.post("/api/v1/code", json={"text": "They met."})
        assert client.get(EVENTS, headers=tag).status_code == 200


def test_readers_are_served_while_another_process_writes(desk: TestClient, path: Path) -> None:
    stop = threading.Event()
    faults: list[str] = []

    def write() -> None:
        with open_store(path) as store:
            number = 0
            while not stop.is_set():
                number += 1
                text = f"Iran condemned the United States on Thursday, note {number}."
                store.add([make_document(text, published=date(2026, 1, 8))], rule_coder())

    def read() -> None:
        for _ in range(4):
            for address in (EVENTS, "/api/v1/pairs/USA/COL", "/api/v1/status"):
                response = desk.get(address)
                if response.status_code != 200:
                    faults.append(response.text)

    writer = threading.Thread(target=write)
    readers = [threading.Thread(target=read) for _ in range(3)]
    writer.start()
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    stop.set()
    writer.join()
    assert faults == []
