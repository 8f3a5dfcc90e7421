"""What a user typed becomes a list of things to read: addresses, files, folders, patterns, a pipe."""

from __future__ import annotations

import glob
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from detente.errors import FileError, InputError

if TYPE_CHECKING:
    from detente.sources.speech import Hearing

__all__ = ["EMPTY", "ENDINGS", "HEARD", "OnError", "OnSkipped", "Place", "ending_of", "find_places"]

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

HEARD = (".mp3", ".m4a", ".aac", ".ogg", ".opus", ".flac", ".wav", ".mp4", ".mkv", ".webm", ".mov", ".avi")
"""The endings of files in which speech is looked for, where that can be done."""

EMPTY = ("no file fits the pattern", "no file is in the folder")
"""What is said of a folder or pattern that holds nothing."""

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


def find_places(
    typed: Iterable[Path | str], on_error: OnError, *, hearing: Hearing | None = None
) -> Iterator[Place]:
    """Everything to read in what was typed, in its order, nothing twice.

    A web address stays one; `-` is the standard input; a folder stands for the files in it, also in
    its folders, by name; a pattern such as "news/**/*.html" for what fits it. In a folder or a
    pattern only files of known endings count: the others go to `on_error`, once for each ending.
    Hidden files and folders, and links to folders, are passed over. A list of feeds (.opml) leads to
    the web, so it counts only where it is named. Audio and video count where `hearing` can hear them.

    >>> [p.kind for p in find_places(["https://example.org/a", "-", "a.txt"], print)]
    ['address', 'input', 'file']
    """
    seen: set[str] = set()
    for item in typed:
        for place in _places(str(item), on_error, hearing):
            key = os.path.realpath(place.name) if place.kind == "file" else place.name
            if key not in seen:
                seen.add(key)
                yield place


def _places(typed: str, on_error: OnError, hearing: Hearing | None) -> Iterator[Place]:
    if typed == "-":
        yield Place("-", "input")
    elif _ADDRESS.match(typed):
        yield Place(typed, "address")
    elif _is_folder(typed):
        yield from _known(_walk(typed, on_error), typed, on_error, hearing)
    elif _PATTERN.search(typed) and not os.path.lexists(typed):
        yield from _matching(typed, on_error, hearing)
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


def _matching(pattern: str, on_error: OnError, hearing: Hearing | None) -> Iterator[Place]:
    # A pattern may be absolute and may hold "..", which Path.glob does not take.
    found = sorted(glob.glob(str(Path(pattern).expanduser()), recursive=True))  # noqa: PTH207
    if not found:
        on_error(FileError(EMPTY[0], where=pattern, todo="check the path"))
        return

    def files() -> Iterator[str]:
        for name in found:
            if _is_folder(name):
                yield from _walk(name, on_error)
            else:
                yield name

    yield from _known(files(), pattern, on_error, hearing)


def _known(names: Iterable[str], where: str, on_error: OnError, hearing: Hearing | None) -> Iterator[Place]:
    others: Counter[str] = Counter()
    count = 0
    for name in names:
        ending = ending_of(name)
        if ending in HEARD and not name.lower().endswith(".gz") and hearing and not hearing.why_not():
            count += 1
            yield Place(name, "file", ending)
            continue
        # A .gz with nothing before it is opened and looked at.
        if (ending in ENDINGS and ending != ".opml") or (not ending and name.lower().endswith(".gz")):
            count += 1
            yield Place(name, "file", ending)
        else:
            others[ending] += 1
    for ending, number in sorted(others.items()):
        what = (
            f"{number} file{'' if number == 1 else 's'} ending in {ending or 'nothing'}"
            f" {'is' if number == 1 else 'are'} not read"
        )
        todo = f"give them as one of {', '.join(ENDINGS)}"
        if ending == ".opml":
            todo = "name one to fetch its feeds"
        elif ending in HEARD:
            why = hearing.why_not() if hearing else None
            what = f"{what} ({why.what})" if why else what
            todo = (why.todo if why else None) or "name one to hear it"
        on_error(FileError(what, where=where, todo=todo))
    if not count and not others:
        on_error(FileError(EMPTY[1], where=where, todo="give one with texts"))
