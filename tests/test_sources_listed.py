"""Everything that ships in `detente/data` has its source and licence written down."""

from __future__ import annotations

from pathlib import Path

import pytest

DATA = Path(__file__).parent.parent / "detente" / "data"
SOURCES = DATA / "SOURCES.md"


def shipped() -> list[str]:
    files = (p for p in DATA.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return sorted(p.relative_to(DATA).as_posix() for p in files if p.suffix not in (".py", ".pyc"))


def listed() -> set[str]:
    """Paths in `SOURCES.md`, and those of the storyline, which keeps its own list file by file."""
    paths = set(SOURCES.read_text(encoding="utf-8").split("`")[1::2])
    story = (DATA / "demo" / "SOURCES.md").read_text(encoding="utf-8").splitlines()
    return paths | {f"demo/{line.split('`')[1]}.json" for line in story if line.startswith("| `")}


def test_the_list_is_not_compared_with_nothing() -> None:
    assert len(shipped()) > 50


@pytest.mark.parametrize("path", [p for p in shipped() if p != "SOURCES.md" and not p.startswith("model/")])
def test_every_file_of_the_data_is_named_in_sources(path: str) -> None:
    assert path in listed(), f"{path}: write its source and licence in detente/data/SOURCES.md"


def test_the_model_is_named_as_one_folder() -> None:
    assert "model/" in listed()


def test_nothing_is_named_that_does_not_exist() -> None:
    paths = [
        w
        for w in listed()
        if "/" in w and Path(w).suffix in (".csv", ".json", ".jsonl", ".txt", ".md", ".py")
    ]
    assert len(paths) > 50
    gone = [p for p in paths if not (DATA / p).is_file() and not (DATA.parent.parent / p).is_file()]
    assert gone == []


def test_every_section_states_a_licence() -> None:
    sections = SOURCES.read_text(encoding="utf-8").split("\n## ")[1:]
    assert len(sections) > 10
    assert [s.splitlines()[0] for s in sections if "Licence: " not in s] == []
