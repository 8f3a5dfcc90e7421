"""Correcting at the command line, over the API and from a page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_examples import HERE, NOW, asking, make_app, make_store
from starlette.testclient import TestClient

from detente.api import open_store
from detente.cli.main import main
from detente.records import Event
from detente.store.tokens import Scope, Tokens


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return make_store(tmp_path / "s.sqlite")


@pytest.fixture
def first(path: Path) -> Event:
    """An act of the storyline, in a story of its own type."""
    with open_store(path) as store:
        return next(e for e in store.events(event="ACCUSE") if not e.symmetric and e.recipient)


# the command line


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    code = main(["correct", *arguments])
    out, err = capsys.readouterr()
    assert code == 0, err
    return json.loads(out) if "json" in arguments else err


def test_an_act_is_corrected_listed_and_given_back(
    path: Path, first: Event, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DETENTE_SIGNING_KEY", "a key")
    by = ("--by", "Ana", "--store", str(path))
    made = told(
        capsys, first.id, "--type", "reject", "--actor", "Cuba, usa", "--recipient", "none", "--status",
        "negated", "--date", "2026-01-05/2026-01-07", "--speaker", "none", "--symmetric", "--reason", "so",
        *by, "--format", "json",
    )  # fmt: skip
    assert made["schema"] == "detente.correction.v1" and made["signature"] and made["reason"] == "so"
    with open_store(path) as store:
        now = store.event(first.id)
    assert now is not None and made["event"] == now.id
    assert (now.event, now.actor_codes, now.recipient, now.status.value) == (
        "REJECT",
        ("CUB", "USA"),
        (),
        "negated",
    )
    assert (now.date, now.date_end, now.speaker, now.symmetric) == ("2026-01-05", "2026-01-07", None, True)
    assert "is wrong; undo it with: detente correct --undo" in told(capsys, now.id, "--wrong", *by)
    listed = told(capsys, "--list", "--store", str(path), "--format", "json")["corrections"]
    assert [(c["kind"], c["holds"]) for c in listed] == [("change", True), ("wrong", True)]
    for line in reversed(listed):
        told(capsys, "--undo", line["id"], *by)
    with open_store(path) as store:
        assert store.event(first.id) == first
    assert main(["correct", "--list", "--store", str(path)]) == 0
    assert "undone by" in capsys.readouterr().out
    assert (
        told(capsys, "--check", "--store", str(path))
        == "4 lines, none changed since; 4 signed with this key\n"
    )
    assert "nothing was corrected of nobody" in told(capsys, "--list", "nobody", "--store", str(path))


def test_stories_are_merged_and_split_and_a_missed_act_added(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_store(path) as store:
        blocks: dict[Any, list[str]] = {}
        for story in store.stories():
            parties = frozenset((*story.actor, *story.recipient))
            blocks.setdefault((parties, story.status), []).append(story.id)
        one, other = next(ids for ids in blocks.values() if len(ids) > 1)[:2]
        document = store.documents()[0]
    by = ("--by", "Ana", "--store", str(path), "--format", "json")
    merged = told(capsys, "--merge", one, other, *by)
    with open_store(path) as store:
        story = store.story(one)
        assert story is not None and store.story(other) == story and len(story.events) >= 2
    split = told(capsys, "--split", story.id, story.events[-1], *by)
    assert (merged["kind"], split["kind"]) == ("merge", "split")
    words = document.text[:40].rsplit(" ", 1)[0]
    added = told(
        capsys, "--add", document.id, "--evidence", words, "--trigger", words.split()[1], "--type", "AID",
        "--actor", "FRA", "--recipient", "CUB", *by,
    )  # fmt: skip
    with open_store(path) as store:
        found = store.event(added["event"])
        assert found is not None
        assert (found.coder, found.text, found.date_reason is None) == ("analyst", words, False)


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ((), "nothing is to be corrected"),
        (("x", "--wrong", "--type", "AID"), "--wrong --type: only one thing can be done at once"),
        (("--list", "--check"), "only one thing"),
        (("x", "--wrong"), "a correction needs a name"),
        (("--wrong", "--by", "A"), "0 events are named"),
        (("x", "--split", "--by", "A"), "a split needs a story and an event of it"),
        (("x", "--evidence", "y", "--wrong"), "these words belong to --add"),
        (("x", "--actor", "Colmbia", "--by", "A"), "Colmbia"),
        (("x", "--add", "--by", "A"), "no document in the store has this id"),
        (("--undo", "x", "--by", "A"), "there is no such correction"),
        (("x", "--wrong", "--by", "A"), "there is no such event"),
    ],
)
def test_what_cannot_be_done_says_what_to_do(
    path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], what: str
) -> None:
    capsys.readouterr()
    assert main(["correct", *arguments, "--store", str(path)]) in (1, 2)
    assert what in capsys.readouterr().err


def test_eval_reads_what_gold_wrote(
    path: Path, first: Event, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = tmp_path / "gold.jsonl"
    assert "no article that counts was corrected" in told(capsys, "--gold", str(gold), "--store", str(path))
    assert not gold.exists()
    told(capsys, first.id, "--wrong", "--by", "Ana", "--store", str(path))
    assert "1 article written" in told(capsys, "--gold", str(gold), "--store", str(path))
    assert main(["eval", str(gold), "--coder", "rules", "--format", "json"]) == 0
    scores = json.loads(capsys.readouterr().out)["scores"]
    assert scores["coded"] > scores["gold"] and scores["typed"] < 1 and scores["must_not"] == 1
    assert main(["correct", "--gold", str(tmp_path / "no" / "x"), "--store", str(path)]) == 1
    assert "the file cannot be written" in capsys.readouterr().err


# the API


@pytest.fixture
def client(path: Path) -> Iterator[TestClient]:
    """A client with a token that may write, of a desk that demands one."""
    with open_store(path) as store:
        _, secret = Tokens(store).make("pen", Scope.WRITE, now=NOW)
        _, reads = Tokens(store).make("eye", Scope.READ, now=NOW)
    with asking(make_app(path, open_to_all=False)) as made:
        made.headers["Authorization"] = f"Bearer {secret}"
        made.headers["X-Reader"] = reads
        yield made


URL = "/api/v1/corrections"


def test_the_api_makes_lists_and_undoes_corrections(client: TestClient, first: Event) -> None:
    from detente.desk.api.corrections import CorrectionShape, CorrectionsPage

    sent = {"kind": "change", "event": first.id, "set": {"event": "REJECT", "date": None}, "by": "Ana"}
    made = client.post(URL, json=sent)
    assert made.status_code == 201, made.text
    line = CorrectionShape.model_validate(made.json())
    assert (line.by, line.at, line.body["set"]["date"]) == ("Ana, token pen", NOW, None)
    assert client.get(f"/api/v1/events/{line.event}").json()["event"] == "REJECT"
    assert client.get(f"/api/v1/events/{first.id}").status_code in (200, 404)
    wrong = client.post(URL, json={"kind": "wrong", "event": line.event, "reason": "no act"}).json()
    assert wrong["by"] == "token pen" and wrong["event"] is None
    assert client.get(f"/api/v1/events/{line.event}").status_code == 404
    page = client.get(URL, params={"limit": 1}).json()
    CorrectionsPage.model_validate(page)
    rest = client.get(URL, params={"limit": 1, "cursor": page["next"]}).json()
    assert [i["kind"] for i in (*page["items"], *rest["items"])] == ["change", "wrong"]
    assert rest["next"] is None
    assert len(client.get(URL, params={"event": first.id}).json()["items"]) == 2
    assert client.get(URL, params={"document": "none"}).json()["items"] == []
    undone = client.post(f"{URL}/{wrong['id']}/undo", json={"by": "Bo"})
    assert undone.status_code == 201 and undone.json()["event"] == line.event


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"kind": "wrong", "event": "0" * 16}, 404),
        ({"kind": "wrong"}, 422),
        ({"kind": "change", "event": "FIRST"}, 422),
        ({"kind": "change", "event": "FIRST", "set": {"event": None}}, 422),
        ({"kind": "change", "event": "FIRST", "set": {"event": "WAR"}}, 422),
        ({"kind": "change", "event": "FIRST", "set": {"text": "x"}}, 422),
        ({"kind": "merge", "stories": ["0" * 16, "1" * 16]}, 404),
        ({"kind": "split", "story": "x", "events": []}, 404),
        ({"kind": "add", "document": "x", "set": {"event": "AID"}}, 404),
        ({"kind": "wrong", "event": "FIRST", "by": "a\u0000"}, 422),
        ({"kind": "wrong", "event": "FIRST", "reason": "\ud800"}, 422),
        ({"kind": "undo", "event": "FIRST"}, 422),
    ],
)
def test_what_the_api_refuses(client: TestClient, first: Event, sent: dict[str, Any], status: int) -> None:
    sent = {name: first.id if value == "FIRST" else value for name, value in sent.items()}
    answer = client.post(URL, content=json.dumps(sent), headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]


def test_twice_wrong_is_a_conflict_and_reading_tokens_do_not_write(client: TestClient, first: Event) -> None:
    sent = {"kind": "wrong", "event": first.id}
    reads = {"Authorization": f"Bearer {client.headers['X-Reader']}"}
    assert client.post(URL, json=sent, headers=reads).status_code == 403
    assert client.get(URL, headers=reads).status_code == 200
    assert client.post(URL, json=sent).status_code == 201
    assert client.post(URL, json=sent).status_code == 409
    assert client.post(f"{URL}/nothing/undo", json={}).status_code == 404


# the pages


def word(client: TestClient, address: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get(address).text)
    assert found is not None
    return found[1]


def test_a_form_corrects_an_act_and_another_undoes_it(path: Path, first: Event) -> None:
    with asking(make_app(path)) as client:
        address = f"/acts/{first.id}"
        csrf = word(client, address)
        form = {
            "act": first.id, "what": "change", "by": "Ana", "reason": "<b>so</b>", "event": "REJECT",
            "actor": ", ".join(p.code for p in first.actor),
            "recipient": ", ".join(p.code for p in first.recipient),
            "status": first.status.value, "date": "2026-01-03", "speaker": first.speaker or "",
        }  # fmt: skip
        here = {"Origin": HERE}
        assert client.post("/corrections", data=form, headers=here).status_code == 403
        done = client.post("/corrections", data={**form, "csrf": csrf}, headers=here)
        assert done.status_code == 303, done.text
        page = client.get(done.headers["location"])
        assert page.status_code == 200 and "&lt;b&gt;so&lt;/b&gt;" in page.text and "<b>so" not in page.text
        again = client.post("/corrections", data={**form, "csrf": csrf, "actor": form["actor"]}, headers=here)
        assert again.status_code == 422 and "nothing was changed in the form" in again.text
        wrong = client.post(
            "/corrections", data={"act": first.id, "what": "wrong", "by": "Bo", "csrf": csrf}, headers=here
        )
        assert wrong.headers["location"] == f"/corrections?event={first.id}"
        assert client.get(address).headers["location"] == f"/corrections?event={first.id}"
        page = client.get(f"/corrections?event={first.id}")
        assert "This act does not count." in page.text and "type is REJECT" in page.text
        ids = re.findall(r'name="id" value="([0-9a-f]+)"', page.text)
        for id in ids:
            data = {"id": id, "by": "Ana", "csrf": csrf}
            assert client.post("/corrections/undo", data=data, headers=here).status_code == 303
    with open_store(path) as store:
        assert store.event(first.id) == first


def test_who_may_only_read_sees_corrections_and_no_form(client: TestClient, first: Event) -> None:
    client.post(URL, json={"kind": "change", "event": first.id, "set": {"status": "negated"}, "by": "Ana"})
    page = client.get(f"/acts/{first.id}")
    assert "Correct this act" in page.text and "status is negated" in page.text
    reads = {"Authorization": f"Bearer {client.headers['X-Reader']}"}
    page = client.get(f"/acts/{first.id}", headers=reads)
    assert "Correct this act" not in page.text and "status is negated" in page.text
    assert client.get("/corrections", headers=reads).status_code == 200
    assert "There is no act" in client.get(f"/acts/{'0' * 16}").text
    assert client.get("/corrections?event=%00%ff").status_code == 200
