"""Answers of the model kept in a file, so that the same question is not paid for twice."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from detente.errors import StoreError

__all__ = ["AnswerFile"]


class AnswerFile:
    """A SQLite file of answers by the hash of address and whole request. The key is in neither.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = AnswerFile(Path(folder) / "llm.sqlite")
    ...     file.keep("http://localhost/v1", {"model": "m"}, {"content": "Yes."})
    ...     file.find("http://localhost/v1", {"model": "m"}), file.find("http://localhost/v1", {})
    ({'content': 'Yes.'}, None)
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=10)) as connection:
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS answers (hash TEXT PRIMARY KEY, answer TEXT NOT NULL)"
                )
                with connection:
                    yield connection
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"the file of answers cannot be used ({error})",
                where=str(self.path),
                todo="give another in DETENTE_LLM_CACHE, or set it empty for none",
            ) from error

    def find(self, url: str, request: Mapping[str, Any]) -> dict[str, Any] | None:
        """The answer kept for a request; None where there is none."""
        with self._open() as connection:
            row = connection.execute(
                "SELECT answer FROM answers WHERE hash = ?", (_hash(url, request),)
            ).fetchone()
        found = json.loads(row[0]) if row else None
        return found if isinstance(found, dict) else None

    def keep(self, url: str, request: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """Keep an answer."""
        with self._open() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?)",
                (_hash(url, request), json.dumps(answer, ensure_ascii=False)),
            )


def _hash(url: str, request: Mapping[str, Any]) -> str:
    text = json.dumps([url, request], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
