"""The small model: an int8 encoder run by onnxruntime, and its heads as plain matrices."""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.coding.features import EVENTS, LAYOUT
from detente.coding.windows import lay_out, mark_pieces
from detente.errors import DataError

__all__ = ["Encoded", "Encodings", "Model", "shipped_model"]

Array = NDArray[np.float32]
_ROOM = 1024  # word pieces of one batch: larger ones were no faster


@dataclass(frozen=True, slots=True)
class Encoded:
    """A sentence as the encoder reads it: one vector a word piece, with the piece's offsets."""

    vectors: Array
    offsets: NDArray[np.int64]

    def at(self, start: int, end: int) -> Array:
        """Mean vector of the word pieces that touch `start`:`end`; zeros where none does."""
        touch = (self.offsets[:, 0] < end) & (self.offsets[:, 1] > start)
        if not touch.any():
            return np.zeros(self.vectors.shape[1], dtype=np.float32)
        return np.asarray(self.vectors[touch].mean(axis=0), dtype=np.float32)


class Encodings:
    """The sentences of one document, encoded in the background; waits where it is not ready."""

    def __init__(self, work: Future[tuple[list[int], list[Encoded]]], width: int) -> None:
        self._work = work
        self._width = width

    def at(self, start: int, end: int) -> Array:
        """Mean vector of the words at `start`:`end` of the text; zeros where they were not encoded."""
        starts, encoded = self._work.result()
        k = bisect_right(starts, start) - 1
        return encoded[k].at(start, end) if k >= 0 else np.zeros(self._width, dtype=np.float32)


def _softmax(x: Array) -> Array:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True), dtype=np.float32)


def _gelu(x: Array) -> Array:
    # the tanh form, as in training
    return np.asarray(0.5 * x * (1 + np.tanh(0.7978845608 * (x + 0.044715 * x**3))), dtype=np.float32)


