"""The tables of a TOML file: values as they must be, or an error that names the line and the key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from detente.errors import FileError, InputError, UnknownActor

__all__ = ["Section", "duration"]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"\s*(\d{1,6})\s*([smhd])\s*", re.I)
_SHORTEST = timedelta(seconds=1)
_T = TypeVar("_T")


def duration(text: str) -> timedelta:
    """The time that "30s", "15m", "2h" or "1d" stands for. Raises `InputError` for anything else.

    >>> duration("15m")
    datetime.timedelta(seconds=900)
    """
    found = _DURATION.fullmatch(text)
    made = timedelta(seconds=int(found[1]) * _UNITS[found[2].lower()]) if found else timedelta()
    if not _SHORTEST <= made <= timedelta(days=366):
        raise InputError(f"{text!r} is no time between 1s and 366d", todo='write it as "15m", "2h" or "1d"')
    return made


class Section:
    """One table of the file, which can say where in the file each of its keys stands."""

    def __init__(
        self,
        data: Mapping[str, Any],
        where: str,
        text: str,
        folder: Path,
        table: str,
        number: int,
        label: str,
    ) -> None:
        self._data, self._where, self._text, self._folder = data, where, text, folder
        self._table, self._number, self._label = table, number, label

    def fail(self, key: str, what: str, todo: str) -> NoReturn:
        line = _line(self._text, self._table, self._number, key)
        parts = [f"line {line}" if line else "", self._label, f"key {key!r}" if key else ""]
        told = ", ".join(part for part in parts if part)
        raise FileError(what, where=f"{self._where} {told}", todo=todo)

    def only(self, known: tuple[str, ...]) -> None:
        for key in self._data:
            if key not in known:
                self.fail(key, "there is no such key", f"write one of {', '.join(known)}")

    def has(self, key: str) -> bool:
        return key in self._data

    def text(self, key: str) -> str | None:
        value = self._data.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self.fail(key, "this is no text", f'write {key} = "…"')
        return str(value)

    def need(self, key: str) -> str:
        found = self.text(key)
        if found is None:
            self.fail("", f"the key {key!r} is missing", f'write {key} = "…"')
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._data.get(key, [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            self.fail(key, "this is no list of texts", f'write {key} = ["…", "…"]')
        return tuple(value)

    def number(self, key: str, default: float, low: float, high: float) -> float:
        value = self._data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.fail(key, f"this is no number from {low:g} to {high:g}", f"write {key} = {default:g}")
        return float(value)

    def time(self, key: str, default: timedelta) -> timedelta:
        text = self.text(key)
        return default if text is None else self._try(key, duration, text)

    def path(self, key: str, *, needed: bool = False) -> Path | None:
        text = self.need(key) if needed else self.text(key)
        return None if text is None else self._folder / Path(text).expanduser()

    def address(self, key: str = "url") -> str:
        text = self.need(key).strip()
        if not re.match(r"https?://[^\s/]+", text, re.I):
            self.fail(key, f"{text!r} is no web address", 'write it with "https://" before it')
        return text.rstrip("/") if key == "server" else text

    def one_of(
        self, key: str, values: tuple[str, ...], known: tuple[str, ...], form: Callable[[str], str]
    ) -> list[str]:
        for value in values:
            if form(value) not in known:
                self.fail(key, f"{value!r} is none of these", f"write one of {', '.join(known)}")
        return [form(value) for value in values]

    def party(self, key: str) -> str | None:
        text = self.text(key)
        return None if text is None else self._code(key, text)

    def pair(self, key: str) -> tuple[str, str] | None:
        return self._two(key, list(self.texts(key))) if self.has(key) else None

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        value = self._data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(two, list) for two in value):
            self.fail(key, "this is no list of pairs", f'write {key} = [["USA", "COL"]]')
        return tuple(dict.fromkeys(self._two(key, two) for two in value))

    def section(self, name: str) -> Section:
        value = self._data.get(name, {})
        if not isinstance(value, dict):
            self.fail(name, "this is no table", f"write [{name}] and its keys below")
        return Section(value, self._where, self._text, self._folder, name, 1, name)

    def sections(self, name: str) -> list[Section]:
        value = self._data.get(name, [])
        if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
            self.fail(name, "this is no list of tables", f"write [[{name}]] above each one's keys")
        return [
            Section(part, self._where, self._text, self._folder, name, number, f"{name} {number}")
            for number, part in enumerate(value, 1)
        ]

    def _two(self, key: str, value: list[Any]) -> tuple[str, str]:
        if len(value) != 2 or not all(isinstance(party, str) for party in value):
            self.fail(key, "a pair is two parties", f'write {key} = ["USA", "COL"]')
        one, other = (self._code(key, party) for party in value)
        if one == other:
            self.fail(key, f"both parties are {one}", "give two different ones")
        return one, other

    def _code(self, key: str, text: str) -> str:
        from detente.api import actor_code

        try:
            return actor_code(text)
        except UnknownActor as error:
            self.fail(key, error.what, error.todo or "give a code such as USA")

    def _try(self, key: str, make: Callable[[str], _T], text: str) -> _T:
        try:
            return make(text)
        except InputError as error:
            self.fail(key, error.what, error.todo or "")


def _line(text: str, table: str, number: int, key: str) -> int | None:
    """The line of a key in the how-manieth table of that name; that of its head where it is not found.

    >>> _line('every = "1h"\\n[[feeds]]\\nurl = "a"\\n[[feeds]]\\nurl = "b"\\n', "feeds", 2, "url")
    5
    """
    inside, seen, head = table == "", 0, None
    for count, line in enumerate(text.splitlines(), 1):
        found = re.match(r"\s*\[\[?\s*([\w-]+)\s*\]", line)
        if found:
            if key == found[1] and table == "":
                return count
            seen += found[1] == table
            inside = found[1] == table and seen == number
            head = count if inside else head
        elif inside and key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return count
    return head
