"""Transcripts become documents: who speaks where is kept beside the text.

A label such as "THE PRESIDENT:", "Q" or "PRESIDENT PETRO: (As interpreted.)" begins a turn. It stays
in the text, on a line of its own; the words of the text stay as they were published.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from detente.errors import DateError, FileError
from detente.links import host_of
from detente.records import Document, Kind
from detente.sources.text import make_document, normalise, parse_date

__all__ = ["TRANSCRIPT_LIMIT", "day_in_name", "join", "read_transcript"]

TRANSCRIPT_LIMIT = 20_000_000
"""Characters of one transcript. A day of parliament has about 500,000."""

_HEAD = 20_000  # characters in which front matter must end
_WRAPPED = 100  # no line of a text broken at a column is longer
_LABEL = 60  # characters of the longest label

_FIELD = re.compile(r"([A-Za-z_][\w-]{0,40})\s*:\s*(.*)")
_COLON = re.compile(
    r"(?P<bold>\*\*|__)?(?P<who>[^\W\d_][^:*\n()\[\]]{0,59}?)"
    r"(?:\s*[(\[](?P<aside>[^()\[\]:\n]{0,60}|\d{1,2}(?::\d{2}){1,2})[)\]])?"
    r"(?::(?:\*\*|__)?|(?:\*\*|__):)(?:\s+(?P<rest>.*)|\s*)"
)
_QUESTION = re.compile(r"(?:Q|QUESTION)(?:\s*:\s*|\s{2,}|\s(?=[A-Z“\"(]))(?P<rest>.*)")
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})")
_DIRECTION = re.compile(r"[(\[][^()\[\]]{1,300}[)\]]\.?")
_TIME_OF_DAY = re.compile(r"\d{1,2}[:.]\d{2}\s?[AaPp]\.?\s?[Mm]\b.{0,20}")
_MARKS = re.compile(r"(?<![\w*\\])(\*{1,3})(?=\S)([^*\n]{1,500}?)(?<=\S)\1(?![\w*])")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!-])")
_HEADLINE = re.compile(r"#\s+(.+)")
_NAME_DAY = re.compile(r"(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)")
_MONTHS = "January February March April May June July August September October November December".split()
_WRITTEN_DAY = re.compile(
    rf"\b(?:(?P<m1>{'|'.join(_MONTHS)})\s(?P<d1>\d{{1,2}}),?|(?P<d2>\d{{1,2}})\s(?P<m2>{'|'.join(_MONTHS)}))"
    r"\s(?P<y>\d{4})\b"
)

# Words that stand before a colon in capitals and name nobody who speaks.
_NOBODY = frozenset(
    "NOTE NOTES SUBJECT DATE FROM TO CC RE LOCATION TIME PLACE SOURCE CONTACT UPDATE UPDATED CORRECTION "
    "TITLE URL TAGS PHOTO VIDEO WATCH READ MORE ALSO SUMMARY BACKGROUND CONTENTS PARTICIPANTS PRESENT "
    "WARNING IMPORTANT BREAKING EXCLUSIVE OPINION ANALYSIS LIVE TRANSCRIPT AGENDA FACT SHEET".split()
)
_TITLED = frozenset(
    "PRESIDENT VICE PRIME CHANCELLOR SECRETARY MINISTER AMBASSADOR GENERAL ADMIRAL KING QUEEN PREMIER "
    "FOREIGN MR MS MRS DR SENATOR REPRESENTATIVE COMMISSIONER SPOKESPERSON UNDER ASSISTANT DEPUTY "
    "TAOISEACH EMIR PRINCE POPE QUESTION Q".split()
)


@dataclass(frozen=True, slots=True)
class _Label:
    who: str
    rest: str
    aside: str | None = None
    bold: bool = False


def join(parts: Iterable[tuple[str, str]]) -> tuple[str, tuple[int | None, ...]]:
    r"""One normalised text of many parts, and the offset at which each begins in it.

    A part is (what goes before it, its words): a space within a line, a newline between lines, two
    between paragraphs. A part without words has the offset None and takes no room. Normalising the
    text again changes nothing, so the offsets hold for the document made of it.

    >>> join([("", "A.\u00a0"), ("\n", " \u200b"), ("\n\n", "B.")])
    ('A.\n\nB.', (0, None, 4))
    """
    pieces: list[str] = []
    starts: list[int | None] = []
    at = 0
    for glue, raw in parts:
        words = normalise(raw)
        if not words:
            starts.append(None)
            continue
        if pieces:
            pieces.append(glue)
            at += len(glue)
        starts.append(at)
        pieces.append(words)
        at += len(words)
    return "".join(pieces), tuple(starts)


def day_in_name(where: str) -> date | None:
    """The day that a file's name or an address carries as year, month and day; None where it carries none.

    >>> day_in_name("talks/2021-06-16-geneva.md"), day_in_name("talks/geneva.md")
    (datetime.date(2021, 6, 16), None)
    """
    for match in _NAME_DAY.finditer(re.split(r"[\\/]", where)[-1]):
        try:
            return parse_date("-".join(match.groups()))
        except DateError:
            continue
    return None


def read_transcript(
    text: str,
    *,
    where: str,
    published: date | None = None,
    title: str | None = None,
    url: str | None = None,
    publisher: str | None = None,
) -> Document | None:
    r"""A transcript with its turns, or None where the text has no turns of speakers.

    Front matter (`---` lines with `title date published_time source_url publisher`) or a first line
    "# …" gives what the arguments do not; the arguments go before it, but a day that the text states
    goes before `published`. After that the day is taken from a date in the file's name, then from
    one that stands before the first turn. `turns` are (offset of the label, speaker as written); a
    whole line in brackets ("(Applause.)") and a time of day are a turn of nobody, `""`.
    Time codes in labels, "Ann Lee (01:15):", become `times`.
    Raises `FileError` for a text over `TRANSCRIPT_LIMIT` characters or a day that is none.

    >>> made = read_transcript(
    ...     "June 16, 2021\n\nTHE PRESIDENT:  Hello.  (Laughs.)\n\nQ    Did you meet?\n\n"
    ...     "THE PRESIDENT:  We met.", where="talk.md"
    ... )
    >>> made.published, made.turns
    (datetime.date(2021, 6, 16), ((15, 'THE PRESIDENT'), (49, 'Q'), (66, 'THE PRESIDENT')))
    """
    if len(text) > TRANSCRIPT_LIMIT:
        raise FileError(
            f"the text is longer than {TRANSCRIPT_LIMIT / 1e6:.0f} million characters",
            where=where,
            todo="cut it into parts",
        )
    fields, body = _front_matter(text.removeprefix("\ufeff"))
    lines = re.split(r"\r\n|[\r\n]", body)
    headline = _take_title(lines)
    labels = _labels(lines)
    if not labels:
        return None
    parts, marks, times, labelled = _walk(lines, labels)
    kept, starts = join(parts)
    if not kept:
        return None
    day = _stated(fields, where, "published_time", "published", "date")
    first = next((s for i, _ in marks if (s := starts[i]) is not None), 0)
    if day is None:
        day = published or day_in_name(where) or _written_day(kept[:first])
    changed = _stated(fields, where, "modified_time", "modified", "updated")
    address = url or fields.get("source_url") or fields.get("url")
    house = publisher or fields.get("publisher") or fields.get("site") or host_of(address)
    made = make_document(
        kept,
        title=title or fields.get("title") or headline,
        url=address,
        published=day,
        publisher=house,
        kind=Kind.TRANSCRIPT,
        author=fields.get("author"),
    )
    turns: list[tuple[int, str]] = []
    for index, who in marks:
        start = starts[index]
        # A paragraph goes on with the turn; two questions after one another are two turns.
        if start is not None and (index in labelled or not turns or turns[-1][1] != who):
            turns.append((start, who))
    return replace(
        made,
        turns=tuple(turns),
        times=tuple((s, seconds) for i, seconds in times if (s := starts[i]) is not None),
        modified=changed if changed is not None and day is not None and changed > day else None,
    )


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """The fields between two `---` lines at the head, and the rest; only plain one-line values are read."""
    if not text.startswith(("---\n", "---\r\n")):
        return {}, text
    head = text[:_HEAD]
    end = re.search(r"\n---[ \t]*(?:\r?\n|$)", head[3:])
    if end is None:
        return {}, text
    fields: dict[str, str] = {}
    # A double-quoted value that ends a line with a backslash goes on in the next one.
    block = re.sub(r"\\\r?\n\s*", "", head[3 : 3 + end.start()])
    for line in block.splitlines():
        match = _FIELD.fullmatch(line)
        if match:
            value = _scalar(match[2].strip())
            if value:
                fields.setdefault(match[1].lower(), value)
    return fields, text[3 + end.end() :]


def _scalar(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    if len(value) > 1 and value[0] == value[-1] == '"':
        # "\_" is a non-breaking space; every other escaped mark stands for itself here.
        return re.sub(r"\\(.)", lambda m: " " if m[1] in "_nt " else m[1], value[1:-1])
    return value


def _take_title(lines: list[str]) -> str | None:
    for i, line in enumerate(lines):
        if line.strip():
            match = _HEADLINE.fullmatch(line.strip())
            if match:
                lines[i] = ""
                return _plain(match[1])
            return None
    return None


def _stated(fields: Mapping[str, str], where: str, *names: str) -> date | None:
    for name in names:
        if name in fields:
            try:
                return parse_date(fields[name])
            except DateError as error:
                raise FileError(error.what, where=f"{where} field {name!r}", todo=error.todo) from error
    return None


def _written_day(head: str) -> date | None:
    for match in _WRITTEN_DAY.finditer(head):
        month = _MONTHS.index(match["m1"] or match["m2"]) + 1
        try:
            return parse_date(f"{match['y']}-{month:02}-{int(match['d1'] or match['d2']):02}")
        except DateError:
            continue
    return None


def _plain(line: str) -> str:
    """A line of Markdown without its emphasis marks and escapes."""
    return _ESCAPED.sub(r"\1", _MARKS.sub(r"\2", line))


def _labels(lines: list[str]) -> dict[int, _Label]:
    """The lines that begin a turn; empty where the text is no transcript.

    Labels in capitals count anywhere. Labels in mixed case ("Vladimir Putin:") count at the head of a
    paragraph, and only where there are two of which one comes back, or where they are bold: a colon alone
    is common in prose. A text is a transcript when a label comes back, asks, has a title or a time.
    """
    firm: dict[int, _Label] = {}
    loose: dict[int, _Label] = {}
    open_line = True
    for i, line in enumerate(lines):
        bare = line.strip()
        head, open_line = open_line, not bare
        if not bare:
            continue
        question = _QUESTION.fullmatch(bare)
        if question and (head or not bare.startswith(("Q ", "QUESTION ")) or bare[1:3].isspace()):
            firm[i] = _Label(bare.split(":")[0].split()[0], question["rest"])
            continue
        label = _label(bare)
        if label is None:
            continue
        if label.who.upper() == label.who or label.bold:
            firm[i] = label
        elif (head or not lines[i - 1][-1:].isalpha()) and _looks_like_name(label.who):
            loose[i] = label
    counts = Counter(label.who for label in loose.values())
    often = len(counts) > 1 and (max(counts.values()) > 1 or all(b.aside for b in loose.values()))
    if often or any(_titled(who) for who in counts):
        firm.update(loose)
    names = Counter(label.who for label in firm.values())
    timed = len(names) > 1 and all(label.aside for label in firm.values())
    told = timed or any(n > 1 for n in names.values()) or any(_titled(who) for who in names)
    return firm if told else {}


def _titled(who: str) -> bool:
    return bool(_TITLED & {word.strip(".,").upper() for word in who.split()})


def _label(bare: str) -> _Label | None:
    match = _COLON.fullmatch(bare) if ":" in bare[: 2 * _LABEL + 10] else None
    if match is None:
        return None
    who = " ".join(match["who"].split())
    words = [word.strip(".,'’").upper() for word in who.split()]
    if not 1 <= len(words) <= 9 or len(who) < 2 or (who.upper() == who and set(words) <= _NOBODY):
        return None
    if sum(c.isalpha() for c in who) < len(who) * 0.6 or words[0] in _NOBODY:
        return None
    aside, rest = match["aside"], match["rest"] or ""
    if aside and not _CLOCK.fullmatch(aside):
        aside = None  # "(through interpreter)" is a direction and stays with the label
    return _Label(who, rest, aside, match["bold"] is not None)


def _looks_like_name(who: str) -> bool:
    words = who.split()
    small = {"of", "the", "and", "for", "de", "van", "von", "al", "bin", "da", "del"}
    return (
        len(words) > 1 and all(w[0].isupper() or w in small for w in words) and words[0] not in ("The", "A")
    )


def _walk(
    lines: list[str], labels: Mapping[int, _Label]
) -> tuple[list[tuple[str, str]], list[tuple[int, str]], list[tuple[int, float]], set[int]]:
    """The parts of the text, (part, speaker), (part, seconds) of time codes, and which parts are labels."""
    full = [line for line in lines if line.strip()]
    # Lines broken at a column are one paragraph up to the next blank line.
    wrapped = len(full) < len(lines) - 1 and max(len(line) for line in full) <= _WRAPPED
    parts: list[tuple[str, str]] = []
    marks: list[tuple[int, str]] = []
    times: list[tuple[int, float]] = []
    labelled: set[int] = set()
    speaker: str | None = None
    waiting: list[str] = []
    glue = "\n\n"

    def close() -> None:
        nonlocal glue
        words = _plain(" ".join(waiting))
        waiting.clear()
        if not words.strip():
            return
        aside = _DIRECTION.fullmatch(words.strip()) or _TIME_OF_DAY.fullmatch(words.strip())
        if speaker is not None:
            marks.append((len(parts), "" if aside else speaker))
        parts.append((glue, words))
        glue = "\n\n"

    for i, line in enumerate(lines):
        label = labels.get(i)
        bare = line.strip()
        if label is not None:
            close()
            speaker = label.who
            labelled.add(len(parts))
            marks.append((len(parts), speaker))
            if label.aside:
                times.append((len(parts), _seconds(label.aside)))
            head = bare.removesuffix(label.rest).strip() if label.rest else bare
            parts.append(("\n\n", _plain(head)))
            glue = "\n"
            bare = label.rest.strip()
        elif not bare or not wrapped:
            close()
        if bare:
            waiting.append(bare)
    close()
    return parts, marks, times, labelled


def _seconds(clock: str) -> float:
    match = _CLOCK.fullmatch(clock)
    assert match is not None
    return int(match[1] or 0) * 3600.0 + int(match[2]) * 60 + int(match[3])
