"""ICEWS event files, in: 20 columns separated by tabs with a header, no quoting; ended April 2023.

Source of the layout: the header of ICEWS's yearly files (see data/SOURCES.md). Traps it has: an event
identifier occurs on two days, so key is identifier and day; one file writes days as m/d/yyyy; sectors
stand in any order and sometimes in quotes; countries are names; a reciprocal act has two rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import IO

from detente.codebook import codebook
from detente.errors import FormatError
from detente.formats import cameo, nations
from detente.formats.files import Batch, Faults, lines
from detente.store.imported import ImportedEvent, ImportedParty, pack
from detente.tables import read_table

__all__ = ["ICEWS", "read"]

ICEWS: tuple[str, ...] = (
    "Event ID",
    "Event Date",
    "Source Name",
    "Source Sectors",
    "Source Country",
    "Event Text",
    "CAMEO Code",
    "Intensity",
    "Target Name",
    "Target Sectors",
    "Target Country",
    "Story ID",
    "Sentence Number",
    "Publisher",
    "City",
    "District",
    "Province",
    "Country",
    "Latitude",
    "Longitude",
)

_BATCH = 5000


def read(file: IO[bytes], format: str, faults: Faults, *, where: str) -> Iterator[Batch]:
    """The rows of a file in batches; a wrong row is counted and left out.

    Raises `FormatError` where the header is not that of ICEWS.
    """
    numbered = lines(file, where=where)
    header = [c.strip('"') for c in next(numbered, (1, b""))[1].decode("utf-8-sig").split("\t")]
    if tuple(header) != ICEWS:
        missing = [name for name in ICEWS if name not in header]
        raise FormatError(
            f"the header has {len(header)} columns"
            + (f" and lacks {', '.join(missing)}" if missing else " in another order")
            + f"; ICEWS has {len(ICEWS)}",
            where=where,
            todo="give a file as ICEWS published it",
        )
    events: list[ImportedEvent] = []
    looked = 0
    for number, line in numbered:
        if not line.strip():
            continue
        looked += 1
        try:
            events.append(_event(line))
        except ValueError as error:
            faults.add(number, str(error))
        if looked >= _BATCH:
            yield Batch(looked, pack(events))
            events, looked = [], 0
    yield Batch(looked, pack(events))


def _event(line: bytes) -> ImportedEvent:
    cells = line.decode().split("\t")  # an error of decoding is a ValueError and says where
    if len(cells) != len(ICEWS):
        raise ValueError(f"{len(cells)} columns, not {len(ICEWS)}")
    row = {
        name: None if cell.strip() in ("", "NA") else cell.strip()
        for name, cell in zip(ICEWS, cells, strict=True)
    }
    key, code = row["Event ID"], row["CAMEO Code"]
    if key is None:
        raise ValueError("Event ID is empty")
    day = _day(row["Event Date"])
    if code is not None and (len(code) < 3 or not code.isdigit()):
        raise ValueError(f"CAMEO Code is {code!r}; it has at least three digits, leading zeros too")
    made = cameo.from_cameo(code)
    actor = _party(row["Source Name"], row["Source Sectors"], row["Source Country"])
    recipient = _party(row["Target Name"], row["Target Sectors"], row["Target Country"])
    story, sentence = row["Story ID"], _whole(row["Sentence Number"], "Sentence Number")
    book = codebook()
    return ImportedEvent(
        scheme="icews",
        key=f"{key}@{day}",
        dyad=1,
        act=_act(day, story, sentence, code, actor, recipient),
        date=day,
        actor=actor,
        recipient=recipient,
        event=made.event,
        event_reason=made.reason,
        modes=made.modes,
        contexts=made.contexts,
        quad=book.quad(made.event) if made.event else None,
        score=book.score(made.event, made.modes) if made.event else None,
        code=code,
        code_score=_decimal(row["Intensity"], "Intensity"),
        publisher=row["Publisher"],
        story=story,
        sentence=sentence,
        text=row["Event Text"],
        place=", ".join(p for n in ("City", "District", "Province") if (p := row[n])) or None,
        country=nations.country(row["Country"]),
        country_code=row["Country"],
        latitude=_decimal(row["Latitude"], "Latitude"),
        longitude=_decimal(row["Longitude"], "Longitude"),
    )


def _day(cell: str | None) -> str:
    try:
        if cell and "/" in cell:
            month, day, year = (int(part) for part in cell.split("/"))
            return date(year, month, day).isoformat()
        return date.fromisoformat(cell or "").isoformat()
    except ValueError:
        raise ValueError(f"Event Date is {cell or ''!r}") from None


def _decimal(cell: str | None, name: str) -> float | None:
    if cell is None:
        return None
    try:
        return float(cell)
    except ValueError:
        raise ValueError(f"{name} is {cell!r}") from None


def _whole(cell: str | None, name: str) -> int | None:
    value = _decimal(cell, name)
    if value is not None and value != int(value):
        raise ValueError(f"{name} is {cell!r}")
    return None if value is None else int(value)


def _act(
    day: str,
    story: str | None,
    sentence: int | None,
    code: str | None,
    actor: ImportedParty | None,
    recipient: ImportedParty | None,
) -> str | None:
    """What both rows of a reciprocal act share: day, sentence, code and the two parties in any order.

    Two acts of the same code that a sentence tells of the same two parties, each of one of them, look
    the same and count as one.
    """
    if not story or sentence is None or actor is None or recipient is None:
        return None
    sides = sorted(f"{party.name or ''}|{party.own or ''}" for party in (actor, recipient))
    return "\t".join((day, story, str(sentence), code or "", *sides))


def _party(name: str | None, sectors: str | None, country: str | None) -> ImportedParty | None:
    if name is None and sectors is None and country is None:
        return None
    own = _sectors(sectors)
    code = nations.country(country)
    if country is None:
        code = nations.organisation(name)
        if code is None:
            code = next((kind for word, kind in _KINDS.items() if word in own), None)
    known = _known()
    ours = tuple(dict.fromkeys(known[sector] for sector in own if sector in known))
    return ImportedParty(code, country, name, ours, own)


# Parties without a country that only their sectors tell.
_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "International Government Organization": "IGO",
        "Global": "IGO",
        "Regional": "IGO",
        "Nongovernmental Organizations": "NGO",
        "NGOs": "NGO",
        "Nongovernmental Organization": "NGO",
    }
)


@cache
def _sectors(cell: str | None) -> tuple[str, ...]:
    """The sectors of a cell in the order of the alphabet, without quotes.

    >>> _sectors('"Military,Government"') == _sectors("Government,Military")
    True
    """
    parts = (part.strip().strip('"').strip() for part in (cell or "").split(","))
    return tuple(sorted({part for part in parts if part}))


@cache
def _known() -> Mapping[str, str]:
    rows = read_table("cameo/icews_sectors.csv")
    return MappingProxyType({row["name"]: row["sector"] for row in rows})
