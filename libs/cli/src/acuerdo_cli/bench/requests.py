"""HTTP/1.1 as little as measuring needs: connections that are kept, one request at a time on each.

A general client costs as much processor time as the services' own framework, on the same two cores.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

import httptools

_PATIENCE = 120.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a server answered; ``headers`` by their names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class _Answer:
    """What has come of an answer so far."""

    done: "asyncio.Future[Said]"
    headers: dict[str, str] = field(default_factory=dict[str, str])
    parts: list[bytes] = field(default_factory=list[bytes])


class _Connection(asyncio.Protocol):
    """One connection, as ``httptools`` calls it while it reads an answer."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: _Answer | None = None
        self._parser = httptools.HttpResponseParser(self)

    @property
    def open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    async def ask(self, request: bytes) -> Said:
        """Return the answer to *request*."""
        if self._transport is None:
            raise ConnectionResetError
        answer = self._answer = _Answer(asyncio.get_running_loop().create_future())
        self._transport.write(request)
        async with asyncio.timeout(_PATIENCE):
            return await answer.done

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's has its methods and is no subclass

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - whatever it was, no answer comes
        self._transport = None
        if self._answer is not None and not self._answer.done.done():
            self._answer.done.set_exception(ConnectionResetError("the service closed the connection"))

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_header(self, name: bytes, told: bytes) -> None:
        if self._answer is not None:
            self._answer.headers[name.decode("latin-1").lower()] = told.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        if self._answer is not None:
            self._answer.parts.append(body)

    def on_message_complete(self) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done.done():
            status = self._parser.get_status_code()
            answer.done.set_result(Said(status=status, headers=answer.headers, body=b"".join(answer.parts)))


class Requests:
    """Connections to any number of servers; each that is free is used again."""

    def __init__(self) -> None:
        self._free: dict[tuple[str, int], list[_Connection]] = {}

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Said:
        """Return the answer to a request, or raise ``ConnectionError`` or ``TimeoutError``."""
        to = urlsplit(url)
        host, port = to.hostname or "", to.port or 80
        path = to.path + ("?" + to.query if to.query else "")
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {to.netloc}",
            *(f"{name}: {said}" for name, said in headers.items()),
        ]
        if method != "GET":
            lines.append(f"Content-Length: {len(body)}")
        connection = await self._connection(host, port)
        try:
            said = await connection.ask("\r\n".join([*lines, "\r\n"]).encode("latin-1") + body)
        except BaseException:
            connection.close()
            raise
        if said.headers.get("connection", "").lower() == "close":
            connection.close()
        else:
            self._free.setdefault((host, port), []).append(connection)
        return said

    def close(self) -> None:
        """Close what is free."""
        for connections in self._free.values():
            for connection in connections:
                connection.close()

    async def _connection(self, host: str, port: int) -> _Connection:
        free = self._free.get((host, port), [])
        while free:
            connection = free.pop()
            if connection.open:
                return connection
        _, connection = await asyncio.get_running_loop().create_connection(_Connection, host, port)
        return connection
