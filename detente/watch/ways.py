"""The ways an alert goes out: a stream, a file, an Atom feed, mail, a signed webhook.

A way takes alerts together and raises where they could not be handed over; when to use it and what
to do then is for `delivery`. Addresses and servers here are the user's own settings, not the news', so
they may be private; redirects are not followed, and no secret is ever part of a message.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Protocol

from detente.errors import DetenteError, FileError, InputError
from detente.links import host_of, parts_of
from detente.plain import printable
from detente.store.reading_state import Alert

__all__ = [
    "AtomFile",
    "AtomSettings",
    "FileSettings",
    "JsonFile",
    "Mail",
    "MailSettings",
    "Stream",
    "Way",
    "WaySettings",
    "Webhook",
    "WebhookSettings",
    "line_of",
    "opened",
    "signature",
]

_TAIL = 4_000_000  # bytes at the end of a file of alerts in which the last ones are looked for
_LONGEST_ANSWER = 10_000


class Way(Protocol):
    """What hands alerts over. `quiet` is whether it wakes nobody and so knows no quiet hours."""

    name: str
    quiet: bool

    def send(self, alerts: Sequence[Alert], now: datetime) -> None:
        """Hand them over, all or none; raises `DetenteError` or OSError where that fails."""
        ...


@dataclass(frozen=True, slots=True)
class FileSettings:
    """A file that gets one line of JSON an alert."""

    path: Path


@dataclass(frozen=True, slots=True)
class AtomSettings:
    """A feed on file of the newest `most` alerts."""

    path: Path
    most: int = 200


@dataclass(frozen=True, slots=True)
class MailSettings:
    """A mail to `to` by an SMTP server. `security` is "tls", "starttls" or "none".

    `password` is the name of an environment variable, never the password.
    """

    server: str
    port: int
    security: str
    sender: str
    to: tuple[str, ...]
    user: str | None = None
    password: str | None = None
    timeout: float = 20.0


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """A POST of JSON. `secret` is the name of an environment variable, never the secret."""

    url: str
    secret: str | None = None
    timeout: float = 20.0


WaySettings = FileSettings | AtomSettings | MailSettings | WebhookSettings


def opened(settings: WaySettings) -> Way:
    """The way that settings describe; nothing is sent or opened before the first alert."""
    if isinstance(settings, FileSettings):
        return JsonFile(settings.path)
    if isinstance(settings, AtomSettings):
        return AtomFile(settings)
    if isinstance(settings, MailSettings):
        return Mail(settings)
    return Webhook(settings)


def line_of(alert: Alert) -> str:
    """An alert as one line of JSON in which nothing stands that a terminal would obey."""
    text = json.dumps({"id": alert.id, **alert.body}, ensure_ascii=False, default=str)
    # What a terminal would obey becomes an escape; the value read back is the same.
    return "".join(c if c.isprintable() or c == " " else f"\\u{ord(c):04x}" for c in text) + "\n"


def shown(alert: Alert) -> str:
    """An alert in words, with the words and the source of every act behind it."""
    body = alert.body
    out = [_plain(str(body.get("what", alert.subject))), f"Rule: {_plain(alert.rule)}"]
    for one in body.get("evidence", ()):
        source = [str(one[key]) for key in ("publisher", "published", "title") if one.get(key)]
        out.append(_plain(f"“{one.get('words', '')}” ({', '.join(source) or 'no source named'})"))
        if _web(one.get("url")):
            out.append(_plain(f"  {one['url']}"))
        out.append(f"  act {one.get('event')}")
    return "\n".join(out)


# Streams and files ---------------------------------------------------------------------------------


class Stream:
    """Alerts as lines on an open stream."""

    quiet = True

    def __init__(self, out: IO[str]) -> None:
        self.name = "stdout"
        self._out = out

    def send(self, alerts: Sequence[Alert], now: datetime) -> None:
        """Write and flush the lines."""
        self._out.writelines(line_of(alert) for alert in alerts)
        self._out.flush()


class JsonFile:
    """A file that alerts are added to, one a line, each once even where a stop came in between.

    >>> import tempfile
    >>> from datetime import UTC
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "alerts.jsonl"
    ...     for _ in range(2):
    ...         alert = Alert("a1", "rule", "subject", {"text": "…"})
    ...         JsonFile(file).send([alert], datetime(2026, 1, 8, tzinfo=UTC))
    ...     len(file.read_text().splitlines())
    1
    """

    quiet = True

    def __init__(self, path: Path) -> None:
        self.name = f"file {path}"
        self._path = path
        self._there: set[str] | None = None

    def send(self, alerts: Sequence[Alert], now: datetime) -> None:
        """Add the alerts that are not there. Raises `FileError` where the file cannot be written."""
        try:
            if self._there is None:
                self._there = self._read()
            new = [alert for alert in alerts if alert.id not in self._there]
            if not new:
                return
            with self._path.open("ab") as file:
                file.write("".join(line_of(alert) for alert in new).encode())
                file.flush()
                os.fsync(file.fileno())
            self._there.update(alert.id for alert in new)
        except OSError as error:
            self._there = None  # half of a line may be there now
            raise _unwritten(self._path, error) from error

    def _read(self) -> set[str]:
        """The ids of the last alerts; a line that a stop cut off is taken away."""
        if not self._path.exists():
            return set()
        with self._path.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            start = max(0, size - _TAIL)
            file.seek(start)
            tail = file.read()
            whole = tail.rfind(b"\n") + 1
            if whole < len(tail) and (whole or not start):
                file.truncate(start + whole)
        ids: set[str] = set()
        for line in tail[:whole].splitlines():
            try:
                ids.add(str(json.loads(line)["id"]))
            except (ValueError, KeyError, TypeError):
                continue  # a line of somebody else, or the rest of one
        return ids


class AtomFile:
    """An Atom feed of the newest alerts, replaced whole each time, so that no reader sees half of it."""

    quiet = True

    def __init__(self, settings: AtomSettings) -> None:
        self.name = f"atom {settings.path}"
        self._settings = settings

    def send(self, alerts: Sequence[Alert], now: datetime) -> None:
        """Put the alerts before those that are there. Raises `FileError` where it cannot be written."""
        path = self._settings.path
        try:
            before = _entries(path)
            new = {alert.id: _entry(alert, now) for alert in reversed(alerts)}
            kept = [*new.values(), *(text for name, text in before.items() if name not in new)]
            made = _feed(kept[: self._settings.most], now, path.name)
            half = path.with_name(f".{path.name}.part")
            half.write_text(made, encoding="utf-8")
            with half.open("rb") as file:
                os.fsync(file.fileno())
            half.replace(path)
        except OSError as error:
            raise _unwritten(path, error) from error


def _entries(path: Path) -> dict[str, str]:
    """The entries of a feed of ours, as they stand; none where the file is anything else."""
    if not path.exists():
        return {}
    parts = path.read_text("utf-8", "replace").split("<entry>")[1:]
    found: dict[str, str] = {}
    for part in parts:
        inside, end, _ = part.partition("</entry>")
        name = inside.partition("<id>urn:detente:alert:")[2].partition("</id>")[0]
        if end and name.isalnum():
            found[name] = f"<entry>{inside}</entry>"
    return found


def _entry(alert: Alert, now: datetime) -> str:
    links = [one["url"] for one in alert.body.get("evidence", ()) if _web(one.get("url"))]
    link = f'<link rel="related" href="{_escaped(_plain(links[0]))}"/>' if links else ""
    at = str(alert.body.get("at") or now.isoformat())
    return (
        f"<entry><id>urn:detente:alert:{alert.id}</id><title>{_escaped(_title(alert))}</title>"
        f"<updated>{_escaped(at)}</updated>{link}"
        f'<category term="{_escaped(str(alert.body.get("on", "alert")))}"/>'
        f'<content type="text">{_escaped(shown(alert))}</content></entry>'
    )


def _escaped(text: str) -> str:
    from xml.sax.saxutils import escape

    from detente.formats.xml import clean

    return escape(clean(text), {'"': "&quot;"})


def _feed(entries: Sequence[str], now: datetime, name: str) -> str:
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>urn:detente:alerts:{hashlib.sha256(name.encode()).hexdigest()[:16]}</id>"
        "<title>Détente alerts</title><author><name>Détente</name></author>"
        f"<updated>{now.isoformat()}</updated>\n"
    )
    return head + "\n".join(entries) + "\n</feed>\n"


def _unwritten(path: Path, error: OSError) -> FileError:
    return FileError(
        f"alerts cannot be written ({error.strerror})",
        where=str(path),
        todo="check the folder and its rights; they are kept and tried again",
    )


# Servers -------------------------------------------------------------------------------------------


class Mail:
    """One mail for all alerts that go out together."""

    quiet = False

    def __init__(self, settings: MailSettings) -> None:
        self.name = f"mail {settings.server} to {', '.join(settings.to)}"
        self._settings = settings

    def send(self, alerts: Sequence[Alert], now: datetime) -> None:
        """Send the mail. Raises `DetenteError` where the server does not take it."""
        import smtplib

        try:
            self._hand_over(self.message(alerts, now))
        except (smtplib.SMTPException, OSError) as error:
            code = f" {error.smtp_code}" if isinstance(error, smtplib.SMTPResponseException) else ""
            raise InputError(
                f"the mail server did not take the mail ({type(error).__name__}{code})",
                where=f"{self._settings.server}:{self._settings.port}",
                todo="check server, user and receivers; the alerts are kept and tried again",
            ) from error

    def message(self, alerts: Sequence[Alert], now: datetime) -> Any:
        """The mail: the first alert in its subject, all of them in its text."""
        from email.message import EmailMessage
        from email.utils import format_datetime

        mail = EmailMessage()
        more = f" and {len(alerts) - 1} more" if len(alerts) > 1 else ""
        mail["Subject"] = f"Détente: {_title(alerts[0])}{more}"
        mail["From"], mail["To"] = self._settings.sender, ", ".join(self._settings.to)
        mail["Date"] = format_datetime(now)
        # The same alerts sent twice, after a stop at the wrong moment, are one mail to a mail reader.
        mail["Message-ID"] = f"<{_delivery(alerts)}@detente.invalid>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content("\n\n".join(shown(alert) for alert in alerts) + "\n")
        return mail

    def _hand_over(self, mail: Any) -> None:
        import smtplib
        import ssl

        given = self._settings
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if given.security == "tls":
            server = smtplib.SMTP_SSL(given.server, given.port, timeout=given.timeout, context=context)
        else:
            server = smtplib.SMTP(given.server, given.port, timeout=given.timeout)
        with server:
            if given.security == "starttls":
                server.starttls(context=context)
            if given.user:
                server.login(given.user, _secret(given.password, self.name))
            server.send_message(mail)


class Webhook:
    """A POST of JSON that the receiver can prove to be ours: see `signature`."""

    quiet = False

    def __init__(self, settings: WebhookSettings) -> None:
        # Much of such an address is often a secret, so that it is named by its host and a digest.
        digest = hashlib.sha256(settings.url.encode()).hexdigest()[:8]
        self.name = f"webhook {host_of(settings.url) or '?'} {digest}"
        self._settings = settings

    def send(self, alerts: Sequence[Alert], now: datetime) -> None:
        """Post the alerts. Raises `DetenteError` for any answer but 2xx."""
        import httpx

        body = json.dumps(
            {"schema": "detente.alerts.v1", "alerts": [{"id": a.id, **a.body} for a in alerts]},
            ensure_ascii=False,
            default=str,
        ).encode()
        headers = {"Content-Type": "application/json", "X-Detente-Delivery": _delivery(alerts)}
        if self._settings.secret:
            key = _secret(self._settings.secret, self.name)
            headers["X-Detente-Signature"] = signature(body, key, int(now.timestamp()))
        from detente.sources.fetch import user_agent

        headers["User-Agent"] = user_agent(None)
        try:
            with httpx.stream(
                "POST", self._settings.url, content=body, headers=headers,
                timeout=self._settings.timeout, follow_redirects=False,
            ) as answer:  # fmt: skip
                if answer.is_success:
                    return
                said = b""
                for part in answer.iter_raw(1024):
                    said += part
                    if len(said) >= _LONGEST_ANSWER:
                        break
        except httpx.HTTPError as error:
            raise InputError(
                f"the webhook cannot be reached ({type(error).__name__})",
                where=self.name,
                todo="check the address; the alerts are kept and tried again",
            ) from error
        raise InputError(
            f"the webhook answered {answer.status_code}: {_plain(said.decode('utf-8', 'replace'))[:200]}",
            where=self.name,
            todo="see what it wants; the alerts are kept and tried again",
        )


def signature(body: bytes, secret: str, at: int) -> str:
    """The header that says who sent a webhook and when: HMAC-SHA256 of the time, a dot and the body.

    A receiver makes it anew with the shared secret, compares, and refuses an old time.

    >>> signature(b"{}", "secret", 1767830400)[:19]
    't=1767830400,v1=b59'
    """
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def _secret(variable: str | None, way: str) -> str:
    found = os.environ.get(variable or "")
    if not found:
        raise DetenteError(
            f"the environment has no {variable}", where=way, todo=f"type: export {variable}=… first"
        )
    return found


def _delivery(alerts: Sequence[Alert]) -> str:
    """The same for the same alerts, so that a receiver can tell a repeated message."""
    return hashlib.sha256("\n".join(alert.id for alert in alerts).encode()).hexdigest()[:32]


def _title(alert: Alert) -> str:
    text = _plain(str(alert.body.get("what", alert.subject)))
    return text if len(text) <= 120 else f"{text[:119].rstrip()}…"


def _web(url: object) -> bool:
    return isinstance(url, str) and parts_of(url).scheme in ("http", "https")


def _plain(text: str) -> str:
    """Without what a terminal, a mail header or a reading direction would obey."""
    return " ".join(printable(text).split())
