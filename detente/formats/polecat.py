"""POLECAT: 40 columns separated by tabs with a header, in and out; the code book is PLOVER.

Source of the layout: the header of POLECAT's files (see data/SOURCES.md). Traps they have: excess
names in the header, empty columns at the end, other encodings than UTF-8, `Event Intensity` for
`Intensity`, the word None for nothing, and dates that are only those of publication.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import IO

from detente.codebook import QUADS, codebook
from detente.errors import FormatError
from detente.formats import nations
from detente.formats.categories import contexts_of, modes_of, type_of
from detente.formats.files import Batch, Faults, lines
from detente.formats.plover import AUXILIARY
from detente.records import Document, Event, Party
from detente.store.days import days
from detente.store.imported import ImportedEvent, ImportedParty, pack

__all__ = ["POLECAT", "Polecat", "read"]

POLECAT: tuple[str, ...] = (
    "Event ID",
    "Event Date",
    "Event Type",
    "Event Mode",
    "Intensity",
    "Quad Code",
    "Contexts",
    "Actor Name",
    "Actor Country",
    "Actor COW",
    "Primary Actor Sector",
    "Actor Sectors",
    "Actor Title",
    "Actor Name Raw",
    "Wikipedia Actor ID",
    "Recipient Name",
    "Recipient Country",
    "Recipient COW",
    "Primary Recipient Sector",
    "Recipient Sectors",
    "Recipient Title",
    "Recipient Name Raw",
    "Wikipedia Recipient ID",
    "Placename",
    "City",
    "District",
    "Province",
    "Country",
    "Latitude",
    "Longitude",
    "GeoNames ID",
    "Raw Placename",
    "Feature Type",
    "Source",
    "Publication Date",
    "Story People",
    "Story Organizations",
    "Story Locations",
    "Language",
    "Version",
)

LOSSES = (
    "the evidence: text, trigger and their places, speaker, voice, confidence and coder",
    "status other than actual: it stands in Event Mode as PLOVER's auxiliary mode, which POLECAT's own "
    "files do not have",
    "symmetric acts: both sides are listed, that direction does not count is not",
    "acts without a date have the day of publication; date ranges, months and years their first day",
    "Actor COW, Recipient COW, titles, Wikipedia names, places and what the story is about: None, for "
    "they are not coded",
    "the CAMEO code and the address of the document",
)

_BATCH = 5000
_SPELLINGS = {"Event Intensity": "Intensity"}


def read(file: IO[bytes], format: str, faults: Faults, *, where: str) -> Iterator[Batch]:
    """The rows of a file in batches, one dyad each; a wrong row is counted and left out.

    Raises `FormatError` where the header lacks a column of POLECAT.
    """
    numbered = lines(file, where=where)
    header = _text(next(numbered, (1, b""))[1].removeprefix(b"\xef\xbb\xbf")).split("\t")
    header = [_SPELLINGS.get(cell.strip(), cell.strip()) for cell in header]
    while header and not header[-1]:
        header.pop()
    missing = [name for name in POLECAT if name not in header]
    if missing:
        raise FormatError(
            f"the header has {len(header)} columns and lacks {', '.join(missing[:5])};"
            f" POLECAT has {len(POLECAT)}",
            where=where,
            todo="give a file as POLECAT published it",
        )
    events: list[ImportedEvent] = []
    looked = 0
    for number, line in numbered:
        if not line.strip():
            continue
        looked += 1
        try:
            events += _events(_row(_text(line).split("\t"), header))
        except ValueError as error:
            faults.add(number, str(error))
        if looked >= _BATCH:
            yield Batch(looked, pack(events))
            events, looked = [], 0
    yield Batch(looked, pack(events))


def _text(line: bytes) -> str:
    # Any bytes are ISO-8859-1, so it comes second.
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("iso-8859-1")


def _row(cells: list[str], header: Sequence[str]) -> dict[str, str | None]:
    while len(cells) > len(POLECAT) and not cells[-1].strip():
        cells.pop()
    # A header with excess names is only believed where the row has as many columns.
    if len(cells) == len(POLECAT):
        columns: Sequence[str] = POLECAT
    elif len(cells) == len(header):
        columns = header
    else:
        raise ValueError(f"{len(cells)} columns, not {len(POLECAT)}")
    return {
        name: None if cell.strip() in ("", "None") else cell.strip()
        for name, cell in zip(columns, cells, strict=True)
    }


def _list(cell: str | None) -> tuple[str, ...]:
    parts = (part.strip() for part in (cell or "").split(";"))
    return tuple(part for part in parts if part and part != "None")


def _events(row: Mapping[str, str | None]) -> Iterator[ImportedEvent]:
    key, code = row["Event ID"], row["Event Type"]
    if key is None or code is None:
        raise ValueError(f"{'Event ID' if key is None else 'Event Type'} is empty")
    day = _day(row["Event Date"], "Event Date")
    published = _day(row["Publication Date"], "Publication Date")
    event, reason = type_of(code)
    own_modes = tuple(mode.lower() for mode in _list(row["Event Mode"]))
    modes, status = modes_of(event, own_modes)
    book = codebook()
    country = row["Country"]
    actors, recipients = _parties(row, "Actor"), _parties(row, "Recipient")
    pairs = [(a, r) for a in actors or (None,) for r in recipients or (None,)]
    for number, (actor, recipient) in enumerate(pairs, 1):
        yield ImportedEvent(
            scheme="polecat",
            key=key,
            dyad=number,
            act=None,
            date=day,
            date_is_publication=None if not day or not published else day == published,
            actor=actor,
            recipient=recipient,
            event=event,
            event_reason=reason,
            modes=modes,
            contexts=contexts_of(_list(row["Contexts"])),
            status=status,
            quad=book.quad(event) if event else None,
            score=book.score(event, modes) if event else None,
            code=code,
            code_modes=own_modes,
            code_quad=_quad(row["Quad Code"]),
            code_score=_decimal(row["Intensity"], "Intensity"),
            publisher=row["Source"],
            published=published,
            language=row["Language"],
            place=row["Placename"] or row["City"],
            country=nations.country(country),
            country_code=country,
            latitude=_decimal(row["Latitude"], "Latitude"),
            longitude=_decimal(row["Longitude"], "Longitude"),
        )


def _day(cell: str | None, name: str) -> str | None:
    if cell is None:
        return None
    try:
        return date.fromisoformat(cell[:10]).isoformat()
    except ValueError:
        raise ValueError(f"{name} is {cell!r}") from None


def _decimal(cell: str | None, name: str) -> float | None:
    if cell is None:
        return None
    try:
        return float(cell)
    except ValueError:
        raise ValueError(f"{name} is {cell!r}") from None


def _quad(cell: str | None) -> int | None:
    """A quad class written as a number or in words."""
    if cell is None:
        return None
    for number, words in QUADS.items():
        if cell.lower() == words or cell in (str(number), f"{number}.0"):
            return number
    raise ValueError(f"Quad Code is {cell!r}")


def _parties(row: Mapping[str, str | None], side: str) -> list[ImportedParty]:
    codes = _list(row[f"{side} Country"])
    called = _list(row[f"{side} Name"])
    primary = _list(row[f"Primary {side} Sector"])
    sectors = _list(row[f"{side} Sectors"])
    if not codes and not called and not primary:
        return []
    many = max(len(codes), 1)
    found = []
    for at in range(many):
        own = codes[at] if codes else None
        # Names and sectors are lists of their own: only as many as codes do they belong to them.
        if many == 1:
            mine = tuple(dict.fromkeys((*primary, *sectors)))
            name = row[f"{side} Name"]
        else:
            mine = (primary[at],) if len(primary) == many else ()
            name = called[at] if len(called) == many else None
        found.append(ImportedParty(nations.code_of(own), own, name, mine, mine))
    return found


@dataclass(frozen=True, slots=True)
class Polecat:
    """POLECAT's layout: tab-separated, one row an event, lists joined by "; ", None for nothing."""

    name: str = "polecat"
    suffix: str = ".txt"
    binary: bool = False
    losses: tuple[str, ...] = LOSSES

    def write(self, events: Sequence[Event], documents: Mapping[str, Document]) -> Iterator[bytes]:
        """A header and one row an event, in the order given."""
        yield ("\t".join(POLECAT) + "\n").encode()
        for event in events:
            cells = _cells(event, documents.get(event.document))
            row = (_plain(cells.get(name) or "None") for name in POLECAT)
            yield ("\t".join(row) + "\n").encode()


