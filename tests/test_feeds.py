"""Feeds: every layout gives its items, edits are versions, and nothing hostile gets through."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from web_server import Server, cached, endless_feed, feed, in_turn, page, with_body

from detente.errors import FetchError, FileError, InputError
from detente.records import Document, Kind
from detente.sources import feeds
from detente.sources.feeds import FeedState
from detente.sources.fetch import Fetcher

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "feeds"
WORDS = "Iran condemned the United States on Friday."


def rss(*items: str, title: str = "A wire", version: str = "2.0", more: str = "") -> bytes:
    return (
        f'<rss version="{version}" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>{title}</title>{more}'
        f"<link>https://wire.example/</link>{''.join(items)}</channel></rss>"
    ).encode()


def item(guid: str = "1", text: str = WORDS, *, whole: bool = True, more: str = "", link: str = "/a") -> str:
    tag = "content:encoded" if whole else "description"
    return (
        f'<item><guid isPermaLink="false">{guid}</guid><link>{link}</link><title>A title</title>'
        f"<{tag}><![CDATA[<p>{text}</p>]]></{tag}>{more}</item>"
    )


def parse(content: bytes | str) -> feeds.Feed:
    return feeds.parse(content if isinstance(content, bytes) else content.encode(), where="f.rss")


# Layouts -------------------------------------------------------------------------------------------

ATOM = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>A wire</title>
<link href="https://wire.example/"/><entry><id>tag:1</id><title type="html">A &lt;b&gt;title&lt;/b&gt;</title>
<link href="/a"/><author><name>Ann Lee</name></author><published>2026-01-08T23:30:00-05:00</published>
<updated>2026-01-09T10:00:00-05:00</updated><content type="html">&lt;p&gt;{WORDS}&lt;/p&gt;</content></entry>
</feed>"""
RDF = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://wire.example/"><title>A wire</title>
<link>https://wire.example/</link></channel><item rdf:about="https://wire.example/a"><title>A title</title>
<link>https://wire.example/a</link><description>{WORDS}</description><dc:date>2026-01-08</dc:date></item>
</rdf:RDF>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "A wire",
        "language": "en-GB",
        "items": [
            {
                "id": 1,
                "url": "https://wire.example/a",
                "title": "A title",
                "content_html": f"<p>{WORDS}</p>",
                "date_published": "2026-01-08T23:30:00Z",
                "date_modified": "2026-01-09T10:00:00Z",
                "authors": [{"name": "Ann Lee"}],
            }
        ],
    }
)


def test_rss_gives_the_whole_text_where_the_feed_has_it() -> None:
    found = parse(
        rss(
            item(
                more="<description>Short.</description><dc:creator>Ann Lee</dc:creator>"
                "<pubDate>Thu, 08 Jan 2026 23:30:00 -0500</pubDate>"
            ),
            more="<language>en-US</language>",
        )
    ).items[0]
    assert (found.id, found.text, found.whole, found.author) == ("1", WORDS, True, "Ann Lee")
    assert (found.url, found.title, found.language) == ("https://wire.example/a", "A title", "en")
    assert found.published is not None
    assert found.published.date() == date(2026, 1, 8), "the day is the one written, not that of Greenwich"


def test_old_rss_with_its_public_document_type_is_read() -> None:
    doctype = (
        '<?xml version="1.0"?>\n<!-- old --><!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN"'
        ' "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
    )
    body = rss(
        f"<item><title>T</title><link>/a</link><description>{WORDS}</description></item>", version="0.91"
    )
    assert [i.text for i in parse(doctype.encode() + body).items] == [WORDS]


@pytest.mark.parametrize("content", [ATOM, JSON_FEED], ids=["atom", "json"])
def test_atom_and_json_feed_give_both_days(content: str) -> None:
    [made] = feeds.read_file(content.encode(), where="f")
    assert (made.text, made.author, made.url) == (WORDS, "Ann Lee", made.url)
    assert (made.published, made.modified) == (date(2026, 1, 8), date(2026, 1, 9))
    assert (made.publisher, made.language) == ("A wire", "en")


def test_markup_in_a_title_is_not_words_of_it() -> None:
    assert parse(ATOM).items[0].title == "A title"


def test_rss_1_dates_its_items_by_dublin_core() -> None:
    [made] = feeds.read_file(RDF.encode(), where="f.rdf")
    assert (made.published, made.modified, made.url) == (date(2026, 1, 8), None, "https://wire.example/a")


