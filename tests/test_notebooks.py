"""The notebooks of the docs run, and the record shows itself in them as tables, frames and charts."""

from __future__ import annotations

import doctest
import json
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from desk_examples import make_store
from matplotlib import pyplot

import detente
from detente.api import open_store
from detente.errors import InputError, MissingExtra
from detente.notebook import Dyad, Events, Sheet, html_of, load_ipython_extension
from detente.records import Brief, Document, Event, Line, Party, Status

FOLDER = Path(__file__).parents[1] / "docs" / "notebooks"
SHOWN = {
    "code-an-article": ("SANCTION", "Evidence", "image/png"),
    "a-pair-from-icews": ("icews: 286 rows, 286 new, 0 wrong", "thaw", "<svg", "image/png"),
    "backtest-an-outlook": ("thaws tested in 60 pairs", "Brier", "image/png"),
}
EVIL = "<script>alert(1)</script> & \u202eknown\u200b"


@pytest.fixture(autouse=True)
def _no_window() -> Iterator[None]:
    # Not by the environment: the kernels of the notebooks would take it from there.
    matplotlib.use("agg")
    yield
    pyplot.close("all")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("notebooks") / "demo.sqlite")


def evil() -> tuple[Event, Document]:
    text = f"Iran condemned {EVIL}."
    party = Party("IRN", "Iran", 0, 4, name=EVIL)
    document = Document(
        "d", text, url="javascript:alert(1)", publisher=EVIL, title=EVIL, published=date(2026, 1, 8)
    )
    event = Event(
        "d",
        0,
        len(text),
        text,
        "ACCUSE",
        (party,),
        (Party("USA", EVIL),),
        False,
        Status.FUTURE,
        "condemned",
        5,
        3,
        date="2026-01-08",
        speaker=EVIL,
    )
    return event, document


# The notebooks


def test_every_notebook_is_run_here() -> None:
    assert {p.stem for p in FOLDER.glob("*.ipynb")} == set(SHOWN)


@pytest.mark.parametrize("name", SHOWN)
def test_a_notebook_runs_from_top_to_bottom_and_shows_what_it_promises(name: str) -> None:
    import nbformat
    from nbclient import NotebookClient

    book = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    NotebookClient(
        book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    ).execute()
    told = json.dumps([c.get("outputs", []) for c in book.cells], ensure_ascii=False)
    for part in SHOWN[name]:
        assert part in told
    assert "Traceback" not in told and "Warning" not in told


@pytest.mark.parametrize("name", SHOWN)
def test_a_notebook_is_kept_without_what_it_printed(name: str) -> None:
    book = json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))
    code = [c for c in book["cells"] if c["cell_type"] == "code"]
    assert code and all(c["outputs"] == [] and c["execution_count"] is None for c in code)


def test_the_examples_of_the_page_on_notebooks_run() -> None:
    page = FOLDER.parent / "howto" / "notebooks.md"
    result = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert result.attempted > 4 and result.failed == 0


@pytest.mark.parametrize("page", ["notebooks.md", "assistants.md"])
def test_the_links_of_the_pages_lead_somewhere(page: str) -> None:
    folder = FOLDER.parent / "howto"
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", (folder / page).read_text(encoding="utf-8")):
        assert (folder / target).exists(), target


# A pair


def test_a_pair_tells_the_same_turns_as_the_functions_of_the_package(path: Path) -> None:
    with open_store(path) as store:
        pair = detente.Dyad(store, "USA", "Colombia", as_of="2026-01-08")
        assert list(pair.turns) == detente.turns(store, ("USA", "COL"), "2026-01-08")
        assert list(pair.positions) == detente.positions(store, ("USA", "COL"), "2026-01-08")
        assert pair.outlook() == detente.outlook(store, ("USA", "COL"), "2026-01-08")
        assert pair.brief().brief == detente.brief(store, ("USA", "COL"), "2026-01-08")


def test_a_pair_can_be_had_from_a_file_or_from_events(path: Path) -> None:
    from_file = Dyad(path, "USA", "COL")
    from_events = Dyad(list(from_file.events), "USA", "COL", documents=from_file.events.documents.values())
    assert from_file.as_of == from_events.as_of == date(2026, 1, 8)
    # A store has made one story of the reports of an act; events by themselves stand as they are told.
    assert {a.day for a in from_events.acts} >= {a.day for a in from_file.acts}


def test_a_pair_shows_a_chart_in_which_side_and_turn_are_told_in_words_too(path: Path) -> None:
    shown = Dyad(path, "USA", "COL")._repr_html_()
    for word in ("above the line", "below it", "▲ thaw", "▼ escalation", "currentColor", "<table"):
        assert word in shown
    assert "background" not in shown and "color:#000" not in shown and "color:black" not in shown


