"""How large a thing may be before it is no document any more; every reader keeps to these."""

from __future__ import annotations

from detente.errors import FileError

__all__ = ["DOCUMENT_LIMIT", "FILE_LIMIT", "LINE_LIMIT", "check_size"]

DOCUMENT_LIMIT = 20_000_000
"""Bytes of one document. The longest treaty texts have 3 MB; more is a dump, not a document."""

LINE_LIMIT = 50_000_000
"""Bytes of one line of a .jsonl file: a document at its limit, escaped, with room to spare."""

FILE_LIMIT = 25 * DOCUMENT_LIMIT
"""Bytes of a file that is held in memory whole because it has many documents: a list in JSON, a
feed, a table of posts. Lines (.jsonl) and archives (.warc) are streamed and may be of any size."""


def check_size(size: int, limit: int, where: str) -> None:
    """Raise `FileError` where something has more bytes than it may.

    >>> check_size(3, 2_000_000, "a.txt")
    >>> check_size(3_000_000, 2_000_000, "a.txt")
    Traceback (most recent call last):
    detente.errors.FileError: a.txt: 3.0 MB is more than the 2.0 MB a document may have; split it
    into documents, one a line in a .jsonl file
    """
    if size > limit:
        raise FileError(
            f"{size / 1e6:.1f} MB is more than the {limit / 1e6:.1f} MB a document may have",
            where=where,
            todo="split it into documents, one a line in a .jsonl file",
        )
