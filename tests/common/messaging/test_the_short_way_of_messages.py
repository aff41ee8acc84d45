"""What a sink is given is what the library would have given, in the same order, however the bytes come in pieces."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import ProtocolError

from common.messaging.client import Came, QuickClient
from common.messaging.connection import Wire, leave

Message = tuple[str, str, bytes, dict[str, str]]

SUBJECTS = st.sampled_from([b"_INBOX.a.1", b"acuerdo.x", "ñ".encode()])
REPLIES = st.sampled_from([b"", b"12", b"$JS.ACK.ACUERDO.c.1.7.7.1700000000000000000.0"])
BLOCKS = st.sampled_from(
    [
        b"", b"NATS/1.0\r\n\r\n", b"NATS/1.0\r\nce-id: 1\r\nce-actor: x y\r\n\r\n", b"NATS/1.0 408 Timeout\r\n\r\n",
        b"NATS/1.0 100 Idle Heartbeat\r\nNats-Last-Consumer: 3\r\n\r\n", b"NATS/1.0 503\r\n\r\n",
        b"NATS/1.0\r\nsaid: 1\r\nMSG x 1 3\r\n\r\n",
    ]
)  # fmt: skip
BODIES = st.sampled_from([b"", b"{}", b"MSG x 1 2\r\nab\r\n", b"\r\n", b"x" * 5_000])


def message(sid: int, subject: bytes, reply: bytes, block: bytes, body: bytes) -> bytes:
    """Return what a server sends."""
    to = b" ".join([subject, b"%d" % sid, *([reply] if reply else [])])
    size = len(block) + len(body)
    line = b"HMSG %s %d %d\r\n" % (to, len(block), size) if block else b"MSG %s %d\r\n" % (to, size)
    return line + block + body + b"\r\n"


SENT = st.lists(
    st.builds(message, st.sampled_from([1, 1, 1, 2, 3]), SUBJECTS, REPLIES, BLOCKS, BODIES)
    | st.sampled_from([b"+OK\r\n", b"PONG\r\n", b"MSG  x 1  2\r\nab\r\n"]),
    max_size=8,
)


def subscribed(client: Client) -> Client:
    """Let *client*, which no server knows, take messages to the subscriptions 1 and 2."""
    client._subs = {sid: Subscription(client, sid) for sid in (1, 2)}  # pyright: ignore[reportPrivateUsage] - as if it had subscribed
    return client


async def fed(client: Client, pieces: Sequence[bytes]) -> Client:
    for piece in pieces:
        await client._ps.parse(piece)  # pyright: ignore[reportPrivateUsage] - as it reads
    return client


def queued(client: Client, sid: int) -> list[Message]:
    """Return what the library keeps for whoever subscribed."""
    queue: asyncio.Queue[Msg] = client._subs[sid]._pending_queue  # pyright: ignore[reportPrivateUsage] - no task takes it
    had = [queue.get_nowait() for _ in range(queue.qsize())]
    return [(one.subject, one.reply, one.data, one.headers or {}) for one in had]


def told(one: Came) -> Message:
    return one.subject.decode(), one.reply.decode(), one.data, dict(one.headers)


@given(SENT, st.lists(st.integers(0, 6_000), max_size=6))
def test_a_sink_is_given_what_the_library_would_give(sent: list[bytes], cuts: list[int]) -> None:
    wire = b"".join(sent)
    at = [0, *sorted({min(cut, len(wire)) for cut in cuts}), len(wire)]
    sunk: list[Came] = []
    client = QuickClient()
    client.sinks[1] = sunk.append
    quick = asyncio.run(fed(subscribed(client), [wire[a:b] for a, b in pairwise(at)]))
    exact = asyncio.run(fed(subscribed(Client()), [wire]))
    assert queued(quick, 2) == queued(exact, 2)
    for_one = queued(exact, 1)
    assert [told(one) for one in sunk] == [one for one in for_one if "Status" not in one[3]]
    assert queued(quick, 1) == [one for one in for_one if "Status" in one[3]]


def test_what_is_no_protocol_is_refused_as_the_library_does() -> None:
    client = QuickClient()
    client.sinks[1] = [].append
    wire = message(1, b"a", b"", b"", b"{}") + b"what is this\r\n"
    for one in (subscribed(client), subscribed(Client())):
        with pytest.raises(ProtocolError):
            asyncio.run(fed(one, [wire]))


async def test_a_sink_has_what_is_sent_until_it_is_left(nats_server: str) -> None:
    wire = Wire(nats_server, name="a test")
    client = await wire.client()
    sunk: list[Came] = []
    heard: list[str] = []

    async def hear(message: Msg) -> None:
        heard.append((message.headers or {})["Status"])

    subscription = await client.subscribe_quickly("things.*", sunk.append, hear)
    await client.publish("things.a", b"1", headers={"ce-id": "7"})
    await client.publish("nobody.listens", b"2", reply="things.b")
    while not heard or not sunk:
        await client.flush()
    await leave(subscription)
    await client.publish("things.c", b"3")
    await client.flush()
    assert [told(one) for one in sunk] == [("things.a", "", b"1", {"ce-id": "7"})]
    assert heard == ["503"]
    assert not client.sinks
    await wire.close()