def test_an_atom_entry_with_only_an_update_was_published_on_that_day() -> None:
    only = ATOM.replace("<published>2026-01-08T23:30:00-05:00</published>", "")
    [made] = feeds.read_file(only.encode(), where="f.atom")
    assert (made.published, made.modified) == (date(2026, 1, 9), None)


@pytest.mark.parametrize("written", ["soon", "0001-01-01", "Thu, 99 Foo 2026", ""])
def test_a_day_that_is_none_is_unknown(written: str) -> None:
    [made] = feeds.read_file(rss(item(more=f"<pubDate>{written}</pubDate>")), where="f")
    assert made.published is None


@pytest.mark.parametrize(
    "text",
    [
        "Iran condemned the United States […]",
        "Iran condemned the United States...",
        "Iran condemned the United States. Continue reading »",
        "Iran condemned the United States. Read more",
    ],
)
def test_a_teaser_in_the_place_of_the_text_is_only_a_summary(text: str) -> None:
    assert not parse(rss(item(text=text))).items[0].whole


def test_a_description_as_long_as_an_article_is_the_article() -> None:
    assert parse(rss(item(text=WORDS * 40, whole=False))).items[0].whole
    assert not parse(rss(item(text=WORDS, whole=False))).items[0].whole


@pytest.mark.parametrize(
    ("title", "link", "publisher"),
    [
        ("Briefing Room – The White House", "https://www.whitehouse.gov", "The White House"),
        ("World news | The Guardian", "https://www.theguardian.com/world", "The Guardian"),
        ("BBC News - World", "https://www.bbc.co.uk/news", "BBC News"),
        ("All the news", "https://wire.example", "All the news"),
        ("", "https://wire.example", "wire.example"),
    ],
)
def test_the_publisher_is_the_part_of_the_title_that_names_the_site(
    title: str, link: str, publisher: str
) -> None:
    body = f"<rss version='2.0'><channel><title>{title}</title><link>{link}</link>{item()}</channel></rss>"
    assert parse(body.replace("content:encoded", "description")).publisher == publisher


def test_an_aggregator_names_the_publisher_of_each_item() -> None:
    more = '<source url="https://reuters.example">Reuters</source>'
    [made] = feeds.read_file(rss(item(more=more)), where="f")
    assert made.publisher == "Reuters"


