"""A document becomes events: the whole way, what is left out, and what must never go wrong."""

from __future__ import annotations

import doctest
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detente.codebook import codebook
from detente.coding.coder import RuleCoder, default_coder, rule_coder
from detente.coding.mentions import Gazetteer
from detente.records import Document
from detente.sources.text import make_document

if TYPE_CHECKING:
    from conftest import Reader

STORY = (
    "On Monday, French President Emmanuel Macron met Chinese President Xi Jinping in Paris.\n\n"
    "They spoke about tariffs. Beijing said that Washington had threatened China with sanctions. "
    '"The Americans must lift the ban," Xi said. France will host talks with Germany in March.\n\n'
    "Analysts believe that China is threatening Taiwan."
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Israel and Hamas signed a ceasefire on Wednesday.", "AGREE ISR=PSE actual 2026-01-07"),
        ("Trump and Petro spoke by phone on Wednesday.", "CONSULT COL=USA actual 2026-01-07"),
        ("Pakistan's prime minister thanked China for its help.", "SUPPORT PAK>CHN actual undated"),
        ("China lifted its ban on Australian wine.", "CONCEDE CHN>AUS actual undated"),
        ("Kyiv and Moscow exchanged prisoners on Friday.", "COOPERATE RUS=UKR actual 2026-01-02"),
        ("Japan donated vaccines to Nepal.", "AID JPN>NPL actual undated"),
        ("Russia released an American teacher on Tuesday.", "RETREAT RUS>USA actual 2026-01-06"),
        ("Iraq asked Turkey to withdraw its troops.", "REQUEST IRQ>TUR actual undated"),
        ("The Kremlin accused Kyiv of shelling a border village.", "ACCUSE RUS>UKR actual undated"),
        ("Ukraine's president dismissed the Russian proposal.", "REJECT UKR>RUS actual undated"),
        ("Kenya threatened Somalia.", "THREATEN KEN>SOM actual undated"),
        ("Germans protested against the United States on Saturday.", "PROTEST DEU>USA actual 2026-01-03"),
        ("Two Russian diplomats were expelled by Norway.", "SANCTION NOR>RUS actual undated"),
        ("Russia massed troops near Ukraine.", "MOBILIZE RUS>UKR actual undated"),
        ("Senegal's army arrested three Malian officers.", "COERCE SEN>MLI actual undated"),
        ("Israel bombed Lebanon in an airstrike on Monday.", "ASSAULT ISR>LBN actual 2026-01-05"),
    ],
)
def test_each_of_the_sixteen_types_in_its_plainest_sentence(read: Reader, text: str, told: str) -> None:
    assert read.lines(text) == [told]


def test_the_sentences_above_show_every_type() -> None:
    mark = test_each_of_the_sixteen_types_in_its_plainest_sentence.pytestmark[0]  # type: ignore[attr-defined]
    assert {told.split(" ")[0] for _, told in mark.args[1]} == set(codebook().types)


