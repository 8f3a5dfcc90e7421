"""CAMEO beside PLOVER: event codes in both directions, countries, groups and sectors.

The tables are in `data/cameo/`. PLOVER has no type for CAMEO's statements and appeals (01, 02), and
its modes are given only where a CAMEO code says as much.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from detente.codebook import codebook
from detente.tables import read_table

__all__ = [
    "Actor",
    "Translation",
    "actor",
    "cameo_country",
    "country",
    "fips_country",
    "from_cameo",
    "goldstein",
    "sectors",
    "to_cameo",
]

# Party types that name a kind of party rather than a sector of a state.
_KINDS: Mapping[str, str] = MappingProxyType(
    {"IGO": "IGO", "NGO": "NGO", "NGM": "NGO", "MNC": "MNC", "IMG": "IMG"}
)


@dataclass(frozen=True, slots=True)
class Translation:
    """What a CAMEO code is in PLOVER; `event` is None with a `reason` where it is nothing."""

    event: str | None
    modes: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A party as PLOVER codes it; `code` is None where no state or organisation is named."""

    code: str | None
    sectors: tuple[str, ...]


@cache
def _events() -> Mapping[str, Mapping[str, str]]:
    return MappingProxyType({row["code"]: row for row in read_table("cameo/events.csv")})


@cache
def from_cameo(code: str | None) -> Translation:
    """The PLOVER type of a CAMEO code with mode and contexts where the code tells them.

    A code that is not in the table but begins like CAMEO is translated by its root alone.

    >>> from_cameo("0871")
    Translation(event='RETREAT', modes=('ceasefire',), contexts=('military',), reason=None)
    >>> from_cameo("020").reason
    'PLOVER has no type for CAMEO 01 (statement) and 02 (appeal)'
    """
    if not code:
        return Translation(None, reason="the row has no event code")
    row = _events().get(code)
    event = row["event"] if row else codebook().from_cameo(code) if code.isdigit() else None
    if not event:
        if code[:2] in ("01", "02"):
            reason = "PLOVER has no type for CAMEO 01 (statement) and 02 (appeal)"
        else:
            reason = f"{code!r} is no CAMEO code known here"
        return Translation(None, reason=reason)
    if row is None:
        return Translation(event)
    return Translation(event, _split(row["mode"]), _split(row["contexts"]))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()


@cache
def _codes() -> Mapping[tuple[str, str], str]:
    rows = read_table("cameo/plover.csv")
    return MappingProxyType({(row["event"], row["mode"]): row["code"] for row in rows})


def to_cameo(event: str, modes: tuple[str, ...] = ()) -> str:
    """The CAMEO code closest to a PLOVER type, by the first mode that the table knows.

    `from_cameo` of it always gives the type back. Raises KeyError for a name that is no type.

    >>> to_cameo("CONSULT", ("phone",)), to_cameo("SANCTION")
    ('041', '160')
    """
    codes = _codes()
    for mode in modes:
        if (event, mode) in codes:
            return codes[event, mode]
    return codes[event, ""]


def goldstein(code: str) -> float | None:
    """CAMEO's Goldstein value of a code, -10 to 10; None for a code not in the table.

    >>> goldstein("139"), goldstein("999")
    (-7.0, None)
    """
    row = _events().get(code)
    return float(row["goldstein"]) if row else None


@cache
def _countries() -> tuple[Mapping[str, str | None], Mapping[str, str]]:
    """CAMEO's country codes to ISO alpha-3, regions to None; and the way back."""
    known: dict[str, str | None] = {row["iso3"]: row["iso3"] for row in read_table("cameo/fips.csv")}
    known |= {row["code"]: row["code"] for row in read_table("actors/countries.csv")}
    back: dict[str, str] = {}
    for row in read_table("cameo/countries.csv"):
        known[row["code"]] = row["iso3"] or None
        back.setdefault(row["iso3"], row["code"])
    # Only these two are still written so in CAMEO; the other rows are old names and parts.
    return MappingProxyType(known), MappingProxyType(
        {iso3: back[iso3] for iso3 in ("ROU", "TLS", "XKX") if iso3 in back}
    )


def country(code: str | None) -> str | None:
    """ISO alpha-3 of a CAMEO country code; None for a region or a code not known.

    CAMEO's EUR is the continent, its SAF the south of Africa: neither is a party.

    >>> country("ROM"), country("USA"), country("EUR"), country("SAF")
    ('ROU', 'USA', None, None)
    """
    return _countries()[0].get(code) if code else None


def cameo_country(code: str) -> str | None:
    """CAMEO's country code of one of ours; None for an organisation.

    >>> cameo_country("ROU"), cameo_country("COL"), cameo_country("EUR")
    ('ROM', 'COL', None)
    """
    known, back = _countries()
    if code in back:
        return back[code]
    return code if known.get(code) == code else None


@cache
def _fips() -> Mapping[str, str]:
    return MappingProxyType({row["fips"]: row["iso3"] for row in read_table("cameo/fips.csv")})


def fips_country(code: str | None) -> str | None:
    """ISO alpha-3 of a FIPS 10-4 country code, in which AU is Austria and CH China.

    >>> fips_country("AU"), fips_country("CH"), fips_country("OC")
    ('AUT', 'CHN', None)
    """
    return _fips().get(code) if code else None


@cache
def _groups() -> Mapping[str, str]:
    return MappingProxyType({row["code"]: row["actor"] for row in read_table("cameo/groups.csv")})


@cache
def _sectors() -> Mapping[str, str]:
    return MappingProxyType({row["code"]: row["sector"] for row in read_table("cameo/sectors.csv")})


def sectors(types: tuple[str, ...]) -> tuple[str, ...]:
    """PLOVER's sectors of CAMEO's party types; types that have none are left out.

    In CAMEO MED is the media and HLH medicine, in PLOVER the media are JRN and MED is medicine.

    >>> sectors(("GOV", "MED", "HLH", "GOV", "ENV"))
    ('GOV', 'JRN', 'MED')
    """
    known = _sectors()
    return tuple(dict.fromkeys(known[t] for t in types if known.get(t)))


@cache
def actor(country_code: str, group: str, types: tuple[str, ...]) -> Actor:
    """A party of GDELT from its country, known group and types, each empty where there is none.

    A state stands before a group, a group before a kind of party.

    >>> actor("EUR", "EEC", ("IGO",)), actor("USA", "", ("MIL",)).code, actor("AFR", "", ()).code
    (Actor(code='EUR', sectors=()), 'USA', None)
    """
    code = country(country_code) or _groups().get(group)
    if code is None:
        code = next((_KINDS[t] for t in types if t in _KINDS), None)
    return Actor(code, sectors(types))