def test_a_pair_without_acts_shows_that_there_are_none(tmp_path: Path) -> None:
    open_store(tmp_path / "s.sqlite").close()
    pair = Dyad(tmp_path / "s.sqlite", "USA", "COL", as_of="2026-01-08")
    assert "0 cooperative, 0 hostile" in pair._repr_html_() and "<svg" not in pair._repr_html_()
    assert pair.levels == () and pair.to_polars("turns").height == 0
    assert pair.plot().get_title("left") == "USA and COL"


@pytest.mark.parametrize("of", ["acts", "events", "levels", "turns"])
def test_both_kinds_of_frame_hold_the_same(path: Path, of: str) -> None:
    pair = Dyad(path, "USA", "COL")
    one, other = pair.to_polars(of), pair.to_pandas(of)
    assert one.height == len(other) > 0 and one.columns == list(other.columns)
    assert [d.isoformat() if d else None for d in one["day"]] == [
        None if d != d else d.date().isoformat() for d in other["day"]
    ]


def test_a_frame_of_nothing_has_its_columns() -> None:
    assert Events([]).to_polars().columns == list(Events([]).to_pandas().columns)
    assert "words" in Events([]).to_polars().columns


def test_bars_of_hostile_acts_stand_below_the_line_and_those_of_cooperative_ones_above(path: Path) -> None:
    pair = Dyad(path, "USA", "COL")
    axes = pair.plot()
    heights = [bar.get_height() for bar in axes.patches if bar.get_height()]
    assert -sum(h for h in heights if h < 0) == sum(a.hostile for a in pair.acts)
    assert sum(h for h in heights if h > 0) == sum(not a.hostile for a in pair.acts)
    assert {"▲ thaw", "▼ escalation"} <= {t.get_text() for t in axes.texts}


def test_what_is_no_pair_or_no_table_is_told(path: Path) -> None:
    with pytest.raises(InputError, match="are the same"):
        Dyad(path, "COL", "Colombia")
    with pytest.raises(InputError, match="no data 'acled'"):
        Dyad(path, "USA", "COL", data="acled")
    with pytest.raises(InputError, match="there is no store"):
        Dyad("nowhere.sqlite", "USA", "COL")
    with pytest.raises(InputError, match="there is no table 'rows'"):
        Dyad(path, "USA", "COL").to_polars("rows")


def test_imported_rows_have_turns_and_no_brief(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from detente.formats.importing import import_file

    monkeypatch.syspath_prepend(str(FOLDER))
    import samples

    with open_store(tmp_path / "s.sqlite") as store:
        import_file(store, str(samples.write_icews(tmp_path / "events.tab")))
        pair = Dyad(store, "Peru", "Bolivia", data="icews")
        assert [t.direction for t in pair.turns] == ["escalation", "thaw"]
        assert len(pair.events) == 0 and "counted from icews" in pair._repr_html_()
        with pytest.raises(InputError, match="have no words"):
            pair.brief()
        with pytest.raises(InputError, match="no day is known"):
            Dyad(store, "Peru", "Chile", data="icews")


# Acts and briefs


def test_the_words_of_others_are_text_and_never_markup() -> None:
    event, document = evil()
    brief = Brief(("IRN", "USA"), date(2026, 1, 8), (Line(EVIL, EVIL, (event.id,)),))
    for shown in (
        Events([event], {"d": document})._repr_html_(),
        Sheet(brief)._repr_html_(),
        html_of(event),
        html_of(brief),
        html_of(document),
    ):
        assert "<script" not in shown and "\u202e" not in shown and "\u200b" not in shown
        assert "&lt;script&gt;" in shown and 'href="javascript' not in shown


def test_an_act_that_has_not_happened_is_a_hollow_mark() -> None:
    event, _ = evil()
    axes = Events([event]).plot()
    [dots] = axes.collections
    assert len(dots.get_facecolors()) == 0
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ["hostile, not done"]


def test_a_brief_names_each_of_its_acts_once_by_number(path: Path) -> None:
    sheet = Dyad(path, "USA", "COL").brief()
    shown = sheet._repr_html_()
    assert "<h4>What happened</h4>" in shown and "Evidence" in shown
    assert shown.count("“") >= len(sheet.events)
    frame = sheet.to_polars()
    assert frame.filter(frame["dropped"].is_null()).height == len(sheet.brief.lines)


def test_the_extension_shows_plain_records_as_tables() -> None:
    shown: dict[tuple[str, str], Any] = {}

    class Formatter:
        def for_type_by_name(self, module: str, name: str, function: Any) -> None:
            shown[module, name] = function

    class Shell:
        class display_formatter:  # noqa: N801
            formatters = {"text/html": Formatter()}  # noqa: RUF012

    load_ipython_extension(Shell())
    for module, name in shown:
        __import__(module)
        assert hasattr(sys.modules[module], name)
    event, _ = evil()
    assert "ACCUSE" in shown["detente.records", "Event"](event)


@pytest.mark.parametrize(("missing", "what"), [("matplotlib", "a chart"), ("pandas", "a pandas frame")])
def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, missing: str, what: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtra, match=rf"{what} needs .*detente\[notebooks\]"):
        Events([]).plot() if missing == "matplotlib" else Events([]).to_pandas()
