"""What a user typed becomes a list of things to read: addresses, files, folders, patterns, a pipe."""

from __future__ import annotations

import glob
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from detente.errors import FileError, InputError

__all__ = ["ENDINGS", "OnError", "OnSkipped", "Place", "ending_of", "find_places"]

OnError = Callable[[InputError], None]
"""What is done with a thing that cannot be read, while the rest goes on."""

OnSkipped = Callable[[str, str], None]
"""What is done with the place of something that is no document, and no fault, and why."""

ENDINGS = (
    ".txt",
    ".md",
    ".html",
    ".htm",
    ".xhtml",
    ".pdf",
    ".json",
    ".jsonl",
    ".csv",
    ".vtt",
    ".srt",
    ".rss",
    ".xml",
    ".atom",
    ".opml",
    ".warc",
)
"""The endings of files that are read, each also with .gz behind it."""

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_PATTERN = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Place:
    """One thing to read: `name` as it is shown, `kind` "file", "address" or "input" (a pipe).

    `ending` is that of a file, in small letters, without .gz; "" where it has none.
    """

    name: str
    kind: str = "file"
    ending: str = ""


def ending_of(name: str) -> str:
    """The ending that tells how a file is laid out, in small letters, without .gz.

    >>> ending_of("news/CC-2026.warc.gz"), ending_of("a.TXT"), ending_of("README")
    ('.warc', '.txt', '')
    """
    path = Path(name)
    suffix = path.suffix.lower()
    return Path(path.stem).suffix.lower() if suffix == ".gz" else suffix


def find_places(typed: Iterable[Path | str], on_error: OnError) -> Iterator[Place]:
    """Everything to read in what was typed, in its order, nothing twice.

    A web address stays one; `-` is the standard input; a folder stands for the files in it, also in
    its folders, by name; a pattern such as "news/**/*.html" for what fits it. In a folder or a
    pattern only files of known endings count: the others go to `on_error`, once for each ending.
    Hidden files and folders, and links to folders, are passed over. A list of feeds (.opml) leads to
    the web, so it counts only where it is named.

    >>> [p.kind for p in find_places(["https://example.org/a", "-", "a.txt"], print)]
    ['address', 'input', 'file']
    """
    seen: set[str] = set()
    for item in typed:
        for place in _places(str(item), on_error):
            key = os.path.realpath(place.name) if place.kind == "file" else place.name
            if key not in seen:
                seen.add(key)
                yield place


def _places(typed: str, on_error: OnError) -> Iterator[Place]:
    if typed == "-":
        yield Place("-", "input")
    elif _ADDRESS.match(typed):
        yield Place(typed, "address")
    elif _is_folder(typed):
        yield from _known(_walk(typed, on_error), typed, on_error)
    elif _PATTERN.search(typed) and not os.path.lexists(typed):
        yield from _matching(typed, on_error)
    else:
        yield Place(typed, "file", ending_of(typed))


def _is_folder(typed: str) -> bool:
    try:
        return Path(typed).is_dir()
    except (OSError, ValueError):
        return False  # the reader of the file says what is wrong with it


def _walk(folder: str, on_error: OnError) -> Iterator[str]:
    """The files under a folder in the order of their names; one that cannot be opened is told."""

    def closed(error: OSError) -> None:
        on_error(
            FileError(
                f"the folder cannot be read ({error.strerror})",
                where=str(error.filename),
                todo="check its rights",
            )
        )

    for here, folders, files in os.walk(folder, onerror=closed):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith("."):
                yield str(Path(here) / name)


def _matching(pattern: str, on_error: OnError) -> Iterator[Place]:
    # A pattern may be absolute and may hold "..", which Path.glob does not take.
    found = sorted(glob.glob(str(Path(pattern).expanduser()), recursive=True))  # noqa: PTH207
    if not found:
        on_error(FileError("no file fits the pattern", where=pattern, todo="check the path"))
        return

    def files() -> Iterator[str]:
        for name in found:
            if _is_folder(name):
                yield from _walk(name, on_error)
            else:
                yield name

    yield from _known(files(), pattern, on_error)


def _known(names: Iterable[str], where: str, on_error: OnError) -> Iterator[Place]:
    others: Counter[str] = Counter()
    count = 0
    for name in names:
        ending = ending_of(name)
        # A .gz with nothing before it is opened and looked at.
        if (ending in ENDINGS and ending != ".opml") or (not ending and name.lower().endswith(".gz")):
            count += 1
            yield Place(name, "file", ending)
        else:
            others[ending] += 1
    for ending, number in sorted(others.items()):
        on_error(
            FileError(
                f"{number} file{'' if number == 1 else 's'} ending in {ending or 'nothing'}"
                f" {'is' if number == 1 else 'are'} not read",
                where=where,
                todo="name one to fetch its feeds"
                if ending == ".opml"
                else f"give them as one of {', '.join(ENDINGS)}",
            )
        )
    if not count and not others:
        on_error(FileError("no file is in the folder", where=where, todo="give one with texts"))
