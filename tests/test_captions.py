"""Captions: what is shown is read once, with the second it begins, and hostile files are told or read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import FileError, MissingExtra
from detente.records import Document, Kind
from detente.sources import speech
from detente.sources.captions import CAPTIONS_LIMIT, CUE_LIMIT, read_captions, read_cues
from detente.sources.speech import Segment, read_speech, whisper


def vtt(*cues: tuple[str, str, str], head: str = "WEBVTT") -> bytes:
    return "\n\n".join([head, *(f"{a} --> {b}\n{words}" for a, b, words in cues)]).encode()


def read(content: bytes, where: str = "talk.vtt") -> Document:
    return read_captions(content, where=where)


def test_cues_join_to_running_text_and_each_has_its_second() -> None:
    made = read(
        vtt(
            ("00:01.000", "00:03.000", "We will impose\nnew sanctions"),
            ("00:03.000", "01:00:05.250", "on Iran."),
            ("01:00:06.000", "01:00:07.000", "That is final."),
        )
    )
    assert made.text == "We will impose new sanctions on Iran. That is final."
    assert [(made.text[at : at + 4], seconds) for at, seconds in made.times] == [
        ("We w", 1.0),
        ("on I", 3.0),
        ("That", 3606.0),
    ]
    assert made.kind is Kind.TRANSCRIPT and made.turns == ()


def test_lines_that_roll_up_the_screen_count_once() -> None:
    made = read(
        vtt(
            ("00:00.000", "00:02.000", " \nwe<00:00:00.500><c> will</c><00:00:01.000><c> impose</c>"),
            ("00:02.000", "00:02.010", "we will impose\n "),
            ("00:02.010", "00:04.000", "we will impose\nnew<00:00:02.500><c> sanctions</c>"),
            ("00:04.000", "00:04.010", "new sanctions\n "),
            ("00:04.010", "00:06.000", "new sanctions\non Iran"),
        )
    )
    assert made.text == "we will impose new sanctions on Iran"
    assert [seconds for _, seconds in made.times] == [0.0, 2.01, 4.01]


def test_a_line_that_grows_word_by_word_counts_once() -> None:
    srt = (
        b"1\n00:00:01,000 --> 00:00:02,000\nWe\n\n2\n00:00:02,000 --> 00:00:03,000\nWe will\n\n"
        b"3\n00:00:03,000 --> 00:00:04,000\nWe will not\n"
    )
    assert read(srt, "a.srt").text == "We will not"


def test_the_same_word_said_again_later_is_two_words() -> None:
    assert read(vtt(("00:01.000", "00:02.000", "No."), ("00:03.000", "00:04.000", "No."))).text == "No. No."


@pytest.mark.parametrize(
    ("words", "turns"),
    [
        ("<v Ann Lee>We met.", ["Ann Lee"]),
        ("<v.loud Ann Lee>We met.</v>\n<v Bo>No.</v>", ["Ann Lee", "Bo"]),
        (">> ANN LEE: We met.", ["ANN LEE"]),
        ("&gt;&gt; ANN LEE: We met.", ["ANN LEE"]),
        ("ANN LEE: We met.\n>> No.", ["ANN LEE", ">>"]),
        ("We met at 10: then we left.", []),
    ],
)
def test_voices_become_turns(words: str, turns: list[str]) -> None:
    made = read(vtt(("00:01.000", "00:02.000", words)))
    assert [who for _, who in made.turns] == turns
    assert "ANN LEE" not in made.text and ">>" not in made.text and "<" not in made.text


def test_two_voices_in_one_cue_keep_their_own_words() -> None:
    made = read(vtt(("00:01.000", "00:02.000", "<v Ann>We met. <v Bo>We did not.")))
    assert [made.text[at:] for at, _ in made.turns] == ["We met.\n\nWe did not.", "We did not."]


def test_notes_styles_and_entities_are_read_as_what_they_are() -> None:
    made = read(
        b"WEBVTT - The summit\n\nSTYLE\n::cue { color: red }\n\nNOTE a secret\nover lines\n\n"
        b"1\n00:01.000 --> 00:02.000 align:start\n<i>Rome &amp; Kyiv</i> said &lt;b&gt;.\n"
    )
    assert (made.text, made.title) == ("Rome & Kyiv said <b>.", "The summit")


def test_srt_without_blank_lines_between_cues_is_read() -> None:
    srt = b"1\n00:00:01,000 --> 00:00:02,000\nOne.\n2\n00:00:05,5 --> 00:00:06,000\nTwo.\n"
    made = read(srt, "a.srt")
    assert made.text == "One.\n\nTwo." and made.times == ((0, 1.0), (6, 5.5))


def test_the_day_is_that_of_the_name_and_an_argument_goes_before_it() -> None:
    content = vtt(("00:01.000", "00:02.000", "We met."))
    assert read(content, "talks/2026-01-08-oval.vtt").published == date(2026, 1, 8)
    told = read_captions(content, where="2026-01-08.vtt", published=date(2026, 1, 9))
    assert told.published == date(2026, 1, 9)
    assert read(content).published is None


@pytest.mark.parametrize(
    ("timing", "said"),
    [
        ("00:05.000 --> 00:04.000", "ends before it begins"),
        ("00:99.000 --> 01:00.000", "no time of a cue"),
        ("now --> then", "cannot be read"),
        ("00:01.000 -->" + " " * 600, "cannot be read"),
        ("00:01.000 --> 00:02.000", f"longer than {CUE_LIMIT} characters"),
    ],
)
def test_a_bad_cue_is_told_with_its_line_and_the_rest_goes_on(timing: str, said: str) -> None:
    words = "x" * (CUE_LIMIT + 1) if "longer" in said else "lost"
    content = f"WEBVTT\n\n{timing}\n{words}\n\n00:06.000 --> 00:07.000\nkept\n".encode()
    faults: list[FileError] = []
    made = read_captions(content, where="a.vtt", on_error=faults.append)
    assert made.text == "kept"
    assert said in str(faults[0]) and "a.vtt line 3" in str(faults[0])
    with pytest.raises(FileError, match=r"a\.vtt line 3"):
        read_captions(content, where="a.vtt")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no cue"),
        (b"WEBVTT\n\nonly words", "no cue"),
        (vtt(("00:01.000", "00:02.000", "<c></c>")), "no cue with words"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\n\x00\xff", "binary"),
        (b"-->" * (CAPTIONS_LIMIT // 3 + 1), "larger than 20 MB"),
    ],
)
def test_a_file_without_captions_says_why(content: bytes, said: str) -> None:
    with pytest.raises(FileError, match=said):
        read(content)


def test_a_megabyte_of_open_tags_is_no_trap() -> None:
    content = vtt(("00:01.000", "00:02.000", "<v " * 3000), ("00:03.000", "00:04.000", "We met."))
    assert read(content).text.endswith("We met.")


@given(st.lists(st.text(alphabet="ab é̈\u200b\u00a0\n<>&:.A", max_size=40), max_size=8))
def test_the_offsets_are_those_of_the_text(words: list[str]) -> None:
    cues = [(f"00:{10 + i}.000", f"00:{10 + i}.500", w.replace("\n\n", "\n")) for i, w in enumerate(words)]
    try:
        made = read_captions(vtt(*cues), where="a.vtt", on_error=lambda error: None)
    except FileError:
        return
    offsets = [at for at, _ in made.times]
    assert offsets == sorted(set(offsets)) and offsets[0] == 0
    for at in offsets:
        assert not made.text[at].isspace() and (at == 0 or made.text[at - 1].isspace())


def test_cues_are_given_one_by_one() -> None:
    found = list(read_cues(vtt(("00:01.000", "00:02.000", "<v Ann>Yes")), where="a.vtt"))
    assert [(c.start, c.end, c.speaker, c.text) for c in found] == [(1.0, 2.0, "Ann", "Yes")]


def test_speech_is_heard_with_progress_and_the_seconds(tmp_path: Path) -> None:
    sound = tmp_path / "2026-01-08-speech.wav"
    sound.write_bytes(b"RIFF")
    told: list[tuple[float, float]] = []

    def hear(path: Path) -> tuple[str | None, float, list[Segment]]:
        assert path == sound
        return "en", 9.0, [Segment(0.5, 2.0, " We met."), Segment(6.0, 9.5, " We agreed.")]

    made = read_speech(sound, hear, on_progress=lambda done, total: told.append((done, total)))
    assert (made.text, made.times) == ("We met.\n\nWe agreed.", ((0, 0.5), (9, 6.0)))
    assert (made.language, made.published, made.kind) == ("en", date(2026, 1, 8), Kind.TRANSCRIPT)
    assert told == [(2.0, 9.0), (9.0, 9.0)]


def test_sound_that_cannot_be_heard_says_so(tmp_path: Path) -> None:
    sound = tmp_path / "a.mp3"
    with pytest.raises(FileError, match="no such file"):
        read_speech(sound, lambda path: ("en", 1.0, []))
    sound.write_bytes(b"x")
    with pytest.raises(FileError, match="no speech is heard"):
        read_speech(sound, lambda path: ("en", 1.0, []))

    def broken(path: Path) -> tuple[str | None, float, list[Segment]]:
        raise ValueError("no audio stream")

    with pytest.raises(FileError, match="no audio stream"):
        read_speech(sound, broken)


def test_without_a_model_or_the_extra_nothing_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FileError, match=r"model\.bin is missing"):
        whisper(tmp_path)
    for name in ("model.bin", "config.json"):
        (tmp_path / name).write_bytes(b"{}")
    # Without it the library would look for one on the network.
    with pytest.raises(FileError, match=r"tokenizer\.json is missing"):
        whisper(tmp_path)
    for name in ("tokenizer.json",):
        (tmp_path / name).write_bytes(b"{}")

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(speech.importlib, "import_module", missing)
    with pytest.raises(MissingExtra, match=r"detente\[speech\]"):
        whisper(tmp_path)
