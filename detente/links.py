"""Web addresses as others write them: a broken one gives nothing, never an error.

`urllib.parse` raises ValueError on an address like "https://[/"; a feed or a page may hold any.
"""

from __future__ import annotations

from urllib.parse import SplitResult, urljoin, urlsplit

__all__ = ["host_of", "joined", "parts_of"]

_NOTHING = SplitResult("", "", "", "", "")


def parts_of(address: str | None) -> SplitResult:
    """The parts of an address; all of them empty where it is None or no address.

    >>> parts_of("https://wire.example/a?b=1").path
    '/a'
    >>> parts_of("https://[/a").path
    ''
    """
    try:
        parts = urlsplit(address or "")
        _ = parts.hostname  # is read from the rest only when asked for, and may fail as well
    except ValueError:
        return _NOTHING
    return parts


def host_of(address: str | None) -> str | None:
    """The host of an address, in small letters and without "www."; None where it names none.

    >>> host_of("https://www.Wire.example/a")
    'wire.example'
    >>> host_of("https://[/a") is None
    True
    """
    return (parts_of(address).hostname or "").removeprefix("www.") or None


def joined(base: str, link: str) -> str | None:
    """The whole address of a link that stands on a page; None where it is broken.

    >>> joined("https://wire.example/news/", "../a")
    'https://wire.example/a'
    >>> joined("https://wire.example/", "//[") is None
    True
    """
    try:
        address = urljoin(base, link)
    except ValueError:
        return None
    return address if parts_of(address) is not _NOTHING else None
