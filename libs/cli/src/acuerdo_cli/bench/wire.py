"""Calls for as little of this machine as can be: what the load costs is in every figure."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from typing import Any
from urllib.parse import urlencode

import msgspec

from acuerdo_cli.bench.requests import Requests, Said
from acuerdo_cli.errors import CommandFailed
from acuerdo_client.calls import Positions

PATIENCE = 30  # seconds that a request lets its service wait for what was written elsewhere
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_TURNED_AWAY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_run, _numbers = secrets.token_hex(6), count(1)


class LoadFailed(CommandFailed):
    """A service answered what stops the measuring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody with a token, and what they have seen of each service: they read what they, or their crew, wrote."""

    token: str
    positions: Positions = field(default_factory=Positions)

    def headers(self, service: str, *, writes: bool) -> dict[str, str]:
        """Return the headers of a request, as the client library makes them."""
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        if writes:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": new_key()}
        after = self.positions.header(without=service if writes else None)
        return headers | {"Acuerdo-After": after, "Prefer": f"wait={PATIENCE}"} if after else headers


class Wire:
    """A way to the four services at *urls*; ``turned_away`` counts what was put off with 429 or 503."""

    def __init__(self, requests: Requests, urls: Mapping[str, str]) -> None:
        self._requests = requests
        self._urls = urls
        self.turned_away = 0

    async def get(self, caller: Caller, service: str, path: str) -> Any:
        """Return what *service* answers, when it has seen what the caller saw."""
        return msgspec.json.decode(
            await self._send("GET", service, path, caller.headers(service, writes=False), caller)
        )

    async def post(self, caller: Caller, service: str, path: str, body: Mapping[str, object]) -> Any:
        """Return what *service* answers to a write, done once; the caller remembers its position."""
        headers = caller.headers(service, writes=True)
        return msgspec.json.decode(await self._send("POST", service, path, headers, caller, msgspec.json.encode(body)))

    async def fill_in(self, address: str, form: Mapping[str, str]) -> None:
        """Send a form of a page, as a browser does."""
        answer = await self._requests.send("POST", address, _FORM, urlencode(form).encode())
        if answer.status != HTTPStatus.OK:
            said = answer.body[:200].decode(errors="replace")
            raise LoadFailed(f"the survey page answered {answer.status}: {said}")

    async def _send(
        self, method: str, service: str, path: str, headers: dict[str, str], caller: Caller, body: bytes = b""
    ) -> bytes:
        url = self._urls[service] + path
        while True:
            answer = await self._requests.send(method, url, headers, body)
            if answer.status in _TURNED_AWAY:
                self.turned_away += 1
                await asyncio.sleep(float(answer.headers.get("retry-after", 1)))
                continue
            _ensure(answer, f"{method} {path}")
            caller.positions.learn(answer.headers.get("acuerdo-position"))
            return answer.body


@asynccontextmanager
async def wired(urls: Mapping[str, str]) -> AsyncGenerator[Wire]:
    """Give the way to the services at *urls*; its connections are closed after the block."""
    requests = Requests()
    try:
        yield Wire(requests, urls)
    finally:
        requests.close()


def new_key() -> str:
    """Return an idempotency key that nobody has used."""
    return f"{_run}-{next(_numbers)}"


def _ensure(answer: Said, what: str) -> None:
    if answer.status >= HTTPStatus.BAD_REQUEST:
        raise LoadFailed(f"{what} was answered {answer.status}: {answer.body[:300].decode(errors='replace')}")
    if answer.headers.get("acuerdo-waited") == "timeout":
        raise LoadFailed(f"{what} had not seen after {PATIENCE} seconds what was written elsewhere")
