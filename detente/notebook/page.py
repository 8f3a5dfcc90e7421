"""Records as pieces of HTML for a notebook: tables and small charts that stand on any background.

Every word of others is escaped. Colours are the page's own but for two that are told apart by people
who do not see red and green, and what they say stands in a word and a sign as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from detente.briefs.sheet import link_of
from detente.llm.fence import visible
from detente.notebook.frames import side
from detente.records import Brief, Document, Event, Outlook, Status, Turn

if TYPE_CHECKING:
    from detente.relations.series import Act

__all__ = ["BLUE", "ORANGE", "acts_svg", "brief_html", "events_html", "html_of", "outlook_html", "turns_html"]

BLUE = "#2f7fc1"
ORANGE = "#d9731a"
_SIGNS = {"cooperative": ("▲", BLUE), "hostile": ("▼", ORANGE)}
_TURNS = {"thaw": ("▲", BLUE), "escalation": ("▼", ORANGE)}
_CELL = "text-align:left;vertical-align:top;white-space:normal;padding:.25em .6em"
_MOST = 200
_WEEK = timedelta(days=7)


def text(value: object) -> str:
    r"""A value as safe text.

    >>> text("<b>\u200b")
    '&lt;b&gt;'
    """
    told = str(value)
    if isinstance(value, float):
        told = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return "" if value is None else escape(visible(told))


def table(head: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """A table of cells that are HTML already."""
    top = "".join(f'<th style="{_CELL}" scope="col">{text(name)}</th>' for name in head)
    body = "".join("<tr>" + "".join(f'<td style="{_CELL}">{c}</td>' for c in row) + "</tr>" for row in rows)
    told = (
        f'<caption style="caption-side:top;text-align:left;color:inherit">{text(caption)}</caption>'
        if caption
        else ""
    )
    return f'<table style="max-width:100%">{told}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def _day(value: object) -> str:
    return f'<span style="white-space:nowrap">{text(value or "–")}</span>'


def sign(word: str) -> str:
    """A side or a direction: sign, colour and word."""
    mark, colour = {**_SIGNS, **_TURNS}[word]
    return f'<span style="color:{colour}" aria-hidden="true">{mark}</span>&nbsp;{word}'


def _who(event: Event) -> str:
    doers, others = " + ".join(event.actor_codes), " + ".join(event.recipient_codes)
    if event.symmetric:
        return text(" ↔ ".join(dict.fromkeys((*event.actor_codes, *event.recipient_codes))))
    return text(f"{doers} → {others}" if others else doers)


def _source(event: Event, document: Document | None) -> str:
    if document is None:
        return text(event.document)
    told = text(", ".join(str(p) for p in (document.publisher, document.published) if p) or document.id)
    link = link_of(document)
    return f'<a href="{escape(link)}" rel="noopener noreferrer">{told}</a>' if link else told


def events_html(
    events: Sequence[Event],
    documents: Mapping[str, Document] = MappingProxyType({}),
    caption: str | None = None,
) -> str:
    """Acts as a table: day, who to whom, type, status, who says so, the words, where they were published."""
    rows = [
        (
            _day(e.date),
            _who(e),
            f"{text(e.event)}<br>{sign(side(e.quad))}",
            text(e.status.value),
            text(e.speaker or e.voice.value),
            f"“{text(e.text)}”",
            _source(e, documents.get(e.document)),
        )
        for e in events[:_MOST]
    ]
    named = caption if caption is not None else _count(len(events), "act")
    left = f"; the first {_MOST} are shown" if len(events) > _MOST else ""
    return table(("date", "who", "type", "status", "says", "words", "source"), rows, named + left)


def turns_html(turns: Sequence[Turn]) -> str:
    """Turns as a table."""
    if not turns:
        return "<p>No turn that beats chance.</p>"
    rows = [
        (
            _day(t.day),
            sign(t.direction),
            _day(f"{t.odds:,.0f} : 1" if t.odds is not None else None),
            text(f"{t.firmness:.0%}" if t.firmness is not None else "–"),
            text(len(t.events)),
            text(t.reason or ""),
        )
        for t in turns
    ]
    return table(("day", "turn", "odds", "firm in", "acts", "remark"), rows, _count(len(turns), "turn"))


def outlook_html(told: Outlook) -> str:
    """An outlook beside its base rates, or why there is none."""

    def share(value: float | None) -> str:
        return "–" if value is None else f"{value:.0%}"

    odds = "nothing is said" if told.probability is None else share(told.probability)
    if told.low is not None and told.high is not None:
        odds += f" ({share(told.low)} to {share(told.high)})"
    rows = [
        ("probability", text(odds)),
        ("reason", text(told.reason or "")),
        ("the pair's own base rate", text(share(told.own_base_rate))),
        ("base rate of like cases", text(share(told.like_base_rate))),
        *((text(t.name), text(t.value)) for t in told.terms),
    ]
    caption = f"{told.question}, {told.horizon_days} days from {told.asked_on}, {' and '.join(told.pair)}"
    return table(("", ""), [r for r in rows if r[1]], caption)


def brief_html(told: Brief) -> str:
    """A brief: its lines by section with numbers, and the numbered words that they stand on."""
    events: Mapping[str, Event] = getattr(told, "events", {})
    documents: Mapping[str, Document] = getattr(told, "documents", {})
    title = getattr(told, "title", "") or f"{' and '.join(told.pair)}, as of {told.as_of}"
    numbers: dict[str, int] = {}
    parts = [f"<h3>{text(title)}</h3>"]
    section = None
    for line in told.lines:
        if line.section != section:
            parts.append(("</ul>" if section is not None else "") + f"<h4>{text(line.section)}</h4><ul>")
            section = line.section
        marks = [numbers.setdefault(i, len(numbers) + 1) for i in line.events if i in events]
        at = f" <small>[{', '.join(map(str, marks))}]</small>" if marks else ""
        parts.append(f"<li>{text(line.text)}{at}</li>")
    parts.append("</ul>" if section is not None else "")
    if numbers:
        rows = [
            (
                str(number),
                _day(events[i].date),
                _who(events[i]),
                f"“{text(events[i].text)}”",
                _source(events[i], documents.get(events[i].document)),
            )
            for i, number in numbers.items()
        ]
        parts.append(table(("", "date", "who", "words", "source"), rows, "Evidence"))
    if told.dropped:
        parts.append(f"<p>{_count(len(told.dropped), 'line')} failed the support check and were dropped.</p>")
    return "".join(parts)


def acts_svg(acts: Sequence[Act], turns: Sequence[Turn] = (), *, width: int = 720, height: int = 190) -> str:
    """Acts a week as a chart: cooperative ones above the line, hostile ones below, turns as marks.

    Empty where there is no act.
    """
    if not acts:
        return ""
    monday = min(a.day for a in acts)
    monday -= timedelta(days=monday.weekday())
    weeks = max(((max(a.day for a in acts) - monday).days // 7) + 1, 12)
    # Long histories are drawn in longer steps, so that a bar stays a bar.
    step = -(-weeks // 180)
    slots = -(-weeks // step)
    up, down, plans = ([0] * slots for _ in range(3))
    for act in acts:
        at = (act.day - monday).days // 7 // step
        (plans if act.announced else down if act.hostile else up)[at] += 1
    left, right, top, foot = 34, 8, 26, 20
    most_up = max(max(a + b for a, b in zip(up, plans, strict=True)), 1)
    most_down = max(*down, 1)
    unit = (height - top - foot) / (most_up + most_down)
    zero = top + most_up * unit
    wide = (width - left - right) / slots

    def x(day: date) -> float:
        return left + (day - monday).days / 7 / step * wide

    parts = [
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        f' style="max-width:100%;height:auto;color:inherit" font-family="inherit" font-size="11"'
        ' fill="currentColor">'
        f"<title>{len(acts)} acts: {sum(up)} cooperative, {sum(down)} hostile, {sum(plans)} announced</title>"
    ]
    for at in range(slots):
        place, thick = left + at * wide + wide * 0.1, max(wide * 0.8, 1)
        if up[at]:
            parts.append(_bar(place, zero - up[at] * unit, thick, up[at] * unit, BLUE))
        if plans[at]:
            y = zero - (up[at] + plans[at]) * unit
            parts.append(_bar(place, y, thick, plans[at] * unit, BLUE, hollow=True))
        if down[at]:
            parts.append(_bar(place, zero, thick, down[at] * unit, ORANGE))
    parts.append(
        f'<line x1="{left}" x2="{width - right}" y1="{zero:.1f}" y2="{zero:.1f}" stroke="currentColor"/>'
        f'<text x="{left - 6}" y="{top + 8}" text-anchor="end">{most_up}</text>'
        f'<text x="{left - 6}" y="{height - foot}" text-anchor="end">{most_down}</text>'
    )
    last_label = -1000.0
    for turn in turns:
        mark, colour = _TURNS[turn.direction]
        at_x = x(turn.day)
        parts.append(
            f'<line x1="{at_x:.1f}" x2="{at_x:.1f}" y1="{top - 6}" y2="{height - foot}" stroke="{colour}"'
            ' stroke-dasharray="4 3"/>'
        )
        if at_x - last_label > 62:
            anchor = "end" if at_x > width - 70 else "start"
            parts.append(
                f'<text x="{at_x:.1f}" y="{top - 11}" text-anchor="{anchor}">{mark} {turn.direction}</text>'
            )
            last_label = at_x
    end = monday + weeks * _WEEK
    every_year = [date(y, 1, 1) for y in range(monday.year + 1, end.year + 1) if date(y, 1, 1) < end]
    days = every_year[:: max(1, len(every_year) // 12)]
    if not days or x(days[0]) - left > 90:
        days.insert(0, monday)
    for day in days:
        label = day.isoformat() if day == monday else str(day.year)
        parts.append(f'<text x="{x(day):.1f}" y="{height - 5}">{label}</text>')
    parts.append("</svg>")
    weekly = "a week" if step == 1 else f"in {step} weeks"
    legend = (
        f"<div><small>Acts {weekly}: {sign('cooperative')} above the line"
        f"{' (outlined: announced)' if any(plans) else ''}, {sign('hostile')} below it.</small></div>"
    )
    return "".join(parts) + legend


def _bar(x: float, y: float, width: float, height: float, colour: str, *, hollow: bool = False) -> str:
    paint = f'fill="none" stroke="{colour}"' if hollow else f'fill="{colour}"'
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" {paint}/>'


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def html_of(record: Any) -> str:
    """A record of the package as HTML, or several of one kind in a list.

    >>> html_of(Turn(("COL", "USA"), date(2026, 1, 7), "thaw", None, ())).startswith("<table")
    True
    """
    records = list(record) if isinstance(record, (list, tuple)) else [record]
    if records and all(isinstance(r, Event) for r in records):
        return events_html(records)
    if records and all(isinstance(r, Turn) for r in records):
        return turns_html(records)
    made = []
    for one in records:
        if isinstance(one, Brief):
            made.append(brief_html(one))
        elif isinstance(one, Outlook):
            made.append(outlook_html(one))
        elif is_dataclass(one):
            rows = [(text(f.name), _value(getattr(one, f.name))) for f in fields(one)]
            made.append(table(("", ""), rows, type(one).__name__))
        else:
            made.append(f"<pre>{text(one)}</pre>")
    return "".join(made)


def _value(value: object) -> str:
    if isinstance(value, (tuple, list)):
        shown = ", ".join(str(v) for v in value[:20])
        return text(shown + (f" and {len(value) - 20} more" if len(value) > 20 else ""))
    return text(value.value if isinstance(value, Status) else value)
