"""What to watch: a TOML file becomes frozen settings, or an error that names the file, line and key."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field
from datetime import time as clock_time
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from detente.errors import FileError
from detente.records import Status, Voice
from detente.watch.hours import Hours
from detente.watch.sections import Section
from detente.watch.ways import AtomSettings, FileSettings, MailSettings, WaySettings, WebhookSettings

__all__ = ["AccountSource", "FilesSource", "Rule", "Settings", "Source", "WebSource", "load", "parse"]

_TOP = (
    "store",
    "coder",
    "every",
    "pairs",
    "feeds",
    "opml",
    "pages",
    "files",
    "accounts",
    "alerts",
    "alerts_to",
    "send",
    "quiet",
    "group",
    "fetch",
)


@dataclass(frozen=True, slots=True)
class WebSource:
    """A feed, page or OPML list. `kind` is "feed", "page" or "opml"; an OPML list may be a file."""

    kind: str
    address: str
    every: timedelta
    publisher: str | None = None

    @property
    def name(self) -> str:
        """What the source is called in messages, and in the store's notes of how far it was read."""
        return f"{self.kind} {self.address}"


@dataclass(frozen=True, slots=True)
class FilesSource:
    """A folder, a file, or a pattern of files."""

    pattern: str
    every: timedelta

    @property
    def name(self) -> str:
        """As for `WebSource`."""
        return f"files {self.pattern}"


@dataclass(frozen=True, slots=True)
class AccountSource:
    """An account of a server that speaks the Mastodon API.

    `token` is the name of an environment variable that holds the user's own token, never the token.
    Posts of the last `check_days` days are asked for again, for edits and deletions.
    """

    server: str
    account: str
    every: timedelta
    token: str | None = None
    check_days: int = 0

    @property
    def name(self) -> str:
        """As for `WebSource`."""
        return f"account @{self.account} {self.server}"


Source = WebSource | FilesSource | AccountSource


@dataclass(frozen=True, slots=True)
class Rule:
    """When to alert. `on` is "act", "turn", "level", "reversal", "forecast" or "failing".

    An act must meet every condition that is given: pair (in either direction) or country, or actor and
    recipient, types, status, voice. A turn is one in a direction. A level is a `side`, "hostile" or
    "cooperative", that goes above `bound` acts a week, or below it. A forecast is one that came out.
    Failing is a source that could not be read `cycles` times in a row. Without a pair it is every
    watched pair, or all pairs of the country, and all there are where `pairs` is "all".
    """

    name: str
    on: str
    pairs: tuple[tuple[str, str], ...] = ()
    actor: str | None = None
    recipient: str | None = None
    types: tuple[str, ...] = ()
    status: tuple[Status, ...] = (Status.ACTUAL,)
    voice: tuple[Voice, ...] = (Voice.WRITER, Voice.SPEAKER)
    direction: str | None = None
    cycles: int = 3
    country: str | None = None
    side: str | None = None
    bound: float = 0.0
    below: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a watch needs to know. `store` is None for the usual place.

    Without `ways` alerts go to the standard output. Ways that wake somebody wait through the `quiet`
    hours, and for `group` between two messages.
    """

    where: str
    sources: tuple[Source, ...]
    pairs: tuple[tuple[str, str], ...] = ()
    rules: tuple[Rule, ...] = ()
    store: Path | None = None
    coder: str = "auto"
    ways: tuple[WaySettings, ...] = ()
    quiet: Hours | None = None
    group: timedelta = timedelta(0)
    contact: str | None = None
    delay: float = 1.0
    timeout: float = 20.0
    allow: tuple[str, ...] = field(default_factory=tuple)


def load(path: Path | str) -> Settings:
    """The settings of a TOML file; places in it are relative to its folder.

    Raises `FileError` that names the file, the line and the key, and says what to write.
    """
    file = Path(path)
    where = str(path)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise FileError(
            "there is no such file", where=where, todo="give the TOML file that says what to watch"
        ) from error
    except UnicodeDecodeError as error:
        raise FileError("the file is not UTF-8", where=where, todo="save it as UTF-8") from error
    except OSError as error:
        raise FileError(
            f"the file cannot be read ({error.strerror})", where=where, todo="check the path and its rights"
        ) from error
    return parse(text, where=where, folder=file.absolute().parent)


def parse(text: str, *, where: str, folder: Path) -> Settings:
    """The settings in the text of a TOML file; see `load`."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise FileError(f"this is no TOML ({error})", where=where, todo="repair it there") from error
    top = Section(data, where, text, folder, "", 0, "")
    top.only(_TOP)
    every = top.time("every", timedelta(minutes=15))
    coder = top.text("coder") or "auto"
    pairs = top.pairs("pairs")
    fetch = top.section("fetch")
    fetch.only(("contact", "delay", "timeout", "allow"))
    sources = tuple(_sources(top, every))
    names = [source.name for source in sources]
    for name in names:
        if names.count(name) > 1:
            raise FileError(f"{name} is named twice", where=where, todo="leave one of them out")
    if not sources:
        raise FileError(
            "it names nothing to read",
            where=where,
            todo='add [[feeds]] with url = "https://…", or [[opml]], [[pages]], [[files]], [[accounts]]',
        )
    rules: dict[str, Rule] = {}
    for section in top.sections("alerts"):
        rule = _rule(section, pairs)
        if rule.name in rules:
            section.fail("name", f"two rules are called {rule.name!r}", "give each its own name")
        rules[rule.name] = rule
    return Settings(
        where=where,
        sources=sources,
        pairs=pairs,
        rules=tuple(rules.values()),
        store=top.path("store"),
        coder=coder,
        ways=_ways(top),
        quiet=_quiet(top),
        group=top.time("group", timedelta(0)),
        contact=fetch.text("contact"),
        delay=fetch.number("delay", 1.0, 0.0, 3600.0),
        timeout=fetch.number("timeout", 20.0, 1.0, 600.0),
        allow=fetch.texts("allow"),
    )


