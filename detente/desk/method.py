"""The texts of the method, as they ship with the package, and a small reader for their marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources
from typing import TYPE_CHECKING

from detente.errors import DataError

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["Topic", "as_page", "topics"]

_HEAD = re.compile(r"# ([a-z]+): (.+?)(?: \(([^()]*)\))?")
_CODE = re.compile(r"`([^`]+)`")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_STRESS = re.compile(r"(?<!\*)\*(?!\s)([^*]+?)\*(?!\*)")
_ITEM = re.compile(r"(?:-|\d+\.) (.*)")


@dataclass(frozen=True, slots=True)
class Topic:
    """One page of the method: its name in the address, its title, its version, and its text."""

    name: str
    title: str
    version: str
    text: str

    @property
    def lead(self) -> str:
        """Its first sentence, without marks."""
        first = self.text.strip().split("\n", 1)[0].replace("*", "").replace("`", "")
        return re.split(r"(?<=[.?]) ", first)[0]


@cache
def topics() -> dict[str, Topic]:
    """The pages of the method by name, in their order.

    >>> list(topics())[:3]
    ['acts', 'stories', 'levels']
    """
    path = resources.files("detente").joinpath("data", "method.md")
    if not path.is_file():
        raise DataError("the texts are missing", where="data/method.md", todo="reinstall detente")
    found: dict[str, Topic] = {}
    name = title = version = ""
    lines: list[str] = []
    for line in [*path.read_text(encoding="utf-8").splitlines(), "# end: end"]:
        head = _HEAD.fullmatch(line)
        if head is None:
            lines.append(line)
            continue
        if name:
            found[name] = Topic(name, title, version, "\n".join(lines).strip())
        name, title, version, lines = head[1], head[2], head[3] or "", []
    return found


def as_page(text: str) -> Markup:
    """Text with marks (headings, lists, tables, bold, code) as HTML; everything else is escaped.

    >>> str(as_page("Two *or* `three` <b>."))
    '<p>Two <em>or</em> <code>three</code> &lt;b&gt;.</p>'
    """
    from markupsafe import Markup

    # Escaped first, piece by piece, so that only the tags made here are tags.
    return Markup("\n".join(_block(block) for block in _blocks(text)))


def _blocks(text: str) -> Iterator[list[str]]:
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        # A heading ends what is before it, and so does a list that begins right below a paragraph.
        begins = line.startswith("#") or (_ITEM.fullmatch(line) and block and not _ITEM.fullmatch(block[0]))
        if line.strip() and not (begins and block):
            block.append(line)
        elif block:
            yield block
            block = [line] if line.strip() else []
    if block:
        yield block


def _block(lines: list[str]) -> str:
    first = lines[0]
    if first.startswith("#"):
        level = min(len(first) - len(first.lstrip("#")), 4)
        head = f"<h{level}>{_inline(first.lstrip('# '))}</h{level}>"
        return head + (_block(lines[1:]) if lines[1:] else "")
    if first.startswith("|"):
        return _table(lines)
    if _ITEM.fullmatch(first):
        kind = "ul" if first.startswith("-") else "ol"
        items: list[str] = []
        for line in lines:
            item = _ITEM.fullmatch(line)
            if item:
                items.append(item[1])
            else:
                items[-1] += f" {line.strip()}"
        return f"<{kind}>{''.join(f'<li>{_inline(i)}</li>' for i in items)}</{kind}>"
    return f"<p>{_inline(' '.join(line.strip() for line in lines))}</p>"


def _table(lines: list[str]) -> str:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    rows = [row for row in rows if not all(set(cell) <= set("-: ") for cell in row)]
    head = "".join(f'<th scope="col">{_inline(cell)}</th>' for cell in rows[0])
    body = "".join(f"<tr>{''.join(f'<td>{_inline(c)}</td>' for c in row)}</tr>" for row in rows[1:])
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table class="plain">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _inline(text: str) -> str:
    kept: list[str] = []

    def code(found: re.Match[str]) -> str:
        kept.append(f"<code>{found[1]}</code>")
        return f"\x00{len(kept) - 1}\x00"

    made = _CODE.sub(code, escape(text.replace("\x00", ""), quote=False))
    made = _STRESS.sub(r"<em>\1</em>", _STRONG.sub(r"<strong>\1</strong>", made))
    return re.sub("\x00(\\d+)\x00", lambda m: kept[int(m[1])], made)
