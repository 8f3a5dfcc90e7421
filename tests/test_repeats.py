"""Copies of one text are told from reports of one event, and a wire agency from the papers it feeds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.records import Document, Event, Party, Status
from detente.sources import make_document
from detente.sources.repeats import are_copies, bands, credit, shingles, signature, wire
from detente.store import Sighting, Store, open_store

DAY = date(2026, 1, 8)
LEAD = "U.S. envoys met Cuban envoys in Oslo."

# Four articles in our own words; two of them tell of the same visit, written by two people.
ARTICLES = {
    "visit": """
The foreign minister of Norland flew to Southland on Thursday for the first talks between the two
neighbours since their quarrel over the Amber strait. He was received at the harbour by a guard of
honour and spoke for three hours with his host behind closed doors. Both ministers told reporters
that fishing boats would be allowed back into the strait before the summer. A commission of six is to
mark the border with buoys. Fishermen in the harbour waved flags of both countries, while a few dozen
protesters demanded that the price of herring be kept. The opposition in Norland called the journey a
surrender and asked for a debate in parliament next week. Trade between the two had fallen by half
since the quarrel began two years ago.""",
    "same visit": """
Two years of silence over the Amber strait ended on Thursday when Southland welcomed the chief diplomat
of Norland. After a closed meeting that lasted most of the morning, the pair announced the return of
trawlers to the disputed waters ahead of summer and a joint panel which will place buoys along the
line. Not everyone was pleased: dealers fear cheap herring, and in Norland a rival party said the
government had given in and wanted lawmakers to discuss it. Statistics show that commerce across the
strait shrank by half during the dispute. Observers at the quay counted a small group of people with
banners among many more who cheered.""",
    "strike": """
Rockets fell on the outskirts of the mining town of Karst before dawn, the governor of the province
said. Nine houses burned and a school lost its roof, but the pupils were on holiday. The army answered
with guns for an hour and then the front grew quiet. Residents carried mattresses to the cellar of the
town hall, where a nurse had set up cots. It was the third attack on Karst this month. The ministry of
defence blamed rebels who hold the ridge above the mine and said that they had been armed from abroad,
which the neighbouring government has always denied.""",
    "loan": """
The central bank of Eastmark will lend its western neighbour two billion to pay for grain, under a
contract that the two governors signed in the capital on Monday. The first part is due within ten days.
Interest stays below that of the market and will be paid in wheat from the next harvest. Economists
called the terms generous and warned that the debt of the neighbour had doubled in four years. The
treasurer said that bread would not be rationed this winter. Parliament has to approve the loan in
March, and the farmers' party has already said that it will vote against it.""",
}
BACKGROUND = " ".join(
    """The war began when troops crossed the river three years ago and has driven a third of the people
from their homes. Mediators have failed four times to bring the two sides to one table.""".split()
)


def edited(text: str, share: float, seed: int) -> str:
    """A copy with a share of its words cut, replaced or added in runs, as an editor does."""
    chance = random.Random(seed)
    words = text.split()
    left = round(share * len(words))
    while left > 0:
        run = min(left, chance.randint(1, 12))
        at = chance.randrange(max(1, len(words) - run))
        kind = chance.randrange(3)
        own = [f"own{chance.randrange(10_000)}" for _ in range(run)]
        words[at : at + (0 if kind == 2 else run)] = [] if kind == 0 else own
        left -= run
    return " ".join(words)


def pairs() -> Iterator[tuple[str, str, bool, float]]:
    """Two texts, whether they are copies, and the share of words that was edited."""
    for name, text in ARTICLES.items():
        for seed in range(10):
            for share in (0.0, 0.05, 0.1, 0.2, 0.3):
                yield text, edited(text, share, seed), True, share
        for other, words in ARTICLES.items():
            if other > name:
                yield text, words, False, 0.0
                # Reports of one war repeat its history, word for word.
                yield f"{text} {BACKGROUND}", f"{words} {BACKGROUND}", False, 0.0


def found(one: str, other: str) -> bool:
    """What the store does: a band in common, then the texts themselves."""
    left, right = shingles(one), shingles(other)
    if not set(bands(signature(left))) & set(bands(signature(right))):
        return False
    return are_copies(left, right)


