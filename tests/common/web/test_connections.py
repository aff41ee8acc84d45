"""What a connection takes: HTTP/1.1, whatever else is offered with it, and no head without an end."""

import asyncio
from collections.abc import AsyncGenerator

import httpx
import msgspec
import pytest
from fastapi import APIRouter, Request, Response

from common.testing.serving import served
from common.web.app import create_app
from common.web.connection import Connection
from common.web.runtime import Runtime

OFFER = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABk\r\n"
HEAD = b"POST /letters HTTP/1.1\r\nHost: x\r\n" + OFFER
LETTER = HEAD + b"Content-Length: 5\r\n\r\n12345"
CHUNKS = HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\n123\r\n2\r\n45\r\n0\r\n\r\n"
LONG = 8 * 1024 * 1024
WEBSOCKET = LETTER.replace(b"h2c", b"websocket")


@pytest.fixture
def done() -> list[str]:
    """What a route that looks at no body has done."""
    return []


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[Connection]:
    """Those that were made."""
    made, usual = list[Connection](), Connection.connection_made

    def noted(connection: Connection, transport: asyncio.Transport) -> None:
        made.append(connection)
        usual(connection, transport)

    monkeypatch.setattr(Connection, "connection_made", noted)
    return made


@pytest.fixture
async def port(runtime: Runtime, done: list[str]) -> AsyncGenerator[int]:
    router = APIRouter()

    @router.post("/letters")
    async def take(request: Request) -> str:
        return (await request.body()).decode()

    @router.post("/headers")
    async def headers(request: Request) -> list[str]:
        await request.body()
        return list(request.headers)

    @router.post("/done-at-once")
    async def done_at_once() -> None:
        done.append("once")

    @router.get("/slow")
    async def slow() -> None:
        await asyncio.sleep(0.3)

    @router.get("/long")
    async def long() -> Response:
        return Response(b"x" * LONG)

    @router.get("/until-they-left")
    async def until_they_left(request: Request) -> None:
        while not await request.is_disconnected():
            await asyncio.sleep(0.01)
        done.append("they left")

    app = create_app(service="notes", title="Notes", routers=[router], runtime=runtime)
    async with served(app) as port:
        yield port


class Line:
    """A connection of its own, for what no client library sends."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def answer(self) -> tuple[int, bytes]:
        """Return the next answer's status and body."""
        async with asyncio.timeout(30):
            head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
            return int(head.split(b" ")[1]), await self.reader.readexactly(length)

    async def send_without_end(self, said: bytes) -> None:
        """Go on sending *said*. Raises ``ConnectionError`` when nobody takes it any more."""
        while True:
            self.writer.write(said)
            await self.writer.drain()


@pytest.fixture
async def line(port: int) -> AsyncGenerator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    yield Line(reader, writer)
    writer.close()


@pytest.mark.parametrize("said", [LETTER, CHUNKS, WEBSOCKET])
@pytest.mark.parametrize("cut", [0, 40, -9, -1], ids=["whole", "within the head", "around its end", "before the last"])
async def test_who_offers_another_protocol_is_answered_as_if_they_had_not(line: Line, said: bytes, cut: int) -> None:
    for part in (said[:cut], said[cut:]):
        line.writer.write(part)
        await line.writer.drain()
        await asyncio.sleep(0.05)
    assert await line.answer() == (200, b'"12345"')
    line.writer.write(LETTER.replace(OFFER, b""))
    assert await line.answer() == (200, b'"12345"'), "and goes on on the same connection"


async def test_any_number_of_offers_may_come_at_once(line: Line) -> None:
    line.writer.write(LETTER * 2_000)
    for _ in range(2_000):
        assert await line.answer() == (200, b'"12345"')


@pytest.mark.parametrize("said", [b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b"HELO x\r\n\r\n"])
async def test_what_is_no_http_is_said_to_be_none(line: Line, said: bytes) -> None:
    line.writer.write(said)
    status, body = await line.answer()
    problem = msgspec.json.decode(body)
    assert (status, problem["status"], problem["type"]) == (400, 400, "urn:acuerdo:problem:not-http")
    assert await line.reader.read() == b""


@pytest.mark.parametrize("lines", ["x-much: " + "a" * 90_000, "x-a: b\r\n" * 20_000, "x-much: " + "a" * 5_000_000])
async def test_a_head_that_does_not_end_is_not_kept(line: Line, port: int, lines: str) -> None:
    line.writer.write(b"GET /livez HTTP/1.1\r\nhost: x\r\n" + lines.encode())
    status, body = await line.answer()
    assert (status, msgspec.json.decode(body)["type"]) == (431, "urn:acuerdo:problem:header-fields-too-large")
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.get("/livez", headers={"x-much": "a" * 30_000})).status_code == 200


SOUND = LETTER.replace(OFFER, b"")


