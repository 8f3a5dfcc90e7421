"""Which server and model are used: from the environment, the key also from the keyring."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from detente.errors import InputError
from detente.links import host_of, parts_of

__all__ = ["LlmSettings", "settings"]

_KEYRING = "detente"


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """Where the language model is and how it is asked.

    `url` is the base of an OpenAI-compatible API, e.g. "http://localhost:11434/v1"; `key` is in no text
    of this record. `timeout` is in seconds, `price_in` and `price_out` in dollars for a million tokens
    (None: not known). `cache` is the file that keeps answers, None for none.
    """

    url: str
    model: str
    key: str | None = field(default=None, repr=False)
    timeout: float = 120.0
    retries: int = 3
    price_in: float | None = None
    price_out: float | None = None
    cache: Path | None = None


def settings(environment: Mapping[str, str] | None = None) -> LlmSettings:
    """The settings of DETENTE_LLM_URL, DETENTE_LLM_MODEL, DETENTE_LLM_KEY and their kin.

    Without a key in the environment the keyring is asked, where the package `keyring` is installed. Any
    address is allowed, also a private one, for the user alone gives it. A key is not sent in the clear
    to a host that is not this machine.

    Raises InputError where an address or model is missing or makes no sense; no error names the key.

    >>> settings({"DETENTE_LLM_URL": "http://localhost:8080/v1/", "DETENTE_LLM_MODEL": "m"}).url
    'http://localhost:8080/v1'
    """
    given = os.environ if environment is None else environment
    url = given.get("DETENTE_LLM_URL", "").strip().rstrip("/")
    if not url:
        raise InputError(
            "no language model is set",
            where="DETENTE_LLM_URL",
            todo="give the base address of an OpenAI-compatible server, e.g. http://localhost:11434/v1",
        )
    parts = parts_of(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(
            "this is no web address", where="DETENTE_LLM_URL", todo="begin it with http:// or https://"
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InputError(
            "the address holds more than a place",
            where="DETENTE_LLM_URL",
            todo="give the key in DETENTE_LLM_KEY, and nothing behind the path",
        )
    model = given.get("DETENTE_LLM_MODEL", "").strip()
    if not model:
        raise InputError(
            "no model is named", where="DETENTE_LLM_MODEL", todo="give the name the server knows it by"
        )
    key = given.get("DETENTE_LLM_KEY", "").strip() or _from_keyring(url)
    if key and not (key.isascii() and key.isprintable()):
        raise InputError(
            "the key holds letters that no header can", where="DETENTE_LLM_KEY", todo="copy it again"
        )
    if key and parts.scheme == "http" and host_of(url) not in ("localhost", "127.0.0.1", "::1"):
        raise InputError(
            "the key would travel unencrypted",
            where="DETENTE_LLM_URL",
            todo="use https, or leave DETENTE_LLM_KEY empty",
        )
    return LlmSettings(
        url,
        model,
        key,
        _number(given, "DETENTE_LLM_TIMEOUT", 120.0, 1, 3600) or 120.0,
        price_in=_number(given, "DETENTE_LLM_PRICE_IN", None, 0, 1e6),
        price_out=_number(given, "DETENTE_LLM_PRICE_OUT", None, 0, 1e6),
        cache=_cache(given.get("DETENTE_LLM_CACHE")),
    )


def _number(
    given: Mapping[str, str], name: str, default: float | None, low: float, high: float
) -> float | None:
    text = given.get(name, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise InputError(
            f"{text!r} is no number from {low:g} to {high:g}", where=name, todo="give one, or leave it out"
        )
    return value


def _cache(given: str | None) -> Path | None:
    if given is not None:
        return Path(given) if given.strip() else None
    from platformdirs import user_cache_path

    return user_cache_path("detente") / "llm.sqlite"


def _from_keyring(url: str) -> str | None:
    """The key that `keyring set detente URL` has kept; None without that package or a working keyring."""
    try:
        from importlib import import_module

        found = import_module("keyring").get_password(_KEYRING, url)
    except Exception:  # keyrings fail in as many ways as there are desktops; then there is no key
        return None
    return str(found) if found else None
