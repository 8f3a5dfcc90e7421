"""What every page shares: templates, what is shown of a foreign text, and pages that say what is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from detente.briefs.wording import MONTHS
from detente.briefs.wording import country as named
from detente.links import host_of, parts_of

if TYPE_CHECKING:
    from fastapi import Request
    from fastapi.responses import HTMLResponse
    from jinja2 import Environment

    from detente.errors import UnknownActor

__all__ = [
    "NAVIGATION",
    "clip",
    "country",
    "day",
    "given_day",
    "mark",
    "named",
    "number",
    "plain",
    "query",
    "render",
    "short_day",
    "stranger",
    "trouble",
    "web",
]

NAVIGATION = (
    ("/", "Overview"),
    ("/pairs", "Pairs"),
    ("/countries", "Countries"),
    ("/stories", "Stories"),
    ("/search", "Search"),
    ("/scorecard", "Scorecard"),
    ("/sources", "Sources"),
    ("/method", "Method"),
)

# Control characters, marks of direction and of no width, and halves of characters: nothing a reader
# would miss, and all that could turn the words around, hide some of them, or stop the page.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_ESCAPES = re.compile("\x1b\\[[0-9;?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?")
# A text that is no article's body is shown up to here; a title of a megabyte is no title.
LONGEST = 2000


def plain(text: object) -> str:
    r"""A text as its words alone: no control, escape, direction or zero-width character.

    >>> plain("a\x1b[31m red\u202e b\x00")
    'a red b'
    """
    return _UNSAFE.sub("", _ESCAPES.sub("", str(text)))


def clip(text: object, most: int = 200) -> str:
    """A text on one line, cut at a word with "…" where it is long; empty for None.

    >>> clip("one two three", 9), clip(None)
    ('one two…', '')
    """
    if text is None:
        return ""
    flat = " ".join(plain(str(text)[: most * 8]).split())
    if len(flat) <= most:
        return flat
    cut = flat[:most]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut[:-1]).rstrip(" ,;:") + "…"


def day(value: date | str | None, missing: str = "no date") -> str:
    """A day, month or year in words.

    >>> day(date(2026, 1, 7)), day("2026-01"), day("2026"), day(None)
    ('7 January 2026', 'January 2026', '2026', 'no date')
    """
    return _day(value, missing, None)


def short_day(value: date | str | None, missing: str = "no date") -> str:
    """A day, month or year in words, its month by three letters.

    >>> short_day("2026-01-07")
    '7 Jan 2026'
    """
    return _day(value, missing, 3)


def _day(value: date | str | None, missing: str, letters: int | None) -> str:
    if value is None or value == "":
        return missing
    text = value.date().isoformat() if isinstance(value, datetime) else str(value)
    parts = text.split("-")
    if len(parts) > 3 or not all(p.isdigit() for p in parts):
        return text
    numbers = [int(p) for p in parts]
    if len(numbers) > 1 and not 1 <= numbers[1] <= 12:
        return text
    words = [str(numbers[0])]
    if len(numbers) > 1:
        words.insert(0, MONTHS[numbers[1] - 1][:letters])
    if len(numbers) > 2:
        words.insert(0, str(numbers[2]))
    return " ".join(words)


def number(value: float | None, digits: int = 0) -> str:
    """A number with separators, so many digits after the point; "?" where it is not known.

    >>> number(1234), number(2.345, 1), number(None)
    ('1,234', '2.3', '?')
    """
    return "?" if value is None else f"{value:,.{digits}f}"


def percent(value: float | None) -> str:
    """A share in per cent; a small one is never shown as none, nor a large one as all.

    >>> percent(0.5), percent(0.001), percent(0.999), percent(None)
    ('50 %', '<1 %', '>99 %', '?')
    """
    if value is None:
        return "?"
    if 0 < value < 0.005:
        return "<1 %"
    return ">99 %" if 0.995 < value < 1 else f"{value * 100:.0f} %"


def country(code: str) -> str:
    """The name of a code as a heading has it, without an article; the code where it is in no table.

    >>> country("USA"), country("EUR"), country("QQQ")
    ('United States', 'European Union', 'QQQ')
    """
    name = re.sub(r"^(?:the|an|a) ", "", named(code))
    return name[:1].upper() + name[1:]


def web(address: str | None) -> str:
    """The address where a browser may go to it (http or https, with a host); empty otherwise.

    >>> web("https://wire.example/a"), web("javascript:alert(1)"), web(None)
    ('https://wire.example/a', '', '')
    """
    if not address or len(address) > LONGEST or _UNSAFE.search(address):
        return ""
    address = address.strip()
    if parts_of(address).scheme.lower() not in ("http", "https") or host_of(address) is None:
        return ""
    return address


def mark(text: str, start: int, end: int, around: int = 400) -> tuple[str, str, str]:
    """The words at `start`:`end` of a text with what stands before and after them, cut at a word.

    >>> mark("They met. He spoke. All left.", 10, 18, 5)
    ('…met. ', 'He spoke', '. …')
    """
    start, end = max(0, start), min(len(text), max(start, end))
    before, after = text[max(0, start - around) : start], text[end : end + around]
    if start > around:
        before = "…" + (before.split(" ", 1)[1] if " " in before[:-1] else before)
    if end + around < len(text):
        after = (after.rsplit(" ", 1)[0] if " " in after else after) + " …"
    return before, text[start:end], after


def query(values: Mapping[str, Any], **changed: Any) -> str:
    """The query of an address with some values changed; empty ones are left out.

    >>> query({"from": "2026-01-01", "act": "x"}, act=None, page=2)
    '?from=2026-01-01&page=2'
    """
    merged = {**values, **changed}
    pairs = []
    for name, value in merged.items():
        listed = value if isinstance(value, list | tuple) else (value,)
        pairs += [(name, plain(v)) for v in listed if v not in (None, "")]
    return f"?{urlencode(pairs)}" if pairs else ""


def given_day(text: str | None, name: str) -> date | None:
    """A day from an address; None where it is not given. Raises `DateError` for what is no day.

    >>> given_day("2026-01-08", "from")
    datetime.date(2026, 1, 8)
    """
    from detente.errors import DateError

    if text is None or not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise DateError(clip(text, 40), where=name) from None


def first_up(text: str) -> str:
    """A text that begins with a capital letter; the others stay as they are.

    >>> first_up("known since January")
    'Known since January'
    """
    return text[:1].upper() + text[1:]


def _json(value: Any) -> Any:
    from markupsafe import Markup

    text = json.dumps(_cleaned(value), ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    if isinstance(value, Mapping):
        return {plain(key): _cleaned(item) for key, item in value.items()}
    return value


def _shown(value: Any) -> Any:
    """What a template puts out: no text of others keeps a character that a page would obey."""
    from markupsafe import Markup

    if isinstance(value, str) and not isinstance(value, Markup):
        return plain(value)
    return value


def _csrf(request: Request) -> str:
    from detente.desk.security import csrf

    return csrf(request)


@cache
def environment() -> Environment:
    """The templates of the package; every text in them is escaped, and an unknown name is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("detente.desk", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        clip=clip,
        country=country,
        day=day,
        first_up=first_up,
        json=_json,
        named=named,
        number=number,
        percent=percent,
        plain=plain,
        short_day=short_day,
        web=web,
    )
    made.globals.update(csrf=_csrf, navigation=NAVIGATION, query=query)
    return made


