"""How a robots.txt is read: as RFC 9309 says, and never at the cost of the reader."""

from __future__ import annotations

import pytest

from detente.sources.robots import read_robots

RULES = """
User-agent: nice
User-agent: Detente/2.0
Disallow: /private   # not for robots
Allow: /private/open
Disallow: /*.pdf$
Disallow: /*?*print=
Disallow: /caf%C3%A9
Disallow:

User-agent: *
Disallow: /
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/private/a", False),
        ("/private/open/a", True),
        ("/x/a.pdf", False),
        ("/x/a.pdf?page=2", True),
        ("/a?x=1&print=1", False),
        ("/a?x=1", True),
        ("/caf%c3%a9/1", False),
    ],
)
def test_robots_txt_is_read_as_the_rfc_says(path: str, allowed: bool) -> None:
    assert read_robots(RULES, "detente").allows(path) is allowed
    assert not read_robots(RULES, "other").allows(path)


def test_a_robots_rule_full_of_stars_is_no_trap() -> None:
    robots = read_robots("User-agent: *\nDisallow: /" + "*a" * 900 + "$", "detente")
    assert robots.allows("/" + "a" * 899 + "b")
    assert not robots.allows("/" + "a" * 900)
