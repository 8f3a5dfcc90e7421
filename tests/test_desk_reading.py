"""The pages to read: articles, acts, stories, search, scorecard, sources, alerts, method."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from desk_examples import asking, make_app
from desk_reading import extra, furnish
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from detente.desk.finding import mended, named_in
from detente.desk.marking import KINDS, Span, cut, paragraphs, part_of
from detente.desk.method import as_page, topics
from detente.records import Document, Event, Party, Quote, Status, Voice
from detente.store import Failure, open_store
from detente.store.reading_state import Alert, ReadingState, SourceState

NOW = dt.datetime(2026, 1, 9, 12, tzinfo=dt.UTC)
SUNDAY = "demo-2026-01-05-sounds-good"


@dataclass(frozen=True)
class Full:
    """A desk on a furnished store, with the ids that tests ask for."""

    client: TestClient
    path: Path
    long: str

    def page(self, address: str, status: int = 200) -> str:
        answer = self.client.get(address)
        assert answer.status_code == status, (address, answer.status_code)
        return answer.text

    def words(self, address: str, status: int = 200) -> str:
        return words(self.page(address, status))


def words(page: str) -> str:
    """A page as text."""
    page = re.sub(r"<(?:svg|script).*?</(?:svg|script)>", " ", page, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Full]:
    path = furnish(tmp_path_factory.mktemp("reading") / "store.sqlite")
    long = extra(path)
    with asking(make_app(path)) as client:
        yield Full(client, path, long)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    path = tmp_path_factory.mktemp("empty") / "store.sqlite"
    with open_store(path):
        pass
    with asking(make_app(path)) as client:
        yield client


# Marks


spans = st.lists(
    st.builds(
        lambda a, b, kind, n: Span(a, b, kind, kind, n if kind == "act" else None, str(n)),
        st.integers(-3, 40),
        st.integers(-3, 40),
        st.sampled_from(KINDS),
        st.integers(1, 5),
    ),
    max_size=12,
)


@given(st.text(max_size=36), spans, st.integers(0, 36), st.integers(0, 36))
def test_however_marks_overlap_the_pieces_are_the_text_and_know_what_lies_over_them(
    text: str, marks: list[Span], start: int, end: int
) -> None:
    if start > end:
        start, end = end, start
    pieces = cut(text, marks, start, end)
    assert "".join(p.text for p in pieces) == text[start:end]
    at = start
    for piece in pieces:
        for place in range(at, at + len(piece.text)):
            over = [s for s in marks if s.start <= place < s.end]
            assert sorted(map(id, over)) == sorted(map(id, piece.over))
        at += len(piece.text)


def test_every_act_has_its_number_once_where_it_begins() -> None:
    text = "He met Ana.\nThey spoke."
    marks = [Span(0, 23, "act", "CONSULT", 1, "a"), Span(3, 10, "act", "AGREE", 2, "b")]
    lines = paragraphs(cut(text, marks))
    begins = [[s.number for p in line for s in p.begins] for line in lines]
    assert begins == [[1, 2], []]
    assert ["".join(p.text for p in line) for line in lines] == text.split("\n")


@given(st.text(alphabet="ab\n", min_size=1, max_size=200), st.integers(5, 60))
def test_the_parts_of_a_long_text_are_the_text(text: str, most: int) -> None:
    *_, count = part_of(text, 1, most)
    bounds = [part_of(text, n, most)[:2] for n in range(1, count + 1)]
    assert "".join(text[a:b] for a, b in bounds) == text
    assert all(b - a <= most for a, b in bounds)


# Articles


def test_an_article_marks_acts_actors_quotations_and_dates_where_they_stand(full: Full) -> None:
    page = full.page(f"/articles/{SUNDAY}")
    body = page[page.index('<div class="text"') : page.index("</div>", page.index('<div class="text"'))]
    for kind in ("t-act", "t-actor", "t-quote", "t-date"):
        assert f'class="{kind}' in body or f" {kind}" in body
    assert 'title="4 Jan 2026"' in body  # "Sunday", in an article of Monday 5 January
    assert re.search(r'title="[^"]*Donald Trump', body)
    with open_store(full.path) as store:
        text = store.document(SUNDAY).text  # type: ignore[union-attr]
        ids = [e.id for e in store.events(document=SUNDAY)]
    assert all(body.count(f'href="/acts/{name}"') == 1 for name in ids)
    shown = re.sub(r'<a class="no.*?</a>', "", body, flags=re.S)
    assert " ".join(text.split()) in words(shown).replace(" ,", ",") or _bare(text) == _bare(words(shown))


def _bare(text: str) -> str:
    return "".join(text.split())


def test_an_article_says_which_of_its_acts_no_level_counts_and_why(full: Full) -> None:
    told = full.words(f"/articles/{SUNDAY}")
    assert "What was commentary" in told
    left = told[told.index("What was left out, and why") :]
    assert "it were attacked Told as possible only" in left


def test_commentary_stands_apart_from_the_acts_and_is_marked_as_such(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    said = "Washington should bomb Bogota"
    text = f"One columnist wrote: {said}. Nobody agreed."
    start = text.index(said)
    with open_store(path) as store:
        store.add([Document("d", text, "Opinion", None, dt.date(2026, 1, 1), "The Wire")])
        parties = (Party("USA", "Washington", start, start + 10),), (Party("COL", "Bogota"),)
        fields = ("d", start, start + len(said), said, "ASSAULT", *parties, False, Status.HYPOTHETICAL)
        store.add_events(
            [Event(*fields, "bomb", start + 18, 4, speaker="A columnist", voice=Voice.COMMENTARY)]
        )
    with asking(make_app(path)) as client:
        page = client.get("/articles/d").text
    told = words(page)
    assert "t-aside" in page and "t-down" not in page[page.index('class="text"') : page.index("h-acts")]
    assert "Acts 0" in told
    aside = told[told.index("What was commentary") : told.index("What was left out")]
    assert said in aside and "A columnist" in aside


def test_an_act_in_the_address_opens_beside_the_text_and_lights_up_in_it(full: Full) -> None:
    with open_store(full.path) as store:
        act, other = store.events(document=SUNDAY)[0], store.events(document="demo-2026-01-07-call")[0]
    page = full.page(f"/articles/{SUNDAY}?act={act.id}")
    assert 'id="evidence"' in page
    assert "t-open" in page
    for wrong in (other.id, "nonsense", "0" * 16):
        assert 'id="evidence"' not in full.page(f"/articles/{SUNDAY}?act={wrong}")


def test_each_sentence_that_gave_no_act_says_why(full: Full) -> None:
    told = full.words(f"/left-out/{SUNDAY}")
    assert "sentences gave acts" in told
    assert "its rows in the lexicon need other words beside it" in told
    full.page("/left-out/nothing", 404)


def test_a_withdrawn_article_stays_to_be_read_and_says_that_it_does_not_count(full: Full) -> None:
    told = full.words("/articles/demo-2026-01-08-square")
    assert "This article does not count: withdrawn: the agency withdrew it." in told


def test_corrections_stand_on_the_page_of_their_article(full: Full) -> None:
    with open_store(full.path) as store:
        [standing] = store.corrections()
    assert standing.document
    told = full.words(f"/articles/{standing.document}")
    assert "Ana Gil" in told and "nobody did this" in told


def test_a_long_text_comes_in_parts_and_an_act_opens_the_part_it_stands_in(full: Full) -> None:
    address = f"/articles/{quote(full.long, safe='')}"
    first, second = full.page(address), full.page(f"{address}?part=2")
    assert "Part 1 of" in first and "Paragraph 0." in words(first)
    assert "Part 2 of" in second and "Paragraph 0." not in words(second)
    for part in ("99999", "-1", "x", "1" * 400):
        assert "Part " in full.page(f"{address}?part={part}")
    assert "Paragraph 0." in full.words("/articles/a/long one")  # the id may have a slash in it


@pytest.mark.parametrize(
    "id", ["nope", "%00", "%ED%A0%80", "..%2F..%2Fetc%2Fpasswd", "%3Cscript%3E", "x" * 3000]
)
def test_an_article_that_is_not_there_is_a_page_with_the_next_command(full: Full, id: str) -> None:
    page = full.page(f"/articles/{id}", 404)
    assert "detente read URL" in page
    assert "<script>" not in page


# Acts and stories


def test_the_page_of_an_act_has_its_form_and_leads_to_its_article_and_story(full: Full) -> None:
    with open_store(full.path) as store:
        act = store.events(document=SUNDAY)[0]
        story = store.stories(document=SUNDAY)[0].id
    page = full.page(f"/acts/{act.id}")
    assert 'action="/corrections"' in page and 'name="csrf"' in page
    assert f'href="/articles/{SUNDAY}?act={act.id}"' in page
    assert 'href="/stories/' in page
    assert full.client.get(f"/stories/{story}").status_code == 200


def test_stories_are_filtered_by_their_address_and_each_page_goes_on_where_the_last_ended(full: Full) -> None:
    with open_store(full.path) as store:
        every = {s.id for s in store.stories()}
        threats = {s.id for s in store.stories(pair=("USA", "COL"), event="THREATEN")}
    seen: list[str] = []
    address: str | None = "/stories"
    while address:
        page = full.page(address)
        seen += re.findall(r'class="words" href="/stories/(\w+)"', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = html.unescape(found[1]) if found else None
    assert sorted(seen) == sorted(every)
    page = full.page("/stories?party=Colombia&with=USA&type=THREATEN")
    assert set(re.findall(r'class="words" href="/stories/(\w+)"', page)) == threats != set()
    assert 'value="Colombia"' in page
    assert "No story fits." in full.words("/stories?from=1990-01-01&to=1990-02-01")


def test_a_slip_in_the_country_of_the_stories_leads_back_with_the_rest_kept(full: Full) -> None:
    page = full.page("/stories?type=AID&party=Columbia", 404)
    assert 'href="/stories?type=AID&amp;party=COL"' in page


def test_a_story_lists_all_its_reports_and_its_sources(full: Full) -> None:
    with open_store(full.path) as store:
        story = max(store.stories(), key=lambda s: len(s.events))
    page = full.page(f"/stories/{story.id}")
    assert all(f'href="/acts/{name}"' in page for name in story.events)
    assert full.client.get(f"/stories/{story.events[-1]}").headers["location"] == f"/stories/{story.id}"
    assert "is no story’s id" in full.words("/stories/%3Cb%3E", 404)
    assert "There is no story" in full.words(f"/stories/{'0' * 16}", 404)
    assert full.client.get("/stories?after=zz~1&from=2025-13-01").status_code == 422


# Search


def test_a_search_finds_articles_acts_and_what_people_are_quoted_with(full: Full) -> None:
    page = full.page("/search?q=Petro+call")
    assert "<mark>Petro</mark>" in page
    told = words(page)
    assert "Articles 6" in told
    assert "Petro asked Trump for help" in told[told.index("Acts ") :]
    assert "Benedetti" in told[told.index("Quotations") :]


def test_a_name_with_a_slip_in_it_is_found_and_the_page_says_so(full: Full) -> None:
    told = full.words("/search?q=Petrro")
    assert "Nothing holds “Petrro”. Shown is petro" in told
    assert "Articles 0" not in told
    assert "Nothing holds all these words." in full.words("/search?q=Petrro&exact=1")


def test_countries_that_are_named_are_one_step_away(full: Full) -> None:
    assert 'href="/pairs/COL/USA"' in full.page("/search?q=colombia+and+the+united+states")
    assert "Did you mean" in full.words("/search?q=Columbia")
    assert 'href="/countries/COL"' in full.page("/search?q=Columbia")


@pytest.mark.parametrize(
    "typed",
    ['"', "* OR (", "NEAR(a b)", "'; DROP TABLE documents;--", "%", "\x00", "a" * 5000, "\ud83d\ude00"],
)
def test_nothing_that_is_typed_into_the_search_breaks_it(full: Full, typed: str) -> None:
    text = typed.encode("utf-16", "surrogatepass").decode("utf-16")
    assert full.client.get("/search", params={"q": text}).status_code == 200


def test_a_kept_quotation_is_found_by_its_words(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with open_store(path) as store:
        store.add([Document("d", "Ana said 100% of it is a lie_told.", "T", None, dt.date(2026, 1, 1))])
        store.add_quotes([Quote(9, 33, "100% of it is a lie_told", "direct", "Ana", document="d")])
    with asking(make_app(path)) as client:
        assert "a lie_told” Ana" in words(client.get("/search?q=lie_told").text).replace(" ”", "”")


def test_names_are_mended_and_words_that_are_none_are_left_alone() -> None:
    assert mended("Madurro spoke", {"maduro", "spoken"}, ["Madurro"]) == "maduro spoke"
    assert mended("xylophonist", {"maduro"}, ["xylophonist"]) is None
    assert [m.code for m in named_in("what did USA do to iran")] == ["USA", "IRN"]
    assert named_in("") == []


# Scorecard, sources, alerts, method


def test_the_scorecard_lists_every_forecast_and_plots_those_that_came_out(full: Full) -> None:
    page = full.page("/scorecard")
    told = words(page)
    assert page.count('<tr id="f-') == 24
    assert told.count("silent: not scored") == 1
    assert page.count('<circle class="point"') == 5 and "<script" not in page
    assert "19 scored" in " ".join(re.sub(r"(scored) (\d+)", r"\2 \1", told).split())
    for state, count in (("open", 4), ("resolved", 19), ("silent", 1)):
        assert full.page(f"/scorecard?state={state}").count('<tr id="f-') == count
    assert full.page("/scorecard?party=Colombia").count('<tr id="f-') == 6


def test_the_scorecard_says_when_the_ledger_was_changed(tmp_path: Path) -> None:
    import sqlite3

    path = furnish(tmp_path / "s.sqlite")
    with sqlite3.connect(path) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            if "forecast" in name:
                connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE forecasts SET body = body || ' ' WHERE number = 4")
    connection.close()
    with asking(make_app(path)) as client:
        assert "The ledger of forecasts cannot be relied on" in words(client.get("/scorecard").text)


def test_sources_tell_what_is_read_what_fails_and_what_was_withdrawn(full: Full) -> None:
    told = full.words("/sources")
    assert (
        "page https://ministry.example/news ✗ failed 4 times in a row , since 8 Jan 2026, 12:00 UTC" in told
    )
    assert "feed https://wire.example/rss ✓ was read 9 Jan 2026, 12:30 UTC 1" in told
    assert "names 2 feeds" in told
    assert "https://wire.example/lost/1 robots.txt forbids it" in told
    assert "Withdrawn: the agency withdrew it" in told
    assert "rules.v1 0.1.0" in told


def test_alerts_carry_their_evidence_and_say_whether_they_went_out(full: Full) -> None:
    page = full.page("/alerts")
    told = words(page)
    assert told.index("THREATEN USA > COL") < told.index("thaw between COL and USA")
    assert "not handed over yet" in told and "handed over 9 Jan 2026" in told
    assert "webhook https://hooks.example ✗ failed 3 times in a row" in told
    assert 'href="/pairs/COL/USA"' in page
    assert "THREATEN" not in full.words("/alerts?rule=thaw")


def test_looking_at_sources_and_alerts_makes_no_table_in_the_store(empty: TestClient) -> None:
    assert empty.get("/sources").status_code == empty.get("/alerts").status_code == 200
    desk = empty.app.state.desk  # type: ignore[attr-defined]
    import sqlite3

    connection = sqlite3.connect(desk.where)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]
    connection.close()
    assert not [name for name in names if name.startswith("reading_")]


def test_the_method_explains_every_topic_and_names_the_versions_in_force(full: Full) -> None:
    told = full.words("/method")
    for version in ("level.v1", "turn.v2", "story.v3", "scorecard.v2", "rules.v1", "minilm.v2"):
        assert version in told
    for name, topic in topics().items():
        page = full.page(f"/method/{name}")
        assert f"<h1>{topic.title}</h1>" in page
        assert "**" not in words(page) and "`" not in words(page)
    assert "Sanctions" in full.words("/method/acts") or "sanction" in full.words("/method/acts")
    assert "Model card: thaw.v1" in full.words("/method/outlook")
    assert "There is no page of the method" in full.words("/method/%3Cscript%3E", 404)


def test_versions_in_the_titles_of_the_method_are_those_in_force(full: Full) -> None:
    from detente.records import Level, Turn
    from detente.relations.scorecard import Card
    from detente.store.stories import DEFINITION

    known = topics()
    assert known["stories"].version == DEFINITION
    assert known["levels"].version == Level.__dataclass_fields__["definition"].default
    assert known["turns"].version == Turn.__dataclass_fields__["definition"].default
    assert known["scorecard"].version == Card.__dataclass_fields__["definition"].default


def test_the_marks_of_the_method_become_tags_and_everything_else_is_escaped() -> None:
    page = str(as_page("## One <b>\ntext **bold** `a*b*c`\n- x\n- y\n\n| a | b |\n|---|---|\n| <i> | 2 |"))
    assert page.startswith("<h2>One &lt;b&gt;</h2><p>text <strong>bold</strong> <code>a*b*c</code></p>")
    assert "<ul><li>x</li><li>y</li></ul>" in page
    assert "<td>&lt;i&gt;</td>" in page


# Empty stores


@pytest.mark.parametrize(
    ("address", "command"),
    [
        ("/stories", "detente read URL"),
        ("/search", "detente read URL"),
        ("/search?q=petro", "detente read URL"),
        ("/scorecard", "detente forecast"),
        ("/sources", "detente demo"),
        ("/alerts", "detente watch"),
    ],
)
def test_a_page_with_nothing_on_it_says_which_command_fills_it(
    empty: TestClient, address: str, command: str
) -> None:
    answer = empty.get(address)
    assert answer.status_code == 200
    assert command in answer.text


# Hostile text

EVIL = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg onload=alert(1)>",
    "</span></mark><script>alert(2)</script>",
    "{{ 7*7 }} {% raw %}",
    "\u202egnirts\u202c \u2066x\u2069 \x1b[31mred\x1b[0m \x07",
    "' onmouseover='alert(1)",
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, list[Event]]]:
    """A store whose every field of others is an attack."""
    path = tmp_path_factory.mktemp("hostile") / "store.sqlite"
    events = []
    with open_store(path) as store:
        for n, evil in enumerate(EVIL):
            said = f"Washington threatened Bogota {evil} number {n}"
            text = f'{evil} before.\n{said}. {evil} after.\n"We {evil} never met," Ana {evil} said on Monday.'
            title = evil if n else "T" * 1_000_000
            url = "javascript:alert(document.domain)" if n % 2 else f"https://wire.example/{evil}"
            name = f"evil/{n}'><b>"
            store.add(
                [Document(name, text, title, url, dt.date(2025, 12, 1 + n), evil, author=evil, language=None)]
            )
            start = text.index(said)
            event = Event(
                name,
                start,
                start + len(said),
                said,
                "THREATEN",
                (Party("USA", "Washington", start, start + 10, name=evil),),
                (Party("COL", "Bogota", name=evil),),
                False,
                Status.ACTUAL,
                "threatened",
                start + 11,
                3,
                speaker=evil,
                voice=Voice.COMMENTARY if n == 3 else Voice.SPEAKER,
                date_text=evil,
                coder=evil,
                contexts=(evil,),
            )
            store.add_events([event])
            store.add_quotes([Quote(0, len(evil), f"never {evil}", "direct", evil, document=name)])
            store.add_failure(Failure(evil, evil, name, evil, NOW))
            events.append(event)
        store.retract(events[-1].document, EVIL[0])
        state = ReadingState(store)
        state.keep_source(EVIL[0], SourceState(failures=2, reason=EVIL[1], listed=(EVIL[2],)))
        body = {
            "what": EVIL[0],
            "on": EVIL[1],
            "at": EVIL[2],
            "pair": [EVIL[3], "COL"],
            "event": {"id": EVIL[4]},
        }
        proof = {"words": EVIL[0], "event": EVIL[1], "url": "javascript:alert(1)", "publisher": EVIL[2]}
        state.begin("events")
        state.found([Alert("x", EVIL[0], EVIL[1], {**body, "evidence": [proof, "none", None]})], "events", 0)
        stories = [s.id for s in store.stories()]
    with asking(make_app(path)) as client:
        client.stories = stories  # type: ignore[attr-defined]
        yield client, events


def test_hostile_articles_show_as_text_on_every_page_to_read(hostile: tuple[TestClient, list[Event]]) -> None:
    client, events = hostile
    pages = [
        "/stories",
        "/search?q=number",
        "/search?q=never",
        "/sources",
        "/alerts",
        "/scorecard",
        "/method",
    ]
    pages += [f"/stories/{name}" for name in client.stories]  # type: ignore[attr-defined]
    for event in events:
        address = quote(event.document, safe="")
        pages += [f"/articles/{address}", f"/articles/{address}?act={event.id}", f"/left-out/{address}"]
        pages += [f"/acts/{event.id}", f"/stories?text={quote(event.speaker or '')}"]
    for path in pages:
        answer = client.get(path)
        page = answer.text
        assert answer.status_code == 200, (path, page[-400:])
        assert len(page) < 300_000, path  # a title of a megabyte is cut
        assert "<script>alert" not in page, path
        assert "<img" not in page, path
        assert "<svg onload" not in page, path
        assert "<b>'" not in page and "'><b>" not in page, path
        bare = re.sub(r'="[^"]*"', "=", page)
        assert not re.search(r"<[^>]*\son\w+\s*=", bare), path
        assert 'href="javascript' not in page, path
        assert "style=" not in bare, path  # the policy allows none
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x07\x1b]", page), path
        assert "49 " not in words(page).replace("149", ""), path


def test_what_a_reader_types_shows_as_text(full: Full) -> None:
    evil = '"><script>alert(1)</script>'
    for path, name in (
        ("/search", "q"),
        ("/stories", "text"),
        ("/stories", "party"),
        ("/stories", "after"),
        ("/stories", "type"),
        ("/scorecard", "party"),
        ("/scorecard", "state"),
        ("/scorecard", "page"),
        ("/alerts", "rule"),
        ("/sources", "page"),
        (f"/articles/{SUNDAY}", "act"),
    ):
        page = full.client.get(path, params={name: evil})
        assert page.status_code < 500, (path, name)
        assert "<script>alert" not in page.text, (path, name)
