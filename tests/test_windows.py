"""Windows for the encoder: every wanted sentence is read once, with what stands before it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from detente.coding.model import shipped_model
from detente.coding.windows import BEFORE, MOST, lay_out, mark_pieces, windows

TEXTS = st.lists(st.tuples(st.integers(1, 300), st.booleans()), max_size=40)


@given(TEXTS)
def test_every_wanted_sentence_is_in_one_window_and_windows_fit(text: list[tuple[int, bool]]) -> None:
    sizes, wanted = [n for n, _ in text], [w for _, w in text]
    found = windows(sizes, wanted)
    inside = [k for w in found for k in range(w.first, w.last)]
    assert inside == sorted(set(inside))
    assert {k for k, w in enumerate(wanted) if w} <= set(inside)
    for w in found:
        assert wanted[w.first]
        assert sum(sizes[w.before : w.first]) <= BEFORE
        assert w.last == w.first + 1 or sum(sizes[w.before : w.last]) <= MOST


@given(TEXTS)
def test_each_place_leads_to_the_pieces_of_its_sentence(text: list[tuple[int, bool]]) -> None:
    pieces = [list(range(1000 * k, 1000 * k + n)) for k, (n, _) in enumerate(text)]
    rows, parts = lay_out(pieces, [w for _, w in text])
    for row, k, at in parts:
        there = rows[row][at - 1 : at - 1 + len(pieces[k])]
        assert there == pieces[k][: len(there)]


def test_marks_stand_before_and_after_both_parties() -> None:
    model = shipped_model()
    assert model is not None
    text = "Iran condemned the United States."
    row, source, target = mark_pieces(model._tokenizer, text, (0, 4), (19, 32))
    assert row[source - 1] == 1
    assert row[target - 1] == 3
    assert row.count(2) == row.count(4) == 1
    words = [model._tokenizer.id_to_token(i) for i in row]
    assert words[target : target + 2] == ["united", "states"]
