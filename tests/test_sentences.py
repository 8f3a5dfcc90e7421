"""Where sentences of the news end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.coding.sentences import split


def parts(text: str) -> list[str]:
    return [text[s.start : s.end] for s in split(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("The U.S. President spoke.", 1),
        ("He returned to the U.S. The president stayed.", 2),
        ("Troops left the U.S. base. It was empty.", 2),
        ("U.N. envoy Hans Keller met Gen. Luis Prado on Jan. 7 in St. Vith.", 1),
        ("The vote was held in Jan. The army accepted it.", 2),
        ("Mr. Walker and Dr. Aziz saw Sen. J. D. Vance.", 1),
        ("Talks begin at 9 a.m. Monday. They end at 6 p.m. On Tuesday all fly home.", 3),
        ("No. 10 said no. The answer stayed no.", 2),
        ("Firms such as Acme Inc. were hit, e.g. by tariffs of 3.5 percent. Prices rose.", 2),
        ("Exports fell 3.5 percent. 12 ships waited.", 2),
        ('"We go." "Then go." He left.', 3),
        ('"We will not yield," she said. "Not now. Not ever." He left.', 4),
        ('"Must we fight?" asked the envoy. "We must!" the general said.', 2),
        ("“Did he sign?” Rania Aziz asked.", 1),
        ("(The army did not reply.) The ministry did.", 2),
        ("We waited ... and waited. Then it came… Nobody cheered.", 3),
        ("The talks failed.[12] Both sides blamed each other.", 2),
        ("See https://example.org/a.b?c=1. It lists all.", 2),
        ("Walker lifts sanctions\nThe ban ends in May.\n\nHe said so.", 3),
        ("Points:\n• aid for Sudan\n• a new envoy\n- one more", 4),
        ("1. First, the truce. 2. Then the vote.", 2),
        ("The militia fled. al-Hashimi's men came back.", 2),
    ],
)
def test_a_sentence_ends_where_a_reader_would_end_it(text: str, sentences: int) -> None:
    assert len(parts(text)) == sentences, parts(text)


def test_a_closing_mark_stays_with_its_sentence() -> None:
    assert parts('He said: "Go home." They went.') == ['He said: "Go home."', "They went."]


def test_a_title_stays_with_the_name_after_it() -> None:
    assert parts("It was signed by Lt. Gen. Prado. He left.")[0] == "It was signed by Lt. Gen. Prado."


@given(st.text(alphabet=" \n\t.!?…\"'“”)(A1bé。•-", max_size=200) | st.text(max_size=200))
def test_spans_cover_all_but_white_space_in_order(text: str) -> None:
    at = 0
    for span in split(text):
        assert text[at : span.start].strip() == ""
        piece = text[span.start : span.end]
        assert piece and piece == piece.strip() and "\n" not in piece
        at = span.end
    assert text[at:].strip() == ""


@given(st.lists(st.sampled_from(["The envoy left. ", "No deal yet. ", "Talks go on! "]), max_size=9))
def test_plain_sentences_are_counted_right(sentences: list[str]) -> None:
    assert len(split("".join(sentences))) == len(sentences)
