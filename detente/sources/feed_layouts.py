"""The layouts of feeds: RSS of every version, Atom and JSON Feed, and lists of feeds in OPML.

A feed is untrusted: it is decoded once, and its document type is taken off or refused before any
parser of XML sees it. Nothing here fetches anything.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from detente.errors import FileError
from detente.links import host_of, joined

__all__ = ["FEED_LIMIT", "Feed", "Item", "opml", "parse"]

FEED_LIMIT = 20_000_000
"""Bytes of one feed. The largest that are kept up have about 5 MB."""

_MOST_FEEDS = 5_000
_WHOLE = 1_500  # characters; a summary as long as this is a text, not a teaser
_FIRST_YEAR, _LAST_YEAR = 1000, 2200

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{2,40})[\"']")
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,400}?\?>")
_BEFORE_ROOT = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.S)
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^\[\]<>]{0,1000}>", re.I)
_END = re.compile(r"</(?:[\w.-]+:)?(?:rss|rdf|feed)\s*>\s*(?:<!--.*?-->\s*)*\Z", re.I | re.S)
_MARKUP = re.compile(r"<[A-Za-z/!]|&#?\w{1,32};")
_TEASER = re.compile(
    r"(?:…|\.\.\.|\[\s*(?:…|\.\.\.)\s*\]|\b(?:read (?:more|on)|continue reading|full story))[\s\]»→>.:]*\Z",
    re.I,
)
# What WordPress puts under every item of a feed; it is no sentence of the article.
_FOOTER = re.compile(r"\n*The post .{1,300} (?:appeared first|first appeared) on .{1,200}\Z")
_PARTS = re.compile(r"\s+[-–—|:»>·]+\s+")


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed. `text` is plain; `whole` is False where it is only a summary.

    `published` and `updated` keep the zone they are written in (UTC where none is).
    """

    id: str
    url: str | None
    title: str | None
    published: dt.datetime | None
    updated: dt.datetime | None
    author: str | None
    publisher: str | None
    text: str
    whole: bool
    language: str | None

    @property
    def version(self) -> str:
        """16 hex digits that change when the words change, or for a summary also when `updated` does."""
        parts = [self.text] if self.whole else [self.title or "", self.text, str(self.updated or "")]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it is read. `fault` says what was wrong with it, None where nothing was."""

    title: str | None
    publisher: str | None
    items: tuple[Item, ...]
    fault: str | None = None


def parse(content: bytes, *, where: str, charset: str | None = None) -> Feed:
    """The feed in the bytes: RSS 0.9x, 1.0, 2.0, Atom or JSON Feed.

    `where` is its address or file, to which links are relative; `charset` is what the server said.
    The day of a moment is the one written, in its own zone. The publisher is the stated one, else
    the part of the title that holds the name of the site, else the title, else the site.
    Raises `FileError` for what is no feed, is too large, or declares entities.

    >>> feed = parse(b'<rss version="2.0"><channel><title>Wire</title><item><guid>7</guid>'
    ...     b'<description>Iran condemned the United States.</description></item></channel></rss>',
    ...     where="wire.rss")
    >>> feed.publisher, [(i.id, i.text, i.whole) for i in feed.items]
    ('Wire', [('7', 'Iran condemned the United States.', False)])
    """
    if len(content) > FEED_LIMIT:
        raise FileError(
            f"{len(content) / 1e6:.1f} MB is more than the {FEED_LIMIT / 1e6:.1f} MB a feed may have",
            where=where,
            todo="give a feed with fewer items",
        )
    if not content.strip():
        raise FileError("the feed is empty", where=where, todo="check the address")
    text = _decoded(content, charset)
    if text.lstrip().startswith("{"):
        return _json_feed(text, where)
    return _xml_feed(_guarded(text, where), where)


def opml(content: bytes, *, where: str) -> tuple[str, ...]:
    """The addresses of the feeds that an OPML list names, in its order, each once.

    Raises `FileError` where there is no list or it names no feed.

    >>> opml(b'<opml><body><outline><outline xmlUrl="https://a.example/rss"/></outline></body></opml>',
    ...     where="feeds.opml")
    ('https://a.example/rss',)
    """
    from lxml import etree

    if len(content) > FEED_LIMIT:
        raise FileError("the list is larger than a feed may be", where=where, todo="split it")
    safe = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, recover=True
    )
    text = _guarded(_decoded(content, None), where)
    try:
        root = etree.fromstring(text.encode(), safe)
    except etree.XMLSyntaxError as error:
        raise FileError(f"this is no OPML list ({error})", where=where, todo="export it again") from error
    if root is None or str(root.tag).lower() != "opml":
        raise FileError("this is no OPML list", where=where, todo="give a file whose first element is <opml>")
    found: dict[str, None] = {}
    for outline in root.iter("outline", "Outline"):
        for name, value in outline.attrib.items():
            address = str(value).strip()
            if str(name).lower() == "xmlurl" and _web(address):
                found[address] = None
    if not found:
        raise FileError(
            "the list names no feed", where=where, todo="its outlines need xmlUrl with a web address"
        )
    if len(found) > _MOST_FEEDS:
        raise FileError(
            f"the list names {len(found)} feeds, more than {_MOST_FEEDS}", where=where, todo="split it"
        )
    return tuple(found)


# Reading XML ---------------------------------------------------------------------------------------


def _decoded(content: bytes, charset: str | None) -> str:
    """The bytes as text: what is UTF-8 is UTF-8, whatever else is declared."""
    for mark, name in ((b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32")):
        if content.startswith(mark):
            return content.decode(name, "replace")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    if content[:4] in (b"<\0?\0", b"<\0r\0", b"{\0\r\0"):
        return content.decode("utf-16-le", "replace")
    if content[:4] in (b"\0<\0?", b"\0<\0r"):
        return content.decode("utf-16-be", "replace")
    found = _DECLARED.search(content[:1000])
    declared = [name for name in (charset, found[1].decode() if found else None) if name]
    # Only these hide other letters behind bytes that are good ASCII as well.
    shifting = [name for name in declared if name.lower().startswith(("iso-2022", "hz"))]
    for name in (*shifting, "utf-8-sig", *declared, "cp1252"):
        if name.lower().replace("_", "-") in ("utf-7", "idna", "punycode") or "escape" in name.lower():
            continue
        try:
            return content.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return content.decode("utf-8", "replace")


def _guarded(text: str, where: str) -> str:
    """The text without its XML declaration and plain document type; one that declares is refused."""
    start = 0
    while match := _BEFORE_ROOT.match(text, start):
        start = match.end()
    if text[start : start + 9].upper() != "<!DOCTYPE":
        plain = _DECLARATION.match(text)
        return text[plain.end() :] if plain else text
    doctype = _DOCTYPE.match(text, start)
    if doctype is None:
        raise FileError(
            "its document type declares entities or elements of its own, which is not read for safety",
            where=where,
            todo="ask the publisher for a feed without a DTD",
        )
    rest = text[doctype.end() :]
    if "<!ENTITY" in rest[:2000].split("<rss")[0].split("<feed")[0]:
        raise FileError(
            "it declares entities, which is not read for safety",
            where=where,
            todo="ask the publisher for a feed without a DTD",
        )
    return rest


def _xml_feed(text: str, where: str) -> Feed:
    import feedparser

    base = where if _web(where) else ""
    try:
        found = feedparser.parse(
            io.BytesIO(b'<?xml version="1.0" encoding="utf-8"?>' + text.encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8", "content-location": base},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception as error:  # its parser of broken XML may fail in any way
        raise FileError(
            f"the feed is too broken to be read ({type(error).__name__})",
            where=where,
            todo="tell its publisher",
        ) from error
    about = found.get("feed") or {}
    entries = found.get("entries") or []
    if not found.get("version") and not entries:
        raise FileError(
            "this is no feed: neither RSS, Atom nor JSON Feed",
            where=where,
            todo="give the address of the feed itself, or read it as a page",
        )
    fault = None
    if found.get("bozo") and not _END.search(text[-2000:]):
        # Its last item is perhaps half an item, and half a text must not pass for the whole.
        entries = entries[:-1]
        fault = "the feed breaks off; its last item is left out"
    home = joined(base, str(about.get("link") or "")) or base
    title = _words(about.get("title"))
    stated = _words(about.get("publisher"))
    language = _language(about.get("language"))
    publisher = stated or _house(title, home)
    return Feed(title, publisher, tuple(_entry(e, home or base, language) for e in entries), fault)


def _entry(entry: Any, base: str, language: str | None) -> Item:
    text, whole = _body(entry)
    link = _link(entry.get("link"), base)
    title = _words(entry.get("title"))
    published = _moment(dict.get(entry, "published"), dict.get(entry, "published_parsed"))
    # Asked past feedparser's own `get`, which would answer with the day of publication.
    updated = _moment(dict.get(entry, "updated"), dict.get(entry, "updated_parsed"))
    source = dict.get(entry, "source")
    return Item(
        id=_id(entry.get("id"), link, title, published, text),
        url=link,
        title=title,
        published=published,
        updated=updated,
        author=_words(entry.get("author")),
        publisher=_words(source.get("title")) if source else None,
        text=text,
        whole=whole,
        language=_language(dict.get(entry, "language")) or language,
    )


def _body(entry: Any) -> tuple[str, bool]:
    """The words of an item, and whether they are all of its words."""
    parts = [str(part.get("value") or "") for part in entry.get("content") or ()]
    content = _plain(max(parts, key=len, default=""))
    if content and not _TEASER.search(content[-60:]):
        return content, True
    summary = _plain(str(entry.get("summary") or ""))
    text = max(content, summary, key=len)
    return text, len(text) >= _WHOLE and not _TEASER.search(text[-60:])


def _house(title: str | None, home: str) -> str | None:
    """Who publishes a feed: of "Briefing Room – The White House" the part that names the site.

    >>> _house("World news | The Guardian", "https://www.theguardian.com/world")
    'The Guardian'
    """
    host = host_of(home)
    if title is None:
        return host
    names = [label for label in (host or "").split(".")[:-1] if len(label) > 2]
    parts = [part for part in _PARTS.split(title) if part.strip()]
    named = [p for p in parts if any(name in re.sub(r"\W", "", p).lower() for name in names)]
    return min(named, key=len).strip() if named else title


# Reading JSON --------------------------------------------------------------------------------------


def _json_feed(text: str, where: str) -> Feed:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileError(
            f"the JSON of the feed is broken ({error})", where=where, todo="fetch it again"
        ) from error
    if "jsonfeed.org/version/" not in str(data.get("version")) or not isinstance(data.get("items"), list):
        raise FileError(
            "this is no JSON Feed: it has no version of jsonfeed.org with items",
            where=where,
            todo="give the address of the feed itself",
        )
    base = where if _web(where) else ""
    home = joined(base, _str(data.get("home_page_url")) or "") or base
    title = _words(data.get("title"))
    language = _language(data.get("language"))
    items = [_json_item(i, home, language) for i in data["items"] if isinstance(i, dict)]
    left = len(data["items"]) - len(items)
    fault = f"{left} of its items are no objects and are left out" if left else None
    return Feed(title, _house(title, home), tuple(items), fault)


def _json_item(item: dict[str, Any], base: str, language: str | None) -> Item:
    html, plain, summary = (_str(item.get(n)) for n in ("content_html", "content_text", "summary"))
    content = _plain(html) if html else (plain or "").strip()
    whole = bool(content) and not _TEASER.search(content[-60:])
    text = content or _plain(summary or "")
    link = _link(item.get("url") or item.get("external_url"), base)
    title = _words(item.get("title"))
    published = _moment(item.get("date_published"), None)
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    names = [_words(a.get("name")) for a in authors or () if isinstance(a, dict)]
    name = item.get("id")
    return Item(
        id=_id(str(name) if isinstance(name, int | float) else _str(name), link, title, published, text),
        url=link,
        title=title,
        published=published,
        updated=_moment(item.get("date_modified"), None),
        author=", ".join(n for n in names if n) or None,
        publisher=None,
        text=text,
        whole=whole,
        language=_language(item.get("language")) or language,
    )


# Fields --------------------------------------------------------------------------------------------


def _str(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _id(
    stated: str | None, link: str | None, title: str | None, published: dt.datetime | None, text: str
) -> str:
    """The name of an item: the stated one, its link, else a hash of what it says."""
    name = " ".join((stated or "").split()) or link
    if name:
        return name if len(name) <= 500 else hashlib.sha256(name.encode()).hexdigest()
    return hashlib.sha256(f"{title or text}\n{published or ''}".encode()).hexdigest()[:16]


def _web(address: str) -> bool:
    return address.lower().startswith(("http://", "https://"))


def _link(value: Any, base: str) -> str | None:
    address = joined(base, str(value or "").strip())
    return address if value and address and _web(address) and host_of(address) else None


def _language(value: Any) -> str | None:
    """The ISO 639-1 code of a language tag: "en" of "en-US"."""
    found = re.match(r"([A-Za-z]{2})(?![A-Za-z])", str(value or "").strip())
    return found[1].lower() if found else None


def _moment(value: Any, parsed: Any) -> dt.datetime | None:
    """A moment as written, RFC 822 or ISO 8601; else as feedparser understands it, in UTC."""
    text = str(value or "").strip()
    made: dt.datetime | None = None
    try:
        made = (
            dt.datetime.fromisoformat(text) if re.match(r"\d{4}-?\d\d", text) else parsedate_to_datetime(text)
        )
    except (ValueError, TypeError, IndexError):
        if parsed is not None:
            try:
                year, month, day, hour, minute, second = parsed[:6]
                made = dt.datetime(year, month, day, hour, minute, min(second, 59), tzinfo=dt.UTC)
            except (ValueError, TypeError):
                made = None
    if made is None or not _FIRST_YEAR <= made.year <= _LAST_YEAR:
        return None
    return made if made.tzinfo else made.replace(tzinfo=dt.UTC)


def _words(value: Any) -> str | None:
    """A short field as plain words on one line, None where nothing is in it."""
    text = str(value or "")
    return " ".join((_plain(text) if _MARKUP.search(text) else text).split()) or None


def _plain(html: str) -> str:
    """The words of a piece of HTML with its paragraphs; scripts, captions and forms stay out."""
    if not _MARKUP.search(html):
        return html.strip()
    from detente.sources.markup import words

    return _FOOTER.sub("", words(html)).strip()
