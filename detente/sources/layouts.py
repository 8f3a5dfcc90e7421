"""How a file is laid out, told by its first bytes, its first element or its first object."""

from __future__ import annotations

import re
import zlib
from typing import Any

from detente.errors import FileError
from detente.sources.encodings import GZIP

__all__ = ["holds_posts", "is_json_feed", "is_post", "sniff", "unpacked_head", "xml_ending"]

_HEAD = 65_536
# Atomic groups: a file of nothing but comments must not be tried in every way they can be cut.
_MARKUP = re.compile(rb"\s*(?:(?><!--.*?-->)\s*)*+<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_ROOT = re.compile(
    rb"\s*(?:<\?xml\b[^>]{0,500}\?>\s*)?"
    rb"(?:(?><!--.*?-->|<\?[^>]{0,2000}\?>|<!DOCTYPE\b[^>\[]{0,500}>)\s*)*+"
    rb"<(?:[\w.-]{1,40}:)?([A-Za-z][\w.-]{0,40})",
    re.S,
)
_CUE = re.compile(rb"\s*\d+\s*\r?\n\d{1,2}:\d{2}:\d{2}[,.]\d{3}\s+-->")
# What says that an object of a list is a post, where its text is not named "text".
_POST_MARKS = frozenset(
    (
        "account",
        "created_at",
        "reblogs_count",
        "favourites_count",
        "replies_count",
        "in_reply_to_id",
        "reblog",
    )
)


def sniff(content: bytes) -> str:
    """The ending that fits bytes from a pipe; text that only looks like JSON stays text.

    >>> sniff(b"%PDF-1.7"), sniff(b"[Updated] They met."), sniff(b'[{"text": "one"}]')
    ('.pdf', '.txt', '.json')
    """
    head = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"%PDF-"):
        return ".pdf"
    if head.startswith(b"WEBVTT"):
        return ".vtt"
    if _CUE.match(head[:200]):
        return ".srt"
    if _MARKUP.match(head[:4000]):
        return ".html"
    root = _ROOT.match(head[:_HEAD])
    if head.startswith(b"<?xml") or (root and root[1] in (b"rss", b"RDF", b"feed")):
        return ".xml"
    if re.match(rb"\[\s*[{\]]", head):
        return ".json"
    if re.match(rb'\{\s*["}]', head):
        lines = [line for line in content.split(b"\n") if line.strip()]
        if len(lines) > 1 and all(line.strip().startswith(b"{") for line in lines[:2]):
            return ".jsonl"
        return ".json"
    return ".txt"


def xml_ending(content: bytes, where: str) -> str:
    """The ending that fits an XML file, by its first element; raises `FileError` for no known one.

    >>> xml_ending(b"<?xml version='1.0'?><rss version='2.0'>", "a.xml")
    '.rss'
    """
    match = _ROOT.match(content[:_HEAD].removeprefix(b"\xef\xbb\xbf"))
    root = match[1].decode("ascii", "replace") if match else None
    if root is None and content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ".rss"  # in UTF-16 the reader of feeds looks for itself
    if root in ("rss", "RDF", "feed"):
        return ".rss"
    if root is not None and root.lower() in ("html", "opml"):
        return f".{root.lower()}"
    raise FileError(
        f"the XML is no feed; its first element is {root}" if root else "this is no XML",
        where=where,
        todo="give RSS, Atom, OPML or XHTML",
    )


def is_json_feed(value: Any) -> bool:
    """Whether a JSON value is a JSON Feed.

    >>> is_json_feed({"version": "https://jsonfeed.org/version/1.1"}), is_json_feed([])
    (True, False)
    """
    return isinstance(value, dict) and str(value.get("version", "")).startswith(
        "https://jsonfeed.org/version"
    )


def is_post(item: Any) -> bool:
    """Whether an object is a post of an archive (Mastodon's names), rather than a document of ours.

    >>> is_post({"created_at": "2026-01-08T10:00:00Z", "content": "<p>No.</p>"}), is_post({"text": "No."})
    (True, False)
    """
    if not isinstance(item, dict) or isinstance(item.get("published"), str):
        return False
    return bool(_POST_MARKS & item.keys()) and any(isinstance(item.get(k), str) for k in ("content", "text"))


def holds_posts(value: Any) -> bool:
    """Whether a JSON value is an archive of posts: one, a list of them, or an object with such a list.

    >>> holds_posts({"orderedItems": []}), holds_posts([{"text": "No."}])
    (True, False)
    """
    if isinstance(value, dict) and not isinstance(value.get("text"), str) and not is_post(value):
        return "orderedItems" in value or any(isinstance(v, list) and holds_posts(v) for v in value.values())
    return is_post(value[0] if isinstance(value, list) and value else value)


def unpacked_head(head: bytes) -> bytes:
    """The first bytes under the gzip around them, if there is one; none where it is damaged.

    >>> unpacked_head(b"WARC/1.1")
    b'WARC/1.1'
    """
    if not head.startswith(GZIP):
        return head
    try:
        return zlib.decompressobj(31).decompress(head, 512)
    except zlib.error:
        return b""
