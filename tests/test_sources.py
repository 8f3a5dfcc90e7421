"""What becomes of texts and files on their way in."""

from __future__ import annotations

import gzip
import io
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import DateError, FileError, InputError
from detente.records import Document, Kind
from detente.sources import make_document, normalise, parse_date, read, read_all

PAGE = """<!doctype html><html lang="en"><head><title>Envoys meet - The Example Times</title>
<meta charset="{charset}"><meta property="og:site_name" content="The Example Times">
<meta name="author" content="Ana Ruiz">
<meta property="article:published_time" content="2026-01-08T10:00:00Z">
<link rel="canonical" href="https://example.org/a"></head><body><nav>Home</nav><article>
<h1>Envoys meet</h1><p>The envoys of Ruritania and Sylvania met in Génève on Wednesday to settle the
dispute over the border river, both governments said in a joint statement.</p><p>They agreed to
speak again in March, and neither side would say more about what had been settled
in the meeting.</p>
</article></body></html>"""


def fault(path: Path | str, **options: object) -> str:
    with pytest.raises(FileError) as caught:
        list(read(path, **options))  # type: ignore[arg-type]
    assert caught.value.what and caught.value.where and caught.value.todo
    return str(caught.value)


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# normalise


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("“No,” she said – ‘never’.", "“No,” she said – ‘never’."),
        ("Kyiv\u00a0said\u202f5\u2009%\tmore", "Kyiv said 5 % more"),
        ("U\u200bkra\u00adine \u202eand\u202c \ufeffRussia", "Ukraine and Russia"),
        ("Bogota\u0301", "Bogotá"),
        ("a\u200b\u0301", "á"),
        ("a   \nb\n\n\n\n\n\nc\n\n", "a\nb\n\n\nc"),
        ("bad \ud800 half", "bad \ufffd half"),
        ("nul\x00 and bell\x07", "nul and bell"),
    ],
)
def test_a_text_has_one_form(raw: str, kept: str) -> None:
    assert normalise(raw) == kept


@given(
    st.text(
        st.one_of(
            st.characters(),
            st.sampled_from(" \n\r\t\u00a0\u200b\u200d\u0301\u2028\u2000\u212ba\u1100\u1161\u11a8"),
        ),
        max_size=60,
    )
)
def test_normalising_twice_changes_nothing(raw: str) -> None:
    once = normalise(raw)
    assert normalise(once) == once
    assert "\n\n\n\n" not in once and " \n" not in once
    once.encode("utf-8")


def test_a_long_run_of_spaces_is_no_trap() -> None:
    assert normalise("a" + " " * 200_000 + "b").endswith("b")


# dates


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-08",
        " 2026-01-08 ",
        "2026-01-08T23:59:59Z",
        "2026-01-08 10:00",
        "2026-01-08T10:00:00.5+02:00",
    ],
)
def test_iso_days_and_timestamps_are_dates(value: str) -> None:
    assert parse_date(value) == date(2026, 1, 8)


@pytest.mark.parametrize(
    "value",
    [
        "soon",
        "",
        "2026-1-8",
        "20260108",
        "2026-02-30",
        "0999-12-31",
        "2201-01-01",
        "08/01/2026",
        "2026-01-08T25:00",
        "2026-01-08Tnoon",
        "２０２６-01-08",
        "2026-W02-4",
        "2026",
    ],
)
def test_anything_else_is_no_date(value: str) -> None:
    with pytest.raises(DateError, match="is not a date; write it as YYYY-MM-DD"):
        parse_date(value)


# documents


def test_the_same_text_from_the_same_place_has_the_same_id() -> None:
    first = make_document("They met.\r\n", url="https://example.org/a")
    assert first == make_document("They met.", url="https://example.org/a")
    assert first.id != make_document("They met.", url="https://example.org/b").id
    assert first.id != make_document("They met again.", url="https://example.org/a").id
    assert len(first.id) == 16 and int(first.id, 16) >= 0


