"""Text that XML 1.0 can hold."""

from __future__ import annotations

import re

__all__ = ["clean"]

_REFUSED = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    r"""The text with what XML 1.0 refuses, even as an escape, shown as the replacement character.

    >>> clean("a\x07b") == "a\ufffdb"
    True
    """
    return _REFUSED.sub("\ufffd", text)
