"""The second coder, `llm.v1`: the model proposes acts, and each must show itself in the document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from detente.codebook import codebook
from detente.coding.mentions import Mention, gazetteer
from detente.errors import InputError
from detente.llm.fence import fenced, visible
from detente.llm.server import Server, Usage, server_of
from detente.records import Document, Event, Party, Status, Voice

__all__ = ["LlmCoder", "Refused", "llm_coder"]

NAME = "llm.v1"
# A longer text is read in pieces of whole paragraphs.
PIECE = 6000
_MOST_TOKENS = 4000
_QUOTE = (8, 600)

_STRING: Mapping[str, Any] = {"type": "string"}
_STRINGS: Mapping[str, Any] = {"type": "array", "items": _STRING}
_FIELDS: Mapping[str, Any] = {
    "quote": _STRING,
    "trigger": _STRING,
    "type": {"type": "string", "enum": sorted(codebook().types)},
    "modes": _STRINGS,
    "actor": _STRINGS,
    "recipient": _STRINGS,
    "together": {"type": "boolean"},
    "status": {"type": "string", "enum": [s.value for s in Status]},
    "voice": {"type": "string", "enum": [v.value for v in Voice]},
    "speaker": {"type": ["string", "null"]},
    "date_words": {"type": ["string", "null"]},
}
_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["events"],
    "properties": {
        "events": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": list(_FIELDS),
                "properties": _FIELDS,
            },
        }
    },
}


@dataclass(frozen=True, slots=True)
class Refused:
    """An act that the model proposed and the document does not bear, with the reason."""

    document: str
    reason: str
    quote: str


class LlmCoder:
    """Codes with a language model. Unlike the other coders it asks a server, and the same document gives
    the same events only while the server's answer is kept.

    `refused` lists what was not believed. `tell` is given the estimate for each document before it is
    sent.
    """

    def __init__(self, server: Server, tell: Callable[[str], None] | None = None) -> None:
        self.server = server
        self.refused: list[Refused] = []
        self._tell = tell

    @property
    def name(self) -> str:
        """The coder and its version; which model it was stands in the environment, not in the name."""
        return NAME

    def estimate(self, document: Document) -> Usage:
        """The tokens and cost of coding a document, before it is sent."""
        prompts = [_system() + piece for _, piece in _pieces(document.text)]
        return self.server.estimate(prompts, _MOST_TOKENS // 4)

    def code(self, document: Document) -> Iterator[Event]:
        """The events of one document that its own words bear, in the order of its text.

        Raises FetchError where the server fails.
        """
        if self._tell is not None:
            self._tell(f"asking {self.server.settings.model}: {self.estimate(document)}")
        found: dict[str, Event] = {}
        for start, piece in _pieces(document.text):
            rule, data, mark = fenced(piece)
            about = f"Published: {document.published or 'not known'}."
            answer = self.server.ask(
                f"{_system()} {about}\n\n{rule}", data, schema=_SCHEMA, most_tokens=_MOST_TOKENS, mark=mark
            )
            items = answer.get("events") if isinstance(answer, dict) else None
            for item in items if isinstance(items, list) else []:
                try:
                    event = _event(item, document, start, start + len(piece))
                except _Odd as odd:
                    quote = item.get("quote") if isinstance(item, dict) else None
                    self.refused.append(Refused(document.id, str(odd), str(quote or "")[:200]))
                else:
                    found.setdefault(event.id, event)
        yield from sorted(found.values(), key=lambda e: (e.start, e.trigger_start, e.id))


class _Odd(Exception):
    """Why an act is refused."""


def _system() -> str:
    types = "; ".join(f"{t.name}: {t.definition}" for t in codebook().types.values())
    return (
        "You code acts between states and international organisations in the PLOVER ontology. For every act"
        " that the text reports give: `quote`, the shortest words of one sentence that show it, copied letter"
        " by letter; `trigger`, the word in the quote that tells the act; `type`; `modes` (may be empty);"
        " `actor` and `recipient`, words of the text that name the parties (of joint acts both in each, and"
        " `together` true); `status` (actual; historical: long before; future: planned or announced;"
        " hypothetical: only possible; negated: denied or not done); `voice` (writer; speaker: somebody is"
        " quoted as saying it, then `speaker` as the text names him or her; commentary: opinion);"
        " `date_words`, the words of the text that say when, or null. Leave out what is not between states."
        f" Types: {types}."
    )


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """The text in pieces of whole paragraphs with their offsets; a longer paragraph is cut at a space.

    >>> list(_pieces("One.\\n\\nTwo."))
    [(0, 'One.\\n\\nTwo.')]
    """
    start = 0
    while start < len(text):
        end = min(start + PIECE, len(text))
        if end < len(text):
            cut = max(text.rfind("\n", start, end), text.rfind(" ", start + PIECE // 2, end))
            end = cut + 1 if cut > start else end
        if text[start:end].strip():
            yield start, text[start:end]
        start = end


def _event(item: object, document: Document, low: int, high: int) -> Event:
    """The event of one item of an answer; _Odd where a field is not borne by the document."""
    if not isinstance(item, dict):
        raise _Odd("it is no object")
    quote = _text(item, "quote")
    if not _QUOTE[0] <= len(quote) <= _QUOTE[1]:
        raise _Odd(f"its quote has {len(quote)} letters")
    if quote != visible(quote):
        raise _Odd("its quote holds hidden letters")
    start = document.text.find(quote, low, high)
    if start < 0:
        raise _Odd("its quote does not stand in the document")
    trigger = _text(item, "trigger")
    found = re.search(rf"(?<!\w){re.escape(trigger)}(?!\w)", quote) if trigger else None
    if found is None:
        raise _Odd("its trigger is no word of the quote")
    kind = _text(item, "type")
    made = codebook().types.get(kind)
    if made is None:
        raise _Odd(f"{kind[:30]!r} is no type")
    status, voice = _one_of(Status, item, "status"), _one_of(Voice, item, "voice")
    together = item.get("together")
    if not isinstance(together, bool):
        raise _Odd("`together` is neither true nor false")
    on = document.published
    actor = _parties(item, "actor", document, start, on)
    recipient = _parties(item, "recipient", document, start, on)
    if not actor:
        raise _Odd("nobody does it")
    if together:
        actor = recipient = tuple({p.code: p for p in (*actor, *recipient)}.values())
        if len(actor) < 2:
            raise _Odd("only one party does it together")
    elif made.recipient_required and not recipient:
        raise _Odd("nobody is named to whom it is done")
    elif {p.code for p in actor} & {p.code for p in recipient}:
        raise _Odd("one party stands on both sides")
    first, last, words, reason = _date(item, document, start, start + len(quote))
    return Event(
        document=document.id,
        start=start,
        end=start + len(quote),
        text=quote,
        event=kind,
        actor=actor,
        recipient=recipient,
        symmetric=together,
        status=status,
        trigger=trigger,
        trigger_start=start + found.start(),
        quad=made.quad,
        cameo=made.cameo,
        modes=tuple(m for m in _list(item, "modes") if m in made.modes),
        date=first,
        date_end=last,
        date_text=words,
        date_reason=reason,
        speaker=_speaker(item, voice, document),
        voice=voice,
        coder=NAME,
    )


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    if not isinstance(value, str):
        raise _Odd(f"`{name}` is no text")
    return value


def _list(item: Mapping[str, Any], name: str) -> list[str]:
    value = item.get(name)
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise _Odd(f"`{name}` is no list of texts")
    return value


def _one_of(kind: Any, item: Mapping[str, Any], name: str) -> Any:
    value = _text(item, name)
    try:
        return kind(value)
    except ValueError:
        raise _Odd(f"{value[:30]!r} is no {name}") from None


def _parties(
    item: Mapping[str, Any], name: str, document: Document, near: int, on: date | None
) -> tuple[Party, ...]:
    """The parties under a name: each must stand in the document and be one that the gazetteer knows."""
    parties: dict[str, Party] = {}
    for words in _list(item, name):
        places = [m.start() for m in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", document.text)]
        if not words.strip() or not places:
            raise _Odd(f"{words[:40]!r} does not stand in the document")
        at = min(places, key=lambda p: abs(p - near))
        mention = _mention(words, on)
        if mention is None:
            raise _Odd(f"{words[:40]!r} is no party known here")
        parties.setdefault(
            mention.code,
            Party(mention.code, words, at, at + len(words), mention.sector, mention.name, "gazetteer"),
        )
    return tuple(parties.values())


def _mention(words: str, on: date | None) -> Mention | None:
    found = gazetteer().find(words, on)
    codes = {m.code for m in found}
    # "Colombian President Petro" names one; "Trump and Petro" are two and must be given as two.
    return found[-1] if len(codes) == 1 else None


def _date(
    item: Mapping[str, Any], document: Document, start: int, end: int
) -> tuple[str | None, str | None, str | None, str | None]:
    """The day that the words mean by our own reading of dates; the model's arithmetic is not asked for."""
    words = item.get("date_words")
    if words is None or words == "":
        return None, None, None, "the model names no words for a day"
    if not isinstance(words, str) or words not in document.text:
        raise _Odd("its words for the day do not stand in the document")
    from detente.coding.dates import find_dates

    low, high = max(0, start - 300), end + 300
    near = [
        m
        for m in find_dates(document.text[low:high], document.published)
        if m.text in words or words in m.text
    ]
    if not near:
        raise _Odd("its words for the day do not stand beside the quote")
    best = min(near, key=lambda m: abs(low + m.start - start))
    return best.date, best.date_end, best.text, best.reason if best.date is None else None


def _speaker(item: Mapping[str, Any], voice: Voice, document: Document) -> str | None:
    speaker = item.get("speaker")
    if voice is Voice.WRITER:
        return None
    if speaker is None or speaker == "":
        if voice is Voice.SPEAKER:
            raise _Odd("it is a speaker's, and no speaker is named")
        return None
    if not isinstance(speaker, str) or not re.search(rf"(?<!\w){re.escape(speaker)}(?!\w)", document.text):
        raise _Odd("its speaker does not stand in the document")
    return speaker


def llm_coder(name: str = NAME, *, tell: Callable[[str], None] | None = None) -> LlmCoder:
    """The coder of the server in the environment's settings. Raises InputError for another version."""
    if name not in ("llm", NAME):
        raise InputError(f"{name!r} is no coder known here", todo=f"give {NAME}")
    return LlmCoder(server_of(), tell)