def _plain(text: str) -> str:
    return " ".join(text.split())


def _cells(event: Event, document: Document | None) -> dict[str, str | None]:
    known = days(event)
    published = document.published if document else None
    day = known[0] if known else published
    auxiliary = AUXILIARY[event.status]
    return {
        "Event ID": event.id,
        "Event Date": day.isoformat() if day else None,
        "Event Type": event.event,
        "Event Mode": "; ".join((*event.modes, *((auxiliary,) if auxiliary else ()))),
        "Intensity": f"{codebook().score(event.event, event.modes):g}",
        "Quad Code": QUADS[event.quad].upper(),
        "Contexts": "; ".join(event.contexts),
        **_side("Actor", event.actor),
        **_side("Recipient", event.recipient),
        "Source": document.publisher if document else None,
        "Publication Date": published.isoformat() if published else None,
        "Language": document.language if document else None,
        "Version": f"detente {version('detente')}",
    }


def _side(side: str, parties: Sequence[Party]) -> dict[str, str]:
    sectors = "; ".join(party.sector or "None" for party in parties)
    return {
        f"{side} Name": "; ".join((party.name or party.text).replace(";", ",") for party in parties),
        f"{side} Country": "; ".join(party.code for party in parties),
        f"Primary {side} Sector": sectors,
        f"{side} Sectors": sectors,
        f"{side} Name Raw": "; ".join(party.text.replace(";", ",") for party in parties),
    }
