"""Audio and video are read as other files are: named, in folders, by patterns; with a model of the user's."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from detente.cli.main import main
from detente.errors import DetenteError, FileError
from detente.records import Kind
from detente.sources.files import read, read_all
from detente.sources.places import HEARD, find_places
from detente.sources.speech import MODEL, Hearing, Segment
from detente.store import open_store

SAID = "Iran condemned the United States on Friday."


class Library:
    """Stands in for faster-whisper: the same names and arguments, and no model behind them."""

    def __init__(self) -> None:
        self.loaded: list[tuple[str, dict[str, Any]]] = []
        self.heard: list[tuple[str, dict[str, Any]]] = []

    def model(self, folder: str, **named: Any) -> Any:
        self.loaded.append((folder, named))

        def transcribe(path: str, **how: Any) -> tuple[Iterator[Any], Any]:
            self.heard.append((path, how))
            if Path(path).read_bytes() == b"broken":
                raise ValueError("Invalid data found when processing input")
            parts = ((0.5, 4.0, " We met the press."), (62.5, 66.0, f" {SAID}"))
            info = SimpleNamespace(language="en", duration=70.0, language_probability=0.9)
            return (SimpleNamespace(start=a, end=b, text=t) for a, b, t in parts), info

        return SimpleNamespace(transcribe=transcribe)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    made, module = Library(), ModuleType("faster_whisper")
    module.__spec__ = ModuleSpec("faster_whisper", None)
    module.WhisperModel = made.model  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "faster_whisper", module)
    monkeypatch.delenv(MODEL, raising=False)
    return made


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the extra."""
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    monkeypatch.delitem(sys.modules, "faster_whisper")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.delenv(MODEL, raising=False)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (folder / name).write_bytes(b"{}")
    return folder


@pytest.fixture
def press(tmp_path: Path) -> Path:
    """A folder with a text, two recordings and one that is broken."""
    folder = tmp_path / "press"
    folder.mkdir()
    (folder / "note.txt").write_text("Rome called Paris.")
    (folder / "2026-01-10-briefing.MP4").write_bytes(b"sound")
    (folder / "b.wav").write_bytes(b"broken")
    (folder / "c.mp3").write_bytes(b"sound as well")
    return folder


def test_a_recording_becomes_a_transcript_with_the_seconds(
    library: Library, model: Path, press: Path
) -> None:
    file = press / "2026-01-10-briefing.MP4"
    (made,) = read_all([file], pytest.fail, hearing=Hearing(model))
    assert made.kind is Kind.TRANSCRIPT and str(made.published) == "2026-01-10" and made.language == "en"
    assert made.times == ((0, 0.5), (made.text.index("Iran"), 62.5))
    [(folder, named)] = library.loaded
    assert folder == str(model) and named["local_files_only"] is True and named["device"] == "cpu"


def test_recordings_in_folders_and_patterns_are_heard_with_one_model(
    library: Library, model: Path, press: Path
) -> None:
    faults: list[str] = []
    documents = list(read_all([press], lambda e: faults.append(str(e)), hearing=Hearing(model)))
    assert [d.kind for d in documents] == [Kind.TRANSCRIPT, Kind.TRANSCRIPT, Kind.ARTICLE]
    assert len(faults) == 1 and "b.wav: the sound cannot be read" in faults[0]
    assert len(library.loaded) == 1, "loading takes seconds, so it is done once"
    named = [Path(p.name).name for p in find_places([f"{press}/*.m*"], pytest.fail, hearing=Hearing(model))]
    assert named == ["c.mp3"]


def test_the_model_may_be_named_by_the_environment(
    library: Library, model: Path, press: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MODEL, str(model))
    (made,) = read(press / "c.mp3")
    assert made.text.endswith(SAID)


@pytest.mark.usefixtures("bare")
def test_without_the_extra_it_says_what_to_install_and_the_rest_goes_on(model: Path, press: Path) -> None:
    faults: list[str] = []
    typed = [press, press / "c.mp3"]
    documents = list(read_all(typed, lambda e: faults.append(str(e)), hearing=Hearing(model)))
    assert [d.text for d in documents] == ["Rome called Paris."]
    told = "; type: pip install 'detente[speech]'"
    assert len(faults) == 4 and all(fault.endswith(told) for fault in faults), faults
    assert "1 file ending in .mp4 is not read (recognising speech needs an optional part)" in faults[1]


