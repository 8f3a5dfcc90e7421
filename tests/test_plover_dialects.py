"""PLOVER records in both dialects, and files that are not quite JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from detente.formats import find
from detente.formats.importing import Imported, import_file
from detente.formats.plover_reading import events_of
from detente.records import Event, Party, Status
from detente.sources import make_document
from detente.store import open_store
from detente.store.imported import ImportedEvent

NEW: dict[str, Any] = {
    "id": "X-1",
    "date": "2016-07-24",
    "actor": [{"code": "PER", "sector": "MED", "entity_text": "doctors"}],
    "recipient": [{"code": "BOL"}],
    "event": ["CONSULT"],
    "mode": ["visit", "negation"],
    "context": ["diplomatic", "humanitarian"],
    "quad_code": 1,
    "event_scale": 4,
    "cite_info": {"url": "https://example.org/a", "publication": "Post", "language": "en"},
    "event_loc": {"resolved_place": "Lima", "country_code": "PER", "lat": -12.0, "lon": -77.0},
    "link": "S-1",
}
OLD: dict[str, Any] = {
    "id": "OLD-1",
    "date": "2000-01-01",
    "source": [{"actorText": "reporters", "code": "PER", "sector": "MED"}],
    "target": [{"actorText": "nurses", "code": "BOL", "sector": "HLH"}],
    "event": "AGREE",
    "eventText": "agreed",
    "context": "",
    "mode": "",
    "text": "Reporters and nurses agreed.",
    "textInfo": {"markup": "(SRC: Reporters) and (TAR: nurses) (EVT: agreed)."},
    "language": "en",
    "publication": "Hand",
    "version": "0.5b1",
    "dateCoded": "2016-12-12",
}


def one(record: dict[str, Any]) -> ImportedEvent:
    [event] = events_of(record)
    return event


def imported(tmp_path: Path, text: str) -> tuple[Imported, list[ImportedEvent]]:
    path = tmp_path / "plover.jsonl"
    path.write_text(text, encoding="utf-8")
    with open_store(":memory:") as store:
        return import_file(store, str(path)), list(store.imported())


def test_a_record_of_the_manual_is_read_with_status_from_its_auxiliary_mode() -> None:
    event = one(NEW)
    assert (event.scheme, event.code_scheme, event.key) == ("plover", "PLOVER", "X-1")
    assert (event.event, event.modes, event.status) == ("CONSULT", ("visit",), "negated")
    assert event.code_modes == ("visit", "negation")
    assert event.contexts == ("diplomatic",)  # "humanitarian" is no context of the manual
    assert (event.code_quad, event.code_score, event.quad, event.score) == (1, 4.0, 1, 4.0)
    assert event.actor and event.actor.sectors == ("MED",)
    assert (event.url, event.publisher, event.story) == ("https://example.org/a", "Post", "S-1")
    assert (event.place, event.country, event.latitude) == ("Lima", "PER", -12.0)


def test_the_old_dialect_says_source_and_target_and_has_other_sectors() -> None:
    event = one(OLD)
    assert (event.scheme, event.code_scheme) == ("plover-old", "PLOVER 0.5b1")
    assert event.actor and event.recipient
    assert (event.actor.name, event.actor.sectors, event.actor.own_sectors) == (
        "reporters",
        ("JRN",),
        ("MED",),
    )
    assert event.recipient.sectors == ("MED",)
    assert (event.text, event.publisher, event.language) == ("Reporters and nurses agreed.", "Hand", "en")


@pytest.mark.parametrize(
    ("gone", "today"),
    [("DEMAND", "REQUEST"), ("FIGHT", "ASSAULT"), ("DISAPPROVE", "ACCUSE"), ("INVESTIGATE", "ACCUSE")],
)
def test_types_that_have_gone_become_those_of_today_and_stay_as_codes(gone: str, today: str) -> None:
    for record in (OLD | {"event": gone}, NEW | {"event": [gone], "mode": []}):
        event = one(record)
        assert (event.code, event.event) == (gone, today)


def test_a_document_record_is_no_event() -> None:
    event = one(OLD | {"event": "DOCUMENT"})
    assert (event.code, event.event, event.quad) == ("DOCUMENT", None, None)
    assert event.event_reason == "DOCUMENT marks a text, not an event"


def test_a_record_that_has_no_event_says_so() -> None:
    assert one(NEW | {"has_event": False}).event is None


def test_parties_that_act_together_are_paired_with_one_another_only_where_that_is_said() -> None:
    two = [{"code": "PER"}, {"code": "BOL"}]
    both = OLD | {"source": two, "target": ""}
    assert [(e.actor and e.actor.code, e.recipient) for e in events_of(both)] == [
        ("PER", None),
        ("BOL", None),
    ]
    marked = both | {"textInfo": {"markup": "(SRC/TAR: A) and (SRC/TAR: B)"}}
    assert [(e.actor and e.actor.code, e.recipient and e.recipient.code) for e in events_of(marked)] == [
        ("PER", "BOL")
    ]
    mutual = NEW | {"actor": two, "recipient": two}
    assert [(e.actor and e.actor.code, e.recipient and e.recipient.code) for e in events_of(mutual)] == [
        ("PER", "BOL")
    ]


def test_several_types_and_parties_are_dyads_of_one_record() -> None:
    record = NEW | {"event": ["CONSULT", "AGREE"], "recipient": [{"code": "BOL"}, {"code": "JAP"}]}
    events = list(events_of(record))
    assert [(e.dyad, e.event) for e in events] == [(1, "CONSULT"), (2, "CONSULT"), (3, "AGREE"), (4, "AGREE")]
    assert len({e.act for e in events}) == 2 and {e.id for e in events} == {"plover:X-1"}
    last = events[-1].recipient
    assert last and last.code is None and "'JAP' is no country" in (last.reason or "")


def test_dates_without_quotes_and_commas_before_brackets_are_mended(tmp_path: Path) -> None:
    text = (
        '{"id": "a", "date": 2016-07-24, "actor": [{"code": "USA"}], "event": ["CONSULT"],'
        ' "text": "on 2016-07-24, } he said"}\n'
        '{"id": "b", "date": "2016-07-25", "actor": [{"code": "USA"},], "event": ["CONSULT"],}\n'
    )
    done, events = imported(tmp_path, text)
    assert done.wrong == 0
    assert [(e.key, e.date) for e in events] == [("a", "2016-07-24"), ("b", "2016-07-25")]
    assert events[0].text == "on 2016-07-24, } he said"


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([NEW, OLD]),
        json.dumps([NEW, OLD], indent=4),
        f"{json.dumps(NEW)}\n\n{json.dumps(OLD)}\n",
        f"{json.dumps(NEW, indent=1)},\n{json.dumps(OLD, indent=1)},\n",
        f"\ufeff[\n{json.dumps(NEW)},\n{json.dumps(OLD)}\n]\n",
    ],
)
def test_an_array_lines_and_a_list_without_brackets_are_the_same(tmp_path: Path, text: str) -> None:
    done, events = imported(tmp_path, text)
    assert (done.format, done.rows, done.wrong) == ("plover", 2, 0)
    assert [e.key for e in events] == ["X-1", "OLD-1"]


def test_broken_records_are_listed_with_their_lines_and_the_others_kept(tmp_path: Path) -> None:
    lines = [
        json.dumps(NEW),
        '{"id": "broken", "event": [}',
        json.dumps(NEW | {"id": None}),
        json.dumps(NEW | {"id": "x", "date": "soon"}),
        json.dumps({"id": "y", "event": ["CONSULT"]}),
        '{"id": "open", "actor": [',
        json.dumps(NEW | {"id": "X-2"}),
        "nonsense",
    ]
    done, events = imported(tmp_path, "\n".join(lines))
    assert [e.key for e in events] == ["X-1", "X-2"]
    assert [f.line for f in done.first_wrong] == [2, 3, 4, 5, 6, 8]
    assert done.first_wrong[3].reason == "field 'date' is missing"


def test_our_own_records_come_back_with_type_status_and_parties(tmp_path: Path) -> None:
    paper = make_document("Peru did not meet Bolivia.", id="a", published="2026-01-08")
    event = Event(
        "a", 0, 26, paper.text, "CONSULT", (Party("PER", "Peru", 0, 4, "GOV"),), (Party("BOL", "Bolivia"),),
        False, Status.NEGATED, "meet", 13, 1, modes=("visit",), date_reason="no word of time",
    )  # fmt: skip
    done, [back] = imported(tmp_path, b"".join(find("plover").write([event], {"a": paper})).decode())
    assert done.wrong == 0
    assert (back.key, back.event, back.modes, back.status) == (event.id, "CONSULT", ("visit",), "negated")
    assert (back.date, back.date_is_publication) == ("2026-01-08", True)
    assert back.actor and (back.actor.code, back.actor.sectors) == ("PER", ("GOV",))
