"""Posts: archives and accounts give every post once, to the one who wrote it, and the oldest first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from web_server import Answer, Request, Server, mastodon, redirect, with_body

from detente.errors import FetchError, FileError, InputError
from detente.records import Document, Kind
from detente.sources.fetch import Fetcher
from detente.sources.posts import Account, check_posts, read_account, read_archive
from detente.sources.statuses import POST_LIMIT, blocks, moment, name_of
from detente.tables import read_table

MENTION = (
    '<span class="h-card"><a href="https://truthsocial.com/@WhiteHouse" class="u-url mention">'
    "@<span>WhiteHouse</span></a></span>"
)


def status(number: int | str, words: str = "<p>We signed.</p>", **fields: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "created_at": "2025-10-29T10:00:00.000Z",
        "content": words,
        "url": f"https://truthsocial.com/@realDonaldTrump/{number}",
    } | fields


def archive(*records: Any) -> bytes:
    return json.dumps(records).encode()


def read(content: bytes, **fields: Any) -> list[Document]:
    return list(read_archive(content, where="posts.json", **fields))


def text(content: str) -> str:
    return "\n\n".join(("> " if b.quoted else "") + b.text for b in blocks(content, frozenset({"blob"})))


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("<p>One &amp; two</p><p>Three<br/>four</p>", "One & two\n\nThree\nfour"),
        (f"<p>Thanks {MENTION}Now</p>", "Thanks @WhiteHouse Now"),
        (f"<p>Thanks {MENTION}, all</p>", "Thanks @WhiteHouse, all"),
        (
            '<p>See <a href="https://a.org/bcd"><span class="invisible">https://</span>'
            '<span class="ellipsis">a.org/b</span><span class="invisible">cd</span></a></p>',
            "See https://a.org/bcd",
        ),
        ("<p>Great :blob: :other: at 10:30:15</p>", "Great  :other: at 10:30:15"),
        ('<p><span class="quote-inline"><br/>RT: https://a.org/1</span></p>', ""),
        ('<p class="quote-inline">RE: <a href="https://a.org">x</a></p><p>No.</p>', "No."),
        (
            "<p>He said:</p><blockquote><p>We attack.</p></blockquote><p>Sad.</p>",
            "He said:\n\n> We attack.\n\nSad.",
        ),
        ("<p>a<script>alert('<p>b</p>')</script>c</p>", "ac"),
        ("<p>a<!-- <p>hidden</p> -->b</p>", "ab"),
        ("Two < three > one\n\nand &lt;p&gt; R&amp;D", "Two < three > one\n\nand <p> R&D"),
        ("<p>one<p>two</div></p></p>", "one\n\ntwo"),
        ("<p>&lt;script&gt; stays</p>", "<script> stays"),
        ("<p></p>", ""),
    ],
)
def test_the_html_of_a_post_becomes_the_words_it_shows(content: str, shown: str) -> None:
    assert text(content) == shown


@pytest.mark.parametrize(
    "content",
    [
        "<div>" * 100_000,
        "<a <a " * 80_000,
        "<!--" * 120_000,
        "<p" * 240_000,
        "&" * 499_000,
        "<blockquote>" * 40_000 + "x",
        "<style>" * 70_000,
        ":" * 499_000,
    ],
    ids=["deep", "open", "comments", "half", "entities", "quotes", "styles", "colons"],
)
def test_markup_made_to_hurt_costs_its_length_and_the_next_post_is_read(content: str) -> None:
    made = read(archive(status(1, content), status(2)))
    assert made[-1].text == "We signed."


def test_a_post_has_its_account_its_author_and_its_day() -> None:
    (made,) = read(archive(status(7, created_at="2025-10-31T23:59:12.335Z")))
    assert (made.author, made.publisher) == ("Donald Trump", "@realDonaldTrump@truthsocial.com")
    assert (made.published, made.kind) == (date(2025, 10, 31), Kind.POST)
    assert made.url == "https://truthsocial.com/@realDonaldTrump/7"


@pytest.mark.parametrize(
    ("fields", "author"),
    [
        (
            {"account": {"acct": "ann", "display_name": "Ann Lee :x: 🇺🇸", "emojis": [{"shortcode": "x"}]}},
            "Ann Lee",
        ),
        ({"account": {"acct": "ann@far.org", "display_name": ""}}, "@ann"),
        ({"author": "Ann Lee"}, "Donald Trump"),  # whose account it is says more than a name beside it
        ({"url": "https://a.org/@ann/1", "author": "Ann Lee"}, "Ann Lee"),
        ({"url": "https://twitter.com/narendramodi/status/1"}, "Narendra Modi"),
        ({"url": None}, None),
    ],
)
def test_the_author_is_the_owner_of_an_official_account_else_its_name(
    fields: Mapping[str, Any], author: str | None
) -> None:
    (made,) = read(archive(status(1) | fields))
    assert made.author == author


def test_an_author_that_is_given_goes_before_all_but_not_for_what_others_wrote() -> None:
    other = status(
        5, "<p>They met.</p>", url="https://a.org/@bo/5", account={"acct": "bo", "display_name": "Bo"}
    )
    made = read(archive(status(7, "<p>Look.</p>", quote=other), status(8, "", reblog=other)), author="Ann")
    assert [(d.text, d.author) for d in made] == [("They met.", "Bo"), ("Look.", "Ann"), ("They met.", "Bo")]
    assert made[0].id == made[2].id  # the same post, however it came


@pytest.mark.parametrize(
    ("content", "author", "words"),
    [
        (f"<p>RT {MENTION}Peace is here.</p>", "White House", "Peace is here."),
        ("<p>RT @ann: Peace is here.</p>", "@ann", "Peace is here."),
        ("<p>RT @realDonaldTrump Peace is here.</p>", "Donald Trump", "Peace is here."),
    ],
)
def test_a_boost_that_is_written_out_is_the_other_one_s_post(content: str, author: str, words: str) -> None:
    (made,) = read(archive(status(1, content)))
    assert (made.author, made.text) == (author, words)
    assert made.publisher is not None and made.publisher.endswith("@truthsocial.com")


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (status(1, "<p></p>", media=["https://a.org/x.jpg"]), "no words of its own"),
        (status(1, '<p><span class="quote-inline">RT: https://a.org/1</span></p>'), "no words of its own"),
        (status(1, "<blockquote>We attack.</blockquote>"), "no words of its own"),
        (status(1, "", reblog={"id": "3"}), "a boost without the boosted post"),
        ({"type": "Announce", "object": "https://a.org/1"}, "a boost without the boosted post"),
    ],
)
def test_a_post_without_words_of_its_own_is_counted(record: Mapping[str, Any], why: str) -> None:
    skipped: list[tuple[str, str]] = []
    made = read(archive(record, status(2)), on_skipped=lambda at, reason: skipped.append((at, reason)))
    assert len(made) == 1 and skipped == [("posts.json item 1", why)]


def test_what_a_post_only_cites_is_a_turn_of_nobody() -> None:
    (made,) = read(archive(status(1, "<p>He:</p><blockquote>We attack.</blockquote><p>Sad.</p>")))
    assert [(made.text[at:][:3], who) for at, who in made.turns] == [
        ("He:", "Donald Trump"),
        ("We ", ""),
        ("Sad", "Donald Trump"),
    ]


def test_archives_come_oldest_first_and_every_edit_is_a_version() -> None:
    old = status(1, "<p>We will sign.</p>", created_at="2025-10-25T08:00:00Z")
    made = read(
        archive(
            status(2, created_at="2025-10-27"),
            old | {"content": "<p>We signed.</p>", "edited_at": "2025-10-26T09:00:00Z"},
            old,
            old,
        )
    )
    assert [d.text for d in made] == ["We will sign.", "We signed.", "We signed."]
    assert [d.revises for d in made] == [None, made[0].id, None]
    assert [d.modified for d in made] == [None, date(2025, 10, 26), None]
    assert len({d.id for d in made}) == 3


def test_a_deleted_post_is_told_by_the_ids_of_its_documents_after_they_were_given() -> None:
    told: list[str] = []
    given: list[Document] = []
    content = b"\n".join(
        json.dumps(r).encode()
        for r in (
            status(1),
            status(2, "<p>Other.</p>", deleted_at="2025-10-30T00:00:00Z"),
            {"event": "delete", "payload": "1"},
            status(3, isDeleted="f"),
        )
    )
    for made in read_archive(content, where="a.jsonl", on_deleted=told.append):
        assert told == []
        given.append(made)
    assert [d.text for d in given] == ["We signed.", "Other.", "We signed."]
    assert told == [given[0].id, given[1].id]


def test_json_lines_csv_and_mastodon_s_own_archive_are_read() -> None:
    lines = b"\n".join(json.dumps(status(n)).encode() for n in (1, 2)) + b"\n\n"
    table = (
        "ID;Created At;Text;Account;Link\n"
        '7;2025-10-29 10:00:00;"We signed;\nall of us.";@ann@a.org;https://a.org/@ann/7\n'
    ).encode("utf-8-sig")
    outbox = {
        "orderedItems": [
            {"type": "Announce", "object": "https://b.org/1"},
            {
                "type": "Create",
                "object": {
                    "id": "https://a.org/users/ann/statuses/9",
                    "url": "https://a.org/@ann/9",
                    "published": "2025-10-29T10:00:00Z",
                    "content": "<p>We signed.</p>",
                    "attributedTo": "https://a.org/users/ann",
                },
            },
        ]
    }
    assert [d.text for d in read(lines)] == ["We signed.", "We signed."]
    (row,) = read(table)
    assert (row.text, row.publisher, row.published) == (
        "We signed;\nall of us.",
        "@ann@a.org",
        date(2025, 10, 29),
    )
    (own,) = read(json.dumps(outbox).encode())
    assert (own.publisher, own.published) == ("@ann@a.org", date(2025, 10, 29))
    assert [d.text for d in read(json.dumps({"posts": [status(1)]}, indent=1).encode())] == ["We signed."]


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2025-10-29", "2025-10-29"),
        ("2025-10-29T23:00:00-05:00", "2025-10-29"),
        ("2025-10-29 23:00:00 UTC", "2025-10-29"),
        ("Wed Oct 29 20:19:24 +0000 2025", "2025-10-29"),
        ("Wed, 29 Oct 2025 20:19:24 GMT", "2025-10-29"),
        (1761767964, "2025-10-29"),
        ("1761767964000", "2025-10-29"),
    ],
)
def test_days_are_read_in_the_forms_that_archives_have(value: str | int, day: str) -> None:
    found = moment(value, "a")
    assert found is not None and found.isoformat()[:10] == day


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (7, "a post is a JSON object"),
        ({"id": 1}, "has no text"),
        (status(1, created_at="soon"), "'soon' is no date"),
        (status(1, created_at="10/29/2025"), "is no date"),
        (status(1, created_at=10**30), "is no date"),
        (status(1, created_at=[]), "is no date"),
        (status(1, content=["x"]), "field 'content': the field holds no text but list"),
        (status(1, content={"a": 1}), "no text but dict"),
        (status(1, id={"a": 1}), "field 'id'"),
        (status(1, account={"display_name": 3}), "field 'display_name'"),
        (status(1, "x" * (POST_LIMIT + 1)), "longer than 500,000 characters"),
    ],
)
def test_a_bad_post_costs_only_itself_and_is_told_with_its_place(record: Any, said: str) -> None:
    faults: list[InputError] = []
    made = read(archive(record, status(2)), on_error=faults.append)
    assert [d.text for d in made] == ["We signed."]
    assert said in str(faults[0]) and "posts.json item 1" in str(faults[0])
    with pytest.raises(FileError, match=r"posts\.json item 1"):
        read(archive(record, status(2)))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"[]", "the list is empty"),
        (b'[{"content": "x"', "broken at line 1"),
        (b"[" * 200_000, "cannot be read"),
        (b"name,age\nAnn,7\n", "no column of name, age"),
        (b"\x00\x01", "binary"),
    ],
)
def test_a_file_that_is_no_archive_says_why(content: bytes, said: str) -> None:
    with pytest.raises(FileError, match=said):
        read(content)


def test_a_bad_line_and_a_bad_row_cost_only_themselves() -> None:
    faults: list[InputError] = []
    lines = (
        json.dumps(status(1)).encode() + b"\n{" + b"x" * 1_000_000 + b"\n" + json.dumps(status(2)).encode()
    )
    assert len(read(lines, on_error=faults.append)) == 2
    rows = "id,text\n1,We met.\n2,a,b\n3," + "y" * 200_000 + "\n4,We left.\n"
    assert [d.text for d in read(rows.encode(), on_error=faults.append)] == ["We met.", "We left."]
    assert ["line 2" in str(faults[0]), "line 3" in str(faults[1]), "line 4" in str(faults[2])] == [True] * 3


def test_an_address_that_is_none_is_no_address() -> None:
    made = read(archive(status(1, url="javascript:alert(1)"), status(2, url="http://[bad")), author="Ann")
    assert [d.url for d in made] == [None, "http://[bad"]
    assert made[0].id != made[1].id


def test_handles_are_in_order_and_name_people_or_houses_that_the_tables_know() -> None:
    rows = read_table("actors/handles.csv")
    keys = [(r["server"], r["handle"].lower()) for r in rows]
    assert keys == sorted(keys) and all(r["source"] for r in rows)
    known = {r["name"] for r in read_table("actors/offices.csv")}
    known |= {r["text"] for t in ("names", "organisations") for r in read_table(f"actors/{t}.csv")}
    assert {r["name"] for r in rows} <= known
    assert name_of("truthsocial.com", "SecWar", date(2025, 9, 4)) is None
    assert name_of("truthsocial.com", "secwar", date(2025, 9, 5)) == "Pete Hegseth"


# ---- accounts


def posts(count: int, server: Server, **fields: Any) -> list[dict[str, Any]]:
    """`count` posts, the newest first."""
    return [
        status(n, f"<p>Post {n}.</p>", url=f"{server.address}/@ann/{n}", **fields)
        for n in range(count, 0, -1)
    ]


def fetcher(server: Server, sleeps: list[float] | None = None) -> Fetcher:
    kept = sleeps if sleeps is not None else []
    return Fetcher(allow=(server.host,), delay=0.0, sleep=kept.append, jitter=lambda: 0.0)


def fail(error: InputError) -> None:
    raise error


def numbers(made: list[Document]) -> list[int]:
    return [int(d.text.removeprefix("Post ").removesuffix(".")) for d in made]


def test_an_account_is_read_over_all_its_pages_the_oldest_first() -> None:
    with Server() as server:
        mastodon(server, "ann", posts(95, server))
        with fetcher(server) as client:
            made = list(read_account(client, Account(server.address, "ann"), on_error=fail))
    assert numbers(made) == list(range(1, 96))
    assert made[0].author == "Ann" and made[0].publisher == f"@ann@{server.host}"
    assert sum("/statuses" in path for path in server.asked) == 3


def test_a_stop_and_a_restart_lose_and_repeat_nothing() -> None:
    with Server() as server:
        mastodon(server, "ann", posts(95, server))
        account = Account(server.address, "ann")
        seen: list[int] = []
        last: list[str] = []
        with fetcher(server) as client:
            for stop in (10, 50, 1_000):
                since = last[-1] if last else None
                found = read_account(client, account, since_id=since, on_error=fail, on_post=last.append)
                for made in found:
                    # Stored, then stopped before the next post is asked for.
                    if made.text not in [f"Post {n}." for n in seen]:
                        seen += numbers([made])
                    if len(seen) == stop:
                        break
            assert seen == list(range(1, 96))
            mastodon(server, "ann", posts(97, server))
            assert numbers(list(read_account(client, account, since_id="95", on_error=fail))) == [96, 97]
            assert list(read_account(client, account, since_id="97", on_error=fail)) == []


def test_a_first_reading_takes_the_newest_and_says_with_which_post_to_go_on() -> None:
    with Server() as server:
        mastodon(server, "ann", posts(95, server))
        last: list[str] = []
        with fetcher(server) as client:
            made = list(
                read_account(
                    client, Account(server.address, "ann"), most=50, on_error=fail, on_post=last.append
                )
            )
    assert numbers(made) == list(range(46, 96)) and last[-1] == "95"


def test_a_busy_server_is_waited_for_as_it_asks() -> None:
    sleeps: list[float] = []
    with Server() as server:
        mastodon(server, "ann", posts(50, server), busy=(1, 3), wait="7")
        with fetcher(server, sleeps) as client:
            made = list(
                read_account(client, Account(server.address, "ann"), on_error=fail, sleep=sleeps.append)
            )
    assert numbers(made) == list(range(1, 51)) and sleeps.count(7.0) == 2


def test_mastodon_s_own_rate_limit_header_is_waited_out_by_the_server_s_clock() -> None:
    waits: list[float] = []
    with Server() as server:
        mastodon(server, "ann", posts(3, server))
        calm = server.routes["/api/v1/accounts/1/statuses"]

        def busy(request: Request) -> Answer:
            until = datetime.now(UTC) + timedelta(seconds=90)  # the server's clock, not ours
            limits = {"Content-Type": "application/json", "X-RateLimit-Reset": until.isoformat()}
            return (429, limits, "{}") if request.number <= 4 else calm(request)

        server.routes["/api/v1/accounts/1/statuses"] = busy
        with fetcher(server) as client:
            made = list(
                read_account(client, Account(server.address, "ann"), on_error=fail, sleep=waits.append)
            )
    assert numbers(made) == [1, 2, 3]
    assert len(waits) == 1 and 60 < waits[0] <= 91


def test_a_server_that_asks_for_too_long_a_wait_is_left_for_later() -> None:
    faults: list[InputError] = []
    with Server() as server:
        mastodon(server, "ann", posts(3, server), busy=range(1, 100), wait="86400")
        with fetcher(server) as client:
            made = list(read_account(client, Account(server.address, "ann"), on_error=faults.append))
    assert made == [] and "86400 seconds" in str(faults[0])


def test_the_token_goes_to_the_account_s_own_server_and_into_no_message() -> None:
    faults: list[InputError] = []
    with Server() as server, Server() as other:
        mastodon(server, "ann", posts(60, server), token="s3cret")
        with fetcher(server) as client:
            account = Account(server.address, "ann")
            assert list(read_account(client, account, token="wrong-s3", on_error=faults.append)) == []
            assert len(list(read_account(client, account, token="s3cret", on_error=fail))) == 60
        assert "401" in str(faults[0]) and "wrong-s3" not in str(faults[0])
        other.routes["*"] = with_body("[]", "application/json")
        server.routes["/api/v1/accounts/lookup"] = redirect(f"{other.address}/steal")
        with Fetcher(allow=(server.host, other.host), delay=0.0, robots=False) as client:
            assert list(read_account(client, account, token="s3cret", on_error=faults.append)) == []
        assert other.log and all(headers["Authorization"] is None for _, headers in other.log)
    with pytest.raises(InputError, match="characters that no token has"):
        list(read_account(client, account, token="a\r\nHost: b", on_error=fail))


def test_a_next_page_on_another_host_is_not_followed() -> None:
    with Server() as server:
        mastodon(server, "ann", posts(2, server))
        body = json.dumps(posts(2, server))
        link = '<http://169.254.169.254/?max_id=1>; rel="next"'
        server.routes["/api/v1/accounts/1/statuses"] = with_body(body, "application/json", Link=link)
        with fetcher(server) as client:
            made = list(read_account(client, Account(server.address, "ann"), on_error=fail))
    assert numbers(made) == [1, 2]  # the same page again gives nothing new, so it ends


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<html>", "no JSON"),
        ("{}", "no list of posts"),
        ("[" * 100_000, "no JSON"),
        ("x" * 9_000_000, "larger than 8 MB"),
    ],
)
def test_an_answer_that_is_none_is_told(body: str, said: str) -> None:
    faults: list[InputError] = []
    with Server() as server:
        mastodon(server, "ann", [])
        server.routes["/api/v1/accounts/1/statuses"] = with_body(body, "application/json")
        with fetcher(server) as client:
            assert list(read_account(client, Account(server.address, "ann"), on_error=faults.append)) == []
    assert said in str(faults[0]) and server.host in str(faults[0])


def test_an_unknown_account_and_a_private_server_are_told() -> None:
    faults: list[InputError] = []
    with Server() as server:
        mastodon(server, "ann", [])
        with fetcher(server) as client:
            assert list(read_account(client, Account(server.address, "bo"), on_error=faults.append)) == []
        with Fetcher() as client:
            assert list(read_account(client, Account(server.address, "ann"), on_error=faults.append)) == []
    assert "404" in str(faults[0]) and "no public address" in str(faults[1])


def test_a_bad_post_of_an_account_is_told_and_the_rest_goes_on() -> None:
    faults: list[InputError] = []
    with Server() as server:
        found = posts(3, server)
        found[1]["content"] = 7
        mastodon(server, "ann", found)
        with fetcher(server) as client:
            made = list(read_account(client, Account(server.address, "ann"), on_error=faults.append))
    assert numbers(made) == [1, 3] and "/@ann/2" in str(faults[0])


def history(server: Server) -> list[dict[str, Any]]:
    """The versions of post 2, as `/history` gives them, and the post edited in `server`'s account."""
    found = posts(3, server)
    found[1] |= {"content": "<p>Third words.</p>", "edited_at": "2025-10-31T09:00:00Z"}
    mastodon(server, "ann", found)
    account = {"acct": "ann", "display_name": "Ann", "url": f"{server.address}/@ann"}
    versions = [
        {"content": f"<p>{n} words.</p>", "created_at": f"2025-10-{29 + i}T09:00:00Z", "account": account}
        for i, n in enumerate(("First", "Second", "Third"))
    ]
    server.routes["/api/v1/statuses/2"] = with_body(
        json.dumps(found[1] | {"account": account}), "application/json"
    )
    server.routes["/api/v1/statuses/2/history"] = with_body(json.dumps(versions), "application/json")
    return found


