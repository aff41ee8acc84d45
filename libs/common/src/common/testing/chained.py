"""A history checked as a partner checks it: with nothing but what it was given, and SHA-256."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import msgspec

FACT = 5
"""The place of the fact as it is stored in what a hash covers."""


def ensure_chained(items: Iterable[Mapping[str, Any]]) -> None:
    """Hold that *items* is a thing's whole history, and that nobody rewrote it.

    Raises:
        AssertionError: a hash is not that of its fact and of the one before, a fact shown is not the one that was
            hashed, or a text shown is not the one whose digest the fact holds.
    """
    previous = bytes(32)
    for version, one in enumerate(items, start=1):
        assert (one["version"], one["previous"]) == (version, previous.hex())
        previous = sha256(previous + one["covered"].encode()).digest()
        assert one["hash"] == previous.hex()
        stored = msgspec.json.decode(one["covered"])[FACT]
        assert msgspec.json.decode(stored) == one["data"]
        for digest, told in one["confided"].items():
            assert sha256(bytes.fromhex(told["salt"]) + told["text"].encode()).hexdigest() == digest
            assert digest in stored
    assert previous != bytes(32), "there is no history"