def scattered(text: str, share: float, seed: int) -> str:
    """A copy with single words replaced all over, as a careful plagiarist does."""
    chance = random.Random(seed)
    words = text.split()
    for at in chance.sample(range(len(words)), round(share * len(words))):
        words[at] = f"own{chance.randrange(10_000)}"
    return " ".join(words)


def test_single_words_replaced_all_over_hide_a_copy_only_when_they_are_many() -> None:
    shares = {0.05: 40, 0.1: 40, 0.2: 36, 0.3: 0}
    for share, least in shares.items():
        hits = sum(
            found(text, scattered(text, share, seed)) for text in ARTICLES.values() for seed in range(10)
        )
        print(f"  {share:.0%} of single words replaced: {hits} of 40 found")
        assert hits >= least


def test_copies_with_up_to_a_third_of_their_words_edited_are_found_and_nothing_else() -> None:
    answers = [(copied, found(one, other), share) for one, other, copied, share in pairs()]
    hit = sum(copied and said for copied, said, _ in answers)
    wrong = sum(said and not copied for copied, said, _ in answers)
    precision, recall = hit / (hit + wrong), hit / sum(copied for copied, _, _ in answers)
    print(f"{len(answers)} pairs: precision {precision:.3f}, recall {recall:.3f}")
    for share in (0.0, 0.05, 0.1, 0.2, 0.3):
        of = [said for copied, said, edited_ in answers if copied and edited_ == share]
        print(f"  {share:.0%} edited: {sum(of)} of {len(of)} found")
    assert precision == 1.0
    assert recall >= 0.97
    assert all(said for copied, said, share in answers if copied and share <= 0.1)


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("(Reuters) - Iran recalled its envoy.", "Reuters"),
        ("WASHINGTON (AP) — Iran recalled its envoy.", "Associated Press"),
        ("LONDON, Jan 8 (Xinhua) — Iran recalled its envoy.", "Xinhua"),
        ("MOSCOW, January 8. /TASS/. Iran recalled its envoy.", "TASS"),
        ("Iran recalled its envoy.\n— AP", "Associated Press"),
        ("Iran recalled its envoy. — AFP", "Agence France-Presse"),
        ("Tehran: Iran recalled its envoy. (ANI)", "ANI"),
        ("Iran recalled its envoy.\n\nSource: AFP", "Agence France-Presse"),
        ("By Agencies\n\nIran recalled its envoy.", "agencies"),
        ("By Jane Doe, Associated Press\n\nIran recalled its envoy.", "Associated Press"),
        ("Iran recalled its envoy, Reuters reported.", None),
        ("Iran (AP photo below) recalled its envoy.", None),
        ("Iran recalled its envoy.\n\nWith inputs from PTI", None),
        ("The envoy told AFP that he would go.", None),
        ("Iran banned the app.\nThe ministry said so.", None),
        ("Iran recalled its envoy.\n\n" + "A line.\n" * 9 + "Source: AFP\n" + "A line.\n" * 9, None),
    ],
)
def test_a_credit_line_names_the_agency_and_a_mention_does_not(text: str, agency: str | None) -> None:
    assert credit(make_document(text)) == agency


def test_an_agency_is_known_as_publisher_and_as_author() -> None:
    assert credit(make_document("Iran spoke.", publisher="AP News")) == "Associated Press"
    assert credit(make_document("Iran spoke.", publisher="Post", author="Reuters Staff")) == "Reuters"
    assert wire("Aap Ka Times") is None and wire(None) is None


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=400))
def test_no_text_breaks_the_reader_of_credits_and_runs(text: str) -> None:
    made = make_document(f"x{text}")
    assert credit(made) is None or made.text
    assert len(bands(signature(shingles(text)))) in (0, 40)


# in the store


class Hand:
    """A coder that finds one meeting in every text that has the lead."""

    name = "hand"

    def __init__(self, days: dict[str, str] | None = None) -> None:
        self.days = days or {}

    def code(self, document: Document) -> list[Event]:
        at = document.text.find(LEAD)
        if at < 0:
            return []
        usa, cuba = Party("USA", "U.S.", at, at + 4), Party("CUB", "Cuban")
        day = self.days.get(document.id, "2026-01-07")
        return [
            Event(
                document.id, at, at + len(LEAD), LEAD, "CONSULT", (usa,), (cuba,), True,
                Status.ACTUAL, "met", at + 12, 1, date=day,
            )
        ]  # fmt: skip


