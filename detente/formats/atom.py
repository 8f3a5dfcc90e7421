"""An Atom feed (RFC 4287) of the turns that events make, for readers of feeds; out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from itertools import combinations
from xml.sax.saxutils import escape, quoteattr

from detente.formats.xml import clean
from detente.links import parts_of
from detente.records import Document, Event, Turn
from detente.tables import read_table

__all__ = ["Atom", "feed", "turns_of"]

_MOST_EVIDENCE = 12


@dataclass(frozen=True, slots=True)
class Atom:
    """A feed with one entry a turn, the latest known first."""

    name: str = "atom"
    suffix: str = ".atom"
    binary: bool = False
    losses: tuple[str, ...] = (
        "all events that made no turn: the feed is of turns, each with at most "
        f"{_MOST_EVIDENCE} pieces of evidence",
        "in the events: everything but their type, parties, day, words and source",
    )

    def write(self, events: Sequence[Event], documents: Mapping[str, Document]) -> Iterator[bytes]:
        """The feed of the turns of every pair among the events.

        They are those known on the last day of publication among the documents: a feed asks no clock.
        """
        by_id = {event.id: event for event in events}
        yield from feed(turns_of(events, documents), by_id, documents)


def turns_of(events: Sequence[Event], documents: Mapping[str, Document]) -> list[Turn]:
    """The turns of every pair of parties among the events, the latest known first."""
    from detente.relations.turning import turns
    from detente.store.stories import tell

    published = {name: document.published for name, document in documents.items()}
    days = [day for day in published.values() if day is not None]
    if not days:
        return []
    shared: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        if event.document not in published:
            continue
        for one, other in combinations(sorted({*event.actor_codes, *event.recipient_codes}), 2):
            shared.setdefault((one, other), []).append(event)
    found = [
        turn
        for pair, theirs in sorted(shared.items())
        for turn in turns(
            theirs,
            pair,
            max(days),
            published=published,
            stories=tell(theirs, {e.document: documents[e.document] for e in theirs}),
        )
    ]
    return sorted(found, key=lambda turn: (_known(turn), turn.pair), reverse=True)


def _known(turn: Turn) -> date:
    return turn.known_on or turn.day


def feed(
    turns: Sequence[Turn], events: Mapping[str, Event], documents: Mapping[str, Document]
) -> Iterator[bytes]:
    """The feed of turns, in the order given; `events` are looked up by id for the evidence.

    Its `updated` is the last day on which a turn became known, else the last day of publication. Ids
    stay the same when the feed is written again, so that readers show a turn once.

    >>> b"<entry>" in b"".join(feed([], {}, {}))
    False
    """
    newest = max((d.published for d in documents.values() if d.published), default=None)
    last = max((_known(turn) for turn in turns), default=newest) or date(1970, 1, 1)
    yield (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        "<title>Détente: turns between states</title>\n<id>urn:detente:turns</id>\n"
        f"<updated>{_moment(last)}</updated>\n<author><name>Détente</name></author>\n"
        f'<generator version="{version("detente")}">detente</generator>\n'
    ).encode()
    named = {row["code"]: row["name"] for row in read_table("actors/countries.csv")}
    for turn in turns:
        yield _entry(turn, named, events, documents).encode()
    yield b"</feed>\n"


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _entry(
    turn: Turn,
    named: Mapping[str, str],
    events: Mapping[str, Event],
    documents: Mapping[str, Document],
) -> str:
    one, other = (named.get(code, code) for code in turn.pair)
    word = "A thaw" if turn.direction == "thaw" else "An escalation"
    identity = f"urn:detente:turn:{'-'.join(sorted(turn.pair))}:{turn.day}:{turn.direction}"
    lines = [f"{word} between {one} and {other} on {turn.day}, known on {_known(turn)}."]
    if turn.odds is not None:
        lines.append(f"Such a change is {turn.odds:g} times likelier here than in the pair's own noise.")
    elif turn.reason:
        lines.append(f"No odds: {turn.reason}.")
    if turn.firmness is not None:
        lines.append(f"Found again in {turn.firmness:.0%} of random halves of the reports.")
    body = "".join(f"<p>{escape(clean(told))}</p>" for told in lines)
    items, links = [], []
    for name in turn.events[:_MOST_EVIDENCE]:
        event = events.get(name)
        if event is None:
            continue
        document = documents.get(event.document)
        items.append(f"<li>{_evidence(event, document)}</li>")
        if document and document.url and parts_of(document.url).scheme in ("http", "https"):
            links.append(f'<link rel="related" href={quoteattr(clean(document.url))}/>\n')
    more = len(turn.events) - _MOST_EVIDENCE
    body += f"<ol>{''.join(items)}</ol>" if items else ""
    body += f"<p>{more} more acts.</p>" if more > 0 else ""
    return (
        f"<entry>\n<title>{escape(f'{word}: {one} and {other}, {turn.day}')}</title>\n"
        f"<id>{escape(identity)}</id>\n<updated>{_moment(_known(turn))}</updated>\n"
        f'<category term="{turn.direction}"/>\n{"".join(dict.fromkeys(links))}'
        f'<content type="html">{escape(body)}</content>\n</entry>\n'
    )


def _evidence(event: Event, document: Document | None) -> str:
    sides = " → ".join("+".join(c) for c in (event.actor_codes, event.recipient_codes) if c)
    source = ", ".join(
        part
        for part in (
            document.publisher if document else None,
            document.published.isoformat() if document and document.published else None,
        )
        if part
    )
    told = f"“{event.text}” ({event.event}, {sides}, {event.date or 'no date'}; {source or 'no source'})"
    return escape(clean(told))
