"""The settings of a watch: a fault is told with its line, its key and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.cli.main import main
from detente.errors import FileError
from detente.watch.settings import load, parse

ROOT = Path(__file__).parents[1]
FEED = '[[feeds]]\nurl = "SERVER/rss"\nevery = "1h"\n'
ACT = '[[alerts]]\nname = "blame"\non = "act"\ntypes = ["ACCUSE"]\npair = ["USA", "IRN"]\n'


def test_the_example_of_the_docs_is_good_settings() -> None:
    found = load(ROOT / "docs" / "examples" / "watch.toml")
    assert {s.name.split()[0] for s in found.sources} == {"feed", "opml", "page", "files", "account"}
    assert {r.on for r in found.rules} == {"act", "failing", "forecast", "level", "reversal", "turn"}
    shown = (ROOT / "docs" / "examples" / "watch.toml").read_text(encoding="utf-8")
    assert shown in (ROOT / "docs" / "watch.md").read_text(encoding="utf-8"), "the guide shows that very file"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[feeds]\n", "watch.toml: this is no TOML (Expected"),
        ("", "watch.toml: it names nothing to read; add [[feeds]]"),
        ('evry = "1h"\n', "watch.toml line 1, key 'evry': there is no such key; write one of store,"),
        (FEED + 'evry = "1h"\n', "watch.toml line 4, feeds 1, key 'evry': there is no such key"),
        (FEED + '[[feeds]]\nurl = "a.rss"\n', "watch.toml line 5, feeds 2, key 'url': 'a.rss' is no web"),
        (FEED + '[[feeds]]\nevery = "1h"\n', "watch.toml line 4, feeds 2: the key 'url' is missing"),
        (FEED.replace("1h", "soon"), "line 3, feeds 1, key 'every': 'soon' is no time between 1s and 366d"),
        (FEED.replace('"1h"', "3600"), "line 3, feeds 1, key 'every': this is no text; write every ="),
        (FEED + FEED, "watch.toml: feed SERVER/rss is named twice; leave one of them out"),
        ("feeds = 3\n", "line 1, key 'feeds': this is no list of tables; write [[feeds]]"),
        ('pairs = [["USA"]]\n' + FEED, "line 1, key 'pairs': a pair is two parties"),
        ('pairs = [["USA", "Columbia"]]\n' + FEED, "'Columbia' is no country or actor known here; did you"),
        ('pairs = [["USA", "us"]]\n' + FEED, "line 1, key 'pairs': both parties are USA"),
        (FEED + ACT.replace('"act"', '"war"'), "line 6, alerts 1, key 'on': 'war' is nothing to alert on"),
        (FEED + ACT.replace("ACCUSE", "BLAME"), "line 7, alerts 1, key 'types': 'BLAME' is none of these"),
        (FEED + ACT + ACT, "line 10, alerts 2, key 'name': two rules are called 'blame'"),
        (FEED + '[[alerts]]\nname = "t"\non = "turn"\n', "a turn is one of a pair; give pair ="),
        (FEED + "[fetch]\ndelay = -1\n", "line 5, fetch, key 'delay': this is no number from 0 to 3600"),
        ('[[accounts]]\nserver = "https://s.example"\naccount = "@a"\ntoken_env = "NO_SUCH"\n', "no NO_SUCH"),
        ('[[opml]]\nfile = "a"\nurl = "https://b.example"\n', "give either url or file"),
    ],
)
def test_a_fault_in_the_settings_is_told_with_its_line_its_key_and_what_to_do(
    text: str, told: str, tmp_path: Path
) -> None:
    text = text.replace("SERVER", "https://wire.example")
    with pytest.raises(FileError) as error:
        parse(text, where="watch.toml", folder=tmp_path)
    assert told.replace("SERVER", "https://wire.example") in str(error.value)
    assert error.value.todo


def test_settings_that_are_not_there_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", "no/such.toml", "--once"]) == 1
    assert "no/such.toml: there is no such file" in capsys.readouterr().err