def test_an_edited_post_comes_with_all_its_versions() -> None:
    with Server() as server:
        history(server)
        with fetcher(server) as client:
            made = list(read_account(client, Account(server.address, "ann"), on_error=fail))
    assert [d.text for d in made] == ["Post 1.", "First words.", "Second words.", "Third words.", "Post 3."]
    first, second, third = made[1:4]
    assert (first.revises, second.revises, third.revises) == (None, first.id, second.id)
    assert [d.modified for d in (first, second, third)] == [None, date(2025, 10, 30), date(2025, 10, 31)]
    assert {d.published for d in (first, second, third)} == {date(2025, 10, 29)}


def test_a_server_without_versions_gives_the_last_one_with_its_day() -> None:
    with Server() as server:
        history(server)
        del server.routes["/api/v1/statuses/2/history"]
        with fetcher(server) as client:
            made = list(read_account(client, Account(server.address, "ann"), on_error=fail))
    assert [(d.text, d.modified) for d in made][1] == ("Third words.", date(2025, 10, 31))


def test_kept_posts_are_asked_for_again_and_edits_and_deletions_found() -> None:
    gone: list[str] = []
    with Server() as server:
        mastodon(server, "ann", posts(3, server))
        account = Account(server.address, "ann")
        with fetcher(server) as client:
            kept = list(read_account(client, account, on_error=fail))
            found = history(server)
            server.routes["/api/v1/statuses/3"] = with_body(json.dumps(found[0]), "application/json")
            made = list(check_posts(client, account, kept, on_deleted=gone.append, on_error=fail))
            again = list(check_posts(client, account, [made[-1]], on_deleted=gone.append, on_error=fail))
    assert gone == [kept[0].id]  # post 1 is away, post 3 as it was
    assert made[-1].text == "Third words." and made[-1].revises is not None
    assert again == []


