"""Reads the training text: passages coded whole, and single sentences with a marked pair.

The layouts are described in `training/README.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent


@dataclass
class CodedAct:
    """One hand-coded act: the trigger at `start`:`end` of the passage's text."""

    start: int
    end: int
    events: tuple[str, ...]
    mode: str | None
    status: str
    actor: frozenset[str]
    recipient: frozenset[str]
    symmetric: bool
    date: str | None
    speaker: str | None
    voice: str


@dataclass
class Passage:
    """One short text coded whole."""

    id: str
    published: date
    publisher: str
    style: str
    topic: str
    text: str
    sentences: list[tuple[int, int]]
    acts: list[CodedAct] = field(default_factory=list)


@dataclass
class Pair:
    """One sentence with a marked source and target."""

    id: str
    text: str
    source: tuple[int, int]
    target: tuple[int, int]
    event: str
    mode: str | None
    status: str | None
    trigger: tuple[int, int] | None


_VOICES = {"w": "writer", "s": "speaker", "c": "commentary"}


def _word(text: str, word: str, start: int, end: int) -> tuple[int, int]:
    form, _, number = word.partition("#")
    pattern = rf"(?<!\w){re.escape(form)}(?!\w)"
    found = list(re.finditer(pattern, text[start:end]))
    if len(found) < int(number or 1):
        raise ValueError(f"the trigger {word!r} is not in {text[start:end]!r}")
    match = found[int(number or 1) - 1]
    return start + match.start(), start + match.end()


def _side(text: str) -> frozenset[str]:
    return frozenset() if text == "-" else frozenset(c.strip() for c in text.split("+"))


def passages(folder: Path = HERE / "passages") -> Iterator[Passage]:
    """All passages, file by file."""
    for path in sorted(folder.glob("*.txt")):
        header: list[str] = []
        sentences: dict[int, str] = {}
        acts: list[list[str]] = []
        for line in [*path.read_text(encoding="utf-8").splitlines(), "@ end"]:
            if line.startswith("@"):
                if header:
                    yield _passage(header, sentences, acts)
                header = [x.strip() for x in line[1:].split("|")]
                sentences, acts = {}, []
            elif re.match(r"\d+\. ", line):
                number, rest = line.split(". ", 1)
                sentences[int(number)] = rest
            elif line.startswith("E "):
                acts.append([x.strip() for x in line[2:].split("|")])


def _passage(header: list[str], lines: dict[int, str], acts: list[list[str]]) -> Passage:
    text = ""
    spans: dict[int, tuple[int, int]] = {}
    for number, line in sorted(lines.items()):
        sentence = line.replace("¶", "").strip()
        spans[number] = (len(text), len(text) + len(sentence))
        text += sentence + ("\n\n" if "¶" in line else " ")
    passage = Passage(
        header[0],
        date.fromisoformat(header[1]),
        header[2],
        header[3],
        header[4],
        text.rstrip(),
        list(spans.values()),
    )
    for number, kinds, status, sides, trigger, when, speaker, voice in acts:
        start, end = _word(text, trigger, *spans[int(number)])
        types = [k.partition(".") for k in kinds.split("/")]
        symmetric = "=" in sides
        left, right = sides.split("=" if symmetric else ">")
        actor, recipient = _side(left.strip()), _side(right.strip())
        passage.acts.append(
            CodedAct(
                start,
                end,
                tuple(t[0] for t in types),
                types[0][2] or None,
                status,
                actor,
                recipient,
                symmetric,
                None if when == "-" else when,
                None if speaker == "-" else speaker,
                _VOICES[voice],
            )
        )
    return passage


def pairs(folder: Path = HERE / "sentences") -> Iterator[Pair]:
    """All marked sentences, file by file."""
    for path in sorted(folder.glob("*.tsv")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.strip():
                kind, status, trigger, marked = line.split(" | ", 3)
                yield _pair(f"{path.stem}-{number}", kind, status, trigger, marked)


def _pair(name: str, kind: str, status: str, trigger: str, marked: str) -> Pair:
    text, spans = "", {}
    at = 0
    for match in re.finditer(r"<([st])>(.+?)</\1>", marked):
        text += marked[at : match.start()]
        spans[match[1]] = (len(text), len(text) + len(match[2]))
        text += match[2]
        at = match.end()
    text += marked[at:]
    event, _, mode = kind.partition(".")
    if event == "NONE":
        return Pair(name, text, spans["s"], spans["t"], "NONE", None, None, None)
    where = None if trigger == "-" else _word(text, trigger, 0, len(text))
    known = None if status == "-" else status
    return Pair(name, text, spans["s"], spans["t"], event, mode or None, known, where)
