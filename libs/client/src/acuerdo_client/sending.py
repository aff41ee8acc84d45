"""How calls travel: the same steps for the client that waits and the one that does not."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import httpx

from acuerdo_client.batches import MEDIA_TYPE, Limits, Outcome, Reply, requests
from acuerdo_client.calls import Answer, Call, Shared, encoded

Token = str | Callable[[], str] | None
AsyncToken = str | Callable[[], str | Awaitable[str]] | None
Line = Mapping[str, Any]
_NDJSON = {"Content-Type": MEDIA_TYPE, "Accept": MEDIA_TYPE}


class Sender:
    """Sends calls and waits for their answers."""

    def __init__(
        self, shared: Shared, token: Token, http: httpx.Client, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self.shared = shared
        self.http = http
        self._token = token
        self._pause = pause

    def send(self, call: Call) -> Answer[Any]:
        """Return the answer to *call*. Raises its ``Problem``, or ``Unreachable``."""
        url, headers = self.shared.url(call), self.shared.headers(call, self._bearer())
        body, tried = encoded(call.body), 0
        while True:
            tried += 1
            try:
                response = self.http.request(call.method, url, params=call.query, content=body, headers=headers)
            except httpx.TransportError as error:
                self._pause(self.shared.after_break(call, error, tried))
                continue
            wait = self.shared.again(response, tried)
            if wait is None:
                return self.shared.answer(response)
            self._pause(wait)

    def pages(self, call: Callable[[str | None], Call]) -> Iterator[Any]:
        """Yield every item of a list, page after page."""
        cursor: str | None = None
        while True:
            page = self.send(call(cursor)).body
            yield from page["items"]
            cursor = page.get("next")
            if cursor is None:
                return

    def batch(self, call: Call, lines: Iterable[Line], limits: Limits) -> Iterator[Outcome]:
        """Yield what became of each of *lines*, in order, as the answers come in."""
        before = 0
        for some in requests(lines, limits):
            yield from self._request(call, some, before)
            before += len(some)

    def _request(self, call: Call, lines: Sequence[bytes], before: int) -> Iterator[Outcome]:
        url, headers = self.shared.url(call), self.shared.headers(call, self._bearer()) | _NDJSON
        reply, tried = Reply(len(lines), before, partial(self.shared.positions.reached, call.service)), 0
        while not reply.whole:
            tried += 1
            reply.begin()
            try:
                with self.http.stream(call.method, url, content=b"".join(lines), headers=headers) as response:
                    if response.is_success:
                        for piece in response.iter_bytes():
                            yield from reply.feed(piece)
                    else:
                        response.read()
                wait = self.shared.after_batch(call, response, tried, whole=reply.whole)
            except httpx.TransportError as error:
                wait = self.shared.after_break(call, error, tried)
            if wait:
                self._pause(wait)

    def _bearer(self) -> str | None:
        return self._token() if callable(self._token) else self._token


class AsyncSender:
    """Sends calls and lets others work meanwhile."""

    def __init__(
        self,
        shared: Shared,
        token: AsyncToken,
        http: httpx.AsyncClient,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.shared = shared
        self.http = http
        self._token = token
        self._pause = pause

    async def send(self, call: Call) -> Answer[Any]:
        """Return the answer to *call*. Raises its ``Problem``, or ``Unreachable``."""
        url, headers = self.shared.url(call), self.shared.headers(call, await self._bearer())
        body, tried = encoded(call.body), 0
        while True:
            tried += 1
            try:
                response = await self.http.request(
                    call.method, url, params=call.query, content=body, headers=headers
                )  # fmt: skip
            except httpx.TransportError as error:
                await self._pause(self.shared.after_break(call, error, tried))
                continue
            wait = self.shared.again(response, tried)
            if wait is None:
                return self.shared.answer(response)
            await self._pause(wait)

    async def pages(self, call: Callable[[str | None], Call]) -> AsyncIterator[Any]:
        """Yield every item of a list, page after page."""
        cursor: str | None = None
        while True:
            page = (await self.send(call(cursor))).body
            for item in page["items"]:
                yield item
            cursor = page.get("next")
            if cursor is None:
                return

    async def batch(self, call: Call, lines: Iterable[Line], limits: Limits) -> AsyncIterator[Outcome]:
        """Yield what became of each of *lines*, in order, as the answers come in."""
        before = 0
        for some in requests(lines, limits):
            async for became in self._request(call, some, before):
                yield became
            before += len(some)

    async def _request(self, call: Call, lines: Sequence[bytes], before: int) -> AsyncIterator[Outcome]:
        url, headers = self.shared.url(call), self.shared.headers(call, await self._bearer()) | _NDJSON
        reply, tried = Reply(len(lines), before, partial(self.shared.positions.reached, call.service)), 0
        while not reply.whole:
            tried += 1
            reply.begin()
            try:
                async with self.http.stream(call.method, url, content=b"".join(lines), headers=headers) as response:
                    if response.is_success:
                        async for piece in response.aiter_bytes():
                            for became in reply.feed(piece):
                                yield became
                    else:
                        await response.aread()
                wait = self.shared.after_batch(call, response, tried, whole=reply.whole)
            except httpx.TransportError as error:
                wait = self.shared.after_break(call, error, tried)
            if wait:
                await self._pause(wait)

    async def _bearer(self) -> str | None:
        token = self._token() if callable(self._token) else self._token
        return token if isinstance(token, str) or token is None else await token
