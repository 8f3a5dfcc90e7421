"""Templates: evidence becomes lines in plain English. Each line is checked afterwards, see
`support`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from detente.briefs.reading import PRONOUNS
from detente.briefs.sound import day_shown
from detente.briefs.wording import clip, country, day_words, join, reported, speech_of, when
from detente.records import Document, Event, Level, Line, Outlook, Position, Status, Turn, Voice
from detente.relations.denials import is_denial
from detente.relations.firsts import sentence_spans
from detente.relations.issues import GENERAL
from detente.relations.positions import stated

__all__ = [
    "act_line",
    "claim_line",
    "due_line",
    "first_line",
    "issue_line",
    "level_line",
    "outlook_line",
    "reversal_line",
    "since_line",
    "turn_line",
]

# Done, to be done, and whether both parties stand before the verb.
_VERBS: Mapping[str, tuple[str, str]] = {
    "AGREE": ("made a promise or an offer to", "make a promise or an offer to"),
    "CONSULT": ("spoke with", "speak with"),
    "SUPPORT": ("spoke in support of", "speak in support of"),
    "CONCEDE": ("made a concession to", "make a concession to"),
    "COOPERATE": ("worked together with", "work together with"),
    "AID": ("gave aid to", "give aid to"),
    "RETREAT": ("took back pressure on", "take back pressure on"),
    "REQUEST": ("asked something of", "ask something of"),
    "ACCUSE": ("accused", "accuse"),
    "REJECT": ("said no to", "say no to"),
    "THREATEN": ("threatened", "threaten"),
    "PROTEST": ("protested against", "protest against"),
    "SANCTION": ("took a punitive measure against", "take a punitive measure against"),
    "MOBILIZE": ("made a show of force towards", "make a show of force towards"),
    "COERCE": ("used coercion against", "use coercion against"),
    "ASSAULT": ("used force against", "use force against"),
}
_TOGETHER: Mapping[str, tuple[str, str]] = {
    "AGREE": ("reached an agreement", "reach an agreement"),
    "CONSULT": ("held talks", "hold talks"),
    "COOPERATE": ("worked together", "work together"),
}


def _verb(event: Event, together: bool) -> tuple[str, str]:
    if together and event.event in _TOGETHER:
        if event.event == "CONSULT" and "phone" in event.modes:
            return "spoke by phone", "speak by phone"
        return _TOGETHER[event.event]
    if event.event == "ACCUSE" and "disapprove" in event.modes:
        return "criticised", "criticise"
    if event.event == "REJECT" and is_denial(event):
        return "denied a statement of", "deny a statement of"
    return _VERBS[event.event]


def _name(event: Event, code: str) -> str:
    person = speech_of(event, code)
    return f"{country(code)} ({person})" if person and event.quad in (1, 3) else country(code)


def sentence(event: Event, pair: Sequence[str], document: Document | None, *, words: bool = True) -> str:
    """One act in one sentence: who, what, to whom, when, in which words and by whose word.

    >>> from detente.records import Party
    >>> usa, col = Party("USA", "Trump", name="Donald Trump"), Party("COL", "Colombia")
    >>> e = Event("d", 0, 35, "Trump threatened Colombia on Sunday", "THREATEN", (usa,), (col,),
    ...     False, Status.ACTUAL, "threatened", 6, 3, date="2026-01-04")
    >>> sentence(e, ("COL", "USA"), None, words=False)
    'The United States (Donald Trump) threatened Colombia on 4 January 2026.'
    """
    actors = [c for c in event.actor_codes if c in pair] or list(event.actor_codes)
    others = [c for c in event.recipient_codes if c not in actors and c in pair]
    together = event.symmetric or not others
    if event.symmetric:
        actors = [c for c in pair if c in {*event.actor_codes, *event.recipient_codes}]
    done, to_do = _verb(event, together)
    published = document.published if document is not None else None
    if together:
        # Where both must stand before the verb a single party would act on nobody.
        body = f"{join(country(c) for c in actors)} {{verb}}"
        objects = " each other" if event.symmetric and event.event not in _TOGETHER else ""
        if not objects:
            done, to_do = _strip(done), _strip(to_do)
    else:
        body = f"{join(_name(event, c) for c in actors)} {{verb}}"
        objects = f" {join(country(c) for c in others)}"
    day = when(event.date, event.date_end) if day_shown(event, document) else None
    if event.status is Status.FUTURE:
        plan = "plan" if len(actors) > 1 else "plans"
        text = body.format(verb=f"{plan} to {to_do}") + objects
        text += f" {day}" if day and not _past(event, published) else ""
        if published is not None:
            text += f" (announced on {day_words(published)})"
    else:
        text = body.format(verb=done) + objects
        # What is told as history and has no day must not read as news.
        past = " at an earlier time" if event.status is Status.HISTORICAL and not day else ""
        text += f" {day}" if day else f"{past} {reported(published)}"
    speaker = event.speaker if event.voice is Voice.SPEAKER else None
    if speaker and speaker not in text and speaker.lower() not in PRONOUNS:
        text += f", {speaker} said"
    if words:
        text += f": “{clip(words_of(event, document))}”"
    return f"{text[0].upper()}{text[1:]}."


# A span as short as this does not show the act; the sentence it stands in does.
_SHORT = 7
_WHOLE = 200


def words_of(event: Event, document: Document | None) -> str:
    """The words that show an act: its span to the end of the sentence; the whole sentence where the span
    is a few words, and not much longer.

    >>> e = Event("d", 16, 35, "talks with Colombia", "CONSULT", (), (), True, Status.ACTUAL, "talks", 16, 1)
    >>> words_of(e, Document("d", "Yes. Rubio held talks with Colombia on Monday. No."))
    'Rubio held talks with Colombia on Monday'
    """
    if document is None:
        return event.text
    if len(event.text.split()) < _SHORT:
        low = max(0, event.start - 300)
        for start, end in sentence_spans(document.text[low : event.end + 300]):
            if low + start <= event.start and event.end <= low + end:
                whole = document.text[low + start : low + end].strip().rstrip(".")
                if len(whole) <= _WHOLE and (low == 0 or start > 0):
                    return whole
    return stated(event, document.text)


def _strip(verb: str) -> str:
    """The verb without the preposition that waits for an object."""
    return verb.rsplit(" ", 1)[0] if verb.rsplit(" ", 1)[-1] in _PREPOSITIONS else verb


_PREPOSITIONS = frozenset({"to", "with", "of", "on", "against", "towards"})


def _past(event: Event, published: date | None) -> bool:
    """Whether a plan's date is the day of its announcement, which is not the day of the deed."""
    return published is not None and event.date is not None and event.date <= published.isoformat()