def test_without_a_model_it_says_how_to_name_one(library: Library, press: Path, tmp_path: Path) -> None:
    with pytest.raises(FileError, match=f"c.mp3: no speech model is named; .*--speech-model, or in {MODEL}"):
        list(read(press / "c.mp3"))
    faults: list[DetenteError] = []
    assert len(list(read_all([press], faults.append))) == 1 and len(faults) == 3
    with pytest.raises(FileError, match=r"there is no speech model in this folder \(model\.bin"):
        Hearing(tmp_path).read(press / "c.mp3")
    assert library.loaded == []


def test_a_model_that_cannot_be_loaded_is_told_with_its_folder(
    library: Library, model: Path, press: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(folder: str, **named: Any) -> None:
        raise RuntimeError("Unsupported model binary version")

    monkeypatch.setattr(sys.modules["faster_whisper"], "WhisperModel", broken, raising=False)
    with pytest.raises(FileError, match=r"model: the speech model cannot be loaded .*Unsupported model"):
        Hearing(model).read(press / "c.mp3")


def test_a_packed_recording_is_no_recording(press: Path) -> None:
    (press / "d.mp3.gz").write_bytes(b"\x1f\x8b")
    faults: list[str] = []
    hear = Hearing(recogniser=lambda path: ("en", 2.0, [Segment(0, 1, " Yes, we did.")]))
    list(read_all([press, press / "d.mp3.gz"], lambda e: faults.append(str(e)), hearing=hear))
    assert [fault for fault in faults if "mp3" in fault and "not read" in fault]


def test_detente_read_keeps_the_second_at_which_an_act_is_told(
    library: Library, model: Path, press: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "news.sqlite"
    asked = ["read", str(press), "--store", str(store), "--coder", "rules", "-f", "json"]
    assert main([*asked, "--speech-model", str(model)]) == 3, "b.wav was left out"
    told = json.loads(capsys.readouterr().out)
    # c.mp3 has the very same words as the briefing: one document, and no day makes no second place.
    assert (told["documents"], told["already"]) == (2, 1)
    assert [reason for reason in told["left_out"] if "b.wav" in reason] == told["left_out"]
    with open_store(store) as opened:
        (event,) = opened.events(pair=("IRN", "USA"))
    assert event.seconds == 62.5 and event.date == "2026-01-09"


def test_detente_code_hears_too_and_says_in_its_help_how(
    library: Library,
    model: Path,
    press: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(MODEL, str(model))
    assert main(["code", str(press / "2026-01-10-briefing.MP4"), "--coder", "rules", "-f", "jsonl"]) == 0
    assert json.loads(capsys.readouterr().out)["seconds"] == 62.5
    for command in ("code", "read"):
        main([command, "--help"])
        assert "--speech-model" in capsys.readouterr().out


def test_a_bar_shows_how_far_a_recording_is(
    library: Library, model: Path, press: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from detente.cli.reading import Passed, _documents, _minutes

    class Left:
        def add(self, reason: object) -> None:
            raise AssertionError(reason)

    told: list[tuple[float | None, float | None, str]] = []
    from rich.progress import Progress

    real = Progress.update

    def update(self: Progress, task: Any, **named: Any) -> None:
        if "total" in named:
            told.append((named["completed"], named["total"], named["done"]))
        real(self, task, **named)

    monkeypatch.setattr(Progress, "update", update)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    file = str(press / "c.mp3")
    (made,) = _documents([file], None, Left(), Passed(), model)  # type: ignore[arg-type]
    assert made.text.endswith(SAID)
    assert told == [(4.0, 70.0, "0:04 of 1:10"), (66.0, 70.0, "1:06 of 1:10")]
    assert _minutes(3599.9) == "59:59"


def test_the_endings_of_sound_are_none_of_text() -> None:
    from detente.sources.places import ENDINGS

    assert not set(HEARD) & set(ENDINGS)
