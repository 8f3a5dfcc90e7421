"""Alerts: each by every way once, proofs in it, not in quiet hours, again where it failed."""

from __future__ import annotations

import json
import smtplib
import socket
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_server import Request, Server

from detente.cli.main import main
from detente.errors import DetenteError, FileError
from detente.records import Document, Event, Forecast, Outlook, Party, Position, Status
from detente.store import Store, open_store
from detente.store.reading_state import Alert, ReadingState
from detente.watch import alerts, changes
from detente.watch.delivery import MOST, Delivery
from detente.watch.hours import Hours
from detente.watch.settings import Rule, Settings, parse
from detente.watch.ways import (
    AtomFile,
    AtomSettings,
    Mail,
    MailSettings,
    Webhook,
    WebhookSettings,
    signature,
)

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
MINUTE = timedelta(minutes=1)
HOSTILE_TITLE = "Talks\r\nBcc: x@y.example\x1b[2J \u202egnihton <script>alert(1)</script>"


def alert(name: str, what: str = "SANCTION USA > COL: they met", **body: Any) -> Alert:
    proof = {
        "event": "e1",
        "words": "The United States <b>sanctioned</b> Colombia.",
        "publisher": "A wire",
        "published": "2026-01-09",
        "title": "A title",
        "url": "https://wire.example/1?a=1&b=2",
    }
    return Alert(
        name, "r", name, {"what": what, "on": "act", "at": NOW.isoformat(), "evidence": [proof], **body}
    )


class Way:
    """A way out whose messages are kept, and that fails when it is told to."""

    def __init__(self, name: str = "way", *, quiet: bool = False) -> None:
        self.name, self.quiet = name, quiet
        self.messages: list[list[str]] = []
        self.broken = False

    def send(self, alerts: Sequence[Alert], now: datetime) -> None:
        if self.broken:
            raise DetenteError("the line is cut")
        self.messages.append([one.id for one in alerts])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "s.sqlite") as opened:
        yield opened


@pytest.fixture
def state(store: Store) -> ReadingState:
    made = ReadingState(store)
    made.begin("events")
    return made


def noted(state: ReadingState, *names: str) -> None:
    state.found([alert(name) for name in names], "events", 0)


# Delivery ------------------------------------------------------------------------------------------


def test_each_way_gets_each_alert_once_whatever_the_other_way_does(state: ReadingState) -> None:
    one, two = Way("one"), Way("two")
    two.broken = True
    out = Delivery([one, two], state)
    noted(state, "a", "b")
    sent, fault = out.send(NOW)
    assert [a.id for a in sent] == ["a", "b"]
    assert fault == "alerts wait to be handed over: the line is cut"
    two.broken = False
    noted(state, "c")
    out.send(NOW + MINUTE)
    out.send(NOW + 2 * MINUTE)
    assert one.messages == [["a", "b"], ["c"]] and two.messages == [["a", "b", "c"]]


def test_a_way_that_fails_is_tried_less_and_less_often_and_says_why_all_the_time(state: ReadingState) -> None:
    way = Way()
    way.broken = True
    out = Delivery([way], state)
    noted(state, "a")
    tries = []
    for minute in range(130):
        before = state.way("way").failures
        assert out.send(NOW + minute * MINUTE)[1] is not None
        if state.way("way").failures > before:
            tries.append(minute)
    assert tries == [0, 1, 3, 7, 15, 31, 63, 127]


def test_in_quiet_hours_nobody_is_woken_and_files_are_written(state: ReadingState) -> None:
    loud, file = Way("mail"), Way("file", quiet=True)
    out = Delivery([loud, file], state, quiet=Hours(time(22), time(7), "America/Bogota"))
    noted(state, "a")
    out.send(datetime(2026, 1, 10, 4, tzinfo=UTC))  # 23 o'clock in Bogotá
    assert (loud.messages, file.messages) == ([], [["a"]])
    out.send(datetime(2026, 1, 10, 12, tzinfo=UTC))
    assert (loud.messages, file.messages) == ([["a"]], [["a"]])


