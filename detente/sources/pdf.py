"""PDF files become documents: their lines put together again into paragraphs.

A PDF knows where letters stand on a page, not what a paragraph is. A wider gap, an indent, or a
short line that ends a sentence begins a new one; words cut at a line's end are joined; lines that
come back at the head or foot of the pages, and page numbers, are left out.
"""

from __future__ import annotations

import logging
import math
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from detente.errors import DateError, FileError
from detente.records import Document
from detente.sources.documents import from_fields
from detente.sources.limits import DOCUMENT_LIMIT
from detente.sources.text import parse_date

if TYPE_CHECKING:
    from pypdf import PdfReader

__all__ = ["PAGE_LIMIT", "STEP_LIMIT", "read_pdf"]

PAGE_LIMIT = 3_000
"""Pages of one document. The longest treaties have about 2,000."""

STEP_LIMIT = 3_000_000
"""Drawing steps of a whole document: what forms that draw forms can multiply. A page has about 500."""

_STREAM_LIMIT = 50_000_000  # bytes of one stream after unpacking
_GAP = 1.3  # times the usual distance of lines: a wider one parts paragraphs
_LETTERS = 0.12  # a change of the size of letters, as a share, that parts a heading from its text
_SHORT = 0.85  # of the usual width of a line: a shorter one may end a paragraph
_EDGE = 3  # lines at the head and at the foot of a page that may be running heads

_NUMBER = re.compile(
    r"[\[(|–—-]*\s*(?:page|p\.|seite|página|стр\.)?\s*(?:\d{1,4}|[ivxlc]{1,7})"
    r"(?:\s*(?:of|/|de|von)\s*\d{1,4})?\s*[\])|–—-]*",
    re.I,
)
_ENDS = re.compile(r"[.!?:…][\"'”’»)\]]*$")
_ITEM = re.compile(r"(?:[•▪◦‣*–—-]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s")
_SPEAKER = re.compile(r"[A-Z][A-Z.'’ -]{2,40}:\s|Q[:.]?\s+[A-Z“]")
_CUT = re.compile(r"([^\W\d_][\w-]*)[-\u00ad\u2010]$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_FILE_NAME = re.compile(r"(?:.*[\\/])?[^\\/]+\.(?:docx?|rtf|odt|indd|pdf|wpd|qxd|pages|txt|html?|pub)", re.I)
_OFFICE = re.compile(r"Microsoft (?:Word|PowerPoint|Publisher)\s*-\s*", re.I)


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    x: float
    y: float
    size: float


class _TooMuch(Exception):
    """The drawing steps of the document went over the limit."""


def read_pdf(
    content: bytes, *, where: str, published: date | None = None, limit: int = DOCUMENT_LIMIT
) -> Document:
    """The text of a PDF file, with the title, author, language and days that its metadata state.

    A text with the turns of speakers becomes a transcript, see `detente.sources.transcripts`.
    `published` goes before the day of the metadata, which is that of making the file. `limit` is in
    characters of text. Raises `FileError` for a file that is no PDF, is damaged, is locked by a
    password, has only pictures, has more than `PAGE_LIMIT` pages or `STEP_LIMIT` drawing steps, or
    unpacks to more than it may.

    >>> read_pdf(b"They met.", where="a.pdf")
    Traceback (most recent call last):
    detente.errors.FileError: a.pdf: this is no PDF file; give a file that begins with %PDF
    """
    if b"%PDF-" not in content[:1024]:
        raise FileError("this is no PDF file", where=where, todo="give a file that begins with %PDF")
    from pypdf import apply_configuration
    from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError

    bounds = apply_configuration(
        zlib_maximum_output_length=_STREAM_LIMIT,
        lzw_maximum_output_length=_STREAM_LIMIT,
        run_length_maximum_output_length=_STREAM_LIMIT,
        page_tree_maximum_entries=10 * PAGE_LIMIT,
    )
    try:
        with _quiet(), bounds:
            reader = _opened(content, where)
            pages = _pages(reader, where, limit)
            fields, modified = _metadata(reader)
    except FileError:
        raise
    except (FileNotDecryptedError, DependencyError) as error:
        raise _locked(where) from error
    except (LimitReachedError, _TooMuch, MemoryError) as error:
        raise FileError(
            "the PDF unpacks to more than a document may have", where=where, todo="give its text as .txt"
        ) from error
    except Exception as error:  # damage shows as any kind of error in any part of the reader
        raise FileError(
            f"the PDF is damaged ({type(error).__name__}: {str(error)[:120] or 'no reason given'})",
            where=where,
            todo="fetch it again, or give its text as .txt",
        ) from error
    text = "\n\n".join(_paragraphs(_without_heads(pages)))
    if sum(c.isalpha() for c in text) < 3:
        raise FileError(
            "the PDF has no text, only pictures of it", where=where, todo="run text recognition (OCR) first"
        )
    if published is not None:
        fields["published"] = None
    made = from_fields({**fields, "text": text}, where, published)
    from detente.sources.transcripts import read_transcript

    spoken = read_transcript(text, where=where, published=made.published, title=made.title)
    if spoken is not None:
        made = replace(spoken, author=made.author, language=made.language)
    later = modified is not None and made.published is not None and modified > made.published
    return replace(made, modified=modified) if later else made


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the reader's notes on small faults off the screen; what matters is raised."""
    logger = logging.getLogger("pypdf")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)  # the level, unlike `disabled`, holds for its modules too
    try:
        yield
    finally:
        logger.setLevel(before)


