"""Events as JSON lines: one event a line, every field, nothing lost on the way back."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from detente.codebook import codebook
from detente.errors import FormatError
from detente.records import Document, Event, Party, Status, Voice

__all__ = ["Jsonl", "from_record", "read", "to_record"]

_Choice = TypeVar("_Choice", bound=StrEnum)


def to_record(event: Event) -> dict[str, Any]:
    """The event as plain JSON values, its `id` first; `from_record` gives the same event back.

    >>> one = Event("d1", 0, 9, "They met.", "CONSULT", (Party("USA", "They", 0, 4),), (), True,
    ...             Status.ACTUAL, "met", 5, 1)
    >>> record = to_record(one)
    >>> record["event"], record["actor"][0]["code"], from_record(record) == one
    ('CONSULT', 'USA', True)
    """
    record = {
        "id": event.id,
        "document": event.document,
        "start": event.start,
        "end": event.end,
        "text": event.text,
        "event": event.event,
        "actor": [_party_record(p) for p in event.actor],
        "recipient": [_party_record(p) for p in event.recipient],
        "symmetric": event.symmetric,
        "status": event.status.value,
        "trigger": event.trigger,
        "trigger_start": event.trigger_start,
        "quad": event.quad,
        "cameo": event.cameo,
        "modes": list(event.modes),
        "contexts": list(event.contexts),
        "date": event.date,
        "date_end": event.date_end,
        "date_text": event.date_text,
        "date_reason": event.date_reason,
        "speaker": event.speaker,
        "voice": event.voice.value,
        "confidence": event.confidence,
        "coder": event.coder,
    }
    # Only an event of captions has a moment; the others keep the record they always had.
    return record if event.seconds is None else {**record, "seconds": event.seconds}


def _party_record(party: Party) -> dict[str, Any]:
    return {
        "code": party.code,
        "sector": party.sector,
        "text": party.text,
        "name": party.name,
        "start": party.start,
        "end": party.end,
        "how": party.how,
    }


def from_record(record: Mapping[str, Any], *, where: str = "event") -> Event:
    """The event of a record that `to_record` made, or that has at least its required fields.

    Required are document, start, end, text, event, status, trigger and trigger_start; a missing
    list is empty and another missing field unknown. The `id` is not read, for it follows from the
    others. Raises `FormatError` naming the field.

    >>> from_record({"event": "CONSULT"})
    Traceback (most recent call last):
    detente.errors.FormatError: event field 'document': it is missing; write a text
    """
    fields = _Fields(record, where)
    kind = fields.text("event")
    if kind not in codebook().types:
        raise FormatError(
            f"{kind!r} is no PLOVER event type",
            where=f"{where} field 'event'",
            todo=f"write one of {', '.join(codebook().types)}",
        )
    return Event(
        document=fields.text("document"),
        start=fields.number("start"),
        end=fields.number("end"),
        text=fields.text("text"),
        event=kind,
        actor=fields.parties("actor"),
        recipient=fields.parties("recipient"),
        symmetric=fields.flag("symmetric"),
        status=fields.choice("status", Status),
        trigger=fields.text("trigger"),
        trigger_start=fields.number("trigger_start"),
        quad=fields.maybe_number("quad") or codebook().quad(kind),
        cameo=fields.maybe_text("cameo"),
        modes=fields.texts("modes"),
        contexts=fields.texts("contexts"),
        date=fields.maybe_text("date"),
        date_end=fields.maybe_text("date_end"),
        date_text=fields.maybe_text("date_text"),
        date_reason=fields.maybe_text("date_reason"),
        speaker=fields.maybe_text("speaker"),
        voice=fields.choice("voice", Voice, Voice.WRITER),
        confidence=fields.share("confidence"),
        coder=fields.maybe_text("coder") or "unknown",
        seconds=fields.seconds("seconds"),
    )


def read(lines: Iterable[str], *, where: str = "events") -> Iterator[Event]:
    """The events of JSON lines; empty lines are passed over.

    Raises `FormatError` with the number of the line that is no event.

    >>> list(read(["", "["]))
    Traceback (most recent call last):
    detente.errors.FormatError: events line 2: the JSON is broken at column 2 (Expecting value);
    repair it there
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        at = f"{where} line {number}"
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise FormatError(
                f"the JSON is broken at column {error.colno} ({error.msg})",
                where=at,
                todo="repair it there",
            ) from error
        except (ValueError, RecursionError) as error:
            raise FormatError("the JSON cannot be read", where=at, todo="repair it") from error
        if not isinstance(record, dict):
            raise FormatError("an event is a JSON object", where=at, todo='write {"document": …}')
        yield from_record(record, where=at)