def test_a_server_that_fails_is_no_deletion() -> None:
    gone: list[str] = []
    faults: list[InputError] = []
    with Server() as server:
        mastodon(server, "ann", posts(1, server))
        account = Account(server.address, "ann")
        with fetcher(server) as client:
            kept = list(read_account(client, account, on_error=fail))
            server.routes["/api/v1/statuses/1"] = with_body("{}", "application/json", 500)
            found = check_posts(client, account, kept, on_deleted=gone.append, on_error=faults.append)
            assert list(found) == []
    assert gone == [] and isinstance(faults[0], FetchError)


@pytest.mark.parametrize(
    ("written", "account"),
    [
        ("@ann@a.org", Account("a.org", "ann")),
        ("ann@a.org", Account("a.org", "ann")),
        ("https://a.org/@ann", Account("a.org", "ann")),
        ("https://a.org/users/ann/", Account("a.org", "ann")),
        ("http://127.0.0.1:80/@ann", Account("http://127.0.0.1:80", "ann")),
    ],
)
def test_accounts_are_written_as_people_write_them(written: str, account: Account) -> None:
    assert Account.parse(written) == account


@pytest.mark.parametrize("written", ["ann", "https://a.org/ann", "@ann@", "ftp://a.org/@ann", "@a b@c.org"])
def test_what_is_no_account_is_told(written: str) -> None:
    with pytest.raises(InputError, match="is no account"):
        Account.parse(written)