@pytest.mark.parametrize(
    "text",
    [
        "The weather was mild. The shop sold bread and attacked its prices.",
        "He condemned them and they expelled him.",
        "The president imposed sanctions and bombed the town.",
        "Mexico beat Brazil 3-1 on Sunday.",
        "The Washington Post reported on the storm.",
    ],
)
def test_a_text_without_political_actors_or_acts_yields_nothing(read: Reader, text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize("text", ["", " ", "\n\n", "…", "Iran"])
def test_an_empty_document_is_no_error(text: str) -> None:
    assert list(rule_coder().code(Document(id="empty", text=text))) == []


def test_the_same_document_twice_gives_the_same_events_and_ids(read: Reader) -> None:
    first, second = read(STORY), read(STORY)
    assert first == second
    assert [e.id for e in first] == [e.id for e in second]
    assert len({e.id for e in first}) == len(first) > 4


def test_a_coder_keeps_nothing_of_the_document_before(read: Reader) -> None:
    alone = read("He thanked Germany. Both leaders left.")
    read(STORY)
    assert read("He thanked Germany. Both leaders left.") == alone


def test_another_coder_gives_the_same_events(read: Reader) -> None:
    other = list(RuleCoder().code(make_document(STORY, published=date(2026, 1, 8))))
    assert other == read(STORY)


def test_the_id_is_of_the_act_and_not_of_its_status(read: Reader) -> None:
    text = "Xi Jinping met Narendra Modi on 20 December 2025."
    news = read.only(text, date(2026, 1, 8), id="one")
    history = read.only(text, date(2026, 3, 1), id="one")
    assert news.status != history.status
    assert news.id == history.id


def test_every_offset_points_at_the_words_it_stands_for(read: Reader) -> None:
    for event in read(STORY):
        assert STORY[event.start : event.end] == event.text
        assert STORY[event.trigger_start :].startswith(event.trigger)
        assert event.start <= event.trigger_start < event.end
        for party in (*event.actor, *event.recipient):
            assert party.start is not None
            assert party.end is not None
            assert STORY[party.start : party.end].endswith(party.text)


def test_events_stand_in_the_order_of_the_sentences(read: Reader) -> None:
    starts = [e.trigger_start for e in read(STORY)]
    assert starts == sorted(starts)


def test_type_quad_and_cameo_agree_with_the_codebook(read: Reader) -> None:
    for event in read(STORY):
        kind = codebook().types[event.event]
        assert (event.quad, event.cameo) == (kind.quad, kind.cameo)
        assert set(event.modes) <= set(kind.modes)
        assert event.coder == "rules.v1"


def test_done_together_both_sides_hold_both_parties(read: Reader) -> None:
    event = read.only("Trump and Petro spoke by phone on Wednesday.")
    assert event.actor == event.recipient
    assert event.actor_codes == ("COL", "USA")
    assert event.modes == ("phone",)


def test_done_by_one_to_another_no_code_stands_on_both_sides(read: Reader) -> None:
    for event in read(STORY):
        if not event.symmetric:
            assert not set(event.actor_codes) & set(event.recipient_codes)


def test_a_context_is_read_from_the_words_of_the_clause(read: Reader) -> None:
    event = read.only("Ecuador accused Colombia of cocaine trafficking and drug smuggling.")
    assert event.contexts[0] == "illegal_drugs"


def test_the_u_s_president_is_whoever_held_the_office_on_that_day(read: Reader) -> None:
    for day, name in ((date(2010, 3, 1), "Barack Obama"), (date(2021, 6, 20), "Joe Biden")):
        surname = name.split()[-1]
        event = read.only(f"{surname} met Putin in Geneva on Wednesday.", day)
        assert {p.name for p in event.actor if p.code == "USA"} == {name}


def test_a_users_actor_takes_part_like_any_other(tmp_path: Path) -> None:
    pack = tmp_path / "pack.csv"
    pack.write_text("code,text,kind,sector,name\nSOM,Harbour Watch,group,UAF,\n", encoding="utf-8")
    coder = RuleCoder(Gazetteer([pack]))
    (event,) = coder.code(make_document("Harbour Watch attacked Kenya.", published=date(2026, 1, 8)))
    assert (event.actor_codes, event.actor[0].sector, event.recipient_codes) == (("SOM",), "UAF", ("KEN",))


def test_the_default_coder_names_itself() -> None:
    coder = default_coder()
    events = list(coder.code(make_document("Iran condemned Israel on Monday.", published=date(2026, 1, 8))))
    assert [(e.event, e.coder) for e in events] == [("ACCUSE", coder.name)]


DOCS = Path(__file__).parent.parent / "docs"


@pytest.mark.parametrize("page", ["method/coding.md", "reference/actors.md"])
def test_the_examples_of_the_pages_on_coding_run(page: str) -> None:
    result = doctest.testfile(str(DOCS / page), module_relative=False, encoding="utf-8")
    assert result.attempted > 0
    assert result.failed == 0


def test_the_map_of_the_docs_leads_to_every_page_and_nowhere_else() -> None:
    targets = set(re.findall(r"\]\(([^)#]+)\)", (DOCS / "index.md").read_text(encoding="utf-8")))
    pages = {p.relative_to(DOCS).as_posix() for p in DOCS.rglob("*.md")} - {"index.md"}
    assert targets == pages


WORDS = (
    "Iran Israel Trump Petro the The U.S. Kremlin NATO (SDF) president said met attacked sanctions on "
    "against by if not will Monday 2019 they both leaders \" ' “ ” . , — … \n \n\n \u00a0 \u200b é 🙂 U+ ) ("
)
words = st.sampled_from(WORDS.split(" "))
texts = st.one_of(st.text(max_size=300), st.lists(words, max_size=60).map(" ".join).map(lambda t: t[:300]))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=texts)
def test_no_text_makes_the_coder_fail_and_its_offsets_stay_inside(text: str) -> None:
    document = Document(id="any", text=text, published=date(2026, 1, 8))
    for event in rule_coder().code(document):
        assert 0 <= event.start < event.end <= len(document.text)
        assert document.text[event.start : event.end] == event.text
        assert event.actor or event.recipient
