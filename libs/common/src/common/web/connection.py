"""One client's connection: what the HTTP parser will not take is said as a problem, and no head is kept without end."""

import sys
from http import HTTPStatus

import httptools
import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from common.web.problems import MEDIA_TYPE, plain_problem

_SPOKEN = ("1.0", "1.1")
_LINGERS = 2.0  # seconds
_LARGEST_HEAD = 64 * 1024  # bytes, and what came with the last of them


def _last_words(status: HTTPStatus, name: str, detail: str) -> bytes:
    said = msgspec.json.encode(plain_problem(status, name, detail))
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\nconnection: close\r\n"
    return f"{head}content-type: {MEDIA_TYPE}\r\ncontent-length: {len(said)}\r\n\r\n".encode() + said


_TOO_LARGE = _last_words(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "header-fields-too-large", "A request's head has 64 kB at most."
)
_NOT_HTTP = _last_words(HTTPStatus.BAD_REQUEST, "not-http", "What was sent cannot be read as an HTTP/1.1 request.")


class _Dropped(list[tuple[bytes, bytes]]):
    """Takes the headers that come behind a body: they are none of the request's (RFC 9110, 6.5.1), and not kept."""

    def append(self, _: tuple[bytes, bytes], /) -> None:
        """Keep nothing."""


class Unsound(ValueError):
    """The request is in another version of HTTP, or does not name its host, once (RFC 9112, 3.2)."""


class Connection(HttpToolsProtocol):
    """A connection that speaks HTTP/1.1 and nothing else.

    It is closed where the head of a request does not end: nobody may fill memory with it. Who offers to change over to
    another protocol, as Java's client does to HTTP/2 with each first request, is answered as if they had not
    (RFC 9110, 7.8); the parser stops behind such a head, so that the request is read again without the offer.
    """

    _head_left = _LARGEST_HEAD
    """How many bytes may still come that are no part of a body: those of a head, or what stands around chunks."""

    _moved = False
    """Whether what came last had a part of a body in it, or the end of a request."""

    _due = 0
    """How many requests have come whole and are not answered."""

    _offers = False
    _left_at = 0
    _last = b""
    """What is said before the connection is closed, once something could not be read."""

    _said = False

    def data_received(self, data: bytes) -> None:
        """Read *data*, unless there was something before it that could not be read."""
        if self._last:
            return
        self._moved = False
        super().data_received(data)
        while self._offers:
            data = self._without_offer(data[self._left_at :])
            super().data_received(data)
        if not self._moved:  # where something ended in it, it is not known how much of it belongs to what
            self._head_left -= len(data)
            if self._head_left < 0:
                self._end_with(_TOO_LARGE)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._head_left = _LARGEST_HEAD

    def on_headers_complete(self) -> None:
        """Its head has ended."""
        self._require_sound(self.parser.get_http_version())
        self._offers = self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT"
        if not self._offers:
            super().on_headers_complete()
            self.headers = _Dropped()

    def on_body(self, body: bytes) -> None:
        """A part of its body has come."""
        self._head_left, self._moved = _LARGEST_HEAD, True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """It has ended, or will be read again."""
        self._moved = True
        if not self._offers:
            self._due += 1
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - it says no more than that
        """Say that the parser could not read it."""
        self._end_with(_NOT_HTTP)

    def on_response_complete(self) -> None:
        """A request is answered."""
        self._due -= 1
        super().on_response_complete()
        if self._last:
            self._end_with(self._last)

    def _end_with(self, words: bytes) -> None:
        """Say *words* and close, when all that came whole before is answered; nothing that comes after is read."""
        self._last = words
        if self.pipeline and self.pipeline[0][0].more_body:
            self.pipeline.popleft()  # it would wait for the rest of its body
        elif self.cycle and self.cycle.more_body and not self.cycle.response_complete:
            self.cycle.disconnected = True  # for who answers it, nobody is there any more
            self.cycle.message_event.set()
        if self._due <= 0 and not self.transport.is_closing() and not self._said:
            self._said = True
            self.transport.write(words)
            if self.transport.can_write_eof():
                self.transport.write_eof()
            self.flow.resume_reading()  # closed with something unread, the client might not see what was written
            self.loop.call_later(_LINGERS, self.transport.close)

    def _require_sound(self, version: str) -> None:
        """Return when the head that was read is one of HTTP/1. Raises ``Unsound``, which the parser makes its own."""
        hosts = sum(name == b"host" for name, _ in self.headers)
        if version not in _SPOKEN or hosts > 1 or (hosts == 0 and version != "1.0"):
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
