"""Trains the model on the training text: `python -m training.fit [--epochs N] [--out FOLDER] [--all]`.

Without `--all` a held-back fifth of the passages and sentences is kept for measuring and its figures are
printed after each epoch; the release is trained with the same number of epochs on the same four fifths,
so that the figures stand for what ships.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from detente.coding.features import EVENTS
from training.encoder import Reader, base_folder
from training.examples import Recorder, SentenceExample
from training.read import Pair, pairs, passages

NONE = EVENTS.index("NONE")
LONGEST = 160
SEED = 20260108
WEIGHTING = 0.15  # how far rare types are lifted against frequent ones
FAST = True  # bfloat16 in the encoder: faster where the processor has it


def held_back(name: str) -> bool:
    """Whether a passage or sentence belongs to the held-back fifth."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 5 == 0


def read_sentences(cache: Path) -> list[SentenceExample]:
    """All sentence examples, through the coder; kept in a cache beside the training text's hash."""
    if cache.exists():
        found: list[SentenceExample] = pickle.loads(cache.read_bytes())
        return found
    recorder = Recorder()
    found = [s for p in passages() for s in recorder.record(p)]
    for pair in pairs():
        found += recorder.record_pair(pair)
    cache.write_bytes(pickle.dumps(found))
    return found


class Pieces:
    """Word pieces of sentences with offsets."""

    def __init__(self) -> None:
        self.tokenizer = Tokenizer.from_file(str(base_folder() / "tokenizer.json"))
        self.tokenizer.enable_truncation(LONGEST)
        self.tokenizer.no_padding()

    def batch(self, texts: Sequence[str]) -> tuple[Tensor, Tensor, list[list[tuple[int, int]]]]:
        coded = self.tokenizer.encode_batch(list(texts))
        longest = max(len(c.ids) for c in coded)
        ids = torch.zeros(len(texts), longest, dtype=torch.long)
        mask = torch.zeros_like(ids)
        for row, c in enumerate(coded):
            ids[row, : len(c.ids)] = torch.tensor(c.ids)
            mask[row, : len(c.ids)] = 1
        return ids, mask, [c.offsets for c in coded]


def pooled(states: Tensor, offsets: list[tuple[int, int]], span: tuple[int, int] | None) -> Tensor:
    """Mean vector of the pieces that touch a span; zeros for none."""
    if span is not None:
        rows = [k for k, (a, b) in enumerate(offsets) if a < span[1] and b > span[0]]
        if rows:
            return states[rows].mean(0)
    return states.new_zeros(states.shape[1])


def weights(sentences: Sequence[SentenceExample]) -> Tensor:
    """Class weights that soften the lead of NONE."""
    counts = np.ones(len(EVENTS))
    for s in sentences:
        for e in s.examples:
            counts[e.event] += 1
    w = (counts.sum() / counts / len(EVENTS)) ** WEIGHTING
    return torch.tensor(w / w.mean(), dtype=torch.float32)


def spans_pooled(
    states: Tensor, offsets: list[list[tuple[int, int]]], spans: Sequence[tuple[int, tuple[int, int] | None]]
) -> Tensor:
    """Mean vectors of many spans at once: `spans` are (row of the batch, span or None)."""
    b, n, w = states.shape
    rows, cols = [], []
    for k, (row, span) in enumerate(spans):
        if span is not None:
            for j, (x, y) in enumerate(offsets[row]):
                if x < span[1] and y > span[0]:
                    rows.append(k)
                    cols.append(row * n + j)
    out = states.new_zeros(len(spans), w)
    index = torch.tensor(rows)
    out = out.index_add(0, index, states.reshape(b * n, w)[torch.tensor(cols)]) if rows else out
    counts = torch.bincount(index, minlength=len(spans)).clamp(min=1) if rows else torch.ones(len(spans))
    return out / counts[:, None].to(out.dtype)


