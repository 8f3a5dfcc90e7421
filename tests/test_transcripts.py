"""Transcripts: who speaks where is kept, a question is nobody's act, and "we" is the speaker's country."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.coding.coder import rule_coder
from detente.errors import FileError
from detente.records import Document, Event, Kind, Voice
from detente.sources.text import make_document, normalise
from detente.sources.transcripts import TRANSCRIPT_LIMIT, join, read_transcript

if TYPE_CHECKING:
    from collections.abc import Sequence

TALK = """---
tags: remarks
date: '2023-04-20'
modified_time: 2023-04-22 18:47:08-04:00
source_url: https://www.whitehouse.gov/remarks/a-talk/
title: "Remarks by President\\_Biden and President Petro of\\
  \\ Colombia"
---

Oval Office

2:43 P.M. EDT

THE PRESIDENT:  Welcome.  (Laughs.)  We condemn the coup
in Niger.

And we go on.

PRESIDENT PETRO:  (As interpreted.)  *Muchas gracias*.  We condemn Venezuela.

(Applause.)

We met.

Q    Thank you, sir.  Russia attacked Ukraine.  Why?

Q    And Iran?

THE PRESIDENT:  No.

2:53 P.M. EDT
"""


def read(text: str, **fields: str | date) -> Document:
    made = read_transcript(text, where="talk.md", **fields)  # type: ignore[arg-type]
    assert made is not None
    return made


def words_of(made: Document) -> list[tuple[str, str]]:
    """(speaker, his words) of every turn, white space as single spaces."""
    ends = [at for at, _ in made.turns[1:]] + [len(made.text)]
    return [
        (who, " ".join(made.text[at:end].split())) for (at, who), end in zip(made.turns, ends, strict=True)
    ]


def test_front_matter_gives_title_day_address_and_publisher() -> None:
    made = read(TALK)
    assert made.title == "Remarks by President Biden and President Petro of Colombia"
    assert (made.published, made.modified) == (date(2023, 4, 20), date(2023, 4, 22))
    assert made.url == "https://www.whitehouse.gov/remarks/a-talk/"
    assert (made.publisher, made.kind) == ("whitehouse.gov", Kind.TRANSCRIPT)


def test_turns_begin_at_their_labels_and_brackets_are_nobody_s() -> None:
    assert words_of(read(TALK)) == [
        (
            "THE PRESIDENT",
            "THE PRESIDENT: Welcome. (Laughs.) We condemn the coup in Niger. And we go on.",
        ),
        ("PRESIDENT PETRO", "PRESIDENT PETRO: (As interpreted.) Muchas gracias. We condemn Venezuela."),
        ("", "(Applause.)"),
        ("PRESIDENT PETRO", "We met."),
        ("Q", "Q Thank you, sir. Russia attacked Ukraine. Why?"),
        ("Q", "Q And Iran?"),
        ("THE PRESIDENT", "THE PRESIDENT: No."),
        ("", "2:53 P.M. EDT"),
    ]


def test_the_words_stay_as_they_were_published() -> None:
    kept = "".join(read(TALK).text.split())
    published = TALK.split("---\n", 2)[2].replace("*", "")
    assert kept == "".join(published.split())


def test_lines_broken_at_a_column_are_one_paragraph() -> None:
    assert "We condemn the coup in Niger.\n" in read(TALK).text


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("MR. PRICE:  Good day.\n\nQUESTION:  Why?\n\nMR. PRICE:  Because.", ["MR. PRICE", "QUESTION"]),
        ("**Ann Lee:** We met.\n\n**Bo Ek:** No.\n\n**Ann Lee:** Yes.", ["Ann Lee", "Bo Ek"]),
        ("**Ann Lee**: We met.\n\n**Ann Lee**: Yes.", ["Ann Lee"]),
        ("Ann Lee: We met.\nBo Ek: No.\nAnn Lee: Yes.", ["Ann Lee", "Bo Ek"]),
        ("President of Russia Vladimir Putin: Colleagues, good day.", ["President of Russia Vladimir Putin"]),
        ("PRESIDENT PETRO (through interpreter): We met.", ["PRESIDENT PETRO"]),
        ("Q Is it so?\n\nA: It is.\n\nQ And now?", ["Q", "Q"]),
    ],
)
def test_labels_of_many_houses_are_known(text: str, speakers: list[str]) -> None:
    found = [who for _, who in read(text).turns]
    assert found[: len(speakers)] == speakers


@pytest.mark.parametrize(
    "text",
    [
        "Russia attacked Odesa on Monday.\n\nKyiv said no.",
        "Moscow: Russia's foreign ministry said on Monday that it would leave.",
        "NOTE: this was changed.\n\nUPDATE: and again.\n\nNOTE: and again.",
        "The plan has two parts: one is peace.\n\nAnd it has: two.",
        "Q is the tenth letter from the end.",
        "",
    ],
)
def test_a_text_without_speakers_is_no_transcript(text: str) -> None:
    assert read_transcript(text, where="a.txt") is None


def test_time_codes_in_labels_become_seconds() -> None:
    made = read("Ann Lee (00:05):\nWe met.\n\nBo Ek (01:02:03):\nNo.")
    assert made.times == ((0, 5.0), (made.text.index("Bo"), 3723.0))
    assert [who for _, who in made.turns] == ["Ann Lee", "Bo Ek"]


@pytest.mark.parametrize(
    ("where", "head", "given", "day"),
    [
        ("a.md", "June 16, 2021\n\n", None, date(2021, 6, 16)),
        ("a.md", "Geneva, 16 June 2021\n\n", None, date(2021, 6, 16)),
        ("a.md", "February 30, 2021\n\n", None, None),
        ("x/wh-2021-06-17-a.md", "June 16, 2021\n\n", None, date(2021, 6, 17)),
        ("x/20210617.md", "", None, date(2021, 6, 17)),
        ("x/2021-13-17.md", "", None, None),
        ("x/2021-06-17.md", "", date(2021, 6, 18), date(2021, 6, 18)),
        ("x/2021-06-17.md", "---\ndate: 2021-06-19\n---\n", date(2021, 6, 18), date(2021, 6, 19)),
        ("a.md", "", None, None),
    ],
)
def test_the_day_comes_from_the_text_the_argument_the_name_or_nowhere(
    where: str, head: str, given: date | None, day: date | None
) -> None:
    made = read_transcript(f"{head}THE PRESIDENT:  On July 4, 2020 we met.", where=where, published=given)
    assert made is not None and made.published == day


def test_a_bad_day_is_told_with_its_field() -> None:
    with pytest.raises(FileError, match=r"a\.md field 'date': 'soon' is not a date"):
        read_transcript("---\ndate: soon\n---\nTHE PRESIDENT:  Hello.", where="a.md")


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(FileError, match="longer than 20 million"):
        read_transcript("x" * (TRANSCRIPT_LIMIT + 1), where="a.md")


@pytest.mark.parametrize(
    "text",
    [
        "A" * 1_000_000 + ": x",
        "A: " * 300_000,
        "*" * 1_000_000,
        "Q  " + "(" * 1_000_000,
        ("THE PRESIDENT:  " + "a*" * 50_000 + "\n\n") * 10,
        "---\n" + "a: b\\\n" * 100_000,
        "[(" * 500_000 + ":",
    ],
    ids=["label", "colons", "stars", "brackets", "emphasis", "front matter", "open"],
)
def test_a_hostile_megabyte_is_no_transcript_or_keeps_its_words(text: str) -> None:
    made = read_transcript(text, where="a.md")  # in a square of the length it would take hours
    assert made is None or made.turns[0][1] in ("Q", "THE PRESIDENT")


@given(st.lists(st.text(alphabet="aÉ\u0308 \u00a0\u200b\n\t.\u1100\u1161", max_size=12), max_size=6))
def test_joined_parts_stand_where_they_are_said_to(parts: list[str]) -> None:
    text, starts = join(("\n\n", part) for part in parts)
    assert normalise(text) == text
    for part, start in zip(parts, starts, strict=True):
        if start is None:
            assert normalise(part) == ""
        else:
            assert text[start:].startswith(normalise(part))


def coded(made: Document) -> list[tuple[str, tuple[str, ...], tuple[str, ...], str | None]]:
    return [
        (e.event, e.actor_codes, e.recipient_codes, next((p.name for p in e.actor), None))
        for e in rule_coder().code(made)
    ]


def talk(*lines: str, publisher: str = "The White House", day: date | None = date(2023, 4, 20)) -> Document:
    made = read_transcript("\n\n".join(lines), where="a.md", publisher=publisher, published=day)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("label", "day", "code", "name"),
    [
        ("THE PRESIDENT:", date(2023, 4, 20), "USA", "Joe Biden"),
        ("THE PRESIDENT:", date(2025, 4, 20), "USA", "Donald Trump"),
        ("THE PRESIDENT:", None, "USA", None),
        ("PRESIDENT PETRO:", date(2023, 4, 20), "COL", "Gustavo Petro"),
        ("PRESIDENT ZELENSKYY:", date(2023, 4, 20), "UKR", "Volodymyr Zelensky"),
        ("PRESIDENT OF UKRAINE:", date(2023, 4, 20), "UKR", "Volodymyr Zelensky"),
        ("SECRETARY BLINKEN:", date(2023, 4, 20), "USA", "Antony Blinken"),
        ("MR. QUIMBY:", date(2023, 4, 20), "USA", "Mr. Quimby"),
        ("SENIOR ADMINISTRATION OFFICIAL:", date(2023, 4, 20), "USA", "Senior Administration Official"),
    ],
)
def test_we_is_the_country_of_the_speaker_s_office_on_the_day(
    label: str, day: date | None, code: str, name: str | None
) -> None:
    made = talk(f"{label}  We condemn Iran.", f"{label}  Thank you.", day=day)
    assert coded(made) == [("ACCUSE", (code,), ("IRN",), name)]


def test_an_unknown_guest_does_not_speak_for_the_house_that_publishes_him() -> None:
    assert coded(talk("FOREIGN MINISTER QUUX:  We condemn Iran.")) == []
    made = talk("FOREIGN MINISTER QUUX:  We condemn Iran.", "THE PRESIDENT:  Armenian Foreign Minister Quux.")
    assert coded(made) == [("ACCUSE", ("ARM",), ("IRN",), "Quux")]


@pytest.mark.parametrize("label", ["Q   ", "QUESTION:", "REPORTER:", "MODERATOR:"])
def test_what_a_question_says_is_nobody_s_act(label: str) -> None:
    act = "Russia attacked Ukraine on Monday."
    asked = talk("THE PRESIDENT:  Thank you.", f"{label} {act}", "THE PRESIDENT:  No.")
    assert coded(asked) == []
    assert [e[0] for e in coded(talk(f"THE PRESIDENT:  {act}"))] == ["ASSAULT"]


def test_a_stage_direction_is_no_act() -> None:
    assert coded(talk("THE PRESIDENT:  Hello.", "(The United States attacked Cuba.)")) == []


def only(events: Sequence[Event]) -> Event:
    (event,) = events
    return event


def test_the_speaker_of_a_turn_answers_for_what_he_tells() -> None:
    made = talk("THE PRESIDENT:  Hello.", "PRESIDENT PETRO:  Russia attacked Ukraine on Monday.")
    event = only(list(rule_coder().code(made)))
    assert (event.voice, event.speaker) == (Voice.SPEAKER, "Gustavo Petro")
    assert (event.actor_codes, event.recipient_codes) == (("RUS",), ("UKR",))


def test_what_stands_before_the_first_turn_is_the_writer_s() -> None:
    made = talk("Russia attacked Ukraine on Monday.", "THE PRESIDENT:  Hello.")
    assert only(list(rule_coder().code(made))).voice is Voice.WRITER


def test_somebody_quoted_in_a_turn_is_not_the_speaker_of_the_turn() -> None:
    made = talk('PRESIDENT PETRO:  Putin said on Monday: "We attacked Ukraine."')
    event = only([e for e in rule_coder().code(made) if e.event == "ASSAULT"])
    assert event.actor_codes == ("RUS",)


def post(text: str, author: str, day: date | None = date(2025, 10, 29)) -> Document:
    return make_document(text, kind=Kind.POST, author=author, published=day)


@pytest.mark.parametrize(
    ("author", "day", "code"),
    [
        ("Donald J. Trump", date(2025, 10, 29), "USA"),
        ("White House", date(2025, 10, 29), "USA"),
        ("Gustavo Petro", date(2025, 10, 29), "COL"),
        ("President of Ukraine", date(2025, 10, 29), "UKR"),
        ("Ministry of Foreign Affairs of Ukraine", date(2025, 10, 29), "UKR"),
    ],
)
def test_the_author_of_a_post_speaks_for_his_country_while_he_holds_its_office(
    author: str, day: date, code: str
) -> None:
    event = only(list(rule_coder().code(post("We condemn Iran.", author, day))))
    assert event.actor_codes == (code,)
    told = only(list(rule_coder().code(post("Russia attacked Iran on Monday.", author, day))))
    assert told.speaker is not None and told.voice is Voice.SPEAKER


def test_an_author_stands_nowhere_in_his_post_so_no_offset_is_made_up() -> None:
    event = only(list(rule_coder().code(post("Congratulations to Argentina!", "Donald Trump"))))
    assert [(p.code, p.how, p.start, p.end) for p in event.actor] == [("USA", "speaker", None, None)]


@pytest.mark.parametrize(
    ("author", "day"),
    [
        ("Donald Trump", date(2023, 10, 29)),
        ("Ann Quux", date(2025, 10, 29)),
        ("Ukraine War Tracker", date(2025, 10, 29)),
    ],
)
def test_an_author_without_an_office_on_the_day_is_no_country(author: str, day: date) -> None:
    assert [e for e in rule_coder().code(post("We condemn Iran.", author, day)) if e.actor] == []
    told = only(list(rule_coder().code(post("Russia attacked Iran on Monday.", author, day))))
    assert (told.speaker, told.voice) == (author, Voice.SPEAKER)


def test_words_that_a_post_only_cites_are_not_its_author_s() -> None:
    text = "Look at this.\n\nRussia attacked Iran on Monday.\n\nSad."
    made = replace(post(text, "Donald Trump"), turns=((0, "Donald Trump"), (15, ""), (47, "Donald Trump")))
    assert list(rule_coder().code(made)) == []
