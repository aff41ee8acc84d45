"""NATS's client with a short way for what comes and goes by the thousand: facts, and what acknowledges them.

The library makes a message, a dictionary and an entry in a queue of each, and has a task take it out again. What is
not as usual goes that way here too: ``tests/common/messaging/test_the_short_way_of_messages.py`` holds one against the
other.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.protocol.command import hpub_cmd
from nats.protocol.parser import AWAITING_CONTROL_LINE, CRLF_SIZE, Parser

from common.messaging.headers import Headers, header_lines

_log = structlog.get_logger(__name__)

_STATUS = b"NATS/1.0 "
_WITH_HEADERS = re.compile(rb"HMSG (\S+) ([0-9]{1,9}) (?:(\S+) )?([0-9]{1,9}) ([0-9]{1,9})\r\n")
_WITHOUT = re.compile(rb"MSG (\S+) ([0-9]{1,9}) (?:(\S+) )?([0-9]{1,9})\r\n")


class Came(msgspec.Struct, frozen=True, gc=False):
    """A message as it came, read no further than it is asked; ``block`` are its headers, None when it has none."""

    subject: bytes
    reply: bytes
    block: bytes | None
    data: bytes

    @property
    def headers(self) -> Headers:
        """Return the headers, to be read when they are asked for."""
        return Headers(self.block)

    @property
    def metadata(self) -> Msg.Metadata:
        """Return what JetStream says of a message that a consumer sent."""
        return Msg.Metadata._from_reply(self.reply.decode())  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - there is no way to it without a message of the library's


class _Written(dict[str, str]):
    """Headers that are written already, where the library takes such as are not."""

    __slots__ = ("block",)

    def __init__(self, block: bytes) -> None:
        super().__init__()
        self.block = block


Sink = Callable[[Came], None]
"""Takes a message that came."""


class QuickClient(Client):
    """The library's client; messages for a sink, and header blocks as we and the server write them, go a short way."""

    def __init__(self) -> None:
        super().__init__()
        self.sinks: dict[int, Sink] = {}
        self._ps = _QuickParser(self)

    async def subscribe_quickly(self, subject: str, sink: Sink, hear: Callable[[Msg], Awaitable[None]]) -> Subscription:
        """Let *sink* have every message to *subject* at once, but *hear* those that bear a status of the server's.

        No limit of the library's holds for them: ask for no more than there is room for.
        """
        subscription = await self.subscribe(subject, cb=hear)
        self.sinks[subscription._id] = _guarded(sink)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - it tells messages apart by nothing else
        return subscription

    async def publish_quickly(self, subject: str, data: bytes, reply: str, block: bytes) -> None:
        """Publish as the library does, with headers that are written already: it looks at nothing in *block*."""
        await self.publish(subject, data, reply, _Written(block))

    @staticmethod
    def _parse_header_lines(raw: bytes) -> dict[str, str]:
        return header_lines(raw)

    def abandon(self) -> None:
        """Close what was opened, if anything, where no connection comes of it: the library would forget it open."""
        if self._transport is not None:
            self._transport.close()

    async def _select_next_server(self) -> None:
        self.abandon()
        self._forget_unsent()
        await super()._select_next_server()

    def _forget_unsent(self) -> None:
        """Send nothing over a new connection that was meant for the one before: it would overtake what that one lost.

        Whoever needs an answer asks again, and the library itself subscribes again.
        """
        self._pending = []
        self._pending_data_size = 0

    async def _send_publish(
        self, subject: str, reply: str, payload: bytes, payload_size: int, headers: dict[str, Any] | None
    ) -> None:
        """Send what ``publish`` found to be sendable, as the library does after it has written the headers."""
        if not isinstance(headers, _Written):
            await super()._send_publish(subject, reply, payload, payload_size, headers)
            return
        self.stats["out_msgs"] += 1
        self.stats["out_bytes"] += payload_size
        await self._send_command(hpub_cmd(subject, reply, headers.block, payload))
        if self._flush_queue is not None and self._flush_queue.empty():
            await self._flush_pending()

    async def _process_msg(self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: bytes | None) -> None:
        """Give the message to its sink, where it has one: one that the parser left to the library's."""
        sink = self.sinks.get(sid)
        if sink is None or _bears_status(headers):
            await super()._process_msg(sid, subject, reply, data, headers)  # pyright: ignore[reportArgumentType] - only its annotation says bytes
        else:
            sink(Came(subject, reply, headers, data))

    def _remove_sub(self, sid: int, max_msgs: int = 0) -> None:
        self.sinks.pop(sid, None)
        super()._remove_sub(sid, max_msgs)


def _guarded(sink: Sink) -> Sink:
    """Return what gives *sink* its messages and raises nothing: it is called by what reads all of the connection."""

    def give(came: Came) -> None:
        try:
            sink(came)
        except Exception:  # noqa: BLE001 - whatever it is, what comes after it must be read
            _log.exception("a message could not be taken", subject=came.subject.decode(errors="replace"))

    return give


class _QuickParser(Parser):
    """The library's parser, which is asked when what is next is no whole message for a sink."""

    def __init__(self, client: QuickClient) -> None:
        super().__init__(client)
        self._sinks = client.sinks

    async def parse(self, data: bytes = b"") -> None:
        self.buf.extend(data)
        if self.state != AWAITING_CONTROL_LINE or not self._give_out():
            await super().parse()

    def _give_out(self) -> bool:
        """Give sinks what is theirs and whole; tell whether what is next is theirs too, and not whole yet."""
        buf, here, waits = self.buf, 0, False
        while (line := _next(buf, here)) and (sink := self._sinks.get(int(line[2]))):
            begin, end = line.end(), line.end() + int(line[line.lastindex or 0])
            waits = len(buf) < end + CRLF_SIZE
            if waits:
                break
            head = begin + int(line[4]) if line.re is _WITH_HEADERS else begin
            block = bytes(buf[begin:head]) or None
            if _bears_status(block):
                break
            sink(Came(line[1], line[3] or b"", block, bytes(buf[head:end])))
            here = end + CRLF_SIZE
        del buf[:here]
        return waits


def _next(buf: bytearray, here: int) -> re.Match[bytes] | None:
    return _WITH_HEADERS.match(buf, here) or _WITHOUT.match(buf, here)


def _bears_status(block: bytes | None) -> bool:
    return block is not None and block.startswith(_STATUS) and block[len(_STATUS) :][:3].strip().isdigit()
