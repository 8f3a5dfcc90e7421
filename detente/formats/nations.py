"""Countries and organisations by the names that other data sets write, for want of a code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from detente.tables import read_table

__all__ = ["NON_STATE", "code_of", "country", "organisation"]

NON_STATE = frozenset({"EUR", "IGO", "IMG", "ISM", "MNC", "NGO", "UNO"})
"""PLOVER's codes of parties that are no states."""


@cache
def _countries() -> Mapping[str, str]:
    named = {
        row["text"].casefold(): row["code"]
        for row in read_table("actors/names.csv")
        if row["kind"] in ("name", "official", "former")
    }
    named |= {row["name"].casefold(): row["code"] for row in read_table("actors/countries.csv")}
    named |= {row["name"].casefold(): row["iso3"] for row in read_table("cameo/names.csv")}
    return MappingProxyType(named)


@cache
def _organisations() -> Mapping[str, str]:
    rows = read_table("actors/organisations.csv")
    return MappingProxyType({row["text"].casefold(): row["code"] for row in rows})


@cache
def _codes() -> frozenset[str]:
    states = {row["code"] for row in read_table("actors/countries.csv")}
    return frozenset(states | {row["iso3"] for row in read_table("cameo/fips.csv")} | NON_STATE)


def country(name: str | None) -> str | None:
    """ISO alpha-3 of a country's name, or of its code; None where it is no state known here.

    >>> country("Russian Federation"), country("RUS"), country("Atlantis")
    ('RUS', 'RUS', None)
    """
    if not name:
        return None
    return _countries().get(name.casefold()) or (name if name in _codes() - NON_STATE else None)


def organisation(name: str | None) -> str | None:
    """PLOVER's code of an organisation's name; None where it is none known here.

    >>> organisation("European Union"), organisation(None)
    ('EUR', None)
    """
    return _organisations().get(name.casefold()) if name else None


def code_of(code: str | None) -> str | None:
    """The code itself where PLOVER has it, as ISO alpha-3 or for parties that are no states.

    >>> code_of("COL"), code_of("UNO"), code_of("JAP")
    ('COL', 'UNO', None)
    """
    return code if code in _codes() else None
