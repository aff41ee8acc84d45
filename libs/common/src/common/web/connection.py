"""One client's connection: what the HTTP parser will not take is said as a problem, and nothing is kept without end."""

import asyncio
import re
import sys
from http import HTTPStatus

import httptools
import msgspec
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from common.web.client import Client
from common.web.problems import MEDIA_TYPE, plain_problem

_SPOKEN = ("1.0", "1.1")
_HOST = re.compile(rb"[A-Za-z0-9._~%!$&'()*+;=\[\]:-]*")
_LINGERS = 2.0  # seconds
_LARGEST_HEAD = 64 * 1024  # bytes, and what came with the last of them
_MOST_FIELDS = 200  # of a head, and what came in one piece with the last of them
_AROUND = 8  # bytes that may stand around each byte of a body, as the sizes of chunks do
_MOST_UNREAD = 16 * 1024 * 1024  # bytes
_EACH_PART = 64  # bytes for which a part of a body counts besides, for taking it apart
_MOST_HELD = 64 * 1024  # bytes, of what waits taken apart, and of what is not looked at yet
_MOST_WAITING = 16  # requests of a connection, and what came in one piece with the last of them
_PIECE = 4 * 1024  # bytes


def _last_words(status: HTTPStatus, name: str, detail: str) -> bytes:
    said = msgspec.json.encode(plain_problem(status, name, detail))
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\nconnection: close\r\n"
    return f"{head}content-type: {MEDIA_TYPE}\r\ncontent-length: {len(said)}\r\n\r\n".encode() + said


_TOO_LARGE = _last_words(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "header-fields-too-large",
    "A request's head has 64 kB and 200 fields at most.",
)
_NOT_HTTP = _last_words(HTTPStatus.BAD_REQUEST, "not-http", "What was sent cannot be read as an HTTP/1.1 request.")


class _Dropped(list[tuple[bytes, bytes]]):
    """Takes the headers that come behind a body: they are none of the request's (RFC 9110, 6.5.1), and not kept."""

    def append(self, _: tuple[bytes, bytes], /) -> None:
        """Keep nothing."""


class Unsound(ValueError):
    """It is of another version of HTTP, its body in another coding, or it does not name its host, once (RFC 9112)."""


class _Flow(FlowControl):
    """Lets nothing more come while enough has."""

    enough = False

    def resume_reading(self) -> None:
        """Read on, unless there is enough."""
        if not self.enough:
            super().resume_reading()

    def hold(self) -> None:
        """There is."""
        self.enough = True
        self.pause_reading()

    def release(self) -> None:
        """There is no more."""
        self.enough = False
        self.resume_reading()


class _Goodbye:
    """The way out for the last answer on a connection, which is not cut off by what comes behind its request."""

    def __init__(self, connection: "Connection") -> None:
        self.write = connection.transport.write
        self.is_closing = connection.transport.is_closing
        self.close = connection.linger


