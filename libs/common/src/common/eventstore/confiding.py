"""A text that may be kept from a reader: its fact holds a digest, and salt and text rest beside the fact.

The digest is SHA-256 over the salt's 16 bytes and the text in UTF-8. A stream's hash covers the digest, so whoever is
not shown the text can check the chain all the same, and whoever is shown it can check the text. The salt keeps a text
from being guessed; its length is fixed, so that no byte can move from the one to the other.
"""

import re
import secrets
from collections.abc import Mapping
from hashlib import sha256

import msgspec

from common.values import Confided, value

_SALT = 16
_DIGEST = re.compile(rb'\{"confided":"([0-9a-f]{64})"\}')
"""A digest as facts hold it; inside a text its quotes would be escaped."""


@value
class Told:
    """A text and the salt (hexadecimal) that its digest is made with."""

    salt: str
    text: str


Texts = dict[str, Told]
"""Texts by their digests."""


def confide(text: str) -> Confided:
    """Return *text* with a fresh salt."""
    salt = secrets.token_bytes(_SALT)
    return Confided(digest=digest_of(salt, text), salt=salt.hex(), text=text)


def digest_of(salt: bytes, text: str) -> str:
    """Return the digest that stands for *text*."""
    return sha256(salt + text.encode()).hexdigest()


def told_openly(text: str) -> dict[str, str]:
    """Return how a text that was part of its fact is read now that such texts are confided: it has no salt."""
    return {"confided": digest_of(b"", text), "text": text}


def write_texts(texts: Mapping[str, Told]) -> bytes:
    """Return *texts* as they rest beside a fact."""
    return msgspec.json.encode(texts)


def read_texts(confided: bytes | None) -> Texts:
    """Return the texts that rest beside a fact."""
    return {} if confided is None else _decode(confided)


def disagreement(data: bytes, confided: bytes | None) -> str | None:
    """Return why the texts beside a fact are not those that *data* holds the digests of, None when they are."""
    if confided is None and b'{"confided":"' not in data:
        return None
    try:
        texts = read_texts(confided)
        digests = {digest.decode() for digest in _DIGEST.findall(data)}
        if digests != texts.keys():
            return "the texts beside it are not those that it confides"
        if not all(_agrees(digest, told) for digest, told in texts.items()):
            return "a text beside it is not what its digest stands for"
    except ValueError:  # what msgspec cannot read is one, too
        return "the texts beside it cannot be read"
    return None


def _agrees(digest: str, told: Told) -> bool:
    salt = bytes.fromhex(told.salt)
    return len(salt) == _SALT and digest_of(salt, told.text) == digest


_decode = msgspec.json.Decoder(Texts).decode