def _sources(top: Section, every: timedelta) -> list[Source]:
    found: list[Source] = []
    for section in top.sections("feeds"):
        section.only(("url", "every", "publisher"))
        found.append(
            WebSource("feed", section.address(), section.time("every", every), section.text("publisher"))
        )
    for section in top.sections("opml"):
        section.only(("url", "file", "every"))
        if section.has("url") == section.has("file"):
            section.fail("url", "a list of feeds is at one place", "give either url or file")
        place = section.address() if section.has("url") else str(section.path("file"))
        found.append(WebSource("opml", place, section.time("every", every)))
    for section in top.sections("pages"):
        section.only(("url", "every", "publisher"))
        found.append(
            WebSource("page", section.address(), section.time("every", every), section.text("publisher"))
        )
    for section in top.sections("files"):
        section.only(("path", "every"))
        found.append(FilesSource(str(section.path("path", needed=True)), section.time("every", every)))
    for section in top.sections("accounts"):
        section.only(("server", "account", "every", "token_env", "check_days"))
        account = section.need("account").strip().lstrip("@")
        token = _variable(section, "token_env")
        days = int(section.number("check_days", 0, 0, 30))
        found.append(
            AccountSource(section.address("server"), account, section.time("every", every), token, days)
        )
    return found


def _rule(section: Section, watched: tuple[tuple[str, str], ...]) -> Rule:
    on = section.need("on")
    keys = {
        "act": ("pair", "country", "pairs", "actor", "recipient", "types", "status", "voice"),
        "turn": ("pair", "country", "pairs", "direction"),
        "level": ("pair", "country", "pairs", "side", "above", "below"),
        "reversal": ("pair", "country", "pairs"),
        "forecast": ("pair", "country", "pairs"),
        "failing": ("cycles",),
    }
    if on not in keys:
        section.fail("on", f"{on!r} is nothing to alert on", f"write one of {', '.join(keys)}")
    section.only(("name", "on", *keys[on]))
    pair, country = section.pair("pair"), section.party("country")
    every = section.one_of("pairs", section.texts("pairs"), ("all",), str.lower)
    if bool(pair) + bool(country) + bool(every) > 1:
        section.fail("pair", "a rule is for one of these", "give one of pair, country and pairs")
    pairs = (pair,) if pair else () if country or every else watched
    actor, recipient = section.party("actor"), section.party("recipient")
    if on in ("turn", "level", "reversal") and not (pairs or country or every):
        section.fail(
            "pair",
            f"a {on} is one of a pair",
            'give pair = ["USA", "COL"], country = "COL", pairs = "all", or pairs at the top',
        )
    if on == "level" and section.has("above") == section.has("below"):
        section.fail("above", "a level is crossed in one direction", "give either above = 3, or below = 3")
    bound = "below" if section.has("below") else "above"
    sides = section.one_of("side", section.texts("side"), ("hostile", "cooperative"), str.lower)
    from detente.codebook import codebook

    return Rule(
        name=section.need("name"),
        on=on,
        pairs=() if actor or recipient else pairs,
        actor=actor,
        recipient=recipient,
        types=tuple(section.one_of("types", section.texts("types"), tuple(codebook().types), str.upper)),
        status=tuple(
            Status(s)
            for s in section.one_of("status", section.texts("status"), tuple(Status), str.lower)
            or (Status.ACTUAL,)
        ),
        voice=tuple(
            Voice(v)
            for v in section.one_of("voice", section.texts("voice"), tuple(Voice), str.lower)
            or (Voice.WRITER, Voice.SPEAKER)
        ),
        direction=next(
            iter(section.one_of("direction", section.texts("direction"), ("thaw", "escalation"), str.lower)),
            None,
        ),
        cycles=int(section.number("cycles", 3, 1, 1000)),
        country=country,
        side=(sides or ["hostile"])[0] if on == "level" else None,
        bound=section.number(bound, 0.0, 0.0, 10_000.0),
        below=bound == "below",
    )


