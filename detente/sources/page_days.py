"""The days a page gives for itself: stated in its data for machines, else shown to its readers.

Published and modified are kept apart. Words of the article are never taken for its day.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Any

__all__ = ["Days", "day_of", "days"]

_JSON_LIMIT, _JSON_NODES = 1_000_000, 20_000
_ARTICLES = re.compile(r"(?:.*Article|.*Posting|Report|.*Statement|PressRelease|AnalysisNews|Opinion.*)$")
_PAGES = frozenset(("WebPage", "ItemPage", "AboutPage", "CreativeWork"))
# Below these are other works than the page's own: comments, what is linked, what lies around.
_OTHERS = frozenset(
    "comment comments itemListElement mentions isRelatedTo relatedLink hasPart isPartOf citation breadcrumb"
    " video image associatedMedia publisher author liveBlogUpdate significantLink about review".split()
)
_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "article:published",
    "datepublished",
    "dcterms.issued",
    "dc.date.issued",
    "dc.date.created",
    "dcterms.created",
    "dcterms.date",
    "parsely-pub-date",
    "sailthru.date",
    "publication_date",
    "publish-date",
    "publish_date",
    "publishdate",
    "published_time",
    "pubdate",
    "bt:pubdate",
    "rnews:datepublished",
    "citation_publication_date",
    "cxenseparse:recs:publishtime",
    "article.published",
    "dc.date",
    "date",
    "datecreated",
)
_MODIFIED = (
    "article:modified_time",
    "og:updated_time",
    "article:modified",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "article.updated",
    "last-modified",
    "lastmod",
    "revised",
    "moddate",
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?=T|\s|$)")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DAY_FIRST = re.compile(rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[ -]{_MONTH},?[ -](\d{{4}})(?!\d)", re.I)
_MONTH_FIRST = re.compile(rf"\b{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})(?!\d)", re.I)
_IN_ADDRESS = re.compile(
    r"/((?:19|20)\d{2})[/-](\d{1,2})[/-](\d{1,2})(?=[/-])|/((?:19|20)\d{2})(\d{2})(\d{2})(?=[/-])"
)
_NAMED = re.compile(
    r"(?:^|[-_ ])(?:date|dateline|pubdate|published|posted|byline|timestamp|time|meta)(?:$|[-_ ])", re.I
)
_CHANGED = re.compile(r"\b(?:updated|modified|last changed|edited|revised)\b", re.I)


@dataclass(frozen=True, slots=True)
class Days:
    """What a page says of its days. `stated` is False where `published` was only read off what it shows."""

    published: date | None = None
    modified: date | None = None
    stated: bool = False


def day_of(value: str, *, inside: bool = False) -> date | None:
    """The day at the head of a date as pages write it, None where it is none or can be read in two ways.

    `inside` also takes a day with words before it, as a line shown to readers has.

    >>> day_of("2026-01-08T23:30:00-05:00"), day_of("8th January, 2026"), day_of("08/01/2026")
    (datetime.date(2026, 1, 8), datetime.date(2026, 1, 8), None)
    >>> day_of("By Ana Ruiz | Jan. 8, 2026 10:00", inside=True)
    datetime.date(2026, 1, 8)
    """
    text = " ".join(value[:200].split())
    match = (_ISO.search if inside else _ISO.match)(text)
    if match:
        return _day(match[1], match[3], match[4])
    match = _COMPACT.match(text)
    if match:
        return _day(match[1], match[2], match[3])
    at = 200 if inside else 20  # a weekday may come first
    match = _DAY_FIRST.search(text)
    if match and match.start() <= at:
        return _day(match[3], match[2], match[1])
    match = _MONTH_FIRST.search(text)
    if match and match.start() <= at:
        return _day(match[3], match[1], match[2])
    if inside:
        return None
    try:
        return parsedate_to_datetime(text).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _day(year: str, month: str, day: str) -> date | None:
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    try:
        made = date(int(year), number, int(day))
    except ValueError:
        return None
    return made if 1900 <= made.year <= 2200 else None


def days(tree: Any, *, title: str | None = None, url: str | None = None) -> Days:
    """The days of a page, from its parsed tree, its headline and its address.

    In this order: JSON-LD of the article, meta tags, marked-up elements (`itemprop`, `time pubdate`).
    Only where none of them states a day: the address (/2026/01/08/), the first `time` of the article, a
    short line that is marked as a date or byline, the one day that all `time` elements tell.
    A day of change is kept where it is later than the other.
    """
    published, modified = _json_days(tree, title, url)
    named = dict(_meta(tree))
    published = published or next((named[n] for n in _PUBLISHED if n in named), None)
    modified = modified or next((named[n] for n in _MODIFIED if n in named), None)
    stated = published is not None
    if published is None:
        published = _shown(tree, url)
        if published == modified:
            published = None  # the day of the change was found once more, not that of the page
    if modified and published and modified <= published:
        modified = None
    return Days(published, modified, stated)


def _meta(tree: Any) -> Iterator[tuple[str, date]]:
    """Names and days of meta tags and `itemprop`, backwards: in a dict the first of a name stays."""
    found: list[tuple[str, date]] = []
    for element in tree.iter("meta", "time", "span", "div", "abbr", "p", "data"):
        if element.tag == "meta":
            name = element.get("property") or element.get("name") or element.get("itemprop")
            name = name or element.get("http-equiv")
            value = element.get("content")
        else:
            name = element.get("itemprop") or ("pubdate" if element.get("pubdate") is not None else None)
            value = element.get("datetime") or element.get("content") or element.get("title")
            if name and not value:
                value = _words(element)
        day = day_of(value.strip()) if name and value else None
        if day:
            found.append((name.strip().lower(), day))
    return reversed(found)


def _json_days(tree: Any, title: str | None, url: str | None) -> tuple[date | None, date | None]:
    """Published and modified of the work that the page is about, by its JSON-LD."""
    works: list[tuple[int, dict[str, Any]]] = []
    left = _JSON_LIMIT
    for element in tree.iter("script"):
        if "ld+json" not in (element.get("type") or "").lower():
            continue
        text = (element.text or "").strip().removeprefix("<![CDATA[").removesuffix("]]>").strip().rstrip(";")
        left -= len(text)
        if left < 0:
            break
        try:
            data = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        works += [(_rank(work, title, url), work) for work in _works(data)]
    published = modified = None
    for rank, work in sorted(works, key=lambda pair: pair[0]):
        first = next(
            (d for d in map(_text_day, (work.get("datePublished"), work.get("dateCreated"))) if d), None
        )
        last = _text_day(work.get("dateModified"))
        if first:
            return first, last or (modified if rank == 0 else None)
        modified = modified or last
    return published, modified


def _text_day(value: Any) -> date | None:
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("@value")
    return day_of(value.strip()) if isinstance(value, str) else None


def _works(data: Any) -> Iterator[dict[str, Any]]:
    """The works described in JSON-LD, the outer before the inner, other works than the page's left out."""
    waiting: list[Any] = [data]
    for _ in range(_JSON_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(reversed(node))
        elif isinstance(node, dict):
            if _is_work(node):
                yield node
            waiting.extend(reversed([value for key, value in node.items() if key not in _OTHERS]))


def _types(node: dict[str, Any]) -> list[str]:
    kinds = node.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return [kind.rpartition("/")[2] for kind in kinds if isinstance(kind, str)]


def _is_work(node: dict[str, Any]) -> bool:
    return any(kind in _PAGES or _ARTICLES.match(kind) for kind in _types(node))


def _rank(work: dict[str, Any], title: str | None, url: str | None) -> int:
    """0 for the work with the page's headline or address, 1 for another article, 2 for a page."""
    if not any(_ARTICLES.match(kind) for kind in _types(work)):
        return 2
    if title and isinstance(work.get("headline"), str) and work["headline"].strip() == title.strip():
        return 0
    main = work.get("mainEntityOfPage")
    places = (work.get("url"), work.get("@id"), main.get("@id") if isinstance(main, dict) else main)
    return 0 if url and url in places else 1


def _shown(tree: Any, url: str | None) -> date | None:
    """A day that readers see near the head of the article, or in its address."""
    match = _IN_ADDRESS.search(url or "")
    if match:
        day = _day(*((match[1], match[2], match[3]) if match[1] else (match[4], match[5], match[6])))
        if day:
            return day
    inside = next(tree.iter("article", "main"), None)
    first = next(_times(inside), None) if inside is not None else None
    if first:
        return first
    for element in tree.iter("p", "span", "div", "li", "small", "em"):
        if _NAMED.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            text = _words(element)
            day = day_of(text, inside=True) if len(text) <= 120 and not _CHANGED.match(text) else None
            if day:
                return day
    # Outside an article a time may be that of another one in a list, unless all say the same.
    everywhere = set(_times(tree))
    return everywhere.pop() if len(everywhere) == 1 else None


def _times(tree: Any) -> Iterator[date]:
    """The days of `time` elements in order, those of a change left out."""
    for element, _ in zip(tree.iter("time"), range(50), strict=False):
        day = day_of(element.get("datetime") or _words(element), inside=True)
        if day and not _CHANGED.search(_around(element)):
            yield day


def _around(element: Any) -> str:
    """The element's words and those of the short line it stands in: "Updated: 8 January"."""
    parent = element.getparent()
    own, line = _words(element), _words(parent) if parent is not None else ""
    before = line.partition(own)[0] if own else line
    return f"{element.get('class') or ''} {before[-40:]} {own}"


def _words(element: Any, most: int = 200) -> str:
    """The words of an element on one line; more than `most` characters are not gathered."""
    parts: list[str] = []
    size = 0
    for part in element.itertext():
        parts.append(part[:most])
        size += len(part)
        if size > most:
            break
    return " ".join("".join(parts).split())
