"""What a question asks for, as one record that is shown with every answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from detente.briefs.wording import country, day_words, join

__all__ = ["Asked", "Query", "described"]


class Asked(StrEnum):
    """What a question wants to know of the acts it asks for."""

    EVER = "did it happen"
    PLANNED = "is it planned"
    WHO = "who"
    WHAT = "what"
    WHEN = "when"
    FIRST = "when first"
    LAST = "when last"
    SINCE = "since when"
    COUNT = "how many"
    SAYS = "who says what"
    HOLD = "will it hold"
    TURN = "when did it turn"
    TEXT = "which texts hold the words"


@dataclass(frozen=True, slots=True)
class Query:
    """A question resolved into what is looked for; an empty field asks for nothing in particular.

    `actor` and `recipient` are codes of the acting and the receiving side; with `either` they may
    have changed places, as in "have they met". `types` are PLOVER types, `modes` PLOVER modes that an
    act must have, `alike` types that count too where the words agree. `verb` is the stem of the word
    that was asked with, `words` stems that the sentence of an act must hold, `names` people that must
    stand beside it, `places` towns that its sentence must name. `since` and `until` include their day.
    `status` are the statuses asked for, `contexts` PLOVER contexts that come first among what is found,
    `terms` the words as they were typed, for the search of the texts.
    """

    text: str
    asked: Asked
    today: date
    actor: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()
    either: bool = False
    types: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    verb: str | None = None
    words: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    status: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()

    @property
    def parties(self) -> tuple[str, ...]:
        """All codes asked for, the acting side first, without repeats."""
        return tuple(dict.fromkeys((*self.actor, *self.recipient)))

    @property
    def pair(self) -> tuple[str, str] | None:
        """The two parties, where the question names exactly two."""
        two = self.parties
        return (two[0], two[1]) if len(two) == 2 else None


def described(query: Query) -> str:
    """A query in one line of words, for people.

    >>> described(Query("", Asked.LAST, date(2026, 1, 8), ("USA",), ("COL",), True, ("CONSULT",)))
    'when last · CONSULT · between the United States and Colombia · until 8 January 2026'
    """
    parts = [str(query.asked)]
    if query.types:
        parts.append(" or ".join(query.types) + (f" ({', '.join(query.modes)})" if query.modes else ""))
    if query.either and len(query.parties) > 1:
        parts.append(f"between {join(country(c) for c in query.parties)}")
    else:
        if query.actor:
            parts.append(f"by {join(country(c) for c in query.actor)}")
        if query.recipient:
            parts.append(f"towards {join(country(c) for c in query.recipient)}")
    if query.names:
        parts.append(f"with {', '.join(query.names)}")
    if query.places:
        parts.append(f"in {', '.join(query.places)}")
    if query.words:
        parts.append(f"words: {', '.join(query.words)}")
    if query.status:
        parts.append(f"status {' or '.join(query.status)}")
    if query.since is not None:
        parts.append(f"since {day_words(query.since)}")
    parts.append(f"until {day_words(min(query.until or query.today, query.today))}")
    return " · ".join(parts)