def _ways(top: Section) -> tuple[WaySettings, ...]:
    """The ways alerts go out; `alerts_to` is the short form of a file."""
    found: list[WaySettings] = []
    short = top.path("alerts_to")
    if short is not None:
        found.append(FileSettings(short))
    for section in top.sections("send"):
        by = section.need("by")
        keys = {
            "file": ("path",),
            "atom": ("path", "most"),
            "mail": ("server", "port", "security", "from", "to", "user", "password_env"),
            "webhook": ("url", "secret_env"),
        }
        if by not in keys:
            section.fail("by", f"{by!r} is no way out", f"write one of {', '.join(keys)}")
        section.only(("by", *keys[by]))
        if by in ("file", "atom"):
            path = section.path("path", needed=True)
            assert path is not None
            most = int(section.number("most", 200, 1, 10_000)) if by == "atom" else 0
            found.append(AtomSettings(path, most) if by == "atom" else FileSettings(path))
        elif by == "webhook":
            found.append(WebhookSettings(section.address(), _variable(section, "secret_env")))
        else:
            found.append(_mail(section))
    return tuple(found)


def _mail(section: Section) -> MailSettings:
    told = section.one_of("security", section.texts("security"), ("tls", "starttls", "none"), str.lower) or [
        "starttls"
    ]
    usual = {"tls": 465, "starttls": 587, "none": 25}[told[0]]
    user, password = section.text("user"), _variable(section, "password_env")
    if (user is None) != (password is None):
        section.fail("user", "a user and a password go together", "give user and password_env, or neither")
    if user and told[0] == "none":
        section.fail("security", "a password would go out readable", 'write security = "starttls" or "tls"')
    to = section.texts("to")
    if not to:
        section.fail("to", "nobody is named", 'write to = ["desk@example.org"]')
    for key, name in (("from", section.need("from")), *(("to", one) for one in to)):
        if not re.fullmatch(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+", name):
            section.fail(key, f"{name!r} is no mail address", f'write {key} = "desk@example.org"')
    return MailSettings(
        server=section.need("server"),
        port=int(section.number("port", usual, 1, 65535)),
        security=told[0],
        sender=section.need("from"),
        to=to,
        user=user,
        password=password,
    )


def _variable(section: Section, key: str) -> str | None:
    """The name of an environment variable that must be there."""
    name = section.text(key)
    if name and not os.environ.get(name):
        section.fail(key, f"the environment has no {name}", f"type: export {name}=… before the watch")
    return name


def _quiet(top: Section) -> Hours | None:
    if not top.has("quiet"):
        return None
    section = top.section("quiet")
    section.only(("from", "to", "zone"))
    ends = []
    for key in ("from", "to"):
        text = section.need(key)
        try:
            ends.append(clock_time.fromisoformat(text))
        except ValueError:
            section.fail(key, f"{text!r} is no time of day", f'write {key} = "22:00"')
    zone = section.text("zone") or "UTC"
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        section.fail("zone", f"{zone!r} is no time zone", 'write zone = "Europe/Berlin"')
    return Hours(ends[0], ends[1], zone)
