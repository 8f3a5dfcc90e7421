"""A program's way to a desk: `Client` asks the JSON API and gives the records of this package.

It is loaded when it is first asked for (`detente.Client`), with the web library behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import quote

import httpx

from detente import __version__
from detente.errors import (
    DateError,
    DetenteError,
    FetchError,
    InputError,
    StoreError,
    UnknownActor,
)
from detente.formats.jsonl import from_record
from detente.records import (
    Document,
    Event,
    Forecast,
    Kind,
    Level,
    Outlook,
    Position,
    Status,
    Story,
    Term,
    Turn,
    Voice,
)

__all__ = ["Client", "Found", "Pair"]

Layout = Literal["json", "jsonl", "csv", "parquet", "jsonld", "atom", "plover"]
Pairing = tuple[str, str]
_Day = date | str | None
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Found:
    """A document that holds the words searched for; `marks` are their places in `snippet`."""

    document: str
    title: str | None
    url: str | None
    publisher: str | None
    published: date | None
    snippet: str
    marks: tuple[tuple[int, int], ...]
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """How a pair stands on a day: weekly levels and turns, or why there are no levels."""

    pair: tuple[str, str]
    as_of: date
    counted: Mapping[str, int]
    aside: int
    levels: tuple[Level, ...]
    reason: str | None
    turns: tuple[Turn, ...]


class Client:
    """A desk at an address; use it in a `with` statement or close it.

    Args:
        address: where `detente serve` said it is, e.g. "http://127.0.0.1:8200".
        token: the secret of a token, for a desk that demands one.
        timeout: seconds that an answer may take.
        transport: how requests travel; for tests.

    Days may be dates or ISO texts. Lists are read page by page while you go through them.

    Raises:
        FetchError: nobody answers there, or the token is refused. InputError, UnknownActor, DateError:
        something given cannot be used. StoreError: the store of the desk fails or is busy.

    >>> import httpx
    >>> def answer(request):
    ...     return httpx.Response(200, json={"version": "0.1.0", "store": {"events": 3}})
    >>> with Client("http://127.0.0.1:8200", transport=httpx.MockTransport(answer)) as desk:
    ...     desk.status()["store"]["events"]
    3
    """

    def __init__(
        self,
        address: str = "http://127.0.0.1:8200",
        *,
        token: str | None = None,
        timeout: float = 60.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"User-Agent": f"detente/{__version__}"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        try:
            self._http = httpx.Client(
                base_url=f"{address.rstrip('/')}/api/v1/",
                headers=headers,
                timeout=timeout,
                transport=transport,
            )
        except httpx.InvalidURL as error:
            raise InputError(f"{address!r} is no address", todo="write http://HOST:PORT") from error
        self.address = address

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def status(self) -> Mapping[str, Any]:
        """The versions, and how much the store holds."""
        return self._get("status")

    # Acts

    def events(
        self,
        *,
        pair: Pairing | None = None,
        actor: str | None = None,
        recipient: str | None = None,
        type: str | Collection[str] | None = None,
        status: Status | Collection[Status] | None = None,
        voice: Voice | Collection[Voice] | None = None,
        speaker: str | None = None,
        context: str | None = None,
        publisher: str | None = None,
        since: _Day = None,
        until: _Day = None,
        as_of: _Day = None,
        document: str | None = None,
        text: str | None = None,
        limit: int | None = None,
    ) -> Iterator[Event]:
        """The events that meet every condition given, the newest day first; at most `limit`.

        Each names its document and holds the words it stands on, with their place in the text.
        """
        asked = {
            "pair": _pair(pair), "actor": actor, "recipient": recipient, "type": _several(type),
            "status": _several(status), "voice": _several(voice), "speaker": speaker, "context": context,
            "publisher": publisher, "from": since, "to": until, "as_of": as_of, "document": document,
            "text": text,
        }  # fmt: skip
        for record in self._pages("events", asked, limit):
            yield from_record(record, where=f"event {record.get('id')}")

    def event(self, id: str, *, as_of: _Day = None) -> Event:
        """The event of that id."""
        return from_record(self._get("events", id, as_of=as_of), where=f"event {id}")

    def stories(
        self,
        *,
        pair: Pairing | None = None,
        party: str | None = None,
        type: str | Collection[str] | None = None,
        status: Status | Collection[Status] | None = None,
        since: _Day = None,
        until: _Day = None,
        as_of: _Day = None,
        text: str | None = None,
        limit: int | None = None,
    ) -> Iterator[Story]:
        """Stories, the newest day first; with `as_of` a `pair` or a `party` has to be given."""
        asked = {
            "pair": _pair(pair), "party": party, "type": _several(type), "status": _several(status),
            "from": since, "to": until, "as_of": as_of, "text": text,
        }  # fmt: skip
        for record in self._pages("stories", asked, limit):
            yield _story(record)

    def story(self, id: str, *, as_of: _Day = None) -> Story:
        """The story of that id."""
        return _story(self._get("stories", id, as_of=as_of))

    # Texts

    def documents(
        self,
        *,
        publisher: str | None = None,
        kind: Kind | None = None,
        language: str | None = None,
        since: _Day = None,
        until: _Day = None,
        as_of: _Day = None,
        limit: int | None = None,
    ) -> Iterator[Document]:
        """Documents that count, with their texts, the newest first."""
        asked = {
            "publisher": publisher, "kind": kind, "language": language, "from": since, "to": until,
            "as_of": as_of, "text": "true",
        }  # fmt: skip
        for record in self._pages("documents", asked, limit):
            yield _document(record)

    def document(self, id: str, *, as_of: _Day = None) -> Document:
        """The document of that id, also one that was withdrawn."""
        return _document(self._get("documents", id, as_of=as_of))

    def search(
        self,
        words: str,
        *,
        publisher: str | None = None,
        since: _Day = None,
        until: _Day = None,
        as_of: _Day = None,
        limit: int = 20,
    ) -> list[Found]:
        """Documents that hold all the words, the best match first; at most 200."""
        asked = {"publisher": publisher, "from": since, "to": until, "as_of": as_of, "limit": limit}
        return [
            Found(
                record["document"],
                record["title"],
                record["url"],
                record["publisher"],
                _day(record["published"]),
                record["snippet"],
                tuple((start, end) for start, end in record["marks"]),
                tuple(record["events"]),
            )
            for record in self._get("search", q=words, **asked)["items"]
        ]

    # Pairs

    def pairs(
        self, *, party: str | None = None, as_of: _Day = None, limit: int | None = None
    ) -> Iterator[tuple[str, str, int]]:
        """Every two parties with the number of reports between them, most first."""
        for record in self._pages("pairs", {"party": party, "as_of": as_of}, limit):
            one, other = record["pair"]
            yield one, other, record["reports"]

    def pair(
        self, one: str, other: str, *, since: _Day = None, until: _Day = None, as_of: _Day = None
    ) -> Pair:
        """How a pair stands on a day; levels and turns of a year where no `since` is given."""
        asked = {"from": since, "to": until, "as_of": as_of, "terms": "true"}
        record = self._get("pairs", one, other, **asked)
        a, b = record["pair"]
        return Pair(
            (a, b),
            date.fromisoformat(record["as_of"]),
            record["counted"],
            record["aside"],
            tuple(
                Level(
                    **{
                        **level,
                        "day": date.fromisoformat(level["day"]),
                        "terms": _terms(level["terms"]),
                    }
                )
                for level in record["levels"]
            ),
            record["reason"],
            tuple(map(_turn, record["turns"])),
        )

    def turns(self, pair: Pairing, *, as_of: _Day = None) -> list[Turn]:
        """The days on which the relation of a pair changed, oldest first."""
        return [_turn(record) for record in self._get("turns", pair=_pair(pair), as_of=as_of)["items"]]

    def positions(self, pair: Pairing, *, as_of: _Day = None) -> list[Position]:
        """Who holds what towards the other."""
        found = self._get("positions", pair=_pair(pair), as_of=as_of)["items"]
        return [Position(**_fields(record, Position)) for record in found]

    def outlook(
        self,
        pair: Pairing,
        *,
        question: Literal["thaw", "escalation"] = "thaw",
        horizon: int = 90,
        as_of: _Day = None,
    ) -> Outlook:
        """How likely the latest thaw is to hold, or a thaw to follow the latest escalation."""
        asked = {"question": question, "horizon": horizon, "as_of": as_of}
        return _outlook(self._get("outlooks", pair=_pair(pair), **asked)["items"][0])

    def forecasts(
        self,
        *,
        pair: Pairing | None = None,
        state: Literal["open", "resolved"] | None = None,
        as_of: _Day = None,
        limit: int | None = None,
    ) -> Iterator[Forecast]:
        """Filed forecasts in the order of filing."""
        asked = {"pair": _pair(pair), "state": state, "as_of": as_of}
        for record in self._pages("forecasts", asked, limit):
            yield Forecast(
                id=record["id"],
                filed_on=date.fromisoformat(record["filed_on"]),
                due_on=date.fromisoformat(record["due_on"]),
                outlook=_outlook(record["outlook"]),
                outcome=record["outcome"],
                score=record["score"],
            )

    # Files and texts of your own

    def export(
        self,
        layout: Layout,
        *,
        pair: Pairing | None = None,
        type: str | Collection[str] | None = None,
        since: _Day = None,
        until: _Day = None,
        as_of: _Day = None,
    ) -> bytes:
        """Events as a file of that layout; at most 50,000 of them."""
        asked = {
            "pair": _pair(pair), "type": _several(type), "from": since, "to": until, "as_of": as_of,
        }  # fmt: skip
        return self._ask("GET", ("exports", layout), asked).content

    def code(
        self,
        text: str,
        *,
        published: _Day = None,
        publisher: str | None = None,
        title: str | None = None,
    ) -> list[Event]:
        """The events of a text, coded by the desk, which keeps nothing of it."""
        body = {"text": text, "published": _text(published), "publisher": publisher, "title": title}
        found = _json(self._ask("POST", ("code",), {}, body={k: v for k, v in body.items() if v is not None}))
        return [from_record(record) for record in found["items"]]

    # Inside

    def _pages(self, name: str, asked: Mapping[str, Any], limit: int | None) -> Iterator[dict[str, Any]]:
        cursor: str | None = None
        left = limit
        while left is None or left > 0:
            size = _PAGE if left is None else min(_PAGE, left)
            found = self._get(name, **asked, limit=size, cursor=cursor)
            yield from found["items"]
            cursor = found["next"]
            if cursor is None:
                return
            if left is not None:
                left -= len(found["items"])

    def _get(self, *parts: str, **asked: Any) -> dict[str, Any]:
        return _json(self._ask("GET", parts, asked))

    def _ask(
        self,
        method: str,
        parts: tuple[str, ...],
        asked: Mapping[str, Any],
        body: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        params: list[tuple[str, str | int | float | bool | None]] = [
            (name, _text(one))
            for name, value in asked.items()
            if value is not None
            for one in (value if isinstance(value, list) else [value])
        ]
        path = "/".join(quote(part, safe="") for part in parts)
        try:
            response = self._http.request(method, path, params=params, json=body)
        except httpx.HTTPError as error:
            raise FetchError(
                f"nobody answers there ({error or type(error).__name__})",
                where=self.address,
                todo="start the desk with: detente serve",
            ) from error
        if response.status_code >= 300:
            raise _error(response, self.address)
        return response


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        found = response.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise FetchError(
            "the answer is not that of a desk", where=str(response.url), todo="check the address"
        )
    return found


def _error(response: httpx.Response, address: str) -> DetenteError:
    """The error that a problem stands for; its `type` names the kind."""
    try:
        told = response.json()
        kind = str(told["type"]).rpartition(":")[2]
        detail, todo = str(told["detail"]), told.get("todo")
    except (ValueError, KeyError, TypeError, AttributeError):
        return FetchError(
            f"the answer is not that of a desk (status {response.status_code})",
            where=address,
            todo="check the address",
        )
    if kind == "unknown-actor":
        error: DetenteError = UnknownActor(detail)
        # The desk has said it all; its words stand for those that would be built here.
        DetenteError.__init__(error, detail, todo=todo)
        return error
    if kind == "date":
        error = DateError(detail)
        DetenteError.__init__(error, detail, todo=todo)
        return error
    if response.status_code in (401, 403, 421):
        return FetchError(detail, where=address, todo=todo)
    if response.status_code >= 500:
        return StoreError(detail, where=address, todo=todo)
    return InputError(detail, todo=todo)


def _pair(pair: Pairing | None) -> str | None:
    if pair is None:
        return None
    if len(pair) != 2:
        raise InputError(f"{pair!r} is no pair", todo="give two different codes, such as USA COL")
    return ",".join(pair)


def _several(value: Any) -> list[str] | None:
    if value is None:
        return None
    return [str(value)] if isinstance(value, str) else [str(item) for item in value]


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, date) else str(value)


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _fields(record: Mapping[str, Any], kind: type) -> dict[str, Any]:
    """The fields of a record's class, without what the API adds."""
    names: Mapping[str, Any] = kind.__dataclass_fields__  # type: ignore[attr-defined]
    return {name: record[name] for name in names if name in record}


