"""Every error the package raises, in one tree.

    DetenteError
    ├── InputError          something given to Détente cannot be read
    │   ├── FileError       a file: missing, empty, binary, too large, wrong encoding
    │   ├── FetchError      a web address: not there, too slow, too large, or forbidden
    │   ├── DateError       a date that is none
    │   └── UnknownActor    a country or actor code nobody knows
    ├── FormatError         a file's layout is none of those known
    ├── DataError           a table of the package or of the user is damaged
    ├── StoreError          the store cannot be opened, read or written
    │   └── SchemaTooNew    the store was written by a newer version
    └── MissingExtra        an optional dependency is not installed

An error takes data and builds its message: what went wrong, where, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = [
    "DataError",
    "DateError",
    "DetenteError",
    "FetchError",
    "FileError",
    "FormatError",
    "InputError",
    "MissingExtra",
    "SchemaTooNew",
    "StoreError",
    "UnknownActor",
]


class DetenteError(Exception):
    """Any error of this package. `str(error)` is written for people.

    Args:
        what: what went wrong.
        where: the file, line, row or field it went wrong in.
        todo: what the reader can do about it.

    >>> str(DetenteError("the file is empty", where="a.txt", todo="give a file with text"))
    'a.txt: the file is empty; give a file with text'
    """

    def __init__(self, what: str, *, where: str | None = None, todo: str | None = None) -> None:
        self.what = what
        self.where = where
        self.todo = todo
        message = f"{where}: {what}" if where else what
        super().__init__(f"{message}; {todo}" if todo else message)


class InputError(DetenteError):
    """Something given to Détente cannot be read."""


class FileError(InputError):
    """A file is missing, empty, binary, too large or in an encoding nobody can tell."""


class FetchError(InputError):
    """A web address cannot be fetched, or must not be."""


class DateError(InputError):
    """A text given as a date is none."""

    def __init__(self, value: str, *, where: str | None = None) -> None:
        self.value = value
        super().__init__(
            f"{value!r} is not a date", where=where, todo="write it as YYYY-MM-DD, e.g. 2026-01-08"
        )


class UnknownActor(InputError):
    """A country or actor code or name is in no table.

    >>> str(UnknownActor("COLO", near=["COL"]))
    "'COLO' is no country or actor known here; did you mean COL?"
    """

    def __init__(self, value: str, *, near: Iterable[str] = ()) -> None:
        self.value = value
        self.near = tuple(near)
        todo = (
            f"did you mean {' or '.join(self.near)}?"
            if self.near
            else "give an ISO 3166 alpha-3 code such as USA, or a country's name"
        )
        super().__init__(f"{value!r} is no country or actor known here", todo=todo)


class FormatError(DetenteError):
    """A file's layout is none of those known."""


class DataError(DetenteError):
    """A table shipped with the package or given by the user is damaged."""


class StoreError(DetenteError):
    """The store cannot be opened, read or written."""


class SchemaTooNew(StoreError):
    """The store was written by a newer version of Détente."""

    def __init__(self, found: int, known: int, *, where: str | None = None) -> None:
        self.found = found
        self.known = known
        super().__init__(
            f"the store has schema {found}, this version knows {known}",
            where=where,
            todo="install a newer detente, or give another --store",
        )


class MissingExtra(DetenteError):
    """An optional dependency is not installed.

    >>> str(MissingExtra("reading PDF files", extra="pdf"))
    "reading PDF files needs an optional part; type: pip install 'detente[pdf]'"
    """

    def __init__(self, what: str, *, extra: str) -> None:
        self.extra = extra
        super().__init__(f"{what} needs an optional part", todo=f"type: pip install 'detente[{extra}]'")
