"""The words around an answer: its headline and notes. The lines themselves are those of the briefs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from detente.answers.query import Asked, Query
from detente.briefs.wording import country, day_words, join

if TYPE_CHECKING:
    from detente.answers.answer import Searched

__all__ = [
    "OUTLOOK",
    "PASSAGES",
    "PLANNED",
    "UNCOUNTED",
    "commentary",
    "counted",
    "headline",
    "more",
    "no_outlook",
    "nothing",
    "of_record",
    "unclear",
    "undated",
]

PLANNED = "It is planned; the record does not tell that it was done."
OUTLOOK = "Nobody knows; this is the outlook beside its base rates."
PASSAGES = "No act was asked for; these documents hold the words."
UNCOUNTED = "No report tells the day, so the acts cannot be told apart and counted."

_HEADLINES = {
    Asked.EVER: "Yes, by the record.",
    Asked.PLANNED: "It is planned, by the record.",
    Asked.COUNT: "So many are in the record; there may be others that it does not hold.",
    Asked.FIRST: "The first in the record:",
    Asked.LAST: "The latest in the record:",
    Asked.SINCE: "As far as the record goes back, since:",
    Asked.SAYS: "In the record's words:",
    Asked.TURN: "The record shows these turns:",
}


def headline(query: Query, claimed: bool, speakers: Sequence[str]) -> str:
    """The sentence above an answer.

    `claimed` where everything that speaks for it is somebody's word, told by `speakers`.

    >>> from datetime import date
    >>> headline(Query("", Asked.EVER, date(2026, 1, 8)), True, ["Ana Ruiz"])
    'Yes, on the word of Ana Ruiz; no writer tells it of his own.'
    """
    if claimed and query.asked is Asked.EVER and speakers:
        return f"Yes, on the word of {join(speakers[:3])}; no writer tells it of his own."
    return _HEADLINES.get(query.asked, "The record holds:")


def searched_words(searched: Searched) -> str:
    """What was searched, in words.

    >>> from datetime import date
    >>> from detente.answers.answer import Searched
    >>> searched_words(Searched(2, date(2025, 1, 1), date(2026, 1, 8), 1))
    '2 documents from 1 January 2025 to 8 January 2026, 1 of them with acts of the parties asked for'
    """
    if not searched.documents or searched.first is None or searched.last is None:
        return "no document was published by then"
    count = f"{searched.documents} document{'' if searched.documents == 1 else 's'}"
    return (
        f"{count} from {day_words(searched.first)} to {day_words(searched.last)},"
        f" {searched.with_parties} of them with acts of the parties asked for"
    )


def nothing(query: Query, searched: Searched) -> str:
    """That the record holds nothing on a question, and what was searched."""
    on = join(country(c) for c in query.parties) or "this"
    if query.asked in (Asked.EVER, Asked.PLANNED):
        return f"No evidence in the record (coverage: {searched_words(searched)})."
    return f"The record holds nothing on this about {on} (coverage: {searched_words(searched)})."


def unclear(missing: str) -> str:
    """That a question cannot be looked up.

    >>> unclear("it names no act")
    'This cannot be looked up: it names no act.'
    """
    return f"This cannot be looked up: {missing}."


def counted(number: int) -> str:
    """The line that counts its own evidence.

    >>> counted(1), counted(4)
    ('1 act is on record.', '4 acts are on record.')
    """
    return f"{number} act{'' if number == 1 else 's'} {'is' if number == 1 else 'are'} on record."


def undated(number: int) -> str:
    """That some reports tell no day and were not counted."""
    return (
        f"{number} more {'report tells' if number == 1 else 'reports tell'} no day and may be of these acts;"
        f" {'it is' if number == 1 else 'they are'} not counted."
    )


def more(number: int) -> str:
    """That there are more acts than are written out."""
    return f"{number} more {'act fits' if number == 1 else 'acts fit'} the question."


def of_record(searched: Searched) -> str:
    """How far a first or a last of the record reaches."""
    return f"Searched: {searched_words(searched)}."


def commentary(number: int) -> str:
    """That commentary was left out."""
    return f"{number} {'statement' if number == 1 else 'statements'} of commentary left out."


def no_outlook(reason: str | None) -> str:
    """That no outlook can be given, and why."""
    return f"There is no outlook: {reason or 'no thaw is in the record'}."
