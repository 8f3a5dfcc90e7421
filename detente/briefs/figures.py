"""Sentences about the record itself and its figures, held against the record and the figures given."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from detente.briefs.following import FOLLOWS, done, follows
from detente.briefs.reading import Sentence, vocabulary
from detente.briefs.sound import unsure
from detente.records import Document, Event, Level, Outlook, Status, Turn, Voice
from detente.relations.issues import GENERAL, topics
from detente.relations.series import pair_of, span_of
from detente.relations.stances import content_words

__all__ = ["Figures", "begins", "counted", "ends", "of_figures", "of_record", "silence", "still_open"]


@dataclass(frozen=True, slots=True)
class Figures:
    """Turns, levels and the outlook that lines about figures rest on."""

    turns: Sequence[Turn] = ()
    levels: Sequence[Level] = ()
    outlook: Outlook | None = None


_TURN = re.compile(r"\bturned (?:to|into|towards) (?P<direction>a thaw|an escalation)\b", re.I)
_GAP = re.compile(r"\bno act between\b", re.I)
_OUTLOOK = re.compile(r"\boutlook\b", re.I)
_LEVEL = re.compile(r"\blevel\b.*\ba week\b", re.I)
_NOTHING = re.compile(r"^The record holds nothing on\b", re.I)
_NOTHING_HERE = re.compile(r"^The record holds nothing (?:published on [\w ]+|on this document)\.?$", re.I)
_LATEST = re.compile(r"^The latest report in the record on\b", re.I)
_NO_TURN = re.compile(r"^No turn of this pair is known\.?$", re.I)
_SINCE = re.compile(r"\bon record since\b", re.I)


def of_record(
    sentence: Sentence,
    evidence: Sequence[Event],
    events: Mapping[str, Event],
    documents: Mapping[str, Document],
) -> str | None:
    """What is wrong with a sentence on what the record holds; "" where it is right, None for others."""
    codes = {p.code for p in sentence.parties}
    if _NOTHING_HERE.search(sentence.frame.strip()):
        # These tell of a day's or a document's acts, and of those there are none in what is given.
        return "record: it holds an act" if events else _other_words(sentence)
    if _NOTHING.search(sentence.frame):
        held = any(codes <= {*e.actor_codes, *e.recipient_codes} for e in events.values())
        return _other_words(sentence) or ("record: it holds an act of theirs" if held or not codes else "")
    if _LATEST.search(sentence.frame):
        days = [
            d.published
            for e in events.values()
            if codes <= {*e.actor_codes, *e.recipient_codes}
            and (d := documents.get(e.document)) is not None
            and d.published is not None
        ]
        if not codes or len(sentence.dates) != 1 or not days or sentence.dates[0].first != max(days):
            return "date: the latest report of theirs is of another day"
        return _other_words(sentence)
    if _GAP.search(sentence.frame):
        if not evidence:
            return "evidence: the line names none"
        return _other_words(sentence) or _gap(sentence, evidence, events, documents) or ""
    return None


def silence(
    sentence: Sentence, act: Event | None, events: Mapping[str, Event], documents: Mapping[str, Document]
) -> str | None:
    """What is wrong with "…; no answer is on record since"; None where nothing is."""
    if not _SINCE.search(sentence.frame):
        return None
    named = [words for words in FOLLOWS.values() if words in sentence.frame]
    if len(named) != 1 or act is None:
        return "record: it is not told what has not followed"
    return (
        "record: it holds what the line says is absent" if follows(act, named[0], events, documents) else None
    )


def _other_words(sentence: Sentence) -> str:
    """A sentence about figures says nothing besides them: what it adds has no evidence."""
    if sentence.acts:
        return f"act: “{sentence.acts[0].text}” is in no figure"
    frame = sentence.frame
    for party in sentence.parties:
        frame = frame[: party.start] + " " * (party.end - party.start) + frame[party.end :]
    for told in sentence.dates:
        frame = frame.replace(told.text, " ")
    more = content_words(frame) - content_words(" ".join(vocabulary()))
    return f"words: {', '.join(sorted(more))} … is in no figure" if more else ""


def counted(sentence: Sentence, evidence: Sequence[Event], documents: Mapping[str, Document]) -> str | None:
    """Sentences that count the evidence itself: "3 acts rest on one publisher"."""
    told = sentence.frame.lower()
    for number, what in sentence.counts:
        if what == "publisher":
            actual = len({d.publisher for e in evidence if (d := documents.get(e.document))})
            # "rest on one publisher" is true of each act, not of all together.
            if number != 1 and number != actual:
                return f"number: {number} publishers, but the evidence has {actual}"
        elif what == "document":
            actual = len({e.document for e in evidence})
            if number != actual:
                return f"number: {number} documents, but the evidence has {actual}"
        elif number != len(evidence):
            return f"number: {number} {what}s, but the evidence has {len(evidence)}"
    if "commentary" in told and any(e.voice is not Voice.COMMENTARY for e in evidence):
        return "voice: not all of the evidence is commentary"
    if "not sure of" in told and any(unsure(e, documents.get(e.document)) is None for e in evidence):
        return "record: not all of the evidence is unsure"
    if ("undated" in told or "without a date" in told) and any(e.date for e in evidence):
        return "date: not all of the evidence is without a date"
    return None


def still_open(sentence: Sentence, evidence: Sequence[Event]) -> str | None:
    """A matter called open must be among the matters of its evidence."""
    label = sentence.frame.partition(":")[2].split(",")[0].strip(" .").lower()
    shown = {c.replace("_", " ") for e in evidence for c in e.contexts}
    shown |= {c.replace("_", " ") for q in sentence.quotes for _, c in topics(q)}
    shown |= {GENERAL, "a matter", ""}
    return None if label in shown else f"context: {label} is in none of the evidence"


def begins(event: Event, documents: Mapping[str, Document]) -> date:
    """The first day of an act, or that of its report."""
    if event.date is not None:
        return span_of(event.date, event.date_end)[0]
    document = documents.get(event.document)
    return (document.published if document is not None else None) or date.min


def ends(event: Event, documents: Mapping[str, Document]) -> date:
    """The last day of an act, or that of its report."""
    if event.date is not None:
        return span_of(event.date, event.date_end)[1]
    document = documents.get(event.document)
    return (document.published if document is not None else None) or date.max


def _gap(
    sentence: Sentence,
    evidence: Sequence[Event],
    events: Mapping[str, Event],
    documents: Mapping[str, Document],
) -> str | None:
    codes = {p.code for p in sentence.parties}
    if len(codes) != 2 or len(sentence.dates) != 2:
        return "gap: two parties and two days are needed"
    low, high = sentence.dates[0].first, sentence.dates[1].last
    if low >= high:
        return "gap: it ends before it begins"
    days = {day for e in evidence for day in done(e, documents)}
    if low not in days or high not in days:
        return "date: the gap does not lie between the acts named"
    for event in events.values():
        if event.voice is Voice.COMMENTARY or event.status is not Status.ACTUAL:
            continue
        first, last = done(event, documents)
        if codes <= set(event.actor_codes) | set(event.recipient_codes) and low < first <= last < high:
            return "gap: an act of the two lies in it"
    return None


def of_figures(sentence: Sentence, evidence: Sequence[Event], figures: Figures) -> str | None:
    """ "" where a sentence about figures is right, the reason where it is not, None for other
    sentences.
    """
    turned = _TURN.search(sentence.frame)
    if turned is not None:
        direction = turned["direction"].split()[-1]
        return _other_words(sentence) or _turn(sentence, direction, evidence, figures)
    if _NO_TURN.search(sentence.frame.strip()):
        return "turn: one is known" if figures.turns else ""
    if _OUTLOOK.search(sentence.frame):
        return _outlook(sentence, figures)
    if _LEVEL.search(sentence.frame):
        return _other_words(sentence) or _level(sentence, figures)
    return None


def _turn(sentence: Sentence, direction: str, evidence: Sequence[Event], figures: Figures) -> str:
    codes = {p.code for p in sentence.parties}
    days = [d for d in sentence.dates if not d.report]
    for turn in figures.turns:
        if turn.direction != direction or len(days) != 1 or days[0].first != turn.day:
            continue
        if len(codes) != 2 or pair_of(turn.pair) != tuple(sorted(codes)):
            continue
        known = [d for d in sentence.dates if d.report]
        if any(d.first != turn.known_on for d in known):
            return "date: the turn was not known on that day"
        if not {e.id for e in evidence} <= set(turn.events):
            return "evidence: an act named did not make the turn"
        if any(n != len(turn.events) for n, what in sentence.counts if what == "act"):
            return f"number: {len(turn.events)} acts made the turn"
        if sentence.numbers or sentence.quotes:
            return "number: the turn has no such figure"
        return ""
    return "turn: no such turn of the two is known on that day"


def _percent(value: float | None) -> str | None:
    return None if value is None else str(round(100 * value))


def _outlook(sentence: Sentence, figures: Figures) -> str:
    outlook = figures.outlook
    if outlook is None:
        return "outlook: none is given"
    if {p.code for p in sentence.parties} - set(outlook.pair):
        return "party: the outlook is of another pair"
    if outlook.probability is None:
        reason = outlook.reason or "no reason is given"
        told = re.fullmatch(r"There is no outlook for .+?: (?P<reason>.+?)\.?", sentence.text)
        if told is None and sentence.numbers:
            return "outlook: it abstains and the line gives a figure"
        right = told is not None and told["reason"] == reason.rstrip(".")
        return "" if right else "outlook: it abstains for another reason"
    if _other_words(sentence):
        return _other_words(sentence)
    if _percent(outlook.probability) not in sentence.numbers:
        return "outlook: its probability is not told"
    fields = {
        "probability": outlook.probability,
        "interval from": outlook.low,
        "per cent to": outlook.high,
        "like thaws": outlook.like_base_rate,
        "this pair": outlook.own_base_rate,
    }
    for label, number in re.findall(
        r"(probability|interval from|per cent to|like thaws|this pair)"
        r"(?: of| is|:)?\s+(\d+)(?=\s*per cent)",
        sentence.frame,
    ):
        if _percent(fields[label]) != number:
            return f"number: {label} {number} is not in the outlook"
    allowed = {_percent(v) for v in fields.values()} | {str(outlook.horizon_days), "80"}
    wrong = [n for n in sentence.numbers if n not in allowed]
    if wrong:
        return f"number: {wrong[0]} is not in the outlook"
    if any(d.first != outlook.asked_on for d in sentence.dates if d.report):
        return "date: the outlook was asked for on another day"
    return ""


def _level(sentence: Sentence, figures: Figures) -> str:
    days = [d.first for d in sentence.dates]
    levels = [x for x in figures.levels if x.day in days]
    if not levels or len(levels) != len(set(days)):
        return "level: none is known of that day"
    for kind in ("hostile", "cooperative"):
        for said in re.findall(rf"(\d+(?:\.\d+)?) {kind}", sentence.frame):
            if said not in {f"{getattr(x, kind):.1f}" for x in levels}:
                return f"number: {said} {kind} acts a week is not the level of that day"
    allowed = {
        f"{v:.1f}"
        for x in levels
        for v in (
            x.hostile,
            x.hostile_low,
            x.hostile_high,
            x.cooperative,
            x.cooperative_low,
            x.cooperative_high,
        )
    }
    wrong = [n for n in sentence.numbers if n not in allowed]
    return f"number: {wrong[0]} is not in the levels" if wrong else ""
