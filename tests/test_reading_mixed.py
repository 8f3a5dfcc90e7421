"""`detente read` takes everything that was typed, mixed, and says what it left out."""

from __future__ import annotations

import gzip
import html
import io
import json
import re
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from detente.cli.main import main
from detente.errors import FileError, InputError
from detente.records import Document, Event, Kind
from detente.sources.files import read, read_all
from detente.sources.layouts import holds_posts, is_post, sniff, xml_ending
from detente.sources.places import ENDINGS, find_places

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Foreign Office</title>
<link>https://example.org</link><item><title>Talks</title><link>https://example.org/1</link>
<pubDate>Thu, 08 Jan 2026 10:00:00 GMT</pubDate><description>The envoys met in Geneva.</description></item>
</channel></rss>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Foreign Office</title>
<id>urn:f</id><updated>2026-01-08T10:00:00Z</updated><entry><title>Talks</title><id>urn:1</id>
<published>2026-01-08T10:00:00Z</published><updated>2026-01-08T10:00:00Z</updated>
<link href="https://example.org/2"/><content type="text">The envoys met in Vienna.</content></entry></feed>"""
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Foreign Office",
    "items": [
        {
            "id": "3",
            "url": "https://example.org/3",
            "content_text": "The envoys met in Doha.",
            "date_published": "2026-01-08T10:00:00Z",
        }
    ],
}
POST = {
    "id": "4",
    "created_at": "2026-01-08T10:00:00.000Z",
    "content": "<p>Our envoys met in Oslo.</p>",
    "url": "https://social.example/@minister/4",
}
PAGE = """<html lang="en"><head><title>Talks in Rome</title></head><body><article><h1>Talks in Rome</h1>
<p>The envoys met in Rome on Wednesday to settle the dispute over the border river, both governments said.</p>
<p>They agreed to speak again in March, and neither side would say more about the meeting.</p></article>
</body></html>"""
SRT = "1\n00:00:01,000 --> 00:00:04,000\nThe envoys met in Bern.\n"
VTT = "WEBVTT\n\n00:01.000 --> 00:04.000\nThe envoys met in Lima.\n"
TALK = "THE PRESIDENT:  The envoys met in Cairo.\n\nQ    When?\n\nTHE PRESIDENT:  On Monday.\n"

MIXED: dict[str, str | bytes] = {
    "a.txt": "The envoys met in Kyiv.",
    "b.md": "# Talks\n\nThe envoys met in Sofia.",
    "c.html": PAGE,
    "d.json": json.dumps({"text": "The envoys met in Paris."}),
    "deep/e.jsonl": '{"text": "The envoys met in Seoul."}\n{"text": "The envoys met in Tokyo."}\n',
    "deep/f.json": json.dumps([POST]),
    "deep/g.rss": RSS,
    "deep/h.xml": ATOM,
    "deep/i.json": json.dumps(JSON_FEED),
    "deep/j.srt": SRT,
    "deep/k.vtt": VTT,
    "deep/l.md": TALK,
    "deep/m.csv": "id,created_at,content,url\n5,2026-01-08T10:00:00Z,Our envoys met in Riga.,"
    "https://social.example/@minister/5\n",
    "deep/n.txt.gz": gzip.compress(b"The envoys met in Minsk.", mtime=0),
    "deep/o.jsonl.gz": gzip.compress(b'{"text": "The envoys met in Dublin."}\n', mtime=0),
    "deep/p.jsonl": json.dumps({**POST, "id": "6", "content": "Our envoys met in Lagos."}) + "\n",
}
CITIES = (
    "Kyiv Sofia Rome Paris Seoul Tokyo Oslo Geneva Vienna"  # in the order of the names of their files
    " Doha Bern Lima Cairo Riga Minsk Dublin Lagos"
).split()


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    for name, content in MIXED.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def all_of(*typed: Path | str, **options: Any) -> tuple[list[Document], list[str]]:
    faults: list[InputError] = []
    documents = list(read_all(typed, faults.append, **options))
    assert all(f.where and f.todo for f in faults)
    return documents, [str(f) for f in faults]


def cities(documents: list[Document]) -> list[str]:
    return [re.search(r"met in (\w+)", d.text)[1] for d in documents]  # type: ignore[index]


# Places ------------------------------------------------------------------------------------------


def test_a_folder_is_read_with_all_that_is_in_it_in_the_order_of_names(mixed: Path) -> None:
    documents, faults = all_of(mixed)
    assert faults == []
    assert cities(documents) == CITIES
    kinds = Counter(d.kind for d in documents)
    assert kinds[Kind.POST] == 3 and kinds[Kind.TRANSCRIPT] >= 1
    by_city = dict(zip(CITIES, documents, strict=True))
    for city in ("Oslo", "Geneva", "Vienna", "Doha", "Riga", "Lagos"):
        assert by_city[city].published == date(2026, 1, 8), city
    assert by_city["Geneva"].publisher == "Foreign Office"
    assert by_city["Bern"].times and by_city["Cairo"].turns


def test_the_users_day_is_that_of_documents_which_state_none(mixed: Path) -> None:
    documents, _ = all_of(mixed, published=date(2026, 1, 5))
    days = dict(zip(cities(documents), (d.published for d in documents), strict=True))
    assert days["Kyiv"] == days["Bern"] == days["Cairo"] == days["Rome"] == date(2026, 1, 5)
    assert days["Oslo"] == days["Geneva"] == date(2026, 1, 8)


def test_files_of_other_endings_are_named_once_for_each_ending(mixed: Path) -> None:
    for name in ("x.png", "y.PNG", "deep/z.png", "LICENSE", "feeds.opml", ".hidden.txt", ".git/a.txt"):
        (mixed / name).parent.mkdir(exist_ok=True)
        (mixed / name).write_bytes(b"x")
    documents, faults = all_of(mixed)
    assert len(documents) == len(CITIES)
    assert [f.split("; ")[0] for f in faults] == [
        f"{mixed}: 1 file ending in nothing is not read",
        f"{mixed}: 1 file ending in .opml is not read",
        f"{mixed}: 3 files ending in .png are not read",
    ]


def test_nothing_is_read_twice_however_it_is_named(mixed: Path) -> None:
    pattern = f"{mixed}/**/*.md"
    documents, faults = all_of(mixed / "a.txt", pattern, mixed, mixed / "deep" / ".." / "a.txt", mixed)
    assert faults == []
    assert sorted(cities(documents)) == sorted(CITIES)
    assert cities(documents)[:3] == ["Kyiv", "Sofia", "Cairo"]


def test_a_pattern_in_quotes_is_opened_by_us(mixed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cities(all_of(f"{mixed}/*.md")[0]) == ["Sofia"]
    assert cities(all_of(f"{mixed}/**/*.jsonl")[0]) == ["Seoul", "Tokyo", "Lagos"]
    assert len(all_of(f"{mixed}/*")[0]) == len(CITIES), "a folder that fits stands for what is in it"
    monkeypatch.chdir(mixed.parent)
    assert cities(all_of("news/?.txt")[0]) == ["Kyiv"]
    assert all_of("news/*.nothing") == ([], ["news/*.nothing: no file fits the pattern; check the path"])


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "talks [1].txt").write_text("The envoys met in Kyiv.")
    assert cities(all_of(tmp_path / "talks [1].txt")[0]) == ["Kyiv"]


def test_an_empty_folder_and_a_missing_place_are_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    documents, faults = all_of(tmp_path / "empty", tmp_path / "none", "no/folder/")
    assert documents == []
    assert "no file is in the folder" in faults[0]
    assert "there is no such file" in faults[1] and "there is no such file" in faults[2]


def test_links_that_go_round_do_not_go_round(mixed: Path) -> None:
    (mixed / "deep" / "back").symlink_to(mixed)
    (mixed / "lost.txt").symlink_to(mixed / "nowhere.txt")
    documents, faults = all_of(mixed)
    assert len(documents) == len(CITIES)
    assert len(faults) == 1 and "lost.txt: there is no such file" in faults[0]


def test_every_ending_that_is_listed_has_a_reader(tmp_path: Path) -> None:
    for ending in ENDINGS:
        (tmp_path / f"a{ending}").write_bytes(b"")
        with pytest.raises(FileError, match=r"the file is empty|Document is empty"):
            list(read(tmp_path / f"a{ending}"))


def test_places_keep_the_order_in_which_they_were_typed(mixed: Path) -> None:
    typed: list[Path | str] = [
        "https://example.org/a",
        "-",
        mixed / "b.md",
        mixed / "a.txt",
        "https://example.org/a",
        "-",
    ]
    found = [(p.kind, p.ending) for p in find_places(typed, print)]
    assert found == [("address", ""), ("input", ""), ("file", ".md"), ("file", ".txt")]


# Layouts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MIXED)
def test_every_kind_is_known_on_the_standard_input(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name.endswith(".csv"):
        pytest.skip("a table of posts has no sign by which it differs from a text")
    content = MIXED[name]
    raw = content.encode() if isinstance(content, str) else content
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    found = cities(list(read("-")))
    assert found and set(found) <= set(CITIES)


def test_posts_are_told_from_documents() -> None:
    assert is_post(POST) and not is_post({**POST, "published": "2026-01-08"})
    assert not is_post({"text": "x", "url": "y"}) and not is_post("x") and not is_post(None)
    assert holds_posts({"statuses": [POST]}) and holds_posts([POST]) and holds_posts(POST)
    assert not holds_posts([]) and not holds_posts({}) and not holds_posts({"items": [1]})


def test_xml_is_told_by_its_first_element() -> None:
    assert xml_ending(b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a --><!-- b --><rdf:RDF>", "a") == ".rss"
    assert xml_ending(b"<!DOCTYPE opml><opml>", "a") == ".opml"
    assert xml_ending(b"<html xmlns='x'>", "a") == ".html"
    for content in (b"", b"They met.", b"<!--" * 20_000, b"<!-- -->" * 8_000 + b"<!", b"<?" * 30_000):
        with pytest.raises(FileError):
            xml_ending(content, "a")
        assert sniff(content) == ".txt"


def test_a_post_of_a_picture_alone_is_passed_over_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "posts.json"
    path.write_text(json.dumps([POST, {**POST, "id": "7", "url": f"{POST['url']}7", "content": ""}]))
    skipped: list[tuple[str, str]] = []
    documents = list(read_all([path], print, on_skipped=lambda place, why: skipped.append((place, why))))
    assert cities(documents) == ["Oslo"]
    assert len(skipped) == 1 and "words" in skipped[0][1]


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(b"x" * 3_000_000, mtime=0))
    with pytest.raises(FileError, match=r"more than the 1\.0 MB a document may have"):
        list(read(path, limit=1_000_000))


# The web -----------------------------------------------------------------------------------------


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        here = f"http://{self.headers['Host']}"
        found = {
            "/page": ("text/html", PAGE),
            "/1": ("text/html", PAGE.replace("Rome", "Geneva")),
            "/feed": ("application/rss+xml", RSS.replace("https://example.org", here)),
        }.get(self.path)
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", found[0] if found else "text/plain")
        self.end_headers()
        self.wfile.write((found[1] if found else "not here").encode())

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_addresses_and_files_are_read_mixed(server: str, mixed: Path) -> None:
    from detente.sources.fetch import Fetcher

    (mixed / "list.opml").write_text(
        f'<opml version="2.0"><body><outline type="rss" xmlUrl="http://{server}/feed"/></body></opml>'
    )
    with Fetcher(allow=(server,), delay=0) as fetcher:
        documents, faults = all_of(
            f"http://{server}/page",
            mixed / "a.txt",
            f"http://{server}/none",
            mixed / "list.opml",
            fetcher=fetcher,
        )
    assert cities(documents) == ["Rome", "Kyiv", "Geneva"]
    assert len(faults) == 1 and "404" in faults[0]


def test_private_addresses_are_refused_and_the_rest_goes_on(server: str, mixed: Path) -> None:
    documents, faults = all_of(f"http://{server}/page", "ftp://example.org/a", mixed / "a.txt")
    assert cities(documents) == ["Kyiv"]
    assert len(faults) == 2


# The command -------------------------------------------------------------------------------------


class Silent:
    name = "test.v1"

    def code(self, document: Document) -> list[Event]:
        assert document.language in (None, "en"), "what is not English must not be coded"
        return []


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.api.coder_of", lambda name, sure=None: Silent())


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main([str(a) for a in arguments])
    caught = capsys.readouterr()
    return code, caught.out, caught.err


@pytest.mark.usefixtures("silent")
def test_what_is_not_english_is_kept_counted_and_never_coded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from detente.store import open_store

    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text("The envoys met in Kyiv, and they said nothing.")
    (folder / "b.txt").write_text("El canciller dijo que las conversaciones seguirán en marzo.")
    (folder / "c.txt").write_text("El Gobierno rechazó la petición de una reunión extraordinaria.")
    (folder / "d.txt").write_text("Правительство отвергло просьбу о внеочередной встрече.")
    (folder / "e.doc").write_text("x")
    store = tmp_path / "s.sqlite"
    code, out, err = run(capsys, "read", folder, "--store", store)
    assert code == 3
    assert out.startswith("4 new documents with 0 events; 0 already there")
    assert "2 documents in Spanish and 1 in Russian are kept but not coded" in err
    assert "left out:" in err and "1 file ending in .doc is not read" in err
    with open_store(store) as opened:
        assert Counter(d.language for d in opened.documents()) == {"en": 1, "es": 2, "ru": 1}
    code, out, err = run(capsys, "read", folder / "b.txt", "--store", store, "--format", "json")
    assert code == 0
    assert json.loads(out)["already"] == 1 and json.loads(out)["not_coded"] == {}
    code, out, err = run(capsys, "code", folder / "b.txt", folder / "a.txt")
    assert "1 document in Spanish is not coded" in err


@pytest.mark.usefixtures("silent")
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not on this machine")
def test_the_whole_corpus_is_read_in_one_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from detente.store import open_store

    store = tmp_path / "s.sqlite"
    code, out, _ = run(capsys, "read", CORPUS, "--store", store, "--format", "json")
    told = json.loads(out)
    assert (code, told["left_out"], told["not_coded"]) == (0, [], {})
    with open_store(store) as opened:
        kept = opened.documents()
    assert told["documents"] == len(kept)
    # Two posts were posted twice, and one release stands in a feed and in a storyline.
    assert told["already"] == 3
    assert told["documents"] + told["already"] == len(_corpus())


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not on this machine")
def test_documents_days_and_publishers_of_the_corpus_match_the_files() -> None:
    documents, faults = all_of(CORPUS)
    assert faults == []
    expected = _corpus()
    assert Counter((d.url, d.published) for d in documents) == Counter((u, d) for u, d, _ in expected)
    assert Counter((d.url, d.publisher) for d in documents) == Counter((u, p) for u, _, p in expected)


Row = tuple[str | None, date, str]


def _corpus() -> list[Row]:
    """Address, day and publisher of everything in the corpus, read without our readers."""
    rows: list[Row] = []
    for path in CORPUS.glob("storyline_*/*.json"):
        data = json.loads(path.read_text("utf-8"))
        rows.append((data["url"], date.fromisoformat(data["published"]), data["publisher"]))
    for path in CORPUS.glob("social/*.json"):
        for post in json.loads(path.read_text("utf-8")):
            words = html.unescape(re.sub("<[^>]+>", "", post["content"])).strip()
            if words and not words.startswith("RT: http"):
                day = datetime.fromisoformat(post["created_at"]).date()
                boosted = re.match(
                    r"<p>RT <.{0,99}?/(@\w+)\"", post["content"]
                )  # a boost is published by whom it quotes
                account = boosted[1] if boosted else post["url"].split("/")[3]
                rows.append((post["url"], day, f"{account}@truthsocial.com"))
    for path in CORPUS.glob("feeds/*.rss"):
        channel = ElementTree.parse(path).getroot().find("channel")
        assert channel is not None
        for item in channel.findall("item"):
            when = parsedate_to_datetime(item.findtext("pubDate") or "")
            house = str(channel.findtext("title")).rpartition("– ")[2]
            rows.append((item.findtext("link"), when.date(), house))
    for path in CORPUS.glob("transcripts/*.md"):
        text = path.read_text("utf-8")
        address = re.search(r"^source_url: (\S+)$", text, re.M)
        stated = re.search(r"^date: '(.+)'$", text, re.M)
        assert address and stated
        rows.append((address[1], date.fromisoformat(stated[1]), address[1].split("/")[2]))
    return rows
