"""Events as linked data, as a feed of turns and as a database."""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from detente.formats import export
from detente.formats.atom import feed, turns_of
from detente.formats.jsonld import CONTEXT, annotation
from detente.formats.tables import COLUMNS
from detente.records import Document, Event, Party, Status, Turn, Voice
from detente.sources import make_document

TEXT = (
    "Envoys arrived. The minister said that Peru and Bolivia had agreed to meet in Lima, a joint note said."
)
WORDS = "Peru and Bolivia had agreed to meet in Lima"
START = TEXT.index(WORDS)
PAPER = replace(
    make_document(
        TEXT,
        id="a",
        title="A <note> & more",
        url="https://example.org/a?b=1&c=2",
        published="2026-01-08",
        publisher="Post",
        language="en",
    ),
    retrieved=datetime(2026, 1, 9, 12, tzinfo=UTC),
)
AGREED = Event(
    document="a",
    start=START,
    end=START + len(WORDS),
    text=WORDS,
    event="AGREE",
    actor=(Party("PER", "Peru", START, START + 4), Party("BOL", "Bolivia", START + 9, START + 16)),
    recipient=(),
    symmetric=True,
    status=Status.ACTUAL,
    trigger="agreed",
    trigger_start=TEXT.index("agreed"),
    quad=1,
    date="2026-01-07",
    speaker="the minister",
    voice=Voice.SPEAKER,
    confidence=0.8,
)


def graph(*events: Event, documents: tuple[Document, ...] = (PAPER,)) -> dict[str, dict[str, Any]]:
    out = io.BytesIO()
    export(events, documents, "jsonld", out)
    whole = json.loads(out.getvalue())
    assert whole["@context"] == list(CONTEXT)
    nodes = {node["id"]: node for node in whole["@graph"]}
    assert len(nodes) == len(whole["@graph"]), "no node is told twice"
    return nodes


def test_the_words_of_an_event_are_an_annotation_with_both_selectors() -> None:
    node = graph(AGREED)[f"urn:detente:evidence:{AGREED.id}"]
    assert (node["type"], node["motivation"]) == ("Annotation", "identifying")
    assert node["body"] == {"type": "SpecificResource", "source": f"urn:detente:event:{AGREED.id}"}
    target = node["target"]
    assert target["source"] == PAPER.url
    assert target["state"] == {"type": "TimeState", "sourceDate": "2026-01-09T12:00:00+00:00"}
    position, quote = target["selector"]
    assert position == {"type": "TextPositionSelector", "start": START, "end": START + len(WORDS)}
    assert TEXT[position["start"] : position["end"]] == quote["exact"] == WORDS
    # The quotation finds its place again by what stands around it.
    assert quote["prefix"] + quote["exact"] + quote["suffix"] in TEXT
    assert 0 < len(quote["prefix"]) <= 32 and quote["suffix"].startswith(", a joint")


def test_without_its_document_the_quotation_has_nothing_around_it() -> None:
    target = annotation(AGREED, None)["target"]
    assert target["source"] == "urn:detente:document:a"
    assert "prefix" not in target["selector"][1] and "state" not in target


def test_document_run_and_event_are_tied_as_prov_says() -> None:
    nodes = graph(AGREED)
    event = nodes[f"urn:detente:event:{AGREED.id}"]
    run = nodes[event["prov:wasGeneratedBy"]["id"]]
    assert run["type"] == "prov:Activity"
    agent = nodes[run["prov:wasAssociatedWith"]["id"]]
    assert (agent["schema:name"], bool(agent["schema:softwareVersion"])) == (AGREED.coder, True)
    for relation in ("prov:wasDerivedFrom", "prov:wasQuotedFrom"):
        assert "prov:Entity" in nodes[event[relation]["id"]]["type"]
    assert (event["detente:plover"], event["detente:status"]) == ("AGREE", "actual")
    assert [p["detente:code"] for p in event["detente:actor"]] == ["PER", "BOL"]


def test_a_document_is_a_news_article_without_its_text() -> None:
    node = graph(AGREED)["urn:detente:document:a"]
    assert node["type"][0] == "schema:NewsArticle"
    assert (node["schema:headline"], node["schema:datePublished"]) == (PAPER.title, "2026-01-08")
    assert node["schema:publisher"] == {"type": "schema:Organization", "schema:name": "Post"}
    assert node["schema:sha256"] == PAPER.sha256 != ""
    assert TEXT not in json.dumps(node)


def test_what_a_speaker_says_is_a_claim_and_a_denial_is_marked() -> None:
    denied = replace(AGREED, status=Status.NEGATED, event="CONSULT")
    nodes = graph(AGREED, denied, replace(AGREED, voice=Voice.WRITER, event="SUPPORT", speaker=None))
    claims = [n for n in nodes.values() if n["type"] == "schema:Claim"]
    assert [c["detente:denial"] for c in claims] == [False, True]
    assert claims[0]["schema:author"]["schema:name"] == "the minister"
    assert claims[0]["schema:appearance"] == [{"id": "urn:detente:document:a"}]
    assert not any("ClaimReview" in json.dumps(n) for n in nodes.values())


