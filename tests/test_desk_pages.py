"""The pages of the desk, asked as a browser asks, without one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from detente.desk.app import create_app
from detente.desk.pages.layout import clip, mark, plain, query, web
from detente.desk.standing import newest_day, standings, temper
from detente.desk.study import Studies, chosen
from detente.desk.world import world
from detente.records import Document, Event, Party, Status, Voice
from detente.store import Failure, open_store

TODAY = dt.date(2026, 1, 20)
NOW = dt.datetime(2026, 1, 20, 12, tzinfo=dt.UTC)
# Who acts on whom, the type, its quad, the words, and the day.
ACTS = (
    ("USA", "COL", "THREATEN", 3, "Washington threatened Bogota with tariffs", "2025-10-01"),
    ("USA", "COL", "SANCTION", 4, "Washington put sanctions on the minister of Colombia", "2025-10-09"),
    ("COL", "USA", "ACCUSE", 3, "Bogota accused Washington of piracy at sea", "2025-10-20"),
    ("USA", "COL", "THREATEN", 3, "Washington warned Colombia of strikes on its labs", "2025-11-03"),
    ("COL", "USA", "REJECT", 3, "Colombia turned down the terms of the United States", "2025-11-17"),
    ("USA", "COL", "COERCE", 4, "The United States seized two Colombian fishing boats", "2025-12-08"),
    ("COL", "USA", "CONSULT", 1, "The presidents of Colombia and the United States spoke", "2026-01-07"),
    ("USA", "COL", "AGREE", 1, "Washington promised Bogota a meeting", "2026-01-08"),
    ("USA", "VEN", "ASSAULT", 4, "American forces struck Caracas", "2026-01-03"),
)


def _event(document: str, text: str, row: tuple[str, str, str, int, str, str], **more: object) -> Event:
    one, other, kind, quad, words, day = row
    start = text.index(words)
    fields: dict[str, object] = {
        "document": document,
        "start": start,
        "end": start + len(words),
        "text": words,
        "event": kind,
        "actor": (Party(one, one),),
        "recipient": (Party(other, other),),
        "symmetric": kind == "CONSULT",
        "status": Status.ACTUAL,
        "trigger": words.split()[1],
        "trigger_start": start,
        "quad": quad,
        "date": day,
        **more,
    }
    return Event(**fields)  # type: ignore[arg-type]


def _fill(path: Path) -> list[str]:
    """A store with one document an act; gives the ids of the events."""
    ids = []
    with open_store(path) as store:
        for n, row in enumerate(ACTS):
            text = f"It was a cold day. {row[4]}. Nobody else spoke."
            published = dt.date.fromisoformat(row[5]) + dt.timedelta(days=1)
            name = f"doc{n}"
            store.add(
                [Document(name, text, f"Title {n}", f"https://wire.example/{n}", published, "The Wire")]
            )
            more = {"speaker": "Ana Gil", "voice": Voice.SPEAKER} if n == 2 else {}
            event = _event(name, text, row, contexts=("military",) if n == 3 else (), **more)
            store.add_events([event])
            ids.append(event.id)
        store.add_failure(Failure("https://wire.example/lost", "the page is empty", None, None, NOW))
    return ids


def _client(path: Path) -> TestClient:
    app = create_app(path, today=lambda: TODAY, now=lambda: NOW)
    return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, list[str]]]:
    path = tmp_path_factory.mktemp("desk") / "store.sqlite"
    ids = _fill(path)
    with _client(path) as client:
        yield client, ids


def _words(page: str) -> str:
    """The page as text, without its tags and scripts."""
    page = re.sub(r"<script.*?</script>", " ", page, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_overview_tells_what_changed_what_was_read_and_what_was_not(
    filled: tuple[TestClient, list[str]],
) -> None:
    client, _ = filled
    answer = client.get("/")
    words = _words(answer.text)
    assert answer.status_code == 200
    assert "As of 9 January 2026" in words  # the newest article, not today
    assert "Colombia and United States" in words
    assert "https://wire.example/lost the page is empty" in words
    assert "articles 9" in words
    assert 'class="s-self" aria-label="United States: the country chosen"' in answer.text


def test_the_country_of_the_map_is_in_the_address_and_beside_the_map_stands_a_table(
    filled: tuple[TestClient, list[str]],
) -> None:
    client, _ = filled
    page = client.get("/?country=Venezuela").text
    assert "The world towards Venezuela" in page
    table = page[page.index('<table class="standing">') : page.index("</table>", page.index("standing"))]
    assert 'href="/pairs/VEN/USA"' in table
    assert 'href="/pairs/VEN/COL"' not in table


def test_a_pair_page_has_every_part_and_says_the_phases_in_words(
    filled: tuple[TestClient, list[str]],
) -> None:
    client, ids = filled
    page = client.get("/pairs/USA/COL").text
    words = _words(page)
    for head in ("Phases and turns", "Outlook", "Who holds what", "Acts 8", "The brief", "What happened"):
        assert head in words
    assert re.search(
        r"Hostile: ▼ 6 hostile , ▲ 0 cooperative|(?:H|More h)ostile: ▼ 6 hostile , ▲ 2 coop", words
    )
    assert "No probability:" in words
    assert all(f'href="/acts/{name}"' in page for name in ids[:8])
    assert ids[8] not in page  # an act of another pair


def test_without_scripts_the_timeline_is_a_drawing_and_the_levels_are_a_table(
    filled: tuple[TestClient, list[str]],
) -> None:
    page = filled[0].get("/pairs/USA/COL").text
    still = page[page.index('<svg class="still"') : page.index("</svg>", page.index('class="still"'))]
    assert 'class="up"' in still
    assert 'class="down"' in still
    assert "Week to" in page
    assert "Hostile and cooperative acts of United States and Colombia" in still


def test_no_page_has_a_script_style_or_handler_of_its_own(filled: tuple[TestClient, list[str]]) -> None:
    client, ids = filled
    for path in ("/", "/pairs", "/pairs/USA/COL", "/countries", "/countries/COL", f"/acts/{ids[0]}"):
        page = client.get(path).text
        assert not re.search(r"<[^>]+\son\w+\s*=", page), path
        assert not re.search(r"<[^>]+\sstyle\s*=", page), path
        for tag in re.findall(r"<script[^>]*>", page):
            assert "src=" in tag or 'type="application/json"' in tag, path


def test_the_filters_of_acts_each_leave_what_they_name(filled: tuple[TestClient, list[str]]) -> None:
    client, ids = filled

    def shown(asked: str) -> set[str]:
        page = client.get(f"/pairs/USA/COL?{asked}").text
        return set(re.findall(r'data-act-row="(\w+)"', page))

    assert shown("type=THREATEN") == {ids[0], ids[3]}
    assert shown("type=THREATEN&context=military") == {ids[3]}
    assert shown("speaker=Ana+Gil") == {ids[2]}
    assert shown("voice=speaker") == {ids[2]}
    assert shown("publisher=The+Wire") == set(ids[:8])
    assert shown("from=2025-11-01&to=2025-11-30") == {ids[3], ids[4]}
    assert shown("status=future") == set()


def test_a_choice_that_no_act_meets_says_so_and_what_to_do(filled: tuple[TestClient, list[str]]) -> None:
    answer = filled[0].get("/pairs/USA/COL?from=2019-01-01&to=2019-02-01")
    words = _words(answer.text)
    assert answer.status_code == 200
    assert "No act meets this choice." in words
    assert "detente read URL" in words
    assert 'value="2019-01-01"' in answer.text


def test_the_address_of_an_open_act_shows_its_evidence_and_the_days_around_it(
    filled: tuple[TestClient, list[str]],
) -> None:
    client, ids = filled
    page = client.get(f"/pairs/USA/COL?act={ids[3]}").text
    aside = page[page.index('id="evidence"') :]
    assert "<mark>Washington warned Colombia of strikes on its labs</mark>" in aside
    assert "It was a cold day." in aside
    assert 'href="https://wire.example/3"' in aside
    assert f'class="open" data-act-row="{ids[3]}"' in page
    assert '"from":"2025-10-01"' in page  # the record begins here, less than 60 days before
    assert '"to":"2026-01-02"' in page


def test_evidence_lists_all_other_reports_of_the_story(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    row = ACTS[1]
    with open_store(path) as store:
        for n, paper in enumerate(("Wire", "Post", "Times")):
            text = f"{row[4]}. So wrote the {paper}, in its own way, on page {n}."
            store.add([Document(f"d{n}", text, None, None, dt.date(2025, 10, 10), paper)])
            event = _event(f"d{n}", text, row)
            store.add_events([event])
    with _client(path) as client:
        words = _words(client.get(f"/acts/{event.id}").text)
    assert "2 other reports of the same story" in words
    assert "Wire, 10 October 2025" in words
    assert "Post, 10 October 2025" in words


def test_unknown_parties_broken_ids_and_bad_days_get_a_page_that_helps(
    filled: tuple[TestClient, list[str]],
) -> None:
    client, _ = filled
    near = client.get("/pairs/USA/Columbia")
    assert near.status_code == 404
    assert 'href="/pairs/COL/USA"' in near.text
    assert client.get("/pairs/USA/USA").status_code == 404
    for name in ("zz", "0123456789abcdef", "%3Cscript%3E"):
        broken = client.get(f"/acts/{name}")
        assert broken.status_code == 404
        assert "detente events --store" in broken.text
    bad = client.get("/pairs/USA/COL?from=yesterday")
    assert bad.status_code in (400, 422)
    assert "YYYY-MM-DD" in bad.text
    swapped = client.get("/pairs/USA/COL?from=2026-01-05&to=2026-01-01")
    assert swapped.status_code in (400, 422)
    assert "Swap them" in swapped.text


def test_a_name_in_an_address_leads_to_the_page_of_its_code(filled: tuple[TestClient, list[str]]) -> None:
    client, _ = filled
    answer = client.get("/pairs/colombia/usa?type=AGREE")
    assert answer.status_code == 307
    assert answer.headers["location"] == "/pairs/COL/USA?type=AGREE"
    assert client.get("/countries/colombia").headers["location"] == "/countries/COL"


def test_a_pair_of_which_nothing_is_known_names_the_next_command(
    filled: tuple[TestClient, list[str]],
) -> None:
    page = filled[0].get("/pairs/FRA/JPN").text
    assert "No act between France and Japan is on record" in page
    assert "detente read URL --store" in page


def test_an_empty_store_says_how_to_fill_it_on_every_page(tmp_path: Path) -> None:
    path = tmp_path / "empty.sqlite"
    with open_store(path):
        pass
    with _client(path) as client:
        for address in ("/", "/pairs", "/pairs/USA/COL", "/countries", "/countries/COL"):
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert "The store is empty" in answer.text, address
            assert "detente demo --store" in answer.text, address


def test_as_of_shows_only_what_was_known_on_that_day(filled: tuple[TestClient, list[str]]) -> None:
    client, ids = filled
    page = client.get("/pairs/USA/COL?as_of=2025-10-15").text
    assert set(re.findall(r'data-act-row="(\w+)"', page)) == {ids[0], ids[1]}
    assert 'name="as_of" value="2025-10-15"' in page


def test_the_grid_and_the_list_of_countries_find_by_name_and_code(
    filled: tuple[TestClient, list[str]],
) -> None:
    client, _ = filled
    assert "/pairs/USA/VEN" in client.get("/pairs?q=venez").text
    assert "/pairs/COL/USA" not in client.get("/pairs?q=venez").text
    assert "No pair of the store has" in client.get("/pairs?q=zzzz").text
    assert client.get("/pairs?sort=nonsense&page=99999999999999").status_code == 200
    assert "/countries/COL" in client.get("/countries?q=col").text
    assert "/countries/VEN" not in client.get("/countries?q=col").text


EVIL = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg onload=alert(1)>",
    "</script><script>alert(2)</script>",
    "{{ 7*7 }} {% raw %}",
    "\u202egnirts\u202c \u2066x\u2069 \x1b[31mred\x1b[0m \x00 \x07",
    "' onmouseover='alert(1)",
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, list[str]]]:
    """A store whose every field of others is an attack."""
    path = tmp_path_factory.mktemp("hostile") / "store.sqlite"
    ids = []
    with open_store(path) as store:
        for n, evil in enumerate(EVIL):
            words = f"Washington threatened Bogota {evil} number {n}"
            text = f"{evil} before. {words}. {evil} after."
            title = evil if n else "T" * 1_000_000
            url = "javascript:alert(document.domain)" if n % 2 else f"https://wire.example/{evil}"
            day = dt.date(2025, 12, 1) + dt.timedelta(days=3 * n)
            store.add([Document(f"evil{n}'><b>", text, title, url, day, evil)])
            row = ("USA", "COL", "THREATEN", 3, words, day.isoformat())
            event = _event(
                f"evil{n}'><b>",
                text,
                row,
                speaker=evil,
                voice=Voice.SPEAKER,
                contexts=(evil,),
                modes=(evil,),
                date_text=evil,
                coder=evil,
            )
            store.add_events([event])
            ids.append(event.id)
        store.add_failure(Failure(EVIL[0], EVIL[1], None, None, NOW))
    with _client(path) as client:
        yield client, ids


def test_hostile_articles_show_as_text_on_every_page(hostile: tuple[TestClient, list[str]]) -> None:
    client, ids = hostile
    pages = ["/", "/pairs", "/countries", "/countries/COL", "/pairs/USA/COL"]
    pages += [f"/acts/{name}" for name in ids] + [f"/pairs/USA/COL?act={name}" for name in ids]
    for path in pages:
        answer = client.get(path)
        page = answer.text
        assert answer.status_code == 200, path
        assert len(page) < 400_000, path  # a title of a megabyte is cut
        assert "<script>alert" not in page, path
        assert "<img" not in page, path
        assert "<svg onload" not in page, path
        assert not re.search(r"<[^>]*\son\w+\s*=\s*['\"a]", re.sub(r'="[^"]*"', "=", page)), path
        assert 'href="javascript' not in page, path
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x07\x1b]", page), path
        assert "49 " not in _words(page).replace("149", ""), path


def test_the_data_of_the_chart_cannot_end_its_script(hostile: tuple[TestClient, list[str]]) -> None:
    import json

    page = hostile[0].get("/pairs/USA/COL").text
    start = page.index('id="timeline-data">') + len('id="timeline-data">')
    raw = page[start : page.index("</script>", start)]
    assert "<" not in raw
    data = json.loads(raw)
    assert any("<script>alert(1)</script>" in block[6] for block in data["blocks"])


def test_what_a_reader_types_shows_as_text_too(filled: tuple[TestClient, list[str]]) -> None:
    client, _ = filled
    evil = '"><script>alert(1)</script>'
    for path in ("/pairs?q=", "/countries?q=", "/?country=", "/pairs/USA/COL?type=", "/pairs/USA/COL?act="):
        page = client.get(path.partition("?")[0], params={path.split("?")[1].rstrip("="): evil}).text
        assert "<script>alert" not in page, path
    assert "<script>alert" not in client.get("/pairs/USA/%3Cscript%3Ealert(1)").text


def test_only_web_addresses_become_links() -> None:
    assert web("https://wire.example/a") == "https://wire.example/a"
    for address in (
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        " java\nscript:alert(1)",
        "data:text/html,x",
        "https:///nohost",
        "https://[",
        "https://wire.example/\u202egnp",
        "//wire.example",
        "x" * 5000,
    ):
        assert web(address) == "", address


def test_plain_keeps_the_words_of_other_scripts() -> None:
    assert plain("Привет, 世界, مرحبا") == "Привет, 世界, مرحبا"
    assert plain("half \ud800 of a character").encode() == b"half  of a character"
    assert len(clip("word " * 300_000)) <= 201


def test_marked_words_stand_in_whole_surroundings() -> None:
    text = "Alpha beta. They met in Oslo. Gamma delta."
    start = text.index("They")
    assert mark(text, start, start + 17) == ("Alpha beta. ", "They met in Oslo.", " Gamma delta.")
    assert mark(text, -5, 500)[1] == text


def test_a_query_keeps_the_state_and_leaves_out_what_is_empty() -> None:
    assert query({"type": "AID", "from": ""}, act="x y") == "?type=AID&act=x+y"
    assert query({}) == ""


def test_the_word_for_a_level_turns_with_the_share_of_hostile_acts() -> None:
    words = [temper(h, 10 - h) for h in (9, 7, 5, 3, 1)]
    assert words == ["hostile", "more hostile", "mixed", "more cooperative", "cooperative"]


def test_a_standing_counts_the_acts_that_the_page_of_the_pair_counts(tmp_path: Path) -> None:
    from detente.api import dossier
    from detente.relations.series import acts

    path = tmp_path / "s.sqlite"
    _fill(path)
    with open_store(path) as store:
        day = newest_day(store, TODAY)
        found = standings(store, day)
        known = dossier(store, ("COL", "USA"), day)
        counted = acts(known.events, known.published, known.pair, day, known.stories)
    mine = found.pairs["COL", "USA"].acts
    assert [(a.day, a.hostile, a.event) for a in mine] == [(a.day, a.hostile, a.event) for a in counted]
    change = found.pairs["COL", "USA"].change(day)
    assert (change.hostile, change.cooperative) == (0, 2)
    assert (change.hostile_before, change.cooperative_before) == (2, 0)


def test_a_study_is_made_anew_only_when_its_pair_changed(tmp_path: Path) -> None:
    from detente.api import dossier

    path = tmp_path / "s.sqlite"
    _fill(path)
    studies = Studies()
    with open_store(path) as store:
        one = studies.of(dossier(store, ("COL", "USA"), TODAY))
        store.add([Document("other", "Nothing of the two.", None, None, TODAY, "Wire")])
        assert studies.of(dossier(store, ("COL", "USA"), TODAY)) is one
        row = ("USA", "COL", "AID", 2, "Washington sent Bogota grain", "2026-01-10")
        store.add([Document("new", f"{row[4]}.", None, None, TODAY, "Wire")])
        store.add_events([_event("new", f"{row[4]}.", row)])
        other = studies.of(dossier(store, ("COL", "USA"), TODAY))
    assert other is not one
    assert len(chosen(other, {"type": "AID"}, None, None)) == 1


def test_the_map_has_every_large_country_once_and_a_dot_for_small_ones() -> None:
    drawn = world()
    assert {"USA", "RUS", "CHN", "COL", "AUS", "ZAF"} <= drawn.shapes.keys()
    assert {"SGP", "MLT", "BHR"} <= drawn.dots.keys()
    assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in drawn.dots.values())
    assert all(re.fullmatch(r"(?:M[\d -]+l[\d -]+z)+", path) for path in drawn.shapes.values())