class Model:
    """Encoder and heads from a folder with `encoder.onnx`, `heads.npz`, `tokenizer.json`, `card.json`.

    Raises DataError where the folder is damaged or of another feature layout.
    """

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        try:
            card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
            heads = np.load(folder / "heads.npz")
            # weights lie as (inputs, outputs), in one block: the products are small and many
            self._heads: dict[str, Array] = {
                k: np.ascontiguousarray(heads[k].T if k.endswith("weight") else heads[k]) for k in heads.files
            }
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 2
            options.inter_op_num_threads = 1
            self._session: Any = onnxruntime.InferenceSession(
                str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except (OSError, ValueError, KeyError) as error:
            raise DataError(
                f"the model cannot be read ({error})",
                where=str(folder),
                todo="reinstall detente, or use --coder rules",
            ) from error
        if card["layout"] != LAYOUT:
            raise DataError(
                f"the model was trained for {card['layout']}, this version has {LAYOUT}",
                where=str(folder),
                todo="run: make model",
            )
        self.name: str = card["name"]
        self.width: int = card["width"]
        self.least: float = card.get("least", 0.0)
        self._grounds = np.array(card.get("grounds", []), dtype=np.float32)
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._first = int(self._tokenizer.token_to_id("[CLS]") or 0)
        self._last = int(self._tokenizer.token_to_id("[SEP]") or 0)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="encoder")

    def start(self, text: str, spans: Sequence[tuple[int, int]], wanted: Sequence[bool]) -> Encodings:
        """Begin to encode the wanted sentences of a text, with neighbours, in the model's own thread."""
        return Encodings(self._thread.submit(self._read, text, spans, wanted), self.width)

    def _read(
        self, text: str, spans: Sequence[tuple[int, int]], wanted: Sequence[bool]
    ) -> tuple[list[int], list[Encoded]]:
        pieces = self._tokenizer.encode_batch([text[a:b] for a, b in spans], add_special_tokens=False)
        rows, parts = lay_out([p.ids for p in pieces], wanted)
        states = self._run(rows)
        starts, encoded = [], []
        for row_number, k, at in parts:
            vectors = states[row_number][at : at + len(pieces[k].ids)]
            offsets = np.array(pieces[k].offsets[: len(vectors)], dtype=np.int64).reshape(-1, 2)
            starts.append(spans[k][0])
            encoded.append(Encoded(vectors, offsets + spans[k][0]))
        return starts, encoded

    def _run(self, rows: Sequence[Sequence[int]]) -> list[Array]:
        """States of rows of word pieces, in order; batched by length."""
        order = sorted(range(len(rows)), key=lambda k: len(rows[k]))
        done: dict[int, Array] = {}
        at = 0
        while at < len(order):
            # as many of like length as fit; the longest, at the end of the batch, tells the room
            n = at + 1
            while n < len(order) and (n + 1 - at) * len(rows[order[n]]) <= _ROOM:
                n += 1
            part = order[at:n]
            longest = len(rows[part[-1]]) + 2
            ids = np.zeros((len(part), longest), dtype=np.int64)
            mask = np.zeros_like(ids)
            for line, k in enumerate(part):
                size = len(rows[k]) + 2
                ids[line, :size] = [self._first, *rows[k], self._last]
                mask[line, :size] = 1
            (states,) = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
            for line, k in enumerate(part):
                done[k] = states[line, : len(rows[k]) + 2]
            at = n
        return [done[k] for k in range(len(rows))]

    def relations(self, marked: Sequence[tuple[str, tuple[int, int], tuple[int, int]]]) -> Array:
        """Chance of each type for (text, source, target), in that direction: shape (n, 17)."""
        rows = [mark_pieces(self._tokenizer, *one) for one in marked]
        states = self._run([row for row, _, _ in rows])
        x = np.stack(
            [
                np.concatenate([v.mean(axis=0), v[source], v[target]])
                for v, (_, source, target) in zip(states, rows, strict=True)
            ]
        )
        return _softmax(self._head("pair", x))

    def _head(self, name: str, x: Array) -> Array:
        h = self._heads
        hidden = _gelu(x @ h[f"{name}.0.weight"] + h[f"{name}.0.bias"])
        return np.asarray(hidden @ h[f"{name}.1.weight"] + h[f"{name}.1.bias"], dtype=np.float32)

    def events(self, vectors: Array, features: Array) -> Array:
        """Chance of each type (16 and NONE) for each predicate: shape (n, 17)."""
        return _softmax(self._head("event", np.concatenate([vectors, features], axis=1)))

    def parties(self, vector: Array, places: Array, features: Array, kind: int) -> Array:
        """Chance of each side (none, actor, recipient, both) for each candidate of an act: shape (n, 4).

        Each candidate is read with the act, then beside what all of them show most strongly.
        """
        n = len(places)
        chosen = np.zeros((n, len(EVENTS)), dtype=np.float32)
        chosen[:, kind] = 1
        act = np.tile(vector, (n, 1))
        one = np.concatenate([places, features], axis=1)
        h = _gelu(self._map("first", np.concatenate([act, places, act * places, features, chosen], axis=1)))
        h = np.concatenate([h, _gelu(self._map("act", act) * self._map("one", one))], axis=1)
        most = np.tile(h.max(axis=0), (n, 1))
        h = np.concatenate([h, _gelu(self._map("mix", np.concatenate([h, most], axis=1)))], axis=1)
        return _softmax(self._map("last", h))

    def _map(self, name: str, x: Array) -> Array:
        """One linear map of the party head."""
        h = self._heads
        return np.asarray(x @ h[f"party.{name}.weight"] + h[f"party.{name}.bias"], dtype=np.float32)

    def confidence(self, grounds: Array) -> float:
        """Chance that an act is right in type and parties; fitted on texts kept for choosing."""
        if len(self._grounds) != len(grounds) + 1:
            return 1 / (1 + math.exp(-float(grounds[0])))
        return 1 / (1 + math.exp(-float(grounds @ self._grounds[:-1] + self._grounds[-1])))

    def judgements(self, vector: Array, features: Array, judged: Array) -> tuple[Array, Array]:
        """Chances of the five statuses and of the three voices of one act."""
        x = np.concatenate([vector, features, judged])[None, :]
        status: Array = _softmax(self._head("status", x))[0]
        voice: Array = _softmax(self._head("voice", x))[0]
        return status, voice


@cache
def shipped_model() -> Model | None:
    """The model that ships with the package, loaded on first use; None where none is shipped."""
    folder = Path(str(resources.files("detente") / "data" / "model"))
    return Model(folder) if (folder / "encoder.onnx").is_file() else None
