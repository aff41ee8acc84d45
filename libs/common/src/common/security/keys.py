"""The issuer's public keys: fetched, kept while the issuer is away, fetched again when a token names an unknown one."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import jwt
import msgspec
import structlog

from common.refusals import Unavailable

ALGORITHMS = ("EdDSA", "ES256", "RS256")
_MOST_BYTES = 512 * 1024
_log = structlog.get_logger(__name__)

Fetch = Callable[[], Awaitable[bytes]]


class KeysUnavailable(Unavailable):
    """The token issuer's keys cannot be had now."""


class FileKeysRefused(Exception):
    """Keys from a file are for development only."""


class _Published(msgspec.Struct):
    keys: list[dict[str, Any]]


class IssuerKeys:
    """Public keys by id. ``fresh_for`` and ``not_before`` are seconds: how old keys may grow, how soon to ask again."""

    def __init__(
        self,
        fetch: Fetch,
        *,
        fresh_for: float = 600.0,
        not_before: float = 5.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._fresh_for = fresh_for
        self._not_before = not_before
        self._monotonic = monotonic
        self._keys: dict[str | None, jwt.PyJWK] = {}
        self._asked_at: float | None = None
        self._had_at: float | None = None
        self._renewal: asyncio.Task[None] | None = None
        self._asking = asyncio.Lock()
        self._listeners: list[Callable[[], None]] = []

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call *listener* whenever the issuer publishes other keys than before."""
        self._listeners.append(listener)

    async def keep_fresh(self) -> None:
        """Ask the issuer again when the keys have grown old; the old ones go on while it does not answer."""
        if self._had_at is None:
            await self._ask()
        elif self._monotonic() - self._had_at >= self._fresh_for and (self._renewal is None or self._renewal.done()):
            self._renewal = asyncio.create_task(self._ask())  # nobody with a known key waits for it

    async def find(self, key_id: str | None) -> jwt.PyJWK | None:
        """Return the key *key_id*, or the only one when a token names none. Raises ``KeysUnavailable``."""
        found = self._found(key_id)
        if found is None:
            await self._ask()
            found = self._found(key_id)
        if found is None and not self._keys:
            raise KeysUnavailable
        return found

    def _found(self, key_id: str | None) -> jwt.PyJWK | None:
        if key_id is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(key_id)

    async def _ask(self) -> None:
        async with self._asking:
            now = self._monotonic()
            if self._asked_at is not None and now - self._asked_at < self._not_before:
                return
            self._asked_at = now
            try:
                self._take(read_keys(await self._fetch()))
            except (httpx.HTTPError, OSError, ValueError, jwt.PyJWTError) as error:
                _log.warning("the issuer's keys could not be fetched", why=type(error).__name__, kept=len(self._keys))

    def _take(self, keys: dict[str | None, jwt.PyJWK]) -> None:
        changed = {name: _said(key) for name, key in keys.items()} != {
            name: _said(key) for name, key in self._keys.items()
        }
        self._keys, self._had_at = keys, self._monotonic()
        if changed:
            for listener in self._listeners:
                listener()


def keys_from(url: str, *, development: bool, http: httpx.AsyncClient | None = None) -> IssuerKeys:
    """Return the keys that the JWKS at *url* publishes. Raises ``FileKeysRefused`` for a file outside development."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        if not development:
            raise FileKeysRefused
        return IssuerKeys(_file(Path(unquote(parts.path))))
    return IssuerKeys(_http(url, http or httpx.AsyncClient(timeout=5.0, follow_redirects=False)))


def read_keys(document: bytes) -> dict[str | None, jwt.PyJWK]:
    """Return the usable public keys of a JWKS *document*; others in it are left out. Raises ``ValueError``."""
    try:
        told = msgspec.json.decode(document, type=_Published)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError("the document is not a set of keys") from error
    keys = [key for key in map(_usable, told.keys) if key is not None]
    if not keys:
        raise ValueError("the document has no key that can be used")
    return {key.key_id: key for key in keys}


def _usable(told: dict[str, Any]) -> jwt.PyJWK | None:
    if told.get("use", "sig") != "sig":
        return None
    try:
        key = jwt.PyJWK(told)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    return key if key.algorithm_name in ALGORITHMS else None


def _said(key: jwt.PyJWK) -> bytes:
    return msgspec.json.encode(key.Algorithm.to_jwk(key.key, as_dict=True), order="sorted")


def _file(path: Path) -> Fetch:
    async def fetch() -> bytes:
        return await asyncio.to_thread(path.read_bytes)

    return fetch


def _http(url: str, client: httpx.AsyncClient) -> Fetch:
    async def fetch() -> bytes:
        answer = await client.get(url, headers={"accept": "application/json"})
        answer.raise_for_status()
        if len(answer.content) > _MOST_BYTES:
            raise ValueError("the document is too large to be a set of keys")
        return answer.content

    return fetch