def _locked(where: str) -> FileError:
    return FileError(
        "the PDF is locked by a password or a cipher", where=where, todo="give an unlocked copy of it"
    )


def _opened(content: bytes, where: str) -> PdfReader:
    import io

    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    # Many a file is locked against changes only: the empty password opens it for reading.
    if reader.is_encrypted and not reader.decrypt(""):
        raise _locked(where)
    return reader


def _pages(reader: PdfReader, where: str, limit: int) -> list[list[_Line]]:
    count = len(reader.pages)
    if not count:
        raise FileError("the PDF has no page", where=where, todo="fetch it again")
    if count > PAGE_LIMIT:
        raise FileError(
            f"the PDF has {count:,} pages, more than the {PAGE_LIMIT:,} a document may have",
            where=where,
            todo="cut it into parts",
        )
    steps = size = 0

    def step(*_: Any) -> None:
        nonlocal steps
        steps += 1
        if steps > STEP_LIMIT:
            raise _TooMuch

    pages = []
    for page in reader.pages:
        pages.append(_lines(page, step))
        size += sum(len(line.text) for line in pages[-1])
        if size > limit or steps > STEP_LIMIT:  # the reader swallows what is raised inside a form
            raise _TooMuch
    return pages


def _lines(page: Any, step: Any) -> list[_Line]:
    """The lines of a page in the order in which they are drawn, with where each begins in points."""
    lines: list[_Line] = []
    open_text, x, y, size = "", 0.0, 0.0, 0.0

    def take(text: str, outer: Sequence[float], inner: Sequence[float], _: Any, font: float) -> None:
        nonlocal open_text, x, y, size
        for number, part in enumerate(text.split("\n")):
            if number:
                if open_text.strip():
                    lines.append(_Line(" ".join(open_text.split()), x, y, size))
                open_text = ""
            if not open_text.strip() and part.strip():
                x = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
                y = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
                size = font * math.hypot(
                    inner[2] * outer[0] + inner[3] * outer[2], inner[2] * outer[1] + inner[3] * outer[3]
                )
            open_text += part

    page.extract_text(visitor_text=take, visitor_operand_before=step)
    take("\n", (1, 0, 0, 1, 0, 0), (1, 0, 0, 1, 0, 0), None, 0.0)
    return lines


def _without_heads(pages: list[list[_Line]]) -> list[list[_Line]]:
    """The pages without the lines that come back at their head or foot, and without their numbers."""
    edges = [_edge(lines) for lines in pages]
    seen = Counter(key for edge in edges for key in {_key(line.text) for line in edge})
    often = max(2, math.ceil(0.4 * len(pages)))
    repeated = {key for key, count in seen.items() if count >= often and len(key) < 200}
    kept = []
    for lines, edge in zip(pages, edges, strict=True):
        dropped = {
            id(line) for line in edge if _key(line.text) in repeated or _NUMBER.fullmatch(line.text.strip())
        }
        kept.append([line for line in lines if id(line) not in dropped])
    # Where every page says the same, that is no head, but the text.
    return kept if any(c.isalpha() for lines in kept for line in lines for c in line.text) else pages