def paper(id: str, text: str, house: str | None, *, days: int = 0, url: str | None = None) -> Document:
    return make_document(text, id=id, publisher=house, published=DAY + timedelta(days=days), url=url)


def houses(store: Store) -> tuple[str, ...]:
    (story,) = store.stories()
    return story.publishers


WIRE = f"{LEAD} {ARTICLES['visit']}"


def test_a_copy_is_a_report_of_the_story_and_no_second_publisher() -> None:
    with open_store(":memory:") as store:
        store.add([paper("a", WIRE, "Post")], Hand())
        store.add([paper("b", WIRE + " Our own last line.", "Times", days=1)], Hand())
        (story,) = store.stories()
        assert len(story.events) == 2 and story.publishers == ("Post",)
        assert store.copies("a") == ["b"] and store.house("b") == "Post"
        store.add([paper("c", f"{LEAD} {ARTICLES['same visit']}", "Star")], Hand())
        assert houses(store) == ("Post", "Star")


def test_two_papers_that_carry_an_agency_are_one_source_whatever_they_cut() -> None:
    with open_store(":memory:") as store:
        short = paper("a", f"OSLO (AP) — {LEAD}\nA short piece.", "Post")
        long = paper("b", f"{LEAD} {ARTICLES['strike']}\n\nSource: AP", "Times")
        own = paper("c", f"{LEAD} {ARTICLES['loan']}", "Star")
        store.add([short, long], Hand())
        assert houses(store) == ("Associated Press",)
        store.add([own], Hand())
        assert houses(store) == ("Associated Press", "Star")


def test_a_copy_that_dropped_the_credit_still_comes_from_the_agency() -> None:
    with open_store(":memory:") as store:
        store.add([paper("a", WIRE, "Post"), paper("b", f"{WIRE}\n\n— AP", "Times", days=2)], Hand())
        assert houses(store) == ("Associated Press",)


def test_a_reprint_a_week_later_tells_no_second_meeting() -> None:
    with open_store(":memory:") as store:
        reprint = paper("b", WIRE + " Our own last line.", "Times", days=7)
        store.add([paper("a", WIRE, "Post"), reprint], Hand({"b": "2026-01-14"}))
        assert len(store.stories()) == 1
    with open_store(":memory:") as store:
        other = paper("b", f"{LEAD} {ARTICLES['same visit']}", "Times", days=7)
        store.add([paper("a", WIRE, "Post"), other], Hand({"b": "2026-01-14"}))
        assert len(store.stories()) == 2


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(6)))
def test_copies_stories_and_sources_do_not_depend_on_the_order_of_arrival(order: list[int]) -> None:
    papers = [
        paper("a", WIRE, "Post"),
        paper("b", WIRE + " One line.", "Times", days=3),
        paper("c", f"{WIRE} Another line.\n\n(AFP)", "Star", days=1),
        paper("d", f"{LEAD} {ARTICLES['same visit']}", "Globe"),
        paper("e", f"{LEAD} {ARTICLES['same visit']} More.", None, days=2),
        paper("f", ARTICLES["loan"], "Mail"),
    ]
    with open_store(":memory:") as one, open_store(":memory:") as other:
        one.add(papers, Hand())
        for number in order:
            other.add([papers[number]], Hand())
        assert one.stories() == other.stories()
        assert [one.copies(p.id) for p in papers] == [other.copies(p.id) for p in papers]
        assert one.copies("a") == ["b", "c"] and one.copies("f") == []
        assert houses(one) == ("Agence France-Presse", "Globe")


def test_the_very_same_text_at_another_address_is_noted_once_and_adds_no_document() -> None:
    with open_store(":memory:") as store:
        first = paper("a", WIRE, "Post", url="https://post.example/1")
        again = paper("b", WIRE, "Times", days=1, url="https://times.example/9")
        store.add([first], Hand())
        for _ in range(2):
            assert store.add([first, again], Hand()).already == 2
        assert len(store.documents()) == 1 and houses(store) == ("Post",)
        place = Sighting("https://times.example/9", "Times", DAY + timedelta(days=1))
        assert store.sightings("a") == [place]
        assert store.named("https://times.example/9") == ["a"]
