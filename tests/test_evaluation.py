"""The measure itself: what counts as right, worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from detente.coding.evaluation import GoldArticle, Scores, read_gold, score
from detente.errors import FileError
from detente.records import Event, Party, Status

TEXT = "Iran struck Iraq on Monday. Peru thanked Chile. Nobody will meet Kenya."


def gold_act(**changed: Any) -> dict[str, Any]:
    act = {
        "evidence": "Iran struck Iraq",
        "event": ["ASSAULT", "COERCE"],
        "source": ["IRN"],
        "target": ["IRQ"],
        "symmetric": False,
        "status": "actual",
        "date": "2026-01-05",
        "speaker": None,
    }
    return {**act, **changed}


def article(folder: Path, acts: Sequence[dict[str, Any]], must_not: Sequence[str] = ()) -> GoldArticle:
    record = {
        "id": "a",
        "text": TEXT,
        "published": "2026-01-08",
        "events": list(acts),
        "must_not": [{"evidence": words, "why": "not said to have happened"} for words in must_not],
    }
    path = folder / "a.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    (read,) = read_gold([path])
    return read


def event(words: str = "Iran struck Iraq", kind: str = "ASSAULT", a: str = "IRN", b: str = "IRQ") -> Event:
    start = TEXT.index(words)
    return Event(
        document="a",
        start=start,
        end=start + len(words),
        text=words,
        event=kind,
        actor=tuple(Party(c, c) for c in a.split("+") if c),
        recipient=tuple(Party(c, c) for c in b.split("+") if c),
        symmetric=False,
        status=Status.ACTUAL,
        trigger=words.split()[1],
        trigger_start=start,
        quad=4,
        date="2026-01-05",
    )


def scored(gold: GoldArticle, *events: Event) -> Scores:
    return score([gold], {"a": events})


def test_the_very_act_scores_one_everywhere(tmp_path: Path) -> None:
    got = scored(article(tmp_path, [gold_act()]), event())
    assert (got.detect, got.parties, got.typed, got.full, got.status, got.date, got.speaker) == (1.0,) * 7


def test_nothing_coded_scores_nothing_and_divides_by_nothing(tmp_path: Path) -> None:
    got = scored(article(tmp_path, [gold_act()]))
    assert (got.detect, got.parties, got.typed, got.coded, got.gold) == (0, 0, 0, 0, 1)
    empty = scored(article(tmp_path, []), event())
    assert (empty.detect, empty.typed, empty.coded, empty.gold) == (0, 0, 1, 0)


def test_the_second_acceptable_type_is_as_good_and_a_third_is_not(tmp_path: Path) -> None:
    gold = article(tmp_path, [gold_act()])
    assert scored(gold, event(kind="COERCE")).typed == 1
    wrong = scored(gold, event(kind="ACCUSE"))
    assert (wrong.parties, wrong.typed) == (1, 0)


def test_a_wrong_status_keeps_the_type_and_loses_the_whole(tmp_path: Path) -> None:
    got = scored(article(tmp_path, [gold_act()]), replace(event(), status=Status.FUTURE))
    assert (got.typed, got.full, got.status) == (1, 0, 0)


def test_the_wrong_direction_is_no_agreement_unless_the_act_is_done_together(tmp_path: Path) -> None:
    turned = event(a="IRQ", b="IRN")
    assert scored(article(tmp_path, [gold_act()]), turned).parties == 0
    together = gold_act(symmetric=True, source=["IRN", "IRQ"], target=["IRN", "IRQ"])
    assert scored(article(tmp_path, [together]), turned).parties == 1


@pytest.mark.parametrize(
    ("source", "actor", "right"),
    [
        (["IRN", "SYR"], "IRN", 1),  # half of the named
        (["IRN", "SYR", "YEM"], "IRN", 0),  # a third
        (["IRN"], "IRN+SYR", 1),  # no more wrong than right
        (["IRN"], "IRN+SYR+YEM", 0),
        ([], "SYR", 1),  # a side nobody is named for is not asked
        (["IRN"], "", 0),
    ],
)
def test_a_side_is_right_with_half_of_its_codes_and_no_more_wrong_ones(
    tmp_path: Path, source: list[str], actor: str, right: int
) -> None:
    assert scored(article(tmp_path, [gold_act(source=source)]), event(a=actor)).parties == right


@pytest.mark.parametrize(
    ("gold", "date", "end", "right"),
    [
        ("2026-01-05", "2026-01-05", None, 1),
        ("2026-01-05", "2026-01-06", None, 0),
        ("2026-01", "2026-01-05", None, 1),
        ("2026-01-05", "2026-01", None, 1),
        ("2026-01-03/2026-01-04", "2026-01-04", None, 1),
        ("2026-01-03/2026-01-04", "2026-01-05", None, 0),
        ("2026-01-05", "2026-01-03", "2026-01-06", 1),
        ("2026-01-05", None, None, 0),
    ],
)
def test_dates_agree_where_they_can_mean_the_same_day(
    tmp_path: Path, gold: str, date: str | None, end: str | None, right: int
) -> None:
    coded = replace(event(), date=date, date_end=end)
    assert scored(article(tmp_path, [gold_act(date=gold)]), coded).date == right


@pytest.mark.parametrize(
    ("gold", "coded", "right"),
    [
        (None, None, 1),
        ("Petro", "Gustavo Petro", 1),
        ("Petro", None, 0),
        (None, "Gustavo Petro", 0),
        ("the president", "the minister", 0),
        ("The Pentagon", "the Pentagon", 1),
    ],
)
def test_speakers_agree_by_a_word_that_is_no_title(
    tmp_path: Path, gold: str | None, coded: str | None, right: int
) -> None:
    act = gold_act(speaker=gold)
    assert scored(article(tmp_path, [act]), replace(event(), speaker=coded)).speaker == right


def test_one_coded_act_answers_for_one_gold_act_only(tmp_path: Path) -> None:
    got = scored(article(tmp_path, [gold_act(), gold_act()]), event())
    assert got.typed == pytest.approx(2 / 3)  # precision 1, recall 1/2


def test_an_act_in_another_sentence_is_another_act(tmp_path: Path) -> None:
    got = scored(article(tmp_path, [gold_act()]), event("Peru thanked Chile"))
    assert (got.detect, got.parties) == (0, 0)


def test_something_actual_where_nothing_happened_is_counted_against_the_coder(tmp_path: Path) -> None:
    gold = article(tmp_path, [gold_act()], must_not=["will meet Kenya"])
    wrong = event("Nobody will meet Kenya")
    assert scored(gold, wrong).false_actual == 1
    assert scored(gold, replace(wrong, status=Status.NEGATED)).false_actual == 0
    assert scored(gold, wrong).must_not == 1


def test_scores_are_shares_rounded_for_print(tmp_path: Path) -> None:
    shown = scored(article(tmp_path, [gold_act(), gold_act()]), event()).as_dict()
    assert shown["typed"] == 0.6667
    assert shown["gold"] == 2


def test_evidence_that_is_not_in_the_text_is_refused_with_the_file_and_the_words(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"a\.json: the evidence 'Iran hit Iraq' is not in the text; copy it"):
        article(tmp_path, [gold_act(evidence="Iran hit Iraq")])


@pytest.mark.parametrize("broken", ["{", '{"id": "a"}', '{"id": "a", "text": "x"}', "[]"])
def test_a_file_that_is_no_gold_article_is_refused_with_its_line(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "a", "text": "x", "events": []}\n' + broken + "\n", encoding="utf-8")
    with pytest.raises(FileError, match=r"a\.jsonl line 2: no gold article .*see docs/reference/gold\.md"):
        read_gold([path])
