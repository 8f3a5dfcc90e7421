"""The brief of a pair: what the record holds, line by line, every line checked against its
evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from detente.briefs.support import Figures, check
from detente.briefs.wording import country, day_words
from detente.briefs.writing import SECTIONS, UNKNOWN, Writer
from detente.records import Brief, Document, Event, Level, Line, Outlook, Turn
from detente.relations.series import pair_of, span_of

__all__ = ["SECTIONS", "brief", "checked", "drafts"]


def brief(
    events: Iterable[Event],
    documents: Mapping[str, Document] | Iterable[Document],
    pair: tuple[str, str],
    *,
    as_of: date,
    days: int | None = None,
    turns: Sequence[Turn] = (),
    levels: Sequence[Level] = (),
    outlook: Outlook | None = None,
) -> Brief:
    """What the record holds on a pair as of a day; each line has passed the support check.

    Only documents published by `as_of` are used. `days` limits the acts and claims to so many days
    before it; what changed, stays open and is not known goes by the whole record. Turns, levels and
    the outlook are those given; the outlook's or the turn's absence is told. Lines that fail the
    check are in `dropped` with the reason. Sections stand in the order of `SECTIONS`; a line that
    has no act to show (nothing on record at all) has no evidence and says only that.

    Raises InputError where `pair` is none.

    >>> [line.text for line in brief([], [], ("USA", "COL"), as_of=date(2026, 1, 8)).lines]
    ['The record holds nothing on Colombia and the United States by 8 January 2026.']
    """
    two = pair_of(pair)
    texts = documents if isinstance(documents, Mapping) else {d.id: d for d in documents}
    chosen = [
        (d.published, e.document, e.start, e.id, e)
        for e in events
        if (d := texts.get(e.document)) is not None
        and d.published is not None
        and d.published <= as_of
        and _between(e, two)
    ]
    # In the order of the record, so that the order of arrival changes no line.
    known = {c[3]: c[4] for c in sorted(chosen, key=lambda c: c[:4])}
    if not known:
        names = f"{country(two[0])} and {country(two[1])}"
        text = f"The record holds nothing on {names} by {day_words(as_of)}."
        return Brief(two, as_of, (Line(UNKNOWN, text, ()),))
    turned = tuple(t for t in turns if t.day <= as_of)
    figures = Figures(turned, tuple(x for x in levels if x.day <= as_of), outlook)
    since = date.min if days is None else as_of - timedelta(days=days)
    writer = Writer(
        known,
        texts,
        as_of=as_of,
        codes=lambda event: two,
        pairs=(two,),
        recent=lambda event: _day(event, texts) >= since,
        scope=two,
    )
    kept, dropped = checked(drafts(writer, figures), known, texts, figures)
    return Brief(two, as_of, kept, dropped)


def drafts(writer: Writer, figures: Figures, *, silent: bool = False) -> list[Line]:
    """The lines of all sections in their order, not checked yet."""
    return [
        *writer.happened(),
        *writer.changed(figures, silent=silent),
        *writer.said(),
        *writer.reversed(),
        *writer.planned(),
        *writer.open(),
        *writer.outlook(figures),
        *writer.watch(),
        *writer.unknown(),
    ]


def _between(event: Event, pair: tuple[str, str]) -> bool:
    """Whether the two do it together or one to the other; side by side against a third is not between
    them.
    """
    doers, others = set(event.actor_codes), set(event.recipient_codes)
    if event.symmetric or not others:
        return set(pair) <= doers | others
    return any(a in doers and b in others for a, b in (pair, pair[::-1]))


def _day(event: Event, documents: Mapping[str, Document]) -> date:
    document = documents.get(event.document)
    published = (document.published if document is not None else None) or date.min
    if event.date is None:
        return published
    return min(span_of(event.date, event.date_end)[1], published)


def checked(
    drafts: Iterable[Line],
    events: Mapping[str, Event],
    documents: Mapping[str, Document],
    figures: Figures,
) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The lines that pass the support check, without repeats, and those dropped, with the reason.

    >>> checked([Line("s", "It rained.", ())], {}, {}, Figures())[1][0].reason
    'evidence: the line names none'
    """
    kept: list[Line] = []
    dropped: list[Line] = []
    for line in dict.fromkeys(drafts):
        reason = check(line, events, documents, figures)
        if reason is None:
            kept.append(line)
        else:
            dropped.append(Line(line.section, line.text, line.events, reason))
    return tuple(kept), tuple(dropped)
