"""What the counting of acts needs to know of an event and of a story, whatever holds them."""

from __future__ import annotations

from typing import Protocol

from detente.records import Status, Voice

__all__ = ["Reported", "StoryLike"]


class StoryLike(Protocol):
    """What `acts` needs of a story: its id and the ids of its reports. `records.Story` fits."""

    @property
    def id(self) -> str:
        """Stable identifier of the story."""
        ...

    @property
    def events(self) -> tuple[str, ...]:
        """Ids of the events that report it."""
        ...


class Reported(Protocol):
    """What `acts` needs of an event. `records.Event` fits, and so do the bare rows of a store."""

    @property
    def id(self) -> str:
        """Stable identifier of the event."""
        ...

    @property
    def document(self) -> str:
        """Id of the document that reports it."""
        ...

    @property
    def event(self) -> str:
        """Its PLOVER type."""
        ...

    @property
    def actor_codes(self) -> tuple[str, ...]:
        """Codes of the acting side."""
        ...

    @property
    def recipient_codes(self) -> tuple[str, ...]:
        """Codes of the receiving side."""
        ...

    @property
    def symmetric(self) -> bool:
        """Whether both sides act."""
        ...

    @property
    def status(self) -> Status:
        """Whether it happened."""
        ...

    @property
    def voice(self) -> Voice:
        """Who asserts it."""
        ...

    @property
    def quad(self) -> int:
        """Its quad class, 1 to 4."""
        ...

    @property
    def modes(self) -> tuple[str, ...]:
        """Its PLOVER modes."""
        ...

    @property
    def date(self) -> str | None:
        """Its ISO date, perhaps reduced."""
        ...

    @property
    def date_end(self) -> str | None:
        """The last one of a range."""
        ...

    @property
    def confidence(self) -> float | None:
        """The coder's own."""
        ...
