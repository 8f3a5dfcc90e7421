"""The support check: is everything that a line says in its evidence?

It reads the finished line as a reader does and knows nothing of how it was written, so it checks
lines of any writer. The rules are written out in `docs/method/briefs.md`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from detente.briefs.reading import PRONOUNS, Phrase, Sentence, Told, read, subjects, vocabulary
from detente.briefs.wording import MONTHS, country, plain
from detente.records import Document, Event, Level, Line, Outlook, Status, Turn, Voice
from detente.relations.issues import GENERAL, topics
from detente.relations.series import pair_of, span_of
from detente.relations.stances import content_words

__all__ = ["Figures", "check"]

# A quotation must stand this near to the act it is evidence for, in code points.
NEAR = 400


@dataclass(frozen=True, slots=True)
class Figures:
    """Turns, levels and the outlook that lines about figures rest on."""

    turns: Sequence[Turn] = ()
    levels: Sequence[Level] = ()
    outlook: Outlook | None = None


_NONE = Figures()
_TURN = re.compile(r"\bturned (?:to|into|towards) (?P<direction>a thaw|an escalation)\b", re.I)
_GAP = re.compile(r"\bno act between\b", re.I)
_OPEN = re.compile(r"^Still open\b", re.I)
_OUTLOOK = re.compile(r"\boutlook\b", re.I)
_LEVEL = re.compile(r"\blevel\b.*\ba week\b", re.I)
_NOTHING = re.compile(r"^The record holds nothing on\b", re.I)
_NO_TURN = re.compile(r"^No turn\b", re.I)


def check(
    line: Line,
    events: Mapping[str, Event],
    documents: Mapping[str, Document],
    figures: Figures = _NONE,
) -> str | None:
    """Why a line is not supported by its evidence; None where it is.

    Every sentence is read for acts, parties, direction, status, days, numbers, quotations and
    speakers. One act of the line's evidence must carry the type, the parties in their direction,
    the status and the day together; quoted words must stand beside it in its document; numbers,
    names and telling words must be in the evidence. A sentence about figures is held against
    `figures`, one about the record against `events`, which must then be all that the record holds.

    >>> from detente.records import Party
    >>> usa, col = Party("USA", "Trump", name="Donald Trump"), Party("COL", "Colombia")
    >>> text = "Trump threatened Colombia on Sunday."
    >>> e = Event("d", 0, 35, text[:35], "THREATEN", (usa,), (col,), False, Status.ACTUAL,
    ...     "threatened", 6, 3, date="2026-01-04")
    >>> known = {e.id: e}, {"d": Document("d", text, published=date(2026, 1, 5))}
    >>> check(Line("s", "The United States threatened Colombia in January 2026.", (e.id,)), *known)
    >>> check(Line("s", "Colombia threatened the United States in January 2026.", (e.id,)), *known)
    'direction: the evidence does not have Colombia acting on the United States'
    """
    missing = [i for i in line.events if i not in events]
    if missing:
        return f"evidence: act {missing[0]} is not in the record"
    evidence = [events[i] for i in line.events]
    sentences = read(line.text, evidence)
    if not sentences:
        return "evidence: the line says nothing"
    previous: Event | None = None
    for sentence in sentences:
        reason, previous = _sentence(sentence, evidence, events, documents, figures, previous)
        if reason is not None:
            return reason
    return None


def _sentence(
    sentence: Sentence,
    evidence: Sequence[Event],
    events: Mapping[str, Event],
    documents: Mapping[str, Document],
    figures: Figures,
    previous: Event | None,
) -> tuple[str | None, Event | None]:
    if _NOTHING.search(sentence.frame):
        codes = {p.code for p in sentence.parties}
        held = any(codes <= {*e.actor_codes, *e.recipient_codes} for e in events.values())
        return ("record: it holds an act of theirs" if held or not codes else None), previous
    of_figures = _of_figures(sentence, evidence, figures)
    if of_figures is not None:
        return of_figures or None, previous
    if not evidence:
        return "evidence: the line names none", previous
    if _GAP.search(sentence.frame):
        return _gap(sentence, evidence, events, documents), previous
    common = (
        _parties_known(sentence, evidence)
        or _quotes(sentence, evidence, documents)
        or _numbers(sentence, evidence, documents)
        or _words(sentence, evidence, documents)
    )
    if common is not None:
        return common, previous
    if _OPEN.search(sentence.frame):
        return _open(sentence, evidence), previous
    if sentence.counts and not sentence.acts:
        return _counted(sentence, evidence, documents), previous
    if not sentence.acts:
        if sentence.quotes and not sentence.parties and not sentence.dates:
            return None, previous  # words shown as words; they stand beside the evidence
        return "act: no act is named that could be looked for", previous
    matched = previous
    for act in sentence.acts:
        reason, event = _act(sentence, act, evidence, documents)
        if reason is not None:
            return reason, previous
        matched = event
    if (
        matched is not None
        and previous is not None
        and re.match(r"(?:Then|Later|Afterwards)\b", sentence.text)
        and _ends(matched, documents) < _begins(previous, documents)
    ):
        return "order: what is told as later was earlier", previous
    return None, matched


# An act and its evidence


def _act(
    sentence: Sentence, act: Phrase, evidence: Sequence[Event], documents: Mapping[str, Document]
) -> tuple[str | None, Event | None]:
    before, after = subjects(sentence, act)
    if sentence.passive:
        before, after = after, before
    doers, others = {p.code for p in before}, {p.code for p in after}
    if not doers and not others and len(sentence.acts) > 1:
        doers = {p.code for p in sentence.parties}
    if not doers:
        return f"claimant: nobody is named who {act.text}", None
    best: tuple[int, str] = (-1, "")
    for event in evidence:
        step, reason = _fits(sentence, act, doers, others, event, documents)
        if reason is None:
            return None, event
        best = max(best, (step, reason), key=lambda b: b[0])
    return best[1], None


def _fits(
    sentence: Sentence,
    act: Phrase,
    doers: Collection[str],
    others: Collection[str],
    event: Event,
    documents: Mapping[str, Document],
) -> tuple[int, str | None]:
    """How far an event goes with a sentence, and where it stops; None where it goes all the way."""
    types = set(act.types)
    if event.status is Status.FUTURE and types & {"CONSULT", "AGREE"}:
        types |= {"CONSULT", "AGREE"}
    if event.event not in types:
        return 0, f"type: “{act.text}” is no {event.event}"
    joint = event.symmetric or not event.recipient
    actors = set(event.actor_codes) | (set(event.recipient_codes) if joint else set())
    recipients = set(event.recipient_codes) | (set(event.actor_codes) if joint else set())
    if not (set(doers) <= actors and set(others) <= recipients):
        who = f"{_list(doers)} acting" + (f" on {_list(others)}" if others else "")
        return 1, f"direction: the evidence does not have {who}"
    status = _status(sentence, event)
    if status is not None:
        return 2, status
    if event.voice is Voice.COMMENTARY and not sentence.opinion:
        return 3, "voice: it is commentary and the line tells it as fact"
    for told in sentence.dates:
        wrong = _date(told, event, documents)
        if wrong is not None:
            return 4, wrong
    return 5, _speaker(sentence, event)


def _list(codes: Collection[str]) -> str:
    return " and ".join(country(c) for c in sorted(codes))


def _status(sentence: Sentence, event: Event) -> str | None:
    if event.status is Status.FUTURE and not sentence.planned:
        return "status: it is planned and the line tells it as done"
    if event.status is Status.NEGATED and not sentence.negated:
        return "status: it did not happen and the line tells it as done"
    if event.status is Status.HYPOTHETICAL and not sentence.possible:
        return "status: it is only possible and the line tells it as done"
    if event.status in (Status.ACTUAL, Status.HISTORICAL):
        if sentence.planned:
            return "status: it is done and the line tells it as planned"
        if sentence.negated:
            return "status: it happened and the line says that it did not"
        if sentence.possible:
            return "status: it happened and the line tells it as only possible"
    return None


def _date(told: Told, event: Event, documents: Mapping[str, Document]) -> str | None:
    document = documents.get(event.document)
    if told.report:
        day = document.published if document is not None else None
        if day is not None and told.first <= day <= told.last:
            return None
        return f"date: it was not reported on {told.text}"
    if event.date is None:
        return f"date: {told.text} is not in the evidence"
    first, last = span_of(event.date, event.date_end)
    # The line may say less than the evidence (a month for a day), or one end of a range.
    if told.first <= first and last <= told.last:
        return None
    ends = {span_of(event.date), span_of(event.date_end)} if event.date_end else set()
    if (told.first, told.last) in ends:
        return None
    return f"date: {told.text} is not the day of the act"


def _speaker(sentence: Sentence, event: Event) -> str | None:
    parties = event.actor
    for said in sentence.speakers:
        names = [event.speaker or "", *(p.name or "" for p in parties), *(p.text for p in parties)]
        if not any(n and (plain(n) in plain(said) or plain(said) in plain(n)) for n in names):
            return f"speaker: {said} says nothing in the evidence"
    # "I" names nobody; then the party that acts stands for the speaker.
    if event.voice is Voice.SPEAKER and event.speaker and event.speaker.lower() not in PRONOUNS:
        last = event.speaker.split()[-1]
        if not re.search(rf"\b{re.escape(last)}\b", sentence.frame):
            return f"speaker: it is {event.speaker} who says it, and the line does not tell"
    return None


# What must be in the evidence wherever it stands


def _parties_known(sentence: Sentence, evidence: Sequence[Event]) -> str | None:
    known = {c for e in evidence for c in (*e.actor_codes, *e.recipient_codes)}
    for party in sentence.parties:
        if party.code not in known:
            return f"party: {sentence.text[party.start : party.end]} is in none of the evidence"
    return None


def _around(event: Event, documents: Mapping[str, Document], whole: bool = False) -> str:
    document = documents.get(event.document)
    if document is None:
        return event.text
    if whole:
        return document.text
    return document.text[max(0, event.start - NEAR) : event.end + NEAR]


def _quotes(sentence: Sentence, evidence: Sequence[Event], documents: Mapping[str, Document]) -> str | None:
    # A report's own word for an act ("their first talks since 2018") may stand anywhere in its
    # text.
    anywhere = not sentence.acts
    for quote in sentence.quotes:
        words = plain(quote.removesuffix("…").removesuffix("..."))
        if not words:
            return "quotation: nothing stands between the marks"
        if not any(words in plain(_around(e, documents, anywhere)) for e in evidence):
            return f"quotation: “{quote}” does not stand beside the evidence"
    return None


def _numbers(sentence: Sentence, evidence: Sequence[Event], documents: Mapping[str, Document]) -> str | None:
    said = {n for e in evidence for n in re.findall(r"\d+(?:[.,]\d+)*", _around(e, documents))}
    for number in sentence.numbers:
        if number not in said:
            return f"number: {number} is in none of the evidence"
    return None


def _words(sentence: Sentence, evidence: Sequence[Event], documents: Mapping[str, Document]) -> str | None:
    frame = sentence.frame
    cut = [(p.start, p.end) for p in sentence.parties]
    cut += [(a.start, a.end) for a in sentence.acts]
    for start, end in cut:
        frame = frame[:start] + " " * (end - start) + frame[end:]
    for event in evidence:
        if event.speaker:
            frame = frame.replace(event.speaker, " ")
    told = content_words(frame) - content_words(" ".join((*MONTHS, *vocabulary())))
    told -= content_words(" ".join(_around(e, documents) for e in evidence))
    told -= content_words(" ".join(c.replace("_", " ") for e in evidence for c in e.contexts))
    told -= content_words(" ".join(c.replace("_", " ") for q in sentence.quotes for _, c in topics(q)))
    if told:
        return f"words: {', '.join(sorted(told))} … is in none of the evidence"
    return None


def _counted(sentence: Sentence, evidence: Sequence[Event], documents: Mapping[str, Document]) -> str | None:
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
    if ("undated" in told or "without a date" in told) and any(e.date for e in evidence):
        return "date: not all of the evidence is without a date"
    return None


def _open(sentence: Sentence, evidence: Sequence[Event]) -> str | None:
    label = sentence.frame.removeprefix("Still open").strip(" :").split(",")[0].strip(" .").lower()
    shown = {c.replace("_", " ") for e in evidence for c in e.contexts}
    shown |= {c.replace("_", " ") for q in sentence.quotes for _, c in topics(q)}
    shown |= {GENERAL, "a matter", ""}
    return None if label in shown else f"context: {label} is in none of the evidence"


# The record and its figures


def _begins(event: Event, documents: Mapping[str, Document]) -> date:
    if event.date is not None:
        return span_of(event.date, event.date_end)[0]
    document = documents.get(event.document)
    return (document.published if document is not None else None) or date.min


def _ends(event: Event, documents: Mapping[str, Document]) -> date:
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
    days = {_begins(e, documents) for e in evidence} | {_ends(e, documents) for e in evidence}
    if low not in days or high not in days:
        return "date: the gap does not lie between the acts named"
    for event in events.values():
        if event.voice is Voice.COMMENTARY or event.status is not Status.ACTUAL:
            continue
        if codes <= set(event.actor_codes) | set(event.recipient_codes) and (
            low < _begins(event, documents) and _ends(event, documents) < high
        ):
            return "gap: an act of the two lies in it"
    return None


def _of_figures(sentence: Sentence, evidence: Sequence[Event], figures: Figures) -> str | None:
    """ "" where a sentence about figures is right, the reason where it is not, None for other
    sentences.
    """
    turned = _TURN.search(sentence.frame)
    if turned is not None:
        return _turn(sentence, turned["direction"].split()[-1], evidence, figures)
    if _NO_TURN.search(sentence.frame):
        return "turn: one is known" if figures.turns else ""
    if _OUTLOOK.search(sentence.frame):
        return _outlook(sentence, figures)
    if _LEVEL.search(sentence.frame):
        return _level(sentence, figures)
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
        if sentence.numbers and not (outlook.reason and outlook.reason in sentence.text):
            return "outlook: it abstains and the line gives a figure"
        return (
            ""
            if outlook.reason and outlook.reason in sentence.text
            else "outlook: it abstains for another reason"
        )
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
