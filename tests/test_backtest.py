"""Outlooks held to account: backtests, filed forecasts and the grid of pairs."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from detente.cli.history_file import read_history
from detente.cli.main import main
from detente.cli.reliability import reliability_svg
from detente.coding.coder import rule_coder
from detente.errors import FileError, FormatError, InputError
from detente.relations.backtest import backtest, cases
from detente.relations.outlook import model
from detente.sources.text import make_document
from detente.store import open_store

MONDAY = date(2018, 1, 1)


def history(seed: int, pairs: int = 120, weeks: int = 200) -> np.ndarray:
    """Weekly signs of pairs, each as hostile as it is; half of the weeks hang on the one before."""
    rng = np.random.default_rng(seed)
    out = np.full((pairs, weeks), np.nan)
    for row in out:
        hostile, last = rng.uniform(0.2, 0.8), 1.0
        for t in range(weeks):
            if rng.random() < 0.9:
                last = last if rng.random() < 0.3 else (-1.0 if rng.random() < hostile else 1.0)
                row[t] = last
    return out


def test_a_backtest_beats_climatology_where_pairs_differ_and_is_calibrated() -> None:
    found = backtest(history(1), MONDAY, train_until=date(2020, 1, 1))
    assert found.tested > 100
    assert found.over_climatology.value > 0.05
    assert found.over_climatology.low < found.over_climatology.value < found.over_climatology.high
    assert found.calibration_error < 3 * found.calibration_by_chance + 0.02
    assert found.auc > 0.6
    assert sum(count for count, _, _ in found.bins) == found.tested


def test_a_backtest_finds_no_skill_where_the_weeks_are_a_coin() -> None:
    rng = np.random.default_rng(2)
    coin = np.where(rng.random((150, 200)) < 0.5, -1.0, 1.0)
    found = backtest(coin, MONDAY, train_until=date(2020, 1, 1))
    assert found.over_climatology.value < 0.05


def test_what_happens_after_a_quarter_teaches_no_forecast_of_it() -> None:
    values = history(3)
    until = date(2020, 1, 1)
    before = backtest(values[:, :130], MONDAY, train_until=until, horizon=30)
    changed = values.copy()
    changed[:, 130:] *= -1
    after = backtest(changed[:, :130], MONDAY, train_until=until, horizon=30)
    assert before == after


def test_the_mirror_question_is_the_thaw_question_of_the_opposite_history() -> None:
    values = history(4, pairs=20)
    mirrored = [(c.pair, c.start, c.x) for c in cases(-values, "thaw")]
    assert [(c.pair, c.start, c.x) for c in cases(values, "escalation")] == mirrored


def test_a_backtest_without_history_says_what_is_missing() -> None:
    with pytest.raises(InputError, match="too few are settled"):
        backtest(history(5, pairs=3, weeks=60), MONDAY, train_until=date(2018, 6, 1))
    with pytest.raises(InputError, match="no outlook is made for 45 days"):
        backtest(history(5), MONDAY, train_until=date(2020, 1, 1), horizon=45)


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    import polars as pl

    values = history(6)
    rows = [
        (MONDAY + timedelta(weeks=w, days=2), f"A{p:03}", f"B{p:03}", float(v))
        for p, row in enumerate(values)
        for w, v in enumerate(row)
        if v == v
    ]
    path = tmp_path / "history.parquet"
    pl.DataFrame(rows, schema=["date", "a", "b", "score"], orient="row").write_parquet(path)
    return path


def test_a_history_file_gives_the_signs_that_went_in(parquet: Path) -> None:
    read = read_history(parquet)
    assert (read.first, len(read.pairs)) == (MONDAY, 120)
    assert np.array_equal(np.sign(read.values), history(6), equal_nan=True)


def test_codes_count_one_act_a_day_direction_and_type(tmp_path: Path) -> None:
    import polars as pl

    day = date(2018, 1, 3)
    rows = [(day, "USA", "CUB", code) for code in ("112", "112", "040", "020")]
    rows += [(day, "USA", "USA", "190"), (day + timedelta(weeks=1), "CUB", "USA", "163")]
    path = tmp_path / "codes.parquet"
    pl.DataFrame(rows, schema=["date", "source", "target", "cameo"], orient="row").write_parquet(path)
    read = read_history(path)
    assert read.pairs == (("CUB", "USA"),)
    # an accusation and a consultation weigh each other up; the request has no side
    assert read.values.tolist() == [[0.0, -1.0]]


def test_a_file_that_is_no_history_is_refused_by_its_columns(tmp_path: Path) -> None:
    import polars as pl

    path = tmp_path / "other.parquet"
    pl.DataFrame({"when": [1], "who": [2]}).write_parquet(path)
    with pytest.raises(FormatError, match="when, who are no history"):
        read_history(path)
    path.write_text("no parquet")
    with pytest.raises(FileError, match="no Parquet file"):
        read_history(path)


def test_the_command_prints_json_and_draws_the_plot(
    parquet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plot = tmp_path / "plot.svg"
    typed = ["backtest", "--history", str(parquet), "--train-until", "2020-01-01", "--plot", str(plot)]
    assert main([*typed, "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["schema"] == "detente.backtest.v1"
    assert record["backtest"]["question"] == "thaw-holds.v1"
    points = len(record["backtest"]["bins"])
    root = ElementTree.parse(plot).getroot()
    assert len(root.findall("{http://www.w3.org/2000/svg}circle")) == points
    assert main(typed) == 0
    out = capsys.readouterr().out
    for words in ("skill over climatology", "silent", "calibration slope", "came true"):
        assert words in out


def test_a_title_cannot_break_the_plot() -> None:
    root = ElementTree.fromstring(reliability_svg([(3, 0.2, 0.1)], 'a < b & "c"'))
    assert root.attrib["aria-label"] == 'a < b & "c"'


def test_groups_of_past_cases_are_large_enough_to_tell_of_no_single_pair() -> None:
    for question in ("thaw", "escalation"):
        for horizon in (90, 180):
            groups = model(horizon, question).nearest
            assert len(groups) >= 10
            assert min(g.thaws for g in groups) >= 30
            assert all(0 <= g.held <= 1 for g in groups)


def test_a_forecast_is_filed_once_and_scored_when_due(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = ["--store", str(tmp_path / "s.sqlite")]
    assert main(["demo", *store]) == 0
    capsys.readouterr()
    typed = ["forecast", "USA", "COL", "--as-of", "2026-01-08", "--format", "json", *store]
    assert main(typed) == 0
    first = json.loads(capsys.readouterr().out)["forecast"]
    assert main(typed) == 0
    assert json.loads(capsys.readouterr().out)["forecast"] == first
    assert main(["score", "--as-of", "2026-02-01", "--format", "json", *store]) == 0
    early = json.loads(capsys.readouterr().out)
    assert (early["card"]["pending"], early["card"]["scored"]) == (1, 0)
    assert main(["score", "--as-of", "2026-06-01", "--format", "json", *store]) == 0
    unread = json.loads(capsys.readouterr().out)
    assert (unread["card"]["pending"], unread["card"]["silent"]) == (1, 0)
    [waiting] = unread["waiting"]
    assert waiting["forecast"] == first["id"]
    assert "was read" in waiting["reason"]
    # Once the weeks asked about were read, and the pair was not heard of, it is silent.
    with open_store(tmp_path / "s.sqlite") as opened:
        monday = date(2026, 1, 12)
        texts = [f"Nothing happened in the harbour in week {i}." for i in range(14)]
        opened.add(
            [make_document(t, published=monday + timedelta(weeks=i)) for i, t in enumerate(texts)],
            rule_coder(),
        )
    assert main(["score", "--as-of", "2026-06-01", "--format", "json", *store]) == 0
    due = json.loads(capsys.readouterr().out)
    assert (due["card"]["pending"], due["waiting"]) == (0, [])
    assert due["forecasts"][0]["id"] == first["id"]
    assert due["forecasts"][0]["outcome"] == "silent"


def test_an_outlook_that_abstains_is_not_filed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = ["--store", str(tmp_path / "s.sqlite")]
    main(["demo", *store])
    assert main(["forecast", "USA", "COL", "--as-of", "2025-12-20", *store]) == 2
    assert "abstains" in capsys.readouterr().err
    assert main(["score", "--as-of", "2026-12-20", *store]) == 0
    assert "No forecast was filed" in capsys.readouterr().out


def test_the_pairs_of_a_store_are_ranked_and_a_country_has_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = ["--store", str(tmp_path / "s.sqlite"), "--as-of", "2026-01-08"]
    main(["demo", *store[:2]])
    capsys.readouterr()
    assert main(["pairs", *store, "--format", "json"]) == 0
    every = json.loads(capsys.readouterr().out)["pairs"]
    rates = [p["hostile"] for p in every if p["hostile"] is not None]
    assert rates and rates == sorted(rates, reverse=True)
    assert all(p["reason"] for p in every if p["hostile"] is None)
    assert main(["pairs", "Colombia", *store, "--format", "json"]) == 0
    own = json.loads(capsys.readouterr().out)["pairs"]
    assert own and all("COL" in p["pair"] for p in own)
    assert own[0]["turned"] == "thaw on 2026-01-07"
