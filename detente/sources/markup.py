"""A piece of HTML becomes its words: what a feed or a post carries, not a whole page.

The parser only calls out what it meets and builds no tree, so depth and size cost no more than the
bytes themselves.
"""

from __future__ import annotations

import re

__all__ = ["words"]

# Nothing inside these is a sentence of the text: code, captions of pictures, forms, navigation.
_SILENT = frozenset(
    "script style noscript template iframe object svg math video audio canvas"
    " figcaption form button select nav".split()
)
_PARAGRAPHS = frozenset(
    "p div section article header footer main aside blockquote pre ul ol dl table figure"
    " h1 h2 h3 h4 h5 h6 hr address details".split()
)
_LINES = frozenset("br li tr dt dd caption summary".split())
_SPACE = re.compile(r"[ \t\r\n\f\v]+")


class _Listener:
    """What lxml calls while it reads; `close` gives the words."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._silent: list[str] = []

    def start(self, tag: str, _attributes: object) -> None:
        if tag in _SILENT:
            self._silent.append(tag)
        self._break(tag)

    def end(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()
        if tag != "br":
            self._break(tag)

    def data(self, text: str) -> None:
        if not self._silent:
            self._parts.append(_SPACE.sub(" ", text))

    def comment(self, _text: str) -> None:
        return

    def close(self) -> str:
        text = "".join(self._parts)
        text = re.sub(r" *\n *", "\n", text)
        text = re.sub(r"\n{3,}", "\n\n", text)
        return re.sub(r" {2,}", " ", text).strip()

    def _break(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self._parts.append("\n\n")
        elif tag in _LINES:
            self._parts.append("\n")
        elif tag in ("td", "th"):
            self._parts.append(" ")


def words(html: str) -> str:
    r"""The words of a piece of HTML, an empty line between paragraphs.

    Scripts, captions of pictures, forms and navigation stay out; broken HTML gives what can be read.

    >>> words("<p>Kyiv &amp; Rome<br>signed.</p><p>So it <b>stands</b>.</p><script>x()</script>")
    'Kyiv & Rome\nsigned.\n\nSo it stands.'
    """
    from lxml import etree

    listener = _Listener()
    parser = etree.HTMLParser(target=listener, no_network=True, huge_tree=False, recover=True)
    try:
        parser.feed(f"<html><body>{html}</body></html>")
        return str(parser.close())
    except etree.LxmlError:
        return listener.close()