def sentence_loss(model: Reader, pieces: Pieces, batch: Sequence[SentenceExample], w: Tensor) -> Tensor:
    """Loss of all heads on the predicates of some sentences."""
    ids, mask, offsets = pieces.batch([s.text for s in batch])
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=FAST):
        states = model.encoder(ids, mask)
    states = states.float()
    loss = pair_loss(model, states, mask, offsets, batch)
    found = [(row, e) for row, s in enumerate(batch) for e in s.examples]
    if not found:
        return loss
    vectors = spans_pooled(states, offsets, [(row, e.span) for row, e in found])
    features = torch.from_numpy(np.stack([e.features for _, e in found]))
    logits = model.event(torch.cat([vectors, features], 1))
    one = nn.functional.cross_entropy(
        logits, torch.tensor([e.event for _, e in found]), weight=w, label_smoothing=0.05
    )
    two = nn.functional.cross_entropy(
        logits, torch.tensor([e.also for _, e in found]), weight=w, label_smoothing=0.05
    )
    loss = loss + 0.7 * one + 0.3 * two
    acts = [(k, row, e) for k, (row, e) in enumerate(found) if e.judged is not None]
    if not acts:
        return loss
    judged = torch.from_numpy(np.stack([e.judged for _, _, e in acts if e.judged is not None]))
    chosen = torch.tensor([k for k, _, _ in acts])
    x = torch.cat([vectors[chosen], features[chosen], judged], 1)
    loss = loss + 0.5 * nn.functional.cross_entropy(
        model.status(x), torch.tensor([e.status for _, _, e in acts])
    )
    voices = torch.tensor([e.voice for _, _, e in acts])
    if bool((voices >= 0).any()):
        loss = loss + 0.3 * nn.functional.cross_entropy(model.voice(x), voices)
    sides = [(k, row, e, p) for k, row, e in acts for p in e.parties]
    if sides:
        places = spans_pooled(states, offsets, [(row, p.span) for _, row, _, p in sides])
        told = torch.from_numpy(np.stack([p.features for *_, p in sides]))
        kinds = nn.functional.one_hot(torch.tensor([e.event for _, _, e, _ in sides]), len(EVENTS)).float()
        told_at = torch.tensor([k for k, *_ in sides])
        x = torch.cat([vectors[told_at], places, told, kinds, features[told_at]], 1)
        loss = loss + nn.functional.cross_entropy(model.party(x), torch.tensor([p.side for *_, p in sides]))
    return loss


def pair_loss(
    model: Reader,
    states: Tensor,
    mask: Tensor,
    offsets: list[list[tuple[int, int]]],
    batch: Sequence[SentenceExample],
) -> Tensor:
    """Loss of the pair head on the marked sentences of a batch."""
    marked = [(row, s.pair) for row, s in enumerate(batch) if s.pair is not None]
    if not marked:
        return states.sum() * 0
    logits = pair_logits(model, states, mask, offsets, marked)
    return nn.functional.cross_entropy(
        logits, torch.tensor([EVENTS.index(p.event) for _, p in marked]), label_smoothing=0.05
    ) * (len(marked) / len(batch))


def pair_logits(
    model: Reader,
    states: Tensor,
    mask: Tensor,
    offsets: list[list[tuple[int, int]]],
    marked: Sequence[tuple[int, Pair]],
) -> Tensor:
    """Scores of each type for marked pairs, given as (row of the batch, pair)."""
    rows = torch.tensor([row for row, _ in marked])
    m = mask[rows][:, :, None].to(states.dtype)
    whole = (states[rows] * m).sum(1) / m.sum(1)
    source = spans_pooled(states, offsets, [(row, p.source) for row, p in marked])
    target = spans_pooled(states, offsets, [(row, p.target) for row, p in marked])
    return model.pair(torch.cat([whole, source, target], 1))


def batches(items: Sequence[Any], size: int, rng: random.Random) -> Iterator[list[Any]]:
    """Shuffled batches of sentences of like length."""
    order = sorted(items, key=lambda s: len(s.text) + rng.random() * 30)
    chunks = [list(order[n : n + size]) for n in range(0, len(order), size)]
    rng.shuffle(chunks)
    yield from chunks


