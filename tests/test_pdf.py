"""PDF files give the paragraphs that a reader sees, or say why not."""

from __future__ import annotations

import io
import logging
import zlib
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from detente.errors import FileError
from detente.sources import pdf
from detente.sources.files import read
from detente.sources.pdf import read_pdf

Drawn = tuple[float, float, str] | tuple[float, float, str, float]


def bare(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A file of numbered objects; the first is the catalog."""
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    end = b"trailer\n<< /Size %d /Root 1 0 R%s >>\n" % (len(objects) + 1, trailer)
    return out + head + end + b"startxref\n%d\n%%%%EOF\n" % len(out)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d%s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def drawn(lines: Iterable[Drawn]) -> bytes:
    parts = []
    for line in lines:
        x, y, words = line[:3]
        size = line[3] if len(line) == 4 else 11
        raw = words.encode("cp1252").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
        parts.append(b"/F1 %d Tf 1 0 0 1 %d %d Tm (%s) Tj" % (size, x, y, raw))
    return b"BT\n" + b"\n".join(parts) + b"\nET"


def make_pdf(pages: Sequence[Iterable[Drawn] | bytes], info: bytes = b"", catalog: bytes = b"") -> bytes:
    """A small PDF written by hand: each page a list of (x, y, words) in points, or a content stream."""
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    objects = [b"", b"", font]
    kids = []
    for page in pages:
        objects.append(page if isinstance(page, bytes) else stream(drawn(page)))
        content = len(objects)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % content
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R%s >>" % catalog
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    trailer = b""
    if info:
        objects.append(b"<< %s >>" % info)
        trailer = b" /Info %d 0 R" % len(objects)
    return bare(objects, trailer)


def column(*paragraphs: str, top: int = 700, x: int = 72) -> list[Drawn]:
    """Lines set one under the other, 14 points apart, with 24 between paragraphs."""
    lines: list[Drawn] = []
    y = top
    for paragraph in paragraphs:
        for line in paragraph.split("\n"):
            lines.append((x, y, line))
            y -= 14
        y -= 10
    return lines


def text(*pages: Sequence[Drawn]) -> str:
    return read_pdf(make_pdf(pages), where="a.pdf").text


def fault(content: bytes) -> str:
    with pytest.raises(FileError) as caught:
        read_pdf(content, where="a.pdf")
    assert caught.value.todo and str(caught.value).startswith("a.pdf: ")
    return str(caught.value)


def test_lines_become_the_paragraphs_they_were() -> None:
    assert text(
        column(
            "The two governments said on Monday that the\ntalks over the border river had ended\nin silence.",
            "They would meet again in March, and neither\nside would say more.",
        )
    ) == (
        "The two governments said on Monday that the talks over the border river had ended in"
        " silence.\n\nThey would meet again in March, and neither side would say more."
    )


def test_words_cut_at_the_end_of_a_line_are_whole_again() -> None:
    assert text(
        column("The negoti-\nations ended, and the so-\ncalled accord fell.", "A so-called accord is none.")
    ).startswith("The negotiations ended, and the so-called accord fell.")
    assert "U.S.- Russia" in text(column("They praised U.S.-\nRussia talks again.")), "no word was cut here"


def test_a_short_line_that_ends_a_sentence_ends_a_paragraph() -> None:
    lines = [
        "The minister flew home on Tuesday after two days of talks.",
        "He did not speak.",
        "The envoys stayed in the city and met once more on the day",
        "after.",
    ]
    assert text([(72, 700 - 14 * i, line) for i, line in enumerate(lines)]) == (
        "The minister flew home on Tuesday after two days of talks. He did not speak.\n\n"
        "The envoys stayed in the city and met once more on the day after."
    )


def test_a_heading_in_larger_letters_stands_alone() -> None:
    lines: list[Drawn] = [(72, 700, "Border talks", 18.0), (72, 684, "The envoys met on Monday.")]
    assert text(lines) == "Border talks\n\nThe envoys met on Monday."


def test_heads_feet_and_page_numbers_are_left_out() -> None:
    pages: list[list[Drawn]] = []
    cities = ("Geneva", "Vienna", "Doha", "Oslo")
    for number, city in enumerate(cities, 1):
        pages.append(
            [
                (72, 770, "Ministry of Foreign Affairs"),
                *column(
                    f"The envoys met in {city} at nine and\nthey parted at ten.",
                    f"Nobody in {city} would say more.",
                ),
                (72, 40, f"Report 7/2026, page {number} of 4"),
                (300, 25, f"- {number} -"),
            ]
        )
    found = text(*pages)
    assert "Ministry" not in found and "page" not in found and "- 2 -" not in found
    assert all(f"The envoys met in {city} at nine and they parted" in found for city in cities)
    assert all(f"Nobody in {city} would say more." in found for city in cities)


def test_a_sentence_that_goes_on_overleaf_is_one() -> None:
    first: list[Drawn] = [*column("They said that the river"), (300, 40, "1")]
    second: list[Drawn] = [*column("belongs to both of them, and always had."), (300, 40, "2")]
    assert text(first, second) == "They said that the river belongs to both of them, and always had."


def test_two_columns_are_read_one_after_the_other() -> None:
    left = column("The left column speaks\nof the first day and", x=72)
    right = column("goes on at the right\nwith the second day.", x=320)
    assert text([*left, *right]) == (
        "The left column speaks of the first day and goes on at the right with the second day."
    )


def test_what_the_file_states_of_itself_is_kept() -> None:
    info = (
        rb"/Title (Border talks) /Author (Ana Ruiz) /CreationDate (D:20260108100000+01'00')"
        rb" /ModDate (D:20260110)"
    )
    content = make_pdf([column("The envoys met.")], info, rb" /Lang (en-GB)")
    made = read_pdf(content, where="a.pdf")
    assert (made.title, made.author, made.language) == ("Border talks", "Ana Ruiz", "en")
    assert (made.published, made.modified) == (date(2026, 1, 8), date(2026, 1, 10))
    assert read_pdf(content, where="a.pdf", published=date(2026, 1, 5)).published == date(2026, 1, 5)


def test_a_transcript_keeps_its_turns() -> None:
    lines = [
        "THE MINISTER: We met the envoys in Geneva, and we will",
        "meet them again.",
        "Q When will that be? The river is rising, and nobody",
        "knows.",
        "THE MINISTER: In March.",
    ]
    content = make_pdf([[(72, 700 - 14 * i, line) for i, line in enumerate(lines)]], b"/Author (Ana Ruiz)")
    made = read_pdf(content, where="a.pdf", published=date(2026, 1, 8))
    assert made.kind == "transcript"
    assert [who for _, who in made.turns] == ["THE MINISTER", "Q", "THE MINISTER"]
    assert "and we will meet them again." in made.text
    assert (made.author, made.published) == ("Ana Ruiz", date(2026, 1, 8))


@pytest.mark.parametrize(
    ("info", "title"),
    [
        (rb"/Title (Microsoft Word - note_v3.docx) /CreationDate (D:00000000)", None),
        (rb"/Title (C:\\drafts\\note.indd) /CreationDate (yesterday)", None),
        (rb"/Title (untitled)", None),
        (rb"/Title (Microsoft Word - Border talks) /CreationDate ()", "Border talks"),
    ],
)
def test_the_name_of_a_file_is_no_title_and_a_clock_never_set_no_day(info: bytes, title: str | None) -> None:
    made = read_pdf(make_pdf([column("The envoys met.")], info), where="a.pdf")
    assert (made.title, made.published) == (title, None)


def test_a_file_locked_against_changes_only_is_read_and_one_with_a_password_is_not() -> None:
    from pypdf import PdfReader, PdfWriter

    def locked(password: str) -> bytes:
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(make_pdf([column("The envoys met.")]))))
        writer.encrypt(password, "owner", algorithm="RC4-128")
        out = io.BytesIO()
        writer.write(out)
        return out.getvalue()

    assert read_pdf(locked(""), where="a.pdf").text == "The envoys met."
    assert "locked by a password" in fault(locked("secret"))


def test_a_scan_says_that_it_has_no_text() -> None:
    assert "no text, only pictures of it; run text recognition" in fault(make_pdf([b"<< >>", b"<< >>"]))
    assert "no text, only pictures" in fault(make_pdf([[(72, 40, "1")], [(72, 40, "2")]]))


GOOD = make_pdf(
    [column(f"The envoys met on {d} in the old palace.") for d in ("Monday", "Tuesday", "Friday")],
    rb"/Title (Border talks)",
)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_a_file_cut_short_is_damaged_or_has_no_text(share: float) -> None:
    told = fault(GOOD[: int(len(GOOD) * share)])
    assert "damaged" in told or "no text" in told or "no page" in told


def test_noise_in_a_file_gives_a_document_or_a_file_error_and_nothing_else() -> None:
    outcomes = set()
    for start, end in pairwise(range(9, len(GOOD), max(1, len(GOOD) // 60))):
        broken = GOOD[:start] + bytes(b ^ 0x15 for b in GOOD[start:end]) + GOOD[end:]
        try:
            outcomes.add(bool(read_pdf(broken, where="a.pdf").text))
        except FileError:
            outcomes.add(False)
    assert outcomes == {True, False}


def test_what_is_no_pdf_is_told() -> None:
    assert "this is no PDF file" in fault(b"They met.")
    assert "damaged" in fault(b"%PDF-1.7\n" + b"x" * 2000)


def test_a_stream_that_swells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_STREAM_LIMIT", 1_000_000)
    packed = zlib.compress(b"BT /F1 11 Tf (They met.) Tj ET " + b" " * 5_000_000, 9)
    assert "unpacks to more" in fault(make_pdf([stream(packed, b" /Filter /FlateDecode")]))


def test_forms_that_draw_forms_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "STEP_LIMIT", 5_000)
    form = b" /Type /XObject /Subtype /Form /BBox [0 0 9 9]"
    depth, objects = 30, [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"]
    objects.append(
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R"
        b" /Resources << /XObject << /X 5 0 R >> >> >>"
    )
    objects.append(stream(b"/X Do"))
    for number in range(depth):
        inner = b" /Resources << /XObject << /X %d 0 R >> >>" % (6 + number)
        objects.append(stream(b"/X Do " * 2, form + inner))
    objects.append(stream(b"BT (boom) Tj ET", form))
    assert "unpacks to more" in fault(bare(objects))


def test_too_many_pages_are_refused_with_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "PAGE_LIMIT", 2)
    assert "the PDF has 3 pages, more than the 2" in fault(GOOD)


def test_the_text_of_a_document_has_a_limit() -> None:
    with pytest.raises(FileError, match="unpacks to more"):
        read_pdf(GOOD, where="a.pdf", limit=50)


def test_small_faults_are_not_printed(capfd: pytest.CaptureFixture[str]) -> None:
    made = read_pdf(b"a mail server wrote this line\n" + GOOD, where="a.pdf")
    assert "old palace" in made.text
    assert capfd.readouterr().err == ""
    assert logging.getLogger("pypdf").level == logging.NOTSET


def test_a_pdf_file_is_read_by_its_ending_and_by_its_bytes(tmp_path: Path) -> None:
    import gzip

    (tmp_path / "a.pdf").write_bytes(GOOD)
    (tmp_path / "b.gz").write_bytes(gzip.compress(GOOD, mtime=0))
    (first,), (second,) = list(read(tmp_path / "a.pdf")), list(read(tmp_path / "b.gz"))
    assert first.title == second.title == "Border talks"
