"""Examples as tensors: the encoder's rows of word pieces, the spans to be pooled, and the answers."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from detente.coding.features import EVENTS
from detente.coding.windows import MOST, lay_out, mark_pieces
from training.encoder import Reader, base_folder
from training.examples import Example, TextExample

NOWHERE: tuple[int, list[int]] = (0, [])
MarkedRow = tuple[str, tuple[int, int], tuple[int, int], int]


@dataclass
class Events:
    """All predicates of a batch; `span` counts the pooled spans."""

    span: Tensor
    features: Tensor
    event: Tensor
    also: Tensor


@dataclass
class Acts:
    """The predicates that report acts; `example` counts the predicates."""

    example: Tensor
    judged: Tensor
    status: Tensor
    voice: Tensor


@dataclass
class Sides:
    """The candidate parties of the acts."""

    example: Tensor
    span: Tensor
    features: Tensor
    side: Tensor


class Text:
    """One text, laid out once."""

    def __init__(
        self, example: TextExample, rows: list[list[int]], places: list[tuple[int, list[int]]]
    ) -> None:
        self.rows = rows
        self.longest = max(len(r) for r in rows)
        self.count = len(rows)
        self.examples = example.examples
        self.places = places  # spans in order: every predicate, then every candidate of every act
        self.event = torch.tensor([e.event for e in example.examples])

    @property
    def sizes(self) -> dict[str, int]:
        """Lengths of the feature vectors."""
        acts = [e for e in self.examples if e.judged is not None and e.parties]
        assert acts and acts[0].judged is not None
        return {
            "triggers": len(acts[0].features),
            "judged": len(acts[0].judged),
            "parties": len(acts[0].parties[0].features),
        }

    @staticmethod
    def joined(
        batch: Sequence[Text],
    ) -> tuple[Tensor, Tensor, list[tuple[int, list[int]]], Events, Acts, Sides]:
        """A batch: ids, mask, spans to be pooled (row, columns), and what is asked of them."""
        ids, mask = padded([r for t in batch for r in t.rows])
        spans: list[tuple[int, list[int]]] = []
        predicates: list[Example] = []
        at: list[int] = []
        acts: list[int] = []
        sides: list[tuple[int, int, int]] = []  # predicate, candidate, span
        rows = 0
        for t in batch:
            first = len(predicates)
            for k, e in enumerate(t.examples):
                at.append(len(spans) + k)
                if e.judged is not None:
                    acts.append(first + k)
            next_span = len(spans) + len(t.examples)
            for k, e in enumerate(t.examples):
                for n in range(len(e.parties)):
                    sides.append((first + k, n, next_span))
                    next_span += 1
            predicates += t.examples
            spans += [(rows + row, cols) for row, cols in t.places]
            rows += t.count
        parties = [(p, predicates[p].parties[n], s) for p, n, s in sides]
        return (
            ids,
            mask,
            spans,
            Events(
                torch.tensor(at),
                torch.from_numpy(np.stack([e.features for e in predicates])),
                torch.tensor([e.event for e in predicates]),
                torch.tensor([e.also for e in predicates]),
            ),
            Acts(
                torch.tensor(acts, dtype=torch.long),
                torch.from_numpy(np.stack([j for k in acts if (j := predicates[k].judged) is not None]))
                if acts
                else torch.zeros(0),
                torch.tensor([predicates[k].status for k in acts]),
                torch.tensor([predicates[k].voice for k in acts]),
            ),
            Sides(
                torch.tensor([p for p, _, _ in parties], dtype=torch.long),
                torch.tensor([s for _, _, s in parties], dtype=torch.long),
                torch.from_numpy(np.stack([x.features for _, x, _ in parties]))
                if parties
                else torch.zeros(0),
                torch.tensor([x.side for _, x, _ in parties]),
            ),
        )


@dataclass
class Marked:
    """A sentence with both parties marked: its row, the places of the marks, the answer."""

    row: list[int]
    source: int
    target: int
    event: int
    count: int = 1

    @property
    def longest(self) -> int:
        """Pieces of the row."""
        return len(self.row)

    @staticmethod
    def vectors(model: Reader, batch: Sequence[Marked]) -> Tensor:
        """What the pair head reads: the whole sentence and both marks."""
        ids, mask = padded([m.row for m in batch])
        states = model.encoder(ids, mask)
        m = mask[:, :, None].to(states.dtype)
        whole = (states * m).sum(1) / m.sum(1)
        rows = torch.arange(len(batch))
        source = states[rows, torch.tensor([x.source for x in batch])]
        target = states[rows, torch.tensor([x.target for x in batch])]
        return torch.cat([whole, source, target], 1)


class Pieces:
    """Lays examples out in word pieces."""

    def __init__(self) -> None:
        self.tokenizer = Tokenizer.from_file(str(base_folder() / "tokenizer.json"))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self.first, self.last = (self.tokenizer.token_to_id(t) for t in ("[CLS]", "[SEP]"))

    def text(self, example: TextExample) -> Text:
        """A text with its predicates."""
        spans = example.sentences
        coded = self.tokenizer.encode_batch([example.text[a:b] for a, b in spans], add_special_tokens=False)
        rows, parts = lay_out([c.ids for c in coded], example.wanted)
        where = {k: (row, at) for row, k, at in parts}

        def place(span: tuple[int, int] | None) -> tuple[int, list[int]]:
            if span is None:
                return NOWHERE
            k = max((n for n, (a, _) in enumerate(spans) if a <= span[0]), default=-1)
            if k not in where:
                return NOWHERE
            row, at = where[k]
            a, b = span[0] - spans[k][0], span[1] - spans[k][0]
            found = [at + j for j, (x, y) in enumerate(coded[k].offsets) if x < b and y > a]
            return row, [c for c in found if c <= len(rows[row])]

        places = [place(e.span) for e in example.examples]
        places += [place(p.span) for e in example.examples for p in e.parties]
        return Text(example, [[self.first, *r, self.last] for r in rows], places)

    def marked(self, text: str, source: tuple[int, int], target: tuple[int, int], event: int) -> Marked:
        """A sentence with a marked pair."""
        row, s, t = mark_pieces(self.tokenizer, text, source, target)
        return Marked([self.first, *row, self.last], s, t, event)


def marked_rows(example: TextExample, rng: random.Random) -> Iterator[MarkedRow]:
    """The marked pair of a sentence, or those that the coding of a passage implies."""
    if example.pair is not None:
        p = example.pair
        yield p.text, p.source, p.target, EVENTS.index(p.event)
        return
    for start, end in example.sentences:
        inside = [e for e in example.examples if start <= e.span[0] < end and e.judged is not None]
        told: dict[tuple[tuple[int, int], tuple[int, int]], set[int]] = {}
        for e in inside:
            here = [(p.span, p.side) for p in e.parties if p.here and p.span is not None]
            left = [s for s, side in here if side in (1, 3)]
            right = [s for s, side in here if side in (2, 3)]
            for a in left:
                for b in right:
                    if a != b:
                        told.setdefault((a, b), set()).add(e.event)
        for (a, b), kinds in told.items():
            if len(kinds) == 1:
                yield (
                    example.text[start:end],
                    (a[0] - start, a[1] - start),
                    (b[0] - start, b[1] - start),
                    min(kinds),
                )
        wrong = sorted({(b, a) for a, b in told} - set(told))
        if wrong and rng.random() < 0.15:
            a, b = rng.choice(wrong)
            none = EVENTS.index("NONE")
            yield example.text[start:end], (a[0] - start, a[1] - start), (b[0] - start, b[1] - start), none


def padded(rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Ids and mask of rows."""
    longest = min(MOST + 2, max(len(r) for r in rows))
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for n, r in enumerate(rows):
        size = min(len(r), longest)
        ids[n, :size] = torch.tensor(r[:size])
        mask[n, :size] = 1
    return ids, mask


def spans_pooled(states: Tensor, spans: Sequence[tuple[int, list[int]]]) -> Tensor:
    """Mean vectors of many spans at once, given as (row, columns); zeros where there are none."""
    b, n, w = states.shape
    index = torch.tensor([k for k, (_, cols) in enumerate(spans) for _ in cols], dtype=torch.long)
    at = torch.tensor([row * n + c for row, cols in spans for c in cols], dtype=torch.long)
    out = states.new_zeros(len(spans), w).index_add(0, index, states.reshape(b * n, w)[at])
    counts = torch.bincount(index, minlength=len(spans)).clamp(min=1)
    return out / counts[:, None].to(out.dtype)