def render(request: Request, name: str, *, title: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page from a template; `title` is what the browser's tab says."""
    from fastapi.responses import HTMLResponse

    path = request.url.path
    room = next((a for a, _ in NAVIGATION[1:] if path == a or path.startswith(f"{a}/")), "")
    text = (
        environment()
        .get_template(name)
        .render(request=request, title=title, room=room or ("/" if path == "/" else ""), **context)
    )
    return HTMLResponse(text, status_code=status)


def trouble(
    request: Request,
    status: int,
    what: str,
    todo: str,
    command: str | None = None,
    *,
    links: Sequence[tuple[str, str]] = (),
) -> HTMLResponse:
    """A page that says what is wrong, what to do, the command that does it, and where to go on."""
    todo = first_up(todo.strip())
    return render(
        request,
        "trouble.html",
        title=clip(what, 80),
        status=status,
        what=first_up(what),
        todo=todo if not todo or todo[-1] in ".?!" else f"{todo}.",
        command=command,
        links=links,
    )


def stranger(request: Request, error: UnknownActor, address: str) -> HTMLResponse:
    """The page of a name that is none; `address` has {} where a code that is meant can stand."""
    near = [text.partition(" ")[0] for text in error.near]
    return trouble(
        request,
        404,
        f"“{clip(error.value, 60)}” is no country or organisation known here",
        "Did you mean one of these?" if near else "Give a code of three letters such as USA, or a name.",
        "detente read URL" if not near else None,
        links=[(address.format(code), f"{country(code)} ({code})") for code in near],
    )
