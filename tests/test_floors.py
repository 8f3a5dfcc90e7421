"""Quality floors only rise, and the project's own gold set is above them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from quality import floors

Run = Callable[[str, float], int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command with a made-up measure, on floors in a folder of its own."""
    monkeypatch.setattr(floors, "FLOORS", tmp_path / "floors.json")

    def with_figure(command: str, figure: float) -> int:
        monkeypatch.setattr(floors, "SETS", {"own": lambda: ("digest", {"typed": figure})})
        return floors.main(command)

    return with_figure


def kept() -> float:
    return float(json.loads(floors.FLOORS.read_text(encoding="utf-8"))["own"]["floors"]["typed"])


def test_a_floor_is_set_a_margin_below_the_figure_and_then_holds(run: Run) -> None:
    assert run("raise", 0.5) == 0
    assert kept() == pytest.approx(0.5 - floors.MARGIN)
    assert run("check", 0.5) == 0
    assert run("check", 0.4951) == 0
    assert run("check", 0.4949) == 1


def test_raise_refuses_to_lower_a_floor_and_writes_nothing(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run("raise", 0.5)
    before = floors.FLOORS.read_bytes()
    assert run("raise", 0.3) == 1
    assert floors.FLOORS.read_bytes() == before
    assert "floors are never lowered" in capsys.readouterr().out


def test_a_figure_inside_the_margin_leaves_the_floor_where_it_is(run: Run) -> None:
    run("raise", 0.5)
    assert run("raise", 0.497) == 0
    assert kept() == pytest.approx(0.495)


def test_a_better_figure_lifts_the_floor(run: Run) -> None:
    run("raise", 0.5)
    assert run("raise", 0.6) == 0
    assert kept() == pytest.approx(0.595)


def test_check_writes_nothing(run: Run) -> None:
    run("check", 0.5)
    assert not floors.FLOORS.exists()


def test_one_figure_below_keeps_all_others_from_rising(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(floors, "FLOORS", tmp_path / "floors.json")
    monkeypatch.setattr(floors, "SETS", {"own": lambda: ("digest", {"typed": 0.5, "date": 0.5})})
    floors.main("raise")
    monkeypatch.setattr(floors, "SETS", {"own": lambda: ("digest", {"typed": 0.9, "date": 0.1})})
    assert floors.main("raise") == 1
    assert kept() == pytest.approx(0.495)


def test_a_set_that_is_not_here_is_said_to_be_not_measured_and_fails_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(floors, "FLOORS", tmp_path / "floors.json")
    monkeypatch.setattr(floors, "SETS", {"far": lambda: None})
    assert floors.main("check") == 0
    assert "far: not beside this checkout, not measured" in capsys.readouterr().out


def test_floors_of_other_data_are_compared_anyway_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(floors, "FLOORS", tmp_path / "floors.json")
    monkeypatch.setattr(floors, "SETS", {"own": lambda: ("old", {"typed": 0.5})})
    floors.main("raise")
    monkeypatch.setattr(floors, "SETS", {"own": lambda: ("new", {"typed": 0.2})})
    assert floors.main("check") == 1
    assert "the data changed" in capsys.readouterr().out


def test_the_own_gold_set_is_above_the_committed_floors() -> None:
    assert floors.FLOORS.is_file(), "no floors are committed; type: python -m quality.floors raise"
    entry = json.loads(floors.FLOORS.read_text(encoding="utf-8"))["own, rules"]
    digest, figures = floors.measure_own()
    assert digest == entry["data_sha256"], "the gold set changed; type: python -m quality.floors raise"
    below = {k: (figures[k], floor) for k, floor in entry["floors"].items() if figures[k] < floor}
    assert below == {}
    assert set(entry["floors"]) == set(figures)
