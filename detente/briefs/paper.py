"""A brief as PDF: letters of many alphabets, links that work, no file or network but the fonts that ship."""

from __future__ import annotations

from functools import cache
from html import escape
from importlib import resources
from io import BytesIO
from typing import Any

from detente.briefs.reports import Report
from detente.briefs.sheet import CHECKED, MOST_MARKS, about, footnotes, link_of, source_words
from detente.briefs.wording import clip
from detente.plain import printable

__all__ = ["pdf"]

_FONT, _BOLD = "DetenteSans", "DetenteSans-Bold"
_INK, _SOFT, _LINK = "#1c1b19", "#5f5b54", "#0b5cad"


@cache
def _fonts() -> None:
    """Give reportlab the shipped fonts; it keeps them by name for the whole process."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    folder = resources.files("detente") / "data" / "fonts"
    for name, file in ((_FONT, "DejaVuSans.ttf"), (_BOLD, "DejaVuSans-Bold.ttf")):
        pdfmetrics.registerFont(TTFont(name, BytesIO((folder / file).read_bytes())))
    pdfmetrics.registerFontFamily(_FONT, normal=_FONT, bold=_BOLD, italic=_FONT, boldItalic=_BOLD)


def pdf(report: Report) -> bytes:
    """The brief as a PDF file of A4 pages, the same bytes for the same brief.

    Footnote marks lead to the evidence, titles to their pages. Letters that the fonts lack (Chinese,
    Hindi) show as boxes, and Arabic is not joined.

    >>> from datetime import date
    >>> pdf(Report(("COL", "USA"), date(2026, 1, 8), (), title="Brief"))[:5]
    b'%PDF-'
    """
    from reportlab.lib.enums import TA_LEFT
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer

    _fonts()
    base = ParagraphStyle(
        "base", fontName=_FONT, fontSize=9.5, leading=14, textColor=_INK, alignment=TA_LEFT, spaceAfter=5
    )
    styles = {
        "title": ParagraphStyle("title", base, fontName=_BOLD, fontSize=15, leading=19, spaceAfter=2),
        "about": ParagraphStyle("about", base, fontSize=8, leading=11, textColor=_SOFT, spaceAfter=6),
        "head": ParagraphStyle(
            "head", base, fontName=_BOLD, fontSize=11, leading=14, spaceBefore=9, spaceAfter=4
        ),
        "note": ParagraphStyle(
            "note", base, fontSize=8, leading=11, leftIndent=9 * mm, firstLineIndent=-9 * mm
        ),
    }
    numbers = footnotes(report)
    story: list[Any] = [
        Paragraph(_text(report.title), styles["title"]),
        Paragraph(_text(about(report)), styles["about"]),
    ]
    section = None
    for line in report.lines:
        shown = [i for i in line.events if i in numbers][:MOST_MARKS]
        marks = ", ".join(
            f'<a href="#e{numbers[i]}" color="{_LINK}">{numbers[i]}</a>'
            for i in sorted(shown, key=numbers.__getitem__)
        )
        more = len(line.events) - len(shown)
        rest = f" and {more} more" if shown and more > 0 else ""
        told = Paragraph(
            _text(line.text) + (f'&nbsp;<font size="7">[{marks}{rest}]</font>' if shown else ""), base
        )
        if line.section != section:
            section = line.section
            # A heading never stands alone at the foot of a page.
            story.append(KeepTogether([Paragraph(_text(section), styles["head"]), told]))
        else:
            story.append(told)
    if report.dropped:
        story.append(Paragraph("Dropped by the support check", styles["head"]))
        for dropped in report.dropped:
            why = f'<br/><font size="7.5" color="{_SOFT}">{_text(dropped.reason or "")}</font>'
            story.append(Paragraph(_text(dropped.text) + why, base))
    if numbers:
        story.append(Paragraph("Evidence", styles["head"]))
    for act, number in numbers.items():
        event = report.events[act]
        document = report.documents.get(event.document)
        publisher, day, title = source_words(event, document)
        url = link_of(document)
        name = _text(title or "page")
        if url:
            name = f'<a href="{escape(url)}" color="{_LINK}">{name}</a>'
        where = f"{_text(publisher)}, {day}" + (f" · {name}" if title or url else "")
        story.append(
            Paragraph(
                f'<a name="e{number}"/>{number}.&nbsp;&nbsp;“{_text(clip(event.text, 300))}”<br/>'
                f'<font color="{_SOFT}">{where} · act {act}</font>',
                styles["note"],
            )
        )
    story += [Spacer(1, 5 * mm), Paragraph(_text(CHECKED), styles["about"])]
    out = BytesIO()
    made = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=20 * mm,
        rightMargin=20 * mm,
        topMargin=18 * mm,
        bottomMargin=18 * mm,
        title=report.title,
        author="Détente",
        lang="en",
        invariant=1,
    )

    def foot(canvas: Any, page: Any) -> None:
        canvas.setFont(_FONT, 7.5)
        canvas.setFillColor(_SOFT)
        canvas.drawRightString(A4[0] - 20 * mm, 10 * mm, str(page.page))

    made.build(story, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _text(text: str) -> str:
    return escape(printable(text), quote=False)
