"""The shipped model: it loads, reads in any batch alike, refuses what is damaged, and tells its figures."""

from __future__ import annotations

import json
import shutil
from datetime import date
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from detente.coding.coder import default_coder, rule_coder
from detente.coding.features import EVENTS, LAYOUT
from detente.coding.model import Model, shipped_model
from detente.coding.relating import Relator, read_marked
from detente.errors import DataError, FormatError
from detente.sources.text import make_document

FOLDER = Path(str(resources.files("detente"))) / "data" / "model"
ON = date(2026, 1, 8)


def model() -> Model:
    found = shipped_model()
    assert found is not None
    return found


def test_the_default_coder_is_the_learned_one() -> None:
    assert default_coder().name == model().name != rule_coder().name


def test_a_pair_reads_alike_alone_and_in_a_batch() -> None:
    one = ("Iran condemned the United States on Friday.", (0, 4), (15, 32))
    many = [
        one,
        ("Turkey and Greece held talks in Ankara, officials said, after weeks of dispute.", (0, 6), (11, 17)),
    ]
    alone = model().relations([one])[0]
    for chances in model().relations(many * 9)[::2]:
        # int8 activations are scaled by the batch: small differences are its nature
        assert np.abs(chances - alone).max() < 0.1


def test_a_word_is_read_with_the_sentences_before_it() -> None:
    before = "Moscow imposed a ban on Polish apples. "
    other = "The two chess players shook hands. "
    late = "The measure was widened on Friday."
    vectors = []
    for first in (before, other):
        text = first + late
        spans = [(0, len(first) - 1), (len(first), len(text))]
        at = text.index("measure")
        vectors.append(model().start(text, spans, [True, True]).at(at, at + 7))
    assert np.abs(vectors[0] - vectors[1]).mean() > 0.05


def test_words_that_were_not_read_have_no_vector() -> None:
    text = "It rained. Iran spoke."
    read = model().start(text, [(0, 10), (11, 22)], [False, True])
    assert read.at(11, 15).any()
    assert not read.at(0, 2).any()
    assert not model().start("Iran.", [(0, 5)], [True]).at(90, 95).any()


def test_the_encoder_is_the_one_on_the_card() -> None:
    import hashlib

    card = json.loads((FOLDER / "card.json").read_text(encoding="utf-8"))
    assert card["layout"] == LAYOUT
    assert card["encoder_sha256"] == hashlib.sha256((FOLDER / "encoder.onnx").read_bytes()).hexdigest()
    assert (FOLDER / "encoder.onnx").stat().st_size + (FOLDER / "heads.npz").stat().st_size < 30e6


def test_a_model_of_another_layout_is_refused_with_what_to_do(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "m")
    card = json.loads((tmp_path / "m" / "card.json").read_text(encoding="utf-8"))
    other = json.dumps({**card, "layout": "features.v0"})
    (tmp_path / "m" / "card.json").write_text(other, encoding="utf-8")
    with pytest.raises(DataError, match=r"features\.v0.*make model"):
        Model(tmp_path / "m")


def test_a_damaged_model_is_refused_with_what_to_do(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "m")
    (tmp_path / "m" / "heads.npz").write_bytes(b"not a zip")
    with pytest.raises(DataError, match="--coder rules"):
        Model(tmp_path / "m")


def test_the_same_text_gives_the_same_events_also_when_two_readings_interleave() -> None:
    text = (
        "Turkey summoned the Greek ambassador on Monday. Greek premier Kyriakos Mitsotakis rejected the "
        "protest and called on Ankara to withdraw its ships."
    )
    document = make_document(text, published=ON)
    whole = list(default_coder().code(document))
    assert whole
    first, second = default_coder().code(document), default_coder().code(document)
    mixed = [e for pair in zip(first, second, strict=True) for e in pair]
    assert mixed[::2] == mixed[1::2] == whole


def test_every_event_says_how_sure_the_model_is() -> None:
    events = default_coder().code(make_document("Iran condemned the United States on Friday.", published=ON))
    for event in events:
        assert event.confidence is not None
        assert 0 < event.confidence <= 1


def test_a_relation_goes_from_source_to_target() -> None:
    sentences = [
        "<s>The United States</s> imposed sweeping sanctions on <t>Iran</t> on Tuesday.",
        "<s>Kenya's president</s> met <t>his Ugandan counterpart</t> in Entebbe on Monday.",
    ]
    relator = Relator(model(), default_coder())
    found = list(relator.relate(read_marked(str(n), s) for n, s in enumerate(sentences)))
    assert [f.event for f in found] == ["SANCTION", "CONSULT"]
    assert found[0].status == "actual"
    assert all(abs(sum(f.chances) - 1) < 1e-4 for f in found)
    assert all(f.chances[EVENTS.index("NONE")] == 0 for f in found)


@pytest.mark.parametrize("marked", ["<s>Iran</s> struck Iraq", "<s>A</s> <s>B</s> met C", "nothing"])
def test_a_sentence_without_both_marks_is_refused(marked: str) -> None:
    with pytest.raises(FormatError, match="one source"):
        read_marked("7", marked)


def test_what_an_analyst_says_never_happened() -> None:
    text = (
        "The United States and Colombia held talks on Monday. Analyst Maria Lopez of the Andes "
        "Institute notes that it is critical for Washington to threaten Caracas, whose army attacks Colombia."
    )
    events = list(default_coder().code(make_document(text, published=ON)))
    said = [e for e in events if e.start > text.index("Analyst")]
    assert all(e.status != "actual" for e in said)
    assert [e.event for e in events if e.start < text.index("Analyst")] == ["CONSULT"]
