"""Web archives: pages and nothing else, whatever is broken in them."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from detente.errors import FileError, InputError
from detente.records import Document
from detente.sources.archives import is_warc, read_warc
from detente.sources.files import read, read_all

PAGE = """<!doctype html><html lang="en"><head><title>{title}</title>{head}</head><body><article>
<h1>{title}</h1><p>The envoys of {title} met on Wednesday to settle the dispute over the border river, both
governments said in a joint statement after the meeting.</p><p>They agreed to speak again in March, and
neither side would say more about what had been settled at the table.</p></article></body></html>"""


def html(title: str, head: str = "") -> bytes:
    return PAGE.format(title=title, head=head).encode()


def record(
    number: int,
    body: bytes,
    *,
    status: str = "200 OK",
    media: str = "text/html; charset=utf-8",
    headers: str = "",
    kind: str = "response",
    url: str | None = "https://example.org/{}",
) -> Any:
    from fastwarc.warc import WarcRecord, WarcRecordType

    made = WarcRecord()
    made.init_headers(record_type=getattr(WarcRecordType, kind), record_urn=b"urn:uuid:%032d" % number)
    if url:
        made.headers["WARC-Target-URI"] = url.format(number)
    made.headers["WARC-Date"] = "2026-01-08T10:00:00Z"
    made.headers["Content-Type"] = "application/http; msgtype=response"
    made.set_bytes_content(f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\n{headers}\r\n".encode() + body)
    return made


def archive(records: Sequence[Any], *, zipped: bool = False) -> tuple[bytes, list[int]]:
    """An archive as bytes, and where each record begins in it."""
    out, starts = b"", []
    for one in records:
        starts.append(len(out))
        part = io.BytesIO()
        one.write(part)
        out += gzip.compress(part.getvalue(), mtime=0) if zipped else part.getvalue()
    return out, starts


def found(content: bytes, **options: Any) -> tuple[list[Document], list[str]]:
    faults: list[InputError] = []
    documents = list(read_warc(io.BytesIO(content), on_error=faults.append, where="a.warc", **options))
    assert all(f.todo and f.where == "a.warc" for f in faults)
    return documents, [f.what for f in faults]


def titles(documents: Sequence[Document]) -> list[str | None]:
    return [d.title for d in documents]


def five() -> list[Any]:
    """A record is written once only, so every test makes its own."""
    return [record(n, html(f"Talk {n}")) for n in range(5)]


@pytest.mark.parametrize("zipped", [False, True])
def test_only_pages_that_were_there_are_read(zipped: bool) -> None:
    content, _ = archive(
        [
            record(0, b"", kind="warcinfo"),
            record(1, html("Talk 1"), kind="request"),
            record(1, html("Talk 1")),
            record(2, html("Gone"), status="404 Not Found"),
            record(3, html("Moved"), status="301 Moved Permanently"),
            record(4, b"\x89PNG", media="image/png"),
            record(5, html("Talk 5"), media="application/xhtml+xml"),
            record(6, html("Talk 6"), media="TEXT/HTML"),
            record(7, b"They met.", media="text/plain"),
            record(8, html("Seen"), kind="revisit"),
        ],
        zipped=zipped,
    )
    documents, faults = found(content)
    assert titles(documents) == ["Talk 1", "Talk 5", "Talk 6"]
    assert faults == []
    assert documents[0].url == "https://example.org/1"


def test_the_day_of_fetching_is_never_the_day_of_publication() -> None:
    stated = '<meta property="article:published_time" content="2025-12-24T10:00:00Z">'
    content, _ = archive([record(1, html("Silent")), record(2, html("Dated", stated))])
    (silent, dated), _ = found(content)
    assert (silent.published, dated.published) == (None, date(2025, 12, 24))
    assert silent.retrieved == dated.retrieved == datetime(2026, 1, 8, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("charset", "declared"),
    [
        ("iso-8859-1", "iso-8859-1"),
        ("windows-1251", "windows-1251"),
        ("utf-8", "utf-8"),
        ("shift_jis", "shift_jis"),
    ],
)
def test_the_charset_of_the_answer_is_used(charset: str, declared: str) -> None:
    name = {"windows-1251": "Москва", "shift_jis": "東京"}.get(charset, "Génève")
    content, _ = archive(
        [record(1, html(name).decode().encode(charset), media=f"text/html; charset={declared}")]
    )
    (document,), faults = found(content)
    assert f"The envoys of {name} met" in document.text, faults


def chunked(body: bytes) -> bytes:
    parts = [body[i : i + 100] for i in range(0, len(body), 100)]
    return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in parts) + b"0\r\n\r\n"


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ("Content-Encoding: gzip\r\n", gzip.compress(html("Talk"), mtime=0)),
        ("Content-Encoding: gzip\r\n", html("Talk")),
        ("Content-Encoding: deflate\r\n", zlib.compress(html("Talk"))),
        ("Content-Encoding: deflate\r\n", raw_deflate(html("Talk"))),
        ("Content-Encoding: br\r\n", html("Talk")),
        ("Transfer-Encoding: chunked\r\n", chunked(html("Talk"))),
        ("Transfer-Encoding: chunked\r\n", html("Talk")),
        (
            "Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n",
            chunked(gzip.compress(html("Talk"), mtime=0)),
        ),
    ],
)
def test_pages_are_unpacked_where_the_archive_kept_them_packed(headers: str, body: bytes) -> None:
    content, _ = archive([record(1, body, headers=headers)], zipped=True)
    documents, faults = found(content)
    assert titles(documents) == ["Talk"], faults


def test_a_page_packed_with_brotli_is_unpacked() -> None:
    from fastwarc.stream_io import BrotliWriter

    packed = io.BytesIO()
    writer = BrotliWriter(packed)
    writer.write(html("Talk"))
    writer.close()
    content, _ = archive([record(1, packed.getvalue(), headers="Content-Encoding: br\r\n")])
    documents, faults = found(content)
    assert titles(documents) == ["Talk"], faults


def test_a_page_that_swells_is_skipped_and_the_next_one_read() -> None:
    bomb = gzip.compress(b"<html>" + b" " * 3_000_000, mtime=0)
    content, _ = archive(
        [
            record(1, bomb, headers="Content-Encoding: gzip\r\n"),
            record(2, b"x" * 300_000),
            record(3, html("Talk")),
        ],
        zipped=True,
    )
    documents, faults = found(content, limit=200_000)
    assert titles(documents) == ["Talk"]
    assert faults == [
        "2 pages were skipped: a page has more than 0.2 MB (the first is https://example.org/1)"
    ]


# Damage ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("place", ["its first bytes", "its headers", "its middle"])
def test_a_damaged_record_costs_only_itself(zipped: bool, place: str) -> None:
    content, starts = archive(five(), zipped=zipped)
    broken = bytearray(content)
    offset = {"its first bytes": 0, "its headers": 30, "its middle": 60}[place]
    if not zipped and place == "its middle":
        offset = content.index(b"Content-Length", starts[2]) - starts[2] + len("Content-Length: ")
    for index in range(starts[2] + offset, starts[2] + offset + 8):
        broken[index] ^= 0x55
    documents, faults = found(bytes(broken))
    others = ["Talk 0", "Talk 1", "Talk 3", "Talk 4"]
    assert [t for t in titles(documents) if t != "Talk 2"] == others
    if "Talk 2" not in titles(documents):
        assert len(faults) == 1 and "1 page was skipped: the record is damaged" in faults[0]


@pytest.mark.parametrize("zipped", [False, True])
def test_an_archive_cut_short_gives_what_is_whole(zipped: bool) -> None:
    content, starts = archive(five(), zipped=zipped)
    for cut in (starts[3] + 20, starts[3] + (starts[4] - starts[3]) // 2, starts[4] - 5):
        documents, faults = found(content[:cut])
        assert titles(documents)[:3] == ["Talk 0", "Talk 1", "Talk 2"]
        assert len(documents) == 3 or cut == starts[4] - 5
        assert len(faults) == 1 or len(documents) == 4


@pytest.mark.parametrize("length", [b"99999999", b"10", b"abc", b"-5", b"99999999999999999999"])
def test_a_record_that_lies_about_its_length_hides_no_other(length: bytes) -> None:
    content, starts = archive(five())
    at = content.index(b"Content-Length: ", starts[1]) + len(b"Content-Length: ")
    broken = content[:at] + length + content[content.index(b"\r\n", at) :]
    documents, faults = found(broken)
    assert titles(documents) == ["Talk 0", "Talk 2", "Talk 3", "Talk 4"]
    assert len(faults) == 1 and "is damaged" in faults[0]


def test_faults_are_counted_by_their_reason() -> None:
    empty = [record(n, b"<html><body></body></html>") for n in range(10, 13)]
    content, _ = archive([*empty, *five(), record(20, b"", status="", media="")], zipped=True)
    documents, faults = found(content)
    assert len(documents) == 5
    assert any("3 pages were skipped" in f and "https://example.org/10" in f for f in faults)


def test_a_record_without_an_address_is_still_a_page() -> None:
    content, _ = archive([record(1, html("Talk"), url=None)])
    (document,), _ = found(content)
    assert (document.title, document.url) == ("Talk", None)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"They met.\n" * 100, "this is no WARC file"),
        (gzip.compress(b"They met.\n" * 100, mtime=0), "this is no WARC file"),
        (gzip.compress(b"They met.\n" * 100, mtime=0)[:-20], "this is no WARC file"),
        (b"\x1f\x8b\x08" * 100, "this is no WARC file"),
        (archive([record(1, b"", kind="warcinfo")])[0], "no web page is in the archive"),
    ],
)
def test_what_is_no_archive_of_pages_is_told(content: bytes, message: str) -> None:
    with pytest.raises(FileError, match=message) as caught:
        found(content)
    assert caught.value.where == "a.warc" and caught.value.todo


def test_noise_never_brings_the_reader_down() -> None:
    for zipped in (False, True):
        content, starts = archive(five(), zipped=zipped)
        for at in range(0, len(content) - 4, 97):
            broken = content[:at] + bytes(b ^ 0xA5 for b in content[at : at + 4]) + content[at + 4 :]
            try:
                documents, _ = found(broken)
            except FileError:
                continue
            whole = {f"Talk {n}" for n in range(5)}
            hit = max(n for n in range(5) if starts[n] <= at)
            assert whole - {f"Talk {hit}"} <= {str(t) for t in titles(documents)}, at


# Files -------------------------------------------------------------------------------------------


def test_archives_are_read_from_files_folders_and_pipes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, _ = archive(five()[:2])
    zipped, _ = archive(five()[2:], zipped=True)
    (tmp_path / "a.warc").write_bytes(plain)
    (tmp_path / "b.WARC.GZ").write_bytes(zipped)
    faults: list[InputError] = []
    assert titles(list(read_all([tmp_path], faults.append))) == [f"Talk {n}" for n in range(5)]
    assert faults == []
    for content in (plain, zipped):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        assert titles(list(read("-")))[-1] in ("Talk 1", "Talk 4")
    with pytest.raises(FileError, match="no such file"):
        list(read(tmp_path / "none.warc"))
    with pytest.raises(FileError, match=r"there is no such file|cannot be read"):
        list(read_warc(tmp_path / "none.warc", on_error=faults.append))


def test_a_pipe_that_breaks_gives_what_came_before() -> None:
    content, starts = archive(five(), zipped=True)

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    faults: list[InputError] = []
    broken = content[: starts[3]] + b"\x00" * 50 + content[starts[4] :]
    documents = list(read_warc(Pipe(broken), on_error=faults.append, where="pipe"))
    assert titles(documents) == ["Talk 0", "Talk 1", "Talk 2"]
    assert len(faults) == 1 and "is damaged" in faults[0].what


def test_memory_does_not_grow_with_the_archive(tmp_path: Path) -> None:
    import tracemalloc

    def peak(number: int) -> int:
        path = tmp_path / f"{number}.warc"
        with path.open("wb") as file:
            for n in range(number):
                record(n, b"x" * 200_000, media="image/png").write(file)
            record(number, html("Talk")).write(file)
        tracemalloc.start()
        try:
            assert titles(list(read_warc(path, on_error=print))) == ["Talk"]
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1)  # the first reading loads the libraries
    assert peak(100) < peak(2) + 1_000_000


def test_a_warc_file_is_told_by_its_first_bytes() -> None:
    assert is_warc(archive(five())[0]) and not is_warc(b"WARC/x")
