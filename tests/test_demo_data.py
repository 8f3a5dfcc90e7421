"""The storyline that ships with the package: readable, ours, sourced, and enough to show the work."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

import pytest

from detente.records import Document
from detente.sources.text import make_document

FOLDER = Path(str(resources.files("detente") / "data" / "demo"))
FILES = sorted(FOLDER.glob("*.json"))
SHARED = Path(__file__).resolve().parents[2] / "shared"


def documents() -> list[Document]:
    return [
        make_document(
            row["text"],
            id=row["id"],
            title=row["title"],
            published=row["published"],
            publisher=row["publisher"],
            url=row["url"],
            language=row["language"],
        )
        for row in (json.loads(f.read_text(encoding="utf-8")) for f in FILES)
    ]


def test_there_are_at_least_fourteen_dispatches_from_january_2025_to_january_2026() -> None:
    days = [d.published for d in documents()]
    assert len(days) >= 14
    assert all(days)
    assert min(d.isoformat() for d in days if d) == "2025-01-26"
    assert max(d.isoformat() for d in days if d) == "2026-01-08"


def test_three_publishers_so_that_a_second_report_shows() -> None:
    assert {d.publisher for d in documents()} == {
        "Détente demo wire A",
        "Détente demo wire B",
        "Détente demo wire C",
    }


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_dispatch_is_short_has_no_invented_address_and_is_named_after_its_day(path: Path) -> None:
    row = json.loads(path.read_text(encoding="utf-8"))
    assert set(row) == {"id", "title", "published", "url", "publisher", "language", "text"}
    assert row["url"] is None
    assert 50 <= len(row["text"].split()) <= 145
    assert path.stem.startswith(row["published"])
    assert row["id"] == f"demo-{path.stem}"
    assert make_document(row["text"]).text == row["text"]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_quoted_words_are_short(path: Path) -> None:
    text = json.loads(path.read_text(encoding="utf-8"))["text"]
    assert all(len(quote.split()) <= 10 for quote in re.findall(r'"([^"]+)"', text))


def test_every_dispatch_has_its_source_listed_and_nothing_else_is() -> None:
    listed = re.findall(
        r"^\| `([^`]+)` \|", (FOLDER / "SOURCES.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert listed == [f.stem for f in FILES]


def _shingles(text: str, size: int = 9) -> set[str]:
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[i : i + size]) for i in range(len(words) - size + 1)}


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is not here")
def test_no_nine_words_in_a_row_stand_in_the_seed_article_or_the_corpus() -> None:
    ours = set().union(*(_shingles(d.text) for d in documents()))
    folder = SHARED / "corpus" / "storyline_us_colombia_2021_26_wh"
    theirs = _shingles((SHARED / "seed" / "article.txt").read_text(encoding="utf-8"))
    for path in folder.glob("*.json"):
        theirs |= _shingles(json.loads(path.read_text(encoding="utf-8"))["text"])
    assert ours & theirs == set()
