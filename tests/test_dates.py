"""Dates: what the words of a text mean on the day of its publication."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.coding.date_grammar import RULES
from detente.coding.date_rules import RULE_BOOK
from detente.coding.date_spans import SPAN_BOOK
from detente.coding.dates import find_dates, first_day, last_day, resolve
from detente.errors import DateError
from detente.records import DateMention

ROWS: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "quality" / "dates.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
FLOOR = 0.985  # only rises
THURSDAY = date(2026, 1, 8)
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
WORDS = (
    "last", "next", "this", "since", "until", "by", "the", "end", "of", "early", "mid-", "week",
    "months", "ago", "two", "a", "Friday", "March", "May 5", "31", "2014", "1990s", "07/01",
    "the day",
    "before", "after", "Easter", "in", "Feb. 30", "summer", "quarter", "first", "-", "to", "and",
    "between", "99", "centuries", "will", "met", ".", "\n", "recent", "from now", "9999-12-31",
)  # fmt: skip


def verdicts(rows: list[dict[str, Any]]) -> Iterator[tuple[str, bool]]:
    """Every expected expression, right or wrong, and every mention nobody expected, wrong.

    Right: some mention overlaps the expected words and has the same `date` and `date_end`.
    """
    for row in rows:
        mentions = find_dates(row["text"], date.fromisoformat(row["on"]))
        matched: set[DateMention] = set()
        position = 0
        for want in row["expect"]:
            start = row["text"].index(want["text"], position)
            position = start + len(want["text"])
            over = [m for m in mentions if m.start < position and start < m.end]
            matched.update(over)
            same = any((m.date, m.date_end) == (want["date"], want["date_end"]) for m in over)
            yield f"{row['on']} {want['text']!r} in {row['text']!r}", same
        for mention in mentions:
            if mention not in matched:
                yield f"{row['on']} unexpected {mention.text!r} in {row['text']!r}", False


def test_accuracy_on_the_quality_set_does_not_fall_below_its_floor() -> None:
    results = list(verdicts(ROWS))
    wrong = [what for what, right in results if not right]
    assert 1 - len(wrong) / len(results) >= FLOOR, wrong


def test_the_quality_set_is_large_and_holds_dateless_and_unplaced_rows() -> None:
    expected = [want for row in ROWS for want in row["expect"]]
    assert len(expected) >= 260
    assert sum(not row["expect"] for row in ROWS) >= 40
    assert sum(want["date"] is None for want in expected) >= 30


def test_the_scorer_marks_a_wrong_date_a_missed_one_and_an_unexpected_one() -> None:
    row = {"text": "They met on Friday.", "on": "2026-01-08"}
    wrong_date = row | {"expect": [{"text": "Friday", "date": "2026-01-09", "date_end": None}]}
    missed = row | {"expect": [{"text": "met", "date": "2026-01-02", "date_end": None}]}
    assert [right for _, right in verdicts([wrong_date])] == [False]
    assert [right for _, right in verdicts([missed])] == [False, False]
    assert [right for _, right in verdicts([row | {"expect": []}])] == [False]


def test_every_pattern_has_a_rule_and_every_rule_a_pattern() -> None:
    assert {name for name, _, _ in RULES} == set(RULE_BOOK) | set(SPAN_BOOK)
    assert not set(RULE_BOOK) & set(SPAN_BOOK)


def test_friday_in_a_friday_article_is_that_friday_whatever_the_tense() -> None:
    friday = date(2026, 1, 9)
    for sentence in ("They met on Friday.", "They will meet on Friday."):
        assert find_dates(sentence, friday)[0].date == "2026-01-09"


def test_a_weekday_with_its_date_is_one_mention() -> None:
    (mention,) = find_dates("They spoke on Wednesday, Jan. 7, by phone.", THURSDAY)
    assert (mention.text, mention.date) == ("Wednesday, Jan. 7", "2026-01-07")


def test_a_named_weekday_chooses_the_year_of_a_date_without_one() -> None:
    # 7 October was a Saturday in 2023, not in 2025
    assert find_dates("the raid of Saturday, October 7", THURSDAY)[0].date == "2023-10-07"


def test_the_words_since_and_until_belong_to_the_mention() -> None:
    texts = [m.text for m in find_dates("Shut since 2018, it will stay so until 2027.", THURSDAY)]
    assert texts == ["since 2018", "until 2027"]


def test_without_a_publication_date_absolute_forms_resolve_and_relative_ones_say_why_not() -> None:
    absolute, relative, yearless = find_dates(
        "Signed on 7 January 2016, shelved last week, revived on May 3.", None
    )
    assert absolute.date == "2016-01-07"
    assert (relative.date, relative.reason) == (None, "no publication date")
    assert (yearless.date, yearless.reason) == (None, "no publication date")


def test_a_date_that_depends_on_another_date_resolves_without_a_publication_date() -> None:
    mentions = find_dates("Kabul fell on 15 August 2021. The next day the airport was stormed.", None)
    assert [m.date for m in mentions] == ["2021-08-15", "2021-08-16"]


def test_a_distant_date_is_no_anchor_for_the_next_day() -> None:
    filler = "The envoys said nothing new about it. " * 12
    last = find_dates(f"Kabul fell on 15 August 2021. {filler}The next day he left.", THURSDAY)[-1]
    assert (last.text, last.date) == ("The next day", None)
    assert last.reason == "counts from another day that the text does not give"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The memo of 07/01/2026 leaked.", "day and month may be swapped"),
        ("A note of Feb. 30, 2025 surfaced.", "no such day in the calendar"),
        ("It ended more than 20 years ago.", "only a bound"),
        ("It ended decades ago.", "no number"),
        ("They attacked during Ramadan.", "moves with another calendar"),
        ("He was freed on Independence Day.", "falls on other days in other countries"),
        ("They must leave within days.", "an open span, not a day"),
        ("Aid fell in fiscal 2024.", "budget years begin on other days in other countries"),
        ("It was the winter of 2022.", "a winter lies in two years; the text names one"),
    ],
)
def test_what_cannot_be_placed_says_why(text: str, reason: str) -> None:
    (mention,) = find_dates(text, THURSDAY)
    assert (mention.date, mention.date_end, mention.reason) == (None, None, reason)


def test_calendar_ends_are_reported_not_raised() -> None:
    assert resolve("99 centuries ago", on=THURSDAY) == DateMention(
        0, 16, "99 centuries ago", None, None, "no such day in the calendar"
    )
    assert resolve("last year", on=date(1, 1, 1)) is not None
    assert resolve("next year", on=date(9999, 12, 31)) is not None


def test_a_list_without_sentence_marks_is_read_to_its_end() -> None:
    mentions = find_dates("delegates, Jan. 7, 2026; " * 900, THURSDAY)
    assert [m.date for m in mentions] == ["2026-01-07"] * 900


def test_dates_that_cross_are_not_joined_backwards() -> None:
    found = [(m.text, m.date) for m in find_dates("It ran from 2016 to March 2014.", THURSDAY)]
    assert found == [("2016", "2016"), ("March 2014", "2014-03")]


def test_one_expression_resolves_by_itself() -> None:
    found = {words: resolve(words, on=THURSDAY) for words in ("2014", "March", "in two weeks' time")}
    assert {w: m and (m.start, m.end, m.date) for w, m in found.items()} == {
        "2014": (0, 4, "2014"),
        "March": (0, 5, "2025-03"),
        "in two weeks' time": (0, 18, "2026-01-19"),
    }
    assert resolve("the ambassador", on=THURSDAY) is None


def test_bounds_of_reduced_dates() -> None:
    assert (first_day("2024"), last_day("2024")) == (date(2024, 1, 1), date(2024, 12, 31))
    assert (first_day("2024-02"), last_day("2024-02")) == (date(2024, 2, 1), date(2024, 2, 29))
    assert first_day("2024-02-29") == last_day("2024-02-29") == date(2024, 2, 29)


@pytest.mark.parametrize("iso", ["", "24", "2024-13", "2023-02-29", "2024-2-1", "last week", "2024-01-01T00"])
def test_bounds_of_something_else_raise(iso: str) -> None:
    with pytest.raises(DateError, match="is not a date"):
        first_day(iso)
    with pytest.raises(DateError, match="is not a date"):
        last_day(iso)


days = st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31))
noise = st.one_of(st.text(), st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))


@given(noise, st.one_of(st.none(), st.dates()))
def test_any_text_gives_ordered_mentions_whose_offsets_hold_their_words(text: str, on: date | None) -> None:
    mentions = find_dates(text, on)
    for mention in mentions:
        assert text[mention.start : mention.end] == mention.text != ""
        assert (mention.date is None) == (mention.reason is not None)
        if mention.date is None:
            assert mention.date_end is None
        else:
            assert first_day(mention.date) <= last_day(mention.date_end or mention.date)
    for one, two in pairwise(mentions):
        assert one.end <= two.start


@given(days, days)
def test_a_day_written_out_in_six_forms_means_itself_whenever_it_is_read(day: date, on: date) -> None:
    month = MONTHS[day.month - 1]
    for words in (
        day.isoformat(),
        f"{month} {day.day}, {day.year}",
        f"{day.day} {month} {day.year}",
        f"{month[:3]}. {day.day}, {day.year}" if month != "May" else f"May {day.day}, {day.year}",
        f"{day:%A}, {month} {day.day}, {day.year}",
        f"the {day.day}th of {month} {day.year}",
    ):
        (mention,) = find_dates(f"They signed it on {words} in Geneva.", on)
        assert (mention.date, mention.date_end) == (day.isoformat(), None), words


@given(days, st.integers(0, 6))
def test_a_weekday_lies_within_six_days_on_the_side_that_the_verb_says(on: date, gap: int) -> None:
    back, ahead = on - timedelta(days=gap), on + timedelta(days=gap)
    assert find_dates(f"They met on {back:%A}.", on)[0].date == back.isoformat()
    assert find_dates(f"They will meet on {ahead:%A}.", on)[0].date == ahead.isoformat()


@given(days, st.integers(2, 90))
def test_days_ago_count_back(on: date, count: int) -> None:
    mention = resolve(f"{count} days ago", on=on)
    assert mention is not None
    assert mention.date == (on - timedelta(days=count)).isoformat()