@torch.no_grad()
def measure(
    model: Reader, pieces: Pieces, held: Sequence[SentenceExample], marked: Sequence[SentenceExample]
) -> dict[str, float]:
    """Figures on the held-back fifth."""
    model.eval()
    n: dict[str, int] = defaultdict(int)
    for k in range(0, len(held), 16):
        batch = held[k : k + 16]
        ids, mask, offsets = pieces.batch([s.text for s in batch])
        states = model.encoder(ids, mask)
        for row, s in enumerate(batch):
            n["gold"] += s.lost
            for e in s.examples:
                v = pooled(states[row], offsets[row], e.span)
                f = torch.from_numpy(e.features)
                chance = model.event(torch.cat([v, f])[None])[0].softmax(-1)
                said = NONE if chance[NONE] > 0.5 else int(chance[:NONE].argmax())
                n["gold"] += e.event != NONE
                n["said"] += said != NONE
                n["found"] += said != NONE and e.event != NONE
                n["typed"] += said != NONE and said in (e.event, e.also)
                if e.event == NONE:
                    continue
                assert e.judged is not None
                x = torch.cat([v, f, torch.from_numpy(e.judged)])[None]
                n["judged"] += 1
                n["status"] += int(model.status(x).argmax()) == e.status
                n["voice"] += int(model.voice(x).argmax()) == e.voice
                kind = torch.zeros(len(EVENTS))
                kind[e.event] = 1
                for p in e.parties:
                    y = torch.cat(
                        [v, pooled(states[row], offsets[row], p.span), torch.from_numpy(p.features), kind, f]
                    )[None]
                    n["parties"] += 1
                    n["sides"] += int(model.party(y).argmax()) == p.side
    right = 0
    for k in range(0, len(marked), 32):
        part = marked[k : k + 32]
        ids, mask, offsets = pieces.batch([s.text for s in part])
        states = model.encoder(ids, mask)
        kept = [(row, s.pair) for row, s in enumerate(part) if s.pair is not None]
        said_ = pair_logits(model, states, mask, offsets, kept).argmax(-1).tolist()
        right += sum(EVENTS[a] == p.event for a, (_, p) in zip(said_, kept, strict=True))
    model.train()

    def f1(hit: int) -> float:
        return 2 * hit / max(1, n["gold"] + n["said"])

    return {
        "act": f1(n["found"]),
        "typed": f1(n["typed"]),
        "status": n["status"] / max(1, n["judged"]),
        "voice": n["voice"] / max(1, n["judged"]),
        "side": n["sides"] / max(1, n["parties"]),
        "pair": right / max(1, len(marked)),
    }


def main() -> None:
    """Train and write the torch weights with the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--out", type=Path, default=Path("training/build"))
    parser.add_argument("--threads", type=int, default=2)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(SEED)
    rng = random.Random(SEED)
    a.out.mkdir(parents=True, exist_ok=True)
    sentences = read_sentences(a.out / "examples.pickle")
    train = [s for s in sentences if (s.examples or s.pair) and not held_back(s.passage)]
    held = [s for s in sentences if s.pair is None and held_back(s.passage)]
    held_pairs = [s for s in sentences if s.pair is not None and held_back(s.passage)]
    print(f"sentences {len(train)} + {len(held)} held back, marked held back {len(held_pairs)}", flush=True)
    first = next(e for s in train for e in s.examples if e.judged is not None)
    assert first.judged is not None
    model = Reader(len(first.features), len(first.judged), len(first.parties[0].features))
    model.encoder.load_base()
    pieces = Pieces()
    w = weights(train)
    encoder = list(model.encoder.parameters())
    heads = [p for name, p in model.named_parameters() if not name.startswith("encoder.")]
    optimiser = torch.optim.AdamW(
        [{"params": encoder, "lr": 1e-4}, {"params": heads, "lr": 1e-3}], weight_decay=0.01
    )
    steps = a.epochs * (len(train) // 16 + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda k: min(1.0, (k + 1) / (0.06 * steps)) * max(0.02, 1 - k / steps)
    )
    model.train()
    figures: dict[str, float] = {}
    for epoch in range(a.epochs):
        work = list(batches(train, 16, rng))
        total = 0.0
        for batch in work:
            loss = sentence_loss(model, pieces, batch, w)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += float(loss.detach())
        figures = measure(model, pieces, held, held_pairs)
        print(
            epoch + 1,
            f"loss {total / len(work):.3f}",
            {k: round(v, 4) for k, v in figures.items()},
            flush=True,
        )
        torch.save(model.state_dict(), a.out / "reader.pt")
    sizes = {
        "triggers": len(first.features),
        "judged": len(first.judged),
        "parties": len(first.parties[0].features),
    }
    (a.out / "figures.json").write_text(
        json.dumps(
            {
                "figures": figures,
                "sizes": sizes,
                "epochs": a.epochs,
                "sentences": len(train),
                "held_back": len(held),
            }
        )
    )


if __name__ == "__main__":
    main()
