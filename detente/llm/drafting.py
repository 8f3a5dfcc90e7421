"""Briefs and answers drafted by the model from acts of the record; what it adds is dropped and listed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from detente.briefs.reports import Report
from detente.briefs.strict import every
from detente.briefs.wording import country
from detente.briefs.writing import HAPPENED, PLANNED, REVERSED, SAID
from detente.llm.fence import fenced, visible
from detente.llm.server import Server
from detente.records import Document, Event, Line, Voice

__all__ = ["answer", "draft"]

# The sections that tell acts. Turns, levels, outlooks and what is not known are ours alone to write.
_ACTS = (HAPPENED, SAID, REVERSED, PLANNED)
MOST_ACTS = 40
_MOST_TOKENS = 3000

_TASK = (
    "You write lines for a brief on how states treat each other, from coded acts given as data. Write each"
    " line as one plain English sentence: who (the country, as given), what, to whom, the day if one is"
    " given, and where `speaker` is given, by whose word. Besides grammar use only words of the act's own"
    " `words`, in their order. What is planned is told as planned, what is denied as denied. Join nothing,"
    " explain nothing, add no number, cause, judgement or citation. Name in `evidence` the one act that a"
    " line tells, by its number."
)
_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["lines"],
    "properties": {
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["text", "evidence"],
                "properties": {
                    "text": {"type": "string"},
                    "evidence": {"type": "array", "items": {"type": "string"}},
                },
            },
        }
    },
}


def draft(report: Report, server: Server, *, tell: Callable[[str], None] | None = None) -> Report:
    """The brief with its acts told by the model; acts that it does not tell well stay as they were.

    Every line is checked by `strict`; those that fail are in `dropped`, their reason begins with "model".
    `tell` is given the estimate of tokens and cost before the model is asked. Raises FetchError where the
    server fails.
    """
    numbered, sections = _numbered(report)
    if not numbered:
        return report
    kept, dropped = _asked(_TASK, numbered, report.documents, server, sections, tell)
    told = {i for line in kept for i in line.events}
    # What our line tells is replaced where each of its acts but further reports of it is told anew.
    lines: list[Line] = []
    for section in dict.fromkeys((*(x.section for x in report.lines), *(x.section for x in kept))):
        ours = [x for x in report.lines if x.section == section]
        if section in (HAPPENED, PLANNED):
            lines += [x for x in kept if x.section == section]
            ours = [x for x in ours if x.events[0] not in told]
        lines += ours
    return replace(report, lines=tuple(lines), dropped=(*report.dropped, *dropped))


def answer(
    question: str,
    events: Sequence[Event],
    documents: Mapping[str, Document],
    server: Server,
    *,
    section: str = "Answer",
    tell: Callable[[str], None] | None = None,
) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Lines of the model that answer a question from these acts, and those dropped with the reason.

    No acts, no answer: then the model is not asked.
    """
    numbered = {str(n): e for n, e in enumerate(events[:MOST_ACTS], start=1)}
    if not numbered:
        return (), ()
    asked = " ".join(visible(question).split())[:500]
    task = f"{_TASK} Tell only the acts that answer this question, none if none does: {json.dumps(asked)}"
    kept, dropped = _asked(task, numbered, documents, server, {}, tell, section)
    return tuple(kept), tuple(dropped)


def _numbered(report: Report) -> tuple[dict[str, Event], dict[str, str]]:
    """The acts that the model may tell, by number, and the section of each."""
    numbered: dict[str, Event] = {}
    sections: dict[str, str] = {}
    for line in report.lines:
        # Of a line that tells one act; a claim with its denials or a reversal is ours, for order counts.
        if line.section in (HAPPENED, PLANNED) and line.events[:1] and line.events[0] not in sections:
            sections[line.events[0]] = line.section
            numbered[str(len(numbered) + 1)] = report.events[line.events[0]]
    return dict(list(numbered.items())[:MOST_ACTS]), sections


def _asked(
    task: str,
    numbered: Mapping[str, Event],
    documents: Mapping[str, Document],
    server: Server,
    sections: Mapping[str, str],
    tell: Callable[[str], None] | None,
    section: str = HAPPENED,
) -> tuple[list[Line], list[Line]]:
    acts = [_act(number, event, documents.get(event.document)) for number, event in numbered.items()]
    rule, data, mark = fenced(json.dumps(acts, ensure_ascii=False, indent=0))
    system = f"{task}\n\n{rule}"
    if tell is not None:
        tell(f"asking {server.settings.model}: {server.estimate([system + data], _MOST_TOKENS)} at most")
    found = server.ask(system, data, schema=_SCHEMA, most_tokens=_MOST_TOKENS, mark=mark)
    lines, odd = _lines(found, numbered, sections, section)
    known = {e.id: e for e in numbered.values()}
    kept, dropped = every(lines, known, documents)
    return kept, [Line(d.section, d.text, d.events, f"model: {d.reason}") for d in (*odd, *dropped)]


def _act(number: str, event: Event, document: Document | None) -> dict[str, Any]:
    published = document.published if document is not None else None
    return {
        "number": number,
        "type": event.event,
        "who": [country(c) for c in event.actor_codes],
        "to_whom": [country(c) for c in event.recipient_codes],
        "together": event.symmetric,
        "status": event.status.value,
        "day": event.date,
        "day_end": event.date_end,
        "published": published.isoformat() if published else None,
        "speaker": event.speaker if event.voice is Voice.SPEAKER else None,
        "words": event.text,
    }


def _lines(
    found: object, numbered: Mapping[str, Event], sections: Mapping[str, str], section: str
) -> tuple[list[Line], list[Line]]:
    """The lines in an answer of any shape, and what is no line or cites what was not given."""
    items = found.get("lines") if isinstance(found, dict) else None
    lines: list[Line] = []
    odd: list[Line] = []
    for item in items if isinstance(items, list) else []:
        text = item.get("text") if isinstance(item, dict) else None
        cited = item.get("evidence") if isinstance(item, dict) else None
        if not isinstance(text, str) or not text.strip():
            continue
        text = " ".join(visible(text).split())
        numbers = [str(n) for n in cited] if isinstance(cited, list) else []
        if not numbers or any(n not in numbered for n in numbers):
            odd.append(Line(section, text, (), "evidence: it cites an act that was not given"))
            continue
        ids = tuple(dict.fromkeys(numbered[n].id for n in numbers))
        places = {sections.get(i, section) for i in ids}
        if len(places) > 1:
            odd.append(Line(section, text, ids, "evidence: it joins acts of two sections"))
            continue
        lines.append(Line(places.pop(), text, ids))
    return lines, odd