def _terms(listed: Any) -> tuple[Term, ...]:
    return tuple(Term(**{**term, "events": tuple(term["events"])}) for term in listed)


def _turn(record: Mapping[str, Any]) -> Turn:
    return Turn(
        **{
            **_fields(record, Turn),
            "pair": tuple(record["pair"]),
            "day": date.fromisoformat(record["day"]),
            "known_on": _day(record["known_on"]),
            "events": tuple(record["events"]),
            "terms": _terms(record["terms"]),
        }
    )


def _outlook(record: Mapping[str, Any]) -> Outlook:
    return Outlook(
        **{
            **_fields(record, Outlook),
            "pair": tuple(record["pair"]),
            "asked_on": date.fromisoformat(record["asked_on"]),
            "terms": _terms(record["terms"]),
        }
    )


def _story(record: Mapping[str, Any]) -> Story:
    lists = {name: tuple(record[name]) for name in ("actor", "recipient", "events", "publishers")}
    return Story(
        **{
            **_fields(record, Story),
            **lists,
            "status": Status(record["status"]),
            "first_published": _day(record["first_published"]),
        }
    )


def _document(record: Mapping[str, Any]) -> Document:
    return Document(
        **{
            **_fields(record, Document),
            "published": _day(record["published"]),
            "modified": _day(record["modified"]),
            "retrieved": datetime.fromisoformat(record["retrieved"]) if record["retrieved"] else None,
            "kind": Kind(record["kind"]),
            "times": tuple((at, seconds) for at, seconds in record["times"]),
            "turns": tuple((at, speaker) for at, speaker in record["turns"]),
        }
    )
