"""A brief as one HTML page: no script, nothing fetched, fit for paper and for the dark."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from urllib.parse import quote

from detente.briefs.reports import Report
from detente.briefs.wording import clip, day_words
from detente.links import parts_of
from detente.plain import printable
from detente.records import Document, Event, Line

__all__ = ["footnotes", "html", "link_of"]

_STYLE = """
:root{color-scheme:light dark;--ink:#1c1b19;--soft:#5f5b54;--paper:#fdfcfa;--rule:#d9d4ca;--link:#0b5cad}
@media (prefers-color-scheme:dark){
:root{--ink:#ece9e3;--soft:#aaa49a;--paper:#1a1917;--rule:#3d3a35;--link:#8cc0f5}
}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.55 Georgia,"Times New Roman",serif}
main{max-width:44rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .35rem}
h2{font:600 .82rem/1.4 system-ui,sans-serif;letter-spacing:.06em;text-transform:uppercase;color:var(--soft);
border-top:1px solid var(--rule);padding-top:.9rem;margin:2rem 0 .7rem}
p.about,.source,footer{font:.86rem/1.5 system-ui,sans-serif;color:var(--soft)}
p.about{margin:0}
ul{list-style:none;margin:0;padding:0}
ul li{margin:0 0 .75rem;overflow-wrap:anywhere}
ol{margin:0;padding-left:2.4rem}
ol li{margin:0 0 .7rem;overflow-wrap:anywhere}
ol li:target{outline:2px solid var(--link);outline-offset:.25rem}
.marks{font:.75rem/1 system-ui,sans-serif;white-space:normal;vertical-align:super}
a{color:var(--link);text-decoration-thickness:1px;text-underline-offset:2px}
a:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.source{display:block}
footer{border-top:1px solid var(--rule);margin-top:2.5rem;padding-top:.9rem}
@media print{
@page{margin:18mm 16mm}
:root{--ink:#000;--soft:#444;--paper:#fff;--rule:#bbb;--link:#000}
body{font-size:10.5pt}
main{max-width:none;padding:0}
h2{break-after:avoid}
li{break-inside:avoid}
a{text-decoration:none}
.source a::after{content:" (" attr(href) ")";overflow-wrap:anywhere}
}
"""
# A line that stands on very many acts shows so many marks and the number of the rest.
MOST_MARKS = 8


def footnotes(report: Report) -> dict[str, int]:
    """The number of each act that a line of the brief shows as its evidence, in the order of the lines.

    >>> from datetime import date
    >>> footnotes(Report(("COL", "USA"), date(2026, 1, 8), ()))
    {}
    """
    numbers: dict[str, int] = {}
    for line in report.lines:
        for act in [i for i in line.events if i in report.events][:MOST_MARKS]:
            numbers.setdefault(act, len(numbers) + 1)
    return numbers


def link_of(document: Document | None) -> str | None:
    """The address of a document where it is one that a reader may follow: http or https only.

    >>> link_of(Document("d", "t", url="javascript:alert(1)")) is None
    True
    """
    url = document.url if document is not None else None
    if not url or parts_of(url).scheme not in ("http", "https"):
        return None
    return quote(url, safe=":/?&=#%+,;@~-._!$*")


def source_words(event: Event, document: Document | None) -> tuple[str, str, str | None]:
    """Publisher, day of publication in words, and title of the report of an act."""
    if document is None:
        return "publisher not known", "day not known", None
    day = day_words(document.published) if document.published is not None else "day not known"
    return document.publisher or "publisher not known", day, document.title


def html(report: Report) -> str:
    """The brief as a whole page; every text of others is escaped.

    >>> from datetime import date
    >>> page = html(Report(("COL", "USA"), date(2026, 1, 8), (), title="<b>"))
    >>> "&lt;b&gt;" in page, "<script" in page
    (True, False)
    """
    numbers = footnotes(report)
    out = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        # Nothing is loaded and nothing runs, whatever a document may have smuggled in.
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
        " style-src 'unsafe-inline'\">",
        '<meta name="referrer" content="no-referrer">',
        f"<title>{_text(report.title)}</title>",
        f"<style>{_STYLE}</style></head><body><main>",
        f"<h1>{_text(report.title)}</h1>",
        f'<p class="about">{_text(about(report))}</p>',
    ]
    section = None
    for line in report.lines:
        if line.section != section:
            if section is not None:
                out.append("</ul></section>")
            section = line.section
            out.append(f"<section><h2>{_text(section)}</h2><ul>")
        out.append(f"<li>{_text(line.text)}{_marks(line, numbers)}</li>")
    if section is not None:
        out.append("</ul></section>")
    if report.dropped:
        out.append("<section><h2>Dropped by the support check</h2><ul>")
        out += [
            f'<li>{_text(d.text)}<span class="source">{_text(d.reason or "")}</span></li>'
            for d in report.dropped
        ]
        out.append("</ul></section>")
    if numbers:
        out.append("<section><h2>Evidence</h2><ol>")
        out += [_note(i, n, report.events, report.documents) for i, n in numbers.items()]
        out.append("</ol></section>")
    out.append(f"<footer>{_text(CHECKED)}</footer></main></body></html>")
    return "\n".join(out) + "\n"


CHECKED = (
    "Written by Détente from its record. Every line was held against its evidence before it was printed;"
    " it can be no better than the reports and their coding."
)


def about(report: Report) -> str:
    """What a brief covers, in one line: until when, how far back, how many lines and reports."""
    back = "" if report.days is None else f", {report.days} {'day' if report.days == 1 else 'days'} back"
    lines, texts = len(report.lines), len(report.documents)
    return (
        f"As of {day_words(report.as_of)}{back} · {lines} {'line' if lines == 1 else 'lines'} from"
        f" {texts} {'document' if texts == 1 else 'documents'}"
    )


def _text(text: str) -> str:
    # Control and direction characters would let a document rearrange the page.
    return escape(printable(text, keep="\n"))


def _marks(line: Line, numbers: Mapping[str, int]) -> str:
    shown = [i for i in line.events if i in numbers][:MOST_MARKS]
    if not shown:
        return ""
    links = ", ".join(f'<a href="#e{n}">{n}</a>' for n in sorted(numbers[i] for i in shown))
    more = len(line.events) - len(shown)
    # Joined by a space that does not break: a mark alone on a line belongs to nothing.
    return f'&nbsp;<span class="marks">[{links}{f" and {more} more" if more > 0 else ""}]</span>'


def _note(act: str, number: int, events: Mapping[str, Event], documents: Mapping[str, Document]) -> str:
    event = events[act]
    document = documents.get(event.document)
    publisher, day, title = source_words(event, document)
    url = link_of(document)
    name = _text(title or publisher)
    linked = f'<a href="{escape(url)}" rel="noreferrer noopener">{name}</a>' if url else name
    where = f"{_text(publisher)}, {day} · {linked}" if title else f"{linked}, {day}"
    return (
        f'<li id="e{number}" value="{number}">“{_text(clip(event.text, 300))}”'
        f'<span class="source">{where} · act {act}</span></li>'
    )
