"""The relation between two named parties of one sentence, for researchers who bring their own pairs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from detente.coding.coder import RuleCoder
from detente.coding.features import EVENTS
from detente.coding.model import Model
from detente.errors import FormatError
from detente.records import Document

__all__ = ["Marked", "Relation", "Relator", "read_marked"]

_MARK = re.compile(r"<([st])>(.*?)</\1>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence without its marks, and the spans of source and target in it."""

    id: str
    text: str
    source: tuple[int, int]
    target: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Relation:
    """What the source does to the target.

    `event` is a PLOVER type or NONE; `status` and `mode` are None where the coder finds no such act in the
    sentence; `confidence` is the model's probability; `chances` holds it for every type and NONE.
    """

    id: str
    event: str
    mode: str | None
    status: str | None
    confidence: float
    chances: tuple[float, ...]


def read_marked(name: str, marked: str) -> Marked:
    """Take a sentence with `<s>…</s>` and `<t>…</t>` apart.

    Raises FormatError where one of the marks is missing or stands twice.

    >>> read_marked("1", "<s>Iran</s> condemned <t>Israel</t>.").source
    (0, 4)
    """
    text, at = "", 0
    spans: dict[str, tuple[int, int]] = {}
    for match in _MARK.finditer(marked):
        text += marked[at : match.start()]
        if match[1] in spans:
            raise FormatError(f"the mark <{match[1]}> stands twice", where=f"id {name}",
                              todo="mark one source <s>…</s> and one target <t>…</t>")  # fmt: skip
        spans[match[1]] = (len(text), len(text) + len(match[2]))
        text += match[2]
        at = match.end()
    if set(spans) != {"s", "t"}:
        raise FormatError("a mark is missing", where=f"id {name}",
                          todo="mark one source <s>…</s> and one target <t>…</t>")  # fmt: skip
    return Marked(name, text + marked[at:], spans["s"], spans["t"])


class Relator:
    """Reads the relation of marked pairs.

    Args:
        model: the trained encoder with its heads.
        coder: gives status and mode of the act it finds in the same sentence.
    """

    def __init__(self, model: Model, coder: RuleCoder) -> None:
        self._model = model
        self._coder = coder

    def relate(self, sentences: Iterable[Marked], *, none: bool = False) -> Iterator[Relation]:
        """One relation a sentence, in order; with `none`, NONE is a possible answer."""
        batch: list[Marked] = []
        for one in sentences:
            batch.append(one)
            if len(batch) == 64:
                yield from self._batch(batch, none)
                batch = []
        yield from self._batch(batch, none)

    def _batch(self, batch: list[Marked], none: bool) -> Iterator[Relation]:
        encoded = self._model.encode([m.text for m in batch]) if batch else []
        for one, states in zip(batch, encoded, strict=True):
            chances = self._model.relation(states, one.source, one.target)
            if not none:
                chances = chances.copy()
                chances[EVENTS.index("NONE")] = 0
                chances /= chances.sum()
            best = int(np.argmax(chances))
            event = EVENTS[best]
            found = [e for e in self._coder.code(Document(one.id, one.text)) if e.event == event]
            act = next((e for e in found if e.end > one.source[0] and e.start < one.source[1]), None) or next(
                iter(found), None
            )
            yield Relation(
                one.id,
                event,
                act.modes[0] if act and act.modes else None,
                str(act.status) if act else None,
                float(chances[best]),
                tuple(float(c) for c in chances),
            )
