"""What every route of the API shares: its router, and the answers that any of them may give."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

__all__ = ["PROBLEMS", "new_router"]

PROBLEMS: dict[int, str] = {
    400: "The request is broken, such as a body that is no JSON.",
    401: "This desk demands a token; none was sent, or one that is not known or is over.",
    403: "The token's scope is not enough, or the request comes from a page of another site.",
    413: "The request is too large.",
    421: "A desk on a loopback address was asked under another name.",
    422: "Something given cannot be used; `detail` names it.",
    500: "An error of the desk or of the store.",
    503: "The desk is busy; try again after the seconds in Retry-After.",
}
"""What can go wrong everywhere."""


def new_router(tag: str) -> APIRouter:
    """A router whose routes document every problem; `missing=True` things add 404 themselves.

    >>> new_router("events").prefix
    ''
    """
    told: dict[int | str, dict[str, Any]] = {
        status: {"description": words} for status, words in PROBLEMS.items()
    }
    told[304] = {"description": "You have it already: your If-None-Match names its ETag."}
    return APIRouter(tags=[tag], responses=told)


MISSING: dict[int | str, dict[str, Any]] = {
    404: {"description": "There is no such thing, or not on that day."}
}
"""For routes that name one thing."""
