"""What `detente explain` tells is what the coder did: no more, no less, and in plain words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detente.cli.main import main
from detente.coding.coder import RuleCoder, default_coder, rule_coder
from detente.coding.explanations import Predicate, Sentence
from detente.coding.features import EVENTS, SIDES, STATUSES, VOICES
from detente.coding.learned import LearnedClassifier
from detente.coding.lexicon import lexicon
from detente.coding.model import Model
from detente.coding.statements import statements
from detente.coding.tracing import explain
from detente.errors import InputError
from detente.records import Document, Status, Voice
from detente.sources.text import make_document

ON = date(2026, 1, 8)  # a Thursday
ARTICLE = (
    "The orchard show in Leeton drew a crowd.\n\n"
    "Serbian President Aleksandar Vucic met the Hungarian leader on Tuesday, and Serbia will reopen its "
    "embassy in Kyiv if Ukraine agrees. Vucic denied that Serbia had armed the rebels. "
    '"We reject this blackmail," Vucic said.\n\n'
    "Analysts argue that Hungary attacked the agreement. Serbia, which supports Hungary, imposed "
    "sanctions on Kosovo to protect its border."
)


def document(text: str = ARTICLE, published: date | None = ON, **about: Any) -> Document:
    return make_document(text, published=published, **about)


def told(text: str, coder: RuleCoder | None = None, number: int = 1, **about: Any) -> Sentence:
    """One sentence of a text, explained; by the rules where nothing else is said."""
    return explain(document(text, **about), coder or rule_coder(), number).sentences[number - 1]


def of(sentence: Sentence, word: str) -> Predicate:
    """The predicate of that word."""
    [found] = [p for p in sentence.predicates if p.word == word]
    return found


class Answers(Model):
    """A model that always answers the same: chances of types, sides, statuses, voices, and its confidence."""

    def __init__(
        self,
        event: dict[str, float],
        sides: Sequence[float] = (0.1, 0.6, 0.2, 0.1),
        status: str = "actual",
        sure: float = 0.7,
        least: float = 0.5,
    ) -> None:
        self.name, self.width, self.least = "answers.v1", 4, least
        self._event, self._sides, self._status, self._sure = event, sides, status, sure

    def start(self, text: str, spans: Sequence[tuple[int, int]], wanted: Sequence[bool]) -> Any:
        class Blank:
            def at(self, start: int, end: int) -> Any:
                return np.zeros(4, dtype=np.float32)

        return Blank()

    def events(self, vectors: Any, features: Any) -> Any:
        row = np.array([self._event.get(name, 0.0) for name in EVENTS], dtype=np.float32)
        return np.tile(row, (len(vectors), 1))

    def parties(self, vector: Any, places: Any, features: Any, kind: int) -> Any:
        return np.tile(np.array(self._sides, dtype=np.float32), (len(places), 1))

    def judgements(self, vector: Any, features: Any, judged: Any) -> Any:
        statuses = np.array([0.6 if s == self._status else 0.1 for s in STATUSES], dtype=np.float32)
        return statuses, np.array([0.8, 0.15, 0.05], dtype=np.float32)

    def confidence(self, grounds: Any) -> float:
        return self._sure


def learned(**answers: Any) -> RuleCoder:
    """A coder whose model answers as told."""
    return RuleCoder(classifier=LearnedClassifier(lexicon(), statements(), Answers(**answers)))


# It changes nothing and leaves nothing out ------------------------------------------------------


@pytest.mark.parametrize("coder", [rule_coder, default_coder])
@pytest.mark.parametrize("number", [None, 3])
def test_who_watches_the_coder_sees_the_events_it_gives_without_him(coder: Any, number: int | None) -> None:
    plain = list(coder().code(document()))
    found = explain(document(), coder(), number)
    assert sum(s.events for s in found.sentences) == len(plain)
    for sentence in found.sentences:
        if number is None or sentence.number == number:
            seen = [p.event for p in sentence.predicates if p.event is not None]
            inside = [e for e in plain if sentence.start <= e.trigger_start < sentence.end]
            assert sorted(seen, key=lambda e: e.id) == sorted(inside, key=lambda e: e.id)
            assert len(seen) == sentence.events


@pytest.mark.parametrize("coder", [rule_coder, default_coder])
def test_every_predicate_became_an_event_or_says_why_not(coder: Any) -> None:
    predicates = [p for s in explain(document(), coder()).sentences for p in s.predicates]
    assert len(predicates) > 10
    for one in predicates:
        assert (one.event is None) == (one.why_not is not None)
        assert one.event is None or (one.status and one.voice and one.date and one.frame)


def test_what_was_told_before_counts_though_only_one_sentence_is_told() -> None:
    everything = explain(document(), rule_coder())
    for sentence in everything.sentences:
        alone = explain(document(), rule_coder(), sentence.number).sentences[sentence.number - 1]
        assert alone == sentence
    assert explain(document(), rule_coder(), 2).sentences[2].predicates == ()


def test_a_sentence_that_is_not_there_is_asked_for_in_vain() -> None:
    with pytest.raises(InputError, match="1 to 1"):
        explain(document("Iran condemned Iraq."), rule_coder(), 2)


# Why a sentence was not parsed ------------------------------------------------------------------


def test_without_actors_no_sentence_is_parsed() -> None:
    found = explain(document("Rain fell. The market closed."), rule_coder())
    assert [s.why_not for s in found.sentences] == ["the document names no political actor"] * 2


def test_the_reason_of_a_sentence_that_is_passed_over_is_its_own() -> None:
    text = (
        "Iran condemned Iraq. Prices of wool were flat. They met a teacher. Rain fell. Iran is large. "
        "Snow came. Hail came. Fog came."
    )
    found = explain(document(text), rule_coder()).sentences
    assert found[0].why_not is None and found[0].parsed
    assert found[1].why_not == "no political actor in it, and no word that stands for one"
    assert found[2].why_not is None
    assert found[4].why_not == "no word in it that may report an act"
    assert found[7].why_not == "no political actor in it or in the two sentences before"


def test_a_question_is_not_parsed_for_it_is_nobody_s_word() -> None:
    text = "Did Iran attack Iraq? Iran condemned Iraq."
    turns = ((0, "Q"), (text.index("Iran condemned"), "MR. SMITH"))
    found = explain(replace(document(text), turns=turns), rule_coder()).sentences
    assert found[0].why_not == "a question or stage direction: nobody's own words"
    assert found[1].parsed


# Names, tree, speakers --------------------------------------------------------------------------


def test_names_and_words_that_stand_for_them_say_how_they_were_resolved() -> None:
    text = "Serbian President Aleksandar Vucic met Iran. He thanked Iran."
    second = told(text, number=2)
    [he] = second.standing
    assert (he.text, he.code, he.how) == ("He", "SRB", "pronoun")
    assert he.name is not None and he.name.startswith("Aleksandar")
    assert [(m.text, m.code, m.kind) for m in second.mentions] == [("Iran", "IRN", "name")]


def test_the_tree_holds_the_words_of_the_text_though_the_parser_saw_others() -> None:
    sentence = told("Iran condemned Iraq.")
    assert [w.text for w in sentence.words] == ["Iran", "condemned", "Iraq", "."]
    assert sentence.words[0].parsed != "Iran" and sentence.words[0].code == "IRN"
    assert [w.head for w in sentence.words] == [1, 1, 1, 1]


def test_a_sentence_too_long_for_the_parser_says_where_it_stopped() -> None:
    text = "Iran condemned Iraq, " + "and the market sold wool, " * 40 + "and Iraq condemned Iran."
    sentence = told(text)
    assert sentence.unread is not None and sentence.unread < len(text)
    assert told("Iran condemned Iraq.").unread is None


def test_a_reporting_clause_names_its_speaker_and_its_word() -> None:
    sentence = told("Iran said Iraq had attacked a tanker of Kuwait.")
    [frame] = sentence.frames
    assert (frame.voice, frame.code, frame.word) == (Voice.SPEAKER, "IRN", "said")
    [quote] = sentence.quotes
    assert quote.kind == "indirect"


# What the rules make of it ----------------------------------------------------------------------


def test_the_row_that_fits_is_shown_as_it_is_written_with_its_table() -> None:
    row = of(told("Iran called on Iraq to disarm."), "called").row
    assert row is not None
    assert (row.trigger, row.event, row.table) == ("call", "REQUEST", "triggers/REQUEST.csv")
    assert "prep:on" in row.needs


def test_a_name_that_is_given_stands_in_no_table() -> None:
    row = of(told("Iran described Iraq as wicked."), "described").row
    assert row is not None and row.table is None and row.event == "ACCUSE"


@pytest.mark.parametrize(
    ("text", "word", "reason"),
    [
        ("Iran, which supports Iraq, condemned Kuwait.", "supports", "how things stand"),
        ("Iran sent envoys to Iraq to condemn Kuwait.", "condemn", "only what something else is done for"),
        ("Iran promised to attack Iraq.", "attack", "belongs to the act told by 'promised'"),
        ("Iran plans a meeting with Iraq.", "plans", "only plans what its object names"),
        ("Iran condemned Iraq after talks.", "talks", "no party stands in its own phrase"),
        ("Iran condemned Iraq and tasted the soup.", "tasted", "no row of the lexicon lists it"),
        ("Iran condemned Iraq and called.", "called", "need other words beside it"),
    ],
)
def test_why_a_word_gave_no_event(text: str, word: str, reason: str) -> None:
    one = of(told(text), word)
    assert one.event is None
    assert one.why_not is not None and reason in one.why_not


def test_a_quotation_can_be_an_act_without_a_word_that_any_row_lists() -> None:
    sentence = told('"They must leave our land at once," Iranian President Masoud Pezeshkian said of Iraq.')
    [act] = [p for p in sentence.predicates if p.event is not None and p.event.event == "REQUEST"]
    assert act.row is not None and act.row.table is None


# Status, voice, date ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "status", "word"),
    [
        ("Iran did not attack Iraq.", Status.NEGATED, "not"),
        ("Iran denied that it had attacked Iraq.", Status.NEGATED, "denied"),
        ("Iran stopped attacking Iraq.", Status.NEGATED, "stopped"),
        ("Kuwait fled when Iran would attack Iraq.", Status.FUTURE, "would"),
        ("Iran may attack Iraq.", Status.HYPOTHETICAL, "may"),
        ("Iran will attack Iraq.", Status.FUTURE, "will"),
        ("Iran considered attacking Iraq.", Status.HYPOTHETICAL, "considered"),
        ("Iran previously attacked Iraq.", Status.HISTORICAL, "previously"),
        ("Iran had attacked Iraq.", Status.HISTORICAL, "had"),
        ("Iran attacked Iraq.", Status.ACTUAL, None),
    ],
)
def test_the_rule_of_a_status_shows_the_word_it_saw(text: str, status: Status, word: str | None) -> None:
    found = [p for p in told(text).predicates if p.lemma == "attack"]
    judged = found[0].status
    assert judged is not None, found[0].why_not
    assert (judged.value, judged.word) == (status, word)


def test_a_status_may_come_from_the_date() -> None:
    judged = of(told("Iran attacked Iraq in March 2019."), "attacked").status
    assert judged is not None and judged.value == "historical" and "thirty days" in judged.rule


def test_what_a_commentator_says_is_hypothetical_and_says_why() -> None:
    one = of(told("Analysts argue that Iran attacked Iraq."), "attacked")
    assert one.status is not None and one.voice is not None
    assert (one.voice.value, one.voice.word) == ("commentary", "argue")
    assert (one.status.rules, one.status.value) == ("actual", "hypothetical")
    assert one.status.note == "an opinion makes nothing happen"


def test_the_date_tells_the_words_it_came_from_or_that_it_still_holds() -> None:
    text = "On Monday Iran attacked Iraq. It also condemned Iraq. Kuwait condemned Iraq."
    found = explain(document(text), rule_coder()).sentences
    dates = [of(s, w).date for s, w in zip(found, ("attacked", "condemned", "condemned"), strict=True)]
    first, second, third = dates
    assert first is not None and second is not None and third is not None
    assert (first.date, first.words) == ("2026-01-05", "Monday") or first.words == "On Monday"
    assert (second.date, second.words) == ("2026-01-05", None) and "still holds" in second.how
    assert third.date is None and third.how == "no words of this sentence date it"


# The learned coder ------------------------------------------------------------------------------


def test_the_model_s_chances_of_types_and_sides_are_told() -> None:
    one = of(told("Iran condemned Iraq.", default_coder()), "condemned")
    assert {c.name for c in one.chances} == set(EVENTS)
    assert sum(c.value for c in one.chances) == pytest.approx(1, abs=1e-4)
    assert [c.value for c in one.chances] == sorted((c.value for c in one.chances), reverse=True)
    assert one.needed is not None and 0 < one.needed < 1
    for offer in one.offers:
        assert offer.none + offer.actor + offer.recipient + offer.both == pytest.approx(1, abs=1e-4)


def test_an_act_that_the_model_does_not_believe_in_says_how_much_was_needed() -> None:
    one = of(told("Iran condemned Iraq.", learned(event={"NONE": 0.9, "ACCUSE": 0.1})), "condemned")
    assert one.why_not == "the model gives an act 10%; 30% is needed"
    assert one.offers == ()


def test_where_the_rules_keep_no_act_the_model_must_be_surer() -> None:
    coder = learned(event={"NONE": 0.6, "ACCUSE": 0.4})
    assert of(told("Iran condemned Iraq and tasted soup.", coder), "tasted").why_not == (
        "the model gives an act 40%; 50% is needed, as no rule keeps it"
    )


def test_an_act_without_likely_parties_says_so_with_their_chances() -> None:
    coder = learned(event={"ACCUSE": 1.0}, sides=(0.9, 0.05, 0.05, 0.0))
    one = of(told("Iran condemned Iraq.", coder), "condemned")
    assert one.why_not == "no candidate is likely enough on either side"
    assert {o.party.code: o.side for o in one.offers} == {"IRN": None, "IRQ": None}


def test_an_act_below_the_bound_says_its_confidence_and_the_bound() -> None:
    one = of(told("Iran condemned Iraq.", learned(event={"ACCUSE": 1.0}, sure=0.4)), "condemned")
    assert (one.confidence, one.bound) == (0.4, 0.5)
    assert one.why_not == "a confidence of 40%; 50% is needed"


def test_an_act_told_by_two_words_is_kept_once() -> None:
    sentence = told("Iran condemned and denounced Iraq in a rebuke.", learned(event={"ACCUSE": 1.0}))
    reasons = [p.why_not for p in sentence.predicates]
    assert "the same act is told by another word of the sentence" in reasons
    assert None in reasons


def test_a_listed_non_act_is_barred_whatever_the_model_says() -> None:
    one = of(told("Iran accepted a prize from Iraq.", learned(event={"ACCUSE": 1.0})), "accepted")
    assert one.why_not == "a row of the lexicon says that it is no act in these words"


def test_the_status_tells_both_readings_and_how_much_the_rules_count() -> None:
    one = of(told("Iran condemned Iraq.", learned(event={"ACCUSE": 1.0}, status="negated")), "condemned")
    assert one.status is not None and one.voice is not None
    assert (one.status.value, one.status.rules) == ("negated", "actual")
    assert one.status.weight is not None and one.status.weight > 1
    assert {c.name for c in one.status.chances} == set(STATUSES)
    assert {c.name for c in one.voice.chances} == set(VOICES)


def test_a_recent_date_overrules_the_model_s_history_and_says_so() -> None:
    coder = learned(event={"ACCUSE": 1.0}, status="historical")
    one = of(told("Iran condemned Iraq on Monday.", coder), "condemned")
    assert one.status is not None
    assert (one.status.value, one.status.note) == ("actual", "a date of the last weeks is no history")


def test_the_sides_of_a_model_are_in_the_order_the_trace_reads_them() -> None:
    coder = learned(event={"ACCUSE": 1.0}, sides=(0.1, 0.2, 0.3, 0.4))
    offer = of(told("Iran condemned Iraq.", coder), "condemned").offers[0]
    assert [getattr(offer, side) for side in SIDES] == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert offer.side == "both"


# The command ------------------------------------------------------------------------------------


@pytest.fixture
def article(tmp_path: Path) -> Path:
    file = tmp_path / "article.txt"
    file.write_text(ARTICLE, encoding="utf-8")
    return file


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(["explain", *(str(a) for a in arguments)])
    caught = capsys.readouterr()
    return code, caught.out, caught.err


def test_without_a_number_all_sentences_are_listed(article: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, article, "--published", "2026-01-08", "--coder", "rules")
    assert code == 0
    assert "not parsed: no political actor in it or in the two sentences before" in out
    assert "in 6 sentences; coder rules.v1" in out
    assert "--sentence N" in err


@pytest.mark.parametrize("coder", ["rules", "auto"])
@pytest.mark.parametrize("width", ["80", "120"])
def test_one_sentence_is_shown_whole_and_no_line_is_wider_than_the_terminal(
    article: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: str, coder: str
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    code, out, _ = run(capsys, article, "--sentence", 2, "--published", "2026-01-08", "--coder", coder)
    assert code == 0
    for part in (
        "Sentence 2 of 6",
        "Aleksandar Vucic   SRB GOV   person",
        "main: met",
        "subject: Serbian President Aleksandar Vucic [SRB]",
        "Words that may report an act",
        "(triggers/CONSULT.csv)",
    ):
        assert part in out, part
    assert max(len(row) for row in out.splitlines()) <= int(width)


def test_the_words_of_an_article_command_no_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.txt"
    file.write_text("Iran condemned [red]Iraq[/red] \u202eover there.", encoding="utf-8")
    code, out, _ = run(capsys, file, "--sentence", 1, "--coder", "rules")
    assert code == 0
    assert "[red]" in out and "\u202e" not in out


def test_json_lists_sentences_or_tells_one(article: Path, capsys: pytest.CaptureFixture[str]) -> None:
    about = ("--published", "2026-01-08", "--coder", "rules", "--format", "json")
    _, out, _ = run(capsys, article, *about)
    listed = json.loads(out)
    assert listed["schema"] == "detente.explain.v1" and listed["coder"] == "rules.v1"
    assert [s["number"] for s in listed["sentences"]] == [1, 2, 3, 4, 5, 6]
    _, out, _ = run(capsys, article, "--sentence", 2, *about)
    one = json.loads(out)["sentence"]
    assert one["text"] == listed["sentences"][1]["text"]
    [met] = [p for p in one["predicates"] if p["word"] == "met"]
    assert met["event"]["event"] == "CONSULT" and met["event"]["id"]
    assert met["status"]["rules"] == "actual" and met["row"]["table"] == "triggers/CONSULT.csv"


def test_a_number_beyond_the_last_sentence_is_wrong_usage(
    article: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, article, "--sentence", 99, "--coder", "rules")
    assert (code, out) == (2, "")
    assert "there is no sentence 99; give a number from 1 to 6" in err


def test_a_file_of_several_documents_asks_for_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "wire.jsonl"
    texts = ("Iran condemned Iraq.", "Kuwait thanked Oman.")
    file.write_text("".join(json.dumps({"text": t}) + "\n" for t in texts), encoding="utf-8")
    code, _, err = run(capsys, file, "--coder", "rules")
    assert code == 2 and "give --document 1 to 2" in err
    code, out, _ = run(capsys, file, "--document", 2, "--coder", "rules")
    assert code == 0 and "Kuwait thanked Oman" in out and "Iran" not in out
    code, _, err = run(capsys, file, "--document", 3, "--coder", "rules")
    assert code == 2 and "holds 2 documents" in err


def test_a_file_that_is_not_there_is_told_as_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "no/such.txt")
    assert (code, out) == (1, "")
    assert "there is no such file" in err


def test_a_text_without_a_day_says_that_weekdays_stay_open(
    article: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, err = run(capsys, article, "--coder", "rules")
    assert "--published YYYY-MM-DD" in err