def test_captions_scripts_and_the_footer_of_the_blog_are_no_words_of_the_article() -> None:
    html = (
        f"{WORDS}</p><figure><img src='x'/><figcaption>A caption.</figcaption></figure><script>x</script>"
        "<p>The post <a href='x'>A title</a> appeared first on <a href='y'>A wire</a>."
    )
    [made] = feeds.read_file(rss(item(text=html)), where="f")
    assert made.text == WORDS


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1252", "utf-8-sig"])
def test_every_declared_encoding_is_read(encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    body = declared + rss(item(text="Bogotá said “no” to Köln.".replace("“", "'").replace("”", "'"))).decode()
    assert parse(body.encode(encoding)).items[0].text == "Bogotá said 'no' to Köln."


def test_utf_8_that_is_declared_as_something_else_stays_utf_8() -> None:
    body = '<?xml version="1.0" encoding="iso-8859-1"?>' + rss(item(text="Bogotá said no.")).decode()
    assert parse(body.encode()).items[0].text == "Bogotá said no."


# Broken and hostile --------------------------------------------------------------------------------

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
FILE = '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("head", [BOMB, FILE, FILE.replace("<!", "<!--x--><!", 1), " \n" + FILE.lower()])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_that_declares_is_refused(head: str, encoding: str) -> None:
    head = head.replace("<!doctype", "<!DOCTYPE").replace("<!entity", "<!ENTITY")
    body = head + rss(item(text="]]>&a;&c;<![CDATA[")).decode()
    with pytest.raises(FileError, match="not read for safety"):
        feeds.parse(body.encode(encoding), where="f.rss")
    with pytest.raises(FileError, match="not read for safety"):
        feeds.opml((head + "<opml/>").encode(encoding), where="f.opml")


def test_an_entity_that_nobody_declared_expands_to_nothing_of_the_machine() -> None:
    body = rss("<item><guid>1</guid><description>They met. &passwd; &amp; so on</description></item>")
    assert "root" not in parse(body).items[0].text


def test_entities_in_the_words_of_an_item_are_words() -> None:
    body = rss(item(text="The tag &lt;!ENTITY x&gt; and &lt;!DOCTYPE html&gt; were named."))
    assert parse(body).items[0].text == "The tag <!ENTITY x> and <!DOCTYPE html> were named."


@pytest.mark.parametrize(
    "content",
    [b"<html><body>They met.</body></html>", b"They met.", b"", b"  ", b'{"version": 1}', b"{", b"\x00\x01"],
)
def test_what_is_no_feed_is_refused_with_what_to_do(content: bytes) -> None:
    with pytest.raises(FileError) as told:
        feeds.parse(content, where="f.rss")
    assert str(told.value).startswith("f.rss: ") and told.value.todo


def test_a_feed_that_breaks_off_loses_its_last_item_and_says_so() -> None:
    whole = rss(item("1"), item("2"), item("3", "The last one has a long text that is cut in the middle."))
    found = parse(whole[: whole.rindex(b"is cut")])
    assert [i.id for i in found.items] == ["1", "2"]
    assert found.fault is not None and "breaks off" in found.fault


def test_broken_xml_that_ends_well_keeps_all_its_items() -> None:
    found = parse(rss(item("1"), "<item><guid>2</guid><title>AT&T & <b>x</title></item>", item("3")))
    assert [i.id for i in found.items] == ["1", "2", "3"] and found.fault is None


def test_deep_markup_in_an_item_costs_no_recursion() -> None:
    deep = "<div>" * 200_000 + WORDS + "</div>" * 200_000
    [made] = feeds.read_file(rss(item(text=deep)), where="f")
    assert made.text == WORDS


def test_a_json_feed_that_is_too_deep_is_refused() -> None:
    with pytest.raises(FileError, match="broken"):
        feeds.parse(b'{"a":' * 100_000, where="f.json")


def test_links_that_are_no_web_addresses_are_left_out() -> None:
    found = parse(rss(item(link="javascript:alert(1)"), item("2", link="file:///etc/passwd")))
    assert [i.url for i in found.items] == [None, None]


@pytest.mark.parametrize("broken", ["https://[/", "https://[::1", "//[", "https://]/"])
def test_a_broken_address_of_the_site_or_of_an_item_is_passed_over(broken: str) -> None:
    home = rss(item(link=broken)).decode().replace("<channel>", f"<channel><link>{broken}</link>")
    [made] = feeds.read_file(home.encode(), where="f")
    assert made.text == WORDS and made.url is None
    [other] = feeds.read_file(
        JSON_FEED.replace("https://wire.example", broken).encode(), where="f", on_error=lambda e: None
    )
    assert other.url is None


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_is_cut_out_of_or_put_into_a_feed_it_is_read_or_refused(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([ATOM, RDF, JSON_FEED, rss(item(), item("2")).decode()])).encode()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 60)))
    put = data.draw(
        st.binary(max_size=20)
        | st.sampled_from([b"<![CDATA[", b"]]>", b"<!--", b"&#x0;", b"<!DOCTYPE", b"<![", b"<?"])
    )
    changed = whole[:start] + put + whole[end:]
    for read_it in (
        lambda: list(feeds.read_file(changed, where="f", on_error=lambda e: None)),
        lambda: feeds.opml(changed, where="f"),
    ):
        try:
            read_it()
        except FileError as error:
            assert error.todo


# Items ---------------------------------------------------------------------------------------------


def test_items_without_an_id_are_named_by_their_link_or_their_words() -> None:
    bare = f"<item><title>T</title><description>{WORDS}</description></item>"
    linked = f"<item><title>T</title><link>/b</link><description>{WORDS}</description></item>"
    names = [i.id for i in parse(rss(bare, linked)).items]
    assert names[1] == "https://wire.example/b" and len(names[0]) == 16
    assert names == [i.id for i in parse(rss(bare, linked)).items], "the same name the next time"


def test_items_that_share_an_id_are_kept_apart_by_their_links() -> None:
    body = rss(item("x", "Rome called Paris."), item("x", "Kyiv called Oslo.", link="/b"))
    assert [d.text for d in feeds.read_file(body, where="f")] == ["Rome called Paris.", "Kyiv called Oslo."]


def test_of_the_same_item_given_twice_the_later_version_is_read() -> None:
    def dated(day: int) -> str:
        return f"<pubDate>Thu, 0{day} Jan 2026 10:00:00 GMT</pubDate>"

    body = rss(item("x", "Old words.", more=dated(7)), item("x", "New words.", more=dated(8)))
    assert [d.text for d in feeds.read_file(body, where="f")] == ["New words."]


