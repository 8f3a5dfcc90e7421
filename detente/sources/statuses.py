"""One post in the shape of Mastodon's API becomes documents: its own words, its author, its versions.

A post is read into a `Post`, whatever its fields are called; `documents` makes the documents of it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

from detente.errors import DateError, FileError
from detente.links import parts_of
from detente.records import Document, Kind
from detente.sources.text import make_document, parse_date
from detente.sources.transcripts import join
from detente.tables import read_table

__all__ = [
    "POST_LIMIT",
    "Block",
    "OnSkipped",
    "Post",
    "blocks",
    "documents",
    "moment",
    "name_of",
    "next_version",
    "post_of",
]

POST_LIMIT = 500_000
"""Characters of one post with its markup. Servers allow 500 to 100,000 characters of text."""

OnSkipped = Callable[[str, str], None]
"""Called with (where, why) for each post that gives no document and is no fault."""

_ID = ("id", "post_id", "status_id", "tweet_id", "id_str")
_TEXT = ("content", "text", "full_text", "body", "message", "post", "tweet")
_DAY = ("created_at", "published", "published_at", "date", "datetime", "timestamp", "created", "time")
_AUTHOR = ("account", "author", "user", "username", "screen_name", "handle", "display_name", "name")
_URL = ("url", "link", "permalink", "uri")
_EDITED = ("edited_at", "edited", "modified", "modified_at", "updated_at", "updated")
_DELETED = ("deleted_at", "deleted", "is_deleted", "isdeleted")

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,15})(?![A-Za-z0-9])([^<>]*)>")
_KNOWN = frozenset("p br a span div em strong b i u del blockquote ul ol li pre code h1 h2 h3 h4 img".split())
_PARTS = frozenset("p div ul ol li pre blockquote h1 h2 h3 h4 h5 h6".split())
_SILENT = frozenset("script style template noscript svg".split())
_CLASS = re.compile(r"\bclass\s*=\s*[\"']([^\"']{0,200})")
_EMOJI = re.compile(r":([A-Za-z0-9_]{1,64}):")
_REPEATED = re.compile(r"RT:? @([A-Za-z0-9_.-]{1,100}(?:@[A-Za-z0-9_.-]{1,200})?):?\s+")
_PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]+")
_PLACE = re.compile(r"/(?:@|users/)?([A-Za-z0-9_.-]{1,100})(?:@[A-Za-z0-9_.-]+)?(?:/|$)")
_TWITTER = frozenset({"twitter.com", "www.twitter.com", "mobile.twitter.com", "www.x.com"})
_NO = frozenset({"", "0", "f", "false", "no", "none", "null"})


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of a post; `quoted` where the author only cites it (a `<blockquote>`)."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """What a record of an archive or of the API says, under one set of names.

    `handle` and `server` name the account, `display` is its name for people; `boosts` and `quotes` are
    the records of posts that this one passes on or cites.
    """

    id: str | None
    blocks: tuple[Block, ...]
    created: datetime | date | None
    edited: datetime | date | None
    url: str | None
    handle: str | None
    server: str | None
    display: str | None
    language: str | None
    deleted: bool
    boosts: Mapping[str, Any] | None
    quotes: Mapping[str, Any] | None


def blocks(content: str, emoji: frozenset[str] = frozenset()) -> tuple[Block, ...]:
    """The paragraphs of a post's HTML; text without markup is taken as it is.

    Links show as the text they show, mentions as "@name"; custom emoji (their short names in `emoji`)
    and the note that only points to a quoted post are left out. One pass, no recursion: broken or
    deep markup costs no more than its length.

    >>> blocks('<p>Talks with <a class="mention">@<span>WhiteHouse</span></a>Today<br/>:x:</p><p>Yes</p>',
    ...        frozenset({"x"}))
    (Block(text='Talks with @WhiteHouse Today', quoted=False), Block(text='Yes', quoted=False))
    """
    if "<!--" in content:
        content = _bare(content)
    if not any(m[2].lower() in _KNOWN for m in _TAG.finditer(content)):
        found = (Block(_settle(part, emoji)) for part in re.split(r"\n\s*\n", html.unescape(content)))
        return tuple(b for b in found if b.text)
    done: list[Block] = []
    run: list[str] = []
    quoted = 0
    silent: tuple[str, int] | None = None  # the tag whose content is left out, and how deep it is open
    joined = False  # the last thing was a link or a mention that closed
    at = 0

    def close() -> None:
        text = _settle("".join(run), emoji)
        run.clear()
        if text:
            done.append(Block(text, quoted > 0))

    for match in _TAG.finditer(content):
        closing, tag, attributes = match[1] == "/", match[2].lower(), match[3]
        if silent is None and match.start() > at:
            words = re.sub(r"\s+", " ", html.unescape(content[at : match.start()]))
            if joined and words[:1].isalnum() and run and not run[-1][-1:].isspace():
                run.append(" ")
            run.append(words)
            joined = False
        at = match.end()
        if silent is not None:
            if tag == silent[0]:
                depth = silent[1] + (-1 if closing else 0 if attributes.endswith("/") else 1)
                silent = (tag, depth) if depth else None
            continue
        named = _CLASS.search(attributes[:1000])
        classes = set(named[1].split()) if named else set()
        if not closing and (tag in _SILENT or classes & {"quote-inline", "reference-link-inline"}):
            if not attributes.endswith("/"):
                silent = (tag, 1)
            continue
        if tag == "br":
            run.append("\n")
        elif tag in _PARTS:
            close()
            if tag == "blockquote":
                quoted = max(0, quoted + (-1 if closing else 1))
        elif tag == "a" and closing:
            joined = True
    if silent is None:
        rest = re.sub(r"\s+", " ", html.unescape(content[at:]))
        run.append(" " + rest if joined and rest[:1].isalnum() else rest)
    close()
    return tuple(done)


def _bare(content: str) -> str:
    """The content without comments; one that never ends hides nothing."""
    first, *rest = content.split("<!--")
    return first + "".join(part.split("-->", 1)[-1] for part in rest)


def _settle(text: str, emoji: frozenset[str]) -> str:
    if emoji:
        text = _EMOJI.sub(lambda m: "" if m[1] in emoji else m[0], text)
    return re.sub(r" *\n *", "\n", text).strip()


def moment(value: Any, where: str) -> datetime | date | None:
    """A point in time: ISO, RFC 2822, Twitter's own form, or seconds (or milliseconds) since 1970 in UTC.

    None where nothing is given. Raises `FileError` for anything else.

    >>> moment("Wed Oct 29 20:19:24 +0000 2025", "a").day, moment(1761767964, "a").isoformat()
    (29, '2025-10-29T19:59:24+00:00')
    """
    if value is None or value == "":
        return None
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            seconds = float(value)
            return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
        if isinstance(value, str):
            text = value.strip().removesuffix(" UTC")[:80]
            if re.fullmatch(r"\d{9,13}", text):
                return moment(int(text), where)
            twitter = re.fullmatch(r"\w{3} (\w{3}) (\d\d) (\d\d:\d\d:\d\d) ([+-]\d{4}) (\d{4})", text)
            if twitter:
                month, day, clock, zone, year = twitter.groups()
                return parsedate_to_datetime(f"{day} {month} {year} {clock} {zone}")
            try:
                day_of = parse_date(text)
            except DateError:
                if not re.match(r"(?:\w{3}, )?\d{1,2} \w{3} \d{4} ", text):
                    raise
                return parsedate_to_datetime(text)
            return datetime.fromisoformat(text) if len(text) > 10 else day_of
    except (ValueError, OverflowError, OSError, DateError):
        pass
    raise FileError(
        f"{str(value)[:40]!r} is no date", where=where, todo="write it as 2026-01-08 or 2026-01-08T10:00:00Z"
    )


def post_of(record: Mapping[str, Any], where: str, server: str | None = None) -> Post:
    """The post that a record tells of; names of its fields are guessed from a list of usual ones.

    Raises `FileError` where a field holds what it cannot, where the text is longer than `POST_LIMIT`,
    or where nothing can be the text.
    """
    fields = {re.sub(r"[\s-]+", "_", str(key).strip().lower()): value for key, value in record.items()}
    deleted = str(_first(fields, _DELETED) or "").strip().lower() not in _NO
    inner = fields.get("object")
    if isinstance(inner, dict) and fields.get("type") in ("Create", "Update"):
        return post_of(inner, where, server)  # a line of Mastodon's own archive of an account
    text = _string(_first(fields, _TEXT), where, "content")
    boosts = _record(fields, where, "reblog", "reblogged_status", "retweeted_status")
    if fields.get("type") == "Announce":
        boosts = boosts or {"id": None}
    if text is None and boosts is None and not deleted:
        if not set(fields) & set(_TEXT):
            raise FileError(
                "the post has no text", where=where, todo=f"name a field {', '.join(_TEXT[:4])} or the like"
            )
        text = ""
    if text is not None and len(text) > POST_LIMIT:
        raise FileError(
            f"the post is longer than {POST_LIMIT:,} characters", where=where, todo="leave it out"
        )
    handle, display, account_url = _account(fields, where)
    url = _address(_first(fields, _URL)) or _address(fields.get("uri"))
    host, named = _owner(url)
    if account_url or fields.get("attributedto"):
        home, user = _owner(account_url or _address(fields.get("attributedto")))
        host, handle = home or host, handle or user
    if handle and "@" in handle.strip("@"):
        handle, _, far = handle.strip("@").partition("@")
        host = far or host
    emoji = fields.get("emojis")
    codes = {e.get("shortcode") for e in emoji if isinstance(e, dict)} if isinstance(emoji, list) else set()
    quoted = _record(fields, where, "quote", "quoted_status")
    if quoted is not None and isinstance(quoted.get("quoted_status"), dict):
        quoted = quoted["quoted_status"]
    return Post(
        id=_string(_first(fields, _ID), where, "id"),
        blocks=blocks(text or "", frozenset(c for c in codes if isinstance(c, str))),
        created=moment(_first(fields, _DAY), f"{where} field 'created_at'"),
        edited=moment(_first(fields, _EDITED), f"{where} field 'edited_at'"),
        url=url,
        handle=(handle or named or "").strip("@ ") or None,
        server=host or server,
        display=display,
        language=_string(fields.get("language") or fields.get("lang"), where, "language"),
        deleted=deleted,
        boosts=boosts,
        quotes=quoted if quoted and set(quoted) & set(_TEXT) else None,
    )


def documents(
    post: Post,
    where: str,
    *,
    author: str | None = None,
    published: date | None = None,
    on_skipped: OnSkipped | None = None,
) -> Iterator[Document]:
    """The documents of a post: a boost is the boosted author's, a quoted post comes first and alone.

    `author` names the account's owner; it is not used for boosted or quoted posts of others. A post
    without words (pictures only, or only a pointer to another) gives none and is told to `on_skipped`.
    """
    skipped = on_skipped or _unheard
    if post.boosts is not None:
        if not set(post.boosts) & set(_TEXT):
            skipped(where, "a boost without the boosted post")
            return
        inner = post_of(post.boosts, f"{where} boost", post.server)
        own = author if inner.handle and inner.handle == post.handle else None
        yield from documents(replace(inner, boosts=None), where, author=own, on_skipped=on_skipped)
        return
    if post.quotes is not None:
        inner = post_of(post.quotes, f"{where} quote", post.server)
        own = author if inner.handle and inner.handle == post.handle else None
        yield from documents(
            replace(inner, quotes=None, boosts=None), f"{where} quote", author=own, on_skipped=on_skipped
        )
    if not any(not b.quoted for b in post.blocks):
        skipped(where, "no words of its own")
        return
    handle, server, text = post.handle, post.server, post.blocks
    repeated = _REPEATED.match(text[0].text) if not text[0].quoted else None
    if repeated:  # an archive that writes a boost out: "RT @name words"
        handle, _, far = repeated[1].partition("@")
        server = far or server
        author = author if handle == post.handle else None
        rest = text[0].text[repeated.end() :].strip()
        text = (*((Block(rest),) if rest else ()), *text[1:])
        if not text:
            skipped(where, "a boost without words")
            return
    day = _day(post.created) or published
    display = post.display if handle == post.handle else None
    at = f"@{handle}" if handle else None
    who = author or name_of(server, handle, day) or display or at
    publisher = f"{at}@{server}" if at and server else server or at
    kept, starts = join(("\n\n", b.text) for b in text)
    if not kept:
        skipped(where, "no words of its own")
        return
    # Without an address the number keeps two posts with the same words on one day apart.
    origin = post.url or (f"{server or ''}/@{handle or ''}/{post.id}" if post.id else None)
    made = make_document(
        kept,
        url=origin,
        published=day,
        publisher=publisher,
        kind=Kind.POST,
        author=who,
        language=post.language,
    )
    edited = _day(post.edited)
    turns: list[tuple[int, str]] = []
    if who and any(b.quoted for b in text):
        for start, block in zip(starts, text, strict=True):
            speaker = "" if block.quoted else who
            if start is not None and (not turns or turns[-1][1] != speaker):
                turns.append((start, speaker))
    yield replace(made, url=post.url, modified=edited, turns=tuple(turns))


def next_version(
    document: Document, known: list[Document], where: str, on_skipped: OnSkipped | None = None
) -> list[Document]:
    """The document as the next version of a post, or none where it says what the last one said.

    `known` are the versions so far, the oldest first; the new one is added to them.
    """
    if known:
        if known[-1].sha256 == document.sha256:
            if on_skipped is not None:
                on_skipped(where, "the same post again")
            return []
        document = replace(document, revises=known[-1].id)
    known.append(document)
    return [document]


def name_of(server: str | None, handle: str | None, day: date | None) -> str | None:
    """Who stands behind an official account, by `data/actors/handles.csv`; None where it is not listed.

    >>> name_of("truthsocial.com", "realDonaldTrump", None), name_of("example.org", "ann", None)
    ('Donald Trump', None)
    """
    if not server or not handle:
        return None
    host = "x.com" if server in _TWITTER else server.removeprefix("www.")
    for name, since, until in _owners().get((host, handle.lower()), ()):
        if day is None:
            if not since and not until:
                return name
        elif since <= day.isoformat() and (not until or day.isoformat() <= until):
            return name
    return None


@cache
def _owners() -> dict[tuple[str, str], list[tuple[str, str, str]]]:
    """(name, from, to) of the owners of an account, by server and handle in small letters."""
    found: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for row in read_table("actors/handles.csv"):
        key = row["server"], row["handle"].lower()
        found.setdefault(key, []).append((row["name"], row["from"], row["to"]))
    return found


def _unheard(where: str, why: str) -> None:
    return


def _day(when: datetime | date | None) -> date | None:
    return when.date() if isinstance(when, datetime) else when


def _first(fields: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((fields[name] for name in names if fields.get(name) not in (None, "")), None)


def _string(value: Any, where: str, name: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if name == "id" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise FileError(
        f"the field holds no text but {type(value).__name__}",
        where=f"{where} field {name!r}",
        todo="write a text",
    )


def _record(fields: Mapping[str, Any], where: str, *names: str) -> Mapping[str, Any] | None:
    value = _first(fields, names)
    return value if isinstance(value, dict) else None


def _account(fields: Mapping[str, Any], where: str) -> tuple[str | None, str | None, str | None]:
    """Handle, name for people, and address of the account of a record."""
    found = _first(fields, _AUTHOR)
    if isinstance(found, dict):
        codes = {e.get("shortcode") for e in found.get("emojis") or () if isinstance(e, dict)}
        name = _string(found.get("display_name") or found.get("name"), where, "display_name")
        handle = _string(found.get("acct") or found.get("username"), where, "acct")
        return handle, _person(name, codes), _address(found.get("url"))
    name = _string(found, where, "author")
    if name and (name.startswith("@") or re.fullmatch(r"[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+", name)):
        return name, None, None
    return None, _person(name, set()), None


def _person(name: str | None, codes: set[Any]) -> str | None:
    if not name:
        return None
    bare = _EMOJI.sub(lambda m: "" if m[1] in codes else m[0], name)
    return " ".join(_PICTURES.sub(" ", bare).split())[:200] or None


def _address(value: Any) -> str | None:
    if not isinstance(value, str) or not value.startswith(("https://", "http://")) or len(value) > 2000:
        return None
    return value


def _owner(url: str | None) -> tuple[str | None, str | None]:
    """Server and handle in the address of a post or an account."""
    if url is None:
        return None, None
    parts = parts_of(url)
    host = parts.netloc.rpartition("@")[2]
    match = _PLACE.match(parts.path) if parts.path.startswith(("/@", "/users/")) else None
    if match is None and (parts.hostname in _TWITTER or parts.hostname == "x.com"):
        match = _PLACE.match(parts.path)
    return host or None, match[1] if match else None