@pytest.mark.parametrize(
    "head",
    [
        b"GET /livez HTTP/1.1\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nhost: a b/\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nhost: x, y\r\n\r\n",
        b"GET /livez HTTP/2.0\r\nhost: x\r\n\r\n",
        b"POST /letters HTTP/1.1\r\nhost: x\r\ntransfer-encoding: x, chunked\r\n\r\n0\r\n\r\n",
    ],
    ids=["no host", "two hosts", "no name of one", "a list of them", "another version", "another coding"],
)
async def test_a_request_says_once_which_host_it_is_for_in_a_version_that_is_spoken(line: Line, head: bytes) -> None:
    line.writer.write(head)
    status, body = await line.answer()
    assert (status, msgspec.json.decode(body)["type"]) == (400, "urn:acuerdo:problem:not-http")


async def test_http_1_0_may_do_without_a_host(line: Line) -> None:
    line.writer.write(b"GET /livez HTTP/1.0\r\n\r\n")
    assert (await line.answer())[0] == 200


@pytest.mark.parametrize(
    ("behind", "status"),
    [
        (b"\x16\x03\x01\r\n\r\n", 400),
        (CHUNKS.replace(OFFER, b"").replace(b"\r\n2\r\n", b"\r\nxyz\r\n"), 400),
        (b"GET /livez HTTP/1.1\r\nhost: x\r\n" + b"x-a: b\r\n" * 200_000, 431),
    ],
    ids=["no http", "a body that is none", "a head without end"],
)
async def test_what_was_sound_is_answered_before_what_behind_it_cannot_be_read(
    line: Line, behind: bytes, status: int
) -> None:
    line.writer.write(SOUND * 3 + behind)
    for _ in range(3):
        assert await line.answer() == (200, b'"12345"')
    assert (await line.answer())[0] == status


