"""Which encoding a web page is in: what the server, the page and the bytes themselves say of it."""

from __future__ import annotations

import codecs
import re

from detente.errors import FileError

__all__ = ["page_text"]

_META = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,400}?(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_.:+-]{2,40})", re.I
)
# Languages written in other code pages with as few accents as Western ones have.
_EASTERN = re.compile(
    rb"<html\b[^>]{0,400}?\blang\s*=\s*[\"']?(?:pl|cs|sk|hu|sl|hr|bs|ro|sq|tr|lt|lv|et)\b", re.I
)
_HEAD = 8_192  # browsers look for the charset in the first kilobyte, many pages put it a little later
_SAMPLE = 65_536
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Names that pages give, mostly with less than what browsers read by them. Only what stands here is used:
# Python also knows "encodings" that are slow or no text at all, and a page must not choose those.
_NAMES = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_OTHERS = frozenset(
    "utf-8 utf-16 utf-16-le utf-16-be big5 big5hkscs gb18030 euc_jp iso2022_jp cp932 cp949 koi8-r koi8-u"
    " mac-roman mac-cyrillic cp866 cp874 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258"
    " iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-10 iso8859-13"
    " iso8859-14 iso8859-15 iso8859-16".split()
)


def page_text(content: bytes, *, where: str, charset: str | None = None) -> str:
    """The text of a page: by its byte order mark, as UTF-8, else as the server or the page says.

    Bytes with an accent that are valid UTF-8 are UTF-8 whatever is said of them. Where nothing that is
    said fits, they are Windows-1252 if that reads well, else compared with languages (charset-normalizer).
    A page with some bytes broken on the way keeps its words, with U+FFFD for each broken one.
    Raises `FileError` for what is no text.

    >>> page_text("Sofía y París".encode("latin-1"), where="a", charset="ISO-8859-1")
    'Sofía y París'
    >>> page_text("<meta charset=windows-1251>Москва".encode("cp1251"), where="a")[-6:]
    'Москва'
    """
    for mark, name in _BOMS:
        if content.startswith(mark):
            return _patched(content[len(mark) :], name, where)
    declared = [name for name in (_known(charset), _known(_declared(content))) if name]
    if b"\x00" in content:
        wide = next((name for name in declared if name.startswith("utf-16")), None)
        if wide:
            return _patched(content, wide, where)
        raise FileError(
            f"this is a binary file (a NUL byte at offset {content.index(0)}), no page",
            where=where,
            todo="give the address of a page",
        )
    if b"\x1b$" in content and "iso2022_jp" in declared:
        return _patched(content, "iso2022_jp", where)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    for name in declared:
        try:
            return content.decode(name)
        except UnicodeDecodeError:
            continue
    for name in [*declared, "utf-8"]:
        patched = content.decode(name, "replace")
        # Every thousandth letter broken is damage on the way; more of them, and it is another encoding.
        if patched.count("\ufffd") <= max(3, len(patched) // 1000) and _mostly_good(patched):
            return patched
    western = None if _EASTERN.search(content[:_HEAD]) else _western(content)
    return western if western is not None else _by_language(content, where)


def _mostly_good(text: str) -> bool:
    """Whether most of what is beyond ASCII was read, so that a few bytes are broken and not all."""
    beyond = sum(1 for c in text if c > "\x7f")
    return beyond > 2 * text.count("\ufffd")


def _declared(content: bytes) -> str | None:
    found = _META.search(content[:_HEAD])
    return found[1].decode("ascii") if found else None


def _known(label: str | None) -> str | None:
    """The encoding that a browser reads by a label, None for those that no page may be in."""
    try:
        name = codecs.lookup(label or "").name
    except LookupError:
        return None
    name = _NAMES.get(name, name)
    return name if name in _OTHERS else None


def _patched(content: bytes, name: str, where: str) -> str:
    text = content.decode(name, "replace")
    if text.count("\ufffd") > max(3, len(text) // 100):
        raise FileError(
            f"the page says that it is {name}, and its bytes are not",
            where=where,
            todo="save its text as .txt",
        )
    return text


def _western(content: bytes) -> str | None:
    """The bytes as Windows-1252 where that gives a Western language: few of its letters have accents."""
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        return None
    letters = sum(1 for c in text if c.isalpha())
    beyond = sum(1 for c in text if c > "\x7f")
    return text if beyond <= letters / 8 else None


def _by_language(content: bytes, where: str) -> str:
    from charset_normalizer import from_bytes

    # The first bytes beyond ASCII are where the encoding shows; a long head of scripts tells nothing.
    first = next((at for at, byte in enumerate(content) if byte > 0x7F), 0)
    start = max(0, first - _SAMPLE // 8)
    best = from_bytes(content[start : start + _SAMPLE]).best()
    name = _known(best.encoding) if best is not None else None
    if name is not None:
        text = content.decode(name, "replace")
        if text.count("\ufffd") <= max(3, len(text) // 1000):
            return text
    raise FileError(
        "nobody can tell which encoding the page is in", where=where, todo="save its text as .txt in UTF-8"
    )
