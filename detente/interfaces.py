"""The Protocols that the rooms meet in: what a coder, a source and a format must be able to do.

Nothing here does work. A class fits by having the names; it need not inherit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol, runtime_checkable

from detente.records import Document, Event

__all__ = ["Coder", "Format", "Source"]


@runtime_checkable
class Coder(Protocol):
    """Turns one document into its events.

    `name` says what made them, with a version ("rules.v1"); it is kept with every run of the store.
    `code` reads no file, network or clock: the same document gives the same events.
    """

    @property
    def name(self) -> str:
        """The coder and its version, e.g. "rules.v1"."""
        ...

    def code(self, document: Document) -> Iterable[Event]:
        """The events of one document, in the order of its text."""
        ...


@runtime_checkable
class Source(Protocol):
    """A part of the world that yields documents: files, a feed, an archive.

    A document that cannot be read is raised as `InputError` or handed to the caller's `on_error`.
    """

    @property
    def name(self) -> str:
        """What the source is, for messages and logs."""
        ...

    def documents(self) -> Iterator[Document]:
        """Every document of the source, in a fixed order."""
        ...


@runtime_checkable
class Format(Protocol):
    """A file layout that events can be written in.

    `losses` lists in words what the layout cannot hold; an empty tuple means that reading the file
    back gives the same events. `binary` is True where `write` yields a file that is not UTF-8 text.
    """

    @property
    def name(self) -> str:
        """The name a user types, e.g. "jsonl"."""
        ...

    @property
    def suffix(self) -> str:
        """The usual end of a file name, with the dot."""
        ...

    @property
    def binary(self) -> bool:
        """Whether `write` gives bytes that are not UTF-8 text."""
        ...

    @property
    def losses(self) -> tuple[str, ...]:
        """What this layout cannot hold, one plain phrase each."""
        ...

    def write(self, events: Sequence[Event], documents: Mapping[str, Document]) -> Iterator[bytes]:
        """The file's content in chunks, in the order of `events`; documents are looked up by id."""
        ...
