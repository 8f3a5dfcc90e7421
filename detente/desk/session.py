"""Signing in on a desk that demands tokens: the page that turns a token into a cookie, and back."""

from __future__ import annotations

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from detente.desk.room import desk_of
from detente.desk.security import SESSION, cookie
from detente.store.tokens import Token, Tokens

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_SECONDS = 12 * 3600  # a working day


def local(place: str | None) -> str:
    r"""A place of this desk to go back to: a path, never another site's address.

    >>> local("/pairs?by=change"), local("//evil.example"), local("/\\evil.example"), local(None)
    ('/pairs?by=change', '/', '/', '/')
    """
    if not place or not place.startswith("/") or place[1:2] in ("/", "\\") or not place.isprintable():
        return "/"
    return place


@router.get("/sign-in")
def ask(request: Request, next: str | None = None) -> Response:
    """The form that takes a token."""
    return _page(request, local(next), None)


@router.post("/sign-in")
async def enter(request: Request) -> Response:
    """Take a token and keep it in a cookie that no script can read."""
    form = await request.form()
    secret, place = str(form.get("token") or "").strip(), local(str(form.get("next") or "/"))
    desk = desk_of(request)

    def check() -> Token | None:
        with desk.store() as store:
            return Tokens(store).check(secret, now=desk.now())

    if await run_sync(check) is None:
        why = "This token is not known, was revoked, or is over."
        return await run_sync(_page, request, place, why)
    response = RedirectResponse(place, status_code=303)
    secure = request.url.scheme == "https"
    response.headers.append("Set-Cookie", cookie(SESSION, secret, secure=secure, seconds=_SECONDS))
    return response


@router.post("/sign-out")
def leave(request: Request) -> Response:
    """Forget the token of this browser."""
    response = RedirectResponse("/sign-in", status_code=303)
    secure = request.url.scheme == "https"
    response.headers.append("Set-Cookie", cookie(SESSION, "", secure=secure, seconds=0))
    return response


def _page(request: Request, place: str, why: str | None) -> Response:
    from detente.desk.pages.layout import render

    return render(request, "sign_in.html", title="Sign in", status=401 if why else 200, place=place, why=why)
