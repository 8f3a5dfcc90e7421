"""The forms of a brief: each is whole, safe and leads to its evidence; and what the command refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from detente.api import coder_of, dossier, report_of_dossier
from detente.briefs import Report, article, morning, of_country
from detente.briefs.linked import jsonld
from detente.briefs.paper import pdf
from detente.briefs.sending import as_mail, as_markdown, as_text, record
from detente.briefs.sheet import footnotes, html
from detente.cli.main import main
from detente.records import Document, Line
from detente.store import Store, open_store

DAY = date(2026, 1, 8)
EVIL = '<script>alert("x")</script> & \x1b[31mred\u202e'


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from detente.cli.demo import storyline

    where = tmp_path_factory.mktemp("forms") / "demo.sqlite"
    with open_store(where) as store:
        store.add(storyline(), coder_of("rules"))
    return where


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with open_store(path) as opened:
        yield opened


@pytest.fixture
def report(store: Store) -> Report:
    return report_of_dossier(dossier(store, ("USA", "COL"), DAY), 60)


def evil(report: Report) -> Report:
    texts = {
        i: replace(d, title=EVIL, publisher=EVIL, url="javascript:alert(1)")
        for i, d in report.documents.items()
    }
    lines = (Line("What happened", EVIL, report.lines[0].events), *report.lines)
    return replace(report, title=EVIL, documents=texts, lines=lines, dropped=(Line("s", EVIL, (), EVIL),))


def test_the_page_runs_and_loads_nothing_and_escapes_what_others_wrote(report: Report) -> None:
    page = html(evil(report))
    assert "<script" not in page
    assert "javascript:" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"\bsrc=|@import|url\(", page)


def test_every_mark_of_the_page_leads_to_a_note(report: Report) -> None:
    page = html(report)
    marks, notes = set(re.findall(r'href="#e(\d+)"', page)), set(re.findall(r'id="e(\d+)"', page))
    assert marks == notes == {str(n) for n in footnotes(report).values()}
    assert "prefers-color-scheme:dark" in page
    assert "@media print" in page


def test_the_pdf_shows_accents_embeds_its_font_and_its_links_work(report: Report) -> None:
    linked = {
        i: replace(d, url="https://wire.example/a?b=1&c=é", title="Erdoğan, Łukasz, Ñandú, Зеленський")
        for i, d in report.documents.items()
    }
    read = PdfReader(BytesIO(pdf(replace(report, documents=linked))))
    text = "".join(page.extract_text() for page in read.pages)
    assert "Erdoğan, Łukasz, Ñandú, Зеленський" in text.replace("\n", " ")
    fonts = {f.get_object()["/BaseFont"] for p in read.pages for f in p["/Resources"]["/Font"].values()}  # type: ignore[index]
    assert any("+DejaVuSans" in f for f in fonts)
    links = [a.get_object() for p in read.pages for a in p.get("/Annots", [])]
    addresses = {a["/A"]["/URI"] for a in links if "/URI" in a.get("/A", {})}
    assert addresses == {"https://wire.example/a?b=1&c=%C3%A9"}
    assert len(links) > len(footnotes(report))


def test_the_pdf_of_what_others_wrote_is_made_and_is_the_same_each_time(report: Report) -> None:
    assert pdf(evil(report)) == pdf(evil(report))


def test_linked_data_cites_an_act_for_every_line_and_an_article_for_every_act(report: Report) -> None:
    graph = {n["id"]: n for n in json.loads(jsonld(report))["@graph"]}
    parts = [graph[p["id"]] for p in graph[next(iter(graph))]["schema:hasPart"]]
    assert [p["schema:text"] for p in parts] == [x.text for x in report.lines]
    for part in parts:
        for cited in part["schema:citation"]:
            act = graph[cited["id"]]
            assert act["prov:wasQuotedFrom"]["id"] in graph


def test_json_has_the_span_of_every_act(report: Report, store: Store) -> None:
    made = record(report)
    assert json.loads(json.dumps(made)) == made
    for line in made["brief"]["lines"]:
        for act in line["events"]:
            found = made["evidence"][act]
            document = store.document(found["document"])
            assert document is not None
            assert document.text[found["start"] : found["end"]] == found["words"]


def test_the_mail_holds_text_and_page_and_no_header_of_others(store: Store) -> None:
    made = morning(store, DAY)
    mail = as_mail(
        replace(made, title="Brief\r\nBcc: all@example.org"), sender="desk@example.org", to=("a@example.org",)
    )
    assert mail["Bcc"] is None
    assert [p.get_content_type() for p in mail.iter_parts()] == ["text/plain", "text/html"]
    assert made.lines[0].text in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert bytes(mail)


def test_text_and_markdown_tell_every_line(report: Report) -> None:
    plain = as_text(report)
    assert all(x.text in plain for x in report.lines)
    page = as_markdown(report)
    assert page.startswith("# Colombia and the United States, as of 8 January 2026\n")
    assert set(re.findall(r"\[\^(\d+)\](?!:)", page)) == set(re.findall(r"^\[\^(\d+)\]:", page, re.M))


def test_a_morning_tells_what_was_published_that_day_and_no_old_news(store: Store) -> None:
    made = morning(store, DAY)
    happened = [x for x in made.lines if x.section == "What happened"]
    assert happened
    for line in happened:
        assert any(made.documents[made.events[i].document].published == DAY for i in line.events)
    [line] = morning(store, date(2020, 1, 1)).lines
    assert line.text == "The record holds nothing published on 1 January 2020."


def test_a_country_brief_tells_of_all_its_pairs_and_of_no_other(store: Store) -> None:
    made = of_country(store, "COL", as_of=DAY, days=400)
    acts = [made.events[i] for x in made.lines for i in x.events]
    assert all("COL" in {*e.actor_codes, *e.recipient_codes} for e in acts)
    assert made.parties == ("COL",)


def test_an_article_brief_stands_on_that_article_alone(store: Store) -> None:
    document = store.documents(order="newest", limit=1)[0]
    made = article(document, store.events())
    assert set(made.documents) == {document.id}
    assert made.lines


@pytest.mark.parametrize("suffix", ["html", "pdf", "md", "txt", "json", "jsonld"])
def test_the_command_writes_each_form(suffix: str, path: Path, tmp_path: Path) -> None:
    out = tmp_path / f"brief.{suffix}"
    given = ["brief", "USA", "COL", "--as-of", "2026-01-08", "--store", str(path), "--to", str(out)]
    assert main(given) == 0
    assert out.stat().st_size > 1000


@pytest.mark.parametrize(
    "given",
    [
        [],
        ["USA", "COL", "CUB"],
        ["USA", "--day", "2026-01-08"],
        ["--day", "2026-01-08", "--article", "x"],
        ["--day", "soon"],
        ["Atlantis"],
        ["USA", "USA"],
    ],
)
def test_a_question_that_is_none_is_refused(given: list[str], path: Path) -> None:
    assert main(["brief", *given, "--store", str(path)]) == 2


def test_an_article_that_is_nowhere_is_told(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["brief", "--article", "no-such-file.txt", "--store", str(path)]) == 1
    assert "no such file" in capsys.readouterr().err


def test_the_command_tells_an_article_a_country_and_a_day(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "a.txt"
    text.write_text("Iran condemned the United States on Friday.", encoding="utf-8")
    asked = (
        ["--article", str(text), "--published", "2026-01-10", "--coder", "rules"],
        ["COL", "--as-of", "2026-01-08"],
        ["--day", "2026-01-08"],
    )
    told = []
    for given in asked:
        assert main(["brief", *given, "--store", str(path)]) == 0
        told.append(capsys.readouterr().out)
    assert "Iran criticised the United States on 9 January 2026" in told[0]
    assert told[1].startswith("Colombia, as of 8 January 2026")
    assert told[2].startswith("The record of 8 January 2026")


def test_a_document_without_a_day_gives_a_brief_all_the_same() -> None:
    assert article(Document("d", "Nothing."), []).lines