def act_line(
    section: str,
    event: Event,
    reports: Sequence[str],
    pair: Sequence[str],
    document: Document | None,
) -> Line:
    """A line for one act with all its reports as evidence."""
    return Line(section, sentence(event, pair, document), tuple(dict.fromkeys((event.id, *reports))))


def claim_line(
    section: str,
    claim: Event,
    denials: Sequence[Event],
    pair: Sequence[str],
    documents: Mapping[str, Document],
) -> Line:
    """A claim with its claimant, and every denial of it."""
    text = [sentence(e, pair, documents.get(e.document)) for e in (claim, *denials)]
    return Line(section, " ".join(text), (claim.id, *(d.id for d in denials)))


def reversal_line(
    section: str,
    position: Position,
    events: Mapping[str, Event],
    pair: Sequence[str],
    documents: Mapping[str, Document],
) -> Line:
    """A reversal: the earlier act, then the later one; or the words in which a text reports it."""
    later = events[position.event]
    parts = []
    ids = [later.id]
    if position.reverses is not None:
        earlier = events[position.reverses]
        if earlier.status in (Status.ACTUAL, Status.HISTORICAL):
            parts.append(sentence(earlier, pair, documents.get(earlier.document)))
            ids.insert(0, earlier.id)
    told = position.words != later.text
    after = sentence(later, pair, documents.get(later.document), words=not told)
    if parts and not told:
        after = f"Then {'t' + after[1:] if after.startswith('The ') else after}"
    parts.append(after)
    if told:
        parts.append(f"It is reported as a reversal: “{clip(position.words)}”.")
    return Line(section, " ".join(parts), tuple(ids))


