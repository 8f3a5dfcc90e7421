"""Parts of the page of a pair: who holds what, the outlook, and the brief, as its template shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from detente.desk.pages.layout import clip, short_day

if TYPE_CHECKING:
    from detente.desk.study import Study
    from detente.records import Outlook, Position

__all__ = ["MATTERS", "brief_view", "held", "outlook_view"]

# Positions of one party in one matter that are shown at once; the others unfold.
SHOWN_POSITIONS = 4
MOST_POSITIONS = 24
GENERAL = "general"
MATTERS: Mapping[str, str] = {
    GENERAL: "other matters",
    "asylum": "refugees and asylum",
    "cbrn": "nuclear, chemical and biological weapons",
    "cyber": "cyberspace",
    "diplomatic": "diplomacy",
    "economic": "the economy",
    "election": "elections",
    "executive": "the government",
    "human_security": "human security",
    "legal": "law and courts",
    "legislative": "parliament",
    "lgbt": "the rights of sexual minorities",
    "military": "the military",
    "natural_resource": "natural resources",
    "pro_autocracy": "steps towards autocracy",
    "pro_democracy": "steps towards democracy",
    "religion_ethnicity": "religion and ethnicity",
    "rights_freedoms": "rights and freedoms",
}
"""Contexts of PLOVER as a heading has them; one that is not listed stands as it is."""


OUTLOOK_WORDS: Mapping[str, tuple[str, str, str, str]] = {
    "thaw": (
        "Does the thaw hold?",
        "The thaw holds for {} days",
        "Own past thaws that held",
        "Like thaws of history that held",
    ),
    "escalation": (
        "Does a thaw follow the escalation?",
        "A thaw comes within {} days",
        "Own past escalations that thawed",
        "Like escalations of history that thawed",
    ),
}


def held(here: Study, codes: tuple[str, str]) -> dict[str, Any]:
    """Positions: reversals, firsts and open issues, then by matter what each holds towards the other."""
    special: dict[str, list[dict[str, Any]]] = {"reversal": [], "first": [], "open issue": []}
    matters: dict[str, dict[str, list[dict[str, Any]]]] = {}
    answered: dict[str, list[Position]] = {}
    for p in here.positions:
        if p.denies:
            answered.setdefault(p.denies, []).append(p)
    seen: set[tuple[str, ...]] = set()
    for p in here.positions:
        if p.kind in special:
            key = (p.kind, p.event, p.context)
            if key not in seen:
                seen.add(key)
                special[p.kind].append(_position(here, p, answered))
            continue
        matter = matters.setdefault(p.context, {codes[0]: [], codes[1]: []})
        if p.holder in matter:
            matter[p.holder].append(_position(here, p, answered))
    for listed in (*special.values(), *(x for m in matters.values() for x in m.values())):
        listed.sort(key=lambda row: (row["sort"], row["event"]), reverse=True)
        del listed[MOST_POSITIONS:]
    order = sorted(matters, key=lambda m: (m == GENERAL, -sum(len(x) for x in matters[m].values()), m))
    return {
        "special": special,
        "matters": [(_matter(m), matters[m][codes[0]], matters[m][codes[1]]) for m in order],
        "some": bool(here.positions),
        "since": here.held_since,
        "most": SHOWN_POSITIONS,
    }


def _matter(context: str) -> str:
    return MATTERS.get(context, context.replace("_", " "))


def _position(here: Study, p: Position, answered: Mapping[str, Sequence[Position]]) -> dict[str, Any]:
    links = []
    for label, name in (("denies", p.denies), ("takes back", p.reverses), ("answered by", p.closed_by)):
        if name and name in here.by_id:
            links.append((label, name, clip(here.by_id[name].text, 120)))
    for denial in answered.get(p.event, ()):
        links.append(("denied by", denial.event, clip(denial.words, 120)))
    at = here.days.get(p.event, here.dossier.as_of)
    return {
        "kind": p.kind,
        "holder": p.holder,
        "towards": p.towards,
        "context": _matter(p.context),
        "words": clip(p.words, 260),
        "since": f"since {short_day(p.since)}" if p.since else f"reported by {short_day(at)}",
        "sort": at,
        "event": p.event,
        "speaker": clip(p.speaker, 60),
        "links": links,
    }


def brief_view(here: Study) -> list[tuple[str, list[dict[str, Any]]]]:
    """The lines of the brief by section, each with the numbers of its evidence."""
    sections: dict[str, list[dict[str, Any]]] = {}
    numbers: dict[str, int] = {}
    for line in here.brief.lines:
        marks = [(numbers.setdefault(e, len(numbers) + 1), e) for e in line.events[:6]]
        sections.setdefault(line.section, []).append(
            {"text": clip(line.text, 900), "marks": marks, "more": len(line.events) - len(marks)}
        )
    return list(sections.items())


def outlook_view(given: Outlook) -> dict[str, Any]:
    """An outlook with its words; each rate is a row of one scale from 0 to 100 per cent."""
    question, holds, own, like = OUTLOOK_WORDS[
        "escalation" if given.question.startswith("escalation") else "thaw"
    ]
    scales: list[tuple[str, float | None, float | None, float | None]] = [
        (own, given.own_base_rate, None, None),
        (like, given.like_base_rate, None, None),
    ]
    if given.probability is not None:
        scales.insert(0, (holds.format(given.horizon_days), given.probability, given.low, given.high))
    return {"given": given, "question": question, "scales": scales, "terms": _terms(given)}


def _terms(given: Outlook) -> list[tuple[str, str, str]]:
    """The parts of an outlook: what, its value, its share of the log-odds."""
    out = []
    for term in given.terms:
        value = term.value
        if value is None:
            told = ""
        elif isinstance(value, str):
            told = clip(short_day(value), 80)
        else:
            told = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
        share = "" if term.contribution is None else f"{term.contribution:+.2f}"
        out.append((clip(term.name, 160), told, share))
    return out
