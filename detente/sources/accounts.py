"""Accounts on any server that speaks Mastodon's API, read post by post, the oldest first.

The API is asked with plain GET requests through our own guarded fetcher, not with Mastodon.py: that
library takes answers of any size, follows redirects to any address, also a private one, waits by the
machine's clock, and prints the user's token when it is told to explain itself.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qs, quote, urlencode

from detente.errors import FetchError, InputError
from detente.links import parts_of
from detente.records import Document
from detente.sources.answers import retry_after
from detente.sources.statuses import OnSkipped, documents, next_version, post_of

if TYPE_CHECKING:
    from detente.sources.fetch import Fetched

__all__ = ["Account", "Client", "check_posts", "read_account"]

OnError = Callable[[InputError], None]
OnDeleted = Callable[[str], None]

_NUMBER = re.compile(r"\w{1,60}", re.ASCII)
_PAGE = 40  # the most posts that a Mastodon server gives at once
_PAGES = 1_000  # 40,000 posts: years of the busiest leader
_ANSWER = 8_000_000  # bytes of one page of posts; forty of the longest have under 2 MB
_BUSY = 6  # how often an account waits for one page
_LONGEST_WAIT = 1_200.0  # seconds; Mastodon's windows are five minutes


@dataclass(frozen=True, slots=True)
class Account:
    """An account: the server's host (or its https address) and the name on it.

    >>> Account.parse("@realDonaldTrump@truthsocial.com")
    Account(server='truthsocial.com', name='realDonaldTrump')
    """

    server: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Account:
        """An account written "@name@server" or as the address of its page.

        Raises `InputError` for anything else.
        """
        match = re.fullmatch(r"@?([\w.-]{1,100})@([\w.:-]{3,200})", text.strip())
        if match:
            return cls(match[2], match[1])
        match = re.fullmatch(r"(https?)://([^/@\s]{3,200})/(?:@|users/)([\w.@-]{1,200})/?", text.strip())
        if match:
            return cls(match[2] if match[1] == "https" else f"http://{match[2]}", match[3])
        raise InputError(
            f"{text[:80]!r} is no account",
            todo="write it as @name@server, e.g. @realDonaldTrump@truthsocial.com",
        )

    @property
    def base(self) -> str:
        """The address of the server, without a slash behind it."""
        return self.server.rstrip("/") if "://" in self.server else f"https://{self.server}"


class Client(Protocol):
    """What fetches: `detente.sources.fetch.Fetcher` does."""

    def get(
        self,
        url: str,
        *,
        limit: int | None = None,
        headers: Mapping[str, str] | None = None,
        accept: Collection[int] = (),
    ) -> Fetched:
        """What an address gives."""


def read_account(
    client: Client,
    account: Account,
    *,
    since_id: str | None = None,
    token: str | None = None,
    author: str | None = None,
    boosts: bool = True,
    most: int = 400,
    on_error: OnError,
    on_skipped: OnSkipped | None = None,
    on_post: Callable[[str], None] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Document]:
    """The posts of an account that are newer than the post `since_id`, the oldest first.

    Without `since_id` the newest `most` posts are read. Pages follow the `Link` header; a server that
    asks to wait is waited for with `sleep`. `on_post` gets the id of each post when all its documents
    were given: keep the last one as the next `since_id`, and a stop at any moment loses and repeats
    nothing. Edited posts come with all their versions, each of which `revises` the one before. A bad
    post goes to `on_error` and the rest goes on; where the server cannot be read, nothing more comes.
    `token` is sent to the account's own server only. See `read_archive` for authors, boosts, quotes.
    """
    server = _Server(client, account, token, sleep)
    try:
        found = server.posts(since_id, most, boosts)
    except InputError as error:
        on_error(error)
        return
    while found:
        record = found.pop()
        name = str(record["id"])
        at = f"{account.base}/@{account.name}/{name}"
        try:
            yield from server.versions(record, at, author, on_skipped)
        except FetchError as error:
            on_error(error)
            return  # the next reading begins again with this post
        except InputError as error:
            on_error(error)
        if on_post is not None:
            on_post(name)


def check_posts(
    client: Client,
    account: Account,
    kept: Iterable[Document],
    *,
    token: str | None = None,
    author: str | None = None,
    on_deleted: OnDeleted,
    on_error: OnError,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Document]:
    """Asks for posts that are kept again: new versions are given, a deleted one goes to `on_deleted`.

    `kept` are the latest versions of posts of this account with their address. `on_deleted` gets the
    id of the document whose post is gone. One request a post, so give the posts of the last days.
    """
    server = _Server(client, account, token, sleep)
    for document in kept:
        match = re.search(r"/([A-Za-z0-9]{1,40})/?$", parts_of(document.url).path)
        if match is None:
            continue
        at = f"{account.base}/@{account.name}/{match[1]}"
        try:
            record = server.status(match[1])
            if record is None:
                on_deleted(document.id)
                continue
            made = list(server.versions(record, at, author, None))
        except InputError as error:
            on_error(error)
            continue
        shas = [one.sha256 for one in made]
        if document.sha256 in shas:
            yield from made[shas.index(document.sha256) + 1 :]
        elif made:
            yield replace(made[-1], revises=document.id)


class _Server:
    """Asks one account's server, in turn, and waits as it asks to."""

    def __init__(
        self, client: Client, account: Account, token: str | None, sleep: Callable[[float], None]
    ) -> None:
        if token is not None and not re.fullmatch(r"[\x21-\x7e]{1,500}", token):
            raise InputError("the access token has characters that no token has", todo="copy it again")
        self._client, self._account, self._sleep = client, account, sleep
        self._headers = {"Accept": "application/json"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        self._pause = 0.0

    def posts(self, since_id: str | None, most: int, boosts: bool) -> list[dict[str, Any]]:
        """The records of the account's posts, the newest first."""
        base = self._account.base
        name = quote(self._account.name, safe="@")
        who, _ = self._get(f"{base}/api/v1/accounts/lookup?acct={name}")
        if not isinstance(who, dict) or not re.fullmatch(r"[\w.-]{1,60}", str(who.get("id", ""))):
            raise FetchError("the server gives no account", where=base, todo="check the name of the account")
        asked = {"limit": str(_PAGE)} | ({} if boosts else {"exclude_reblogs": "true"})
        if since_id is not None:
            asked["since_id"] = since_id
        home = f"{base}/api/v1/accounts/{who['id']}/statuses"
        found: dict[str, dict[str, Any]] = {}
        lowest: str | None = None
        for _ in range(_PAGES):
            query = asked | ({"max_id": lowest} if lowest is not None else {})
            page, answer = self._get(f"{home}?{urlencode(query)}")
            if not isinstance(page, list):
                raise FetchError("the server gives no list of posts", where=home, todo="try again later")
            here = [
                p for p in page if isinstance(p, dict) and re.fullmatch(r"\w{1,60}", str(p.get("id", "")))
            ]
            new = [
                p
                for p in here
                if str(p["id"]) not in found
                and (since_id is None or _rank(str(p["id"])) > _rank(since_id))
                and (lowest is None or _rank(str(p["id"])) < _rank(lowest))
            ]
            found |= {str(p["id"]): p for p in new}
            if not new or (since_id is None and len(found) >= most):
                break
            below = _next(answer.headers.get("link"))
            lowest = min((str(p["id"]) for p in new), key=_rank)
            if below is not None and _rank(below) < _rank(lowest):
                lowest = below
            if below is None and (answer.headers.get("link") or len(page) < _PAGE):
                break
        else:
            raise FetchError(f"there are more than {_PAGES} pages", where=home, todo="give a since_id")
        ordered = sorted(found.values(), key=lambda p: _rank(str(p["id"])), reverse=True)
        return ordered if since_id is not None else ordered[:most]

    def status(self, number: str) -> dict[str, Any] | None:
        """One post, or None where it was deleted."""
        record, answer = self._get(
            f"{self._account.base}/api/v1/statuses/{number}", allowed=frozenset({404, 410})
        )
        if answer.status in (404, 410):
            return None
        if not isinstance(record, dict):
            raise FetchError("the server gives no post", where=answer.asked, todo="try again later")
        return record

    def versions(
        self, record: Mapping[str, Any], at: str, author: str | None, on_skipped: OnSkipped | None
    ) -> Iterator[Document]:
        """The documents of a post, with its earlier versions where the server keeps them."""
        host = parts_of(self._account.base).netloc
        post = post_of(record, at, host)
        earlier: list[Document] = []
        if post.edited is not None and post.boosts is None:
            for version in self._history(str(record["id"])):
                older = replace(
                    post_of({**version, "url": record.get("url")}, at, host), edited=None, quotes=None
                )
                # A version's own time is that of the edit; the post is as old as it was.
                changed = older.created if earlier else None
                older = replace(
                    older, created=post.created, edited=changed, handle=post.handle, server=post.server
                )
                for one in documents(older, at, author=author):
                    yield from next_version(one, earlier, at)
        made = list(documents(post, at, author=author, on_skipped=on_skipped))
        if earlier and made:
            made[-1:] = next_version(made[-1], earlier, at)
        yield from made

    def _history(self, number: str) -> list[dict[str, Any]]:
        """The versions of a post, the first one first; none where the server does not keep them."""
        found, answer = self._get(
            f"{self._account.base}/api/v1/statuses/{number}/history",
            allowed=frozenset({401, 403, 404, 410, 422}),
        )
        if answer.status >= 400 or not isinstance(found, list):
            return []
        return [version for version in found if isinstance(version, dict)]

    def _get(self, url: str, allowed: frozenset[int] = frozenset()) -> tuple[Any, Fetched]:
        for number in range(1, _BUSY + 1):
            if self._pause:
                self._sleep(self._pause)
                self._pause = 0.0
            answer = self._client.get(url, limit=_ANSWER, headers=self._headers, accept=allowed | {429})
            wait = _reset(answer.headers)
            if answer.status == 429:
                wait = wait if wait is not None else 30.0 * number
                if wait > _LONGEST_WAIT or number == _BUSY:
                    raise FetchError(
                        f"the server asks to wait {wait:.0f} seconds", where=url, todo="try again after that"
                    )
                self._pause = max(1.0, wait)
                continue
            if answer.headers.get("x-ratelimit-remaining", "").strip() == "0" and wait:
                self._pause = min(wait, _LONGEST_WAIT)
            if answer.status in allowed:
                return None, answer
            try:
                return json.loads(answer.content), answer
            except (ValueError, RecursionError) as error:
                raise FetchError(
                    "the answer is no JSON", where=url, todo="check that the server speaks Mastodon's API"
                ) from error
        raise AssertionError("the last try returns or raises")


def _rank(number: str) -> tuple[int, str]:
    """Ids grow, and grow longer: a longer one is newer, of two equally long the later in the alphabet."""
    return len(number), number


def _next(link: str | None) -> str | None:
    """The `max_id` of the next page in a `Link` header; the address itself is never followed."""
    for part in (link or "")[:4000].split(","):
        match = re.search(r"<([^<>]{1,2000})>\s*;[^<>]*\brel=\"?next\b", part)
        if match:
            found = parse_qs(parts_of(match[1]).query).get("max_id", [""])[-1]
            return found if _NUMBER.fullmatch(found) else None
    return None


def _reset(headers: Mapping[str, str]) -> float | None:
    """Seconds until the server takes requests again, by its own clock; None where it does not say."""
    asked = retry_after(headers)
    if asked is not None:
        return asked
    try:
        until = datetime.fromisoformat(headers.get("x-ratelimit-reset", ""))
        return max(0.0, (until - parsedate_to_datetime(headers.get("date", ""))).total_seconds())
    except (ValueError, TypeError):
        return None