@pytest.mark.parametrize("path", [b"/letters", b"/done-at-once", b"/not-there"])
async def test_a_body_that_is_none_is_said_so_once_and_nothing_fails(
    line: Line, path: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    line.writer.write(CHUNKED.replace(b"/letters", path) + b"xyz\r\n")
    assert (await line.answer())[0] == 400
    assert await line.reader.read() == b""
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_requests_may_be_sent_without_end_and_are_not_kept(connections: list[Connection], line: Line) -> None:
    requests = b"GET /x HTTP/1.1\r\nhost: x\r\n\r\n" * 5_000
    sending, most = asyncio.create_task(line.send_without_end(requests)), 0
    for _ in range(10_000):
        assert (await line.answer())[0] == 404
        most = max(most, *(len(one.pipeline) for one in connections))
    sending.cancel()
    assert 1 < most < 250
    line.writer.transport.abort()
    while not all(one.transport.is_closing() for one in connections):
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    assert [len(one.pipeline) for one in connections] == [0]


@pytest.mark.parametrize("rest", [b"xyz\r\n", b"1;" + b"x" * 200_000], ids=["no chunk", "no end of one"])
async def test_what_turns_out_to_be_no_request_is_not_carried_out(line: Line, done: list[str], rest: bytes) -> None:
    line.writer.write(CHUNKED.replace(b"/letters", b"/done-at-once") + rest)
    assert (await line.answer())[0] in {400, 431}
    assert await line.reader.read() == b""
    assert done == []


@pytest.mark.parametrize(
    "behind",
    [SOUND, SOUND + b"no http", SOUND * 40, SOUND.replace(b" 5", b" 900000") + b"x" * 100_000],
    ids=["one", "no request", "many", "a long one"],
)
async def test_whoever_answers_a_request_learns_that_nobody_is_there_also_where_others_stand_behind_it(
    line: Line, done: list[str], behind: bytes
) -> None:
    line.writer.write(b"GET /until-they-left HTTP/1.1\r\nhost: x\r\n\r\n" + SOUND * 3)
    await asyncio.sleep(0.1)
    line.writer.write(behind)
    await asyncio.sleep(0.1)
    line.writer.transport.abort()
    async with asyncio.timeout(10):
        while not done:
            await asyncio.sleep(0.01)
    assert done == ["they left"]


async def test_a_body_without_end_is_not_read_for_ever(line: Line) -> None:
    line.writer.write(SOUND.replace(b"Content-Length: 5", b"Content-Length: 9000000000"))
    assert (await line.answer())[0] == 413
    with pytest.raises(ConnectionError):
        await line.send_without_end(b"x" * 1_000_000)


@pytest.mark.parametrize("size", [2_000_000, 8_000_000])
async def test_a_last_answer_is_read_although_its_request_was_not(line: Line, size: int) -> None:
    head = SOUND.replace(b"Content-Length: 5", b"Connection: close\r\nContent-Length: %d" % size)
    line.writer.write(head.removesuffix(b"12345") + b"x" * size)
    await line.writer.drain()
    assert (await line.answer())[0] == 413
    assert await line.reader.read() == b""


@pytest.mark.parametrize("behind", [SOUND * 20_000, SOUND])
async def test_a_last_answer_is_read_whatever_comes_behind_its_request(port: int, behind: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
    writer.write(b"GET /long HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    await asyncio.sleep(0.2)
    writer.write(behind)
    line = Line(reader, writer)
    assert await line.answer() == (200, b"x" * LONG)
    assert await reader.read() == b""
    writer.close()


@pytest.mark.parametrize(
    "line_begins", [b"GET /livez HTTP/1.0\r\nconnection: keep-alive", b"GET /livez HTTP/1.1\r\nhost: x"]
)
async def test_of_a_connection_that_is_cut_nothing_is_kept(
    connections: list[Connection], line: Line, line_begins: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    line.writer.write(line_begins + b"\r\n\r\nno http\r\n\r\n")
    assert (await line.answer())[0] == 200
    await asyncio.sleep(0.05)
    line.writer.transport.abort()
    while not all(one.transport.is_closing() for one in connections):
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    assert [one.timeout_keep_alive_task for one in connections] == [None]
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_large_bodies_that_wait_are_not_all_taken_in(connections: list[Connection], line: Line) -> None:
    head = b"POST /letters HTTP/1.1\r\nhost: x\r\ncontent-length: 50000\r\n\r\n"
    line.writer.write(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n" + (head + b"x" * 50_000) * 10)
    assert (await line.answer())[0] == 200
    most = max(sum(len(cycle.body) for cycle, _ in one.pipeline) for one in connections)
    for _ in range(10):
        assert (await line.answer())[0] == 200
    assert most < 150_000


async def test_what_stands_behind_a_last_request_is_not_done(line: Line, done: list[str]) -> None:
    line.writer.write(SOUND.replace(b"Host: x", b"Host: x\r\nConnection: close"))
    line.writer.write(b"POST /done-at-once HTTP/1.1\r\nhost: x\r\n\r\n" * 3)
    assert (await line.answer())[0] == 200
    assert await line.reader.read() == b""
    assert done == []


async def test_a_body_in_crumbs_is_not_taken_apart_for_ever(line: Line) -> None:
    line.writer.write(CHUNKED.replace(b"/letters", b"/livez"))
    assert (await line.answer())[0] == 405
    with pytest.raises(ConnectionError):
        await line.send_without_end(b"1\r\nx\r\n" * 10_000)


async def test_a_head_has_not_ever_so_many_fields(line: Line) -> None:
    line.writer.write(b"GET /livez HTTP/1.1\r\nhost: x\r\n" + b"a:\r\n" * 1_000)
    assert (await line.answer())[0] == 431


async def test_an_end_of_a_head_with_too_many_fields_is_told_as_such(line: Line, port: int) -> None:
    line.writer.write(b"GET /livez HTTP/1.1\r\nhost: x\r\n" + b"a:\r\n" * 190 + b"\r\n")
    assert (await line.answer())[0] == 200
    line.writer.write(b"GET /livez HTTP/1.1\r\nhost: x\r\n" + b"a:\r\n" * 210 + b"\r\n")
    assert (await line.answer())[0] == 431


@pytest.mark.parametrize("target", [b"http://y", b"http://y?a=b", b"http://y/livez"])
async def test_a_whole_address_is_taken_for_its_path(line: Line, target: bytes) -> None:
    line.writer.write(b"GET %s HTTP/1.1\r\nhost: y\r\n\r\n" % target)
    assert (await line.answer())[0] == (200 if target.endswith(b"livez") else 404)


async def test_nothing_is_answered_behind_a_wish_to_be_connected_elsewhere(line: Line) -> None:
    line.writer.write(b"CONNECT /livez HTTP/1.1\r\nhost: x\r\n\r\n" + SOUND)
    assert (await line.answer())[0] == 405
    assert await line.reader.read() == b""


async def test_small_heads_may_come_by_the_thousand_at_once(line: Line) -> None:
    line.writer.write(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n" * 6_000)
    for _ in range(6_000):
        assert (await line.answer())[0] == 200


CHUNKED = b"POST /letters HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\n123\r\n"


async def test_what_stands_behind_a_body_is_no_header_of_the_request(line: Line) -> None:
    line.writer.write(CHUNKED.replace(b"/letters", b"/headers") + b"0\r\nauthorization: Bearer x\r\n\r\n")
    status, body = await line.answer()
    assert (status, msgspec.json.decode(body)) == (200, ["host", "transfer-encoding"])


@pytest.mark.parametrize(
    "more", [b"0\r\n" + b"x-a: b\r\n" * 200_000, b"0\r\nx-a: " + b"b" * 400_000, b"1;" + b"b" * 400_000]
)
async def test_what_stands_around_a_body_does_not_go_on_for_ever(line: Line, more: bytes) -> None:
    line.writer.write(CHUNKED)
    await asyncio.sleep(0.05)
    line.writer.write(more)
    status, body = await line.answer()
    assert (status, msgspec.json.decode(body)["type"]) == (431, "urn:acuerdo:problem:header-fields-too-large")


async def test_a_client_that_goes_on_sending_reads_what_was_answered_all_the_same(line: Line) -> None:
    line.writer.write(SOUND * 3 + b"\0bad")
    for _ in range(20):
        line.writer.write(b"x" * 2_000)
        await asyncio.sleep(0.01)
    assert [(await line.answer())[0] for _ in range(4)] == [200, 200, 200, 400]
