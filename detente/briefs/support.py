"""The support check: is everything that a line says in its evidence?

It reads the finished line as a reader does and knows nothing of how it was written, so it checks
lines of any writer. The rules are written out in `docs/method/briefs.md`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from detente.briefs.figures import (
    Figures,
    begins,
    counted,
    ends,
    of_figures,
    of_record,
    silence,
    still_open,
)
from detente.briefs.following import FOLLOWS
from detente.briefs.reading import PRONOUNS, Phrase, Sentence, Told, read, subjects, vocabulary
from detente.briefs.wording import MONTHS, country, plain
from detente.records import Document, Event, Line, Status, Voice
from detente.relations.issues import topics
from detente.relations.positions import stated
from detente.relations.series import span_of
from detente.relations.stances import content_words

__all__ = ["Figures", "check"]

# A quotation must stand this near to the act it is evidence for, in code points.
NEAR = 400


_NONE = Figures()
_OPEN = re.compile(r"^Still open\b", re.I)
_SINCE = re.compile(r"\bon record since\b", re.I)
_EARLIER = re.compile(r"\b(?:earlier|in the past|once|formerly)\b", re.I)
_CALENDAR = re.compile(
    rf"\b(?:{'|'.join(m for m in MONTHS if m != 'May')}|(?<=[a-z] )May"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b"
)


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

    >>> from datetime import date
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
    found = of_record(sentence, evidence, events, documents)
    if found is None:
        found = of_figures(sentence, evidence, figures)
    if found is not None:
        return found or None, previous
    if not evidence:
        return "evidence: the line names none", previous
    common = (
        _parties_known(sentence, evidence)
        or _people(sentence, evidence, documents)
        or _quotes(sentence, evidence, documents)
        or _numbers(sentence, evidence, documents)
        or _calendar(sentence, evidence, documents)
        or _words(sentence, evidence, documents)
    )
    if common is not None:
        return common, previous
    if _OPEN.search(sentence.frame):
        return still_open(sentence, evidence), previous
    if sentence.counts and not sentence.acts:
        return counted(sentence, evidence, documents), previous
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
    quiet = silence(sentence, matched, events, documents)
    if quiet is not None:
        return quiet, previous
    if (
        matched is not None
        and previous is not None
        and re.match(r"(?:Then|Later|Afterwards)\b", sentence.text)
        and ends(matched, documents) < begins(previous, documents)
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
    if act.words and not _deed(act.words, event, documents):
        return 0, f"type: “{act.text}” is another {event.event} than the evidence tells"
    joint = event.symmetric or not event.recipient
    actors = set(event.actor_codes) | (set(event.recipient_codes) if joint else set())
    recipients = set(event.recipient_codes) | (set(event.actor_codes) if joint else set())
    if not (set(doers) <= actors and set(others) <= recipients):
        who = f"{_list(doers)} acting" + (f" on {_list(others)}" if others else "")
        return 1, f"direction: the evidence does not have {who}"
    status = _status(sentence, event, documents)
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


def _deed(stems: Collection[str], event: Event, documents: Mapping[str, Document]) -> bool:
    """Whether the evidence shows the deed itself, and not only another one of the same type."""
    words = plain(_sentence_of(event, documents)).split()
    return bool(set(stems) & set(event.modes)) or any(
        w.lstrip("-(").startswith(s) for w in words for s in stems
    )


def _sentence_of(event: Event, documents: Mapping[str, Document]) -> str:
    document = documents.get(event.document)
    return stated(event, document.text if document is not None else None)


def _status(sentence: Sentence, event: Event, documents: Mapping[str, Document]) -> str | None:
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
        document = documents.get(event.document)
        published = document.published if document is not None else None
        if published is not None and event.date is not None and span_of(event.date)[0] > published:
            return "status: it is dated after its report and the line tells it as done"
    dated = any(not told.report for told in sentence.dates)
    if event.status is Status.HISTORICAL and not dated and not _EARLIER.search(sentence.frame):
        return "status: it is history and the line tells it as news"
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


def _calendar(sentence: Sentence, evidence: Sequence[Event], documents: Mapping[str, Document]) -> str | None:
    """Months and weekdays that are no part of a date must be words of the evidence."""
    frame = sentence.frame
    for told in sentence.dates:
        frame = frame.replace(told.text, " " * len(told.text))
    for match in _CALENDAR.finditer(frame):
        if not any(match[0] in _around(e, documents) for e in evidence):
            return f"date: {match[0]} is not in the evidence"
    return None


def _people(sentence: Sentence, evidence: Sequence[Event], documents: Mapping[str, Document]) -> str | None:
    """A person who is named must be named in the evidence: another one of the same country is another."""
    names = {
        word
        for e in evidence
        for p in (*e.actor, *e.recipient)
        for word in plain(f"{p.name or ''} {p.text} {e.speaker or ''}").split()
    }
    for party in sentence.parties:
        # Who is said to say it is looked for with the act.
        if party.person and not any(a <= party.start < b for a, b in sentence.said):
            last = plain(sentence.text[party.start : party.end]).split()[-1]
            if last not in names and not any(last in plain(_around(e, documents)).split() for e in evidence):
                return f"party: {sentence.text[party.start : party.end]} is named in none of the evidence"
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
    for day in sentence.dates:
        frame = frame.replace(day.text, " ")
    if _SINCE.search(frame):
        for words in FOLLOWS.values():
            frame = frame.replace(words, " ")
    told = content_words(frame) - content_words(" ".join(vocabulary()))
    told -= content_words(" ".join(_around(e, documents) for e in evidence))
    told -= content_words(" ".join(c.replace("_", " ") for e in evidence for c in e.contexts))
    told -= content_words(" ".join(c.replace("_", " ") for q in sentence.quotes for _, c in topics(q)))
    if told:
        return f"words: {', '.join(sorted(told))} … is in none of the evidence"
    return None
