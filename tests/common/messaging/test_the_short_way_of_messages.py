"""What goes the short way, in and out, is what goes the library's, however the bytes come in pieces."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import BadSubjectError, OutboundBufferLimitError, ProtocolError

from common.messaging.acknowledging import Acknowledging, NotAcknowledged
from common.messaging.client import Came, QuickClient
from common.messaging.connection import Wire, leave
from common.messaging.headers import BEGINNING

C = TypeVar("C", bound=Client)
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


def subscribed(client: C) -> C:
    """Let *client*, which no server knows, take messages to the subscriptions 1 and 2."""
    client._subs = {sid: Subscription(client, sid) for sid in (1, 2)}  # pyright: ignore[reportPrivateUsage] - as if it had subscribed
    return client


async def fed(client: C, pieces: Sequence[bytes]) -> C:
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


def unconnected(client: C) -> C:
    """Let *client* keep what is published for when there is a connection, at most 3,000 bytes."""
    client._max_pending_size = 3_000  # pyright: ignore[reportPrivateUsage] - as when a connection was lost
    return client


def pending(client: Client) -> list[bytes]:
    return client._pending  # pyright: ignore[reportPrivateUsage] - what it will send


@given(
    lines=st.dictionaries(
        st.sampled_from(["ce-id", "ce-actor", "Nats-Msg-Id"]), st.sampled_from(["1", "x=y&z", "a%20b"])
    ),
    body=BODIES,
    reply=st.sampled_from(["", "_INBOX.a.1"]),
)
def test_what_is_published_quickly_is_sent_as_the_library_sends_it(
    lines: dict[str, str], body: bytes, reply: str
) -> None:
    block = BEGINNING + "".join(f"{name}: {said}\r\n" for name, said in lines.items()).encode() + b"\r\n"
    quick, exact = unconnected(QuickClient()), unconnected(Client())
    body = body[:1_000]
    asyncio.run(quick.publish_quickly("acuerdo.x", body, reply, block))
    asyncio.run(exact.publish("acuerdo.x", body, reply, headers=lines))
    assert pending(quick) == pending(exact)
    assert (quick.stats, quick.pending_data_size) == (exact.stats, exact.pending_data_size)


async def test_what_there_is_no_room_for_is_refused_as_the_library_does() -> None:
    client = unconnected(QuickClient())
    await client.publish_quickly("a", b"x" * 2_000, "", BEGINNING + b"\r\n")
    with pytest.raises(OutboundBufferLimitError):
        await client.publish_quickly("a", b"x" * 2_000, "", BEGINNING + b"\r\n")
    with pytest.raises(BadSubjectError):
        await client.publish_quickly("a b", b"", "", BEGINNING + b"\r\n")


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


async def test_what_a_sink_does_not_bear_keeps_nobody_from_what_comes_after_it(nats_server: str) -> None:
    wire, taken = Wire(nats_server, name="short way"), list[bytes]()
    client = await wire.client()

    def sink(came: Came) -> None:
        taken.append(came.data)
        if came.data == b"1":
            raise ValueError(came.data)

    async def hear(_: Msg) -> None:
        """Nothing bears a status here."""

    await client.subscribe_quickly("short.way", sink, hear)
    for body in (b"1", b"2", b"3"):
        await client.publish("short.way", body)
    async with asyncio.timeout(10):
        while len(taken) < 3:
            await client.flush()  # the library's ping may overtake what is still to be written
    assert taken == [b"1", b"2", b"3"]
    await wire.close()


@pytest.mark.parametrize(
    "said", [b"no JSON", b'{"error":{"description":"\xff\xfe"}}', b'{"error":' + b'{"a":' * 50_000]
)
async def test_an_answer_that_cannot_be_read_is_no_acknowledgement(nats_server: str, said: bytes) -> None:
    wire = Wire(nats_server, name="short way")
    client = await wire.client()
    publisher = Acknowledging(client, client.new_inbox())
    acknowledged = await publisher.publish("short.way", b"{}", b"NATS/1.0\r\n\r\n")
    publisher.settle(Came(f"{publisher.inbox}.1".encode(), b"", None, said))
    with pytest.raises(NotAcknowledged):
        await acknowledged
    await wire.close()


async def test_connections_that_became_none_are_closed() -> None:
    begun: list[int] = []
    ended: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begun.append(len(begun) + 1)
        writer.write(b"this is no NATS\r\n")
        await reader.read()
        ended.append(len(ended) + 1)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    connecting = asyncio.create_task(
        Wire(f"nats://127.0.0.1:{server.sockets[0].getsockname()[1]}", name="a test").client()
    )
    async with asyncio.timeout(30):
        while len(ended) < 3:
            await asyncio.sleep(0.05)
    connecting.cancel()
    await asyncio.gather(connecting, return_exceptions=True)
    async with asyncio.timeout(30):
        while len(ended) < len(begun):
            await asyncio.sleep(0.05)
    server.close()
