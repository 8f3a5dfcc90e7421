"""What a question asks for, what is answered, and what is never answered without evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from detente.answers import Answer, Asked, Conversation, Verdict, ask
from detente.answers.question import Reader, Unclear
from detente.answers.spans import days_of
from detente.briefs import check
from detente.cli.demo import storyline
from detente.cli.main import main
from detente.coding.coder import rule_coder
from detente.records import Document
from detente.sources.text import make_document
from detente.store import Store, open_store
from quality import questions

TODAY = date(2026, 1, 8)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.fixture(scope="module")
def demo() -> Iterator[Store]:
    with open_store(":memory:") as store:
        store.add(storyline(), rule_coder())
        yield store


@pytest.fixture(scope="module")
def asked(demo: Store) -> list[questions.Result]:
    return questions.ask_all(demo, questions.read_questions(questions.DEMO))


@pytest.mark.parametrize(
    ("text", "kind", "types", "actor", "recipient"),
    [
        ("Has Colombia recalled its ambassador?", Asked.EVER, ("SANCTION",), ("COL",), ()),
        ("Who sanctioned Cuba?", Asked.WHO, ("SANCTION",), (), ("CUB",)),
        ("Whom did Iran accuse?", Asked.WHO, ("ACCUSE",), ("IRN",), ()),
        ("Was Cuba sanctioned by Canada?", Asked.EVER, ("SANCTION",), ("CAN",), ("CUB",)),
        ("When did Iran last threaten Israel?", Asked.LAST, ("THREATEN",), ("IRN",), ("ISR",)),
        ("When did Iran first threaten Israel?", Asked.FIRST, ("THREATEN",), ("IRN",), ("ISR",)),
        ("How often has Iran threatened Israel?", Asked.COUNT, ("THREATEN",), ("IRN",), ("ISR",)),
        ("Since when has Iran been sanctioning Israel?", Asked.SINCE, ("SANCTION",), ("IRN",), ("ISR",)),
        ("Will Iran meet Israel?", Asked.PLANNED, ("CONSULT",), ("IRN",), ("ISR",)),
        ("What happened between Iran and Israel?", Asked.WHAT, (), ("IRN",), ("ISR",)),
    ],
)
def test_who_acts_on_whom_is_read_from_the_grammar_of_the_question(
    reader: Reader,
    text: str,
    kind: Asked,
    types: tuple[str, ...],
    actor: tuple[str, ...],
    recipient: tuple[str, ...],
) -> None:
    query = reader.read(text, TODAY)
    assert (query.asked, query.types, query.actor, query.recipient) == (kind, types, actor, recipient)


def test_a_town_behind_in_is_a_place_and_no_party(reader: Reader) -> None:
    query = reader.read("When did Iran and Israel meet in Stockholm?", TODAY)
    assert query.parties == ("IRN", "ISR") and query.places == ("Stockholm",)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("Have they met since March 2025?", "2025-03-01", None),
        ("Have they met since March?", "2025-03-01", None),
        ("Had they met before 2025?", None, "2024-12-31"),
        ("Did they meet in 2025?", "2025-01-01", "2025-12-31"),
        ("What happened in the last 30 days?", "2025-12-09", None),
    ],
)
def test_days_of_a_question_include_their_ends(text: str, since: str | None, until: str | None) -> None:
    days = days_of(text, TODAY)
    assert (days.since, days.until) == tuple(
        None if d is None else date.fromisoformat(d) for d in (since, until)
    )


@pytest.mark.parametrize(
    "text",
    [
        "Did they talk?",
        "What happened?",
        "Why did Iran attack Israel?",
        "Should Iran talk to Israel?",
        "How do I cook rice?",
        "???",
        "What will the weather be in Kyiv?",
    ],
)
def test_a_question_that_cannot_be_looked_up_says_what_it_lacks(reader: Reader, text: str) -> None:
    with pytest.raises(Unclear) as caught:
        reader.read(text, TODAY)
    assert caught.value.missing and caught.value.offers


def test_the_offers_can_be_asked(reader: Reader) -> None:
    with pytest.raises(Unclear) as caught:
        reader.read("How do I cook rice?", TODAY)
    for offer in caught.value.offers:
        assert reader.read(offer, TODAY).parties


def test_questions_on_the_demo_are_answered_rightly_on_the_right_evidence(
    asked: list[questions.Result],
) -> None:
    figures = questions.measure(asked)
    assert figures.share >= 0.85
    assert figures.without_evidence == 0
    assert figures.unanswerable_refused == figures.unanswerable == 5


def test_every_sentence_of_an_answer_passes_the_support_check(
    demo: Store, asked: list[questions.Result]
) -> None:
    documents = {d.id: d for d in demo.documents()}
    checked = 0
    for result in asked:
        for line in result.answer.lines:
            events = {e.id: e for e in demo.events(ids=line.events)}
            assert check(line, events, documents) is None, line.text
            checked += 1
    assert checked > 15


def test_no_answer_says_no(asked: list[questions.Result]) -> None:
    for result in asked:
        assert not result.answer.headline.lower().startswith("no,")
        assert result.answer.verdict is not Verdict.YES or result.answer.proofs


def test_nothing_found_tells_what_was_searched(demo: Store) -> None:
    made = ask(demo, "Did Brazil sanction Colombia?", today=TODAY)
    assert made.verdict is Verdict.NOTHING and not made.lines
    assert made.searched is not None and made.searched.documents == 18
    assert "18 documents from 26 January 2025 to 8 January 2026" in made.headline


def test_nothing_published_after_the_day_of_the_question_is_used(demo: Store) -> None:
    before = ask(demo, "When did Trump and Petro last speak?", today=date(2026, 1, 6))
    assert before.value != ("2026-01-07",)
    assert all(p.published and p.published <= date(2026, 1, 6) for p in (*before.proofs, *before.near))
    assert ask(demo, "When did Trump and Petro last speak?", today=TODAY).value == ("2026-01-07",)


def test_a_follow_up_keeps_the_act_and_the_parties(demo: Store) -> None:
    talk = Conversation(demo, today=TODAY)
    talk.ask("Did the United States impose sanctions on Petro?")
    made = talk.ask("And when?")
    assert made.query is not None and made.query.asked is Asked.WHEN
    assert made.query.parties == ("USA", "COL") and made.value[0] == "2025-10-24"


def test_an_unclear_question_leaves_the_thread_as_it_is(demo: Store) -> None:
    talk = Conversation(demo, today=TODAY)
    talk.ask("Did the United States impose sanctions on Petro?")
    assert talk.ask("Why?").verdict is Verdict.UNCLEAR
    assert talk.ask("And when?").verdict is Verdict.FOUND


def _store(*texts: tuple[str, str, str]) -> tuple[Store, list[Document]]:
    store = open_store(":memory:")
    documents = [make_document(t, published=date.fromisoformat(d), publisher=p) for t, d, p in texts]
    store.add(documents, rule_coder())
    return store, documents


def _ask(text: str, *texts: tuple[str, str, str]) -> Answer:
    store, _ = _store(*texts)
    with store:
        return ask(store, text, today=TODAY)


def test_what_is_planned_is_never_told_as_done() -> None:
    made = _ask(
        "Has Iran met Oman?", ("The leaders of Iran and Oman will meet on January 20.", "2026-01-05", "A")
    )
    assert made.verdict is not Verdict.YES
    assert all("plan" in line.text for line in made.lines)


def test_commentary_is_counted_and_never_told() -> None:
    made = _ask(
        "Did Iran threaten Oman?",
        ("Iran may threaten Oman if talks fail, analysts believe.", "2026-01-05", "A"),
    )
    assert made.verdict is Verdict.NOTHING and not made.lines


def test_a_yes_on_somebodys_word_names_him() -> None:
    made = _ask(
        "Did Iran attack Oman?",
        ("Iran attacked Oman on Monday, Foreign Minister Badr Albusaidi of Oman said.", "2026-01-06", "A"),
    )
    assert made.verdict is Verdict.YES
    assert "Albusaidi" in made.headline and "Albusaidi" in made.lines[0].text


def test_another_act_of_the_same_type_is_no_yes() -> None:
    made = _ask(
        "Has Iran recalled its ambassador from Oman?",
        ("Iran imposed sanctions on Oman on Monday.", "2026-01-06", "A"),
    )
    assert made.verdict is Verdict.NOTHING
    assert [p.type for p in made.near] == ["SANCTION"]


def test_two_reports_of_one_call_are_one_act() -> None:
    made = _ask(
        "How many times has Iran talked to Oman?",
        ("Iran and Oman held talks on Monday.", "2026-01-06", "A"),
        ("Iran and Oman held talks on January 5.", "2026-01-07", "B"),
        ("Iran and Oman held talks on Wednesday.", "2026-01-08", "A"),
    )
    assert made.value == ("2",)
    assert made.lines[0].text == "2 acts are on record."


def test_the_command_answers_keeps_the_thread_and_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "demo.sqlite"
    with open_store(path) as store:
        store.add(storyline(), rule_coder())
    place = ["--store", str(path), "--as-of", "2026-01-08"]
    assert main(["ask", "Did the United States impose sanctions on Petro?", *place]) == 0
    assert "SANCTION" in capsys.readouterr().out
    assert main(["ask", "And when?", "--after", "last", "--format", "json", *place]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["schema"] == "detente.ask.v1"
    assert made["answer"]["value"][0] == "2025-10-24"
    assert all(proof["words"] and proof["publisher"] for proof in made["answer"]["proofs"])
    kept = tmp_path / "answer.json"
    kept.write_text(json.dumps(made), encoding="utf-8")
    assert main(["ask", "And in 2024?", "--after", str(kept), *place]) == 0
    assert "holds nothing" in capsys.readouterr().out
    assert main(["ask", "Why did Petro call Trump?", *place]) == 2
    assert "What can be asked" in capsys.readouterr().out
    assert main(["ask", "And when?", "--after", str(tmp_path / "none.json"), *place]) == 1


needs_shared = pytest.mark.skipif(not questions.storylines(), reason="the storylines are not here")


@needs_shared
def test_questions_on_the_storylines_hold_their_floors() -> None:
    """Floors of the rule coder; figures and their reading stand in docs/howto/ask.md."""
    with open_store(":memory:") as store:
        questions.build(store, questions.storylines(), "rules")
        results = questions.ask_all(store, questions.read_questions())
    figures = questions.measure(results)
    assert figures.asked >= 60 and figures.unanswerable >= 15
    assert figures.without_evidence == 0
    assert figures.unanswerable_refused >= figures.unanswerable - 1
    assert figures.share >= 0.66