@dataclass(frozen=True, slots=True)
class Jsonl:
    """JSON lines, the layout that holds everything."""

    name: str = "jsonl"
    suffix: str = ".jsonl"
    binary: bool = False
    losses: tuple[str, ...] = ()

    def write(self, events: Sequence[Event], documents: Mapping[str, Document]) -> Iterator[bytes]:
        """One event a line, in the order given."""
        for event in events:
            yield (json.dumps(to_record(event), ensure_ascii=False) + "\n").encode()


@dataclass(frozen=True, slots=True)
class _Fields:
    """A record read field by field, each checked for what it must hold."""

    record: Mapping[str, Any]
    where: str

    def _fault(self, name: str, todo: str) -> FormatError:
        value = self.record.get(name)
        what = "it is missing" if value is None else f"{str(value)[:60]!r} does not fit"
        return FormatError(what, where=f"{self.where} field {name!r}", todo=todo)

    def text(self, name: str) -> str:
        value = self.record.get(name)
        if not isinstance(value, str):
            raise self._fault(name, "write a text")
        return value

    def maybe_text(self, name: str) -> str | None:
        return None if self.record.get(name) is None else self.text(name)

    def number(self, name: str) -> int:
        value = self.record.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._fault(name, "write a whole number")
        return value

    def maybe_number(self, name: str) -> int | None:
        return None if self.record.get(name) is None else self.number(name)

    def share(self, name: str) -> float | None:
        value = self.record.get(name)
        if value is None:
            return None
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
            raise self._fault(name, "write a probability from 0 to 1")
        return float(value)

    def seconds(self, name: str) -> float | None:
        value = self.record.get(name)
        if value is None:
            return None
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < math.inf:
            raise self._fault(name, "write seconds from the beginning, 0 or more")
        return float(value)

    def flag(self, name: str) -> bool:
        value = self.record.get(name, False)
        if not isinstance(value, bool):
            raise self._fault(name, "write true or false")
        return value

    def choice(self, name: str, kind: type[_Choice], default: _Choice | None = None) -> _Choice:
        value: Any = self.record.get(name)
        if value is None and default is not None:
            return default
        try:
            return kind(value)
        except ValueError as error:
            raise self._fault(name, f"write one of {', '.join(kind)}") from error

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.record.get(name) or ()
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            raise self._fault(name, "write a list of texts")
        return tuple(value)

    def parties(self, name: str) -> tuple[Party, ...]:
        value = self.record.get(name) or ()
        if not isinstance(value, list | tuple) or not all(isinstance(v, dict) for v in value):
            raise self._fault(name, 'write a list of objects such as {"code": "USA", "text": "U.S."}')
        parties = []
        for position, item in enumerate(value, 1):
            fields = _Fields(item, f"{self.where} {name} {position}")
            parties.append(
                Party(
                    code=fields.text("code"),
                    text=fields.text("text"),
                    start=fields.maybe_number("start"),
                    end=fields.maybe_number("end"),
                    sector=fields.maybe_text("sector"),
                    name=fields.maybe_text("name"),
                    how=fields.maybe_text("how") or "given",
                )
            )
        return tuple(parties)
