"""PLOVER's words as other files write them: types of older versions, modes, contexts, sectors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from detente.codebook import codebook

__all__ = ["contexts_of", "modes_of", "sectors_of", "type_of"]

# Types of version 0.5 that have gone, and where they went (manual 2023/24).
_VANISHED: Mapping[str, str] = MappingProxyType(
    {"DEMAND": "REQUEST", "FIGHT": "ASSAULT", "DISAPPROVE": "ACCUSE", "INVESTIGATE": "ACCUSE"}
)
_STATUS: Mapping[str, str] = MappingProxyType(
    {
        "historical": "historical",
        "future": "future",
        "hypothetical": "hypothetical",
        "negation": "negated",
        "negated": "negated",
    }
)


def type_of(name: str) -> tuple[str | None, str | None]:
    """The type of today for a type's name, or None and the reason.

    >>> type_of("FIGHT"), type_of("consult")
    (('ASSAULT', None), ('CONSULT', None))
    >>> type_of("DOCUMENT")
    (None, 'DOCUMENT marks a text, not an event')
    """
    upper = name.strip().upper()
    found = _VANISHED.get(upper, upper)
    if found in codebook().types:
        return found, None
    if found == "DOCUMENT":
        return None, "DOCUMENT marks a text, not an event"
    return None, f"{name!r} is no PLOVER type known here"


def modes_of(event: str | None, modes: Iterable[str]) -> tuple[tuple[str, ...], str | None]:
    """The modes that the manual has for a type, and the status that an auxiliary mode says.

    >>> modes_of("CONSULT", ("visit", "host", "negation"))
    (('visit',), 'negated')
    """
    known = codebook().types[event].modes if event else {}
    given = [mode.strip().lower() for mode in modes]
    status = next((_STATUS[mode] for mode in given if mode in _STATUS), None)
    return tuple(mode for mode in given if mode in known), status


def contexts_of(contexts: Iterable[str]) -> tuple[str, ...]:
    """The contexts that PLOVER has, in the order given."""
    known = codebook().contexts
    return tuple(c for context in contexts if (c := context.strip().lower()) in known)


def sectors_of(sectors: Iterable[str], *, old: bool) -> tuple[str, ...]:
    """PLOVER's sectors of today; in the old dialect, as in CAMEO, MED was the media, HLH medicine.

    >>> sectors_of(("MED", "HLH"), old=True), sectors_of(("MED",), old=False)
    (('JRN', 'MED'), ('MED',))
    """
    swapped = {"HLH": "MED", "MED": "JRN"} if old else {"HLH": "MED"}
    return tuple(dict.fromkeys(swapped.get(sector, sector) for sector in sectors if sector))
