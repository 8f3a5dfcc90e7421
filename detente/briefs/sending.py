"""A brief as a mail, and as JSON that carries its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

from detente.briefs.page import escape, markdown
from detente.briefs.reports import Report
from detente.briefs.sheet import CHECKED, about, footnotes, html, link_of, source_words
from detente.briefs.wording import clip
from detente.plain import printable
from detente.records import Line

__all__ = ["as_mail", "as_markdown", "as_text", "record"]


def as_text(report: Report) -> str:
    """The brief as plain text with numbered evidence, for a mail or a pipe.

    >>> from datetime import date
    >>> print(as_text(Report(("COL", "USA"), date(2026, 1, 8), (), title="Brief")).splitlines()[0])
    Brief
    """
    numbers = footnotes(report)
    out = [printable(report.title), printable(about(report))]
    section = None
    for line in report.lines:
        if line.section != section:
            section = line.section
            out += ["", section.upper()]
        marks = [numbers[i] for i in line.events if i in numbers]
        out.append(f"- {printable(line.text)}" + (f" [{', '.join(map(str, marks))}]" if marks else ""))
    if numbers:
        out += ["", "EVIDENCE"]
    for act, number in numbers.items():
        event = report.events[act]
        document = report.documents.get(event.document)
        publisher, day, title = source_words(event, document)
        out.append(f"[{number}] “{printable(clip(event.text, 300))}”")
        out.append(printable(f"    {publisher}, {day}{f': {title}' if title else ''}"))
        url = link_of(document)
        if url:
            out.append(f"    {url}")
    return "\n".join([*out, "", CHECKED]) + "\n"


def as_mail(report: Report, *, sender: str | None = None, to: tuple[str, ...] = ()) -> EmailMessage:
    """The brief as a mail, plain text with the HTML page beside it.

    Sender and receivers may be left to whoever sends it; a title with line breaks cannot add a header.

    >>> from datetime import date
    >>> mail = as_mail(Report(("", ""), date(2026, 1, 8), (), title="The record of\\n8 January 2026"))
    >>> mail["Subject"], mail.get_content_type()
    ('The record of 8 January 2026', 'multipart/alternative')
    """
    mail = EmailMessage()
    mail["Subject"] = " ".join(printable(report.title).split())
    if sender is not None:
        mail["From"] = Address(addr_spec=sender)
    if to:
        mail["To"] = tuple(Address(addr_spec=t) for t in to)
    # A program that sends by itself says so, so that nobody's absence note answers it.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(as_text(report))
    mail.add_alternative(html(report), subtype="html")
    return mail


def record(report: Report) -> dict[str, Any]:
    """The brief as one JSON object: lines with act ids, and each act with words, span and source.

    >>> from datetime import date
    >>> record(Report(("COL", "USA"), date(2026, 1, 8), (), title="Brief"))["schema"]
    'detente.brief.v1'
    """
    return {
        "schema": "detente.brief.v1",
        "scope": report.scope,
        "title": report.title,
        "parties": list(report.parties),
        "days": report.days,
        "brief": {
            "pair": list(report.pair),
            "as_of": report.as_of.isoformat(),
            "lines": [_line(line) for line in report.lines],
            "dropped": [_line(line) for line in report.dropped],
        },
        "evidence": {i: _evidence(report, i) for i in report.events},
    }


def _line(line: Line) -> Mapping[str, Any]:
    return {
        "section": line.section,
        "text": line.text,
        "events": list(line.events),
        "reason": line.reason,
    }


def _evidence(report: Report, act: str) -> Mapping[str, Any]:
    event = report.events[act]
    document = report.documents.get(event.document)
    return {
        "document": event.document,
        "start": event.start,
        "end": event.end,
        "words": event.text,
        "event": event.event,
        "actor": list(event.actor_codes),
        "recipient": list(event.recipient_codes),
        "status": event.status.value,
        "voice": event.voice.value,
        "speaker": event.speaker,
        "date": event.date,
        "date_end": event.date_end,
        "publisher": document.publisher if document else None,
        "published": document.published.isoformat() if document and document.published else None,
        "title": document.title if document else None,
        "url": document.url if document else None,
    }


def as_markdown(report: Report) -> str:
    """The brief as Markdown with footnotes, under its own title."""
    page = markdown(report, report.events, report.documents)
    first, _, rest = page.partition("\n")
    return f"# {escape(report.title)}\n{rest}" if first.startswith("# ") else page
