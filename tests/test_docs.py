"""The docs say what the program does: help pages, examples, docstrings, guides."""

from __future__ import annotations

import doctest
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

import detente
from detente.cli.main import app
from docs import commands

ROOT = Path(__file__).parents[1]
GUIDES = ("README.md", "docs/tutorial.md")


def _examples(epilog: str) -> list[str]:
    return [
        line.removeprefix("$ ").replace("\\[", "[") for line in epilog.split("\n\n") if line.startswith("$ ")
    ]


def _command(name: str) -> Any:
    return typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]


def test_the_page_of_commands_is_what_they_print() -> None:
    assert commands.PAGE.read_text(encoding="utf-8") == commands.page(), "type: make docs"


@pytest.mark.parametrize("guide", GUIDES)
def test_the_console_examples_are_what_the_commands_print(guide: str) -> None:
    path = ROOT / guide
    assert path.read_text(encoding="utf-8") == commands.guide(path), "type: make docs"


@pytest.mark.parametrize("name", commands.names())
def test_every_command_has_examples_that_parse(name: str) -> None:
    command = _command(name)
    found = _examples(command.epilog or "")
    assert found, f"detente {name} has no example"
    for line in found:
        part = next(p for p in line.split(" | ") if p.startswith("detente "))
        words = shlex.split(part.split(" > ")[0])
        assert words[:2] == ["detente", name]
        command.make_context(name, words[2:])


@pytest.mark.parametrize("name", commands.names())
def test_every_command_and_option_is_explained(name: str) -> None:
    command = _command(name)
    assert command.help and command.help.split("\n")[0].endswith(".")
    for parameter in command.params:
        assert getattr(parameter, "help", None), f"detente {name}: {parameter.name}"


@pytest.mark.parametrize("name", detente.__all__)
def test_every_public_name_is_explained(name: str) -> None:
    told = getattr(detente, name).__doc__ or ""
    assert len(told.split()) >= 4
    assert not told.startswith(f"{name}("), "a dataclass's own signature is no docstring"


@pytest.mark.parametrize("name", [n for n in detente.__all__ if n.islower()])
def test_every_public_function_has_an_example(name: str) -> None:
    assert ">>> " in (getattr(detente, name).__doc__ or "")


@pytest.mark.parametrize("guide", GUIDES)
def test_the_python_examples_of_the_guides_run(guide: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = doctest.testfile(
        str(ROOT / guide),
        module_relative=False,
        optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE,
        encoding="utf-8",
    )
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/tutorial.md", "docs/howto.md"])
def test_links_between_pages_lead_somewhere(page: str) -> None:
    import re

    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", text):
        assert ((ROOT / page).parent / target).exists(), target
