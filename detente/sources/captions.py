"""Captions become documents: WebVTT and SRT, with the second at which every cue begins.

The parser is our own: webvtt-py gives a cue with two voices to the first of them, leaves entities
as they are, and drops a damaged cue without a word.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from detente.errors import FileError, InputError
from detente.records import Document, Kind
from detente.sources.encodings import decode
from detente.sources.text import make_document, normalise
from detente.sources.transcripts import day_in_name, join

__all__ = ["CAPTIONS_LIMIT", "CUE_LIMIT", "Cue", "read_captions", "read_cues"]

CAPTIONS_LIMIT = 20_000_000
"""Bytes of one caption file. A whole day of speech with word timings has about 10 MB."""

CUE_LIMIT = 10_000
"""Characters of one cue with its markup. A screen holds under 200; word timings make ten times more."""

_ARROW = re.compile(r"(?P<start>[\d:.,]{5,16})[ \t]*-->[ \t]*(?P<end>[\d:.,]{5,16})(?:[ \t].*)?")
_CLOCK = re.compile(r"(?:(\d{1,4}):)?([0-5]?\d):([0-5]\d)[.,](\d{1,3})", re.ASCII)
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]{1,200})>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z0-9][^<>]*>|</>|\{\\[^{}]{1,40}\}")
_CHEVRON = re.compile(r"(?:>>+|»|–\s(?=[A-Z]{2}))\s*(?:(?P<who>[A-Z][A-Z .'’-]{1,50}[A-Z.]):\s*)?")
_CAPITALS = re.compile(r"(?P<who>[A-Z][A-Z .'’-]{1,50}[A-Z.]):\s+")
_ENDS = re.compile(r"[.!?…][\"'”’)\]]*$")
_SILENCE = 3.0  # seconds between two cues that part paragraphs
_LONG, _LONGEST = 700, 1600  # characters of a paragraph: it may end, it must end
_TOUCH = 0.1  # cues this near are one roll of lines


@dataclass(frozen=True, slots=True)
class Cue:
    """Words shown from `start` to `end` (seconds); `speaker` where the cue names one.

    `speaker` is ">>" where the cue says only that somebody else speaks now.
    """

    start: float
    end: float
    text: str
    speaker: str | None = None


def read_captions(
    content: bytes,
    *,
    where: str,
    published: date | None = None,
    title: str | None = None,
    url: str | None = None,
    publisher: str | None = None,
    on_error: Callable[[FileError], None] | None = None,
) -> Document:
    r"""The running text of a WebVTT or SRT file, with `times` and `turns`.

    Lines that roll up the screen or are shown twice count once. `times` are (offset, seconds), one a
    cue; `turns` come from voice tags (`<v Ann Lee>`), `>> ANN LEE:` and `ANN LEE:`. Without
    `published` the day is that of the file's name. A damaged cue goes to `on_error` and the rest
    goes on; without `on_error` it raises. Raises `FileError` where no cue with words is left.

    >>> made = read_captions(
    ...     b"WEBVTT\n\n00:01.000 --> 00:03.000\n<v Ann Lee>We met\n\n"
    ...     b"00:03.000 --> 00:05.500\n<v Ann Lee>on Monday.\n", where="a.vtt"
    ... )
    >>> made.text, made.times, made.turns
    ('We met on Monday.', ((0, 1.0), (7, 3.0)), ((0, 'Ann Lee'),))
    """
    parts: list[tuple[str, str]] = []
    seconds: list[float] = []
    speakers: list[tuple[int, str]] = []
    length = 0
    last: Cue | None = None
    speaker: str | None = None
    for cue in _unrolled(read_cues(content, where=where, on_error=on_error)):
        glue = " "
        if cue.speaker is not None and (cue.speaker != speaker or cue.speaker == ">>"):
            speaker = cue.speaker
            speakers.append((len(parts), speaker))
            glue = "\n\n"
        elif last is not None:
            ended = _ENDS.search(last.text[-8:]) is not None
            if (ended and (cue.start - last.end >= _SILENCE or length > _LONG)) or length > _LONGEST:
                glue = "\n\n"
        parts.append((glue, cue.text))
        seconds.append(cue.start)
        length = len(cue.text) if glue != " " else length + len(cue.text) + 1
        last = cue
    kept, starts = join(parts)
    if not kept:
        raise FileError("there is no cue with words", where=where, todo="give a WebVTT or SRT file")
    try:
        made = make_document(
            kept,
            title=title or _header(content),
            url=url,
            published=published or day_in_name(where),
            publisher=publisher,
            kind=Kind.TRANSCRIPT,
        )
    except FileError:
        raise
    except InputError as error:
        raise FileError(error.what, where=where, todo=error.todo) from error
    return replace(
        made,
        times=tuple((at, second) for at, second in zip(starts, seconds, strict=True) if at is not None),
        turns=tuple((at, who) for index, who in speakers if (at := starts[index]) is not None),
    )


def read_cues(
    content: bytes, *, where: str, on_error: Callable[[FileError], None] | None = None
) -> Iterator[Cue]:
    """The cues of a WebVTT or SRT file in the order of the file, one for every voice in them.

    Markup, notes, styles and regions are left out. See `read_captions` for the errors.

    >>> srt = b"1\\n00:00:01,000 --> 00:00:02,500\\n<i>No</i> &amp; no\\n"
    >>> list(read_cues(srt, where="a.srt"))
    [Cue(start=1.0, end=2.5, text='No & no', speaker=None)]
    """
    text = _decoded(content, where)
    if "-->" not in text:
        raise FileError("there is no cue in the file", where=where, todo="give a WebVTT or SRT file")
    lines = re.split(r"\r\n|[\r\n]", text)
    strict = text.startswith("WEBVTT")  # there a line with one space is a line of the cue
    i = 0
    while i < len(lines):
        if "-->" not in lines[i]:
            i += 1
            continue
        at, timing = f"{where} line {i + 1}", lines[i]
        body: list[str] = []
        i += 1
        while i < len(lines) and "-->" not in lines[i] and (lines[i] if strict else lines[i].strip()):
            body.append(lines[i])
            i += 1
        if i < len(lines) and "-->" in lines[i] and body and body[-1].strip().isdigit():
            body.pop()  # the number of the next cue, with no blank line before it
        try:
            yield from _cue(timing, "\n".join(body), at)
        except FileError as error:
            if on_error is None:
                raise
            on_error(error)


def _decoded(content: bytes, where: str) -> str:
    if len(content) > CAPTIONS_LIMIT:
        raise FileError(
            f"the file is larger than {CAPTIONS_LIMIT / 1e6:.0f} MB", where=where, todo="cut it into parts"
        )
    return decode(content, where)


def _header(content: bytes) -> str | None:
    """The words behind WEBVTT in the first line, which name the video."""
    first = content[:400].decode("utf-8", "ignore").lstrip("\ufeff").splitlines()
    if first and first[0].startswith("WEBVTT"):
        return first[0][6:].strip(" \t-–—") or None
    return None


def _clock(value: str, at: str) -> float:
    match = _CLOCK.fullmatch(value)
    if match is None:
        raise FileError(f"{value!r} is no time of a cue", where=at, todo="write it as 00:01:02.500")
    hours, minutes, seconds, part = match.groups()
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int(part.ljust(3, "0")) / 1000


def _cue(timing: str, body: str, at: str) -> Iterator[Cue]:
    match = _ARROW.fullmatch(timing.strip()) if len(timing) < 500 else None
    if match is None:
        raise FileError(
            "the times of the cue cannot be read",
            where=at,
            todo="write them as 00:01:02.500 --> 00:01:04.000",
        )
    start, end = _clock(match["start"], at), _clock(match["end"], at)
    if end < start:
        raise FileError("the cue ends before it begins", where=at, todo="repair its times")
    if len(body) > CUE_LIMIT:
        raise FileError(
            f"the cue is longer than {CUE_LIMIT} characters", where=at, todo="give captions, not a text"
        )
    pieces = _VOICE.split(body)
    for k in range(0, len(pieces), 2):
        voice = " ".join(html.unescape(pieces[k - 1]).split()) if k else None
        # Unescaped after the tags are gone, so that "&lt;b&gt;" stays what it says.
        bare = html.unescape(_TAG.sub("", pieces[k]))
        yield from _spoken(start, end, bare, voice)


def _spoken(start: float, end: float, text: str, voice: str | None) -> Iterator[Cue]:
    """The words of a cue, cut where `>>` or a name in capitals gives the word to somebody else."""
    run: list[str] = []
    speaker = voice
    for raw in text.split("\n"):
        line = " ".join(normalise(raw).split())
        match = _CHEVRON.match(line) or _CAPITALS.match(line)
        if match and match.end():
            if run:
                yield Cue(start, end, "\n".join(run), speaker)
                run = []
            speaker = match["who"] or ">>"
            line = line[match.end() :]
        if line:
            run.append(line)
    if run:
        yield Cue(start, end, "\n".join(run), speaker)


def _unrolled(cues: Iterator[Cue]) -> Iterator[Cue]:
    """The cues with every shown line once: what rolls up, grows or is shown on is left out.

    A cue that follows at once and begins with lines the last one ended with repeats them; a first
    line that begins with the whole last line has grown out of it.
    """
    shown: list[str] = []
    end = -1.0
    for cue in cues:
        lines = cue.text.split("\n")
        fresh = lines
        if cue.start <= end + _TOUCH:
            size = min(len(shown), len(lines), 8)
            same = next((k for k in range(size, 0, -1) if shown[-k:] == lines[:k]), 0)
            fresh = lines[same:]
            if not same and shown and lines[0].startswith(shown[-1] + " "):
                fresh = [lines[0][len(shown[-1]) + 1 :], *lines[1:]]
        shown = lines if cue.start > end + _TOUCH or len(lines) > 1 else [*shown[-3:], *lines]
        end = max(end, cue.end) if cue.start <= end + _TOUCH else cue.end
        if fresh:
            yield replace(cue, text=" ".join(fresh))
