"""The short way around the library's reading of headers gives what the library gives, whatever comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.aio.client import Client

from common.messaging.client import QuickClient
from common.messaging.headers import BEGINNING, Headers

NAMES = st.sampled_from(["ce-id", "Nats-Msg-Id", "ce-actor", "content-type", "ce actor", "ñ", "", " ce-id", "x:y"])
VALUES = st.text(max_size=12) | st.sampled_from(
    ["1.0", "b\n", "\nb", "b\x0b", '{"person":"Lucía"}', "a: b", ": ", " b", "b ", "\t", "b\r"]
)
ENDS = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b""])
SEPARATORS = st.sampled_from([b": ", b": ", b": ", b":", b":\t", b" : ", b""])


def both(raw: bytes) -> tuple[dict[str, str], dict[str, str]]:
    return QuickClient._parse_header_lines(raw), Client._parse_header_lines(raw)  # pyright: ignore[reportPrivateUsage]


@given(st.lists(st.tuples(NAMES, SEPARATORS, VALUES, ENDS), max_size=6), st.binary(max_size=4))
def test_any_block_is_read_as_the_library_reads_it(lines: list[tuple[str, bytes, str, bytes]], rest: bytes) -> None:
    both(b"ce-id: 1\r\nNats-Msg-Id: 2\r\nce-actor: 3\r\ncontent-type: 4\r\n")  # these are known from here on
    raw = b"".join(name.encode() + separator + value.encode() + end for name, separator, value, end in lines)
    for block in (raw, raw + rest, raw + b"\r\n"):
        quick, exact = both(block)
        assert quick == exact


@pytest.mark.parametrize("raw", [b"ce-id: 1\r\nce-actor: {}\r\n\r\n", b"", b"\r\n", b"ce-id: 1\r\nce-id: 2\r\n"])
def test_usual_blocks_are_read_alike_again_and_again(raw: bytes) -> None:
    for _ in range(3):
        quick, exact = both(raw)
        assert quick == exact


def test_headers_are_read_when_they_are_asked_for() -> None:
    assert dict(Headers(BEGINNING + b"ce-id: 1\r\nce-actor: {}\r\n\r\n")) == {"ce-id": "1", "ce-actor": "{}"}
    assert dict(Headers(None)) == {}