def test_without_an_address_publisher_and_day_tell_texts_apart() -> None:
    ids = {
        make_document("They met.", publisher=p, published=d).id
        for p in ("A", "B")
        for d in ("2026-01-08", "2026-01-09")
    }
    assert len(ids) == 4


def test_the_hash_is_that_of_the_kept_text() -> None:
    assert make_document("They\u00a0met.").sha256 == make_document("They met.").sha256


def test_a_blank_field_is_unknown_not_empty() -> None:
    made = make_document("They met.", title="  ", publisher="\u200b", author=" Ana\n Ruiz ")
    assert (made.title, made.publisher, made.author, made.published) == (
        None,
        None,
        "Ana Ruiz",
        None,
    )


def test_a_moment_of_publication_is_kept_as_its_day() -> None:
    moment = datetime(2026, 1, 8, 23, 0, tzinfo=UTC)
    assert type(make_document("They met.", published=moment).published) is date


def test_a_document_without_words_is_refused() -> None:
    with pytest.raises(FileError, match="nothing but white space"):
        make_document(" \u200b\n", url="https://example.org/a")


# good files


def test_plain_text_has_no_title_and_takes_the_day_it_is_given(tmp_path: Path) -> None:
    path = put(tmp_path, "a.txt", "# They met.\nIt was cold.")
    (document,) = read(path, published=date(2026, 1, 8))
    assert document.title is None
    assert document.text == "# They met.\nIt was cold."
    assert document.published == date(2026, 1, 8)


def test_a_markdown_heading_is_the_title_and_not_part_of_the_text(tmp_path: Path) -> None:
    (document,) = read(put(tmp_path, "a.md", "\n# Talks\n\nThey met."))
    assert (document.title, document.text) == ("Talks", "They met.")
    (document,) = read(put(tmp_path, "b.md", "## Talks\n\nThey met."))
    assert document.title is None
    (document,) = read(put(tmp_path, "c.md", "# Only this"))
    assert document.text == "# Only this"


def test_a_byte_order_mark_is_not_part_of_the_text(tmp_path: Path) -> None:
    (document,) = read(put(tmp_path, "a.txt", b"\xef\xbb\xbfThey met."))
    assert document.text == "They met."
    (document,) = read(put(tmp_path, "b.txt", "They met.".encode("utf-16")))
    assert document.text == "They met."


def test_western_text_in_windows_1252_is_read(tmp_path: Path) -> None:
    (document,) = read(put(tmp_path, "a.txt", "Bogotá said “no” to the président.".encode("cp1252")))
    assert document.text == "Bogotá said “no” to the président."


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_a_web_page_gives_text_and_what_it_says_of_itself(tmp_path: Path, charset: str) -> None:
    page = PAGE.format(charset=charset).encode(charset)
    (document,) = read(put(tmp_path, "a.html", page))
    assert document.text.startswith("The envoys of Ruritania and Sylvania met in Génève")
    assert "Home" not in document.text
    assert (document.title, document.publisher) == ("Envoys meet", "The Example Times")
    assert (document.author, document.url) == ("Ana Ruiz", "https://example.org/a")
    assert (document.published, document.language) == (date(2026, 1, 8), "en")


def test_the_users_day_goes_before_the_guess_from_a_page(tmp_path: Path) -> None:
    path = put(tmp_path, "a.htm", PAGE.format(charset="utf-8"))
    (document,) = read(path, published=date(2025, 12, 31))
    assert document.published == date(2025, 12, 31)


def test_json_keeps_every_field_it_states(tmp_path: Path) -> None:
    item = {
        "id": "a-1",
        "title": "Talks",
        "published": "2026-01-08T09:00:00Z",
        "url": "https://example.org/a",
        "publisher": "The Example Times",
        "author": "Ana Ruiz",
        "language": "en",
        "kind": "release",
        "retrieved": "2026-01-09T08:00:00+00:00",
        "text": "They met.",
        "licence": "is not ours to keep",
    }
    (document,) = read(put(tmp_path, "a.json", json.dumps(item)), published=date(1999, 1, 1))
    assert document == Document(
        id="a-1",
        text="They met.",
        title="Talks",
        url="https://example.org/a",
        published=date(2026, 1, 8),
        publisher="The Example Times",
        kind=Kind.RELEASE,
        language="en",
        sha256=make_document("They met.").sha256,
        retrieved=datetime(2026, 1, 9, 8, tzinfo=UTC),
        author="Ana Ruiz",
    )