def first_line(
    section: str,
    position: Position,
    events: Mapping[str, Event],
    pair: Sequence[str],
    documents: Mapping[str, Document],
) -> Line:
    """A first, in the words of the text that calls it so, or as the first in the record."""
    event = events[position.event]
    told = position.words != event.text
    text = sentence(event, pair, documents.get(event.document), words=not told)
    text += (
        f" It is reported as a first: “{clip(position.words)}”."
        if told
        else f" Nothing like it is on record before: “{clip(position.words)}”."
    )
    return Line(section, text, (event.id,))


def due_line(section: str, plan: Event, pair: Sequence[str], document: Document | None) -> Line:
    """A plan whose day is still to come."""
    text = sentence(plan, pair, document, words=False)
    day = when(plan.date, plan.date_end)
    text = text.replace(f" {day}", "", 1) if day else text
    return Line(
        section, f"Due {day}: {text[0].lower() if text.startswith('The ') else text[0]}{text[1:]}", (plan.id,)
    )


def since_line(section: str, act: Event, absent: str, pair: Sequence[str], document: Document | None) -> Line:
    """An act, and what has not followed it in the record; `absent` is a key of `FOLLOWS`."""
    text = sentence(act, pair, document, words=False).rstrip(".")
    return Line(section, f"{text}; {absent} is on record since.", (act.id,))


def issue_line(
    section: str,
    context: str,
    words: str,
    ids: Sequence[str],
    reported_words: bool,
    pair: Sequence[str] = (),
) -> Line:
    """A matter that stands open, with the names of the two where the brief is of many."""
    label = "a matter" if context == GENERAL else context.replace("_", " ")
    how = "reported as open in the words" if reported_words else "the last words on it being"
    whose = f" between {join(country(c) for c in pair)}" if pair else ""
    return Line(section, f"Still open{whose}: {label}, {how} “{clip(words)}”.", tuple(ids))


def turn_line(section: str, turn: Turn) -> Line:
    """A turn with its day, the day it was known, and how many acts made it."""
    one, other = (country(c) for c in turn.pair)
    kind = "a thaw" if turn.direction == "thaw" else "an escalation"
    known = f" (known since {day_words(turn.known_on)})" if turn.known_on is not None else ""
    count = len(turn.events)
    acts = f"; {count} act{'s' if count != 1 else ''} made it" if count else ""
    text = f"The relation between {one} and {other} turned to {kind} on {day_words(turn.day)}{known}{acts}."
    return Line(section, text, turn.events)


def level_line(section: str, level: Level, ids: Sequence[str]) -> Line:
    """The level of one week."""
    text = (
        f"On {day_words(level.day)} the level stood at {level.hostile:.1f} hostile acts a week"
        f" (interval {level.hostile_low:.1f} to {level.hostile_high:.1f}) and"
        f" {level.cooperative:.1f} cooperative ones (interval"
        f" {level.cooperative_low:.1f} to {level.cooperative_high:.1f})."
    )
    return Line(section, text, tuple(ids))


def outlook_line(section: str, outlook: Outlook, ids: Sequence[str]) -> Line:
    """The outlook beside its base rates, or the reason why there is none."""
    one, other = (country(c) for c in outlook.pair)
    if outlook.probability is None:
        reason = outlook.reason or "no reason is given"
        return Line(section, f"There is no outlook for {one} and {other}: {reason}.", tuple(ids))

    def rate(value: float | None) -> str:
        return "not known" if value is None else f"{round(100 * value)} per cent"

    text = (
        f"The outlook for {one} and {other}: the thaw holds for {outlook.horizon_days} days with a"
        f" probability of {rate(outlook.probability)} (interval from {rate(outlook.low)} to"
        f" {rate(outlook.high)}); base rate of like thaws {rate(outlook.like_base_rate)}, of this"
        f" pair {rate(outlook.own_base_rate)}."
    )
    return Line(section, text, tuple(ids))
