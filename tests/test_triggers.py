"""The trigger lexicon is written by hand; this holds it to docs/reference/triggers.md."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

DATA = Path(__file__).parents[1] / "detente" / "data"
FOLDER = DATA / "triggers"
HEADER = (
    "trigger",
    "pos",
    "with",
    "event",
    "mode",
    "actor",
    "recipient",
    "symmetric",
    "strength",
    "note",
)
# Roles that name a place in the clause; every other role is a preposition.
PLACES = {"subj", "obj", "iobj", "poss", "compound", "comp"}
PREPOSITIONS = set(
    re.findall(
        r"[a-z]+",
        """about above across after against along alongside amid among around as at before behind
        below beside between beyond by during for from in inside into near of off on onto out
        outside over past through to toward towards under until upon via with within without""",
    )
)
REQUIREMENT = re.compile(
    r"(?:not-)?(?:obj|mod|subj):[^:;|\s]+(?:\|[^:;|\s]+)*|prt:[a-z]+|prep:[a-z]+(?::[^:;|\s]+(?:\|[^:;|\s]+)*)?|comp"
)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        assert tuple(reader.fieldnames or ()) == HEADER, f"{path.name}: header"
        rows = list(reader)
    for line, row in enumerate(rows, 2):
        assert None not in row and None not in row.values(), f"{path.name} line {line}: number of columns"
    return rows


def events() -> list[str]:
    with (DATA / "codebook" / "types.csv").open(encoding="utf-8", newline="") as handle:
        return [row["event"] for row in csv.DictReader(handle)]


EVENTS = events()
FILES = [FOLDER / f"{name}.csv" for name in [*EVENTS, "NONE"]]


def test_there_is_one_file_for_every_type_and_one_for_traps_and_no_other() -> None:
    assert {path.name for path in FOLDER.glob("*.csv")} == {path.name for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_row_keeps_to_the_layout(path: Path) -> None:
    with (DATA / "codebook" / "modes.csv").open(encoding="utf-8", newline="") as handle:
        modes = {(row["event"], row["mode"]) for row in csv.DictReader(handle)}
    wrong: list[str] = []
    for line, row in enumerate(table(path), 2):
        where = f"{path.name} line {line} ({row['trigger']})"
        if not re.fullmatch(r"[a-z]+", row["trigger"]):
            wrong.append(f"{where}: the trigger is one lower-case word; the tokeniser splits hyphens")
        if row["pos"] not in {"verb", "noun", "adj"}:
            wrong.append(f"{where}: pos {row['pos']!r}")
        if row["event"] != path.stem:
            wrong.append(f"{where}: event {row['event']!r} in {path.name}")
        if row["mode"] and (row["event"], row["mode"]) not in modes:
            wrong.append(f"{where}: mode {row['mode']!r} is not one of {row['event']}")
        if row["strength"] not in {"1", "2", "3"}:
            wrong.append(f"{where}: strength {row['strength']!r}")
        if row["symmetric"] not in {"", "yes"}:
            wrong.append(f"{where}: symmetric {row['symmetric']!r}")
        for requirement in filter(None, row["with"].split(";")):
            if not REQUIREMENT.fullmatch(requirement):
                wrong.append(f"{where}: with {requirement!r}")
        for column in ("actor", "recipient"):
            for role in filter(None, row[column].split(";")):
                if role not in PLACES | PREPOSITIONS:
                    wrong.append(f"{where}: {column} role {role!r}")
        if row["with"].startswith(("obj:", "not-obj:")) and row["pos"] != "verb":
            wrong.append(f"{where}: only a verb has an object")
    assert not wrong, "\n".join(wrong)


def test_no_two_rows_ask_for_the_same_word_in_the_same_use() -> None:
    places: dict[tuple[str, str, frozenset[str]], list[str]] = defaultdict(list)
    for path in FILES:
        for line, row in enumerate(table(path), 2):
            places[row["trigger"], row["pos"], frozenset(row["with"].split(";"))].append(
                f"{path.name} line {line}"
            )
    twice = {key: found for key, found in places.items() if len(found) > 1}
    assert not twice, "\n".join(
        f"{key[0]} ({key[1]}, {';'.join(key[2])}): {found}" for key, found in sorted(twice.items(), key=str)
    )


def test_a_trap_says_when_it_holds_unless_the_word_is_never_an_act() -> None:
    bare = [row["trigger"] for row in table(FOLDER / "NONE.csv") if not row["with"]]
    acts = {row["trigger"] for name in EVENTS for row in table(FOLDER / f"{name}.csv") if not row["with"]}
    assert not set(bare) & acts, "a bare trap would silence these words everywhere"


def test_the_lexicon_is_large_enough_to_be_the_engine_of_a_coder() -> None:
    sizes = Counter({name: len(table(FOLDER / f"{name}.csv")) for name in EVENTS})
    assert sum(sizes.values()) >= 900
    assert {name: size for name, size in sizes.items() if size < 25} == {}
    assert len(table(FOLDER / "NONE.csv")) >= 120


@pytest.mark.parametrize("event", EVENTS)
def test_every_type_is_reported_by_verbs_and_by_nouns(event: str) -> None:
    kinds = {row["pos"] for row in table(FOLDER / f"{event}.csv")}
    assert {"verb", "noun"} <= kinds


@pytest.mark.parametrize(
    ("trigger", "pos", "event"),
    [
        ("meet", "verb", "CONSULT"),
        ("talk", "noun", "CONSULT"),
        ("criticise", "verb", "ACCUSE"),
        ("criticize", "verb", "ACCUSE"),
        ("apologise", "verb", "CONCEDE"),
        ("apologize", "verb", "CONCEDE"),
        ("urge", "verb", "REQUEST"),
        ("refusal", "noun", "REJECT"),
        ("ultimatum", "noun", "THREATEN"),
        ("condolence", "noun", "SUPPORT"),
        ("pledge", "verb", "AGREE"),
        ("label", "verb", "ACCUSE"),
    ],
)
def test_words_every_coder_knows_are_listed_in_both_spellings(trigger: str, pos: str, event: str) -> None:
    assert (trigger, pos) in {(row["trigger"], row["pos"]) for row in table(FOLDER / f"{event}.csv")}


def test_words_of_plain_saying_are_no_triggers() -> None:
    plain = {"say", "tell", "announce", "state", "add", "note"}
    bare = {
        row["trigger"]
        for name in EVENTS
        for row in table(FOLDER / f"{name}.csv")
        if row["pos"] == "verb" and not row["with"]
    }
    assert not plain & bare


def test_uncertain_words_come_with_a_requirement_or_the_lowest_strength() -> None:
    """A bare "support" or "meet" fires on sport and business; it must not count as certain."""
    common = {
        "support",
        "back",
        "call",
        "join",
        "visit",
        "offer",
        "welcome",
        "discuss",
        "accept",
        "dismiss",
    }
    certain = [
        f"{row['trigger']} in {name}"
        for name in EVENTS
        for row in table(FOLDER / f"{name}.csv")
        if row["pos"] == "verb" and row["trigger"] in common and not row["with"] and row["strength"] != "1"
    ]
    assert not certain
