"""Positions: who holds what, what answers it, what turns it round, what stays open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.codebook import codebook
from detente.records import Event, Party, Status, Voice
from detente.relations.channels import channels
from detente.relations.firsts import firsts
from detente.relations.issues import open_issues, topics
from detente.relations.positions import answers, positions
from detente.relations.stances import stances

SEED = Path(__file__).resolve().parents[2] / "shared" / "seed" / "article.txt"
PAIR = ("IRN", "IRQ")
NAMES = {"IRN": "Iran", "IRQ": "Iraq", "TUR": "Turkey"}


def act(
    kind: str,
    actor: Sequence[str],
    recipient: Sequence[str],
    text: str,
    *,
    on: str | None = None,
    trigger: str | None = None,
    document: str = "d",
    start: int = 0,
    modes: tuple[str, ...] = (),
    contexts: tuple[str, ...] = (),
    status: Status = Status.ACTUAL,
    voice: Voice = Voice.WRITER,
    symmetric: bool = False,
) -> Event:
    word = trigger or text.split()[1]
    return Event(
        document,
        start,
        start + len(text),
        text,
        kind,
        tuple(Party(c, NAMES[c]) for c in actor),
        tuple(Party(c, NAMES[c]) for c in recipient),
        symmetric,
        status,
        word,
        start + text.find(word),
        codebook().quad(kind),
        modes=modes,
        contexts=contexts,
        date=on,
        voice=voice,
    )


def of(kind: str, events: list[Event], published: dict[str, date], **more: object) -> list[str]:
    found = positions(events, published=published, pair=PAIR, **more)  # type: ignore[arg-type]
    return [p.event for p in found if p.kind == kind]


DAY = {"d": date(2026, 1, 8), "later": date(2026, 1, 20)}
CLAIM = act(
    "ACCUSE", ["IRN"], ["IRQ"], "Iran accused Iraq of arming smugglers", on="2026-01-02",
    modes=("allege",), contexts=("crime",),
)  # fmt: skip
OTHER = act(
    "ACCUSE", ["IRN"], ["IRQ"], "Iran accused Iraq of diverting the river", on="2026-01-02",
    modes=("allege",), contexts=("natural_resource",), start=100,
)  # fmt: skip
DENIAL = act(
    "REJECT", ["IRQ"], ["IRN"], "Iraq denied that it armed smugglers", on="2026-01-04", start=200,
    contexts=("crime",),
)  # fmt: skip


def test_a_denial_is_linked_to_the_claim_whose_words_it_takes_up_not_to_the_nearest() -> None:
    found = positions([CLAIM, OTHER, DENIAL], published=DAY, pair=PAIR)
    [denial] = [p for p in found if p.kind == "denial"]
    assert denial.denies == CLAIM.id
    assert answers(found, CLAIM.id) == (denial,)
    assert answers(found, OTHER.id) == ()


def test_a_denial_made_before_the_claim_does_not_deny_it() -> None:
    early = act(
        "REJECT", ["IRQ"], ["IRN"], "Iraq denied arming smugglers", on="2026-01-01",
        contexts=("crime",), document="early",
    )  # fmt: skip
    found = positions([CLAIM, early], published={**DAY, "early": date(2026, 1, 1)}, pair=PAIR)
    assert [p.denies for p in found if p.kind == "denial"] == [None]


def test_a_refusal_of_a_demand_is_no_denial() -> None:
    refused = act("REJECT", ["IRQ"], ["IRN"], "Iraq refused to open the border", start=200)
    assert of("denial", [CLAIM, refused], DAY) == []
    assert of("refusal", [CLAIM, refused], DAY) == [refused.id]


def test_a_claim_answered_twice_shows_both_answers() -> None:
    again = act(
        "REJECT", ["IRQ"], ["IRN"], "Iraq rejected the smugglers charge", on="2026-01-19",
        document="later", contexts=("crime",),
    )  # fmt: skip
    found = positions([CLAIM, DENIAL, again], published=DAY, pair=PAIR)
    assert [p.event for p in answers(found, CLAIM.id)] == [DENIAL.id, again.id]


@pytest.mark.parametrize(
    ("closer", "kind"),
    [
        ("Iraq agreed to open the river gates", "AGREE"),
        ("Iraq refused to open the river gates", "REJECT"),
    ],
)
def test_a_demand_is_closed_by_a_later_answer_on_the_same_matter(closer: str, kind: str) -> None:
    demand = act("REQUEST", ["IRN"], ["IRQ"], "Iran demanded that Iraq open the river gates", on="2026-01-02")
    answer = act(kind, ["IRQ"], ["IRN"], closer, on="2026-01-15", document="later")
    found = positions([demand, answer], published=DAY, pair=PAIR)
    assert [p.closed_by for p in found if p.kind == "demand"] == [answer.id]


def test_a_demand_stays_open_where_the_answer_is_about_something_else_or_earlier() -> None:
    demand = act(
        "REQUEST", ["IRN"], ["IRQ"], "Iran demanded that Iraq open the river gates", on="2026-01-10",
        document="later",
    )  # fmt: skip
    earlier = act("AGREE", ["IRQ"], ["IRN"], "Iraq agreed to river talks", on="2026-01-05")
    other = act(
        "AGREE", ["IRQ"], ["IRN"], "Iraq agreed on electricity", on="2026-01-15", document="later",
        start=90,
    )  # fmt: skip
    found = positions([demand, earlier, other], published=DAY, pair=PAIR)
    assert [p.closed_by for p in found if p.kind == "demand"] == [None]


THREAT = act("THREATEN", ["IRN"], ["IRQ"], "Iran threatened Iraq with war", on="2026-01-02")
BLAME = act("ACCUSE", ["IRN"], ["IRQ"], "Iran blamed Iraq for it", on="2026-01-03", start=50)
TALKS = act(
    "CONSULT", ["IRN", "IRQ"], ["IRN", "IRQ"], "Iran and Iraq held talks", on="2026-01-07",
    symmetric=True, start=100, trigger="talks",
)  # fmt: skip


def test_threats_and_then_talks_are_a_reversal_with_both_evidences() -> None:
    found = positions([THREAT, BLAME, TALKS], published=DAY, pair=PAIR)
    assert [(p.holder, p.event, p.reverses) for p in found if p.kind == "reversal"] == [
        ("IRN", TALKS.id, BLAME.id)
    ]


def test_one_hard_word_among_talks_is_no_reversal() -> None:
    assert of("reversal", [THREAT, TALKS], DAY) == []


def test_talks_a_year_after_a_threat_are_another_season_not_a_reversal() -> None:
    old = [
        act("THREATEN", ["IRN"], ["IRQ"], "Iran threatened Iraq with war", on="2025-01-02"),
        act("ACCUSE", ["IRN"], ["IRQ"], "Iran blamed Iraq for it", on="2025-01-03", start=50),
    ]
    assert of("reversal", [*old, TALKS], DAY) == []


def test_an_undated_threat_of_the_same_article_is_not_taken_to_be_earlier() -> None:
    undated = [
        act("THREATEN", ["IRN"], ["IRQ"], "Iran threatened Iraq with war"),
        act("ACCUSE", ["IRN"], ["IRQ"], "Iran blamed Iraq for it", start=50),
    ]
    assert of("reversal", [*undated, TALKS], DAY) == []


def test_a_text_that_says_reversal_names_the_holder() -> None:
    text = (
        "Iran and Iraq held talks in Basra, a stark reversal from Iran's earlier threats of war. "
        "Last week Iran threatened Iraq with war."
    )
    talks = act(
        "CONSULT", ["IRN", "IRQ"], ["IRN", "IRQ"], text[:24], on="2026-01-07", symmetric=True,
        trigger="talks",
    )  # fmt: skip
    threat = act(
        "THREATEN", ["IRN"], ["IRQ"], text[text.find("Iran threatened") : -1],
        start=text.find("Iran threatened"), trigger="threatened",
    )  # fmt: skip
    found = positions([talks, threat], published=DAY, pair=PAIR, texts={"d": text})
    [reversal] = [p for p in found if p.kind == "reversal"]
    assert (reversal.holder, reversal.reverses) == ("IRN", threat.id)
    assert reversal.words == "a stark reversal from Iran's earlier threats of war"


FIRSTS = [
    ("It was the first direct talks since 2018.", "first direct talks since 2018"),
    ("These were their first talks in ten years.", "first talks in ten years"),
    ("It was the first-ever meeting of the two.", "first-ever meeting"),
    ("At first, nobody expected the talks.", None),
    ("The first lady joined the talks since they began.", None),
    ("It is the first bridge in ten years.", None),
]


@pytest.mark.parametrize(("sentence", "words"), FIRSTS)
def test_a_first_is_one_only_where_the_words_say_of_what_and_since_when(
    sentence: str, words: str | None
) -> None:
    text = f"Iran and Iraq held talks. {sentence}"
    found = firsts([TALKS], published=DAY, pair=PAIR, texts={"d": text})
    assert [f.words for f in found] == ([words] if words else [])


def test_the_record_calls_something_first_only_after_it_has_watched_for_half_a_year() -> None:
    published = {f"d{n}": date(2025, 1 + n % 12, 15) for n in range(12)}
    events = [
        act(
            "THREATEN", ["IRN"], ["IRQ"], f"Iran threatened Iraq over matter {n}",
            on=published[f"d{n}"].isoformat(), document=f"d{n}",
        )
        for n in range(12)
    ]  # fmt: skip
    published["new"] = date(2025, 12, 20)
    talks = act(
        "CONSULT", ["IRN", "IRQ"], ["IRN", "IRQ"], "Iran and Iraq held talks", on="2025-12-19",
        symmetric=True, document="new", trigger="talks",
    )  # fmt: skip
    assert [f.event for f in firsts([*events, talks], published=published, pair=PAIR)] == [talks.id]
    assert firsts([*events[10:], talks], published=published, pair=PAIR) == []


def test_contexts_whose_last_word_is_conflict_stay_open() -> None:
    settled = act(
        "AGREE", ["IRN", "IRQ"], ["IRN", "IRQ"], "Iran and Iraq agreed on the river", on="2026-01-07",
        symmetric=True, contexts=("natural_resource",), start=300, trigger="agreed",
    )  # fmt: skip
    found = open_issues([CLAIM, OTHER, settled], published=DAY, pair=PAIR)
    assert [(i.context, i.since) for i in found] == [("crime", "2026-01-02")]


@pytest.mark.parametrize(
    ("sentence", "matters"),
    [
        ("Disputes over water and the border remain.", ["natural_resource", "territory"]),
        ("Their differences on trade are far from resolved.", ["economic"]),
        ("The dispute over water was settled on Monday.", []),
        ("They disagree over cooking.", ["general"]),
    ],
)
def test_matters_a_text_calls_disputed_are_open_unless_it_calls_them_settled(
    sentence: str, matters: list[str]
) -> None:
    text = f"Iran and Iraq held talks. {sentence}"
    found = open_issues([TALKS], published=DAY, pair=PAIR, texts={"d": text})
    assert [i.context for i in found] == matters


def test_a_dispute_of_others_is_no_issue_of_the_pair() -> None:
    text = "Iran and Iraq held talks. Turkey met nobody; disputes over water with Turkey remain."
    turkey = act("CONSULT", ["TUR"], [], "Turkey met nobody", start=26, trigger="met")
    assert open_issues([TALKS, turkey], published=DAY, pair=PAIR, texts={"d": text}) == []


def test_topics_keep_what_no_context_covers_in_its_words() -> None:
    assert topics("fishing and the tone of letters") == (
        ("fishing", "natural_resource"),
        ("tone of letters", "general"),
    )


@pytest.mark.parametrize("kind", [Status.HYPOTHETICAL, Status.NEGATED, Status.FUTURE, Voice.COMMENTARY])
def test_what_nobody_did_and_what_an_analyst_thinks_is_nobodys_position(
    kind: Status | Voice,
) -> None:
    more = {"status": kind} if isinstance(kind, Status) else {"voice": kind}
    said = act("THREATEN", ["IRN"], ["IRQ"], "Iran threatened Iraq", **more)  # type: ignore[arg-type]
    assert positions([said], published=DAY, pair=PAIR) == []


def test_two_reports_of_one_accusation_are_one_position() -> None:
    again = act(
        "ACCUSE", ["IRN"], ["IRQ"], "Iran has accused Iraq of arming smugglers", on="2026-01-02",
        modes=("allege",), document="later", trigger="accused",
    )  # fmt: skip
    assert of("claim", [CLAIM, again], DAY) == [CLAIM.id]


def test_nothing_published_after_the_day_is_known_on_it() -> None:
    late = act(
        "REJECT", ["IRQ"], ["IRN"], "Iraq denied arming smugglers", on="2026-01-04",
        document="later", contexts=("crime",),
    )  # fmt: skip
    assert of("denial", [CLAIM, late], DAY, as_of=date(2026, 1, 19)) == []
    assert of("denial", [CLAIM, late], DAY, as_of=date(2026, 1, 20)) == [late.id]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ACCUSE", "REJECT", "REQUEST", "THREATEN", "AGREE", "SUPPORT"]),
            st.booleans(),
            st.integers(1, 28),
            st.sampled_from(["smugglers", "river", "border"]),
        ),
        max_size=8,
        unique=True,
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_arrival_and_a_repeated_event_change_nothing(
    drawn: list[tuple[str, bool, int, str]], random: object
) -> None:
    events, published = [], {}
    for n, (kind, forth, day, word) in enumerate(drawn):
        a, r = (["IRN"], ["IRQ"]) if forth else (["IRQ"], ["IRN"])
        published[f"d{n}"] = date(2026, 1, day)
        text = f"{NAMES[a[0]]} denied words about {word}"
        events.append(act(kind, a, r, text, on=f"2026-01-{day:02d}", document=f"d{n}"))
    shuffled = [*events, *events[:2]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert positions(events, published=published, pair=PAIR) == positions(
        shuffled, published=published, pair=PAIR
    )


def test_acts_whose_days_overlap_are_in_no_order() -> None:
    undated = act("THREATEN", ["IRN"], ["IRQ"], "Iran threatened Iraq")
    [one, other] = stances([undated, DENIAL], DAY, pair=PAIR)
    assert not one.before(other)
    assert not other.before(one)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He wrote on X that talks go on.", ["X"]),
        ("Malcolm X said nothing; the X-ray was clear.", []),
        ("The clip was shown on Iranian state television.", ["Iranian state television"]),
        ("She told Andean Radio that it was over.", ["Andean Radio"]),
        ("The video is from the Lake channel on Example.com.", ["Example.com"]),
        ("Trump said on Tuesday that Fox News was wrong.", ["Fox News"]),
        ("The minister said on Friday that Iran would wait.", []),
    ],
)
def test_channels_are_named_where_something_was_said_or_shown(text: str, found: list[str]) -> None:
    assert channels(text) == found


@pytest.mark.skipif(not SEED.exists(), reason="../shared is not here")
def test_the_seed_article_shows_reversal_first_denial_open_issues_and_channels() -> None:
    from detente.coding.coder import rule_coder
    from detente.sources.text import make_document

    document = make_document(SEED.read_text(encoding="utf-8"), published="2026-01-08")
    events = list(rule_coder().code(document))
    by_id = {e.id: e for e in events}
    found = positions(
        events,
        published={document.id: document.published},
        pair=("USA", "COL"),
        as_of=date(2026, 1, 8),
        texts={document.id: document.text},
    )
    reversals = [p for p in found if p.kind == "reversal" and p.holder == "USA"]
    assert any("military intervention" in p.words and p.reverses for p in reversals)
    first = next(p for p in found if p.kind == "first" and "2022 election" in p.words)
    assert by_id[first.event].event == "CONSULT"
    denial = next(p for p in found if p.kind == "denial" and p.holder == "COL")
    assert denial.denies is not None
    assert by_id[denial.denies].actor_codes == ("USA",)
    issues = {p.context: p.words for p in found if p.kind == "open issue"}
    assert issues["illegal_drugs"] == "drugs"
    assert issues["territory"] == "sovereignty"
    assert "influence" in issues["general"]
    named = channels(document.text)
    assert "Truth Social" in named
    assert "Brighteon.com" in named
