"""Who is let in, from where an action may come, and what a browser may do with a page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from desk_examples import NOW, asking, make_app, make_store
from fastapi import APIRouter, Depends, FastAPI, Form
from starlette.testclient import TestClient
from typer.testing import CliRunner

from detente.api import open_store
from detente.cli import hosting
from detente.cli.main import app as commands
from detente.cli.main import main
from detente.desk.security import CSRF_HEADER, POLICY, SESSION, needs
from detente.errors import InputError, StoreError
from detente.store.tokens import Scope, Tokens

STATUS = "/api/v1/status"
WRITE = "/api/v1/written"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("security") / "demo.sqlite")


def with_actions(app: FastAPI) -> FastAPI:
    """A desk with an action of the API and one of a page, as corrections are."""
    router = APIRouter()

    @router.post(WRITE, dependencies=[Depends(needs(Scope.WRITE))])
    def written() -> dict[str, bool]:
        return {"written": True}

    @router.post("/written")
    def from_page(word: str = Form()) -> dict[str, str]:
        return {"word": word}

    @router.post("/api/v1/ruled", dependencies=[Depends(needs(Scope.ADMIN))])
    def ruled() -> dict[str, bool]:
        return {"ruled": True}

    app.include_router(router)
    app.router.routes.insert(0, app.router.routes.pop())
    return app


@pytest.fixture
def desk(path: Path) -> Iterator[TestClient]:
    """On loopback: open to all."""
    with asking(with_actions(make_app(path))) as client:
        yield client


@pytest.fixture
def guarded(path: Path) -> Iterator[TestClient]:
    """At an address that others can reach."""
    app = with_actions(make_app(path, open_to_all=False))
    with asking(app, "http://desk.example") as client:
        yield client


def secret_of(path: Path, scope: Scope = Scope.READ, days: int | None = None) -> str:
    with open_store(path) as store:
        end = NOW + timedelta(days=days) if days else None
        return Tokens(store).make("test", scope, now=NOW, expires=end)[1]


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def word_of(client: TestClient) -> str:
    """The word of a form, as the page gives it to the browser."""
    page = client.get("/sign-in").text
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


# Headers


@pytest.mark.parametrize(
    "address", ["/", "/api/v1/status", "/nothing", "/api/v1/nothing", "/static/mark.svg"]
)
def test_every_answer_tells_the_browser_to_run_nothing_of_others(desk: TestClient, address: str) -> None:
    headers = desk.get(address).headers
    assert headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY and POLICY.startswith("default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("address", ["/", "/pairs/USA/COL", "/sign-in", "/nothing"])
def test_no_page_has_a_script_or_style_of_its_own(desk: TestClient, address: str) -> None:
    page = desk.get(address).text
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL):
        assert 'type="application/json"' in attributes or not body.strip()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)


# Loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8200", "localhost:8200", "[::1]:8200", "LOCALHOST"])
def test_a_loopback_desk_answers_to_its_own_names(desk: TestClient, host: str) -> None:
    assert desk.get(STATUS, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil", "", "[", "a@b"])
def test_a_loopback_desk_answers_to_no_name_of_others(desk: TestClient, host: str) -> None:
    response = desk.get(STATUS, headers={"Host": host})
    assert response.status_code == 421 and response.json()["type"].endswith(":host")


def test_a_false_token_is_refused_also_where_none_is_needed(desk: TestClient) -> None:
    assert desk.get(STATUS).status_code == 200
    for given in ("Bearer dt_guess", "Bearer ", "Basic eDp5", "dt_guess"):
        response = desk.get(STATUS, headers={"Authorization": given})
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Bearer")


# Actions from pages


def test_an_action_needs_the_word_of_our_own_page(desk: TestClient) -> None:
    assert desk.post("/written", data={"word": "a"}).status_code == 403
    word = word_of(desk)
    assert desk.post("/written", data={"word": "a", "csrf": word}).json() == {"word": "a"}
    assert desk.post("/written", data={"word": "a", "csrf": f"{word}x"}).status_code == 403
    assert desk.post("/written", data={"word": "a"}, headers={CSRF_HEADER: word}).status_code == 200
    assert desk.post(WRITE, headers={CSRF_HEADER: word}).status_code == 200


def test_the_word_of_one_browser_is_none_in_another(path: Path) -> None:
    app = with_actions(make_app(path))
    with asking(app) as one:
        word = word_of(one)
    with asking(app) as other:
        word_of(other)
        assert other.post("/written", data={"word": "a", "csrf": word}).status_code == 403
        # A browser without the cookie has no word at all, whatever it sends.
        other.cookies.clear()
        assert other.post("/written", data={"word": "a", "csrf": word}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1:9"},
    ],
)
def test_an_action_from_another_site_is_refused_even_with_the_word(
    desk: TestClient, headers: dict[str, str]
) -> None:
    word = word_of(desk)
    response = desk.post("/written", data={"word": "a", "csrf": word}, headers=headers)
    assert response.status_code == 403
    assert desk.post("/api/v1/code", json={"text": "a"}, headers=headers).status_code == 403


def test_the_cookie_of_the_word_is_read_by_no_script_and_sent_by_no_other_site(desk: TestClient) -> None:
    cookie = desk.get("/sign-in").headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie


def test_the_text_of_a_page_of_the_web_is_not_coded(desk: TestClient) -> None:
    # What a form of another site can send without asking: one of three types, and none is JSON.
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"):
        body = json.dumps({"text": "Iran condemned the United States."})
        response = desk.post("/api/v1/code", content=body, headers={"Content-Type": kind})
        assert response.status_code == 422


# Tokens


def test_without_a_token_nothing_is_told(guarded: TestClient) -> None:
    response = guarded.get(STATUS)
    assert response.status_code == 401 and "Bearer" in response.headers["www-authenticate"]
    assert "version" not in response.text
    page = guarded.get("/pairs/USA/COL?from=2026-01-01")
    assert page.status_code == 303
    assert page.headers["location"] == "/sign-in?next=%2Fpairs%2FUSA%2FCOL%3Ffrom%3D2026-01-01"
    assert guarded.get("/static/mark.svg").status_code == 200


def test_a_scope_allows_what_it_says(guarded: TestClient, path: Path) -> None:
    read, write, admin = (bearer(secret_of(path, scope)) for scope in Scope)
    assert guarded.get(STATUS, headers=read).status_code == 200
    assert guarded.post("/api/v1/code", json={"text": "a"}, headers=read).status_code == 200
    assert guarded.post(WRITE, headers=read).status_code == 403
    assert guarded.post(WRITE, headers=write).status_code == 200
    assert guarded.post("/api/v1/ruled", headers=write).status_code == 403
    assert guarded.post("/api/v1/ruled", headers=admin).status_code == 200


def test_a_revoked_token_opens_nothing_from_that_moment(guarded: TestClient, path: Path) -> None:
    headers = bearer(secret_of(path))
    assert guarded.get(STATUS, headers=headers).status_code == 200
    with open_store(path) as store:
        tokens = Tokens(store)
        last = [t for t in tokens.listed() if t.revoked is None][-1]
        for token in tokens.listed():
            tokens.revoke(token.id, now=NOW)
        assert tokens.revoke(last.id, now=NOW + timedelta(days=1)).revoked == NOW
    assert guarded.get(STATUS, headers=headers).status_code == 401


def test_a_token_ends_on_its_day(path: Path) -> None:
    secret = secret_of(path, days=2)
    for days, status in ((1, 200), (2, 401)):
        now = NOW + timedelta(days=days)
        with asking(make_app(path, open_to_all=False, now=lambda now=now: now)) as client:
            assert client.get(STATUS, headers=bearer(secret)).status_code == status


def test_the_store_keeps_no_secret(path: Path) -> None:
    secret = secret_of(path)
    with open_store(path) as store, store._read() as connection:
        kept = connection.exec_driver_sql("SELECT * FROM tokens").all()
    assert kept and secret not in repr(kept) and secret[3:] not in repr(kept)


@pytest.mark.parametrize("name", ["", "  ", "a" * 81, "a\x1b[31m"])
def test_a_token_has_a_name_that_can_be_read(path: Path, name: str) -> None:
    with open_store(path) as store, pytest.raises(InputError, match="no name for a token"):
        Tokens(store).make(name, Scope.READ, now=NOW)


def test_signing_in_gives_a_cookie_that_opens_the_pages(guarded: TestClient, path: Path) -> None:
    secret = secret_of(path)
    asked = {"token": secret, "next": "/pairs", "csrf": word_of(guarded)}
    response = guarded.post("/sign-in", data=asked)
    assert response.status_code == 303 and response.headers["location"] == "/pairs"
    cookie = response.headers["set-cookie"]
    assert cookie.startswith(f"{SESSION}={secret}; ") and "HttpOnly; SameSite=Strict" in cookie
    assert guarded.get("/").status_code == 200
    # It may read only: an action needs a token that may write, whatever the page says.
    assert guarded.post("/written", data={"word": "a", "csrf": word_of(guarded)}).status_code == 403
    assert guarded.post("/sign-out", data={"csrf": word_of(guarded)}).status_code == 303
    assert guarded.get("/").status_code == 303


def test_signing_in_with_a_false_token_says_so_and_leads_nowhere_else(guarded: TestClient) -> None:
    asked = {"token": "dt_guess", "next": "//evil.example", "csrf": word_of(guarded)}
    response = guarded.post("/sign-in", data=asked)
    assert response.status_code == 401 and "not known" in response.text
    assert "evil.example" not in response.text


# The commands


def test_an_address_that_others_reach_demands_a_token_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = make_store(tmp_path / "demo.sqlite")
    assert main(["serve", "--host", "0.0.0.0", "--port", "0", "--store", str(store)]) == 2
    assert f"detente token make NAME --store {store}" in capsys.readouterr().err


def test_a_store_that_is_not_there_is_not_made_by_serving(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--store", str(tmp_path / "none.sqlite")]) == 1
    assert "there is no store" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_said_to_be(path: Path) -> None:
    taken = hosting.listen("127.0.0.1", 0)
    with pytest.raises(InputError, match="--port 0 takes one that is free"):
        hosting.listen("127.0.0.1", taken.getsockname()[1])
    taken.close()
    with pytest.raises(InputError, match="no address of this machine"):
        hosting.listen("no such host", 0)


def test_tokens_are_made_listed_and_revoked_and_shown_once(tmp_path: Path) -> None:
    store = str(tmp_path / "t.sqlite")
    run = CliRunner()
    made = run.invoke(
        commands, ["token", "make", "newsroom", "--scope", "write", "--days", "9", "--store", store]
    )
    assert made.exit_code == 0
    secret = made.stdout.strip()
    assert secret.startswith("dt_") and len(secret) > 40
    shown = run.invoke(commands, ["token", "list", "--store", store])
    assert "newsroom" in shown.stdout and "write" in shown.stdout and secret not in shown.stdout
    listed = json.loads(run.invoke(commands, ["token", "list", "-f", "json", "--store", store]).stdout)
    [token] = listed["tokens"]
    assert run.invoke(commands, ["token", "revoke", token["id"], "--store", store]).exit_code == 0
    assert "revoked on" in run.invoke(commands, ["token", "list", "--store", store]).stdout


def test_a_desk_has_a_store_that_is_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="detente demo --store"):
        make_app(tmp_path / "none.sqlite")
