"""PLOVER records, in: JSON lines or one array, the dialect of today and that of 0.5; our own JSON lines.

Some files are not quite JSON: dates stand without quotes, as the manual prints them, or a comma stands
before a closing bracket. Both are mended where a record cannot be read otherwise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import IO, Any

from detente.codebook import codebook
from detente.errors import FormatError
from detente.formats import jsonl, nations
from detente.formats.categories import contexts_of, modes_of, sectors_of, type_of
from detente.formats.files import Batch, Faults, lines
from detente.records import Event
from detente.store.imported import ImportedEvent, ImportedParty, pack

__all__ = ["events_of", "objects", "read"]

_BATCH = 2000
_TOKENS = re.compile(r'"(?:\\.|[^"\\])*"|[{}]')
_MENDED = re.compile(r'"(?:\\.|[^"\\])*"|,(?=\s*[}\]])|\b\d{4}-\d\d-\d\d\b')

Pair = tuple[ImportedParty | None, ImportedParty | None]


def read(file: IO[bytes], format: str, faults: Faults, *, where: str) -> Iterator[Batch]:
    """The records of a file in batches; one that is broken is counted and left out.

    With the format "jsonl" they are events of our own.
    """
    foreign: list[ImportedEvent] = []
    own: list[Event] = []
    looked = 0
    for number, text in objects(lines(file, where=where), faults):
        looked += 1
        try:
            record = _parse(text)
            if format == "jsonl":
                own.append(jsonl.from_record(record, where=f"{where} line {number}"))
            else:
                foreign += events_of(record)
        except FormatError as error:
            faults.add(number, f"{error.where}: {error.what}")
        except (ValueError, RecursionError) as error:
            faults.add(number, str(error))
        if looked >= _BATCH:
            yield Batch(looked, pack(foreign), own)
            foreign, own, looked = [], [], 0
    yield Batch(looked, pack(foreign), own)


def objects(numbered: Iterator[tuple[int, bytes]], faults: Faults) -> Iterator[tuple[int, str]]:
    """The outermost JSON objects of lines, each with the line it begins in.

    An object may span lines, a line hold several; brackets and commas between them are passed over.

    >>> list(objects(iter([(1, b'[{"a":'), (2, b'1}, {}]')]), Faults()))
    [(1, '{"a":\\n1}'), (2, '{}')]
    """
    parts: list[str] = []
    depth, began = 0, 0
    for number, line in numbered:
        try:
            text = line.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            faults.add(number, f"it is no UTF-8 at byte {error.start + 1}")
            parts, depth = [], 0
            continue
        if not depth and text.strip() and "{" not in text and text.strip() not in ("[", "]", ","):
            faults.add(number, f"no record: {text.strip()[:40]!r}")
            continue
        # A record in one line that begins while another is open ends the other, which is broken.
        if depth and text.startswith('{"'):
            faults.add(began, "the record does not end")
            parts, depth = [], 0
        start = 0
        for token in _TOKENS.finditer(text):
            if token[0] == "{":
                if not depth:
                    start, began = token.start(), number
                depth += 1
            elif token[0] == "}" and depth:
                depth -= 1
                if not depth:
                    yield began, "\n".join((*parts, text[start : token.end()]))
                    parts, start = [], token.end()
        if depth:
            parts.append(text[start:])
    if depth:
        faults.add(began, "the record does not end")


def _parse(text: str) -> dict[str, Any]:
    try:
        record = json.loads(text)
    except json.JSONDecodeError as first:
        try:
            record = json.loads(_MENDED.sub(_mend, text))
        except json.JSONDecodeError:
            raise ValueError(f"the JSON is broken ({first.msg})") from None
    assert isinstance(record, dict)  # it begins with a brace
    return record


def _mend(match: re.Match[str]) -> str:
    if match[0] == ",":
        return ""
    return match[0] if match[0].startswith('"') else f'"{match[0]}"'


def events_of(record: Mapping[str, Any]) -> Iterator[ImportedEvent]:
    """The dyads of a PLOVER record of either dialect. Raises ValueError that names the field.

    >>> record = {"id": "x", "date": "2016-07-24", "source": [{"code": "USA"}], "event": "DEMAND",
    ...           "target": [{"code": "CAN", "sector": "MED"}]}
    >>> [one] = events_of(record)
    >>> one.scheme, one.code, one.event, one.recipient.sectors
    ('plover-old', 'DEMAND', 'REQUEST', ('JRN',))
    """
    key = record.get("id")
    if not isinstance(key, str | int) or key == "":
        raise ValueError("field 'id' is missing")
    day, end = _day(record, "date"), _day(record, "enddate")
    if day is None and record.get("has_event") is not False and "no date" not in _words(record, "comment"):
        raise ValueError("field 'date' is missing")
    old = "source" in record or "target" in record or isinstance(record.get("event"), str)
    left, right = ("source", "target") if old else ("actor", "recipient")
    actors, recipients = _parties(record, left, old), _parties(record, right, old)
    pairs = _pairs(record, actors, recipients)
    codes = _texts(record, "event")
    own_modes = tuple(mode.lower() for mode in _texts(record, "mode"))
    cite = _object(record, "cite_info")
    place = _object(record, "event_loc") or _object(record, "eventLoc")
    number = 0
    for code in codes or (None,):
        event, reason = type_of(code) if code else (None, "the record names no event")
        if record.get("has_event") is False:
            event, reason = None, "has_event is false"
        modes, status = modes_of(event, own_modes)
        for actor, recipient in pairs:
            number += 1
            yield ImportedEvent(
                scheme="plover-old" if old else "plover",
                key=str(key),
                dyad=number,
                act=f"{key}/{code}" if len(codes) > 1 else None,
                date=day,
                date_end=end,
                date_is_publication="day of publication" in _words(record, "comment") or None,
                actor=actor,
                recipient=recipient,
                event=event,
                event_reason=reason,
                modes=modes,
                contexts=contexts_of(_texts(record, "context")),
                status=status,
                quad=codebook().quad(event) if event else None,
                score=codebook().score(event, modes) if event else None,
                code=code,
                code_modes=own_modes,
                code_quad=_quad(record),
                code_score=_decimal(record, "event_scale"),
                url=_word(cite, "url"),
                publisher=_word(cite, "publication") or _word(record, "publication"),
                language=_word(cite, "language") or _word(record, "language"),
                story=_word(record, "link"),
                text=_word(record, "text"),
                place=_word(place, "resolved_place") or _word(place, "extracted_place"),
                country=nations.country(_word(place, "country_code") or _word(place, "country")),
                country_code=_word(place, "country_code") or _word(place, "country"),
                latitude=_decimal(place, "lat"),
                longitude=_decimal(place, "lon"),
            )


def _pairs(
    record: Mapping[str, Any], actors: list[ImportedParty], recipients: list[ImportedParty]
) -> list[Pair]:
    """Each actor with each recipient; each two once where both sides do it together.

    That is so where both sides are the same, and in the old dialect where the mark-up says SRC/TAR.
    """
    info = _object(record, "textInfo")
    together = "SRC/TAR" in _words(info, "markup") and not recipients
    if len(actors) > 1 and (together or {p.own for p in actors} == {p.own for p in recipients}):
        return [(one, two) for at, one in enumerate(actors) for two in actors[at + 1 :]]
    return [(one, two) for one in actors or (None,) for two in recipients or (None,)]


def _parties(record: Mapping[str, Any], name: str, old: bool) -> list[ImportedParty]:
    value = record.get(name) or []
    listed = [value] if isinstance(value, dict) else value
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise ValueError(f"field {name!r} is no list of parties")
    found = []
    for item in listed:
        own = _word(item, "code")
        sectors = _texts(item, "sector")
        text = _word(item, "identifier_text") or _word(item, "entity_text") or _word(item, "actorText")
        ours = sectors_of(sectors, old=old)
        found.append(ImportedParty(nations.code_of(own), own, text, ours, sectors))
    return found


def _object(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def _word(record: Mapping[str, Any], name: str) -> str | None:
    value = record.get(name)
    return str(value) if isinstance(value, str | int) and value != "" else None


def _words(record: Mapping[str, Any], name: str) -> str:
    return _word(record, name) or ""


def _texts(record: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A list of texts, which the old dialect writes as one text."""
    value = record.get(name) or ()
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list | tuple) or not all(isinstance(item, str) for item in listed):
        raise ValueError(f"field {name!r} is no list of texts")
    return tuple(item for item in listed if item)


def _day(record: Mapping[str, Any], name: str) -> str | None:
    value = record.get(name)
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        raise ValueError(f"field {name!r} is {value!r}") from None


def _decimal(record: Mapping[str, Any], name: str) -> float | None:
    value = record.get(name)
    if value is None or value == "":
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(f"field {name!r} is {value!r}") from None


def _quad(record: Mapping[str, Any]) -> int | None:
    value = _decimal(record, "quad_code")
    if value is None:
        return None
    if value not in (0, 1, 2, 3, 4):
        raise ValueError(f"field 'quad_code' is {record['quad_code']!r}")
    return int(value)
