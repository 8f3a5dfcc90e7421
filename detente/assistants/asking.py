"""What the tools take: parties, days, words, each described and limited for the assistant."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from detente.codebook import codebook
from detente.desk.api.asking import Day

__all__ = ["LONGEST_TEXT", "AsOf", "From", "Identifier", "Kind", "Party", "Type", "Until", "Words"]

LONGEST_TEXT = 100_000
"""So many letters of a text are coded at most, and of an article given at once."""

Party = Annotated[
    str,
    Field(
        min_length=1,
        max_length=80,
        description="A country or organisation: ISO 3166 alpha-3 code, name or demonym.",
        examples=["COL", "Colombia"],
    ),
]
AsOf = Annotated[
    Day | None,
    Field(
        description="The day asked about, YYYY-MM-DD: nothing published later is used. Without it, today.",
        examples=["2026-01-08"],
    ),
]
From = Annotated[Day | None, Field(description="Leave out what lies before this day, YYYY-MM-DD.")]
Until = Annotated[Day | None, Field(description="Leave out what lies after this day, YYYY-MM-DD.")]
Words = Annotated[str, Field(min_length=1, max_length=200)]
Type = Annotated[str, Field(json_schema_extra={"enum": list(codebook().types)})]
Kind = Literal[
    "claim",
    "criticism",
    "denial",
    "refusal",
    "threat",
    "support",
    "promise",
    "concession",
    "demand",
    "reversal",
    "first",
    "open issue",
]
Identifier = Annotated[str, Field(min_length=1, max_length=200, description="The id of a document.")]
