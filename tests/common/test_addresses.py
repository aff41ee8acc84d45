"""Addresses of servers: odd ones are refused before a library tells parts of a password."""

import pytest

from common.addresses import nats_address, postgres_address, shown

WORD = "a-secret"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://host/postgres",
        "postgres://boss:pa%2Fss%40wo%3Ard@host:5432/postgres?sslmode=verify-full",
        "postgresql://a@one:1,two:65535/x",
        "postgresql://boss@[::1]:5432/x",
    ],
)
def test_an_address_of_postgresql_is_taken_as_it_is(url: str) -> None:
    assert postgres_address(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "", "foo", "mysql://a", "postgresql://h:port/x", "postgresql://h:999999/x", "postgresql://h:0/x",
        f"postgresql://u:{WORD}/c@h/x", f"postgresql://u:{WORD}@c@h/x", f"postgresql://u:{WORD}#c@h/x",
        f"postgresql://u:{WORD}?c@h/x", f"postgresql://u@h/x?password={WORD}", f"postgresql://u@h/x?a={WORD}@h2",
        f"postgresql://u@h/x?pass%77ord={WORD}", "postgresql:h/x", "postgresql:",
        "postgresql:///x?host=/var/run", "postgresql://,/x", "postgresql://h/x?dbname=y", "postgresql://h/x? HOST=y", "postgresql://h\t/x",
        "postgresql://h/x?port=1",
        f"postgresql://u:{WORD}:5@h:1:2/x", f"postgresql://[{WORD}@h/x",
    ],
)  # fmt: skip
def test_what_is_none_is_refused_without_a_word_of_what_it_was(url: str) -> None:
    with pytest.raises(ValueError, match="reads postgresql://user:password@host") as refused:
        postgres_address(url)
    assert WORD not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "foo",
        "http://x",
        "nats:h",
        "nats://,",
        "nats://a:1,b:2",
        "nats://",
        "nats://[::",
        "nats://h:port",
        f"nats://u:{WORD}/x@h",
        "ws://h",
        "wss://h",
    ],
)
def test_what_is_no_address_of_nats_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="reads nats://user:password@host"):
        nats_address(url)


def test_an_address_of_nats_is_taken_as_it_is() -> None:
    for url in ("nats://acuerdo:guessed@127.0.0.1:4222", "tls://n", "nats://h"):
        assert nats_address(url) == url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"nats://u:{WORD}@h:1", "nats://h:1"),
        (f"nats://{WORD}@h:1?x={WORD}#{WORD}", "nats://h:1"),
        ("postgresql://u@one:1,two/x?sslmode=require", "postgresql://one:1,two/x"),
        (f"nats://u:{WORD}/x@h:1", "nats://..."),
        (f"postgresql://u@h/x?y=z@{WORD}", "postgresql://..."),
        (f"u:{WORD}@h", "u://..."),
    ],
)
def test_an_address_is_shown_without_who_comes_in(url: str, expected: str) -> None:
    assert shown(url) == expected
