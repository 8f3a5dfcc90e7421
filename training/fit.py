"""Trains the model on the training text: `python -m training.fit [--epochs N] [--out FOLDER]`.

A fifth of the passages and sentences is held back and used for nothing but the figures on the card; a
twentieth is kept for choosing (epochs, thresholds) and never trained on either.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from detente.coding.features import EVENTS
from training.encoder import Reader
from training.examples import Recorder, TextExample, chosen_by, held_back
from training.figures import measure
from training.layout import Marked, Pieces, Text, marked_rows, spans_pooled
from training.read import pairs, passages

SEED = 20260108
WEIGHTING = 0.15  # how far rare types are lifted against frequent ones
FAST = True  # bfloat16 in the encoder: faster where the processor has it
ROOM = 1100  # word pieces of a batch
DERIVED = 0.4  # share of the pairs taken from passages that an epoch sees


def read_texts(cache: Path) -> list[TextExample]:
    """All examples, through the coder; kept in a cache."""
    if cache.exists():
        found: list[TextExample] = pickle.loads(cache.read_bytes())
        return found
    recorder = Recorder()
    found = [recorder.record(p) for p in passages()]
    found += [recorder.record_pair(pair) for pair in pairs()]
    cache.write_bytes(pickle.dumps(found))
    return found


def weights(texts: Sequence[Text]) -> Tensor:
    """Class weights that soften the lead of NONE."""
    counts = torch.ones(len(EVENTS))
    for t in texts:
        counts += torch.bincount(t.event, minlength=len(EVENTS))
    w = (counts.sum() / counts / len(EVENTS)) ** WEIGHTING
    return w / w.mean()


def text_loss(model: Reader, batch: Sequence[Text], w: Tensor) -> Tensor:
    """Loss of the heads on the predicates of some texts, by the words alone.

    With the rules' reading of the predicate beside the words the encoder learned less from them: it is
    given to the heads afterwards (`read_rules`).
    """
    ids, mask, spans, events, acts, sides = Text.joined(batch)
    events.features = torch.zeros_like(events.features)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=FAST):
        states = model.encoder(ids, mask)
    pooled = spans_pooled(states.float(), spans)
    vectors = pooled[events.span]
    logits = model.event(torch.cat([vectors, events.features], 1))
    one = nn.functional.cross_entropy(logits, events.event, weight=w, label_smoothing=0.05)
    two = nn.functional.cross_entropy(logits, events.also, weight=w, label_smoothing=0.05)
    loss = 0.7 * one + 0.3 * two
    if len(acts.example):
        x = torch.cat([vectors[acts.example], events.features[acts.example], acts.judged], 1)
        loss = loss + 0.5 * nn.functional.cross_entropy(model.status(x), acts.status)
        if bool((acts.voice >= 0).any()):
            loss = loss + 0.3 * nn.functional.cross_entropy(model.voice(x), acts.voice)
    if len(sides.example):
        kinds = nn.functional.one_hot(events.event, len(EVENTS)).float()
        scores = model.party(vectors, kinds, pooled[sides.span], sides.features, sides.example)
        loss = loss + nn.functional.cross_entropy(scores, sides.side)
    return loss


def pair_loss(model: Reader, batch: Sequence[Marked]) -> Tensor:
    """Loss of the pair head on marked sentences."""
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=FAST):
        x = Marked.vectors(model, batch)
    told = torch.tensor([m.event for m in batch])
    return nn.functional.cross_entropy(model.pair(x.float()), told, label_smoothing=0.05)


def read_rules(model: Reader, texts: Sequence[Text], w: Tensor, epochs: int = 5) -> None:
    """Train the heads for type, status and voice anew, with the rules' reading, on the finished encoder."""
    fresh = Reader(*(texts[0].sizes[k] for k in ("triggers", "judged", "parties")))
    model.event, model.status, model.voice = fresh.event, fresh.status, fresh.voice
    model.eval()
    vectors, features, told = [], [], []
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=FAST):
        for n in range(0, len(texts), 4):
            ids, mask, spans, events, acts, _ = Text.joined(texts[n : n + 4])
            vectors.append(spans_pooled(model.encoder(ids, mask).float(), spans)[events.span])
            features.append(events.features)
            told.append((events, acts, sum(len(v) for v in vectors[:-1])))
    v, f = torch.cat(vectors), torch.cat(features)
    event, also = (torch.cat([getattr(e, k) for e, _, _ in told]) for k in ("event", "also"))
    acts_of = [(a, first) for _, a, first in told if len(a.example)]
    at = torch.cat([a.example + first for a, first in acts_of])
    judged, status, voice = (
        torch.cat([getattr(a, k) for a, _ in acts_of]) for k in ("judged", "status", "voice")
    )
    heads = [p for h in (model.event, model.status, model.voice) for p in h.parameters()]
    optimiser = torch.optim.AdamW(heads, lr=1e-3, weight_decay=0.02)
    rounds = len(v) // 1024 + 1
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda k: max(0.02, 1 - k / (epochs * rounds)))
    for head in (model.event, model.status, model.voice):
        head.train()
    for _ in range(epochs):
        parts = zip(torch.randperm(len(v)).chunk(rounds), torch.randperm(len(at)).chunk(rounds), strict=False)
        for some, acts_here in parts:
            scores = model.event(torch.cat([v[some], f[some]], 1))
            loss = sum(
                share * nn.functional.cross_entropy(scores, right[some], weight=w, label_smoothing=0.05)
                for share, right in ((0.7, event), (0.3, also))
            )
            where = at[acts_here]
            x = torch.cat([v[where], f[where], judged[acts_here]], 1)
            loss = loss + nn.functional.cross_entropy(model.status(x), status[acts_here])
            loss = loss + 0.5 * nn.functional.cross_entropy(model.voice(x), voice[acts_here])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()