class Connection(HttpToolsProtocol):
    """A connection that speaks HTTP/1.1 and nothing else.

    It is closed where the head of a request does not end, and read no further while many requests wait on it: nobody
    may fill memory with them. Who offers to change over to another protocol, as Java's client does to HTTP/2 with each
    first request, is answered as if they had not (RFC 9110, 7.8); the parser stops behind such a head, so that the
    request is read again without the offer.
    """

    _head_left = _LARGEST_HEAD
    """How many bytes may still come that are no part of a body: those of a head, or what stands around chunks."""

    _unread = 0
    """How many bytes came, after a request was answered, that are none of the next."""

    _held = b""
    """What has come and is not looked at yet."""

    _due = 0
    """How many requests have come whole and are not answered."""

    _offers = False
    _left_at = 0
    _deaf = False
    """Whether nothing that comes now is looked at any more."""

    _last = b""
    """What is said before the connection is closed, once something could not be read."""

    _said = False
    """Whether all is said that ever will be."""

    _lingers: asyncio.TimerHandle | None = None
    _answered: RequestResponseCycle | None = None
    """The request that is being answered, or was last."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody has come."""
        super().connection_made(transport)
        self.flow = self._flow = _Flow(transport)
        self._client = Client(transport.is_closing)

    def connection_lost(self, exc: Exception | None) -> None:
        """They have gone, and what they asked for besides is not begun."""
        super().connection_lost(exc)
        self.pipeline.clear()
        for cycle in filter(None, (self.cycle, self._answered)):
            self._leave(cycle)
            cycle.transport = self.transport
        self._held, self._deaf = b"", True
        self._unset_keepalive_if_required()
        if self._lingers is not None:
            self._lingers.cancel()
        self._client.go()

    def data_received(self, data: bytes) -> None:
        """Read *data*, unless there was something before it that could not be read, or waits."""
        if self._deaf:
            self._leave_unread(len(data))
        elif self._held:
            self._hold(self._held + data)
        else:
            self._read(data)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answered = cycle
        super()._start_asgi_task(cycle, app)

    def _leave(self, cycle: RequestResponseCycle) -> None:
        """Let whoever answers the request know that nobody is there any more."""
        cycle.disconnected = not cycle.response_complete
        cycle.message_event.set()

    def _read(self, data: bytes) -> None:
        """Read *data* piece by piece, and keep what is left when many requests wait."""
        at = 0
        while at < len(data) and not self._deaf:
            if self._has_enough:
                self._hold(data[at:])
                return
            self._read_piece(data[at : at + _PIECE])
            at += _PIECE

    @property
    def _has_enough(self) -> bool:
        """Whether no more shall be taken apart than waits already."""
        waiting = self.pipeline
        return len(waiting) >= _MOST_WAITING or sum(len(cycle.body) for cycle, _ in waiting) > _MOST_HELD

    def _hold(self, data: bytes) -> None:
        """Keep *data* for later; where it is much, nothing more comes, nor word that nobody is there any more."""
        self._held = data
        if len(data) > _MOST_HELD:
            self._flow.hold()

    def _read_on(self) -> None:
        held, self._held = self._held, b""
        if not self._deaf:
            self._flow.release()
            self._read(held)

    def _read_piece(self, piece: bytes) -> None:
        self._head_left -= len(piece)
        if self.cycle and self.cycle.response_complete and self.cycle.more_body:
            self._leave_unread(len(piece))
        super().data_received(piece)
        while self._offers:
            piece = self._without_offer(piece[self._left_at :])
            super().data_received(piece)
        if self._head_left < 0 or self._has_many_fields:
            self._end_with(_TOO_LARGE)

    @property
    def _has_many_fields(self) -> bool:
        return len(self.headers or ()) > _MOST_FIELDS

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._head_left, self._unread = _LARGEST_HEAD, 0

    def on_headers_complete(self) -> None:
        """Its head has ended."""
        self._require_sound(self.parser.get_http_version())
        connects = self.parser.get_method() == b"CONNECT"
        self._offers = self.parser.should_upgrade() and not connects
        if not self._offers:
            self.scope["acuerdo.client"] = self._client  # pyright: ignore[reportGeneralTypeIssues] - a key of our own
            self.url = _path_of(self.url)
            super().on_headers_complete()
            self.headers = _Dropped()
            if connects:
                self.cycle.keep_alive = False
            self.flow.resume_reading()  # also behind a request that waits: it is seen then whether anybody is there
            if not self.cycle.keep_alive:
                self.cycle.transport = _Goodbye(self)  # pyright: ignore[reportAttributeAccessIssue] - all of it that is used

    def on_body(self, body: bytes) -> None:
        """A part of its body has come."""
        self._head_left = min(_LARGEST_HEAD, self._head_left + (1 + _AROUND) * len(body))
        super().on_body(body)
        if self.pipeline:
            self.flow.resume_reading()  # as behind its head
        if self.cycle.response_complete:
            self._leave_unread(_EACH_PART)

    def on_message_complete(self) -> None:
        """It has ended, or will be read again."""
        self._head_left = _LARGEST_HEAD
        if not self._offers:
            self._due += 1
            super().on_message_complete()
            self.cycle.more_body = False

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - it says no more than that
        """Say that the parser could not read it."""
        self._end_with(_TOO_LARGE if self._has_many_fields else _NOT_HTTP)

    def on_response_complete(self) -> None:
        """A request is answered."""
        self._due -= 1
        super().on_response_complete()
        if self._deaf:
            self._unset_keepalive_if_required()
        if self._last:
            self._end_with(self._last)
        elif self._held and not self._has_enough:
            self.loop.call_soon(self._read_on)

    def _leave_unread(self, count: int) -> None:
        """Let *count* bytes go by, and close when they are too many."""
        self._unread += count
        if self._unread <= _MOST_UNREAD:
            return
        self._deaf = True
        if self._due > 0:
            self._flow.hold()
        else:
            self.transport.close()

    def shutdown(self) -> None:
        """The server stops: what was begun is answered, and then closed."""
        super().shutdown()
        if self.cycle and not self.cycle.response_complete:
            self.cycle.transport = _Goodbye(self)  # pyright: ignore[reportAttributeAccessIssue] - as above

    def linger(self) -> None:
        """Close when the client may have read all that was said; closed at once with something unread, it might not."""
        if self.transport.is_closing():
            return
        self._deaf = self._said = True
        self.pipeline.clear()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._flow.release()
        self._lingers = self.loop.call_later(_LINGERS, self.transport.close)

    def _end_with(self, words: bytes) -> None:
        """Say *words* and close, when all that came whole before is answered; nothing that comes after is read."""
        self._last, self._deaf = words, True
        if self.pipeline and self.pipeline[0][0].more_body:
            self.pipeline.popleft()  # it would wait for the rest of its body
        elif self.cycle and self.cycle.more_body and not self.cycle.response_complete:
            self._leave(self.cycle)
        if self._due <= 0 and not self.transport.is_closing() and not self._said:
            self.transport.write(words)
            self.linger()

    def _require_sound(self, version: str) -> None:
        """Return when the head that was read is one of HTTP/1. Raises ``Unsound``, which the parser makes its own."""
        hosts = [said for name, said in self.headers if name == b"host"]
        codings = [said.lower() for name, said in self.headers if name == b"transfer-encoding"]
        if version not in _SPOKEN or len(hosts) > 1 or not (hosts or version == "1.0") or self._has_many_fields:
            raise Unsound
        if codings not in ([], [b"chunked"]) or not all(_HOST.fullmatch(host) for host in hosts):
            raise Unsound

    def _unsupported_upgrade_warning(self) -> None:
        """Learn where the parser has stopped; its exception is being handled."""
        stopped = sys.exception()
        assert isinstance(stopped, httptools.HttpParserUpgrade)  # noqa: S101 - this is called for nothing else
        self._left_at = stopped.args[0]

    def _without_offer(self, rest: bytes) -> bytes:
        """Return the request whose head was read, and *rest*, as they would be without an offer; for a new parser."""
        self._offers = False
        begins = b"%s %s HTTP/%s" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())
        lines = [b"%s: %s" % (name, said) for name, said in self.headers if name != b"upgrade"]
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as the library's own
        return b"\r\n".join([begins, *lines, b"", rest])


def _path_of(target: bytes) -> bytes:
    """Return the path and query of *target*, also where it is a whole address (RFC 9112, 3.2.2)."""
    if target.startswith(b"/") or b"://" not in target:
        return target
    parts = httptools.parse_url(target)
    return (parts.path or b"/") + (b"?" + parts.query if parts.query else b"")
