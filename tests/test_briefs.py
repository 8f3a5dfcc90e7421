"""Briefs: every printed line is in its evidence, and what is not is dropped with the reason."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from detente.briefs import SECTIONS, Figures, brief, check, evidence, markdown
from detente.briefs.wording import clip, plain
from detente.records import Brief, Document, Event, Line, Outlook, Party, Status, Turn, Voice
from detente.sources.text import make_document

SEED = Path(__file__).resolve().parents[2] / "shared" / "seed" / "article.txt"
PAIR = ("COL", "USA")
TEXT = (
    'Trump threatened Colombia with force on Sunday. "It sounds good to me," he said of 2 raids. '
    "Petro and Trump will meet at the White House. "
    "Petro denied the accusations. Colombia runs cocaine factories, Trump said. "
    "The two spoke by phone on Wednesday. The United States did not lift the sanctions. "
    "Washington may strike Colombia again, an analyst said."
)
DOCUMENT = make_document(TEXT, id="d", published="2026-01-08", publisher="Post", title="A *call*")
USA = Party("USA", "Trump", name="Donald Trump")
COL = Party("COL", "Petro", name="Gustavo Petro")


def act(words: str, kind: str, actor: Party, recipient: Party | None, **more: object) -> Event:
    start = TEXT.find(words)
    assert start >= 0
    fields: dict[str, object] = {
        "symmetric": False, "status": Status.ACTUAL, "quad": 3, "trigger": words.split()[0],
        "trigger_start": start, **more,
    }  # fmt: skip
    return Event(
        document="d", start=start, end=start + len(words), text=words, event=kind, actor=(actor,),
        recipient=(recipient,) if recipient else (), **fields,  # type: ignore[arg-type]
    )  # fmt: skip


THREAT = act("Trump threatened Colombia with force on Sunday", "THREATEN", USA, COL, date="2026-01-04")
PLAN = replace(
    act("Petro and Trump will meet", "CONSULT", USA, COL, status=Status.FUTURE, quad=1),
    symmetric=True,
)
DENIAL = act("Petro denied the accusations", "REJECT", COL, USA, trigger="denied")
CLAIM = act(
    "Colombia runs cocaine factories", "ACCUSE", USA, COL, speaker="Trump", voice=Voice.SPEAKER,
    modes=("allege",),
)  # fmt: skip
CALL = replace(
    act("The two spoke by phone on Wednesday", "CONSULT", USA, COL, quad=1, date="2026-01-07"),
    symmetric=True, modes=("phone",),
)  # fmt: skip
KEPT = act(
    "The United States did not lift the sanctions", "CONCEDE", USA, COL, status=Status.NEGATED,
    quad=1,
)  # fmt: skip
OPINION = act(
    "Washington may strike Colombia again", "ASSAULT", USA, COL, quad=4,
    voice=Voice.COMMENTARY, status=Status.HYPOTHETICAL,
)  # fmt: skip
EVENTS = {e.id: e for e in (THREAT, PLAN, DENIAL, CLAIM, CALL, KEPT, OPINION)}
DOCUMENTS = {"d": DOCUMENT}


def reason(text: str, *events: Event, figures: Figures | None = None) -> str | None:
    line = Line("s", text, tuple(e.id for e in events))
    return check(line, EVENTS, DOCUMENTS, figures or Figures())


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("The United States threatened Colombia on 4 January 2026.", THREAT),
        ("Donald Trump warned Colombia in January 2026: “with force on Sunday”.", THREAT),
        ("Colombia was threatened by the United States on January 4, 2026.", THREAT),
        ("Colombia and the United States plan to hold talks.", PLAN),
        ("The United States will meet Colombia (announced on 8 January 2026).", PLAN),
        ("Colombia denied the accusations of the United States.", DENIAL),
        ("The United States accused Colombia, Trump said: “runs cocaine factories”.", CLAIM),
        ("Colombia and the United States spoke by phone on 2026-01-07.", CALL),
        ("The United States has not lifted the sanctions on Colombia.", KEPT),
    ],
)
def test_a_true_line_passes_however_it_is_worded(text: str, event: Event) -> None:
    assert reason(text, event) is None


TAMPERED = [
    ("The United States threatened Colombia on 5 January 2026.", THREAT, "date"),
    ("The United States threatened Colombia on 4 January 2025.", THREAT, "date"),
    ("Colombia threatened the United States on 4 January 2026.", THREAT, "direction"),
    ("The United States was threatened by Colombia on 4 January 2026.", THREAT, "direction"),
    ("Venezuela threatened Colombia on 4 January 2026.", THREAT, "party"),
    ("The United States attacked Colombia on 4 January 2026.", THREAT, "type"),
    ("The United States praised Colombia on 4 January 2026.", THREAT, "type"),
    ("The United States did not threaten Colombia on 4 January 2026.", THREAT, "status"),
    ("The United States will threaten Colombia.", THREAT, "status"),
    ("The United States may threaten Colombia.", THREAT, "status"),
    ("The United States threatened Colombia with 40 raids.", THREAT, "number"),
    ("The United States threatened Colombia: “we will bomb Bogota”.", THREAT, "quotation"),
    ("The United States threatened Colombia brutally.", THREAT, "words"),
    ("The United States threatened Colombia, Marco Rubio said.", THREAT, "speaker"),
    ("Colombia and the United States held talks.", PLAN, "status"),
    ("Colombia met the United States on 8 January 2026.", PLAN, "status"),
    ("Colombia accused the United States.", DENIAL, "type"),
    ("Colombia runs cocaine factories.", CLAIM, "act"),
    ("The United States accused Colombia: “runs cocaine factories”.", CLAIM, "speaker"),
    ("Accused: “Colombia runs cocaine factories”.", CLAIM, "claimant"),
    ("Colombia and the United States spoke by phone on 6 January 2026.", CALL, "date"),
    ("The United States lifted the sanctions on Colombia.", KEPT, "status"),
    ("The United States attacked Colombia.", OPINION, "status"),
    ("The United States may attack Colombia.", OPINION, "voice"),
    ("Colombia and the United States spoke by phone (reported on 9 January 2026).", CALL, "date"),
    ("The weather was fine.", CALL, "words"),
    ("", CALL, "evidence"),
]


@pytest.mark.parametrize(("text", "event", "aspect"), TAMPERED, ids=[t[0] for t in TAMPERED])
def test_a_line_that_says_what_its_evidence_does_not_fails_and_says_where(
    text: str, event: Event, aspect: str
) -> None:
    found = reason(text, event)
    assert found is not None
    assert found.split(":")[0] == aspect, found


def test_the_month_of_may_is_no_possibility() -> None:
    may = replace(CALL, date="2025-05-07")
    line = Line("s", "Colombia and the United States spoke by phone on 7 May 2025.", (may.id,))
    assert check(line, {may.id: may}, DOCUMENTS) is None


def test_no_evidence_no_line() -> None:
    assert reason("The United States threatened Colombia.") == "evidence: the line names none"
    line = Line("s", "The United States threatened Colombia.", ("0000000000000000",))
    assert "is not in the record" in str(check(line, EVENTS, DOCUMENTS))


def test_a_quotation_from_elsewhere_in_the_article_is_no_evidence_for_this_act() -> None:
    far = make_document(TEXT + " x" * 900 + " Peace at last, said the pope.", id="d",
                        published="2026-01-08")  # fmt: skip
    line = Line("s", "The United States threatened Colombia: “Peace at last”.", (THREAT.id,))
    assert str(check(line, EVENTS, {"d": far})).startswith("quotation")


def test_what_is_told_as_later_must_be_later() -> None:
    right = "The United States threatened Colombia. Then Colombia and the United States spoke by phone."
    wrong = "Colombia and the United States spoke by phone. Then the United States threatened Colombia."
    assert reason(right, THREAT, CALL) is None
    assert str(reason(wrong, THREAT, CALL)).startswith("order")


THAW = Turn(PAIR, date(2026, 1, 7), "thaw", 40.0, (CALL.id,), known_on=date(2026, 1, 8))
OUTLOOK = Outlook(
    PAIR, date(2026, 1, 8), "q", 90, 0.47, 0.43, 0.52, None, 0.32, (), None, "m"
)  # fmt: skip
OUTLOOK_LINE = (
    "The outlook for Colombia and the United States: the thaw holds for 90 days with a probability of "
    "47 per cent (interval from 43 per cent to 52 per cent); base rate of like thaws 32 per cent."
)


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("The relation between Colombia and the United States turned to a thaw on 7 January 2026.", 1),
        ("The relation between Colombia and the United States turned to a thaw on 6 January 2026.", 0),
        ("The relation between Colombia and the United States turned to an escalation on "
         "7 January 2026.", 0),
        ("The relation between Cuba and the United States turned to a thaw on 7 January 2026.", 0),
        ("The relation between Colombia and the United States turned to a thaw on 7 January 2026; "
         "9 acts made it.", 0),
        ("No turn of this pair is known.", 0),
        (OUTLOOK_LINE, 1),
        (OUTLOOK_LINE.replace("47", "74"), 0),
        (OUTLOOK_LINE.replace("probability of 47", "probability of 43"), 0),
        (OUTLOOK_LINE.replace("90 days", "180 days"), 0),
        (OUTLOOK_LINE.replace("Colombia", "Cuba"), 0),
    ],
)  # fmt: skip
def test_turns_and_outlooks_are_held_against_their_figures(text: str, fine: int) -> None:
    found = reason(text, CALL, figures=Figures((THAW,), (), OUTLOOK))
    assert (found is None) == bool(fine), found


def test_an_abstention_is_told_with_its_own_reason_only() -> None:
    silent = replace(OUTLOOK, probability=None, low=None, high=None, reason="too few acts are known")
    figures = Figures((), (), silent)
    told = "There is no outlook for Colombia and the United States: {}."
    assert reason(told.format("too few acts are known"), figures=figures) is None
    assert reason(told.format("all is well"), figures=figures) is not None


def hand_made() -> Brief:
    return brief(EVENTS.values(), DOCUMENTS, ("USA", "COL"), as_of=date(2026, 1, 8), turns=[THAW],
                 outlook=OUTLOOK)  # fmt: skip


def test_the_brief_of_hand_made_acts_says_who_planned_denied_and_turned() -> None:
    made = hand_made()
    assert made.dropped == ()
    text = {s: " ".join(x.text for x in made.lines if x.section == s) for s in SECTIONS}
    assert "spoke by phone on 7 January 2026" in text["What happened"]
    assert "plan to hold talks" in text["What is planned"]
    assert "plan" not in text["What happened"]
    assert "denied a statement of the United States" in text["Who says what"]
    assert "turned to a thaw on 7 January 2026" in text["What changed"]
    assert "47 per cent" in text["Outlook"]
    assert "1 statement of commentary left out" in text["What we do not know"]


def test_commentary_and_what_did_not_happen_are_nowhere_told_as_done() -> None:
    told = [x for x in hand_made().lines if OPINION.id in x.events or KEPT.id in x.events]
    assert [x.section for x in told] == ["What we do not know"]


def test_a_brief_uses_nothing_published_later_and_says_when_it_has_nothing() -> None:
    made = brief(EVENTS.values(), DOCUMENTS, PAIR, as_of=date(2026, 1, 7))
    [line] = made.lines
    assert line.text.startswith("The record holds nothing on")
    assert check(line, {}, DOCUMENTS) is None
    assert check(line, EVENTS, DOCUMENTS) is not None


def test_days_limit_acts_and_claims() -> None:
    made = brief(EVENTS.values(), DOCUMENTS, PAIR, as_of=date(2026, 1, 8), days=2)
    happened = [x for x in made.lines if x.section == "What happened"]
    assert any(CALL.id in x.events for x in happened)
    assert not any(THREAT.id in x.events for x in happened)


def test_the_order_of_arrival_changes_no_line() -> None:
    again = brief(list(EVENTS.values())[::-1], DOCUMENTS, PAIR, as_of=date(2026, 1, 8), turns=[THAW],
                  outlook=OUTLOOK)  # fmt: skip
    assert again == hand_made()


def test_a_line_that_fails_is_dropped_and_listed_with_its_reason() -> None:
    odd = replace(THAW, events=("ffffffffffffffff",))
    made = brief(EVENTS.values(), DOCUMENTS, PAIR, as_of=date(2026, 1, 8), turns=[odd])
    assert not any("turned to" in x.text for x in made.lines)
    lied = replace(OUTLOOK, pair=("CUB", "USA"))
    made = brief(EVENTS.values(), DOCUMENTS, PAIR, as_of=date(2026, 1, 8), outlook=lied)
    assert all(x.reason for x in made.dropped)


def test_markdown_has_a_footnote_for_every_act_and_escapes_what_documents_say() -> None:
    evil = Document(
        "d", TEXT, title="[x](javascript:alert)\x1b[31m <b>", published=date(2026, 1, 8),
        publisher="*Post*", url="javascript:alert(1)",
    )  # fmt: skip
    page = markdown(hand_made(), EVENTS, {"d": evil})
    used = set(re.findall(r"\[\^(\d+)\](?!:)", page))
    defined = set(re.findall(r"^\[\^(\d+)\]:", page, re.MULTILINE))
    assert used == defined != set()
    assert "\x1b" not in page
    assert "<b>" not in page.replace("\\<b\\>", "")
    assert "javascript:alert(1)" not in page
    assert "\\*Post\\*" in page


def test_a_link_is_given_where_there_is_one() -> None:
    linked = replace(DOCUMENT, url="https://example.org/a b>c")
    page = markdown(hand_made(), EVENTS, {"d": linked})
    assert "<https://example.org/a%20b%3Ec>" in page


def test_evidence_gives_words_publisher_and_day() -> None:
    [one] = evidence(Line("s", "t", (CALL.id,)), EVENTS, DOCUMENTS)
    assert (one.publisher, one.published, one.words) == (
        "Post", "2026-01-08", "The two spoke by phone on Wednesday",
    )  # fmt: skip


@pytest.mark.parametrize(
    "words",
    ['BOGOTA - He said "no" and "never".', "a “half quote", "long " * 90, "WASHINGTON (AP) — Yes."],
)
def test_what_is_quoted_is_always_a_piece_of_the_text(words: str) -> None:
    quoted = clip(words)
    assert plain(quoted.removesuffix("…")) in plain(words)
    assert not re.search(r'[“”"]', quoted)


def coded(documents: list[Document]) -> tuple[list[Event], dict[str, Document]]:
    from detente.coding.coder import rule_coder

    return [e for d in documents for e in rule_coder().code(d)], {d.id: d for d in documents}


def demo() -> list[Document]:
    folder = Path(str(resources.files("detente") / "data" / "demo"))
    rows = [json.loads(p.read_text(encoding="utf-8")) for p in sorted(folder.glob("*.json"))]
    return [
        make_document(r["text"], id=r["id"], title=r["title"], published=r["published"],
                      publisher=r["publisher"])
        for r in rows
    ]  # fmt: skip


def stated(made: Brief, section: str) -> str:
    return "\n".join(x.text for x in made.lines if x.section == section)


def test_the_demo_brief_tells_the_story_and_drops_next_to_nothing() -> None:
    from detente.relations.turning import turns

    events, documents = coded(demo())
    published = {i: d.published for i, d in documents.items()}
    found = turns(events, PAIR, date(2026, 1, 8), published=published)
    made = brief(events, documents, PAIR, as_of=date(2026, 1, 8), turns=found)
    assert "spoke by phone on 7 January 2026" in stated(made, "What happened")
    assert "turned to a thaw on 7 January 2026" in stated(made, "What changed")
    assert "denied a statement of the United States" in stated(made, "Who says what")
    assert "plan to hold talks" in stated(made, "What is planned")
    assert "first conversation between the two presidents" in stated(made, "Reversals and firsts")
    assert "Then Colombia and the United States spoke by phone" in stated(made, "Reversals and firsts")
    assert "illegal drugs" in stated(made, "What stays open")
    assert len(made.dropped) <= len(made.lines) // 10
    known = {e.id: e for e in events}
    assert all(check(x, known, documents, Figures(found)) is None for x in made.lines)


def test_no_demo_line_survives_a_swap_of_the_two_countries() -> None:
    events, documents = coded(demo())
    made = brief(events, documents, PAIR, as_of=date(2026, 1, 8))
    known = {e.id: e for e in events}
    swapped = 0
    for line in made.lines:
        match = re.fullmatch(
            r"(The United States|Colombia)(?: \([^)]*\))? (threatened|accused|criticised)"
            r" (the United States|Colombia)\b(.*)", line.text,
        )  # fmt: skip
        if match is None:
            continue
        first, other = match[3], match[1].replace("The ", "the ")
        text = f"{first[0].upper()}{first[1:]} {match[2]} {other}{match[4]}"
        assert check(replace(line, text=text), known, documents) is not None, text
        swapped += 1
    assert swapped >= 5


@pytest.mark.skipif(not SEED.exists(), reason="../shared is not here")
def test_the_seed_article_gives_a_brief_without_the_ai_analyst() -> None:
    document = make_document(SEED.read_text(encoding="utf-8"), published="2026-01-08", publisher="Seed")
    events, documents = coded([document])
    made = brief(events, documents, PAIR, as_of=date(2026, 1, 8))
    text = "\n".join(x.text for x in made.lines)
    assert "spoke by phone on 7 January 2026" in text
    assert "first direct conversation since" in text
    assert "sounds good" in stated(made, "Reversals and firsts")
    assert "sovereignty" in stated(made, "What stays open")
    assert "pawn" not in text
    assert "plan to hold talks" in stated(made, "What is planned")