def test_every_name_in_the_graph_is_one_of_the_context_or_the_annotations() -> None:
    prefixes = {"schema", "prov", "detente"}
    own = {"id", "type", "motivation", "body", "target", "source", "selector", "state", "sourceDate"}
    own |= {"start", "end", "exact", "prefix", "suffix"}

    def names(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value).union(*(names(v) for v in value.values()))
        return set().union(*(names(v) for v in value)) if isinstance(value, list) else set()

    found = set().union(*(names(n) for n in graph(AGREED).values()))
    assert {n for n in found if n.split(":")[0] not in prefixes} <= own


# Atom

SPACE = {"a": "http://www.w3.org/2005/Atom"}
TURN = Turn(
    pair=("BOL", "PER"),
    day=date(2026, 1, 7),
    direction="thaw",
    odds=20.0,
    events=(AGREED.id,),
    firmness=0.9,
    known_on=date(2026, 1, 8),
)


def read_feed(*turns: Turn, documents: dict[str, Document] | None = None) -> ElementTree.Element:
    known = {"a": PAPER} if documents is None else documents
    return ElementTree.fromstring(b"".join(feed(turns, {AGREED.id: AGREED}, known)))


def test_a_turn_is_an_entry_with_title_day_and_evidence() -> None:
    root = read_feed(TURN)
    assert root.findtext("a:updated", "", SPACE) == "2026-01-08T00:00:00Z"
    [entry] = root.findall("a:entry", SPACE)
    assert entry.findtext("a:title", "", SPACE) == "A thaw: Bolivia and Peru, 2026-01-07"
    content = entry.findtext("a:content", "", SPACE)
    assert WORDS in content and "Post, 2026-01-08" in content and "20 times likelier" in content
    [link] = entry.findall("a:link", SPACE)
    assert link.get("href") == PAPER.url


def test_a_turn_keeps_its_id_so_that_readers_show_it_once() -> None:
    ids = [
        read_feed(turn).findtext("a:entry/a:id", "", SPACE)
        for turn in (
            TURN,
            replace(TURN, odds=40.0, pair=("PER", "BOL")),
            replace(TURN, direction="escalation"),
        )
    ]
    assert ids[0] == ids[1] != ids[2]


def test_a_feed_has_what_atom_requires_even_without_entries() -> None:
    root = read_feed()
    for name in ("title", "id", "updated", "author/a:name"):
        assert root.findtext(f"a:{name}", "", SPACE)
    assert root.findall("a:entry", SPACE) == []


def test_hostile_words_do_not_break_the_feed() -> None:
    hostile = replace(AGREED, text="]]><script>\x00\x07 & “x”")
    paper = replace(PAPER, url='https://example.org/"><x>')
    turn = replace(TURN, events=(hostile.id,), reason="a < b", odds=None)
    content = b"".join(feed([turn], {hostile.id: hostile}, {"a": paper}))
    root = ElementTree.fromstring(content)
    assert "<script>" not in (root.findtext("a:entry/a:content", "", SPACE))
    assert root.find("a:entry/a:link", SPACE).get("href") == paper.url  # type: ignore[union-attr]


def test_the_feed_of_the_demo_has_its_thaw() -> None:
    from detente.cli.demo import storyline
    from detente.coding.coder import rule_coder

    coder = rule_coder()
    documents = {d.id: d for d in storyline()}
    events = [e for d in documents.values() for e in coder.code(d)]
    found = turns_of(events, documents)
    assert ("thaw", ("COL", "USA")) in {(t.direction, tuple(sorted(t.pair))) for t in found}
    out = io.BytesIO()
    export(events, documents, "atom", out)
    assert len(ElementTree.fromstring(out.getvalue()).findall("a:entry", SPACE)) == len(found)


# SQLite


def test_a_database_has_the_columns_of_the_tables_and_the_parties(tmp_path: Path) -> None:
    path = tmp_path / "events.sqlite"
    assert export([AGREED, AGREED], [PAPER], "sqlite", path) == 2
    with closing(sqlite3.connect(path)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(events)")]
        assert columns == [name for name, _ in COLUMNS]
        [row] = connection.execute(
            "SELECT event_id, actor, recipient, day_first, modes, symmetric, score FROM events"
        )
        parties = connection.execute("SELECT side, position, code FROM parties ORDER BY 1, 2").fetchall()
    assert row == (AGREED.id, "PER", "BOL", "2026-01-07", "[]", 1, 2.5)
    assert parties == [("actor", 0, "PER"), ("actor", 1, "BOL")]


@pytest.mark.parametrize("format", ["sqlite", "jsonld", "atom"])
def test_nothing_to_write_is_still_a_whole_file(format: str) -> None:
    out = io.BytesIO()
    assert export([], [], format, out) == 0
    assert out.getvalue()


def test_a_feed_links_to_nothing_but_the_web() -> None:
    root = read_feed(TURN, documents={"a": replace(PAPER, url="javascript:alert(1)")})
    assert root.findall("a:entry", SPACE) and not root.findall("a:entry/a:link", SPACE)