def batches(texts: Sequence[Text], marked: Sequence[Marked], rng: random.Random) -> list[list[Text | Marked]]:
    """Shuffled batches, each of texts or of marked sentences of like length."""
    found: list[list[Text | Marked]] = []
    for items in (texts, marked):
        order = sorted(items, key=lambda t: t.longest * (1 + 0.3 * rng.random()))
        batch: list[Text | Marked] = []
        rows = longest = 0
        for one in order:
            wide = max(longest, one.longest)
            if batch and (rows + one.count) * wide > ROOM:
                found.append(batch)
                batch, rows, wide = [], 0, one.longest
            batch.append(one)
            rows, longest = rows + one.count, wide
        found.append(batch)
    rng.shuffle(found)
    return found


def main() -> None:
    """Train and write the torch weights with the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--out", type=Path, default=Path("training/build"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--most", type=int, help="stop after so many steps an epoch (a trial)")
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(SEED)
    rng = random.Random(SEED)
    a.out.mkdir(parents=True, exist_ok=True)
    examples = read_texts(a.out / "examples.pickle")
    pieces = Pieces()
    trained = [t for t in examples if not held_back(t.passage) and not chosen_by(t.passage)]
    parts = {
        "chosen": [t for t in examples if chosen_by(t.passage)],
        "held": [t for t in examples if held_back(t.passage)],
    }
    train = [pieces.text(t) for t in trained if t.examples]
    told = [pieces.marked(*m) for t in trained if t.pair for m in marked_rows(t, rng)]
    derived = [pieces.marked(*m) for t in trained if not t.pair for m in marked_rows(t, rng)]
    print(f"texts {len(train)}, marked {len(told)}, derived {len(derived)}", flush=True)
    sizes = train[0].sizes
    model = Reader(sizes["triggers"], sizes["judged"], sizes["parties"])
    model.encoder.load_base()
    w = weights(train)
    encoder = list(model.encoder.parameters())
    heads = [p for name, p in model.named_parameters() if not name.startswith("encoder.")]
    optimiser = torch.optim.AdamW(
        [{"params": encoder, "lr": 1.2e-4}, {"params": heads, "lr": 1e-3}], weight_decay=0.01
    )

    def epoch_work() -> list[list[Text | Marked]]:
        some = rng.sample(derived, int(DERIVED * len(derived)))
        return batches(train, [*told, *some], rng)[: a.most]

    steps = a.epochs * len(epoch_work())
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda k: min(1.0, (k + 1) / (0.06 * steps)) * max(0.01, 1 - k / steps)
    )
    figures: dict[str, dict[str, float]] = {}
    for epoch in range(a.epochs):
        model.train()
        started, total, work = time.monotonic(), 0.0, epoch_work()
        for batch in work:
            texts = [t for t in batch if isinstance(t, Text)]
            loss = (
                text_loss(model, texts, w)
                if texts
                else pair_loss(model, [m for m in batch if isinstance(m, Marked)])
            )
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += float(loss.detach())
        last = epoch == a.epochs - 1
        if last:
            read_rules(model, train, w)
        figures = {
            name: measure(
                model,
                [pieces.text(t) for t in part if not t.pair and t.examples],
                [pieces.marked(*m) for t in part if t.pair for m in marked_rows(t, rng)],
                sum(t.lost for t in part),
            )
            for name, part in parts.items()
            if last or name == "chosen"
        }
        print(
            epoch + 1,
            f"loss {total / len(work):.3f}",
            f"{time.monotonic() - started:.0f} s",
            figures,
            flush=True,
        )
        torch.save(model.state_dict(), a.out / "reader.pt")
        about = {"figures": figures, "sizes": sizes, "epochs": epoch + 1, "of": a.epochs, "texts": len(train)}
        (a.out / "figures.json").write_text(json.dumps(about, indent=1))


if __name__ == "__main__":
    main()