def test_an_item_without_any_words_costs_only_itself() -> None:
    faults: list[InputError] = []
    body = rss("<item><guid>1</guid></item>", item("2"))
    assert [d.text for d in feeds.read_file(body, where="f.rss", on_error=faults.append)] == [WORDS]
    assert "'1' has no words" in str(faults[0])


def test_an_item_with_speakers_is_a_transcript_with_its_turns() -> None:
    talk = "THE PRESIDENT:  We met.</p><p>Q    When?</p><p>THE PRESIDENT:  On Monday, in Rome."
    more = "<pubDate>Thu, 08 Jan 2026 10:00:00 GMT</pubDate><dc:creator>Ann Lee</dc:creator>"
    [made] = feeds.read_file(rss(item(text=talk, more=more)), where="f")
    assert [who for _, who in made.turns] == ["THE PRESIDENT", "Q", "THE PRESIDENT"]
    assert (made.kind, made.author, made.published) == (Kind.TRANSCRIPT, "Ann Lee", date(2026, 1, 8))


def test_without_the_network_a_summary_or_a_headline_is_the_text() -> None:
    body = rss(item(whole=False), "<item><guid>2</guid><title>Rome recalls its envoy</title></item>")
    assert [d.text for d in feeds.read_file(body, where="f")] == [WORDS, "Rome recalls its envoy"]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared/corpus/feeds is not beside this checkout")
@pytest.mark.parametrize(
    ("name", "publisher", "days"),
    [
        ("state_gov_press_2021-07-31.rss", "United States Department of State", {"2021-07-29", "2021-07-30"}),
        ("state_gov_press_2022-02-25.rss", "United States Department of State", {"2022-02-24", "2022-02-25"}),
        ("whitehouse_2021-06-17.rss", "The White House", {"2021-06-15", "2021-06-16"}),
    ],
)
def test_the_feeds_of_the_corpus_give_a_document_for_every_item(
    name: str, publisher: str, days: set[str]
) -> None:
    content = (CORPUS / name).read_bytes()
    made = list(feeds.read_file(content, where=name))
    assert len(made) == content.count(b"<item>") == 10
    assert {d.publisher for d in made} == {publisher}
    assert {str(d.published) for d in made} == days
    assert all(d.url and d.title and d.author and d.language == "en" for d in made)
    assert not any("appeared first on" in d.text or "<p>" in d.text for d in made)


# Lists of feeds ------------------------------------------------------------------------------------


def test_an_opml_list_gives_each_address_once_in_its_order() -> None:
    body = (
        '<?xml version="1.0"?><opml version="2.0"><body><outline text="g">'
        '<outline xmlUrl="https://b.example/rss"/><outline XMLURL="http://a.example/"/></outline>'
        '<outline xmlUrl="https://b.example/rss"/><outline xmlUrl="file:///etc/passwd"/></body></opml>'
    )
    assert feeds.opml(body.encode(), where="l.opml") == ("https://b.example/rss", "http://a.example/")


@pytest.mark.parametrize("body", ["<rss/>", "words", "<opml><body/></opml>", ""])
def test_a_list_that_names_no_feed_is_refused(body: str) -> None:
    with pytest.raises(FileError):
        feeds.opml(body.encode(), where="l.opml")


# From the web --------------------------------------------------------------------------------------


def read(
    server: Server, path: str = "/rss", seen: Callable[[str], bool] = lambda key: False, most: int = 20_000
) -> tuple[list[Document], list[InputError]]:
    faults: list[InputError] = []
    with Fetcher(allow=(server.host,), delay=0, sleep=lambda s: None) as fetcher:
        url = server.address + path
        found = feeds.read_feed(fetcher, url, seen=seen, state=None, on_error=faults.append, most=most)
        return list(found), faults


def test_a_summary_is_followed_to_its_page_and_a_whole_text_is_not() -> None:
    article = (
        f"{WORDS}\n\nThe foreign ministry in Tehran summoned the ambassador and spoke of a serious breach."
    )
    with Server() as server:
        whole = item("1", "Kyiv and Rome signed an agreement.", link=f"{server.address}/whole")
        short = item("2", "A summary only.", whole=False, link=f"{server.address}/short")
        server.routes["/rss"] = with_body(rss(whole, short), "application/rss+xml")
        server.routes["/short"] = page(article)
        made, faults = read(server)
        assert not faults
        assert made[0].text == "Kyiv and Rome signed an agreement."
        assert "summoned the ambassador" in made[1].text and "summary" not in made[1].text
        assert made[1].publisher == "A wire"
        assert "/whole" not in server.asked