def _edge(lines: list[_Line]) -> list[_Line]:
    """The lines that stand highest and lowest; on a page of few lines only the outermost ones."""
    ranked = sorted(lines, key=lambda line: -line.y)
    size = min(_EDGE, len(ranked) // 3)
    return ranked[:size] + ranked[len(ranked) - size :] if size else ranked[-1:]


def _key(text: str) -> str:
    return re.sub(r"\d+", "0", text).casefold()


def _paragraphs(pages: list[list[_Line]]) -> Iterator[str]:
    known = Counter(w.casefold() for lines in pages for line in lines for w in _WORD.findall(line.text))
    body: list[str] = []
    for lines in pages:
        drops = [a.y - b.y for a, b in pairwise(lines) if 0 < a.y - b.y < 100]
        usual = statistics.median_low(drops) if drops else 0.0
        widths = sorted(len(line.text) for line in lines)
        width = widths[int(0.8 * (len(widths) - 1))] if widths else 0
        margin = statistics.median_low([line.x for line in lines]) if lines else 0.0
        before: _Line | None = None
        for line in lines:
            if body and _begins(before, line, usual, width, margin, body[-1]):
                yield _joined(body, known)
                body = []
            body.append(line.text)
            before = line
    if body:
        yield _joined(body, known)


def _begins(before: _Line | None, line: _Line, usual: float, width: int, margin: float, words: str) -> bool:
    """Whether a line begins a paragraph, after the `words` that stand before it."""
    ended = bool(_ENDS.search(words))
    if _SPEAKER.match(line.text):
        return True
    if before is None:  # the first line of a page goes on with the last one, unless that had ended
        return ended
    drop = before.y - line.y
    if drop < 0:  # a new column, or a line drawn out of order
        return ended
    if usual and drop > _GAP * usual:
        return True
    if abs(line.size - before.size) > _LETTERS * before.size:  # a heading, or the text after one
        return True
    if line.x - margin > 4 and line.x > before.x + 4 and ended:
        return True
    if _ITEM.match(line.text) and (ended or len(words) < _SHORT * width):
        return True
    return ended and len(words) < _SHORT * width


def _joined(lines: Sequence[str], known: Counter[str]) -> str:
    text = lines[0]
    for line in lines[1:]:
        cut, word = _CUT.search(text), _WORD.match(line)
        if cut and word and line[0].islower():
            whole, hyphened = cut[1] + word[0], f"{cut[1]}-{word[0]}"
            # A word that is written with its hyphen elsewhere keeps it ("so-called").
            keeps = known[hyphened.casefold()] > known[whole.casefold()]
            text = f"{text[:-1]}{'-' if keeps else ''}{line}"
        else:
            text = f"{text} {line}"
    return text.replace("\u00ad", "")


def _metadata(reader: PdfReader) -> tuple[dict[str, str | None], date | None]:
    """What the file states of itself; a field that cannot be read counts as not stated."""
    info = reader.metadata
    title = _OFFICE.sub("", " ".join(str(info.title or "").split())) if info else ""
    if _FILE_NAME.fullmatch(title) or title.casefold() in ("untitled", "document", "document1"):
        title = ""
    lang = reader.root_object.get("/Lang")
    language = re.match(r"([A-Za-z]{2})(?:[-_]|$)", lang) if isinstance(lang, str) else None
    made = _day(info, "creation_date") if info else None
    fields = {
        "title": title or None,
        "author": (str(info.author).strip() or None) if info and info.author else None,
        "published": made.isoformat() if made else None,
        "language": language[1].lower() if language else None,
    }
    return fields, _day(info, "modification_date") if info else None


def _day(info: Any, name: str) -> date | None:
    try:
        moment = getattr(info, name)
        return parse_date(moment.date().isoformat()) if moment else None
    except (DateError, ValueError, TypeError, AttributeError):
        return None  # a clock that was never set, or words where a day should be
