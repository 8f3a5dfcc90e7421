"""Documents go into the store: coded where the coder knows their language, else kept as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detente.interfaces import Coder
    from detente.records import Document
    from detente.store import Added, Store

__all__ = ["Kept", "keep", "languages_of"]

_BATCH = 50  # documents that are held back before they are written together


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept: `added` as the store tells it, `uncoded` how many were not coded, by language.

    The uncoded are counted where they are new, and not where they were there already.
    """

    added: Added
    uncoded: Mapping[str, int] = field(default_factory=dict)


def languages_of(coder: Coder) -> Collection[str]:
    """The ISO 639-1 codes that a coder can read: its `languages`, or English where it has none.

    >>> from detente.api import coder_of
    >>> list(languages_of(coder_of("rules")))
    ['en']
    """
    found: Collection[str] = getattr(coder, "languages", ("en",))
    return found


def keep(store: Store, documents: Iterable[Document], coder: Coder, *, retrieved: datetime | None) -> Kept:
    """Add documents to a store, and code those whose language the coder knows.

    The others are kept without a coder, so that one which knows their language can code them later.
    A text too short to tell its language is coded. The language found is kept with the document.

    >>> from detente.api import coder_of, open_store
    >>> from detente.sources.text import make_document
    >>> note = make_document("El canciller dijo que las conversaciones seguirán en marzo.")
    >>> with open_store(":memory:") as store:
    ...     kept = keep(store, [note], coder_of("rules"), retrieved=None)
    >>> kept.added.documents, dict(kept.uncoded)
    (1, {'es': 1})
    """
    from detente.sources.languages import with_language
    from detente.store import Added

    known = languages_of(coder)
    waiting: list[Document] = []
    uncoded: Counter[str] = Counter()
    others = Added()

    def flush() -> None:
        nonlocal others
        batch = list(waiting)
        waiting.clear()
        for document in batch:
            part = store.add([document], retrieved=retrieved)
            others += part
            if part.documents:
                uncoded[document.language or ""] += 1

    def codable() -> Iterator[Document]:
        for given in documents:
            document = with_language(given)
            if document.language is None or document.language in known:
                yield document
                continue
            waiting.append(document)
            if len(waiting) >= _BATCH:
                flush()

    try:
        added = store.add(codable(), coder, retrieved=retrieved)
    finally:
        flush()  # also when the documents stop with an error: what was read is kept
    return Kept(added + others, dict(uncoded))