def test_what_comes_within_the_time_of_a_group_is_one_message(state: ReadingState) -> None:
    way = Way()
    out = Delivery([way], state, group=15 * MINUTE)
    noted(state, "a")
    out.send(NOW)
    for minute, name in ((1, "b"), (5, "c")):
        noted(state, name)
        out.send(NOW + minute * MINUTE)
    out.send(NOW + 15 * MINUTE)
    assert way.messages == [["a"], ["b", "c"]]


def test_a_flood_goes_out_in_lots_and_nothing_is_left(state: ReadingState) -> None:
    way = Way()
    noted(state, *(f"n{n:03}" for n in range(2 * MOST + 1)))
    Delivery([way], state, group=MINUTE).send(NOW)
    assert [len(message) for message in way.messages] == [MOST, MOST, 1]


def test_a_way_that_is_added_later_gets_no_old_alerts(state: ReadingState) -> None:
    noted(state, "a")
    Delivery([Way("one")], state).send(NOW)
    late = Way("late")
    noted(state, "b")
    Delivery([Way("one"), late], state).send(NOW + MINUTE)
    assert late.messages == [["b"]]


def test_a_stop_after_a_message_sends_it_again_and_never_loses_it(
    state: ReadingState, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = Way()
    noted(state, "a")
    with monkeypatch.context() as patch:
        patch.setattr(ReadingState, "handed_over", lambda *a: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            Delivery([way], state).send(NOW)
    Delivery([way], state).send(NOW)
    Delivery([way], state).send(NOW)
    assert way.messages == [["a"], ["a"]]


@given(start=st.times(), end=st.times(), at=st.times())
def test_every_moment_is_in_the_hours_or_in_the_rest_of_the_day(start: time, end: time, at: time) -> None:
    moment = datetime.combine(date(2026, 1, 8), at, UTC)
    if start != end:
        assert Hours(start, end, "UTC").holds(moment) != Hours(end, start, "UTC").holds(moment)


# Ways ----------------------------------------------------------------------------------------------


def test_a_webhook_is_signed_and_carries_the_proofs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_KEY", "k3y")
    asked: list[Request] = []

    def hook(request: Request) -> tuple[int, dict[str, str], bytes]:
        asked.append(request)
        return 204, {}, b""

    with Server({"/hook": hook}) as server:
        Webhook(WebhookSettings(f"{server.address}/hook", "HOOK_KEY")).send([alert("a"), alert("b")], NOW)
    [request] = asked
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert headers["x-detente-signature"] == signature(request.body, "k3y", int(NOW.timestamp()))
    told = json.loads(request.body)
    assert [one["id"] for one in told["alerts"]] == ["a", "b"]
    assert told["alerts"][0]["evidence"][0]["words"].startswith("The United States")


@pytest.mark.parametrize("status", [302, 400, 500])
def test_any_answer_but_yes_is_a_failure_and_no_redirect_is_followed(status: int) -> None:
    asked: list[str] = []

    def hook(request: Request) -> tuple[int, dict[str, str], bytes]:
        asked.append(request.path)
        return status, {"Location": "/other"}, b"no\x1b[31m thanks" * 5_000

    with (
        Server({"/hook": hook, "/other": hook}) as server,
        pytest.raises(DetenteError, match=f"answered {status}: no") as error,
    ):
        Webhook(WebhookSettings(f"{server.address}/hook")).send([alert("a")], NOW)
    assert asked == ["/hook"] and "\x1b" not in str(error.value) and len(str(error.value)) < 400


def test_no_message_and_no_error_shows_the_secret_or_the_path_of_a_hook(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOOK_KEY", "k3y-to-hide")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/services/T0/S3CRET"
        way = Webhook(WebhookSettings(url, "HOOK_KEY"))
        with pytest.raises(DetenteError) as error:
            way.send([alert("a")], NOW)
    assert "S3CRET" not in f"{error.value} {way.name}" and "k3y" not in f"{error.value} {way.name}"


@pytest.fixture
def mailbox() -> Iterator[tuple[int, list[bytes]]]:
    from aiosmtpd.controller import Controller

    box: list[bytes] = []

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            box.append(envelope.content)
            return "250 taken"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Handler(), hostname="127.0.0.1", port=port)
    controller.start()
    yield port, box
    controller.stop()


def mail(port: int) -> Mail:
    return Mail(MailSettings("127.0.0.1", port, "none", "detente@desk.example", ("desk@desk.example",)))


def test_a_mail_says_what_and_by_whom_and_a_title_can_add_no_header(
    mailbox: tuple[int, list[bytes]],
) -> None:
    port, box = mailbox
    mail(port).send([alert("a", HOSTILE_TITLE), alert("b")], NOW)
    [content] = box
    read = message_from_bytes(content, policy=default)
    assert read["Bcc"] is None and read["To"] == "desk@desk.example"
    assert read["Subject"].endswith("and 1 more") and "\x1b" not in read["Subject"]
    text = read.get_content()
    assert "“The United States <b>sanctioned</b> Colombia.” (A wire, 2026-01-09, A title)" in text
    assert "https://wire.example/1?a=1&b=2" in text and "\u202e" not in text
    assert read.get_content_type() == "text/plain"


def test_the_same_alerts_are_the_same_message(mailbox: tuple[int, list[bytes]]) -> None:
    port, box = mailbox
    for _ in range(2):
        mail(port).send([alert("a")], NOW)
    one, two = (message_from_bytes(content)["Message-ID"] for content in box)
    assert one == two


def test_a_mail_server_that_is_not_there_is_a_failure_that_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*arguments: Any, **named: Any) -> None:
        raise smtplib.SMTPAuthenticationError(535, b"no \x1b[2J")

    monkeypatch.setattr(smtplib, "SMTP", refuse)
    with pytest.raises(DetenteError, match=r"127.0.0.1:25: the mail server did not take the mail .*535"):
        mail(25).send([alert("a")], NOW)


def test_an_atom_feed_is_well_formed_whatever_the_news_says_and_keeps_the_newest(tmp_path: Path) -> None:
    way = AtomFile(AtomSettings(tmp_path / "alerts.xml", 3))
    way.send([alert("a1"), alert("a2", HOSTILE_TITLE + "\x00]]></title></entry>")], NOW)
    way.send([alert("a2"), alert("a3"), alert("a4")], NOW + MINUTE)
    root = ElementTree.fromstring((tmp_path / "alerts.xml").read_bytes())
    space = {"a": "http://www.w3.org/2005/Atom"}
    ids = [entry.findtext("a:id", "", space)[-2:] for entry in root.findall("a:entry", space)]
    assert ids == ["a4", "a3", "a2"] and list(tmp_path.iterdir()) == [tmp_path / "alerts.xml"]
    link = root.find("a:entry/a:link", space)
    assert link is not None and link.get("href") == "https://wire.example/1?a=1&b=2"


@given(what=st.text(max_size=60))
def test_any_words_make_a_feed_that_can_be_read(what: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("feed") / "a.xml"
    for number in range(2):
        AtomFile(AtomSettings(file)).send([alert(f"n{number}", what, on=what)], NOW)
    assert len(ElementTree.fromstring(file.read_bytes())) == 6


# Rules of relations --------------------------------------------------------------------------------


def reported(store: Store, number: int, *, event: str = "SANCTION", day: date = TODAY) -> Event:
    """An act of the United States against Colombia in a document of its own."""
    text = f"The United States sanctioned Colombia, case {number}."
    document = Document(f"d{number}", text, published=day, publisher=f"paper {number}")
    act = Event(
        document=document.id,
        start=0,
        end=len(text),
        text=text,
        event=event,
        actor=(Party("USA", "The United States"),),
        recipient=(Party("COL", "Colombia"),),
        symmetric=False,
        status=Status.ACTUAL,
        trigger="sanctioned",
        trigger_start=18,
        quad=4,
        date=day.isoformat(),
    )

    class One:
        name = "one.v1"

        def code(self, document: Document) -> list[Event]:
            return [act]

    store.add([document], One())
    return act


def level_rule(**more: Any) -> Rule:
    return Rule("hot", "level", side="hostile", bound=0.5, **more)


def looked(store: Store, state: ReadingState, rule: Rule, now: datetime = NOW) -> list[str]:
    """What a cycle finds, in words; it is taken out at once."""
    alerts.find([rule], store, state, {}, now)
    way = Way()
    waiting = state.waiting("way", 99)
    Delivery([way], state).send(now)
    return [str(one.body["what"]) for one in waiting]


@pytest.mark.parametrize(
    "which", [{"pairs": (("USA", "COL"),)}, {"country": "COL"}, {}], ids=["pair", "country", "all"]
)
def test_a_level_is_told_when_it_is_crossed_and_again_only_after_it_was_back(
    store: Store, state: ReadingState, which: dict[str, Any]
) -> None:
    rule = level_rule(**which)
    alerts.begin([rule], store, state, NOW)
    for number in range(30):
        reported(store, number, day=NOW.date() - timedelta(days=number % 10))
    [what] = looked(store, state, rule)
    assert what.startswith("the hostile level of COL and USA is") and what.endswith("above 0.5")
    reported(store, 99)
    assert looked(store, state, rule) == []


def test_a_level_that_was_beyond_the_bound_before_the_rule_began_is_no_news(
    store: Store, state: ReadingState
) -> None:
    for number in range(30):
        reported(store, number, day=NOW.date() - timedelta(days=number % 10))
    rule = level_rule()
    alerts.find([], store, state, {}, NOW)
    alerts.begin([rule], store, state, NOW)
    reported(store, 99)
    assert looked(store, state, rule) == []


def test_other_pairs_are_not_looked_at(store: Store, state: ReadingState) -> None:
    rule = level_rule(country="FRA")
    alerts.begin([rule], store, state, NOW)
    for number in range(30):
        reported(store, number, day=NOW.date() - timedelta(days=number % 10))
    assert looked(store, state, rule) == []


def test_a_reversal_is_told_with_both_acts_and_an_old_one_is_not(
    store: Store, state: ReadingState, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[Position] = []
    monkeypatch.setattr(changes, "_reversals", lambda pair, store, now: list(held))

    def reversal(event: Event, of: Event) -> Position:
        return Position("USA", "COL", "trade", "reversal", "talks again", None, event.id, reverses=of.id)

    first, second = reported(store, 1), reported(store, 2)
    held.append(reversal(second, first))
    rule = Rule("u-turn", "reversal", country="COL")
    alerts.find([], store, state, {}, NOW)
    alerts.begin([rule], store, state, NOW)
    third = reported(store, 3)
    assert looked(store, state, rule) == []
    fourth = reported(store, 4)
    held.append(reversal(fourth, third))
    alerts.find([rule], store, state, {}, NOW)
    [told] = state.waiting("w", 9)
    assert {proof["event"] for proof in told.body["evidence"]} == {third.id, fourth.id}


def test_a_forecast_is_told_when_it_came_out(store: Store, state: ReadingState) -> None:
    asked = Outlook(
        ("COL", "USA"), date(2025, 9, 1), "thaw", 90, 0.7, 0.5, 0.8, None, 0.6, (), None, "outlook.v1"
    )
    rule = Rule("came out", "forecast", pairs=(("USA", "COL"),))
    other = Rule("elsewhere", "forecast", country="FRA")
    alerts.begin([rule, other], store, state, NOW)
    filed = Forecast("f1", date(2025, 9, 1), date(2025, 12, 1), asked)
    store.file_forecast(filed)
    assert looked(store, state, rule) == []
    store.file_forecast(Forecast("f1", filed.filed_on, filed.due_on, asked, "held", 0.09))
    assert looked(store, state, other) == []
    [what] = looked(store, state, rule)
    assert what.endswith("(thaw, 90 days, 70% chance) came out: held")
    assert looked(store, state, rule) == []


# Settings and commands -----------------------------------------------------------------------------

TOP = '[[files]]\npath = "inbox"\n'


def settings(tmp_path: Path, text: str) -> Settings:
    return parse(text + TOP, where="watch.toml", folder=tmp_path)


def test_the_ways_and_hours_are_read_from_the_file(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        'alerts_to = "a.jsonl"\ngroup = "10m"\nquiet = {from = "22:00", to = "07:00", zone = "Europe/Rome"}\n'
        '[[send]]\nby = "mail"\nserver = "smtp.example.org"\nfrom = "d@x.example"\nto = ["a@x.example"]\n'
        '[[send]]\nby = "webhook"\nurl = "https://hooks.example.org/x"\n'
        '[[send]]\nby = "atom"\npath = "a.xml"\n',
    )
    assert [type(way).__name__ for way in found.ways] == [
        "FileSettings", "MailSettings", "WebhookSettings", "AtomSettings",
    ]  # fmt: skip
    assert found.quiet == Hours(time(22), time(7), "Europe/Rome") and found.group == 10 * MINUTE


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[send]]\nby = "pigeon"\n', "line 2, send 1, key 'by': 'pigeon' is no way out"),
        ('[[send]]\nby = "mail"\nserver = "s"\nfrom = "a"\nto = "b@x.y"\n', "'a' is no mail address"),
        (
            '[[send]]\nby = "mail"\nserver = "s"\nfrom = "a@b.c"\nto = ["a@b.c\\nBcc: x@y.z"]\n',
            "is no mail address",
        ),
        ('[[send]]\nby = "webhook"\nurl = "https://x.y"\nsecret_env = "NOT_SET"\n', "has no NOT_SET"),
        (
            '[[send]]\nby = "mail"\nsecurity = "none"\nserver = "s"\nfrom = "a@b.c"\nto = "b@x.y"\n'
            'user = "u"\npassword_env = "HOME"\n',
            "a password would go out readable",
        ),
        ('quiet = {from = "25:00", to = "07:00"}\n', "'25:00' is no time of day"),
        ('quiet = {from = "22:00", to = "07:00", zone = "Nowhere/Town"}\n', "is no time zone"),
        ('[[alerts]]\nname = "n"\non = "level"\ncountry = "COL"\n', "crossed in one direction"),
        ('[[alerts]]\nname = "n"\non = "turn"\npair = ["USA", "COL"]\npairs = "all"\n', "one of these"),
        ('[[alerts]]\nname = "n"\non = "reversal"\n', "a reversal is one of a pair"),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(FileError) as error:
        settings(tmp_path, text)
    assert told in str(error.value)


def test_a_trial_goes_out_by_every_way_and_says_which_failed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "w.toml"
    file.write_text(
        TOP + '[[send]]\nby = "file"\npath = "a.jsonl"\n[[send]]\nby = "file"\npath = "none/a.jsonl"\n'
    )
    assert main(["alerts", "test", str(file)]) == 3
    assert "a trial of Détente" in (tmp_path / "a.jsonl").read_text("utf-8")
    told = capsys.readouterr().err
    assert "a.jsonl: sent" in told and "alerts cannot be written" in told


def test_the_alerts_of_a_store_are_listed(
    store: Store, state: ReadingState, capsys: pytest.CaptureFixture[str]
) -> None:
    noted(state, "a", "b")
    Delivery([Way()], state).send(NOW)
    noted(state, "c")
    assert main(["alerts", "list", "--store", store.where, "--format", "jsonl"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["id"], one["handed_over"] is not None) for one in lines] == [
        ("c", False), ("b", True), ("a", True),
    ]  # fmt: skip
    assert main(["alerts", "list", "--store", store.where]) == 0
    shown = capsys.readouterr().out
    assert shown.count("2026-01-10 12:00") == 5 and "waits" in shown, "found, and of two when they were sent"
