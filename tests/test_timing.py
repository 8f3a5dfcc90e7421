"""When an act was done: its own date, the one that still holds, or none with a reason."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Reader


@pytest.mark.parametrize(
    ("text", "day", "end"),
    [
        ("Norway expelled a Russian diplomat on Monday.", "2026-01-05", None),
        ("Norway expelled a Russian diplomat yesterday.", "2026-01-07", None),
        ("Norway expelled a Russian diplomat on Jan. 2.", "2026-01-02", None),
        ("Norway expelled a Russian diplomat over the weekend.", "2026-01-03", "2026-01-04"),
        ("Norway expelled a Russian diplomat in March 2024.", "2024-03", None),
        ("Norway expelled a Russian diplomat in 2019.", "2019", None),
        ("Last year Norway expelled a Russian diplomat.", "2025", None),
        ("Norway will expel a Russian diplomat on Monday.", "2026-01-12", None),
    ],
)
def test_the_words_beside_the_act_give_its_day(read: Reader, text: str, day: str, end: str | None) -> None:
    event = read.only(text)
    assert (event.date, event.date_end) == (day, end)
    assert event.date_text is not None
    assert event.date_text in text
    assert event.date_reason is None


def test_without_any_word_of_time_there_is_no_date_but_a_reason(read: Reader) -> None:
    event = read.only("Norway expelled a Russian diplomat.")
    assert (event.date, event.date_end, event.date_text) == (None, None, None)
    assert event.date_reason == "the text gives no date for this act"


def test_words_that_cannot_be_placed_are_kept_with_the_reason(read: Reader) -> None:
    event = read.only("Norway expelled a Russian diplomat on Monday.", None)
    assert event.date is None
    assert event.date_text is not None
    assert "Monday" in event.date_text
    assert event.date_reason


def test_each_act_of_a_sentence_takes_the_date_that_hangs_on_it(read: Reader) -> None:
    text = "Norway expelled a Russian diplomat on Monday after Moscow detained a Norwegian sailor on Friday."
    assert {(e.event, e.date) for e in read(text)} == {("SANCTION", "2026-01-05"), ("COERCE", "2026-01-02")}


def test_the_day_holds_for_the_same_actor_through_the_paragraph(read: Reader) -> None:
    text = "On Monday, Macron met Modi in Paris. Macron also promised to sell jets to India."
    assert [e.date for e in read(text)] == ["2026-01-05", "2026-01-05"]


def test_the_day_does_not_pass_to_another_actor(read: Reader) -> None:
    text = "Norway expelled a Russian diplomat on Monday. Canada condemned Belarus."
    assert [e.date for e in read(text)] == ["2026-01-05", None]


def test_the_day_passes_by_name_into_the_next_sentence_only(read: Reader) -> None:
    first = "Greece expelled a Turkish diplomat on Monday.\n\n"
    assert read(first + "Greece also condemned Libya.")[-1].date == "2026-01-05"
    assert read(first + "Canada was silent.\n\nGreece also condemned Libya.")[-1].date is None
    assert read(first + "It also condemned Libya.")[-1].date == "2026-01-05"


def test_a_date_that_only_says_which_thing_is_meant_dates_nothing(read: Reader) -> None:
    text = "Norway criticised Russia over the 2022 election."
    assert [e.date for e in read(text)] == [None]


def test_a_weekday_beside_a_verb_in_the_past_is_the_one_before(read: Reader) -> None:
    assert read.only("Norway expelled a Russian diplomat on Friday.").date == "2026-01-02"


def test_a_governments_release_speaks_on_the_day_it_appears(read: Reader) -> None:
    text = "The United States condemns Belarus for its treatment of prisoners."
    day = date(2026, 1, 8)
    assert [e.date for e in read(text, day, url="https://www.state.gov/x")] == ["2026-01-08"]
    assert [e.date for e in read(text, day)] == [None]


def test_the_last_century_is_no_date_of_an_act(read: Reader) -> None:
    event = read("Norway condemned Russia in the 21st century.")[0]
    assert event.date is None


@pytest.mark.parametrize(
    "text",
    [
        "Norway asked Turkey to free the sailor who has been held since March.",
        "Norway thanked Sweden for sheltering the families that fled last autumn.",
        "Norway and Sweden agreed to meet in October.",
        "Norway promised Sweden that it would lift the sanctions by July.",
        "Norway condemned Sweden over a law, which the parliament will debate next week.",
    ],
)
def test_a_clause_below_the_act_keeps_its_date_for_itself(read: Reader, text: str) -> None:
    assert {e.date for e in read(text) if e.status == "actual"} == {None}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Visiting Oslo on Tuesday, Modi condemned Pakistan.", "2026-01-06"),
        ("Norway expelled a Russian diplomat when the spy was caught on Tuesday.", "2026-01-06"),
    ],
)
def test_a_clause_with_the_same_time_gives_its_date_on(read: Reader, text: str, day: str) -> None:
    assert day in {e.date for e in read(text)}


@pytest.mark.parametrize(
    ("text", "event", "day"),
    [
        (
            "Norway recalled its ambassador on Tuesday, three days after Russia attacked a Norwegian ship.",
            "ASSAULT",
            "2026-01-03",
        ),
        (
            "Norway recalled its ambassador on Tuesday, hours after Russia attacked a Norwegian ship.",
            "ASSAULT",
            "2026-01-06",
        ),
        ("A day before Russia attacked Norway on Tuesday, Sweden condemned Russia.", "ACCUSE", "2026-01-05"),
        ("A week after Russia attacked Norway on Tuesday, Sweden condemned Russia.", "ACCUSE", "2026-01-13"),
    ],
)
def test_an_act_told_so_many_days_after_another_is_counted_from_it(
    read: Reader, text: str, event: str, day: str
) -> None:
    assert [e.date for e in read(text) if e.event == event] == [day]


def test_the_first_since_a_year_did_not_happen_in_that_year(read: Reader) -> None:
    text = "Norway held its first talks with Russia since 2018."
    assert [e.date for e in read(text)] == [None]


def test_what_is_done_was_not_done_on_a_day_to_come(read: Reader) -> None:
    assert [e.date for e in read("Norway condemned Russia ahead of a vote in March.")] == [None]


def test_the_same_act_told_again_keeps_its_date_over_paragraphs(read: Reader) -> None:
    text = (
        "Russia attacked Norway on Tuesday.\n\nSweden condemned Denmark.\n\nBerlin was silent.\n\n"
        "Russia attacked Norway with drones, the mayor wrote."
    )
    assert [e.date for e in read(text) if e.event == "ASSAULT"] == ["2026-01-06", "2026-01-06"]


def test_a_perfect_may_be_of_any_day(read: Reader) -> None:
    text = "Norway expelled a Russian diplomat on Monday. Norway has also condemned Belarus."
    assert [e.date for e in read(text)] == ["2026-01-05", None]


def test_a_release_tells_what_its_occasion_brought_in_the_perfect_too(read: Reader) -> None:
    text = "Canada met Japan on Monday. Canada and Japan have agreed to share radar pictures."
    assert [e.date for e in read(text, url="https://www.state.gov/x")][-1] == "2026-01-05"


def test_a_deal_gives_its_day_to_what_was_agreed_in_it(read: Reader) -> None:
    event = read.only("In the November 27 deal, Chile and Peru agreed to reopen the border.")
    assert event.date == "2025-11-27"
