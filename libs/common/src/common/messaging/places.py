"""Where in its source's log a message belongs, found in its header block as a relay of ours writes it.

Every follower asks this of every fact, also of those that it does not hear; to read all headers takes three times as
long.
"""

import re
from collections.abc import Mapping
from urllib.parse import unquote
from uuid import UUID

import msgspec

from common.messaging.headers import BEGINNING, Headers


class Unreadable(Exception):
    """The message is not a published fact of ours."""


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where in its source's log a message belongs, known without reading all of it; ``event_id`` is a UUID's text."""

    event_id: str
    source: str
    name: str
    stream: str
    position: int
    previous: int


_WHATEVER = rb"[^\r]++"
_AS_WRITTEN = {
    b"content-type": _WHATEVER,
    b"ce-specversion": _WHATEVER,
    b"ce-id": rb"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})",
    b"ce-source": rb"/acuerdo/(?P<source>[a-z0-9-]+)",
    b"ce-type": rb"acuerdo\.(?P=source)\.([a-z0-9-]+)\.v[0-9]+",
    b"ce-time": _WHATEVER,
    b"ce-subject": rb"([!-~]+)",
    b"ce-dataschema": _WHATEVER,
    b"ce-position": rb"([0-9]{1,18})",
    b"ce-previousposition": rb"([0-9]{1,18})",
    b"ce-streamversion": _WHATEVER,
    b"ce-actor": _WHATEVER,
    b"ce-recordedtime": _WHATEVER,
    b"ce-correlationid": _WHATEVER,
    b"ce-imported": _WHATEVER,
    b"ce-hash": _WHATEVER,
}
"""The headers that every fact has, in the order in which they are written, and what they say."""
_OPTIONAL = (b"ce-agreementid", b"ce-causationid", b"ce-traceparent", b"ce-performedby")


def _line(name: bytes, said: bytes) -> bytes:
    return b"%s: %s\r\n" % (name, said)


_BLOCK = re.compile(
    re.escape(BEGINNING)
    + b"(?:%s)?" % _line(b"Nats-Msg-Id", _WHATEVER)
    + b"".join([_line(name, said) for name, said in _AS_WRITTEN.items()])
    + b"".join([b"(?:%s)?" % _line(name, _WHATEVER) for name in _OPTIONAL])
    + b"\r\n"
)
"""All of a block: no header is in it twice, so that what it says is what reading all of it would say."""


def place(block: bytes | None) -> Place:
    """Return where the message with the header block *block* belongs.

    Raises:
        Unreadable: a header that says so is missing or cannot be meant.
    """
    usual = None if block is None else _BLOCK.fullmatch(block)
    if usual is None:
        return place_of(Headers(block))
    event_id, source, name, stream, position, previous = usual.groups()
    return Place(
        event_id.decode(), source.decode(), name.decode(), _stream(stream.decode()), int(position), int(previous)
    )


def place_of(given: Mapping[str, str]) -> Place:
    """Return where the message with the headers *given* belongs, as ``place`` does."""
    try:
        source = given["ce-source"].removeprefix("/acuerdo/")
        return Place(
            event_id=str(UUID(given["ce-id"])),
            source=source,
            name=given["ce-type"].removeprefix(f"acuerdo.{source}.").rpartition(".v")[0],
            stream=_stream(given["ce-subject"]),
            position=int(given["ce-position"]),
            previous=int(given["ce-previousposition"]),
        )
    except (KeyError, ValueError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error


def _stream(said: str) -> str:
    return unquote(said) if "%" in said else said
