"""`detente.Client` against a desk that really serves: what it gives is what the store holds."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx
import polars
import pytest
from desk_examples import NOW, TODAY, make_app, make_store, serving

import detente
from detente.api import dossier, open_store
from detente.client import Client
from detente.errors import DateError, FetchError, InputError, StoreError, UnknownActor
from detente.relations.scorecard import file_forecast
from detente.store import Store
from detente.store.tokens import Scope, Tokens

PAIR = ("USA", "COL")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = make_store(tmp_path_factory.mktemp("client") / "demo.sqlite")
    with open_store(made) as store:
        said = detente.outlook(store, PAIR, as_of="2026-01-08")
        store.file_forecast(file_forecast(said, filed_on=date(2026, 1, 8)))
    return made


@pytest.fixture(scope="module")
def address(path: Path) -> Iterator[str]:
    with serving(make_app(path)) as found:
        yield found


@pytest.fixture
def desk(address: str) -> Iterator[Client]:
    with detente.Client(address) as client:
        yield client


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with open_store(path) as opened:
        yield opened


def test_the_events_of_the_client_are_those_of_the_store(desk: Client, store: Store) -> None:
    asked = {"pair": PAIR, "since": date(2026, 1, 1), "status": "actual"}
    found = list(desk.events(**asked))
    assert len(found) > 10
    assert {e.id: e for e in found} == {e.id: e for e in store.events(**asked)}


def test_a_limit_is_kept_over_pages(desk: Client, store: Store) -> None:
    assert len(list(desk.events(limit=3))) == 3
    assert len(list(desk.events())) == len(store.events())


def test_one_event_and_its_document_hold_the_same_words(desk: Client) -> None:
    [event] = desk.events(speaker="petro", limit=1)
    assert desk.event(event.id) == event
    document = desk.document(event.document)
    assert document.text[event.start : event.end] == event.text


def test_documents_come_back_whole(desk: Client, store: Store) -> None:
    found = {d.id: d for d in desk.documents()}
    assert found == {d.id: d for d in store.documents()}


def test_stories_come_back_whole_also_as_of_a_day(desk: Client, store: Store) -> None:
    assert {s.id: s for s in desk.stories()} == {s.id: s for s in store.stories()}
    day = date(2026, 1, 6)
    then = {s.id: s for s in desk.stories(pair=PAIR, as_of=day)}
    assert then == {s.id: s for s in store.stories(pair=PAIR, as_of=day)}
    some = next(iter(then.values()))
    assert desk.story(some.id, as_of="2026-01-06") == some


def test_what_is_worked_out_of_a_pair_is_what_the_library_works_out(desk: Client, store: Store) -> None:
    day = "2026-01-08"
    assert desk.turns(PAIR, as_of=day) == detente.turns(store, PAIR, day)
    assert desk.positions(PAIR, as_of=day) == detente.positions(store, PAIR, day)
    assert desk.outlook(PAIR, as_of=day) == detente.outlook(store, PAIR, day)
    other = detente.outlook(store, PAIR, day, question="escalation", horizon=30)
    assert desk.outlook(PAIR, as_of=day, question="escalation", horizon=30) == other


def test_a_pair_has_levels_to_the_day_asked_about(desk: Client, store: Store) -> None:
    from detente.relations.series import acts, levels

    found = desk.pair("United States", "Colombia", as_of="2026-01-08")
    known = dossier(store, PAIR, "2026-01-08")
    counted = acts(known.events, known.published, known.pair, known.as_of, known.stories)
    assert found.pair == PAIR and found.reason is None
    start = max(counted[0].day, date(2025, 1, 8))
    assert list(found.levels) == levels(counted, start=start, end=known.as_of, as_of=known.as_of)


def test_pairs_are_ranked_by_reports_and_go_by_the_day(desk: Client) -> None:
    all_of_them = list(desk.pairs(as_of=TODAY))
    assert all_of_them[0][:2] == ("COL", "USA")
    assert [n for *_, n in all_of_them] == sorted((n for *_, n in all_of_them), reverse=True)
    earlier = {(a, b): n for a, b, n in desk.pairs(as_of="2025-12-31")}
    assert 0 < earlier["COL", "USA"] < all_of_them[0][2]


def test_a_search_marks_the_words_it_found(desk: Client) -> None:
    found = desk.search("Petro Trump", limit=2)
    assert len(found) == 2
    for hit in found:
        words = {hit.snippet[a:b].lower() for a, b in hit.marks}
        assert words and words <= {"petro", "trump"}


def test_a_filed_forecast_comes_back_as_it_was_filed(desk: Client, store: Store) -> None:
    assert list(desk.forecasts(pair=("COL", "USA"))) == store.forecasts()
    assert list(desk.forecasts(state="resolved")) == []
    assert list(desk.forecasts(as_of="2026-01-07")) == []


def test_an_exported_file_holds_the_events_asked_for(desk: Client, store: Store) -> None:
    ids = {e.id for e in store.events(pair=PAIR)}
    frame = polars.read_parquet(io.BytesIO(desk.export("parquet", pair=PAIR)))
    assert set(frame["event_id"]) == ids
    assert desk.export("csv").startswith(b"event_id,dyad")


def test_a_text_is_coded_and_not_kept(desk: Client, store: Store) -> None:
    before = desk.status()["store"]
    text = "Iran condemned the United States on Friday."
    assert desk.code(text, published="2026-01-10") == detente.code(
        text, published="2026-01-10", coder="rules"
    )
    assert desk.status()["store"] == before


def test_errors_of_the_desk_are_those_of_the_package(desk: Client) -> None:
    with pytest.raises(UnknownActor, match="did you mean COL"):
        list(desk.events(pair=("USA", "Columbia")))
    with pytest.raises(InputError, match="as_of: all stories"):
        list(desk.stories(as_of="2026-01-08"))
    with pytest.raises(InputError, match="no event 'nothing'"):
        desk.event("nothing")
    with pytest.raises(InputError, match="is no pair"):
        desk.turns(("USA",))  # type: ignore[arg-type]


def test_a_token_opens_a_desk_that_demands_one(path: Path) -> None:
    with open_store(path) as store:
        _, secret = Tokens(store).make("test", Scope.READ, now=NOW)
    with serving(make_app(path, open_to_all=False)) as address:
        with Client(address) as stranger, pytest.raises(FetchError, match="have a token"):
            stranger.status()
        with Client(address, token=secret) as known:
            assert known.status()["store"]["documents"] == 18


def test_where_nobody_answers_the_error_says_how_to_start_a_desk() -> None:
    with Client("http://127.0.0.1:1") as desk, pytest.raises(FetchError, match="detente serve"):
        desk.status()


@pytest.mark.parametrize(
    ("status", "kind", "error"),
    [
        (503, "store", StoreError),
        (422, "date", DateError),
        (403, "scope", FetchError),
        (404, "missing", InputError),
    ],
)
def test_a_problem_is_the_error_of_its_kind(status: int, kind: str, error: type[Exception]) -> None:
    told = {"type": f"urn:detente:problem:{kind}", "detail": "what", "todo": "do", "status": status}
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json=told))
    with Client(transport=transport) as desk, pytest.raises(error, match="what; do"):
        desk.status()


def test_an_answer_that_is_no_desk_is_said_to_be_none() -> None:
    for body in (httpx.Response(200, text="<html>"), httpx.Response(404, text="no")):
        transport = httpx.MockTransport(lambda _, body=body: body)
        with Client(transport=transport) as desk, pytest.raises(FetchError, match="not that of a desk"):
            desk.status()
