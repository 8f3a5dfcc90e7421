"""What the API and the pages share where somebody corrects: whose hand it is, and what was refused."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request

from detente.desk.problems import Problem
from detente.desk.room import Desk, desk_of
from detente.desk.security import identity
from detente.errors import InputError, StoreError
from detente.store import Store
from detente.store.correcting import Standing
from detente.store.corrections import Correction, Hand, signing_key

__all__ = ["hand_of", "storable", "written"]


def storable(text: str) -> str:
    """A typed text; raises `InputError` for one that no store can hold."""
    if any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in text):
        raise InputError("the text holds a character that is none", todo="leave out NUL and half characters")
    return text


def hand_of(request: Request, by: str | None) -> Hand:
    """Who corrects: the name that was given, and that of the token that was shown."""
    token = identity(request)
    parts = [storable(by).strip() if by else "", f"token {token.name}" if token else ""]
    return Hand(", ".join(part for part in parts if part), desk_of(request).now(), signing_key())


def written(desk: Desk, make: Callable[[Store], Correction]) -> Standing:
    """A correction that was made, with what became of it; raises the problem where it was refused."""
    with desk.store() as store:
        try:
            made = make(store)
        except StoreError as error:
            if error.__cause__ is not None:  # the database itself has failed
                raise
            missing = error.what.startswith("there is no such")
            detail = f"{error.where}: {error.what}" if error.where else error.what
            status, kind = (404, "missing") if missing else (409, "conflict")
            raise Problem(status, detail, error.todo, kind) from error
        [standing] = [s for s in store.corrections() if s.correction.id == made.id]
        return standing
