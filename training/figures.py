"""How good a model is at what it is asked, on texts it was not trained on."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from detente.coding.features import EVENTS
from training.encoder import Reader
from training.layout import Marked, Text, spans_pooled

NONE = EVENTS.index("NONE")


@torch.no_grad()
def measure(
    model: Reader, texts: Sequence[Text], marked: Sequence[Marked], lost: int, threshold: float = 0.5
) -> dict[str, float]:
    """Shares and F1 of each head; `lost` acts stand on words that were never asked about.

    `act` and `typed` are F1 of predicates, `sides` the share of acts all of whose candidates are on the
    right side, given the act and its type.
    """
    model.eval()
    gold, said, found, typed = lost, 0, 0, 0
    judged = status = voice = acts = parties = sides = 0
    for n in range(0, len(texts), 4):
        ids, mask, spans, events, told, asked = Text.joined(texts[n : n + 4])
        pooled = spans_pooled(model.encoder(ids, mask), spans)
        vectors = pooled[events.span]
        chances = model.event(torch.cat([vectors, events.features], 1)).softmax(-1)
        act = 1 - chances[:, NONE] > threshold
        kind = chances[:, :NONE].argmax(-1)
        is_act = events.event != NONE
        gold += int(is_act.sum())
        said += int(act.sum())
        found += int((act & is_act).sum())
        typed += int((act & is_act & ((kind == events.event) | (kind == events.also))).sum())
        if len(told.example):
            x = torch.cat([vectors[told.example], events.features[told.example], told.judged], 1)
            judged += len(told.example)
            status += int((model.status(x).argmax(-1) == told.status).sum())
            voice += int((model.voice(x).argmax(-1) == told.voice).sum())
        if len(asked.example):
            kinds = nn.functional.one_hot(events.event, len(EVENTS)).float()
            scores = model.party(vectors, kinds, pooled[asked.span], asked.features, asked.example)
            right = scores.argmax(-1) == asked.side
            parties += len(right)
            sides += int(right.sum())
            for e in asked.example.unique():
                acts += int(right[asked.example == e].all())
    hit = 0
    for n in range(0, len(marked), 32):
        part = marked[n : n + 32]
        said_pair = model.pair(Marked.vectors(model, part)).argmax(-1)
        hit += int((said_pair == torch.tensor([m.event for m in part])).sum())
    out = {
        "act": 2 * found / max(1, gold + said),
        "typed": 2 * typed / max(1, gold + said),
        "status": status / max(1, judged),
        "voice": voice / max(1, judged),
        "side": sides / max(1, parties),
        "sides": acts / max(1, judged),
        "pair": hit / max(1, len(marked)),
    }
    return {k: round(v, 4) for k, v in out.items()}
