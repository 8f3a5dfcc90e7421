"""GDELT: events 1.0 and 2.0 and mentions, in; events 2.0, out.

The files are tab-separated although named .CSV, without a header, without quoting; codes have
leading zeros and stay text. Source of the layouts: GDELT's codebooks V1.03 and V2.0 (see
data/SOURCES.md). A row counts reports, not events.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from detente.errors import FormatError
from detente.formats import cameo
from detente.formats.files import Batch, Faults, blocks
from detente.formats.tables import dyads
from detente.records import Document, Event, Party
from detente.store.days import days
from detente.store.imported import Rows

__all__ = [
    "GDELT_1_EVENTS",
    "GDELT_2_EVENTS",
    "GDELT_2_MENTIONS",
    "LAYOUTS",
    "Gdelt2",
    "layout",
    "read",
]

GDELT_1_EVENTS: tuple[str, ...] = (
    "GLOBALEVENTID",
    "SQLDATE",
    "MonthYear",
    "Year",
    "FractionDate",
    "Actor1Code",
    "Actor1Name",
    "Actor1CountryCode",
    "Actor1KnownGroupCode",
    "Actor1EthnicCode",
    "Actor1Religion1Code",
    "Actor1Religion2Code",
    "Actor1Type1Code",
    "Actor1Type2Code",
    "Actor1Type3Code",
    "Actor2Code",
    "Actor2Name",
    "Actor2CountryCode",
    "Actor2KnownGroupCode",
    "Actor2EthnicCode",
    "Actor2Religion1Code",
    "Actor2Religion2Code",
    "Actor2Type1Code",
    "Actor2Type2Code",
    "Actor2Type3Code",
    "IsRootEvent",
    "EventCode",
    "EventBaseCode",
    "EventRootCode",
    "QuadClass",
    "GoldsteinScale",
    "NumMentions",
    "NumSources",
    "NumArticles",
    "AvgTone",
    "Actor1Geo_Type",
    "Actor1Geo_FullName",
    "Actor1Geo_CountryCode",
    "Actor1Geo_ADM1Code",
    "Actor1Geo_Lat",
    "Actor1Geo_Long",
    "Actor1Geo_FeatureID",
    "Actor2Geo_Type",
    "Actor2Geo_FullName",
    "Actor2Geo_CountryCode",
    "Actor2Geo_ADM1Code",
    "Actor2Geo_Lat",
    "Actor2Geo_Long",
    "Actor2Geo_FeatureID",
    "ActionGeo_Type",
    "ActionGeo_FullName",
    "ActionGeo_CountryCode",
    "ActionGeo_ADM1Code",
    "ActionGeo_Lat",
    "ActionGeo_Long",
    "ActionGeo_FeatureID",
    "DATEADDED",
    "SOURCEURL",
)

GDELT_2_EVENTS: tuple[str, ...] = (
    "GLOBALEVENTID",
    "SQLDATE",
    "MonthYear",
    "Year",
    "FractionDate",
    "Actor1Code",
    "Actor1Name",
    "Actor1CountryCode",
    "Actor1KnownGroupCode",
    "Actor1EthnicCode",
    "Actor1Religion1Code",
    "Actor1Religion2Code",
    "Actor1Type1Code",
    "Actor1Type2Code",
    "Actor1Type3Code",
    "Actor2Code",
    "Actor2Name",
    "Actor2CountryCode",
    "Actor2KnownGroupCode",
    "Actor2EthnicCode",
    "Actor2Religion1Code",
    "Actor2Religion2Code",
    "Actor2Type1Code",
    "Actor2Type2Code",
    "Actor2Type3Code",
    "IsRootEvent",
    "EventCode",
    "EventBaseCode",
    "EventRootCode",
    "QuadClass",
    "GoldsteinScale",
    "NumMentions",
    "NumSources",
    "NumArticles",
    "AvgTone",
    "Actor1Geo_Type",
    "Actor1Geo_FullName",
    "Actor1Geo_CountryCode",
    "Actor1Geo_ADM1Code",
    "Actor1Geo_ADM2Code",
    "Actor1Geo_Lat",
    "Actor1Geo_Long",
    "Actor1Geo_FeatureID",
    "Actor2Geo_Type",
    "Actor2Geo_FullName",
    "Actor2Geo_CountryCode",
    "Actor2Geo_ADM1Code",
    "Actor2Geo_ADM2Code",
    "Actor2Geo_Lat",
    "Actor2Geo_Long",
    "Actor2Geo_FeatureID",
    "ActionGeo_Type",
    "ActionGeo_FullName",
    "ActionGeo_CountryCode",
    "ActionGeo_ADM1Code",
    "ActionGeo_ADM2Code",
    "ActionGeo_Lat",
    "ActionGeo_Long",
    "ActionGeo_FeatureID",
    "DATEADDED",
    "SOURCEURL",
)

GDELT_2_MENTIONS: tuple[str, ...] = (
    "GLOBALEVENTID",
    "EventTimeDate",
    "MentionTimeDate",
    "MentionType",
    "MentionSourceName",
    "MentionIdentifier",
    "SentenceID",
    "Actor1CharOffset",
    "Actor2CharOffset",
    "ActionCharOffset",
    "InRawText",
    "Confidence",
    "MentionDocLen",
    "MentionDocTone",
    "MentionDocTranslationInfo",
    "Extras",
)

LAYOUTS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "gdelt1": (GDELT_1_EVENTS, GDELT_1_EVENTS[:-1]),
    "gdelt2": (GDELT_2_EVENTS,),
    "gdelt2-mentions": (GDELT_2_MENTIONS,),
}
"""The layouts of each format; the back file of GDELT 1.0 (1979 to March 2013) has no SOURCEURL."""

_OTHERS: Mapping[int, str] = {
    27: "GDELT's knowledge graph (GKG 2.1), which holds no events",
    26: "Phoenix, which is not read here",
    11: "GDELT's knowledge graph (GKG 1.0), which holds no events",
}

LOSSES = (
    "the evidence: text, trigger, speaker, voice, confidence and coder",
    "status: leave out all but actual events before you count, for GDELT has no denials or plans",
    "acts without a date have the day of publication, or are left out where that too is unknown",
    "date ranges, months and years become their first day",
    "several parties become a row for each pair, each with an id of its own",
    "PLOVER types become the closest CAMEO code; modes and contexts that it does not tell are lost",
    "places, tone and counts beyond the one report: empty, for they are not coded",
)


def layout(head: bytes, format: str | None, *, where: str) -> tuple[str, tuple[str, ...]]:
    """Format and columns of a file without a header, by the commonest number of columns at its head.

    Raises `FormatError` with the number found and those known.

    >>> layout(b"1\\t2\\t3", None, where="export.CSV")
    Traceback (most recent call last):
    detente.errors.FormatError: export.CSV: 3 columns; GDELT events have 57, 58 or 61, mentions 16;
    check that the file is whole and separated by tabs
    """
    counts: dict[int, int] = {}
    split = head.split(b"\n")
    for line in split[:-1] or split:  # the last may be cut off
        if line.strip():
            found = line.count(b"\t") + 1
            counts[found] = counts.get(found, 0) + 1
    if not counts:
        raise FormatError("the file has no rows", where=where, todo="give a file with rows")
    number = max(counts, key=lambda n: (counts[n], n))
    for name, layouts in LAYOUTS.items():
        for columns in layouts:
            if len(columns) != number:
                continue
            if format not in (None, name):
                raise FormatError(
                    f"{number} columns; {format} has {_known(str(format))}",
                    where=where,
                    todo=f"give --format {name}",
                )
            return name, columns
    other = f", which is the width of {_OTHERS[number]}" if number in _OTHERS else ""
    raise FormatError(
        f"{number} columns{other}; GDELT events have 57, 58 or 61, mentions 16",
        where=where,
        todo="check that the file is whole and separated by tabs",
    )


def _known(format: str) -> str:
    return " or ".join(str(len(columns)) for columns in reversed(LAYOUTS[format]))


def read(
    file: IO[bytes], format: str, columns: tuple[str, ...], faults: Faults, *, where: str
) -> Iterator[Batch]:
    """The rows of a GDELT file in batches of some 8 MB; a wrong row is counted and left out."""
    from detente.formats import gdelt_frame

    reader = gdelt_frame.Reader(format)
    for first, block in blocks(file, where=where):
        numbers, table, looked = gdelt_frame.table(first, block, columns, faults)
        if format == "gdelt2-mentions":
            yield Batch(looked, Rows(mentions=gdelt_frame.mention_rows(table, numbers, faults)))
        else:
            yield Batch(looked, reader.rows(table, numbers, faults))


@dataclass(frozen=True, slots=True)
class Gdelt2:
    """GDELT 2.0 events: 61 columns separated by tabs, without a header."""

    name: str = "gdelt2"
    suffix: str = ".export.CSV"
    binary: bool = False
    losses: tuple[str, ...] = LOSSES

    def write(self, events: Sequence[Event], documents: Mapping[str, Document]) -> Iterator[bytes]:
        """One row a pair, in the order of the events."""
        for event in events:
            for number, pair in enumerate(dyads(event), 1):
                cells = _cells(event, documents.get(event.document), number, *pair)
                if cells is not None:
                    line = "\t".join(cells.get(name, "") for name in GDELT_2_EVENTS)
                    yield f"{line}\n".encode()


def _cells(
    event: Event,
    document: Document | None,
    number: int,
    actor: Party | None,
    recipient: Party | None,
) -> dict[str, str] | None:
    known = days(event)
    published = document.published if document else None
    day = known[0] if known else published
    if day is None:
        return None
    code = cameo.to_cameo(event.event, event.modes)
    value = cameo.goldstein(code)
    # 52 bits of the id, so that programs which hold numbers as floats keep it exactly.
    identity = (int(event.id[:13], 16) + number - 1) % (1 << 52)
    return {
        "GLOBALEVENTID": str(identity),
        "SQLDATE": f"{day:%Y%m%d}",
        "MonthYear": f"{day:%Y%m}",
        "Year": str(day.year),
        "FractionDate": f"{day.year + ((day.month - 1) * 30 + day.day) / 365:.4f}",
        **_side("Actor1", actor),
        **_side("Actor2", recipient),
        "EventCode": code,
        "EventBaseCode": code[:3],
        "EventRootCode": code[:2],
        "QuadClass": str(event.quad),
        "GoldsteinScale": "" if value is None else f"{value:g}",
        "NumMentions": "1",
        "NumSources": "1",
        "NumArticles": "1",
        "DATEADDED": f"{published:%Y%m%d}000000" if published else "",
        "SOURCEURL": _plain((document.url if document else None) or ""),
    }


_ORGANISATIONS: Mapping[str, tuple[str, str, str]] = {
    "UNO": ("IGOUNO", "UNO", "IGO"),
    "EUR": ("IGOEUREEC", "EEC", "IGO"),
    "IGO": ("IGO", "", "IGO"),
    "NGO": ("NGO", "", "NGO"),
    "MNC": ("MNC", "", "MNC"),
    "IMG": ("IMG", "", "IMG"),
}

# PLOVER's media and medicine are called otherwise in CAMEO; its other sectors are the same there.
_TYPES: Mapping[str, str] = {"JRN": "MED", "MED": "HLH", "UNK": "UIS"}


def _side(side: str, party: Party | None) -> dict[str, str]:
    if party is None:
        return {}
    kind = _TYPES.get(party.sector or "", party.sector or "")
    name = _plain(party.name or party.text).upper()
    if party.code in _ORGANISATIONS:
        code, group, kinds = _ORGANISATIONS[party.code]
        cells = {"Code": code, "KnownGroupCode": group, "Type1Code": kinds, "Type2Code": kind}
        # CAMEO writes the Union as a group of Europe the continent.
        cells["CountryCode"] = "EUR" if party.code == "EUR" else ""
    else:
        home = cameo.cameo_country(party.code) or ""
        cells = {"Code": f"{home}{kind}", "CountryCode": home, "Type1Code": kind}
    return {f"{side}{field}": value for field, value in {"Name": name, **cells}.items()}


def _plain(text: str) -> str:
    return " ".join(text.split())
