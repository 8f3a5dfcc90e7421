"""A web page becomes a document: its article's words, without what stands around them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from detente.errors import FileError, InputError
from detente.links import host_of, joined, parts_of
from detente.records import Document
from detente.sources.charsets import page_text
from detente.sources.limits import DOCUMENT_LIMIT, check_size
from detente.sources.page_days import days
from detente.sources.text import make_document, normalise

__all__ = ["page"]

_DEPTH = 250  # the parser cuts below 256; pages that people read have some forty levels
_ELEMENTS = 40_000  # a page has some thousand; the longest lists and live reports a few tens of thousands
_PIECES = 10_000  # elements within one line of text; captions that follow the sound have one a word
_ATTRIBUTES = 500  # of one element
_TITLE = 500  # characters of a headline
_JSON = 200_000  # characters of JSON-LD in all; an article's has a few thousand
_ARTICLE = 250  # characters that are enough for a short report
_ATTRIBUTE = 20_000  # characters of one attribute; longer ones are pictures

_LANGUAGE = re.compile(r"[a-z]{2}(?![a-z])", re.I)
_NAVIGATION = frozenset(("navigation", "search", "dialog", "alertdialog", "contentinfo", "menu", "banner"))
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
# Words that sites give, as class or id, to what stands around an article; longest pieces first.
_SCRAPS = re.compile(
    r"""(?:^|\s)(?:
        (?:[\w-]*[-_])? captions? (?:[-_](?:text|inner|wrap\w*|credit|box))?
      | (?:image|photo|media|picture|img) [-_]? credits?
      | (?:[\w-]*[-_])? comments? (?:[-_](?:list|area|section|wrap\w*|body|content|thread|block|item))?
      | commentlist | disqus[\w-]* | coral[\w-]* | reader[-_]responses?
      | (?:[\w-]*[-_])? related (?:[-_][\w-]+)?
      | (?:[\w-]*[-_])? recommend(?:ed|ations?) (?:[-_][\w-]+)?
      | (?:read|see|more|also) [-_] (?:more|next|also|stories|news|on|read|from) (?:[-_][\w-]+)?
      | (?:most|top) [-_] (?:read|popular|viewed|shared|stories) (?:[-_][\w-]+)?
      | trending (?:[-_][\w-]+)? | outbrain[\w-]* | taboola[\w-]*
      | (?:[\w-]*[-_])? newsletter (?:[-_][\w-]+)? | promo (?:[-_][\w-]+)? | breadcrumbs?
      | share (?:[-_][\w-]+)? | social (?:[-_][\w-]+)? | sidebar | cookie[\w-]* | advert[\w-]*
      | ad[-_](?:slot|unit|wrap\w*|container)
    )(?=\s|$)""",
    re.I | re.X,
)
_NAME = 300  # characters of a class or id that are looked at
# They only dress words, and the extraction is slow where there are many.
_DRESS = (
    "b",
    "strong",
    "i",
    "em",
    "u",
    "font",
    "small",
    "big",
    "sup",
    "sub",
    "mark",
    "s",
    "strike",
    "tt",
    "wbr",
)
_INLINE = frozenset(
    ("span", "a", "abbr", "code", "cite", "q", "label", "img", "svg", "time", "data", *_DRESS)
)
_BLOCKS = frozenset(
    "div section aside ul ol p figure span details header footer article table dl small em".split()
)
_POINTER = re.compile(
    r"(?:read (?:more|also|next)|also read|see also|related(?: \w+)?|more on this|more from|recommended"
    r"|don't miss|watch|listen)\s*[:|»>-]",
    re.I,
)


def page(
    content: bytes,
    *,
    where: str,
    url: str | None = None,
    published: date | None = None,
    charset: str | None = None,
) -> Document:
    """The document of an HTML page: main text by trafilatura, and what the page says of itself.

    `url` is the address it came from: a canonical address in the page stands only where it is of the
    same host. `charset` is what the server said. `published` goes before what the page states; without
    it the day is the one in JSON-LD, meta tags or marked-up dates, else one that the page shows, else
    None. Comments of readers, navigation, links to other articles and captions are left out.
    Raises `FileError` for a page without an article, an unknown encoding, and one built to harm.

    >>> words = "The two leaders spoke for an hour on Monday and agreed to meet in the spring. " * 3
    >>> html = f"<html><head><title>A call</title></head><body><article><p>{words}</p></body></html>"
    >>> made = page(html.encode(), where="a.html", url="https://example.org/a")
    >>> made.title, made.publisher, made.published, made.text[:15]
    ('A call', 'example.org', None, 'The two leaders')
    """
    check_size(len(content), DOCUMENT_LIMIT, where)
    text = page_text(content, where=where, charset=charset)
    tree = _tree(text, where)
    place = _canonical(tree, url)
    headline = _headline(tree)
    language = _LANGUAGE.match(
        tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    )
    _clear(tree)
    told = days(tree, title=headline, url=place)
    _undress(tree)
    found = _extracted(tree, place, where)
    body = normalise(found.text)
    title = (found.title or headline or "")[:_TITLE] or None
    first, _, rest = body.partition("\n")
    if title and rest.strip() and first == normalise(title):
        body = rest  # the headline is kept as the title; in the text it would be coded once more
    try:
        made = make_document(
            body,
            title=title,
            url=place,
            published=published or told.published,
            publisher=found.sitename or found.hostname or host_of(place),
            author=found.author,
            language=found.language or (language[0].lower() if language else None),
        )
    except InputError as error:
        raise FileError(error.what, where=where, todo=error.todo) from error
    late = told.modified and (made.published is None or told.modified > made.published)
    return replace(made, modified=told.modified) if late else made


class _Shape:
    """What lxml calls while it only reads: it builds no tree, and stops at what no honest page has."""

    def __init__(self, where: str) -> None:
        self._where, self._elements = where, 0
        self._pieces = [0]  # of each open element, the outermost first

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._elements += 1
        self._pieces[-1] += tag in _INLINE
        if self._pieces[-1] > _PIECES:
            self._refuse(f"one line of it is in more than {_PIECES} pieces")
        self._pieces.append(0)
        if len(self._pieces) > _DEPTH:
            self._refuse(f"its elements stand more than {_DEPTH} deep in each other")
        if self._elements > _ELEMENTS:
            self._refuse(f"it has more than {_ELEMENTS} elements")
        if len(attributes) > _ATTRIBUTES:
            self._refuse(f"one element has more than {_ATTRIBUTES} attributes")

    def end(self, tag: str) -> None:
        self._pieces.pop()

    def close(self) -> None:
        return None

    def _refuse(self, what: str) -> None:
        raise FileError(f"the page is not read: {what}", where=self._where, todo="save its text as .txt")


def _tree(text: str, where: str) -> Any:
    from lxml import etree, html

    raw = text.encode("utf-8", "replace")
    try:
        etree.fromstring(raw, etree.HTMLParser(target=_Shape(where), encoding="utf-8", no_network=True))
        parser = html.HTMLParser(
            encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, collect_ids=False
        )
        tree = html.document_fromstring(raw, parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise _no_article(where) from error
    if tree.tag != "html":
        raise _no_article(where)
    for element in tree.iter(etree.Element):
        for name, value in element.items():
            # The extraction repeats a cell as often as its spans say.
            if len(value) > _ATTRIBUTE or name in ("colspan", "rowspan"):
                del element.attrib[name]
    return tree


def _no_article(where: str) -> FileError:
    return FileError("no article text was found in the page", where=where, todo="save its text as .txt")


def _extracted(tree: Any, url: str | None, where: str) -> Any:
    try:
        from trafilatura import bare_extraction
    except ImportError as error:
        raise FileError(
            f"web pages cannot be read because trafilatura does not load ({error})",
            where=where,
            todo="type: pip install 'trafilatura' 'lxml_html_clean'",
        ) from error
    # Its own day is a guess and is not used; a fixed last day keeps it from asking the clock.
    asked = {"original_date": True, "extensive_search": False, "max_date": "2200-01-01"}
    found: Any = bare_extraction(
        tree,
        url=url,
        fast=True,
        with_metadata=True,
        include_comments=False,
        date_extraction_params=asked,
    )
    if found is None or not (found.text or "").strip():
        raise _no_article(where)
    return found


def _headline(tree: Any) -> str | None:
    for element in tree.iter("meta"):
        if element.get("property") == "og:title" and (element.get("content") or "").strip():
            return str(element.get("content")).strip()
    for name in ("h1", "title"):
        for element in tree.iter(name):
            words = " ".join("".join(element.itertext()).split())[:_TITLE]
            if words:
                return words
    return None


def _canonical(tree: Any, url: str | None) -> str | None:
    """The address the page gives for itself, where it is of the host that the page came from."""
    for place in _own_places(tree):
        named = joined(url or "", place.strip()) or ""
        parts, known = parts_of(named), parts_of(url or named)
        if parts.scheme not in ("http", "https") or parts.username or len(named) > 2_000:
            continue
        # A front page that every article names as canonical would make one of them all.
        front = not parts.path.strip("/") and known.path.strip("/")
        if parts.hostname and _bare(parts.hostname) == _bare(known.hostname or "") and not front:
            return parts._replace(fragment="").geturl()
    return url


def _own_places(tree: Any) -> Iterator[str]:
    for element in tree.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split() and element.get("href"):
            yield element.get("href")
    for element in tree.iter("meta"):
        if element.get("property") == "og:url" and element.get("content"):
            yield element.get("content")


def _bare(host: str) -> str:
    return host.lower().removeprefix("www.").removeprefix("m.").removeprefix("amp.")


def _clear(tree: Any) -> None:
    """Takes out of the tree what is no sentence of the article, and never the article itself.

    A wrapper with a bad name may hold the article: what has most of the words goes only where it has no
    headline and enough is left without it, as with three paragraphs and two hundred comments.
    """
    elements = list(tree.iter("*"))
    sizes: dict[Any, int] = {}
    kept: set[Any] = set()
    for element in reversed(elements):  # children come before their parents
        own = 0 if element.tag in ("script", "style") else len((element.text or "").strip())
        sizes[element] = own + sum(sizes[child] + len((child.tail or "").strip()) for child in element)
        holds = element.tag in ("h1", "main") or element.get("itemprop") == "articleBody"
        if holds or any(child in kept for child in element):
            kept.add(element)
    total = sizes[tree]
    gone: set[Any] = set()
    for element in elements:
        parent = element.getparent()
        if parent is None:
            continue
        if parent in gone:
            gone.add(element)
            continue
        most = 2 * sizes[element] > total
        if most and (element in kept or total - sizes[element] < _ARTICLE):
            continue
        if _scrap(element):
            gone.add(element)
            element.drop_tree()


def _undress(tree: Any) -> None:
    """Takes out what the extraction is slow with and needs not: dress of words, broken or huge JSON-LD."""
    from lxml import etree

    left = _JSON
    for element in list(tree.iter("script")):
        text = element.text or ""
        left -= len(text)
        try:
            json.loads(text if left >= 0 else "", strict=False)
        except (ValueError, RecursionError):
            element.drop_tree()
    etree.strip_tags(tree, *_DRESS)


def _scrap(element: Any) -> bool:
    tag = element.tag
    if tag in ("figcaption", "nav", "caption", "noscript", "template", "style"):
        return True
    if tag == "script":
        kind = (element.get("type") or "").lower()
        return "ld+json" not in kind
    if tag in ("html", "head", "body", "main", "h1", "meta", "link", "time"):
        return False
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    if (element.get("role") or "").lower() in _NAVIGATION or _HIDDEN.search(element.get("style") or ""):
        return True
    if "schema.org/Comment" in (element.get("itemtype") or "") or element.get("itemprop") == "comment":
        return True
    if tag not in _BLOCKS or element.get("itemprop") == "articleBody":
        return False
    if any(_SCRAPS.search((element.get(name) or "")[:_NAME]) for name in ("class", "id")):
        return True
    return tag == "p" and _is_pointer(element)


def _is_pointer(element: Any) -> bool:
    """Whether a paragraph only leads to another article: "Read more: …", all of it a link."""
    words = " ".join("".join(element.itertext()).split())
    if len(words) > 300 or not _POINTER.match(words):
        return False
    linked = sum(len("".join(link.itertext()).strip()) for link in element.iter("a"))
    return linked >= len(words) / 2