def test_a_page_that_is_not_there_costs_only_itself_and_its_summary_is_given() -> None:
    with Server() as server:
        gone = item("1", "Rome recalled its envoy.", whole=False, link=f"{server.address}/gone")
        server.routes["/rss"] = with_body(rss(gone, item("2")), "application/rss+xml")
        made, faults = read(server)
        assert [d.text for d in made] == ["Rome recalled its envoy.", WORDS]
        assert len(faults) == 1 and isinstance(faults[0], FetchError)


def test_a_feed_that_names_itself_as_its_page_does_not_lead_in_circles() -> None:
    with Server() as server:
        body = rss(item("1", "A summary.", whole=False, link=f"{server.address}/rss"))
        server.routes["/rss"] = with_body(body, "application/rss+xml")
        made, faults = read(server)
        assert server.asked.count("/rss") == 2
        assert [d.text for d in made] == ["A summary."] and "leads to no page" in str(faults[0])


def test_a_broken_feed_is_told_and_gives_nothing() -> None:
    with Server({"/rss": with_body(b"<html>no feed</html>")}) as server:
        made, faults = read(server)
        assert not made and "no feed" in str(faults[0])


def test_an_unchanged_feed_is_not_sent_again() -> None:
    with Server({"/rss": cached(rss(item()), '"v1"', media="application/rss+xml")}) as server:
        url = f"{server.address}/rss"
        with Fetcher(allow=(server.host,), delay=0, sleep=lambda s: None) as fetcher:
            first, state = feeds.fetch(fetcher, url)
            again, same = feeds.fetch(fetcher, url, state)
        assert first is not None and again is None
        assert state == same == FeedState('"v1"', None)


def test_a_feed_of_ten_thousand_items_is_read_and_one_without_end_is_refused() -> None:
    with Server() as server:
        whole = feed(10_000, server.address).replace(b"description>Kyiv", b"content:encoded>Kyiv")
        whole = whole.replace(b")</description>", b")</content:encoded>")
        whole = whole.replace(b"<rss ", b'<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" ')
        server.routes["/rss"] = with_body(whole, "application/rss+xml")
        server.routes["/endless"] = endless_feed(server.address)
        made, faults = read(server)
        assert (len(made), len({d.id for d in made}), faults) == (10_000, 10_000, [])
        some, told = read(server, most=50)
        assert len(some) == 50 and "only the first 50 are read" in str(told[0])
        none, refused = read(server, "/endless")
        assert not none and isinstance(refused[0], FetchError) and "MB" in str(refused[0])


def test_an_edited_item_revises_the_document_of_its_earlier_version() -> None:
    later = f"<pubDate>Thu, 08 Jan 2026 10:00:00 GMT</pubDate>{UPDATED}"
    with Server() as server:
        server.routes["/rss"] = in_turn(
            with_body(rss(item(more="<pubDate>Thu, 08 Jan 2026 10:00:00 GMT</pubDate>"))),
            with_body(rss(item(text="Iran praised the United States.", more=later))),
        )
        kept: dict[str, tuple[str, str]] = {}
        versions: list[Document] = []
        with Fetcher(allow=(server.host,), delay=0, sleep=lambda s: None) as fetcher:
            for _ in range(3):
                found, _ = feeds.fetch(fetcher, f"{server.address}/rss")
                assert found is not None
                for reading in feeds.readings(
                    found,
                    fetcher,
                    url=server.address,
                    seen=lambda key, version: kept.get(key, ("", ""))[0] == version,
                    earlier=lambda key: kept[key][1] if key in kept else None,
                    on_error=lambda error: pytest.fail(str(error)),
                ):
                    assert reading.document is not None
                    kept[reading.key] = (reading.version, reading.document.id)
                    versions.append(reading.document)
    first, second = versions
    assert (first.revises, second.revises, second.modified) == (None, first.id, date(2026, 1, 9))


UPDATED = "<dc:date>2026-01-09T08:00:00Z</dc:date>"


def test_a_summary_with_a_newer_update_is_another_version_and_a_whole_text_is_not() -> None:
    early, late = datetime(2026, 1, 8, tzinfo=UTC), datetime(2026, 1, 9, tzinfo=UTC)

    def version(whole: bool, updated: datetime) -> str:
        return feeds.Item("1", None, "T", None, updated, None, None, WORDS, whole, None).version

    assert version(False, early) != version(False, late)
    assert version(True, early) == version(True, late)
