"""The channels a text names: where something was said, posted or shown."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib import resources

__all__ = ["channels"]

_SITE = re.compile(r"\b(?:on|via|from|at|to)\s+((?:[A-Z][\w-]*\.)+(?:com|org|net|tv|social|news|live|io))\b")
_STATE = re.compile(
    r"\b(?:(?:[A-Z][a-z]+(?:an|ese|ish|i|ic|n))\s+)?[Ss]tate[- ](?:run |owned )?"
    r"(?:TV|television|media|radio|news agency|broadcaster)\b"
)
# A name nobody listed counts where it says itself that it is an outlet.
_SAID = re.compile(
    r"\b(?:said|says|wrote|writes|posted|told|tells|announced|shared|aired|broadcast|published|shown"
    r"|described|describing|interview(?:ed)?|speaking|video|channel|statement|post)\b[^.;]{0,60}?"
    r"\b(?:on|to|with|told|tells|by)\s+((?:[A-Z][\w'’&-]*\s){1,3}?"
    r"(?:News|TV|Radio|Television|Times|Post|Journal|Network|Channel|Social|Magazine|Gazette|Herald|Tribune))\b"
)
_TOLD = re.compile(
    r"\b(?:told|tells)\s+((?:the\s+)?(?:[A-Z][\w'’&-]*\s){1,3}?"
    r"(?:News|TV|Radio|Television|Times|Post|Journal|Network|Channel|Magazine|Gazette|Herald|Tribune))\b"
)


@cache
def _table() -> tuple[tuple[str, re.Pattern[str]], ...]:
    path = resources.files("detente") / "data" / "channels.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    found = []
    for row in rows:
        name = re.escape(row["name"])
        # "on X" is the platform, "X" alone a letter; "(formerly Twitter)" names nothing new.
        before = (
            r"\b(?:on|via|channel on|account on)\s+(?:the\s+)?"
            if row["needs"]
            else r"(?<!formerly )(?<![\w-])"
        )
        found.append((row["name"], re.compile(rf"{before}(?P<name>{name})(?![\w-]|\.\w)")))
    return tuple(found)


def channels(text: str) -> list[str]:
    """Outlets and platforms that a text names as where something was said or shown, in its order.

    Listed ones come from `data/channels.csv`; besides them sites ("on Brighteon.com"), state media,
    and outlets whose name says that they are one, after a word of saying.

    >>> channels("He praised it on Truth Social. The video is from a channel on Brighteon.com.")
    ['Truth Social', 'Brighteon.com']
    >>> channels("In phase X of the plan, Tehran told state television little.")
    ['state television']
    """
    at: dict[str, int] = {}

    def note(name: str, start: int) -> None:
        at[name] = min(start, at.get(name, start))

    for name, pattern in _table():
        match = pattern.search(text)
        if match is not None:
            note(name, match.start("name"))
    for pattern in (_SITE, _SAID, _TOLD):
        for match in pattern.finditer(text):
            name = match[1].removeprefix("the ").strip()
            if not any(name in known for known in at):
                note(name, match.start(1))
    for match in _STATE.finditer(text):
        note(match[0], match.start())
    return sorted(at, key=lambda name: (at[name], name))