def test_a_stated_change_is_kept_beside_the_day_of_publication(tmp_path: Path) -> None:
    item = {"text": "They met.", "published": "2026-01-08", "modified": "2026-01-10T08:00:00Z"}
    (document,) = read(put(tmp_path, "a.json", json.dumps(item)))
    assert (document.published, document.modified) == (date(2026, 1, 8), date(2026, 1, 10))


def test_front_matter_names_what_a_markdown_file_is(tmp_path: Path) -> None:
    content = (
        "---\ntitle: 'Talks in Geneva'\ndate: 2026-01-08\nlastmod: 2026-01-09\nauthor: Ana Ruiz\n"
        "source_url: https://example.org/a\ntags: a, b\n---\n\nThey met.\n"
    )
    (document,) = read(put(tmp_path, "a.md", content), published=date(1999, 1, 1))
    assert (document.title, document.text) == ("Talks in Geneva", "They met.")
    assert (document.published, document.modified) == (date(2026, 1, 8), date(2026, 1, 9))
    assert (document.author, document.url) == ("Ana Ruiz", "https://example.org/a")
    (document,) = read(put(tmp_path, "b.md", "---\nThey met.\n---\nAgain."))
    assert document.text == "---\nThey met.\n---\nAgain.", "lines that name nothing are the text"


