"""A web page becomes a document: its words, its days, its address, and nothing of what stands around."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from typing import Any

import pytest
from peak_memory import PEAK

from detente.errors import FileError
from detente.records import Document
from detente.sources.charsets import page_text
from detente.sources.page_days import day_of
from detente.sources.pages import page

FIRST = (
    "The envoys of Ruritania and Sylvania met on Wednesday to settle the dispute over the border river,"
    " both governments said in a joint statement."
)
SECOND = (
    "They agreed to speak again in March, and neither side would say more about what had been settled"
    " in the meeting."
)
WORDS = f"{FIRST}\n{SECOND}"


def html(head: str = "", before: str = "", inside: str = "", after: str = "") -> str:
    return (
        f"<!doctype html><html lang='en-GB'><head><title>Envoys meet</title>{head}</head><body>{before}"
        f"<article><h1>Envoys meet</h1>{inside}<p>{FIRST}</p><p>{SECOND}</p></article>{after}</body></html>"
    )


def read(text: str | bytes, **named: Any) -> Document:
    content = text.encode() if isinstance(text, str) else text
    return page(content, where="a.html", **named)


def refusal(text: str | bytes, **named: Any) -> str:
    with pytest.raises(FileError) as caught:
        read(text, **named)
    return str(caught.value)


LINE = "<p>Iran expels the French envoy over the jailed teachers, the ministry in Paris says.</p>"
CLUTTER = {
    "navigation": "<nav><ul><li><a href=/w>World</a></li><li><a href=/b>Iran</a></li></ul></nav>",
    "a menu by its role": f"<div role=navigation>{LINE}</div>",
    "readers' comments": f"<section id=comments><h2>3 comments</h2><div class=comment>{LINE}</div></section>",
    "a list of comments": f"<ol class='comment-list'><li>{LINE}</li></ol>",
    "a thread of comments": f"<div id=disqus_thread>{LINE}</div>",
    "a marked-up comment": f"<div itemscope itemtype='https://schema.org/Comment'>{LINE}</div>",
    "related links": f"<div class='related-articles'><h3>Related</h3>{LINE}</div>",
    "a pointer inside the text": "<p>Read more: <a href=/c>Iran expels the French envoy</a></p>",
    "what is read most": f"<aside class=most-read>{LINE}</aside>",
    "a caption": f"<figure><img src=a.jpg><figcaption>{LINE} Photo: Reuters</figcaption></figure>",
    "a caption without its element": f"<div class='wp-caption-text'>{LINE}</div>",
    "a photographer": "<p class=photo-credit>Iran's minister, by Ana Ruiz for Reuters, all rights kept.</p>",
    "a newsletter": f"<div class=newsletter-signup>{LINE}</div>",
    "hidden words": "<p style='display: none'>Iran declared war on Ruritania, machines are told.</p>",
    "words hidden by a mark": f"<div hidden>{LINE}</div>",
    "a script": "<script>var text = 'Iran declared war on Ruritania on Tuesday';</script>",
    "a comment of the markup": f"<!-- {LINE} -->",
    "a form": "<form><label>Iran declared war</label><input value='Iran'><button>Iran</button></form>",
    "a footer": "<footer class=footer><p>© 2026 The Example Times. Iran Street 5.</p></footer>",
}


@pytest.mark.parametrize("place", ["before", "inside", "after"])
@pytest.mark.parametrize("clutter", CLUTTER.values(), ids=CLUTTER)
def test_only_the_article_is_read(clutter: str, place: str) -> None:
    text = read(html(**{place: clutter})).text
    assert FIRST in text
    assert SECOND in text
    assert "Iran" not in text
    assert "comments" not in text


def test_an_article_is_not_lost_because_its_wrapper_has_a_bad_name() -> None:
    whole = (
        html().replace("<article>", "<div class='related-content comments'>").replace("</article>", "</div>")
    )
    assert SECOND in read(whole).text


def test_a_short_article_with_many_comments_is_read_without_them() -> None:
    talk = "".join(
        f"<li><p>{n}. Iran attacked Israel, as I always said it would.</p></li>" for n in range(200)
    )
    assert read(html(after=f"<ul id=comments>{talk}</ul>")).text == WORDS
    assert read(html(after=f"<section class=comments><ul>{talk}</ul></section>")).text == WORDS


def test_an_article_about_comments_is_read() -> None:
    words = "<div class=commentary><p>His comments angered Sylvania, whose minister objected.</p></div>"
    assert "His comments angered Sylvania" in read(html(inside=words)).text


def test_bold_and_linked_words_stay_in_their_sentence() -> None:
    words = (
        "<p>The <b>king</b> of <a href=/r>Ruritania</a> <em>rejected</em> the offer of Sylvania's envoys.</p>"
    )
    assert "The king of Ruritania rejected the offer of Sylvania's envoys." in read(html(inside=words)).text


def test_the_headline_is_the_title_and_not_part_of_the_text() -> None:
    document = read(html())
    assert document.title == "Envoys meet"
    assert document.text == WORDS


META = "<meta property='article:published_time' content='2026-01-08T10:00:00Z'>"
CHANGE = "<meta property='article:modified_time' content='2026-01-10T09:00:00Z'>"
JSON_LD = """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
  {"@type": "WebPage", "datePublished": "2020-05-05"},
  {"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "datePublished": "2019-01-01"}]},
  {"@type": ["NewsArticle"], "headline": "Envoys meet", "datePublished": "2026-01-07T22:00:00-05:00",
   "dateModified": "2026-01-09", "author": {"@type": "Person", "name": "Ana Ruiz"},
   "publisher": {"@type": "Organization", "name": "The Example Times"},
   "comment": [{"@type": "Comment", "dateCreated": "2026-02-01"}]}]}</script>"""
OTHER_LD = (
    '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Another", '
    '"datePublished": "2018-08-08"}</script>'
)


@pytest.mark.parametrize(
    ("head", "inside", "url", "expected"),
    [
        (JSON_LD, "", None, ("2026-01-07", "2026-01-09")),
        (JSON_LD + META + CHANGE, "", None, ("2026-01-07", "2026-01-09")),
        (OTHER_LD + JSON_LD, "", None, ("2026-01-07", "2026-01-09")),
        (META, "", None, ("2026-01-08", None)),
        (META + CHANGE, "", None, ("2026-01-08", "2026-01-10")),
        (META + META.replace("-08T", "-05T"), "", None, ("2026-01-08", None)),
        ("<meta itemprop=datePublished content='8 January 2026'>", "", None, ("2026-01-08", None)),
        ("<meta name=DC.date.issued content=2026-01-08>", "", None, ("2026-01-08", None)),
        ("<meta name=pubdate content='Thu, 08 Jan 2026 10:00:00 GMT'>", "", None, ("2026-01-08", None)),
        ("", "<time itemprop=datePublished datetime=2026-01-08>today</time>", None, ("2026-01-08", None)),
        (CHANGE, "", None, (None, "2026-01-10")),
        # A change on the day of publishing, or before it, is no later change.
        (META + CHANGE.replace("-10T", "-08T"), "", None, ("2026-01-08", None)),
        (META + CHANGE.replace("-10T", "-01T"), "", None, ("2026-01-08", None)),
        # What is stated goes before what is shown and before the address.
        (META, "<time datetime=2026-01-03>3rd</time>", "https://e.org/2026/01/02/a", ("2026-01-08", None)),
        ("", "<p class=byline>By Ana Ruiz, Jan. 8, 2026</p>", None, ("2026-01-08", None)),
        ("", "<span class=date>8 January 2026, 10:00</span>", None, ("2026-01-08", None)),
        ("", "<p><time datetime='2026-01-08T10:00'>Thursday</time></p>", None, ("2026-01-08", None)),
        ("", "<p><time>3 hours ago</time></p><p class=date>8 January 2026</p>", None, ("2026-01-08", None)),
        ("", "<p>Updated <time datetime=2026-01-09>Friday</time></p>", None, (None, None)),
        ("", "", "https://example.org/world/2026/01/08/envoys.html", ("2026-01-08", None)),
        ("", "", "https://example.org/world/20260108/envoys.html", ("2026-01-08", None)),
        ("", "", "https://example.org/world/2026/13/45/envoys.html", (None, None)),
        # Nothing says when: a day in the words of the article, and a day in two ways, are no answer.
        ("", "<p>The treaty was signed on 3 March 1999 in Sylvania.</p>", None, (None, None)),
        ("", "<p class=date>08/01/2026</p>", None, (None, None)),
        ("<meta name=date content=soon>", "", None, (None, None)),
        ("", "", None, (None, None)),
    ],
)  # fmt: skip
def test_a_page_says_when_it_was_published_and_when_it_was_changed(
    head: str, inside: str, url: str | None, expected: tuple[str | None, str | None]
) -> None:
    document = read(html(head=head, inside=inside), url=url)
    days = tuple(day and day.isoformat() for day in (document.published, document.modified))
    assert days == expected


def test_the_times_of_other_articles_are_not_taken_for_this_ones() -> None:
    others = "<div><time datetime=2026-01-02>x</time></div><div><time datetime=2026-01-03>x</time></div>"
    assert read(html(before=others)).published is None
    assert read(html(before="<div><time datetime=2026-01-08>x</time></div>")).published == date(2026, 1, 8)


def test_the_callers_day_goes_first_and_the_change_is_kept() -> None:
    document = read(html(head=META + CHANGE), published=date(2026, 1, 6))
    assert (document.published, document.modified) == (date(2026, 1, 6), date(2026, 1, 10))


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-01-08 10:00:00.123456789 +0000", "2026-01-08"),
        ("2026/1/8", "2026-01-08"),
        ("20260108T100000Z", "2026-01-08"),
        ("Thursday, January 8th, 2026", "2026-01-08"),
        ("8th of January 2026", "2026-01-08"),
        ("08-Jan-2026", "2026-01-08"),
        ("2026-02-30", None),
        ("1767866400", None),
        ("0001-01-01T00:00:00", None),
        ("January 2026", None),
        ("8 Janvier-ish 2026 x", None),
        ("", None),
    ],
)
def test_days_are_read_as_pages_write_them(value: str, day: str | None) -> None:
    found = day_of(value)
    assert (found and found.isoformat()) == day


def test_author_publisher_and_language_are_those_the_page_states() -> None:
    document = read(html(head=JSON_LD), url="https://www.example.org/a")
    assert (document.author, document.publisher, document.language) == ("Ana Ruiz", "The Example Times", "en")
    assert read(html(), url="https://www.example.org/a").publisher == "example.org"


@pytest.mark.parametrize("broken", ['{"@type": "NewsArticle", ', "[" * 100_000, "null", '{"@type": 7}', ""])
def test_broken_data_for_machines_costs_no_article(broken: str) -> None:
    document = read(html(head=f"<script type='application/ld+json'>{broken}</script>{META}"))
    assert (document.text, document.published) == (WORDS, date(2026, 1, 8))


@pytest.mark.parametrize(
    ("head", "url", "expected"),
    [
        ("<link rel=canonical href=https://example.org/a>", "https://example.org/a?utm=1", "https://example.org/a"),
        ("<link rel=canonical href=/a#top>", "https://example.org/a?utm=1", "https://example.org/a"),
        ("<link rel=canonical href=https://www.example.org/a>", "https://m.example.org/b", "https://www.example.org/a"),
        ("<meta property=og:url content=https://example.org/a>", "https://example.org/b", "https://example.org/a"),
        ("<link rel=canonical href=https://evil.org/a>", "https://example.org/b", "https://example.org/b"),
        ("<link rel=canonical href=https://example.org.evil.org/a>", "https://example.org/b", "https://example.org/b"),
        ("<link rel=canonical href=javascript:alert(1)>", "https://example.org/b", "https://example.org/b"),
        ("<link rel=canonical href=https://u:p@example.org/a>", "https://example.org/b", "https://example.org/b"),
        ("<link rel=canonical href=https://example.org/>", "https://example.org/b", "https://example.org/b"),
        ("<link rel=canonical href='http://[::1'>", "https://example.org/b", "https://example.org/b"),
        ("<link rel=canonical href=https://example.org/a>", None, "https://example.org/a"),
        ("<link rel=canonical href=/a>", None, None),
        ("", "https://example.org/b", "https://example.org/b"),
    ],
)  # fmt: skip
def test_a_canonical_address_stands_only_on_its_own_host(
    head: str, url: str | None, expected: str | None
) -> None:
    assert read(html(head=head), url=url).url == expected


RUSSIAN = "Президент позвонил в Москву, и оба договорились о встрече весной. " * 3
JAPANESE = "両国の首脳は月曜日に電話で会談し、春に再び会うことで合意した。" * 4
SPANISH = "El presidente llamó a su homólogo en París y acordó una reunión mañana. " * 3


@pytest.mark.parametrize(
    ("words", "coding", "meta", "header"),
    [
        (SPANISH, "utf-8", None, None),
        (SPANISH, "utf-8", "iso-8859-1", "iso-8859-1"),  # what servers say of nearly everything
        (SPANISH, "utf-8-sig", "iso-8859-1", None),
        (SPANISH, "utf-16", None, None),
        (SPANISH, "utf-16-le", "utf-16", "utf-16le"),
        (SPANISH, "cp1252", "utf-8", None),
        (SPANISH, "latin-1", None, "ISO-8859-1"),
        (SPANISH, "latin-1", "no-such-charset", None),
        (RUSSIAN, "cp1251", "windows-1251", None),
        (RUSSIAN, "cp1251", None, "windows-1251"),
        (RUSSIAN, "koi8-r", None, "KOI8-R"),
        (RUSSIAN, "cp1251", None, None),  # nobody says: the bytes are compared with languages
        (JAPANESE, "shift_jis", "Shift_JIS", None),
        (JAPANESE, "euc_jp", None, "euc-jp"),
        (JAPANESE, "iso2022_jp", "ISO-2022-JP", None),
    ],
)
def test_a_page_is_read_in_the_encoding_it_is_really_in(
    words: str, coding: str, meta: str | None, header: str | None
) -> None:
    head = f"<meta charset={meta}>" if meta else ""
    text = f"<html><head>{head}<title>t</title></head><body><article><p>{words}</p></article></body></html>"
    assert read(text.encode(coding), charset=header).text == words.strip()


def test_a_few_broken_bytes_cost_only_their_letters() -> None:
    content = html().encode().replace(b"Wednesday", b"Wednesd\xe4\xffay") + "é".encode() * 9
    assert "met on Wednesd\ufffd\ufffday to settle" in read(content).text


@pytest.mark.parametrize(
    "label", ["idna", "punycode", "unicode_escape", "utf-7", "zip", "rot13", "x" * 40, "\u0130"]
)
def test_a_page_cannot_choose_what_is_no_encoding_of_pages(label: str) -> None:
    assert page_text("Génève +AGE- \\x41".encode(), where="a", charset=label) == "Génève +AGE- \\x41"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>\x00\x01\x02", "this is a binary file (a NUL byte at offset 6), no page"),
        (
            b"\xff\xfe" + bytes(range(0xD8, 0xE0)) * 400,
            "the page says that it is utf-16-le, and its bytes are not",
        ),
        (b"<html><body></body></html>", "no article text was found in the page; save its text as .txt"),
        (b"", "no article text was found"),
        (b"   ", "no article text was found"),
        (b"<!-- -->", "no article text was found"),
    ],
)
def test_what_is_no_page_is_refused_with_the_reason(content: bytes, message: str) -> None:
    told = refusal(content)
    assert told.startswith("a.html: ")
    assert message in told


HOSTILE = {
    "deep": ("'<div>' * 200_000 + WORDS", "its elements stand more than 250 deep in each other"),
    "deep and dressed": ("'<b>' * 300_000 + WORDS", "its elements stand more than 250 deep in each other"),
    "many": ("'<p>x' * 250_000", "it has more than 40000 elements"),
    "one line": ("'<p>' + '<i>x</i> ' * 100_000", "one line of it is in more than 10000 pieces"),
    "attributes": (
        "'<p ' + ' '.join(f'a{i}=1' for i in range(90_000)) + '>' + WORDS",
        "more than 500 attributes",
    ),
    "large attribute": ("'<p title=\"' + 'a' * 5_000_000 + '\">' + WORDS", "read"),
    "entities": ("'<!ENTITY a \"' + 'b' * 1_000 + '\"><p>' + '&a;' * 9_000 + WORDS", "read"),
    "brackets": ("'<' * 1_000_000 + '<p>' + WORDS", "read"),
    "json": ("'<script type=\"application/ld+json\">' + '[' * 900_000 + '</script><p>' + WORDS", "read"),
    "quotes": (
        "'<script type=\"application/ld+json\">{' + '\\\\\"' * 450_000 + '</script><p>' + WORDS",
        "read",
    ),
    "cells": ("'<table>' + '<tr><td colspan=100000 rowspan=100000>x' * 200 + '</table><p>' + WORDS", "read"),
    "names": ("('<div class=\"' + 'related-' * 2_000 + ':\">x</div>') * 60 + '<p>' + WORDS", "read"),
    "dates": ("'<div class=date>' * 200 + '<time>x</time>' * 9_000 + '<p>' + WORDS", "read"),
}


@pytest.mark.parametrize(("body", "expected"), HOSTILE.values(), ids=HOSTILE)
def test_a_page_built_to_harm_is_refused_or_read_within_its_means(body: str, expected: str) -> None:
    code = (
        "import resource\n"
        f"{PEAK}"
        "resource.setrlimit(resource.RLIMIT_CPU, (30, 30))\n"  # a page that takes longer ends the test
        "from detente.errors import FileError\n"
        "from detente.sources.pages import page\n"
        f"WORDS = {WORDS!r}\n"
        f"body = {body}\n"
        "content = f'<!doctype html><html><head><title>t</title></head><body>{body}'.encode()\n"
        "try:\n"
        "    said = 'read' if page(content, where='a').text else 'nothing'\n"
        "except FileError as error:\n"
        "    said = str(error)\n"
        "print(said, peak(), sep='|')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-500:]
    said, kilobytes = done.stdout.strip().split("|")
    assert expected in said
    assert int(kilobytes) < 400_000


def test_a_page_beyond_the_limit_is_refused() -> None:
    assert "20.1 MB is more than the 20.0 MB a document may have" in refusal(b"<p>" + b"x" * 20_100_000)
