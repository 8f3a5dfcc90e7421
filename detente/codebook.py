"""The ontology: PLOVER event types, modes, contexts, quad classes, scores, and CAMEO in both directions.

Names and codes are facts of the field; every definition is in our own words (see `data/SOURCES.md`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from detente.tables import read_table

__all__ = ["QUADS", "Codebook", "EventType", "codebook"]

QUADS: Mapping[int, str] = MappingProxyType(
    {
        1: "verbal cooperation",
        2: "material cooperation",
        3: "verbal conflict",
        4: "material conflict",
    }
)


@dataclass(frozen=True, slots=True)
class EventType:
    """One of PLOVER's sixteen event types.

    `score` is PLOVER's event scale (-10 to 10) and `modes` the score of each mode (None: the manual
    gives none). `cameo` is the CAMEO root that stands closest.
    """

    name: str
    quad: int
    score: float
    modes: Mapping[str, float | None]
    cameo: str
    recipient_required: bool
    definition: str


@dataclass(frozen=True, slots=True)
class Codebook:
    """The whole ontology, read from `data/codebook/`."""

    types: Mapping[str, EventType]
    contexts: Mapping[str, str]

    def quad(self, event: str) -> int:
        """Quad class of an event type, 1 to 4. Raises KeyError for a name that is no type.

        >>> codebook().quad("SANCTION")
        4
        """
        return self.types[event].quad

    def hostile(self, event: str) -> bool:
        """Whether the type is conflict (quad 3 or 4). REQUEST is verbal conflict in PLOVER."""
        return self.quad(event) >= 3

    def score(self, event: str, modes: tuple[str, ...] = ()) -> float:
        """PLOVER's event scale for a type, by its first mode that has one.

        >>> codebook().score("CONSULT", ("phone",))
        1.5
        """
        kind = self.types[event]
        for mode in modes:
            value = kind.modes.get(mode)
            if value is not None:
                return value
        return kind.score

    def from_cameo(self, code: str) -> str | None:
        """PLOVER type of a CAMEO code by its root and PLOVER's exceptions; None for 01 and 02.

        Source: PLOVER manual, CAMEO table (see data/SOURCES.md).

        >>> codebook().from_cameo("042"), codebook().from_cameo("0841"), codebook().from_cameo("010")
        ('CONSULT', 'RETREAT', None)
        """
        if code.startswith(("0813", "0814")):
            return "RETREAT"
        if code.startswith(("084", "085", "086", "087")):
            return "RETREAT"
        if code.startswith(("163", "191", "192")):
            return "COERCE"
        if code.startswith(("1712", "175")):
            return "ASSAULT"
        return _CAMEO_ROOTS.get(code[:2])


_CAMEO_ROOTS: Mapping[str, str] = MappingProxyType(
    {
        "03": "AGREE",
        "04": "CONSULT",
        "05": "SUPPORT",
        "06": "COOPERATE",
        "07": "AID",
        "08": "CONCEDE",
        "09": "ACCUSE",
        "10": "REQUEST",
        "11": "ACCUSE",
        "12": "REJECT",
        "13": "THREATEN",
        "14": "PROTEST",
        "15": "MOBILIZE",
        "16": "SANCTION",
        "17": "COERCE",
        "18": "ASSAULT",
        "19": "ASSAULT",
        "20": "ASSAULT",
    }
)


@cache
def codebook() -> Codebook:
    """The codebook that ships with the package, read on first use."""
    modes: dict[str, dict[str, float | None]] = {}
    for row in read_table("codebook/modes.csv"):
        modes.setdefault(row["event"], {})[row["mode"]] = float(row["score"]) if row["score"] else None
    types = {
        row["event"]: EventType(
            name=row["event"],
            quad=int(row["quad"]),
            score=float(row["score"]),
            modes=MappingProxyType(modes.get(row["event"], {})),
            cameo=row["cameo"],
            recipient_required=row["recipient_required"] == "yes",
            definition=row["definition"],
        )
        for row in read_table("codebook/types.csv")
    }
    contexts = {row["context"]: row["definition"] for row in read_table("codebook/contexts.csv")}
    return Codebook(MappingProxyType(types), MappingProxyType(contexts))