def test_lists_and_lines_give_documents_in_their_order(tmp_path: Path) -> None:
    items = [{"id": 1, "text": "one"}, {"id": "b", "text": "two", "published": None}]
    listed = list(read(put(tmp_path, "a.json", json.dumps(items))))
    lined = list(read(put(tmp_path, "a.jsonl", "\n\n".join(map(json.dumps, items)) + "\n")))
    assert [d.id for d in listed] == ["1", "b"]
    assert listed == lined


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        (b"They met.", ["They met."]),
        (b"[Updated] They met.", ["[Updated] They met."]),
        (b'{"text": "one"}', ["one"]),
        (b'{"text":\n "one"}', ["one"]),
        (b'[{"text": "one"}, {"text": "two"}]', ["one", "two"]),
        (b'{"text": "one"}\n{"text": "two"}\n', ["one", "two"]),
    ],
)
def test_standard_input_is_read_by_what_it_looks_like(
    monkeypatch: pytest.MonkeyPatch, content: bytes, texts: list[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert [d.text for d in read("-")] == texts


def test_a_page_on_standard_input_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    content = PAGE.format(charset="utf-8").encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert [d.title for d in read("-")] == ["Envoys meet"]


def test_an_empty_standard_input_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert fault("-").startswith("standard input: the file is empty")


# bad files


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"", "the file is empty"),
        ("a.txt", b" \n\t ", "nothing but white space"),
        ("a.txt", b"PK\x03\x04\x00\x00", "binary file (a NUL byte at offset 4)"),
        ("a.png", b"\x89PNG", "files ending in .png are not read"),
        ("a.txt.gz", b"They met.", "the gzip file is damaged (Not a gzipped file"),
        ("a.txt.gz", gzip.compress(b"They met. " * 99, mtime=0)[:-12], "damaged (it ends in the middle)"),
        ("a.jsonl.gz", gzip.compress(b'{"text": "x"}', mtime=0)[:-12], "damaged (it ends in the middle)"),
        ("a.xml", b"They met.", "this is no XML"),
        ("a.xml", b"<?xml version='1.0'?><svg/>", "the XML is no feed; its first element is svg"),
        ("README", b"They met.", "files ending in nothing are not read"),
        ("a.txt", "Президент встретил".encode("cp1251"), "byte 0xCF at offset 0 is not UTF-8"),
        ("a.txt", "“Damaged” – ".encode() + b"\x93!", "byte 0x93 at offset 18 is not UTF-8"),
        ("a.txt", bytes(range(128, 256)), "byte 0x80 at offset 0"),
        ("a.txt", b"They met\x01 \x93so\x94.", "byte 0x93 at offset 10"),
        ("a.json", b'{"text": "one",\n "id": }', "broken at line 2 column 8"),
        ("a.json", b"   ", "only white space"),
        ("a.json", b"[]", "the list is empty"),
        ("a.json", b'"They met."', "a document is a JSON object, this is a text"),
        ("a.json", b"[" * 100_000, "the JSON cannot be read (RecursionError)"),
        ("a.json", b'{"title": "Talks"}', "no field 'text'"),
        ("a.json", b'{"text": 5}', "no field 'text'"),
        ("a.json", b'{"text": " "}', "nothing but white space"),
        ("a.json", b'{"text": "x", "url": ["a"]}', "field 'url': the field holds a list"),
        ("a.json", b'{"text": "x", "kind": "poem"}', "field 'kind': 'poem' is no kind"),
        (
            "a.json",
            b'{"text": "x", "published": "soon"}',
            "field 'published': 'soon' is not a date",
        ),
        (
            "a.json",
            b'{"text": "x", "published": 2026}',
            "field 'published': the field holds a number",
        ),
        ("a.json", b'{"text": "x", "retrieved": "now"}', "field 'retrieved': 'now' is not a date"),
        (
            "a.json",
            b'[{"text": "x"}, {"id": "b"}]',
            "a.json item 2: the document has no field 'text'",
        ),
        ("a.jsonl", b'{"text": "x"}\n{"text"}', "a.jsonl line 2: the JSON is broken at line 1"),
        ("a.jsonl", b"\n\n", "the file is empty"),
        ("a.html", b"<html><body></body></html>", "no article text"),
    ],
)
def test_a_bad_file_says_what_where_and_what_to_do(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = put(tmp_path, name, content)
    told = fault(path)
    assert message in told
    assert told.startswith(str(path))


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    assert "there is no such file; check the path" in fault(tmp_path / "none.txt")
    assert "this is a folder; give the files in it" in fault(tmp_path)
    assert "cannot be read" in fault("a\x00b.txt")


def test_a_text_beyond_the_limit_is_refused_with_its_size(tmp_path: Path) -> None:
    long = "word " * 5_000_000
    assert "25.0 MB is more than the 20.0 MB" in fault(put(tmp_path, "a.txt", long))
    assert "25.0 MB is more than the 20.0 MB" in fault(put(tmp_path, "a.json", json.dumps({"text": long})))
    assert "0.5 MB is more than the 0.1 MB" in fault(put(tmp_path, "b.txt", "x" * 500_000), limit=100_000)


def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    told = fault(put(tmp_path, "a.jsonl", b'{"text": "' + b"x" * 50_000_000))
    assert "line 1: the line is longer than 50 MB; put one document on a line" in told


def test_one_bad_file_never_stops_the_others(tmp_path: Path) -> None:
    paths = [
        put(tmp_path, "a.txt", "one"),
        tmp_path / "missing.txt",
        put(tmp_path, "b.txt", b"\x00"),
        put(tmp_path, "c.jsonl", '{"text": "two"}\nbroken\n{"id": "x"}\n{"text": "three"}\n'),
        put(tmp_path, "d.json", '[{"id": "x"}, {"text": "four"}]'),
        put(tmp_path, "e.txt", "five"),
    ]
    faults: list[InputError] = []
    texts = [d.text for d in read_all(paths, faults.append, published=date(2026, 1, 8))]
    assert texts == ["one", "two", "three", "four", "five"]
    assert [Path(str(f.where).split(" ")[0]).name for f in faults] == [
        "missing.txt",
        "b.txt",
        "c.jsonl",
        "c.jsonl",
        "d.json",
    ]
