"""Asking an OpenAI-compatible server: time-outs, retries with back-off, cached answers, tokens and cost."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detente.errors import FetchError
from detente.llm.cache import AnswerFile
from detente.llm.settings import LlmSettings, settings

__all__ = ["Server", "Usage", "server_of"]

# An answer of more bytes is no draft; a server that sends it is at fault.
MOST_BYTES = 2_000_000
_AGAIN = frozenset({408, 409, 429, 500, 502, 503, 504})
_LONGEST_PAUSE = 30.0
# English text has about four letters to a token in every common vocabulary; three keeps the estimate
# on the safe side.
_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Usage:
    """What was asked for or used: requests, tokens in and out, and dollars (None: no price is set)."""

    requests: int
    tokens_in: int
    tokens_out: int
    cost: float | None = None

    def __str__(self) -> str:
        money = "no price is set" if self.cost is None else f"about ${self.cost:.4f}"
        plural = "" if self.requests == 1 else "s"
        tokens = f"about {self.tokens_in} tokens in and {self.tokens_out} out"
        return f"{self.requests} request{plural}, {tokens}, {money}"


class Server:
    """One server and model. `pause` waits between attempts, `sleep`-like; tests give their own."""

    def __init__(self, chosen: LlmSettings, pause: Callable[[float], None] = time.sleep) -> None:
        self.settings = chosen
        self._pause = pause
        self._file = AnswerFile(chosen.cache) if chosen.cache is not None else None
        self.used = Usage(0, 0, 0, self._cost(0, 0))

    def __repr__(self) -> str:
        return f"Server({self.settings.url!r}, {self.settings.model!r})"

    def estimate(self, prompts: Sequence[str], answer_tokens: int) -> Usage:
        """What asking these prompts will come to, before it is done.

        >>> Server(LlmSettings("http://localhost/v1", "m", price_in=3.0, price_out=15.0)).estimate(
        ...     ["x" * 300], 100)
        Usage(requests=1, tokens_in=100, tokens_out=100, cost=0.0018)
        """
        tokens = sum(-(-len(p) // _LETTERS) for p in prompts)
        out = answer_tokens * len(prompts)
        return Usage(len(prompts), tokens, out, self._cost(tokens, out))

    def _cost(self, tokens_in: int, tokens_out: int) -> float | None:
        chosen = self.settings
        if chosen.price_in is None or chosen.price_out is None:
            return None
        return round((tokens_in * chosen.price_in + tokens_out * chosen.price_out) / 1e6, 6)

    def ask(
        self, system: str, user: str, *, schema: Mapping[str, Any], most_tokens: int = 2000, mark: str = ""
    ) -> Any:
        """The JSON value that the model answers, of a `schema` that is asked for but not trusted.

        Answers are kept by request; `mark` is the fence in it, which is another one each time. Raises
        FetchError where the server cannot be reached, refuses, or answers no JSON; no error holds the
        key.
        """
        request: dict[str, Any] = {
            "model": self.settings.model,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
            "temperature": 0,
            "max_tokens": most_tokens,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": schema},
            },
        }
        same = json.loads(json.dumps(request).replace(mark, "MARK")) if mark else request
        kept = self._file.find(self.settings.url, same) if self._file else None
        if kept is not None:
            return kept["value"]
        value = self._value(self._send(request))
        if self._file:
            self._file.keep(self.settings.url, same, {"value": value})
        return value

    def _send(self, request: dict[str, Any]) -> Mapping[str, Any]:
        import httpx

        headers = {"Accept": "application/json"}
        if self.settings.key:
            headers["Authorization"] = f"Bearer {self.settings.key}"
        reason = "no answer"
        # Neither proxies of the environment nor redirects: the key goes where the user said, nowhere else.
        with httpx.Client(timeout=self.settings.timeout, trust_env=False, follow_redirects=False) as client:
            for attempt in range(self.settings.retries + 1):
                wait = min(2.0**attempt, _LONGEST_PAUSE)
                try:
                    status, told_wait, body = self._post(client, request, headers)
                except httpx.TransportError as error:
                    # The error's own text may hold the request; its kind says enough.
                    reason = f"the server cannot be reached ({type(error).__name__})"
                else:
                    if status == 200:
                        return self._object(body)
                    if status == 400 and request.get("response_format", {}).get("type") == "json_schema":
                        # Small servers know plain JSON only; what comes is checked all the same.
                        request = {**request, "response_format": {"type": "json_object"}}
                        reason, wait = "the server refuses a schema (400)", 0.0
                    elif status in _AGAIN:
                        reason = f"the server answers {status}"
                        wait = min(told_wait if told_wait is not None else wait, _LONGEST_PAUSE)
                    else:
                        hint = "the key or the model" if status in (401, 403, 404) else "the server's log"
                        raise FetchError(
                            f"the server answers {status}", where=self.settings.url, todo=f"look at {hint}"
                        )
                if attempt < self.settings.retries:
                    self._pause(wait)
        raise FetchError(
            f"{reason}, asked {self.settings.retries + 1} times",
            where=self.settings.url,
            todo="see that the server of DETENTE_LLM_URL runs",
        )

    def _post(
        self, client: Any, request: Mapping[str, Any], headers: Mapping[str, str]
    ) -> tuple[int, float | None, bytes]:
        address = f"{self.settings.url}/chat/completions"
        body = bytearray()
        with client.stream("POST", address, json=request, headers=headers) as response:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise FetchError(
                        "the answer is too long", where=self.settings.url, todo="ask another server"
                    )
            after = response.headers.get("retry-after", "")
            return response.status_code, float(after) if after.isdigit() else None, bytes(body)

    def _object(self, body: bytes) -> Mapping[str, Any]:
        try:
            found = json.loads(body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise FetchError(
                "the answer is no JSON", where=self.settings.url, todo="see that it is an OpenAI API"
            )
        return found

    def _value(self, found: Mapping[str, Any]) -> Any:
        """What the model said, out of what the server wraps it in."""
        self._count(found.get("usage"))
        try:
            choice = found["choices"][0]
            content = choice["message"]["content"]
        except (KeyError, IndexError, TypeError):
            content = None
        if not isinstance(content, str):
            raise FetchError(
                "the answer has no text", where=self.settings.url, todo="see that it is an OpenAI API"
            )
        # Some models wrap JSON into a code fence, whatever they are asked for.
        text = content.strip().removeprefix("```json").removeprefix("```").removesuffix("```")
        try:
            return json.loads(text)
        except ValueError as error:
            cut = isinstance(choice, dict) and choice.get("finish_reason") == "length"
            raise FetchError(
                "the model's answer was cut off" if cut else "the model answers no JSON",
                where=self.settings.model,
                todo="ask for less at once" if cut else "use a model that can write JSON",
            ) from error

    def _count(self, usage: object) -> None:
        def number(name: str) -> int:
            value = usage.get(name) if isinstance(usage, dict) else None
            return value if isinstance(value, int) and 0 <= value < 10**9 else 0

        tokens_in = self.used.tokens_in + number("prompt_tokens")
        tokens_out = self.used.tokens_out + number("completion_tokens")
        self.used = Usage(self.used.requests + 1, tokens_in, tokens_out, self._cost(tokens_in, tokens_out))


def server_of(environment: Mapping[str, str] | None = None) -> Server:
    """The server of the environment's settings; see `settings`."""
    return Server(settings(environment))
