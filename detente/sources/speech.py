"""Audio and video become transcripts by recognising speech on this machine: the extra `speech`.

Nothing is downloaded: the model is a folder that the user has, in the layout of faster-whisper
(CTranslate2). Pictures are not looked at.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from detente.errors import DetenteError, FileError, InputError, MissingExtra
from detente.records import Document, Kind
from detente.sources.places import HEARD
from detente.sources.text import make_document
from detente.sources.transcripts import day_in_name, join

__all__ = ["HEARD", "MODEL", "Hearing", "OnProgress", "Recogniser", "Segment", "read_speech", "whisper"]

MODEL = "DETENTE_SPEECH_MODEL"
"""The environment variable that names the folder of the model where nothing else does."""

OnProgress = Callable[[float, float], None]
"""Gets the seconds that are done and the seconds in all."""

# Without tokenizer.json the library would ask the network for one.
_MODEL_FILES = ("model.bin", "config.json", "tokenizer.json")
_PAUSE = 2.0  # seconds of silence that part paragraphs
_LONG = 1_000  # characters after which a paragraph ends with its sentence


@dataclass(frozen=True, slots=True)
class Segment:
    """Words heard from `start` to `end`, in seconds."""

    start: float
    end: float
    text: str


class Recogniser(Protocol):
    """Hears speech: gives the language (ISO 639-1 or None), the seconds in all, and the segments."""

    def __call__(self, path: Path) -> tuple[str | None, float, Iterable[Segment]]:
        """Recognises a file; segments may be made while they are taken."""


def whisper(model: Path | str, *, threads: int = 0, language: str | None = None) -> Recogniser:
    """A recogniser with a faster-whisper model in a local folder; `threads` 0 takes all.

    Raises `FileError` where the folder holds no model, `MissingExtra` without faster-whisper.

    >>> whisper("/no/such/model")
    Traceback (most recent call last):
    detente.errors.FileError: /no/such/model: there is no speech model in this folder (model.bin is missing);
        give a folder with a model in faster-whisper's layout
    """
    folder = Path(model)
    _check_model(folder)
    try:
        library: Any = importlib.import_module("faster_whisper")
    except ImportError as error:
        raise MissingExtra("recognising speech", extra="speech") from error
    try:
        # The folder is there, and `local_files_only` keeps the library from asking the network for more.
        loaded = library.WhisperModel(str(folder), device="cpu", cpu_threads=threads, local_files_only=True)
    except Exception as error:  # the libraries below raise what they like, also bare exceptions
        raise FileError(
            f"the speech model cannot be loaded ({type(error).__name__}: {str(error)[:120]})",
            where=str(model),
            todo="give a folder with a model in faster-whisper's layout",
        ) from error

    def hear(path: Path) -> tuple[str | None, float, Iterable[Segment]]:
        found, info = loaded.transcribe(str(path), language=language, vad_filter=True)
        segments = (Segment(float(s.start), float(s.end), str(s.text)) for s in found)
        return info.language, float(info.duration), segments

    return hear


def _check_model(folder: Path) -> None:
    for name in _MODEL_FILES:
        if not (folder / name).is_file():
            raise FileError(
                f"there is no speech model in this folder ({name} is missing)",
                where=str(folder),
                todo="give a folder with a model in faster-whisper's layout",
            )


class Hearing:
    """Hears audio and video files one after the other; the model is loaded for the first of them.

    `model` is the folder of the model; without it the environment variable `MODEL` names it. `recogniser`
    is used in its place. `on_progress` may be set at any time.

    >>> str(Hearing("/no/such/model", recogniser=lambda path: ("en", 0.0, [])).why_not())
    'None'
    """

    def __init__(
        self,
        model: Path | str | None = None,
        *,
        threads: int = 0,
        recogniser: Recogniser | None = None,
        on_progress: OnProgress | None = None,
    ) -> None:
        self.on_progress = on_progress
        self._model = model or os.environ.get(MODEL) or None
        self._threads = threads
        self._recogniser = recogniser

    def why_not(self) -> DetenteError | None:
        """Why nothing can be heard: the extra or the model is missing; None where it can. Loads nothing."""
        if self._recogniser is not None:
            return None
        if importlib.util.find_spec("faster_whisper") is None:
            return MissingExtra("recognising speech", extra="speech")
        if self._model is None:
            return InputError(
                "no speech model is named", todo=f"give its folder with --speech-model, or in {MODEL}"
            )
        try:
            _check_model(Path(self._model))
        except FileError as error:
            return error
        return None

    def read(self, path: Path | str, *, published: date | None = None) -> Document:
        """What is said in a file; see `read_speech`. Raises `FileError` also where nothing can be heard."""
        _file_of(path)  # a model takes seconds to load
        why = self.why_not()
        if why is not None:
            place = f"{why.what} [{why.where}]" if why.where else why.what
            raise FileError(place, where=str(path), todo=why.todo)
        if self._recogniser is None:
            assert self._model is not None
            self._recogniser = whisper(self._model, threads=self._threads)
        return read_speech(path, self._recogniser, published=published, on_progress=self.on_progress)


def _file_of(path: Path | str) -> Path:
    file = Path(path)
    if not file.is_file():
        raise FileError("there is no such file", where=str(path), todo="check the path")
    return file


def read_speech(
    path: Path | str,
    recogniser: Recogniser,
    *,
    published: date | None = None,
    title: str | None = None,
    url: str | None = None,
    publisher: str | None = None,
    on_progress: OnProgress | None = None,
) -> Document:
    """The words spoken in an audio or video file, with `times` (one a segment).

    `on_progress` gets (seconds done, seconds in all) after each segment. Without `published` the day
    is that of the file's name. Speakers are not told apart. Raises `FileError` where the file is
    missing, cannot be heard, or holds no speech.
    """
    file, where = _file_of(path), str(path)
    try:
        language, total, segments = recogniser(file)
        kept = list(_heard(segments, total, on_progress))
    except (OSError, ValueError, RuntimeError, IndexError) as error:
        raise FileError(
            f"the sound cannot be read ({type(error).__name__}: {str(error)[:120]})",
            where=where,
            todo=f"give one of {', '.join(HEARD)}",
        ) from error
    text, starts = join(_paragraphs(kept))
    if not text:
        raise FileError("no speech is heard in the file", where=where, todo="give one where somebody speaks")
    made = make_document(
        text,
        title=title,
        url=url,
        published=published or day_in_name(where),
        publisher=publisher,
        kind=Kind.TRANSCRIPT,
        language=language,
    )
    times = tuple((at, s.start) for at, s in zip(starts, kept, strict=True) if at is not None)
    return replace(made, times=times)


def _heard(segments: Iterable[Segment], total: float, on_progress: OnProgress | None) -> Iterator[Segment]:
    for segment in segments:
        yield segment
        if on_progress is not None:
            on_progress(min(segment.end, total), total)


def _paragraphs(segments: Iterable[Segment]) -> Iterator[tuple[str, str]]:
    last: Segment | None = None
    length = 0
    for segment in segments:
        glue = " "
        if last is not None:
            ended = last.text.rstrip().endswith((".", "?", "!"))
            if ended and (segment.start - last.end >= _PAUSE or length > _LONG):
                glue, length = "\n\n", 0
        length += len(segment.text)
        last = segment
        yield glue, segment.text
