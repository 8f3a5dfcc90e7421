"""What stands at a web address is told by its bytes and read by the reader that fits."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import web_server
from web_server import Server, with_body

from detente.errors import FetchError, InputError
from detente.records import Document
from detente.sources.fetch import Fetcher
from detente.sources.web import FOLLOWED, read_url

FIRST = (
    "The envoys of Ruritania and Sylvania met on Wednesday to settle the dispute over the border river,"
    " both governments said in a joint statement."
)
SECOND = "They agreed to speak again in March, and neither side would say more about what had been settled."
DAY = "<meta property='article:published_time' content='2026-01-08T10:00:00Z'>"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def read(
    server: Server, path: str, published: date | None = None, **settings: Any
) -> tuple[list[Document], list[str]]:
    faults: list[InputError] = []
    settings = {"timeout": 60.0} | settings
    with Fetcher(allow=(server.host,), delay=0, sleep=lambda seconds: None, **settings) as fetcher:
        found = list(read_url(fetcher, server.address + path, published=published, on_error=faults.append))
    return found, [str(fault).replace(server.address, "SERVER") for fault in faults]


def refusal(server: Server, path: str, **settings: Any) -> str:
    with pytest.raises(InputError) as caught:
        read(server, path, **settings)
    return str(caught.value).replace(server.address, "SERVER")


def test_a_page_is_read_with_its_address_after_redirects(server: Server) -> None:
    server.routes["/old"] = web_server.redirect("/news/envoys?utm_source=x")
    server.routes["/news/envoys"] = web_server.page(f"{FIRST}\n\n{SECOND}", "Envoys meet", DAY)
    (document,), faults = read(server, "/old")
    assert document.text == f"{FIRST}\n{SECOND}"
    assert (document.title, document.published) == ("Envoys meet", date(2026, 1, 8))
    assert document.url == server.address + "/news/envoys?utm_source=x"
    assert faults == []


def test_a_packed_page_in_an_old_encoding_is_read(server: Server) -> None:
    words = "El presidente llamó a su homólogo en París y acordó una reunión mañana. " * 3
    body = f"<html><head><title>t</title></head><body><article><p>{words}</p></article>".encode("latin-1")
    server.routes["/a"] = web_server.packed(body, "text/html; charset=ISO-8859-1")
    (document,), _ = read(server, "/a")
    assert document.text == words.strip()


def test_a_type_that_is_wrong_does_not_mislead(server: Server) -> None:
    server.routes["/a"] = with_body(
        f"<!doctype html><html><body><article><p>{FIRST}</p><p>{SECOND}</p></article>", "text/plain"
    )
    server.routes["/b"] = with_body('{"text": "They met on Monday.", "published": "2026-01-08"}', "text/html")
    assert read(server, "/a")[0][0].text == f"{FIRST}\n{SECOND}"
    assert read(server, "/b")[0][0].text == "They met on Monday."


@pytest.mark.parametrize(
    ("path", "body", "media", "text", "title"),
    [
        ("/a", "They met on Monday.", "text/plain", "They met on Monday.", None),
        ("/a.md", "# A call\n\nThey met on Monday.", "text/plain", "They met on Monday.", "A call"),
        ("/a", "# A call\n\nThey met on Monday.", "text/markdown", "They met on Monday.", "A call"),
        (
            "/a",
            '{"text": "They met on Monday.", "title": "A"}',
            "application/json",
            "They met on Monday.",
            "A",
        ),
        ("/a", '{"text": "They met."}\n{"text": "They met."}\n', "application/x-ndjson", "They met.", None),
    ],
)
def test_texts_and_documents_are_read(
    server: Server, path: str, body: str, media: str, text: str, title: str | None
) -> None:
    server.routes[path] = with_body(body, media)
    documents, faults = read(server, path, published=date(2026, 1, 7))
    assert {(d.text, d.title, d.published) for d in documents} == {(text, title, date(2026, 1, 7))}
    assert documents[0].url == server.address + path
    assert faults == []


def test_a_bad_document_of_a_list_costs_only_itself(server: Server) -> None:
    server.routes["/a"] = with_body('[{"text": "They met."}, {"words": 1}]', "application/json")
    documents, faults = read(server, "/a")
    assert [d.text for d in documents] == ["They met."]
    assert faults == [
        "SERVER/a item 2: the document has no field 'text' with its words;"
        ' write {"text": "…", "published": "YYYY-MM-DD"}'
    ]


@pytest.mark.parametrize("media", ["application/rss+xml", "text/html", "text/xml"])
def test_a_feed_of_whole_items_is_read_from_one_request(server: Server, media: str) -> None:
    count = 1_000 if media == "application/rss+xml" else 10
    body = gzip.compress(web_server.feed(count, "https://example.org", whole=True), 1, mtime=0)
    server.routes["/feed"] = with_body(body, media, Content_Encoding="gzip")
    documents, faults = read(server, "/feed")
    assert faults == []
    assert [d.url for d in documents] == [f"https://example.org/item/{n}" for n in range(1, count + 1)]
    assert len({d.id for d in documents}) == count
    assert {d.published for d in documents} == {date(2026, 1, 8)}


def test_items_with_a_summary_only_are_followed_to_their_page(server: Server) -> None:
    server.routes["/feed"] = with_body(web_server.feed(4, server.address), "application/rss+xml")
    server.routes["/item/*"] = web_server.page(f"{FIRST}\n\n{SECOND}", "Envoys meet")
    server.routes["/item/2"] = with_body("no", status=404)
    documents, faults = read(server, "/feed")
    whole, summary = f"{FIRST}\n{SECOND}", "Kyiv and Rome signed an agreement on Monday. (2)"
    assert [d.text for d in documents] == [whole, summary, whole, whole]
    assert {d.published for d in documents} == {date(2026, 1, 8)}
    assert faults == ["SERVER/item/2: the server answers 404 Not Found; check the address"]


def test_a_feed_leads_to_so_many_pages_and_says_where_it_stopped(server: Server) -> None:
    server.routes["/feed"] = with_body(web_server.feed(FOLLOWED + 1, server.address), "application/rss+xml")
    server.routes["/item/*"] = web_server.page(f"{FIRST}\n\n{SECOND}", "Envoys meet")
    documents, faults = read(server, "/feed")
    assert len(documents) == FOLLOWED
    assert len(server.asked) == FOLLOWED + 1
    assert faults == [
        "SERVER/feed: more than 200 items have only a summary; the others are not read;"
        " read the feed with detente watch, which takes them in turn"
    ]


def test_a_feed_that_leads_to_itself_is_read_once(server: Server) -> None:
    body = web_server.feed(1, server.address).replace(b"/item/1", b"/feed")
    server.routes["/feed"] = with_body(body, "application/rss+xml")
    documents, faults = read(server, "/feed")
    assert [d.text for d in documents] == ["Kyiv and Rome signed an agreement on Monday. (1)"]
    assert len(faults) == 1
    assert server.asked == ["/feed", "/feed"]


def test_a_json_feed_is_read(server: Server) -> None:
    item = {"id": "1", "url": "https://example.org/1", "content_text": "They met on Monday, and they talked."}
    body = {"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": [item]}
    server.routes["/feed"] = with_body(json.dumps(body), "application/feed+json")
    documents, faults = read(server, "/feed")
    assert [(d.text, d.url) for d in documents] == [(item["content_text"], item["url"])]
    assert faults == []


@pytest.mark.parametrize(
    ("body", "media", "message"),
    [
        (
            b"\x89PNG\r\n\x1a\n\x00\x00\x00",
            "image/png",
            "the answer is image/png, which is no text; give the",
        ),
        (b"", "text/html", "the answer is empty; check the address"),
        (b" \n ", "text/html", "the answer is empty; check the address"),
        (b"<html><body></body></html>", "text/html", "no article text was found in the page"),
        (
            b'<?xml version="1.0"?><opml version="2.0"><body/></opml>',
            "text/xml",
            "this is a list of feeds; save",
        ),
        (b'<?xml version="1.0"?><svg/>', "image/svg+xml", "the XML is no feed; its first element is svg"),
        (b'{"text": ', "application/json", "the JSON is broken at line 1"),
    ],
)
def test_what_nobody_reads_is_told(server: Server, body: bytes, media: str, message: str) -> None:
    server.routes["/a"] = with_body(body, media)
    told = refusal(server, "/a?token=abc")
    assert told.startswith("SERVER/a?token=…: ")
    assert message in told


def test_a_page_that_never_ends_is_cut(server: Server) -> None:
    server.routes["/a"] = web_server.endless(b"<html><body><p>", b"The two leaders spoke. " * 500)
    assert refusal(server, "/a", limit=1_000_000) == (
        "SERVER/a: the answer is larger than 1 MB; leave it out, or raise the limit"
    )


def test_a_page_deep_within_itself_is_refused(server: Server) -> None:
    server.routes["/a"] = with_body("<html><body>" + "<div>" * 200_000 + FIRST)
    assert refusal(server, "/a") == (
        "SERVER/a: the page is not read: its elements stand more than 250 deep in each other;"
        " save its text as .txt"
    )


def test_a_server_that_is_busy_once_is_read(server: Server) -> None:
    server.routes["/a"] = web_server.in_turn(
        with_body("", status=429, Retry_After="1"),
        with_body("", status=503),
        web_server.page(f"{FIRST}\n\n{SECOND}"),
    )
    assert len(read(server, "/a")[0]) == 1


def test_a_private_address_is_told_as_a_fetch_error() -> None:
    with Fetcher() as fetcher, pytest.raises(FetchError, match="no public address"):
        list(read_url(fetcher, "http://192.168.1.1/", on_error=lambda error: None))
