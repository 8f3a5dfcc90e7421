"""The relation between two named parties of one sentence, for researchers who bring their own pairs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from detente.coding.coder import RuleCoder
from detente.coding.features import EVENTS
from detente.coding.model import Array, Model
from detente.errors import FormatError
from detente.records import Document, Event, Party

__all__ = ["Marked", "Relation", "Relator", "read_marked"]

_MARK = re.compile(r"<(/?)([st])>")
_TODO = "mark one source <s>…</s> and one target <t>…</t>"


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


def read_marked(name: str, marked: str, source: str = "", target: str = "") -> Marked:
    """Take a sentence with `<s>…</s>` and `<t>…</t>` apart.

    A mark that is missing is looked for by the words of `source` or `target`; of two, the first counts.
    Raises FormatError where a party stands nowhere.

    >>> read_marked("1", "<s>Iran</s> condemned <t>Israel</t>.").source
    (0, 4)
    """
    text, at = "", 0
    opened: dict[str, int] = {}
    spans: dict[str, tuple[int, int]] = {}
    for match in _MARK.finditer(marked):  # one mark may lie inside the other
        text += marked[at : match.start()]
        at = match.end()
        closing, side = match[1], match[2]
        if not closing:
            opened.setdefault(side, len(text))
        elif side in opened:
            spans.setdefault(side, (opened[side], len(text)))
    text += marked[at:]
    for side, words in (("s", source), ("t", target)):
        place = text.find(words) if words and side not in spans else -1
        if place >= 0:
            spans[side] = (place, place + len(words))
    if set(spans) != {"s", "t"}:
        raise FormatError("a mark is missing", where=f"id {name}", todo=_TODO)
    return Marked(name, text, spans["s"], spans["t"])


class Relator:
    """Reads the relation of marked pairs.

    Args:
        model: the trained encoder with its heads.
        coder: gives status and mode of the act it finds in the same sentence.
        trust: how much an act that the coder reads between the two parties counts beside the pair head.
    """

    def __init__(self, model: Model, coder: RuleCoder, trust: float = 0.5) -> None:
        self._model = model
        self._coder = coder
        self._trust = trust

    def relate(self, sentences: Iterable[Marked], *, none: bool = False) -> Iterator[Relation]:
        """One relation a sentence, in order; with `none`, NONE is a possible answer."""
        batch: list[Marked] = []
        for one in sentences:
            batch.append(one)
            if len(batch) == 64:
                yield from self._batch(batch, none)
                batch = []
        yield from self._batch(batch, none)

    def _agreed(self, chances: Array, one: Marked, events: Sequence[Event]) -> Array:
        """The pair head's chances, lifted where the coder reads an act from source to target itself."""
        lifted = chances.copy()
        for event in events:
            left = _stands(event.actor, one.source) and _stands(event.recipient, one.target)
            if left or (event.symmetric and _stands(event.actor, one.source)):
                lifted[EVENTS.index(event.event)] += self._trust * (event.confidence or 0.5)
        return np.asarray(lifted / lifted.sum(), dtype=np.float32)

    def _batch(self, batch: list[Marked], none: bool) -> Iterator[Relation]:
        if not batch:
            return
        read = self._model.relations([(m.text, m.source, m.target) for m in batch])
        for one, chances in zip(batch, read, strict=True):
            events = list(self._coder.code(Document(one.id, one.text)))
            chances = self._agreed(chances, one, events)
            if not none:
                chances = chances.copy()
                chances[EVENTS.index("NONE")] = 0
                chances /= chances.sum()
            best = int(np.argmax(chances))
            event = EVENTS[best]
            found = [e for e in events if e.event == event]
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


def _stands(parties: Sequence[Party], span: tuple[int, int]) -> bool:
    """Whether one of some parties is named inside a span."""
    return any(
        p.start is not None and p.end is not None and p.start < span[1] and p.end > span[0] for p in parties
    )
