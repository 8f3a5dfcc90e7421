"""The small model: an int8 encoder run by onnxruntime, and its heads as plain matrices."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.coding.features import EVENTS, LAYOUT
from detente.errors import DataError

__all__ = ["Encoded", "Encodings", "Model", "shipped_model"]

Array = NDArray[np.float32]
_LONGEST = 160  # word pieces
_BATCH = 16


@dataclass(frozen=True, slots=True)
class Encoded:
    """A sentence as the encoder reads it: one vector a word piece, with the piece's offsets."""

    vectors: Array
    offsets: NDArray[np.int64]

    def at(self, start: int, end: int) -> Array:
        """Mean vector of the word pieces that touch `start`:`end` of the sentence; zeros where none does."""
        touch = (self.offsets[:, 0] < end) & (self.offsets[:, 1] > start)
        if not touch.any():
            return np.zeros(self.vectors.shape[1], dtype=np.float32)
        return np.asarray(self.vectors[touch].mean(axis=0), dtype=np.float32)


class Encodings:
    """The sentences of one document, encoded in the background; waits where one is not ready."""

    def __init__(self, work: Future[dict[int, Encoded]]) -> None:
        self._work = work

    def of(self, number: int) -> Encoded:
        """One sentence by its number."""
        return self._work.result()[number]


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
        self._tokenizer.enable_truncation(_LONGEST)
        self._tokenizer.no_padding()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="encoder")

    def start(self, sentences: Mapping[int, str]) -> Encodings:
        """Begin to encode the sentences of a document in the model's own thread."""

        def work() -> dict[int, Encoded]:
            return dict(zip(sentences, self.encode(list(sentences.values())), strict=True))

        return Encodings(self._thread.submit(work))

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """Encode sentences in batches of like length; in the order given."""
        pieces = self._tokenizer.encode_batch(list(texts))
        order = sorted(range(len(texts)), key=lambda k: len(pieces[k].ids))
        done: dict[int, Encoded] = {}
        for n in range(0, len(order), _BATCH):
            part = order[n : n + _BATCH]
            longest = max(len(pieces[k].ids) for k in part)
            ids = np.zeros((len(part), longest), dtype=np.int64)
            mask = np.zeros_like(ids)
            for row, k in enumerate(part):
                ids[row, : len(pieces[k].ids)] = pieces[k].ids
                mask[row, : len(pieces[k].ids)] = 1
            (states,) = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
            for row, k in enumerate(part):
                size = len(pieces[k].ids)
                done[k] = Encoded(states[row, :size], np.array(pieces[k].offsets, dtype=np.int64))
        return [done[k] for k in range(len(texts))]

    def _head(self, name: str, x: Array) -> Array:
        h = self._heads
        hidden = _gelu(x @ h[f"{name}.0.weight"] + h[f"{name}.0.bias"])
        return np.asarray(hidden @ h[f"{name}.1.weight"] + h[f"{name}.1.bias"], dtype=np.float32)

    def events(self, vectors: Array, features: Array) -> Array:
        """Chance of each type (16 and NONE) for each predicate: shape (n, 17)."""
        return _softmax(self._head("event", np.concatenate([vectors, features], axis=1)))

    def parties(self, vector: Array, read: Array, places: Array, features: Array, kind: int) -> Array:
        """Chance of each side (none, actor, recipient, both) for each candidate: shape (n, 4)."""
        n = len(places)
        chosen = np.zeros((n, len(EVENTS)), dtype=np.float32)
        chosen[:, kind] = 1
        x = np.concatenate([np.tile(vector, (n, 1)), places, features, chosen, np.tile(read, (n, 1))], axis=1)
        return _softmax(self._head("party", x))

    def judgements(self, vector: Array, features: Array, judged: Array) -> tuple[Array, Array]:
        """Chances of the five statuses and of the three voices of one act."""
        x = np.concatenate([vector, features, judged])[None, :]
        status: Array = _softmax(self._head("status", x))[0]
        voice: Array = _softmax(self._head("voice", x))[0]
        return status, voice

    def relation(self, encoded: Encoded, source: tuple[int, int], target: tuple[int, int]) -> Array:
        """Chance of each type between two marked parties, in that direction: shape (17,)."""
        whole = encoded.vectors.mean(axis=0)
        x = np.concatenate([whole, encoded.at(*source), encoded.at(*target)])[None, :]
        chances: Array = _softmax(self._head("pair", x))[0]
        return chances


@cache
def shipped_model() -> Model | None:
    """The model that ships with the package, loaded on first use; None where none is shipped."""
    folder = Path(str(resources.files("detente") / "data" / "model"))
    return Model(folder) if (folder / "encoder.onnx").is_file() else None
